//! Calls from Rust and C: nested runs of the interpreter.
//!
//! Not here: what C mostly calls or resumes, the quick way (`from_c`, `resume`).

use crate::heap::Gc;
use crate::object::Value;
use crate::state::native::NO_HANDLER;
use crate::state::state::MIN_STACK;
use crate::state::{
    CFunction, Continuation, FrameFlags, Global, NativeFn, NativeResult, Outcome, Resumed, State,
    Status, Thrown,
};
use crate::vm::boundary::CallOutcome;
use crate::vm::code::HALT;
use crate::vm::frames::{self, Begun, drive, slot_offset};
pub use crate::vm::interp::fast::Fast;
use crate::vm::{boundary, coroutine, foreign, hooks, interp, safepoint, unwind};

pub mod from_c;
pub mod resume;

/// Nested runs, over all threads: one less than `LUAI_MAXCCALLS`, as the reference counts.
pub const MAX_C_DEPTH: u32 = 199;
/// Nested runs that are allowed without a look at the machine stack, which costs something.
const EASY_C_DEPTH: u32 = 16;

/// Whether there may be no further nested run.
#[inline(always)]
pub fn is_too_deep(global: &Global) -> bool {
    let depth = global.c_depth.get();
    depth >= EASY_C_DEPTH && (depth >= MAX_C_DEPTH || global.machine_stack.is_nearly_full())
}

/// Calls the function below the topmost `nargs` values; function and arguments are replaced by
/// `nresults` results (`MULTRET`: all). Not yieldable (a nested run of the interpreter).
///
/// # Errors
/// What the function threw: the error value is on top, the frames still stand (the catcher cuts
/// them back).
#[inline(never)]
pub fn call(l: &mut State, nargs: usize, nresults: i32) -> Result<(), Thrown> {
    l.charge(1)?;
    let func = l.top.wrapping_sub(nargs + 1);
    nested(l, func, nresults)
}

/// As `call`, but begun whatever the limits say: for finalizers, of which each is called once.
#[inline(never)]
pub fn call_uncounted(l: &mut State, nargs: usize, nresults: i32) -> Result<(), Thrown> {
    let func = l.top.wrapping_sub(nargs + 1);
    nested(l, func, nresults)
}

#[inline(always)]
fn nested(l: &mut State, func: *mut Value, nresults: i32) -> Result<(), Thrown> {
    let global = l.global();
    let depth = global.c_depth.get();
    if is_too_deep(global) {
        return Err(l.runtime_error(&[b"C stack overflow"]));
    }
    let caller = l.frame_index();
    let offset = slot_offset(l, func);
    global.c_depth.set(depth + 1);
    l.c_calls += 1;
    let ended = match begin_directly(l, func, nresults) {
        Some(Entry::Lua) => {
            let state: *mut State = l;
            finish(l, state)
        }
        Some(Entry::Foreign(f)) => {
            let outcome = foreign::enter(l, f);
            if return_directly(l, outcome, nresults) { Ok(()) } else { end_directly(l, outcome) }
        }
        None => behind_border(l, func, nresults),
    };
    l.c_calls -= 1;
    global.c_depth.set(depth);
    if let Err(thrown) = ended {
        failed(l, thrown, caller, offset);
    }
    ended
}

/// How a call begins.
enum Entry {
    /// In the interpreter.
    Lua,
    /// In a C function.
    Foreign(*const ()),
}

/// PERF: begins the call of a Lua function that has run before, or of a C function, from a frame at rest (a
/// C function's, or the bottom), with no hook and with room: its own frame is the border of the run. A
/// return into a frame at rest ends a run anyway. None: nothing was done.
#[inline(always)]
fn begin_directly(l: &mut State, func: *mut Value, nresults: i32) -> Option<Entry> {
    if !core::ptr::eq(l.frame().pc, &raw const HALT) {
        return None;
    }
    // SAFETY: STACK: func is below top.
    let callee = unsafe { *func };
    if let Some(closure) = callee.as_lua_closure()
        && frames::begin_lua_at_once(l, func, closure, nresults, FrameFlags::LUA.with(FrameFlags::FRESH))
    {
        return Some(Entry::Lua);
    }
    let closure = callee.as_native_closure()?;
    if !closure.rust_entry.is_null() || !frames::is_ready(l) || l.heap().step_due() {
        return None;
    }
    frames::push_native(l, func, nresults, FrameFlags::FOREIGN.with(FrameFlags::FRESH));
    Some(Entry::Foreign(closure.c_entry))
}

