/*
** allocator.c - custom allocators: true old sizes, everything given back at
** close, a limit that ends in LUA_ERRMEM with the State still usable, and
** failure of the k-th allocation for every k.
**
** How many allocations there are, and how large, is the library's affair.
*/
#include "check.h"

typedef struct Account {
  long blocks;             /* alive */
  long long bytes;
  long long peak;
  long calls;              /* requests for more memory */
  long fail_at;            /* the request that fails, and all after it; 0: none */
  int only_once;           /* ... or that one alone */
  long long limit;         /* bytes; 0: none */
  int failures;            /* refused so far */
  int wrong;               /* an old size or a pointer that is not ours */
} Account;

/* Every block is preceded by its size and a mark. */
typedef struct Head { size_t size, mark; } Head;
#define MARK ((size_t)0x5afe5afe)

static void *counting(void *ud, void *p, size_t old, size_t size)
{
  Account *a = ud;
  Head *h = p ? (Head *)p - 1 : NULL;
  if (h != NULL) {
    if (h->mark != MARK || h->size != old) a->wrong++;
  } else if (old != 0) a->wrong++;
  if (size == 0) {
    if (h != NULL) { a->blocks--; a->bytes -= (long long)h->size; h->mark = 0; free(h); }
    return NULL;
  }
  if (size > old) {
    a->calls++;
    if (a->fail_at && (a->only_once ? a->calls == a->fail_at : a->calls >= a->fail_at)) { a->failures++; return NULL; }
    if (a->limit && a->bytes + (long long)(size - old) > a->limit) { a->failures++; return NULL; }
  }
  {
    Head *n = malloc(sizeof(Head) + size);        /* always moves: stale pointers show */
    if (n == NULL) return NULL;
    if (h != NULL) {
      memcpy(n + 1, h + 1, h->size < size ? h->size : size);
      memset(h, 0xdb, sizeof(Head) + h->size);
      free(h);
    } else a->blocks++;
    n->size = size; n->mark = MARK;
    a->bytes += (long long)size - (long long)old;
    if (a->bytes > a->peak) a->peak = a->bytes;
    return n + 1;
  }
}

static void check_balance(const Account *a, int line)
{
  check_int(a->blocks, 0, __FILE__, line, "blocks alive after close");
  check_int(a->bytes, 0, __FILE__, line, "bytes alive after close");
  check_int(a->wrong, 0, __FILE__, line, "wrong old sizes");
}
#define BALANCED(a) check_balance(&(a), __LINE__)

static int a_c_function(lua_State *L) { (void)L; return 0; }

/* A bit of everything that allocates. */
static const char workload[] =
  "local t = {} for i = 1, 200 do t[i] = { i, name = 'n' .. i } end "
  "for i = 1, 200, 2 do t[i] = nil end "
  "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end "
  "local s = {} for i = 1, 20 do s[#s + 1] = fib(i % 10) .. ',' end "
  "local text = table.concat(s) "
  "local out = text:gsub('%d+', function(d) return '<' .. d .. '>' end) "
  "local co = coroutine.wrap(function(...) for i = 1, select('#', ...) do coroutine.yield((select(i, ...))) end end) "
  "local sum = 0 for i = 1, 3 do sum = sum + co(1, 2, 3) end "
  "local f = assert(loadstring('local a = ... return function() a = a + 1 return a end')) "
  "local g = f(5) g() "
  "table.sort(s) "
  "return sum + g() + #out";

static const char sorted_workload[] =
  "local t = {} for i = 1, 100 do t[i] = (i * 37) % 101 .. 'k' end table.sort(t) "
  "local r = {} for k, v in pairs(t) do r[v] = k end "
  "local x = string.format('%s %5.2f %q', 'a', 1.5, 'b\\n') .. string.rep('ab', 500) "
  "local d = string.dump(function(a) return a end) "
  "setmetatable(r, { __mode = 'k', __index = function(_, k) return k end }) "
  "local big = {} for i = 1, 2000 do big[i] = i end "
  "local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end "
  "return #x + #d * 0 + #big + deep(300) + #r.none";

