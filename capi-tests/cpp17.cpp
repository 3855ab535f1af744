// cpp17.cpp - lua.hpp in a C++17 program: the headers compile, the functions
// have C linkage, and lambdas and static members serve as lua_CFunction.
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <lua.hpp>

static int passed, failed;

static void check(bool ok, const char *what, int line)
{
  if (ok) { passed++; return; }
  failed++;
  std::printf("cpp17.cpp:%d: FAILED %s\n", line, what);
}
#define CHECK(cond) check((cond), #cond, __LINE__)

struct Closer { void operator()(lua_State *L) const { lua_close(L); } };
using State = std::unique_ptr<lua_State, Closer>;

static_assert(std::is_same_v<lua_Number, double>);
static_assert(std::is_same_v<lua_CFunction, int (*)(lua_State *)>);
static_assert(sizeof(lua_Debug) == 120 && sizeof(luaL_Buffer) == 8216 && sizeof(luaL_Reg) == 16);
static_assert(std::is_standard_layout_v<lua_Debug> && std::is_standard_layout_v<luaL_Buffer>);

class Counter {
  int n = 0;
public:
  int next() { return ++n; }
  static constexpr const char *type = "Counter";
  static int create(lua_State *L)
  {
    new (lua_newuserdata(L, sizeof(Counter))) Counter;
    luaL_getmetatable(L, type);
    lua_setmetatable(L, -2);
    return 1;
  }
  static int call(lua_State *L)
  {
    auto *self = static_cast<Counter *>(luaL_checkudata(L, 1, type));
    lua_pushinteger(L, self->next());
    return 1;
  }
};

static std::string evaluate(lua_State *L, std::string_view code)
{
  int top = lua_gettop(L);
  std::string result;
  if (luaL_loadbuffer(L, code.data(), code.size(), "=test") != 0 || lua_pcall(L, 0, 1, 0) != 0) {}
  size_t len = 0;
  if (const char *s = lua_tolstring(L, -1, &len)) result.assign(s, len);
  lua_settop(L, top);
  return result;
}

// std::vector as the target of a writer and the source of a reader
static int write_vector(lua_State *, const void *p, size_t n, void *ud)
{
  auto &v = *static_cast<std::vector<char> *>(ud);
  auto *c = static_cast<const char *>(p);
  v.insert(v.end(), c, c + n);
  return 0;
}
static const char *read_vector(lua_State *, void *ud, size_t *size)
{
  auto &v = *static_cast<std::vector<char> **>(ud);
  if (v == nullptr) { *size = 0; return nullptr; }
  *size = v->size();
  const char *data = v->data();
  v = nullptr;
  return data;
}

int main()
{
  State L(luaL_newstate());
  CHECK(L != nullptr);
  luaL_openlibs(L.get());

  lua_register(L.get(), "twice", [](lua_State *S) { lua_pushnumber(S, 2 * luaL_checknumber(S, 1)); return 1; });
  CHECK(evaluate(L.get(), "return twice(21)") == "42");
  CHECK(evaluate(L.get(), "return twice('x')") == "test:1: bad argument #1 to 'twice' (number expected, got string)");

  luaL_newmetatable(L.get(), Counter::type);
  lua_pushcfunction(L.get(), Counter::call);
  lua_setfield(L.get(), -2, "__call");
  lua_pop(L.get(), 1);
  lua_register(L.get(), "Counter", Counter::create);
  CHECK(evaluate(L.get(), "local c = Counter() c() c() return c()") == "3");
  CHECK(evaluate(L.get(), "local a, b = Counter(), Counter() a() return a() .. b()") == "21");

  {
    luaL_Buffer b;
    luaL_buffinit(L.get(), &b);
    for (int i = 0; i < 20000; i++) luaL_addchar(&b, 'c');
    luaL_pushresult(&b);
    CHECK(lua_objlen(L.get(), -1) == 20000);
    lua_pop(L.get(), 1);
  }
  {
    std::vector<char> bytes;
    CHECK(luaL_loadstring(L.get(), "return 'dumped'") == 0);
    CHECK(lua_dump(L.get(), write_vector, &bytes) == 0);
    lua_pop(L.get(), 1);
    auto *source = &bytes;
    CHECK(lua_load(L.get(), read_vector, &source, "=v") == 0);
    CHECK(lua_pcall(L.get(), 0, 1, 0) == 0);
    CHECK(std::strcmp(lua_tostring(L.get(), -1), "dumped") == 0);
    lua_pop(L.get(), 1);
  }
  // an error raised below C++ frames without destructors is caught by lua_pcall
  CHECK(lua_cpcall(L.get(), [](lua_State *S) { return luaL_error(S, "%s", "from C++"); }, nullptr) == LUA_ERRRUN);
  CHECK(std::strcmp(lua_tostring(L.get(), -1), "from C++") == 0);
  lua_settop(L.get(), 0);
  lua_pushliteral(L.get(), "literal");
  CHECK(lua_isstring(L.get(), -1) && !lua_isnoneornil(L.get(), -1) && lua_isnone(L.get(), 5));
  luaL_argcheck(L.get(), true, 1, "never");
  lua_settop(L.get(), 0);

  L.reset();
  std::printf("cpp17: %d passed, %d failed\n", passed, failed);
  return failed != 0;
}
