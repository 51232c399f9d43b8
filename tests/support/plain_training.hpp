// Training by plain loops in double, written from the formulas alone: what the trainer must agree with.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>
#include "kiln/optim/adam.hpp"
#include "kiln/optim/sgd.hpp"

namespace kiln_test {

// All parameters in one list without padding, in the order of the model.
struct PlainParameters {
    std::vector<double> p;

    void load(const auto& model) {
        p.clear();
        model.visit([&](const std::string&, auto view) {
            for (const auto v : view) p.push_back(static_cast<double>(v));
        });
    }
};

// Softmax and cross entropy of one sample: adds to the loss, and turns y into the gradient.
inline double plain_cross_entropy(std::vector<double>& y, std::size_t label, double weight) {
    double largest = y[0], total = 0;
    for (const double v : y) largest = std::max(largest, v);
    for (const double v : y) total += std::exp(v - largest);
    const double loss = std::log(total) + largest - y[label];
    for (std::size_t k = 0; k < y.size(); ++k) y[k] = weight * (std::exp(y[k] - largest) / total - (k == label ? 1 : 0));
    return weight * loss;
}

// Linear<Inputs, Hidden>, Tanh, Linear<Hidden, Classes>.
template <std::size_t Inputs, std::size_t Hidden, std::size_t Classes> struct PlainPerceptron : PlainParameters {
    static constexpr std::size_t inputs = Inputs, classes = Classes;

    double add_gradient(const double* x, std::size_t label, double weight, std::vector<double>& g) const {
        const double *w1 = p.data(), *b1 = w1 + Hidden * Inputs, *w2 = b1 + Hidden, *b2 = w2 + Classes * Hidden;
        double *dw1 = g.data(), *db1 = dw1 + Hidden * Inputs, *dw2 = db1 + Hidden, *db2 = dw2 + Classes * Hidden;
        std::vector<double> h(Hidden), y(Classes), dh(Hidden);
        for (std::size_t o = 0; o < Hidden; ++o) {
            double sum = b1[o];
            for (std::size_t i = 0; i < Inputs; ++i) sum += w1[o * Inputs + i] * x[i];
            h[o] = std::tanh(sum);
        }
        for (std::size_t o = 0; o < Classes; ++o) {
            y[o] = b2[o];
            for (std::size_t i = 0; i < Hidden; ++i) y[o] += w2[o * Hidden + i] * h[i];
        }
        const double loss = plain_cross_entropy(y, label, weight);
        for (std::size_t o = 0; o < Classes; ++o) {
            db2[o] += y[o];
            for (std::size_t i = 0; i < Hidden; ++i) {
                dw2[o * Hidden + i] += y[o] * h[i];
                dh[i] += y[o] * w2[o * Hidden + i];
            }
        }
        for (std::size_t o = 0; o < Hidden; ++o) {
            const double d = dh[o] * (1 - h[o] * h[o]);
            db1[o] += d;
            for (std::size_t i = 0; i < Inputs; ++i) dw1[o * Inputs + i] += d * x[i];
        }
        return loss;
    }
};

// Conv<2, 3, 3, 1, 1>, ReLU, MaxPool<2>, Linear<27, 4> on 2x6x6.
struct PlainConvolution : PlainParameters {
    static constexpr std::size_t inputs = 72, classes = 4;

