#include <doctest/doctest.h>
#include <limits>
#include <vector>
#include "kiln/core/target.hpp"
#include "kiln/data/dataset.hpp"
#include "kiln/data/transform.hpp"
#include "support/files.hpp"

using namespace kiln;
using kiln_test::message_of;

namespace {
Affine identity(std::size_t channels) { return {std::vector<double>(channels, 1), std::vector<double>(channels, 0)}; }
double value(const Affine& affine, std::size_t c, double element) {
    return affine.scale[c] * element + affine.shift[c];
}
}  // namespace

TEST_CASE("Scale01 maps its range to [0, 1], whatever was before") {
    Affine affine = identity(2);
    Scale01{}.apply(affine);
    CHECK(value(affine, 1, 0) == 0);
    CHECK(value(affine, 1, 255) == 1);
    Scale01{}.apply(affine);
    CHECK(value(affine, 0, 255) == 1);
    Scale01{.low = -1, .high = 3}.apply(affine);
    CHECK(value(affine, 0, -1) == 0);
    CHECK(value(affine, 0, 3) == 1);
    CHECK(message_of<OptionError>([&] { Scale01{.low = 2, .high = 2}.apply(affine); }).starts_with("Scale01 from 2.0"));
    CHECK(value(affine, 0, 3) == 1);
}

TEST_CASE("Normalize subtracts the mean and divides by the std, per channel") {
    Affine affine = identity(3);
    Normalize{0.5, 0.25}.apply(affine);
    for (std::size_t c = 0; c < 3; ++c) CHECK(value(affine, c, 1) == 2);
    affine = identity(3);
    Normalize{{1, 2, 3}, {1, 2, 4}}.apply(affine);
    CHECK(value(affine, 0, 5) == 4);
    CHECK(value(affine, 1, 5) == 1.5);
    CHECK(value(affine, 2, 5) == 0.5);
    affine = identity(1);
    Normalize{.mean = 1}.apply(affine);
    CHECK(value(affine, 0, 5) == 4);
}

TEST_CASE("Normalize refuses stds and counts that make no sense") {
    Affine affine = identity(3);
    CHECK(message_of<OptionError>([&] { Normalize{0, 0}.apply(affine); }).find("std 0.0") != std::string::npos);
    CHECK(message_of<OptionError>([&] { Normalize{{0, 0, 0}, {1, -1, 1}}.apply(affine); }) != "");
    CHECK(message_of<OptionError>([&] { Normalize{0, std::numeric_limits<double>::quiet_NaN()}.apply(affine); }) != "");
    CHECK(message_of<OptionError>([&] { Normalize{std::numeric_limits<double>::infinity(), 1}.apply(affine); }) != "");
    CHECK(message_of<DataError>([&] { Normalize{{0, 0}, 1}.apply(affine); }) ==
          "Normalize has 2 means, and the samples have 3 channels: give one number, or one for each channel");
    CHECK(message_of<DataError>([&] { Normalize{0, std::vector<double>{}}.apply(affine); }).find("0 stds") !=
          std::string::npos);
}

TEST_CASE("compose is one transform after another") {
    Affine once = identity(2), twice = identity(2);
    compose(Scale01{}, Normalize{{0.1, 0.2}, {0.5, 2}}, Normalize{1, 4}).apply(once);
    Scale01{}.apply(twice);
    Normalize{{0.1, 0.2}, {0.5, 2}}.apply(twice);
    Normalize{1, 4}.apply(twice);
    CHECK(once.scale == twice.scale);
    CHECK(once.shift == twice.shift);
    CHECK(value(once, 1, 255) == doctest::Approx(((1 - 0.2) / 2 - 1) / 4));
}

TEST_CASE("a data set applies transforms one after another") {
    const Dataset<Shape<2, 1, 2>, Label> data{std::vector<std::uint8_t>{0, 51, 102, 255}, std::vector{3}};
    const auto normal = data.transformed(Normalize{{0, 0.4}, {1, 0.2}});
    const auto x = normal.samples().get<double>(0);
    CHECK(x(0, 0, 1) == doctest::Approx(0.2));
    CHECK(x(1, 0, 0) == doctest::Approx(0));
    CHECK(x(1, 0, 1) == doctest::Approx(3));
    CHECK(normal.transformed(Normalize{1, 2}).samples().get<double>(0)(1, 0, 1) == doctest::Approx(1));
    CHECK(normal.transformed(Scale01{}).samples().get<double>(0)(1, 0, 1) == 1);
    CHECK(data.samples().get<double>(0)(1, 0, 1) == 1);
    CHECK(normal.labels()[0] == 3);
}

TEST_CASE("standardize gives mean 0 and std 1, and takes test data along") {
    const Dataset<Shape<2, 2>, Number> train{std::vector<float>{1, 3, 10, 10, 5, 7, 30, 30}, std::vector<double>{0, 1}};
    const Normalize normal = standardize(train);
    CHECK(normal.mean[0] == doctest::Approx(4));
    CHECK(normal.mean[1] == doctest::Approx(20));
    CHECK(normal.std[0] == doctest::Approx(std::sqrt(5.0)));
    CHECK(normal.std[1] == doctest::Approx(10));
    const auto moments = train.transformed(normal).samples().moments();
    for (std::size_t c = 0; c < 2; ++c) {
        CHECK(moments.mean[c] == doctest::Approx(0).epsilon(1e-12));
        CHECK(moments.std[c] == doctest::Approx(1));
    }
    const Dataset<Shape<2, 2>, Number> test{std::vector<float>{4, 4, 20, 40}, std::vector<double>{0}};
    CHECK(test.transformed(normal).samples().get<double>(0)(1, 1) == doctest::Approx(2));
}

TEST_CASE("standardize refuses nothing, and a channel of one value") {
    CHECK(message_of<DataError>([] { standardize(Dataset<Shape<2>, Label>{}); }) ==
          "an empty data set has no mean and standard deviation");
    const Dataset<Shape<2>, Label> flat{std::vector<float>{1, 0.5F, 2, 0.5F}, std::vector{0, 1}};
    CHECK(message_of<DataError>([&] {
              standardize(flat);
          }).starts_with("channel 1 cannot be standardised: its std is 0.0"));
    const Dataset<Shape<1>, Label> tenths{std::vector<float>(1001, 0.1F), std::vector<int>(1001)};
    CHECK(message_of<DataError>([&] { standardize(tenths); }).starts_with("channel 0 cannot be standardised"));
}
