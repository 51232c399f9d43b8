// Trainer: fits a model to data.
//
//     kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 1e-3}};
//     const kiln::History history = trainer.fit(mnist.train, {.epochs = 3, .batch_size = 64, .validation = &mnist.test});
//
// or a minibatch at a time, in a loop of one's own: trainer.step(images, labels). The trained parameters are the same bits
// for any number of threads; they depend on the seed, the batch size and the number of shards. A step allocates nothing
// once the trainer has seen a minibatch of that size, and nor do the epochs of fit after the first. What it works in is on the heap, in
// itself, or wherever its user says (core/storage.hpp), and training_bytes says how much that is:
//
//     kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{}, {.threads = 1}, kiln::Borrowed{bytes}};
#pragma once
#include <chrono>
#include <optional>
#include "kiln/data/loader.hpp"
#include "kiln/model/metrics.hpp"
#include "kiln/model/mismatch.hpp"
#include "kiln/train/history.hpp"
#include "kiln/train/progress.hpp"
#include "kiln/train/stepper.hpp"

namespace kiln {

// Stop when the validation loss has not fallen by more than minimum_gain for `patience` epochs.
struct EarlyStopping {
    std::size_t patience = 3;
    double minimum_gain = 0;
    bool restore_best = false;  // give the model the parameters of its best epoch
};

// What holds for every step of a trainer.
struct TrainerOptions {
    std::size_t threads = 0;          // 0: as many as OpenMP has. The results do not depend on it
    std::size_t shards = 0;           // 0: a function of the network; else a power of two up to 64. Part of the recipe
    std::uint64_t seed = 0;           // of dropout, shifted crops and the like
    double clip_norm = 0;             // the largest norm of the gradient of all parameters together; 0: no limit
    Schedule schedule = {};           // of the learning rate
    std::size_t steps = 0;            // for the schedule, in a loop of one's own: how many steps there will be in all
    std::size_t steps_per_epoch = 0;  // and in an epoch. fit knows both
};

namespace detail {
// A pointer to a data set, or null; or one sentence on what else was given.
template <class Data> struct DataPointer {
    const Data* data = nullptr;

    constexpr DataPointer(std::nullptr_t) {}
    constexpr DataPointer(const Data* d) : data(d) {}
    template <class Given>
        requires(!std::is_convertible_v<Given, const Data*>)
    DataPointer(const Given&) {
        refuse<pointer_fault<Given, Data>>();
    }
    constexpr operator const Data*() const { return data; }
};
}  // namespace detail

// What holds for one call of fit.
template <class Data> struct FitOptions {
    std::size_t epochs = 1;
    std::size_t batch_size = 64;
    detail::DataPointer<Data> validation = nullptr;
    bool shuffle = true;
    std::uint64_t seed = 0;           // of the order of the samples
    std::optional<Schedule> schedule = {};  // instead of the trainer's
    std::optional<double> clip_norm = {};   // instead of the trainer's
    std::optional<EarlyStopping> early_stopping = {};
    Show progress = Show::automatic;
    Callback<BatchReport> on_batch = {};
    Callback<EpochReport> on_epoch = {};
};

template <class M, class Loss, class Optimizer, std::size_t Width = tile_width<typename M::Network, typename M::Input, typename M::Scalar>, class Storage = Heap>
class Trainer {
public:
    using T = typename M::Scalar;
    using Input = typename M::Input;
    using Output = typename M::Output;
    using Target = target_of<Loss, Output>;
    using Goal = target_shape<Target>;
    using Data = Dataset<Input, Target>;

    // The optimiser may be ParameterGroups. The model must outlive the trainer. OptionError where an option is out of its range.
    Trainer(M& model, Loss loss, Optimizer optimizer, TrainerOptions options = {}, Storage storage = {})
        : model_(model), options_(std::move(options)), shards_(checked_shards(options_.shards)),
          stepper_(checked(std::move(loss)), std::move(optimizer), shards_, options_.seed), memory_(storage) {
        check_option(options_.clip_norm >= 0, "Trainer", "clip_norm", options_.clip_norm, "0 (no limit) or positive");
    }

