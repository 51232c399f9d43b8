// safetensors, the format (github.com/huggingface/safetensors): arrays of numbers by name.
//
//     length of the header, 8 bytes, little-endian | header, JSON, padded with spaces | data, row-major, little-endian
//
//     {"__metadata__": {"key": "text"}, "0.weight": {"dtype": "F32", "shape": [120, 256], "data_offsets": [0, 122880]}, ...}
//
// data_offsets are the bytes [begin, end) of the data that a tensor takes; together the tensors fill it, without overlap, in
// any order. Nothing here knows a model: kiln/io/safetensors.hpp does.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>
#include "kiln/core/error.hpp"
#include "kiln/io/atomic_file.hpp"

namespace kiln {

static_assert(std::endian::native == std::endian::little,
              "safetensors holds little-endian numbers, which Kiln reads and writes as they lie in memory: this "
              "machine is big-endian");

// What a tensor's elements are, and how many: "F32" and its extents, none for a single number.
struct TensorType {
    std::string dtype;
    std::vector<std::uint64_t> shape;
    bool operator==(const TensorType&) const = default;
};
// A tensor in a file: its bytes are [begin, end) of the file's data.
struct StoredTensor {
    TensorType type;
    std::uint64_t begin = 0, end = 0;
};
// A tensor in memory, to be written.
struct TensorBytes {
    std::string name;
    TensorType type;
    std::span<const std::byte> bytes;
};

// A header longer than this is refused, as by the format's own library.
inline constexpr std::uint64_t longest_safetensors_header = 100'000'000;

namespace detail {
// Bits of one element of each dtype of the format; 0 where it has no such dtype.
constexpr std::uint64_t bits_of(std::string_view dtype) {
    constexpr std::array<std::pair<std::string_view, unsigned>, 20> known{{
        {"BOOL", 8}, {"U8", 8},   {"I8", 8},   {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"F4", 4},
        {"U16", 16}, {"I16", 16}, {"F16", 16}, {"BF16", 16},   {"U32", 32},    {"I32", 32},    {"F32", 32},
        {"U64", 64}, {"I64", 64}, {"F64", 64}, {"C64", 64},    {"F6_E2M3", 6}, {"F6_E3M2", 6},
    }};
    for (const auto& [name, bits] : known)
        if (name == dtype) return bits;
    return 0;
}

// Text of a file as a message can hold it: no control characters, no bytes that are not ASCII, and not too long.
inline std::string shown(std::string_view text) {
    constexpr std::size_t longest = 120;
    std::string result{text.substr(0, longest)};
    for (char& c : result)
        if (c < ' ' || c > '~') c = '?';
    return text.size() > longest ? result + "..." : result;
}
inline std::string in_quotes(std::string_view text) { return '"' + shown(text) + '"'; }

inline std::string list(std::span<const std::uint64_t> numbers) {
    std::string text = "[";
    for (const std::uint64_t n : numbers) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
    return text + "]";
}
inline std::string describe(const TensorType& type) { return shown(type.dtype) + ' ' + shown(list(type.shape)); }

// Bytes of a tensor; none where its bits are no whole bytes or are more than 64 bits can count.
inline std::optional<std::uint64_t> bytes_of(const TensorType& type) {
    std::uint64_t bits = bits_of(type.dtype);
    for (const std::uint64_t extent : type.shape) {
        if (extent != 0 && bits > std::numeric_limits<std::uint64_t>::max() / extent) return std::nullopt;
        bits *= extent;
    }
    if (bits % 8 != 0) return std::nullopt;
    return bits / 8;
}

// The header's JSON, event by event as nlohmann-json's parser meets it: no tree is built, so that a hostile header costs
// a few times its own length of memory, and the format's three levels are all the nesting there can be.
class SafetensorsHeader {
public:
    using Json = nlohmann::json;

    SafetensorsHeader(std::string where, std::string_view text) : where_(std::move(where)) {
        Json::sax_parse(text.data(), text.data() + text.size(), this);
    }
    std::map<std::string, StoredTensor>& tensors() { return tensors_; }

