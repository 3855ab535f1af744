/*
** The standard libraries of Lua 5.1 (manual chapter 5).
** Generated from src/capi by cbindgen: change it there, then `make headers`.
*/

#ifndef lualib_h
#define lualib_h

#include "lua.h"

/* The registry's name for the metatable of file handles. */
#define LUA_FILEHANDLE "FILE*"

/* Names of the libraries. */
#define LUA_COLIBNAME "coroutine"
#define LUA_TABLIBNAME "table"
#define LUA_IOLIBNAME "io"
#define LUA_OSLIBNAME "os"
#define LUA_STRLIBNAME "string"
#define LUA_MATHLIBNAME "math"
#define LUA_DBLIBNAME "debug"
#define LUA_LOADLIBNAME "package"


/*
 Opens the basic functions and the coroutine library. As all luaopen functions, to be called by
 Lua: pushed as a C function and called with the library's name.
 */
LUALIB_API
int luaopen_base(lua_State *L);

/*
 Opens the table library.
 */
LUALIB_API int luaopen_table(lua_State *L);

/*
 Opens the io library.
 */
LUALIB_API int luaopen_io(lua_State *L);

/*
 Opens the os library.
 */
LUALIB_API int luaopen_os(lua_State *L);

/*
 Opens the string library.
 */
LUALIB_API int luaopen_string(lua_State *L);

/*
 Opens the math library.
 */
LUALIB_API int luaopen_math(lua_State *L);

/*
 Opens the debug library.
 */
LUALIB_API int luaopen_debug(lua_State *L);

/*
 Opens the package library.
 */
LUALIB_API int luaopen_package(lua_State *L);

/*
 Opens all standard libraries.
 [-0, +0, e]
 */
LUALIB_API void luaL_openlibs(lua_State *L);

#endif  /* lualib_h */

#ifndef lua_assert
#define lua_assert(x) ((void)0)
#endif
