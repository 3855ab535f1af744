/*
** random.c - long random sequences of API calls. Each step's visible outcome
** (types, values, messages, order of traversal) goes into a checksum; the sums
** below were recorded with PUC-Rio's library.
**
** When a sum differs, run with CHECK_TRACE=SEED under both libraries and
** compare the two traces: the first line that differs is the step at fault.
*/
#include "check.h"

enum { SLOTS = 24, STEPS = 30000 };

typedef struct Run {
  uint64_t random;
  uint64_t sum;
  int trace;
  long step;
} Run;

static Run run;

static unsigned next_random(unsigned n)
{
  run.random = run.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (unsigned)(run.random >> 33) % n;
}

static void note_bytes(const char *s, size_t len)
{
  size_t i;
  for (i = 0; i < len; i++) run.sum = (run.sum ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
  if (run.trace) { fwrite(s, 1, len, stdout); putchar(' '); }
}
static void note(const char *s) { note_bytes(s, strlen(s) + 1); }
static void note_int(long long n) { char t[32]; snprintf(t, sizeof t, "%lld", n); note(t); }

/* A value as text that does not depend on addresses. Numbers are not converted
   in place: that would change what later steps see, and is a step of its own. */
static void note_value(lua_State *L, int index)
{
  size_t len;
  const char *s;
  note(luaL_typename(L, index));
  switch (lua_type(L, index)) {
    case LUA_TNUMBER: {
      char t[40];
      double n = lua_tonumber(L, index);
      if (n != n) note("nan");              /* its sign is the processor's affair */
      else { snprintf(t, sizeof t, "%.17g", n); note(t); }
      break;
    }
    case LUA_TSTRING:
      s = lua_tolstring(L, index, &len);
      note_int((long long)len);
      note_bytes(s, len > 64 ? 64 : len);
      break;
    case LUA_TBOOLEAN: note_int(lua_toboolean(L, index)); break;
    case LUA_TTABLE:
    case LUA_TUSERDATA: note_int((long long)lua_objlen(L, index)); break;
    default: break;
  }
}

static const char *const words[] = { "a", "b", "key", "name", "x1", "x2", "10", "-3.5", "0x1F", "", "longer text here", "n" };
static const double numbers[] = { 0, 1, 2, 3, 4, 5, 7, 8, 16, 17, 100, -1, -2, 0.5, 1e10, 1e300, -1e300, 2147483648.0, 1e15, 1e-7 };

static void push_key(lua_State *L)
{
  switch (next_random(8)) {
    case 0: lua_pushboolean(L, (int)next_random(2)); break;
    case 1: case 2: case 3: lua_pushinteger(L, (lua_Integer)next_random(40)); break;
    case 4: lua_pushnumber(L, numbers[next_random(20)]); break;
    case 5: lua_pushfstring(L, "k%d", (int)next_random(60)); break;
    default: lua_pushstring(L, words[next_random(12)]); break;
  }
}

static int c_sum(lua_State *L)
{
  int i, n = lua_gettop(L);
  double sum = 0;
  for (i = 1; i <= n; i++) sum += lua_tonumber(L, i);
  lua_pushnumber(L, sum);
  lua_pushinteger(L, n);
  return 2;
}

static int c_counter(lua_State *L)
{
  lua_pushnumber(L, lua_tonumber(L, lua_upvalueindex(1)) + 1);
  lua_pushvalue(L, -1);
  lua_replace(L, lua_upvalueindex(1));
  return 1;
}

/* Prepared Lua functions, in the registry. */
static const char prepared[] =
  "local up = 0\n"
  "local ordered = { number = true, string = true, boolean = true, ['nil'] = true }\n"
  "return {\n"
  "  function(a, b) return a + b end,\n"
  "  function(a, b) return a * b, a end,\n"
  "  function(a, b) return a .. b end,\n"
  "  function(a, b) return a < b end,\n"
  "  function(a, b) return a <= b, a == b end,\n"
  "  function(a) return -a end,\n"
  "  function(a) return #a end,\n"
  "  function(a, b) return a[b] end,\n"
  "  function(a, b, c) if ordered[type(b)] then a[b] = c end return a[b] end,\n"
  "  function(...) up = up + select('#', ...) return up, ... end,\n"
  "  function(a, b) local t = {} for i = 1, 5 do t[i] = a end return #t, t[b] end,\n"
  "  function(a) return type(a), tonumber(a) end,\n"
  "  function(a, b) return pcall(function() return a % b, a / b, a ^ 2 end) end,\n"
  "  function(a) local co = coroutine.wrap(function(x) while true do x = coroutine.yield(x, a) end end) co(1) return co(2) end,\n"
  "  function(a, b) return a(b, b) end,\n"
  "  function(a) return string.format('%s|%5s|%q', type(a), tostring(a):sub(1, 5), 'q') end,\n"
  "  function(a) return (string.gsub(a, '%w', '%0%0')) end,\n"
  "  function(a) table.sort(a) return a[1] end,\n"
  "  function(a) return table.concat(a, ',') end,\n"
  "  function(a, b) table.insert(a, b) return #a end,\n"
  "  function(a) return table.remove(a), #a end,\n"
  "  function(a, b) for i = 1, 3 do a = { a, b } end return a[2] end,\n"
  "  function(a, b) if a and b then return a end return not a, b or 'none' end,\n"
  "  function(a) error(a, 0) end,\n"
  "}\n";
enum { PREPARED = 24 };

/* A protected step: what may raise runs in here, on copies of two slots. */
enum { OP_ADD, OP_GET, OP_SET, OP_CONCAT, OP_LESS, OP_EQUAL, OP_FIELD, OP_SETFIELD, OP_RAWSET, OP_ERROR, OPS };

static int protected_step(lua_State *L)
{
  int op = (int)lua_tointeger(L, 1);         /* 1: op, 2 and 3: values, 4: a key */
  switch (op) {
    case OP_ADD: lua_getglobal(L, "add"); lua_pushvalue(L, 2); lua_pushvalue(L, 3); lua_call(L, 2, 1); return 1;
    case OP_GET: lua_pushvalue(L, 4); lua_gettable(L, 2); return 1;
    case OP_SET: lua_pushvalue(L, 4); lua_pushvalue(L, 3); lua_settable(L, 2); return 0;
    case OP_CONCAT: lua_pushvalue(L, 2); lua_pushvalue(L, 4); lua_pushvalue(L, 3); lua_concat(L, 3); return 1;
    case OP_LESS: lua_pushboolean(L, lua_lessthan(L, 2, 3)); return 1;
    case OP_EQUAL: lua_pushboolean(L, lua_equal(L, 2, 3)); return 1;
    case OP_FIELD: lua_getfield(L, 2, words[lua_objlen(L, 4) % 12]); return 1;
    case OP_SETFIELD: lua_pushvalue(L, 3); lua_setfield(L, 2, words[lua_objlen(L, 4) % 12]); return 0;
    case OP_RAWSET:
      luaL_checktype(L, 2, LUA_TTABLE);
      lua_pushvalue(L, 4); lua_pushvalue(L, 3); lua_rawset(L, 2);
      return 0;
    default: lua_pushvalue(L, 2); return lua_error(L);
  }
}

/* Put the value on the top into a random slot. */
static void store(lua_State *L) { lua_replace(L, 1 + (int)next_random(SLOTS)); }

static void push_table(lua_State *L)
{
  int i, n = (int)next_random(12);
  lua_createtable(L, (int)next_random(5), (int)next_random(5));
  for (i = 0; i < n; i++) {
    push_key(L);
    if (next_random(3)) lua_pushinteger(L, i); else push_key(L);
    lua_rawset(L, -3);
  }
}

static void push_something(lua_State *L)
{
  switch (next_random(12)) {
    case 0: lua_pushnil(L); break;
    case 1: lua_pushboolean(L, (int)next_random(2)); break;
    case 2: case 3: lua_pushnumber(L, numbers[next_random(20)]); break;
    case 4: lua_pushstring(L, words[next_random(12)]); break;
    case 5: lua_pushfstring(L, "%d-%s", (int)next_random(1000), words[next_random(12)]); break;
    case 6: case 7: push_table(L); break;
    case 8: lua_pushcfunction(L, c_sum); break;
    case 9: lua_pushinteger(L, 0); lua_pushcclosure(L, c_counter, 1); break;
    case 10: lua_newuserdata(L, next_random(100)); break;
    default:
      lua_getfield(L, LUA_REGISTRYINDEX, "prepared");
      lua_rawgeti(L, -1, 1 + (int)next_random(PREPARED));
      lua_remove(L, -2);
      break;
  }
}

/* Are there only keys whose order does not depend on addresses? No step makes others: one that was
   stored and removed again would still have its place among those that push others away. */
static int plain_keys(lua_State *L, int t)
{
  lua_pushnil(L);
  while (lua_next(L, t)) {
    int type = lua_type(L, -2);
    lua_pop(L, 1);
    if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TBOOLEAN) { lua_pop(L, 1); return 0; }
  }
  return 1;
}

