// The elementary functions of exported headers against the standard library's in double.
#include <doctest/doctest.h>
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("elementary functions are within three units of the last place, and constant expressions") {
    Program program;
    for (const Function* f : {&source::exp, &source::tanh, &source::sigmoid, &source::erf, &source::log, &source::square_root}) program.call(*f, {}, {});
    const std::string source = "#include <cmath>\n#include <cstdio>\nnamespace layers {\n" + program.functions() + R"(}
static_assert(layers::exp(1) > 2.718281f && layers::exp(1) < 2.718283f);
static_assert(layers::tanh(0.5f) > 0.462117f && layers::erf(0.5f) > 0.520499f && layers::log(2) > 0.693147f && layers::square_root(2) > 1.414213f);
static_assert(layers::sigmoid(0) == 0.5f && layers::tanh(0) == 0 && layers::erf(0) == 0 && layers::log(1) == 0 && layers::exp(0) == 1);

int failures = 0;
template <class F, class Exact> void check(const char* name, F f, Exact exact, float from, float to) {
    double worst = 0;
    float at = 0;
    for (int i = 0; i <= 200000; ++i) {
        const float x = from + (to - from) * static_cast<float>(i) / 200000;
        const double y = exact(static_cast<double>(x));
        int exponent = 0;
        std::frexp(y, &exponent);
        const double unit = std::ldexp(1.0, (exponent < -125 ? -125 : exponent) - 24), off = std::fabs(static_cast<double>(f(x)) - y) / unit;
        if (!(off <= worst)) worst = off, at = x;
    }
    std::printf("%s %.2f units at %.9g\n", name, worst, static_cast<double>(at));
    failures += !(worst <= 3);
}
int main() {
    check("exp", layers::exp, [](double x) { return std::exp(x); }, -87, 88);
    check("exp near 0", layers::exp, [](double x) { return std::exp(x); }, -1, 1);
    check("tanh", layers::tanh, [](double x) { return std::tanh(x); }, -20, 20);
    check("tanh near 0", layers::tanh, [](double x) { return std::tanh(x); }, -0.01f, 0.01f);
    check("sigmoid", layers::sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }, -80, 80);
    check("erf", layers::erf, [](double x) { return std::erf(x); }, -5, 5);
    check("erf near 0", layers::erf, [](double x) { return std::erf(x); }, -0.01f, 0.01f);
    check("log", layers::log, [](double x) { return std::log(x); }, 1, 100);
    check("log far", layers::log, [](double x) { return std::log(x); }, 100, 1e30f);
    check("square root", layers::square_root, [](double x) { return std::sqrt(x); }, 1e-5f, 1000);
    check("square root far", layers::square_root, [](double x) { return std::sqrt(x); }, 1e-30f, 1e30f);
    return failures;
}
)";
    const TemporaryFolder folder;
    for (const std::string& compiler : host_compilers()) {
        compile_exported(folder.path(), compiler, source, "-o main");
        INFO(compiler);
        const bool good = succeeds("cd '" + folder.path().string() + "' && ./main >said");
        CHECK_MESSAGE(good, read_text(folder.path() / "said"));
    }
}
