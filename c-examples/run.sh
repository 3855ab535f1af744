#!/bin/sh
# run.sh BUILD LIBDIR EXAMPLE...
# Runs each example and compares what it prints with expected/EXAMPLE.txt.
build=$(cd "$1" && pwd) libdir=$2
shift 2
if [ -n "$libdir" ]; then
  libdir=$(cd "$libdir" && pwd) || exit 2
  if [ ! -e "$libdir/liblua5.1.so.0" ]; then
    echo "$libdir has no liblua5.1.so.0"; exit 2
  fi
  LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  export LD_LIBRARY_PATH
fi
unset LUA_INIT LUA_PATH LUA_CPATH
LC_ALL=C; export LC_ALL
passed=0 failed=0
for name in "$@"; do
  out=$build/$name.out
  case $name in
    demo)   set_args="demo.lua" input=/dev/null ;;
    module) set_args="module/use.lua $build" input=/dev/null ;;
    repl)   set_args="" input=repl.in ;;
    *)      set_args="" input=/dev/null ;;
  esac
  # the standard error is shown only when something is wrong: the loader may
  # warn there that a library has no version information
  timeout 120 "$build/$name" $set_args <"$input" >"$out" 2>"$out.err"
  status=$?
  if [ $status -eq 0 ] && diff -u "expected/$name.txt" "$out"; then
    echo "$name: ok"; passed=$((passed + 1))
  else
    cat "$out.err"; echo "$name: FAILED (exit status $status)"; failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
