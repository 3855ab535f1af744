//! `lua_resume` of a coroutine that has yielded, where it can go on at once: as calls from C do (`from_c`).
//!
//! Not here: any other coroutine (`vm::coroutine`).

use core::ffi::{c_int, c_void};

use super::*;
use crate::state::state::NOT_PLAIN;
use crate::vm::boundary::protected_call_then;
use crate::vm::interp::fast::coroutine::{FEW, deliver_few};

/// `lua_resume`.
#[inline(always)]
pub fn resume(co: &mut State, nargs: c_int) -> c_int {
    let global = co.global();
    let depth = global.c_depth.get();
    if co.status == Status::Yield
        && co.frame().nresults >= 0
        && nargs as usize <= FEW
        && global.switchboard.meter.get() > 0
        && depth < EASY_C_DEPTH
        && !co.is_traced()
        && cfg!(not(feature = "checks"))
        && (depth != 0 || global.begins_plainly())
    {
        global.spend(1);
        global.c_depth.set(depth + 1);
        co.status = Status::Ok;
        co.c_calls += 1;
        let outer = co.base_c_calls as u64;
        co.base_c_calls = co.c_calls;
        co.plain_c_calls = NOT_PLAIN;
        let ci = co.ci;
        let first = co.top.wrapping_sub(nargs as usize);
        // COMPAT: what is not wanted stays where it is, as hosts see once the coroutine has died.
        let end = first.wrapping_add((nargs as usize).min(co.frame().nresults as usize));
        let state: *mut State = co;
        // SAFETY: STACK: the values are the topmost ones or the first of them, above the function that has yielded. CFRAMES: nothing here
        // needs dropping; `resumed` takes the State, the outcome and the word.
        return unsafe {
            deliver_few(state, ci, false, first, end);
            protected_call_then(&global.recovery, interp::ENTER, state.cast(), resumed, outer)
        };
    }
    resume_any(co, nargs)
}

#[inline(never)]
extern "C" fn resume_any(co: &mut State, nargs: c_int) -> c_int {
    match coroutine::resume(co, nargs as usize) {
        Ok(status) => status.code(),
        Err(thrown) => throw(co, thrown),
    }
}

unsafe extern "C" fn resumed(co: *mut c_void, outcome: CallOutcome, outer: u64) -> c_int {
    const { assert!(interp::EXIT_OK == Status::Ok as u64 && interp::EXIT_YIELD == Status::Yield as u64) };
    // SAFETY: the State that `resume` has entered, exclusively ours again.
    let co = unsafe { &mut *co.cast::<State>() };
    match outcome.count_up_to(interp::EXIT_YIELD as usize) {
        Some(status) => {
            end(co, outer);
            status as c_int
        }
        None => resumed_otherwise(co, outcome, outer),
    }
}

#[inline(always)]
fn end(co: &mut State, outer: u64) {
    co.c_calls -= 1;
    co.base_c_calls = outer as u16;
    let global = co.global();
    global.c_depth.set(global.c_depth.get() - 1);
}

#[inline(never)]
extern "C" fn resumed_otherwise(co: &mut State, outcome: CallOutcome, outer: u64) -> c_int {
    // SAFETY: the outcome of a recovery point with `interp::ENTER`.
    let result = unwind::decode(unsafe { interp::go_on_after(co.global(), outcome) });
    end(co, outer);
    match coroutine::ended(co, result) {
        Ok(status) => status.code(),
        Err(thrown) => throw(co, thrown),
    }
}
