#include <doctest/doctest.h>
#include <limits>
#include <string>
#include <vector>
#include "kiln/report/page.hpp"
#include "report/page.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
constexpr double unmeasured = std::numeric_limits<double>::quiet_NaN();

EpochReport epoch(std::size_t number, double loss, double validation_loss) {
    return {.epoch = number, .epochs = 3, .training = {loss, unmeasured}, .validation = {validation_loss, unmeasured}, .learning_rate = 0.5, .samples_per_second = 1000,
            .seconds = 2};
}
html::Shown shown(std::size_t sample, std::size_t label, std::size_t prediction, double probability, double label_probability) {
    return {{sample, label, prediction, probability, label_probability}, {1, 1, 1, {0}}};
}
// Ten samples of three classes: label 0 is taken for 2 twice, label 1 for 0 once.
html::Classes three_classes() {
    html::Classes classes{.names = {"<cat>", "dog", "owl"}, .count = 3, .right = 7};
    classes.confusion = Tensor<std::size_t, 2>(std::array<std::size_t, 2>{3, 3}, 0);
    classes.confusion(0, 0) = 2, classes.confusion(0, 2) = 2, classes.confusion(1, 0) = 1, classes.confusion(1, 1) = 3, classes.confusion(2, 2) = 2;
    classes.mistakes = {shown(4, 0, 2, 0.75, 0.25), shown(5, 1, 0, 0.5, 0.125)};
    return classes;
}
}  // namespace

TEST_CASE("page: only what there is to show") {
    const html::Page bare{.title = "A <run>", .parameters = 12345};
    const std::string text = html::document(bare);
    CHECK(text.starts_with("<!doctype html>"));
    CHECK(contains(text, "<title>A &lt;run&gt;</title>"));
    CHECK(contains(text, "<dt>parameters</dt><dd>" + kiln::words::grouped(12345) + "</dd>"));
    for (const char* absent : {"Curves", "Confusion matrix", "Mistakes", "First layer", "Layer by layer", "Every epoch", "http-equiv=\"refresh\""})
        CHECK_MESSAGE(!contains(text, absent), absent);

    html::Page run = bare;
    run.epochs = {epoch(1, 0.5, 0.25), epoch(2, 0.25, unmeasured)};
    run.best_epoch = 1;
    run.refresh = 1.2;
    run.status = "epoch 2 of 3";
    const std::string running = html::document(run);
    for (const char* present : {"Curves", "Every epoch", "The dotted line is the best epoch, 1.", "http-equiv=\"refresh\" content=\"2\"", "epoch 2 of 3 · 4.0 s"})
        CHECK_MESSAGE(contains(running, present), present);
    CHECK(!contains(running, "<dt>validation loss</dt>"));  // the last epoch has none
}

TEST_CASE("page: it asks nothing of a network") {
    html::Page page{.title = "http://example.org/", .samples = 10, .classes = three_classes()};
    const std::string text = html::document(page);
    CHECK(count(text, "http") == 2 + 2);  // the title twice and once in the JSON, and http-equiv
    for (const char* fetches : {"src=\"http", "href", "@import", "url("}) CHECK_MESSAGE(!contains(text, fetches), fetches);
    CHECK(contains(text, "default-src 'none'"));
    CHECK(count(text, "<script") == 1);  // the numbers
}

TEST_CASE("page: the mistakes of a confusion matrix, the most frequent first") {
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

TEST_CASE("page: a prediction, and its label where that is another") {
    const std::vector<std::string> names{"<cat>", "dog", "owl"};
    const std::string wrong = html::answered(shown(4, 0, 2, 0.75, 0.25), names);
    CHECK(contains(wrong, "<b class=wrong>owl</b> 75.0&nbsp;%<br>label <span>&lt;cat&gt;</span> 25.0&nbsp;%"));
    const std::string right = html::answered(shown(4, 2, 2, 0.75, 0.75), names);
    CHECK(contains(right, "<b>owl</b> 75.0&nbsp;%</figcaption>"));
    const html::Page page{.title = "t", .samples = 10, .classes = three_classes()};
    CHECK(contains(html::classification(page), "7 of 10 samples are right, 70.00"));
    CHECK(contains(html::classification(page), "2 of 3, the least probable label first."));
}

TEST_CASE("page: its numbers as JSON, null where nothing was measured") {
    html::Page page{.title = "</script>", .epochs = {epoch(1, 0.1, unmeasured)}, .samples = 10, .parameters = 7, .classes = three_classes()};
    const auto numbers = numbers_in(html::document(page));
    CHECK(numbers["title"] == "</script>");
    CHECK(numbers["best_epoch"].is_null());
    CHECK(numbers["epochs"][0]["training"]["loss"].get<double>() == 0.1);
    CHECK(numbers["epochs"][0]["validation"]["loss"].is_null());
    CHECK(numbers["accuracy"].get<double>() == 0.7);
    CHECK(numbers["classes"] == nlohmann::json{"<cat>", "dog", "owl"});
    CHECK(numbers["confusion"] == nlohmann::json{{2, 0, 2}, {1, 3, 0}, {0, 0, 2}});
    CHECK(numbers["mistakes"][1]["label_probability"] == 0.125);
    page.classes.reset();
    CHECK(!numbers_in(html::document(page)).contains("right"));
}

TEST_CASE("page: at most 64 kernels and 32 maps are drawn, and the rest is counted") {
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

TEST_CASE("page: the style sheet is for light and dark, and has a rule for every part") {
    CHECK(std::ranges::count(html::style_sheet, '{') == std::ranges::count(html::style_sheet, '}'));
    CHECK(contains(std::string{html::style_sheet}, "prefers-color-scheme: dark"));
    for (const char* name : {"facts", "charts", "columns", "sheet", "mistakes", "confusion", "matrix", "kernels", "layers", "ramp", "numbers", "wide", "note", "wrong"})
        CHECK_MESSAGE(contains(std::string{html::style_sheet}, "." + std::string{name}), name);
}
