/*
** What the library has beyond Lua 5.1: limits for scripts of strangers, and LuaJIT's
** additions to the C API.
** Generated from src/capi by cbindgen: change it there, then `make headers`.
*/

#ifndef ferrouslua_h
#define ferrouslua_h

#include "lua.h"
#include "lauxlib.h"

/* As an amount of fuel, or of time: no limit. */
#define FERROUS_UNLIMITED ((size_t)-1)

/* Which limit has ended a run: ferrous_limit. */
#define FERROUS_NONE 0
#define FERROUS_FUEL 1
#define FERROUS_DEADLINE 2
#define FERROUS_INTERRUPT 3

#ifdef __cplusplus
extern "C" {
#endif


/*
 The address of the version of the API that the library implements: LUA_VERSION_NUM. L may be
 NULL.
 [-0, +0, -]
 */
LUA_API
const lua_Number *lua_version(lua_State *L);

/*
 As lua_tonumber; *isnum (isnum may be NULL) becomes 1 if the value is a number or reads as one,
 else 0.
 [-0, +0, -]
 */
LUA_API
lua_Number lua_tonumberx(lua_State *L,
                         int idx,
                         int *isnum);

/*
 As lua_tointeger; *isnum (isnum may be NULL) becomes 1 if the value is a number, whole or not, or
 reads as one, else 0.
 [-0, +0, -]
 */
LUA_API
lua_Integer lua_tointegerx(lua_State *L,
                           int idx,
                           int *isnum);

/*
 Copies the value at fromidx to toidx, overwriting what is there. toidx may be a pseudo-index, as
 for lua_replace.
 [-0, +0, e]
 */
LUA_API
void lua_copy(lua_State *L,
              int fromidx,
              int toidx);

/*
 1 if the running function may yield: it runs in a coroutine with no C call in between.
 [-0, +0, -]
 */
LUA_API int lua_isyieldable(lua_State *L);

/*
 As lua_load, but a chunk whose kind is not in mode ("t" text, "b" binary, "bt" or NULL either) is
 LUA_ERRSYNTAX.
 [-0, +1, -]
 */
LUA_API
int lua_loadx(lua_State *L,
              lua_Reader reader,
              void *data,
              const char *chunkname,
              const char *mode);

/*
 As luaL_loadbuffer, with a mode as lua_loadx.
 [-0, +1, m]
 */
LUA_API
int luaL_loadbufferx(lua_State *L,
                     const char *buff,
                     size_t size,
                     const char *name,
                     const char *mode);

/*
 As luaL_loadfile, with a mode as lua_loadx.
 [-0, +1, m]
 */
LUA_API int luaL_loadfilex(lua_State *L, const char *filename, const char *mode);

/*
 An address that tells variables apart: two closures share their upvalue exactly if the addresses
 are equal. NULL if the function at idx has no n-th upvalue.
 [-0, +0, -]
 */
LUA_API
void *lua_upvalueid(lua_State *L,
                    int idx,
                    int n);

/*
 Makes the n1-th upvalue of the Lua function at idx1 be the n2-th of the one at idx2. Without
 effect if either does not exist.
 [-0, +0, -]
 */
LUA_API
void lua_upvaluejoin(lua_State *L,
                     int idx1,
                     int n1,
                     int idx2,
                     int n2);

/*
 Pushes onto L the text that debug.traceback gives for the thread L1 (which may be L) from level
 up, 0 being the running function: msg and a line break, if msg is not NULL, then the stack.
 [-0, +1, m]
 */
LUA_API
void luaL_traceback(lua_State *L,
                    lua_State *L1,
                    const char *msg,
                    int level);

/*
 Registers the functions of l, a list ended by a NULL name, in the table that lies below the nup
 topmost values, which they share as upvalues and which are popped.
 [-nup, +0, m]
 */
LUA_API
void luaL_setfuncs(lua_State *L,
                   const luaL_Reg *l,
                   int nup);

/*
 Pushes the table of the module modname, package.loaded[modname]; if there is none it becomes a
 global table with room for sizehint fields. Raises "name conflict for module" if the global is no
 table.
 [-0, +1, v]
 */
LUA_API
void luaL_pushmodule(lua_State *L,
                     const char *modname,
                     int sizehint);

/*
 As luaL_checkudata, but NULL instead of an error; light userdata are not taken.
 [-0, +0, m]
 */
LUA_API void *luaL_testudata(lua_State *L, int ud, const char *tname);

/*
 Gives the value on top of the stack the metatable registry[tname]; takes its metatable away where
 that is nil.
 [-0, +0, m]
 */
LUA_API
void luaL_setmetatable(lua_State *L,
                       const char *tname);

/*
 What a function that works on the file fname returns: true if stat is not 0; else nil, the text
 of errno (after "fname: ", if fname is not NULL) and errno. Gives the number of results.
 [-0, +(1|3), m]
 */
LUA_API
int luaL_fileresult(lua_State *L,
                    int stat,
                    const char *fname);

/*
 What a function that ran a command returns, stat being what system() or pclose() gave: true or
 nil, "exit" or "signal", and the exit status or the signal's number; if stat is -1, what
 luaL_fileresult tells of errno. Gives the number of results.
 [-0, +3, m]
 */
LUA_API
int luaL_execresult(lua_State *L,
                    int stat);

/*
 Switches machine code on or off for the whole state, which it is by itself where the processor is one that it is made
 for; or flushes what there is. 1 if things are now as asked for, 0 if not: single functions cannot be switched off, C
 functions cannot be wrapped, and without memory that can be executed, or on other processors, nothing can be switched on.
 [-0, +0, -]
 */
LUA_API
int luaJIT_setmode(lua_State *L,
                   int idx,
                   int mode);

/*
 Gives the scripts of L's state so many units of fuel, whatever was left; FERROUS_UNLIMITED takes
 the limit away. A call, a turn of a loop, a token of a source text each use one unit, library
 functions as many as they work long: the same script uses the same fuel each time. When it is used
 up, the run ends: see ferrous_limit.
 [-0, +0, -]
 */
LUA_API
void ferrous_setfuel(lua_State *L,
                     size_t units);

/*
 The fuel that is left; FERROUS_UNLIMITED where there is no limit.
 [-0, +0, -]
 */
LUA_API size_t ferrous_getfuel(lua_State *L);

/*
 Lets the scripts of L's state run for so many nanoseconds from now, by the clock on the wall;
 FERROUS_UNLIMITED takes the limit away. The clock is looked at every few thousand units of fuel.
 [-0, +0, -]
 */
LUA_API
void ferrous_setdeadline(lua_State *L,
                         size_t nanoseconds);

/*
 The nanoseconds left to the deadline, 0 if it has passed; FERROUS_UNLIMITED if there is none.
 [-0, +0, -]
 */
LUA_API
size_t ferrous_getdeadline(lua_State *L);

/*
 Ends the run in progress, or the next one, as an exceeded limit does. May be called by any thread
 and by signal handlers, as long as the state lives; L is any of its Lua threads that does.
 [-0, +0, -]
 */
LUA_API
void ferrous_interrupt(lua_State *L);

/*
 Withdraws an interrupt that has not ended a run yet; and in a C function that runs while one is
 being ended, for whatever reason, lets scripts run again as far as the limits allow.
 [-0, +0, -]
 */
LUA_API
void ferrous_clearinterrupt(lua_State *L);

/*
 Which limit has ended the run: FERROUS_FUEL, FERROUS_DEADLINE, FERROUS_INTERRUPT, or FERROUS_NONE.

 A run is what happens between the host's lua_pcall, lua_cpcall, lua_resume or lua_load and its
 return. Ended by a limit, it returns LUA_ERRRUN and a message such as "script.lua:3: script ran
 out of fuel"; no pcall of Lua, coroutine or message handler in between has caught the error, and
 nothing of the script ran after it. Where the host's C functions call scripts in turn, their
 protected calls return so too, and whatever they call next fails alike, until the outermost call
 has returned, or a limit is set anew.
 [-0, +0, -]
 */
LUA_API
int ferrous_limit(lua_State *L);

/*
 Caps the memory that L's state holds from its allocator, in bytes, all its own included;
 FERROUS_UNLIMITED takes the cap away. What would exceed it fails as if the allocator had refused
 it: LUA_ERRMEM, "not enough memory", which scripts can catch as well. The collector works the
 harder the nearer the cap is; a single request for a large part of it may be refused though
 garbage would have made room.
 [-0, +0, -]
 */
LUA_API
void ferrous_setmemorylimit(lua_State *L,
                            size_t bytes);

/*
 The cap, or FERROUS_UNLIMITED.
 [-0, +0, -]
 */
LUA_API size_t ferrous_getmemorylimit(lua_State *L);

/*
 The bytes that L's state holds from its allocator. (lua_gc counts what objects take of them.)
 [-0, +0, -]
 */
LUA_API
size_t ferrous_getmemory(lua_State *L);

/*
 With 1, the table at idx is read-only: every store in it, raw or not, of a script, a library or the
 host, and every change of its metatable, is the error "attempt to modify a read-only table". A
 __newindex of its metatable still takes the keys that it lacks. What its values refer to is not
 affected. With 0, it is as any other. Gives the setting before; 0 for what is no table.
 [-0, +0, -]
 */
LUA_API
int ferrous_setreadonly(lua_State *L,
                        int idx,
                        int on);

/*
 Whether the value at idx is a read-only table.
 [-0, +0, -]
 */
LUA_API int ferrous_isreadonly(lua_State *L, int idx);

/*
 With 1, no binary chunk is loaded in L's state any more, whoever asks: lua_load and all that is made
 of it, load, loadstring, loadfile, dofile, require. Such a chunk is LUA_ERRSYNTAX, "attempt to load
 chunk with wrong mode". With 0, binary chunks are loaded again. Gives the setting before.
 [-0, +0, -]
 */
LUA_API
int ferrous_settextonly(lua_State *L,
                        int on);

/*
 With 1, scripts of L's state are not shown where anything lies: tostring, lua_pushfstring's %p and the
 texts of files write, in the form of an address, a word that is the object's own as long as it lives
 and tells nothing else. Tables with keys that are neither strings, numbers nor booleans get an order
 that does not follow from addresses, so this is best set before there are any. With 0, addresses are
 shown again. Gives the setting before. lua_topointer is not affected.
 [-0, +0, -]
 */
LUA_API
int ferrous_hideaddresses(lua_State *L,
                          int on);

/*
 Gives L new globals, with libraries for scripts of strangers, in place of luaL_openlibs: the base
 functions but for print, dofile, loadfile, getfenv, setfenv, newproxy and most of collectgarbage;
 coroutine, table, math; string without dump; clock, date, difftime and time of os. Strings get a
 metatable that scripts cannot see, the libraries' tables are read-only (the globals' is not), and the
 state takes text chunks only and hides addresses. Threads made of L from now on share its globals; what
 the host adds to them is the host's affair.
 [-0, +0, m]
 */
LUA_API
void ferrous_opensandbox(lua_State *L);

#endif  /* ferrouslua_h */

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
