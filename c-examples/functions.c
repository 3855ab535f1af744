/*
** functions.c - giving C functions to Lua.
**
** Every C function that Lua can call has the same shape:
**     int f(lua_State *L)
** Its arguments are its stack, from index 1; it pushes its results and returns
** how many there are.  Whatever lies below them is dropped.
*/
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

/* clamp(x, low, high) -> number.  luaL_check* raise an error that names the
   argument and the function if the value does not fit. */
static int clamp(lua_State *L)
{
  lua_Number x = luaL_checknumber(L, 1);
  lua_Number low = luaL_checknumber(L, 2);
  lua_Number high = luaL_checknumber(L, 3);
  luaL_argcheck(L, low <= high, 3, "upper bound is below the lower one");
  lua_pushnumber(L, x < low ? low : x > high ? high : x);
  return 1;
}

/* statistics(list) -> count, sum, mean.  Several results; a table argument. */
static int statistics(lua_State *L)
{
  int i, n;
  lua_Number sum = 0;
  luaL_checktype(L, 1, LUA_TTABLE);
  n = (int)lua_objlen(L, 1);
  for (i = 1; i <= n; i++) {
    lua_rawgeti(L, 1, i);
    if (!lua_isnumber(L, -1))
      return luaL_error(L, "element %d is a %s, not a number", i, luaL_typename(L, -1));
    sum += lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  lua_pushinteger(L, n);
  lua_pushnumber(L, sum);
  if (n == 0) return 2;                 /* no mean of nothing */
  lua_pushnumber(L, sum / n);
  return 3;
}

/* title(text [, separator]) -> string.  An optional argument, and a string
   built in a buffer, whatever its length and whatever bytes are in it. */
static int title(lua_State *L)
{
  size_t i, len;
  const char *s = luaL_checklstring(L, 1, &len);
  const char *separator = luaL_optstring(L, 2, " ");
  int start = 1;
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (i = 0; i < len; i++) {
    if (isspace((unsigned char)s[i])) { luaL_addstring(&b, separator); start = 1; }
    else {
      int c = (unsigned char)s[i];
      luaL_addchar(&b, (char)(start ? toupper(c) : tolower(c)));
      start = 0;
    }
  }
  luaL_pushresult(&b);
  return 1;
}

/* map(list, f) -> list.  Calling back a Lua function that was an argument. */
static int map(lua_State *L)
{
  int i, n;
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  n = (int)lua_objlen(L, 1);
  lua_createtable(L, n, 0);             /* index 3: the result */
  for (i = 1; i <= n; i++) {
    lua_pushvalue(L, 2);
    lua_rawgeti(L, 1, i);
    lua_call(L, 1, 1);                  /* errors go through to our caller */
    lua_rawseti(L, 3, i);
  }
  return 1;
}

/* counter() -> function.  A closure: its upvalue is private to each one. */
static int count(lua_State *L)
{
  lua_Integer n = lua_tointeger(L, lua_upvalueindex(1)) + 1;
  lua_pushinteger(L, n);
  lua_pushvalue(L, -1);
  lua_replace(L, lua_upvalueindex(1));  /* keep it for the next call */
  return 1;
}
static int counter(lua_State *L)
{
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, count, 1);
  return 1;
}

/* A library is a table of functions. */
static const luaL_Reg library[] = {
  { "clamp", clamp },
  { "statistics", statistics },
  { "title", title },
  { "map", map },
  { "counter", counter },
  { NULL, NULL }
};

static const char script[] =
  "print('clamp', tools.clamp(5, 0, 3), tools.clamp(-1, 0, 3), tools.clamp(2, 0, 3))\n"
  "print('statistics', tools.statistics { 3, 5, 10 })\n"
  "print('statistics of nothing', tools.statistics {})\n"
  "print('title', tools.title('the QUICK brown fox'), tools.title('a b', '_'))\n"
  "print('map', unpack(tools.map({ 1, 2, 3 }, function(x) return x * x end)))\n"
  "local a, b = tools.counter(), tools.counter()\n"
  "a() a()\n"
  "print('counters', a(), b())\n"
  "-- and what happens with wrong arguments\n"
  "print(pcall(function() tools.clamp(1, 'x') end))\n"
  "print(pcall(function() tools.clamp(1, 5, 2) end))\n"
  "print(pcall(function() tools.statistics { 1, {}, 3 } end))\n"
  "print(pcall(function() tools.map({ 1 }, function() error('in the callback', 0) end) end))\n";

int main(void)
{
  lua_State *L = luaL_newstate();
  if (L == NULL) return EXIT_FAILURE;
  luaL_openlibs(L);
  luaL_register(L, "tools", library);   /* makes the global table `tools` */
  lua_pop(L, 1);
  if (luaL_loadbuffer(L, script, sizeof script - 1, "=script") != 0
      || lua_pcall(L, 0, 0, 0) != 0) {
    fprintf(stderr, "%s\n", lua_tostring(L, -1));
    lua_close(L);
    return EXIT_FAILURE;
  }
  lua_close(L);
  return EXIT_SUCCESS;
}
