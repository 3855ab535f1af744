//! References: values kept in a table under integers (manual §4.1, luaL_ref).
//!
//! Freed integers are linked through the table itself: `t[0]` is the first, `t[first]` the next.

use core::ffi::c_int;

use crate::capi::access::{lua_objlen, lua_tointeger, lua_type};
use crate::capi::get::lua_rawgeti;
use crate::capi::index::absolute;
use crate::capi::push::lua_pushinteger;
use crate::capi::set::lua_rawseti;
use crate::capi::stack::lua_settop;
use crate::capi::state;
use crate::capi::auxlib::types::*;
use crate::capi::types::*;

/// Where the list of freed references begins.
const FREE_LIST: c_int = 0;

/// Pops a value and keeps it in the table at idx t, under an integer that is returned: LUA_REFNIL
/// for nil. lua_rawgeti gets it back.
/// [-1, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_ref(L: *mut lua_State, t: c_int) -> c_int {
    // SAFETY: HOST.
    unsafe {
        let t = absolute(state(L), t);
        if lua_type(L, -1) == LUA_TNIL {
            lua_settop(L, -2);
            return LUA_REFNIL;
        }
        lua_rawgeti(L, t, FREE_LIST);
        let mut reference = lua_tointeger(L, -1) as c_int;
        lua_settop(L, -2);
        if reference != 0 {
            lua_rawgeti(L, t, reference);
            lua_rawseti(L, t, FREE_LIST);
        } else {
            reference = lua_objlen(L, t) as c_int + 1;
        }
        lua_rawseti(L, t, reference);
        reference
    }
}

/// Frees a reference of the table at idx t, so that its value may be collected and its integer used
/// again. LUA_NOREF and LUA_REFNIL do nothing.
/// [-0, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_unref(L: *mut lua_State, t: c_int, r#ref: c_int) {
    if r#ref < 0 {
        return;
    }
    // SAFETY: HOST.
    unsafe {
        let t = absolute(state(L), t);
        lua_rawgeti(L, t, FREE_LIST);
        lua_rawseti(L, t, r#ref);
        lua_pushinteger(L, r#ref as lua_Integer);
        lua_rawseti(L, t, FREE_LIST);
    }
}
