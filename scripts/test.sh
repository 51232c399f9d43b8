#!/usr/bin/env bash
# Builds and runs every test with one compiler; with KILN_TEST_SANITIZE=1 first under AddressSanitizer and
# UndefinedBehaviorSanitizer, for which clang takes a third of g++'s time. The test that opens a report in a browser is skipped where there is
# none; KILN_TEST_BROWSER=1 installs Chromium for it (120 MB). KILN_TEST_HEADERS=1 also compiles every header by itself,
# KILN_TEST_BENCHMARKS=1 the benchmarks. KILN_TEST_EMBEDDED=1 runs programs for a microcontroller in an emulator, and installs it
# with the cross compiler (2.5 GB). KILN_TEST_ERRORS=1 then compiles mistakes and reads what the compiler says.
# Usage: [CXX=clang++-19] [KILN_TEST_SANITIZE=1] [KILN_TEST_BROWSER=1] [KILN_TEST_HEADERS=1] [KILN_TEST_BENCHMARKS=1] [KILN_TEST_EMBEDDED=1]
#        [KILN_TEST_ERRORS=1] scripts/test.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

export CXX=${CXX:-g++}
compiler=$(basename "$CXX")
jobs=$(job_count)
sanitize=${KILN_TEST_SANITIZE:-0}

# run_tests FOLDER TITLE [OPTION...]
run_tests() {
    stage "$2" env CTEST_PARALLEL_LEVEL="$jobs" ctest --test-dir "$1" --output-on-failure --no-label-summary --no-tests=error "${@:3}"
}

"$root/scripts/setup.sh"
if [[ ${KILN_TEST_BROWSER:-0} == 1 ]] && ! command -v chromium >/dev/null; then apt_install chromium; fi
if [[ ${KILN_TEST_EMBEDDED:-0} == 1 ]] && { ! command -v qemu-system-arm || ! echo '#include <vector>' | arm-none-eabi-g++ -E -x c++ -; } &>/dev/null; then
    apt_install gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib qemu-system-arm
fi

if [[ $sanitize == 1 ]]; then
    # clang has its sanitizers' runtime in a package of its own.
    if [[ $compiler == clang++-* ]] && ! echo 'int main() {}' | "$CXX" -fsanitize=address -x c++ -o "$logs/sanitized" - 2>/dev/null; then
        apt_install "libclang-rt-${compiler##*-}-dev"
    fi
    folder=$root/build/sanitize-$compiler
    stage "configuring for the sanitizers" configure "$folder" -DCMAKE_BUILD_TYPE=Release \
        -DKILN_SANITIZE=address,undefined -DKILN_BUILD_EXAMPLES=OFF -DKILN_BUILD_BENCHMARKS=OFF
    stage "building for the sanitizers" cmake --build "$folder" -j "$jobs"
    run_tests "$folder" "testing under the sanitizers"
fi

folder=$root/build/test-$compiler
stage "configuring for $compiler" configure "$folder" -DCMAKE_BUILD_TYPE=Release -DKILN_WARNINGS_AS_ERRORS=ON \
    -DKILN_TEST_HEADERS="${KILN_TEST_HEADERS:-0}" -DKILN_BUILD_BENCHMARKS="${KILN_TEST_BENCHMARKS:-0}" \
    -DKILN_TEST_EMBEDDED="${KILN_TEST_EMBEDDED:-0}" -DKILN_TEST_ERRORS="${KILN_TEST_ERRORS:-0}"
stage "building with $compiler" cmake --build "$folder" -j "$jobs"
run_tests "$folder" "testing with $compiler" --label-exclude compile_fail
sed -n '/tests passed/,/Total Test time/p' "$log"
if [[ ${KILN_TEST_ERRORS:-0} == 1 ]]; then
    run_tests "$folder" "reading $compiler's errors" --label-regex compile_fail
    sed -n '/tests passed/,/Total Test time/p' "$log"
fi
