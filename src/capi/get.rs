//! Get functions: from Lua to the stack (manual §3.7).

use core::cell::Cell;
use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use crate::capi::check::check;
use crate::capi::index::{
    is_from_top, looked_at, near_table, own_or_registry, own_value, push, push_found, table_at, value_at, value_from_top,
    value_or_nil,
};
use crate::capi::types::*;
use crate::capi::{finish, name_of, state};
use crate::heap::Gc;
use crate::object::{Node, Str, Table, Type, Value};
use crate::runtime::userdata;
use crate::state::{Event, State, Thrown};
use crate::vm::{meta, safepoint};

/// Pops a key and pushes t[key], t being the value at idx.
/// [-1, +1, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_gettable(L: *mut lua_State, idx: c_int) {
    check!(lua_gettable(L): valid(idx), values(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    looked_at(l, idx, |l, object, idx| {
        if let Some(t) = object.as_table()
            && let Some(slot) = slot_at_hand(t, l.from_top(1))
            && let value = slot.get()
            && !value.is_nil()
        {
            return l.set_from_top(1, value);
        }
        get_table(l, idx)
    })
}

/// The slot of a key that is a short string and has one, or a number with a place in the array part, found without a call.
#[inline(always)]
fn slot_at_hand(t: Gc<Table>, key: Value) -> Option<&'static Cell<Value>> {
    if key.is_string() {
        return slot_of_name(t, key);
    }
    // SAFETY: REACH: as in `slot_of_name`.
    unsafe { (*t.as_ptr()).array_slot(key) }
}

/// The slot of a key that is a short string and has one, found without a call.
#[inline(always)]
pub(super) fn slot_of_name(t: Gc<Table>, key: Value) -> Option<&'static Cell<Value>> {
    let hash = key.as_string()?.short_hash()?;
    let node = t.node_along(key, hash);
    // SAFETY: REACH: a node of a table that the host has on its stack; the slot is used before anything else is done.
    unsafe { node.cast::<Cell<Value>>().as_ref() }
}

const _: () = assert!(core::mem::offset_of!(Node, value) == 0);

/// `lua_gettable` of what is not simply there. PERF: outlined whole.
#[inline(never)]
fn get_table(l: &mut State, idx: c_int) {
    let object = value_or_nil(l, idx);
    let key = l.from_top(1);
    let found = match object.as_table() {
        Some(t) => {
            let value = t.get(key);
            if value.is_nil() && t.metatable.get().is_some() { inherited(l, object, key) } else { Ok(value) }
        }
        None => inherited(l, object, key),
    };
    let value = finish(l, found);
    l.set_from_top(1, value);
}

/// Pushes t[k], t being the value at idx.
/// [-0, +1, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_getfield(L: *mut lua_State, idx: c_int, k: *const c_char) {
    check!(lua_getfield(L): valid(idx), given(k), room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let object = value_or_nil(l, idx);
    // SAFETY: HOST: a C string.
    let key = unsafe { name_of(l, k) };
    if let Some(t) = object.as_table() {
        let value = find_name(&t, key).map_or(Value::NIL, Cell::get);
        if !value.is_nil() || t.metatable.get().is_none() {
            return push(l, value);
        }
    }
    push_inherited(l, object, key)
}

/// The slot of a key. PERF: looked for in the two nodes where most are, without a call; nor is one made for a key that is not
/// there, if no other's chain begins where its own would.
#[inline(always)]
pub(super) fn find_name(t: &Table, key: Gc<Str>) -> Option<&Cell<Value>> {
    let node = t.main_node(key.hash_or_any());
    // SAFETY: a node of the table; its value comes first.
    unsafe {
        if (*node).key.bits() == Value::string(key).bits() {
            return Some(&*node.cast());
        }
        let second = (*node).next_in_chain();
        if (*second).key.bits() == Value::string(key).bits() {
            return Some(&*second.cast());
        }
        if (*node).is_last() && key.is_short() && !t.is_seeded() { None } else { t.find_str(key) }
    }
}

/// Pushes `object[key]`, which is not simply there.
#[inline(never)]
fn push_inherited(l: &mut State, object: Value, key: Gc<Str>) {
    match field_of_class(l, object, key) {
        Some(value) => push(l, value),
        None => push_inherited_otherwise(l, object, key),
    }
}

/// The value that an object has by its class itself. PERF: what most come to; None: `inherited` knows.
#[inline(always)]
fn field_of_class(l: &State, object: Value, key: Gc<Str>) -> Option<Value> {
    let metatable = match object.as_table() {
        Some(table) => table.metatable.get(),
        None => object.as_userdata()?.metatable.get(),
    };
    let index = l.global().event_name(Event::Index);
    let class = metatable?.probe_short(Value::string(index), index.known_hash())?.get().as_table()?;
    let value = find_name(&class, key)?.get();
    (!value.is_nil()).then_some(value)
}

