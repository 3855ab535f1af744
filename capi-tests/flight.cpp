// flight.cpp - the C flavour: a C++ exception flies through lua_pcall to the host that catches it. On
// the reference that is all that may be tested, in a state of its own each time, for it leaves the state
// in pieces; on ours the state is whole afterwards.
#include <cstring>
#include <stdexcept>

#include <pthread.h>
#include <setjmp.h>

#include "check.hpp"

static int destroyed;

static int throws(lua_State *)
{
  Guard guard(destroyed);
  throw std::runtime_error("thrown");
}

static int fails(lua_State *L) { return luaL_error(L, "error %d", 7); }

static lua_State *state()
{
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_register(L, "throws", throws);
  lua_register(L, "fails", fails);
  return L;
}

// What f lets out: the exception's text, or the status it returns.
template <class F> static std::string outcome(F f)
{
  try {
    return std::to_string(f());
  } catch (const std::exception &e) {
    return e.what();
  }
}

static int pcall_of(lua_State *L, lua_CFunction f)
{
  lua_pushcfunction(L, f);
  return lua_pcall(L, 0, 0, 0);
}

static void check_flight(int (*call)(lua_State *), int line)
{
  lua_State *L = state();
  check_equal(outcome([=] { return call(L); }), "thrown", line, "what flies");
  if (is_ferrouslua()) lua_close(L);
}

static void flies_to_the_host()
{
  check_flight([](lua_State *L) { return pcall_of(L, throws); }, __LINE__);
  check_flight([](lua_State *L) { return lua_cpcall(L, throws, nullptr); }, __LINE__);
  check_flight([](lua_State *L) -> int { return luaL_dostring(L, "pcall(throws)"); }, __LINE__);
  check_flight([](lua_State *L) { lua_pushcfunction(L, throws); lua_call(L, 0, 0); return 0; }, __LINE__);
  CHECK_INT(destroyed, 4);
}

// == Ours =========================================================================================

static jmp_buf after_panic;
static std::string panic_text;
static int on_panic(lua_State *L)
{
  panic_text = lua_tostring(L, -1);
  longjmp(after_panic, 1);
}

// The state is as it was before the call that an exception left.
static void check_whole(lua_State *L, int line)
{
  check_equal(lua_gettop(L), 0, line, "the stack's height");
  check_equal(pcall_of(L, fails), LUA_ERRRUN, line, "a protected error");
  check_equal(text(lua_tostring(L, -1)), "error 7", line, "its message");
  lua_settop(L, 0);
  panic_text.clear();
  lua_atpanic(L, on_panic);
  if (setjmp(after_panic) == 0) {
    lua_pushliteral(L, "unprotected");
    lua_error(L);
  }
  check_equal(panic_text, "unprotected", line, "an unprotected error");
  lua_settop(L, 0);
  check_equal(luaL_dostring(L, "local t = {} for i = 1, 100 do t[i] = { i } end collectgarbage() "
                               "assert(select(2, pcall(error, 'x')) == 'x')"), 0, line, "a script");
  lua_settop(L, 0);
}
#define CHECK_WHOLE(L) check_whole(L, __LINE__)

static int recovers(lua_State *L)
{
  lua_settop(L, 1);
  std::string what = outcome([L] { lua_pushvalue(L, 1); lua_call(L, 0, 0); return 0; });
  lua_pushinteger(L, lua_gettop(L));
  lua_pushstring(L, what.c_str());
  return 2;
}

// From inside, through another state's frames too.
static lua_State *other;
static int calls_other(lua_State *L)
{
  lua_pushcfunction(other, throws);
  lua_call(other, 0, 0);
  return lua_gettop(L);
}

