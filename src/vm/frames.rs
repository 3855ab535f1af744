//! Calls and returns of every kind, without recursion.
//!
//! Each function here leaves the State such that its newest frame says where to go on, and returns
//! that State; the interpreter jumps there. A builtin that wants something called is driven by
//! `drive`: the call's frame goes on top of the builtin's, whose pc is the mark `CONTINUE`.
//!
//! Not here: errors (`unwind`), coroutine switches (`coroutine`), completing an instruction whose
//! metamethod has returned (`complete`).

use crate::heap::Gc;
use crate::object::proto::VARARG_NEEDS_ARG;
use crate::object::{LuaClosure, NativeClosure, Table, Value};
use crate::state::native::NO_HANDLER;
use crate::state::state::MIN_STACK;
use crate::state::{
    CallInfo, Event, FrameFlags, META_RESULT, MULTRET, NativeFn, NativeResult, Outcome,
    Resumed, State, Status, Thrown,
};
use crate::vm::code::{CONTINUE, HALT, constants, frame_word};
use crate::vm::debug::errors::{self, Operand};
use crate::vm::{complete, coroutine, foreign, hooks, safepoint, translate, unwind};

/// CALL of anything but a ready Lua function: `nargs` arguments behind `func`.
#[inline(never)]
pub extern "C" fn call_from_lua(
    l: *mut State,
    pc: *const u64,
    func: *mut Value,
    nargs: usize,
) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    l.frame_mut().pc = pc.wrapping_add(1);
    l.top = func.wrapping_add(1 + nargs);
    // SAFETY: pc is a word of live code.
    let wanted = unsafe { *pc.cast::<u8>().add(3) } as i32 - 1;
    let outcome = begin(l, func, wanted);
    drive(l, outcome)
}

/// Whether a native function can be called without further ado: no hooks, room for its frame.
#[inline(always)]
pub fn is_ready(l: &State) -> bool {
    !(l.hook_mask != 0
        || l.top.wrapping_add(MIN_STACK) > l.stack_limit
        || l.ci.wrapping_add(1) == l.ci_limit
        || cfg!(feature = "checks"))
}

/// Pushes the frame of a ready foreign function and calls it. Ok: how many results it returned;
/// Err: whatever else it wants.
#[inline(always)]
pub fn run_foreign(
    l: &mut State,
    func: *mut Value,
    closure: Gc<NativeClosure>,
    wanted: i32,
    flags: FrameFlags,
) -> Result<u32, NativeResult> {
    let ci = l.ci.wrapping_add(1);
    let top = l.top.wrapping_add(MIN_STACK);
    // SAFETY: `is_ready` saw that the frame array has room.
    unsafe { CallInfo::write_native(ci, func, top, wanted, flags) };
    l.ci = ci;
    if l.heap().step_due()
        && let Err(thrown) = safepoint::check(l)
    {
        return Err(Err(thrown));
    }
    let outcome = foreign::enter(l, closure.c_entry);
    let count = outcome.value();
    if outcome.returned() && count >= 0 { Ok(count as u32) } else { Err(foreign::after(l, outcome)) }
}

/// PERF: `return_from` for a foreign function's topmost `count` values, at most `MANY_RESULTS`, when there
/// are no hooks and results are what its caller wants.
#[inline(always)]
pub fn return_at_once(l: &mut State, count: usize, wanted: i32) {
    let first = l.top.wrapping_sub(count);
    let func = l.frame().func; // the stack may have moved
    l.ci = l.ci.wrapping_sub(1);
    // SAFETY: STACK: the results lie above func, and the wanted ones below the frame's top.
    unsafe {
        if wanted == 0 {
            l.top = func;
            return;
        }
        if count == 1 && wanted == 1 {
            *func = *first;
            l.top = func.add(1);
            return;
        }
        let given = if wanted == MULTRET { count } else { count.min(wanted as usize) };
        move_down(first, func, given);
        l.top = func.add(given);
        for _ in given..wanted.max(0) as usize {
            l.push(Value::NIL);
        }
    }
}

/// The call of a native function by the newest frame, a Lua function's; its arguments end at the top.
#[inline(never)]
pub extern "C" fn call_native(
    l: *mut State,
    pc: *const u64,
    func: *mut Value,
    wanted: i32,
) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    l.frame_mut().pc = pc.wrapping_add(1);
    match begin(l, func, wanted) {
        Begun::Native(outcome) => carry_out(l, outcome),
        begun => drive(l, begun),
    }
}

