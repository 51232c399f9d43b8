#include <doctest/doctest.h>
#include <algorithm>
#include "kiln/data/file.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
// All that a reader gives, in pieces of n.
Bytes all(ByteReader& reader, std::size_t n) {
    Bytes result, piece(n);
    while (const std::size_t found = reader.read(piece.data(), n))
        result.insert(result.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(found));
    return result;
}
Bytes counting(std::size_t n) {
    Bytes bytes(n);
    for (std::size_t i = 0; i < n; ++i) bytes[i] = static_cast<std::uint8_t>(i * i / 7);
    return bytes;
}
}  // namespace

TEST_CASE("a file is read whole") {
    const TemporaryFolder folder;
    CHECK(read_file(folder.write("a", counting(1000))) == counting(1000));
    CHECK(read_file(folder.write("empty", {})).empty());
}

TEST_CASE("what cannot be read is named") {
    const TemporaryFolder folder;
    const auto missing = folder.path() / "missing";
    CHECK(message_of<FileError>([&] { read_file(missing); }) ==
          missing.string() + ": there is no such file: check the path");
    CHECK(message_of<FileError>([&] { read_file(folder.path()); }) ==
          folder.path().string() + " is a folder: give the path of a file");
    CHECK(contains(message_of<FileError>([&] { read_file("/dev/null/x"); }), "/dev/null/x"));
    CHECK(contains(message_of<FileError>([&] { read_file("/dev/null"); }), "/dev/null cannot be read"));
}

TEST_CASE("gzip is seen by its first bytes and inflated in pieces") {
    const TemporaryFolder folder;
    const Bytes bytes = counting(100000);
    for (const std::size_t piece : {std::size_t{1000}, std::size_t{99999}, std::size_t{1} << 20}) {
        ByteReader plain{folder.write("plain.gz", bytes)}, packed{folder.write("packed", gzip(bytes))};
        CHECK(plain.at_most() == bytes.size());
        CHECK(packed.at_most() >= bytes.size());
        CHECK(all(plain, piece) == bytes);
        CHECK(all(packed, piece) == bytes);
    }
    ByteReader two{folder.write("two.gz", gzip(counting(10)) + gzip(counting(20)))};
    CHECK(all(two, 7) == counting(10) + counting(20));
    ByteReader zeros{folder.write("zeros.gz", gzip(Bytes(10000000)))};  // what deflate packs best
    CHECK(zeros.at_most() >= 10000000);
    CHECK(all(zeros, 1 << 20).size() == 10000000);
    ByteReader none{folder.write("none.gz", gzip({}))};
    CHECK(all(none, 10).empty());
}

// With libdeflate the rest of a file of one member comes from it, everything else from zlib: nobody must notice which.
TEST_CASE("the rest of a file is taken at once, after what was read, whether it is all there is or not") {
    const TemporaryFolder folder;
    const Bytes bytes = counting(100000);
    const auto piece = [&](std::size_t from, std::size_t n) {
        const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(from);
        return Bytes(first, first + static_cast<std::ptrdiff_t>(n));
    };
    const Bytes two = gzip(piece(0, 300)) + gzip(piece(300, 99700));
    for (const Bytes& file : {bytes, gzip(bytes), two})
        for (const std::size_t before : {std::size_t{0}, std::size_t{16}})
            for (const std::size_t n : {100000 - before, std::size_t{50}, std::size_t{200000}}) {
                ByteReader reader{folder.write("x", file)};
                Bytes header(before);
                REQUIRE(reader.read(header.data(), before) == before);
                const ByteBuffer taken = reader.take(n);
                CHECK(header == piece(0, before));
                CHECK(std::ranges::equal(taken, piece(before, std::min(n, 100000 - before))));
                CHECK(all(reader, 1000).size() == 100000 - before - taken.size());
            }
    const Bytes good = gzip(bytes);
    const auto message = [&](const Bytes& file) {
        const auto path = folder.write("x.gz", file);
        return message_of<FormatError>([&] {
            ByteReader reader{path};
            reader.take(bytes.size());
            all(reader, 1);
        });
    };
    Bytes corrupt = good;
    corrupt[corrupt.size() - 8] ^= 1;  // the checksum
    CHECK(contains(message(corrupt), "incorrect data check"));
    CHECK(contains(message(Bytes(good.begin(), good.end() - 1)), "its gzip data ends early"));
    CHECK(contains(message(good + Bytes{1, 2, 3}), "3 bytes follow the end of its gzip data"));
}

TEST_CASE("gzip that is truncated, corrupt or followed by something is refused") {
    const TemporaryFolder folder;
    const Bytes good = gzip(counting(100000));
    const auto message = [&](const Bytes& bytes) {
        const auto path = folder.write("x.gz", bytes);
        return message_of<FormatError>([&] {
            ByteReader reader{path};
            all(reader, 4096);
        });
    };
    CHECK(message(good) == "");
    for (const std::size_t cut : {std::size_t{2}, std::size_t{11}, good.size() / 2, good.size() - 1})
        CHECK(contains(message(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(cut))),
                       "its gzip data ends early, at byte " + std::to_string(cut)));
    Bytes corrupt = good;
    corrupt[corrupt.size() - 8] ^= 1;  // the checksum
    CHECK(contains(message(corrupt), "its gzip data is corrupt at byte"));
    CHECK(contains(message(corrupt), "incorrect data check"));
    corrupt = good;
    std::fill(corrupt.begin() + 100, corrupt.begin() + 200, std::uint8_t{0xff});
    CHECK(contains(message(corrupt), "corrupt"));
    CHECK(contains(message({0x1f, 0x8b, 'n', 'o', 'n', 's', 'e', 'n', 's', 'e', '!'}), "corrupt"));
    CHECK(contains(message(good + Bytes{1, 2, 3}), "3 bytes follow the end of its gzip data"));
}
