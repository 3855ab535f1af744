//! Reads and stores in tables by names, globals, lengths: what the plain handlers do by themselves, and no more.
//!
//! A store looks at what `object::table` says a store has to look at: whether the table takes the value plainly, the
//! border, and whether a metatable has a say.
//!
//! Not here: numbers as keys (`keys`).

use core::mem::offset_of;

use crate::heap::{mark, path_layout};
use crate::object::value::TAG_STRING;
use crate::object::{LuaClosure, Node, Str, Value, table_layout};
use crate::vm::code::{Insn, Op};

use super::asides::Aside;
use super::asm::*;
use super::emit::*;

/// What a store puts in a table.
#[derive(Clone, Copy)]
pub(super) enum Stored {
    /// In a machine register, and no object.
    Plain(Xmm),
    /// In X1, anything.
    Any,
}

pub(super) const NODE_VALUE: i32 = offset_of!(Node, value) as i32;
pub(super) const NODE_KEY: i32 = offset_of!(Node, key) as i32;
// A value is found at the same distance from a slot of the array part and from a node.
const _: () = assert!(size_of::<Node>() == 24 && NODE_VALUE == 0);

impl Emitter {
    /// An instruction on a table, of the instance whose registers begin at `base`.
    pub(super) fn table_instruction(&mut self, insn: Insn, base: usize) {
        use Op::*;
        let (a, b, c) = (base + insn.a(), base + insn.b(), base + insn.c());
        match insn.op() {
            GetTable => {
                let table = self.table(b);
                let key = self.key(c);
                self.get_item(table, key, a);
            }
            GetName => {
                let table = self.table(b);
                self.find_name(table, c);
                self.get_node(table, a);
            }
            GetInt | GetConst => {
                let table = self.table(b);
                let key = self.constant_key(insn.c());
                self.get_item(table, key, a);
            }
            GetField => {
                let table = self.table(b);
                self.find_node(table, insn.c());
                self.get_node(table, a);
            }
            GetInherited => {
                let table = self.table(b);
                self.inherit_or_own(table, insn.c());
                self.store_any(a, RAX);
            }
            SelfField => {
                let table = self.table(b);
                self.own_or_inherited(table, insn.c());
                self.keep_self(a, b);
            }
            SelfInherited => {
                let table = self.table(b);
                self.inherit_or_own(table, insn.c());
                self.keep_self(a, b);
            }
            GetGlobal if self.plan.inherits[self.at] => {
                self.environment();
                self.inherit_or_own(TABLE, insn.b() | insn.c() << 8);
                self.store_as_wanted(a);
            }
            GetGlobal => {
                self.environment();
                self.find_node(TABLE, insn.b() | insn.c() << 8);
                self.get_node(TABLE, a);
            }
            SetTableR | SetTableK | SetIntR | SetIntK | SetConstR | SetConstK => {
                let table = self.table(a);
                let is_k = matches!(insn.op(), SetTableK | SetIntK | SetConstK);
                let value = self.value_for(table, is_k, insn.c(), base);
                let is_slot = matches!(insn.op(), SetTableR | SetTableK);
                let key = if is_slot { self.key(b) } else { self.constant_key(insn.b()) };
                self.set_item(table, key, value, is_k && self.k(insn.c()).is_nil());
            }
            SetNameR | SetNameK => {
                let table = self.table(a);
                self.find_name(table, b);
                self.set_node(table, insn.op() == SetNameK, insn.c(), base);
            }
            SetFieldR | SetFieldK => {
                let table = self.table(a);
                self.find_node(table, insn.b());
                self.set_node(table, insn.op() == SetFieldK, insn.c(), base);
            }
            SetGlobal => {
                self.environment();
                self.find_node(TABLE, insn.b() | insn.c() << 8);
                self.set_node(TABLE, false, insn.a(), base);
            }
            Len => self.length(a, b),
            _ => unreachable!("an instruction on a table"),
        }
    }

