#include <doctest/doctest.h>
#include "kiln/io/program.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
constexpr Function helper{"helper", "helper;\n"}, step{"step", "step;\n", {&helper}}, other{"other", "other;\n", {&helper, &step}};
constexpr std::array<std::size_t, 0> none{};
}  // namespace

TEST_CASE("regions share the workspace where they are not alive at once") {
    Program program;
    const Region a = program.temporary(10), b = program.temporary(4), c = program.temporary(7), d = program.temporary(3);
    program.call(step, none, {Program::x, a});
    program.comment("the second");
    program.call(step, none, {a, b});
    program.call(step, none, {b, c});
    program.call(step, none, {c, b + 1, d});
    program.call(step, none, {d, Program::y + 2});
    // a | b at 10; c where a was; d after c, since b is alive until then
    CHECK(program.statements() ==
          "    layers::step(x, memory);\n"
          "    // the second\n"
          "    layers::step(memory, memory + 10);\n"
          "    layers::step(memory + 10, memory);\n"
          "    layers::step(memory, memory + 11, memory + 7);\n"
          "    layers::step(memory + 7, y + 2);\n");
    CHECK(program.workspace() == 14);
}

TEST_CASE("a function stands in the program once, after those that it calls") {
    Program program;
    program.call(other, std::array<std::size_t, 2>{3, 4}, {});
    program.call(step, none, {});
    CHECK(program.functions() == "helper;\nstep;\nother;\n");
    CHECK(contains(program.statements(), "layers::other<3, 4>"));
}

TEST_CASE("constants are exact, and their names are identifiers of their own") {
    Program program;
    const std::vector<double> numbers{0.1F, -1.5, 0, 1e-45F, 3.4028234e38F, -0.0};
    CHECK(program.constant("0.weight", numbers) == "weights::layer0_weight");
    CHECK(program.constant("conv-1..weight", numbers) == "weights::conv_1_weight");
    CHECK(program.constant("conv.1.weight", numbers) == "weights::conv_1_weight_2");
    CHECK(program.constant("_", numbers) == "weights::layer");
    CHECK(contains(program.constants(), "inline constexpr float layer0_weight[6] = {\n    0x1.99999ap-4f, -0x1.8p+0f, 0x0p+0f, "));
    for (const float number : {0.1F, -1.5F, 0.0F, 1e-45F, 3.4028234e38F, 0.3F}) CHECK(std::strtof(detail::literal(number).c_str(), nullptr) == number);
}

TEST_CASE("a number that is not finite is refused by name") {
    Program program;
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK(message_of<ParameterError>([&] { program.constant("3.branch.weight", std::vector<double>{1, infinity}); }) ==
          "the network cannot be exported: number 1 of 3.branch.weight is inf, but constants are finite floats: train with a smaller learning rate, or load other numbers");
    CHECK(contains(message_of<ParameterError>([&] { program.constant("w", std::vector<double>{1e300}); }), "number 0 of w is inf"));
    CHECK(contains(message_of<ParameterError>([&] { program.constant("w", std::vector<double>{-std::nan("")}); }), "nan"));
}
