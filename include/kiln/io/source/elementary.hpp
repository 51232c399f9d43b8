// Elementary functions of exported headers. They are constant expressions in C++17 and loops of them vectorise, which the standard library's
// are and do not; a result is within 3 units of float's last place.
#pragma once
#include "kiln/io/program.hpp"

namespace kiln::source {

// exp(x) - 1 and 2^n apart, for exp, tanh and sigmoid.
inline constexpr Function exponential{"exponential", R"(
// exp(x) = 2^n (1 + p), with x = n log(2) + r and p = exp(r) - 1 by its series. Beyond [-87, 88] it stays what it is there.
struct Exponential {
    float power, p;
    constexpr float value() const { return power * p + power; }
    constexpr float minus_one() const { return power * p + (power - 1); }
};
constexpr Exponential exponential(float x) {
    const float limited = x < -87 ? -87 : x > 88 ? 88 : x;  // a NaN stays one
    const float quotient = (limited == limited ? limited : 0) * 1.44269504f;
    const int n = static_cast<int>(quotient < 0 ? quotient - 0.5f : quotient + 0.5f);
    const float r = limited - static_cast<float>(n) * 0.693359375f + static_cast<float>(n) * 2.12194440e-4f;
    const float p = r + r * r * (1 / 2.f + r * (1 / 6.f + r * (1 / 24.f + r * (1 / 120.f + r * (1 / 720.f + r * (1 / 5040.f))))));
    return {__builtin_bit_cast(float, (n + 127) << 23), p};
}
)"};
inline constexpr Function exp{"exp", R"(constexpr float exp(float x) { return exponential(x).value(); }
)", {&exponential}};
inline constexpr Function tanh{"tanh", R"(constexpr float tanh(float x) {
    const float t = exponential(x < -10 ? -20 : x > 10 ? 20 : 2 * x).minus_one();
    return t / (t + 2);
}
)", {&exponential}};
inline constexpr Function sigmoid{"sigmoid", R"(constexpr float sigmoid(float x) { return 1 / (1 + exp(-x)); }
)", {&exp}};

inline constexpr Function erf{"erf", R"(// By polynomials: of erf(x) / x - 1 in x^2 up to 1, and of log(1 - erf(x)) beyond.
constexpr float erf(float x) {
    const float s = x * x, t = x < 0 ? -x : x, u = t > 3.95f ? 3.95f : t;
    const float near = x + x * (0.128379166f + s * (-0.376126267f + s * (0.112835947f + s * (-0.0268542120f + s * (5.18908742e-3f +
                       s * (-8.01686428e-4f + s * 7.87587505e-5f))))));
    const float far = 1 - exp(-6.97820442e-4f + u * (-1.12614077f + u * (-0.638771585f + u * (-0.103576718f + u * (0.0227414298f +
                      u * (-3.46895165e-3f + u * (3.22207527e-4f + u * -1.35879322e-5f)))))));
    return t > 1 ? (x < 0 ? -far : far) : near;
}
)", {&exp}};

inline constexpr Function log{"log", R"(// Of a positive number: its exponent, and the series of 2 artanh((m - 1) / (m + 1)) for the rest m.
constexpr float log(float x) {
    const int bits = __builtin_bit_cast(int, x), n = ((bits - 0x3f3504f3) >> 23);
    const float m = __builtin_bit_cast(float, bits - n * (1 << 23)), s = (m - 1) / (m + 1), z = s * s;
    const float series = 2 * s + 2 * s * z * (1 / 3.f + z * (1 / 5.f + z * (1 / 7.f + z * (1 / 9.f))));
    return static_cast<float>(n) * 0.693359375f + (series - static_cast<float>(n) * 2.12194440e-4f);
}
)"};

inline constexpr Function square_root{"square_root", R"(// Of a positive number, by Newton's method from a first guess with half of the exponent.
constexpr float square_root(float x) {
    float y = __builtin_bit_cast(float, (__builtin_bit_cast(int, x) >> 1) + 0x1fbd1df5);
    for (int i = 0; i < 3; ++i) y = 0.5f * (y + x / y);
    return y;
}
)"};

}  // namespace kiln::source