    /// The value that a table has for a key, to RAX, or, where it lacks it, that it inherits.
    fn own_or_inherited(&mut self, table: Gpr, key: usize) {
        let (from, to, out) = (self.asm.label(), self.asm.label(), self.bail());
        self.find_node_or(table, key, from);
        self.load_value(out);
        self.asm.place(to);
        self.add_aside(Aside::Inherit { from, to, out, table, key, step: self.at });
    }

    /// The value that a table inherits for a key, to RAX, or, where it has it, its own.
    fn inherit_or_own(&mut self, table: Gpr, key: usize) {
        let (from, to, out) = (self.asm.label(), self.asm.label(), self.bail());
        self.inherit(table, key, from, out);
        self.asm.place(to);
        self.add_aside(Aside::Own { from, to, out });
    }

    /// Loads the value of the node that was found to RAX, which is not to be nil.
    fn load_value(&mut self, out: Label) {
        self.asm.load(RAX, at_index(RAX, INDEX, NODE_VALUE));
        self.asm.compare_small(RAX, NIL_BYTE);
        self.asm.jump_if(Cond::Equal, out);
    }

    /// Where the read at hand is not done by what it is mostly done by: if it finds nothing, and no metatable has a say, its result is nil, and
    /// the place to go on at is told. Nothing is known before and after.
    pub(super) fn read_nothing(&mut self) -> Option<Label> {
        use Op::*;
        let (insn, base) = (self.plan.insn(self.at), self.plan.base(self.at));
        let (a, b, c) = (base + insn.a(), base + insn.b(), base + insn.c());
        let op = insn.op();
        if !matches!(op, GetField | GetName | GetInt | GetTable) {
            return None;
        }
        let (behind, otherwise) = (self.asm.label(), self.asm.label());
        self.asm.load(TABLE, slot(b));
        self.untag_table(TABLE, otherwise);
        self.asm.compare_mem_small(at(TABLE, table_layout::METATABLE), 0);
        self.asm.jump_if(Cond::NotEqual, otherwise);
        if matches!(op, GetField | GetName) {
            let key = if op == GetField { self.constant(insn.c()) } else { slot(c) };
            self.asm.load(RAX, key);
            self.check_lacks_name(otherwise);
        } else {
            self.check_lacks_index(op == GetTable, c, otherwise);
        }
        self.store_word(a, Value::NIL);
        self.asm.jump(behind);
        self.asm.place(otherwise);
        Some(behind)
    }

    /// Leaves if a table's nodes are not where their keys' hashes say, for it is seeded, or veiled. Its nodes come to SCRATCH.
    pub(super) fn check_plain(&mut self, table: Gpr, out: Label) {
        self.asm.load(SCRATCH, at(table, table_layout::NODES));
        self.asm.compare_mem_32_small(at(SCRATCH, table_layout::NODE_WORD), 0);
        self.asm.jump_if(Cond::Sign, out);
    }

    /// Leaves unless the chain shows that the table in TABLE has nothing for the key in RAX. Clobbers INDEX and SCRATCH.
    pub(super) fn check_lacks_name(&mut self, out: Label) {
        let (again, other, lacks) = (self.asm.label(), self.asm.label(), self.asm.label());
        self.asm.copy(INDEX, RAX);
        self.untag(INDEX, TAG_STRING, out);
        self.asm.test_byte(at(INDEX, Str::SHAPE), Str::IS_LONG);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.load_32(INDEX, at(INDEX, Str::HASH));
        self.asm.op_mem_32(GprOp::And, INDEX, at(TABLE, table_layout::NODE_MASK));
        self.asm.triple(INDEX, INDEX);
        self.check_plain(TABLE, out);
        self.asm.lea(SCRATCH, at_index(SCRATCH, INDEX, 0));
        self.asm.place(again);
        self.asm.op_mem(GprOp::Cmp, RAX, at(SCRATCH, NODE_KEY as usize));
        self.asm.jump_if(Cond::NotEqual, other);
        self.asm.compare_mem_small(at(SCRATCH, NODE_VALUE as usize), NIL_BYTE);
        self.asm.jump_if(Cond::Equal, lacks);
        self.asm.jump(out);
        self.asm.place(other);
        self.asm.load_signed(INDEX, at(SCRATCH, table_layout::NODE_NEXT));
        self.asm.op(GprOp::Add, SCRATCH, INDEX);
        self.asm.compare_small(INDEX, 0);
        self.asm.jump_if(Cond::NotEqual, again);
        self.asm.place(lacks);
    }

