#!/bin/bash
# Compares our compiler with the reference over real Lua files.
#
#   tests/corpus/bytecode.sh OURS [FILTER]
#
# OURS is our `lua`; a `luac` beside it is tested too. For every file of the corpus (see packages.txt):
#   source    string.dump of the compiled file, or the message of the failed compilation, must be equal;
#   exchange  ours loads the reference's dumps and dumps them again: the same bytes; and the other way round;
#   stripped  `luac -s` of the files gives the same bytes (by batches, then by file where a batch differs).
# Ends in "N passed, N failed"; exit status 1 on failure or when the corpus has fewer than MIN_FILES (3500).

set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2; }
ours=$(realpath "$1") || exit 2
[ -x "$ours" ] || { echo "not executable: $ours"; exit 2; }
ref=$(command -v "${REF:-lua5.1}") || { echo "no reference interpreter: apt-get install lua5.1"; exit 2; }
ref_luac=$(command -v "${REF_LUAC:-luac5.1}") || { echo "no reference luac: apt-get install lua5.1"; exit 2; }
unset LUA_INIT LUA_PATH LUA_CPATH

dir=$("$here/fetch.sh") || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$dir/root" || exit 2
# Packages for several versions of Lua hold the same file several times: each content counts once.
find $(sed "s/#.*//" "$here/packages.txt") -type f \( -name '*.lua' -o -name '*.nse' -o -name '*.rockspec' \) -exec md5sum {} + |
    LC_ALL=C sort | awk '!seen[$1]++ { sub(/^[^ ]+ +/, ""); print }' | grep -e "${2:-}" | LC_ALL=C sort >"$work/list"
files=$(wc -l <"$work/list")
echo "$files files from $(cut -d/ -f1 "$work/list" | uniq | wc -l) packages"

dump() { # dump INTERPRETER OUTPUT [DUMPS]: a crash is reported here, and by the entries that are missing
    touch "$work/$2"
    timeout 300 "$1" "$here/dump.lua" "$work/list" "$work/$2" ${3:+"$work/$3"} </dev/null ||
        echo "FAIL $1 ended with status $? while writing $2"
}
{
    dump "$ref" ref
    dump "$ours" our
    "$ref" "$here/compare.lua" source "$work/ref" "$work/our"
    dump "$ref" ref.ref ref
    dump "$ours" our.ref ref
    "$ref" "$here/compare.lua" "exchange, reference to ours" "$work/ref.ref" "$work/our.ref"
    dump "$ref" ref.our our
    dump "$ours" our.our our
    "$ref" "$here/compare.lua" "exchange, ours to reference" "$work/our.our" "$work/ref.our"
} | tee "$work/report"

luac=$(dirname "$ours")/luac
if [ -x "$luac" ]; then
    "$ref" - "$work/list" >"$work/good" <<'END'
for name in io.lines((...)) do if loadfile(name) then print(name) end end
END
    split -l 50 "$work/good" "$work/batch."
    passed=0 failed=0
    same() { # same FILE...: are the stripped binaries of both compilers equal?
        "$ref_luac" -s -o "$work/s.ref" -- "$@" 2>"$work/e.ref"
        timeout 60 "$luac" -s -o "$work/s.our" -- "$@" 2>"$work/e.our"
        cmp -s "$work/s.ref" "$work/s.our"
    }
    for batch in "$work"/batch.*; do
        mapfile -t names <"$batch"
        rm -f "$work"/s.*
        if same "${names[@]}"; then
            passed=$((passed + ${#names[@]}))
            continue
        fi
        before=$failed
        for name in "${names[@]}"; do
            rm -f "$work"/s.*
            if same "$name"; then passed=$((passed + 1)); else
                failed=$((failed + 1))
                [ "$failed" -gt 20 ] || echo "FAIL stripped $name"
            fi
        done
        # Every file alone is equal but not the batch: then combining several files is what differs.
        [ "$failed" -ne "$before" ] || { failed=$((failed + 1)); echo "FAIL stripped: combination of ${names[0]} ... ${names[-1]}"; }
    done
    echo "stripped: $passed dumps and 0 messages equal, $failed differ" | tee -a "$work/report"
else
    echo "no luac beside $ours: stripped output not compared"
fi

passed=$(($(sed -n 's/.*: \([0-9]*\) dumps and \([0-9]*\) messages equal.*/\1 + \2/p' "$work/report" | paste -sd+)))
failed=$(($(sed -n 's/.* equal, \([0-9]*\) differ$/\1/p' "$work/report" | paste -sd+)))
crashes=$(grep -c ' ended with status ' "$work/report")
if [ "$files" -lt "${MIN_FILES:-3500}" ] && [ -z "${2:-}" ]; then
    echo "the corpus has only $files files"
    crashes=$((crashes + 1))
fi
echo "$passed passed, $((failed + crashes)) failed"
[ $((failed + crashes)) -eq 0 ]
