//! The shape of native functions.
//!
//! A host's function is a `lua_CFunction`, called through the C boundary. A builtin of ours is a
//! `NativeFn`: it returns a `Result`, and never calls back by recursion. When it wants something
//! called it leaves function and arguments on the stack and returns `Outcome::Call` with a
//! continuation; the VM makes the call as it makes any other, and then calls the continuation with
//! the results on top of the builtin's frame. What the builtin has to remember in between it keeps
//! in its frame's stack slots. So builtins nest without machine stack, and coroutines yield
//! through them.
//!
//! A builtin's frame: arguments at `base..top`, at least 20 free slots above (`ensure_stack` gives
//! more). Results are the topmost values.

use core::ffi::c_int;

use crate::heap::Gc;
use crate::state::{State, Status, Thrown};

/// `lua_CFunction`.
pub type CFunction = unsafe extern "C" fn(*mut State) -> c_int;

pub type NativeResult = Result<Outcome, Thrown>;

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

/// What a builtin wants done next.
#[derive(Clone, Copy)]
pub enum Outcome {
    /// It is done; its results are the topmost values.
    Return(u32),
    /// Call the function that lies below the topmost `nargs` values.
    Call(CallRequest),
    /// Run the coroutine, passing it the topmost `nargs` values (below them lies the function, if
    /// the coroutine has not begun). The coroutine is resumable (`vm::coroutine` checks).
    Resume { co: Gc<State>, nargs: u32, then: Continuation },
    /// Suspend the running coroutine, passing the topmost values out. When it is resumed, the
    /// values passed in are the builtin's results.
    Yield(u32),
}

#[derive(Clone, Copy)]
pub struct CallRequest {
    pub nargs: u32,
    /// Results wanted: `MULTRET` for all.
    pub nresults: i32,
    pub then: Continuation,
    pub protection: Protection,
}

/// Whether a builtin's call catches errors.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Errors pass through.
    None,
    /// Errors come to the continuation (`pcall`).
    Catch,
    /// And a message handler, in the builtin's stack slot with this index from base, is called
    /// first (`xpcall`).
    Handler(u32),
}

impl Outcome {
    /// An unprotected call whose results all come to `then`.
    pub fn call(nargs: u32, nresults: i32, then: Continuation) -> NativeResult {
        Ok(Outcome::Call(CallRequest { nargs, nresults, then, protection: Protection::None }))
    }
}
