//! Generic `for`: the iterators of `pairs` and `ipairs` are done in place, what `coroutine.wrap` returned is switched to, all others are
//! left to the handler.
//!
//! The step of TFORLOOP gives the loop its variables; that of the word behind it tests the first, and jumps back. A loop is
//! entered at its TFORLOOP.
//!
//! Not here: how a coroutine is switched to (`switches`), what is called (`plan::Iteration`).

use core::mem::offset_of;

use crate::object::{Node, Value, table_layout};
use crate::state::Switchboard;
use crate::vm::interp::fast::Fast;
use crate::vm::interp::MANY_PLACES;

use super::asides::Aside;
use super::asm::*;
use super::emit::*;
use super::instances::Instance;
use super::plan::Iteration;
use super::tables::NIL_BYTE;
use super::ways::{Reason, To};

/// Where the function, its state, the control variable and the loop's variables lie, from the first on.
pub(super) const STATE_AT: usize = 1;
pub(super) const CONTROL_AT: usize = 2;
pub(super) const FIRST_AT: usize = 3;

/// Where the Switchboard keeps the iterator that was looked at last.
fn last_looked_at(builtin: Fast) -> usize {
    if builtin == Fast::Next { offset_of!(Switchboard, next) } else { offset_of!(Switchboard, step) }
}

impl Emitter {
    /// The TFORLOOP at hand, of which the iterator lies in the slot `a`, with so many variables; whether it goes on at the next step.
    #[inline(never)]
    pub(super) fn iterate(&mut self, a: usize, variables: usize) -> bool {
        match self.plan.iterations[self.at] {
            _ if self.plan.left[self.at] > 0 => self.call_iterator(),
            Iteration::Next { has_nodes } if variables <= 2 => {
                self.next_item(a, variables, has_nodes);
                return false;
            }
            Iteration::Index if variables <= 2 => {
                self.next_index(a, variables);
                return false;
            }
            Iteration::Wrapped => self.next_of_wrapped(),
            _ => self.call_iterator(),
        }
        true
    }

    /// Jumps to the loop's body from its test, as that says.
    fn jump_to_body(&mut self, test: usize) {
        match self.to_from(test, self.plan.insn(test).jump()) {
            to @ To::Step(body) if body <= self.at => {
                let out = self.exit(to, Reason::Way);
                self.poll(out);
                let wanted = self.plan.known[body];
                self.convert(wanted, body);
                self.asm.jump(self.labels[body]);
            }
            to => self.go_to(to),
        }
    }

    /// Jumps back unless the loop's first variable, in slot `a`, is nil.
    pub(super) fn go_on_iterating(&mut self, a: usize) {
        let behind = self.to(1);
        let done = self.way_to(behind);
        self.asm.load(RAX, slot(a));
        self.asm.compare_small(RAX, NIL_BYTE);
        self.asm.jump_if(Cond::Equal, done);
        self.copy_known(a, a - 1);
        self.asm.store(slot(a - 1), RAX);
        self.jump_to_body(self.at);
    }

    /// What is known of a slot to be a number is known of the other, whose register it comes to, or is no more.
    fn copy_known(&mut self, from: usize, to: usize) {
        let is_number = self.known.numbers.has(from);
        self.known.forget(to);
        if is_number && let Some(register) = self.number_register(to) {
            let number = self.number(from, X0);
            self.asm.copy_double(register, number);
            self.known.numbers.add(to);
        }
    }

    /// Leaves unless the iterator is a certain builtin. Clobbers RAX and SCRATCH. PERF: the function is compared with the one that was looked
    /// at last.
    fn check_iterator(&mut self, a: usize, builtin: Fast) {
        let (from, to, out) = (self.asm.label(), self.asm.label(), self.bail());
        self.asm.load(RAX, at(DISPATCH, last_looked_at(builtin)));
        self.asm.op_mem(GprOp::Cmp, RAX, slot(a));
        self.asm.jump_if(Cond::NotEqual, from);
        self.asm.place(to);
        self.add_aside(Aside::Iterator { from, to, out, a, builtin });
    }

