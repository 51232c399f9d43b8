// A trained model as one C++17 header, which needs the standard library alone:
//
//     kiln::export_header(model, "digits.hpp");
//     kiln::export_header(model, "digits.hpp", {.name = "my::digits", .sample = image});
//
//     #include "digits.hpp"                                             // anywhere, a microcontroller say
//     float y[digits::output_size];
//     digits::predict(x, y);                                            // x [1, 28, 28], row-major
//     digits::predict(x, y, memory);                                    // float memory[digits::workspace], where the stack is small
//     const std::size_t digit = digits::classify(x);                    // of the largest output
//     if (!digits::self_test()) ...                                     // one sample's outputs are what the model's were
//
// Everything there is constexpr, noexcept, and without allocation or state. A small network tests itself while it is compiled. It computes
// inference: BatchNorm has become part of the layer before it, Dropout is gone. Numbers are floats, written exactly; those of a Model of
// double are rounded. How layers are written: source.hpp.
#pragma once
#include <filesystem>
#include "kiln/io/atomic_file.hpp"
#include "kiln/io/source/activation.hpp"
#include "kiln/io/source/attention.hpp"
#include "kiln/io/source/composite.hpp"
#include "kiln/io/source/convolution.hpp"
#include "kiln/io/source/image.hpp"
#include "kiln/io/source/linear.hpp"
#include "kiln/io/source/norm.hpp"
#include "kiln/io/source/pooling.hpp"
#include "kiln/io/source/recurrent.hpp"
#include "kiln/io/source/softmax.hpp"
#include "kiln/io/source/token.hpp"
#include "kiln/model/model.hpp"

namespace kiln {

struct ExportOptions {
    std::string name{};                // of the namespace; else the file's, without its ending
    std::span<const float> sample{};   // for the self-test; else some numbers from 0 to 1, or some tokens
};

namespace detail {
// What an exported header says of the network, besides its program.
struct HeaderFacts {
    std::string network, input_shape, output_shape;
    std::size_t rows, classes;  // of the output: where it has more than two axes there are no classes
    bool tokens, classifies;
    std::vector<float> sample, outputs;
};

// A name that a namespace may have, "a::b".
inline void check_namespace(const std::string& name) {
    static constexpr std::string_view keywords =
        " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t class compl const constexpr const_cast continue decltype "
        "default delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable namespace new "
        "noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast return short signed sizeof static "
        "static_assert static_cast std struct switch template this thread_local throw true try typedef typeid typename union unsigned using virtual void "
        "volatile wchar_t while xor xor_eq ";
    std::string_view rest = name;
    for (bool more = true; more;) {
        const std::size_t end = rest.find("::");
        const std::string_view part = rest.substr(0, end);
        std::string word{' '};
        word += part;
        word += ' ';
        const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
        const bool sound = !part.empty() && letter(part[0]) && part.find("__") == part.npos &&
                           std::ranges::all_of(part, [&](char c) { return letter(c) || c == '_' || (c >= '0' && c <= '9'); }) &&
                           keywords.find(word) == keywords.npos;
        if (!sound) fail<OptionError>("\"" + name + "\" cannot be the name of the exported header's namespace: give one in ExportOptions, {.name = \"digits\"}");
        more = end != rest.npos;
        if (more) rest.remove_prefix(end + 2);
    }
}

// The compilers evaluate so much by themselves: clang a million steps, of which Linear takes one for each multiply-add.
inline constexpr std::size_t most_at_compile_time = 150'000;

inline std::string header_text(const std::string& name, const std::string& file, Program& program, const HeaderFacts& facts) {
    std::vector<double> outputs(facts.outputs.begin(), facts.outputs.end());
    double scale = 0;
    for (const double y : outputs) scale = std::max(scale, std::fabs(y));
    const auto list = [](const std::vector<float>& numbers, bool whole) {
        std::string text;
        std::size_t column = 0;
        for (const float number : numbers) {
            const std::string word = (whole ? std::to_string(static_cast<int>(number)) : literal(number)) + ",";
            column = column == 0 || column + word.size() + 1 > 140 ? (text += "\n   ", 3) : column;
            text.append(" ").append(word);
            column += word.size() + 1;
        }
        text.pop_back();
        return text;
    };
    const std::string type = facts.tokens ? "int" : "float";
    std::string guard = "KILN_EXPORTED_" + identifier(name);
    std::ranges::transform(guard, guard.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });

