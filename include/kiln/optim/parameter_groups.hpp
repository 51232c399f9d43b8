// Parameter groups: one optimiser, with other options for some of the parameters.
//
//     kiln::Trainer trainer{model, kiln::CrossEntropy{},
//                           kiln::ParameterGroups{kiln::AdamW{.learning_rate = 1e-3},
//                                                 kiln::group<"4">(kiln::AdamW{.learning_rate = 1e-4}),
//                                                 kiln::group<"bias">(kiln::AdamW{.weight_decay = 0})}};
//
// A group's name is a parameter's ("4.bias"), the head of some ("4": layer 4's) or their end ("bias": every bias). The first
// group that a parameter is in has it; the first options are for what no group has. A group without parameters does not
// compile. A schedule is applied to every group's own learning rate.
#pragma once
#include <array>
#include <concepts>
#include <string_view>
#include "kiln/core/arrays.hpp"
#include "kiln/core/text.hpp"

namespace kiln {

template <Name name_, class Optimizer> struct ParameterGroup {
    static constexpr std::string_view name = name_.view();
    Optimizer options;
};
template <Name name, class Optimizer> constexpr ParameterGroup<name, Optimizer> group(Optimizer options) { return {options}; }

namespace detail {
constexpr bool is_in_group(std::string_view name, std::string_view group) {
    if (name.size() < group.size()) return false;
    const std::size_t rest = name.size() - group.size();
    if (rest == 0) return name == group;
    return (name.starts_with(group) && name[group.size()] == '.') || (name.ends_with(group) && name[rest - 1] == '.');
}
}  // namespace detail

// Elements [begin, end) of the flat arrays, which one group has.
struct GroupSlice {
    std::size_t begin = 0, end = 0, group = 0;
    friend constexpr bool operator==(const GroupSlice&, const GroupSlice&) = default;
};

namespace detail {
template <class Optimizer, class Group> inline constexpr bool is_group_of = requires(Group group) { requires std::same_as<decltype(group.options), Optimizer>; };
}  // namespace detail

// Without groups it is a plain optimiser.
template <class Optimizer_, class... Groups> class ParameterGroups {

    static constexpr std::array<std::string_view, sizeof...(Groups)> names{Groups::name...};

    // The first group that a parameter is in, from 1; 0 where it is in none.
    static constexpr std::size_t group_of(std::string_view parameter) {
        for (std::size_t g = 0; g < names.size(); ++g)
            if (detail::is_in_group(parameter, names[g])) return g + 1;
        return 0;
    }

public:
    using Optimizer = Optimizer_;
    static constexpr std::size_t count = 1 + sizeof...(Groups);
    static constexpr std::size_t moments = Optimizer::moments;

    constexpr ParameterGroups(Optimizer base, Groups... groups) : options_{base, groups.options...} {}

    // Those of the parameters that no group has, then the groups'.
    const std::array<Optimizer, count>& options() const { return options_; }
    void check() const {
        for (const Optimizer& options : options_) options.check();
    }

    // Which group has what, from the first element to the last; slices at the end may be empty.
    template <class Parameters> static constexpr auto slices = [] {
        std::array<GroupSlice, count == 1 ? 1 : array_count<Parameters>> all{GroupSlice{0, Parameters::extent, 0}};
        if constexpr (count > 1) {
            std::size_t used = 0;
            each_array<Parameters>([&]<class Array>(std::string_view name, std::size_t offset) {
                const std::size_t group = group_of(name);
                if (used == 0 || all[used - 1].group != group) all[used++] = {offset, offset, group};
                all[used - 1].end = offset + Array::extent;
            });
        }
        return all;
    }();

    // What is wrong with the groups for these parameters; empty where nothing is.
    template <class Parameters> static constexpr Text fault = [] {
        for (std::size_t g = 0; g < names.size(); ++g) {
            bool has_any = false;
            for (const GroupSlice& slice : slices<Parameters>) has_any = has_any || slice.group == g + 1;
            if (!has_any)
                return text("the parameter group ", names[g], " is empty: no name of a parameter is that, begins with it or ends in it, "
                            "or groups before it have them all");
        }
        return Text{};
    }();

private:
    std::array<Optimizer, count> options_;
};
// Other groups are an error, and then left out.
template <class Optimizer, class... Groups>
    requires(!(detail::is_group_of<Optimizer, Groups> && ...))
class ParameterGroups<Optimizer, Groups...> : public ParameterGroups<Optimizer> {
    static_assert((detail::is_group_of<Optimizer, Groups> && ...),
                  "ParameterGroups: first an optimiser, then groups of the same optimiser, kiln::group<\"bias\">(kiln::SGD{...})");

public:
    constexpr ParameterGroups(Optimizer base, Groups...) : ParameterGroups<Optimizer>(base) {}
};
template <class Optimizer, class... Groups> ParameterGroups(Optimizer, Groups...) -> ParameterGroups<Optimizer, Groups...>;

namespace detail {
template <class Optimizer> struct groups_of {
    using type = ParameterGroups<Optimizer>;
};
template <class Optimizer, class... Groups> struct groups_of<ParameterGroups<Optimizer, Groups...>> {
    using type = ParameterGroups<Optimizer, Groups...>;
};
}  // namespace detail
template <class Optimizer> using groups_of = typename detail::groups_of<Optimizer>::type;

}  // namespace kiln
