#include <doctest/doctest.h>
#include <string>
#include <vector>
#include "kiln/report/terminal.hpp"

using namespace kiln;

namespace {
const Tensor<float, 3> cross{{{1, 0, 0}, {0, 1, 0}, {0.6F, 0.4F, 1}}};  // 1x3x3
}

TEST_CASE("terminal: two pixels share a character") {
    CHECK(sample_text(cross) == "▀▄ \n"
                                "▀ ▀\n");
    CHECK(sample_text(Tensor<float, 2>{{1, 0}, {1, 1}}) == "█▄\n");
    // In colour: the upper pixel's above the lower one's; below the last row is the terminal's own.
    CHECK(sample_text(Tensor<float, 2>{{1}, {0}, {0.2F}}, Ink::colours) == "\x1b[38;2;255;255;255m\x1b[48;2;0;0;0m▀\x1b[0m\n"
                                                                           "\x1b[38;2;51;51;51m\x1b[49m▀\x1b[0m\n");
    CHECK(sample_text(Tensor<float, 3>{{{1}, {0}}, {{0}, {1}}, {{0.2F}, {0}}}, Ink::colours) == "\x1b[38;2;255;0;51m\x1b[48;2;0;255;0m▀\x1b[0m\n");
    CHECK(sample_text(Tensor<float, 3>{{{1}, {0}}, {{1}, {0}}, {{0}, {1}}}) == "▀\n");  // two thirds of its range; one third
}

TEST_CASE("terminal: a bar to an eighth of a character") {
    CHECK(detail::bar(0, 3) == "   ");
    CHECK(detail::bar(1, 3) == "███");
    CHECK(detail::bar(0.5, 3) == "█▌ ");
    CHECK(detail::bar(1.0 / 24, 3) == "▏  ");
    CHECK(detail::bar(1.7, 2) == "██");
    CHECK(detail::bar(-1, 2) == "  ");
}

TEST_CASE("terminal: a sample beside its probabilities, the largest marked") {
    const Tensor<float, 1> p{0.25F, 0.75F};
    CHECK(prediction_text(cross, p) == "▀▄     0  ██████                    25.00 %\n"
                                       "▀ ▀  > 1  ██████████████████        75.00 %\n");
    // Names are aligned by their characters; a batch of one; more classes than the picture has rows.
    const Tensor<double, 2> three{{0.5, 0.125, 0.375}};
    CHECK(prediction_text(cross, three, {"Bär", "cat", "mouse"}) == "▀▄   >   Bär  ████████████              50.00 %\n"
                                                                    "▀ ▀      cat  ███                       12.50 %\n"
                                                                    "       mouse  █████████                 37.50 %\n");
}

TEST_CASE("terminal: of many classes the most probable, the first of equals first") {
    Tensor<float, 1> p(std::array{std::size_t{40}}, 0.01F);
    p(30) = 0.61F;
    const std::string text = prediction_text(cross, p);
    CHECK(std::count(text.begin(), text.end(), '\n') == 16);
    CHECK(text.starts_with("▀▄   > 30  "));
    CHECK(text.find("   14  ") != std::string::npos);
    CHECK(text.find("   15  ") == std::string::npos);
}

TEST_CASE("terminal: a confusion matrix, aligned") {
    const Tensor<std::size_t, 2> counts{{971, 0, 4}, {12, 88, 0}, {0, 0, 0}};
    CHECK(confusion_text(counts) == "label  predicted\n"
                                    "         0    1    2     right\n"
                                    "0      971    ·    4   99.59 %\n"
                                    "1       12   88    ·   88.00 %\n"
                                    "2        ·    ·    0         -\n");
    CHECK(confusion_text(counts, {"Ü", "B"}) == "label  predicted\n"
                                                "         Ü    B    2     right\n"
                                                "Ü      971    ·    4   99.59 %\n"
                                                "B       12   88    ·   88.00 %\n"
                                                "2        ·    ·    0         -\n");
    CHECK(confusion_text(Tensor<std::size_t, 2>{{1, 0}, {0, 2}}, {"trouser", "bag"}) == "label    predicted\n"
                                                                                        "         trouser      bag     right\n"
                                                                                        "trouser        1        ·  100.00 %\n"
                                                                                        "bag            ·        2  100.00 %\n");
}
