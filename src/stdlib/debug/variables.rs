//! Local variables and upvalues by number.

use super::thread_meant;
use crate::object::{Type, Value};
use crate::runtime::args::until_nul;
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::debug::info::Subject;
use crate::vm::debug::locals;

/// The frame a level argument means.
fn frame_meant(l: &mut State, of: &State, i: usize) -> Result<usize, Thrown> {
    let level = l.check_int(i)?;
    match Subject::at_level(of, level as i64) {
        Some(Subject::Frame(index)) => Ok(index),
        // COMPAT: a lost call stands for the thread's bottom frame, where C code outside any
        // function keeps its values.
        Some(_) => Ok(0),
        None => Err(l.arg_error(i, b"level out of range")),
    }
}

/// `getlocal([thread,] level, number)`
pub fn getlocal(l: &mut State) -> NativeResult {
    let (of, skip) = thread_meant(l);
    let frame = frame_meant(l, &of, skip + 1)?;
    let number = l.check_int(skip + 2)?;
    match locals::get_local(&of, frame, number) {
        Some((variable, value)) => {
            l.push_bytes(until_nul(variable.name()))?;
            l.push(value);
            Ok(Outcome::Return(2))
        }
        None => {
            l.push(Value::NIL);
            Ok(Outcome::Return(1))
        }
    }
}

/// `setlocal([thread,] level, number, value)`
pub fn setlocal(l: &mut State) -> NativeResult {
    let (of, skip) = thread_meant(l);
    let frame = frame_meant(l, &of, skip + 1)?;
    let value = l.check_any(skip + 3)?;
    l.set_arg_count(skip + 3);
    let number = l.check_int(skip + 2)?;
    let set = if of.same(l.handle()) {
        locals::set_local(l, frame, number, value)
    } else {
        // SAFETY: ALIAS: another thread than the running one, of which nobody holds a reference.
        locals::set_local(unsafe { &mut *of.as_ptr() }, frame, number, value)
    };
    l.pop();
    match set {
        Some(variable) => l.push_bytes(until_nul(variable.name()))?,
        None => l.push(Value::NIL),
    }
    Ok(Outcome::Return(1))
}

/// The function and the number, for Lua functions: a C function's upvalues are its own affair.
fn upvalue_meant(l: &mut State) -> Result<Option<(Value, i32)>, Thrown> {
    let number = l.check_int(2)?;
    let function = l.check_type(1, Type::Function)?;
    Ok(function.as_lua_closure().map(|_| (function, number)))
}

/// `getupvalue(function, number)`
pub fn getupvalue(l: &mut State) -> NativeResult {
    let meant = upvalue_meant(l)?;
    match meant.and_then(|(function, number)| locals::get_upvalue(function, number)) {
        Some((variable, value)) => {
            l.push_bytes(until_nul(variable.name()))?;
            l.push(value);
            Ok(Outcome::Return(2))
        }
        None => Ok(Outcome::Return(0)),
    }
}

/// `setupvalue(function, number, value)`
pub fn setupvalue(l: &mut State) -> NativeResult {
    let value = l.check_any(3)?;
    let meant = upvalue_meant(l)?;
    match meant.and_then(|(function, number)| locals::set_upvalue(l, function, number, value)) {
        Some(variable) => {
            l.push_bytes(until_nul(variable.name()))?;
            Ok(Outcome::Return(1))
        }
        None => Ok(Outcome::Return(0)),
    }
}
