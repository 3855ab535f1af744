//! References: values kept in a table under integers (manual §4.1, luaL_ref).
//!
//! Freed integers are linked through the table itself: `t[0]` is the first, `t[first]` the next.

use core::ffi::c_int;

use crate::base::number::f64_to_integer;
use crate::capi::check::check;
use crate::capi::auxlib::types::*;
use crate::capi::index::table_at;
use crate::capi::types::*;
use crate::capi::{finish, state};
use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::state::State;
use crate::vm::meta;

/// Where the list of freed references begins.
const FREE_LIST: c_int = 0;

/// Pops a value and keeps it in the table at idx t, under an integer that is returned: LUA_REFNIL
/// for nil. lua_rawgeti gets it back.
/// [-1, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_ref(L: *mut lua_State, t: c_int) -> c_int {
    check!(luaL_ref(L): table(t), values(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let (table, value) = (table_at(l, t), l.from_top(1));
    let reference = match table {
        _ if value.is_nil() => LUA_REFNIL,
        Some(table) => keep(l, table, value),
        None => 0, // a host's mistake
    };
    l.drop_values(1);
    reference
}

fn keep(l: &mut State, table: Gc<Table>, value: Value) -> c_int {
    let free = meta::to_number(table.get_int(FREE_LIST)).map_or(0, f64_to_integer) as c_int;
    if free != 0 {
        put(l, table, FREE_LIST, table.get_int(free));
        put(l, table, free, value);
        return free;
    }
    let reference = table.length(l.heap()) as c_int + 1;
    put(l, table, reference, value);
    reference
}

fn put(l: &mut State, table: Gc<Table>, at: c_int, value: Value) {
    let stored = table.set_int(l.heap(), at, value).map_err(|error| l.table_error(error));
    finish(l, stored);
}

/// Frees a reference of the table at idx t, so that its value may be collected and its integer used
/// again. LUA_NOREF and LUA_REFNIL do nothing.
/// [-0, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_unref(L: *mut lua_State, t: c_int, r#ref: c_int) {
    check!(luaL_unref(L): reference(t, r#ref));
    if r#ref < 0 {
        return;
    }
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if let Some(table) = table_at(l, t) {
        put(l, table, r#ref, table.get_int(FREE_LIST));
        put(l, table, FREE_LIST, Value::number(r#ref as f64));
    }
}
