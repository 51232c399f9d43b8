// Shape<C, H, W>: the extents of one sample's array, as a type. Row-major; the batch axis is never part of it.
//
// A shape also stands for "an array of that shape" wherever a layer lists the arrays it keeps.
#pragma once
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace kiln {

template <std::size_t... Extents>
struct Shape {
    using shape = Shape;
    static constexpr std::size_t rank = sizeof...(Extents);
    static constexpr std::size_t size = (Extents * ... * 1);
    static constexpr std::size_t extent = size;  // elements of storage it takes
    static constexpr std::array<std::size_t, rank> extents{Extents...};

    // The place of an element, given one index for each axis.
    static constexpr std::size_t offset(auto... index) {
        static_assert(sizeof...(index) == rank, "give one index for each axis");
        std::size_t at = 0;
        ((at = at * Extents + static_cast<std::size_t>(index)), ...);
        return at;
    }
};

template <class S> inline constexpr bool is_shape = false;
template <std::size_t... Extents> inline constexpr bool is_shape<Shape<Extents...>> = true;

namespace detail {
template <class S, std::size_t Last, class = std::make_index_sequence<S::rank - 1>> struct replace_last;
template <class S, std::size_t Last, std::size_t... I>
struct replace_last<S, Last, std::index_sequence<I...>> {
    using type = Shape<S::extents[I]..., Last>;
};

template <class S> struct tail;
template <std::size_t First, std::size_t... Rest> struct tail<Shape<First, Rest...>> {
    using type = Shape<Rest...>;
};
}  // namespace detail

template <class S> inline constexpr std::size_t first_axis = S::rank == 0 ? 1 : S::extents[0];
template <class S> inline constexpr std::size_t last_axis = S::rank == 0 ? 1 : S::extents[S::rank - 1];
template <class S, std::size_t Last> using with_last_axis = typename detail::replace_last<S, Last>::type;
template <class S> using row_shape = typename detail::tail<S>::type;

// Length whole numbers from 0 to Vocabulary - 1: the words of a text, say. Not an array of quantities like a Shape, and few
// layers take it (Embedding does); as targets, a class for each step.
template <std::size_t Length, std::size_t Vocabulary> struct Tokens : Shape<Length> {
    using shape = Tokens;
    static constexpr std::size_t length = Length, vocabulary = Vocabulary;
};
template <class S> inline constexpr bool is_tokens = requires { S::vocabulary; };

// The I-th type of a list, one instantiation each (a recursive list costs I of them).
namespace detail {
template <std::size_t I, class T> struct indexed {
    using type = T;
};
template <class Indices, class... Types> struct indexer;
template <std::size_t... I, class... Types>
struct indexer<std::index_sequence<I...>, Types...> : indexed<I, Types>... {};
template <std::size_t I, class T> indexed<I, T> pick(indexed<I, T>);
}  // namespace detail
template <std::size_t I, class... Types>
using type_at = typename decltype(detail::pick<I>(detail::indexer<std::index_sequence_for<Types...>, Types...>{}))::type;

// Calls f<0>(), f<1>(), ... f<Count - 1>().
template <std::size_t Count> constexpr void unroll(auto&& f) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (f.template operator()<I>(), ...);
    }(std::make_index_sequence<Count>{});
}

constexpr std::size_t round_up(std::size_t n, std::size_t step) { return (n + step - 1) / step * step; }

}  // namespace kiln
