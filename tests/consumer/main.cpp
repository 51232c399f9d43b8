// What a user's program touches: the umbrella, an opt-in header, xtensor at the boundary, and a thread.
#include <kiln/io/safetensors.hpp>
#include <kiln/kiln.hpp>
#include <kiln/version.hpp>

#include <cmath>
#include <cstdio>
#include <string>

int check(bool right, const char* what) {
    if (!right) std::printf("wrong: %s\n", what);
    return right ? 0 : 1;
}

int main() {
    using Net = kiln::Sequential<kiln::Linear<4, 8>, kiln::ReLU, kiln::Linear<8, 3>>;
    kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}}, other{kiln::Seed{2}};
    static_assert(decltype(model)::parameter_count == 4 * 8 + 8 + 8 * 3 + 3);

    xt::xtensor<float, 2> x = xt::ones<float>({5, 4});
    const xt::xtensor<float, 2> p = model.probabilities(x);
    kiln::save(model, "app.safetensors");
    kiln::load(other, "app.safetensors");
    const xt::xtensor<float, 2> q = other.probabilities(x);

    using std::to_string;
    const std::string version =
        to_string(kiln::version_major) + '.' + to_string(kiln::version_minor) + '.' + to_string(kiln::version_patch);
    return check(std::abs(p(4, 0) + p(4, 1) + p(4, 2) - 1) < 1e-5f, "probabilities that sum to one") +
           check(p == q, "a saved model that loads as it was") +
           check(version == VERSION, "the version that CMake read from version.hpp");
}
