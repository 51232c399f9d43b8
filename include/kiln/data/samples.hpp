// Samples<S>: n arrays of Shape S, kept as the bytes or numbers they were read as. They become numbers of a network
// when a tile is loaded:
//
//     value = scale[channel] * element + shift[channel]        the channel is the first axis of S
//
// Copies, subsets and crops share the elements, which never change; a subset only adds its list of indices, a crop the place
// of a piece in every image.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>
#include "kiln/core/error.hpp"
#include "kiln/core/lanes.hpp"
#include "kiln/core/shape.hpp"
#include "kiln/data/byte_buffer.hpp"
#include "kiln/data/crop.hpp"
#include "kiln/data/rows.hpp"
#include "kiln/data/transform.hpp"
#include "kiln/tensor/tensor.hpp"

namespace kiln {

namespace detail {
// Any list of whole numbers, checked to name some of n samples.
std::vector<SampleIndex> indices_below(std::size_t n, const auto& list) {
    std::vector<SampleIndex> result;
    for (const auto i : list) {
        static_assert(std::integral<std::remove_cvref_t<decltype(i)>>, "indices are whole numbers");
        if (std::cmp_less(i, 0) || std::cmp_greater_equal(i, n))
            fail<DataError>("sample " + std::to_string(i) + " does not exist: there are " + std::to_string(n) +
                            ", numbered from 0");
        result.push_back(static_cast<SampleIndex>(i));
    }
    return result;
}

template <class C>
concept HasExtents = requires(const C& c) {
    c.shape();
    c.dimension();
};
template <class C> inline constexpr bool is_tensor = false;
template <class T, std::size_t N> inline constexpr bool is_tensor<Tensor<T, N>> = true;
}  // namespace detail

// What samples of any kind share: their number, which of the elements' samples they are, and how they come as tensors. Self
// has copy(which, values).
template <class Self, class S, class Number> class SampleList {
public:
    using shape = S;

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    // Sample i, a tensor of S. DataError where there is none.
    template <class T = Number> Tensor<T, S::rank> get(std::size_t i) const {
        auto tensor = make_sample<T, S>();
        self().copy(detail::indices_below(size_, std::array{i}), tensor.data());
        return tensor;
    }
    // Those samples, or all, as a tensor of n x S. DataError where one does not exist.
    template <class T = Number> Tensor<T, S::rank + 1> values(const auto& which) const {
        const std::vector<SampleIndex> indices = detail::indices_below(size_, which);
        auto tensor = make_batch<T, S>(indices.size());
        self().copy(indices, tensor.data());
        return tensor;
    }
    template <class T = Number> Tensor<T, S::rank + 1> values() const {
        return values<T>(std::views::iota(std::size_t{0}, size_));
    }

    // The samples with these indices, in this order. DataError where one does not exist.
    Self subset(const auto& indices) const {
        std::vector<SampleIndex> order = detail::indices_below(size_, indices);
        for (SampleIndex& i : order) i = static_cast<SampleIndex>(place(i));
        Self result = self();
        result.size_ = order.size();
        result.order_ = std::make_shared<const std::vector<SampleIndex>>(std::move(order));
        return result;
    }

protected:
    void set_size(std::size_t size) {
        if (size > std::numeric_limits<SampleIndex>::max())
            fail<DataError>(std::to_string(size) + " samples are more than the 4294967295 a data set can hold");
        size_ = size;
    }
    // How many samples of S a container holds: any number of elements one after another, or an xtensor of n x S.
    template <class Container> static std::size_t count_in(const Container& elements) {
        if constexpr (detail::HasExtents<Container>) return check_batch<S>(elements, "the array of samples");
        else {
            const auto count = static_cast<std::size_t>(std::ranges::size(elements));
            if (count % S::size != 0)
                fail<DataError>(std::to_string(count) + " elements are not a whole number of samples of " + describe<S>() +
                                ", which take " + std::to_string(S::size) + " each");
            return count / S::size;
        }
    }
    // Where sample i is among the elements' samples.
    std::size_t place(std::size_t i) const { return order_ ? (*order_)[i] : i; }
    // The same ones of them as another list.
    template <class OtherSelf, class OtherS> void take_places(const SampleList<OtherSelf, OtherS, Number>& other) {
        size_ = other.size_;
        order_ = other.order_;
    }

private:
    template <class, class, class> friend class SampleList;
    const Self& self() const { return static_cast<const Self&>(*this); }

    std::size_t size_ = 0;
    std::shared_ptr<const std::vector<SampleIndex>> order_;  // of a subset
};

namespace detail {
// The transform of samples, for networks in float and in double.
struct Scaling {
    template <class T> struct Numbers {
        std::vector<T> scale, shift;
    };
    Numbers<double> wide;
    Numbers<float> narrow;
    template <class T> const Numbers<T>& get() const {
        if constexpr (std::same_as<T, double>) return wide;
        else return narrow;
    }
};
}  // namespace detail

template <class S> class Samples : public SampleList<Samples<S>, S, float> {
    using List = SampleList<Samples<S>, S, float>;
    using List::place;
    template <class> friend class Samples;

public:
    static constexpr std::size_t channels = first_axis<S>;

    // None.
    Samples() = default;

    // From a std::vector or ByteBuffer (or any contiguous container) of n * S::size elements, or an xtensor of n x S, row by row.
    // Elements are std::uint8_t, which start out scaled to [0, 1], or float or double, which are taken as they are. A
    // container that is moved in is not copied. DataError where the elements are not a whole number of samples.
    template <class Container>
        requires(!std::same_as<std::remove_cvref_t<Container>, Samples>)
    explicit Samples(Container&& elements) {
        using Element = std::remove_cvref_t<decltype(*elements.begin())>;
        constexpr bool sound = std::same_as<Element, std::uint8_t> || std::same_as<Element, float> || std::same_as<Element, double>;
        static_assert(sound, "the elements of samples are std::uint8_t, float or double: convert them first");
        this->set_size(List::count_in(elements));
        if constexpr (sound) keep<Element>(std::forward<Container>(elements));
        Affine affine{std::vector<double>(channels, 1), std::vector<double>(channels, 0)};
        if constexpr (std::same_as<Element, std::uint8_t>) Scale01{}.apply(affine);
        scale(std::move(affine));
    }

    // Samples which[lane] as a tile: tile[f] has feature f of every lane. Lanes beyond which.size() repeat the last
    // one. which is not empty, and its indices are less than size(). Allocates nothing.
    template <class L> void load(std::span<const SampleIndex> which, L* tile) const {
        load_from(which, tile, [](std::size_t) { return 0; });
    }
    // As a training step sees them, whose draws have this key: crops with a shift are off the middle.
    template <class L> void load(std::span<const SampleIndex> which, L* tile, std::uint64_t step) const {
        if (window_.shift == 0) load(which, tile);
        else load_from(which, tile, [&](std::size_t i) { return window_.drawn(step, i); });
    }

    // Samples which[0], which[1], ... one after another: which.size() * S::size values. Allocates nothing.
    template <class T> void copy(std::span<const SampleIndex> which, T* values) const {
        if (which.empty()) return;  // also where there are no samples, and no scaling
        std::visit(
            [&]<class Element>(const std::shared_ptr<const Element>& elements) {
                const auto& [scales, shifts] = scaling_->template get<T>();
                for (const SampleIndex i : which)
                    for_each_run(elements.get(), i, [&](std::size_t c, std::span<const Element> run) {
                        for (const Element x : run) *values++ = fma(static_cast<T>(x), scales[c], shifts[c]);
                    });
            },
            elements_);
    }

    // Rows x Columns of every image, the middle ones unless the crop says otherwise, channels x rows x columns; crop.hpp says more.
    // OptionError where they, or a shift of them, would leave the image.
    template <std::size_t Rows, std::size_t Columns> auto cropped(Crop crop = {}) const {
        static_assert(S::rank == 3, "a crop is one of images: samples of channels x rows x columns");
        if constexpr (S::rank != 3) return *this;
        else {
            static_assert(Rows >= 1 && Columns >= 1 && Rows <= S::extents[1] && Columns <= S::extents[2], "a crop lies inside its image");
            Samples<Shape<channels, Rows, Columns>> result;
            result.take_places(*this);
            result.window_ = window_.template piece<Rows, Columns, S>(crop);
            result.elements_ = elements_;
            result.scaling_ = scaling_;
            return result;
        }
    }

    // The same samples with a transform after what is done to them already.
    Samples transformed(const Transform auto& transform) const {
        Samples result = *this;
        if (!scaling_) return result;
        Affine affine{scaling_->template get<double>().scale, scaling_->template get<double>().shift};
        transform.apply(affine);
        result.scale(std::move(affine));
        return result;
    }

    // Mean and standard deviation (of the population: divided by n) of the values in each channel, in double. DataError
    // where there are no samples.
    struct Moments {
        std::vector<double> mean, std;
    };
    Moments moments() const {
        if (this->empty()) fail<DataError>("an empty data set has no mean and standard deviation");
        Moments result = std::visit([&](const auto& elements) { return moments_of(elements.get()); }, elements_);
        const auto& [scales, shifts] = scaling_->template get<double>();
        for (std::size_t c = 0; c < channels; ++c) {
            result.mean[c] = fma(scales[c], result.mean[c], shifts[c]);
            result.std[c] = std::abs(scales[c]) * result.std[c];
        }
        return result;
    }

private:
    template <class L> void load_from(std::span<const SampleIndex> which, L* tile, auto offset) const {
        std::visit(
            [&]<class Element>(const std::shared_ptr<const Element>& elements) {
                const Element* const first = elements.get() + window_.begin;
                const auto rows = for_each_lane<lane_count<L>>(which, [&](SampleIndex i) { return first + place(i) * window_.sample + offset(place(i)); });
                const auto& [scales, shifts] = scaling_->template get<scalar<L>>();
                if constexpr (S::rank == 3)
                    if (window_.sample != S::size) return detail::load_windows<S>(rows, window_, scales.data(), shifts.data(), tile);
                load_rows<L>(rows, S::size, channels, scales.data(), shifts.data(), tile);
            },
            elements_);
    }

    // f(channel, elements) for every run of elements of sample i that lie together: the rows of an image, else all of a channel.
    template <class Element> void for_each_run(const Element* elements, std::size_t i, auto f) const {
        constexpr std::size_t rows = S::rank == 3 ? S::extents[S::rank - 2] : 1, run = S::size / channels / rows;
        const Element* const first = elements + window_.begin + place(i) * window_.sample;
        for (std::size_t c = 0; c < channels; ++c)
            for (std::size_t y = 0; y < rows; ++y) f(c, std::span{first + c * window_.plane + y * window_.row, run});
    }

    void scale(Affine affine) {
        detail::Scaling scaling{{std::move(affine.scale), std::move(affine.shift)}, {}};
        for (double a : scaling.wide.scale) scaling.narrow.scale.push_back(static_cast<float>(a));
        for (double b : scaling.wide.shift) scaling.narrow.shift.push_back(static_cast<float>(b));
        scaling_ = std::make_shared<const detail::Scaling>(std::move(scaling));
    }

    // Owns the container, so that one that is moved in stays where it is; a view or another order of elements is
    // copied.
    template <class Element, class Container> void keep(Container&& container) {
        const auto own = [&](auto owner) {
            const auto shared = std::make_shared<const decltype(owner)>(std::move(owner));
            elements_ = std::shared_ptr<const Element>{shared, shared->data()};
        };
        using C = std::remove_cvref_t<Container>;
        constexpr auto row_major = xt::layout_type::row_major;
        if constexpr (detail::is_tensor<C> || std::same_as<C, std::vector<Element>> || std::same_as<C, ByteBuffer>)
            own(C(std::forward<Container>(container)));
        else if constexpr (detail::HasExtents<C>)
            own(std::vector<Element>(container.template begin<row_major>(), container.template end<row_major>()));
        else own(std::vector<Element>(std::ranges::begin(container), std::ranges::end(container)));
    }

    // Sums about a whole number near the mean: for bytes every sum is exact.
    template <class Element> Moments moments_of(const Element* elements) const {
        constexpr std::size_t plane = S::size / channels;
        using Sum = std::conditional_t<std::same_as<Element, std::uint8_t>, std::int64_t, double>;
        const double n = static_cast<double>(this->size()) * static_cast<double>(plane);
        const auto sums = [&](const std::vector<Sum>& about, auto f) {
            std::vector<Sum> sum(channels);
            for (std::size_t i = 0; i < this->size(); ++i)
                for_each_run(elements, i, [&](std::size_t c, std::span<const Element> run) {
                    Sum total = 0;
                    for (const Element x : run) total += f(static_cast<Sum>(x) - about[c]);
                    sum[c] += total;
                });
            return sum;
        };
        const auto same = [](Sum d) { return d; };
        const auto square = [](Sum d) { return d * d; };

        // First about some value, then about the mean: where all are the same, every difference is 0 and so is the std.
        std::vector<Sum> some(channels);
        for (std::size_t c = 0; c < channels; ++c) some[c] = static_cast<Sum>(elements[window_.begin + place(0) * window_.sample + c * window_.plane]);
        std::vector<Sum> near = sums(some, same);
        for (std::size_t c = 0; c < channels; ++c)
            near[c] = some[c] + static_cast<Sum>(static_cast<double>(near[c]) / n);
        const std::vector<Sum> first = sums(near, same), second = sums(near, square);
        Moments result{std::vector<double>(channels), std::vector<double>(channels)};
        for (std::size_t c = 0; c < channels; ++c) {
            const double rest = static_cast<double>(first[c]) / n;
            result.mean[c] = static_cast<double>(near[c]) + rest;
            result.std[c] = std::sqrt(std::max(0.0, static_cast<double>(second[c]) / n - rest * rest));
        }
        return result;
    }

    std::variant<std::shared_ptr<const std::uint8_t>, std::shared_ptr<const float>, std::shared_ptr<const double>>
        elements_;
    std::shared_ptr<const detail::Scaling> scaling_;  // null only where there are no samples
    detail::Window window_ = detail::Window::whole<S>();
};

}  // namespace kiln
