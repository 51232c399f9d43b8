// A model's numbers to and from a safetensors file, under PyTorch's names and in its layout:
//
//     kiln::save(model, "lenet5.safetensors");                     // Python: net.load_state_dict(load_file("lenet5.safetensors"))
//     kiln::load(model, "lenet5.safetensors");                     // Python: save_file(net.state_dict(), "lenet5.safetensors")
//     kiln::load(model.part<0>(), "encoder.safetensors");          // one layer, whose names begin after "0."
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#include "kiln/core/arrays.hpp"
#include "kiln/core/error.hpp"
#include "kiln/core/savable.hpp"
#include "kiln/io/safetensors_file.hpp"

namespace kiln {

namespace detail {
using BatchesTracked = std::map<std::string, std::int64_t>;

// An array of a model.
struct ModelArray {
    std::string name;
    TensorType type;
    std::byte* data;   // written by load alone, which takes no const model
    std::size_t size;  // in bytes
};

inline std::vector<ModelArray> arrays_of(NamedArrays auto& model) {
    std::vector<ModelArray> arrays;
    model.visit([&]<class S, class T>(const std::string& name, View<S, T> view) {
        using Number = std::remove_const_t<T>;
        static_assert(std::is_same_v<Number, float> || std::is_same_v<Number, double>,
                      "a file holds numbers of type float (F32) or double (F64)");
        arrays.push_back({name,
                          {std::is_same_v<Number, float> ? "F32" : "F64", {S::extents.begin(), S::extents.end()}},
                          reinterpret_cast<std::byte*>(const_cast<Number*>(view.data)),
                          S::size * sizeof(T)});
    });
    return arrays;
}

// "1.num_batches_tracked" for "1.running_mean": PyTorch's BatchNorm has both.
inline std::optional<std::string> tracked_beside(std::string_view name) {
    constexpr std::string_view last = "running_mean";
    if (!name.ends_with(last)) return std::nullopt;
    name.remove_suffix(last.size());
    if (!name.empty() && !name.ends_with('.')) return std::nullopt;
    return std::string{name} + "num_batches_tracked";
}

// A Part's names in its model begin with this.
std::string prefix_of(const auto& model) {
    if constexpr (requires { model.prefix(); }) return model.prefix();
    else return {};
}

inline void save(const std::vector<ModelArray>& arrays, const BatchesTracked& tracked, const std::string& prefix,
                 const std::filesystem::path& path) {
    std::vector<TensorBytes> tensors;
    for (const ModelArray& array : arrays)
        if (const auto name = tracked_beside(array.name))
            if (const auto found = tracked.find(prefix + *name); found != tracked.end())
                tensors.push_back({*name, {"I64", {}}, std::as_bytes(std::span{&found->second, 1})});
    for (const ModelArray& array : arrays) tensors.push_back({array.name, array.type, {array.data, array.size}});
    write_safetensors(path, tensors);
}

// The file's tensors against the model's; ParameterError where they are not the same.
class Comparison {
public:
    Comparison(const std::vector<ModelArray>& arrays, const std::map<std::string, StoredTensor>& tensors) {
        std::set<std::string_view> known;
        for (const ModelArray& array : arrays) {
            known.insert(array.name);
            if (const auto found = tensors.find(array.name); found == tensors.end())
                missing_ += "\n  missing: " + array.name + ", expected " + describe(array.type);
            else compare(array.name, found->second.type, array.type, found->second.type.shape == array.type.shape);
            if (auto tracked = tracked_beside(array.name))
                if (const auto found = tensors.find(*tracked); found != tensors.end()) {
                    known.insert(found->first);
                    const auto& shape = found->second.type.shape;
                    compare(*tracked, found->second.type, {"I64", {}},
                            shape.empty() || shape == std::vector<std::uint64_t>{1});
                }
        }
        for (const auto& [name, tensor] : tensors)
            if (!known.contains(name)) extra_ += "\n  extra: " + shown(name) + ", found " + describe(tensor.type);
    }

