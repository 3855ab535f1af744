//! Instructions that are left to their handlers, and functions of numbers that are called.
//!
//! A handler ends by going on at the next word, by way of the table of handlers that it was given. So one that machine
//! code calls is given a table of which every handler returns to it (`interp::native_loop::back_to_code`). If that is at the next
//! word, in the same frame, machine code goes on, otherwise the interpreter: a function was called, or an error is under way. What the
//! function that was called returns to may be machine code again (`CallInfo::resume`).
//!
//! A foreign function is not called so: an exception that it throws finds no way through machine code. Nor is a Lua function, for
//! it would not go on here. What calls one leaves to the interpreter, with a note of where it goes on.

use core::mem::offset_of;

use crate::state::{CallInfo, State, Switchboard};
use crate::vm::code::Op;
use crate::vm::interp;

use super::asm::*;
use super::calls::FRAME;
use super::emit::*;
use super::facts;
use super::known::Known;
use super::instances::Instance;
use super::plan::Iteration;
use super::ways::To;

const NO_POINT: u16 = 0;

impl Emitter {
    /// Leaves the step at hand to its handler, and goes on behind; whether at the next step.
    pub(super) fn leave_to_handler(&mut self) -> bool {
        let at_step = self.at;
        self.call_handler(at_step);
        let to = if self.plan.leaves_by_handler(at_step) {
            To::Step(self.plan.end_of(at_step))
        } else {
            self.to_from(at_step, self.plan.left[at_step] as i32)
        };
        if to == To::Step(at_step + 1) {
            return true;
        }
        self.go_to(to);
        false
    }

    /// Lets the interpreter carry out a step. It comes back behind; nothing is known then.
    pub(super) fn call_handler(&mut self, at_step: usize) {
        let of = self.plan.of[at_step];
        let own = *self.plan.instance(at_step);
        let pc = self.plan.pcs[at_step] as usize;
        let passed = self.write_way_to(at_step);
        if self.plan.leaves_by_handler(at_step) {
            // The RETURN behind passes the results on, and goes on behind the CALL of the instance.
            self.subcall(&own, pc + 1, 0, passed);
            let parent = self.plan.instances[own.parent];
            let behind = self.plan.pcs[own.call] as usize + 1;
            self.subcall(&parent, behind, 1, None);
            self.pop_instance(&parent, behind);
            return;
        }
        let behind = pc + if facts::compares(self.plan.insn(at_step).op()) { 2 } else { self.plan.left[at_step].max(1) as usize };
        if facts::switches(self.plan.insn(at_step)) {
            return self.switch_and_return(behind);
        }
        let back = self.asm.label();
        let point = if facts::may_call(self.plan.insn(at_step)) { self.point_back(of, behind, back) } else { NO_POINT };
        self.note_back(point);
        if self.plan.is_by_way[at_step] {
            self.leave_by_word(passed);
        } else if let Some(distance) = self.plan.jump_of_left(at_step) {
            let (on, target) = (self.asm.label(), (pc as i32 + distance) as usize);
            self.subcall_either(&own, (behind, on), target, passed);
            self.pop_instance(&own, target);
            let to = self.to_from(at_step, distance);
            self.rejoin(to);
            self.asm.place(on);
        } else {
            self.subcall(&own, behind, 0, passed);
        }
        self.asm.place(back);
        self.pop_instance(&own, behind);
    }

    /// The switch at the step at hand, whose word is at CODE with the registers of a handler; it comes back at the word `behind`.
    pub(super) fn switch_and_return(&mut self, behind: usize) {
        let (of, own) = (self.plan.of[self.at], *self.plan.instance(self.at));
        let back = self.asm.label();
        let point = self.point_back(of, behind, back);
        self.pop_saved();
        self.switch(point);
        self.asm.place(back);
        self.pop_instance(&own, behind);
    }

