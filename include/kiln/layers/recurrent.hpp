// RecurrentLayer: what RNN, GRU and LSTM share. A cell goes through the steps, in one direction or in both, in layers on top
// of one another:
//
//     h[t] = cell(a[t], m[t])    a[t] = W_ih x[t] + b_ih    m[t] = W_hh h[t-1] + b_hh    h before the first step is 0
//
//     x [Steps, Inputs]    y [Steps, Directions Hidden], or [Directions Hidden] of the last step
//     W_ih [G Hidden, Inputs]    W_hh [G Hidden, Hidden]    b_ih, b_hh [G Hidden]    of a cell with G gates
//
//     dx[t] = W_ih^T da[t]      dW_ih += da[t] x[t]^T      db_ih += da[t]
//     dh[t-1] += W_hh^T dm[t]   dW_hh += dm[t] h[t-1]^T    db_hh += dm[t]
//
// The reverse direction goes from the last step to the first, with parameters of its own. The two h of a step, side by side, are
// y or the next layer's x. The last step is each direction's own, step 0 for the reverse one: PyTorch's h_n of the last layer.
//
// Reshape<28, 28> makes 28 steps of 28 features of an image, a row each.
//
// Only the products with W_hh go step by step; those with W_ih and the gradients of both weights take all steps together.
#pragma once
#include <algorithm>
#include <array>
#include <tuple>
#include <vector>
#include "kiln/core/layer.hpp"
#include "kiln/kernels/affine.hpp"
#include "kiln/kernels/features.hpp"
#include "kiln/kernels/panels.hpp"

namespace kiln {

enum class RecurrentOutput { all_steps, last_step };
using enum RecurrentOutput;

// How a cell is used: Recurrent{.layers = 2, .output = last_step}.
struct Recurrent {
    std::size_t layers = 1;
    bool bidirectional = false;
    RecurrentOutput output = all_steps;