/// TFORLOOP's call: iterator, state and control are copied above and called; the next word tests
/// the result.
#[inline(never)]
pub extern "C" fn tfor_call(l: *mut State, pc: *const u64) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    let insn = crate::vm::code::Insn(unsafe_word(pc));
    let frame = l.frame_mut();
    frame.pc = pc.wrapping_add(1);
    let slots = frame.base.wrapping_add(insn.a());
    let func = slots.wrapping_add(3);
    // SAFETY: STACK: the verifier demands registers up to A+5.
    unsafe { func.copy_from_nonoverlapping(slots, 3) };
    l.top = func.wrapping_add(3);
    let outcome = begin(l, func, insn.c() as i32);
    drive(l, outcome)
}

fn unsafe_word(pc: *const u64) -> u64 {
    // SAFETY: workers are given the pc of the word being executed.
    unsafe { *pc }
}

impl CallInfo {
    /// Makes `ci` a native function's frame. What only a request or a yield needs is left as it is.
    ///
    /// # Safety
    /// `ci` is a place in the frame array.
    #[inline(always)]
    pub unsafe fn write_native(
        ci: *mut CallInfo,
        func: *mut Value,
        top: *mut Value,
        nresults: i32,
        flags: FrameFlags,
    ) {
        // SAFETY: the caller's promise; the array is initialised memory of plain words.
        unsafe {
            (*ci).func = func;
            (*ci).base = func.wrapping_add(1);
            (*ci).top = top;
            (*ci).pc = &raw const HALT;
            (*ci).nresults = nresults;
            (*ci).flags = flags;
            (*ci).tail_calls = 0;
            (*ci).pending = 0;
        }
    }
}

/// What beginning a call came to.
pub enum Begun {
    /// A Lua function's frame stands; go on in it.
    Lua,
    /// A native function ran; its frame stands, and this is what it wants.
    Native(NativeResult),
    /// The call could not be made; no frame was pushed.
    Failed(Thrown),
}

/// What to do after a step of `drive`'s.
pub enum Next {
    /// The State to go on with in the interpreter, null to leave the run.
    Go(*mut State),
    /// More of the same, in this State.
    Drive(*mut State, Begun),
}

/// Begins the call of the value at `func`, with the arguments between it and the top.
#[inline]
pub fn begin(l: &mut State, func: *mut Value, nresults: i32) -> Begun {
    // SAFETY: STACK: func is below top.
    let callee = unsafe { *func };
    if let Some(closure) = callee.as_native_closure() {
        return begin_native(l, func, closure, nresults);
    }
    if let Some(closure) = callee.as_lua_closure() {
        return match begin_lua(l, func, closure, nresults) {
            Ok(()) => Begun::Lua,
            Err(thrown) => Begun::Failed(thrown),
        };
    }
    match insert_call_metamethod(l, func) {
        Ok(func) => begin(l, func, nresults),
        Err(thrown) => Begun::Failed(thrown),
    }
}

/// Makes the `__call` metamethod of the value at `func` the function, the value its first argument.
#[cold]
fn insert_call_metamethod(l: &mut State, func: *mut Value) -> Result<*mut Value, Thrown> {
    // SAFETY: STACK: func is below top.
    let callee = unsafe { *func };
    let metamethod = l.metamethod(callee, Event::Call);
    if !metamethod.is_function() {
        return Err(errors::call_error(l, callee, Operand::Slot(func)));
    }
    let offset = slot_offset(l, func);
    l.ensure_stack(1)?;
    let func = l.stack.wrapping_byte_add(offset);
    let count = (l.top as usize - func as usize) / size_of::<Value>();
    // SAFETY: STACK: ensure_stack made room for one more above the `count` values.
    unsafe {
        core::ptr::copy(func, func.add(1), count);
        *func = metamethod;
        l.top = l.top.add(1);
    }
    Ok(func)
}

/// A slot's place as a byte offset, which survives a move of the stack.
pub fn slot_offset(l: &State, slot: *mut Value) -> usize {
    slot as usize - l.stack as usize
}

