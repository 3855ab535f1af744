/*
** depth.c - limits and extremes: nested C calls, Lua recursion without end,
** lua_checkstack, thousands of arguments, and stacks that grow (and so may
** move) in the middle of every kind of call.
*/
#include "check.h"

static int depth;

static int recurse_call(lua_State *L)
{
  depth++;
  lua_pushcfunction(L, recurse_call);
  lua_call(L, 0, 0);
  return 0;
}

static int inner_status;
static int recurse_pcall(lua_State *L)
{
  int status;
  depth++;
  lua_pushcfunction(L, recurse_pcall);
  status = lua_pcall(L, 0, 0, 0);
  if (status != 0 && inner_status == 0) {
    inner_status = status;
    CHECK_STR(lua_tostring(L, -1), "C stack overflow");
  }
  return 0;
}

static int recurse_cpcall(lua_State *L)
{
  depth++;
  if (lua_cpcall(L, recurse_cpcall, NULL) != 0) { inner_status++; }
  return 0;
}

static void test_c_calls(lua_State *L)
{
  int i;
  for (i = 0; i < 3; i++) {
    depth = 0;
    CHECK_ERROR(L, check_pcall_c(L, recurse_call), LUA_ERRRUN, "C stack overflow");
    CHECK_INT(depth, 199);                       /* LUAI_MAXCCALLS is 200 */
    depth = inner_status = 0;
    CHECK_INT(check_pcall_c(L, recurse_pcall), 0);
    CHECK_INT(depth, 199);
    CHECK_INT(inner_status, LUA_ERRRUN);
    depth = inner_status = 0;
    CHECK_INT(lua_cpcall(L, recurse_cpcall, NULL), 0);
    CHECK(depth > 50 && depth <= 200);
    CHECK_INT(inner_status, 1);
  }
  CHECK_TOP(L, 0);
}

/* Lua -> C -> Lua: only the C calls count. */
static int through_c(lua_State *L)
{
  depth++;
  lua_getglobal(L, "through_lua");
  lua_call(L, 0, 0);
  return 0;
}

static void test_mixed(lua_State *L)
{
  lua_register(L, "through_c", through_c);
  RUN(L, "function through_lua() through_c() end");
  lua_getglobal(L, "through_lua");
  depth = 0;
  CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  CHECK(strstr(lua_tostring(L, -1), "C stack overflow") != NULL);
  CHECK(depth > 90 && depth <= 200);
  lua_settop(L, 0);
  CHECK_EVAL(L, "return select(2, pcall(through_lua)) ~= nil", "true");
  /* a metamethod in C that indexes again */
  RUN(L, "local d = 0 chain = setmetatable({}, {__index = function(t, k) if k == 0 then return 'end' end return t[k - 1] end})");
  CHECK_EVAL(L, "return chain[150]", "end");
}

static void test_lua_recursion(lua_State *L)
{
  lua_getglobal(L, "no such");
  lua_settop(L, 0);
  RUN(L, "function endless() return 1 + endless() end");
  {
    int i;
    for (i = 0; i < 3; i++) {
      lua_getglobal(L, "endless");
      CHECK_INT(lua_pcall(L, 0, 1, 0), LUA_ERRRUN);
      CHECK(strstr(lua_tostring(L, -1), "stack overflow") != NULL);
      lua_settop(L, 0);
    }
  }
  CHECK_EVAL(L, "local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f(15000)", "15000");
  CHECK_EVAL(L, "local function f(n) if n == 0 then return 'tail' end return f(n - 1) end return f(300000)", "tail");
  CHECK_EVAL(L, "local function f(...) if select('#', ...) > 200 then return select('#', ...) end return f(1, ...) end return f()", "201");
  /* the error handler still has room to work in */
  CHECK_EVAL(L, "return type(select(2, xpcall(endless, debug.traceback)))", "string");
  /* 240 registers */
  CHECK_EVAL(L, "local n = {} for i = 1, 120 do n[i] = 'v' .. i end "
                "local names = table.concat(n, ',') "
                "local f = loadstring('local ' .. names .. ' = ... ; return ' .. names) "
                "local t = {} for i = 1, 120 do t[i] = i end return (select(120, f(unpack(t))))", "120");
}

