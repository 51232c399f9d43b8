// What nearly every test includes, precompiled: it takes 2 to 4 s off each of them. A test includes what it uses all the same.
#pragma once
#include <doctest/doctest.h>

#include "kiln/train/trainer.hpp"
