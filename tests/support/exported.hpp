// An exported header as its users have it: compiled strictly by every compiler that is installed, and run on samples.
//
// Model and header compute in float, with sums in different orders, so both are compared with the same network in double. A float sum of n
// terms is exact for terms that are each off by a random few roundings, in all about sqrt(n) of them: the bound is 4 sqrt(n) times what
// the outputs move by, in double, where every parameter and every input is off by a rounding, with n the longest sum; 4, since the largest of
// many errors is looked at, and elementary functions round three times.
#pragma once
#include <doctest/doctest.h>
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>
#include "kiln/io/export_header.hpp"
#include "support/files.hpp"
#include "support/small.hpp"

namespace kiln_test {

inline std::string read_text(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline bool succeeds(const std::string& command) { return std::system(command.c_str()) == 0; }

// Of the host: one at least, since a compiler has built the test.
inline const std::vector<std::string>& host_compilers() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> found;
        for (const std::string name : {"g++", "clang++-19", "clang++"})
            if (succeeds("command -v " + name + " >/dev/null 2>&1") && (name != "clang++" || found.empty())) found.push_back(name);
        REQUIRE_MESSAGE(!found.empty(), "neither g++ nor clang++ is installed");
        return found;
    }();
    return all;
}
inline bool has_cross_compiler() { return succeeds("echo '#include <array>' | arm-none-eabi-g++ -x c++ -E - >/dev/null 2>&1"); }

// Sanitizers, and compilers for small processors, imply the last: for g++ it is then no constant expression whether a pointer is null.
inline constexpr const char* strictly = " -std=c++17 -O1 -Wall -Wextra -pedantic -Wconversion -Wshadow -Wdouble-promotion -Werror -fno-delete-null-pointer-checks ";

// Compiles `source`, which may include what is in the folder, and fails with the compiler's words.
inline void compile_exported(const std::filesystem::path& folder, const std::string& compiler, const std::string& source, const std::string& output) {
    std::ofstream{folder / "main.cpp"} << source;
    const std::string log = (folder / "log").string();
    INFO(compiler);
    REQUIRE_MESSAGE(succeeds("cd '" + folder.string() + "' && " + compiler + strictly + "main.cpp " + output + " >log 2>&1"), read_text(log));
}

// The outputs of folder/net.hpp for samples, by every compiler of the host; the cross compiler, where it is installed, only compiles it.
template <class X> std::vector<std::vector<float>> run_exported(const std::filesystem::path& folder, const std::vector<X>& samples, std::size_t outputs) {
    const std::string type = std::is_same_v<X, int> ? "int" : "float";
    const std::string source = "#include \"net.hpp\"\n#include <cstdio>\nint main() {\n    static " + type + " x[net::input_size];\n"
        "    static float y[net::output_size], memory[net::workspace];\n    for (float& m : memory) m = 1e30f;\n    if (!net::self_test()) return 2;\n"
        "    while (std::fread(x, sizeof x, 1, stdin) == 1) {\n        net::predict(x, y, memory);\n        std::fwrite(y, sizeof y, 1, stdout);\n    }\n}\n";
    std::ofstream{folder / "x", std::ios::binary}.write(reinterpret_cast<const char*>(samples.data()), static_cast<std::streamsize>(samples.size() * sizeof(X)));
    std::vector<std::vector<float>> results;
    for (const std::string& compiler : host_compilers()) {
        compile_exported(folder, compiler, source, "-o main");
        INFO(compiler);
        REQUIRE(succeeds("cd '" + folder.string() + "' && ./main <x >y"));
        const std::string bytes = read_text(folder / "y");
        REQUIRE(bytes.size() == outputs * sizeof(float));
        results.emplace_back(outputs);
        std::memcpy(results.back().data(), bytes.data(), bytes.size());
    }
    if (has_cross_compiler()) compile_exported(folder, "arm-none-eabi-g++ -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16", source, "-c -o main.o");
    return results;
}

// Every number of a model moved off its first value, which may be 0 or 1, so that none can go missing.
void scramble(auto& model) {
    std::uint64_t array = 0;
    model.visit([&](const std::string& name, auto view) {
        ++array;
        for (std::size_t i = 0; i < view.size; ++i) {
            const double off = 0.1 * noise(5, array, i);
            view[i] = static_cast<std::remove_cvref_t<decltype(view[i])>>(name.ends_with("running_var") ? 1.5 + 10 * off : view[i] + off);
        }
    });
}

// Exports the model, and compares what the header computes with the network in double. Returns the header's text.
template <class Net, class In> std::string check_exported(const kiln::Model<Net, In>& model) {
    using Double = kiln::Model<Net, In, double>;
    using X = std::conditional_t<kiln::is_tokens<In>, int, float>;
    constexpr std::size_t count = 4;
    const TemporaryFolder folder;
    kiln::export_header(model, folder.path() / "net.hpp");

    std::vector<X> samples(count * In::size);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if constexpr (kiln::is_tokens<In>) samples[i] = static_cast<int>(kiln::key(6, i) % In::vocabulary);
        else samples[i] = static_cast<float>(noise(7, i));
    }
    const auto results = run_exported(folder.path(), samples, count * Double::Output::size);

    double longest = 1;  // sum
    model.visit([&]<class S, class T>(const std::string&, kiln::View<S, T>) { longest = std::max(longest, static_cast<double>(S::size) / S::extents[0]); });
    // The outputs in double, where every number is off by `rounding` times a random number within [-1, 1].
    const auto outputs = [&](double rounding, int trial) {
        Double moved{kiln::Seed{0}};
        std::size_t n = 0;
        const auto off = [&](double number) { return number * (1 + rounding * noise(8, trial, n++)); };
        std::ranges::transform(model.parameters(), moved.parameters().begin(), off);
        std::ranges::transform(model.buffers(), moved.buffers().begin(), off);
        auto x = kiln::make_batch<std::conditional_t<kiln::is_tokens<In>, int, double>, In>(count);
        std::ranges::transform(samples, x.data(), [&](X number) { return static_cast<std::remove_cvref_t<decltype(x.data()[0])>>(kiln::is_tokens<In> ? number : off(number)); });
        const auto y = moved.predict(x);
        return std::vector<double>(y.data(), y.data() + count * Double::Output::size);
    };
    const std::vector<double> exact = outputs(0, 0);
    double moves = 0, scale = 0;
    for (const double y : exact) scale = std::max(scale, std::abs(y));
    for (int trial = 0; trial < 5; ++trial) {
        const std::vector<double> other = outputs(1e-7, trial);
        for (std::size_t i = 0; i < exact.size(); ++i) moves = std::max(moves, std::abs(other[i] - exact[i]) * (0x1p-24 / 1e-7));
    }
    const double bound = 4 * std::sqrt(longest) * std::max(moves, 0x1p-24 * scale);
    REQUIRE(bound < 2e-5 * scale);  // a condition so bad that anything would pass
    for (const std::vector<float>& result : results)
        for (std::size_t i = 0; i < exact.size(); ++i) {
            INFO("sample " << i / Double::Output::size << ", output " << i % Double::Output::size << ", bound " << bound);
            REQUIRE(std::abs(result[i] - exact[i]) <= bound);
        }
    return read_text(folder.path() / "net.hpp");
}

}  // namespace kiln_test
