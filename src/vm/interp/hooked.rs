//! What each instruction does first while hooks are set: the count and line events. Calls and returns
//! look for hooks themselves, all others go on in their plain handler.

use crate::object::Value;
use crate::state::{State, Status};
use crate::vm::code::Op;
use crate::vm::frames::{self, Next, drive};
use crate::vm::hooks::{EVENT_COUNT, EVENT_LINE, MASK_COUNT, MASK_LINE, call_hook, call_hook_inline};
use crate::vm::{coroutine, unwind};

use super::{Base, PLAIN, Pc, counted};

/// Carries an instruction out, once its events are over.
macro_rules! perform {
    ($pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr, $acc:expr) => {{
        let op = *$pc.cast::<u8>();
        if calls_or_returns(op) {
            return call_or_return($pc, $base, $k, $l, $dispatch, none!());
        }
        return PLAIN.0[op as usize]($pc, $base, $k, $l, $dispatch, $acc);
    }};
}

number_handler! {
    fn traced<>(pc, base, k, l, dispatch, acc) {
        if !counted::is_within_limits(pc, dispatch) {
            return used_up(pc, base, k, l, dispatch, none!());
        }
        if &(*l).hook_mask & (MASK_LINE | MASK_COUNT) != 0 && !passes(l, pc) {
            return event(pc, base, k, l, dispatch, none!());
        }
        perform!(pc, base, k, l, dispatch, acc)
    }
}

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
        if &(*l).hook_mask & (MASK_LINE | MASK_COUNT) != 0 && !trace(l, pc) {
            worker!(interrupted(l, pc), base, k, l, dispatch)
        }
        // A hook may have moved the stack.
        let base = (*(*l).ci).base;
        let acc = super::passed_on(pc, base);
        perform!(pc, base, k, l, dispatch, acc)
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
pub fn calls_or_returns(op: u8) -> bool {
    (Op::Call as u8..=Op::ReturnOpen as u8).contains(&op)
}

const _: () = assert!(
    Op::CallOpen as u8 == Op::Call as u8 + 1
        && Op::TailCall as u8 == Op::Call as u8 + 2
        && Op::Return0 as u8 == Op::TailCall as u8 + 2
);

/// Takes note of an instruction that is no event. False: it may be one, and nothing was noted.
///
/// # Safety
/// As for a handler; the thread's hook wants lines or counts.
#[inline(always)]
unsafe fn passes(l: *mut State, pc: Pc) -> bool {
    // SAFETY: the caller's promise: the newest frame runs the code that pc is in.
    unsafe {
        let left = (*l).hook.next_count();
        let ci = (*l).ci;
        if &(*l).hook_mask & MASK_LINE != 0 {
            let before = (*ci).pc;
            let Some(proto) = (*l).frame_proto(&*ci) else { return false };
            let lines = &proto.lines;
            let begin = proto.exec.get() as usize;
            let index = |pc: Pc| (pc as usize).wrapping_sub(begin) / size_of::<u64>();
            let (now, old) = (index(pc), index(before).wrapping_sub(1));
            let stays = old < now && now < lines.len() && lines[now] == lines[old];
            if !stays || !(*(*l).global).jumped_from.get().is_null() {
                return false;
            }
        }
        if left == 0 {
            return false;
        }
        (*l).hook.set_count(left);
        (*ci).pc = pc.add(1);
        true
    }
}

/// The count and line events of an instruction. False: the hook failed (the exit code says how) or
/// yielded.
#[inline(never)]
extern "C" fn trace(l: *mut State, pc: Pc) -> bool {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    let jumped_from = l.global().jumped_from.replace(core::ptr::null());
    let before = if jumped_from.is_null() { l.frame().pc } else { jumped_from };
    l.frame_mut().pc = pc.wrapping_add(1);
    let left = l.hook.next_count();
    l.hook.set_count(left);
    let due = left == 0;
    if !due && &l.hook_mask & MASK_LINE == 0 {
        return true;
    }
    let mut result = Ok(());
    if &l.hook_mask & MASK_COUNT != 0 && due {
        l.hook.set_count(l.hook.interval());
        result = call_hook_inline(l, EVENT_COUNT, -1);
    }
    if result.is_ok()
        && &l.hook_mask & MASK_LINE != 0
        && let Some(line) = new_line(l, before)
    {
        result = call_hook(l, EVENT_LINE, line);
    }
    match result {
        Ok(()) => l.status != Status::Yield,
        Err(thrown) => {
            l.global().exit_code.set(unwind::encode(thrown));
            false
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

/// The line of the instruction, if entering it is an event: a function's first instruction, a jump
/// back, or another line than before.
fn new_line(l: &State, before: *const u64) -> Option<i32> {
    let frame = l.frame();
    let proto = l.frame_proto(frame)?;
    let pc = l.frame_pc(frame)?;
    let line = proto.line_of(pc);
    let begin = proto.exec.get() as usize;
    let old = ((before as usize).wrapping_sub(begin) / size_of::<u64>()).wrapping_sub(1);
    let entered = pc == 0 || frame.pc <= before || line != proto.line_of(old);
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
