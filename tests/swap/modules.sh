#!/bin/bash
# Loads Debian's binary modules into our `lua` and into lua5.1, lets each do real work (see modules/) and compares what
# they print.
#
#   tests/swap/modules.sh OURS [FILTER]
#
# Ends in "N passed, N failed".

set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 2; }

packages="lua5.1 lua-lpeg lua-cjson lua-filesystem lua-socket lua-bitop lua-bit32 lua-expat lua-sql-sqlite3 lua-zlib
    lua-rex-pcre2 lua-rex-posix lua-posix lua-iconv lua-yaml lua-luaossl lua-md5 lua-mpack lua-rings lua-cqueues lua-luv
    lua-lpty lua-discount lua-system lua-term lua-inotify"
[ "$1" != --packages ] || { echo $packages; exit; }
ours=$(realpath "$1")
[ -x "$ours" ] || { echo "not executable: $ours"; exit 2; }
loadable() { [ -z "$(for p in $packages; do dpkg-query -W -f='${Status}\n' "$p" 2>/dev/null | grep -q 'ok installed' || echo "$p"; done)" ]; }
unset LUA_INIT LUA_PATH LUA_CPATH
if ! loadable; then
    if [ "$(id -u)" = 0 ]; then
        { apt-get install -y -qq --no-install-recommends $packages || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; }; } >/dev/null 2>&1
    fi
    loadable || { echo "modules are missing; install them with: sudo apt-get install --no-install-recommends $packages"; exit 2; }
fi

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
mkdir "$work/ref" "$work/our"
ln -s "$(realpath "$(command -v lua5.1)")" "$work/ref/lua"
ln -s "$ours" "$work/our/lua"
export LC_ALL=C TZ=UTC
passed=0 failed=0
cd "$here" || exit 2
for script in modules/*.lua; do
    case $script in *${2:-}*) ;; *) continue ;; esac
    for side in ref our; do
        PATH="$work/$side:$PATH" timeout -k 2 120 lua "$script" >"$work/$side.out" 2>"$work/$side.err" </dev/null
        echo "exit status $?" >>"$work/$side.out"
    done
    if [ "$(tail -n 1 "$work/ref.out")" != "exit status 0" ]; then
        echo "FAIL $script: the reference itself fails: $(head -n 1 "$work/ref.err")"
        failed=$((failed + 1))
    elif cmp -s "$work/ref.out" "$work/our.out" && cmp -s "$work/ref.err" "$work/our.err"; then
        echo "ok $script ($(wc -l <"$work/our.out") lines)"
        passed=$((passed + 1))
    else
        echo "FAIL $script"
        diff -a "$work/ref.out" "$work/our.out" | head -n 15 | cut -c1-300 | sed 's/^/    out: /'
        diff -a "$work/ref.err" "$work/our.err" | head -n 5 | cut -c1-300 | sed 's/^/    err: /'
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
