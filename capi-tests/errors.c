/*
** errors.c - raising, catching, error functions, the panic function, errors
** while handling errors, and errors in finalisers.
*/
#include "check.h"
#include <setjmp.h>
#include <sys/wait.h>
#include <unistd.h>

static int raise_string(lua_State *L) { lua_pushliteral(L, "plain"); return lua_error(L); }
static int raise_table(lua_State *L) { lua_newtable(L); lua_pushinteger(L, 7); lua_setfield(L, -2, "code"); return lua_error(L); }
static int raise_nil(lua_State *L) { lua_pushnil(L); return lua_error(L); }
static int raise_number(lua_State *L) { lua_pushnumber(L, 2.5); return lua_error(L); }
static int raise_top(lua_State *L)
{ lua_pushliteral(L, "low"); lua_pushliteral(L, "high"); return lua_error(L); }
static int raise_format(lua_State *L)
{ return luaL_error(L, "%s %d %f %c %%", "text", 5, 1.5, 'c'); }

static void test_raise(lua_State *L)
{
  lua_pushliteral(L, "kept");
  CHECK_INT(check_pcall_c(L, raise_string), LUA_ERRRUN);
  CHECK_TOP(L, 2); CHECK_STR(lua_tostring(L, -1), "plain");
  lua_settop(L, 1);
  CHECK_INT(check_pcall_c(L, raise_table), LUA_ERRRUN);
  CHECK_TOP(L, 2); lua_getfield(L, -1, "code"); CHECK_INT(lua_tointeger(L, -1), 7);
  lua_settop(L, 1);
  CHECK_INT(check_pcall_c(L, raise_nil), LUA_ERRRUN);
  CHECK_TOP(L, 2); CHECK_TYPE(L, -1, "nil");
  lua_settop(L, 1);
  CHECK_INT(check_pcall_c(L, raise_number), LUA_ERRRUN);
  CHECK_TOP(L, 2); CHECK_NUM(lua_tonumber(L, -1), 2.5);
  lua_settop(L, 1);
  CHECK_ERROR(L, check_pcall_c(L, raise_top), LUA_ERRRUN, "high");
  CHECK_TOP(L, 1);
  /* no Lua function below: luaL_error has no place to name */
  CHECK_ERROR(L, check_pcall_c(L, raise_format), LUA_ERRRUN, "text 5 1.5 c %");
  lua_register(L, "raise_format", raise_format);
  CHECK_EVAL(L, "return select(2, pcall(raise_format))", "text 5 1.5 c %");
  CHECK_EVAL(L, "\n raise_format() ", "test:2: text 5 1.5 c %");
  CHECK_EVAL(L, "local function f() raise_format() end \n\n f()", "test:1: text 5 1.5 c %");
  lua_settop(L, 0);
}

