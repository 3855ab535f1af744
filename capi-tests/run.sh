#!/bin/sh
# run.sh plain|valgrind|asan BUILD LIBDIR PROGRAM...
# Runs each program in BUILD/scratch/PROGRAM, prints its closing line (all of
# its output when something failed) and the sum.  A program that ends without
# its closing line, or with a status that belies it, counts as one more failure.
#
# Environment: JOBS         how many run at once (1, for some look at the clock; 2 under valgrind, where they do not)
#              RUN_TIMEOUT  seconds for one (300)

# run.sh --one BUILD PROGRAM: one of them, for xargs below; leaves what counts in BUILD/scratch/PROGRAM.sum.
if [ "$1" = --one ]; then
  build=$2 name=$3 dir=$2/scratch/$3
  rm -rf "$dir" "$dir.sum"; mkdir -p "$dir"
  out=$dir/output
  begin=$(date +%s)
  (cd "$dir" && timeout "${RUN_TIMEOUT:-300}" $RUN_PREFIX "$build/$name") >"$out" 2>&1
  status=$?
  took=$(($(date +%s) - begin))
  # valgrind writes its leak report after the program's closing line
  line=$(grep -E '^[^ ]*: [0-9]+ passed, [0-9]+ failed$' "$out" | tail -n 1)
  p=$(printf '%s\n' "$line" | sed -n 's/^[^ ]*: \([0-9]*\) passed.*/\1/p')
  f=$(printf '%s\n' "$line" | sed -n 's/.*, \([0-9]*\) failed$/\1/p')
  if [ -z "$p" ]; then
    p=0 f=1 end="$name: ended with status $status and no result"
  elif [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
    f=1 end="$name: exit status $status"
  else
    end=
  fi
  echo "$p $f" >"$dir.sum"
  # In one go, for another one may print at the same time.
  {
    if [ "$f" -ne 0 ]; then cat "$out"; else printf '%s\n' "$line"; fi
    [ -z "$end" ] || echo "$end"
    [ "$took" -lt 60 ] || echo "    ($name took $took s)"
  } >"$dir.report"
  cat "$dir.report"
  exit 0
fi

mode=$1 build=$(cd "$2" && pwd) libdir=$3
shift 3
jobs=1
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
  jobs=2 RUN_PREFIX="valgrind -q --fair-sched=try --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --child-silent-after-fork=yes"
elif [ "$mode" = asan ]; then
  # The library's own code is instrumented, the programs are not; what they leave to the end of the process is no leak.
  RUN_PREFIX="env LD_PRELOAD=$(${CC:-cc} -print-file-name=libasan.so)"
  ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1; export ASAN_OPTIONS
  CHECK_SANITIZED=1; export CHECK_SANITIZED
else
  RUN_PREFIX=
fi
export RUN_PREFIX RUN_TIMEOUT
mkdir -p "$build/scratch"
printf '%s\n' "$@" | xargs -P "${JOBS:-$jobs}" -I{} sh "$0" --one "$build" {}
passed=0 failed=0
for name in "$@"; do
  read -r p f <"$build/scratch/$name.sum" || { p=0 f=1; }
  passed=$((passed + p)) failed=$((failed + f))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
