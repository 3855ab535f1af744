/*
** environments.c - LUA_ENVIRONINDEX, lua_getfenv and lua_setfenv of every
** kind of object, and replacing the table of globals.
*/
#include "check.h"

static int set_in_environment(lua_State *L)
{
  lua_pushvalue(L, 1);
  lua_setfield(L, LUA_ENVIRONINDEX, "shared");
  return 0;
}
static int get_in_environment(lua_State *L)
{
  lua_getfield(L, LUA_ENVIRONINDEX, "shared");
  return 1;
}

static void test_private_environment(lua_State *L)
{
  /* two C functions share a table that Lua does not see */
  lua_newtable(L);
  lua_pushcfunction(L, set_in_environment);
  lua_pushvalue(L, 1); CHECK_INT(lua_setfenv(L, -2), 1);
  lua_setglobal(L, "setit");
  lua_pushcfunction(L, get_in_environment);
  lua_pushvalue(L, 1); CHECK_INT(lua_setfenv(L, -2), 1);
  lua_setglobal(L, "getit");
  CHECK_EVAL(L, "setit(17) return getit()", "17");
  CHECK_EVAL(L, "return shared", "nil");
  lua_getfield(L, 1, "shared");
  CHECK_INT(lua_tointeger(L, -1), 17);
  lua_settop(L, 0);
}

static int default_environment(lua_State *L)
{
  CHECK(lua_rawequal(L, LUA_ENVIRONINDEX, LUA_GLOBALSINDEX));
  return 0;
}

static int makes_function(lua_State *L)
{
  /* a C function made here inherits this function's environment */
  lua_pushcfunction(L, get_in_environment);
  lua_getfenv(L, -1);
  CHECK(lua_rawequal(L, -1, LUA_ENVIRONINDEX));
  lua_pop(L, 1);
  /* a chunk loaded here gets the globals */
  check_load(L, "return 1");
  lua_getfenv(L, -1);
  CHECK(lua_rawequal(L, -1, LUA_GLOBALSINDEX));
  return 0;
}

static void test_inherited(lua_State *L)
{
  CHECK_INT(check_pcall_c(L, default_environment), 0);
  lua_pushcfunction(L, makes_function);
  lua_newtable(L);
  lua_setfenv(L, 1);
  CHECK_INT(lua_pcall(L, 0, 0, 0), 0);
  CHECK_TOP(L, 0);
}

static int replaces_own(lua_State *L)
{
  lua_newtable(L);
  lua_pushliteral(L, "new one"); lua_setfield(L, -2, "shared");
  lua_replace(L, LUA_ENVIRONINDEX);
  lua_getfield(L, LUA_ENVIRONINDEX, "shared");
  return 1;
}

static void test_replace(lua_State *L)
{
  lua_pushcfunction(L, replaces_own);
  lua_pushvalue(L, 1);
  lua_call(L, 0, 1);
  CHECK_STR(lua_tostring(L, -1), "new one");
  lua_getfenv(L, 1);
  CHECK(!lua_rawequal(L, -1, LUA_GLOBALSINDEX));
  lua_getfield(L, -1, "shared");
  CHECK_STR(lua_tostring(L, -1), "new one");
  lua_settop(L, 0);
}

static void test_objects(lua_State *L)
{
  /* functions, userdata and threads have one; nothing else has */
  check_load(L, "return v");
  lua_newuserdata(L, 1);
  lua_newthread(L);
  lua_newtable(L);
  lua_pushliteral(L, "s");
  lua_pushnumber(L, 1);
  lua_pushnil(L);
  lua_pushlightuserdata(L, L);
  {
    int i;
    for (i = 1; i <= 8; i++) {
      lua_getfenv(L, i);
      check_int(lua_type(L, -1), i <= 3 ? LUA_TTABLE : LUA_TNIL, __FILE__, __LINE__, luaL_typename(L, i));
      lua_pop(L, 1);
      lua_newtable(L);
      check_int(lua_setfenv(L, i), i <= 3, __FILE__, __LINE__, luaL_typename(L, i));
      CHECK_TOP(L, 8);
    }
  }
  lua_getfenv(L, 1);
  lua_pushliteral(L, "from environment"); lua_setfield(L, -2, "v");
  lua_pop(L, 1);
  lua_pushvalue(L, 1);
  lua_call(L, 0, 1);
  CHECK_STR(lua_tostring(L, -1), "from environment");
  lua_settop(L, 0);
}

