/*
** hotfunctions.c - Lua functions that are called often: by C, by each other, by themselves.
**
** A library may treat such functions in another way than others.  Nobody is to see that:
** C calls them and is called by them at any depth, looks at their frames and changes them,
** stops them by hooks, signals and limits, has them wait and forgets them, and gives
** them no memory.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "check.h"
#include "stopped.h"
#include "find.h"

#define UNLIMITED ((size_t)-1)
#define COUNT_OF(list) ((int)(sizeof (list) / sizeof *(list)))
enum { NONE, FUEL, DEADLINE, INTERRUPT };
enum { ENGINE_OFF = 0, ENGINE_ON = 0x100, ENGINE_FLUSH = 0x200 };

static struct {
  void (*setfuel)(lua_State *, size_t);
  size_t (*getfuel)(lua_State *);
  void (*setdeadline)(lua_State *, size_t);
  void (*interrupt)(lua_State *);
  int (*limit)(lua_State *);
  int (*setmode)(lua_State *, int, int);
} x;

static int is_ours(void)
{
  return find(&x.setfuel, "ferrous_setfuel") && find(&x.getfuel, "ferrous_getfuel")
      && find(&x.setdeadline, "ferrous_setdeadline") && find(&x.interrupt, "ferrous_interrupt")
      && find(&x.limit, "ferrous_limit") && find(&x.setmode, "luaJIT_setmode");
}

static int times(int n) { return is_slow() ? n / 10 : n; }

/* What most tests have: recursion of several kinds, and the sum of a run of it all. */
#define FUNCTIONS \
  "function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end\n" \
  "local function down(n, f) if n == 0 then return f and f() or 0 end local v = down(n - 1, f) return v + 1 end\n" \
  "local function tail(n, f, v) if n == 0 then return f and f() or v end return tail(n - 1, f, (v or 0) + 1) end\n" \
  "local odd local function even(n) if n == 0 then return true end return odd(n - 1) end\n" \
  "function odd(n) if n == 0 then return false end return even(n - 1) end\n" \
  "local C = {} C.__index = C function C:sum(n) if n == 0 then return self.n end return self:sum(n - 1) + n end local o = setmetatable({n = 1}, C)\n" \
  "local function two(n) if n == 0 then return 1, 2 end local a, b = two(n - 1) return b, a + n end\n" \
  "local function add(a, b) return a + b end local function list(n) if n == 0 then return end return n, list(n - 1) end\n" \
  "local function tree(d) if d == 0 then return {} end return {tree(d - 1), tree(d - 1)} end\n" \
  "local function size(t) if not t[1] then return 1 end return size(t[1]) + size(t[2]) end\n" \
  "local function shared(n, set) local v = n if set then set(n) end if n > 0 then shared(n - 1, function(w) v = v + w end) end return v end\n"
#define SUM FUNCTIONS \
  "return function(rounds) local s = 0 for i = 1, rounds do local n = i % 8" \
  " s = s + fib(n) + down(n) + tail(n, nil, 0) + (even(n) and 1 or 0) + o:sum(n) + add(two(n)) + select('#', list(n)) + shared(n)" \
  " if n == 3 then s = s + size(tree(3)) + #tostring(s) end s = s % 1000003 end return s end"

static void load_sum(lua_State *L)
{
  check_load(L, SUM);
  lua_call(L, 0, 1);
}

static lua_Number sum_of(lua_State *L, int function, int rounds)
{
  lua_Number n = -1;
  lua_pushvalue(L, function);
  lua_pushinteger(L, rounds);
  if (lua_pcall(L, 1, 1, 0) == 0) n = lua_tonumber(L, -1);
  else printf("%s\n", lua_tostring(L, -1));
  lua_pop(L, 1);
  return n;
}

/* == Called by C ============================================================ */

static void test_called(void)
{
  lua_State *L = check_open();
  int i, n, wrong = 0;
  lua_Number sum = 0;
  check_load(L, FUNCTIONS "return fib, down, two, list, function(...) return ... end, function(n) error({n}) end, function(n) return down(n % 5, function() error('at ' .. n) end) end, C, o");
  lua_call(L, 0, LUA_MULTRET);
  CHECK_TOP(L, 9);
  for (i = 0; i < times(5000); i++) {
    int k = i % 7;
    lua_pushvalue(L, 1); lua_pushinteger(L, k); lua_call(L, 1, 1);
    lua_pushvalue(L, 2); lua_pushinteger(L, k); lua_pushnil(L); lua_pushboolean(L, 1); lua_call(L, 3, 1);
    if (lua_tointeger(L, -1) != k) wrong++;
    sum += lua_tonumber(L, -2);
    lua_settop(L, 9);
    /* more results than wanted, and fewer */
    for (n = 0; n <= 4; n++) {
      lua_pushvalue(L, 3); lua_pushinteger(L, k); lua_call(L, 1, n);
      if (lua_gettop(L) != 9 + n || (n > 2 && !lua_isnil(L, 12)) || (n > 3 && !lua_isnil(L, 13))) wrong++;
      lua_settop(L, 9);
    }
    lua_pushvalue(L, 4); lua_pushinteger(L, k); lua_call(L, 1, LUA_MULTRET);
    if (lua_gettop(L) != 9 + k || (k > 0 && (lua_tointeger(L, 10) != k || lua_tointeger(L, -1) != 1))) wrong++;
    lua_settop(L, 9);
    lua_pushvalue(L, 5); for (n = 0; n < k; n++) lua_pushinteger(L, n); lua_call(L, k, LUA_MULTRET);
    if (lua_gettop(L) != 9 + k) wrong++;
    lua_settop(L, 9);
    /* fewer arguments than parameters */
    lua_pushvalue(L, 1);
    if (lua_pcall(L, 0, 1, 0) != LUA_ERRRUN || strstr(lua_tostring(L, -1), "attempt to compare nil with number") == NULL) wrong++;
    lua_settop(L, 9);
    lua_pushvalue(L, 6); lua_pushinteger(L, i);
    if (lua_pcall(L, 1, 0, 0) != LUA_ERRRUN || !lua_istable(L, -1)) wrong++;
    lua_settop(L, 9);
    lua_pushvalue(L, 7); lua_pushinteger(L, i);
    if (lua_pcall(L, 1, LUA_MULTRET, 0) != LUA_ERRRUN || strncmp(lua_tostring(L, -1), "test:12: at ", 12) != 0 || lua_gettop(L) != 10) wrong++;
    lua_settop(L, 9);
    lua_getfield(L, 8, "sum"); lua_pushvalue(L, 9); lua_pushinteger(L, k); lua_call(L, 2, 1);
    if (lua_tointeger(L, -1) != 1 + k * (k + 1) / 2) wrong++;
    lua_settop(L, 9);
  }
  CHECK_INT(wrong, 0);
  if (!is_slow()) CHECK_NUM(sum, 14281);
  lua_close(L);
}

