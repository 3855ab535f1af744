/* A new table with the functions of an array of luaL_Reg. */
#ifndef luaL_newlibtable
#define luaL_newlibtable(L,l) \
  lua_createtable(L, 0, (int)(sizeof(l)/sizeof((l)[0]) - 1))
#endif
#ifndef luaL_newlib
#define luaL_newlib(L,l) (luaL_newlibtable(L, l), luaL_setfuncs(L, l, 0))
#endif

/* This text stands outside the include guard. */
#ifndef ferrouslua_h_end
#define ferrouslua_h_end
#ifdef __cplusplus
}
#endif
#endif
