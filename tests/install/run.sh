#!/bin/sh
# Installs under a scratch prefix and checks what a developer and a distributor do with it: pkg-config,
# CMake's FindLua51 (where CMake is), a static link, a C module, an unmodified program, the wrapper,
# and that nothing is left after `make uninstall`. `make all` has been done.
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix stage=$work/stage
passed=0 failed=0
check() { # check DESCRIPTION EXPECTED GOT
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    printf 'FAILED %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"
  fi
}
in_root() { (unset MAKEFLAGS MFLAGS MAKELEVEL; make -s -C "$root" "$@") >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }; }
unset LUA_INIT LUA_PATH LUA_CPATH LD_LIBRARY_PATH PKG_CONFIG_PATH
LC_ALL=C; export LC_ALL

in_root install PREFIX="$prefix"
PKG_CONFIG_PATH=$prefix/lib/pkgconfig; export PKG_CONFIG_PATH

# == pkg-config ==
for name in lua5.1 lua-5.1 lua51; do
  check "pkg-config $name" "-I$prefix/include/lua5.1 -L$prefix/lib -llua5.1" \
    "$(pkg-config --cflags --libs $name | sed 's/ *$//')"
done
check "pkg-config ferrouslua" "-L$prefix/lib -lferrouslua" "$(pkg-config --libs ferrouslua | sed 's/ *$//')"
check "pkg-config version" 5.1.5 "$(pkg-config --modversion lua5.1)"
check "pkg-config INSTALL_LMOD" "$prefix/share/lua/5.1" "$(pkg-config --variable=INSTALL_LMOD lua5.1)"
check "pkg-config INSTALL_CMOD" "$prefix/lib/lua/5.1" "$(pkg-config --variable=INSTALL_CMOD lua5.1)"

# == Hosts ==
wanted="captured 0
own 1
Lua 5.1, bad argument #1 to '?' (string expected, got no value)"
for name in lua5.1 ferrouslua; do
  for option in "" -DINTERPOSE; do
    # shellcheck disable=SC2046
    cc $option -rdynamic -o "$work/host" "$here/host.c" $(pkg-config --cflags --libs $name) 2>"$work/log"
    check "host on $name $option" "$wanted" "$(LD_LIBRARY_PATH=$prefix/lib "$work/host" 2>&1)"
    check "its library" 1 "$(LD_LIBRARY_PATH=$prefix/lib ldd "$work/host" | grep -c "lib$name.so.0 => $prefix/lib/")"
  done
done
# shellcheck disable=SC2046
cc -o "$work/static" "$here/host.c" $(pkg-config --cflags lua5.1) "$prefix/lib/liblua5.1.a" \
  $(pkg-config --static --libs-only-l lua5.1 | sed 's/-llua5.1//') 2>"$work/log" || cat "$work/log"
check "host, statically" "$wanted" "$("$work/static" 2>&1)"
check "statically indeed" 0 "$(ldd "$work/static" | grep -c lua)"

# == The C++ flavour ==
for name in lua5.1-c++ lua-5.1-c++ lua51-c++; do
  check "pkg-config $name" "-I$prefix/include/lua5.1 -L$prefix/lib -llua5.1-c++" \
    "$(pkg-config --cflags --libs $name | sed 's/ *$//')"
done
exceptions=$root/capi-tests/cxx/exceptions.cpp
for name in lua5.1-c++ ferrouslua-c++; do
  # shellcheck disable=SC2046
  c++ -std=c++17 -O1 -o "$work/exceptions" "$exceptions" $(pkg-config --cflags --libs $name) 2>"$work/log"
  check "C++ host on $name" "exceptions: 78 passed, 0 failed" \
    "$(CHECK_VALGRIND=1 LD_LIBRARY_PATH=$prefix/lib "$work/exceptions" 2>&1 | tail -n 1)"
  check "its library" 1 "$(LD_LIBRARY_PATH=$prefix/lib ldd "$work/exceptions" | grep -c "lib$name.so.0 => $prefix/lib/")"
