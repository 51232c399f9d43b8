#include <doctest/doctest.h>
#include <string>
#include "kiln/report/page.hpp"
#include "report/page.hpp"
#include "report/page_data.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

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

TEST_CASE("page: its numbers stand in it, whatever the title") {
    const html::Page page{.title = "</script>", .parameters = 7};
    CHECK(numbers_in(html::document(page)) == nlohmann::json::parse(html::json(page)));
}
