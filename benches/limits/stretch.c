/*
** stretch.c - how long a script goes on after its deadline: the longest stretch between two looks at the clock.
**
**   stretch [-m MIB] [NAME]
**
** -m   the cap on memory, 64 MiB if it is not given; most stretches grow with it
**
** Each script does one thing over and over that takes long at one go.  It is run with deadlines of several lengths, so that
** one of them falls into the middle.  Told is the processor's time behind the deadline, at worst; on a busy machine, where
** less of it has passed before the deadline than by the clock on the wall, it is too small.
*/
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"
#include "ferrouslua.h"

/* In a script N is a number that makes things of N bytes, or N / 32 values, about as large as the cap bears. */
static const struct { const char *name, *prepare, *run; } CASES[] = {
  { "a loop", "", "while true do end" },
  { "an array grows", "", "while true do local t = {} for i = 1, N / 32 do t[i] = i end end" },
  { "a hash grows", "", "while true do local t = {} for i = 1, N / 64 do t[i + 0.5] = i end end" },
  { "a hash of names grows", "", "while true do local t = {} for i = 1, N / 256 do t['k' .. i] = i end end" },
  { "a full hash changes", "t, n = {}, 2^math.floor(math.log(N / 96) / math.log(2)) for i = 1, n do t[i + 0.5] = i end",
    "local m = n while true do t[m + 1.5] = m t[m - n + 1.5] = nil m = m + 1 end" },
  { "colliding keys", "", "while true do local t = {} for i = 1, N / 128 do t[i * 2^40] = i end end" },
  { "collect: an array", "t = {} for i = 1, N / 16 do t[i] = i end", "while true do collectgarbage() end" },
  { "collect: tables", "t = {} for i = 1, N / 80 do t[i] = {i} end", "while true do collectgarbage() end" },
  { "collect: strings", "t = {} for i = 1, N / 80 do t[i] = 's' .. i end", "while true do collectgarbage() end" },
  { "collect: a weak table", "t = setmetatable({}, {__mode = 'v'}) k = {} for i = 1, N / 96 do k[i] = {} t[i] = k[i] end", "while true do collectgarbage() end" },
  { "steps of the collector", "t = {} for i = 1, N / 80 do t[i] = {i} end", "while true do local x = {} end" },
  { "rep", "", "while true do ('xyz'):rep(N / 6) end" },
  { "upper", "s = ('x'):rep(N / 3)", "while true do s:upper() end" },
  { "..", "s = ('x'):rep(N / 6)", "while true do local x = s .. s end" },
  { "concat", "t = {} for i = 1, N / 40 do t[i] = 'piece' end", "while true do table.concat(t) end" },
  { "format %s", "s = ('x'):rep(N / 8)", "while true do string.format('%s%s', s, s) end" },
  { "format %q", "s = ('\"'):rep(N / 8)", "while true do string.format('%q', s) end" },
  { "comparison", "a, b = ('x'):rep(N / 6) .. 'a', ('x'):rep(N / 6) .. 'b'", "while a < b do end" },
  { "find, plain", "s = ('x'):rep(N / 2)", "while true do s:find('xxxxxy', 1, true) end" },
  { "find", "s = ('x'):rep(N / 2)", "while true do s:find('.*y') end" },
  { "find a class", "s = ('x'):rep(N / 2)", "while true do s:find('%d') end" },
  { "find a run", "s = ('x'):rep(N / 2)", "while true do s:find('^%a-%d') end" },
  { "find a long set", "s = '[' .. ('ab'):rep(N / 8) .. ']'", "while true do ('x'):find(s) end" },
  { "find %b", "s = ('('):rep(N / 2)", "while true do s:find('%b()') end" },
  { "find %1", "s = ('x'):rep(N / 2)", "while true do s:find('(.*)%1y') end" },
  { "gsub", "s = ('x'):rep(N / 8)", "while true do s:gsub('x', 'yy') end" },
  { "gsub, a long replacement", "s = ('x'):rep(2^10) r = ('%0'):rep(N / 2^13)", "while true do s:gsub('x', r) end" },
  { "sort", "t = {} for i = 1, N / 32 do t[i] = (i * 7919) % 1000003 end", "while true do table.sort(t) end" },
  { "insert first", "t = {} for i = 1, N / 32 do t[i] = i end", "while true do table.insert(t, 1, 0) table.remove(t) end" },
  { "many arguments", "local function f(n, ...) if n == 0 then return ... end return f(n - 1, n, ...) end g = f", "while true do pcall(g, 7000) end" },
  { "next in an emptied table", "t = {} for i = 1, N / 32 do t[i] = i end for i = 1, N / 32 - 1 do t[i] = nil end", "while true do next(t) end" },
  { "tonumber", "s = ('1'):rep(N / 3)", "while tonumber(s) do end" },
  { "load: one string", "s = 'return \"' .. ('x'):rep(N / 8) .. '\"'", "while true do loadstring(s) end" },
  { "load: one number", "s = 'return ' .. ('1'):rep(N / 16)", "while true do loadstring(s) end" },
  { "load: elseif", "s = 'if x then ' .. ('elseif x then '):rep(N / 128) .. ' end'", "while true do loadstring(s) end" },
  { "load: a table", "s = 'return {' .. ('1,'):rep(N / 32) .. '}'", "while true do loadstring(s) end" },
  { "date", "s = ('%c'):rep(2^16)", "while true do os.date(s) end" },
};

static double processor(void)
{
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void measure(size_t i, size_t cap)
{
  static const double DEADLINES[] = { 1, 7, 20, 33, 90, 150, 270, 400 }; /* milliseconds */
  double worst = 0;
  size_t d;
  lua_State *L = luaL_newstate();
  if (L == NULL) exit(2);
  ferrous_opensandbox(L);
  ferrous_setmemorylimit(L, cap);
  lua_pushnumber(L, (lua_Number)cap);
  lua_setglobal(L, "N");
  if (luaL_dostring(L, CASES[i].prepare) || luaL_dostring(L, "collectgarbage()")) printf("%s: %s\n", CASES[i].name, lua_tostring(L, -1));
  for (d = 0; d < sizeof DEADLINES / sizeof *DEADLINES; d++) {
    double begin, took;
    lua_settop(L, 0);
    ferrous_setdeadline(L, FERROUS_UNLIMITED);
    if (luaL_loadstring(L, CASES[i].run) != 0) { printf("%s\n", lua_tostring(L, -1)); exit(2); }
    ferrous_setdeadline(L, (size_t)(DEADLINES[d] * 1e6));
    begin = processor();
    if (lua_pcall(L, 0, 0, 0) == 0 || ferrous_limit(L) != FERROUS_DEADLINE) {
      printf("%-26s ended by itself: %s\n", CASES[i].name, lua_tostring(L, -1));
      break;
    }
    took = processor() - begin;
    if (took - DEADLINES[d] > worst) worst = took - DEADLINES[d];
  }
  printf("%-26s %8.2f ms\n", CASES[i].name, worst);
  fflush(stdout);
  lua_settop(L, 0);
  ferrous_setdeadline(L, FERROUS_UNLIMITED);
  lua_close(L);
}

int main(int argc, char **argv)
{
  size_t mib = 64, i;
  int option;
  while ((option = getopt(argc, argv, "m:")) != -1) {
    if (option != 'm') return 2;
    mib = (size_t)atol(optarg);
  }
  for (i = 0; i < sizeof CASES / sizeof *CASES; i++)
    if (optind >= argc || strstr(CASES[i].name, argv[optind])) measure(i, mib << 20);
  return 0;
}
