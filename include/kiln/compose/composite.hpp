// What composites share: a composite names its layers once, and says with Parts<In> what each of them is fed.
#pragma once
#include "kiln/core/run.hpp"

namespace kiln {

template <class... Layers>
struct CompositeOf {
    static constexpr bool composite = true;
    static constexpr bool reported = (kiln::reported<Layers> || ...);
    static constexpr bool mixes_samples = (kiln::mixes_samples<Layers> || ...);
    static constexpr std::size_t layer_count = (kiln::layer_count<Layers> + ...);
    static constexpr auto instances = Arrays<Shape<kiln::layer_count<Layers>>...>::offsets;
};

// The place of part I: its own parameters, buffers, gradient and number; the memory is still the composite's.
template <class Composite, class In, std::size_t I, Mode mode = Mode::training, class T>
constexpr Place<T> part(Place<T> at) {
    if constexpr (mode == Mode::one_sample) at.parameters += packed_of<Composite, In, T>::offsets[I];
    else at.parameters += parameters_of<Composite, In>::offsets[I];
    at.gradient += parameters_of<Composite, In>::offsets[I];
    at.buffers += buffers_of<Composite, In>::offsets[I];
    at.instance += Composite::instances[I];
    return at;
}

}  // namespace kiln
