/*
** limits.c - fuel, deadlines and interrupts, as ferrouslua.h declares them.
**
** Ours alone: with the reference's library nothing is checked.  The functions
** are found by name at run time, so that one binary runs with either library.
**
** The principle: each script here would run for ever, or nearly, and tries to
** survive its limit in its own way.  It has to end with LUA_ERRRUN, nothing of
** it may have run afterwards, and the state has to be as good as new.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "find.h"

#define UNLIMITED ((size_t)-1)
enum { NONE, FUEL, DEADLINE, INTERRUPT };

static struct {
  void (*setfuel)(lua_State *, size_t);
  size_t (*getfuel)(lua_State *);
  void (*setdeadline)(lua_State *, size_t);
  size_t (*getdeadline)(lua_State *);
  void (*interrupt)(lua_State *);
  void (*clearinterrupt)(lua_State *);
  int (*limit)(lua_State *);
} x;

static int find_all(void)
{
  return find(&x.setfuel, "ferrous_setfuel") + find(&x.getfuel, "ferrous_getfuel")
       + find(&x.setdeadline, "ferrous_setdeadline")
       + find(&x.getdeadline, "ferrous_getdeadline")
       + find(&x.interrupt, "ferrous_interrupt")
       + find(&x.clearinterrupt, "ferrous_clearinterrupt")
       + find(&x.limit, "ferrous_limit");
}

static double seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* == What scripts try ======================================================= */

/* `survived` is set where a script goes on after its limit. */
#define SURVIVE " survived = true "

