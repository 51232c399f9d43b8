#!/usr/bin/env bash
# From a fresh clone to a trained network: installs what is missing, builds, gets MNIST, trains LeNet-5 and tests it.
# Usage: scripts/quickstart.sh [--data DIR] [--epochs N] [--threads N]
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage="usage: scripts/quickstart.sh [--data DIR] [--epochs N] [--threads N]"
options=()
while (($# > 0)); do
    case $1 in
        -h | --help)
            echo "$usage"
            exit
            ;;
        --data)
            (($# > 1)) || die "--data needs a folder; $usage"
            export KILN_DATA_DIR=$2
            ;;
        --epochs | --threads)
            [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 needs a number from 1, not '${2:-}'; $usage"
            options+=("$1" "$2")
            ;;
        *) die "unknown option $1; $usage" ;;
    esac
    shift 2
done

# The data comes first: if it is not MNIST, the first line of all says so.
data=$(transient=1 "$root/scripts/get_mnist.sh")
if [[ $data == /usr/share/datasets/fashion-mnist ]]; then
    echo "MNIST cannot be reached: Fashion-MNIST is used instead (same format, clothes for digits, lower accuracy)."
fi

"$root/scripts/setup.sh"
stage "configuring" configure_release
stage "building" cmake --build "$release" --target 02_lenet -j "$(job_count)"
exec "$release/examples/02_lenet" --data "$data" ${options[@]+"${options[@]}"}
