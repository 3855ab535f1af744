//! Varargs: rows of them, and `select` of such rows.
//!
//! Of a function that is called in place it is known how many there are: a row is so many copies. In the loops of a function that takes some they
//! lie below its registers, from where its frame tells; a row that is only made to be given to `select` is not made there, for `select` takes its
//! value from where it lies. If that is left to the interpreter, it is at the VARARG before, which has changed nothing.

use core::mem::offset_of;

use crate::object::Value;
use crate::state::{CallInfo, State};
use crate::vm::code::Op;
use crate::vm::frames::MANY_RESULTS;

use super::asm::*;
use super::emit::*;
use super::facts::{BuiltinCall, VARARGS};
use super::plan::Plan;
use super::ways::{Reason, To};

impl Plan {
    /// Whether a step is a VARARG that machine code does.
    pub(super) fn takes_varargs(&self, at: usize) -> bool {
        self.insn(at).op() == Op::Vararg && self.left[at] == 0
    }

    /// ... of which it is known how many there are.
    pub(super) fn takes_counted_varargs(&self, at: usize) -> bool {
        self.of[at] != 0 && self.takes_varargs(at)
    }

    /// ... that takes all there are, of the loop's own function.
    pub(super) fn takes_all_varargs(&self, at: usize) -> bool {
        self.of[at] == 0 && self.takes_varargs(at) && self.insn(at).b() == 0
    }

    /// ... a certain number of them.
    pub(super) fn takes_own_varargs(&self, at: usize) -> bool {
        self.of[at] == 0 && self.takes_varargs(at) && self.insn(at).b() > 0
    }

    /// Whether that row is only made for `select`, behind it.
    pub(super) fn is_for_select(&self, at: usize) -> bool {
        self.takes_all_varargs(at) && at + 1 < self.count && self.selects_varargs(at + 1)
    }

    /// Whether a step is a `select` of the varargs of the loop's own function.
    pub(super) fn selects_varargs(&self, at: usize) -> bool {
        self.calls[at].is_some_and(|call| call.arguments == VARARGS)
    }

    /// The register behind the row that a step makes, if it takes them all.
    pub(super) fn end_of_varargs(&self, at: usize) -> Option<usize> {
        let insn = self.insn(at);
        (insn.b() == 0).then(|| insn.a() + self.instance(at).extras)
    }

    /// How many varargs such a step copies.
    pub(super) fn varargs_copied(&self, at: usize) -> usize {
        let (extras, b) = (self.instance(at).extras, self.insn(at).b());
        if b == 0 { extras } else { extras.min(b - 1) }
    }
}

impl Emitter {
    /// R(a)… := the varargs of the instance at hand, as many as the step says, or all, up to the State's top.
    pub(super) fn take_counted_varargs(&mut self, a: usize) {
        let (instance, b) = (*self.plan.instance(self.at), self.plan.insn(self.at).b());
        let copied = self.plan.varargs_copied(self.at);
        (0..copied).for_each(|i| self.pass_operand(false, instance.first_extra() + i, a + i));
        if b == 0 {
            self.asm.lea(RAX, slot(a + copied));
            self.asm.store(at(STATE, offset_of!(State, top)), RAX);
        } else {
            (copied..b - 1).for_each(|i| self.store_word(a + i, Value::NIL));
        }
    }

    /// R(a)… := all varargs of the loop's own function, up to the State's top.
    pub(super) fn take_all_varargs(&mut self, a: usize) {
        if self.plan.is_for_select(self.at) {
            return;
        }
        let out = self.bail();
        let (again, done) = (self.asm.label(), self.asm.label());
        self.first_vararg();
        self.asm.lea(SCRATCH, Mem { base: BASE, index: None, disp: -8 });
        self.asm.copy(TABLE, SCRATCH);
        self.asm.op(GprOp::Sub, TABLE, RAX);
        self.asm.compare_number(TABLE, (MANY_RESULTS * size_of::<Value>()) as i32);
        self.asm.jump_if(Cond::Greater, out);
        self.asm.lea(INDEX, slot(a));
        self.asm.op(GprOp::Add, INDEX, TABLE);
        self.asm.op_mem(GprOp::Cmp, INDEX, at(STATE, offset_of!(State, stack_limit)));
        self.asm.jump_if(Cond::Above, out);
        self.asm.lea(INDEX, slot(a));
        self.asm.place(again);
        self.asm.op(GprOp::Cmp, RAX, SCRATCH);
        self.asm.jump_if(Cond::NotBelow, done);
        self.asm.load_double(X0, at(RAX, 0));
        self.asm.store_double(at(INDEX, 0), X0);
        self.asm.add_small(RAX, 8);
        self.asm.add_small(INDEX, 8);
        self.asm.jump(again);
        self.asm.place(done);
        self.asm.store(at(STATE, offset_of!(State, top)), INDEX);
        (a..self.plan.instances[0].frame.max_stack()).for_each(|at| self.known.forget(at));
    }

