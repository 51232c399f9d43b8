// A perceptron is trained on the board, in a fixed piece of memory, and predicts; on the host it does the same. Nothing asks for memory
// meanwhile: operator new ends the program, and malloc, which the C library needs to print numbers, has given out no more afterwards.
#include <malloc.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include "kiln/compose/sequential.hpp"
#include "kiln/core/budget.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/optim/adam.hpp"
#include "kiln/train/learner.hpp"

using namespace kiln::literals;

void* operator new(std::size_t) { std::_Exit(3); }
void* operator new(std::size_t, std::align_val_t) { std::_Exit(3); }
void operator delete(void*) noexcept {}
void operator delete(void*, std::size_t) noexcept {}
void operator delete(void*, std::align_val_t) noexcept {}

namespace {
using Net = kiln::Sequential<kiln::Linear<8, 24>, kiln::Tanh, kiln::Linear<24, 3>>;
constexpr std::size_t inputs = 8, classes = 3, batch = 12;

// One lane on both machines, so that they add in the same order.
using Device = kiln::Learner<Net, kiln::Shape<inputs>, kiln::CrossEntropy, kiln::Adam, kiln::Static<8_KiB>, float, 1, 1>;
static_assert(kiln::within_budget<Device::bytes(batch), 8_KiB>);

std::size_t allocated() {
#if defined(__GLIBC__)
    return mallinfo2().uordblks;
#else
    return static_cast<std::size_t>(mallinfo().uordblks);
#endif
}

// Three classes about three points; numbers with few bits, the same on any machine.
void fill(std::array<float, batch * inputs>& x, std::array<int, batch>& labels, std::size_t round) {
    for (std::size_t i = 0; i < batch; ++i) {
        labels[i] = static_cast<int>(i % classes);
        for (std::size_t k = 0; k < inputs; ++k) {
            const auto noise = static_cast<float>((i * 37 + k * 11 + round * 29) % 64) / 64.0F - 0.5F;
            x[i * inputs + k] = (k % classes == i % classes ? 1.0F : 0.0F) + noise;
        }
    }
}
}  // namespace

int main() {
    std::setvbuf(stdout, nullptr, _IONBF, 0);
    std::printf("%g\n", 0.5);  // what the C library keeps for printing, it has now
    static Device learner{kiln::Seed{1}, {}, {.learning_rate = 0.01}};
    std::array<float, batch * inputs> x;
    std::array<int, batch> labels, found{};
    std::array<float, batch * classes> y{};

    const std::size_t before = allocated();
    kiln::StepResult first, last;
    for (std::size_t round = 0; round < 60; ++round) {
        fill(x, labels, round);
        last = learner.step(x, labels);
        if (last.status != kiln::Status::ok) return 1;
        if (round == 0) first = last;
    }
    fill(x, labels, 1000);
    const bool predicted = learner.predict(x, y) == kiln::Status::ok && learner.classify(x, found) == kiln::Status::ok;
    const std::size_t after = allocated();

    std::printf("loss %.6f then %.6f\n", first.score.loss, last.score.loss);
    for (const float number : y) std::printf("%.6f\n", static_cast<double>(number));
    const bool learned = first.score.loss > 0.8 && last.score.loss < 0.3 && found == labels;
    return predicted && learned && after == before ? 0 : 2;
}
