//! Double to text: C's `%.14g`.
//!
//! Integers below 1e14 are divided out. For the rest, `zmij` gives the shortest digits that read
//! back as the number, and these are rounded to 14. That is the exact rounding: a boundary of the
//! rounding (15 digits, the last one 5) strictly between the number and its shortest digits would
//! itself read back as the number, and be shorter than those digits or nearer. Only two cases are
//! left to `snprintf`: the shortest digits *are* such a boundary, and subnormals, which may have
//! fewer than 14 digits of precision.
//!
//! Not here: other formats (`float`).

use super::take_sign;
use crate::base::clib;

/// Room for any result of [`format_number`].
pub const NUMBER_BUFFER: usize = 32;

const PRECISION: usize = 14;
/// The most digits that `Digits` rounds to. Up to here every decimal survives becoming a double.
pub(super) const MAX_DIGITS: usize = 15;

/// Writes `n` as C's `%.14g` does, and returns how many bytes that are.
#[inline]
pub fn format_number(n: f64, out: &mut [u8; NUMBER_BUFFER]) -> usize {
    const LIMIT: f64 = 1e14; // 10^PRECISION: from here on C switches to the exponent form
    if n.abs() < LIMIT && (n as i64) as f64 == n && (n != 0.0 || n.is_sign_positive()) {
        return format_integer(n as i64, out);
    }
    let point = clib::decimal_point();
    format_general(n, out, point.bytes())
}

/// Writes a decimal integer of at most 31 digits; for callers that hold an integer already.
pub fn format_integer(n: i64, out: &mut [u8; NUMBER_BUFFER]) -> usize {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = n.unsigned_abs();
    while rest >= 100 {
        let pair = (rest % 100) as u8;
        rest /= 100;
        at -= 2;
        digits[at] = b'0' + pair / 10;
        digits[at + 1] = b'0' + pair % 10;
    }
    if rest >= 10 {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    at -= 1;
    digits[at] = b'0' + rest as u8;
    let mut text = Writer { out, len: 0 };
    if n < 0 {
        text.byte(b'-');
    }
    text.bytes(&digits[at..]);
    text.len
}

pub(super) fn format_general(n: f64, out: &mut [u8; NUMBER_BUFFER], point: &[u8]) -> usize {
    let mut text = Writer { out, len: 0 };
    if n.is_sign_negative() {
        text.byte(b'-'); // glibc signs a NaN too
    }
    if n.is_nan() {
        text.bytes(b"nan");
    } else if n.is_infinite() {
        text.bytes(b"inf");
    } else if n == 0.0 {
        text.byte(b'0');
    } else {
        let n = n.abs();
        let digits = Digits::fast(n, PRECISION).unwrap_or_else(|| Digits::exact(n));
        digits.layout(PRECISION, &mut text, point);
    }
    text.len
}

/// Decimal digits `d0.d1d2…` times 10^exponent, with no zero at the end.
pub(super) struct Digits {
    digits: [u8; MAX_DIGITS],
    len: usize,
    exponent: i32,
}

impl Digits {
    /// The digits of a positive finite number, rounded to `precision`; None where the shortest digits
    /// do not tell them.
    pub(super) fn fast(n: f64, precision: usize) -> Option<Digits> {
        if !(n >= f64::MIN_POSITIVE && n < f64::INFINITY) || !(1..=MAX_DIGITS).contains(&precision) {
            return None;
        }
        let mut buffer = zmij::Buffer::new();
        let (shortest, len, exponent) = shortest_digits(buffer.format_finite(n).as_bytes());
        if len == precision + 1 && shortest[precision] == b'5' {
            return None;
        }
        let len_kept = len.min(precision);
        let mut digits = Digits { digits: [b'0'; MAX_DIGITS], len: len_kept, exponent };
        digits.digits[..len_kept].copy_from_slice(&shortest[..len_kept]);
        if len > precision && shortest[precision] >= b'5' {
            digits.round_up();
        }
        digits.trim();
        Some(digits)
    }

    /// The digits with zeros behind them.
    pub(super) fn padded(&self) -> &[u8; MAX_DIGITS] {
        &self.digits
    }

    pub(super) fn exponent(&self) -> i32 {
        self.exponent
    }

    fn exact(n: f64) -> Digits {
        let mut exact = [b'0'; PRECISION];
        let exponent = clib::exact_digits(n, &mut exact);
        let mut digits = Digits { digits: [b'0'; MAX_DIGITS], len: PRECISION, exponent };
        digits.digits[..PRECISION].copy_from_slice(&exact);
        digits.trim();
        digits
    }

    fn round_up(&mut self) {
        for digit in self.digits[..self.len].iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                return;
            }
            *digit = b'0';
        }
        self.digits[0] = b'1'; // 99…9 became 100…0
        self.exponent += 1;
    }

    fn trim(&mut self) {
        while self.len > 1 && self.digits[self.len - 1] == b'0' {
            self.len -= 1;
        }
    }
}

