//! Double to text in the forms of C's `%f`, `%e` and `%g` with a precision, where the C library is not
//! needed for the digits.
//!
//! `%f`: a double is m * 2^e, so n * 10^p is an integer shifted right. It is computed whole, in 128
//! bits, and rounded half to even as glibc rounds.
//! `%e` and `%g`: `Digits` (see `format`), for up to 15 digits. Sixteen and 17, which tell doubles apart, are computed as in `%f`: the
//! digits are n * 10^k rounded, and for most numbers that are met m * 5^k is below 2^128.
//!
//! Not here: signs, flags, width (`string.format`).

use super::format::{Digits, MAX_DIGITS, Writer, decimal_len, parts, write_decimal};

/// Room for any result of the functions here.
pub const FLOAT_BUFFER: usize = 64;

/// The largest precision for which `n * 10^p` fits 127 bits.
const MAX_FIXED: usize = 22;
/// Here doubles are below 2^63, and with their point and `MAX_FIXED` digits fit the buffer.
const FIXED_LIMIT: f64 = 9223372036854775808.0;

/// C's `%.<precision>f` of a finite number's absolute value; None where it is left to the C library.
pub fn format_fixed(
    n: f64,
    precision: usize,
    point: &[u8],
    out: &mut [u8; FLOAT_BUFFER],
) -> Option<usize> {
    let n = n.abs();
    if !(n < FIXED_LIMIT) || precision > MAX_FIXED {
        return None;
    }
    let (whole, fraction) = scaled(n, 10u128.pow(precision as u32));
    let mut text = Writer { out, len: 0 };
    decimal(&mut text, whole, 1);
    if precision > 0 {
        text.bytes(point);
        match u64::try_from(fraction) {
            Ok(fraction) => decimal(&mut text, fraction, precision),
            Err(_) => {
                const HALF: u128 = 10u128.pow(11);
                decimal(&mut text, (fraction / HALF) as u64, precision - 11);
                decimal(&mut text, (fraction % HALF) as u64, 11);
            }
        }
    }
    Some(text.len)
}

/// `n` rounded to a multiple of 1 / `power`: its whole part, and how many of these are left.
fn scaled(n: f64, power: u128) -> (u64, u128) {
    let (mantissa, exponent) = parts(n);
    if exponent >= 0 {
        return (mantissa << exponent, 0); // below 2^63
    }
    let shift = exponent.unsigned_abs();
    let product = mantissa as u128 * power; // below 2^53 * 2^74
    if shift >= 128 {
        return (0, 0); // less than half of one
    }
    let (quotient, rest) = (product >> shift, product & ((1 << shift) - 1));
    let half = 1u128 << (shift - 1);
    let up = rest > half || rest == half && quotient & 1 == 1;
    let rounded = quotient + up as u128;
    // PERF: a division of 128 bits is a call of some 30 ns.
    match (u64::try_from(rounded), u64::try_from(power)) {
        (Ok(rounded), Ok(power)) => (rounded / power, (rounded % power) as u128),
        _ => ((rounded / power) as u64, rounded % power),
    }
}

/// At least `width` decimal digits.
fn decimal(text: &mut Writer<'_>, n: u64, width: usize) {
    let end = text.len + decimal_len(n).max(width);
    write_decimal(n, &mut text.out[text.len..end]);
    text.len = end;
}

/// C's `%.<precision>e` of a finite number's absolute value; None where it is left to the C library.
pub fn format_exponent(
    n: f64,
    precision: usize,
    point: &[u8],
    out: &mut [u8; FLOAT_BUFFER],
) -> Option<usize> {
    let digits = digits_of(n.abs(), precision.checked_add(1)?)?;
    let mut text = Writer { out, len: 0 };
    digits.exponent_form(precision + 1, &mut text, point);
    Some(text.len)
}

/// C's `%.<precision>g` of a finite number's absolute value; None where it is left to the C library.
pub fn format_shortest(
    n: f64,
    precision: usize,
    point: &[u8],
    out: &mut [u8; FLOAT_BUFFER],
) -> Option<usize> {
    let precision = precision.max(1);
    let limit = match precision {
        1..=MOST_DIGITS => 10f64.powi(precision as i32), // exact: below 10^22
        _ => return None,
    };
    let n = n.abs();
    let mut text = Writer { out, len: 0 };
    if n < limit && (n as u64) as f64 == n {
        decimal(&mut text, n as u64, 1);
    } else {
        digits_of(n, precision)?.layout(precision, &mut text, point);
    }
    Some(text.len)
}

/// So many digits tell every double from all others.
const MOST_DIGITS: usize = 17;
/// The largest power of five below 2^64.
const MAX_POWER: u32 = 27;

fn digits_of(n: f64, precision: usize) -> Option<Digits> {
    if precision <= MAX_DIGITS { Digits::fast(n, precision) } else { exact_digits(n, precision) }
}

/// The digits of a positive number, rounded to `precision`; None where that takes more than 128 bits.
#[inline(never)]
fn exact_digits(n: f64, precision: usize) -> Option<Digits> {
    if !(n >= f64::MIN_POSITIVE && n < f64::INFINITY) || precision > MOST_DIGITS {
        return None;
    }
    let (least, limit) = (10u64.pow(precision as u32 - 1), 10u64.pow(precision as u32));
    // That of the first digit, or one less: 2 is 10^0.30103.
    let exponent = (n.to_bits() >> 52) as i32 - 1023;
    let mut exponent = (exponent * 30_103).div_euclid(100_000);
    let mut digits = rounded_times_ten_to(n, precision as i32 - 1 - exponent)?;
    if digits >= limit {
        // The guess was one less; or 99…9 was rounded up, and then both give the same.
        exponent += 1;
        digits = rounded_times_ten_to(n, precision as i32 - 1 - exponent)?;
    }
    (least..limit).contains(&digits).then(|| Digits::of_whole(digits, precision, exponent))
}

/// `n * 10^power`, rounded half to even.
fn rounded_times_ten_to(n: f64, power: i32) -> Option<u64> {
    let (mantissa, exponent) = parts(n);
    let five = 5u128.pow(Some(power.unsigned_abs()).filter(|&power| power <= MAX_POWER)?);
    let shift = exponent + power;
    let (mut above, mut below) = if power >= 0 { (mantissa as u128 * five, 1) } else { (mantissa as u128, five) };
    if shift < 0 && power >= 0 {
        // PERF: a division of 128 bits is a call of some 30 ns.
        let shift = shift.unsigned_abs();
        if shift >= u128::BITS {
            return None;
        }
        let (quotient, rest) = (above >> shift, above & ((1 << shift) - 1));
        let half = 1u128 << (shift - 1);
        return u64::try_from(quotient + (rest > half || rest == half && quotient & 1 == 1) as u128).ok();
    }
    let side = if shift < 0 { &mut below } else { &mut above };
    // One bit is left, so that the rest can be doubled.
    if shift.unsigned_abs() + 1 >= side.leading_zeros() {
        return None;
    }
    *side <<= shift.unsigned_abs();
    let (quotient, rest) = (above / below, above % below);
    let up = 2 * rest > below || 2 * rest == below && quotient & 1 == 1;
    u64::try_from(quotient + up as u128).ok()
}
