/*
** The auxiliary library of Lua 5.1 (manual chapter 4).
** Generated from src/capi by cbindgen: change it there, then `make headers`.
*/

#ifndef lauxlib_h
#define lauxlib_h

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


/*
 A name and a function, for luaL_register.
 */
struct luaL_Reg {
  const char *name;
  lua_CFunction func;
};

/*
 A string being built piecewise. While it is in use the stack must be as the buffer's functions
 left it, for finished pieces lie there.
 */
struct luaL_Buffer {
  /*
   Where the next character goes.
   */
  char *p;
  /*
   How many pieces lie on the stack.
   */
  int lvl;
  lua_State *L;
  char buffer[LUAL_BUFFERSIZE];
};

/*
 A new state on the C library's realloc and free, whose panic function tells of the error on the
 standard error stream; NULL when there is no memory.
 [-0, +0, -]
 */
LUALIB_API
lua_State *luaL_newstate(void);

/*
 Registers the functions of l, a list ended by a NULL name, in the table on top of the stack, or,
 if libname is not NULL, in the table of that library, which is found or made (among the globals
 and in package.loaded) and pushed.
 [-(0|1), +1, m]
 */
LUALIB_API
void luaL_register(lua_State *L,
                   const char *libname,
                   const struct luaL_Reg *l);

/*
 As luaL_register, the functions sharing the nup topmost values as upvalues, which are popped.
 [-(nup + (0|1)), +1, m]
 */
LUALIB_API
void luaL_openlib(lua_State *L,
                  const char *libname,
                  const struct luaL_Reg *l,
                  int nup);

/*
 Pushes the table at the dotted path fname below the table at idx, making those tables that are
 not there (the last with room for szhint fields). Returns NULL; or, when something on the path is
 no table, the rest of the path from there, nothing being pushed.
 [-0, +(0|1), m]
 */
LUALIB_API
const char *luaL_findtable(lua_State *L,
                           int idx,
                           const char *fname,
                           int szhint);

/*
 Pushes registry[tname], made as an empty table if it is nil; 1 if it was made.
 [-0, +1, m]
 */
LUALIB_API int luaL_newmetatable(lua_State *L, const char *tname);

/*
 The block of a userdata argument whose metatable is registry[tname]. Raises an argument error
 for anything else.
 [-0, +0, v]
 */
LUALIB_API
void *luaL_checkudata(lua_State *L,
                      int ud,
                      const char *tname);

/*
 Pushes field e of the metatable of the value at obj and returns 1; 0, and nothing pushed, where
 there is none.
 [-0, +(0|1), m]
 */
LUALIB_API
int luaL_getmetafield(lua_State *L,
                      int obj,
                      const char *e);

/*
 Calls field e of the value's metatable with the value and pushes the result, returning 1; 0, and
 nothing pushed, where there is none.
 [-0, +(0|1), e]
 */
LUALIB_API
int luaL_callmeta(lua_State *L,
                  int obj,
                  const char *e);

/*
 Raises "bad argument #numarg to 'f' (extramsg)", f being the running function's name. Does not
 return.
 [-0, +0, v]
 */
LUALIB_API
int luaL_argerror(lua_State *L,
                  int numarg,
                  const char *extramsg);

/*
 Raises an argument error "tname expected, got ...". Does not return.
 [-0, +0, v]
 */
LUALIB_API int luaL_typerror(lua_State *L, int narg, const char *tname);

/*
 Pushes "chunk:line: " of the function at level lvl (0 is the running one, 1 its caller), or the
 empty string where that is not known.
 [-0, +1, m]
 */
LUALIB_API
void luaL_where(lua_State *L,
                int lvl);

/*
 The argument as a string, its length in *len (which may be NULL); a number becomes a string in
 its slot. Raises an argument error for other values.
 [-0, +0, v]
 */
LUALIB_API
const char *luaL_checklstring(lua_State *L,
                              int numArg,
                              size_t *len);

/*
 As luaL_checklstring; def (which may be NULL) where the argument is nil or missing.
 [-0, +0, v]
 */
LUALIB_API
const char *luaL_optlstring(lua_State *L,
                            int numArg,
                            const char *def,
                            size_t *len);

/*
 The argument as a number. Raises an argument error if it is none.
 [-0, +0, v]
 */
LUALIB_API lua_Number luaL_checknumber(lua_State *L, int numArg);

/*
 As luaL_checknumber; def where the argument is nil or missing.
 [-0, +0, v]
 */
LUALIB_API lua_Number luaL_optnumber(lua_State *L, int nArg, lua_Number def);

/*
 The argument as an integer, truncated. Raises an argument error if it is no number.
 [-0, +0, v]
 */
LUALIB_API lua_Integer luaL_checkinteger(lua_State *L, int numArg);

/*
 As luaL_checkinteger; def where the argument is nil or missing.
 [-0, +0, v]
 */
LUALIB_API lua_Integer luaL_optinteger(lua_State *L, int nArg, lua_Integer def);

/*
 Makes room for sz more values. Raises "stack overflow (msg)" if that is too many.
 [-0, +0, v]
 */
LUALIB_API void luaL_checkstack(lua_State *L, int sz, const char *msg);

/*
 Raises an argument error unless the argument has type t.
 [-0, +0, v]
 */
LUALIB_API void luaL_checktype(lua_State *L, int narg, int t);

/*
 Raises an argument error if there is no such argument; nil is one.
 [-0, +0, v]
 */
LUALIB_API void luaL_checkany(lua_State *L, int narg);

