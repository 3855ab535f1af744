/*
** memorycap.c - the cap on a state's memory, as ferrouslua.h declares it.
**
** Ours alone: with the reference's library nothing is checked.  The allocator
** counts for itself, so what the library says it holds is held against that.
*/
#define _GNU_SOURCE
#include <dlfcn.h>

#include "check.h"
#include "find.h"

#define UNLIMITED ((size_t)-1)

static struct {
  void (*setmemorylimit)(lua_State *, size_t);
  size_t (*getmemorylimit)(lua_State *);
  size_t (*getmemory)(lua_State *);
  void (*setfuel)(lua_State *, size_t);
} x;

struct account { size_t held, most; };

static void *counting(void *ud, void *p, size_t old, size_t size)
{
  struct account *account = ud;
  void *q;
  if (size == 0) { account->held -= old; free(p); return NULL; }
  q = realloc(p, size);
  if (q == NULL) return NULL;
  account->held += size - (p ? old : 0);
  if (account->held > account->most) account->most = account->held;
  return q;
}

static lua_State *open_counted(struct account *account)
{
  lua_State *L;
  account->held = account->most = 0;
  L = lua_newstate(counting, account);
  if (L == NULL) { printf("no state\n"); exit(2); }
  luaL_openlibs(L);
  return L;
}

static const char *const BOMBS[] = {
  "local t = {} while true do t[#t + 1] = {} end",
  "local t = {} while true do t = {t} end",
  "local t = {} for i = 1, math.huge do t[i] = i end",
  "local t = {} for i = 1, math.huge do t['x' .. i] = i end",
  "local t = {} for i = 1, math.huge do t[i + 0.5] = i end",
  "local s = 'x' while true do s = s .. s end",
  "local s = 'x' while true do s = s .. 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' .. s end",
  "local s = ('x'):rep(1e9)",
  "local s = ('xyz'):rep(1e8):upper()",
  "local t = {} for i = 1, math.huge do t[i] = ('x'):rep(i) end",
  "local t = {} for i = 1, math.huge do t[i] = function() return t, i end end",
  "local t = {} for i = 1, math.huge do t[i] = coroutine.create(print) end",
  "local t = {} for i = 1, math.huge do t[i] = newproxy(true) end",
  "local function f() f() end f()",
  "local function f() return pcall(f) end f() f() f() error('x')",
  "local function f() coroutine.wrap(f)() end f()",
  "local s = ('x'):rep(1e5) string.gsub(s, '.', s)",
  "local s = ('x'):rep(1e5) string.gsub(s, '.', function() return s end)",
  "local s = ('x'):rep(1e5) string.format(('%s'):rep(1000), unpack((function() local t = {}"
    " for i = 1, 1000 do t[i] = s end return t end)()))",
  "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1e5) .. 'y' end",
  "local s, t = ('x'):rep(1e5), {} for i = 1, 1000 do t[i] = s end table.concat(t)",
  "local n = 0 load(function() n = n + 1 return 'local x' .. n .. ' = \"' .. ('y'):rep(1e5) .. n .. '\" ' end)"
    " error('not enough memory')",
  "local n = 0 assert(load(function() n = n + 1 return n == 1 and 'return {' or '{},' end))",
  "local n = 0 assert(load(function() n = n + 1 return n == 1 and 'return \"' or ('x'):rep(1000) end))",
  "string.find(('a'):rep(1e6), ('a?'):rep(1e6))",
  "collectgarbage('stop') local t = {} while true do t[#t + 1] = {} end",
};

/* Each ends, within the cap, and leaves a state that works. */
static void test_bombs(void)
{
  const size_t cap = getenv("CHECK_SANITIZED") || getenv("CHECK_VALGRIND") ? 2 << 20 : 8 << 20;
  int i;
  for (i = 0; i < (int)(sizeof BOMBS / sizeof BOMBS[0]); i++) {
    struct account account;
    lua_State *L = open_counted(&account);
    int status;
    const char *message;
    x.setmemorylimit(L, cap);
    check_load(L, BOMBS[i]);
    status = lua_pcall(L, 0, 0, 0);
    message = lua_tostring(L, -1);
    if (!CHECK(status == LUA_ERRMEM || status == LUA_ERRRUN)) printf("    %s\n", BOMBS[i]);
    if (!CHECK(message != NULL && (strstr(message, "not enough memory") || strstr(message, "overflow")
               || strstr(message, "too complex") || strstr(message, "x"))))
      printf("    %s\n    %s\n", BOMBS[i], message ? message : "(no message)");
    if (!CHECK(account.most <= cap)) printf("    %lu bytes: %s\n", (unsigned long)account.most, BOMBS[i]);
    CHECK_INT(x.getmemory(L), account.held);
    lua_settop(L, 0);
    RUN(L, "collectgarbage() collectgarbage('restart') local t = {} for i = 1, 1e4 do t[i] = {i} end"
           " assert(#('x'):rep(1e5) == 1e5)");
    /* and scripts can catch it, like any other error */
    check_load(L, "local f = ... local ok, message = pcall(f) return ok, message");
    check_load(L, BOMBS[i]);
    CHECK_INT(lua_pcall(L, 1, 2, 0), 0);
    CHECK(lua_toboolean(L, -2) == 0);
    CHECK(account.most <= cap);
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT, 0);
    CHECK(account.held < cap / 2);
    CHECK_INT(x.getmemory(L), account.held);
    lua_close(L);
    CHECK_INT(account.held, 0);
  }
}

