// The numbers of a report as JSON, each as it was: what is printed reads back as the same double, and null is what was not
// measured.
//
//     {"title", "status", "parameters", "samples", "best_epoch",
//      "epochs": [{"epoch", "training": {"loss", "accuracy"}, "validation": {...}, "learning_rate", "samples_per_second", "seconds"}]
//
// and of a classifier, with its classes by number (their names are in "classes"),
//
//      "right", "accuracy", "classes", "confusion": [row of each label], "mistakes": [{"sample", "label", "prediction",
//      "probability", "label_probability"}]}
#pragma once
#include <ranges>
#include <string>
#include "kiln/report/html.hpp"
#include "kiln/report/page_data.hpp"

namespace kiln::html {

// {"first": 1, "second": ...}, of names and values that are JSON already.
std::string object(const auto&... names_and_values) {
    std::string text;
    bool name = true;
    ((text += name ? joined(text.empty() ? "{\"" : ",\"", names_and_values, "\":") : std::string{names_and_values}, name = !name), ...);
    return text + '}';
}
inline std::string json(const Score& score) { return object("loss", json(score.loss), "accuracy", json(score.accuracy)); }
inline std::string json(const EpochReport& e) {
    return '\n' + object("epoch", json(e.epoch), "training", json(e.training), "validation", json(e.validation), "learning_rate",
                         json(e.learning_rate), "samples_per_second", json(e.samples_per_second), "seconds", json(e.seconds));
}
inline std::string json(const Shown& shown) {
    const Answer& a = shown.answer;
    return '\n' + object("sample", json(a.sample), "label", json(a.label), "prediction", json(a.prediction), "probability", json(a.probability),
                         "label_probability", json(a.label_probability));
}
inline std::string json(const Page& page) {
    const auto each = [](const auto& element) { return json(element); };
    std::string text = object("title", json(page.title), "status", json(page.status), "parameters", json(page.parameters), "samples",
                              json(page.samples), "best_epoch", page.best_epoch > 0 ? json(page.best_epoch) : "null", "epochs", json(page.epochs, each));
    if (!page.classes) return text;
    const Classes& c = *page.classes;
    const auto numbers = std::views::iota(std::size_t{0}, c.count);
    const auto row = [&](std::size_t label) { return json(numbers, [&](std::size_t k) { return json(c.confusion(label, k)); }); };
    text.back() = ',';
    return text + object("right", json(c.right), "accuracy", json(page.accuracy()), "classes",
                         json(numbers, [&](std::size_t k) { return json(class_name(c.names, k)); }), "confusion", json(numbers, row),
                         "mistakes", json(c.mistakes, each)).substr(1);
}

}  // namespace kiln::html
