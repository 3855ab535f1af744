/*
** debuginfo.c - lua_getstack, lua_getinfo with every option, lua_getlocal and
** lua_setlocal, from C.
*/
#include "check.h"

/* Each probe runs as a C function called from Lua at a chosen place. */

static int probe_caller(lua_State *L)
{
  lua_Debug ar;
  memset(&ar, 0x5a, sizeof ar);
  CHECK_INT(lua_getstack(L, 0, &ar), 1);           /* this C function */
  CHECK_INT(lua_getinfo(L, "nSlu", &ar), 1);
  CHECK_STR(ar.what, "C");
  CHECK_STR(ar.source, "=[C]");
  CHECK_STR(ar.short_src, "[C]");
  CHECK_INT(ar.currentline, -1);
  CHECK_INT(ar.linedefined, -1);
  CHECK_INT(ar.lastlinedefined, -1);
  CHECK_INT(ar.nups, 0);
  CHECK_STR(ar.name, "probe_caller");
  CHECK_STR(ar.namewhat, "global");
  CHECK_INT(lua_getstack(L, 1, &ar), 1);           /* the Lua function that called it */
  CHECK_INT(lua_getinfo(L, "nSlu", &ar), 1);
  CHECK_STR(ar.what, "Lua");
  CHECK_STR(ar.source, "=test");
  CHECK_STR(ar.short_src, "test");
  CHECK_INT(ar.currentline, 4);
  CHECK_INT(ar.linedefined, 2);
  CHECK_INT(ar.lastlinedefined, 6);
  CHECK_INT(ar.nups, 1);
  CHECK_STR(ar.name, "inner");
  CHECK_STR(ar.namewhat, "local");
  CHECK_INT(lua_getstack(L, 2, &ar), 1);           /* the main chunk */
  CHECK_INT(lua_getinfo(L, "nSl", &ar), 1);
  CHECK_STR(ar.what, "main");
  CHECK_INT(ar.currentline, 7);
  CHECK_INT(ar.linedefined, 0);
  CHECK_STR(ar.namewhat, "");
  CHECK(ar.name == NULL);
  CHECK_INT(lua_getstack(L, 3, &ar), 0);
  CHECK_INT(lua_getstack(L, 100, &ar), 0);
  return 0;
}

static void test_levels(lua_State *L)
{
  lua_Debug ar;
  CHECK_INT(lua_getstack(L, 0, &ar), 0);           /* nothing runs */
  lua_register(L, "probe_caller", probe_caller);
  RUN(L, "local up = 1\n"
         "local function inner(a, b)\n"
         "  local x = up\n"
         "  probe_caller()\n"
         "  return x\n"
         "end\n"
         "inner()");
}

