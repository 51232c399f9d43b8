// What a report's page shows, as plain numbers and bitmaps: nothing here knows a network's type.
#pragma once
#include <optional>
#include <string>
#include <vector>
#include "kiln/model/activations.hpp"
#include "kiln/report/answers.hpp"
#include "kiln/report/kernels.hpp"
#include "kiln/train/history.hpp"

namespace kiln::html {

// A sample with its answer.
struct Shown {
    Answer answer;
    Bitmap picture;
};
// What a classifier makes of the data.
struct Classes {
    std::vector<std::string> names{};         // may be empty
    std::size_t count = 0, right = 0;         // classes; right answers
    Tensor<std::size_t, 2> confusion{};       // [label, prediction]
    std::vector<Shown> sheet{}, mistakes{};   // the first samples; wrong ones
    Mistakes order = Mistakes::worst;         // how those were chosen
};
struct Page {
    std::string title;
    std::string status{};                     // "epoch 3 of 5"
    std::vector<EpochReport> epochs{};
    std::size_t best_epoch = 0;               // 0: not known
    double refresh = 0;                       // the page reloads itself after so many seconds; 0: never
    std::size_t samples = 0, parameters = 0;
    std::optional<Classes> classes{};
    Kernels kernels{};
    std::size_t sample = 0;                   // whose activations are shown
    std::vector<Activation<float>> activations{};

    double accuracy() const { return static_cast<double>(classes->right) / static_cast<double>(samples); }
};

}  // namespace kiln::html
