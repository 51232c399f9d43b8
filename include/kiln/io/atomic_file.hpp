// A file that is written whole or not at all: a temporary file beside the target, flushed to disk, renamed over it.
#pragma once
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#if __has_include(<unistd.h>)
#include <fcntl.h>
#include <unistd.h>
#endif
#include "kiln/core/error.hpp"

namespace kiln {

// Until commit() has returned, the file at `path` is as it was, whatever happens, and an AtomicFile that ends before leaves
// nothing behind. Every call may throw FileError, which names the path and the system's reason: no folder, no permission, a
// full disk, a target that is no plain file. A link is followed, and the permissions of a file that is replaced are kept.
class AtomicFile {
public:
    explicit AtomicFile(const std::filesystem::path& path) : shown_(path.string()), target_(behind_links(path)) {
        std::error_code error;
        const auto there = std::filesystem::status(target_, error);
        if (there.type() == std::filesystem::file_type::none) stop("its path cannot be followed", error.value());
        if (there.type() == std::filesystem::file_type::directory)
            fail<FileError>(shown_ + " is a folder: give the path of a file");
        if (std::filesystem::exists(there) && !std::filesystem::is_regular_file(there))
            fail<FileError>(shown_ + " is no plain file but a device, pipe or socket: give another path");
        if (target_.filename().empty()) fail<FileError>('"' + shown_ + "\" names no file: give the path of a file");

        // Exclusive, so that no other writer's file is taken, on this machine or another: the next number is tried instead.
        static std::atomic<unsigned> number = 0;
        const auto folder = target_.has_parent_path() ? target_.parent_path() : std::filesystem::path{"."};
        std::string name;
        do {
            name = (folder / (".kiln-" + std::to_string(number++) + ".tmp")).string();
            file_ = std::fopen(name.c_str(), "wbx");
        } while (!file_ && errno == EEXIST);
        if (!file_) stop("no temporary file can be made in " + folder.string(), errno);
        temporary_ = name;

        if (!std::filesystem::exists(there)) return;
        std::filesystem::permissions(temporary_, there.permissions(), error);
        if (error) stop("its permissions cannot be kept", error.value());
    }
    ~AtomicFile() { discard(); }
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::span<const std::byte> bytes) {
        if (bytes.empty()) return;
        errno = 0;
        if (const std::size_t written = std::fwrite(bytes.data(), 1, bytes.size(), file_); written != bytes.size())
            stop("only " + std::to_string(written) + " of " + std::to_string(bytes.size()) + " bytes were written",
                 errno);
    }

    // The file takes its name, and is on the disk.
    void commit() {
        errno = 0;
        if (std::fflush(file_) != 0 || sync_file() != 0) stop("it cannot be flushed to disk", errno);
        const bool closed = std::fclose(file_) == 0;
        file_ = nullptr;
        if (!closed) stop("it cannot be closed", errno);
        std::error_code error;
        std::filesystem::rename(temporary_, target_, error);
        if (error) stop("the finished file cannot be renamed", error.value());
        temporary_.clear();
        sync_folder();
    }

private:
    static std::filesystem::path behind_links(std::filesystem::path path) {
        std::error_code error;
        for (int hops = 0; hops < 40 && std::filesystem::is_symlink(path, error); ++hops) {
            const auto to = std::filesystem::read_symlink(path, error);
            if (error) break;
            path = path.parent_path() / to;  // an absolute `to` replaces the folder
        }
        return path;
    }

#if __has_include(<unistd.h>)
    int sync_file() { return ::fsync(::fileno(file_)); }
    // The file is complete and has its name by now, and there is no way back: a file system that cannot flush a folder, or a
    // folder that may not be read, is no reason to call it failed.
    void sync_folder() {
        const auto folder = target_.has_parent_path() ? target_.parent_path() : std::filesystem::path{"."};
        if (const int opened = ::open(folder.c_str(), O_RDONLY); opened >= 0) {
            ::fsync(opened);
            ::close(opened);
        }
    }
#else
    int sync_file() { return 0; }
    void sync_folder() {}
#endif

    // Before the throw, because a build without exceptions runs no destructors.
    [[noreturn]] void stop(const std::string& what, int reason) {
        discard();
        fail<FileError>(shown_ + " cannot be saved, what was there is untouched: " + what +
                        (reason == 0 ? "" : ": " + std::error_code{reason, std::generic_category()}.message()));
    }
    void discard() {
        if (file_) std::fclose(file_);
        file_ = nullptr;
        std::error_code ignored;
        if (!temporary_.empty()) std::filesystem::remove(temporary_, ignored);
        temporary_.clear();
    }

    std::string shown_;  // as the user gave it
    std::filesystem::path target_, temporary_;
    std::FILE* file_ = nullptr;
};

}  // namespace kiln
