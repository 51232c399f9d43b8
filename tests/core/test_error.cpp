#include <doctest/doctest.h>
#include <set>
#include <string>
#include <type_traits>
#include "kiln/core/error.hpp"

using namespace kiln;

TEST_CASE("error: every kind is an Error with its message, and none is another kind") {
    std::set<Status> statuses;
    const auto check = [&]<class Kind>(std::type_identity<Kind>) {
        const std::string message = "found 3, expected 4";
        CHECK_THROWS_WITH_AS(fail<Kind>(message), message.c_str(), Kind);
        CHECK_THROWS_WITH_AS(fail<Kind>(message), message.c_str(), Error);
        CHECK_THROWS_AS(fail<Kind>(message), std::runtime_error);
        int others = 0;
        try {
            fail<Kind>(message);
        } catch (const FileError&) {
            others += !std::is_same_v<Kind, FileError>;
        } catch (const FormatError&) {
            others += !std::is_same_v<Kind, FormatError>;
        } catch (const DataError&) {
            others += !std::is_same_v<Kind, DataError>;
        } catch (const OptionError&) {
            others += !std::is_same_v<Kind, OptionError>;
        } catch (const ParameterError&) {
            others += !std::is_same_v<Kind, ParameterError>;
        } catch (const DivergenceError&) {
            others += !std::is_same_v<Kind, DivergenceError>;
        }
        CHECK(others == 0);
        CHECK(statuses.insert(Kind::status).second);  // and a status of its own
    };
    check(std::type_identity<FileError>{});
    check(std::type_identity<FormatError>{});
    check(std::type_identity<DataError>{});
    check(std::type_identity<OptionError>{});
    check(std::type_identity<ParameterError>{});
    check(std::type_identity<DivergenceError>{});
}
