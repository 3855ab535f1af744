/*
** hotloops.c - loops that turn often, under whatever a host does meanwhile.
**
** A library may treat a loop that turns often in another way than others.  Nobody is to
** see that: hooks and signals end it, limits count it (ferrouslua.h; ours alone), and
** what C changes between two turns, or in the middle of one, is seen at once.
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
enum { NONE, FUEL, DEADLINE, INTERRUPT };

static struct {
  void (*setfuel)(lua_State *, size_t);
  size_t (*getfuel)(lua_State *);
  void (*setdeadline)(lua_State *, size_t);
  void (*interrupt)(lua_State *);
  int (*limit)(lua_State *);
  int (*setreadonly)(lua_State *, int, int);
} x;

static int is_ours(void)
{
  return find(&x.setfuel, "ferrous_setfuel") && find(&x.getfuel, "ferrous_getfuel")
      && find(&x.setdeadline, "ferrous_setdeadline") && find(&x.interrupt, "ferrous_interrupt")
      && find(&x.limit, "ferrous_limit") && find(&x.setreadonly, "ferrous_setreadonly");
}

/* What endless loops are made of. */
#define SMALL \
  "local function add(a, b) return a + b end local function none() end local P = {} P.__index = P" \
  " function P:inc() self.n = self.n + 1 end local o = setmetatable({n = 0}, P) local t = {1, 2, 3} local s = 0 "

static const char *const ENDLESS[] = {
  "while true do end",
  "repeat until false",
  "for i = 1, 1e300 do end",
  "for i = 1, 1, 0 do end while true do end",
  "for i = 2, 1, 0 do end",
  "for i = 1, math.huge do for j = 1, 50 do end end",
  "while true do for i = 100, 1, -1 do end end",
  "local n = 0 while true do n = n + 1 end",
  "local n = 0 repeat n = n + 1 if n > 1000 then n = 0 end until n < 0",
  "local i, j = 0, 0 while true do while i < 100 do i = i + 1 end i = 0 j = j + 1 end",
  "local t = {} while true do for i = 1, 100 do t[i] = i end end",
  "local t = {} for i = 1, 1e300 do t[#t % 100 + 1] = i end",
  "x = 0 while true do x = x + 1 end",
  "local a, b = {}, {} while a ~= b do end",
  "local a = 'x' while a == 'x' do if a == 'y' then break end end",
};
static const char *const ENDLESS_CALLS[] = {
  SMALL "while true do none() end",
  SMALL "while true do s = add(s, 1) end",
  SMALL "for i = 1, 1e300 do add(add(i, 1), add(2, 3)) end",
  SMALL "while true do o:inc() end",
  SMALL "repeat s = math.floor(s / 2) until s > 5",
  SMALL "while true do s = math.sin(s) + math.max(s, 1) end",
  SMALL "while true do s = s + #tostring(s) end",
  SMALL "while true do local f = function() return s end s = f() end",
  SMALL "while true do t[2] = {} none(t) end",
  SMALL "while true do for k, v in pairs(t) do s = add(s, v) end end",
  SMALL "while true do pcall(none) pcall(error) end",
  SMALL "while true do local s = 'a' .. s s = s .. add(1, 2) end",
};
#define COUNT_OF(list) ((int)(sizeof (list) / sizeof *(list)))

static const char *endless(int i)
{
  return i < COUNT_OF(ENDLESS) ? ENDLESS[i] : ENDLESS_CALLS[i - COUNT_OF(ENDLESS)];
}
static int endless_count(void) { return COUNT_OF(ENDLESS) + COUNT_OF(ENDLESS_CALLS); }
/* == Hooks from signals ===================================================== */

