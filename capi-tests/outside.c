/*
** outside.c - what one thread may do to the State of another while it runs: stop it by an interrupt or by a
** hook, and set and clear hooks.  Eight States at once are made, run, stopped from outside or by their own
** deadlines, run on, collected and closed.
**
** The functions beyond 5.1 are found at run time; with the reference's library hooks are all there is, and
** that it bears them from another thread is not promised but so.  `make tsan` runs this on a library
** with ThreadSanitizer.
*/
#define _GNU_SOURCE
#include <pthread.h>
#include <time.h>

#include "check.h"
#include "find.h"

enum { WORKERS = 8 };

static struct {
  void (*setfuel)(lua_State *, size_t);
  void (*setdeadline)(lua_State *, size_t);
  void (*interrupt)(lua_State *);
  void (*clearinterrupt)(lua_State *);
  int (*limit)(lua_State *);
} x;
static int ours;

#define UNLIMITED ((size_t)-1)
enum { NONE, FUEL, DEADLINE, INTERRUPT };

typedef enum Meddling { LEAVE_ALONE, TOGGLE_HOOKS, STOP_BY_HOOK, STOP_BY_INTERRUPT } Meddling;

/* The lock is for the pointer and the word: whoever meddles holds it, so the State does not go away; who runs
   the State does not. */
typedef struct Worker {
  pthread_mutex_t lock;
  lua_State *L;
  Meddling meddling;
  int number;
  int rounds;
  unsigned long turns;
} Worker;

static Worker workers[WORKERS];
static int done;

static void meddle_with(Worker *w, lua_State *L, Meddling how)
{
  pthread_mutex_lock(&w->lock);
  w->L = L;
  w->meddling = how;
  pthread_mutex_unlock(&w->lock);
}

/* == The one outside ======================================================== */

static unsigned long seen;
static void count(lua_State *L, lua_Debug *ar)
{
  lua_getinfo(L, "Sl", ar);
  __atomic_add_fetch(&seen, 1, __ATOMIC_RELAXED);
}

static void stop(lua_State *L, lua_Debug *ar)
{
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  luaL_error(L, "stopped by a hook");
}

static void meddle(Worker *w)
{
  static const int masks[] = { LUA_MASKCOUNT, 0, LUA_MASKLINE, LUA_MASKCALL | LUA_MASKRET, 0,
                               LUA_MASKLINE | LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT };
  int mask = masks[w->turns % 6];
  switch (w->meddling) {
    case LEAVE_ALONE: break;
    case TOGGLE_HOOKS: lua_sethook(w->L, mask ? count : NULL, mask, 1 + (int)(w->turns % 7)); break;
    case STOP_BY_HOOK: lua_sethook(w->L, stop, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1); break;
    case STOP_BY_INTERRUPT: x.interrupt(w->L); break;
  }
  w->turns++;
}

static void *outside(void *unused)
{
  struct timespec rest = { 0, 50000 };
  (void)unused;
  while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE)) {
    int i;
    for (i = 0; i < WORKERS; i++) {
      pthread_mutex_lock(&workers[i].lock);
      if (workers[i].L != NULL) meddle(&workers[i]);
      pthread_mutex_unlock(&workers[i].lock);
    }
    nanosleep(&rest, NULL);
  }
  return NULL;
}

/* == Those who run ========================================================== */

/* A sum that any instruction gone wrong would change. */
static const char work[] =
  "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end\n"
  "local sum = 0\n"
  "for round = 1, 4 do\n"
  "  sum = sum + fib(9)\n"
  "  local co = coroutine.wrap(function(a) for i = 1, 20 do a = a + coroutine.yield(a) end return a end)\n"
  "  for i = 1, 21 do sum = sum + co(i) end\n"
  "  local t = {}\n"
  "  for i = 1, 60 do t[i] = (i * 7919) % 101 end\n"
  "  table.sort(t, function(a, b) return a < b end)\n"
  "  for i, v in ipairs(t) do sum = sum + i * v end\n"
  "  local s = string.gsub('the quick brown fox', '%w+', function(w) sum = sum + #w return w:upper() end)\n"
  "  sum = sum + #s + select('#', pcall(error, { round }))\n"
  "  local hostile = {}\n"
  "  for i = 1, 60 do hostile[i * 2 ^ 40] = i end\n"
  "  for k, v in pairs(hostile) do sum = sum + v end\n"
  "  local f = assert(loadstring('local a = ... while a < 10 do a = a + 1 end return a'))\n"
  "  sum = sum + f(round)\n"
  "end\n"
  "collectgarbage()\n"
  "return sum";

/* None ends by itself; what the C library keeps for the whole process is asked for as well. The first would catch
   the error of a hook. */
