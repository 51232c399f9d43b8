// What a training run reports: to callbacks as it goes, and as its result.
#pragma once
#include <cstddef>
#include <functional>
#include <limits>
#include <type_traits>
#include <vector>

namespace kiln {

inline constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

// The loss over some samples, as its reduction has it, and the fraction of right answers (of the steps' where there is a class for
// each); accuracy is not_measured where targets are no classes.
struct Score {
    double loss = not_measured;
    double accuracy = not_measured;
};

// After a minibatch.
struct BatchReport {
    std::size_t epoch = 0, epochs = 0;    // from 1
    std::size_t batch = 0, batches = 0;   // from 1
    std::size_t samples = 0;              // in this minibatch
    double learning_rate = 0;
    Score score{};                        // of this minibatch, before its step
};

// After an epoch.
struct EpochReport {
    std::size_t epoch = 0, epochs = 0;    // from 1
    Score training{};                     // over the epoch's minibatches, each before its step
    Score validation{};                   // after the epoch; not_measured without a validation set
    double learning_rate = 0;             // of the last step; with parameter groups, the first options'
    double samples_per_second = 0;        // trained, validation apart
    double seconds = 0;                   // of the epoch, validation included
};

enum class Continue { yes, no };

// A callback: any callable of one report. It may return Continue::no, to stop training after it, or nothing.
template <class Report> class Callback {
public:
    Callback() = default;
    template <class F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, Callback> && std::is_invocable_v<F&, const Report&>)
    Callback(F f) {
        using Result = std::invoke_result_t<F&, const Report&>;
        constexpr bool fits = std::is_void_v<Result> || std::is_same_v<Result, Continue>;
        static_assert(fits, "a callback returns kiln::Continue or nothing");
        if constexpr (fits) call_ = [f = std::move(f)](const Report& report) mutable {
            if constexpr (std::is_void_v<Result>) {
                f(report);
                return Continue::yes;
            } else {
                return f(report);
            }
        };
    }
    Continue operator()(const Report& report) const { return call_ ? call_(report) : Continue::yes; }

private:
    std::function<Continue(const Report&)> call_;
};

enum class Stopped { finished, by_callback, early };

// What fit returns.
struct History {
    std::vector<EpochReport> epochs{};
    std::size_t best_epoch = 0;  // from 1: with the lowest validation loss, or training loss without a validation set
    Stopped stopped = Stopped::finished;

    const EpochReport& last() const { return epochs.back(); }
};

}  // namespace kiln
