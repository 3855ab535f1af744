//! Strings: immutable bytes with a NUL behind them, the short ones interned.
//!
//! ```text
//!   short:  0 header  2 shape  4 placement hash  8 bytes… NUL
//!   long:   0 header  2 shape  4 placement hash  8 length  16 bytes… NUL
//!   grown:  0 header  2 shape  4 placement hash  8 length  16 address of the bytes  …   (`grown`)
//! ```
//!
//! `shape` tells them apart, and holds a short string's length: most strings are names of a few
//! letters, and fit in 16 bytes. The bytes are 8-aligned in all. In a short string zeros fill the
//! word that the NUL is in, so that short strings are compared by whole words.
//!
//! The *placement* hash decides where a key sits in a table, which `pairs` shows: it is the
//! reference's, computed when first asked for. Another one, which no script can see, finds a short
//! string among all others (`bytes`).
//!
//! `table` makes strings, `segments` is where the short ones are found and `recent` some long ones, `grown` are those that
//! are made by appending, `bytes` hashes, compares and copies them. Here: the layout.
//!
//! Invariant: two short strings with the same bytes are the same object; so short strings are equal
//! exactly when their addresses are.
//! Not here: string library functions.

mod bytes;
mod grown;
#[cfg(feature = "ltests")]
mod inspect;
mod recent;
mod segments;
mod table;

use core::cell::Cell;
use core::slice;

use crate::heap::{GcHeader, HeapObject, Kind};

pub use bytes::packed;
pub use grown::{LEAST as LEAST_GROWN, append};
pub use table::StringTable;

/// The longest string that is interned.
pub const MAX_SHORT: usize = 40;

/// Bits of `shape`: the length of a short string; 0 in a long one.
const SHAPE_LEN: u8 = 0x3F;
/// The placement hash is known.
const SHAPE_HASHED: u8 = 0x40;
const SHAPE_LONG: u8 = 0x80;
/// In a long string: its bytes lie elsewhere.
const SHAPE_GROWN: u8 = 0x01;
/// In a long string: it was made by joining others.
const SHAPE_JOINED: u8 = 0x02;
/// In a long string: it is a binary chunk that is safe to run.
const SHAPE_SOUND: u8 = 0x04;

#[repr(C)]
pub struct Str {
    header: GcHeader,
    shape: Cell<u8>,
    hash: Cell<u32>,
}

// SAFETY: repr(C), begins with its header, allocated as Kind::Str only.
unsafe impl HeapObject for Str {
    const KIND: Kind = Kind::Str;
}

impl Str {
    /// Where the shape lies, and its bit that says that a string is long.
    pub const SHAPE: usize = core::mem::offset_of!(Str, shape);
    pub const IS_LONG: u8 = SHAPE_LONG;
    /// Of a short string its bits that tell the length; of a long one the bit that says that its bytes lie elsewhere.
    pub const SHORT_LEN: u8 = SHAPE_LEN;
    pub const IS_GROWN: u8 = SHAPE_GROWN;
    /// Where the placement hash lies.
    pub const HASH: usize = core::mem::offset_of!(Str, hash);
    /// Where a short string's bytes lie; where a long one has its length, and its bytes or their address.
    pub const SHORT_BYTES: usize = size_of::<Str>();
    pub const LONG_LEN: usize = size_of::<Str>();
    pub const LONG_BYTES: usize = Str::LONG_LEN + size_of::<usize>();

    /// Bytes that an object of this length takes.
    fn size_for(len: usize) -> Option<usize> {
        let fixed = size_of::<Str>() + if len > MAX_SHORT { size_of::<usize>() } else { 0 };
        len.checked_add(fixed + 1)
    }

