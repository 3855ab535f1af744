/*
** coroutines.c - threads driven from C: resume, yield from C functions,
** status, moving values, errors inside, and yields where none is possible.
*/
#include "check.h"

static int yield_all(lua_State *L) { return lua_yield(L, lua_gettop(L)); }
static int yield_top(lua_State *L)
{
  lua_pushliteral(L, "not this");
  lua_pushliteral(L, "y1");
  lua_pushliteral(L, "y2");
  return lua_yield(L, 2);
}

static void test_resume(lua_State *L)
{
  lua_State *T = lua_newthread(L);
  CHECK_TYPE(L, 1, "thread");
  CHECK(lua_tothread(L, 1) == T);
  CHECK_INT(lua_status(T), 0);
  CHECK_INT(lua_gettop(T), 0);
  check_load(T, "local a, b = ... local c, d = coroutine.yield(a + b, 'first') "
                "local e = coroutine.yield(c .. d) return e, 'done'");
  lua_pushinteger(T, 3);
  lua_pushinteger(T, 4);
  CHECK_INT(lua_resume(T, 2), LUA_YIELD);
  CHECK_INT(lua_status(T), LUA_YIELD);
  CHECK_TOP(T, 2);
  CHECK_INT(lua_tointeger(T, 1), 7);
  CHECK_STR(lua_tostring(T, 2), "first");
  lua_settop(T, 0);
  lua_pushliteral(T, "x"); lua_pushliteral(T, "y");
  CHECK_INT(lua_resume(T, 2), LUA_YIELD);
  CHECK_TOP(T, 1);
  CHECK_STR(lua_tostring(T, 1), "xy");
  lua_pop(T, 1);
  lua_pushboolean(T, 1);
  CHECK_INT(lua_resume(T, 1), 0);
  CHECK_INT(lua_status(T), 0);
  CHECK_TOP(T, 2);
  CHECK_INT(lua_toboolean(T, 1), 1);
  CHECK_STR(lua_tostring(T, 2), "done");
  /* an ended thread takes a new function */
  lua_settop(T, 0);
  check_load(T, "return 'again'");
  CHECK_INT(lua_resume(T, 0), 0);
  CHECK_STR(lua_tostring(T, -1), "again");
  lua_settop(L, 0);
}

static void test_left_values(lua_State *L)
{
  /* values left below the arguments are kept below what comes next? No: the
     first resume takes the function under its arguments, the rest stays */
  lua_State *T = lua_newthread(L);
  lua_pushliteral(T, "below");
  check_load(T, "return ...");
  lua_pushinteger(T, 1);
  CHECK_INT(lua_resume(T, 1), 0);
  CHECK_TOP(T, 2);
  CHECK_STR(lua_tostring(T, 1), "below");
  CHECK_INT(lua_tointeger(T, 2), 1);
  lua_settop(L, 0);
}

static void test_c_yield(lua_State *L)
{
  lua_State *T;
  lua_register(L, "yield_all", yield_all);
  lua_register(L, "yield_top", yield_top);
  T = lua_newthread(L);
  check_load(T, "local a, b, c = yield_all(1, 2) local d = yield_top('ignored') return a, b, c, d");
  CHECK_INT(lua_resume(T, 0), LUA_YIELD);
  CHECK_TOP(T, 2); CHECK_INT(lua_tointeger(T, 2), 2);
  lua_settop(T, 0);
  lua_pushliteral(T, "A"); lua_pushliteral(T, "B");     /* the third result will be nil */
  CHECK_INT(lua_resume(T, 2), LUA_YIELD);
  CHECK_STR(lua_tostring(T, -2), "y1");
  CHECK_STR(lua_tostring(T, -1), "y2");
  lua_pop(T, 2);
  lua_pushliteral(T, "D");
  CHECK_INT(lua_resume(T, 1), 0);
  CHECK_TOP(T, 4);
  CHECK_STR(lua_tostring(T, 1), "A"); CHECK_STR(lua_tostring(T, 2), "B");
  CHECK_TYPE(T, 3, "nil"); CHECK_STR(lua_tostring(T, 4), "D");
  lua_settop(L, 0);
  /* yields as multiple results, in arguments, in tail calls and in loops */
  CHECK_EVAL(L, "local co = coroutine.wrap(function() return #{yield_all()} end) co() return co(1, 2, 3)", "3");
  CHECK_EVAL(L, "local co = coroutine.wrap(function() return select('#', yield_all()) end) co() return co(1, nil, nil)", "3");
  CHECK_EVAL(L, "local co = coroutine.wrap(function(...) return yield_all(...) end) local a = co(5) return a .. co(6)", "56");
  CHECK_EVAL(L, "local co = coroutine.wrap(function() local s = '' for i = 1, 3 do s = s .. yield_all(i) end return s end) "
                "co() co('a') co('b') return co('c')", "abc");
}

