#include <doctest/doctest.h>
#include <array>
#include <numeric>
#include "kiln/io/safetensors_file.hpp"
#include "support/files.hpp"
#include "support/safetensors.hpp"

using namespace kiln;
using namespace kiln_test;
namespace fs = std::filesystem;

namespace {
// The message of the FormatError that these bytes give, without the path in front.
std::string refused(const Bytes& bytes) {
    const TemporaryFolder folder;
    const auto path = folder.write("x", bytes);
    const std::string message = message_of<FormatError>([&] { SafetensorsFile{path}; });
    REQUIRE(message.starts_with(path.string()));
    return message.substr(path.string().size());
}
// Of a file with this header, followed by n bytes of data.
std::string refused(const std::string& header, std::size_t n = 0) {
    const std::string message = refused(safetensors(header, Bytes(n)));
    REQUIRE(message.ends_with(": save or fetch the file again"));
    REQUIRE(message.starts_with(": its header is corrupt: "));
    return message.substr(25, message.size() - 25 - 30);
}
// Of one whose header is well-formed.
std::string misplaced(const std::string& header, std::size_t n) {
    const std::string message = refused(safetensors(header, Bytes(n)));
    REQUIRE(message.starts_with(" is corrupt: "));
    REQUIRE(message.ends_with(": save or fetch it again"));
    return message.substr(13, message.size() - 13 - 24);
}
std::string with_field(const std::string& field) {  // in place of one of three
    const bool is_dtype = contains(field, "dtype"), is_shape = contains(field, "shape"),
               is_offsets = contains(field, "offsets");
    std::string fields = field;
    if (!is_dtype) fields += R"(,"dtype":"F32")";
    if (!is_shape) fields += R"(,"shape":[1])";
    if (!is_offsets) fields += R"(,"data_offsets":[0,4])";
    return R"({"a":{)" + fields + "}}";
}
}  // namespace

TEST_CASE("a file is written byte for byte as the format says") {
    const TemporaryFolder folder;
    const std::array<float, 2> weight{1.0f, -2.0f};
    const std::array<double, 1> bias{1.0};
    const std::array<TensorBytes, 2> tensors{{{"b", {"F64", {}}, std::as_bytes(std::span{bias})},
                                              {"0.weight", {"F32", {2, 1}}, std::as_bytes(std::span{weight})}}};
    write_safetensors(folder.path() / "x", tensors);
    std::string header = R"({"b":{"dtype":"F64","shape":[],"data_offsets":[0, 8]},)"
                         R"("0.weight":{"dtype":"F32","shape":[2, 1],"data_offsets":[8, 16]}})";
    REQUIRE(header.size() == 119);
    header += ' ';
    const Bytes expected = Bytes{120, 0, 0, 0, 0, 0, 0, 0} + Bytes(header.begin(), header.end()) +
                           Bytes{0, 0, 0, 0, 0, 0, 0xf0, 0x3f} + Bytes{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0};
    CHECK(bytes_in(folder.path() / "x") == expected);

    write_safetensors(folder.path() / "empty", {});
    CHECK(bytes_in(folder.path() / "empty") == Bytes{8, 0, 0, 0, 0, 0, 0, 0, '{', '}', ' ', ' ', ' ', ' ', ' ', ' '});
    CHECK(SafetensorsFile{folder.path() / "empty"}.tensors().empty());
    CHECK(SafetensorsFile{folder.path() / "empty"}.read_data().empty());
}

TEST_CASE("a name of any characters comes back") {
    const TemporaryFolder folder;
    const std::string name = "a \"quoted\" \\ name\n\x01 of h\xc3\xa4user";
    write_safetensors(folder.path() / "x", std::array{TensorBytes{name, {"U8", {0}}, {}}});
    const SafetensorsFile file{folder.path() / "x"};
    REQUIRE(file.tensors().size() == 1);
    CHECK(file.tensors().begin()->first == name);
}

