// Writes the header that lenet5.cpp includes: export_lenet5 PATH
#include "kiln/io/export_header.hpp"

using LeNet5 = kiln::Sequential<kiln::Conv<1, 6, 5>, kiln::ReLU, kiln::AvgPool<2>, kiln::Conv<6, 16, 5>, kiln::ReLU, kiln::AvgPool<2>, kiln::Flatten,
                                kiln::Linear<256, 120>, kiln::ReLU, kiln::Linear<120, 84>, kiln::Tanh, kiln::Linear<84, 10>>;

int main(int count, char** arguments) {
    if (count != 2) return 2;
    kiln::export_header(kiln::Model<LeNet5, kiln::Shape<1, 28, 28>>{kiln::Seed{1}}, arguments[1]);
}
