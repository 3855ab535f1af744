/*
** sandbox.c - what scripts of strangers can reach: ferrous_opensandbox and
** ferrous_settextonly, as ferrouslua.h declares them.
**
** Ours alone: with the reference's library nothing is checked.
**
** Everything that a script could get hold of is walked: tables, metatables,
** upvalues, environments, the metatables of types.  Each C function found has
** to be one of those allowed here by name.
*/
#define _GNU_SOURCE
#include <dlfcn.h>

#include "check.h"
#include "find.h"

static struct {
  void (*opensandbox)(lua_State *);
  int (*settextonly)(lua_State *, int);
} x;

/* == The walk =============================================================== */

static const char *const ALLOWED[] = {
  "assert", "error", "getmetatable", "ipairs", "load", "loadstring", "next", "pairs", "pcall",
  "rawequal", "rawget", "rawset", "select", "setmetatable", "tonumber", "tostring", "type",
  "unpack", "xpcall", "ipairs({})",
  "coroutine.create", "coroutine.resume", "coroutine.running", "coroutine.status",
  "coroutine.wrap", "coroutine.yield",
  "table.concat", "table.foreach", "table.foreachi", "table.getn", "table.insert", "table.maxn",
  "table.remove", "table.setn", "table.sort",
  "string.byte", "string.char", "string.find", "string.format", "string.gmatch", "string.gsub",
  "string.len", "string.lower", "string.match", "string.rep", "string.reverse", "string.sub",
  "string.upper",
  "os.clock", "os.date", "os.difftime", "os.time",
  "math.abs", "math.acos", "math.asin", "math.atan", "math.atan2", "math.ceil", "math.cos",
  "math.cosh", "math.deg", "math.exp", "math.floor", "math.fmod", "math.frexp", "math.ldexp",
  "math.log", "math.log10", "math.max", "math.min", "math.modf", "math.pow", "math.rad",
  "math.random", "math.randomseed", "math.sin", "math.sinh", "math.sqrt", "math.tan", "math.tanh",
};
enum { COUNT = sizeof ALLOWED / sizeof ALLOWED[0] };
static lua_CFunction allowed[COUNT + 1];
static int seen_allowed[COUNT + 1], functions_seen, tables_seen, strangers;

/* Which C function each name is, according to the whole libraries. */
static void learn(void)
{
  lua_State *L = check_open();
  int i;
  for (i = 0; i < COUNT; i++) {
    lua_pushfstring(L, "return %s", ALLOWED[i]);
    CHECK_INT(luaL_loadstring(L, lua_tostring(L, -1)), 0);
    lua_call(L, 0, 1);
    allowed[i] = lua_tocfunction(L, -1);
    if (!CHECK(allowed[i] != NULL)) printf("    %s\n", ALLOWED[i]);
    lua_settop(L, 0);
  }
  lua_close(L);
}

static int tells = 1;
static void stranger(const char *path)
{
  strangers++;
  if (tells) printf("    not allowed: %s\n", path);
}

/* Looks at the value on top, and pops it.  `seen` is the table at index 1. */
static void walk(lua_State *L, const char *path, int depth)
{
  char name[200];
  int i, type = lua_type(L, -1);
  luaL_checkstack(L, 10, "walk");
  if (type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER) { lua_pop(L, 1); return; }
  if (type == LUA_TLIGHTUSERDATA || type == LUA_TUSERDATA) stranger(path);
  lua_pushvalue(L, -1);
  lua_rawget(L, 1);
  i = lua_toboolean(L, -1);
  lua_pop(L, 1);
  if (i || !CHECK(depth < 50)) { lua_pop(L, 1); return; }
  lua_pushvalue(L, -1);
  lua_pushboolean(L, 1);
  lua_rawset(L, 1);
  if (lua_getmetatable(L, -1)) {
    snprintf(name, sizeof name, "%.150s:metatable", path);
    walk(L, name, depth + 1);
  }
  if (type == LUA_TTABLE) {
    tables_seen++;
    lua_pushnil(L);
    while (lua_next(L, -2)) {
      snprintf(name, sizeof name, "%.150s.%.40s", path,
               lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "[]");
      walk(L, name, depth + 1);
      snprintf(name, sizeof name, "%.150s:key", path);
      lua_pushvalue(L, -1);
      walk(L, name, depth + 1);
    }
  } else if (type == LUA_TFUNCTION) {
    lua_CFunction f = lua_tocfunction(L, -1);
    functions_seen++;
    for (i = 0; f != NULL && i <= COUNT && allowed[i] != f; i++) ;
    if (f != NULL && i > COUNT) stranger(path);
    else if (f != NULL) seen_allowed[i] = 1;
    for (i = 1; lua_getupvalue(L, -1, i) != NULL; i++) {
      snprintf(name, sizeof name, "%.150s:upvalue", path);
      walk(L, name, depth + 1);
    }
    lua_getfenv(L, -1);
    snprintf(name, sizeof name, "%.150s:environment", path);
    walk(L, name, depth + 1);
  }
  lua_pop(L, 1);
}

