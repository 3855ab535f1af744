/*
** header_c11.c - the headers in a strict C11 program that uses every macro.
*/
#include <stdio.h>
#include <string.h>

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
/* a second time: the headers guard themselves */
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

static int passed, failed;

static void check(int ok, const char *what)
{
  if (ok) { passed++; return; }
  failed++;
  printf("header_c11.c: FAILED %s\n", what);
}
#define CHECK(cond) check((cond) != 0, #cond)

static int uses_macros(lua_State *L)
{
  luaL_Buffer b;
  luaL_argcheck(L, 1, 1, "never");
  CHECK(luaL_checkint(L, 1) == 5);
  CHECK(luaL_checklong(L, 1) == 5L);
  CHECK(luaL_optint(L, 9, 3) == 3);
  CHECK(luaL_optlong(L, 9, 4L) == 4L);
  CHECK(strcmp(luaL_checkstring(L, 2), "str") == 0);
  CHECK(strcmp(luaL_optstring(L, 9, "none"), "none") == 0);
  CHECK(luaL_opt(L, luaL_checknumber, 9, 2.5) == 2.5);
  luaL_buffinit(L, &b);
  luaL_addchar(&b, 'x');
  luaL_putchar(&b, 'y');
  luaL_addsize(&b, 0);
  luaL_pushresult(&b);
  CHECK(strcmp(lua_tostring(L, -1), "xy") == 0);
  return 1;
}

static const luaL_Reg library[] = { { "f", uses_macros }, { NULL, NULL } };

int main(void)
{
  lua_State *L = lua_open();
  luaL_openlibs(L);
  lua_newtable(L);
  CHECK(lua_istable(L, 1) && !lua_isnil(L, 1) && !lua_isboolean(L, 1) && !lua_isfunction(L, 1));
  CHECK(!lua_isthread(L, 1) && !lua_islightuserdata(L, 1) && !lua_isnone(L, 1) && lua_isnoneornil(L, 2));
  CHECK(lua_strlen(L, 1) == 0);
  lua_pop(L, 1);
  lua_pushliteral(L, "global");
  lua_setglobal(L, "g");
  lua_getglobal(L, "g");
  CHECK(strcmp(lua_tostring(L, -1), "global") == 0);
  lua_settop(L, 0);
  lua_register(L, "r", uses_macros);
  lua_pushcfunction(L, uses_macros);
  lua_pushinteger(L, 5);
  lua_pushliteral(L, "str");
  CHECK(lua_pcall(L, 2, 1, 0) == 0);
  lua_settop(L, 0);
  luaL_register(L, "lib", library);
  CHECK(strcmp(luaL_typename(L, 1), "table") == 0);
  lua_settop(L, 0);
  luaL_newmetatable(L, "Header.Type");
  luaL_getmetatable(L, "Header.Type");
  CHECK(lua_rawequal(L, 1, 2));
  lua_settop(L, 0);
  CHECK(luaL_dostring(L, "return lib.f(5, 'str')") == 0);
  lua_settop(L, 0);
  lua_pushliteral(L, "kept");
  {
    int ref = lua_ref(L, 1);
    lua_getref(L, ref);
    CHECK(lua_isstring(L, -1));
    lua_unref(L, ref);
  }
  CHECK(lua_upvalueindex(1) == LUA_GLOBALSINDEX - 1);
  lua_close(L);
  printf("header_c11: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
