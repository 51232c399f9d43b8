// View<Shape, T>: a pointer with a shape. Arrays<...>: a list of shapes that lie one after another in flat memory; it is
// how a layer declares its parameters, what forward keeps, and its scratch.
//
// The numbers are never inside: a gradient, an optimiser moment, a checkpoint or a message is the same list over other
// memory, and arithmetic on them all is one flat loop.
#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>
#include "kiln/core/shape.hpp"
#include "kiln/core/text.hpp"

namespace kiln {

template <class S, class T>
struct View {
    using shape = S;
    T* data;

    static constexpr std::size_t size = S::size;
    static constexpr std::size_t rows = first_axis<S>;
    constexpr T& operator[](std::size_t i) const { return data[i]; }
    constexpr T& operator()(auto... index) const { return data[S::offset(index...)]; }
    constexpr auto row(std::size_t i) const { return View<row_shape<S>, T>{data + i * row_shape<S>::size}; }
    constexpr T* begin() const { return data; }
    constexpr T* end() const { return data + size; }
    constexpr void fill(auto value) const { std::fill_n(data, size, static_cast<T>(value)); }
    constexpr operator View<S, const T>() const requires(!std::is_const_v<T>) { return {data}; }
};

// The same numbers under another shape: any; as a matrix of rows along the last axis; of one row for each entry of the first.
template <class Other, class S, class T> constexpr View<Other, T> reshape(View<S, T> v) {
    static_assert(Other::size == S::size, "a reshaped array keeps its number of elements");
    return {v.data};
}
template <class S, class T> constexpr auto rows(View<S, T> v) { return reshape<Shape<S::size / last_axis<S>, last_axis<S>>>(v); }
template <class S, class T> constexpr auto planes(View<S, T> v) { return reshape<Shape<first_axis<S>, S::size / first_axis<S>>>(v); }
template <class S, class T> constexpr View<S, const T> as_const(View<S, T> v) { return {v.data}; }

// A string as a template argument.
template <std::size_t N> struct Name {
    char text[N]{};
    constexpr Name(const char (&s)[N]) { std::copy_n(s, N, text); }
    constexpr std::string_view view() const { return {text, N - 1}; }
};

// Arrays of parameters are padded to whole vectors, and the padding stays zero: flat loops need no remainder.
inline constexpr std::size_t parameter_alignment = 16;

// A named array of numbers that belong to the model, in PyTorch's order.
template <Name name_, class S> struct Parameter {
    using shape = S;
    static constexpr std::string_view name = name_.view();
    static constexpr std::size_t size = S::size;
    static constexpr std::size_t extent = round_up(S::size, parameter_alignment);
};

// An element is a Shape, a Parameter or, for a composite, another Arrays.
template <class... Elements>
struct Arrays {
    static constexpr std::size_t count = sizeof...(Elements);
    static constexpr std::size_t size = (0 + ... + Elements::size);      // numbers
    static constexpr std::size_t extent = (0 + ... + Elements::extent);  // with their padding
    static constexpr std::array<std::size_t, count + 1> offsets = [] {
        std::array<std::size_t, count + 1> at{};
        std::size_t i = 0;
        ((at[i + 1] = at[i] + Elements::extent, ++i), ...);
        return at;
    }();
    template <std::size_t I> using Element = type_at<I, Elements...>;

    // A tuple of views, for: const auto [weight, bias] = Parameters::views(data);
    template <class T> static constexpr auto views(T* data) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return std::tuple<View<typename Elements::shape, T>...>{View<typename Elements::shape, T>{data + offsets[I]}...};
        }(std::index_sequence_for<Elements...>{});
    }
};

// A list with a name, for a composite's parts; a part without one is called by its number.
template <Name name_, class List> struct NamedList : List {
    static constexpr std::string_view name = name_.view();
};
// A list whose arrays stand in the list around it, under their own names.
template <class List> struct InlineList : List {
    static constexpr bool is_inline = true;
};

