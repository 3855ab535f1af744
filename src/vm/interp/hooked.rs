//! What each instruction does first while hooks are set: the count and line events. Calls and returns
//! look for hooks themselves, all others go on in their plain handler.

use crate::heap::Gc;
use crate::object::{LuaClosure, Proto, Value};
use crate::state::{Hook, State, Status};
use crate::vm::code::Op;
use crate::vm::frames::{self, Next, drive};
use crate::vm::hooks::{EVENT_COUNT, EVENT_LINE, MASK_COUNT, MASK_LINE, Verdict, call_hook, on_instruction};
use crate::vm::{coroutine, unwind};

use super::counted::PLAIN_HANDLERS;
use super::frame::opaque;
use super::{Base, Handler, PLAIN, Pc, counted};

/// Carries an instruction out, once its events are over.
macro_rules! perform {
    ($pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr, $acc:expr) => {{
        let op = *$pc.cast::<u8>();
        if calls_or_returns(op) {
            core::hint::cold_path();
            return call_or_return($pc, $base, $k, $l, $dispatch, none!());
        }
        return PLAIN.0[op as usize]($pc, $base, $k, $l, $dispatch, $acc);
    }};
}

/// The same where most likely no hook wants calls or returns.
macro_rules! perform_uncalled {
    ($pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr, $acc:expr) => {{
        // One may have been set by the one that has just been called.
        if (*$l).global().hooked.want_calls() {
            return performed($pc, $base, $k, $l, $dispatch, none!());
        }
        return PLAIN.0[*$pc.cast::<u8>() as usize]($pc, $base, $k, $l, $dispatch, $acc);
    }};
}

/// Carries out the instruction of which `$verdict` says whether its events let it; if not, what made them say so.
/// PERF: nothing lives over the events; what is needed is read back, as it must be: they may move the stack.
macro_rules! perform_after {
    ($perform:ident, $verdict:expr) => {{
        let verdict: Verdict = $verdict;
        if !verdict.goes_on() {
            core::hint::cold_path();
            let (l, ci) = (verdict.state(false), verdict.frame());
            return interruption((*ci).pc.sub(1), (*ci).base, (*ci).k, l, super::dispatch_of(l), none!());
        }
        let (l, ci) = (verdict.state(true), verdict.frame());
        let (pc, base, k) = ((*ci).pc.sub(1), (*ci).base, (*ci).k);
        let dispatch = super::dispatch_of(l);
        let acc = super::passed_on(pc, base);
        $perform!(pc, base, k, l, dispatch, acc)
    }};
}

slow_handler! {
    fn interruption(pc, base, k, l, dispatch) {
        worker!(interrupted(l, pc), base, k, l, dispatch)
    }
}

slow_handler! {
    fn performed(pc, base, k, l, dispatch) {
        let acc = super::passed_on(pc, base);
        perform!(pc, base, k, l, dispatch, acc)
    }
}

number_handler! {
    /// PERF: one for each opcode, so that it knows what it goes on with.
    fn traced<const OP: u8>(pc, base, k, l, dispatch, acc) {
        if !counted::is_within_limits(OP, pc, dispatch) {
            return used_up(pc, base, k, l, dispatch, none!());
        }
        match told_of(l, pc, base) {
            Told::Nothing => {}
            Told::Line => return line_event(pc, base, k, l, dispatch, none!()),
            Told::Unknown => return event(pc, base, k, l, dispatch, none!()),
        }
        if const { calls_or_returns(OP) } {
            return call_or_return(pc, base, k, l, dispatch, none!());
        }
        // PERF: a jump to the plain handler, not a copy of it.
        let handler = opaque((const { PLAIN_HANDLERS[OP as usize] }) as *mut ());
        return core::mem::transmute::<*mut (), Handler>(handler)(pc, base, k, l, dispatch, acc);
    }
}

/// `traced` of every opcode there may be.
pub(super) const TRACED: [Handler; 256] = {
    macro_rules! rows {
        ($($row:literal)*) => { [$(rows!(@ $row 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)),*] };
        (@ $row:literal $($column:literal)*) => { [$(traced::<{ $row * 16 + $column }>),*] };
    }
    let rows: [[Handler; 16]; 16] = rows!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    let mut all = [rows[0][0]; 256];
    let mut op = 0;
    while op < all.len() {
        all[op] = rows[op / 16][op % 16];
        op += 1;
    }
    all
};

