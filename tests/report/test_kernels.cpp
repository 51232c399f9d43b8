#include <doctest/doctest.h>
#include "kiln/layers/tanh.hpp"
#include "kiln/report/kernels.hpp"
#include "report/digits.hpp"

using namespace kiln;

TEST_CASE("kernels: those of a convolution") {
    const Model<Sequential<ReLU, Conv<2, 4, Kernel{.height = 3, .width = 5}>>, Shape<2, 9, 9>> model{Seed{1}};
    const Kernels first = first_kernels(model);
    CHECK(first.name == "1.weight");
    CHECK(first.extents == std::vector<std::size_t>{4, 2, 3, 5});
    REQUIRE(first.kernels.size() == 4);
    const auto weight = model.parameter<"1.weight">();
    float largest = 0;
    for (std::size_t o = 0; o < 4; ++o) {
        REQUIRE((first.kernels[o].count == 2 && first.kernels[o].height == 3 && first.kernels[o].width == 5));
        for (std::size_t i = 0; i < 2; ++i)
            for (std::size_t y = 0; y < 3; ++y)
                for (std::size_t x = 0; x < 5; ++x) {
                    CHECK(first.kernels[o](i, y, x) == weight(o, i, y, x));
                    largest = std::max(largest, std::abs(weight(o, i, y, x)));
                }
    }
    CHECK(first.largest() == largest);
}

TEST_CASE("kernels: the weights of a layer that meets a whole picture, laid out as the picture is") {
    const Model<Sequential<Flatten, Linear<24, 3>>, Shape<2, 3, 4>, double> model{Seed{1}};
    const Kernels first = first_kernels(model);
    CHECK(first.name == "1.weight");
    REQUIRE(first.kernels.size() == 3);
    const auto weight = model.parameter<"1.weight">();
    CHECK(first.kernels[2].count == 2);
    CHECK(first.kernels[2](1, 2, 3) == static_cast<float>(weight(2, 23)));
    const Model<Linear<64, 3>, Shape<64>> square{Seed{1}};
    CHECK(first_kernels(square).kernels.size() == 3);
    CHECK(first_kernels(square).kernels[0].height == 8);
}

TEST_CASE("kernels: another matrix is one picture; a network without weights has none") {
    const Model<Sequential<Linear<4, 6>, Tanh, Linear<6, 3>>, Shape<4>> table{Seed{1}};
    const Kernels first = first_kernels(table);
    REQUIRE(first.kernels.size() == 1);
    CHECK((first.kernels[0].count == 1 && first.kernels[0].height == 6 && first.kernels[0].width == 4));
    CHECK(first.kernels[0](0, 5, 3) == table.parameter<"0.weight">()(5, 3));
    const Model<Linear<4, 6>, Shape<5, 4>> rows{Seed{1}};  // one map for every row
    CHECK(first_kernels(rows).kernels.size() == 1);

    const Model<Sequential<Tanh, ReLU>, Shape<4>> none{Seed{1}};
    CHECK(first_kernels(none).kernels.empty());
    CHECK(first_kernels(none).name.empty());
}
