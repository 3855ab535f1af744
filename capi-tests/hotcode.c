/*
** hotcode.c - what a library keeps of loops that turn often: made and thrown away many
** times, more of it than fits, in several states and threads, where the system gives no
** memory that can be executed, and after fork.
**
** The program has an mprotect of its own, which the library finds first: it counts how
** often memory was made executable, and can refuse.  A library that never asks for
** such memory has nothing to show there, but its scripts run all the same.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "find.h"

static volatile int executable_calls;
/* Calls that still work before all that ask for executable memory, or for memory that can be written, fail. */
static volatile int exec_left = -1, write_left = -1;

static int is_refused(volatile int *left)
{
  if (*left < 0) return 0;
  if (*left == 0) return 1;
  --*left;
  return 0;
}

int mprotect(void *start, size_t size, int access)
{
  if (access & PROT_EXEC) __atomic_add_fetch(&executable_calls, 1, __ATOMIC_RELAXED);
  if (is_refused(access & PROT_EXEC ? &exec_left : &write_left)) { errno = EACCES; return -1; }
  return (int)syscall(SYS_mprotect, start, size, access);
}

static const char SUM[] =
  "local function add(a, b) local c = a + b return c end local P = {} P.__index = P function P:get() return self.n end"
  " local o, t, s, u = setmetatable({n = 3}, P), {}, 0, 0 local function up(v) u = u + v end"
  " for i = 1, 2000 do t[i % 50 + 1] = i s = add(s, o:get() + #t) % 1000003 up(i % 7) s = s + math.floor(u / 3) % 5 + #(s .. '')"
  " if i % 100 == 0 then o.n = o.n + 1 t = {} end end"
  " for i = 1, 100 do for j = i, 1, -1 do s = (s * 3 + j) % 1000003 end end while u > 0 do u = u - 1 end return s * 1000 + u";
static const lua_Number WANTED = 212938000;

static lua_Number sum_in(lua_State *L)
{
  lua_Number n = -1;
  check_load(L, SUM);
  if (lua_pcall(L, 0, 1, 0) == 0) n = lua_tonumber(L, -1);
  else printf("%s\n", lua_tostring(L, -1));
  lua_pop(L, 1);
  return n;
}

static void test_is_made(void)
{
  lua_State *L = check_open();
  int is_ours, before = executable_calls;
  void *found;
  is_ours = find(&found, "ferrous_setfuel");
  CHECK_NUM(sum_in(L), WANTED);
#ifdef __x86_64__
  if (is_ours && getenv("CHECK_SANITIZED") == NULL) CHECK(executable_calls > before);
#endif
  lua_close(L);
  (void)is_ours;
  (void)before;
}

/* == Made and thrown away =================================================== */

static void test_churn(void)
{
  lua_State *L = check_open();
  int rounds = is_slow() ? 100 : 3000;
  lua_pushinteger(L, rounds);
  lua_setglobal(L, "rounds");
  /* functions of one size, so that a new one lies where an old one did; small ones that the loop calls, too */
  CHECK_EVAL(L, "local want, got = 0, 0 for r = 1, rounds do"
    "  local f = loadstring(('local n, g = ... local s = 0 for i = 1, 40 do s = s + i * %d + g(n) end return s'):format(r % 10))"
    "  local g = loadstring(('return function(a) return a + %d end'):format(r % 10))()"
    "  want = want + 820 * (r % 10) + 40 * (r + r % 10) got = got + f(r, g)"
    "  if r % 50 == 0 then f, g = nil, nil collectgarbage() end end return got == want", "true");
  /* one loop, whose small function is another each time, of the same text or not, while the old ones are collected */
  CHECK_EVAL(L, "local function run(g) local s = 0 for i = 1, 30 do s = s + g(i) end return s end local want, got = 0, 0"
    " for r = 1, rounds do local k = r % 7 local g = loadstring('return function(a) return a ' .. (k % 2 == 0 and '+' or '-') .. ' ' .. k .. ' end')()"
    "  for again = 1, 3 do got = got + run(g) end want = want + 3 * (465 + (k % 2 == 0 and 30 or -30) * k)"
    "  g = nil if r % 20 == 0 then collectgarbage() end end return got == want", "true");
  /* closures of one text */
  CHECK_EVAL(L, "local function make(n) local c = 0 return function() local s = 0 for i = 1, 20 do c = c + n s = s + c end return s end end local got = 0"
    " for r = 1, rounds do local f = make(r % 5) for again = 1, 3 do got = got + f() end end return got == rounds / 5 * 10 * 1830", "true");
  /* methods that are replaced by new ones */
  CHECK_EVAL(L, "local C = {} C.__index = C local o = setmetatable({}, C) local function run() local s = 0 for i = 1, 30 do s = s + o:m(i) end return s end"
    " local want, got = 0, 0 for r = 1, rounds do C.m = loadstring('local self, a = ... return a * ' .. r % 9) got = got + run() + run() want = want + 930 * (r % 9)"
    "  if r % 20 == 0 then collectgarbage() end end return got == want", "true");
  lua_close(L);
}