/* == C functions deep in them =============================================== */

static int calls_back(lua_State *L) { lua_call(L, lua_gettop(L) - 1, LUA_MULTRET); return lua_gettop(L); }
static int calls_one(lua_State *L) { lua_call(L, lua_gettop(L) - 1, 1); return 1; }
static int protects(lua_State *L)
{
  int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
  lua_pushinteger(L, status);
  lua_insert(L, 1);
  return lua_gettop(L);
}
static int fails(lua_State *L) { return luaL_error(L, "failed at %d", (int)lua_tointeger(L, 1)); }
static int throws(lua_State *L) { lua_settop(L, 1); return lua_error(L); }
static int yields(lua_State *L) { return lua_yield(L, lua_gettop(L)); }
static int collects(lua_State *L) { lua_gc(L, LUA_GCCOLLECT, 0); lua_pushinteger(L, 1); return 1; }
static int grows_stack(lua_State *L)
{
  int n = (int)lua_tointeger(L, 1);
  lua_pushinteger(L, lua_checkstack(L, n));
  lua_insert(L, 1);
  while (n-- > 1) lua_pushinteger(L, n);
  lua_settop(L, 1);
  return 1;
}
static int gives(lua_State *L)
{
  int i, n = (int)lua_tointeger(L, 1);
  luaL_checkstack(L, n, "");
  for (i = 1; i <= n; i++) lua_pushinteger(L, i);
  return n;
}
static int sets_local(lua_State *L)
{
  lua_Debug ar;
  const char *name, *wanted = lua_tostring(L, 2);
  int i, last = 0;
  if (!lua_getstack(L, (int)lua_tointeger(L, 1), &ar)) return 0;
  for (i = 1; (name = lua_getlocal(L, &ar, i)) != NULL; i++) {
    if (strcmp(name, wanted) == 0) last = i;
    lua_pop(L, 1);
  }
  lua_pushvalue(L, 3);
  lua_pushstring(L, lua_setlocal(L, &ar, last));
  return 1;
}
static int sets_upvalue(lua_State *L)
{
  lua_settop(L, 3);
  lua_pushstring(L, lua_setupvalue(L, 1, (int)lua_tointeger(L, 2)));
  return 1;
}
static int sets_environment(lua_State *L) { lua_settop(L, 2); lua_setfenv(L, 1); return 0; }
static int mode(lua_State *L) { if (x.setmode) x.setmode(L, 0, (int)lua_tointeger(L, 1)); lua_pushinteger(L, 0); return 1; }

static int look(lua_State *L)
{
  lua_Debug ar;
  int level, i;
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (level = 1; lua_getstack(L, level, &ar); level++) {
    char line[100];
    const char *name;
    lua_getinfo(L, "nSlu", &ar);
    snprintf(line, sizeof line, "%s:%s:%d:%d", ar.name ? ar.name : "?", ar.what, ar.currentline, ar.linedefined);
    luaL_addstring(&b, line);
    for (i = 1; strcmp(ar.what, "Lua") == 0 && (name = lua_getlocal(L, &ar, i)) != NULL; i++) {
      snprintf(line, sizeof line, " %s=%s", name, lua_isnumber(L, -1) ? lua_tostring(L, -1) : luaL_typename(L, -1));
      lua_pop(L, 1);
      if (name[0] != '(') luaL_addstring(&b, line);
    }
    luaL_addstring(&b, "; ");
  }
  luaL_pushresult(&b);
  return 1;
}

static lua_State *open_with_functions(void)
{
  static const luaL_Reg functions[] = {
    { "calls_back", calls_back }, { "calls_one", calls_one }, { "protects", protects }, { "fails", fails }, { "throws", throws }, { "yields", yields }, { "collects", collects },
    { "grows_stack", grows_stack }, { "gives", gives }, { "sets_local", sets_local }, { "sets_upvalue", sets_upvalue }, { "sets_environment", sets_environment }, { "mode", mode }, { "look", look }, { NULL, NULL } };
  lua_State *L = check_open();
  luaL_register(L, "_G", functions);
  lua_pushinteger(L, times(3000));
  lua_setglobal(L, "N");
  lua_settop(L, 0);
  return L;
}

