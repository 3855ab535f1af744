//! Registering C functions (manual §4.1, luaL_register), and paths of tables.

use core::ffi::{c_char, c_int};
use core::ptr;

use crate::capi::check::check;
use crate::capi::access::lua_type;
use crate::capi::get::{lua_createtable, lua_getfield, lua_rawget};
use crate::capi::push::{lua_pushcclosure, lua_pushlstring};
use crate::capi::set::{lua_setfield, lua_settable};
use crate::capi::stack::{lua_insert, lua_pushvalue, lua_remove, lua_settop};
use crate::capi::auxlib::types::*;
use crate::capi::types::*;
use crate::capi::{bytes_of, state};
use crate::vm::call;

/// Registers the functions of l, a list ended by a NULL name, in the table on top of the stack, or,
/// if libname is not NULL, in the table of that library, which is found or made (among the globals
/// and in package.loaded) and pushed.
/// [-(0|1), +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_register(
    L: *mut lua_State,
    libname: *const c_char,
    l: *const luaL_Reg,
) {
    check!(luaL_register(L): functions(l));
    // SAFETY: HOST.
    unsafe { luaL_openlib(L, libname, l, 0) }
}

/// As luaL_register, the functions sharing the nup topmost values as upvalues, which are popped.
/// [-(nup + (0|1)), +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_openlib(
    L: *mut lua_State,
    libname: *const c_char,
    l: *const luaL_Reg,
    nup: c_int,
) {
    check!(luaL_openlib(L): functions(l), upvalues(nup), values(nup));
    // SAFETY: HOST: the list is ended by a NULL name.
    unsafe {
        if !libname.is_null() {
            push_library_table(L, libname, count_of(l));
            lua_insert(L, -(nup + 1)); // below the upvalues
        }
        let mut entry = l;
        while !(*entry).name.is_null() {
            for _ in 0..nup {
                lua_pushvalue(L, -nup);
            }
            lua_pushcclosure(L, (*entry).func, nup);
            lua_setfield(L, -(nup + 2), (*entry).name);
            entry = entry.add(1);
        }
        lua_settop(L, -nup - 1);
    }
}

unsafe fn count_of(l: *const luaL_Reg) -> c_int {
    let mut count = 0;
    // SAFETY: HOST: the list is ended by a NULL name.
    while unsafe { !(*l.add(count)).name.is_null() } {
        count += 1;
    }
    count as c_int
}

/// Pushes `package.loaded[libname]` (luaL_pushmodule), made as a global table of `size` fields where it is none.
pub(in crate::capi) unsafe fn push_library_table(L: *mut lua_State, libname: *const c_char, size: c_int) {
    // SAFETY: HOST.
    unsafe {
        luaL_findtable(L, LUA_REGISTRYINDEX, c"_LOADED".as_ptr(), 1);
        lua_getfield(L, -1, libname);
        if lua_type(L, -1) != LUA_TTABLE {
            lua_settop(L, -2);
            if !luaL_findtable(L, LUA_GLOBALSINDEX, libname, size).is_null() {
                let l = state(L);
                let name = bytes_of(libname);
                let thrown = l.library_error(&[b"name conflict for module '", name, b"'"]);
                call::throw(l, thrown)
            }
            lua_pushvalue(L, -1);
            lua_setfield(L, -3, libname);
        }
        lua_remove(L, -2);
    }
}

/// Pushes the table at the dotted path fname below the table at idx, making those tables that are
/// not there (the last with room for szhint fields). Returns NULL; or, when something on the path is
/// no table, the rest of the path from there, nothing being pushed.
/// [-0, +(0|1), m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_findtable(
    L: *mut lua_State,
    idx: c_int,
    fname: *const c_char,
    szhint: c_int,
) -> *const c_char {
    check!(luaL_findtable(L): valid(idx), given(fname));
    // SAFETY: HOST: fname is a C string; `part` walks it up to its NUL.
    unsafe {
        lua_pushvalue(L, idx);
        let mut part = fname;
        loop {
            let rest = bytes_of(part);
            let dot = memchr::memchr(b'.', rest);
            let len = dot.unwrap_or(rest.len());
            lua_pushlstring(L, part, len);
            lua_rawget(L, -2);
            if lua_type(L, -1) == LUA_TNIL {
                lua_settop(L, -2);
                lua_createtable(L, 0, if dot.is_some() { 1 } else { szhint });
                lua_pushlstring(L, part, len);
                lua_pushvalue(L, -2);
                lua_settable(L, -4);
            } else if lua_type(L, -1) != LUA_TTABLE {
                lua_settop(L, -3);
                return part;
            }
            lua_remove(L, -2);
            if dot.is_none() {
                return ptr::null();
            }
            part = part.add(len + 1);
        }
    }
}
