/*
** calls.c - lua_call, lua_pcall and lua_cpcall: arguments, results, nesting,
** and C functions called from Lua.
*/
#include "check.h"

/* Returns its arguments in reverse order. */
static int reverse(lua_State *L)
{
  int i, n = lua_gettop(L);
  luaL_checkstack(L, n, "too many arguments");
  for (i = n; i >= 1; i--) lua_pushvalue(L, i);
  return n;
}

/* Pushes five values and returns as many as its argument says. */
static int some_results(lua_State *L)
{
  int i, n = (int)luaL_checkinteger(L, 1);
  for (i = 1; i <= 5; i++) lua_pushinteger(L, i * 100);
  return n;
}

static void test_arities(lua_State *L)
{
  int nargs, nresults, i;
  for (nargs = 0; nargs <= 12; nargs++) {
    for (nresults = -1; nresults <= 14; nresults++) {
      int want = nresults < 0 ? nargs : nresults, good = 1;
      lua_pushliteral(L, "guard");
      lua_pushcfunction(L, reverse);
      for (i = 1; i <= nargs; i++) lua_pushinteger(L, i);
      if (nresults % 2) lua_call(L, nargs, nresults);
      else CHECK_INT(lua_pcall(L, nargs, nresults, 0), 0);
      CHECK_TOP(L, 1 + want);
      CHECK_STR(lua_tostring(L, 1), "guard");
      for (i = 1; i <= want; i++) {
        if (i <= nargs) good = good && lua_tointeger(L, 1 + i) == nargs - i + 1;
        else good = good && lua_isnil(L, 1 + i);
      }
      CHECK(good);
      lua_settop(L, 0);
    }
  }
  for (i = 0; i <= 6; i++) {   /* the last ones of the stack are returned; 6 takes the argument too */
    lua_pushcfunction(L, some_results);
    lua_pushinteger(L, i);
    lua_call(L, 1, LUA_MULTRET);
    CHECK_TOP(L, i);
    if (i > 0) CHECK_INT(lua_tointeger(L, -1), 500);
    if (i > 1 && i < 6) CHECK_INT(lua_tointeger(L, 1), (6 - i) * 100);
    lua_settop(L, 0);
  }
}

static void test_lua_functions(lua_State *L)
{
  check_load(L, "return ...");
  lua_pushinteger(L, 1);
  lua_pushliteral(L, "two");
  lua_pushnil(L);
  lua_call(L, 3, LUA_MULTRET);
  CHECK_TOP(L, 3);
  CHECK_INT(lua_tointeger(L, 1), 1);
  CHECK_STR(lua_tostring(L, 2), "two");
  CHECK_TYPE(L, 3, "nil");
  lua_settop(L, 0);
  RUN(L, "function fixed(a, b, c) return c, b, a end "
         "function three() return 1, 2, 3 end "
         "function none() end "
         "function vararg(...) return select('#', ...) end");
  lua_getglobal(L, "fixed");
  lua_pushinteger(L, 1);
  lua_call(L, 1, LUA_MULTRET);
  CHECK_TOP(L, 3);
  CHECK_TYPE(L, 1, "nil"); CHECK_TYPE(L, 2, "nil"); CHECK_INT(lua_tointeger(L, 3), 1);
  lua_settop(L, 0);
  lua_getglobal(L, "fixed");
  lua_pushinteger(L, 1); lua_pushinteger(L, 2); lua_pushinteger(L, 3); lua_pushinteger(L, 4);
  lua_call(L, 4, 1);
  CHECK_TOP(L, 1); CHECK_INT(lua_tointeger(L, 1), 3);
  lua_settop(L, 0);
  lua_getglobal(L, "three"); lua_call(L, 0, 5);
  CHECK_TOP(L, 5); CHECK_INT(lua_tointeger(L, 3), 3); CHECK_TYPE(L, 5, "nil");
  lua_settop(L, 0);
  lua_getglobal(L, "none"); lua_call(L, 0, LUA_MULTRET);
  CHECK_TOP(L, 0);
  lua_getglobal(L, "none"); lua_call(L, 0, 2);
  CHECK_TOP(L, 2); CHECK_TYPE(L, 2, "nil");
  lua_settop(L, 0);
  lua_getglobal(L, "vararg"); lua_pushnil(L); lua_pushnil(L); lua_call(L, 2, 1);
  CHECK_INT(lua_tointeger(L, 1), 2);
  lua_settop(L, 0);
}

