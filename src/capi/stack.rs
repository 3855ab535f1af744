//! Basic stack manipulation (manual §3.2, §3.7).

use core::ffi::c_int;

use crate::capi::check::check;
use crate::capi::index::{
    is_from_top, is_of_upvalue, pseudo_or_nil, push, stack_slot, store_at, store_in_upvalue, upvalue_at,
};
use crate::capi::types::*;
use crate::capi::{finish, state};
use crate::heap::Phase;
use crate::object::Value;
use crate::state::{State, Thrown};

/// The index of the topmost value, which is also how many values the function has.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_gettop(L: *mut lua_State) -> c_int {
    check!(lua_gettop(L));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    l.arg_count() as c_int
}

/// Makes idx the topmost index: drops values above it, or fills up with nils. Any index is
/// accepted, and 0.
/// [-?, +?, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_settop(L: *mut lua_State, idx: c_int) {
    check!(lua_settop(L): top(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    // PERF: most drop a few values (`lua_pop`): that is done without a jump, all else is apart.
    if idx >= 0 {
        return set_height(l, idx);
    }
    let wanted = l.top.wrapping_offset(idx as isize + 1);
    if wanted > l.frame().func { l.top = wanted } else { drop_all(l) }
}

/// `lua_settop` counted from the base.
#[inline(never)]
fn set_height(l: &mut State, count: c_int) {
    let count = count as usize;
    let wanted = l.frame().base.wrapping_add(count);
    if wanted <= l.top {
        l.top = wanted;
    } else if wanted < l.stack_limit && cfg!(not(feature = "checks")) {
        let mut slot = l.top;
        while slot < wanted {
            // SAFETY: STACK: below the limit. PERF: volatile, so that no call of memset is made of it.
            unsafe { slot.write_volatile(Value::NIL) };
            slot = slot.wrapping_add(1);
        }
        l.top = wanted;
    } else {
        fill_up(l, count)
    }
}

/// More was to be dropped than the function has.
#[cold]
#[inline(never)]
fn drop_all(l: &mut State) {
    l.top = l.frame().base;
}

/// Makes the frame `count` values long, which is more than it is. PERF: outlined from `lua_settop`.
#[inline(never)]
fn fill_up(l: &mut State, count: usize) {
    let room = l.ensure_stack(count - l.arg_count());
    finish(l, room);
    l.set_arg_count(count);
}

/// Pushes a copy of the value at idx.
/// [-0, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pushvalue(L: *mut lua_State, idx: c_int) {
    check!(lua_pushvalue(L): valid(idx), room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let slot = l.top.wrapping_offset(idx as isize);
    // PERF: an index from the top is answered without a jump, any other apart.
    if !is_from_top(idx) || slot < l.stack {
        return push_any(l, idx);
    }
    // SAFETY: STACK: compared with the stack's ends.
    push(l, unsafe { *slot })
}

/// `lua_pushvalue` of an index that is not counted from the top.
#[inline(never)]
fn push_any(l: &mut State, idx: c_int) {
    let slot = l.frame().base.wrapping_offset(idx as isize - 1);
    if idx <= 0 || slot >= l.top {
        return push_upvalue(l, idx);
    }
    // SAFETY: STACK: as above.
    push(l, unsafe { *slot })
}

#[inline(never)]
fn push_upvalue(l: &mut State, idx: c_int) {
    let value = if is_of_upvalue(idx) { upvalue_at(l, idx) } else { Value::NONE };
    if value.is_none() { push_pseudo(l, idx) } else { push(l, value) }
}

/// ... nor names an upvalue that there is.
#[inline(never)]
fn push_pseudo(l: &mut State, idx: c_int) {
    push(l, pseudo_or_nil(l, idx));
}

/// Removes the value at idx, moving those above it down. Not for pseudo-indices.
/// [-1, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_remove(L: *mut lua_State, idx: c_int) {
    check!(lua_remove(L): slot(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if let Some(slot) = stack_slot(l, idx) {
        let mut slot = slot;
        l.drop_values(1);
        while slot < l.top {
            // PERF: volatile, so that no call of memmove is made of a few moves.
            // SAFETY: STACK: slot..=top are initialised slots of one stack.
            unsafe {
                slot.write_volatile(*slot.add(1));
                slot = slot.add(1);
            }
        }
    }
}

/// Moves the topmost value to idx, moving those from there on up. Not for pseudo-indices.
/// [-1, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_insert(L: *mut lua_State, idx: c_int) {
    check!(lua_insert(L): slot(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if let Some(slot) = stack_slot(l, idx) {
        let inserted = l.from_top(1);
        let mut at = l.top.wrapping_sub(1);
        // SAFETY: STACK: slot..top are initialised slots of one stack.
        unsafe {
            while at > slot {
                // PERF: as in lua_remove.
                at.write_volatile(*at.sub(1));
                at = at.sub(1);
            }
            *slot = inserted;
        }
    }
}

/// Pops the topmost value and puts it in place of the one at idx, which may be a pseudo-index:
/// so the environment of the running function and the globals table can be exchanged.
/// [-1, +0, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_replace(L: *mut lua_State, idx: c_int) {
    check!(lua_replace(L): values(1), target(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match stack_slot(l, idx) {
        // SAFETY: STACK: `stack_slot` gives slots of the stack only.
        Some(slot) => unsafe {
            *slot = l.from_top(1);
            l.drop_values(1);
        },
        None => replace_elsewhere(l, idx),
    }
}

#[inline(never)]
fn replace_elsewhere(l: &mut State, idx: c_int) {
    let value = l.from_top(1);
    if is_of_upvalue(idx) {
        store_in_upvalue(l, idx, value);
        l.drop_values(1);
        return;
    }
    let replaced = put(l, idx, value);
    finish(l, replaced);
    l.drop_values(1);
}

/// Stores a value at an index, which may be a pseudo-index.
pub(super) fn put(l: &mut State, idx: c_int, value: Value) -> Result<(), Thrown> {
    match idx {
        LUA_REGISTRYINDEX => {
            l.global().registry.set(value);
            if let Some(table) = value.as_object()
                && l.heap().phase.get() == Phase::Propagate
            {
                // The registry is a root, marked when a cycle begins: a new one is marked here.
                l.heap().shade(table);
            }
        }
        LUA_GLOBALSINDEX => {
            if let Some(table) = value.as_table() {
                l.globals = table; // NOBARRIER: the host's thread, traversed again in the atomic step
            }
        }
        LUA_ENVIRONINDEX => {
            if l.frame_index() == 0 {
                return Err(l.runtime_error(&[b"no calling environment"]));
            }
            if let Some(env) = value.as_table() {
                let f = l.frame().function();
                super::set::set_function_env(l, f, env);
            }
        }
        _ => store_at(l, idx, value),
    }
    Ok(())
}

/// Makes sure that size more values can be pushed; 0 if that is more than a function may have
/// (LUAI_MAXCSTACK in all).
/// [-0, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_checkstack(L: *mut lua_State, size: c_int) -> c_int {
    check!(lua_checkstack(L));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let used = l.arg_count() as c_int;
    if (1..=LUAI_MAXCSTACK - used).contains(&size) && l.has_room(size as usize) {
        claim(l, size as usize);
        return 1;
    }
    make_room(l, used, size)
}

/// `lua_checkstack` where the stack has to grow, or may not, or where nothing is asked for.
#[inline(never)]
fn make_room(l: &mut State, used: c_int, size: c_int) -> c_int {
    if size > LUAI_MAXCSTACK || used.saturating_add(size) > LUAI_MAXCSTACK {
        return 0;
    }
    if size > 0 {
        let room = l.ensure_stack(size as usize);
        finish(l, room);
        claim(l, size as usize);
    }
    1
}

/// Records that the running frame may use `n` slots above the top.
#[inline(always)]
fn claim(l: &mut State, n: usize) {
    let wanted = l.top.wrapping_add(n);
    if l.frame().top < wanted {
        l.frame_mut().top = wanted;
    }
}

/// Moves the n topmost values from one thread of a state to another.
/// [-n, +n, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_xmove(from: *mut lua_State, to: *mut lua_State, n: c_int) {
    check!(lua_xmove(from): sibling(to), count(n), values(n));
    check!(lua_xmove(to): room(if from == to { 0 } else { n }));
    if from == to || n <= 0 {
        return;
    }
    // SAFETY: HOST: two distinct threads.
    let (from, to) = unsafe { (state(from), state(to)) };
    let n = n as usize;
    if to.has_room(n) { move_values(from, to, n) } else { move_with_room(from, to, n) }
}

#[cold]
#[inline(never)]
fn move_with_room(from: &mut State, to: &mut State, n: usize) {
    let room = to.grow_stack(n);
    finish(to, room);
    move_values(from, to, n);
}

#[inline(always)]
fn move_values(from: &mut State, to: &mut State, n: usize) {
    from.drop_values(n);
    let (mut source, mut target) = (from.top, to.top);
    let end = target.wrapping_add(n);
    // There is one at least.
    loop {
        // SAFETY: STACK: the values that lay on top of `from`; `to` has room. PERF: volatile, so that no
        // call of memcpy is made of it.
        unsafe {
            target.write_volatile(*source);
            (source, target) = (source.add(1), target.add(1));
        }
        if target >= end {
            break;
        }
    }
    to.top = end;
}