/* lua_getinfo with '>' takes a function from the stack. */
static void test_function_info(lua_State *L)
{
  lua_Debug ar;
  RUN(L, "local u1, u2 = 1, 2\n"
         "function f(a)\n"
         "  local x = u1\n"
         "\n"
         "  return x, u2\n"
         "end");
  lua_getglobal(L, "f");
  CHECK_INT(lua_getinfo(L, ">Slu", &ar), 1);
  CHECK_TOP(L, 0);
  CHECK_STR(ar.what, "Lua");
  CHECK_INT(ar.linedefined, 2);
  CHECK_INT(ar.lastlinedefined, 6);
  CHECK_INT(ar.nups, 2);
  CHECK_INT(ar.currentline, -1);
  lua_getglobal(L, "f");
  CHECK_INT(lua_getinfo(L, ">n", &ar), 1);
  CHECK_STR(ar.namewhat, "");
  CHECK(ar.name == NULL);
  /* 'f' pushes the function, 'L' the table of its lines, in this order */
  lua_getglobal(L, "f");
  CHECK_INT(lua_getinfo(L, ">fL", &ar), 1);
  CHECK_TOP(L, 2);
  lua_getglobal(L, "f");
  CHECK(lua_rawequal(L, 1, 3));
  CHECK_TYPE(L, 2, "table");
  lua_settop(L, 2);
  {
    int line, lines = 0;
    for (line = 0; line <= 8; line++) {
      lua_rawgeti(L, 2, line);
      if (lua_toboolean(L, -1)) lines |= 1 << line;
      lua_pop(L, 1);
    }
    CHECK_INT(lines, 1 << 3 | 1 << 5 | 1 << 6);
  }
  lua_settop(L, 0);
  lua_getglobal(L, "print");
  CHECK_INT(lua_getinfo(L, ">SlL", &ar), 1);
  CHECK_STR(ar.what, "C");
  CHECK_TYPE(L, -1, "nil");                         /* a C function has no lines */
  lua_settop(L, 0);
  /* options that do not exist make the result 0; the others are still done */
  lua_getglobal(L, "f");
  CHECK_INT(lua_getinfo(L, ">Sx", &ar), 0);
  CHECK_INT(ar.linedefined, 2);
  lua_getglobal(L, "f");
  CHECK_INT(lua_getinfo(L, ">", &ar), 1);
  CHECK_TOP(L, 0);
  check_load(L, "return 1");
  CHECK_INT(lua_getinfo(L, ">S", &ar), 1);
  CHECK_STR(ar.what, "main");
  CHECK_INT(ar.linedefined, 0);
  CHECK_INT(ar.lastlinedefined, 0);
  CHECK_TOP(L, 0);
}

/* Each chunk's own name, also where its memory was another's. */
static void test_short_src_of_many(lua_State *L)
{
  int i, good = 0;
  char name[32], shown[32];
  lua_Debug ar;
  for (i = 0; i < 300; i++) {
    sprintf(name, "=chunk number %d", 1000 + i);
    sprintf(shown, "chunk number %d:1: bad", 1000 + i);
    luaL_loadbuffer(L, "error('bad')", 12, name);
    lua_pushvalue(L, -1);
    CHECK(lua_getinfo(L, ">S", &ar));
    good += strcmp(ar.short_src, name + 1) == 0;
    CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
    good += strcmp(lua_tostring(L, -1), shown) == 0;
    lua_settop(L, 0);
    if (i % 3 == 0) lua_gc(L, LUA_GCCOLLECT, 0);
  }
  CHECK_INT(good, 600);
}

static void test_source_names(lua_State *L)
{
  static const struct { const char *name, *short_src; } rows[] = {
    { "=shown as is", "shown as is" },
    { "@dir/file.lua", "dir/file.lua" },
    { "text", "[string \"text\"]" },
    { "two\nlines", "[string \"two...\"]" },
    { "=a display name that is much longer than what fits into sixty characters",
      "a display name that is much longer than what fits into sixt" },
    { "@/a/file/name/that/is/much/longer/than/what/fits/into/sixty/characters.lua",
      "...much/longer/than/what/fits/into/sixty/characters.lua" },
    { "a string that is much longer than what fits into sixty characters of short_src",
      "[string \"a string that is much longer than what fits...\"]" },
    { "", "[string \"\"]" },
  };
  size_t i;
  lua_Debug ar;
  for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    CHECK_INT(luaL_loadbuffer(L, "", 0, rows[i].name), 0);
    lua_getinfo(L, ">S", &ar);
    CHECK_STR(ar.source, rows[i].name);
    CHECK_STR(ar.short_src, rows[i].short_src);
    CHECK(strlen(ar.short_src) < LUA_IDSIZE);
  }
  CHECK_INT(LUA_IDSIZE, 60);
}

/* How a function was called gives it its name. */
static int name_of_caller(lua_State *L)
{
  lua_Debug ar;
  lua_getstack(L, 1, &ar);
  lua_getinfo(L, "n", &ar);
  lua_pushfstring(L, "%s %s", ar.namewhat, ar.name ? ar.name : "(none)");
  return 1;
}

