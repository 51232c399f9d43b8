// 14: a Transformer that continues a text.
//
// The text is a nursery rhyme in which every verse repeats the one before. A token is a character; after each the network says
// which comes next, and sees only those before it. It learns the first eleven verses and is tested on the twelfth, which has two
// new lines, and then continues a line that it is given.
//
//     14_text [--epochs N] [--threads N] [--samples N] [--seed N]
#include <cstdio>
#include <string>
#include <string_view>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

// The House That Jack Built (1755), its last verse. Every other begins at a lower line: "This is the rat\nThat ate the malt ...".
constexpr std::string_view last_verse =
    "This is the horse and the hound and the horn\n"
    "That belonged to the farmer sowing his corn\n"
    "That kept the cock that crowed in the morn\n"
    "That waked the priest all shaven and shorn\n"
    "That married the man all tattered and torn\n"
    "That kissed the maiden all forlorn\n"
    "That milked the cow with the crumpled horn\n"
    "That tossed the dog\n"
    "That worried the cat\n"
    "That killed the rat\n"
    "That ate the malt\n"
    "That lay in the house that Jack built.\n\n";

std::string verses_before() {
    std::string text;
    for (auto line = last_verse.rfind("\nThat"); line != last_verse.npos; line = last_verse.rfind("\nThat", line - 1))
        text.append("This is ").append(last_verse.substr(last_verse.find("the ", line)));
    return text;
}

// The last verse has all the characters there are. Their number is known when this is compiled, and is part of the types.
constexpr kiln::CharacterSet characters{last_verse};
constexpr std::size_t length = 32, vocabulary = characters.size();
using Input = kiln::Tokens<length, vocabulary>;
using Writer = kiln::Sequential<
    kiln::Embedding<vocabulary, 32>,  // 32 tokens -> 32x32
    kiln::PositionEmbedding<length, 32>,
    kiln::TransformerEncoder<32, 4, 64, 2, kiln::TransformerOptions{}, kiln::GELU, kiln::Causal>,  // 4 heads, 64 hidden units, 2 layers
    kiln::LayerNorm<32>,
    kiln::Linear<32, vocabulary>>;    // a class for each step: the next character

// The text, and the likeliest characters after it, to the end of the verse. What follows in the window does not matter: no token sees it.
std::string continued(const auto& model, std::string text) {
    while (!text.ends_with('.') && text.size() < 500) {
        const auto seen = characters.encode(text.substr(text.size() - std::min(text.size(), length)));
        auto window = kiln::make_sample<int, Input>();
        window.fill(0);
        std::copy(seen.begin(), seen.end(), window.begin());
        text += characters.decode(std::array{model.classify(window)(seen.size() - 1)});
    }
    return text;
}

int run(const Options& options) {
    const std::string text = verses_before();
    const auto train = kiln::next_token_windows<length, vocabulary>(characters.encode(text)).take(options.samples);
    const auto test = kiln::next_token_windows<length, vocabulary>(characters.encode(last_verse));
    std::printf("%zu characters, %zu different, in %zu windows of %zu\n", text.size(), vocabulary, train.size(), length);

    kiln::Model<Writer, Input> model{kiln::Seed{options.seed}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 3e-3}, {.threads = options.threads, .schedule = kiln::Cosine{}}};
    trainer.fit(train, {.epochs = options.epochs, .batch_size = 32, .validation = &test, .seed = options.seed});

    std::printf("\n%s\n\n", continued(model, "This is the cock").c_str());
    std::printf("test accuracy: %.2f %%\n", 100 * trainer.evaluate(test).accuracy);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 15}, run); }
