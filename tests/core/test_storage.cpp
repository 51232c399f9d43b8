#include <doctest/doctest.h>
#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>
#include "kiln/core/storage.hpp"

using namespace kiln;

namespace {
bool is_aligned(const void* p) { return reinterpret_cast<std::uintptr_t>(p) % memory_alignment == 0; }

// 100 bytes, of which 40 stay when there are 1000.
void check_memory(auto& memory, std::size_t capacity) {
    std::byte* const first = memory.reserve(100, 0);
    REQUIRE(first);
    CHECK(is_aligned(first));
    for (int i = 0; i < 100; ++i) CHECK(first[i] == std::byte{0});
    std::memset(first, 7, 40);
    std::byte* const more = memory.reserve(1000, 40);
    REQUIRE(more);
    CHECK(is_aligned(more));
    for (int i = 0; i < 1000; ++i) CHECK(more[i] == (i < 40 ? std::byte{7} : std::byte{0}));
    CHECK(memory.reserve(500, 40) == more);  // less is no reason to move
    CHECK(memory.capacity() == capacity);
}
}  // namespace

TEST_CASE("storage: memory is aligned to cache lines, and vectors of it are values") {
    for (const std::size_t n : {1U, 3U, 17U, 1000U}) {
        AlignedVector<float> a(n);
        CHECK(is_aligned(a.data()));
        a[n - 1] = 3;
        AlignedVector<float> b = a;
        CHECK(b.data() != a.data());
        CHECK(b == a);
        a.resize(5 * n);
        CHECK(is_aligned(a.data()));
        CHECK(a[n - 1] == 3);
        CHECK(a[5 * n - 1] == 0);
    }
}

TEST_CASE("storage: on the heap it grows, and what is kept moves with it") {
    Heap::Memory memory{Heap{}};
    check_memory(memory, static_cast<std::size_t>(-1));
}

TEST_CASE("storage: inside the object there is as much as it says") {
    static Static<2_KiB>::Memory memory{Static<2_KiB>{}};
    static_assert(sizeof(memory) == 2048 && std::is_empty_v<Static<2_KiB>>);
    check_memory(memory, 2048);
    CHECK(memory.reserve(2048, 0) != nullptr);
    CHECK(memory.reserve(2049, 0) == nullptr);
    const auto* const at = reinterpret_cast<const std::byte*>(&memory);
    CHECK(memory.reserve(1, 0) == at);
}

TEST_CASE("storage: a user's span is used from its first aligned byte on, is cleared, and not left") {
    alignas(memory_alignment) std::array<std::byte, 2048> bytes;
    for (const std::size_t off : {0U, 1U, 60U}) {
        bytes.fill(std::byte{9});
        Borrowed::Memory memory{Borrowed{std::span{bytes}.subspan(off, 1900)}};
        check_memory(memory, 1900 - (off == 0 ? 0 : memory_alignment - off));
        CHECK(memory.reserve(memory.capacity(), 0) == bytes.data() + (off == 0 ? 0 : memory_alignment));
        CHECK(memory.reserve(memory.capacity() + 1, 0) == nullptr);
        CHECK(bytes[off + 1899] == std::byte{0});
        CHECK(bytes[off + 1900] == std::byte{9});
    }
    Borrowed::Memory none{Borrowed{std::span{bytes}.subspan(1, 3)}};  // no aligned byte in it
    CHECK(none.capacity() == 0);
    CHECK(none.reserve(1, 0) == nullptr);
    static_assert(!std::is_copy_constructible_v<Borrowed::Memory>);
}

TEST_CASE("storage: a layout puts every array at a cache line") {
    constexpr auto places = [] {
        ByteLayout layout{64};
        const std::array at{layout.add<float>(3), layout.add<double>(0), layout.add<char>(65), layout.add<float>(16)};
        return std::pair{at, layout.bytes};
    }();
    static_assert(places.first == std::array<std::size_t, 4>{64, 128, 128, 256} && places.second == 320);
    static_assert(64_KiB == 65536 && 2_MiB == 2 * 1024 * 1024);
}
