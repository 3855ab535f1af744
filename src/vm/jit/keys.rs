//! Numbers and objects as keys: in the array part in line, in nodes aside.
//!
//! A node is found where `object::table::find` finds it: in the chain that begins at the remainder of the two halves' sum. Zero has
//! two words and one place: one that is not found as it stands is left to the handler. A new key gets its main position here, if that is vacant and
//! the key a number, else the node that `Table::add_in_node` gives it, which is called as the handlers call it: it neither makes room nor throws.
//! Only lists that are full get room, by `Table::append_by_code`.
//!
//! A veiled table (`object::table::veil`) shows one node, in which no such key is found, and seems to be seeded: what is not found in such
//! a one is left to the handler.
//!
//! Not here: names as keys (`tables`).

use crate::object::value::{TAG_TABLE, TAG_THREAD};
use crate::object::{Table, Value, table_layout};
use crate::state::Event;
use crate::vm::code::Op;

use super::asides::Aside;
use super::asm::*;
use super::emit::*;
use super::tables::{NIL_BYTE, NODE_KEY, NODE_VALUE, Stored};

/// A key that may be in the array part, or is a number or an object in a node.
#[derive(Clone, Copy)]
pub enum Key {
    /// In a machine register; if it is a NaN it is no index.
    Number(Xmm),
    /// In a slot, and so many more than the whole number that a machine register holds.
    Whole { at: u8, register: Gpr, offset: i8 },
    /// In a slot, and, if it is a number, in a machine register; else an object, most likely: what is no number leads to `word`.
    Any { at: u8, number: Xmm, word: Label },
    /// The constant of a step's function: a small whole number, which the word holds, too (`in_word`), or what is in no array part.
    Constant { step: u16, index: u8, in_word: bool },
}

/// Ways aside: where one begins, where it goes on, and where it leads if nothing can be done.
type Ways = (Label, Label, Label);

/// The upper bits of the first object that is equal to itself alone, and how many kinds of such there are.
const IDENTITY: i32 = (TAG_TABLE >> 48) as i32;
const IDENTITIES: i8 = ((TAG_THREAD >> 48) as i32 + 1 - IDENTITY) as i8;

const VALUE: usize = NODE_VALUE as usize;
const KEY: usize = NODE_KEY as usize;

impl Emitter {
    /// The key in a slot.
    pub(super) fn key(&mut self, at: usize) -> Key {
        if let Some((register, offset)) = self.whole(at) {
            return Key::Whole { at: at as u8, register, offset };
        }
        if self.known.numbers.has(at) {
            return Key::Number(self.number(at, X0));
        }
        let word = self.asm.label();
        let number = self.check_number(at, X0, word);
        Key::Any { at: at as u8, number, word }
    }

    pub(super) fn constant_key(&self, index: usize) -> Key {
        let in_word = matches!(self.plan.insn(self.at).op(), Op::GetInt | Op::SetIntR | Op::SetIntK);
        Key::Constant { step: self.at as u16, index: index as u8, in_word }
    }

    /// R(to) := the value that a table has for a key
    pub(super) fn get_item(&mut self, table: Gpr, key: Key, to: usize) {
        let (from, found, out) = (self.asm.label(), self.asm.label(), self.bail());
        if self.item_index(key, from) {
            self.asm.op_mem_32(GprOp::Cmp, INDEX, at(table, table_layout::ARRAY_LEN));
            self.asm.jump_if(Cond::NotBelow, from);
            self.asm.load(RAX, at(table, table_layout::ARRAY));
        }
        self.asm.place(found);
        self.add_aside(Aside::ReadNode { from, to: found, out, table, key });
        self.get_node(table, to);
    }

    /// What is to be stored in a table that takes it by the store alone, a register or a constant, in a machine register, X1 if it is in none. A
    /// register that holds nil is left to the handler.
    pub(super) fn value_for(&mut self, table: Gpr, is_k: bool, c: usize, base: usize) -> Xmm {
        let out = self.bail();
        let stored = self.stored(is_k, c, base);
        if !is_k && matches!(stored, Stored::Any) {
            self.asm.bits_of_double(RAX, X1);
            self.asm.compare_small(RAX, NIL_BYTE);
            self.asm.jump_if(Cond::Equal, out);
        }
        self.check_marks(table, stored)
    }

