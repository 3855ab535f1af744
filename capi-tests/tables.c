/*
** tables.c - reading, writing, creating and walking tables from C.
*/
#include "check.h"

static void test_access(lua_State *L)
{
  lua_newtable(L);
  CHECK_TYPE(L, 1, "table");
  lua_pushliteral(L, "k"); lua_pushinteger(L, 1); lua_settable(L, 1);
  lua_pushinteger(L, 2); lua_setfield(L, 1, "f");
  lua_pushliteral(L, "r"); lua_pushinteger(L, 3); lua_rawset(L, 1);
  lua_pushinteger(L, 4); lua_rawseti(L, 1, 10);
  lua_pushinteger(L, 5); lua_rawseti(L, -2, -10);
  lua_pushinteger(L, 6); lua_rawseti(L, 1, 0);
  CHECK_TOP(L, 1);
  lua_pushliteral(L, "k"); lua_gettable(L, 1);  CHECK_INT(lua_tointeger(L, -1), 1);
  lua_getfield(L, 1, "f");                      CHECK_INT(lua_tointeger(L, -1), 2);
  lua_pushliteral(L, "r"); lua_rawget(L, 1);    CHECK_INT(lua_tointeger(L, -1), 3);
  lua_rawgeti(L, 1, 10);                        CHECK_INT(lua_tointeger(L, -1), 4);
  lua_rawgeti(L, 1, -10);                       CHECK_INT(lua_tointeger(L, -1), 5);
  lua_rawgeti(L, 1, 0);                         CHECK_INT(lua_tointeger(L, -1), 6);
  lua_getfield(L, 1, "absent");                 CHECK_TYPE(L, -1, "nil");
  lua_rawgeti(L, 1, 11);                        CHECK_TYPE(L, -1, "nil");
  CHECK_TOP(L, 9);
  lua_settop(L, 1);
  /* gettable replaces the key, and the table may be the key's neighbour */
  lua_pushvalue(L, 1);
  lua_pushliteral(L, "f");
  lua_gettable(L, -2);
  CHECK_INT(lua_tointeger(L, -1), 2);
  CHECK_TOP(L, 3);
  lua_settop(L, 1);
  /* writing nil deletes */
  lua_pushnil(L); lua_setfield(L, 1, "f");
  lua_getfield(L, 1, "f"); CHECK_TYPE(L, -1, "nil");
  lua_settop(L, 0);
}

static void test_keys(lua_State *L)
{
  int here = 0;
  lua_newtable(L);
  lua_pushboolean(L, 1); lua_pushliteral(L, "true"); lua_rawset(L, 1);
  lua_pushboolean(L, 0); lua_pushliteral(L, "false"); lua_rawset(L, 1);
  lua_pushlightuserdata(L, &here); lua_pushliteral(L, "light"); lua_rawset(L, 1);
  lua_pushnumber(L, 1.5); lua_pushliteral(L, "1.5"); lua_rawset(L, 1);
  lua_pushnumber(L, 1); lua_pushliteral(L, "one"); lua_rawset(L, 1);
  lua_pushliteral(L, "1"); lua_pushliteral(L, "text one"); lua_rawset(L, 1);
  lua_pushvalue(L, 1); lua_pushliteral(L, "itself"); lua_rawset(L, 1);
  lua_pushnumber(L, HUGE_VAL); lua_pushliteral(L, "inf"); lua_rawset(L, 1);
  lua_pushnumber(L, 1e15); lua_pushliteral(L, "1e15"); lua_rawset(L, 1);
  lua_pushnumber(L, 0.0); lua_pushliteral(L, "zero"); lua_rawset(L, 1);
  lua_pushlstring(L, "z\0a", 3); lua_pushliteral(L, "za"); lua_rawset(L, 1);
  lua_pushlstring(L, "z\0b", 3); lua_pushliteral(L, "zb"); lua_rawset(L, 1);

  lua_pushboolean(L, 1); lua_rawget(L, 1); CHECK_STR(lua_tostring(L, -1), "true");
  lua_pushboolean(L, 0); lua_rawget(L, 1); CHECK_STR(lua_tostring(L, -1), "false");
  lua_pushlightuserdata(L, &here); lua_rawget(L, 1); CHECK_STR(lua_tostring(L, -1), "light");
  lua_pushnumber(L, 1.5); lua_rawget(L, 1); CHECK_STR(lua_tostring(L, -1), "1.5");
  lua_rawgeti(L, 1, 1); CHECK_STR(lua_tostring(L, -1), "one");
  lua_getfield(L, 1, "1"); CHECK_STR(lua_tostring(L, -1), "text one");
  lua_pushvalue(L, 1); lua_rawget(L, 1); CHECK_STR(lua_tostring(L, -1), "itself");
  lua_pushnumber(L, HUGE_VAL); lua_rawget(L, 1); CHECK_STR(lua_tostring(L, -1), "inf");
  lua_pushnumber(L, 1e15); lua_rawget(L, 1); CHECK_STR(lua_tostring(L, -1), "1e15");
  lua_pushnumber(L, -0.0); lua_rawget(L, 1); CHECK_STR(lua_tostring(L, -1), "zero");
  lua_pushlstring(L, "z\0a", 3); lua_rawget(L, 1); CHECK_STR(lua_tostring(L, -1), "za");
  lua_pushlstring(L, "z\0b", 3); lua_rawget(L, 1); CHECK_STR(lua_tostring(L, -1), "zb");
  lua_settop(L, 1);
  /* reading nil and NaN keys is allowed */
  lua_pushnil(L); lua_rawget(L, 1); CHECK_TYPE(L, -1, "nil");
  lua_pushnumber(L, (double)NAN); lua_rawget(L, 1); CHECK_TYPE(L, -1, "nil");
  lua_settop(L, 0);
}

