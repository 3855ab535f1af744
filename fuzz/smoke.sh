#!/bin/bash
# Each fuzz target for SECONDS_EACH seconds, two at a time: with cargo-fuzz where it is installed, else by the driver
# `smoke`, which makes inputs of its own.
#
# Environment: FUZZ_BIN (the drivers), FUZZ_DIR (for builds of cargo-fuzz), SECONDS_EACH, TARGETS (all).
# What a failed target printed is shown, and the status is 1. RUSTC_BOOTSTRAP is set for the sanitizer's flags, so that
# a stable compiler will do.

set -u
cd "$(dirname "$0")/.." || exit 2
targets=${TARGETS:-source chunk roundtrip programs numbers patterns format capi}
seconds=${SECONDS_EACH:-60}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

if cargo fuzz --version >/dev/null 2>&1; then
    export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=${FUZZ_DIR:-target/fuzz}/libfuzzer ASAN_OPTIONS=detect_leaks=0
    echo "building the targets with libFuzzer"
    cargo fuzz build >"$work/build" 2>&1 || { tail -n 20 "$work/build"; exit 1; }
    mkdir -p "$work/chunks"
    "$FUZZ_BIN/chunks" --write "$work/chunks" tests/lua benches/lua
    run() { # TARGET: corpus and seeds; those of source texts and chunks as well
        local folders="fuzz/corpus/$1 fuzz/seeds/$1"
        mkdir -p fuzz/corpus/"$1" fuzz/seeds/"$1"
        case $1 in source) folders+=" tests/lua" ;; chunk) folders+=" $work/chunks" ;; esac
        # shellcheck disable=SC2086
        cargo fuzz run "$1" $folders -- -max_total_time="$seconds" -timeout=30 -rss_limit_mb=4096 -close_fd_mask=1
    }
else
    run() { "$FUZZ_BIN/smoke" --seconds "$seconds" --seed "$(date +%s)" --target "$1" --lua tests/lua fuzz/seeds; }
fi

failed=0
one() {
    if run "$1" >"$work/$1.out" 2>&1; then
        echo "$1: $(grep -E "^Done|cases in" "$work/$1.out" | tail -n 1)"
    else
        echo "FAIL $1"
        tail -n 40 "$work/$1.out" | cut -c1-400 | sed 's/^/    /'
        return 1
    fi
}
set -- $targets
while [ $# -gt 0 ]; do
    first= second=
    one "$1" & first=$!
    shift
    [ $# -eq 0 ] || { one "$1" & second=$!; shift; }
    wait "$first" || failed=$((failed + 1))
    [ -z "$second" ] || wait "$second" || failed=$((failed + 1))
done
echo "$failed targets failed"
[ $failed -eq 0 ]
