#include <doctest/doctest.h>
#include <bit>
#include <cstring>
#include <random>
#include "kiln/compose/sequential.hpp"
#include "kiln/io/safetensors.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"
#include "support/files.hpp"
#include "support/safetensors.hpp"

using namespace kiln;
using namespace kiln_test;
namespace fs = std::filesystem;

namespace {
using Counts = std::map<std::string, std::int64_t>;

// The arrays of Linear<2, 3> and BatchNorm<3>, as a Model has them.
template <class T> struct Normalised {
    using List = Arrays<Arrays<Parameter<"weight", Shape<3, 2>>, Parameter<"bias", Shape<3>>>,
                        Arrays<Parameter<"running_mean", Shape<3>>, Parameter<"running_var", Shape<3>>>>;
    std::vector<T> numbers = std::vector<T>(List::extent);
    Counts counts;

    void visit(auto&& f) { kiln::visit<List>(numbers.data(), f); }
    void visit(auto&& f) const { kiln::visit<List>(numbers.data(), f); }
    Counts& batches_tracked() { return counts; }
    const Counts& batches_tracked() const { return counts; }

    bool operator==(const Normalised& other) const {  // bit for bit, the padding too
        return std::memcmp(numbers.data(), other.numbers.data(), sizeof(T) * numbers.size()) == 0 &&
               counts == other.counts;
    }
};
// Its second layer.
template <class T> struct Second {
    Normalised<T>& model;
    using List = Normalised<T>::List;
    void visit(auto&& f) const {
        kiln::visit<typename List::template Element<1>>(model.numbers.data() + List::offsets[1], f);
    }
    std::string prefix() const { return "1."; }
    Counts& batches_tracked() const { return model.counts; }
};

// Any bits at all, so NaNs, infinities, denormals and both zeros as well.
template <class T> Normalised<T> random_bits(unsigned seed) {
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    std::mt19937_64 random{seed};
    Normalised<T> model;
    model.visit([&](const std::string&, auto view) {
        for (T& x : view) x = std::bit_cast<T>(static_cast<Bits>(random()));
    });
    *model.numbers.data() =
        std::bit_cast<T>(static_cast<Bits>(Bits{0x7ff} << (8 * sizeof(T) - 12) | 1));  // a signalling NaN
    return model;
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape, int begin, int end) {
    return '"' + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":[)" +
           std::to_string(begin) + "," + std::to_string(end) + "]}";
}
const std::string weight = entry("0.weight", "F32", "[3,2]", 0, 24), bias = entry("0.bias", "F32", "[3]", 24, 36),
                  mean = entry("1.running_mean", "F32", "[3]", 36, 48),
                  variance = entry("1.running_var", "F32", "[3]", 48, 60);

Bytes counting(std::size_t bytes) {  // the floats 1, 2, 3 ...
    Bytes data(bytes);
    for (std::size_t i = 0; i < bytes / 4; ++i) {
        const float x = static_cast<float>(i + 1);
        std::memcpy(data.data() + 4 * i, &x, 4);
    }
    return data;
}

// What loading a file of these entries is refused with, a model being found as it was before.
template <class Kind = ParameterError, class T = float>
std::string refused(const std::string& entries, std::size_t bytes = 60) {
    const TemporaryFolder folder;
    const auto path = folder.write("x", safetensors("{" + entries + "}", counting(bytes)));
    Normalised<T> model = random_bits<T>(1);
    model.counts = {{"1.num_batches_tracked", 5}};
    const Normalised<T> before = model;
    const std::string message = message_of<Kind>([&] { load(model, path); });
    CHECK(model == before);
    REQUIRE(message.starts_with(path.string()));
    return message.substr(path.string().size());
}
const std::string names =
    "\nThe names are the layers' places in the network: load the file into the network that it was saved from, or "
    "rename its tensors.";
}  // namespace

TEST_CASE_TEMPLATE("a model comes back bit for bit", T, float, double) {
    const TemporaryFolder folder;
    const Normalised<T> saved = random_bits<T>(3);
    save(saved, folder.path() / "x");
    Normalised<T> loaded = random_bits<T>(4);
    REQUIRE(!(loaded == saved));
    load(loaded, folder.path() / "x");
    CHECK(loaded == saved);
    CHECK(fs::file_size(folder.path() / "x") % 8 == (sizeof(T) * 15) % 8);  // the data begins at a multiple of 8
    CHECK(std::distance(fs::directory_iterator{folder.path()}, {}) == 1);
}