    /// R(a)… := so many varargs of the region's own function, nil behind the last.
    pub(super) fn take_some_varargs(&mut self, a: usize, count: usize) {
        self.first_vararg();
        self.asm.lea(SCRATCH, Mem { base: BASE, index: None, disp: -8 });
        self.asm.op(GprOp::Sub, SCRATCH, RAX);
        for i in 0..count {
            let done = self.asm.label();
            self.asm.ones(X0);
            self.asm.compare_number(SCRATCH, (i * size_of::<Value>()) as i32);
            self.asm.jump_if(Cond::NotGreater, done);
            self.asm.load_double(X0, at(RAX, i * size_of::<Value>()));
            self.asm.place(done);
            self.store_loaded(a + i, X0);
        }
    }

    /// The address of the first vararg of the loop's own function to RAX; there are none, if it is not below that of the function again.
    fn first_vararg(&mut self) {
        let behind = (1 + self.plan.instances[0].frame.params()) * size_of::<Value>();
        let frame = if self.plan.has_frames { OWN_FRAME } else { RAX };
        if !self.plan.has_frames {
            self.asm.load(RAX, at(STATE, offset_of!(State, ci)));
        }
        self.asm.load(RAX, at(frame, offset_of!(CallInfo, func)));
        self.asm.lea(RAX, at(RAX, behind));
    }

    /// R(a) := `select` of so many values, or of the varargs.
    pub(super) fn select(&mut self, a: usize, call: BuiltinCall, out: Label) {
        let is_counted = call.arguments != VARARGS;
        if let Some(k) = call.count_sign {
            let sign = self.constant(k as usize);
            self.asm.load(RAX, sign);
            self.asm.op_mem(GprOp::Cmp, RAX, slot(a + 1));
            self.asm.jump_if(Cond::NotEqual, out);
            if is_counted {
                self.asm.constant(SCRATCH, call.arguments as u64 - 1);
            } else {
                self.vararg_count(out);
            }
            self.asm.widen_64(X0, SCRATCH);
            return self.store_number(a, X0);
        }
        let index = self.number(a + 1, X0);
        self.whole_index(index, out);
        self.asm.decrement(INDEX);
        if is_counted {
            self.asm.constant(SCRATCH, call.arguments as u64 - 1);
            self.asm.lea(RAX, slot(a + 2));
        } else {
            self.vararg_count(out);
        }
        // As an unsigned number what is below 0 is more.
        self.asm.op(GprOp::Cmp, INDEX, SCRATCH);
        self.asm.jump_if(Cond::NotBelow, out);
        self.load_to(a, at_index(RAX, INDEX, 0));
    }

    /// How many varargs the loop's own function has, to SCRATCH, and where the first is, to RAX. Leaves if parameters are missing.
    fn vararg_count(&mut self, out: Label) {
        self.first_vararg();
        self.asm.lea(SCRATCH, Mem { base: BASE, index: None, disp: -8 });
        self.asm.op(GprOp::Sub, SCRATCH, RAX);
        self.asm.jump_if(Cond::Sign, out);
        self.asm.shift_right(SCRATCH, 3);
    }

    /// Where a `select` of varargs is left to the interpreter: before their row is made.
    pub(super) fn leave_before_row(&mut self) -> Label {
        self.exit(To::Step(self.at - 1), Reason::Side)
    }
}
