//! Upvalues, references, userdata, the bytes of a number, and a number for whoever debugs.

use core::ffi::c_int;
use core::ptr;
use core::sync::atomic::{AtomicIsize, Ordering::Relaxed};

use crate::capi::access::lua_touserdata;
use crate::capi::auxlib::check::*;
use crate::capi::auxlib::refs::{luaL_ref, luaL_unref};
use crate::capi::debug::{lua_getupvalue, lua_setupvalue};
use crate::capi::get::{lua_newuserdata, lua_rawgeti};
use crate::capi::push::*;
use crate::capi::stack::lua_pushvalue;
use crate::capi::types::*;

use super::fail;

/// `upvalue(f, n)`: value and name of an upvalue, nothing if there is none; `upvalue(f, n, v)` sets
/// it and gives its name or nil.
pub unsafe extern "C" fn upvalue(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        luaL_checktype(L, 1, LUA_TFUNCTION);
        let n = luaL_checkinteger(L, 2) as c_int;
        if crate::capi::access::lua_type(L, 3) == LUA_TNONE {
            let name = lua_getupvalue(L, 1, n);
            if name.is_null() {
                return 0;
            }
            lua_pushstring(L, name);
            return 2;
        }
        crate::capi::stack::lua_settop(L, 3);
        lua_pushstring(L, lua_setupvalue(L, 1, n));
        1
    }
}

/// `ref(v)`: a number under which the registry keeps the value.
pub unsafe extern "C" fn reference(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        luaL_checkany(L, 1);
        lua_pushvalue(L, 1);
        let reference = luaL_ref(L, LUA_REGISTRYINDEX);
        lua_pushinteger(L, reference as isize);
    }
    1
}

/// `getref(n)`: the value of a reference.
pub unsafe extern "C" fn get_reference(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe { lua_rawgeti(L, LUA_REGISTRYINDEX, luaL_checkinteger(L, 1) as c_int) };
    1
}

/// `unref(n)`: gives the number back.
pub unsafe extern "C" fn free_reference(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe { luaL_unref(L, LUA_REGISTRYINDEX, luaL_checkinteger(L, 1) as c_int) };
    0
}

/// `newuserdata(n)`: a full userdata of n zero bytes.
pub unsafe extern "C" fn new_userdata(L: *mut lua_State) -> c_int {
    // SAFETY: HOST: size bytes at the pointer.
    unsafe {
        let size = luaL_checkinteger(L, 1) as usize;
        let p = lua_newuserdata(L, size).cast::<u8>();
        p.write_bytes(0, size);
    }
    1
}

/// `pushuserdata(n)`: the light userdata of that address.
pub unsafe extern "C" fn push_userdata(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe { lua_pushlightuserdata(L, ptr::without_provenance_mut(luaL_checkinteger(L, 1) as usize)) };
    1
}

/// `udataval(u)`: the address of a userdata.
pub unsafe extern "C" fn userdata_value(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe { lua_pushinteger(L, lua_touserdata(L, 1) as isize) };
    1
}

/// `d2s(n)`: the eight bytes of a number.
pub unsafe extern "C" fn double_to_string(L: *mut lua_State) -> c_int {
    // SAFETY: HOST: eight bytes.
    unsafe {
        let bytes = luaL_checknumber(L, 1).to_ne_bytes();
        lua_pushlstring(L, bytes.as_ptr().cast(), bytes.len());
    }
    1
}

/// `s2d(s)`: the number whose eight bytes these are.
pub unsafe extern "C" fn string_to_double(L: *mut lua_State) -> c_int {
    let mut len = 0;
    // SAFETY: HOST: len bytes at the pointer.
    unsafe {
        let bytes = luaL_checklstring(L, 1, &mut len).cast::<[u8; 8]>();
        if len != 8 {
            return fail(L, c"eight bytes are expected", c"".as_ptr());
        }
        lua_pushnumber(L, f64::from_ne_bytes(*bytes));
    }
    1
}

/// What `trick` keeps.
#[unsafe(no_mangle)]
pub static luaB_trick: AtomicIsize = AtomicIsize::new(0);

/// `trick(n)`: keeps a number that conditions of breakpoints can ask for; `trick()` gives it back.
pub unsafe extern "C" fn trick(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        if crate::capi::access::lua_type(L, 1) == LUA_TNONE {
            lua_pushinteger(L, luaB_trick.load(Relaxed));
            return 1;
        }
        luaB_trick.store(luaL_checkinteger(L, 1), Relaxed);
    }
    0
}
