//! Calls of Lua functions whose words take the place of the call.
//!
//! The callee's frame lies where it would: its arguments are where the caller has put them. What is left out is its place in
//! the row of frames, for nobody looks there as long as machine code runs. Where it is left within such a function, the
//! frames are made (`push_frames`): that there is room for them was seen when it was entered.

use core::mem::offset_of;

use crate::object::value::TAG_FUNCTION;
use crate::object::{LuaClosure, Value};
use crate::state::{CallInfo, FrameFlags, META_RESULT, MULTRET, State};
use crate::vm::code::LAST_AT;

use super::asides::Aside;
use super::asm::*;
use super::emit::*;
use super::facts;
use super::frames::before_code;
use super::instances::Instance;
use super::plan::Iteration;
use super::ways::To;

pub(super) const FRAME: usize = size_of::<CallInfo>();

impl Emitter {
    /// The step at hand calls a function that is an instance.
    pub(super) fn enter(&mut self) {
        let callee = self.plan.instances[self.plan.enters[self.at] as usize];
        let (insn, out) = (self.plan.insn(self.at), self.bail());
        if self.plan.iterations[self.at] != Iteration::None {
            self.enter_iterator(&callee, self.plan.base(self.at) + insn.a(), out);
        } else if !facts::calls(insn) {
            self.enter_metamethod(&callee, insn, out);
        } else {
            self.enter_called(&callee, self.plan.base(self.at) + insn.a() + callee.is_protected as usize, out);
        }
        (callee.base + callee.given..callee.base + callee.frame.max_stack())
            .for_each(|at| self.store_word(at, Value::NIL));
    }

    /// What the CALL at hand calls, in a slot.
    fn enter_called(&mut self, callee: &Instance, func: usize, out: Label) {
        self.check_room(callee, out);
        if callee.is_protected {
            self.check_protected(callee, out);
        }
        if callee.of_object {
            self.enter_object(callee, func, out);
        } else {
            self.check_last(func, callee.code, out, true);
        }
        // From here on things change.
        self.move_to_place(callee, func);
    }

    /// Moves a function and its arguments from a slot on: to the place of another, if it was called by a tail call; and parameters to
    /// where its registers begin, if it takes varargs.
    fn move_to_place(&mut self, callee: &Instance, func: usize) {
        if callee.tail_calls > 0 {
            (0..=callee.given + callee.extras).for_each(|i| self.pass_operand(false, func + i, callee.func + i));
        }
        if callee.is_vararg() {
            self.copy_slot(callee.func, callee.base - 1);
            for i in 0..callee.given {
                let from = callee.func + 1 + i;
                self.pass_operand(false, from, callee.base + i);
                self.store_word(from, Value::NIL);
            }
        }
    }

    /// Leaves unless the value in INDEX is a function of the callee's code. Clobbers SCRATCH.
    pub(super) fn check_code(&mut self, callee: &Instance, out: Label) {
        self.untag(INDEX, TAG_FUNCTION, out);
        self.asm.constant(SCRATCH, callee.code as u64);
        // A native function has null there.
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at(INDEX, offset_of!(LuaClosure, entry)));
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// Leaves unless the callee in a slot is a function of that code, which comes to TABLE. PERF: mostly it is the closure that was called last,
    /// that is known to be alive (`Region::forget_last`). For a call with a frame the closure comes to RAX. Clobbers RAX, INDEX and SCRATCH.
    pub(super) fn check_last(&mut self, func: usize, code: *const u64, out: Label, is_in_place: bool) {
        let (from, to) = (self.asm.label(), self.asm.label());
        self.asm.constant(TABLE, code as u64);
        self.asm.load(RAX, before_code(TABLE, LAST_AT));
        self.asm.op_mem(GprOp::Cmp, RAX, slot(func));
        self.asm.jump_if(Cond::NotEqual, from);
        self.asm.place(to);
        self.add_aside(Aside::OtherClosure { from, to, out, func, is_in_place });
    }

    /// It may be another closure of the same code, which is at TABLE. PERF: where calls in place are of many, each a new one, the first is kept.
    pub(super) fn check_closure(&mut self, (from, to, out): (Label, Label, Label), func: usize, is_in_place: bool) {
        self.asm.place(from);
        self.asm.load(INDEX, slot(func));
        self.untag(INDEX, TAG_FUNCTION, out);
        // A native function has null there.
        self.asm.op_mem(GprOp::Cmp, TABLE, at(INDEX, offset_of!(LuaClosure, entry)));
        self.asm.jump_if(Cond::NotEqual, out);
        if is_in_place {
            self.asm.compare_small(RAX, 0);
            self.asm.jump_if(Cond::NotEqual, to);
        }
        self.asm.load(RAX, slot(func));
        self.asm.store(before_code(TABLE, LAST_AT), RAX);
        self.asm.jump(to);
    }

    /// Gives an operand to a function, in a slot. Clobbers RAX.
    pub(super) fn pass_operand(&mut self, is_k: bool, from: usize, to: usize) {
        if is_k {
            let constant = self.constant(from);
            self.asm.load_double(X0, constant);
            return if self.k(from).is_number() { self.store_number(to, X0) } else { self.store_loaded(to, X0) };
        }
        if self.known.tables.has(from) { self.copy_table(from, to) } else { self.copy_slot(from, to) }
    }

