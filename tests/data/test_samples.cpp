#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <vector>
#include "kiln/data/samples.hpp"
#include "support/files.hpp"

using namespace kiln;
using kiln_test::message_of;

namespace {
// n samples of S whose elements are all different where they can be.
template <class E, class S> std::vector<E> elements(std::size_t n) {
    std::vector<E> result(n * S::size);
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<E>((i * 37 + i / 256) % 251);
    return result;
}

// Every lane of a tile against the values that copy gives.
template <class L, class E, class S> void check_load() {
    constexpr std::size_t n = 11;
    constexpr auto rounding = 512 * std::numeric_limits<scalar<L>>::epsilon();  // of values up to 502
    Normalize normal;
    normal.mean = std::vector<double>(S::extents[0], 0.25);
    normal.std = std::vector<double>(S::extents[0], 0.5);
    const auto samples = Samples<S>{elements<E, S>(n)}.transformed(normal);
    for (std::size_t live : {std::size_t{1}, (lane_count<L> + 1) / 2, lane_count<L>}) {
        std::vector<SampleIndex> which(live);
        for (std::size_t i = 0; i < live; ++i) which[i] = static_cast<SampleIndex>((7 * i + 3) % n);
        std::vector<L> tile(S::size);
        samples.load(std::span<const SampleIndex>{which}, tile.data());
        std::vector<scalar<L>> values(live * S::size);
        samples.copy(std::span<const SampleIndex>{which}, values.data());
        for (std::size_t f = 0; f < S::size; ++f)
            for (std::size_t lane = 0; lane < lane_count<L>; ++lane)
                REQUIRE(std::abs(to_lanes(tile[f])[lane] - values[std::min(lane, live - 1) * S::size + f]) <= rounding);
        const double element = static_cast<double>(elements<E, S>(n)[which[0] * S::size]);
        const double value = std::is_same_v<E, std::uint8_t> ? element / 255 : element;
        CHECK(values[0] == doctest::Approx((value - 0.25) / 0.5));
    }
}
template <class L> void check_loads() {
    check_load<L, std::uint8_t, Shape<1, 28, 28>>();
    check_load<L, std::uint8_t, Shape<3, 5, 7>>();
    check_load<L, std::uint8_t, Shape<13>>();
    check_load<L, float, Shape<2, 9>>();
    check_load<L, float, Shape<1>>();
    check_load<L, double, Shape<3, 17>>();
}
}  // namespace

TEST_CASE("bytes become [0, 1], numbers stay as they are") {
    const Samples<Shape<2, 2>> bytes{std::vector<std::uint8_t>{0, 51, 102, 255, 1, 2, 3, 4}};
    CHECK(bytes.size() == 2);
    CHECK(bytes.get(0)(0, 0) == 0);
    CHECK(bytes.get(0)(0, 1) == doctest::Approx(0.2));
    CHECK(bytes.get(0)(1, 1) == 1);
    CHECK(bytes.get<double>(1)(1, 1) == doctest::Approx(4.0 / 255));
    const Samples<Shape<2>> numbers{std::vector<double>{-1e9, 0.1, 7, 8}};
    CHECK(numbers.get<double>(0)(0) == -1e9);
    CHECK(numbers.get<double>(0)(1) == 0.1);
    CHECK(numbers.get<float>(0)(1) == 0.1F);
}

TEST_CASE("samples come from xtensors and other containers") {
    const Tensor<float, 3> tensor{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}, {{9, 10}, {11, 12}}};
    const Samples<Shape<2, 2>> samples{tensor};
    CHECK(samples.size() == 3);
    CHECK(samples.get(2)(0, 1) == 10);
    CHECK(Samples<Shape<1, 2, 2>>{tensor}.get(2)(0, 0, 1) == 10);
    CHECK(Samples<Shape<2, 2>>{2 * tensor}.get(1)(1, 0) == 14);

    const xt::xtensor<float, 3, xt::layout_type::column_major> columns = tensor;
    CHECK(Samples<Shape<2, 2>>{columns}.get(2)(0, 1) == 10);

    CHECK(Samples<Shape<2>>{std::deque<float>{1, 2, 3, 4}}.get(1)(0) == 3);
    CHECK(Samples<Shape<2>>{std::array<std::uint8_t, 2>{255, 0}}.get(0)(0) == 1);
}

