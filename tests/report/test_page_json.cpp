#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include "kiln/report/page_json.hpp"
#include "report/page_data.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("page_json: a page's numbers, null where nothing was measured") {
    html::Page page{.title = "</script>", .epochs = {epoch(1, 0.1, unmeasured)}, .samples = 10, .parameters = 7, .classes = three_classes()};
    const auto numbers = nlohmann::json::parse(html::json(page));
    CHECK(numbers["title"] == "</script>");
    CHECK(numbers["best_epoch"].is_null());
    CHECK(numbers["epochs"][0]["training"]["loss"].get<double>() == 0.1);
    CHECK(numbers["epochs"][0]["validation"]["loss"].is_null());
    CHECK(numbers["accuracy"].get<double>() == 0.7);
    CHECK(numbers["classes"] == nlohmann::json{"<cat>", "dog", "owl"});
    CHECK(numbers["confusion"] == nlohmann::json{{2, 0, 2}, {1, 3, 0}, {0, 0, 2}});
    CHECK(numbers["mistakes"][1]["label_probability"] == 0.125);
    page.classes.reset();
    CHECK(!nlohmann::json::parse(html::json(page)).contains("right"));
}
