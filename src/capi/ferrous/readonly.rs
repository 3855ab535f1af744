//! Tables that nobody writes to: what many scripts share.
//!
//! Not here: how a store sees it (`object::table`).

use core::ffi::c_int;

use crate::capi::check::check;
use crate::capi::index::table_at;
use crate::capi::state;
use crate::capi::types::lua_State;

/// With 1, the table at idx is read-only: every store in it, raw or not, of a script, a library or the
/// host, and every change of its metatable, is the error "attempt to modify a read-only table". A
/// __newindex of its metatable still takes the keys that it lacks. What its values refer to is not
/// affected. With 0, it is as any other. Gives the setting before; 0 for what is no table.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_setreadonly(L: *mut lua_State, idx: c_int, on: c_int) -> c_int {
    check!(ferrous_setreadonly(L));
    // SAFETY: HOST.
    let Some(table) = table_at(unsafe { state(L) }, idx) else { return 0 };
    let before = table.is_read_only();
    table.set_read_only(on != 0);
    before as c_int
}

/// Whether the value at idx is a read-only table.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_isreadonly(L: *mut lua_State, idx: c_int) -> c_int {
    check!(ferrous_isreadonly(L));
    // SAFETY: HOST.
    table_at(unsafe { state(L) }, idx).is_some_and(|table| table.is_read_only()) as c_int
}
