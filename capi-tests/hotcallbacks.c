/*
** hotcallbacks.c - Lua functions that nothing but C calls, again and again, as hosts call handlers of events.
**
** A library may come to treat them in another way.  What they are given, return, throw and show stays the same,
** whenever that happens.
*/
#include "check.h"
#include "find.h"

enum { CALLS = 20000 };
static int times(void) { return is_slow() ? CALLS / 10 : CALLS; }

/* Long enough to be worth something: they call functions of their own and have loops. */
#define OWN \
  "local function clamp(x, a, b) if x < a then return a elseif x > b then return b end return x end\n" \
  "local state = {x = 0, v = 1, n = 0}\n"
#define UPDATE OWN \
  "return function(dt) state.x = clamp(state.x + state.v * dt, 0, 100) state.n = state.n + 1" \
  " if state.x == 100 then state.v = -1 elseif state.x == 0 then state.v = 1 end return state.x, state.n, state.v end"

static void test_results(void)
{
  lua_State *L = check_open();
  int i, wrong = 0, x = 0, v = 1;
  check_load(L, UPDATE);
  lua_call(L, 0, 1);
  for (i = 1; i <= times(); i++) {
    int wanted = i % 6 - 1, given = wanted == LUA_MULTRET ? 3 : wanted, top;
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 1);
    if (i % 2) lua_pushliteral(L, "one more");
    if (i % 3) lua_call(L, i % 2 + 1, wanted);
    else if (lua_pcall(L, i % 2 + 1, wanted, 0)) wrong++;
    x += v;
    if (x == 100) v = -1; else if (x == 0) v = 1;
    top = lua_gettop(L) - 1;
    if (top != given) wrong++;
    if (given > 0 && lua_tointeger(L, 2) != x) wrong++;
    if (given > 1 && lua_tointeger(L, 3) != i) wrong++;
    if (given > 2 && lua_tointeger(L, 4) != v) wrong++;
    if (given > 3 && !lua_isnil(L, 5)) wrong++;
    lua_settop(L, 1);
  }
  CHECK_INT(wrong, 0);
  lua_close(L);
}

static int handler(lua_State *L)
{
  lua_Debug ar;
  if (!lua_getstack(L, 1, &ar) || !lua_getinfo(L, "Sl", &ar)) return 1;
  lua_pushfstring(L, "%s (%s:%d)", lua_tostring(L, 1), ar.short_src, ar.currentline);
  return 1;
}

/* An error at any call, in a function that it calls too, and the calls after it. */
static void test_errors(void)
{
  lua_State *L = check_open();
  int i, failed = 0, wrong = 0;
  check_load(L, "local function check(n)\n"
                "  if n % 97 == 0 then error('at ' .. n, 2) end\n"
                "  return n + 1 end\n"
                "return function(n)\n"
                "  local s = 0\n"
                "  for i = 1, 3 do s = s + check(n) end\n"
                "  if n % 101 == 0 then return s + nil end\n"
                "  return s end");
  lua_call(L, 0, 1);
  for (i = 1; i <= times(); i++) {
    int status;
    char want[200];
    lua_pushcfunction(L, handler);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, i);
    status = lua_pcall(L, 1, 1, 2);
    if (i % 97 == 0)
      sprintf(want, "test:6: at %d ([C]:-1)", i);
    else
      strcpy(want, "test:7: attempt to perform arithmetic on a nil value (test:7)");
    if (i % 97 == 0 || i % 101 == 0) {
      failed++;
      if (status != LUA_ERRRUN || strcmp(lua_tostring(L, -1), want) != 0) {
        if (!wrong++) printf("got  %s\nwant %s\n", lua_tostring(L, -1), want);
      }
    } else if (status || lua_tointeger(L, -1) != 3 * (i + 1)) wrong++;
    lua_settop(L, 1);
  }
  CHECK_INT(wrong, 0);
  CHECK_INT(failed, times() / 97 + times() / 101 - times() / (97 * 101));
  lua_close(L);
}

