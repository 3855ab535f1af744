//! Strings: their methods, lengths and bytes, and the names of types.
//!
//! Nothing here makes a string: of one byte there may be one already, and the types' names are always there.

use crate::heap::Gc;
use crate::object::value::{TAG_STRING, TAG_THREAD};
use crate::object::{Str, Type, Value};
use crate::state::Known;

use crate::vm::code::{Insn, Op};

use super::asm::*;
use super::emit::*;
use super::facts;

/// The upper bits of strings, and of what is no object.
const STRING: i32 = (TAG_STRING >> 48) as i32;
const OTHER: u32 = (TAG_THREAD >> 48) as u32 + 1;
/// The names of strings, tables, functions, userdata and threads follow one another as their tags do.
const TAGGED: usize = Known::String as usize;
const TAGGED_COUNT: i8 = (OTHER as i32 - STRING) as i8;
const _: () = assert!(Known::Thread as usize - TAGGED + 1 == TAGGED_COUNT as usize);
// Strings are found in rows of what is null if there is none.
const _: () = assert!(size_of::<Option<Gc<Str>>>() == size_of::<Value>());

impl Emitter {
    /// SELF of a string: R(a + 1) := R(b); R(a) := its metatable's method.
    pub(super) fn string_method(&mut self, a: usize, b: usize, key: usize) {
        let out = self.bail();
        self.asm.load(INDEX, slot(b));
        self.untag(INDEX, TAG_STRING, out);
        // SAFETY: the Global that the region is of.
        let metatable = unsafe { &raw const (*self.around.global).type_metatables[Type::String as usize] };
        self.asm.constant(SCRATCH, metatable as u64);
        self.asm.load(INDEX, at(SCRATCH, 0));
        let key = self.constant(key);
        self.asm.load(RAX, key);
        self.follow_path(out);
        self.asm.load_double(X0, slot(b));
        self.store_loaded(a + 1, X0);
        self.store_any(a, RAX);
    }

    /// R(a) := the length of the string in R(b)
    pub(super) fn string_length(&mut self, a: usize, b: usize) {
        let out = self.bail();
        let (is_long, done) = (self.asm.label(), self.asm.label());
        self.asm.load(TABLE, slot(b));
        self.untag(TABLE, TAG_STRING, out);
        self.short_length(is_long);
        self.asm.jump(done);
        self.asm.place(is_long);
        self.asm.load(RAX, at(TABLE, Str::LONG_LEN));
        self.asm.place(done);
        self.asm.widen_64(X0, RAX);
        self.store_number(a, X0);
    }

    /// R(a) := the byte of the string in R(a + 1) at the index in R(a + 2), or the first.
    pub(super) fn string_byte(&mut self, a: usize, is_indexed: bool, out: Label) {
        if is_indexed {
            let index = self.number(a + 2, X0);
            self.whole_index(index, out);
        } else {
            self.asm.constant(INDEX, 1);
        }
        self.byte_at(a + 1, out);
        self.asm.widen_32(X0, RAX);
        self.store_number(a, X0);
    }

    /// R(a) := the part of the string in R(a + 1) from the index in R(a + 2) to that in R(a + 3), if it is one byte.
    pub(super) fn string_of_byte(&mut self, a: usize, out: Label) {
        let first = self.number(a + 2, X0);
        let last = self.number(a + 3, X1);
        self.asm.compare_doubles(first, last);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.jump_if(Cond::Unordered, out);
        self.whole_index(first, out);
        self.byte_at(a + 1, out);
        // SAFETY: the Global that the region is of.
        let singles = unsafe { (*self.around.global).strings.singles() };
        self.asm.constant(SCRATCH, singles as u64);
        self.asm.load(RAX, at_index(SCRATCH, RAX, 0));
        self.asm.compare_small(RAX, 0);
        self.asm.jump_if(Cond::Equal, out);
        self.store_string(a);
    }

    /// R(a) := the name of the type of R(a + 1)
    pub(super) fn type_name(&mut self, a: usize, out: Label) {
        // SAFETY: the Global that the region is of.
        let names = unsafe { (*self.around.global).known_strings() };
        let (no_number, found) = (self.asm.label(), self.asm.label());
        if !self.known.numbers.has(a + 1) {
            self.asm.load(RAX, slot(a + 1));
            self.asm.load_double(X0, slot(a + 1));
            self.asm.compare_doubles(X0, X0);
            self.asm.jump_if(Cond::Unordered, no_number);
        }
        self.asm.constant(INDEX, Known::Number as u64);
        if !self.known.numbers.has(a + 1) {
            let no_object = self.asm.label();
            self.asm.jump(found);
            self.asm.place(no_number);
            self.asm.copy(INDEX, RAX);
            self.asm.shift_right(INDEX, 48);
            self.asm.compare_32(INDEX, OTHER);
            self.asm.jump_if(Cond::Equal, no_object);
            self.asm.lea_32(INDEX, Mem { base: INDEX, index: None, disp: -STRING });
            // NaNs and light userdata are below 0.
            self.asm.compare_32_small(INDEX, TAGGED_COUNT);
            self.asm.jump_if(Cond::NotBelow, out);
            self.asm.add_small(INDEX, TAGGED as i8);
            self.asm.jump(found);
            self.asm.place(no_object);
            self.asm.constant(INDEX, Known::Nil as u64);
            self.asm.compare_small(RAX, super::tables::NIL_BYTE);
            self.asm.jump_if(Cond::Equal, found);
            self.asm.constant(INDEX, Known::Boolean as u64);
        }
        self.asm.place(found);
        self.asm.constant(SCRATCH, names as u64);
        self.asm.load(RAX, at_index(SCRATCH, INDEX, 0));
        self.store_string(a);
    }

