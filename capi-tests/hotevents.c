/*
** hotevents.c - what hooks see of a loop and of functions that call themselves in it, and what
** fuel it takes, is the same whether it has turned often before or not.
**
** Each loop calls `at` in some way at each turn; at one of them that sets a hook (or, with
** our library, fuel), and takes it away 20 turns later.  The rows of events are compared:
** from the first turn of a new loop on, from the 3001st on, and from the first turn of a
** loop that has run before; and the same once more where the library is told to make no
** machine code (luaJIT_setmode; ours alone), or to forget what it has while the loop runs.
*/
#define _GNU_SOURCE
#include <dlfcn.h>

#include "check.h"
#include "find.h"

#define UNLIMITED ((size_t)-1)
#define MUCH 1000000

static struct {
  void (*setfuel)(lua_State *, size_t);
  size_t (*getfuel)(lua_State *);
  int (*setmode)(lua_State *, int, int);
} x;

enum { ENGINE_OFF = 0, ENGINE_ON = 0x100, ENGINE_FLUSH = 0x200 };

static char events[1 << 18];
static size_t used, fuel_used;
static int turn, mask, count, flushes;

static void hook(lua_State *L, lua_Debug *ar)
{
  lua_getinfo(L, "Sl", ar);
  if (used < sizeof events - 100)
    used += (size_t)sprintf(events + used, "%d:%d:%d ", ar->event, ar->currentline, ar->linedefined);
}

/* The argument is the turn; 1. A mask of 0 is fuel. */
static int at(lua_State *L)
{
  int i = (int)lua_tointeger(L, 1);
  if (i == turn) { if (mask != 0) lua_sethook(L, hook, mask, count); else x.setfuel(L, MUCH); }
  if (i == turn + 20) {
    if (mask != 0) lua_sethook(L, NULL, 0, 0);
    else { fuel_used = MUCH - x.getfuel(L); x.setfuel(L, UNLIMITED); }
  }
  if (flushes && i % 700 == 650) x.setmode(L, 0, ENGINE_FLUSH);
  lua_pushinteger(L, 1);
  return 1;
}

static const char PRELUDE[] =
  "local s = 0 local function add(a, b)\nlocal c = a + b\nreturn c end local function deep(i)\nlocal r = at(i)\nreturn r + 1 end"
  " local M = {} M.__index = function(t, i)\nreturn deep(i) end M.__newindex = function(t, i)\nat(i) end M.__add = function(t, i)\nreturn deep(i) end"
  " M.__concat = function(t, i)\nat(i)\nreturn 'x' end M.__call = function(t, i)\nreturn deep(i) end local m = setmetatable({}, M)"
  " local O = {} O.__index = O function O:m(i)\nat(i)\nend function O:n(i)\nlocal t = {i}\nreturn t end local o = setmetatable({}, O)"
  " local function rec(n, i)\nif n == 0 then\nreturn at(i) end\nlocal r = rec(n - 1, i)\nreturn r + 1 end local function tail(n, i)\nif n == 0 then\nreturn at(i)\nend return tail(n - 1, i)\nend"
  " local odd local function even(n, i) if n == 0 then at(i) return 1 end\nreturn odd(n - 1, i) end function odd(n, i)\nif n == 0 then at(i) return 2 end local v =\neven(n - 1, i)\nreturn v end"
  " local function fib(n, i)\nif n < 2 then\nif i then at(i) end return n end\nreturn fib(n - 1, i)\n+ fib(n - 2) end local function many(n, i)\nif n == 0 then\nreturn at(i) end\nreturn n, many(n - 1, i)\nend"
  " local function shared(n, i, f) local v = n\nif f then f(n) end\nif n > 0 then\nshared(n - 1, i, function(w)\nv = v + w\nend) else at(i) end\nreturn v end"
  " local function va(n, ...)\nif n == 0 then\nreturn at(...)\nend return va(n - 1, ...) end function O:r(n, i)\nif n == 0 then at(i) return self end\nreturn self:r(n - 1, i)\n:r(0, 0) end"
  " local function fails(n, i)\nif n == 0 then\nat(i)\nerror('x') end\nlocal v = fails(n - 1, i)\nreturn v end"
  " local first, last = ..."
  " for i = first, last do\n s = s + 1 s = s * 2 s = s % 7 s = s + i s = s - 1 s = s + 5 s = s * 3\n";

static const char *const BODIES[] = {
  "at(i) local t = {} local u = {t}", "local v = at(i) .. 'x' local t = {}", "local t = {at(i)} local f = function() return s end", "s = add(s, at(i)) local t = {}",
  "s = add(s, at(i)) s = add(s, i)", "s = deep(i)", "s = m[i]", "m[i] = s", "s = m + i local t = {} local u = {} s = #t", "s = #(m .. i) local t = {} local u = {t}",
  "s = m(i) local t = {} local u = {t}", "pcall(at, i) local t = {} local u = {t}", "pcall(deep, i) local t = {} local u = {t}", "o:m(i) o:n(i)",
  "s = math.max(add(at(i), 2), math.floor(add(1, 2.5)))", "if i % 2 == 0 then\nat(i)\nelse\ns = deep(i)\nend", "for j = 1, 3 do\ns = s + j\nend at(i)", "local j = 0 while j < 2 do\nj = j + at(i)\nend",
  "repeat\nlocal t = {i}\nuntil at(i) == 1", "for k, v in pairs(M) do\ns = s + 1\nend at(i)",
  "s = rec(3, i)", "s = tail(3, i)", "s = even(5, i) + add(1,\n2)", "s = fib(5, i)", "s = #{many(3, i)} + add(many(1, i))", "shared(3, i)\nlocal t = {}", "s = va(3, i, 1, 2)", "o:r(2, i)",
  "pcall(fails, 2, i)", "s = rec(2, i) + tail(1, 0) + math.max(rec(1, 0), fib(4))", "if rec(1, i) > 1 then\ns = rec(2, 0)\nend",
};

