/*
** upvalues.c - C closures and their pseudo-indices, lua_getupvalue and
** lua_setupvalue for C and Lua functions, sharing and closing.
*/
#include "check.h"

static int counter(lua_State *L)
{
  lua_pushinteger(L, lua_tointeger(L, lua_upvalueindex(1)) + 1);
  lua_pushvalue(L, -1);
  lua_replace(L, lua_upvalueindex(1));
  return 1;
}

static void test_state(lua_State *L)
{
  int i;
  lua_pushinteger(L, 0); lua_pushcclosure(L, counter, 1);
  lua_pushinteger(L, 100); lua_pushcclosure(L, counter, 1);
  for (i = 1; i <= 3; i++) {
    lua_pushvalue(L, 1); lua_call(L, 0, 1);
    CHECK_INT(lua_tointeger(L, -1), i); lua_pop(L, 1);
    lua_pushvalue(L, 2); lua_call(L, 0, 1);
    CHECK_INT(lua_tointeger(L, -1), 100 + i); lua_pop(L, 1);
  }
  lua_settop(L, 0);
}

static int sum_all(lua_State *L)
{
  lua_Integer i, n = lua_tointeger(L, lua_upvalueindex(1)), sum = 0;
  for (i = 2; i <= n; i++) sum += lua_tointeger(L, lua_upvalueindex((int)i));
  /* one behind the last is acceptable and holds nothing */
  CHECK_INT(lua_type(L, lua_upvalueindex((int)n + 1)), LUA_TNONE);
  CHECK(lua_isnone(L, lua_upvalueindex((int)n + 1)));
  lua_pushinteger(L, sum);
  return 1;
}

static void test_255(lua_State *L)
{
  int i;
  CHECK(lua_checkstack(L, 260));
  lua_pushinteger(L, 254);
  for (i = 2; i <= 254; i++) lua_pushinteger(L, i);
  lua_pushcclosure(L, sum_all, 254);
  CHECK_TOP(L, 1);
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_call(L, 0, 1);
  CHECK_INT(lua_tointeger(L, -1), 254 * 255 / 2 - 1);
  lua_settop(L, 0);
}

static int inspect(lua_State *L)
{
  /* the reading functions work on upvalues as on the stack */
  CHECK_TYPE(L, lua_upvalueindex(1), "table");
  CHECK_TYPE(L, lua_upvalueindex(2), "string");
  lua_getfield(L, lua_upvalueindex(1), "k");
  CHECK_INT(lua_tointeger(L, -1), 5);
  lua_pushinteger(L, 6); lua_setfield(L, lua_upvalueindex(1), "k");
  lua_rawgeti(L, lua_upvalueindex(1), 1);
  CHECK_TYPE(L, -1, "nil");
  CHECK_STR(lua_tostring(L, lua_upvalueindex(2)), "12");
  CHECK_NUM(lua_tonumber(L, lua_upvalueindex(2)), 12);
  CHECK(lua_isnumber(L, lua_upvalueindex(2)));
  lua_pushvalue(L, lua_upvalueindex(2));
  CHECK(lua_rawequal(L, -1, lua_upvalueindex(2)));
  return 1;
}

static void test_access(lua_State *L)
{
  lua_newtable(L);
  lua_pushinteger(L, 5); lua_setfield(L, 1, "k");
  lua_pushvalue(L, 1);
  lua_pushliteral(L, "12");
  lua_pushcclosure(L, inspect, 2);
  lua_call(L, 0, 1);
  CHECK_STR(lua_tostring(L, -1), "12");
  lua_getfield(L, 1, "k");
  CHECK_INT(lua_tointeger(L, -1), 6);
  lua_settop(L, 0);
}

static void test_get_set_c(lua_State *L)
{
  lua_pushliteral(L, "first");
  lua_pushliteral(L, "second");
  lua_pushcclosure(L, sum_all, 2);
  CHECK_STR(lua_getupvalue(L, 1, 1), "");          /* C upvalues have no names */
  CHECK_STR(lua_tostring(L, -1), "first");
  CHECK_STR(lua_getupvalue(L, 1, 2), "");
  CHECK_STR(lua_tostring(L, -1), "second");
  CHECK_TOP(L, 3);
  CHECK(lua_getupvalue(L, 1, 3) == NULL);
  CHECK(lua_getupvalue(L, 1, 0) == NULL);
  CHECK(lua_getupvalue(L, 1, -1) == NULL);
  CHECK_TOP(L, 3);                                   /* nothing is pushed on failure */
  lua_settop(L, 1);
  lua_pushinteger(L, 5);
  CHECK_STR(lua_setupvalue(L, 1, 2), "");
  CHECK_TOP(L, 1);
  lua_pushinteger(L, 6);
  CHECK(lua_setupvalue(L, 1, 3) == NULL);
  CHECK_TOP(L, 2);                                   /* nor popped */
  lua_settop(L, 1);
  lua_getupvalue(L, 1, 2);
  CHECK_INT(lua_tointeger(L, -1), 5);
  lua_settop(L, 0);
  lua_pushcfunction(L, sum_all);
  CHECK(lua_getupvalue(L, 1, 1) == NULL);
  lua_pushliteral(L, "no function");
  CHECK(lua_getupvalue(L, -1, 1) == NULL);
  lua_settop(L, 0);
}