    // Trains on one minibatch: samples along the first axis of x, and their targets (labels as whole numbers, one for each
    // sample; tokens too, as a tensor of samples x steps). Gives the score before the step. DataError where shapes, counts,
    // labels or tokens do not fit; DivergenceError where the loss is not finite, and then the parameters are as before;
    // OptionError where the schedule must know how many steps there will be, and TrainerOptions does not say it. A loop of many
    // steps keeps its threads together inside kiln::with_crew(threads, [&] { ... }), as fit does.
    template <class X, class Targets>
        requires(detail::step_fault<Input, Target, Loss, X, Targets>.empty())
    Score step(const X& x, const Targets& targets) {
        const std::size_t count = check_batch<Input>(x, "the batch of samples");
        const auto& inputs = in_rows<T>(x);
        const std::size_t terms = size_of_targets(targets);
        if (terms != count * Goal::size)
            fail<DataError>("the minibatch has " + std::to_string(count) + " samples and " + std::to_string(terms / Goal::size) +
                            " targets: give one target for each sample");
        if (count == 0) fail<DataError>("the minibatch is empty: a step needs at least one sample");
        reserve(count);
        const auto on_rows = [&](const T* goals) { return step_alone(Rows<Input, Goal, T>{first_number(inputs), count, goals}, stepper_.first(count)); };
        if constexpr (is_classes<Target>) {
            std::ranges::transform(targets, stepper_.labels(), [](auto label) { return static_cast<T>(label); });
            return on_rows(stepper_.labels());
        } else return on_rows(first_number(in_rows<T>(targets)));
    }
    // A minibatch of a Loader over a Dataset, which is not copied.
    Score step(const Batch<Data>& batch) {
        detail::check_data(batch.source(), classes, "the batch's data set");
        if (batch.size() == 0) fail<DataError>("the minibatch is empty: a step needs at least one sample");
        return step_alone(batch.source(), batch.indices());
    }

    // Trains for some epochs. OptionError where an option is out of its range, DataError where the data does not fit,
    // DivergenceError where a loss is not finite (the parameters are then as before that step).
    History fit(const Data& data, FitOptions<Data> options = {}) {
        detail::check_data(data, classes, "the training set");
        check_fit(options);
        History history;
        with_crew(threads(), [&] { history = train(data, options); });
        return history;
    }
    // Loss and accuracy over a data set, as at inference.
    Score evaluate(const Data& data) const {
        detail::check_data(data, classes, "the data set");
        using L = Lanes<T, tile_width<typename M::Network, Input, T>>;
        constexpr std::size_t width = lane_count<L>;
        // Every tile's sums have a place of their own, and are added in order.
        struct Sums {
            StepTotals totals{};
            double weight = 0;
        };
        const std::size_t count = (data.size() + width - 1) / width;
        Sums* const tiles = detail::thread_workspace<Sums>(count);
        detail::for_each_answer(model_, data, [&](std::span<const SampleIndex> which, View<Output, const L> y, View<Goal, const L> target) {
            std::array<T, width> live{};
            std::fill_n(live.begin(), which.size(), T(1));
            const L alive = from_lanes<L>(live);
            Sums& sums = tiles[which.front() / width] = {};
            sums.weight = terms_of(stepper_.loss(), target, which.size());
            sums.totals.loss = static_cast<double>(sum(loss_value(stepper_.loss(), y, target, alive)));
            if constexpr (is_classes<Target>) sums.totals.correct = static_cast<double>(sum(alive * correct(y, target)));
        });
        Sums sums;
        for (const Sums& tile : std::span{tiles, count}) sums = {sums.totals + tile.totals, sums.weight + tile.weight};
        if (!takes_sum()) sums.totals.loss /= sums.weight;
        return Stepper::score(sums.totals, 1, data.size());
    }
    // What is none of these: one sentence on it.
    template <class... Given> Score step(const Given&...) {
        refuse<detail::step_fault<Input, Target, Loss, Given...>>();
        return {};
    }
    template <class Given> History fit(const Given&, FitOptions<detail::data_or<Given, Data>> = {}) {
        refuse<detail::data_fault<Given, Data>>();
        return {};
    }
    template <class Given> History fit(const Given& data, const auto&, const auto&...) { return fit(data); }
    template <class Given> Score evaluate(const Given&) const {
        refuse<detail::data_fault<Given, Data>>();
        return {};
    }

    M& model() { return model_; }
    std::size_t steps() const { return stepper_.steps(); }

private:
    using Stepper = kiln::Stepper<typename M::Network, Input, Loss, Optimizer, Lanes<T, Width>>;
    using Outcome = typename Stepper::Outcome;
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t classes = last_axis<Output>;

    // The lowest loss, the last that was lower by more than minimum_gain than the one before, the epochs since, and the numbers
    // of the best epoch where they are to be restored.
    struct Best {
        double loss = std::numeric_limits<double>::infinity(), mark = loss;
        std::size_t epochs_since = 0;
        AlignedVector<T> parameters{}, buffers{};

        void keep(const M& model) {
            parameters.assign(model.parameters().begin(), model.parameters().end());
            buffers.assign(model.buffers().begin(), model.buffers().end());
        }
    };

    [[noreturn]] static void diverge(const Outcome& outcome, const std::string& where) {
        fail<DivergenceError>(std::string{outcome.broken} + " is not finite in " + where +
                              ": the parameters are as before that step; try a smaller learning rate, or clip_norm");
    }

