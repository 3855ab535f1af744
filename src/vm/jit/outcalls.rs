//! Instructions that are left to their handlers, and functions of numbers that are called.
//!
//! A handler ends by going on at the next word, by way of the table of handlers that it was given. So one that machine
//! code jumps to is given a table of which every handler leads back (`interp::native_loop::resume_native`), if the next
//! word is the one that was noted before, in the same frame. Otherwise the interpreter goes on.

use core::mem::offset_of;

use crate::state::State;
use crate::state::native_loops::ResumeBoard;

use super::asm::*;
use super::calls::FRAME;
use super::emit::*;
use super::known::Known;
use super::ways::To;

impl Emitter {
    /// Leaves the step at hand to its handler, with those behind that are left to theirs, too, and goes on behind; whether at
    /// the next step.
    pub(super) fn leave_to_handler(&mut self) -> bool {
        let first = self.at;
        if self.plan.leaves_by_handler(first) {
            self.call_handler(first, first);
            let end = self.plan.instance(first).end;
            if end == first + 1 {
                return true;
            }
            self.go_to(To::Step(end));
            return false;
        }
        let last = self.plan.run_end(first);
        self.call_handler(first, last);
        self.done = last + 1;
        let to = self.to_from(last, self.plan.left[last] as i32);
        if to == To::Step(last + 1) {
            return true;
        }
        self.go_to(to);
        false
    }

    /// Lets the interpreter carry out the steps from `first` to `last`. It comes back behind the last; nothing is known then.
    pub(super) fn call_handler(&mut self, first: usize, last: usize) {
        let distance = self.plan.left[last].max(1) as usize;
        let own = *self.plan.instance(first);
        // Where it comes back to: behind the steps, or, after a tail call, behind the CALL of the instance.
        let (instance, pc) = if self.plan.leaves_by_handler(last) {
            (self.plan.instances[own.parent], self.plan.pcs[own.call] as usize + 1)
        } else {
            (own, self.plan.pcs[last] as usize + distance)
        };
        let frames_left = own.depth - instance.depth;
        let back = self.asm.label();
        let passed = self.write_way_to(first);
        self.pop_saved();
        let field = |offset: usize| at(INDEX, offset);
        self.asm.constant(INDEX, self.around.resume as u64);
        self.asm.load_address(RAX, back);
        self.asm.store(field(offset_of!(ResumeBoard, address)), RAX);
        self.asm.store(field(offset_of!(ResumeBoard, state)), STATE);
        self.asm.load(RAX, at(STATE, offset_of!(State, ci)));
        if frames_left > 0 {
            self.asm.lea(RAX, Mem { base: RAX, index: None, disp: -((frames_left * FRAME) as i32) });
        }
        self.asm.store(field(offset_of!(ResumeBoard, ci)), RAX);
        self.asm.constant(RAX, instance.code as u64 + pc as u64 * 8);
        self.asm.store(field(offset_of!(ResumeBoard, pc)), RAX);
        self.asm.store_small(field(offset_of!(ResumeBoard, left)), (last - first) as i32);
        if let Some(passed) = passed {
            self.asm.load_double(X0, slot(passed));
        }
        self.asm.load_byte(RAX, at(CODE, 0));
        self.asm.load(RAX, at_index(DISPATCH, RAX, 0));
        self.asm.copy(DISPATCH, INDEX);
        self.asm.jump_to_register(RAX);
        self.asm.place(back);
        if instance.depth > 0 {
            self.pop_frames(&instance);
            self.asm.constant(CODE, self.plan.instances[0].code as u64);
            self.asm.constant(K, self.plan.instances[0].k as u64);
        } else {
            self.asm.lea(CODE, Mem { base: CODE, index: None, disp: -(pc as i32 * 8) });
        }
        self.push_saved();
        self.load_frame();
        self.known = Known::NOTHING;
    }

    pub(super) fn push_saved(&mut self) {
        for at_saved in 0..self.saved_count {
            self.asm.push(Gpr(self.saved[at_saved]));
        }
    }

    /// Loads the frame of the region's function, which is the newest, if the region has a register for it.
    pub(super) fn load_frame(&mut self) {
        if self.plan.has_frames {
            self.asm.load(OWN_FRAME, at(STATE, offset_of!(State, ci)));
        }
    }

    pub(super) fn pop_saved(&mut self) {
        for at_saved in (0..self.saved_count).rev() {
            self.asm.pop(Gpr(self.saved[at_saved]));
        }
    }

    /// A call of a C function of numbers: its arguments are in X0 and X1, its result comes to X0.
    pub(super) fn call_c(&mut self, function: usize) {
        let kept = [CODE, BASE, K, STATE, DISPATCH];
        // At a handler's beginning the stack is 8 off a multiple of 16.
        let pushed = self.saved_count + kept.len();
        let needs_one_more = pushed % 2 == 0;
        for register in kept {
            self.asm.push(register);
        }
        if needs_one_more {
            self.asm.push(RAX);
        }
        self.asm.constant(RAX, function as u64);
        self.asm.call_register(RAX);
        if needs_one_more {
            self.asm.pop(RAX);
        }
        for register in kept.into_iter().rev() {
            self.asm.pop(register);
        }
        // The slots have what the registers held.
        for at in self.known.numbers.iter() {
            if let Some(register) = self.number_register(at) {
                self.asm.load_double(register, slot(at));
            }
        }
    }
}
