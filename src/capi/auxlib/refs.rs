//! References: values kept in a table under integers (manual §4.1, luaL_ref).
//!
//! Freed integers are linked through the table itself: `t[0]` is the first, `t[first]` the next.

use core::cell::Cell;
use core::ffi::c_int;

use crate::base::number::f64_to_integer;
use crate::capi::check::check;
use crate::capi::auxlib::types::*;
use crate::capi::index::table_at;
use crate::capi::types::*;
use crate::capi::{finish, state};
use crate::heap::Gc;
use crate::object::{Node, Table, Value};
use crate::state::State;
use crate::vm::meta;

/// Where the list of freed references begins.
const FREE_LIST: c_int = 0;

const _: () = assert!(core::mem::offset_of!(Node, value) == 0);

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

/// Where the list of freed references begins in a table that is stored in without more ado, if that is a node.
#[inline(always)]
fn list_at_hand(table: &Table) -> Option<&Cell<Value>> {
    if table.needs_care() {
        return None;
    }
    let node = table.node_of_other(Value::number(FREE_LIST as f64))?;
    // SAFETY: a node of the table, or null; its value comes first.
    unsafe { node.cast::<Cell<Value>>().as_ref() }
}

/// Keeps a value under the first freed reference. PERF: as most are: in the array part, and the list's beginning a node that is
/// looked for once.
#[inline(always)]
fn keep_at_hand(table: &Table, value: Value) -> Option<c_int> {
    let list = list_at_hand(table)?;
    let first = list.get().as_f64();
    let free = first as c_int;
    let at = (free as u32).wrapping_sub(1) as usize;
    if free as f64 != first || at >= table.array_len() {
        return None;
    }
    // SAFETY: an index of the array part.
    unsafe {
        list.set(*table.array_ptr().add(at));
        table.put_in_array(at, value);
    }
    Some(free)
}

fn keep(l: &mut State, table: Gc<Table>, value: Value) -> c_int {
    if let Some(free) = keep_at_hand(&table, value) {
        return free;
    }
    keep_otherwise(l, table, value)
}

#[inline(never)]
fn keep_otherwise(l: &mut State, table: Gc<Table>, value: Value) -> c_int {
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
    let Some(table) = table_at(l, t) else { return };
    let at = (r#ref as u32).wrapping_sub(1) as usize;
    match list_at_hand(&table) {
        Some(list) if at < table.array_len() => {
            // SAFETY: an index of the array part.
            unsafe { table.put_in_array(at, list.get()) };
            list.set(Value::number(r#ref as f64));
        }
        _ => free_otherwise(l, table, r#ref),
    }
}

#[inline(never)]
fn free_otherwise(l: &mut State, table: Gc<Table>, reference: c_int) {
    put(l, table, reference, table.get_int(FREE_LIST));
    put(l, table, FREE_LIST, Value::number(reference as f64));
}
