#include <doctest/doctest.h>
#include <limits>
#include <vector>
#include "kiln/optim/schedule.hpp"
#include "support/close.hpp"

using kiln::ConstantRate, kiln::Cosine, kiln::LinearDecay, kiln::OneCycle, kiln::OptionError, kiln::Progress, kiln::Schedule,
    kiln::StepDecay, kiln::WarmUp;

namespace {
std::vector<double> rates(const Schedule& schedule, std::size_t steps, std::size_t steps_per_epoch = 1,
                          double rate = 0.4) {
    std::vector<double> result;
    for (std::size_t step = 0; step < steps; ++step) result.push_back(schedule(rate, {step, steps, steps_per_epoch}));
    return result;
}
}  // namespace

// PyTorch's values are in tests/golden/test_optim.cpp.
TEST_CASE("schedule: step decay counts whole epochs, or steps") {
    check_all_close<double>(rates(StepDecay{.every = 3, .factor = 0.5, .unit = StepDecay::steps}, 7, 4),
                            std::vector<double>{0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.1});
    check_all_close<double>(rates(StepDecay{.every = 2, .factor = 0.5}, 9, 2),  // two epochs of two steps
                            std::vector<double>{0.4, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.2, 0.1});
    CHECK(StepDecay{.every = 1}(1, {1, 2, 1}) == 0.1);
}

TEST_CASE("schedule: a straight line down, after a straight line up") {
    check_all_close<double>(rates(LinearDecay{}, 4), std::vector<double>{0.4, 0.3, 0.2, 0.1});
    check_all_close<double>(rates(LinearDecay{.end_factor = 0.5}, 4), std::vector<double>{0.4, 0.35, 0.3, 0.25});
    CHECK(LinearDecay{.end_factor = 0.5}(0.4, {9, 4, 1}) == doctest::Approx(0.2));  // after the end it stays there
    check_all_close<double>(rates(WarmUp{.steps = 2, .start_factor = 0, .then = LinearDecay{}}, 6), std::vector<double>{0, 0.2, 0.4, 0.3, 0.2, 0.1});
}

TEST_CASE("schedule: at its ends, where PyTorch divides by zero or stops") {
    CHECK(Cosine{.minimum = 0.1}(0.4, {25, 10, 1}) == doctest::Approx(0.1));  // after the end it stays there
    check_all_close<double>(rates(WarmUp{.steps = 4, .start_factor = 0}, 2), std::vector<double>{0, 0.1});  // longer than training
    CHECK(WarmUp{.steps = 0, .then = Cosine{}}(0.4, {0, 10, 1}) == 0.4);
    CHECK(OneCycle{.start = 0.25}(0.4, {0, 4, 1}) == doctest::Approx(0.4));  // one step up, which is the peak itself
    CHECK(OneCycle{.start = 1}(0.4, {0, 1, 1}) == doctest::Approx(0.4));
    CHECK(OneCycle{}(0.4, {99, 12, 1}) == doctest::Approx(1.6e-6));  // after the end it stays there
}

TEST_CASE("schedule: none is constant, and any callable will do") {
    CHECK(rates({}, 3) == std::vector<double>{0.4, 0.4, 0.4});
    CHECK(rates(ConstantRate{}, 2) == std::vector<double>{0.4, 0.4});
    const double floor = 0.1;
    const Schedule own = [floor](double rate, Progress at) {
        return std::max(floor, rate / static_cast<double>(at.step + 1));
    };
    check_all_close<double>(rates(own, 6), std::vector<double>{0.4, 0.2, 0.4 / 3, 0.1, 0.1, 0.1});
    Schedule copy = own;
    CHECK(copy(0.4, {1, 6, 1}) == 0.2);
    copy = Cosine{};
    CHECK(copy(0.4, {5, 10, 1}) == doctest::Approx(0.2));
    check_all_close<double>(rates(WarmUp{.steps = 2, .start_factor = 0.5, .then = own}, 4),
                            std::vector<double>{0.2, 0.3, 0.4, 0.2});
}

TEST_CASE("schedule: what a schedule must know of its training is asked for") {
    const Progress unknown{.step = 10};
    CHECK(Schedule{}(0.4, unknown) == 0.4);
    CHECK(WarmUp{}(0.4, unknown) == 0.4);
    CHECK(StepDecay{.every = 10, .factor = 0.5, .unit = StepDecay::steps}(0.4, unknown) == 0.2);
    CHECK_THROWS_WITH_AS(Cosine{}(0.4, unknown), "Cosine: steps is 0, but must be known: in a loop of your own, give it in TrainerOptions",
                         OptionError);
    CHECK_THROWS_WITH_AS(OneCycle{}(0.4, unknown), "OneCycle: steps is 0, but must be known: in a loop of your own, give it in TrainerOptions",
                         OptionError);
    CHECK_THROWS_WITH_AS(StepDecay{.every = 1}(0.4, unknown),
                         "StepDecay: steps_per_epoch is 0, but must be known: in a loop of your own, give it in TrainerOptions", OptionError);
    CHECK_THROWS_AS((WarmUp{.steps = 4, .then = Cosine{}}(0.4, unknown)), OptionError);
}

TEST_CASE("schedule: options out of range are refused where the schedule is given") {
    const auto make = [](auto schedule) { return Schedule{schedule}; };
    CHECK_THROWS_WITH_AS(make(StepDecay{}),
                         "StepDecay: every is 0, but must be given: the epochs or steps between two decays",
                         OptionError);
    CHECK_THROWS_AS(make(StepDecay{.every = 1, .factor = -1}), OptionError);
    CHECK_THROWS_AS(make(Cosine{.minimum = -1}), OptionError);
    CHECK_THROWS_WITH_AS(make(WarmUp{.start_factor = 1.5}), "WarmUp: start_factor is 1.5, but must be from 0 to 1",
                         OptionError);
    CHECK_THROWS_AS(make(WarmUp{.then = StepDecay{}}), OptionError);
    CHECK_THROWS_AS(make(OneCycle{.start = 1.5}), OptionError);
    CHECK_THROWS_AS(make(OneCycle{.division = 0}), OptionError);
    CHECK_THROWS_AS(make(OneCycle{.final_division = std::numeric_limits<double>::quiet_NaN()}), OptionError);
}