    /// Stores such a value, or nil, for a key.
    pub(super) fn set_item(&mut self, table: Gpr, key: Key, value: Xmm, is_nil: bool) {
        let (from, done, out) = (self.asm.label(), self.asm.label(), self.bail());
        let kept = self.kept_numbers();
        match self.item_index(key, from) {
            true if is_nil => self.clear_slot(table, from, out),
            true => {
                let beyond = self.asm.label();
                self.fill_slot(table, value, beyond, out);
                self.add_aside(Aside::Append { from: beyond, to: done, other: from, out, table, value, kept, is_raw: false });
            }
            false => {}
        }
        self.asm.place(done);
        self.add_aside(Aside::StoreNode { from, to: done, out, table, key, value, kept });
    }

    /// The slot of the array part, counted from 0, that a key says, to INDEX; anything beyond all array parts for 0 and what is below it.
    /// Goes to `other` if it is no whole number. False: it always does. Clobbers X2.
    fn item_index(&mut self, key: Key, other: Label) -> bool {
        let key = match key {
            Key::Number(key) | Key::Any { number: key, .. } => key,
            Key::Whole { register, offset, .. } => {
                // Beyond 32 bits it comes to where no array part has slots.
                self.asm.lea_32(INDEX, Mem { base: register, index: None, disp: offset as i32 - 1 });
                return true;
            }
            Key::Constant { in_word: true, .. } => {
                self.constant_index();
                return true;
            }
            Key::Constant { .. } => {
                self.asm.jump(other);
                return false;
            }
        };
        self.asm.truncate_32(INDEX, key);
        self.asm.widen_32(X2, INDEX);
        self.asm.compare_doubles(X2, key);
        self.asm.jump_if(Cond::NotEqual, other);
        self.asm.decrement(INDEX);
        true
    }

    /// The same of the key that the word holds.
    pub(super) fn constant_index(&mut self) {
        self.load_d(INDEX);
        self.asm.decrement(INDEX);
    }

    /// Stores a value, not nil, in the array part's slot INDEX; to `beyond` if there is none.
    fn fill_slot(&mut self, table: Gpr, value: Xmm, beyond: Label, out: Label) {
        let (takes, has_metatable, adds) = (self.asm.label(), self.asm.label(), self.asm.label());
        self.asm.op_mem_32(GprOp::Cmp, INDEX, at(table, table_layout::BORDER));
        self.asm.jump_if(Cond::Below, takes);
        self.asm.op_mem_32(GprOp::Cmp, INDEX, at(table, table_layout::ARRAY_LEN));
        self.asm.jump_if(Cond::NotBelow, beyond);
        self.asm.compare_mem_small(at(table, table_layout::METATABLE), 0);
        self.asm.jump_if(Cond::NotEqual, has_metatable);
        self.asm.place(adds);
        self.add_aside(Aside::Adds { from: has_metatable, to: adds, out, table });
        // There is no border to keep, or this is the next value of a list.
        self.asm.load_32(RAX, at(table, table_layout::BORDER));
        self.asm.compare_small(RAX, 0);
        self.asm.jump_if(Cond::Equal, takes);
        self.asm.op(GprOp::Cmp, RAX, INDEX);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.lea_32(RAX, at(RAX, 1));
        self.asm.store_32(at(table, table_layout::BORDER), RAX);
        self.asm.place(takes);
        self.asm.load(RAX, at(table, table_layout::ARRAY));
        self.asm.store_double(at_index(RAX, INDEX, 0), value);
    }

    /// Stores nil in the array part's slot INDEX, as `Table::note` keeps the border; to `beyond` if there is none.
    fn clear_slot(&mut self, table: Gpr, beyond: Label, out: Label) {
        let (holds, is_last, done) = (self.asm.label(), self.asm.label(), self.asm.label());
        self.asm.op_mem_32(GprOp::Cmp, INDEX, at(table, table_layout::ARRAY_LEN));
        self.asm.jump_if(Cond::NotBelow, beyond);
        self.asm.load(RAX, at(table, table_layout::ARRAY));
        self.asm.compare_mem_small(at_index(RAX, INDEX, 0), NIL_BYTE);
        self.asm.jump_if(Cond::NotEqual, holds);
        self.asm.compare_mem_small(at(table, table_layout::METATABLE), 0);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.place(holds);
        self.asm.store_small(at_index(RAX, INDEX, 0), Value::NIL.bits() as i64 as i32);
        self.asm.op_mem_32(GprOp::Cmp, INDEX, at(table, table_layout::BORDER));
        self.asm.jump_if(Cond::NotBelow, done);
        self.asm.lea_32(RAX, at(INDEX, 1));
        self.asm.op_mem_32(GprOp::Cmp, RAX, at(table, table_layout::BORDER));
        self.asm.jump_if(Cond::Equal, is_last);
        self.asm.constant(INDEX, 0);
        self.asm.place(is_last);
        self.asm.store_32(at(table, table_layout::BORDER), INDEX);
        self.asm.place(done);
    }

