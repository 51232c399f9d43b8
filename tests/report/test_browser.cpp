// A report in a browser: Debian's Chromium, without a window. Without one (KILN_BROWSER, or chromium on the path) the test is skipped.
// KILN_SCREENSHOTS=FOLDER keeps the screenshots.
#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>
#include "kiln/io/image.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/optim/adam.hpp"
#include "kiln/report/html_report.hpp"
#include "kiln/train/trainer.hpp"
#include "report/digits.hpp"
#include "report/page.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;
namespace fs = std::filesystem;

namespace {
class Browser {
public:
    static std::string program() {
        if (const char* named = std::getenv("KILN_BROWSER")) return named;
        for (const std::string name : {"chromium", "chromium-browser", "google-chrome"})
            if (std::system(("command -v " + name + " >/dev/null 2>&1").c_str()) == 0) return name;
        return "";
    }

    enum Scheme { dark, light };
    struct Window {
        std::string name;
        int width, height;
        Scheme scheme;
    };
    struct Opened {
        std::string dom, console;  // what the page has become, and what it had to say
    };
    Opened open(const fs::path& page, const Window& window = {"", 1280, 800, light}) const {
        run(page, window, "--dump-dom");
        Opened opened{text_of(folder_.path() / "out"), ""};
        const std::string log = text_of(folder_.path() / "log");
        for (std::size_t at = 0; at < log.size();) {
            const std::size_t end = std::min(log.find('\n', at), log.size());
            if (const std::string line = log.substr(at, end - at); contains(line, ":CONSOLE")) opened.console += line + '\n';
            at = end + 1;
        }
        return opened;
    }
    Image screenshot(const fs::path& page, const Window& window) const {
        const fs::path picture = folder_.path() / (window.name + ".png");
        run(page, window, "--hide-scrollbars --screenshot='" + picture.string() + "'");
        if (const char* keep = std::getenv("KILN_SCREENSHOTS")) {
            fs::create_directories(keep);
            fs::copy_file(picture, fs::path{keep} / picture.filename(), fs::copy_options::overwrite_existing);
        }
        return read_image(picture);
    }

private:
    void run(const fs::path& page, const Window& window, const std::string& what) const {
        const std::string at = folder_.path().string();
        const std::string command = "HOME='" + at + "' timeout 90 " + program() +
                                    " --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update"
                                    " --disable-sync --user-data-dir='" + at + "/profile' --virtual-time-budget=2000 --enable-logging=stderr --v=0"
                                    " --blink-settings=preferredColorScheme=" + (window.scheme == dark ? "0" : "1") + " --window-size=" +
                                    std::to_string(window.width) + "," + std::to_string(window.height) + " " + what + " 'file://" + page.string() + "' >'" + at + "/out' 2>'" +
                                    at + "/log'";
        REQUIRE_MESSAGE(std::system(command.c_str()) == 0, text_of(folder_.path() / "log"));
    }
    TemporaryFolder folder_;
};

// The page in a frame of this width: a window cannot be as narrow as a phone.
std::string framed(const std::string& page, int width) {
    return "<!doctype html><html style=\"color-scheme: light dark\"><body style=\"margin: 0\"><iframe style=\"border: 0; width: " + std::to_string(width) +
           "px; height: 5000px\" srcdoc=\"" + html::escaped(page) + "\"></iframe></body></html>";
}

// Looks at the page from inside: its width, its pictures, how well its text can be read and whether any lies over other text.
constexpr const char* look = R"js(<script>
const seen = {width: innerWidth, scroll: document.documentElement.scrollWidth, dark: matchMedia('(prefers-color-scheme: dark)').matches,
              images: document.images.length, broken: [...document.images].filter(i => !i.complete || i.naturalWidth == 0).length,
              texts: 0, least: 99, faint: '', crossing: '', cut: ''};
document.querySelectorAll('details').forEach(d => d.open = true);
const numbers = text => text.match(/[\d.]+/g).map(n => n * (text.startsWith('color(srgb') ? 255 : 1));
const over = ([r, g, b, a = 1], below) => [r, g, b].map((c, i) => a * c + (1 - a) * below[i]);
const luminance = colour => colour.map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
                                  .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
const background = e => e ? over(numbers(getComputedStyle(e).backgroundColor), background(e.parentElement)) : [255, 255, 255];
for (const e of document.body.querySelectorAll('*')) {
  if (e.tagName == 'SCRIPT' || e.tagName == 'title' || ![...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) continue;
  const box = e.getBoundingClientRect();
  if (box.width == 0) continue;
  const behind = background(e.closest('svg') ? e.closest('figure') : e), style = getComputedStyle(e);
  const ink = luminance(over(numbers(e.closest('svg') ? style.fill : style.color), behind)), paper = luminance(behind);
  const contrast = (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05);
  if (contrast < seen.least) seen.least = contrast, seen.faint = e.textContent;
  if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && !e.closest('.wide') && !e.closest('svg')) seen.cut += e.textContent + '; ';
  ++seen.texts;
}
for (const svg of document.querySelectorAll('svg')) {
  const frame = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
  for (const [text, box] of boxes)
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) seen.cut += text + '; ';
  boxes.forEach(([a, p], i) => boxes.slice(i + 1).forEach(([b, q]) => {
    if (p.left < q.right && q.left < p.right && p.top + 2 < q.bottom && q.top + 2 < p.bottom) seen.crossing += a + ' and ' + b + '; ';
  }));
}
for (const td of document.querySelectorAll('table.confusion:not(.named) td')) {
  const range = document.createRange();
  range.selectNodeContents(td);
  if (range.getBoundingClientRect().width > td.clientWidth) seen.cut += td.textContent + '; ';
}
const told = document.createElement('pre');
told.id = 'seen';
told.textContent = JSON.stringify(seen);
parent.document.body.append(told);
</script>)js";

