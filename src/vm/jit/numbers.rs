//! Arithmetic, comparisons of numbers, and the functions of the math library.
//!
//! What is known to be a number may be a NaN that was computed here; only one that is loaded, as all that is no number is, is the interpreter's
//! business. Of two NaNs the first operand's is the result, as in the interpreter.

use crate::base::cmath;
use crate::vm::code::{Insn, Op};
use crate::vm::interp::fast::{Fast, ROUNDABLE};
use crate::vm::interp::{FRACTIONS_END, MODULO_LIMIT, ROUNDER};

use super::asm::*;
use super::emit::*;
use super::facts::{self, BuiltinCall};

const SIGN: u64 = 1 << 63;

impl Emitter {
    pub(super) fn load_constant(&mut self, to: Xmm, number: f64) {
        self.load_bits(to, number.to_bits());
    }

    fn load_bits(&mut self, to: Xmm, bits: u64) {
        self.asm.constant(RAX, bits);
        self.asm.bits_to_double(to, RAX);
    }

    /// An operation or comparison of numbers; whether it goes on at the next word.
    pub(super) fn number_instruction(&mut self, insn: Insn, base: usize) -> bool {
        use Op::*;
        let a = base + insn.a();
        let op = insn.op();
        if op == Unm {
            let x = self.number(base + insn.b(), X0);
            self.load_bits(X1, SIGN);
            self.asm.copy_double(X0, x);
            self.asm.bits(BitOp::Xor, X0, X1);
            self.store_number(a, X0);
            return true;
        }
        let Some((b_k, c_k)) = facts::number_operands(op) else { unreachable!("an operation of two numbers") };
        let (b, c) = (if b_k { insn.b() } else { base + insn.b() }, if c_k { insn.c() } else { base + insn.c() });
        if let Some(op) = sse_of(op) {
            self.arithmetic(op, a, (b_k, b), (c_k, c));
            return true;
        }
        let x = self.operand(b_k, b, X0);
        let y = self.operand(c_k, c, X1);
        if op as u8 >= LtRRF as u8 {
            let (less, wanted) = ((op as u8) < LeRRF as u8, (op as u8 - LtRRF as u8) % 2 == 1);
            self.asm.compare_doubles(y, x);
            let cond = if less { Cond::Above } else { Cond::NotBelow };
            self.branch(if wanted { cond } else { cond.negated() }, insn.jump());
            return false;
        }
        self.asm.copy_double(X0, x);
        if op as u8 >= PowRR as u8 {
            self.asm.copy_double(X1, y);
            self.call_c(c_function(Fast::Pow));
            self.store_result(a);
        } else {
            self.modulo(insn, y);
            self.store_number(a, X0);
        }
        true
    }

    /// R(a) := x op y, each of which is a constant or not, and which. PERF: where the result is to be, unless y is there.
    fn arithmetic(&mut self, op: SseOp, a: usize, x: (bool, usize), y: (bool, usize)) {
        let y_register = if y.0 { None } else { self.number_register(y.1) };
        let relation = if x.0 { None } else { self.known.counters.relation(x.1) };
        let to = self.number_register(a).filter(|&register| x == y || y_register != Some(register)).unwrap_or(X0);
        let first = self.operand(x.0, x.1, to);
        self.asm.copy_double(to, first);
        match self.place_of(y) {
            Ok(register) => self.asm.sse(op, to, register),
            Err(place) => self.asm.sse_mem(op, to, place),
        }
        self.store_number(a, to);
        self.relate(a, relation);
    }

    /// Stores what a C function has left in X0, unless it is a NaN: it may be none that a value can be.
    fn store_result(&mut self, a: usize) {
        let out = self.bail();
        self.asm.compare_doubles(X0, X0);
        self.asm.jump_if(Cond::Unordered, out);
        self.store_number(a, X0);
    }

    /// X0 % y to X0.
    fn modulo(&mut self, insn: Insn, y: Xmm) {
        let done = self.asm.label();
        let divisor = if insn.op() == Op::ModRK { self.k(insn.c()).as_f64() } else { 0.0 };
        if matches!(insn.form(), Op::ModRW | Op::ModXW) {
            self.modulo_whole(y, done);
        } else if (1.0..MODULO_LIMIT).contains(&divisor) && divisor.to_bits() << 12 == 0 {
            self.modulo_power(y, done);
        }
        self.modulo_any(y);
        self.asm.place(done);
    }

