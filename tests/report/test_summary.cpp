#include "kiln/report/summary.hpp"
#include <doctest/doctest.h>
#include "kiln/compose/frozen.hpp"
#include "kiln/compose/residual.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/predictor.hpp"

using namespace kiln;

namespace {
using Net = Sequential<Frozen<Conv<1, 40, 3>>, Residual<Sequential<Conv<40, 40, 1>, BatchNorm<40>>>, Flatten, Named<"head", Linear<1440, 3>>>;
using In = Shape<1, 8, 8>;
std::string lanes(std::size_t n) { return std::to_string(n) + " lanes"; }
}  // namespace

TEST_CASE("summary: a line for each layer, aligned, and the sums") {
    const NetworkFacts facts{.name = "Sequential", .input = "1x8x8 = 64", .parameters = 6043, .frozen = 400, .buffers = 80, .bytes = 26368,
                             .flops = 170240, .training_flops = 250000, .lanes = 8, .workspace_bytes = 123456, .one_sample_bytes = 20000};
    std::array<LayerFacts, 3> layers;
    layers[0] = {.path = "0", .name = "Conv<1,40,3>", .output = Shape<40, 6, 6>{}, .frozen = 400, .multiply_adds = 12960, .bytes = 5760, .plan = "direct 6x2"};
    layers[1] = {.path = "1", .name = "Residual", .composite = true, .output = Shape<40, 6, 6>{}, .parameters = 1720, .frozen = 3, .bytes = 5760};
    layers[2] = {.depth = 1, .path = "1.branch", .name = "ReLU", .output = Shape<40>{}, .bytes = 5760};
    CHECK(summary_text(facts, layers) ==
          "Sequential of 1x8x8 = 64\n"
          "\n"
          "layer            output  parameters   FLOPs  bytes  kernel, 8 lanes\n"
          "0 Conv<1,40,3>   40x6x6       (400)  25,920  5,760  direct 6x2\n"
          "1 Residual       40x6x6       1,723       -  5,760\n"
          "  1.branch ReLU      40           -       -  5,760\n"
          "\n"
          "parameters   6,443: 6,043 trained, 400 frozen; 80 other numbers; 26,368 bytes\n"
          "FLOPs        170,240 forward, 250,000 a training step, for one sample\n"
          "a tile       8 samples; 123,456 bytes of workspace for each thread that predicts\n"
          "a Predictor  20,000 bytes of workspace\n");
}

TEST_CASE("summary: a network's own facts, whoever is asked") {
    const std::string text = summary<Net, In>();
    const auto has = [&](const std::string& part) {
        CAPTURE(text);
        CAPTURE(part);
        CHECK(text.find(part) != std::string::npos);
    };
    has("Sequential of 1x8x8 = 64\n");
    has(lanes(tile_width<Net, In, float>) + "\n0 Frozen<Conv<1,40,3>>");
    has("\n  1.branch Sequential");
    has("\n    1.branch.1 BatchNorm<40>");
    has("\nhead Linear<1440,3>");
    has("(400)");
    has(": 6,043 trained, 400 frozen; 80 other numbers; ");  // 1,640 + 80 + 4,323
    has(std::string{layer_facts<Net, In>.back().plan.view()} + "\n\nparameters");
    const Model<Net, In> model{Seed{1}};
    CHECK(summary(model) == text);
    CHECK(summary<Model<Net, In>>() == text);
    CHECK(summary(Predictor{model}) == text);
    CHECK(summary<Net, In, double>() != text);
    CHECK(summary<ReLU, Shape<3>>().find("\nReLU") != std::string::npos);  // a network of one layer has no path
}

TEST_CASE("summary: printed to a file") {
    std::FILE* const file = std::tmpfile();
    REQUIRE(file);
    print_summary<Net, In>(file);
    const std::string text = summary<Net, In>();
    std::string found(text.size() + 1, '\0');
    std::rewind(file);
    found.resize(std::fread(found.data(), 1, found.size(), file));
    std::fclose(file);
    CHECK(found == text);
}