#[inline(never)]
fn push_inherited_otherwise(l: &mut State, object: Value, key: Gc<Str>) {
    let found = inherited(l, object, Value::string(key));
    let value = finish(l, found);
    push(l, value);
}

/// `object[key]` by the metatable; the key is not in the table itself.
///
/// PERF: the class's own fields first: what it inherits in turn is left to `meta::index`, which
/// begins anew.
fn inherited(l: &mut State, object: Value, key: Value) -> Result<Value, Thrown> {
    let class = l.metamethod(object, Event::Index);
    if let Some(class) = class.as_table() {
        let value = class.get(key);
        if !value.is_nil() {
            return Ok(value);
        }
    }
    meta::index(l, object, key)
}

/// As lua_gettable, without metamethods; the value at idx is a table.
/// [-1, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_rawget(L: *mut lua_State, idx: c_int) {
    check!(lua_rawget(L): table(idx), values(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    looked_at(l, idx, |l, object, idx| {
        let Some(t) = object.as_table() else { return raw_get(l, idx) };
        match slot_at_hand(t, l.from_top(1)) {
            Some(slot) => l.set_from_top(1, slot.get()),
            None => raw_get_any(l, t),
        }
    })
}

/// `lua_rawget` of any key.
#[inline(never)]
fn raw_get_any(l: &mut State, t: Gc<Table>) {
    let value = t.get(l.from_top(1));
    l.set_from_top(1, value);
}

/// ... where the table has not been found yet.
#[inline(never)]
fn raw_get(l: &mut State, idx: c_int) {
    match table_at(l, idx) {
        Some(t) => raw_get_any(l, t),
        None => l.set_from_top(1, Value::NIL),
    }
}

/// Pushes t[n], without metamethods; the value at idx is a table.
/// [-0, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_rawgeti(L: *mut lua_State, idx: c_int, n: c_int) {
    check!(lua_rawgeti(L): table(idx), room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if !is_from_top(idx) {
        return raw_get_from_base(l, idx, n);
    }
    raw_get_of(l, value_from_top(l, idx), idx, n)
}

#[inline(never)]
fn raw_get_from_base(l: &mut State, idx: c_int, n: c_int) {
    raw_get_of(l, own_or_registry(l, idx), idx, n)
}

#[inline(always)]
fn raw_get_of(l: &mut State, object: Value, idx: c_int, n: c_int) {
    let Some(t) = object.as_table() else { return raw_get_other(l, idx, n) };
    if (n as u32).wrapping_sub(1) < t.array_len() as u32 {
        // SAFETY: an index of the array part.
        let value = unsafe { *t.array_ptr().add(n as usize - 1) };
        return push(l, value);
    }
    raw_get_in_nodes(l, t, n)
}

/// `lua_rawgeti` where the value is not in the array part.
#[inline(never)]
fn raw_get_in_nodes(l: &mut State, t: Gc<Table>, n: c_int) {
    push(l, t.get_int(n));
}

/// ... or the table has not been found yet.
#[inline(never)]
fn raw_get_other(l: &mut State, idx: c_int, n: c_int) {
    match table_at(l, idx) {
        Some(t) => raw_get_in_nodes(l, t, n),
        None => push(l, Value::NIL),
    }
}

/// Pushes a new table with room for narr array elements and nrec others.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_createtable(L: *mut lua_State, narr: c_int, nrec: c_int) {
    check!(lua_createtable(L): count(narr), count(nrec), room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let made = create_table(l, narr, nrec);
    let table = finish(l, made);
    push(l, table);
}

fn create_table(l: &mut State, array: c_int, hash: c_int) -> Result<Value, Thrown> {
    safepoint::check(l)?;
    match Table::with_capacity(l.heap(), array.max(0) as usize, hash.max(0) as usize) {
        Ok(t) => Ok(Value::table(t)),
        Err(error) => Err(l.table_error(error)),
    }
}

/// Pushes a new userdata with a block of size bytes and returns the block's address.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_newuserdata(L: *mut lua_State, size: usize) -> *mut c_void {
    check!(lua_newuserdata(L): room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let made = new_userdata(l, size);
    let value = finish(l, made);
    push(l, value);
    value.as_userdata().map_or(ptr::null_mut(), |u| u.data().cast())
}

fn new_userdata(l: &mut State, size: usize) -> Result<Value, Thrown> {
    safepoint::check(l)?;
    if size > usize::MAX - 128 {
        return Err(l.runtime_error(&[b"memory allocation error: block too big"]));
    }
    userdata::new_userdata(l, size).map(Value::userdata)
}

/// Pushes the metatable of the value at idx and returns 1; returns 0 and pushes nothing if it has
/// none.
/// [-0, +(0|1), -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_getmetatable(L: *mut lua_State, objindex: c_int) -> c_int {
    check!(lua_getmetatable(L): acceptable(objindex));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if objindex <= 0 {
        return push_metatable_below(l, objindex);
    }
    push_metatable_of(l, own_value(l, objindex), objindex)
}

