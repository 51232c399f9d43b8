// Concat: y = the branches' outputs one after another along the first axis    dx = the sum of the branches' dx
//
//     x the branches' x    y [C0 + C1 + ..., H, W] of branches that give [C0, H, W], [C1, H, W], ...; any shape does that
//     differs in the first axis alone
//
// A branch writes straight into its part of y, and reads its part of dy: nothing is copied.
#pragma once
#include "kiln/compose/branches.hpp"

namespace kiln {

namespace detail {
template <class First, class Second> struct concatenated;
template <std::size_t A, std::size_t B, std::size_t... Rest> struct concatenated<Shape<A, Rest...>, Shape<B, Rest...>> {
    using type = Shape<A + B, Rest...>;
};
template <class... S> struct concatenated_all;
template <class S> struct concatenated_all<S> {
    using type = S;
};
template <class A, class B, class... S>
    requires requires { typename concatenated<A, B>::type; }
struct concatenated_all<A, B, S...> : concatenated_all<typename concatenated<A, B>::type, S...> {};
template <class... S> struct joinable : std::bool_constant<requires { typename concatenated_all<S...>::type; }> {};
}  // namespace detail

template <class... Parts_>
struct Concat : Branches<Parts_...> {
    using Base = Branches<Parts_...>;
    using Base::count;
    template <std::size_t I> using Branch = typename Base::template Branch<I>;

    static constexpr Text name() { return "Concat"; }
    template <class In> static constexpr bool accepts = [] {
        if constexpr (!Base::template all_accept<In>) return false;
        else return detail::joinable<output_of<unnamed<Parts_>, In>...>::value;
    }();
    template <class In> using output_shape = typename detail::concatenated_all<output_of<unnamed<Parts_>, In>...>::type;
    static constexpr Known gives = [] {
        const std::array<Known, count> each{known_after<unnamed<Parts_>>({})...};
        Known all;
        for (const Known& k : each) {
            if (k.channels == 0) return Known{};
            all.channels += k.channels;
        }
        return all;
    }();
    static constexpr Reads reads = read_of((reads_x(kiln::reads<unnamed<Parts_>>) || ...), (reads_y(kiln::reads<unnamed<Parts_>>) || ...));

    template <class In> static consteval Text fault(const Text& where, const Text& before) {
        if constexpr (!Base::template all_accept<In>) return Base::template fault_of_branch<In>(where, before);
        else
            return text(layer_text<Concat>(where), " joins shapes that differ in the first axis alone, but ",
                        Base::template disagreement<In, detail::joinable>());
    }

    // kept: the branches'    scratch: [a dx | a branch's]
    template <class In, Mode mode>
    static constexpr Workspace workspace{Base::template branch_kept<In, mode>[count], In::size + Base::template branch_scratch<In, mode>};

    template <class In, Mode mode, class L>
    static constexpr void forward(const Group<L>& group, const Place<scalar<L>>& at) {
        unroll<count>([&]<std::size_t I>() { kiln::forward<Branch<I>, In, mode>(group, place<In, mode, I>(at)); });
    }
    template <class In, Mode mode, bool WantsDx, class L>
    static constexpr void backward(const Group<L>& group, const Place<scalar<L>>& at) {
        unroll<count>([&]<std::size_t I>() {
            Base::template backward_branch<In, mode, WantsDx, I>(group, place<In, mode, I>(at), at.dx, at.scratch);
        });
    }

private:
    template <class In, Mode mode, std::size_t I, class T> static constexpr Place<T> place(const Place<T>& at) {
        constexpr std::size_t first = Arrays<output_of<unnamed<Parts_>, In>...>::offsets[I];
        auto p = part<Concat, In, I, mode>(at);
        p.y += first;
        p.dy += first;
        p.kept += Base::template branch_kept<In, mode>[I];
        p.scratch += In::size;
        return p;
    }
};

template <> struct Concat<> : NoBranches {
    static constexpr Text name() { return "Concat"; }
};

}  // namespace kiln
