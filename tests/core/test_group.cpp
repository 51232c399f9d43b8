#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>
#include "kiln/core/group.hpp"

using namespace kiln;

// Every minibatch of up to 300 samples, every width and number of shards.
TEST_CASE("group: a cut gives every tile to one shard, and none is empty") {
    std::size_t wrong = 0, cuts = 0;
    for (const std::size_t width : {1U, 4U, 8U, 16U, 32U})
        for (std::size_t shards = 1; shards <= max_shards; shards *= 2)
            for (std::size_t samples = 1; samples <= 300; ++samples) {
                const Cut cut = Cut::of(samples, width, shards);
                ++cuts;
                wrong += cut.samples != samples || cut.tiles * width < samples || (cut.tiles - 1) * width >= samples;
                wrong += !std::has_single_bit(cut.shards) || cut.shards > shards || cut.shards > cut.tiles;
                wrong += cut.shards < shards && 2 * cut.shards <= cut.tiles;  // as many as there may be
                wrong += cut.first_tile(0) != 0 || cut.first_tile(cut.shards) != cut.tiles;
                for (std::size_t s = 0; s < cut.shards; ++s) wrong += cut.first_tile(s) >= cut.first_tile(s + 1);
            }
    CHECK(cuts == 5 * 7 * 300);
    CHECK(wrong == 0);
    static_assert(Cut::of(100, 16, 8).tiles == 7 && Cut::of(100, 16, 8).shards == 4);
}

TEST_CASE("group: a sum of shards is one balanced tree") {
    const auto tree = [](std::size_t count) { return tree_sum(count, [](std::size_t i) { return std::to_string(i); }); };
    CHECK(tree(1) == "0");
    CHECK(tree(4) == "0123");  // strings are added in order
    struct Expression {
        std::string text;
        Expression operator+(const Expression& b) const { return {"(" + text + b.text + ")"}; }
    };
    const auto parenthesised = [](std::size_t count) { return tree_sum(count, [](std::size_t i) { return Expression{std::to_string(i)}; }).text; };
    CHECK(parenthesised(2) == "(01)");
    CHECK(parenthesised(4) == "((01)(23))");
    CHECK(parenthesised(8) == "(((01)(23))((45)(67)))");
    for (std::size_t count = 1; count <= max_shards; count *= 2) CHECK(tree_sum(count, [](std::size_t i) { return i + 1; }) == count * (count + 1) / 2);
}

namespace {
template <class L> struct Fixture {
    using T = scalar<L>;
    static constexpr std::size_t width = lane_count<L>;
    Cut cut;
    std::vector<TileInfo<L>> tiles;

    Fixture(std::size_t samples, std::size_t shards) : cut(Cut::of(samples, width, shards)) {
        for (std::size_t s = 0; s < cut.shards; ++s)
            for (std::size_t t = cut.first_tile(s); t < cut.first_tile(s + 1); ++t) {
                std::array<T, width> alive;
                for (std::size_t lane = 0; lane < width; ++lane) alive[lane] = t * width + lane < samples;
                tiles.push_back({t * width, s, t == cut.first_tile(s), from_lanes<L>(alive)});
            }
    }
};

// Sums over a minibatch of 1 / (sample + 1) and of (sample + 1), several times in a row, on so many threads.
template <class L> std::vector<std::array<scalar<L>, 2>> totals(std::size_t samples, std::size_t shards, std::size_t threads) {
    using T = scalar<L>;
    Fixture<L> f{samples, shards};
    std::vector<T> board(2 * f.cut.shards * board_width);
    std::vector<std::array<T, 2>> results(5 * threads);
    std::vector<int> members(threads);
    parallel(threads, [&](const Team& team) {
        Step<T> step{.cut = f.cut, .team = team, .board = board.data()};
        const std::size_t first = f.cut.first_tile(team.begin(f.cut.shards)), last = f.cut.first_tile(team.end(f.cut.shards));
        const Group<L> group{nullptr, 0, last - first, f.tiles.data() + first, &step};
        for (std::size_t round = 0; round < 5; ++round) {
            std::array<T, 2> out;
            group.total(out, [&](std::size_t t, std::array<L, 2>& sums) {
                std::array<T, lane_count<L>> v;
                for (std::size_t lane = 0; lane < v.size(); ++lane) v[lane] = static_cast<T>(group.tiles[t].first_sample + lane + 1 + round);
                sums[0] += group.tiles[t].alive / from_lanes<L>(v);
                sums[1] += group.tiles[t].alive * from_lanes<L>(v);
            });
            results[5 * team.thread + round] = out;
        }
        members[team.thread] = 1;
    });
    std::vector<std::array<T, 2>> found;
    for (std::size_t t = 0; t < threads; ++t)
        if (members[t]) found.insert(found.end(), results.begin() + static_cast<std::ptrdiff_t>(5 * t), results.begin() + static_cast<std::ptrdiff_t>(5 * t + 5));
    return found;
}
}  // namespace

TEST_CASE("group: totals are right, and the same bits on every thread of any team") {
    using L = Lanes<float, native_width<float>>;
    const auto one = totals<L>(103, 4, 1);
    for (std::size_t round = 0; round < 5; ++round) {
        double inverse = 0, plain = 0;
        for (std::size_t i = 0; i < 103; ++i) inverse += 1 / static_cast<double>(i + 1 + round), plain += static_cast<double>(i + 1 + round);
        CHECK(one[round][0] == doctest::Approx(inverse).epsilon(1e-6));
        CHECK(one[round][1] == plain);
    }
    for (const std::size_t threads : {2U, 3U, 8U}) {
        const auto found = totals<L>(103, 4, threads);
        REQUIRE(found.size() % 5 == 0);
        for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == one[i % 5]);
    }
    CHECK(totals<float>(103, 1, 1) != totals<float>(103, 64, 1));  // the tree is part of the recipe
}

TEST_CASE("group: random numbers are the sample's, whatever the width of a tile") {
    using L = Lanes<float, 8>;
    Fixture<L> wide{20, 2};
    Fixture<float> narrow{20, 4};
    Step<float> step{.seed = 3, .number = 5}, next{.seed = 3, .number = 6}, seeded{.seed = 4, .number = 5};
    std::set<float> all;
    for (std::size_t t = 0; t < wide.tiles.size(); ++t) {
        const auto u = to_lanes(Group<L>{nullptr, 0, 3, wide.tiles.data(), &step}.random(t, 1)[7]);
        for (std::size_t lane = 0; lane < 8 && 8 * t + lane < 20; ++lane) {
            const auto group = [&](Step<float>& s) { return Group<float>{nullptr, 0, 20, narrow.tiles.data(), &s}; };
            CHECK(u[lane] == group(step).random(8 * t + lane, 1)[7]);
            CHECK(u[lane] != group(next).random(8 * t + lane, 1)[7]);
            CHECK(u[lane] != group(seeded).random(8 * t + lane, 1)[7]);
            CHECK(u[lane] != group(step).random(8 * t + lane, 2)[7]);
            CHECK(u[lane] != group(step).random(8 * t + lane, 1)[8]);
            CHECK(u[lane] >= 0);
            CHECK(u[lane] < 1);
            all.insert(u[lane]);
        }
    }
    CHECK(all.size() == 20);
}
