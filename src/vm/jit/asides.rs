//! What is done aside, behind all steps: ways that are rarely gone, but would be long as detours (`ways`).
//!
//! They are machine code as the steps' own, for what is so or so: a key that is not where it was last, a method that is the object's own now and
//! inherited then. What none of them does leaves.

use crate::heap::mark;
use crate::object::value::TAG_STRING;
use crate::object::{Str, Value, table_layout};
use crate::state::Event;
use crate::vm::interp::fast::Fast;

use super::asm::*;
use super::emit::*;
use super::keys::Key;
use super::tables::{NIL_BYTE, NODE_KEY, NODE_VALUE};

/// A way from a step, and where it goes on, or is left.
#[derive(Clone, Copy)]
pub enum Aside {
    /// A key is looked for along the chain.
    Search { from: Label, to: Label, out: Label, table: Gpr },
    /// What a table lacks is inherited, at a step; what is inherited, mostly, it has itself.
    Inherit { from: Label, to: Label, out: Label, table: Gpr, key: usize, step: usize },
    Own { from: Label, to: Label, out: Label },
    /// A function is called, but not the closure of its code that was called last.
    OtherClosure { from: Label, to: Label, out: Label, func: usize, is_in_place: bool },
    /// An iterator is looked at.
    Iterator { from: Label, to: Label, out: Label, a: usize, builtin: Fast },
    /// A number is looked for among the nodes; what it leads to is at RAX + 8 * INDEX then.
    ReadNode { from: Label, to: Label, out: Label, table: Gpr, key: Key },
    /// A value is stored in a node of a number; `kept`: the machine registers that hold numbers meanwhile.
    StoreNode { from: Label, to: Label, out: Label, table: Gpr, key: Key, value: Xmm, kept: u16 },
    /// A list gets room for the next value; what is none is stored otherwise. `is_raw`: metatables have no say.
    Append { from: Label, to: Label, other: Label, out: Label, table: Gpr, value: Xmm, kept: u16, is_raw: bool },
    /// A value of a table that is on a path, which the node at RAX + 8 * INDEX holds, is stored over.
    Watched { from: Label, to: Label, out: Label, table: Gpr },
    /// A table with a metatable gets a value where it had none.
    Adds { from: Label, to: Label, out: Label, table: Gpr },
}

impl Emitter {
    pub(super) fn add_aside(&mut self, aside: Aside) {
        self.asides[self.aside_count] = aside;
        self.aside_count += 1;
    }

    /// Writes one, when all steps are written.
    pub(super) fn write_aside(&mut self, aside: Aside) {
        match aside {
            Aside::Search { from, to, out, table } => self.search((from, to, out), table),
            Aside::Inherit { from, to, out, table, key, step } => {
                self.at = step;
                self.asm.place(from);
                self.inherit(table, key, out, out);
                self.asm.jump(to);
            }
            Aside::Own { from, to, out } => {
                self.asm.place(from);
                self.asm.load(RAX, at(SCRATCH, NODE_VALUE as usize));
                self.asm.compare_small(RAX, NIL_BYTE);
                self.asm.jump_if(Cond::NotEqual, to);
                self.asm.jump(out);
            }
            Aside::OtherClosure { from, to, out, func, is_in_place } => self.check_closure((from, to, out), func, is_in_place),
            Aside::Iterator { from, to, out, a, builtin } => self.look_at_iterator((from, to, out), a, builtin),
            Aside::ReadNode { from, to, out, table, key } => self.read_node((from, to, out), table, key),
            Aside::StoreNode { from, to, out, table, key, value, kept } => {
                self.store_node((from, to, out), table, key, value, kept);
            }
            Aside::Append { from, to, other, out, table, value, kept, is_raw } => {
                self.append((from, to, out), other, table, value, kept, is_raw);
            }
            Aside::Watched { from, to, out, table } => self.check_stores_over((from, to, out), table),
            Aside::Adds { from, to, out, table } => {
                self.asm.place(from);
                self.check_adds_freely(table, RAX, out);
                self.asm.jump(to);
            }
        }
    }

    /// Leaves if a table is only read, or if what paths went by changes: `__index`, or that it lacks a key (`object::table::watch`). Clobbers SCRATCH.
    fn check_stores_over(&mut self, (from, to, out): (Label, Label, Label), table: Gpr) {
        // SAFETY: the Global that the region is of; the names of events are there as long as it is.
        let index = unsafe { (*self.around.global).event_name_unchecked(Event::Index) };
        self.asm.place(from);
        self.asm.test_byte(at(table, table_layout::MARK), mark::READ_ONLY);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.constant(SCRATCH, Value::string(index).bits());
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at_index(RAX, INDEX, NODE_KEY));
        self.asm.jump_if(Cond::Equal, out);
        self.asm.compare_mem_small(at_index(RAX, INDEX, NODE_VALUE), NIL_BYTE);
        self.asm.jump_if(Cond::NotEqual, to);
        self.asm.jump(out);
    }

    /// Looks along the chain for the key in SCRATCH, a short string.
    fn search(&mut self, (from, to, out): (Label, Label, Label), table: Gpr) {
        let (again, found) = (self.asm.label(), self.asm.label());
        self.asm.place(from);
        self.asm.constant(RAX, TAG_STRING);
        self.asm.op(GprOp::Xor, RAX, SCRATCH);
        self.asm.load_32(INDEX, at(RAX, Str::HASH));
        self.asm.op_mem_32(GprOp::And, INDEX, at(table, table_layout::NODE_MASK));
        self.asm.triple(INDEX, INDEX);
        self.asm.load(RAX, at(table, table_layout::NODES));
        self.asm.lea(RAX, at_index(RAX, INDEX, 0));
        self.asm.place(again);
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at(RAX, NODE_KEY as usize));
        self.asm.jump_if(Cond::Equal, found);
        self.asm.load_signed(INDEX, at(RAX, table_layout::NODE_NEXT));
        self.asm.op(GprOp::Add, RAX, INDEX);
        self.asm.compare_small(INDEX, 0);
        self.asm.jump_if(Cond::NotEqual, again);
        self.asm.jump(out);
        self.asm.place(found);
        self.asm.constant(INDEX, 0);
        self.asm.jump(to);
    }
}
