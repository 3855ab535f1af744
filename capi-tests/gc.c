/*
** gc.c - lua_gc with every option, weak tables, resurrection, and what must
** stay alive.  Exact byte counts are a library's own affair; only their
** direction is asserted.
*/
#include "check.h"

static void test_options(lua_State *L)
{
  int before, after, low;
  CHECK_INT(lua_gc(L, LUA_GCSETPAUSE, 150), 200);       /* the previous value comes back */
  CHECK_INT(lua_gc(L, LUA_GCSETPAUSE, 200), 150);
  CHECK_INT(lua_gc(L, LUA_GCSETSTEPMUL, 300), 200);
  CHECK_INT(lua_gc(L, LUA_GCSETSTEPMUL, 200), 300);
  CHECK_INT(lua_gc(L, -1, 0), -1);
  CHECK_INT(lua_gc(L, 8, 0), -1);
  CHECK_INT(lua_gc(L, LUA_GCCOLLECT, 0), 0);
  before = lua_gc(L, LUA_GCCOUNT, 0);
  CHECK(before > 0);
  low = lua_gc(L, LUA_GCCOUNTB, 0);
  CHECK(low >= 0 && low < 1024);
  lua_newuserdata(L, 1000000);
  after = lua_gc(L, LUA_GCCOUNT, 0);
  CHECK(after - before >= 970);
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK(lua_gc(L, LUA_GCCOUNT, 0) < after - 900);
  CHECK_INT(lua_gc(L, LUA_GCSTOP, 0), 0);
  CHECK_INT(lua_gc(L, LUA_GCRESTART, 0), 0);
}

static int dead;
static int count_dead(lua_State *L) { (void)L; dead++; return 0; }

