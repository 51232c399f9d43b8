#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>
#include "kiln/losses/accuracy.hpp"

using kiln::Shape, kiln::View;

namespace {
template <class L> struct Row {
    std::vector<L> y;
    L label;
    template <std::size_t Classes> View<Shape<Classes>, const L> scores() const { return {y.data()}; }
    View<Shape<1>, const L> target() const { return {&label}; }
};

// The classes by falling score, equal ones in their order.
std::vector<std::size_t> order(const std::vector<int>& scores) {
    std::vector<std::size_t> classes(scores.size());
    std::iota(classes.begin(), classes.end(), std::size_t{0});
    std::sort(classes.begin(), classes.end(),
              [&](auto a, auto b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
    return classes;
}
}  // namespace

TEST_CASE_TEMPLATE("accuracy: as a sort of the scores, ties among them, for every label", L, float, double,
                   kiln::Lanes<float, kiln::native_width<float>>, kiln::Lanes<double, 2 * kiln::native_width<double>>) {
    using T = kiln::scalar<L>;
    constexpr std::size_t classes = 7, width = kiln::lane_count<L>;
    std::mt19937 engine{3};
    for (int repeat = 0; repeat < 20; ++repeat) {
        std::vector<std::vector<int>> scores(width);
        std::array<T, width> labels;
        Row<L> row{std::vector<L>(classes), L(0)};
        for (std::size_t lane = 0; lane < width; ++lane) {
            for (std::size_t k = 0; k < classes; ++k) scores[lane].push_back(static_cast<int>(engine() % 4) - 2);
            labels[lane] = static_cast<T>(engine() % classes);
        }
        for (std::size_t k = 0; k < classes; ++k) {
            std::array<T, width> values;
            for (std::size_t lane = 0; lane < width; ++lane) values[lane] = static_cast<T>(scores[lane][k]);
            row.y[k] = kiln::from_lanes<L>(values);
        }
        row.label = kiln::from_lanes<L>(labels);

        const auto y = row.template scores<classes>();
        const auto best = kiln::to_lanes(argmax(y)), rank = kiln::to_lanes(label_rank(y, row.label));
        const auto right = kiln::to_lanes(correct(y, row.target())), top3 = kiln::to_lanes(correct(y, row.target(), 3));
        for (std::size_t lane = 0; lane < width; ++lane) {
            const auto expected = order(scores[lane]);
            const auto place =
                std::find(expected.begin(), expected.end(), static_cast<std::size_t>(labels[lane])) - expected.begin();
            CHECK(best[lane] == static_cast<T>(expected[0]));
            CHECK(rank[lane] == static_cast<T>(place));
            CHECK(right[lane] == (place == 0 ? 1 : 0));
            CHECK(top3[lane] == (place < 3 ? 1 : 0));
        }
    }
}

TEST_CASE_TEMPLATE("accuracy: a score that is not a number is never right", L, float,
                   kiln::Lanes<float, kiln::native_width<float>>) {
    const L nan(std::nanf(""));
    for (float label : {0.0F, 1.0F, 2.0F}) {
        const Row<L> all{{nan, nan, nan}, L(label)}, one{{L(5), nan, L(2)}, L(label)};
        for (const Row<L>& row : {all, one})
            for (float right : kiln::to_lanes(correct(row.template scores<3>(), row.target()))) CHECK(right == 0);
    }
}

TEST_CASE("accuracy: of a row for each step it is how many are right") {
    const std::array<float, 6> y{0, 2, 1, 5, 4, 3};
    const View<Shape<2, 3>, const float> scores{y.data()};
    const auto right = [&](float first, float second, std::size_t top = 1) {
        const std::array<float, 2> labels{first, second};
        return correct(scores, View<Shape<2>, const float>{labels.data()}, top);
    };
    CHECK(right(1, 0) == 2);
    CHECK(right(1, 1) == 1);
    CHECK(right(0, 0) == 1);
    CHECK(right(2, 2) == 0);
    CHECK(right(2, 2, 2) == 1);
    CHECK(right(0, 2, 3) == 2);
}

TEST_CASE("accuracy: in a constant expression") {
    static constexpr std::array<double, 3> y{1, 4, 4};
    static constexpr std::array<double, 1> second{1}, third{2};
    constexpr View<Shape<3>, const double> scores{y.data()};
    static_assert(argmax(scores) == 1);
    static_assert(correct(scores, View<Shape<1>, const double>{second.data()}) == 1);
    static_assert(correct(scores, View<Shape<1>, const double>{third.data()}) == 0);
    CHECK(correct(scores, View<Shape<1>, const double>{third.data()}, 2) == 1);
}
