/*
** The C API of Lua 5.1 (manual chapter 3).
** Generated from src/capi by cbindgen: change it there, then `make headers`.
*/

#ifndef lua_h
#define lua_h

#include <stdarg.h>
#include <stddef.h>

#include "luaconf.h"

#define LUA_VERSION "Lua 5.1"
#define LUA_RELEASE "Lua 5.1.5"
#define LUA_VERSION_NUM 501
#define LUA_COPYRIGHT "Copyright (C) 1994-2012 Lua.org, PUC-Rio"
#define LUA_AUTHORS "R. Ierusalimschy, L. H. de Figueiredo & W. Celes"

/* What a precompiled chunk begins with. */
#define LUA_SIGNATURE "\033Lua"

/* For lua_call and lua_pcall: as many results as there are. */
#define LUA_MULTRET (-1)

/* Pseudo-indices. */
#define LUA_REGISTRYINDEX (-10000)
#define LUA_ENVIRONINDEX (-10001)
#define LUA_GLOBALSINDEX (-10002)
#define lua_upvalueindex(i) (LUA_GLOBALSINDEX-(i))

/* Statuses of threads and calls; 0 is success. */
#define LUA_YIELD 1
#define LUA_ERRRUN 2
#define LUA_ERRSYNTAX 3
#define LUA_ERRMEM 4
#define LUA_ERRERR 5

/* Types of values. */
#define LUA_TNONE (-1)
#define LUA_TNIL 0
#define LUA_TBOOLEAN 1
#define LUA_TLIGHTUSERDATA 2
#define LUA_TNUMBER 3
#define LUA_TSTRING 4
#define LUA_TTABLE 5
#define LUA_TFUNCTION 6
#define LUA_TUSERDATA 7
#define LUA_TTHREAD 8

/* Stack slots that a C function may use without lua_checkstack. */
#define LUA_MINSTACK 20

/* What lua_gc is asked for. */
#define LUA_GCSTOP 0
#define LUA_GCRESTART 1
#define LUA_GCCOLLECT 2
#define LUA_GCCOUNT 3
#define LUA_GCCOUNTB 4
#define LUA_GCSTEP 5
#define LUA_GCSETPAUSE 6
#define LUA_GCSETSTEPMUL 7

/* Events of hooks, and masks of them. */
#define LUA_HOOKCALL 0
#define LUA_HOOKRET 1
#define LUA_HOOKLINE 2
#define LUA_HOOKCOUNT 3
#define LUA_HOOKTAILRET 4

#define LUA_MASKCALL (1 << LUA_HOOKCALL)
#define LUA_MASKRET (1 << LUA_HOOKRET)
#define LUA_MASKLINE (1 << LUA_HOOKLINE)
#define LUA_MASKCOUNT (1 << LUA_HOOKCOUNT)

/* A host's own additions. */
#if defined(LUA_USER_H)
#include LUA_USER_H
#endif

/* A thread of a Lua state. */
typedef struct lua_State lua_State;

/* An activation record, for the debug interface. */
typedef struct lua_Debug lua_Debug;

typedef LUA_NUMBER lua_Number;
typedef LUA_INTEGER lua_Integer;


/*
 The allocator of a state: like realloc, with the true old size; frees when nsize is 0.
 */
typedef void *(*lua_Alloc)(void *ud, void *ptr, size_t osize, size_t nsize);

/*
 A function that Lua can call: takes its arguments from the stack, leaves its results on top of
 it and returns how many they are (manual section 3.7, lua_CFunction).
 */
typedef int (*lua_CFunction)(lua_State *L);

/*
 Gives the next piece of a chunk, NULL or a size of 0 at its end.
 */
typedef const char *(*lua_Reader)(lua_State *L, void *ud, size_t *sz);

/*
 Takes a piece of a dumped chunk; a result other than 0 stops the dump.
 */
typedef int (*lua_Writer)(lua_State *L, const void *p, size_t sz, void *ud);

/*
 An activation record: what `lua_getstack` finds and `lua_getinfo` fills in.
 */
