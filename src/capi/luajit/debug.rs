//! Upvalues as variables, and tracebacks for C.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use crate::capi::check::check;
use crate::capi::index::value_at;
use crate::capi::push::push_string;
use crate::capi::types::*;
use crate::capi::{bytes_of, finish, state};
use crate::heap::{Buffer, Gc};
use crate::object::{LuaClosure, Value};
use crate::state::{State, Thrown};
use crate::vm::debug::traceback;

/// An address that tells variables apart: two closures share their upvalue exactly if the addresses
/// are equal. NULL if the function at idx has no n-th upvalue.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_upvalueid(L: *mut lua_State, idx: c_int, n: c_int) -> *mut c_void {
    check!(lua_upvalueid(L): acceptable(idx));
    // SAFETY: HOST.
    let value = value_at(unsafe { state(L) }, idx);
    identity(value, n).unwrap_or(ptr::null_mut())
}

fn identity(function: Value, n: c_int) -> Option<*mut c_void> {
    let index = usize::try_from(n).ok()?.checked_sub(1)?;
    if let Some(f) = function.as_lua_closure() {
        return f.upvalue(index).map(|upvalue| upvalue.as_ptr().cast());
    }
    let f = function.as_native_closure()?;
    f.upvalues().get(index).map(|cell| cell.as_ptr().cast())
}

/// Makes the n1-th upvalue of the Lua function at idx1 be the n2-th of the one at idx2. Without
/// effect if either does not exist.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_upvaluejoin(
    L: *mut lua_State,
    idx1: c_int,
    n1: c_int,
    idx2: c_int,
    n2: c_int,
) {
    check!(lua_upvaluejoin(L): acceptable(idx1), acceptable(idx2));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let (to, from) = (value_at(l, idx1), value_at(l, idx2));
    let (Some((to, to_index)), Some((from, from_index))) = (slot(to, n1), slot(from, n2)) else {
        return;
    };
    if let Some(upvalue) = from.upvalue(from_index) {
        // SAFETY: `slot` checked the index; BARRIER follows.
        unsafe { to.set_upvalue(to_index, upvalue) };
        l.heap().barrier_forward(to.header(), upvalue.header());
    }
}

/// A Lua function and the index of its n-th upvalue, which exists.
fn slot(function: Value, n: c_int) -> Option<(Gc<LuaClosure>, usize)> {
    let f = function.as_lua_closure()?;
    let index = usize::try_from(n).ok()?.checked_sub(1)?;
    f.upvalue(index).map(|_| (f, index))
}

/// Pushes onto L the text that debug.traceback gives for the thread L1 (which may be L) from level
/// up, 0 being the running function: msg and a line break, if msg is not NULL, then the stack.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_traceback(
    L: *mut lua_State,
    L1: *mut lua_State,
    msg: *const c_char,
    level: c_int,
) {
    check!(luaL_traceback(L): sibling(L1), room(1));
    // SAFETY: HOST: two threads of one state, maybe the same one, hence a handle for the second.
    let (l, of, message) = unsafe {
        let message = if msg.is_null() { None } else { Some(bytes_of(msg)) };
        (state(L), Gc::from_ptr(L1), message)
    };
    let pushed = push_traceback(l, of, message, level);
    finish(l, pushed)
}

fn push_traceback(
    l: &mut State,
    of: Gc<State>,
    message: Option<&[u8]>,
    level: c_int,
) -> Result<(), Thrown> {
    let mut text = Buffer::new(l.heap());
    if let Some(message) = message {
        text.extend(message)?;
        text.extend(b"\n")?;
    }
    traceback::write(&of, level.into(), &mut text)?;
    push_string(l, &text)
}
