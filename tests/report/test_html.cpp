#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>
#include "kiln/report/html.hpp"

using namespace kiln;

TEST_CASE("html: text is escaped") {
    CHECK(html::escaped("a < b && c > \"d\" 'e'") == "a &lt; b &amp;&amp; c &gt; &quot;d&quot; &#39;e&#39;");
    CHECK(html::escaped("Grüße 数") == "Grüße 数");
}

TEST_CASE("html: base64, RFC 4648's own examples") {
    const auto encoded = [](const std::string& text) { return html::base64(std::vector<std::uint8_t>(text.begin(), text.end())); };
    CHECK(encoded("") == "");
    CHECK(encoded("f") == "Zg==");
    CHECK(encoded("fo") == "Zm8=");
    CHECK(encoded("foo") == "Zm9v");
    CHECK(encoded("foob") == "Zm9vYg==");
    CHECK(encoded("fooba") == "Zm9vYmE=");
    CHECK(encoded("foobar") == "Zm9vYmFy");
    CHECK(html::base64(std::vector<std::uint8_t>{0xFB, 0xFF, 0xBF}) == "+/+/");
}

TEST_CASE("html: an image is its PNG") {
    const Bitmap bitmap{1, 2, 1, {3, 4}};
    const std::string img = html::img(bitmap, "a \"b\"", " class=c");
    CHECK(img == "<img width=2 height=1 class=c alt=\"a &quot;b&quot;\" src=\"data:image/png;base64," + html::base64(encode_png(bitmap)) + "\">");
    CHECK(img.find("base64,iVBORw0KGgo") != std::string::npos);
}

TEST_CASE("html: numbers and text as JSON read back as they were") {
    for (const double v : {0.0, -0.0, 1.0 / 3, 1e-300, 123456789.125, 6.02e23, std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max(), -2.5})
        CHECK(nlohmann::json::parse(html::json(v)).get<double>() == v);
    CHECK(html::json(std::nan("")) == "null");
    CHECK(html::json(std::numeric_limits<double>::infinity()) == "null");
    CHECK(html::json(std::size_t{42}) == "42");
    const std::string hard = "a \"b\" \\ \n\t\x01 </script><!-- & é";
    CHECK(nlohmann::json::parse(html::json(hard)).get<std::string>() == hard);
    CHECK(html::json(hard).find_first_of("<>&\n") == std::string::npos);
    CHECK(html::json(std::vector{1.5, 2.5}, [](double v) { return html::json(v); }) == "[1.5,2.5]");
    CHECK(html::json(std::vector<double>{}, [](double v) { return html::json(v); }) == "[]");
}

TEST_CASE("html: an element ends with its own name") {
    CHECK(html::element("b", "a", 'c', std::string{"d"}) == "<b>acd</b>");
    CHECK(html::element("td class=right style=--a:5%", "7") == "<td class=right style=--a:5%>7</td>");
    CHECK(html::element("span class=ramp") == "<span class=ramp></span>");
}
