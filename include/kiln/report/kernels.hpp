// The kernels of a network's first layer, as planes to look at.
#pragma once
#include <span>
#include <string>
#include <vector>
#include "kiln/model/model.hpp"
#include "kiln/report/picture.hpp"

namespace kiln {

struct Kernels {
    std::string name;                  // of the parameter, "0.weight"; empty where there is none
    std::vector<std::size_t> extents;  // 6, 1, 5, 5
    std::vector<Planes> kernels;       // one for each output, or all weights as one

    float largest() const {
        float most = 0;
        for (const Planes& kernel : kernels) most = std::max(most, kernel.largest());
        return most;
    }
};

namespace detail {
template <class Input, class S, class T> std::vector<Planes> kernels_of(View<S, const T> weight) {
    constexpr std::size_t outputs = first_axis<S>, each = S::size / outputs;
    const auto planes = [&](std::size_t o) {
        if constexpr (S::rank == 2) return sample_planes<T>(Input::extents, weight.data + o * each);
        else return planes_of<T>(std::span{S::extents}.subspan(1), weight.data + o * each);
    };
    if (S::rank == 2 && (each != Input::size || planes(0).height == 1)) return {planes_of<T>(S::extents, weight.data)};
    std::vector<Planes> kernels;
    for (std::size_t o = 0; o < outputs; ++o) kernels.push_back(planes(o));
    return kernels;
}
}  // namespace detail

// Of the first parameter with more than one axis: the kernels of a convolution as they are, the weights of a layer that meets a
// whole picture as that picture is laid out, any other matrix as one.
template <class Net, class Input, class T> Kernels first_kernels(const Model<Net, Input, T>& model) {
    Kernels first;
    model.visit([&]<class S>(const std::string& name, View<S, const T> weight) {
        if constexpr (S::rank > 1)
            if (first.name.empty()) first = {name, {S::extents.begin(), S::extents.end()}, detail::kernels_of<Input>(weight)};
    });
    return first;
}

}  // namespace kiln