namespace detail {
// "weight", "branch", or "" where an element is called by its number.
template <class Element> constexpr std::string_view own_name() {
    if constexpr (requires { Element::name; }) return Element::name;
    else return {};
}
template <class Element> inline constexpr bool is_inline = requires { Element::is_inline; };
// The path of element i of a list whose own path is given: "3.branch", or the list's where the element stands inline.
template <class Element> constexpr Text path_of(const Text& list, std::size_t i) {
    if constexpr (is_inline<Element>) return list;
    const Text step = own_name<Element>().empty() ? text(i) : Text{own_name<Element>()};
    return list.empty() ? step : text(list, ".", step);
}

// What follows the name of element i at the head of a path; found says whether it stands there.
struct Rest {
    bool found = false;
    std::size_t used = 0;
};
constexpr Rest match(std::string_view path, std::string_view name, std::size_t i) {
    char digits[20]{};
    if (name.empty()) {
        std::size_t first = 20;
        do digits[--first] = static_cast<char>('0' + i % 10);
        while ((i /= 10) > 0);
        name = {digits + first, 20 - first};
    }
    if (!path.starts_with(name)) return {};
    if (path.size() == name.size()) return {true, name.size()};
    return {path[name.size()] == '.' && path.size() > name.size() + 1, name.size() + 1};
}
}  // namespace detail

// Calls f.operator()<Parameter<"weight", S>>("3.branch.0.weight", offset) for every named array of a list, whatever its depth.
template <class List> constexpr void each_array(auto&& f, const Text& path = {}, std::size_t offset = 0) {
    if constexpr (requires { typename List::shape; }) {
        f.template operator()<List>(path.view(), offset);
    } else {
        unroll<List::count>([&]<std::size_t I>() {
            using Element = typename List::template Element<I>;
            kiln::each_array<Element>(f, detail::path_of<Element>(path, I), offset + List::offsets[I]);
        });
    }
}
// How many named arrays a list has.
template <class List> inline constexpr std::size_t array_count = [] {
    std::size_t count = 0;
    each_array<List>([&]<class>(std::string_view, std::size_t) { ++count; });
    return count;
}();

// Every named array of a list, for code that need not be compiled for each list by itself.
struct NamedArray {
    Text name;
    std::size_t offset, size;
};
template <class List> constexpr std::vector<NamedArray> named_arrays() {
    std::vector<NamedArray> arrays;
    each_array<List>([&]<class Array>(std::string_view name, std::size_t offset) { arrays.push_back({name, offset, Array::size}); });
    return arrays;
}

// Calls f(name, View{...}) for every named array of a list.
template <class List, class T> constexpr void visit(T* data, auto&& f) {
    each_array<List>([&]<class Array>(std::string_view name, std::size_t offset) {
        f(std::string{name}, View<typename Array::shape, T>{data + offset});
    });
}

// What has named arrays: a Model, or a Part of one, which visits them.
template <class M> concept NamedArrays = requires(M& model) { model.visit([](const std::string&, auto) {}); };

// Where a named array lies in a list: its offset in the flat numbers, and its shape. NotFound where no such name is.
template <class S, std::size_t Offset> struct Found {
    using shape = S;
    static constexpr std::size_t offset = Offset;
};
struct NotFound {};
template <class List, Name path, std::size_t Used = 0, std::size_t Offset = 0> consteval auto find() {
    constexpr std::string_view rest = path.view().substr(Used);
    if constexpr (requires { typename List::shape; }) {
        if constexpr (rest.empty()) return Found<typename List::shape, Offset>{};
        else return NotFound{};
    } else {
        constexpr std::size_t which = [&]<std::size_t... I>(std::index_sequence<I...>) {
            [[maybe_unused]] const auto holds = []<class Element>(std::type_identity<Element>, std::size_t i) {
                if constexpr (detail::is_inline<Element>) return !std::is_same_v<decltype(find<Element, path, Used>()), NotFound>;
                else return detail::match(path.view().substr(Used), detail::own_name<Element>(), i).found;
            };
            std::size_t at = List::count;
            ((at == List::count && holds(std::type_identity<typename List::template Element<I>>{}, I) ? at = I : at), ...);
            return at;
        }(std::make_index_sequence<List::count>{});
        if constexpr (which == List::count) return NotFound{};
        else {
            using Element = typename List::template Element<which>;
            constexpr std::size_t used = detail::is_inline<Element> ? 0 : detail::match(rest, detail::own_name<Element>(), which).used;
            return find<Element, path, Used + used, Offset + List::offsets[which]>();
        }
    }
}

}  // namespace kiln
