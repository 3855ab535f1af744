/*
** unloads.c - a C module for unload.c: a finalizer and an allocator whose code goes when the module is
** unloaded.
*/
#include <stdlib.h>

#include <lua.h>
#include <lauxlib.h>

/* Its upvalue points to the host's counter. */
static int finalizer(lua_State *L)
{
  ++*(int *)lua_touserdata(L, lua_upvalueindex(1));
  return 0;
}

/* finalize(object, counter): the object's finalizer is this module's. */
static int finalize(lua_State *L)
{
  lua_settop(L, 2);
  lua_newtable(L);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, finalizer, 1);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, 1);
  return 0;
}

static void *allocate(void *ud, void *p, size_t osize, size_t nsize)
{
  (void)osize;
  ++*(int *)ud;
  if (nsize != 0) return realloc(p, nsize);
  free(p);
  return NULL;
}

/* take_memory(counter): memory comes from, and goes back to, this module from now on. */
static int take_memory(lua_State *L)
{
  lua_setallocf(L, allocate, lua_touserdata(L, 1));
  return 0;
}

int luaopen_unloads(lua_State *L)
{
  static const luaL_Reg functions[] = { { "finalize", finalize }, { "take_memory", take_memory }, { NULL, NULL } };
  luaL_register(L, "unloads", functions);
  return 1;
}
