// How outputs are cut into blocks, and the sums of several registers' lanes.
#include <doctest/doctest.h>
#include <array>
#include <vector>
#include "kiln/kernels/blocks.hpp"

using namespace kiln;

TEST_CASE("a Split is as few blocks as possible, of nearly the same size") {
    using Sixteen = Split<16, 6>;
    CHECK(Sixteen::count == 3);
    CHECK(Sixteen::start(0) == 0);
    CHECK(Sixteen::start(1) == 6);
    CHECK(Sixteen::start(2) == 11);
    CHECK(Sixteen::start(3) == 16);
    CHECK(Split<10, 6>::size == 5);
    CHECK(Split<10, 6>::larger == 0);
    CHECK(Split<0, 6>::count == 0);
    CHECK(Sixteen::largest == 6);
    CHECK(Split<10, 6>::largest == 5);
    CHECK(block_text({.rows = 6, .columns = 2}).view() == "6x2");
}

template <Index Total, Index Most> std::vector<int> covered() {
    std::vector<int> times(Total);
    for_each_block<Total, Most>([&]<Index Size>(Index start) {
        CHECK(Size <= Most);
        for (Index i = 0; i < Size; ++i) ++times[static_cast<std::size_t>(start + i)];
    });
    return times;
}

TEST_CASE("for_each_block meets everything once") {
    CHECK(covered<1, 4>() == std::vector<int>(1, 1));
    CHECK(covered<7, 3>() == std::vector<int>(7, 1));
    CHECK(covered<16, 6>() == std::vector<int>(16, 1));
    CHECK(covered<50, 6>() == std::vector<int>(50, 1));
}

TEST_CASE("a block fits the registers, with one for a factor, and is no larger than what is summed up") {
    for (Index rows : {1, 2, 5, 6, 16, 64}) {
        constexpr std::array<Index, 8> steps{5, 5, 5, 5, 5, 5, 5, 5};
        const RegisterBlock block = best_block(rows, steps);
        CHECK(block.rows >= 1);
        CHECK(block.rows <= rows);
        CHECK(block.columns <= 8);
        CHECK(block.rows * block.columns + 1 < static_cast<Index>(register_count));
        if (rows >= 6) CHECK(block.rows * block.columns >= 8);  // else the wait for a sum, four cycles at two a cycle, shows
    }
}

template <class T, std::size_t Width, std::size_t Count> void check_sums_of_lanes() {
    using Register = Lanes<T, Width>;
    std::remove_cvref_t<decltype(register_of(std::declval<Register&>(), 0))> registers[Count];
    Register packs[Count];
    T totals[Count];
    for (std::size_t r = 0; r < Count; ++r) {
        std::array<T, Width> values;
        for (std::size_t i = 0; i < Width; ++i) values[i] = static_cast<T>(1) / static_cast<T>(1 + 3 * r + 7 * i);
        packs[r] = from_lanes<Register>(values);
        registers[r] = register_of(packs[r], 0);
    }
    sums_of_lanes<Width>(registers, totals);
    for (std::size_t r = 0; r < Count; ++r) CHECK(totals[r] == sum(packs[r]));  // the same tree: the same bits
}

TEST_CASE("sums_of_lanes is sum, to the bit") {
    check_sums_of_lanes<float, 1, 3>();
    check_sums_of_lanes<float, native_width<float>, 1>();
    check_sums_of_lanes<float, native_width<float>, 10>();
    check_sums_of_lanes<float, native_width<float>, 20>();
    check_sums_of_lanes<double, native_width<double>, 5>();
}

TEST_CASE("held and hidden change nothing") {
    static_assert(held(2.5) == 2.5 && hidden(7) == 7);
    volatile float three = 3;
    Lanes<float, native_width<float>> pack(three);
    register_of(pack, 0) = held(register_of(pack, 0));
    CHECK(sum(pack) == 3 * static_cast<float>(native_width<float>));
    CHECK(hidden(static_cast<float>(three)) == 3);
}

TEST_CASE("go_on: behind the last place only a run-time pointer moves") {
    constexpr auto moved = [](bool again) {
        const int numbers[3]{};
        const int* at = numbers;
        kiln::go_on(at, 2, again);
        return at - numbers;
    };
    static_assert(moved(true) == 2 && moved(false) == 0);
    const int numbers[3]{};
    const int* at = numbers;
    kiln::go_on(at, 2, false);
    CHECK(at == numbers + 2);
}
