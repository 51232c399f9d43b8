// Small networks and data sets that tests of models and of training share.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>
#include "kiln/compose/sequential.hpp"
#include "kiln/core/random.hpp"
#include "kiln/data/dataset.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/tensor/tensor.hpp"

namespace kiln_test {

using Four = kiln::Shape<4>;
using Small = kiln::Sequential<kiln::Linear<4, 6>, kiln::Tanh, kiln::Linear<6, 3>>;

// Uniform in [-1, 1), the same float and double.
inline double noise(auto... words) { return 2 * kiln::uniform<double>(kiln::key(99, words...)) - 1; }

// n samples in clusters about one point for each class, somewhat overlapping.
template <class Input, class T = float> std::vector<T> cluster_values(std::size_t n, std::size_t classes, int seed = 0) {
    std::vector<T> values;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < Input::size; ++k)
            values.push_back(static_cast<T>(noise(1, i % classes, k) + 0.7 * noise(2, seed, i, k)));
    return values;
}
inline std::vector<int> cluster_labels(std::size_t n, std::size_t classes) {
    std::vector<int> labels;
    for (std::size_t i = 0; i < n; ++i) labels.push_back(static_cast<int>(i % classes));
    return labels;
}
template <class Input, class T = float> kiln::Dataset<Input, kiln::Label> clusters(std::size_t n, std::size_t classes, int seed = 0) {
    return {cluster_values<Input, T>(n, classes, seed), cluster_labels(n, classes)};
}

// The same samples as a tensor of n x Input.
template <class Input, class T = float> auto tensor_of(const std::vector<T>& values) {
    auto tensor = kiln::make_batch<T, Input>(values.size() / Input::size);
    std::copy(values.begin(), values.end(), tensor.data());
    return tensor;
}

// A model's parameters, and whether two lists are the same bits.
template <class M> auto numbers_of(const M& model) { return std::vector(model.parameters().begin(), model.parameters().end()); }
template <class T> bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}
template <class T, std::size_t N> bool same_bits(const kiln::Tensor<T, N>& a, const kiln::Tensor<T, N>& b) {
    return a.shape() == b.shape() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

}  // namespace kiln_test