    /// Leaves unless the table in TABLE has no nodes, and the array part no slot for the key at hand. Clobbers INDEX, RAX, X0 and X1.
    pub(super) fn check_lacks_index(&mut self, is_slot: bool, key: usize, out: Label) {
        self.asm.constant(RAX, table_layout::no_nodes() as u64);
        self.asm.op_mem(GprOp::Cmp, RAX, at(TABLE, table_layout::NODES));
        self.asm.jump_if(Cond::NotEqual, out);
        if is_slot {
            self.asm.load_double(X0, slot(key));
            self.asm.truncate_32(INDEX, X0);
            self.asm.widen_32(X1, INDEX);
            self.asm.compare_doubles(X1, X0);
            self.asm.jump_if(Cond::NotEqual, out);
            self.asm.decrement(INDEX);
        } else {
            self.constant_index();
        }
        self.asm.op_mem_32(GprOp::Cmp, INDEX, at(TABLE, table_layout::ARRAY_LEN));
        self.asm.jump_if(Cond::Below, out);
    }

    /// SELF of a table, whose method is in RAX.
    fn keep_self(&mut self, a: usize, b: usize) {
        self.asm.copy(INDEX, RAX);
        self.copy_table(b, a + 1);
        self.store_any(a, INDEX);
    }

    /// The value of a key that the table lacks, by the path from its metatable (`heap::paths`), to RAX. Goes to `own` where the
    /// table has the key, in the node at SCRATCH, and to `out` where no path leads to a value.
    pub(super) fn inherit(&mut self, table: Gpr, key: usize, own: Label, out: Label) {
        let lacks = self.asm.label();
        // That it lacks the key shows in one node, mostly, else along the chain.
        let constant = self.constant(key);
        self.asm.load(RAX, constant);
        self.asm.constant(SCRATCH, TAG_STRING);
        self.asm.op(GprOp::Xor, SCRATCH, RAX);
        self.asm.load_32(INDEX, at(SCRATCH, Str::HASH));
        self.asm.op_mem_32(GprOp::And, INDEX, at(table, table_layout::NODE_MASK));
        self.asm.triple(INDEX, INDEX);
        self.check_plain(table, out);
        self.asm.lea(SCRATCH, at_index(SCRATCH, INDEX, 0));
        let again = self.asm.label();
        self.asm.place(again);
        self.asm.op_mem(GprOp::Cmp, RAX, at(SCRATCH, NODE_KEY as usize));
        self.asm.jump_if(Cond::Equal, own);
        self.asm.load_signed(INDEX, at(SCRATCH, table_layout::NODE_NEXT));
        self.asm.compare_small(INDEX, 0);
        self.asm.jump_if(Cond::Equal, lacks);
        self.asm.op(GprOp::Add, SCRATCH, INDEX);
        self.asm.jump(again);
        self.asm.place(lacks);
        self.asm.load(INDEX, at(table, table_layout::METATABLE));
        self.follow_path(out);
    }

