#!/bin/bash
# Runs tools that are written in Lua, as Debian ships them, with lua5.1 and with our `lua`, and compares
# all that they print and write: the linter luacheck over other packages' sources, the documentation
# generator ldoc, the test framework busted, the package manager luarocks.
#
#   tests/swap/tools.sh OURS [FILTER]
#
# Ends in "N passed, N failed".

set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2; }
ours=$(realpath "$1") filter=${2:-}
[ -x "$ours" ] || { echo "not executable: $ours"; exit 2; }

packages="lua5.1 lua-check lua-ldoc lua-busted luarocks"
missing() { for p in $packages; do dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || echo "$p"; done; }
if [ -n "$(missing)" ]; then
    if [ "$(id -u)" = 0 ]; then
        install="apt-get install -y -qq --no-install-recommends"
        { $install $(missing) || { apt-get update -qq && $install $(missing); }; } >/dev/null 2>&1
    fi
    [ -z "$(missing)" ] || { echo "tools are missing; install them with: sudo apt-get install --no-install-recommends" $(missing); exit 2; }
fi

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
export LC_ALL=C TZ=UTC HOME=$work/home
unset LUA_INIT LUA_PATH LUA_CPATH
mkdir "$work/ref" "$work/our" "$work/home"
ln -s "$(realpath "$(command -v lua5.1)")" "$work/ref/lua"
ln -s "$ours" "$work/our/lua"
passed=0 failed=0

# What differs between two runs of one interpreter: addresses and times.
steady() { sed -e 's/0x[0-9a-f]\{6,\}/0xADDRESS/g' -e 's/[0-9.]* \(seconds\|ms\)/N \1/' -e 's/Last updated [-0-9: ]*/Last updated/' "$1"; }

# compare NAME STATUS LINES TOOL ARGUMENT...: the reference has to end in STATUS after LINES lines or more, and
# ours in the same. The tool's working folder is new; what it leaves there counts too.
compare() {
    local name=$1 status=$2 lines=$3 side
    shift 3
    case $name in *$filter*) ;; *) return ;; esac
    for side in ref our; do
        rm -rf "$work/folder"
        cp -r "$here/tools" "$work/folder"
        (cd "$work/folder" && PATH="$work/$side:$PATH" timeout -k 2 120 lua "$@" >out.txt 2>err.txt </dev/null
            echo "exit status $?" >>out.txt)
        rm -rf "$work/$side.folder"
        mkdir "$work/$side.folder"
        (cd "$work/folder" && find . -type f | sed 's|^\./||') | while IFS= read -r file; do
            steady "$work/folder/$file" >"$work/$side.folder/$(echo "$file" | tr / _)"
        done
    done
    if [ "$(tail -n 1 "$work/ref.folder/out.txt")" != "exit status $status" ]; then
        echo "FAIL $name: the reference ends in $(tail -n 1 "$work/ref.folder/out.txt"), not $status"
        tail -n 5 "$work/ref.folder/err.txt" | cut -c1-200
    elif [ "$(cat "$work"/ref.folder/* | wc -l)" -lt "$lines" ]; then
        echo "FAIL $name: the reference prints less than $lines lines"
    elif diff -ar "$work/ref.folder" "$work/our.folder" >"$work/difference"; then
        echo "ok $name ($(cat "$work"/our.folder/* | wc -l) lines)"
        passed=$((passed + 1))
        return
    else
        echo "FAIL $name"
        head -n 15 "$work/difference" | cut -c1-300 | sed 's/^/    /'
    fi
    failed=$((failed + 1))
}

modules=/usr/share/lua/5.1
compare luacheck 2 500 /usr/bin/luacheck --no-color $modules/pl $modules/luacheck $modules/ldoc
compare luacheck-formats 2 20 /usr/bin/luacheck --no-color --formatter plain --codes --ranges broken.lua sums.lua
compare ldoc 0 1000 /usr/bin/ldoc -d doc $modules/pl
compare ldoc-own 0 50 /usr/bin/ldoc -d doc sums.lua
compare busted-tap 1 20 /usr/bin/busted -o TAP --pattern=_spec .
compare busted-plain 1 20 /usr/bin/busted -o plainTerminal --pattern=_spec .
compare busted-shuffled 1 20 /usr/bin/busted -o gtest --seed=7 --shuffle --pattern=_spec .
compare luarocks-help 0 20 /usr/bin/luarocks help
compare luarocks-lint 0 0 /usr/bin/luarocks lint sums-1.0-1.rockspec
compare luarocks-make 0 1 /usr/bin/luarocks --lua-dir=/usr --tree=tree make --deps-mode=none sums-1.0-1.rockspec
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
