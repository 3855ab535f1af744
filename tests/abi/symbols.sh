#!/bin/sh
# symbols.sh LIST FILE...: each FILE exports the functions and data of LIST, and the libraries among
# them nothing else; a library named liblua5.1.so.0 or liblua5.1-c++.so.0 gives each the version whose name precedes it in
# LIST. No library reaches its own functions through the dynamic linker, and none but that of the C++ flavour has the
# unwinder loaded for it, but each has libm: C modules that are not linked with it rely on that.
list=$1; shift
passed=0 failed=0
check() { # check DESCRIPTION EXPECTED GOT
  if [ "$2" = "$3" ]; then
    passed=$((passed + 1))
  else
    echo "$1:"; printf '%s\n' "$2" >/tmp/symbols.$$
    printf '%s\n' "$3" | diff /tmp/symbols.$$ -; rm -f /tmp/symbols.$$
    failed=$((failed + 1))
  fi
}
wanted=$(grep -v '^#' "$list" | LC_ALL=C sort)
versioned=$(awk '/^#/ { node = $2; next } { print $0 "@@" node }' "$list" | LC_ALL=C sort)
nodes=$(awk '/^#/ { print $2 }' "$list")
through_linker() { # through_linker FILE: relocations that name a function of ours
  readelf -rW "$1" | awk '{ sub(/@.*/, "", $5); print $5 }' | grep -E '^lua' | grep -vx lua_ident
}
unwinder() { # unwinder FILE: the library of the unwinder, if FILE needs it; the C++ flavour does
  case $1 in *c++*) return ;; esac
  readelf -d "$1" | awk '/NEEDED/ { print $NF }' | grep libgcc_s
}
libm() { # libm FILE: how many libraries of that name FILE needs
  readelf -d "$1" | grep -c 'NEEDED.*libm\.'
}
for file in "$@"; do
  found=$(nm -D --defined-only "$file" | awk '$2 != "A" { print $3 }' | LC_ALL=C sort)
  case $file in
    *liblua5.1*.so.0)
      check "$file: names and versions" "$versioned" "$found"
      check "$file: own functions called directly" "" "$(through_linker "$file")"
      check "$file: no unwinder" "" "$(unwinder "$file")"
      check "$file: libm" 1 "$(libm "$file")"
      check "$file: soname" "[${file##*/}]" "$(readelf -d "$file" | awk '/SONAME/ { print $NF }')" ;;
    *.so|*.so.*)
      check "$file: names" "$wanted" "$(printf '%s\n' "$found" | sed 's/@.*//')"
      check "$file: own functions called directly" "" "$(through_linker "$file")"
      name=${file##*/}
      check "$file: soname" "[${name%.0}.0]" "$(readelf -d "$file" | awk '/SONAME/ { print $NF }')" ;;
    *)
      # A program exports more than the API: what of the list it lacks is the question.
      found=$(printf '%s\n' "$found" | sed 's/@.*//' | grep -Fx "$wanted")
      check "$file: names" "$wanted" "$found" ;;
  esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
