//! Where machine code goes: from step to step, back in loops, in, and out to the interpreter.
//!
//! A jump to a loop's head makes known first what the head wants to be; one back looks for hooks and limits, too.
//! A *detour* lets the interpreter carry out one instruction that machine code does not do for the values at hand.
//!
//! Not here: how an instruction is left to its handler (`outcalls`).

use core::mem::offset_of;

use crate::state::State;
use crate::vm::code::{Insn, Op};
use crate::vm::interp::{self, LOOP_VARIABLE};

use super::asm::*;
use super::emit::*;
use super::Forms;
use super::facts;
use super::function::Function;
use super::known::Known;
use super::plan::Iteration;

pub(super) const MAX_STUBS: usize = 512;
pub(super) const MAX_BACK: usize = 64;
pub(super) const MAX_EXITS: usize = 512;
const OUTSIDE: u32 = 1 << 31;

/// A jump that needs more than the jump.
#[derive(Clone, Copy)]
pub(super) struct Stub {
    pub(super) label: Label,
    pub(super) known: Known,
    pub(super) to: u16,
    pub(super) is_back: bool,
}

/// An instruction that leaves to its handler what it does not do by itself, and goes on behind.
#[derive(Clone, Copy)]
pub(super) struct Detour {
    pub(super) at: u16,
    /// Where the detour begins, and where it ends.
    pub(super) from: Label,
    pub(super) to: Label,
    /// What is known where it ends.
    pub(super) known: Known,
}

/// Where an instruction leads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    Step(usize),
    /// A word of the loop's function that is not in the region.
    Outside(usize),
}

/// Where the code of a region is entered.
#[derive(Clone, Copy)]
pub struct EntryPoint {
    /// The step of the jump back, or of the TFORLOOP before it.
    pub at: u16,
    pub label: Label,
}

/// Why machine code is left.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The way of the program leads out, or a hook or limit wants to see it.
    Way,
    /// Something is not as guessed.
    Side,
    /// ... of what is known at a loop's head.
    Head,
    /// That has come too often.
    Spent,
}

impl Reason {
    pub(super) const ALL: [Reason; 4] = [Reason::Way, Reason::Side, Reason::Head, Reason::Spent];
    pub(super) const COUNT: usize = Reason::ALL.len();
}

/// A way out: the word that the interpreter goes on at. All zero bytes are one.
#[derive(Clone, Copy)]
pub(super) struct Exit {
    /// A step; or, and then this is `OUTSIDE` and more, a word.
    pub(super) to: u32,
    pub(super) label: Label,
    pub(super) reason: Reason,
}

impl Emitter {
    /// Where the interpreter goes on there.
    pub(super) fn exit(&mut self, to: To, reason: Reason) -> Label {
        let to = match to {
            To::Step(at) => at as u32,
            To::Outside(pc) => pc as u32 | OUTSIDE,
        };
        for exit in &self.exits[..self.exit_count] {
            if exit.to == to && exit.reason == reason {
                return exit.label;
            }
        }
        if self.exit_count == MAX_EXITS {
            self.overflow = true;
            return Label(0);
        }
        let label = self.asm.label();
        self.exits[self.exit_count] = Exit { to, label, reason };
        self.exit_count += 1;
        label
    }

    /// Where the instruction at hand is left to the interpreter.
    pub(super) fn bail(&mut self) -> Label {
        if self.plan.selects_varargs(self.at) {
            return self.leave_before_row();
        }
        if self.plan.has_detour(self.at) {
            let label = match self.detour {
                Some(label) => label,
                None => self.asm.label(),
            };
            self.detour = Some(label);
            return label;
        }
        self.exit(To::Step(self.at), Reason::Side)
    }

