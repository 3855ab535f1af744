//! What LuaJIT's C API has beyond that of Lua 5.1: functions of 5.2 and 5.3 under their names and
//! with its semantics, so that a host written for LuaJIT links with this library too.
//!
//! They are exported, but `lua.h` and `lauxlib.h` do not declare them: many programs for Lua 5.1
//! bring their own `luaL_setfuncs` or `lua_copy`, and have to go on compiling. `ferrouslua.h`
//! declares them. Nothing inside the library calls them by their exported names, so a program's own
//! function of the same name is the program's alone.
//!
//! Texts follow Lua 5.1: `luaL_traceback` writes what `debug.traceback` writes.
//!
//! Not here: ffi, string buffers, profiling.

pub mod debug;
pub mod engine;
pub mod library;
pub mod load;
pub mod results;
pub mod values;
