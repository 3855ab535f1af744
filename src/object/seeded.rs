//! The hash of seeded tables: one that no script can foresee.
//!
//! The seed is the process's: drawn once, from the random bytes that the kernel gives each program. It
//! is shared by all states, and shows in nothing but the order of seeded tables.
//!
//! Equal keys have equal hashes: numbers by value, short strings by address (they are interned), long
//! ones by all their bytes, everything else by address.
//! Not here: when a table is seeded (`table`), the hash strings are interned by (`string`).

use core::sync::atomic::{AtomicU64, Ordering};

use crate::object::Value;

/// 0: not drawn yet.
static SEED: AtomicU64 = AtomicU64::new(0);

pub fn hash(key: Value) -> u32 {
    let seed = seed();
    if let Some(n) = key.as_number() {
        // Both zeros are one key.
        let bits = if n == 0.0 { 0 } else { n.to_bits() };
        return mix(bits ^ seed, seed) as u32;
    }
    match key.as_string() {
        Some(s) if !s.is_short() => hash_bytes(s.as_bytes(), seed) as u32,
        _ => mix(key.bits() ^ seed, seed) as u32,
    }
}

fn hash_bytes(bytes: &[u8], seed: u64) -> u64 {
    let mut hash = seed ^ bytes.len() as u64;
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        hash = mix(hash ^ u64::from_le_bytes(*word), seed);
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mix(hash ^ u64::from_le_bytes(last), seed)
}

/// Both halves of the product with a secret odd number: every bit of the input reaches the low ones.
#[inline]
fn mix(word: u64, seed: u64) -> u64 {
    let factor = seed.rotate_left(23) ^ 0x9E37_79B9_7F4A_7C15 | 1;
    let once = word as u128 * factor as u128;
    let folded = once as u64 ^ (once >> 64) as u64;
    let twice = (folded ^ factor.rotate_left(31)) as u128 * 0xD6E8_FEB8_6659_FD93;
    twice as u64 ^ (twice >> 64) as u64
}

#[inline]
fn seed() -> u64 {
    match SEED.load(Ordering::Relaxed) {
        0 => draw(),
        seed => seed,
    }
}

#[cold]
fn draw() -> u64 {
    // SAFETY: getauxval has no preconditions; AT_RANDOM is the address of 16 bytes that live as long
    // as the process, or 0.
    let random = unsafe { (libc::getauxval(libc::AT_RANDOM) as *const [u8; 16]).as_ref() };
    let drawn = match random {
        Some(bytes) => bytes.iter().fold(0, |seed: u64, &b| seed.rotate_left(5) ^ (b as u64) << 13 ^ b as u64),
        None => &raw const SEED as u64, // where the library was loaded, at least
    };
    // Whoever is first decides for all.
    match SEED.compare_exchange(0, drawn.max(1), Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => drawn.max(1),
        Err(first) => first,
    }
}