    /// `Aside::ReadNode`.
    pub(super) fn read_node(&mut self, (from, to, out): Ways, table: Gpr, key: Key) {
        if !self.asm.has_room() {
            return self.leave_nodes(from, key, out);
        }
        let found = self.asm.label();
        self.asm.place(from);
        self.main_node(table, key, out);
        self.follow_chain(found);
        self.check_absent(table, out);
        self.asm.constant(SCRATCH, table_layout::no_nodes() as u64);
        self.asm.place(found);
        self.asm.copy(RAX, SCRATCH);
        self.asm.constant(INDEX, 0);
        self.asm.jump(to);
    }

    /// `Aside::StoreNode`: what `set_word`, `set_table_far` and `add_word` do (`interp::tables`). The marks have been looked at.
    #[inline(never)]
    pub(super) fn store_node(&mut self, (from, to, out): Ways, table: Gpr, key: Key, value: Xmm, kept: u16) {
        if !self.asm.has_room() {
            return self.leave_nodes(from, key, out);
        }
        let (found, holds, vacant, taken) = (self.asm.label(), self.asm.label(), self.asm.label(), self.asm.label());
        self.asm.place(from);
        self.main_node(table, key, out);
        self.asm.bits_to_double(X2, SCRATCH);
        self.follow_chain(found);
        self.check_absent(table, out);
        if let Key::Number(number) = key {
            self.asm.compare_doubles(number, number);
            self.asm.jump_if(Cond::Unordered, out);
        }
        self.check_adds_freely(table, INDEX, out);
        self.asm.bits_of_double(SCRATCH, X2);
        if matches!(key, Key::Any { .. }) {
            // An object has more to look at.
            self.asm.constant(INDEX, TAG_TABLE);
            self.asm.op(GprOp::Cmp, RAX, INDEX);
            self.asm.jump_if(Cond::NotBelow, taken);
        }
        self.asm.compare_mem_small(at(SCRATCH, VALUE), NIL_BYTE);
        self.asm.jump_if(Cond::NotEqual, taken);
        self.asm.compare_mem_32(at(SCRATCH, table_layout::NODE_WORD), table_layout::COUNT);
        self.asm.jump_if(Cond::NotBelow, taken);
        self.asm.op_mem(GprOp::Cmp, SCRATCH, at(table, table_layout::NODES));
        self.asm.jump_if(Cond::NotEqual, vacant);
        self.asm.compare_mem_small(at(SCRATCH, KEY), NIL_BYTE);
        self.asm.jump_if(Cond::NotEqual, taken);
        self.asm.constant(INDEX, table_layout::no_nodes() as u64);
        self.asm.op(GprOp::Cmp, SCRATCH, INDEX);
        self.asm.jump_if(Cond::Equal, out);
        self.asm.place(vacant);
        self.asm.store(at(SCRATCH, KEY), RAX);
        self.asm.store_16(at(table, table_layout::ABSENT), 0);
        self.asm.place(holds);
        self.asm.store_double(at(SCRATCH, VALUE), value);
        self.asm.jump(to);
        self.asm.place(found);
        self.asm.compare_mem_small(at(SCRATCH, VALUE), NIL_BYTE);
        self.asm.jump_if(Cond::NotEqual, holds);
        self.check_adds_freely(table, INDEX, out);
        self.asm.jump(holds);
        self.asm.place(taken);
        self.add_in_node(table, value, out);
        self.load_kept(kept);
        self.asm.jump(to);
    }

    /// An aside that only leaves: the region is so large that there is room for no more.
    fn leave_nodes(&mut self, from: Label, key: Key, out: Label) {
        self.asm.place(from);
        if let Key::Any { word, .. } = key {
            self.asm.place(word);
        }
        self.asm.jump(out);
    }

