#include <doctest/doctest.h>
#include <sys/stat.h>
#include "kiln/compose/transformer_encoder.hpp"
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;
namespace fs = std::filesystem;

namespace {
using Mlp = Sequential<Linear<6, 5>, Tanh, Linear<5, 3>>;
const Model<Mlp, Shape<6>> mlp{Seed{1}};

template <class Kind> std::string refused(const fs::path& path, const ExportOptions& options) {
    return message_of<Kind>([&] { export_header(mlp, path, options); });
}
}  // namespace

TEST_CASE("LeNet-5") {
    using LeNet5 = Sequential<Conv<1, 6, 5>, ReLU, AvgPool<2>, Conv<6, 16, 5>, ReLU, AvgPool<2>, Flatten, Linear<256, 120>, ReLU, Linear<120, 84>, ReLU, Linear<84, 10>>;
    const Model<LeNet5, Shape<1, 28, 28>> model{Seed{1}};
    const std::string text = check_exported(model);
    CHECK(contains(text, "    // 3 Conv<6,16,5>: 6x12x12 = 864 -> 16x8x8 = 1024, 307200 FLOP\n"));
    CHECK(contains(text, "workspace = 4320;"));  // 6x24x24 and 6x12x12
    CHECK(!contains(text, "static_assert"));     // more than a compiler evaluates by itself
    CHECK(contains(text, "inline bool self_test() noexcept"));
}

TEST_CASE("a vision Transformer") {
    using ViT = Sequential<Conv<1, 16, 4, 4>, ToTokens, ClassToken<16>, PositionEmbedding<10, 16>, TransformerEncoder<16, 4, 32, 2>, LayerNorm<16>, SelectToken<0>, Linear<16, 5>>;
    Model<ViT, Shape<1, 12, 12>> model{Seed{1}};
    scramble(model);
    check_exported(model);
}

TEST_CASE("the header's interface: constants, arrays, its own workspace or one that is given, classes, at compile time") {
    const TemporaryFolder folder;
    const std::vector<float> sample{0.5F, -1, 0, 2, 0.25F, 1};
    export_header(mlp, folder.path() / "mlp.hpp", {.name = "my::digits", .sample = sample});
    export_header(mlp, folder.path() / "plain.hpp");
    Model<Sequential<Embedding<7, 4>, Linear<4, 3>>, Tokens<3, 7>> steps{Seed{2}};
    export_header(steps, folder.path() / "steps.hpp");
    const std::string source = R"(#include "mlp.hpp"
#include "plain.hpp"
#include "steps.hpp"
#include "mlp.hpp"
static_assert(my::digits::input_size == 6 && my::digits::output_size == 3 && my::digits::workspace >= 5);
constexpr std::array<float, 6> x{0.5f, -1, 0, 2, 0.25f, 1};
constexpr std::array<float, 3> y = my::digits::predict(x);
static_assert(noexcept(my::digits::predict(x)));
static_assert(y[0] - my::digits::test::y[0] < 1e-6f && my::digits::test::y[0] - y[0] < 1e-6f);
static_assert(my::digits::classify(x) < 3 && my::digits::self_test() && plain::self_test() && steps::self_test());
int main() {
    float memory[my::digits::workspace], out[3];
    my::digits::predict(x.data(), out, memory);
    std::size_t classes[3];
    const int tokens[3] = {6, 0, 3};
    steps::classify(tokens, classes);
    float logits[9];
    steps::predict(tokens, logits);
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t k = 0; k < 3; ++k)
            if (logits[3 * r + k] > logits[3 * r + classes[r]]) return 2;
    return out[0] == y[0] && my::digits::classify(x.data(), memory) == my::digits::classify(x) && my::digits::self_test(memory) ? 0 : 1;
}
)";
    for (const std::string& compiler : host_compilers()) {
        compile_exported(folder.path(), compiler, source, "-ffp-contract=off -o main");
        CHECK(succeeds("'" + (folder.path() / "main").string() + "'"));
    }
}

TEST_CASE("the self-test notices a number that has changed") {
    const TemporaryFolder folder;
    export_header(mlp, folder.path() / "net.hpp");
    std::string text = read_text(folder.path() / "net.hpp");
    const auto at = text.find("0x1.", text.find("layer2_weight"));
    text.replace(at, 3, "0x3");
    std::ofstream{folder.path() / "net.hpp"} << text;
    const std::string command = "cd '" + folder.path().string() + "' && " + host_compilers()[0] + " -std=c++17 -fsyntax-only -x c++ net.hpp >log 2>&1";
    CHECK(!succeeds(command));
    CHECK(contains(read_text(folder.path() / "log"), "the compiler computes other outputs than the model did"));
}

TEST_CASE("a model of double is rounded to float") {
    const TemporaryFolder folder;
    Model<Mlp, Shape<6>, double> model{Seed{1}};
    model.parameters()[0] = 0.1;
    export_header(model, folder.path() / "net.hpp");
    CHECK(contains(read_text(folder.path() / "net.hpp"), "layer0_weight[30] = {\n    0x1.99999ap-4f,"));
    run_exported(folder.path(), std::vector<float>(6), 3);
}

TEST_CASE("mistakes") {
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "net.hpp";
    for (const std::string name : {"1a", "a-b", "a::", "::a", "a::int", "std", "a__b", "_a", "a b"})
        CHECK(refused<OptionError>(path, {.name = name}) ==
              "\"" + name + "\" cannot be the name of the exported header's namespace: give one in ExportOptions, {.name = \"digits\"}");
    CHECK(contains(refused<OptionError>(folder.path() / "default.hpp", {}), "\"default\" cannot be"));
    const std::vector<float> five(5), infinite(6, std::numeric_limits<float>::infinity());
    CHECK(refused<DataError>(path, {.sample = five}) ==
          "the sample for the exported header's self-test has 5 numbers, but the model's input 6: give one sample, without a batch's axis");
    CHECK(contains(refused<DataError>(path, {.sample = infinite}), "not finite"));
    CHECK(contains(refused<FileError>(folder.path() / "nowhere" / "net.hpp", {}), "cannot be saved"));

    Model<Mlp, Shape<6>> broken{Seed{1}};
    std::ofstream{path} << "as it was";
    broken.parameter<"2.bias">()(1) = std::numeric_limits<float>::quiet_NaN();
    CHECK(contains(message_of<ParameterError>([&] { export_header(broken, path); }), "number 1 of 2.bias is nan"));
    CHECK(read_text(path) == "as it was");
}