    bool start_object(std::size_t) {
        if (at_ == At::outside) at_ = At::header;
        else if (at_ == At::header) at_ = name_ == "__metadata__" ? At::metadata : At::tensor;
        else unexpected("an object");
        return true;
    }
    bool key(std::string& text) {
        if (at_ == At::header) {
            name_ = text;
            dtype_.reset(), shape_.reset(), offsets_.reset();
            if (name_ == "__metadata__" ? std::exchange(metadata_, true) : tensors_.contains(name_))
                stop(in_quotes(name_) + " stands there twice, expected each name once");
        } else {
            field_ = text;
            if (at_ != At::tensor) return true;
            if (field_ != "dtype" && field_ != "shape" && field_ != "data_offsets")
                stop("tensor " + in_quotes(name_) + " has a field " + in_quotes(field_) +
                     ", expected dtype, shape and data_offsets alone");
            if (field_ == "dtype" ? dtype_.has_value() : field_ == "shape" ? shape_.has_value() : offsets_.has_value())
                stop("tensor " + in_quotes(name_) + " has its " + field_ + " twice, expected it once");
        }
        return true;
    }
    bool end_object() {
        if (at_ == At::tensor) add_tensor();
        at_ = at_ == At::header ? At::outside : At::header;
        return true;
    }
    bool start_array(std::size_t) {
        if (at_ != At::tensor || field_ == "dtype") unexpected("a list");
        at_ = At::numbers;
        (field_ == "shape" ? shape_ : offsets_).emplace();
        return true;
    }
    bool end_array() {
        at_ = At::tensor;
        return true;
    }
    bool number_unsigned(std::uint64_t number) {
        if (at_ != At::numbers) unexpected(std::to_string(number));
        (field_ == "shape" ? shape_ : offsets_)->push_back(number);
        return true;
    }
    bool string(std::string& text) {
        if (at_ == At::tensor && field_ == "dtype") dtype_ = text;
        else if (at_ != At::metadata) unexpected("the text " + in_quotes(text));
        return true;
    }
    bool number_integer(std::int64_t number) { return unexpected(std::to_string(number)); }
    bool number_float(double, const std::string& text) { return unexpected(shown(text)); }
    bool boolean(bool value) { return unexpected(value ? "true" : "false"); }
    bool null() { return unexpected("null"); }
    bool binary(Json::binary_t&) { return unexpected("binary data"); }  // an event that JSON never gives
    bool parse_error(std::size_t position, const std::string&, const Json::exception& error) {
        // "[json.exception.parse_error.101] parse error at line 1, column 3: what is wrong"
        const std::string_view reason = error.what();
        const std::size_t colon = reason.find(": ");
        stop("no JSON at byte " + std::to_string(sizeof(std::uint64_t) + position - 1) +
             " of the file: " + shown(colon == reason.npos ? reason : reason.substr(colon + 2)));
    }

private:
    enum class At { outside, header, metadata, tensor, numbers };

    [[noreturn]] void stop(const std::string& what) const {
        fail<FormatError>(where_ + ": its header is corrupt: " + what + ": save or fetch the file again");
    }
    [[noreturn]] bool unexpected(const std::string& found) const {
        if (at_ == At::header) stop(in_quotes(name_) + " is " + found + ", expected an object");
        if (at_ == At::metadata)
            stop("__metadata__ holds " + found + " under " + in_quotes(field_) + ", expected texts alone");
        if (field_ == "dtype")
            stop("tensor " + in_quotes(name_) + " has " + found + " as its dtype, expected a text like \"F32\"");
        stop("tensor " + in_quotes(name_) + " has " + found + (at_ == At::numbers ? " in its " : " as its ") + field_ +
             ", expected a list of whole numbers, none below 0 or above 18446744073709551615");
    }
    void add_tensor() {
        for (const auto& [there, field] : {std::pair{dtype_.has_value(), "dtype"},
                                           {shape_.has_value(), "shape"},
                                           {offsets_.has_value(), "data_offsets"}})
            if (!there)
                stop("tensor " + in_quotes(name_) + " has no " + field + ", expected dtype, shape and data_offsets");
        if (offsets_->size() != 2)
            stop("tensor " + in_quotes(name_) + " has " + std::to_string(offsets_->size()) +
                 " data_offsets, expected 2, its begin and its end");
        if (bits_of(*dtype_) == 0)
            stop("tensor " + in_quotes(name_) + " has the dtype " + in_quotes(*dtype_) +
                 ", expected one of the format's, such as F32, F64 or I64");
        tensors_[name_] = {{std::move(*dtype_), std::move(*shape_)}, (*offsets_)[0], (*offsets_)[1]};
    }