static int room(lua_State *L)
{
  lua_Integer used = lua_tointeger(L, 1), more = lua_tointeger(L, 2), i;
  lua_settop(L, 0);
  if (!lua_checkstack(L, (int)used)) { lua_pushliteral(L, "none at all"); return 1; }
  for (i = 0; i < used; i++) lua_pushnil(L);
  more = lua_checkstack(L, (int)more);
  lua_settop(L, 0);
  lua_pushboolean(L, (int)more);
  return 1;
}

static void check_room(lua_State *L, int used, int more, int want, int line)
{
  lua_pushcfunction(L, room);
  lua_pushinteger(L, used);
  lua_pushinteger(L, more);
  lua_call(L, 2, 1);
  CHECK(lua_isboolean(L, -1));
  check_int(lua_toboolean(L, -1), want, __FILE__, line, "lua_checkstack");
  lua_settop(L, 0);
}

static void test_checkstack(lua_State *L)
{
  check_room(L, 0, 7900, 1, __LINE__);
  check_room(L, 0, 8000, 1, __LINE__);
  check_room(L, 0, 8001, 0, __LINE__);
  check_room(L, 0, 1000000, 0, __LINE__);
  check_room(L, 0, 0x7fffffff, 0, __LINE__);
  check_room(L, 100, 7900, 1, __LINE__);
  check_room(L, 100, 7901, 0, __LINE__);
  check_room(L, 7000, 1000, 1, __LINE__);
  check_room(L, 7000, 1001, 0, __LINE__);
  check_room(L, 0, 0, 1, __LINE__);
  CHECK(lua_checkstack(L, 8000));
  CHECK(!lua_checkstack(L, 8001));
  CHECK_TOP(L, 0);
}

static int sum_arguments(lua_State *L)
{
  int i, n = lua_gettop(L);
  lua_Integer sum = 0;
  for (i = 1; i <= n; i++) sum += lua_tointeger(L, i);
  lua_pushinteger(L, n);
  lua_pushinteger(L, sum);
  return 2;
}

static int many_results(lua_State *L)
{
  int i, n = (int)lua_tointeger(L, 1);
  luaL_checkstack(L, n, "many");
  for (i = 1; i <= n; i++) lua_pushinteger(L, i);
  return n;
}

static void test_many_arguments(lua_State *L)
{
  int i;
  lua_register(L, "sum_arguments", sum_arguments);
  lua_register(L, "many_results", many_results);
  CHECK(lua_checkstack(L, 7600));
  lua_pushcfunction(L, sum_arguments);
  for (i = 1; i <= 7500; i++) lua_pushinteger(L, i);
  lua_call(L, 7500, 2);
  CHECK_INT(lua_tointeger(L, 1), 7500);
  CHECK_INT(lua_tointeger(L, 2), 7500 * 7501 / 2);
  lua_settop(L, 0);
  check_load(L, "return select('#', ...), ...");
  for (i = 1; i <= 7500; i++) lua_pushinteger(L, i);
  lua_call(L, 7500, LUA_MULTRET);
  CHECK_TOP(L, 7501);
  CHECK_INT(lua_tointeger(L, 1), 7500);
  CHECK_INT(lua_tointeger(L, 7501), 7500);
  lua_settop(L, 0);
  CHECK_EVAL(L, "return select('#', many_results(7000))", "7000");
  CHECK_EVAL(L, "return (select(6999, many_results(7000)))", "6999");
  CHECK_EVAL(L, "return #{many_results(7000)}", "7000");
  CHECK_EVAL(L, "return (sum_arguments(many_results(7000)))", "7000");
  CHECK_EVAL(L, "return select(2, sum_arguments(many_results(7000)))", "24503500");
  CHECK_EVAL(L, "local function f(...) local t = {...} return #t + select('#', ...) end return f(many_results(6000))", "12000");
  CHECK_EVAL(L, "return #string.char(many_results(200))", "200");
  CHECK_EVAL(L, "local t = {} for i = 1, 7000 do t[i] = i end return select('#', unpack(t))", "7000");
  CHECK_EVAL(L, "return math.max(many_results(7000))", "7000");
  CHECK_EVAL(L, "return select(2, pcall(unpack, {}, 1, 1e6))", "too many results to unpack");
  CHECK_EVAL(L, "many_results(8001)", "test:1: stack overflow (many)");
  CHECK_EVAL(L, "return pcall(string.byte, ('x'):rep(10000), 1, -1)", "false");
  CHECK_EVAL(L, "local co = coroutine.wrap(function(...) return coroutine.yield(...) end) "
                "return select('#', co(many_results(5000))) + select('#', co(many_results(4000)))", "9000");
}

