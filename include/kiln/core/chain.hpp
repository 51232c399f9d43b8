// The shape walk along a chain of layers, and the one error of a network that does not fit its input.
#pragma once
#include <algorithm>
#include <type_traits>
#include "kiln/core/layer.hpp"
#include "kiln/core/text.hpp"

namespace kiln {

// The shapes of a chain, its x, ..., its y; or of its head, where the layer after it does not accept the last.
template <bool Fits, class... Activations> struct Walk {
    static constexpr bool fits = Fits;
    static constexpr std::size_t length = sizeof...(Activations);
    template <std::size_t I> using Activation = type_at<I, Activations...>;
    using Last = Activation<length - 1>;
    template <class... Named> using Parts = typename decltype([]<std::size_t... I>(std::index_sequence<I...>) {
        return std::type_identity<Children<Child<Named, Activation<I>>...>>{};
    }(std::index_sequence_for<Named...>{}))::type;
};

template <bool Fits, class... A, class Layer> consteval auto operator>>(Walk<Fits, A...> walk, std::type_identity<Layer>) {
    if constexpr (!Fits) return walk;  // the first fault wins
    else if constexpr (accepts<Layer, typename Walk<Fits, A...>::Last>)
        return Walk<true, A..., output_of<Layer, typename Walk<Fits, A...>::Last>>{};
    else return Walk<false, A...>{};
}
template <class In, class... Layers> using walk_t = decltype((Walk<true, In>{} >> ... >> std::type_identity<Layers>{}));

// "16x4x4", "784".
template <class S> inline constexpr Text extents_text = []<std::size_t... E>(Shape<E...>) {
    Text t;
    std::size_t i = 0;
    ((t << (i++ ? "x" : "") << E), ...);
    return t;
}(S{});
// "16x4x4 = 256", "784".
template <class S> inline constexpr Text shape_text = S::rank > 1 ? text(extents_text<S>, " = ", S::size) : extents_text<S>;

template <std::size_t Length, std::size_t Vocabulary>
inline constexpr Text shape_text<Tokens<Length, Vocabulary>> = text(Length, Length == 1 ? " token" : " tokens", " of ", Vocabulary);
// "layer 2.1 Linear<84,10>"
template <class Layer> constexpr Text layer_text(const Text& where) {
    return where.empty() ? called<Layer>() : text("layer ", where, " ", called<Layer>());
}

// What is wrong with a layer at the path `where` that is fed an In by `before`; empty where nothing is.
template <class Layer, class In> consteval Text fault(const Text& where, const Text& before) {
    if constexpr (accepts<Layer, In>) return {};
    else if constexpr (!contract_fault<Layer, In>().empty()) return text(layer_text<Layer>(where), contract_fault<Layer, In>());
    else if constexpr (Composite<Layer>) return Layer::template fault<In>(where, before);
    else {
        Text t = text(layer_text<Layer>(where), " expects ");
        if constexpr (requires { Layer::template expected<In>(); }) t << Layer::template expected<In>();
        else if constexpr (requires { Layer::expected(); }) t << Layer::expected();
        else t << "numbers";
        t << ", but " << before << " gives " << shape_text<In>;
        if constexpr (is_tokens<In> && !requires { Layer::takes_tokens; }) t << ": put an Embedding before it";
        else if constexpr (In::rank > 1)
            if constexpr (accepts<Layer, Shape<In::size>>) t << ": put Flatten before it";
        return t;
    }
}

// What is wrong with a chain of layers whatever its input; empty where nothing is.
template <class... Layers> consteval Text chain_fault() {
    constexpr std::size_t count = sizeof...(Layers);
    if constexpr (count == 0) return "a Sequential needs at least one layer";
    else if constexpr (!(is_layer<unnamed<Layers>> && ...)) {
        constexpr std::array<bool, count> sound{is_layer<unnamed<Layers>>...};
        constexpr std::size_t i = std::find(sound.begin(), sound.end(), false) - sound.begin();
        using Part = type_at<i, Layers...>;
        return text(layer_text<unnamed<Part>>(PartOf<Part>::inside("", i)), contract_fault<unnamed<Part>>());
    } else {
        constexpr std::array<Known, count> wants{takes<unnamed<Layers>>...};
        constexpr std::array<Text (*)(), count> names{&unnamed<Layers>::name...};
        constexpr std::array<Text (*)(const Text&, std::size_t), count> paths{&PartOf<Layers>::inside...};
        constexpr std::array<Known (*)(Known), count> after{&known_after<unnamed<Layers>>...};
        Known known;
        for (std::size_t i = 0; i < count; ++i) {
            const auto differ = [&](std::size_t want, std::size_t have, const char* what) {
                if (want == 0 || have == 0 || want == have) return Text{};
                const auto layer = [&](std::size_t k) { return text("layer ", paths[k]("", k), " ", names[k]()); };
                return text(layer(i), " expects ", want, what, ", but ", layer(i - 1), " gives ", have);
            };
            if (const Text t = differ(wants[i].channels, known.channels, " channels"); !t.empty()) return t;
            if (const Text t = differ(wants[i].features, known.features, " features"); !t.empty()) return t;
            known = after[i](known);
        }
        return {};
    }
}

// How a sentence becomes a compiler's error: as the arguments of a template that is never defined. g++ prints a string
// argument whole, clang up to 36 characters: there the sentence is given in pieces. (With C++26 a static_assert
// computes its message.)
#if defined(__clang__)
inline constexpr std::size_t longest_piece = 36;
#else
inline constexpr std::size_t longest_piece = 400;
#endif
template <std::size_t N> struct Piece {
    char value[N]{};
    constexpr Piece(std::string_view s) {
        for (std::size_t i = 0; i < N; ++i) value[i] = i < s.size() ? s[i] : '\0';  // clang wants to see the zero written
    }
};
// Piece I of a text, cut at a space where there is one.
constexpr std::string_view piece_of(std::string_view s, std::size_t piece) {
    for (;; --piece) {
        std::size_t end = s.size();
        if (end > longest_piece) {
            end = s.rfind(' ', longest_piece);
            if (end == std::string_view::npos) end = longest_piece;
        }
        if (piece == 0) return s.substr(0, end);
        s.remove_prefix(end < s.size() && s[end] == ' ' ? end + 1 : end);
    }
}
constexpr std::size_t pieces_of(std::string_view s) {
    std::size_t count = 0;
    while (!s.empty()) {
        const auto head = piece_of(s, 0);
        s.remove_prefix(head.size() < s.size() && s[head.size()] == ' ' ? head.size() + 1 : head.size());
        ++count;
    }
    return count;
}
template <Piece...> struct shape_error;  // never defined: its arguments are the message

namespace detail {
template <const Text& sentence, std::size_t... I>
auto error_of(std::index_sequence<I...>) -> shape_error<Piece<piece_of(sentence.view(), I).size() + 1>{piece_of(sentence.view(), I)}...>;
}  // namespace detail

// static_assert(Report<sentence>::size > 0) is the one error that a user reads: a Report needs what is never defined.
// (Where it needs it matters: as a base class clang adds a second error, as an initialiser g++ does.) The sentence is a
// constexpr variable of static storage.
#if defined(__clang__)
template <const Text& sentence> struct Report {
    static constexpr std::size_t size = sizeof(decltype(detail::error_of<sentence>(std::make_index_sequence<pieces_of(sentence.view())>{})));
};
#else
template <const Text& sentence>
struct Report : decltype(detail::error_of<sentence>(std::make_index_sequence<pieces_of(sentence.view())>{})) {
    static constexpr std::size_t size = 1;
};
#endif

// Whether a sentence on what is wrong is empty; one that is not is the error.
template <const Text& sentence> consteval bool nothing_wrong() {
    if constexpr (!sentence.empty()) static_assert(Report<sentence>::size > 0);
    return sentence.empty();
}
template <const Text& sentence> consteval void refuse() { static_cast<void>(nothing_wrong<sentence>()); }

// What a network's input may be.
template <class In> concept InputShape = (is_shape<In> || is_tokens<In>) && requires { requires In::size > 0; };
// A network that its input goes through.
template <class Net, class In> concept Fits = InputShape<In> && accepts<Net, In>;

template <class Net, class In> inline constexpr Text network_fault = [] {
    if constexpr (InputShape<In>) return fault<Net, In>("", "the input");
    else if constexpr (is_shape<In> || is_tokens<In>) return text("the input's shape ", extents_text<typename In::shape>, " has an axis of extent 0");
    else return text("the input is a kiln::Shape or kiln::Tokens, such as Shape<1,28,28>, but ", type_name<In>(), " was given");
}();
template <class Net, class In> consteval bool report_fault() {
    if constexpr (!reported<Net>) static_assert(Report<network_fault<Net, In>>::size > 0);
    return true;
}

}  // namespace kiln
