#include <doctest/doctest.h>
#include <map>
#include <string>
#include <vector>
#include "kiln/core/plan.hpp"
#include "kiln/core/random.hpp"

using namespace kiln;

namespace {
// Memory in which every number knows who wrote it; what runs on it does what layers may do, and no more.
struct Memory {
    std::map<Arena, std::vector<int>> arenas;
    std::string fault;

    void check(Slot slot, std::size_t size, int owner, const char* what) {
        const auto& numbers = arenas[slot.arena];
        if (size > 0 && slot.offset + size > numbers.size()) fault = std::string{what} + " lies outside of its arena";
        else
            for (std::size_t i = 0; i < size; ++i)
                if (numbers[slot.offset + i] != owner) fault = std::string{what} + " was overwritten";
    }
    void write(Slot slot, std::size_t size, int owner, const char* what) {
        auto& numbers = arenas[slot.arena];
        if (size > 0 && slot.offset + size > numbers.size()) fault = std::string{what} + " lies outside of its arena";
        else std::fill_n(numbers.begin() + static_cast<std::ptrdiff_t>(slot.offset), size, owner);
    }
};
bool same(Slot a, Slot b) { return a.arena == b.arena && a.offset == b.offset; }

// Runs a plan forward, and in training backward; what goes wrong, or "".
template <std::size_t N> std::string run(const ChainFacts<N>& f, const ChainPlan<N>& plan, bool training) {
    Memory m;
    m.arenas[Arena::x].resize(f.size[0]);
    m.arenas[Arena::y].resize(f.size[N]);
    m.arenas[Arena::dx].resize(f.size[0]);
    m.arenas[Arena::dy].resize(f.size[N]);
    m.arenas[Arena::kept].resize(plan.total.kept);
    m.arenas[Arena::scratch].resize(plan.total.scratch);
    const auto value = [&](std::size_t b) {
        while (b > 0 && f.hands_on[b - 1]) --b;
        return 100 + static_cast<int>(b);
    };
    const auto gradient = [](std::size_t b) { return 200 + static_cast<int>(b); };
    const auto kept = [](std::size_t i) { return 300 + static_cast<int>(i); };
    const auto scratch = [](std::size_t i) { return 400 + static_cast<int>(i); };
    m.write(plan.activation[0], f.size[0], value(0), "x");
    for (std::size_t i = 0; i < N; ++i) {
        const bool over = same(plan.activation[i], plan.activation[i + 1]);
        if (over && f.size[i] > 0 && !f.in_place[i]) return "y lies over x of a layer that is not in place";
        m.write(plan.scratch[i], f.workspace[i].scratch, scratch(i), "scratch");
        m.write(plan.kept[i], f.workspace[i].kept, kept(i), "kept");
        m.check(plan.activation[i], f.size[i], value(i), "x in forward");
        m.write(plan.activation[i + 1], f.size[i + 1], value(i + 1), "y");
        if (!over) m.check(plan.activation[i], f.size[i], value(i), "x while y is written");
        m.check(plan.scratch[i], f.workspace[i].scratch, scratch(i), "scratch in forward");
        m.check(plan.kept[i], f.workspace[i].kept, kept(i), "kept in forward");
    }
    m.check(plan.activation[N], f.size[N], value(N), "y at the end");
    m.check(plan.activation[0], f.size[0], value(0), "the chain's x, which is not its to write,");
    if (!training) return m.fault;

    // Between forward and backward others use the scratch, and an x and y that nobody said they read.
    std::ranges::fill(m.arenas[Arena::scratch], -1);
    if (!reads_x(f.reads[first_reader(f.hands_on)])) std::ranges::fill(m.arenas[Arena::x], -1);
    if (!reads_y(f.reads[N - 1])) std::ranges::fill(m.arenas[Arena::y], -1);
    m.write(plan.gradient[N], f.size[N], gradient(N), "dy");
    for (std::size_t i = N; i-- > 0;) {
        const bool over = same(plan.gradient[i], plan.gradient[i + 1]);
        if (over && f.size[i] > 0 && !f.in_place[i]) return "dx lies over dy of a layer that is not in place";
        const auto check_all = [&](bool dy) {
            if (dy) m.check(plan.gradient[i + 1], f.size[i + 1], gradient(i + 1), "dy in backward");
            if (reads_x(f.reads[i])) m.check(plan.activation[i], f.size[i], value(i), "x in backward");
            if (reads_y(f.reads[i])) m.check(plan.activation[i + 1], f.size[i + 1], value(i + 1), "y in backward");
            m.check(plan.kept[i], f.workspace[i].kept, kept(i), "kept in backward");
            m.check(plan.backward_scratch[i], f.workspace[i].scratch, scratch(i), "scratch in backward");
        };
        m.write(plan.backward_scratch[i], f.workspace[i].scratch, scratch(i), "backward's scratch");
        check_all(true);
        m.write(plan.gradient[i], f.size[i], gradient(i), "dx");
        check_all(!over);
    }
    m.check(plan.gradient[0], f.size[0], gradient(0), "dx at the end");
    m.check({Arena::dy, 0}, f.size[N], gradient(N), "the chain's dy, which is not its to write,");
    return m.fault;
}

template <std::size_t N> ChainFacts<N> random_facts(std::uint64_t seed) {
    const auto draw = [&](auto what, std::size_t i, std::uint32_t n) { return below(key(seed, what, i), n); };
    ChainFacts<N> f;
    f.size[0] = 1 + draw(0, 0, 9);
    for (std::size_t i = 0; i < N; ++i) {
        f.in_place[i] = draw(1, i, 2) == 0;
        f.size[i + 1] = f.in_place[i] ? f.size[i] : 1 + draw(2, i, 9);
        f.hands_on[i] = f.in_place[i] && draw(8, i, 2) == 0;
        f.reads[i] = f.hands_on[i] ? Reads::nothing : static_cast<Reads>(draw(3, i, 4));
        f.workspace[i] = {draw(4, i, 3) == 0 ? draw(5, i, 7) : 0, draw(6, i, 3) == 0 ? draw(7, i, 12) : 0};
    }
    return f;
}
template <std::size_t N> void check_random(std::size_t count) {
    std::map<std::string, int> faults;
    std::size_t shared = 0;
    for (std::uint64_t seed = 0; seed < count; ++seed)
        for (const bool training : {false, true}) {
            const auto f = random_facts<N>(key(seed, N));
            const auto plan = plan_chain<N>(f, training);
            ++faults[run<N>(f, plan, training)];
            std::size_t apart = 0;
            for (std::size_t b = 1; b < N; ++b) apart += (training ? 2 : 1) * f.size[b];
            for (const auto& w : f.workspace) apart += w.kept + (training ? 2 : 1) * w.scratch;
            CHECK(plan.total.kept + plan.total.scratch <= apart);
            shared += plan.total.kept + plan.total.scratch < apart;
        }
    for (const auto& [fault, times] : faults) {
        CAPTURE(N);
        CAPTURE(times);
        CHECK(fault == "");
    }
    if (N > 2) CHECK(shared > count / 2);  // memory is shared at all
}
}  // namespace

