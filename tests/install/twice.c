/* A C module. */
#include <lua.h>
#include <lauxlib.h>

static int twice(lua_State *L)
{
  lua_pushnumber(L, 2 * luaL_checknumber(L, 1));
  return 1;
}

int luaopen_twice(lua_State *L);
int luaopen_twice(lua_State *L)
{
  lua_pushcfunction(L, twice);
  return 1;
}