static const char *const HOSTILE[] = {
  /* loops of every kind */
  "while true do end",
  "repeat until false",
  "local x repeat local y = x until y",
  "for i = 1, math.huge do end",
  "for i = 1, 2, 0 do end while true do end",
  "for i = 2, 1, 0 do end",
  "while true do if survived then print() end end",
  "local t = {} while not t.x do if t.y then t.z = 1 elseif t.w then t.z = 2 end end",
  "for k in function() return 1 end do end",
  "local t = {1,2,3} while true do for k, v in pairs(t) do end end",
  "local t = {1,2,3} while true do for k, v in ipairs(t) do end end",
  "local t = {1} for k in next, setmetatable({}, {__index = t}) do end while true do end",
  "local a, b, i = 1, 2, 0 repeat i = i + 1 until a > b and i < 0",
  "local s = '' repeat s = s == 'x' and '' or 'x' until s == 1",
  /* calls */
  "local function f() return f() end f()",
  "local function f(n) if n > 0 then f(n - 1) f(n - 1) end end f(100)",
  "local function f(n) if n > 0 then return f(n - 1), f(n - 1) end end f(100)",
  "local function f(...) return f(...) end f(1, 2, 3)",
  "local t = setmetatable({}, {__call = function(self, n) return self(n + 1) end}) t(0)",
  /* metamethods: no call and no loop is written */
  "local t t = setmetatable({}, {__index = function(_, k) if k > 0 then local a = t[k - 1]"
    " local b = t[k - 1] end end}) local _ = t[100]",
  "local t t = setmetatable({}, {__newindex = function(_, k) if k > 0 then t[k - 1] = 1"
    " t[k - 1] = 1 end end}) t[100] = 1",
  "local n, t = 0 t = setmetatable({}, {__add = function(a, b) if b > 0 then local a = t + (b - 1)"
    " local b = t + (b - 1) end end}) local _ = t + 100",
  "local t t = setmetatable({}, {__concat = function(a, b) if b > 0 then local a = t .. (b - 1)"
    " local b = t .. (b - 1) end end}) local _ = t .. 100",
  "local a, b, n = {}, {}, 100 local m = {__eq = function() if n > 0 then n = n - 1 local x = a == b"
    " local y = a == b n = n + 1 end end} setmetatable(a, m) setmetatable(b, m) local _ = a == b",
  "local a, b, n = {}, {}, 100 local m = {__lt = function() if n > 0 then n = n - 1 local x = a < b"
    " local y = a < b n = n + 1 end end} setmetatable(a, m) setmetatable(b, m) local _ = a < b",
  "local u, n = newproxy(true), 100 getmetatable(u).__len = function() if n > 0 then n = n - 1"
    " local x = #u local y = #u n = n + 1 end return 1 end local _ = #u",
  "local t, n = nil, 100 t = setmetatable({}, {__unm = function() if n > 0 then n = n - 1"
    " local x = -t local y = -t n = n + 1 end return 1 end}) local _ = -t",
  "local t = setmetatable({}, {__tostring = function() while true do end end}) tostring(t)",
  /* catching */
  "pcall(function() while true do end end)" SURVIVE,
  "while true do pcall(function() while true do end end)" SURVIVE "end",
  "xpcall(function() while true do end end, function()" SURVIVE "end)" SURVIVE,
  "xpcall(function() while true do end end, function() while true do end end)" SURVIVE,
  "local function f() pcall(f) pcall(f) end while true do pcall(f) end" SURVIVE,
  "local function f() return pcall(f) end while true do f() end",
  "local function f() return xpcall(f, f) end while true do f() end",
  "while true do pcall(pcall, pcall, error) end",
  "pcall(pcall, pcall, function() while true do end end)" SURVIVE,
  "setmetatable(_G, {__index = function() while true do end end})"
    " pcall(function() return nothing end)" SURVIVE,
  "pcall(error, setmetatable({}, {__tostring = function() while true do end end}))"
    " while true do end",
  /* coroutines */
  "coroutine.resume(coroutine.create(function() while true do end end))" SURVIVE,
  "coroutine.wrap(function() while true do end end)()" SURVIVE,
  "pcall(coroutine.wrap(function() pcall(function() while true do end end)" SURVIVE "end))" SURVIVE,
  "local co = coroutine.wrap(function() while true do coroutine.yield() end end)"
    " while true do co() end",
  "for _ in coroutine.wrap(function() while true do coroutine.yield(1) end end) do end",
  "while true do coroutine.wrap(function() end)() end",
  "local function f() coroutine.wrap(f)() end while true do pcall(f) end" SURVIVE,
  "local function deep(n) if n == 0 then while true do end end"
    " coroutine.wrap(deep)(n - 1)" SURVIVE "end deep(50)",
  "coroutine.wrap(function() xpcall(function() coroutine.wrap(function() while true do end end)()"
    SURVIVE "end, function()" SURVIVE "end)" SURVIVE "end)()" SURVIVE,
  /* callbacks of the libraries */
  "table.sort({3,1,2,5,4}, function(a, b) while true do end end)" SURVIVE,
  "local t = {} for i = 1, 100 do t[i] = i end while true do table.sort(t, function(a, b)"
    " return a < b end) end",
  "local t, m = {}, {__lt = function() while true do end end} for i = 1, 100 do"
    " t[i] = setmetatable({}, m) end table.sort(t)" SURVIVE,
  "string.gsub('abc', '.', function() while true do end end)" SURVIVE,
  "string.gsub('abc', '.', setmetatable({}, {__index = function() while true do end end}))" SURVIVE,
  "table.foreach({1}, function() while true do end end)" SURVIVE,
  "table.foreachi({1}, function() while true do end end)" SURVIVE,
  "load(function() while true do end end)" SURVIVE,
  "package.loaded.hostile = nil require 'hostile'" SURVIVE,
  "setfenv(function() while true do end end, {})()",
  /* the libraries by themselves */
  "string.find(('a'):rep(30), ('a?'):rep(30) .. ('a'):rep(30))" SURVIVE,
  "string.find(('a'):rep(3000), '.-.-.-b')" SURVIVE,
  "string.match(('a'):rep(3000), '(.-)(.-)(.-)b')" SURVIVE,
  "string.gsub(('a'):rep(3000), '.-.-.-b', '')" SURVIVE,
  "string.gsub(('a'):rep(3000), '.-.-.-b', function() end)" SURVIVE,
  "string.gsub(('a'):rep(3000), '^.-.-.-b', '')" SURVIVE,
  "for w in string.gmatch(('a'):rep(3000), '.-.-.-b') do end" SURVIVE,
  "string.match(('x'):rep(40000) .. 'y', ('x'):rep(20000) .. '[z]')" SURVIVE,
  "while true do ('x'):rep(1e6) end",
  "local s = ('x'):rep(1e6) while true do s:upper() end",
  "local s = ('x'):rep(1e6) while true do s:find('y', 1, true) end",
  "local s = ('x'):rep(1e6) while true do local _ = s .. 'y' end",
  "local s = ('x'):rep(1e6) while true do string.format('%s%s', s, s) end",
  "local a, b = ('x'):rep(1e6), ('x'):rep(1e6) while a == b do end",
  "local a, b = ('x'):rep(4e6), ('x'):rep(4e6) while not (a < b) do end",
  "local a, b = ('x'):rep(4e6) .. 1, ('x'):rep(4e6) .. 2 while b >= a do end",
  "local s = ('x'):rep(4e6) while not os.getenv(s) do end",
  "local s = ('x'):rep(1e6) .. 1 s = s .. 2 while true do s = s .. 'y' end",
  "local s = (' '):rep(1e6) .. '1' while s + 0 do end",
  "local s = (' '):rep(1e6) .. '1' while tonumber(s) do end",
  "local t = {} for i = 1, 1e5 do t[i] = 'x' end while true do table.concat(t) end",
  "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.insert(t, 1, 0)"
    " table.remove(t, 1) end",
  "pcall(table.insert, {}, -2^31, 1)" SURVIVE,
  "local s = '{1' for i = 1, 29 do s = s .. ',[' .. 2^i .. ']=1' end local t = loadstring('return '"
    " .. s .. '}')() assert(#t >= 2^29) pcall(table.remove, t, 1)" SURVIVE,
  /* a full table whose keys come and go is rehashed at each turn */
  "local t, n = {}, 2^16 for i = 1, n do t[i + 0.5] = i end while true do"
    " t[n + 1.5] = n t[n - 2^16 + 1.5] = nil n = n + 1 end",
  "debug.traceback('x', -2^31)" SURVIVE,
  "local s, r = ('x'):rep(1e4), ('x'):rep(1e4) local t = {} for i = 1, 1e5 do"
    " t[i] = i % 2 == 0 and s or r end while true do table.sort(t) end",
  "local t = {} for i = 1, 3e5 do t[i] = i % 10 end while true do table.sort(t) end",
  "local t = {} for i = 1, 1e5 do t[i] = i end while true do unpack(t, 1, 5000) end",
  "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.maxn(t) end",
  "local t = {} for i = 1, 3e5 do t[i] = i end for i = 1, 3e5 - 1 do t[i] = nil end"
    " while true do next(t) end",
  "local t = {} for i = 1, 3e5 do t[i] = i end for i = 1, 3e5 - 1 do t[i] = nil end"
    " while true do for k in pairs(t) do break end end",
  "load(function() return 'x = 1 ' end)" SURVIVE,
  "load(function() return ' ' end)" SURVIVE,
  "load(function() return '--' end)" SURVIVE,
  "local n = 0 load(function() n = n + 1 return n == 1 and '[[' or 'x' end)" SURVIVE,
  "while true do loadstring('return 1') end",
  "while true do loadstring(('x = 1 '):rep(1000)) end",
  "while true do collectgarbage() end",
  "collectgarbage('setstepmul', 1e9) while true do local t = {} end",
  /* finalizers */
  "while true do getmetatable(newproxy(true)).__gc = function() while true do end end end",
  "getmetatable(newproxy(true)).__gc = function() while true do end end collectgarbage()" SURVIVE,
  "pcall(function() getmetatable(newproxy(true)).__gc = function() pcall(function() while true do end"
    " end)" SURVIVE "end collectgarbage() end)" SURVIVE,
  "local function again() getmetatable(newproxy(true)).__gc = again end again()"
    " while true do collectgarbage() end",
  /* hooks of scripts, and hooks as a refuge */
  "debug.sethook(function() while true do end end, 'l')\nlocal x = 1" SURVIVE,
  "debug.sethook(function() end, 'clr') while true do end",
  "debug.sethook(function() pcall(function() while true do end end)" SURVIVE "end, 'c') print()",
  "debug.sethook(function() end, '', 1) for i = 1, math.huge do end",
};

