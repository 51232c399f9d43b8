#include <doctest/doctest.h>
#include <numeric>
#include <string>
#include <variant>  // std::visit is found by the same name
#include <vector>
#include "kiln/core/arrays.hpp"

using namespace kiln;

namespace {
using Weight = Parameter<"weight", Shape<3, 4>>;
using Shift = Parameter<"bias", Shape<3>>;
using Layer = Arrays<Weight, Shift>;
using Empty = Arrays<>;
// 0 and 1 are layers, 2 has none, 10 is another: "1" must not be found in "10".
using Net = Arrays<Layer, Layer, Empty, Empty, Empty, Empty, Empty, Empty, Empty, Empty, Arrays<Shift>>;
using Block = Arrays<NamedList<"branch", Arrays<Layer, Layer>>, NamedList<"shortcut", Layer>>;
}  // namespace

TEST_CASE("arrays: a view is a pointer with a shape") {
    std::vector<int> numbers(24);
    std::iota(numbers.begin(), numbers.end(), 0);
    const View<Shape<2, 3, 4>, int> v{numbers.data()};
    CHECK(v.size == 24);
    CHECK(v.rows == 2);
    CHECK(v(1, 2, 3) == 23);
    CHECK(v[5] == 5);
    CHECK(v.row(1)(2, 1) == 21);
    CHECK(v.row(1).row(2).size == 4);
    CHECK(v.row(0).row(1).row(2)() == 6);
    CHECK(v.end() - v.begin() == 24);
    const View<Shape<2, 3, 4>, const int> constant = v;
    CHECK(constant(1, 0, 0) == 12);
    CHECK(as_const(v).data == v.data);
    static_assert(!std::is_convertible_v<decltype(constant), View<Shape<2, 3, 4>, int>>);

    CHECK(rows(v)(5, 3) == 23);
    CHECK(std::is_same_v<decltype(rows(v)), View<Shape<6, 4>, int>>);
    CHECK(std::is_same_v<decltype(planes(v)), View<Shape<2, 12>, int>>);
    CHECK(std::is_same_v<decltype(rows(v.row(0).row(0).row(0))), View<Shape<1, 1>, int>>);
    CHECK(reshape<Shape<24>>(v)[13] == 13);
    v.row(1).fill(7.9);
    CHECK(numbers[11] == 11);
    CHECK(numbers[12] == 7);
    CHECK(numbers[23] == 7);
}

TEST_CASE("arrays: parameters are padded to whole vectors, shapes are not") {
    static_assert(Weight::extent == 16 && Shift::extent == 16 && Layer::extent == 32 && Empty::extent == 0);
    static_assert(Layer::offsets == std::array<std::size_t, 3>{0, 16, 32});
    static_assert(Arrays<Shape<5>, Shape<7>>::offsets == std::array<std::size_t, 3>{0, 5, 12});
    static_assert(Net::extent == 80 && Net::offsets[10] == 64 && Block::offsets[1] == 64);
    std::vector<float> numbers(32);
    const auto [weight, bias] = Layer::views(numbers.data());
    weight(2, 3) = 1;
    bias(2) = 2;
    CHECK(numbers[11] == 1);
    CHECK(numbers[18] == 2);
    const float* read = numbers.data();
    const auto [w, b] = Layer::views(read);
    CHECK(std::is_same_v<decltype(w), const View<Shape<3, 4>, const float>>);
    CHECK(b(2) == 2);
}

TEST_CASE("arrays: visit names every array, whatever its depth, in order") {
    std::vector<float> numbers(Block::extent);
    std::vector<std::string> names;
    std::vector<std::ptrdiff_t> places;
    kiln::visit<Block>(numbers.data(), [&](const std::string& name, auto view) {
        names.push_back(name);
        places.push_back(view.data - numbers.data());
    });
    CHECK(names == std::vector<std::string>{"branch.0.weight", "branch.0.bias", "branch.1.weight", "branch.1.bias", "shortcut.weight", "shortcut.bias"});
    CHECK(places == std::vector<std::ptrdiff_t>{0, 16, 32, 48, 64, 80});
    names.clear();
    kiln::visit<Net>(numbers.data(), [&](const std::string& name, auto) { names.push_back(name); });
    CHECK(names == std::vector<std::string>{"0.weight", "0.bias", "1.weight", "1.bias", "10.bias"});
    static_assert(array_count<Block> == 6 && array_count<Net> == 5 && array_count<Arrays<>> == 0);
}

TEST_CASE("arrays: an inline list's arrays stand in the list around it") {
    using Encoder = Arrays<Layer, InlineList<Arrays<NamedList<"norm", Layer>, InlineList<Arrays<NamedList<"linear", Layer>>>>>, Layer>;
    std::vector<float> numbers(Encoder::extent);
    std::vector<std::string> names;
    kiln::visit<Encoder>(numbers.data(), [&](const std::string& name, auto) { names.push_back(name); });
    CHECK(names == std::vector<std::string>{"0.weight", "0.bias", "norm.weight", "norm.bias", "linear.weight", "linear.bias", "2.weight", "2.bias"});
    static_assert(Encoder::size == 4 * 15);
    static_assert(decltype(find<Encoder, "norm.bias">())::offset == 48);
    static_assert(decltype(find<Encoder, "linear.weight">())::offset == 64);
    static_assert(decltype(find<Encoder, "2.bias">())::offset == 112);
    CHECK(std::is_same_v<decltype(find<Encoder, "1.weight">()), NotFound>);
    CHECK(std::is_same_v<decltype(find<Encoder, "linear">()), NotFound>);
}

TEST_CASE("arrays: find finds what visit names, and nothing else") {
    static_assert(decltype(find<Net, "1.bias">())::offset == 48);
    static_assert(decltype(find<Net, "10.bias">())::offset == 64);
    static_assert(std::is_same_v<decltype(find<Net, "0.weight">())::shape, Shape<3, 4>>);
    static_assert(decltype(find<Block, "branch.1.weight">())::offset == 32);
    static_assert(decltype(find<Block, "shortcut.bias">())::offset == 80);
    const auto missing = []<class F>(F) { return std::is_same_v<F, NotFound>; };
    CHECK(missing(find<Net, "2.weight">()));
    CHECK(missing(find<Net, "10.weight">()));
    CHECK(missing(find<Net, "11.bias">()));
    CHECK(missing(find<Net, "1">()));
    CHECK(missing(find<Net, "">()));
    CHECK(missing(find<Net, "1.">()));
    CHECK(missing(find<Net, "01.bias">()));
    CHECK(missing(find<Net, "1.bias.">()));
    CHECK(missing(find<Net, "1.bias.0">()));
    CHECK(missing(find<Net, "1.bia">()));
    CHECK(missing(find<Net, "1.biases">()));
    CHECK(missing(find<Block, "0.0.weight">()));
    CHECK(missing(find<Block, "branch.weight">()));
    CHECK(missing(find<Empty, "weight">()));
}