    /// Lets the interpreter carry out the word at CODE, which is the step's at hand, and go on.
    pub(super) fn leave_by_word(&mut self, passed: Option<usize>) {
        self.pop_saved();
        if let Some(passed) = passed {
            self.asm.load_double(X0, slot(passed));
        }
        self.go_by_step();
    }

    /// The same where nothing is saved and nothing is passed on.
    pub(super) fn go_by_step(&mut self) {
        self.load_handler();
        self.asm.jump_to_register(RAX);
    }

    /// The handler of the word at CODE, which is the step's at hand, to RAX: one that does not come here again, unless hooks or limits are to see the
    /// word.
    fn load_handler(&mut self) {
        if self.plan.iterations[self.at] == Iteration::None {
            return self.load_from_board();
        }
        let (from_board, loaded) = (self.asm.label(), self.asm.label());
        self.poll(from_board);
        self.asm.constant(RAX, interp::handler_without_code(Op::TForNative) as usize as u64);
        self.asm.jump(loaded);
        self.asm.place(from_board);
        self.load_from_board();
        self.asm.place(loaded);
    }

    /// The handler of the word at CODE, as the board says, to RAX.
    fn load_from_board(&mut self) {
        self.asm.load_byte(RAX, at(CODE, 0));
        self.asm.load(RAX, at_index(DISPATCH, RAX, 0));
    }

    /// Calls the handler of the word at CODE. It comes back at the word `behind` of an instance, whose frame is so many below; if not
    /// so, goes on where it does.
    fn subcall(&mut self, instance: &Instance, behind: usize, frames_left: usize, passed: Option<usize>) {
        self.call_word(frames_left, passed);
        self.compare_word(instance, behind);
        self.asm.jump_if(Cond::NotEqual, self.elsewhere);
    }

    /// The same of a test, in the same frame: it comes back behind, and goes on at a label then, or at the word that it jumps to.
    fn subcall_either(&mut self, instance: &Instance, (behind, on): (usize, Label), target: usize, passed: Option<usize>) {
        self.call_word(0, passed);
        self.compare_word(instance, behind);
        self.asm.jump_if(Cond::Equal, on);
        self.compare_word(instance, target);
        self.asm.jump_if(Cond::NotEqual, self.elsewhere);
    }

    /// `Equal`, if CODE is a word of an instance.
    pub(super) fn compare_word(&mut self, instance: &Instance, pc: usize) {
        self.asm.constant(SCRATCH, instance.code as u64 + pc as u64 * 8);
        self.asm.op(GprOp::Cmp, SCRATCH, CODE);
    }

    /// Calls the handler of the word at CODE, and sees that the region is still there, and the frame the same, or one so many
    /// below.
    pub(super) fn call_word(&mut self, frames_left: usize, passed: Option<usize>) {
        if let Some(passed) = passed {
            self.asm.load_double(X0, slot(passed));
        }
        if frames_left == 0 && self.is_by_board(self.at) {
            return self.call_here();
        }
        let (ended, elsewhere) = (self.ended, self.elsewhere);
        self.load_handler();
        self.call_loaded(1 + self.saved_count % 2, frames_left, ended, elsewhere);
    }

    /// What `call_here` calls.
    pub(super) fn call_word_in_call(&mut self) {
        let (ended, elsewhere) = (self.asm.label(), self.asm.label());
        self.load_from_board();
        self.call_loaded(2 - self.saved_count % 2, 0, ended, elsewhere);
        self.asm.ret();
        // It does not come back to who has called.
        self.asm.place(ended);
        self.asm.pop(SCRATCH);
        self.asm.jump(self.ended);
        self.asm.place(elsewhere);
        self.asm.pop(SCRATCH);
        self.asm.jump(self.elsewhere);
    }