static void new_counted(lua_State *L)
{
  lua_newuserdata(L, 100);
  if (luaL_newmetatable(L, "counted")) {
    lua_pushcfunction(L, count_dead);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
}

static void test_stop(lua_State *L)
{
  int i;
  lua_gc(L, LUA_GCCOLLECT, 0);
  dead = 0;
  lua_gc(L, LUA_GCSTOP, 0);
  for (i = 0; i < 20000; i++) { new_counted(L); lua_pop(L, 1); }
  CHECK_INT(dead, 0);
  lua_gc(L, LUA_GCRESTART, 0);
  for (i = 0; i < 20000; i++) { new_counted(L); lua_pop(L, 1); }
  CHECK(dead > 0);                                     /* it runs by itself again */
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(dead, 40000);
  /* a collection on demand works while stopped */
  lua_gc(L, LUA_GCSTOP, 0);
  new_counted(L); lua_pop(L, 1);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(dead, 40001);
  lua_gc(L, LUA_GCRESTART, 0);
}

static void test_step(lua_State *L)
{
  int i, finished = 0;
  lua_gc(L, LUA_GCCOLLECT, 0);
  dead = 0;
  lua_gc(L, LUA_GCSTOP, 0);
  for (i = 0; i < 1000; i++) { new_counted(L); lua_pop(L, 1); }
  for (i = 0; i < 100000 && !finished; i++) finished = lua_gc(L, LUA_GCSTEP, 1);
  CHECK_INT(finished, 1);                              /* one step ends the cycle */
  CHECK(i >= 1);
  for (finished = 0, i = 0; i < 100000 && finished < 3; i++) finished += lua_gc(L, LUA_GCSTEP, 1);
  CHECK_INT(finished, 3);
  CHECK_INT(dead, 1000);
  CHECK_INT(lua_gc(L, LUA_GCSTEP, 1000000), 1);        /* a big one ends it at once */
  lua_gc(L, LUA_GCRESTART, 0);
  CHECK_EVAL(L, "return collectgarbage('step', 1000000)", "true");
  CHECK_EVAL(L, "return collectgarbage('count') > 1", "true");
  CHECK_EVAL(L, "return collectgarbage()", "0");
  CHECK_EVAL(L, "return collectgarbage('setpause', 200)", "200");
  CHECK_EVAL(L, "collectgarbage('no such')", "test:1: bad argument #1 to 'collectgarbage' (invalid option 'no such')");
  CHECK_EVAL(L, "return gcinfo() > 1", "true");
}

static int length_of(lua_State *L, const char *name)
{
  int n = 0;
  lua_getglobal(L, name);
  lua_pushnil(L);
  while (lua_next(L, -2)) { n++; lua_pop(L, 1); }
  lua_pop(L, 1);
  return n;
}

static void test_weak(lua_State *L)
{
  RUN(L, "wv = setmetatable({}, {__mode = 'v'}) wk = setmetatable({}, {__mode = 'k'}) "
         "wkv = setmetatable({}, {__mode = 'kv'}) strong = {} keep = {} "
         "for i = 1, 10 do wv[i] = {} wk[{}] = i wkv[{}] = keep wkv[i] = {} strong[i] = {} end "
         "wv.kept = keep wk[keep] = 'value' wkv[keep] = keep "
         "wv.str = 'a' .. 'string' wv.num = 5 wv.bool = true wk['k' .. 'ey'] = 1 wv.f = function() end");
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(length_of(L, "wv"), 4);                    /* kept, str, num, bool: values do not die */
  CHECK_INT(length_of(L, "wk"), 2);
  CHECK_INT(length_of(L, "wkv"), 1);
  CHECK_INT(length_of(L, "strong"), 10);
  CHECK_EVAL(L, "return wv.str", "astring");
  CHECK_EVAL(L, "return wk.key", "1");
  /* a key that its value holds stays: 5.1 has no ephemerons */
  RUN(L, "for i = 1, 5 do local k = {} wk[k] = {k} end");
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(length_of(L, "wk"), 7);
  RUN(L, "wk = nil keep = nil wv.kept = nil");
  lua_gc(L, LUA_GCCOLLECT, 0);
  /* the mode may be given and taken while the table lives */
  RUN(L, "t = {} mt = {} setmetatable(t, mt) t[1] = {} t[2] = {}");
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(length_of(L, "t"), 2);
  RUN(L, "mt.__mode = 'v'");
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(length_of(L, "t"), 0);
  lua_settop(L, 0);
}

/* Userdata in weak tables: values go before the finaliser, keys after it. */
static int seen_as_value, seen_as_key, seen_key_data;
static int look_gc(lua_State *L)
{
  lua_getglobal(L, "as_value");
  lua_rawgeti(L, -1, 1);
  seen_as_value = !lua_isnil(L, -1);
  lua_getglobal(L, "as_key");
  lua_pushvalue(L, 1);
  lua_rawget(L, -2);
  seen_as_key = !lua_isnil(L, -1);
  seen_key_data = (int)lua_tointeger(L, -1);
  return 0;
}

static void test_weak_userdata(lua_State *L)
{
  RUN(L, "as_value = setmetatable({}, {__mode = 'v'}) as_key = setmetatable({}, {__mode = 'k'})");
  lua_newuserdata(L, 1);
  lua_newtable(L);
  lua_pushcfunction(L, look_gc);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, 1);
  lua_getglobal(L, "as_value"); lua_pushvalue(L, 1); lua_rawseti(L, -2, 1); lua_pop(L, 1);
  lua_getglobal(L, "as_key"); lua_pushvalue(L, 1); lua_pushinteger(L, 77); lua_rawset(L, -3); lua_pop(L, 1);
  lua_settop(L, 0);
  seen_as_value = seen_as_key = -1;
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(seen_as_value, 0);
  CHECK_INT(seen_as_key, 1);
  CHECK_INT(seen_key_data, 77);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(length_of(L, "as_key"), 0);
}

static int resurrect(lua_State *L)
{
  dead++;
  lua_setglobal(L, "phoenix");
  return 0;
}

