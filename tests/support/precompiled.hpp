// What nearly every test includes and few changes touch: precompiled, it takes 2 s off each of them. A test includes what
// it uses all the same.
#pragma once
#include <doctest/doctest.h>

#include "kiln/core/lanes.hpp"
#include "kiln/tensor/tensor.hpp"
