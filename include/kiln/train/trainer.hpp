// Trainer: fits a model to data.
//
//     kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 1e-3}};
//     const kiln::History history = trainer.fit(mnist.train, {.epochs = 3, .batch_size = 64, .validation = &mnist.test});
//
// or a minibatch at a time, in a loop of one's own: trainer.step(images, labels). The trained parameters are the same bits
// for any number of threads; they depend on the seed, the batch size and the number of shards. A step allocates nothing
// once the trainer has seen a minibatch of that size.
#pragma once
#include <chrono>
#include <optional>
#include "kiln/data/loader.hpp"
#include "kiln/model/model.hpp"
#include "kiln/optim/schedule.hpp"
#include "kiln/train/engine.hpp"
#include "kiln/train/history.hpp"
#include "kiln/train/progress.hpp"

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
    std::uint64_t seed = 0;           // of dropout and the like
    double clip_norm = 0;             // the largest norm of the gradient of all parameters together; 0: no limit
    Schedule schedule = {};           // of the learning rate
    std::size_t steps = 0;            // for the schedule, in a loop of one's own: how many steps there will be in all
    std::size_t steps_per_epoch = 0;  // and in an epoch. fit knows both
};

// What holds for one call of fit.
template <class Data> struct FitOptions {
    std::size_t epochs = 1;
    std::size_t batch_size = 64;
    const Data* validation = nullptr;
    bool shuffle = true;
    std::uint64_t seed = 0;           // of the order of the samples
    std::optional<Schedule> schedule = {};  // instead of the trainer's
    std::optional<double> clip_norm = {};   // instead of the trainer's
    std::optional<EarlyStopping> early_stopping = {};
    Show progress = Show::automatic;
    Callback<BatchReport> on_batch = {};
    Callback<EpochReport> on_epoch = {};
};

namespace detail {
// What is wrong with training a network with a loss; empty where nothing is.
template <class M, class Loss> inline constexpr Text loss_fault = [] {
    using Output = typename M::Output;
    if constexpr (!Loss::template accepts<Output>)
        return text(Loss::name(), " expects ", Loss::expected(), ", but the network gives ", shape_text<Output>);
    else if constexpr (gives_probabilities<typename M::Network> && Loss::takes_logits)
        return text("the network ends in Softmax, but ", Loss::name(), " takes logits and applies softmax itself: remove the last layer");
    else return Text{};
}();

template <class Target> inline constexpr Text target_text = text(shape_text<Target>, Target::size == 1 ? " number" : " numbers");
template <> inline constexpr Text target_text<Label> = "labels";
// What is wrong with a data set for a model's input and a loss's targets.
template <class Data, class Wanted> inline constexpr Text data_fault = [] {
    if constexpr (!std::is_same_v<typename Data::Input, typename Wanted::Input>)
        return text("the data set has samples of ", shape_text<typename Data::Input>, ", but the model takes ", shape_text<typename Wanted::Input>);
    else
        return text("the data set has ", target_text<typename Data::Target>, " as targets, but the loss takes ", target_text<typename Wanted::Target>);
}();
}  // namespace detail

template <class M, class Loss, class Optimizer, std::size_t Width = tile_width<typename M::Network, typename M::Input, typename M::Scalar>>
class Trainer {
public:
    using T = typename M::Scalar;
    using Input = typename M::Input;
    using Output = typename M::Output;
    using Target = typename Loss::template Target<Output>;
    using Data = Dataset<Input, Target>;

    // The model must outlive the trainer. OptionError where an option is out of its range.
    Trainer(M& model, Loss loss, Optimizer optimizer, TrainerOptions options = {})
        : model_(model), optimizer_(optimizer), options_(std::move(options)), engine_(checked(loss), checked_shards(options_.shards)),
          moments_(Optimizer::moments * extent) {
        optimizer_.check();
        check_option(options_.clip_norm >= 0, "Trainer", "clip_norm", options_.clip_norm, "0 (no limit) or positive");
    }