/* Each kind of hook, in the main thread and in a coroutine. */
static void test_signals(void)
{
  static const int masks[] = { LUA_MASKCOUNT, LUA_MASKLINE, LUA_MASKCALL, LUA_MASKRET };
  int i, m;
  lua_State *L = check_open();
  for (i = 0; i < endless_count(); i += is_slow() ? 4 : 1)
    for (m = 0; m < 4; m++) {
      lua_State *co;
      if (m >= 2 && i < COUNT_OF(ENDLESS)) continue;
      if (strstr(endless(i), "pcall") != NULL) continue; /* may catch it */
      check_load(L, endless(i));
      target = L;
      mask_wanted = masks[m];
      alarm_after(3000, request_stop);
      check_stopped(L, lua_pcall(L, 0, 0, 0), endless(i));
      lua_sethook(L, NULL, 0, 0);
      lua_settop(L, 0);
      co = lua_newthread(L);
      check_load(co, endless(i));
      target = co;
      alarm_after(3000, request_stop);
      check_stopped(co, lua_resume(co, 0), endless(i));
      lua_settop(L, 0);
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

static const char *const SUM =
  "local function add(a, b) local c = a + b return c end local P = {} P.__index = P function P:get() return self.n end"
  " local o, t, s, u = setmetatable({n = 3}, P), {}, 0, 0 local function up(v) u = u + v end"
  " for i = 1, 20000 do t[i % 50 + 1] = i s = add(s, o:get() + #t) % 1000003 up(i % 7) s = s + math.floor(u / 3) % 5 + #(s .. '')"
  " if i % 1000 == 0 then o.n = o.n + 1 t = {} end end return s * 1000 + u % 1000";

static void test_toggled(void)
{
  int i;
  lua_State *L = target = check_open();
  lua_Number want;
  check_load(L, SUM);
  lua_pushvalue(L, 1);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  want = lua_tonumber(L, -1);
  CHECK(want > 0);
  toggles = 0;
  alarm_after(200, toggle);
  for (i = 0; i < (is_slow() ? 2 : 100); i++) {
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
    if (!CHECK_NUM(lua_tonumber(L, -1), want)) break;
  }
  signal(SIGALRM, SIG_IGN);
  CHECK(toggles > 0);
  lua_close(L);
}

/* == Hooks in the middle of a loop ========================================== */

static int hook_calls;
static void count_hook(lua_State *L, lua_Debug *ar) { (void)L; (void)ar; hook_calls++; }

static int hooks_me(lua_State *L)
{
  lua_sethook(L, count_hook, (int)lua_tointeger(L, 1), (int)lua_tointeger(L, 2));
  return 0;
}
static int unhooks_me(lua_State *L) { lua_sethook(L, NULL, 0, 0); return 0; }

/* How many events a loop of 100 turns has, behind 5000 without a hook: as many as in a loop that begins so. */
static void count_events(lua_State *L, int mask, int count, const char *body)
{
  int late, early;
  char code[2000];
  snprintf(code, sizeof code, "local first, mask, count = ... local function add(a, b)\n local c = a + b\n return c end local s = 0"
    " local o = {get = function(self) return 1 end} for i = first, 100 do if i == 1 then hook(mask, count) end\n%s\nend unhook()", body);
  check_load(L, code);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 1); lua_pushinteger(L, mask); lua_pushinteger(L, count);
  hook_calls = 0;
  CHECK_INT(lua_pcall(L, 3, 0, 0), 0);
  early = hook_calls;
  lua_pushinteger(L, -5000); lua_pushinteger(L, mask); lua_pushinteger(L, count);
  hook_calls = 0;
  CHECK_INT(lua_pcall(L, 3, 0, 0), 0);
  late = hook_calls;
  CHECK(early >= 100);
  check_int(late, early, __FILE__, __LINE__, body);
  lua_settop(L, 0);
}

static void test_hooks_within(void)
{
  static const char *const bodies[] = {
    "s = s + i", "s = add(s, i)", "s = add(add(s, 1), add(2, 3))", "s = s + o:get()", "s = math.floor(s / 2) + 1",
    "local t = {i}\ns = s + t[1]", "if i % 2 == 0 then\ns = add(s, 1)\nelse\ns = s + math.abs(i)\nend",
    "local f = function() return i end\ns = f()", "s = #tostring(s)", "s = add(o:get(), math.sqrt(4))", "for j = 1, 3 do\ns = s + j\nend" };
  lua_State *L = check_open();
  int i;
  lua_register(L, "hook", hooks_me);
  lua_register(L, "unhook", unhooks_me);
  for (i = 0; i < COUNT_OF(bodies); i++) {
    count_events(L, LUA_MASKLINE, 0, bodies[i]);
    count_events(L, LUA_MASKCOUNT, 1, bodies[i]);
    if (strchr(bodies[i], '(') != NULL) count_events(L, LUA_MASKCALL, 0, bodies[i]);
    if (strchr(bodies[i], '(') != NULL) count_events(L, LUA_MASKRET, 0, bodies[i]);
  }
  lua_close(L);
}

/* A hook belongs to one coroutine. */
static void test_hook_of_another(void)
{
  lua_State *L = check_open(), *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_setglobal(L, "co");
  check_load(co, "local n = 0 while true do for i = 1, 1000 do n = n + 1 end coroutine.yield(n) end");
  check_load(L, "local n = 0 for i = 1, 5000 do n = n + 1 if i % 1000 == 0 then local ok, m = coroutine.resume(co) n = n + m end end return n");
  lua_pushvalue(L, 2);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  CHECK_NUM(lua_tonumber(L, -1), 5000 + 15000);
  hook_calls = 0;
  lua_sethook(co, count_hook, LUA_MASKLINE, 0);
  lua_settop(L, 2);
  lua_pushvalue(L, 2);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  CHECK_NUM(lua_tonumber(L, -1), 5000 + 40000);
  CHECK(hook_calls >= 5000 && hook_calls < 5100);
  lua_sethook(co, NULL, 0, 0);
  hook_calls = 0;
  lua_sethook(L, count_hook, LUA_MASKCOUNT, 1);
  lua_settop(L, 2);
  lua_pushvalue(L, 2);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  CHECK_NUM(lua_tonumber(L, -1), 5000 + 65000);
  lua_sethook(L, NULL, 0, 0);
  CHECK(hook_calls > 10000);
  lua_close(L);
}

/* A hook that changes what the loop works with. */
static void changing_hook(lua_State *L, lua_Debug *ar)
{
  const char *name;
  int i;
  for (i = 1; (name = lua_getlocal(L, ar, i)) != NULL; i++) {
    int is_it = strcmp(name, "v") == 0;
    lua_pop(L, 1);
    if (!is_it) continue;
    if (hook_calls % 3 == 0) lua_pushliteral(L, "7");
    else if (hook_calls % 3 == 1) lua_pushnumber(L, 0.5);
    else lua_pushinteger(L, -1);
    lua_setlocal(L, ar, i);
    hook_calls++;
    lua_sethook(L, NULL, 0, 0);
    return;
  }
}
static int hooks_change(lua_State *L) { lua_sethook(L, changing_hook, LUA_MASKLINE, 0); return 0; }

static void test_hook_that_changes(void)
{
  lua_State *L = check_open();
  lua_register(L, "change", hooks_change);
  hook_calls = 0;
  CHECK_EVAL(L, "local v, s = 1, 0\nfor i = 1, 3000 do\nif i % 500 == 0 then change() end\ns = s + v\nend return s .. type(v)",
             "7498number");
  lua_close(L);
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
  lua_settop(L, 0);
}

static void *interrupter(void *L)
{
  struct timespec pause = { 0, 3 * 1000 * 1000 };
  nanosleep(&pause, NULL);
  x.interrupt(L);
  return NULL;
}
static void on_alarm(int signal) { (void)signal; x.interrupt(target); }

static int limits_me(lua_State *L)
{
  if (lua_toboolean(L, 1)) x.setfuel(L, 1000);
  else x.setdeadline(L, 1000 * 1000);
  return 0;
}

static void test_limits(void)
{
  lua_State *L = check_open();
  int i, kind;
  lua_register(L, "limit", limits_me);
  for (i = 0; i < endless_count(); i += is_slow() ? 4 : 1)
    for (kind = 0; kind < 6; kind++) {
      pthread_t thread;
      char code[1000];
      /* what comes to limit the loop while it runs, and is hot */
      snprintf(code, sizeof code, "local n = 0 for i = 1, 3000 do n = n + 1 if i == 2000 then limit(%s) end end %s",
               kind == 4 ? "true" : "false", endless(i));
      check_load(L, kind >= 4 ? code : endless(i));
      target = L;
      if (kind == 0) x.setfuel(L, 100000);
      if (kind == 1) x.setdeadline(L, 3 * 1000 * 1000);
      if (kind == 2) pthread_create(&thread, NULL, interrupter, L);
      if (kind == 3) alarm_after(3000, on_alarm);
      check_ended(L, lua_pcall(L, 0, 0, 0), kind == 0 || kind == 4 ? FUEL : kind == 1 || kind == 5 ? DEADLINE : INTERRUPT, endless(i));
      if (kind == 2) pthread_join(thread, NULL);
    }
  lua_close(L);
}

/* A limit that comes from within an endless loop, at some turn. */
static void test_limits_from_within(void)
{
  static const char *const loops[] = {
    "local n = 0 while true do n = n + 1 if n == 5000 then limit(%s) end end",
    "local n = 0 local function add(a) return a + 1 end while true do n = add(n) if n == 5000 then limit(%s) end end",
    "for i = 1, 1e300 do if i == 5000 then limit(%s) end end",
    "local t = {} for i = 1, 1e300 do local s = {i} t.x = s[1] .. '' if i == 5000 then limit(%s) end end",
    "local f = setmetatable({}, {__index = function(t, k) if k == 5000 then limit(%s) end end}) for i = 1, 1e300 do local x = f[i] end",
    "local function go(i) if i == 5000 then limit(%s) end return i + 1 end local i = 0 while true do i = go(i) end",
    "local i = 0 while true do i = i + 1 pcall(i == 5000 and limit or type, %s) end",
  };
  lua_State *L = check_open();
  int i, fuel;
  lua_register(L, "limit", limits_me);
  for (i = 0; i < COUNT_OF(loops); i++)
    for (fuel = 0; fuel < 2; fuel++) {
      char code[1000];
      snprintf(code, sizeof code, loops[i], fuel ? "true" : "false");
      check_load(L, code);
      check_ended(L, lua_pcall(L, 0, 0, 0), fuel ? FUEL : DEADLINE, loops[i]);
    }
  lua_close(L);
}

/* What a loop costs does not depend on how it had run before. */
static size_t fuel_of(lua_State *L, int function)
{
  size_t left;
  lua_pushvalue(L, function);
  x.setfuel(L, 100 * 1000 * 1000);
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  left = x.getfuel(L);
  x.setfuel(L, UNLIMITED);
  lua_pop(L, 1);
  return 100 * 1000 * 1000 - left;
}

static void test_fuel_is_the_same(void)
{
  static const char *const loops[] = {
    SMALL "return function() for i = 1, 500 do s = s + i end end",
    SMALL "return function() for i = 1, 500 do s = add(s, i) end end",
    SMALL "return function() for i = 1, 500 do o:inc() none() t[2] = i end end",
    SMALL "return function() local n = 0 while n < 500 do n = n + 1 s = s + math.floor(n / 3) end end",
    SMALL "return function() for i = 1, 50 do for j = 1, i do s = add(s, #t) end end end",
    SMALL "return function() for i = 1, 500 do local x = 'x' .. i local t = {i} end end",
    SMALL "return function() for i = 1, 500 do local f = function() s = s + i end f() end end",
    SMALL "return function() for k, v in pairs(t) do for i = 1, 300 do s = s + v end end end",
  };
  int i, j;
  for (i = 0; i < COUNT_OF(loops); i++) {
    size_t cold, hot;
    lua_State *L = check_open();
    lua_gc(L, LUA_GCSTOP, 0);
    check_load(L, loops[i]);
    CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
    cold = fuel_of(L, 1);
    for (j = 0; j < 30; j++) { lua_pushvalue(L, 1); CHECK_INT(lua_pcall(L, 0, 0, 0), 0); }
    hot = fuel_of(L, 1);
    CHECK(cold >= 300);
    check_int((long long)hot, (long long)cold, __FILE__, __LINE__, loops[i]);
    /* one less is not enough, and ends it in the middle */
    lua_pushvalue(L, 1);
    x.setfuel(L, hot - 1);
    check_ended(L, lua_pcall(L, 0, 0, 0), FUEL, loops[i]);
    lua_close(L);
  }
}

static int setreadonly(lua_State *L) { x.setreadonly(L, 1, lua_toboolean(L, 2)); return 0; }

static void test_readonly(void)
{
  static const char *const stores[] = {
    "t[1] = i", "t[i] = i", "t[#t + 1] = i", "t.x = i", "t.new = i", "t[i % 3 + 1] = {}", "t.x = t", "t.x = nil", "t[1] = nil", "t.x = t.x + 1",
    "put(t, i)", "o:set(i)", "rawset(t, 'x', i)", "x = i", "t[i + 0.5] = i", "t[true] = i", "local function f() t.x = i end f()" };
  int i, when;
  for (i = 0; i < COUNT_OF(stores); i++)
    for (when = 1990; when <= 2001; when += 11) {
      char code[1500];
      lua_State *L = check_open();
      lua_register(L, "freeze", setreadonly);
      snprintf(code, sizeof code,
        "local _G, error, pcall, assert, freeze, rawset, collectgarbage = _G, error, pcall, assert, freeze, rawset, collectgarbage"
        " local at, t = 0, {1, 2, 3, x = 1} local O = {} O.__index = O function O:set(v) self.x = v end local o = setmetatable(t, O)"
        " local function put(t, v) t.x = v end setfenv(1, t) x = 1"
        " local function run() for i = 1, 3000 do at = i %s if i == %d then freeze(t, true) end end end"
        " local ok, m = pcall(run) assert(not ok and m:find('read%%-only'), m) assert(at == %d, at)"
        " collectgarbage() local ok, m = pcall(run) assert(not ok and at == 1, m)"
        " freeze(t, false) local ok = pcall(run) assert(not ok and at == %d) return 'done'", stores[i], when, when + 1, when + 1);
      CHECK_EVAL(L, code, "done");
      lua_close(L);
    }
}

/* == C in the loop ========================================================== */

static int adds(lua_State *L) { lua_pushnumber(L, lua_tonumber(L, 1) + lua_tonumber(L, 2)); return 1; }
static int calls_back(lua_State *L) { lua_call(L, lua_gettop(L) - 1, 1); return 1; }
static int fills(lua_State *L)
{
  int i, n = (int)lua_tointeger(L, 2);
  for (i = 1; i <= n; i++) { lua_pushinteger(L, i * 2); lua_rawseti(L, 1, i); }
  lua_pushnil(L);
  lua_rawseti(L, 1, n + 1);
  lua_pushinteger(L, n);
  lua_setfield(L, 1, "n");
  return 0;
}
static int makes_table(lua_State *L)
{
  int i;
  lua_newtable(L);
  for (i = 1; i <= 5; i++) { lua_pushinteger(L, i); lua_rawseti(L, -2, i); }
  return 1;
}
static int grows_stack(lua_State *L)
{
  int n = (int)lua_tointeger(L, 1);
  lua_pushboolean(L, lua_checkstack(L, n));
  lua_insert(L, 1);
  while (n-- > 1) lua_pushinteger(L, n);
  lua_settop(L, 1);
  return 1;
}
static int collects(lua_State *L) { lua_gc(L, LUA_GCCOLLECT, 0); lua_pushinteger(L, 1); return 1; }
static int fails(lua_State *L) { return luaL_error(L, "failed at %d", (int)lua_tointeger(L, 1)); }
static int yields(lua_State *L) { return lua_yield(L, lua_gettop(L)); }
static int runs_another(lua_State *L)
{
  lua_State *other = check_open();
  check_load(other, SUM);
  lua_call(other, 0, 1);
  lua_pushnumber(L, lua_tonumber(other, -1));
  lua_close(other);
  return 1;
}
static int counts_upvalue(lua_State *L)
{
  lua_pushnumber(L, lua_tonumber(L, lua_upvalueindex(1)) + 1);
  lua_pushvalue(L, -1);
  lua_replace(L, lua_upvalueindex(1));
  return 1;
}
static int sets_upvalue(lua_State *L)
{
  lua_pushvalue(L, 2);
  lua_pushstring(L, lua_setupvalue(L, 1, 1));
  return 1;
}
static int sets_environment(lua_State *L) { lua_settop(L, 2); lua_setfenv(L, 1); return 0; }
static int sets_metatable(lua_State *L) { lua_settop(L, 2); lua_setmetatable(L, 1); return 0; }
static int sets_local(lua_State *L)
{
  lua_Debug ar;
  lua_getstack(L, 1, &ar);
  lua_pushvalue(L, 2);
  lua_pushstring(L, lua_setlocal(L, &ar, (int)lua_tointeger(L, 1)));
  return 1;
}

static lua_State *open_with_functions(void)
{
  static const luaL_Reg functions[] = {
    { "adds", adds }, { "calls_back", calls_back }, { "fills", fills }, { "makes_table", makes_table }, { "grows_stack", grows_stack },
    { "collects", collects }, { "fails", fails }, { "yields", yields }, { "runs_another", runs_another }, { "sets_upvalue", sets_upvalue },
    { "sets_environment", sets_environment }, { "sets_metatable", sets_metatable }, { "sets_local", sets_local }, { NULL, NULL } };
  lua_State *L = check_open();
  luaL_register(L, "_G", functions);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, counts_upvalue, 1);
  lua_setglobal(L, "counts");
  lua_settop(L, 0);
  return L;
}

