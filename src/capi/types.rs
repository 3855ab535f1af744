//! Types and constants of `lua.h`, laid out as hosts were compiled against them.
//!
//! Not here: `lauxlib.h`'s (`auxlib::types`), the macros (the headers' own text).

use core::ffi::{c_char, c_int, c_void};

use crate::state::State;

/// A thread of a Lua state, opaque to hosts.
pub type lua_State = State;
/// The type of Lua's numbers.
pub type lua_Number = f64;
/// The type of `lua_pushinteger` and `lua_tointeger`.
pub type lua_Integer = isize;

/// A function that Lua can call: takes its arguments from the stack, leaves its results on top of
/// it and returns how many they are (manual §3.7, lua_CFunction).
pub type lua_CFunction = Option<unsafe extern "C" fn(L: *mut lua_State) -> c_int>;

/// Gives the next piece of a chunk, NULL or a size of 0 at its end.
pub type lua_Reader =
    Option<unsafe extern "C" fn(L: *mut lua_State, ud: *mut c_void, sz: *mut usize) -> *const c_char>;

/// Takes a piece of a dumped chunk; a result other than 0 stops the dump.
pub type lua_Writer = Option<
    unsafe extern "C" fn(L: *mut lua_State, p: *const c_void, sz: usize, ud: *mut c_void) -> c_int,
>;

/// The allocator of a state: like realloc, with the true old size; frees when nsize is 0.
pub type lua_Alloc = Option<
    unsafe extern "C" fn(
        ud: *mut c_void,
        ptr: *mut c_void,
        osize: usize,
        nsize: usize,
    ) -> *mut c_void,
>;

/// A debug hook (manual §3.8).
pub type lua_Hook = Option<unsafe extern "C" fn(L: *mut lua_State, ar: *mut lua_Debug)>;

pub const LUA_IDSIZE: usize = 60;

/// An activation record: what `lua_getstack` finds and `lua_getinfo` fills in.
#[repr(C)]
pub struct lua_Debug {
    /// The event a hook was called for: LUA_HOOKCALL and its like.
    pub event: c_int,
    /// (n) A name for the function, or NULL.
    pub name: *const c_char,
    /// (n) What the name is: "global", "local", "method", "field", "upvalue" or "".
    pub namewhat: *const c_char,
    /// (S) "Lua", "C", "main" or "tail".
    pub what: *const c_char,
    /// (S) The chunk's name.
    pub source: *const c_char,
    /// (l) The line being executed, or -1.
    pub currentline: c_int,
    /// (u) How many upvalues the function has.
    pub nups: c_int,
    /// (S) The line the function's definition begins on.
    pub linedefined: c_int,
    /// (S) The line it ends on.
    pub lastlinedefined: c_int,
    /// (S) The chunk's name as messages show it.
    pub short_src: [c_char; LUA_IDSIZE],
    /// Private: which call this is.
    pub i_ci: c_int,
}

pub const LUA_MULTRET: c_int = -1;

pub const LUA_REGISTRYINDEX: c_int = -10000;
pub const LUA_ENVIRONINDEX: c_int = -10001;
pub const LUA_GLOBALSINDEX: c_int = -10002;

pub const LUA_YIELD: c_int = 1;
pub const LUA_ERRRUN: c_int = 2;
pub const LUA_ERRSYNTAX: c_int = 3;
pub const LUA_ERRMEM: c_int = 4;
pub const LUA_ERRERR: c_int = 5;

pub const LUA_TNONE: c_int = -1;
pub const LUA_TNIL: c_int = 0;
pub const LUA_TBOOLEAN: c_int = 1;
pub const LUA_TLIGHTUSERDATA: c_int = 2;
pub const LUA_TNUMBER: c_int = 3;
pub const LUA_TSTRING: c_int = 4;
pub const LUA_TTABLE: c_int = 5;
pub const LUA_TFUNCTION: c_int = 6;
pub const LUA_TUSERDATA: c_int = 7;
pub const LUA_TTHREAD: c_int = 8;

pub const LUA_MINSTACK: c_int = 20;
pub const LUAI_MAXCSTACK: c_int = 8000;

pub const LUA_GCSTOP: c_int = 0;
pub const LUA_GCRESTART: c_int = 1;
pub const LUA_GCCOLLECT: c_int = 2;
pub const LUA_GCCOUNT: c_int = 3;
pub const LUA_GCCOUNTB: c_int = 4;
pub const LUA_GCSTEP: c_int = 5;
pub const LUA_GCSETPAUSE: c_int = 6;
pub const LUA_GCSETSTEPMUL: c_int = 7;

pub const LUA_HOOKCALL: c_int = 0;
pub const LUA_HOOKRET: c_int = 1;
pub const LUA_HOOKLINE: c_int = 2;
pub const LUA_HOOKCOUNT: c_int = 3;
pub const LUA_HOOKTAILRET: c_int = 4;

pub const LUA_MASKCALL: c_int = 1 << LUA_HOOKCALL;
pub const LUA_MASKRET: c_int = 1 << LUA_HOOKRET;
pub const LUA_MASKLINE: c_int = 1 << LUA_HOOKLINE;
pub const LUA_MASKCOUNT: c_int = 1 << LUA_HOOKCOUNT;

const _: () = assert!(size_of::<lua_Debug>() == 120);
