#!/usr/bin/env bash
# Installs what Kiln needs and this machine lacks: a compiler, CMake and the libraries whose headers it includes.
# Usage: [CXX=clang++-19] scripts/setup.sh            silent where nothing is missing
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

export CXX=${CXX:-g++}

# What is missing, one name of a Debian package a line; commands first, for without them headers cannot be looked for.
missing_commands() {
    command -v cmake >/dev/null || echo cmake
    command -v make >/dev/null || command -v ninja >/dev/null || echo make
    command -v curl >/dev/null || command -v wget >/dev/null || echo curl
    command -v "$CXX" >/dev/null && return
    case $(basename "$CXX") in
        clang++-*) echo "clang-${CXX##*-} libomp-${CXX##*-}-dev" ;;
        clang++) echo "clang libomp-dev" ;;
        *) basename "$CXX" ;;
    esac
}

# Asks the preprocessor, so that libraries installed by other means count too.
missing_headers() {
    local folders=() folder prefixes
    command -v "$CXX" >/dev/null || return 0
    IFS=:\; read -ra prefixes <<<"${CMAKE_PREFIX_PATH:-}:/usr/local:/opt/homebrew"
    for folder in "${prefixes[@]}"; do [[ -z $folder ]] || folders+=(-idirafter "$folder/include"); done
    "$CXX" -E -P -x c++ -std=c++20 "${folders[@]}" - <<'PROBE'
#if !__has_include(<zlib.h>)
zlib1g-dev
#endif
#if !__has_include(<xtensor/xtensor.hpp>) && !__has_include(<xtensor/containers/xtensor.hpp>)
libxtensor-dev
#endif
#if !__has_include(<xsimd/xsimd.hpp>)
libxsimd-dev
#endif
#if !__has_include(<doctest/doctest.h>)
doctest-dev
#endif
#if !__has_include(<nlohmann/json.hpp>)
nlohmann-json3-dev
#endif
#if !__has_include(<stb/stb_image.h>)
libstb-dev
#endif
PROBE
    # clang has its OpenMP in a package of its own.
    if [[ $(basename "$CXX") == clang++-* ]] &&
        ! echo '#include <omp.h>' | "$CXX" -fopenmp -E -x c++ - >/dev/null 2>&1; then
        echo "libomp-${CXX##*-}-dev"
    fi
}

elsewhere() {
    local install
    if command -v dnf >/dev/null; then
        install="sudo dnf install gcc-c++ cmake make xtensor-devel xsimd-devel doctest-devel json-devel stb-devel zlib-devel"
    elif command -v pacman >/dev/null; then
        install="sudo pacman -S gcc cmake make xtensor xsimd doctest nlohmann-json stb zlib"
    elif command -v brew >/dev/null; then
        install="brew install gcc cmake xtensor xsimd doctest nlohmann-json zlib libomp (and stb's headers as stb/*.h)"
    else
        install="g++ 12 or newer, CMake, xtensor, xsimd, doctest, nlohmann-json, stb and zlib"
    fi
    die "not found: $*. Install them ($install), then run this again."
}

for find_missing in missing_commands missing_headers; do
    read -ra missing <<<"$($find_missing | tr '\n' ' ')"
    if ((${#missing[@]} == 0)); then continue; fi
    command -v apt-get >/dev/null || elsewhere "${missing[@]}"
    if [[ " ${missing[*]} " == *" curl "* ]]; then missing+=(ca-certificates); fi
    apt_install "${missing[@]}"
done

read -ra missing <<<"$({ missing_commands; missing_headers; } | tr '\n' ' ')"
if ((${#missing[@]} > 0)); then die "still not found after installing: ${missing[*]}"; fi
