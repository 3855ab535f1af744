/* Runs one Lua program and tells what it took: user time and peak memory.
 *
 *   host [-joff] script [argument ...]
 *
 * What the program prints goes to standard output. The last line on standard error is
 * "host: <user seconds> <peak KiB>", of the whole process from main on: making the state,
 * loading, running, closing.
 *
 * The same source is compiled against each implementation's headers, and linked to a shared
 * library: libraries are compared with libraries, under one host.
 * Not here: repetition, comparison, statistics (run.py). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"
#ifdef HOST_LUAJIT
#include "luajit.h"
#endif

static double user_seconds(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return r.ru_utime.tv_sec + r.ru_utime.tv_usec / 1e6;
}

/* The peak of this program's own memory. ru_maxrss would do, but a process inherits that of the
 * one that started it. */
static long peak_kib(void) {
  char line[256];
  long kib = -1;
  FILE *f = fopen("/proc/self/status", "r");
  if (f == NULL) return -1;
  while (fgets(line, sizeof line, f) != NULL)
    if (sscanf(line, "VmHWM: %ld", &kib) == 1) break;
  fclose(f);
  return kib;
}

static int traceback(lua_State *L) {
  lua_getglobal(L, "debug");
  lua_getfield(L, -1, "traceback");
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 2);
  lua_call(L, 2, 1);
  return 1;
}

int main(int argc, char **argv) {
  int first = 1, i, failed;
  double begin = user_seconds();
  lua_State *L = luaL_newstate();
  if (L == NULL) return 2;
  luaL_openlibs(L);
  if (argc > 1 && strcmp(argv[1], "-joff") == 0) {
    first = 2;
#ifdef HOST_LUAJIT
    luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
#endif
  }
  if (first >= argc) {
    fprintf(stderr, "usage: host [-joff] script [argument ...]\n");
    return 2;
  }
  lua_pushcfunction(L, traceback);
  lua_newtable(L);
  for (i = first; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - first);
  }
  lua_setglobal(L, "arg");
  failed = luaL_loadfile(L, argv[first]);
  if (!failed) {
    for (i = first + 1; i < argc; i++) lua_pushstring(L, argv[i]);
    failed = lua_pcall(L, argc - first - 1, 0, 1);
  }
  if (failed) fprintf(stderr, "%s\n", lua_tostring(L, -1));
  lua_close(L);
  fflush(stdout);
  fprintf(stderr, "host: %.6f %ld\n", user_seconds() - begin, peak_kib());
  return failed != 0;
}