    /// The node in which the chain of a key begins, if it is not in the array part, to SCRATCH, and the key's word to RAX. Leaves if it is neither a
    /// number nor an object that is equal to itself alone. Clobbers INDEX, and X0, if the key is a constant.
    fn main_node(&mut self, table: Gpr, key: Key, out: Label) {
        let (has_sum, is_first) = (self.asm.label(), self.asm.label());
        if let Key::Any { at, word, .. } = key {
            let is_number = self.asm.label();
            self.asm.jump(is_number);
            self.asm.place(word);
            self.asm.load(RAX, slot(at as usize));
            self.asm.copy(INDEX, RAX);
            self.asm.shift_right(INDEX, 48);
            self.asm.lea_32(INDEX, Mem { base: INDEX, index: None, disp: -IDENTITY });
            self.asm.compare_32_small(INDEX, IDENTITIES);
            self.asm.jump_if(Cond::NotBelow, out);
            self.asm.jump(has_sum);
            self.asm.place(is_number);
        }
        self.load_key(key);
        self.asm.copy(INDEX, RAX);
        self.asm.shift_right(INDEX, 32);
        self.asm.op(GprOp::Add, RAX, INDEX);
        self.asm.place(has_sum);
        self.asm.load_32(INDEX, at(table, table_layout::NODE_MASK));
        self.asm.compare_32_small(INDEX, 0);
        self.asm.jump_if(Cond::Equal, is_first);
        // A mask of a bit or more is odd. What is divided takes K's register.
        self.asm.constant(RDX, 0);
        self.asm.divide_32(INDEX);
        self.asm.triple(INDEX, RDX);
        self.asm.constant(K, self.plan.instances[0].k as u64);
        self.asm.place(is_first);
        self.load_key(key);
        self.asm.load(SCRATCH, at(table, table_layout::NODES));
        self.asm.lea(SCRATCH, at_index(SCRATCH, INDEX, 0));
    }

    /// A key's word to RAX. May clobber SCRATCH.
    fn load_key(&mut self, key: Key) {
        match key {
            Key::Number(number) => self.asm.bits_of_double(RAX, number),
            Key::Any { at, .. } | Key::Whole { at, .. } => self.asm.load(RAX, slot(at as usize)),
            Key::Constant { step, index, .. } => {
                self.at = step as usize;
                let constant = self.constant(index as usize);
                self.asm.load(RAX, constant);
            }
        }
    }

    /// Goes to `found`, with the node at SCRATCH, if the chain from there on has the key in RAX. Clobbers INDEX.
    fn follow_chain(&mut self, found: Label) {
        let again = self.asm.label();
        // PERF: the first step without a jump, as in `Node::this_or_next`.
        self.asm.load_signed(INDEX, at(SCRATCH, table_layout::NODE_NEXT));
        self.asm.op(GprOp::Add, INDEX, SCRATCH);
        self.asm.op_mem(GprOp::Cmp, RAX, at(SCRATCH, KEY));
        self.asm.copy_if(Cond::NotEqual, SCRATCH, INDEX);
        self.asm.place(again);
        self.asm.op_mem(GprOp::Cmp, RAX, at(SCRATCH, KEY));
        self.asm.jump_if(Cond::Equal, found);
        self.asm.load_signed(INDEX, at(SCRATCH, table_layout::NODE_NEXT));
        self.asm.op(GprOp::Add, SCRATCH, INDEX);
        self.asm.compare_small(INDEX, 0);
        self.asm.jump_if(Cond::NotEqual, again);
    }

    /// Leaves unless the table lacks the key in RAX, which its chain has not. Clobbers INDEX.
    fn check_absent(&mut self, table: Gpr, out: Label) {
        self.asm.copy(INDEX, RAX);
        self.asm.op(GprOp::Add, INDEX, INDEX);
        self.asm.jump_if(Cond::Equal, out); // a zero
        self.asm.load(INDEX, at(table, table_layout::NODES));
        self.asm.compare_mem_32_small(at(INDEX, table_layout::NODE_WORD), 0);
        self.asm.jump_if(Cond::Sign, out); // seeded
    }

    /// Leaves unless a table takes values where it has none by the store alone, as `adds_freely` tells it. Clobbers a register.
    pub(super) fn check_adds_freely(&mut self, table: Gpr, scratch: Gpr, out: Label) {
        let adds = self.asm.label();
        self.asm.load(scratch, at(table, table_layout::METATABLE));
        self.asm.compare_small(scratch, 0);
        self.asm.jump_if(Cond::Equal, adds);
        let event = Event::NewIndex as usize;
        self.asm.test_byte(at(scratch, table_layout::ABSENT + event / 8), 1 << (event % 8));
        self.asm.jump_if(Cond::Equal, out);
        self.asm.place(adds);
    }