TEST_CASE("plan: nothing that is read again is overwritten, in thousands of chains") {
    check_random<1>(200);
    check_random<2>(1000);
    check_random<3>(1000);
    check_random<5>(1000);
    check_random<8>(500);
}

TEST_CASE("plan: a plan that is wrong would be found out") {
    ChainFacts<3> f;
    f.size = {4, 5, 6, 2};
    f.reads = {Reads::x, Reads::x, Reads::x};
    auto plan = plan_chain<3>(f, true);
    CHECK(run<3>(f, plan, true) == "");
    plan.activation[2] = plan.activation[1];
    CHECK(run<3>(f, plan, true) != "");
    plan = plan_chain<3>(f, true);
    plan.total.kept -= 1;
    CHECK(run<3>(f, plan, true) != "");
}

TEST_CASE("plan: layers that work in place take no memory of their own") {
    ChainFacts<4> f;  // Linear, ReLU, Linear, ReLU
    f.size = {8, 5, 5, 3, 3};
    f.in_place = {false, true, false, true};
    f.reads = {Reads::x, Reads::y, Reads::x, Reads::y};
    const auto training = plan_chain<4>(f, true);
    CHECK(same(training.activation[1], training.activation[2]));
    CHECK(same(training.activation[3], training.activation[4]));
    CHECK(training.activation[4].arena == Arena::y);
    CHECK(same(training.gradient[1], training.gradient[2]));
    CHECK(training.gradient[3].arena != Arena::dy);
    CHECK(training.total.kept == 5);  // the hidden activation; its gradient takes the room when it is read no more
    const auto inference = plan_chain<4>(f, false);
    CHECK(inference.total.kept + inference.total.scratch == 5);
    static_assert(plan_chain<1>({.size = {3, 2}}, true).total.kept == 0);  // the compiler makes plans
}

TEST_CASE("plan: what hands x on at the head of a chain is not copied, unless x would be written") {
    ChainFacts<3> f;  // Flatten, Linear, ReLU
    f.size = {8, 8, 3, 3};
    f.in_place = {true, false, true};
    f.reads = {Reads::nothing, Reads::x, Reads::y};
    f.hands_on = {true, false, false};
    for (const bool training : {false, true}) {
        CHECK(plan_chain<3>(f, training).activation[1].arena == Arena::x);
        CHECK(plan_chain<3>(f, training).total.kept == 0);
    }
    f.size = {8, 8, 8, 8};  // Flatten, ReLU, ReLU
    f.in_place = {true, true, true};
    CHECK(plan_chain<3>(f, false).activation[1].arena != Arena::x);
    f.hands_on = {true, true, true};
    f.reads = {};
    CHECK(run<3>(f, plan_chain<3>(f, true), true) == "");
}

TEST_CASE("plan: a slot is found from a place") {
    const Place<float> at{.x = 1, .y = 2, .dx = 3, .dy = 4, .kept = 10, .scratch = 20};
    CHECK(locate({Arena::x, 0}, at) == 1);
    CHECK(locate({Arena::y, 0}, at) == 2);
    CHECK(locate({Arena::dx, 0}, at) == 3);
    CHECK(locate({Arena::dy, 0}, at) == 4);
    CHECK(locate({Arena::kept, 5}, at) == 15);
    CHECK(locate({Arena::scratch, 5}, at) == 25);
}