static void test_balance(void)
{
  Account a;
  lua_State *L;
  int i;
  void *ud;
  memset(&a, 0, sizeof a);
  L = lua_newstate(counting, &a);
  CHECK(L != NULL);
  if (L == NULL) return;
  CHECK(a.blocks > 0 && a.bytes > 0);
  CHECK(lua_getallocf(L, &ud) == counting);
  CHECK_PTR(ud, &a);
  CHECK(lua_getallocf(L, NULL) == counting);
  luaL_openlibs(L);
  CHECK(lua_checkstack(L, 60));
  for (i = 0; i < 20; i++) {
    CHECK_EVAL(L, sorted_workload, "3317");
    lua_newuserdata(L, (size_t)i * 1000);
    lua_newthread(L);
    lua_pushcfunction(L, a_c_function);
    luaL_ref(L, LUA_REGISTRYINDEX);
  }
  CHECK_INT(a.wrong, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  /* what lua_gc counts comes from here */
  CHECK(a.bytes >= (long long)lua_gc(L, LUA_GCCOUNT, 0) * 1024);
  lua_close(L);
  BALANCED(a);
}

/* The collector gives memory back long before the end. */
static void test_no_growth(void)
{
  Account a;
  lua_State *L;
  long long after_first;
  int i;
  memset(&a, 0, sizeof a);
  L = lua_newstate(counting, &a);
  if (!CHECK(L != NULL)) return;
  luaL_openlibs(L);
  RUN(L, "for i = 1, 20000 do local t = { i, tostring(i), function() return i end } end");
  lua_gc(L, LUA_GCCOLLECT, 0);
  after_first = a.bytes;
  for (i = 0; i < 10; i++)
    RUN(L, "for i = 1, 20000 do local t = { i, tostring(i), function() return i end } end");
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK(a.bytes < after_first * 2 + 100000);
  CHECK(a.peak < 20000000);
  lua_close(L);
  BALANCED(a);
}

static void test_newstate_fails(void)
{
  long k, made = 0;
  int bad = 0;
  for (k = 1; k < 100000; k++) {
    Account a;
    lua_State *L;
    memset(&a, 0, sizeof a);
    a.fail_at = k;
    L = lua_newstate(counting, &a);
    if (L != NULL) {
      made = k;
      a.fail_at = 0;
      lua_close(L);
    }
    if (a.blocks != 0 || a.bytes != 0 || a.wrong != 0) bad++;
    if (L != NULL) break;
  }
  CHECK(made > 1);                       /* the first request at least must have failed */
  CHECK_INT(bad, 0);
}

/* Not the io library: where its opening fails half way, PUC-Rio's finaliser of
   the standard files closes them, and this program's output is gone. */
static int open_and_run(lua_State *L)
{
  static const struct { lua_CFunction open; const char *name; } libs[] = {
    { luaopen_base, "" }, { luaopen_table, LUA_TABLIBNAME }, { luaopen_string, LUA_STRLIBNAME },
    { luaopen_math, LUA_MATHLIBNAME }, { luaopen_debug, LUA_DBLIBNAME },
  };
  size_t i;
  for (i = 0; i < sizeof libs / sizeof libs[0]; i++) {
    lua_pushcfunction(L, libs[i].open);
    lua_pushstring(L, libs[i].name);
    lua_call(L, 1, 0);
  }
  if (luaL_loadstring(L, (const char *)lua_touserdata(L, 1)) != 0) lua_error(L);
  lua_call(L, 0, 1);
  return 0;
}

static int open_base(lua_State *L)
{
  lua_pushcfunction(L, luaopen_base);
  lua_pushliteral(L, "");
  lua_call(L, 1, 0);
  return 0;
}

/* Each k: the State is made, then the k-th request after that fails. */
static void test_every_failure(const char *code, int only_once)
{
  long k, step = getenv("CHECK_VALGRIND") ? 199 : 1;
  int bad = 0, failed = 0, finished = 0, unusable = 0;
  for (k = 1; k < 200000 && !finished; k += step) {
    Account a;
    lua_State *L;
    int status;
    memset(&a, 0, sizeof a);
    L = lua_newstate(counting, &a);
    if (L == NULL) { bad++; break; }
    a.fail_at = a.calls + k;
    a.only_once = only_once;
    status = lua_cpcall(L, open_and_run, (void *)code);
    if (a.failures == 0) {
      finished = 1;
      if (status != 0 && bad++ < 3) printf("    k=%ld: status %d: %s\n", k, status, lua_tostring(L, -1));
    } else {
      failed++;
      /* LUA_ERRRUN: open_and_run passes on the message of a failed load, and
         where only one request fails a script may go on to fail otherwise */
      if (status == LUA_ERRRUN && !only_once && strcmp(lua_tostring(L, -1), "not enough memory") == 0) status = 0;
      if (status != LUA_ERRMEM && status != 0 && !(only_once && status == LUA_ERRRUN)) {
        if (bad++ < 3) printf("    k=%ld: status %d: %s\n", k, status, lua_tostring(L, -1));
      }
      if (status == LUA_ERRMEM && strcmp(lua_tostring(L, -1), "not enough memory") != 0) bad++;
    }
    a.fail_at = 0;
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT, 0);
    if (lua_cpcall(L, open_base, NULL) != 0) unusable++;      /* works again with memory */
    if (luaL_dostring(L, "local t = {} for i = 1, 50 do t[i] = 'x' .. i end return #t") != 0
        || lua_tointeger(L, -1) != 50) {
      if (unusable++ < 3) printf("    k=%ld: afterwards: %s\n", k, lua_tostring(L, -1));
    }
    lua_close(L);
    if (a.blocks != 0 || a.bytes != 0 || a.wrong != 0) {
      if (bad++ < 3) printf("    k=%ld: %ld blocks, %lld bytes left, %d wrong sizes\n", k, a.blocks, a.bytes, a.wrong);
    }
  }
  CHECK_INT(bad, 0);
  CHECK_INT(unusable, 0);
  CHECK_INT(finished, 1);
  CHECK(failed > 0);
}

