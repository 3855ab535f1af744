#!/bin/bash
# Runs unmodified Debian programs that are linked to liblua5.1.so.0 once with the stock library and once with
# LD_LIBRARY_PATH=LIBDIR, and compares everything they print and write.
#
#   tests/swap/run.sh LIBDIR [premake4|genometools|elinks|tolua]
#
# LIBDIR holds our library under the name liblua5.1.so.0. Ends in "N passed, N failed".

set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2; }
libdir=$(realpath "$1")
only=${2:-}
[ -e "$libdir/liblua5.1.so.0" ] || { echo "no liblua5.1.so.0 in $libdir"; exit 2; }

missing=
need() { command -v "$1" >/dev/null 2>&1 || [ -e "$1" ] || missing="$missing $2"; } # need COMMAND-OR-FILE PACKAGE
need premake4 premake4
need gt genometools
need elinks elinks
need tolua++5.1 libtolua++5.1-dev
need /usr/include/tolua++.h libtolua++5.1-dev
need /usr/include/lua5.1/lua.hpp liblua5.1-0-dev
need g++ g++
need script bsdutils
if [ -n "$missing" ]; then
    missing=$(printf '%s\n' $missing | sort -u | paste -sd' ')
    if [ "$(id -u)" = 0 ]; then
        { apt-get install -y -qq --no-install-recommends $missing || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; }; } >/dev/null 2>&1
        hash -r
    fi
    command -v premake4 gt elinks tolua++5.1 g++ script >/dev/null && [ -e /usr/include/tolua++.h ] && [ -e /usr/include/lua5.1/lua.hpp ] || {
        echo "programs are missing; install them with: sudo apt-get install --no-install-recommends $missing"
        exit 2
    }
fi

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
unset LUA_INIT LUA_PATH LUA_CPATH LD_LIBRARY_PATH
export LC_ALL=C TZ=UTC
passed=0 failed=0

# A comparison proves something only if the program really loads our library.
for program in premake4 gt elinks tolua++5.1; do
    if LD_LIBRARY_PATH=$libdir ldd "$(command -v "$program")" 2>/dev/null | grep -q "liblua5.1.so.0 => $libdir/"; then
        passed=$((passed + 1))
    else
        echo "FAIL $program does not load liblua5.1.so.0 from $libdir"
        failed=$((failed + 1))
    fi
done

swap() { # swap NAME PROBE COMMAND...: runs COMMAND in two folders, once with each library, and compares the folders
    local name=$1 probe=$2 side
    shift 2
    [ -z "$only" ] || [ "$only" = "${name%% *}" ] || return 0
    rm -rf "$work/same"
    for side in stock ours; do
        # Both runs happen under the same path, so that paths in messages are equal.
        mkdir -p "$work/same"
        (
            cd "$work/same" || exit 1
            if [ "$side" = ours ]; then export LD_LIBRARY_PATH=$libdir; fi
            timeout -k 5 120 "$@" >stdout 2>stderr </dev/null
            echo "exit status $?" >status
        )
        rm -rf "${work:?}/$side"
        mv "$work/same" "$work/$side"
    done
    if ! grep -q -a -e "$probe" -r "$work/stock"; then
        echo "FAIL $name: the stock run shows no '$probe', so it tests nothing"
        head -n 5 "$work/stock/stdout" "$work/stock/stderr" | sed 's/^/    /'
        failed=$((failed + 1))
    elif diff -r "$work/stock" "$work/ours" >"$work/diff"; then
        echo "ok $name ($(find "$work/ours" -type f | wc -l) files)"
        passed=$((passed + 1))
    else
        echo "FAIL $name"
        head -n 15 "$work/diff" | cut -c1-300 | sed 's/^/    /'
        failed=$((failed + 1))
    fi
}

