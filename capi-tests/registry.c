/*
** registry.c - the registry table and luaL_ref/luaL_unref.
*/
#include "check.h"

static char key_a, key_b;

static void test_registry(lua_State *L)
{
  lua_pushlightuserdata(L, &key_a); lua_pushliteral(L, "A"); lua_rawset(L, LUA_REGISTRYINDEX);
  lua_pushlightuserdata(L, &key_b); lua_pushliteral(L, "B"); lua_settable(L, LUA_REGISTRYINDEX);
  lua_pushinteger(L, 5); lua_setfield(L, LUA_REGISTRYINDEX, "test.five");
  CHECK_TOP(L, 0);
  lua_pushlightuserdata(L, &key_a); lua_rawget(L, LUA_REGISTRYINDEX); CHECK_STR(lua_tostring(L, -1), "A");
  lua_pushlightuserdata(L, &key_b); lua_gettable(L, LUA_REGISTRYINDEX); CHECK_STR(lua_tostring(L, -1), "B");
  lua_getfield(L, LUA_REGISTRYINDEX, "test.five"); CHECK_INT(lua_tointeger(L, -1), 5);
  lua_settop(L, 0);
  /* one registry for all threads */
  {
    lua_State *T = lua_newthread(L);
    lua_getfield(T, LUA_REGISTRYINDEX, "test.five"); CHECK_INT(lua_tointeger(T, -1), 5);
    lua_pop(T, 1);
    lua_pushinteger(T, 6); lua_setfield(T, LUA_REGISTRYINDEX, "test.five");
    lua_getfield(L, LUA_REGISTRYINDEX, "test.five"); CHECK_INT(lua_tointeger(L, -1), 6);
  }
  lua_settop(L, 0);
  /* what the libraries keep there */
  lua_getfield(L, LUA_REGISTRYINDEX, "_LOADED");
  CHECK_TYPE(L, -1, "table");
  lua_getfield(L, -1, "string");
  lua_getglobal(L, "string");
  CHECK(lua_rawequal(L, -1, -2));
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_FILEHANDLE);
  CHECK_TYPE(L, -1, "table");
  lua_settop(L, 0);
}

static void test_refs(lua_State *L)
{
  int refs[100], i, j, distinct = 1;
  lua_newtable(L);
  for (i = 0; i < 100; i++) {
    lua_pushfstring(L, "value %d", i);
    refs[i] = luaL_ref(L, 1);
    CHECK(refs[i] > 0);
    for (j = 0; j < i; j++) if (refs[j] == refs[i]) distinct = 0;
  }
  CHECK_TOP(L, 1);
  CHECK(distinct);
  CHECK_INT(refs[0], 1);
  CHECK_INT(refs[1], 2);
  CHECK_INT(refs[99], 100);
  for (i = 0; i < 100; i++) {
    char want[20];
    snprintf(want, sizeof want, "value %d", i);
    lua_rawgeti(L, 1, refs[i]);
    CHECK_STR(lua_tostring(L, -1), want);
    lua_pop(L, 1);
  }
  /* freed ones are given out again, the last freed first */
  luaL_unref(L, 1, refs[10]);
  luaL_unref(L, 1, refs[20]);
  luaL_unref(L, 1, refs[30]);
  lua_pushliteral(L, "x"); CHECK_INT(luaL_ref(L, 1), refs[30]);
  lua_pushliteral(L, "y"); CHECK_INT(luaL_ref(L, 1), refs[20]);
  lua_pushliteral(L, "z"); CHECK_INT(luaL_ref(L, 1), refs[10]);
  lua_pushliteral(L, "w"); CHECK_INT(luaL_ref(L, 1), 101);
  lua_rawgeti(L, 1, refs[20]); CHECK_STR(lua_tostring(L, -1), "y");
  lua_settop(L, 1);
  /* nil has a reference of its own; the two negative ones are ignored by unref */
  lua_pushnil(L);
  CHECK_INT(luaL_ref(L, 1), LUA_REFNIL);
  CHECK_TOP(L, 1);
  luaL_unref(L, 1, LUA_REFNIL);
  luaL_unref(L, 1, LUA_NOREF);
  lua_pushliteral(L, "v"); CHECK_INT(luaL_ref(L, 1), 102);
  lua_rawgeti(L, 1, LUA_REFNIL); CHECK_TYPE(L, -1, "nil");
  lua_pop(L, 1);
  lua_pushboolean(L, 0);
  CHECK_INT(luaL_ref(L, -2), 103);                 /* negative table index */
  lua_settop(L, 0);
  CHECK_INT(LUA_NOREF, -2);
  CHECK_INT(LUA_REFNIL, -1);
}

static void test_macros(lua_State *L)
{
  int r;
  lua_pushliteral(L, "held");
  r = lua_ref(L, 1);
  CHECK(r > 0);
  CHECK_TOP(L, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_getref(L, r);
  CHECK_STR(lua_tostring(L, -1), "held");
  lua_pop(L, 1);
  lua_unref(L, r);
  lua_getref(L, r);
  CHECK(lua_type(L, -1) != LUA_TSTRING);
  lua_settop(L, 0);
}

/* A reference keeps its object alive until it is given up. */
static void test_liveness(lua_State *L)
{
  int r;
  RUN(L, "weak = setmetatable({}, {__mode = 'v'})");
  lua_getglobal(L, "weak");
  lua_newtable(L);
  lua_pushvalue(L, -1); lua_setfield(L, 1, "t");
  r = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_getfield(L, 1, "t"); CHECK_TYPE(L, -1, "table"); lua_pop(L, 1);
  luaL_unref(L, LUA_REGISTRYINDEX, r);
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_getfield(L, 1, "t"); CHECK_TYPE(L, -1, "nil");
  lua_settop(L, 0);
}

/* Many in and out, against a model. */
static void test_churn(lua_State *L)
{
  enum { N = 300 };
  int live[N], values[N], n = 0, step, bad = 0;
  unsigned seed = 99;
  lua_newtable(L);
  for (step = 0; step < 20000; step++) {
    seed = seed * 1103515245u + 12345u;
    if (n == 0 || (n < N && (seed >> 20) % 2)) {
      lua_pushinteger(L, step);
      live[n] = luaL_ref(L, 1);
      values[n++] = step;
    } else {
      int at = (int)((seed >> 8) % (unsigned)n);
      lua_rawgeti(L, 1, live[at]);
      if (lua_tointeger(L, -1) != values[at]) bad++;
      lua_pop(L, 1);
      luaL_unref(L, 1, live[at]);
      live[at] = live[--n];
      values[at] = values[n];
    }
  }
  CHECK_INT(bad, 0);
  CHECK(lua_objlen(L, 1) <= N);
  lua_settop(L, 0);
}

int main(void)
{
  lua_State *L = check_open();
  test_registry(L);
  test_refs(L);
  test_macros(L);
  test_liveness(L);
  test_churn(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("registry");
}
