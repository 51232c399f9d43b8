#include <doctest/doctest.h>
#include "kiln/data/text.hpp"
#include "kiln/layers/embedding.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/optim/adam.hpp"
#include "kiln/train/trainer.hpp"
#include "support/files.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
// In this text a character says which comes next.
constexpr std::string_view text = "abcdeabcdeabcdeabcdeabcdeabcdeabcdeabcdeabcde";
constexpr CharacterSet characters{text};
using Input = Tokens<6, characters.size()>;
using Net = Sequential<Embedding<5, 4>, Tanh, Linear<4, 5>>;
const auto data = next_token_windows<6, 5>(characters.encode(text));

struct Trained {
    Model<Net, Input> model{Seed{1}};
    Score score{};

    explicit Trained(std::size_t threads) {
        Trainer trainer{model, CrossEntropy{}, Adam{.learning_rate = 0.05}, {.threads = threads, .shards = 4}};
        trainer.fit(data, {.epochs = 20, .batch_size = 11, .progress = Show::nothing});
        score = trainer.evaluate(data);
    }
};
}  // namespace

TEST_CASE("tokens: a network learns what comes next, the same bits for any number of threads") {
    const Trained one{1};
    CHECK(one.score.accuracy == 1);
    CHECK(one.score.loss < 0.2);
    CHECK(characters.decode(one.model.classify(Tensor<int, 1>{0, 1, 2, 3, 4, 0})) == "bcdeab");
    for (const std::size_t threads : {2U, 3U, 4U}) CHECK(same_bits(numbers_of(Trained{threads}.model), numbers_of(one.model)));
}

TEST_CASE("tokens: a step of a loop of one's own takes a loader's batch, or its tensors") {
    Model<Net, Input> by_batch{Seed{1}}, by_tensors{Seed{1}};
    Trainer batches{by_batch, CrossEntropy{}, Adam{}}, tensors{by_tensors, CrossEntropy{}, Adam{}};
    Loader loader{data, {.batch_size = 10}};
    for (const auto batch : loader.epoch(0)) CHECK(batches.step(batch).loss == tensors.step(batch.inputs(), batch.targets()).loss);
    CHECK(same_bits(numbers_of(by_batch), numbers_of(by_tensors)));
    CHECK(message_of<DataError>([&] { tensors.step(Tensor<int, 2>{{0, 1, 2, 3, 4, 5}}, Tensor<int, 2>{{0, 1, 2, 3, 4, 0}}); }) ==
          "token 5 at step 5 of sample 0 is none of the vocabulary: tokens are whole numbers from 0 to 4");
}
