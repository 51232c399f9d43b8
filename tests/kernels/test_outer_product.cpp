// The micro-kernel of the matrix products against three plain loops.
#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <vector>
#include "kiln/core/workspace.hpp"
#include "kiln/kernels/outer_product.hpp"
#include "support/whole.hpp"

using namespace kiln;

// C [Rows, Columns registers] = start + A [Rows, depth] B [depth, Columns registers]; A by rows, C and B row by row.
template <class T, std::size_t Width, Index Rows, Index Most, Index Columns> void check_product(Index depth, bool add, bool with_bias) {
    using Register = Lanes<T, Width>;
    constexpr Index columns = Columns * static_cast<Index>(Width);
    const auto at = [](Index i) { return static_cast<std::size_t>(i); };
    const auto number = [](Index i) { return static_cast<T>(std::sin(1.0 + static_cast<double>(i))); };
    AlignedVector<T> a(at(Rows * depth) + 64), b(at(depth * columns)), c(at(Rows * columns)), bias(at(Rows));
    for (std::size_t i = 0; i < a.size(); ++i) a[i] = number(static_cast<Index>(i));
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = number(static_cast<Index>(3 * i));
    for (std::size_t i = 0; i < c.size(); ++i) c[i] = number(static_cast<Index>(5 * i));
    for (std::size_t i = 0; i < bias.size(); ++i) bias[i] = number(static_cast<Index>(7 * i));
    const auto before = c;

    OuterProduct<T> p;
    p.a = a.data(), p.b = b.data(), p.c = c.data();
    p.strides = {.a_row = depth, .a_step = 1, .b_column = static_cast<Index>(Width), .b_step = columns, .c_row = columns,
                 .c_column = static_cast<Index>(Width), .depth = depth, .segments = 1, .a_segment = 0, .b_segment = 0};
    p.bias = with_bias ? bias.data() : nullptr;
    p.add = add;
    multiply_rows<Rows, Most, Columns, Register, Strides{}>(p);

    for (Index m = 0; m < Rows; ++m)
        for (Index n = 0; n < columns; ++n) {
            double exact = add ? static_cast<double>(before[at(m * columns + n)]) : with_bias ? static_cast<double>(bias[at(m)]) : 0;
            double size = std::abs(exact);
            for (Index k = 0; k < depth; ++k) {
                const double product = static_cast<double>(a[at(m * depth + k)]) * static_cast<double>(b[at(k * columns + n)]);
                exact += product, size += std::abs(product);
            }
            const double bound = static_cast<double>(depth + 1) * static_cast<double>(std::numeric_limits<T>::epsilon()) * size;
            CHECK(std::abs(static_cast<double>(c[at(m * columns + n)]) - exact) <= bound);
        }
}

TEST_CASE("a product is three plain loops, whatever the blocks") {
    check_product<float, native_width<float>, 1, 6, 1>(7, false, false);
    check_product<float, native_width<float>, 10, 6, 2>(13, false, true);
    check_product<float, native_width<float>, 7, 2, 4>(16, true, false);
    check_product<double, native_width<double>, 5, 4, 2>(9, false, true);
    check_product<double, 1, 3, 2, 1>(4, true, false);
}

namespace {
// One lane, with rows and steps apart as dx has them: a column of A for each k.
constexpr bool agrees_as_constant() {
    const Whole<Shape<3, 5>> a(1);  // [depth, rows]
    const Whole<Shape<3, 2>> b(2);
    Whole<Shape<5, 2>> c, wanted;
    for (std::size_t m = 0; m < 5; ++m)
        for (std::size_t n = 0; n < 2; ++n)
            for (std::size_t k = 0; k < 3; ++k) wanted.view()(m, n) += a.read()(k, m) * b.read()(k, n);
    OuterProduct<double> p{.a = a.number.data(), .b = b.number.data(), .c = c.number.data()};
    p.strides = {.a_row = 1, .a_step = 5, .b_column = 1, .b_step = 2, .c_row = 2, .c_column = 1, .depth = 3, .segments = 1};
    multiply_rows<5, 2, 2, double, Strides{}>(p);
    return c.number == wanted.number;
}
}  // namespace

static_assert(agrees_as_constant());
