// exceptions.cpp - the C++ flavour: Lua's errors run destructors, and a protected call ends whatever
// exception a C++ function lets out. Run on Debian's liblua5.1-c++.so.0 and on ours.
#include <cstring>
#include <exception>
#include <stdexcept>

#include "../check.hpp"

// The reference shows a caught exception's function as its value; what it leaves of the frames above a
// C++ function that catches an exception itself is no state to go on in, so that is for ours alone.
static const bool ours = is_ferrouslua();

static int destroyed;

static int fails(lua_State *L)
{
  Guard guard(destroyed);
  return luaL_error(L, "error %d", 7);
}

static int fails_deep(lua_State *L)
{
  Guard guard(destroyed);
  struct Inner { static void run(lua_State *L) { Guard guard(destroyed); lua_error(L); } };
  lua_newtable(L);
  lua_pushliteral(L, "mark");
  lua_setfield(L, -2, "field");
  Inner::run(L);
  return 0;
}

static int bad_argument(lua_State *L)
{
  Guard guard(destroyed);
  luaL_checkinteger(L, 1);
  return 0;
}

static int bad_index(lua_State *L)
{
  Guard guard(destroyed);
  lua_pushnil(L);
  lua_getfield(L, -1, "x");
  return 0;
}

static int throws(lua_State *)
{
  Guard guard(destroyed);
  throw std::runtime_error("thrown");
}

static int throws_int(lua_State *) { throw 42; }

// Lets pass what the function at 1 raises, having looked at it.
static int seen;
static int passes(lua_State *L)
{
  Guard guard(destroyed);
  try {
    lua_pushvalue(L, 1);
    lua_call(L, 0, 0);
  } catch (const std::runtime_error &e) {
    seen = std::strcmp(e.what(), "thrown") == 0 ? 1 : -1;
    throw;
  } catch (...) {
    seen = 2;
    throw;
  }
  return 0;
}

// An exception of one's own inside, turned into an error.
static int translates(lua_State *L)
{
  Guard guard(destroyed);
  try {
    throw std::logic_error("logic");
  } catch (const std::exception &e) {
    return luaL_error(L, "translated: %s", e.what());
  }
}

// A protected call while an exception is being handled.
static int calls_while_handling(lua_State *L)
{
  try {
    throw std::logic_error("outer");
  } catch (const std::exception &) {
    lua_pushvalue(L, 1);
    lua_pushinteger(L, lua_pcall(L, 0, 0, 0));
  }
  return 1;
}

static int recovers(lua_State *L)
{
  lua_settop(L, 1);
  try {
    lua_pushvalue(L, 1);
    lua_call(L, 0, 0);
  } catch (const std::runtime_error &e) {
    lua_pushinteger(L, lua_gettop(L));
    lua_pushstring(L, e.what());
    return 2;
  }
  return 0;
}

struct InDestructor {
  lua_State *L;
  int *status;
  ~InDestructor() { lua_pushcfunction(L, fails); *status = lua_pcall(L, 0, 0, 0); lua_pop(L, 1); }
};
static int status_in_destructor;
static int calls_in_destructor(lua_State *L)
{
  InDestructor guard = {L, &status_in_destructor};
  return luaL_error(L, "outer error");
}

static int handlers;
static int handler(lua_State *L)
{
  handlers++;
  lua_pushfstring(L, "<%s>", lua_tostring(L, 1));
  return 1;
}

static int call(lua_State *L, lua_CFunction f)
{
  lua_settop(L, 0);
  destroyed = 0;
  lua_pushcfunction(L, f);
  return lua_pcall(L, 0, 0, 0);
}

static const char *run(lua_State *L, const char *code)
{
  lua_settop(L, 0);
  destroyed = 0;
  if (luaL_loadstring(L, code) != 0 || lua_pcall(L, 0, 1, 0) != 0) {
    std::printf("run: %s\n", lua_tostring(L, -1) ? lua_tostring(L, -1) : luaL_typename(L, -1));
    return "failed";
  }
  return lua_tostring(L, -1);
}

static lua_State *state()
{
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_register(L, "fails", fails);
  lua_register(L, "throws", throws);
  lua_register(L, "throws_int", throws_int);
  lua_register(L, "passes", passes);
  lua_register(L, "calls_while_handling", calls_while_handling);
  lua_register(L, "recovers", recovers);
  return L;
}

