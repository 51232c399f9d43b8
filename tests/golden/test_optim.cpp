#include "kiln/optim/adamw.hpp"
#include "kiln/optim/nadam.hpp"
#include "kiln/optim/rmsprop.hpp"
#include "kiln/optim/sgd.hpp"
#include "kiln/train/update.hpp"
#include "support/descent.hpp"
#include "support/golden.hpp"

using namespace kiln;

namespace {
const Golden& golden() {
    static const Golden file{"optim"};
    return file;
}
// The parameters after the first, the second, ... step.
void check_golden_optimizer(const std::string& name, const auto& optimizer) {
    CAPTURE(name);
    const auto gradients = golden().numbers("all/gradients"), after = golden().numbers(name + "/after");
    const std::size_t size = golden().numbers("all/start").size(), steps = gradients.size() / size;
    for_every_lanes([&]<class L>() {
        using T = scalar<L>;
        for (std::size_t n = 1; n <= steps; ++n) {
            CAPTURE(n);
            const auto p = descend<L>(optimizer, golden().as<T>("all/start"), [&](std::size_t i, std::size_t t) { return gradients[(t - 1) * size + i]; }, n);
            const auto at = after.begin() + static_cast<std::ptrdiff_t>((n - 1) * size);
            check_numbers<T>("p", p, {at, at + static_cast<std::ptrdiff_t>(size)});
        }
    });
}
void check_golden_schedule(const std::string& name, const Schedule& schedule) {
    const auto rates = golden().numbers(name + "/rates");
    std::vector<double> found;
    for (std::size_t step = 0; step < rates.size(); ++step) found.push_back(schedule(0.4, {step, rates.size(), 1}));
    check_numbers<double>(name, found, rates);
}
}  // namespace

TEST_CASE("optimisers: PyTorch's parameters after every step, with every option") {
    check_golden_optimizer("sgd", SGD{.learning_rate = 0.1});
    check_golden_optimizer("sgd decay", SGD{.learning_rate = 0.1, .weight_decay = 0.01});
    check_golden_optimizer("sgd momentum", SGD{.learning_rate = 0.1, .momentum = 0.9});
    check_golden_optimizer("sgd dampening", SGD{.learning_rate = 0.1, .momentum = 0.9, .dampening = 0.25});
    check_golden_optimizer("sgd nesterov", SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true});
    check_golden_optimizer("sgd all", SGD{.learning_rate = 0.1, .momentum = 0.8, .weight_decay = 0.05, .nesterov = true});
    check_golden_optimizer("adam", Adam{});
    check_golden_optimizer("adam all", Adam{.learning_rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .weight_decay = 0.1});
    check_golden_optimizer("adamw", AdamW{});
    check_golden_optimizer("adamw all", AdamW{.learning_rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .weight_decay = 0.1});
    check_golden_optimizer("nadam", NAdam{});
    check_golden_optimizer("nadam all", NAdam{.learning_rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .weight_decay = 0.1, .momentum_decay = 0.1});
    check_golden_optimizer("nadam without momentum", NAdam{.beta1 = 0, .beta2 = 0.95});
    check_golden_optimizer("rmsprop", RMSprop{});
    check_golden_optimizer("rmsprop momentum", RMSprop{.momentum = 0.9});
    check_golden_optimizer("rmsprop centered", RMSprop{.centered = true});
    check_golden_optimizer("rmsprop all",
                           RMSprop{.learning_rate = 0.005, .alpha = 0.9, .epsilon = 1e-3, .weight_decay = 0.1, .momentum = 0.5, .centered = true});
}

namespace {
// Two layers' parameters, and the gradient of a file instead of a network's.
using Groups = Arrays<Parameter<"first", Shape<3>>, Parameter<"weight", Shape<2>>, Parameter<"bias", Shape<2>>>;
template <class T_> struct GivenGradient {
    using T = T_;
    static constexpr std::size_t gradient_block = 16;
    std::vector<T> all = std::vector<T>(Groups::extent);
    void gradient(std::size_t, std::size_t begin, std::size_t count, T* sum) const { std::copy_n(all.data() + begin, count, sum); }
};
}  // namespace

TEST_CASE_TEMPLATE("parameter groups: PyTorch's parameters, each group at a scheduled rate of its own", T, float, double) {
    const std::vector<T> start = golden().as<T>("all/start"), gradients = golden().as<T>("all/gradients");
    const std::vector<double> after = golden().numbers("adamw groups/after");
    const ParameterGroups groups{AdamW{.learning_rate = 0.05}, group<"weight">(AdamW{.learning_rate = 0.01, .weight_decay = 0}),
                                 group<"bias">(AdamW{.learning_rate = 0.1, .beta1 = 0.5, .beta2 = 0.9})};
    Update<Groups, GivenGradient<T>, std::remove_const_t<decltype(groups)>> update{groups};
    AlignedVector<T> moments(update.moments);
    update.use(moments.data());
    GivenGradient<T> engine;
    AlignedVector<T> parameters(Groups::extent);
    // f(number i of the file, the same number's place).
    const auto each = [](auto f) {
        for (std::size_t i = 0; i < 7; ++i) f(i, i < 3 ? i : i < 5 ? Groups::offsets[1] + i - 3 : Groups::offsets[2] + i - 5);
    };
    each([&](std::size_t i, std::size_t at) { parameters[at] = start[i]; });
    for (std::size_t n = 0; n < 8; ++n) {
        CAPTURE(n);
        each([&](std::size_t i, std::size_t at) { engine.all[at] = gradients[n * 7 + i]; });
        CHECK(update.prepare(n + 1, Cosine{.minimum = 0.001}, {n, 8, 1}) == Cosine{.minimum = 0.001}(0.05, {n, 8, 1}));
        CHECK(update.run(engine, 1, parameters.data(), 0, Team{}));
        std::vector<T> found(7);
        each([&](std::size_t i, std::size_t at) { found[i] = parameters[at]; });
        check_numbers<T>("p", found, {after.begin() + static_cast<std::ptrdiff_t>(n * 7), after.begin() + static_cast<std::ptrdiff_t>(n * 7 + 7)});
    }
}

TEST_CASE("schedules: PyTorch's rates") {
    check_golden_schedule("step decay", StepDecay{.every = 3, .factor = 0.5});
    check_golden_schedule("step decay", StepDecay{.every = 3, .factor = 0.5, .unit = StepDecay::steps});
    check_golden_schedule("cosine", Cosine{});
    check_golden_schedule("cosine to 0.1", Cosine{.minimum = 0.1});
    check_golden_schedule("warm up", WarmUp{});
    check_golden_schedule("warm up, cosine", WarmUp{.steps = 4, .start_factor = 0.1, .then = Cosine{}});
    check_golden_schedule("warm up, step decay", WarmUp{.steps = 3, .start_factor = 0.25, .then = StepDecay{.every = 2}});
    check_golden_schedule("one cycle", OneCycle{});
    check_golden_schedule("one cycle, all", OneCycle{.start = 0.5, .division = 10, .final_division = 100});
    check_golden_schedule("one cycle of 2", OneCycle{});
}
