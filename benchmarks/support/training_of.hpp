// The definition behind training.hpp.
#pragma once
#include <algorithm>
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/model/model.hpp"
#include "kiln/train/trainer.hpp"
#include "support/clock.hpp"
#include "support/networks.hpp"
#include "support/patterns.hpp"
#include "support/training.hpp"

template <class Network> class TrainingOf : public Training {
public:
    TrainingOf(std::size_t threads, std::size_t shards)
        : trainer_(model_, kiln::CrossEntropy{}, Network::optimizer, {.threads = threads, .shards = shards}),
          data_(patterns<typename Network::Input>(samples).transformed(kiln::Normalize{.mean = 0.5, .std = 0.5})) {
        batch = Network::batch;
        flops = static_cast<double>(Model::training_flops);
    }

    Epoch epoch() override {
        const double start = seconds();
        const auto history = trainer_.fit(data_, {.batch_size = Network::batch, .seed = epoch_++, .progress = kiln::Show::nothing});
        return {static_cast<double>(samples) / (seconds() - start), history.epochs.front().training.loss};
    }

private:
    using Model = kiln::Model<typename Network::Net, typename Network::Input>;
    static Model start() {
        if constexpr (requires { Network::initialiser; }) return Model{kiln::Seed{1}, Network::initialiser};
        else return Model{kiln::Seed{1}};
    }
    // Whole minibatches of some 15 GFLOP together, a fifth of a second on one core; small networks see no sample twice in an epoch.
    static constexpr std::size_t samples =
        std::clamp<std::size_t>(15'000'000'000 / Model::training_flops / Network::batch, 1, 20'000 / Network::batch) * Network::batch;

    Model model_ = start();
    kiln::Trainer<Model, kiln::CrossEntropy, std::remove_const_t<decltype(Network::optimizer)>> trainer_;
    kiln::Dataset<typename Network::Input, kiln::Label> data_;
    std::uint64_t epoch_ = 0;
};

template <class Network> std::unique_ptr<Training> training_of(std::size_t threads, std::size_t shards) {
    return std::make_unique<TrainingOf<Network>>(threads, shards);
}
