/*
** stack.c - the virtual stack: top, absolute and negative indices, the moving
** functions, and a random walk of them against a model in plain C.
*/
#include "check.h"

static void push_range(lua_State *L, int n)
{
  int i;
  for (i = 1; i <= n; i++) lua_pushinteger(L, i);
}

/* Compare the whole stack, bottom first, with a list written as text. */
static void check_stack(lua_State *L, const char *want, int line)
{
  char got[512];
  size_t used = 0;
  int i, n = lua_gettop(L);
  got[0] = '\0';
  for (i = 1; i <= n; i++) {
    if (lua_isnil(L, i))
      used += (size_t)snprintf(got + used, sizeof got - used, "%snil", i > 1 ? " " : "");
    else
      used += (size_t)snprintf(got + used, sizeof got - used, "%s%d", i > 1 ? " " : "",
                               (int)lua_tointeger(L, i));
  }
  check_str(got, want, __FILE__, line, "stack");
}
#define STACK(L, want) check_stack(L, want, __LINE__)

static void test_top(lua_State *L)
{
  CHECK_TOP(L, 0);
  push_range(L, 5);
  CHECK_TOP(L, 5);
  lua_settop(L, 3);
  STACK(L, "1 2 3");
  lua_settop(L, 6);
  STACK(L, "1 2 3 nil nil nil");
  lua_settop(L, -2);
  STACK(L, "1 2 3 nil nil");
  lua_settop(L, -1);
  STACK(L, "1 2 3 nil nil");
  lua_pop(L, 2);
  STACK(L, "1 2 3");
  lua_settop(L, -4);
  CHECK_TOP(L, 0);
  lua_settop(L, 0);
  CHECK_TOP(L, 0);
  /* slots that settop opens are nil although numbers lay there before */
  push_range(L, 4);
  lua_settop(L, 0);
  lua_settop(L, 4);
  STACK(L, "nil nil nil nil");
  lua_settop(L, 0);
}

static void test_moving(lua_State *L)
{
  push_range(L, 5);
  lua_pushvalue(L, 2);   STACK(L, "1 2 3 4 5 2");
  lua_pushvalue(L, -1);  STACK(L, "1 2 3 4 5 2 2");
  lua_pushvalue(L, -7);  STACK(L, "1 2 3 4 5 2 2 1");
  lua_settop(L, 5);
  lua_insert(L, 1);      STACK(L, "5 1 2 3 4");
  lua_insert(L, -1);     STACK(L, "5 1 2 3 4");
  lua_insert(L, -3);     STACK(L, "5 1 4 2 3");
  lua_remove(L, 1);      STACK(L, "1 4 2 3");
  lua_remove(L, -1);     STACK(L, "1 4 2");
  lua_remove(L, -2);     STACK(L, "1 2");
  lua_pushinteger(L, 9);
  lua_replace(L, 1);     STACK(L, "9 2");
  lua_pushinteger(L, 8);
  lua_replace(L, -2);    STACK(L, "9 8");
  lua_pushinteger(L, 7);
  lua_replace(L, -1);    STACK(L, "9 8");
  lua_settop(L, 0);
}

static void test_indices(lua_State *L)
{
  push_range(L, 3);
  CHECK_INT(lua_type(L, 4), LUA_TNONE);
  CHECK_INT(lua_type(L, 10), LUA_TNONE);
  CHECK(lua_isnone(L, 4));
  CHECK(lua_isnoneornil(L, 4));
  CHECK(!lua_isnil(L, 4));
  CHECK_TYPE(L, 4, "no value");
  CHECK_INT(lua_tointeger(L, 4), 0);
  CHECK_NUM(lua_tonumber(L, 4), 0);
  CHECK(lua_tostring(L, 4) == NULL);
  CHECK(!lua_toboolean(L, 4));
  CHECK(lua_touserdata(L, 4) == NULL);
  CHECK(lua_tothread(L, 4) == NULL);
  CHECK(lua_tocfunction(L, 4) == NULL);
  CHECK(lua_topointer(L, 4) == NULL);
  CHECK_INT(lua_objlen(L, 4), 0);
  CHECK(!lua_isnumber(L, 4));
  CHECK(!lua_isstring(L, 4));
  CHECK(!lua_iscfunction(L, 4));
  CHECK(!lua_isuserdata(L, 4));
  CHECK(!lua_rawequal(L, 4, 4));
  CHECK(!lua_equal(L, 4, 4));
  CHECK(!lua_equal(L, 1, 4));
  CHECK(!lua_lessthan(L, 4, 4));
  CHECK(!lua_lessthan(L, 1, 4));
  CHECK_INT(lua_getmetatable(L, 4), 0);
  CHECK_TOP(L, 3);
  lua_pushnil(L);
  CHECK(lua_isnil(L, 4) && !lua_isnone(L, 4) && lua_isnoneornil(L, 4));
  /* pseudo-indices are valid everywhere and are not in the stack */
  CHECK_TYPE(L, LUA_REGISTRYINDEX, "table");
  CHECK_TYPE(L, LUA_GLOBALSINDEX, "table");
  CHECK(!lua_rawequal(L, LUA_REGISTRYINDEX, LUA_GLOBALSINDEX));
  lua_pushvalue(L, LUA_GLOBALSINDEX);
  CHECK(lua_rawequal(L, -1, LUA_GLOBALSINDEX));
  lua_settop(L, 0);
}

