#include <doctest/doctest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <utility>
#include <vector>
#include "kiln/io/atomic_file.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;
namespace fs = std::filesystem;

namespace {
struct Flushed {
    fs::path path;         // as the file was called then
    std::uintmax_t size;   // of it
    bool target_is_there;  // under its own name
};
std::vector<Flushed> flushed;
fs::path target;
int flush_error = 0;  // what the next fsync fails with
}  // namespace

// In place of the system's, in this whole program: tests see what is flushed and when, and can make it fail.
extern "C" int fsync(int file) {
    const fs::path path = fs::read_symlink("/proc/self/fd/" + std::to_string(file));
    flushed.push_back({path, fs::is_regular_file(path) ? fs::file_size(path) : 0, fs::exists(target)});
    errno = std::exchange(flush_error, 0);
    return errno == 0 ? 0 : -1;
}

namespace {
std::string text_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}
std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}));
}
void write(const fs::path& path, std::string_view text) {
    AtomicFile file{path};
    file.write(std::as_bytes(std::span{text}));
    file.commit();
}
std::string failure(const fs::path& path, std::string_view text = "new") {
    return message_of<FileError>([&] { write(path, text); });
}

// No file may grow beyond this while it lives: to a writer, a disk that fills up in the middle of a file.
class SmallDisk {
public:
    explicit SmallDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit now{bytes, before_.rlim_max};
        REQUIRE(setrlimit(RLIMIT_FSIZE, &now) == 0);
    }
    ~SmallDisk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};
}  // namespace

TEST_CASE("a file is made or replaced, and nothing else stays") {
    const TemporaryFolder folder;
    write(folder.path() / "a", "first");
    CHECK(text_of(folder.path() / "a") == "first");
    write(folder.path() / "a", "");
    CHECK(text_of(folder.path() / "a").empty());
    const std::string long_text(3'000'000, 'x');
    write(folder.path() / "a", long_text);
    CHECK(text_of(folder.path() / "a") == long_text);
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a name as long as the file system takes can be written") {
    const TemporaryFolder folder;
    const std::string longest(255, 'n');
    write(folder.path() / longest, "text");
    CHECK(text_of(folder.path() / longest) == "text");
    CHECK(contains(failure(folder.path() / (longest + 'n')), "File name too long"));
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a path without a folder is one in the working directory") {
    const TemporaryFolder folder;
    const fs::path before = fs::current_path();
    fs::current_path(folder.path());
    write("a", "text");
    fs::current_path(before);
    CHECK(text_of(folder.path() / "a") == "text");
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("until it is committed the old file is there, whole") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("a", {'o', 'l', 'd'});
    {
        AtomicFile file{path};
        file.write(std::as_bytes(std::span{"new text", 8}));
        CHECK(text_of(path) == "old");
        CHECK(entries(folder.path()) == 2);
    }
    CHECK(text_of(path) == "old");
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("writers of one file do not disturb each other: the last to finish wins") {
    const TemporaryFolder folder;
    AtomicFile a{folder.path() / "x"}, b{folder.path() / "x"};
    a.write(std::as_bytes(std::span{"aaaa", 4}));
    b.write(std::as_bytes(std::span{"bb", 2}));
    b.commit();
    CHECK(text_of(folder.path() / "x") == "bb");
    a.commit();
    CHECK(text_of(folder.path() / "x") == "aaaa");
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a temporary file that another writer has, or left behind, is not touched") {
    const TemporaryFolder folder;
    for (int i = 0; i < 1000; ++i) folder.write(".kiln-" + std::to_string(i) + ".tmp", {'x'});
    write(folder.path() / "a", "text");
    CHECK(text_of(folder.path() / "a") == "text");
    CHECK(entries(folder.path()) == 1001);
    for (int i = 0; i < 1000; ++i) CHECK(text_of(folder.path() / (".kiln-" + std::to_string(i) + ".tmp")) == "x");
}

TEST_CASE("permissions of the file that is replaced are kept; a new file has the usual ones") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("a", {});
    const auto usual = fs::status(path).permissions();
    write(folder.path() / "b", "");
    CHECK(fs::status(folder.path() / "b").permissions() == usual);
    const auto own = fs::perms::owner_read | fs::perms::owner_write;
    fs::permissions(path, own);
    write(path, "new");
    CHECK(fs::status(path).permissions() == own);
}