static void test_error_library(lua_State *L)
{
  CHECK_EVAL(L, "error('m')", "test:1: m");
  CHECK_EVAL(L, "error('m', 0)", "m");
  CHECK_EVAL(L, "local function f() error('m', 2) end\n f()", "test:2: m");
  CHECK_EVAL(L, "return pcall(error)", "false");
  CHECK_EVAL(L, "return type(select(2, pcall(error)))", "nil");
  CHECK_EVAL(L, "return type(select(2, pcall(error, {})))", "table");
  CHECK_EVAL(L, "return select(2, pcall(error, 5))", "5");
  CHECK_EVAL(L, "assert(false)", "test:1: assertion failed!");
  CHECK_EVAL(L, "assert(nil, 'told')", "test:1: told");
  CHECK_EVAL(L, "return select('#', assert(1, 2, 3))", "3");
  CHECK_EVAL(L, "local t = nil; t.x = 1", "test:1: attempt to index local 't' (a nil value)");
  CHECK_EVAL(L, "undefined()", "test:1: attempt to call global 'undefined' (a nil value)");
  CHECK_EVAL(L, "local t = {} t.a.b = 1", "test:1: attempt to index field 'a' (a nil value)");
  CHECK_EVAL(L, "local t = {} t:nomethod()", "test:1: attempt to call method 'nomethod' (a nil value)");
  CHECK_EVAL(L, "return 1 + {}", "test:1: attempt to perform arithmetic on a table value");
  CHECK_EVAL(L, "return -{}", "test:1: attempt to perform arithmetic on a table value");
  CHECK_EVAL(L, "local s = 'x' return s + 1", "test:1: attempt to perform arithmetic on local 's' (a string value)");
  CHECK_EVAL(L, "return #5", "test:1: attempt to get length of a number value");
  CHECK_EVAL(L, "return {} < 1", "test:1: attempt to compare table with number");
  CHECK_EVAL(L, "return {} < {}", "test:1: attempt to compare two table values");
  CHECK_EVAL(L, "local a; local function f() return a.x end f()", "test:1: attempt to index upvalue 'a' (a nil value)");
  CHECK_EVAL(L, "for i = 'x', 2 do end", "test:1: 'for' initial value must be a number");
  CHECK_EVAL(L, "for i = 1, {} do end", "test:1: 'for' limit must be a number");
  CHECK_EVAL(L, "for i = 1, 2, {} do end", "test:1: 'for' step must be a number");
  CHECK_EVAL(L, "return ('x').y.z", "test:1: attempt to index field 'y' (a nil value)");
}

/* ---- error functions ---- */

static int handler_decorates(lua_State *L)
{
  CHECK_TOP(L, 1);
  lua_pushfstring(L, "[%s]", lua_tostring(L, 1));
  return 1;
}
static int handler_depth(lua_State *L)
{
  /* the frames of the error are still there */
  lua_Debug ar;
  int n = 0;
  while (lua_getstack(L, n, &ar)) n++;
  lua_pushinteger(L, n);
  return 1;
}
static int handler_many(lua_State *L)
{ lua_pushliteral(L, "one"); lua_pushliteral(L, "two"); return 2; }
static int handler_none(lua_State *L) { (void)L; return 0; }
static int handler_raises(lua_State *L) { lua_pushliteral(L, "again"); return lua_error(L); }

static void test_errfunc(lua_State *L)
{
  lua_pushliteral(L, "pad");
  lua_pushcfunction(L, handler_decorates);
  lua_pushcfunction(L, raise_string);
  CHECK_INT(lua_pcall(L, 0, 0, 2), LUA_ERRRUN);
  CHECK_TOP(L, 3); CHECK_STR(lua_tostring(L, -1), "[plain]");
  lua_pop(L, 1);
  lua_pushcfunction(L, raise_string);
  CHECK_INT(lua_pcall(L, 0, 0, -2), LUA_ERRRUN);      /* negative index */
  CHECK_STR(lua_tostring(L, -1), "[plain]");
  lua_pop(L, 1);
  lua_pushcfunction(L, handler_many);                 /* success: never called */
  CHECK_INT(lua_pcall(L, 0, LUA_MULTRET, 2), 0);
  CHECK_TOP(L, 4);
  lua_settop(L, 0);

  lua_pushcfunction(L, handler_depth);
  check_load(L, "local function f() local x = nil + 1 end local function g() f() return 1 end return g()");
  CHECK_INT(lua_pcall(L, 0, 0, 1), LUA_ERRRUN);
  CHECK_INT(lua_tointeger(L, -1), 4);                 /* handler, f, g, tail call's gap */
  lua_settop(L, 0);

  lua_pushcfunction(L, handler_many);
  lua_pushcfunction(L, raise_string);
  CHECK_INT(lua_pcall(L, 0, 0, 1), LUA_ERRRUN);
  CHECK_TOP(L, 2); CHECK_STR(lua_tostring(L, -1), "one");
  lua_settop(L, 0);

  lua_pushcfunction(L, handler_none);
  lua_pushcfunction(L, raise_string);
  CHECK_INT(lua_pcall(L, 0, 0, 1), LUA_ERRRUN);
  CHECK_TOP(L, 2); CHECK_TYPE(L, -1, "nil");
  lua_settop(L, 0);

  /* a handler that fails each time it is called */
  lua_pushcfunction(L, handler_raises);
  lua_pushcfunction(L, raise_string);
  CHECK_INT(lua_pcall(L, 0, 0, 1), LUA_ERRERR);
  CHECK_TOP(L, 2);
  CHECK_STR(lua_tostring(L, -1), "error in error handling");
  lua_settop(L, 0);
  /* a handler that is no function */
  lua_pushliteral(L, "not callable");
  lua_pushcfunction(L, raise_string);
  CHECK_INT(lua_pcall(L, 0, 0, 1), LUA_ERRERR);
  CHECK_TOP(L, 2);
  CHECK_STR(lua_tostring(L, -1), "error in error handling");
  lua_settop(L, 0);
  CHECK_EVAL(L, "return select(2, xpcall(function() error('x', 0) end, function(m) return m .. '!' end))", "x!");
  CHECK_EVAL(L, "return select(2, xpcall(function() error('x', 0) end, function(m) error('y', 0) end))", "error in error handling");
  CHECK_EVAL(L, "return xpcall(function() return 1 end, error)", "true");
}

