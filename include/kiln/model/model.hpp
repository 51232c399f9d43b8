// Model<Net, Input, T>: a network's numbers. The network is a type; this is the value.
//
//     kiln::Model<LeNet5, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
//     xt::xtensor<float, 2> p = model.probabilities(images);               // images [n, 1, 28, 28], p [n, 10]
//
// predict() gives the network's outputs, probabilities() their softmax, classify() the class of the largest; each takes a
// data set, a batch (the samples along the first axis) or one sample (tokens as whole numbers), and each has a form that fills the
// caller's tensor and allocates nothing once a thread has predicted before. All are const and may run on many threads at once.
#pragma once
#include <map>
#include <string>
#include "kiln/core/chain.hpp"
#include "kiln/core/initialise.hpp"
#include "kiln/data/dataset.hpp"
#include "kiln/layers/softmax.hpp"
#include "kiln/losses/accuracy.hpp"
#include "kiln/model/arguments.hpp"
#include "kiln/model/facts.hpp"
#include "kiln/model/infer.hpp"
#include "kiln/tensor/tensor.hpp"

namespace kiln {

namespace detail {
template <Name name> inline constexpr Text parameter_fault = text("the network has no parameter or buffer named ", name.view());
}  // namespace detail

// A part of a model: the parameters and buffers of one of its layers, under that layer's own names. It refers to the model.
template <class Net, class In, class T>
class Part {
public:
    using Parameters = parameters_of<Net, In>;
    using Buffers = buffers_of<Net, In>;
    using BatchesTracked = std::conditional_t<std::is_const_v<T>, const std::map<std::string, std::int64_t>, std::map<std::string, std::int64_t>>;
    Part(T* parameters, T* buffers, const Text& path, BatchesTracked& batches_tracked)
        : parameters_(parameters), buffers_(buffers), prefix_(path.view()), batches_tracked_(&batches_tracked) {
        if (!path.empty()) prefix_ += '.';
    }
    // Calls f("weight", View) for every array, parameters then buffers.
    void visit(auto&& f) const {
        kiln::visit<Parameters>(parameters_, f);
        kiln::visit<Buffers>(buffers_, f);
    }
    // What the model puts before the part's own names, "2.", and the model's counters.
    const std::string& prefix() const { return prefix_; }
    BatchesTracked& batches_tracked() const { return *batches_tracked_; }

private:
    T *parameters_, *buffers_;
    std::string prefix_;
    BatchesTracked* batches_tracked_;
};

template <class Net, class Input_, class T = float>
class Model {
public:
    using Network = Net;
    using Input = Input_;
    using Output = output_of<Net, Input>;
    using Scalar = T;
    using Parameters = parameters_of<Net, Input>;
    using Buffers = buffers_of<Net, Input>;

    // More of them, and what they count: model/facts.hpp.
    static constexpr std::size_t parameter_count = kiln::parameter_count<Net, Input>;
    static constexpr std::size_t flops = kiln::flops<Net, Input>, training_flops = kiln::training_flops<Net, Input>;

    // Every layer's own default, PyTorch's.
    explicit Model(Seed seed) : parameters_(Parameters::extent), buffers_(Buffers::extent) {
        start<Net, Input>(parameters_.data(), buffers_.data(), seed.value);
    }
    // A model without a seed, or with a plain number.
    template <class... Numbers>
        requires(std::is_arithmetic_v<Numbers> && ...)
    explicit Model(Numbers...) {
        refuse<detail::seed_fault<Numbers...>>();
    }
    // Then the initialiser's for what it sets: Kaiming{}, Xavier{}, Normal{}, Constant{} or initialiser(view, name, stream).
    Model(Seed seed, const auto& initialiser) : Model(seed) {
        std::uint64_t number = 0;
        kiln::visit<Parameters>(parameters_.data(), [&](const std::string& name, auto view) {
            initialiser(view, std::string_view{name}, key(seed.value, Stream::initialise, ~number++));
        });
    }

    // A parameter or buffer by PyTorch's name, as a writable xtensor of its shape over the model's own memory.
    template <Name name> auto parameter() { return view<name>(*this); }
    template <Name name> auto parameter() const { return view<name>(*this); }