static void test_errors(lua_State *L)
{
  lua_State *T = lua_newthread(L);
  lua_Debug ar;
  check_load(T, "local x = 1\nerror('broken')");
  CHECK_INT(lua_resume(T, 0), LUA_ERRRUN);
  CHECK_INT(lua_status(T), LUA_ERRRUN);
  CHECK_STR(lua_tostring(T, -1), "test:2: broken");
  /* what the function that failed had, and once more what it raised */
  CHECK_TOP(T, 3);
  CHECK_STR(lua_tostring(T, 1), "broken");
  CHECK(lua_rawequal(T, 2, 3));
  /* the stack is not unwound: a traceback can be made */
  CHECK_INT(lua_getstack(T, 0, &ar), 1);
  lua_getinfo(T, "nS", &ar);
  CHECK_STR(ar.what, "C");
  CHECK_INT(lua_getstack(T, 1, &ar), 1);
  lua_getinfo(T, "Sl", &ar);
  CHECK_INT(ar.currentline, 2);
  CHECK_STR(lua_getlocal(T, &ar, 1), "x");
  CHECK_INT(lua_tointeger(T, -1), 1);
  lua_pop(T, 1);
  CHECK_INT(lua_getstack(T, 2, &ar), 0);
  /* and it cannot be resumed */
  CHECK_INT(lua_resume(T, 0), LUA_ERRRUN);
  CHECK_STR(lua_tostring(T, -1), "cannot resume non-suspended coroutine");
  CHECK_INT(lua_status(T), LUA_ERRRUN);
  lua_settop(L, 0);
  /* a message of a function of Lua lies there without its position, too */
  T = lua_newthread(L);
  check_load(T, "local a, b = ... a = a.x.y");
  lua_newtable(T);
  CHECK_INT(lua_resume(T, 1), LUA_ERRRUN);
  CHECK_TOP(T, 6);
  CHECK_STR(lua_tostring(T, 4), "attempt to index field 'x' (a nil value)");
  CHECK_STR(lua_tostring(T, 5), "test:1: attempt to index field 'x' (a nil value)");
  CHECK(lua_rawequal(T, 5, 6));
  lua_settop(L, 0);
  /* and so does what an argument error was made of */
  T = lua_newthread(L);
  check_load(T, "string.rep('x', {})");
  CHECK_INT(lua_resume(T, 0), LUA_ERRRUN);
  CHECK_TOP(T, 5);
  CHECK_STR(lua_tostring(T, 3), "number expected, got table");
  lua_settop(L, 0);
  /* an error that is no string */
  T = lua_newthread(L);
  check_load(T, "error({code = 9})");
  CHECK_INT(lua_resume(T, 0), LUA_ERRRUN);
  lua_getfield(T, -1, "code");
  CHECK_INT(lua_tointeger(T, -1), 9);
  lua_settop(L, 0);
  /* an error after a yield */
  T = lua_newthread(L);
  check_load(T, "coroutine.yield() local t = nil; t()");
  CHECK_INT(lua_resume(T, 0), LUA_YIELD);
  CHECK_INT(lua_resume(T, 0), LUA_ERRRUN);
  CHECK_STR(lua_tostring(T, -1), "test:1: attempt to call local 't' (a nil value)");
  lua_settop(L, 0);
  /* resuming what is no function */
  T = lua_newthread(L);
  lua_pushliteral(T, "text");
  CHECK_INT(lua_resume(T, 0), LUA_ERRRUN);
  CHECK_STR(lua_tostring(T, -1), "attempt to call a string value");
  lua_settop(L, 0);
}

