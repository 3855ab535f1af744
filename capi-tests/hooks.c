/*
** hooks.c - lua_sethook: call, return, tail return, line and count events,
** what a hook may do, hooks of threads, and hooks that yield or raise.
*/
#include "check.h"
#include <signal.h>

static char trace[8000];
static int events;

static void add(const char *text)
{
  if (strlen(trace) + strlen(text) + 2 < sizeof trace) strcat(trace, text);
}

static void trace_hook(lua_State *L, lua_Debug *ar)
{
  char one[100];
  events++;
  switch (ar->event) {
    case LUA_HOOKCALL:
      lua_getinfo(L, "nS", ar);
      snprintf(one, sizeof one, "call(%s) ", ar->name ? ar->name : ar->what);
      add(one);
      break;
    case LUA_HOOKRET:
      lua_getinfo(L, "nS", ar);
      snprintf(one, sizeof one, "ret(%s) ", ar->name ? ar->name : ar->what);
      add(one);
      break;
    case LUA_HOOKTAILRET:
      add("tail ");
      break;
    case LUA_HOOKLINE:
      snprintf(one, sizeof one, "%d ", ar->currentline);
      add(one);
      break;
    case LUA_HOOKCOUNT:
      add("count ");
      break;
    default:
      add("unknown ");
  }
}

static void traced(lua_State *L, const char *code, int mask, int count, const char *want, int line)
{
  check_load(L, code);
  trace[0] = '\0';
  events = 0;
  lua_sethook(L, trace_hook, mask, count);
  lua_call(L, 0, 0);
  lua_sethook(L, NULL, 0, 0);
  check_str(trace, want, __FILE__, line, code);
}
#define TRACED(code, mask, want) traced(L, code, mask, 0, want, __LINE__)

static void test_getters(lua_State *L)
{
  CHECK(lua_gethook(L) == NULL);
  CHECK_INT(lua_gethookmask(L), 0);
  CHECK_INT(lua_gethookcount(L), 0);
  CHECK_INT(lua_sethook(L, trace_hook, LUA_MASKLINE | LUA_MASKCOUNT, 77), 1);
  CHECK(lua_gethook(L) == trace_hook);
  CHECK_INT(lua_gethookmask(L), LUA_MASKLINE | LUA_MASKCOUNT);
  CHECK_INT(lua_gethookcount(L), 77);
  /* no function or no mask turns it off */
  CHECK_INT(lua_sethook(L, trace_hook, 0, 5), 1);
  CHECK(lua_gethook(L) == NULL);
  CHECK_INT(lua_gethookmask(L), 0);
  lua_sethook(L, trace_hook, LUA_MASKCALL, 0);
  lua_sethook(L, NULL, LUA_MASKCALL, 0);
  CHECK(lua_gethook(L) == NULL);
  CHECK_INT(lua_gethookmask(L), 0);
}

static void test_lines(lua_State *L)
{
  TRACED("local a = 1\nlocal b = 2\n\nlocal c = 3", LUA_MASKLINE, "1 2 4 ");
  TRACED("for i = 1, 3 do\n  local x = i\nend", LUA_MASKLINE, "1 2 1 2 1 2 1 3 ");
  TRACED("local i = 0\nwhile i < 2 do\n  i = i + 1\nend", LUA_MASKLINE, "1 2 3 2 3 2 4 ");
  TRACED("local i = 0 while i < 3 do i = i + 1 end", LUA_MASKLINE, "1 1 1 1 ");
  TRACED("if nil then\n  x = 1\nelse\n  x = 2\nend", LUA_MASKLINE, "1 4 5 ");
  TRACED("local function f()\n  return 1\nend\nlocal x = f()\nx = f()", LUA_MASKLINE, "3 4 2 5 2 ");
  TRACED("local t = {\n  1,\n  2,\n}\n", LUA_MASKLINE, "1 2 4 ");
  TRACED("for k, v in pairs({1, 2}) do\n  local x = v\nend", LUA_MASKLINE, "1 2 1 2 1 3 ");
  TRACED("local i = 0\nrepeat\n  i = i + 1\nuntil i == 2", LUA_MASKLINE, "1 3 4 3 4 ");
  TRACED("", LUA_MASKLINE, "1 ");
  TRACED("x = f == nil and 1 or\n  2", LUA_MASKLINE, "1 2 ");
}

