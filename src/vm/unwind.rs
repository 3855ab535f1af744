//! From an error to whoever catches it.
//!
//! The frames above the catcher still stand when an error arrives here, so the message handler, if
//! one is in force, is called first, on top of them, like any other function. When it has returned
//! (or if there is none) the frames are cut back to the catcher: a builtin that waits with
//! `CATCHES`, the resumer of this coroutine, or the border of this run of the interpreter.
//!
//! An error that ends the run (`state::limits`) is caught by the border only, and no message handler
//! is called for it: neither are a script's to give.

use crate::object::Value;
use crate::state::{CallInfo, FrameFlags, NativeResult, Resumed, State, Status, Thrown};
use crate::vm::code::CONTINUE;
use crate::vm::frames::{self, Begun, Next, drive};
use crate::vm::{coroutine, foreign, interp};

/// Message handlers inside each other before the error is "error in error handling".
const MAX_HANDLERS: usize = 220;

/// Handles an error in the newest frame of `l`; returns where to go on, null to leave the run.
#[cold]
pub fn unwind(l: &mut State, thrown: Thrown) -> *mut State {
    drive(l, Begun::Native(Err(thrown)))
}

/// Handles the error that the exit code holds: where a handler could only be told that there is one.
#[cold]
pub fn unwind_saved(l: *mut State) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    match decode(l.global().exit_code.get()) {
        Err(thrown) => unwind(l, thrown),
        Ok(_) => unreachable!("who leaves an error in the exit code has one"),
    }
}

/// One step of an error's way: for `drive`, whose loop it goes through, so that an error that
/// passes through many coroutines takes no machine stack.
#[cold]
pub fn step(l: &mut State, thrown: Thrown) -> Next {
    let ending = l.global().limits.ending();
    let catcher = find_catcher(l, ending || foreign::passes_catchers(thrown));
    if !ending && thrown.status == Status::Runtime && !thrown.handled && l.errfunc != 0 {
        return Next::Drive(l, call_handler(l, catcher.handlers));
    }
    match catcher.place {
        Place::Builtin(index) => {
            l.waiting -= catcher.waiting;
            Next::Drive(l, Begun::Native(catch(l, index, thrown)))
        }
        Place::Border => {
            l.global().exit_code.set(encode(thrown));
            Next::Go(core::ptr::null_mut())
        }
        Place::Resumer => coroutine::died(l, thrown, ending),
    }
}

enum Place {
    /// A builtin's frame, by index.
    Builtin(usize),
    Border,
    Resumer,
}

struct Catcher {
    place: Place,
    /// Message handlers running above it.
    handlers: usize,
    /// Builtins waiting above it.
    waiting: u32,
}

/// The innermost catcher; `borders_only` for what builtins do not catch.
fn find_catcher(l: &State, borders_only: bool) -> Catcher {
    let (mut handlers, mut waiting) = (0, 0);
    for (index, ci) in l.frames().iter().enumerate().rev() {
        if ci.flags.has(FrameFlags::HANDLER) {
            handlers += 1;
        }
        if ci.flags.has(FrameFlags::CATCHES) && !borders_only {
            return Catcher { place: Place::Builtin(index), handlers, waiting };
        }
        if ci.flags.has(FrameFlags::FRESH) {
            return Catcher { place: Place::Border, handlers, waiting };
        }
        waiting += is_waiting(ci) as u32;
    }
    let place = if l.resumer.is_null() { Place::Border } else { Place::Resumer };
    Catcher { place, handlers, waiting }
}

/// Whether a frame is one of those that `State::waiting` counts.
fn is_waiting(ci: &CallInfo) -> bool {
    core::ptr::eq(ci.pc, &raw const CONTINUE) && !ci.flags.has(FrameFlags::RESUMES)
}

