// What 16_export has written, in a program that knows nothing of the library.
#include "digits.hpp"
#include <cstdio>

int main() {
    std::printf("it is a %u\n", static_cast<unsigned>(digits::classify(digits::test::x)));
    return digits::self_test() ? 0 : 1;
}
