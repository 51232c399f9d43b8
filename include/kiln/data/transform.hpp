// Transforms: scaling and normalising, done as samples are loaded.
//
// All are affine per channel (the first axis of a sample), so any composition of them is one multiply-add and costs
// nothing more:
//
//     value = scale[channel] * element + shift[channel]        elements as they were read: bytes 0 to 255, or numbers
//
// A transform is any struct with  void apply(Affine&) const,  which changes what was to be done before it.
#pragma once
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <tuple>
#include <utility>
#include <vector>
#include "kiln/core/error.hpp"
#include "kiln/core/lanes.hpp"

namespace kiln {

// One scale and one shift for each channel.
struct Affine {
    std::vector<double> scale, shift;

    std::size_t channels() const { return scale.size(); }
    // Afterwards value = a * value + b in channel c.
    void then(std::size_t c, double a, double b) {
        scale[c] *= a;
        shift[c] = fma(a, shift[c], b);
    }
};

template <class T> concept Transform = requires(const T& transform, Affine& affine) { transform.apply(affine); };

// One number for all channels, or one for each.
class PerChannel {
public:
    PerChannel(double value) : values_{value} {}
    PerChannel(std::initializer_list<double> values) : values_(values) {}
    PerChannel(std::vector<double> values) : values_(std::move(values)) {}

    double operator[](std::size_t channel) const { return values_[values_.size() == 1 ? 0 : channel]; }
    const std::vector<double>& values() const { return values_; }

private:
    std::vector<double> values_;
};

// [0, 1] from elements between low and high. It starts over from the elements as they were read, so on bytes, which are
// scaled like this from the start, it changes nothing; on numbers from 0 to 255 it divides by 255.
// OptionError unless low < high.
struct Scale01 {
    double low = 0, high = 255;

    void apply(Affine& affine) const {
        if (!(low < high) || !std::isfinite(high - low))
            fail<OptionError>("Scale01 from " + std::to_string(low) + " to " + std::to_string(high) +
                              ": low must be less than high");
        affine.scale.assign(affine.channels(), 1 / (high - low));
        affine.shift.assign(affine.channels(), -low / (high - low));
    }
};

// (value - mean) / std, each one number or one for each channel, as PyTorch's; MNIST's usual ones are
// Normalize{0.1307, 0.3081}. OptionError where a std is not above 0, DataError where there is neither one number nor
// one for each channel.
struct Normalize {
    PerChannel mean = 0.0, std = 1.0;

    void apply(Affine& affine) const {
        check(mean, "means", affine.channels());
        check(std, "stds", affine.channels());
        for (std::size_t c = 0; c < affine.channels(); ++c) {
            if (!(std[c] > 0) || !std::isfinite(std[c]) || !std::isfinite(mean[c]))
                fail<OptionError>("Normalize with mean " + std::to_string(mean[c]) + " and std " +
                                  std::to_string(std[c]) + ": the mean must be finite, the std finite and above 0");
            affine.then(c, 1 / std[c], -mean[c] / std[c]);
        }
    }

private:
    static void check(const PerChannel& numbers, const char* what, std::size_t channels) {
        const std::size_t found = numbers.values().size();
        if (found != 1 && found != channels)
            fail<DataError>("Normalize has " + std::to_string(found) + " " + what + ", and the samples have " +
                            std::to_string(channels) + (channels == 1 ? " channel" : " channels") +
                            ": give one number, or one for each channel");
    }
};

// The Normalize that gives this data set mean 0 and standard deviation 1 in every channel, to be applied to the test
// data as well:
//
//     const auto normal = kiln::standardize(train);
//     trainer.fit(train.transformed(normal), ...);  model.predict(test.transformed(normal));
//
// DataError where the data set is empty, or a channel has one value everywhere.
Normalize standardize(const auto& dataset) {
    auto [mean, std] = dataset.samples().moments();
    for (std::size_t c = 0; c < std.size(); ++c)
        if (!(std[c] > 0))
            fail<DataError>("channel " + std::to_string(c) + " cannot be standardised: its std is " +
                            std::to_string(std[c]) + ", all its values being " + std::to_string(mean[c]) +
                            "; give a Normalize of your own");
    return {std::move(mean), std::move(std)};
}

// Several transforms as one, the first one first.
template <Transform... Parts> class Composed {
public:
    explicit Composed(Parts... parts) : parts_(std::move(parts)...) {}
    void apply(Affine& affine) const {
        std::apply([&](const auto&... part) { (part.apply(affine), ...); }, parts_);
    }

private:
    std::tuple<Parts...> parts_;
};
template <Transform... Parts> Composed<Parts...> compose(Parts... parts) {
    return Composed<Parts...>{std::move(parts)...};
}

}  // namespace kiln