#[inline(never)]
fn push_metatable_below(l: &mut State, objindex: c_int) -> c_int {
    push_metatable_of(l, value_from_top(l, objindex), objindex)
}

#[inline(always)]
fn push_metatable_of(l: &mut State, object: Value, objindex: c_int) -> c_int {
    if let Some(table) = object.as_table() {
        return push_metatable(l, table.metatable.get());
    }
    if let Some(userdata) = object.as_userdata() {
        return push_metatable(l, userdata.metatable.get());
    }
    push_metatable_of_other(l, objindex)
}

#[inline(always)]
fn push_metatable(l: &mut State, metatable: Option<Gc<Table>>) -> c_int {
    let Some(metatable) = metatable else { return 0 };
    check!(lua_getmetatable(l): room(1));
    push_found(l, Value::table(metatable))
}

/// `lua_getmetatable` of what is neither a table nor a full userdata on the stack.
#[inline(never)]
fn push_metatable_of_other(l: &mut State, objindex: c_int) -> c_int {
    let value = value_at(l, objindex);
    if value.is_none() {
        return 0;
    }
    let metatable = l.global().metatable_of(value);
    push_metatable(l, metatable)
}

/// Pushes the environment of the function, userdata or thread at idx; nil for other values.
/// [-0, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_getfenv(L: *mut lua_State, idx: c_int) {
    check!(lua_getfenv(L): valid(idx), room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let env = env_of(value_at(l, idx));
    push(l, env);
}

fn env_of(value: Value) -> Value {
    match value.type_of() {
        Type::Function => match (value.as_native_closure(), value.as_lua_closure()) {
            (Some(f), _) => Value::table(f.env.get()),
            (_, Some(f)) => Value::table(f.env.get()),
            _ => Value::NIL,
        },
        Type::Userdata => value.as_userdata().map_or(Value::NIL, |u| Value::table(u.env.get())),
        Type::Thread => {
            value.as_thread().map_or(Value::NIL, |t| Value::table(t.cast::<State>().globals))
        }
        _ => Value::NIL,
    }
}

/// Pops a key and pushes the next pair of the table at idx (key, then value) and returns 1, or
/// returns 0 and pushes nothing at the end. nil begins. Raises "invalid key to 'next'" for a key
/// that is not in the table.
/// [-1, +(2|0), e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_next(L: *mut lua_State, idx: c_int) -> c_int {
    check!(lua_next(L): table(idx), values(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    // PERF: a loop asks for what comes behind the key it was given last: where that was is remembered, and checked. All
    // else is apart, so that this saves no registers.
    let place = &l.global().next_place;
    if let Some(t) = near_table(l, idx)
        && let Some(begin) = t.place_behind(l.from_top(1), place.get())
    {
        return give_pair(l, t.pair_from(begin));
    }
    next_otherwise(l, idx)
}

/// `lua_next`, whatever is at the index and wherever the key.
#[inline(never)]
fn next_otherwise(l: &mut State, idx: c_int) -> c_int {
    let Some(t) = table_at(l, idx) else {
        l.drop_values(1);
        return 0;
    };
    match t.next_from(l.from_top(1), l.global().next_place.get()) {
        Ok(pair) => give_pair(l, pair),
        Err(_) => invalid_key(l),
    }
}

/// Puts what `next` has found, and where, in the place of the key before.
#[inline(always)]
fn give_pair(l: &mut State, pair: Option<(Value, Value, u32)>) -> c_int {
    let Some((key, value, place)) = pair else {
        l.drop_values(1);
        return 0;
    };
    check!(lua_next(l): room(1));
    l.global().next_place.set(place);
    l.set_from_top(1, key);
    push_found(l, value)
}

#[cold]
#[inline(never)]
fn invalid_key(l: &mut State) -> c_int {
    let thrown = l.runtime_error(&[b"invalid key to 'next'"]);
    crate::vm::call::throw(l, thrown)
}
