//! Set functions: from the stack to Lua (manual §3.7).

use core::cell::Cell;
use core::ffi::{c_char, c_int};

use crate::capi::check::check;
use crate::capi::index::{is_from_top, looked_at, near_table, own_value, table_at, value_at, value_from_top, value_or_nil};
use crate::capi::types::*;
use crate::capi::get::{find_name, slot_of_name};
use crate::capi::{finish, name_of, state};
use crate::heap::Gc;
use crate::object::{Table, TableError, Type, Value};
use crate::runtime::userdata::set_metatable;
use crate::state::{State, Thrown};
use crate::vm::meta;

/// Pops a value and a key below it and does t[key] = value, t being the value at idx.
/// [-2, +0, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_settable(L: *mut lua_State, idx: c_int) {
    check!(lua_settable(L): valid(idx), values(2));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    looked_at(l, idx, |l, object, idx| {
        if let Some(t) = object.as_table()
            && t.metatable.get().is_none()
            && put_at_hand(t, l.from_top(2), l.from_top(1))
        {
            return l.drop_values(2);
        }
        set_table(l, idx)
    })
}

/// `lua_settable` where there is more to do. PERF: outlined whole.
#[inline(never)]
fn set_table(l: &mut State, idx: c_int) {
    let object = value_or_nil(l, idx);
    let (key, value) = (l.from_top(2), l.from_top(1));
    set_new(l, object, key, value, 2)
}

/// Stores in the slot that a key has in a table, if it has one and nothing else is to be done; false: nothing was.
#[inline(always)]
fn replace(t: Gc<Table>, slot: Option<&Cell<Value>>, value: Value) -> bool {
    let Some(slot) = slot else { return false };
    if t.needs_care() {
        return false;
    }
    t.absent.set(0);
    slot.set(value);
    true
}

/// Stores in the slot of a short string, or of a number in the array part, as `replace` does.
#[inline(always)]
fn put_at_hand(t: Gc<Table>, key: Value, value: Value) -> bool {
    if key.is_string() {
        return replace(t, slot_of_name(t, key), value);
    }
    let Some(slot) = t.array_slot(key) else { return false };
    if t.needs_care() {
        return false;
    }
    t.store(slot, value);
    true
}

/// `object[key] = value` with whatever is not simply there; drops the topmost `popped` values.
#[inline(never)]
fn set_new(l: &mut State, object: Value, key: Value, value: Value, popped: usize) {
    let stored = set_index(l, object, key, value);
    finish(l, stored);
    l.drop_values(popped);
}

/// Pops a value and does t[k] = value, t being the value at idx.
/// [-1, +0, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_setfield(L: *mut lua_State, idx: c_int, k: *const c_char) {
    check!(lua_setfield(L): valid(idx), given(k), values(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let object = value_or_nil(l, idx);
    // SAFETY: HOST: a C string.
    let key = unsafe { name_of(l, k) };
    let value = l.from_top(1);
    if let Some(t) = object.as_table()
        && t.metatable.get().is_none()
        && replace(t, find_name(&t, key), value)
    {
        return l.drop_values(1);
    }
    set_new(l, object, Value::string(key), value, 1)
}

#[inline(always)]
fn set_index(l: &mut State, object: Value, key: Value, value: Value) -> Result<(), Thrown> {
    match object.as_table() {
        Some(t) if t.metatable.get().is_none() => raw_set(l, t, key, value),
        _ => meta::set_index(l, object, key, value),
    }
}

fn raw_set(l: &mut State, t: Gc<Table>, key: Value, value: Value) -> Result<(), Thrown> {
    t.set(l.heap(), key, value).map_err(|error| l.table_error(error))
}

/// As lua_settable, without metamethods; the value at idx is a table.
/// [-2, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_rawset(L: *mut lua_State, idx: c_int) {
    check!(lua_rawset(L): table(idx), values(2));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    looked_at(l, idx, |l, object, idx| {
        if let Some(t) = object.as_table()
            && put_at_hand(t, l.from_top(2), l.from_top(1))
        {
            return l.drop_values(2);
        }
        raw_set_at(l, idx)
    })
}

/// `lua_rawset` where there is more to do. PERF: outlined whole.
#[inline(never)]
fn raw_set_at(l: &mut State, idx: c_int) {
    if let Some(t) = table_at(l, idx) {
        let (key, value) = (l.from_top(2), l.from_top(1));
        let stored = raw_set(l, t, key, value);
        finish(l, stored);
    }
    l.drop_values(2);
}

