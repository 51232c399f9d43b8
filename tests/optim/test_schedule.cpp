#include <doctest/doctest.h>
#include <limits>
#include <vector>
#include "kiln/optim/schedule.hpp"
#include "support/close.hpp"

using kiln::ConstantRate, kiln::Cosine, kiln::OneCycle, kiln::OptionError, kiln::Progress, kiln::Schedule,
    kiln::StepDecay, kiln::WarmUp;

namespace {
std::vector<double> rates(const Schedule& schedule, std::size_t steps, std::size_t steps_per_epoch = 1,
                          double rate = 0.4) {
    std::vector<double> result;
    for (std::size_t step = 0; step < steps; ++step) result.push_back(schedule(rate, {step, steps, steps_per_epoch}));
    return result;
}
}  // namespace

// The values in this file were made by PyTorch 1.13.0, S = torch.optim.lr_scheduler:
//     o = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.4); s = S....(o, ...)
//     for i in range(n): print(o.param_groups[0]["lr"]); o.step(); s.step()
TEST_CASE("schedule: step decay is StepLR(o, 3, 0.5)") {
    const std::vector<double> expected{0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.05};
    check_all_close<double>(rates(StepDecay{.every = 3, .factor = 0.5}, 10), expected);
    check_all_close<double>(rates(StepDecay{.every = 3, .factor = 0.5, .unit = StepDecay::steps}, 10, 4), expected);
    check_all_close<double>(rates(StepDecay{.every = 2, .factor = 0.5}, 9, 2),  // two epochs of two steps
                            std::vector<double>{0.4, 0.4, 0.4, 0.4, 0.2, 0.2, 0.2, 0.2, 0.1});
    CHECK(StepDecay{.every = 1}(1, {1, 2, 1}) == 0.1);
}

TEST_CASE("schedule: cosine is CosineAnnealingLR(o, 10) and (o, 10, 0.1)") {
    check_all_close<double>(rates(Cosine{}, 10),
                            std::vector<double>{0.4, 0.39021130325903075, 0.3618033988749895, 0.3175570504584947,
                                                0.26180339887498955, 0.20000000000000004, 0.13819660112501056,
                                                0.08244294954150541, 0.03819660112501054, 0.009788696740969296});
    check_all_close<double>(
        rates(Cosine{.minimum = 0.1}, 10),
        std::vector<double>{0.4, 0.39265847744427307, 0.37135254915624216, 0.338167787843871, 0.29635254915624215, 0.25,
                            0.2036474508437579, 0.16183221215612906, 0.1286474508437579, 0.10734152255572697});
    CHECK(Cosine{.minimum = 0.1}(0.4, {25, 10, 1}) == doctest::Approx(0.1));  // after the end it stays there
}

TEST_CASE("schedule: warm-up is LinearLR(o), and before cosine SequentialLR with LinearLR(o, 0.1, 1, 4)") {
    check_all_close<double>(rates(WarmUp{}, 8),
                            std::vector<double>{0.13333333333333333, 0.18666666666666668, 0.24000000000000002,
                                                0.2933333333333334, 0.34666666666666673, 0.4, 0.4, 0.4});
    check_all_close<double>(
        rates(WarmUp{.steps = 4, .start_factor = 0.1, .then = Cosine{}}, 12),
        std::vector<double>{0.04000000000000001, 0.13000000000000003, 0.22000000000000006, 0.3100000000000001, 0.4,
                            0.38477590650225735, 0.3414213562373095, 0.276536686473018, 0.2, 0.12346331352698206,
                            0.05857864376269051, 0.015224093497742654});
    check_all_close<double>(rates(WarmUp{.steps = 4, .start_factor = 0}, 2),
                            std::vector<double>{0, 0.1});  // longer than training
    CHECK(WarmUp{.steps = 0, .then = Cosine{}}(0.4, {0, 10, 1}) == 0.4);
}

TEST_CASE("schedule: one cycle is OneCycleLR(o, 0.4, 12), and with (.., 9, 0.5, 10, 100), and of two steps") {
    check_all_close<double>(
        rates(OneCycle{}, 12),
        std::vector<double>{0.016000000000000014, 0.1399158616878332, 0.3517140636488515, 0.39776617418036475,
                            0.3732051879365647, 0.3246982615799052, 0.25895159907804133, 0.18505484106679002,
                            0.11322439928347969, 0.05339101207553224, 0.01382679497015809, 1.6e-06});
    check_all_close<double>(rates(OneCycle{.start = 0.5, .division = 10, .final_division = 100}, 9),
                            std::vector<double>{0.03999999999999998, 0.10777183566542792, 0.2600537681121366,
                                                0.38217439622243543, 0.38795058563302454, 0.30010000000000003,
                                                0.16550509410214734, 0.04714432026482821, 0.0004});
    check_all_close<double>(rates(OneCycle{}, 2), std::vector<double>{0.3246982615799052, 1.6e-06});
    // Where PyTorch divides by zero: one step up, which is the peak itself.
    CHECK(OneCycle{.start = 0.25}(0.4, {0, 4, 1}) == doctest::Approx(0.4));
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
