// What training has made, to look at: a page for a browser, sheets as PNG, text for a terminal. Opt-in: link kiln::io.
#pragma once
#include "kiln/report/html_report.hpp"
#include "kiln/report/sheet.hpp"
#include "kiln/report/terminal.hpp"