static const char *const ENDLESS[] = {
  "while true do pcall(function() for i = 1, 1e9 do end end) end",
  "while true do end",
  "local function f() return f() end f()",
  "local t = {} while true do t[#t % 100 + 1] = { 'x' .. #t } end",
  "local co = coroutine.wrap(function() while true do coroutine.yield(1) end end) while true do co() end",
  "while true do table.sort({ 3, 1, 2 }, function(a, b) return a < b end) end",
  "while true do collectgarbage() setmetatable({}, { __mode = 'k' }) end",
  "while true do assert(loadstring('return function() for i = 1, 2 do end end'))() end",
  "while true do os.date('%c', 1e9) os.time() string.format('%5.3f', os.clock()) tonumber('1e5') end",
};

static lua_Number result_of_work(lua_State *L)
{
  lua_Number sum = -1;
  if (luaL_dostring(L, work) != 0) CHECK_STR(lua_tostring(L, -1), "");
  else sum = lua_tonumber(L, -1);
  lua_settop(L, 0);
  return sum;
}

static void stopped(lua_State *L, Worker *w, int round, Meddling how)
{
  static const char *const said[] = { "past its deadline", "?", "stopped by a hook", "was interrupted" };
  static const int limits[] = { DEADLINE, NONE, NONE, INTERRUPT };
  int count = (int)(sizeof ENDLESS / sizeof *ENDLESS), first = how == STOP_BY_HOOK, status;
  const char *code = ENDLESS[first + (round * WORKERS + w->number) % (count - first)];
  if (luaL_loadstring(L, code) != 0) { CHECK_STR(lua_tostring(L, -1), ""); return; }
  if (how == LEAVE_ALONE) x.setdeadline(L, 2000000);
  else meddle_with(w, L, how);
  status = lua_pcall(L, 0, 0, 0);
  meddle_with(w, NULL, LEAVE_ALONE);
  check_int(status, LUA_ERRRUN, __FILE__, __LINE__, code);
  if (status != 0)
    check_that(strstr(lua_tostring(L, -1), said[how]) != NULL, __FILE__, __LINE__, lua_tostring(L, -1));
  lua_settop(L, 0);
  lua_sethook(L, NULL, 0, 0);
  if (ours) {
    CHECK_INT(x.limit(L), limits[how]);
    x.clearinterrupt(L);
    x.setdeadline(L, UNLIMITED);
  }
}

static lua_Number expected;

static void *run(void *arg)
{
  Worker *w = arg;
  int round;
  for (round = 0; round < w->rounds; round++) {
    lua_State *L = check_open();
    stopped(L, w, round, STOP_BY_HOOK);
    if (ours) {
      stopped(L, w, round + 1, STOP_BY_INTERRUPT);
      stopped(L, w, round + 2, LEAVE_ALONE);
      x.setfuel(L, 100000000); /* counted, and hooked */
    }
    meddle_with(w, L, TOGGLE_HOOKS);
    CHECK_NUM(result_of_work(L), expected);
    lua_gc(L, LUA_GCCOLLECT, 0);
    CHECK_NUM(result_of_work(L), expected);
    meddle_with(w, NULL, LEAVE_ALONE);
    lua_sethook(L, NULL, 0, 0);
    CHECK_NUM(result_of_work(L), expected);
    lua_close(L);
  }
  return NULL;
}

int main(void)
{
  pthread_t threads[WORKERS], other;
  const char *given = getenv("ROUNDS");
  int rounds = given ? atoi(given) : getenv("CHECK_VALGRIND") ? 1 : 12, i;
  lua_State *L = check_open();
  ours = find(&x.setfuel, "ferrous_setfuel") + find(&x.setdeadline, "ferrous_setdeadline")
       + find(&x.interrupt, "ferrous_interrupt") + find(&x.clearinterrupt, "ferrous_clearinterrupt")
       + find(&x.limit, "ferrous_limit") == 5;
  expected = result_of_work(L);
  CHECK(expected > 0);
  lua_close(L);
  for (i = 0; i < WORKERS; i++) {
    pthread_mutex_init(&workers[i].lock, NULL);
    workers[i].number = i;
    workers[i].rounds = rounds;
    workers[i].turns = (unsigned long)i;
    CHECK_INT(pthread_create(&threads[i], NULL, run, &workers[i]), 0);
  }
  CHECK_INT(pthread_create(&other, NULL, outside, NULL), 0);
  for (i = 0; i < WORKERS; i++) CHECK_INT(pthread_join(threads[i], NULL), 0);
  __atomic_store_n(&done, 1, __ATOMIC_RELEASE);
  CHECK_INT(pthread_join(other, NULL), 0);
  CHECK(seen > 0);
  return check_end("outside");
}