    /// Looks at the iterator in a slot.
    pub(super) fn look_at_iterator(&mut self, (from, to, out): (Label, Label, Label), a: usize, builtin: Fast) {
        self.asm.place(from);
        self.load_builtin(RAX, a, builtin, out);
        self.asm.load(RAX, slot(a));
        self.asm.store(at(DISPATCH, last_looked_at(builtin)), RAX);
        self.asm.jump(to);
    }

    /// The next item in the array part: `ipairs`.
    fn next_index(&mut self, a: usize, variables: usize) {
        self.check_iterator(a, Fast::Step);
        let table = self.table(a + STATE_AT);
        let control = self.number(a + CONTROL_AT, X0);
        let out = self.bail();
        self.asm.truncate_32(INDEX, control);
        self.asm.widen_32(X1, INDEX);
        self.asm.compare_doubles(X1, control);
        self.asm.jump_if(Cond::NotEqual, out);
        let (beyond, end) = (self.asm.label(), self.asm.label());
        self.asm.op_mem_32(GprOp::Cmp, INDEX, at(table, table_layout::ARRAY_LEN));
        self.asm.jump_if(Cond::NotBelow, beyond);
        self.asm.load(RAX, at(table, table_layout::ARRAY));
        self.asm.load(RAX, at_index(RAX, INDEX, 0));
        self.asm.compare_small(RAX, NIL_BYTE);
        self.asm.jump_if(Cond::Equal, end);
        let before = self.known;
        self.store_second(a, variables);
        // PERF: not from the whole number, which has come from the number.
        self.load_constant(X1, 1.0);
        self.asm.copy_double(X0, control);
        self.asm.sse(SseOp::Add, X0, X1);
        self.store_number(a + CONTROL_AT, X0);
        self.store_number(a + FIRST_AT, X0);
        self.jump_to_body(self.at + 1);
        // The end, if the table has nothing outside its array part.
        self.known = before;
        self.asm.place(beyond);
        self.check_no_nodes(table, out);
        self.asm.place(end);
        self.end_loop(a);
    }

    /// Leaves unless a table has no nodes. Clobbers SCRATCH.
    fn check_no_nodes(&mut self, table: Gpr, out: Label) {
        self.asm.constant(SCRATCH, table_layout::no_nodes() as u64);
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at(table, table_layout::NODES));
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// The loop is over: its first variable becomes nil.
    fn end_loop(&mut self, a: usize) {
        self.store_word(a + FIRST_AT, Value::NIL);
        let behind = self.to(2);
        self.go_to(behind);
    }

    /// The second variable, if there is one, becomes what is in RAX.
    fn store_second(&mut self, a: usize, variables: usize) {
        if variables > 1 {
            self.store_any(a + FIRST_AT + 1, RAX);
        }
    }

