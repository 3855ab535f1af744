#!/bin/sh
# run.sh plain|valgrind|asan BUILD LIBDIR PROGRAM...
# Runs each program in BUILD/scratch/PROGRAM, prints its closing line (all of
# its output when something failed) and the sum.  A program that ends without
# its closing line, or with a status that belies it, counts as one more failure.
mode=$1 build=$(cd "$2" && pwd) libdir=$3
shift 3
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
if [ "$mode" = valgrind ]; then
  CHECK_VALGRIND=1; export CHECK_VALGRIND
  prefix="valgrind -q --fair-sched=try --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --child-silent-after-fork=yes"
elif [ "$mode" = asan ]; then
  # The library's own code is instrumented, the programs are not; what they leave to the end of the process is no leak.
  prefix="env LD_PRELOAD=$(${CC:-cc} -print-file-name=libasan.so)"
  ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1; export ASAN_OPTIONS
  CHECK_SANITIZED=1; export CHECK_SANITIZED
else
  prefix=
fi
passed=0 failed=0
for name in "$@"; do
  dir=$build/scratch/$name
  rm -rf "$dir"; mkdir -p "$dir"
  out=$dir/output
  begin=$(date +%s)
  (cd "$dir" && timeout "${RUN_TIMEOUT:-300}" $prefix "$build/$name") >"$out" 2>&1
  status=$?
  line=$(tail -n 1 "$out")
  p=$(printf '%s\n' "$line" | sed -n 's/^[^ ]*: \([0-9]*\) passed, \([0-9]*\) failed$/\1/p')
  f=$(printf '%s\n' "$line" | sed -n 's/^[^ ]*: \([0-9]*\) passed, \([0-9]*\) failed$/\2/p')
  if [ -z "$p" ]; then
    # valgrind writes its leak report after the program's closing line
    line=$(grep -E '^[^ ]*: [0-9]+ passed, [0-9]+ failed$' "$out" | tail -n 1)
    p=$(printf '%s\n' "$line" | sed -n 's/^[^ ]*: \([0-9]*\) passed.*/\1/p')
    f=$(printf '%s\n' "$line" | sed -n 's/.*, \([0-9]*\) failed$/\1/p')
  fi
  if [ -z "$p" ]; then
    cat "$out"; echo "$name: ended with status $status and no result"
    failed=$((failed + 1)); continue
  fi
  if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
    cat "$out"; echo "$name: exit status $status"; f=1
  elif [ "$f" -ne 0 ]; then
    cat "$out"
  else
    printf '%s\n' "$line"
  fi
  took=$(($(date +%s) - begin))
  [ "$took" -lt 60 ] || echo "    ($name took $took s)"
  passed=$((passed + p)) failed=$((failed + f))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
