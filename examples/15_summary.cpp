// 15: what the compiler knows of a network.
//
// Its layers, parameters, FLOPs and bytes are constants before there is a model: for a table to look at, for static_asserts that hold
// a design to its budget, and for tables of one's own. Nothing is trained here.
//
//     15_summary
#include <cstdio>
#include "kiln/kiln.hpp"
#include "kiln/report/summary.hpp"
#include "support/lenet5.hpp"

using namespace kiln::literals;
using Image = kiln::Shape<1, 28, 28>;

template <std::size_t Inputs, std::size_t Outputs>
using ConvNorm = kiln::Sequential<kiln::Conv<Inputs, Outputs, kiln::Kernel{.height = 3, .bias = false}, 1, 1>, kiln::BatchNorm<Outputs>>;
using Block = kiln::Residual<kiln::Sequential<ConvNorm<16, 16>, kiln::ReLU, ConvNorm<16, 16>>>;
using ResNet = kiln::Sequential<
    kiln::Named<"stem", ConvNorm<1, 16>>, kiln::ReLU, kiln::MaxPool<2>,
    Block, kiln::ReLU,
    kiln::GlobalAvgPool, kiln::Linear<16, 10>>;

// What is known, and a budget: what is over it does not compile, and within_budget says by how much.
static_assert(kiln::parameter_count<LeNet5, Image> == 44'426 && kiln::flops<LeNet5, Image> == 563'280);
static_assert(kiln::within_budget<kiln::training_bytes<LeNet5, Image, kiln::Adam>(64), 2_MiB>);
static_assert(kiln::parameter_count<ResNet, Image> < 10'000);
static_assert(kiln::flops<ResNet, Image> < 4 * kiln::flops<LeNet5, Image>, "at most four times LeNet-5's");
static_assert(kiln::static_footprint<ResNet, Image> < 200 * 1024, "a Predictor fits the device's memory");

// The largest image on the way through a network, found by the compiler.
template <class Net> constexpr std::size_t widest = [] {
    std::size_t bytes = 0;
    for (const kiln::LayerFacts& layer : kiln::layer_facts<Net, Image>) bytes = std::max(bytes, layer.bytes);
    return bytes;
}();
static_assert(widest<LeNet5> == 6 * 24 * 24 * sizeof(float));

// A line of a table of one's own.
template <class Net> void compare(const char* name) {
    std::printf("%-8s  %10zu  %10zu  %13zu  %12zu  %15zu\n", name, kiln::parameter_count<Net, Image>, kiln::flops<Net, Image>, kiln::training_flops<Net, Image>,
                widest<Net>, kiln::static_footprint<Net, Image>);
}

int main() {
    kiln::print_summary<LeNet5, Image>();
    std::printf("\n\n");
    kiln::print_summary<ResNet, Image>();

    std::printf("\n\nnetwork   parameters       FLOPs  FLOPs, a step  widest bytes  Predictor bytes\n");
    compare<LeNet5>("LeNet-5");
    compare<ResNet>("ResNet");
    return 0;
}
