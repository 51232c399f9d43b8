// check_option: what a struct of options (a loss, an optimiser, a schedule, an initialiser) checks its members with.
#pragma once
#include <cstdio>
#include <string>
#include "kiln/core/error.hpp"

namespace kiln {

namespace detail {
[[noreturn]] inline void refuse_option(const char* owner, const char* option, double value, const char* expected) {
    char number[32];
    std::snprintf(number, sizeof number, "%.9g", value);
    fail<OptionError>(std::string{owner} + ": " + option + " is " + number + ", but must be " + expected);
}
}  // namespace detail

// Throws OptionError unless the option is in its range: "Adam: beta1 is 1.5, but must be at least 0 and below 1". Write
// the condition so that a NaN fails it.
constexpr void check_option(bool in_range, const char* owner, const char* option, double value, const char* expected) {
    if (!in_range) detail::refuse_option(owner, option, value, expected);
}

}  // namespace kiln
