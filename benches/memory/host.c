/* Runs one Lua program that measures memory or pauses.
 *
 *   memory script [argument ...]
 *
 * The program finds four functions of the host:
 *
 *   rss()        bytes of the process that are resident now
 *   held()       bytes asked of the allocator and not given back; second result: the most there ever were
 *   forget()     the most starts anew from what is held now
 *   cpu()        seconds of processor time that this thread has used
 *   step(k)      lua_gc(LUA_GCSTEP, k); returns the seconds it took, and its result
 *
 * Pauses are processor time, not wall time, so that other processes do not count as pauses.
 * Not here: the programs (bytes.lua, pause.lua, churn.lua), the comparison (run.py). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

static struct {
  lua_Alloc alloc;
  void *ud;
  size_t held, most;
} account;

static void *counting(void *ud, void *p, size_t old, size_t new) {
  void *q = account.alloc(account.ud, p, old, new);
  (void)ud;
  if (q != NULL || new == 0) {
    account.held += new;
    account.held -= p == NULL ? 0 : old;
    if (account.held > account.most) account.most = account.held;
  }
  return q;
}

static double cpu_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static int cpu(lua_State *L) {
  lua_pushnumber(L, cpu_seconds());
  return 1;
}

static int rss(lua_State *L) {
  long pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (f == NULL) return luaL_error(L, "no /proc/self/statm");
  if (fscanf(f, "%*s %ld", &pages) != 1) pages = 0;
  fclose(f);
  lua_pushnumber(L, (double)pages * sysconf(_SC_PAGESIZE));
  return 1;
}

static int held(lua_State *L) {
  lua_pushnumber(L, (double)account.held);
  lua_pushnumber(L, (double)account.most);
  return 2;
}

static int forget(lua_State *L) {
  (void)L;
  account.most = account.held;
  return 0;
}

static int step(lua_State *L) {
  int size = (int)luaL_checkinteger(L, 1), ended;
  double begin = cpu_seconds();
  ended = lua_gc(L, LUA_GCSTEP, size);
  lua_pushnumber(L, cpu_seconds() - begin);
  lua_pushboolean(L, ended);
  return 2;
}

int main(int argc, char **argv) {
  int i, failed;
  lua_State *L = luaL_newstate();
  if (L == NULL || argc < 2) return 2;
  /* What the state took before is not counted; it is the same few kilobytes for every program. */
  account.alloc = lua_getallocf(L, &account.ud);
  account.held = (size_t)lua_gc(L, LUA_GCCOUNT, 0) * 1024;
  lua_setallocf(L, counting, NULL);
  luaL_openlibs(L);
  lua_register(L, "cpu", cpu);
  lua_register(L, "rss", rss);
  lua_register(L, "held", held);
  lua_register(L, "forget", forget);
  lua_register(L, "step", step);
  failed = luaL_loadfile(L, argv[1]);
  for (i = 2; i < argc && !failed; i++) lua_pushstring(L, argv[i]);
  if (failed || lua_pcall(L, argc - 2, 0, 0)) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    return 1;
  }
  lua_setallocf(L, account.alloc, account.ud);
  lua_close(L);
  return 0;
}
