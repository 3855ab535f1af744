//! The order of strings: C's `strcoll`, for strings that may hold NULs.
//!
//! COMPAT: `a < b` obeys the locale (`LC_COLLATE`), so `os.setlocale` changes what `table.sort`
//! does. Each piece between NULs is compared as a C string of its own.

use core::cmp::Ordering;
use core::ffi::c_char;

/// Compares two texts, each given with the NUL that lies behind it.
#[inline]
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let (Some((0, _)), Some((0, _))) = (a.split_last(), b.split_last()) else {
        return a.cmp(b); // no closing NUL: not a string of ours
    };
    let (mut a, mut b) = (a, b);
    loop {
        // SAFETY: both end with a NUL, checked above; what is cut off below ends before it.
        let order = unsafe { libc::strcoll(a.as_ptr().cast::<c_char>(), b.as_ptr().cast()) };
        if order != 0 {
            return order.cmp(&0);
        }
        let (in_a, in_b) = (piece(a), piece(b));
        // The closing NUL itself is no content: whoever ends first is the lesser.
        match (in_a + 1 == a.len(), in_b + 1 == b.len()) {
            (true, true) => return Ordering::Equal,
            (false, true) => return Ordering::Greater,
            (true, false) => return Ordering::Less,
            (false, false) => {
                a = &a[in_a + 1..];
                b = &b[in_b + 1..];
            }
        }
    }
}

/// The length of the text before the first NUL.
#[inline]
fn piece(text: &[u8]) -> usize {
    memchr::memchr(0, text).unwrap_or(text.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_between_nuls_count() {
        let order = [&b"\0"[..], b"\0\0", b"\0\0\0", b"\0a\0", b"a\0", b"a\0\0", b"a\0b\0", b"ab\0"];
        for (i, a) in order.iter().enumerate() {
            for (j, b) in order.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{a:?} and {b:?}");
            }
        }
    }

    #[test]
    fn bytes_count_as_unsigned_in_the_c_locale() {
        assert_eq!(compare(b"\x7f\0", b"\x80\0"), Ordering::Less);
    }
}
