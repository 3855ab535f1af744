//! What instructions of Lua code leave to workers: calls of every kind, the iterator's of a generic for,
//! tail calls, metamethods.
//!
//! Not here: the frames themselves (`lua`, `native`).

use crate::object::Value;
use crate::state::{CallInfo, FrameFlags, META_RESULT, MULTRET, State};
use crate::vm::code::Insn;
use crate::vm::unwind;

use super::{Begun, begin, carry_out, drive};

/// CALL of anything but a ready Lua function: `nargs` arguments behind `func`.
#[inline(never)]
pub extern "C" fn call_from_lua(
    l: *mut State,
    pc: *const u64,
    func: *mut Value,
    nargs: usize,
) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits; pc is a word of live code.
    let wanted = unsafe {
        (*l).top = func.wrapping_add(1 + nargs);
        *pc.cast::<u8>().add(3) as i32 - 1
    };
    call_value(l, pc, func, wanted)
}

/// The call of any value by the newest frame, a Lua function's, at `pc`; the arguments end at the top.
#[inline(never)]
pub extern "C" fn call_value(
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
    // SAFETY: l is the running State, exclusively ours while the handler waits; pc is the word being executed.
    let (insn, base) = unsafe { (Insn(*pc), (*(*l).ci).base) };
    let slots = base.wrapping_add(insn.a());
    let func = slots.wrapping_add(3);
    // SAFETY: as above; STACK: the verifier demands registers up to A+5.
    unsafe {
        func.copy_from_nonoverlapping(slots, 3);
        (*l).top = func.wrapping_add(3);
    }
    call_value(l, pc, func, insn.c() as i32)
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
    let begun = begin(l, func, MULTRET);
    // A native function's is an ordinary call, whose results the RETURN that always follows passes
    // on. COMPAT: so an error in it still has this function's position.
    if let Begun::Lua = begun {
        replace_caller(l);
    }
    drive(l, begun)
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
    begin_metamethod(l, func)
}

/// The call of the metamethod at the frame's top, its arguments behind it, by the newest frame, a Lua
/// function's, at `pc`.
#[inline(never)]
pub extern "C" fn call_pushed_metamethod(l: *mut State, pc: *const u64) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    l.frame_mut().pc = pc.wrapping_add(1);
    let func = l.frame().top;
    begin_metamethod(l, func)
}

fn begin_metamethod(l: &mut State, func: *mut Value) -> *mut State {
    if let Err(thrown) = l.charge(1) {
        return unwind::unwind(l, thrown);
    }
    let begun = begin(l, func, META_RESULT);
    drive(l, begun)
}