    /// Jumps as two short strings that differ in their first bytes are ordered, where strings are ordered by bytes.
    pub(super) fn order_strings(&mut self, insn: Insn, base: usize) {
        let Some((b_k, c_k)) = facts::number_operands(insn.op()) else { unreachable!("a comparison") };
        let first = insn.op() as u8 - Op::LtRRF as u8;
        let (is_less, wanted) = (first < Op::LeRRF as u8 - Op::LtRRF as u8, first % 2 == 1);
        let (out, differ) = (self.bail(), self.asm.label());
        // SAFETY: the Global that the region is of.
        let by_bytes = unsafe { &raw const (*self.around.global).orders_by_bytes };
        self.asm.constant(SCRATCH, by_bytes as u64);
        self.asm.compare_byte(at(SCRATCH, 0), 0);
        self.asm.jump_if(Cond::Equal, out);
        self.short_string(INDEX, b_k, insn.b(), base, out);
        self.short_string(TABLE, c_k, insn.c(), base, out);
        self.asm.load(RAX, at(INDEX, Str::SHORT_BYTES));
        self.asm.load(SCRATCH, at(TABLE, Str::SHORT_BYTES));
        self.asm.op(GprOp::Cmp, RAX, SCRATCH);
        self.asm.jump_if(Cond::NotEqual, differ);
        self.asm.op(GprOp::Cmp, INDEX, TABLE);
        self.asm.jump_if(Cond::NotEqual, out);
        let to = self.to(if is_less != wanted { insn.jump() } else { 2 });
        let label = self.way_to(to);
        self.asm.jump(label);
        self.asm.place(differ);
        self.asm.swap_bytes(RAX);
        self.asm.swap_bytes(SCRATCH);
        self.asm.op(GprOp::Cmp, RAX, SCRATCH);
        self.branch(if wanted { Cond::Below } else { Cond::NotBelow }, insn.jump());
    }

    /// The address of the short string in a register or constant, to a machine register. Clobbers SCRATCH.
    fn short_string(&mut self, to: Gpr, is_k: bool, index: usize, base: usize, out: Label) {
        if is_k {
            let constant = self.constant(index);
            self.asm.load(to, constant);
            self.asm.constant(SCRATCH, TAG_STRING);
            return self.asm.op(GprOp::Xor, to, SCRATCH);
        }
        self.asm.load(to, slot(base + index));
        self.untag(to, TAG_STRING, out);
        self.asm.test_byte(at(to, Str::SHAPE), Str::IS_LONG);
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// Stores the string at RAX in a slot. Clobbers SCRATCH.
    pub(super) fn store_string(&mut self, a: usize) {
        self.asm.constant(SCRATCH, TAG_STRING);
        self.asm.op(GprOp::Xor, RAX, SCRATCH);
        self.store_any(a, RAX);
    }

    /// A number as a whole one, to INDEX, if it is one. Clobbers X2.
    pub(super) fn whole_index(&mut self, number: Xmm, out: Label) {
        self.asm.truncate_64(INDEX, number);
        self.asm.widen_64(X2, INDEX);
        self.asm.compare_doubles(X2, number);
        self.asm.jump_if(Cond::NotEqual, out);
    }

    /// The byte of the string in a slot at INDEX, which counts from 1, or from the end below 0, to RAX. Leaves if there is none.
    /// Clobbers TABLE and SCRATCH.
    fn byte_at(&mut self, string: usize, out: Label) {
        let (is_long, has_bytes) = (self.asm.label(), self.asm.label());
        let (from_end, found) = (self.asm.label(), self.asm.label());
        self.asm.load(TABLE, slot(string));
        self.untag(TABLE, TAG_STRING, out);
        self.short_length(is_long);
        self.asm.add_small(TABLE, Str::SHORT_BYTES as i8);
        self.asm.jump(has_bytes);
        self.asm.place(is_long);
        self.asm.load(RAX, at(TABLE, Str::LONG_LEN));
        self.asm.test_byte(at(TABLE, Str::SHAPE), Str::IS_GROWN);
        self.asm.lea(TABLE, at(TABLE, Str::LONG_BYTES));
        self.asm.jump_if(Cond::Equal, has_bytes);
        self.asm.load(TABLE, at(TABLE, 0));
        self.asm.place(has_bytes);
        self.asm.compare_small(INDEX, 0);
        self.asm.jump_if(Cond::NotGreater, from_end);
        self.asm.decrement(INDEX);
        self.asm.jump(found);
        self.asm.place(from_end);
        // 0 becomes the length, and what lies before the beginning is above it, or the index is no index of any string.
        self.asm.op(GprOp::Add, INDEX, RAX);
        self.asm.place(found);
        self.asm.op(GprOp::Cmp, INDEX, RAX);
        self.asm.jump_if(Cond::NotBelow, out);
        self.asm.op(GprOp::Add, TABLE, INDEX);
        self.asm.load_byte(RAX, at(TABLE, 0));
    }

    /// The length of the string at TABLE, if it is short, to RAX.
    fn short_length(&mut self, is_long: Label) {
        self.asm.load_byte(RAX, at(TABLE, Str::SHAPE));
        self.asm.test_byte(at(TABLE, Str::SHAPE), Str::IS_LONG);
        self.asm.jump_if(Cond::NotEqual, is_long);
        self.asm.mask_small(RAX, Str::SHORT_LEN);
    }
}
