// The bytes of safetensors files, put together without the library.
#pragma once
#include <iterator>
#include "support/files.hpp"

namespace kiln_test {

inline Bytes safetensors(const std::string& header, const Bytes& data = {}) {
    Bytes bytes;
    for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<std::uint8_t>(header.size() >> shift));
    return bytes + Bytes(header.begin(), header.end()) + data;
}

inline Bytes bytes_in(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace kiln_test