static int set_nil_key(lua_State *L)
{ lua_newtable(L); lua_pushnil(L); lua_pushinteger(L, 1); lua_settable(L, 1); return 0; }
static int set_nan_key(lua_State *L)
{ lua_newtable(L); lua_pushnumber(L, (double)NAN); lua_pushinteger(L, 1); lua_settable(L, 1); return 0; }
static int rawset_nil_key(lua_State *L)
{ lua_newtable(L); lua_pushnil(L); lua_pushinteger(L, 1); lua_rawset(L, 1); return 0; }
static int rawset_nan_key(lua_State *L)
{ lua_newtable(L); lua_pushnumber(L, (double)NAN); lua_pushinteger(L, 1); lua_rawset(L, 1); return 0; }
static int index_nil(lua_State *L)
{ lua_pushnil(L); lua_getfield(L, 1, "x"); return 0; }
static int index_number(lua_State *L)
{ lua_pushnumber(L, 1); lua_pushinteger(L, 1); lua_gettable(L, 1); return 0; }
static int write_boolean(lua_State *L)
{ lua_pushboolean(L, 1); lua_pushnil(L); lua_setfield(L, 1, "x"); return 0; }
static int next_bad_key(lua_State *L)
{ lua_newtable(L); lua_pushliteral(L, "no such key"); lua_next(L, 1); return 0; }

static void test_errors(lua_State *L)
{
  CHECK_ERROR(L, check_pcall_c(L, set_nil_key), LUA_ERRRUN, "table index is nil");
  CHECK_ERROR(L, check_pcall_c(L, set_nan_key), LUA_ERRRUN, "table index is NaN");
  CHECK_ERROR(L, check_pcall_c(L, rawset_nil_key), LUA_ERRRUN, "table index is nil");
  CHECK_ERROR(L, check_pcall_c(L, rawset_nan_key), LUA_ERRRUN, "table index is NaN");
  CHECK_ERROR(L, check_pcall_c(L, index_nil), LUA_ERRRUN, "attempt to index a nil value");
  CHECK_ERROR(L, check_pcall_c(L, index_number), LUA_ERRRUN, "attempt to index a number value");
  CHECK_ERROR(L, check_pcall_c(L, write_boolean), LUA_ERRRUN, "attempt to index a boolean value");
  CHECK_ERROR(L, check_pcall_c(L, next_bad_key), LUA_ERRRUN, "invalid key to 'next'");
  CHECK_TOP(L, 0);
}

static void test_next(lua_State *L)
{
  int i, n = 0, sum = 0, strings = 0;
  lua_newtable(L);
  lua_pushnil(L);
  CHECK_INT(lua_next(L, 1), 0);     /* empty: the key is popped, nothing pushed */
  CHECK_TOP(L, 1);
  for (i = 1; i <= 100; i++) { lua_pushinteger(L, i); lua_rawseti(L, 1, i); }
  for (i = 1; i <= 50; i++) {
    lua_pushfstring(L, "key%d", i);
    lua_pushinteger(L, 1000);
    lua_rawset(L, 1);
  }
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    n++;
    sum += (int)lua_tointeger(L, -1);
    if (lua_type(L, -2) == LUA_TSTRING) strings++;
    lua_pop(L, 1);
  }
  CHECK_TOP(L, 1);
  CHECK_INT(n, 150);
  CHECK_INT(strings, 50);
  CHECK_INT(sum, 5050 + 50000);
  /* fields may be changed and cleared during a walk */
  lua_pushnil(L);
  n = 0;
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_pushnil(L);
    lua_rawset(L, 1);
    n++;
  }
  CHECK_INT(n, 150);
  lua_pushnil(L);
  CHECK_INT(lua_next(L, 1), 0);
  lua_settop(L, 0);
  /* the array part comes first, in order */
  lua_createtable(L, 4, 1);
  lua_pushinteger(L, 99); lua_setfield(L, 1, "s");
  for (i = 1; i <= 4; i++) { lua_pushinteger(L, i * 10); lua_rawseti(L, 1, i); }
  lua_pushnil(L);
  for (i = 1; i <= 4; i++) {
    CHECK_INT(lua_next(L, 1), 1);
    CHECK_INT(lua_tointeger(L, -2), i);
    CHECK_INT(lua_tointeger(L, -1), i * 10);
    lua_pop(L, 1);
  }
  CHECK_INT(lua_next(L, 1), 1);
  CHECK_STR(lua_tostring(L, -2), "s");
  lua_pop(L, 1);
  CHECK_INT(lua_next(L, 1), 0);
  lua_settop(L, 0);
  /* hosts depend on the order of the hash part too; it follows the contents */
  RUN(L, "local t = {} for w in ('alpha beta gamma delta epsilon zeta eta theta'):gmatch('%a+') do t[w] = #w end "
         "local r = {} for k in pairs(t) do r[#r+1] = k end order = table.concat(r, ' ')");
  CHECK_EVAL(L, "return order", "eta beta theta zeta epsilon delta gamma alpha");
}

