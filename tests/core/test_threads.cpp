#include <doctest/doctest.h>
#include <atomic>
#include <thread>
#include <vector>
#include "kiln/core/threads.hpp"

using namespace kiln;

namespace {
// Every thread writes its own place, and reads all others' after the barrier; many times over.
void check_team(std::size_t asked) {
    CAPTURE(asked);
    std::vector<std::size_t> board(asked);
    std::atomic<std::size_t> members = 0, wrong = 0, size = 0;
    parallel(asked, [&](std::size_t thread, std::size_t team) {
        ++members;
        size = team;
        wrong += thread >= team || team > asked || team == 0;
        for (std::size_t round = 1; round <= 50; ++round) {
            board[thread] = round;
            barrier(team);
            for (std::size_t t = 0; t < team; ++t) wrong += board[t] != round;
            barrier(team);
        }
    });
    CHECK(members == size);
    CHECK(wrong == 0);
}
}  // namespace

TEST_CASE("threads: a team, and its barrier") {
    for (const std::size_t threads : {1U, 2U, 3U, 8U}) check_team(threads);
    CHECK(default_threads() >= 1);
#if defined(_OPENMP)
    std::atomic<std::size_t> members = 0;
    parallel(3, [&](std::size_t, std::size_t) { ++members; });
    CHECK(members == 3);  // it is a real team where OpenMP grants one
#endif
}

TEST_CASE("threads: a team of one is the caller, and no exception is lost") {
    const auto self = std::this_thread::get_id();
    parallel(1, [&](std::size_t thread, std::size_t team) {
        CHECK(thread == 0);
        CHECK(team == 1);
        CHECK(std::this_thread::get_id() == self);
    });
    CHECK_THROWS_AS(parallel(1, [](std::size_t, std::size_t) { throw 1; }), int);
}

// A barrier of a team of one must not wait for the threads of the caller's region, which never come to it.
TEST_CASE("threads: inside a region of the caller's") {
    std::atomic<int> done = 0;
#if defined(_OPENMP)
#pragma omp parallel num_threads(3)
    {
#pragma omp single
        parallel(1, [&](std::size_t, std::size_t team) {
            barrier(team);
            ++done;
        });
#pragma omp critical
        parallel(4, [&](std::size_t thread, std::size_t team) {
            barrier(team);
            if (thread == 0) ++done;
        });
    }
    CHECK(done >= 2);
#else
    parallel(4, [&](std::size_t, std::size_t team) { barrier(team), ++done; });
    CHECK(done == 1);
#endif
}

TEST_CASE("threads: from threads that are not OpenMP's") {
    std::atomic<int> good = 0;
    std::vector<std::thread> own;
    for (int i = 0; i < 3; ++i)
        own.emplace_back([&] {
            std::atomic<std::size_t> members = 0, size = 0;
            parallel(2, [&](std::size_t, std::size_t team) { ++members, size = team, barrier(team); });
            good += members == size;
        });
    for (auto& thread : own) thread.join();
    CHECK(good == 3);
}
