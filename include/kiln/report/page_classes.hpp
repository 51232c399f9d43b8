// The parts of a report's page about classes: predictions, confusion matrix, mistakes.
#pragma once
#include <algorithm>
#include <string>
#include <tuple>
#include <vector>
#include "kiln/report/html.hpp"
#include "kiln/report/page_data.hpp"

namespace kiln::html {

// A part of the page: its heading, a sentence in a paler tone, and what it shows. Sentence and rest are HTML.
inline std::string part(const std::string& title, const std::string& note, const std::string& body) {
    return element("h2", title) + (note.empty() ? "" : element("p class=note", note)) + body;
}
// Names that want more room than a number.
inline bool are_words(const std::vector<std::string>& names) {
    return std::ranges::any_of(names, [](const std::string& name) { return words::columns(name) > 2; });
}

// A sample and what it was taken for; where that is wrong, its label too; with their probabilities.
inline std::string answered(const Shown& shown, const std::vector<std::string>& names) {
    const auto& [sample, label, prediction, probability, label_probability] = shown.answer;
    const auto name = [&](std::size_t k) { return escaped(class_name(names, k)); };
    const auto percent = [](double p) { return words::printed(" %.1f&nbsp;%%", 100 * p); };
    const bool right = label == prediction;
    std::string caption = element(right ? "b" : "b class=wrong", name(prediction)) + percent(probability);
    if (!right) caption += "<br>label " + element("span", name(label)) + percent(label_probability);
    return element("figure", img(shown.picture, "sample " + std::to_string(sample)), element("figcaption", caption));
}
inline std::string all_answered(const std::vector<Shown>& list, const char* style, const std::vector<std::string>& names) {
    std::string text;
    for (const Shown& shown : list) text += answered(shown, names);
    return element(joined("div class=\"", style, are_words(names) ? " named\"" : "\""), text);
}

// The cells of a confusion matrix that are mistakes, the most frequent first.
struct Confused {
    std::size_t count, label, prediction;
};
inline std::vector<Confused> confused(const Classes& classes) {
    std::vector<Confused> cells;
    for (std::size_t i = 0; i < classes.count; ++i)
        for (std::size_t k = 0; k < classes.count; ++k)
            if (i != k && classes.confusion(i, k) > 0) cells.push_back({classes.confusion(i, k), i, k});
    std::ranges::sort(cells, [](const Confused& a, const Confused& b) {
        return std::tuple{b.count, a.label, a.prediction} < std::tuple{a.count, b.label, b.prediction};
    });
    return cells;
}

// How strong a cell's colour is, from 0 to 1: the share of the label's samples that are right; a mistake's count against the
// most frequent.
inline std::vector<double> strengths(const Classes& classes, std::size_t most_frequent) {
    std::vector<double> strong;
    for (std::size_t i = 0; i < classes.count; ++i) {
        double all = 0;
        for (std::size_t k = 0; k < classes.count; ++k) all += static_cast<double>(classes.confusion(i, k));
        for (std::size_t k = 0; k < classes.count; ++k) {
            const auto count = static_cast<double>(classes.confusion(i, k));
            strong.push_back(count == 0 ? 0 : i == k ? count / all : 0.08 + 0.92 * count / static_cast<double>(most_frequent));
        }
    }
    return strong;
}
inline std::string confusion_table(const Classes& classes, const std::vector<double>& strong) {
    const auto name = [&](std::size_t k) { return escaped(class_name(classes.names, k)); };
    std::string head = "<th></th>", rows;
    for (std::size_t k = 0; k < classes.count; ++k) head += element("th scope=col", element("span", name(k)));
    for (std::size_t i = 0; i < classes.count; ++i) {
        std::string row = element("th scope=row", name(i));
        for (std::size_t k = 0; k < classes.count; ++k) {
            const double a = strong[i * classes.count + k];
            const std::string colour = joined(i == k ? " class=right" : " class=mistake", words::printed(" style=--a:%.0f%%", 100 * a));
            row += element("td" + (a > 0 ? colour : ""), std::to_string(classes.confusion(i, k)));
        }
        rows += element("tr", row);
    }
    const std::string table = joined("table class=\"confusion", are_words(classes.names) ? " named\"" : "\"");
    return element("div class=wide", element(table, element("thead", element("tr", head)), element("tbody", rows)));
}
// Of many classes: a pixel for each cell.
inline std::string confusion_picture(const Classes& classes, const std::vector<double>& strong) {
    Bitmap picture{classes.count, classes.count, 4, {}};
    for (std::size_t cell = 0; cell < strong.size(); ++cell) {
        const auto& [red, green, blue] = cell % (classes.count + 1) == 0 ? detail::below_zero : detail::above_zero;
        picture.bytes.insert(picture.bytes.end(), {red, green, blue, detail::byte_of(static_cast<float>(strong[cell]))});
    }
    return img(picture, "confusion matrix", " class=matrix");
}
inline std::string confusion(const Classes& classes) {
    constexpr std::size_t most_cells = 20;  // a side, as a table
    const std::vector<Confused> cells = confused(classes);
    const std::vector<double> strong = strengths(classes, cells.empty() ? 1 : cells.front().count);
    const auto name = [&](std::size_t k) { return element("b", escaped(class_name(classes.names, k))); };
    std::string note = "Rows are labels, columns predictions. Blue: how much of a label is right. Orange: mistakes.";
    const std::size_t told = std::min<std::size_t>(3, cells.size());
    for (std::size_t i = 0; i < told; ++i) {
        const auto& [count, label, prediction] = cells[i];
        note += joined(i == 0 ? " Most often " : i + 1 == told ? " and " : ", ", name(label), " is taken for ", name(prediction), " (",
                       std::to_string(count), ')');
    }
    if (told > 0) note += '.';
    return part("Confusion matrix", note, classes.count <= most_cells ? confusion_table(classes, strong) : confusion_picture(classes, strong));
}

inline std::string classification(const Page& page) {
    const Classes& classes = *page.classes;
    const std::string right = joined(words::grouped(classes.right), " of ", words::grouped(page.samples), " samples are right, ",
                                     words::percent(page.accuracy()), ". The first ", std::to_string(classes.sheet.size()), ':');
    const std::string sheet = part("Predictions", right, all_answered(classes.sheet, "sheet", classes.names));
    const std::string columns = element("section class=columns", element("div", sheet), element("div", confusion(classes)));
    if (classes.mistakes.empty()) return columns;

    const std::size_t wrong = page.samples - classes.right, shown = classes.mistakes.size();
    const std::string note = joined(shown == wrong ? "All " : words::grouped(shown) + " of ", words::grouped(wrong),
                                    classes.order == Mistakes::worst ? ", the least probable label first." : ", in the order of the data.");
    return columns + element("section", part("Mistakes", note, all_answered(classes.mistakes, "mistakes", classes.names)));
}

}  // namespace kiln::html
