// Sequential: one layer after another; backward walks them in the opposite order.
//
// It runs in the order that is cheapest: a maximum is taken before an increasing activation, which gives the same
// numbers with a quarter of the activations, and no ties made by rounding. Neither has parameters, so that names,
// offsets and random streams are those of the order as written. One sample's normalisations are folded into the layers before them.
#pragma once
#include "kiln/compose/folded.hpp"
#include "kiln/core/chain.hpp"
#include "kiln/core/plan.hpp"

namespace kiln {

namespace detail {
// Moves every maximum before the increasing activations in front of it: from the last layer to the first, each activation
// goes behind the maxima that follow it.
template <class A, class... Maxima, class... Rest>
consteval LayerList<Maxima..., A, Rest...> place_before(LayerList<Maxima...>, LayerList<Rest...>) { return {}; }
template <class A, class... Maxima, class B, class... Rest>
    requires(increasing<A> && takes_maxima<B>)
consteval auto place_before(LayerList<Maxima...>, LayerList<B, Rest...>) {
    return place_before<A>(LayerList<Maxima..., B>{}, LayerList<Rest...>{});
}
consteval LayerList<> schedule(LayerList<>) { return {}; }
template <class A, class... Rest> consteval auto schedule(LayerList<A, Rest...>) {
    return place_before<A>(LayerList<>{}, schedule(LayerList<Rest...>{}));
}
}  // namespace detail

// Runs a chain of layers, in the order given.
//
// Where a layer inside mixes samples, the tiles of a group go through the chain together; the layers between two such
// layers still run depth first, one tile after another.
template <class List> struct Chain;
template <class... Layers>
struct Chain<LayerList<Layers...>> : CompositeOf<Layers...> {
    static constexpr std::size_t count = sizeof...(Layers);
    template <std::size_t I> using Layer = type_at<I, Layers...>;
    template <class In> using Shapes = walk_t<In, Layers...>;
    template <class In, std::size_t I> using Input = typename Shapes<In>::template Activation<I>;
    template <class In> using Parts = typename Shapes<In>::template Parts<Layers...>;

    template <class In, Mode mode> static constexpr ChainPlan<count> plan = []<std::size_t... I>(std::index_sequence<I...>) {
        return plan_chain<count>({.size = {room<mode>(Input<In, I>::size)..., room<mode>(Input<In, count>::size)},
                                  .workspace = {kiln::workspace<Layers, Input<In, I>, mode>...},
                                  .in_place = {kiln::in_place<Layers>...},
                                  .reads = {kiln::reads<Layers>...},
                                  .hands_on = {kiln::y_is_x<Layers>...}},
                                 goes_back(mode));
    }(std::make_index_sequence<count>{});
    static constexpr Reads reads = read_of(reads_x(kiln::reads<Layer<first_reader<count>({kiln::y_is_x<Layers>...})>>), reads_y(kiln::reads<Layer<count - 1>>));

    // The lowest layer that backward must reach.
    template <class In> static constexpr std::size_t lowest_trainable = []<std::size_t... I>(std::index_sequence<I...>) {
        std::size_t lowest = count;
        ((lowest = trainable<Layers, Input<In, I>> && I < lowest ? I : lowest), ...);
        return lowest;
    }(std::make_index_sequence<count>{});

    template <class In, Mode mode, class L>
    static constexpr void forward(const Group<L>& group, const Place<scalar<L>>& at) {
        forward_runs<In, mode>(group, at, std::make_index_sequence<runs.count>{});
    }
    template <class In, Mode mode, bool WantsDx, class L>
    static constexpr void backward(const Group<L>& group, const Place<scalar<L>>& at) {
        backward_runs<In, mode, WantsDx>(group, at, std::make_index_sequence<runs.count>{});
    }

private:
    // Runs of layers that go through the network tile by tile, [first[r], first[r + 1]). A layer that mixes samples is a run
    // of its own.
    struct Runs {
        std::array<std::size_t, sizeof...(Layers) + 1> first{};
        std::size_t count = 0;
    };
    static constexpr Runs runs = [] {
        constexpr std::array<bool, sizeof...(Layers)> mixes{kiln::mixes_samples<Layers>...};
        Runs r;
        for (std::size_t i = 0; i < mixes.size(); ++i)
            if (i == 0 || mixes[i] || mixes[i - 1]) r.first[r.count++] = i;
        r.first[r.count] = mixes.size();
        return r;
    }();

