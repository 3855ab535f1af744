//! Calls that are counted, and those of functions that have machine code (`vm::jit`).
//!
//! Machine code makes the frames that the interpreter would make, and marks those of functions it calls by itself
//! (`FrameFlags::COMPILED_CALL`): a return in machine code goes on in machine code then. The interpreter takes no notice; it
//! goes on at the caller's word, as ever.

use crate::state::native_loops::HEAT_OF_CALLS;
use crate::state::{CallInfo, State, Switchboard};
#[cfg(jit)]
use crate::vm::jit;

use super::Base;
use super::calls::call_counted;
#[cfg(jit)]
use super::Handler;

slow_handler! {
    /// A call that has come often: its callee may get machine code.
    fn hot_call(pc, base, k, l, dispatch) {
        // PERF: a count of its own, lest loops of one call are always looked at by their call, or by their jump.
        (*dispatch.cast::<Switchboard>()).heat.set(HEAT_OF_CALLS);
        #[cfg(jit)]
        jit::consider_call(l, pc);
        return call_counted::<false>(pc, base, k, l, dispatch, none!());
    }
}

/// Enters a function that has machine code, by its frame that was made.
macro_rules! enter {
    ($code:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {{
        #[cfg(jit)]
        {
            let code: $crate::vm::interp::Pc = $code;
            let entry = *$crate::vm::code::native_entry(code) as usize;
            let entry = core::mem::transmute::<usize, $crate::vm::interp::Handler>(entry);
            return entry(code, $base, $k, $l, $dispatch, none!());
        }
    }};
}
pub(super) use enter;

/// Whether there is room for a frame. (In the `checks` build, too, where the interpreter says no.)
#[inline(always)]
pub(super) unsafe fn has_room(l: *const State, top: Base, ci: *mut CallInfo) -> bool {
    // SAFETY: l is the running State.
    unsafe { cfg!(feature = "checks") && top <= (*l).stack_limit && ci < (*l).ci_limit }
}

handler! {
    /// What machine code jumps to in order to enter a function that has none.
    #[cfg(jit)]
    fn enter_plain(pc, base, k, l, dispatch) {
        go!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// Where a return in machine code goes on whose caller has none any more.
    #[cfg(jit)]
    fn return_plain(pc, base, k, l, dispatch) {
        go_on!(l, dispatch)
    }
}

/// Those two.
#[cfg(jit)]
pub(super) const ENTER_PLAIN: Handler = enter_plain;
#[cfg(jit)]
pub(super) const RETURN_PLAIN: Handler = return_plain;