static int quiet(lua_State *L) { (void)L; return 0; }

static int hostile_module(lua_State *L)
{
  lua_getfield(L, LUA_GLOBALSINDEX, "forever");
  lua_call(L, 0, 0);
  lua_pushboolean(L, 1);
  lua_setglobal(L, "survived");
  return 0;
}

static lua_State *open_hostile(void)
{
  lua_State *L = check_open();
  lua_pushcfunction(L, quiet);
  lua_setglobal(L, "print");
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "preload");
  lua_pushcfunction(L, hostile_module);
  lua_setfield(L, -2, "hostile");
  lua_settop(L, 0);
  RUN(L, "function forever() while true do end end");
  return L;
}

/* The state works, and its scripts can still catch what is theirs. */
static void check_whole(lua_State *L)
{
  x.setfuel(L, UNLIMITED);
  x.setdeadline(L, UNLIMITED);
  lua_sethook(L, NULL, 0, 0); /* a script's hook stays, too */
  CHECK_TOP(L, 0);
  RUN(L, "debug.sethook() collectgarbage('setstepmul', 200)"
         " local ok, message = pcall(error, 'mine', 0) assert(not ok and message == 'mine')"
         " assert(coroutine.wrap(function() return pcall(coroutine.yield, 1) end)() == 1)"
         " local t = {} for i = 1, 100 do t[i] = 100 - i end table.sort(t)"
         " for i = 1, 100 do assert(t[i] == i - 1) end"
         " assert(('x'):rep(10):gsub('x', function(x) return x .. x end) == ('x'):rep(20))"
         " assert(xpcall(function() return 1 end, error))");
  CHECK_INT(x.limit(L), NONE);
}

static void check_ended(lua_State *L, int status, int limit, const char *code)
{
  static const char *const WORDS[] =
    { "", "script ran out of fuel", "script ran past its deadline", "script was interrupted" };
  const char *message = lua_tostring(L, -1);
  if (!CHECK_INT(status, LUA_ERRRUN) | !CHECK_INT(x.limit(L), limit)) printf("    %s\n", code);
  if (!CHECK(message != NULL && strstr(message, WORDS[limit]) != NULL))
    printf("    %s\n    %s\n", code, message ? message : "(no message)");
  lua_settop(L, 0);
  lua_pushliteral(L, "survived");
  lua_rawget(L, LUA_GLOBALSINDEX); /* raw: the globals may have a hostile metatable by now */
  if (!CHECK(lua_isnil(L, -1))) printf("    survived: %s\n", code);
  lua_settop(L, 0);
}

/* A script's finalizers run now: they have a limit too. */
static void close_hostile(lua_State *L)
{
  x.setfuel(L, 10000);
  lua_close(L);
}

static int load_and_call(lua_State *L, const char *code)
{
  check_load(L, code);
  return lua_pcall(L, 0, 0, 0);
}

static int lines(void) { return (int)(sizeof HOSTILE / sizeof HOSTILE[0]); }

/* Under valgrind some of them have to do, with less. */
static int stride(void) { return getenv("CHECK_VALGRIND") ? 11 : 1; }
static size_t fuel(size_t units) { return getenv("CHECK_VALGRIND") ? units / 10 : units; }

