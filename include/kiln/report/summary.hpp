// summary<Net, Input>(): the table of a network's layers that Keras and torchinfo have, as text. No model of it is needed.
//
//     std::cout << kiln::summary<LeNet5, Image>();      kiln::print_summary<LeNet5, Image>();
//     std::cout << kiln::summary(model);                kiln::print_summary(model, log);
//
// A line for each layer, at any depth: where it stands, what it gives, its parameters (in brackets: frozen), FLOPs and bytes of one
// sample, and how its kernel works on a tile, as model/facts.hpp has them; then the sums.
#pragma once
#include <cstdio>
#include <span>
#include "kiln/model/facts.hpp"
#include "kiln/report/words.hpp"

namespace kiln {

// What a summary says of the network as a whole.
struct NetworkFacts {
    Text name, input;
    std::size_t parameters, frozen, buffers, bytes;  // bytes: of all three
    std::size_t flops, training_flops;
    std::size_t lanes, workspace_bytes, one_sample_bytes;
};
template <class Net, class Input, class T = float>
inline constexpr NetworkFacts network_facts = [] {
    using Layer = detail::Fitting<Net, Input>;
    return NetworkFacts{.name = Layer::name(),
                        .input = shape_text<Input>,
                        .parameters = parameter_count<Net, Input>,
                        .frozen = frozen_parameter_count<Net, Input>,
                        .buffers = buffer_count<Net, Input>,
                        .bytes = parameter_bytes<Net, Input, T> + buffer_bytes<Net, Input, T>,
                        .flops = flops<Net, Input>,
                        .training_flops = training_flops<Net, Input>,
                        .lanes = tile_width<Layer, Input, T>,
                        .workspace_bytes = workspace_bytes<Net, Input, T>,
                        .one_sample_bytes = workspace_bytes<Net, Input, T, Mode::one_sample>};
}();

inline std::string summary_text(const NetworkFacts& network, std::span<const LayerFacts> layers) {
    using words::grouped, words::joined;
    using Row = std::array<std::string, 6>;
    const auto number = [](std::size_t n) { return n == 0 ? "-" : grouped(n); };
    std::vector<Row> rows{{"layer", "output", "parameters", "FLOPs", "bytes", joined("kernel, ", std::to_string(network.lanes), " lanes")}};
    for (const LayerFacts& layer : layers) {
        Row row;
        row[0] = joined(std::string(2 * layer.depth, ' '), layer.path.view(), layer.path.empty() ? "" : " ", layer.name.view());
        for (const std::size_t extent : layer.output) row[1] += joined(row[1].empty() ? "" : "x", std::to_string(extent));
        const std::string all = number(layer.parameters + layer.frozen);
        row[2] = layer.frozen > 0 && layer.parameters == 0 ? joined('(', all, ')') : all;
        row[3] = number(2 * layer.multiply_adds);
        row[4] = number(layer.bytes);
        row[5] = layer.plan.view();
        rows.push_back(std::move(row));
    }
    std::array<std::size_t, 6> widths{};
    for (const Row& row : rows)
        for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], words::columns(row[c]));

    std::string text = joined(network.name.view(), " of ", network.input.view(), "\n\n");
    for (const Row& row : rows) {
        std::string line = words::left(row[0], widths[0]);
        for (std::size_t c = 1; c < 5; ++c) line += "  " + words::right(row[c], widths[c]);
        line += "  " + row[5];
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + '\n';
    }
    const auto total = [&](std::string_view what, const auto&... value) { text += joined(words::left(what, 13), value..., '\n'); };
    text += '\n';
    total("parameters", grouped(network.parameters + network.frozen), ": ", grouped(network.parameters), " trained, ", grouped(network.frozen), " frozen; ",
          grouped(network.buffers), " other numbers; ", grouped(network.bytes), " bytes");
    total("FLOPs", grouped(network.flops), " forward, ", grouped(network.training_flops), " a training step, for one sample");
    total("a tile", grouped(network.lanes), network.lanes == 1 ? " sample; " : " samples; ", grouped(network.workspace_bytes),
          " bytes of workspace for each thread that predicts");
    total("a Predictor", grouped(network.one_sample_bytes), " bytes of workspace");
    return text;
}

template <class Net, class Input, class T = float> std::string summary() { return summary_text(network_facts<Net, Input, T>, layer_facts<Net, Input, T>); }
// Of a Model's or a Predictor's network.
template <class M> std::string summary() { return summary<typename M::Network, typename M::Input, typename M::Scalar>(); }
template <class M> std::string summary(const M&) { return summary<M>(); }

template <class Net, class Input, class T = float> void print_summary(std::FILE* out = stdout) { std::fputs(summary<Net, Input, T>().c_str(), out); }
template <class M> void print_summary(std::FILE* out = stdout) { std::fputs(summary<M>().c_str(), out); }
template <class M> void print_summary(const M&, std::FILE* out = stdout) { std::fputs(summary<M>().c_str(), out); }

}  // namespace kiln
