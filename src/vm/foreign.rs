//! Calls into foreign C code, each behind a recovery point: one of its own, or, where a handler of the interpreter calls
//! (`…_within_run`), that of the handler's run.
//!
//! Not here: recovery points and how exceptions land (`boundary`), frames (`frames`).

use core::ffi::c_void;
use core::mem;

use crate::base::misuse;
use crate::object::Value;
use crate::state::{FrameFlags, Global, HookFn, NativeResult, Outcome, State, Status, Thrown};
use crate::vm::boundary::{self, CallOutcome, RecoveryPoint, WordOutcome, exceptions};
use crate::vm::unwind;

/// Calls a `lua_CFunction` in the frame that stands for it.
#[inline(always)]
pub fn call(l: &mut State, entry: *const ()) -> NativeResult {
    let outcome = enter(l, entry);
    result_of(l, outcome)
}

/// What the outcome of a `lua_CFunction`'s call means.
#[inline(always)]
pub fn result_of(l: &mut State, outcome: CallOutcome) -> NativeResult {
    match outcome.count_up_to(i32::MAX as usize) {
        Some(count) => Ok(Outcome::Return(count as u32)),
        None => after(l, outcome),
    }
}

/// The bare call. `after` tells what an outcome other than a count means.
#[inline(always)]
pub fn enter(l: &mut State, entry: *const ()) -> CallOutcome {
    // SAFETY: c_entry of a NativeClosure is a lua_CFunction.
    let f: boundary::CFunction = unsafe { mem::transmute(entry) };
    l.exposed = true;
    let state: *mut State = l;
    let board = &l.global().switchboard;
    let outer = board.outer();
    // SAFETY: CFRAMES: nothing here needs dropping.
    let outcome = unsafe { boundary::protected_call(&l.global().recovery, f, state.cast()) };
    // It may have run the interpreter.
    board.restore(outer);
    returned(l, outcome);
    outcome
}

/// After any call of a `lua_CFunction`.
#[inline(always)]
pub fn returned(l: &mut State, outcome: CallOutcome) {
    l.global().orders_by_bytes.set(false);
    if cfg!(feature = "checks") && outcome.returned() {
        check_results(l, outcome.value());
    }
}

/// The bare call by a handler, or by what holds nothing to drop and has nothing to put back if it does not return:
/// the run goes on with what was thrown then (`landed`). Unless machine code waits for the handler: nothing is thrown through that.
#[inline(always)]
pub fn enter_within_run(l: &mut State, entry: *const ()) -> CallOutcome {
    if is_below_code(l) {
        return enter_apart(l, entry);
    }
    // SAFETY: as in `enter`; CFRAMES: the handlers hold nothing to drop either.
    let f: boundary::CFunction = unsafe { mem::transmute(entry) };
    let state = expose_within_run(l);
    // SAFETY: as above.
    let outcome = CallOutcome::of(unsafe { f(state) });
    returned(l, outcome);
    outcome
}

/// Whether machine code waits for a handler.
#[inline(always)]
pub fn is_below_code(l: &State) -> bool {
    l.global().switchboard.is_below_code()
}

/// As `enter`.
#[cold]
#[inline(never)]
fn enter_apart(l: &mut State, entry: *const ()) -> CallOutcome {
    enter(l, entry)
}

/// As `enter_within_run`, of a hook; not below machine code.
#[inline(always)]
pub fn call_hook_within_run(l: &mut State, hook: HookFn, record: *mut c_void) {
    debug_assert!(!is_below_code(l));
    let state = expose_within_run(l);
    // SAFETY: the host's hook; CFRAMES: as above.
    unsafe { hook(state.cast(), record) };
    l.global().orders_by_bytes.set(false);
}

/// What a function called by the interpreter throws is to be caught in this State.
#[inline(always)]
fn expose_within_run(l: &mut State) -> *mut c_void {
    l.exposed = true;
    let state: *mut State = l;
    let point: *mut RecoveryPoint = l.global().recovery.newest.get().cast();
    // SAFETY: within a run the newest recovery point is the run's.
    unsafe { (*point).state = state.cast() };
    state.cast()
}

/// Where a run goes on that a function has left which a handler had called, by a throw or an exception; null to end it.
///
/// # Safety
/// This is what has just happened in the Global.
#[cold]
#[inline(never)]
pub unsafe fn landed(global: &Global, code: u32) -> *mut State {
    // SAFETY: the State that the function was given, which runs.
    let l = unsafe { &mut *global.recovery.catcher.get().cast::<State>() };
    let thrown = decode(l, code);
    let flags = l.frame().flags;
    if thrown.status == Status::Exception && flags.has(FrameFlags::FOREIGN) && flags.has(FrameFlags::HIDDEN) {
        l.allow_hook = true; // it was a hook, and there may be no catcher that allows them again
    }
    unwind::unwind(l, thrown)
}

