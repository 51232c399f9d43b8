// A layer's plan for one sample against its plain one: the same outputs, but for the rounding of sums in another order.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include "kiln/core/run.hpp"
#include "support/run_layer.hpp"
#include "support/small.hpp"

namespace kiln_test {

// What a check knows of the plan, as LayerFunctions.
template <class T> struct OneSamplePlan {
    std::size_t packed, workspace;
    const std::size_t* layout;
    void (*pack)(const T* parameters, const T* buffers, T* packed);
    void (*forward)(const kiln::Group<T>&, const T* packed, const T* buffers);
};
template <class Layer, class In, class T> OneSamplePlan<T> one_sample_plan() {
    using namespace kiln;
    constexpr Mode mode = Mode::one_sample;
    return {.packed = packed_of<Layer, In, T>::extent,
            .workspace = tile_extent<Layer, In, mode>,
            .layout = tile_layout<Layer, In, mode>.data(),
            .pack = [](const T* parameters, const T* buffers, T* packed) { pack<Layer, In>(parameters, buffers, packed); },
            .forward = [](const Group<T>& group, const T* packed, const T* buffers) {
                forward<Layer, In, mode>(group, root_place<Layer, In, mode, T>(packed, buffers));
            }};
}

template <class T> void check_one_sample(const kiln::LayerFunctions<T>& layer, const OneSamplePlan<T>& plan) {
    using namespace kiln;
    AlignedVector<T> parameters(layer.parameter_extent), buffers(layer.buffer_extent), packed(plan.packed), workspace(plan.workspace);
    layer.start(parameters.data(), buffers.data(), 1);
    std::uint64_t number = 0;
    const auto arrays = [&](const std::vector<NamedArray>& list, AlignedVector<T>& numbers) {
        std::vector<std::vector<T>> result;
        for (const auto& [name, offset, size] : list) {
            ++number;
            for (std::size_t i = offset; i < offset + size; ++i) {
                if (name.view().ends_with("running_var")) numbers[i] = static_cast<T>(1.5 + noise(3, number, i));
                else numbers[i] += static_cast<T>(0.1 * noise(3, number, i));
            }
            result.emplace_back(&numbers[offset], &numbers[offset] + size);
        }
        return result;
    };
    const auto trained = arrays(layer.parameters, parameters);
    auto kept = arrays(layer.buffers, buffers);
    plan.pack(parameters.data(), buffers.data(), packed.data());

    constexpr double relative = sizeof(T) == 8 ? 1e-13 : 1e-5, absolute = sizeof(T) == 8 ? 1e-14 : 1e-6;
    for (std::uint64_t sample = 0; sample < 3; ++sample) {
        std::vector<T> x(layer.in);
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = static_cast<T>(layer.vocabulary > 0 ? static_cast<double>(key(sample, i) % layer.vocabulary) : noise(7, sample, i));
        std::copy(x.begin(), x.end(), &workspace[plan.layout[0]]);
        const TileInfo<T> info{};
        plan.forward(Group<T>{workspace.data(), plan.workspace, 1, &info, nullptr}, packed.data(), buffers.data());
        const auto expected = run_layer(layer, trained, x, {}, {}, &kept).y;
        double largest = 0, off = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
            const double difference = std::abs(static_cast<double>(workspace[plan.layout[1] + i]) - static_cast<double>(expected[i]));
            off = std::max(off, difference == difference ? difference : std::numeric_limits<double>::infinity());
        }
        CAPTURE(sample);
        CHECK(off <= absolute + relative * largest);
    }
}

// In float, and on request in double.
template <class Layer, class In, class T> void agrees_in() {
    const std::string name{Layer::name().view()}, input{kiln::shape_text<In>.view()};
    CAPTURE(name);
    CAPTURE(input);
    check_one_sample(kiln::layer_functions<Layer, In, kiln::Mode::inference, T>(), one_sample_plan<Layer, In, T>());
}
template <class Layer, class In> void agrees() { agrees_in<Layer, In, float>(); }
template <class Layer, class In> void agrees_in_both() {
    agrees_in<Layer, In, float>();
    agrees_in<Layer, In, double>();
}

}  // namespace kiln_test