static void test_fuel_ends_everything(void)
{
  int i;
  for (i = 0; i < lines(); i += stride()) {
    lua_State *L = open_hostile();
    double begin = seconds();
    check_load(L, HOSTILE[i]);
    x.setfuel(L, fuel(500000));
    check_ended(L, lua_pcall(L, 0, 0, 0), FUEL, HOSTILE[i]);
    CHECK_INT(x.getfuel(L), 0);
    if (!CHECK(seconds() - begin < 20)) printf("    %s\n", HOSTILE[i]);
    check_whole(L);
    close_hostile(L);
  }
}

/* In a coroutine of Lua, one of C, and as a message handler. */
static void test_fuel_in_other_places(void)
{
  int i;
  for (i = 0; i < lines(); i += stride()) {
    lua_State *L = open_hostile(), *co;
    int status;
    check_load(L, "local f = ... coroutine.resume(coroutine.create(f)) survived = true");
    check_load(L, HOSTILE[i]);
    x.setfuel(L, fuel(200000));
    check_ended(L, lua_pcall(L, 1, 0, 0), FUEL, HOSTILE[i]);
    check_whole(L);

    co = lua_newthread(L);
    check_load(co, HOSTILE[i]);
    x.setfuel(L, fuel(200000));
    status = lua_resume(co, 0);
    CHECK_INT(status, LUA_ERRRUN);
    CHECK(strstr(lua_tostring(co, -1), "fuel") != NULL);
    check_ended(co, status, FUEL, HOSTILE[i]);
    CHECK_INT(lua_status(co), LUA_ERRRUN);
    lua_settop(L, 0);
    check_whole(L);
    close_hostile(L);
  }
}

static void test_deadline_ends_everything(void)
{
  int i;
  for (i = 0; i < lines(); i += stride()) {
    lua_State *L = open_hostile();
    double begin;
    check_load(L, HOSTILE[i]);
    begin = seconds();
    x.setdeadline(L, 20 * 1000 * 1000);
    check_ended(L, lua_pcall(L, 0, 0, 0), DEADLINE, HOSTILE[i]);
    /* generous: other programs want the processor too, and valgrind has its pace */
    if (!getenv("CHECK_VALGRIND") && !CHECK(seconds() - begin < 10)) printf("    %s\n", HOSTILE[i]);
    CHECK_INT(x.getdeadline(L), 0);
    check_whole(L);
    close_hostile(L);
  }
}

/* == Fuel =================================================================== */

static void test_fuel_is_counted(void)
{
  lua_State *L = check_open();
  size_t before, used[3];
  int i;
  CHECK(x.getfuel(L) == UNLIMITED);
  x.setfuel(L, 1000);
  CHECK_INT(x.getfuel(L), 1000);
  RUN(L, "for i = 1, 100 do end");
  CHECK(x.getfuel(L) < 1000 - 100 && x.getfuel(L) > 1000 - 200);
  /* exactly as much as is used is enough, one less is not */
  check_load(L, "local n = 0 for i = 1, 100 do n = n + math.abs(i) end return n");
  x.setfuel(L, 1000);
  lua_pushvalue(L, 1);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  CHECK_NUM(lua_tonumber(L, -1), 5050);
  before = 1000 - x.getfuel(L);
  x.setfuel(L, before);
  lua_pushvalue(L, 1);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  CHECK_INT(x.getfuel(L), 0);
  x.setfuel(L, before - 1);
  lua_pushvalue(L, 1);
  CHECK_INT(lua_pcall(L, 0, 1, 0), LUA_ERRRUN);
  CHECK_STR(lua_tostring(L, -1), "test:1: script ran out of fuel");
  CHECK_INT(x.limit(L), FUEL);
  CHECK_INT(x.getfuel(L), 0);
  /* what is empty stays empty until it is filled */
  lua_pushvalue(L, 1);
  CHECK_INT(lua_pcall(L, 0, 1, 0), LUA_ERRRUN);
  x.setfuel(L, 1000);
  lua_pushvalue(L, 1);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  CHECK_INT(x.limit(L), NONE);
  lua_settop(L, 0);
  x.setfuel(L, UNLIMITED);
  CHECK(x.getfuel(L) == UNLIMITED);
  lua_close(L);
  /* what works long at one go is paid for in full */
  {
    static const struct { const char *code; size_t least; } LONG[] = {
      { "local s = ('('):rep(2^22) s:find('^%b()')", (1 << 22) / 256 },
      { "local s = ('x'):rep(2^22) s:find('^.*$')", (1 << 22) / 256 },
      { "local s = ('x'):rep(2^20) string.format('%q', s)", (1 << 20) / 64 },
      { "local s = ('x'):rep(2^10) s:gsub('x', ('%0'):rep(2^10))", (1 << 20) / 64 },
      { "local function f(n, ...) if n > 0 then return f(n - 1, n, ...) end end f(2000)", 2000 / 8 * 2000 / 2 },
      { "local t = {} for i = 1, 1e4 do t[i] = {} end collectgarbage('setpause', 0) collectgarbage('setstepmul', 1e9) collectgarbage() for i = 1, 1e4 do local x = {} end", 300000 },
      { "local t = {} for i = 1, 2^10 do t[i + 0.5] = i end", 2 * (1 << 10) / 4 },
    };
    for (i = 0; i < (int)(sizeof LONG / sizeof *LONG); i++) {
      L = check_open();
      check_load(L, LONG[i].code);
      x.setfuel(L, 1000 * 1000 * 1000);
      CHECK_INT(lua_pcall(L, 0, 0, 0), 0);
      check_that(1000 * 1000 * 1000 - x.getfuel(L) >= LONG[i].least, __FILE__, __LINE__, LONG[i].code);
      lua_close(L);
    }
  }
  /* the same script uses the same fuel, in every new state */
  for (i = 0; i < 3; i++) {
    L = check_open();
    check_load(L,
      "local t = {} for i = 1, 2000 do t[i] = (i * 7919) % 1009 .. 'x' end table.sort(t)"
      " table.sort(t, function(a, b) return #a < #b or #a == #b and a > b end)"
      " local s = table.concat(t, ' ') s:gsub('%d+', function(d) return d + 1 end)"
      " for k, v in pairs(t) do local co = coroutine.wrap(function() pcall(error, v)"
      "   coroutine.yield(s:find('.-' .. v)) end) co() end"
      " for i = 1, 100 do loadstring('return ' .. i)() end collectgarbage()"
      " setmetatable({}, {__index = function(t, k) return k end}).x = 1");
    x.setfuel(L, 100 * 1000 * 1000);
    CHECK_INT(lua_pcall(L, 0, 0, 0), 0);
    used[i] = 100 * 1000 * 1000 - x.getfuel(L);
    lua_close(L);
  }
  CHECK(used[0] > 10000);
  CHECK_INT(used[1], used[0]);
  CHECK_INT(used[2], used[0]);
}

