// What goes wrong at run time: one exception type for each kind of fault, thrown from one place.
//
// A message says what was found, what was expected, where, and what to do.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace kiln {

// The same as a value, for what throws nothing (a Learner) and for builds without exceptions.
enum class Status { ok, file, format, data, option, parameter, divergence, memory };

// The base of all that the library throws.
struct Error : std::runtime_error {
    static constexpr Status status = Status::memory;  // the machine's own fault
    using std::runtime_error::runtime_error;
};
struct FileError : Error {  // a file that is missing, or cannot be read or written
    static constexpr Status status = Status::file;
    using Error::Error;
};
struct FormatError : Error {  // a file that is not what its format demands: truncated, oversized, foreign, corrupt
    static constexpr Status status = Status::format;
    using Error::Error;
};
struct DataError : Error {  // samples or targets that do not go together, or with the network: counts, shapes, labels, none at all
    static constexpr Status status = Status::data;
    using Error::Error;
};
struct OptionError : Error {  // an option out of its range: batch 0, epochs 0, a fraction over 1
    static constexpr Status status = Status::option;
    using Error::Error;
};
struct ParameterError : Error {  // saved parameters that are not the model's: missing, extra, misshapen, mistyped
    static constexpr Status status = Status::parameter;
    using Error::Error;
};
struct DivergenceError : Error {  // a loss that is not finite; the parameters are as before the step
    static constexpr Status status = Status::divergence;
    using Error::Error;
};

#if !defined(__cpp_exceptions)
// What a build without exceptions calls instead: with the kind of fault and the message. It may end the program, start it again or jump
// out of it; where it returns, the program is aborted. This one prints the message.
inline void (*on_failure)(Status, const char* message) = [](Status, const char* message) { std::fprintf(stderr, "kiln: %s\n", message); };
#endif

// The only place that throws.
template <class Kind> [[noreturn]] void fail(const std::string& message) {
#if defined(__cpp_exceptions)
    throw Kind{message};
#else
    on_failure(Kind::status, message.c_str());
    std::abort();
#endif
}

}  // namespace kiln
