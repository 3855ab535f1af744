//! Each step by its opcode; moves, upvalues and numeric loops.
//!
//! Not here: arithmetic (`numbers`), tables (`tables`), tests (`truth`), calls (`calls`).

use core::mem::offset_of;

use crate::object::value::TAG_FUNCTION;
use crate::object::{LuaClosure, UpVal, Value};
use crate::vm::code::Op;
use crate::vm::interp::LOOP_VARIABLE;

use super::asm::*;
use super::emit::*;
use super::facts;
use super::function::Function;
use super::plan::{Iteration, LuaCall};
use super::tables::Stored;
use super::ways::{Reason, To};

impl Emitter {
    /// The step at hand; whether it goes on at the next.
    pub(super) fn instruction(&mut self, f: Function) -> bool {
        use Op::*;
        let insn = self.plan.insn(self.at);
        let base = self.plan.base(self.at);
        let (a, b, c) = (base + insn.a(), base + insn.b(), base + insn.c());
        let op = insn.op();
        if self.plan.iterations[self.at] != Iteration::None {
            self.add_entry();
        }
        if self.plan.enters[self.at] != 0 {
            self.enter();
            return true;
        }
        if self.plan.of[self.at] != 0 {
            if let Some((first, count)) = self.plan.returned(self.at) {
                return self.leave(base + first, count);
            }
        } else if self.plan.is_function
            && let Some((first, count)) = self.plan.returned_by_function(self.at)
        {
            self.return_values(first, count);
            return false;
        }
        if self.plan.is_tail_call(self.at) {
            return self.tail_call_lua();
        }
        if self.plan.lua_calls[self.at] != LuaCall::None {
            self.call_lua();
            return true;
        }
        if self.plan.iterations[self.at] != Iteration::None {
            return self.iterate(base + insn.a(), insn.c());
        }
        if self.plan.left[self.at] > 0 {
            return self.leave_to_handler();
        }
        if self.plan.calls[self.at].is_some() {
            self.builtin_call(a);
            return !self.plan.is_tail_builtin(self.at) || self.end_tail_builtin(a);
        }
        match op {
            Move => self.copy_slot(b, a),
            LoadK => {
                let k = insn.d() as usize;
                let constant = self.constant(k);
                self.asm.load_double(X0, constant);
                if self.k(k).is_number() && !self.k(k).as_f64().is_nan() {
                    self.store_number(a, X0);
                } else {
                    self.store_loaded(a, X0);
                }
            }
            LoadBool => self.store_word(a, Value::boolean(insn.b() != 0)),
            LoadBoolSkip => {
                self.store_word(a, Value::boolean(insn.b() != 0));
                let to = self.to(2);
                self.go_to(to);
                return false;
            }
            LoadNil => (a..=b).for_each(|at| self.store_word(at, Value::NIL)),
            GetUpval => {
                self.upvalue(insn.b());
                self.asm.load(RAX, at(INDEX, offset_of!(UpVal, v)));
                self.load_to(a, at(RAX, 0));
            }
            SetUpval => self.set_upvalue(a, insn.b()),
            Jmp => {
                let to = self.to(insn.jump());
                if insn.jump() <= 0 {
                    self.add_entry();
                }
                self.go_to(to);
                return false;
            }
            TestF | TestT => {
                self.test(a, op == TestT, insn.jump());
                return false;
            }
            TestSetF | TestSetT => {
                self.test_set(a, b, op == TestSetT, insn.jump());
                return false;
            }
            NewTable if self.plan.way(self.at) != facts::Way::Out => self.new_table(a),
            SetList if self.plan.way(self.at) != facts::Way::Out => self.fill_list(a, insn.b()),
            SetFieldR | SetFieldK if let Some(foreseen) = self.plan.foreseen(self.at) => self.store_foreseen(insn, base, foreseen),
            Not => self.not(a, b),
            EqRRF | EqRRT => {
                self.equal(b, c, op == EqRRT, insn.jump());
                return false;
            }
            EqRKF | EqRKT | EqKRF | EqKRT if self.plan.way(self.at) != facts::Way::Out => {
                let (register, k) = if matches!(op, EqRKF | EqRKT) { (b, insn.c()) } else { (c, insn.b()) };
                self.equals_constant(register, k, matches!(op, EqRKT | EqKRT), insn.jump());
                return false;
            }
            ForPrep => {
                let to = self.to(insn.jump());
                self.for_prep(a, to);
                self.go_to(to);
                return false;
            }
            ForLoop => {
                self.for_loop(f, a, insn.jump());
                return false;
            }
            TForTest => {
                self.go_on_iterating(a);
                return false;
            }
            Vararg if self.plan.takes_counted_varargs(self.at) => self.take_counted_varargs(a),
            Vararg if self.plan.takes_own_varargs(self.at) => self.take_some_varargs(a, insn.b() - 1),
            Vararg if self.plan.takes_all_varargs(self.at) => self.take_all_varargs(a),
            Len if self.plan.is_of_string[self.at] => self.string_length(a, b),
            SelfField | SelfInherited if self.plan.is_of_string[self.at] => self.string_method(a, b, insn.c()),
            GetTable | GetName | SetNameR | SetNameK | GetField | GetInt | SetTableR | SetTableK | SetFieldR | SetFieldK
            | SetIntR | SetIntK | GetConst | SetConstR | SetConstK | Len
            | GetGlobal | SetGlobal | SelfField | SelfInherited | GetInherited => self.table_instruction(insn, base),
            _ if self.plan.orders_strings(self.at) => {
                self.order_strings(insn, base);
                return false;
            }
            _ if self.plan.way(self.at) != facts::Way::Out => return self.number_instruction(insn, base),
            ReturnOpen if self.returns_open() => {
                self.return_open(a);
                return false;
            }
            _ => {
                let out = if facts::ends(op) { self.exit(To::Step(self.at), Reason::Way) } else { self.bail() };
                self.asm.jump(out);
                return false;
            }
        }
        true
    }

