#include <doctest/doctest.h>
#include "kiln/layers/avg_pool1d.hpp"
#include "kiln/layers/conv1d.hpp"
#include "kiln/layers/max_pool1d.hpp"
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("Conv: stride, padding, dilation, groups, kernels that are no squares, Winograd's, one pixel's, the whole image's") {
    using Net = Sequential<Conv<2, 4, Kernel{.height = 3, .width = 5, .dilation = Extent2{1, 2}, .groups = 2}, Extent2{2, 1}, Extent2{1, 3}>, Tanh,
                           Conv<4, 8, Kernel{.height = 1, .groups = 4, .bias = false}>, Conv<8, 8, Kernel{.height = 3, .algorithm = Algorithm::winograd}, 1, 1>,
                           BatchNorm<8>, Conv<8, 6, 2, 2>, Conv<6, 3, Kernel{.height = 3, .width = 4}>>;
    Model<Net, Shape<2, 11, 10>> model{Seed{1}};
    scramble(model);
    const std::string text = check_exported(model);
    CHECK(contains(text, "layers::pad<2, 11, 10, 1, 3>"));
    CHECK(contains(text, "layers::linear<1, 72, 3>"));
    CHECK(!contains(text, "layers::rescale"));
}

TEST_CASE("ConvTranspose: stride, padding, output padding, dilation and groups, and a BatchNorm after it") {
    using Net = Sequential<ConvTranspose<4, 6, Kernel{.height = 3, .dilation = 2, .groups = 2}, 2, 1, 1>, BatchNorm<6>, ReLU,
                           ConvTranspose<6, 2, Kernel{.height = 2, .width = 3, .bias = false}, Extent2{2, 1}>>;
    Model<Net, Shape<4, 3, 4>> model{Seed{1}};
    scramble(model);
    CHECK(contains(check_exported(model), "layers::crop<6, 10, 12, 1, 1>"));
}

TEST_CASE("signals") {
    using Net = Sequential<Conv1d<3, 6, Kernel1d{.size = 3, .dilation = 2, .groups = 3}, 1, 2>, BatchNorm<6>, Tanh, MaxPool1d<2>, Conv1d<6, 4, 3, 2>, AvgPool1d<2, 1>>;
    Model<Net, Shape<3, 17>> model{Seed{1}};
    scramble(model);
    CHECK(!contains(check_exported(model), "layers::rescale"));
}