static void test_calls(lua_State *L)
{
  TRACED("local function f() end f()", LUA_MASKCALL, "call(main) call(f) ");
  TRACED("local function f() end f()", LUA_MASKRET, "ret(f) ret(main) ");
  TRACED("local function f() end f()", LUA_MASKCALL | LUA_MASKRET, "call(main) call(f) ret(f) ret(main) ");
  TRACED("local s = tostring(1)", LUA_MASKCALL | LUA_MASKRET, "call(main) call(tostring) ret(tostring) ret(main) ");
  TRACED("local function f() end local function g() return f() end g()", LUA_MASKCALL | LUA_MASKRET,
         "call(main) call(g) call(f) ret(Lua) tail ret(main) ");
  TRACED("local function f() end local function g() return f() end local function h() return g() end h()",
         LUA_MASKRET, "ret(Lua) tail tail ret(main) ");
  TRACED("pcall(function() error('x') end)", LUA_MASKCALL | LUA_MASKRET,
         "call(main) call(pcall) call(Lua) call(error) ret(pcall) ret(main) ");
  TRACED("local t = setmetatable({}, {__index = function() return 1 end}) local x = t.y", LUA_MASKCALL,
         "call(main) call(setmetatable) call(Lua) ");
}

static void test_counts(lua_State *L)
{
  int n10, n100;
  const char *loop = "local x = 0 for i = 1, 10000 do x = x + i end";
  check_load(L, loop);
  trace[0] = '\0'; events = 0;
  lua_sethook(L, trace_hook, LUA_MASKCOUNT, 10);
  lua_call(L, 0, 0);
  n10 = events;
  check_load(L, loop);
  trace[0] = '\0'; events = 0;
  lua_sethook(L, trace_hook, LUA_MASKCOUNT, 100);
  lua_call(L, 0, 0);
  n100 = events;
  lua_sethook(L, NULL, 0, 0);
  /* two instructions a round and a handful around */
  CHECK(n10 >= 2000 && n10 <= 2010);
  CHECK(n100 >= 200 && n100 <= 201);
  /* with count 1 each instruction counts: a LOADK, three of the FORPREP kind, ... */
  traced(L, "local a = 1", LUA_MASKCOUNT, 1, "count count ", __LINE__);
  traced(L, "local a = 1 local b = 2", LUA_MASKCOUNT, 1, "count count count ", __LINE__);
  traced(L, "local a = 1 local b = 2", LUA_MASKCOUNT, 2, "count ", __LINE__);
  traced(L, "local a = 1\nlocal b = 2", LUA_MASKCOUNT | LUA_MASKLINE, 1, "count 1 count 2 count ", __LINE__);
  traced(L, "for i = 1, 2 do local x = i end", LUA_MASKCOUNT, 1,
         "count count count count count count count count count count ", __LINE__);
}

/* What a hook sees and may change. */
static int seen_local;
static void looking_hook(lua_State *L, lua_Debug *ar)
{
  if (ar->currentline == 3) {
    lua_Debug me;
    CHECK_STR(lua_getlocal(L, ar, 1), "x");
    seen_local = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    lua_pushinteger(L, 1000);
    CHECK_STR(lua_setlocal(L, ar, 1), "x");
    /* level 0 is the function that runs, the hook is no level */
    CHECK_INT(lua_getstack(L, 0, &me), 1);
    lua_getinfo(L, "Slu", &me);
    CHECK_STR(me.what, "main");
    CHECK_INT(me.currentline, 3);
    lua_getinfo(L, "f", ar);
    CHECK_TYPE(L, -1, "function");
    lua_pop(L, 1);
    lua_pushliteral(L, "set by hook");
    lua_setglobal(L, "hooked");
    RUN(L, "from_hook = (from_hook or 0) + 1 local x = 1\n local y = 2");   /* calls inside run unhooked */
  }
}

static void test_hook_powers(lua_State *L)
{
  check_load(L, "local x = 41\nlocal y = 1\nx = x + y\nreturn x, hooked, from_hook");
  lua_sethook(L, looking_hook, LUA_MASKLINE, 0);
  lua_call(L, 0, 3);
  lua_sethook(L, NULL, 0, 0);
  CHECK_INT(seen_local, 41);
  CHECK_INT(lua_tointeger(L, 1), 1001);
  CHECK_STR(lua_tostring(L, 2), "set by hook");
  CHECK_INT(lua_tointeger(L, 3), 1);
  lua_settop(L, 0);
}

/* A hook leaves its garbage on the stack: nobody sees it. */
static void messy_hook(lua_State *L, lua_Debug *ar)
{
  int i;
  (void)ar;
  for (i = 0; i < LUA_MINSTACK; i++) lua_pushinteger(L, i);
  lua_gc(L, LUA_GCSTEP, 1);
}

