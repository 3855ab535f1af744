//! Where short strings are found: a hash table that grows and shrinks a piece at a time.
//!
//! ```text
//!   hash:  tag 16 | place in the directory, its low bits 40 … | tag 3…
//!
//!   directory (2^depth)      segments of `slots` words each, of one depth or less
//!     [0] ────────────────▶ [used, 2 | …]      words: 0, or a string's address with
//!     [1] ──────┐                              the hash's 19 tag bits around it
//!     [2] ────────────────▶ [used, 2 | …]
//!     [3] ──────┴─────────▶ [used, 1 | …]      (depth 1: shared by [1] and [3])
//! ```
//!
//! A segment that is full is split in two by one more bit of the hash, and the directory, a few
//! kilobytes for a million strings, doubled when it must be (`grow`). So the longest operation moves
//! one segment's strings, however many there are: no string waits for all others to be placed anew.
//! While there is one segment only, it doubles up to `SLOTS`, so that small states stay small.
//! The dead leave segment by segment, when the collector begins to sweep, or one by one (`sweep`).
//!
//! Within a segment: open addressing. A word's home is told by its own tag, so that moves and
//! removals look at no string; only a split needs whole hashes.
//!
//! Invariants: a string's word lies between its home and the next empty slot; the number of used
//! words is below `limit` after `reserve`; entry i of the directory is the segment of depth d whose
//! strings agree with i in the lowest d bits.
//! Not here: hashing and comparing (`bytes`).

mod grow;
mod sweep;
#[cfg(test)]
mod tests;

use core::cell::Cell;
use core::ptr;

use crate::heap::{Gc, Heap, OutOfMemory};
use crate::object::Str;

/// Bits of a word that are an address; the others are the hash's.
pub(super) const ADDRESS: u64 = 0x0000_FFFF_FFFF_FFF8;
const EMPTY: u64 = 0;
/// A word's home is told by the bits from here on.
const HOME_SHIFT: u32 = 48;
/// The place in the directory, from here on.
const PLACE_SHIFT: u32 = 3;
/// More bits than this do not tell segments apart.
const MAX_DEPTH: u8 = 40;

/// Slots of a segment, from the first one on.
const FIRST_SLOTS: usize = 64;
const SLOTS: usize = 512;

/// What lies before a segment's slots.
#[repr(C)]
struct Segment {
    used: Cell<u32>,
    depth: Cell<u8>,
    /// The cycle in which the dead have left it last (`Segments::cycle`).
    cycle: Cell<bool>,
}

/// Where a string that was not found belongs: the first empty slot. It does while nothing is added
/// or removed.
pub struct Vacant<'a> {
    segment: &'a Segment,
    at: usize,
}

/// How the dead leave.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sweep {
    /// They have left.
    Done,
    /// Segment by segment; next that of this place.
    Segments(usize),
    /// Each when its cell is swept.
    Strings,
}

pub struct Segments {
    /// Null before the first string.
    directory: Cell<*mut *const Segment>,
    /// Entries of the directory, less 1: 2^depth - 1.
    last_place: Cell<usize>,
    /// Segments whose depth is the directory's.
    deepest: Cell<usize>,
    /// Slots of each segment, less 1.
    mask: Cell<usize>,
    /// Used words of all segments.
    count: Cell<usize>,
    /// How many segments there are.
    segments: Cell<usize>,
    /// Which of two kinds of cycle the newest is: they take turns.
    cycle: Cell<bool>,
    sweep: Cell<Sweep>,
    /// How many strings have been removed; how many had been added when the last sweep began.
    removed: Cell<usize>,
    added_before: Cell<usize>,
    /// How many segments are kept though they are nearly empty.
    kept: Cell<usize>,
}

impl Segments {
    pub const fn new() -> Segments {
        Segments {
            directory: Cell::new(ptr::null_mut()),
            last_place: Cell::new(0),
            deepest: Cell::new(0),
            mask: Cell::new(0),
            count: Cell::new(0),
            segments: Cell::new(0),
            cycle: Cell::new(false),
            sweep: Cell::new(Sweep::Done),
            removed: Cell::new(0),
            added_before: Cell::new(0),
            kept: Cell::new(0),
        }
    }

    pub fn len(&self) -> usize {
        self.count.get()
    }