struct lua_Debug {
  /*
   The event a hook was called for: LUA_HOOKCALL and its like.
   */
  int event;
  /*
   (n) A name for the function, or NULL.
   */
  const char *name;
  /*
   (n) What the name is: "global", "local", "method", "field", "upvalue" or "".
   */
  const char *namewhat;
  /*
   (S) "Lua", "C", "main" or "tail".
   */
  const char *what;
  /*
   (S) The chunk's name.
   */
  const char *source;
  /*
   (l) The line being executed, or -1.
   */
  int currentline;
  /*
   (u) How many upvalues the function has.
   */
  int nups;
  /*
   (S) The line the function's definition begins on.
   */
  int linedefined;
  /*
   (S) The line it ends on.
   */
  int lastlinedefined;
  /*
   (S) The chunk's name as messages show it.
   */
  char short_src[LUA_IDSIZE];
  /*
   Private: which call this is.
   */
  int i_ci;
};

/*
 A debug hook (manual section 3.8).
 */
typedef void (*lua_Hook)(lua_State *L, struct lua_Debug *ar);

/*
 A new state whose every byte comes from f(ud, ...); NULL if that refuses. The result is the
 state's main thread.
 [-0, +0, -]
 */
LUA_API
lua_State *lua_newstate(lua_Alloc f,
                        void *ud);

/*
 Ends a state: calls the finalizers of all its userdata and gives all its memory back. L may be
 any of its threads.
 [-0, +0, -]
 */
LUA_API
void lua_close(lua_State *L);

/*
 Exchanges the function that is called for an error which nothing catches, before the program is
 ended; returns the one before.
 [-0, +0, -]
 */
LUA_API
lua_CFunction lua_atpanic(lua_State *L,
                          lua_CFunction panicf);

/*
 The state's allocator; its ud in *ud, if ud is not NULL.
 [-0, +0, -]
 */
LUA_API lua_Alloc lua_getallocf(lua_State *L, void **ud);

/*
 Exchanges the state's allocator. The new one must be able to resize and free what the old one
 gave.
 [-0, +0, -]
 */
LUA_API
void lua_setallocf(lua_State *L,
                   lua_Alloc f,
                   void *ud);

/*
 The index of the topmost value, which is also how many values the function has.
 [-0, +0, -]
 */
LUA_API int lua_gettop(lua_State *L);

/*
 Makes idx the topmost index: drops values above it, or fills up with nils. Any index is
 accepted, and 0.
 [-?, +?, -]
 */
LUA_API void lua_settop(lua_State *L, int idx);

/*
 Pushes a copy of the value at idx.
 [-0, +1, -]
 */
LUA_API void lua_pushvalue(lua_State *L, int idx);

/*
 Removes the value at idx, moving those above it down. Not for pseudo-indices.
 [-1, +0, -]
 */
LUA_API void lua_remove(lua_State *L, int idx);

/*
 Moves the topmost value to idx, moving those from there on up. Not for pseudo-indices.
 [-1, +1, -]
 */
LUA_API void lua_insert(lua_State *L, int idx);

/*
 Pops the topmost value and puts it in place of the one at idx, which may be a pseudo-index:
 so the environment of the running function and the globals table can be exchanged.
 [-1, +0, e]
 */
LUA_API
void lua_replace(lua_State *L,
                 int idx);

/*
 Makes sure that size more values can be pushed; 0 if that is more than a function may have
 (LUAI_MAXCSTACK in all).
 [-0, +0, m]
 */
LUA_API
int lua_checkstack(lua_State *L,
                   int size);

/*
 Moves the n topmost values from one thread of a state to another.
 [-n, +n, -]
 */
LUA_API void lua_xmove(lua_State *from, lua_State *to, int n);

/*
 The type of the value at idx: LUA_TNIL and its like, LUA_TNONE where there is no value.
 [-0, +0, -]
 */
LUA_API int lua_type(lua_State *L, int idx);

/*
 The name of a type: "nil", "no value" for LUA_TNONE.
 [-0, +0, -]
 */
LUA_API const char *lua_typename(lua_State *L, int tp);

