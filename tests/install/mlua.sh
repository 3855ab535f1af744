#!/bin/sh
# Builds the Rust host in mlua/ against an installation under a scratch prefix, which the crate mlua finds by pkg-config
# alone, and runs it; and the same with the stock library, so that what it asserts is known to hold there. Needs crates.
# `make all` has been done.
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cp -r "$here/mlua" "$work/mlua"
unset LUA_INIT LUA_PATH LUA_CPATH LD_LIBRARY_PATH PKG_CONFIG_PATH LUA_LIB LUA_LIB_NAME
(unset MAKEFLAGS MFLAGS MAKELEVEL; make -s -C "$here/../.." install PREFIX="$work/prefix") >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
wanted="Lua 5.1
all done"
passed=0 failed=0
check() { # check DESCRIPTION EXPECTED GOT
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    printf 'FAILED %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"
  fi
}
build() { # build TARGET
  (cd "$work/mlua" && CARGO_TARGET_DIR="$work/$1" cargo build -q) >"$work/log" 2>&1 || cat "$work/log"
}
build stock
check "the stock library" "$wanted" "$("$work/stock/debug/mlua-host" 2>&1)"
check "swapped" "$wanted" "$(LD_LIBRARY_PATH="$work/prefix/lib" "$work/stock/debug/mlua-host" 2>&1)"
PKG_CONFIG_PATH=$work/prefix/lib/pkgconfig; export PKG_CONFIG_PATH
build ours
check "found by pkg-config" "$wanted" "$(LD_LIBRARY_PATH="$work/prefix/lib" "$work/ours/debug/mlua-host" 2>&1)"
check "its library" 1 "$(LD_LIBRARY_PATH="$work/prefix/lib" ldd "$work/ours/debug/mlua-host" | grep -c "liblua5.1.so.0 => $work/prefix/lib/")"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
