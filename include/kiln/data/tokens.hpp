// Samples<Tokens<Length, Vocabulary>>: n samples of Length whole numbers from 0 to Vocabulary - 1, the inputs or targets of a
// data set. In lanes a token is its number, never scaled.
//
// Samples may overlap: windows on one list of tokens take no more memory than the list.
#pragma once
#include "kiln/core/option.hpp"
#include "kiln/core/whole_numbers.hpp"
#include "kiln/data/samples.hpp"

namespace kiln {

template <std::size_t Length, std::size_t Vocabulary>
class Samples<Tokens<Length, Vocabulary>> : public SampleList<Samples<Tokens<Length, Vocabulary>>, Tokens<Length, Vocabulary>, std::int32_t> {
    using List = SampleList<Samples, Tokens<Length, Vocabulary>, std::int32_t>;

public:
    // None.
    Samples() = default;

    // From a container of n * Length whole numbers, or of numbers that happen to be whole, or an xtensor of n x Length. DataError
    // where they are not a whole number of samples; it names the first that is none of the vocabulary.
    template <class Container>
        requires(!std::same_as<std::remove_cvref_t<Container>, Samples>)
    explicit Samples(const Container& tokens) {
        this->set_size(List::count_in(tokens));
        keep(tokens, Length);
    }

    // Windows on one list of tokens, which begin at every stride-th, and the same windows one token further on: what comes next.
    // DataError where the list is shorter than one of both, or names the first token that is none of the vocabulary; OptionError
    // where the stride is 0.
    static std::pair<Samples, Samples> windows_and_next(const auto& tokens, std::size_t stride) {
        check_option(stride > 0, "windows", "stride", 0, "at least 1");
        Samples windows;
        windows.keep(tokens, 0);
        const std::size_t count = windows.tokens_->size();
        if (count <= Length)
            fail<DataError>("there are " + std::to_string(count) + " tokens, but a window of " + std::to_string(Length) + " and its next token take " +
                            std::to_string(Length + 1));
        windows.set_size((count - Length - 1) / stride + 1);
        windows.stride_ = stride;
        Samples next = windows;
        next.first_ = 1;
        return {std::move(windows), std::move(next)};
    }

    // Samples which[lane] as a tile: tile[t] has step t of every lane. Lanes beyond which.size() repeat the last one. which is not
    // empty, and its indices are less than size(). Allocates nothing.
    template <class L> void load(std::span<const SampleIndex> which, L* tile) const {
        constexpr scalar<L> one(1), zero(0);
        load_rows<L>(for_each_lane<lane_count<L>>(which, [&](SampleIndex i) { return begin(i); }), Length, 1, &one, &zero, tile);
    }
    // Samples which[0], which[1], ... one after another. Allocates nothing.
    template <class T> void copy(std::span<const SampleIndex> which, T* values) const {
        for (const SampleIndex i : which)
            values = std::transform(begin(i), begin(i) + Length, values, [](std::int32_t token) { return static_cast<T>(token); });
    }

    // Tokens are no quantities.
    template <class Transform> Samples transformed(const Transform&) const {
        static_assert(!std::is_class_v<Transform>, "tokens are no quantities: there is nothing to scale or to normalise");
        return *this;
    }
    template <class S = Tokens<Length, Vocabulary>> typename Samples<Shape<Length>>::Moments moments() const {
        static_assert(!is_tokens<S>, "tokens are no quantities: they have no mean and no deviation");
        return {};
    }

private:
    void keep(const auto& tokens, std::size_t in_sample) {
        check_whole(tokens, in_sample, Vocabulary, "token", "none of the vocabulary");
        std::vector<std::int32_t> kept;
        for (const auto& token : tokens) kept.push_back(static_cast<std::int32_t>(token));
        tokens_ = std::make_shared<const std::vector<std::int32_t>>(std::move(kept));
    }
    const std::int32_t* begin(SampleIndex i) const { return tokens_->data() + first_ + this->place(i) * stride_; }

    std::shared_ptr<const std::vector<std::int32_t>> tokens_;
    std::size_t first_ = 0, stride_ = Length;
};

}  // namespace kiln
