// IDX, the format of MNIST's files (yann.lecun.com/exdb/mnist), plain or gzip, whatever the file's name:
//
//     0 0 | type, 1 byte | axes, 1 byte | extents, 4 bytes each, big-endian | elements, the last axis fastest
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>
#include "kiln/core/error.hpp"
#include "kiln/data/file.hpp"
#include "kiln/data/labels.hpp"
#include "kiln/data/samples.hpp"
#include "kiln/tensor/tensor.hpp"

namespace kiln {

// The array in an IDX file of bytes, the type that data sets of images come in.
struct Idx {
    std::vector<std::size_t> extents;  // of each axis; the first counts the samples
    ByteBuffer elements;
};

namespace detail {
inline std::string hex(const std::uint8_t* bytes, std::size_t n) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < n; ++i) {
        if (i > 0) text += ' ';
        text += digits[bytes[i] >> 4];
        text += digits[bytes[i] & 15];
    }
    return text.empty() ? "nothing" : text;
}

inline const char* idx_type(std::uint8_t code) {
    switch (code) {
        case 0x09: return "signed bytes";
        case 0x0b: return "16-bit integers";
        case 0x0c: return "32-bit integers";
        case 0x0d: return "32-bit floats";
        case 0x0e: return "64-bit floats";
        default: return "unknown to IDX";
    }
}
}  // namespace detail

// The array in an IDX file. FileError where it cannot be read; FormatError where it is not IDX, has another type than
// unsigned bytes, an extent of 0, fewer or more elements than its extents say, or gzip data that is corrupt.
inline Idx read_idx(const std::filesystem::path& path) {
    ByteReader file{path};
    const auto header = [&](std::uint8_t* to, std::size_t n, const char* what) {
        if (const std::size_t found = file.read(to, n); found != n)
            fail<FormatError>(file.where() + " is truncated: it ends in " + what + ", " + std::to_string(n - found) +
                              " bytes short");
    };

    std::array<std::uint8_t, 4> magic{};
    if (const std::size_t found = file.read(magic.data(), 4);
        found != 4 || magic[0] != 0 || magic[1] != 0 || magic[3] == 0)
        fail<FormatError>(file.where() + " is no IDX file: it begins with " + detail::hex(magic.data(), found) +
                          ", expected 00 00 08 and the number of axes");
    if (magic[2] != 0x08)
        fail<FormatError>(file.where() + " holds elements of type " + detail::hex(&magic[2], 1) + " (" +
                          detail::idx_type(magic[2]) + "), expected 08 (unsigned bytes)");

    Idx idx;
    std::size_t count = 1;
    for (std::size_t axis = 0; axis < magic[3]; ++axis) {
        std::array<std::uint8_t, 4> b{};
        header(b.data(), 4, "its extents");
        const std::size_t extent = std::size_t{b[0]} << 24 | std::size_t{b[1]} << 16 | std::size_t{b[2]} << 8 | b[3];
        if (extent == 0)
            fail<FormatError>(file.where() + ": the extent of axis " + std::to_string(axis) +
                              " is 0, expected at least 1");
        idx.extents.push_back(extent);
        if (count > std::numeric_limits<std::size_t>::max() / extent)
            fail<FormatError>(file.where() + " claims " + detail::extents_of(idx.extents) +
                              " elements, more than memory can address");
        count *= extent;
    }

    // Memory is taken only for what the file can hold, whatever it claims.
    const std::string claim = detail::extents_of(idx.extents) + " = " + std::to_string(count) + " elements";
    if (count > file.at_most())
        fail<FormatError>(file.where() + " is truncated: it claims " + claim + ", and at most " +
                          std::to_string(file.at_most()) + " follow");
    idx.elements = file.take(count);
    if (idx.elements.size() != count)
        fail<FormatError>(file.where() + " is truncated: it claims " + claim + ", and " + std::to_string(idx.elements.size()) + " follow");
    std::vector<std::uint8_t> rest(4096);
    std::size_t surplus = 0;
    while (const std::size_t n = file.read(rest.data(), rest.size())) {
        surplus += n;
        if (surplus > 1 << 20) break;  // enough to know: a bomb need not be inflated to its end
    }
    if (surplus > 0)
        fail<FormatError>(file.where() + " is oversized: it claims " + claim + ", and " +
                          (surplus > 1 << 20 ? "at least " : "") + std::to_string(count + surplus) + " follow");
    return idx;
}

// The samples in an IDX file of n x S (axes of extent 1 may be missing: MNIST's 60000x28x28 are samples of 1x28x28), as
// bytes scaled to [0, 1]. Errors of read_idx; FormatError where the extents are others.
template <class S> Samples<S> read_idx_images(const std::filesystem::path& path) {
    Idx idx = read_idx(path);
    if (!detail::same_extents<S>(idx.extents, 1))
        fail<FormatError>(path.string() + " holds " + detail::extents_of(idx.extents) + " elements, expected n x " +
                          describe<S>());
    return Samples<S>{std::move(idx.elements)};
}

// The labels in an IDX file of one axis. Errors of read_idx; FormatError where there are more axes, or a label is not
// below `classes`.
inline Labels read_idx_labels(const std::filesystem::path& path, std::size_t classes = 256) {
    const Idx idx = read_idx(path);
    if (idx.extents.size() != 1)
        fail<FormatError>(path.string() + " holds " + detail::extents_of(idx.extents) +
                          " elements, expected one axis, a label for each sample");
    for (std::size_t i = 0; i < idx.elements.size(); ++i)
        if (idx.elements[i] >= classes)
            fail<FormatError>(path.string() + ": label " + std::to_string(i) + " is " +
                              std::to_string(idx.elements[i]) + ", expected 0 to " + std::to_string(classes - 1));
    return Labels{idx.elements};
}

}  // namespace kiln
