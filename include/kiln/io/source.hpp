// Source<Layer>: how a layer is written as a call in an exported header: see export_header.hpp. Specialise it for a layer of your own:
//
//     template <> struct kiln::Source<Square> {
//         static constexpr kiln::Function function{"square", R"(
//     // y = x^2
//     template <std::size_t Size> constexpr void square(const float* x, float* y) {
//         for (std::size_t i = 0; i < Size; ++i) y[i] = x[i] * x[i];
//     }
//     )"};
//         template <class In> static void write(kiln::LayerSource& layer) { layer.call(function, {In::size}, {layer.x, layer.y}); }
//     };
//
// The function is C++17, constexpr, and computes one sample's inference; where the layer is in_place, y may be x. A layer that hands its
// numbers on (y_is_x, or y_is_x in its Source where it does so at inference) writes nothing. Optional members:
//
//     absorbs<In>        write scales and shifts its output channels by LayerSource::scale and shift, so that a BatchNorm is free
//     rescale<In>(layer) the factors and summands, a pair for each channel, that the layer before may absorb
//
// A composite's Source has write<In>(Writer, Written x, optional<Region> y), which returns where y is: see source/composite.hpp.
#pragma once
#include <initializer_list>
#include <optional>
#include "kiln/core/chain.hpp"
#include "kiln/io/program.hpp"

namespace kiln {

template <class Layer> struct Source;

// y = scale x + shift, channel by channel.
struct Rescale {
    std::vector<double> scale, shift;
};

// What a layer's Source writes with.
class LayerSource {
public:
    LayerSource(Program& program, const std::string& path, std::vector<NamedArray> arrays, std::vector<NamedArray> buffers, const double* parameter_numbers,
                const double* buffer_numbers, Rescale rescale = {})
        : rescale_(std::move(rescale)), program_(program), path_(path) {
        for (const auto& [list, numbers] : {std::pair{std::move(arrays), parameter_numbers}, std::pair{std::move(buffers), buffer_numbers}})
            for (const NamedArray& array : list) arrays_.push_back({std::string{array.name.view()}, {numbers + array.offset, array.size}});
    }
    Region x, y;

    bool has(std::string_view name) const { return find(name) != nullptr; }
    std::span<const double> numbers(std::string_view name) const {
        if (!has(name)) fail<ParameterError>("the Source of layer " + path_ + " asks for " + std::string{name} + ", but the layer has no parameter or buffer of that name");
        return *find(name);
    }
    double scale(std::size_t channel) const { return rescale_.scale.empty() ? 1 : rescale_.scale[channel]; }
    double shift(std::size_t channel) const { return rescale_.shift.empty() ? 0 : rescale_.shift[channel]; }

    // Names for `call`: of one of the layer's arrays as it is, of numbers made of them, and of a single number.
    std::string constant(const std::string& name) { return constant(name, numbers(name)); }
    std::string constant(const std::string& name, std::span<const double> numbers) {
        return program_.constant(path_.empty() ? name : path_ + "." + name, numbers);
    }
    std::string constant(const std::string& name, const std::vector<bool>& flags) {
        std::vector<std::string> words(flags.size());
        std::ranges::transform(flags, words.begin(), [](bool flag) { return flag ? "1" : "0"; });
        return program_.constant("bool", path_.empty() ? name : path_ + "." + name, words);
    }
    static std::string number(double value) { return detail::literal(static_cast<float>(value)); }

    // A weight [..., Outputs][Inputs] written as [...][Inputs][Outputs].
    std::string transposed(const std::string& name, std::size_t outputs, std::size_t inputs) {
        const auto from = numbers(name);
        std::vector<double> to(from.size());
        for (std::size_t o = 0; o < outputs; ++o)
            for (std::size_t i = 0; i < inputs; ++i) to[i * outputs + o] = scale(o) * from[o * inputs + i];
        return constant(name, to);
    }
    // The bias of so many outputs, rescaled; zeros where there is none. (With some options of g++ it is no constant expression whether a
    // pointer is null, so functions must not ask.)
    std::string bias(std::size_t outputs, const std::string& name = "bias") {
        std::vector<double> b(outputs);
        for (std::size_t o = 0; o < outputs; ++o) b[o] = (has(name) ? numbers(name)[o] * scale(o) : 0) + shift(o);
        return constant(name, b);
    }

    // What it takes besides multiply_adds and the y it writes: an exp is as many as 16 multiply-adds.
    void costs(std::size_t multiply_adds) { program_.costs(multiply_adds); }

