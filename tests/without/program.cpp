// A program that trains, predicts and then makes a mistake; built as usual, without exceptions and run-time types, without OpenMP, and
// without SIMD. It prints what it found: the same bits where the lanes are as wide.
#include <cstdio>
#include <cstdlib>
#include <vector>
#include "kiln/kiln.hpp"

using Net = kiln::Sequential<kiln::Conv<1, 4, 3>, kiln::ReLU, kiln::MaxPool<2>, kiln::Flatten, kiln::Linear<36, 3>>;
using Image = kiln::Shape<1, 8, 8>;

namespace {
[[noreturn]] void stop(kiln::Status status, const char* message) {
    std::printf("status %d: %s\n", static_cast<int>(status), message);
    std::exit(0);
}
}  // namespace

int main() {
    constexpr std::size_t samples = 90;
    std::vector<float> images(samples * Image::size);
    std::vector<int> labels(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        labels[i] = static_cast<int>(i % 3);
        for (std::size_t p = 0; p < Image::size; ++p)  // stripes of another width for each class, with some noise
            images[i * Image::size + p] = static_cast<float>(p / (1 + i % 3) % 2) + static_cast<float>((i * 131 + p * 17) % 64) / 64.0F - 0.5F;
    }
    const kiln::Dataset<Image, kiln::Label> data{images, labels};
    kiln::Model<Net, Image> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 0.01}, {.threads = 2, .clip_norm = 10}};
    const kiln::History history = trainer.fit(data, {.epochs = 5, .batch_size = 20, .progress = kiln::Show::nothing});
    kiln::Predictor predictor{model};
    std::printf("loss %.9g accuracy %.4f and %d\n", history.epochs.back().training.loss, trainer.evaluate(data).accuracy, predictor.classify(images.data()));
    for (const float parameter : model.parameters().subspan(0, 36)) std::printf("%.9g\n", static_cast<double>(parameter));

#if defined(__cpp_exceptions)
    try {
        trainer.fit(data, {.epochs = 0});
    } catch (const kiln::OptionError& error) {
        stop(kiln::OptionError::status, error.what());
    }
#else
    kiln::on_failure = stop;
    trainer.fit(data, {.epochs = 0});
#endif
    return 1;  // the mistake was not noticed
}
