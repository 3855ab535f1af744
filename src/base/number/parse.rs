//! Text to double: C's `strtod` with nothing but space around the number.
//!
//! Decimals whose digits fit 2^53 and whose power of ten is exact take one operation; others go to
//! Rust's parser, which rounds correctly as glibc's does. Hexadecimal floats, `inf` and `nan(…)`
//! are read by hand. Nothing allocates, whatever the length.
//!
//! COMPAT: the reference tries `strtoul` where `strtod` stops at an `x`. With a `strtod` that reads
//! hexadecimal, as glibc's does, that never accepts anything more, so it is not here.
//!
//! Not here: `tonumber` with a base; which characters the lexer takes into a numeral.

use super::format::{NUMBER_BUFFER, format_integer};
use super::take_sign;
use crate::base::clib;
use crate::base::ctype::Classes;

/// Reads a number as `tonumber`, arithmetic on strings and `lua_tonumber` do.
///
/// The text is a C string: it ends at the first NUL (COMPAT: `tonumber("1\0x")` is 1). Space of the
/// locale may surround the number; anything else refuses it.
#[inline]
pub fn parse_number(s: &[u8]) -> Option<f64> {
    match short_integer(s).or_else(|| short_decimal(s, || clib::decimal_point().bytes() == b".")) {
        Some(n) => Some(n),
        // PERF: most texts are words. Only `inf` and `nan` begin with letters.
        None if s.first().is_some_and(|b| b.is_ascii_alphabetic() && !b"inIN".contains(b)) => None,
        None => parse_slow(s),
    }
}

/// Reads a numeral that the lexer has cut out of a chunk.
///
/// COMPAT: a chunk is written with points whatever the locale says. The reference tries the point
/// and then the locale's own character; the lexer takes only points and hexadecimal digits into a
/// numeral, so reading it with the point gives the same number.
pub fn read_numeral(s: &[u8]) -> Option<f64> {
    match short_integer(s) {
        Some(n) => Some(n),
        None => parse_with_point(s, b"."),
    }
}

/// PERF: the common case, an unsigned integer of at most 15 digits and nothing else.
#[inline]
fn short_integer(s: &[u8]) -> Option<f64> {
    if s.is_empty() || s.len() > 15 {
        return None;
    }
    let mut value = 0u64;
    for &byte in s {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + digit as u64;
    }
    Some(value as f64)
}

/// PERF: what most programs read otherwise: `[-]digits[.digits]` of at most 15 digits and nothing else. What is divided is exact, and so is the power
/// of ten, so the result is rounded correctly.
#[inline]
fn short_decimal(s: &[u8], has_point: impl FnOnce() -> bool) -> Option<f64> {
    let (is_negative, digits) = match s {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, s),
    };
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let mut value = 0u64;
    let mut point = None;
    for (at, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            if byte != b'.' || point.is_some() {
                return None;
            }
            point = Some(at);
            continue;
        }
        value = value * 10 + digit as u64;
    }
    let count = digits.len() - point.is_some() as usize;
    if count == 0 || count > 15 {
        return None;
    }
    let mut value = value as f64;
    if let Some(point) = point {
        if !has_point() {
            return None;
        }
        value /= POWERS_OF_TEN[count - point];
    }
    Some(if is_negative { -value } else { value })
}

fn parse_slow(s: &[u8]) -> Option<f64> {
    parse_with_point(s, clib::decimal_point().bytes())
}

pub(super) fn parse_with_point(s: &[u8], point: &[u8]) -> Option<f64> {
    let s = match s.iter().position(|&byte| byte == 0) {
        Some(end) => &s[..end],
        None => s,
    };
    let (negative, s) = take_sign(trim_space(s));
    let magnitude = match s {
        [b'0', b'x' | b'X', ..] => hexadecimal(s, point)?,
        [b'i' | b'I' | b'n' | b'N', ..] => named(s)?,
        _ => decimal(s, point)?,
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn trim_space(mut s: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = s
        && is_space(*first)
    {
        s = rest;
    }
    while let [rest @ .., last] = s
        && is_space(*last)
    {
        s = rest;
    }
    s
}

/// Letters and digits are space in no locale: a numeral without any leaves the C library's tables alone, which are 64 KB
/// of memory to a process that asks for nothing else there.
fn is_space(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && Classes::current().is_space(byte)
}

/// `inf`, `infinity`, `nan` and `nan(word)`, in any case of letters.
#[cold]
#[inline(never)]
fn named(s: &[u8]) -> Option<f64> {
    if s.eq_ignore_ascii_case(b"inf") || s.eq_ignore_ascii_case(b"infinity") {
        return Some(f64::INFINITY);
    }
    let (name, word) = s.split_at_checked(3)?;
    let word_fits = match word {
        [] => true,
        [b'(', word @ .., b')'] => word.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_'),
        _ => false,
    };
    // The payload that the word may ask for is not kept: a NaN in a Lua value has a sign only.
    (name.eq_ignore_ascii_case(b"nan") && word_fits).then_some(f64::NAN.copysign(1.0))
}

/// The parts of `digits [point digits] [mark [sign] digits]`.
struct Parts<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: Option<&'a [u8]>,
}

/// Splits a numeral whose digits satisfy `is_digit`; `None` unless all of it has this form.
fn split<'a>(
    s: &'a [u8],
    point: &[u8],
    mark: u8,
    is_digit: impl Fn(&u8) -> bool,
) -> Option<Parts<'a>> {
    let run = |s: &[u8]| s.iter().position(|b| !is_digit(b)).unwrap_or(s.len());
    let (whole, rest) = s.split_at(run(s));
    let (fraction, rest) = match rest.strip_prefix(point) {
        Some(rest) => rest.split_at(run(rest)),
        None => (&[][..], rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let exponent = match rest {
        [] => None,
        [letter, exponent @ ..] if letter.to_ascii_lowercase() == mark => {
            let (_, digits) = take_sign(exponent);
            if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
                return None;
            }
            Some(exponent)
        }
        _ => return None,
    };
    Some(Parts {
        whole,
        fraction,
        exponent,
    })
}