static void leaves_calls_whole(lua_State *L)
{
  static const char *const scripts[] = {
    "throws()",
    "pcall(throws)",
    "xpcall(function() throws() end, print)",
    "local t = setmetatable({}, { __index = throws }) return t.x",
    "local t = setmetatable({}, { __newindex = throws }) pcall(function() t.x = 1 end)",
    "local t = setmetatable({}, { __lt = throws }) return t < setmetatable({}, getmetatable(t))",
    "local t = setmetatable({}, { __tostring = throws }) tostring(t)",
    "table.sort({ 3, 1, 2 }, throws)",
    "string.gsub('text', '.', throws)",
    "for i in throws do end",
    "coroutine.wrap(function() throws() end)()",
    "coroutine.resume(coroutine.create(function() pcall(coroutine.wrap(function() pcall(throws) end)) end))",
    "load(function() throws() end)",
    "pcall(load, function() throws() end)",
    "require 'thrower'",
    "local p = newproxy(true) getmetatable(p).__gc = throws p = nil collectgarbage()",
    "local function deep(n) if n == 0 then throws() else return 1 + deep(n - 1) end end deep(5000)",
    "local up = 1 local function f() up = up + 1 throws() end pcall(f)",
    "local s = {} for i = 1, 200 do s[i] = i end throws(unpack(s))",
    // Code that has been run so often that a library may treat it in another way, and waits for what throws at last.
    "local f for i = 1, 5000 do f = i < 4900 and tostring or throws f(i) end",
    "local function g(f, n) return f(n) .. 'x' end for i = 1, 5000 do g(i < 4900 and tostring or throws, i) end",
    "local t, u = { x = 1 }, setmetatable({}, { __index = throws }) for i = 1, 5000 do local o = i < 4900 and t or u local x = o.x end",
    "local u = setmetatable({}, { __add = throws, __lt = throws }) local s = 0 for i = 1, 5000 do local v = i < 4900 and i or u s = s + v end",
    "local u = setmetatable({}, { __lt = throws }) local s = 0 for i = 1, 5000 do local v = i < 4900 and i or u if v < (i < 4900 and 7 or u) then s = s + 1 end end",
    "local u = setmetatable({}, { __concat = throws }) for i = 1, 5000 do local v = i < 4900 and i or u local s = v .. 'x' end",
    "local u = setmetatable({}, { __newindex = throws }) for i = 1, 5000 do local o = i < 4900 and {} or u o[i] = i end",
    "for i = 1, 5000 do local p = newproxy(true) if i == 4900 then getmetatable(p).__gc = throws end collectgarbage('step') end collectgarbage()",
  };
  if (luaL_dostring(L, "package.preload.thrower = throws") != 0) CHECK(false);
  for (const char *script : scripts) {
    std::string got = outcome([=] { return luaL_dostring(L, script); });
    check_equal(got, "thrown", __LINE__, script);
    CHECK_WHOLE(L);
  }
  CHECK_STR(outcome([L] { return pcall_of(L, throws); }).c_str(), "thrown");
  CHECK_WHOLE(L);
  CHECK_STR(outcome([L] { return lua_cpcall(L, throws, nullptr); }).c_str(), "thrown");
  CHECK_WHOLE(L);

  // A message handler stays what it was.
  lua_pushcfunction(L, fails);
  CHECK_STR(outcome([L] { lua_pushcfunction(L, throws); return lua_pcall(L, 0, 0, 1); }).c_str(), "thrown");
  CHECK_INT(lua_gettop(L), 1);
  lua_settop(L, 0);

  // A coroutine that an exception has left is dead.
  CHECK_STR(outcome([L] { return luaL_dostring(L, "co = coroutine.create(function() coroutine.yield() throws() end) "
                                                  "coroutine.resume(co) coroutine.resume(co)"); }).c_str(), "thrown");
  CHECK_INT(luaL_dostring(L, "return coroutine.status(co) .. tostring(coroutine.resume(co))"), 0);
  CHECK_STR(lua_tostring(L, -1), "deadfalse");
  lua_settop(L, 0);
  lua_State *T = lua_newthread(L);
  CHECK_STR(outcome([T] { lua_pushcfunction(T, throws); return lua_resume(T, 0); }).c_str(), "thrown");
  CHECK(lua_status(T) > LUA_YIELD);
  lua_settop(L, 0);
  CHECK_WHOLE(L);

  // A C++ function may catch what a call lets out, and go on.
  lua_register(L, "recovers", recovers);
  CHECK_INT(luaL_dostring(L, "return table.concat({ recovers(function() pcall(throws) end) }, ' ')"), 0);
  CHECK_STR(lua_tostring(L, -1), "1 thrown");
  lua_settop(L, 0);

  other = state();
  lua_register(L, "calls_other", calls_other);
  CHECK_STR(outcome([L] { return luaL_dostring(L, "pcall(calls_other)"); }).c_str(), "thrown");
  CHECK_WHOLE(L);
  CHECK_WHOLE(other);
  lua_close(other);
}