    std::string t = "// " + file + ": " + facts.network + " and its trained numbers, as a C++17 header that Kiln has written.\n//\n//     x " + facts.input_shape +
                    (facts.tokens ? ", whole numbers" : "") + "    y " + facts.output_shape + "    row-major\n//\n//     " + type + " x[" + name +
                    "::input_size];\n//     float y[" + name + "::output_size];\n//     " + name + "::predict(x, y);\n" +
                    "#ifndef " + guard + "\n#define " + guard + "\n#include <array>\n#include <cstddef>\n\nnamespace " + name + " {\n\n" +
                    "inline constexpr std::size_t input_size = " + std::to_string(facts.sample.size()) + ", output_size = " + std::to_string(facts.outputs.size()) +
                    ";\ninline constexpr std::size_t workspace = " + std::to_string(std::max<std::size_t>(program.workspace(), 1)) +
                    ";  // floats that predict needs while it runs\n\n";
    t += "namespace weights {\n" + program.constants() + "}  // namespace weights\n\n";
    t += "namespace layers {" + std::string{program.functions().starts_with('\n') ? "" : "\n"} + program.functions() + "}  // namespace layers\n\n";
    t += "// The outputs for x; `memory` has room for `workspace` floats, and what was in it does not matter. None of the three overlap.\n"
         "constexpr void predict(const " + type + "* x, float* y, [[maybe_unused]] float* memory) noexcept {\n" + program.statements() + "}\n"
         "// The same with the workspace on the stack.\n"
         "constexpr void predict(const " + type + "* x, float* y) noexcept {\n    float memory[workspace]{};\n    predict(x, y, memory);\n}\n"
         "constexpr std::array<float, output_size> predict(const std::array<" + type + ", input_size>& x) noexcept {\n"
         "    std::array<float, output_size> y{};\n    predict(x.data(), y.data());\n    return y;\n}\n\n";
    if (facts.classifies && facts.rows == 1) {
        t += "// The number of the largest output.\n"
             "constexpr std::size_t classify(const " + type + "* x, float* memory) noexcept {\n    float y[output_size]{};\n    predict(x, y, memory);\n"
             "    std::size_t best = 0;\n    for (std::size_t k = 1; k < output_size; ++k) best = y[k] > y[best] ? k : best;\n    return best;\n}\n"
             "constexpr std::size_t classify(const " + type + "* x) noexcept {\n    float memory[workspace]{};\n    return classify(x, memory);\n}\n"
             "constexpr std::size_t classify(const std::array<" + type + ", input_size>& x) noexcept { return classify(x.data()); }\n\n";
    } else if (facts.classifies) {
        const std::string rows = std::to_string(facts.rows), classes = std::to_string(facts.classes);
        t += "// The number of the largest output of each row: " + rows + " classes.\n"
             "constexpr void classify(const " + type + "* x, std::size_t* best, float* memory) noexcept {\n    float y[output_size]{};\n    predict(x, y, memory);\n"
             "    for (std::size_t r = 0; r < " + rows + "; ++r) {\n        best[r] = 0;\n        for (std::size_t k = 1; k < " + classes + "; ++k) best[r] = y[r * " +
             classes + " + k] > y[r * " + classes + " + best[r]] ? k : best[r];\n    }\n}\n"
             "constexpr void classify(const " + type + "* x, std::size_t* best) noexcept {\n    float memory[workspace]{};\n    classify(x, best, memory);\n}\n\n";
    }
    // A compiler tries to fold whatever call is constexpr, and may take seconds until it gives up.
    const bool at_compile_time = program.cost() <= most_at_compile_time;
    const std::string function = at_compile_time ? "constexpr" : "inline";
    t += "namespace test {\ninline constexpr " + type + " x[input_size] = {" + list(facts.sample, facts.tokens) + "};\n" +
         "inline constexpr float y[output_size] = {" + list(facts.outputs, false) + "};\n}  // namespace test\n"
         "// Whether the outputs for one sample are those that the model gave, within a ten-thousandth of the largest of them.\n" +
         function + " bool self_test(float* memory) noexcept {\n    float y[output_size]{};\n    predict(test::x, y, memory);\n"
         "    for (std::size_t i = 0; i < output_size; ++i)\n        if (!(y[i] - test::y[i] <= " + literal(static_cast<float>(1e-4 * scale)) +
         " && test::y[i] - y[i] <= " + literal(static_cast<float>(1e-4 * scale)) + ")) return false;\n    return true;\n}\n" +
         function + " bool self_test() noexcept {\n    float memory[workspace]{};\n    return self_test(memory);\n}\n";
    if (at_compile_time) t += "static_assert(self_test(), \"the compiler computes other outputs than the model did\");\n";
    return t + "\n}  // namespace " + name + "\n#endif\n";
}
inline std::string shown(const Text& text) { return std::string{text.view()}; }

template <class Net, class In> inline constexpr Text export_fault = without_source<Net, In>("");
}  // namespace detail