/* ---- growth in the middle of something ---- */

static int grow(lua_State *L)
{
  /* use much stack, give all of it back */
  int i, n = (int)luaL_optinteger(L, 1, 3000);
  luaL_checkstack(L, n, "growing");
  for (i = 0; i < n; i++) lua_pushinteger(L, i);
  lua_settop(L, 0);
  return 0;
}

static int growing_index(lua_State *L)
{
  lua_settop(L, 0);
  grow(L);
  lua_pushliteral(L, "grown");
  return 1;
}

static int grow_values(lua_State *L)
{
  /* the caller's values must survive although the stack has moved */
  int i, bad = 0;
  for (i = 1; i <= 10; i++) lua_pushinteger(L, i * 11);
  lua_getglobal(L, "grow");
  lua_pushinteger(L, 7000);
  lua_call(L, 1, 0);
  for (i = 1; i <= 10; i++) if (lua_tointeger(L, -11 + i) != i * 11) bad++;
  lua_pushinteger(L, bad);
  return 1;
}

static void fresh(void (*test)(lua_State *L))
{
  lua_State *L = check_open();      /* its stack is small */
  lua_register(L, "grow", grow);
  lua_register(L, "grow_values", grow_values);
  lua_register(L, "growing_index", growing_index);
  test(L);
  CHECK_TOP(L, 0);
  lua_close(L);
}