static void errors_run_destructors(lua_State *L)
{
  CHECK_INT(call(L, fails), LUA_ERRRUN);
  CHECK_STR(lua_tostring(L, -1), "error 7");
  CHECK_INT(destroyed, 1);
  CHECK_INT(call(L, fails_deep), LUA_ERRRUN);
  CHECK_INT(destroyed, 2);
  lua_getfield(L, -1, "field"); // the error value is the table
  CHECK_STR(lua_tostring(L, -1), "mark");
  CHECK_INT(call(L, bad_argument), LUA_ERRRUN);
  CHECK_STR(lua_tostring(L, -1), "bad argument #1 to '?' (number expected, got no value)");
  CHECK_INT(destroyed, 1);
  CHECK_INT(call(L, bad_index), LUA_ERRRUN);
  CHECK_STR(lua_tostring(L, -1), "attempt to index a nil value");
  CHECK_INT(destroyed, 1);
  CHECK_INT(call(L, translates), LUA_ERRRUN);
  CHECK_STR(lua_tostring(L, -1), "translated: logic");
  CHECK_INT(destroyed, 1);
  CHECK_STR(run(L, "return select(2, pcall(fails))"), "error 7");
  CHECK_INT(destroyed, 1);
  CHECK_INT(call(L, calls_in_destructor), LUA_ERRRUN);
  CHECK_STR(lua_tostring(L, -1), "outer error");
  CHECK_INT(status_in_destructor, LUA_ERRRUN);
  CHECK_INT(lua_gettop(L), 1);
}

static void exceptions_end_in_protected_calls(lua_State *L)
{
  CHECK_INT(call(L, throws), -1);
  CHECK_INT(destroyed, 1);
  CHECK_INT(lua_gettop(L), 1);
  CHECK(lua_tocfunction(L, -1) == throws);
  CHECK_INT(call(L, throws_int), -1);
  CHECK(lua_tocfunction(L, -1) == throws_int);

  lua_settop(L, 0);
  lua_pushcfunction(L, throws);
  lua_pushliteral(L, "an");
  lua_pushliteral(L, "argument");
  CHECK_INT(lua_pcall(L, 2, LUA_MULTRET, 0), -1);
  CHECK_INT(lua_gettop(L), 1);
  CHECK(lua_tocfunction(L, -1) == throws);

  lua_settop(L, 0);
  CHECK_INT(lua_cpcall(L, throws, &destroyed), -1);
  CHECK_INT(lua_gettop(L), 1);
  CHECK(lua_tocfunction(L, -1) == throws);

  // No handler is asked.
  lua_settop(L, 0);
  lua_pushcfunction(L, handler);
  lua_pushcfunction(L, throws);
  CHECK_INT(lua_pcall(L, 0, 0, 1), -1);
  CHECK_INT(handlers, 0);
  CHECK_INT(lua_gettop(L), 2);
  CHECK(lua_tocfunction(L, -1) == throws);
  lua_pop(L, 1);
  lua_pushcfunction(L, fails);
  CHECK_INT(lua_pcall(L, 0, 0, 1), LUA_ERRRUN);
  CHECK_STR(lua_tostring(L, -1), "<error 7>");
  CHECK_INT(handlers, 1);
}

static void through_lua(lua_State *L)
{
  CHECK_STR(run(L, "local ok, what = pcall(throws, 1, 2) return tostring(ok) .. tostring(what == throws)"), "falsetrue");
  CHECK_INT(destroyed, 1);
  CHECK_STR(run(L, "local h = 0 local ok, what = xpcall(throws, function() h = h + 1 end) "
                   "return tostring(ok) .. tostring(what == throws) .. h"), "falsetrue0");
  CHECK_STR(run(L, "local function f() throws() end local ok, what = pcall(f) return tostring(ok) .. tostring(what == f)"),
            "falsetrue");
  CHECK_STR(run(L, "local t = setmetatable({}, { __index = throws, __add = throws_int }) "
                   "local function get() return t.x end local function add() return t + 1 end "
                   "local a, f = pcall(get) local b, g = pcall(add) "
                   "return tostring(a) .. tostring(f == get) .. tostring(b) .. tostring(g == add)"), "falsetruefalsetrue");
  CHECK_INT(destroyed, 1);
  CHECK_STR(run(L, "local ok = pcall(table.sort, { 3, 1, 2 }, throws) return tostring(ok)"), "false");
  CHECK_STR(run(L, "local ok = pcall(string.gsub, 'text', '.', throws) return tostring(ok)"), "false");
  CHECK_STR(run(L, "local co = coroutine.create(function() local x = throws() end) "
                   "local ok = coroutine.resume(co) local again, why = coroutine.resume(co) "
                   "return tostring(ok) .. coroutine.status(co) .. tostring(again) .. why"),
            "falsedeadfalsecannot resume dead coroutine");
  CHECK_STR(run(L, "local co = coroutine.wrap(function() coroutine.yield() throws() end) co() return tostring(pcall(co))"),
            "false");
  CHECK_STR(run(L, "local n = 0 for i = 1, 300 do if not pcall(pcall, throws) then n = n + 1 end "
                   "if not pcall(throws) then n = n + 1 end end return n"), "300");
  CHECK_STR(run(L, "local p = newproxy(true) getmetatable(p).__gc = throws p = nil "
                   "local ok = pcall(collectgarbage) collectgarbage() return tostring(ok)"), "false");
  CHECK_INT(destroyed, 1);

  lua_State *T = lua_newthread(L);
  lua_pushcfunction(T, throws);
  CHECK_INT(lua_resume(T, 0), -1);
  CHECK_INT(lua_status(T), 255);
  CHECK_INT(call(L, fails), LUA_ERRRUN);
}