    friend constexpr bool operator==(const Recurrent&, const Recurrent&) = default;
};

namespace detail {
template <std::size_t Inputs, std::size_t Hidden, Recurrent options> consteval bool sound_recurrence() {
    static_assert(Inputs > 0 && Hidden > 0 && options.layers > 0,
                  "a recurrent layer has at least one input feature, one hidden unit and one layer");
    return true;
}

// The parameters, in PyTorch's order: "weight_ih_l0", ..., "bias_hh_l1_reverse".
inline constexpr std::size_t arrays_each = 4;  // for every layer and direction
template <std::size_t I, std::size_t Directions>
inline constexpr Text recurrent_name = [] {
    constexpr std::array array{"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    return text(array[I % arrays_each], "_l", I / arrays_each / Directions, I / arrays_each % Directions == 1 ? "_reverse" : "");
}();
template <const Text& t> consteval auto as_name() {
    char characters[t.view().size() + 1]{};
    std::copy_n(t.view().data(), t.view().size(), characters);
    return Name{characters};
}
template <std::size_t Inputs, std::size_t Hidden, std::size_t Sums, std::size_t Directions, std::size_t... I>
consteval auto recurrent_parameters(std::index_sequence<I...>) {
    constexpr auto of = []<std::size_t i> {
        constexpr std::size_t inputs = i < arrays_each * Directions ? Inputs : Directions * Hidden;
        using Array = type_at<i % arrays_each, Shape<Sums, inputs>, Shape<Sums, Hidden>, Shape<Sums>, Shape<Sums>>;
        return Parameter<as_name<recurrent_name<i, Directions>>(), Array>{};
    };
    return Arrays<decltype(of.template operator()<I>())...>{};
}

// The same numbers, register by register: what goes through units need not know how many registers a pack has.
template <class S, class L> constexpr auto registers(View<S, L> v) {
    constexpr std::size_t count = registers_in<std::remove_const_t<L>>;
    if constexpr (count == 1) return v;
    else {
        using Register = Lanes<scalar<L>, lane_count<L> / count>;
        using Element = std::conditional_t<std::is_const_v<L>, const Register, Register>;
        return View<with_last_axis<S, last_axis<S> * count>, Element>{reinterpret_cast<Element*>(v.data)};
    }
}
}  // namespace detail

// What a cell is given at a step. It says how many gates it has (G), how many arrays more it keeps for backward (K), and of how
// many of these the gradient goes from step to step other than by h (C). A row has a number for every unit.
template <class Gates, class M, class Kept, class KeptBefore, class HBefore, class H, class DH, class Carried> struct CellStep {
    Gates gate;              // [G, Hidden]    forward: a[t], to become what backward needs; backward: that, to become dm[t]
    M m;                     // [G, Hidden]    forward
    Kept kept;               // [K, Hidden]
    KeptBefore kept_before;  // [K, Hidden]    of step t-1
    HBefore h_before;        // [Hidden]       h[t-1]
    H h;                     // [Hidden]       h[t]
    DH dh;                   // [Hidden]       backward: dh[t], to become what dh[t-1] gets other than by way of m[t]
    Carried carried;         // [C, Hidden]    backward

    constexpr auto in_registers() const {
        using detail::registers;
        return kiln::CellStep{registers(gate),     registers(m), registers(kept), registers(kept_before),
                              registers(h_before), registers(h), registers(dh),   registers(carried)};
    }
};

namespace detail {
// What one sample needs: the units of a gate fill whole registers, with weights that are 0 where there is none. For every layer and
// direction the panels and the biases of W_ih and of W_hh.
template <class T, std::size_t Steps, std::size_t Inputs, std::size_t Hidden, std::size_t Sums, std::size_t Directions, std::size_t... I>
consteval auto recurrent_panels(std::index_sequence<I...>) {
    constexpr auto of = []<std::size_t i> {
        constexpr std::size_t inputs = i < arrays_each * Directions ? Inputs : Directions * Hidden;
        return type_at<i % arrays_each, typename panels::Plan<Steps, inputs, Sums, T>::Weights, Shape<Sums>,
                       typename panels::Plan<1, Hidden, Sums, T>::Weights, Shape<Sums>>{};
    };
    return Arrays<decltype(of.template operator()<I>())...>{};
}
}  // namespace detail

template <class Cell, std::size_t Inputs, std::size_t Hidden, Recurrent options> struct RecurrentLayer {
    static constexpr std::size_t layers = options.layers, directions = options.bidirectional ? 2 : 1;
    static constexpr std::size_t features = directions * Hidden, sums = Cell::gates * Hidden;
    static constexpr bool gives_steps = options.output == all_steps;

    // "GRU<28,64>"; what is PyTorch's default is left out.
    static constexpr Text name() {
        Text t = text(Cell::name(), "<", Inputs, ",", Hidden);
        if (layers > 1) t << "," << layers << " layers";
        if (options.bidirectional) t << ",bidirectional";
        if (!gives_steps) t << ",last step";
        return text(t, ">");
    }
    template <class In> static constexpr Text expected() {
        Text t = text("steps of ", Inputs, Inputs == 1 ? " feature" : " features");
        if (In::rank != 2 && In::size % Inputs == 0) t << " (Reshape<" << In::size / Inputs << "," << Inputs << "> makes them)";
        return t;
    }
    template <class In> static constexpr bool accepts = In::rank == 2 && last_axis<In> == Inputs && In::size > 0;
    template <class In> using output_shape = std::conditional_t<gives_steps, Shape<first_axis<In>, features>, Shape<features>>;
    static constexpr Known takes{.features = Inputs}, gives{.features = features};

    using Parameters = decltype(detail::recurrent_parameters<Inputs, Hidden, sums, directions>(
        std::make_index_sequence<detail::arrays_each * directions * layers>{}));
    // Of every layer and direction the gates and what else its cell keeps; of every layer h, where it is not y.
    template <class In>
    using Cache = Arrays<Shape<layers, directions, first_axis<In>, Cell::gates, Hidden>,
                         Shape<layers, directions, first_axis<In>, Cell::kept, Hidden>,
                         Shape<layers - (gives_steps ? 1 : 0), first_axis<In>, directions, Hidden>>;
    // What a step has of its own, h and what is kept before the first one, h[t-1] of all steps and dx of an upper layer.
    template <class In>
    using Scratch = Arrays<Shape<Cell::gates, Hidden>, Shape<Hidden>, Shape<Cell::carried, Hidden>, Shape<Hidden>, Shape<Cell::kept, Hidden>,
                           Shape<first_axis<In>, Hidden>, Shape<layers == 1 ? 0 : first_axis<In>, directions, Hidden>,
                           affine::Scratch<first_axis<In>, Inputs, sums>>;
    static constexpr Reads reads = read_of(true, gives_steps);
    static constexpr bool overwrites_gradient = true;
    static constexpr bool skips_dx = true;

    static constexpr void init(auto parameters, auto&& draw) {  // PyTorch's default
        const double bound = 1 / sqrt(static_cast<double>(Hidden));
        std::apply([&](auto... array) { (draw.uniform(array, bound), ...); }, parameters);
    }

    static constexpr void forward(auto tile) {
        start(tile);
        unroll<layers>([&]<std::size_t I> { unroll<directions>([&]<std::size_t D> { through_steps<I, D>(tile); }); });
        if constexpr (!gives_steps)
            unroll<directions>([&]<std::size_t D> { copy(last<D>(hidden<layers - 1>(tile)).row(D), side<D>(tile.y)); });
    }
    static constexpr void backward(auto tile) {
        start(tile);
        unroll<layers>([&]<std::size_t Above> {
            constexpr std::size_t I = layers - 1 - Above;
            unroll<directions>([&]<std::size_t D> { back_through_steps<I, D>(tile); });
            unroll<directions>([&]<std::size_t D> { gradients<I, D>(tile); });  // where dx overwrites an upper layer's dy
        });
    }

    // One sample, units in lanes: the gates of all steps, a step's m, h and what its cell keeps, and the h of two layers in turn.
    static constexpr std::size_t units = round_up(Hidden, parameter_alignment), wide = Cell::gates * units;
    template <class In, class T>
    using Packed = decltype(detail::recurrent_panels<T, first_axis<In>, Inputs, Hidden, wide, directions>(
        std::make_index_sequence<detail::arrays_each * directions * layers>{}));
    template <class In>
    using OneSampleScratch = Arrays<Shape<first_axis<In>, wide>, Shape<wide>, Shape<units>, Shape<Cell::kept, units>,
                                    Shape<2, first_axis<In>, features>>;

    template <class In> static void pack(auto parameters, auto, auto packed) {
        unroll<layers * directions>([&]<std::size_t LD> {
            constexpr std::size_t first = detail::arrays_each * LD;
            const auto one = [&]<std::size_t Steps>(auto weight, auto bias, auto panels, auto biases) {
                using T = std::remove_cvref_t<decltype(panels[0])>;
                constexpr std::size_t inputs = last_axis<typename decltype(weight)::shape>;
                std::vector<T> rows(wide * inputs), sums(wide);
                for (std::size_t g = 0; g < Cell::gates; ++g) {
                    std::copy_n(weight.row(g * Hidden).data, Hidden * inputs, &rows[g * units * inputs]);
                    std::copy_n(&bias[g * Hidden], Hidden, &sums[g * units]);
                }
                panels::pack<Steps, inputs, wide>(rows.data(), sums.data(), panels.data, biases.data);
            };
            one.template operator()<first_axis<In>>(std::get<first>(parameters), std::get<first + 2>(parameters), std::get<first>(packed), std::get<first + 1>(packed));
            one.template operator()<1>(std::get<first + 1>(parameters), std::get<first + 3>(parameters), std::get<first + 2>(packed), std::get<first + 3>(packed));
        });
    }

    static void one_sample(auto tile) {
        using T = typename decltype(tile)::T;
        constexpr std::size_t steps = decltype(tile)::In::extents[0];
        const auto [all_gates, own_m, h, all_kept, sequences] = tile.scratch;
        const auto in_registers = [](auto numbers) { return kiln::features::in_registers<units>(numbers); };
        const T* x = tile.x.data;
        unroll<layers>([&]<std::size_t I> {
            T* const y = gives_steps && I == layers - 1 ? tile.y.data : sequences.row(I % 2).data;
            unroll<directions>([&]<std::size_t D> {
                constexpr std::size_t first = detail::arrays_each * (I * directions + D);
                panels::multiply<steps, I == 0 ? Inputs : features, wide>(std::get<first>(tile.packed).data, std::get<first + 1>(tile.packed).data, x, all_gates.data);
                h.fill(T(0));
                all_kept.fill(T(0));
                for (std::size_t s = 0; s < steps; ++s) {
                    const std::size_t t = D == 0 ? s : steps - 1 - s;
                    if (s == 0) copy(std::get<first + 3>(tile.packed), own_m);
                    else panels::multiply<1, Hidden, wide>(std::get<first + 2>(tile.packed).data, std::get<first + 3>(tile.packed).data, h.data, own_m.data, s % 2 == 1);
                    const auto kept_here = in_registers(all_kept);
                    const auto h_here = in_registers(h).row(0);
                    Cell::forward(CellStep{.gate = in_registers(all_gates.row(t)), .m = in_registers(own_m), .kept = kept_here, .kept_before = as_const(kept_here),
                                           .h_before = as_const(h_here), .h = h_here, .dh = h_here, .carried = kept_here});
                    std::copy_n(h.data, Hidden, y + t * features + D * Hidden);
                }
                if constexpr (!gives_steps && I == layers - 1) std::copy_n(h.data, Hidden, tile.y.data + D * Hidden);
            });
            x = y;
        });
    }

    template <class In>
    static constexpr std::size_t multiply_adds =
        directions * sums * (first_axis<In> * (Inputs + (layers - 1) * features) + (first_axis<In> - 1) * layers * Hidden);
    template <class In, bool WantsDx>
    static constexpr std::size_t backward_multiply_adds = 2 * multiply_adds<In> - (WantsDx ? 0 : directions * sums * In::size);
    template <class In, class L> static constexpr Text plan() {  // of W_ih and all steps; of W_hh and one
        return text(affine::plan<first_axis<In>, sums, L>(), ", a step ", affine::plan<1, sums, L>());
    }

private:
    // What Cache and Scratch list.
    enum Cached : std::size_t { gates_cached, kept_cached, h_cached };
    enum Scratched : std::size_t { m, dh, carried, h_start, kept_start, h_before, upper_dx, transposed };

    // The row of a direction's s-th step, and its half of a row that both have.
    template <std::size_t D> static constexpr auto at(std::size_t s, auto steps) { return steps.row(D == 0 ? s : steps.rows - 1 - s); }
    template <std::size_t D> static constexpr auto last(auto steps) { return at<D>(steps.rows - 1, steps); }
    template <std::size_t D> static constexpr auto side(auto row) { return reshape<Shape<directions, Hidden>>(row).row(D); }
    template <std::size_t Rows> static constexpr auto matrix(auto gates) { return reshape<Shape<Rows, sums>>(gates); }
    static constexpr auto row(auto h) { return reshape<Shape<1, Hidden>>(h); }

    static constexpr void copy(auto from, auto to) { std::copy_n(from.data, to.size, to.data); }
    static constexpr void add(auto from, auto to) {
        for (std::size_t k = 0; k < to.size; ++k) to[k] += from[k];
    }

    // weight_ih, weight_hh, bias_ih and bias_hh of a layer's direction; its gates and what else it keeps; the h of a layer, and its x.
    template <std::size_t I, std::size_t D> static constexpr auto own(const auto& arrays) {
        constexpr std::size_t first = detail::arrays_each * (I * directions + D);
        return std::tuple{std::get<first>(arrays), std::get<first + 1>(arrays), std::get<first + 2>(arrays), std::get<first + 3>(arrays)};
    }
    template <std::size_t I, std::size_t D> static constexpr auto gates(const auto& tile) { return std::get<gates_cached>(tile.kept).row(I).row(D); }
    template <std::size_t I, std::size_t D> static constexpr auto kept(const auto& tile) { return std::get<kept_cached>(tile.kept).row(I).row(D); }
    template <std::size_t I, class Tile> static constexpr auto hidden(const Tile& tile) {
        if constexpr (gives_steps && I == layers - 1) return reshape<Shape<first_axis<typename Tile::In>, directions, Hidden>>(tile.y);
        else return std::get<h_cached>(tile.kept).row(I);
    }
    template <std::size_t I> static constexpr auto input(const auto& tile) {
        if constexpr (I == 0) return tile.x;
        else return as_const(planes(hidden<I - 1>(tile)));
    }

    // Before the first step all is 0.
    template <class Tile> static constexpr void start(const Tile& tile) {
        std::get<h_start>(tile.scratch).fill(typename Tile::L(0));
        std::get<kept_start>(tile.scratch).fill(typename Tile::L(0));
    }
    template <std::size_t I, std::size_t D> static constexpr auto cell_step(const auto& tile, std::size_t s) {
        const auto all_kept = kept<I, D>(tile);
        const auto h = hidden<I>(tile);
        return CellStep{.gate = at<D>(s, gates<I, D>(tile)),
                        .m = std::get<m>(tile.scratch),
                        .kept = at<D>(s, all_kept),
                        .kept_before = as_const(s == 0 ? std::get<kept_start>(tile.scratch) : at<D>(s - 1, all_kept)),
                        .h_before = s == 0 ? as_const(std::get<h_start>(tile.scratch)) : as_const(at<D>(s - 1, h).row(D)),
                        .h = at<D>(s, h).row(D),
                        .dh = std::get<dh>(tile.scratch),
                        .carried = std::get<carried>(tile.scratch)};
    }

    template <std::size_t I, std::size_t D> static constexpr void through_steps(const auto& tile) {
        const auto [weight_ih, weight_hh, bias_ih, bias_hh] = own<I, D>(tile.parameters);
        const auto x = input<I>(tile);
        affine::forward(weight_ih, bias_ih, x, matrix<x.rows>(gates<I, D>(tile)));
        for (std::size_t s = 0; s < x.rows; ++s) {
            const auto cell = cell_step<I, D>(tile, s);
            if (s == 0) copy(bias_hh, cell.m);
            else affine::forward(weight_hh, bias_hh, row(cell.h_before), matrix<1>(cell.m));
            Cell::forward(cell.in_registers());
        }
    }

    // dy becomes dm, in the memory of the gates.
    template <std::size_t I, std::size_t D, class Tile> static constexpr void back_through_steps(const Tile& tile) {
        const auto weight_hh = std::get<1>(own<I, D>(tile.parameters));
        std::get<dh>(tile.scratch).fill(typename Tile::L(0));
        std::get<carried>(tile.scratch).fill(typename Tile::L(0));
        for (std::size_t s = tile.x.rows; s-- > 0;) {
            const auto cell = cell_step<I, D>(tile, s);
            if constexpr (I < layers - 1) add(at<D>(s, std::get<upper_dx>(tile.scratch)).row(D), cell.dh);
            else if constexpr (gives_steps) add(side<D>(at<D>(s, tile.dy)), cell.dh);
            else if (s == tile.x.rows - 1) add(side<D>(tile.dy), cell.dh);
            Cell::backward(cell.in_registers());
            if (s > 0) affine::input_gradient(weight_hh, as_const(matrix<1>(cell.gate)), row(cell.dh), true);
        }
    }

    // From dm and then da, which a cell may make of it.
    template <std::size_t I, std::size_t D, class Tile> static constexpr void gradients(const Tile& tile) {
        const auto x = input<I>(tile);
        const auto all_gates = gates<I, D>(tile);
        const auto da = as_const(matrix<x.rows>(all_gates));
        const auto scratch = std::get<transposed>(tile.scratch);
        if constexpr (Tile::wants_gradient) {
            const auto [dweight_ih, dweight_hh, dbias_ih, dbias_hh] = own<I, D>(tile.gradient);
            const auto before = std::get<h_before>(tile.scratch);
            for (std::size_t s = 0; s < x.rows; ++s) copy(cell_step<I, D>(tile, s).h_before, at<D>(s, before));
            affine::parameter_gradient(as_const(before), da, dweight_hh, dbias_hh, scratch, tile.first_of_shard());
        }
        if constexpr (requires { Cell::input_gradient(all_gates, kept<I, D>(tile)); }) Cell::input_gradient(all_gates, kept<I, D>(tile));
        if constexpr (Tile::wants_gradient) {
            const auto [dweight_ih, dweight_hh, dbias_ih, dbias_hh] = own<I, D>(tile.gradient);
            affine::parameter_gradient(x, da, dweight_ih, dbias_ih, scratch, tile.first_of_shard());
        }
        const auto weight_ih = std::get<0>(own<I, D>(tile.parameters));
        if constexpr (I > 0) affine::input_gradient(weight_ih, da, planes(std::get<upper_dx>(tile.scratch)), D > 0);
        else if constexpr (Tile::wants_dx) affine::input_gradient(weight_ih, da, tile.dx, D > 0);
    }
};

}  // namespace kiln
