// What the peers' programs have in common: the benchmark they are asked for, and how they time it, which is as Kiln is timed.
//
//     peer_NAME train|infer|latency [--quick] [--json FILE] [--only MODEL] [--models FOLDER]
#pragma once
#include <filesystem>
#include "support/bench.hpp"

namespace peer {

constexpr std::size_t predicted = 1000;  // samples at a time in `infer`

struct Library {
    std::string name, version;
};

struct Request : bench::Options {
    std::string bench, models = ".";
};

inline Request read_request(int count, char** arguments) {
    Request request;
    std::vector<char*> rest;
    for (int i = 1; i < count; ++i) {
        if (i == 1) request.bench = arguments[i];
        else if (!std::strcmp(arguments[i], "--models") && i + 1 < count) request.models = arguments[++i];
        else rest.push_back(arguments[i]);
    }
    static_cast<bench::Options&>(request) = bench::read_options(static_cast<int>(rest.size()), rest.data(), 0);
    return request;
}

// BLAS is what a peer's matrix products are made of; the reference library, which some systems come with, is 20 times slower: 2 to
// 5 GFLOP/s, where OpenBLAS and MKL have 50 and more. `multiply` multiplies two matrices of 512 x 512.
template <class Multiply> void require_fast_products(Multiply&& multiply) {
    const auto times = bench::time_calls(0.1, multiply);
    if (2e-9 * 512 * 512 * 512 / bench::median(times) < 10)
        bench::stop("libopenblas0-pthread is missing: with the reference BLAS the figures would say nothing", bench::unavailable);
}

// Epochs of as many steps as take a fifth of a second, the first two steps not counted, as many epochs as Kiln is given.
template <class Step>
void time_training(bench::Rows& rows, const Request& request, const Library& library, const std::string& model, std::size_t batch, Step&& step) {
    step();
    step();
    const double start = seconds();
    step();
    const auto steps = static_cast<std::size_t>(std::max(1.0, 0.2 / (seconds() - start)));
    std::vector<double> times;
    for (std::size_t round = 0; round < (request.quick ? 4U : 14U); ++round) {
        const double before = seconds();
        for (std::size_t i = 0; i < steps; ++i) step();
        times.push_back(seconds() - before);
    }
    rows.add({{"peer", library.name}, {"version", library.version}, {"bench", "train"}, {"model", model}, {"batch", batch}, {"threads", 1},
              {"samples_per_second", static_cast<double>(steps * batch) / bench::median(times)}});
}

// `predict` takes the samples that were asked for: 1000 of them, or one.
template <class Predict>
void time_prediction(bench::Rows& rows, const Request& request, const Library& library, const std::string& model, Predict&& predict) {
    for (int i = 0; i < 2; ++i) predict();  // a compiler that works while the program runs wants some calls
    const auto times = bench::time_calls(request.budget(), predict);
    bench::Json row{{"peer", library.name}, {"version", library.version}, {"bench", request.bench}, {"model", model}};
    if (request.bench == "infer") row.update({{"batch", predicted}, {"threads", 1}, {"samples_per_second", predicted / bench::median(times)}});
    else row.update({{"batch", 1}, {"threads", 1}, {"median_us", 1e6 * bench::median(times)}, {"p99_us", 1e6 * bench::quantile(times, 0.99)}});
    rows.add(std::move(row));
}

}  // namespace peer