static void through_cxx(lua_State *L)
{
  // A C++ function between sees the exception itself.
  lua_settop(L, 0);
  destroyed = seen = 0;
  lua_pushcfunction(L, passes);
  lua_pushcfunction(L, throws);
  CHECK_INT(lua_pcall(L, 1, 0, 0), -1);
  CHECK_INT(seen, 1);
  CHECK_INT(destroyed, 2);
  CHECK(lua_tocfunction(L, -1) == passes);

  lua_settop(L, 0);
  destroyed = 0;
  lua_pushcfunction(L, passes);
  lua_pushcfunction(L, fails);
  CHECK_INT(lua_pcall(L, 1, 0, 0), LUA_ERRRUN);
  CHECK_INT(seen, 2);
  CHECK_INT(destroyed, 2);
  CHECK_STR(lua_tostring(L, -1), "error 7");

  CHECK_STR(run(L, "local function f() passes(throws) end local ok, what = pcall(f) return tostring(what == f)"), "true");
  CHECK_STR(run(L, "return calls_while_handling(fails)"), "2");
  CHECK_STR(run(L, "return calls_while_handling(throws)"), "-1");
  CHECK_INT(std::uncaught_exceptions(), 0);

  // A host without a protected call.
  lua_settop(L, 0);
  std::string what;
  try {
    lua_pushcfunction(L, throws);
    lua_call(L, 0, 0);
  } catch (const std::exception &e) {
    what = e.what();
  }
  CHECK_STR(what.c_str(), "thrown");
  if (ours) {
    CHECK_INT(lua_gettop(L), 0);
    CHECK_STR(run(L, "return table.concat({ recovers(throws) }, ' ')"), "1 thrown");
    CHECK_STR(run(L, "return table.concat({ recovers(function() pcall(throws) throws() end) }, ' ')"), "1 thrown");
  }
}

static void nothing_leaks(lua_State *L)
{
  int n = repetitions(100000), failures = 0;
  run(L, "collectgarbage()");
  int before = lua_gc(L, LUA_GCCOUNT, 0);
  for (int i = 0; i < n; i++) {
    failures += call(L, throws) == -1;
    failures += call(L, fails) == LUA_ERRRUN;
  }
  CHECK_INT(failures, 2 * n);
  CHECK_STR(run(L, "local n = 0 for i = 1, 2000 do if not pcall(throws) and not pcall(fails) then n = n + 1 end end "
                   "return n"), "2000");
  CHECK_STR(run(L, "local n = 0 for i = 1, 500 do if not pcall(coroutine.wrap(function() throws() end)) then n = n + 1 end end return n"),
            "500");
  run(L, "collectgarbage()");
  CHECK(lua_gc(L, LUA_GCCOUNT, 0) < before + 100);
  CHECK_INT(std::uncaught_exceptions(), 0);
  CHECK_STR(run(L, "return 6 * 7"), "42");
}

int main()
{
  lua_State *L = state();
  errors_run_destructors(L);
  exceptions_end_in_protected_calls(L);
  through_lua(L);
  through_cxx(L);
  lua_close(L);
  L = state();
  nothing_leaks(L);
  lua_close(L);
  return check_end("exceptions");
}
