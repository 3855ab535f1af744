/*
** readonly.c - tables that nobody writes to: ferrous_setreadonly and
** ferrous_isreadonly, as ferrouslua.h declares them.
**
** Ours alone: with the reference's library nothing is checked.
**
** Every way to write to a table is tried on tables of every shape, old and new
** to the collector, by scripts and by the API; then what is in them is looked at.
*/
#define _GNU_SOURCE
#include <dlfcn.h>

#include "check.h"
#include "find.h"

static struct {
  int (*setreadonly)(lua_State *, int, int);
  int (*isreadonly)(lua_State *, int);
  void (*opensandbox)(lua_State *);
} x;

#define REFUSED "attempt to modify a read-only table"

static int freeze(lua_State *L) { x.setreadonly(L, 1, 1); return 0; }
static int thaw(lua_State *L) { x.setreadonly(L, 1, 0); return 0; }

static lua_State *open_with_freeze(void)
{
  lua_State *L = check_open();
  lua_register(L, "freeze", freeze);
  lua_register(L, "thaw", thaw);
  /* what a table holds, in order, and its metatable */
  RUN(L, "function show(t) local s = {} for k, v in next, t do"
         "  s[#s + 1] = tostring(k) .. '=' .. tostring(v) end"
         "  s[#s + 1] = tostring(getmetatable(t)) return table.concat(s, ' ') end");
  return L;
}

/* == By scripts ============================================================= */

/* Each is run with `t`, a table of the globals, as its variable. */
static const char *const WRITES[] = {
  "t.there = 2", "t.there = nil", "t.there = {}", "t.gone = 1", "t.gone = {}", "t.new = 1",
  "t['with a very long name, longer than what is interned of names'] = 1",
  "t[1] = 2", "t[1] = {}", "t[1] = nil", "t[2] = 'x'", "t[3] = 1", "t[4] = 1", "t[100] = 1",
  "t[0] = 1", "t[-1] = 1", "t[1.5] = 1", "t[0.5] = 1", "t[true] = 1", "t[t] = 1", "t[print] = {}",
  "local i = 1 t[i] = 5", "local i = 50 t[i] = 5", "local k = 'there' t[k] = 5",
  "local k = 'new' t[k] = 5", "local k = 1.5 t[k] = 5", "local k = 0.25 t[k] = 5",
  "local function f() t.there = 7 end f()", "for i = 1, 3 do t[i] = i end",
  "rawset(t, 'there', 1)", "rawset(t, 'new', 1)", "rawset(t, 1, 1)", "rawset(t, 1.5, nil)",
  "table.insert(t, 1)", "table.insert(t, 1, 1)", "table.insert(t, 2, 1)", "table.insert(t, 50, 1)",
  "table.insert(t, -5, 1)", "table.remove(t)", "table.remove(t, 1)", "table.sort(t)",
  "table.sort(t, function(a, b) return a > b end)",
  "setmetatable(t, {})", "setmetatable(t, nil)", "debug.setmetatable(t, {})",
  "debug.setmetatable(t, nil)",
  "setfenv(function() there = 1 end, t)()", "setfenv(function() new = 1 end, t)()",
  "setfenv(function() there = {} end, t)()",
  "module('t', package.seeall)",
  "setmetatable({}, {__newindex = t}).there = 1", "setmetatable({}, {__newindex = t}).new = 1",
  "string.gsub('x', 'x', setmetatable({}, {__index = function() t.there = 3 end}))",
};

/* Tables of the shapes that writes tell apart. */
static const char *const TABLES[] = {
  "{ 1, 2, 3, there = 1, gone = 1, [1.5] = 1 }",
  "{ 1, 2, 3, there = {}, gone = {}, [1.5] = {}, [true] = 1 }",
  "{ {}, {}, {}, {}, there = 'x' }",
  "setmetatable({ 1, 2, 3, there = 1, gone = 1 }, {})",
  "setmetatable({ 3, 2, 1, there = 1, gone = 1, [0.5] = 1 }, {__index = function() end})",
  "(function() local t = {there = 1} for i = 1, 300 do t[i] = i t['k' .. i] = i end return t end)()",
};