    pub(super) fn store_word(&mut self, at: usize, value: Value) {
        // nil and the booleans are all ones in the upper half.
        self.asm.store_small(slot(at), value.bits() as i64 as i32);
        self.known.forget(at);
    }

    pub(super) fn copy_slot(&mut self, from: usize, to: usize) {
        if self.known.numbers.has(from) || self.wants_number() {
            let relation = self.known.counters.relation(from);
            let number = self.number(from, X0);
            self.store_number(to, number);
            if let Some((counter, offset)) = relation {
                self.known.counters.relate(to, counter, offset);
            }
            return;
        }
        if self.known.tables.has(from) && self.wants_table(to) {
            return self.copy_table(from, to);
        }
        self.asm.load_double(X0, slot(from));
        self.store_loaded(to, X0);
    }

    /// Copies a slot with what is known of it, if that is a table. Clobbers RAX.
    pub(super) fn copy_table(&mut self, from: usize, to: usize) {
        let is_table = self.known.tables.has(from);
        self.asm.load(RAX, slot(from));
        self.store_any(to, RAX);
        if let (true, Some(kept), Some(register)) = (is_table, self.table_register(from), self.table_register(to)) {
            if kept != register {
                self.asm.copy(register, kept);
            }
            self.known.tables.add(to);
        }
    }

    /// Loads a value from memory to a slot, as what follows wants it. Clobbers RAX.
    pub(super) fn load_to(&mut self, to: usize, from: Mem) {
        if self.wants_number() {
            self.asm.load_double(X0, from);
            self.asm.compare_doubles(X0, X0);
            let out = self.bail();
            self.asm.jump_if(Cond::Unordered, out);
            self.store_number(to, X0);
            return;
        }
        self.asm.load(RAX, from);
        self.store_as_wanted(to);
    }

    /// Stores the value in RAX in a slot, as what follows wants it, if that is no number. Clobbers TABLE and SCRATCH.
    pub(super) fn store_as_wanted(&mut self, to: usize) {
        if self.wants_table(to)
            && let Some(register) = self.table_register(to)
        {
            let out = self.bail();
            self.asm.copy(TABLE, RAX);
            self.untag_table(TABLE, out);
            self.asm.copy(register, TABLE);
            self.store_any(to, RAX);
            self.known.tables.add(to);
            return;
        }
        self.store_any(to, RAX);
    }

    /// The running closure's upvalue to INDEX. Clobbers RAX.
    pub(super) fn upvalue(&mut self, index: usize) {
        self.closure();
        self.asm.load(INDEX, at(RAX, size_of::<LuaClosure>() + index * 8));
    }

    /// The running closure to RAX. Clobbers nothing else.
    pub(super) fn closure(&mut self) {
        self.asm.constant(RAX, TAG_FUNCTION);
        let disp = self.plan.base(self.at) as i32 * 8 - 8;
        self.asm.op_mem(GprOp::Xor, RAX, Mem { base: BASE, index: None, disp });
    }

