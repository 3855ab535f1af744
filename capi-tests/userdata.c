/*
** userdata.c - full userdata: blocks, alignment, metatables, environments,
** finalisers, and the checked access of the auxiliary library.
*/
#include "check.h"

static void test_blocks(lua_State *L)
{
  static const size_t sizes[] = { 0, 1, 7, 8, 15, 16, 17, 100, 1000, 4096, 100000, 3000000 };
  size_t i, j;
  unsigned char *blocks[12];
  for (i = 0; i < 12; i++) {
    blocks[i] = lua_newuserdata(L, sizes[i]);
    CHECK(blocks[i] != NULL);
    CHECK_INT((uintptr_t)blocks[i] % 8, 0);
    CHECK_INT(lua_objlen(L, -1), sizes[i]);
    CHECK_PTR(lua_touserdata(L, -1), blocks[i]);
    memset(blocks[i], (int)(i + 1), sizes[i]);
  }
  /* blocks neither move nor overlap */
  lua_gc(L, LUA_GCCOLLECT, 0);
  for (i = 0; i < 12; i++) {
    int bad = 0;
    CHECK_PTR(lua_touserdata(L, (int)i + 1), blocks[i]);
    for (j = 0; j < sizes[i]; j++) bad += blocks[i][j] != (unsigned char)(i + 1);
    CHECK_INT(bad, 0);
  }
  CHECK(!lua_rawequal(L, 1, 2));
  CHECK(lua_rawequal(L, 1, 1));
  lua_settop(L, 0);
}

static int push_all(lua_State *L)
{
  luaL_checkudata(L, 1, "Test.Point");
  lua_pushliteral(L, "ok");
  return 1;
}

static void test_classes(lua_State *L)
{
  void *p;
  CHECK_INT(luaL_newmetatable(L, "Test.Point"), 1);
  CHECK_TOP(L, 1);
  CHECK_INT(luaL_newmetatable(L, "Test.Point"), 0);   /* exists: pushed again */
  CHECK_TOP(L, 2);
  CHECK(lua_rawequal(L, 1, 2));
  luaL_getmetatable(L, "Test.Point");
  CHECK(lua_rawequal(L, 1, 3));
  lua_getfield(L, LUA_REGISTRYINDEX, "Test.Point");
  CHECK(lua_rawequal(L, 1, 4));
  luaL_getmetatable(L, "Test.None");
  CHECK_TYPE(L, -1, "nil");
  lua_settop(L, 0);

  p = lua_newuserdata(L, 8);
  luaL_getmetatable(L, "Test.Point");
  lua_setmetatable(L, -2);
  CHECK_PTR(luaL_checkudata(L, 1, "Test.Point"), p);
  CHECK_PTR(luaL_checkudata(L, -1, "Test.Point"), p);
  lua_setglobal(L, "point");
  lua_newuserdata(L, 8);
  lua_setglobal(L, "other");
  lua_pushlightuserdata(L, L);
  lua_setglobal(L, "light");
  lua_register(L, "use", push_all);
  CHECK_EVAL(L, "return use(point)", "ok");
  CHECK_EVAL(L, "use(other)", "test:1: bad argument #1 to 'use' (Test.Point expected, got userdata)");
  CHECK_EVAL(L, "use(light)", "test:1: bad argument #1 to 'use' (Test.Point expected, got userdata)");
  CHECK_EVAL(L, "use(5)", "test:1: bad argument #1 to 'use' (Test.Point expected, got number)");
  CHECK_EVAL(L, "use()", "test:1: bad argument #1 to 'use' (Test.Point expected, got no value)");
  CHECK_EVAL(L, "use(io.stdout)", "test:1: bad argument #1 to 'use' (Test.Point expected, got userdata)");
  CHECK_EVAL(L, "use({})", "test:1: bad argument #1 to 'use' (Test.Point expected, got table)");
  lua_settop(L, 0);
}

static void test_environment(lua_State *L)
{
  lua_newuserdata(L, 1);
  lua_getfenv(L, 1);
  CHECK(lua_rawequal(L, -1, LUA_GLOBALSINDEX));
  lua_settop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, 2);
  CHECK_INT(lua_setfenv(L, 1), 1);
  CHECK_TOP(L, 2);
  lua_getfenv(L, 1);
  CHECK(lua_rawequal(L, -1, 2));
  /* the environment lives as long as its userdata */
  lua_pushinteger(L, 321); lua_setfield(L, 2, "v");
  lua_settop(L, 1);
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_getfenv(L, 1);
  lua_getfield(L, -1, "v");
  CHECK_INT(lua_tointeger(L, -1), 321);
  lua_settop(L, 0);
}

static int made_in_c(lua_State *L)
{
  lua_newuserdata(L, 1);
  lua_getfenv(L, -1);
  CHECK(lua_rawequal(L, -1, LUA_ENVIRONINDEX));
  return 0;
}

static void test_default_environment(lua_State *L)
{
  /* userdata starts with the environment of the C function that makes it */
  lua_pushcfunction(L, made_in_c);
  lua_newtable(L);
  lua_setfenv(L, 1);
  lua_call(L, 0, 0);
  lua_settop(L, 0);
}

static char order[100];
static int note_gc(lua_State *L)
{
  char one[2] = { 0, 0 };
  one[0] = *(char *)lua_touserdata(L, 1);
  CHECK_TOP(L, 1);
  strcat(order, one);
  return 0;
}

static void new_named(lua_State *L, char name)
{
  *(char *)lua_newuserdata(L, 1) = name;
  lua_newtable(L);
  lua_pushcfunction(L, note_gc);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
}

static void test_finalisers(void)
{
  lua_State *L = check_open();
  int i;
  for (i = 0; i < 5; i++) new_named(L, (char)('a' + i));
  lua_settop(L, 3);                 /* d and e become garbage */
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_STR(order, "ed");           /* youngest first */
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_STR(order, "ed");           /* once only */
  lua_remove(L, 2);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_STR(order, "edb");
  order[0] = '\0';
  new_named(L, 'x');
  lua_close(L);                     /* everything, youngest first */
  CHECK_STR(order, "xca");
}

static void test_gc_field_rules(void)
{
  lua_State *L = check_open();
  order[0] = '\0';
  /* __gc set after setmetatable counts in 5.1, and nil takes it away */
  *(char *)lua_newuserdata(L, 1) = 'l';
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setmetatable(L, 1);
  lua_pushcfunction(L, note_gc);
  lua_setfield(L, 2, "__gc");
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_STR(order, "l");
  new_named(L, 'm');
  lua_getmetatable(L, 1);
  lua_pushnil(L);
  lua_setfield(L, 2, "__gc");
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_STR(order, "l");
  /* tables have no finalisers */
  RUN(L, "called = false; setmetatable({}, {__gc = function() called = true end})");
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_EVAL(L, "return called", "false");
  /* newproxy makes userdata with metatables from Lua */
  RUN(L, "local p = newproxy(true); getmetatable(p).__gc = function() called = true end; p = nil collectgarbage()");
  CHECK_EVAL(L, "return called", "true");
  lua_close(L);
}

int main(void)
{
  lua_State *L = check_open();
  test_blocks(L);
  test_classes(L);
  test_environment(L);
  test_default_environment(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  test_finalisers();
  test_gc_field_rules();
  return check_end("userdata");
}