static void test_from_lua(lua_State *L)
{
  lua_register(L, "reverse", reverse);
  lua_register(L, "some", some_results);
  CHECK_EVAL(L, "return table.concat({reverse(1, 2, 3)}, ',')", "3,2,1");
  CHECK_EVAL(L, "return select('#', reverse())", "0");
  CHECK_EVAL(L, "return select('#', (reverse()))", "1");
  CHECK_EVAL(L, "local a, b, c, d = some(3) return table.concat({a, b, c, tostring(d)}, ',')", "300,400,500,nil");
  CHECK_EVAL(L, "return table.concat({some(2), some(2)}, ',')", "400,400,500");
  CHECK_EVAL(L, "return #{reverse(unpack({}, 1, 200))}", "0");
  CHECK_EVAL(L, "return select('#', reverse(unpack({}, 1, 200)))", "200");
  CHECK_EVAL(L, "local t = {} for i = 1, 200 do t[i] = i end return (reverse(unpack(t)))", "200");
  CHECK_EVAL(L, "local function tail(...) return reverse(...) end return (tail(7, 8))", "8");
  CHECK_EVAL(L, "local s = 0 for i, v in reverse, 5, nil do s = s + 1 if s == 3 then break end end return s", "0");
}

/* A chain Lua -> C -> Lua -> C ... of the given depth, by lua_call. */
static int nest(lua_State *L)
{
  lua_Integer n = lua_tointeger(L, 1);
  if (n == 0) { lua_pushinteger(L, 0); return 1; }
  lua_getglobal(L, "nest_lua");
  lua_pushinteger(L, n - 1);
  lua_call(L, 1, 1);
  lua_pushinteger(L, lua_tointeger(L, -1) + 1);
  return 1;
}

static void test_nesting(lua_State *L)
{
  lua_register(L, "nest_c", nest);
  RUN(L, "function nest_lua(n) local r = nest_c(n) return r end");
  CHECK_EVAL(L, "return nest_lua(0)", "0");
  CHECK_EVAL(L, "return nest_lua(1)", "1");
  CHECK_EVAL(L, "return nest_lua(90)", "90");
}

static int call_nil(lua_State *L) { lua_pushnil(L); lua_call(L, 0, 0); return 0; }
static int call_string(lua_State *L) { lua_pushliteral(L, "s"); lua_call(L, 0, 0); return 0; }

static void test_bad_calls(lua_State *L)
{
  CHECK_ERROR(L, check_pcall_c(L, call_nil), LUA_ERRRUN, "attempt to call a nil value");
  CHECK_ERROR(L, check_pcall_c(L, call_string), LUA_ERRRUN, "attempt to call a string value");
  lua_pushliteral(L, "below");
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 2);
  CHECK_INT(lua_pcall(L, 1, 3, 0), LUA_ERRRUN);
  CHECK_TOP(L, 2);                     /* function and arguments are gone */
  CHECK_STR(lua_tostring(L, -1), "attempt to call a number value");
  CHECK_STR(lua_tostring(L, 1), "below");
  lua_settop(L, 0);
}

static int cp_target(lua_State *L)
{
  CHECK_TOP(L, 1);
  CHECK(lua_islightuserdata(L, 1));
  *(int *)lua_touserdata(L, 1) = 77;
  return 1;                            /* results are dropped */
}
static int cp_fail(lua_State *L)
{
  lua_pushfstring(L, "with %d", *(int *)lua_touserdata(L, 1));
  return lua_error(L);
}

static void test_cpcall(lua_State *L)
{
  int seen = 0;
  lua_pushliteral(L, "kept");
  CHECK_INT(lua_cpcall(L, cp_target, &seen), 0);
  CHECK_INT(seen, 77);
  CHECK_TOP(L, 1);
  CHECK_INT(lua_cpcall(L, cp_fail, &seen), LUA_ERRRUN);
  CHECK_TOP(L, 2);
  CHECK_STR(lua_tostring(L, -1), "with 77");
  lua_settop(L, 0);
}

/* C functions as arguments to library functions that call back. */
static int descending(lua_State *L)
{ lua_pushboolean(L, lua_lessthan(L, 2, 1)); return 1; }
static int shout(lua_State *L)
{ lua_pushfstring(L, "<%s>", luaL_checkstring(L, 1)); return 1; }
static int count_to(lua_State *L)
{
  lua_Integer limit = lua_tointeger(L, 1), i = lua_tointeger(L, 2);
  if (i >= limit) return 0;
  lua_pushinteger(L, i + 1);
  return 1;
}

static void test_callbacks(lua_State *L)
{
  lua_register(L, "descending", descending);
  lua_register(L, "shout", shout);
  lua_register(L, "count_to", count_to);
  CHECK_EVAL(L, "local t = {3,1,2,5,4} table.sort(t, descending) return table.concat(t)", "54321");
  CHECK_EVAL(L, "return (string.gsub('a b c', '%a', shout))", "<a> <b> <c>");
  CHECK_EVAL(L, "local s = 0 for i in count_to, 10, 0 do s = s + i end return s", "55");
  CHECK_EVAL(L, "return select(2, pcall(shout, {}))",
             "bad argument #1 to '?' (string expected, got table)");
  CHECK_EVAL(L, "return select(2, pcall(pcall, pcall, shout, 'x'))", "true");
  CHECK_EVAL(L, "return select(4, pcall(pcall, pcall, shout, 'x'))", "<x>");
}