static int inner_pcall(lua_State *L)
{
  /* caught inside: the outer error function must not see it */
  CHECK_ERROR(L, check_pcall_c(L, raise_string), LUA_ERRRUN, "plain");
  lua_pushliteral(L, "outer");
  return lua_error(L);
}

static void test_nested(lua_State *L)
{
  lua_pushcfunction(L, handler_decorates);
  lua_pushcfunction(L, inner_pcall);
  CHECK_INT(lua_pcall(L, 0, 0, 1), LUA_ERRRUN);
  CHECK_STR(lua_tostring(L, -1), "[outer]");
  lua_settop(L, 0);
  CHECK_EVAL(L, "local function f(n) if n == 0 then error('deep', 0) end "
                "local ok, m = pcall(f, n - 1) error(m .. n, 0) end return select(2, pcall(f, 5))", "deep12345");
}

/* Calls its first argument with the others, and raises what that raised, in angle brackets. */
static int step(lua_State *L)
{
  int status = lua_pcall(L, lua_gettop(L) - 1, 1, 0);
  if (status == 0) return 1;
  CHECK_INT(status, LUA_ERRRUN);
  CHECK_TOP(L, 1);
  lua_pushfstring(L, "<%s>", lua_tostring(L, 1));
  return lua_error(L);
}
static int fall(lua_State *L) { lua_pushliteral(L, "fell"); return lua_error(L); }
static void falls(lua_State *L, lua_Debug *ar) { (void)ar; lua_sethook(L, NULL, 0, 0); fall(L); }
static int hook(lua_State *L)
{
  lua_sethook(L, falls, (int)lua_tointeger(L, 1), (int)lua_tointeger(L, 2));
  return 0;
}

/* Runs of the interpreter inside each other, each left by what a C function raises that it has called: by a call, as a
   metamethod, an iterator, a callback of a builtin, in a coroutine, in a hook. Whoever catches goes on. */