/// Returns from a C function that `begin_directly` has begun. False: it takes more.
#[inline(always)]
fn return_directly(l: &mut State, outcome: CallOutcome, nresults: i32) -> bool {
    match outcome.count_up_to(frames::MANY_RESULTS) {
        Some(count) if !l.is_traced() => {
            frames::return_at_once(l, count, nresults);
            true
        }
        _ => false,
    }
}

/// The same for whoever saves no registers. False: it takes more.
#[inline(always)]
fn return_few_directly(l: &mut State, outcome: CallOutcome, nresults: i32) -> bool {
    match outcome.count_up_to(frames::MANY_RESULTS) {
        Some(count) if !l.is_traced() => frames::return_few(l, count, nresults),
        _ => false,
    }
}

/// What a C function comes to that `begin_directly` has begun, where `return_directly` does not do.
#[cold]
#[inline(never)]
fn end_directly(l: &mut State, outcome: CallOutcome) -> Result<(), Thrown> {
    let result = foreign::result_of(l, outcome);
    carry_out_directly(l, result)
}

/// What a native function wants that `begin_directly` or `from_c` has begun.
#[inline(always)]
fn carry_out_directly(l: &mut State, result: NativeResult) -> Result<(), Thrown> {
    match result {
        // No handler is to be called first, so the border, which is this very frame, has caught it.
        Err(thrown) if l.errfunc == 0 => Err(thrown),
        result => {
            let next = drive(l, Begun::Native(result));
            finish(l, next)
        }
    }
}

/// Any call: a hidden frame below the callee's is the border.
#[inline(never)]
fn behind_border(l: &mut State, func: *mut Value, nresults: i32) -> Result<(), Thrown> {
    let offset = slot_offset(l, func);
    frames::push_hidden(l, FrameFlags::FRESH, &raw const HALT)?;
    let func = l.stack.wrapping_byte_add(offset);
    let begun = frames::begin(l, func, nresults);
    let next = drive(l, begun);
    finish(l, next)?;
    l.ci = l.ci.wrapping_sub(1);
    Ok(())
}

/// After an error has left a run that `caller`'s frame began for the function at `offset`.
#[cold]
#[inline(never)]
fn failed(l: &mut State, thrown: Thrown, caller: usize, offset: usize) {
    if thrown.status == Status::Exception {
        let func = l.stack.wrapping_byte_add(offset);
        unwind::abandon(l, caller, func);
    } else if let Some(frame) = l.frames_mut().get_mut(caller + 1) {
        // The frames still stand, but this one is no border any more for whoever looks for the
        // catcher among them.
        frame.flags = frame.flags.without(FrameFlags::FRESH);
    }
}

/// Runs from `next` to this run's border.
fn finish(l: &mut State, next: *mut State) -> Result<(), Thrown> {
    let code = if next.is_null() {
        l.global().exit_code.get()
    } else {
        // SAFETY: drive returned a State whose newest frame says where to go on.
        unsafe { interp::run(next) }
    };
    unwind::decode(code).map(|_| ())
}

/// What a protected call puts back when an error ends it.
struct Checkpoint {
    frame: usize,
    top: usize,
    errfunc: i32,
    allow_hook: bool,
    c_calls: u16,
    waiting: u32,
    c_depth: u32,
}

impl Checkpoint {
    /// `top`: where the error value will be.
    fn new(l: &State, top: *mut Value) -> Checkpoint {
        begin_outermost(l);
        Checkpoint {
            frame: l.frame_index(),
            top: slot_offset(l, top),
            errfunc: l.errfunc,
            allow_hook: l.allow_hook,
            c_calls: l.c_calls,
            waiting: l.waiting,
            c_depth: l.global().c_depth.get(),
        }
    }

    /// Puts all back, with the error value above. Err: an exception that is not to be caught here.
    fn restore(&self, l: &mut State, thrown: Thrown) -> Result<Status, Thrown> {
        let passes = foreign::passes_catchers(thrown);
        let top = l.stack.wrapping_byte_add(self.top);
        let value = if passes { Value::NIL } else { foreign::caught_value(l, thrown, top) };
        l.ci = l.ci_base.wrapping_add(self.frame);
        let top = l.stack.wrapping_byte_add(self.top);
        l.close_upvalues(top);
        l.top = top;
        if !passes {
            l.push(value);
        }
        l.allow_hook = self.allow_hook;
        l.c_calls = self.c_calls;
        l.waiting = self.waiting;
        l.global().c_depth.set(self.c_depth);
        l.forget_overflow();
        end_outermost(l);
        // Whoever catches want of memory finds room for what comes next, which may be no safepoint.
        safepoint::collect_if_wanted(l);
        if passes { Err(thrown) } else { Ok(thrown.status) }
    }
}