static int replace_results(lua_State *L)
{
  /* results below garbage and above it: only the top ones count */
  lua_settop(L, 0);
  lua_pushliteral(L, "garbage");
  lua_pushliteral(L, "r1");
  lua_pushliteral(L, "r2");
  return 2;
}

static void test_top_of_results(lua_State *L)
{
  lua_pushcfunction(L, replace_results);
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 2);
  lua_call(L, 2, LUA_MULTRET);
  CHECK_TOP(L, 2);
  CHECK_STR(lua_tostring(L, 1), "r1");
  CHECK_STR(lua_tostring(L, 2), "r2");
  lua_settop(L, 0);
}

/* What its upvalue says: 0 to 20 results, an error or a yield. */
static int on_order(lua_State *L)
{
  const char *order = lua_tostring(L, lua_upvalueindex(1));
  int i, n = (int)lua_tointeger(L, lua_upvalueindex(1));
  lua_settop(L, 1);
  luaL_checkstack(L, n + 1, "results");
  if (order[0] == 'e') return luaL_error(L, "on order: %s", lua_tostring(L, 1));
  if (order[0] == 'y') return lua_yield(L, 1);
  for (i = 1; i <= n; i++) lua_pushfstring(L, "%d", i);
  return n;
}

static void order(lua_State *L, const char *what)
{
  lua_pushstring(L, what);
  lua_pushcclosure(L, on_order, 1);
  lua_setglobal(L, "f");
}

/* Whether a coroutine may yield in a callback of a library, which the reference has no way to go on from. */
static int yields_there(lua_State *L)
{
  int yields = luaL_dostring(L, "return coroutine.wrap(function() ('a'):gsub('a', coroutine.yield) end)()") == 0;
  lua_settop(L, 0);
  return yields;
}

/* Libraries call one C function after another; so do metamethods. */
static void test_called_back(lua_State *L)
{
  order(L, "0");
  CHECK_EVAL(L, "return (('a-b-c'):gsub('%a', f))", "a-b-c");
  CHECK_EVAL(L, "local o = setmetatable({}, { __concat = f }) return tostring(o .. 'x')", "nil");
  order(L, "1");
  CHECK_EVAL(L, "return (('a-b-c'):gsub('%a', f))", "1-1-1");
  CHECK_EVAL(L, "local o = setmetatable({}, { __concat = f }) return 'x' .. 'y' .. o .. 'z' .. 1", "xy1");
  CHECK_EVAL(L, "local o = setmetatable({}, { __concat = f }) return 'x' .. o, o .. o, 2 .. o", "1");
  CHECK_EVAL(L, "local s = '' for i = 1, 20 do s = s .. ('ab'):gsub('.', f) end return #s", "40");
  order(L, "20");
  CHECK_EVAL(L, "return (('a-b-c'):gsub('%a', f))", "1-1-1");
  CHECK_EVAL(L, "return select('#', f()) .. select(20, f()) .. select('#', (f()))", "20201");
  CHECK_EVAL(L, "local o = setmetatable({}, { __concat = f, __index = f, __lt = f }) return o .. o .. o.x", "1");
  order(L, "error");
  CHECK_EVAL(L, "return select(2, pcall(string.gsub, 'a-b', '%a', f))", "on order: a");
  CHECK_EVAL(L, "local o = setmetatable({}, { __concat = f }) "
             "return select(2, pcall(function() return 'a' .. 'b' .. o end))", "test:1: on order: b");
  CHECK_EVAL(L, "local s, n = 'a', 0 for i = 1, 50 do if not pcall(string.gsub, s, '%a', f) then n = n + 1 end end "
             "return n .. ('a'):gsub('a', 'b')", "50b");
  order(L, "yield");
  if (yields_there(L)) {
    CHECK_EVAL(L, "local co = coroutine.wrap(function() return (('a-b-c'):gsub('%a', f)) end) "
               "local s = co() .. co('x') .. co(false) return s .. ' ' .. co(7)", "abc x-b-7");
    CHECK_EVAL(L, "local o = setmetatable({}, { __concat = f }) "
               "local co = coroutine.wrap(function(...) return 'l' .. o .. 'r' end) "
               "return type(co()) .. co('made')", "tablelmade");
  }
  CHECK_EVAL(L, "return select(2, pcall(string.gsub, 'a-b', '%a', f))",
             "attempt to yield across metamethod/C-call boundary");
  lua_pushnil(L);
  lua_setglobal(L, "f");
}

int main(void)
{
  lua_State *L = check_open();
  test_arities(L);
  test_lua_functions(L);
  test_from_lua(L);
  test_nesting(L);
  test_bad_calls(L);
  test_cpcall(L);
  test_callbacks(L);
  test_top_of_results(L);
  test_called_back(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("calls");
}