TEST_CASE("tensors, their places and the data are read, in any order, with metadata, empty tensors and every dtype") {
    const TemporaryFolder folder;
    const std::string header = R"( {"__metadata__":{"format":"pt","":"\u00e4"},
        "z":{"shape":[2,2],"data_offsets":[4,12],"dtype":"BF16"}, "a":{"dtype":"I32","shape":[],"data_offsets":[0,4]},
        "none":{"dtype":"F64","shape":[3,0],"data_offsets":[4,4]}, "last":{"dtype":"F64","shape":[0],"data_offsets":[12,12]}}  )";
    Bytes data(12);
    std::iota(data.begin(), data.end(), std::uint8_t{7});
    SafetensorsFile file{folder.write("x", safetensors(header.substr(1), data))};
    REQUIRE(file.tensors().size() == 4);
    const StoredTensor& z = file.tensors().at("z");
    CHECK(z.type == TensorType{"BF16", {2, 2}});
    CHECK(z.begin == 4);
    CHECK(z.end == 12);
    CHECK(file.tensors().at("a").type == TensorType{"I32", {}});
    CHECK(file.tensors().at("none").type == TensorType{"F64", {3, 0}});
    const auto read = file.read_data();
    REQUIRE(read.size() == 12);
    CHECK(std::to_integer<int>(read[0]) == 7);
    CHECK(std::to_integer<int>(read[11]) == 18);

    for (const auto& [dtype, bytes] :
         {std::pair{"BOOL", 8}, {"U8", 8},   {"I8", 8},    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"I16", 16},
          {"U16", 16},          {"F16", 16}, {"BF16", 16}, {"I32", 32},    {"U32", 32},    {"F32", 32},    {"F64", 64},
          {"I64", 64},          {"U64", 64}, {"C64", 64},  {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6}}) {
        const std::string end = std::to_string(bytes);
        const auto path = folder.write(dtype, safetensors(R"({"a":{"dtype":")" + std::string{dtype} +
                                                              R"(","shape":[8],"data_offsets":[0,)" + end + "]}}",
                                                          Bytes(static_cast<std::size_t>(bytes))));
        CHECK(SafetensorsFile{path}.tensors().at("a").end == static_cast<std::uint64_t>(bytes));
    }
}

TEST_CASE("a file that is missing or cannot be read is named") {
    const TemporaryFolder folder;
    CHECK(message_of<FileError>([] { SafetensorsFile{"/nowhere/a"}; }) ==
          "/nowhere/a: there is no such file: check the path");
    CHECK(message_of<FileError>([&] { SafetensorsFile{folder.path()}; }) ==
          folder.path().string() + " is a folder: give the path of a file");
    CHECK(message_of<FileError>([] { SafetensorsFile{"/dev/zero"}; }).starts_with("/dev/zero cannot be read: "));

    const auto path = folder.write(
        "a", safetensors(R"({"a":{"dtype":"F32","shape":[100000],"data_offsets":[0,400000]}})", Bytes(400000)));
    SafetensorsFile file{path};
    fs::resize_file(path, 100);
    CHECK(contains(message_of<FileError>([&] { file.read_data(); }), "of 400000 bytes came"));
}

TEST_CASE("a foreign or truncated file is refused by its first bytes") {
    CHECK(refused(Bytes{}) ==
          " is no safetensors file, or truncated: it has 0 bytes, expected 8 with its header's length, the header and "
          "the data: "
          "save or fetch it again");
    CHECK(contains(refused(Bytes{1, 2, 3, 4, 5, 6, 7}), "it has 7 bytes"));
    CHECK(contains(refused(Bytes(8)), "its header begins with nothing, expected \"{\""));
    CHECK(contains(refused(safetensors("[1]")), "its header begins with \"[\", expected \"{\""));
    CHECK(contains(refused(safetensors(" {}")), "its header begins with \" \""));
    CHECK(contains(refused(safetensors("\xef\xbb\xbf{}")), "its header begins with \"?\""));
    CHECK(contains(refused(Bytes{'P', 'K', 3, 4, 0, 0, 8, 8, 0, 0}),
                   " is a zip file, as torch.save writes, expected safetensors"));
}

