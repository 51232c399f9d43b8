// hardest(model, loss, data, count): the samples that the model does worst on.
//
//     const auto unseen = train.subset(...);
//     const auto hard = unseen.subset(kiln::hardest(model, kiln::CrossEntropy{}, unseen, unseen.size() / 4));
//     kiln::Loader loader{hard, {.batch_size = 64}};
//     for (const auto batch : loader.epoch(0)) trainer.step(batch);
//
// A forward pass costs a third of a training step: where most samples teach nothing any more it pays to look at many and to train
// on few. The images are not copied.
#pragma once
#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <vector>
#include "kiln/model/metrics.hpp"

namespace kiln {

// The indices of the `count` samples with the largest loss, in ascending order; of equal losses the first sample counts as larger.
// With CrossEntropy they are those whose label is least probable. DataError where there are not so many, and as losses().
std::vector<SampleIndex> hardest(const auto& model, const auto& loss, const auto& data, std::size_t count) {
    if (count > data.size()) fail<DataError>("the hardest " + std::to_string(count) + " of " + std::to_string(data.size()) + " samples: there are not so many");
    const auto values = losses(model, loss, data);
    std::vector<SampleIndex> order(data.size());
    std::iota(order.begin(), order.end(), SampleIndex{0});
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(count);
    std::nth_element(order.begin(), end, order.end(), [&](SampleIndex a, SampleIndex b) { return values(a) != values(b) ? values(a) > values(b) : a < b; });
    order.erase(end, order.end());
    std::ranges::sort(order);
    return order;
}

}  // namespace kiln
