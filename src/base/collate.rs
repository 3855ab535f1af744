//! The order of strings: C's `strcoll`, for strings that may hold NULs.
//!
//! COMPAT: `a < b` obeys the locale (`LC_COLLATE`), so `os.setlocale` changes what `table.sort`
//! does. Each piece between NULs is compared as a C string of its own.
//!
//! PERF: where the locale has no rules of its own ("C", "POSIX"), C's order is that of the bytes,
//! and no comparison needs a call. The locale is asked for anew at each use, because a host may
//! change it at any time; whoever compares much without calling anybody asks once ([`Collation`]). Nor
//! does the interpreter ask again while it runs no foreign code (`Global::orders_by_bytes`).

use core::cmp::Ordering;
use core::ffi::c_char;
use core::marker::PhantomData;

/// The order of strings in the current locale, for the time of one library call.
#[derive(Clone, Copy)]
pub struct Collation {
    /// The locale orders strings by their bytes.
    by_bytes: bool,
    /// The locale may be a thread's.
    _not_send: PhantomData<*const ()>,
}

impl Collation {
    /// That of the calling thread's locale now.
    #[inline]
    pub fn current() -> Collation {
        Collation { by_bytes: source::orders_by_bytes(), _not_send: PhantomData }
    }

    /// That of a locale without rules of its own.
    #[inline]
    pub fn of_bytes() -> Collation {
        Collation { by_bytes: true, _not_send: PhantomData }
    }

    /// Whether the order is that of the bytes.
    #[inline]
    pub fn is_by_bytes(self) -> bool {
        self.by_bytes
    }

    /// Compares two texts, each given with the NUL that lies behind it.
    #[inline]
    pub fn compare(self, a: &[u8], b: &[u8]) -> Ordering {
        if self.by_bytes { compare_bytes(a, b) } else { compare_pieces(a, b) }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu", target_endian = "little"))]
mod source {
    /// `_NL_COLLATE_NRULES` of glibc's `<langinfo.h>`: category and index, part of its ABI.
    const COLLATE_RULES: libc::nl_item = (libc::LC_COLLATE << 16) as libc::nl_item;

    /// Whether `strcoll` is `strcmp`: glibc decides by the number of the locale's rules.
    #[inline]
    pub fn orders_by_bytes() -> bool {
        // SAFETY: an item of the library's own; its value is a number in the low half of the pointer.
        let rules = unsafe { libc::nl_langinfo(COLLATE_RULES) };
        rules.addr() as u32 == 0
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", target_endian = "little")))]
mod source {
    pub fn orders_by_bytes() -> bool {
        false
    }
}

/// By bytes, the shorter first if it is the other's beginning.
///
/// PERF: most strings differ in their first words, and a call of memcmp costs more than these.
#[inline]
fn compare_bytes(a: &[u8], b: &[u8]) -> Ordering {
    let count = a.len().min(b.len());
    let (x, y) = (&a[..count], &b[..count]);
    let order = match (x.first_chunk(), y.first_chunk()) {
        (Some(first_x), Some(first_y)) => {
            match u64::from_be_bytes(*first_x).cmp(&u64::from_be_bytes(*first_y)) {
                Ordering::Equal if count <= 16 => last_word(x).cmp(&last_word(y)),
                Ordering::Equal => x[8..].cmp(&y[8..]),
                order => order,
            }
        }
        _ => short_word(x).cmp(&short_word(y)),
    };
    order.then(a.len().cmp(&b.len()))
}

/// The last eight bytes, the first of them most significant.
#[inline(always)]
fn last_word(bytes: &[u8]) -> u64 {
    bytes.last_chunk().map_or(0, |word| u64::from_be_bytes(*word))
}

/// A word in the order of strings of the same length below eight. Some bytes are in it twice.
#[inline(always)]
fn short_word(bytes: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u32::from_be_bytes(*first) as u64) << 32 | u32::from_be_bytes(*last) as u64;
    }
    match *bytes {
        [] => 0,
        [a] => a as u64,
        [a, b] => (a as u64) << 8 | b as u64,
        [a, b, c, ..] => (a as u64) << 16 | (b as u64) << 8 | c as u64,
    }
}

/// By `strcoll`, piece by piece.
fn compare_pieces(a: &[u8], b: &[u8]) -> Ordering {
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

    fn compare(a: &[u8], b: &[u8]) -> Ordering {
        Collation::current().compare(a, b)
    }

    #[test]
    fn pieces_between_nuls_count() {
        let order = [&b"\0"[..], b"\0\0", b"\0\0\0", b"\0a\0", b"a\0", b"a\0\0", b"a\0b\0", b"ab\0"];
        for (i, a) in order.iter().enumerate() {
            for (j, b) in order.iter().enumerate() {
                assert_eq!(compare(a, b), i.cmp(&j), "{a:?} and {b:?}");
            }
        }
    }

    /// In the C locale, in which tests run, both ways are the same.
    #[test]
    fn the_order_of_bytes_is_that_of_the_c_locale() {
        let mut seed = 1u32;
        let mut random = move |n: u32| {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            (seed >> 16) % n
        };
        let mut text = move |beginning: usize| -> Vec<u8> {
            let more = random(12);
            let letters = (0..more).map(|_| b"\0a\x7f\x80\xffz"[random(6) as usize]);
            let mut text = vec![b'x'; beginning];
            text.extend(letters);
            text.push(0);
            text
        };
        for i in 0..20_000 {
            let (a, b) = (text(i % 19), text(i % 19));
            assert_eq!(compare_bytes(&a, &b), compare_pieces(&a, &b), "{a:?} and {b:?}");
            assert_eq!(compare(&a, &b), compare_pieces(&a, &b), "{a:?} and {b:?}");
        }
    }

    #[test]
    fn bytes_count_as_unsigned_in_the_c_locale() {
        assert_eq!(compare(b"\x7f\0", b"\x80\0"), Ordering::Less);
    }
}