TEST_CASE("a link stays, and what it leads to is replaced") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("run7", {'o', 'l', 'd'});
    fs::create_directory(folder.path() / "links");
    fs::create_symlink("../run7", folder.path() / "links" / "relative");
    fs::create_symlink(path, folder.path() / "links" / "absolute");
    fs::create_symlink("../run8", folder.path() / "links" / "dangling");
    write(folder.path() / "links" / "relative", "one");
    CHECK(text_of(path) == "one");
    write(folder.path() / "links" / "absolute", "two");
    CHECK(text_of(path) == "two");
    write(folder.path() / "links" / "dangling", "three");
    CHECK(text_of(folder.path() / "run8") == "three");
    CHECK(fs::is_symlink(folder.path() / "links" / "relative"));
    CHECK(entries(folder.path() / "links") == 3);
    CHECK(entries(folder.path()) == 3);
}

TEST_CASE("a full disk leaves the old file and no other") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("a", {'o', 'l', 'd'});
    std::string small, large;
    {
        const SmallDisk disk{5000};
        small = failure(path, std::string(5001, 'x'));       // found when the buffer is flushed, or
        large = failure(path, std::string(1'000'000, 'x'));  // at once
    }
    for (const std::string& message : {small, large}) {
        CHECK(message.starts_with(path.string() + " cannot be saved, what was there is untouched: "));
        CHECK(message.ends_with("File too large"));
    }
    CHECK(text_of(path) == "old");
    CHECK(entries(folder.path()) == 1);
    const SmallDisk disk{5000};
    CHECK(failure(path, std::string(5000, 'x')) == "");
    CHECK(fs::file_size(path) == 5000);
}

TEST_CASE("the whole file is flushed to disk before it takes its name, and the folder after") {
    const TemporaryFolder folder;
    target = folder.path() / "a";
    flushed.clear();
    write(target, "text");
    REQUIRE(flushed.size() == 2);
    CHECK(flushed[0].path.parent_path() == folder.path());
    CHECK(flushed[0].size == 4);
    CHECK(!flushed[0].target_is_there);
    CHECK(flushed[1].path == folder.path());
    CHECK(flushed[1].target_is_there);
}

TEST_CASE("a file that cannot be flushed leaves the old file and no other") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("a", {'o', 'l', 'd'});
    flush_error = EIO;
    CHECK(failure(path).ends_with("it cannot be flushed to disk: Input/output error"));
    CHECK(text_of(path) == "old");
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("what is no plain file is refused and stays what it is") {
    const TemporaryFolder folder;
    fs::create_symlink("/dev/full", folder.path() / "full");
    CHECK(failure(folder.path() / "full") ==
          (folder.path() / "full").string() + " is no plain file but a device, pipe or socket: give another path");
    CHECK(fs::is_character_file("/dev/full"));
    CHECK(fs::is_symlink(folder.path() / "full"));
    CHECK(failure(folder.path()) == folder.path().string() + " is a folder: give the path of a file");
    CHECK(contains(failure(""), "names no file"));
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a folder that is not there, or is a file, or leads nowhere, is named with the reason") {
    const TemporaryFolder folder;
    const fs::path file = folder.write("file", {'o', 'l', 'd'});
    CHECK(failure(folder.path() / "nowhere" / "a") ==
          (folder.path() / "nowhere" / "a").string() +
              " cannot be saved, what was there is untouched: no temporary file can be made in " +
              (folder.path() / "nowhere").string() + ": No such file or directory");
    CHECK(!fs::exists(folder.path() / "nowhere"));
    CHECK(failure(file / "a").ends_with("no temporary file can be made in " + file.string() + ": Not a directory"));
    CHECK(text_of(file) == "old");
    fs::create_symlink("loop", folder.path() / "loop");
    CHECK(failure(folder.path() / "loop").ends_with("its path cannot be followed: Too many levels of symbolic links"));
    CHECK(fs::is_symlink(folder.path() / "loop"));
    CHECK(entries(folder.path()) == 2);
}

TEST_CASE("a folder that may not be written is named with the reason") {
    const TemporaryFolder folder;
    const fs::path path = folder.write("a", {'o', 'l', 'd'});
    fs::permissions(folder.path(), fs::perms{0555});
    const uid_t user = geteuid(), nobody = 65534;
    const bool root = user == 0;  // who may write everywhere
    if (root) REQUIRE(seteuid(nobody) == 0);
    const std::string message = failure(path);
    if (root) REQUIRE(seteuid(user) == 0);
    fs::permissions(folder.path(), fs::perms::owner_all);
    CHECK(message.ends_with("no temporary file can be made in " + folder.path().string() + ": Permission denied"));
    CHECK(text_of(path) == "old");
    CHECK(entries(folder.path()) == 1);
}
