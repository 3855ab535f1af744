//! Remainders: `a % b` is `a - floor(a/b)*b`.
//!
//! Programs mostly take them of whole numbers, below 2^50 here, by a whole number above 0. The one multiple of
//! b from which a is no less and less than b away is the reference's too, for no quotient is rounded to
//! another whole number there. It is found by the reciprocal of b, from the middle of what belongs to one
//! multiple; that it is the right one shows in the remainder. By a power of two the remainder is a mask.
//!
//! PERF: nothing that takes long waits for a: not the division, and no way to the integers and back. What is
//! left is a chain of four operations where the processor multiplies and adds at once (`FUSED`), else of six.
//!
//! Not here: operands that are no numbers (`arith`).

use crate::object::Value;
use crate::vm::interp::arith::{K, MOD, R, X, arith_slow};

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
pub const ROUNDER: f64 = 1.5 * (1u64 << 52) as f64;
pub const MODULO_LIMIT: f64 = (1u64 << 50) as f64;

/// Doubles from here on have no fractions.
pub const FRACTIONS_END: f64 = (1u64 << 52) as f64;

/// A divisor that `modulo_whole` takes: a whole number in the range, no power of two.
pub fn is_whole_divisor(y: f64) -> bool {
    (y + ROUNDER) - ROUNDER == y && (1.0..MODULO_LIMIT).contains(&y) && y.to_bits() << 12 != 0
}

/// `a * b + c`; `FUSED` functions are compiled for processors that round it once.
#[inline(always)]
fn fused<const FUSED: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FUSED || cfg!(target_arch = "aarch64") { a.mul_add(b, c) } else { a * b + c }
}

/// The remainder of x by y if both are whole numbers in the range, else a number that is negative as a word,
/// or larger than y.
#[inline(always)]
fn rest<const FUSED: bool>(x: f64, y: f64) -> f64 {
    let quotient = fused::<FUSED>(x - (y - 1.0) * 0.5, 1.0 / y, ROUNDER) - ROUNDER;
    fused::<FUSED>(-quotient, y, x)
}

/// Whether x is a whole number in the range, and not -0: as words that is another number than 0.
#[inline(always)]
fn is_whole(x: f64) -> bool {
    ((x + ROUNDER) - ROUNDER).to_bits() == x.to_bits() && x.abs() < MODULO_LIMIT
}

/// The remainder of x, a whole number below 2^53 and not below 0, by a power of two.
#[inline(always)]
fn masked(x: f64, mask: i64) -> Option<f64> {
    let whole = truncate_wide(x);
    let in_range = (whole as f64).to_bits() == x.to_bits() && (whole as u64) < 1 << 53;
    in_range.then_some((whole & mask) as f64)
}