static void test_writes(void)
{
  int i, j, old, failed;
  for (j = 0; j < (int)(sizeof TABLES / sizeof TABLES[0]); j++)
    for (i = 0; i < (int)(sizeof WRITES / sizeof WRITES[0]); i++)
      for (old = 0; old < 2; old++) {
        char code[1200];
        lua_State *L = open_with_freeze();
        snprintf(code, sizeof code,
          "t = %s; t.gone = nil; local before = show(t); package.loaded.t = t; %s freeze(t)"
          " local f = assert(loadstring([==[%s]==])) local n = 0"
          " for i = 1, 3 do local ok, m = pcall(f)"
          "   if not ok and m:find('" REFUSED "', 1, true) then n = n + 1 elseif not ok then error(m) end end"
          " collectgarbage('restart') assert(show(t) == before, 'changed') thaw(t)"
          " t.new = 1; t[1] = 5; table.insert(t, 1) setmetatable(t, {}) "
          " assert(t.new == 1 and t[1] == 5) return n",
          TABLES[j], old ? "collectgarbage() collectgarbage('stop')" : "", WRITES[i]);
        failed = check_failed;
        CHECK_EVAL(L, code, "3");
        if (check_failed != failed) printf("    %s on %s\n", WRITES[i], TABLES[j]);
        lua_close(L);
      }
}

/* In the middle of the collector's cycles: at some step the table is black. */
static void test_in_every_phase(void)
{
  lua_State *L = open_with_freeze();
  RUN(L, "t = {1, 2, 3, there = 1} freeze(t)"
         " local some = {} for i = 1, 3000 do some[i] = {i} end"
         " collectgarbage('stop')"
         " function try(...) return not pcall(...) end"
         " local before = show(t)"
         " for i = 1, 2000 do collectgarbage('step', 0)"
         "   assert(try(function() t.there = i end) and try(function() t.there = {} end)"
         "     and try(function() t[2] = {} end) and try(function() t[2] = 1 end)"
         "     and try(function() t[i] = i end) and try(rawset, t, i, i)"
         "     and try(table.insert, t, {}) and try(table.remove, t) and try(setmetatable, t, {})) end"
         " assert(show(t) == before)");
  lua_close(L);
}

static void test_reading(void)
{
  lua_State *L = open_with_freeze();
  RUN(L, "t = setmetatable({1, 2, 3, there = 'x'}, {__index = {far = 1}, __call = function() return 5 end}) freeze(t)");
  CHECK_EVAL(L, "return t.there .. t[2] .. t.far .. #t .. t() .. tostring(t.none)", "x2135nil");
  CHECK_EVAL(L, "local n = 0 for k, v in pairs(t) do n = n + 1 end for i, v in ipairs(t) do n = n + v end return n", "10");
  CHECK_EVAL(L, "return table.concat(t, ',') .. select('#', unpack(t)) .. table.maxn(t)", "1,2,333");
  CHECK_EVAL(L, "return rawget(t, 'there') .. next(t)", "x1");
  CHECK_EVAL(L, "table.foreach(t, print and function() end) return table.remove(t, 9) == nil", "true");
  /* what it refers to is not affected, and lives as long as it does */
  RUN(L, "u = {{}, at = {}} freeze(u) u[1].x = 5 u.at.x = 6 collectgarbage() collectgarbage()");
  CHECK_EVAL(L, "return u[1].x + u.at.x", "11");
  /* the collector may take entries out of a weak one */
  RUN(L, "w = setmetatable({{}, key = {}}, {__mode = 'v'}) freeze(w) collectgarbage()");
  CHECK_EVAL(L, "return w[1] == nil and w.key == nil", "true");
  lua_close(L);
}

static void test_newindex(void)
{
  lua_State *L = open_with_freeze();
  RUN(L, "log = {} t = setmetatable({old = 1}, {__newindex = function(_, k, v) log[k] = v end}) freeze(t)");
  RUN(L, "t.new = 1 t[1] = 2 for i = 2, 3 do t[i] = i end");
  CHECK_EVAL(L, "return log.new + log[1] + log[3]", "6");
  CHECK_EVAL(L, "return next(t) == 'old' and next(t, 'old') == nil", "true");
  CHECK_EVAL(L, "t.old = 2", "test:1: " REFUSED " (global 't')");
  lua_close(L);
}

