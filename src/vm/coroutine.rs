//! Coroutines: each a State with its own stack and frames.
//!
//! A builtin that resumes one waits like any builtin that calls: the interpreter simply goes on
//! with the coroutine's State, and comes back when the coroutine yields, ends or fails. No machine
//! stack is used, so a coroutine yields through everything but foreign C frames.
//! `lua_resume`, called by C, makes a nested run instead.
//!
//! Invariant: `resumer` is set exactly while the coroutine runs for a builtin's `Resume`.

use core::ffi::c_int;
use core::ptr;

use crate::heap::Gc;
use crate::object::Value;
use crate::state::state::{MIN_STACK, NOT_PLAIN};
use crate::state::{
    FrameFlags, Known, META_RESULT, MULTRET, Outcome, Resumed, State, Status, Thrown,
};
use crate::vm::code::{CONTINUE, COROUTINE_END, HALT};
use crate::vm::frames::{self, Begun, Next, drive};
use crate::vm::{call, foreign, interp, safepoint, unwind};

pub use crate::vm::interp::fast::coroutine::{after_resume, after_wrapped, rethrow};

/// How many coroutines may have resumed each other: bounds memory in a runaway recursion, as
/// "C stack overflow" does in the reference at 200.
pub const MAX_NESTING: u16 = 20_000;

/// `lua_newthread`: a thread sharing `l`'s globals and hooks, for a host; not pushed.
pub fn new_thread(l: &mut State) -> Result<Gc<State>, Thrown> {
    Ok(State::new(l.global(), l.globals, Some(l), true, 0)?)
}

/// A coroutine that will run `function`, or, if that is none of Lua, whatever is pushed on its stack.
pub fn new_coroutine(l: &mut State, function: Value) -> Result<Gc<State>, Thrown> {
    let registers = function.as_lua_closure().map_or(0, |f| f.proto.max_stack as usize);
    Ok(State::new(l.global(), l.globals, Some(l), false, registers)?)
}

/// How a coroutine stands to the thread that asks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Running,
    Suspended,
    /// It has resumed another.
    Normal,
    Dead,
}

impl Standing {
    #[inline(always)]
    pub fn of(l: &State, co: Gc<State>) -> Standing {
        if co == l.handle() {
            return Standing::Running;
        }
        match co.status {
            Status::Yield => Standing::Suspended,
            Status::Ok if co.frame_index() > 0 => Standing::Normal,
            Status::Ok if co.arg_count() == 0 => Standing::Dead,
            Status::Ok => Standing::Suspended, // not begun
            _ => Standing::Dead,
        }
    }

    /// What `coroutine.status` calls it.
    #[inline(always)]
    pub fn name(self) -> Known {
        match self {
            Standing::Running => Known::Running,
            Standing::Suspended => Known::Suspended,
            Standing::Normal => Known::Normal,
            Standing::Dead => Known::Dead,
        }
    }
}

/// Whether `Outcome::Resume` can run `co` (`coroutine.resume`'s checks); the reason if not, as
/// the reference words it.
pub fn resumable(l: &State, co: Gc<State>) -> Result<(), &'static [u8]> {
    const NON_SUSPENDED: &[u8] = b"cannot resume non-suspended coroutine";
    const DEAD: &[u8] = b"cannot resume dead coroutine";
    if co == l.handle() {
        return Err(NON_SUSPENDED);
    }
    match co.status {
        Status::Yield => Ok(()),
        Status::Ok if co.frame_index() > 0 || !co.resumer.is_null() => Err(NON_SUSPENDED),
        Status::Ok if co.arg_count() == 0 => Err(DEAD),
        Status::Ok => Ok(()),
        _ => Err(DEAD),
    }
}

/// `Outcome::Resume`: the newest frame of `l` waits for the coroutine it named, which takes the
/// values from the frame's `pending` slot on.
pub fn switch_to(l: &mut State) -> Next {
    let frame = l.frame_mut();
    let co: *mut State = frame.k.cast_mut().cast();
    frame.pc = &raw const CONTINUE;
    frame.flags = frame.flags.with(FrameFlags::RESUMES);
    let first = frame.base.wrapping_add(frame.pending as usize);
    let nargs = (l.top as usize - first as usize) / size_of::<Value>();
    // SAFETY: `request_resume` named a live coroutine; if it is another State than its resumer
    // (`resumable`) it is not running.
    let handle = unsafe { Gc::from_ptr(co) };
    let refusal: Option<&[u8]> = match resumable(l, handle) {
        Err(reason) => Some(reason),
        Ok(()) if l.nesting >= MAX_NESTING => Some(b"C stack overflow"),
        Ok(()) => None,
    };
    if let Some(reason) = refusal {
        l.drop_values(nargs);
        let outcome = match l.push_bytes(reason) {
            Ok(()) => frames::resume_builtin(l, Resumed { status: Status::Runtime, count: 1 }),
            Err(thrown) => Err(thrown),
        };
        return Next::Drive(l, Begun::Native(outcome));
    }
    // SAFETY: as above.
    let co = unsafe { &mut *co };
    co.touch();
    if let Err(thrown) = co.ensure_stack(nargs) {
        let thrown = hand_over_error(co, l, thrown);
        return Next::Drive(l, Begun::Failed(thrown));
    }
    move_values(l, co, nargs);
    co.resumer = l;
    co.nesting = l.nesting + 1;
    co.base_c_calls = co.c_calls;
    let plain = l.frame().nresults >= 0;
    co.plain_c_calls = if plain { co.c_calls } else { NOT_PLAIN };
    enter(co, nargs)
}

