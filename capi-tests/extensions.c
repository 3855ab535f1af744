/*
** extensions.c - LuaJIT's additions to the C API, as ferrouslua.h declares them.
**
** The reference's library has none of them: with it nothing is checked.  The
** functions are found by name at run time, so that one binary runs with either
** library.  `make extensions-luajit` runs it on LuaJIT's library, which proves
** the expectations.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "check.h"
#include "find.h"

static struct {
  int (*loadx)(lua_State *, lua_Reader, void *, const char *, const char *);
  void *(*upvalueid)(lua_State *, int, int);
  void (*upvaluejoin)(lua_State *, int, int, int, int);
  const lua_Number *(*version)(lua_State *);
  void (*copy)(lua_State *, int, int);
  lua_Number (*tonumberx)(lua_State *, int, int *);
  lua_Integer (*tointegerx)(lua_State *, int, int *);
  int (*isyieldable)(lua_State *);
  void (*traceback)(lua_State *, lua_State *, const char *, int);
  void (*setfuncs)(lua_State *, const luaL_Reg *, int);
  void (*pushmodule)(lua_State *, const char *, int);
  void *(*testudata)(lua_State *, int, const char *);
  void (*setmetatable)(lua_State *, const char *);
  int (*fileresult)(lua_State *, int, const char *);
  int (*execresult)(lua_State *, int);
  int (*loadfilex)(lua_State *, const char *, const char *);
  int (*loadbufferx)(lua_State *, const char *, size_t, const char *, const char *);
  int (*setmode)(lua_State *, int, int);
} x;

static int find_all(void)
{
  return find(&x.loadx, "lua_loadx") + find(&x.upvalueid, "lua_upvalueid")
       + find(&x.upvaluejoin, "lua_upvaluejoin") + find(&x.version, "lua_version")
       + find(&x.copy, "lua_copy") + find(&x.tonumberx, "lua_tonumberx")
       + find(&x.tointegerx, "lua_tointegerx") + find(&x.isyieldable, "lua_isyieldable")
       + find(&x.traceback, "luaL_traceback") + find(&x.setfuncs, "luaL_setfuncs")
       + find(&x.pushmodule, "luaL_pushmodule") + find(&x.testudata, "luaL_testudata")
       + find(&x.setmetatable, "luaL_setmetatable") + find(&x.fileresult, "luaL_fileresult")
       + find(&x.execresult, "luaL_execresult") + find(&x.loadfilex, "luaL_loadfilex")
       + find(&x.loadbufferx, "luaL_loadbufferx") + find(&x.setmode, "luaJIT_setmode");
}

static int on_luajit(void) { return dlsym(RTLD_DEFAULT, "luaopen_ffi") != NULL; }

/* A library with AddressSanitizer returns to its trampoline, and makes none. */
static int is_machine_code_made(void)
{
#if defined(__x86_64__) && defined(__linux__)
  return getenv("CHECK_SANITIZED") == NULL;
#else
  return on_luajit();
#endif
}

/* == Loading =============================================================== */

#define WRONG_MODE "attempt to load chunk with wrong mode"

static const char *one_piece(lua_State *L, void *data, size_t *size)
{
  const char **text = data, *piece = *text;
  (void)L;
  *text = NULL;
  *size = piece ? strlen(piece) : 0;
  return piece;
}

static int load(lua_State *L, const char *text, const char *mode)
{
  return x.loadx(L, one_piece, &text, "=chunk", mode);
}

static int append(lua_State *L, const void *p, size_t size, void *buffer)
{
  (void)L;
  luaL_addlstring(buffer, p, size);
  return 0;
}