    std::string where_;
    At at_ = At::outside;
    std::string name_, field_;  // of the tensor, and in it
    std::optional<std::string> dtype_;
    std::optional<std::vector<std::uint64_t>> shape_, offsets_;
    bool metadata_ = false;  // seen
    std::map<std::string, StoredTensor> tensors_;
};
}  // namespace detail

// A safetensors file, open: its header is read and checked, its data not yet read.
class SafetensorsFile {
public:
    // FileError where the file is missing or cannot be read. FormatError where it is not safetensors throughout: every tensor's
    // bytes are within the file, as many as its dtype and shape say, and no byte belongs to none or to two. Memory is taken
    // only for what the file really holds.
    explicit SafetensorsFile(const std::filesystem::path& path) : path_(path.string()) {
        const std::uint64_t size = open(path);
        const std::string header = read_header(size);
        tensors_ = std::move(detail::SafetensorsHeader{path_, header}.tensors());
        data_size_ = size - sizeof(std::uint64_t) - header.size();
        check_offsets();
    }

    const std::map<std::string, StoredTensor>& tensors() const { return tensors_; }

    // All the data, once. FileError where it cannot be read.
    std::vector<std::byte> read_data() {
        std::vector<std::byte> data(static_cast<std::size_t>(data_size_));
        read(data.data(), data.size());
        return data;
    }

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    // Its size in bytes.
    std::uint64_t open(const std::filesystem::path& path) {
        std::error_code error;
        const auto status = std::filesystem::status(path, error);
        if (status.type() == std::filesystem::file_type::not_found)
            fail<FileError>(path_ + ": there is no such file: check the path");
        if (status.type() == std::filesystem::file_type::directory)
            fail<FileError>(path_ + " is a folder: give the path of a file");
        const std::uint64_t size = std::filesystem::file_size(path, error);
        if (error) fail<FileError>(path_ + " cannot be read: " + error.message());
        file_.reset(std::fopen(path_.c_str(), "rb"));
        if (!file_)
            fail<FileError>(path_ + " cannot be opened: " + std::error_code{errno, std::generic_category()}.message());
        return size;
    }
    void read(void* to, std::size_t n) {
        if (n == 0) return;
        if (const std::size_t came = std::fread(to, 1, n, file_.get()); came != n)
            fail<FileError>(path_ + " cannot be read: " + std::to_string(came) + " of " + std::to_string(n) +
                            " bytes came: is something else writing it?");
    }
    std::string read_header(std::uint64_t size) {
        const auto foreign = [&](const std::string& why) {
            fail<FormatError>(path_ + " is no safetensors file, or truncated: " + why + ": save or fetch it again");
        };
        std::uint64_t length = 0;
        if (size < sizeof length)
            foreign("it has " + std::to_string(size) +
                    " bytes, expected 8 with its header's length, the header and the data");
        read(&length, sizeof length);
        if (const std::uint64_t left = size - sizeof length; length > left) {
            if ((length & 0xffffffff) == 0x04034b50)  // "PK\3\4"
                fail<FormatError>(path_ +
                                  " is a zip file, as torch.save writes, expected safetensors: save it from "
                                  "Python with safetensors.torch.save_file(module.state_dict(), path)");
            foreign("it claims a header of " + std::to_string(length) + " bytes, and " + std::to_string(left) +
                    " follow");
        }
        if (length > longest_safetensors_header)
            foreign("it claims a header of " + std::to_string(length) + " bytes, expected at most " +
                    std::to_string(longest_safetensors_header));
        std::string header(static_cast<std::size_t>(length), '\0');
        read(header.data(), header.size());
        if (!header.starts_with('{'))
            foreign("its header begins with " + (header.empty() ? "nothing" : detail::in_quotes(header.substr(0, 1))) +
                    ", expected \"{\"");
        // The parser would take a zero for the end, and what follows would go unseen.
        if (const std::size_t zero = header.find('\0'); zero != header.npos)
            foreign("its header holds a zero at byte " + std::to_string(sizeof length + zero) +
                    " of the file, expected JSON and spaces");
        return header;
    }