    /// The next place in the same part of the table, or the first: `pairs`. The word remembers where the loop is, as for the handler.
    #[inline(never)]
    fn next_item(&mut self, a: usize, variables: usize, has_nodes: bool) {
        self.check_iterator(a, Fast::Next);
        let table = self.table(a + STATE_AT);
        let out = self.bail();
        let (item, begin, beyond) = (self.asm.label(), self.asm.label(), self.asm.label());
        self.asm.load(RAX, slot(a + CONTROL_AT));
        self.load_d(INDEX);
        self.asm.compare_small(RAX, NIL_BYTE);
        self.asm.jump_if(Cond::Equal, begin);
        self.asm.lea_32(INDEX, at(INDEX, 1));
        self.asm.op_mem_32(GprOp::Cmp, INDEX, at(table, table_layout::ARRAY_LEN));
        self.asm.jump_if(Cond::NotBelow, beyond);
        self.check_control(out);
        self.asm.place(item);
        self.asm.load(RAX, at(table, table_layout::ARRAY));
        self.asm.load(RAX, at_index(RAX, INDEX, 0));
        self.asm.compare_small(RAX, NIL_BYTE);
        self.asm.jump_if(Cond::Equal, out);
        self.store_d(INDEX);
        let before = self.known;
        self.asm.lea_32(INDEX, at(INDEX, 1));
        self.asm.widen_32(X0, INDEX);
        self.store_number(a + CONTROL_AT, X0);
        self.store_number(a + FIRST_AT, X0);
        self.store_second(a, variables);
        self.jump_to_body(self.at + 1);
        self.known = before;
        self.asm.place(begin);
        self.asm.constant(INDEX, 0);
        self.asm.compare_mem_32_small(at(table, table_layout::ARRAY_LEN), 0);
        self.asm.jump_if(Cond::NotEqual, item);
        if has_nodes {
            return self.next_node(table, a, variables, beyond, out);
        }
        let end = self.asm.label();
        self.check_no_nodes(table, out);
        self.asm.jump(end);
        // Behind the last item, which it was.
        self.asm.place(beyond);
        self.check_no_nodes(table, out);
        self.asm.op_mem_32(GprOp::Cmp, INDEX, at(table, table_layout::ARRAY_LEN));
        self.asm.jump_if(Cond::NotEqual, out);
        self.check_control(out);
        self.asm.place(end);
        self.end_loop(a);
    }

