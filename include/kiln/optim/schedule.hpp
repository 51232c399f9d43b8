// Schedules: the learning rate of each step, from the optimiser's own rate and the progress of training.
//
//     trainer.fit(data, {.epochs = 20, .schedule = kiln::WarmUp{.steps = 500, .then = kiln::Cosine{}}});
//
// A schedule is any callable double(double rate, Progress); the ones here have the formulas and defaults of
// torch.optim.lr_scheduler, stepped after every minibatch.
#pragma once
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <functional>
#include <numbers>
#include <type_traits>
#include <utility>
#include "kiln/core/option.hpp"

namespace kiln {

// Where training stands: step 0 to steps - 1, a step being a minibatch. fit knows them all; in a loop of one's own they are
// what TrainerOptions says, and 0 is "not said".
struct Progress {
    std::size_t step = 0;
    std::size_t steps = 0;
    std::size_t steps_per_epoch = 0;
};

// Any schedule, a user's lambda too. Without one the rate stays as it is. Throws OptionError for options out of range.
class Schedule {
public:
    Schedule() = default;
    template <class Rate>
        requires(!std::same_as<std::remove_cvref_t<Rate>, Schedule> &&
                 std::is_invocable_r_v<double, const std::remove_cvref_t<Rate>&, double, Progress>)
    Schedule(Rate&& rate) {
        if constexpr (requires { rate.check(); }) rate.check();
        rate_ = std::forward<Rate>(rate);
    }

    double operator()(double rate, Progress progress) const { return rate_ ? rate_(rate, progress) : rate; }

private:
    std::function<double(double, Progress)> rate_;
};

namespace detail {
// What a schedule must know of its training.
inline double known(std::size_t n, const char* schedule, const char* what) {
    check_option(n > 0, schedule, what, 0, "known: in a loop of your own, give it in TrainerOptions");
    return static_cast<double>(n);
}

// From `from` (part 0) to `to` (part 1) along half a cosine.
inline double cosine_between(double from, double to, double part) {
    return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * part));
}
}  // namespace detail

// rate, at every step.
struct ConstantRate {
    constexpr double operator()(double rate, Progress) const { return rate; }
};

// rate factor^floor(n / every), n the number of whole epochs or steps done: StepLR.
struct StepDecay {
    enum Unit { epochs, steps };

    std::size_t every = 0;  // must be given
    double factor = 0.1;
    Unit unit = epochs;

    void check() const {
        check_option(every > 0, "StepDecay", "every", static_cast<double>(every),
                     "given: the epochs or steps between two decays");
        check_option(factor >= 0 && std::isfinite(factor), "StepDecay", "factor", factor, "0 or positive, and finite");
    }
    double operator()(double rate, Progress progress) const {
        if (unit == epochs) detail::known(progress.steps_per_epoch, "StepDecay", "steps_per_epoch");
        const std::size_t done = unit == steps ? progress.step : progress.step / progress.steps_per_epoch;
        return rate * std::pow(factor, static_cast<double>(done / every));
    }
};

// From rate to end_factor rate in a straight line over all steps: LinearLR with start_factor 1 and total_iters = steps.
struct LinearDecay {
    double end_factor = 0;

    void check() const {
        check_option(end_factor >= 0 && std::isfinite(end_factor), "LinearDecay", "end_factor", end_factor, "0 or positive, and finite");
    }
    double operator()(double rate, Progress progress) const {
        const double steps = detail::known(progress.steps, "LinearDecay", "steps");
        return rate * std::lerp(1, end_factor, std::min(static_cast<double>(progress.step) / steps, 1.0));
    }
};

// From rate to minimum (a rate) along half a cosine over all steps: CosineAnnealingLR with T_max = steps.
struct Cosine {
    double minimum = 0;

    void check() const {
        check_option(minimum >= 0 && std::isfinite(minimum), "Cosine", "minimum", minimum, "0 or positive, and finite");
    }
    double operator()(double rate, Progress progress) const {
        const double steps = detail::known(progress.steps, "Cosine", "steps");
        return detail::cosine_between(rate, minimum, std::min(static_cast<double>(progress.step) / steps, 1.0));
    }
};

// From start_factor rate to rate in a straight line over the first steps, and then another schedule, for which
// training begins there: SequentialLR of LinearLR and the other.
struct WarmUp {
    std::size_t steps = 5;
    double start_factor = 1.0 / 3;
    Schedule then = {};

    void check() const {
        check_option(start_factor >= 0 && start_factor <= 1, "WarmUp", "start_factor", start_factor, "from 0 to 1");
    }
    double operator()(double rate, Progress progress) const {
        if (progress.step < steps)
            return rate * (start_factor +
                           (1 - start_factor) * static_cast<double>(progress.step) / static_cast<double>(steps));
        const std::size_t rest = progress.steps == 0 ? 0 : std::max(progress.steps, progress.step + 1) - steps;
        return then(rate, {progress.step - steps, rest, progress.steps_per_epoch});
    }
};

// Up from rate / division to rate over the first part `start` of the steps, and down to rate / division /
// final_division at the last, both along half a cosine: OneCycleLR with max_lr = rate, two phases, the momentum left
// alone.
struct OneCycle {
    double start = 0.3;
    double division = 25;
    double final_division = 1e4;

    void check() const {
        check_option(start >= 0 && start <= 1, "OneCycle", "start", start, "from 0 to 1");
        check_option(division > 0 && std::isfinite(division), "OneCycle", "division", division, "positive and finite");
        check_option(final_division > 0 && std::isfinite(final_division), "OneCycle", "final_division", final_division,
                     "positive and finite");
    }
    double operator()(double rate, Progress progress) const {
        const double last = detail::known(progress.steps, "OneCycle", "steps") - 1;
        const double step = std::min(static_cast<double>(progress.step), last);
        const double peak = start * (last + 1) - 1;  // below 0 where there are too few steps to climb
        const double first = rate / division;
        if (step <= peak) return detail::cosine_between(first, rate, peak > 0 ? step / peak : 1);
        return detail::cosine_between(rate, first / final_division, (step - peak) / (last - peak));
    }
};

}  // namespace kiln