static void test_loading(void)
{
  lua_State *L = check_open();
  luaL_Buffer dumped;
  const char *binary;
  size_t size;
  FILE *f;

  CHECK_INT(load(L, "return 7", NULL), 0);
  CHECK_INT(load(L, "return 7", "t"), 0);
  CHECK_INT(load(L, "return 7", "bt"), 0);
  CHECK_TOP(L, 3);
  lua_call(L, 0, 1);
  CHECK_NUM(lua_tonumber(L, -1), 7);
  CHECK_ERROR(L, load(L, "return 7", "b"), LUA_ERRSYNTAX, WRONG_MODE);
  CHECK_ERROR(L, load(L, "return 7", ""), LUA_ERRSYNTAX, WRONG_MODE);
  CHECK_ERROR(L, load(L, "", "b"), LUA_ERRSYNTAX, WRONG_MODE);
  lua_settop(L, 0);

  check_load(L, "return 'from binary'");
  luaL_buffinit(L, &dumped);
  /* lua_dump wants the function on top: the buffer is small, so nothing lies above. */
  CHECK_INT(lua_dump(L, append, &dumped), 0);
  luaL_pushresult(&dumped);
  binary = lua_tolstring(L, -1, &size);
  CHECK_INT(x.loadbufferx(L, binary, size, "=bin", "b"), 0);
  lua_call(L, 0, 1);
  CHECK_STR(lua_tostring(L, -1), "from binary");
  lua_pop(L, 1);
  CHECK_INT(x.loadbufferx(L, binary, size, "=bin", NULL), 0);
  lua_pop(L, 1);
  CHECK_ERROR(L, x.loadbufferx(L, binary, size, "=bin", "t"), LUA_ERRSYNTAX, WRONG_MODE);
  CHECK_ERROR(L, x.loadbufferx(L, "x x", 3, "=text", "b"), LUA_ERRSYNTAX, WRONG_MODE);
  CHECK_INT(x.loadbufferx(L, "x x", 3, "=text", "t"), LUA_ERRSYNTAX);
  lua_settop(L, 0);

  f = fopen("chunk.lua", "w");
  fputs("#!first line\nreturn ...", f);
  fclose(f);
  CHECK_INT(x.loadfilex(L, "chunk.lua", "t"), 0);
  lua_pushinteger(L, 11);
  lua_call(L, 1, 1);
  CHECK_NUM(lua_tonumber(L, -1), 11);
  CHECK_INT(x.loadfilex(L, "chunk.lua", NULL), 0);
  CHECK_ERROR(L, x.loadfilex(L, "chunk.lua", "b"), LUA_ERRSYNTAX, WRONG_MODE);
  CHECK_ERROR(L, x.loadfilex(L, "no/file", "t"), LUA_ERRFILE,
              "cannot open no/file: No such file or directory");
  CHECK_TOP(L, 2);
  lua_close(L);
}

/* == Upvalues ============================================================== */

static int answer(lua_State *L)
{
  lua_pushvalue(L, lua_upvalueindex(1));
  return 1;
}

static void test_upvalues(void)
{
  lua_State *L = check_open();
  RUN(L, "local a, b = 1, 2\n"
         "function fa() return a, b end\n"
         "function fb() return b, a end\n"
         "function setb(v) b = v end");
  lua_getglobal(L, "fa");
  lua_getglobal(L, "fb");
  lua_getglobal(L, "setb");
  CHECK(x.upvalueid(L, 1, 1) != NULL);
  CHECK_PTR(x.upvalueid(L, 1, 1), x.upvalueid(L, 2, 2));
  CHECK_PTR(x.upvalueid(L, 1, 2), x.upvalueid(L, 2, 1));
  CHECK_PTR(x.upvalueid(L, 1, 2), x.upvalueid(L, -1, 1));
  CHECK(x.upvalueid(L, 1, 1) != x.upvalueid(L, 1, 2));

  RUN(L, "local other = 'joined'\n function f() return other end\n"
         "function setother(v) other = v end");
  lua_getglobal(L, "f");
  x.upvaluejoin(L, 1, 2, 4, 1);
  CHECK_PTR(x.upvalueid(L, 1, 2), x.upvalueid(L, 4, 1));
  CHECK_EVAL(L, "return select(2, fa())", "joined");
  CHECK_EVAL(L, "return (fb())", "2");
  RUN(L, "setother('set')");
  CHECK_EVAL(L, "return select(2, fa())", "set");
  /* The variable lives on by the joined closure alone. */
  RUN(L, "f, setother = nil");
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_EVAL(L, "return select(2, fa())", "set");

  /* One that is still open is joined too, and closed for both. */
  RUN(L, "local t = 0\n function target() return t end");
  RUN(L, "co = coroutine.create(function() local open = 'open'\n"
         "  function sharer() return open end\n"
         "  coroutine.yield() open = 'changed' coroutine.yield() end)\n"
         "coroutine.resume(co)");
  lua_getglobal(L, "target");
  lua_getglobal(L, "sharer");
  x.upvaluejoin(L, 1, 1, 2, 1);
  lua_settop(L, 0);
  CHECK_EVAL(L, "return target()", "open");
  CHECK_EVAL(L, "coroutine.resume(co) return target()", "changed");
  CHECK_EVAL(L, "coroutine.resume(co) co = nil sharer = nil collectgarbage() return target()",
             "changed");

  lua_pushinteger(L, 1);
  lua_pushinteger(L, 2);
  lua_pushcclosure(L, answer, 2);
  CHECK(x.upvalueid(L, 1, 1) != NULL);
  CHECK(x.upvalueid(L, 1, 1) != x.upvalueid(L, 1, 2));
  if (!on_luajit()) {  /* which does not define it */
    CHECK_PTR(x.upvalueid(L, 1, 3), NULL);
    CHECK_PTR(x.upvalueid(L, 1, 0), NULL);
    CHECK_PTR(x.upvalueid(L, 5, 1), NULL);
  }
  lua_close(L);
}

