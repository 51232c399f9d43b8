// Training throughput on one core, and its share of the core's peak, both measured in the same run.
//
//     bench_train [--quick] [--json FILE] [--only MODEL]
//
// A row is one network at its batch size: forward, loss, backward and optimiser step, reading bytes as from a data set's
// file. The images are ten patterns under noise, some labels are wrong, the order is shuffled every epoch, and the loss must fall. FLOPs are twice the
// multiply-adds of matrix products and convolutions: live samples, real taps, no gradient of the network's input.
// The peak is the best of runs before, between and after; it must agree with the clock to 3 %, or the run is void.
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

// Ten patterns of random pixels under noise, as bytes. A fifth of the labels is drawn at random: a network that is always right
// would end in gradients too small for float's normal range, which are slow and which no real data gives.
Dataset<Image, Label> patterns(std::size_t samples) {
    std::vector<std::uint8_t> pixels(samples * Image::size);
    std::vector<int> labels(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        const auto pattern = key(1, i) % 10;
        labels[i] = static_cast<int>(key(4, i) % 5 == 0 ? key(5, i) % 10 : pattern);
        for (std::size_t p = 0; p < Image::size; ++p)
            pixels[i * Image::size + p] = static_cast<std::uint8_t>(key(2, pattern, p) % 128 + key(3, i, p) % 128);
    }
    return {std::move(pixels), labels};
}

struct Options {
    bool quick = false;
    std::string json, only;
};

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

struct Row {
    std::string model;
    std::size_t batch;
    double samples_per_second, gflops, first_loss, last_loss;
};

template <class Network>
void measure(std::vector<Row>& rows, Peak& peak, const Options& options, std::size_t samples) {
    if (!options.only.empty() && options.only != Network::name) return;
    using OneModel = Model<typename Network::Net, Image>;
    OneModel model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, Network::optimizer, {.threads = 1}};
    const auto data = patterns(samples / Network::batch * Network::batch);
    std::vector<double> rates;
    double first_loss = 0, last_loss = 0;
    for (std::size_t round = 0; round < (options.quick ? 5U : 15U); ++round) {
        peak.measure();
        double loss = 0;
        std::size_t batches = 0;
        const double start = seconds();
        trainer.fit(data, {.batch_size = Network::batch, .seed = round, .progress = Show::nothing,
                           .on_batch = [&](const BatchReport& report) { loss += report.score.loss, ++batches; }});
        const double time = seconds() - start;
        loss /= static_cast<double>(batches);
        if (round == 0) first_loss = loss;  // a warm-up, and the loss that must fall
        else rates.push_back(static_cast<double>(data.size()) / time);
        last_loss = loss;
    }
    peak.measure();
    const double rate = median(rates);
    rows.push_back({Network::name, Network::batch, rate, 1e-9 * rate * static_cast<double>(OneModel::training_flops), first_loss, last_loss});
}

int main(int count, char** arguments) {
    Options options;
    for (int i = 1; i < count; ++i) {
        if (!std::strcmp(arguments[i], "--quick")) options.quick = true;
        else if (!std::strcmp(arguments[i], "--json") && i + 1 < count) options.json = arguments[++i];
        else if (!std::strcmp(arguments[i], "--only") && i + 1 < count) options.only = arguments[++i];
        else return std::fprintf(stderr, "bench_train: the options are --quick, --json FILE and --only MODEL, not %s\n", arguments[i]), 2;
    }

    Peak peak;
    std::vector<Row> rows;
    measure<networks::LeNet5>(rows, peak, options, 6400);
    measure<networks::LeNetTanh>(rows, peak, options, 1000);
    measure<networks::Mlp128_64>(rows, peak, options, 20000);
    measure<networks::Mlp512>(rows, peak, options, 6400);

    std::printf("peak %.1f GFLOP/s of one core: %zu lanes, %.2f GHz, %.2f multiply-adds a cycle\n", peak.gflops(), native_width<float>, peak.clock(), peak.issue());
    if (!peak.plausible()) return std::fprintf(stderr, "bench_train: the peak is not within 3 %% of a whole number of multiply-adds a cycle: the machine is too busy, run again\n"), 1;

    auto json = nlohmann::json::array();
    for (const Row& row : rows) {
        const double percent = 100 * row.gflops / peak.gflops();
        std::printf("%-11s batch %3zu  %8.0f samples/s  %6.1f GFLOP/s  %5.1f %% of peak  loss %.3f -> %.3f\n", row.model.c_str(), row.batch,
                    row.samples_per_second, row.gflops, percent, row.first_loss, row.last_loss);
        json.push_back({{"bench", "train"}, {"model", row.model}, {"batch", row.batch}, {"threads", 1},
                        {"samples_per_second", row.samples_per_second}, {"gflops", row.gflops}, {"percent_of_peak", percent}});
        if (!(row.last_loss < 0.99 * row.first_loss)) return std::fprintf(stderr, "bench_train: the loss of %s did not fall\n", row.model.c_str()), 1;
    }
    if (!options.json.empty() && !(std::ofstream(options.json) << json.dump(2) << '\n').flush())
        return std::fprintf(stderr, "bench_train: cannot write %s\n", options.json.c_str()), 1;
    return 0;
}