/* Garbage is no reason to refuse: much of it, under a cap little above what is alive. */
static void test_garbage_is_collected(void)
{
  static const char *const WASTEFUL[] = {
    "for i = 1, 3e5 do local t = {i, {}} end",
    "for i = 1, 3e5 do local s = 'a' .. i .. 'b' end",
    "for i = 1, 2000 do local s = ('x'):rep(1e5) end",
    "local s = ('x'):rep(1e5) for i = 1, 2000 do local t = s .. i end",
    "for i = 1, 200 do local t = {} for j = 1, 2000 do t[j] = j end end",
    "for i = 1, 200 do local t = {} for j = 1, 2000 do t['k' .. j] = j end end",
    "for i = 1, 20000 do coroutine.wrap(function() coroutine.yield() end)() end",
    "for i = 1, 20000 do local f = function() return i end end",
    "for i = 1, 2000 do local s = table.concat({('x'):rep(5e4), ('y'):rep(5e4)}) end",
    "for i = 1, 2000 do local s = ('x'):rep(1000):gsub('x', 'yyyyyyyyyyyyyyyy') end",
    "for i = 1, 2000 do loadstring('return {' .. ('1,'):rep(1000) .. '}')() end",
    "for i = 1, 50000 do getmetatable(newproxy(true)).__gc = function() end end",
    "for i = 1, 20 do local s = ('x'):rep(1.2e6) end",
    "for i = 1, 20 do local s = ('x'):rep(6e5) s = s .. s end",
    "collectgarbage('setpause', 1000) for i = 1, 3e5 do local t = {i, {}} end",
    "collectgarbage('stop') for i = 1, 3e5 do local t = {i, {}} end",
  };
  int i;
  for (i = 0; i < (int)(sizeof WASTEFUL / sizeof WASTEFUL[0]); i++) {
    struct account account;
    lua_State *L = open_counted(&account);
    x.setmemorylimit(L, 2 << 20);
    RUN(L, WASTEFUL[i]);
    CHECK(account.most <= 2 << 20);
    CHECK_INT(x.getmemory(L), account.held);
    lua_close(L);
    CHECK_INT(account.held, 0);
  }
}

static void test_the_cap_itself(void)
{
  struct account account;
  lua_State *L = open_counted(&account);
  size_t held = x.getmemory(L);
  CHECK_INT(held, account.held);
  CHECK(x.getmemorylimit(L) == UNLIMITED);
  /* below what is held: nothing more, until something is freed or the cap is raised */
  x.setmemorylimit(L, 1000);
  CHECK_INT(x.getmemorylimit(L), 1000);
  CHECK_INT(luaL_loadstring(L, "return ('x'):rep(1e5)"), LUA_ERRMEM);
  CHECK_STR(lua_tostring(L, -1), "not enough memory");
  lua_settop(L, 0);
  x.setmemorylimit(L, held + (1 << 20));
  RUN(L, "kept = ('x'):rep(5e5)");
  CHECK_EVAL(L, "return pcall(string.rep, 'y', 2e6)", "false");
  RUN(L, "kept = nil");
  RUN(L, "kept = ('x'):rep(9e5)");
  RUN(L, "kept = nil");
  x.setmemorylimit(L, UNLIMITED);
  CHECK(x.getmemorylimit(L) == UNLIMITED);
  RUN(L, "local s = ('x'):rep(2e7)");
  lua_close(L);
  CHECK_INT(account.held, 0);
}

/* A script that catches every refusal and tries again goes on until its fuel is used up, not until
   the collector has had enough. */
static void test_with_fuel(void)
{
  int i;
  struct account account;
  lua_State *L = open_counted(&account);
  x.setmemorylimit(L, 4 << 20);
  check_load(L, "while true do pcall(function() local t = {} while true do t[#t + 1] = {} end end) end");
  x.setfuel(L, 3000000);
  i = lua_pcall(L, 0, 0, 0);
  /* where every object is a request of its own, there may be no room left for the message when the fuel is */
  if (!(getenv("CHECK_SANITIZED") && i == LUA_ERRMEM)) {
    CHECK_INT(i, LUA_ERRRUN);
    CHECK_STR(lua_tostring(L, -1), "test:1: script ran out of fuel");
  }
  CHECK(account.most <= 4 << 20);
  lua_close(L);
  CHECK_INT(account.held, 0);
}

