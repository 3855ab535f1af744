//! Completing an instruction whose metamethod has returned.
//!
//! The calling frame's pc is behind the instruction, so the word before says what it was and where
//! its result goes.

use crate::object::Value;
use crate::state::State;
use crate::vm::{access, hooks};
use crate::vm::code::{Insn, Op};

/// Gives `result` to the instruction that the newest frame, a Lua function's, had to interrupt.
pub fn complete(l: &mut State, result: Value) -> *mut State {
    let pc = l.frame().pc.wrapping_sub(1);
    // SAFETY: the frame's pc is behind a word of its code.
    let insn = Insn(unsafe { *pc });
    let op = insn.op() as u8;
    let base = l.frame().base;
    l.top = l.frame().top;
    if (Op::EqRRF as u8..=Op::LeKKT as u8).contains(&op) {
        let negated = op >= Op::LeRRF as u8 && l.frame().pending == 1;
        return jump(l, pc, result.is_truthy() != negated);
    }
    match insn.op() {
        Op::SetGlobal | Op::SetGlobalFar | Op::SetTableR | Op::SetTableK | Op::SetNameR
        | Op::SetNameK | Op::SetFieldR | Op::SetFieldK | Op::SetToldR | Op::SetToldK | Op::SetIntR | Op::SetIntK
        | Op::SetConstR | Op::SetConstK => {}
        Op::Concat => {
            let last = l.frame().pending as usize;
            // SAFETY: STACK: `pending` is a register of the CONCAT above its first.
            unsafe { *base.add(last - 1) = result };
            return access::concat_from(l, last - 1);
        }
        // SAFETY: STACK: A is a register of the frame.
        _ => unsafe { *base.add(insn.a()) = result },
    }
    l
}

/// Goes on after a comparison at `pc` whose condition is `holds`.
pub fn jump(l: &mut State, pc: *const u64, holds: bool) -> *mut State {
    // SAFETY: workers are given the pc of the word being executed.
    let insn = Insn(unsafe { *pc });
    hooks::note_jump(l, pc);
    l.frame_mut().pc =
        if insn.op().jumps_if(holds) { pc.wrapping_offset(insn.jump() as isize) } else { pc.wrapping_add(2) };
    l
}
