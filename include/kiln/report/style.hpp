// The style sheet of a report: one column on a phone, two where there is room; light or dark as the reader's system is.
#pragma once
#include <string_view>

namespace kiln::html {

inline constexpr std::string_view style_sheet = R"css(
:root {
  color-scheme: light dark;
  --page: #fcfcfb; --ink: #1b2026; --soft: #58626d; --line: #e2e5e9; --frame: #f0f2f4;
  --training: #7a8592; --validation: #1f55c4; --wrong: #b5410b;
  --right-cell: #74a4fc; --wrong-cell: #e27434; --on-cell: #14181d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --ink: #e6e9ed; --soft: #9aa5b1; --line: #2b3138; --frame: #20252b;
    --training: #8793a1; --validation: #7fabff; --wrong: #ff9f63;
    --right-cell: #2d62d2; --wrong-cell: #bc521c; --on-cell: #ffffff;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: clamp(1.5rem, 5vw, 4rem) clamp(1rem, 4vw, 2.5rem); }
h1, h2, h3, p, figure, dl, dd { margin: 0; }
h1 { font-size: clamp(1.6rem, 4vw, 2.25rem); line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; font-weight: 650; margin-bottom: .2rem; }
h3 { font-size: 1rem; font-weight: 600; }
small, .note, figcaption, th, footer { color: var(--soft); }
small { font-size: .85em; font-weight: 400; }
.note { font-size: .9rem; max-width: 44rem; }
header .note { margin-top: .4rem; }
section { margin-top: 3.5rem; }
section .note { margin-bottom: 1.25rem; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .85rem; }
.wrong { color: var(--wrong); }
b { font-weight: 600; }

.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1.25rem 2rem; }
.facts { margin-top: 2rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
.facts dt { color: var(--soft); font-size: .85rem; }
.facts dd { font-size: 1.6rem; font-weight: 600; line-height: 1.3; letter-spacing: -0.01em; white-space: nowrap; font-variant-numeric: tabular-nums; }

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 2.5rem 3rem; }
.chart svg { display: block; width: 100%; height: auto; margin-top: .5rem; overflow: visible; }
.chart h3 { color: var(--ink); }
.chart text { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; }
.chart text.x { text-anchor: middle; }
.chart text.y { text-anchor: end; }
.chart .grid { stroke: var(--line); }
.chart .best { stroke: var(--soft); stroke-dasharray: 2 4; }
.chart path { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.chart path.training { stroke: var(--training); }
.chart path.validation { stroke: var(--validation); }
.chart circle { stroke: none; }
.chart circle.training { fill: var(--training); }
.chart circle.validation { fill: var(--validation); }
.legend { display: flex; flex-wrap: wrap; gap: 0 1.25rem; font-size: .9rem; font-variant-numeric: tabular-nums; }
.key::before { content: ""; display: inline-block; width: .7em; height: .7em; margin-right: .45em; border-radius: 50%; background: var(--training); }
.key.validation::before { background: var(--validation); }
.key b { color: var(--ink); }

.columns { display: grid; grid-template-columns: minmax(0, 19rem) minmax(0, 1fr); gap: 3.5rem 4rem; align-items: start; }
img { display: block; image-rendering: pixelated; border-radius: 3px; background: var(--frame); }
figcaption { font-size: .85rem; line-height: 1.4; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.sheet, .mistakes { display: grid; gap: 1.25rem 1rem; }
.sheet { grid-template-columns: repeat(3, minmax(0, 1fr)); }
.mistakes { grid-template-columns: repeat(auto-fill, minmax(5.5rem, 1fr)); }
.sheet img, .mistakes img { width: 100%; height: auto; min-height: 1rem; }
.sheet figcaption, .mistakes figcaption { margin-top: .35rem; }
.mistakes.named { grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); }
.sheet b, .mistakes b { color: var(--ink); font-size: 1rem; }
.sheet.named b, .mistakes.named b { font-size: .9rem; }
.sheet span, .mistakes span { color: var(--ink); }
.sheet b.wrong, .mistakes b.wrong { color: var(--wrong); }

.wide { overflow-x: auto; }
table { border-collapse: separate; border-spacing: 2px; font-variant-numeric: tabular-nums; }
.confusion { width: 100%; table-layout: fixed; font-size: .8rem; }
.confusion.named { width: auto; table-layout: auto; }
.confusion td { height: 2.4rem; padding: 0; text-align: center; border-radius: 3px; background: var(--frame); color: var(--soft); }
.confusion td.right { background: color-mix(in srgb, var(--right-cell) var(--a), var(--frame)); color: var(--on-cell); }
.confusion td.mistake { background: color-mix(in srgb, var(--wrong-cell) var(--a), var(--frame)); color: var(--on-cell); }
.confusion.named td { min-width: 2.4rem; }
.confusion th { padding: .15rem .4rem .15rem 0; font-weight: 500; text-align: right; }
.confusion thead th { padding: 0 0 .3rem; text-align: center; vertical-align: bottom; }
.confusion.named thead th span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; text-align: left; }
.matrix { width: 100%; max-width: 32rem; height: auto; }

.kernels { display: flex; flex-wrap: wrap; gap: .75rem; }
.kernels img { width: auto; height: 4rem; max-width: 100%; }
.kernels.alone img { height: 12rem; }
.layers { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: 1rem 1.5rem; align-items: center; }
.layers dt { font-size: .9rem; line-height: 1.35; overflow-wrap: anywhere; }
.layers dd { display: flex; flex-wrap: wrap; gap: .35rem; align-items: center; min-width: 0; }
.layers img { width: auto; height: 2.65rem; max-width: 100%; }
.layers img.strip { width: 100%; max-width: 40rem; height: 1.1rem; }
.ramp { display: inline-block; width: 4.5rem; height: .6rem; margin: 0 .35rem; border-radius: 2px; }
.ramp { background: linear-gradient(90deg, rgb(60 120 226), rgb(60 120 226 / 0) 50%, rgb(234 112 30 / 0) 50%, rgb(234 112 30)), var(--frame); }

summary { cursor: pointer; font-size: 1.2rem; font-weight: 650; }
.numbers { margin-top: 1rem; border-collapse: collapse; font-size: .85rem; }
.numbers th, .numbers td { padding: .35rem 0 .35rem 1.5rem; text-align: right; white-space: nowrap; font-weight: 400; }
.numbers th, .numbers td { border-bottom: 1px solid var(--line); }
.numbers th:first-child { padding-left: 0; }

@media (max-width: 52rem) {
  .columns { grid-template-columns: minmax(0, 1fr); }
  .sheet { max-width: 20rem; }
}
@media (max-width: 34rem) {
  section { margin-top: 2.75rem; }
  .facts dd { font-size: 1.35rem; }
  .facts { grid-template-columns: repeat(2, 1fr); }
  .confusion { font-size: .65rem; }
  .confusion td { height: 1.9rem; }
  table { border-spacing: 1px; }
  .layers { grid-template-columns: minmax(0, 1fr); gap: .4rem; }
  .layers dd { margin-bottom: 1rem; }
}
)css";

}  // namespace kiln::html
