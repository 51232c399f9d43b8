// Threads: one team that runs the same function (SPMD), and its barrier. The only file that knows OpenMP; a build
// without it has a team of one.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <optional>
#include <thread>
#if defined(_OPENMP)
#include <omp.h>
#endif

namespace kiln {

// How many threads a team has where nothing else is asked for.
inline std::size_t default_threads() {
#if defined(_OPENMP)
    return static_cast<std::size_t>(std::max(1, omp_get_max_threads()));
#else
    return 1;
#endif
}

namespace detail {
// Waits until ready(): spinning, since threads of a team come within microseconds; and when that has taken long, handing over
// the core, since then it may be the core that another of them needs. False where even that has taken long.
inline bool wait_until(auto&& ready, std::size_t longest) {
    for (std::size_t turn = 0; !ready(); ++turn) {
        if (turn >= longest) return false;
        if (turn >= 2000) std::this_thread::yield();
#if defined(__x86_64__) || defined(__i386__)
        else __builtin_ia32_pause();
#elif defined(__aarch64__)
        else asm volatile("yield");
#endif
    }
    return true;
}
}  // namespace detail

// Where the threads of a team wait for each other.
class Barrier {
public:
    void wait(std::size_t team) {
        const std::size_t round = round_.load(std::memory_order_acquire);
        if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 < team) {
            detail::wait_until([&] { return round_.load(std::memory_order_acquire) != round; }, static_cast<std::size_t>(-1));
        } else {
            arrived_.store(0, std::memory_order_relaxed);
            round_.store(round + 1, std::memory_order_release);
        }
    }

private:
    alignas(64) std::atomic<std::size_t> arrived_ = 0;  // a cache line each: who waits reads only the second
    alignas(64) std::atomic<std::size_t> round_ = 0;
};

// What a thread knows of its team.
struct Team {
    std::size_t thread = 0, size = 1;
    Barrier* barrier = nullptr;  // where there are others

    // This thread's part of n things is [begin(n), end(n)).
    constexpr std::size_t begin(std::size_t n) const { return thread * n / size; }
    constexpr std::size_t end(std::size_t n) const { return (thread + 1) * n / size; }
    // Waits until every thread of the team has come here.
    constexpr void wait() const {
        if (size > 1) barrier->wait(size);
    }
};

#if defined(_OPENMP)
// The threads of one OpenMP region, which stay together for many jobs. To begin and end a region for each would leave them
// waiting in OpenMP, where they spin for milliseconds: with another program on one of two cores a step of LeNet-5 then took
// nine times as long as on one thread.
class Crew {
public:
    explicit Crew(std::size_t size) : size_(size) {}

    // The crew that waits for this thread's jobs.
    static Crew*& current() {
        thread_local Crew* crew = nullptr;
        return crew;
    }

    // Thread 0: f(Team) on so many threads of the crew, at most all.
    template <class F> void run(std::size_t threads, F& f) {
        threads = std::min(threads, size_);
        call_ = [](const void* function, const Team& team) { (*static_cast<F*>(const_cast<void*>(function)))(team); };
        function_ = &f;
        post(threads);
        current() = nullptr;  // what f calls is not for the crew
        f(Team{0, threads, &barrier_});
        current() = this;
        if (threads > 1) barrier_.wait(threads);
    }
    void dismiss() { post(0); }

    // The others: they do what run() asks for until they are dismissed.
    void serve(std::size_t thread) {
        for (std::size_t seen = 0;;) {
            if (!detail::wait_until([&] { return job_.load(std::memory_order_acquire) != seen; }, 10'000)) job_.wait(seen, std::memory_order_acquire);
            const std::size_t job = job_.load(std::memory_order_acquire), threads = job % most;
            if (job == seen) continue;
            seen = job;
            if (threads == 0) return;
            if (thread >= threads) continue;
            call_(function_, Team{thread, threads, &barrier_});
            barrier_.wait(threads);
        }
    }

private:
    void post(std::size_t threads) {
        job_.store((job_.load(std::memory_order_relaxed) / most + 1) * most + threads, std::memory_order_release);
        job_.notify_all();
    }

    static constexpr std::size_t most = std::size_t{1} << 16;
    std::size_t size_;
    void (*call_)(const void*, const Team&) = nullptr;
    const void* function_ = nullptr;
    alignas(64) std::atomic<std::size_t> job_ = 0;  // its number, and how many threads it is for
    Barrier barrier_;
};
#endif

// Calls body() with so many threads at hand for every parallel() in it. Where the caller already is inside a parallel region it
// is as if threads were 1.
template <class Body> void with_crew([[maybe_unused]] std::size_t threads, Body&& body) {
#if defined(_OPENMP)
    if (threads > 1 && !Crew::current() && !omp_in_parallel()) {
#if defined(__cpp_exceptions)
        std::exception_ptr thrown;  // OpenMP lets no exception out of a region
        const auto guarded = [&] {
            try {
                body();
            } catch (...) {
                thrown = std::current_exception();
            }
        };
#else
        const auto& guarded = body;
#endif
        std::optional<Crew> crew;
#pragma omp parallel num_threads(static_cast<int>(threads))
        {
#pragma omp single
            crew.emplace(static_cast<std::size_t>(omp_get_num_threads()));
            if (omp_get_thread_num() == 0) {
                Crew::current() = &*crew;
                guarded();
                Crew::current() = nullptr;
                crew->dismiss();
            } else {
                crew->serve(static_cast<std::size_t>(omp_get_thread_num()));
            }
        }
#if defined(__cpp_exceptions)
        if (thrown) std::rethrow_exception(thrown);
#endif
        return;
    }
#endif
    body();
}

// Calls f(Team) on every thread of a team: of the crew at hand, or of a region of its own. The team may be smaller than asked
// for, down to one where the caller already is inside a parallel region: what f computes must not depend on it. f must not throw
// where there is more than one thread: OpenMP lets no exception out of a region.
template <class F> void parallel([[maybe_unused]] std::size_t threads, F&& f) {
#if defined(_OPENMP)
    if (Crew* const crew = Crew::current(); crew && threads > 1) return crew->run(threads, f);
    if (threads > 1) {
        Barrier barrier;
#pragma omp parallel num_threads(static_cast<int>(threads))
        f(Team{static_cast<std::size_t>(omp_get_thread_num()), static_cast<std::size_t>(omp_get_num_threads()), &barrier});
        return;
    }
#endif
    f(Team{});
}

}  // namespace kiln
