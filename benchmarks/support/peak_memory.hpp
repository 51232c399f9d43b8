// The most memory that this process has had.
#pragma once
#include <cstdio>
#if defined(__linux__)
#include <fstream>
#include <string>
#else
#include <sys/resource.h>
#endif

inline double peak_megabytes() {
#if defined(__linux__)  // getrusage would count what the parent had before it became this program
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmHWM:", 0) == 0) return std::stod(line.substr(6)) / 1024;
    return 0;
#else
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / (1024 * 1024);
#endif
}
