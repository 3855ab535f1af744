/*
** attacks.c - scripts that want out, want more, or want to stay: run in sandboxes with fuel, a deadline and a cap on
** memory at once, as docs/security.md tells a host to, on a thread with a small machine stack.
**
** Ours alone: with the reference's library nothing is checked.
**
** Each script may fail as it likes, but not leave its limits, keep going after them, see what is not its own, or
** harm the next script in the same state.  A script says what it has found by `won = true`.
*/
#define _GNU_SOURCE
#include <pthread.h>
#include <time.h>

#include "check.h"
#include "find.h"

#define UNLIMITED ((size_t)-1)
#define CAP ((size_t)16 << 20)

static struct {
  void (*opensandbox)(lua_State *);
  void (*setfuel)(lua_State *, size_t);
  void (*setdeadline)(lua_State *, size_t);
  void (*setmemorylimit)(lua_State *, size_t);
  int (*setreadonly)(lua_State *, int, int);
  int (*limit)(lua_State *);
} x;

static const char *const ATTACKS[] = {
  /* to stay: what catches, retries and hides */
  "local function again() while true do pcall(again) end end while true do pcall(again) won = spent() end",
  "while true do xpcall(function() while true do end end, function() while true do end end) won = spent() end",
  "local co = coroutine.wrap(function() while true do pcall(coroutine.yield) end end) while true do pcall(co) end",
  "local t = setmetatable({}, {__index = function(t, k) return pcall(function() return t[k] end) and t[k] end}) return t.x",
  "setmetatable(_G, {__index = function(_, k) while true do end end, __newindex = function() while true do end end}) pcall(unknown) won2 = 1",
  "local function f(...) return pcall(f, ...) end while true do f() end",
  "local function f() return coroutine.wrap(f)() end while true do pcall(f) end",
  "error(setmetatable({}, {__tostring = function() while true do end end}))",
  "error(setmetatable({}, {__index = function() while true do end end}))",
  "while true do select('#', string.gsub(('x'):rep(1e4), '.', function() return pcall(error) and 1 or 'y' end)) end",
  "local t = {} for i = 1, 1e5 do t[i] = i % 3 end while true do pcall(table.sort, t, function(a, b) return a <= b end) end",
  "local t = {} for i = 1, 1000 do t[i] = i end while true do pcall(table.sort, t, function() table.insert(t, 1) return true end) end",
  "local t = {} for i = 1, 1000 do t[i] = i end while true do pcall(table.sort, t, function() t[#t] = nil return t[1] < 0 end) end",
  "local t = {} for i = 1, 1e3 do t[i] = {} end while true do pcall(table.sort, t, function(a, b) collectgarbage() return tostring(a) < tostring(b) end) end",
  "while true do load(function() return pcall(error) and '' or 'x=1 ' end) end",
  "local f f = function() return load(f) or '(' end while true do pcall(load, f) end",
  "while true do loadstring(('('):rep(1e5)) loadstring(('{'):rep(1e5)) loadstring(('a.'):rep(1e5)) end",
  "while true do collectgarbage('collect') end",
  "for k in pairs(setmetatable({}, {__mode = 'k'})) do end while true do local t = setmetatable({}, {__mode = 'kv'}) for i = 1, 100 do t[{}] = {} end end",
  /* to hold more than the cap */
  "local s = 'x' while true do local ok, r = pcall(string.rep, s, 2) if ok then s = r end won = #s > 2^24 end",
  "while true do local ok, s = pcall(string.rep, 'abcdefgh', 2^31) won = won or ok end",
  "for _, n in ipairs {2^24, 2^31, 2^32, 2^33, 2^52, 2^53, 2^63, 2^64, 1e300, 1/0} do local ok, s = pcall(string.rep, 'xyz', n) won = won or ok and #s > 2^24 end",
  "local s = ('x'):rep(2^20) while true do pcall(function() return s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s .. s end) end",
  "local s = ('x'):rep(2^20) while true do won = pcall(string.format, ('%s'):rep(20), s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s) end",
  "local s = ('\\0'):rep(2^20) while true do won = pcall(string.format, '%q%q%q%q', s, s, s, s, s) end",
  "local s = ('x'):rep(2^15) while true do won = pcall(string.gsub, s, 'x', s) end",
  "local s = ('%0'):rep(2^12) while true do won = pcall(string.gsub, ('x'):rep(2^12), '.*', s) end",
  "local s = ('x'):rep(2^16) local t = {} for i = 1, 2^10 do t[i] = s end while true do won = pcall(table.concat, t) end",
  "while true do won = pcall(table.concat, {}, 'x', 1, 2^31 - 1) end",
  "while true do won = pcall(table.concat, {'a', 'b', 'c'}, ('x'):rep(2^23)) end",
  "local t = {} while true do pcall(function() for i = 1, 1e9 do t[i] = {} end end) end",
  "local t = {} while true do pcall(function() for i = 1, 1e9 do t[#t + 1] = ('x'):rep(100) .. i end end) end",
  "local t = {} while true do pcall(function() for i = 1, 1e9 do t[i] = coroutine.wrap(function() coroutine.yield(t) end) t[i]() end end) end",
  "local t = {} while true do pcall(function() for i = 1, 1e9 do t[i] = loadstring('local a, b, c = 1, \"x\" .. ' .. i .. ' return function() return a, b, c end') end end) end",
  "local t = setmetatable({}, {__mode = 'k'}) while true do pcall(function() local k = {} for i = 1, 1e9 do local n = {} t[k] = n k = n end end) end",
  "local t = setmetatable({}, {__mode = 'v'}) while true do for i = 1, 1e6 do t[i] = {i} end end",
  "local function f(...) return f(1, ...) end while true do pcall(f) end",
  "local function f(a) return 1 + f({a}) end while true do pcall(f) end",
  "while true do won = won or pcall(unpack, {}, 1, 1e7) or pcall(unpack, {}, -2^31, 2^31 - 1) end",
  "while true do won = pcall(string.char, unpack({}, 1, 1e6)) or pcall(string.byte, ('x'):rep(2^20), 1, -1) end",
  /* to take the processor without spending fuel */
  "local s = ('a'):rep(50) while true do s:find(('a?'):rep(50) .. s) end",
  "local s = ('a'):rep(2^16) while true do s:find('.-.-.-.-b') s:match('(.*)(.*)(.*)%1%2%3b') s:gsub('%f[b]', '') end",
  "local s = ('('):rep(2^16) while true do s:find('%b()') s:find('(%b())*') end",
  "while true do ('x'):rep(2^20):find(('x'):rep(2^19) .. 'y', 1, true) end",
  "local p = ('%a*'):rep(100) while true do pcall(string.find, ('a'):rep(1e4), p .. '%d') end",
  "local a, b = ('x'):rep(2^20), ('x'):rep(2^20) while a == b do end",
  "local a, b = ('x'):rep(2^20) .. 'a', ('x'):rep(2^20) .. 'b' while a < b do end",
  "local t = {} for i = 1, 1e5 do t[i * 2^33] = i end while true do for k in pairs(t) do t[k] = 0 end end",
  "local t = {} for i = 1, 2000 do t[(('x'):rep(100) .. i):rep(2)] = i end while true do for k, v in pairs(t) do t[k] = v end end",
  "local t = {} for i = 0, 30 do t[2^i] = i end while true do won = #t > 2^31 table.insert(t, 1, 1) table.remove(t, 1) table.maxn(t) end",
  "while true do for _, n in ipairs {-2^31, 2^31 - 1, -2^53, 2^53, 1/0, -1/0, 0/0} do pcall(table.insert, {}, n, 1) pcall(table.remove, {}, n)"
    " pcall(table.concat, {}, '', n, n) pcall(unpack, {}, n, n) pcall(string.sub, 'x', n, n) pcall(string.byte, 'x', n, n) pcall(select, n) pcall(math.random, n) end end",
  "while true do os.date(('%c'):rep(1e4)) end",
  "while true do os.date('*t', 2^53) os.time {year = 2^31, month = -2^31, day = 2^31} end",
  "while true do tonumber((' '):rep(1e6) .. '1') tonumber(('1'):rep(1e6)) tonumber(('z'):rep(1e6), 36) end",
  "while true do tostring(1e308) string.format('%99.99f', 1e308) end",
  /* to see or change what is not the script's */
  "won = package or io or debug or require or module or dofile or loadfile or getfenv or setfenv or newproxy or print or string.dump or os.exit or os.getenv or os.execute or os.remove or os.tmpname or os.setlocale or os.rename",
  "won = getmetatable('') ~= nil and getmetatable('') ~= false and type(getmetatable('')) == 'table'",
  "won = pcall(function() getmetatable('').__index = {} end) or pcall(setmetatable, '', {})",
  "won = pcall(function() string.rep = nil end) or pcall(function() string.x = 1 end) or pcall(rawset, math, 'pi', 3) or pcall(table.insert, coroutine, 1)",
  "won = pcall(setmetatable, string, {}) or pcall(setmetatable, os, {__index = {}}) or pcall(table.sort, table) and false",
  "for k in pairs(string) do won = won or pcall(rawset, string, k, nil) end for k, v in next, math do won = won or pcall(function() math[k] = v end) end",
  "won = loadstring(('\\27Lua'):rep(1)) or loadstring('\\27LuaQ\\0\\1\\4\\8\\4\\8\\0') or load(function() return '\\27' end)",
  "local all, t = {}, {} for i = 1, 100 do all[i] = {} t[i] = tonumber(tostring(all[i]):match('0x(%x+)'), 16) end"
    " local near = 0 for i = 2, 100 do if math.abs(t[i] - t[i - 1]) < 4096 then near = near + 1 end end won = near > 5",
  "won = pcall(string.format, '%p', {}) or tostring(print or next):find('builtin: 0*$') ~= nil",
  "collectgarbage('stop') won = not pcall(collectgarbage, 'count')",
  "won = pcall(collectgarbage, 'stop') or pcall(collectgarbage, 'setpause', 0) or pcall(collectgarbage, 'step', 1e9)",
  "for _, f in pairs(coroutine) do pcall(f, coroutine.create(coroutine.yield)) end won = coroutine.running() ~= nil and coroutine.resume(coroutine.running())",
  "won = shared.x == 2 or pcall(function() shared.x = 2 end) or pcall(rawset, shared, 'x', 2) or pcall(table.insert, shared, 2) or pcall(table.remove, shared)"
    " or pcall(table.sort, shared, function() return true end) or pcall(setmetatable, shared, nil)",
  "for k, v in next, shared do won = won or pcall(function() shared[k] = nil end) end local c = setmetatable({}, {__newindex = shared}) won = won or pcall(function() c.x = 3 end)",
  "won = pcall(string.gsub, 'x', 'x', shared) and shared.x ~= 1",
};

