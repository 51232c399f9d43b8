// A report's page, read back.
#pragma once
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include "kiln/train/history.hpp"

namespace kiln_test {

inline std::string text_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

// What stands between the first `from` and the next `to`.
inline std::string between(const std::string& text, const std::string& from, const std::string& to) {
    const std::size_t begin = text.find(from);
    REQUIRE_MESSAGE(begin != std::string::npos, from);
    const std::size_t end = text.find(to, begin + from.size());
    REQUIRE_MESSAGE(end != std::string::npos, to);
    return text.substr(begin + from.size(), end - begin - from.size());
}

// The run's numbers in a page.
inline nlohmann::json numbers_in(const std::string& page) {
    return nlohmann::json::parse(between(page, page.find("id=run>") == std::string::npos ? "id=\"run\">" : "id=run>", "</script>"));
}

// The very numbers that fit has returned; null for those that were not measured.
inline void check_epochs(const nlohmann::json& epochs, const kiln::History& history) {
    const auto same = [](const nlohmann::json& found, double expected) {
        return std::isnan(expected) ? found.is_null() : found.is_number() && found.get<double>() == expected;
    };
    REQUIRE(epochs.size() == history.epochs.size());
    for (std::size_t i = 0; i < epochs.size(); ++i) {
        const auto& e = history.epochs[i];
        CHECK(epochs[i]["epoch"] == e.epoch);
        CHECK(same(epochs[i]["training"]["loss"], e.training.loss));
        CHECK(same(epochs[i]["training"]["accuracy"], e.training.accuracy));
        CHECK(same(epochs[i]["validation"]["loss"], e.validation.loss));
        CHECK(same(epochs[i]["validation"]["accuracy"], e.validation.accuracy));
        CHECK(same(epochs[i]["learning_rate"], e.learning_rate));
        CHECK(same(epochs[i]["samples_per_second"], e.samples_per_second));
        CHECK(same(epochs[i]["seconds"], e.seconds));
    }
}

}  // namespace kiln_test