    // Layer I of the network, for saving and loading it alone.
    template <std::size_t I> auto part() { return part_of<I, T>(*this); }
    template <std::size_t I> auto part() const { return part_of<I, const T>(*this); }

    // Calls f("0.weight", View) for every array, parameters then buffers.
    void visit(auto&& f) { visit_all(*this, f); }
    void visit(auto&& f) const { visit_all(*this, f); }

    // All parameters, all buffers, one after another, each array padded to whole vectors with zeros that must stay zero.
    std::span<T> parameters() { return parameters_; }
    std::span<const T> parameters() const { return parameters_; }
    std::span<T> buffers() { return buffers_; }
    std::span<const T> buffers() const { return buffers_; }

    // "1.num_batches_tracked": PyTorch's BatchNorm saves one; it is kept and saved again.
    std::map<std::string, std::int64_t>& batches_tracked() { return batches_tracked_; }
    const std::map<std::string, std::int64_t>& batches_tracked() const { return batches_tracked_; }

    // The network's outputs. DataError where the samples are not of the model's input shape, or a token is none of its vocabulary.
    auto predict(const auto& x) const { return filled(x, [&](auto& y) { predict(x, y); }); }
    void predict(const auto& x, auto& y) const {
        each_output(x, y, [](auto) {});
    }
    // Their softmax along the last axis; the outputs themselves where the network ends in Softmax.
    auto probabilities(const auto& x) const { return filled(x, [&](auto& y) { probabilities(x, y); }); }
    void probabilities(const auto& x, auto& y) const {
        each_output(x, y, [](auto out) {
            if constexpr (!gives_probabilities<Net>) Softmax::forward(Same{as_const(out), out});
        });
    }
    // The class of the largest output: an int for one sample, else one for each; or, where the output is a row of classes for each
    // step, an int for each step.
    auto classify(const auto& x) const {
        if constexpr (!nothing_wrong<detail::samples_fault<Input, std::remove_cvref_t<decltype(x)>>>()) return 0;
        else if constexpr (is_one_sample<decltype(x)> && Output::rank == 1) {
            int label = 0;
            each_label(x, &label);
            return label;
        } else {
            auto labels = room<int, Answers>(x);
            each_label(x, labels.data());
            return labels;
        }
    }
    void classify(const auto& x, Tensor<int, Output::rank>& labels) const {
        check_rows(check_batch<Answers>(labels, "the tensor to fill"), count_of(x));
        each_label(x, labels.data());
    }

    // Calls consume(indices, outputs as View<Output, L>) tile by tile, on several threads: what prediction and evaluation are
    // made of. The source is a Dataset or Rows.
    void for_each_tile(const auto& source, auto&& consume) const {
        infer<Net, Input, Lanes<T, tile_width<Net, Input, T>>>(parameters_.data(), buffers_.data(), source, default_threads(), consume);
    }

private:
    using Answers = std::conditional_t<Output::rank == 2, Shape<first_axis<Output>>, Shape<>>;  // a class for each row of outputs
    template <class X> static constexpr bool is_one_sample = detail::rank_of<std::remove_cvref_t<X>> == Input::rank;
    // What a layer that works in place is given where it is no part of a network.
    template <class X, class Y> struct Same {
        using L = std::remove_reference_t<decltype(std::declval<Y>()[0])>;
        X x;
        Y y;
    };

    template <class X> static std::size_t count_of(const X& x) {
        if constexpr (detail::is_dataset<X>) return x.size();
        else if constexpr (is_one_sample<X>) return 1;
        else return static_cast<std::size_t>(*x.shape().begin());
    }
    static void check_rows(std::size_t found, std::size_t expected) {
        if (found != expected)
            fail<DataError>("the tensor to fill has " + std::to_string(found) + " rows, but there are " + std::to_string(expected) + " samples");
    }
    template <class X> static auto filled(const X& x, auto&& fill) {
        if constexpr (!nothing_wrong<detail::samples_fault<Input, X>>()) return make_batch<T, Output>(0);
        else {
            auto y = room<T, Output>(x);
            fill(y);
            return y;
        }
    }
    // A tensor for an S of what there is of x: one sample, or many.
    template <class Number, class S, class X> static auto room(const X& x) {
        if constexpr (is_one_sample<X>) return make_sample<Number, S>();
        else return make_batch<Number, S>(count_of(x));
    }

