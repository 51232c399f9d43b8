// Prediction throughput on one core: 1000 samples at a time.
//
//     bench_infer [--quick] [--json FILE] [--only MODEL]
//
// The samples are floats as a program of one's own would have them, and the outputs go to a tensor that is there already.
#include "kiln/model/model.hpp"
#include "support/bench.hpp"
#include "support/networks.hpp"
#include "support/peak_row.hpp"
#if defined(_OPENMP)
#include <omp.h>
#endif

template <class Network> void measure(bench::Rows& rows, Peak& peak, const bench::Options& options) {
    using Model = kiln::Model<typename Network::Net, typename Network::Input>;
    constexpr std::size_t samples = 1000;
    const Model model{kiln::Seed{1}};
    auto x = kiln::make_batch<float, typename Network::Input>(samples);
    auto y = kiln::make_batch<float, typename Model::Output>(samples);
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(kiln::uniform<double>(kiln::key(1, i)));

    std::vector<double> times;
    for (int quarter = 0; quarter < 4; ++quarter) {
        peak.measure();
        const auto more = bench::time_calls(options.budget() / 4, [&] { model.predict(x, y); });
        times.insert(times.end(), more.begin(), more.end());
    }
    peak.measure();
    const double rate = samples / bench::median(times), gflops = 1e-9 * rate * static_cast<double>(Model::flops);
    rows.add({{"bench", "infer"}, {"model", Network::name}, {"batch", samples}, {"threads", 1}, {"samples_per_second", rate}, {"gflops", gflops},
              {"percent_of_peak", 100 * gflops / peak.gflops()}});
}

int main(int count, char** arguments) {
    const auto options = bench::read_options(count, arguments);
#if defined(_OPENMP)
    omp_set_num_threads(1);
#endif
    Peak peak;
    peak.measure();
    bench::Rows rows{options};
    const auto measure_each = [&]<class... Networks>() {
        ((options.wants(Networks::name) ? measure<Networks>(rows, peak, options) : void()), ...);
    };
    measure_each.template operator()<networks::Mlp128_64, networks::LeNetTanh, networks::LeNet5, networks::GruRows, networks::ViT>();
    rows.add(peak_row(peak));
    rows.write();
    return 0;
}
