// The parts of a report's page about the network: the first layer's kernels, and what every layer makes of a sample.
#pragma once
#include <algorithm>
#include <string>
#include "kiln/report/page_classes.hpp"

namespace kiln::html {

// What the colours of signed_picture() mean.
inline std::string ramp(const std::string& more) { return joined("Below zero ", element("span class=ramp"), " above zero, ", more, '.'); }

inline std::string kernels(const Kernels& first) {
    constexpr std::size_t most = 64;
    const std::size_t all = first.kernels.size(), shown = std::min(most, all);
    std::string pictures;
    for (std::size_t i = 0; i < shown; ++i) pictures += img(signed_picture(first.kernels[i], first.largest()), "kernel " + std::to_string(i));

    const std::string up_to = "up to " + words::printed("%.3g", static_cast<double>(first.largest()));
    std::string note = joined(element("b", escaped(first.name)), ", ", kiln::detail::extents_of(first.extents), ". ");
    note += first.kernels[0].count == 3 ? "Colours about grey, which is zero, " + up_to + '.' : ramp(up_to);
    if (shown < all) note += joined(" The first ", std::to_string(shown), " of ", words::grouped(all), '.');
    return element("section", part("First layer", note, element(all == 1 ? "div class=\"kernels alone\"" : "div class=kernels", pictures)));
}

// Pictures that are far wider than high are stretched.
inline std::string map(const Bitmap& picture, const std::string& name) {
    return img(picture, name, picture.width > 4 * picture.height ? " class=strip" : "");
}
inline std::string maps(const Planes& planes) {
    constexpr std::size_t most = 32;
    const float largest = planes.largest();
    std::string text;
    for (std::size_t i = 0; i < std::min(most, planes.count); ++i)
        text += map(signed_picture(planes.plane(i), planes.height, planes.width, largest), "map " + std::to_string(i));
    return planes.count <= most ? text : text + element("small", std::to_string(planes.count - most), " more");
}
inline std::string layers(const Page& page) {
    std::string list;
    for (std::size_t i = 0; i < page.activations.size(); ++i) {
        const auto& [path, layer, extents, values] = page.activations[i];
        const std::string number = path.empty() ? "" : element("small", escaped(path)) + ' ';
        list += element("dt", number, escaped(layer), "<br>", element("small", kiln::detail::extents_of(extents)));
        list += element("dd", i == 0 ? map(picture_of(kiln::detail::sample_planes<float>(extents, values.data())), "the sample")
                                     : maps(kiln::detail::planes_of<float>(extents, values.data())));
    }
    const std::string note = "What every layer makes of sample " + std::to_string(page.sample) + ". " + ramp("each layer to its own largest value");
    return element("section", part("Layer by layer", note, element("dl class=layers", list)));
}

}  // namespace kiln::html
