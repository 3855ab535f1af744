//! Indices (manual §3.2, §3.3): which value an API function's `int` names.
//!
//! ```text
//!   1 … gettop        counted from the running frame's base
//!   -1 … -gettop      counted from the top
//!   -10000 registry   -10001 environment   -10002 globals   below: upvalues of the running C function
//! ```
//!
//! A positive index beyond the top is acceptable and names no value. Index 0 and indices below the
//! stack's bottom are a host's mistake; they name no value either, so that no mistake reads stray
//! memory. COMPAT: a negative index below the frame but inside the stack is answered as by the
//! reference, with the caller's slot.
//!
//! Not here: `lua_replace` (`stack`).

use core::cell::Cell;
use core::ffi::c_int;

use crate::capi::types::{LUA_ENVIRONINDEX, LUA_GLOBALSINDEX, LUA_REGISTRYINDEX};
use crate::heap::Gc;
use crate::object::{NativeClosure, Table, Value};
use crate::runtime::register::current_env;
use crate::state::State;
use crate::vm::call;

/// The value at an acceptable index; `NONE` where there is none.
#[inline(always)]
pub(super) fn value_at(l: &State, idx: c_int) -> Value {
    match near_value(l, idx, Value::NONE) {
        Some(value) => value,
        None => pseudo_value(l, idx),
    }
}

/// The value of an index that is counted from the frame's base or from the top, `absent` where there
/// is none; None for 0 and pseudo-indices.
#[inline(always)]
pub(super) fn near_value(l: &State, idx: c_int, absent: Value) -> Option<Value> {
    let (slot, there) = if idx > 0 {
        let slot = l.frame().base.wrapping_add(idx as usize - 1);
        (slot, slot < l.top)
    } else if is_from_top(idx) {
        let slot = l.top.wrapping_offset(idx as isize);
        (slot, slot >= l.stack)
    } else {
        return None;
    };
    // SAFETY: STACK: compared with the stack's ends.
    Some(if there { unsafe { *slot } } else { absent })
}

/// The value of an index counted from the frame's base; `NONE` for any other, and where there is none. PERF: what looks
/// at an argument asks for this first and leaves all else to another function, so that nothing jumps on the way.
#[inline(always)]
pub(super) fn own_value(l: &State, idx: c_int) -> Value {
    let slot = l.frame().base.wrapping_offset(idx as isize - 1);
    // SAFETY: STACK: compared with the frame's ends.
    if idx > 0 && slot < l.top { unsafe { *slot } } else { Value::NONE }
}

/// The value of an index counted from the top; `NONE` as above.
#[inline(always)]
pub(super) fn value_from_top(l: &State, idx: c_int) -> Value {
    let slot = l.top.wrapping_offset(idx as isize);
    // SAFETY: STACK: compared with the stack's ends.
    if is_from_top(idx) && slot >= l.stack { unsafe { *slot } } else { Value::NONE }
}

/// What `look` makes of the value at an index that is counted from the frame's base or from the top; `NONE` where there is
/// none, and for most pseudo-indices, which `look` leaves to a function of its own, as all else that is rare. PERF: a copy of
/// it for either way of counting, so that nothing jumps in it where it is counted from the top, as mostly.
#[inline(always)]
pub(super) fn looked_at<R>(l: &mut State, idx: c_int, look: impl Fn(&mut State, Value, c_int) -> R) -> R {
    if !is_from_top(idx) {
        return looked_at_from_base(l, idx, look);
    }
    let value = value_from_top(l, idx);
    look(l, value, idx)
}

#[inline(never)]
fn looked_at_from_base<R>(l: &mut State, idx: c_int, look: impl Fn(&mut State, Value, c_int) -> R) -> R {
    let value = own_or_registry(l, idx);
    look(l, value, idx)
}

/// As `value_at`, with nil where there is no value: for what goes onto the stack or into a table.
#[inline(always)]
pub(super) fn value_or_nil(l: &State, idx: c_int) -> Value {
    match near_value(l, idx, Value::NIL) {
        Some(value) => value,
        None => pseudo_or_nil(l, idx),
    }
}

#[inline(never)]
pub(super) fn pseudo_or_nil(l: &State, idx: c_int) -> Value {
    let value = named_by(l, idx);
    if value.is_none() { Value::NIL } else { value }
}

/// Whether an index that is not above 0 is counted from the top. PERF: one test for 0 and for the
/// pseudo-indices.
#[inline(always)]
pub(super) fn is_from_top(idx: c_int) -> bool {
    idx as u32 > LUA_REGISTRYINDEX as u32
}

/// The stack slot an index names, None for pseudo-indices and for no value.
#[inline(always)]
pub(super) fn stack_slot(l: &State, idx: c_int) -> Option<*mut Value> {
    if idx > 0 {
        let slot = l.frame().base.wrapping_add(idx as usize - 1);
        (slot < l.top).then_some(slot)
    } else if is_from_top(idx) {
        let slot = l.top.wrapping_offset(idx as isize);
        (slot >= l.stack).then_some(slot)
    } else {
        None
    }
}