static void test_names(lua_State *L)
{
  lua_register(L, "who", name_of_caller);
  CHECK_EVAL(L, "function g() local r = who() return r end local r = g() return r", "global g");
  CHECK_EVAL(L, "local function l() local r = who() return r end local r = l() return r", "local l");
  CHECK_EVAL(L, "local t = {} function t.field() local r = who() return r end local r = t.field() return r", "field field");
  CHECK_EVAL(L, "local t = {} function t:m() local r = who() return r end local r = t:m() return r", "method m");
  CHECK_EVAL(L, "local function u() local r = who() return r end local function v() local r = u() return r end local r = v() return r", "upvalue u");
  CHECK_EVAL(L, "local r = (function() local r = who() return r end)() return r", " (none)");
  CHECK_EVAL(L, "local t = setmetatable({}, {__index = function() local r = who() return r end}) local r = t.x return r", " (none)");
  CHECK_EVAL(L, "local r = {pcall(function() local r = who() return r end)} return r[2]", " (none)");
  CHECK_EVAL(L, "local r for v in function(_, c) if c then return end local r = who() return r end do r = v end return r", "local (for generator)");
  CHECK_EVAL(L, "local t = {function() local r = who() return r end} local r = t[1]() return r", "field ?");
  CHECK_EVAL(L, "local t = {} t['two words'] = function() local r = who() return r end local r = t['two words']() return r", "field two words");
  CHECK_EVAL(L, "local function f() local r = who() return r end local function g() return f() end local r = g() return r", " (none)");
}

/* ---- locals ---- */

static int probe_locals(lua_State *L)
{
  lua_Debug ar;
  CHECK_INT(lua_getstack(L, 1, &ar), 1);
  CHECK_STR(lua_getlocal(L, &ar, 1), "a");   CHECK_INT(lua_tointeger(L, -1), 1);
  CHECK_STR(lua_getlocal(L, &ar, 2), "b");   CHECK_STR(lua_tostring(L, -1), "two");
  CHECK_STR(lua_getlocal(L, &ar, 3), "c");   CHECK_TYPE(L, -1, "nil");
  CHECK_STR(lua_getlocal(L, &ar, 4), "x");   CHECK_INT(lua_tointeger(L, -1), 10);
  CHECK_STR(lua_getlocal(L, &ar, 5), "(for index)"); CHECK_INT(lua_tointeger(L, -1), 7);
  CHECK_STR(lua_getlocal(L, &ar, 6), "(for limit)");
  CHECK_STR(lua_getlocal(L, &ar, 7), "(for step)");
  CHECK_STR(lua_getlocal(L, &ar, 8), "i");   CHECK_INT(lua_tointeger(L, -1), 7);
  CHECK_STR(lua_getlocal(L, &ar, 9), "inner"); CHECK_TYPE(L, -1, "table");
  CHECK_TOP(L, 9);
  CHECK_STR(lua_getlocal(L, &ar, 10), "(*temporary)"); CHECK_STR(lua_tostring(L, -1), "temporary");
  CHECK_TOP(L, 10);
  CHECK(lua_getlocal(L, &ar, 200) == NULL);
  CHECK(lua_getlocal(L, &ar, 0) == NULL);
  CHECK(lua_getlocal(L, &ar, -1) == NULL);
  CHECK_TOP(L, 10);
  lua_pushliteral(L, "changed");
  CHECK_STR(lua_setlocal(L, &ar, 2), "b");
  CHECK_TOP(L, 10);
  lua_pushinteger(L, 99);
  CHECK_STR(lua_setlocal(L, &ar, 4), "x");
  lua_pushnil(L);
  CHECK(lua_setlocal(L, &ar, 200) == NULL);
  CHECK_TOP(L, 10);                                 /* the value is popped even so */
  lua_pushliteral(L, "");
  return 1;
}

