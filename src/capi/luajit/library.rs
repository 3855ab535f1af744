//! Registering functions in a table, modules, and metatables kept by name.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use crate::capi::check::check;
use crate::capi::auxlib::check::luaL_checkstack;
use crate::capi::auxlib::register::{luaL_openlib, push_library_table};
use crate::capi::auxlib::types::*;
use crate::capi::get::lua_getfield;
use crate::capi::index::value_at;
use crate::capi::set::lua_setmetatable;
use crate::capi::stack::lua_settop;
use crate::capi::state;
use crate::capi::types::*;

/// Registers the functions of l, a list ended by a NULL name, in the table that lies below the nup
/// topmost values, which they share as upvalues and which are popped.
/// [-nup, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_setfuncs(L: *mut lua_State, l: *const luaL_Reg, nup: c_int) {
    check!(luaL_setfuncs(L): functions(l), upvalues(nup), values(nup + 1));
    // SAFETY: HOST.
    unsafe {
        luaL_checkstack(L, nup, c"too many upvalues".as_ptr());
        luaL_openlib(L, ptr::null(), l, nup)
    }
}

/// Pushes the table of the module modname, package.loaded[modname]; if there is none it becomes a
/// global table with room for sizehint fields. Raises "name conflict for module" if the global is no
/// table.
/// [-0, +1, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_pushmodule(
    L: *mut lua_State,
    modname: *const c_char,
    sizehint: c_int,
) {
    check!(luaL_pushmodule(L): given(modname), room(1));
    // SAFETY: HOST.
    unsafe { push_library_table(L, modname, sizehint) }
}

/// As luaL_checkudata, but NULL instead of an error; light userdata are not taken.
/// [-0, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_testudata(
    L: *mut lua_State,
    ud: c_int,
    tname: *const c_char,
) -> *mut c_void {
    check!(luaL_testudata(L): acceptable(ud), given(tname));
    // SAFETY: HOST.
    unsafe {
        let Some(userdata) = value_at(state(L), ud).as_userdata() else { return ptr::null_mut() };
        lua_getfield(L, LUA_REGISTRYINDEX, tname); // REACH: the userdata stays on the stack
        let wanted = value_at(state(L), -1).as_table();
        lua_settop(L, -2);
        match (wanted, userdata.metatable.get()) {
            (Some(wanted), Some(found)) if found.same(wanted) => userdata.data().cast(),
            _ => ptr::null_mut(),
        }
    }
}

/// Gives the value on top of the stack the metatable registry[tname]; takes its metatable away where
/// that is nil.
/// [-0, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_setmetatable(L: *mut lua_State, tname: *const c_char) {
    check!(luaL_setmetatable(L): given(tname), values(1));
    // SAFETY: HOST.
    unsafe {
        lua_getfield(L, LUA_REGISTRYINDEX, tname);
        lua_setmetatable(L, -2);
    }
}