static void test_c_functions(void)
{
  lua_State *L = open_with_functions();
  CHECK_EVAL(L, "local s = 0 for i = 1, 3000 do s = adds(s, i) end return s", "4501500");
  CHECK_EVAL(L, "local s = 0 local function add(a, b) return a + b end for i = 1, 3000 do s = calls_back(add, s, i) end return s", "4501500");
  CHECK_EVAL(L, "local s = 0 local function loop(n) local s = 0 for i = 1, n do s = s + i end return s end"
                " for i = 1, 300 do s = s + calls_back(loop, i) + calls_back(calls_back, loop, 3) end return s", "4546900");
  CHECK_EVAL(L, "local t, s = {}, 0 for i = 1, 2000 do if i % 100 == 0 then fills(t, i / 100) end"
                " for j = 1, #t do s = s + t[j] end s = s + (t.n or 0) + #t end return s", "304460");
  CHECK_EVAL(L, "local s = 0 for i = 1, 2000 do local t = makes_table() t[#t + 1] = i t.x = i for j = 1, #t do s = s + t[j] end s = s + t.x end return s",
             "4032000");
  CHECK_EVAL(L, "local s = 0 local function add(a, b) return a + b end for i = 1, 2000 do s = add(s, i)"
                " if i % 200 == 0 then assert(grows_stack(i * 3)) end s = add(s, 1) end return s", "2003000");
  CHECK_EVAL(L, "local t, s = {}, 0 for i = 1, 1000 do t[i] = {i} if i % 100 == 0 then s = s + collects() end s = s + t[i][1] end return s", "500510");
  CHECK_EVAL(L, "local s = 0 for i = 1, 2000 do s = s + counts() end return s", "2001000");
  CHECK_EVAL(L, "local s, n = 0, 0 for i = 1, 2000 do local ok, m = pcall(i % 3 == 0 and fails or adds, i, 1)"
                " if ok then s = s + m else n = n + #m end end return s .. ' ' .. n", "1336001 8955");
  CHECK_EVAL(L, "local at = 0 local ok, m = pcall(function() for i = 1, 2000 do at = i if i == 1500 then fails(i) end end end) return at .. m",
             "1500test:1: failed at 1500");
  CHECK_EVAL(L, "local a, b = 0 for i = 1, 3000 do a = a + i if i == 1000 or i == 2000 then local r = runs_another() assert(b == nil or r == b) b = r end end return a",
             "4501500");
  CHECK_EVAL(L, "local u, s = 1, 0 local function f() return u end for i = 1, 3000 do"
                " if i == 1000 then sets_upvalue(f, 10) elseif i == 2000 then sets_upvalue(f, '2') end s = s + f() + u end return s", "26002");
  CHECK_EVAL(L, "local v, s = 1, 0 for i = 1, 3000 do"
                " if i == 1000 then assert(sets_local(1, 5) == 'v') elseif i == 2000 then sets_local(1, '2') end s = s + v end return s", "8001");
  CHECK_EVAL(L, "local s, n = 0, 0 for i = 1, 3000 do n = n + 1 if i == 1000 then assert(sets_local(4, 2500) == '(for limit)' or sets_local(5, 2500) == '(for limit)'"
                " or sets_local(3, 2500)) end s = s + 1 end return n <= 3000 and s == n", "true");
  CHECK_EVAL(L, "local s = 0 local function f() return g end setfenv(f, {g = 1}) for i = 1, 3000 do"
                " if i == 1000 then sets_environment(f, {g = 2}) elseif i == 2000 then sets_environment(f, setmetatable({}, {__index = function() return 3 end})) end"
                " s = s + f() end return s", "6002");
  CHECK_EVAL(L, "local t, s = {}, 0 for i = 1, 3000 do"
                " if i == 1000 then sets_metatable(t, {__index = function() return 2 end}) elseif i == 2000 then sets_metatable(t, nil) end"
                " s = s + (t.x or 1) + (t[1] or 1) end return s", "8000");
  lua_close(L);
}