static void grow_in_call(lua_State *L)
{ CHECK_EVAL(L, "local a, b, c = 1, 'two', {3} grow() return a .. b .. c[1]", "1two3"); }
static void grow_in_values(lua_State *L)
{ CHECK_EVAL(L, "return grow_values()", "0"); }
static void grow_in_index(lua_State *L)
{ CHECK_EVAL(L, "local x = 'x' local t = setmetatable({}, {__index = growing_index}) return x .. t.y .. x", "xgrownx"); }
static void grow_in_newindex(lua_State *L)
{ CHECK_EVAL(L, "local x = 'x' local t = setmetatable({}, {__newindex = function(t, k, v) grow() rawset(t, k, v) end}) t.a = x return t.a .. x", "xx"); }
static void grow_in_arithmetic(lua_State *L)
{ CHECK_EVAL(L, "local x = 5 local t = setmetatable({}, {__add = function(a, b) grow() return b end}) return t + x + x", "10"); }
static void grow_in_concat(lua_State *L)
{ CHECK_EVAL(L, "local t = setmetatable({}, {__concat = function(a, b) grow() return 'c' end}) return 'a' .. 'b' .. t .. 'd' .. 'e'", "abc"); }
static void grow_in_compare(lua_State *L)
{ CHECK_EVAL(L, "local mt = {__lt = function(a, b) grow() return a.v < b.v end} local t, u = setmetatable({v = 1}, mt), setmetatable({v = 2}, mt) return (t < u and 'l' or 'g') .. (u < t and 'l' or 'g')", "lg"); }
static void grow_in_iterator(lua_State *L)
{ CHECK_EVAL(L, "local s = 0 for i in function(_, i) grow() if i < 5 then return i + 1 end end, nil, 0 do s = s + i end return s", "15"); }
static void grow_in_upvalue(lua_State *L)
{ CHECK_EVAL(L, "local x = 1 local function f() grow() x = x + 1 grow(7000) return x end f() f() return x", "3"); }
static void grow_in_vararg(lua_State *L)
{ CHECK_EVAL(L, "local function f(a, ...) grow() local t = {...} return a + #t + select('#', ...) end return f(1, 2, 3, 4)", "7"); }
static void grow_in_coroutine(lua_State *L)
{ CHECK_EVAL(L, "local co = coroutine.wrap(function(a) local x = a grow() local y = coroutine.yield(x) grow(7000) return x + y end) return co(1) + co(10)", "12"); }
static void grow_in_pcall(lua_State *L)
{ CHECK_EVAL(L, "local x = 'x' local ok, m = pcall(function() grow() error(x, 0) end) return m .. x", "xx"); }
static void grow_in_sort(lua_State *L)
{ CHECK_EVAL(L, "local t = {5, 2, 4, 1, 3} table.sort(t, function(a, b) grow() return a < b end) return table.concat(t)", "12345"); }
static void grow_in_gsub(lua_State *L)
{ CHECK_EVAL(L, "return (('abc'):gsub('.', function(c) grow() return c:upper() end))", "ABC"); }
static void grow_in_tailcall(lua_State *L)
{ CHECK_EVAL(L, "local function f(a, b) return a + b end local function g(a) grow() return f(a, 1) end return g(1)", "2"); }
static void grow_by_recursion(lua_State *L)
{ CHECK_EVAL(L, "local x = 7 local function f(n) if n > 0 then f(n - 1) end x = x + 0 return n end for i = 1, 20 do f(i * 50) end return x", "7"); }
static void grow_in_hook_fn(lua_State *L, lua_Debug *ar) { (void)ar; lua_checkstack(L, 3000); lua_settop(L, 0); }
static void grow_in_hook(lua_State *L)
{
  lua_sethook(L, grow_in_hook_fn, LUA_MASKLINE | LUA_MASKCALL | LUA_MASKRET, 0);
  CHECK_EVAL(L, "local a, b = 1, 2\nlocal function f(...)\nreturn ... end\nreturn f(a) + f(b)", "3");
  lua_sethook(L, NULL, 0, 0);
}

static void test_growth(void)
{
  fresh(grow_in_call); fresh(grow_in_values); fresh(grow_in_index); fresh(grow_in_newindex);
  fresh(grow_in_arithmetic); fresh(grow_in_concat); fresh(grow_in_compare); fresh(grow_in_iterator);
  fresh(grow_in_upvalue); fresh(grow_in_vararg); fresh(grow_in_coroutine); fresh(grow_in_pcall);
  fresh(grow_in_sort); fresh(grow_in_gsub); fresh(grow_in_tailcall); fresh(grow_by_recursion);
  fresh(grow_in_hook);
}

/* Chains of __index tables: 100 steps are the limit. */
static void test_chains(lua_State *L)
{
  RUN(L, "function chain(n) local t = {x = 'found'} for i = 1, n do t = setmetatable({}, {__index = t}) end return t end "
         "function wchain(n) local t = {} local last = t for i = 1, n do t = setmetatable({}, {__newindex = t}) end return t, last end");
  CHECK_EVAL(L, "return chain(99).x", "found");
  CHECK_EVAL(L, "return chain(100).x", "test:1: loop in gettable");
  CHECK_EVAL(L, "local t, last = wchain(99) t.x = 1 return last.x", "1");
  CHECK_EVAL(L, "local t, last = wchain(100) t.x = 1", "test:1: loop in settable");
}

int main(void)
{
  lua_State *L = check_open();
  test_c_calls(L);
  test_mixed(L);
  test_lua_recursion(L);
  test_checkstack(L);
  test_many_arguments(L);
  test_chains(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  test_growth();
  return check_end("depth");
}