static int count_attacks(void) { return (int)(sizeof ATTACKS / sizeof *ATTACKS); }

static double seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Whether the script runs after its time: only for scripts that ask, none may ever hear yes. */
static double allowed;
static int spent(lua_State *L)
{
  lua_pushboolean(L, seconds() > allowed);
  return 1;
}

typedef struct Account { size_t held, most; } Account;

static void *counting(void *ud, void *p, size_t old, size_t size)
{
  Account *account = ud;
  void *q;
  if (size == 0) { account->held -= old; free(p); return NULL; }
  q = realloc(p, size);
  if (q == NULL) return NULL;
  account->held += size - (p ? old : 0);
  if (account->held > account->most) account->most = account->held;
  return q;
}

static lua_State *open_sandbox(Account *account)
{
  lua_State *L;
  memset(account, 0, sizeof *account);
  L = lua_newstate(counting, account);
  if (L == NULL) { printf("no state\n"); exit(2); }
  x.opensandbox(L);
  lua_pushcfunction(L, spent);
  lua_setglobal(L, "spent");
  RUN(L, "shared = setmetatable({1, 2, 3, x = 1}, {__index = {}, __metatable = false})");
  lua_getglobal(L, "shared");
  x.setreadonly(L, -1, 1);
  lua_pop(L, 1);
  x.setmemorylimit(L, CAP);
  return L;
}

