// 13: what was learned for one task helps with another.
//
// A LeNet is trained on the digits 0 to 4, all of them. Then its trunk is frozen, and only a new last layer is trained, to tell
// 5, 6, 7, 8 and 9 apart from a hundred samples. Frozen is a type: the compiler leaves out the trunk's gradients, its moments and its
// backward pass. Beside it the same network learns the same hundred samples from scratch.
//
//     13_transfer [--data DIR] [--epochs N] [--threads N] [--samples N] [--seed N]
#include <cstdio>
#include <vector>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

using Trunk = kiln::Sequential<
    kiln::Conv<1, 6, 5>,  kiln::ReLU, kiln::AvgPool<2>,
    kiln::Conv<6, 16, 5>, kiln::ReLU, kiln::AvgPool<2>,
    kiln::Flatten,
    kiln::Linear<256, 120>, kiln::ReLU>;
using Whole  = kiln::Sequential<Trunk, kiln::Linear<120, 5>>;
using Reused = kiln::Sequential<kiln::Frozen<Trunk>, kiln::Linear<120, 5>>;
using Image  = kiln::Shape<1, 28, 28>;
using Digits = kiln::Dataset<Image, kiln::Label>;

// The digits from `first` to `first` + 4, labelled 0 to 4.
Digits five_digits(const Digits& all, int first) {
    std::vector<std::size_t> which;
    std::vector<int> labels;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (const int label = all.labels()[i] - first; label >= 0 && label < 5) which.push_back(i), labels.push_back(label);
    return {all.samples().subset(which), labels};
}

template <class Net> double train(kiln::Model<Net, Image>& model, const Digits& data, const Digits& test, std::size_t epochs, const Options& options) {
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 2e-3}, {.threads = options.threads}};
    trainer.fit(data, {.epochs = epochs, .batch_size = 20, .seed = options.seed, .progress = kiln::Show::nothing});
    return 100 * trainer.evaluate(test).accuracy;
}

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);

    kiln::Model<Whole, Image> first{kiln::Seed{options.seed}};
    const double known = train(first, five_digits(mnist.train.take(options.samples), 0), five_digits(mnist.test, 0), options.epochs, options);
    std::printf("0 to 4, trained on all of them: %.2f %%\n", known);

    const auto few = five_digits(mnist.train, 5).take(100), test = five_digits(mnist.test, 5);
    kiln::Model<Reused, Image> reused{kiln::Seed{options.seed + 1}};
    kiln::copy(first.part<0>(), reused.part<0>());
    static_assert(decltype(reused)::parameter_count == 605, "the trunk's are not trained");
    const double transferred = train(reused, few, test, 30, options);

    kiln::Model<Whole, Image> fresh{kiln::Seed{options.seed + 1}};
    const double from_scratch = train(fresh, few, test, 30, options);

    std::printf("5 to 9, from 100 samples, everything from scratch: %.2f %%\n", from_scratch);
    std::printf("5 to 9, from 100 samples, on the frozen trunk:\ntest accuracy: %.2f %%\n", transferred);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 3}, run); }
