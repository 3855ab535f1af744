/*
** layout.c - what compiled programs have built in: sizes, offsets and
** constants of the binary interface, and the macros that read them.
*/
#include "check.h"
#include <limits.h>

#define SIZE(type, n)         CHECK_INT(sizeof(type), n)
#define OFFSET(type, field, n) CHECK_INT(offsetof(type, field), n)

static void test_structs(void)
{
  SIZE(lua_Debug, 120);
  OFFSET(lua_Debug, event, 0);
  OFFSET(lua_Debug, name, 8);
  OFFSET(lua_Debug, namewhat, 16);
  OFFSET(lua_Debug, what, 24);
  OFFSET(lua_Debug, source, 32);
  OFFSET(lua_Debug, currentline, 40);
  OFFSET(lua_Debug, nups, 44);
  OFFSET(lua_Debug, linedefined, 48);
  OFFSET(lua_Debug, lastlinedefined, 52);
  OFFSET(lua_Debug, short_src, 56);
  OFFSET(lua_Debug, i_ci, 116);
  SIZE(luaL_Buffer, 8216);
  OFFSET(luaL_Buffer, p, 0);
  OFFSET(luaL_Buffer, lvl, 8);
  OFFSET(luaL_Buffer, L, 16);
  OFFSET(luaL_Buffer, buffer, 24);
  SIZE(luaL_Reg, 16);
  OFFSET(luaL_Reg, name, 0);
  OFFSET(luaL_Reg, func, 8);
  SIZE(lua_Number, 8);
  SIZE(lua_Integer, 8);
  CHECK((lua_Integer)-1 < 0);
  SIZE(((lua_Debug *)0)->short_src, LUA_IDSIZE);
}

static void test_constants(void)
{
  CHECK_INT(LUA_VERSION_NUM, 501);
  CHECK_STR(LUA_VERSION, "Lua 5.1");
  CHECK_STR(LUA_RELEASE, "Lua 5.1.5");
  CHECK_STR(LUA_SIGNATURE, "\033Lua");
  CHECK_INT(LUA_MULTRET, -1);
  CHECK_INT(LUA_REGISTRYINDEX, -10000);
  CHECK_INT(LUA_ENVIRONINDEX, -10001);
  CHECK_INT(LUA_GLOBALSINDEX, -10002);
  CHECK_INT(lua_upvalueindex(1), -10003);
  CHECK_INT(lua_upvalueindex(255), -10257);
  CHECK_INT(LUA_YIELD, 1);
  CHECK_INT(LUA_ERRRUN, 2);
  CHECK_INT(LUA_ERRSYNTAX, 3);
  CHECK_INT(LUA_ERRMEM, 4);
  CHECK_INT(LUA_ERRERR, 5);
  CHECK_INT(LUA_ERRFILE, 6);
  CHECK_INT(LUA_TNONE, -1);
  CHECK_INT(LUA_TNIL, 0);
  CHECK_INT(LUA_TBOOLEAN, 1);
  CHECK_INT(LUA_TLIGHTUSERDATA, 2);
  CHECK_INT(LUA_TNUMBER, 3);
  CHECK_INT(LUA_TSTRING, 4);
  CHECK_INT(LUA_TTABLE, 5);
  CHECK_INT(LUA_TFUNCTION, 6);
  CHECK_INT(LUA_TUSERDATA, 7);
  CHECK_INT(LUA_TTHREAD, 8);
  CHECK_INT(LUA_MINSTACK, 20);
  CHECK_INT(LUA_GCSTOP, 0);
  CHECK_INT(LUA_GCRESTART, 1);
  CHECK_INT(LUA_GCCOLLECT, 2);
  CHECK_INT(LUA_GCCOUNT, 3);
  CHECK_INT(LUA_GCCOUNTB, 4);
  CHECK_INT(LUA_GCSTEP, 5);
  CHECK_INT(LUA_GCSETPAUSE, 6);
  CHECK_INT(LUA_GCSETSTEPMUL, 7);
  CHECK_INT(LUA_HOOKCALL, 0);
  CHECK_INT(LUA_HOOKRET, 1);
  CHECK_INT(LUA_HOOKLINE, 2);
  CHECK_INT(LUA_HOOKCOUNT, 3);
  CHECK_INT(LUA_HOOKTAILRET, 4);
  CHECK_INT(LUA_MASKCALL, 1);
  CHECK_INT(LUA_MASKRET, 2);
  CHECK_INT(LUA_MASKLINE, 4);
  CHECK_INT(LUA_MASKCOUNT, 8);
  CHECK_INT(LUA_IDSIZE, 60);
  CHECK_INT(LUA_NOREF, -2);
  CHECK_INT(LUA_REFNIL, -1);
  CHECK_INT(LUAL_BUFFERSIZE, BUFSIZ);
  CHECK_INT(BUFSIZ, 8192);
  CHECK_STR(LUA_FILEHANDLE, "FILE*");
  CHECK_STR(LUA_COLIBNAME, "coroutine");
  CHECK_STR(LUA_TABLIBNAME, "table");
  CHECK_STR(LUA_IOLIBNAME, "io");
  CHECK_STR(LUA_OSLIBNAME, "os");
  CHECK_STR(LUA_STRLIBNAME, "string");
  CHECK_STR(LUA_MATHLIBNAME, "math");
  CHECK_STR(LUA_DBLIBNAME, "debug");
  CHECK_STR(LUA_LOADLIBNAME, "package");
  CHECK_STR(LUA_NUMBER_FMT, "%.14g");
  CHECK_STR(LUA_QL("x"), "'x'");
  CHECK_STR(LUA_QS, "'%s'");
  CHECK_STR(LUA_DIRSEP, "/");
  CHECK_STR(LUA_PATHSEP, ";");
  CHECK_STR(LUA_PATH_MARK, "?");
}

