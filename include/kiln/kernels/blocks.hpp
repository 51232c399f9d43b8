// Register blocks: how a kernel cuts an output into pieces whose sums stay in registers from the first product to the last,
// and what keeps a compiler from undoing that.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>
#include "kiln/core/lanes.hpp"
#include "kiln/core/shape.hpp"
#include "kiln/core/text.hpp"
#include "kiln/core/transpose.hpp"

namespace kiln {

// Kernels count in signed numbers: an input's place before the first column is -1, not 2^64 - 1.
using Index = std::ptrdiff_t;

// Total things cut into as few blocks of at most Most as possible, all of the same size or, the first few, one larger:
// 16 by at most 6 is 6, 5, 5.
template <Index Total, Index Most> struct Split {
    static constexpr Index count = (Total + Most - 1) / Most;
    static constexpr Index size = count == 0 ? 0 : Total / count;
    static constexpr Index larger = count == 0 ? 0 : Total % count;
    static constexpr Index largest = size + (larger > 0 ? 1 : 0);
    static constexpr Index start(Index block) { return block * size + std::min(block, larger); }
};

// Calls f<Size>(start) for every block of a Split.
template <Index Total, Index Most> [[gnu::always_inline]] constexpr void for_each_block(auto&& f) {
    using Blocks = Split<Total, Most>;
    if constexpr (Blocks::larger > 0)
        for (Index block = 0; block < Blocks::larger; ++block)
            f.template operator()<Blocks::size + 1>(Blocks::start(block));
    for (Index block = Blocks::larger; block < Blocks::count; ++block)
        f.template operator()<Blocks::size>(Blocks::start(block));
}

// Calls f(0), f(1), ... f(Count - 1), in code without a loop: arrays indexed by these numbers stay in registers.
template <Index Count> [[gnu::always_inline]] constexpr void repeat(auto&& f) {
#pragma GCC unroll 32
    for (Index n = 0; n < Count; ++n) f(n);
}

// A block of rows x columns sums, and what it takes to sum up everything in such blocks.
struct RegisterBlock {
    Index rows = 1, columns = 1;
    Index cost = std::numeric_limits<Index>::max();
};

// "6x2"
constexpr Text block_text(const RegisterBlock& block) { return text(static_cast<std::size_t>(block.rows), "x", static_cast<std::size_t>(block.columns)); }

// The block that sums up rows x columns in the least time, where the sums of column c take steps[c] steps and a row is
// `unit` sums high. A step multiplies each of its rows' factors with each of its columns', which wait in registers. It takes
// as long as the multiply-adds (two a cycle), the loads (two a cycle, in practice a fifth fewer) or the wait for the sums of
// the step before (four cycles, in practice a little more), whichever is longest; of equals, the one with the fewest loads,
// in eighths of the multiply-adds, and then with the fewest registers.
// A sixteenth of the registers stays free: g++ and clang spill before all are used (4 x 3 sums in 16 registers were 10 %
// slower than 4 x 2 on Zen 3; 4 x 6 in 32 spill).
template <std::size_t Columns>
constexpr RegisterBlock best_block(Index rows, const std::array<Index, Columns>& steps, Index unit = 1) {
    constexpr Index columns = Columns, registers = register_count;
    RegisterBlock best;
    for (Index a = 1; a <= rows; ++a)
        for (Index b = 1; b <= columns; ++b) {
            const Index used = a * b * unit + (a * unit > 1 ? b : 1) + 1;
            if (used + registers / 16 > registers) break;
            const Index down = (rows + a - 1) / a, across = (columns + b - 1) / b;
            Index time = 0, loads = 0, products = 0;
            for (Index s = 0, c = 0; s < across; ++s) {
                Index longest = 0, total = 0;
                for (const Index end = c + columns / across + (s < columns % across); c < end; ++c)
                    longest = std::max(longest, steps[static_cast<std::size_t>(c)]),
                    total += steps[static_cast<std::size_t>(c)];
                for (Index larger = 0; larger < 2; ++larger) {
                    const Index blocks = larger ? rows % down : down - rows % down,
                                height = (rows / down + larger) * unit;
                    const Index load = height * longest + total;
                    time += blocks * std::max({4 * height * total, 5 * load, 36 * longest});
                    loads += blocks * load;
                    products += blocks * height * total;
                }
            }
            const Index load_share = products == 0 ? 0 : (8 * loads + products / 2) / products;  // in eighths
            const Index cost = (time * 16 + load_share) * registers + used;
            if (cost < best.cost) best = {a, b, cost};
        }
    return best;
}

// Register k of a pack; a plain number is its own.
template <class L> constexpr auto& register_of(L& x, Index k) {
    if constexpr (lane_count<L> == 1) return x;
    else return x.part[static_cast<std::size_t>(k)];
}
template <class L> inline constexpr Index registers_in = 1;
template <class T, std::size_t Width> inline constexpr Index registers_in<Pack<T, Width>> = Pack<T, Width>::count;

namespace detail {
// Adds the lower and the upper Half lanes of every 2 Half lanes of two vectors, and puts b's sums beside a's.
template <std::size_t Half, class V, std::size_t... Lane>
[[gnu::always_inline]] inline V add_halves(const V& a, const V& b, std::index_sequence<Lane...>) {
    constexpr std::size_t width = sizeof...(Lane);
    return __builtin_shufflevector(a, b, (Lane / (2 * Half) * 2 * Half + Lane % Half + Lane / Half % 2 * width)...) +
           __builtin_shufflevector(a, b,
                                   (Lane / (2 * Half) * 2 * Half + Lane % Half + Lane / Half % 2 * width + Half)...);
}
}  // namespace detail

// x, in a register. Without it compilers read a factor from memory again in each multiply-add that uses it: with g++ 12 on Zen 3
// (AVX2), 4 x 2 sums then take 12 loads for 8 multiply-adds, and dW of 768 -> 120 has 56 % of the peak instead of 89.
template <class Register> [[gnu::always_inline]] constexpr Register held(Register x) {
    if (std::is_constant_evaluated()) return x;
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)
    if constexpr (lane_count<Register> > 1 && sizeof x >= 16 && sizeof x <= sizeof(float) * native_width<float>) {  // what one register holds
        auto vector = std::bit_cast<detail::Vector<scalar<Register>, lane_count<Register>>>(x);
#if defined(__aarch64__)
        asm("" : "+w"(vector));
#else
        asm("" : "+v"(vector));
#endif
        return std::bit_cast<Register>(vector);
    }
#endif
    return x;
}