static void test_yields(void)
{
  lua_State *L = open_with_functions(), *co = lua_newthread(L);
  int i;
  lua_Number sum = 0;
  check_load(co, "local s = 0 local function id(a) return a end for i = 1, 3000 do s = id(s) + i if i % 3 == 0 then s = s + yields(i, s) end end return s");
  for (i = 0; lua_resume(co, i > 0) == LUA_YIELD; i++) {
    if (lua_gettop(co) != 2) { CHECK_TOP(co, 2); break; }
    sum += lua_tonumber(co, 1);
    lua_settop(co, 0);
    lua_pushinteger(co, i % 5);
  }
  CHECK_INT(i, 1000);
  CHECK_NUM(sum, 1501500);
  CHECK_NUM(lua_tonumber(co, -1), 4503500);
  /* many at once, each in the middle of the same loop */
  lua_settop(L, 0);
  check_load(L, "return function(n) local s = 0 for i = 1, 100 do for j = 1, 20 do s = s + n * j end yields(s) end return s end");
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  {
    lua_State *many[50];
    int round;
    luaL_checkstack(L, 60, "");
    for (i = 0; i < 50; i++) {
      many[i] = lua_newthread(L);
      lua_pushvalue(L, 1);
      lua_pushinteger(L, i);
      lua_xmove(L, many[i], 2);
    }
    for (round = 1; round <= 101; round++)
      for (i = 0; i < 50; i++) {
        int status = lua_resume(many[i], round == 1 ? 1 : 0);
        if (!CHECK_INT(status, round <= 100 ? LUA_YIELD : 0)) { lua_close(L); return; }
        CHECK_NUM(lua_tonumber(many[i], -1), (lua_Number)i * 210 * (round <= 100 ? round : 100));
        lua_settop(many[i], 0);
      }
  }
  lua_close(L);
}

