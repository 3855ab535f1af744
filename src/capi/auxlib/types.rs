//! Types and constants of `lauxlib.h`, laid out as hosts were compiled against them.
//!
//! Not here: the macros, which write to a `luaL_Buffer` directly (the headers' own text).

use core::ffi::{c_char, c_int};

use crate::capi::types::{LUA_ERRERR, lua_CFunction, lua_State};

/// `BUFSIZ` of the C library.
pub const LUAL_BUFFERSIZE: usize = libc::BUFSIZ as usize;

/// A name and a function, for luaL_register.
#[repr(C)]
pub struct luaL_Reg {
    pub name: *const c_char,
    pub func: lua_CFunction,
}

/// A string being built piecewise. While it is in use the stack must be as the buffer's functions
/// left it, for finished pieces lie there.
#[repr(C)]
pub struct luaL_Buffer {
    /// Where the next character goes.
    pub p: *mut c_char,
    /// How many pieces lie on the stack.
    pub lvl: c_int,
    pub L: *mut lua_State,
    pub buffer: [c_char; LUAL_BUFFERSIZE],
}

/// A file that cannot be read, beside the statuses of lua_load.
pub const LUA_ERRFILE: c_int = LUA_ERRERR + 1;

pub const LUA_NOREF: c_int = -2;
pub const LUA_REFNIL: c_int = -1;

const _: () = assert!(size_of::<luaL_Buffer>() == 24 + LUAL_BUFFERSIZE);
