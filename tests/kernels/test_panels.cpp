#include "kiln/kernels/panels.hpp"
#include <doctest/doctest.h>
#include <cmath>
#include <random>
#include <vector>

namespace {
// Against the plain sums in double; nothing behind y is written.
template <class T, std::size_t Rows, std::size_t In, std::size_t Out> void agrees_with_reference() {
    using Plan = kiln::panels::Plan<Rows, In, Out, T>;
    CAPTURE(Rows);
    CAPTURE(In);
    CAPTURE(Out);
    std::mt19937 random{1};
    const auto numbers = [&](std::size_t count) {
        std::vector<T> result(count);
        for (T& v : result) v = std::uniform_real_distribution<T>{T(-1), T(1)}(random);
        return result;
    };
    const auto w = numbers(Out * In), b = numbers(Out), x = numbers(Rows * In);
    std::vector<T> packed(Plan::Weights::size), biases(Out);
    kiln::panels::pack<Rows, In, Out>(w.data(), b.data(), packed.data(), biases.data());
    for (const bool backwards : {false, true}) {
        std::vector<T> y(Rows * Out + 1, T(99));
        kiln::panels::multiply<Rows, In, Out>(packed.data(), biases.data(), x.data(), y.data(), backwards);
        bool agrees = true;
        for (std::size_t r = 0; r < Rows; ++r)
            for (std::size_t o = 0; o < Out; ++o) {
                double sum = static_cast<double>(b[o]), magnitude = std::abs(sum);
                for (std::size_t i = 0; i < In; ++i) {
                    const double product = static_cast<double>(w[o * In + i]) * static_cast<double>(x[r * In + i]);
                    sum += product, magnitude += std::abs(product);
                }
                const double bound = static_cast<double>(std::numeric_limits<T>::epsilon()) * magnitude * (1 + std::sqrt(double(In)));
                agrees = agrees && std::abs(static_cast<double>(y[r * Out + o]) - sum) <= bound;
            }
        CHECK(agrees);
        CHECK(y[Rows * Out] == T(99));
    }
}
template <class T> void every_shape() {
    agrees_with_reference<T, 1, 1, 1>();
    agrees_with_reference<T, 1, 7, 3>();
    agrees_with_reference<T, 1, 33, 10>();
    agrees_with_reference<T, 1, 5, 201>();
    agrees_with_reference<T, 1, 400, 350>();  // fetches ahead
    agrees_with_reference<T, 3, 9, 2>();
    agrees_with_reference<T, 13, 6, 27>();
}
}  // namespace

TEST_CASE("panels: the plain sums, for shapes that are multiples of no block, forwards and backwards") {
    every_shape<float>();
    every_shape<double>();
}

TEST_CASE("panels: without bias") {
    const float w[] = {1, 2, 3, 4}, x[] = {5, 6};
    float packed[kiln::panels::Plan<1, 2, 2, float>::Weights::size], biases[2], y[2];
    kiln::panels::pack<1, 2, 2>(w, static_cast<const float*>(nullptr), packed, biases);
    kiln::panels::multiply<1, 2, 2>(packed, biases, x, y);
    CHECK(y[0] == 17);
    CHECK(y[1] == 39);
}
