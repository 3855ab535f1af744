#!/bin/bash
# Runs unmodified Debian programs that are linked to liblua5.1.so.0 once with the stock library and once with
# LD_LIBRARY_PATH=LIBDIR, and compares everything they print and write. The first case of each program runs a third
# time, with LD_PRELOAD and the library's own name.
#
#   tests/swap/run.sh [--heavy] LIBDIR [PROGRAM...]
#   tests/swap/run.sh [--heavy] --packages
#
# LIBDIR holds our library under the names liblua5.1.so.0 and libferrouslua.so.0. A program is a folder with a file
# cases.sh; --heavy takes those that are too large to install for every run of the tests, instead of the others.
# --packages lists what has to be installed. Ends in "N passed, N failed".
#
# cases.sh is bash, and begins with lines that are read by themselves:
#
#   # packages: NAMES    Debian's packages it needs
#   # unpacked: NAMES    packages that are downloaded and unpacked, not installed, for they start services; $unpacked is there
#   # loads: FILES       programs and plugins that must load the library under test; patterns are allowed
#   # replaces: SONAME   the library that is replaced, if it is not liblua5.1.so.0
#   # heavy              only with --heavy
#   # misuses: WHAT      what the program does wrong with the API: with CHECKS=1 in the environment, for a LIBDIR whose
#                        library ends such programs, it is left out
#
# The rest calls `swap`; $files is the program's folder. Servers listen on 127.0.0.1:$port only.

set -u
here=$(cd "$(dirname "$0")" && pwd)
usage() { sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 2; }
heavy=
[ "${1:-}" != --heavy ] || { heavy=1; shift; }
[ $# -ge 1 ] || usage

field() { sed -n "s/^# $2: //p" "$here/$1/cases.sh"; }
all=
for file in "$here"/*/cases.sh; do
    name=$(basename "$(dirname "$file")")
    if [ -n "${CHECKS:-}" ] && grep -q '^# misuses: ' "$file"; then continue; fi
    if grep -q '^# heavy$' "$file"; then [ -z "$heavy" ] || all="$all $name"; else [ -n "$heavy" ] || all="$all $name"; fi
done
if [ "$1" = --packages ]; then
    for name in $all; do field "$name" packages; done | tr ' ' '\n' | sort -u | paste -sd' '
    exit
fi
libdir=$(realpath "$1")
shift
[ -e "$libdir/liblua5.1.so.0" ] || { echo "no liblua5.1.so.0 in $libdir"; exit 2; }
programs=${*:-$all}
for name in $programs; do [ -e "$here/$name/cases.sh" ] || { echo "no program $name; there are:$all"; exit 2; }; done

# == What the programs need ==
missing=
for package in $(for name in $programs; do field "$name" packages; done); do
    dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
    install() { apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $missing; }
    if [ "$(id -u)" = 0 ]; then { install || { apt-get update -qq && install; }; } >/dev/null 2>&1; fi
    dpkg-query -W $missing >/dev/null 2>&1 || {
        echo "programs are missing; install them with: sudo apt-get install --no-install-recommends$missing"
        exit 2
    }
fi
cache=${SWAP_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/lua-swap}
export unpacked=$cache/root
for package in $(for name in $programs; do field "$name" unpacked; done); do
    [ ! -e "$cache/$package.done" ] || continue
    mkdir -p "$unpacked" "$cache/deb"
    (cd "$cache/deb" && { apt-get download -qq "$package" || { apt-get update -qq && apt-get download -qq "$package"; }; }) >/dev/null 2>&1
    dpkg -x "$cache/deb/$package"_*.deb "$unpacked" && touch "$cache/$package.done" || { echo "cannot download $package"; exit 2; }
done

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
unset LUA_INIT LUA_PATH LUA_CPATH LD_LIBRARY_PATH LD_PRELOAD
export LC_ALL=C TZ=UTC
passed=0 failed=0
pass() { echo "ok $1"; passed=$((passed + 1)); }
fail() { echo "FAIL $1"; failed=$((failed + 1)); }

# == For cases.sh ==
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
while port=$((RANDOM % 20000 + 20000)); listens "$port"; do :; done
export port here
await() { # await COMMAND...: until it succeeds, for ten seconds
    for _ in $(seq 200); do "$@" && return; sleep 0.05; done
    echo "in vain: $*" >&2
    return 1
}
stop() { # stop PID: ends a server of ours
    kill "$1" 2>/dev/null
    wait "$1" 2>/dev/null
}
request() { # request TEXT: what a server on $port answers to TEXT (with escapes) until it closes the connection
    exec 4<>"/dev/tcp/127.0.0.1/$port" && printf '%b' "$1" >&4 && timeout 20 cat <&4
    exec 4>&-
}
export -f listens await stop request

once() { # once SIDE COMMAND...: runs COMMAND in a folder work/SIDE, with the library SIDE means
    local side=$1
    shift
    # All runs happen under the same path, so that paths in messages are equal.
    rm -rf "${work:?}/same" "${work:?}/$side"
    mkdir -p "$work/same"
    (
        cd "$work/same" || exit 1
        case $side in
            ours) export LD_LIBRARY_PATH=$folder ;;
            preload) export LD_PRELOAD=$libdir/libferrouslua.so.0 ;;
        esac
        timeout -k 5 120 "$@" >stdout 2>stderr </dev/null
        echo "exit status $?" >status
    )
    mv "$work/same" "$work/$side"
}
swap() { # swap NAME PROBE COMMAND...: runs COMMAND with each library and compares the folders it leaves
    local name=$1 probe=$2 side sides=ours
    shift 2
    [ -n "$preloaded" ] || sides="ours preload"
    preloaded=1
    once stock "$@"
    if ! grep -q -a -e "$probe" -r "$work/stock"; then
        fail "$name: the stock run shows no '$probe', so it tests nothing"
        head -n 5 "$work/stock/stdout" "$work/stock/stderr" | sed 's/^/    /'
        return
    fi
    for side in $sides; do
        once "$side" "$@"
        if diff -r "$work/stock" "$work/$side" >"$work/diff"; then
            pass "$name$([ $side = ours ] || echo ", by LD_PRELOAD") ($(find "$work/$side" -type f | wc -l) files)"
        else
            fail "$name$([ $side = ours ] || echo ", by LD_PRELOAD")"
            head -n 15 "$work/diff" | cut -c1-300 | tr -cd '\11\12\15\40-\176' | sed 's/^/    /'
        fi
    done
}

for program in $programs; do
    export files=$here/$program
    soname=$(field "$program" replaces)
    soname=${soname:-liblua5.1.so.0}
    folder=$libdir
    if [ ! -e "$libdir/$soname" ]; then
        folder=$work/names
        mkdir -p "$folder"
        ln -sf "$libdir/liblua5.1.so.0" "$folder/$soname"
    fi
    # A comparison proves something only if the program really loads our library.
    for file in $(field "$program" loads); do
        case $file in
            \$unpacked/*) file=$(compgen -G "$unpacked/${file#*/}") ;;
            /*) file=$(compgen -G "$file") ;;
            *) file=$(command -v "$file") ;;
        esac
        if LD_LIBRARY_PATH=$folder ldd "$file" 2>&1 | grep -q "$soname => $folder/" &&
            ! LD_LIBRARY_PATH=$folder ldd "$file" 2>&1 | grep 'no version information'; then
            pass "$program loads $soname"
        else
            fail "$program: $file does not load $soname from $folder"
        fi
    done
    preloaded=
    . "$files/cases.sh"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