premake() { # premake ARGUMENTS: in a fresh copy of a project tree
    cp "$here/premake4/premake4.lua" .
    local part
    for part in strings brass percussion; do
        mkdir -p "src/$part/deep/deeper"
        touch "src/$part"/{one,two,skip_me}.c "src/$part/deep"/{a,b}.cpp "src/$part/deep/deeper/c.h" "src/$part/$part.h"
    done
    mkdir -p src/conductor
    touch src/conductor/{main,score}.cpp
    premake4 "$@"
    local status=$?
    # Visual Studio 2010 filters carry random identifiers.
    find . -name "*.filters" -exec sed -i "s/<UniqueIdentifier>.*</<UniqueIdentifier>RANDOM</" {} +
    return $status
}
elinks_session() {
    export HOME=$PWD TERM=vt100
    mkdir .elinks
    cp "$here/elinks/hooks.lua" .elinks/
    cp "$here/elinks/page.html" .
    wait_for() { for _ in $(seq 200); do grep -q -a "^$1" hooks.log 2>/dev/null && return 0; sleep 0.05; done; echo "hook '$1' did not run" >&2; }
    (wait_for format; sleep 0.5; printf F; wait_for keyed; printf Q; wait_for quit) |
        timeout 30 script -qec "elinks -no-connect -session-ring 7 page.html" /dev/null >/dev/null
    rm -rf .elinks
}
tolua_generate() {
    tolua++5.1 -n orchestra -o orchestra_bind.cpp -H orchestra_bind.h "$here/tolua/orchestra.pkg"
    tolua++5.1 -P "$here/tolua/orchestra.pkg"
    tolua++5.1 "$here/tolua/broken.pkg"
    sed -i 's/ on [A-Z][a-z][a-z] [A-Z][a-z][a-z] .*\.$/ on DATE./' orchestra_bind.cpp orchestra_bind.h
}
tolua_run() {
    LD_LIBRARY_PATH= tolua++5.1 -n orchestra -o bind.cpp -H orchestra_bind.h "$here/tolua/orchestra.pkg"
    LD_LIBRARY_PATH= g++ -w -O1 -I. -I"$here/tolua" -I/usr/include/lua5.1 -o host "$here/tolua/host.cpp" bind.cpp -ltolua++5.1 -llua5.1 || return
    ./host "$here/tolua/use.lua"
    ./host /nonexistent/script.lua
    rm -f host bind.cpp orchestra_bind.h
}
gt_run() { # gt_run ARGUMENTS: speck prints how long it took
    gt "$@" | sed 's/^Finished in .*/Finished/'
    return "${PIPESTATUS[0]}"
}
export -f premake elinks_session tolua_generate tolua_run gt_run
export here

gt_dir=$here/genometools
for action in gmake vs2002 vs2003 vs2005 vs2008 vs2010 codeblocks codelite; do
    case $action in codeblocks) sign='CodeBlocks_project' ;; codelite) sign='CodeLite_' ;; gmake) sign='TARGETDIR' ;; *) sign='orch_strings' ;; esac
    swap "premake4 $action" "$sign" bash -c 'premake "$@"' - "$action"
done
swap "premake4 report" "solution Orchestra" bash -c 'premake "$@"' - --verbose --level=high report argument
swap "premake4 --help" "Write what the solution holds" bash -c 'premake "$@"' - --help
swap "premake4 bad action" "no such action" bash -c 'premake "$@"' - nosuchaction
swap "premake4 bad level" "invalid value" bash -c 'premake "$@"' - --level=other report
swap "premake4 broken script" "near" bash -c 'echo "solution = = 1" >premake4.lua; premake4 gmake' -
swap "premake4 failing script" "attempt to" bash -c 'echo "local t = nil; print(t.x)" >premake4.lua; premake4 gmake' -

swap "genometools features" "unit05" bash -c 'gt_run "$@"' - "$gt_dir/features.lua" one two
swap "genometools streams" "seen=4" bash -c 'gt_run "$@"' - "$gt_dir/streams.lua" "$gt_dir/annotation.gff3"
swap "genometools select" "EDEN" bash -c 'gt_run "$@"' - select -rule_files "$gt_dir/rule.lua" -- "$gt_dir/annotation.gff3"
swap "genometools speck" "runtime error" bash -c 'gt_run "$@"' - speck -specfile "$gt_dir/spec.lua" "$gt_dir/annotation.gff3"
swap "genometools sketch" "<svg" bash -c 'gt_run "$@"' - sketch -format svg -style "$gt_dir/sketch.style" out.svg "$gt_dir/annotation.gff3"
swap "genometools eval help" "sensitivity" bash -c 'gt_run "$@"' - eval -help
swap "genometools broken script" "near" bash -c 'echo "x = = 1" >bad.lua; gt bad.lua' -

swap "elinks hooks" "libferrouslua" bash -c elinks_session -
swap "tolua generate" "toluaI_\|tolua_orchestra" bash -c tolua_generate -
swap "tolua run" "hello from Cleo" bash -c tolua_run -

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