/* More hot loops alive than anybody has room for, and each of them large. */
static void test_many(void)
{
  lua_State *L = check_open();
  lua_pushinteger(L, is_slow() ? 150 : 1500);
  lua_setglobal(L, "count");
  CHECK_EVAL(L, "local fs, body = {}, {} for k = 1, 25 do body[k] = ('t[i %% 10 + 1] = s + %d s = s + (t[%d] or 1) %% 7 * i %% 3 - math.floor(s / 9) t.x = s'):format(k, k % 10 + 1) end"
    " body = table.concat(body, ' ') for n = 1, count do fs[n] = assert(loadstring('local t, s = {}, ' .. n % 20 .. ' for i = 1, 60 do ' .. body .. ' end return s', '=f')) end"
    " local first = {} for n = 1, 20 do first[n] = fs[n]() end local wrong = 0"
    " for round = 1, 2 do for n = 1, count do if fs[n]() ~= first[(n - 1) % 20 + 1] then wrong = wrong + 1 end end end"
    /* room again, for new ones */
    " for n = 1, count do if n % 3 ~= 0 then fs[n] = nil end end collectgarbage() collectgarbage()"
    " for n = 1, count do if not fs[n] then fs[n] = loadstring('local s = 0 for i = 1, 60 do s = s + i % ' .. n % 20 + 1 .. ' end return s') end end"
    " for round = 1, 2 do for n = 1, count do local r, s = fs[n](), 0 if n % 3 ~= 0 then for i = 1, 60 do s = s + i % (n % 20 + 1) end"
    "   if r ~= s then wrong = wrong + 1 end end end end return wrong", "0");
  CHECK_NUM(sum_in(L), WANTED);
  lua_close(L);
}

/* == Mappings =============================================================== */

static int mappings(void)
{
  FILE *f = fopen("/proc/self/maps", "r");
  int c, n = 0;
  if (f == NULL) return 0;
  while ((c = getc(f)) != EOF) n += c == '\n';
  fclose(f);
  return n;
}

static void test_closing(void)
{
  int i, before, rounds = is_slow() ? 50 : 1000;
  for (i = 0; i < 10; i++) { lua_State *L = check_open(); CHECK_NUM(sum_in(L), WANTED); lua_close(L); }
  before = mappings();
  for (i = 0; i < rounds; i++) {
    lua_State *L = check_open();
    if (sum_in(L) != WANTED) { CHECK(0); break; }
    /* closed in the middle of things: loops of coroutines that wait, finalizers that loop */
    if (i % 2) RUN(L, "co = coroutine.wrap(function() for i = 1, 1000 do if i > 500 then coroutine.yield(i) end end end) co()"
                      " p = newproxy(true) getmetatable(p).__gc = function() local s = 0 for i = 1, 500 do s = s + i end end");
    lua_close(L);
  }
  if (!is_slow()) CHECK(mappings() <= before + 8); /* the allocator has some of its own */
}

/* == Several states ========================================================= */

static void test_states(void)
{
  lua_State *L[8];
  int i, round;
  for (i = 0; i < 8; i++) L[i] = check_open();
  for (round = 0; round < 5; round++)
    for (i = 0; i < 8; i++) CHECK_NUM(sum_in(L[i]), WANTED);
  for (i = 0; i < 8; i += 2) lua_close(L[i]);
  for (i = 1; i < 8; i += 2) { CHECK_NUM(sum_in(L[i]), WANTED); lua_close(L[i]); }
}

static void *runs(void *wrong)
{
  int i, rounds = is_slow() ? 3 : 100;
  for (i = 0; i < rounds; i++) {
    lua_State *L = check_open();
    int again;
    for (again = 0; again < 3; again++) if (sum_in(L) != WANTED) ++*(int *)wrong;
    lua_close(L);
  }
  return NULL;
}

/* A State that begins in one thread goes on in another. */
static void *goes_on(void *L)
{
  lua_Number *n = malloc(sizeof *n);
  *n = lua_resume(L, 0) == 0 ? lua_tonumber(L, -1) : -1;
  return n;
}