/* == Values ================================================================ */

static void test_values(void)
{
  lua_State *L = check_open();
  int ok = 9;
  CHECK_NUM(*x.version(L), 501);
  CHECK_NUM(*x.version(NULL), 501);

  lua_pushliteral(L, "none");
  lua_pushliteral(L, " 0x10 ");
  lua_pushnumber(L, -3.7);
  lua_pushnil(L);
  CHECK_NUM(x.tonumberx(L, 1, &ok), 0);  CHECK_INT(ok, 0);
  CHECK_NUM(x.tonumberx(L, 2, &ok), 16); CHECK_INT(ok, 1);
  CHECK_NUM(x.tonumberx(L, 4, &ok), 0);  CHECK_INT(ok, 0);
  CHECK_NUM(x.tonumberx(L, 3, &ok), -3.7); CHECK_INT(ok, 1);
  CHECK_NUM(x.tonumberx(L, 3, NULL), -3.7);
  CHECK_NUM(x.tonumberx(L, 15, &ok), 0); CHECK_INT(ok, 0);
  CHECK_INT(x.tointegerx(L, 3, &ok), -3); CHECK_INT(ok, 1);
  CHECK_INT(x.tointegerx(L, 2, &ok), 16); CHECK_INT(ok, 1);
  CHECK_INT(x.tointegerx(L, 1, &ok), 0);  CHECK_INT(ok, 0);
  CHECK_INT(x.tointegerx(L, 2, NULL), 16);
  CHECK_INT(x.tointegerx(L, 15, &ok), 0); CHECK_INT(ok, 0);
  CHECK_STR(lua_tostring(L, 2), " 0x10 ");  /* unchanged */

  x.copy(L, 2, 4);
  CHECK_STR(lua_tostring(L, 4), " 0x10 ");
  x.copy(L, -1, -4);
  CHECK_STR(lua_tostring(L, 1), " 0x10 ");
  x.copy(L, 3, 3);
  CHECK_NUM(lua_tonumber(L, 3), -3.7);
  CHECK_TOP(L, 4);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "new world");
  lua_setfield(L, -2, "name");
  lua_pushvalue(L, LUA_GLOBALSINDEX);
  x.copy(L, 5, LUA_GLOBALSINDEX);
  lua_getglobal(L, "name");
  CHECK_STR(lua_tostring(L, -1), "new world");
  x.copy(L, 6, LUA_GLOBALSINDEX);
  CHECK_EVAL(L, "return name", "nil");
  lua_close(L);
}

static int copy_to_upvalue(lua_State *L)
{
  x.copy(L, 1, lua_upvalueindex(1));
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);
  lua_pushvalue(L, lua_upvalueindex(1));
  return 1;
}

static int yieldable(lua_State *L)
{
  lua_pushboolean(L, x.isyieldable(L));
  return 1;
}

static int call_it(lua_State *L)
{
  lua_call(L, 0, 1);
  return 1;
}

static void test_calls(void)
{
  lua_State *L = check_open();
  lua_pushnil(L);
  lua_pushcclosure(L, copy_to_upvalue, 1);
  lua_setglobal(L, "keep");
  CHECK_EVAL(L, "return keep({'kept'})[1]", "kept");

  CHECK_INT(x.isyieldable(L), 0);
  lua_register(L, "yieldable", yieldable);
  lua_register(L, "call_it", call_it);
  CHECK_EVAL(L, "return yieldable()", "false");
  CHECK_EVAL(L, "return coroutine.wrap(function() return (yieldable()) end)()", "true");
  CHECK_EVAL(L, "return coroutine.wrap(function() return call_it(yieldable) end)()", "false");
  lua_close(L);
}

