//! Instructions that call metamethods which are small Lua functions, and calls of objects: their words take the instruction's place.
//!
//! What the instruction would do without a metatable is looked at first, as far as it comes before: a key that the table has, two
//! objects that are the same. Such a function's registers begin behind all of the caller's; its result goes where the instruction's does, and
//! that of a comparison decides which way it goes on.
//!
//! Not here: what calls and returns have in common with calls of functions (`calls`).

use core::mem::offset_of;

use crate::heap::{Gc, mark};
use crate::object::value::{TAG_FUNCTION, TAG_STRING, TAG_TABLE};
use crate::object::{Table, Type, Value, table_layout};
use crate::state::{CallInfo, Event};
use crate::vm::code::{Insn, Op};

use super::asides::Aside;
use super::asm::*;
use super::emit::*;
use super::facts;
use super::function::{Function, MAX_ARGUMENTS, NO_ARGUMENTS};
use super::instances::{InPlace, Instance};
use super::plan::Plan;
use super::tables::{NIL_BYTE, NODE_KEY, NODE_VALUE};

/// How many operations, of one another's results, are looked through for a table.
const OPERATIONS: usize = 3;

/// A register or a constant.
type Operand = (bool, usize);

/// The event of an instruction, and what its metamethod is given: so many operands.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    pub event: Event,
    pub operands: [Operand; 3],
    pub count: usize,
}

impl Operation {
    pub fn of(insn: Insn) -> Option<Operation> {
        use Op::*;
        let (a, b, c) = ((false, insn.a()), (false, insn.b()), (false, insn.c()));
        let of = |event, operands, count| Some(Operation { event, operands, count });
        let constant = |(_, at)| (true, at);
        match insn.op() {
            GetTable | GetName => of(Event::Index, [b, c, c], 2),
            GetField | GetInherited | GetInt | SelfField | SelfInherited => of(Event::Index, [b, constant(c), c], 2),
            SetFieldR | SetToldR => of(Event::NewIndex, [a, constant(b), c], 3),
            SetFieldK | SetToldK => of(Event::NewIndex, [a, constant(b), constant(c)], 3),
            SetNameR => of(Event::NewIndex, [a, b, c], 3),
            SetNameK => of(Event::NewIndex, [a, b, constant(c)], 3),
            EqRRF | EqRRT => of(Event::Eq, [b, c, c], 2),
            LtRRF | LtRRT => of(Event::Lt, [b, c, c], 2),
            LeRRF | LeRRT => of(Event::Le, [b, c, c], 2),
            Concat if insn.c() == insn.b() + 1 => of(Event::Concat, [b, c, c], 2),
            Unm => of(Event::Unm, [b, b, b], 2),
            op if facts::computes(op) => {
                let (b_k, c_k) = facts::number_operands(op)?;
                of(facts::event(op)?, [(b_k, insn.b()), (c_k, insn.c()), c], 2)
            }
            _ => None,
        }
    }

    /// Whether the metamethod is that of the second operand, if the first is this value.
    fn is_of_second(&self, first: Value) -> bool {
        match self.event {
            Event::Index | Event::NewIndex | Event::Eq | Event::Lt | Event::Le => false,
            Event::Concat => first.is_number() || first.is_string(),
            _ => first.is_number(),
        }
    }

    /// Whether it is a comparison, for which both operands are to have the same metamethod.
    fn is_test(&self) -> bool {
        matches!(self.event, Event::Eq | Event::Lt | Event::Le)
    }

    /// Whether the metamethod's result is put in a register.
    pub fn has_result(&self) -> bool {
        !self.is_test() && self.event != Event::NewIndex
    }
}

