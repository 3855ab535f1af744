//! The bytes of short strings: hashed, compared and copied by words.
//!
//! PERF: a call of memcmp or memcpy costs more than most short strings do.

use super::MAX_SHORT;

/// A hash that no script can predict: multiply-and-fold over eight bytes at a time, keyed by the
/// seed; the last eight may overlap those before.
#[inline]
pub fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = seed ^ (bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut rest = bytes;
    while rest.len() > 8
        && let Some((word, after)) = rest.split_first_chunk()
    {
        hash = fold(hash ^ u64::from_le_bytes(*word));
        rest = after;
    }
    fold(fold(hash ^ last_word(bytes)) ^ seed)
}

/// The last eight bytes, or all of a shorter string: with its length they tell such strings apart.
///
/// PERF: without a call of memcpy or a loop.
#[inline(always)]
fn last_word(bytes: &[u8]) -> u64 {
    if let Some(word) = bytes.last_chunk() {
        return u64::from_le_bytes(*word);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return first as u64 | (last as u64) << 32;
    }
    match *bytes {
        [] => 0,
        [a] => a as u64,
        [a, b] => a as u64 | (b as u64) << 8,
        [a, b, c, ..] => a as u64 | (b as u64) << 8 | (c as u64) << 16,
    }
}

/// Whether two strings are the same.
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

/// Copies at most `MAX_SHORT` bytes by words that may overlap.
///
/// # Safety
/// `to` has room for the bytes.
#[inline(always)]
pub unsafe fn copy_short(from: &[u8], to: *mut u8) {
    let (p, len) = (from.as_ptr(), from.len());
    debug_assert!(len <= MAX_SHORT);
    // SAFETY: each word read and written lies within the first `len` bytes.
    unsafe {
        if len >= 8 {
            let last = p.add(len - 8).cast::<u64>().read_unaligned();
            let mut at = 0;
            while at + 8 < len {
                to.add(at).cast::<u64>().write_unaligned(p.add(at).cast::<u64>().read_unaligned());
                at += 8;
            }
            to.add(len - 8).cast::<u64>().write_unaligned(last);
        } else if len >= 4 {
            let last = p.add(len - 4).cast::<u32>().read_unaligned();
            to.cast::<u32>().write_unaligned(p.cast::<u32>().read_unaligned());
            to.add(len - 4).cast::<u32>().write_unaligned(last);
        } else {
            for i in 0..len {
                to.add(i).write(p.add(i).read());
            }
        }
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
            assert!(same(whole, whole));
            assert!(!same(whole, &text[..len + 1]));
            assert_ne!(hash(7, whole), hash(7, &text[..len + 1]));
            for at in 0..len {
                let mut other = text;
                other[at] ^= 0x80;
                assert!(!same(whole, &other[..len]), "byte {at} of {len}");
                assert_ne!(hash(7, whole), hash(7, &other[..len]), "byte {at} of {len}");
            }
        }
    }
}