/* Each text gives a boolean, or says what is wrong. */
static void test_c_below(void)
{
  static const char *const texts[] = {
    /* Lua and C by turns */
    "local function f(n) if n == 0 then return 0 end return calls_one(f, n - 1) + 1 end for i = 1, N do if f(i % 20) ~= i % 20 then return i end end return f(150) == 150",
    "local function f(n) if n == 0 then return 1, 2, 3 end return calls_back(f, n - 1) end for i = 1, N do local a, b, c, d = f(i % 9) if a ~= 1 or b ~= 2 or c ~= 3 or d then return i end end return true",
    "local function f(n, ...) if n == 0 then return ... end return calls_back(f, n - 1, n, ...) end for i = 1, N do if select('#', f(i % 9)) ~= i % 9 or select(2, f(2, 'x')) ~= 2 then return i end end return true",
    "local function f(n) if n == 0 then return 0 end local v = n % 2 == 0 and calls_one(f, n - 1) or f(n - 1) return v + 1 end for i = 1, N do if f(i % 30) ~= i % 30 then return i end end return true",
    /* errors through them, caught by C and by Lua */
    "local function f(n) if n == 0 then fails(7) end local v = f(n - 1) return v end for i = 1, N do local s, m = protects(f, i % 9) if s ~= 2 or m ~= 'test:1: failed at 7' then return m end end return true",
    "local function f(n) if n == 0 then throws({5}) end return calls_one(f, n - 1) + 1 end for i = 1, N do local ok, m = pcall(f, i % 15) if ok or m[1] ~= 5 then return i end end return true",
    "local caught = 0 local function f(n) if n == 0 then fails(n) end if n % 3 == 0 then local s, m = protects(f, n - 1) caught = caught + 1 return s == 2 and 1 or m end return f(n - 1) + 1 end"
    " local want = {[3] = 1, [4] = 2, [5] = 3, [6] = 3, [7] = 4, [8] = 5, [9] = 5} for i = 1, N do local n = i % 10 local ok, v = pcall(f, n) if ok ~= (want[n] ~= nil) or ok and v ~= want[n] then return n .. tostring(v) end end return caught > 0",
    /* the stack grows, collections run */
    "local function f(n, a) if n == 0 then return grows_stack(a) end local v, w = f(n - 1, a) return v + n, w end for i = 1, N do local v = f(i % 9, i % 50 == 0 and i or 20) if v ~= 1 + (i % 9) * (i % 9 + 1) / 2 then return i end end return true",
    "local function f(n) local t = {n} if n == 0 then return collects() end local v = f(n - 1) if t[1] ~= n then return 'lost' end return v end for i = 1, N / 10 do if f(i % 12) ~= 1 then return i end end return true",
    /* as many results as C gives */
    "local function f(n) if n == 0 then return 0 end return select('#', gives(n)) + f(n - 1) end for i = 1, N do local n = i % 12 if f(n) ~= n * (n + 1) / 2 then return i end end return f(180) == 180 * 181 / 2",
    "local function last(...) return (select(select('#', ...), ...)) end local function f(n) if n == 1 then return gives(3) end return gives(last(f(n - 1)) + 1) end for i = 1, N do if last(f(i % 20 + 1)) ~= i % 20 + 3 then return i end end return true",
    /* locals of frames below */
    "local at local function f(n) local v = n if n == 0 then if at then sets_local(at, 'v', 100) end return v end local r = f(n - 1) return r + v end"
    " for i = 1, N do at = nil local n = i % 7 if f(n) ~= n * (n + 1) / 2 then return i end end at = 3 local a = f(5) at = 1 local b = f(5) at = 6 local c = f(5) return a == 15 - 2 + 100 and b == 115 and c == 110",
    "local v, on = 1 local function f(n) if n == 0 then return v end return f(n - 1) + v end for i = 1, N do if f(i % 5) ~= i % 5 + 1 then return i end end sets_upvalue(f, 1, 10) local a = f(3) sets_upvalue(f, 1, '2') local b = f(3) sets_upvalue(f, 1, {}) return a == 40 and b == 8 and not pcall(f, 3)",
    "X = 1 local function f(n) if n == 0 then return X end return f(n - 1) + X end for i = 1, N do if f(i % 5) ~= i % 5 + 1 then return i end end sets_environment(f, {X = 5}) local a = f(3) sets_environment(f, setmetatable({}, {__index = function() return 2 end})) return a == 20 and f(3) == 8",
    /* a function in the place of another: Lua's by C's, and back */
    "local g local function f(n) if n == 0 then return 0 end return g(n - 1) + 1 end local function h(n) if n == 0 then return 0 end return f(n - 1) + 1 end g = f for i = 1, N do g = i % 100 == 99 and function(n) return calls_one(f, n) end or i % 2 == 0 and f or h if f(i % 9) ~= i % 9 then return i end end"
    " g = gives local a = f(3) g = fails local ok, m = pcall(f, 4) return a == 2 and m == 'test:1: failed at 3'",
    /* callbacks of the libraries */
    "local function f(n) if n == 0 then return 1 end return f(n - 1) + 1 end local t, m = {}, {__index = function(t, k) return f(k) end, __lt = function(a, b) return f(a.n) < f(b.n) end, __call = function(self, n) return f(n) end, __eq = function(a, b) return f(a.n % 3) == f(b.n % 3) end}"
    " for i = 1, N / 3 do local o, p = setmetatable({n = i % 7}, m), setmetatable({n = i % 5}, m) if o[i % 9] ~= i % 9 + 1 or o(3) ~= 4 or (o < p) ~= (i % 7 < i % 5) or (o == p) ~= (i % 7 % 3 == i % 5 % 3) then return i end end"
    " local s = ('12345678'):gsub('%d', function(d) return f(tonumber(d)) end) return s == '23456789'",
    /* the engine is switched in the depth; without one nothing is */
    "local k = 0 local function f(n) if n == 0 then k = k + 1 return k % 50 == 0 and mode(0) or k % 50 == 10 and mode(0x100) or k % 70 == 5 and mode(0x200) or 0 end local v = f(n - 1) return v + 1 end for i = 1, N do if f(i % 12) ~= i % 12 then return i end end mode(0x100) return true",
    "local k = 0 local function f(n) if n < 2 then k = k + 1 if k % 997 == 0 then mode(k % 2 == 0 and 0x200 or 0) mode(0x100) end return n end return f(n - 1) + f(n - 2) end for i = 1, N / 100 do if f(15) ~= 610 then return i end end return true",
    "local k = 0 local function f(n) if n == 0 then k = k + 1 if k % 100 == 0 then mode(0x200) collects() elseif k % 100 == 50 then mode(0) elseif k % 100 == 60 then mode(0x100) end return 0 end return (calls_one(f, n - 1) + 1) end for i = 1, N do if f(i % 9) ~= i % 9 then return i end end mode(0x100) return true",
  };
  int i;
  for (i = 0; i < COUNT_OF(texts); i++) {
    lua_State *L = open_with_functions();
    CHECK_EVAL(L, texts[i], "true");
    lua_close(L);
  }
}