static void test_ladder(lua_State *L)
{
  static const char *const ways[] = {
    "fall() return 1", "return fall()", "local x = object.y return x", "object.y = 1", "local x = object + 1 return x",
    "local x = object < object return x", "object() return 1", "local x = 'a' .. object return x",
    "for x in fall do end", "return (('a'):gsub('a', fall))", "table.sort({ 1, 2, 3 }, fall)",
    "local co = coroutine.wrap(function() local x = object.y return x end) return co()",
    "local co = coroutine.create(function() for x in fall do end end) error(select(2, coroutine.resume(co)), 0)",
    "hook(4, 0)\n local x = 1\n return x", "hook(8, 3) local x = 1 while true do x = x + 1 end",
    "hook(1, 0) return math.sin(1)", "hook(2, 0) return math.sin(1)",
  };
  size_t i;
  lua_register(L, "step", step);
  lua_register(L, "fall", fall);
  lua_register(L, "hook", hook);
  RUN(L, "function climb(n, f) if n == 0 then return f() end local r = step(climb, n - 1, f) return r end "
         "object = setmetatable({}, { __index = fall, __newindex = fall, __add = fall, __lt = fall, __call = fall, __concat = fall }) "
         "function plunge(f) local ok, m = pcall(climb, 3, f) return m end "
         "function anew(f) return '[' .. select(2, xpcall(function() climb(2, f) end, function(m) return m .. plunge(f) end)) .. ']' end");
  for (i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    const char *text = lua_pushfstring(L, "function way() %s end", ways[i]);
    CHECK_INT(luaL_loadbuffer(L, text, strlen(text), "=way"), 0);
    lua_call(L, 0, 0);
    lua_settop(L, 0);
    /* what `wrap` raises has a position */
    CHECK_EVAL(L, "return (plunge(way):gsub('way:1: ', ''))", "<<<fell>>>");
    CHECK_EVAL(L, "return (anew(way):gsub('way:1: ', ''))", "[<<fell>><<<fell>>>]");
  }
  CHECK_EVAL(L, "for i = 1, 1000 do plunge(fall) end return plunge(function() return 'well' end)", "well");
}

/* Upvalues of the frames that an error leaves are closed with their values. */
static void test_unwinding(lua_State *L)
{
  CHECK_EVAL(L, "local get; pcall(function() local x = 5; get = function() x = x + 1 return x end; error('e') end) get() return get()", "7");
  CHECK_EVAL(L, "local r = {} for i = 1, 3 do pcall(function() local y = i * 10; r[i] = function() return y end; error() end) end "
                "return r[1]() + r[2]() + r[3]()", "60");
}

/* ---- panic ---- */

static jmp_buf panic_jump;
static int panicked;

static int panic_jumps(lua_State *L)
{
  panicked++;
  CHECK_STR(lua_tostring(L, -1), "nobody catches");
  longjmp(panic_jump, 1);
  return 0;
}

static void raise_unprotected(lua_State *L)
{
  lua_pushliteral(L, "nobody catches");
  lua_error(L);
}

static void test_panic(void)
{
  lua_State *L = luaL_newstate();
  lua_CFunction old = lua_atpanic(L, panic_jumps);
  volatile int came_back = 0;
  CHECK(old != NULL);                      /* luaL_newstate has set one */
  CHECK(lua_atpanic(L, panic_jumps) == panic_jumps);
  if (setjmp(panic_jump) == 0) raise_unprotected(L);
  else came_back = 1;
  CHECK(came_back);
  CHECK_INT(panicked, 1);
  CHECK_STR(lua_tostring(L, -1), "nobody catches");
  lua_settop(L, 0);
  /* the State goes on */
  luaL_openlibs(L);
  CHECK_EVAL(L, "return 1 + 1", "2");
  CHECK_ERROR(L, check_pcall_c(L, raise_string), LUA_ERRRUN, "plain");
  came_back = 0;
  if (setjmp(panic_jump) == 0) { lua_pushcfunction(L, raise_string); lua_pop(L, 1); raise_unprotected(L); }
  else came_back = 1;
  CHECK(came_back);
  CHECK_INT(panicked, 2);
  lua_close(L);
}

static int panic_returns(lua_State *L)
{
  fprintf(stderr, "panic: %s\n", lua_tostring(L, -1));
  return 0;
}