/*
 1 if the value is a C function.
 [-0, +0, -]
 */
LUA_API int lua_iscfunction(lua_State *L, int idx);

/*
 1 if the value is a number, or a string that reads as one.
 [-0, +0, -]
 */
LUA_API int lua_isnumber(lua_State *L, int idx);

/*
 1 if the value is a string or a number.
 [-0, +0, -]
 */
LUA_API int lua_isstring(lua_State *L, int idx);

/*
 1 if the value is a userdata, full or light.
 [-0, +0, -]
 */
LUA_API int lua_isuserdata(lua_State *L, int idx);

/*
 1 if two values are equal, metamethods not asked; 0 if an index names no value.
 [-0, +0, -]
 */
LUA_API int lua_rawequal(lua_State *L, int idx1, int idx2);

/*
 1 if two values are equal as by ==, 0 also if an index names no value.
 [-0, +0, e]
 */
LUA_API int lua_equal(lua_State *L, int idx1, int idx2);

/*
 1 if the first value is smaller as by <, 0 also if an index names no value.
 [-0, +0, e]
 */
LUA_API int lua_lessthan(lua_State *L, int idx1, int idx2);

/*
 The value as a number, 0 if it is none and reads as none.
 [-0, +0, -]
 */
LUA_API lua_Number lua_tonumber(lua_State *L, int idx);

/*
 The value as an integer, truncated; 0 if it is no number and reads as none.
 [-0, +0, -]
 */
LUA_API lua_Integer lua_tointeger(lua_State *L, int idx);

/*
 0 for nil, false and no value; else 1.
 [-0, +0, -]
 */
LUA_API int lua_toboolean(lua_State *L, int idx);

/*
 The value as a string, its length in *len (which may be NULL). A number becomes a string in its
 slot. NULL (and length 0) for other values. The text stays valid while the value is on the stack.
 [-0, +0, m]
 */
LUA_API
const char *lua_tolstring(lua_State *L,
                          int idx,
                          size_t *len);

/*
 The "length" of a value: of a string in bytes, of a table as by # without metamethods, of a full
 userdata its block's size, else 0. A number becomes a string in its slot.
 [-0, +0, m]
 */
LUA_API
size_t lua_objlen(lua_State *L,
                  int idx);

/*
 The C function at idx, NULL if it is none.
 [-0, +0, -]
 */
LUA_API lua_CFunction lua_tocfunction(lua_State *L, int idx);

/*
 The address of a full userdata's block, the pointer of a light one, NULL for other values.
 [-0, +0, -]
 */
LUA_API
void *lua_touserdata(lua_State *L,
                     int idx);

/*
 The thread at idx, NULL if it is none.
 [-0, +0, -]
 */
LUA_API lua_State *lua_tothread(lua_State *L, int idx);

/*
 An address that tells objects apart: of a table, function, thread or userdata; NULL for others.
 [-0, +0, -]
 */
LUA_API
const void *lua_topointer(lua_State *L,
                          int idx);

/*
 Pushes nil.
 [-0, +1, -]
 */
LUA_API void lua_pushnil(lua_State *L);

/*
 Pushes a number.
 [-0, +1, -]
 */
LUA_API void lua_pushnumber(lua_State *L, lua_Number n);

/*
 Pushes an integer as a number.
 [-0, +1, -]
 */
LUA_API void lua_pushinteger(lua_State *L, lua_Integer n);

/*
 Pushes false for 0, true for any other value.
 [-0, +1, -]
 */
LUA_API void lua_pushboolean(lua_State *L, int b);

/*
 Pushes a string of len bytes, which are copied and may be any; s may be NULL if len is 0.
 [-0, +1, m]
 */
LUA_API void lua_pushlstring(lua_State *L, const char *s, size_t len);

/*
 Pushes a copy of a C string; nil for NULL.
 [-0, +1, m]
 */
LUA_API void lua_pushstring(lua_State *L, const char *s);

/*
 Pushes a C function, with the n topmost values as its upvalues, which are popped.
 [-n, +1, m]
 */
LUA_API void lua_pushcclosure(lua_State *L, lua_CFunction f, int n);