double mean(const Image& image) { return std::accumulate(image.grey.begin(), image.grey.end(), 0.0) / static_cast<double>(image.grey.size()); }
}  // namespace

TEST_CASE("browser: a report opens without a complaint, has the run's numbers, and can be read on a desk and on a phone, light and dark") {
    if (Browser::program().empty()) {
        MESSAGE("skipped: no browser: apt-get install chromium, or set KILN_BROWSER");
        return;
    }
    const TemporaryFolder folder;
    const auto path = folder.path() / "report.html";
    const auto train = digits(500, 1), test = digits(2000, 2);
    Model<kiln_test::Small<>, Shape<1, 12, 12>> model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, Adam{.learning_rate = 3e-3}};
    const HtmlReport report{path, model, test, {.title = "Bars <& \"friends\">"}};
    const auto history = trainer.fit(train, {.epochs = 4, .validation = &test, .progress = Show::nothing, .on_epoch = report});
    report.write(history);

    const Browser browser;
    const auto [dom, console] = browser.open(path);
    CHECK(console == "");
    const auto numbers = numbers_in(dom);
    check_epochs(numbers["epochs"], history);
    const auto counts = confusion_matrix(model, test);
    for (std::size_t i = 0; i < 10; ++i)
        for (std::size_t k = 0; k < 10; ++k) CHECK(numbers["confusion"][i][k] == counts(i, k));
    CHECK(contains(dom, "<h1>Bars &lt;&amp; \"friends\"&gt;</h1>"));
    CHECK(contains(dom, "validation <b>" + words::loss(history.last().validation.loss) + "</b>"));

    // A script or a picture from elsewhere in that page is complained of: it is forbidden, and the test would notice.
    std::string page = text_of(path);
    const std::size_t end = page.find("</main>");
    const auto with = [&](const std::string& more) {
        const std::string changed = page.substr(0, end) + more + page.substr(end);
        return folder.write("changed.html", Bytes(changed.begin(), changed.end()));
    };
    CHECK(contains(browser.open(with("<script>document.title = 'mine'</script>")).console, "Content Security Policy"));
    CHECK(contains(browser.open(with("<img src=\"http://127.0.0.1:9/a.png\">")).console, "Content Security Policy"));

    // Where scripts are let in: a look from inside.
    const std::string policy = "<meta http-equiv=\"Content-Security-Policy\"" + between(page, "<meta http-equiv=\"Content-Security-Policy\"", ">") + ">";
    page.replace(page.find(policy), policy.size(), "");
    page.insert(page.find("</body>"), look);
    const std::array windows{Browser::Window{"wide-light", 1280, 3000, Browser::light}, Browser::Window{"wide-dark", 1280, 3000, Browser::dark},
                             Browser::Window{"phone-light", 390, 4400, Browser::light}, Browser::Window{"phone-dark", 390, 4400, Browser::dark}};
    for (const auto& window : windows) {
        CAPTURE(window.name);
        const std::string frame = framed(page, window.width);
        const auto opened = browser.open(folder.write("frame.html", Bytes(frame.begin(), frame.end())), window);
        CHECK(opened.console == "");
        const auto seen = nlohmann::json::parse(between(opened.dom, "<pre id=\"seen\">", "</pre>"));
        CHECK(seen["width"] == window.width);
        CHECK(seen["scroll"] <= window.width);
        CHECK(seen["dark"] == (window.scheme == Browser::dark));
        CHECK(seen["images"] == 9 + 24 + 4 + 15);
        CHECK(seen["broken"] == 0);
        CHECK(seen["texts"] > 200);
        CHECK_MESSAGE(seen["least"] >= 4.5, seen["faint"]);  // WCAG 2.1, AA
        CHECK(seen["crossing"] == "");
        CHECK(seen["cut"] == "");

        const Image picture = browser.screenshot(path, window);
        CHECK((picture.width == static_cast<std::size_t>(window.width) && picture.height == static_cast<std::size_t>(window.height)));
        if (window.scheme == Browser::dark) CHECK(mean(picture) < 0.3);
        else CHECK(mean(picture) > 0.7);
    }
}
