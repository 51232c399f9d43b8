// allocations(), allocated_bytes(): how often memory has been asked for so far, and how much, on any thread, by whatever means. A
// sanitizer, which has a malloc of its own, is asked to say so; else malloc and its relatives, which operator new calls, are replaced where
// the C library is glibc, and elsewhere operator new. Weak: any files of a test program may include it.
#pragma once
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>
#include "support/sanitized.hpp"

namespace kiln_test {
inline std::atomic<std::size_t> allocation_count{0}, allocation_bytes{0};
inline std::size_t allocations() { return allocation_count.load(); }
inline std::size_t allocated_bytes() { return allocation_bytes.load(); }
inline void count_allocation(std::size_t bytes) { ++allocation_count, allocation_bytes += bytes; }
}  // namespace kiln_test

#if defined(KILN_TEST_SANITIZED)
#include <sanitizer/allocator_interface.h>
namespace kiln_test {
inline const int hooks = __sanitizer_install_malloc_and_free_hooks([](const volatile void*, std::size_t size) { count_allocation(size); }, [](const volatile void*) {});
}
#elif defined(__GLIBC__)
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);
void __libc_free(void*);

[[gnu::weak]] void* malloc(std::size_t size) noexcept {
    kiln_test::count_allocation(size);
    return __libc_malloc(size);
}
[[gnu::weak]] void* calloc(std::size_t count, std::size_t size) noexcept {
    kiln_test::count_allocation(count * size);
    return __libc_calloc(count, size);
}
[[gnu::weak]] void* realloc(void* old, std::size_t size) noexcept {
    kiln_test::count_allocation(size);
    return __libc_realloc(old, size);
}
[[gnu::weak]] void* memalign(std::size_t alignment, std::size_t size) noexcept {
    kiln_test::count_allocation(size);
    return __libc_memalign(alignment, size);
}
[[gnu::weak]] void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }
[[gnu::weak]] int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
    *result = memalign(alignment, size);
    return *result ? 0 : ENOMEM;
}
[[gnu::weak]] void free(void* p) noexcept { __libc_free(p); }
}
#else
[[gnu::weak]] void* operator new(std::size_t size) {
    kiln_test::count_allocation(size);
    if (void* p = std::malloc(size ? size : 1)) return p;
    throw std::bad_alloc{};
}
[[gnu::weak]] void* operator new(std::size_t size, std::align_val_t alignment) {
    kiln_test::count_allocation(size);
    const auto step = static_cast<std::size_t>(alignment);
    if (void* p = std::aligned_alloc(step, (size + step - 1) / step * step)) return p;
    throw std::bad_alloc{};
}
[[gnu::weak]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::weak]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::weak]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::weak]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
#endif