/*
 Pushes a light userdata: the pointer itself.
 [-0, +1, -]
 */
LUA_API void lua_pushlightuserdata(lua_State *L, void *p);

/*
 Pushes the thread L itself; 1 if it is the main thread of its state.
 [-0, +1, -]
 */
LUA_API int lua_pushthread(lua_State *L);

/*
 Pops a key and pushes t[key], t being the value at idx.
 [-1, +1, e]
 */
LUA_API void lua_gettable(lua_State *L, int idx);

/*
 Pushes t[k], t being the value at idx.
 [-0, +1, e]
 */
LUA_API void lua_getfield(lua_State *L, int idx, const char *k);

/*
 As lua_gettable, without metamethods; the value at idx is a table.
 [-1, +1, -]
 */
LUA_API void lua_rawget(lua_State *L, int idx);

/*
 Pushes t[n], without metamethods; the value at idx is a table.
 [-0, +1, -]
 */
LUA_API void lua_rawgeti(lua_State *L, int idx, int n);

/*
 Pushes a new table with room for narr array elements and nrec others.
 [-0, +1, m]
 */
LUA_API void lua_createtable(lua_State *L, int narr, int nrec);

/*
 Pushes a new userdata with a block of size bytes and returns the block's address.
 [-0, +1, m]
 */
LUA_API void *lua_newuserdata(lua_State *L, size_t size);

/*
 Pushes the metatable of the value at idx and returns 1; returns 0 and pushes nothing if it has
 none.
 [-0, +(0|1), -]
 */
LUA_API
int lua_getmetatable(lua_State *L,
                     int objindex);

/*
 Pushes the environment of the function, userdata or thread at idx; nil for other values.
 [-0, +1, -]
 */
LUA_API void lua_getfenv(lua_State *L, int idx);

/*
 Pops a key and pushes the next pair of the table at idx (key, then value) and returns 1, or
 returns 0 and pushes nothing at the end. nil begins. Raises "invalid key to 'next'" for a key
 that is not in the table.
 [-1, +(2|0), e]
 */
LUA_API
int lua_next(lua_State *L,
             int idx);

/*
 Pops a value and a key below it and does t[key] = value, t being the value at idx.
 [-2, +0, e]
 */
LUA_API void lua_settable(lua_State *L, int idx);

/*
 Pops a value and does t[k] = value, t being the value at idx.
 [-1, +0, e]
 */
LUA_API void lua_setfield(lua_State *L, int idx, const char *k);

/*
 As lua_settable, without metamethods; the value at idx is a table.
 [-2, +0, m]
 */
LUA_API void lua_rawset(lua_State *L, int idx);

/*
 Pops a value and does t[n] = value, without metamethods; the value at idx is a table.
 [-1, +0, m]
 */
LUA_API void lua_rawseti(lua_State *L, int idx, int n);

/*
 Pops a table or nil and makes it the metatable of the value at idx: of that one table or
 userdata, or of all values of its type. Returns 1.
 [-1, +0, -]
 */
LUA_API int lua_setmetatable(lua_State *L, int objindex);

/*
 Pops a table and makes it the environment of the function, userdata or thread at idx. Returns 0
 if the value there is none of these.
 [-1, +0, -]
 */
LUA_API
int lua_setfenv(lua_State *L,
                int idx);

/*
 Calls the function below the topmost nargs values; function and arguments are replaced by
 nresults results, by all of them for LUA_MULTRET. Errors pass through.
 [-(nargs+1), +nresults, e]
 */
LUA_API void lua_call(lua_State *L, int nargs, int nresults);

/*
 As lua_call, but errors end here: they replace function and arguments by the error value and
 give LUA_ERRRUN, LUA_ERRMEM or LUA_ERRERR instead of 0. errfunc is 0 or the index of a message
 handler, whose result then becomes the error value.
 [-(nargs+1), +(nresults|1), -]
 */
LUA_API
int lua_pcall(lua_State *L,
              int nargs,
              int nresults,
              int errfunc);

