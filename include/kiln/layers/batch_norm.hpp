// BatchNorm: PyTorch's BatchNorm1d and 2d. Every channel to mean 0 and variance 1 over the samples and the pixels, then scaled and
// shifted.
//
//     x, y, dx, dy [Channels, ...], such as [C], [C, L] or [C, H, W]    weight, bias, running_mean, running_var [Channels]
//     h = (x - mean) / sqrt(var + eps)    y = weight h + bias                                      n = samples * pixels
//     dbias = sum dy    dweight = sum dy h    dx = weight / sqrt(var + eps) (dy - dbias / n - h dweight / n)
//
// In training the mean and the variance are exactly those of the whole minibatch, whatever tiles and threads hold it (S. Ioffe,
// C. Szegedy, 2015), and the running ones approach them by `momentum`, the variance divided by n - 1. Frozen and at inference the
// running ones are used. A channel of which a minibatch has one number only (PyTorch refuses) is 0 before weight and bias, and
// leaves the running statistics as they are.
//
//     BatchNorm<16>    BatchNorm<16, BatchNormOptions{.momentum = 0.01}>
#pragma once
#include <algorithm>
#include "kiln/layers/channel_norm.hpp"

namespace kiln {

struct BatchNormOptions {
    double eps = 1e-5, momentum = 0.1;
    bool affine = true;  // weight and bias are learned; else they are 1 and 0

    friend constexpr bool operator==(const BatchNormOptions&, const BatchNormOptions&) = default;
};

namespace detail {
template <std::size_t Channels, BatchNormOptions options> consteval bool sound_batch_norm() {
    static_assert(Channels > 0, "BatchNorm: it needs at least one channel");
    static_assert(options.eps > 0, "BatchNorm: eps is positive");
    static_assert(options.momentum >= 0 && options.momentum <= 1, "BatchNorm: the momentum is at least 0 and at most 1");
    return true;
}
}  // namespace detail

template <std::size_t Channels, BatchNormOptions options = BatchNormOptions{}>
    requires(detail::sound_batch_norm<Channels, options>())
struct BatchNorm : ChannelNorm<Channels, options.affine> {
    static constexpr Text name() {
        Text t = text("BatchNorm<", Channels);
        if (options.eps != BatchNormOptions{}.eps) t << ",eps " << real_text(options.eps);
        if (options.momentum != BatchNormOptions{}.momentum) t << ",momentum " << real_text(options.momentum);
        if (!options.affine) t << ",no affine";
        return text(t, ">");
    }

    using Buffers = Arrays<Parameter<"running_mean", Shape<Channels>>, Parameter<"running_var", Shape<Channels>>>;
    using Cache = Arrays<Shape<Channels>, Shape<Channels>>;  // mean and 1 / sqrt(var + eps); before, each sample's own mean and squares
    static constexpr bool mixes_samples = true;

    static constexpr void init_buffers(auto buffers) { std::get<1>(buffers).fill(1); }

    static constexpr void forward(auto batch) {
        using T = typename decltype(batch)::T;
        using L = typename decltype(batch)::L;
        constexpr std::size_t pixels = decltype(batch)::In::size / Channels;
        const std::size_t n = batch.samples() * pixels;
        for (std::size_t first = 0; first < Channels; first += at_once) {
            const std::size_t end = std::min(Channels, first + at_once);
            // Every sample's own moments, in one visit of x; then the squares about the common mean: own + pixels (own mean - mean)^2.
            std::array<T, at_once> mean, var, inverse;
            batch.total(mean, [&](auto tile, auto& sums) {
                const auto [own_mean, own_squares] = tile.kept;
                for (std::size_t c = first; c < end; ++c) {
                    normalise::mean(BatchNorm::channel(tile.x, c), own_mean[c]);
                    normalise::squares(BatchNorm::channel(tile.x, c), own_mean[c], own_squares[c]);
                    sums[c - first] += tile.alive() * own_mean[c];
                }
            });
            for (T& m : mean) m /= static_cast<T>(batch.samples());
            batch.total(var, [&](auto tile, auto& sums) {
                const auto [own_mean, own_squares] = tile.kept;
                for (std::size_t c = first; c < end; ++c) {
                    const L off = own_mean[c] - L(mean[c - first]);
                    sums[c - first] += tile.alive() * fma(L(T(pixels)) * off, off, own_squares[c]);
                }
            });
            for (T& v : var) v /= static_cast<T>(n);
            std::ranges::transform(var, inverse.begin(), inverse_deviation<T>);
            batch.for_each_tile([&](auto tile) {
                for (std::size_t c = first; c < end; ++c) normalise_channel(tile, c, mean[c - first], inverse[c - first]);
            });
            batch.update_buffers([&](auto running_mean, auto running_var) {
                if (n == 1) return;
                const T share = static_cast<T>(options.momentum);
                const T unbiased = static_cast<T>(static_cast<double>(n) / static_cast<double>(n - 1));
                for (std::size_t c = first; c < end; ++c) {
                    running_mean[c] += share * (mean[c - first] - running_mean[c]);
                    running_var[c] += share * (var[c - first] * unbiased - running_var[c]);
                }
            });
        }
    }

