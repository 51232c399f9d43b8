// Update: a step of an optimiser, from the shards' gradients to new parameters.
//
// It works on the flat arrays, every thread on its slice of them, in whole packs: a pack is rounded the same wherever a slice
// begins. Where there are parameter groups a slice is cut at their borders, which are borders of packs too.
#pragma once
#include <cmath>
#include <numeric>
#include "kiln/core/workspace.hpp"
#include "kiln/optim/parameter_groups.hpp"
#include "kiln/optim/schedule.hpp"

namespace kiln {

template <class Parameters, class Engine, class Groups> class Update {
public:
    using T = typename Engine::T;

    explicit Update(Groups groups) : groups_(std::move(groups)) { groups_.check(); }

    // The optimiser's moments lie in memory that is given: so many numbers, zero before the first step.
    static constexpr std::size_t moments = Groups::moments * Parameters::extent;
    void use(T* numbers) { moments_ = numbers; }

    // What comes before step `number` (the first is 1): every group's rule, at the rate that the schedule gives it. Returns the
    // first rate. OptionError where a rate is not 0 or positive.
    double prepare(std::size_t number, const Schedule& schedule, Progress progress) {
        std::array<double, Groups::count> rates;
        for (std::size_t g = 0; g < rates.size(); ++g) {
            const auto& options = groups_.options()[g];
            rates[g] = schedule(options.learning_rate, progress);
            check_option(rates[g] >= 0 && std::isfinite(rates[g]), "Trainer", "the schedule's learning rate", rates[g], "0 or positive, and finite");
            rules_[g] = options.template rule<T>(number, rates[g]);
        }
        return rates[0];
    }

    // A thread's part of the step; every thread of the team calls it, after the barrier that follows the engine's run. False,
    // and nothing is changed, where there is a limit for the gradient's norm and the norm is not finite.
    bool run(const Engine& engine, std::size_t samples, T* parameters, double clip_norm, const Team& team) {
        T scale(1);
        if (clip_norm > 0) {
            const double norm = gradient_norm(engine, samples, team);
            if (!std::isfinite(norm)) return false;
            scale = static_cast<T>(std::min(1.0, clip_norm / (norm + 1e-6)));  // as torch.nn.utils.clip_grad_norm_
        }
        for (const GroupSlice& slice : Groups::template slices<Parameters>) {
            const std::size_t begin = std::max(slice.begin, team.begin(packs) * native_width<T>), end = std::min(slice.end, team.end(packs) * native_width<T>);
            each_block(engine, samples, begin, end, [&](std::size_t first, std::size_t count, const T* gradient) {
                const Rule rule = rules_[slice.group];  // a copy, that no store to a parameter may change: it stays in registers
                const Numbers factor(scale);
                T* const p = parameters + first;
                T* const own = moments_ + first;
                for (std::size_t k = 0; k < count; k += native_width<T>)
                    store_lanes(p + k, Numbers(rule(load_lanes<Numbers>(p + k), load_lanes<Numbers>(gradient + k) * factor, Moments{own + k})));
            });
        }
        return true;
    }

private:
    using Rule = decltype(std::declval<const typename Groups::Optimizer&>().template rule<T>(std::size_t{1}, 0.0));
    using Numbers = Lanes<T, native_width<T>>;
    static constexpr std::size_t packs = Parameters::extent / native_width<T>;
    static_assert(parameter_alignment % native_width<T> == 0);

    // m[i] of a rule: a moment in memory.
    struct Moments {
        struct Slot {
            T* at;
            operator Numbers() const { return load_lanes<Numbers>(at); }
            void operator=(const Numbers& value) const { store_lanes(at, value); }
        };
        T* at;
        Slot operator[](std::size_t i) const { return {at + i * Parameters::extent}; }
    };

    // f(first, count, the minibatch's gradient there) for the elements of [begin, end), block by block.
    static void each_block(const Engine& engine, std::size_t samples, std::size_t begin, std::size_t end, auto&& f) {
        alignas(memory_alignment) std::array<T, Engine::gradient_block> gradient;
        for (std::size_t first = begin; first < end; first += gradient.size()) {
            const std::size_t count = std::min(gradient.size(), end - first);
            engine.gradient(samples, first, count, gradient.data());
            f(first, count, static_cast<const T*>(gradient.data()));
        }
    }

    // Of the gradient of all parameters together. The parts of its sum do not depend on the threads.
    double gradient_norm(const Engine& engine, std::size_t samples, const Team& team) {
        constexpr std::size_t parts = std::tuple_size_v<decltype(norms_)>;
        for (std::size_t part = team.begin(parts); part < team.end(parts); ++part) {
            double total = 0;
            const std::size_t begin = part * packs / parts * native_width<T>, end = (part + 1) * packs / parts * native_width<T>;
            each_block(engine, samples, begin, end, [&](std::size_t, std::size_t count, const T* gradient) {
                Numbers squares(0);
                for (std::size_t k = 0; k < count; k += native_width<T>) {
                    const Numbers g = load_lanes<Numbers>(gradient + k);
                    squares = fma(g, g, squares);
                }
                total += static_cast<double>(sum(squares));
            });
            norms_[part] = total;
        }
        team.wait();
        return std::sqrt(std::accumulate(norms_.begin(), norms_.end(), 0.0));
    }

    Groups groups_;
    std::array<Rule, Groups::count> rules_{};
    T* moments_ = nullptr;
    std::array<double, 64> norms_{};
};

}  // namespace kiln