/* Loops in functions that are called in unusual ways, many times. */
static void test_places(void)
{
  lua_State *L = open_with_functions();
#define LOOP "local s = 0 for i = 1, 50 do s = s + i end "
  CHECK_EVAL(L, "local t, n = setmetatable({}, {__index = function(t, k) " LOOP "return s + k end}), 0 for i = 1, 200 do n = n + t[i] end return n", "275100");
  CHECK_EVAL(L, "local n = 0 local t = setmetatable({}, {__newindex = function(t, k, v) " LOOP "n = n + s + v end}) for i = 1, 200 do t[i] = i end return n", "275100");
  CHECK_EVAL(L, "local m = {__add = function(a, b) " LOOP "return s + b end, __lt = function(a, b) " LOOP "return s > 5 end, __call = function(self, x) " LOOP
                "return s * x end, __concat = function(a, b) " LOOP "return s end, __eq = function() " LOOP "return s == 1275 end, __unm = function() " LOOP
                "return -s end} local a, b, n = setmetatable({}, m), setmetatable({}, m), 0"
                " for i = 1, 200 do n = n + (a + i) + a(2) + -a + (a .. 'x') if a < b then n = n + 1 end if a == b then n = n + 1 end end return n", "785500");
  CHECK_EVAL(L, "local n = 0 for i = 1, 200 do local ok, s = pcall(function(k) " LOOP "if k % 10 == 0 then error(s) end return s end, i)"
                " n = n + (ok and s or 1) end return n", "229520");
  CHECK_EVAL(L, "gc = 0 for i = 1, 200 do local p = newproxy(true) getmetatable(p).__gc = function() " LOOP "gc = gc + s end end collectgarbage() collectgarbage() return gc", "255000");
  CHECK_EVAL(L, "local n = 0 debug.sethook(function() " LOOP "n = n + s end, 'l')\nlocal x = 0\nfor i = 1, 200 do\nx = x + i\nend\ndebug.sethook() return n", "513825");
  CHECK_EVAL(L, "local n = 0 for w in ('x'):rep(200):gmatch('x') do n = n + #w:gsub('x', function(c) " LOOP "return s end) end return n", "800");
  CHECK_EVAL(L, "local t = {} for i = 1, 200 do t[i] = i * 7919 % 211 end table.sort(t, function(a, b) " LOOP "return a + s < b + s end)"
                " for i = 2, 200 do assert(t[i - 1] < t[i]) end return 'sorted'", "sorted");
  CHECK_EVAL(L, "local n = 0 for i = 1, 200 do n = n + coroutine.wrap(function() " LOOP "coroutine.yield(s) end)() end return n", "255000");
  CHECK_EVAL(L, "local n = 0 for i = 1, 200 do n = n + calls_back(function() " LOOP "return s end) end return n", "255000");
  CHECK_EVAL(L, "local n = 0 for i = 1, 200 do local t = {} load(function() " LOOP "n = n + s return nil end) end return n", "510000");
  lua_close(L);
}

