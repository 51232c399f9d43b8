#include <doctest/doctest.h>
#include <atomic>
#include <chrono>
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
    parallel(asked, [&](const Team& team) {
        ++members;
        size = team.size;
        wrong += team.thread >= team.size || team.size > asked || team.size == 0;
        for (std::size_t round = 1; round <= 50; ++round) {
            board[team.thread] = round;
            team.wait();
            for (std::size_t t = 0; t < team.size; ++t) wrong += board[t] != round;
            team.wait();
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
    parallel(3, [&](const Team&) { ++members; });
    CHECK(members == 3);  // it is a real team where OpenMP grants one
#endif
}

TEST_CASE("threads: a team's parts are all of it, each once, and differ by one at most") {
    for (const std::size_t size : {1U, 2U, 3U, 8U, 100U})
        for (std::size_t things = 0; things <= 70; ++things) {
            std::size_t at = 0;
            for (std::size_t thread = 0; thread < size; ++thread) {
                const Team team{thread, size};
                CHECK(team.begin(things) == at);
                const std::size_t count = team.end(things) - team.begin(things);
                CHECK((count == things / size || count == things / size + 1));
                at = team.end(things);
            }
            CHECK(at == things);
        }
}

TEST_CASE("threads: a team of one is the caller, and no exception is lost") {
    const auto self = std::this_thread::get_id();
    parallel(1, [&](const Team& team) {
        CHECK(team.thread == 0);
        CHECK(team.size == 1);
        CHECK(std::this_thread::get_id() == self);
    });
    CHECK_THROWS_AS(parallel(1, [](const Team&) { throw 1; }), int);
}

TEST_CASE("threads: a crew stays for many jobs, of any number of threads") {
    for (const std::size_t size : {1U, 2U, 3U, 8U}) {
        std::vector<std::size_t> done(size);
        std::size_t expected = 0, wrong = 0;
        with_crew(size, [&] {
            const auto self = std::this_thread::get_id();
            for (std::size_t job = 0; job < 200; ++job) {
                if (job == 100) std::this_thread::sleep_for(std::chrono::milliseconds(30));  // the others sleep, and are woken
                std::atomic<std::size_t> members = 0;
                std::size_t team_size = 0;
                const std::size_t asked = 1 + job % size;
                parallel(asked, [&](const Team& team) {
                    if (team.thread == 0) team_size = team.size, wrong += std::this_thread::get_id() != self;
                    ++done[team.thread], ++members;
                    team.wait();
                    if (members != team.size) done[team.thread] += 1'000'000;
                    parallel(2, [&](const Team& inner) {  // inside a job it is a team of one
                        inner.wait();
                        if (team.size > 1 && inner.size > 1) done[team.thread] += 1'000'000;
                    });
                });
                wrong += team_size > asked || members != team_size;
                expected += team_size;
            }
            with_crew(size, [&] { parallel(size, [](const Team& team) { team.wait(); }); });  // the crew at hand
        });
        std::size_t all = 0;
        for (const std::size_t d : done) all += d;
        CHECK(all == expected);
        CHECK(wrong == 0);
        check_team(size);  // and without a crew again
    }
}

#if defined(__cpp_exceptions)
TEST_CASE("threads: what a crew's body throws comes out, and the next crew works") {
    for (const std::size_t size : {1U, 3U}) {
        CHECK_THROWS_AS(with_crew(size, [&] {
            parallel(size, [](const Team& team) { team.wait(); });
            throw 1;
        }), int);
        check_team(size);
    }
}
#endif

// A barrier of a team of one must not wait for the threads of the caller's region, which never come to it.
TEST_CASE("threads: inside a region of the caller's") {
    std::atomic<int> done = 0;
#if defined(_OPENMP)
#pragma omp parallel num_threads(3)
    {
#pragma omp single
        parallel(1, [&](const Team& team) {
            team.wait();
            ++done;
        });
#pragma omp critical
        parallel(4, [&](const Team& team) {
            team.wait();
            if (team.thread == 0) ++done;
        });
    }
    CHECK(done >= 2);
#else
    parallel(4, [&](const Team& team) { team.wait(), ++done; });
    CHECK(done == 1);
#endif
}

TEST_CASE("threads: from threads that are not OpenMP's") {
    std::atomic<int> good = 0;
    std::vector<std::thread> own;
    for (int i = 0; i < 3; ++i)
        own.emplace_back([&] {
            std::atomic<std::size_t> members = 0, size = 0;
            parallel(2, [&](const Team& team) { ++members, size = team.size, team.wait(); });
            good += members == size;
        });
    for (auto& thread : own) thread.join();
    CHECK(good == 3);
}