/* Where it happened is told, whatever function it was. */
static void test_messages(void)
{
  lua_State *L = check_open();
  x.setfuel(L, 1000);
  CHECK_ERROR(L, load_and_call(L, "\n\nlocal x\nwhile true do\nx = 1 end"), LUA_ERRRUN,
              "test:5: script ran out of fuel");
  x.setfuel(L, 1000);
  CHECK_ERROR(L, load_and_call(L, "local s = ('a'):rep(999)\n\ns:find('.-.-.-b')"), LUA_ERRRUN,
              "test:3: script ran out of fuel");
  x.setfuel(L, 0);
  lua_pushcfunction(L, quiet);
  CHECK_ERROR(L, lua_pcall(L, 0, 0, 0), LUA_ERRRUN, "script ran out of fuel");
  CHECK_INT(luaL_loadstring(L, "return 1"), LUA_ERRRUN);
  CHECK_INT(x.limit(L), FUEL);
  lua_settop(L, 0);
  /* the host's own message handler is not called either: it could be anyone's */
  x.setfuel(L, UNLIMITED);
  check_load(L, "return 'handled'");
  check_load(L, "while true do end");
  x.setfuel(L, 1000);
  CHECK_INT(lua_pcall(L, 0, 0, 1), LUA_ERRRUN);
  CHECK_STR(lua_tostring(L, -1), "test:1: script ran out of fuel");
  lua_close(L);
}

/* == The host in between ==================================================== */

static int seen_inside, seen_after, statuses[3];

/* Calls scripts by itself, and takes their errors for the script's. */
static int protects(lua_State *L)
{
  int i;
  for (i = 0; i < 3; i++) {
    lua_pushvalue(L, 1);
    statuses[i] = lua_pcall(L, 0, 0, 0);
    lua_settop(L, 1);
  }
  seen_inside = x.limit(L);
  lua_pushliteral(L, "done");
  return 1;
}

static int refuels(lua_State *L)
{
  lua_pushvalue(L, 1);
  statuses[0] = lua_pcall(L, 0, 0, 0);
  x.setfuel(L, 1000000);
  lua_settop(L, 1);
  return 0;
}

static int clears(lua_State *L)
{
  lua_pushvalue(L, 1);
  statuses[0] = lua_pcall(L, 0, 0, 0);
  x.clearinterrupt(L);
  lua_settop(L, 1);
  return 0;
}

static int interrupts(lua_State *L) { x.interrupt(L); return 0; }

static int raises_own(lua_State *L)
{
  lua_pushvalue(L, 1);
  if (lua_pcall(L, 0, 0, 0) != 0) return luaL_error(L, "an error of its own");
  return 0;
}

static int resumes(lua_State *L)
{
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  statuses[0] = lua_resume(co, 0);
  return 0;
}

static int calls(lua_State *L) { lua_call(L, 0, 0); return 0; }
static int cpcalled(lua_State *L) { lua_getglobal(L, "forever"); lua_call(L, 0, 0); return 0; }
static int cpcalls(lua_State *L) { statuses[0] = lua_cpcall(L, cpcalled, NULL); lua_settop(L, 0); return 0; }

static const char *endless_reader(lua_State *L, void *data, size_t *size)
{
  (void)L; (void)data;
  *size = 6;
  return "x = 1 ";
}
static int loads(lua_State *L)
{
  statuses[0] = lua_load(L, endless_reader, NULL, "=endless");
  lua_settop(L, 0);
  return 0;
}