/* == Looked at ============================================================== */

static void test_looks(void)
{
  static const char text[] =
    "local function inner(a, b)\n local c = a * 2\n if b then\n local d = look()\n return d\n end\n return c\nend\n"
    "local function rec(n, b)\n local before = n\n if n == 0 then\n local r = inner(n + 7, b)\n return r, 1\n end\n local r, s = rec(n - 1, b)\n return r, s\nend\n"
    "local function tail(n, b)\n if n == 0 then return rec(1, b) end\n return tail(n - 1, b)\nend\n"
    "local C = {} C.__index = C\nfunction C:go(n, b)\n if n == 0 then local v = tail(2, b)\n return v end\n local w = self:go(n - 1, b)\n return w\nend\n"
    "local o = setmetatable({}, C)\nfor i = 1, N do o:go(i % 3) rec(i % 4) end\nreturn o:go(1, true)";
  static const char want[] =
    "inner:Lua:4:1 a=7 b=boolean c=14; rec:Lua:12:9 n=0 b=boolean before=0; ?:Lua:15:9 n=1 b=boolean before=1; :tail:-1:-1; :tail:-1:-1; :tail:-1:-1; "
    "go:Lua:24:23 self=table n=0 b=boolean; ?:Lua:26:23 self=table n=1 b=boolean; :tail:-1:-1; ";
  int hot;
  for (hot = 0; hot < 2; hot++) {
    lua_State *L = open_with_functions();
    if (!hot) { lua_pushinteger(L, 0); lua_setglobal(L, "N"); }
    CHECK_EVAL(L, text, want);
    lua_close(L);
  }
}

/* As an error handler sees the frames. */
static void test_handler_looks(void)
{
  lua_State *L = open_with_functions();
  int i;
  lua_pushcfunction(L, look);
  check_load(L, "local function f(n, v)\n local w = n\n if n == 0 then\n return n + v\n end\n local r = f(n - 1, v)\n return r + w\nend\nfor i = 1, N do f(i % 6, 1) end\nreturn f");
  lua_call(L, 0, 1);
  for (i = 0; i < 3; i++) {
    lua_pushvalue(L, 2);
    lua_pushinteger(L, 2);
    lua_newtable(L);
    CHECK_INT(lua_pcall(L, 2, 1, 1), LUA_ERRRUN);
    CHECK_STR(lua_tostring(L, -1), "f:Lua:4:1 n=0 v=table w=0; f:Lua:6:1 n=1 v=table w=1; ?:Lua:6:1 n=2 v=table w=2; ");
    lua_pop(L, 1);
    lua_pushvalue(L, 2); lua_pushinteger(L, 5); lua_pushinteger(L, 1);
    CHECK_INT(lua_pcall(L, 2, 1, 1), 0);
    CHECK_INT(lua_tointeger(L, -1), 16);
    lua_pop(L, 1);
  }
  lua_close(L);
}

/* == Waiting ================================================================ */

static const char WAITS[] =
  "local function f(n, k) local mine = n if n == 0 then local a, b = yields(k, 'bottom') return (a or 0) + 1 end local v = f(n - 1, k) if n % 4 == 0 then v = v + (yields(n) or 0) end return v + mine end"
  " local function tail(n) if n == 0 then return yields('tail', 1, 2) end return tail(n - 1) end"
  " return function(n, rounds) local s = 0 for i = 1, rounds do s = s + f((n + i) % 10, i) s = s + select('#', tail(i % 3)) end return s end";

static void test_yields(void)
{
  lua_State *L = open_with_functions(), *co;
  int i, n, waits = 0, nargs = 2, rounds = times(1000);
  lua_Number sum = 0;
  check_load(L, WAITS);
  lua_call(L, 0, 1);
  co = lua_newthread(L);
  lua_pushvalue(L, 1); lua_pushinteger(L, 3); lua_pushinteger(L, rounds); lua_xmove(L, co, 3);
  while (lua_resume(co, nargs) == LUA_YIELD) {
    waits++;
    n = lua_gettop(co);
    sum += lua_tonumber(co, 1) + n;
    lua_settop(co, 0);
    nargs = waits % 4;
    for (i = 0; i < nargs; i++) lua_pushinteger(co, waits % 5);
    if (waits % 500 == 0) lua_gc(L, LUA_GCCOLLECT, 0);
  }
  CHECK_TOP(co, 1);
  if (!is_slow()) {
    CHECK_INT(waits, 2800);
    CHECK_NUM(lua_tonumber(co, -1), 21700);
    CHECK_NUM(sum, 510300);
  }
  lua_close(L);
}