TEST_CASE("a header length that the file cannot hold is refused before memory is taken") {
    Bytes bytes = safetensors("{}");
    bytes[0] = 3;
    CHECK(contains(refused(bytes), "it claims a header of 3 bytes, and 2 follow"));
    std::fill_n(bytes.begin(), 8, std::uint8_t{0xff});
    CHECK(contains(refused(bytes), "it claims a header of 18446744073709551615 bytes, and 2 follow"));
    std::fill_n(bytes.begin(), 8, std::uint8_t{0xf8});
    CHECK(contains(refused(bytes), "bytes, and 2 follow"));

    const TemporaryFolder folder;  // a file with holes is as large as a header may claim, and takes no disk
    const auto path = folder.write("x", {0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, '{'});
    fs::resize_file(path, (std::uintmax_t{1} << 40) + 7);
    CHECK(contains(message_of<FormatError>([&] { SafetensorsFile{path}; }),
                   "it claims a header of 1099511627775 bytes, expected at most 100000000"));
}

TEST_CASE("a header that is no JSON is refused with the byte") {
    CHECK(refused("{").starts_with(
        "no JSON at byte 9 of the file: syntax error while parsing object key - unexpected end of input"));
    CHECK(refused("{}x").starts_with("no JSON at byte 10 of the file: "));
    CHECK(refused("{} {}").starts_with("no JSON at byte 11 of the file: "));
    CHECK(refused("{'a':1}").starts_with("no JSON at byte 9 of the file: "));
    CHECK(refused("{\"a\xff\":{}}")
              .starts_with("no JSON at byte 11 of the file: syntax error while parsing object key - invalid string: "
                           "ill-formed UTF-8"));
    CHECK(refused("{\"a\xc3\":{}}").starts_with("no JSON at byte 12"));
    CHECK(refused(R"({"\ud800":{}})").starts_with("no JSON at byte "));
    CHECK(refused("{/* comment */}").starts_with("no JSON at byte 9 "));
    CHECK(refused(with_field(R"("shape":[1e999])")).starts_with("no JSON at byte "));
    CHECK(contains(refused(safetensors(std::string{"{}\0{}", 5})),
                   "its header holds a zero at byte 10 of the file, expected JSON and spaces"));
    const std::string endless = refused("{\"" + std::string(1'000'000, 'a'));
    CHECK(endless.starts_with("no JSON at byte 1000"));
    CHECK(endless.size() < 300);
}

TEST_CASE("deep nesting is refused where it begins and costs no stack") {
    std::string deep;
    for (int i = 0; i < 1'000'000; ++i) deep += R"({"a":)";
    CHECK(refused(deep) == "tensor \"a\" has a field \"a\", expected dtype, shape and data_offsets alone");
    CHECK(refused(R"({"a":)" + std::string(1'000'000, '[')) == "\"a\" is a list, expected an object");
    CHECK(
        refused(R"({"a":{"shape":)" + std::string(1'000'000, '[')).starts_with("tensor \"a\" has a list in its shape"));
}

TEST_CASE("fields of a wrong type are refused by the tensor's name") {
    for (const auto& [json, found] : {std::pair{"null", "null"},
                                      {"true", "true"},
                                      {"false", "false"},
                                      {"-3", "-3"},
                                      {"7", "7"},
                                      {"1.5", "1.5"},
                                      {R"("F32")", R"(the text "F32")"},
                                      {"[]", "a list"}}) {
        CAPTURE(json);
        CHECK(refused(R"({"a":)" + std::string{json} + "}") ==
              R"("a" is )" + std::string{found} + ", expected an object");
    }
    const std::string whole = ", expected a list of whole numbers, none below 0 or above 18446744073709551615";
    CHECK(refused(with_field(R"("dtype":3)")) == R"(tensor "a" has 3 as its dtype, expected a text like "F32")");
    CHECK(refused(with_field(R"("dtype":["F32"])")) ==
          R"(tensor "a" has a list as its dtype, expected a text like "F32")");
    CHECK(refused(with_field(R"("dtype":"F31")")) ==
          R"(tensor "a" has the dtype "F31", expected one of the format's, such as F32, F64 or I64)");
    CHECK(refused(with_field(R"("dtype":"")")).starts_with(R"(tensor "a" has the dtype "", expected)"));
    CHECK(refused(with_field(R"("shape":4)")) == R"(tensor "a" has 4 as its shape)" + whole);
    CHECK(refused(with_field(R"("shape":"4")")) == R"(tensor "a" has the text "4" as its shape)" + whole);
    CHECK(refused(with_field(R"("shape":{})")) == R"(tensor "a" has an object as its shape)" + whole);
    CHECK(refused(with_field(R"("shape":[2,-1])")) == R"(tensor "a" has -1 in its shape)" + whole);
    CHECK(refused(with_field(R"("shape":[1.0])")) == R"(tensor "a" has 1.0 in its shape)" + whole);
    CHECK(refused(with_field(R"("shape":[18446744073709551616])")) ==
          R"(tensor "a" has 18446744073709551616 in its shape)" + whole);
    CHECK(refused(with_field(R"("shape":[null])")) == R"(tensor "a" has null in its shape)" + whole);
    CHECK(refused(with_field(R"("shape":[[1]])")) == R"(tensor "a" has a list in its shape)" + whole);
    CHECK(refused(with_field(R"("data_offsets":[0,"4"])")) ==
          R"(tensor "a" has the text "4" in its data_offsets)" + whole);
    CHECK(refused(with_field(R"("data_offsets":[-4,0])")) == R"(tensor "a" has -4 in its data_offsets)" + whole);
    CHECK(refused(with_field(R"("data_offsets":null)")) == R"(tensor "a" has null as its data_offsets)" + whole);
    CHECK(refused(with_field(R"("data_offsets":[4])")) ==
          R"(tensor "a" has 1 data_offsets, expected 2, its begin and its end)");
    CHECK(refused(with_field(R"("data_offsets":[0,2,4])")) ==
          R"(tensor "a" has 3 data_offsets, expected 2, its begin and its end)");
    CHECK(refused(R"({"__metadata__":{"a":1}})") == R"(__metadata__ holds 1 under "a", expected texts alone)");
    CHECK(refused(R"({"__metadata__":{"a":{}}})") == R"(__metadata__ holds an object under "a", expected texts alone)");
    CHECK(refused(R"({"__metadata__":[]})") == R"("__metadata__" is a list, expected an object)");
}