static void test_messy(lua_State *L)
{
  lua_sethook(L, messy_hook, LUA_MASKLINE | LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
  CHECK_EVAL(L, "local function f(a, ...) local b, c = a, select('#', ...) return b + c, 'x' end "
                "local s = 0 for i = 1, 20 do local p, q = f(i, i, i) s = s + p + #q end "
                "return s .. table.concat({f(1)}) .. ('a'):rep(3)", "2701xaaa");
  CHECK_EVAL(L, "local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) return co(1) + co(5)", "12");
  lua_sethook(L, NULL, 0, 0);
}

/* A hook that raises is the usual way to stop a script. */
static void stopping_hook(lua_State *L, lua_Debug *ar)
{
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "timeout");
}

static void plain_error_hook(lua_State *L, lua_Debug *ar)
{
  (void)ar;
  lua_pushliteral(L, "from hook");
  lua_error(L);
}

static void test_raising(lua_State *L)
{
  /* level 1 is whoever called the function that runs: here C, so no place is named */
  int status;
  check_load(L, "while true do end");
  lua_sethook(L, stopping_hook, LUA_MASKCOUNT, 10000);
  status = lua_pcall(L, 0, 0, 0);
  CHECK_ERROR(L, status, LUA_ERRRUN, "timeout");
  CHECK(lua_gethook(L) == NULL);
  check_load(L, "local function f() return f() end f()");
  lua_sethook(L, stopping_hook, LUA_MASKCOUNT, 10000);
  status = lua_pcall(L, 0, 0, 0);
  CHECK_ERROR(L, status, LUA_ERRRUN, "timeout");
  check_load(L, "return pcall(function() while true do end end)");
  lua_sethook(L, stopping_hook, LUA_MASKCOUNT, 1000);
  CHECK_INT(lua_pcall(L, 0, 2, 0), 0);                /* a pcall inside catches it */
  CHECK_STR(lua_tostring(L, -1), "timeout");
  lua_settop(L, 0);
  /* still on: hooks work after an error in one */
  lua_sethook(L, plain_error_hook, LUA_MASKLINE, 0);
  check_load(L, "local a = 1");
  CHECK_ERROR(L, lua_pcall(L, 0, 0, 0), LUA_ERRRUN, "from hook");
  check_load(L, "local a = 1");
  CHECK_ERROR(L, lua_pcall(L, 0, 0, 0), LUA_ERRRUN, "from hook");
  lua_sethook(L, plain_error_hook, LUA_MASKCALL, 0);
  check_load(L, "local a = 1");
  CHECK_ERROR(L, lua_pcall(L, 0, 0, 0), LUA_ERRRUN, "from hook");
  lua_sethook(L, plain_error_hook, LUA_MASKRET, 0);
  check_load(L, "local a = 1");
  CHECK_ERROR(L, lua_pcall(L, 0, 0, 0), LUA_ERRRUN, "from hook");
  lua_sethook(L, NULL, 0, 0);
  CHECK_EVAL(L, "return 5", "5");
}

/* A new thread takes over the hook of its maker; later changes are its own. */
static void test_threads(lua_State *L)
{
  lua_State *T;
  lua_sethook(L, trace_hook, LUA_MASKLINE, 3);
  T = lua_newthread(L);
  CHECK(lua_gethook(T) == trace_hook);
  CHECK_INT(lua_gethookmask(T), LUA_MASKLINE);
  CHECK_INT(lua_gethookcount(T), 3);
  lua_sethook(L, NULL, 0, 0);
  CHECK(lua_gethook(T) == trace_hook);
  check_load(T, "local a = 0\na = 1");
  trace[0] = '\0';
  CHECK_INT(lua_resume(T, 0), 0);
  CHECK_STR(trace, "1 2 ");
  lua_sethook(T, NULL, 0, 0);
  lua_settop(L, 0);
  /* a hook of the main thread does not see into other threads */
  RUN(L, "co = coroutine.wrap(function() local a = 1\n local b = 2\n coroutine.yield()\n local c = 3 end)");
  check_load(L, "\n\n\n\n\n\n\n\n\nco()\nco()");
  trace[0] = '\0';
  lua_sethook(L, trace_hook, LUA_MASKLINE, 0);
  lua_call(L, 0, 0);
  lua_sethook(L, NULL, 0, 0);
  CHECK_STR(trace, "10 11 ");
}

/* Yielding inside a hook: a scheduler that takes turns by count. */
static void yielding_hook(lua_State *L, lua_Debug *ar)
{
  (void)ar;
  lua_yield(L, 0);
}

