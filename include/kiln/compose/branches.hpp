// Branches: what Sum, Residual and Concat share. Every branch is fed the same x, and dx is the sum of the branches' dx.
//
// A branch that hands its x on (Identity) costs no copy: it is read where it is.
#pragma once
#include "kiln/compose/composite.hpp"
#include "kiln/core/chain.hpp"

namespace kiln {

template <class... Parts_>
struct Branches : CompositeOf<unnamed<Parts_>...> {
    static constexpr std::size_t count = sizeof...(Parts_);
    template <std::size_t I> using Branch = type_at<I, unnamed<Parts_>...>;
    template <class In> using Parts = Children<Child<Parts_, In>...>;
    template <class In, std::size_t I> using Output = output_of<Branch<I>, In>;

    template <class In> static constexpr bool all_accept = (kiln::accepts<unnamed<Parts_>, In> && ...);
    static constexpr Known takes = kiln::takes<Branch<0>>;

    template <class In> static constexpr std::size_t multiply_adds = (kiln::multiply_adds<unnamed<Parts_>, In> + ...);
    template <class In, bool WantsDx>
    static constexpr std::size_t backward_multiply_adds = (kiln::backward_multiply_adds<unnamed<Parts_>, In, WantsDx> + ...);

protected:
    template <std::size_t I> static constexpr Text inside(const Text& where) { return PartOf<type_at<I, Parts_...>>::inside(where, I); }
    // "branch 1 Conv<1,8,3> gives 8x26x26 = 5408"
    template <class In, std::size_t I> static constexpr Text gives_text() {
        return text(layer_text<Branch<I>>(inside<I>("")), " gives ", shape_text<Output<In, I>>);
    }
    // "branch 0 Identity gives 1x28x28 = 784 and branch 1 Conv<1,8,3> gives ...": the first that does not go with branch 0.
    template <class In, template <class First, class Other> class Goes> static consteval Text disagreement() {
        Text t;
        unroll<count>([&]<std::size_t I>() {
            if (t.empty() && !Goes<Output<In, 0>, Output<In, I>>::value) t = text(gives_text<In, 0>(), " and ", gives_text<In, I>());
        });
        return t;
    }
    // What is wrong inside a branch: the first fault.
    template <class In> static consteval Text fault_of_branch(const Text& where, const Text& before) {
        return fault_of_branch<In>(where, before, std::make_index_sequence<count>{});
    }
    template <class In, std::size_t... I>
    static consteval Text fault_of_branch(const Text& where, const Text& before, std::index_sequence<I...>) {
        Text first;
        ((first = first.empty() ? kiln::fault<Branch<I>, In>(inside<I>(where), before) : first), ...);
        return first;
    }

    template <class In, Mode mode>
    static constexpr auto branch_kept = Arrays<Shape<kiln::workspace<unnamed<Parts_>, In, mode>.kept>...>::offsets;
    template <class In, Mode mode> static constexpr std::size_t branch_scratch = std::max({kiln::workspace<unnamed<Parts_>, In, mode>.scratch...});

    // Branch I's dx goes to `dx`, or for all but the first to `temporary`, and is added.
    template <class In, Mode mode, bool WantsDx, std::size_t I, class L>
    static constexpr void backward_branch(const Group<L>& group, Place<scalar<L>> branch, std::size_t dx, std::size_t temporary) {
        constexpr bool adds = WantsDx && I > 0;
        if constexpr (adds && y_is_x<Branch<I>>) {
            add<In::size>(group, dx, branch.dy);
        } else {
            branch.dx = adds ? temporary : dx;
            kiln::backward<Branch<I>, In, mode, WantsDx>(group, branch);
            if constexpr (adds) add<In::size>(group, dx, temporary);
        }
    }
    // to += from, in every tile of a group.
    template <std::size_t Size, class L> static constexpr void add(const Group<L>& group, std::size_t to, std::size_t from) {
        for (std::size_t t = 0; t < group.count; ++t) {
            L* const base = group.base + t * group.stride;
            for (std::size_t i = 0; i < Size; ++i) base[to + i] += base[from + i];
        }
    }
};

// Without any it is no layer: contract_fault says so.
struct NoBranches {
    static constexpr bool composite = true;
    static constexpr std::size_t count = 0;
};

}  // namespace kiln
