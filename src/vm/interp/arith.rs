//! Arithmetic. One unordered compare tells whether both operands are numbers, because every other
//! value is a NaN as a double (`object::value`); a NaN that is a number takes the slow path too.

use crate::object::Value;
use crate::state::Event;
use crate::vm::interp::frame::metamethod;
use crate::vm::{access, meta};

// Where an operand is, see `number_operand`.
pub(super) const R: u8 = 0;
pub(super) const K: u8 = 1;
pub(super) const X: u8 = 2;

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

/// The array slot of a key, counted from 0, if it is a whole number of 32 bits. PERF: compared as
/// words, for which 0 and -0 differ: neither is an array's key.
#[inline(always)]
pub(super) fn array_index(key: Value) -> Option<usize> {
    let index = truncate(key.as_f64());
    if widen(index).to_bits() != key.bits() {
        core::hint::cold_path();
        return None;
    }
    Some((index as u32).wrapping_sub(1) as usize)
}

/// PERF: not `as f64`, which would wait for what the register held before.
#[inline(always)]
#[cfg(target_arch = "x86_64")]
fn widen(index: i32) -> f64 {
    use core::arch::x86_64::{_mm_cvtsd_f64, _mm_cvtsi32_sd, _mm_setzero_pd};
    // SAFETY: SSE2 is part of every x86-64.
    unsafe { _mm_cvtsd_f64(_mm_cvtsi32_sd(_mm_setzero_pd(), index)) }
}

#[inline(always)]
#[cfg(not(target_arch = "x86_64"))]
fn widen(index: i32) -> f64 {
    index as f64
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

number_handler! {
    fn arith<const OP: u8, const B: u8, const C: u8>(pc, base, k, l, dispatch, acc) {
        let x = number_operand!(B, field_b!(pc), base, k, acc);
        let y = number_operand!(C, field_c!(pc), base, k, acc);
        if x.is_nan() || y.is_nan() {
            // In the slot is what was passed on, too.
            match (B == K, C == K) {
                (false, false) => slow!(arith_slow::<OP, false, false>, pc, base, k, l, dispatch),
                (false, true) => slow!(arith_slow::<OP, false, true>, pc, base, k, l, dispatch),
                (true, false) => slow!(arith_slow::<OP, true, false>, pc, base, k, l, dispatch),
                (true, true) => slow!(arith_slow::<OP, true, true>, pc, base, k, l, dispatch),
            }
        }
        let result = match OP {
            ADD => x + y,
            SUB => x - y,
            MUL => x * y,
            _ => x / y,
        };
        *base.add(field_a!(pc)) = Value::number_unchecked(result);
        next_number!(result, pc, base, k, l, dispatch)
    }
}

/// `n` without its fraction in 64 bits; anything for a number out of range or a NaN.
#[inline(always)]
#[cfg(target_arch = "x86_64")]
fn truncate_wide(n: f64) -> i64 {
    use core::arch::x86_64::{_mm_cvttsd_si64, _mm_set_sd};
    // SAFETY: SSE2 is part of every x86-64.
    unsafe { _mm_cvttsd_si64(_mm_set_sd(n)) }
}

#[inline(always)]
#[cfg(not(target_arch = "x86_64"))]
fn truncate_wide(n: f64) -> i64 {
    n as i64
}

/// Added to a double below 2^50 and taken away again, this leaves the nearest whole number.
const ROUNDER: f64 = 1.5 * (1u64 << 52) as f64;
const MODULO_LIMIT: f64 = (1u64 << 50) as f64;

handler! {
    /// Two whole numbers, |x| < 2^50 and 0 < y < 2^50: the one multiple of y from which x is no less
    /// and less than y away is the reference's too, for no quotient is rounded to another whole number
    /// there. It is found by the reciprocal of y, from the middle of what belongs to one multiple; that
    /// it is the right one shows in the remainder.
    ///
    /// PERF: nothing that takes long waits for x: not the division, and no way to the integers and back.
    /// For a power of two that way is the shorter one.
    fn modulo<const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        let (x, y) = (a.as_f64(), b.as_f64());
        if b.bits() << 12 == 0 {
            let (whole_x, whole_y) = (truncate_wide(x), truncate_wide(y));
            if (whole_x as f64).to_bits() == a.bits()
                && (whole_x as u64) < 1 << 53
                && (whole_y as u64).wrapping_sub(1) < 1 << 52
            {
                let rest = (whole_x & (whole_y - 1)) as f64;
                *base.add(field_a!(pc)) = Value::number_unchecked(rest);
                next_number!(rest, pc, base, k, l, dispatch)
            }
            return modulo_any::<B_K, C_K>(pc, base, k, l, dispatch, none!());
        }
        let multiple = (((x - (y - 1.0) * 0.5) * (1.0 / y)) + ROUNDER - ROUNDER) * y;
        let rest = x - multiple;
        // As words -0 is another number than 0, and whatever is below 0 is above all others.
        if ((x + ROUNDER) - ROUNDER).to_bits() == a.bits()
            && x.abs() < MODULO_LIMIT
            && (y + ROUNDER) - ROUNDER == y
            && b.bits() < MODULO_LIMIT.to_bits()
            && rest.to_bits() < b.bits()
        {
            *base.add(field_a!(pc)) = Value::number_unchecked(rest);
            next_number!(rest, pc, base, k, l, dispatch)
        }
        return modulo_any::<B_K, C_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn modulo_any<const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
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
        let floor = whole - if whole > quotient { 1.0 } else { 0.0 };
        // The sign of the quotient, for it may be -0.
        let floor = f64::from_bits(floor.to_bits() | quotient.to_bits() & 1 << 63);
        let rest = x - floor * y;
        *base.add(field_a!(pc)) = Value::number_unchecked(rest);
        next_number!(rest, pc, base, k, l, dispatch)
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
        let result = Value::number(meta::pow(x, y));
        *base.add(field_a!(pc)) = result;
        next_number!(result.as_f64(), pc, base, k, l, dispatch)
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
        next_number!(-x, pc, base, k, l, dispatch)
    }
}

slow_handler! {
    fn unm_slow(pc, base, k, l, dispatch) {
        let a = *base.add(field_b!(pc));
        if !(*l).is_traced()
            && (a.is_table() || a.is_userdata())
            && let Some(f) = metamethod(l, a, Event::Unm)
        {
            call_metamethod!(f, [a, a], pc, l, dispatch)
        }
        worker!(access::arith(l, pc, Event::Unm, a, a), base, k, l, dispatch)
    }
}

slow_handler! {
    fn arith_slow<const OP: u8, const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        if !(*l).is_traced()
            && (a.is_table() || a.is_userdata() || b.is_table() || b.is_userdata())
            && let Some(first) = metamethod(l, a, event(OP))
            && let Some(f) = if first.is_nil() { metamethod(l, b, event(OP)) } else { Some(first) }
        {
            call_metamethod!(f, [a, b], pc, l, dispatch)
        }
        worker!(access::arith(l, pc, event(OP), a, b), base, k, l, dispatch)
    }
}

handler! {
    fn concat(pc, base, k, l, dispatch) {
        worker!(access::concat(l, pc), base, k, l, dispatch)
    }
}
