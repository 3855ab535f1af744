//! The shape of native functions.
//!
//! A host's function is a `lua_CFunction`, called through the C boundary. A builtin of ours is a
//! `NativeFn`: it returns a `Result`, and never calls back by recursion. When it wants something
//! called it leaves function and arguments on the stack and asks for the call with a continuation
//! (`State::request_call`); the VM makes the call as it makes any other, and then calls the continuation with
//! the results on top of the builtin's frame. What the builtin has to remember in between it keeps
//! in its frame's stack slots. So builtins nest without machine stack, and coroutines yield
//! through them.
//!
//! A builtin's frame: arguments at `base..top`, at least 20 free slots above (`ensure_stack` gives
//! more). Results are the topmost values.

use core::ffi::c_int;

use crate::heap::Gc;
use crate::state::{FrameFlags, State, Status, Thrown};

/// `lua_CFunction`.
pub type CFunction = unsafe extern "C" fn(*mut State) -> c_int;

pub type NativeResult = Result<Outcome, Thrown>;

const _: () = assert!(size_of::<NativeResult>() == 8, "a NativeResult is returned in a register");

pub type NativeFn = fn(&mut State) -> NativeResult;

/// Called when what a builtin asked for is done. `Ok`: results are on top. Any other status (only
/// after a protected call or a resume): the error value is on top.
pub type Continuation = fn(&mut State, Resumed) -> NativeResult;

/// How a builtin's wait ended.
#[derive(Clone, Copy, Debug)]
pub struct Resumed {
    /// `Ok`, an error's status, or (after `Resume` only) `Yield`: the coroutine is suspended.
    pub status: Status,
    /// How many values the call, resume or yield left on top.
    pub count: u32,
}

/// What a builtin wants done next. Small enough to be returned in registers: the details of a call
/// or a resume are in the builtin's frame, where the `request_*` functions put them.
#[derive(Clone, Copy)]
pub enum Outcome {
    /// It is done; its results are the topmost values.
    Return(u32),
    /// Call the function that lies below the topmost values (`State::request_call`).
    Call,
    /// Run a coroutine (`State::request_resume`).
    Resume,
    /// Suspend the running coroutine, passing the topmost values out. When it is resumed, the
    /// values passed in are the builtin's results.
    Yield(u32),
}

/// In `CallInfo::saved_errfunc` of a request: no message handler.
pub const NO_HANDLER: i32 = -1;

impl State {
    /// Asks for a call of the function below the topmost `nargs` values; `nresults` results
    /// (`MULTRET`: all) come to `then`. Errors pass through.
    #[inline(always)]
    pub fn request_call(&mut self, nargs: u32, nresults: i32, then: Continuation) -> NativeResult {
        let function = self.arg_count() as u32 - nargs - 1;
        let frame = self.frame_mut();
        frame.pending = function;
        frame.tail_calls = nresults as u32;
        frame.then = Some(then);
        Ok(Outcome::Call)
    }

    /// The running builtin goes on waiting from call to call (`FrameFlags::ASKS_ON`).
    #[inline(always)]
    pub fn ask_on(&mut self) {
        if cfg!(not(feature = "checks")) {
            let frame = self.frame_mut();
            frame.flags = frame.flags.with(FrameFlags::ASKS_ON);
        }
    }

    /// `request_call`, but errors come to `then` too; first a message handler is called, if one is
    /// given by its slot, counted from base.
    pub fn request_protected_call(
        &mut self,
        nargs: u32,
        nresults: i32,
        then: Continuation,
        handler: Option<u32>,
    ) -> NativeResult {
        let allowed =
            if self.allow_hook { FrameFlags::HOOKS_ALLOWED } else { FrameFlags::NONE };
        let frame = self.frame_mut();
        frame.flags = frame.flags.with(FrameFlags::CATCHES).with(allowed);
        frame.save_errfunc(handler.map_or(NO_HANDLER, |slot| slot as i32));
        self.request_call(nargs, nresults, then)
    }

    /// Asks for a run of the coroutine, passing it the topmost `nargs` values (on its own stack lies
    /// the function, if it has not begun). What it yields or returns comes to `then`.
    pub fn request_resume(&mut self, co: Gc<State>, nargs: u32, then: Continuation) -> NativeResult {
        let first = self.arg_count() as u32 - nargs;
        let frame = self.frame_mut();
        frame.pending = first;
        frame.k = co.as_ptr().cast();
        frame.then = Some(then);
        Ok(Outcome::Resume)
    }
}