TEST_CASE("fields that are missing, unknown or doubled, and doubled names, are refused") {
    CHECK(refused(R"({"a":{}})") == R"(tensor "a" has no dtype, expected dtype, shape and data_offsets)");
    CHECK(refused(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})") ==
          R"(tensor "a" has no shape, expected dtype, shape and data_offsets)");
    CHECK(refused(R"({"a":{"dtype":"F32","shape":[1]}})") ==
          R"(tensor "a" has no data_offsets, expected dtype, shape and data_offsets)");
    CHECK(refused(with_field(R"("stride":[1])")) ==
          R"(tensor "a" has a field "stride", expected dtype, shape and data_offsets alone)");
    CHECK(refused(with_field(R"("dtype":"F32","dtype":"F32")")) ==
          R"(tensor "a" has its dtype twice, expected it once)");
    CHECK(refused(with_field(R"("shape":[1],"shape":[1])")) == R"(tensor "a" has its shape twice, expected it once)");
    const std::string a = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
    CHECK(refused("{" + a + "," + a + "}", 4) == R"("a" stands there twice, expected each name once)");
    CHECK(refused(R"({"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)" + a + "}", 4) ==
          R"("a" stands there twice, expected each name once)");
    CHECK(refused(R"({"__metadata__":{},"__metadata__":{}})") ==
          R"("__metadata__" stands there twice, expected each name once)");
    // The fields of one tensor do not serve the next.
    CHECK(refused("{" + a + R"(,"b":{}})", 4) == R"(tensor "b" has no dtype, expected dtype, shape and data_offsets)");
}

