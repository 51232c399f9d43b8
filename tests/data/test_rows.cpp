#include <doctest/doctest.h>
#include <vector>
#include "kiln/core/shape.hpp"
#include "kiln/data/rows.hpp"

using namespace kiln;

// Samples 4, 0 and 4 in lanes, the last one again in the lanes that are left; their targets beside them.
TEST_CASE_TEMPLATE("rows: samples come in the lanes that are asked for, the last one fills up", L, float, double, Lanes<float, 4>, Lanes<float, 2 * native_width<float>>) {
    using T = scalar<L>;
    std::vector<T> x(6 * 3), t(6);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<T>(i);
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = static_cast<T>(100 + i);
    const Rows<Shape<3>, Shape<1>, T> rows{x.data(), 6, t.data()};
    CHECK(rows.size() == 6);
    const std::vector<SampleIndex> all{4, 0, 4};
    const auto which = std::span{all}.first(std::min(all.size(), lane_count<L>));
    L inputs[3], target[1];
    rows.load_inputs(which, inputs);
    rows.load_targets(which, target);
    for (std::size_t lane = 0; lane < lane_count<L>; ++lane) {
        const std::size_t sample = which[std::min(lane, which.size() - 1)];
        for (std::size_t k = 0; k < 3; ++k) CHECK(to_lanes(inputs[k])[lane] == static_cast<T>(3 * sample + k));
        CHECK(to_lanes(target[0])[lane] == static_cast<T>(100 + sample));
    }
}