/* == The stack ============================================================== */

/* How deep functions can call themselves is the same below a hot loop, and in it. */
static void test_depth(void)
{
  lua_State *L = open_with_functions();
  if (is_slow()) { lua_close(L); return; }
  RUN(L, "local function id(a) return a end local function two(a, b) return id(a), id(b) end"
         " function work() local s = 0 for j = 1, 3 do s = s + id(j) + two(s, j) end return s end for i = 1, 1000 do work() end"
         " function go(n) if n == 0 then return work() end local r = go(n - 1) return r end"
         " function try(n) local ok, m = pcall(go, n) if not ok then assert(m:find('stack overflow'), m) end return ok and m end");
  /* that many frames are too many; those just below it are the last that the loop has to do with */
  CHECK_EVAL(L, "local few, many = 1, 2e6 while many - few > 1 do local n = math.floor((few + many) / 2) if try(n) then few = n else many = n end end"
                " last = few local want = work() for n = few - 12, few do if try(n) ~= want then return n - few end end"
                " for n = few + 1, few + 4 do if try(n) then return n - few end end return few > 10000", "true");
  /* ... and overflows that are caught in a hot loop, at whatever depth */
  CHECK_EVAL(L, "local s = 0 local function f(n) return f(n + 1) + 1 end for i = 1, 400 do s = s + i if i % 100 == 0 then assert(not pcall(f, 1)) end end return s", "80200");
  /* the stack of C's slots is nearly full, and the loop calls on */
  CHECK_EVAL(L, "local add = function(a, b) local c, d, e = a, b, a return c + d end local s = 0"
                " local function loop() for i = 1, 100 do s = add(s, 1) end end for i = 1, 50 do loop() end"
                " for n = 1, 7900, 50 do assert(select('#', calls_back(loop, unpack({}, 1, n))) == 1) end return s", "20800");
  lua_close(L);
}

