//! Builtins that ask for one call after the other (`FrameFlags::ASKS_ON`): sort and gsub with a function, foreach.
//!
//! What has been called returns here; the builtin's continuation looks at the result, and mostly asks for the next call, whose frame
//! is filled at once. The builtin's own stays a waiting one meanwhile.
//!
//! Not here: what a continuation may want besides, and calls of foreign functions (`vm::frames::ask_further`).

use core::hint::cold_path;

use crate::state::{Outcome, Resumed, Status};
use crate::vm::frames;

use super::counted;
use super::frame::{Callee, clear, fill, has_room};
use super::native_call;

handler! {
    #[inline(never)]
    fn ask_on(_pc, _base, _k, l, _dispatch) {
        let Some(then) = (*(*l).ci).then else {
            cold_path();
            unreachable!("a frame at CONTINUE has a continuation")
        };
        let outcome = then(&mut *l, Resumed { status: Status::Ok, count: 1 });
        // Only `l` lives over the call: what else is needed is read back.
        let dispatch = super::dispatch_of(l);
        let waiting = (*l).ci;
        if let Ok(Outcome::Call) = outcome
            && !(*l).is_traced()
            && let func = (*waiting).base.add((*waiting).pending as usize)
            && let Some(callee) = Callee::of(*func)
            && let base = func.add(1)
            && let top = callee.top(base)
            && let ci = waiting.add(1)
            && has_room(l, top, ci)
            && counted::take(dispatch)
        {
            clear((*l).top.min(base.add(callee.frame.params())), top);
            let k = fill(ci, func, base, top, callee.code, (*waiting).tail_calls as i32);
            (*l).ci = ci;
            native_call::begin!(callee, true, base, k, l, dispatch)
        }
        cold_path();
        worker!(frames::ask_further(l, outcome), core::ptr::null_mut(), core::ptr::null(), l, dispatch)
    }
}
