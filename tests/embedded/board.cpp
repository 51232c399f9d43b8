// What the other programs of this folder rely on: the board's program prints, computes in float, has initialised data, and static
// constructors have run.
#include <cmath>
#include <cstdio>

namespace {
struct Constructed {
    float value;
    Constructed() : value{std::sqrt(2.0f)} {}
} constructed;
volatile float initialised = 0.25f;
volatile float cleared;
}  // namespace

int main() {
    float sum = 0;
    for (int i = 1; i <= 1000; ++i) sum += std::exp(-static_cast<float>(i) * 0.01f);
    std::printf("sum %.7g constructed %.7g initialised %g cleared %g\n", static_cast<double>(sum), static_cast<double>(constructed.value),
                static_cast<double>(initialised), static_cast<double>(cleared));
    return constructed.value > 1 && initialised == 0.25f && cleared == 0 ? 0 : 1;
}