/* == Tracebacks ============================================================ */

static int trace(lua_State *L)
{
  lua_State *of = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
  x.traceback(L, of, luaL_optstring(L, 2, NULL), luaL_optint(L, 3, 0));
  CHECK_TYPE(L, -1, "string");
  return 1;
}

static void test_traceback(void)
{
  lua_State *L = check_open();
  lua_register(L, "trace", trace);
  CHECK_EVAL(L, "local t = trace(nil, 'message') return t:match('^(.-)\\n\\t')",
             "message\nstack traceback:");
  CHECK_EVAL(L, "local t = trace() return t:match('^(.-)\\n\\t')", "stack traceback:");
  CHECK_EVAL(L, "local t = trace(nil, nil, 0) return t",
             "stack traceback:\n\t[C]: in function 'trace'\n\ttest:1: in main chunk");
  CHECK_EVAL(L, "local t = trace(nil, nil, 1) return t",
             "stack traceback:\n\ttest:1: in main chunk");
  CHECK_EVAL(L, "local t = trace(nil, 'm', 1) return t == debug.traceback('m', 1)", "true");
  CHECK_EVAL(L, "local t = trace(nil, 'm', 99) return t", "m\nstack traceback:");
  RUN(L, "co = coroutine.create(function() local function inner() coroutine.yield() end\n"
         "  inner() end) coroutine.resume(co)");
  CHECK_EVAL(L, "local t = trace(co, 'of co', 0) return t == debug.traceback(co, 'of co', 0)",
             "true");
  CHECK_EVAL(L, "return trace(co, 'of co', 1):match('inner') or trace(co, 'x', 1)", "inner");
  RUN(L, "local function deep(n) if n == 0 then return trace(nil, 'd', 0) end\n"
         "  return (deep(n - 1)) end deeptrace = deep(60)");
  CHECK_EVAL(L, "return deeptrace:match('\\n\\t(%.%.%.)\\n') or 'no gap'", "...");
  lua_close(L);
}

/* == Libraries ============================================================= */

static int upvalue_and_argument(lua_State *L)
{
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_concat(L, 2);
  return 1;
}

static int set_conflict(lua_State *L)
{
  x.pushmodule(L, "print.x", 1);
  return 1;
}

static void test_libraries(void)
{
  static const luaL_Reg functions[] = {
    {"first", upvalue_and_argument}, {"second", upvalue_and_argument}, {NULL, NULL}};
  lua_State *L = check_open();
  lua_newtable(L);
  lua_pushliteral(L, "up");
  lua_pushliteral(L, "value");
  x.setfuncs(L, functions, 2);
  CHECK_TOP(L, 1);
  lua_setglobal(L, "lib");
  CHECK_EVAL(L, "return lib.first()", "upvalue");
  CHECK_EVAL(L, "return lib.second()", "upvalue");
  lua_newtable(L);
  x.setfuncs(L, functions + 2, 0);
  CHECK_TOP(L, 1);
  lua_settop(L, 0);

  x.pushmodule(L, "a.b.c", 3);
  x.pushmodule(L, "a.b.c", 0);
  CHECK_TOP(L, 2);
  CHECK(lua_rawequal(L, 1, 2));
  lua_setglobal(L, "found");
  CHECK_EVAL(L, "return found == a.b.c and found == package.loaded['a.b.c']", "true");
  x.pushmodule(L, "string", 0);
  lua_getfield(L, -1, "rep");
  CHECK_TYPE(L, -1, "function");
  lua_settop(L, 0);
  CHECK_ERROR(L, check_pcall_c(L, set_conflict), LUA_ERRRUN,
              "name conflict for module 'print.x'");
  lua_close(L);
}