/// Whether a `lua_CFunction` returned what one may: its count of results, or what `lua_yield` gave it.
fn check_results(l: &mut State, count: i32) {
    let frame = l.frame_mut();
    let yields = frame.flags.has(FrameFlags::YIELDS);
    frame.flags = frame.flags.without(FrameFlags::YIELDS);
    let held = l.arg_count();
    match count {
        _ if yields && count >= 0 => {
            misuse::abort(format_args!("a C function returned {count} and not what lua_yield gave"))
        }
        _ if yields => {}
        ..0 => misuse::abort(format_args!("a C function returned {count}, but never called lua_yield")),
        _ if count as usize > held => misuse::abort(format_args!(
            "a C function returned {count}, as many results, but its stack holds {held}"
        )),
        _ => {}
    }
}

/// What a `lua_CFunction` wants that did not return a count of results.
#[cold]
#[inline(never)]
pub fn after(l: &mut State, outcome: CallOutcome) -> NativeResult {
    if !outcome.returned() {
        return Err(decode(l, outcome.code()));
    }
    // `lua_yield` left the count in the frame.
    Ok(Outcome::Yield(mem::take(&mut l.frame_mut().pending)))
}

/// Calls another C function: a hook of calls and returns, or what calls a reader or writer.
#[inline(always)]
pub fn call_with(l: &mut State, f: *const c_void, arg: *mut c_void) -> Result<u64, Thrown> {
    l.exposed = true;
    let state: *mut State = l;
    let outer = l.global().switchboard.outer();
    // SAFETY: CFRAMES: as above.
    let WordOutcome { value, code } =
        unsafe { boundary::protected_call2(&l.global().recovery, f, state.cast(), arg) };
    l.global().switchboard.restore(outer);
    l.global().orders_by_bytes.set(false);
    if code == 0 { Ok(value) } else { Err(decode(l, code as u32)) }
}

/// Jumps to the newest recovery point with an error whose value is on top of `l`. Without one:
/// the panic function, then the end of the process. An exception flies on instead.
#[cold]
#[inline(never)]
pub fn throw(l: &mut State, thrown: Thrown) -> ! {
    let recovery = &l.global().recovery;
    if thrown.status == Status::Exception {
        // SAFETY: CFRAMES: the API function that calls this holds nothing to drop.
        unsafe { exceptions::fly_on(recovery) }
    }
    let point: *mut RecoveryPoint = recovery.newest.get().cast();
    if point.is_null() {
        panic(l, thrown);
    }
    let thrower: *mut State = l;
    // SAFETY: the newest recovery point, whose call has not returned; it is of a State whose C
    // function is running.
    let catcher: *mut State = unsafe { (*point).state.cast() };
    if catcher != thrower && carries_value(thrown) {
        let value = l.pop();
        // SAFETY: it is another State than ours.
        unsafe { (*catcher).push(value) };
    }
    let code = unwind::encode(thrown) as u32;
    recovery.catcher.set(catcher.cast());
    // SAFETY: CFRAMES: as above; the point is the newest.
    unsafe {
        exceptions::raise(recovery, code);
        boundary::throw(point, code)
    }
}

fn carries_value(thrown: Thrown) -> bool {
    !matches!(thrown.status, Status::Memory | Status::Handler)
}

#[cold]
#[inline(never)]
fn decode(l: &State, code: u32) -> Thrown {
    let code = match code {
        boundary::EXCEPTION => match exceptions::landed(&l.global().recovery) {
            Some(code) => code,
            None => return Thrown::new(Status::Exception),
        },
        code => code,
    };
    match unwind::decode(code as u64) {
        Err(thrown) => thrown,
        Ok(_) => unreachable!("throws carry errors"),
    }
}

/// What whoever catches an error has as its value: that on top of the stack; for an exception, which
/// ends here, what lies in `slot`.
///
/// COMPAT: so in the reference's C++ flavour the function that was called stands for an exception.
pub fn caught_value(l: &mut State, thrown: Thrown, slot: *mut Value) -> Value {
    if thrown.status != Status::Exception {
        return l.take_error_value(thrown);
    }
    exceptions::release(&l.global().recovery);
    // SAFETY: STACK: the catcher's slot.
    unsafe { *slot }
}

/// Whether an error passes through protected calls: an exception, in the C flavour.
pub fn passes_catchers(thrown: Thrown) -> bool {
    thrown.status == Status::Exception && !exceptions::are_caught()
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
