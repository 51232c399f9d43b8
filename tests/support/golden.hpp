// What PyTorch computed: the numbers in tests/golden/FAMILY.safetensors, which tests/golden/FAMILY.py makes.
#pragma once
#include <doctest/doctest.h>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>
#include "kiln/io/safetensors_file.hpp"
#include "support/run_layer.hpp"

// One family's file. A name is "case/x".
class Golden {
public:
    explicit Golden(const std::string& family) : file_(std::string{KILN_TEST_GOLDEN_DIR} + '/' + family + ".safetensors"), data_(file_.read_data()) {}

    bool has(const std::string& name) const { return file_.tensors().contains(name); }
    const std::vector<std::uint64_t>& shape(const std::string& name) const { return tensor(name).type.shape; }
    std::vector<double> numbers(const std::string& name) const { return as<double>(name); }
    double number(const std::string& name) const { return numbers(name).at(0); }
    template <class T> std::vector<T> as(const std::string& name) const {
        const auto& found = tensor(name);
        std::vector<double> values((found.end - found.begin) / sizeof(double));
        std::memcpy(values.data(), data_.data() + found.begin, found.end - found.begin);
        return {values.begin(), values.end()};
    }
    // The names that begin with this, without it, in alphabetical order.
    std::vector<std::string> names(const std::string& prefix) const {
        std::vector<std::string> result;
        for (const auto& [name, tensor] : file_.tensors())
            if (name.starts_with(prefix)) result.push_back(name.substr(prefix.size()));
        return result;
    }

private:
    const kiln::StoredTensor& tensor(const std::string& name) const {
        const auto found = file_.tensors().find(name);
        if (found == file_.tensors().end()) FAIL("there is no " << name << " in the file");
        return found->second;
    }
    kiln::SafetensorsFile file_;
    std::vector<std::byte> data_;
};

// How far a number may be off: absolute, and relative to the expected one. The defaults are for T; an operator that is
// conditioned worse in float says so, with the reason, where it is tested. Double's are never widened.
struct Tolerance {
    double absolute = 1e-6, relative = 1e-5;

    template <class T> double of(double expected) const {
        return sizeof(T) == 8 ? 1e-10 * (1 + std::abs(expected)) : absolute + relative * std::abs(expected);
    }
};

template <class T> void check_numbers(const std::string& what, const auto& found, const std::vector<double>& expected, Tolerance tolerance = {}) {
    CAPTURE(what);
    REQUIRE(std::size(found) == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto number = static_cast<double>(found[i]);
        CAPTURE(i);
        CAPTURE(number);
        CAPTURE(expected[i]);
        CHECK(std::abs(number - expected[i]) <= tolerance.of<T>(expected[i]));
    }
}

namespace detail {
// The arrays of a list, by PyTorch's names; every name in the file must be one of the list's.
template <class List, class T> std::vector<std::vector<T>> golden_arrays(const Golden& golden, const std::string& prefix) {
    std::vector<std::vector<T>> arrays;
    for (const auto& array : kiln::named_arrays<List>()) {
        arrays.push_back(golden.as<T>(prefix + array.name.c_str()));
        CAPTURE(array.name.view());
        REQUIRE(arrays.back().size() == array.size);
    }
    REQUIRE(golden.names(prefix).size() == arrays.size());
    return arrays;
}

template <class Layer, class In, class T, kiln::Mode mode, std::size_t Width>
void check_golden_lanes(const Golden& golden, const std::string& at, Tolerance tolerance) {
    CAPTURE(Width);
    using Buffers = kiln::buffers_of<Layer, In>;
    const auto parameters = golden_arrays<kiln::parameters_of<Layer, In>, T>(golden, at + "parameters/");
    auto buffers = golden_arrays<Buffers, T>(golden, at + "buffers/");
    const auto run = run_layer<Layer, In, Width, mode>(parameters, golden.as<T>(at + "x"), golden.as<T>(at + "dy"), {.shards = 2}, &buffers);
    check_numbers<T>("y", run.y, golden.numbers(at + "y"), tolerance);
    if (golden.has(at + "dx")) check_numbers<T>("dx", run.dx, golden.numbers(at + "dx"), tolerance);
    for (std::size_t p = 0; p < run.names.size(); ++p)
        check_numbers<T>(run.names[p], run.gradients[p], golden.numbers(at + "gradients/" + run.names[p]), tolerance);
    for (std::size_t b = 0; const auto& array : kiln::named_arrays<Buffers>())
        check_numbers<T>(array.name.c_str(), buffers[b++], golden.numbers(at + "buffers_after/" + array.name.c_str()), tolerance);
}
}  // namespace detail

// A layer or composite against a case of file.layer in golden.py: y, dx, every parameter's gradient, the buffers afterwards;
// in the machine's lanes (the layer's own test has other widths, which cost a compiler's time). Mode::frozen is a module in eval
// mode, of which no parameter's gradient is looked at.
template <class Layer, class In, class T, kiln::Mode mode = kiln::Mode::training>
void check_golden(const std::string& family, const std::string& name, Tolerance tolerance = {}) {
    CAPTURE(family);
    CAPTURE(name);
    const Golden golden{family};
    detail::check_golden_lanes<Layer, In, T, mode, kiln::native_width<T>>(golden, name + '/', tolerance);
}
