#include <doctest/doctest.h>
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("activations") {
    using Activations = Sequential<Linear<6, 12>, ReLU, Linear<12, 12>, LeakyReLU<0.2>, Linear<12, 12>, Tanh, Linear<12, 12>, Sigmoid, Linear<12, 12>, SiLU,
                                   Linear<12, 12>, GELU, Dropout<0.5>, Linear<12, 12>, TanhGELU>;
    Model<Activations, Shape<6>> model{Seed{1}};
    scramble(model);
    const std::string text = check_exported(model);
    CHECK(contains(text, "layers::leaky_relu_layer<12>(memory + 12, 0x1.99999ap-3f, memory + 12);"));  // in place
    CHECK(contains(text, "static_assert(self_test()"));
}

TEST_CASE("a NaN passes through every activation, as it does in the library") {
    const TemporaryFolder folder;
    const Model<Concat<ReLU, LeakyReLU<>, Tanh, Sigmoid, SiLU, GELU, TanhGELU>, Shape<3>> model{Seed{1}};
    export_header(model, folder.path() / "net.hpp");
    const std::vector<float> x{0.25F, std::numeric_limits<float>::quiet_NaN(), -1};
    for (const auto& y : run_exported(folder.path(), x, 7 * 3))
        for (std::size_t i = 0; i < y.size(); ++i) CHECK(std::isnan(y[i]) == (i % 3 == 1));
}
