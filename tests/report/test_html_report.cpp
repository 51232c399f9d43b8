#include <doctest/doctest.h>
#include <string>
#include <vector>
#include "kiln/layers/tanh.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/losses/mse.hpp"
#include "kiln/optim/adam.hpp"
#include "kiln/report/html_report.hpp"
#include "kiln/train/trainer.hpp"
#include "report/digits.hpp"
#include "report/page.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
using Digit = Shape<1, 12, 12>;
using Net = Model<kiln_test::Small<>, Digit>;

// Noisy enough that a network of three epochs is wrong here and there.
const auto train = digits(400, 1), test = digits(150, 2);
}  // namespace

TEST_CASE("report: fit writes it after every epoch, and its numbers are the run's") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "report.html";
    Net model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, Adam{.learning_rate = 3e-3}};
    const HtmlReport report{path, model, test, {.title = "Bars <& \"friends\">", .mistakes = 5}};
    CHECK(!std::filesystem::exists(path));

    std::size_t written = 0;
    const auto history = trainer.fit(train, {.epochs = 3, .validation = &test, .progress = Show::nothing, .on_epoch = [&, copy = report](const EpochReport& epoch) {
        copy(epoch);
        ++written;
        const std::string page = text_of(path);
        CHECK(numbers_in(page)["epochs"].size() == written);
        CHECK(contains(page, "epoch " + std::to_string(written) + " of 3"));
        CHECK(contains(page, "http-equiv=\"refresh\"") == (written < 3));  // while there is more to come
    }});
    CHECK(written == 3);

    const std::string page = text_of(path);
    const auto numbers = numbers_in(page);
    check_epochs(numbers["epochs"], history);
    CHECK(numbers["title"] == "Bars <& \"friends\">");
    CHECK(numbers["samples"] == 150);
    CHECK(numbers["parameters"] == Net::parameter_count);
    CHECK(numbers["best_epoch"].is_null());

    // What the model itself says of the data, now that it is trained.
    const auto all = answers(model, test);
    const auto counts = confusion_matrix(model, test);
    CHECK(numbers["right"] == right_answers(all));
    CHECK(numbers["accuracy"].get<double>() == accuracy(model, test));
    CHECK(numbers["accuracy"].get<double>() == history.last().validation.accuracy);
    for (std::size_t i = 0; i < 10; ++i)
        for (std::size_t k = 0; k < 10; ++k) CHECK(numbers["confusion"][i][k] == counts(i, k));
    const auto worst = mistakes(all, 5);
    REQUIRE(worst.size() == 5);
    REQUIRE(numbers["mistakes"].size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(numbers["mistakes"][i]["sample"] == worst[i].sample);
        CHECK(numbers["mistakes"][i]["label"] == worst[i].label);
        CHECK(numbers["mistakes"][i]["prediction"] == worst[i].prediction);
        CHECK(numbers["mistakes"][i]["probability"].get<double>() == worst[i].probability);
        CHECK(numbers["mistakes"][i]["label_probability"].get<double>() == worst[i].label_probability);
    }

    // What is seen: the title, the last values, nine samples and five mistakes as pictures of just those samples, four kernels,
    // and what the sample and five layers make: 1 + 4 + 4 + 4 + 1 + 1 maps.
    CHECK(contains(page, "<h1>Bars &lt;&amp; &quot;friends&quot;&gt;</h1>"));
    CHECK(contains(page, "validation <b>" + words::loss(history.last().validation.loss) + "</b>"));
    CHECK(contains(page, "<dd>" + words::percent(history.last().validation.accuracy) + "</dd>"));
    CHECK(count(page, "<figure class=chart>") == 4);
    const std::string sheet = between(page, "<div class=\"sheet\">", "</div>"), wrong = between(page, "<div class=\"mistakes\">", "</div>");
    CHECK(count(sheet, "<figure>") == 9);
    CHECK(count(wrong, "<figure>") == 5);
    CHECK(count(wrong, "class=wrong") == 5);
    for (std::size_t i = 0; i < 9; ++i) CHECK(contains(sheet, html::base64(encode_png(picture_of(test.samples().get(i))))));
    for (const Answer& a : worst) CHECK(contains(wrong, html::base64(encode_png(picture_of(test.samples().get(a.sample))))));
    CHECK(count(between(page, "<table class=\"confusion\">", "</table>"), "<td") == 100);
    CHECK(count(between(page, "<div class=kernels>", "</div>"), "<img") == 4);
    CHECK(count(between(page, "<dl class=layers>", "</dl>"), "<img") == 15);
    CHECK(count(between(page, "<table class=numbers>", "</table>"), "<tr>") == 4);

    // Nothing of it is fetched or run.
    CHECK(!contains(page, "http:"));
    CHECK(!contains(page, "https:"));
    CHECK(!contains(page, "url("));
    CHECK(count(page, "<script") == 1);
    CHECK(contains(page, "default-src 'none'"));
    CHECK(page.size() < 100'000);
}