static int probe_own(lua_State *L)
{
  /* the locals of a C function are its stack */
  lua_Debug ar;
  CHECK_INT(lua_getstack(L, 0, &ar), 1);
  CHECK_STR(lua_getlocal(L, &ar, 1), "(*temporary)");
  CHECK_STR(lua_tostring(L, -1), "argument");
  lua_pop(L, 1);
  lua_pushliteral(L, "new value");
  CHECK_STR(lua_setlocal(L, &ar, 1), "(*temporary)");
  CHECK_STR(lua_tostring(L, 1), "new value");
  CHECK(lua_getlocal(L, &ar, 2) == NULL);
  return 0;
}

static void test_locals(lua_State *L)
{
  lua_register(L, "probe_locals", probe_locals);
  lua_register(L, "probe_own", probe_own);
  CHECK_EVAL(L, "local function f(a, b, c) local x = 10 for i = 7, 7 do local inner = {} local later = 'temporary' .. probe_locals() end return b .. x end "
                "return (f(1, 'two'))", "changed99");
  RUN(L, "probe_own('argument')");
  CHECK_TOP(L, 0);
}

/* Locals come into being after their statement and go with their block. */
static int count_locals(lua_State *L)
{
  lua_Debug ar;
  int n = 0;
  const char *name;
  lua_getstack(L, 1, &ar);
  while ((name = lua_getlocal(L, &ar, n + 1)) != NULL && name[0] != '(') { n++; lua_pop(L, 1); }
  lua_pushinteger(L, n);
  return 1;
}

static void test_scopes(lua_State *L)
{
  lua_register(L, "n", count_locals);
  CHECK_EVAL(L, "local a = n() local b = n() do local c = n() local d = n() b = b + c * 10 + d * 100 end local e = n() return a + b + e * 1000", "2321");
  CHECK_EVAL(L, "local function f(...) return (n()) end return f(1, 2)", "1");
  CHECK_EVAL(L, "local function f(x, ...) local y = 1 return (n()) end return f(1, 2)", "3");
}

/* Frames of another thread, and tail calls. */
static int frames_of_tail(lua_State *L)
{
  lua_Debug ar;
  CHECK_INT(lua_getstack(L, 1, &ar), 1);
  lua_getinfo(L, "Sl", &ar);
  CHECK_STR(ar.what, "Lua");
  CHECK_INT(lua_getstack(L, 2, &ar), 1);            /* the lost frame */
  CHECK_INT(lua_getinfo(L, "nSlu", &ar), 1);
  CHECK_STR(ar.what, "tail");
  CHECK_STR(ar.source, "=(tail call)");
  CHECK_STR(ar.short_src, "(tail call)");
  CHECK_STR(ar.namewhat, "");
  CHECK_STR(ar.name, "");
  CHECK_INT(ar.currentline, -1);
  CHECK_INT(ar.linedefined, -1);
  CHECK_INT(ar.lastlinedefined, -1);
  CHECK_INT(ar.nups, 0);
  CHECK(lua_getlocal(L, &ar, 1) == NULL);
  lua_pushnil(L);
  CHECK(lua_setlocal(L, &ar, 1) == NULL);
  CHECK_TOP(L, 0);
  CHECK_INT(lua_getinfo(L, "f", &ar), 1);
  CHECK_TYPE(L, -1, "nil");
  lua_pop(L, 1);
  /* of a lost frame everything is told, whatever is asked for */
  memset(ar.short_src, 'x', sizeof ar.short_src);
  ar.what = ar.name = NULL;
  ar.nups = ar.currentline = 77;
  CHECK_INT(lua_getinfo(L, "z", &ar), 1);
  CHECK_STR(ar.what, "tail");
  CHECK_STR(ar.name, "");
  CHECK_STR(ar.short_src, "(tail call)");
  CHECK_INT(ar.nups, 0);
  CHECK_INT(ar.currentline, -1);
  CHECK_INT(lua_getstack(L, 3, &ar), 1);
  lua_getinfo(L, "S", &ar);
  CHECK_STR(ar.what, "main");
  CHECK_INT(lua_getstack(L, 4, &ar), 0);
  return 0;
}