// Writes the file as a whole or, where it fails, not at all. FileError where it cannot be written, ParameterError where a number is not
// finite, OptionError where the name is none for a namespace, DataError where the sample is not of the input's size or a token is none.
template <class Net, class Input, class T>
void export_header(const Model<Net, Input, T>& model, const std::filesystem::path& path, const ExportOptions& options = {}) {
    if constexpr (accepts<Net, Input>) {  // else the model is the error
        if constexpr (!detail::export_fault<Net, Input>.empty()) {
            static_assert(Report<detail::export_fault<Net, Input>>::size > 0);
        } else {
            using Output = output_of<Net, Input>;
            const std::string name = options.name.empty() ? path.stem().string() : options.name;
            detail::check_namespace(name);

            detail::HeaderFacts facts{.network = detail::shown(Net::name()),
                                      .input_shape = detail::shown(shape_text<Input>),
                                      .output_shape = detail::shown(shape_text<Output>),
                                      .rows = Output::size / last_axis<Output>,
                                      .classes = last_axis<Output>,
                                      .tokens = is_tokens<Input>,
                                      .classifies = Output::rank == 1 || Output::rank == 2,
                                      .sample = {options.sample.begin(), options.sample.end()},
                                      .outputs = std::vector<float>(Output::size)};
            auto x = make_sample<std::conditional_t<is_tokens<Input>, int, T>, Input>();
            if (facts.sample.empty())
                for (std::size_t i = 0; i < Input::size; ++i) {
                    if constexpr (is_tokens<Input>) facts.sample.push_back(static_cast<float>(i * 7 % Input::vocabulary));
                    else facts.sample.push_back(static_cast<float>(i * 37 % 65) / 64);
                }
            if (facts.sample.size() != Input::size)
                fail<DataError>("the sample for the exported header's self-test has " + std::to_string(facts.sample.size()) + " numbers, but the model's input " +
                                facts.input_shape + ": give one sample, without a batch's axis");
            for (const float number : facts.sample)
                if (!std::isfinite(number)) fail<DataError>("the sample for the exported header's self-test has a number that is not finite: give another");
            std::ranges::transform(facts.sample, x.data(), [](float number) { return static_cast<std::remove_cvref_t<decltype(x.data()[0])>>(number); });

            const std::vector<double> parameters(model.parameters().begin(), model.parameters().end()), buffers(model.buffers().begin(), model.buffers().end());
            Program program;
            write_layer<Net, Input>({program, parameters.data(), buffers.data()}, {Program::x}, Program::y);

            const auto outputs = model.predict(x);
            for (std::size_t i = 0; i < Output::size; ++i) {
                facts.outputs[i] = static_cast<float>(outputs.data()[i]);
                if (!std::isfinite(facts.outputs[i])) fail<DataError>("the model's output " + std::to_string(i) + " for the sample of the self-test is " + std::to_string(facts.outputs[i]) + ": give a sample for which it is finite");
            }

            const std::string text = detail::header_text(name, path.filename().string(), program, facts);
            AtomicFile file{path};
            file.write(std::as_bytes(std::span{text}));
            file.commit();
        }
    }
}

}  // namespace kiln