static void walk_all(lua_State *L)
{
  int i;
  memset(seen_allowed, 0, sizeof seen_allowed);
  functions_seen = tables_seen = strangers = 0;
  lua_settop(L, 0);
  lua_newtable(L);
  lua_getglobal(L, "collectgarbage"); /* its own, not the library's */
  allowed[COUNT] = lua_tocfunction(L, -1);
  lua_pop(L, 1);
  lua_pushvalue(L, LUA_GLOBALSINDEX);
  walk(L, "_G", 0);
  lua_pushliteral(L, "");
  walk(L, "a string", 0);
  /* what functions return */
  CHECK_INT(luaL_loadstring(L, "return ipairs({}), pairs({}), string.gmatch('', ''),"
            " coroutine.create(function() end), function() end, load(function() end),"
            " loadstring('')"), 0);
  lua_call(L, 0, LUA_MULTRET);
  for (i = 2; i <= lua_gettop(L); i++) {
    if (i == 4 || i == 5) continue; /* gmatch's iterator; a thread */
    lua_pushvalue(L, i);
    walk(L, "a result", 0);
  }
  lua_settop(L, 0);
}

static void test_walk(void)
{
  lua_State *L = luaL_newstate();
  int i, types[3] = { LUA_TNUMBER, LUA_TBOOLEAN, LUA_TFUNCTION };
  x.opensandbox(L);
  CHECK_TOP(L, 0);
  walk_all(L);
  CHECK_INT(strangers, 0);
  CHECK(tables_seen >= 7);
  CHECK(functions_seen >= COUNT);
  for (i = 0; i <= COUNT; i++)
    if (!CHECK(seen_allowed[i])) printf("    missing: %s\n", i < COUNT ? ALLOWED[i] : "collectgarbage");
  for (i = 0; i < 3; i++) { /* other types have no metatable */
    if (types[i] == LUA_TNUMBER) lua_pushnumber(L, 1);
    else if (types[i] == LUA_TBOOLEAN) lua_pushboolean(L, 1);
    else lua_getglobal(L, "next");
    CHECK_INT(lua_getmetatable(L, -1), 0);
    lua_settop(L, 0);
  }
  lua_close(L);

  /* the walk finds what is there: the whole libraries are full of strangers */
  L = check_open();
  tells = 0;
  memset(seen_allowed, 0, sizeof seen_allowed);
  strangers = 0;
  lua_newtable(L);
  lua_getglobal(L, "os");
  walk(L, "os", 0);
  CHECK(strangers >= 40);
  tells = 1;
  /* a state that had them loses all sight of them */
  lua_settop(L, 0);
  x.opensandbox(L);
  walk_all(L);
  CHECK_INT(strangers, 0);
  lua_close(L);
}

/* In a C function, as hosts do: the function's own environment is no way out. */
static int opens(lua_State *L)
{
  x.opensandbox(L);
  return 0;
}

static void test_opened_in_a_function(void)
{
  lua_State *L = check_open();
  CHECK_INT(check_pcall_c(L, opens), 0);
  walk_all(L);
  CHECK_INT(strangers, 0);
  lua_close(L);
}

/* == Escapes ================================================================ */

