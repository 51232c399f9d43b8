// Whether two files hold the same words; those that are numbers may differ by TOLERANCE, times the number where it is above 1.
//     compare_outputs FOUND EXPECTED TOLERANCE
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {
bool is_number(const std::string& word, double& value) {
    char* end = nullptr;
    value = std::strtod(word.c_str(), &end);
    return !word.empty() && *end == '\0';
}
bool agree(const std::string& a, const std::string& b, double tolerance) {
    double x = 0, y = 0;
    if (!is_number(a, x) || !is_number(b, y)) return a == b;
    return std::abs(x - y) <= tolerance * std::max(1.0, std::abs(y));
}
}  // namespace

int main(int count, char** arguments) {
    if (count != 4) {
        std::fprintf(stderr, "compare_outputs FOUND EXPECTED TOLERANCE\n");
        return 2;
    }
    std::ifstream found{arguments[1]}, expected{arguments[2]};
    const double tolerance = std::strtod(arguments[3], nullptr);
    for (int n = 1;; ++n) {
        std::string a, b;
        const bool more = static_cast<bool>(found >> a);
        if (more != static_cast<bool>(expected >> b)) {
            std::fprintf(stderr, "%s has %s words than %s: word %d is \"%s\"\n", arguments[1], more ? "more" : "fewer", arguments[2], n, more ? a.c_str() : b.c_str());
            return 1;
        }
        if (!more && n == 1) {
            std::fprintf(stderr, "%s is empty: the program must print something to compare\n", arguments[1]);
            return 1;
        }
        if (!more) return 0;
        if (!agree(a, b, tolerance)) {
            std::fprintf(stderr, "word %d is \"%s\" in %s, but \"%s\" in %s\n", n, a.c_str(), arguments[1], b.c_str(), arguments[2]);
            return 1;
        }
    }
}