static void test_resurrection(lua_State *L)
{
  int *data = lua_newuserdata(L, sizeof(int));
  *data = 4711;
  lua_newtable(L);
  lua_pushcfunction(L, resurrect);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, 1);
  lua_newtable(L);
  lua_pushliteral(L, "attached"); lua_setfield(L, -2, "k");
  lua_setfenv(L, 1);
  lua_settop(L, 0);
  dead = 0;
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(dead, 1);
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_getglobal(L, "phoenix");
  CHECK_TYPE(L, -1, "userdata");
  CHECK_INT(*(int *)lua_touserdata(L, -1), 4711);
  lua_getfenv(L, -1);                                   /* what it referred to lives too */
  lua_getfield(L, -1, "k");
  CHECK_STR(lua_tostring(L, -1), "attached");
  lua_settop(L, 0);
  lua_pushnil(L); lua_setglobal(L, "phoenix");
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(dead, 1);                                   /* finalised once in its life */
}

static int make_garbage_gc(lua_State *L)
{
  int i;
  dead++;
  for (i = 0; i < 200; i++) { lua_newtable(L); lua_pushfstring(L, "gc %d", i); lua_setfield(L, -2, "s"); lua_pop(L, 1); }
  lua_gc(L, LUA_GCCOLLECT, 0);                          /* a collection inside a finaliser */
  return 0;
}

