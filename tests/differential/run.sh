#!/bin/bash
# Runs the same thing on the reference interpreter and on ours and tolerates no difference outside allowed.lua.
#
#   tests/differential/run.sh OURS [AREA...]
#
# OURS   our `lua` binary
# AREA   programs standalone hooks loops recursion mixed nests forms calls format numbers patterns tables dates io mutate listings capi allowed
#        (default: all; capi needs CAPI)
#
# Environment: SEED (default 1), SCALE (default 1: about a minute; more runs longer), REF (default lua5.1),
#              CAPI=program built from capi.c, REFLIB, OURLIB: folders of the two libraries it runs with,
#              FOREIGN=library built from nests/foreign.c: nests then has C functions in it, too,
#              SHOWN (differences shown an area, default 12), KEEP=folder (programs and results stay there),
#              COUNT (programs of the areas loops, recursion, mixed, nests and forms, instead of those of SCALE), LIMIT (seconds an area may take on a side).
#
# Both sides run at a time. Ends in "N passed, N failed".

set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,15s/^# \{0,1\}//p' "$0"; exit 2; }
ours=$(realpath "$1") || exit 2
shift
[ -x "$ours" ] || { echo "not executable: $ours"; exit 2; }
ref=$(command -v "${REF:-lua5.1}") || { echo "no reference interpreter: apt-get install lua5.1"; exit 2; }
areas=${*:-programs standalone hooks loops recursion mixed nests forms calls format numbers patterns tables dates io mutate listings ${CAPI:+capi} allowed}
seed=${SEED:-1} scale=${SCALE:-1} shown=${SHOWN:-12}
export TZ=UTC LC_ALL=C LANG=C
unset LUA_INIT LUA_PATH LUA_CPATH

if [ -n "${KEEP:-}" ]; then work=$(mkdir -p "$KEEP" && realpath "$KEEP"); else
    work=$(mktemp -d) || exit 2
    trap 'rm -rf "$work"' EXIT
fi
# Both interpreters under one name, so that messages that carry it are equal.
mkdir -p "$work/ref/dir" "$work/our/dir"
ln -sf "$(realpath "$ref")" "$work/ref/lua"
ln -sf "$ours" "$work/our/lua"
ln -sf "$(command -v "${REF_LUAC:-luac5.1}")" "$work/ref/luac"
ln -sf "$(dirname "$ours")/luac" "$work/our/luac"

side() { # side ref|our NAME SCRIPT ARGUMENTS...: runs in its own folder
    local side=$1 name=$2
    shift 2
    (cd "$work/$side/dir" && PATH="$work/$side:$PATH" timeout -k 2 ${LIMIT:-$((120 * scale + 60))} lua "$@" \
        >"$work/$name.$side.out" 2>"$work/$name.$side.err" </dev/null)
    local status=$?
    [ $status -eq 0 ] || echo "ENDED $name: $side with status $status: $(tail -n 1 "$work/$name.$side.err" | cut -c1-200)" >>"$work/ended"
}
both() { # both NAME SCRIPT ARGUMENTS...: SCRIPT gets a file for its results as first argument
    local name=$1 script=$2
    shift 2
    side ref "$name" "$script" "$work/$name.ref" "$@" &
    side our "$name" "$script" "$work/$name.our" "$@"
    wait
    "$ref" "$here/compare.lua" "$name" "$work/$name.ref" "$work/$name.our" "$shown" | tee -a "$work/report"
}
generate() { # generate NAME COUNT [standalone]
    "$ref" "$here/generate.lua" "$seed" "$2" "$work/$1" ${3:-} || exit 2
}

files() { # $work/files: real Lua files; Debian's where the corpus test has already fetched them
    local corpus=${CORPUS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/lua-corpus}/root
    {
        find "$here/.." "$here/../../c-examples" -type f -name '*.lua' -size -200k
        [ ! -d "$corpus" ] || find "$corpus" -type f -name '*.lua' -size -200k
    } | LC_ALL=C sort >"$work/files"
}