/// Begins a coroutine, or lets its interrupted frame have `nargs` values as results.
fn enter(co: &mut State, nargs: usize) -> Next {
    if co.status == Status::Ok {
        let func = co.top.wrapping_sub(nargs + 1);
        co.frame_mut().pc = &raw const COROUTINE_END;
        let begun = frames::begin(co, func, MULTRET);
        return Next::Drive(co, begun);
    }
    co.status = Status::Ok;
    if co.frame().flags.has(FrameFlags::HIDDEN) {
        // It yielded in a hook: nothing awaits the values.
        let kept = co.frame().pending as usize;
        co.ci = co.ci.wrapping_sub(1);
        co.top = co.frame().base.wrapping_add(kept);
        return Next::Go(co);
    }
    let first = co.top.wrapping_sub(nargs);
    Next::Go(frames::return_from(co, first, nargs))
}

/// Moves the topmost `count` values of one stack to another, which has room.
fn move_values(from: &mut State, to: &mut State, count: usize) {
    let first = from.top.wrapping_sub(count);
    for i in 0..count {
        // SAFETY: STACK: `count` values lie at `first`.
        to.push(unsafe { *first.add(i) });
    }
    from.top = first;
}

fn hand_over_error(from: &mut State, to: &mut State, thrown: Thrown) -> Thrown {
    if thrown.status == Status::Exception {
        return thrown;
    }
    let value = from.take_error_value(thrown);
    if carries_value(thrown) {
        to.push(value);
    }
    thrown
}

/// Whether the error's value is on the stack.
fn carries_value(thrown: Thrown) -> bool {
    !matches!(thrown.status, Status::Memory | Status::Handler)
}

/// Whether a yield of the running function would succeed.
#[inline]
pub fn may_yield(l: &State) -> bool {
    !l.is_main() && l.c_calls == l.base_c_calls
}

pub fn cannot_yield(l: &mut State) -> Thrown {
    l.runtime_error(&[b"attempt to yield across metamethod/C-call boundary"])
}

/// Suspends `l`, whose newest frame is the function that yields; the topmost `count` values go to
/// the resumer.
pub fn suspend(l: &mut State, count: u32) -> Next {
    if !may_yield(l) {
        let thrown = cannot_yield(l);
        return Next::Drive(l, Begun::Failed(thrown));
    }
    if l.frame().is_lua()
        && let Err(thrown) = rest_in_hook(l)
    {
        return Next::Drive(l, Begun::Failed(thrown));
    }
    let resumer = l.resumer;
    if resumer.is_null() {
        l.status = Status::Yield;
        show_only(l, count as usize);
        l.global().exit_code.set(interp::EXIT_YIELD);
        return Next::Go(ptr::null_mut());
    }
    // SAFETY: a resumer waits for the coroutine it resumed, so it is alive, and it is another.
    let to = unsafe { &mut *resumer };
    if let Err(thrown) = to.ensure_stack(count as usize) {
        let thrown = hand_over_error(to, l, thrown);
        return Next::Drive(l, Begun::Failed(thrown));
    }
    l.status = Status::Yield;
    l.resumer = ptr::null_mut();
    move_values(l, to, count as usize);
    show_only(l, 0);
    let outcome = frames::resume_builtin(to, Resumed { status: Status::Yield, count });
    Next::Drive(to, Begun::Native(outcome))
}

/// PERF: `suspend` and what follows when a builtin has resumed `l`, without a turn of `drive`'s loop.
pub fn yield_now(l: &mut State, count: u32) -> *mut State {
    let resumer = l.resumer;
    let wanted = count as usize;
    // SAFETY: a resumer waits for the coroutine it resumed, so it is alive, and it is another.
    if !resumer.is_null()
        && may_yield(l)
        && let to = unsafe { &mut *resumer }
        && to.has_room(wanted)
    {
        l.status = Status::Yield;
        l.resumer = ptr::null_mut();
        move_values(l, to, wanted);
        show_only(l, 0);
        let outcome = frames::resume_builtin(to, Resumed { status: Status::Yield, count });
        if let Ok(Outcome::Return(count)) = outcome {
            let first = to.top.wrapping_sub(count as usize);
            return frames::return_from(to, first, count as usize);
        }
        return drive(to, Begun::Native(outcome));
    }
    drive(l, Begun::Native(Ok(Outcome::Yield(count))))
}