static void test_limit(void)
{
  Account a;
  lua_State *L;
  int i;
  memset(&a, 0, sizeof a);
  L = lua_newstate(counting, &a);
  if (!CHECK(L != NULL)) return;
  luaL_openlibs(L);
  for (i = 0; i < (getenv("CHECK_VALGRIND") ? 8 : 20); i++) {
    static const char *const hogs[] = {
      "local t = {} while true do t[#t + 1] = {} end",
      "local s = 'x' while true do s = s .. s end",
      "local t = {} local i = 0 while true do i = i + 1 t['key' .. i] = i end",
      "local t = {} while true do t = { t, function() return t end } end",
      "local function f(...) return f(1, ...) end f()",
      "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
      "return ('x'):rep(100000000)",
      "local t = {} for i = 1, 1e8 do t[i] = i end",
    };
    int status;
    lua_gc(L, LUA_GCCOLLECT, 0);
    a.limit = a.bytes + (getenv("CHECK_VALGRIND") ? 400000 : 3000000);
    status = luaL_loadstring(L, hogs[i % 8]);
    if (status == 0) status = lua_pcall(L, 0, 0, 0);
    if (i % 8 == 4) {   /* arguments without end: memory or the stack's limit, whichever is first */
      CHECK(status == LUA_ERRMEM || status == LUA_ERRRUN);
    } else {
      check_int(status, LUA_ERRMEM, __FILE__, __LINE__, hogs[i % 8]);
      check_str(lua_tostring(L, -1), "not enough memory", __FILE__, __LINE__, hogs[i % 8]);
    }
    lua_settop(L, 0);
    a.limit = 0;
    lua_gc(L, LUA_GCCOLLECT, 0);
    CHECK_EVAL(L, "local t = {} for i = 1, 1000 do t[i] = {i} end return #t", "1000");
  }
  CHECK(a.failures > 0);
  lua_close(L);
  BALANCED(a);
}