/// PERF: `begin_lua` for a function without varargs that has run before, when there is room and no
/// hook. False: nothing was done.
#[inline(always)]
pub fn begin_lua_at_once(
    l: &mut State,
    func: *mut Value,
    closure: Gc<LuaClosure>,
    nresults: i32,
) -> bool {
    let code = closure.entry.get();
    if code.is_null() || l.hook_mask != 0 || cfg!(feature = "checks") {
        return false;
    }
    // SAFETY: a closure's entry is live code.
    let frame = unsafe { frame_word(code) };
    let base = func.wrapping_add(1);
    let top = base.wrapping_add(frame.max_stack());
    let ci = l.ci.wrapping_add(1);
    if frame.vararg() != 0 || top > l.stack_limit || ci == l.ci_limit {
        return false;
    }
    let mut slot = l.top.min(base.wrapping_add(frame.params()));
    // SAFETY: STACK: the frame lies below the limit; there is room in the frame array.
    unsafe {
        while slot < top {
            slot.write_volatile(Value::NIL);
            slot = slot.add(1);
        }
        (*ci).func = func;
        (*ci).base = base;
        (*ci).top = top;
        (*ci).pc = code;
        (*ci).k = constants(code);
        (*ci).nresults = nresults;
        (*ci).flags = FrameFlags::LUA;
        (*ci).tail_calls = 0;
    }
    l.top = top;
    l.ci = ci;
    true
}

fn begin_lua(
    l: &mut State,
    func: *mut Value,
    closure: Gc<LuaClosure>,
    nresults: i32,
) -> Result<(), Thrown> {
    if begin_lua_at_once(l, func, closure, nresults) {
        return Ok(());
    }
    let proto = closure.proto;
    let code = translate::executable(l, proto)?;
    closure.entry.set(code);
    // SAFETY: `executable` returns live code.
    let frame = unsafe { frame_word(code) };
    let offset = slot_offset(l, func);
    // Vararg functions need room for a copy of their parameters, and of themselves.
    l.ensure_stack(frame.max_stack() + frame.params() + 2)?;
    l.next_frame()?;
    let func = l.stack.wrapping_byte_add(offset);
    let base = if frame.vararg() == 0 {
        let base = func.wrapping_add(1);
        let limit = base.wrapping_add(frame.params());
        l.top = l.top.min(limit);
        base
    } else {
        adjust_varargs(l, func, frame.params(), frame.vararg())?
    };
    let func = l.stack.wrapping_byte_add(offset);
    let top = base.wrapping_add(frame.max_stack());
    while l.top < top {
        l.push(Value::NIL);
    }
    l.top = top;
    let ci = l.ci.wrapping_add(1);
    // SAFETY: next_frame made room.
    unsafe {
        ci.write(CallInfo {
            func,
            base,
            top,
            pc: code,
            k: proto.constants.as_ptr(),
            nresults,
            flags: FrameFlags::LUA,
            tail_calls: 0,
            pending: 0,
            then: None,
            saved_errfunc: 0,
        });
    }
    l.ci = ci;
    if l.hook_mask != 0 {
        hooks::on_call(l)?;
    }
    Ok(())
}

/// Moves the parameters of a vararg function above its arguments, with the function below them
/// and, COMPAT, the table `arg` behind them if the function asks for it. Returns the base.
fn adjust_varargs(
    l: &mut State,
    func: *mut Value,
    params: usize,
    vararg: u8,
) -> Result<*mut Value, Thrown> {
    let offset = slot_offset(l, func);
    let actual = (l.top as usize - func as usize) / size_of::<Value>() - 1;
    let extra = actual.saturating_sub(params);
    let arg = if vararg & VARARG_NEEDS_ARG != 0 {
        let first = func.wrapping_add(1 + actual - extra);
        Some(make_arg_table(l, first, extra)?)
    } else {
        None
    };
    let func = l.stack.wrapping_byte_add(offset);
    let fixed = func.wrapping_add(1);
    // SAFETY: STACK: begin_lua made room for params + 2 further values.
    unsafe {
        l.push(*func);
        for i in 0..params {
            if i < actual {
                l.push(*fixed.add(i));
                *fixed.add(i) = Value::NIL;
            } else {
                l.push(Value::NIL);
            }
        }
    }
    let base = l.top.wrapping_sub(params);
    if let Some(arg) = arg {
        l.push(Value::table(arg));
    }
    Ok(base)
}

