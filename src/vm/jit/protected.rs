//! `pcall` of small Lua functions, whose words take the place of the call.
//!
//! Between the caller's frame and the function's lies that of `pcall`, which waits: it is made with the function's where machine code
//! is left, as the interpreter's handler makes it (`interp::fast::protect`), and taken away with it. Where nothing is left nothing can fail. The
//! function lies one slot behind `pcall`, and its results behind `true`, which takes the place of `pcall` itself.
//!
//! Not here: other functions in place (`instances`, `calls`).

use core::mem::offset_of;

use crate::object::Value;
use crate::state::state::MIN_STACK;
use crate::state::{CallInfo, FrameFlags, State};
use crate::vm::code::CONTINUE;
use crate::vm::frames::MAX_WAITING;
use crate::vm::interp;
use crate::vm::interp::fast::Fast;

use super::asm::*;
use super::calls::FRAME;
use super::emit::*;
use super::facts;
use super::function::Function;
use super::instances::{InPlace, Instance};

impl Function<'_> {
    /// The small Lua function that a CALL calls by `pcall`, with a given count of arguments.
    pub(super) fn protected(&self, pc: usize) -> Option<InPlace> {
        let insn = self.insn(pc);
        if facts::is_tail_call(insn) || insn.b() < 2 {
            return None;
        }
        let native = self.callee(pc)?.as_native_closure()?;
        if !matches!(Fast::of(native.fast.get()), Some(Fast::PCall)) {
            return None;
        }
        let f = self.small(self.guess(pc, insn.a() + 1, 4)?)?;
        let is_counted = insn.c() != 0 || f.result_count(0).is_some();
        // Who returns what another function returns would have two frames to leave.
        let fits = !f.is_vararg() && !f.calls_last() && is_counted;
        fits.then_some(InPlace { is_protected: true, ..InPlace::of(f.closure) })
    }
}

impl Emitter {
    /// Leaves unless the CALL at hand is one of `pcall`, which may wait, and its frame has room. Clobbers RAX and SCRATCH.
    pub(super) fn check_protected(&mut self, callee: &Instance, out: Label) {
        let pcall = callee.func - 1;
        self.load_builtin(RAX, pcall, Fast::PCall, out);
        let end = callee.end_of_slots().max(pcall + self.plan.insn(self.at).b());
        self.asm.lea(RAX, slot(end + MIN_STACK));
        self.asm.op_mem(GprOp::Cmp, RAX, at(STATE, offset_of!(State, stack_limit)));
        self.asm.jump_if(Cond::Above, out);
        self.asm.compare_mem_32(at(STATE, offset_of!(State, waiting)), MAX_WAITING);
        self.asm.jump_if(Cond::NotBelow, out);
        self.asm.compare_byte(at(STATE, offset_of!(State, overflown)), 0);
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// Makes the frame of the `pcall` that an instance was called by, above the one at RAX, which it takes the place of there. Clobbers INDEX.
    pub(super) fn push_waiting(&mut self, instance: &Instance) {
        let (pcall, insn) = (instance.func - 1, self.plan.insn(instance.call));
        self.asm.lea(RAX, at(RAX, FRAME));
        let field = |offset: usize| at(RAX, offset);
        for (offset, at_slot) in [
            (offset_of!(CallInfo, func), pcall),
            (offset_of!(CallInfo, base), pcall + 1),
            (offset_of!(CallInfo, top), pcall + insn.b() + MIN_STACK),
        ] {
            self.asm.lea(INDEX, slot(at_slot));
            self.asm.store(field(offset), INDEX);
        }
        self.asm.constant(INDEX, &raw const CONTINUE as u64);
        self.asm.store(field(offset_of!(CallInfo, pc)), INDEX);
        self.asm.constant(INDEX, interp::after_pcall() as usize as u64);
        self.asm.store(field(offset_of!(CallInfo, then)), INDEX);
        self.asm.store_small_32(field(offset_of!(CallInfo, nresults)), insn.c() as i32 - 1);
        self.asm.store_small_32(field(offset_of!(CallInfo, pending)), 0);
        // Whether hooks were allowed, and no return point.
        self.asm.load_byte(INDEX, at(STATE, offset_of!(State, allow_hook)));
        self.asm.shift_left(INDEX, FrameFlags::HOOKS_ALLOWED.0.trailing_zeros() as u8);
        self.asm.or_32(INDEX, FrameFlags::CATCHES.with(FrameFlags::IN_PLACE).0 as u32);
        self.asm.store_32(field(offset_of!(CallInfo, flags)), INDEX);
        self.asm.store_small_32(field(offset_of!(CallInfo, tail_calls)), crate::state::MULTRET);
        self.asm.load_32(INDEX, at(STATE, offset_of!(State, errfunc)));
        self.asm.store(field(SAVED_ERRFUNC), INDEX);
        self.asm.store_small_32(at(STATE, offset_of!(State, errfunc)), 0);
        self.asm.add_one_32(at(STATE, offset_of!(State, waiting)));
    }

    /// The frames of an instance and of those that it is called by are taken away: so are those that wait among them. At RAX is the frame of
    /// the region's function. Clobbers INDEX.
    pub(super) fn drop_waiting(&mut self, instance: &Instance) {
        let (mut at_hand, mut outermost) = (*instance, None);
        while at_hand.depth > 0 {
            if at_hand.is_protected {
                self.asm.subtract_one_32(at(STATE, offset_of!(State, waiting)));
                outermost = Some(at_hand.depth - 1);
            }
            at_hand = self.plan.instances[at_hand.parent];
        }
        if let Some(depth) = outermost {
            self.asm.load_32(INDEX, at(RAX, depth * FRAME + SAVED_ERRFUNC));
            self.asm.store_32(at(STATE, offset_of!(State, errfunc)), INDEX);
        }
    }

    /// Goes elsewhere unless the frame right below that of an instance, which is so many below the one at RAX, is one of `pcall` that waits for it in
    /// place. Clobbers SCRATCH.
    pub(super) fn check_waiting(&mut self, level: usize, elsewhere: Label) {
        let field = |offset: usize| Mem { base: RAX, index: None, disp: offset as i32 - ((level + 1) * FRAME) as i32 };
        let bit = FrameFlags::IN_PLACE.0.trailing_zeros() as usize;
        self.asm.test_byte(field(offset_of!(CallInfo, flags) + bit / 8), 1 << (bit % 8));
        self.asm.jump_if(Cond::Equal, elsewhere);
        self.asm.constant(SCRATCH, interp::after_pcall() as usize as u64);
        self.asm.op_mem(GprOp::Cmp, SCRATCH, field(offset_of!(CallInfo, then)));
        self.asm.jump_if(Cond::NotEqual, elsewhere);
    }

    /// `pcall` has succeeded: its first result, if any is wanted.
    pub(super) fn tell_success(&mut self, instance: &Instance) {
        if self.plan.insn(instance.call).c() != 1 {
            self.store_word(instance.func - 1, Value::TRUE);
        }
    }
}

/// Where a frame that waits keeps it (`CallInfo::save_errfunc`).
const SAVED_ERRFUNC: usize = offset_of!(CallInfo, k);
