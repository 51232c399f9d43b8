#include "every_header.hpp"

std::size_t parameters_seen_by_two() {
    using Net = kiln::Sequential<kiln::Linear<4, 8>, kiln::ReLU, kiln::Linear<8, 3>>;
    kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
    return decltype(model)::parameter_count;
}