static void test_userdata(void)
{
  lua_State *L = check_open();
  void *block;
  int local;
  CHECK_INT(luaL_newmetatable(L, "one"), 1);
  luaL_newmetatable(L, "two");
  lua_settop(L, 0);
  block = lua_newuserdata(L, 8);
  CHECK_PTR(x.testudata(L, 1, "one"), NULL);
  x.setmetatable(L, "one");
  CHECK_TOP(L, 1);
  CHECK_PTR(x.testudata(L, 1, "one"), block);
  CHECK_PTR(x.testudata(L, -1, "one"), block);
  CHECK_PTR(x.testudata(L, 1, "two"), NULL);
  CHECK_PTR(x.testudata(L, 1, "unknown"), NULL);
  CHECK_PTR(x.testudata(L, 15, "one"), NULL);
  CHECK_PTR(luaL_checkudata(L, 1, "one"), block);
  x.setmetatable(L, "two");
  CHECK_PTR(x.testudata(L, 1, "two"), block);
  x.setmetatable(L, "unknown");
  CHECK_INT(lua_getmetatable(L, 1), 0);
  CHECK_PTR(x.testudata(L, 1, "unknown"), NULL);
  lua_newtable(L);
  x.setmetatable(L, "one");
  CHECK_INT(lua_getmetatable(L, -1), 1);
  lua_settop(L, 0);
  lua_newtable(L);
  x.setmetatable(L, "one");
  CHECK_PTR(x.testudata(L, 1, "one"), NULL);
  lua_pushlightuserdata(L, &local);
  x.setmetatable(L, "one");
  CHECK_PTR(x.testudata(L, 2, "one"), NULL);
  lua_pushnil(L);
  lua_setmetatable(L, 2);
  lua_close(L);
}

/* == Results =============================================================== */

static const char *results(lua_State *L, int count)
{
  int i;
  CHECK_TOP(L, count);
  for (i = 1; i <= count; i++) {
    const char *text = lua_isnil(L, i) ? "nil"
                     : lua_isboolean(L, i) ? (lua_toboolean(L, i) ? "true" : "false")
                     : lua_tostring(L, i);
    lua_pushfstring(L, i > 1 ? ",%s" : "%s", text);
  }
  lua_concat(L, count);
  return lua_tostring(L, -1);
}

static int failed_with(int code) { errno = code; return 0; }

#define RESULTS(call, want) \
  (CHECK_STR(results(L, call), want), lua_settop(L, 0))

static void test_results(void)
{
  lua_State *L = check_open();
  RESULTS(x.execresult(L, system("exit 0")), "true,exit,0");
  RESULTS(x.execresult(L, system("exit 3")), "nil,exit,3");
  RESULTS(x.execresult(L, system("kill -9 $$")), "nil,signal,9");
  RESULTS((failed_with(ENOENT), x.execresult(L, -1)), "nil,No such file or directory,2");
  RESULTS(x.fileresult(L, 1, "name"), "true");
  RESULTS(x.fileresult(L, failed_with(EACCES), "name"), "nil,name: Permission denied,13");
  RESULTS(x.fileresult(L, failed_with(EACCES), NULL), "nil,Permission denied,13");
  lua_close(L);
}

static void test_engine(void)
{
  lua_State *L = check_open();
  CHECK_INT(x.setmode(L, 0, 0x000), 1);      /* the engine off */
  CHECK_INT(x.setmode(L, 0, 0x200), 1);      /* flushed */
  RUN(L, "for i = 1, 2000 do n = (n or 0) + i % 3 end");
  CHECK_INT(x.setmode(L, 0, 0x100), is_machine_code_made());
  RUN(L, "for i = 1, 2000 do n = n + i % 3 end");
  CHECK_INT(x.setmode(L, 0, 0x200), 1);
  RUN(L, "for i = 1, 2000 do n = n + i % 3 end assert(n == 3 * 2001)");
  if (!on_luajit()) {
    CHECK_INT(x.setmode(L, -1, 0x110), 0);   /* no wrapping of C functions */
    CHECK_INT(x.setmode(L, 0, 0x002), !is_machine_code_made()); /* no function alone off */
  }
  lua_close(L);
}

int main(void)
{
  const char *ident = dlsym(RTLD_DEFAULT, "lua_ident");  /* LuaJIT has none */
  if (ident != NULL && strstr(ident, "FerrousLua") == NULL) return check_end("extensions");
  if (!CHECK_INT(find_all(), 18)) return check_end("extensions");
  test_loading();
  test_upvalues();
  test_values();
  test_calls();
  test_traceback();
  test_libraries();
  test_userdata();
  test_results();
  test_engine();
  return check_end("extensions");
}