    // Numbers for the time of the layer.
    Region temporary(std::size_t size) { return program_.temporary(size); }
    void call(const Function& function, std::initializer_list<std::size_t> sizes, std::initializer_list<Program::Argument> arguments) {
        program_.call(function, sizes, arguments);
    }

private:
    const std::span<const double>* find(std::string_view name) const {
        const auto found = std::ranges::find(arrays_, name, &Array::name);
        return found == arrays_.end() ? nullptr : &found->numbers;
    }
    struct Array {
        std::string name;
        std::span<const double> numbers;
    };
    std::vector<Array> arrays_;
    Rescale rescale_;
    Program& program_;
    std::string path_;
};

// The numbers of the layer at a path, and the program that it is written to.
struct Writer {
    Program& program;
    const double *parameters, *buffers;
    Text path{};

    template <class Layer, class In> LayerSource source(const Rescale& rescale = {}) const {
        return {program, std::string{path.view()}, named_arrays<parameters_of<Layer, In>>(), named_arrays<buffers_of<Layer, In>>(), parameters, buffers, rescale};
    }
    // Of part I of a composite.
    template <class Composite, class In, std::size_t I> Writer part() const {
        using Parameters = parameters_of<Composite, In>;
        return {program, parameters + Parameters::offsets[I], buffers + buffers_of<Composite, In>::offsets[I],
                detail::path_of<typename Parameters::template Element<I>>(path, I)};
    }
};

// A layer's x or y. Where it is free nobody reads it again, and it may be overwritten.
struct Written {
    Region at;
    bool free = false;
};

namespace detail {
template <class Layer> concept HasSource = requires { sizeof(Source<Layer>); };
}
// y is x at inference: nothing is to be computed.
template <class Layer> inline constexpr bool hands_on = [] {
    if constexpr (detail::HasSource<Layer>) return kiln::y_is_x<Layer> || requires { requires Source<Layer>::y_is_x; };
    else return kiln::y_is_x<Layer>;
}();

// The first layer that cannot be exported; empty where there is none.
template <class Layer, class In> constexpr Text without_source(const Text& path) {
    Text t;
    if constexpr (Composite<Layer> && requires { typename Layer::template Parts<In>; }) {
        using Parts = typename Layer::template Parts<In>;
        unroll<Parts::count>([&]<std::size_t I> {
            using Part = typename Parts::template at<I>;
            if (t.empty()) t = kiln::without_source<typename Part::Layer, typename Part::In>(detail::path_of<typename parameters_of<Layer, In>::template Element<I>>(path, I));
        });
    }
    if constexpr (!detail::HasSource<Layer> && !kiln::y_is_x<Layer>)
        if (t.empty()) t = text(layer_text<Layer>(path), " cannot be exported: specialise kiln::Source for it, as kiln/io/source.hpp shows");
    return t;
}

namespace source {
inline constexpr Function copy{"copy", R"(
template <std::size_t Size> constexpr void copy(const float* x, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] = x[i];
}
)"};
}  // namespace source

// Writes a layer; y is where the result must be, if that matters.
template <class Layer, class In> Written write_layer(const Writer& writer, Written x, std::optional<Region> y = {}, const Rescale& rescale = {}) {
    if constexpr (hands_on<Layer>) {
        if (!y) return x;
        writer.program.call(source::copy, std::array{In::size}, {x.at, *y});
        return {*y};
    } else if constexpr (Composite<Layer>) {
        return Source<Layer>::template write<In>(writer, x, y);
    } else {
        using Out = output_of<Layer, In>;
        const Written to = y ? Written{*y} : in_place<Layer> && x.free ? x : Written{writer.program.temporary(Out::size), true};
        constexpr std::size_t flops = 2 * multiply_adds<Layer, In>;
        const Text line = text(writer.path, writer.path.empty() ? "" : " ", Layer::name(), ": ", shape_text<In>, " -> ", shape_text<Out>);
        writer.program.comment(std::string{line.view()} + (flops == 0 ? "" : ", " + std::to_string(flops) + " FLOP") +
                               (rescale.scale.empty() ? "" : ", with the BatchNorm after it"));
        writer.program.costs(flops / 2 + 16 * Out::size);
        LayerSource layer = writer.source<Layer, In>(rescale);
        layer.x = x.at;
        layer.y = to.at;
        Source<Layer>::template write<In>(layer);
        return to;
    }
}

}  // namespace kiln
