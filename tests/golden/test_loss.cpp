#include "kiln/data/dataset.hpp"
#include "kiln/layers/identity.hpp"
#include "kiln/layers/log_softmax.hpp"
#include "kiln/losses/bce_with_logits.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/losses/huber.hpp"
#include "kiln/losses/l1.hpp"
#include "kiln/losses/mse.hpp"
#include "kiln/losses/nll.hpp"
#include "kiln/losses/smooth_l1.hpp"
#include "kiln/model/metrics.hpp"
#include "support/golden.hpp"
#include "support/minibatch_loss.hpp"

using namespace kiln;

namespace {
// A loss with both reductions, over lanes of width 1, native and twice native; and the losses of the samples one by one, of a
// model whose outputs are its inputs.
template <class Out, class T> void check_golden_loss(const std::string& name, auto loss) {
    using Target = target_of<decltype(loss), Out>;
    CAPTURE(name);
    const Golden golden{"loss"};
    const std::vector<T> y = golden.as<T>(name + "/y"), target = golden.as<T>(name + "/target");
    check_loss(loss, last_axis<Out>);
    for (const auto& [reduction, word] : {std::pair{Reduction::mean, "mean"}, std::pair{Reduction::sum, "sum"}}) {
        loss.reduction = reduction;
        const auto check = [&]<std::size_t Width> {
            CAPTURE(Width);
            const auto found = minibatch_loss<Out, target_shape<Target>, Width>(loss, y, target);
            check_numbers<T>(word, std::array{found.value}, golden.numbers(name + '/' + word));
            check_numbers<T>(word, found.dy, golden.numbers(name + '/' + word + "_dy"));
        };
        check.template operator()<1>();
        check.template operator()<native_width<T>>();
        check.template operator()<2 * native_width<T>>();
    }
    loss.reduction = Reduction::mean;
    const Model<Identity, Out, T> model{Seed{1}};
    check_numbers<T>("none", losses(model, loss, Dataset<Out, Target>{y, target}), golden.numbers(name + "/none"));
}
template <class T> void check_of_elements(const std::string& name, const auto& loss) { check_golden_loss<Shape<2, 4>, T>(name, loss); }
template <class T> void check_of_classes(const std::string& name, const auto& loss) {
    check_golden_loss<Shape<5>, T>(name, loss);
    check_golden_loss<Shape<2, 5>, T>(name + " of steps", loss);
}
const std::vector<double> weights{0.5, 2, 1, 1.5, 3};
}  // namespace

TEST_CASE_TEMPLATE("losses of elements: PyTorch's values", T, float, double) {
    check_of_elements<T>("mse", MSE{});
    check_of_elements<T>("l1", L1{});
    check_of_elements<T>("huber", Huber{});
    check_of_elements<T>("huber with delta", Huber{.delta = 0.3});
    check_of_elements<T>("smooth_l1", SmoothL1{});
    check_of_elements<T>("smooth_l1 with beta", SmoothL1{.beta = 0.4});
    check_of_elements<T>("bce", BCEWithLogits{});
    check_of_elements<T>("bce with pos_weight", BCEWithLogits{.pos_weight = {0.5, 2, 1, 3}});
    check_of_elements<T>("bce with one pos_weight", BCEWithLogits{.pos_weight = {0.25}});
}

TEST_CASE_TEMPLATE("losses of classes: PyTorch's values, of a label and of one for each step", T, float, double) {
    check_of_classes<T>("cross_entropy", CrossEntropy{});
    check_of_classes<T>("cross_entropy with weights", CrossEntropy{.class_weights = weights});
    check_of_classes<T>("cross_entropy with smoothing", CrossEntropy{.label_smoothing = 0.1});
    check_of_classes<T>("cross_entropy with both", CrossEntropy{.label_smoothing = 0.2, .class_weights = weights});
    check_of_classes<T>("nll", NLL{});
    check_of_classes<T>("nll with weights", NLL{.class_weights = weights});
    check_golden_loss<Shape<5>, T>("cross_entropy of huge logits", CrossEntropy{});
}

TEST_CASE_TEMPLATE("LogSoftmax: PyTorch's values", T, float, double) {
    check_golden<LogSoftmax, Shape<3, 5>, T>("loss", "log_softmax");
    check_golden<LogSoftmax, Shape<2>, T>("loss", "log_softmax of two");
}
