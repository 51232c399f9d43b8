// Training throughput on one core and on all of them, and its share of their peak, measured in the same run.
//
//     bench_train [--quick] [--json FILE] [--only MODEL] [--threads N]
//
// A row is one network at its batch size: forward, loss, backward and optimiser step, reading bytes as from a data set's
// file, in a new order every epoch; the loss must fall. The peak of N threads is N times one core's, the best of runs before, between
// and after; it must agree with the clock to 3 %, or the run is void.
#include "kiln/core/threads.hpp"
#include "support/bench.hpp"
#include "support/networks.hpp"
#include "support/peak_row.hpp"
#include "support/training.hpp"

template <class Network> void measure(bench::Rows& rows, Peak& peak, bool quick, std::size_t threads) {
    const auto training = training_of<Network>(threads);
    const Epoch first = training->epoch();  // a warm-up, and the loss that must fall
    Epoch last{};
    std::vector<double> rates;
    for (std::size_t round = 0; round < (quick ? 4U : 14U); ++round) {
        peak.measure();
        last = training->epoch();
        rates.push_back(last.samples_per_second);
    }
    peak.measure();
    const double rate = bench::median(rates), gflops = 1e-9 * rate * training->flops;
    rows.add({{"bench", "train"}, {"model", Network::name}, {"batch", training->batch}, {"threads", threads}, {"samples_per_second", rate},
              {"gflops", gflops}, {"percent_of_peak", 100 * gflops / (peak.gflops() * static_cast<double>(threads))}});
    if (!(last.loss < 0.995 * first.loss))
        bench::stop(std::string{"the loss of "} + Network::name + " did not fall: " + std::to_string(first.loss) + ", then " + std::to_string(last.loss));
}

int main(int count, char** arguments) {
    const auto options = bench::read_options(count, arguments);
    std::vector<std::size_t> teams{options.threads};
    if (options.threads == 0) teams = {1, kiln::default_threads()};
    teams.erase(std::unique(teams.begin(), teams.end()), teams.end());

    Peak peak;
    peak.measure();
    bench::Rows rows{options};
    networks::for_each([&]<class Network>() {
        if (!options.wants(Network::name)) return;
        for (const std::size_t threads : teams) measure<Network>(rows, peak, options.quick, threads);
    });
    rows.add(peak_row(peak));
    rows.write();
    return 0;
}
