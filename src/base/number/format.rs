//! Double to text: C's `%.14g`.
//!
//! Integers below 1e14 are divided out. For the rest, `zmij` gives the shortest digits that read
//! back as the number, and these are rounded to 14. That is the exact rounding: a boundary of the
//! rounding (15 digits, the last one 5) strictly between the number and its shortest digits would
//! itself read back as the number, and be shorter than those digits or nearer. If the shortest digits
//! *are* such a boundary, the number is compared with them exactly, where 128 bits suffice. The rest is
//! left to `snprintf`, and so are subnormals, which may have fewer than 14 digits of precision.
//!
//! Not here: other formats (`float`).

use core::cmp::Ordering;

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
    out[0] = b'-';
    let begin = (n < 0) as usize;
    let size = n.unsigned_abs();
    let end = begin + decimal_len(size);
    write_decimal(size, &mut out[begin..end]);
    end
}

/// How many decimal digits a number has.
#[inline]
pub(super) fn decimal_len(n: u64) -> usize {
    n.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// Two digits for each number below 100.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    pairs
};

/// Writes the last decimal digits of a number, as many as there is room for.
#[inline]
pub(super) fn write_decimal(n: u64, out: &mut [u8]) {
    let mut rest = n;
    let mut end = out.len();
    while end >= 2 {
        out[end - 2..end].copy_from_slice(&PAIRS[(rest % 100) as usize]);
        rest /= 100;
        end -= 2;
    }
    if end == 1
        && let [digit, ..] = out
    {
        *digit = b'0' + (rest % 10) as u8;
    }
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
    digits: [u8; ROOM],
    len: usize,
    exponent: i32,
}

/// As many digits as the shortest have, and zeros behind them, so that any of them begin a whole `Window`.
const ROOM: usize = MAX_DIGITS + size_of::<Window>() + 1;
/// PERF: what is copied at once, however few of the digits are wanted: a call of memcpy takes longer.
type Window = [u8; 16];

impl Digits {
    /// The digits of a positive finite number, rounded to `precision`; None where the shortest digits
    /// do not tell them.
    pub(super) fn fast(n: f64, precision: usize) -> Option<Digits> {
        if !(n >= f64::MIN_POSITIVE && n < f64::INFINITY) || !(1..=MAX_DIGITS).contains(&precision) {
            return None;
        }
        let mut buffer = zmij::Buffer::new();
        let (shortest, len, exponent) = shortest_digits(buffer.format_finite(n).as_bytes());
        let up = match shortest[precision] {
            b'5' if len == precision + 1 => match compare(n, &shortest[..len], exponent)? {
                Ordering::Less => false,
                Ordering::Equal => shortest[precision - 1] % 2 == 1,
                Ordering::Greater => true,
            },
            digit => len > precision && digit >= b'5',
        };
        let mut digits = Digits { digits: shortest, len: len.min(precision), exponent };
        digits.digits[precision..].fill(b'0');
        if up {
            digits.round_up();
        }
        digits.trim();
        Some(digits)
    }

    fn exact(n: f64) -> Digits {
        let mut exact = [b'0'; PRECISION];
        let exponent = clib::exact_digits(n, &mut exact);
        let mut digits = Digits { digits: [b'0'; ROOM], len: PRECISION, exponent };
        digits.digits[..PRECISION].copy_from_slice(&exact);
        digits.trim();
        digits
    }

    /// A whole number of `len` digits, at most 17, the first of which is worth 10^exponent.
    pub(super) fn of_whole(n: u64, len: usize, exponent: i32) -> Digits {
        let mut digits = Digits { digits: [b'0'; ROOM], len, exponent };
        write_decimal(n, &mut digits.digits[..len]);
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
fn shortest_digits(text: &[u8]) -> ([u8; ROOM], usize, i32) {
    let mut digits = [b'0'; ROOM];
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

/// How a positive number is to `d.ddd` times 10^exponent; None where that takes more than 128 bits.
fn compare(n: f64, digits: &[u8], exponent: i32) -> Option<Ordering> {
    let (mantissa, shift) = parts(n);
    let decimal = digits.iter().fold(0, |sum, digit| sum * 10 + (digit - b'0') as u128); // below 2^54
    let power = exponent - (digits.len() as i32 - 1);
    let ten = 10u128.checked_pow(power.unsigned_abs()).filter(|&ten| ten < 1 << 73)?;
    let (mut binary, mut decimal) = match power {
        0.. => (mantissa as u128, decimal * ten),
        _ => (mantissa as u128 * ten, decimal),
    };
    let side = if shift < 0 { &mut decimal } else { &mut binary };
    if shift.unsigned_abs() >= side.leading_zeros() {
        return None;
    }
    *side <<= shift.unsigned_abs();
    Some(binary.cmp(&decimal))
}

/// A finite number's absolute value as m * 2^e.
pub(super) fn parts(n: f64) -> (u64, i32) {
    let bits = n.abs().to_bits();
    match (bits >> 52) as i32 {
        0 => (bits, -1074),
        exponent => (bits & ((1 << 52) - 1) | 1 << 52, exponent - 1075),
    }
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
        let exponent = self.exponent;
        if !(-4..precision as i32).contains(&exponent) {
            self.exponent_form(self.len, text, point);
        } else if exponent < 0 {
            text.byte(b'0');
            text.bytes(point);
            for _ in 1..-exponent {
                text.byte(b'0');
            }
            self.write(0, self.len, text);
        } else {
            let whole = exponent as usize + 1;
            self.write(0, whole, text);
            if self.len > whole {
                text.bytes(point);
                self.write(whole, self.len, text);
            }
        }
    }

    /// `d.ddde+dd`, with so many digits.
    pub(super) fn exponent_form(&self, count: usize, text: &mut Writer, point: &[u8]) {
        text.byte(self.digits[0]);
        if count > 1 {
            text.bytes(point);
            self.write(1, count, text);
        }
        text.byte(b'e');
        text.byte(if self.exponent < 0 { b'-' } else { b'+' });
        let size = self.exponent.unsigned_abs();
        if size >= 100 {
            text.byte(b'0' + (size / 100) as u8);
        }
        text.byte(b'0' + (size / 10 % 10) as u8);
        text.byte(b'0' + (size % 10) as u8);
    }

    /// The digits from `begin` to `end`.
    #[inline]
    fn write(&self, begin: usize, end: usize, text: &mut Writer) {
        let window: Option<&Window> = self.digits[begin..].first_chunk();
        match (window, text.out[text.len..].first_chunk_mut()) {
            (Some(window), Some(room)) if end - begin <= window.len() => {
                *room = *window;
                text.len += end - begin;
            }
            _ => text.bytes(&self.digits[begin..end]),
        }
    }
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
        if let &[byte] = bytes {
            return self.byte(byte); // the decimal point, nearly always
        }
        self.out[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }
}