    /// For whole numbers below 2^50 by such a one above 0 (as in `interp::modulo`): to `done` if it is the remainder.
    fn modulo_whole(&mut self, y: Xmm, done: Label) {
        let other = self.asm.label();
        // X2: the middle of what belongs to one multiple; X3: the reciprocal.
        self.load_constant(X3, 1.0);
        self.asm.copy_double(X4, y);
        self.asm.sse(SseOp::Sub, X4, X3);
        self.asm.sse(SseOp::Div, X3, y);
        self.load_constant(X2, 0.5);
        self.asm.sse(SseOp::Mul, X4, X2);
        self.asm.copy_double(X2, X0);
        self.asm.sse(SseOp::Sub, X2, X4);
        self.asm.sse(SseOp::Mul, X2, X3);
        self.load_constant(X4, ROUNDER);
        self.asm.sse(SseOp::Add, X2, X4);
        self.asm.sse(SseOp::Sub, X2, X4);
        self.asm.sse(SseOp::Mul, X2, y);
        self.asm.copy_double(X3, X0);
        self.asm.sse(SseOp::Sub, X3, X2); // the remainder
        // X0 is whole, and not -0: as words that is another number than 0.
        self.asm.copy_double(X2, X0);
        self.asm.sse(SseOp::Add, X2, X4);
        self.asm.sse(SseOp::Sub, X2, X4);
        self.asm.bits_of_double(RAX, X2);
        self.asm.bits_of_double(SCRATCH, X0);
        self.asm.op(GprOp::Cmp, RAX, SCRATCH);
        self.asm.jump_if(Cond::NotEqual, other);
        self.asm.constant(SCRATCH, !SIGN);
        self.asm.op(GprOp::And, RAX, SCRATCH);
        self.asm.constant(SCRATCH, MODULO_LIMIT.to_bits());
        self.asm.op(GprOp::Cmp, RAX, SCRATCH);
        self.asm.jump_if(Cond::NotBelow, other);
        // As a word whatever is below 0 is above all others.
        self.asm.bits_of_double(RAX, X3);
        self.asm.bits_of_double(SCRATCH, y);
        self.asm.op(GprOp::Cmp, RAX, SCRATCH);
        self.asm.jump_if(Cond::NotBelow, other);
        self.asm.copy_double(X0, X3);
        self.asm.jump(done);
        self.asm.place(other);
    }

    /// For whole numbers not below 0, by a power of two: a mask.
    fn modulo_power(&mut self, y: Xmm, done: Label) {
        let other = self.asm.label();
        self.asm.truncate_64(RAX, X0);
        self.asm.widen_64(X2, RAX);
        self.asm.bits_of_double(SCRATCH, X2);
        self.asm.bits_of_double(INDEX, X0);
        self.asm.op(GprOp::Cmp, SCRATCH, INDEX);
        self.asm.jump_if(Cond::NotEqual, other);
        self.asm.copy(SCRATCH, RAX);
        self.asm.shift_right(SCRATCH, 53);
        self.asm.jump_if(Cond::NotEqual, other);
        self.asm.truncate_64(SCRATCH, y);
        self.asm.decrement(SCRATCH);
        self.asm.op(GprOp::And, RAX, SCRATCH);
        self.asm.widen_64(X0, RAX);
        self.asm.jump(done);
        self.asm.place(other);
    }

    /// `a - floor(a/b)*b`.
    fn modulo_any(&mut self, y: Xmm) {
        let (is_floor, is_below) = (self.asm.label(), self.asm.label());
        self.asm.copy_double(X2, X0);
        self.asm.sse(SseOp::Div, X2, y);
        self.load_bits(X3, !SIGN);
        self.asm.bits(BitOp::And, X3, X2);
        self.load_constant(X4, FRACTIONS_END);
        self.asm.compare_doubles(X4, X3);
        self.asm.jump_if(Cond::NotAbove, is_floor); // or a NaN
        self.asm.truncate_64(RAX, X2);
        self.asm.widen_64(X3, RAX);
        self.asm.compare_doubles(X3, X2);
        self.asm.jump_if(Cond::NotAbove, is_below);
        self.load_constant(X4, 1.0);
        self.asm.sse(SseOp::Sub, X3, X4);
        self.asm.place(is_below);
        // The sign of the quotient, for it may be -0.
        self.load_bits(X4, SIGN);
        self.asm.bits(BitOp::And, X4, X2);
        self.asm.bits(BitOp::Or, X3, X4);
        self.asm.copy_double(X2, X3);
        self.asm.place(is_floor);
        self.asm.sse(SseOp::Mul, X2, y);
        self.asm.sse(SseOp::Sub, X0, X2);
    }