/* Many in the middle of the same functions, some of which are forgotten, or closed with the state. */
static void test_many_wait(void)
{
  enum { MANY = 60 };
  lua_State *L = open_with_functions(), *many[MANY];
  int i, round, wrong = 0;
  luaL_checkstack(L, MANY + 10, "");
  check_load(L, WAITS);
  lua_call(L, 0, 1);
  for (i = 0; i < MANY; i++) {
    many[i] = lua_newthread(L);
    lua_pushvalue(L, 1); lua_pushinteger(L, i); lua_pushinteger(L, 1000); lua_xmove(L, many[i], 3);
  }
  for (round = 0; round < times(100) + 5; round++)
    for (i = 0; i < MANY; i++) {
      if (many[i] == NULL) continue;
      if (lua_resume(many[i], round == 0 ? 2 : 0) != LUA_YIELD) { wrong++; many[i] = NULL; continue; }
      lua_settop(many[i], 0);
      if (round % 20 == 10 && i % 20 == round / 20) {
        many[i] = NULL;
        lua_pushnil(L);
        lua_replace(L, 2 + i);
        lua_gc(L, LUA_GCCOLLECT, 0);
      }
    }
  CHECK_INT(wrong, 0);
  lua_close(L);
}

/* Waiting in one thread, it goes on in another. */
static void *goes_on(void *L)
{
  lua_Number *n = malloc(sizeof *n);
  *n = lua_resume(L, 0) == 0 ? lua_tonumber(L, -1) : -1;
  return n;
}

static void test_another_thread(void)
{
  lua_State *L = open_with_functions(), *co = lua_newthread(L);
  pthread_t thread;
  void *result;
  check_load(co, "local function f(n, y) if n == 0 then if y then yields() end return 0 end local v = f(n - 1, y) return v + 1 end local s = 0 for i = 1, N do s = s + f(i % 10, i == N / 2) end return s");
  CHECK_INT(lua_resume(co, 0), LUA_YIELD);
  CHECK_INT(pthread_create(&thread, NULL, goes_on, co), 0);
  pthread_join(thread, &result);
  CHECK_NUM(*(lua_Number *)result, times(3000) * 4.5);
  free(result);
  lua_close(L);
}

/* == Stopped ================================================================ */

static const char *const ENDLESS[] = {
  "local function f(n) if n < 2 then return n end return f(n - 1) + f(n - 2) end f(90)",
  "local function f(n) return f(n + 1) end f(1)",
  "local g local function f(n) return g(n, 1) end function g(n, m) local a, b, c = n, m return f(n + m) end f(1)",
  "local function f(n) if n == 0 then return 0 end return f(n - 1) + 1 end while true do f(50) end",
  "local function f(n) if n > 0 then f(n - 1) f(n - 1) end end f(200)",
  "local C = {} C.__index = C function C:m(n) if n == 0 then return self end return self:m(n - 1):m(n - 1) end setmetatable({}, C):m(150)",
  "function f(n) for i = 1, 3 do if n > 0 then f(n - 1) end end end f(100)",
  "local function f(n, ...) if n == 0 then return f(20) end return f(n - 1, n, ...) end f(5)",
  "local s = 0 local function f(n, set) if set then set(n) end if n == 0 then return end f(n - 1, function(v) s = s + v end) return f(n - 1) end f(100)",
  "local function f(n) local t = {n} if n == 0 then return t end return f(n - 1), f(n - 1) end f(100)",
  "local function f(n) if n == 0 then return '' end local s = f(n - 1) f(n - 1) return #s > 20 and '' or s .. n end f(100)",
  "local function f(n) if n == 0 then return 1 end return calls_one(f, n - 1) + f(n - 1) end f(100)",
  "local function f(n) return n, n end local function g(a, b) return f(a + b) end local function h(n) return g(f(n)) end local i = 0 while true do i = h(g(h(i))) % 10 end",
};

static void on_alarm(int signal) { (void)signal; x.interrupt(target); }

/* By a signal, in the main thread and in a coroutine; what comes after it works. */
static void test_signals(void)
{
  static const int masks[] = { LUA_MASKCOUNT, LUA_MASKLINE, LUA_MASKCALL, LUA_MASKRET };
  lua_State *L = open_with_functions();
  lua_Number want;
  int i, m;
  load_sum(L);
  want = sum_of(L, 1, 300);
  for (i = 0; i < COUNT_OF(ENDLESS); i += is_slow() ? 3 : 1)
    for (m = 0; m < 4; m++) {
      lua_State *co;
      /* tail calls do not return */
      if (m == 3 && (strstr(ENDLESS[i], "return f(n + ") != NULL || strstr(ENDLESS[i], "return f(20)") != NULL)) continue;
      check_load(L, ENDLESS[i]);
      target = L;
      mask_wanted = masks[m];
      alarm_after(3000, request_stop);
      check_stopped(L, lua_pcall(L, 0, 0, 0), ENDLESS[i]);
      lua_sethook(L, NULL, 0, 0);
      lua_settop(L, 1);
      co = lua_newthread(L);
      check_load(co, ENDLESS[i]);
      target = co;
      alarm_after(3000, request_stop);
      check_stopped(co, lua_resume(co, 0), ENDLESS[i]);
      lua_settop(L, 1);
      CHECK_NUM(sum_of(L, 1, 300), want);
    }
  lua_close(L);
}

/* A hook that comes and goes many times while sums are made: none is wrong. */
static volatile int toggles;
static void nothing(lua_State *L, lua_Debug *ar) { (void)L; (void)ar; }
static void toggle(int signal)
{
  static const int masks[] = { LUA_MASKCOUNT, 0, LUA_MASKLINE, 0, LUA_MASKCALL | LUA_MASKRET, 0 };
  (void)signal;
  lua_sethook(target, masks[toggles % 6] ? nothing : NULL, masks[toggles % 6], 1 + toggles % 5);
  toggles++;
  alarm_after(200, toggle);
}

static void test_toggled(void)
{
  lua_State *L = target = open_with_functions();
  lua_Number want;
  int i;
  load_sum(L);
  want = sum_of(L, 1, 3000);
  CHECK(want > 0);
  toggles = 0;
  alarm_after(200, toggle);
  for (i = 0; i < (is_slow() ? 2 : 60); i++) if (!CHECK_NUM(sum_of(L, 1, 3000), want)) break;
  signal(SIGALRM, SIG_IGN);
  lua_sethook(L, NULL, 0, 0);
  CHECK(toggles > 0);
  lua_close(L);
}

