//! Arithmetic. One unordered compare tells whether both operands are numbers, because every other
//! value is a NaN as a double (`object::value`); a NaN that is a number takes the slow path too.

use crate::object::Value;
use crate::state::Event;
use crate::vm::{access, meta};

pub(super) const ADD: u8 = 0;
pub(super) const SUB: u8 = 1;
pub(super) const MUL: u8 = 2;
pub(super) const DIV: u8 = 3;
const MOD: u8 = 4;
const POW: u8 = 5;

const fn event(op: u8) -> Event {
    match op {
        ADD => Event::Add,
        SUB => Event::Sub,
        MUL => Event::Mul,
        DIV => Event::Div,
        MOD => Event::Mod,
        _ => Event::Pow,
    }
}

/// The value of a number that is a whole one of 32 bits.
#[inline(always)]
pub(super) fn exact_int(value: Value) -> Option<i32> {
    let n = value.as_f64();
    let index = truncate(n);
    // A NaN, so every value that is not a number, equals nothing.
    if index as f64 == n { Some(index) } else { None }
}

/// `n` without its fraction; anything for a number out of range or a NaN.
#[inline(always)]
#[cfg(target_arch = "x86_64")]
pub(super) fn truncate(n: f64) -> i32 {
    use core::arch::x86_64::{_mm_cvttsd_si32, _mm_set_sd};
    // SAFETY: SSE2 is part of every x86-64.
    unsafe { _mm_cvttsd_si32(_mm_set_sd(n)) }
}

#[inline(always)]
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn truncate(n: f64) -> i32 {
    n as i32
}

handler! {
    fn arith<const OP: u8, const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        let (x, y) = (a.as_f64(), b.as_f64());
        if x.is_nan() || y.is_nan() {
            slow!(arith_slow::<OP, B_K, C_K>, pc, base, k, l, dispatch)
        }
        let result = match OP {
            ADD => x + y,
            SUB => x - y,
            MUL => x * y,
            _ => x / y,
        };
        *base.add(field_a!(pc)) = Value::number_unchecked(result);
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    fn modulo<const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        let (x, y) = (a.as_f64(), b.as_f64());
        let quotient = x / y;
        // Here floor needs no call: within ±2^31 truncation and a correction do.
        let whole = truncate(quotient);
        if !(quotient.abs() < 2147483648.0) {
            slow!(arith_slow::<MOD, B_K, C_K>, pc, base, k, l, dispatch)
        }
        let whole = whole as f64;
        let floor = if whole > quotient {
            whole - 1.0
        } else if whole == quotient {
            quotient // keeps the sign of a zero
        } else {
            whole
        };
        *base.add(field_a!(pc)) = Value::number_unchecked(x - floor * y);
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    fn power<const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        let (x, y) = (a.as_f64(), b.as_f64());
        if x.is_nan() || y.is_nan() {
            slow!(arith_slow::<POW, B_K, C_K>, pc, base, k, l, dispatch)
        }
        *base.add(field_a!(pc)) = Value::number(meta::pow(x, y));
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    fn unm(pc, base, k, l, dispatch) {
        let a = *base.add(field_b!(pc));
        let x = a.as_f64();
        if x.is_nan() {
            slow!(unm_slow, pc, base, k, l, dispatch)
        }
        *base.add(field_a!(pc)) = Value::number_unchecked(-x);
        next!(pc, base, k, l, dispatch)
    }
}

slow_handler! {
    fn unm_slow(pc, base, k, l, dispatch) {
        let a = *base.add(field_b!(pc));
        worker!(access::arith(l, pc, Event::Unm, a, a), base, k, l, dispatch)
    }
}

slow_handler! {
    fn arith_slow<const OP: u8, const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        worker!(access::arith(l, pc, event(OP), a, b), base, k, l, dispatch)
    }
}

handler! {
    fn concat(pc, base, k, l, dispatch) {
        worker!(access::concat(l, pc), base, k, l, dispatch)
    }
}
