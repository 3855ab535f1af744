#!/bin/bash
# Runs the scripts of tests/lua-ltests on a test build, the command with the table T (docs/ltests.md).
# They state their results themselves; what they print are figures.
#
#   tests/run-ltests.sh LUA [filter]

set -u
cd "$(dirname "$0")/.." || exit 2
lua=$(realpath "${1:?the command of a test build}") || exit 2
"$lua" -e 'assert(T, "not a test build")' || exit 2
passed=0 failed=0
for script in tests/lua-ltests/*"${2:-}"*.lua; do
    if output=$(LC_ALL=C timeout -k 2 "${TIMEOUT:-60}" "$lua" "$script" 2>&1); then
        passed=$((passed + 1))
    else
        echo "FAIL $script: status $?"
        tail -n 12 <<<"$output" | sed 's/^/    /'
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
