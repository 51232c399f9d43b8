#!/usr/bin/env bash
# Time from a process's start to 99.0 % and 99.3 % on MNIST's test set, on all cores, for some seeds, each a process of its own;
# both also with augmentation at test time; and PyTorch's time for the same recipe without, where python3-torch is installed.
# Usage: scripts/speedrun.sh [--data DIR] [--seeds N] [--torch-seeds N] [--json FILE]       20 seeds, 2 of PyTorch
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage="usage: scripts/speedrun.sh [--data DIR] [--seeds N] [--torch-seeds N] [--json FILE]"
seeds=20 torch_seeds=2 json=
while (($# > 0)); do
    case $1 in
        -h | --help) echo "$usage"; exit ;;
        --data) export KILN_DATA_DIR=${2:?$usage}; shift ;;
        --seeds) seeds=${2:?$usage}; shift ;;
        --torch-seeds) torch_seeds=${2:?$usage}; shift ;;
        --json) json=${2:?$usage}; shift ;;
        *) die "unknown option $1; $usage" ;;
    esac
    shift
done

"$root/scripts/setup.sh"
# Inflating is a part of the time; without libdeflate it is zlib's, which takes three times as long.
if ! "${CXX:-g++}" -E -x c++ - <<<'#include <libdeflate.h>' >/dev/null 2>&1; then
    if command -v apt-get >/dev/null; then apt_install libdeflate-dev; else echo "No libdeflate here: zlib inflates." >&2; fi
fi
data=$("$root/scripts/get_mnist.sh")
[[ $data != *fashion-mnist* ]] || die "needs MNIST itself, not Fashion-MNIST: put its four files into data/mnist, or give --data DIR."
results=$(mktemp -d)
trap 'stop_ticker; rm -rf "$results"' EXIT
for part in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do # plain files are compressed: inflating them is part of the run
    if [[ -f $data/$part-ubyte.gz ]]; then cp "$data/$part-ubyte.gz" "$results/"; else gzip -9 <"$data/$part-ubyte" >"$results/$part-ubyte.gz"; fi
done
stage "configuring" configure_release
stage "building" cmake --build "$release" --target bench_speedrun -j "$(job_count)"

status=0
for target in 99.0 99.3; do
    for tta in '' --tta; do
        "$release/benchmarks/bench_speedrun" --data "$results" --target $target $tta --seeds "$seeds" --json "$results/$target$tta.json" || status=1
    done
done
if ((torch_seeds > 0)); then
    if /usr/bin/python3 -c 'import torch' 2>/dev/null; then
        for target in 99.0 99.3; do
            for ((seed = 1; seed <= torch_seeds; ++seed)); do
                /usr/bin/python3 "$root/scripts/speedrun_torch.py" --data "$results" --target $target --seed "$seed" | tee -a "$results/torch-$target"
            done
        done
    else
        echo "No PyTorch here (Debian: apt-get install python3-torch libopenblas0-pthread): Kiln alone."
    fi
fi
python3 - "$results" "$json" <<'TABLE'
import json, pathlib, re, statistics, sys
folder, out = pathlib.Path(sys.argv[1]), sys.argv[2]
rows = []
print('\n| target | seeds that reach it | accuracy, median and least | seconds, median (best to worst) | PyTorch, seconds |\n|---|---|---|---|---|')
for run in ('99.0', '99.0--tta', '99.3', '99.3--tta'):
    row = json.loads((folder / f'{run}.json').read_text())
    torch = folder / f'torch-{run}'
    times = [float(t) for t in re.findall(r' seconds ([\d.]+)', torch.read_text())] if torch.exists() else []
    row['torch_seconds'] = statistics.median(times) if times else None
    rows.append(row)
    beside = f"{row['torch_seconds']:.1f} ({row['torch_seconds'] / row['median_seconds']:.0f} x)" if times else ''
    name = f"{row['target']} %" + (', augmented at test time' if row['tta'] else '')
    print(f"| {name} | {row['reached']} of {row['seeds']} | {row['median_accuracy']:.2f} %, {row['least_accuracy']:.2f} % | "
          f"{row['median_seconds']:.2f} ({row['best_seconds']:.2f} to {row['worst_seconds']:.2f}) | {beside} |")
if out:
    pathlib.Path(out).write_text(json.dumps(rows, indent=2) + '\n')
TABLE
exit $status
