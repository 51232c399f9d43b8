// Loader: the minibatches of an epoch.
//
//     kiln::Loader loader{data, {.batch_size = 100, .seed = 1}};
//     for (std::size_t epoch = 0; epoch < 10; ++epoch)
//         for (auto batch : loader.epoch(epoch)) step(batch.inputs(), batch.targets());
//
// The order of the samples is a function of the seed and the epoch's number alone. The last batch of an epoch may be
// short.
#pragma once
#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>
#include "kiln/core/error.hpp"
#include "kiln/core/random.hpp"
#include "kiln/data/dataset.hpp"

namespace kiln {

struct LoaderOptions {
    std::size_t batch_size = 64;
    bool shuffle = true;
    std::uint64_t seed = 0;
};

// Some samples of a Dataset, or where Source is a number, of that many samples kept elsewhere. It is valid as long as
// its loader, and until that begins another epoch.
template <class Source> class Batch {
public:
    Batch(const Source& source, std::span<const SampleIndex> indices) : source_(&source), indices_(indices) {}

    const Source& source() const { return *source_; }
    std::size_t size() const { return indices_.size(); }
    std::span<const SampleIndex> indices() const { return indices_; }
    auto begin() const { return indices_.begin(); }
    auto end() const { return indices_.end(); }

    // The samples as a tensor of size() x Input, of float unless inputs<double>() is said, or of int for tokens; the targets as one
    // of size() labels, or of size() x Target.
    template <class... T>
    auto inputs() const
        requires requires(const Source& s) { s.samples(); }
    {
        return source_->samples().template values<T...>(indices_);
    }
    auto targets() const
        requires requires(const Source& s) { s.targets(); }
    {
        return source_->targets().values(indices_);
    }

private:
    const Source* source_;
    std::span<const SampleIndex> indices_;
};

// Made from a Dataset, or from a number of samples for their indices alone. It allocates only when it is made.
// OptionError where the batch size is 0.
template <class Source> class Loader {
public:
    // The guides below say what Source is.
    Loader(std::type_identity_t<Source> source, LoaderOptions options = {})
        : source_(std::move(source)),
          options_(options) {
        if (options.batch_size == 0) fail<OptionError>("the loader's batch size is 0: it must be at least 1");
        if (samples() > std::numeric_limits<SampleIndex>::max())
            fail<DataError>(std::to_string(samples()) + " samples are more than the 4294967295 a loader can number");
        order_.resize(samples());
        std::iota(order_.begin(), order_.end(), SampleIndex{0});
    }

    std::size_t samples() const {
        if constexpr (requires { source_.size(); }) return source_.size();
        else return source_;
    }
    // Batches in an epoch.
    std::size_t batches() const { return samples() / options_.batch_size + (samples() % options_.batch_size != 0); }
    const LoaderOptions& options() const { return options_; }

    // The batches of epoch number `epoch`, for a range-for. It ends the epoch before.
    class Epoch;
    Epoch epoch(std::size_t epoch) {
        if (options_.shuffle) {
            std::iota(order_.begin(), order_.end(), SampleIndex{0});
            shuffle(std::span{order_}, key(options_.seed, Stream::shuffle, epoch));
        }
        return Epoch{*this};
    }

    class Epoch {
    public:
        class Iterator {
        public:
            using difference_type = std::ptrdiff_t;
            using value_type = Batch<Source>;
            Iterator() = default;
            Iterator(const Loader* loader, std::size_t number) : loader_(loader), number_(number) {}
            Batch<Source> operator*() const { return loader_->batch(number_); }
            Iterator& operator++() { return ++number_, *this; }
            Iterator operator++(int) { return {loader_, number_++}; }
            friend bool operator==(const Iterator&, const Iterator&) = default;

        private:
            const Loader* loader_ = nullptr;
            std::size_t number_ = 0;
        };

        explicit Epoch(const Loader& loader) : loader_(&loader) {}
        std::size_t size() const { return loader_->batches(); }
        Batch<Source> operator[](std::size_t number) const { return loader_->batch(number); }
        Iterator begin() const { return {loader_, 0}; }
        Iterator end() const { return {loader_, size()}; }

    private:
        const Loader* loader_;
    };

private:
    Batch<Source> batch(std::size_t number) const {
        const std::size_t first = number * options_.batch_size;
        return {source_, std::span{order_}.subspan(first, std::min(options_.batch_size, samples() - first))};
    }

    Source source_;  // a copy, which shares the data set's elements
    LoaderOptions options_;
    std::vector<SampleIndex> order_;
};
template <class Input, class Target>
Loader(Dataset<Input, Target>, LoaderOptions = {}) -> Loader<Dataset<Input, Target>>;
template <std::integral Count> Loader(Count, LoaderOptions = {}) -> Loader<std::size_t>;

}  // namespace kiln