    // Trains on one minibatch: samples along the first axis of x, and their targets (labels as whole numbers). Gives the score
    // before the step. DataError where shapes, counts or labels do not fit; DivergenceError where the loss is not finite, and
    // then the parameters are as before; OptionError where the schedule must know how many steps there will be, and
    // TrainerOptions does not say it.
    Score step(const auto& x, const auto& targets) {
        const std::size_t count = check_batch<Input>(x, "the batch of samples");
        const auto& inputs = in_rows<T>(x);
        const auto& goals = goals_of(targets);
        if (goals.size() != count * target_shape<Target>::size)
            fail<DataError>("the minibatch has " + std::to_string(count) + " samples and " +
                            std::to_string(goals.size() / target_shape<Target>::size) + " targets: give one target for each sample");
        if (count == 0) fail<DataError>("the minibatch is empty: a step needs at least one sample");
        while (order_.size() < count) order_.push_back(static_cast<SampleIndex>(order_.size()));
        const Rows<Input, target_shape<Target>, T> source{first_number(inputs), count, [&] {
            if constexpr (std::is_same_v<Target, Label>) return goals.data();
            else return first_number(goals);
        }()};
        return step_alone(source, std::span<const SampleIndex>{order_}.first(count));
    }
    // A minibatch of a Loader over a Dataset, which is not copied.
    Score step(const Batch<Data>& batch) {
        check(batch.source(), "the batch's data set");
        if (batch.size() == 0) fail<DataError>("the minibatch is empty: a step needs at least one sample");
        return step_alone(batch.source(), batch.indices());
    }

