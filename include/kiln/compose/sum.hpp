// Sum: y = the sum of the branches' outputs, which have one shape    dx = the sum of the branches' dx
//
//     x    the branches' x    y    any branch's y
#pragma once
#include "kiln/compose/branches.hpp"

namespace kiln {

template <class... Parts_>
struct Sum : Branches<Parts_...> {
    using Base = Branches<Parts_...>;
    using Base::count;
    template <std::size_t I> using Branch = typename Base::template Branch<I>;
    template <class In, std::size_t I> using Output = typename Base::template Output<In, I>;

    static constexpr Text name() { return "Sum"; }
    template <class In> static constexpr bool accepts = [] {
        if constexpr (!Base::template all_accept<In>) return false;
        else return (std::is_same_v<output_of<unnamed<Parts_>, In>, Output<In, 0>> && ...);
    }();
    template <class In> using output_shape = Output<In, 0>;
    static constexpr Known gives = known_after<Branch<0>>({});
    static constexpr Reads reads = (reads_x(kiln::reads<unnamed<Parts_>>) || ...) ? Reads::x : Reads::nothing;

    template <class In> static consteval Text fault(const Text& where, const Text& before) {
        if constexpr (!Base::template all_accept<In>) return Base::template fault_of_branch<In>(where, before);
        else return text(layer_text<Sum>(where), " adds branches of one shape, but ", Base::template disagreement<In, std::is_same>());
    }

    // A branch's y is the sum's y (the first's), or in scratch, or, where its backward reads it again, kept.
    // kept: [branches' | the y that are read]    scratch: [a y or a dx | a branch's]
    template <class In, Mode mode> static constexpr auto y_kept = Arrays<Shape<reads_y(kiln::reads<unnamed<Parts_>>) ? Output<In, 0>::size : 0>...>::offsets;
    template <class In> static constexpr std::size_t temporary = [] {
        std::size_t copied = count - 1;
        unroll<count>([&]<std::size_t I>() { copied -= I > 0 && y_is_x<Branch<I>> ? 1 : 0; });
        return copied == 0 ? 0 : std::max(In::size, Output<In, 0>::size);
    }();
    template <class In, Mode mode>
    static constexpr Workspace workspace{Base::template branch_kept<In, mode>[count] + y_kept<In, mode>[count],
                                         temporary<In> + Base::template branch_scratch<In, mode>};

    template <class In, Mode mode, class L>
    static constexpr void forward(const Group<L>& group, const Place<scalar<L>>& at) {
        unroll<count>([&]<std::size_t I>() {
            if constexpr (I > 0 && y_is_x<Branch<I>>) {
                Base::template add<Output<In, 0>::size>(group, at.y, at.x);
            } else {
                const auto branch = place<In, mode, I>(at);
                kiln::forward<Branch<I>, In, mode>(group, branch);
                if constexpr (I > 0) Base::template add<Output<In, 0>::size>(group, at.y, branch.y);
                else if constexpr (reads_y(kiln::reads<Branch<0>>)) copy<Output<In, 0>::size>(group, at.y, branch.y);
            }
        });
    }
    template <class In, Mode mode, bool WantsDx, class L>
    static constexpr void backward(const Group<L>& group, const Place<scalar<L>>& at) {
        unroll<count>([&]<std::size_t I>() {
            Base::template backward_branch<In, mode, WantsDx, I>(group, place<In, mode, I>(at), at.dx, at.scratch);
        });
    }

private:
    template <class In, Mode mode, std::size_t I, class T> static constexpr Place<T> place(const Place<T>& at) {
        auto p = part<Sum, In, I, mode>(at);
        p.kept += Base::template branch_kept<In, mode>[I];
        p.scratch += temporary<In>;
        if constexpr (reads_y(kiln::reads<Branch<I>>)) p.y = at.kept + Base::template branch_kept<In, mode>[count] + y_kept<In, mode>[I];
        else if constexpr (I > 0) p.y = at.scratch;
        return p;
    }
    template <std::size_t Size, class L> static constexpr void copy(const Group<L>& group, std::size_t to, std::size_t from) {
        for (std::size_t t = 0; t < group.count; ++t) std::copy_n(group.base + t * group.stride + from, Size, group.base + t * group.stride + to);
    }
};

template <> struct Sum<> : NoBranches {
    static constexpr Text name() { return "Sum"; }
};

}  // namespace kiln