/* API functions one at a time under a limit of nothing at all. */
static int api_newtable(lua_State *L) { lua_createtable(L, 10000, 10000); return 0; }
static int api_string(lua_State *L)
{ static char big[100000]; memset(big, 'b', sizeof big); lua_pushlstring(L, big, sizeof big); return 0; }
static int api_userdata(lua_State *L) { lua_newuserdata(L, 1000000); return 0; }
static int api_threads(lua_State *L) { for (;;) { lua_newthread(L); luaL_ref(L, LUA_REGISTRYINDEX); } return 0; }
static int api_closures(lua_State *L)
{ for (;;) { lua_pushinteger(L, 1); lua_pushcclosure(L, a_c_function, 1); luaL_ref(L, LUA_REGISTRYINDEX); } return 0; }
static int api_rawseti(lua_State *L)
{ int i; lua_newtable(L); for (i = 1; ; i++) { lua_pushinteger(L, i); lua_rawseti(L, -2, i); } return 0; }
static int api_concat(lua_State *L)
{ lua_pushliteral(L, "seed"); for (;;) { lua_pushvalue(L, -1); lua_concat(L, 2); } return 0; }
static int api_fstring(lua_State *L)
{ int i; for (i = 0; ; i++) { lua_pushfstring(L, "number %d", i); luaL_ref(L, LUA_REGISTRYINDEX); } return 0; }
static int api_stack(lua_State *L)
{ lua_checkstack(L, 7000); return 0; }
static int api_buffer(lua_State *L)
{ luaL_Buffer b; luaL_buffinit(L, &b); for (;;) luaL_addlstring(&b, "0123456789", 10); return 0; }

static void test_api(void)
{
  static const struct { lua_CFunction f; const char *name; } ops[] = {
    { api_newtable, "lua_createtable" }, { api_string, "lua_pushlstring" }, { api_userdata, "lua_newuserdata" },
    { api_threads, "lua_newthread" }, { api_closures, "lua_pushcclosure" }, { api_rawseti, "lua_rawseti" },
    { api_concat, "lua_concat" }, { api_fstring, "lua_pushfstring" }, { api_stack, "lua_checkstack" },
    { api_buffer, "luaL_addlstring" },
  };
  size_t i;
  for (i = 0; i < sizeof ops / sizeof ops[0]; i++) {
    Account a;
    lua_State *L;
    int status;
    memset(&a, 0, sizeof a);
    L = lua_newstate(counting, &a);
    if (!CHECK(L != NULL)) return;
    luaL_openlibs(L);
    lua_pushliteral(L, "kept");
    lua_pushcfunction(L, ops[i].f);
    a.limit = a.bytes + 20000;
    status = lua_pcall(L, 0, 0, 0);
    a.limit = 0;
    check_int(status, LUA_ERRMEM, __FILE__, __LINE__, ops[i].name);
    CHECK_TOP(L, 2);
    CHECK_STR(lua_tostring(L, 1), "kept");
    CHECK_STR(lua_tostring(L, 2), "not enough memory");
    lua_settop(L, 0);
    CHECK_EVAL(L, "return #table.concat({'a', 'b'})", "2");
    lua_close(L);
    BALANCED(a);
  }
}

/* The allocator and its data may be exchanged while the State lives. */
static void test_setallocf(void)
{
  Account a, b;
  lua_State *L;
  void *ud;
  memset(&a, 0, sizeof a);
  L = lua_newstate(counting, &a);
  if (!CHECK(L != NULL)) return;
  luaL_openlibs(L);
  b = a;
  lua_setallocf(L, counting, &b);
  CHECK(lua_getallocf(L, &ud) == counting);
  CHECK_PTR(ud, &b);
  CHECK_EVAL(L, sorted_workload, "3317");
  lua_close(L);
  BALANCED(b);
}

/* Modules call the allocator of a State themselves. */
static void test_use_directly(void)
{
  lua_State *L = luaL_newstate();
  void *ud, *p, *q;
  lua_Alloc f = lua_getallocf(L, &ud);
  p = f(ud, NULL, 0, 100);
  CHECK(p != NULL);
  memset(p, 7, 100);
  q = f(ud, p, 100, 50000);
  CHECK(q != NULL && ((char *)q)[99] == 7);
  q = f(ud, q, 50000, 10);
  CHECK(q != NULL && ((char *)q)[9] == 7);
  CHECK(f(ud, q, 10, 0) == NULL);
  CHECK(f(ud, NULL, 0, 0) == NULL);
  lua_close(L);
}

int main(void)
{
  test_balance();
  test_no_growth();
  test_newstate_fails();
  test_every_failure(workload, 0);
  test_every_failure(sorted_workload, 0);
  test_every_failure(sorted_workload, 1);
  test_limit();
  test_api();
  test_setallocf();
  test_use_directly();
  return check_end("allocator");
}
