//! What a builtin asks for (`state::native`): a call on top of its waiting frame, and its continuation
//! once that is done.

use crate::object::Value;
use crate::state::{Continuation, FrameFlags, NativeResult, Outcome, Resumed, State, Status};
use crate::state::native::NO_HANDLER;
use crate::state::state::MIN_STACK;
use crate::vm::code::{CONTINUE, HALT};
use crate::vm::coroutine::{after_resume, after_wrapped};

use super::{
    Begun, MANY_RESULTS, begin, carry_out, drive, is_ready, return_at_once, run_foreign,
};

/// Builtins that may wait inside each other on one thread. More is a runaway recursion, whose results
/// could grow at every level (each `pcall` adds one): its end would take longer than anyone waits.
pub const MAX_WAITING: u32 = 120_000;

/// Begins the call a builtin asked for.
pub(super) fn begin_request(l: &mut State) -> Begun {
    l.waiting += 1;
    if l.frame().flags.has(FrameFlags::CATCHES) {
        // An overflow that was caught at the very limit could not be forgotten there.
        l.forget_overflow();
    }
    let errfunc = l.errfunc;
    let frame = l.frame_mut();
    frame.pc = &raw const CONTINUE;
    let func = frame.base.wrapping_add(frame.pending as usize);
    let wanted = frame.tail_calls as i32;
    if frame.flags.has(FrameFlags::CATCHES) {
        let handler = frame.saved_errfunc();
        let slot = frame.base.wrapping_offset(handler as isize);
        frame.save_errfunc(errfunc);
        l.errfunc = if handler == NO_HANDLER { 0 } else { (slot as isize - l.stack as isize) as i32 };
    }
    if l.waiting > MAX_WAITING {
        return Begun::Native(Err(l.runtime_error(&[b"C stack overflow"])));
    }
    begin_asked(l, func, wanted)
}

/// Begins the call that the newest frame, a builtin's that waits already, asked for.
#[inline(always)]
fn begin_asked(l: &mut State, func: *mut Value, wanted: i32) -> Begun {
    if let Err(thrown) = l.charge(1) {
        return Begun::Native(Err(thrown));
    }
    match begin(l, func, wanted) {
        // The error is the callee's.
        Begun::Failed(thrown) => Begun::Native(Err(thrown)),
        begun => begun,
    }
}

/// A builtin with `ASKS_ON` has got the result that it waited for, and this is what it wants now. If that is a call, it goes on waiting, and
/// has room for it where it had room for the last. PERF: what calls of foreign functions return is passed on from here, one after the other.
#[inline(never)]
pub fn ask_further(l: *mut State, outcome: NativeResult) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    let mut outcome = outcome;
    loop {
        let frame = l.frame_mut();
        let Ok(Outcome::Call) = outcome else {
            frame.pc = &raw const HALT;
            l.waiting -= 1;
            return carry_out(l, outcome);
        };
        let func = frame.base.wrapping_add(frame.pending as usize);
        let wanted = frame.tail_calls as i32;
        // SAFETY: STACK: the function was pushed.
        let callee = unsafe { *func };
        if l.global().switchboard.meter.get() > 0
            && let Some(closure) = callee.as_native_closure()
            && closure.rust_entry.is_null()
            && is_ready(l)
        {
            l.global().spend(1);
            match run_foreign(l, func, closure, wanted) {
                Ok(count) if !l.is_traced() && count as usize <= MANY_RESULTS => {
                    return_at_once(l, count as usize, wanted);
                    let Some(then) = l.frame().then else { unreachable!("a frame at CONTINUE has a continuation") };
                    outcome = then(l, Resumed { status: Status::Ok, count: 1 });
                    continue;
                }
                Ok(count) => return drive(l, Begun::Native(Ok(Outcome::Return(count)))),
                Err(outcome) => return drive(l, Begun::Native(outcome)),
            }
        }
        return match begin_asked(l, func, wanted) {
            Begun::Lua => l,
            begun => drive(l, begun),
        };
    }
}

/// A builtin's request is done, its results on top.
pub fn continue_builtin(l: *mut State) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    let frame = l.frame();
    let first = frame.base.wrapping_add(frame.pending as usize);
    let count = (l.top as usize - first as usize) / size_of::<Value>();
    let outcome = resume_builtin(l, Resumed { status: Status::Ok, count: count as u32 });
    carry_out(l, outcome)
}

/// Calls a waiting builtin's continuation. Its protection, if it had one, ends.
pub fn resume_builtin(l: &mut State, resumed: Resumed) -> NativeResult {
    let frame = l.frame_mut();
    let (flags, saved) = (frame.flags, frame.saved_errfunc());
    frame.flags = flags.without(FrameFlags::CATCHES).without(FrameFlags::HOOKS_ALLOWED)
        .without(FrameFlags::RESUMES);
    frame.pc = &raw const HALT;
    let then = if flags.has(FrameFlags::GIVES_STATUS) {
        Some(after_resume as Continuation)
    } else if flags.has(FrameFlags::GIVES_VALUES) {
        Some(after_wrapped as Continuation)
    } else {
        frame.then.take()
    };
    l.waiting -= !flags.has(FrameFlags::RESUMES) as u32;
    if flags.has(FrameFlags::CATCHES) {
        l.errfunc = saved;
    }
    // The continuation may use as much as a fresh builtin.
    l.ensure_stack(MIN_STACK)?;
    l.frame_mut().top = l.top.wrapping_add(MIN_STACK);
    match then {
        Some(then) => then(l, resumed),
        None => unreachable!("a frame at CONTINUE has a continuation"),
    }
}