static void walk(lua_State *L, int t)
{
  int n = 0;
  if (!plain_keys(L, t)) return;
  lua_pushnil(L);
  while (lua_next(L, t)) {
    note_value(L, -2);
    note_value(L, -1);
    lua_pop(L, 1);
    if (++n == 50) { lua_pop(L, 1); break; }
  }
}

static void call_slot(lua_State *L, int f, int nargs, int nresults)
{
  int i, status, top = lua_gettop(L);
  lua_pushvalue(L, f);
  for (i = 0; i < nargs; i++) lua_pushvalue(L, 1 + (int)next_random(SLOTS));
  status = lua_pcall(L, nargs, nresults, 0);
  note_int(status);
  note_int(lua_gettop(L) - top);
  for (i = top + 1; i <= lua_gettop(L) && i < top + 6; i++) {
    /* a message may hold an address ("function: 0x..."): only errors of texts */
    if (status == 0 || lua_type(L, i) != LUA_TSTRING || strstr(lua_tostring(L, i), "0x") == NULL) note_value(L, i);
  }
  if (lua_gettop(L) > top) { lua_settop(L, top + 1); store(L); }
  lua_settop(L, top);
}

static void resume_slot(lua_State *L, int f)
{
  lua_State *T = lua_newthread(L);
  int status, i, n;
  lua_pushvalue(L, f);
  n = (int)next_random(3);
  for (i = 0; i < n; i++) lua_pushvalue(L, 1 + (int)next_random(SLOTS));
  lua_xmove(L, T, n + 1);
  status = lua_resume(T, n);
  note_int(status);
  if (lua_gettop(T) > 0 && (status == 0 || lua_type(T, -1) == LUA_TSTRING)) {
    note_value(T, -1);
    lua_xmove(T, L, 1);
    store(L);
  }
  lua_pop(L, 1);
}

