// libtorch, PyTorch's C++ API: the same networks, batch sizes and optimisers, written as its users write them. For predictions also the
// modules that models.py traced, frozen and optimised.
#include <torch/script.h>
#include <torch/torch.h>
#include "peers/peer.hpp"

namespace {

namespace nn = torch::nn;
using torch::Tensor;

struct ResNetBlockImpl : nn::Module {
    nn::Sequential branch{nn::Conv2d(nn::Conv2dOptions(1, 8, 3).padding(1)), nn::BatchNorm2d(8), nn::ReLU(),
                          nn::Conv2d(nn::Conv2dOptions(8, 8, 3).padding(1)), nn::BatchNorm2d(8)};
    ResNetBlockImpl() { register_module("branch", branch); }
    Tensor forward(const Tensor& x) { return branch->forward(x) + x.repeat({1, 8, 1, 1}); }
};
TORCH_MODULE(ResNetBlock);

struct RowsOfImageImpl : nn::Module {
    nn::GRU gru{nn::GRUOptions(28, 64).batch_first(true)};
    RowsOfImageImpl() { register_module("gru", gru); }
    Tensor forward(const Tensor& x) { return std::get<0>(gru(x.squeeze(1))).select(1, -1); }
};
TORCH_MODULE(RowsOfImage);

// [batch, 1, 28, 28] to [50, batch, 64], the order of axes that C++'s attention wants.
struct PatchesImpl : nn::Module {
    nn::Conv2d convolution{nn::Conv2dOptions(1, 64, 4).stride(4)};
    Tensor class_token = register_parameter("class_token", 0.02 * torch::randn({1, 1, 64}));
    Tensor positions = register_parameter("positions", 0.02 * torch::randn({50, 1, 64}));
    PatchesImpl() { register_module("convolution", convolution); }
    Tensor forward(const Tensor& x) {
        const Tensor patches = convolution(x).flatten(2).permute({2, 0, 1});
        return torch::cat({class_token.expand({1, x.size(0), 64}), patches}) + positions;
    }
};
TORCH_MODULE(Patches);

struct EncoderLayerImpl : nn::Module {
    nn::LayerNorm norm1{nn::LayerNormOptions({64})}, norm2{nn::LayerNormOptions({64})};
    nn::MultiheadAttention attention{nn::MultiheadAttentionOptions(64, 8)};
    nn::Linear linear1{64, 128}, linear2{128, 64};
    EncoderLayerImpl() {
        register_module("norm1", norm1), register_module("norm2", norm2), register_module("attention", attention);
        register_module("linear1", linear1), register_module("linear2", linear2);
    }
    Tensor forward(Tensor x) {
        const Tensor normed = norm1(x);
        x = x + std::get<0>(attention(normed, normed, normed, Tensor{}, false));
        return x + linear2(torch::gelu(linear1(norm2(x))));
    }
};
TORCH_MODULE(EncoderLayer);

struct FirstTokenImpl : nn::Module {
    Tensor forward(const Tensor& x) { return x.select(0, 0); }
};
TORCH_MODULE(FirstToken);

auto sgd(double rate, double momentum = 0) {
    return [=](std::vector<Tensor> parameters) -> std::unique_ptr<torch::optim::Optimizer> {
        return std::make_unique<torch::optim::SGD>(std::move(parameters), torch::optim::SGDOptions(rate).momentum(momentum));
    };
}
auto adam(double rate) {
    return [=](std::vector<Tensor> parameters) -> std::unique_ptr<torch::optim::Optimizer> {
        return std::make_unique<torch::optim::Adam>(std::move(parameters), torch::optim::AdamOptions(rate));
    };
}

struct Recipe {
    const char* model;
    std::int64_t batch;
    nn::Sequential net;
    std::function<std::unique_ptr<torch::optim::Optimizer>(std::vector<Tensor>)> optimiser;
};

Recipe recipe(const std::string& model) {
    using nn::Conv2d, nn::Linear, nn::MaxPool2d, nn::AvgPool2d, nn::ReLU, nn::Tanh, nn::Sigmoid, nn::Flatten, nn::Sequential;
    if (model == "mlp_128_64")
        return {"mlp_128_64", 100, Sequential(Flatten(), Linear(784, 128), ReLU(), Linear(128, 64), ReLU(), Linear(64, 10)), sgd(0.1)};
    if (model == "mlp_512") return {"mlp_512", 64, Sequential(Flatten(), Linear(784, 512), ReLU(), Linear(512, 10)), adam(1e-3)};
    if (model == "lenet_sigmoid")
        return {"lenet_sigmoid", 10,
                Sequential(Conv2d(1, 6, 5), Sigmoid(), MaxPool2d(2), Sigmoid(), Conv2d(6, 16, 5), MaxPool2d(2), Conv2d(16, 120, 4), Flatten(),
                           Linear(120, 64), Sigmoid(), Linear(64, 10)),
                sgd(1e-3, 0.9)};
    if (model == "lenet_tanh")
        return {"lenet_tanh", 100,
                Sequential(Conv2d(1, 20, 5), Tanh(), MaxPool2d(2), Conv2d(20, 50, 5), Tanh(), MaxPool2d(2), Flatten(),
                           Linear(800, 500), Tanh(), Linear(500, 10)),
                sgd(0.1)};
    if (model == "lenet5")
        return {"lenet5", 64,
                Sequential(Conv2d(1, 6, 5), ReLU(), AvgPool2d(2), Conv2d(6, 16, 5), ReLU(), AvgPool2d(2), Flatten(),
                           Linear(256, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, 10)),
                adam(2e-3)};
    if (model == "resnet_block") return {"resnet_block", 64, Sequential(ResNetBlock(), Conv2d(8, 1, 1), Flatten(), Linear(784, 10)), adam(1e-3)};
    if (model == "gru_rows") return {"gru_rows", 64, Sequential(RowsOfImage(), Linear(64, 10)), adam(1e-3)};
    if (model == "vit")
        return {"vit", 64,
                Sequential(Patches(), EncoderLayer(), EncoderLayer(), EncoderLayer(), EncoderLayer(), nn::LayerNorm(nn::LayerNormOptions({64})),
                           FirstToken(), Linear(64, 10)),
                adam(1e-3)};
    if (model == "cnn8") return {"cnn8", 64, Sequential(Conv2d(1, 8, 5), ReLU(), MaxPool2d(2), Flatten(), Linear(1152, 10)), adam(1e-2)};
    bench::stop("libtorch: there is no recipe for " + model);
}

// As support/patterns.hpp has it: ten patterns under noise, a fifth of the labels at random.
std::pair<Tensor, Tensor> patterns(std::int64_t samples) {
    const Tensor seen = torch::randint(10, {samples}, torch::kLong), random = torch::randint(10, {samples}, torch::kLong);
    const Tensor x = (torch::randint(128, {10, 1, 28, 28}).index_select(0, seen) + torch::randint(128, {samples, 1, 28, 28})) / 255;
    return {x, torch::where(torch::rand({samples}) < 0.2, random, seen)};
}

void train(bench::Rows& rows, const peer::Request& request, Recipe& recipe) {
    constexpr std::int64_t samples = 10'000;
    const auto [x, labels] = patterns(samples);
    const auto optimiser = recipe.optimiser(recipe.net->parameters());
    const auto shuffled = [&] { return torch::randperm(samples).split(recipe.batch); };
    auto batches = shuffled();
    std::size_t next = 0;
    double total = 0;
    peer::time_training(rows, request, {"libtorch", TORCH_VERSION}, recipe.model, static_cast<std::size_t>(recipe.batch), [&] {
        if (next == static_cast<std::size_t>(samples / recipe.batch)) batches = shuffled(), next = 0;
        const Tensor& indices = batches[next++];
        optimiser->zero_grad();
        const Tensor loss = nn::functional::cross_entropy(recipe.net->forward(x.index_select(0, indices)), labels.index_select(0, indices));
        loss.backward();
        optimiser->step();
        total += loss.item<double>();
    });
    if (!std::isfinite(total)) bench::stop("libtorch diverged");
}

void predict(bench::Rows& rows, const peer::Request& request, Recipe& recipe) {
    const c10::InferenceMode guard;
    const std::size_t batch = request.bench == "infer" ? peer::predicted : 1;
    const Tensor x = torch::rand({static_cast<std::int64_t>(batch), 1, 28, 28});
    recipe.net->eval();
    peer::time_prediction(rows, request, {"libtorch", TORCH_VERSION}, recipe.model, [&] { recipe.net->forward(x); });

    const std::string file = request.models + "/" + recipe.model + "_" + std::to_string(batch) + ".pt";
    if (!std::filesystem::exists(file)) return;
    auto traced = torch::jit::load(file);
    traced.eval();
    traced = torch::jit::freeze(traced);
    traced = torch::jit::optimize_for_inference(traced);
    const std::vector<c10::IValue> inputs{x};
    peer::time_prediction(rows, request, {"libtorch_traced", TORCH_VERSION}, recipe.model, [&] { traced.forward(inputs); });
}

}  // namespace

int main(int count, char** arguments) {
    const auto request = peer::read_request(count, arguments);
    torch::set_num_threads(1);
    const auto square = torch::rand({512, 512});
    peer::require_fast_products([&] { torch::matmul(square, square); });

    bench::Rows rows{request};
    for (const char* model : {"mlp_128_64", "mlp_512", "lenet_sigmoid", "lenet_tanh", "lenet5", "resnet_block", "gru_rows", "vit", "cnn8"}) {
        if (!request.wants(model)) continue;
        auto one = recipe(model);
        if (request.bench == "train") train(rows, request, one);
        else predict(rows, request, one);
    }
    rows.write();
    return 0;
}
