//! Tests of truth and equality.

use crate::object::value::{TAG_STRING, TAG_TABLE};
use crate::object::{Str, Value, table_layout};

use super::asm::*;
use super::emit::*;
use super::tables::NIL_BYTE;

/// The lower bound of what counts as false, as what its lowest byte is the sign of.
const FALSE_BYTE: i8 = -2;
const _: () = assert!(Value::FALSE.bits() == FALSE_BYTE as i64 as u64 && NIL_BYTE > FALSE_BYTE);

impl Emitter {
    /// Jumps if the truth of a register is `wanted`.
    pub(super) fn test(&mut self, a: usize, wanted: bool, distance: i32) {
        if self.known.numbers.has(a) || self.known.tables.has(a) {
            return self.go_either(wanted, distance);
        }
        self.asm.load(RAX, slot(a));
        self.asm.compare_small(RAX, FALSE_BYTE);
        self.branch(if wanted { Cond::Below } else { Cond::NotBelow }, distance);
    }

    /// Jumps to a label if the truth of the value in RAX is `wanted`.
    pub(super) fn jump_if_truth(&mut self, wanted: bool, to: Label) {
        self.asm.compare_small(RAX, FALSE_BYTE);
        self.asm.jump_if(if wanted { Cond::Below } else { Cond::NotBelow }, to);
    }

    /// Leaves if a register is false or nil.
    pub(super) fn check_true(&mut self, a: usize, out: Label) {
        if self.known.numbers.has(a) || self.known.tables.has(a) {
            return;
        }
        self.asm.load(RAX, slot(a));
        self.asm.compare_small(RAX, FALSE_BYTE);
        self.asm.jump_if(Cond::NotBelow, out);
    }

    /// Goes on where a condition leads that is known.
    fn go_either(&mut self, jumps: bool, distance: i32) {
        let to = self.to(if jumps { distance } else { 2 });
        self.go_to(to);
    }

    /// Copies R(b) to R(a) and jumps if its truth is `wanted`.
    pub(super) fn test_set(&mut self, a: usize, b: usize, wanted: bool, distance: i32) {
        let to = self.to(distance);
        if self.known.numbers.has(b) {
            if !wanted {
                return self.go_either(false, distance);
            }
            let number = self.number(b, X0);
            self.store_number(a, number);
            return self.go_either(true, distance);
        }
        let on = self.asm.label();
        self.asm.load(RAX, slot(b));
        self.asm.compare_small(RAX, FALSE_BYTE);
        self.asm.jump_if(if wanted { Cond::NotBelow } else { Cond::Below }, on);
        let before = self.known;
        self.store_any(a, RAX);
        let label = self.way_to(to);
        self.asm.jump(label);
        self.known = before;
        self.asm.place(on);
        let on = self.to(2);
        self.go_to(on);
    }

    /// R(a) := not R(b)
    pub(super) fn not(&mut self, a: usize, b: usize) {
        if self.known.numbers.has(b) || self.known.tables.has(b) {
            return self.store_word(a, Value::FALSE);
        }
        let (is_true, done) = (self.asm.label(), self.asm.label());
        self.asm.load(RAX, slot(b));
        self.asm.compare_small(RAX, FALSE_BYTE);
        self.asm.jump_if(Cond::Below, is_true);
        self.store_word(a, Value::TRUE);
        self.asm.jump(done);
        self.asm.place(is_true);
        self.store_word(a, Value::FALSE);
        self.asm.place(done);
    }

    /// Jumps if a register is equal to a constant or not, as is `wanted`: a number, or what nothing but its word equals.
    pub(super) fn equals_constant(&mut self, a: usize, k: usize, wanted: bool, distance: i32) {
        let is_number = self.k(k).is_number();
        let constant = self.constant(k);
        if !is_number {
            self.asm.load(RAX, slot(a));
            self.asm.op_mem(GprOp::Cmp, RAX, constant);
            return self.branch(if wanted { Cond::Equal } else { Cond::NotEqual }, distance);
        }
        if self.known.numbers.has(a) {
            let number = self.number(a, X0);
            self.asm.compare_double_mem(number, constant);
        } else {
            self.asm.load_double(X0, slot(a));
            self.asm.compare_double_mem(X0, constant);
        }
        self.branch_equal(wanted, distance);
    }