/* A hook that is set by what is called in the depth: it fails, changes a local, calls, collects. */
static int hook_calls, hook_does;
enum { FAILS, CHANGES, CALLS, COLLECTS };
static void acting_hook(lua_State *L, lua_Debug *ar)
{
  const char *name;
  int i;
  if (++hook_calls != 7) return;
  lua_sethook(L, NULL, 0, 0);
  switch (hook_does) {
  case FAILS: luaL_error(L, "by the hook"); break;
  case CHANGES:
    lua_getinfo(L, "S", ar);
    for (i = 1; (name = lua_getlocal(L, ar, i)) != NULL; i++) {
      lua_pop(L, 1);
      if (strcmp(name, "w") == 0) { lua_pushinteger(L, 1000); lua_setlocal(L, ar, i); break; }
    }
    break;
  case CALLS: lua_getglobal(L, "f"); lua_pushinteger(L, 20); lua_call(L, 1, 1); CHECK_INT(lua_tointeger(L, -1), 230); lua_pop(L, 1); break;
  case COLLECTS: lua_gc(L, LUA_GCCOLLECT, 0); break;
  }
}
static int hooks_me(lua_State *L)
{
  hook_calls = 0;
  lua_sethook(L, acting_hook, (int)lua_tointeger(L, 1), 2);
  return 0;
}

static void test_hooks_within(void)
{
  static const int masks[] = { LUA_MASKCOUNT, LUA_MASKLINE, LUA_MASKCALL, LUA_MASKRET };
  static const char text[] =
    "at, mask = nil function f(n)\n if n == 0 then return 20 end\n local w = n\n if n == at then hook(mask) end\n local v = f(n - 1)\n return v + w\nend\n"
    "for i = 1, N do local n = i % 9 assert(f(n) == 20 + n * (n + 1) / 2) end return f";
  int m, cold;
  lua_Number results[4][4][2];
  for (cold = 0; cold < 2; cold++)
    for (m = 0; m < 4; m++)
      for (hook_does = FAILS; hook_does <= COLLECTS; hook_does++) {
        lua_State *L = open_with_functions();
        lua_register(L, "hook", hooks_me);
        if (cold) { lua_pushinteger(L, 1); lua_setglobal(L, "N"); }
        lua_gc(L, LUA_GCSTOP, 0);
        check_load(L, text);
        lua_call(L, 0, 1);
        lua_pushinteger(L, 15); lua_setglobal(L, "at");
        lua_pushinteger(L, masks[m]); lua_setglobal(L, "mask");
        lua_pushvalue(L, 1); lua_pushinteger(L, 20);
        CHECK_INT(lua_pcall(L, 1, 1, 0), hook_does == FAILS ? LUA_ERRRUN : 0);
        lua_sethook(L, NULL, 0, 0);
        if (hook_does == FAILS) {
          const char *message = lua_tostring(L, -1);
          CHECK(strstr(message, "by the hook") != NULL);
          results[m][hook_does][cold] = message[5] * 10 + message[6];
        }
        else results[m][hook_does][cold] = lua_tonumber(L, -1);
        if (hook_does == CALLS || hook_does == COLLECTS) CHECK_NUM(lua_tonumber(L, -1), 230);
        lua_close(L);
      }
  for (m = 0; m < 4; m++) for (hook_does = FAILS; hook_does <= COLLECTS; hook_does++) CHECK_NUM(results[m][hook_does][0], results[m][hook_does][1]);
}

/* == Limits ================================================================= */

static const char *const WORDS[] = { "", "script ran out of fuel", "script ran past its deadline", "script was interrupted" };

static void check_ended(lua_State *L, int status, int limit, const char *code)
{
  const char *message = lua_tostring(L, -1);
  check_int(status, LUA_ERRRUN, __FILE__, __LINE__, code);
  check_int(x.limit(L), limit, __FILE__, __LINE__, code);
  check_that(message != NULL && strstr(message, WORDS[limit]) != NULL, __FILE__, __LINE__, code);
  x.setfuel(L, UNLIMITED);
  x.setdeadline(L, UNLIMITED);
  lua_settop(L, 1);
}

static void *interrupter(void *L)
{
  struct timespec pause = { 0, 3 * 1000 * 1000 };
  nanosleep(&pause, NULL);
  x.interrupt(L);
  return NULL;
}
static int limits_me(lua_State *L)
{
  if (lua_toboolean(L, 1)) x.setfuel(L, 1000);
  else x.setdeadline(L, 1000 * 1000);
  return 0;
}

static void test_limits(void)
{
  lua_State *L = open_with_functions();
  lua_Number want;
  int i, kind;
  lua_register(L, "limit", limits_me);
  load_sum(L);
  want = sum_of(L, 1, 300);
  for (i = 0; i < COUNT_OF(ENDLESS); i += is_slow() ? 3 : 1)
    for (kind = 0; kind < 6; kind++) {
      pthread_t thread;
      char code[1000];
      /* what comes to limit it while it runs, from below */
      snprintf(code, sizeof code, "local k = 0 local function g(n) k = k + 1 if k == 30000 then limit(%s) end if n > 0 then g(n - 1) g(n - 1) end end g(12) g(12) g(12) g(12) %s",
               kind == 4 ? "true" : "false", ENDLESS[i]);
      check_load(L, kind >= 4 ? code : ENDLESS[i]);
      target = L;
      if (kind == 0) x.setfuel(L, 100000);
      if (kind == 1) x.setdeadline(L, 3 * 1000 * 1000);
      if (kind == 2) pthread_create(&thread, NULL, interrupter, L);
      if (kind == 3) alarm_after(3000, on_alarm);
      check_ended(L, lua_pcall(L, 0, 0, 0), kind == 0 || kind == 4 ? FUEL : kind == 1 || kind == 5 ? DEADLINE : INTERRUPT, ENDLESS[i]);
      if (kind == 2) pthread_join(thread, NULL);
      CHECK_NUM(sum_of(L, 1, 300), want);
    }
  lua_close(L);
}