/* Run `raise_unprotected` in a child; give its exit status and stderr. */
static int in_child(int which, char *text, size_t size)
{
  int fd[2], status = -1;
  pid_t pid;
  size_t used = 0;
  fflush(stdout);
  if (pipe(fd) != 0) return -1;
  pid = fork();
  if (pid == 0) {
    lua_State *L = luaL_newstate();
    dup2(fd[1], 2);
    close(fd[0]);
    close(fd[1]);
    if (which == 1) lua_atpanic(L, panic_returns);
    if (which == 2) lua_atpanic(L, NULL);
    raise_unprotected(L);
    _exit(77);
  }
  close(fd[1]);
  for (;;) {
    ssize_t n = read(fd[0], text + used, size - 1 - used);
    if (n <= 0) break;
    used += (size_t)n;
  }
  text[used] = '\0';
  close(fd[0]);
  if (waitpid(pid, &status, 0) != pid) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void test_panic_exit(void)
{
  char text[1000];
  if (getenv("CHECK_VALGRIND")) return;    /* a child that exits leaks, by design */
  CHECK_INT(in_child(0, text, sizeof text), EXIT_FAILURE);
  CHECK_STR(text, "PANIC: unprotected error in call to Lua API (nobody catches)\n");
  CHECK_INT(in_child(1, text, sizeof text), EXIT_FAILURE);
  CHECK_STR(text, "panic: nobody catches\n");
  CHECK_INT(in_child(2, text, sizeof text), EXIT_FAILURE);
  CHECK_STR(text, "");
}

/* ---- errors in finalisers ---- */

static int finalised;
static int gc_fails(lua_State *L) { finalised++; return luaL_error(L, "from gc %d", finalised); }

static void new_failing(lua_State *L)
{
  lua_newuserdata(L, 1);
  lua_newtable(L);
  lua_pushcfunction(L, gc_fails);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
}

static int collect(lua_State *L) { lua_gc(L, LUA_GCCOLLECT, 0); return 0; }

static void test_gc_errors(void)
{
  lua_State *L;
  if (getenv("CHECK_EAGER")) return;       /* any allocation collects there, so any would fail */
  L = check_open();
  new_failing(L);
  lua_settop(L, 0);
  /* the error comes out of whatever made the collector run */
  CHECK_ERROR(L, check_pcall_c(L, collect), LUA_ERRRUN, "from gc 1");
  CHECK_INT(check_pcall_c(L, collect), 0);
  CHECK_INT(finalised, 1);
  new_failing(L); new_failing(L); new_failing(L);
  lua_settop(L, 0);
  lua_close(L);                             /* closing calls them all, errors or not */
  CHECK_INT(finalised, 4);
}

/* ---- longjmp over a C frame leaves the State in order ---- */

static int deep_c(lua_State *L)
{
  int n = (int)lua_tointeger(L, 1);
  if (n == 0) return luaL_error(L, "bottom");
  lua_pushcfunction(L, deep_c);
  lua_pushinteger(L, n - 1);
  lua_call(L, 1, 0);
  return 0;
}

static void test_many_throws(lua_State *L)
{
  int i, bad = 0;
  for (i = 0; i < 20000; i++) {
    lua_pushcfunction(L, deep_c);
    lua_pushinteger(L, i % 20);
    if (lua_pcall(L, 1, 0, 0) != LUA_ERRRUN) bad++;
    if (strcmp(lua_tostring(L, -1), "bottom") != 0) bad++;
    lua_settop(L, 0);
  }
  CHECK_INT(bad, 0);
}

/* A memory error has its own status, and its message is the known text. */
static void *limited_alloc(void *ud, void *p, size_t old, size_t size)
{
  size_t *left = ud;
  if (size == 0) { *left += old; free(p); return NULL; }
  if (size > old && size - old > *left) return NULL;
  p = realloc(p, size);
  if (p != NULL) *left = *left + old - size;
  return p;
}

static void test_memory_status(void)
{
  size_t left = 4000000;
  lua_State *L = lua_newstate(limited_alloc, &left);
  CHECK(L != NULL);
  if (L == NULL) return;
  luaL_openlibs(L);
  CHECK_INT(luaL_loadstring(L, "local t = {} for i = 1, 1e9 do t[i] = {i} end"), 0);
  CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRMEM);
  CHECK_STR(lua_tostring(L, -1), "not enough memory");
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT, 0);                  /* the table that filled it is garbage now */
  lua_pushcfunction(L, handler_decorates);      /* memory errors are not handed to it */
  CHECK_INT(luaL_loadstring(L, "return ('x'):rep(1e8)"), 0);
  CHECK_INT(lua_pcall(L, 0, 0, 1), LUA_ERRMEM);
  CHECK_STR(lua_tostring(L, -1), "not enough memory");
  lua_settop(L, 0);
  CHECK_EVAL(L, "return 6 * 7", "42");
  lua_close(L);
}

