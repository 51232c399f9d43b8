// Bytes of a file, plain or compressed by gzip, whichever its first bytes say.
//
// zlib inflates; with libdeflate (KILN_HAVE_LIBDEFLATE, which CMake defines where it finds it) the bulk of a file takes a third of the
// time: MNIST's training images 47 ms instead of 155 on a Zen 3.
#pragma once
#include <zlib.h>
#ifdef KILN_HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>
#include "kiln/core/error.hpp"
#include "kiln/data/byte_buffer.hpp"

namespace kiln {

// The whole of a file. FileError where it is missing, no plain file, or cannot be read.
template <class Bytes = std::vector<std::uint8_t>> Bytes read_file(const std::filesystem::path& path) {
    const auto size_now = [&] {
        std::error_code error;
        const auto status = std::filesystem::status(path, error);
        if (status.type() == std::filesystem::file_type::not_found)
            fail<FileError>(path.string() + ": there is no such file: check the path");
        if (status.type() == std::filesystem::file_type::directory)
            fail<FileError>(path.string() + " is a folder: give the path of a file");
        const auto size = std::filesystem::file_size(path, error);
        if (error) fail<FileError>(path.string() + " cannot be read: " + error.message());
        return static_cast<std::size_t>(size);
    };
    Bytes bytes(size_now());
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    const std::unique_ptr<std::FILE, Close> file{std::fopen(path.string().c_str(), "rb")};
    if (!file) fail<FileError>(path.string() + " cannot be opened: " + std::strerror(errno));
    const std::size_t read = std::fread(bytes.data(), 1, bytes.size(), file.get());
    if (read != bytes.size())
        fail<FileError>(path.string() + " cannot be read: " + std::to_string(read) + " of its " +
                        std::to_string(bytes.size()) + " bytes came");
    return bytes;
}

// The bytes of a file from its beginning; those that gzip compressed are inflated as they are asked for, so that a file
// decides about memory only by what it really holds.
class ByteReader {
public:
    // FileError as read_file.
    explicit ByteReader(const std::filesystem::path& path) : path_(path.string()), bytes_(read_file<ByteBuffer>(path)) {
        compressed_ = gzip_begins(0);
        if (compressed_ && inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK)
            fail<Error>("zlib cannot start: out of memory");
    }
    ~ByteReader() {
        if (compressed_) inflateEnd(&stream_);
    }
    ByteReader(const ByteReader&) = delete;
    ByteReader& operator=(const ByteReader&) = delete;

    // The next n bytes, or as many as there are. FormatError where gzip's data is corrupt or ends early.
    std::size_t read(std::uint8_t* to, std::size_t n) {
        if (compressed_) {
            n = inflate_some(to, n);
            given_ += n;
            return n;
        }
        n = std::min(n, bytes_.size() - at_);
        if (n > 0) std::memcpy(to, bytes_.data() + at_, n);
        at_ += n;
        return n;
    }

    // The next n bytes, or as many as there are, in memory of their own: the fastest way to the rest of a file. Errors as read.
    ByteBuffer take(std::size_t n) {
        if (compressed_)
            if (std::optional<ByteBuffer> rest = inflate_rest(n)) return std::move(*rest);
        ByteBuffer bytes(n);
        bytes.drop_back(n - read(bytes.data(), n));
        return bytes;
    }

    // No more bytes than these can follow: deflate's best is 1032 to 1.
    std::size_t at_most() const {
        const std::size_t left = bytes_.size() - at_;
        if (!compressed_) return left;
        return left > std::numeric_limits<std::size_t>::max() / 1032 - 1 ? left : (left + 1) * 1032 + window;
    }

    // "data/x.gz", or "data/x.gz (inflated)": where a byte was found.
    std::string where() const { return path_ + (compressed_ ? " (inflated)" : ""); }

private:
    // What zlib may have taken in and not yet put out, generously.
    static constexpr std::size_t window = 1 << 20;

    bool gzip_begins(std::size_t at) const {
        return bytes_.size() - at >= 2 && bytes_[at] == 0x1f && bytes_[at + 1] == 0x8b;
    }

    std::size_t inflate_some(std::uint8_t* to, std::size_t n) {
        constexpr std::size_t piece = 1 << 30;  // zlib counts in 32 bits
        std::size_t done = 0;
        while (done < n && !ended_) {
            const std::size_t in = std::min(bytes_.size() - at_, piece), out = std::min(n - done, piece);
            stream_.next_in = bytes_.data() + at_;
            stream_.avail_in = static_cast<uInt>(in);
            stream_.next_out = to + done;
            stream_.avail_out = static_cast<uInt>(out);
            const int status = inflate(&stream_, Z_NO_FLUSH);
            at_ += in - stream_.avail_in;
            done += out - stream_.avail_out;
            if (status == Z_STREAM_END) next_member();
            else if (status == Z_BUF_ERROR || (status == Z_OK && at_ == bytes_.size() && stream_.avail_out > 0))
                fail<FormatError>(path_ + ": its gzip data ends early, at byte " + std::to_string(at_) +
                                  ": it is truncated, fetch it again");
            else if (status != Z_OK)
                fail<FormatError>(path_ + ": its gzip data is corrupt at byte " + std::to_string(at_) + " (" +
                                  (stream_.msg ? stream_.msg : "no reason given") + "): fetch it again");
        }
        return done;
    }

    // The n bytes to come, where they are all; else nothing, and nothing has changed. libdeflate inflates whole files only, those
    // that were given already a second time, and does not say what is wrong with one: whatever is unusual is left to zlib.
    std::optional<ByteBuffer> inflate_rest([[maybe_unused]] std::size_t n) {
#ifdef KILN_HAVE_LIBDEFLATE
        struct Free {
            void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
        };
        const std::unique_ptr<libdeflate_decompressor, Free> decompressor{libdeflate_alloc_decompressor()};
        ByteBuffer all(given_ + n);
        std::size_t in = 0;
        if (decompressor && libdeflate_gzip_decompress_ex(decompressor.get(), bytes_.data(), bytes_.size(), all.data(), all.size(), &in, nullptr) ==
                                LIBDEFLATE_SUCCESS && in == bytes_.size()) {
            all.drop_front(given_);
            at_ = bytes_.size();
            ended_ = true;
            return all;
        }
#endif
        return std::nullopt;
    }

    // A gzip file may be several, one after another.
    void next_member() {
        if (at_ == bytes_.size()) ended_ = true;
        else if (gzip_begins(at_)) inflateReset(&stream_);
        else
            fail<FormatError>(path_ + ": " + std::to_string(bytes_.size() - at_) +
                              " bytes follow the end of its gzip data, at byte " + std::to_string(at_) +
                              ": expected none");
    }

    std::string path_;
    ByteBuffer bytes_;
    std::size_t at_ = 0, given_ = 0;  // of bytes_; bytes that came out of them
    bool compressed_ = false, ended_ = false;
    z_stream stream_{};
};

}  // namespace kiln
