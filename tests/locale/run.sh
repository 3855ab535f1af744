#!/bin/bash
# Scripts under locales with a decimal comma, another order of letters and letters beyond ASCII, on the reference and on
# ours: output, standard error and status must be equal.
#
#   tests/locale/run.sh OURS
#
# The locales are made in a temporary folder from the sources of Debian's package `locales`.
# Environment: REF (default lua5.1), TIMEOUT seconds for a script (default 60).

set -u
ours=$(realpath "${1:?the command under test}") || exit 2
ref=$(command -v "${REF:-lua5.1}") || { echo "no reference interpreter: apt-get install lua5.1"; exit 2; }
cd "$(dirname "$0")/../lua" || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
mkdir "$work/locales" "$work/ref" "$work/our"
# Both under one name, so that messages carrying it are equal.
ln -s "$(realpath "$ref")" "$work/ref/lua"
ln -s "$ours" "$work/our/lua"

# German: decimal comma and letters of Latin-1; Czech: "ch" sorts as a letter of its own; Turkish: another i; Swedish in
# UTF-8: letters of several bytes.
locales="de_DE.ISO-8859-1 cs_CZ.ISO-8859-2 tr_TR.ISO-8859-9 sv_SE.UTF-8"
for name in $locales; do
    localedef -i "${name%%.*}" -f "${name#*.}" "$work/locales/$name" 2>"$work/localedef" || {
        cat "$work/localedef"
        echo "no locale $name: apt-get install locales"
        exit 2
    }
done

# What of the other scripts works with numbers, letters and their order. They state results that a comma makes false, so
# they may end in an error: on both sides the same.
shared="language/lexer.lua language/numbers.lua language/operators.lua stdlib/base.lua stdlib/io.lua stdlib/math.lua
    stdlib/os.lua stdlib/string-basic.lua stdlib/string-format.lua stdlib/string-patterns.lua stdlib/string-random.lua
    stdlib/table.lua random/formats.lua random/patterns.lua random/programs.lua random/syntax.lua programs/json.lua
    programs/numeric.lua programs/text.lua undocumented/numbers.lua undocumented/strings.lua"

export LOCPATH=$work/locales TZ=UTC LANG=C
unset LC_ALL LUA_INIT LUA_PATH LUA_CPATH
passed=0 failed=0
run() { # run SIDE SCRIPT
    LOCALE=$locale PATH="$work/$1:$PATH" timeout -k 2 "${TIMEOUT:-60}" \
        lua -e 'assert(os.setlocale(os.getenv "LOCALE"))' "$2" >"$work/$1.out" 2>"$work/$1.err" </dev/null
    echo "exit status $?" >"$work/$1.status"
}
for locale in $locales; do
    for script in ../locale/*.lua $shared; do
        run ref "$script"
        run our "$script"
        bad=
        # Our own scripts must get to their end.
        case $script in ../locale/*) grep -qx 'exit status 0' "$work/ref.status" || bad="the reference fails" ;; esac
        for part in status out err; do
            cmp -s "$work/ref.$part" "$work/our.$part" || bad="$bad $part"
        done
        if [ -z "$bad" ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAIL $locale $script: $bad"
            head -n 3 "$work/ref.err" | cut -c1-200 | sed 's/^/    ref: /'
            diff -a "$work/ref.out" "$work/our.out" | head -n 12 | cut -c1-200 | sed 's/^/    /'
        fi
    done
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