static void test_messages(void)
{
  lua_State *L = open_with_freeze();
  RUN(L, "t = {a = 1, 1} freeze(t) u = {t = t} function u:put() self.t.a = 1 end");
  CHECK_EVAL(L, "t.a = 2", "test:1: " REFUSED " (global 't')");
  CHECK_EVAL(L, "u.t[5] = 2", "test:1: " REFUSED " (field 't')");
  CHECK_EVAL(L, "local x = t x.b = 2", "test:1: " REFUSED " (local 'x')");
  CHECK_EVAL(L, "local x = t; (function() x.b = 2 end)()",
             "test:1: " REFUSED " (upvalue 'x')");
  CHECK_EVAL(L, "rawset(t, 1, 2)", "test:1: " REFUSED);
  CHECK_EVAL(L, "table.insert(t, 2)", "test:1: " REFUSED);
  CHECK_EVAL(L, "setmetatable(t, {})", "test:1: " REFUSED);
  CHECK_EVAL(L, "package.seeall(t)", "test:1: " REFUSED);
  CHECK_EVAL(L, "setfenv(1, t) a = 1", "test:1: " REFUSED);
  CHECK_EVAL(L, "t[nil] = 1", "test:1: table index is nil");
  lua_close(L);
}

/* == By the API ============================================================= */

static int by_settable(lua_State *L) { lua_pushliteral(L, "a"); lua_pushnumber(L, 2); lua_settable(L, 1); return 0; }
static int by_settable_new(lua_State *L) { lua_pushliteral(L, "n"); lua_pushnumber(L, 2); lua_settable(L, 1); return 0; }
static int by_setfield(lua_State *L) { lua_pushnumber(L, 2); lua_setfield(L, 1, "a"); return 0; }
static int by_setfield_new(lua_State *L) { lua_newtable(L); lua_setfield(L, 1, "n"); return 0; }
static int by_rawset(lua_State *L) { lua_pushliteral(L, "a"); lua_newtable(L); lua_rawset(L, 1); return 0; }
static int by_rawset_new(lua_State *L) { lua_pushnumber(L, 2.5); lua_newtable(L); lua_rawset(L, 1); return 0; }
static int by_rawseti(lua_State *L) { lua_pushnumber(L, 2); lua_rawseti(L, 1, 1); return 0; }
static int by_rawseti_new(lua_State *L) { lua_pushnumber(L, 2); lua_rawseti(L, 1, 7); return 0; }
static int by_setmetatable(lua_State *L) { lua_newtable(L); lua_setmetatable(L, 1); return 0; }
static int by_no_metatable(lua_State *L) { lua_pushnil(L); lua_setmetatable(L, 1); return 0; }
static int by_ref(lua_State *L) { lua_newtable(L); luaL_ref(L, 1); return 0; }
static int by_unref(lua_State *L) { luaL_unref(L, 1, 1); return 0; }
static int by_globals(lua_State *L)
{
  lua_pushvalue(L, 1);
  lua_replace(L, LUA_ENVIRONINDEX);
  lua_pushnumber(L, 2);
  lua_setfield(L, LUA_ENVIRONINDEX, "a");
  return 0;
}
static int by_register(lua_State *L)
{
  static const luaL_Reg FUNCTIONS[] = { { "a", by_globals }, { NULL, NULL } };
  lua_settop(L, 1);
  luaL_register(L, NULL, FUNCTIONS);
  return 0;
}

