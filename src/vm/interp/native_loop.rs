//! Loops that count their turns, and those that have machine code (`vm::jit`).
//!
//! Where no machine code is made, for another processor or system, nothing counts.

#[cfg(jit)]
use crate::state::native_loops::ResumeBoard;
use crate::state::Switchboard;
#[cfg(jit)]
use crate::vm::code::Op;
#[cfg(jit)]
use crate::vm::jit;

use super::Handler;
#[cfg(jit)]
use super::{Dispatch, PLAIN};

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

slow_handler! {
    /// A jump back that has come often: its loop may get machine code. Here we know that it is taken.
    fn hot(pc, base, k, l, dispatch) {
        #[cfg(jit)]
        jit::consider(l, pc);
        let to = target!(pc);
        go_with!(super::passed_on(to, base), to, base, k, l, dispatch)
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
    /// Machine code was left at `pc`, where the interpreter goes on, for the last time.
    #[cfg(jit)]
    fn give_up(pc, base, k, l, dispatch) {
        jit::give_up(super::global_of(dispatch));
        go_with!(super::passed_on(pc, base), pc, base, k, l, dispatch)
    }
}

number_handler! {
    /// An instruction that machine code has left to its handler goes on: in the machine code, if it does so where it mostly
    /// does and nobody wants to see each instruction now.
    #[cfg(jit)]
    fn resume_native<>(pc, base, k, l, dispatch, acc) {
        let resume = &*dispatch.cast::<ResumeBoard>();
        let plain = resume.plain.get().cast::<Dispatch>();
        let is_there = core::ptr::eq(resume.state.get(), l) && core::ptr::eq(resume.ci.get(), (*l).ci);
        let left = resume.left.get();
        // Those that are left lie in a row before the word where it goes back. Elsewhere, in a function that one has called, the
        // interpreter goes on alone.
        if is_there && left > 0 && pc < resume.pc.get() && pc.wrapping_add(MAX_LEFT) >= resume.pc.get() {
            resume.left.set(left - 1);
            return (*plain).0[*pc.cast::<u8>() as usize](pc, base, k, l, dispatch, acc);
        }
        let goes_back = is_there
            && left == 0
            && resume.pc.get() == pc
            && is_plain(plain, Op::ForLoopNative)
            && is_plain(plain, Op::CallNative);
        if goes_back {
            return core::mem::transmute::<usize, Handler>(resume.address.get())(pc, base, k, l, plain, none!());
        }
        return (*plain).0[*pc.cast::<u8>() as usize](pc, base, k, l, plain, acc);
    }
}

/// How many words a row of instructions that are left to the interpreter can have.
#[cfg(jit)]
const MAX_LEFT: usize = 512;

/// Whether no hook or limit wants to see instructions of this opcode.
#[cfg(jit)]
#[inline(always)]
unsafe fn is_plain(dispatch: *const Dispatch, op: Op) -> bool {
    // SAFETY: a table of handlers.
    unsafe { (*dispatch).0[op as usize] as usize == PLAIN.0[op as usize] as usize }
}