    /// Leaves unless the control variable, in RAX, is the number INDEX. Clobbers X0 and SCRATCH.
    fn check_control(&mut self, out: Label) {
        self.asm.widen_32(X0, INDEX);
        self.asm.bits_of_double(SCRATCH, X0);
        self.asm.op(GprOp::Cmp, SCRATCH, RAX);
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// The first node that has a value, here, or the next: behind the one of the control variable, which is in RAX, at `nodes`, where
    /// INDEX is one more than the place that the word remembers.
    fn next_node(&mut self, table: Gpr, a: usize, variables: usize, nodes: Label, out: Label) {
        let (look, again, few, end) = (self.asm.label(), self.asm.label(), self.asm.label(), self.asm.label());
        self.check_all_there(table, out);
        self.asm.load(SCRATCH, at(table, table_layout::NODES));
        self.asm.lea(SCRATCH, Mem { base: SCRATCH, index: None, disp: -(size_of::<Node>() as i32) });
        self.asm.constant(INDEX, u64::MAX);
        self.asm.jump(look);
        self.asm.place(nodes);
        self.asm.load_32(SCRATCH, at(table, table_layout::ARRAY_LEN));
        self.asm.op(GprOp::Sub, INDEX, SCRATCH);
        self.asm.decrement(INDEX);
        self.asm.load_32(SCRATCH, at(table, table_layout::NODE_MASK));
        self.asm.op(GprOp::Cmp, INDEX, SCRATCH);
        self.asm.jump_if(Cond::Above, out);
        self.asm.triple(SCRATCH, INDEX);
        self.asm.shift_left(SCRATCH, 3);
        self.asm.op_mem(GprOp::Add, SCRATCH, at(table, table_layout::NODES));
        self.asm.op_mem(GprOp::Cmp, RAX, at(SCRATCH, offset_of!(Node, key)));
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.place(look);
        // RAX: the last node to look at.
        self.asm.load_32(RAX, at(table, table_layout::NODE_MASK));
        self.asm.op(GprOp::Sub, RAX, INDEX);
        self.asm.compare_32(RAX, MANY_PLACES);
        self.asm.jump_if(Cond::NotAbove, few);
        self.asm.constant(RAX, MANY_PLACES as u64);
        self.asm.place(few);
        self.asm.op(GprOp::Add, RAX, INDEX);
        self.asm.place(again);
        self.asm.op(GprOp::Cmp, RAX, INDEX);
        self.asm.jump_if(Cond::NotGreater, end);
        self.asm.add_small(INDEX, 1);
        self.asm.add_small(SCRATCH, size_of::<Node>() as i8);
        self.asm.compare_mem_small(at(SCRATCH, offset_of!(Node, value)), NIL_BYTE);
        self.asm.jump_if(Cond::Equal, again);
        self.asm.load_32(RAX, at(table, table_layout::ARRAY_LEN));
        self.asm.op(GprOp::Add, INDEX, RAX);
        self.asm.load(RAX, at(SCRATCH, offset_of!(Node, value)));
        self.asm.load_double(X0, at(SCRATCH, offset_of!(Node, key)));
        self.store_d(INDEX);
        self.store_loaded(a + CONTROL_AT, X0);
        let before = self.known;
        self.store_loaded(a + FIRST_AT, X0);
        self.store_second(a, variables);
        self.jump_to_body(self.at + 1);
        // The end, if that was the last node.
        self.known = before;
        self.asm.place(end);
        self.asm.load_32(RAX, at(table, table_layout::NODE_MASK));
        self.asm.op(GprOp::Cmp, RAX, INDEX);
        self.asm.jump_if(Cond::NotEqual, out);
        self.check_all_there(table, out);
        self.end_loop(a);
    }

    /// Leaves if the nodes of a table are not all that it has (`object::table::veil`); or if they are seeded, which looks alike. Clobbers SCRATCH.
    fn check_all_there(&mut self, table: Gpr, out: Label) {
        self.asm.load(SCRATCH, at(table, table_layout::NODES));
        self.asm.compare_mem_32_small(at(SCRATCH, table_layout::NODE_WORD), 0);
        self.asm.jump_if(Cond::Sign, out);
    }

    /// Stores in the field d of the word at hand. May clobber SCRATCH.
    fn store_d(&mut self, from: Gpr) {
        let (instance, pc) = (self.plan.instance(self.at), self.plan.pcs[self.at] as usize);
        if instance.depth == 0 {
            return self.asm.store_32(at(CODE, pc * 8 + 4), from);
        }
        let address = instance.code as usize + pc * 8;
        self.asm.constant(SCRATCH, address as u64);
        self.asm.store_32(at(SCRATCH, 4), from);
    }

    /// Switches to the coroutine of what `coroutine.wrap` returned. It comes back at the word behind.
    fn next_of_wrapped(&mut self) {
        let behind = self.plan.pcs[self.at] as usize + 1;
        self.write_way_to(self.at);
        self.switch_and_return(behind);
    }

    /// Lets the interpreter call the iterator, or do what machine code does not. It comes back at the word behind, where this goes on; or in the
    /// loop's body, or behind the loop.
    pub(super) fn call_iterator(&mut self) {
        let (of, own) = (self.plan.of[self.at], *self.plan.instance(self.at));
        let test = self.plan.pcs[self.at] as usize + 1;
        let body = (test as i32 + self.plan.insn(self.plan.test_of(self.at)).jump()) as usize;
        let (back, to_body) = (self.asm.label(), self.asm.label());
        let passed = self.write_way_to(self.at);
        let point = self.point_back(of, test, back);
        self.note_back(point);
        if self.plan.is_by_way[self.at] {
            self.leave_by_word(passed);
        } else {
            self.call_word(0, passed);
            let called = self.asm.label();
            self.compare_word(&own, test);
            self.asm.jump_if(Cond::Equal, called);
            self.compare_word(&own, body);
            self.asm.jump_if(Cond::Equal, to_body);
            self.compare_word(&own, test + 1);
            self.asm.jump_if(Cond::NotEqual, self.elsewhere);
            self.enter_at(&own, test + 1);
            self.asm.place(to_body);
            self.enter_at(&own, body);
            self.asm.place(called);
        }
        self.asm.place(back);
        self.pop_instance(&own, test);
    }

    /// Goes on at a word of an instance, where CODE is, with the registers of a handler.
    fn enter_at(&mut self, own: &Instance, pc: usize) {
        self.pop_instance(own, pc);
        let distance = pc as i32 - self.plan.pcs[self.at] as i32;
        let to = self.to(distance);
        self.rejoin(to);
    }
}
