//! The coroutine library (manual §5.2).
//!
//! Resuming and yielding are requests to the VM (`Outcome`), so a coroutine may resume another to
//! any depth without machine stack. A coroutine that has not begun holds its function alone on its
//! stack; one that has ended normally holds nothing.

use crate::builtin;
use crate::heap::Gc;
use crate::object::Value;
use crate::runtime::args::MAX_C_STACK;
use crate::runtime::register::{new_builtin, open_library};
use crate::state::{FrameFlags, NativeResult, Outcome, State, Thrown};
use crate::vm::call::Builtin;
use crate::vm::coroutine::{self as vm, Standing, after_resume, after_wrapped, rethrow};

pub(super) const FUNCTIONS: [Builtin; 6] = [
    builtin!("create", create),
    builtin!("resume", resume, Resume),
    builtin!("running", running),
    builtin!("status", status, Status),
    builtin!("wrap", wrap),
    builtin!("yield", yield_values, Yield),
];

/// Puts the library's table on the stack; `luaopen_base` calls this.
pub fn open(l: &mut State) -> Result<(), Thrown> {
    open_library(l, "coroutine", &FUNCTIONS)?;
    Ok(())
}

fn thread_handle(value: Value) -> Option<Gc<State>> {
    value.as_thread().map(|header| header.cast::<State>())
}

fn check_coroutine(l: &mut State) -> Result<Gc<State>, Thrown> {
    match thread_handle(l.arg(1)) {
        Some(co) => Ok(co),
        None => Err(l.arg_error(1, b"coroutine expected")),
    }
}

/// A new coroutine that will run the first argument.
fn new_coroutine(l: &mut State) -> Result<Value, Thrown> {
    let function = l.arg(1);
    let co = vm::new_coroutine(l, function)?;
    if function.as_lua_closure().is_none() {
        l.push(Value::thread(co.header())); // COMPAT: for a message handler
        return Err(l.arg_error(1, b"Lua function expected"));
    }
    // SAFETY: ALIAS: the thread is new; nobody else refers to it.
    unsafe { (*co.as_ptr()).push(function) };
    Ok(Value::thread(co.header()))
}

fn create(l: &mut State) -> NativeResult {
    let co = new_coroutine(l)?;
    l.push(co);
    Ok(Outcome::Return(1))
}

/// Whether `co` takes `nargs` values now; the reason if not.
fn refusal(l: &mut State, co: Gc<State>, nargs: usize) -> Result<Option<Standing>, Thrown> {
    if nargs > MAX_C_STACK || co.arg_count() + nargs > MAX_C_STACK {
        return Err(l.library_error(&[b"too many arguments to resume"]));
    }
    let standing = Standing::of(l, co);
    Ok(if standing == Standing::Suspended { None } else { Some(standing) })
}

fn refusal_text(l: &mut State, standing: Standing) -> Result<Value, Thrown> {
    let name = l.global().known(standing.name());
    let text = l.concat_bytes(&[b"cannot resume ", name.as_bytes(), b" coroutine"])?;
    Ok(Value::string(text))
}

fn resume(l: &mut State) -> NativeResult {
    let co = check_coroutine(l)?;
    let nargs = l.arg_count() - 1;
    if let Some(standing) = refusal(l, co, nargs)? {
        let text = refusal_text(l, standing)?;
        l.push(Value::FALSE);
        l.push(text);
        return Ok(Outcome::Return(2));
    }
    let frame = l.frame_mut();
    frame.flags = frame.flags.with(FrameFlags::GIVES_STATUS);
    l.request_resume(co, nargs as u32, after_resume)
}

fn wrap(l: &mut State) -> NativeResult {
    let co = new_coroutine(l)?;
    let f = new_builtin(l, builtin!("wrapped", wrapped, Wrapped), &[co])?;
    l.push(Value::native_closure(f));
    Ok(Outcome::Return(1))
}

/// What `wrap` returns; the coroutine is its upvalue.
fn wrapped(l: &mut State) -> NativeResult {
    let own = l.frame().function().as_native_closure();
    let co = own.and_then(|f| f.upvalues().first().and_then(|slot| thread_handle(slot.get())));
    let Some(co) = co else {
        return Err(l.library_error(&[b"coroutine expected"])); // debug.setupvalue took it away
    };
    let nargs = l.arg_count();
    if let Some(standing) = refusal(l, co, nargs)? {
        let text = refusal_text(l, standing)?;
        return Err(rethrow(l, text));
    }
    let frame = l.frame_mut();
    frame.flags = frame.flags.with(FrameFlags::GIVES_VALUES);
    l.request_resume(co, nargs as u32, after_wrapped)
}

fn status(l: &mut State) -> NativeResult {
    let co = check_coroutine(l)?;
    let name = l.global().known(Standing::of(l, co).name());
    l.push(Value::string(name));
    Ok(Outcome::Return(1))
}

fn running(l: &mut State) -> NativeResult {
    let answer = if l.is_main() { Value::NIL } else { Value::thread(l.handle().header()) };
    l.push(answer);
    Ok(Outcome::Return(1))
}

fn yield_values(l: &mut State) -> NativeResult {
    Ok(Outcome::Yield(l.arg_count() as u32))
}