    // The epochs of fit.
    History train(const Data& data, const FitOptions<Data>& options) {
        Loader loader{data, {.batch_size = options.batch_size, .shuffle = options.shuffle, .seed = options.seed}};
        ProgressLine line{options.progress, options.epochs, loader.batches()};
        const Schedule& schedule = options.schedule ? *options.schedule : options_.schedule;
        const double clip = options.clip_norm.value_or(options_.clip_norm);
        History history;
        history.epochs.reserve(std::min<std::size_t>(options.epochs, 1000));  // not all, where epochs means "until something stops it"
        Best best;
        std::size_t number = 0;
        for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
            EpochReport report{.epoch = epoch, .epochs = options.epochs};
            const auto start = Clock::now();
            StepTotals sums;
            std::size_t seen = 0, batch = 0;
            for (const auto minibatch : loader.epoch(epoch - 1)) {
                report.learning_rate = stepper_.prepare(schedule, {number, options.epochs * loader.batches(), loader.batches()});
                const Outcome outcome = step(data, minibatch.indices(), clip);
                ++number, ++batch;
                if (outcome.broken) {
                    line.clear();
                    diverge(outcome, "epoch " + std::to_string(epoch) + ", batch " + std::to_string(batch));
                }
                const std::size_t count = minibatch.size();
                sums = sums + StepTotals{outcome.totals.loss * (takes_sum() ? 1 : static_cast<double>(count)), outcome.totals.correct};
                seen += count;
                const BatchReport now{epoch, options.epochs, batch, loader.batches(), count, report.learning_rate, Stepper::score(outcome.totals, 1, count)};
                line.batch(now, Stepper::score(sums, takes_sum() ? 1 : seen, seen), seen, seconds_since(start));
                if (options.on_batch(now) == Continue::no) {
                    history.stopped = Stopped::by_callback;
                    break;
                }
            }
            report.training = Stepper::score(sums, takes_sum() ? 1 : seen, seen);
            report.samples_per_second = static_cast<double>(seen) / seconds_since(start);
            if (options.validation) report.validation = evaluate(*options.validation);
            report.seconds = seconds_since(start);
            history.epochs.push_back(report);
            line.epoch(report);

            const double watched = options.validation ? report.validation.loss : report.training.loss;
            if (epoch == 1 || watched < best.loss) {
                history.best_epoch = epoch;
                best.loss = std::min(best.loss, watched);
                if (options.early_stopping && options.early_stopping->restore_best) best.keep(model_);
            }
            const bool gained = watched < best.mark - (options.early_stopping ? options.early_stopping->minimum_gain : 0);
            best.epochs_since = gained ? 0 : best.epochs_since + 1;
            if (gained) best.mark = watched;
            if (options.on_epoch(report) == Continue::no) history.stopped = Stopped::by_callback;
            if (history.stopped != Stopped::finished) break;
            if (options.early_stopping && best.epochs_since >= options.early_stopping->patience && epoch < options.epochs) {
                history.stopped = Stopped::early;
                break;
            }
        }
        if (!best.parameters.empty()) {
            std::ranges::copy(best.parameters, model_.parameters().begin());
            std::ranges::copy(best.buffers, model_.buffers().begin());
        }
        return history;
    }

    // A step of a loop of one's own.
    Score step_alone(const auto& source, std::span<const SampleIndex> which) {
        stepper_.prepare(options_.schedule, {steps(), options_.steps, options_.steps_per_epoch});
        const Outcome outcome = step(source, which, options_.clip_norm);
        if (outcome.broken) diverge(outcome, "step " + std::to_string(steps() + 1));
        return Stepper::score(outcome.totals, 1, which.size());
    }

