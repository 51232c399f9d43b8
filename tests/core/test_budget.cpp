#include <doctest/doctest.h>
#include "kiln/core/budget.hpp"

// What does not fit is a compiler's error: compile_fail/training_over_budget.cpp.
TEST_CASE("budget: what fits, fits") {
    static_assert(kiln::within_budget<100, 100> && kiln::within_budget<0, 1>);
    CHECK(kiln::detail::budget_fault<300, 256>.view() ==
          "300 bytes are 44 more than the budget of 256: a smaller network, a smaller minibatch, fewer shards or an optimiser with fewer moments takes less");
}
