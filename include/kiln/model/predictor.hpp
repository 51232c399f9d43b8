// Predictor: one sample at a time, as soon as possible. It copies a model's numbers and packs them for that: a layer's features go
// into lanes, where a Model puts samples.
//
//     kiln::Predictor predictor{model};                  // what becomes of the model later is not seen
//     const auto& y = predictor(sample);                 // the network's outputs, until the next call
//     const int digit = predictor.classify(sample);
//
// A sample is a tensor of the model's input shape, or its numbers one after another: a std::array, vector or span, or a pointer.
// The names mean what they mean for a Model. No call allocates memory, on one thread at a time: a copy is another thread's.
#pragma once
#include "kiln/model/model.hpp"

namespace kiln {

template <class Data> struct FitOptions;  // of Trainer::fit

namespace detail {
struct Refused {
    template <class Anything> operator Anything() const;
};
}  // namespace detail

template <class Net, class Input_, class T = float>
class Predictor {
public:
    using Network = Net;
    using Input = Input_;
    using Output = output_of<Net, Input>;
    using Answers = std::conditional_t<Output::rank == 2, Shape<first_axis<Output>>, Shape<>>;  // a class for each row of outputs
    using Scalar = T;
    static constexpr std::size_t flops = kiln::flops<Net, Input>;
    // All the memory that it ever has, in bytes, without the object itself: packed numbers, buffers, workspace and what it answers with.
    static constexpr std::size_t allocated_bytes = packed_of<Net, Input, T>::extent * sizeof(T) + buffer_bytes<Net, Input, T> +
                                                   workspace_bytes<Net, Input, T, Mode::one_sample> + Output::size * sizeof(T) + Answers::size * sizeof(int);

    explicit Predictor(const Model<Net, Input, T>& model)
        : packed_(packed_of<Net, Input, T>::extent), buffers_(model.buffers().begin(), model.buffers().end()),
          workspace_(tile_extent<Net, Input, Mode::one_sample>), y_(make_sample<T, Output>()), labels_(make_sample<int, Answers>()) {
        pack<Net, Input>(model.parameters().data(), buffers_.data(), packed_.data());
    }

    // The network's outputs. DataError where the sample is not of the model's input shape, or a token is none of its vocabulary.
    const Tensor<T, Output::rank>& operator()(const auto& x) { return predict(x); }
    const Tensor<T, Output::rank>& predict(const auto& x) {
        std::ranges::copy(run(x), y_.data());
        return y_;
    }
    void predict(const auto& x, auto&& y) {
        T* const to = room_of<Output, T>(y);
        std::ranges::copy(run(x), to);
    }
    // Their softmax along the last axis; the outputs themselves where the network ends in Softmax.
    const Tensor<T, Output::rank>& probabilities(const auto& x) {
        std::ranges::copy(softmax(run(x)), y_.data());
        return y_;
    }
    void probabilities(const auto& x, auto&& y) {
        T* const to = room_of<Output, T>(y);
        std::ranges::copy(softmax(run(x)), to);
    }
    // The class of the largest output: an int; or, where the output is a row of classes for each step, an int for each step.
    decltype(auto) classify(const auto& x) {
        if constexpr (Output::rank == 1) return best(run(x));
        else {
            classify(x, labels_);
            return static_cast<const Tensor<int, 1>&>(labels_);
        }
    }
    void classify(const auto& x, auto&& labels) {
        int* const to = room_of<Answers, int>(labels);
        const auto y = rows(run(x));
        for (std::size_t r = 0; r < y.rows; ++r) to[r] = best(y.row(r));
    }

    // What only a Model can do is an error, in a sentence. What it gives becomes whatever is expected, so that no second error follows.
    static constexpr Text untrainable = "a Predictor has no gradients: train the Model it was made of, then make a Predictor again";
    static constexpr Text nameless = "a Predictor has packed numbers without names: set those of the Model it was made of, then make a Predictor again";
    detail::Refused step(const auto&...) { return refuse<untrainable>(); }
    detail::Refused fit(const auto&...) { return refuse<untrainable>(); }
    template <class Data> detail::Refused fit(const Data&, const FitOptions<Data>&) { return refuse<untrainable>(); }  // written in braces
    template <Name> detail::Refused parameter() { return refuse<nameless>(); }

private:
    template <class X> static constexpr bool is_tensor = requires(const X& x) { x.shape(); };