/// Makes the topmost `count` values all that the suspended function's frame shows to the host. It keeps no turn.
fn show_only(l: &mut State, count: usize) {
    let base = l.top.wrapping_sub(count);
    let frame = l.frame_mut();
    frame.base = base;
    frame.keep_turn(ptr::null());
}

/// A hook suspends a function of Lua: the host works in a frame above its registers meanwhile, which are no
/// values of the host's. The frame keeps how many slots the instruction that follows takes for values.
fn rest_in_hook(l: &mut State) -> Result<(), Thrown> {
    let frame = l.frame();
    // A Lua function keeps `top` only for instructions that take values up to it: else it may even lie below.
    // SAFETY: STACK: top and base are in the same stack.
    let kept = unsafe { l.top.offset_from(frame.base) }.max(0);
    l.top = l.top.max(frame.top);
    l.ensure_stack(MIN_STACK)?;
    l.next_frame()?;
    frames::push_room(l, l.top);
    let frame = l.frame_mut();
    frame.pending = kept as u32;
    frame.nresults = META_RESULT; // it takes none (`interp::fast::coroutine`)
    Ok(())
}

/// The main function of `l` has returned: its results are all the stack holds.
pub fn finished(l: *mut State) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    let resumer = l.resumer;
    if resumer.is_null() {
        l.global().exit_code.set(interp::EXIT_OK);
        return ptr::null_mut();
    }
    let count = l.arg_count();
    // SAFETY: a resumer waits for the coroutine it resumed, so it is alive, and it is another.
    let to = unsafe { &mut *resumer };
    l.resumer = ptr::null_mut();
    l.frame_mut().pc = &raw const HALT;
    if let Err(thrown) = to.ensure_stack(count) {
        l.drop_values(count);
        return unwind::unwind(to, thrown);
    }
    move_values(l, to, count);
    let outcome = frames::resume_builtin(to, Resumed { status: Status::Ok, count: count as u32 });
    drive(to, Begun::Native(outcome))
}

/// An error reached the bottom of `l`: the coroutine is dead, its frames kept for tracebacks, and
/// its resumer gets the error, or, if the run is `ending`, passes it on.
pub fn died(l: &mut State, thrown: Thrown, ending: bool) -> Next {
    let passes = foreign::passes_catchers(thrown);
    let value = if passes { Value::NIL } else { error_value(l, thrown) };
    if !passes {
        leave_error(l, thrown, value);
    }
    // SAFETY: the unwinder saw that there is a resumer; it waits, so it is alive.
    let to = unsafe { &mut *l.resumer };
    l.status = thrown.status;
    l.resumer = ptr::null_mut();
    if passes {
        return Next::Drive(to, Begun::Native(Err(thrown)));
    }
    if let Err(thrown) = to.ensure_stack(1) {
        return Next::Drive(to, Begun::Failed(thrown));
    }
    if ending {
        // What resumed waits where it is, like whatever else the error passes.
        let thrown = Thrown { handled: true, ..thrown_as_error(thrown) };
        if carries_value(thrown) {
            to.push(value);
        }
        return Next::Drive(to, Begun::Native(Err(thrown)));
    }
    // An error may pass many coroutines, and its message grow in each.
    if let Err(thrown) = to.charge(1) {
        return Next::Drive(to, Begun::Native(Err(thrown)));
    }
    to.push(value);
    let outcome = frames::resume_builtin(to, Resumed { status: thrown.status, count: 1 });
    Next::Drive(to, Begun::Native(outcome))
}

/// An exception that has been caught goes on as an error of Lua.
fn thrown_as_error(thrown: Thrown) -> Thrown {
    if thrown.status == Status::Exception { Thrown::new(Status::Runtime) } else { thrown }
}

/// Leaves on a dead coroutine's stack what the reference leaves there, where hosts see it: an error's value
/// where it was raised, and below a message that the VM made for a function of Lua the same without the position.
fn leave_error(co: &mut State, thrown: Thrown, value: Value) {
    // The values are the function's that made the call, not those of the border above it.
    while co.frame().flags.has(FrameFlags::HIDDEN) {
        co.ci = co.ci.wrapping_sub(1);
    }
    if !matches!(thrown.status, Status::Runtime) {
        return;
    }
    if let Some(bare) = bare_message(co, value) {
        co.push(bare);
    }
    co.push(value);
}

