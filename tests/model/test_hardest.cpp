#include <doctest/doctest.h>
#include <vector>
#include "kiln/layers/identity.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/losses/mse.hpp"
#include "kiln/model/hardest.hpp"
#include "support/files.hpp"
#include "support/small.hpp"

using namespace kiln;
using kiln_test::message_of;

TEST_CASE("the hardest samples are those with the largest loss, in ascending order") {
    // The outputs are the samples themselves; the label's output falls from sample to sample but for two.
    const Model<Identity, Shape<2>> model{Seed{1}};
    const Dataset<Shape<2>, Label> data{std::vector<float>{5, 0, 0, 0, 2, 0, 0, 3, 0, 0, 1, 0}, std::vector{0, 0, 0, 0, 1, 0}};
    CHECK(hardest(model, CrossEntropy{}, data, 1) == std::vector<SampleIndex>{3});
    CHECK(hardest(model, CrossEntropy{}, data, 2) == std::vector<SampleIndex>{1, 3});  // 1 and 4 are equal: the first
    CHECK(hardest(model, CrossEntropy{}, data, 4) == std::vector<SampleIndex>{1, 3, 4, 5});
    CHECK(hardest(model, CrossEntropy{}, data, 6) == std::vector<SampleIndex>{0, 1, 2, 3, 4, 5});
    CHECK(hardest(model, CrossEntropy{}, data, 0).empty());
    CHECK(message_of<DataError>([&] { hardest(model, CrossEntropy{}, data, 7); }) == "the hardest 7 of 6 samples: there are not so many");
}

TEST_CASE("hardest takes any loss, and agrees with the losses one by one") {
    const Model<kiln_test::Small, kiln_test::Four> model{Seed{3}};
    const auto data = kiln_test::clusters<kiln_test::Four>(100, 3);
    const auto values = losses(model, CrossEntropy{}, data);
    const auto hard = hardest(model, CrossEntropy{}, data, 30);
    std::vector<bool> chosen(100);
    for (const SampleIndex i : hard) chosen[i] = true;
    float smallest = 1e9F, largest_other = -1;
    for (std::size_t i = 0; i < 100; ++i) (chosen[i] ? smallest = std::min(smallest, values(i)) : largest_other = std::max(largest_other, values(i)));
    CHECK(hard.size() == 30);
    CHECK(smallest >= largest_other);
    const Dataset<kiln_test::Four, Shape<3>> points{kiln_test::cluster_values<kiln_test::Four>(20, 3), std::vector<float>(60)};
    CHECK(hardest(model, MSE{}, points, 5).size() == 5);
}