TEST_CASE("offsets that do not fill the data exactly are refused") {
    const auto tensor = [](const std::string& name, int shape, const std::string& begin, const std::string& end) {
        return '"' + name + R"(":{"dtype":"F32","shape":[)" + std::to_string(shape) + R"(],"data_offsets":[)" + begin +
               "," + end + "]}";
    };
    CHECK(misplaced("{" + tensor("a", 1, "4", "0") + "}", 4) ==
          "tensor \"a\" at bytes [4, 0] of the data ends before it begins");
    CHECK(misplaced("{" + tensor("a", 2, "0", "8") + "}", 7) ==
          "tensor \"a\" at bytes [0, 8] of the data goes beyond the file, which holds 7 bytes of data (truncated?)");
    CHECK(contains(misplaced("{" + tensor("a", 1, "18446744073709551612", "18446744073709551615") + "}", 8),
                   "goes beyond the file"));
    CHECK(misplaced("{" + tensor("a", 1, "0", "8") + "}", 8) ==
          "tensor \"a\" at bytes [0, 8] of the data has 8, expected 4 for F32 [1]");
    CHECK(misplaced("{" + tensor("a", 3, "0", "8") + "}", 8) ==
          "tensor \"a\" at bytes [0, 8] of the data has 8, expected 12 for F32 [3]");
    CHECK(misplaced("{" + tensor("b", 1, "4", "8") + "," + tensor("a", 2, "0", "8") + "}", 8) ==
          "tensor \"b\" at bytes [4, 8] of the data overlaps the tensor before it, which ends at byte 8");
    CHECK(contains(misplaced("{" + tensor("a", 1, "0", "4") + "," + tensor("b", 1, "0", "4") + "}", 4),
                   "overlaps the tensor before it, which ends at byte 4"));
    CHECK(misplaced("{" + tensor("a", 1, "0", "4") + "," + tensor("b", 1, "8", "12") + "}", 12) ==
          "no tensor owns bytes [4, 8] of the data, before tensor \"b\"");
    CHECK(misplaced("{" + tensor("a", 1, "4", "8") + "}", 8) ==
          "no tensor owns bytes [0, 4] of the data, before tensor \"a\"");
    CHECK(misplaced("{" + tensor("a", 1, "0", "4") + "}", 5) ==
          "its tensors take 4 bytes of data, and 5 follow the header");
    CHECK(misplaced("{}", 1) == "its tensors take 0 bytes of data, and 1 follow the header");
    CHECK(contains(
        misplaced(
            "{" + tensor("a", 0, "0", "0") + "," + tensor("b", 0, "2", "2") + "," + tensor("c", 1, "0", "4") + "}", 4),
        "tensor \"b\" at bytes [2, 2] of the data overlaps"));
}

TEST_CASE("a shape whose size overflows is refused") {
    const auto shaped = [](const std::string& dtype, const std::string& shape) {
        return misplaced(R"({"a":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":[0,4]}})", 4);
    };
    // 2^62 x 4 F32 are 2^66 bytes: a product that wraps around would be 0.
    CHECK(shaped("F32", "[4611686018427387904,4]") ==
          "tensor \"a\" is F32 [4611686018427387904, 4], which is no whole number of bytes that 64 bits can count");
    CHECK(contains(shaped("U8", "[18446744073709551615,18446744073709551615]"), "64 bits can count"));
    CHECK(contains(shaped("F32", "[4294967296,4294967296,1]"), "64 bits can count"));
    CHECK(contains(shaped("F4", "[7]"), "no whole number of bytes"));
    std::string many = "[2";
    for (int i = 0; i < 100'000; ++i) many += ",2";
    const std::string message = shaped("F32", many + "]");
    CHECK(contains(message, "64 bits can count"));
    CHECK(message.size() < 400);
}

TEST_CASE("a message holds no control characters of a file, and no more than a line of it") {
    const std::string message = refused(R"({"\u001b[2J)" + std::string(5000, 'n') + R"(":3})");
    CHECK(message.starts_with("\"?[2Jnnn"));
    CHECK(message.size() < 200);
}

TEST_CASE(
    "every prefix of a good file, and a good file with any one byte changed, is refused or read, and nothing worse") {
    const TemporaryFolder folder;
    const Bytes good = safetensors(
        R"({"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"I64","shape":[],"data_offsets":[8,16]}})",
        Bytes(16));
    CHECK(SafetensorsFile{folder.write("good", good)}.tensors().size() == 2);
    for (std::size_t n = 0; n < good.size(); ++n) {
        const auto path = folder.write("cut", Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n)));
        CAPTURE(n);
        CHECK_THROWS_AS(SafetensorsFile{path}, FormatError);
    }
    std::size_t read = 0, faults = 0;
    for (std::size_t i = 0; i < good.size() - 16; ++i)
        for (const int change : {1, 2, 4, 8, 16, 32, 64, 128}) {
            Bytes bytes = good;
            bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ change);
            try {
                read += SafetensorsFile{folder.write("changed", bytes)}.read_data().size() == 16;
            } catch (const FormatError&) {
                ++faults;
            }
        }
    CHECK(read + faults == 8 * (good.size() - 16));
    CHECK(read > 0);  // other names, other types of the same size
    CHECK(faults > 5 * read);
}
