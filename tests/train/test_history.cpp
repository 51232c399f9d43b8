#include <doctest/doctest.h>
#include <cmath>
#include <memory>
#include "kiln/train/history.hpp"

using namespace kiln;

TEST_CASE("history: a callback is any callable of a report") {
    const BatchReport report{.epoch = 2, .epochs = 3, .batch = 5, .batches = 7, .samples = 10};
    CHECK(Callback<BatchReport>{}(report) == Continue::yes);

    std::size_t seen = 0;
    const Callback<BatchReport> silent = [&](const BatchReport& now) { seen = now.batch; };
    CHECK(silent(report) == Continue::yes);
    CHECK(seen == 5);

    const Callback<BatchReport> stops = [](const BatchReport& now) { return now.samples == 10 ? Continue::no : Continue::yes; };
    CHECK(stops(report) == Continue::no);
    CHECK(stops({}) == Continue::yes);

    // One with a state of its own, and a copy that has a state of its own.
    Callback<EpochReport> third = [calls = 0](const EpochReport&) mutable { return ++calls == 3 ? Continue::no : Continue::yes; };
    CHECK(third({}) == Continue::yes);
    const Callback<EpochReport> copy = third;
    CHECK(third({}) == Continue::yes);
    CHECK(third({}) == Continue::no);
    CHECK(copy({}) == Continue::yes);
    CHECK(copy({}) == Continue::no);

    // By value, and a generic one.
    CHECK(Callback<BatchReport>{[](BatchReport now) { return now.epoch == 2 ? Continue::no : Continue::yes; }}(report) == Continue::no);
    CHECK(Callback<BatchReport>{[](const auto&) {}}(report) == Continue::yes);
    static_assert(!std::is_constructible_v<Callback<BatchReport>, int>);
    static_assert(!std::is_constructible_v<Callback<BatchReport>, void (*)(const EpochReport&)>);
}

TEST_CASE("history: what was not measured is no number") {
    CHECK(std::isnan(Score{}.loss));
    CHECK(std::isnan(Score{}.accuracy));
    CHECK(std::isnan(EpochReport{}.validation.loss));
    CHECK(std::isnan(BatchReport{}.score.accuracy));
}

TEST_CASE("history: last is the last epoch") {
    History history;
    CHECK(history.stopped == Stopped::finished);
    CHECK(history.best_epoch == 0);
    history.epochs.push_back({.epoch = 1});
    history.epochs.push_back({.epoch = 2});
    CHECK(history.last().epoch == 2);
}
