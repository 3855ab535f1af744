/*
** threads.c - independent States on several system threads at once, and one
** State handed from thread to thread.
*/
#include "check.h"
#include <pthread.h>

static const char work[] =
  "local seed = ...\n"
  "local t, s = {}, 0\n"
  "for round = 1, 20 do\n"
  "  for i = 1, 500 do\n"
  "    seed = (seed * 1103515245 + 12345) % 2147483648\n"
  "    t[i] = { key = 'k' .. seed % 1000, value = seed % 100 }\n"
  "  end\n"
  "  table.sort(t, function(a, b) if a.value ~= b.value then return a.value < b.value end return a.key < b.key end)\n"
  "  for i, e in ipairs(t) do s = (s + i * e.value + #e.key:gsub('%d', 'xx')) % 1000003 end\n"
  "  local co = coroutine.wrap(function() for i = 1, 50 do coroutine.yield(i) end end)\n"
  "  for i = 1, 50 do s = s + co() end\n"
  "  local ok, m = pcall(error, { code = round })\n"
  "  s = s + m.code\n"
  "  s = s + #string.format('%5.2f %s %q %d', round / 3, tostring(round), 'a\\n', round)\n"
  "  s = s + tonumber('0x10') + math.floor(round / 2)\n"
  "  s = s + loadstring(string.dump(loadstring('local a = ... return a + 1')))(round)\n"
  "  local f = io.tmpfile() f:write('line ', round, '\\n') f:seek('set') s = s + #f:read('*l') f:close()\n"
  "  local weak = setmetatable({}, { __mode = 'k' }) for i = 1, 50 do weak[{}] = newproxy(true) end\n"
  "  if round % 5 == 0 then collectgarbage() end\n"
  "end\n"
  "return s\n";

typedef struct Job { int seed; int repeat; lua_Number result; int failed; } Job;

static lua_Number run_once(int seed, int *failed)
{
  lua_State *L = luaL_newstate();
  lua_Number r = -1;
  if (L == NULL) { *failed = 1; return r; }
  luaL_openlibs(L);
  if (luaL_loadbuffer(L, work, strlen(work), "=work") != 0) *failed = 1;
  lua_pushinteger(L, seed);
  if (lua_pcall(L, 1, 1, 0) != 0) { *failed = 1; printf("%s\n", lua_tostring(L, -1)); }
  else r = lua_tonumber(L, -1);
  lua_close(L);
  return r;
}

static void *run_job(void *arg)
{
  Job *job = arg;
  int i;
  for (i = 0; i < job->repeat; i++) {
    lua_Number r = run_once(job->seed, &job->failed);
    if (i > 0 && r != job->result) job->failed = 1;
    job->result = r;
  }
  return NULL;
}

static void test_parallel(void)
{
  enum { N = 4 };
  pthread_t threads[N];
  Job jobs[N];
  int i, alone = 0;
  /* What the processor can do is found out once, in words that are atomic; helgrind takes them for plain ones. */
  run_once(1, &alone);
  CHECK_INT(alone, 0);
  for (i = 0; i < N; i++) {
    jobs[i].seed = i + 1;
    jobs[i].repeat = getenv("CHECK_VALGRIND") ? 1 : 4;
    jobs[i].failed = 0;
    CHECK_INT(pthread_create(&threads[i], NULL, run_job, &jobs[i]), 0);
  }
  for (i = 0; i < N; i++) CHECK_INT(pthread_join(threads[i], NULL), 0);
  for (i = 0; i < N; i++) {
    int failed = 0;
    CHECK_INT(jobs[i].failed, 0);
    CHECK_NUM(jobs[i].result, run_once(i + 1, &failed));    /* the same as alone */
    CHECK_INT(failed, 0);
  }
}

/* One State, used by one thread after the other. */
static void *take_turn(void *arg)
{
  lua_State *L = arg;
  RUN(L, "turn = (turn or 0) + 1; log = (log or '') .. turn");
  if (luaL_dostring(L, "error('in a thread')") == 0) CHECK(0);
  CHECK_STR(lua_tostring(L, -1), "[string \"error('in a thread')\"]:1: in a thread");
  lua_settop(L, 0);
  return NULL;
}

static void test_handed_over(void)
{
  lua_State *L = check_open();
  int i;
  for (i = 0; i < 5; i++) {
    pthread_t thread;
    CHECK_INT(pthread_create(&thread, NULL, take_turn, L), 0);
    CHECK_INT(pthread_join(thread, NULL), 0);
  }
  CHECK_EVAL(L, "return log", "12345");
  lua_close(L);
}

/* On a small machine stack: scripts that recurse must not need more. */
static void *small_stack(void *arg)
{
  lua_State *L = check_open();
  (void)arg;
  CHECK_EVAL(L, "local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f(10000)", "10000");
  CHECK_EVAL(L, "local t = {} for i = 1, 2000 do t[i] = 2000 - i end table.sort(t) return t[1] + t[2000]", "1999");
  CHECK_EVAL(L, "return #(('a'):rep(1000):gsub('a', 'bc'))", "2000");
  CHECK_EVAL(L, "local function f(n) if n == 0 then error('deep', 0) end f(n - 1) end return select(2, pcall(f, 10000))", "deep");
  lua_close(L);
  return NULL;
}

static void test_small_stack(void)
{
  pthread_t thread;
  pthread_attr_t attr;
  pthread_attr_init(&attr);
  CHECK_INT(pthread_attr_setstacksize(&attr, 256 * 1024), 0);
  CHECK_INT(pthread_create(&thread, &attr, small_stack, NULL), 0);
  CHECK_INT(pthread_join(thread, NULL), 0);
  pthread_attr_destroy(&attr);
}

int main(void)
{
  test_parallel();
  test_handed_over();
  test_small_stack();
  return check_end("threads");
}
