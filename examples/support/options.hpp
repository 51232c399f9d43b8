// What every example takes on its command line, and the end of one that fails: one sentence, and exit status 1.
#pragma once
#include <getopt.h>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include "kiln/core/error.hpp"

struct Options {
    std::string data = "data/mnist";  // or the environment variable KILN_DATA_DIR
    std::size_t epochs = 1;
    std::size_t threads = 0;          // 0: as many as the machine has
    std::size_t samples = std::numeric_limits<std::size_t>::max();  // of the training set, for a quick try
    std::uint64_t seed = 1;           // of the first parameters and of the order of the samples
};

inline std::size_t whole_number(const char* option, const char* text) {
    std::size_t value = 0;
    const char* const end = text + std::strlen(text);
    const auto [stop, error] = std::from_chars(text, end, value);
    if (error != std::errc{} || stop != end || value == 0) kiln::fail<kiln::OptionError>(std::string{option} + " is " + text + ", but must be a whole number from 1");
    return value;
}

// Calls run(options); `defaults` where the command line says nothing.
inline int with_options(int count, char** arguments, Options options, int (*run)(const Options&)) {
    try {
        if (const char* folder = std::getenv("KILN_DATA_DIR")) options.data = folder;
        const option known[] = {{"data", required_argument, nullptr, 'd'},
                                {"epochs", required_argument, nullptr, 'e'},
                                {"threads", required_argument, nullptr, 't'},
                                {"samples", required_argument, nullptr, 's'},
                                {"seed", required_argument, nullptr, 'r'},
                                {nullptr, 0, nullptr, 0}};
        for (int name; (name = getopt_long(count, arguments, "", known, nullptr)) != -1;) {
            if (name == 'd') options.data = optarg;
            else if (name == 'e') options.epochs = whole_number("--epochs", optarg);
            else if (name == 't') options.threads = whole_number("--threads", optarg);
            else if (name == 's') options.samples = whole_number("--samples", optarg);
            else if (name == 'r') options.seed = whole_number("--seed", optarg);
            else kiln::fail<kiln::OptionError>("the options are --data DIR, --epochs N, --threads N, --samples N and --seed N");
        }
        return run(options);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", arguments[0], error.what());
        return 1;
    }
}
