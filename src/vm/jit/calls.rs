//! Calls of Lua functions whose words take the place of the call.
//!
//! The callee's frame lies where it would: its arguments are where the caller has put them. What is left out is its place in
//! the row of frames, for nobody looks there as long as machine code runs. Where it is left within such a function, the
//! frames are made (`push_frames`): that there is room for them was seen when it was entered.

use core::mem::offset_of;

use crate::object::value::TAG_FUNCTION;
use crate::object::{LuaClosure, Value};
use crate::state::{CallInfo, FrameFlags, MULTRET, State};

use super::asm::*;
use super::emit::*;
use super::plan::Instance;
use super::ways::To;

pub(super) const FRAME: usize = size_of::<CallInfo>();

impl Emitter {
    /// The CALL at hand, of a function that is an instance.
    pub(super) fn enter(&mut self) {
        let callee = self.plan.instances[self.plan.enters[self.at] as usize];
        let out = self.bail();
        self.asm.load(INDEX, slot(callee.base - 1));
        self.untag(INDEX, TAG_FUNCTION, out);
        self.asm.constant(SCRATCH, callee.code as u64);
        // A native function has null there.
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at(INDEX, offset_of!(LuaClosure, entry)));
        self.asm.jump_if(Cond::NotEqual, out);
        self.check_room(&callee, out);
        (callee.base + callee.given..callee.base + callee.frame.max_stack())
            .for_each(|at| self.store_word(at, Value::NIL));
    }

    /// Leaves unless there is room for the callee's slots, and for its frame.
    fn check_room(&mut self, callee: &Instance, out: Label) {
        self.asm.lea(RAX, slot(callee.base + callee.frame.max_stack()));
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
        let to = instance.base - 1;
        for i in 0..instance.wanted {
            if i < count {
                self.copy_slot(first + i, to + i);
            } else {
                self.store_word(to + i, Value::NIL);
            }
        }
        if instance.is_open {
            self.asm.lea(RAX, slot(to + instance.wanted));
            self.asm.store(at(STATE, offset_of!(State, top)), RAX);
        }
        if instance.end == self.at + 1 {
            return true;
        }
        self.go_to(To::Step(instance.end));
        false
    }

    /// Takes the frames of an instance away again, and makes BASE that of the loop's function. Clobbers RAX.
    pub(super) fn pop_frames(&mut self, instance: &Instance) {
        self.asm.load(RAX, at(STATE, offset_of!(State, ci)));
        self.asm.lea(RAX, Mem { base: RAX, index: None, disp: -((instance.depth * FRAME) as i32) });
        self.asm.store(at(STATE, offset_of!(State, ci)), RAX);
        self.asm.lea(BASE, Mem { base: BASE, index: None, disp: -(instance.base as i32 * 8) });
    }

    /// Makes the frames of an instance and of those between it and the loop's function. Clobbers RAX and INDEX.
    pub(super) fn push_frames(&mut self, instance: &Instance) {
        let call = self.plan.pcs[instance.call] as usize;
        if instance.depth > 1 {
            let parent = self.plan.instances[instance.parent];
            self.push_frames(&parent);
            self.asm.constant(INDEX, parent.code as u64 + (call as u64 + 1) * 8);
        } else {
            self.asm.lea(INDEX, at(CODE, (call + 1) * 8));
        }
        self.asm.load(RAX, at(STATE, offset_of!(State, ci)));
        self.asm.store(at(RAX, offset_of!(CallInfo, pc)), INDEX);
        let field = |offset: usize| at(RAX, FRAME + offset);
        self.asm.lea(INDEX, slot(instance.base - 1));
        self.asm.store(field(offset_of!(CallInfo, func)), INDEX);
        self.asm.lea(INDEX, slot(instance.base));
        self.asm.store(field(offset_of!(CallInfo, base)), INDEX);
        self.asm.lea(INDEX, slot(instance.base + instance.frame.max_stack()));
        self.asm.store(field(offset_of!(CallInfo, top)), INDEX);
        self.asm.constant(INDEX, instance.k as u64);
        self.asm.store(field(offset_of!(CallInfo, k)), INDEX);
        let wanted = if instance.is_open { MULTRET } else { instance.wanted as i32 };
        self.asm.constant(INDEX, wanted as u32 as u64);
        self.asm.store_32(field(offset_of!(CallInfo, nresults)), INDEX);
        // The flags, and no tail calls behind them.
        self.asm.store_small(field(offset_of!(CallInfo, flags)), FrameFlags::LUA.0 as i32);
        self.asm.lea(RAX, field(0));
        self.asm.store(at(STATE, offset_of!(State, ci)), RAX);
    }
}

const _: () = assert!(offset_of!(CallInfo, tail_calls) == offset_of!(CallInfo, flags) + 4);