static void test_create(lua_State *L)
{
  int i;
  static const int sizes[][2] = { {0,0}, {1,0}, {0,1}, {10,0}, {0,10}, {100,100}, {5000,0}, {0,5000} };
  for (i = 0; i < (int)(sizeof sizes / sizeof sizes[0]); i++) {
    lua_createtable(L, sizes[i][0], sizes[i][1]);
    CHECK_INT(lua_objlen(L, -1), 0);   /* room, not contents */
    lua_pushnil(L);
    CHECK_INT(lua_next(L, -2), 0);
    lua_pop(L, 1);
  }
  lua_newtable(L);
  lua_newtable(L);
  CHECK(!lua_rawequal(L, -1, -2));
  CHECK(!lua_equal(L, -1, -2));
  lua_settop(L, 0);
}

static void test_length(lua_State *L)
{
  int i;
  lua_newtable(L);
  for (i = 1; i <= 3000; i++) {
    lua_pushinteger(L, i); lua_rawseti(L, 1, i);
    if (i % 500 == 0) CHECK_INT(lua_objlen(L, 1), i);
  }
  for (i = 3000; i > 10; i--) { lua_pushnil(L); lua_rawseti(L, 1, i); }
  CHECK_INT(lua_objlen(L, 1), 10);
  lua_settop(L, 0);
  /* filled from behind: the border is still found */
  lua_newtable(L);
  for (i = 100; i >= 1; i--) { lua_pushinteger(L, i); lua_rawseti(L, 1, i); }
  CHECK_INT(lua_objlen(L, 1), 100);
  lua_settop(L, 0);
}

static void test_many(lua_State *L)
{
  int i, bad = 0;
  lua_newtable(L);
  for (i = 0; i < 20000; i++) {
    lua_pushnumber(L, i * 0.5);
    lua_pushinteger(L, i);
    lua_rawset(L, 1);
  }
  for (i = 0; i < 20000; i++) {
    lua_pushnumber(L, i * 0.5);
    lua_rawget(L, 1);
    if (lua_tointeger(L, -1) != i) bad++;
    lua_pop(L, 1);
  }
  CHECK_INT(bad, 0);
  for (i = 0; i < 5000; i++) {
    lua_pushlightuserdata(L, (void *)(size_t)(i * 16 + 16));
    lua_pushinteger(L, -i);
    lua_rawset(L, 1);
  }
  for (i = 0; i < 5000; i++) {
    lua_pushlightuserdata(L, (void *)(size_t)(i * 16 + 16));
    lua_rawget(L, 1);
    if (lua_tointeger(L, -1) != -i) bad++;
    lua_pop(L, 1);
  }
  CHECK_INT(bad, 0);
  lua_settop(L, 0);
}

static void test_globals(lua_State *L)
{
  lua_pushinteger(L, 41);
  lua_setglobal(L, "answer");
  RUN(L, "answer = answer + 1");
  lua_getglobal(L, "answer");
  CHECK_INT(lua_tointeger(L, -1), 42);
  lua_getglobal(L, "never defined");
  CHECK_TYPE(L, -1, "nil");
  lua_getfield(L, LUA_GLOBALSINDEX, "_G");
  CHECK(lua_rawequal(L, -1, LUA_GLOBALSINDEX));
  lua_settop(L, 0);
}

int main(void)
{
  lua_State *L = check_open();
  test_access(L);
  test_keys(L);
  test_errors(L);
  test_next(L);
  test_create(L);
  test_length(L);
  test_many(L);
  test_globals(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("tables");
}
