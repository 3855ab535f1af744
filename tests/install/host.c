/* A host with functions of its own under names that the library exports: the library must not call
** them, and the host must get its own. */
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

static int captured;

void luaL_setfuncs(lua_State *L, const luaL_Reg *l, int nup)
{
  (void)L; (void)l; (void)nup;
  captured++;
}

#ifdef INTERPOSE
const char *luaL_checklstring(lua_State *L, int narg, size_t *len)
{
  (void)L; (void)narg;
  captured++;
  if (len != NULL) *len = 5;
  return "stray";
}
void lua_pushstring(lua_State *L, const char *s) { (void)s; captured++; lua_pushnil(L); }
void lua_setfield(lua_State *L, int i, const char *k) { (void)i; (void)k; captured++; lua_settop(L, -2); }
int luaL_typerror(lua_State *L, int n, const char *t) { (void)L; (void)n; (void)t; captured++; return 0; }
#endif

static int wants_table(lua_State *L) { luaL_checktype(L, 1, LUA_TTABLE); return 0; }

int main(void)
{
  static const luaL_Reg functions[] = {{"f", wants_table}, {NULL, NULL}};
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  luaL_register(L, "host", functions);
  luaL_newmetatable(L, "T");
  if (luaL_dostring(L,
      "assert(host.f and ('x'):rep(3) == 'xxx' and string.format('%s', 1) == '1')\n"
      "assert(not pcall(host.f, 1))\n"
      "return _VERSION, select(2, pcall(string.rep))"))
    printf("error: %s\n", lua_tostring(L, -1));
  printf("captured %d\n", captured);
  luaL_setfuncs(L, functions, 0);
  printf("own %d\n", captured);
  printf("%s, %s\n", lua_tostring(L, -2), lua_tostring(L, -1));
  lua_close(L);
  return 0;
}
