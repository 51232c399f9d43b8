#!/usr/bin/env bash
# Measures the core's peak and how much of it training reaches.
# Usage: scripts/benchmark.sh [--quick] [--json FILE]
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh"
stage "configuring" configure_release
stage "building" cmake --build "$release" --target bench_train -j "$(job_count)"
exec "$release/benchmarks/bench_train" "$@"
