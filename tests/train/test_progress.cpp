#include <doctest/doctest.h>
#include <cstdio>
#include <string>
#include <thread>
#include "kiln/train/progress.hpp"

using namespace kiln;

namespace {
// What `use` writes through a progress line.
std::string written(Show show, std::size_t epochs, std::size_t batches, auto use) {
    std::FILE* const file = std::tmpfile();
    REQUIRE(file != nullptr);
    {
        ProgressLine line{show, epochs, batches, file};
        use(line);
    }
    std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
    std::rewind(file);
    CHECK(std::fread(text.data(), 1, text.size(), file) == text.size());
    std::fclose(file);
    return text;
}
BatchReport batch(std::size_t number, std::size_t of = 3) { return {.epoch = 1, .epochs = 2, .batch = number, .batches = of, .samples = 10}; }
const EpochReport full{.epoch = 2, .epochs = 12, .training = {0.51239, 0.8125}, .validation = {0.49996, 0.9}, .learning_rate = 0.1,
                       .samples_per_second = 83'456.7, .seconds = 12.34};
const std::string full_line = "epoch 2/12  loss 0.5124  accuracy 81.25 %  validation loss 0.5000  validation accuracy 90.00 %  83.5k samples/s  12.3 s";
}  // namespace

TEST_CASE("progress: in a file, one plain line an epoch") {
    for (const Show show : {Show::lines, Show::automatic}) {
        const std::string text = written(show, 12, 3, [](ProgressLine& line) {
            line.batch(batch(1), {1, 0.5}, 10, 0.1);
            line.batch(batch(3), {1, 0.5}, 30, 0.3);
            line.epoch(full);
            line.clear();
            line.epoch({.epoch = 3, .epochs = 12, .training = {.loss = 2}, .samples_per_second = 9999.4, .seconds = 0.04});
        });
        CHECK(text == full_line + "\nepoch 3/12  loss 2.0000  9999 samples/s  0.0 s\n");
    }
}

TEST_CASE("progress: on request there is none") {
    CHECK(written(Show::nothing, 2, 3, [](ProgressLine& line) {
        line.batch(batch(1), {1, 0.5}, 10, 0.1);
        line.epoch(full);
        line.clear();
    }).empty());
}

TEST_CASE("progress: times over a minute, and rates of any size") {
    const auto line_of = [](double seconds, double rate) {
        return written(Show::lines, 1, 1, [&](ProgressLine& line) {
            line.epoch({.epoch = 1, .epochs = 1, .training = {.loss = 0}, .samples_per_second = rate, .seconds = seconds});
        });
    };
    CHECK(line_of(59.94, 12.4) == "epoch 1/1  loss 0.0000  12 samples/s  59.9 s\n");
    CHECK(line_of(59.95, 9999.6) == "epoch 1/1  loss 0.0000  10.0k samples/s  1 min 0 s\n");
    CHECK(line_of(61.2, 1e6) == "epoch 1/1  loss 0.0000  1000.0k samples/s  1 min 1 s\n");
    CHECK(line_of(3725, 0) == "epoch 1/1  loss 0.0000  0 samples/s  62 min 5 s\n");
}

TEST_CASE("progress: on a terminal the line is drawn over and over, at most ten times a second") {
    std::string text = written(Show::redrawn, 2, 40, [](ProgressLine& line) {
        for (std::size_t i = 1; i <= 40; ++i) line.batch(batch(i, 40), {1.25, 0.5}, 10 * i, 0.01 * static_cast<double>(i));
    });
    // The first batch and the last are always shown; the 38 between came too soon (unless this machine slept 0.1 s).
    CHECK(text.starts_with("\repoch 1/2  batch 1/40  loss 1.2500  accuracy 50.00 %  1000 samples/s  "));
    CHECK(text.find("\repoch 1/2  batch 40/40  loss 1.2500  accuracy 50.00 %  1000 samples/s  ") != std::string::npos);
    CHECK(text.find(" s left") != std::string::npos);
    CHECK(text.find('\n') == std::string::npos);
    CHECK(std::count(text.begin(), text.end(), '\r') < 10);

    // A shorter text wipes out what is left of a longer one, and the epoch's line ends it.
    text = written(Show::redrawn, 2, 1, [](ProgressLine& line) {
        line.batch({.epoch = 1, .epochs = 2, .batch = 1, .batches = 1}, {.loss = 1e30}, 10, 0.1);
        line.epoch({.epoch = 1, .epochs = 2, .training = {.loss = 0}, .samples_per_second = 1, .seconds = 0});
    });
    const std::size_t second = text.rfind('\r');
    REQUIRE(second > 0);
    CHECK(text.size() - second >= second + 1);  // as long as the first, and a newline
    CHECK(text.substr(second, 48) == "\repoch 1/2  loss 0.0000  1 samples/s  0.0 s     ");
    CHECK(text.back() == '\n');
}

TEST_CASE("progress: the time left is that of the batches to come") {
    const std::string text = written(Show::redrawn, 2, 4, [](ProgressLine& line) {
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        line.batch({.epoch = 1, .epochs = 2, .batch = 1, .batches = 4}, {.loss = 1}, 1, 1);  // an eighth is done: 7 * 0.15 s
        line.batch({.epoch = 2, .epochs = 2, .batch = 4, .batches = 4}, {.loss = 1}, 1, 1);
    });
    const std::size_t at = text.find("samples/s  ");
    const double left = std::stod(text.substr(at + 11));
    CHECK(left >= 1.0);
    CHECK(left < 20);  // a machine under load may sleep longer
    CHECK(text.ends_with("  0.0 s left"));
}

TEST_CASE("progress: an unfinished line is taken away") {
    const std::string text = written(Show::redrawn, 2, 3, [](ProgressLine& line) {
        line.batch(batch(1), {1, 0.5}, 10, 0.1);
        line.clear();
        line.clear();
    });
    const std::size_t wiped = text.find('\r', 1);
    CHECK(text.substr(wiped) == "\r" + std::string(wiped - 1, ' ') + "\r");
}
