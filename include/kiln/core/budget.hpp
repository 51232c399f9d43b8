// within_budget: whether memory is enough, before the program runs.
//
//     static_assert(kiln::within_budget<kiln::training_bytes<Net, Input, kiln::Adam>(16), 256_KiB>);
//
// Where it is not, the one error is a sentence: "286016 bytes are 23872 more than the budget of 262144: ...".
#pragma once
#include "kiln/core/chain.hpp"

namespace kiln {
namespace detail {
template <std::size_t Bytes, std::size_t Budget>
inline constexpr Text budget_fault = text(Bytes, " bytes are ", Bytes - Budget, " more than the budget of ", Budget,
                                          ": a smaller network, a smaller minibatch, fewer shards or an optimiser with fewer moments takes less");
}  // namespace detail

template <std::size_t Bytes, std::size_t Budget> inline constexpr bool within_budget = [] {
    if constexpr (Bytes > Budget) static_assert(Report<detail::budget_fault<Bytes, Budget>>::size > 0);
    return true;  // the report is the error; a second would only repeat it
}();

}  // namespace kiln
