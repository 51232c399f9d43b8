// The core's peak: how many multiply-adds it does a second where nothing else is in the way.
#pragma once
#include <algorithm>
#include <cmath>
#include "kiln/core/lanes.hpp"
#include "support/clock.hpp"

// GFLOP/s of independent multiply-adds in the widest registers; one run of some 10 ms.
inline double fma_gflops() {
    using Vector = kiln::Lanes<float, kiln::native_width<float>>;
    constexpr std::size_t chains = 12;  // latency 4 at two a cycle needs 8
    constexpr long rounds = 3'000'000;
    Vector sums[chains];
    volatile float tiny = 1e-20F;
    const Vector a(tiny), b(tiny);
    for (Vector& s : sums) s = Vector(tiny);
    const double start = seconds();
    for (long i = 0; i < rounds; ++i)
#pragma GCC unroll 12
        for (std::size_t k = 0; k < chains; ++k) sums[k] = kiln::fma(a, b, sums[k]);
    const double time = seconds() - start;
    Vector total(0);
    for (const Vector& s : sums) total += s;
    volatile float keep = kiln::sum(total);
    (void)keep;
    return 2e-9 * static_cast<double>(rounds * static_cast<long>(chains * kiln::native_width<float>)) / time;
}

// The core's clock in GHz, by a chain of additions of one cycle each; 0 where we do not know how to write one.
inline double clock_ghz() {
#if defined(__x86_64__) || defined(__aarch64__)
    constexpr long rounds = 20'000'000;
    long x = 1;
    const double start = seconds();
    for (long i = 0; i < rounds / 8; ++i)
#if defined(__x86_64__)
        asm volatile("add $1, %0\n add $1, %0\n add $1, %0\n add $1, %0\n add $1, %0\n add $1, %0\n add $1, %0\n add $1, %0" : "+r"(x));
#else
        asm volatile("add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1\n add %0, %0, #1" : "+r"(x));
#endif
    return 1e-9 * static_cast<double>(rounds) / (seconds() - start);
#else
    return 0;
#endif
}

// The best of all runs so far, and whether it is what the clock allows: a whole number of multiply-adds a cycle, to 3 %.
class Peak {
public:
    void measure() {
        gflops_ = std::max(gflops_, fma_gflops());
        clock_ = std::max(clock_, clock_ghz());
    }
    double gflops() const { return gflops_; }
    double clock() const { return clock_; }
    double issue() const { return gflops_ / (2 * clock_ * static_cast<double>(kiln::native_width<float>)); }
    bool plausible() const { return clock_ == 0 || std::abs(issue() / std::max(1.0, std::round(issue())) - 1) <= 0.03; }

private:
    double gflops_ = 0, clock_ = 0;
};