impl Function<'_> {
    /// The small Lua function that an instruction calls as a metamethod, as its operands are seen now.
    pub(super) fn metamethod(&self, pc: usize) -> Option<InPlace> {
        let operation = Operation::of(self.insn(pc))?;
        let [first, second, ..] = self.operands(pc, &operation, OPERATIONS);
        let of_second = operation.is_of_second(first);
        let object = if of_second { second } else { first }.as_table()?;
        let has_place = |table: Gc<Table>| !second.is_nil() && !table.get(second).is_nil();
        let has_none = match operation.event {
            Event::Index | Event::NewIndex => has_place(object),
            Event::Eq | Event::Lt | Event::Le => second.as_table()?.metatable.get() != object.metatable.get(),
            _ => false,
        };
        if has_none || operation.event == Event::Eq && first.bits() == second.bits() {
            return None;
        }
        let f = self.small(self.event_of(object, operation.event)?)?;
        let comes_back = !operation.is_test() || !f.calls_last();
        (!f.is_vararg() && comes_back).then_some(InPlace { of_second, ..InPlace::of(f.closure) })
    }

    /// What a table's metatable has for an event.
    fn event_of(&self, object: Gc<Table>, event: Event) -> Option<Value> {
        Some(object.metatable.get()?.get(Value::string(self.global.event_name(event))))
    }

    /// What a CALL calls in the end; whether it is an object that has it.
    pub(super) fn called(&self, pc: usize) -> Option<(Value, bool)> {
        let callee = self.callee(pc)?;
        match callee.as_table() {
            Some(object) => Some((self.event_of(object, Event::Call)?, true)),
            None => Some((callee, false)),
        }
    }

    /// What a metamethod may be given by an instruction.
    pub(super) fn given_to_metamethod(&self, pc: usize) -> [Value; MAX_ARGUMENTS] {
        Operation::of(self.insn(pc)).map_or(NO_ARGUMENTS, |operation| self.operands(pc, &operation, 1))
    }

    /// The operands of an instruction, as they are seen now. What is computed from others, `depth` deep, is as one of these that is
    /// a table, or a number.
    fn operands(&self, pc: usize, operation: &Operation, depth: usize) -> [Value; MAX_ARGUMENTS] {
        let mut operands = NO_ARGUMENTS;
        for (to, &(is_k, at)) in operands.iter_mut().zip(&operation.operands).take(operation.count) {
            *to = match self.writer(pc, at) {
                _ if is_k => self.k[at],
                Some(before) if facts::computes(self.insn(before).op()) => self.computed(before, depth),
                _ => self.guess(pc, at, 3).unwrap_or(Value::NIL),
            };
        }
        operands
    }

    fn computed(&self, pc: usize, depth: usize) -> Value {
        let (1.., Some(operation)) = (depth, Operation::of(self.insn(pc))) else { return Value::NIL };
        let operands = self.operands(pc, &operation, depth - 1);
        operands.into_iter().find(|operand| operand.is_table()).unwrap_or(Value::number(0.0))
    }
}

impl Plan {
    /// Whether a step is a test that a metamethod, which is an instance, decides.
    pub fn is_decided(&self, at: usize) -> bool {
        self.enters[at] != 0 && facts::compares(self.insn(at).op())
    }

    /// The test that a step of an instance decides, if it returns to one.
    pub(super) fn decides(&self, at: usize) -> Option<usize> {
        let instance = self.instance(at);
        (instance.is_metamethod && self.is_decided(instance.call)).then_some(instance.call)
    }

    /// The object whose metatable says what a step calls that is an instance.
    pub(super) fn object_of_entered(&self, at: usize) -> Option<usize> {
        let (insn, base) = (self.insn(at), self.base(at));
        let callee = &self.instances[self.enters[at] as usize];
        if facts::calls(insn) {
            return callee.of_object.then(|| base + insn.a());
        }
        Some(base + Operation::of(insn)?.operands[callee.of_second as usize].1)
    }
}

impl Emitter {
    /// Puts the metamethod of an operand, and the operands, where the interpreter would.
    #[inline(never)]
    pub(super) fn enter_metamethod(&mut self, callee: &Instance, insn: Insn, out: Label) {
        let base = self.plan.base(self.at);
        let Some(Operation { event, operands, count }) = Operation::of(insn) else { unreachable!("planned") };
        let operands = operands.map(|(is_k, at)| (is_k, if is_k { at } else { base + at }));
        let [first, second, _] = operands;
        self.check_room(callee, out);
        match event {
            Event::Index => self.check_lacks(first.1, second, insn, out),
            Event::NewIndex => self.check_place(first.1, second, out),
            Event::Eq | Event::Lt | Event::Le => self.check_alike(event, first.1, second.1, out),
            Event::Concat if callee.of_second => self.check_text(first.1, out),
            _ if callee.of_second => self.check_first(first, out),
            _ => {}
        }
        let object = self.table(if callee.of_second { second } else { first }.1);
        self.metamethod(object, event, out);
        self.asm.copy(INDEX, RAX);
        self.check_code(callee, out);
        // From here on things change.
        self.store_any(callee.func, RAX);
        for (i, &(is_k, at)) in operands[..count].iter().enumerate().take(callee.given) {
            self.pass_operand(is_k, at, callee.base + i);
        }
        if matches!(insn.op(), Op::SelfField | Op::SelfInherited) {
            self.pass_operand(false, first.1, base + insn.a() + 1);
        }
    }

