// type_name: a type as the compiler writes it, for sentences about what a user gave: "int", "Swish", "std::vector<int>".
#pragma once
#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>
#include "kiln/core/text.hpp"

namespace kiln {

template <class T> constexpr Text type_name() {
    std::string_view name = __PRETTY_FUNCTION__;  // "... [with T = int]", "... [T = int]"
    name.remove_prefix(name.find("T = ") + 4);
    name.remove_suffix(1);
    if (name.starts_with("kiln::")) name.remove_prefix(6);
    constexpr std::size_t longest = 40;
    return name.size() <= longest ? Text{name} : text(name.substr(0, std::min(name.find('<'), longest)), "<...>");
}

// What was given where something else was wanted: "a tensor of 2 axes", "int".
template <class X> constexpr Text given() {
    if constexpr (requires(const X& x) { std::tuple_size<std::remove_cvref_t<decltype(x.shape())>>::value; })
        return text("a tensor of ", std::tuple_size_v<std::remove_cvref_t<decltype(std::declval<const X&>().shape())>>, " axes",
                    std::is_arithmetic_v<typename X::value_type> ? "" : " that are no numbers");
    else return type_name<X>();
}

}  // namespace kiln
