#!/bin/bash
# Runs every script of this folder on our `lua`, on a small machine stack and in bounded memory: known attacks and
# crashes, one idea a file. Each must end with status 0, having asserted a clear error or the right result.
#
#   tests/security/run.sh OURS [FILTER]
#
# Environment: STACK (KiB of machine stack, default 256), MEMORY (KiB of address space, default 3,000,000),
#              TIMEOUT (seconds a script, default 60), SANITIZED (any value: no limits, for a sanitizer takes more of both).
# Where a script says `-- expect-message: TEXT` its status is 1 and its standard error holds TEXT;
# `-- limit-memory: KIB` is for less memory, `-- limit-stack: KIB` for less of a machine stack.

set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2; }
ours=$(realpath "$1") || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
unset LUA_INIT LUA_PATH LUA_CPATH
passed=0 failed=0
for script in "$here"/*.lua; do
    name=$(basename "$script")
    case $name in *"${2:-}"*) ;; *) continue ;; esac
    begin=$(date +%s)
    memory=$(sed -n 's/^-- limit-memory: //p' "$script")
    stack=$(sed -n 's/^-- limit-stack: //p' "$script")
    (
        cd "$work" || exit 2
        ulimit -c 0
        if [ -z "${SANITIZED:-}" ]; then
            ulimit -s "${stack:-${STACK:-256}}"
            ulimit -v "${memory:-${MEMORY:-3000000}}"
        fi
        exec timeout -k 2 "${TIMEOUT:-60}" "$ours" "$script" >out 2>err </dev/null
    )
    status=$?
    message=$(sed -n 's/^-- expect-message: //p' "$script")
    if [ -z "$message" ]; then [ $status -eq 0 ]; else [ $status -eq 1 ] && grep -qF -- "$message" "$work/err"; fi
    if [ $? -eq 0 ]; then
        passed=$((passed + 1))
        [ $(($(date +%s) - begin)) -lt 10 ] || echo "$name took $(($(date +%s) - begin)) s"
    else
        failed=$((failed + 1))
        echo "FAIL $name: status $status"
        tail -n 5 "$work/out" "$work/err" | cut -c1-300 | sed 's/^/    /'
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
