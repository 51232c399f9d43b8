// Labels: the class of each sample, a whole number from 0.
#pragma once
#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>
#include "kiln/core/lanes.hpp"
#include "kiln/core/whole_numbers.hpp"
#include "kiln/data/samples.hpp"
#include "kiln/tensor/tensor.hpp"

namespace kiln {

class Labels {
public:
    // In lanes a label is a number, and float has every whole number up to this one.
    static constexpr std::int32_t largest = 1 << 24;

    // None.
    Labels() = default;

    // From any list of whole numbers, or of numbers that happen to be whole, from 0 to 2^24; DataError names the
    // first that is not.
    template <class List>
        requires(!std::same_as<std::remove_cvref_t<List>, Labels>)
    explicit Labels(const List& list) {
        check_whole(list, 1, std::size_t{largest} + 1, "label", "not a class");
        std::vector<std::int32_t> labels;
        for (const auto& entry : list) labels.push_back(static_cast<std::int32_t>(entry));
        set(std::move(labels));
    }

    std::size_t size() const { return labels_ ? labels_->size() : 0; }
    std::span<const std::int32_t> all() const {
        return labels_ ? std::span{*labels_} : std::span<const std::int32_t>{};
    }
    std::int32_t operator[](std::size_t i) const { return (*labels_)[i]; }
    // The largest label + 1.
    std::size_t classes() const { return classes_; }

    // Labels which[lane] as one pack of numbers; lanes beyond which.size() repeat the last one. which is not empty.
    template <class L> void load(std::span<const SampleIndex> which, L* tile) const {
        *tile = from_lanes<L>(for_each_lane<lane_count<L>>(which, [&](SampleIndex i) { return static_cast<scalar<L>>((*labels_)[i]); }));
    }

    // Those labels, or all, as a tensor of n. DataError where one does not exist.
    Tensor<std::int32_t, 1> values(const auto& which) const {
        const std::vector<SampleIndex> indices = detail::indices_below(size(), which);
        Tensor<std::int32_t, 1> tensor(std::array{indices.size()});
        std::transform(indices.begin(), indices.end(), tensor.data(), [&](SampleIndex i) { return (*labels_)[i]; });
        return tensor;
    }
    Tensor<std::int32_t, 1> values() const {
        Tensor<std::int32_t, 1> tensor(std::array{size()});
        std::copy(all().begin(), all().end(), tensor.data());
        return tensor;
    }

    // The labels with these indices, in this order; it keeps the number of classes. DataError where one does not exist.
    Labels subset(const auto& indices) const {
        std::vector<std::int32_t> labels;
        for (const SampleIndex i : detail::indices_below(size(), indices)) labels.push_back((*labels_)[i]);
        Labels result;
        result.set(std::move(labels));
        result.classes_ = classes_;
        return result;
    }

private:
    void set(std::vector<std::int32_t> labels) {
        classes_ = labels.empty() ? 0 : static_cast<std::size_t>(*std::max_element(labels.begin(), labels.end())) + 1;
        labels_ = std::make_shared<const std::vector<std::int32_t>>(std::move(labels));
    }

    std::shared_ptr<const std::vector<std::int32_t>> labels_;
    std::size_t classes_ = 0;
};

}  // namespace kiln