slow_handler! {
    fn used_up(pc, base, k, l, dispatch) {
        if !counted::look(l, pc) {
            worker!(unwind::unwind_saved(l), base, k, l, dispatch)
        }
        return event(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// An instruction that may be an event.
    #[inline(never)]
    fn event(pc, base, k, l, dispatch) {
        if &(*l).hook_mask & (MASK_LINE | MASK_COUNT) != 0 {
            perform_after!(perform, trace(l, pc, base))
        }
        let acc = super::passed_on(pc, base);
        perform!(pc, base, k, l, dispatch, acc)
    }
}

handler! {
    /// An instruction that enters a line, not at the end of a count.
    #[inline(never)]
    fn line_event(pc, base, k, l, dispatch) {
        (*(*l).ci).pc = pc.add(1);
        let proto = proto_at(base);
        let line = *proto.lines.as_ptr().add(pc.offset_from(proto.exec.get()) as usize);
        perform_after!(perform, on_instruction::<EVENT_LINE>(l, line))
    }
}

handler! {
    /// An instruction at the end of its thread's count, while no thread's hook wants lines.
    #[inline(never)]
    fn count_event(pc, base, k, l, dispatch) {
        if &(*l).hook_mask & MASK_COUNT == 0 {
            core::hint::cold_path();
            (*l).hook.set_count(0); // it means nothing
            return event(pc, base, k, l, dispatch, none!());
        }
        (*l).hook.set_count((*l).hook.interval());
        (*(*l).ci).pc = pc.add(1);
        perform_after!(perform_uncalled, on_instruction::<EVENT_COUNT>(l, -1))
    }
}

handler! {
    /// By the workers, which call the hooks of calls and returns.
    #[inline(never)]
    fn call_or_return(pc, base, k, l, dispatch) {
        let op = *pc.cast::<u8>();
        if op < Op::TailCall as u8 {
            worker!(call(l, pc, base), base, k, l, dispatch)
        }
        if op < Op::Return0 as u8 {
            worker!(tail_call(l, pc, base), base, k, l, dispatch)
        }
        worker!(return_values(l, pc, base), base, k, l, dispatch)
    }
}

/// Whether an opcode's instructions call or return themselves; others do it by workers, which look at
/// the mask.
pub const fn calls_or_returns(op: u8) -> bool {
    Op::Call as u8 <= op && op <= Op::ReturnOpen as u8 || op == Op::Return1X as u8
}

/// The first of those opcodes and the one behind the last, but for `Return1X`, which lies apart.
pub const CALLS_AND_RETURNS: (usize, usize) = (Op::Call as usize, Op::ReturnOpen as usize + 1);

const _: () = assert!(
    Op::CallNative as u8 == Op::Call as u8 + 1
        && Op::CallYield as u8 == Op::Call as u8 + 2
        && Op::CallResume as u8 == Op::Call as u8 + 3
        && Op::CallWrapped as u8 == Op::Call as u8 + 4
        && Op::CallOpen as u8 == Op::Call as u8 + 5
        && Op::TailCall as u8 == Op::Call as u8 + 6
        && Op::Return0 as u8 == Op::TailCall as u8 + 4
        && Op::Return1X as u8 > Op::Return0 as u8
);

/// The prototype of the running Lua function.
///
/// # Safety
/// `base` is that of the newest frame, a Lua function's.
#[inline(always)]
unsafe fn proto_at(base: Base) -> Gc<Proto> {
    // SAFETY: STACK: below a Lua frame's base lies its closure.
    unsafe {
        let closure: Gc<LuaClosure> = Gc::from_ptr((*base.sub(1)).address() as *mut LuaClosure);
        closure.proto
    }
}

/// What the hook is to be told of an instruction.
enum Told {
    /// Nothing, which has been noted.
    Nothing,
    /// Its line, and nothing else; it has been counted.
    Line,
    /// It takes more to know.
    Unknown,
}

/// Counts an instruction, if the thread's hook wants counts. False: not this one, which ends a count.
#[inline(always)]
fn counts_down(hook: &Hook, mask: u8) -> bool {
    if mask & MASK_COUNT == 0 {
        return true; // what is left means nothing
    }
    core::hint::cold_path();
    let left = hook.next_count();
    if left != 0 {
        hook.set_count(left);
    }
    left != 0
}

/// Looks whether an instruction is an event.
///
/// # Safety
/// As for a handler.
#[inline(always)]
unsafe fn told_of(l: *mut State, pc: Pc, base: Base) -> Told {
    // SAFETY: the caller's promise: the newest frame runs the code that pc is in.
    unsafe {
        let mask = (*l).hook_mask.get();
        let ci = (*l).ci;
        if mask & MASK_LINE == 0 {
            core::hint::cold_path();
            if mask & MASK_COUNT != 0 {
                if !(*(*l).global).jumped_from.get().is_null() || !counts_down(&(*l).hook, mask) {
                    return Told::Unknown;
                }
                (*ci).pc = pc.add(1);
            }
            return Told::Nothing;
        }
        let proto = proto_at(base);
        if !(*(*l).global).jumped_from.get().is_null() || proto.lines.is_empty() || !counts_down(&(*l).hook, mask) {
            return Told::Unknown;
        }
        // Offsets, of which that of an instruction before the first is no small number. PERF: the old one by way of
        // the new one, so that the code's begin takes no register.
        let now = (pc as usize).wrapping_sub(proto.exec.get() as usize);
        let behind = opaque((*ci).pc.wrapping_byte_sub(pc as usize).cast_mut()) as usize;
        let old = behind.wrapping_add(now).wrapping_sub(size_of::<u64>());
        // A line has half the size of a word; the verifier has seen that there is one for each.
        const { assert!(size_of::<u64>() == 2 * size_of::<i32>()) };
        let lines = proto.lines.as_ptr().cast::<u8>();
        let line_at = |offset: usize| *lines.add(offset / 2).cast::<i32>();
        if old >= now || line_at(now) != line_at(old) {
            return Told::Line;
        }
        (*ci).pc = pc.add(1);
        Told::Nothing
    }
}

/// The count and line events of an instruction. It does not go on where the hook failed (the exit code says how) or
/// yielded. PERF: it saves no registers, for all calls are at its ends, but where both events come at once.
///
/// # Safety
/// As for a handler.
#[inline(never)]
unsafe extern "C" fn trace(l: *mut State, pc: Pc, base: Base) -> Verdict {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    let jumped_from = l.global().jumped_from.replace(core::ptr::null());
    let before = if jumped_from.is_null() { l.frame().pc } else { jumped_from };
    l.frame_mut().pc = pc.wrapping_add(1);
    let left = l.hook.next_count();
    l.hook.set_count(left);
    let wants_lines = &l.hook_mask & MASK_LINE != 0;
    if left == 0 && &l.hook_mask & MASK_COUNT != 0 {
        l.hook.set_count(l.hook.interval());
        if wants_lines {
            return count_and_line(l, pc, before);
        }
        return on_instruction::<EVENT_COUNT>(l, -1);
    }
    // SAFETY: the caller's promise.
    if wants_lines && let Some(line) = new_line(unsafe { proto_at(base) }, pc, before) {
        return on_instruction::<EVENT_LINE>(l, line);
    }
    Verdict::of(l, true)
}

/// Both events of an instruction at the end of a count, if it is a line's as well.
#[cold]
#[inline(never)]
extern "C" fn count_and_line(l: &mut State, pc: Pc, before: Pc) -> Verdict {
    if let Err(thrown) = call_hook(l, EVENT_COUNT, -1) {
        l.global().exit_code.set(unwind::encode(thrown));
        return Verdict::of(l, false);
    }
    let base = l.frame().base; // the hook may have moved the stack
    // SAFETY: it is that of the running Lua function.
    let line = unsafe { new_line(proto_at(base), pc, before) };
    match line {
        Some(line) if &l.hook_mask & MASK_LINE != 0 => on_instruction::<EVENT_LINE>(l, line),
        _ => {
            let goes_on = l.status != Status::Yield;
            Verdict::of(l, goes_on)
        }
    }
}

/// Carries out what made `trace` say no: the yield of a hook (the instruction will be begun anew),
/// or its error.
#[cold]
fn interrupted(l: *mut State, pc: Pc) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    if l.status == Status::Yield {
        l.frame_mut().pc = pc;
        l.status = Status::Ok;
        return match coroutine::suspend(l, 0) {
            Next::Go(next) => next,
            // SAFETY: the State to go on with; this one is not touched any more.
            Next::Drive(state, begun) => drive(unsafe { &mut *state }, begun),
        };
    }
    unwind::unwind_saved(l)
}

/// The line of the instruction at `pc`, if entering it is an event: a function's first instruction, a jump
/// back, or another line than before.
#[inline(always)]
fn new_line(proto: Gc<Proto>, pc: Pc, before: Pc) -> Option<i32> {
    let begin = proto.exec.get() as usize;
    let index = |pc: Pc| (pc as usize).wrapping_sub(begin) / size_of::<u64>();
    let (now, old) = (index(pc), index(before).wrapping_sub(1));
    let line = proto.line_of(now);
    let entered = now == 0 || pc < before || line != proto.line_of(old);
    entered.then_some(line)
}

/// The function a call instruction calls, and the number of its arguments.
///
/// # Safety
/// pc is a call's word of live code, base the newest frame's.
unsafe fn operands(l: *mut State, pc: Pc, base: Base) -> (Base, usize) {
    // SAFETY: STACK: the word's operands are registers of the frame.
    unsafe {
        let func = base.add(field_a!(pc));
        let open = field_b!(pc) == 0;
        (func, argument_count!(open, pc, func, l))
    }
}

#[inline(never)]
extern "C" fn call(l: *mut State, pc: Pc, base: Base) -> *mut State {
    // SAFETY: the handler's pc and base.
    let (func, nargs) = unsafe { operands(l, pc, base) };
    frames::call_from_lua(l, pc, func, nargs)
}

#[inline(never)]
extern "C" fn tail_call(l: *mut State, pc: Pc, base: Base) -> *mut State {
    // SAFETY: the handler's pc and base.
    let (func, nargs) = unsafe { operands(l, pc, base) };
    frames::tail_call(l, pc, func, nargs)
}

#[inline(never)]
extern "C" fn return_values(l: *mut State, pc: Pc, base: Base) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    l.frame_mut().pc = pc.wrapping_add(1);
    l.close_upvalues(base);
    // SAFETY: pc is a word of live code; STACK: its operands are registers of the frame.
    unsafe {
        let first: *mut Value = base.add(field_a!(pc));
        let count = match field_b!(pc) {
            0 => l.top.offset_from(first) as usize,
            b => b - 1,
        };
        frames::return_from(l, first, count)
    }
}