static void test_api(void)
{
  static const lua_CFunction WAYS[] = {
    by_settable, by_settable_new, by_setfield, by_setfield_new, by_rawset, by_rawset_new, by_rawseti,
    by_rawseti_new, by_setmetatable, by_no_metatable, by_ref, by_unref, by_globals, by_register };
  lua_State *L = open_with_freeze();
  int i;
  RUN(L, "t = {1, 2, 3, a = 1} freeze(t) before = show(t)");
  for (i = 0; i < (int)(sizeof WAYS / sizeof WAYS[0]); i++) {
    lua_pushcfunction(L, WAYS[i]);
    lua_setglobal(L, "write");
    CHECK_EVAL(L, "return (select(2, pcall(write, t)))", REFUSED);
    CHECK_EVAL(L, "write(t)", "test:1: " REFUSED);
    CHECK_EVAL(L, "return show(t) == before", "true");
  }
  CHECK_TOP(L, 0);
  lua_getglobal(L, "t");
  CHECK_INT(x.isreadonly(L, -1), 1);
  CHECK_INT(x.setreadonly(L, -1, 0), 1);
  CHECK_INT(x.isreadonly(L, -1), 0);
  CHECK_INT(x.setreadonly(L, -1, 7), 0);
  CHECK_INT(x.setreadonly(L, -1, 7), 1);
  CHECK_INT(x.setreadonly(L, -1, 0), 1);
  RUN(L, "t.a = 2 t[1] = 2 t[4] = 4 setmetatable(t, {})");
  lua_pushnumber(L, 5);
  CHECK_INT(x.setreadonly(L, -1, 1), 0);
  CHECK_INT(x.isreadonly(L, -1), 0);
  CHECK_INT(x.isreadonly(L, 50), 0);
  lua_settop(L, 0);
  lua_close(L);
}

/* == What it is for ========================================================= */

/* Scripts that share the globals, each with an environment of its own. */
static void test_shared_globals(void)
{
  lua_State *L = luaL_newstate();
  int i;
  x.opensandbox(L);
  CHECK_INT(x.setreadonly(L, LUA_GLOBALSINDEX, 1), 0);
  for (i = 0; i < 2; i++) {
    CHECK_INT(luaL_loadstring(L, "local had = x x = 1 string.y = 1"), 0);
    lua_newtable(L);
    lua_newtable(L);
    lua_pushvalue(L, LUA_GLOBALSINDEX);
    lua_setfield(L, -2, "__index");
    x.setreadonly(L, -1, 1);
    lua_setmetatable(L, -2);
    CHECK_INT(lua_setfenv(L, -2), 1);
    CHECK_ERROR(L, lua_pcall(L, 0, 0, 0), LUA_ERRRUN,
                "[string \"local had = x x = 1 string.y = 1\"]:1: " REFUSED " (global 'string')");
  }
  lua_getglobal(L, "x");
  CHECK_TYPE(L, -1, "nil");
  lua_close(L);
}

static void test_sandbox(void)
{
  static const char *const WRITES[] = {
    "string.format = nil", "string.new = 1", "math.pi = 3", "table.insert(table, 1)", "os.time = 1",
    "coroutine.wrap = print", "rawset(string, 'rep', 1)", "setmetatable(string, {})" };
  lua_State *L = luaL_newstate();
  int i;
  x.opensandbox(L);
  for (i = 0; i < (int)(sizeof WRITES / sizeof WRITES[0]); i++) {
    CHECK_INT(luaL_loadstring(L, WRITES[i]), 0);
    CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
    CHECK(strstr(lua_tostring(L, -1), REFUSED) != NULL);
    lua_settop(L, 0);
  }
  RUN(L, "mine = 1 string = nil"); /* the globals are the script's */
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  CHECK_INT(x.isreadonly(L, -1), 1);
  lua_getfield(L, -1, "__index");
  CHECK_INT(x.isreadonly(L, -1), 1);
  lua_close(L);
}

int main(void)
{
  int found = find(&x.setreadonly, "ferrous_setreadonly") + find(&x.isreadonly, "ferrous_isreadonly")
            + find(&x.opensandbox, "ferrous_opensandbox");
  if (found == 0) { printf("readonly: 0 passed, 0 failed\n"); return 0; }
  CHECK_INT(found, 3);
  test_writes();
  test_in_every_phase();
  test_reading();
  test_newindex();
  test_messages();
  test_api();
  test_shared_globals();
  test_sandbox();
  return check_end("readonly");
}
