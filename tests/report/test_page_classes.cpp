#include <doctest/doctest.h>
#include <string>
#include <vector>
#include "kiln/report/page_classes.hpp"
#include "report/page_data.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("page_classes: the mistakes of a confusion matrix, the most frequent first") {
    const auto cells = html::confused(three_classes());
    REQUIRE(cells.size() == 2);
    CHECK((cells[0].count == 2 && cells[0].label == 0 && cells[0].prediction == 2));
    CHECK((cells[1].count == 1 && cells[1].label == 1 && cells[1].prediction == 0));
    const auto strong = html::strengths(three_classes(), 2);
    CHECK(strong == std::vector<double>{0.5, 0, 1, 0.08 + 0.46, 0.75, 0, 0, 0, 1});
    CHECK(contains(html::confusion(three_classes()), "Most often <b>&lt;cat&gt;</b> is taken for <b>owl</b> (2) and <b>dog</b> is taken for <b>&lt;cat&gt;</b> (1)."));

    html::Classes right = three_classes();
    right.confusion.fill(0);
    CHECK(!contains(html::confusion(right), "Most often"));
    html::Classes many{.count = 21};
    many.confusion = Tensor<std::size_t, 2>(std::array<std::size_t, 2>{21, 21}, 1);
    CHECK(contains(html::confusion(many), "class=matrix"));  // a pixel a cell
    CHECK(!contains(html::confusion(many), "<table"));
}

TEST_CASE("page_classes: a prediction, and its label where that is another") {
    const std::vector<std::string> names{"<cat>", "dog", "owl"};
    const std::string wrong = html::answered(shown(4, 0, 2, 0.75, 0.25), names);
    CHECK(contains(wrong, "<b class=wrong>owl</b> 75.0&nbsp;%<br>label <span>&lt;cat&gt;</span> 25.0&nbsp;%"));
    const std::string right = html::answered(shown(4, 2, 2, 0.75, 0.75), names);
    CHECK(contains(right, "<b>owl</b> 75.0&nbsp;%</figcaption>"));
    const html::Page page{.title = "t", .samples = 10, .classes = three_classes()};
    CHECK(contains(html::classification(page), "7 of 10 samples are right, 70.00"));
    CHECK(contains(html::classification(page), "2 of 3, the least probable label first."));
}
