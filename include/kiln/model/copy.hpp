// copy: the numbers of one model, or of one of its layers, into another's.
//
//     kiln::copy(trained.part<0>(), fresh.part<0>());      // a trunk for a new head; the target's may be Frozen
#pragma once
#include <algorithm>
#include <map>
#include <string>
#include "kiln/core/arrays.hpp"
#include "kiln/core/error.hpp"
#include "kiln/core/savable.hpp"

namespace kiln {

// Every array of `from`, parameters and buffers, into that of the same name in `to`. Frozen or not makes no difference, nor do
// float and double. ParameterError where the two have not the same names and sizes; `to` is then as it was.
template <NamedArrays From, class To>
    requires(detail::writable_fault<std::remove_reference_t<To>>.empty())
void copy(const From& from, To&& to) {
    std::map<std::string, std::size_t> wanted;
    to.visit([&](const std::string& name, auto view) { wanted[name] = view.size; });
    std::size_t known = 0;
    from.visit([&](const std::string& name, auto view) {
        const auto found = wanted.find(name);
        if (found == wanted.end()) fail<ParameterError>("copy: the source has " + name + ", and the target has no array of that name");
        if (found->second != view.size)
            fail<ParameterError>("copy: " + name + " has " + std::to_string(view.size) + " numbers in the source and " + std::to_string(found->second) +
                                 " in the target");
        ++known;
    });
    if (known != wanted.size())
        fail<ParameterError>("copy: the target has " + std::to_string(wanted.size()) + " arrays, and the source " + std::to_string(known) + " of them");
    from.visit([&](const std::string& name, auto source) {
        to.visit([&]<class S, class T>(const std::string& other, View<S, T> target) {
            if (other == name) std::transform(source.begin(), source.end(), target.begin(), [](auto v) { return static_cast<T>(v); });
        });
    });
}

template <class From, class To> void copy(const From&, To&&) {
    if constexpr (nothing_wrong<detail::savable_fault<From>>()) refuse<detail::writable_fault<std::remove_reference_t<To>>>();
}

}  // namespace kiln
