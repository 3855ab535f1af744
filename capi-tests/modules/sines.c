/* A module that is not linked with libm, as many are: the library has always brought it along. */
#include <math.h>

#include "lauxlib.h"
#include "lua.h"

int sine(lua_State *L);

int sine(lua_State *L)
{
  lua_pushnumber(L, sin(luaL_checknumber(L, 1)));
  return 1;
}
