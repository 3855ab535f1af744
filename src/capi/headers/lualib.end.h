#ifndef lua_assert
#define lua_assert(x) ((void)0)
#endif