impl Parts<'_> {
    /// The written exponent; far beyond any double it stays at a bound.
    fn exponent(&self) -> i64 {
        let Some(text) = self.exponent else { return 0 };
        let (negative, digits) = take_sign(text);
        let mut value = 0i64;
        for digit in digits {
            value = value
                .saturating_mul(10)
                .saturating_add((digit - b'0') as i64);
        }
        if negative { -value } else { value }
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.whole.iter().chain(self.fraction).copied()
    }
}

#[rustfmt::skip]
pub(super) const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

fn decimal(s: &[u8], point: &[u8]) -> Option<f64> {
    let parts = split(s, point, b'e', u8::is_ascii_digit)?;
    if parts.whole.len() + parts.fraction.len() <= 15 {
        // Both operands of the one operation below are exact, so its result is rounded correctly.
        let digits = parts
            .digits()
            .fold(0u64, |sum, digit| sum * 10 + (digit - b'0') as u64);
        let scale = parts.exponent().saturating_sub(parts.fraction.len() as i64);
        if let Some(power) = POWERS_OF_TEN.get(scale.unsigned_abs() as usize) {
            let digits = digits as f64;
            return Some(if scale < 0 {
                digits / power
            } else {
                digits * power
            });
        }
    }
    if point == b"." {
        return core::str::from_utf8(s).ok()?.parse().ok();
    }
    long_decimal(&parts)
}

/// A decimal in a locale whose point Rust's parser does not know: written again for it, with so
/// many digits that what is left out cannot be seen except that it is not zero.
#[cold]
#[inline(never)]
fn long_decimal(parts: &Parts) -> Option<f64> {
    // A boundary between two doubles has at most 767 significant digits.
    const SIGNIFICANT: usize = 800;
    let mut text = [0u8; SIGNIFICANT + 32];
    let mut len = 0;
    let mut scale = parts.exponent().saturating_sub(parts.fraction.len() as i64);
    let mut rest_is_zero = true;
    for digit in parts.digits() {
        if len == SIGNIFICANT {
            rest_is_zero &= digit == b'0';
            scale = scale.saturating_add(1);
        } else if len > 0 || digit != b'0' {
            text[len] = digit;
            len += 1;
        }
    }
    if len == 0 {
        return Some(0.0);
    }
    if !rest_is_zero {
        text[len] = b'1';
        len += 1;
        scale = scale.saturating_sub(1);
    }
    text[len] = b'e';
    len += 1;
    let mut number = [0u8; NUMBER_BUFFER];
    // No double needs a larger scale than its digits plus 400 either way.
    let digits = format_integer(scale.clamp(-100_000, 100_000), &mut number);
    text[len..len + digits].copy_from_slice(&number[..digits]);
    core::str::from_utf8(&text[..len + digits])
        .ok()?
        .parse()
        .ok()
}

/// A hexadecimal float, `0x` and all.
///
/// COMPAT: glibc 2.36 rounds some subnormal results wrongly (0x1.fa87eae87e9098p-1023 to a last
/// digit of 4, not 5). Whatever the installed one does is what the reference does, so such numbers
/// are asked for; a text too long for that is rounded correctly.
#[inline(never)]
fn hexadecimal(s: &[u8], point: &[u8]) -> Option<f64> {
    let parts = split(s.get(2..)?, point, b'p', u8::is_ascii_hexdigit)?;
    let mut significand = 0u64;
    let mut scale = parts
        .exponent()
        .saturating_sub(4 * parts.fraction.len() as i64);
    let mut rest_is_zero = true;
    for byte in parts.digits() {
        let digit = (byte as char).to_digit(16).unwrap_or(0) as u64;
        if significand < 1 << 60 {
            significand = significand << 4 | digit;
        } else {
            rest_is_zero &= digit == 0;
            scale = scale.saturating_add(4);
        }
    }
    // What was left out lies below the last bit kept, and that one is below any rounding bit.
    let n = scale_exactly(significand | !rest_is_zero as u64, scale);
    if n <= f64::MIN_POSITIVE && significand != 0 {
        return Some(clib::strtod(s).unwrap_or(n));
    }
    Some(n)
}

/// `significand * 2^scale`, rounded once, ties to even.
fn scale_exactly(significand: u64, scale: i64) -> f64 {
    if significand == 0 {
        return 0.0;
    }
    let shift = significand.leading_zeros();
    let significand = significand << shift;
    let exponent = scale.saturating_add(63 - shift as i64); // of the top bit
    if exponent > 1023 {
        return f64::INFINITY;
    }
    let is_normal = exponent >= -1022;
    let dropped = if is_normal {
        11
    } else {
        11 + (-1022i64).saturating_sub(exponent)
    };
    if dropped > 64 {
        return 0.0;
    }
    let wide = significand as u128;
    let kept = (wide >> dropped) as u64;
    let rest = wide & ((1u128 << dropped) - 1);
    let half = 1u128 << (dropped - 1);
    let up = rest > half || (rest == half && kept & 1 == 1);
    // A carry out of the significand moves into the exponent field, which is what it means.
    let base = if is_normal {
        ((exponent + 1022) as u64) << 52
    } else {
        0
    };
    f64::from_bits(base + kept + up as u64)
}
