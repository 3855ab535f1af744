//! Metatables kept by name in the registry, and metafields (manual §4.1).

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use crate::capi::check::check;
use crate::capi::access::{lua_rawequal, lua_touserdata, lua_type};
use crate::capi::auxlib::errors::luaL_typerror;
use crate::capi::calls::lua_call;
use crate::capi::get::{lua_createtable, lua_getfield, lua_getmetatable, lua_rawget};
use crate::capi::index::{absolute, value_at};
use crate::capi::push::lua_pushstring;
use crate::capi::set::lua_setfield;
use crate::capi::stack::{lua_pushvalue, lua_remove, lua_settop};
use crate::capi::{name_of, state};
use crate::capi::types::*;

/// Pushes registry[tname], made as an empty table if it is nil; 1 if it was made.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_newmetatable(L: *mut lua_State, tname: *const c_char) -> c_int {
    check!(luaL_newmetatable(L): given(tname), room(1));
    // SAFETY: HOST.
    unsafe {
        lua_getfield(L, LUA_REGISTRYINDEX, tname);
        if lua_type(L, -1) != LUA_TNIL {
            return 0;
        }
        lua_settop(L, -2);
        lua_createtable(L, 0, 0);
        lua_pushvalue(L, -1);
        lua_setfield(L, LUA_REGISTRYINDEX, tname);
        1
    }
}

/// The block of a userdata argument whose metatable is registry[tname]. Raises an argument error
/// for anything else.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_checkudata(
    L: *mut lua_State,
    ud: c_int,
    tname: *const c_char,
) -> *mut c_void {
    check!(luaL_checkudata(L): acceptable(ud), given(tname));
    // SAFETY: HOST.
    unsafe {
        let l = state(L);
        if let Some(u) = value_at(l, ud).as_userdata()
            && let Some(metatable) = u.metatable.get()
            && let name = name_of(l, tname)
            && let Some(registry) = l.global().registry.get().as_table()
            && registry.get_str(name).as_table() == Some(metatable)
        {
            return u.data().cast();
        }
        check_udata_slowly(L, ud, tname)
    }
}

/// `luaL_checkudata` where something is amiss, or strange: a light userdata, a registry with a metatable.
#[inline(never)]
unsafe fn check_udata_slowly(L: *mut lua_State, ud: c_int, tname: *const c_char) -> *mut c_void {
    // SAFETY: HOST.
    unsafe {
        let block = lua_touserdata(L, ud);
        if !block.is_null() && lua_getmetatable(L, ud) != 0 {
            lua_getfield(L, LUA_REGISTRYINDEX, tname);
            if lua_rawequal(L, -1, -2) != 0 {
                lua_settop(L, -3);
                return block;
            }
        }
        luaL_typerror(L, ud, tname);
    }
    ptr::null_mut() // not reached: an error was raised
}

/// Pushes field e of the metatable of the value at obj and returns 1; 0, and nothing pushed, where
/// there is none.
/// [-0, +(0|1), m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_getmetafield(
    L: *mut lua_State,
    obj: c_int,
    e: *const c_char,
) -> c_int {
    check!(luaL_getmetafield(L): acceptable(obj), given(e));
    // SAFETY: HOST.
    unsafe {
        if lua_getmetatable(L, obj) == 0 {
            return 0;
        }
        lua_pushstring(L, e);
        lua_rawget(L, -2);
        if lua_type(L, -1) == LUA_TNIL {
            lua_settop(L, -3);
            return 0;
        }
        lua_remove(L, -2);
        1
    }
}

/// Calls field e of the value's metatable with the value and pushes the result, returning 1; 0, and
/// nothing pushed, where there is none.
/// [-0, +(0|1), e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_callmeta(L: *mut lua_State, obj: c_int, e: *const c_char) -> c_int {
    check!(luaL_callmeta(L): acceptable(obj), given(e));
    // SAFETY: HOST.
    unsafe {
        let obj = absolute(state(L), obj);
        if luaL_getmetafield(L, obj, e) == 0 {
            return 0;
        }
        lua_pushvalue(L, obj);
        lua_call(L, 1, 1);
        1
    }
}
