#!/bin/bash
# Runs every script under tests/lua on the reference interpreter and on ours, and compares
# standard output, standard error and exit status. See tests/README.md.
#
#   tests/run-lua.sh OURS [filter]
#
# OURS    our `lua` binary
# filter  a substring (or shell pattern) of the script's path, as `stdlib/` or `design/03`
#
# Environment: REF (default lua5.1), REF_LUAC (default luac5.1), JOBS (default 2),
#              TIMEOUT seconds for a script (default 60), DIFF_LINES shown a failure (default 12),
#              INIT what both run before each script (default nothing).
#
# Scripts in beyond/ state results that the reference cannot give: they run on ours only and pass
# when they exit with status 0. Scripts ending in .sh drive the commands `lua` and `luac` found on PATH.

set -u
here=$(cd "$(dirname "$0")" && pwd)

if [ "${1:-}" = --one ]; then
    # One script, called by xargs below: prints "ok NAME" or "FAIL NAME" and the difference.
    script=$2
    id=${script//\//_}
    export TZ=UTC LC_ALL=C LANG=C
    unset LUA_INIT LUA_PATH LUA_CPATH
    # These ask how the collector is set, when a step ends a cycle, and whether it keeps up.
    case $script in gc/collectgarbage.lua | gc/steps.lua | undocumented/control.lua | gc/lists-that-grow.lua) INIT= ;; esac
    [ -z "${INIT:-}" ] || export LUA_INIT="$INIT"
    cd "$here/lua" || exit 1
    run() { # run SIDE: leaves out, err and status of SIDE in $WORKDIR
        local out=$WORKDIR/$id.$1
        local command=lua
        case $script in *.sh) command=sh ;; esac
        # What only ours can do, it does on a small machine stack.
        case $script in beyond/*) ulimit -s 256 ;; esac
        PATH="$WORKDIR/$1:$PATH" timeout -k 2 "$TIMEOUT" "$command" "$script" \
            >"$out.out" 2>"$out.err" </dev/null
        echo "exit status $?" >"$out.status"
    }
    run our
    case $script in
    beyond/*)
        if [ "$(cat "$WORKDIR/$id.our.status")" = "exit status 0" ]; then
            echo "ok $script"
        else
            echo "FAIL $script: $(cat "$WORKDIR/$id.our.status")"
            tail -n "$DIFF_LINES" "$WORKDIR/$id.our.out" "$WORKDIR/$id.our.err" | sed 's/^/    /' | cut -c1-300
        fi
        ;;
    *)
        run ref
        failed=
        # A script that stops half-way on the reference tests nothing: its status must be the stated one.
        expected=$(sed -n 's/^\(--\|#\) expect-status: //p' "$script")
        if [ "$(cat "$WORKDIR/$id.ref.status")" != "exit status ${expected:-0}" ]; then
            echo "FAIL $script: the reference gives $(cat "$WORKDIR/$id.ref.status"), not ${expected:-0}"
            head -n "$DIFF_LINES" "$WORKDIR/$id.ref.err" | sed 's/^/    ref: /' | cut -c1-300
            failed=1
        fi
        for part in status out err; do
            if ! cmp -s "$WORKDIR/$id.ref.$part" "$WORKDIR/$id.our.$part"; then
                [ -n "$failed" ] || echo "FAIL $script"
                failed=1
                diff -a "$WORKDIR/$id.ref.$part" "$WORKDIR/$id.our.$part" |
                    head -n "$DIFF_LINES" | sed "s/^/    $part: /" | cut -c1-300
            fi
        done
        [ -n "$failed" ] || echo "ok $script"
        ;;
    esac
    rm -f "$WORKDIR/$id".*.*
    exit 0
fi

if [ $# -lt 1 ]; then
    sed -n '2,16s/^# \{0,1\}//p' "$0"
    exit 2
fi
ours=$(realpath "$1") || exit 2
filter=${2:-}
ref=$(command -v "${REF:-lua5.1}") || { echo "no reference interpreter: apt-get install lua5.1"; exit 2; }
ref_luac=$(command -v "${REF_LUAC:-luac5.1}") || { echo "no reference luac: apt-get install lua5.1"; exit 2; }
[ -x "$ours" ] || { echo "not executable: $ours"; exit 2; }

WORKDIR=$(mktemp -d) || exit 2
trap 'rm -rf "$WORKDIR"' EXIT
export WORKDIR TIMEOUT=${TIMEOUT:-60} DIFF_LINES=${DIFF_LINES:-12}

# Both interpreters under one name, so that messages carrying it are equal.
mkdir "$WORKDIR/ref" "$WORKDIR/our"
ln -s "$(realpath "$ref")" "$WORKDIR/ref/lua"
ln -s "$(realpath "$ref_luac")" "$WORKDIR/ref/luac"
ln -s "$ours" "$WORKDIR/our/lua"
ours_luac=$(dirname "$ours")/luac
[ -x "$ours_luac" ] || ours_luac=$(realpath "$ref_luac")
ln -s "$(realpath "$ours_luac")" "$WORKDIR/our/luac"

(cd "$here/lua" && find . -name support -prune -o \( -name '*.lua' -o -name '*.sh' \) -print |
    sed 's|^\./||' | LC_ALL=C sort) |
    while IFS= read -r name; do
        case $name in *$filter*) echo "$name" ;; esac
    done >"$WORKDIR/list"

xargs -a "$WORKDIR/list" -d '\n' -P "${JOBS:-2}" -I{} bash -c '
    report=$("$0" --one "$1" | tr -d "\000")
    printf "%s\n" "$report"'  "$here/run-lua.sh" {} >"$WORKDIR/report"

grep -av '^ok ' "$WORKDIR/report"
passed=$(grep -ac '^ok ' "$WORKDIR/report")
failed=$(grep -ac '^FAIL ' "$WORKDIR/report")
total=$(wc -l <"$WORKDIR/list")
if [ $((passed + failed)) -ne "$total" ] || [ "$total" -eq 0 ]; then
    echo "only $((passed + failed)) of $total scripts reported"
    failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
