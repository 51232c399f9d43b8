#include <doctest/doctest.h>
#include <cstdint>
#include <vector>
#include "kiln/data/mnist.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
Bytes images(std::uint32_t n, std::uint32_t side = 28) {
    return idx({n, side, side}, Bytes(std::size_t{n} * side * side, 51));
}
Bytes labels(const Bytes& values) { return idx({static_cast<std::uint32_t>(values.size())}, values); }
}  // namespace

TEST_CASE("MNIST is read from its four files, under any of their names") {
    const TemporaryFolder folder;
    folder.write("train-images-idx3-ubyte", images(3));
    folder.write("train-labels-idx1-ubyte.gz", gzip(labels({7, 8, 9})));
    folder.write("t10k-images.idx3-ubyte", images(2));
    folder.write("t10k-labels.idx1-ubyte.gz", gzip(labels({0, 1})));
    for (const MnistData& data : {datasets::mnist(folder.path()), datasets::fashion_mnist(folder.path())}) {
        CHECK(data.train.size() == 3);
        CHECK(data.test.size() == 2);
        CHECK(data.train.labels()[2] == 9);
        CHECK(data.test.labels()[1] == 1);
        CHECK(data.train.samples().get(2)(0, 27, 27) == doctest::Approx(0.2));
    }
}

TEST_CASE("a missing file is named, with the folder, the names and the mend") {
    const TemporaryFolder folder;
    const std::string message = message_of<FileError>([&] { datasets::mnist(folder.path()); });
    CHECK(message ==
          "no train-images in " + folder.path().string() +
              " (looked for train-images-idx3-ubyte, train-images-idx3-ubyte.gz, train-images.idx3-ubyte, "
              "train-images.idx3-ubyte.gz): run scripts/get_mnist.sh, or give the folder where the files are");
    CHECK(
        contains(message_of<FileError>([&] { datasets::mnist(folder.path() / "none"); }), "none, which is no folder"));
    CHECK(contains(message_of<FileError>([&] { datasets::fashion_mnist(folder.path()); }), "dataset-fashion-mnist"));
    folder.write("train-images-idx3-ubyte", images(1));
    CHECK(contains(message_of<FileError>([&] { datasets::mnist(folder.path()); }), "no train-labels in"));
}

TEST_CASE("what is not MNIST is refused") {
    const TemporaryFolder folder;
    folder.write("train-images-idx3-ubyte", images(2));
    folder.write("train-labels-idx1-ubyte", labels({1, 2}));
    folder.write("t10k-images-idx3-ubyte", images(1));
    folder.write("t10k-labels-idx1-ubyte", labels({3}));
    REQUIRE(datasets::mnist(folder.path()).train.size() == 2);

    SUBCASE("another size of image") {
        folder.write("t10k-images-idx3-ubyte", images(1, 27));
        CHECK(contains(message_of<FormatError>([&] { datasets::mnist(folder.path()); }),
                       "holds 1x27x27 elements, expected n x 1x28x28"));
    }
    SUBCASE("a label over 9") {
        folder.write("train-labels-idx1-ubyte", labels({1, 10}));
        CHECK(contains(message_of<FormatError>([&] { datasets::mnist(folder.path()); }),
                       "train-labels-idx1-ubyte: label 1 is 10, expected 0 to 9"));
    }
    SUBCASE("counts that differ") {
        folder.write("train-labels-idx1-ubyte", labels({1, 2, 3}));
        const std::string message = message_of<DataError>([&] { datasets::mnist(folder.path()); });
        CHECK(contains(message, "has 2 images and "));
        CHECK(contains(message, " 3 labels: expected one label for each image"));
    }
}

TEST_CASE("the real MNIST") {
    const auto folder = mnist_folder();
    if (!folder) {
        MESSAGE("KILN_DATA_DIR is not set: the real MNIST is not read");
        return;
    }
    const auto data = datasets::mnist(*folder);
    CHECK(data.train.size() == 60000);
    CHECK(data.test.size() == 10000);
    const std::vector<std::int32_t> first(data.train.labels().begin(), data.train.labels().begin() + 5);
    CHECK(first == std::vector<std::int32_t>{5, 0, 4, 1, 9});
    CHECK(data.train.classes() == 10);
    const auto moments = data.train.samples().moments();
    CHECK(moments.mean[0] == doctest::Approx(0.1306604763).epsilon(1e-9));
    CHECK(moments.std[0] == doctest::Approx(0.3081078).epsilon(1e-6));
    const auto [rest, validation] = data.train.split(1.0 / 6, 1);
    CHECK(rest.size() == 50000);
    CHECK(validation.size() == 10000);
    CHECK(standardize(data.train).std[0] == moments.std[0]);
}
