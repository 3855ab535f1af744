//! Calls that are counted, and those of functions that have machine code (`vm::jit`).
//!
//! Machine code makes the frames that the interpreter would make, and marks those of functions it calls by itself
//! (`FrameFlags::COMPILED_CALL`): a return in machine code goes on in machine code then. One in the interpreter goes on at the
//! caller's word, or in machine code, if the caller has noted where (`CallInfo::resume`).

use crate::state::native_loops::HEAT_OF_CALLS;
#[cfg(jit)]
use crate::state::FrameFlags;
#[cfg(jit)]
use crate::state::native_loops::ReturnPoint;
use crate::state::{CallInfo, State, Switchboard};
#[cfg(jit)]
use crate::vm::boundary::CFunction;
#[cfg(jit)]
use crate::vm::code::{frame_word, native_entry};
#[cfg(jit)]
use crate::vm::jit;

use super::Base;
#[cfg(jit)]
use super::native_loop::warms;
use super::calls::{call_counted, tail_call_other};
#[cfg(jit)]
use super::{Handler, Pc};

/// Enters a function that has machine code, by its frame that was made.
macro_rules! enter {
    ($code:expr, $base:expr, $k:expr, $l:expr) => {{
        #[cfg(jit)]
        {
            let code: $crate::vm::interp::Pc = $code;
            let plain = $crate::vm::interp::plain_of($l);
            // Machine code that waits for this handler is gone back to first.
            if !(*plain.cast::<$crate::state::Switchboard>()).is_below_code() {
                let entry = *$crate::vm::code::native_entry(code) as usize;
                let entry = core::mem::transmute::<usize, $crate::vm::interp::Handler>(entry);
                return entry(code, $base, $k, $l, plain, none!());
            }
        }
    }};
}
pub(super) use enter;

/// Begins a function whose frame was made: in its machine code, which it may get now (`hot_entry`), or at its first word.
macro_rules! begin {
    ($callee:expr, $by_code:literal, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {{
        if $callee.frame.is_entered() {
            $crate::vm::interp::native_call::enter!($callee.code, $base, $k, $l)
        }
        #[cfg(jit)]
        if $crate::vm::interp::native_loop::warms(&*$dispatch.cast::<$crate::state::Switchboard>()) {
            return $crate::vm::interp::native_call::hot_entry::<$by_code>($callee.code, $base, $k, $l, $dispatch, none!());
        }
        go!($callee.code, $base, $k, $l, $dispatch)
    }};
}
pub(super) use begin;

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

slow_handler! {
    /// ... a tail call.
    fn hot_tail_call(pc, base, k, l, dispatch) {
        (*dispatch.cast::<Switchboard>()).heat.set(HEAT_OF_CALLS);
        #[cfg(jit)]
        jit::consider_call(l, pc);
        return tail_call_other::<false>(pc, base, k, l, dispatch, none!());
    }
}

slow_handler! {
    /// A call of what has no machine code: `BY_CODE` by machine code, or by a builtin; or else of a metamethod.
    #[cfg(jit)]
    fn hot_entry<const BY_CODE: bool>(pc, base, k, l, dispatch) {
        (*dispatch.cast::<Switchboard>()).heat.set(HEAT_OF_CALLS);
        jit::consider_entered(l, BY_CODE);
        if frame_word(pc).is_entered() {
            enter!(pc, base, k, l)
        }
        go!(pc, base, k, l, dispatch)
    }
}

/// `super::entrance` of a function when calls have come often.
///
/// # Safety
/// As there.
#[cfg(jit)]
#[cold]
#[inline(never)]
pub(super) unsafe fn hot_entrance(l: *mut State, code: Pc) -> CFunction {
    // SAFETY: the caller's promise.
    unsafe {
        (*(*l).global).switchboard.heat.set(HEAT_OF_CALLS);
        jit::consider_entered(l, false);
        if frame_word(code).is_entered() { ENTER_CODE } else { super::ENTER }
    }
}

/// As a recovery point calls it.
// SAFETY: as for `super::ENTER`.
#[cfg(jit)]
pub(super) const ENTER_CODE: CFunction = unsafe { core::mem::transmute(enter_code as unsafe extern "C" fn(*mut State) -> u64) };

/// Enters a function that has machine code, from a recovery point.
///
/// # Safety
/// As for `super::run`; the newest frame's function has not begun.
#[cfg(jit)]
unsafe extern "C" fn enter_code(l: *mut State) -> u64 {
    // SAFETY: the caller's promise; what a function's entry says is a handler of its first word.
    unsafe {
        (*(*l).global).orders_by_bytes.set(false);
        (*(*l).global).switchboard.begin_run();
        let ci = (*l).ci;
        let code = (*ci).pc;
        let entry: Handler = core::mem::transmute(*native_entry(code) as usize);
        entry(code, (*ci).base, (*ci).k, l, super::plain_of(l), none!())
    }
}

/// Whether there is room for a frame. (In the `checks` build, too, where the interpreter says no.)
#[inline(always)]
pub(super) unsafe fn has_room(l: *const State, top: Base, ci: *mut CallInfo) -> bool {
    // SAFETY: l is the running State.
    unsafe { cfg!(feature = "checks") && top <= (*l).stack_limit && ci < (*l).ci_limit }
}

handler! {
    /// What machine code jumps to in order to enter a function that has none: when it returns, the caller is to go on in machine code.
    #[cfg(jit)]
    fn enter_plain(pc, base, k, l, dispatch) {
        let ci = (*l).ci;
        if (*ci).flags.has(FrameFlags::COMPILED_CALL) {
            (*ci.sub(1)).resume = (*ReturnPoint::of_call(&*ci)).number;
        }
        if warms(&*dispatch.cast::<Switchboard>()) {
            return hot_entry::<true>(pc, base, k, l, dispatch, none!());
        }
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

handler! {
    /// Where a frame goes on that has noted machine code which there is no more.
    #[cfg(jit)]
    fn resume_plain(pc, base, k, l, dispatch) {
        go_with!(super::passed_on(pc, base), pc, base, k, l, dispatch)
    }
}

/// Those three.
#[cfg(jit)]
pub(super) const RESUME_PLAIN: Handler = resume_plain;
#[cfg(jit)]
pub(super) const ENTER_PLAIN: Handler = enter_plain;
#[cfg(jit)]
pub(super) const RETURN_PLAIN: Handler = return_plain;