/* Runs a loop whose events are to be seen from the turn `from` on; whether it ran. */
static int run(const char *body, int from, int is_warm, int engine)
{
  char code[2000];
  lua_State *L = check_open();
  int status;
  lua_register(L, "at", at);
  lua_gc(L, LUA_GCSTOP, 0);
  if (engine >= 0) x.setmode(L, 0, engine);
  snprintf(code, sizeof code, "%s%s\nend", PRELUDE, body);
  check_load(L, code);
  used = fuel_used = 0;
  events[0] = '\0';
  turn = -100;
  if (is_warm) {
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 1);
    lua_pushinteger(L, 3000);
    CHECK_INT(lua_pcall(L, 2, 0, 0), 0);
  }
  turn = from;
  lua_pushinteger(L, 1);
  lua_pushinteger(L, from + 30);
  status = lua_pcall(L, 2, 0, 0);
  if (!CHECK_INT(status, 0)) printf("    %s\n", lua_tostring(L, -1));
  lua_close(L);
  return status == 0;
}

static char expected[sizeof events];
static size_t expected_fuel;

static void compare(const char *body, int from, int is_warm, int engine)
{
  if (!run(body, from, is_warm, engine)) return;
  check_that(strcmp(events, expected) == 0, __FILE__, __LINE__, body);
  check_int((long long)fuel_used, (long long)expected_fuel, __FILE__, __LINE__, body);
}

static void test_all(int is_ours)
{
  static const int masks[] = { LUA_MASKCOUNT, LUA_MASKLINE, LUA_MASKCALL | LUA_MASKRET,
                               LUA_MASKCOUNT | LUA_MASKLINE | LUA_MASKCALL | LUA_MASKRET, 0 };
  int i, m, step = getenv("CHECK_VALGRIND") != NULL || getenv("CHECK_EAGER") != NULL ? 3 : 1;
  for (i = 0; i < (int)(sizeof BODIES / sizeof *BODIES); i += step)
    for (m = 0; m < (is_ours ? 5 : 4); m++) {
      mask = masks[m];
      count = 1 + i % 2;
      flushes = 0;
      if (!run(BODIES[i], 1, 0, -1)) continue;
      CHECK(mask == 0 ? fuel_used >= 20 : used > 100);
      memcpy(expected, events, sizeof events);
      expected_fuel = fuel_used;
      compare(BODIES[i], 3001, 0, -1);
      compare(BODIES[i], 1, 1, -1);
      if (!is_ours) continue;
      compare(BODIES[i], 3001, 0, ENGINE_OFF);
      flushes = 1;
      compare(BODIES[i], 3001, 0, ENGINE_ON);
      compare(BODIES[i], 641, 0, ENGINE_ON);
    }
}

/* The engine is switched while loops run, by what they call. */
static int switches(lua_State *L)
{
  static const int modes[] = { ENGINE_OFF, ENGINE_FLUSH, ENGINE_ON, ENGINE_FLUSH, ENGINE_OFF | ENGINE_FLUSH, ENGINE_ON };
  int i = (int)lua_tointeger(L, 1);
  if (i % 37 == 0) x.setmode(L, 0, modes[i / 37 % 6]);
  lua_pushinteger(L, i);
  return 1;
}

static void test_switches(void)
{
  lua_State *L = check_open();
  lua_register(L, "switches", switches);
  CHECK_EVAL(L, "local function add(a, b) return a + b end local function twice(i) return switches(i) * 2 end local s, t = 0, {}"
                " for i = 1, 20000 do s = add(s, twice(i)) t[i % 9 + 1] = {s} for j = 1, 3 do s = s + #t end if i % 500 == 0 then collectgarbage() end"
                " local f = function() s = s - #t * 3 end f() end return s", "400020000");
  CHECK_EVAL(L, "local s = 0 local function inner(n) local s = 0 for i = 1, n do s = s + switches(i) - i + 1 end return s end"
                " for i = 1, 200 do s = s + inner(i) for j = 1, 10 do s = s + inner(3) - 3 end end return s", "20100");
  lua_close(L);
}

int main(void)
{
  int is_ours = find(&x.setfuel, "ferrous_setfuel") && find(&x.getfuel, "ferrous_getfuel") && find(&x.setmode, "luaJIT_setmode");
  test_all(is_ours);
  if (is_ours) test_switches();
  return check_end("hotevents");
}