TEST_CASE("a container that is moved in is not copied, and neither are subsets") {
    std::vector<float> numbers(1000, 1.0F);
    const float* where = numbers.data();
    const Samples<Shape<10>> samples{std::move(numbers)};
    const auto copy = samples.subset(std::vector<int>{5}).transformed(Normalize{0, 2});
    const_cast<float*>(where)[50] = 42;  // the elements, seen from behind
    CHECK(samples.get(5)(0) == 42);
    CHECK(copy.get(0)(0) == 21);
}

TEST_CASE("what is not a whole number of samples is refused") {
    CHECK(message_of<DataError>([] { Samples<Shape<2, 3>>{std::vector<float>(13)}; }) ==
          "13 elements are not a whole number of samples of 2x3, which take 6 each");
    CHECK(message_of<DataError>([] {
              Samples<Shape<2, 3>>{Tensor<float, 2>({4, 5})};
          }).starts_with("the array of samples is 4x5, expected n x 2x3"));
    CHECK(Samples<Shape<2, 3>>{std::vector<float>{}}.empty());
    CHECK(Samples<Shape<2, 3>>{}.values().size() == 0);
}

TEST_CASE("a tile has the samples in its lanes, the last one repeated") {
    SUBCASE("one lane") {
        check_loads<float>();
        check_loads<double>();
    }
    SUBCASE("narrow") {
        check_loads<Lanes<float, 4>>();
        check_loads<Lanes<double, 2>>();
    }
    SUBCASE("native") {
        check_loads<Lanes<float, 8>>();
        check_loads<Lanes<float, 16>>();
        check_loads<Lanes<double, 8>>();
    }
    SUBCASE("several registers") {
        check_loads<Lanes<float, 32>>();
        check_loads<Lanes<double, 16>>();
    }
}

TEST_CASE("values gives any samples as a tensor") {
    const Samples<Shape<3>> samples{std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, 8}};
    const auto some = samples.values(std::vector<int>{2, 0, 2});
    CHECK(some.shape() == std::array<std::size_t, 2>{3, 3});
    CHECK(some(0, 1) == 7);
    CHECK(some(1, 1) == 1);
    CHECK(some(2, 2) == 8);
    CHECK(samples.values()(2, 2) == 8);
    CHECK(message_of<DataError>([&] { samples.values(std::vector<int>{0, 3}); }) ==
          "sample 3 does not exist: there are 3, numbered from 0");
    CHECK(message_of<DataError>([&] { samples.get(3); }) == "sample 3 does not exist: there are 3, numbered from 0");
    CHECK(message_of<DataError>([&] { samples.subset(std::list<long>{-1}); }).starts_with("sample -1 does not exist"));
}

TEST_CASE("a subset of a subset counts from the subset's own beginning") {
    const Samples<Shape<1>> samples{std::vector<float>{10, 11, 12, 13, 14}};
    const auto odd = samples.subset(std::vector<int>{1, 3});
    CHECK(odd.size() == 2);
    CHECK(odd.get(1)(0) == 13);
    const auto last = odd.subset(std::vector<std::size_t>{1, 1, 0});
    CHECK(last.get(0)(0) == 13);
    CHECK(last.get(2)(0) == 11);
    CHECK(message_of<DataError>([&] { odd.get(2); }) != "");
}

TEST_CASE("moments are those of the values, per channel") {
    const Samples<Shape<2, 1, 2>> bytes{std::vector<std::uint8_t>{0, 255, 7, 7, 255, 255, 9, 9}};
    const auto moments = bytes.moments();
    CHECK(moments.mean[0] == doctest::Approx(0.75));
    CHECK(moments.std[0] == doctest::Approx(std::sqrt(3.0) / 4));
    CHECK(moments.mean[1] == doctest::Approx(8.0 / 255));
    CHECK(moments.std[1] == doctest::Approx(1.0 / 255));
    const auto after = bytes.transformed(Normalize{0, 0.5}).moments();
    CHECK(after.mean[0] == doctest::Approx(1.5));
    CHECK(after.std[1] == doctest::Approx(2.0 / 255));
    CHECK(bytes.subset(std::vector<int>{1}).moments().std[0] == 0);

    // Numbers far from zero that differ little.
    const Samples<Shape<1>> far{std::vector<double>{1e9 + 1, 1e9 + 2, 1e9 + 3}};
    CHECK(far.moments().mean[0] == doctest::Approx(1e9 + 2));
    CHECK(far.moments().std[0] == doctest::Approx(std::sqrt(2.0 / 3)).epsilon(1e-6));
}
