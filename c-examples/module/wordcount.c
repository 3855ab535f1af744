/*
** wordcount.c - a loadable module: `require "wordcount"` finds wordcount.so
** in package.cpath and calls luaopen_wordcount.
**
** A module is not linked to a Lua library.  It uses the one that is already in
** the program that loads it.
*/
#include <ctype.h>
#include <string.h>

#include <lua.h>
#include <lauxlib.h>

/* Find the next word; give its length, 0 at the end. */
static size_t next_word(const char *s, size_t len, size_t *at)
{
  size_t start;
  while (*at < len && !isalpha((unsigned char)s[*at])) (*at)++;
  start = *at;
  while (*at < len && isalpha((unsigned char)s[*at])) (*at)++;
  return *at - start;
}

/* wordcount.count(text) -> { word = times, ... }, number of words */
static int count(lua_State *L)
{
  size_t len, at = 0, n;
  lua_Integer total = 0;
  const char *s = luaL_checklstring(L, 1, &len);
  lua_newtable(L);
  while ((n = next_word(s, len, &at)) > 0) {
    lua_pushlstring(L, s + at - n, n);         /* word */
    lua_pushvalue(L, -1);                      /* word word */
    lua_rawget(L, 2);                          /* word times */
    lua_pushinteger(L, lua_tointeger(L, -1) + 1);
    lua_replace(L, -2);                        /* word times+1 */
    lua_rawset(L, 2);
    total++;
  }
  lua_pushinteger(L, total);
  return 2;
}

/* wordcount.words(text) -> iterator.  A closure over the text and a place. */
static int iterate(lua_State *L)
{
  size_t len, n, at = (size_t)lua_tointeger(L, lua_upvalueindex(2));
  const char *s = lua_tolstring(L, lua_upvalueindex(1), &len);
  n = next_word(s, len, &at);
  if (n == 0) return 0;                        /* nil ends the loop */
  lua_pushinteger(L, (lua_Integer)at);
  lua_replace(L, lua_upvalueindex(2));
  lua_pushlstring(L, s + at - n, n);
  return 1;
}

static int words(lua_State *L)
{
  luaL_checkstring(L, 1);
  lua_settop(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, iterate, 2);
  return 1;
}

static const luaL_Reg functions[] = {
  { "count", count },
  { "words", words },
  { NULL, NULL }
};

/* The name is fixed: luaopen_ and the module's name. */
int luaopen_wordcount(lua_State *L)
{
  luaL_register(L, lua_tostring(L, 1), functions);   /* argument 1: the name given to require */
  lua_pushliteral(L, "1.0");
  lua_setfield(L, -2, "version");
  return 1;                                          /* what require returns */
}