static void test_escapes(void)
{
  static const char *const NAMES[] = {
    "io", "package", "debug", "require", "module", "dofile", "loadfile", "getfenv", "setfenv",
    "newproxy", "print", "os.execute", "os.exit", "os.getenv", "os.remove", "os.rename",
    "os.setlocale", "os.tmpname", "string.dump", "gcinfo" };
  lua_State *L = check_open();
  int i;
  x.opensandbox(L);
  for (i = 0; i < (int)(sizeof NAMES / sizeof NAMES[0]); i++) {
    char code[100];
    snprintf(code, sizeof code, "return %s", NAMES[i]);
    CHECK_EVAL(L, code, "nil");
  }
  CHECK_EVAL(L, "return getmetatable('')", "false");
  CHECK_EVAL(L, "return pcall(setmetatable, '', {})", "false");
  CHECK_EVAL(L, "return ('x').dump", "nil");
  CHECK_EVAL(L, "return ('abc'):upper()", "ABC");
  CHECK_EVAL(L, "return pcall(collectgarbage, 'stop')", "false");
  CHECK_EVAL(L, "return pcall(collectgarbage, 'setpause', 1)", "false");
  CHECK_EVAL(L, "return collectgarbage('count') > 0", "true");
  CHECK_EVAL(L, "return collectgarbage()", "0");
  CHECK_EVAL(L, "local f, m = loadstring('\\27Lua') return m", "attempt to load chunk with wrong mode");
  CHECK_EVAL(L, "local f, m = load(function() return '\\27LuaQ' end) return m",
             "attempt to load chunk with wrong mode");
  /* and what is there works */
  CHECK_EVAL(L, "local s = 0 for k, v in pairs({1, 2}) do s = s + v end"
                " for i, v in ipairs({3, 4}) do s = s + v end return s", "10");
  CHECK_EVAL(L, "return coroutine.wrap(function() return pcall(coroutine.yield, 5) end)()", "5");
  CHECK_EVAL(L, "return _G._G == _G and _VERSION", "Lua 5.1");
  CHECK_EVAL(L, "return math.floor(math.pi) + math.mod(5, 3) + #os.date('%Y')", "9");
  CHECK_EVAL(L, "return loadstring('x = 1 return x')()", "1");
  CHECK_EVAL(L, "return select(2, xpcall(error, function() return 'handled' end))", "handled");
  { /* threads made of it share its globals */
    lua_State *co = lua_newthread(L);
    CHECK_EVAL(co, "return x == 1 and io == nil", "true");
    lua_settop(L, 0);
  }
  lua_close(L);
}

/* == Text only ============================================================== */

static int append(lua_State *L, const void *p, size_t size, void *b)
{
  (void)L;
  luaL_addlstring((luaL_Buffer *)b, (const char *)p, size);
  return 0;
}

static void test_text_only(void)
{
  static const char WRONG[] = "attempt to load chunk with wrong mode";
  lua_State *L = check_open();
  luaL_Buffer b;
  const char *chunk;
  size_t size;
  FILE *file;
  check_load(L, "return 42");
  luaL_buffinit(L, &b);
  /* the function is to be on top when it is dumped: the chunk is small, so the buffer pushes nothing */
  CHECK_INT(lua_dump(L, append, &b), 0);
  luaL_pushresult(&b);
  chunk = lua_tolstring(L, -1, &size);
  lua_setglobal(L, "chunk");
  file = fopen("binary.lua", "wb");
  CHECK(file != NULL && fwrite(chunk, 1, size, file) == size);
  fclose(file);
  RUN(L, "package.path = './?.lua'");
  CHECK_EVAL(L, "return loadstring(chunk)()", "42");
  CHECK_INT(x.settextonly(L, 1), 0);
  CHECK_INT(x.settextonly(L, 1), 1);
  CHECK_ERROR(L, luaL_loadbuffer(L, chunk, size, "=chunk"), LUA_ERRSYNTAX, WRONG);
  CHECK_ERROR(L, luaL_loadfile(L, "binary.lua"), LUA_ERRSYNTAX, WRONG);
  CHECK_EVAL(L, "return select(2, loadstring(chunk))", WRONG);
  CHECK_EVAL(L, "return select(2, load(function() local c = chunk chunk2, chunk = c return c end))", WRONG);
  RUN(L, "chunk = chunk2");
  CHECK_EVAL(L, "return select(2, loadfile('binary.lua'))", WRONG);
  CHECK_EVAL(L, "return select(2, pcall(dofile, 'binary.lua'))", WRONG);
  CHECK_EVAL(L, "return (select(2, pcall(require, 'binary')):find('wrong mode', 1, true)) ~= nil", "true");
  CHECK_EVAL(L, "return loadstring('return 1')()", "1");
  CHECK_INT(x.settextonly(L, 0), 1);
  CHECK_EVAL(L, "return dofile('binary.lua')", "42");
  remove("binary.lua");
  lua_close(L);
}

int main(void)
{
  int found = find(&x.opensandbox, "ferrous_opensandbox") + find(&x.settextonly, "ferrous_settextonly");
  if (found == 0) { printf("sandbox: 0 passed, 0 failed\n"); return 0; }
  CHECK_INT(found, 2);
  learn();
  test_walk();
  test_opened_in_a_function();
  test_escapes();
  test_text_only();
  return check_end("sandbox");
}
