//! `format`.
//!
//! Directives go to C's `snprintf`, whose every corner is visible; the plain and frequent ones are
//! written here, to the same bytes.
//!
//! COMPAT: as in the reference, numbers pass through C's casts to `long` and `unsigned long`; `%s`
//! ends at the first NUL, except that strings of 100 bytes and more are added whole when the
//! directive has no precision; `%q` ignores flags and width.

use core::ffi::{CStr, c_char, c_int, c_long, c_ulong};

use super::text::{PIECE, Text};
use crate::base::clib;
use crate::base::number::{
    FLOAT_BUFFER, NUMBER_BUFFER, f64_to_i32, f64_to_integer, format_exponent, format_fixed,
    format_number, format_shortest,
};
use crate::heap::{Gc, OutOfMemory};
use crate::object::Str;
use crate::object::string::packed;
use crate::runtime::args::until_nul;
use crate::state::{NativeResult, State, Thrown};

pub fn format(l: &mut State) -> NativeResult {
    let last = l.arg_count();
    let format = l.check_bytes(1)?;
    let format = format.as_bytes();
    let mut text = Text::new(l.heap());
    let mut arg = 1;
    let mut at = 0;
    while let Some(skip) = next_percent(&format[at..]) {
        literal(&mut text, &format[at..at + skip])?;
        at += skip + 1;
        if format.get(at) == Some(&b'%') {
            l.charge(1)?; // these need no arguments, so there may be any number of them
            text.append(b'%' as u64, 1)?;
            at += 1;
            continue;
        }
        arg += 1;
        if arg > last {
            return Err(l.arg_error(arg, b"no value"));
        }
        let directive = match Directive::read(&format[at..]) {
            Ok(directive) => directive,
            Err(message) => return Err(l.library_error(&[message])),
        };
        directive.write(l, &mut text, arg)?;
        at += directive.source_len();
    }
    literal(&mut text, &format[at..])?;
    l.global().spend(arg);
    text.push_result(l)
}

/// Adds what stands between directives, nearly always a few bytes.
#[inline(always)]
fn literal(text: &mut Text<'_>, bytes: &[u8]) -> Result<(), OutOfMemory> {
    match bytes.len() {
        0 => Ok(()),
        len @ 1..8 => text.append(packed(bytes), len),
        _ => text.extend(bytes),
    }
}

/// Where the next `%` is. PERF: nearly always among the next few bytes.
#[inline]
fn next_percent(rest: &[u8]) -> Option<usize> {
    match rest.iter().take(8).position(|&byte| byte == b'%') {
        Some(at) => Some(at),
        None if rest.len() <= 8 => None,
        None => Some(8 + memchr::memchr(b'%', &rest[8..])?),
    }
}

/// `%`, five flags, two digits, point, two digits, `l`, the letter and a NUL.
const MAX_SPEC: usize = 14;
const MAX_FLAGS: usize = 5;
/// Room for what `snprintf` makes of one number: `%99.99f` of 1e308 has 409 bytes.
const MAX_ITEM: usize = 512;
/// Strings from here on are added as they are.
const LONG_STRING: usize = 100;

/// A directive without its `%`.
struct Directive<'a> {
    flags: &'a [u8],
    width: &'a [u8],
    /// With its point.
    precision: &'a [u8],
    /// The letter; 0 if the format ends before it.
    letter: u8,
}

impl<'a> Directive<'a> {
    #[inline]
    fn read(source: &'a [u8]) -> Result<Directive<'a>, &'static [u8]> {
        if let Some(&letter) = source.first()
            && letter.is_ascii_alphabetic()
        {
            return Ok(Directive { flags: &[], width: &[], precision: &[], letter });
        }
        let (flags, rest) = split(source, usize::MAX, |b| b"-+ #0".contains(&b));
        if flags.len() > MAX_FLAGS {
            return Err(b"invalid format (repeated flags)");
        }
        let (width, rest) = split(rest, 2, |b| b.is_ascii_digit());
        let (precision, rest) = match rest {
            [b'.', digits @ ..] => {
                let (digits, _) = split(digits, 2, |b| b.is_ascii_digit());
                rest.split_at(1 + digits.len())
            }
            _ => rest.split_at(0),
        };
        let letter = rest.first().copied().unwrap_or(0);
        if letter.is_ascii_digit() {
            return Err(b"invalid format (width or precision too long)");
        }
        Ok(Directive { flags, width, precision, letter })
    }