/*
 The place in lst, a list ended by NULL, of a string argument (def where it is nil or missing, if
 def is not NULL). Raises an argument error for a string that is not there.
 [-0, +0, v]
 */
LUALIB_API
int luaL_checkoption(lua_State *L,
                     int narg,
                     const char *def,
                     const char *const *lst);

/*
 Pops a value and keeps it in the table at idx t, under an integer that is returned: LUA_REFNIL
 for nil. lua_rawgeti gets it back.
 [-1, +0, m]
 */
LUALIB_API
int luaL_ref(lua_State *L,
             int t);

/*
 Frees a reference of the table at idx t, so that its value may be collected and its integer used
 again. LUA_NOREF and LUA_REFNIL do nothing.
 [-0, +0, m]
 */
LUALIB_API
void luaL_unref(lua_State *L,
                int t,
                int ref);

/*
 Loads size bytes at buff as a chunk called name. Result and effect as lua_load.
 [-0, +1, m]
 */
LUALIB_API
int luaL_loadbuffer(lua_State *L,
                    const char *buff,
                    size_t size,
                    const char *name);

/*
 Loads a C string as a chunk that is also its own name.
 [-0, +1, m]
 */
LUALIB_API int luaL_loadstring(lua_State *L, const char *s);

/*
 Loads a file as a chunk, the standard input if filename is NULL. Result and effect as lua_load;
 LUA_ERRFILE if the file cannot be opened or read.
 [-0, +1, m]
 */
LUALIB_API
int luaL_loadfile(lua_State *L,
                  const char *filename);

/*
 Pushes a copy of s in which each p is replaced by r, and returns it.
 [-0, +1, m]
 */
LUALIB_API
const char *luaL_gsub(lua_State *L,
                      const char *s,
                      const char *p,
                      const char *r);

/*
 Begins an empty buffer. Nothing has to be freed if it is never finished.
 [-0, +0, -]
 */
LUALIB_API void luaL_buffinit(lua_State *L, struct luaL_Buffer *B);

/*
 Makes the whole buffer free and returns it: LUAL_BUFFERSIZE bytes to write to, of which
 luaL_addsize then says how many were used.
 [-?, +?, m]
 */
LUALIB_API char *luaL_prepbuffer(struct luaL_Buffer *B);

/*
 Adds l bytes, which may be any.
 [-?, +?, m]
 */
LUALIB_API void luaL_addlstring(struct luaL_Buffer *B, const char *s, size_t l);

/*
 Adds a C string.
 [-?, +?, m]
 */
LUALIB_API void luaL_addstring(struct luaL_Buffer *B, const char *s);

/*
 Pops a string or number and adds it.
 [-1, +?, m]
 */
LUALIB_API void luaL_addvalue(struct luaL_Buffer *B);

/*
 Ends the use of a buffer: pushes the whole string.
 [-?, +1, m]
 */
LUALIB_API void luaL_pushresult(struct luaL_Buffer *B);

#endif  /* lauxlib_h */

/**
 * Raises an error: a message made as by lua_pushfstring, preceded by the position of the function
 * that called this one (luaL_where(L, 1)). Does not return.
 * [-0, +0, v]
 */
LUALIB_API int luaL_error(lua_State *L, const char *fmt, ...);

/* Shorthands. */
#define luaL_argcheck(L,cond,numarg,extramsg) \
  ((void)((cond) || luaL_argerror(L, (numarg), (extramsg))))
#define luaL_checkstring(L,n) (luaL_checklstring(L, (n), NULL))
#define luaL_optstring(L,n,d) (luaL_optlstring(L, (n), (d), NULL))
#define luaL_checkint(L,n) ((int)luaL_checkinteger(L, (n)))
#define luaL_optint(L,n,d) ((int)luaL_optinteger(L, (n), (d)))
#define luaL_checklong(L,n) ((long)luaL_checkinteger(L, (n)))
#define luaL_optlong(L,n,d) ((long)luaL_optinteger(L, (n), (d)))
#define luaL_typename(L,i) lua_typename(L, lua_type(L,(i)))
#define luaL_dofile(L,fn) (luaL_loadfile(L, fn) || lua_pcall(L, 0, LUA_MULTRET, 0))
#define luaL_dostring(L,s) (luaL_loadstring(L, s) || lua_pcall(L, 0, LUA_MULTRET, 0))
#define luaL_getmetatable(L,n) (lua_getfield(L, LUA_REGISTRYINDEX, (n)))
#define luaL_opt(L,f,n,d) (lua_isnoneornil(L,(n)) ? (d) : f(L,(n)))

/* Writing to a luaL_Buffer. */
#define luaL_addchar(B,c) \
  ((void)((B)->p < ((B)->buffer+LUAL_BUFFERSIZE) || luaL_prepbuffer(B)), \
   (*(B)->p++ = (char)(c)))
#define luaL_putchar(B,c) luaL_addchar(B,c)
#define luaL_addsize(B,n) ((B)->p += (n))

/* Older names. */
#define lua_ref(L,lock) \
  ((lock) ? luaL_ref(L, LUA_REGISTRYINDEX) \
          : (lua_pushstring(L, "unlocked references are obsolete"), lua_error(L), 0))
#define lua_unref(L,ref) luaL_unref(L, LUA_REGISTRYINDEX, (ref))
#define lua_getref(L,ref) lua_rawgeti(L, LUA_REGISTRYINDEX, (ref))
#define luaL_reg luaL_Reg
