// Tensor<T, N>: the arrays that users give and get, xtensor's, row-major, of N axes. A batch has the samples along its
// first axis: n samples of Shape<1, 28, 28> are a Tensor<float, 4> of n x 1 x 28 x 28.
//
// The only file that includes xtensor.
#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <tuple>
#include <type_traits>
#if __has_include(<xtensor/containers/xtensor.hpp>)  // 0.26 and newer
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xfixed.hpp>
#include <xtensor/containers/xtensor.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xfixed.hpp>
#include <xtensor/xtensor.hpp>
#endif
#include "kiln/core/error.hpp"
#include "kiln/core/shape.hpp"
#include "kiln/core/whole_numbers.hpp"

namespace kiln {

template <class T, std::size_t N> using Tensor = xt::xtensor<T, N, xt::layout_type::row_major>;

// A tensor of n samples, or of one, its numbers not set.
template <class T, class S> Tensor<T, S::rank + 1> make_batch(std::size_t n) {
    std::array<std::size_t, S::rank + 1> extents{n};
    std::copy(S::extents.begin(), S::extents.end(), extents.begin() + 1);
    return Tensor<T, S::rank + 1>(extents);
}
template <class T, class S> Tensor<T, S::rank> make_sample() { return Tensor<T, S::rank>(S::extents); }

namespace detail {
// "60000x28x28"
std::string extents_of(const auto& extents) {
    std::string text;
    for (auto extent : extents) {
        if (!text.empty()) text += 'x';
        text += std::to_string(extent);
    }
    return text.empty() ? "a single number" : text;
}

// Whether the extents after the first `skip` are the shape's, axes of extent 1 aside: those do not move a number.
template <class S> bool same_extents(const auto& extents, std::size_t skip) {
    std::size_t axis = 0;
    for (std::size_t extent : extents) {
        if (skip > 0) {
            --skip;
            continue;
        }
        if (extent == 1) continue;
        while (axis < S::rank && S::extents[axis] == 1) ++axis;
        if (axis == S::rank || S::extents[axis++] != extent) return false;
    }
    while (axis < S::rank && S::extents[axis] == 1) ++axis;
    return skip == 0 && axis == S::rank;
}
}  // namespace detail

// A shape as it is written: "1x28x28".
template <class S> std::string describe() { return detail::extents_of(S::extents); }

// How many samples of Shape S a tensor of n x extents holds. Axes of extent 1 may be left out or added.
// DataError, which begins with `what` the tensor is, where the extents are others, or which names the first of its tokens that is none.
template <class S> std::size_t check_batch(const auto& tensor, const char* what = "the batch") {
    if (!detail::same_extents<S>(tensor.shape(), 1))
        fail<DataError>(std::string{what} + " is " + detail::extents_of(tensor.shape()) + ", expected n x " + describe<S>() +
                        " with one entry of the first axis for each sample");
    if constexpr (is_tokens<S>) check_whole(tensor, S::size, S::vocabulary, "token", "none of the vocabulary");
    return static_cast<std::size_t>(*tensor.shape().begin());
}

// The same for one sample, a tensor of the shape's extents.
template <class S> void check_sample(const auto& tensor, const char* what = "the sample") {
    if (!detail::same_extents<S>(tensor.shape(), 0))
        fail<DataError>(std::string{what} + " is " + detail::extents_of(tensor.shape()) + ", expected " + describe<S>());
    if constexpr (is_tokens<S>) check_whole(tensor, 0, S::vocabulary, "token", "none of the vocabulary");
}

// A tensor, or a view of one, whose numbers are of type T and lie one after another, row by row. (data() alone would not do:
// a view's is the whole tensor's, and a column-major tensor has it too.)
template <class X, class T>
concept InRows = X::static_layout == xt::layout_type::row_major && requires(X& x) {
    { x.data() + x.data_offset() } -> std::convertible_to<T*>;
};
template <class X> auto first_number(X& x) { return x.data() + x.data_offset(); }

// A user's tensor as numbers of type T in rows: itself where it is that already, else a copy.
template <class T, class X> decltype(auto) in_rows(const X& x) {
    if constexpr (InRows<const X, const T>) return (x);
    else return Tensor<T, std::tuple_size_v<std::remove_cvref_t<decltype(x.shape())>>>(x);
}

// A user's tensor's numbers, converted to T, to where they shall lie in rows.
template <class T, class X> void copy_rows(const X& x, T* to) {
    const auto convert = [](auto v) { return static_cast<T>(v); };
    if constexpr (InRows<const X, const typename X::value_type>) std::transform(first_number(x), first_number(x) + x.size(), to, convert);
    else std::transform(x.template begin<xt::layout_type::row_major>(), x.template end<xt::layout_type::row_major>(), to, convert);
}

namespace detail {
template <class S> struct fixed_extents;
template <std::size_t... Extents> struct fixed_extents<Shape<Extents...>> {
    using type = xt::xshape<Extents...>;
};
}  // namespace detail

// The S::size numbers at a pointer as an xtensor of fixed shape, without a copy: writing to the view writes to them.
// They must outlive it.
template <class S, class T> auto fixed_view(T* numbers) {
    // xt::adapt keeps a reference to a named pointer, which would dangle; a temporary it takes by value.
    return xt::adapt<xt::layout_type::row_major>(static_cast<T*>(numbers), typename detail::fixed_extents<S>::type{});
}

}  // namespace kiln
