// How long one prediction takes on one core, and how long its multiply-adds alone would, both measured in the same run.
//
//     bench_latency [--quick] [--json FILE] [--only MODEL]
//
// Every call predicts another sample, and all outputs are summed up. The median and the 99th percentile are of single calls, each
// between two readings of the clock, whose own time is taken off. The floor is the network's FLOPs by the peak of the core: the best of
// runs before, between and after, which must agree with the clock to 3 %, or the run is void.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>
#include "kiln/kiln.hpp"
#include "nlohmann/json.hpp"
#include "support/networks.hpp"
#include "support/peak.hpp"

using namespace kiln;

using networks::Image;

struct Options {
    bool quick = false;
    std::string json, only;
};

struct Row {
    std::string model;
    double median, p99, flops;  // seconds, seconds, of one prediction
};

struct Times {
    double median, p99;
};
// Of calls f(i).
Times times_of(std::size_t calls, auto&& f) {
    std::vector<double> times(calls);
    for (std::size_t i = 0; i < calls; ++i) {
        const double start = seconds();
        f(i);
        times[i] = seconds() - start;
    }
    std::ranges::sort(times);
    return {times[calls / 2], times[calls * 99 / 100]};
}

template <class Network> void measure(std::vector<Row>& rows, Peak& peak, const Options& options) {
    if (!options.only.empty() && options.only != Network::name) return;
    const Model<typename Network::Net, Image> model{Seed{1}};
    Predictor predictor{model};
    constexpr std::size_t samples = 16;
    std::vector<float> x(samples * Image::size), y(decltype(predictor)::Output::size);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = uniform<float>(key(1, i));
    float total = 0;
    const auto predict = [&](std::size_t i) {
        predictor.predict(x.data() + i % samples * Image::size, y.data());
        total += y[0];
    };
    const double clock = times_of(10000, [](std::size_t) {}).median;
    const double wanted = options.quick ? 0.1 : 0.6;
    Times best{1e9, 1e9};
    for (int round = 0; round < 3; ++round) {
        peak.measure();
        const double once = times_of(50, predict).median;
        const Times times = times_of(std::max<std::size_t>(200, static_cast<std::size_t>(wanted / 3 / once)), predict);
        if (times.median < best.median) best = times;
    }
    peak.measure();
    volatile float keep = total;
    (void)keep;
    rows.push_back({Network::name, best.median - clock, best.p99 - clock, static_cast<double>(predictor.flops)});
}

int main(int count, char** arguments) {
    Options options;
    for (int i = 1; i < count; ++i) {
        if (!std::strcmp(arguments[i], "--quick")) options.quick = true;
        else if (!std::strcmp(arguments[i], "--json") && i + 1 < count) options.json = arguments[++i];
        else if (!std::strcmp(arguments[i], "--only") && i + 1 < count) options.only = arguments[++i];
        else return std::fprintf(stderr, "bench_latency: the options are --quick, --json FILE and --only MODEL, not %s\n", arguments[i]), 2;
    }

    Peak peak;
    std::vector<Row> rows;
    measure<networks::Mlp128_64>(rows, peak, options);
    measure<networks::Mlp512>(rows, peak, options);
    measure<networks::LeNetSigmoid>(rows, peak, options);
    measure<networks::LeNetTanh>(rows, peak, options);
    measure<networks::LeNet5>(rows, peak, options);
    measure<networks::ResNetBlock>(rows, peak, options);
    measure<networks::GruRows>(rows, peak, options);
    measure<networks::ViT>(rows, peak, options);
    measure<networks::Cnn8>(rows, peak, options);
    if (rows.empty()) return std::fprintf(stderr, "bench_latency: there is no model named %s\n", options.only.c_str()), 2;

    std::printf("peak %.1f GFLOP/s of one core: %zu lanes, %.2f GHz, %.2f multiply-adds a cycle\n", peak.gflops(), native_width<float>, peak.clock(), peak.issue());
    if (!peak.plausible()) return std::fprintf(stderr, "bench_latency: the peak is not within 3 %% of a whole number of multiply-adds a cycle: the machine is too busy, run again\n"), 1;

    auto json = nlohmann::json::array();
    for (const Row& row : rows) {
        const double floor = row.flops / (1e9 * peak.gflops());
        std::printf("%-14s median %8.2f us  p99 %8.2f us  floor %8.2f us  %5.2f times the floor\n", row.model.c_str(), 1e6 * row.median, 1e6 * row.p99,
                    1e6 * floor, row.median / floor);
        json.push_back({{"bench", "latency"}, {"model", row.model}, {"batch", 1}, {"threads", 1},
                        {"median_us", 1e6 * row.median}, {"p99_us", 1e6 * row.p99}, {"floor_us", 1e6 * floor}});
    }
    if (!options.json.empty() && !(std::ofstream(options.json) << json.dump(2) << '\n').flush())
        return std::fprintf(stderr, "bench_latency: cannot write %s\n", options.json.c_str()), 1;
    return 0;
}