static const char *reader(lua_State *, void *, size_t *) { throw std::runtime_error("reader"); }
static int writer(lua_State *, const void *, size_t, void *) { throw std::runtime_error("writer"); }
static void hook(lua_State *, lua_Debug *) { throw std::runtime_error("hook"); }

static const char *half_reader(lua_State *, void *ud, size_t *size)
{
  int *calls = static_cast<int *>(ud);
  static const char text[] = "local t = { f = function(a, b) return a .. [[ long enough not to be interned, so that";
  if ((*calls)++ > 0) throw std::runtime_error("reader");
  *size = sizeof text - 1;
  return text;
}

static void leaves_callbacks_whole(lua_State *L)
{
  CHECK_STR(outcome([L] { return lua_load(L, reader, nullptr, "=c"); }).c_str(), "reader");
  CHECK_WHOLE(L);
  CHECK_STR(outcome([L] { int calls = 0; return lua_load(L, half_reader, &calls, "=c"); }).c_str(), "reader");
  CHECK_WHOLE(L);
  CHECK_INT(luaL_loadstring(L, "return 1"), 0);
  CHECK_STR(outcome([L] { return lua_dump(L, writer, nullptr); }).c_str(), "writer");
  CHECK_INT(lua_gettop(L), 1);
  lua_settop(L, 0);
  CHECK_WHOLE(L);
  for (int mask : { LUA_MASKCALL, LUA_MASKRET, LUA_MASKLINE, LUA_MASKCOUNT }) {
    CHECK_INT(luaL_loadstring(L, "local x = 1\nlocal y = 2\nreturn x + y"), 0);
    lua_sethook(L, hook, mask, 1);
    CHECK_STR(outcome([L] { return lua_pcall(L, 0, 0, 0); }).c_str(), "hook");
    CHECK_STR(outcome([L] { return luaL_dostring(L, "return 1"); }).c_str(), "hook"); // hooks are on again
    lua_sethook(L, nullptr, 0, 0);
    lua_settop(L, 0);
    CHECK_WHOLE(L);
  }
}

static void nothing_leaks(lua_State *L)
{
  int n = repetitions(20000), count = 0;
  lua_gc(L, LUA_GCCOLLECT, 0);
  int before = lua_gc(L, LUA_GCCOUNT, 0);
  for (int i = 0; i < n; i++) {
    count += outcome([L] { return pcall_of(L, throws); }) == "thrown";
    count += outcome([L] { return luaL_dostring(L, "pcall(coroutine.wrap(function() throws() end))"); }) == "thrown";
    count += outcome([L] { int calls = 0; return lua_load(L, half_reader, &calls, "=c"); }) == "reader";
  }
  CHECK_INT(count, 3 * n);
  lua_gc(L, LUA_GCCOLLECT, 0);
  CHECK(lua_gc(L, LUA_GCCOUNT, 0) < before + 100);
  CHECK_INT(std::uncaught_exceptions(), 0);
  CHECK_WHOLE(L);
}

static int ends_thread(lua_State *)
{
  Guard guard(destroyed);
  pthread_exit(nullptr);
}
static void *thread(void *L)
{
  pcall_of(static_cast<lua_State *>(L), ends_thread);
  return nullptr;
}

// A thread may end in a C function; the state has no recovery point on the stack that is gone.
static void a_thread_ends(lua_State *L)
{
  pthread_t id;
  destroyed = 0;
  CHECK_INT(pthread_create(&id, nullptr, thread, L), 0);
  CHECK_INT(pthread_join(id, nullptr), 0);
  CHECK_INT(destroyed, 1);
  lua_settop(L, 0);
  CHECK_WHOLE(L);
}

static int throws_at_close(lua_State *)
{
  Guard guard(destroyed);
  throw std::runtime_error("close");
}

int main()
{
  flies_to_the_host();
  if (is_ferrouslua()) {
    lua_State *L = state();
    leaves_calls_whole(L);
    leaves_callbacks_whole(L);
    nothing_leaks(L);
    a_thread_ends(L);
    // A finalizer's exception ends that finalizer, at the state's end.
    destroyed = 0;
    lua_register(L, "throws_at_close", throws_at_close);
    CHECK_INT(luaL_dostring(L, "p = newproxy(true) getmetatable(p).__gc = throws_at_close q = newproxy(p)"), 0);
    lua_settop(L, 0);
    lua_close(L);
    CHECK_INT(destroyed, 2);
  }
  return check_end("flight");
}