/* The C API under the cap: LUA_ERRMEM, and the stack as it was. */
static int fills(lua_State *L)
{
  lua_newtable(L);
  while (lua_istable(L, -1)) {
    lua_newuserdata(L, 1000);
    lua_rawseti(L, -2, (int)lua_objlen(L, -2) + 1);
  }
  return 0;
}
static void test_c_api(void)
{
  struct account account;
  lua_State *L = open_counted(&account);
  int i;
  x.setmemorylimit(L, 2 << 20);
  for (i = 0; i < 10; i++) {
    CHECK_INT(lua_cpcall(L, fills, NULL), LUA_ERRMEM);
    CHECK_STR(lua_tostring(L, -1), "not enough memory");
    lua_pop(L, 1);
    CHECK_TOP(L, 0);
    CHECK(account.most <= 2 << 20);
  }
  lua_close(L);
  CHECK_INT(account.held, 0);
}

/* What small arrays have filled serves for whatever comes next. */
static void test_arrays_make_room(void)
{
  struct account account;
  lua_State *L = open_counted(&account);
  int i;
  /* Where each object is a request of its own, each has some words more. */
  x.setmemorylimit(L, getenv("CHECK_SANITIZED") ? 12 << 20 : 8 << 20);
  for (i = 0; i < 3; i++) {
    RUN(L, "local t = {} for i = 1, 60000 do t[i] = {i, i, i, i, i, i} end");
    RUN(L, "local t = {} for i = 1, 80000 do t[i] = function() return i end end");
    RUN(L, "local t = {} for i = 1, 40000 do t[i] = {a = i, b = i, c = i} end");
  }
  lua_close(L);
  CHECK_INT(account.held, 0);
}

/* An account of what passes through a state's own allocator. */
struct passed { lua_Alloc f; void *ud; size_t held; int wrong; };

static void *passing(void *ud, void *p, size_t old, size_t size)
{
  struct passed *passed = ud;
  void *q = passed->f(passed->ud, p, old, size);
  if (p == NULL) old = 0;
  if (old > passed->held) passed->wrong++;
  if (size == 0) passed->held -= old;
  else if (q != NULL) passed->held += size - old;
  return q;
}

/* Strings and arrays of some kilobytes that come and go; some stay. */
static const char *const LARGE =
  "live = live or {} for i = 1, 4000 do"
  "  local s = ('x'):rep(600 + i * 37 % 9000) local t = {} for j = 1, i * 7 % 700 do t[j] = j end"
  "  if i % 7 == 0 then live[i % 100] = { s, t, #s, #t } end "
  "end "
  "for _, e in pairs(live) do assert(#e[1] == e[3] and #e[2] == e[4] and not e[1]:find('[^x]')) end";

/* luaL_newstate's allocator: of what is free some is kept, until there is another allocator, or a cap. */
static void test_kept_memory(void)
{
  struct passed passed = {NULL, NULL, 0, 0};
  lua_State *L = luaL_newstate();
  size_t held;
  luaL_openlibs(L);
  RUN(L, LARGE);
  passed.f = lua_getallocf(L, &passed.ud);
  held = x.getmemory(L);
  lua_setallocf(L, passing, &passed);
  passed.held = x.getmemory(L);
  CHECK(passed.held <= held);
  CHECK(held - passed.held <= 300 << 10);
  held = passed.held;
  RUN(L, LARGE);
  CHECK_INT(passed.held, x.getmemory(L));
  RUN(L, "live = nil collectgarbage()");
  CHECK(passed.held < held);
  lua_close(L);
  CHECK_INT(passed.held, 0);
  CHECK_INT(passed.wrong, 0);

  L = luaL_newstate();
  luaL_openlibs(L);
  RUN(L, LARGE);
  lua_gc(L, LUA_GCSTOP, 0); /* no collection makes the room */
  x.setmemorylimit(L, x.getmemory(L) + (8 << 10));
  RUN(L, "local s = ('y'):rep(4000) assert(#s == 4000)");
  CHECK(x.getmemory(L) <= x.getmemorylimit(L));
  x.setmemorylimit(L, UNLIMITED);
  lua_gc(L, LUA_GCRESTART, 0);
  RUN(L, LARGE);
  held = x.getmemory(L);
  RUN(L, "live = nil collectgarbage()");
  CHECK(x.getmemory(L) < held);
  CHECK(x.getmemory(L) < (size_t)lua_gc(L, LUA_GCCOUNT, 0) * 1024 * 3 / 2 + (200 << 10));
  lua_close(L);
}

int main(void)
{
  int found = find(&x.setmemorylimit, "ferrous_setmemorylimit")
            + find(&x.getmemorylimit, "ferrous_getmemorylimit")
            + find(&x.getmemory, "ferrous_getmemory") + find(&x.setfuel, "ferrous_setfuel");
  if (found == 0) { printf("memorycap: 0 passed, 0 failed\n"); return 0; }
  CHECK_INT(found, 4);
  test_the_cap_itself();
  test_bombs();
  test_garbage_is_collected();
  test_arrays_make_room();
  test_with_fuel();
  test_c_api();
  test_kept_memory();
  return check_end("memorycap");
}
