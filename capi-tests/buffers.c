/*
** buffers.c - luaL_Buffer: every macro and function, sizes around the
** buffer's own, and values of the stack added in between.
*/
#include "check.h"

static void test_small(lua_State *L)
{
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_pushresult(&b);
  CHECK_TOP(L, 1);
  CHECK_STR(lua_tostring(L, -1), "");
  lua_settop(L, 0);

  luaL_buffinit(L, &b);
  luaL_addchar(&b, 'a');
  luaL_addstring(&b, "bc");
  luaL_addlstring(&b, "d\0e", 3);
  lua_pushliteral(L, "fg");
  luaL_addvalue(&b);
  lua_pushnumber(L, 1.5);
  luaL_addvalue(&b);
  luaL_addstring(&b, "");
  luaL_addlstring(&b, "zzz", 0);
  luaL_putchar(&b, '!');
  luaL_pushresult(&b);
  CHECK_TOP(L, 1);
  CHECK_INT(lua_objlen(L, -1), 12);
  CHECK(memcmp(lua_tostring(L, -1), "abcd\0efg1.5!", 13) == 0);
  lua_settop(L, 0);
}

static void test_prep(lua_State *L)
{
  luaL_Buffer b;
  char *room;
  luaL_buffinit(L, &b);
  room = luaL_prepbuffer(&b);
  memcpy(room, "direct", 6);
  luaL_addsize(&b, 6);
  room = luaL_prepbuffer(&b);              /* always LUAL_BUFFERSIZE bytes of room */
  memset(room, 'x', LUAL_BUFFERSIZE);
  luaL_addsize(&b, LUAL_BUFFERSIZE);
  room = luaL_prepbuffer(&b);
  room[0] = '.';
  luaL_addsize(&b, 1);
  luaL_pushresult(&b);
  CHECK_INT(lua_objlen(L, -1), 6 + LUAL_BUFFERSIZE + 1);
  CHECK(memcmp(lua_tostring(L, -1), "directxxx", 9) == 0);
  CHECK_INT(lua_tostring(L, -1)[6 + LUAL_BUFFERSIZE], '.');
  lua_settop(L, 0);
}

/* Build `total` bytes in pieces of one size; check each byte. */
static void build(lua_State *L, size_t total, size_t piece, int how)
{
  luaL_Buffer b;
  size_t done = 0, i, bad = 0, len;
  const char *s;
  char *text = malloc(piece + 1);
  lua_pushliteral(L, "below");             /* values below stay untouched */
  luaL_buffinit(L, &b);
  while (done < total) {
    size_t n = total - done < piece ? total - done : piece;
    for (i = 0; i < n; i++) text[i] = (char)('a' + (done + i) % 26);
    text[n] = '\0';
    if (how == 0) luaL_addlstring(&b, text, n);
    else if (how == 1) luaL_addstring(&b, text);
    else if (how == 2) { lua_pushlstring(L, text, n); luaL_addvalue(&b); }
    else for (i = 0; i < n; i++) luaL_addchar(&b, text[i]);
    done += n;
  }
  luaL_pushresult(&b);
  CHECK_TOP(L, 2);
  CHECK_STR(lua_tostring(L, 1), "below");
  s = lua_tolstring(L, 2, &len);
  CHECK_INT(len, total);
  for (i = 0; i < len; i++) if (s[i] != (char)('a' + i % 26)) bad++;
  CHECK_INT(bad, 0);
  free(text);
  lua_settop(L, 0);
}

static void test_sizes(lua_State *L)
{
  static const size_t totals[] = { 1, LUAL_BUFFERSIZE - 1, LUAL_BUFFERSIZE, LUAL_BUFFERSIZE + 1,
                                   3 * LUAL_BUFFERSIZE, 300001 };
  static const size_t pieces[] = { 1, 7, 100, LUAL_BUFFERSIZE - 1, LUAL_BUFFERSIZE, LUAL_BUFFERSIZE + 1, 50000 };
  size_t i, j;
  int how;
  for (i = 0; i < sizeof totals / sizeof totals[0]; i++)
    for (j = 0; j < sizeof pieces / sizeof pieces[0]; j++)
      for (how = 0; how < 4; how++)
        build(L, totals[i], pieces[j], how);
}

/* The stack may be used between additions if it is left as it was. */
static void test_stack_between(lua_State *L)
{
  luaL_Buffer b;
  int i;
  lua_newtable(L);
  luaL_buffinit(L, &b);
  for (i = 0; i < 5000; i++) {
    lua_pushfstring(L, "%d,", i);
    lua_pushvalue(L, -1);
    lua_rawseti(L, 1, i + 1);
    luaL_addvalue(&b);
  }
  luaL_pushresult(&b);
  CHECK_TOP(L, 2);
  lua_setglobal(L, "built");
  lua_setglobal(L, "parts");
  CHECK_EVAL(L, "return tostring(built == table.concat(parts))", "true");
  lua_settop(L, 0);
}

/* An error in the middle leaves nothing behind. */
static int fails_midway(lua_State *L)
{
  luaL_Buffer b;
  int i;
  luaL_buffinit(L, &b);
  for (i = 0; i < 3 * LUAL_BUFFERSIZE; i++) luaL_addchar(&b, 'x');
  return luaL_error(L, "midway");
}

static void test_error(lua_State *L)
{
  int i;
  for (i = 0; i < 50; i++)
    CHECK_ERROR(L, check_pcall_c(L, fails_midway), LUA_ERRRUN, "midway");
  CHECK_TOP(L, 0);
}

int main(void)
{
  lua_State *L = check_open();
  test_small(L);
  test_prep(L);
  test_sizes(L);
  test_stack_between(L);
  test_error(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("buffers");
}