static void test_thread_globals(lua_State *L)
{
  lua_State *T = lua_newthread(L);
  lua_pushliteral(L, "main"); lua_setglobal(L, "who");
  lua_getglobal(T, "who");
  CHECK_STR(lua_tostring(T, -1), "main");        /* shared to begin with */
  lua_settop(T, 0);
  lua_newtable(T);
  lua_pushliteral(T, "thread"); lua_setfield(T, -2, "who");
  lua_replace(T, LUA_GLOBALSINDEX);
  CHECK_TOP(T, 0);
  lua_getglobal(T, "who"); CHECK_STR(lua_tostring(T, -1), "thread");
  lua_getglobal(L, "who"); CHECK_STR(lua_tostring(L, -1), "main");
  lua_settop(T, 0);
  lua_settop(L, 1);
  /* lua_getfenv of the thread is its globals */
  lua_getfenv(L, 1);
  lua_getfield(L, -1, "who");
  CHECK_STR(lua_tostring(L, -1), "thread");
  /* what is loaded in the thread takes the thread's globals */
  CHECK_INT(luaL_loadstring(T, "return who"), 0);
  lua_call(T, 0, 1);
  CHECK_STR(lua_tostring(T, -1), "thread");
  lua_settop(L, 1);
  lua_newtable(L);
  lua_pushliteral(L, "by setfenv"); lua_setfield(L, -2, "who");
  CHECK_INT(lua_setfenv(L, 1), 1);
  lua_getglobal(T, "who"); CHECK_STR(lua_tostring(T, -1), "by setfenv");
  lua_settop(L, 0);
}

static void test_replace_globals(void)
{
  lua_State *L = check_open();
  check_load(L, "return x");               /* loaded before: keeps the old table */
  lua_pushliteral(L, "old"); lua_setglobal(L, "x");
  lua_newtable(L);
  lua_pushliteral(L, "new"); lua_setfield(L, -2, "x");
  lua_replace(L, LUA_GLOBALSINDEX);
  lua_getglobal(L, "x"); CHECK_STR(lua_tostring(L, -1), "new"); lua_pop(L, 1);
  lua_getglobal(L, "print"); CHECK_TYPE(L, -1, "nil"); lua_pop(L, 1);
  lua_pushvalue(L, 1); lua_call(L, 0, 1);
  CHECK_STR(lua_tostring(L, -1), "old"); lua_pop(L, 1);
  CHECK_INT(luaL_loadstring(L, "return x"), 0);
  lua_call(L, 0, 1);
  CHECK_STR(lua_tostring(L, -1), "new");
  lua_settop(L, 0);
  lua_close(L);
}

static void test_from_lua(lua_State *L)
{
  CHECK_EVAL(L, "local f = loadstring('return y') setfenv(f, {y = 'mine'}) return f()", "mine");
  CHECK_EVAL(L, "local function f() return setfenv(1, {z = 3}) and z end return f()", "3");
  CHECK_EVAL(L, "return getfenv(1) == _G", "true");
  CHECK_EVAL(L, "return getfenv(print) == _G", "true");
  CHECK_EVAL(L, "setfenv(print, {})", "test:1: 'setfenv' cannot change environment of given object");
  CHECK_EVAL(L, "setfenv(5, 5)", "test:1: bad argument #2 to 'setfenv' (table expected, got number)");
}

int main(void)
{
  lua_State *L = check_open();
  test_private_environment(L);
  test_inherited(L);
  test_replace(L);
  test_objects(L);
  test_thread_globals(L);
  test_from_lua(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  test_replace_globals();
  return check_end("environments");
}
