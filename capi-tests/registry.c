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

/* The list of freed references as a host may leave it: what t[0] says is taken for a number, and t[that] is the next. */
static int ref_after(lua_State *L, int first)
{
  int r;
  lua_rawseti(L, first, 0);
  lua_pushliteral(L, "new");
  r = luaL_ref(L, first);
  CHECK_TOP(L, first);
  return r;
}

static void test_odd_lists(lua_State *L)
{
  int i;
  lua_newtable(L);
  for (i = 1; i <= 4; i++) { lua_pushinteger(L, 10 * i); CHECK_INT(luaL_ref(L, 1), i); }
  lua_pushliteral(L, "3"); CHECK_INT(ref_after(L, 1), 3);
  lua_rawgeti(L, 1, 0); CHECK_NUM(lua_tonumber(L, -1), 30); lua_pop(L, 1);   /* what t[3] was */
  lua_pushnumber(L, 2.25); CHECK_INT(ref_after(L, 1), 2);
  lua_rawgeti(L, 1, 0); CHECK_NUM(lua_tonumber(L, -1), 20); lua_pop(L, 1);
  CHECK_STR((lua_rawgeti(L, 1, 3), lua_tostring(L, -1)), "new"); lua_pop(L, 1);
  lua_pushboolean(L, 1); CHECK_INT(ref_after(L, 1), 5);
  lua_pushinteger(L, 77); CHECK_INT(ref_after(L, 1), 77);                     /* far outside the array */
  lua_rawgeti(L, 1, 0); CHECK_TYPE(L, -1, "nil"); lua_pop(L, 1);
  luaL_unref(L, 1, 77);
  luaL_unref(L, 1, 1);
  lua_rawgeti(L, 1, 1); CHECK_NUM(lua_tonumber(L, -1), 77); lua_pop(L, 1);
  lua_pushliteral(L, "a"); CHECK_INT(luaL_ref(L, 1), 1);
  lua_pushliteral(L, "b"); CHECK_INT(luaL_ref(L, 1), 77);
  lua_settop(L, 0);
  /* the key that begins the list may be a zero of the other sign */
  lua_newtable(L);
  lua_pushinteger(L, 5); CHECK_INT(luaL_ref(L, 1), 1);
  lua_pushinteger(L, 6); CHECK_INT(luaL_ref(L, 1), 2);
  lua_pushnumber(L, -0.0); lua_pushinteger(L, 2); lua_rawset(L, 1);
  lua_pushliteral(L, "c"); CHECK_INT(luaL_ref(L, 1), 2);
  luaL_unref(L, 1, 1);
  lua_rawgeti(L, 1, 0); CHECK_NUM(lua_tonumber(L, -1), 1); lua_pop(L, 1);
  lua_settop(L, 0);
}

/* Keys of every kind in the registry, a table on the stack and the globals, by rawget and rawset, gettable and settable. */
static void test_keys(lua_State *L)
{
  static int keys[2];
  static const int where[] = { LUA_REGISTRYINDEX, LUA_GLOBALSINDEX, 1, -3 };
  size_t at;
  int kind;
  for (at = 0; at < sizeof where / sizeof where[0]; at++)
    for (kind = 0; kind < 10; kind++) {
      int index = where[at], raw;
      lua_newtable(L);
      for (raw = 0; raw < 2; raw++) {
        int round;
        for (round = 0; round < 2; round++) {
          switch (kind) {
            case 0: lua_pushlightuserdata(L, &keys[0]); break;
            case 1: lua_pushlightuserdata(L, &keys[1]); break;
            case 2: lua_pushboolean(L, 0); break;
            case 3: lua_pushboolean(L, 1); break;
            case 4: lua_pushnumber(L, 0.5); break;
            case 5: lua_pushnumber(L, 1e15); break;
            case 6: lua_pushinteger(L, 901); break;
            case 7: lua_pushnumber(L, -2147483648.0); break;
            case 8: lua_pushvalue(L, 1); break;
            default: lua_pushliteral(L, "a key that is longer than forty characters, so that it is not interned");
          }
          if (round == 0) {
            lua_pushinteger(L, kind + 100 * raw);
            if (raw) lua_rawset(L, index); else lua_settable(L, index);
          } else {
            if (raw) lua_rawget(L, index == -3 ? -2 : index); else lua_gettable(L, index == -3 ? -2 : index);
            CHECK_NUM(lua_tonumber(L, -1), kind + 100 * raw);
            lua_pop(L, 1);
          }
          CHECK_TOP(L, 1);
        }
      }
      lua_settop(L, 0);
    }
}

int main(void)
{
  lua_State *L = check_open();
  test_registry(L);
  test_refs(L);
  test_macros(L);
  test_liveness(L);
  test_churn(L);
  test_odd_lists(L);
  test_keys(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("registry");
}