static void test_tail_calls(lua_State *L)
{
  lua_register(L, "frames", frames_of_tail);
  RUN(L, "local function f() frames() end local function g() return f() end g()");
}

static void test_other_thread(lua_State *L)
{
  lua_State *T = lua_newthread(L);
  lua_Debug ar;
  check_load(T, "local a = 'first'\nlocal function f(p)\n  coroutine.yield(p)\nend\nf(5) f(6)");
  CHECK_INT(lua_resume(T, 0), LUA_YIELD);
  lua_settop(T, 0);
  CHECK_INT(lua_getstack(T, 0, &ar), 1);
  lua_getinfo(T, "S", &ar);
  CHECK_STR(ar.what, "C");
  CHECK_INT(lua_getstack(T, 1, &ar), 1);
  lua_getinfo(T, "nSl", &ar);
  CHECK_STR(ar.name, "f");
  CHECK_INT(ar.currentline, 3);
  CHECK_STR(lua_getlocal(T, &ar, 1), "p");
  CHECK_INT(lua_tointeger(T, -1), 5);
  lua_settop(T, 0);
  CHECK_INT(lua_getstack(T, 2, &ar), 1);
  CHECK_STR(lua_getlocal(T, &ar, 1), "a");
  lua_settop(T, 0);
  lua_getinfo(T, "l", &ar);
  CHECK_INT(ar.currentline, 5);
  CHECK_INT(lua_getstack(T, 3, &ar), 0);
  CHECK_INT(lua_resume(T, 0), LUA_YIELD);
  CHECK_INT(lua_resume(T, 0), 0);
  lua_settop(L, 0);
}

static void test_traceback(lua_State *L)
{
  CHECK_EVAL(L, "local function f() return (debug.traceback('msg')) end local r = f() return r",
             "msg\nstack traceback:\n\ttest:1: in function 'f'\n\ttest:1: in main chunk");
  CHECK_EVAL(L, "local function f() return (debug.traceback('m', 2)) end local r = f() return r",
             "m\nstack traceback:\n\ttest:1: in main chunk");
  CHECK_EVAL(L, "function g() return (debug.traceback()) end local r = pcall(g) local _, m = pcall(g) return m",
             "stack traceback:\n\ttest:1: in function <test:1>\n\t[C]: in function 'pcall'\n\ttest:1: in main chunk");
  CHECK_EVAL(L, "return type(debug.traceback({}))", "table");
  CHECK_EVAL(L, "local co = coroutine.create(function() local x = 1\ncoroutine.yield() end) coroutine.resume(co) return debug.traceback(co)",
             "stack traceback:\n\t[C]: in function 'yield'\n\ttest:2: in function <test:1>");
  {  /* a deep stack: the first entries (the traceback function itself is one), the last ten, and a gap */
    static const char frame[] = "\n\ttest:1: in function 'r'";
    char want[2000] = "d\nstack traceback:";
    int i;
    for (i = 0; i < 11; i++) strcat(want, frame);
    strcat(want, "\n\t...");
    for (i = 0; i < 8; i++) strcat(want, frame);
    strcat(want, "\n\ttest:1: in function <test:1>\n\t(tail call): ?");
    CHECK_EVAL(L, "local function r(n) if n == 0 then return (debug.traceback('d')) end return (r(n - 1)) end return r(30)", want);
  }
}

/* Variable names in error messages survive dumping, unless stripped. */
static void test_info_of_dump(lua_State *L)
{
  CHECK_EVAL(L, "local f = loadstring(string.dump(loadstring('local v\\nreturn v.x', '@d.lua'))) return select(2, pcall(f))",
             "d.lua:2: attempt to index local 'v' (a nil value)");
}

int main(void)
{
  lua_State *L = check_open();
  test_levels(L);
  test_function_info(L);
  test_source_names(L);
  test_names(L);
  test_locals(L);
  test_scopes(L);
  test_tail_calls(L);
  test_other_thread(L);
  test_traceback(L);
  test_info_of_dump(L);
  test_short_src_of_many(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("debuginfo");
}
