// Counter-based random numbers: a number is a function of its key alone, so it does not matter which thread, tile or
// lane asks for it, or when.
#pragma once
#include <cstdint>
#include <span>
#include <utility>

namespace kiln {

// Where a model's first numbers come from: the same seed gives the same bits everywhere.
struct Seed {
    std::uint64_t value = 0;
};

// splitmix64's finaliser (Steele, Lea, Flood 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31);
}

// What a number is for: the first word of a key after the seed, so that no two uses share their numbers.
enum class Stream : std::uint64_t { initialise, shuffle, split, dropout, crop };

// One key of several words: key(seed, stream, step, sample, feature).
constexpr std::uint64_t key(auto... words) {
    std::uint64_t k = 0;
    ((k = mix(k ^ static_cast<std::uint64_t>(words))), ...);
    return k;
}

// In [0, 1), in steps of 2^-24: the same number as float and as double.
template <class T> constexpr T uniform(std::uint64_t key) {
    return static_cast<T>(mix(key) >> 40) * static_cast<T>(1.0 / (1 << 24));
}

// Number i of a stream, with 32 random bits, by two 32-bit multiplications, which a SIMD register does in all its lanes. The
// stream's two halves are mixed numbers, such as a key's: they are not mixed again here. (The multipliers and shifts are those
// of Wellons' hash-prospector.)
constexpr std::uint32_t stream_number(std::uint32_t low, std::uint32_t high, std::uint32_t i) {
    std::uint32_t x = i * 0x9E3779B9U + low;
    x = (x ^ (x >> 16)) * 0x21F0AAADU + high;
    x = (x ^ (x >> 15)) * 0x735A2D97U;
    return x ^ (x >> 15);
}

// In [0, n), each equally likely (Lemire, "Fast random integer generation in an interval", 2019); n is at least 1.
constexpr std::uint32_t below(std::uint64_t key, std::uint32_t n) {
    for (const std::uint32_t surplus = (0U - n) % n;;) {  // 2^32 mod n: so many draws are thrown away
        key = mix(key);
        const std::uint64_t product = (key >> 32) * n;
        if (static_cast<std::uint32_t>(product) >= surplus) return static_cast<std::uint32_t>(product >> 32);
    }
}

// Puts the items in an order drawn from the key (Fisher and Yates); fewer than 2^32 of them.
template <class T> constexpr void shuffle(std::span<T> items, std::uint64_t key) {
    for (std::size_t i = items.size(); i > 1; --i)
        std::swap(items[i - 1], items[below(key ^ i, static_cast<std::uint32_t>(i))]);
}

}  // namespace kiln