done
# shellcheck disable=SC2046
c++ -std=c++17 -O1 -rdynamic -o "$work/exceptions" "$exceptions" $(pkg-config --cflags lua5.1-c++) \
  "$prefix/lib/liblua5.1-c++.a" -lm -ldl -lpthread 2>"$work/log" || cat "$work/log"
check "C++ host, statically" "exceptions: 78 passed, 0 failed" "$(CHECK_VALGRIND=1 "$work/exceptions" 2>&1 | tail -n 1)"
check "statically indeed" 0 "$(ldd "$work/exceptions" | grep -c lua)"

# == A C module, and the commands ==
mkdir "$work/modules"
# shellcheck disable=SC2046
cc -shared -fPIC -o "$work/modules/twice.so" "$here/twice.c" $(pkg-config --cflags lua5.1)
for lua in lua lua5.1; do
  check "a C module in $lua" 42 \
    "$(LUA_CPATH="$work/modules/?.so" "$prefix/bin/$lua" -e 'print(require"twice"(21))' 2>&1)"
done
if command -v luarocks >/dev/null; then
  mkdir "$work/rock"
  cp "$here/twice.c" "$work/rock"
  cat >"$work/rock/twice-1.0-1.rockspec" <<'END'
package = "twice"
version = "1.0-1"
source = { url = "file:twice.c" }
description = { summary = "A C module" }
dependencies = { "lua ~> 5.1" }
build = { type = "builtin", modules = { twice = { sources = { "twice.c" }, defines = { "ROCK" } } } }
END
  (cd "$work/rock" && HOME=$work luarocks --lua-version=5.1 --lua-dir="$prefix" --tree="$work/rocks" make) >"$work/log" 2>&1 || cat "$work/log"
  check "a rock finds our headers" 1 "$(grep -c -e "-I$prefix/include/lua5.1" "$work/log")"
  check "a rock with a C module" 42 \
    "$(LUA_CPATH="$work/rocks/lib/lua/5.1/?.so" "$prefix/bin/lua" -e 'print(require"twice"(21))' 2>&1)"
else
  echo "luarocks is not installed: a rock is not built"
fi
echo 'print("compiled")' >"$work/chunk.lua"
"$prefix/bin/luac5.1" -o "$work/chunk.out" "$work/chunk.lua"
check "luac5.1, lua" compiled "$("$prefix/bin/lua" "$work/chunk.out" 2>&1)"

# == CMake ==
if command -v cmake >/dev/null; then
  mkdir "$work/cmake"
  cp "$here/host.c" "$work/cmake"
  cat >"$work/cmake/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.10)
project(host C)
find_package(Lua51 REQUIRED)
include_directories(${LUA_INCLUDE_DIR})
add_executable(host host.c)
target_link_libraries(host ${LUA_LIBRARIES})
file(WRITE found "${LUA_INCLUDE_DIR} ${LUA_VERSION_STRING}")
END
  (cd "$work/cmake" && cmake -DCMAKE_PREFIX_PATH="$prefix" . && make) >"$work/log" 2>&1 || cat "$work/log"
  check "FindLua51" "$prefix/include/lua5.1 5.1.5" "$(cat "$work/cmake/found")"
  check "host by CMake" "$wanted" "$("$work/cmake/host" 2>&1)"
else
  echo "cmake is not installed: FindLua51 is not tried"
fi

# == The wrapper ==
run=$prefix/bin/ferrouslua-run
says() { sed "s|$work|W|g;s|^ferrouslua-run: ||" "$work/err"; }
if premake=$(command -v premake4); then
  mkdir "$work/project"
  printf 'print(_VERSION, package.loaded.string == string)\nos.exit(7)\n' >"$work/project/premake4.lua"
  out=$(cd "$work/project" && "$run" --verbose "$premake" gmake 2>"$work/err"); status=$?
  check "premake4 swapped" "Lua 5.1	true" "$out"
  check "its status" 7 $status
  check "what is said" "$premake runs on W/prefix/lib/ferrouslua/liblua5.1.so.0" "$(says)"
  (cd "$work/project" && "$run" premake4 gmake >/dev/null 2>"$work/err")
  check "nothing is said" "" "$(says)"
