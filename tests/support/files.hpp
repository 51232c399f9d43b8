// Files that tests make: a folder of their own that goes away, and the bytes of IDX and gzip.
#pragma once
#include <unistd.h>
#include <zlib.h>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace kiln_test {

using Bytes = std::vector<std::uint8_t>;

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "kiln-test-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error{"no temporary folder"};
        path_ = name;
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path write(const std::string& name, const Bytes& bytes) const {
        std::ofstream file{path_ / name, std::ios::binary};
        file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        if (!file.flush()) throw std::runtime_error{"cannot write " + name};
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

inline Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

// An IDX file: its header with these extents, whatever elements follow.
inline Bytes idx(const std::vector<std::uint32_t>& extents, const Bytes& elements, std::uint8_t type = 0x08) {
    Bytes bytes{0, 0, type, static_cast<std::uint8_t>(extents.size())};
    for (const std::uint32_t extent : extents)
        for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::uint8_t>(extent >> shift));
    return bytes + elements;
}

inline Bytes gzip(const Bytes& bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error{"zlib"};
    Bytes in = bytes, out(deflateBound(&stream, static_cast<uLong>(bytes.size())) + 64);
    stream.next_in = in.data();
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (status != Z_STREAM_END) throw std::runtime_error{"zlib"};
    return out;
}

// The folder of the real MNIST: KILN_DATA_DIR, or its mnist; none where it is not set.
inline std::optional<std::filesystem::path> mnist_folder() {
    const char* folder = std::getenv("KILN_DATA_DIR");
    if (!folder || !*folder) return std::nullopt;
    const std::filesystem::path path{folder};
    return std::filesystem::is_directory(path / "mnist") ? path / "mnist" : path;
}

// What f throws as Kind: its message; "" where it throws nothing.
template <class Kind> std::string message_of(auto&& f) {
    try {
        f();
    } catch (const Kind& error) {
        return error.what();
    }
    return "";
}
inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace kiln_test
