#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <regex>
#include <string>
#include <vector>
#include "kiln/report/chart.hpp"
#include "support/files.hpp"

using namespace kiln;
using kiln_test::contains;

namespace {
constexpr double none = std::numeric_limits<double>::quiet_NaN();

html::Chart chart(std::vector<double> training, std::vector<double> validation = {}) {
    return {.title = "Loss", .unit = "nats", .curves = {{"training", "training", std::move(training)}, {"validation", "validation", std::move(validation)}},
            .text = words::loss};
}
std::vector<std::string> all(const std::string& text, const std::string& pattern) {
    std::vector<std::string> found;
    const std::regex regex{pattern};
    for (std::sregex_iterator i{text.begin(), text.end(), regex}, end; i != end; ++i) found.push_back((*i)[1].str());
    return found;
}
}  // namespace

TEST_CASE("chart: steps of 1, 2 and 5") {
    CHECK(html::nice_step(1, 5) == doctest::Approx(0.2));
    CHECK(html::nice_step(5, 5) == doctest::Approx(1));
    CHECK(html::nice_step(5.1, 5) == doctest::Approx(2));
    CHECK(html::nice_step(30, 5) == doctest::Approx(10));
    CHECK(html::nice_step(3e-5, 5) == doctest::Approx(1e-5));
    for (double range = 1e-6; range < 1e7; range *= 1.37) {
        const double step = html::nice_step(range, 5);
        CHECK(step * 5 >= range * (1 - 1e-9));
        CHECK(step * 5 <= range * 2.5 * (1 + 1e-9));  // no step that would do is less than 2.5 times smaller
    }
    CHECK(html::tick(0) == "0");
    CHECK(html::tick(0.0002) == "0.0002");
    CHECK(html::tick(2e-6) == "2e-06");
    CHECK(html::tick(98000) == "98k");
    CHECK(html::tick(1.5e6) == "1.5M");
}

TEST_CASE("chart: ticks, curves and the last values") {
    const std::string svg = html::figure(chart({2, 1, 0.5}, {1.5, none, 0.75}));
    CHECK(all(svg, "class=y[^>]*>([^<]*)") == std::vector<std::string>{"0.5", "1.0", "1.5", "2.0"});
    CHECK(all(svg, "class=x[^>]*>([^<]*)") == std::vector<std::string>{"1", "2", "3", "epoch"});
    CHECK(all(svg, "<b>([^<]*)</b>") == std::vector<std::string>{"0.5000", "0.7500"});
    CHECK(all(svg, "<title>([^<]*)</title>") ==
          std::vector<std::string>{"epoch 1: 2.0000", "epoch 2: 1.0000", "epoch 3: 0.5000", "epoch 1: 1.5000", "epoch 3: 0.7500"});
    CHECK(contains(svg, "<h3>Loss <small>nats</small></h3>"));

    // A curve's points lie at the grid lines of their values; a gap lifts the pen.
    const auto grid = all(svg, "class=grid x1=[0-9.]* y1=([0-9.]*)");
    const auto paths = all(svg, "<path [^>]*d=\"([^\"]*)\"");
    REQUIRE((grid.size() == 4 && paths.size() == 2));
    CHECK(paths[0] == "M56.0 " + grid[3] + "L228.0 " + grid[1] + "L400.0 " + grid[0]);
    CHECK(paths[1].starts_with("M56.0 " + grid[2] + "M400.0 "));
    CHECK(std::stod(grid[0]) == html::Axes::bottom);
    CHECK(std::stod(grid[3]) == html::Axes::top);
}

TEST_CASE("chart: one epoch, one value, nothing") {
    const std::string one = html::figure(chart({0.25}));
    CHECK(contains(one, "<path class=training d=\"M228.0 "));
    CHECK(!contains(one, "validation"));
    const std::string constant = html::figure(chart({3, 3, 3}));
    CHECK(all(constant, "class=y[^>]*>([^<]*)") == std::vector<std::string>{"2.6", "2.8", "3.0", "3.2", "3.4"});
    CHECK(html::figure(chart({none, none})) == "");
    CHECK(html::figure(chart({})) == "");
    CHECK(contains(html::figure(chart({0, 0})), "<path"));
    CHECK(contains(html::figure(chart({1, std::numeric_limits<double>::infinity()})), "<path"));
}

TEST_CASE("chart: from zero, percent, the best epoch, many epochs") {
    auto percent = chart({0.5, 0.9});
    percent.scale = 100;
    percent.from_zero = true;
    percent.best = 2;
    percent.text = words::percent;
    const std::string svg = html::figure(percent);
    CHECK(all(svg, "class=y[^>]*>([^<]*)") == std::vector<std::string>{"0", "20", "40", "60", "80", "100"});
    CHECK(contains(svg, "<b>90.00 %</b>"));
    CHECK(contains(svg, "<line class=best x1=400.0"));

    std::vector<double> falling;
    for (int i = 1; i <= 1000; ++i) falling.push_back(1.0 / i);
    const std::string many = html::figure(chart(falling));
    CHECK(!contains(many, "<circle"));
    CHECK(all(many, "class=x[^>]*>([^<]*)") == std::vector<std::string>{"1", "200", "400", "600", "800", "1000", "epoch"});
}