    template <class In, Mode mode, std::size_t I, class T>
    static constexpr Place<T> place(const Place<T>& at, Slot scratch) {
        constexpr const auto& p = plan<In, mode>;
        auto layer = part<Chain, In, I, mode>(at);
        layer.x = locate(p.activation[I], at);
        layer.y = locate(p.activation[I + 1], at);
        layer.dx = locate(p.gradient[I], at);
        layer.dy = locate(p.gradient[I + 1], at);
        layer.kept = locate(p.kept[I], at);
        layer.scratch = locate(scratch, at);
        return layer;
    }

    // (Named functions, not lambdas: a lambda's name holds the whole network, and the names of a few dozen of them slow the
    // compiler and fill the object file.)
    template <class In, Mode mode, class L, std::size_t... R>
    static constexpr void forward_runs(const Group<L>& group, const Place<scalar<L>>& at, std::index_sequence<R...>) {
        (each_tile<mode == Mode::training && kiln::mixes_samples<Layer<runs.first[R]>>>(group, [&](const Group<L>& tiles) {
            forward_run<In, mode, runs.first[R]>(tiles, at, std::make_index_sequence<runs.first[R + 1] - runs.first[R]>{});
        }), ...);
    }
    template <class In, Mode mode, std::size_t First, class L, std::size_t... K>
    static constexpr void forward_run(const Group<L>& tiles, const Place<scalar<L>>& at, std::index_sequence<K...>) {
        (kiln::forward<Layer<First + K>, Input<In, First + K>, mode>(tiles, place<In, mode, First + K>(at, plan<In, mode>.scratch[First + K])), ...);
    }
    template <class In, Mode mode, bool WantsDx, class L, std::size_t... J>
    static constexpr void backward_runs(const Group<L>& group, const Place<scalar<L>>& at, std::index_sequence<J...>) {
        (each_tile<mode == Mode::training && kiln::mixes_samples<Layer<runs.first[runs.count - 1 - J]>>>(group, [&](const Group<L>& tiles) {
            constexpr std::size_t r = runs.count - 1 - J;
            backward_run<In, mode, WantsDx, runs.first[r + 1]>(tiles, at, std::make_index_sequence<runs.first[r + 1] - runs.first[r]>{});
        }), ...);
    }
    template <class In, Mode mode, bool WantsDx, std::size_t End, class L, std::size_t... K>
    static constexpr void backward_run(const Group<L>& tiles, const Place<scalar<L>>& at, std::index_sequence<K...>) {
        (backward_layer<In, mode, WantsDx, End - 1 - K>(tiles, at), ...);
    }
    template <class In, Mode mode, bool WantsDx, std::size_t I, class L>
    static constexpr void backward_layer(const Group<L>& tiles, const Place<scalar<L>>& at) {
        constexpr std::size_t lowest = WantsDx ? 0 : lowest_trainable<In>;
        if constexpr (I >= lowest)
            kiln::backward<Layer<I>, Input<In, I>, mode, WantsDx || (I > lowest)>(tiles, place<In, mode, I>(at, plan<In, mode>.backward_scratch[I]));
    }
    // f(group) where the tiles go together, else f(tile) for every tile.
    template <bool Together, class L> static constexpr void each_tile(const Group<L>& group, const auto& f) {
        if constexpr (Together) f(group);
        else for (std::size_t t = 0; t < group.count; ++t) f(group.one(t));
    }
};

// Layers that cannot fit whatever the input are an error where the network is named.
namespace detail {
template <class... Layers> inline constexpr Text chain_fault_of = chain_fault<Layers...>();
template <class... Layers> consteval bool sound() {
    if constexpr (!chain_fault_of<Layers...>.empty()) static_assert(Report<chain_fault_of<Layers...>>::size > 0);
    return true;  // the report is the error; a second would only repeat it
}
}  // namespace detail

template <class... Layers>
    requires(detail::sound<Layers...>())
struct Sequential : CompositeOf<unnamed<Layers>...> {
    static constexpr std::size_t count = sizeof...(Layers);
    template <std::size_t I> using Layer = type_at<I, unnamed<Layers>...>;
    using Execution = Chain<decltype(detail::schedule(LayerList<unnamed<Layers>...>{}))>;
    template <class In, Mode mode> static consteval auto execution() {
        if constexpr (mode == Mode::one_sample) {
            using Folded = decltype(detail::fold<In>(detail::schedule(LayerList<unnamed<Layers>...>{})));
            return std::type_identity<Chain<Folded>>{};
        } else return std::type_identity<Execution>{};
    }
    template <class In, Mode mode> using ExecutionIn = typename decltype(execution<In, mode>())::type;

