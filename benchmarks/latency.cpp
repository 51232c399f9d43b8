// How long one prediction takes on one core, and how long its multiply-adds alone would.
//
//     bench_latency [--quick] [--json FILE] [--only MODEL]
//
// Every call predicts another sample. The times are of single calls, each between two readings of the clock.
#include "kiln/model/predictor.hpp"
#include "support/bench.hpp"
#include "support/networks.hpp"
#include "support/peak_row.hpp"

template <class Network> void measure(bench::Rows& rows, Peak& peak, const bench::Options& options) {
    using Model = kiln::Model<typename Network::Net, typename Network::Input>;
    kiln::Predictor predictor{Model{kiln::Seed{1}}};
    constexpr std::size_t samples = 16;
    const auto size = Network::Input::size;
    std::vector<float> x(samples * size), y(Model::Output::size);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(kiln::uniform<double>(kiln::key(1, i)));

    std::vector<double> times;
    for (int quarter = 0; quarter < 4; ++quarter) {
        peak.measure();
        const auto more = bench::time_calls(options.budget() / 4, [&, i = std::size_t{0}]() mutable { predictor.predict(&x[i++ % samples * size], y.data()); });
        times.insert(times.end(), more.begin(), more.end());
    }
    peak.measure();
    rows.add({{"bench", "latency"}, {"model", Network::name}, {"batch", 1}, {"threads", 1}, {"median_us", 1e6 * bench::median(times)},
              {"p99_us", 1e6 * bench::quantile(times, 0.99)}, {"floor_us", 1e-3 * static_cast<double>(Model::flops) / peak.gflops()}});
}

int main(int count, char** arguments) {
    const auto options = bench::read_options(count, arguments);
    Peak peak;
    bench::Rows rows{options};
    const auto measure_each = [&]<class... Networks>() {
        ((options.wants(Networks::name) ? measure<Networks>(rows, peak, options) : void()), ...);
    };
    measure_each.template operator()<networks::Mlp128_64, networks::Mlp512, networks::LeNetSigmoid, networks::LeNetTanh, networks::LeNet5, networks::ResNetBlock,
                                     networks::GruRows, networks::ViT, networks::Cnn8>();
    rows.add(peak_row(peak));
    rows.write();
    return 0;
}
