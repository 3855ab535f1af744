/*
** signals.c - lua_sethook from signal handlers: it stops any script, and however often a handler sets and
** clears hooks, the script goes on rightly.
*/
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"

static lua_State *target;
static volatile sig_atomic_t signals;

static void every(long microseconds)
{
  struct itimerval timer;
  memset(&timer, 0, sizeof timer);
  timer.it_value.tv_usec = microseconds;
  timer.it_interval.tv_usec = microseconds;
  setitimer(ITIMER_REAL, &timer, NULL);
}

static void handle(void (*handler)(int))
{
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  sigaction(SIGALRM, &action, NULL);
}

/* No signal comes after this, not even one that is on its way. */
static void quiet(void)
{
  every(0);
  handle(SIG_IGN);
}

/* == A signal stops a script, as the stand-alone interpreter's Ctrl-C does == */

static void stop(lua_State *L, lua_Debug *ar)
{
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "stopped");
}

static void request_stop(int signal)
{
  (void)signal;
  lua_sethook(target, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

static void stops(lua_State *L, const char *code)
{
  int status;
  if (luaL_loadstring(L, code) != 0) { CHECK_STR(lua_tostring(L, -1), ""); return; }
  handle(request_stop);
  every(20000);
  status = lua_pcall(L, 0, 0, 0);
  quiet();
  lua_sethook(L, NULL, 0, 0);
  check_int(status, LUA_ERRRUN, __FILE__, __LINE__, code);
  if (status != 0)
    check_that(strstr(lua_tostring(L, -1), "stopped") != NULL, __FILE__, __LINE__, code);
  lua_settop(L, 0);
}

static void test_stop(void)
{
  static const char *const endless[] = {
    "while true do end",
    "for i = 1, math.huge do end",
    "repeat until false",
    "local function f() return f() end f()",
    "local t = {} while true do t[#t % 100 + 1] = {} end",
    "local s = '' while true do s = ('x'):rep(10) .. s:sub(1, 5) end",
    "while true do string.gsub('some text', '.', function(c) return c:upper() end) end",
    "while true do table.sort({ 3, 1, 2 }, function(a, b) return a < b end) end",
    "while true do pcall(error, 'x') end",
    "local t = setmetatable({}, { __index = function(t, k) return k end }) while true do local x = t.x end",
    "while true do for k, v in pairs({ 1, 2, x = 3 }) do end end",
    "while true do assert(loadstring('return 1'))() end",
    "collectgarbage('setpause', 100) while true do newproxy(true) collectgarbage('step') end",
  };
  size_t i;
  lua_State *L = target = luaL_newstate();
  luaL_openlibs(L);
  for (i = 0; i < sizeof endless / sizeof endless[0]; i++) stops(L, endless[i]);
  lua_close(L);
}

/* == Hooks that come and go == */

static int counted;
static void count(lua_State *L, lua_Debug *ar) { (void)L; (void)ar; counted++; }

static void toggle(int signal)
{
  static const int masks[] = { LUA_MASKCOUNT, 0, LUA_MASKLINE, LUA_MASKCALL | LUA_MASKRET, 0,
                               LUA_MASKLINE | LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT };
  int mask = masks[signals % 6];
  (void)signal;
  signals++;
  lua_sethook(target, mask ? count : NULL, mask, 1 + signals % 7);
}

/* A sum that any instruction gone wrong would change. */
static const char work[] =
  "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end\n"
  "local sum = 0\n"
  "for round = 1, 20 do\n"
  "  sum = sum + fib(12)\n"
  "  local co = coroutine.wrap(function(a) for i = 1, 50 do a = a + coroutine.yield(a) end return a end)\n"
  "  for i = 1, 51 do sum = sum + co(i) end\n"
  "  local t = {}\n"
  "  for i = 1, 100 do t[i] = (i * 7919) % 101 end\n"
  "  table.sort(t, function(a, b) return a < b end)\n"
  "  for i, v in ipairs(t) do sum = sum + i * v end\n"
  "  local s = string.gsub('the quick brown fox', '%w+', function(w) sum = sum + #w return w:upper() end)\n"
  "  sum = sum + #s + select('#', pcall(error, { round }))\n"
  "  for k, v in pairs({ a = 1, b = 2, 3 }) do sum = sum + v end\n"
  "end\n"
  "collectgarbage()\n"
  "return sum";

static lua_Number result_of_work(lua_State *L)
{
  lua_Number sum = -1;
  if (luaL_dostring(L, work) != 0) CHECK_STR(lua_tostring(L, -1), "");
  else sum = lua_tonumber(L, -1);
  lua_settop(L, 0);
  return sum;
}

static void test_toggle(void)
{
  int rounds = getenv("CHECK_VALGRIND") ? 3 : 150, i;
  lua_Number wanted;
  lua_State *L = target = luaL_newstate();
  luaL_openlibs(L);
  wanted = result_of_work(L);
  CHECK(wanted > 0);
  handle(toggle);
  every(100);
  for (i = 0; i < rounds; i++)
    if (!CHECK_NUM(result_of_work(L), wanted)) break;
  quiet();
  CHECK(signals > 0);
  lua_sethook(L, NULL, 0, 0);
  counted = 0;
  CHECK_NUM(result_of_work(L), wanted);
  CHECK_INT(counted, 0); /* no hook is left anywhere */
  lua_close(L);
}

int main(void)
{
  test_stop();
  test_toggle();
  return check_end("signals");
}