    void check(const std::filesystem::path& path) const {
        if (missing_.empty() && extra_.empty() && other_.empty()) return;
        std::string message = path.string() +
                              " does not hold this model's parameters, and the model is as it was:" + missing_ +
                              other_ + extra_;
        if (mistyped_)
            message +=
                "\nNumbers are not converted: load F32 into a Model of float and F64 into a Model of double, or "
                "convert the file in Python, with module.float() or module.double().";
        if (misshapen_)
            message += "\nThe shapes are the network's: load the file into the network that it was saved from.";
        if (!missing_.empty() || !extra_.empty())
            message +=
                "\nThe names are the layers' places in the network: load the file into the network that it was saved "
                "from, or rename its tensors.";
        fail<ParameterError>(message);
    }

private:
    void compare(const std::string& name, const TensorType& found, const TensorType& expected, bool same_shape) {
        const bool same_dtype = found.dtype == expected.dtype;
        if (same_dtype && same_shape) return;
        other_ += std::string{"\n  "} +
                  (same_shape   ? "mistyped: "
                   : same_dtype ? "misshapen: "
                                : "mistyped and misshapen: ") +
                  name + ", found " + describe(found) + ", expected " + describe(expected);
        mistyped_ |= !same_dtype;
        misshapen_ |= !same_shape;
    }
    std::string missing_, extra_, other_;
    bool mistyped_ = false, misshapen_ = false;
};

// Everything that can fail comes first; then numbers are copied, and nothing can.
inline void load(const std::vector<ModelArray>& arrays, BatchesTracked* tracked, const std::string& prefix,
                 const std::filesystem::path& path) {
    SafetensorsFile file{path};
    const auto& tensors = file.tensors();
    Comparison{arrays, tensors}.check(path);
    const std::vector<std::byte> data = file.read_data();
    BatchesTracked counts = tracked ? *tracked : BatchesTracked{};
    for (const ModelArray& array : arrays)
        if (const auto name = tracked_beside(array.name)) {
            if (const auto found = tensors.find(*name); found == tensors.end()) counts.erase(prefix + *name);
            else std::memcpy(&counts[prefix + *name], data.data() + found->second.begin, sizeof(std::int64_t));
        }

    for (const ModelArray& array : arrays)
        if (array.size > 0) std::memcpy(array.data, data.data() + tensors.find(array.name)->second.begin, array.size);
    if (tracked) tracked->swap(counts);
}
}  // namespace detail

// Writes every parameter and buffer of the model or part, float as F32 and double as F64, and the num_batches_tracked that
// came with a file. The file at `path` is replaced whole, once the new one is on the disk. FileError where it cannot be
// written (no folder, no permission, a full disk); what was there is then untouched.
void save(const NamedArrays auto& model, const std::filesystem::path& path) {
    static const detail::BatchesTracked none;
    const auto& tracked = [&]() -> const detail::BatchesTracked& {
        if constexpr (requires { model.batches_tracked(); }) return model.batches_tracked();
        else return none;
    }();
    detail::save(detail::arrays_of(model), tracked, detail::prefix_of(model), path);
}

// Reads every parameter and buffer of the model or part, from a file that holds these and no others, in any order. The
// num_batches_tracked beside a running_mean (I64, PyTorch's) may be there or not: it goes to batches_tracked(), where the
// model has that.
// FileError where the file is missing or cannot be read; FormatError where it is not safetensors throughout; ParameterError,
// which lists every missing, extra, misshapen and mistyped tensor (numbers are not converted). After an error the model is
// as it was.
template <class M>
    requires(detail::writable_fault<std::remove_reference_t<M>>.empty())
void load(M&& model, const std::filesystem::path& path) {
    detail::BatchesTracked* tracked = nullptr;
    if constexpr (requires { tracked = &model.batches_tracked(); }) tracked = &model.batches_tracked();
    detail::load(detail::arrays_of(model), tracked, detail::prefix_of(model), path);
}

// What is no model, or is const.
template <class M> void save(const M&, const std::filesystem::path&) { refuse<detail::savable_fault<M>>(); }
template <class M> void load(M&&, const std::filesystem::path&) { refuse<detail::writable_fault<std::remove_reference_t<M>>>(); }

}  // namespace kiln