static int resume_self(lua_State *L)
{
  CHECK_INT(lua_resume(L, 0), LUA_ERRRUN);
  CHECK_STR(lua_tostring(L, -1), "cannot resume non-suspended coroutine");
  return 1;
}

static void test_running(lua_State *L)
{
  lua_register(L, "resume_self", resume_self);
  CHECK_EVAL(L, "return resume_self()", "cannot resume non-suspended coroutine");
  CHECK_EVAL(L, "return coroutine.wrap(function() return resume_self() end)()", "cannot resume non-suspended coroutine");
  CHECK_EVAL(L, "local co co = coroutine.create(function() return coroutine.resume(co) end) return select(3, coroutine.resume(co))",
             "cannot resume running coroutine");
  CHECK_EVAL(L, "local co = coroutine.create(function() end) coroutine.resume(co) return select(2, coroutine.resume(co))",
             "cannot resume dead coroutine");
  CHECK_EVAL(L, "local co = coroutine.wrap(function() end) co() return co()", "test:1: cannot resume dead coroutine");
  CHECK_EVAL(L, "local a, b b = coroutine.create(function() return coroutine.resume(a) end) "
                "a = coroutine.create(function() return coroutine.resume(b) end) return select(4, coroutine.resume(a))",
             "cannot resume normal coroutine");
}

static int call_it(lua_State *L)
{
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}
static int pcall_it(lua_State *L)
{
  int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
  lua_pushboolean(L, status == 0);
  lua_insert(L, 1);
  return lua_gettop(L);
}
static int yield_in_main(lua_State *L) { return lua_yield(L, 0); }

static void test_boundary(lua_State *L)
{
  lua_State *T;
  lua_register(L, "call_it", call_it);
  lua_register(L, "pcall_it", pcall_it);
  T = lua_newthread(L);
  check_load(T, "call_it(coroutine.yield, 1)");
  CHECK_INT(lua_resume(T, 0), LUA_ERRRUN);
  CHECK_STR(lua_tostring(T, -1), "attempt to yield across metamethod/C-call boundary");
  lua_settop(L, 0);
  T = lua_newthread(L);
  check_load(T, "return pcall_it(function() coroutine.yield(1) end)");
  CHECK_INT(lua_resume(T, 0), 0);
  CHECK_INT(lua_toboolean(T, 1), 0);
  CHECK_STR(lua_tostring(T, 2), "attempt to yield across metamethod/C-call boundary");
  lua_settop(L, 0);
  /* a failed yield hurts nothing: the thread goes on and yields elsewhere */
  T = lua_newthread(L);
  check_load(T, "pcall_it(coroutine.yield) coroutine.yield('fine') return 'end'");
  CHECK_INT(lua_resume(T, 0), LUA_YIELD);
  CHECK_STR(lua_tostring(T, -1), "fine");
  lua_settop(T, 0);
  CHECK_INT(lua_resume(T, 0), 0);
  CHECK_STR(lua_tostring(T, -1), "end");
  lua_settop(L, 0);
  /* outside of any coroutine */
  CHECK_ERROR(L, check_pcall_c(L, yield_in_main), LUA_ERRRUN,
              "attempt to yield across metamethod/C-call boundary");
  /* a coroutine inside a C call may yield to its own resumer */
  CHECK_EVAL(L, "return call_it(function() local co = coroutine.wrap(function() coroutine.yield('in') end) return co() end)", "in");
  lua_settop(L, 0);
}

