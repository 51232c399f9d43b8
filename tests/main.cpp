// The main function of every test program. Both macros: doctest derives one from the other only where it comes first, and
// here it is precompiled.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
