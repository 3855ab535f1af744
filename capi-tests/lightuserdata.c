/*
** lightuserdata.c - light userdata is the host's whole word: every bit
** pattern comes back, compares, and serves as a key.
*/
#include "check.h"

static const uint64_t words[] = {
  0, 1, 2, 7, 8, 0xff, 0x7fffffff, 0x80000000u, 0xffffffffu,
  UINT64_C(0x100000000), UINT64_C(0x00007fffffffffff), UINT64_C(0x0000800000000000),
  UINT64_C(0x0000ffffffffffff), UINT64_C(0x0001000000000000), UINT64_C(0x7ff0000000000000),
  UINT64_C(0x7ff8000000000000), UINT64_C(0x7fffffffffffffff), UINT64_C(0x8000000000000000),
  UINT64_C(0xfff0000000000000), UINT64_C(0xfff8000000000000), UINT64_C(0xfff8000000000001),
  UINT64_C(0xfffc000000000000), UINT64_C(0xffff800000000000), UINT64_C(0xffffffff00000000),
  UINT64_C(0xfffffffffffffffe), UINT64_C(0xffffffffffffffff), UINT64_C(0xdeadbeefcafebabe),
  UINT64_C(0x0123456789abcdef), UINT64_C(0x4045000000000000), UINT64_C(0xaaaaaaaaaaaaaaaa),
};
enum { N = (int)(sizeof words / sizeof words[0]) };

static void test_words(lua_State *L)
{
  int i, j;
  CHECK(lua_checkstack(L, N + 10));
  for (i = 0; i < N; i++) {
    void *p = (void *)(uintptr_t)words[i];
    lua_pushlightuserdata(L, p);
    CHECK_INT(lua_type(L, -1), LUA_TLIGHTUSERDATA);
    CHECK_PTR(lua_touserdata(L, -1), p);
    CHECK_PTR(lua_topointer(L, -1), p);
    CHECK_TYPE(L, -1, "userdata");
    CHECK(lua_isuserdata(L, -1));
    CHECK(lua_islightuserdata(L, -1));
    CHECK(lua_toboolean(L, -1));             /* even NULL is true */
    CHECK(!lua_isnumber(L, -1));
    CHECK(!lua_isnil(L, -1));
  }
  CHECK_TOP(L, N);
  for (i = 0; i < N; i++)
    for (j = 0; j < N; j++) {
      if (lua_rawequal(L, i + 1, j + 1) != (i == j)) CHECK(0);
      if (lua_equal(L, i + 1, j + 1) != (i == j)) CHECK(0);
    }
  /* the same word pushed twice is the same value */
  for (i = 0; i < N; i++) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)words[i]);
    CHECK(lua_rawequal(L, -1, i + 1));
    lua_pop(L, 1);
  }
  lua_settop(L, 0);
}

static void test_keys(lua_State *L)
{
  int i, n = 0, found = 0;
  lua_newtable(L);
  for (i = 0; i < N; i++) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)words[i]);
    lua_pushinteger(L, i);
    lua_rawset(L, 1);
  }
  lua_gc(L, LUA_GCCOLLECT, 0);
  for (i = 0; i < N; i++) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)words[i]);
    lua_rawget(L, 1);
    CHECK_INT(lua_tointeger(L, -1), i);
    lua_pop(L, 1);
  }
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    i = (int)lua_tointeger(L, -1);
    if (lua_touserdata(L, -2) == (void *)(uintptr_t)words[i]) found++;
    n++;
    lua_pop(L, 1);
  }
  CHECK_INT(n, N);
  CHECK_INT(found, N);
  /* each is deleted by an equal word */
  for (i = 0; i < N; i++) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)words[i]);
    lua_pushnil(L);
    lua_rawset(L, 1);
  }
  lua_pushnil(L);
  CHECK_INT(lua_next(L, 1), 0);
  lua_settop(L, 0);
}

static int echo(lua_State *L) { return lua_gettop(L); }

static void test_through_lua(lua_State *L)
{
  int i;
  lua_register(L, "echo", echo);
  check_load(L, "local function id(...) return ... end\n"
                "local t = {} for i = 1, select('#', ...) do t[i] = (select(i, ...)) end\n"
                "local up = t[1] local f = function(x) if x ~= nil then up = x end return up end\n"
                "local co = coroutine.wrap(function(...) while true do coroutine.yield(...) end end)\n"
                "for i = 1, #t do assert(f(t[i]) == t[i] and f() == t[i]) assert(type(t[i]) == 'userdata') assert(t[t[i]] == nil)\n"
                "  assert(tostring(t[i]):find('^userdata: ')) end\n"
                "co(1)\n"
                "return id(echo(unpack(t)))");
  for (i = 0; i < N; i++) lua_pushlightuserdata(L, (void *)(uintptr_t)words[i]);
  if (!CHECK_INT(lua_pcall(L, N, LUA_MULTRET, 0), 0)) printf("%s\n", lua_tostring(L, -1));
  CHECK_TOP(L, N);
  for (i = 0; i < N; i++) CHECK_PTR(lua_touserdata(L, i + 1), (void *)(uintptr_t)words[i]);
  lua_settop(L, 0);
}

/* Many different wide words, kept only in tables and upvalues. */
static void test_many(lua_State *L)
{
  int i, bad = 0;
  lua_newtable(L);
  for (i = 1; i <= 3000; i++) {
    lua_pushlightuserdata(L, (void *)(uintptr_t)(UINT64_C(0xfff8000000000000) + (uint64_t)i * 0x10001));
    lua_rawseti(L, 1, i);
  }
  lua_gc(L, LUA_GCCOLLECT, 0);
  for (i = 1; i <= 3000; i++) {
    lua_rawgeti(L, 1, i);
    if (lua_touserdata(L, -1) != (void *)(uintptr_t)(UINT64_C(0xfff8000000000000) + (uint64_t)i * 0x10001)) bad++;
    lua_pop(L, 1);
  }
  CHECK_INT(bad, 0);
  lua_settop(L, 0);
  /* a light and a full userdata of one address differ */
  {
    void *full = lua_newuserdata(L, 8);
    lua_pushlightuserdata(L, full);
    CHECK(!lua_rawequal(L, 1, 2));
    CHECK(!lua_equal(L, 1, 2));
    CHECK_PTR(lua_touserdata(L, 1), lua_touserdata(L, 2));
  }
  lua_settop(L, 0);
  /* no environment, no length, no conversion */
  lua_pushlightuserdata(L, (void *)-1);
  CHECK_INT(lua_objlen(L, 1), 0);
  CHECK(lua_tostring(L, 1) == NULL);
  CHECK_NUM(lua_tonumber(L, 1), 0);
  lua_settop(L, 0);
}

int main(void)
{
  lua_State *L = check_open();
  test_words(L);
  test_keys(L);
  test_through_lua(L);
  test_many(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("lightuserdata");
}