/// Calls the message handler in force with the error value, which is on top.
fn call_handler(l: &mut State, running: usize) -> Begun {
    let value = l.from_top(1);
    // SAFETY: STACK: errfunc is the offset of a slot in use.
    let handler = unsafe { *l.stack.wrapping_byte_offset(l.errfunc as isize) };
    if running > MAX_HANDLERS || !handler.is_function() {
        return Begun::Native(Err(Thrown { status: Status::Handler, handled: true }));
    }
    begin_handler(l, handler, value)
        .unwrap_or_else(|thrown| Begun::Native(Err(Thrown { handled: true, ..thrown })))
}

fn begin_handler(l: &mut State, handler: Value, value: Value) -> Result<Begun, Thrown> {
    // A Lua frame does not keep `top`: the values above must not be overwritten by the handler,
    // and the error value lies at the top.
    l.ensure_stack(crate::state::state::MIN_STACK)?;
    if let Some(bare) = coroutine::bare_message(l, value) {
        // COMPAT: that is what the handler may see among the values of the function that failed.
        l.drop_values(1);
        l.push(bare);
    }
    frames::push_hidden(l, FrameFlags::HANDLER, &raw const CONTINUE)?;
    l.waiting += 1;
    let frame = l.frame_mut();
    frame.base = frame.func.wrapping_add(1);
    frame.pending = 0;
    frame.then = Some(handler_returned);
    let func = l.top;
    l.push(handler);
    l.push(value);
    Ok(frames::begin(l, func, 1))
}

/// The handler's result is the error value from now on.
fn handler_returned(_l: &mut State, _resumed: Resumed) -> NativeResult {
    Err(Thrown { status: Status::Runtime, handled: true })
}

/// Cuts the frames back to the builtin at `index` and passes it the error.
fn catch(l: &mut State, index: usize, thrown: Thrown) -> NativeResult {
    let frame = l.frames()[index];
    let level = frame.base.wrapping_add(frame.pending as usize);
    let value = foreign::caught_value(l, thrown, level);
    l.ci = l.ci_base.wrapping_add(index);
    let flags = frame.flags;
    l.close_upvalues(level);
    l.top = level;
    l.push(value);
    l.allow_hook = flags.has(FrameFlags::HOOKS_ALLOWED);
    l.forget_overflow();
    frames::resume_builtin(l, Resumed { status: thrown.status, count: 1 })
}

/// After an exception has ended a run: cuts the frames back to `index`, as if what they did had never
/// begun. Unlike an error's, they need not stand any longer, for no handler looks at them.
#[cold]
pub fn abandon(l: &mut State, index: usize, top: *mut Value) {
    while l.frame_index() > index {
        let frame = *l.frame();
        if frame.flags.has(FrameFlags::CATCHES) {
            l.errfunc = frame.saved_errfunc();
            l.allow_hook = frame.flags.has(FrameFlags::HOOKS_ALLOWED);
        }
        l.waiting -= is_waiting(&frame) as u32;
        l.ci = l.ci.wrapping_sub(1);
    }
    l.close_upvalues(top);
    l.top = top;
    l.forget_overflow();
}

/// `encode` of an error that no message handler has seen.
pub const RUNTIME_ERROR: u64 = 0x100 | Status::Runtime as u64;

/// A Thrown as an exit code of the interpreter.
pub fn encode(thrown: Thrown) -> u64 {
    0x100 | thrown.status as u64 | (thrown.handled as u64) << 16
}

/// What a run's exit code says: Ok(true) for a yield.
pub fn decode(code: u64) -> Result<bool, Thrown> {
    match code {
        interp::EXIT_OK => Ok(false),
        interp::EXIT_YIELD => Ok(true),
        _ => Err(Thrown { status: status_of(code as u8), handled: code >> 16 & 1 != 0 }),
    }
}

pub fn status_of(code: u8) -> Status {
    match code {
        0 => Status::Ok,
        1 => Status::Yield,
        3 => Status::Syntax,
        4 => Status::Memory,
        5 => Status::Handler,
        255 => Status::Exception,
        _ => Status::Runtime,
    }
}
