// What the benchmark programs and the peers' have in common: options, medians, and rows of results. It knows nothing of Kiln.
//
//     PROGRAM [--quick] [--json FILE] [--only MODEL] [--threads N]
#pragma once
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>
#include "nlohmann/json.hpp"
#include "support/clock.hpp"

namespace bench {

using Json = nlohmann::ordered_json;

// Statuses that scripts/benchmark.py knows, as sysexits.h names them: something the program needs is missing; run it again.
constexpr int unavailable = 69, try_again = 75;

// Prints the reason and ends the program.
[[noreturn]] inline void stop(const std::string& reason, int status = 1) {
    std::fprintf(stderr, "%s\n", reason.c_str());
    std::exit(status);
}

struct Options {
    bool quick = false;
    std::string json, only;
    std::size_t threads = 0;  // 0: whatever the benchmark compares

    bool wants(const std::string& model) const { return only.empty() || only == model; }
    // Seconds to spend on one figure.
    double budget() const { return quick ? 0.4 : 2.0; }
};

inline Options read_options(int count, char** arguments, int first = 1) {
    Options options;
    for (int i = first; i < count; ++i) {
        const bool more = i + 1 < count;
        if (!std::strcmp(arguments[i], "--quick")) options.quick = true;
        else if (!std::strcmp(arguments[i], "--json") && more) options.json = arguments[++i];
        else if (!std::strcmp(arguments[i], "--only") && more) options.only = arguments[++i];
        else if (!std::strcmp(arguments[i], "--threads") && more) options.threads = std::strtoul(arguments[++i], nullptr, 10);
        else stop(std::string{"the options are --quick, --json FILE, --only MODEL and --threads N, not "} + arguments[i], 2);
    }
    return options;
}

// The value that a share of the others is below.
inline double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}
inline double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

// The seconds of each call of f, after one that is not counted; as many calls as the budget allows, but at least three.
template <class F> std::vector<double> time_calls(double budget, F&& f) {
    f();
    std::vector<double> times;
    const double start = seconds();
    while (times.size() < 3 || seconds() - start < budget) {
        const double before = seconds();
        f();
        times.push_back(seconds() - before);
    }
    return times;
}

// The widest vectors that the compiler was allowed to use.
inline const char* isa() {
#if defined(__AVX512F__)
    return "avx512";
#elif defined(__AVX2__)
    return "avx2";
#elif defined(__ARM_NEON)
    return "neon";
#else
    return "sse2";
#endif
}

// A program's results, one object a row, printed as they come and written as a JSON array.
class Rows {
public:
    explicit Rows(const Options& options) : file_(options.json) {}

    void add(Json row) {
        row["isa"] = isa();
        for (const auto& [key, value] : row.items()) std::printf("%s  ", text(key, value).c_str());
        std::printf("\n");
        std::fflush(stdout);
        rows_.push_back(std::move(row));
    }
    void write() const {
        if (!file_.empty() && !(std::ofstream(file_) << rows_.dump(2) << '\n').flush()) stop("cannot write " + file_);
    }

private:
    static std::string text(const std::string& key, const Json& value) {
        if (value.is_string()) return value.get<std::string>();
        if (value.is_number_integer()) return key + " " + value.dump();
        char number[32];
        std::snprintf(number, sizeof number, "%.4g", value.get<double>());
        return key + " " + number;
    }

    std::string file_;
    Json rows_ = Json::array();
};

}  // namespace bench