    // f(source): a data set as it is, tensors as rows of numbers of type T.
    template <class X> static void with_source(const X& x, auto&& f) {
        if constexpr (detail::is_dataset<X>) f(x);
        else {
            if constexpr (is_one_sample<X>) check_sample<Input>(x);
            else check_batch<Input>(x);
            const auto& values = in_rows<T>(x);
            f(Rows<Input, Shape<1>, T>{first_number(values), count_of(x)});
        }
    }
    template <class X, class Y> void each_output(const X& x, Y& y, auto&& finish) const {
        if constexpr (nothing_wrong<detail::samples_fault<Input, X>>() && nothing_wrong<detail::fill_fault<T, Y>>()) fill(x, y, finish);
    }
    void fill(const auto& x, auto& y, const auto& finish) const {
        if constexpr (is_one_sample<decltype(x)>) check_sample<Output>(y, "the tensor to fill");
        else check_rows(check_batch<Output>(y, "the tensor to fill"), count_of(x));
        with_source(x, [&](const auto& source) {
            for_each_tile(source, [&]<class L>(std::span<const SampleIndex> which, View<Output, L> out) {
                finish(out);
                store_rows(static_cast<const L*>(out.data), Output::size, which.size(), first_number(y) + which.front() * Output::size, Output::size);
            });
        });
    }
    template <class X> void each_label(const X& x, int* labels) const {
        if constexpr (nothing_wrong<detail::samples_fault<Input, X>>() && nothing_wrong<detail::classes_fault<Output>>()) with_source(x, [&](const auto& source) {
            for_each_tile(source, [&]<class L>(std::span<const SampleIndex> which, View<Output, L> out) {
                for (std::size_t r = 0; r < Answers::size; ++r) {
                    const auto best = to_lanes(argmax(as_const(rows(out).row(r))));
                    for (std::size_t i = 0; i < which.size(); ++i) labels[which[i] * Answers::size + r] = static_cast<int>(best[i]);
                }
            });
        });
    }

    template <Name name> static auto view(auto& self) {
        using InParameters = decltype(find<Parameters, name>());
        using InBuffers = decltype(find<Buffers, name>());
        if constexpr (!std::is_same_v<InParameters, NotFound>) return fixed_view<typename InParameters::shape>(self.parameters_.data() + InParameters::offset);
        else if constexpr (!std::is_same_v<InBuffers, NotFound>) return fixed_view<typename InBuffers::shape>(self.buffers_.data() + InBuffers::offset);
        else static_assert(Report<detail::parameter_fault<name>>::size > 0);
    }
    template <std::size_t I, class U> static auto part_of(auto& self) {
        if constexpr (nothing_wrong<detail::part_fault<Net, Input, I>>()) {
            using Child = typename Net::template Parts<Input>::template at<I>;
            return Part<typename Child::Layer, typename Child::In, U>{
                self.parameters_.data() + Parameters::offsets[I], self.buffers_.data() + Buffers::offsets[I],
                detail::path_of<typename Parameters::template Element<I>>({}, I), self.batches_tracked_};
        }
    }
    static void visit_all(auto& self, auto&& f) {
        kiln::visit<Parameters>(self.parameters_.data(), f);
        kiln::visit<Buffers>(self.buffers_.data(), f);
    }

    AlignedVector<T> parameters_, buffers_;
    std::map<std::string, std::int64_t> batches_tracked_;
};

// A network that does not fit its input is one error, a sentence. The model then plays a network that takes anything, so that what
// is done with it afterwards adds no error of its own.
namespace detail {
template <class Input, class T>
using ModelInstead = Model<StandIn, std::conditional_t<InputShape<Input>, Input, Shape<1>>, std::conditional_t<ModelScalar<T>, T, float>>;
}  // namespace detail
template <class Net, class Input, class T>
    requires(!detail::SoundModel<Net, Input, T>)
class Model<Net, Input, T> : public detail::ModelInstead<Input, T> {
    static_assert(detail::report_model<Net, Input, T>());

public:
    static constexpr bool stands_in = true;
    using detail::ModelInstead<Input, T>::ModelInstead;
};

}  // namespace kiln