    static constexpr void backward(auto batch) {
        using T = typename decltype(batch)::T;
        using L = typename decltype(batch)::L;
        const T share = static_cast<T>(1.0 / static_cast<double>(batch.samples() * (decltype(batch)::In::size / Channels)));
        for (std::size_t first = 0; first < Channels; first += at_once) {
            const std::size_t end = std::min(Channels, first + at_once);
            std::array<T, 2 * at_once> total;  // of dy, and of dy (x - mean)
            batch.total(total, [&](auto tile, auto& sums) {
                for (std::size_t c = first; c < end; ++c) {
                    L own[2];
                    normalise::slopes(BatchNorm::channel(tile.x, c), BatchNorm::channel(tile.dy, c), std::get<0>(tile.kept)[c], T(1), own);
                    sums[c - first] += tile.alive() * own[0];
                    sums[at_once + c - first] += tile.alive() * own[1];
                }
            });
            batch.for_each_tile([&](auto tile) {
                const auto [mean, inverse] = tile.kept;
                for (std::size_t c = first; c < end; ++c) {
                    const T slope = total[c - first], product = total[at_once + c - first];
                    if constexpr (tile.wants_gradient)
                        if (batch.group.tiles[tile.index].first_sample == 0) {  // the sums are the whole minibatch's: one tile adds them
                            const auto [dweight, dbias] = tile.gradient;
                            dweight[c] += product * to_lanes(inverse[c])[0];
                            dbias[c] += slope;
                        }
                    if constexpr (tile.wants_dx) {
                        const L scale = tile.alive() * inverse[c], each = scale * L(-share * BatchNorm::weight(tile, c));
                        normalise::unshift(BatchNorm::channel(tile.x, c), BatchNorm::channel(tile.dy, c), mean[c], scale, BatchNorm::weight(tile, c),
                                           each * inverse[c] * inverse[c] * L(product), each * L(slope), BatchNorm::channel(tile.dx, c));
                    }
                }
            });
        }
    }

    static constexpr void infer(auto tile) {
        const auto [mean, var] = tile.buffers;
        for (std::size_t c = 0; c < Channels; ++c) normalise_channel(tile, c, mean[c], inverse_deviation(var[c]));
    }
    static constexpr void infer_backward(auto tile) {
        const auto [mean, inverse] = tile.kept;
        for (std::size_t c = 0; c < Channels; ++c) {
            const auto scale = inverse[c] * typename decltype(tile)::L(BatchNorm::weight(tile, c));
            const auto dy = BatchNorm::channel(tile.dy, c);
            const auto dx = BatchNorm::channel(tile.dx, c);
            for (std::size_t p = 0; p < dx.size; ++p) dx[p] = scale * dy[p];
        }
    }

    // For one sample y = scale x + shift.
    static constexpr bool scales_channels = true;
    template <class In, class T> using Packed = Arrays<Shape<Channels>, Shape<Channels>>;
    template <class In> static void pack(auto parameters, auto buffers, auto packed) {
        const auto [mean, var] = buffers;
        const auto [scale, shift] = packed;
        for (std::size_t c = 0; c < Channels; ++c) {
            scale[c] = inverse_deviation(var[c]);
            if constexpr (options.affine) scale[c] *= std::get<0>(parameters)[c];
            shift[c] = -mean[c] * scale[c];
            if constexpr (options.affine) shift[c] += std::get<1>(parameters)[c];
        }
    }
    static void one_sample(auto tile) {
        const auto [scale, shift] = tile.packed;
        constexpr std::size_t pixels = decltype(tile)::In::size / Channels;
        for (std::size_t c = 0; c < Channels; ++c)
            features::transform<pixels>(tile.x.data + c * pixels, tile.y.data + c * pixels, [a = scale[c], b = shift[c]](const auto& x) {
                using R = std::remove_cvref_t<decltype(x)>;
                return fma(x, R(a), R(b));
            });
    }

private:
    // Channels whose sums are on the stack, and on the board, together.
    static constexpr std::size_t at_once = std::min<std::size_t>(Channels, 256);

    template <class T> static constexpr T inverse_deviation(T var) { return 1 / sqrt(var + static_cast<T>(options.eps)); }
    template <class Tile>
    static constexpr void normalise_channel(const Tile& tile, std::size_t c, typename Tile::T mean, typename Tile::T inverse) {
        using L = typename Tile::L;
        const auto [kept_mean, kept_inverse] = tile.kept;
        kept_mean[c] = L(mean);
        kept_inverse[c] = L(inverse);
        normalise::shift(BatchNorm::channel(tile.x, c), L(mean), L(inverse), BatchNorm::weight(tile, c), BatchNorm::bias(tile, c),
                         BatchNorm::channel(tile.y, c));
    }
};

}  // namespace kiln