static void test_yield_in_hook(lua_State *L)
{
  lua_State *T[3];
  int i, status, turns = 0, ended = 0;
  RUN(L, "function work(n) local s = 0 for i = 1, 2000 do s = s + i * n end return s end");
  for (i = 0; i < 3; i++) {
    T[i] = lua_newthread(L);
    lua_sethook(T[i], yielding_hook, LUA_MASKCOUNT, 100);
    lua_getglobal(T[i], "work");
    lua_pushinteger(T[i], i + 1);
  }
  while (ended < 3 && turns < 10000) {
    for (i = 0; i < 3; i++) {
      if (T[i] == NULL) continue;
      turns++;
      status = lua_resume(T[i], lua_status(T[i]) == 0 ? 1 : 0);
      if (status == LUA_YIELD) {
        /* its registers are nobody's to see; a level and its variables are */
        lua_Debug ar;
        CHECK_TOP(T[i], 0);
        CHECK_INT(lua_getstack(T[i], 0, &ar), 1);
        lua_getinfo(T[i], "l", &ar);
        CHECK_INT(ar.currentline, 1);
        CHECK_STR(lua_getlocal(T[i], &ar, 1), "n");
        CHECK_INT(lua_tointeger(T[i], -1), i + 1);
        CHECK_TOP(T[i], 1);
        lua_pop(T[i], turns % 2);          /* what is left there is dropped */
        continue;
      }
      CHECK_INT(status, 0);
      CHECK_INT(lua_tointeger(T[i], -1), 2001000 * (i + 1));
      T[i] = NULL;
      ended++;
    }
  }
  CHECK_INT(ended, 3);
  CHECK(turns > 30);
  lua_settop(L, 0);
}

/* Yields at each kind of instruction of functions that call and return, with a collection after each. */
static void test_yield_everywhere(lua_State *L)
{
  int count;
  RUN(L, "function fact(n) if n == 0 then return 1 end return n * fact(n - 1) end\n"
         "function several(...) local t = {...} local a, b = unpack(t) return a, b, #t end");
  for (count = 2; count <= 7; count++) {
    lua_State *T = lua_newthread(L);
    int status, turns = 0;
    check_load(T, "local x = fact(8) local a, b, n = several(several(1, 2, 3)) local t = {several(a, b, n)} return x, #t, b");
    lua_sethook(T, yielding_hook, LUA_MASKCOUNT, count);
    do {
      status = lua_resume(T, 0);
      lua_gc(L, LUA_GCCOLLECT, 0);
    } while (status == LUA_YIELD && ++turns < 1000);
    CHECK_INT(status, 0);
    CHECK(turns > 10);
    CHECK_TOP(T, 3);
    CHECK_INT(lua_tointeger(T, 1), 40320); CHECK_INT(lua_tointeger(T, 2), 3); CHECK_INT(lua_tointeger(T, 3), 2);
    lua_settop(L, 0);
  }
}

/* lua_sethook may be called by a signal handler while a script runs. */
static lua_State *signalled;
static void interrupt(int sig)
{
  signal(sig, SIG_DFL);
  lua_sethook(signalled, stopping_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

static int raise_signal(lua_State *L)
{
  signalled = L;
  signal(SIGINT, interrupt);
  raise(SIGINT);
  return 0;
}

static void test_signal(lua_State *L)
{
  lua_register(L, "raise_signal", raise_signal);
  check_load(L, "local i = 0 while true do i = i + 1 if i == 10 then raise_signal() end if i > 1000 then error('missed') end end");
  CHECK_ERROR(L, lua_pcall(L, 0, 0, 0), LUA_ERRRUN, "test:1: timeout");
}

static void test_library(lua_State *L)
{
  CHECK_EVAL(L, "local t = {} debug.sethook(function(e, l) t[#t + 1] = e .. (l or '') end, 'l')\nlocal x = 1\ndebug.sethook() return table.concat(t, ' ')",
             "line2 line3");
  CHECK_EVAL(L, "return tostring(debug.gethook())", "nil");
  CHECK_EVAL(L, "local f = function() end debug.sethook(f, 'crl', 5) local g, m, c = debug.gethook() debug.sethook() return (g == f and 'same ' or 'other ') .. m .. c", "same crl5");
  lua_sethook(L, trace_hook, LUA_MASKCOUNT, 1000000);
  CHECK_EVAL(L, "return debug.gethook()", "external hook");
  lua_sethook(L, NULL, 0, 0);
}

int main(void)
{
  lua_State *L = check_open();
  test_getters(L);
  test_lines(L);
  test_calls(L);
  test_counts(L);
  test_hook_powers(L);
  test_messy(L);
  test_raising(L);
  test_threads(L);
  test_yield_in_hook(L);
  test_yield_everywhere(L);
  test_signal(L);
  test_library(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("hooks");
}