/// Stores a remainder and goes on.
macro_rules! done {
    ($rest:expr, $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {{
        let rest: f64 = $rest;
        *$base.add(field_a!($pc)) = Value::number_unchecked(rest);
        next_number!(rest, $pc, $base, $k, $l, $dispatch)
    }};
}

macro_rules! modulo {
    ($fused:literal, $b:ident, $c:ident, $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident, $acc:ident) => {{
        let x = number_operand!($b, field_b!($pc), $base, $k, $acc);
        let y = number_operand!($c, field_c!($pc), $base, $k, $acc);
        if y.to_bits() << 12 == 0 {
            let whole_y = truncate_wide(y);
            if (whole_y as u64).wrapping_sub(1) < 1 << 52
                && let Some(rest) = masked(x, whole_y - 1)
            {
                done!(rest, $pc, $base, $k, $l, $dispatch)
            }
        } else {
            let rest = rest::<$fused>(x, y);
            // As a word whatever is below 0 is above all others.
            if is_whole(x)
                && (y + ROUNDER) - ROUNDER == y
                && y.to_bits() < MODULO_LIMIT.to_bits()
                && rest.to_bits() < y.to_bits()
            {
                done!(rest, $pc, $base, $k, $l, $dispatch)
            }
        }
        match ($b == K, $c == K) {
            (false, false) => return modulo_any::<false, false>($pc, $base, $k, $l, $dispatch, none!()),
            (false, true) => return modulo_any::<false, true>($pc, $base, $k, $l, $dispatch, none!()),
            (true, false) => return modulo_any::<true, false>($pc, $base, $k, $l, $dispatch, none!()),
            (true, true) => return modulo_any::<true, true>($pc, $base, $k, $l, $dispatch, none!()),
        }
    }};
}

macro_rules! modulo_whole {
    ($fused:literal, $b:ident, $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident, $acc:ident) => {{
        let x = number_operand!($b, field_b!($pc), $base, $k, $acc);
        let y = (*$k.add(field_c!($pc))).as_f64();
        let rest = rest::<$fused>(x, y);
        if is_whole(x) && rest.to_bits() < y.to_bits() {
            done!(rest, $pc, $base, $k, $l, $dispatch)
        }
        return modulo_any::<false, true>($pc, $base, $k, $l, $dispatch, none!());
    }};
}

number_handler! {
    fn modulo<const B: u8, const C: u8>(pc, base, k, l, dispatch, acc) {
        modulo!(false, B, C, pc, base, k, l, dispatch, acc)
    }
}

number_handler! {
    /// The remainder by a constant of which `is_whole_divisor` is true.
    fn modulo_whole<const B: u8>(pc, base, k, l, dispatch, acc) {
        modulo_whole!(false, B, pc, base, k, l, dispatch, acc)
    }
}

#[cfg(target_arch = "x86_64")]
number_handler! {
    #[target_feature(enable = "fma")]
    fn modulo_fused<const B: u8, const C: u8>(pc, base, k, l, dispatch, acc) {
        modulo!(true, B, C, pc, base, k, l, dispatch, acc)
    }
}

#[cfg(target_arch = "x86_64")]
number_handler! {
    #[target_feature(enable = "fma")]
    fn modulo_whole_fused<const B: u8>(pc, base, k, l, dispatch, acc) {
        modulo_whole!(true, B, pc, base, k, l, dispatch, acc)
    }
}

handler! {
    #[inline(never)]
    fn modulo_any<const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        let (x, y) = (a.as_f64(), b.as_f64());
        let quotient = x / y;
        // Here floor needs no call: within ±2^52 truncation and a correction do, and what is beyond is whole.
        let floor = if quotient.abs() < FRACTIONS_END {
            let whole = truncate_wide(quotient) as f64;
            let floor = whole - if whole > quotient { 1.0 } else { 0.0 };
            // The sign of the quotient, for it may be -0.
            f64::from_bits(floor.to_bits() | quotient.to_bits() & 1 << 63)
        } else {
            quotient
        };
        let rest = x - floor * y;
        // As a double what is no number is NaN.
        if rest.is_nan() && (x.is_nan() || y.is_nan()) {
            slow!(arith_slow::<MOD, B_K, C_K>, pc, base, k, l, dispatch)
        }
        *base.add(field_a!(pc)) = Value::number_unchecked(rest);
        next_number!(rest, pc, base, k, l, dispatch)
    }
}

/// What suits some processors better than what suits all.
#[cfg(target_arch = "x86_64")]
const BETTER: [(super::Op, super::Handler); 7] = {
    use super::Op;
    [
        (Op::ModRR, modulo_fused::<R, R>),
        (Op::ModRK, modulo_fused::<R, K>),
        (Op::ModKR, modulo_fused::<K, R>),
        (Op::ModKK, modulo_fused::<K, K>),
        (Op::ModXR, modulo_fused::<X, R>),
        (Op::ModRW, modulo_whole_fused::<R>),
        (Op::ModXW, modulo_whole_fused::<X>),
    ]
};
#[cfg(not(target_arch = "x86_64"))]
const BETTER: [(super::Op, super::Handler); 0] = [];

/// The opcodes that `better_handler` may know a handler of.
pub fn ops_with_better_handlers() -> impl Iterator<Item = u8> {
    BETTER.into_iter().map(|(op, _)| op as u8)
}

/// The handler of an opcode that suits this processor better than the one that suits all. Async-signal-safe.
pub(super) fn better_handler(op: u8) -> Option<super::Handler> {
    let (_, handler) = BETTER.iter().find(|&&(of, _)| of as u8 == op)?;
    #[cfg(target_arch = "x86_64")]
    let suits = std::is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    let suits = false;
    suits.then_some(*handler)
}