    /// Bytes of the object itself.
    pub fn object_size(&self) -> usize {
        if self.is_grown() {
            return Str::GROWN_SIZE;
        }
        self.data() as usize - (self as *const Str) as usize + self.len() + 1
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        let shape = self.shape.get();
        if shape & SHAPE_LONG == 0 {
            (shape & SHAPE_LEN) as usize
        } else {
            // SAFETY: the length of a long string lies behind its fixed part, in the same allocation.
            unsafe { (self as *const Str).add(1).cast::<usize>().read() }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    pub fn is_short(&self) -> bool {
        self.shape.get() & SHAPE_LONG == 0
    }

    #[inline(always)]
    pub fn data(&self) -> *const u8 {
        if self.is_grown() {
            // SAFETY: a grown string's third word.
            return unsafe { (self as *const Str).add(1).cast::<*const u8>().add(1).read() };
        }
        // PERF: without another branch: the bit says how many bytes the length takes.
        const { assert!(SHAPE_LONG >> 4 == size_of::<usize>() as u8) };
        let skipped = (self.shape.get() & SHAPE_LONG) >> 4;
        // SAFETY: the bytes follow the fixed part and the length, if there is one, in the same allocation.
        unsafe { (self as *const Str).add(1).cast::<u8>().add(skipped as usize) }
    }

    /// `data` of a short string.
    #[inline(always)]
    pub fn short_data(&self) -> *const u8 {
        debug_assert!(self.is_short());
        // SAFETY: the bytes follow the fixed part.
        unsafe { (self as *const Str).add(1).cast() }
    }

    /// `data` and `len`. PERF: by one look at the shape.
    #[inline(always)]
    pub fn parts(&self) -> (*const u8, usize) {
        let shape = self.shape.get();
        // SAFETY: as in `data` and `len`.
        unsafe {
            let behind = (self as *const Str).add(1);
            if shape & SHAPE_LONG == 0 {
                (behind.cast(), (shape & SHAPE_LEN) as usize)
            } else {
                let data = behind.cast::<usize>().add(1);
                let data = if shape & SHAPE_GROWN == 0 { data.cast() } else { data.cast::<*const u8>().read() };
                (data, behind.cast::<usize>().read())
            }
        }
    }

    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        let (data, len) = self.parts();
        // SAFETY: len bytes follow, written once when the string was made.
        unsafe { slice::from_raw_parts(data, len) }
    }

    /// The bytes of a string that is known to be short.
    #[inline(always)]
    fn short_bytes(&self) -> &[u8] {
        debug_assert!(self.is_short());
        // SAFETY: in a short string len bytes follow the fixed part, written once when it was made.
        unsafe {
            let data = (self as *const Str).add(1).cast();
            slice::from_raw_parts(data, (self.shape.get() & SHAPE_LEN) as usize)
        }
    }

    /// The first eight bytes of a short string, the first of them least significant; a shorter one has
    /// zeros behind its bytes.
    #[inline(always)]
    pub fn first_word(&self) -> u64 {
        self.word(0)
    }

    /// One of the whole words that a short string's bytes and NUL lie in.
    #[inline(always)]
    pub fn word(&self, index: usize) -> u64 {
        debug_assert!(self.is_short() && index * 8 <= self.len());
        // SAFETY: a short string's bytes are whole words in its allocation, one at least.
        u64::from_le(unsafe { (self as *const Str).add(1).cast::<u64>().add(index).read() })
    }

    /// The whole words that the bytes and the NUL of a short string lie in, zeros behind them. None: it is a
    /// long one.
    #[inline(always)]
    pub fn short_words(&self) -> Option<&[u64]> {
        if !self.is_short() {
            return None;
        }
        let count = (self.shape.get() & SHAPE_LEN) as usize / 8 + 1;
        // SAFETY: so many words follow the fixed part, written once when the string was made.
        Some(unsafe { slice::from_raw_parts((self as *const Str).add(1).cast(), count) })
    }

    /// Whether this is a short string in which a C string would be whole.
    #[inline(always)]
    pub fn is_short_without_nul(&self) -> bool {
        const ONES: u64 = u64::MAX / 255;
        let Some(words) = self.short_words() else { return false };
        // The last word has zeros behind the string; in their place ones are no NUL.
        let behind = ONES << (self.len() % 8 * 8);
        let has_nul = |word: u64| word.wrapping_sub(ONES) & !word & ONES << 7 != 0;
        words.split_last().is_some_and(|(&last, whole)| {
            !has_nul(u64::from_le(last) | behind) && !whole.iter().any(|&word| has_nul(u64::from_le(word)))
        })
    }

    /// The first eight bytes of a short string as a number: where two differ, they are ordered as the strings are.
    #[inline(always)]
    pub fn first_order(&self) -> u64 {
        self.first_word().swap_bytes()
    }

    /// Whether a short string's bytes are before another's, or the same if that is `allowed`.
    #[inline(always)]
    pub fn is_before(&self, other: &Str, allowed: bool) -> bool {
        let (len, other_len) = (self.shape.get() & SHAPE_LEN, other.shape.get() & SHAPE_LEN);
        let count = len.min(other_len) as usize;
        let mut index = 0;
        loop {
            // The zeros behind a string's end are before any byte but another NUL.
            let (a, b) = (self.word(index), other.word(index));
            if a != b {
                return a.swap_bytes() < b.swap_bytes();
            }
            index += 1;
            if index * 8 >= count {
                return if allowed { len <= other_len } else { len < other_len };
            }
        }
    }

    /// The bytes and the NUL behind them, of a string that is no result of a `..`, as constants are.
    #[inline(always)]
    pub fn as_bytes_with_nul(&self) -> &[u8] {
        debug_assert!(!self.is_grown());
        // SAFETY: len bytes and a NUL follow, written once when the string was made.
        unsafe { slice::from_raw_parts(self.data(), self.len() + 1) }
    }

    /// Whether it is known to begin with a binary chunk of which all functions are safe to run.
    pub fn is_sound_chunk(&self) -> bool {
        self.shape.get() & (SHAPE_LONG | SHAPE_SOUND) == SHAPE_LONG | SHAPE_SOUND
    }

    /// Notes that it is such a chunk, as it will be from now on: its bytes never change.
    pub fn note_sound_chunk(&self) {
        debug_assert!(!self.is_short(), "the shortest chunk is longer than short strings");
        self.shape.set(self.shape.get() | SHAPE_SOUND);
    }

    /// The placement hash: the reference's, over at most 32 of the bytes.
    #[inline(always)]
    pub fn hash(&self) -> u32 {
        if self.shape.get() & SHAPE_HASHED != 0 { self.hash.get() } else { self.compute_hash() }
    }

    /// The placement hash of a short string, if it has been needed before.
    #[inline(always)]
    pub fn short_hash(&self) -> Option<u32> {
        let known = self.shape.get() & (SHAPE_LONG | SHAPE_HASHED) == SHAPE_HASHED;
        if known { Some(self.hash.get()) } else { None }
    }

    /// The placement hash of a string that has been a key.
    #[inline(always)]
    pub fn known_hash(&self) -> u32 {
        debug_assert!(self.shape.get() & SHAPE_HASHED != 0);
        self.hash.get()
    }

    /// The placement hash of a string that has been a key; anything of another.
    #[inline(always)]
    pub fn hash_or_any(&self) -> u32 {
        self.hash.get()
    }

    /// Tells a new string its placement hash, `placement_hash` of its bytes.
    pub fn set_hash(&self, hash: u32) {
        debug_assert_eq!(hash, placement_hash(self.as_bytes()));
        self.hash.set(hash);
        self.shape.set(self.shape.get() | SHAPE_HASHED);
    }

    #[cold]
    #[inline(never)]
    fn compute_hash(&self) -> u32 {
        let hash = placement_hash(self.as_bytes());
        self.set_hash(hash);
        hash
    }
}

/// COMPAT: the order of `pairs` depends on this function. Longer strings are sampled from the end.
pub const fn placement_hash(bytes: &[u8]) -> u32 {
    let mut hash = bytes.len() as u32;
    let step = (bytes.len() >> 5) + 1;
    let mut left = bytes.len();
    while left >= step {
        let mixed = (hash << 5).wrapping_add(hash >> 2).wrapping_add(bytes[left - 1] as u32);
        hash ^= mixed;
        left -= step;
    }
    hash
}