/* The addresses of all functions: a missing one would not link. */
static void test_symbols(void)
{
  typedef void (*Any)(void);
  static const Any all[] = {
#define F(name) (Any)(name)
    F(lua_newstate), F(lua_close), F(lua_newthread), F(lua_atpanic), F(lua_gettop), F(lua_settop),
    F(lua_pushvalue), F(lua_remove), F(lua_insert), F(lua_replace), F(lua_checkstack), F(lua_xmove),
    F(lua_isnumber), F(lua_isstring), F(lua_iscfunction), F(lua_isuserdata), F(lua_type), F(lua_typename),
    F(lua_equal), F(lua_rawequal), F(lua_lessthan), F(lua_tonumber), F(lua_tointeger), F(lua_toboolean),
    F(lua_tolstring), F(lua_objlen), F(lua_tocfunction), F(lua_touserdata), F(lua_tothread), F(lua_topointer),
    F(lua_pushnil), F(lua_pushnumber), F(lua_pushinteger), F(lua_pushlstring), F(lua_pushstring),
    F(lua_pushvfstring), F(lua_pushfstring), F(lua_pushcclosure), F(lua_pushboolean), F(lua_pushlightuserdata),
    F(lua_pushthread), F(lua_gettable), F(lua_getfield), F(lua_rawget), F(lua_rawgeti), F(lua_createtable),
    F(lua_newuserdata), F(lua_getmetatable), F(lua_getfenv), F(lua_settable), F(lua_setfield), F(lua_rawset),
    F(lua_rawseti), F(lua_setmetatable), F(lua_setfenv), F(lua_call), F(lua_pcall), F(lua_cpcall), F(lua_load),
    F(lua_dump), F(lua_yield), F(lua_resume), F(lua_status), F(lua_gc), F(lua_error), F(lua_next), F(lua_concat),
    F(lua_getallocf), F(lua_setallocf), F(lua_setlevel), F(lua_getstack), F(lua_getinfo), F(lua_getlocal),
    F(lua_setlocal), F(lua_getupvalue), F(lua_setupvalue), F(lua_sethook), F(lua_gethook), F(lua_gethookmask),
    F(lua_gethookcount), F(luaL_openlib), F(luaL_register), F(luaL_getmetafield), F(luaL_callmeta),
    F(luaL_typerror), F(luaL_argerror), F(luaL_checklstring), F(luaL_optlstring), F(luaL_checknumber),
    F(luaL_optnumber), F(luaL_checkinteger), F(luaL_optinteger), F(luaL_checkstack), F(luaL_checktype),
    F(luaL_checkany), F(luaL_newmetatable), F(luaL_checkudata), F(luaL_where), F(luaL_error), F(luaL_checkoption),
    F(luaL_ref), F(luaL_unref), F(luaL_loadfile), F(luaL_loadbuffer), F(luaL_loadstring), F(luaL_newstate),
    F(luaL_gsub), F(luaL_findtable), F(luaL_buffinit), F(luaL_prepbuffer), F(luaL_addlstring), F(luaL_addstring),
    F(luaL_addvalue), F(luaL_pushresult), F(luaopen_base), F(luaopen_table), F(luaopen_io), F(luaopen_os),
    F(luaopen_string), F(luaopen_math), F(luaopen_debug), F(luaopen_package), F(luaL_openlibs)
#undef F
  };
  size_t i, j, n = sizeof all / sizeof all[0];
  CHECK_INT(n, 123);
  for (i = 0; i < n; i++) {
    int distinct = all[i] != NULL;
    for (j = 0; j < i; j++) if (all[i] == all[j]) distinct = 0;
    CHECK(distinct);
  }
}

