#!/usr/bin/env bash
# Trains the tutorials' networks on MNIST with Kiln and, where python3-torch is installed, with PyTorch, and writes the last
# epochs' test accuracies to examples/RESULTS.md. As many runs side by side as there are cores, each on one; three seeds take
# some four hours of a core's time, most of them for the ViT.
# Usage: scripts/results.sh [--data DIR] [--seeds N] [--only LETTERS] [--kiln-only]
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage="usage: scripts/results.sh [--data DIR] [--seeds N] [--only LETTERS] [--kiln-only]"
seeds=3 only=abcdefghi torch=1
while (($# > 0)); do
    case $1 in
        -h | --help) echo "$usage"; exit ;;
        --data) export KILN_DATA_DIR=${2:?$usage}; shift ;;
        --seeds) seeds=${2:?$usage}; shift ;;
        --only) only=${2:?$usage}; shift ;;
        --kiln-only) torch=0 ;;
        *) die "unknown option $1; $usage" ;;
    esac
    shift
done

# The letter of examples/README.md, the example, and its epochs; the longest first.
examples="h 09_vit 20
d 06_metrics 10
i 10_validation 10
c 05_initialiser 5
f 07_resnet_block 5
e 02_lenet 5
g 08_gru 5
b 04_own_loop 5
a 01_mlp 10"

if ((torch)) && ! /usr/bin/python3 -c 'import torch' 2>/dev/null; then
    echo "No PyTorch here (Debian: apt-get install python3-torch libopenblas0-pthread): Kiln alone."
    torch=0
fi
data=$("$root/scripts/get_mnist.sh")
"$root/scripts/setup.sh"
stage "configuring" configure_release
stage "building" cmake --build "$release" -j "$(job_count)"
runs=$root/build/results
mkdir -p "$runs"

# run_once LOG COMMAND...: a run's lines stay in build/results, and what is there already is not repeated: delete it to begin anew.
run_once() {
    local log=$1
    shift
    if [[ ! -s $log ]]; then
        "$@" >"$log.part" 2>&1 || die "$* failed; its output is in $log.part"
        mv "$log.part" "$log"
    fi
    echo "$(basename "$log" .log): $(tail -n 1 "$log")"
}
export -f run_once die

while read -r letter example epochs; do
    [[ $only == *$letter* ]] || continue
    for ((seed = 1; seed <= seeds; ++seed)); do
        if ((torch)); then
            for network in $letter $([[ $letter != f ]] || echo f1); do
                echo "torch_${network}_$seed.log /usr/bin/python3 '$root/scripts/results_torch.py' $network --data '$data' --seed $seed --epochs $epochs"
            done
        fi
        echo "kiln_${letter}_$seed.log '$release/examples/$example' --data '$data' --epochs $epochs --seed $seed"
    done
done <<<"$examples" | (cd "$runs" && OMP_NUM_THREADS=1 xargs -P "$(job_count)" -L 1 bash -c 'run_once "$@"' results.sh)
python3 "$root/scripts/results_table.py" "$runs" >"$root/examples/RESULTS.md"
echo "written: examples/RESULTS.md"