/*
 Calls func in protected mode with ud as a light userdata, its only argument. On error the error
 value is pushed, on success nothing is. Statuses as lua_pcall.
 [-0, +(0|1), -]
 */
LUA_API
int lua_cpcall(lua_State *L,
               lua_CFunction func,
               void *ud);

/*
 Loads a chunk, text or binary, whose pieces reader(L, data, ...) gives, and pushes it as a function
 (status 0), or an error message (LUA_ERRSYNTAX, LUA_ERRMEM, or what the reader raised).
 [-0, +1, -]
 */
LUA_API
int lua_load(lua_State *L,
             lua_Reader reader,
             void *data,
             const char *chunkname);

/*
 Gives the topmost value, a Lua function, to writer(L, p, size, data) piece by piece as a binary
 chunk. Gives what the writer gave when it was not 0; 1 if the value is no Lua function; else 0.
 [-0, +0, m]
 */
LUA_API
int lua_dump(lua_State *L,
             lua_Writer writer,
             void *data);

/*
 Pushes a new thread with its own stack, sharing all globals with L, and returns it. It lives
 as long as it is reachable, as other objects do.
 [-0, +1, m]
 */
LUA_API
lua_State *lua_newthread(lua_State *L);

/*
 Starts the coroutine L (its function lies below its narg arguments) or goes on with it (the
 values it was given are its yield's results). Gives LUA_YIELD when it is suspended, 0 when it
 has ended, else the error's status, with the error value on top and the stack not unwound.
 [-?, +?, -]
 */
LUA_API
int lua_resume(lua_State *L,
               int narg);

/*
 Suspends the running coroutine, passing the topmost nresults values out. A C function calls it
 as its return expression only: `return lua_yield(L, n);`
 [-?, +?, e]
 */
LUA_API
int lua_yield(lua_State *L,
              int nresults);

/*
 The thread's status: 0, LUA_YIELD while suspended, or the status of the error that ended it.
 [-0, +0, -]
 */
LUA_API
int lua_status(lua_State *L);

/*
 Carries the count of nested C calls from one thread to another.
 [-0, +0, -]
 */
LUA_API void lua_setlevel(lua_State *from, lua_State *to);

/*
 Controls the collector (manual section 3.7): LUA_GCSTOP, LUA_GCRESTART, LUA_GCCOLLECT, LUA_GCCOUNT
 (KBytes in use), LUA_GCCOUNTB (the rest in bytes), LUA_GCSTEP (1 if a cycle ended),
 LUA_GCSETPAUSE and LUA_GCSETSTEPMUL (give the value before). -1 for an unknown option.
 [-0, +0, e]
 */
LUA_API
int lua_gc(lua_State *L,
           int what,
           int data);

/*
 Raises an error with the topmost value, which may be of any type. Does not return.
 [-1, +0, v]
 */
LUA_API int lua_error(lua_State *L);

/*
 Replaces the n topmost values by their concatenation as by `..`; for 0 pushes the empty string,
 for 1 does nothing.
 [-n, +1, e]
 */
LUA_API
void lua_concat(lua_State *L,
                int n);

/*
 Finds the call at a level (0 is the running function, 1 its caller) for lua_getinfo and others;
 0 if there is none.
 [-0, +0, -]
 */
LUA_API
int lua_getstack(lua_State *L,
                 int level,
                 struct lua_Debug *ar);

/*
 Fills in what the letters of what ask for: n names, S source, l current line, u upvalues; f
 pushes the function, L a table of the lines that have code. A leading > pops the function to
 tell of; else it is the call in ar. 0 if a letter is unknown.
 [-(0|1), +(0|1|2), m]
 */
LUA_API
int lua_getinfo(lua_State *L,
                const char *what,
                struct lua_Debug *ar);

/*
 Pushes the n-th local of the call in ar and returns its name; NULL, and nothing pushed, if there
 is none.
 [-0, +(0|1), -]
 */
LUA_API
const char *lua_getlocal(lua_State *L,
                         const struct lua_Debug *ar,
                         int n);