static void test_xmove(lua_State *L)
{
  lua_State *T = lua_newthread(L);
  lua_pushinteger(L, 1); lua_pushliteral(L, "two"); lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_xmove(L, T, 2);
  CHECK_TOP(L, 3);
  CHECK_TOP(T, 2);
  CHECK(lua_topointer(T, 1) == lua_topointer(T, 2));
  lua_xmove(L, T, 1);
  CHECK_STR(lua_tostring(T, -1), "two");
  lua_xmove(L, T, 0);
  CHECK_TOP(L, 2); CHECK_TOP(T, 3);
  lua_xmove(T, L, 3);
  CHECK_TOP(L, 5); CHECK_TOP(T, 0);
  CHECK_STR(lua_tostring(L, -1), "two");
  CHECK_TYPE(L, 3, "table");
  lua_xmove(L, L, 1);                       /* to itself: nothing */
  CHECK_TOP(L, 5);
  lua_settop(L, 0);
}

static int push_self(lua_State *L)
{
  lua_pushboolean(L, lua_pushthread(L));
  return 2;
}

static void test_pushthread(lua_State *L)
{
  lua_State *T;
  CHECK_INT(lua_pushthread(L), 1);
  CHECK(lua_tothread(L, -1) == L);
  T = lua_newthread(L);
  CHECK_INT(lua_pushthread(T), 0);
  CHECK(lua_tothread(T, -1) == T);
  lua_settop(L, 0);
  lua_register(L, "self", push_self);
  CHECK_EVAL(L, "local t, main = self() return main", "true");
  CHECK_EVAL(L, "local co co = coroutine.create(function() local t, main = self() return t == co and not main end) "
                "return select(2, coroutine.resume(co))", "true");
}

static int call_what_is_no_function(lua_State *L)
{
  lua_settop(L, 2);
  lua_newtable(L);
  lua_pushvalue(L, 1);
  lua_call(L, 1, 0);
  return 0;
}

/* What a C function had when what it called was no function. */
static void test_error_of_a_call(lua_State *L)
{
  lua_State *T = lua_newthread(L);
  lua_pushcfunction(T, call_what_is_no_function);
  lua_pushliteral(T, "argument");
  CHECK_INT(lua_resume(T, 1), LUA_ERRRUN);
  CHECK_TOP(T, 6);
  CHECK_STR(lua_tostring(T, 1), "argument");
  CHECK_TYPE(T, 2, "nil");
  CHECK_TYPE(T, 3, "table");
  CHECK_STR(lua_tostring(T, 4), "argument");
  CHECK_STR(lua_tostring(T, 5), "attempt to call a table value");
  CHECK(lua_rawequal(T, 5, 6));
  lua_settop(L, 0);
}

static void test_shared(lua_State *L)
{
  lua_State *T = lua_newthread(L), *U;
  lua_pushinteger(T, 5); lua_setglobal(T, "from_thread");
  lua_getglobal(L, "from_thread"); CHECK_INT(lua_tointeger(L, -1), 5);
  lua_pop(L, 1);
  /* threads of threads; each has its own stack */
  U = lua_newthread(T);
  lua_pushinteger(U, 1); lua_pushinteger(U, 2);
  CHECK_TOP(U, 2); CHECK_TOP(T, 1); CHECK_TOP(L, 1);
  /* a thread may call without being resumed */
  check_load(T, "return 3");
  CHECK_INT(lua_pcall(T, 0, 1, 0), 0);
  CHECK_INT(lua_tointeger(T, -1), 3);
  lua_settop(L, 0);
}

/* A generator in Lua drained from C many times, with collections between. */
static void test_many(lua_State *L)
{
  int i, bad = 0;
  RUN(L, "function gen(n) for i = 1, n do coroutine.yield(i, {i}) end return 'end' end");
  for (i = 0; i < 300; i++) {
    lua_State *T = lua_newthread(L);
    int n = 0, status;
    lua_getglobal(T, "gen");
    lua_pushinteger(T, 10);
    status = lua_resume(T, 1);
    while (status == LUA_YIELD) {
      n++;
      if (lua_gettop(T) != 2 || lua_tointeger(T, 1) != n) bad++;
      lua_settop(T, 0);
      if (n == 5) lua_gc(L, LUA_GCSTEP, 10);
      status = lua_resume(T, 0);
    }
    if (status != 0 || n != 10 || strcmp(lua_tostring(T, -1), "end") != 0) bad++;
    lua_pop(L, 1);
  }
  CHECK_INT(bad, 0);
  /* abandoned in the middle, then collected */
  for (i = 0; i < 300; i++) {
    lua_State *T = lua_newthread(L);
    lua_getglobal(T, "gen");
    lua_pushinteger(T, 10);
    if (lua_resume(T, 1) != LUA_YIELD) bad++;
    lua_pop(L, 1);
  }
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK_INT(bad, 0);
}

