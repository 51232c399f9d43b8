#include <doctest/doctest.h>
#include <string>
#include <vector>
#include "kiln/optim/adamw.hpp"
#include "kiln/optim/parameter_groups.hpp"
#include "kiln/optim/sgd.hpp"

using namespace kiln;

namespace {
using Layer = Arrays<Parameter<"weight", Shape<3, 4>>, Parameter<"bias", Shape<3>>>;       // extents 16 and 16
using Norm = Arrays<Parameter<"weight", Shape<20>>, Parameter<"bias", Shape<20>>>;         // 32 and 32
// 0.weight, 0.bias | head.weight, head.bias | scale | 3.0.weight, 3.0.bias, 3.1.weight, 3.1.bias
using All = Arrays<NamedList<"", Layer>, NamedList<"head", Norm>, InlineList<Arrays<Parameter<"scale", Shape<1>>>>, NamedList<"", Arrays<NamedList<"", Layer>, NamedList<"", Norm>>>>;
static_assert(All::extent == 32 + 64 + 16 + 32 + 64);

template <class Groups> std::vector<GroupSlice> slices_of(const Groups&) {
    std::vector<GroupSlice> found;
    for (const GroupSlice& slice : Groups::template slices<All>)
        if (slice.end > 0) found.push_back(slice);
    return found;
}
}  // namespace

TEST_CASE("parameter groups: a name is a whole one, or whole parts at its head or its end") {
    using detail::is_in_group;
    static_assert(is_in_group("4.bias", "4.bias") && is_in_group("4.bias", "4") && is_in_group("4.bias", "bias") && is_in_group("bias", "bias"));
    static_assert(is_in_group("4.1.0.bias", "4.1") && is_in_group("4.1.0.bias", "0.bias"));
    static_assert(!is_in_group("41.bias", "4") && !is_in_group("4.my_bias", "bias") && !is_in_group("4.bias", "4.") && !is_in_group("4.bias", "4.b"));
    static_assert(!is_in_group("bias", "4.bias") && !is_in_group("4.bias.scale", "bias") && !is_in_group("4.bias", ""));
    CHECK(group<"4">(SGD{.momentum = 0.5}).options.momentum == 0.5);
}

TEST_CASE("parameter groups: the flat arrays are cut where another group begins") {
    const ParameterGroups none{SGD{}};
    CHECK(slices_of(none) == std::vector<GroupSlice>{{0, All::extent, 0}});
    const ParameterGroups groups{SGD{}, group<"3.1">(SGD{}), group<"bias">(SGD{}), group<"scale">(SGD{})};
    CHECK(slices_of(groups) == std::vector<GroupSlice>{{0, 16, 0}, {16, 32, 2}, {32, 64, 0}, {64, 96, 2}, {96, 112, 3}, {112, 128, 0}, {128, 144, 2}, {144, 208, 1}});
    const ParameterGroups neighbours{SGD{}, group<"head">(SGD{}), group<"3">(SGD{})};
    CHECK(slices_of(neighbours) == std::vector<GroupSlice>{{0, 32, 0}, {32, 96, 1}, {96, 112, 0}, {112, 208, 2}});
    const ParameterGroups everything{SGD{}, group<"weight">(SGD{}), group<"bias">(SGD{}), group<"scale">(SGD{})};
    CHECK(slices_of(everything).size() == 9);
}

TEST_CASE("parameter groups: a group without parameters is a fault, its own or because others have them") {
    const auto fault_of = []<class Groups>(const Groups&) { return std::string{Groups::template fault<All>.view()}; };
    CHECK(fault_of(ParameterGroups{SGD{}}).empty());
    CHECK(fault_of(ParameterGroups{SGD{}, group<"head.bias">(SGD{})}).empty());
    CHECK(fault_of(ParameterGroups{SGD{}, group<"head">(SGD{}), group<"wieght">(SGD{})}) ==
          "the parameter group wieght is empty: no name of a parameter is that, begins with it or ends in it, or groups before it have them all");
    CHECK(fault_of(ParameterGroups{SGD{}, group<"head">(SGD{}), group<"head.bias">(SGD{})}).starts_with("the parameter group head.bias is empty"));
}

TEST_CASE("parameter groups: the options, all of them checked") {
    const ParameterGroups groups{AdamW{.learning_rate = 1}, group<"a">(AdamW{.learning_rate = 2}), group<"b">(AdamW{.weight_decay = 0})};
    static_assert(groups.count == 3 && groups.moments == 2);
    groups.check();
    CHECK(groups.options()[0].learning_rate == 1);
    CHECK(groups.options()[1].learning_rate == 2);
    CHECK(groups.options()[2].weight_decay == 0);
    const ParameterGroups wrong{AdamW{}, group<"a">(AdamW{.beta1 = 2})};
    CHECK_THROWS_WITH_AS(wrong.check(), "AdamW: beta1 is 2, but must be at least 0 and below 1", OptionError);
    static_assert(std::is_same_v<groups_of<SGD>, ParameterGroups<SGD>> && std::is_same_v<groups_of<std::remove_const_t<decltype(groups)>>, std::remove_const_t<decltype(groups)>>);
}