static int args_are_mine(lua_State *L)
{
  /* a C function has a stack of its own, which starts with its arguments */
  CHECK_TOP(L, 3);
  STACK(L, "10 20 30");
  CHECK_INT(lua_type(L, 4), LUA_TNONE);
  lua_insert(L, 1);
  STACK(L, "30 10 20");
  return 3;
}

static void test_c_frame(lua_State *L)
{
  push_range(L, 2);
  lua_pushcfunction(L, args_are_mine);
  lua_pushinteger(L, 10);
  lua_pushinteger(L, 20);
  lua_pushinteger(L, 30);
  lua_call(L, 3, LUA_MULTRET);
  STACK(L, "1 2 30 10 20");
  lua_settop(L, 0);
}

static int min_stack(lua_State *L)
{
  /* LUA_MINSTACK slots are free without lua_checkstack */
  int i;
  for (i = 0; i < LUA_MINSTACK; i++) lua_pushinteger(L, i);
  CHECK_TOP(L, LUA_MINSTACK);
  CHECK_INT(lua_tointeger(L, -1), LUA_MINSTACK - 1);
  return LUA_MINSTACK;
}

static void test_growth(lua_State *L)
{
  int i, sum = 0;
  lua_pushcfunction(L, min_stack);
  lua_call(L, 0, LUA_MULTRET);
  CHECK_TOP(L, LUA_MINSTACK);
  CHECK_INT(lua_tointeger(L, 20), 19);
  lua_settop(L, 0);
  CHECK(lua_checkstack(L, 5001));
  for (i = 1; i <= 5000; i++) lua_pushinteger(L, i);
  CHECK_TOP(L, 5000);
  for (i = 1; i <= 5000; i++) sum += lua_tointeger(L, i) == i;
  CHECK_INT(sum, 5000);
  lua_pushinteger(L, 77);
  lua_insert(L, 1);
  CHECK_INT(lua_tointeger(L, 1), 77);
  CHECK_INT(lua_tointeger(L, 2), 1);
  CHECK_INT(lua_tointeger(L, 5001), 5000);
  lua_remove(L, 1);
  CHECK_INT(lua_tointeger(L, 1), 1);
  lua_settop(L, 0);
  CHECK(lua_checkstack(L, 0));
  CHECK(lua_checkstack(L, 1));
}

/* The same random operations on the stack and on an array of int. */
static void test_model(lua_State *L)
{
  enum { MAX = 40, STEPS = 20000 };
  int model[MAX + 1], n = 0, i, step, bad = 0;
  unsigned seed = 12345;
  CHECK(lua_checkstack(L, MAX + 1));
  for (step = 0; step < STEPS; step++) {
    int op, at, index;
    seed = seed * 1103515245u + 12345u;
    op = (int)(seed >> 16) % 6;
    at = n ? (int)(seed >> 8) % n : 0;           /* a slot of the model */
    if (at < 0) at = 0;
    index = (seed & 0x40000000u) ? at + 1 : at - n;   /* the same, for Lua */
    if (n == 0 || (op <= 1 && n < MAX)) {
      if (op == 1 && n) { lua_pushvalue(L, index); model[n] = model[at]; }
      else { lua_pushinteger(L, step); model[n] = step; }
      n++;
    } else if (op == 2) {
      int v = model[n - 1];
      lua_insert(L, index);
      for (i = n - 1; i > at; i--) model[i] = model[i - 1];
      model[at] = v;
    } else if (op == 3) {
      lua_remove(L, index);
      for (i = at; i < n - 1; i++) model[i] = model[i + 1];
      n--;
    } else if (op == 4) {
      lua_replace(L, index);
      model[at] = model[n - 1];
      n--;
    } else if (op == 5 && step % 7 == 0) {
      lua_settop(L, index);
      n = at + 1;
    }
    if (lua_gettop(L) != n) bad++;
    for (i = 0; i < n; i++) if (lua_tointeger(L, i + 1) != model[i]) bad++;
  }
  CHECK_INT(bad, 0);
  lua_settop(L, 0);
}

int main(void)
{
  lua_State *L = check_open();
  test_top(L);
  test_moving(L);
  test_indices(L);
  test_c_frame(L);
  test_growth(L);
  test_model(L);
  lua_close(L);
  return check_end("stack");
}