/// Pops a value and does t[n] = value, without metamethods; the value at idx is a table.
/// [-1, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_rawseti(L: *mut lua_State, idx: c_int, n: c_int) {
    check!(lua_rawseti(L): table(idx), values(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match near_table(l, idx) {
        Some(t) if (n as u32).wrapping_sub(1) < t.array_len() as u32 && !t.needs_care() => {
            // SAFETY: an index of the array part.
            unsafe { t.put_in_array(n as usize - 1, l.from_top(1)) };
            l.drop_values(1);
        }
        _ => raw_set_other(l, idx, n),
    }
}

/// `lua_rawseti` where there is no such place in the array part, the table is at a pseudo-index or
/// the store needs care.
#[inline(never)]
fn raw_set_other(l: &mut State, idx: c_int, n: c_int) {
    if let Some(t) = table_at(l, idx) {
        let stored = t.set_int(l.heap(), n, l.from_top(1)).map_err(|error| l.table_error(error));
        finish(l, stored);
    }
    l.drop_values(1);
}

/// Pops a table or nil and makes it the metatable of the value at idx: of that one table or
/// userdata, or of all values of its type. Returns 1.
/// [-1, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_setmetatable(L: *mut lua_State, objindex: c_int) -> c_int {
    check!(lua_setmetatable(L): valid(objindex), metatable_on_top());
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if !is_from_top(objindex) {
        return set_metatable_from_base(l, objindex);
    }
    set_metatable_of(l, value_from_top(l, objindex), objindex)
}

#[inline(never)]
fn set_metatable_from_base(l: &mut State, objindex: c_int) -> c_int {
    set_metatable_of(l, own_value(l, objindex), objindex)
}

#[inline(always)]
fn set_metatable_of(l: &mut State, object: Value, objindex: c_int) -> c_int {
    match object.as_table() {
        Some(t) if !t.needs_care() => {
            t.metatable.set(l.from_top(1).as_table()); // NOBARRIER: the table is not black
            l.drop_values(1);
            1
        }
        None if object.is_userdata() => set_metatable_of_userdata(l, object),
        _ => set_metatable_of_other(l, objindex),
    }
}

/// `lua_setmetatable` of a full userdata on the stack.
#[inline(never)]
fn set_metatable_of_userdata(l: &mut State, object: Value) -> c_int {
    set_metatable(l, object, l.from_top(1).as_table());
    l.drop_values(1);
    1
}

/// `lua_setmetatable` of what is no table, or one that needs care.
#[inline(never)]
fn set_metatable_of_other(l: &mut State, objindex: c_int) -> c_int {
    let value = value_at(l, objindex);
    if value.as_table().is_some_and(|t| t.is_read_only()) {
        return refuse(l);
    }
    if !value.is_none() {
        set_metatable(l, value, l.from_top(1).as_table());
    }
    l.drop_values(1);
    1
}

#[cold]
#[inline(never)]
fn refuse(l: &mut State) -> c_int {
    let refused = Err(l.table_error(TableError::ReadOnly));
    finish(l, refused)
}

/// Pops a table and makes it the environment of the function, userdata or thread at idx. Returns 0
/// if the value there is none of these.
/// [-1, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_setfenv(L: *mut lua_State, idx: c_int) -> c_int {
    check!(lua_setfenv(L): valid(idx), table_on_top());
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let value = value_at(l, idx);
    let done = l.from_top(1).as_table().is_some_and(|env| set_env(l, value, env));
    l.drop_values(1);
    done as c_int
}

fn set_env(l: &mut State, value: Value, env: Gc<Table>) -> bool {
    match value.type_of() {
        Type::Function => set_function_env(l, value, env),
        Type::Userdata => {
            if let Some(u) = value.as_userdata() {
                u.env.set(env);
                l.heap().barrier_forward(u.header(), env.header());
            }
        }
        Type::Thread => {
            if let Some(t) = value.as_thread() {
                // SAFETY: the thread is alive, and a word of it is stored while no one looks.
                unsafe { (*t.cast::<State>().as_ptr()).globals = env };
                l.heap().barrier_forward(t, env.header());
            }
        }
        _ => return false,
    }
    true
}

pub(super) fn set_function_env(l: &mut State, f: Value, env: Gc<Table>) {
    if let Some(f) = f.as_native_closure() {
        f.env.set(env);
        l.heap().barrier_forward(f.header(), env.header());
    } else if let Some(f) = f.as_lua_closure() {
        f.env.set(env);
        l.heap().barrier_forward(f.header(), env.header());
    }
}