/// Takes `ddd.ddd` or `d.ddde-dd` apart: digits without zeros at either end, how many, exponent.
fn shortest_digits(text: &[u8]) -> ([u8; 24], usize, i32) {
    let mut digits = [b'0'; 24];
    let (mut len, mut significant) = (0, 0);
    let mut before_point = 0; // digits left of the point, counted from the first significant one
    let mut seen_point = false;
    let mut exponent = 0;
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'.' => seen_point = true,
            b'0' if len == 0 => before_point -= seen_point as i32,
            b'0'..=b'9' => {
                digits[len] = byte;
                len += 1;
                before_point += !seen_point as i32;
                if byte != b'0' {
                    significant = len;
                }
            }
            _ => {
                exponent = small_exponent(bytes.as_slice());
                break;
            }
        }
    }
    (digits, significant, exponent + before_point - 1)
}

fn small_exponent(text: &[u8]) -> i32 {
    let (negative, text) = take_sign(text);
    let value = text
        .iter()
        .fold(0, |sum, digit| sum * 10 + (digit - b'0') as i32);
    if negative { -value } else { value }
}

impl Digits {
    /// C's choice between the two forms of `%g`.
    pub(super) fn layout(&self, precision: usize, text: &mut Writer, point: &[u8]) {
        let d = &self.digits[..self.len];
        let exponent = self.exponent;
        if !(-4..precision as i32).contains(&exponent) {
            exponent_form(d, exponent, text, point);
        } else if exponent < 0 {
            text.byte(b'0');
            text.bytes(point);
            for _ in 1..-exponent {
                text.byte(b'0');
            }
            text.bytes(d);
        } else {
            let whole = exponent as usize + 1;
            if d.len() <= whole {
                text.bytes(d);
                for _ in d.len()..whole {
                    text.byte(b'0');
                }
            } else {
                text.bytes(&d[..whole]);
                text.bytes(point);
                text.bytes(&d[whole..]);
            }
        }
    }
}

/// `d.ddde+dd`.
pub(super) fn exponent_form(d: &[u8], exponent: i32, text: &mut Writer, point: &[u8]) {
    text.byte(d[0]);
    if d.len() > 1 {
        text.bytes(point);
        text.bytes(&d[1..]);
    }
    text.byte(b'e');
    text.byte(if exponent < 0 { b'-' } else { b'+' });
    let size = exponent.unsigned_abs();
    if size >= 100 {
        text.byte(b'0' + (size / 100) as u8);
    }
    text.byte(b'0' + (size / 10 % 10) as u8);
    text.byte(b'0' + (size % 10) as u8);
}

pub(super) struct Writer<'a> {
    pub(super) out: &'a mut [u8],
    pub(super) len: usize,
}

impl Writer<'_> {
    pub(super) fn byte(&mut self, byte: u8) {
        self.out[self.len] = byte;
        self.len += 1;
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.out[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }
}
