#include <doctest/doctest.h>
#include <algorithm>
#include "kiln/data/idx.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
// The message of the FormatError that this file gives, without the path in front, plain; the same bytes in gzip must be
// refused as well.
std::string refused(const Bytes& bytes) {
    const TemporaryFolder folder;
    const auto path = folder.write("x", bytes), packed = folder.write("x.gz", gzip(bytes));
    const std::string message = message_of<FormatError>([&] { read_idx(path); });
    REQUIRE(message.starts_with(path.string()));
    const std::string inflated = message_of<FormatError>([&] { read_idx(packed); });
    REQUIRE(inflated.starts_with(packed.string()));
    return message.substr(path.string().size());
}
const Bytes six{1, 2, 3, 4, 5, 6};
}  // namespace

TEST_CASE("an IDX file is read, plain or gzip, whatever its name") {
    const TemporaryFolder folder;
    for (const Bytes& bytes : {idx({3, 1, 2}, six), gzip(idx({3, 1, 2}, six))})
        for (const char* name : {"a", "a.gz"}) {
            const Idx read = read_idx(folder.write(name, bytes));
            CHECK(read.extents == std::vector<std::size_t>{3, 1, 2});
            CHECK(std::ranges::equal(read.elements, six));
        }
    const auto samples =
        read_idx_images<Shape<1, 2>>(folder.write("images", idx({3, 1, 2}, {0, 51, 102, 153, 204, 255})));
    CHECK(samples.size() == 3);
    CHECK(samples.get(2)(0, 1) == 1);
    CHECK(samples.get(0)(0, 1) == doctest::Approx(0.2));
    CHECK(read_idx_images<Shape<1, 2, 1>>(folder.path() / "images").size() == 3);
    const Labels labels = read_idx_labels(folder.write("labels", idx({6}, six)));
    CHECK(labels.size() == 6);
    CHECK(labels[5] == 6);
}

TEST_CASE("a missing file is named") {
    CHECK(message_of<FileError>([] { read_idx("/nowhere/train-images-idx3-ubyte"); }) ==
          "/nowhere/train-images-idx3-ubyte: there is no such file: check the path");
}

TEST_CASE("foreign files are refused by their first bytes") {
    CHECK(refused({'P', 'K', 3, 4, 0, 0}) ==
          " is no IDX file: it begins with 50 4b 03 04, expected 00 00 08 and the number of axes");
    CHECK(refused({0, 0}) == " is no IDX file: it begins with 00 00, expected 00 00 08 and the number of axes");
    CHECK(refused({}) == " is no IDX file: it begins with nothing, expected 00 00 08 and the number of axes");
    CHECK(refused({0, 0, 8, 0}) ==
          " is no IDX file: it begins with 00 00 08 00, expected 00 00 08 and the number of axes");
    CHECK(refused(idx({6}, six, 0x0d)) == " holds elements of type 0d (32-bit floats), expected 08 (unsigned bytes)");
    CHECK(refused(idx({6}, six, 0x42)) == " holds elements of type 42 (unknown to IDX), expected 08 (unsigned bytes)");
}

TEST_CASE("truncated and oversized files are refused with both counts") {
    CHECK(refused({0, 0, 8, 2, 0, 0, 0, 3, 0, 0}) == " is truncated: it ends in its extents, 2 bytes short");
    CHECK(refused(idx({4, 2}, six)) == " is truncated: it claims 4x2 = 8 elements, and at most 6 follow");
    CHECK(refused(idx({4, 2}, {})) == " is truncated: it claims 4x2 = 8 elements, and at most 0 follow");
    CHECK(refused(idx({5}, six)) == " is oversized: it claims 5 = 5 elements, and 6 follow");
    CHECK(refused(idx({2}, six)) == " is oversized: it claims 2 = 2 elements, and 6 follow");
    CHECK(refused(idx({2}, Bytes(5000000))).starts_with(" is oversized: it claims 2 = 2 elements, and at least 10"));
}

TEST_CASE("a header that claims too much costs no memory") {
    constexpr std::uint32_t huge = 0xffffffff;
    CHECK(refused(idx({huge, 2}, six)) ==
          " is truncated: it claims 4294967295x2 = 8589934590 elements, and at most 6 follow");
    CHECK(refused(idx({huge, huge}, six)).starts_with(" is truncated: it claims 4294967295x4294967295 = "));
    CHECK(refused(idx({huge, huge, huge}, six)) ==
          " claims 4294967295x4294967295x4294967295 elements, more than memory can address");
    CHECK(refused(idx(std::vector<std::uint32_t>(255, 2), six)).ends_with("more than memory can address"));
}

TEST_CASE("an extent of 0 is refused") {
    CHECK(refused(idx({0}, {})) == ": the extent of axis 0 is 0, expected at least 1");
    CHECK(refused(idx({3, 0}, {})) == ": the extent of axis 1 is 0, expected at least 1");
}

TEST_CASE("gzip that is cut or corrupt is refused") {
    const TemporaryFolder folder;
    Bytes packed = gzip(idx({6}, six));
    packed[packed.size() - 5] ^= 1;
    CHECK(contains(message_of<FormatError>([&] { read_idx(folder.write("x.gz", packed)); }), "corrupt"));
    packed.resize(packed.size() - 9);
    CHECK(contains(message_of<FormatError>([&] { read_idx(folder.write("x.gz", packed)); }), "truncated"));
}

TEST_CASE("images and labels must be what is asked for") {
    const TemporaryFolder folder;
    const auto path = folder.write("x", idx({3, 1, 2}, six));
    CHECK(message_of<FormatError>([&] { read_idx_images<Shape<1, 28, 28>>(path); }) ==
          path.string() + " holds 3x1x2 elements, expected n x 1x28x28");
    CHECK(message_of<FormatError>([&] { read_idx_labels(path); }) ==
          path.string() + " holds 3x1x2 elements, expected one axis, a label for each sample");
    const auto labels = folder.write("labels", idx({6}, six));
    CHECK(message_of<FormatError>([&] { read_idx_labels(labels, 5); }) ==
          labels.string() + ": label 4 is 5, expected 0 to 4");
    CHECK(read_idx_labels(labels, 7).size() == 6);
}