    pub(super) fn set_upvalue(&mut self, a: usize, b: usize) {
        let is_number = self.known.numbers.has(a);
        let value = if is_number { self.number(a, X0) } else { X1 };
        self.upvalue(b);
        if !is_number {
            self.asm.load_double(X1, slot(a));
            self.check_barrier(INDEX, Stored::Any);
        }
        self.asm.load(RAX, at(INDEX, offset_of!(UpVal, v)));
        if self.plan.instance(self.at).depth > 0 && !self.check_shared() {
            let at_slot = self.plan.shared[self.at] as usize - 1;
            return if is_number { self.store_number(at_slot, value) } else { self.store_loaded(at_slot, value) };
        }
        self.asm.store_double(at(RAX, 0), value);
    }


    /// The upvalue at RAX, of a function that the loop calls, may be a register of the loop's function: leaves unless it is
    /// the one that it was, or none, and then the result is true. (It is none of other functions' in the region, for
    /// those make no closures.)
    fn check_shared(&mut self) -> bool {
        let (out, shared) = (self.bail(), self.plan.shared[self.at] as usize);
        if shared > 0 {
            self.asm.lea(SCRATCH, slot(shared - 1));
            self.asm.op(GprOp::Cmp, RAX, SCRATCH);
            self.asm.jump_if(Cond::NotEqual, out);
            return false;
        }
        // Whatever lies below the frame is beyond its end here.
        self.asm.copy(SCRATCH, RAX);
        self.asm.op(GprOp::Sub, SCRATCH, BASE);
        self.asm.shift_right(SCRATCH, 11);
        self.asm.jump_if(Cond::Equal, out);
        true
    }

    pub(super) fn for_loop(&mut self, f: Function, a: usize, distance: i32) {
        let to = self.to(distance);
        if distance <= 0 {
            self.add_entry();
        }
        let index = self.number(a, X0);
        let step = self.number(a + 2, X1);
        let (is_down, out) = (self.goes_down(f), self.bail());
        let counter = self.counter(a);
        if counter.is_none() {
            self.check_step(a, is_down, out);
        }
        self.asm.copy_double(X0, index);
        self.asm.sse(SseOp::Add, X0, step);
        let limit = self.number(a + 1, X1);
        let behind = self.to(1);
        let done = self.way_to(behind);
        self.leave_behind_limit(limit, is_down, done);
        if let Some(number) = counter {
            self.count_on(number, out);
        }
        self.store_number(a, X0);
        self.store_number(a + LOOP_VARIABLE, X0);
        if let Some(number) = counter {
            self.known.counters.begin(number, a);
            self.known.counters.relate(a + LOOP_VARIABLE, number, 0);
        }
        match to {
            To::Step(at) if at <= self.at => {
                let out = self.exit(to, Reason::Way);
                self.poll(out);
                let wanted = self.plan.known[at];
                self.convert(wanted, at);
                self.asm.jump(self.labels[at]);
            }
            _ => self.go_to(to),
        }
    }

    /// Whether the numeric loop that the step at hand closes counts down, as far as is known.
    pub(super) fn goes_down(&self, f: Function) -> bool {
        // Functions that are called in the loop have none.
        self.plan.of[self.at] == 0 && f.goes_down(self.plan.pcs[self.at] as usize)
    }

    /// Leaves unless the step goes the way that it went when this was compiled.
    pub(super) fn check_step(&mut self, a: usize, is_down: bool, out: Label) {
        // As words, what is not above 0 is 0 or has the sign.
        self.asm.compare_mem_small(slot(a + 2), 0);
        self.asm.jump_if(if is_down { Cond::Greater } else { Cond::NotGreater }, out);
    }

    /// Leaves if the loop ends where its variable is X0.
    pub(super) fn leave_behind_limit(&mut self, limit: Xmm, is_down: bool, done: Label) {
        // A NaN is below everything here.
        let (greater, less) = if is_down { (X0, limit) } else { (limit, X0) };
        self.asm.compare_doubles(greater, less);
        self.asm.jump_if(Cond::Below, done);
    }

    /// FORPREP, which goes on at `to`, the loop's FORLOOP.
    pub(super) fn for_prep(&mut self, a: usize, to: To) {
        let start = self.number(a, X0);
        self.asm.copy_double(X0, start);
        self.number(a + 1, X1);
        let step = self.number(a + 2, X1);
        self.asm.sse(SseOp::Sub, X0, step);
        let out = self.bail();
        self.asm.compare_doubles(X0, X0);
        self.asm.jump_if(Cond::Unordered, out);
        let counter = if let To::Step(last) = to { self.counter_to_be(a, last) } else { None };
        if let Some(number) = counter {
            self.check_counter(number, a, out);
        }
        self.store_number(a, X0);
        if let Some(number) = counter {
            self.known.counters.begin(number, a);
        }
    }
}