/// A protected call of the host begins: if it is no script that leads to it, a run begins.
pub fn begin_outermost(l: &State) {
    let global = l.global();
    if global.c_depth.get() == 0 && global.begin_limits() {
        hooks::use_table(global);
    }
}

/// A protected call of the host has failed: if it is no script that led to it, the run has ended, be
/// it by a limit or not.
pub fn end_outermost(l: &State) {
    let global = l.global();
    if global.c_depth.get() == 0 && global.stop_ending() {
        hooks::use_table(global);
    }
}

/// `lua_pcall`: as `call`, but errors end here: on error function and arguments are replaced by the
/// error value alone. `handler`: the absolute index of a message handler's slot (from `L.stack`),
/// 0 for none.
///
/// # Errors
/// An exception that no one here catches: function and arguments are gone.
#[inline(never)]
pub fn protected_call(
    l: &mut State,
    nargs: usize,
    nresults: i32,
    handler: usize,
) -> Result<Status, Thrown> {
    let func = l.top.wrapping_sub(nargs + 1);
    let checkpoint = Checkpoint::new(l, func);
    l.errfunc = (handler * size_of::<Value>()) as i32;
    let result = match l.charge(1) {
        Ok(()) => nested(l, func, nresults),
        Err(thrown) => Err(thrown),
    };
    l.errfunc = checkpoint.errfunc;
    match result {
        Ok(()) => Ok(Status::Ok),
        Err(thrown) => checkpoint.restore(l, thrown),
    }
}

/// Runs `body` with errors caught: on error the stack is cut back to its height at entry and the
/// error value pushed. For API functions such as lua_load.
///
/// COMPAT: the message handler in force stays in force, so it sees an error that ends here.
///
/// # Errors
/// An exception that no one here catches.
pub fn protect(
    l: &mut State,
    body: &mut dyn FnMut(&mut State) -> Result<(), Thrown>,
) -> Result<Status, Thrown> {
    let checkpoint = Checkpoint::new(l, l.top);
    match body(l) {
        Ok(()) => Ok(Status::Ok),
        Err(thrown) => {
            let handled = thrown.handled || l.global().limits.ending();
            let thrown = if thrown.status == Status::Runtime && !handled && l.errfunc != 0 {
                handle(l).err().unwrap_or(thrown)
            } else {
                thrown
            };
            l.errfunc = checkpoint.errfunc;
            checkpoint.restore(l, thrown)
        }
    }
}

/// `protect` with no message handler in force (`lua_cpcall`).
pub fn protect_unhandled(
    l: &mut State,
    body: &mut dyn FnMut(&mut State) -> Result<(), Thrown>,
) -> Result<Status, Thrown> {
    let errfunc = core::mem::take(&mut l.errfunc);
    let status = protect(l, body);
    l.errfunc = errfunc;
    status
}

/// Calls the message handler in force with the error value on top, which its result replaces.
fn handle(l: &mut State) -> Result<(), Thrown> {
    // SAFETY: STACK: errfunc is the offset of a slot in use.
    let handler = unsafe { *l.stack.wrapping_byte_offset(l.errfunc as isize) };
    l.ensure_stack(2)?;
    let value = l.from_top(1);
    l.push(handler);
    l.push(value);
    call(l, 1, 1)
}

/// Leaves an API function with an error: jumps to the newest recovery point, over foreign C frames
/// only (CFRAMES); without one calls the panic function and exits.
pub fn throw(l: &mut State, thrown: Thrown) -> ! {
    foreign::throw(l, thrown)
}

/// Runs a foreign C function that is no lua_CFunction (a reader, a writer) behind a recovery point,
/// so that an error it raises comes back as Err. `f(l, arg)` returns a word.
pub fn call_foreign(
    l: &mut State,
    f: unsafe extern "C" fn(*mut State, *mut core::ffi::c_void) -> usize,
    arg: *mut core::ffi::c_void,
) -> Result<usize, Thrown> {
    foreign::call_with(l, f as *const core::ffi::c_void, arg).map(|w| w as usize)
}