/*
 Pops a value and stores it in the n-th local of the call in ar, returning its name; NULL if there
 is none (the value is popped all the same).
 [-1, +0, -]
 */
LUA_API
const char *lua_setlocal(lua_State *L,
                         const struct lua_Debug *ar,
                         int n);

/*
 Pushes the n-th upvalue of the function at funcindex and returns its name ("" for a C function's);
 NULL, and nothing pushed, if there is none.
 [-0, +(0|1), -]
 */
LUA_API
const char *lua_getupvalue(lua_State *L,
                           int funcindex,
                           int n);

/*
 Pops a value and stores it in the n-th upvalue of the function at funcindex, returning its name;
 NULL, and nothing popped, if there is none.
 [-(0|1), +0, -]
 */
LUA_API
const char *lua_setupvalue(lua_State *L,
                           int funcindex,
                           int n);

/*
 Makes func the thread's hook for the events in mask (LUA_MASKCALL and its like), LUA_MASKCOUNT
 every count instructions; no hook if func is NULL or mask 0. May be called from a signal
 handler, and by any thread while the State lives. Returns 1.
 [-0, +0, -]
 */
LUA_API
int lua_sethook(lua_State *L,
                lua_Hook func,
                int mask,
                int count);

/*
 The thread's hook, NULL if there is none.
 [-0, +0, -]
 */
LUA_API lua_Hook lua_gethook(lua_State *L);

/*
 The events the thread's hook is called for.
 [-0, +0, -]
 */
LUA_API int lua_gethookmask(lua_State *L);

/*
 The count the thread's hook was set with.
 [-0, +0, -]
 */
LUA_API int lua_gethookcount(lua_State *L);

#endif  /* lua_h */

/**
 * Pushes a string made from a format and arguments: %s C string, %d int, %f lua_Number, %p
 * pointer, %c character, %%. Returns the string.
 * [-0, +1, m]
 */
LUA_API const char *lua_pushvfstring(lua_State *L, const char *fmt, va_list argp);

/**
 * lua_pushvfstring with the arguments themselves.
 * [-0, +1, m]
 */
LUA_API const char *lua_pushfstring(lua_State *L, const char *fmt, ...);

/* Shorthands. */
#define lua_pop(L,n) lua_settop(L, -(n)-1)
#define lua_newtable(L) lua_createtable(L, 0, 0)
#define lua_register(L,n,f) (lua_pushcfunction(L, (f)), lua_setglobal(L, (n)))
#define lua_pushcfunction(L,f) lua_pushcclosure(L, (f), 0)
#define lua_strlen(L,i) lua_objlen(L, (i))
#define lua_isfunction(L,n) (lua_type(L, (n)) == LUA_TFUNCTION)
#define lua_istable(L,n) (lua_type(L, (n)) == LUA_TTABLE)
#define lua_islightuserdata(L,n) (lua_type(L, (n)) == LUA_TLIGHTUSERDATA)
#define lua_isnil(L,n) (lua_type(L, (n)) == LUA_TNIL)
#define lua_isboolean(L,n) (lua_type(L, (n)) == LUA_TBOOLEAN)
#define lua_isthread(L,n) (lua_type(L, (n)) == LUA_TTHREAD)
#define lua_isnone(L,n) (lua_type(L, (n)) == LUA_TNONE)
#define lua_isnoneornil(L,n) (lua_type(L, (n)) <= 0)
#define lua_pushliteral(L,s) lua_pushlstring(L, "" s, (sizeof(s)/sizeof(char))-1)
#define lua_setglobal(L,s) lua_setfield(L, LUA_GLOBALSINDEX, (s))
#define lua_getglobal(L,s) lua_getfield(L, LUA_GLOBALSINDEX, (s))
#define lua_tostring(L,i) lua_tolstring(L, (i), NULL)

/* Older names. */
#define lua_open() luaL_newstate()
#define lua_getregistry(L) lua_pushvalue(L, LUA_REGISTRYINDEX)
#define lua_getgccount(L) lua_gc(L, LUA_GCCOUNT, 0)
#define lua_Chunkreader lua_Reader
#define lua_Chunkwriter lua_Writer