static size_t fuel_of(lua_State *L, int function, int argument)
{
  const size_t much = 100 * 1000 * 1000;
  size_t left;
  lua_pushvalue(L, function);
  lua_pushinteger(L, argument);
  x.setfuel(L, much);
  CHECK_INT(lua_pcall(L, 1, 0, 0), 0);
  left = x.getfuel(L);
  x.setfuel(L, UNLIMITED);
  return much - left;
}

/* What a run costs does not depend on what had run before. */
static void test_fuel_is_the_same(void)
{
  lua_State *L = open_with_functions();
  size_t cold, hot;
  lua_gc(L, LUA_GCSTOP, 0);
  load_sum(L);
  cold = fuel_of(L, 1, 200);
  sum_of(L, 1, times(3000));
  hot = fuel_of(L, 1, 200);
  CHECK(cold > 5000);
  CHECK_INT(hot, cold);
  lua_pushvalue(L, 1); lua_pushinteger(L, 200);
  x.setfuel(L, hot - 1);
  check_ended(L, lua_pcall(L, 1, 0, 0), FUEL, "sum");
  lua_close(L);
}

/* == Depth ================================================================== */

/* How deep calls may go is the same for functions that have been called often, and is not less afterwards. */
static int deepest(lua_State *L, int function)
{
  int few = 1, many = 4000000;
  while (many - few > 1) {
    int n = few + (many - few) / 2;
    lua_pushvalue(L, function);
    lua_pushinteger(L, n);
    if (lua_pcall(L, 1, 1, 0) == 0) few = n;
    else { many = n; if (strstr(lua_tostring(L, -1), "stack overflow") == NULL) { CHECK_STR(lua_tostring(L, -1), "stack overflow"); return 0; } }
    lua_pop(L, 1);
  }
  return few;
}

static void test_depth(void)
{
  static const char *const texts[] = {
    "local function f(n) if n == 0 then return 0 end return f(n - 1) + 1 end return f",
    "local g local function f(n) if n == 0 then return 0 end local v, w = g(n - 1) return v, w end function g(n) local a, b, c, d, e = 1, 2, 3, 4, 5 if n == 0 then return a end return (f(n - 1)) end return f",
  };
  int i, j;
  if (is_slow()) return;
  for (i = 0; i < COUNT_OF(texts); i++) {
    lua_State *cold = check_open(), *hot = check_open();
    int want;
    lua_gc(cold, LUA_GCSTOP, 0);
    lua_gc(hot, LUA_GCSTOP, 0);
    check_load(cold, texts[i]);
    lua_call(cold, 0, 1);
    if (x.setmode) x.setmode(cold, 0, ENGINE_OFF);
    want = deepest(cold, 1);
    CHECK(want > 1000);
    check_load(hot, texts[i]);
    lua_call(hot, 0, 1);
    for (j = 0; j < 3000; j++) { lua_pushvalue(hot, 1); lua_pushinteger(hot, j % 10); lua_call(hot, 1, 0); }
    CHECK_INT(deepest(hot, 1), want);
    CHECK_INT(deepest(hot, 1), want);
    lua_close(cold);
    lua_close(hot);
  }
}

/* == Made and thrown away =================================================== */

static void test_churn(void)
{
  lua_State *L = open_with_functions();
  /* those that are called go, those that call them stay */
  CHECK_EVAL(L, "local g local function f(n) if n == 0 then return g(1) end return f(n - 1) + g(n) end local wrong = 0 for r = 1, N / 5 do"
    " g = loadstring('local n = ... if n < 0 then return 0 end return n * ' .. r % 9) for again = 1, 10 do local n = again % 6 if f(n) ~= (1 + n * (n + 1) / 2) * (r % 9) then wrong = wrong + 1 end end"
    " if r % 7 == 0 then g = nil collectgarbage() end end return wrong", "0");
  /* those that call go, those that are called stay */
  CHECK_EVAL(L, "local function g(n) if n == 0 then return 1 end return g(n - 1) + 1 end local wrong = 0 for r = 1, N / 5 do"
    " local f = loadstring('local g, f, n = ... if n == 0 then return g(3) end return f(g, f, n - 1) + g(n) + ' .. r % 9) for again = 1, 10 do if f(g, f, 2) ~= 4 + 5 + 2 * (r % 9) then wrong = wrong + 1 end end"
    " f = nil if r % 7 == 0 then collectgarbage() end end return wrong", "0");
  /* all of them, while they are at work and nothing else has them */
  CHECK_EVAL(L, "local wrong = 0 for r = 1, N / 10 do local T = {} T.f = loadstring('local T, n = ... if n == 0 then T.f = nil collects() return ' .. r % 5 .. ' end return T.g(T, n - 1) + 1')"
    " T.g = loadstring('local T, n = ... if n == 0 and T.last then T.g = nil end return T.f(T, n) + 1') local f = T.f for again = 1, 6 do if f(T, 4) ~= r % 5 + 8 then wrong = wrong + 1 end T.f = f end"
    " T.last = true f = nil if T.f(T, 4) ~= r % 5 + 8 then wrong = wrong + 1 end end return wrong", "0");
  /* methods, by turns of classes that come and go */
  CHECK_EVAL(L, "local function sum(o, n) if n == 0 then return 0 end return o:m(n) + sum(o, n - 1) end local wrong = 0 for r = 1, N / 5 do local C = {m = loadstring('local self, n = ... if n > 3 then return self:m(3) end return n + ' .. r % 3)} C.__index = C"
    " for again = 1, 6 do if sum(setmetatable({}, C), 5) ~= 12 + 5 * (r % 3) then wrong = wrong + 1 end end if r % 9 == 0 then collectgarbage() end end return wrong", "0");
  lua_close(L);
}