static int call_it(lua_State *L)
{
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int call_protected(lua_State *L)
{
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_pushinteger(L, lua_pcall(L, lua_gettop(L) - 1, 1, 0));
  lua_insert(L, 1);
  return 2;
}

/* C functions that call them stand between loops and them, and they call such functions themselves. */
static void test_between(void)
{
  lua_State *L = check_open();
  check_load(L, "local inner function called(n, f) local s = 0 for i = 1, 2 do s = s + (f and f(n) or n) end return s end return called");
  lua_call(L, 0, 1);
  lua_pushvalue(L, 1); lua_pushcclosure(L, call_it, 1); lua_setglobal(L, "call");
  lua_pushvalue(L, 1); lua_pushcclosure(L, call_protected, 1); lua_setglobal(L, "pcall_it");
  lua_pushinteger(L, times()); lua_setglobal(L, "TIMES");
  CHECK_EVAL(L, "local s = 0 for i = 1, TIMES do s = s + call(i) - 2 * i end return s", "0");
  CHECK_EVAL(L, "local s = 0 for i = 1, TIMES / 5 do s = s + call(i, function(n) return call(n, call) - 7 * n end) end return s / (TIMES / 5) / (TIMES / 5 + 1)", "-3");
  CHECK_EVAL(L, "local bad = 0 for i = 1, TIMES do local status, v = pcall_it(i, i % 10 == 0 and error or nil) if status ~= 0 then bad = bad + 1 end end return bad == TIMES / 10", "true");
  CHECK_EVAL(L, "local function rec(n) return n == 0 and 1 or call(n - 1, rec) end return rec(12)", "4096");
  CHECK_EVAL(L, "local co = coroutine.wrap(function() for i = 1, TIMES do coroutine.yield(call(i)) end return 'end' end) "
                "local s = 0 for i = 1, TIMES do s = s + co() end return tostring(s == TIMES * (TIMES + 1)) .. co()", "trueend");
  CHECK_EVAL(L, "local ok, m = coroutine.resume(coroutine.create(function() return call(1, coroutine.yield) end)) return tostring(ok) .. ': ' .. m",
             "false: attempt to yield across metamethod/C-call boundary");
  CHECK_EVAL(L, "local t call(1, function() t = debug.traceback('t', 1) return 1 end) return t",
             "t\nstack traceback:\n\ttest:1: in function 'f'\n\ttest:1: in function <test:1>\n\t[C]: in function 'call'\n\ttest:1: in main chunk");
  lua_close(L);
}

static int events[4];
static void count(lua_State *L, lua_Debug *ar) { (void)L; events[ar->event & 3]++; }

/* Hooks between two calls see each of them, at its first line too. */
static void test_hooks(void)
{
  lua_State *L = check_open();
  int i;
  check_load(L, "local function one(n) return n end\n"
                "return function(n)\n"
                "  local s = one(n)\n"
                "  for i = 1, 3 do s = s + i end\n"
                "  return s\n"
                "end");
  lua_call(L, 0, 1);
  for (i = 1; i <= times(); i++) {
    int traced = i % 1000 == 0;
    memset(events, 0, sizeof events);
    if (traced) lua_sethook(L, count, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE, 0);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, i);
    lua_call(L, 1, 1);
    if (traced) {
      lua_sethook(L, NULL, 0, 0);
      CHECK_INT(events[LUA_HOOKCALL], 2);
      CHECK_INT(events[LUA_HOOKRET], 2);
      CHECK_INT(events[LUA_HOOKLINE], 7);
    }
    if (lua_tointeger(L, -1) != i + 6) CHECK_INT(lua_tointeger(L, -1), i + 6);
    lua_settop(L, 1);
  }
  lua_close(L);
}

/* What it costs in fuel is what it costs the first time. */
static void test_fuel(void)
{
  void (*setfuel)(lua_State *, size_t);
  size_t (*getfuel)(lua_State *);
  lua_State *L;
  size_t first = 0;
  int i, wrong = 0, stopped = 0;
  if (!find(&setfuel, "ferrous_setfuel") || !find(&getfuel, "ferrous_getfuel")) return;
  L = check_open();
  check_load(L, UPDATE);
  lua_call(L, 0, 1);
  for (i = 1; i <= times(); i++) {
    int limited = i % 500 < 3;
    if (limited) setfuel(L, 1000000);
    lua_pushvalue(L, 1); lua_pushinteger(L, 0); lua_call(L, 1, 0);
    if (limited) {
      size_t used = 1000000 - getfuel(L);
      if (!first) first = used;
      if (used != first) wrong++;
      if (i % 500 == 2) {
        setfuel(L, 0);
        lua_pushvalue(L, 1); lua_pushinteger(L, 0);
        if (lua_pcall(L, 1, 0, 0) != 0) stopped++;
        lua_settop(L, 1);
      }
    }
    setfuel(L, (size_t)-1);
  }
  CHECK(first > 0);
  CHECK_INT(wrong, 0);
  CHECK_INT(stopped, (times() - 2) / 500 + 1);
  lua_close(L);
}

int main(void)
{
  test_results();
  test_errors();
  test_between();
  test_hooks();
  test_fuel();
  return check_end("hotcallbacks");
}