static void test_c_functions(void)
{
  static const struct { const char *name; lua_CFunction f; } FUNCTIONS[] = {
    { "protects", protects }, { "raises_own", raises_own }, { "resumes", resumes },
    { "calls", calls }, { "cpcalls", cpcalls }, { "loads", loads } };
  int i;
  for (i = 0; i < 6; i++) {
    lua_State *L = open_hostile();
    lua_pushcfunction(L, FUNCTIONS[i].f);
    lua_setglobal(L, "f");
    check_load(L, "pcall(f, forever) pcall(forever) survived = true");
    statuses[0] = statuses[1] = statuses[2] = LUA_ERRRUN;
    seen_inside = FUEL;
    x.setfuel(L, 100000);
    if (FUNCTIONS[i].f == raises_own) { /* that error ends the run then, as surely */
      CHECK_ERROR(L, lua_pcall(L, 0, 0, 0), LUA_ERRRUN, "an error of its own");
      CHECK_INT(x.limit(L), FUEL);
      CHECK_EVAL(L, "return survived", "script ran out of fuel");
      x.setfuel(L, 1000);
      CHECK_EVAL(L, "return survived", "nil");
    } else {
      check_ended(L, lua_pcall(L, 0, 0, 0), FUEL, FUNCTIONS[i].name);
    }
    CHECK_INT(statuses[0], LUA_ERRRUN);
    CHECK_INT(statuses[1], LUA_ERRRUN);
    CHECK_INT(statuses[2], LUA_ERRRUN);
    CHECK_INT(seen_inside, FUEL);
    check_whole(L);
    lua_close(L);
  }
  { /* the host's function decides that it goes on */
    lua_State *L = open_hostile();
    lua_pushcfunction(L, refuels);
    lua_setglobal(L, "refuels");
    lua_pushcfunction(L, clears);
    lua_setglobal(L, "clears");
    check_load(L, "refuels(forever) for i = 1, 1000 do end went_on = true");
    x.setfuel(L, 100000);
    CHECK_INT(lua_pcall(L, 0, 0, 0), 0);
    CHECK_INT(statuses[0], LUA_ERRRUN);
    CHECK(x.getfuel(L) > 900000 && x.getfuel(L) < 1000000);
    CHECK_EVAL(L, "return went_on", "true");
    x.setfuel(L, UNLIMITED);
    check_load(L, "local n = 0 for i = 1, 1000 do n = n + i end went_on = n");
    check_load(L, "local f, g = ... f(forever) g()");
    lua_pushcfunction(L, clears);
    lua_pushvalue(L, 1);
    statuses[0] = 0;
    x.interrupt(L);
    CHECK_INT(lua_pcall(L, 2, 0, 0), LUA_ERRRUN); /* before the host's function is called */
    CHECK_INT(x.limit(L), INTERRUPT);
    CHECK_INT(statuses[0], 0);
    lua_settop(L, 1);
    lua_pushcfunction(L, interrupts);
    lua_setglobal(L, "interrupts");
    check_load(L, "local f, g = ... f(function() interrupts() forever() end) g()");
    lua_pushcfunction(L, clears);
    lua_pushvalue(L, 1);
    CHECK_INT(lua_pcall(L, 2, 0, 0), 0);
    CHECK_INT(statuses[0], LUA_ERRRUN);
    lua_settop(L, 0);
    CHECK_EVAL(L, "return went_on", "500500");
    lua_close(L);
  }
  { /* a whole host inside lua_cpcall, as the command lua is */
    lua_State *L = open_hostile();
    x.setfuel(L, 100000);
    statuses[0] = 0;
    CHECK_INT(lua_cpcall(L, cpcalls, NULL), 0);
    CHECK_INT(statuses[0], LUA_ERRRUN);
    check_whole(L);
    lua_close(L);
  }
}

/* Builtins that C calls by their C entry. */
static int calls_builtin(lua_State *L)
{
  lua_CFunction pcall_;
  lua_getglobal(L, "pcall");
  pcall_ = lua_tocfunction(L, -1);
  lua_settop(L, 0);
  lua_getglobal(L, "forever");
  pcall_(L);
  seen_after = 1;
  return 0;
}
static int resumes_builtin(lua_State *L)
{
  lua_CFunction resume;
  lua_settop(L, 0);
  luaL_loadstring(L, "return coroutine.resume, coroutine.create(forever)");
  lua_call(L, 0, 2);
  resume = lua_tocfunction(L, 1);
  lua_remove(L, 1);
  resume(L);
  seen_after = 1;
  return 0;
}
static void test_builtins_called_by_c(void)
{
  lua_CFunction functions[2] = { calls_builtin, resumes_builtin };
  int i;
  for (i = 0; i < 2; i++) {
    lua_State *L = open_hostile();
    lua_pushcfunction(L, functions[i]);
    x.setfuel(L, 100000);
    seen_after = 0;
    check_ended(L, lua_pcall(L, 0, 0, 0), FUEL, "a builtin by its C entry");
    CHECK_INT(seen_after, 0);
    check_whole(L);
    lua_close(L);
  }
}

