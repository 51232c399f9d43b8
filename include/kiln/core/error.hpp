// What goes wrong at run time: one exception type for each kind of fault, thrown from one place.
//
// A message says what was found, what was expected, where, and what to do.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace kiln {

// The base of all that the library throws.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};
struct FileError : Error {  // a file that is missing, or cannot be read or written
    using Error::Error;
};
struct FormatError : Error {  // a file that is not what its format demands: truncated, oversized, foreign, corrupt
    using Error::Error;
};
struct DataError : Error {  // samples or targets that do not go together, or with the network: counts, shapes, labels, none at all
    using Error::Error;
};
struct OptionError : Error {  // an option out of its range: batch 0, epochs 0, a fraction over 1
    using Error::Error;
};
struct ParameterError : Error {  // saved parameters that are not the model's: missing, extra, misshapen, mistyped
    using Error::Error;
};
struct DivergenceError : Error {  // a loss that is not finite; the parameters are as before the step
    using Error::Error;
};

// The only place that throws. A build without exceptions prints the message and ends the program.
template <class Kind> [[noreturn]] void fail(const std::string& message) {
#if defined(__cpp_exceptions)
    throw Kind{message};
#else
    std::fputs(("kiln: " + message + "\n").c_str(), stderr);
    std::abort();
#endif
}

}  // namespace kiln
