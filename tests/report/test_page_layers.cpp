#include <doctest/doctest.h>
#include <string>
#include <vector>
#include "kiln/report/page_layers.hpp"
#include "report/page.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("page_layers: at most 64 kernels and 32 maps are drawn, and the rest is counted") {
    const Planes plane{1, 2, 2, {-1, 0, 0.5F, 1}};
    const std::string few = html::kernels({"0.weight", {3, 1, 2, 2}, std::vector<Planes>(3, plane)});
    CHECK(count(few, "<img") == 3);
    CHECK(contains(few, "<b>0.weight</b>, 3x1x2x2. "));
    const std::string many = html::kernels({"0.weight", {65, 1, 2, 2}, std::vector<Planes>(65, plane)});
    CHECK(count(many, "<img") == 64);
    CHECK(contains(many, "The first 64 of 65."));
    CHECK(contains(html::kernels({"w", {2, 2}, {plane}}), "kernels alone"));
    CHECK(count(html::maps({33, 1, 1, std::vector<float>(33, 1)}), "<img") == 32);
    CHECK(contains(html::maps({33, 1, 1, std::vector<float>(33, 1)}), "1 more"));

    html::Page page{.title = "t", .sample = 3};
    page.activations = {{"", "input", {1, 2, 2}, {0, 1, 2, 3}}, {"0", "Conv<1,2,2>", {2, 1, 9}, std::vector<float>(18, 1)}};
    const std::string layers = html::layers(page);
    CHECK(contains(layers, "What every layer makes of sample 3."));
    CHECK(contains(layers, "<small>0</small> Conv&lt;1,2,2&gt;<br><small>2x1x9</small>"));
    CHECK(count(layers, " class=strip") == 2);  // nine times wider than high
}
