// Curves over epochs, as a <figure> with inline SVG: axes with units, a legend with the last values, and each value on a point's
// tooltip.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>
#include "kiln/report/html.hpp"
#include "kiln/report/words.hpp"

namespace kiln::html {

struct Curve {
    std::string name, style;     // "validation", and the class of its line in the style sheet
    std::vector<double> values;  // of epochs 1, 2, ...; what is no number leaves a gap
};
struct Chart {
    std::string title, unit;      // "Accuracy", "%"
    std::vector<Curve> curves;
    std::string (*text)(double);  // a value, for the legend
    double scale = 1;             // from values to what the axis shows: 100 for percent
    bool from_zero = false;       // the axis begins at zero
    std::size_t best = 0;         // an epoch to mark; 0: none
};

// The step of an axis: 1, 2 or 5 times a power of ten, the least of which `steps` span the range.
inline double nice_step(double range, double steps) {
    const double power = std::pow(10, std::floor(std::log10(range / steps)));
    for (const double times : {1.0, 2.0, 5.0})
        if (times * power * steps >= range * (1 - 1e-9)) return times * power;
    return 10 * power;
}
// A number on an axis: "0.02", "98.5", "2e-06", "98k".
inline std::string tick(double value) {
    if (std::abs(value) >= 1e6) return words::printed("%.4gM", value / 1e6);
    return std::abs(value) >= 1e4 ? words::printed("%.4gk", value / 1e3) : words::printed("%.4g", value);
}

// Where epochs and values lie in the drawing, whose units are about a pixel on a phone; it grows with the page.
struct Axes {
    static constexpr double width = 420, height = 236, left = 48, right = 408, top = 12, bottom = 196;
    std::size_t epochs = 1;
    double step = 0;           // between ticks
    long first = 0, last = 0;  // ticks: first * step, ..., last * step

    explicit Axes(const Chart& chart) {
        double low = std::numeric_limits<double>::infinity(), high = -low;
        if (chart.from_zero) low = high = 0;
        for (const Curve& curve : chart.curves) {
            epochs = std::max(epochs, curve.values.size());
            for (const double v : curve.values)
                if (std::isfinite(v)) low = std::min(low, v * chart.scale), high = std::max(high, v * chart.scale);
        }
        if (!(low <= high)) return;  // nothing was measured, and step is 0
        if (high - low <= 1e-9 * std::abs(high)) {
            const double about = high == 0 ? 1 : 0.1 * std::abs(high);
            if (!chart.from_zero) low -= about;
            high += about;
        }
        step = nice_step(high - low, 5);
        first = std::lround(std::floor(low / step + 1e-9));
        last = std::lround(std::ceil(high / step - 1e-9));
    }
    double x(std::size_t epoch) const {
        if (epochs == 1) return (left + right) / 2;
        return left + 8 + static_cast<double>(epoch - 1) / static_cast<double>(epochs - 1) * (right - left - 16);
    }
    // The number at a tick, with as many decimals as the step has.
    std::string tick_text(double value) const {
        const double decimals = std::max(0.0, -std::floor(std::log10(step) + 1e-9));
        if (decimals > 5 || std::abs(value) >= 1e4) return tick(value);
        return words::printed(("%." + std::to_string(static_cast<int>(decimals)) + "f").c_str(), value);
    }
    double y(double value) const { return bottom - (value / step - static_cast<double>(first)) / static_cast<double>(last - first) * (bottom - top); }
};

inline std::string place(double v) { return words::printed("%.1f", v); }
inline std::string svg_text(const char* style, double x, double y, const std::string& text) {
    return element(joined("text class=", style, " x=", place(x), " y=", place(y)), escaped(text));
}
inline std::string svg_line(const char* style, double x1, double y1, double x2, double y2) {
    return element(joined("line class=", style, " x1=", place(x1), " y1=", place(y1), " x2=", place(x2), " y2=", place(y2)));
}

inline std::string svg_axes(const Axes& axes) {
    std::string svg;
    for (long k = axes.first; k <= axes.last; ++k) {
        const double value = static_cast<double>(k) * axes.step, y = axes.y(value);
        svg += svg_line("grid", Axes::left, y, Axes::right, y) + svg_text("y", Axes::left - 8, y + 4, axes.tick_text(value));
    }
    const auto every = static_cast<std::size_t>(std::max(1.0, nice_step(static_cast<double>(axes.epochs), 8)));
    for (std::size_t epoch = 1; epoch <= axes.epochs; ++epoch)
        if (epoch % every == 0 || epoch == 1) svg += svg_text("x", axes.x(epoch), Axes::bottom + 18, std::to_string(epoch));
    return svg + svg_text("x", (Axes::left + Axes::right) / 2, Axes::bottom + 36, "epoch");
}

// A curve, with points where there are few epochs.
inline std::string svg_curve(const Chart& chart, const Curve& curve, const Axes& axes) {
    std::string path, points;
    bool pen = false;
    for (std::size_t i = 0; i < curve.values.size(); ++i) {
        const double v = curve.values[i];
        if (std::isfinite(v)) {
            const std::string x = place(axes.x(i + 1)), y = place(axes.y(v * chart.scale)), radius = i + 1 == axes.epochs ? "4" : "2.5";
            path += joined(pen ? 'L' : 'M', x, ' ', y);
            if (axes.epochs <= 60)
                points += element(joined("circle class=", curve.style, " cx=", x, " cy=", y, " r=", radius),
                                  element("title", "epoch ", std::to_string(i + 1), ": ", escaped(chart.text(v))));
        }
        pen = std::isfinite(v);
    }
    return element(joined("path class=", curve.style, " d=\"", path, '"')) + points;
}

// Empty where nothing was measured.
inline std::string figure(const Chart& chart) {
    const Axes axes{chart};
    if (axes.step == 0) return "";
    std::string legend, svg = svg_axes(axes);
    if (chart.best > 0) svg += svg_line("best", axes.x(chart.best), Axes::top, axes.x(chart.best), Axes::bottom);
    for (const Curve& curve : chart.curves) {
        const auto last = std::find_if(curve.values.rbegin(), curve.values.rend(), [](double v) { return std::isfinite(v); });
        if (last == curve.values.rend()) continue;
        svg += svg_curve(chart, curve, axes);
        legend += element(joined("span class=\"key ", curve.style, '"'), escaped(curve.name), ' ', element("b", escaped(chart.text(*last))));
    }
    const std::string unit = chart.unit.empty() ? "" : " " + element("small", escaped(chart.unit));
    const std::string view = joined("svg viewBox=\"0 0 ", place(Axes::width), ' ', place(Axes::height), "\" role=img aria-label=\"", escaped(chart.title),
                                    " by epoch\"");
    const std::string caption = element("h3", escaped(chart.title), unit) + element("p class=legend", legend);
    return element("figure class=chart", element("figcaption", caption), element(view, svg));
}

}  // namespace kiln::html
