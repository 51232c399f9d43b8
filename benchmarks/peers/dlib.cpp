// dlib: the networks that its layers can express, trained by its dnn_trainer.
#include <dlib/dnn.h>
#include <dlib/revision.h>
#include "peers/peer.hpp"

namespace {

const peer::Library dlib_itself{"dlib", std::to_string(DLIB_MAJOR_VERSION) + "." + std::to_string(DLIB_MINOR_VERSION)};

using Image = dlib::matrix<unsigned char>;  // dlib divides by 256 itself

template <long Filters, long Size, class Net> using conv = dlib::add_layer<dlib::con_<Filters, Size, Size, 1, 1, 0, 0>, Net>;
template <class Net> using max_pool = dlib::add_layer<dlib::max_pool_<2, 2, 2, 2, 0, 0>, Net>;
template <class Net> using avg_pool = dlib::add_layer<dlib::avg_pool_<2, 2, 2, 2, 0, 0>, Net>;
template <unsigned long Outputs, class Net> using linear = dlib::fc<Outputs, Net>;
using Input = dlib::input<Image>;

struct Mlp128_64 {
    static constexpr const char* name = "mlp_128_64";
    using Net = dlib::loss_multiclass_log<linear<10, dlib::relu<linear<64, dlib::relu<linear<128, Input>>>>>>;
    static constexpr std::size_t batch = 100;
    static dlib::sgd solver() { return dlib::sgd{0, 0}; }
    static constexpr double rate = 0.1;
};
struct Mlp512 {
    static constexpr const char* name = "mlp_512";
    using Net = dlib::loss_multiclass_log<linear<10, dlib::relu<linear<512, Input>>>>;
    static constexpr std::size_t batch = 64;
    static dlib::adam solver() { return dlib::adam{0, 0.9F, 0.999F}; }
    static constexpr double rate = 1e-3;
};
struct LeNetTanh {
    static constexpr const char* name = "lenet_tanh";
    using Net = dlib::loss_multiclass_log<
        linear<10, dlib::htan<linear<500, max_pool<dlib::htan<conv<50, 5, max_pool<dlib::htan<conv<20, 5, Input>>>>>>>>>>;
    static constexpr std::size_t batch = 100;
    static dlib::sgd solver() { return dlib::sgd{0, 0}; }
    static constexpr double rate = 0.1;
};
struct LeNet5 {
    static constexpr const char* name = "lenet5";
    using Net = dlib::loss_multiclass_log<linear<10, dlib::relu<linear<84, dlib::relu<linear<120, avg_pool<dlib::relu<conv<16, 5,
                                          avg_pool<dlib::relu<conv<6, 5, Input>>>>>>>>>>>>;
    static constexpr std::size_t batch = 64;
    static dlib::adam solver() { return dlib::adam{0, 0.9F, 0.999F}; }
    static constexpr double rate = 2e-3;
};

// As support/patterns.hpp has it: ten patterns under noise, a fifth of the labels at random.
std::pair<std::vector<Image>, std::vector<unsigned long>> patterns(std::size_t samples) {
    dlib::rand random(1);
    std::vector<Image> seen(10, Image(28, 28)), images(samples, Image(28, 28));
    for (Image& pattern : seen)
        for (auto& pixel : pattern) pixel = random.get_random_8bit_number() % 128;
    std::vector<unsigned long> labels(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        labels[i] = random.get_random_32bit_number() % 10;
        for (long p = 0; p < 784; ++p) images[i](p) = static_cast<unsigned char>(seen[labels[i]](p) + random.get_random_8bit_number() % 128);
        if (random.get_random_32bit_number() % 5 == 0) labels[i] = random.get_random_32bit_number() % 10;
    }
    return {images, labels};
}

template <class Network> void train(bench::Rows& rows, const peer::Request& request) {
    constexpr std::size_t samples = 6400;
    const auto [images, labels] = patterns(samples);
    typename Network::Net net;
    auto solver = Network::solver();
    dlib::dnn_trainer<typename Network::Net, decltype(solver)> trainer(net, solver);
    trainer.set_learning_rate(Network::rate);
    trainer.set_iterations_without_progress_threshold(1'000'000'000);  // it lowers the rate by itself otherwise
    dlib::rand order(2);
    std::vector<Image> batch(Network::batch);
    std::vector<unsigned long> goals(Network::batch);
    peer::time_training(rows, request, dlib_itself, Network::name, Network::batch, [&] {
        for (std::size_t i = 0; i < Network::batch; ++i) {
            const auto chosen = order.get_random_32bit_number() % samples;
            batch[i] = images[chosen], goals[i] = labels[chosen];
        }
        trainer.train_one_step(batch, goals);
        trainer.get_net(dlib::force_flush_to_disk::no);  // it trains on a thread of its own: wait
    });
    if (!std::isfinite(trainer.get_average_loss())) bench::stop("dlib diverged");
}

template <class Network> void predict(bench::Rows& rows, const peer::Request& request) {
    const auto images = patterns(request.bench == "infer" ? peer::predicted : 1).first;
    typename Network::Net net;
    net(images.front());
    net.clean();
    if (images.size() == 1) peer::time_prediction(rows, request, dlib_itself, Network::name, [&] { net(images.front()); });
    else peer::time_prediction(rows, request, dlib_itself, Network::name, [&] { net(images, 1000); });
}

template <class Network> void measure(bench::Rows& rows, const peer::Request& request) {
    if (!request.wants(Network::name)) return;
    if (request.bench == "train") train<Network>(rows, request);
    else predict<Network>(rows, request);
}

}  // namespace

int main(int count, char** arguments) {
    const auto request = peer::read_request(count, arguments);
    const dlib::matrix<float> square = dlib::ones_matrix<float>(512, 512);
    dlib::matrix<float> product;
    peer::require_fast_products([&] { product = square * square; });
    bench::Rows rows{request};
    measure<Mlp128_64>(rows, request);
    measure<Mlp512>(rows, request);
    measure<LeNetTanh>(rows, request);
    measure<LeNet5>(rows, request);
    rows.write();
    return 0;
}
