// Arrays for kernels: packs with their numbers in double beside them, and something around them that nobody may touch.
#pragma once
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <vector>
#include "kiln/core/arrays.hpp"
#include "kiln/core/lanes.hpp"

namespace kiln_test {

// Numbers between -1 and 1, the same on every machine.
struct Uniform {
    std::uint64_t state = 1;
    double operator()() {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<double>(state >> 40) / (1 << 23) - 1;
    }
};

// What nobody has written, and the packs before and after the array, are not a number: so a kernel that reads outside spoils its result,
// and one that writes outside is found out.
template <class S, class L> struct Guarded {
    using T = kiln::scalar<L>;
    static constexpr std::size_t lanes = kiln::lane_count<L>, guard = 8;
    struct Freer {
        void operator()(L* p) const { ::operator delete[](p, std::align_val_t{64}); }
    };
    std::unique_ptr<L[], Freer> packs{static_cast<L*>(::operator new[]((S::size + 2 * guard) * sizeof(L), std::align_val_t{64}))};
    std::vector<double> value = std::vector<double>(S::size * lanes);

    Guarded() {
        for (std::size_t i = 0; i < S::size + 2 * guard; ++i) packs[i] = L(std::numeric_limits<T>::quiet_NaN());
    }
    explicit Guarded(Uniform& uniform) : Guarded() {
        for (std::size_t i = 0; i < S::size; ++i) {
            std::array<T, lanes> numbers;
            for (std::size_t s = 0; s < lanes; ++s) value[i * lanes + s] = numbers[s] = static_cast<T>(uniform());
            packs[guard + i] = kiln::from_lanes<L>(numbers);
        }
    }
    kiln::View<S, L> view() { return {&packs[guard]}; }
    kiln::View<S, const L> read() { return view(); }

    void check_guards() const {
        std::size_t written = 0;
        for (std::size_t i = 0; i < guard; ++i)
            for (const std::size_t at : {i, guard + S::size + i})
                for (const T number : kiln::to_lanes(packs[at])) written += !std::isnan(number);
        CHECK(written == 0);
    }
    // The guards, and that every number is within bound(its index) of its value.
    void check_within(auto&& bound) const {
        check_guards();
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < S::size; ++i) {
            const auto numbers = kiln::to_lanes(packs[guard + i]);
            for (std::size_t s = 0; s < lanes; ++s) {
                const std::size_t at = i * lanes + s;
                wrong += !(std::abs(numbers[s] - value[at]) <= bound(at));  // also where it is not a number
            }
        }
        CHECK(wrong == 0);
    }
};

}  // namespace kiln_test