    /// The value that the path from the metatable INDEX leads to, for the key RAX, to RAX. Leaves if there is no metatable, or no path
    /// to a value. Clobbers TABLE and SCRATCH.
    pub(super) fn follow_path(&mut self, out: Label) {
        self.asm.compare_small(INDEX, 0);
        self.asm.jump_if(Cond::Equal, out);
        self.asm.lea(TABLE, at_index(RAX, RAX, 0)); // nine times
        self.asm.op(GprOp::Add, TABLE, INDEX);
        self.asm.shift_left(TABLE, 2);
        // SAFETY: the Global that the region is of.
        let paths = unsafe { &raw const (*self.around.global).heap.paths };
        self.asm.constant(SCRATCH, paths as u64);
        self.asm.op_mem(GprOp::And, TABLE, at(SCRATCH, path_layout::REACH));
        self.asm.op_mem(GprOp::Add, TABLE, at(SCRATCH, path_layout::PLACES));
        self.asm.op_mem(GprOp::Add, INDEX, at(SCRATCH, path_layout::EPOCH));
        self.asm.op_mem(GprOp::Cmp, INDEX, at(TABLE, path_layout::TAG));
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.op_mem(GprOp::Cmp, RAX, at(TABLE, path_layout::KEY));
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.load(RAX, at(TABLE, path_layout::SLOT));
        self.asm.load(RAX, at(RAX, 0));
        self.asm.compare_small(RAX, NIL_BYTE);
        self.asm.jump_if(Cond::Equal, out);
    }

    /// The running function's environment to TABLE.
    fn environment(&mut self) {
        self.closure();
        self.asm.load(TABLE, at(RAX, offset_of!(LuaClosure, env)));
    }

    /// Finds the node of a key that is a constant: the address is RAX + 8 * INDEX. It is mostly where the interpreter's word has found its
    /// key last, else looked for. Leaves if the table lacks it.
    fn find_node(&mut self, table: Gpr, key: usize) {
        let out = self.bail();
        self.find_node_or(table, key, out);
    }

