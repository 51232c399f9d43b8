// The page of a report: one HTML file, self-contained. It asks nothing of a network, runs no script, and its policy forbids it both.
#pragma once
#include <cmath>
#include <string>
#include <utility>
#include <vector>
#include "kiln/report/chart.hpp"
#include "kiln/report/page_classes.hpp"
#include "kiln/report/page_json.hpp"
#include "kiln/report/page_layers.hpp"
#include "kiln/report/style.hpp"
#include "kiln/version.hpp"

namespace kiln::html {

// The numbers to see first.
inline std::string facts(const Page& page) {
    std::string list;
    const auto fact = [&](const char* what, const std::string& value) { list += element("div", element("dt", what), element("dd", value)); };
    if (page.classes) fact("accuracy", words::percent(page.accuracy()));
    if (!page.epochs.empty()) {
        const EpochReport& last = page.epochs.back();
        if (!std::isnan(last.validation.loss)) fact("validation loss", words::loss(last.validation.loss));
        fact("training loss", words::loss(last.training.loss));
        fact("samples per second", words::rate(last.samples_per_second));
    }
    fact("parameters", words::grouped(page.parameters));
    return element("dl class=facts", list);
}

inline std::string curves(const Page& page) {
    const auto curve = [&](const char* name, const char* look, auto&& number) {
        std::vector<double> values;
        for (const EpochReport& e : page.epochs) values.push_back(number(e));
        return Curve{name, look, std::move(values)};
    };
    const auto of_both = [&](double Score::* number) {
        return std::vector{curve("training", "training", [&](const EpochReport& e) { return e.training.*number; }),
                           curve("validation", "validation", [&](const EpochReport& e) { return e.validation.*number; })};
    };
    const auto of = [&](double EpochReport::* number) {
        return std::vector{curve("last", "training", [&](const EpochReport& e) { return e.*number; })};
    };
    const std::size_t best = page.best_epoch;
    std::string charts;
    charts += figure({.title = "Loss", .unit = "", .curves = of_both(&Score::loss), .text = words::loss, .best = best});
    charts += figure({.title = "Accuracy", .unit = "%", .curves = of_both(&Score::accuracy), .text = words::percent, .scale = 100, .best = best});
    charts += figure({.title = "Learning rate", .unit = "of the epoch's last step", .curves = of(&EpochReport::learning_rate), .text = tick,
                      .from_zero = true});
    charts += figure({.title = "Throughput", .unit = "samples per second", .curves = of(&EpochReport::samples_per_second), .text = words::rate,
                      .from_zero = true});
    const std::string note = best > 0 ? joined("The dotted line is the best epoch, ", std::to_string(best), '.') : "";
    return element("section", part("Curves", note, element("div class=charts", charts)));
}

inline std::string every_epoch(const Page& page) {
    std::string head, rows;
    for (const char* name : {"epoch", "loss", "accuracy", "validation loss", "validation accuracy", "learning rate", "samples/s", "time"})
        head += element("th scope=col", name);
    for (const EpochReport& e : page.epochs) {
        std::string row = element("th scope=row", std::to_string(e.epoch));
        for (const auto& cell :
             {words::loss(e.training.loss), words::percent(e.training.accuracy), words::loss(e.validation.loss), words::percent(e.validation.accuracy),
              tick(e.learning_rate), words::rate(e.samples_per_second), words::duration(e.seconds)})
            row += element("td", cell);
        rows += element("tr", row);
    }
    const std::string table = element("table class=numbers", element("thead", element("tr", head)), element("tbody", rows));
    return element("section", element("details", element("summary", "Every epoch"), element("div class=wide", table)));
}

inline std::string header(const Page& page) {
    double seconds = 0;
    for (const EpochReport& e : page.epochs) seconds += e.seconds;
    const std::string status = escaped(page.status) + (page.epochs.empty() ? "" : " · " + words::duration(seconds));
    return element("header", element("h1", escaped(page.title)), element("p class=note", status), facts(page));
}
inline std::string footer() {
    const std::string version = joined(std::to_string(version_major), '.', std::to_string(version_minor), '.', std::to_string(version_patch));
    return element("footer", "Kiln ", version, ". The run's numbers are in this file as JSON too, in its element ", element("code", "run"), '.');
}

inline std::string document(const Page& page) {
    std::string head = R"(<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
)";
    if (page.refresh > 0) head += joined("<meta http-equiv=\"refresh\" content=\"", words::printed("%.0f", std::ceil(page.refresh)), "\">\n");
    head += element("title", escaped(page.title)) + element("style", style_sheet);

    std::string body = header(page);
    if (!page.epochs.empty()) body += curves(page);
    if (page.classes) body += classification(page);
    if (!page.kernels.kernels.empty()) body += kernels(page.kernels);
    if (!page.activations.empty()) body += layers(page);
    if (!page.epochs.empty()) body += every_epoch(page);
    const std::string numbers = element("script type=\"application/json\" id=run", json(page));
    return "<!doctype html>\n" + element("html lang=en", element("head", head), '\n', element("body", element("main", body, footer()), '\n', numbers));
}

}  // namespace kiln::html