static void test_get_set_lua(lua_State *L)
{
  RUN(L, "local a, b = 1, 'two' "
         "function get() return a, b end "
         "function set(x) a = x end "
         "function onlyb() return b end");
  lua_getglobal(L, "get");
  CHECK_STR(lua_getupvalue(L, 1, 1), "a"); CHECK_INT(lua_tointeger(L, -1), 1);
  CHECK_STR(lua_getupvalue(L, 1, 2), "b"); CHECK_STR(lua_tostring(L, -1), "two");
  CHECK(lua_getupvalue(L, 1, 3) == NULL);
  CHECK(lua_getupvalue(L, 1, 0) == NULL);
  lua_settop(L, 1);
  /* all closures of the variable see the change */
  lua_pushinteger(L, 50);
  CHECK_STR(lua_setupvalue(L, 1, 1), "a");
  CHECK_EVAL(L, "return (get())", "50");
  CHECK_EVAL(L, "set(51) return (get())", "51");
  lua_getglobal(L, "onlyb");
  lua_newtable(L);
  CHECK_STR(lua_setupvalue(L, 2, 1), "b");
  CHECK_EVAL(L, "return type(select(2, get()))", "table");
  lua_settop(L, 0);
  /* a main chunk has none; a stripped function's have no names */
  check_load(L, "return x");
  CHECK(lua_getupvalue(L, 1, 1) == NULL);
  lua_settop(L, 0);
}

/* While the enclosing function runs, an upvalue is its stack slot. */
static int peek(lua_State *L)
{
  CHECK_STR(lua_getupvalue(L, 1, 1), "x");
  CHECK_INT(lua_tointeger(L, -1), lua_tointeger(L, 2));
  lua_pushinteger(L, lua_tointeger(L, 2) + 1);
  CHECK_STR(lua_setupvalue(L, 1, 1), "x");
  return 0;
}

static void test_open(lua_State *L)
{
  lua_register(L, "peek", peek);
  CHECK_EVAL(L, "local x = 10 local function f() return x end peek(f, 10) x = x + 1 peek(f, 12) return x", "13");
  CHECK_EVAL(L, "local function make() local x = 1 return function() return x end end "
                "local f, g = make(), make() peek(f, 1) return f() * 10 + g()", "21");
}

static void test_lua_closures(lua_State *L)
{
  CHECK_EVAL(L, "local t = {} for i = 1, 3 do t[i] = function() i = i + 1 return i end end return t[1]() + t[1]() + t[3]()", "9");
  CHECK_EVAL(L, "local t, i = {}, 0 while i < 3 do i = i + 1 local j = i t[i] = function() j = j + 1 return j end end return t[1]() .. t[2]() .. t[2]()", "234");
  CHECK_EVAL(L, "local f for i = 1, 10 do local k = i f = function() return k end if i == 4 then break end end return f()", "4");
  CHECK_EVAL(L, "local function a() local v = 1 return function() return function() v = v * 2 return v end end end "
                "local b = a() local c, d = b(), b() c() c() return d()", "8");
  CHECK_EVAL(L, "local co = coroutine.wrap(function() local n = 0 local inc = function() n = n + 1 end coroutine.yield(inc) return n end) "
                "local inc = co() inc() inc() inc() return co()", "3");
  CHECK_EVAL(L, "local inc, get do local n = 5 inc = function() n = n + 1 end get = function() return n end end inc() inc() return get()", "7");
}

/* An iterator factory in C: the classic use. */
static int range_next(lua_State *L)
{
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(1));
  if (at > lua_tointeger(L, lua_upvalueindex(2))) return 0;
  lua_pushinteger(L, at + 1);
  lua_replace(L, lua_upvalueindex(1));
  lua_pushinteger(L, at);
  return 1;
}
static int range(lua_State *L)
{
  luaL_checkinteger(L, 1); luaL_checkinteger(L, 2);
  lua_settop(L, 2);
  lua_pushcclosure(L, range_next, 2);
  return 1;
}

static void test_factory(lua_State *L)
{
  lua_register(L, "range", range);
  CHECK_EVAL(L, "local s = '' for i in range(2, 5) do for j in range(i, 4) do s = s .. i .. j .. ' ' end end return s",
             "22 23 24 33 34 44 ");
}

/* Replaced upvalues stay alive; what they replace can go. */
static void test_collect(lua_State *L)
{
  int i;
  RUN(L, "weak = setmetatable({}, {__mode = 'v'})");
  lua_newtable(L);
  lua_pushcclosure(L, inspect, 1);
  lua_getglobal(L, "weak");
  lua_getupvalue(L, 1, 1);
  lua_setfield(L, 2, "old");
  for (i = 0; i < 50; i++) {
    lua_newtable(L);
    lua_pushinteger(L, i); lua_setfield(L, -2, "i");
    lua_setupvalue(L, 1, 1);
    lua_gc(L, LUA_GCSTEP, 0);
  }
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_getfield(L, 2, "old");
  CHECK_TYPE(L, -1, "nil");
  lua_getupvalue(L, 1, 1);
  lua_getfield(L, -1, "i");
  CHECK_INT(lua_tointeger(L, -1), 49);
  lua_settop(L, 0);
}

int main(void)
{
  lua_State *L = check_open();
  test_state(L);
  test_255(L);
  test_access(L);
  test_get_set_c(L);
  test_get_set_lua(L);
  test_open(L);
  test_lua_closures(L);
  test_factory(L);
  test_collect(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("upvalues");
}