/* What is told of an error in a small function that a hot loop calls. */
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
    for (i = 1; (name = lua_getlocal(L, &ar, i)) != NULL; i++) {
      snprintf(line, sizeof line, " %s=%s", name, lua_isnumber(L, -1) ? lua_tostring(L, -1) : luaL_typename(L, -1));
      lua_pop(L, 1);
      luaL_addstring(&b, line);
    }
    luaL_addstring(&b, "; ");
  }
  luaL_pushresult(&b);
  return 1;
}

static void test_looks(void)
{
  lua_State *L = check_open();
  lua_register(L, "look", look);
  check_load(L,
    "local function inner(a, b)\n local c = a * 2\n if a == 995 then\n local d = b + 1\n c = c .. look()\n return c\n end\n return c\nend\n"
    "local function middle(p, q, r)\n local s = inner(p, 7)\n return s\nend\n"
    "local function outer(n)\n for i = 1, n do\n local m = middle(i, 'q')\n if i == 995 then\n return m\n end\n end\nend\n"
    "for i = 1, 3 do outer(900) end return (outer(1000))");
  CHECK_INT(lua_pcall(L, 0, 1, 0), 0);
  CHECK_STR(lua_tostring(L, -1),
    "1990inner:Lua:5:1 a=995 b=7 c=1990 d=8 (*temporary)=1990; middle:Lua:11:10 p=995 q=string r=nil; "
    "outer:Lua:16:14 n=1000 (for index)=995 (for limit)=1000 (for step)=1 i=995; ?:main:22:0 inner=function middle=function outer=function; ");
  lua_settop(L, 0);
  lua_pushcfunction(L, look);
  check_load(L,
    "local function inner(a, b)\n local c = a * 2\n if a == 995 then\n local d = b + 1\n c = d + nil\n return c\n end\n return c\nend\n"
    "local function middle(p, q, r)\n local s = inner(p, 7)\n return s\nend\n"
    "local function outer(n)\n for i = 1, n do\n local m = middle(i, 'q')\n end\nend\n"
    "for i = 1, 3 do outer(900) end outer(1000)");
  CHECK_INT(lua_pcall(L, 0, 1, 1), LUA_ERRRUN);
  CHECK_STR(lua_tostring(L, -1),
    "inner:Lua:5:1 a=995 b=7 c=1990 d=8 (*temporary)=string; middle:Lua:11:10 p=995 q=string r=nil; "
    "outer:Lua:16:14 n=1000 (for index)=995 (for limit)=1000 (for step)=1 i=995; ?:main:19:0 inner=function middle=function outer=function; ");
  lua_close(L);
}

int main(void)
{
  test_signals();
  test_toggled();
  test_hooks_within();
  test_hook_of_another();
  test_hook_that_changes();
  if (is_ours()) {
    test_limits();
    test_limits_from_within();
    test_fuel_is_the_same();
    test_readonly();
  }
  test_c_functions();
  test_yields();
  test_places();
  test_depth();
  test_looks();
  return check_end("hotloops");
}