    /// A call of a function of numbers.
    pub(super) fn math_call(&mut self, a: usize, call: BuiltinCall, out: Label) {
        let x = self.number(a + 1, X0);
        let y = if call.arguments > 1 { self.number(a + 2, X1) } else { X1 };
        self.asm.copy_double(X0, x);
        match call.fast {
            Fast::Floor => self.round(out, true),
            Fast::Ceil => self.round(out, false),
            Fast::Abs => {
                self.load_bits(X1, !SIGN);
                self.asm.bits(BitOp::And, X0, X1);
            }
            Fast::Sqrt => {
                self.asm.bits(BitOp::Xor, X1, X1);
                self.asm.compare_doubles(X0, X1);
                self.asm.jump_if(Cond::Below, out);
                self.asm.sse(SseOp::Sqrt, X0, X0);
            }
            Fast::Max | Fast::Min => {
                let is_first = self.asm.label();
                if call.fast == Fast::Max {
                    self.asm.compare_doubles(y, X0);
                } else {
                    self.asm.compare_doubles(X0, y);
                }
                self.asm.jump_if(Cond::NotAbove, is_first);
                self.asm.copy_double(X0, y);
                self.asm.place(is_first);
            }
            fast => {
                self.asm.copy_double(X1, y);
                self.call_c(c_function(fast));
                return self.store_result(a);
            }
        }
        self.store_number(a, X0);
    }

    /// The whole number at or below (`down`), or at or above X0, to X0 (as `interp::fast::math`).
    fn round(&mut self, out: Label, down: bool) {
        self.load_bits(X1, !SIGN);
        self.asm.copy_double(X2, X0);
        self.asm.bits(BitOp::And, X2, X1);
        self.load_constant(X3, ROUNDABLE);
        self.asm.compare_doubles(X2, X3);
        self.asm.jump_if(Cond::NotBelow, out);
        self.load_constant(X3, ROUNDER);
        self.asm.copy_double(X2, X0);
        self.asm.sse(SseOp::Add, X2, X3);
        self.asm.sse(SseOp::Sub, X2, X3); // the nearest
        self.load_constant(X4, 1.0);
        if down {
            self.asm.copy_double(X3, X0);
            self.asm.less_mask(X3, X2);
            self.asm.bits(BitOp::And, X3, X4);
            self.asm.sse(SseOp::Sub, X2, X3);
        } else {
            self.asm.copy_double(X3, X2);
            self.asm.less_mask(X3, X0);
            self.asm.bits(BitOp::And, X3, X4);
            self.asm.sse(SseOp::Add, X2, X3);
        }
        // The sign is that of X0.
        self.asm.bits(BitOp::And, X2, X1);
        self.asm.bits(BitOp::AndNot, X1, X0);
        self.asm.bits(BitOp::Or, X2, X1);
        self.asm.copy_double(X0, X2);
    }
}

fn sse_of(op: Op) -> Option<SseOp> {
    use Op::*;
    Some(match op {
        AddRR | AddRK | AddKR | AddKK => SseOp::Add,
        SubRR | SubRK | SubKR | SubKK => SseOp::Sub,
        MulRR | MulRK | MulKR | MulKK => SseOp::Mul,
        DivRR | DivRK | DivKR | DivKK => SseOp::Div,
        _ => return None,
    })
}

/// The C library's function.
fn c_function(fast: Fast) -> usize {
    let of_one = |f: extern "C" fn(f64) -> f64| f as usize;
    let of_two = |f: extern "C" fn(f64, f64) -> f64| f as usize;
    match fast {
        Fast::Acos => of_one(cmath::acos),
        Fast::Asin => of_one(cmath::asin),
        Fast::Atan => of_one(cmath::atan),
        Fast::Cos => of_one(cmath::cos),
        Fast::Cosh => of_one(cmath::cosh),
        Fast::Exp => of_one(cmath::exp),
        Fast::Log => of_one(cmath::log),
        Fast::Log10 => of_one(cmath::log10),
        Fast::Sin => of_one(cmath::sin),
        Fast::Sinh => of_one(cmath::sinh),
        Fast::Tan => of_one(cmath::tan),
        Fast::Tanh => of_one(cmath::tanh),
        Fast::Atan2 => of_two(cmath::atan2),
        Fast::FMod => of_two(cmath::fmod),
        Fast::Pow => of_two(cmath::pow),
        _ => unreachable!("`facts::builtin_call` names these alone"),
    }
}
