// A module in C++ for hosts in C: `throws` lets an exception out, `guarded` calls a function and says what flew out of it.
#include <lua.hpp>

static int throws(lua_State *L) { throw static_cast<int>(lua_tointeger(L, 1)); }

static int guarded(lua_State *L)
{
  try {
    lua_call(L, lua_gettop(L) - 1, 0);
    lua_pushliteral(L, "nothing");
  } catch (int thrown) {
    lua_pushinteger(L, thrown);
  }
  return 1;
}

extern "C" int luaopen_throws(lua_State *L)
{
  static const luaL_Reg functions[] = {{"throws", throws}, {"guarded", guarded}, {nullptr, nullptr}};
  luaL_register(L, "throws", functions);
  return 1;
}