static void test_statuses(void)
{
  CHECK_INT(LUA_YIELD, 1);
  CHECK_INT(LUA_ERRRUN, 2);
  CHECK_INT(LUA_ERRSYNTAX, 3);
  CHECK_INT(LUA_ERRMEM, 4);
  CHECK_INT(LUA_ERRERR, 5);
  CHECK_INT(LUA_ERRFILE, 6);
}

/* ---- what a caught error leaves as it was ---- */

static int catches_one(lua_State *L)
{
  lua_pushcfunction(L, raise_string);
  CHECK_INT(lua_pcall(L, 0, LUA_MULTRET, 0), LUA_ERRRUN);
  CHECK_TOP(L, 1);
  CHECK_STR(lua_tostring(L, 1), "plain");
  return 1;
}

/* catches one error itself, then raises another: the caller's handler is to see that one only */
static int catches_and_raises(lua_State *L) { catches_one(L); return raise_number(L); }

static int raises_below(lua_State *L) { lua_pushcfunction(L, catches_and_raises); lua_call(L, 0, 0); return 0; }

static int hook_depth, hook_calls;

static void hook_that_catches(lua_State *L, lua_Debug *ar)
{
  int top = lua_gettop(L);
  (void)ar;
  hook_calls++;
  CHECK_INT(++hook_depth, 1);                   /* hooks stay off in a hook, after an error in it too */
  lua_pushcfunction(L, raise_string);
  CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  CHECK_INT(luaL_dostring(L, "local x = 0 for i = 1, 5 do x = x + i end"), 0);
  lua_settop(L, top);
  hook_depth--;
}

static void test_left_as_it_was(lua_State *L)
{
  lua_pushliteral(L, "kept");
  lua_pushcfunction(L, catches_one);
  CHECK_INT(lua_pcall(L, 0, LUA_MULTRET, 0), 0);
  CHECK_TOP(L, 2);
  lua_settop(L, 1);
  lua_pushcfunction(L, handler_decorates);
  lua_pushcfunction(L, catches_and_raises);
  CHECK_INT(lua_pcall(L, 0, 3, 2), LUA_ERRRUN);
  CHECK_TOP(L, 3); CHECK_STR(lua_tostring(L, -1), "[2.5]");
  lua_settop(L, 2);
  lua_pushcfunction(L, raises_below);
  CHECK_INT(lua_pcall(L, 0, 1, 2), LUA_ERRRUN);
  CHECK_TOP(L, 3); CHECK_STR(lua_tostring(L, -1), "[2.5]");
  lua_settop(L, 0);
  /* a coroutine may yield after its functions have caught errors */
  lua_register(L, "catches_one", catches_one);
  CHECK_EVAL(L, "local co = coroutine.wrap(function() for i = 1, 300 do catches_one() end coroutine.yield(1) return 2 end)"
                " return co() + co()", "3");
  CHECK_EVAL(L, "local function deep(n) if n == 0 then return catches_one() end return (deep(n - 1)) end return deep(1000)",
             "plain");
  hook_calls = 0;
  lua_sethook(L, hook_that_catches, LUA_MASKCOUNT, 1);
  CHECK_INT(luaL_dostring(L, "local x = 0 for i = 1, 20 do x = x + i end"), 0);
  lua_sethook(L, NULL, 0, 0);
  CHECK(hook_calls > 40);
  CHECK_TOP(L, 0);
}

int main(void)
{
  lua_State *L = check_open();
  test_raise(L);
  test_left_as_it_was(L);
  test_error_library(L);
  test_errfunc(L);
  test_nested(L);
  test_ladder(L);
  test_unwinding(L);
  test_many_throws(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  test_panic();
  test_panic_exit();
  test_gc_errors();
  test_memory_status();
  test_statuses();
  return check_end("errors");
}