    /// Puts a value behind the last of a list that has room for it, as `table.insert` does.
    pub(super) fn insert(&mut self, list: usize, value: usize) {
        let (out, done, full) = (self.bail(), self.asm.label(), self.asm.label());
        let table = self.table(list);
        let value = self.value_for(table, false, value, 0);
        let kept = self.kept_numbers();
        self.asm.load_32(INDEX, at(table, table_layout::BORDER));
        self.asm.op_mem_32(GprOp::Cmp, INDEX, at(table, table_layout::ARRAY_LEN));
        self.asm.jump_if(Cond::NotBelow, full);
        self.asm.compare_32_small(INDEX, 0);
        self.asm.jump_if(Cond::Equal, out);
        self.asm.lea_32(RAX, at(INDEX, 1));
        self.asm.store_32(at(table, table_layout::BORDER), RAX);
        self.asm.load(RAX, at(table, table_layout::ARRAY));
        self.asm.store_double(at_index(RAX, INDEX, 0), value);
        self.asm.place(done);
        self.add_aside(Aside::Append { from: full, to: done, other: out, out, table, value, kept, is_raw: true });
    }

    /// `Aside::Append`: the slot INDEX is the next of a full list, mostly, which gets room by `Table::append_by_code`.
    #[inline(never)]
    pub(super) fn append(&mut self, (from, to, out): Ways, other: Label, table: Gpr, value: Xmm, kept: u16, is_raw: bool) {
        self.asm.place(from);
        if !self.asm.has_room() {
            return self.asm.jump(other);
        }
        self.asm.op_mem_32(GprOp::Cmp, INDEX, at(table, table_layout::ARRAY_LEN));
        self.asm.jump_if(Cond::NotEqual, other);
        self.asm.op_mem_32(GprOp::Cmp, INDEX, at(table, table_layout::BORDER));
        self.asm.jump_if(Cond::NotEqual, other);
        self.asm.constant(RAX, table_layout::no_nodes() as u64);
        self.asm.op_mem(GprOp::Cmp, RAX, at(table, table_layout::NODES));
        self.asm.jump_if(Cond::NotEqual, other);
        if !is_raw {
            self.check_adds_freely(table, RAX, out);
        }
        self.asm.lea_32(RAX, at(INDEX, 1));
        self.asm.widen_64(X2, RAX);
        self.asm.bits_of_double(RAX, X2);
        let arguments = |asm: &mut Asm| {
            asm.copy(RDX, RAX);
            asm.bits_of_double(RCX, value);
        };
        self.call_table(Table::append_by_code as *const () as usize, table, arguments, out);
        self.load_kept(kept);
        self.asm.jump(to);
    }

    /// Stores a pair whose key, in RAX, the table lacks, and whose main position is at SCRATCH, by `Table::add_in_node`. Leaves if that takes
    /// more than a free node. Registers for numbers are lost.
    fn add_in_node(&mut self, table: Gpr, value: Xmm, out: Label) {
        let arguments = |asm: &mut Asm| {
            asm.copy(RDX, SCRATCH);
            asm.copy(RCX, RAX);
            asm.bits_of_double(R8, value);
            asm.constant(R9, 0);
        };
        self.call_table(Table::add_in_node::<false> as *const () as usize, table, arguments, out);
    }

    /// Calls a function of a table, which is given the heap and then what `arguments` puts in the registers for it. Leaves unless it says that it
    /// has done all. Registers for numbers are lost.
    fn call_table(&mut self, function: usize, table: Gpr, arguments: impl FnOnce(&mut Asm), out: Label) {
        // SAFETY: the Global that the region is of.
        let heap = unsafe { &raw const (*self.around.global).heap };
        self.call_function(function, &[CODE, BASE, STATE, DISPATCH], |asm| {
            asm.copy(RDI, table);
            asm.constant(RSI, heap as u64);
            arguments(asm);
        });
        self.asm.constant(K, self.plan.instances[0].k as u64);
        self.asm.mask_small(RAX, 1);
        self.asm.jump_if(Cond::Equal, out);
    }

    /// The machine registers that hold numbers now.
    fn kept_numbers(&self) -> u16 {
        let registers = self.known.numbers.iter().filter_map(|at| self.number_register(at));
        registers.fold(0, |kept, register| kept | 1 << register.0)
    }

    /// Loads those again, as the slots have them.
    fn load_kept(&mut self, kept: u16) {
        for at in 0..self.plan.xmm.len() {
            if let Some(register) = self.number_register(at)
                && kept >> register.0 & 1 != 0
            {
                self.asm.load_double(register, slot(at));
            }
        }
    }
}