/* A lua_Debug is filled in, and nothing behind it is touched. */
static void test_no_overrun(void)
{
  struct { unsigned char before[64]; lua_Debug ar; unsigned char after[64]; } d;
  struct { unsigned char before[64]; luaL_Buffer b; unsigned char after[64]; } s;
  lua_State *L = check_open();
  size_t i;
  int bad = 0;
  memset(&d, 0xab, sizeof d);
  luaL_loadbuffer(L, "return 1", 8, "@a/very/long/name/that/is/cut/somewhere/in/the/middle/because/it/does/not/fit.lua");
  lua_getinfo(L, ">nSlu", &d.ar);
  memset(&s, 0xab, sizeof s);
  luaL_buffinit(L, &s.b);
  for (i = 0; i < 30000; i++) luaL_addchar(&s.b, 'x');
  luaL_pushresult(&s.b);
  CHECK_INT(lua_objlen(L, -1), 30000);
  for (i = 0; i < 64; i++)
    if (d.before[i] != 0xab || d.after[i] != 0xab || s.before[i] != 0xab || s.after[i] != 0xab) bad++;
  CHECK_INT(bad, 0);
  lua_close(L);
}

extern const char lua_ident[];

static void test_misc(void)
{
  lua_State *L = check_open(), *T;
  CHECK(strstr(lua_ident, "Lua 5.1") != NULL);
  /* lua_setlevel hands the count of nested C calls from one thread to another */
  T = lua_newthread(L);
  lua_setlevel(L, T);
  RUN(T, "x = 1");
  CHECK_EVAL(L, "return x", "1");
  CHECK_EVAL(L, "return _VERSION", "Lua 5.1");
  lua_close(L);
  L = lua_open();                      /* the old name */
  CHECK(L != NULL);
  CHECK_TOP(L, 0);
  CHECK_INT(lua_getgccount(L), lua_gc(L, LUA_GCCOUNT, 0));
  lua_getregistry(L);
  CHECK_TYPE(L, -1, "table");
  lua_close(L);
}

int main(void)
{
  test_structs();
  test_constants();
  test_symbols();
  test_no_overrun();
  test_misc();
  return check_end("layout");
}