static void test_threads(void)
{
  pthread_t threads[4];
  int wrong[4] = { 0, 0, 0, 0 }, i;
  lua_State *L = check_open(), *co = lua_newthread(L);
  void *result;
  for (i = 0; i < 4; i++) CHECK_INT(pthread_create(&threads[i], NULL, runs, &wrong[i]), 0);
  for (i = 0; i < 4; i++) { pthread_join(threads[i], NULL); CHECK_INT(wrong[i], 0); }
  check_load(co, "local s = 0 local function add(a, b) return a + b end for i = 1, 5000 do s = add(s, i) if i == 2500 then coroutine.yield() end end return s");
  CHECK_INT(lua_resume(co, 0), LUA_YIELD);
  CHECK_INT(pthread_create(&threads[0], NULL, goes_on, co), 0);
  pthread_join(threads[0], &result);
  CHECK_NUM(*(lua_Number *)result, 12502500);
  free(result);
  lua_close(L);
}

/* == The system refuses ===================================================== */

/* A loop that is hot when executable memory comes to an end, and others before and behind. */
static void test_refused(void)
{
  int i;
  for (i = 0; i < 12; i++) {
    lua_State *L = check_open();
    int before;
    if (i % 2) exec_left = i / 2; else write_left = i / 2;
    CHECK_NUM(sum_in(L), WANTED);
    RUN(L, "fs = {} for n = 1, 40 do fs[n] = loadstring('local s = 0 for i = 1, 600 do s = s + i % ' .. n .. ' end return s') end"
           " sums = {} for n = 1, 40 do sums[n] = fs[n]() end");
    CHECK_EVAL(L, "local wrong = 0 for n = 1, 40 do local s = 0 for i = 1, 600 do s = s + i % n end"
                  " if fs[n]() ~= s or sums[n] ~= s then wrong = wrong + 1 end end return wrong", "0");
    before = executable_calls;
    for (int again = 0; again < 3; again++) CHECK_NUM(sum_in(L), WANTED);
    CHECK(executable_calls - before < 100); /* it does not try for ever */
    exec_left = write_left = -1;
    CHECK_NUM(sum_in(L), WANTED);
    RUN(L, "fs = nil collectgarbage()");
    CHECK_NUM(sum_in(L), WANTED);
    lua_close(L);
    /* the next state has it again */
    L = check_open();
    CHECK_NUM(sum_in(L), WANTED);
    lua_close(L);
  }
}

/* Refused in the middle of a loop that has run as machine code already, from a function that it calls. */
static int refuse(lua_State *L) { (void)L; exec_left = write_left = 0; return 0; }
static void test_refused_within(void)
{
  lua_State *L = check_open();
  lua_register(L, "refuse", refuse);
  CHECK_EVAL(L, "local s, t = 0, {} local function add(a, b) return a + b end for i = 1, 6000 do s = add(s, i) t[i % 9 + 1] = s"
                " if i == 3000 then refuse() local f = loadstring('local s = 0 for i = 1, 5000 do s = s + i end return s') for r = 1, 3 do s = s + f() end end"
                " for j = 1, 3 do s = s + t[i % 9 + 1] % 3 end end return s", "55516500");
  exec_left = write_left = -1;
  lua_close(L);
}

/* == fork =================================================================== */

static void test_fork(void)
{
  lua_State *L = check_open();
  int status = -1, i;
  pid_t child;
  check_load(L, "local s = 0 local function add(a, b) return a + b end for i = 1, 6000 do s = add(s, i) if i == 3000 then coroutine.yield() end end return s");
  lua_setglobal(L, "f");
  for (i = 0; i < 3; i++) {
    lua_State *co = lua_newthread(L);
    lua_getglobal(co, "f");
    CHECK_INT(lua_resume(co, 0), LUA_YIELD);
    fflush(stdout);
    child = fork();
    if (child == 0) {
      int ok = lua_resume(co, 0) == 0 && lua_tonumber(co, -1) == 18003000 && sum_in(L) == WANTED;
      lua_close(L);
      L = check_open();
      ok = ok && sum_in(L) == WANTED;
      lua_close(L);
      _exit(ok ? 42 : 1);
    }
    CHECK_INT(lua_resume(co, 0), 0);
    CHECK_NUM(lua_tonumber(co, -1), 18003000);
    CHECK_NUM(sum_in(L), WANTED);
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 42);
    lua_settop(L, 0);
  }
  lua_close(L);
}

int main(void)
{
  test_is_made();
  test_churn();
  test_many();
  test_closing();
  test_states();
  test_threads();
  test_refused();
  test_refused_within();
  test_fork();
  return check_end("hotcode");
}