/* Closed while functions wait, or have been left by an error; finalizers call what is hot. */
static void test_closing(void)
{
  int i;
  for (i = 0; i < times(200); i++) {
    lua_State *L = open_with_functions(), *co;
    load_sum(L);
    lua_setglobal(L, "sum");
    CHECK_EVAL(L, "return sum(50) == sum(50)", "true");
    if (i % 2) RUN(L, "local function f(n) if n == 0 then coroutine.yield() return 0 end return f(n - 1) + 1 end local co = coroutine.wrap(function() for i = 1, 1000 do f(i % 9) end end) for i = 1, 300 do co() end waits = co");
    if (i % 3 == 0) RUN(L, "p = newproxy(true) local sum = sum getmetatable(p).__gc = function() sum(60) end");
    if (i % 5 == 0) {
      co = lua_newthread(L);
      check_load(co, "local function f(n) if n == 0 then error('out') end return f(n - 1) + 1 end for i = 1, 500 do pcall(f, i % 9) end f(20)");
      CHECK_INT(lua_resume(co, 0), LUA_ERRRUN);
    }
    lua_close(L);
  }
}

/* == No memory ============================================================== */

typedef struct { long left; size_t bytes; } Bounded;

static void *bounded(void *data, void *p, size_t old, size_t size)
{
  Bounded *b = data;
  void *q;
  if (size == 0) { b->bytes -= old; free(p); return NULL; }
  if (size > old && b->left >= 0 && b->left-- == 0) { b->left = 0; return NULL; }
  q = realloc(p, size);
  if (q != NULL) b->bytes += size - old;
  return q;
}

/* The k-th request and all after it are refused, in the middle of functions that have been called often. */
static void test_no_memory(void)
{
  long k;
  int ended = 0, refused = 0;
  for (k = 0; k < 1000000 && !ended; k += k < 10 ? 1 : is_slow() ? k / 3 : 3 + k / 50) {
    Bounded b = { -1, 0 };
    lua_State *L = lua_newstate(bounded, &b);
    int status;
    lua_Number want;
    luaL_openlibs(L);
    load_sum(L);
    want = sum_of(L, 1, 400);
    check_load(L,
      "local function build(n) if n == 0 then return '' end local t = {n, build(n - 1)} return t[1] .. t[2] end"
      " local function deep(n) if n == 0 then return 0 end local f = function() return n end local v = deep(n - 1) return v + f() end"
      " local function many(n) if n == 0 then return end return 'x' .. n, many(n - 1) end"
      " return function() local s = 0 for i = 1, 6 do s = s + #build(i * 2) + deep(i * 40) + select('#', many(i * 9)) end return s end");
    lua_call(L, 0, 1);
    lua_gc(L, LUA_GCCOLLECT, 0);
    b.left = k;
    lua_pushvalue(L, 2);
    status = lua_pcall(L, 0, 1, 0);
    b.left = -1;
    if (status == 0) { CHECK_NUM(lua_tonumber(L, -1), 73455); ended = 1; }
    else { CHECK_INT(status, LUA_ERRMEM); CHECK_STR(lua_tostring(L, -1), "not enough memory"); refused++; }
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
    CHECK_NUM(lua_tonumber(L, -1), 73455);
    CHECK_NUM(sum_of(L, 1, 400), want);
    lua_close(L);
    CHECK_INT(b.bytes, 0);
  }
  CHECK(ended && refused > 3);
}

/* None at all from some call on, from what the functions call. */
static Bounded *stingy;
static int refuses(lua_State *L) { (void)L; stingy->left = 0; return 0; }

static void test_no_memory_within(void)
{
  int depth;
  for (depth = 0; depth <= 50; depth += is_slow() ? 13 : 1) {
    Bounded b = { -1, 0 };
    lua_State *L = lua_newstate(bounded, &b);
    int status;
    luaL_openlibs(L);
    stingy = &b;
    lua_register(L, "refuses", refuses);
    lua_pushinteger(L, depth);
    lua_setglobal(L, "depth");
    check_load(L, "local on local function f(n) if on and n == depth then refuses() end if n == 0 then return 0 end local v = f(n - 1) return v + n end"
                  " local function g(n) if n == 0 then return {} end return {g(n - 1)} end for i = 1, 2000 do f(i % 8) g(i % 3) end on = true"
                  " return f, function() local v = f(50) return v, g(2000), f(60) end");
    CHECK_INT(lua_pcall(L, 0, 2, 0), 0);
    lua_pushvalue(L, 2);
    status = lua_pcall(L, 0, 1, 0);
    b.left = -1;
    CHECK_INT(status, LUA_ERRMEM);
    lua_settop(L, 2);
    lua_pushvalue(L, 1); lua_pushinteger(L, 70);
    lua_pushinteger(L, -1); lua_setglobal(L, "depth");
    CHECK_INT(lua_pcall(L, 1, 1, 0), 0);
    CHECK_NUM(lua_tonumber(L, -1), 2485);
    lua_close(L);
    CHECK_INT(b.bytes, 0);
  }
}

int main(void)
{
  int ours = is_ours();
  test_called();
  test_c_below();
  test_looks();
  test_handler_looks();
  test_yields();
  test_many_wait();
  test_another_thread();
  test_signals();
  test_toggled();
  test_hooks_within();
  if (ours) {
    test_limits();
    test_fuel_is_the_same();
  }
  test_depth();
  test_churn();
  test_closing();
  test_no_memory();
  test_no_memory_within();
  return check_end("hotfunctions");
}
