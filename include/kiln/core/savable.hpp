// What is wrong with what shall be saved, loaded or copied, in a sentence: it is a model or one of its parts, and what is written into is not
// const.
#pragma once
#include "kiln/core/chain.hpp"

namespace kiln::detail {

template <class M> inline constexpr Text savable_fault = [] {
    if constexpr (NamedArrays<M>) return Text{};
    else if constexpr (requires(M& trainer) { trainer.model(); }) return Text{"a Trainer has no numbers of its own: give its model"};
    else return text("a kiln::Model or a part of one has numbers to save, load and copy, but ", given<M>(), " was given");
}();
// A part of a const model says so in the counters that it refers to.
template <class M> inline constexpr Text writable_fault = [] {
    if constexpr (!NamedArrays<std::remove_const_t<M>>) return savable_fault<std::remove_const_t<M>>;
    else if constexpr (std::is_const_v<M> && !requires { typename M::BatchesTracked; }) return Text{"the model to write into is const: give one that is not"};
    else if constexpr (requires { requires std::is_const_v<typename M::BatchesTracked>; }) return Text{"the part to write into is of a const model: give one that is not"};
    else return Text{};
}();

}  // namespace kiln::detail
