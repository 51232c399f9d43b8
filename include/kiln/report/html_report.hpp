// HtmlReport: one HTML file that shows a training run, for a browser without a network.
//
//     kiln::HtmlReport report{"report.html", model, mnist.test, {.title = "LeNet-5 on MNIST"}};
//     const auto history = trainer.fit(mnist.train, {.epochs = 5, .validation = &mnist.test, .on_epoch = report});
//     report.write(history);      // once more, with the best epoch, and the parameters that fit has left
//
// fit() has it written after every epoch, and while it runs the open page reloads itself. The page shows
//
//     curves              loss and accuracy (percent) of training and validation, learning rate, samples per second, by epoch
//     predictions         the first nine samples of the data, and how many of all are right
//     confusion matrix    rows are labels, columns predictions
//     mistakes            pictures of the wrong answers, with the probabilities (softmax) of the prediction and of the label
//     first layer         its kernels, or its weights laid out as the input is
//     layer by layer      what every layer makes of one sample
//
// and holds the run's numbers as JSON in <script type="application/json" id="run">. Where the targets are no labels of
// classes, only the curves, the first layer and the layers are shown.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>
#include "kiln/core/option.hpp"
#include "kiln/report/page.hpp"

namespace kiln {

struct ReportOptions {
    std::string title = "Training report";
    std::size_t mistakes = 24;              // how many are shown
    Mistakes order = Mistakes::worst;       // which
    std::vector<std::string> classes = {};  // their names; numbers where there are none
    std::size_t sample = 0;                 // the one whose way through the layers is shown
};

// Copies are the same report. The model must outlive it; the data is shared. Every write predicts all of the data once.
template <class M, class Data> class HtmlReport {
    static_assert(std::is_same_v<typename M::Input, typename Data::Input>, "the report's data has samples of another shape than the model's input");

public:
    // Writes nothing yet, but FileError where the file could not be written; DataError where there are no samples, or a label is
    // no class of the network; OptionError where there is no such sample.
    HtmlReport(std::filesystem::path path, const M& model, const Data& data, ReportOptions options = {})
        : run_(std::make_shared<Run>(Run{std::move(path), model, data, std::move(options), {}, 0})) {
        detail::check_data(data, M::Output::size, "the report's data set");
        check_option(run_->options.sample < data.size(), "HtmlReport", "sample", static_cast<double>(run_->options.sample),
                     "less than the number of samples");
        AtomicFile{run_->path};
    }

    // After an epoch; FileError where the file cannot be written.
    void operator()(const EpochReport& epoch) const {
        run_->epochs.push_back(epoch);
        const bool more = epoch.epoch < epoch.epochs;
        save("epoch " + std::to_string(epoch.epoch) + " of " + std::to_string(epoch.epochs), more ? std::max(2.0, epoch.seconds) : 0);
    }
    // With the model as it is now: after training, or without any.
    void write() const { save(run_->epochs.empty() ? "not trained" : epochs_done()); }
    // With the epochs that fit has returned.
    void write(const History& history) const {
        run_->epochs = history.epochs;
        run_->best_epoch = history.best_epoch;
        const bool early = history.stopped == Stopped::early, called_off = history.stopped == Stopped::by_callback;
        save(epochs_done() + (early ? ", stopped early" : called_off ? ", stopped by a callback" : ""));
    }

private:
    static constexpr bool classifies = std::is_same_v<typename Data::Target, Label> && M::Output::rank == 1;
    struct Run {
        std::filesystem::path path;
        const M& model;
        Data data;
        ReportOptions options;
        std::vector<EpochReport> epochs;
        std::size_t best_epoch;
    };

    std::string epochs_done() const { return std::to_string(run_->epochs.size()) + (run_->epochs.size() == 1 ? " epoch" : " epochs"); }
    void save(std::string status, double refresh = 0) const {
        const auto& [path, model, data, options, epochs, best_epoch] = *run_;
        html::Page page{.title = options.title, .status = std::move(status), .epochs = epochs, .best_epoch = best_epoch, .refresh = refresh,
                        .samples = data.size(), .parameters = M::parameter_count, .kernels = first_kernels(model), .sample = options.sample};
        if constexpr (classifies) page.classes = classes();
        for (const auto& a : activations(model, data.samples().template get<typename M::Scalar>(options.sample)))
            page.activations.push_back({a.path, a.layer, a.extents, {a.values.begin(), a.values.end()}});
        const std::string text = html::document(page);
        AtomicFile file{path};
        file.write(std::as_bytes(std::span{text}));
        file.commit();
    }
    html::Classes classes() const {
        const auto& [path, model, data, options, epochs, best_epoch] = *run_;
        const auto all = answers(model, data);
        const auto shown = [&](const Answer& answer) { return html::Shown{answer, picture_of(data.samples().get(answer.sample))}; };
        html::Classes classes{.names = options.classes, .count = M::Output::size, .right = right_answers(all),
                              .confusion = confusion_of(all, M::Output::size), .order = options.order};
        for (std::size_t i = 0; i < std::min<std::size_t>(9, all.size()); ++i) classes.sheet.push_back(shown(all[i]));
        for (const Answer& answer : mistakes(all, options.mistakes, options.order)) classes.mistakes.push_back(shown(answer));
        return classes;
    }

    std::shared_ptr<Run> run_;
};

}  // namespace kiln