    static constexpr Text name() { return "Sequential"; }
    static constexpr bool reported = !detail::chain_fault_of<Layers...>.empty() || (kiln::reported<unnamed<Layers>> || ...);
    template <class In> using Shapes = walk_t<In, unnamed<Layers>...>;
    template <class In, std::size_t I> using Input = typename Shapes<In>::template Activation<I>;
    template <class In> static constexpr bool accepts = Shapes<In>::fits;
    template <class In> using output_shape = typename Shapes<In>::Last;
    template <class In> using Parts = typename Shapes<In>::template Parts<Layers...>;
    static constexpr Known takes = kiln::takes<Layer<0>>;
    static constexpr Known gives = [] {
        Known known;
        ((known = known_after<unnamed<Layers>>(known)), ...);
        return known;
    }();
    static constexpr bool gives_probabilities = kiln::gives_probabilities<Layer<count - 1>>;

    static constexpr Reads reads = Execution::reads;

    template <class In> static constexpr std::size_t multiply_adds = []<std::size_t... I>(std::index_sequence<I...>) {
        return (kiln::multiply_adds<unnamed<Layers>, Input<In, I>> + ...);
    }(std::make_index_sequence<count>{});
    template <class In, bool WantsDx> static constexpr std::size_t backward_multiply_adds = []<std::size_t... I>(std::index_sequence<I...>) {
        constexpr std::size_t lowest = WantsDx ? 0 : Chain<LayerList<unnamed<Layers>...>>::template lowest_trainable<In>;
        return (std::size_t{0} + ... + (I < lowest ? 0 : kiln::backward_multiply_adds<unnamed<Layers>, Input<In, I>, WantsDx || (I > lowest)>));
    }(std::make_index_sequence<count>{});

    template <class In> static consteval Text fault(const Text& where, const Text& before) {
        constexpr std::size_t i = Shapes<In>::length - 1;  // the first layer that does not fit
        const Text previous = [&] {
            if constexpr (i == 0) return before;
            else return layer_text<Layer<i - 1>>(inside<i - 1>(where));
        }();
        return kiln::fault<Layer<i>, Input<In, i>>(inside<i>(where), previous);
    }

    template <class In, Mode mode> static constexpr Workspace workspace = ExecutionIn<In, mode>::template plan<In, mode>.total;
    template <class In, Mode mode, class L>
    static constexpr void forward(const Group<L>& group, const Place<scalar<L>>& at) {
        ExecutionIn<In, mode>::template forward<In, mode>(group, at);
    }
    template <class In, Mode mode, bool WantsDx, class L>
    static constexpr void backward(const Group<L>& group, const Place<scalar<L>>& at) {
        Execution::template backward<In, mode, WantsDx>(group, at);
    }

    template <class In, class T> using Packed = packed_of<ExecutionIn<In, Mode::one_sample>, In, T>;
    template <class In, class T> static void pack(const T* parameters, const T* buffers, T* packed) {
        kiln::pack<ExecutionIn<In, Mode::one_sample>, In>(parameters, buffers, packed);
    }

private:
    template <std::size_t I> static constexpr Text inside(const Text& where) { return PartOf<type_at<I, Layers...>>::inside(where, I); }
};

}  // namespace kiln
