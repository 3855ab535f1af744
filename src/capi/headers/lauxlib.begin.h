#include <stddef.h>
#include <stdio.h>

#include "lua.h"

#if defined(LUA_COMPAT_GETN)
LUALIB_API int luaL_getn(lua_State *L, int t);
LUALIB_API void luaL_setn(lua_State *L, int t, int n);
#else
#define luaL_getn(L,i) ((int)lua_objlen(L, i))
#define luaL_setn(L,i,j) ((void)0)
#endif

#if defined(LUA_COMPAT_OPENLIB)
#define luaI_openlib luaL_openlib
#endif

/* A file that cannot be read, beside the statuses of lua_load. */
#define LUA_ERRFILE (LUA_ERRERR+1)

/* References that are none, and that of nil. */
#define LUA_NOREF (-2)
#define LUA_REFNIL (-1)

typedef struct luaL_Reg luaL_Reg;
typedef struct luaL_Buffer luaL_Buffer;
