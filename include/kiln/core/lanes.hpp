// Lanes: W samples side by side.
//
// A layer is written once over a lane type L: Pack<T, W>, which is one or several SIMD registers, or a plain float or
// double, which is one lane (gradient checks in double, constant evaluation, processors without SIMD). Arithmetic,
// comparison, select and the functions below mean the same on every one of them, lane by lane.
//
// The only file that includes xsimd.
#pragma once
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include "kiln/core/constant_functions.hpp"
#if __has_include(<xsimd/xsimd.hpp>) && !defined(KILN_SCALAR)
#include <xsimd/xsimd.hpp>
#define KILN_HAS_XSIMD 1
#endif

namespace kiln {

// How many SIMD registers a core has; kernels choose their register blocks by it.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr std::size_t register_count = 32;
#else
inline constexpr std::size_t register_count = 16;
#endif

namespace detail {
inline constexpr bool has_fma =
#if defined(__FMA__) || defined(__FP_FAST_FMA) || defined(__ARM_FEATURE_FMA)
    true;
#else
    false;
#endif

// The widest register of at most Width numbers, and the mask of a comparison of two; a plain number is the narrowest.
template <class T, std::size_t Width> struct widest {
    using type = typename widest<T, Width / 2>::type;
    using mask = typename widest<T, Width / 2>::mask;
    static constexpr std::size_t size = widest<T, Width / 2>::size;
};
template <class T> struct widest<T, 1> {
    using type = T;
    using mask = bool;
    static constexpr std::size_t size = 1;
};
#ifdef KILN_HAS_XSIMD
template <class T, std::size_t Width>
    requires(Width > 1 && !std::is_void_v<xsimd::make_sized_batch_t<T, Width>>)
struct widest<T, Width> {
    using type = xsimd::make_sized_batch_t<T, Width>;
    using mask = typename type::batch_bool_type;
    static constexpr std::size_t size = Width;
};
#endif
}  // namespace detail

// How many numbers of type T the machine's widest register holds.
template <class T> inline constexpr std::size_t native_width = detail::widest<T, 64>::size;

// The functions of one number. A pack's are at the end of this file.
// fma: a b + c, rounded once where the machine has the instruction, and never left to a compiler's contraction.
template <std::floating_point T> constexpr T fma(T a, T b, T c) {
    if (std::is_constant_evaluated() || !detail::has_fma) return a * b + c;
    return std::fma(a, b, c);
}
template <std::floating_point T> constexpr T max(T a, T b) { return a < b ? b : a; }
template <std::floating_point T> constexpr T min(T a, T b) { return b < a ? b : a; }
template <std::floating_point T> constexpr T abs(T x) { return x < 0 ? -x : x; }
template <std::floating_point T> constexpr T select(bool condition, T a, T b) { return condition ? a : b; }
template <std::floating_point T> constexpr T sqrt(T x) {
    if (!std::is_constant_evaluated()) return std::sqrt(x);
    return static_cast<T>(constant::sqrt(x));
}
template <std::floating_point T> constexpr T exp(T x) {
    if (!std::is_constant_evaluated()) return std::exp(x);
    return constant::rounded<T>(constant::exp(x));
}
template <std::floating_point T> constexpr T log(T x) {
    if (!std::is_constant_evaluated()) return std::log(x);
    return static_cast<T>(constant::log(x));
}
template <std::floating_point T> constexpr T tanh(T x) {
    if (!std::is_constant_evaluated()) return std::tanh(x);
    return static_cast<T>(constant::tanh(x));
}
template <std::floating_point T> constexpr T erf(T x) {
    if (!std::is_constant_evaluated()) return std::erf(x);
    return static_cast<T>(constant::erf(x));
}

// A comparison of two packs, lane by lane; of two plain numbers it is a bool.
template <class T, std::size_t Width> struct Mask {
    static constexpr std::size_t count = Width / detail::widest<T, Width>::size;
    std::array<typename detail::widest<T, Width>::mask, count> part;
};

template <class T, std::size_t Width> class Pack {
public:
    static_assert(Width >= 2 && (Width & (Width - 1)) == 0, "a pack holds a power of two of lanes");
    using Register = typename detail::widest<T, Width>::type;
    static constexpr std::size_t count = Width / detail::widest<T, Width>::size;
    std::array<Register, count> part;

    Pack() = default;
    constexpr Pack(T value) {
        for (Register& r : part) r = Register(value);
    }

    // f(parts...) for every register of some packs, as a pack.
    static constexpr Pack map(auto f, const auto&... packs) {
        Pack result;
#pragma GCC unroll 8
        for (std::size_t k = 0; k < count; ++k) result.part[k] = f(packs.part[k]...);
        return result;
    }
    static constexpr Mask<T, Width> compare(auto f, const Pack& a, const Pack& b) {
        Mask<T, Width> result;
#pragma GCC unroll 8
        for (std::size_t k = 0; k < count; ++k) result.part[k] = f(a.part[k], b.part[k]);
        return result;
    }

    friend constexpr Pack operator+(const Pack& a, const Pack& b) { return map([](auto x, auto y) { return x + y; }, a, b); }
    friend constexpr Pack operator-(const Pack& a, const Pack& b) { return map([](auto x, auto y) { return x - y; }, a, b); }
    friend constexpr Pack operator*(const Pack& a, const Pack& b) { return map([](auto x, auto y) { return x * y; }, a, b); }
    friend constexpr Pack operator/(const Pack& a, const Pack& b) { return map([](auto x, auto y) { return x / y; }, a, b); }
    friend constexpr Pack operator-(const Pack& a) { return map([](auto x) { return -x; }, a); }
    constexpr Pack& operator+=(const Pack& b) { return *this = *this + b; }
    constexpr Pack& operator-=(const Pack& b) { return *this = *this - b; }
    constexpr Pack& operator*=(const Pack& b) { return *this = *this * b; }
    constexpr Pack& operator/=(const Pack& b) { return *this = *this / b; }
    friend constexpr auto operator<(const Pack& a, const Pack& b) { return compare([](auto x, auto y) { return x < y; }, a, b); }
    friend constexpr auto operator>(const Pack& a, const Pack& b) { return compare([](auto x, auto y) { return x > y; }, a, b); }
    friend constexpr auto operator<=(const Pack& a, const Pack& b) { return compare([](auto x, auto y) { return x <= y; }, a, b); }
    friend constexpr auto operator>=(const Pack& a, const Pack& b) { return compare([](auto x, auto y) { return x >= y; }, a, b); }
    friend constexpr auto operator==(const Pack& a, const Pack& b) { return compare([](auto x, auto y) { return x == y; }, a, b); }
};

namespace detail {
template <class L> struct lane_traits {
    using scalar = L;
    static constexpr std::size_t count = 1;
};
template <class T, std::size_t Width> struct lane_traits<Pack<T, Width>> {
    using scalar = T;
    static constexpr std::size_t count = Width;
};
template <class T, std::size_t Width> struct lanes {
    using type = Pack<T, Width>;
};
template <class T> struct lanes<T, 1> {
    using type = T;
};
}  // namespace detail

// The lane type of Width samples, and its number type and width.
template <class T, std::size_t Width> using Lanes = typename detail::lanes<T, Width>::type;
template <class L> using scalar = typename detail::lane_traits<std::remove_cv_t<L>>::scalar;
template <class L> inline constexpr std::size_t lane_count = detail::lane_traits<std::remove_cv_t<L>>::count;

// The functions of a pack: of each of its registers. (xsimd's are called by their full names, since argument-dependent
// lookup would find them and some of them mean something else.)
namespace detail {
#ifdef KILN_HAS_XSIMD
template <class T> concept Batch = xsimd::is_batch<T>::value;
template <Batch B> B fma_of(B a, B b, B c) {
    // xsimd 8.1 multiplies and adds in the widest registers and in the narrowest, which rounds twice and costs a quarter of
    // the peak.
    [[maybe_unused]] constexpr bool single = std::is_same_v<typename B::value_type, float>;
#if defined(__AVX512F__)
    if constexpr (sizeof(B) == 64 && single) return _mm512_fmadd_ps(a, b, c);
    else if constexpr (sizeof(B) == 64) return _mm512_fmadd_pd(a, b, c);
    else
#endif
#if defined(__FMA__)
    if constexpr (sizeof(B) == 16 && single) return _mm_fmadd_ps(a, b, c);
    else if constexpr (sizeof(B) == 16) return _mm_fmadd_pd(a, b, c);
    else
#endif
        return xsimd::fma(a, b, c);
}
template <Batch B> B max_of(B a, B b) { return xsimd::max(a, b); }
template <Batch B> B min_of(B a, B b) { return xsimd::min(a, b); }
template <Batch B> B abs_of(B x) { return xsimd::abs(x); }
template <Batch B> B sqrt_of(B x) { return xsimd::sqrt(x); }
template <Batch B> B exp_of(B x) { return xsimd::exp(x); }
template <Batch B> B log_of(B x) { return xsimd::log(x); }
template <Batch B> B tanh_of(B x) { return xsimd::tanh(x); }
template <Batch B> B erf_of(B x) { return xsimd::erf(x); }
template <Batch B> B select_of(typename B::batch_bool_type condition, B a, B b) { return xsimd::select(condition, a, b); }
template <Batch B> B load_of(std::type_identity<B>, const typename B::value_type* from) { return B::load_unaligned(from); }
template <Batch B> void store_of(typename B::value_type* to, B x) { x.store_unaligned(to); }
#endif
template <std::floating_point T> constexpr T fma_of(T a, T b, T c) { return kiln::fma(a, b, c); }
template <std::floating_point T> constexpr T max_of(T a, T b) { return kiln::max(a, b); }
template <std::floating_point T> constexpr T min_of(T a, T b) { return kiln::min(a, b); }
template <std::floating_point T> constexpr T abs_of(T x) { return kiln::abs(x); }
template <std::floating_point T> constexpr T sqrt_of(T x) { return kiln::sqrt(x); }
template <std::floating_point T> constexpr T exp_of(T x) { return kiln::exp(x); }
template <std::floating_point T> constexpr T log_of(T x) { return kiln::log(x); }
template <std::floating_point T> constexpr T tanh_of(T x) { return kiln::tanh(x); }
template <std::floating_point T> constexpr T erf_of(T x) { return kiln::erf(x); }
template <std::floating_point T> constexpr T select_of(bool condition, T a, T b) { return condition ? a : b; }
template <std::floating_point T> constexpr T load_of(std::type_identity<T>, const T* from) { return *from; }
template <std::floating_point T> constexpr void store_of(T* to, T x) { *to = x; }
}  // namespace detail

template <class T, std::size_t W> constexpr Pack<T, W> fma(const Pack<T, W>& a, const Pack<T, W>& b, const Pack<T, W>& c) {
    return Pack<T, W>::map([](auto x, auto y, auto z) { return detail::fma_of(x, y, z); }, a, b, c);
}
template <class T, std::size_t W> constexpr Pack<T, W> max(const Pack<T, W>& a, const Pack<T, W>& b) {
    return Pack<T, W>::map([](auto x, auto y) { return detail::max_of(x, y); }, a, b);
}
template <class T, std::size_t W> constexpr Pack<T, W> min(const Pack<T, W>& a, const Pack<T, W>& b) {
    return Pack<T, W>::map([](auto x, auto y) { return detail::min_of(x, y); }, a, b);
}
template <class T, std::size_t W> constexpr Pack<T, W> abs(const Pack<T, W>& a) {
    return Pack<T, W>::map([](auto x) { return detail::abs_of(x); }, a);
}
template <class T, std::size_t W> constexpr Pack<T, W> sqrt(const Pack<T, W>& a) {
    return Pack<T, W>::map([](auto x) { return detail::sqrt_of(x); }, a);
}
template <class T, std::size_t W> constexpr Pack<T, W> exp(const Pack<T, W>& a) {
    return Pack<T, W>::map([](auto x) { return detail::exp_of(x); }, a);
}
template <class T, std::size_t W> constexpr Pack<T, W> log(const Pack<T, W>& a) {
    return Pack<T, W>::map([](auto x) { return detail::log_of(x); }, a);
}
template <class T, std::size_t W> constexpr Pack<T, W> tanh(const Pack<T, W>& a) {
    return Pack<T, W>::map([](auto x) { return detail::tanh_of(x); }, a);
}
template <class T, std::size_t W> constexpr Pack<T, W> erf(const Pack<T, W>& a) {
    return Pack<T, W>::map([](auto x) { return detail::erf_of(x); }, a);
}
// a where the condition holds, b elsewhere.
template <class T, std::size_t W> constexpr Pack<T, W> select(const Mask<T, W>& condition, const Pack<T, W>& a, const Pack<T, W>& b) {
    return Pack<T, W>::map([](auto c, auto x, auto y) { return detail::select_of(c, x, y); }, condition, a, b);
}

// A pack's numbers, one after another.
template <class L> constexpr auto* numbers(L* packs) {
    if constexpr (lane_count<L> == 1) return packs;
    else return reinterpret_cast<std::conditional_t<std::is_const_v<L>, const scalar<L>, scalar<L>>*>(packs);
}

// Lanes from and to memory of any alignment.
template <class L> constexpr L load_lanes(const scalar<L>* from) {
    if constexpr (lane_count<L> == 1) return *from;
    else {
        L result;
        for (std::size_t k = 0; k < L::count; ++k)
            result.part[k] = detail::load_of(std::type_identity<typename L::Register>{}, from + k * lane_count<L> / L::count);
        return result;
    }
}
template <class L> constexpr void store_lanes(scalar<L>* to, const L& x) {
    if constexpr (lane_count<L> == 1) *to = x;
    else
        for (std::size_t k = 0; k < L::count; ++k) detail::store_of(to + k * lane_count<L> / L::count, x.part[k]);
}
template <class L> constexpr L from_lanes(const std::array<scalar<L>, lane_count<L>>& values) { return load_lanes<L>(values.data()); }
template <class L> constexpr std::array<scalar<L>, lane_count<L>> to_lanes(const L& x) {
    std::array<scalar<L>, lane_count<L>> values{};
    store_lanes(values.data(), x);
    return values;
}

// The sum over the lanes, always as the same tree: halves, quarters, ... (By packs of half the width: of 16 and 32 floats it takes 1.2
// and 1.7 ns on Zen 3 with g++ 12, and lane by lane 5.4 and 7.8.)
template <class L> constexpr scalar<L> sum(const L& x) {
    if constexpr (lane_count<L> == 1) return x;
    else {
        using Half = Lanes<scalar<L>, lane_count<L> / 2>;
        const auto values = to_lanes(x);
        return kiln::sum(load_lanes<Half>(values.data()) + load_lanes<Half>(values.data() + lane_count<L> / 2));
    }
}

}  // namespace kiln
