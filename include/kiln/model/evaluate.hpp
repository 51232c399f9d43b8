// evaluate: a network's outputs for one sample, of weights that are plain numbers; in a constant expression too.
//
//     using Net = kiln::Sequential<kiln::Linear<2, 2>, kiln::Sigmoid, kiln::Linear<2, 1>>;
//     constexpr std::array weights{20., 20., -20., -20.,  -10., 30.,  20., 20.,  -30.};  // weight, bias, weight, bias
//     static_assert(kiln::evaluate<Net, kiln::Shape<2>>(weights, std::array{1., 0.})[0] > 0);
//     static_assert(kiln::evaluate<Net, kiln::Shape<2>>(weights, std::array{1., 1.})[0] < 0);
//
//     weights    the parameters in the order of Model::visit, each row by row, without padding: those of PyTorch's net.parameters(), where
//                modules are registered in the order they run (its TransformerEncoderLayer has its norms last)
//     buffers    what a BatchNorm keeps, running_mean and running_var, in that order too; for networks that have some
//     x [In], y [Out], flat, and all of one type, float or double
//
// It is Model::predict of one sample within rounding, in plain numbers one by one, and all of it lies on the stack: for small networks.
// In a constant expression what is undefined, or reads what nobody wrote, is a compiler's error.
#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include "kiln/core/chain.hpp"
#include "kiln/core/workspace.hpp"

namespace kiln {

namespace detail {
// Why the arrays are not the network's; empty where they are.
template <class Net, class In, std::size_t Weights, std::size_t Inputs, std::size_t Buffers>
inline constexpr Text evaluation_fault = [] {
    constexpr std::size_t weights = parameters_of<Net, In>::size, buffers = buffers_of<Net, In>::size;
    if (Weights != weights) return text("evaluate: the network has ", weights, " weights, but ", Weights, " are given");
    if (Inputs != In::size) return text("evaluate: the network's input is ", shape_text<In>, ", but x is ", Inputs, " numbers");
    if (Buffers != buffers) return text("evaluate: the network has ", buffers, " numbers in buffers, but ", Buffers, " are given");
    return Text{};
}();

// The numbers of a list's arrays, each moved to where it lies with the padding.
template <class List, class T, std::size_t N> constexpr std::array<T, List::extent> padded(const std::array<T, N>& numbers) {
    std::array<T, List::extent> result{};
    const T* from = numbers.data();
    each_array<List>([&]<class Array>(std::string_view, std::size_t offset) {
        std::copy_n(from, Array::size, result.data() + offset);
        from += Array::size;
    });
    return result;
}
}  // namespace detail

template <class Net, class In, std::floating_point T, std::size_t Weights, std::size_t Inputs, std::size_t Buffers = 0>
constexpr auto evaluate(const std::array<T, Weights>& weights, const std::array<T, Inputs>& x, const std::array<T, Buffers>& buffers = {}) {
    if constexpr (!accepts<Net, In>) {
        static_assert(report_fault<Net, In>());
        return x;
    } else if constexpr (!detail::evaluation_fault<Net, In, Weights, Inputs, Buffers>.empty()) {
        static_assert(Report<detail::evaluation_fault<Net, In, Weights, Inputs, Buffers>>::size > 0);
        return x;
    } else {
        constexpr std::size_t extent = tile_extent<Net, In, Mode::inference>;
        const auto parameters = detail::padded<parameters_of<Net, In>>(weights);
        const auto kept = detail::padded<buffers_of<Net, In>>(buffers);
        std::array<T, extent> memory;
        const Place<T> at = root_place<Net, In, Mode::inference, T>(parameters.data(), kept.data());
        std::copy(x.begin(), x.end(), memory.data() + at.x);
        const TileInfo<T> info{};
        forward<Net, In, Mode::inference>(Group<T>{memory.data(), extent, 1, &info, nullptr}, at);
        std::array<T, output_of<Net, In>::size> y{};
        std::copy_n(memory.data() + at.y, y.size(), y.begin());
        return y;
    }
}

}  // namespace kiln
