// theme: losses
// expect-error: Mine has no term(y, t, i): see kiln/losses/loss.hpp for what a loss says
#include "kiln/kiln.hpp"

struct Mine {
    kiln::Reduction reduction = kiln::Reduction::mean;
    static constexpr kiln::Text name() { return "Mine"; }
#ifdef CONTROL
    template <class L> kiln::Term<L> term(const L& y, const L& t, std::size_t) const { return {(y - t) * (y - t), 2 * (y - t)}; }
#endif
};
void train(kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Trainer trainer{model, Mine{}, kiln::SGD{}};
    trainer.fit(data);
}