    fn source_len(&self) -> usize {
        self.flags.len() + self.width.len() + self.precision.len() + 1
    }

    fn is_bare(&self) -> bool {
        self.source_len() == 1
    }

    #[inline]
    fn write(&self, l: &mut State, text: &mut Text<'_>, arg: usize) -> Result<(), Thrown> {
        match self.letter {
            b'd' | b'i' => self.signed(text, f64_to_integer(l.check_number(arg)?))?,
            b's' => self.string(text, l.check_bytes(arg)?)?,
            b'o' | b'u' | b'x' | b'X' => self.unsigned(text, to_unsigned(l.check_number(arg)?))?,
            b'e' | b'E' | b'f' | b'g' | b'G' => self.float(text, l.check_number(arg)?)?,
            b'c' => self.character(text, f64_to_i32(l.check_number(arg)?))?,
            b'q' => quoted(l, text, arg)?,
            0 => return Err(l.library_error(&[b"invalid option '%' to 'format'"])),
            letter => {
                return Err(l.library_error(&[b"invalid option '%", &[letter], b"' to 'format'"]));
            }
        }
        Ok(())
    }

    #[inline]
    fn signed(&self, text: &mut Text<'_>, n: i64) -> Result<(), OutOfMemory> {
        if self.is_plain() {
            let digits = Digits::of::<10>(n.unsigned_abs(), b"0123456789");
            // The zeros come between them and the sign.
            return self.padded(text, self.sign(n < 0), digits.len, |text| digits.write(text));
        }
        let mut item = [0u8; MAX_ITEM];
        let spec = self.spec(true);
        // SAFETY: `spec` is a valid format with one directive, for a long; the size is passed.
        let len = unsafe { libc::snprintf(room(&mut item), MAX_ITEM, spec.as_ptr(), n as c_long) };
        text.extend(printed(&item, len))
    }

    #[inline(never)]
    fn unsigned(&self, text: &mut Text<'_>, n: u64) -> Result<(), OutOfMemory> {
        if self.is_plain() {
            return match self.letter {
                b'u' => self.unsigned_plain::<10>(text, n, b"0123456789"),
                b'o' => self.unsigned_plain::<8>(text, n, b"01234567"),
                b'x' => self.unsigned_plain::<16>(text, n, b"0123456789abcdef"),
                _ => self.unsigned_plain::<16>(text, n, b"0123456789ABCDEF"),
            };
        }
        let mut item = [0u8; MAX_ITEM];
        let spec = self.spec(true);
        // SAFETY: `spec` is a valid format with one directive, for an unsigned long; the size is
        // passed.
        let len = unsafe { libc::snprintf(room(&mut item), MAX_ITEM, spec.as_ptr(), n as c_ulong) };
        text.extend(printed(&item, len))
    }

    fn unsigned_plain<const BASE: usize>(
        &self,
        text: &mut Text<'_>,
        n: u64,
        alphabet: &[u8; BASE],
    ) -> Result<(), OutOfMemory> {
        let digits = Digits::of::<BASE>(n, alphabet);
        self.padded(text, b"", digits.len, |text| digits.write(text))
    }

    /// Neither precision nor `#`: sign, digits and padding are all there is.
    #[inline]
    fn is_plain(&self) -> bool {
        self.precision.is_empty() && !self.flags.contains(&b'#')
    }

