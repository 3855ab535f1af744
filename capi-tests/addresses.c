/*
** addresses.c - what scripts are shown of addresses: ferrous_hideaddresses, as
** ferrouslua.h declares it.
**
** Ours alone: with the reference's library nothing is checked.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#include "check.h"
#include "find.h"

static struct {
  int (*hideaddresses)(lua_State *, int);
  void (*opensandbox)(lua_State *);
} x;

/* tostring's text of the value on top, which is left there, after "kind: ". */
static const char *shown(lua_State *L, char text[100])
{
  const char *s;
  lua_getglobal(L, "tostring");
  lua_pushvalue(L, -2);
  lua_call(L, 1, 1);
  s = lua_tostring(L, -1);
  snprintf(text, 100, "%s", strstr(s, "0x") ? strstr(s, "0x") : s);
  lua_pop(L, 1);
  return text;
}

static void pushpointer(lua_State *L, char text[100], const void *p)
{
  lua_pushfstring(L, "%p", p);
  snprintf(text, 100, "%s", lua_tostring(L, -1));
  lua_pop(L, 1);
}

static void test_texts(void)
{
  static const char *const VALUES[] = {
    "{}", "function() end", "print", "coroutine.create(function() end)", "newproxy()", "io.stdout", "coroutine.wrap(function() end)" };
  lua_State *L = check_open();
  char real[100], hidden[100], text[100];
  int i, here;
  for (i = 0; i < (int)(sizeof VALUES / sizeof VALUES[0]); i++) {
    lua_pushfstring(L, "return %s", VALUES[i]);
    CHECK_INT(luaL_loadstring(L, lua_tostring(L, -1)), 0);
    lua_call(L, 0, 1);
    shown(L, real);
    CHECK(strncmp(real, "0x", 2) == 0);
    CHECK_INT(x.hideaddresses(L, 1), 0);
    shown(L, hidden);
    CHECK(strncmp(hidden, "0x", 2) == 0 && strcmp(hidden, real) != 0);
    CHECK(strspn(hidden + 2, "0123456789abcdef") >= 9 && strlen(hidden) <= 15);
    CHECK_STR(shown(L, text), hidden);
    lua_gc(L, LUA_GCCOLLECT, 0);
    CHECK_STR(shown(L, text), hidden);
    if (lua_topointer(L, -1) != NULL && i != 5) { /* %p shows the same */
      pushpointer(L, text, lua_topointer(L, -1));
      CHECK_STR(text, hidden);
    }
    CHECK_INT(x.hideaddresses(L, 0), 1);
    CHECK_STR(shown(L, text), real);
    CHECK_INT(x.hideaddresses(L, 1), 0);
    CHECK_STR(shown(L, text), hidden);
    CHECK_INT(x.hideaddresses(L, 0), 1);
    lua_settop(L, 0);
  }
  x.hideaddresses(L, 1);
  pushpointer(L, text, NULL);
  CHECK_STR(text, "(nil)");
  lua_pushlightuserdata(L, NULL);
  CHECK_STR(shown(L, text), "userdata: (nil)");
  lua_pushlightuserdata(L, &here);
  snprintf(real, sizeof real, "%p", (void *)&here);
  CHECK(strcmp(shown(L, text), real) != 0);
  /* a word that is no address of a program */
  lua_pushlightuserdata(L, (void *)(uintptr_t)0xfedcba9876543210u);
  shown(L, text);
  CHECK(strcmp(text, "0xfedcba9876543210") != 0 && strlen(text) > 15 - 1);
  lua_settop(L, 0);
  /* words of their own, and other ones in another state */
  CHECK_EVAL(L, "local seen, keep = {}, {} for i = 1, 20000 do keep[i] = {} local s = tostring(keep[i])"
                " assert(s:match('^table: 0x%x+$') and not seen[s], s) seen[s] = true end return 1", "1");
  lua_close(L);
}

static void test_states_differ(void)
{
  lua_State *A = check_open(), *B = check_open();
  char a[100], b[100];
  x.hideaddresses(A, 1);
  x.hideaddresses(B, 1);
  lua_pushlightuserdata(A, a);
  lua_pushlightuserdata(B, a);
  shown(A, a);
  shown(B, b);
  CHECK(strcmp(a, b) != 0);
  lua_close(A);
  lua_close(B);
}

/* What is in a table comes out of it, whatever its keys are, and in an order that is another one. */
static void test_orders(void)
{
  lua_State *L = check_open();
  static const char CODE[] =
    "local keys, t, n = {}, {a = 'a', b = 'b', [1] = 1, [2] = 2, [1.5] = 1.5, [true] = true}, 6"
    " for i = 1, 500 do local k = i % 3 == 0 and {} or i % 3 == 1 and function() end or coroutine.create(function() end)"
    "   keys[i] = k t[k] = k n = n + 1 end"
    " for i = 1, 100 do t['k' .. i] = 'k' .. i t[i] = i n = n + 1 if i > 2 then n = n + 1 end end"
    " for i = 1, 500 do assert(t[keys[i]] == keys[i]) end"
    " local m = 0 for k, v in pairs(t) do assert(k == v) m = m + 1 end assert(m == n)"
    " for i = 1, 500, 2 do t[keys[i]] = nil n = n - 1 end t.a, t[1.5] = nil n = n - 2"
    " m = 0 for k, v in pairs(t) do assert(k == v) m = m + 1 end assert(m == n and t.b == 'b' and t[77] == 77)"
    " return 1";
  CHECK_EVAL(L, CODE, "1");
  x.hideaddresses(L, 1);
  CHECK_EVAL(L, CODE, "1");
  /* of addresses alone: ascending ones come in ascending places as long as nothing is hidden */
  lua_close(L);
  L = check_open();
  for (int on = 0; on < 2; on++) {
    char *base = (char *)(uintptr_t)0x10000000;
    int i, ascending = 0;
    const char *last = NULL;
    x.hideaddresses(L, on);
    lua_newtable(L);
    for (i = 0; i < 400; i++) {
      lua_pushlightuserdata(L, base + i);
      lua_pushboolean(L, 1);
      lua_rawset(L, -3);
    }
    lua_pushnil(L);
    while (lua_next(L, -2)) {
      const char *p = (const char *)lua_touserdata(L, -2);
      ascending += p == last + 1;
      last = p;
      lua_pop(L, 1);
    }
    if (on) CHECK(ascending < 20);
    else CHECK(ascending > 380);
    lua_settop(L, 0);
  }
  lua_close(L);
}

static void test_sandbox(void)
{
  lua_State *L = luaL_newstate();
  char real[100], text[100];
  x.opensandbox(L);
  lua_newtable(L);
  snprintf(real, sizeof real, "%p", (void *)lua_topointer(L, -1));
  CHECK(strcmp(shown(L, text), real) != 0);
  CHECK_INT(x.hideaddresses(L, 0), 1);
  CHECK_STR(shown(L, text), real);
  lua_close(L);
}

int main(void)
{
  int found = find(&x.hideaddresses, "ferrous_hideaddresses") + find(&x.opensandbox, "ferrous_opensandbox");
  if (found == 0) { printf("addresses: 0 passed, 0 failed\n"); return 0; }
  CHECK_INT(found, 2);
  test_texts();
  test_states_differ();
  test_orders();
  test_sandbox();
  return check_end("addresses");
}