/// Runs one of our builtins on behalf of C code that calls its C entry directly: drives whatever
/// the builtin asks for by nested runs. Returns the number of results on top.
pub fn run_native(l: &mut State, f: NativeFn) -> Result<u32, Thrown> {
    let mut outcome = f(l)?;
    loop {
        outcome = match outcome {
            Outcome::Return(count) => return Ok(count),
            Outcome::Call => nested_call(l)?,
            Outcome::Resume => nested_resume(l)?,
            Outcome::Yield(_) => return Err(coroutine::cannot_yield(l)),
        };
    }
}

/// Makes the call a builtin asked for by a nested run, and calls its continuation.
fn nested_call(l: &mut State) -> Result<Outcome, Thrown> {
    let frame = l.frame_mut();
    let flags = frame.flags;
    frame.flags = flags.without(FrameFlags::CATCHES).without(FrameFlags::HOOKS_ALLOWED);
    let (pending, wanted, handler) =
        (frame.pending as usize, frame.tail_calls as i32, frame.saved_errfunc());
    let then = frame.then.take();
    let nargs = l.arg_count() - pending - 1;
    let status = if !flags.has(FrameFlags::CATCHES) {
        call(l, nargs, wanted)?;
        Status::Ok
    } else if handler == NO_HANDLER {
        protected_call(l, nargs, wanted, 0)?
    } else {
        let slot = l.frame().base.wrapping_offset(handler as isize);
        let handler = slot_offset(l, slot) / size_of::<Value>();
        protected_call(l, nargs, wanted, handler)?
    };
    l.pass_on_ending(status)?;
    let count = (l.arg_count() - pending) as u32;
    go_on(l, then, Resumed { status, count })
}

/// Runs the coroutine a builtin named by a nested run, and calls its continuation.
fn nested_resume(l: &mut State) -> Result<Outcome, Thrown> {
    let frame = l.frame_mut();
    let co: *mut State = frame.k.cast_mut().cast();
    let pending = frame.pending as usize;
    let then = frame.then.take();
    let nargs = (l.arg_count() - pending) as u32;
    // SAFETY: `request_resume` named a live coroutine.
    let resumed = coroutine::resume_nested(l, unsafe { Gc::from_ptr(co) }, nargs)?;
    if resumed.status != Status::Yield {
        l.pass_on_ending(resumed.status)?;
    }
    go_on(l, then, resumed)
}

fn go_on(
    l: &mut State,
    then: Option<Continuation>,
    resumed: Resumed,
) -> Result<Outcome, Thrown> {
    l.ensure_stack(MIN_STACK)?;
    match then {
        Some(then) => then(l, resumed),
        None => unreachable!("a request has a continuation"),
    }
}

/// The C entry of a builtin, as every builtin's thunk calls it: `run_native`, errors thrown.
pub fn enter_from_c(l: *mut State, f: NativeFn) -> core::ffi::c_int {
    // SAFETY: ONEWORLD: C passes the State it was given; no Rust reference to it is in use while C
    // runs.
    let l = unsafe { &mut *l };
    match run_native(l, f) {
        Ok(n) => {
            // The frame is that of C code, which goes on in it.
            let frame = l.frame_mut();
            frame.flags = frame.flags.without(FrameFlags::HAS_VIEW);
            n as core::ffi::c_int
        }
        Err(thrown) => throw(l, thrown),
    }
}

/// A builtin with both its entries, for tables of library functions.
#[derive(Clone, Copy)]
pub struct Builtin {
    pub name: &'static str,
    pub rust: NativeFn,
    pub c: CFunction,
    /// The interpreter's handler for it.
    pub fast: Fast,
}

/// `builtin!("name", path)`: a `Builtin` whose C entry is made here; `builtin!("name", path, Fast)`
/// for one that the interpreter has a handler for.
#[macro_export]
macro_rules! builtin {
    ($name:expr, $f:path) => {
        $crate::builtin!($name, $f, None)
    };
    ($name:expr, $f:path, $fast:ident) => {{
        unsafe extern "C" fn entry(l: *mut $crate::state::State) -> core::ffi::c_int {
            $crate::vm::call::enter_from_c(l, $f)
        }
        $crate::vm::call::Builtin {
            name: $name,
            rust: $f,
            c: entry,
            fast: $crate::vm::call::Fast::$fast,
        }
    }};
}