    /// What stands before the digits of a signed number.
    #[inline]
    fn sign(&self, is_negative: bool) -> &'static [u8] {
        match is_negative {
            true => b"-",
            false if self.flags.contains(&b'+') => b"+",
            false if self.flags.contains(&b' ') => b" ",
            false => b"",
        }
    }

    /// A sign and `len` bytes that `body` adds, filled up to the width.
    #[inline]
    fn padded(
        &self,
        text: &mut Text<'_>,
        sign: &[u8],
        len: usize,
        body: impl FnOnce(&mut Text<'_>) -> Result<(), OutOfMemory>,
    ) -> Result<(), OutOfMemory> {
        let missing = decimal(self.width).saturating_sub(sign.len() + len);
        let left = self.flags.contains(&b'-');
        let zeros = !left && self.flags.contains(&b'0');
        if missing != 0 && !left && !zeros {
            text.fill(b' ', missing)?;
        }
        if let &[sign] = sign {
            text.append(sign as u64, 1)?;
        }
        if missing != 0 && zeros {
            text.fill(b'0', missing)?;
        }
        body(text)?;
        if missing != 0 && left {
            text.fill(b' ', missing)?;
        }
        Ok(())
    }

    #[inline(never)]
    fn float(&self, text: &mut Text<'_>, n: f64) -> Result<(), OutOfMemory> {
        if self.letter == b'g' && self.precision == b".14" && self.source_len() == 4 {
            let mut digits = [0; NUMBER_BUFFER];
            let len = format_number(n, &mut digits);
            return text.chunk(&digits, len);
        }
        if n.is_finite() && !self.flags.contains(&b'#') {
            let precision = match self.precision {
                [] => 6,
                [_, digits @ ..] => decimal(digits),
            };
            let point = clib::decimal_point();
            let mut body = [0; FLOAT_BUFFER];
            let len = match self.letter {
                b'f' => format_fixed(n, precision, point.bytes(), &mut body),
                b'e' | b'E' => format_exponent(n, precision, point.bytes(), &mut body),
                _ => format_shortest(n, precision, point.bytes(), &mut body),
            };
            if let Some(len) = len {
                if self.letter.is_ascii_uppercase() {
                    body[..len].make_ascii_uppercase();
                }
                return self.padded(text, self.sign(n.is_sign_negative()), len, |text| text.chunk(&body, len));
            }
        }
        let mut item = [0u8; MAX_ITEM];
        let spec = self.spec(false);
        // SAFETY: `spec` is a valid format with one directive, for a double; the size is passed.
        let len = unsafe { libc::snprintf(room(&mut item), MAX_ITEM, spec.as_ptr(), n) };
        text.extend(printed(&item, len))
    }

    #[inline(never)]
    fn character(&self, text: &mut Text<'_>, c: c_int) -> Result<(), OutOfMemory> {
        if self.is_bare() && c as u8 != 0 {
            return text.append(c as u64 & 0xFF, 1);
        }
        let mut item = [0u8; MAX_ITEM];
        let spec = self.spec(false);
        // SAFETY: `spec` is a valid format with one directive, for an int; the size is passed.
        let len = unsafe { libc::snprintf(room(&mut item), MAX_ITEM, spec.as_ptr(), c) };
        text.extend(until_nul(printed(&item, len))) // COMPAT: a NUL ends the item
    }

    #[inline]
    fn string(&self, text: &mut Text<'_>, s: Gc<Str>) -> Result<(), OutOfMemory> {
        if self.precision.is_empty() && s.len() >= LONG_STRING {
            return text.extend(s.as_bytes());
        }
        // What is behind the precision is not looked at.
        let most = match self.precision {
            [b'.', digits @ ..] => decimal(digits),
            _ => usize::MAX,
        };
        let bytes = &s.as_bytes()[..s.len().min(most)];
        // PERF: without a call, for most strings are short and have no NUL.
        let bytes = if s.is_short_without_nul() { bytes } else { until_nul(bytes) };
        let whole = bytes.len() == s.len();
        if self.is_bare() {
            return if whole { text.string(&s) } else { text.extend(bytes) };
        }
        if matches!(self.flags, [] | [b'-']) {
            return match whole {
                true => self.padded(text, b"", s.len(), |text| text.string(&s)),
                false => self.padded(text, b"", bytes.len(), |text| text.extend(bytes)),
            };
        }
        let mut item = [0u8; MAX_ITEM];
        let spec = self.spec(false);
        let s = s.terminated(text.heap())?.as_ptr().cast::<c_char>();
        // SAFETY: `spec` is a valid format with one directive, for a string, and `s` ends with a
        // NUL; the size is passed.
        let len = unsafe { libc::snprintf(room(&mut item), MAX_ITEM, spec.as_ptr(), s) };
        text.extend(printed(&item, len))
    }

    /// The directive for C, with `l` before the letter for a long.
    fn spec(&self, long: bool) -> Spec {
        let mut spec = Spec { bytes: [0; MAX_SPEC] };
        let length: &[u8] = if long { b"l" } else { b"" };
        let parts = [b"%", self.flags, self.width, self.precision, length, &[self.letter]];
        for (to, &byte) in spec.bytes.iter_mut().zip(parts.into_iter().flatten()) {
            *to = byte;
        }
        spec
    }
}

