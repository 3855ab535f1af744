/*
** timeout.c - stopping a script that takes too long.
**
** A count hook is called each time the virtual machine has executed so many
** instructions.  It may look at the clock, or, as here, count: then the same
** script always gets equally far.  A hook that raises an error ends the script;
** lua_pcall reports it.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

enum { SLICE = 1000 };                     /* instructions between two looks */

static char budget_key;                    /* its address is a unique registry key */

typedef struct Budget { int slices_left; } Budget;

/* A hook gets no user data: the registry is the place for it. */
static Budget *get_budget(lua_State *L)
{
  Budget *b;
  lua_pushlightuserdata(L, &budget_key);
  lua_rawget(L, LUA_REGISTRYINDEX);
  b = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return b;
}

static void watch(lua_State *L, lua_Debug *ar)
{
  Budget *b = get_budget(L);
  (void)ar;
  if (b->slices_left > 0) { b->slices_left--; return; }
  /* From now on the hook raises at every single instruction: a script that
     catches the error with pcall is stopped again right behind it. */
  lua_sethook(L, watch, LUA_MASKCOUNT, 1);
  luaL_error(L, "out of time");
}

static void run(lua_State *L, const char *what, const char *code)
{
  Budget budget = { 100 };                 /* 100 * 1000 instructions */
  int status;
  lua_pushlightuserdata(L, &budget_key);
  lua_pushlightuserdata(L, &budget);
  lua_rawset(L, LUA_REGISTRYINDEX);
  status = luaL_loadbuffer(L, code, strlen(code), "=script");
  if (status == 0) {
    lua_sethook(L, watch, LUA_MASKCOUNT, SLICE);
    status = lua_pcall(L, 0, 1, 0);
    lua_sethook(L, NULL, 0, 0);            /* off again */
  }
  printf("%-18s %s%s\n", what, status == 0 ? "-> " : "stopped: ", lua_tostring(L, -1));
  lua_settop(L, 0);
}

int main(void)
{
  lua_State *L = luaL_newstate();
  if (L == NULL) return EXIT_FAILURE;
  luaL_openlibs(L);
  run(L, "quick", "local s = 0 for i = 1, 1000 do s = s + i end return s");
  run(L, "endless loop", "local function f() while true do end end f()");
  run(L, "endless recursion", "local n = 0 local function f() n = n + 1 return f() end local function g() f() end g()");
  run(L, "stubborn", "local function try() while true do end end while true do pcall(try) end");
  run(L, "quick again", "return ('still here'):upper()");
  lua_close(L);
  return EXIT_SUCCESS;
}
