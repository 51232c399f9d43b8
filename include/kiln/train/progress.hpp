// The progress line of fit: epoch, batch, loss, accuracy, samples a second and time left.
//
// On a terminal it is redrawn in place, some ten times a second; in a file there is one line an epoch. It allocates nothing.
#pragma once
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string_view>
#include "kiln/core/text.hpp"
#include "kiln/train/history.hpp"
#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace kiln {

enum class Show { automatic, redrawn, lines, nothing };  // automatic: redrawn on a terminal, lines elsewhere

class ProgressLine {
public:
    // Writes to `out`, standard error unless said otherwise.
    ProgressLine(Show show, std::size_t epochs, std::size_t batches, std::FILE* out = stderr)
        : show_(show == Show::automatic ? (is_terminal(out) ? Show::redrawn : Show::lines) : show), total_(epochs * batches), out_(out) {}

    // After a minibatch: the epoch's score so far, the samples it has trained and its seconds so far.
    void batch(const BatchReport& now, const Score& so_far, std::size_t samples, double seconds) {
        if (show_ != Show::redrawn) return;
        const auto time = Clock::now();
        if (time < next_ && now.batch < now.batches) return;
        next_ = time + std::chrono::milliseconds(100);
        const double elapsed = std::chrono::duration<double>(time - start_).count();
        const auto done = static_cast<double>((now.epoch - 1) * now.batches + now.batch);
        draw(text(head(now.epoch, now.epochs), "  batch ", now.batch, "/", now.batches, "  ", words("", so_far), "  ",
                  count(static_cast<double>(samples) / seconds), " samples/s  ", duration(elapsed / done * (static_cast<double>(total_) - done)), " left"));
    }

    // After an epoch: its line stays.
    void epoch(const EpochReport& report) {
        if (show_ == Show::nothing) return;
        Text line = text(head(report.epoch, report.epochs), "  ", words("", report.training));
        if (!std::isnan(report.validation.loss)) line << "  " << words("validation ", report.validation);
        draw(text(line, "  ", count(report.samples_per_second), " samples/s  ", duration(report.seconds)));
        std::fputc('\n', out_);
        std::fflush(out_);
        drawn_ = 0;
    }

    // Takes an unfinished line away.
    void clear() {
        if (drawn_ == 0) return;
        draw("");
        std::fputc('\r', out_);
        drawn_ = 0;
    }

private:
    using Clock = std::chrono::steady_clock;

    static bool is_terminal([[maybe_unused]] std::FILE* out) {
#if __has_include(<unistd.h>)
        return isatty(fileno(out)) == 1;
#else
        return false;
#endif
    }
    static Text format(const char* pattern, double value) {
        char digits[48];
        std::snprintf(digits, sizeof digits, pattern, value);
        return digits;
    }
    static Text head(std::size_t epoch, std::size_t epochs) { return text("epoch ", epoch, "/", epochs); }
    static Text words(const char* what, const Score& score) {
        Text line = text(what, "loss ", format("%.4f", score.loss));
        if (!std::isnan(score.accuracy)) line << "  " << what << "accuracy " << format("%.2f %%", 100 * score.accuracy);
        return line;
    }
    static Text count(double n) { return n < 9999.5 ? format("%.0f", n) : format("%.1fk", n / 1000); }
    static Text duration(double seconds) {
        if (seconds < 59.95) return format("%.1f s", seconds);
        const auto whole = static_cast<std::size_t>(seconds + 0.5);
        return text(whole / 60, " min ", whole % 60, " s");
    }
    void draw(const Text& line) {
        const std::string_view shown = line.view();
        if (show_ == Show::redrawn) std::fputc('\r', out_);
        std::fwrite(shown.data(), 1, shown.size(), out_);
        for (std::size_t i = shown.size(); i < drawn_; ++i) std::fputc(' ', out_);
        drawn_ = shown.size();
        if (show_ == Show::redrawn) std::fflush(out_);
    }

    Show show_;
    std::size_t total_;
    std::FILE* out_;
    std::size_t drawn_ = 0;
    Clock::time_point start_ = Clock::now(), next_ = start_;
};

}  // namespace kiln