// The same number or pointer, which a compiler cannot know to be the same. Neighbouring pixels and taps share inputs, and g++
// and clang keep them all in registers and spill the sums, which costs up to half of the peak. (Not to be initialised from a
// constant into a const: that is a constant expression, and hides nothing.)
template <class T> [[gnu::always_inline]] constexpr T hidden(T x) {
    if (!std::is_constant_evaluated()) asm volatile("" : "+r"(x));
    return x;
}

// A loop's pointer goes on to its next place. Behind the last one it may leave its array by more than a constant expression allows: there it stays.
template <class T> [[gnu::always_inline]] constexpr void go_on(T*& at, Index step, bool again) {
    if (!std::is_constant_evaluated() || again) at += step;
}

// The sum of the lanes of each of some registers, by sum's tree: halves, quarters, ... A step adds the halves of two registers
// side by side, so that W registers of W lanes take W - 1 additions together.
template <std::size_t Width, class T, class Register, std::size_t Count>
[[gnu::always_inline]] constexpr void sums_of_lanes(const Register (&registers)[Count], T (&totals)[Count]) {
    if constexpr (Width == 1) std::copy_n(registers, Count, totals);
    else {
        using Vector = detail::Vector<T, Width>;
        unroll<(Count + Width - 1) / Width>([&]<std::size_t Chunk> {
            constexpr std::size_t count = std::min(Width, Count - Chunk * Width);
            Vector v[Width]{};
            unroll<count>([&]<std::size_t I> { v[I] = std::bit_cast<Vector>(registers[Chunk * Width + I]); });
            unroll<std::bit_width(Width) - 1>([&]<std::size_t Step> {
                constexpr std::size_t half = Width >> (Step + 1);
                unroll<std::min(half, count)>([&]<std::size_t I> {  // the others are zeros
                    v[I] = detail::add_halves<half>(v[I], v[I + half], std::make_index_sequence<Width>{});
                });
            });
            std::memcpy(totals + Chunk * Width, &v[0], count * sizeof(T));
        });
    }
}

}  // namespace kiln
