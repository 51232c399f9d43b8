// With odr_two.cpp: the whole library in two translation units of one program. That it links is the test; that both see
// the same model is the proof that both instantiated it.
#include "every_header.hpp"

namespace {
using Net = kiln::Sequential<kiln::Linear<4, 8>, kiln::ReLU, kiln::Linear<8, 3>>;
}
std::size_t parameters_seen_by_two();

int main() {
    kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
    return decltype(model)::parameter_count == parameters_seen_by_two() ? 0 : 1;
}
