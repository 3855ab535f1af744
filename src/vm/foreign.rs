//! Calls into foreign C code, each behind a recovery point of its own.

use core::ffi::c_void;
use core::mem;

use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::boundary::{self, WordOutcome};
use crate::vm::unwind;

/// Calls a `lua_CFunction` in the frame that stands for it.
#[inline]
pub fn call(l: &mut State, entry: *const ()) -> NativeResult {
    // SAFETY: c_entry of a NativeClosure is a lua_CFunction.
    let f: boundary::CFunction = unsafe { mem::transmute(entry) };
    let state: *mut State = l;
    let global = l.global();
    let outer = (global.recovery.get(), global.recovery_state.get());
    global.recovery_state.set(state);
    // SAFETY: CFRAMES: nothing here needs dropping; the outer recovery point is put back below.
    let outcome =
        unsafe { boundary::protected_call(global.recovery.as_ptr(), f, state.cast()) };
    global.recovery.set(outer.0);
    global.recovery_state.set(outer.1);
    if !outcome.returned() {
        return Err(decode_throw(outcome.code()));
    }
    let count = outcome.value();
    if count >= 0 {
        return Ok(Outcome::Return(count as u32));
    }
    // `lua_yield` left the count in the frame.
    Ok(Outcome::Yield(mem::take(&mut l.frame_mut().pending)))
}

/// Calls any other C function of up to four words: a reader, a writer, a hook.
pub fn call_words(
    l: &mut State,
    f: *const c_void,
    words: [*mut c_void; 4],
) -> Result<u64, Thrown> {
    let state: *mut State = l;
    let global = l.global();
    let outer = (global.recovery.get(), global.recovery_state.get());
    global.recovery_state.set(state);
    let [a, b, c, d] = words;
    // SAFETY: CFRAMES: as above.
    let WordOutcome { value, code } =
        unsafe { boundary::protected_call4(global.recovery.as_ptr(), f, a, b, c, d) };
    global.recovery.set(outer.0);
    global.recovery_state.set(outer.1);
    if code == 0 { Ok(value) } else { Err(decode_throw(code as u32)) }
}

/// Jumps to the newest recovery point with an error whose value is on top of `l`. Without one:
/// the panic function, then the end of the process.
pub fn throw(l: &mut State, thrown: Thrown) -> ! {
    let global = l.global();
    let recovery = global.recovery.get();
    if recovery.is_null() {
        panic(l, thrown);
    }
    let catcher = global.recovery_state.get();
    let thrower: *mut State = l;
    if catcher != thrower && carries_value(thrown) {
        let value = l.pop();
        // SAFETY: the State whose C function is running; it is another than ours.
        unsafe { (*catcher).push(value) };
    }
    // SAFETY: CFRAMES: the API function that calls this holds nothing to drop; recovery is the
    // newest recovery point, whose call has not returned.
    unsafe { boundary::throw(recovery, unwind::encode(thrown) as u32) }
}

fn carries_value(thrown: Thrown) -> bool {
    !matches!(thrown.status, crate::state::Status::Memory | crate::state::Status::Handler)
}

fn decode_throw(code: u32) -> Thrown {
    match unwind::decode(code as u64) {
        Err(thrown) => thrown,
        Ok(_) => unreachable!("throws carry errors"),
    }
}

#[cold]
fn panic(l: &mut State, thrown: Thrown) -> ! {
    let value = l.take_error_value(thrown);
    l.status = thrown.status;
    if let Some(panic) = l.global().panic.get() {
        // PUC leaves the bottom frame and the message on top.
        l.ci = l.ci_base;
        let base = l.frame().base;
        l.close_upvalues(base);
        l.top = base;
        l.push(value);
        l.allow_hook = true;
        l.errfunc = 0;
        l.c_calls = 0;
        l.waiting = 0;
        l.forget_overflow();
        // SAFETY: the host's function; it may leave by a jump of its own, over nothing of ours
        // that needs dropping.
        unsafe { panic(l) };
    }
    // SAFETY: ends the process, as the reference does.
    unsafe { libc::exit(libc::EXIT_FAILURE) }
}
