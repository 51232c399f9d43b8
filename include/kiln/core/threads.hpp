// Threads: one team that runs the same function (SPMD), and its barrier. The only file that knows OpenMP; a build
// without it has a team of one.
#pragma once
#include <algorithm>
#include <cstddef>
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

// Calls f(thread, threads) on every thread of a team. The team may be smaller than asked for, down to one where the
// caller already is inside a parallel region: what f computes must not depend on it. f must not throw where there is more
// than one thread: OpenMP lets no exception out of a region.
inline void parallel([[maybe_unused]] std::size_t threads, auto&& f) {
#if defined(_OPENMP)
    if (threads > 1) {
#pragma omp parallel num_threads(static_cast<int>(threads))
        f(static_cast<std::size_t>(omp_get_thread_num()), static_cast<std::size_t>(omp_get_num_threads()));
        return;
    }
#endif
    f(std::size_t{0}, std::size_t{1});
}

// Waits until every thread of a team of so many has come here. A team of one has no region of its own (OpenMP allocates for
// one every time): its barrier would bind to a region of the caller's.
inline void barrier([[maybe_unused]] std::size_t threads) {
#if defined(_OPENMP)
    if (threads > 1) {
#pragma omp barrier
    }
#endif
}

}  // namespace kiln