    /// The step at hand is written: its detour, if it has one, ends here.
    /// What it found out of its operands is not known on that way.
    pub(super) fn end_detour(&mut self, before: Known) {
        let Some(from) = self.detour.take() else { return };
        let enters = self.plan.enters[self.at] != 0;
        if enters || self.plan.iterations[self.at] != Iteration::None {
            let to = self.labels[if enters { self.plan.end_of_entered(self.at) } else { self.at + 1 }];
            self.detours[self.detour_count] = Detour { at: self.at as u16, from, to, known: Known::NOTHING };
            self.detour_count += 1;
            return;
        }
        let mut known = before;
        self.plan.writes(self.at).each(|at| {
            known.numbers.add(at);
            known.tables.add(at);
        });
        self.known.meet(&known);
        let to = self.asm.label();
        self.asm.place(to);
        self.detours[self.detour_count] = Detour { at: self.at as u16, from, to, known: self.known };
        self.detour_count += 1;
    }

    #[inline(never)]
    pub(super) fn write_detour(&mut self, detour: Detour) {
        self.at = detour.at as usize;
        self.asm.place(detour.from);
        self.known = Known::NOTHING;
        let insn = self.plan.insn(self.at);
        // Where more is guessed of what is read than that it is there, that may have been wrong.
        if facts::counts_itself(insn) && self.plan.wanted_after[self.at].is_none() {
            let (instance, pc) = (self.plan.instance(self.at), self.plan.pcs[self.at] as u64);
            self.asm.constant(RAX, instance.code as u64 + pc * 8);
            self.asm.add_one_32(at(RAX, 4));
        }
        let behind = self.read_nothing();
        let spent = self.exit(To::Step(self.at), Reason::Spent);
        self.lose_patience();
        self.asm.jump_if(Cond::Below, spent);
        if self.plan.iterations[self.at] == Iteration::None {
            self.call_handler(self.at);
        } else {
            self.call_iterator();
        }
        if let Some(behind) = behind {
            self.asm.place(behind);
        }
        if self.plan.orders_strings(self.at) || self.plan.is_decided(self.at) {
            let on = self.to(2);
            return self.rejoin(on);
        }
        if self.plan.enters[self.at] != 0 {
            let end = self.plan.end_of_entered(self.at);
            self.check_results(end);
            return self.rejoin(To::Step(end));
        }
        self.convert(detour.known, self.at + 1);
        self.asm.jump(detour.to);
    }

