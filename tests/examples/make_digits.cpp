// make_digits FOLDER: a data set in MNIST's four files, made in an instant, so that the examples can run anywhere. Ten
// patterns of broad strokes, each sample with noise: any network of the examples learns them in a few hundred samples. And
// digit.pgm, dark on light, as a person would draw one.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>
#include "kiln/core/random.hpp"

namespace {
using Bytes = std::vector<std::uint8_t>;
constexpr std::size_t side = 28;

// Pixel (y, x) of the pattern of a class: bars across, of a width and a slope of its own.
bool ink(std::size_t label, std::size_t y, std::size_t x) {
    if (y < 4 || y > 23 || x < 4 || x > 23) return false;
    return (y * (label % 5) + x * (label / 5 + 1)) / 4 % 3 == label % 3;
}

void write(const std::filesystem::path& path, const std::vector<std::uint32_t>& extents, const Bytes& elements) {
    Bytes bytes{0, 0, 8, static_cast<std::uint8_t>(extents.size())};
    for (const std::uint32_t extent : extents)
        for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(extent >> shift));
    bytes.insert(bytes.end(), elements.begin(), elements.end());
    std::ofstream{path, std::ios::binary}.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

void write_set(const std::filesystem::path& folder, const std::string& name, std::uint32_t count, std::uint64_t seed) {
    Bytes pixels, labels;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::size_t label = kiln::key(seed, i) % 10;
        labels.push_back(static_cast<std::uint8_t>(label));
        for (std::size_t p = 0; p < side * side; ++p)
            pixels.push_back(static_cast<std::uint8_t>((ink(label, p / side, p % side) ? 150 : 0) + kiln::key(seed, i, p) % 100));
    }
    write(folder / (name + "-images-idx3-ubyte"), {count, side, side}, pixels);
    write(folder / (name + "-labels-idx1-ubyte"), {count}, labels);
}
}  // namespace

int main(int count, char** arguments) {
    if (count != 2) return std::fprintf(stderr, "usage: make_digits FOLDER\n"), 2;
    const std::filesystem::path folder = arguments[1];
    std::filesystem::create_directories(folder);
    write_set(folder, "train", 2000, 1);
    write_set(folder, "t10k", 300, 2);

    std::ofstream picture{folder / "digit.pgm", std::ios::binary};
    picture << "P5\n56 56\n255\n";
    for (std::size_t y = 0; y < 2 * side; ++y)
        for (std::size_t x = 0; x < 2 * side; ++x) picture.put(static_cast<char>(ink(3, y / 2, x / 2) ? 30 : 230));
    return picture.flush() ? 0 : 1;
}
