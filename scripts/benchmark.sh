#!/usr/bin/env bash
# Measures Kiln, and with --peers other libraries beside it, and writes BENCHMARKS.md: some 20 minutes after the build, with --quick
# some 3, with peers twice as long. benchmarks/README.md says what is measured.
# Usage: scripts/benchmark.sh [--quick] [--json FILE] [--peers] [--continue]
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage="usage: scripts/benchmark.sh [--quick] [--json FILE] [--peers] [--continue]
  --quick     fewer and shorter turns
  --json      where the rows go as well (build/release/benchmarks/rows.json)
  --peers     libtorch, PyTorch, ONNX Runtime and dlib too; installs them where apt-get and npm are, and skips what is missing
  --continue  what the file of rows has already is not measured again"
peers=0 json=$release/benchmarks/rows.json arguments=()
while (($# > 0)); do
    case $1 in
        -h | --help) echo "$usage"; exit ;;
        --json) json=${2:?$usage}; shift ;;
        --peers) peers=1; arguments+=(--peers) ;;
        --quick | --continue) arguments+=("$1") ;;
        *) die "unknown option $1; $usage" ;;
    esac
    shift
done

# The Debian packages of the peers that are not here, one a line.
missing_peers() {
    [[ -e /usr/include/torch/csrc/api/include/torch/torch.h ]] || echo libtorch-dev
    [[ -e /usr/include/dlib/dnn.h ]] || echo libdlib-dev
    /usr/bin/python3 -c 'import torch' 2>/dev/null || echo python3-torch
    ldconfig -p | grep openblas >/dev/null || echo libopenblas-dev
    command -v npm >/dev/null || echo npm
}

"$root/scripts/setup.sh"
if ! command -v python3 >/dev/null; then
    command -v apt-get >/dev/null || die "python3 was not found: install it, then run this again."
    apt_install python3
fi
if ((peers)); then
    if command -v apt-get >/dev/null; then
        read -ra missing <<<"$(missing_peers | tr '\n' ' ')"
        if ((${#missing[@]} > 0)); then apt_install "${missing[@]}"; fi
    fi
    if command -v npm >/dev/null && [[ ! -d $release/peers/node_modules/onnxruntime-node ]]; then
        # Without its script, which would download the variant for graphics cards.
        stage "installing onnxruntime-node" npm install --no-save --ignore-scripts --prefix "$release/peers" onnxruntime-node
    fi
fi

stage "configuring" configure_release
stage "looking for peers" cmake -S "$root" -B "$release" -DKILN_BUILD_PEERS="$peers"
stage "building" cmake --build "$release" --target benchmarks -j "$(job_count)"
exec python3 "$root/scripts/benchmark.py" --build "$release" --json "$json" ${arguments[@]+"${arguments[@]}"}