static void test_gc_in_gc(lua_State *L)
{
  int i;
  dead = 0;
  CHECK(lua_checkstack(L, 30));
  for (i = 0; i < 20; i++) {
    lua_newuserdata(L, 1);
    lua_newtable(L);
    lua_pushcfunction(L, make_garbage_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
  }
  lua_settop(L, 0);
  for (i = 0; i < 5; i++) lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(dead, 20);
}

static int level, deepest;

static int allocating_gc(lua_State *L)
{
  dead++;
  if (++level > deepest) deepest = level;
  lua_newtable(L);
  lua_pushfstring(L, "dead %d", dead);
  lua_newuserdata(L, 16);
  level--;
  return 0;
}

/* Finalisers that allocate a little come one after another, not one inside the other. */
static void test_many_finalisers(lua_State *L)
{
  int i;
  dead = 0;
  for (i = 0; i < 1000; i++) {
    lua_newuserdata(L, 1);
    if (luaL_newmetatable(L, "allocating")) {
      lua_pushcfunction(L, allocating_gc);
      lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    lua_rawseti(L, LUA_REGISTRYINDEX, 1000 + i);
  }
  for (i = 0; i < 1000; i++) { lua_pushnil(L); lua_rawseti(L, LUA_REGISTRYINDEX, 1000 + i); }
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(dead, 1000);
  CHECK_INT(deepest, 1);
}

/* A structure built and changed while the collector steps stays whole. */
static void test_barriers(lua_State *L)
{
  int i, round, bad = 0;
  lua_newtable(L);
  for (round = 0; round < 30; round++) {
    for (i = 1; i <= 200; i++) {
      lua_newtable(L);
      lua_pushfstring(L, "r%d i%d", round, i);
      lua_rawseti(L, -2, 1);
      lua_newtable(L);
      lua_pushfstring(L, "meta %d", i);
      lua_setfield(L, -2, "name");
      lua_setmetatable(L, -2);
      lua_rawseti(L, 1, i);
      if (i % 7 == 0) lua_gc(L, LUA_GCSTEP, 1);
    }
    for (i = 1; i <= 200; i++) {
      char want[40];
      lua_rawgeti(L, 1, i);
      lua_rawgeti(L, -1, 1);
      snprintf(want, sizeof want, "r%d i%d", round, i);
      if (strcmp(lua_tostring(L, -1), want) != 0) bad++;
      lua_pop(L, 1);
      snprintf(want, sizeof want, "meta %d", i);
      if (!luaL_getmetafield(L, -1, "name") || strcmp(lua_tostring(L, -1), want) != 0) bad++;
      lua_settop(L, 1);
    }
  }
  CHECK_INT(bad, 0);
  lua_settop(L, 0);
}

/* Cycles of every kind of object go. */
static void test_cycles(lua_State *L)
{
  int before, i;
  lua_gc(L, LUA_GCCOLLECT, 0);
  before = lua_gc(L, LUA_GCCOUNT, 0);
  for (i = 0; i < 200; i++) {
    RUN(L, "local t = {} t.self = t t.f = function() return t end "
           "t.co = coroutine.create(function() local me = t coroutine.yield() return me end) coroutine.resume(t.co) "
           "setmetatable(t, t) setfenv(t.f, t) t.big = ('x'):rep(1000)");
  }
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK(lua_gc(L, LUA_GCCOUNT, 0) <= before + 64);
}

/* Many userdata with finalizers die in one cycle of small steps, which a closing, a collection or the want of memory
** ends at any time: each is finalized once, the newest first, and finds what it had. */
static struct { int first, last, count, failed, bad; } many;
static struct { size_t held; int refuses; } ledger;

static void *refusing_alloc(void *ud, void *p, size_t old, size_t size)
{
  void *q = NULL;
  (void)ud;
  if (size == 0) free(p);
  else if (!ledger.refuses || size <= old) q = realloc(p, size);
  if (size == 0 || q != NULL) ledger.held += size - (p == NULL ? 0 : old);
  return q;
}

static int number_gc(lua_State *L)
{
  int n = *(int *)lua_touserdata(L, 1);
  if (n < many.first) return 0;                        /* one of those that lived to the end */
  if (many.last != 0 && n >= many.last) many.bad++;
  many.last = n;
  lua_getfenv(L, 1);
  lua_getfield(L, -1, "number");
  if (lua_tointeger(L, -1) != n || lua_objlen(L, -2) != 2) many.bad++;
  many.count++;
  return 0;
}

/* A finalizer may want memory that it does not get. */
static int step_without_memory(lua_State *L)
{
  ledger.refuses = 1;
  lua_gc(L, LUA_GCSTEP, 0);
  return 0;
}

static void new_numbered(lua_State *L, int n)
{
  *(int *)lua_newuserdata(L, sizeof n) = n;
  lua_newtable(L);
  lua_pushinteger(L, n);
  lua_setfield(L, -2, "number");
  lua_newtable(L);
  lua_rawseti(L, -2, 1);
  lua_newtable(L);
  lua_rawseti(L, -2, 2);
  lua_setfenv(L, -2);
  luaL_getmetatable(L, "numbered");
  lua_setmetatable(L, -2);
}

static void test_many_die(int steps, int how)
{
  enum { MANY = 700, LIVING = 10 };
  int i;
  lua_State *L;
  ledger.held = 0;
  L = lua_newstate(refusing_alloc, NULL);
  many.first = LIVING;
  many.last = many.count = many.failed = many.bad = 0;
  luaL_newmetatable(L, "numbered");
  lua_pushcfunction(L, number_gc);
  lua_setfield(L, -2, "__gc");
  lua_settop(L, 0);
  for (i = 0; i < LIVING / 2; i++) new_numbered(L, i);
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_gc(L, LUA_GCSTOP, 0);
  for (i = 0; i < MANY; i++) { new_numbered(L, LIVING + i); lua_pop(L, 1); }
  for (i = LIVING / 2; i < LIVING; i++) new_numbered(L, i);
  for (i = 0; i < steps && many.count == 0; i++) {
    if (how == 2) {
      if (lua_cpcall(L, step_without_memory, NULL) != 0) { many.failed++; lua_pop(L, 1); }
      ledger.refuses = 0;
    } else {
      lua_gc(L, LUA_GCSTEP, 0);
      new_numbered(L, 0);
      lua_pop(L, 1);
    }
  }
  if (how == 1) lua_gc(L, LUA_GCCOLLECT, 0);
  if (how == 1) CHECK_INT(many.count, MANY);
  CHECK(many.count <= MANY);
  lua_close(L);
  CHECK_INT(many.count + many.failed, MANY);
  CHECK_INT(many.bad, 0);
  CHECK_INT((long long)ledger.held, 0);
}

int main(void)
{
  int how, steps;
  lua_State *L = check_open();
  test_options(L);
  test_stop(L);
  test_step(L);
  test_weak(L);
  test_weak_userdata(L);
  test_resurrection(L);
  test_gc_in_gc(L);
  test_many_finalisers(L);
  test_barriers(L);
  test_cycles(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  for (how = 0; how < 3; how++)
    for (steps = 0; steps < 40; steps += is_slow() ? 7 : 1) test_many_die(steps, how);
  return check_end("gc");
}
