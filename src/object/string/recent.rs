//! The long strings that were made last, so that one equal to one of them need not be made again.
//!
//! Long strings are not interned: programs make many that are looked at once. Some make the same ones over and over (a
//! file's text, a line that is joined in each turn of a loop), and find them here, as the reference finds all.
//!
//! ```text
//!   hash of length, first and last word:  tag | place, 6 bits | tag
//!   entries (64 words)                    0, or a string's address with the hash's tag bits around it
//! ```
//!
//! An entry keeps nothing alive: those of the dead are cleared before they are swept (`StringTable::forget_dead`).
//! A newer string takes the place of an older one.
//!
//! Not here: strings of 40 bytes and fewer, all of which are found (`segments`).

use core::cell::Cell;

use super::segments::{ADDRESS, string_of};
use super::{Str, bytes};
use crate::heap::{Gc, Heap};

const ENTRIES: usize = 64;
/// Where in a hash the place is told.
const PLACE_SHIFT: u32 = 40;

pub struct Recent {
    entries: [Cell<u64>; ENTRIES],
}

impl Recent {
    pub const fn new() -> Recent {
        Recent { entries: [const { Cell::new(0) }; ENTRIES] }
    }

    #[inline(always)]
    fn entry(&self, hash: u64) -> &Cell<u64> {
        &self.entries[(hash >> PLACE_SHIFT) as usize % ENTRIES]
    }

    /// The string with this hash that is the one wanted, if it is here.
    #[inline(always)]
    pub fn find(&self, hash: u64, is_wanted: impl FnOnce(Gc<Str>) -> bool) -> Option<Gc<Str>> {
        let word = self.entry(hash).get();
        if word == 0 || (word ^ hash) & !ADDRESS != 0 {
            return None;
        }
        let s = string_of(word);
        is_wanted(s).then_some(s)
    }

    /// Notes a string with this hash.
    #[inline(always)]
    pub fn note(&self, hash: u64, s: Gc<Str>) {
        self.entry(hash).set(hash & !ADDRESS | s.as_ptr() as u64);
    }

    /// Forgets the dead.
    pub fn forget_dead(&self, heap: &Heap) {
        for entry in &self.entries {
            if entry.get() != 0 && heap.is_dead(string_of(entry.get()).header()) {
                entry.set(0);
            }
        }
    }
}

/// The hash of a long string of `len` bytes with these ends.
#[inline(always)]
pub fn hash_ends(seed: u64, len: usize, first: [u8; 8], last: [u8; 8]) -> u64 {
    bytes::hash_pair(seed, len, u64::from_le_bytes(first), u64::from_le_bytes(last))
}
