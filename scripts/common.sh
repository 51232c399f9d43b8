# Shared by the scripts beside it, which source it. Progress goes to stderr, results to stdout.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/logs
mkdir -p "$logs"

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# As many compilers at a time as there are cores, and 1.5 GB of memory for each.
job_count() {
    local cores gigabytes
    cores=$(nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
    gigabytes=$(awk '/MemAvailable/ { print int($2 / 1500000) }' /proc/meminfo 2>/dev/null || true)
    if [[ -n $gigabytes && $gigabytes -lt $cores ]]; then cores=$((gigabytes > 0 ? gigabytes : 1)); fi
    echo "${KILN_JOBS:-$cores}"
}

ticker=
stop_ticker() {
    if [[ -n $ticker ]]; then
        kill "$ticker" 2>/dev/null || true
        wait "$ticker" 2>/dev/null || true
        ticker=
    fi
}
trap stop_ticker EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Redraws TITLE with the step that the log has reached and the time on a terminal; adds a dot every 10 s to a file.
tick() {
    local title=$1 log=$2 start=$SECONDS step
    while sleep 1; do
        if [[ -t 2 ]]; then
            step=$(tail -n 1 "$log" | grep -oE '^ *\[ *[0-9]+(%|/[0-9]+)\]|^ *[0-9]+/[0-9]+ Test' | head -n 1 || true)
            printf '\r\033[K%s %s %d s' "$title" "$step" $((SECONDS - start)) >&2
        elif (((SECONDS - start) % 10 == 0)); then
            printf '.' >&2
        fi
    done
}

# stage TITLE COMMAND...: one line while and after COMMAND runs, whose output goes to a log. Where it fails, the log's end
# and one sentence. With transient=1 nothing is left of a stage that went well. $log is the log of the last stage.
stage() {
    local title=$1 start=$SECONDS status=0
    shift
    log=$logs/$(printf '%s' "$title" | tr -cs '[:alnum:]+' '-').log
    : >"$log"
    if [[ -t 2 || -z ${transient:-} ]]; then
        if [[ ! -t 2 ]]; then printf '%s' "$title" >&2; fi
        tick "$title" "$log" >/dev/null &
        ticker=$!
    fi
    "$@" >"$log" 2>&1 </dev/null || status=$?
    stop_ticker
    if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
    if ((status != 0)); then
        printf '\n' >&2
        tail -n "${log_lines:-40}" "$log" >&2
        die "$title failed after $((SECONDS - start)) s; all of its output is in ${log#"$PWD"/}"
    fi
    if [[ -z ${transient:-} ]]; then
        if [[ -t 2 ]]; then printf '%s' "$title" >&2; fi
        printf ' %d s\n' $((SECONDS - start)) >&2
    fi
}

# configure FOLDER OPTIONS...: with Ninja where there is one, unless the folder has a generator already.
configure() {
    local folder=$1
    shift
    if command -v ninja >/dev/null; then export CMAKE_GENERATOR=${CMAKE_GENERATOR:-Ninja}; fi
    cmake -S "$root" -B "$folder" "$@"
}

# The build that quickstart.sh and benchmark.sh share, so that neither undoes the other's.
release=$root/build/release
configure_release() {
    configure "$release" -DCMAKE_BUILD_TYPE=Release -DKILN_NATIVE=ON -DKILN_BUILD_TESTS=OFF \
        -DKILN_BUILD_EXAMPLES=ON -DKILN_BUILD_BENCHMARKS=ON
}

# apt_install PACKAGES...: a stage. The package lists are read again at most once.
apt_install() {
    local as_root=env # which changes nothing
    if [[ $(id -u) != 0 ]]; then
        as_root=sudo
        command -v sudo >/dev/null || die "is neither root nor finds sudo: as root, apt-get install $*, then run this again."
        # Now, for a stage hides the question for a password.
        sudo -n true 2>/dev/null || sudo -v || die "may not install: $*."
    fi
    if [[ -z ${apt_updated:-} ]]; then
        stage "reading the package lists" "$as_root" apt-get update
        export apt_updated=1
    fi
    stage "installing $*" "$as_root" DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=60 install -y --no-install-recommends "$@"
}