/// The rest of a message that begins with the position of the newest frame, a Lua function's. None as well where
/// there is no memory for it.
pub fn bare_message(co: &mut State, message: Value) -> Option<Value> {
    let message = message.as_string()?;
    let (proto, line) = (co.frame_proto(co.frame())?, co.frame_line(co.frame())?);
    let position = co.position(proto, line).ok()?;
    let bare = message.as_bytes().strip_prefix(position.as_bytes())?;
    co.new_string(bare).ok().map(Value::string)
}

/// What a dead coroutine tells its resumer: of an exception, nothing.
fn error_value(l: &mut State, thrown: Thrown) -> Value {
    let mut none = Value::NIL;
    foreign::caught_value(l, thrown, &mut none)
}

// For C ---------------------------------------------------------------------------------------------

/// `lua_resume`, from C: a nested run. The coroutine's stack holds (function and) `nargs` arguments.
///
/// # Errors
/// An exception that no one here catches; the coroutine is dead.
pub fn resume(co: &mut State, nargs: usize) -> Result<Status, Thrown> {
    if let Some(reason) = refusal(co, nargs) {
        // COMPAT: the arguments go, the message comes.
        let base = co.frame().base;
        co.top = base;
        let _ = co.push_bytes(reason);
        return Ok(Status::Runtime);
    }
    call::begin_outermost(co);
    let global = co.global();
    let depth = global.c_depth.get();
    global.c_depth.set(depth + 1);
    co.c_calls += 1;
    let outer_base = co.base_c_calls;
    co.base_c_calls = co.c_calls;
    co.plain_c_calls = NOT_PLAIN;
    let result = run(co, nargs);
    co.c_calls -= 1;
    co.base_c_calls = outer_base;
    global.c_depth.set(depth);
    ended(co, result)
}

/// What a run of `co` for a host has come to.
///
/// # Errors
/// As `resume`.
pub fn ended(co: &mut State, result: Result<bool, Thrown>) -> Result<Status, Thrown> {
    match result {
        Ok(true) => Ok(Status::Yield),
        Ok(false) => Ok(Status::Ok),
        Err(thrown) => {
            co.status = thrown.status;
            if foreign::passes_catchers(thrown) {
                return Err(thrown);
            }
            let value = error_value(co, thrown);
            leave_error(co, thrown, value);
            co.push(value);
            // The host may still work there.
            let top = co.top.wrapping_add(MIN_STACK).min(co.stack_limit);
            co.frame_mut().top = top;
            call::end_outermost(co);
            safepoint::collect_if_wanted(co);
            Ok(thrown.status)
        }
    }
}

fn refusal(co: &State, nargs: usize) -> Option<&'static [u8]> {
    if co.status != Status::Yield && (co.status != Status::Ok || co.frame_index() != 0) {
        return Some(b"cannot resume non-suspended coroutine");
    }
    if co.status == Status::Ok && co.arg_count() <= nargs {
        return Some(b"cannot resume dead coroutine");
    }
    if call::is_too_deep(co.global()) {
        return Some(b"C stack overflow");
    }
    None
}

fn run(co: &mut State, nargs: usize) -> Result<bool, Thrown> {
    co.charge(1)?;
    let next = match enter(co, nargs) {
        Next::Drive(_, begun) => drive(co, begun),
        Next::Go(next) => next,
    };
    let code = if next.is_null() {
        co.global().exit_code.get()
    } else {
        // SAFETY: the State's newest frame says where to go on.
        unsafe { interp::run(next) }
    };
    unwind::decode(code)
}

/// `coroutine.resume` called by C through its C entry: `co` runs in a nested run. The topmost
/// `nargs` values of `l` are passed; results, yielded values or the error value are pushed.
pub fn resume_nested(l: &mut State, co: Gc<State>, nargs: u32) -> Result<Resumed, Thrown> {
    // SAFETY: a coroutine is another State than its resumer.
    let co = unsafe { &mut *co.as_ptr() };
    co.touch();
    co.ensure_stack(nargs as usize)?;
    move_values(l, co, nargs as usize);
    let status = resume(co, nargs as usize)?;
    let count = if matches!(status, Status::Ok | Status::Yield) { co.arg_count() } else { 1 };
    l.ensure_stack(count)?;
    move_values(co, l, count);
    Ok(Resumed { status, count: count as u32 })
}

/// `lua_yield`, from a C function: what it must return to the VM, or the error of yielding where
/// that is not possible.
pub fn yield_from_c(l: &mut State, nresults: usize) -> Result<c_int, Thrown> {
    if !may_yield(l) {
        return Err(cannot_yield(l));
    }
    if l.frame().flags.has(FrameFlags::HIDDEN) {
        l.status = Status::Yield; // in a hook: it suspends when the hook returns
    }
    let frame = l.frame_mut();
    frame.pending = nresults as u32;
    if cfg!(feature = "checks") {
        frame.flags = frame.flags.with(FrameFlags::YIELDS);
    }
    Ok(-1)
}
