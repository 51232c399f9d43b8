// The peak that a program measured, as a row of its results; where it does not agree with the clock there are no results.
#pragma once
#include "support/bench.hpp"
#include "support/peak.hpp"

inline bench::Json peak_row(const Peak& peak) {
    if (!peak.plausible())
        bench::stop("the peak is not within 3 % of a whole number of multiply-adds a cycle: the machine is too busy, run again", bench::try_again);
    return {{"bench", "peak"}, {"threads", 1}, {"gflops", peak.gflops()}, {"gigahertz", peak.clock()}, {"multiply_adds_per_cycle", peak.issue()}};
}