/* == Finalizers and closing ================================================= */

static int finalized;
static int finalizer(lua_State *L) { (void)L; finalized++; return 0; }

/* The host's finalizers run even when the fuel is used up, and when the state closes; those of
   scripts end there. */
static void test_finalizers(void)
{
  lua_State *L = open_hostile();
  int i;
  finalized = 0;
  for (i = 0; i < 100; i++) {
    lua_newuserdata(L, 1);
    lua_newtable(L);
    lua_pushcfunction(L, finalizer);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    if (i % 2) RUN(L, "getmetatable(newproxy(true)).__gc = forever");
  }
  x.setfuel(L, 10000);
  check_load(L, "while true do local t = {} end");
  CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  x.setfuel(L, 10000);
  lua_close(L);
  CHECK_INT(finalized, 100);
}

/* == Coroutines of the host ================================================= */

/* A limit that ends one coroutine leaves the others as they are. */
static void test_coroutines_survive(void)
{
  lua_State *L = check_open(), *good = lua_newthread(L), *bad;
  check_load(good, "local n = 0 while true do n = n + 1 coroutine.yield(n) end");
  CHECK_INT(lua_resume(good, 0), LUA_YIELD);
  CHECK_NUM(lua_tonumber(good, -1), 1);
  bad = lua_newthread(L);
  check_load(bad, "coroutine.yield() while true do end");
  CHECK_INT(lua_resume(bad, 0), LUA_YIELD);
  x.setfuel(L, 1000);
  lua_settop(bad, 0);
  CHECK_INT(lua_resume(bad, 0), LUA_ERRRUN);
  CHECK_INT(x.limit(L), FUEL);
  CHECK_INT(lua_resume(bad, 0), LUA_ERRRUN); /* it is dead */
  x.setfuel(L, 1000);
  lua_settop(good, 0);
  CHECK_INT(lua_resume(good, 0), LUA_YIELD);
  CHECK_NUM(lua_tonumber(good, -1), 2);
  lua_close(L);
}

/* == Hooks ================================================================== */

static int hook_calls;
static void count_hook(lua_State *L, lua_Debug *ar) { (void)L; (void)ar; hook_calls++; }

static void refuel_hook(lua_State *L, lua_Debug *ar)
{
  (void)ar;
  if (++hook_calls < 100) x.setfuel(L, 1000);
}

static void test_hooks(void)
{
  lua_State *L = check_open();
  int masks[4] = { LUA_MASKCALL | LUA_MASKRET, LUA_MASKLINE, LUA_MASKCOUNT,
                   LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT };
  size_t used[5];
  int i;
  /* hooks change nothing about the count */
  for (i = 0; i < 5; i++) {
    x.setfuel(L, UNLIMITED);
    check_load(L, "for i = 1, 100 do local s = ('x'):rep(i) if s == 'x' then s = pcall(error) end end"
                  " local n = 0 repeat n = n + 1 until n > 50");
    x.setfuel(L, 100000);
    hook_calls = 0;
    if (i > 0) lua_sethook(L, count_hook, masks[i - 1], 1);
    CHECK_INT(lua_pcall(L, 0, 0, 0), 0);
    lua_sethook(L, NULL, 0, 0);
    CHECK((hook_calls > 0) == (i > 0));
    used[i] = 100000 - x.getfuel(L);
    CHECK_INT(used[i], used[0]);
  }
  /* limits are kept under hooks that come and go */
  x.setfuel(L, 100000);
  lua_sethook(L, count_hook, masks[3], 1);
  CHECK_ERROR(L, load_and_call(L, "while true do end"), LUA_ERRRUN, "test:1: script ran out of fuel");
  lua_sethook(L, NULL, 0, 0);
  x.setfuel(L, 100000);
  CHECK_ERROR(L, load_and_call(L, "while true do end"), LUA_ERRRUN, "test:1: script ran out of fuel");
  /* a host's hook may refuel */
  hook_calls = 0;
  x.setfuel(L, UNLIMITED);
  check_load(L, "while true do end");
  x.setfuel(L, 1000);
  lua_sethook(L, refuel_hook, LUA_MASKCOUNT, 500);
  CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  CHECK(hook_calls >= 100);
  lua_close(L);
}

/* == Deadlines ============================================================== */

