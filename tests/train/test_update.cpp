#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <vector>
#include "kiln/core/threads.hpp"
#include "kiln/optim/adam.hpp"
#include "kiln/optim/sgd.hpp"
#include "kiln/train/update.hpp"
#include "support/small.hpp"

using namespace kiln;
using kiln_test::noise, kiln_test::same_bits;

namespace {
using Parameters = Arrays<Parameter<"0.weight", Shape<40, 30>>, Parameter<"0.bias", Shape<40>>, Parameter<"1.weight", Shape<7>>>;
template <class T> using Flat = AlignedVector<T>;

// A gradient that is given, where the trainer's engine has that of a network.
template <class T_> struct Given {
    using T = T_;
    static constexpr std::size_t gradient_block = 64;
    Flat<T> all = Flat<T>(Parameters::extent);
    void gradient(std::size_t, std::size_t begin, std::size_t count, T* sum) const { std::copy_n(all.data() + begin, count, sum); }
};
template <class T> Given<T> random_gradient(int step) {
    Given<T> given;
    for (std::size_t i = 0; i < given.all.size(); ++i) given.all[i] = static_cast<T>(noise(step, i));
    return given;
}

// An update with memory of its own for the moments.
template <class T, class Groups> struct Owning : Update<Parameters, Given<T>, Groups> {
    Flat<T> moments = Flat<T>(Update<Parameters, Given<T>, Groups>::moments);
    explicit Owning(Groups groups) : Update<Parameters, Given<T>, Groups>{groups} { this->use(moments.data()); }
};

// The parameters after some steps by a team of threads.
template <class T> std::vector<T> updated(const auto& optimizer, std::size_t threads, double clip_norm = 0, int steps = 3) {
    using Groups = groups_of<std::remove_cvref_t<decltype(optimizer)>>;
    Owning<T, Groups> update{optimizer};
    Flat<T> p(Parameters::extent, T(0.5));
    for (int n = 0; n < steps; ++n) {
        const auto gradient = random_gradient<T>(n);
        update.prepare(static_cast<std::size_t>(n) + 1, Schedule{}, {});
        parallel(threads, [&](const Team& team) { update.run(gradient, 1, p.data(), clip_norm, team); });
    }
    return {p.begin(), p.end()};
}
const ParameterGroups groups{Adam{.learning_rate = 0.1}, group<"bias">(Adam{.learning_rate = 0.2, .beta1 = 0.5}), group<"1">(Adam{.learning_rate = 0})};
}  // namespace

TEST_CASE_TEMPLATE("update: the same bits for any number of threads, with groups and with a limit of the norm", T, float, double) {
    for (const double clip : {0.0, 0.1}) {
        const auto one = updated<T>(groups, 1, clip), plain = updated<T>(Adam{}, 1, clip);
        for (const std::size_t threads : {2U, 3U, 5U, 64U}) {
            CHECK(same_bits(updated<T>(groups, threads, clip), one));
            CHECK(same_bits(updated<T>(Adam{}, threads, clip), plain));
        }
        CHECK_FALSE(same_bits(one, plain));
    }
}

TEST_CASE_TEMPLATE("update: a group's parameters are those of a plain optimiser with its options, the same bits", T, float, double) {
    const auto found = updated<T>(groups, 2);
    const auto first = updated<T>(groups.options()[0], 1), bias = updated<T>(groups.options()[1], 1), second = updated<T>(groups.options()[2], 1);
    for (std::size_t i = 0; i < Parameters::extent; ++i) {
        CAPTURE(i);
        CHECK(found[i] == (i < Parameters::offsets[1] ? first : i < Parameters::offsets[2] ? bias : second)[i]);
    }
    CHECK(second[0] == T(0.5));
    CHECK(first[0] != T(0.5));
}

TEST_CASE("update: the schedule gives each group its rate, and a rate that is none is refused") {
    Owning<double, std::remove_const_t<decltype(groups)>> update{groups};
    CHECK(update.prepare(1, Schedule{}, {}) == 0.1);
    std::vector<double> seen;
    const Schedule halves = [&](double rate, Progress) {
        seen.push_back(rate);
        return rate / 2;
    };
    CHECK(update.prepare(1, halves, {}) == 0.05);
    CHECK(seen == std::vector<double>{0.1, 0.2, 0});
    CHECK_THROWS_WITH_AS(update.prepare(1, [](double rate, Progress) { return rate - 0.1; }, {}),
                         "Trainer: the schedule's learning rate is -0.1, but must be 0 or positive, and finite", OptionError);
}

TEST_CASE("update: where the norm is limited, a gradient that is not finite changes nothing") {
    for (const double broken : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        for (const std::size_t threads : {1U, 3U}) {
            Owning<double, ParameterGroups<Adam>> update{Adam{}};
            Flat<double> p(Parameters::extent, 0.5);
            auto gradient = random_gradient<double>(0);
            gradient.all[700] = broken;
            update.prepare(1, Schedule{}, {});
            std::vector<int> done(threads, 1);
            parallel(threads, [&](const Team& team) { done[team.thread] = update.run(gradient, 1, p.data(), 0.1, team); });
            CHECK(done[0] == 0);
            CHECK(p == Flat<double>(Parameters::extent, 0.5));
            // Neither were the moments: the next step is as the first.
            gradient = random_gradient<double>(0);
            parallel(threads, [&](const Team& team) { update.run(gradient, 1, p.data(), 0.1, team); });
            CHECK(same_bits(std::vector(p.begin(), p.end()), updated<double>(Adam{}, 1, 0.1, 1)));
        }
}
