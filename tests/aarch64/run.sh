#!/bin/sh
# The C boundary's assembly for AArch64: taken out of its source, assembled, and run with harness.c under qemu's user mode.
#
#   tests/aarch64/run.sh
set -e
here=$(cd "$(dirname "$0")" && pwd)
for tool in aarch64-linux-gnu-gcc qemu-aarch64-static lua5.1; do
    command -v $tool >/dev/null || {
        echo "no $tool: apt-get install --no-install-recommends gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static lua5.1"; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lua5.1 "$here/extract.lua" "$here/../../src/vm/boundary/aarch64.rs" >"$work/boundary.s"
aarch64-linux-gnu-gcc -std=gnu11 -Wall -Wextra -Werror -O1 -fexceptions -static -o "$work/harness" "$here/harness.c" "$work/boundary.s"
qemu-aarch64-static "$work/harness"