    /// The string with this hash that is the one wanted, or else where it belongs, if there is room.
    #[inline(always)]
    pub fn find(
        &self,
        hash: u64,
        is_wanted: impl Fn(Gc<Str>) -> bool,
    ) -> Result<Gc<Str>, Option<Vacant<'_>>> {
        if self.directory.get().is_null() {
            return Err(None);
        }
        let segment = self.segment_of(hash);
        let mask = self.mask.get();
        let mut at = home(hash, mask);
        loop {
            let word = segment.slot(at).get();
            if word == EMPTY {
                // While the dead are leaving, an allocation may move words.
                let fits = (segment.used.get() as usize) < self.limit() && !self.is_sweeping();
                return Err(if fits { Some(Vacant { segment, at }) } else { None });
            }
            if (word ^ hash) & !ADDRESS == 0 && is_wanted(string_of(word)) {
                return Ok(string_of(word));
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a string with this hash where `find` has said.
    #[inline(always)]
    pub fn fill(&self, place: Vacant<'_>, hash: u64, s: Gc<Str>) {
        let Vacant { segment, at } = place;
        debug_assert!(segment.slot(at).get() == EMPTY);
        segment.slot(at).set(word_for(hash, s));
        segment.used.set(segment.used.get() + 1);
        self.count.set(self.count.get() + 1);
    }

    /// Makes room for one string of this hash.
    pub fn reserve(
        &self,
        heap: &Heap,
        hash: u64,
        hash_of: impl Fn(Gc<Str>) -> u64,
    ) -> Result<(), OutOfMemory> {
        if self.directory.get().is_null() || self.segment_of(hash).used.get() as usize >= self.limit() {
            self.make_room(heap, hash, &hash_of)?;
        }
        Ok(())
    }

    /// Adds a string that is not there. The room has been reserved; a sweep, which an allocation may
    /// have done since, only leaves more.
    #[cold]
    #[inline(never)]
    pub fn insert(&self, hash: u64, s: Gc<Str>) {
        self.segment_of(hash).put(word_for(hash, s), self.mask.get());
        self.count.set(self.count.get() + 1);
    }

    /// How many words a segment may hold.
    #[inline]
    fn limit(&self) -> usize {
        let slots = self.mask.get() + 1;
        slots - slots / 4
    }

    /// Where the directory has the segment of a hash.
    #[inline(always)]
    fn place(&self, hash: u64) -> usize {
        (hash >> PLACE_SHIFT) as usize & self.last_place.get()
    }

    fn depth(&self) -> u8 {
        self.last_place.get().count_ones() as u8
    }

    #[inline(always)]
    fn segment_of(&self, hash: u64) -> &Segment {
        self.segment_at(self.place(hash))
    }

    #[inline(always)]
    fn segment_at(&self, index: usize) -> &Segment {
        debug_assert!(!self.directory.get().is_null() && index <= self.last_place.get());
        // SAFETY: the index is below the directory's size, and every entry is a segment of ours; no
        // reference is held when one is freed.
        unsafe { &**self.directory.get().add(index) }
    }

    /// All segments, each once (`inspect`).
    #[cfg(feature = "ltests")]
    pub fn segment_slots(&self) -> impl Iterator<Item = &[Cell<u64>]> {
        let entries = if self.directory.get().is_null() { 0 } else { self.last_place.get() + 1 };
        (0..entries).map(|i| (i, self.segment_at(i))).filter(|(i, s)| *i < 1 << s.depth.get()).map(|(_, s)| {
            // SAFETY: the slots follow the segment's own fields.
            unsafe { core::slice::from_raw_parts((s as *const Segment).add(1).cast(), self.mask.get() + 1) }
        })
    }
}

impl Segment {
    #[inline(always)]
    fn slot(&self, at: usize) -> &Cell<u64> {
        // SAFETY: the slots follow the segment's own fields; indices are masked by their number.
        unsafe { &*(self as *const Segment).add(1).cast::<Cell<u64>>().add(at) }
    }

    /// Stores a word in the first free slot from its home on.
    #[inline]
    fn put(&self, word: u64, mask: usize) {
        self.settle(word, mask);
        self.used.set(self.used.get() + 1);
    }

    /// The same for a word that is counted.
    #[inline]
    fn settle(&self, word: u64, mask: usize) {
        let mut at = home(word, mask);
        while self.slot(at).get() != EMPTY {
            at = (at + 1) & mask;
        }
        self.slot(at).set(word);
    }
}

#[inline(always)]
fn word_for(hash: u64, s: Gc<Str>) -> u64 {
    (hash & !ADDRESS) | s.as_ptr() as u64
}

/// Where a word, or one of this hash, belongs in its segment.
#[inline(always)]
fn home(hash: u64, mask: usize) -> usize {
    (hash >> HOME_SHIFT) as usize & mask
}

#[inline(always)]
pub(super) fn string_of(word: u64) -> Gc<Str> {
    // SAFETY: a used word holds the address of a string that is in the table, so alive.
    unsafe { Gc::from_ptr((word & ADDRESS) as *mut Str) }
}

