// Dataset<Input, Target>: samples and their targets, with both shapes in the type, so that data that does not fit a
// model or a loss is a build error.
//
//     kiln::Dataset<kiln::Shape<1, 28, 28>, kiln::Label>  images{pixels, labels};      a class for each
//     kiln::Dataset<kiln::Shape<4>, kiln::Number>         table{rows, prices};         a number for each
//     kiln::Dataset<kiln::Shape<3, 8, 8>, kiln::Shape<2>> points{frames, positions};   an array for each
//     kiln::Dataset<kiln::Tokens<64, 500>, kiln::Label>   reviews{words, stars};       64 words of 500 each
//
// It is made from files (idx.hpp, mnist.hpp) or from vectors and xtensors of one's own. Copies, splits and subsets
// share its samples, so they are cheap.
#pragma once
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <ranges>
#include <span>
#include <string>
#include <utility>
#include <vector>
#include "kiln/core/chain.hpp"
#include "kiln/core/error.hpp"
#include "kiln/core/random.hpp"
#include "kiln/core/shape.hpp"
#include "kiln/core/target.hpp"
#include "kiln/data/labels.hpp"
#include "kiln/data/samples.hpp"
#include "kiln/data/tokens.hpp"
#include "kiln/data/transform.hpp"

namespace kiln {

namespace detail {
template <class Target> struct targets_of {
    using type = Samples<Target>;
};
template <> struct targets_of<Label> {
    using type = Labels;
};
}  // namespace detail

// What keeps the targets of a data set: Labels for Label, Samples<Target> for a shape or for tokens.
template <class Target> using Targets = typename detail::targets_of<Target>::type;

namespace detail {
template <class Input, class Target> inline constexpr Text dataset_fault = [] {
    if constexpr (!InputShape<Input>) return text("a data set's samples are of a kiln::Shape or kiln::Tokens, but ", type_name<Input>(), " was given");
    else if constexpr (!std::is_same_v<Target, Label> && !InputShape<Target>)
        return text("a data set's targets are kiln::Label, kiln::Number, a kiln::Shape or kiln::Tokens, but ", type_name<Target>(), " was given");
    else return Text{};
}();
}  // namespace detail

template <class Input_, class Target_> class Dataset {
public:
    using Input = Input_;
    using Target = Target_;

    // No samples.
    Dataset() = default;

    // Inputs: Samples<Input>, or a std::vector of n * Input::size elements or an xtensor of n x Input, of std::uint8_t
    // (scaled to [0, 1]), float or double; for Tokens whole numbers of any type. Targets: n whole numbers for Label, else as
    // inputs. What is moved in is not copied, except tokens. DataError where a shape is wrong, a label is no whole number from 0
    // to 2^24 or a token none of its vocabulary, or the counts differ.
    template <class Inputs, class Goals>
    Dataset(Inputs&& inputs, Goals&& targets)
        : inputs_(std::forward<Inputs>(inputs)),
          targets_(std::forward<Goals>(targets)) {
        if (inputs_.size() != targets_.size())
            fail<DataError>("the data set has " + std::to_string(inputs_.size()) + " samples and " +
                            std::to_string(targets_.size()) + " targets: give one target for each sample");
    }

    std::size_t size() const { return inputs_.size(); }
    bool empty() const { return size() == 0; }
    const Samples<Input>& samples() const { return inputs_; }
    const Targets<Target>& targets() const { return targets_; }

    // The label of each sample, in order, and the largest of the labels + 1 (of the whole, in a split or subset).
    std::span<const std::int32_t> labels() const
        requires std::same_as<Target, Label>
    {
        return targets_.all();
    }
    std::size_t classes() const
        requires std::same_as<Target, Label>
    {
        return targets_.classes();
    }

    // Samples which[lane] as a tile of Input::size packs, and their targets as one of target_shape<Target>::size.
    // Lanes beyond which.size() repeat the last one. which is not empty, and its indices are less than size(). Both
    // allocate nothing.
    template <class L> void load_inputs(std::span<const SampleIndex> which, L* tile) const {
        inputs_.load(which, tile);
    }
    template <class L> void load_targets(std::span<const SampleIndex> which, L* tile) const {
        targets_.load(which, tile);
    }

    // The data as a training step sees it, whose draws have this key: with what is drawn anew for every step, a crop's shift. It is
    // valid as long as the data set.
    auto drawn(std::uint64_t step) const
        requires is_shape<Input>
    {
        return Drawn{*this, step};
    }

    // The samples with these indices (any list of whole numbers), in this order. DataError where one does not exist.
    Dataset subset(const auto& indices) const { return {inputs_.subset(indices), targets_.subset(indices)}; }

    // The first n samples; all, where there are fewer.
    Dataset take(std::size_t n) const { return subset(std::views::iota(std::size_t{0}, std::min(n, size()))); }

    // Two data sets: the rest, and a fraction of the samples (rounded to whole ones) that the seed draws, both in the
    // order they have here. OptionError unless the fraction is in [0, 1].
    //
    //     const auto [train, validation] = data.split(0.1, 1);
    std::pair<Dataset, Dataset> split(double fraction, std::uint64_t seed) const {
        if (!(fraction >= 0 && fraction <= 1))
            fail<OptionError>("split with the fraction " + std::to_string(fraction) + ": it must be from 0 to 1");
        const auto drawn = static_cast<std::ptrdiff_t>(std::llround(fraction * static_cast<double>(size())));
        std::vector<SampleIndex> order(size());
        std::iota(order.begin(), order.end(), SampleIndex{0});
        shuffle(std::span{order}, key(seed, Stream::split));
        const auto middle = order.begin() + drawn;
        std::sort(order.begin(), middle);
        std::sort(middle, order.end());
        return {subset(std::ranges::subrange(middle, order.end())),
                subset(std::ranges::subrange(order.begin(), middle))};
    }

    // The same data with a transform of its samples, applied as they are loaded, after those it has already.
    Dataset transformed(const Transform auto& transform) const { return {inputs_.transformed(transform), targets_}; }

    // A piece of every image, the middle unless the crop says otherwise, and in training one drawn near it; crop.hpp says more.
    // OptionError where it, or a shift of it, would leave the image.
    template <std::size_t Rows, std::size_t Columns> auto cropped(Crop crop = {}) const {
        auto inputs = inputs_.template cropped<Rows, Columns>(crop);
        return Dataset<typename decltype(inputs)::shape, Target>{std::move(inputs), targets_};
    }

private:
    struct Drawn {
        const Dataset& data;
        std::uint64_t step;

        std::size_t size() const { return data.size(); }
        template <class L> void load_inputs(std::span<const SampleIndex> which, L* tile) const { data.inputs_.load(which, tile, step); }
        template <class L> void load_targets(std::span<const SampleIndex> which, L* tile) const { data.load_targets(which, tile); }
    };

    Samples<Input> inputs_;
    Targets<Target> targets_;
};

// Of what is no shape: one error.
template <class Input_, class Target_>
    requires(!detail::dataset_fault<Input_, Target_>.empty())
class Dataset<Input_, Target_> {
    static_assert(nothing_wrong<detail::dataset_fault<Input_, Target_>>() || true);

public:
    using Input = Input_;
    using Target = Target_;
    template <class... Given> Dataset(Given&&...) {}
};

}  // namespace kiln