/// The digits of a number, put together in registers.
struct Digits {
    /// Eight digits each, the last ones first; of the last word with any, as many as remain. The first digit is least significant.
    words: [u64; 3],
    len: usize,
}

impl Digits {
    #[inline(always)]
    fn of<const BASE: usize>(n: u64, alphabet: &[u8; BASE]) -> Digits {
        let mut words = [0; 3];
        let (mut left, mut len) = (n, 0);
        for to in &mut words {
            let mut word = 0u64;
            loop {
                word = word << 8 | alphabet[(left % BASE as u64) as usize] as u64;
                left /= BASE as u64;
                len += 1;
                if left == 0 || len % 8 == 0 {
                    break;
                }
            }
            *to = word;
            if left == 0 {
                break;
            }
        }
        Digits { words, len }
    }

    #[inline(always)]
    fn write(&self, text: &mut Text<'_>) -> Result<(), OutOfMemory> {
        let [last, middle, first] = self.words;
        let mut word = last;
        let mut left = self.len;
        if left > 8 {
            (word, left) = match left > 16 {
                true => {
                    text.append(first, left - 16)?;
                    text.append(middle, 8)?;
                    (last, 8)
                }
                false => {
                    text.append(middle, left - 8)?;
                    (last, 8)
                }
            };
        }
        text.append(word, left)
    }
}

/// A C format of at most `MAX_SPEC - 1` bytes and a NUL.
struct Spec {
    bytes: [u8; MAX_SPEC],
}

impl Spec {
    fn as_ptr(&self) -> *const c_char {
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or(c"").as_ptr()
    }
}

fn room(item: &mut [u8; MAX_ITEM]) -> *mut c_char {
    item.as_mut_ptr().cast()
}

/// What `snprintf` wrote, going by its answer.
fn printed(item: &[u8; MAX_ITEM], len: c_int) -> &[u8] {
    &item[..(len.max(0) as usize).min(MAX_ITEM - 1)]
}

/// The first bytes, at most `most`, that are such, and the others.
#[inline]
fn split(source: &[u8], most: usize, is_such: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let len = source.iter().take(most).take_while(|&&b| is_such(b)).count();
    source.split_at(len)
}

fn decimal(digits: &[u8]) -> usize {
    digits.iter().fold(0, |n, digit| 10 * n + (digit - b'0') as usize)
}

/// C's cast of a double to `unsigned long` as x86-64 compilers make it.
///
/// COMPAT: outside the range it is undefined in C, and visible: -1 gives 2^64 - 1, 1e300 gives 0.
fn to_unsigned(n: f64) -> u64 {
    const HALF: f64 = 9223372036854775808.0;
    if n >= HALF {
        f64_to_integer(n - HALF) as u64 ^ 1 << 63
    } else {
        f64_to_integer(n) as u64
    }
}

/// `%q`: a string literal that the lexer reads back.
#[inline(never)]
fn quoted(l: &mut State, text: &mut Text<'_>, arg: usize) -> Result<(), Thrown> {
    let string = l.check_bytes(arg)?;
    text.push(b'"')?;
    for piece in string.as_bytes().chunks(PIECE) {
        l.charge(piece.len() / 64)?;
        quoted_piece(text, piece)?;
    }
    Ok(text.push(b'"')?)
}

fn quoted_piece(text: &mut Text<'_>, s: &[u8]) -> Result<(), OutOfMemory> {
    let mut plain = 0;
    for (at, &byte) in s.iter().enumerate() {
        let (escaped, len) = match byte {
            b'"' => (b"\\\"  ", 2),
            b'\\' => (b"\\\\  ", 2),
            b'\n' => (b"\\\n  ", 2),
            b'\r' => (b"\\r  ", 2),
            0 => (b"\\000", 4),
            _ => continue,
        };
        text.piece(&s[plain..at])?;
        text.chunk(escaped, len)?;
        plain = at + 1;
    }
    text.piece(&s[plain..])
}