static void step(lua_State *L)
{
  int a = 1 + (int)next_random(SLOTS), b = 1 + (int)next_random(SLOTS), op = (int)next_random(20);
  if (run.trace) printf("\n%ld: %d %d %d: ", run.step, op, a, b);
  switch (op) {
    case 0: case 1: case 2: push_something(L); note_value(L, -1); store(L); break;
    case 3: lua_pushvalue(L, a); lua_insert(L, b); lua_remove(L, SLOTS + 1); break;
    case 4: lua_pushvalue(L, a); lua_replace(L, b); break;
    case 5: note_int(lua_rawequal(L, a, b)); break;
    case 6: note_value(L, a); note_int(lua_isnumber(L, a)); note_int(lua_isstring(L, a)); break;
    case 7:
      if (lua_isstring(L, a)) { lua_tostring(L, a); note_value(L, a); }
      break;
    case 8: {
      double n = lua_tonumber(L, a);
      if (n == n) { char t[40]; snprintf(t, sizeof t, "%.17g", n); note(t); }
      break;
    }
    case 9: if (lua_istable(L, a)) walk(L, a); break;
    case 10:
      if (lua_istable(L, a)) { push_key(L); lua_rawget(L, a); note_value(L, -1); store(L); }
      break;
    case 11:
      if (lua_istable(L, a)) { lua_pushvalue(L, b); lua_rawseti(L, a, (int)next_random(30)); note_int((long long)lua_objlen(L, a)); }
      break;
    case 12:
      if (lua_isfunction(L, a)) call_slot(L, a, (int)next_random(4), (int)next_random(4) - 1);
      break;
    case 13: case 14:
      lua_getfield(L, LUA_REGISTRYINDEX, "prepared");
      lua_rawgeti(L, -1, 1 + (int)next_random(PREPARED));
      lua_remove(L, -2);
      call_slot(L, lua_gettop(L), (int)next_random(4), (int)next_random(5) - 1);
      lua_settop(L, SLOTS);
      break;
    case 15: {
      int status, n = lua_gettop(L);
      lua_pushcfunction(L, protected_step);
      lua_pushinteger(L, (lua_Integer)next_random(OPS));
      lua_pushvalue(L, a);
      lua_pushvalue(L, b);
      push_key(L);
      lua_tostring(L, -1);                 /* so that its length is that of a text */
      status = lua_pcall(L, 4, LUA_MULTRET, 0);
      note_int(status);
      if (lua_gettop(L) > n) { note_value(L, -1); store(L); }
      lua_settop(L, SLOTS);
      break;
    }
    case 16: {
      int ref;
      lua_pushvalue(L, a);
      ref = luaL_ref(L, LUA_REGISTRYINDEX);
      note_int(ref);
      if (next_random(4)) luaL_unref(L, LUA_REGISTRYINDEX, ref);
      break;
    }
    case 17: if (lua_isfunction(L, a) && !lua_iscfunction(L, a)) resume_slot(L, a); break;
    case 18:
      if (lua_istable(L, a) && next_random(3) == 0) {
        if (next_random(3)) {
          lua_newtable(L);
          lua_pushvalue(L, b);
          lua_setfield(L, -2, next_random(2) ? "__index" : "__newindex");
        } else lua_pushnil(L);
        lua_setmetatable(L, a);
      }
      break;
    default:
      if (next_random(3) == 0) lua_gc(L, LUA_GCSTEP, (int)next_random(20));
      else if (next_random(20) == 0) lua_gc(L, LUA_GCCOLLECT, 0);
      break;
  }
  /* strings that double and double would fill the memory */
  if (lua_isstring(L, a) && lua_type(L, a) == LUA_TSTRING && lua_objlen(L, a) > 5000) { lua_pushnil(L); lua_replace(L, a); }
  if (lua_gettop(L) != SLOTS) { note("TOP"); lua_settop(L, SLOTS); }
}

