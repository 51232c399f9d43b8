#include <doctest/doctest.h>
#include <cmath>
#include <vector>
#include "kiln/compose/residual.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/activations.hpp"
#include "kiln/model/scale_layers.hpp"
#include "support/files.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
// The root mean square of what a layer of the network gives for some samples.
double rms(const auto& model, const auto& data, const std::string& path) {
    double squares = 0, count = 0;
    for (std::size_t i = 0; i < data.size(); ++i)
        for (const auto& layer : activations(model, data.samples().get(i)))
            if (layer.path == path)
                for (const float y : layer.values) squares += double{y} * double{y}, ++count;
    return std::sqrt(squares / count);
}
}  // namespace

TEST_CASE("every layer but the last gives outputs of root mean square 1, whatever the scale of the data") {
    using Image = Shape<1, 8, 8>;
    using Net = Sequential<Conv<1, 3, 3>, MaxPool<2>, ReLU, Sequential<Flatten, Linear<27, 20>, ReLU>, Linear<20, 30, Bias::none>, ReLU, Linear<30, 4>>;
    for (const double scale : {1e-3, 1.0, 1e3}) {
        const auto data = clusters<Image>(37, 4).transformed(Normalize{0, 1 / scale});
        Model<Net, Image> model{Seed{1}, Kaiming{}};
        const auto last = model.parameter<"6.weight">();
        const std::vector<float> before(last.begin(), last.end());
        scale_layers(model, data);
        for (const char* path : {"0", "3.1", "4"}) CHECK(rms(model, data, path) == doctest::Approx(1).epsilon(1e-4));
        CHECK(rms(model, data, "6") != doctest::Approx(1).epsilon(1e-2));
        CHECK(std::vector<float>(last.begin(), last.end()) == before);
    }
}

TEST_CASE("weight and bias keep their ratio, and the numbers between arrays stay zero") {
    Model<Small, Four> model{Seed{2}}, scaled = model;
    scale_layers(scaled, clusters<Four>(9, 3));
    const auto factor = scaled.parameter<"0.weight">()(0, 0) / model.parameter<"0.weight">()(0, 0);
    CHECK(factor != doctest::Approx(1));
    for (std::size_t i = 0; i < model.parameters().size(); ++i) {
        const float a = model.parameters()[i], b = scaled.parameters()[i];
        CHECK((b == doctest::Approx(a * factor) || b == a));
        if (a == 0) CHECK(b == 0);
    }
}

TEST_CASE("what is no weight and bias in a Sequential is left alone, and so are layers that give zeros") {
    using Net = Sequential<Linear<4, 5>, BatchNorm<5>, Residual<Sequential<Linear<5, 5>>>, Linear<5, 5>, Linear<5, 3>>;
    Model<Net, Four> model{Seed{1}};
    for (float& number : model.parameter<"3.weight">()) number = 0;
    for (float& number : model.parameter<"3.bias">()) number = 0;
    const Model<Net, Four> before = model;
    const auto data = clusters<Four>(16, 3);
    scale_layers(model, data);
    CHECK(rms(model, data, "0") == doctest::Approx(1).epsilon(1e-4));
    model.visit([&](const std::string& name, auto now) {
        if (name.starts_with("0.")) return;
        before.visit([&](const std::string& other, auto then) {
            if (name == other)
                for (std::size_t i = 0; i < now.size; ++i) CHECK(now[i] == then.data[i]);
        });
    });
    CHECK(message_of<DataError>([&] { scale_layers(model, Dataset<Four, Label>{}); }) == "scale_layers needs at least one sample");
}