/* lua_newthread's stack grows like any other, and what it holds is alive. */
static void test_thread_stack(lua_State *L)
{
  lua_State *T = lua_newthread(L);
  int i, bad = 0;
  CHECK(lua_checkstack(T, 3000));
  for (i = 0; i < 3000; i++) lua_pushfstring(T, "string number %d", i);
  lua_gc(L, LUA_GCCOLLECT, 0);
  for (i = 0; i < 3000; i++) {
    char want[40];
    snprintf(want, sizeof want, "string number %d", i);
    if (strcmp(lua_tostring(T, i + 1), want) != 0) bad++;
  }
  CHECK_INT(bad, 0);
  lua_settop(L, 0);
  /* deep recursion inside a coroutine */
  T = lua_newthread(L);
  check_load(T, "local function f(n) if n == 0 then coroutine.yield('bottom') return 0 end return 1 + f(n - 1) end return f(15000)");
  CHECK_INT(lua_resume(T, 0), LUA_YIELD);
  CHECK_STR(lua_tostring(T, -1), "bottom");
  lua_settop(T, 0);
  CHECK_INT(lua_resume(T, 0), 0);
  CHECK_INT(lua_tointeger(T, -1), 15000);
  lua_settop(L, 0);
}

/* Resumes nested inside resumes, through C. */
static int resume_child(lua_State *L)
{
  lua_Integer depth = lua_tointeger(L, 1);
  lua_State *T = lua_newthread(L);
  lua_getglobal(T, "level");
  lua_pushinteger(T, depth + 1);
  if (lua_resume(T, 1) != 0) {
    lua_pushstring(L, lua_tostring(T, -1));
    return 1;
  }
  lua_xmove(T, L, 1);
  return 1;
}

static void test_nested_resume(lua_State *L)
{
  lua_register(L, "resume_child", resume_child);
  RUN(L, "function level(n) if n == limit then return 'reached ' .. n end local r = resume_child(n) return r end");
  RUN(L, "limit = 50");
  CHECK_EVAL(L, "return level(1)", "reached 50");
  CHECK_EVAL(L, "limit = 150 return level(1)", "reached 150");
}

/* A script's coroutine has the room that a host may use without asking, once a host is given it. */
static void check_room(lua_State *L, int resumed, int values)
{
  lua_State *T;
  int i;
  lua_getglobal(L, "co");
  T = lua_tothread(L, -1);
  CHECK_INT(lua_status(T), resumed ? LUA_YIELD : 0);
  for (i = 0; i < values; i++) lua_pushinteger(T, i);
  CHECK_INT(lua_resume(T, values), 0);
  CHECK_TOP(T, values);
  for (i = 0; i < values; i++) CHECK_INT(lua_tointeger(T, i + 1), i);
  lua_settop(L, 0);
}

static void test_handed_over(lua_State *L)
{
  RUN(L, "co = coroutine.create(function(...) return ... end)");
  check_room(L, 0, LUA_MINSTACK);
  RUN(L, "co = coroutine.create(function() return coroutine.yield() end) coroutine.resume(co)");
  check_room(L, 1, LUA_MINSTACK);
  RUN(L, "co = coroutine.create(function() local a = coroutine.yield() return coroutine.yield() end)"
         "coroutine.resume(co) coroutine.resume(co)");
  check_room(L, 1, LUA_MINSTACK);
  RUN(L, "co = nil");
}

int main(void)
{
  lua_State *L = check_open();
  test_resume(L);
  test_left_values(L);
  test_c_yield(L);
  test_errors(L);
  test_error_of_a_call(L);
  test_running(L);
  test_boundary(L);
  test_xmove(L);
  test_pushthread(L);
  test_shared(L);
  test_many(L);
  test_thread_stack(L);
  test_nested_resume(L);
  test_handed_over(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("coroutines");
}