    void check_offsets() const {
        const auto corrupt = [&](const std::string& what) {
            fail<FormatError>(path_ + " is corrupt: " + what + ": save or fetch it again");
        };
        const auto called = [](const auto& entry) { return "tensor " + detail::in_quotes(entry.first); };
        const auto place = [&](const auto& entry) {
            return called(entry) + " at bytes " + detail::list(std::array{entry.second.begin, entry.second.end}) +
                   " of the data";
        };

        std::vector<const std::pair<const std::string, StoredTensor>*> in_order;
        for (const auto& entry : tensors_) {
            const auto& [type, begin, end] = entry.second;
            if (begin > end) corrupt(place(entry) + " ends before it begins");
            if (end > data_size_)
                corrupt(place(entry) + " goes beyond the file, which holds " + std::to_string(data_size_) +
                        " bytes of data (truncated?)");
            const auto expected = detail::bytes_of(type);
            if (!expected)
                corrupt(called(entry) + " is " + detail::describe(type) +
                        ", which is no whole number of bytes that 64 bits can count");
            if (end - begin != *expected)
                corrupt(place(entry) + " has " + std::to_string(end - begin) + ", expected " +
                        std::to_string(*expected) + " for " + detail::describe(type));
            in_order.push_back(&entry);
        }
        std::sort(in_order.begin(), in_order.end(), [](const auto* a, const auto* b) {
            return std::pair{a->second.begin, a->second.end} < std::pair{b->second.begin, b->second.end};
        });

        std::uint64_t filled = 0;
        for (const auto* entry : in_order) {
            if (entry->second.begin < filled)
                corrupt(place(*entry) + " overlaps the tensor before it, which ends at byte " + std::to_string(filled));
            if (entry->second.begin > filled)
                corrupt("no tensor owns bytes " + detail::list(std::array{filled, entry->second.begin}) +
                        " of the data, before " + called(*entry));
            filled = entry->second.end;
        }
        if (filled != data_size_)
            corrupt("its tensors take " + std::to_string(filled) + " bytes of data, and " + std::to_string(data_size_) +
                    " follow the header");
    }

    std::string path_;
    std::unique_ptr<std::FILE, Close> file_;
    std::uint64_t data_size_ = 0;
    std::map<std::string, StoredTensor> tensors_;
};

// Writes the tensors in their order, whole or not at all: errors of AtomicFile. Put wider elements first, and every tensor is
// aligned to its own. The caller answers for names that differ, and for bytes as many as the types say.
inline void write_safetensors(const std::filesystem::path& path, std::span<const TensorBytes> tensors) {
    std::string header = "{";
    std::uint64_t at = 0;
    for (const auto& [name, type, bytes] : tensors) {
        const std::uint64_t end = at + bytes.size();
        if (header.size() > 1) header += ',';
        header += nlohmann::json(name).dump() + R"(:{"dtype":")" + type.dtype + R"(","shape":)" +
                  detail::list(type.shape) + R"(,"data_offsets":)" + detail::list(std::array{at, end}) + '}';
        at = end;
    }
    header += '}';
    header.resize((header.size() + 7) / 8 * 8, ' ');
    const std::uint64_t length = header.size();

    AtomicFile file{path};
    file.write(std::as_bytes(std::span{&length, 1}));
    file.write(std::as_bytes(std::span{header}));
    for (const TensorBytes& tensor : tensors) file.write(tensor.bytes);
    file.commit();
}

}  // namespace kiln