fn make_arg_table(l: &mut State, first: *mut Value, count: usize) -> Result<Gc<Table>, Thrown> {
    let heap = l.heap();
    let table = Table::with_capacity(heap, count, 1).map_err(|e| l.table_error(e))?;
    for i in 0..count {
        // SAFETY: STACK: `count` arguments begin at `first`.
        let value = unsafe { *first.add(i) };
        table.set_int(heap, i as i32 + 1, value).map_err(|e| l.table_error(e))?;
    }
    let n = l.new_string(b"n")?;
    table.set_str(heap, n, Value::number(count as f64)).map_err(|e| l.table_error(e))?;
    Ok(table)
}

#[inline]
fn begin_native(
    l: &mut State,
    func: *mut Value,
    closure: Gc<NativeClosure>,
    nresults: i32,
) -> Begun {
    let offset = slot_offset(l, func);
    if let Err(thrown) = l.ensure_stack(MIN_STACK) {
        return Begun::Failed(thrown);
    }
    let ci = match l.next_frame() {
        Ok(ci) => ci,
        Err(thrown) => return Begun::Failed(thrown),
    };
    let func = l.stack.wrapping_byte_add(offset);
    let builtin = !closure.rust_entry.is_null();
    let flags = if builtin { FrameFlags::NONE } else { FrameFlags::FOREIGN };
    let top = l.top.wrapping_add(MIN_STACK);
    // SAFETY: next_frame made room.
    unsafe { CallInfo::write_native(ci, func, top, nresults, flags) };
    l.ci = ci;
    if l.hook_mask != 0
        && let Err(thrown) = hooks::on_call(l)
    {
        return Begun::Native(Err(thrown));
    }
    if let Err(thrown) = safepoint::check(l) {
        return Begun::Native(Err(thrown));
    }
    Begun::Native(if builtin {
        // SAFETY: rust_entry of a builtin's closure is a NativeFn (`runtime::register`).
        let f: NativeFn = unsafe { core::mem::transmute(closure.rust_entry) };
        f(l)
    } else {
        foreign::call(l, closure.c_entry)
    })
}

/// PERF: `drive` for what builtins mostly want: to return, to have a Lua function called, to switch
/// coroutines.
#[inline(always)]
pub fn carry_out(l: &mut State, outcome: NativeResult) -> *mut State {
    match outcome {
        Ok(Outcome::Return(count)) => {
            let first = l.top.wrapping_sub(count as usize);
            return_from(l, first, count as usize)
        }
        Ok(Outcome::Call) => match begin_request(l) {
            Begun::Lua => l,
            begun => drive(l, begun),
        },
        Ok(Outcome::Resume) => match coroutine::switch_to(l) {
            Next::Go(state) => state,
            // SAFETY: the State to go on with; this one is not touched meanwhile.
            Next::Drive(state, begun) => drive(unsafe { &mut *state }, begun),
        },
        Ok(Outcome::Yield(count)) => coroutine::yield_now(l, count),
        outcome => drive(l, Begun::Native(outcome)),
    }
}

/// Carries out what a native function wants, and what those want that it calls, until a Lua frame
/// (or a mark) is where to go on. The only loop: whatever goes from frame to frame or from coroutine
/// to coroutine passes through it, and none of it takes machine stack.
pub fn drive(l: &mut State, begun: Begun) -> *mut State {
    let mut l = l;
    let mut begun = begun;
    loop {
        let outcome = match begun {
            Begun::Lua => return l,
            Begun::Failed(thrown) => Err(thrown),
            Begun::Native(outcome) => outcome,
        };
        let next = match outcome {
            Ok(Outcome::Return(count)) => {
                let first = l.top.wrapping_sub(count as usize);
                return return_from(l, first, count as usize);
            }
            Ok(Outcome::Call) => {
                begun = begin_request(l);
                continue;
            }
            Ok(Outcome::Resume) => coroutine::switch_to(l),
            Ok(Outcome::Yield(count)) => coroutine::suspend(l, count),
            Err(thrown) => unwind::step(l, thrown),
        };
        match next {
            Next::Go(state) => return state,
            Next::Drive(state, more) => {
                // SAFETY: the State to go on with; the one before is not touched meanwhile.
                l = unsafe { &mut *state };
                begun = more;
            }
        }
    }
}

