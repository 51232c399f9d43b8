#include <doctest/doctest.h>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/elementwise.hpp"
#include "kiln/layers/identity.hpp"
#include "support/reference.hpp"

using kiln::Reads, kiln::Shape, kiln::Text;

namespace {
// Two activations of a test's own, one that reads its x and one that reads its y.
struct Cube : kiln::Elementwise<Cube, Reads::x> {
    static constexpr Text name() { return "Cube"; }
    template <class L> static constexpr L value(const L& x) { return x * x * x; }
    template <class L> static constexpr L gradient(const L& x, const L& dy) { return L(3) * x * x * dy; }
};
struct Reciprocal : kiln::Elementwise<Reciprocal, Reads::y> {
    static constexpr Text name() { return "Reciprocal"; }
    template <class L> static constexpr L value(const L& x) { return L(1) / (x + L(3)); }
    template <class L> static constexpr L gradient(const L& y, const L& dy) { return -(y * y * dy); }
};
}  // namespace

TEST_CASE("Elementwise: backward gets what the activation reads") {
    check_activation<Cube>([](double x) { return x * x * x; }, [](double x) { return 3 * x * x; }, 1);
    check_activation<Reciprocal>([](double x) { return 1 / (x + 3); },
                                 [](double x) { return -1 / ((x + 3) * (x + 3)); }, 1);
}

TEST_CASE("Elementwise: any shape goes through, and a chain shares memory where it may") {
    static_assert(std::is_same_v<kiln::output_of<Cube, Shape<2, 3, 4>>, Shape<2, 3, 4>>);
    // y of the first Reciprocal is read again: Cube, which reads its x too, must not overwrite it.
    using Net = kiln::Sequential<Reciprocal, Cube, Reciprocal, Cube, kiln::Identity>;
    const auto check = kiln::check_gradients<Net, Shape<5>>();
    INFO(check.worst.view());
    CHECK(check.passed);
}
