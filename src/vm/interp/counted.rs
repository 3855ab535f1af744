//! What calls and jumps back do first while a limit is set: they count, then go on in the plain
//! handler.
//!
//! Counted is: each CALL and TAILCALL, each turn of a `for`, and each execution of a jump, or of a
//! test with a jump, whose target lies before it. So every loop and every recursion is. (Opcodes of which
//! no instruction jumps back keep their plain handlers: `vm::hooks`.)
//!
//! Not here: what is counted outside the interpreter, and what a count comes to (`state::limits`).

use crate::state::{State, Switchboard};
use crate::vm::code::Op;
use crate::vm::unwind;

use super::{Dispatch, Handler, Pc, loads, loops, plain_table};

/// When an instruction counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counts {
    Never,
    Always,
    /// If it may jump back, or to itself.
    Back,
}

const fn counts(op: Op) -> Counts {
    match op {
        _ if lies(op, Op::Call, Op::TailCallOpenPlain) => Counts::Always,
        Op::ForLoop | Op::ForLoopSettled | Op::ForLoopNative => Counts::Always,
        _ if lies(op, Op::TForLoop, Op::TForNative) => Counts::Always,
        Op::JmpBack | Op::JmpNative => Counts::Always,
        Op::ForPrep => Counts::Back,
        Op::Jmp => Counts::Back,
        _ if lies(op, Op::EqRRF, Op::TestSetT) => Counts::Back,
        _ if lies(op, Op::EqNF, Op::EqWT) => Counts::Back,
        _ if lies(op, Op::LtXRF, Op::EqXNT) => Counts::Back,
        _ => Counts::Never,
    }
}

/// Whether an opcode is one of a row.
const fn lies(op: Op, first: Op, last: Op) -> bool {
    first as u8 <= op as u8 && op as u8 <= last as u8
}

/// The counting handler of an opcode that counts.
pub(super) const fn handler_of(op: Op) -> Option<Handler> {
    macro_rules! table {
        ($($name:ident)*) => {
            match op {
                $(Op::$name => Some(counted::<{ Op::$name as u8 }> as Handler),)*
                _ => None,
            }
        };
    }
    if matches!(counts(op), Counts::Never) {
        return None;
    }
    let handler = table! {
        Call CallNative CallYield CallResume CallWrapped CallOpen TailCall TailCallPlain TailCallOpen TailCallOpenPlain
        ForLoop ForLoopSettled ForLoopNative ForPrep Jmp JmpBack JmpNative
        TForLoop TForSettled TForWrapped TForWrappedSettled TForNative
        EqRRF EqRRT EqRKF EqRKT EqKRF EqKRT EqKKF EqKKT
        LtRRF LtRRT LtRKF LtRKT LtKRF LtKRT LtKKF LtKKT
        LeRRF LeRRT LeRKF LeRKT LeKRF LeKRT LeKKF LeKKT
        TestF TestT TestSetF TestSetT
        EqNF EqNT EqWF EqWT EqXNF EqXNT
        LtXRF LtXRT LtRXF LtRXT LtXKF LtXKT LtKXF LtKXT
        LeXRF LeXRT LeRXF LeRXT LeXKF LeXKT LeKXF LeKXT
    };
    assert!(handler.is_some(), "an opcode that counts is in the list");
    handler
}

/// Those that carry out one instruction: no machine code runs where each is to be looked at.
pub(super) const PLAIN_HANDLERS: [Handler; 256] = {
    let mut table = plain_table();
    table[Op::ForLoopNative as usize] = loops::for_loop::<false>;
    table[Op::JmpNative as usize] = loads::jmp;
    table[Op::TForNative as usize] = loops::tfor_loop::<false>;
    table
};

const COUNTS: [Counts; 256] = {
    let mut table = [Counts::Never; 256];
    let mut i = 0;
    while i < Op::ALL.len() {
        table[Op::ALL[i] as usize] = counts(Op::ALL[i]);
        i += 1;
    }
    table
};

/// Whether an opcode counts where it jumps back, and nowhere else.
pub fn counts_jumps_only(op: u8) -> bool {
    matches!(COUNTS[op as usize], Counts::Back)
}

/// Whether the instruction counts.
#[inline(always)]
unsafe fn is_counted(op: u8, pc: Pc) -> bool {
    match COUNTS[op as usize] {
        Counts::Never => false,
        Counts::Always => true,
        // SAFETY: pc is a word of live code.
        Counts::Back => unsafe { field_d!(pc) as i32 <= 0 },
    }
}

/// Counts one unit; false if it is time to look, at the latest when the next is counted.
#[inline(always)]
pub(super) unsafe fn count(dispatch: *const Dispatch) -> bool {
    // SAFETY: the interpreter runs from a Switchboard's table.
    let meter = unsafe { &(*dispatch.cast::<Switchboard>()).meter };
    let left = meter.get() - 1;
    meter.set(left);
    left >= 0
}

/// Counts one unit, if there is one: else nothing, and whoever has to pay is to look first.
#[inline(always)]
pub(super) unsafe fn take(dispatch: *const Dispatch) -> bool {
    // SAFETY: as for `count`.
    let meter = unsafe { &(*dispatch.cast::<Switchboard>()).meter };
    let left = meter.get();
    if left > 0 {
        meter.set(left - 1);
    }
    left > 0
}

number_handler! {
    fn counted<const OP: u8>(pc, base, k, l, dispatch, acc) {
        if is_counted(OP, pc) && !count(dispatch) {
            return used_up::<OP>(pc, base, k, l, dispatch, none!());
        }
        return (const { PLAIN_HANDLERS[OP as usize] })(pc, base, k, l, dispatch, acc);
    }
}

slow_handler! {
    fn used_up<const OP: u8>(pc, base, k, l, dispatch) {
        if !look(l, pc) {
            worker!(unwind::unwind_saved(l), base, k, l, dispatch)
        }
        let acc = super::passed_on(pc, base);
        return (const { PLAIN_HANDLERS[OP as usize] })(pc, base, k, l, dispatch, acc);
    }
}

/// Counts an instruction that runs under hooks; false if it is time to look first.
#[inline(always)]
pub(super) unsafe fn is_within_limits(op: u8, pc: Pc, dispatch: *const Dispatch) -> bool {
    // SAFETY: the caller's handler's invariants.
    unsafe { !is_counted(op, pc) || count(dispatch) }
}

/// Whether the limits let the instruction run; if not, the exit code says why.
#[inline(never)]
pub(super) extern "C" fn look(l: *mut State, pc: Pc) -> bool {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    let before = l.frame().pc;
    l.frame_mut().pc = pc.wrapping_add(1);
    match l.look_at_limits() {
        Ok(()) => {
            l.frame_mut().pc = before; // the line hook wants the pc of the instruction before
            true
        }
        Err(thrown) => {
            l.global().exit_code.set(unwind::encode(thrown));
            false
        }
    }
}