    double add_gradient(const double* x, std::size_t label, double weight, std::vector<double>& g) const {
        const double *w1 = p.data(), *b1 = w1 + 54, *w2 = b1 + 3, *b2 = w2 + 108;
        double *dw1 = g.data(), *db1 = dw1 + 54, *dw2 = db1 + 3, *db2 = dw2 + 108;
        // f(output place, weight, input place) for every tap that meets the image.
        const auto taps = [](auto f) {
            for (int o = 0; o < 3; ++o)
                for (int r = 0; r < 6; ++r)
                    for (int q = 0; q < 6; ++q)
                        for (int i = 0; i < 2; ++i)
                            for (int j = 0; j < 3; ++j)
                                for (int k = 0; k < 3; ++k) {
                                    const int a = r + j - 1, b = q + k - 1;
                                    if (a < 0 || a > 5 || b < 0 || b > 5) continue;
                                    f(std::size_t(o * 36 + r * 6 + q), std::size_t(((o * 2 + i) * 3 + j) * 3 + k), std::size_t(i * 36 + a * 6 + b));
                                }
        };
        std::vector<double> c(108), dc(108), m(27), dm(27), y(4);
        std::vector<std::size_t> from(27);
        for (std::size_t i = 0; i < 108; ++i) c[i] = b1[i / 36];
        taps([&](std::size_t out, std::size_t w, std::size_t in) { c[out] += w1[w] * x[in]; });
        for (std::size_t o = 0; o < 3; ++o)
            for (std::size_t r = 0; r < 3; ++r)
                for (std::size_t q = 0; q < 3; ++q) {
                    const std::size_t at = o * 9 + r * 3 + q;
                    from[at] = o * 36 + 2 * r * 6 + 2 * q;
                    for (const std::size_t next : {1U, 6U, 7U})
                        if (c[o * 36 + 2 * r * 6 + 2 * q + next] > c[from[at]]) from[at] = o * 36 + 2 * r * 6 + 2 * q + next;
                    m[at] = c[from[at]] > 0 ? c[from[at]] : 0;
                }
        for (std::size_t o = 0; o < 4; ++o) {
            y[o] = b2[o];
            for (std::size_t i = 0; i < 27; ++i) y[o] += w2[o * 27 + i] * m[i];
        }
        const double loss = plain_cross_entropy(y, label, weight);
        for (std::size_t o = 0; o < 4; ++o) {
            db2[o] += y[o];
            for (std::size_t i = 0; i < 27; ++i) {
                dw2[o * 27 + i] += y[o] * m[i];
                dm[i] += y[o] * w2[o * 27 + i];
            }
        }
        for (std::size_t i = 0; i < 27; ++i)
            if (m[i] > 0) dc[from[i]] += dm[i];
        for (std::size_t i = 0; i < 108; ++i) db1[i / 36] += dc[i];
        taps([&](std::size_t out, std::size_t w, std::size_t in) { dw1[w] += dc[out] * x[in]; });
        return loss;
    }
};

// The moments and the step of an optimiser, from PyTorch's documentation.
struct PlainOptimizer {
    std::vector<double> first{}, second{};
    std::size_t step = 0;

    void operator()(const kiln::SGD& sgd, std::vector<double>& p, std::vector<double> g) {
        ++step;
        if (first.empty()) first.resize(p.size());
        for (std::size_t i = 0; i < p.size(); ++i) {
            g[i] += sgd.weight_decay * p[i];
            first[i] = step == 1 ? g[i] : sgd.momentum * first[i] + g[i];
            p[i] -= sgd.learning_rate * first[i];
        }
    }
    void operator()(const kiln::Adam& adam, std::vector<double>& p, const std::vector<double>& g) {
        ++step;
        if (first.empty()) first.resize(p.size()), second.resize(p.size());
        const double n = static_cast<double>(step);
        for (std::size_t i = 0; i < p.size(); ++i) {
            first[i] = adam.beta1 * first[i] + (1 - adam.beta1) * g[i];
            second[i] = adam.beta2 * second[i] + (1 - adam.beta2) * g[i] * g[i];
            const double m = first[i] / (1 - std::pow(adam.beta1, n)), v = second[i] / (1 - std::pow(adam.beta2, n));
            p[i] -= adam.learning_rate * m / (std::sqrt(v) + adam.epsilon);
        }
    }
};

// The loss of every minibatch before its step, samples in order.
inline std::vector<double> plain_losses(auto& network, const std::vector<double>& x, const std::vector<int>& labels, const auto& optimizer,
                                        std::size_t batch, std::size_t epochs) {
    PlainOptimizer update;
    std::vector<double> losses;
    for (std::size_t epoch = 0; epoch < epochs; ++epoch)
        for (std::size_t first = 0; first < labels.size(); first += batch) {
            const std::size_t end = std::min(first + batch, labels.size());
            std::vector<double> gradient(network.p.size());
            double loss = 0;
            for (std::size_t i = first; i < end; ++i)
                loss += network.add_gradient(x.data() + i * network.inputs, static_cast<std::size_t>(labels[i]), 1 / static_cast<double>(end - first), gradient);
            losses.push_back(loss);
            update(optimizer, network.p, gradient);
        }
    return losses;
}

}  // namespace kiln_test
