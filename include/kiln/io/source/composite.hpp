// Sequential, Sum (and so Residual), Concat and Frozen in exported headers, and what is made of them, such as TransformerEncoder.
#pragma once
#include "kiln/compose/concat.hpp"
#include "kiln/compose/frozen.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/compose/sum.hpp"
#include "kiln/io/source.hpp"

namespace kiln {

namespace source {
inline constexpr Function add{"add", R"(
// y += x
template <std::size_t Size> constexpr void add(const float* x, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] += x[i];
}
)"};

template <class Net> concept ASequential = requires(const Net& net) { []<class... Parts>(const Sequential<Parts...>&) {}(net); };
template <class Net> concept ASum = requires(const Net& net) { []<class... Parts>(const Sum<Parts...>&) {}(net); };

// In which order a Sequential computes its layers: a maximum before an increasing activation.
template <class... Layers> inline constexpr auto schedule = [] {
    constexpr std::array<bool, sizeof...(Layers)> increases{increasing<Layers>...}, maximum{takes_maxima<Layers>...};
    std::array<std::size_t, sizeof...(Layers)> order{};
    for (std::size_t i = sizeof...(Layers); i-- > 0;) {
        std::size_t at = i;  // places i + 1 and up hold the layers after it
        for (; increases[i] && at + 1 < sizeof...(Layers) && maximum[order[at + 1]]; ++at) order[at] = order[at + 1];
        order[at] = i;
    }
    return order;
}();

// Whether a layer takes over the BatchNorm, or the like, that follows it.
template <class Layer, class In, class Next> inline constexpr bool absorbs = [] {
    if constexpr (requires { Source<Layer>::template absorbs<In>; Source<Next>::template rescale<output_of<Layer, In>>(std::declval<const LayerSource&>()); })
        return Source<Layer>::template absorbs<In>;
    else return false;
}();
}  // namespace source

template <source::ASequential Net> struct Source<Net> {
    template <class In> static Written write(const Writer& writer, Written x, std::optional<Region> y) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            static constexpr auto& order = source::schedule<typename Net::template Layer<I>...>;
            using Execution = typename Net::Execution;
            constexpr std::size_t count = Net::count;
            // Whether place k of the execution is taken over by the layer before it; and the last place where something is computed.
            static constexpr std::array<bool, count + 1> absorbed{[]<std::size_t K>() {
                if constexpr (K == 0) return false;
                else return source::absorbs<typename Execution::template Layer<K - 1>, typename Execution::template Input<In, K - 1>, typename Execution::template Layer<K>>;
            }.template operator()<I>()...};
            static constexpr std::size_t last = [] {
                std::size_t k = count;
                ((k = hands_on<typename Execution::template Layer<I>> || absorbed[I] ? k : I), ...);
                return k;
            }();
            const auto step = [&]<std::size_t K> {
                if constexpr (!absorbed[K]) {
                    using Layer = typename Execution::template Layer<K>;
                    static_assert(std::is_same_v<Layer, typename Net::template Layer<order[K]>>, "the order is that of Sequential's own schedule");
                    using X = typename Execution::template Input<In, K>;
                    Rescale rescale;
                    if constexpr (absorbed[K + 1]) {
                        using Next = typename Execution::template Layer<K + 1>;
                        const LayerSource next = writer.part<Net, In, order[K + 1]>().template source<Next, output_of<Layer, X>>();
                        rescale = Source<Next>::template rescale<output_of<Layer, X>>(next);
                    }
                    x = write_layer<Layer, X>(writer.part<Net, In, order[K]>(), x, K == last ? y : std::nullopt, rescale);
                }
            };
            (step.template operator()<I>(), ...);
            if (last == count && y) {
                writer.program.call(source::copy, std::array{In::size}, {x.at, *y});
                x = {*y};
            }
            return x;
        }(std::make_index_sequence<Net::count>{});
    }
};

// The first branch that computes something writes y; the others are added.
template <source::ASum Net> struct Source<Net> {
    template <class In> static Written write(const Writer& writer, Written x, std::optional<Region> y) {
        using Out = output_of<Net, In>;
        using Parts = typename Net::template Parts<In>;
        constexpr std::size_t first = [] {
            std::size_t i = Parts::count;
            unroll<Parts::count>([&]<std::size_t I> { i = i == Parts::count && !hands_on<typename Parts::template at<I>::Layer> ? I : i; });
            return i == Parts::count ? 0 : i;
        }();
        const Region to = y ? *y : writer.program.temporary(Out::size);
        x.free = false;
        write_layer<typename Parts::template at<first>::Layer, In>(writer.part<Net, In, first>(), x, to);
        unroll<Parts::count>([&]<std::size_t I> {
            if constexpr (I != first) {
                const Written branch = write_layer<typename Parts::template at<I>::Layer, In>(writer.part<Net, In, I>(), x);
                writer.program.comment(std::string{writer.path.view()} + (writer.path.empty() ? "" : " ") + std::string{Net::name().view()});
                writer.program.call(source::add, std::array{Out::size}, {branch.at, to});
            }
        });
        return {to, !y};
    }
};

template <class... Layers> struct Source<Concat<Layers...>> {
    template <class In> static Written write(const Writer& writer, Written x, std::optional<Region> y) {
        using Net = Concat<Layers...>;
        using Parts = typename Net::template Parts<In>;
        const Region to = y ? *y : writer.program.temporary(output_of<Net, In>::size);
        x.free = false;
        unroll<Parts::count>([&]<std::size_t I> {
            constexpr std::size_t begin = Arrays<output_of<unnamed<Layers>, In>...>::offsets[I];
            write_layer<typename Parts::template at<I>::Layer, In>(writer.part<Net, In, I>(), x, to + begin);
        });
        return {to, !y};
    }
};

template <class Layer> struct Source<Frozen<Layer>> {
    template <class In> static Written write(const Writer& writer, Written x, std::optional<Region> y) {
        const auto* const buffers = writer.buffers + buffers_of<Frozen<Layer>, In>::offsets[1];
        return write_layer<Layer, In>({writer.program, writer.buffers, buffers, writer.path}, x, y);
    }
};

}  // namespace kiln
