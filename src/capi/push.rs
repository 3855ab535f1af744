//! Push functions: from C to the stack (manual §3.7).

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use crate::capi::check::check;
use crate::capi::index::push;
use crate::capi::types::*;
use crate::capi::{finish, name_of, state};
use crate::object::{NativeClosure, Value};
use crate::runtime::register::current_env;
use crate::state::{State, Thrown};
use crate::vm::safepoint;

/// Pushes nil.
/// [-0, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pushnil(L: *mut lua_State) {
    check!(lua_pushnil(L): room(1));
    // SAFETY: HOST.
    push(unsafe { state(L) }, Value::NIL);
}

/// Pushes a number.
/// [-0, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pushnumber(L: *mut lua_State, n: lua_Number) {
    check!(lua_pushnumber(L): room(1));
    // SAFETY: HOST.
    push(unsafe { state(L) }, Value::number(n));
}

/// Pushes an integer as a number.
/// [-0, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pushinteger(L: *mut lua_State, n: lua_Integer) {
    check!(lua_pushinteger(L): room(1));
    // SAFETY: HOST.
    push(unsafe { state(L) }, Value::number(n as f64));
}

/// Pushes false for 0, true for any other value.
/// [-0, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pushboolean(L: *mut lua_State, b: c_int) {
    check!(lua_pushboolean(L): room(1));
    // SAFETY: HOST.
    push(unsafe { state(L) }, Value::boolean(b != 0));
}

/// Pushes a string of len bytes, which are copied and may be any; s may be NULL if len is 0.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pushlstring(L: *mut lua_State, s: *const c_char, len: usize) {
    check!(lua_pushlstring(L): bytes(s, len), room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let bytes = if len == 0 {
        &[][..]
    } else {
        // SAFETY: HOST: len bytes at s.
        unsafe { core::slice::from_raw_parts(s.cast::<u8>(), len) }
    };
    let pushed = push_string(l, bytes);
    finish(l, pushed)
}

/// Pushes a copy of a C string; nil for NULL.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pushstring(L: *mut lua_State, s: *const c_char) {
    check!(lua_pushstring(L): room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if s.is_null() {
        return push(l, Value::NIL);
    }
    let collected = safepoint::check(l);
    finish(l, collected);
    // SAFETY: HOST: a C string.
    let name = unsafe { name_of(l, s) };
    push(l, Value::string(name));
}

/// Pushes a new string where the host may not have made room; a point of collection.
#[inline]
pub(super) fn push_string(l: &mut State, bytes: &[u8]) -> Result<(), Thrown> {
    safepoint::check(l)?;
    let s = l.new_string(bytes)?;
    if l.top >= l.stack_limit {
        l.grow_stack(1)?;
    }
    l.push(Value::string(s));
    Ok(())
}

/// Pushes a C function, with the n topmost values as its upvalues, which are popped.
/// [-n, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pushcclosure(L: *mut lua_State, f: lua_CFunction, n: c_int) {
    check!(lua_pushcclosure(L): given(f), upvalues(n), values(n), room(1 - n));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let entry = f.map_or(ptr::null(), |f| f as *const ());
    if n == 0
        && l.top < l.stack_limit
        && !l.heap().step_due()
        && let Some(f) = NativeClosure::new_at_hand(l.heap(), entry, current_env(l))
    {
        return l.push(Value::native_closure(f));
    }
    push_any_closure(l, entry, n as u8)
}

#[inline(never)]
fn push_any_closure(l: &mut State, entry: *const (), n: u8) {
    let pushed = push_closure(l, entry, ptr::null(), n);
    finish(l, pushed)
}

/// Pushes a native closure with the topmost `n` values as upvalues.
pub(super) fn push_closure(
    l: &mut State,
    c_entry: *const (),
    rust_entry: *const (),
    n: u8,
) -> Result<(), Thrown> {
    safepoint::check(l)?;
    let env = current_env(l);
    let f = NativeClosure::new(l.heap(), c_entry, rust_entry, n, env)?;
    for (i, upvalue) in f.upvalues().iter().enumerate() {
        upvalue.set(l.from_top(n as usize - i)); // NOBARRIER: the closure is new, so white
    }
    l.drop_values(n as usize);
    if l.top >= l.stack_limit {
        l.grow_stack(1)?;
    }
    l.push(Value::native_closure(f));
    Ok(())
}

/// Pushes a light userdata: the pointer itself.
/// [-0, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pushlightuserdata(L: *mut lua_State, p: *mut c_void) {
    check!(lua_pushlightuserdata(L): room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let word = p as u64;
    // PERF: what a program's own addresses look like needs no further question.
    if word >> 47 == 0 { push(l, Value::light(word)) } else { push_other_pointer(l, p as usize) }
}

#[inline(never)]
fn push_other_pointer(l: &mut State, pointer: usize) {
    let value = l.global().light_value(pointer).map_err(Thrown::from);
    let value = finish(l, value);
    push(l, value);
}

/// Pushes the thread L itself; 1 if it is the main thread of its state.
/// [-0, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pushthread(L: *mut lua_State) -> c_int {
    check!(lua_pushthread(L): room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let thread = Value::thread(l.handle().header());
    push(l, thread);
    l.is_main() as c_int
}