    /// The same; goes to `out` if the table lacks it.
    pub(super) fn find_node_or(&mut self, table: Gpr, key: usize, out: Label) {
        let (from, to) = (self.asm.label(), self.asm.label());
        self.load_d(INDEX);
        self.asm.op_mem_32(GprOp::And, INDEX, at(table, table_layout::NODE_MASK));
        self.asm.load(RAX, at(table, table_layout::NODES));
        self.asm.triple(INDEX, INDEX);
        let constant = self.constant(key);
        self.asm.load(SCRATCH, constant);
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at_index(RAX, INDEX, NODE_KEY));
        self.asm.jump_if(Cond::NotEqual, from);
        self.asm.place(to);
        self.add_aside(Aside::Search { from, to, out, table });
    }

    /// Finds the node of the string in a slot, if it is in its main position or next in that chain: the address is
    /// RAX + 8 * INDEX.
    pub(super) fn find_name(&mut self, table: Gpr, key: usize) {
        let (out, found) = (self.bail(), self.asm.label());
        self.asm.load(INDEX, slot(key));
        self.untag(INDEX, TAG_STRING, out);
        // A long string is no key's word; of one that has been no key the hash may be anything.
        self.asm.load_32(INDEX, at(INDEX, Str::HASH));
        self.asm.op_mem_32(GprOp::And, INDEX, at(table, table_layout::NODE_MASK));
        self.asm.triple(INDEX, INDEX);
        self.asm.load(RAX, at(table, table_layout::NODES));
        self.asm.load(SCRATCH, slot(key));
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at_index(RAX, INDEX, NODE_KEY));
        self.asm.jump_if(Cond::Equal, found);
        // The next in its chain, so many bytes on.
        self.asm.lea(RAX, at_index(RAX, INDEX, 0));
        self.asm.load_signed(INDEX, at(RAX, table_layout::NODE_NEXT));
        self.asm.op(GprOp::Add, RAX, INDEX);
        self.asm.constant(INDEX, 0);
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at(RAX, NODE_KEY as usize));
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.place(found);
    }

    /// Loads the value that was found at RAX + 8 * INDEX, nil only if no metatable has a say.
    pub(super) fn get_node(&mut self, table: Gpr, to: usize) {
        let value = at_index(RAX, INDEX, NODE_VALUE);
        if self.wants_number() || self.wants_table(to) {
            return self.load_to(to, value);
        }
        self.asm.load(RAX, value);
        self.check_value(table);
        self.store_any(to, RAX);
    }

    /// Leaves if the value in RAX, which a table has, is nil and the table has a metatable.
    fn check_value(&mut self, table: Gpr) {
        let (out, holds) = (self.bail(), self.asm.label());
        self.asm.compare_small(RAX, NIL_BYTE);
        self.asm.jump_if(Cond::NotEqual, holds);
        self.asm.compare_mem_small(at(table, table_layout::METATABLE), 0);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.place(holds);
    }

    /// What is to be stored: a register or a constant.
    pub(super) fn stored(&mut self, is_k: bool, c: usize, base: usize) -> Stored {
        if is_k {
            let constant = self.constant(c);
            self.asm.load_double(X1, constant);
            return if self.k(c).is_barred() { Stored::Any } else { Stored::Plain(X1) };
        }
        let c = base + c;
        if self.known.numbers.has(c) {
            return Stored::Plain(self.number(c, X1));
        }
        self.asm.load_double(X1, slot(c));
        Stored::Any
    }

    /// Leaves unless the table takes the value plainly.
    pub(super) fn check_marks(&mut self, table: Gpr, stored: Stored) -> Xmm {
        let out = self.bail();
        self.asm.test_byte(at(table, table_layout::MARK), mark::READ_ONLY | mark::WATCHED);
        self.asm.jump_if(Cond::NotEqual, out);
        self.check_barrier(table, stored)
    }

    /// Leaves if what is stored in an object needs the barrier.
    pub(super) fn check_barrier(&mut self, table: Gpr, stored: Stored) -> Xmm {
        match stored {
            Stored::Plain(value) => value,
            Stored::Any => {
                let (out, fits) = (self.bail(), self.asm.label());
                self.asm.test_byte(at(table, table_layout::MARK), mark::BLACK);
                self.asm.jump_if(Cond::Equal, fits);
                self.asm.compare_doubles(X1, X1);
                self.asm.jump_if(Cond::Unordered, out);
                self.asm.place(fits);
                X1
            }
        }
    }

    /// Stores in the node that was found.
    fn set_node(&mut self, table: Gpr, is_k: bool, c: usize, base: usize) {
        let out = self.bail();
        let stored = self.stored(is_k, c, base);
        let (from, to) = (self.asm.label(), self.asm.label());
        self.add_aside(Aside::Watched { from, to, out, table });
        self.asm.test_byte(at(table, table_layout::MARK), mark::READ_ONLY | mark::WATCHED);
        self.asm.jump_if(Cond::NotEqual, from);
        self.asm.place(to);
        let value = self.check_barrier(table, stored);
        let holds = self.asm.label();
        let place = at_index(RAX, INDEX, NODE_VALUE);
        self.asm.compare_mem_small(place, NIL_BYTE);
        self.asm.jump_if(Cond::NotEqual, holds);
        self.asm.compare_mem_small(at(table, table_layout::METATABLE), 0);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.place(holds);
        self.asm.store_double(place, value);
        self.asm.store_16(at(table, table_layout::ABSENT), 0);
    }

    /// The length of a table that knows its border.
    fn length(&mut self, a: usize, b: usize) {
        let table = self.table(b);
        let out = self.bail();
        let inside = self.asm.label();
        self.asm.load_32(RAX, at(table, table_layout::BORDER));
        self.asm.compare_small(RAX, 0);
        self.asm.jump_if(Cond::Equal, out);
        self.asm.op_mem_32(GprOp::Cmp, RAX, at(table, table_layout::ARRAY_LEN));
        self.asm.jump_if(Cond::Below, inside);
        self.asm.constant(SCRATCH, table_layout::no_nodes() as u64);
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at(table, table_layout::NODES));
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.place(inside);
        self.asm.widen_64(X0, RAX);
        self.store_number(a, X0);
    }
}

/// nil, as what its lowest byte is the sign of.
pub(super) const NIL_BYTE: i8 = -1;
const _: () = assert!(Value::NIL.bits() == NIL_BYTE as i64 as u64);
