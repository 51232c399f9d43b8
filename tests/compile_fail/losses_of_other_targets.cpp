// theme: data sets
// expect-error: the data set has labels as targets, but the loss takes one of 3 classes for each of 5 steps
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Target = kiln::Tokens<5, 3>;
#else
using Target = kiln::Label;
#endif
auto find(const kiln::Model<kiln::Linear<4, 3>, kiln::Shape<5, 4>>& model, const kiln::Dataset<kiln::Shape<5, 4>, Target>& data) {
    return kiln::losses(model, kiln::CrossEntropy{}, data)(0);
}
