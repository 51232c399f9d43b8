// GroupNorm: PyTorch's. Every sample's channels in groups, each to mean 0 and variance 1 over its channels and pixels; then every
// channel is scaled and shifted.
//
//     x, y, dx, dy [Channels, ...], such as [C], [C, L] or [C, H, W]    weight, bias [Channels]
//     h = (x - mean) / sqrt(var + eps)    y = weight h + bias           n = pixels * Channels / Groups
//     dbias += sum dy    dweight += sum dy h                            over the pixels
//     dx = (weight dy - sum(weight dy) / n - h sum(weight dy h) / n) / sqrt(var + eps)    sums over the group
//
// Y. Wu, K. He, 2018. With one group it is LayerNorm with a weight a channel, with a channel a group InstanceNorm.
//
//     GroupNorm<4, 16>    GroupNorm<4, 16, GroupNormOptions{.affine = false}>
#pragma once
#include "kiln/layers/channel_norm.hpp"

namespace kiln {

struct GroupNormOptions {
    double eps = 1e-5;
    bool affine = true;  // weight and bias are learned; else they are 1 and 0

    friend constexpr bool operator==(const GroupNormOptions&, const GroupNormOptions&) = default;
};

namespace detail {
template <std::size_t Groups, std::size_t Channels, GroupNormOptions options> consteval bool sound_group_norm() {
    static_assert(Groups > 0 && Channels > 0, "GroupNorm: it needs at least one group and one channel");
    static_assert(Channels % Groups == 0, "GroupNorm: the groups divide the channels");
    static_assert(options.eps > 0, "GroupNorm: eps is positive");
    return true;
}
}  // namespace detail

template <std::size_t Groups, std::size_t Channels, GroupNormOptions options = GroupNormOptions{}>
    requires(detail::sound_group_norm<Groups, Channels, options>())
struct GroupNorm : ChannelNorm<Channels, options.affine> {
    static constexpr Text name() {
        Text t = text("GroupNorm<", Groups, ",", Channels);
        if (options.eps != GroupNormOptions{}.eps) t << ",eps " << real_text(options.eps);
        if (!options.affine) t << ",no affine";
        return text(t, ">");
    }
    using Cache = Arrays<Shape<Groups>, Shape<Groups>>;  // mean and 1 / sqrt(var + eps)

    static constexpr void forward(auto tile) {
        using L = typename decltype(tile)::L;
        using T = scalar<L>;
        const auto [mean, inverse] = tile.kept;
        for (std::size_t g = 0; g < Groups; ++g) {
            normalise::mean(group(tile.x, g), mean[g]);
            normalise::squares(group(tile.x, g), mean[g], inverse[g]);
            inverse[g] = L(1) / sqrt(fma(inverse[g], L(share<T>(tile.x)), L(static_cast<T>(options.eps))));
            for (std::size_t c = g * in_group; c < (g + 1) * in_group; ++c)
                normalise::shift(GroupNorm::channel(tile.x, c), mean[g], inverse[g], GroupNorm::weight(tile, c), GroupNorm::bias(tile, c),
                                 GroupNorm::channel(tile.y, c));
        }
    }
    static constexpr void backward(auto tile) {
        using L = typename decltype(tile)::L;
        using T = scalar<L>;
        const auto [mean, inverse] = tile.kept;
        for (std::size_t g = 0; g < Groups; ++g) {
            L slope(0), product(0);  // of weight dy, and of weight dy (x - mean), over the group
            for (std::size_t c = g * in_group; c < (g + 1) * in_group; ++c) {
                L own[2];
                normalise::slopes(GroupNorm::channel(tile.x, c), GroupNorm::channel(tile.dy, c), mean[g], T(1), own);
                slope = fma(L(GroupNorm::weight(tile, c)), own[0], slope);
                product = fma(L(GroupNorm::weight(tile, c)), own[1], product);
                if constexpr (tile.wants_gradient) {
                    const auto [dweight, dbias] = tile.gradient;
                    dweight[c] += sum(own[1] * inverse[g]);
                    dbias[c] += sum(own[0]);
                }
            }
            if constexpr (tile.wants_dx) {
                const L each = inverse[g] * L(-share<T>(tile.x));
                for (std::size_t c = g * in_group; c < (g + 1) * in_group; ++c)
                    normalise::unshift(GroupNorm::channel(tile.x, c), GroupNorm::channel(tile.dy, c), mean[g], inverse[g], GroupNorm::weight(tile, c),
                                       each * inverse[g] * inverse[g] * product, each * slope, GroupNorm::channel(tile.dx, c));
            }
        }
    }

private:
    static constexpr std::size_t in_group = Channels / Groups;

    template <class S, class L> static constexpr auto group(View<S, L> x, std::size_t g) {
        return reshape<Shape<Groups, S::size / Groups>>(x).row(g);
    }
    template <class T, class S, class L> static constexpr T share(View<S, L>) {  // 1 / n
        return static_cast<T>(static_cast<double>(Groups) / S::size);
    }
};

}  // namespace kiln
