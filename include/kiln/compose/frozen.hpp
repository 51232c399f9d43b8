// Frozen: a layer as it is at inference, whose parameters are not trained.
//
//     kiln::Sequential<kiln::Frozen<Trunk>, kiln::Linear<120, 10>>
//
// Its parameters become buffers under the same names, so that no gradient and no moment of them exists; BatchNorm and Dropout
// inside it work as at inference; backward passes through it only on its way to layers below that are trained.
#pragma once
#include "kiln/core/chain.hpp"
#include "kiln/core/initialise.hpp"
#include "kiln/core/run.hpp"

namespace kiln {

template <class Layer>
struct Frozen {
    using Held = Layer;
    static constexpr bool composite = true;
    static constexpr bool reported = kiln::reported<Layer>;
    static constexpr std::size_t layer_count = kiln::layer_count<Layer>;

    static constexpr Text name() { return text("Frozen<", called<Layer>(), ">"); }
    template <class In> static constexpr bool accepts = kiln::accepts<Layer, In>;
    template <class In> using output_shape = output_of<Layer, In>;
    template <class In> static consteval Text fault(const Text& where, const Text& before) { return kiln::fault<Layer, In>(where, before); }
    static constexpr Known takes = kiln::takes<Layer>, gives = known_after<Layer>({});
    static constexpr Reads reads = kiln::reads<Layer>;
    static constexpr bool gives_probabilities = kiln::gives_probabilities<Layer>;

    template <class In> using Buffers = Arrays<InlineList<parameters_of<Layer, In>>, InlineList<buffers_of<Layer, In>>>;
    template <class In, class T> static constexpr void start(T* /*parameters*/, T* buffers, std::uint64_t seed, std::size_t instance) {
        kiln::start<Layer, In>(buffers, buffers + Buffers<In>::offsets[1], seed, instance);
    }

    template <class In> static constexpr std::size_t multiply_adds = kiln::multiply_adds<Layer, In>;
    template <class In, bool WantsDx> static constexpr std::size_t backward_multiply_adds = WantsDx ? multiply_adds<In> : 0;

    template <class In, Mode mode> static constexpr Workspace workspace = kiln::workspace<Layer, In, without_training(mode)>;
    template <class In, Mode mode, class L>
    static constexpr void forward(const Group<L>& group, const Place<scalar<L>>& at) {
        kiln::forward<Layer, In, without_training(mode)>(group, place<In, mode>(at));
    }
    template <class In, Mode, bool WantsDx, class L>
    static constexpr void backward(const Group<L>& group, const Place<scalar<L>>& at) {
        kiln::backward<Layer, In, Mode::frozen, WantsDx>(group, place<In, Mode::frozen>(at));
    }

    template <class In, class T> using Packed = packed_of<Layer, In, T>;
    template <class In, class T> static void pack(const T* /*parameters*/, const T* buffers, T* packed) {
        kiln::pack<Layer, In>(buffers, buffers + Buffers<In>::offsets[1], packed);
    }

private:
    template <class In, Mode mode, class T> static constexpr Place<T> place(Place<T> at) {
        if constexpr (mode != Mode::one_sample) at.parameters = at.buffers;
        at.buffers += Buffers<In>::offsets[1];
        return at;
    }
};

// No layer, frozen or not.
template <class NotAClass>
    requires(!std::is_class_v<NotAClass>)
struct Frozen<NotAClass> : NoLayer<NotAClass> {};

}  // namespace kiln