/// Builtins that may wait inside each other on one thread. More is a runaway recursion, whose results
/// could grow at every level (each `pcall` adds one): its end would take longer than anyone waits.
pub const MAX_WAITING: u32 = 120_000;

/// Begins the call a builtin asked for.
fn begin_request(l: &mut State) -> Begun {
    l.waiting += 1;
    if l.frame().flags.has(FrameFlags::CATCHES) {
        // An overflow that was caught at the very limit could not be forgotten there.
        l.forget_overflow();
    }
    let errfunc = l.errfunc;
    let frame = l.frame_mut();
    frame.pc = &raw const CONTINUE;
    let func = frame.base.wrapping_add(frame.pending as usize);
    let wanted = frame.tail_calls as i32;
    if frame.flags.has(FrameFlags::CATCHES) {
        let handler = frame.saved_errfunc;
        let slot = frame.base.wrapping_offset(handler);
        frame.saved_errfunc = errfunc;
        l.errfunc = if handler == NO_HANDLER { 0 } else { slot as isize - l.stack as isize };
    }
    if l.waiting > MAX_WAITING {
        return Begun::Native(Err(l.runtime_error(&[b"C stack overflow"])));
    }
    if let Err(thrown) = l.charge(1) {
        return Begun::Native(Err(thrown));
    }
    match begin(l, func, wanted) {
        // The builtin waits already: the error is its callee's.
        Begun::Failed(thrown) => Begun::Native(Err(thrown)),
        begun => begun,
    }
}

/// A builtin's request is done, its results on top.
pub fn continue_builtin(l: *mut State) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    let frame = l.frame();
    let first = frame.base.wrapping_add(frame.pending as usize);
    let count = (l.top as usize - first as usize) / size_of::<Value>();
    let outcome = resume_builtin(l, Resumed { status: Status::Ok, count: count as u32 });
    carry_out(l, outcome)
}

/// Calls a waiting builtin's continuation. Its protection, if it had one, ends.
pub fn resume_builtin(l: &mut State, resumed: Resumed) -> NativeResult {
    let frame = l.frame_mut();
    let (flags, saved) = (frame.flags, frame.saved_errfunc);
    frame.flags = flags.without(FrameFlags::CATCHES).without(FrameFlags::HOOKS_ALLOWED)
        .without(FrameFlags::RESUMES);
    frame.pc = &raw const HALT;
    let then = frame.then.take();
    l.waiting -= 1;
    if flags.has(FrameFlags::CATCHES) {
        l.errfunc = saved;
    }
    // The continuation may use as much as a fresh builtin.
    l.ensure_stack(MIN_STACK)?;
    l.frame_mut().top = l.top.wrapping_add(MIN_STACK);
    match then {
        Some(then) => then(l, resumed),
        None => unreachable!("a frame at CONTINUE has a continuation"),
    }
}

/// Returning more values than these is work to be counted: where each level of a recursion adds one,
/// all together they take much longer than its calls.
pub const MANY_RESULTS: usize = 16;

/// Moves a few values to lower slots. PERF: volatile, so that no call of memmove is made of it.
///
/// # Safety
/// `count` values lie at `from`; `to` is below it in the same stack.
#[inline(always)]
unsafe fn move_down(from: *mut Value, to: *mut Value, count: usize) {
    for i in 0..count {
        // SAFETY: the caller's promise; the values go up, so none is overwritten before it is read.
        unsafe { to.add(i).write_volatile(*from.add(i)) };
    }
}

/// Returns `count` values from `first` on out of the newest frame, whose upvalues are closed.
pub fn return_from(l: &mut State, first: *mut Value, count: usize) -> *mut State {
    let mut first = first;
    if l.hook_mask != 0 {
        let offset = slot_offset(l, first);
        l.top = first.wrapping_add(count);
        if let Err(thrown) = hooks::on_return(l) {
            return unwind::unwind(l, thrown);
        }
        first = l.stack.wrapping_byte_add(offset);
    }
    if count > MANY_RESULTS
        && let Err(thrown) = l.charge(count / MANY_RESULTS)
    {
        return unwind::unwind(l, thrown);
    }
    let frame = l.frame();
    let (func, wanted) = (frame.func, frame.nresults);
    l.ci = l.ci.wrapping_sub(1);
    if wanted == META_RESULT {
        // SAFETY: STACK: `count` values begin at `first`.
        let result = if count > 0 { unsafe { *first } } else { Value::NIL };
        return complete::complete(l, result);
    }
    let given = if wanted == MULTRET { count } else { count.min(wanted as usize) };
    // SAFETY: STACK: the results lie above func, and the wanted ones below the frame's top.
    unsafe {
        move_down(first, func, given);
        l.top = func.add(given);
        for _ in given..wanted.max(0) as usize {
            l.push(Value::NIL);
        }
    }
    l
}