    // Trains for some epochs. OptionError where an option is out of its range, DataError where the data does not fit,
    // DivergenceError where a loss is not finite (the parameters are then as before that step).
    History fit(const Data& data, FitOptions<Data> options = {}) {
        check(data, "the training set");
        check_fit(options);
        Loader loader{data, {.batch_size = options.batch_size, .shuffle = options.shuffle, .seed = options.seed}};
        ProgressLine line{options.progress, options.epochs, loader.batches()};
        const Schedule& schedule = options.schedule ? *options.schedule : options_.schedule;
        const double clip = options.clip_norm.value_or(options_.clip_norm);
        History history;
        Best best;
        std::size_t number = 0;
        for (std::size_t epoch = 1; epoch <= options.epochs; ++epoch) {
            EpochReport report{.epoch = epoch, .epochs = options.epochs};
            const auto start = Clock::now();
            StepTotals sums;
            std::size_t seen = 0, batch = 0;
            for (const auto minibatch : loader.epoch(epoch - 1)) {
                report.learning_rate = schedule(optimizer_.learning_rate, {number, options.epochs * loader.batches(), loader.batches()});
                const auto totals = step(data, minibatch.indices(), report.learning_rate, clip);
                ++number, ++batch;
                if (!totals) {
                    line.clear();
                    fail<DivergenceError>(divergence("epoch " + std::to_string(epoch) + ", batch " + std::to_string(batch)));
                }
                const std::size_t count = minibatch.size();
                sums = sums + StepTotals{totals->loss * static_cast<double>(count), totals->correct};
                seen += count;
                const BatchReport now{epoch, options.epochs, batch, loader.batches(), count, report.learning_rate, score(*totals, 1, count)};
                line.batch(now, score(sums, seen, seen), seen, seconds_since(start));
                if (options.on_batch(now) == Continue::no) {
                    history.stopped = Stopped::by_callback;
                    break;
                }
            }
            report.training = score(sums, seen, seen);
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
    // Data of another shape or with other targets.
    template <class OtherInput, class OtherTarget>
        requires(!std::is_same_v<Dataset<OtherInput, OtherTarget>, Data>)
    History fit(const Dataset<OtherInput, OtherTarget>&, FitOptions<Dataset<OtherInput, OtherTarget>> = {}) {
        static_assert(Report<detail::data_fault<Dataset<OtherInput, OtherTarget>, Data>>::size > 0);
        return {};
    }

    // Mean loss and accuracy over a data set, as at inference.
    Score evaluate(const Data& data) const {
        check(data, "the data set");
        using L = Lanes<T, tile_width<typename M::Network, Input, T>>;
        using Goal = target_shape<Target>;
        constexpr std::size_t width = lane_count<L>;
        // Every tile's sums have a place of their own, and are added in order.
        std::vector<StepTotals> tiles((data.size() + width - 1) / width);
        std::vector<double> weights(tiles.size());
        model_.for_each_tile(data, [&](std::span<const SampleIndex> which, View<Output, L> y) {
            L* const goal = detail::thread_workspace<L, Goal>(Goal::size);
            data.load_targets(which, goal);
            const std::size_t tile = which.front() / width;
            for (std::size_t i = 0; i < which.size(); ++i) weights[tile] += engine_.loss().weight(static_cast<double>(to_lanes(goal[0])[i]));
            std::array<T, width> alive{};
            std::fill_n(alive.begin(), which.size(), T(1));
            tiles[tile].loss = static_cast<double>(sum(engine_.loss().value(as_const(y), View<Goal, const L>{goal}, from_lanes<L>(alive))));
            if constexpr (std::is_same_v<Target, Label>)
                tiles[tile].correct = static_cast<double>(sum(from_lanes<L>(alive) * correct(as_const(y), View<Goal, const L>{goal})));
        });
        StepTotals sums;
        double weight = 0;
        for (std::size_t t = 0; t < tiles.size(); ++t) sums = sums + tiles[t], weight += weights[t];
        return {sums.loss / weight, score(sums, 1, data.size()).accuracy};
    }

    template <class OtherInput, class OtherTarget>
        requires(!std::is_same_v<Dataset<OtherInput, OtherTarget>, Data>)
    Score evaluate(const Dataset<OtherInput, OtherTarget>&) const {
        static_assert(Report<detail::data_fault<Dataset<OtherInput, OtherTarget>, Data>>::size > 0);
        return {};
    }

    M& model() { return model_; }
    std::size_t steps() const { return steps_; }

private:
    using Engine = kiln::Engine<typename M::Network, Input, Loss, Lanes<T, Width>>;
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t extent = M::Parameters::extent;

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

    // A step of a loop of one's own.
    Score step_alone(const auto& source, std::span<const SampleIndex> which) {
        const double rate = options_.schedule(optimizer_.learning_rate, {steps_, options_.steps, options_.steps_per_epoch});
        const auto totals = step(source, which, rate, options_.clip_norm);
        if (!totals) fail<DivergenceError>(divergence("step " + std::to_string(steps_ + 1)));
        return score(*totals, 1, which.size());
    }

    // One step over some samples of a source, or nothing where the loss is not finite.
    std::optional<StepTotals> step(const auto& source, std::span<const SampleIndex> which, double rate, double clip_norm) {
        check_option(rate >= 0 && std::isfinite(rate), "Trainer", "the schedule's learning rate", rate, "0 or positive, and finite");
        const std::size_t threads = std::min(options_.threads ? options_.threads : default_threads(), max_shards);
        engine_.reserve(which.size(), threads);
        if constexpr (M::Buffers::extent > 0) buffers_before_.assign(model_.buffers().begin(), model_.buffers().end());
        const auto rule = optimizer_.template rule<T>(steps_ + 1, rate);
        StepTotals totals;
        parallel(threads, [&](std::size_t thread, std::size_t team) {
            engine_.run(model_.parameters().data(), model_.buffers().data(), source, which, options_.seed, steps_, thread, team);
            barrier(team);
            const StepTotals mine = engine_.totals(which.size());
            if (thread == 0) totals = mine;
            if (!std::isfinite(mine.loss)) return;
            const T scale = clip_norm > 0 ? clip(which.size(), clip_norm, thread, team) : T(1);
            update(rule, which.size(), scale, border(thread, team), border(thread + 1, team));
        });
        if (!std::isfinite(totals.loss)) {
            std::ranges::copy(buffers_before_, model_.buffers().begin());
            return {};
        }
        ++steps_;
        return totals;
    }

    // The update works on slices of the flat arrays, in whole packs: a pack is rounded the same wherever a slice begins.
    using Numbers = Lanes<T, native_width<T>>;
    static constexpr std::size_t packs = extent / native_width<T>;
    static_assert(parameter_alignment % native_width<T> == 0);

    // m[i] of a rule: a moment in memory.
    struct Moments {
        struct Slot {
            T* at;
            operator Numbers() const { return load_lanes<Numbers>(at); }
            void operator=(const Numbers& value) const { store_lanes(at, value); }
        };
        T* at;
        Slot operator[](std::size_t i) const { return {at + i * extent}; }
    };
    void update(const auto& rule, std::size_t samples, T scale, std::size_t begin, std::size_t end) {
        T* const parameters = model_.parameters().data();
        each_gradient(samples, begin, end, [&](std::size_t k, const Numbers& gradient) {
            Moments moments{moments_.data() + k};
            store_lanes(parameters + k, Numbers(rule(load_lanes<Numbers>(parameters + k), gradient * Numbers(scale), moments)));
        });
    }
    // f(k, the minibatch's gradient at elements k, k + 1, ...) for the packs of [begin, end).
    void each_gradient(std::size_t samples, std::size_t begin, std::size_t end, auto&& f) const {
        alignas(memory_alignment) std::array<T, Engine::gradient_block> gradient;
        for (std::size_t first = begin; first < end; first += gradient.size()) {
            const std::size_t count = std::min(gradient.size(), end - first);
            engine_.gradient(samples, first, count, gradient.data());
            for (std::size_t k = 0; k < count; k += native_width<T>) f(first + k, load_lanes<Numbers>(gradient.data() + k));
        }
    }
    // Part i of n of the flat arrays, in whole packs.
    static constexpr std::size_t border(std::size_t i, std::size_t n) { return i * packs / n * native_width<T>; }

    // The factor that brings the gradient's norm to the limit, as torch.nn.utils.clip_grad_norm_. The blocks of its sum do not
    // depend on the threads.
    T clip(std::size_t samples, double limit, std::size_t thread, std::size_t team) {
        constexpr std::size_t blocks = std::tuple_size_v<decltype(norms_)>;
        for (std::size_t b = thread * blocks / team; b < (thread + 1) * blocks / team; ++b) {
            norms_[b] = 0;
            each_gradient(samples, border(b, blocks), border(b + 1, blocks),
                          [&](std::size_t, const Numbers& gradient) { norms_[b] += static_cast<double>(sum(gradient * gradient)); });
        }
        barrier(team);
        const double norm = std::sqrt(std::accumulate(norms_.begin(), norms_.end(), 0.0));
        return static_cast<T>(std::min(1.0, limit / (norm + 1e-6)));
    }

    static Score score(const StepTotals& sums, std::size_t loss_samples, std::size_t samples) {
        const auto n = static_cast<double>(samples);
        return {sums.loss / static_cast<double>(loss_samples), std::is_same_v<Target, Label> ? sums.correct / n : not_measured};
    }
    static double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }
    static std::string divergence(const std::string& where) {
        return "the loss is not finite in " + where + ": the parameters are as before that step; try a smaller learning rate, or clip_norm";
    }

    static Loss checked(Loss loss) {
        loss.check(Output::size);
        return loss;
    }
    static std::size_t checked_shards(std::size_t shards) {
        if (shards == 0) return default_shards<typename M::Network, Input>;
        check_option(std::has_single_bit(shards) && shards <= max_shards, "Trainer", "shards", static_cast<double>(shards), "a power of two up to 64");
        return shards;
    }
    static void check(const Data& data, const char* what) {
        if (data.empty()) fail<DataError>(std::string{what} + " is empty: it needs at least one sample");
        if constexpr (std::is_same_v<Target, Label>)
            if (data.classes() > Output::size)
                fail<DataError>(std::string{what} + " has the label " + std::to_string(data.classes() - 1) + ", but the network has " +
                                std::to_string(Output::size) + " classes, 0 to " + std::to_string(Output::size - 1));
    }
    static void check_fit(const FitOptions<Data>& options) {
        check_option(options.epochs > 0, "fit", "epochs", 0, "at least 1");
        check_option(options.batch_size > 0, "fit", "batch_size", 0, "at least 1");
        check_option(!options.clip_norm || *options.clip_norm >= 0, "fit", "clip_norm", options.clip_norm.value_or(0), "0 (no limit) or positive");
        if (options.validation) check(*options.validation, "the validation set");
        if (!options.early_stopping) return;
        check_option(options.early_stopping->patience > 0, "fit", "early_stopping.patience", 0, "at least 1");
        check_option(options.early_stopping->minimum_gain >= 0, "fit", "early_stopping.minimum_gain", options.early_stopping->minimum_gain,
                     "0 or positive");
        if (!options.validation) fail<OptionError>("fit: early_stopping watches the validation loss, but there is no validation set: give .validation");
    }

    // A minibatch's targets as numbers of type T; labels in memory of the trainer's.
    decltype(auto) goals_of(const auto& targets) {
        if constexpr (std::is_same_v<Target, Label>) {
            labels_.clear();
            for (const auto label : targets) {
                const auto number = static_cast<double>(label);
                if (!(number >= 0 && number < Output::size && number == std::floor(number)))
                    fail<DataError>("label " + std::to_string(label) + " of sample " + std::to_string(labels_.size()) + " is no class of the network, which has " +
                                    std::to_string(Output::size) + ", 0 to " + std::to_string(Output::size - 1));
                labels_.push_back(static_cast<T>(number));
            }
            return std::as_const(labels_);
        } else {
            check_batch<Target>(targets, "the batch of targets");
            return in_rows<T>(targets);
        }
    }

    M& model_;
    Optimizer optimizer_;
    TrainerOptions options_;
    Engine engine_;
    AlignedVector<T> moments_, buffers_before_;
    std::vector<SampleIndex> order_;  // 0, 1, ..., and labels: of a step on tensors
    std::vector<T> labels_;
    std::array<double, 64> norms_{};
    std::size_t steps_ = 0;
};

// A loss that does not go with the network is one error, a sentence; the trainer then does nothing, so that what follows
// adds no error of its own.
template <class M, class Loss, class Optimizer, std::size_t Width>
    requires(!detail::loss_fault<M, Loss>.empty())
class Trainer<M, Loss, Optimizer, Width> {
    static_assert(Report<detail::loss_fault<M, Loss>>::size > 0);
    using Data = Dataset<typename M::Input, typename Loss::template Target<typename M::Output>>;

public:
    Trainer(M&, Loss, Optimizer, TrainerOptions = {}) {}
    Score step(const auto&...) { return {}; }
    History fit(const auto&, FitOptions<Data> = {}) { return {}; }
    Score evaluate(const auto&) const { return {}; }
};

}  // namespace kiln