static void test_deadlines(void)
{
  lua_State *L = check_open();
  double begin;
  CHECK(x.getdeadline(L) == UNLIMITED);
  x.setdeadline(L, (size_t)1000 * 1000 * 1000 * 1000);
  CHECK(x.getdeadline(L) <= (size_t)1000 * 1000 * 1000 * 1000);
  CHECK(x.getdeadline(L) > (size_t)999 * 1000 * 1000 * 1000);
  RUN(L, "for i = 1, 100000 do end");
  x.setdeadline(L, UNLIMITED - 1); /* beyond what the clock will ever show */
  CHECK(x.getdeadline(L) == UNLIMITED);
  /* one that has passed ends the next run, until there is another */
  x.setdeadline(L, UNLIMITED);
  check_load(L, "while true do end");
  check_load(L, "for i = 1, 100000 do end return 1");
  x.setdeadline(L, 0);
  lua_pushvalue(L, 1);
  CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  CHECK_INT(x.limit(L), DEADLINE);
  lua_pop(L, 1);
  lua_pushvalue(L, 2);
  CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  CHECK_INT(x.limit(L), DEADLINE);
  lua_pop(L, 1);
  begin = seconds();
  x.setdeadline(L, 50 * 1000 * 1000);
  x.setfuel(L, (size_t)1 << 60);
  lua_pushvalue(L, 1);
  CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  CHECK_INT(x.limit(L), DEADLINE);
  CHECK(seconds() - begin >= 0.05);
  CHECK(x.getfuel(L) < (size_t)1 << 60 && x.getfuel(L) > (size_t)1 << 59); /* what was left is kept */
  lua_pop(L, 1);
  x.setdeadline(L, UNLIMITED);
  lua_pushvalue(L, 2);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  CHECK_NUM(lua_tonumber(L, -1), 1);
  lua_close(L);
}

/* == Interrupts ============================================================= */

static lua_State *volatile victim;

static void *interrupter(void *data)
{
  struct timespec pause = { 0, 10 * 1000 * 1000 };
  (void)data;
  nanosleep(&pause, NULL);
  x.interrupt(victim);
  return NULL;
}

static void on_alarm(int signal)
{
  (void)signal;
  x.interrupt(victim);
}

static void test_interrupts(void)
{
  int i, armed;
  for (i = 0; i < lines(); i += stride()) {
    lua_State *L = open_hostile();
    pthread_t thread;
    check_load(L, HOSTILE[i]);
    victim = L;
    if (i / stride() % 2) x.setdeadline(L, (size_t)1000 * 1000 * 1000 * 1000);
    pthread_create(&thread, NULL, interrupter, NULL);
    check_ended(L, lua_pcall(L, 0, 0, 0), INTERRUPT, HOSTILE[i]);
    pthread_join(thread, NULL);
    check_whole(L);
    close_hostile(L);
  }
  for (armed = 0; armed < 3; armed++) {
    struct itimerval timer = { { 0, 0 }, { 0, 10000 } };
    lua_State *L = open_hostile();
    victim = L;
    signal(SIGALRM, on_alarm);
    if (armed == 1) x.setfuel(L, (size_t)1 << 60);
    if (armed == 2) lua_sethook(L, count_hook, LUA_MASKLINE, 0);
    check_load(L, "while true do pcall(forever) end");
    setitimer(ITIMER_REAL, &timer, NULL);
    check_ended(L, lua_pcall(L, 0, 0, 0), INTERRUPT, "SIGALRM");
    lua_sethook(L, NULL, 0, 0);
    check_whole(L);
    close_hostile(L);
  }
  { /* one that comes when nothing runs ends the next run, once; or is withdrawn */
    lua_State *L = open_hostile();
    check_load(L, "for i = 1, 100000 do end");
    x.interrupt(L);
    lua_pushvalue(L, 1);
    CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
    CHECK_INT(x.limit(L), INTERRUPT);
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    CHECK_INT(lua_pcall(L, 0, 0, 0), 0);
    CHECK_INT(x.limit(L), NONE);
    x.interrupt(L);
    x.clearinterrupt(L);
    lua_pushvalue(L, 1);
    CHECK_INT(lua_pcall(L, 0, 0, 0), 0);
    close_hostile(L);
  }
}

/* Many interrupts while hooks come and go: no one is lost. Valgrind runs one thread at a time, and a thread that never waits
   may keep the turn for minutes: there each interrupt is followed by a rest. */
static volatile int stop_storm;
static void *storm(void *data)
{
  struct timespec rest = { 0, 50 * 1000 };
  (void)data;
  while (!stop_storm) {
    x.interrupt(victim);
    if (getenv("CHECK_VALGRIND")) nanosleep(&rest, NULL);
  }
  return NULL;
}
static void test_interrupt_storm(void)
{
  lua_State *L = open_hostile();
  pthread_t thread;
  int i, ended = 0;
  victim = L;
  stop_storm = 0;
  pthread_create(&thread, NULL, storm, NULL);
  for (i = 0; i < 300; i++) {
    lua_getglobal(L, "forever");
    lua_sethook(L, count_hook, i % 2 ? LUA_MASKLINE : 0, 0);
    ended += lua_pcall(L, 0, 0, 0) == LUA_ERRRUN;
    lua_settop(L, 0);
  }
  stop_storm = 1;
  pthread_join(thread, NULL);
  CHECK_INT(ended, 300);
  x.clearinterrupt(L);
  lua_sethook(L, NULL, 0, 0);
  check_whole(L);
  lua_close(L);
}

int main(void)
{
  if (find_all() == 0) { printf("limits: 0 passed, 0 failed\n"); return 0; }
  CHECK_INT(find_all(), 7);
  test_fuel_is_counted();
  test_messages();
  test_c_functions();
  test_builtins_called_by_c();
  test_finalizers();
  test_coroutines_survive();
  test_hooks();
  test_deadlines();
  test_fuel_ends_everything();
  test_fuel_in_other_places();
  test_deadline_ends_everything();
  test_interrupts();
  test_interrupt_storm();
  return check_end("limits");
}
