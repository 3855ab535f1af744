//! Loops that count their turns, and those that have machine code (`vm::jit`).
//!
//! Where no machine code is made, for another processor or system, nothing counts.

#[cfg(jit)]
use crate::state::native_loops::{HEAT, ReturnPoint};
use crate::state::{State, Switchboard};
#[cfg(jit)]
use crate::vm::code::Op;
#[cfg(jit)]
use crate::vm::jit;

use super::{Dispatch, Handler, Pc};
use super::loops::tfor_loop;
#[cfg(jit)]
use super::PLAIN;

/// Counts a jump back; whether it is time to look at the loop.
#[inline(always)]
pub(super) fn warms(board: &Switchboard) -> bool {
    if cfg!(not(jit)) {
        return false;
    }
    let heat = board.heat.get() - 1;
    board.heat.set(heat);
    heat < 0
}

/// A loop may get machine code, unless hooks or limits want to see each turn: it would not run then.
///
/// # Safety
/// As for a handler of the word at `pc`.
#[inline(always)]
unsafe fn look(l: *mut State, pc: Pc, dispatch: *const Dispatch) {
    #[cfg(jit)]
    // SAFETY: the caller's promise.
    unsafe {
        if is_plain(super::plain_of(l), Op::ForLoopNative) {
            jit::consider(l, pc);
        } else {
            (*dispatch.cast::<Switchboard>()).heat.set(HEAT);
        }
    }
    #[cfg(not(jit))]
    let _ = (l, pc, dispatch);
}

slow_handler! {
    /// A jump back that has come often: its loop may get machine code. Here we know that it is taken.
    fn hot(pc, base, k, l, dispatch) {
        look(l, pc, dispatch);
        let to = target!(pc);
        go_with!(super::passed_on(to, base), to, base, k, l, dispatch)
    }
}

slow_handler! {
    /// The same of TFORLOOP, which is yet to call its iterator.
    fn hot_generic(pc, base, k, l, dispatch) {
        look(l, pc.add(1), dispatch);
        #[cfg(jit)]
        jit::consider_iterator(l, base.add(field_a!(pc)));
        // This turn is the interpreter's: hooks and limits have seen the instruction.
        return tfor_loop::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// TFORLOOP of a loop with machine code. The test behind it says where that is.
    fn enter_generic(pc, base, k, l, dispatch) {
        let entry = *(*dispatch.cast::<Switchboard>()).entries.get().add(field_bc!(pc.add(1)));
        return core::mem::transmute::<usize, Handler>(entry)(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// A jump back, FORLOOP or JMP, of a loop with machine code.
    fn enter_native(pc, base, k, l, dispatch) {
        let entry = *(*dispatch.cast::<Switchboard>()).entries.get().add(field_bc!(pc));
        return core::mem::transmute::<usize, Handler>(entry)(pc, base, k, l, dispatch, none!());
    }
}

slow_handler! {
    /// Machine code was left at `pc`, where the interpreter goes on, for the last time. `HEAD`: because of what was guessed at a loop's head.
    #[cfg(jit)]
    fn give_up<const HEAD: bool>(pc, base, k, l, dispatch) {
        jit::give_up(super::global_of(dispatch), pc, HEAD);
        go_with!(super::passed_on(pc, base), pc, base, k, l, dispatch)
    }
}

/// What the handlers of instructions that machine code calls go on to: it returns there, with the registers as they are.
///
/// # Safety
/// As a handler, of one that machine code has called.
#[cfg(jit)]
#[unsafe(naked)]
pub(super) unsafe extern "C" fn back_to_code(
    _: super::Pc,
    _: super::Base,
    _: super::Constants,
    _: *mut crate::state::State,
    _: *const Dispatch,
    _: super::Acc,
) -> u64 {
    core::arch::naked_asm!("mov rax, {}", "ret", const BACK)
}

/// What a handler that machine code has called returns if it goes on at a word; no exit code is below 0.
#[cfg(jit)]
pub const BACK: i32 = -0x4643;

handler! {
    /// A Lua function goes on, at `pc`, that had left an instruction to its handler, or called, in machine code: there, if that is where
    /// it goes on.
    #[cfg(jit)]
    #[inline(never)]
    fn resume_frame(pc, base, k, l, dispatch) {
        let plain = super::plain_of(l);
        let board = &*plain.cast::<Switchboard>();
        // Machine code that waits for this handler is gone back to first.
        if !board.is_below_code() {
            debug_assert!((*(*l).ci).is_lua());
            let point = ReturnPoint::numbered(board.points.get(), (*(*l).ci).resume);
            debug_assert!(point.number == (*(*l).ci).resume);
            (*(*l).ci).resume = 0;
            if core::ptr::eq(point.pc.get(), pc) && goes_unseen(plain) {
                return core::mem::transmute::<usize, Handler>(point.resume.get())(pc, base, k, l, plain, none!());
            }
        }
        go_with!(super::passed_on(pc, base), pc, base, k, l, super::dispatch_of(l))
    }
}

number_handler! {
    /// Goes on where the newest frame does: in machine code, if it has noted some.
    #[cfg(jit)]
    fn go_elsewhere<>(pc, base, k, l, dispatch, acc) {
        if (*(*l).ci).resume != 0 {
            return resume_frame(pc, base, k, l, dispatch, none!());
        }
        go_with!(acc, pc, base, k, l, dispatch)
    }
}

/// Whether no hook or limit wants to see what is done in machine code.
#[cfg(jit)]
#[inline(always)]
unsafe fn goes_unseen(dispatch: *const Dispatch) -> bool {
    // SAFETY: a table of handlers.
    unsafe { is_plain(dispatch, Op::ForLoopNative) && is_plain(dispatch, Op::CallNative) }
}

/// Whether the instructions of an opcode are seen by no hook or limit.
#[cfg(jit)]
#[inline(always)]
unsafe fn is_plain(dispatch: *const Dispatch, op: Op) -> bool {
    // SAFETY: a table of handlers.
    unsafe { (*dispatch).0[op as usize] as usize == PLAIN.0[op as usize] as usize }
}