    /// Leaves unless a table has nothing for the key of a read. Clobbers RAX, TABLE, INDEX and SCRATCH.
    fn check_lacks(&mut self, object: usize, (is_k, key): Operand, insn: Insn, out: Label) {
        let table = self.table(object);
        if is_k && insn.op() != Op::GetInt {
            let lacks = self.asm.label();
            self.check_plain(table, out);
            self.find_node_or(table, key, lacks);
            self.asm.compare_mem_small(at_index(RAX, INDEX, NODE_VALUE), NIL_BYTE);
            self.asm.jump_if(Cond::NotEqual, out);
            return self.asm.place(lacks);
        }
        if table != TABLE {
            self.asm.copy(TABLE, table);
        }
        if matches!(insn.op(), Op::GetTable | Op::GetInt) {
            return self.check_lacks_index(!is_k, key, out);
        }
        self.asm.load(RAX, slot(key));
        self.check_lacks_name(out);
    }

    /// Leaves unless a table has a place for a name, and nothing there. Clobbers RAX, INDEX and SCRATCH.
    fn check_place(&mut self, object: usize, (is_k, key): Operand, out: Label) {
        let table = self.table(object);
        if is_k {
            self.find_node_or(table, key, out);
        } else {
            self.find_name(table, key);
        }
        self.asm.compare_mem_small(at_index(RAX, INDEX, NODE_VALUE), NIL_BYTE);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.test_byte(at(table, table_layout::MARK), mark::READ_ONLY | mark::WATCHED);
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// Leaves unless two registers are tables with the same metatable. Clobbers RAX, TABLE and SCRATCH.
    fn check_alike(&mut self, event: Event, first: usize, second: usize, out: Label) {
        if event == Event::Eq {
            self.tell_apart(first, second, out);
        }
        let table = self.table(second);
        self.asm.load(RAX, at(table, table_layout::METATABLE));
        let table = self.table(first);
        self.asm.op_mem(GprOp::Cmp, RAX, at(table, table_layout::METATABLE));
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// What is the same table is equal, and a table is not equal to what is none: goes on where that leads. Leaves if neither is a table.
    /// Clobbers RAX.
    fn tell_apart(&mut self, first: usize, second: usize, out: Label) {
        let (other, both) = (self.asm.label(), self.asm.label());
        let (if_equal, if_not) = (self.way_if(true), self.way_if(false));
        self.compare_tag(second);
        self.asm.jump_if(Cond::NotEqual, other);
        self.asm.load(RAX, slot(first));
        self.asm.op_mem(GprOp::Cmp, RAX, slot(second));
        self.asm.jump_if(Cond::Equal, if_equal);
        self.compare_tag(first);
        self.asm.jump_if(Cond::Equal, both);
        self.asm.jump(if_not);
        self.asm.place(other);
        self.compare_tag(first);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.jump(if_not);
        self.asm.place(both);
    }

    /// `Equal`, if a register is a table. Clobbers RAX.
    fn compare_tag(&mut self, at_slot: usize) {
        self.asm.load(RAX, slot(at_slot));
        self.asm.shift_right(RAX, 48);
        self.asm.compare_32(RAX, (TAG_TABLE >> 48) as u32);
    }

    /// Where the comparison at hand goes on if it holds, or does not.
    fn way_if(&mut self, holds: bool) -> Label {
        let insn = self.plan.insn(self.at);
        let to = self.to(if insn.op().jumps_if(holds) { insn.jump() } else { 2 });
        self.way_to(to)
    }

    /// Leaves unless the first operand is a number, and numbers have no metatable. Clobbers SCRATCH.
    fn check_first(&mut self, (is_k, at_slot): Operand, out: Label) {
        if !is_k {
            self.number(at_slot, X0);
        }
        self.metatable_of(Type::Number);
        self.asm.compare_small(SCRATCH, 0);
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// Leaves unless the first operand is a string or number, whose metatable, if there is one, is known to have nothing for concatenation. Clobbers RAX,
    /// SCRATCH and X0.
    fn check_text(&mut self, first: usize, out: Label) {
        let (no_string, found, done) = (self.asm.label(), self.asm.label(), self.asm.label());
        self.asm.load(RAX, slot(first));
        self.asm.shift_right(RAX, 48);
        self.asm.compare_32(RAX, (TAG_STRING >> 48) as u32);
        self.asm.jump_if(Cond::NotEqual, no_string);
        self.metatable_of(Type::String);
        self.asm.jump(found);
        self.asm.place(no_string);
        self.asm.load_double(X0, slot(first));
        self.asm.compare_doubles(X0, X0);
        self.asm.jump_if(Cond::Unordered, out);
        self.metatable_of(Type::Number);
        self.asm.place(found);
        self.asm.compare_small(SCRATCH, 0);
        self.asm.jump_if(Cond::Equal, done);
        let (byte, bit) = (Event::Concat as usize / 8, Event::Concat as usize % 8);
        self.asm.test_byte(at(SCRATCH, table_layout::ABSENT + byte), 1 << bit);
        self.asm.jump_if(Cond::Equal, out);
        self.asm.place(done);
    }

    /// The metatable of all values of a type, or null, to SCRATCH.
    fn metatable_of(&mut self, of: Type) {
        // SAFETY: the Global that the region is of.
        let metatable = unsafe { &raw const (*self.around.global).type_metatables[of as usize] };
        self.asm.constant(SCRATCH, metatable as u64);
        self.asm.load(SCRATCH, at(SCRATCH, 0));
    }

    /// What the metatable of a table has for an event, to RAX. Leaves if there is none. Clobbers TABLE, INDEX and SCRATCH.
    fn metamethod(&mut self, object: Gpr, event: Event, out: Label) {
        // SAFETY: the Global that the region is of; the names of events are there as long as it is.
        let name = unsafe { (*self.around.global).event_name_unchecked(event) };
        let (from, to) = (self.asm.label(), self.asm.label());
        self.asm.load(TABLE, at(object, table_layout::METATABLE));
        self.asm.compare_small(TABLE, 0);
        self.asm.jump_if(Cond::Equal, out);
        self.asm.constant(INDEX, name.known_hash() as u64);
        self.asm.op_mem_32(GprOp::And, INDEX, at(TABLE, table_layout::NODE_MASK));
        self.asm.load(RAX, at(TABLE, table_layout::NODES));
        self.asm.triple(INDEX, INDEX);
        self.asm.constant(SCRATCH, Value::string(name).bits());
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at_index(RAX, INDEX, NODE_KEY));
        self.asm.jump_if(Cond::NotEqual, from);
        self.asm.place(to);
        self.add_aside(Aside::Search { from, to, out, table: TABLE });
        self.asm.load(RAX, at_index(RAX, INDEX, NODE_VALUE));
    }

    /// The CALL at hand is of an object: leaves unless it has a function of the callee's code, which takes its place, and the object that of the
    /// first argument. Clobbers RAX, TABLE, INDEX and SCRATCH.
    pub(super) fn enter_object(&mut self, callee: &Instance, func: usize, out: Label) {
        let object = self.table(func);
        self.metamethod(object, Event::Call, out);
        self.asm.copy(INDEX, RAX);
        self.check_code(callee, out);
        // From here on things change.
        let count = callee.given + callee.extras;
        (0..count).rev().for_each(|i| self.pass_operand(false, func + i, func + 1 + i));
        self.asm.constant(RAX, TAG_FUNCTION);
        self.asm.op(GprOp::Xor, RAX, INDEX);
        self.store_any(func, RAX);
    }

    /// A return to a test: of `count` values from `first` on, of which the first decides.
    pub(super) fn leave_to_test(&mut self, test: usize, first: usize, count: usize) {
        let insn = self.plan.insn(test);
        let (wanted, on, jump) = (insn.op().jumps_if(true), self.to_from(test, 2), self.to_from(test, insn.jump()));
        let is_true = self.known.numbers.has(first) || self.known.tables.has(first);
        if count == 0 || is_true {
            return self.go_to(if is_true == wanted { jump } else { on });
        }
        self.asm.load(RAX, slot(first));
        let label = self.way_to(jump);
        self.jump_if_truth(wanted, label);
        self.go_to(on);
    }

    /// Notes in the frame at RAX what completes the instruction at hand there, when a metamethod's result comes to the interpreter.
    pub(super) fn note_pending(&mut self, insn: Insn) {
        let pending = match insn.op() {
            Op::Concat => insn.c(),
            Op::LeRRF | Op::LeRRT => 0,
            _ => return,
        };
        self.asm.store_small_32(at(RAX, offset_of!(CallInfo, pending)), pending as i32);
    }
}