#[inline(never)]
fn pseudo_value(l: &State, idx: c_int) -> Value {
    named_by(l, idx)
}

/// The value that a pseudo-index names; `NONE` where there is none, and for any other index.
#[inline(always)]
fn named_by(l: &State, idx: c_int) -> Value {
    match idx {
        LUA_REGISTRYINDEX => l.global().registry.get(),
        LUA_GLOBALSINDEX => Value::table(l.globals),
        LUA_ENVIRONINDEX => Value::table(current_env(l)),
        _ if is_of_upvalue(idx) => upvalue_at(l, idx),
        _ => Value::NONE,
    }
}

/// The value of an index that is not counted from the top, but for what takes more to find; `NONE` for that. PERF: hosts keep their
/// own things in the registry.
#[inline(always)]
pub(super) fn own_or_registry(l: &State, idx: c_int) -> Value {
    if idx == LUA_REGISTRYINDEX { l.global().registry.get() } else { own_value(l, idx) }
}

/// The upvalue of the running C function that an index below `LUA_GLOBALSINDEX` names; None for any other.
#[inline(always)]
fn upvalue_cell(l: &State, idx: c_int) -> Option<(Gc<NativeClosure>, &'static Cell<Value>)> {
    let n = LUA_GLOBALSINDEX.wrapping_sub(idx);
    let f = l.frame().function().as_native_closure()?;
    // SAFETY: the closure is the running one, so on the stack (REACH) while its cell is used.
    let upvalues: &'static [Cell<Value>] = unsafe { &(*f.as_ptr()) }.upvalues();
    upvalues.get((n as usize).wrapping_sub(1)).map(|cell| (f, cell))
}

/// Whether an index is that of an upvalue.
#[inline(always)]
pub(super) fn is_of_upvalue(idx: c_int) -> bool {
    idx < LUA_GLOBALSINDEX
}

/// The upvalue of the running C function that an index names; `NONE` if it has none there.
#[inline(always)]
pub(super) fn upvalue_at(l: &State, idx: c_int) -> Value {
    upvalue_cell(l, idx).map_or(Value::NONE, |(_, cell)| cell.get())
}

/// Overwrites an upvalue of the running C function; an index that names none is left alone.
#[inline(always)]
pub(super) fn store_in_upvalue(l: &State, idx: c_int, value: Value) {
    if let Some((f, cell)) = upvalue_cell(l, idx) {
        cell.set(value);
        if f.header().is_black() {
            stored_in_black(l, f, value);
        }
    }
}

#[inline(never)]
fn stored_in_black(l: &State, f: Gc<NativeClosure>, value: Value) {
    if let Some(child) = value.as_object() {
        l.heap().barrier_forward(f.header(), child);
    }
}

/// Overwrites a stack slot or an upvalue; any other index is left alone.
pub(super) fn store_at(l: &mut State, idx: c_int, value: Value) {
    if let Some(slot) = stack_slot(l, idx) {
        // SAFETY: STACK: `stack_slot` gives slots of the stack only.
        unsafe { *slot = value };
    } else {
        store_in_upvalue(l, idx, value);
    }
}

/// The table at an index that is no pseudo-index.
#[inline(always)]
pub(super) fn near_table(l: &State, idx: c_int) -> Option<Gc<Table>> {
    near_value(l, idx, Value::NONE)?.as_table()
}

/// The table at an index.
#[inline(always)]
pub(super) fn table_at(l: &State, idx: c_int) -> Option<Gc<Table>> {
    value_at(l, idx).as_table()
}

/// Pushes, making room if the host did not (see the module's invariants).
#[inline(always)]
pub(super) fn push(l: &mut State, value: Value) {
    if l.top < l.stack_limit { l.push(value) } else { push_with_room(l, value) }
}

/// Pushes as `push` does, and returns 1. PERF: with that done by the rare case too.
#[inline(always)]
pub(super) fn push_found(l: &mut State, value: Value) -> c_int {
    if l.top < l.stack_limit {
        l.push(value);
        1
    } else {
        push_found_with_room(l, value)
    }
}

#[cold]
#[inline(never)]
fn push_found_with_room(l: &mut State, value: Value) -> c_int {
    push_with_room(l, value);
    1
}

/// PERF: all of the rare case, so that a function which pushes last needs no frame for it.
#[cold]
#[inline(never)]
fn push_with_room(l: &mut State, value: Value) {
    // REACH: growing a stack collects nothing.
    if let Err(thrown) = l.grow_stack(1) {
        call::throw(l, thrown)
    }
    l.push(value);
}

/// An index that stays right while values are pushed.
pub(super) fn absolute(l: &State, idx: c_int) -> c_int {
    if idx > 0 || idx <= LUA_REGISTRYINDEX { idx } else { l.arg_count() as c_int + idx + 1 }
}
