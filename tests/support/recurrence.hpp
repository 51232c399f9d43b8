// Recurrent layers for one sample, written plainly: for check_layer. A cell's forward and backward are given the sums of one
// unit's gates.
#pragma once
#include <algorithm>
#include <cmath>
#include "support/reference.hpp"

// A number, and how far rounding may have put it off so far, in units of epsilon. (Bounded takes the errors of both factors for
// as large as they are: from step to step that would be squared.)
struct Rounded {
    double value = 0, error = 0;

    Rounded(double v = 0, double e = 0) : value(v), error(e) {}
    explicit Rounded(Bounded exact) : value(exact.value) {}
    friend Rounded operator+(Rounded a, Rounded b) { return {a.value + b.value, a.error + b.error + std::abs(a.value) + std::abs(b.value)}; }
    friend Rounded operator-(Rounded a, Rounded b) { return a + Rounded{-b.value, b.error}; }
    friend Rounded operator*(Rounded a, Rounded b) {
        return {a.value * b.value, std::abs(a.value) * b.error + std::abs(b.value) * a.error + std::abs(a.value * b.value)};
    }
    Rounded& operator+=(Rounded b) { return *this = *this + b; }
    operator Bounded() const { return {value, std::abs(value) + error / 4}; }  // rounding's 16 units of it: of the error, 4
};
// Elementary functions, off by 4 epsilon themselves: 4e-7 of a float.
inline Rounded plain_sigmoid(Rounded x) {
    const double y = 1 / (1 + std::exp(-x.value));
    return {y, y * (1 - y) * x.error + 4};
}
inline Rounded plain_tanh(Rounded x) {
    const double y = std::tanh(x.value);
    return {y, (1 - y * y) * x.error + 4};
}

inline std::vector<Rounded> exact(const Numbers& numbers) {
    std::vector<Rounded> result;
    for (const Bounded number : numbers) result.emplace_back(number);
    return result;
}

// Layer after layer and direction after direction, as it is written in PyTorch's documentation; parameters lie in its order.
template <class Cell, std::size_t Inputs, std::size_t Hidden, std::size_t Layers = 1, bool bidirectional = false, bool last_step = false>
void recurrent_reference(Sample& s) {
    constexpr std::size_t G = Cell::gates, D = bidirectional ? 2 : 1, H = Hidden, features = D * H;
    const std::size_t steps = s.x.size() / Inputs;
    using Row = std::vector<Rounded>;
    std::vector<Row> p, dp, x{exact(s.x)};                                          // x of every layer, and y
    for (const Numbers& array : s.parameters) p.push_back(exact(array)), dp.emplace_back(array.size());
    std::vector<std::vector<Cell>> cells(Layers * D, std::vector<Cell>(steps * H));  // of every direction, step and unit
    const auto order = [&](std::size_t d, std::size_t n) { return d == 0 ? n : steps - 1 - n; };

    for (std::size_t l = 0; l < Layers; ++l) {
        const std::size_t inputs = x[l].size() / steps;
        x.emplace_back(steps * features);
        for (std::size_t d = 0; d < D; ++d) {
            const std::size_t first = 4 * (l * D + d);
            for (std::size_t n = 0; n < steps; ++n)
                for (std::size_t k = 0; k < H; ++k) {
                    const std::size_t t = order(d, n);
                    const Rounded* const h_before = n == 0 ? nullptr : &x[l + 1][order(d, n - 1) * features + d * H];
                    Rounded a[G], m[G];
                    for (std::size_t g = 0; g < G; ++g) {
                        a[g] = p[first + 2][g * H + k], m[g] = p[first + 3][g * H + k];
                        for (std::size_t i = 0; i < inputs; ++i) a[g] += p[first][(g * H + k) * inputs + i] * x[l][t * inputs + i];
                        for (std::size_t i = 0; i < H && n > 0; ++i) m[g] += p[first + 1][(g * H + k) * H + i] * h_before[i];
                    }
                    Cell& cell = cells[l * D + d][t * H + k];
                    if (n > 0) cell.h_before = h_before[k], cell.c_before = cells[l * D + d][order(d, n - 1) * H + k].c;
                    x[l + 1][t * features + d * H + k] = cell.forward(a, m);
                }
        }
    }
    Row dy(steps * features);
    for (std::size_t i = 0; i < s.y.size(); ++i) {
        const std::size_t at = last_step ? order(i / H, steps - 1) * features + i : i;
        s.y[i] = x[Layers][at];
        dy[at] = Rounded{s.dy[i]};
    }

    for (std::size_t l = Layers; l-- > 0;) {
        const std::size_t inputs = x[l].size() / steps;
        Row dx(x[l].size());
        for (std::size_t d = 0; d < D; ++d) {
            const std::size_t first = 4 * (l * D + d);
            Row dh(H), dc(H);
            for (std::size_t n = steps; n-- > 0;) {
                const std::size_t t = order(d, n);
                Row dh_before(H);
                for (std::size_t k = 0; k < H; ++k) {
                    Rounded da[G], dm[G];
                    dh_before[k] += cells[l * D + d][t * H + k].backward(dh[k] + dy[t * features + d * H + k], dc[k], da, dm);
                    for (std::size_t g = 0; g < G; ++g) {
                        dp[first + 2][g * H + k] += da[g], dp[first + 3][g * H + k] += dm[g];
                        for (std::size_t i = 0; i < inputs; ++i) {
                            dp[first][(g * H + k) * inputs + i] += da[g] * x[l][t * inputs + i];
                            dx[t * inputs + i] += da[g] * p[first][(g * H + k) * inputs + i];
                        }
                        for (std::size_t i = 0; i < H && n > 0; ++i) {
                            dp[first + 1][(g * H + k) * H + i] += dm[g] * x[l + 1][order(d, n - 1) * features + d * H + i];
                            dh_before[i] += dm[g] * p[first + 1][(g * H + k) * H + i];
                        }
                    }
                }
                dh = dh_before;
            }
        }
        dy = dx;
    }
    s.dx.assign(dy.begin(), dy.end());
    for (std::size_t a = 0; a < dp.size(); ++a)
        for (std::size_t i = 0; i < dp[a].size(); ++i) s.gradients[a][i] += dp[a][i];
}