/// TAILCALL: the callee takes the place of the calling frame.
#[inline(never)]
pub extern "C" fn tail_call(
    l: *mut State,
    pc: *const u64,
    func: *mut Value,
    nargs: usize,
) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    l.frame_mut().pc = pc.wrapping_add(1);
    l.top = func.wrapping_add(1 + nargs);
    // SAFETY: STACK: func is a register of the frame.
    let closure = unsafe { *func }.as_lua_closure();
    if closure.is_none() {
        // A native function, or a __call: an ordinary call, whose results the RETURN that always
        // follows passes on. COMPAT: so an error in it still has this function's position.
        let begun = begin(l, func, MULTRET);
        if let Begun::Lua = begun {
            replace_caller(l);
        }
        return drive(l, begun);
    }
    match begin(l, func, MULTRET) {
        Begun::Lua => replace_caller(l),
        begun => return drive(l, begun),
    }
    l
}

/// Moves the newest frame, a Lua function's that has not begun, over the Lua frame that called it.
fn replace_caller(l: &mut State) {
    let callee = *l.frame();
    let caller = l.frames()[l.frame_index() - 1];
    l.close_upvalues(caller.base);
    let shift = callee.func as usize - caller.func as usize;
    let count = (callee.top as usize - callee.func as usize) / size_of::<Value>();
    // SAFETY: STACK: both ranges are slots of this stack; copy allows overlap.
    unsafe { core::ptr::copy(callee.func, caller.func, count) };
    l.ci = l.ci.wrapping_sub(1);
    let frame = l.frame_mut();
    *frame = CallInfo {
        func: caller.func,
        base: callee.base.wrapping_byte_sub(shift),
        top: callee.top.wrapping_byte_sub(shift),
        nresults: caller.nresults,
        flags: if caller.flags.has(FrameFlags::FRESH) {
            callee.flags.with(FrameFlags::FRESH)
        } else {
            callee.flags
        },
        tail_calls: caller.tail_calls.saturating_add(1),
        ..callee
    };
    l.top = l.frame().top;
}

/// Calls `f` with `args` for the instruction being executed by the newest frame, a Lua function's;
/// its first result completes the instruction (`complete`).
pub fn call_metamethod(l: &mut State, f: Value, args: &[Value]) -> *mut State {
    l.top = l.frame().top;
    if let Err(thrown) = l.ensure_stack(args.len() + 1) {
        return unwind::unwind(l, thrown);
    }
    let func = l.top;
    l.push(f);
    for &arg in args {
        l.push(arg);
    }
    if let Err(thrown) = l.charge(1) {
        return unwind::unwind(l, thrown);
    }
    let begun = begin(l, func, META_RESULT);
    drive(l, begun)
}

/// Pushes a hidden frame for a hook to work in.
#[inline(always)]
pub fn push_room(l: &mut State) -> Result<(), Thrown> {
    let ci = l.next_frame()?;
    let (func, top) = (l.top.wrapping_sub(1), l.top.wrapping_add(MIN_STACK));
    // SAFETY: next_frame made room.
    unsafe {
        CallInfo::write_native(ci, func, top, 0, FrameFlags::FOREIGN.with(FrameFlags::HIDDEN));
    }
    l.ci = ci;
    Ok(())
}

/// Pushes a frame of the VM's own with no values: the border of a nested run, a hook's room.
pub fn push_hidden(l: &mut State, flags: FrameFlags, pc: *const u64) -> Result<(), Thrown> {
    let ci = l.next_frame()?;
    // SAFETY: next_frame made room.
    unsafe {
        ci.write(CallInfo {
            pc,
            flags: flags.with(FrameFlags::HIDDEN),
            ..CallInfo::bottom(l.top.wrapping_sub(1), l.top.wrapping_add(MIN_STACK))
        });
    }
    l.ci = ci;
    Ok(())
}