    /// Jumps as two doubles that were compared are equal or not, of which one may be a NaN.
    fn branch_equal(&mut self, wanted: bool, distance: i32) {
        if wanted {
            let on = self.asm.label();
            self.asm.jump_if(Cond::Unordered, on);
            let to = self.to(distance);
            let label = self.way_to(to);
            self.asm.jump_if(Cond::Equal, label);
            self.asm.place(on);
            let on = self.to(2);
            self.go_to(on);
        } else {
            let to = self.to(distance);
            let label = self.way_to(to);
            self.asm.jump_if(Cond::Unordered, label);
            self.branch(Cond::NotEqual, distance);
        }
    }

    /// Leaves unless two values of one kind that are not the same word are unequal for that: short strings, and a table
    /// without metatable and another.
    fn check_unequal(&mut self, b: usize, c: usize, out: Label) {
        let (no_string, done) = (self.asm.label(), self.asm.label());
        self.asm.load(INDEX, slot(b));
        self.asm.copy(RAX, INDEX);
        self.asm.shift_right(RAX, 48);
        self.asm.compare_32(RAX, (TAG_STRING >> 48) as u32);
        self.asm.jump_if(Cond::NotEqual, no_string);
        self.asm.constant(SCRATCH, TAG_STRING);
        self.asm.op(GprOp::Xor, INDEX, SCRATCH);
        self.asm.test_byte(at(INDEX, Str::SHAPE), Str::IS_LONG);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.op_mem(GprOp::Xor, SCRATCH, slot(c));
        self.asm.test_byte(at(SCRATCH, Str::SHAPE), Str::IS_LONG);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.jump(done);
        self.asm.place(no_string);
        self.asm.compare_32(RAX, (TAG_TABLE >> 48) as u32);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.constant(SCRATCH, TAG_TABLE);
        self.asm.op(GprOp::Xor, INDEX, SCRATCH);
        self.asm.compare_mem_small(at(INDEX, table_layout::METATABLE), 0);
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.place(done);
    }

    /// Jumps if two registers are equal or not, as is `wanted`.
    pub(super) fn equal(&mut self, b: usize, c: usize, wanted: bool, distance: i32) {
        if self.known.numbers.has(b) && self.known.numbers.has(c) {
            let (x, y) = (self.number(b, X0), self.number(c, X1));
            self.asm.compare_doubles(x, y);
            return self.branch_equal(wanted, distance);
        }
        let (differ, alike) = (self.asm.label(), self.asm.label());
        let out = self.bail();
        self.asm.load_double(X0, slot(b));
        self.asm.compare_double_mem(X0, slot(c));
        self.asm.jump_if(Cond::Ordered, alike);
        // Not two numbers. One that is equal to itself is the same word, of another kind it is not.
        self.asm.load(RAX, slot(b));
        self.asm.op_mem(GprOp::Xor, RAX, slot(c));
        self.asm.jump_if(Cond::NotEqual, differ);
        // The same word: a number then is a NaN.
        self.asm.compare_doubles(X0, X0);
        self.asm.load(RAX, slot(b));
        self.asm.constant(SCRATCH, crate::object::value::MAX_NUMBER_BITS);
        self.asm.op(GprOp::Cmp, RAX, SCRATCH);
        self.asm.jump_if(Cond::NotAbove, out);
        let to = self.to(distance);
        let on = self.to(2);
        let (if_equal, if_not) = if wanted { (to, on) } else { (on, to) };
        let label = self.way_to(if_equal);
        self.asm.jump(label);
        self.asm.place(differ);
        self.asm.shift_right(RAX, 48);
        let unlike = self.asm.label();
        self.asm.jump_if(Cond::NotEqual, unlike);
        self.check_unequal(b, c, out);
        self.asm.place(unlike);
        let label = self.way_to(if_not);
        self.asm.jump(label);
        self.asm.place(alike);
        self.branch(if wanted { Cond::Equal } else { Cond::NotEqual }, distance);
    }
}
