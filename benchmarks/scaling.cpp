// What more threads bring, and what it costs one thread that the gradient is summed by shards.
//
//     bench_scaling [--quick] [--json FILE] [--only MODEL] [--threads N]
//
// A row is one network on some threads: efficiency is samples a second over those of as many single threads. Row of one thread:
// reduction_percent, how much longer its step takes than with one shard, whose gradient needs no sum. The configurations take turns,
// so that what else the machine does meets all of them.
#include "kiln/core/threads.hpp"
#include "support/bench.hpp"
#include "support/networks.hpp"
#include "support/peak_row.hpp"
#include "support/training.hpp"

template <class Network> void measure(bench::Rows& rows, Peak& peak, bool quick, std::size_t most) {
    std::vector<std::unique_ptr<Training>> turns;
    turns.push_back(training_of<Network>(1, 1));
    for (std::size_t threads = 1; threads <= most; ++threads) turns.push_back(training_of<Network>(threads));

    std::vector<std::vector<double>> rates(turns.size());
    for (std::size_t round = 0; round < (quick ? 4U : 12U); ++round) {
        peak.measure();
        for (std::size_t i = 0; i < turns.size(); ++i) {
            const double rate = turns[i]->epoch().samples_per_second;
            if (round > 0) rates[i].push_back(rate);  // the first is a warm-up
        }
    }
    const double one_shard = bench::median(rates[0]), one_thread = bench::median(rates[1]);
    for (std::size_t threads = 1; threads <= most; ++threads) {
        const double rate = bench::median(rates[threads]);
        bench::Json row{{"bench", "scaling"}, {"model", Network::name}, {"batch", turns[threads]->batch}, {"threads", threads},
                        {"samples_per_second", rate}, {"efficiency", rate / (one_thread * static_cast<double>(threads))}};
        if (threads == 1) row["reduction_percent"] = 100 * (one_shard / one_thread - 1);
        rows.add(std::move(row));
    }
}

int main(int count, char** arguments) {
    const auto options = bench::read_options(count, arguments);
    Peak peak;
    bench::Rows rows{options};
    networks::for_each([&]<class Network>() {
        if (options.wants(Network::name)) measure<Network>(rows, peak, options.quick, options.threads ? options.threads : kiln::default_threads());
    });
    rows.add(peak_row(peak));
    rows.write();
    return 0;
}
