// theme: files and copies
// expect-error: a Trainer has no numbers of its own: give its model
#include "kiln/io/safetensors.hpp"
#include "kiln/kiln.hpp"

#ifdef CONTROL
#define MODEL trainer.model()
#else
#define MODEL trainer
#endif
void keep(kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model) {
    kiln::Trainer trainer{model, kiln::MSE{}, kiln::SGD{}};
    kiln::save(MODEL, "numbers.safetensors");
}