fi
cc -o "$work/host" "$here/host.c" -I"$prefix/include/lua5.1" -L"$prefix/lib" -llua5.1
check "wrapped host" "$wanted" "$("$run" "$work/host" 2>&1)"
printf '#!%s one\n' "$work/host" >"$work/script"; chmod +x "$work/script"
check "a script's interpreter" "$wanted" "$("$run" "$work/script" 'a b' 2>&1)"
cc -o "$work/bound" "$here/host.c" -I"$prefix/include/lua5.1" -L"$prefix/lib" -llua5.1 -Wl,--disable-new-dtags,-rpath,"$prefix/lib"
"$run" "$work/bound" >/dev/null 2>"$work/err"
check "a run path" "125 W/bound takes liblua5.1.so.0 from elsewhere (a run path of its own): not swapped" "$? $(says)"
if debian=$(command -v lua5.1); then
  "$run" "$debian" -v >/dev/null 2>"$work/err"
  check "static Lua" "125 $debian has Lua linked into it statically: it cannot be swapped" "$? $(says)"
fi
# A program linked to LuaJIT's library.
libluajit=$(ldconfig -p | awk '$1 == "libluajit-5.1.so.2" { print $NF; exit }')
cc -o "$work/jithost" "$here/host.c" -I"$prefix/include/lua5.1" "$libluajit" 2>"$work/log" || cat "$work/log"
"$run" "$work/jithost" 2>"$work/err"
check "LuaJIT" "125 W/jithost links LuaJIT's library: --luajit swaps it, if the program needs no ffi and no bytecode of LuaJIT's" "$? $(says)"
out=$("$run" --verbose --luajit "$work/jithost" 2>"$work/err")
check "LuaJIT swapped" "$wanted" "$out"
check "what is said" "W/jithost runs on W/prefix/lib/ferrouslua/luajit/libluajit-5.1.so.2" "$(says)"
if luajit=$(command -v luajit) && ! ldd "$luajit" | grep -q libluajit; then
  "$run" "$luajit" -v >/dev/null 2>"$work/err"
  check "static LuaJIT" "125 $luajit has LuaJIT linked into it statically: it cannot be swapped" "$? $(says)"
fi
for name in liblua5.1.so.0 libferrouslua.so.0 libferrouslua.so liblua5.1.so ferrouslua/luajit/libluajit-5.1.so.2; do
  check "LD_PRELOAD $name" "$wanted" "$(LD_PRELOAD="$prefix/lib/$name" "$work/jithost" 2>&1)"
  if debian=$(command -v premake4); then
    check "... under premake4" "Lua 5.1	true" "$(cd "$work/project" && LD_PRELOAD="$prefix/lib/$name" "$debian" gmake 2>&1)"
  fi
done
out=$("$run" printf '%s|' 'a b' '' c 2>"$work/err")
check "arguments pass" "a b||c|" "$out"
check "no Lua" "printf does not link liblua5.1.so.0: only plugins of it that do will get FerrousLua" "$(says)"
"$run" --verbose "$prefix/bin/lua" -e '' 2>"$work/err"
check "our own" "W/prefix/bin/lua is FerrousLua already" "$(says)"
"$run" no-such-program 2>"$work/err"
check "not found" "127 no-such-program: not found" "$? $(says)"

# == Man pages, removal ==
for page in lua lua5.1 luac luac5.1 ferrouslua-run; do
  check "man page $page" 1 "$(grep -c '^\.SH SYNOPSIS' "$prefix/share/man/man1/$page.1")"
done
in_root uninstall PREFIX="$prefix"
check "after make uninstall" "" "$(find "$prefix" ! -type d)"
in_root install PREFIX=/usr DESTDIR="$stage" LIBDIR=/usr/lib/multi
check "DESTDIR" "libdir=/usr/lib/multi" "$(grep '^libdir=' "$stage/usr/lib/multi/pkgconfig/lua5.1.pc")"
check "no path of the build" "" "$(grep -rlI "$work" "$stage")"
in_root uninstall PREFIX=/usr DESTDIR="$stage" LIBDIR=/usr/lib/multi
check "after make uninstall from DESTDIR" "" "$(find "$stage" ! -type d)"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