static uint64_t sequence(unsigned seed, int trace)
{
  lua_State *L = check_open();
  int i;
  memset(&run, 0, sizeof run);
  run.random = seed;
  run.sum = UINT64_C(14695981039346656037);
  run.trace = trace;
  check_load(L, prepared);
  lua_call(L, 0, 1);
  lua_rawgeti(L, -1, 1);
  lua_setglobal(L, "add");
  lua_setfield(L, LUA_REGISTRYINDEX, "prepared");
  lua_checkstack(L, SLOTS + 16);
  lua_settop(L, SLOTS);
  for (i = 0; i < STEPS / (getenv("CHECK_VALGRIND") ? 10 : 1); i++) { run.step = i; step(L); }
  lua_close(L);
  return run.sum;
}

static const uint64_t sums[][2] = {   /* all steps; a tenth of them, for valgrind */
#include "random_sums.h"
};

int main(void)
{
  const char *trace = getenv("CHECK_TRACE"), *record = getenv("CHECK_RECORD");
  unsigned i, n = (unsigned)(sizeof sums / sizeof sums[0]), which = getenv("CHECK_VALGRIND") ? 1 : 0;
  if (trace != NULL) { sequence((unsigned)atoi(trace), 1); printf("\n"); return 0; }
  if (record != NULL) { for (i = 0; i < 12; i++) printf("%016llx\n", (unsigned long long)sequence(i, 0)); return 0; }
  for (i = 0; i < n; i++) {
    char got[20], want[20], what[40];
    snprintf(got, sizeof got, "%016llx", (unsigned long long)sequence(i, 0));
    snprintf(want, sizeof want, "%016llx", (unsigned long long)sums[i][which]);
    snprintf(what, sizeof what, "checksum of sequence %u", i);
    check_str(got, want, __FILE__, __LINE__, what);
  }
  return check_end("random");
}
