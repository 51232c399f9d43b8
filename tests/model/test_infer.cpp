#include <doctest/doctest.h>
#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <vector>
#include "kiln/layers/identity.hpp"
#include "kiln/model/infer.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
using L = Lanes<float, native_width<float>>;
constexpr std::size_t width = native_width<float>;

// y[i] = 2 x[i] + 1, and where inference differs from training.
struct Twice {
    static constexpr Text name() { return "Twice"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    static void infer(auto tile) {
        for (std::size_t i = 0; i < tile.x.size; ++i) tile.y[i] = tile.x[i] + tile.x[i] + typename decltype(tile)::L(1);
    }
    static void forward(auto tile) { tile.y.fill(typename decltype(tile)::L(-1)); }
    static void backward(auto) {}
};
using Net = Sequential<Twice, Identity>;
}  // namespace

TEST_CASE("infer: every sample comes once, in one tile, with its own index and outputs") {
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, width - 1, width, width + 1, 7 * width, 7 * width + 3}) {
        for (const std::size_t threads : {1U, 2U, 5U}) {
            CAPTURE(n);
            CAPTURE(threads);
            std::vector<float> x(3 * n);
            for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i);
            const Rows<Shape<3>, Shape<1>, float> source{x.data(), n};
            CHECK(source.size() == n);
            std::vector<int> seen(n);
            std::atomic<std::size_t> tiles = 0;
            std::atomic<bool> right = true;
            infer<Net, Shape<3>, L>(nullptr, nullptr, source, threads, [&](std::span<const SampleIndex> which, View<Shape<3>, L> y) {
                ++tiles;
                right = right && !which.empty() && which.size() <= width && which.front() % width == 0;
                for (std::size_t lane = 0; lane < width; ++lane) {
                    const std::size_t i = which[std::min(lane, which.size() - 1)];  // dead lanes repeat the last sample
                    for (std::size_t k = 0; k < 3; ++k) right = right && to_lanes(y[k])[lane] == 2 * x[3 * i + k] + 1;
                    if (lane < which.size()) ++seen[i];
                }
                y.fill(L(0));  // it may be overwritten
            });
            CHECK(right);
            CHECK(seen == std::vector<int>(n, 1));
            CHECK(tiles == (n + width - 1) / width);
        }
    }
}

TEST_CASE("infer: rows load any of their samples, inputs and targets") {
    const std::array<float, 6> x{0, 1, 10, 11, 20, 21};
    const std::array<float, 3> t{5, 6, 7};
    const Rows<Shape<2>, Shape<1>, float> source{x.data(), 3, t.data()};
    const std::array<SampleIndex, 2> which{2, 0};
    std::array<L, 2> inputs;
    L target;
    source.load_inputs(which, inputs.data());
    source.load_targets(which, &target);
    CHECK(to_lanes(inputs[0])[0] == 20);
    CHECK(to_lanes(inputs[1])[0] == 21);
    CHECK(to_lanes(inputs[1])[1] == 1);
    CHECK(to_lanes(inputs[0])[width - 1] == 0);
    CHECK(to_lanes(target)[0] == 7);
    CHECK(to_lanes(target)[width - 1] == 5);
}

TEST_CASE("infer: a thread's memory is aligned, grows, and is another for every use") {
    struct Other {};
    float* const a = detail::thread_workspace<float>(100);
    float* const b = detail::thread_workspace<float, Other>(100);
    CHECK(a != b);
    CHECK(reinterpret_cast<std::uintptr_t>(a) % memory_alignment == 0);
    CHECK(detail::thread_workspace<float>(50) == a);  // it never shrinks
    float* const more = detail::thread_workspace<float>(100'000);
    more[99'999] = 1;
    CHECK(detail::thread_workspace<float>(100'000) == more);
}

TEST_CASE("infer: on one lane and in double, the same numbers") {
    const std::vector<double> x{0.5, -1, 3};
    std::vector<double> found(3);
    infer<Net, Shape<1>, double>(nullptr, nullptr, Rows<Shape<1>, Shape<1>, double>{x.data(), 3}, 2,
                                 [&](std::span<const SampleIndex> which, View<Shape<1>, double> y) { found[which[0]] = y[0]; });
    CHECK(found == std::vector<double>{2, -1, 7});
}