static void without_limits(lua_State *L)
{
  x.setfuel(L, UNLIMITED);
  x.setdeadline(L, UNLIMITED);
}

/* The state works, within its cap. */
static void check_whole(lua_State *L)
{
  without_limits(L);
  CHECK_TOP(L, 0);
  lua_newtable(L);                       /* the script's globals are the script's */
  lua_replace(L, LUA_GLOBALSINDEX);
  x.setmemorylimit(L, UNLIMITED);        /* its values may live on in the registry's stead: in coroutines */
  x.opensandbox(L);
  RUN(L, "collectgarbage() local t = {} for i = 1, 1000 do t[i] = {i, 'k' .. i} end"
         " table.sort(t, function(a, b) return a[2] < b[2] end) assert(t[1][2] == 'k1' and t[1000][2] == 'k999')"
         " assert(('a,b'):gsub(',', ';') == 'a;b' and not pcall(error) and coroutine.wrap(function() return 7 end)() == 7)");
  x.setmemorylimit(L, CAP);
}

static void attack(const char *code, int fuel_only)
{
  Account account;
  lua_State *L = open_sandbox(&account);
  double begin, patience = getenv("CHECK_VALGRIND") ? 60 : 5;
  int round;
  for (round = 0; round < 2; round++) {  /* again in the state that it has used */
    int status;
    if (fuel_only) x.setfuel(L, 100000);
    else x.setdeadline(L, 10 * 1000 * 1000);
    begin = seconds();
    allowed = begin + patience;
    status = luaL_loadbuffer(L, code, strlen(code), "=attack");
    if (status == 0) status = lua_pcall(L, 0, 0, 0);
    if (!CHECK(seconds() - begin < patience)) printf("    took %.2f s: %s\n", seconds() - begin, code);
    if (!CHECK(account.most <= CAP)) printf("    held %lu bytes: %s\n", (unsigned long)account.most, code);
    lua_settop(L, 0);
    lua_pushliteral(L, "won");
    lua_rawget(L, LUA_GLOBALSINDEX);
    if (!CHECK(!lua_toboolean(L, -1))) printf("    won: %s\n", code);
    lua_settop(L, 0);
    lua_pushliteral(L, "shared");
    lua_rawget(L, LUA_GLOBALSINDEX);
    lua_rawgeti(L, -1, 2);
    CHECK_NUM(lua_tonumber(L, -1), 2);
    lua_settop(L, 0);
  }
  check_whole(L);
  x.setfuel(L, 10000);
  lua_close(L);
  CHECK_INT(account.held, 0);
}

static void *attacks(void *unused)
{
  int i, stride = getenv("CHECK_VALGRIND") ? 5 : 1;
  (void)unused;
  for (i = 0; i < count_attacks(); i += stride) {
    attack(ATTACKS[i], 1);
    attack(ATTACKS[i], 0);
  }
  return NULL;
}

int main(void)
{
  int found = find(&x.opensandbox, "ferrous_opensandbox") + find(&x.setfuel, "ferrous_setfuel")
            + find(&x.setdeadline, "ferrous_setdeadline") + find(&x.setmemorylimit, "ferrous_setmemorylimit")
            + find(&x.setreadonly, "ferrous_setreadonly") + find(&x.limit, "ferrous_limit");
  pthread_t thread;
  pthread_attr_t attr;
  if (found == 0) { printf("attacks: 0 passed, 0 failed\n"); return 0; }
  CHECK_INT(found, 6);
  pthread_attr_init(&attr);
  pthread_attr_setstacksize(&attr, 128 * 1024);
  CHECK_INT(pthread_create(&thread, &attr, attacks, NULL), 0);
  CHECK_INT(pthread_join(thread, NULL), 0);
  pthread_attr_destroy(&attr);
  return check_end("attacks");
}
