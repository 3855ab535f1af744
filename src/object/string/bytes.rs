//! The bytes of short strings: hashed, compared and copied by words.
//!
//! PERF: a call of memcmp or memcpy costs more than most short strings do.

use super::MAX_SHORT;

/// A hash that no script can predict: multiply-and-fold over eight bytes at a time, keyed by the
/// seed; the last eight may overlap those before.
#[inline]
pub fn hash(seed: u64, bytes: &[u8]) -> u64 {
    if bytes.len() < 8 { hash_word(seed, packed(bytes), bytes.len()) } else { hash_words(seed, bytes) }
}

/// That of fewer than eight bytes, which are `packed`.
#[inline(always)]
pub fn hash_word(seed: u64, word: u64, len: usize) -> u64 {
    fold(fold(begin(seed, len) ^ word) ^ seed)
}

/// One of two words.
#[inline(always)]
pub fn hash_pair(seed: u64, len: usize, first: u64, last: u64) -> u64 {
    fold(fold(fold(begin(seed, len) ^ first) ^ last) ^ seed)
}

/// That of eight bytes or more.
#[inline(always)]
pub fn hash_words(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = begin(seed, bytes.len());
    let mut rest = bytes;
    while rest.len() > 8
        && let Some((word, after)) = rest.split_first_chunk()
    {
        hash = fold(hash ^ u64::from_le_bytes(*word));
        rest = after;
    }
    fold(fold(hash ^ last_word(bytes)) ^ seed)
}

#[inline(always)]
fn begin(seed: u64, len: usize) -> u64 {
    seed ^ (len as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Fewer than eight bytes as a word, zeros behind them, as they lie in a short string.
///
/// PERF: without a call of memcpy or a loop.
#[inline(always)]
pub fn packed(bytes: &[u8]) -> u64 {
    debug_assert!(bytes.len() < 8);
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return first as u64 | (last as u64) << ((bytes.len() - 4) * 8 % 64);
    }
    match *bytes {
        [] => 0,
        [a] => a as u64,
        [a, b] => a as u64 | (b as u64) << 8,
        [a, b, c, ..] => a as u64 | (b as u64) << 8 | (c as u64) << 16,
    }
}

/// The last of eight bytes or more.
#[inline(always)]
fn last_word(bytes: &[u8]) -> u64 {
    bytes.last_chunk().map_or(0, |word| u64::from_le_bytes(*word))
}

/// Whether two strings of eight bytes or more are the same.
#[inline(always)]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() || last_word(a) != last_word(b) {
        return false;
    }
    let (mut a, mut b) = (a, b);
    while a.len() > 8 {
        let (Some((x, rest_a)), Some((y, rest_b))) = (a.split_first_chunk::<8>(), b.split_first_chunk())
        else {
            return false;
        };
        if x != y {
            return false;
        }
        (a, b) = (rest_a, rest_b);
    }
    true
}

/// Writes eight bytes to `MAX_SHORT` by words that may overlap, and zeros behind them up to the next
/// multiple of eight; one at least.
///
/// # Safety
/// `to` has room for all that.
#[inline(always)]
pub unsafe fn write_padded(from: &[u8], to: *mut u8) {
    let (p, len) = (from.as_ptr(), from.len());
    debug_assert!((8..=MAX_SHORT).contains(&len));
    // SAFETY: each word read lies within the first `len` bytes, each one written within `len / 8 + 1`
    // words.
    unsafe {
        to.add(len & !7).cast::<u64>().write_unaligned(0);
        let mut at = 0;
        while at + 8 < len {
            to.add(at).cast::<u64>().write_unaligned(p.add(at).cast::<u64>().read_unaligned());
            at += 8;
        }
        let last = p.add(len - 8).cast::<u64>().read_unaligned();
        to.add(len - 8).cast::<u64>().write_unaligned(last);
    }
}

#[inline(always)]
fn fold(x: u64) -> u64 {
    let wide = (x ^ 0xA076_1D64_78BD_642F) as u128 * 0xE703_7ED1_A0B4_28DB_u128;
    (wide >> 64) as u64 ^ wide as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_string_counts() {
        let text: [u8; 80] = core::array::from_fn(|i| i as u8);
        for len in 0..text.len() {
            let whole = &text[..len];
            assert!(len < 8 || same(whole, whole) && !same(whole, &text[..len + 1]));
            assert_ne!(hash(7, whole), hash(7, &text[..len + 1]));
            for at in 0..len {
                let mut other = text;
                other[at] ^= 0x80;
                if len < 8 {
                    assert_ne!(packed(whole), packed(&other[..len]), "byte {at} of {len}");
                } else {
                    assert!(!same(whole, &other[..len]), "byte {at} of {len}");
                }
                assert_ne!(hash(7, whole), hash(7, &other[..len]), "byte {at} of {len}");
            }
        }
    }

    #[test]
    fn short_strings_end_in_zeros() {
        let text: [u8; MAX_SHORT] = core::array::from_fn(|i| 0xFF - i as u8);
        for len in 8..=MAX_SHORT {
            let mut written = [0xAA; MAX_SHORT + 16];
            // SAFETY: there is room for a word more than the bytes.
            unsafe { write_padded(&text[..len], written.as_mut_ptr()) };
            let end = len / 8 * 8 + 8;
            assert_eq!(&written[..len], &text[..len]);
            assert!(written[len..end].iter().all(|&byte| byte == 0), "{len}");
            assert!(written[end..].iter().all(|&byte| byte == 0xAA), "{len}");
        }
        for len in 0..8 {
            let mut padded = [0; 8];
            padded[..len].copy_from_slice(&text[..len]);
            assert_eq!(packed(&text[..len]), u64::from_le_bytes(padded));
        }
    }
}
