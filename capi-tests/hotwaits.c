/*
** hotwaits.c - what hot code waits for: C functions in the place of builtins, metamethods and finalizers of C.
**
** A loop runs so often with a builtin that a library may treat it in another way than others; then what it calls is
** a C function that raises an error, yields, runs other loops, sets a hook, collects, or has the library
** forget how it treats loops.  Nobody is to see a difference.
*/
#define _GNU_SOURCE
#include "check.h"
#include "find.h"

enum { ENGINE_OFF = 0, ENGINE_ON = 0x100, ENGINE_FLUSH = 0x200 };

static int (*setmode)(lua_State *, int, int);

/* What the C function `acts` does, with its argument n, before it gives 2 * n. */
enum { GIVE, RAISE, YIELD, RUN, RUN_WRONG, HOOK, COLLECT, FLUSH, ACTIONS };
static int action;
static int hooked;
static int finalized;

static void on_count(lua_State *L, lua_Debug *ar)
{
  (void)ar;
  hooked++;
  lua_sethook(L, NULL, 0, 0);
}

static int acts(lua_State *L)
{
  lua_Number n = luaL_checknumber(L, 1);
  switch (action) {
    case RAISE: return luaL_error(L, "at %d", (int)n);
    case YIELD: lua_pushnumber(L, 2 * n); return lua_yield(L, 1);
    case RUN:
    case RUN_WRONG:
      lua_getglobal(L, "other");
      lua_pushboolean(L, action == RUN_WRONG);
      if (lua_pcall(L, 1, 1, 0) != 0) { lua_pushnumber(L, 2 * n); return 1; }
      CHECK_INT(lua_tointeger(L, -1), 4500);
      break;
    case HOOK: lua_sethook(L, on_count, LUA_MASKCOUNT, 1); break;
    case COLLECT: lua_gc(L, LUA_GCCOLLECT, 0); break;
    case FLUSH: if (setmode) setmode(L, 0, ENGINE_FLUSH | ENGINE_ON); break;
    default: break;
  }
  lua_pushnumber(L, 2 * n);
  return 1;
}

static int of_c(lua_State *L)
{
  lua_settop(L, 0);
  lua_pushnumber(L, 4900);
  return acts(L);
}

static int counts(lua_State *L) { (void)L; finalized++; return 0; }

/* A run: 5000 turns, of which the last hundred find C functions.  It gives the sum of what came back. */
static const char *const loops[] = {
  "local s, f = 0, math.max for i = 1, 5000 do if i == 4901 then f = acts end s = s + f(i, 0) end return s",
  "local s, f = 0, tonumber for i = 1, 5000 do if i == 4901 then f = acts end local v = f(i) s = s + v end return s",
  "local function g(f, i) local v = f(i) return v + 0 end local s = 0 "
  "for i = 1, 5000 do s = s + g(i > 4900 and acts or tonumber, i) end return s",
  "local function g(f, i) return f(i) end local s = 0 for i = 1, 5000 do s = s + g(i > 4900 and acts or tonumber, i) end return s",
  "local s = 0 local function each(f, ...) for k = 1, select('#', ...) do local v = f((select(k, ...))) s = s + v end end "
  "for i = 1, 4998, 3 do each(i > 4900 and acts or tonumber, i, i + 1, i + 2) end return s",
  "local s, t = 0, {} for i = 1, 5000 do t[i] = i end "
  "for k, v in ipairs(t) do local w = (k > 4900 and acts or tonumber)(v) s = s + w end return s",
  "local s = 0 local t = setmetatable({}, {__index = function(_, i) local v = (i > 4900 and acts or tonumber)(i) return v end}) "
  "for i = 1, 5000 do s = s + t[i] end return s",
};

static lua_Number sum_of(int at)
{
  /* The last hundred count twice, where there are so many. */
  lua_Number sum = 0;
  int last = at == 4 ? 4998 : 5000;
  for (int i = 1; i <= last; i++) sum += i > 4900 && !(at == 4 && i <= 4902) ? 2 * i : i;
  return sum;
}

static lua_State *new_state(void)
{
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_register(L, "acts", acts);
  RUN(L, "function other(wrong) local s, f = 0, tonumber for i = 1, 3000 do local v = f(i) s = s + (v % 2) * 3 "
               "if wrong and i == 2900 then error('wrong') end end return s end");
  return L;
}

