// Storage: where memory comes from that is needed all the time.
//
//     kiln::Heap{}                 grows as it must: the default
//     kiln::Static<64_KiB>{}       inside the object, which is then best a static variable
//     kiln::Borrowed{bytes}        a span of the user's, which must outlive what uses it
//
// A storage is a choice; its Memory is the bytes. reserve(bytes, kept) gives that many at a multiple of memory_alignment, which are zero
// but for the first `kept` of them, which hold what they held; nullptr where there are not so many.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <vector>
#include "kiln/core/shape.hpp"

namespace kiln {

inline namespace literals {
consteval std::size_t operator""_KiB(unsigned long long n) { return static_cast<std::size_t>(n) * 1024; }
consteval std::size_t operator""_MiB(unsigned long long n) { return static_cast<std::size_t>(n) * 1024 * 1024; }
}  // namespace literals

inline constexpr std::size_t memory_alignment = 64;  // a cache line, and the widest register

template <class T> struct AlignedAllocator {
    using value_type = T;
    AlignedAllocator() = default;
    template <class U> constexpr AlignedAllocator(const AlignedAllocator<U>&) {}
    T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t{memory_alignment})); }
    void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t{memory_alignment}); }
    friend constexpr bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};
template <class T> using AlignedVector = std::vector<T, AlignedAllocator<T>>;

// Arrays one after another, each at a multiple of memory_alignment: add<T>(n) says where, in bytes from the first.
struct ByteLayout {
    std::size_t bytes = 0;
    template <class T> constexpr std::size_t add(std::size_t count) {
        const std::size_t at = bytes;
        bytes += round_up(count * sizeof(T), memory_alignment);
        return at;
    }
};

struct Heap {
    class Memory {
    public:
        explicit Memory(Heap) {}
        std::byte* reserve(std::size_t bytes, std::size_t kept) {
            if (bytes_.size() < bytes) {
                AlignedVector<std::byte> larger(bytes);
                std::copy_n(bytes_.begin(), std::min(kept, bytes_.size()), larger.begin());
                bytes_.swap(larger);
            }
            return bytes_.data();
        }
        std::size_t capacity() const { return static_cast<std::size_t>(-1); }

    private:
        AlignedVector<std::byte> bytes_;
    };
};

template <std::size_t Bytes> struct Static {
    class Memory {
    public:
        constexpr explicit Memory(Static) {}
        std::byte* reserve(std::size_t bytes, std::size_t) { return bytes <= Bytes ? bytes_ : nullptr; }
        constexpr std::size_t capacity() const { return Bytes; }

    private:
        alignas(memory_alignment) std::byte bytes_[Bytes]{};
    };
};

struct Borrowed {
    std::span<std::byte> bytes;

    class Memory {
    public:
        explicit Memory(Borrowed borrowed) {
            const std::size_t skip = (memory_alignment - reinterpret_cast<std::uintptr_t>(borrowed.bytes.data()) % memory_alignment) % memory_alignment;
            bytes_ = borrowed.bytes.subspan(std::min(skip, borrowed.bytes.size()));
            std::ranges::fill(bytes_, std::byte{});
        }
        Memory(const Memory&) = delete;  // two would write the same bytes
        std::byte* reserve(std::size_t size, std::size_t) { return size <= bytes_.size() ? bytes_.data() : nullptr; }
        std::size_t capacity() const { return bytes_.size(); }

    private:
        std::span<std::byte> bytes_;
    };
};

}  // namespace kiln
