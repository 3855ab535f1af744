//! Calls and returns of every kind, without recursion.
//!
//! Each function here leaves the State such that its newest frame says where to go on, and returns
//! that State; the interpreter jumps there. A builtin that wants something called is driven by
//! `drive`: the call's frame goes on top of the builtin's, whose pc is the mark `CONTINUE`.
//!
//! The rooms: calls that Lua code makes (`from_lua`), frames of Lua functions (`lua`) and of native
//! ones (`native`), what builtins ask for (`request`), returns (`returns`).
//!
//! Not here: errors (`unwind`), coroutine switches (`coroutine`), completing an instruction whose
//! metamethod has returned (`complete`).

use crate::state::state::MIN_STACK;
use crate::object::Value;
use crate::state::{CallInfo, Event, FrameFlags, NativeResult, Outcome, State, Thrown};
use crate::vm::debug::errors::{self, Operand};
use crate::vm::{coroutine, unwind};

mod from_lua;
mod lua;
mod native;
mod request;
mod returns;

pub use from_lua::{
    call_from_lua, call_metamethod, call_pushed_metamethod, call_value, tail_call, tfor_call,
};
pub use lua::{begin_lua_at_once, begin_lua_untraced};
pub use native::{is_ready, is_roomy, is_roomy_above, push_native, return_at_once, return_few, run_foreign};
pub use request::{MAX_WAITING, ask_further, continue_builtin, resume_builtin};
pub use returns::{MANY_RESULTS, return_from};

use lua::begin_lua;
use native::begin_native;
use request::begin_request;

/// What beginning a call came to.
pub enum Begun {
    /// A Lua function's frame stands; go on in it.
    Lua,
    /// A native function ran; its frame stands, and this is what it wants.
    Native(NativeResult),
    /// The call could not be made; no frame was pushed.
    Failed(Thrown),
}

/// What to do after a step of `drive`'s.
pub enum Next {
    /// The State to go on with in the interpreter, null to leave the run.
    Go(*mut State),
    /// More of the same, in this State.
    Drive(*mut State, Begun),
}

/// Begins the call of the value at `func`, with the arguments between it and the top.
#[inline]
pub fn begin(l: &mut State, func: *mut Value, nresults: i32) -> Begun {
    // SAFETY: STACK: func is below top.
    let callee = unsafe { *func };
    if let Some(closure) = callee.as_native_closure() {
        return begin_native(l, func, closure, nresults);
    }
    if let Some(closure) = callee.as_lua_closure() {
        return match begin_lua(l, func, closure, nresults) {
            Ok(()) => Begun::Lua,
            Err(thrown) => Begun::Failed(thrown),
        };
    }
    match insert_call_metamethod(l, func) {
        Ok(func) => begin(l, func, nresults),
        Err(thrown) => Begun::Failed(thrown),
    }
}

/// Makes the `__call` metamethod of the value at `func` the function, the value its first argument.
#[cold]
fn insert_call_metamethod(l: &mut State, func: *mut Value) -> Result<*mut Value, Thrown> {
    // SAFETY: STACK: func is below top.
    let callee = unsafe { *func };
    let metamethod = l.metamethod(callee, Event::Call);
    if !metamethod.is_function() {
        return Err(errors::call_error(l, callee, Operand::Slot(func)));
    }
    let offset = slot_offset(l, func);
    l.ensure_stack(1)?;
    let func = l.stack.wrapping_byte_add(offset);
    let count = (l.top as usize - func as usize) / size_of::<Value>();
    // SAFETY: STACK: ensure_stack made room for one more above the `count` values.
    unsafe {
        core::ptr::copy(func, func.add(1), count);
        *func = metamethod;
        l.top = l.top.add(1);
    }
    Ok(func)
}

/// A slot's place as a byte offset, which survives a move of the stack.
pub fn slot_offset(l: &State, slot: *mut Value) -> usize {
    slot as usize - l.stack as usize
}

/// PERF: `drive` for what builtins mostly want: to return, to have a Lua function called, to switch
/// coroutines.
#[inline(always)]
pub fn carry_out(l: &mut State, outcome: NativeResult) -> *mut State {
    match outcome {
        Ok(Outcome::Return(count)) => {
            let first = l.top.wrapping_sub(count as usize);
            return_from(l, first, count as usize)
        }
        Ok(Outcome::Call) => match begin_request(l) {
            Begun::Lua => l,
            begun => drive(l, begun),
        },
        Ok(Outcome::Resume) => match coroutine::switch_to(l) {
            Next::Go(state) => state,
            // SAFETY: the State to go on with; this one is not touched meanwhile.
            Next::Drive(state, begun) => drive(unsafe { &mut *state }, begun),
        },
        Ok(Outcome::Yield(count)) => coroutine::yield_now(l, count),
        outcome => drive(l, Begun::Native(outcome)),
    }
}

/// Carries out what a native function wants, and what those want that it calls, until a Lua frame
/// (or a mark) is where to go on. The only loop: whatever goes from frame to frame or from coroutine
/// to coroutine passes through it, and none of it takes machine stack.
pub fn drive(l: &mut State, begun: Begun) -> *mut State {
    let mut l = l;
    let mut begun = begun;
    loop {
        let outcome = match begun {
            Begun::Lua => return l,
            Begun::Failed(thrown) => Err(thrown),
            Begun::Native(outcome) => outcome,
        };
        let next = match outcome {
            Ok(Outcome::Return(count)) => {
                let first = l.top.wrapping_sub(count as usize);
                return return_from(l, first, count as usize);
            }
            Ok(Outcome::Call) => {
                begun = begin_request(l);
                continue;
            }
            Ok(Outcome::Resume) => coroutine::switch_to(l),
            Ok(Outcome::Yield(count)) => coroutine::suspend(l, count),
            Err(thrown) => unwind::step(l, thrown),
        };
        match next {
            Next::Go(state) => return state,
            Next::Drive(state, more) => {
                // SAFETY: the State to go on with; the one before is not touched meanwhile.
                l = unsafe { &mut *state };
                begun = more;
            }
        }
    }
}

/// Pushes a hidden frame for a hook to work in, its slots from `base` on.
///
/// There is room (`is_roomy`, or made by `ensure_stack` and `next_frame`).
#[inline(always)]
pub fn push_room(l: &mut State, base: *mut Value) {
    let ci = l.ci.wrapping_add(1);
    let (func, top) = (base.wrapping_sub(1), base.wrapping_add(MIN_STACK));
    // SAFETY: the caller has seen that the frame array has room.
    unsafe {
        CallInfo::write_native(ci, func, top, 0, FrameFlags::FOREIGN.with(FrameFlags::HIDDEN));
    }
    l.ci = ci;
}

/// Pushes a frame of the VM's own with no values: the border of a nested run, a hook's room.
pub fn push_hidden(l: &mut State, flags: FrameFlags, pc: *const u64) -> Result<(), Thrown> {
    let ci = l.next_frame()?;
    // SAFETY: next_frame made room.
    unsafe {
        ci.write(CallInfo {
            pc,
            flags: flags.with(FrameFlags::HIDDEN),
            ..CallInfo::bottom(l.top.wrapping_sub(1), l.top.wrapping_add(MIN_STACK))
        });
    }
    l.ci = ci;
    Ok(())
}