TEST_CASE("the file holds PyTorch's names and layout") {
    const TemporaryFolder folder;
    Normalised<float> model;
    float next = 1;
    model.visit([&](const std::string&, auto view) {
        for (float& x : view) x = next++;
    });
    save(model, folder.path() / "x");
    const std::string header = R"({"0.weight":{"dtype":"F32","shape":[3, 2],"data_offsets":[0, 24]},)"
                               R"("0.bias":{"dtype":"F32","shape":[3],"data_offsets":[24, 36]},)"
                               R"("1.running_mean":{"dtype":"F32","shape":[3],"data_offsets":[36, 48]},)"
                               R"("1.running_var":{"dtype":"F32","shape":[3],"data_offsets":[48, 60]}})";
    const std::string padding(7 - (header.size() + 7) % 8, ' ');
    CHECK(bytes_in(folder.path() / "x") == safetensors(header + padding, counting(60)));
}

TEST_CASE("a file in another order, with metadata, loads") {
    const TemporaryFolder folder;
    const auto path = folder.write(
        "x", safetensors("{" + entry("1.running_mean", "F32", "[3]", 24, 36) + R"(,"__metadata__":{"format":"pt"},)" +
                             entry("0.bias", "F32", "[3]", 48, 60) + "," + entry("0.weight", "F32", "[3,2]", 0, 24) +
                             "," + entry("1.running_var", "F32", "[3]", 36, 48) + "}",
                         counting(60)));
    Normalised<float> model;
    load(model, path);
    std::map<std::string, std::vector<float>> found;
    model.visit([&](const std::string& name, auto view) { found[name].assign(view.begin(), view.end()); });
    CHECK(found == std::map<std::string, std::vector<float>>{{"0.weight", {1, 2, 3, 4, 5, 6}},
                                                             {"1.running_mean", {7, 8, 9}},
                                                             {"1.running_var", {10, 11, 12}},
                                                             {"0.bias", {13, 14, 15}}});
    Normalised<float> padded;  // what lies between the arrays is still zero
    padded.visit(
        [&](const std::string& name, auto view) { std::copy(found[name].begin(), found[name].end(), view.begin()); });
    CHECK(model == padded);
}

TEST_CASE("each kind of mismatch is named, with what to do, and the model is as it was") {
    const std::string head = " does not hold this model's parameters, and the model is as it was:";
    CHECK(refused(weight + "," + entry("1.running_mean", "F32", "[3]", 24, 36) + "," +
                      entry("1.running_var", "F32", "[3]", 36, 48),
                  48) == head + "\n  missing: 0.bias, expected F32 [3]" + names);
    CHECK(refused(weight + "," + bias + "," + mean + "," + variance + "," + entry("3.weight", "F16", "[2,1]", 60, 64),
                  64) == head + "\n  extra: 3.weight, found F16 [2, 1]" + names);
    CHECK(refused(entry("0.weight", "F32", "[2,3]", 0, 24) + "," + bias + "," + mean + "," + variance) ==
          head +
              "\n  misshapen: 0.weight, found F32 [2, 3], expected F32 [3, 2]"
              "\nThe shapes are the network's: load the file into the network that it was saved from.");
    CHECK(refused(weight + "," + entry("0.bias", "I32", "[3]", 24, 36) + "," + mean + "," + variance) ==
          head +
              "\n  mistyped: 0.bias, found I32 [3], expected F32 [3]"
              "\nNumbers are not converted: load F32 into a Model of float and F64 into a Model of double, or convert "
              "the file in Python, with "
              "module.float() or module.double().");
    // As many numbers in another shape are another tensor.
    CHECK(contains(refused(entry("0.weight", "F32", "[6]", 0, 24) + "," + bias + "," + mean + "," + variance),
                   "misshapen: 0.weight, found F32 [6], expected"));
    CHECK(contains(refused(weight + "," + entry("0.bias", "F32", "[3,1]", 24, 36) + "," + mean + "," + variance),
                   "misshapen: 0.bias, found F32 [3, 1], expected"));
}