    /// Leaves unless there is room for the callee's slots, and for its frame.
    pub(super) fn check_room(&mut self, callee: &Instance, out: Label) {
        self.asm.lea(RAX, slot(callee.end_of_slots()));
        self.asm.op_mem(GprOp::Cmp, RAX, at(STATE, offset_of!(State, stack_limit)));
        self.asm.jump_if(Cond::Above, out);
        self.frame_to(RAX, callee.depth);
        self.asm.op_mem(GprOp::Cmp, RAX, at(STATE, offset_of!(State, ci_limit)));
        self.asm.jump_if(Cond::NotBelow, out);
    }

    /// The address of the frame so far above the region's function's to a register, before that is made.
    pub(super) fn frame_to(&mut self, to: Gpr, depth: usize) {
        if self.plan.has_frames {
            return self.asm.lea(to, at(OWN_FRAME, depth * FRAME));
        }
        self.asm.load(to, at(STATE, offset_of!(State, ci)));
        self.asm.lea(to, at(to, depth * FRAME));
    }

    /// A return of `count` values from `first` on; whether it goes on at the next step.
    pub(super) fn leave(&mut self, first: usize, count: usize) -> bool {
        let instance = *self.plan.instance(self.at);
        if let Some(test) = self.plan.decides(self.at) {
            self.leave_to_test(test, first, count);
            return false;
        }
        let to = instance.into;
        for i in 0..instance.wanted {
            if i < count {
                self.copy_slot(first + i, to + i);
            } else {
                self.store_word(to + i, Value::NIL);
            }
        }
        if instance.is_protected {
            self.tell_success(&instance);
        }
        if instance.is_open {
            self.asm.lea(RAX, slot(to + instance.wanted));
            self.asm.store(at(STATE, offset_of!(State, top)), RAX);
        }
        let end = self.plan.end_of(self.at);
        if end == self.at + 1 {
            return true;
        }
        self.go_to(To::Step(end));
        false
    }

    /// Takes the frames of an instance away again, and makes BASE that of the loop's function. Clobbers RAX and INDEX.
    pub(super) fn pop_frames(&mut self, instance: &Instance) {
        self.asm.load(RAX, at(STATE, offset_of!(State, ci)));
        self.asm.lea(RAX, Mem { base: RAX, index: None, disp: -((instance.depth * FRAME) as i32) });
        self.asm.store(at(STATE, offset_of!(State, ci)), RAX);
        self.drop_waiting(instance);
        self.asm.lea(BASE, Mem { base: BASE, index: None, disp: -(instance.base as i32 * 8) });
    }

    /// Makes the frames of an instance and of those between it and the loop's function. Clobbers RAX and INDEX.
    pub(super) fn push_frames(&mut self, instance: &Instance) {
        let call = self.plan.pcs[instance.call] as usize;
        let parent = self.plan.instances[instance.parent];
        if parent.depth > 0 {
            self.push_frames(&parent);
            self.asm.constant(INDEX, parent.code as u64 + (call as u64 + 1) * 8);
        } else {
            self.asm.lea(INDEX, at(CODE, (call + 1) * 8));
        }
        self.asm.load(RAX, at(STATE, offset_of!(State, ci)));
        self.asm.store(at(RAX, offset_of!(CallInfo, pc)), INDEX);
        if instance.is_metamethod {
            self.note_pending(self.plan.insn(instance.call));
        }
        if instance.is_protected {
            self.push_waiting(instance);
        }
        let field = |offset: usize| at(RAX, FRAME + offset);
        self.asm.lea(INDEX, slot(instance.func));
        self.asm.store(field(offset_of!(CallInfo, func)), INDEX);
        self.asm.lea(INDEX, slot(instance.base));
        self.asm.store(field(offset_of!(CallInfo, base)), INDEX);
        self.asm.lea(INDEX, slot(instance.base + instance.frame.max_stack()));
        self.asm.store(field(offset_of!(CallInfo, top)), INDEX);
        self.asm.constant(INDEX, instance.k as u64);
        self.asm.store(field(offset_of!(CallInfo, k)), INDEX);
        let wanted = match instance.wanted as i32 {
            _ if instance.is_metamethod => META_RESULT,
            _ if instance.is_open || instance.is_protected => MULTRET,
            wanted => wanted,
        };
        self.asm.store_small_32(field(offset_of!(CallInfo, nresults)), wanted);
        // The flags, and tail calls behind them.
        self.asm.store_small(field(offset_of!(CallInfo, flags)), FrameFlags::LUA.0 as i32);
        if instance.tail_calls > 0 {
            self.asm.store_small_32(field(offset_of!(CallInfo, tail_calls)), instance.tail_calls as i32);
        }
        self.asm.lea(RAX, field(0));
        self.asm.store(at(STATE, offset_of!(State, ci)), RAX);
    }
}

const _: () = assert!(offset_of!(CallInfo, tail_calls) == offset_of!(CallInfo, flags) + 4);