static void test_actions(int at, int which)
{
  lua_State *L = new_state();
  action = which;
  hooked = 0;
  check_load(L, loops[at]);
  int status = lua_pcall(L, 0, 1, 0);
  if (which == RAISE) {
    CHECK_INT(status, LUA_ERRRUN);
    CHECK(strstr(lua_tostring(L, -1), at == 4 ? "at 4903" : "at 4901") != NULL);
  } else if (which == YIELD) {
    CHECK_INT(status, LUA_ERRRUN);
    CHECK(strstr(lua_tostring(L, -1), "attempt to yield across metamethod/C-call boundary") != NULL);
  } else {
    CHECK_INT(status, 0);
    CHECK_NUM(lua_tonumber(L, -1), sum_of(at));
  }
  if (which == HOOK) CHECK_INT(hooked, at == 4 ? 96 : 100);
  lua_settop(L, 0);
  /* All goes on as before. */
  action = GIVE;
  check_load(L, loops[at]);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  CHECK_NUM(lua_tonumber(L, -1), sum_of(at));
  lua_close(L);
}

/* In a coroutine that C resumes each yield gives what the C function gave, and takes it back. */
static void test_yields(int at)
{
  lua_State *L = new_state();
  lua_State *T = lua_newthread(L);
  int status, yields = 0;
  action = YIELD;
  check_load(L, loops[at]);
  lua_xmove(L, T, 1);
  for (status = lua_resume(T, 0); status == LUA_YIELD; status = lua_resume(T, 1)) yields++;
  CHECK_INT(status, 0);
  CHECK_INT(yields, at == 4 ? 96 : 100);
  CHECK_NUM(lua_tonumber(T, -1), sum_of(at));
  lua_close(L);
}

/* Metamethods that are C functions come in where there were numbers and tables without any. */
static const struct { const char *text; int of_numbers; } operations[] = {
  {"v + i", 1}, {"i - v", 1}, {"v * 2", 1}, {"-v", 1}, {"v .. 'x'", 1}, {"v < w and 1 or 0", 1}, {"v <= w and 1 or 0", 1},
  {"v == w and 1 or 0", 1}, {"#v", 0}, {"v.x", 0}, {"v[i]", 0}, {"v(i)", 0},
};

static void test_metamethod(int at, int which)
{
  lua_State *L = new_state();
  const char *text = operations[at].text;
  char code[700];
  action = which;
  lua_register(L, "of_c", of_c);
  snprintf(code, sizeof code,
           "local p = newproxy(true) local q, m, n = newproxy(p), getmetatable(p), 0 "
           "for _, name in ipairs{'add', 'sub', 'mul', 'unm', 'concat', 'lt', 'le', 'eq', 'len', 'index', 'call'} do m['__' .. name] = of_c end "
           "local function run() for i = 1, 3000 do local v, w = i, 7 if i >= 2950 then v, w = p, q end "
           "if i >= 2950 or %s then local r = %s n = n + (r and 1 or 0) end end end "
           "local ok, why = pcall(run) return tostring(ok) .. n .. tostring(why)",
           operations[at].of_numbers ? "true" : "false", text);
  check_load(L, code);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  const char *got = lua_tostring(L, -1), *before = operations[at].of_numbers ? "2949" : "0";
  char want[64];
  if (which == RAISE) snprintf(want, sizeof want, "false%stest:1: at 4900", before);
  else snprintf(want, sizeof want, "true%snil", operations[at].of_numbers ? "3000" : "51");
  CHECK_STR(got, want);
  lua_close(L);
}

/* Finalizers run in the midst of a loop that makes objects. */
static void test_finalizers(void)
{
  lua_State *L = new_state();
  int made = is_slow() ? 3000 : 20000;
  lua_register(L, "counts", counts);
  finalized = 0;
  lua_pushinteger(L, made);
  lua_setglobal(L, "made");
  RUN(L, "local proxy = newproxy(true) local m = getmetatable(proxy) local sum, shared = 0, 0 "
               "function m.__gc() counts() shared = shared + other(false) end "
               "for i = 1, made do local t = {i} if i % 100 == 0 then newproxy(proxy) end sum = sum + t[1] end "
               "assert(sum == made * (made + 1) / 2) proxy, m.__gc = nil, counts collectgarbage() assert(shared % 4500 == 0)");
  lua_close(L);
  CHECK_INT(finalized, made / 100 + 1);
}

int main(void)
{
  find(&setmode, "luaJIT_setmode");
  for (int at = 0; at < (int)(sizeof loops / sizeof *loops); at++) {
    for (int which = GIVE; which < ACTIONS; which++) test_actions(at, which);
    if (at < 6) test_yields(at);
  }
  for (int at = 0; at < (int)(sizeof operations / sizeof *operations); at++) {
    for (int which = GIVE; which < ACTIONS; which++) if (which != YIELD) test_metamethod(at, which);
  }
  test_finalizers();
  return check_end("hotwaits");
}