    // One step over some samples of a source, with the rates that are prepared.
    Outcome step(const auto& source, std::span<const SampleIndex> which, double clip_norm) {
        reserve(which.size());
        return stepper_.step(model_.parameters(), model_.buffers(), as_drawn(source), which, clip_norm, threads());
    }
    // Memory for a minibatch of so many samples. OptionError where the storage has too little.
    void reserve(std::size_t samples) {
        const auto layout = Stepper::memory(samples, threads(), shards_);
        std::byte* const bytes = memory_.reserve(layout.bytes, layout.fixed());
        if (!bytes)
            fail<OptionError>("Trainer: a minibatch of " + std::to_string(samples) + " on " + std::to_string(threads()) + " threads and " + std::to_string(shards_) +
                              " shards takes " + std::to_string(layout.bytes) + " bytes, but the storage has " + std::to_string(memory_.capacity()) +
                              ": give it more, or take less of them");
        stepper_.use(bytes, layout);
    }
    // A source as this step sees it: of a data set with what is drawn for the step.
    template <class Source> decltype(auto) as_drawn(const Source& source) const {
        if constexpr (requires { source.drawn(0); }) return source.drawn(key(options_.seed, Stream::crop, steps()));
        else return (source);
    }
    std::size_t threads() const { return std::min(options_.threads ? options_.threads : default_threads(), max_shards); }
    static double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }
    // A sum of losses stays one over an epoch; means are averaged.
    bool takes_sum() const { return stepper_.loss().reduction == Reduction::sum; }

    static Loss checked(Loss loss) {
        check_loss(loss, classes);
        return loss;
    }
    static std::size_t checked_shards(std::size_t shards) {
        if (shards == 0) return default_shards<typename M::Network, Input>;
        check_option(std::has_single_bit(shards) && shards <= max_shards, "Trainer", "shards", static_cast<double>(shards), "a power of two up to 64");
        return shards;
    }
    static void check_fit(const FitOptions<Data>& options) {
        check_option(options.epochs > 0, "fit", "epochs", 0, "at least 1");
        check_option(options.batch_size > 0, "fit", "batch_size", 0, "at least 1");
        check_option(!options.clip_norm || *options.clip_norm >= 0, "fit", "clip_norm", options.clip_norm.value_or(0), "0 (no limit) or positive");
        if (options.validation) detail::check_data(*options.validation, classes, "the validation set");
        if (!options.early_stopping) return;
        check_option(options.early_stopping->patience > 0, "fit", "early_stopping.patience", 0, "at least 1");
        check_option(options.early_stopping->minimum_gain >= 0, "fit", "early_stopping.minimum_gain", options.early_stopping->minimum_gain,
                     "0 or positive");
        if (!options.validation) fail<OptionError>("fit: early_stopping watches the validation loss, but there is no validation set: give .validation");
    }

    // How many numbers there are in a minibatch's targets, which are checked.
    static std::size_t size_of_targets(const auto& targets) {
        if constexpr (!is_classes<Target>) return check_batch<Target>(targets, "the batch of targets") * Goal::size;
        else {
            if constexpr (is_tokens<Target>) check_batch<Goal>(targets, "the batch of targets");
            check_whole(targets, Goal::size, classes, "label", "no class of the network");
            return static_cast<std::size_t>(std::ranges::distance(targets));
        }
    }
    M& model_;
    TrainerOptions options_;
    std::size_t shards_;
    Stepper stepper_;
    typename Storage::Memory memory_;
};

// A loss or an optimiser that does not go with the network is one error, a sentence; the trainer then does nothing, so that what follows
// adds no error of its own. Nor does a trainer of a model whose network does not fit, which has said so.
namespace detail {
template <class M> inline constexpr bool stands_in = requires { requires M::stands_in; };
template <class M, class Loss, class Optimizer> consteval bool report_training() {
    if constexpr (requires { M::mistake; }) refuse<M::mistake>();
    else if constexpr (!stands_in<M>) refuse<training_fault<M, Loss, Optimizer>>();
    return true;
}
// What stands for the model where a Trainer is made of something else.
template <class... Given> struct NoTraining {
    static constexpr bool stands_in = true;
    static constexpr Text mistake = [] {
        using First = std::remove_cvref_t<type_at<0, Given...>>;
        if constexpr (!requires { typename First::Network; }) return text("a Trainer trains a kiln::Model, but ", given<First>(), " was given");
        else if constexpr (sizeof...(Given) < 3) return "a Trainer is made of a model, a loss and an optimiser: Trainer{model, kiln::CrossEntropy{}, kiln::Adam{}}";
        else return "the model is a temporary, but must outlive the Trainer: give it a name";
    }();
};
}  // namespace detail
template <class M, class Loss, class Optimizer, std::size_t Width, class Storage>
    requires(detail::stands_in<M> || !detail::training_fault<M, Loss, Optimizer>.empty())
class Trainer<M, Loss, Optimizer, Width, Storage> {
    static_assert(detail::report_training<M, Loss, Optimizer>());

public:
    template <class... Given> Trainer(Given&&...) {}
    Score step(const auto&...) { return {}; }
    template <class Input, class Target> History fit(const Dataset<Input, Target>&, FitOptions<Dataset<Input, Target>> = {}) { return {}; }
    Score evaluate(const auto&) const { return {}; }
};
template <class First, class... More>
    requires(!std::is_lvalue_reference_v<First> || !requires { typename std::remove_cvref_t<First>::Network; } || sizeof...(More) < 2)
Trainer(First&&, const More&...) -> Trainer<detail::NoTraining<First, More...>, void, void, 0>;

}  // namespace kiln
