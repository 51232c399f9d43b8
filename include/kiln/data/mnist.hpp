// MNIST and Fashion-MNIST: grey images of 1x28x28 in [0, 1], with labels 0 to 9; 60000 to train on and 10000 to test.
//
// LeCun, Cortes, Burges, "The MNIST database of handwritten digits" (1998); Xiao, Rasul, Vollgraf, "Fashion-MNIST"
// (2017).
#pragma once
#include <cstddef>
#include <filesystem>
#include <future>
#include <string>
#include <utility>
#include "kiln/core/error.hpp"
#include "kiln/core/shape.hpp"
#include "kiln/core/target.hpp"
#include "kiln/data/dataset.hpp"
#include "kiln/data/idx.hpp"

namespace kiln {

struct MnistData {
    Dataset<Shape<1, 28, 28>, Label> train, test;
};

namespace detail {
// The file of a folder under any of the names it goes by.
inline std::filesystem::path find_mnist(const std::filesystem::path& folder, const std::string& stem,
                                        const std::string& format, const std::string& help) {
    std::string tried;
    for (const char* joint : {"-", "."})
        for (const char* suffix : {"", ".gz"}) {
            const std::string name = stem + joint + format + suffix;
            if (std::filesystem::is_regular_file(folder / name)) return folder / name;
            tried += (tried.empty() ? "" : ", ") + name;
        }
    fail<FileError>("no " + stem + " in " + folder.string() +
                    (std::filesystem::is_directory(folder) ? "" : ", which is no folder") + " (looked for " + tried +
                    "): " + help);
}

inline MnistData read_mnist(const std::filesystem::path& folder, const std::string& help) {
    const auto find = [&](const char* part, const char* what, const char* format) {
        return find_mnist(folder, std::string{part} + "-" + what, format, help);
    };
    const auto read = [&](const char* part) {
        const auto images = find(part, "images", "idx3-ubyte"), labels = find(part, "labels", "idx1-ubyte");
        auto x = read_idx_images<Shape<1, 28, 28>>(images);
        auto t = read_idx_labels(labels, 10);
        if (x.size() != t.size())
            fail<DataError>(images.string() + " has " + std::to_string(x.size()) + " images and " + labels.string() +
                            " " + std::to_string(t.size()) + " labels: expected one label for each image");
        return Dataset<Shape<1, 28, 28>, Label>{std::move(x), std::move(t)};
    };
    auto test = std::async([&] { return read("t10k"); });  // beside the larger files, on a thread of its own
    auto train = read("train");
    return {std::move(train), test.get()};
}
}  // namespace detail

namespace datasets {

// The four files in a folder: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-
// idx1-ubyte, each plain or .gz, or with a dot before idx. FileError where one is missing, FormatError where one is
// not what it should be, DataError where images and labels differ in number.
inline MnistData mnist(const std::filesystem::path& folder) {
    return detail::read_mnist(folder, "run scripts/get_mnist.sh, or give the folder where the files are");
}

// The same four files with articles of clothing.
inline MnistData fashion_mnist(const std::filesystem::path& folder) {
    return detail::read_mnist(folder,
                              "Debian's package dataset-fashion-mnist puts them in /usr/share/datasets/fashion-mnist; "
                              "scripts/get_mnist.sh fetches MNIST, which may stand in for it");
}

}  // namespace datasets
}  // namespace kiln
