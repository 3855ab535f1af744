//! The few questions that number text has for the C library, behind safe functions.
//!
//! Not here: number text itself, character classes.

use core::ffi::c_char;

/// The locale's decimal point: one to a few bytes.
#[derive(Clone, Copy)]
pub struct DecimalPoint {
    text: [u8; 6],
    len: u8,
}

impl DecimalPoint {
    /// The bytes, never none.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.text[..self.len as usize]
    }
}

/// What `printf` and `strtod` use as decimal point in the calling thread now.
#[inline]
pub fn decimal_point() -> DecimalPoint {
    let mut point = DecimalPoint {
        text: *b".\0\0\0\0\0",
        len: 1,
    };
    // SAFETY: nl_langinfo returns a C string that lives until the locale changes next.
    unsafe {
        // PERF: much cheaper than localeconv, which fills a structure of the whole locale.
        let text = libc::nl_langinfo(libc::RADIXCHAR).cast::<u8>();
        if text.is_null() || *text == b'.' || *text == 0 {
            return point;
        }
        // A point too long for `text` (no locale has one) is cut, and then no number matches it.
        let mut len = 0;
        while len < point.text.len() && *text.add(len) != 0 {
            point.text[len] = *text.add(len);
            len += 1;
        }
        point.len = len as u8;
    }
    point
}

/// The first 14 digits of a positive finite number, rounded by the C library; returns the decimal
/// exponent of the first.
pub fn exact_digits(n: f64, digits: &mut [u8; 14]) -> i32 {
    let mut text = [0u8; 64];
    // SAFETY: the buffer's size is passed, the format asks for one double.
    unsafe {
        libc::snprintf(
            text.as_mut_ptr().cast::<c_char>(),
            text.len(),
            c"%.13e".as_ptr(),
            n,
        );
    }
    let mut len = 0;
    let mut exponent = 0;
    let mut after_mark = false;
    let mut negative = false;
    for byte in text {
        match byte {
            0 => break,
            b'e' => after_mark = true,
            b'-' => negative = true,
            b'0'..=b'9' if after_mark => exponent = exponent * 10 + (byte - b'0') as i32,
            b'0'..=b'9' if len < digits.len() => {
                digits[len] = byte;
                len += 1;
            }
            _ => {} // the decimal point, whatever it is, and the exponent's plus
        }
    }
    if negative { -exponent } else { exponent }
}

/// C's `strtod` of a short text without NUL; `None` if it is long, or not a number to its end.
pub fn strtod(text: &[u8]) -> Option<f64> {
    let mut copy = [0u8; 256];
    if text.len() >= copy.len() {
        return None;
    }
    copy[..text.len()].copy_from_slice(text);
    let mut end: *mut c_char = core::ptr::null_mut();
    let start = copy.as_ptr().cast::<c_char>();
    // SAFETY: the copy ends with a NUL, because it is longer than the text.
    let n = unsafe { libc::strtod(start, &mut end) };
    (end.addr() - start.addr() == text.len()).then_some(n)
}
