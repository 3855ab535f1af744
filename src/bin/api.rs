//! The C API as a C program sees it: the part of `lua.h`, `lauxlib.h` and `lualib.h` that the
//! commands use, declared by hand as a host in C would get it from `include/`.
//!
//! The definitions are linked in with the crate. An error in one of these functions jumps to the
//! newest protected call over the frames in between, so no caller keeps a value with a destructor
//! alive over one that can fail (CFRAMES).

#![allow(non_camel_case_types, reason = "the names of the C headers")]
#![allow(dead_code, reason = "each command uses its own part")]

use core::ffi::{c_char, c_int, c_void};

// Only for the definitions behind the declarations below.
use ferrouslua as _;

pub enum lua_State {}

pub type lua_CFunction = unsafe extern "C" fn(*mut lua_State) -> c_int;
pub type lua_Hook = unsafe extern "C" fn(*mut lua_State, *mut c_void);

pub const LUA_GLOBALSINDEX: c_int = -10002;
pub const LUA_MULTRET: c_int = -1;
pub const LUA_ERRSYNTAX: c_int = 3;

pub const LUA_TNIL: c_int = 0;
pub const LUA_TTABLE: c_int = 5;
pub const LUA_TFUNCTION: c_int = 6;

pub const LUA_GCSTOP: c_int = 0;
pub const LUA_GCRESTART: c_int = 1;
pub const LUA_GCCOLLECT: c_int = 2;

pub const LUA_MASKCALL: c_int = 1;
pub const LUA_MASKRET: c_int = 2;
pub const LUA_MASKCOUNT: c_int = 8;

/// `LUA_RELEASE` and `LUA_COPYRIGHT`, as `-v` shows them.
pub const VERSION: &core::ffi::CStr = c"Lua 5.1.5  Copyright (C) 1994-2012 Lua.org, PUC-Rio";

#[cfg(feature = "ltests")]
unsafe extern "C" {
    pub fn luaB_newteststate() -> *mut lua_State;
    pub fn luaB_opentests(l: *mut lua_State) -> c_int;
}

unsafe extern "C" {
    pub fn luaL_newstate() -> *mut lua_State;
    pub fn luaL_openlibs(l: *mut lua_State);
    pub fn luaL_checkstack(l: *mut lua_State, space: c_int, message: *const c_char);
    pub fn luaL_error(l: *mut lua_State, format: *const c_char, ...) -> c_int;
    pub fn luaL_loadbuffer(
        l: *mut lua_State,
        text: *const c_char,
        size: usize,
        name: *const c_char,
    ) -> c_int;
    pub fn luaL_loadfile(l: *mut lua_State, name: *const c_char) -> c_int;

    pub fn lua_close(l: *mut lua_State);
    pub fn lua_cpcall(l: *mut lua_State, f: lua_CFunction, ud: *mut c_void) -> c_int;
    pub fn lua_pcall(l: *mut lua_State, nargs: c_int, nresults: c_int, handler: c_int) -> c_int;
    pub fn lua_call(l: *mut lua_State, nargs: c_int, nresults: c_int);
    pub fn lua_gc(l: *mut lua_State, what: c_int, data: c_int) -> c_int;
    pub fn lua_sethook(l: *mut lua_State, hook: Option<lua_Hook>, mask: c_int, count: c_int)
    -> c_int;

    pub fn lua_gettop(l: *mut lua_State) -> c_int;
    pub fn lua_settop(l: *mut lua_State, index: c_int);
    pub fn lua_insert(l: *mut lua_State, index: c_int);
    pub fn lua_remove(l: *mut lua_State, index: c_int);
    pub fn lua_concat(l: *mut lua_State, n: c_int);
    pub fn lua_type(l: *mut lua_State, index: c_int) -> c_int;
    pub fn lua_isstring(l: *mut lua_State, index: c_int) -> c_int;
    pub fn lua_tolstring(l: *mut lua_State, index: c_int, size: *mut usize) -> *const c_char;
    pub fn lua_touserdata(l: *mut lua_State, index: c_int) -> *mut c_void;

    pub fn lua_pushvalue(l: *mut lua_State, index: c_int);
    pub fn lua_pushinteger(l: *mut lua_State, n: isize);
    pub fn lua_pushstring(l: *mut lua_State, s: *const c_char);
    pub fn lua_pushlstring(l: *mut lua_State, s: *const c_char, size: usize);
    pub fn lua_pushfstring(l: *mut lua_State, format: *const c_char, ...) -> *const c_char;
    pub fn lua_pushcclosure(l: *mut lua_State, f: lua_CFunction, upvalues: c_int);

    pub fn lua_createtable(l: *mut lua_State, array: c_int, hash: c_int);
    pub fn lua_getfield(l: *mut lua_State, index: c_int, name: *const c_char);
    pub fn lua_setfield(l: *mut lua_State, index: c_int, name: *const c_char);
    pub fn lua_rawseti(l: *mut lua_State, index: c_int, n: c_int);
}

/// `lua_tostring`.
///
/// # Safety
/// As every function of the API: a live state, an acceptable index.
pub unsafe fn lua_tostring(l: *mut lua_State, index: c_int) -> *const c_char {
    // SAFETY: the caller's promise.
    unsafe { lua_tolstring(l, index, core::ptr::null_mut()) }
}

/// `lua_pop`.
///
/// # Safety
/// As every function of the API; `n` values are there.
pub unsafe fn lua_pop(l: *mut lua_State, n: c_int) {
    // SAFETY: the caller's promise.
    unsafe { lua_settop(l, -n - 1) }
}
