// What nearly every test includes, precompiled: g++ takes 3.7 s to read it. A test includes what it uses all the same.
#pragma once
#include <doctest/doctest.h>

#include "kiln/train/trainer.hpp"
