#!/usr/bin/env bash
# Trains the tutorials' networks on MNIST with Kiln and, where python3-torch is installed, with PyTorch, and writes the last
# epochs' test accuracies to examples/RESULTS.md. With one core for each, three seeds take some hours, most of them for the ViT.
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

# The letter of the issue that lists the tutorials, the example, and its epochs.
examples="a 01_mlp 10
b 04_own_loop 5
c 05_initialiser 5
d 06_metrics 10
e 02_lenet 5
f 07_resnet_block 5
g 08_gru 5
h 09_vit 20
i 10_validation 10"

data=$("$root/scripts/get_mnist.sh")
"$root/scripts/setup.sh"
stage "configuring" configure_release
stage "building" cmake --build "$release" -j "$(job_count)"
mkdir -p "$root/build/results"
cd "$root/build/results"

# Every run's last lines stay in build/results, and a run that is there already is not repeated: delete them to begin anew.
while read -r letter example epochs; do
    [[ $only == *$letter* ]] || continue
    for ((seed = 1; seed <= seeds; ++seed)); do
        kiln=kiln_${letter}_$seed.log
        [[ -s $kiln ]] || { "$release/examples/$example" --data "$data" --epochs "$epochs" --seed "$seed" >"$kiln.part" && mv "$kiln.part" "$kiln"; }
        echo "Kiln    $letter seed $seed: $(tail -n 1 "$kiln")"
        ((torch)) || continue
        for network in $letter $([[ $letter != f ]] || echo f1); do
            log=torch_${network}_$seed.log
            [[ -s $log ]] || { /usr/bin/python3 "$root/scripts/results_torch.py" "$network" --data "$data" --seed "$seed" --epochs "$epochs" >"$log.part" && mv "$log.part" "$log"; }
            echo "PyTorch $(tail -n 1 "$log")"
        done
    done
done <<<"$examples"
/usr/bin/python3 "$root/scripts/results_table.py" "$root/build/results" >"$root/examples/RESULTS.md"
echo "written: examples/RESULTS.md"