: >"$work/report"
: >"$work/ended"
for area in $areas; do
    case $area in
    programs) generate chunks $((600 * scale)) && both programs "$here/programs.lua" "$work/chunks" ;;
    hooks)
        SEED_SAVE=$seed; seed=$((seed + 1000)); generate hooked $((80 * scale)); seed=$SEED_SAVE
        both hooks "$here/hooks.lua" "$work/hooked" ;;
    loops | recursion | mixed | nests | forms)
        count=300
        case $area in nests | forms) count=150 ;; esac
        "$ref" "$here/$area.lua" "$seed" "${COUNT:-$((count * scale))}" "$work/$area" || exit 2
        both $area "$here/programs.lua" "$work/$area"
        # Those that differ, each as a script of its own.
        sed -nE "s/^DIFFERS $area ([lrmnf][-0-9]*).*/\1/p; s/^STOPPED $area: ours stopped in ([lrmnf][-0-9]*);.*/\1/p" "$work/report" |
        while read -r name; do
            script=${KEEP:-${TMPDIR:-/tmp}}/$area-$name.lua
            "$ref" "$here/$area.lua" "$name" >"$script"
            echo "  $script (lua5.1 $here/$area.lua $name); smaller: lua5.1 $here/minimise.lua $ours $script"
        done ;;
    standalone)
        mkdir -p "$work/alone"
        generate alone $((120 * scale)) standalone
        for side in ref our; do
            (
                cd "$work/alone"
                for f in *.lua; do
                    PATH="$work/$side:$PATH" timeout -k 2 20 lua "$f" one "two words" >"$work/$side/o" 2>"$work/$side/e" </dev/null
                    echo "status $?" >"$work/$side/s"
                    cat "$work/$side/s" "$work/$side/e" "$work/$side/o" >"$work/$side/all"
                    echo "@@ $f $(wc -c <"$work/$side/all")"
                    cat "$work/$side/all"
                    echo
                done >"$work/standalone.$side"
            ) &
        done
        wait
        "$ref" "$here/compare.lua" standalone "$work/standalone.ref" "$work/standalone.our" "$shown" | tee -a "$work/report" ;;
    dates)
        for zone in UTC America/New_York Asia/Kolkata Australia/Lord_Howe; do
            TZ=$zone both "dates-${zone##*/}" "$here/areas/dates.lua" "$seed" "$scale"
        done ;;
    capi)
        for lib in "$REFLIB" "$OURLIB"; do [ -e "$lib/liblua5.1.so.0" ] || { echo "no liblua5.1.so.0 in $lib"; exit 2; }; done
        capi() { # capi ref|our FOLDER
            LD_LIBRARY_PATH=$2 timeout -k 2 $((60 * scale + 60)) "$CAPI" "$work/capi.$1" "$seed" $((1500 * scale)) 2>"$work/capi.$1.err" ||
                echo "ENDED capi: $1 with status $?: $(tail -n 1 "$work/capi.$1.err" | cut -c1-200)" >>"$work/ended"
        }
        capi ref "$REFLIB" &
        capi our "$OURLIB"
        wait
        "$ref" "$here/compare.lua" capi "$work/capi.ref" "$work/capi.our" "$shown" | tee -a "$work/report" ;;
    listings)
        # What luac lists, with and without debug information, and the bytes it writes.
        files
        mkdir -p "$work/listed"
        seed=$((seed + 2000)) generate listed $((60 * scale)) standalone
        {
            find "$work/listed" -name '*.lua'
            awk -v n=$((240 * scale)) -v all="$(wc -l <"$work/files")" 'NR % (int(all / n) + 1) == 0' "$work/files"
        } | LC_ALL=C sort >"$work/to-list"
        for side in ref our; do
            (
                cd "$work/$side/dir" || exit 2
                while read -r f; do
                    {
                        "$work/$side/luac" -l -l -o plain "$f"
                        "$work/$side/luac" -s -l -l -o stripped "$f"
                        [ ! -e stripped ] || cksum plain stripped
                    } 2>&1 </dev/null | sed "s|$work/$side/||g; s/ 0x[0-9a-f]*/ ADDRESS/g" >one
                    rm -f plain stripped
                    echo "@@ $f $(wc -c <one)"
                    cat one
                    echo
                done <"$work/to-list" >"$work/listings.$side"
            ) &
        done
        wait
        "$ref" "$here/compare.lua" listings "$work/listings.ref" "$work/listings.our" "$shown" | tee -a "$work/report" ;;
    mutate)
        files
        LIST=$work/files both mutate "$here/areas/mutate.lua" "$seed" "$scale" ;;
    allowed) "$ref" "$here/allowed.lua" "$work/ref/lua" "$work/our/lua" "$work" | tee -a "$work/report" ;;
    *) both "$area" "$here/areas/$area.lua" "$seed" "$scale" ;;
    esac
done

cat "$work/ended"
passed=$(($(sed -n 's/^.*: \([0-9]*\) equal, \([0-9]*\) allowed, .*/\1 + \2/p' "$work/report" | paste -sd+) + 0))
failed=$(($(sed -n 's/^.* allowed, \([0-9]*\) differ$/\1/p' "$work/report" | paste -sd+) + $(wc -l <"$work/ended") + 0))
# Each area must have reported.
for area in $areas; do
    grep -q "^$area[-A-Za-z_]*: .* differ$" "$work/report" || { echo "NO REPORT of $area"; failed=$((failed + 1)); }
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