TEST_CASE("report: with what fit has returned, and the model as it is now") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "report.html";
    Net model{Seed{1}};
    const HtmlReport report{path, model, test, {.order = Mistakes::first, .classes = {"zero", "one", "<two>"}, .sample = 7}};

    report.write();
    const std::string fresh = text_of(path);
    CHECK(contains(fresh, "not trained"));
    CHECK(numbers_in(fresh)["epochs"].empty());
    CHECK(numbers_in(fresh)["accuracy"].get<double>() == accuracy(model, test));
    CHECK(!contains(fresh, "<svg"));
    CHECK(contains(fresh, "sample 7"));
    CHECK(contains(fresh, "<th scope=row>&lt;two&gt;</th>"));
    CHECK(contains(fresh, "<th scope=row>3</th>"));
    CHECK(numbers_in(fresh)["classes"] == nlohmann::json{"zero", "one", "<two>", "3", "4", "5", "6", "7", "8", "9"});
    CHECK(contains(fresh, "in the order of the data"));

    Trainer trainer{model, CrossEntropy{}, Adam{.learning_rate = 3e-3}};
    const auto stop = [](const EpochReport& epoch) { return epoch.epoch == 2 ? Continue::no : Continue::yes; };
    const auto history = trainer.fit(train, {.epochs = 5, .validation = &test, .progress = Show::nothing, .on_epoch = stop});
    report.write(history);
    const std::string page = text_of(path);
    check_epochs(numbers_in(page)["epochs"], history);
    CHECK(numbers_in(page)["best_epoch"] == history.best_epoch);
    CHECK(numbers_in(page)["accuracy"].get<double>() == accuracy(model, test));
    CHECK(numbers_in(page)["status"] == "2 epochs, stopped by a callback");
    CHECK(contains(page, "class=best"));
    CHECK(!contains(page, "http-equiv=\"refresh\""));
}

TEST_CASE("report: colour, double, no mistakes") {
    const TemporaryFolder folder;
    const Model<kiln_test::Small<3>, Shape<3, 12, 12>, double> model{Seed{1}};
    const auto data = digits<3>(20, 3);
    // Labels that are what the network says.
    const auto says = model.classify(data);
    const Dataset<Shape<3, 12, 12>, Label> right{data.samples(), std::vector(says.begin(), says.end())};
    HtmlReport{folder.path() / "a.html", model, right}.write();
    const std::string page = text_of(folder.path() / "a.html");
    CHECK(contains(page, html::base64(encode_png(picture_of(data.samples().get(0))))));
    CHECK(picture_of(data.samples().get(0)).channels == 3);
    CHECK(numbers_in(page)["accuracy"] == 1.0);
    CHECK(!contains(page, "<h2>Mistakes</h2>"));
    CHECK(contains(page, "Colours about grey"));
}

TEST_CASE("report: targets that are no classes have curves and layers") {
    const TemporaryFolder folder;
    std::vector<float> x, y;
    for (int i = 0; i < 60; ++i) {
        x.insert(x.end(), {static_cast<float>(i % 7) / 7, static_cast<float>(i % 5) / 5});
        y.push_back(x[x.size() - 2] - x.back());
    }
    const Dataset<Shape<2>, Number> data{x, y};
    Model<Sequential<Linear<2, 8>, Tanh, Linear<8, 1>>, Shape<2>> model{Seed{1}};
    Trainer trainer{model, MSE{}, Adam{}};
    const HtmlReport report{folder.path() / "a.html", model, data};
    const auto history = trainer.fit(data, {.epochs = 2, .progress = Show::nothing, .on_epoch = report});
    const std::string page = text_of(folder.path() / "a.html");
    check_epochs(numbers_in(page)["epochs"], history);
    CHECK(!numbers_in(page).contains("confusion"));
    CHECK(count(page, "<figure class=chart>") == 3);  // no accuracy
    CHECK(count(page, "validation <b>") == 0);
    CHECK(contains(page, "<div class=\"kernels alone\">"));
    CHECK(count(between(page, "<dl class=layers>", "</dl>"), "<img") == 4);
    CHECK(!contains(page, "<h2>Predictions</h2>"));
}

TEST_CASE("report: a confusion matrix of many classes is a picture") {
    html::Classes classes{.count = 30, .confusion = Tensor<std::size_t, 2>(std::array<std::size_t, 2>{30, 30}, 0)};
    classes.confusion(3, 3) = 4;
    classes.confusion(3, 5) = 4;
    classes.confusion(29, 0) = 9;
    const std::string text = html::confusion(classes);
    CHECK(!contains(text, "<table"));
    CHECK(contains(text, " width=30 height=30 "));
    CHECK(contains(text, "Most often <b>29</b> is taken for <b>0</b> (9) and <b>3</b> is taken for <b>5</b> (4)."));
    const auto strong = html::strengths(classes, 9);
    CHECK(strong[3 * 30 + 3] == 0.5);
    CHECK(strong[29 * 30] == doctest::Approx(1));
    CHECK(strong[3 * 30 + 5] == doctest::Approx(0.08 + 0.92 * 4 / 9));
    CHECK(strong[0] == 0);
}

TEST_CASE("report: what cannot be is said before training") {
    const TemporaryFolder folder;
    const Net model{Seed{1}};
    const auto path = folder.path() / "a.html";
    CHECK(message_of<DataError>([&] { HtmlReport(path, model, Dataset<Digit, Label>{}); }) == "the report's data set is empty: it needs at least one sample");
    const Dataset<Digit, Label> foreign{std::vector<float>(288), std::vector{0, 10}};
    CHECK(contains(message_of<DataError>([&] { HtmlReport(path, model, foreign); }), "has the label 10, but the network has 10 classes"));
    CHECK(contains(message_of<OptionError>([&] { HtmlReport(path, model, test, {.sample = 150}); }), "sample is 150"));
    CHECK(contains(message_of<FileError>([&] { HtmlReport(folder.path() / "nowhere" / "a.html", model, test); }), "cannot be saved"));
    CHECK(contains(message_of<FileError>([&] { HtmlReport(folder.path(), model, test); }), "is a folder"));
    CHECK(std::filesystem::is_empty(folder.path()));

    const HtmlReport report{path, model, test};
    std::filesystem::create_directory(path);
    CHECK_THROWS_AS(report.write(), FileError);
}
