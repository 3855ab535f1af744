/*
** growing.c - strings that are made by appending, as a host sees them: each
** ends with a NUL wherever it is looked at, stays where it was shown, and
** keeps its bytes, whatever is made of it afterwards.
*/
#include "check.h"

#define TURNS 400

static char expected[TURNS * 16];

/* Whether the string at idx is the first len bytes of what is expected, a NUL behind them. */
static int is_beginning(lua_State *L, int idx, size_t len)
{
  size_t got = 0;
  const char *s = lua_tolstring(L, idx, &got);
  return s != NULL && got == len && memcmp(s, expected, len) == 0 && s[len] == '\0';
}

/* Appends the next piece to the string on the top. Returns the new length. */
static size_t append(lua_State *L, size_t len, int turn)
{
  char piece[16];
  int size = sprintf(piece, "piece %d,", turn);
  memcpy(expected + len, piece, (size_t)size + 1);
  lua_pushstring(L, piece);
  lua_concat(L, 2);
  return len + (size_t)size;
}

/* Every string of a chain is kept; none is looked at before the last is there. */
static void test_older_ones(lua_State *L)
{
  static const char *shown[TURNS];
  size_t lengths[TURNS], len = 0;
  int i;
  lua_createtable(L, TURNS, 0);
  lua_pushliteral(L, "");
  for (i = 0; i < TURNS; i++) {
    len = append(L, len, i);
    lengths[i] = len;
    lua_pushvalue(L, -1);
    lua_rawseti(L, 1, i + 1);
  }
  lua_settop(L, 1);
  for (i = 0; i < TURNS; i++) {
    lua_rawgeti(L, 1, i + 1);
    CHECK(is_beginning(L, -1, lengths[i]));
    shown[i] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  lua_gc(L, LUA_GCCOLLECT, 0);
  for (i = 0; i < TURNS; i++) {
    lua_rawgeti(L, 1, i + 1);
    CHECK_PTR(lua_tostring(L, -1), shown[i]);
    CHECK(shown[i][lengths[i]] == '\0' && memcmp(shown[i], expected, lengths[i]) == 0);
    lua_pop(L, 1);
  }
  lua_settop(L, 0);
}

/* Each is shown as soon as it is made: what the host was given stays as it is. */
static void test_shown_at_once(lua_State *L)
{
  static const char *shown[TURNS];
  size_t lengths[TURNS], len = 0;
  int i, whole = 1;
  lua_createtable(L, TURNS, 0);
  lua_pushliteral(L, "");
  for (i = 0; i < TURNS; i++) {
    len = append(L, len, i);
    lengths[i] = len;
    if (i % 3 == 0) {
      lua_pushvalue(L, -1);
      lua_rawseti(L, 1, i + 1);
      shown[i] = i % 2 ? luaL_checkstring(L, -1) : lua_tostring(L, -1);
    }
  }
  for (i = 0; i < TURNS; i += 3)
    whole = whole && strlen(shown[i]) == lengths[i] && memcmp(shown[i], expected, lengths[i]) == 0;
  CHECK(whole);
  CHECK(is_beginning(L, -1, len));
  lua_settop(L, 0);
}

/* One that was shown goes on in several ways. */
static void test_branches(lua_State *L)
{
  size_t len = 0, trunk;
  const char *shown;
  int i;
  lua_pushliteral(L, "");
  for (i = 0; i < 60; i++)
    len = append(L, len, i);
  trunk = len;
  lua_pushvalue(L, 1);
  len = append(L, len, 60);            /* at 2: behind the trunk, which has not been shown */
  CHECK(is_beginning(L, 1, trunk));    /* ... and is now */
  lua_pushvalue(L, 1);
  lua_pushliteral(L, "other");
  lua_concat(L, 2);                    /* at 3 */
  lua_pushvalue(L, 2);
  shown = lua_tostring(L, 4);
  lua_pushliteral(L, "more");
  lua_concat(L, 2);                    /* at 4 */
  CHECK(is_beginning(L, 1, trunk));
  CHECK(is_beginning(L, 2, len));
  CHECK_INT(strlen(shown), len);
  CHECK_INT(lua_objlen(L, 3), trunk + 5);
  CHECK_STR(lua_tostring(L, 3) + trunk, "other");
  CHECK_INT(lua_objlen(L, 4), len + 4);
  CHECK_STR(lua_tostring(L, 4) + len, "more");
  CHECK(!lua_equal(L, 3, 4) && !lua_rawequal(L, 1, 2) && lua_lessthan(L, 1, 2) && lua_lessthan(L, 3, 2));
  lua_pushlstring(L, expected, len);
  CHECK(lua_equal(L, -1, 2) && lua_rawequal(L, 2, -1));
  lua_settop(L, 0);
}

/* Such strings as the host's names of things. */
static void test_uses(lua_State *L)
{
  size_t len = 0;
  int i;
  luaL_Buffer b;
  lua_pushliteral(L, "");
  for (i = 0; i < 50; i++)
    len = append(L, len, i);
  lua_pushvalue(L, 1);
  lua_pushliteral(L, "tail");
  lua_concat(L, 2);                    /* at 2: so no NUL lies behind the first */
  lua_newtable(L);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 7);
  lua_rawset(L, 3);
  lua_getfield(L, 3, lua_tostring(L, 1));
  CHECK_INT(lua_tointeger(L, -1), 7);
  lua_getfield(L, 3, lua_tostring(L, 2));
  CHECK(lua_isnil(L, -1));
  lua_settop(L, 2);
  luaL_buffinit(L, &b);
  lua_pushvalue(L, 1);
  luaL_addvalue(&b);
  luaL_addchar(&b, '|');
  luaL_pushresult(&b);
  CHECK_INT(lua_objlen(L, -1), len + 1);
  CHECK(memcmp(lua_tostring(L, -1), expected, len) == 0);
  lua_settop(L, 2);
  lua_pushfstring(L, "%s!", lua_tostring(L, 1));
  CHECK_INT(lua_objlen(L, -1), len + 1);
  CHECK_INT(luaL_loadbuffer(L, "error('x', 1)", 13, lua_tostring(L, 1)), 0);
  CHECK_INT(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  CHECK(strncmp(lua_tostring(L, -1), "[string \"piece 0,", 17) == 0);
  lua_settop(L, 0);
}

static int shows(lua_State *L)
{
  size_t len;
  const char *s = luaL_checklstring(L, 1, &len);
  lua_pushboolean(L, strlen(s) == len);
  return 1;
}

/* From scripts: in coroutines, hooks and finalizers. */
static void test_scripts(lua_State *L)
{
  lua_register(L, "shows", shows);
  RUN(L,
    "local function chain(looks)\n"
    "  local s, all = '', {}\n"
    "  for i = 1, 500 do\n"
    "    s = s .. 'piece ' .. i\n"
    "    all[i] = s\n"
    "    if looks and i % looks == 0 then assert(shows(s)); assert(shows(all[i - i % 5 + 1] or s)) end\n"
    "  end\n"
    "  for i = 1, 500 do assert(shows(all[i])) end\n"
    "  for i = 2, 500 do assert(all[i] == all[i - 1] .. 'piece ' .. i) end\n"
    "  return s\n"
    "end\n"
    "local s = chain()\n"
    "for looks = 1, 7 do assert(chain(looks) == s) end\n"
    "local co = coroutine.wrap(function() for i = 1, 9 do coroutine.yield(chain(i)) end end)\n"
    "for i = 1, 9 do assert(co() == s); collectgarbage() end\n"
    "local text = s\n"
    "debug.sethook(function() text = text .. '.'; shows(text) end, 'l')\n"
    "for i = 1, 50 do\n"
    "  assert(#text >= #s)\n"
    "end\n"
    "debug.sethook()\n"
    "assert(text:sub(1, #s) == s and not text:sub(#s + 1):find('[^.]'))\n"
    "local seen = 0\n"
    "for i = 1, 20 do\n"
    "  local u = newproxy(true)\n"
    "  getmetatable(u).__gc = function() seen = seen + 1; text = text .. 'gc'; assert(shows(text)) end\n"
    "end\n"
    "collectgarbage() collectgarbage()\n"
    "assert(seen == 20 and text:sub(-4) == 'gcgc')\n");
}

int main(void)
{
  lua_State *L = check_open();
  test_older_ones(L);
  test_shown_at_once(L);
  test_branches(L);
  test_uses(L);
  test_scripts(L);
  CHECK_TOP(L, 0);
  lua_close(L);
  return check_end("growing");
}
