// Five includes that includes.cmake must catch, and one that is right.
#include <kiln/model/model.hpp>
#include <xsimd/xsimd.hpp>
#include <xtensor/xtensor.hpp>
#include "kiln/core/shape.hpp"
#include "kiln/layers/linear.hpp"
#include "shape.hpp"