TEST_CASE("all mismatches are in one error") {
    const std::string message =
        refused(entry("0.weight", "F64", "[3,1]", 0, 24) + "," + entry("0.bias", "F32", "[2]", 24, 32) + "," +
                    entry("1.running_mean", "I32", "[3]", 32, 44) + "," + entry("encoder.bias", "F32", "[4]", 44, 60) +
                    "," + entry("0.num_batches_tracked", "I64", "[]", 60, 68),
                68);
    for (const char* line :
         {"\n  missing: 1.running_var, expected F32 [3]\n",
          "\n  mistyped and misshapen: 0.weight, found F64 [3, 1], expected F32 [3, 2]\n",
          "\n  misshapen: 0.bias, found F32 [2], expected F32 [3]\n",
          "\n  mistyped: 1.running_mean, found I32 [3], expected F32 [3]\n", "\n  extra: encoder.bias, found F32 [4]\n",
          "\n  extra: 0.num_batches_tracked, found I64 []\n"})
        CHECK(contains(message, line));
    CHECK(std::count(message.begin(), message.end(), '\n') == 9);
    CHECK(contains(
        refused("", 0),
        "missing: 0.weight, expected F32 [3, 2]\n  missing: 0.bias, expected F32 [3]\n  missing: 1.running_mean"));
}

TEST_CASE("float and double files are not mixed up") {
    const TemporaryFolder folder;
    save(random_bits<double>(1), folder.path() / "double");
    save(random_bits<float>(1), folder.path() / "float");
    Normalised<float> single = random_bits<float>(2);
    Normalised<double> twice = random_bits<double>(2);
    CHECK(contains(message_of<ParameterError>([&] { load(single, folder.path() / "double"); }),
                   "mistyped: 0.bias, found F64 [3], expected F32 [3]"));
    CHECK(contains(message_of<ParameterError>([&] { load(twice, folder.path() / "float"); }),
                   "mistyped: 0.bias, found F32 [3], expected F64 [3]"));
    CHECK(single == random_bits<float>(2));
    CHECK(twice == random_bits<double>(2));
}

TEST_CASE("a file that is missing or corrupt leaves the model as it was") {
    Normalised<float> model = random_bits<float>(2);
    CHECK(message_of<FileError>([&] { load(model, "/nowhere/x.safetensors"); }) ==
          "/nowhere/x.safetensors: there is no such file: check the path");
    CHECK(model == random_bits<float>(2));
    CHECK(contains(refused<FormatError>(weight + "," + bias + "," + mean + "," + variance, 59), "(truncated?)"));
    CHECK(contains(refused<FormatError>(weight + "," + weight, 24), "\"0.weight\" stands there twice"));
    CHECK(contains(refused<FormatError>(weight + "}", 24), "no JSON at byte"));
}

TEST_CASE("num_batches_tracked is accepted beside a running mean, kept and saved again") {
    const TemporaryFolder folder;
    for (const char* shape : {"[]", "[1]"}) {
        const auto path = folder.write("x", safetensors("{" + weight + "," + bias + "," + mean + "," + variance + "," +
                                                            entry("1.num_batches_tracked", "I64", shape, 60, 68) + "}",
                                                        counting(60) + Bytes{0xfe, 1, 0, 0, 0, 1, 0, 0}));
        Normalised<float> model, again;
        load(model, path);
        CHECK(model.counts == Counts{{"1.num_batches_tracked", 0x100'0000'01fe}});

        save(model, folder.path() / "again");
        load(again, folder.path() / "again");
        CHECK(again == model);
        SafetensorsFile file{folder.path() / "again"};
        const StoredTensor& stored = file.tensors().at("1.num_batches_tracked");
        CHECK(stored.type == TensorType{"I64", {}});
        CHECK(stored.begin == 0);  // at a multiple of 8, which 15 floats would spoil
    }
    // A file without one takes the old count away: the model is then the file's.
    Normalised<float> model;
    model.counts = {{"1.num_batches_tracked", 5}, {"another", 1}};
    load(model,
         folder.write("x", safetensors("{" + weight + "," + bias + "," + mean + "," + variance + "}", counting(60))));
    CHECK(model.counts == Counts{{"another", 1}});
    // One that belongs to no array of the model would be refused when loaded, so it is not saved.
    save(model, folder.path() / "x");
    CHECK(SafetensorsFile{folder.path() / "x"}.tensors().size() == 4);

    const std::string all = weight + "," + bias + "," + mean + "," + variance + ",";
    CHECK(contains(refused(all + entry("1.num_batches_tracked", "F32", "[]", 60, 64), 64),
                   "mistyped: 1.num_batches_tracked, found F32 [], expected I64 []"));
    CHECK(contains(refused(all + entry("1.num_batches_tracked", "I64", "[2]", 60, 76), 76),
                   "misshapen: 1.num_batches_tracked, found I64 [2], expected I64 []"));
    CHECK(contains(refused(all + entry("num_batches_tracked", "I64", "[]", 60, 68), 68),
                   "extra: num_batches_tracked, found I64 []"));
    CHECK(contains(refused(all + entry("1.not_num_batches_tracked", "I64", "[]", 60, 68), 68),
                   "extra: 1.not_num_batches_tracked"));
    const std::string bare = weight + "," + bias + "," + entry("1.running_var", "F32", "[3]", 36, 48) + "," +
                             entry("1.num_batches_tracked", "I64", "[]", 48, 56);
    CHECK(
        contains(refused(bare + "," + entry("1.running_means", "F32", "[3]", 56, 68), 68), "missing: 1.running_mean"));
}