    template <class S, class Number> static Number* room_of(auto&& y) {
        using Y = std::remove_cvref_t<decltype(y)>;
        if constexpr (is_tensor<Y>) {
            static_assert(InRows<Y, Number>, "the tensor to fill has the model's scalar type and the row-major order of a kiln::Tensor");
            check_sample<S>(y, "the tensor to fill");
            return first_number(y);
        } else return numbers<S, Number>(y, "the numbers to fill");
    }
    // The numbers of a pointer, which is trusted, or of a span or what converts to one.
    template <class S, class Number> static Number* numbers(auto&& x, const char* what) {
        if constexpr (std::is_pointer_v<std::decay_t<decltype(x)>>) return x;
        else if constexpr (!nothing_wrong<detail::numbers_fault<S, Number, decltype(x)>>()) return static_cast<Number*>(nullptr);
        else {
            const std::span<Number> all{x};
            if (all.size() != S::size)
                fail<DataError>(std::string{what} + (all.size() == 1 ? " is " : " are ") + std::to_string(all.size()) + ", expected " + std::to_string(S::size));
            return all.data();
        }
    }

    template <const Text& sentence> static detail::Refused refuse() {
        static_assert(Report<sentence>::size > 0);
        return {};
    }

    View<Output, T> run(const auto& x) {
        constexpr auto& layout = tile_layout<Net, Input, Mode::one_sample>;
        T* const base = workspace_.data();
        if constexpr (is_tensor<std::remove_cvref_t<decltype(x)>>) {
            check_sample<Input>(x);
            copy_rows(x, base + layout[0]);
        } else {
            const T* const from = numbers<Input, const T>(x, "the sample's numbers");
            if constexpr (is_tokens<Input>) check_whole(std::span{from, Input::size}, 0, Input::vocabulary, "token", "none of the vocabulary");
            std::copy_n(from, Input::size, base + layout[0]);
        }
        const TileInfo<T> info{};
        forward<Net, Input, Mode::one_sample>(Group<T>{base, workspace_.size(), 1, &info, nullptr},
                                              root_place<Net, Input, Mode::one_sample, T>(packed_.data(), buffers_.data()));
        return {base + layout[1]};
    }
    // In place.
    static View<Output, T> softmax(View<Output, T> y) {
        const TileInfo<T> info{};
        if constexpr (!gives_probabilities<Net>) forward<Softmax, Output, Mode::one_sample>(Group<T>{y.data, y.size, 1, &info, nullptr}, Place<T>{});
        return y;
    }
    template <class S> static int best(View<S, T> y) {
        static_assert(Output::rank == 1 || Output::rank == 2, "classify needs a network whose output is a row of classes, or one for each step");
        return static_cast<int>(argmax(as_const(y)));
    }

    AlignedVector<T> packed_, buffers_, workspace_;
    Tensor<T, Output::rank> y_;
    Tensor<int, Answers::rank> labels_;
};
template <class Net, class Input, class T> Predictor(const Model<Net, Input, T>&) -> Predictor<Net, Input, T>;

// A Predictor in all, in bytes.
template <class Net, class Input, class T = float>
inline constexpr std::size_t static_footprint = sizeof(Predictor<Net, Input, T>) + Predictor<Net, Input, T>::allocated_bytes;

// A network that does not fit is the model's one error.
template <class Net, class Input, class T>
    requires(!detail::SoundModel<Net, Input, T>)
class Predictor<Net, Input, T> : public Predictor<detail::StandIn, typename Model<Net, Input, T>::Input, typename Model<Net, Input, T>::Scalar> {
public:
    using Predictor<detail::StandIn, typename Model<Net, Input, T>::Input, typename Model<Net, Input, T>::Scalar>::Predictor;
};

}  // namespace kiln