    /// What the step at hand was to call in place, and has called by its handler, may have given another number of results than what follows counts
    /// on: then the interpreter goes on there. Clobbers RAX.
    fn check_results(&mut self, end: usize) {
        let callee = self.plan.instances[self.plan.enters[self.at] as usize];
        if !callee.is_open {
            return;
        }
        let out = self.exit(To::Step(end), Reason::Side);
        self.asm.lea(RAX, slot(callee.into + callee.wanted));
        self.asm.op_mem(GprOp::Cmp, RAX, at(STATE, offset_of!(State, top)));
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// Goes on, where nothing is known, in a block that may be written already: then what it knows is made known. What no step leads to was not
    /// written: there the interpreter goes on.
    pub(super) fn rejoin(&mut self, to: To) {
        match to {
            To::Step(at) if self.is_behind_steps && !self.plan.reached[at] => {
                let out = self.exit(to, Reason::Way);
                self.asm.jump(out);
            }
            To::Step(at) if self.is_behind_steps && at > self.at => {
                let wanted = self.plan.known[at];
                self.convert(wanted, at);
                self.asm.jump(self.labels[at]);
            }
            _ => {
                let label = self.way_to(to);
                self.asm.jump(label);
            }
        }
    }

    /// Counts that something was not as guessed: `Below`, if that has come too often. Clobbers RAX.
    fn lose_patience(&mut self) {
        self.asm.constant(RAX, self.around.patience as u64);
        self.asm.subtract_one_32(at(RAX, 0));
    }

    /// The word that is so far from that of the step at hand.
    pub(super) fn to(&self, distance: i32) -> To {
        self.to_from(self.at, distance)
    }

    pub(super) fn to_from(&self, at: usize, distance: i32) -> To {
        let pc = self.plan.pcs[at] as isize + distance as isize;
        match self.plan.step_at(self.plan.of[at], pc) {
            Some(step) => To::Step(step),
            None => To::Outside(pc as usize),
        }
    }

    /// The label to jump to, in order to go on there with what is known now.
    pub(super) fn way_to(&mut self, to: To) -> Label {
        let To::Step(at) = to else { return self.exit(to, Reason::Way) };
        let is_back = at <= self.at;
        let lacks = self.plan.is_head[at] && !self.plan.known[at].beyond(&self.known).is_nothing();
        if is_back || lacks {
            if self.stub_count == MAX_STUBS {
                self.overflow = true;
                return Label(0);
            }
            let label = self.asm.label();
            self.stubs[self.stub_count] = Stub { label, known: self.known, to: at as u16, is_back };
            self.stub_count += 1;
            return label;
        }
        self.join(at);
        self.labels[at]
    }

    /// Tells a block that it is reached with what is known now.
    pub(super) fn join(&mut self, at: usize) {
        if self.plan.is_head[at] {
            return;
        }
        if self.plan.reached[at] {
            self.plan.known[at].meet(&self.known);
        } else {
            self.plan.known[at] = self.known;
            self.plan.reached[at] = true;
        }
    }

    /// Goes on in the block behind.
    pub(super) fn fall_to(&mut self, at: usize) {
        if self.plan.is_head[at] {
            let wanted = self.plan.known[at];
            self.convert(wanted, at);
        }
        self.join(at);
    }

    /// Jumps to the word at that distance if the condition holds, else goes on two words on.
    pub(super) fn branch(&mut self, cond: Cond, distance: i32) {
        let to = self.to(distance);
        let label = self.way_to(to);
        self.asm.jump_if(cond, label);
        let on = self.to(2);
        self.go_to(on);
    }

    /// Goes on there.
    pub(super) fn go_to(&mut self, to: To) {
        let at = match to {
            To::Step(at) if at > self.at => at,
            _ => {
                let label = self.way_to(to);
                return self.asm.jump(label);
            }
        };
        if self.plan.is_head[at] {
            let (wanted, before) = (self.plan.known[at], self.known);
            self.convert(wanted, at);
            self.known = before;
        } else {
            self.join(at);
        }
        // Nothing is written for steps in between: the block comes right behind.
        let is_next = (self.at + 1..at).all(|between| !self.plan.leads[between]);
        if !is_next {
            self.asm.jump(self.labels[at]);
        }
    }

    /// Leaves if the interpreter is to see each turn now: a hook is set, or a limit.
    pub(super) fn poll(&mut self, out: Label) {
        // What concerns jumps back concerns calls.
        let op = if self.plan.has_calls { Op::CallNative } else { Op::ForLoopNative };
        let handler = interp::handler_here(op as u8) as usize;
        self.asm.compare_mem_32(at(DISPATCH, op as usize * 8), handler as u32);
        self.asm.jump_if(Cond::NotEqual, out);
    }

    pub(super) fn write_stub(&mut self, stub: Stub) {
        self.asm.place(stub.label);
        self.known = stub.known;
        let at = stub.to as usize;
        if stub.is_back {
            let out = self.exit(To::Step(at), Reason::Way);
            self.poll(out);
        }
        if self.plan.is_head[at] {
            let wanted = self.plan.known[at];
            self.convert(wanted, at);
        }
        self.asm.jump(self.labels[at]);
    }

    pub(super) fn add_entry(&mut self) {
        // The loops of a function have code of their own, or will have.
        if self.plan.is_function {
            return;
        }
        if self.entry_count == MAX_BACK {
            self.overflow = true;
            return;
        }
        let label = self.asm.label();
        self.entries[self.entry_count] = EntryPoint { at: self.at as u16, label };
        self.entry_count += 1;
    }

    /// The ways in: from each jump back, when its own handler would run.
    pub(super) fn write_entries(&mut self, f: Function) {
        for at_entry in 0..self.entry_count {
            let EntryPoint { at: at_step, label } = self.entries[at_entry];
            let at_step = at_step as usize;
            let pc = self.plan.pcs[at_step];
            let insn = self.plan.insn(at_step);
            self.asm.place(label);
            let is_generic = self.plan.iterations[at_step] != Iteration::None;
            let to = if is_generic { To::Step(at_step) } else { self.to_from(at_step, insn.jump()) };
            let To::Step(at_head) = to else {
                self.overflow = true;
                return;
            };
            let plain = self.asm.label();
            self.poll(plain);
            if insn.op() == Op::ForLoop {
                self.at = at_step;
                self.turn_first(f, insn, plain);
            }
            self.push_saved();
            self.load_frame();
            self.asm.lea(CODE, Mem { base: CODE, index: None, disp: -(pc as i32 * 8) });
            self.known = Known::NOTHING;
            let wanted = self.plan.known[at_head];
            self.convert(wanted, at_head);
            self.asm.jump(self.labels[at_head]);
            // What the word does where there is no machine code.
            self.asm.place(plain);
            self.asm.constant(RAX, interp::handler_without_code(Forms::of(insn).native) as usize as u64);
            self.asm.jump_to_register(RAX);
        }
    }

    /// The turn of a numeric loop that led here; to `plain`, with nothing changed, when it ends or is anything unusual.
    pub(super) fn turn_first(&mut self, f: Function, insn: Insn, plain: Label) {
        let a = insn.a();
        let is_down = self.goes_down(f);
        self.check_step(a, is_down, plain);
        self.asm.load_double(X0, slot(a));
        self.asm.sse_mem(SseOp::Add, X0, slot(a + 2));
        self.asm.load_double(X1, slot(a + 1));
        self.leave_behind_limit(X1, is_down, plain);
        self.asm.store_double(slot(a), X0);
        self.asm.store_double(slot(a + LOOP_VARIABLE), X0);
    }

    pub(super) fn write_exits(&mut self, f: Function) {
        for at_exit in 0..self.exit_count {
            let Exit { to, label, reason } = self.exits[at_exit];
            self.asm.place(label);
            let passed = if to & OUTSIDE != 0 {
                let pc = (to & !OUTSIDE) as usize;
                self.asm.lea(CODE, at(CODE, pc * 8));
                // SAFETY: a word of the loop's function.
                unsafe { interp::passing_register(&raw const f.code[pc]) }
            } else {
                self.write_way_to(to as usize)
            };
            if let Some(passed) = passed {
                self.asm.load_double(X0, slot(passed));
            }
            if to & OUTSIDE != 0 || self.is_by_board(to as usize) {
                self.leave_for(reason);
                continue;
            }
            self.pop_saved();
            self.lose_patience_for(reason);
            self.at = to as usize;
            self.go_by_step();
        }
    }

    /// Counts that machine code is left, if not by the program's way; the region is given up if that has come too often. Clobbers RAX.
    pub(super) fn lose_patience_for(&mut self, reason: Reason) {
        if reason == Reason::Way {
            return;
        }
        let go_on = self.asm.label();
        if reason != Reason::Spent {
            self.lose_patience();
            self.asm.jump_if(Cond::NotBelow, go_on);
        }
        self.asm.constant(RAX, self.around.give_up[(reason == Reason::Head) as usize] as u64);
        self.asm.jump_to_register(RAX);
        self.asm.place(go_on);
    }

    /// Makes the registers those of a handler at a step; returns the slot that its word may take a number from, as the
    /// frame's own.
    pub(super) fn write_way_to(&mut self, step: usize) -> Option<usize> {
        let (instance, pc) = (*self.plan.instance(step), self.plan.pcs[step] as usize);
        // SAFETY: a word of the instance's function.
        let passed = unsafe { interp::passing_register(instance.code.add(pc)) };
        if instance.depth == 0 {
            self.asm.lea(CODE, at(CODE, pc * 8));
            return passed;
        }
        self.make_frames(self.plan.of[step]);
        self.asm.constant(CODE, instance.code as u64 + pc as u64 * 8);
        passed
    }
}