TEST_CASE("a part is saved and loaded under its own names, with its own count") {
    const TemporaryFolder folder;
    Normalised<float> model = random_bits<float>(1), other = random_bits<float>(2);
    model.counts = {{"1.num_batches_tracked", 7}, {"4.num_batches_tracked", 9}};
    save(Second<float>{model}, folder.path() / "x");
    SafetensorsFile file{folder.path() / "x"};
    std::vector<std::string> found;
    for (const auto& [name, tensor] : file.tensors()) found.push_back(name);
    CHECK(found == std::vector<std::string>{"num_batches_tracked", "running_mean", "running_var"});

    other.counts = {{"4.num_batches_tracked", 3}};
    Normalised<float> expected = other;
    std::copy_n(model.numbers.begin() + Normalised<float>::List::offsets[1], 32,
                expected.numbers.begin() + Normalised<float>::List::offsets[1]);
    expected.counts = {{"1.num_batches_tracked", 7}, {"4.num_batches_tracked", 3}};
    load(Second<float>{other}, folder.path() / "x");
    CHECK(other == expected);
    CHECK(contains(message_of<ParameterError>([&] { load(other, folder.path() / "x"); }), "missing: 1.running_mean"));
    CHECK(other == expected);
}

TEST_CASE("where saving fails the old file is untouched and none is left behind") {
    const TemporaryFolder folder;
    const Normalised<float> model = random_bits<float>(1);
    const auto nowhere = folder.path() / "nowhere" / "x";
    const std::string message = message_of<FileError>([&] { save(model, nowhere); });
    CHECK(message.starts_with(nowhere.string() + " cannot be saved"));
    CHECK(message.ends_with("No such file or directory"));
    fs::create_symlink("/dev/full", folder.path() / "full");
    CHECK(contains(message_of<FileError>([&] { save(model, folder.path() / "full"); }), "is no plain file"));
    CHECK(std::distance(fs::directory_iterator{folder.path()}, {}) == 1);
}

TEST_CASE_TEMPLATE("a network and its parts", T, float, double) {
    using Net = Sequential<Conv<1, 3, 3>, ReLU, Sequential<Flatten, Linear<27, 5>>>;
    using Network = Model<Net, Shape<1, 5, 5>, T>;
    const TemporaryFolder folder;
    const Network first{Seed{1}};
    Network second{Seed{2}};
    const auto same = [&] {
        return std::equal(first.parameters().begin(), first.parameters().end(), second.parameters().begin());
    };
    REQUIRE(!same());
    save(first, folder.path() / "all");
    std::map<std::string, std::vector<std::uint64_t>> shapes;
    for (SafetensorsFile file{folder.path() / "all"}; const auto& [name, tensor] : file.tensors())
        shapes[name] = tensor.type.shape;
    CHECK(shapes == std::map<std::string, std::vector<std::uint64_t>>{
                        {"0.weight", {3, 1, 3, 3}}, {"0.bias", {3}}, {"2.1.weight", {5, 27}}, {"2.1.bias", {5}}});
    load(second, folder.path() / "all");
    CHECK(same());

    second = Network{Seed{3}};
    save(first.template part<0>(), folder.path() / "convolution");
    save(first.template part<2>(), folder.path() / "head");
    CHECK(contains(message_of<ParameterError>([&] { load(second.template part<0>(), folder.path() / "head"); }),
                   "missing: weight, expected"));
    load(second.template part<0>(), folder.path() / "convolution");
    CHECK(!same());
    load(second.template part<2>(), folder.path() / "head");
    CHECK(same());
}