    /// Calls the handler in RAX. `pushes`: so many make the stack what it is to be at a handler's beginning, 8 off a multiple of 16.
    fn call_loaded(&mut self, pushes: usize, frames_left: usize, ended: Label, elsewhere: Label) {
        let current = at(DISPATCH, offset_of!(Switchboard, current));
        self.asm.load(INDEX, at(STATE, offset_of!(State, ci)));
        (0..pushes).for_each(|_| self.asm.push(INDEX));
        self.asm.constant(INDEX, self.around.back as u64);
        self.asm.store(current, INDEX);
        self.asm.copy(DISPATCH, INDEX);
        self.asm.call_register(RAX);
        (0..pushes).for_each(|_| self.asm.pop(INDEX));
        self.asm.constant(DISPATCH, self.around.plain_board as u64);
        self.asm.store(current, DISPATCH);
        self.asm.compare_number(RAX, self.around.back_code);
        self.asm.jump_if(Cond::NotEqual, ended);
        let (generation, place) = self.around.generation;
        self.asm.constant(SCRATCH, place as u64);
        self.asm.compare_mem_32(at(SCRATCH, 0), generation);
        self.asm.jump_if(Cond::NotEqual, elsewhere);
        // A hook may have been set.
        self.poll(elsewhere);
        if frames_left > 0 {
            self.asm.lea(INDEX, Mem { base: INDEX, index: None, disp: -((frames_left * FRAME) as i32) });
        }
        self.asm.op_mem(GprOp::Cmp, INDEX, at(STATE, offset_of!(State, ci)));
        self.asm.jump_if(Cond::NotEqual, elsewhere);
    }

    /// Where a handler that was called has gone on elsewhere: the interpreter goes on there. And where it has ended the run.
    pub(super) fn write_ways_from_handlers(&mut self) {
        self.asm.place(self.elsewhere);
        self.pop_saved();
        self.asm.constant(RAX, interp::elsewhere_handler() as usize as u64);
        self.asm.jump_to_register(RAX);
        self.asm.place(self.ended);
        self.pop_saved();
        self.asm.ret();
    }

    /// The point where an instance goes on, when it comes to a word, from the interpreter: `NO_POINT`, if there are too many.
    pub(super) fn point_back(&mut self, instance: u8, pc: usize, back: Label) -> u16 {
        let Some(point) = self.new_point(instance, pc) else { return NO_POINT };
        point.label = back;
        // SAFETY: one of the state's.
        unsafe { (*point.point).number }
    }

    /// Notes a point in the newest frame.
    pub(super) fn note_back(&mut self, point: u16) {
        if point != NO_POINT {
            self.asm.load(RAX, at(STATE, offset_of!(State, ci)));
            self.asm.store_16(at(RAX, offset_of!(CallInfo, resume)), point);
        }
    }

    /// Goes on in an instance, at a word at which CODE is, with the registers of a handler.
    pub(super) fn pop_instance(&mut self, instance: &Instance, pc: usize) {
        if instance.depth > 0 {
            self.drop_frames(instance.number);
        } else {
            self.asm.lea(CODE, Mem { base: CODE, index: None, disp: -(pc as i32 * 8) });
        }
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
        self.call_function(function, &[CODE, BASE, K, STATE, DISPATCH], |_| ());
        // The slots have what the registers held.
        for at in self.known.numbers.iter() {
            if let Some(register) = self.number_register(at) {
                self.asm.load_double(register, slot(at));
            }
        }
    }

    /// A call of a function that does not come back to the interpreter, with what `arguments` puts in the registers for it, and some
    /// registers kept. Those for numbers are lost. Clobbers RAX and SCRATCH.
    pub(super) fn call_function(&mut self, function: usize, kept: &[Gpr], arguments: impl FnOnce(&mut Asm)) {
        // At a handler's beginning the stack is 8 off a multiple of 16.
        let needs_one_more = (self.saved_count + kept.len()) % 2 == 0;
        for &register in kept {
            self.asm.push(register);
        }
        if needs_one_more {
            self.asm.push(RAX);
        }
        arguments(&mut self.asm);
        self.asm.constant(RAX, function as u64);
        self.asm.call_register(RAX);
        if needs_one_more {
            self.asm.pop(SCRATCH);
        }
        for &register in kept.iter().rev() {
            self.asm.pop(register);
        }
    }
}
