// The reference of LayerNorm and of RMSNorm, which takes the mean for 0 and has no bias.
#pragma once
#include <cmath>
#include "support/reference.hpp"

template <bool centred, std::size_t Size, bool affine = true> void normalised_rows(Sample& s, double eps) {
    const double n = static_cast<double>(Size);
    for (std::size_t first = 0; first < s.x.size(); first += Size) {
        double mean = 0, var = 0, slope = 0, product = 0;
        const auto weight = [&](std::size_t k) { return affine ? s.parameters[0][k].value : 1.0; };
        for (std::size_t k = 0; centred && k < Size; ++k) mean += s.x[first + k].value / n;
        const auto off = [&](std::size_t k) { return s.x[first + k].value - mean; };
        for (std::size_t k = 0; k < Size; ++k) var += off(k) * off(k) / n;
        const double inverse = 1 / std::sqrt(var + eps);
        for (std::size_t k = 0; k < Size; ++k) {
            const double dy = s.dy[first + k].value, h = off(k) * inverse;
            s.y[first + k] = weight(k) * h + (affine && centred ? s.parameters[1][k].value : 0.0);
            slope += centred ? weight(k) * dy / n : 0.0;
            product += weight(k) * dy * h / n;
            if (affine) s.gradients[0][k] += Bounded(dy * h);
            if (affine && centred) s.gradients[1][k] += Bounded(dy);
        }
        for (std::size_t k = 0; k < Size; ++k)
            s.dx[first + k] = inverse * (weight(k) * s.dy[first + k].value - slope - off(k) * inverse * product);
    }
}
