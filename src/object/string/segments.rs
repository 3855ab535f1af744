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
//! kilobytes for a million strings, doubled when it must be. Two halves that have become nearly
//! empty are joined again. So the longest operation moves one segment's strings, however many there
//! are: no string waits for all others to be placed anew. While there is one segment only, it
//! doubles up to `SLOTS`, so that small states stay small.
//!
//! Within a segment: open addressing. A word's home is told by its own tag, so that moves and
//! removals look at no string; only a split needs whole hashes.
//!
//! Invariants: a string's word lies between its home and the next empty slot; the number of used
//! words is below `limit` after `reserve`; entry i of the directory is the segment of depth d whose
//! strings agree with i in the lowest d bits.
//! Not here: hashing and comparing (`bytes`).

use core::cell::Cell;
use core::ptr::{self, NonNull};

use crate::heap::{Gc, Heap, OutOfMemory};
use crate::object::Str;

/// Bits of a word that are an address; the others are the hash's.
const ADDRESS: u64 = 0x0000_FFFF_FFFF_FFF8;
const EMPTY: u64 = 0;
/// A word's home is told by the bits from here on.
const HOME_SHIFT: u32 = 48;
/// The place in the directory, from here on.
const PLACE_SHIFT: u32 = 3;
/// More bits than this do not tell segments apart.
const MAX_DEPTH: u32 = 40;

/// Slots of a segment, from the first one on.
const FIRST_SLOTS: usize = 64;
const SLOTS: usize = 512;

/// What lies before a segment's slots.
#[repr(C)]
struct Segment {
    used: Cell<u32>,
    depth: Cell<u32>,
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
}

impl Segments {
    pub const fn new() -> Segments {
        Segments {
            directory: Cell::new(ptr::null_mut()),
            last_place: Cell::new(0),
            deepest: Cell::new(0),
            mask: Cell::new(0),
            count: Cell::new(0),
        }
    }

    pub fn len(&self) -> usize {
        self.count.get()
    }

    /// The string with this hash that is the one wanted.
    #[inline]
    pub fn find(&self, hash: u64, is_wanted: impl Fn(Gc<Str>) -> bool) -> Option<Gc<Str>> {
        if self.directory.get().is_null() {
            return None;
        }
        let segment = self.segment_of(hash);
        let mask = self.mask.get();
        let mut at = home(hash, mask);
        loop {
            let word = segment.slot(at).get();
            if word == EMPTY {
                return None;
            }
            if (word ^ hash) & !ADDRESS == 0 && is_wanted(string_of(word)) {
                return Some(string_of(word));
            }
            at = (at + 1) & mask;
        }
    }

    /// Makes room for one string of this hash.
    #[inline]
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

    /// Adds a string that is not there. The room has been reserved; joining segments, which a sweep
    /// may have done since, leaves some.
    #[inline]
    pub fn insert(&self, hash: u64, s: Gc<Str>) {
        self.segment_of(hash).put((hash & !ADDRESS) | s.as_ptr() as u64, self.mask.get());
        self.count.set(self.count.get() + 1);
    }

    /// Removes a string that is there.
    pub fn remove(&self, heap: &Heap, hash: u64, s: Gc<Str>) {
        let segment = self.segment_of(hash);
        let mask = self.mask.get();
        let mut hole = home(hash, mask);
        while segment.slot(hole).get() & ADDRESS != s.as_ptr() as u64 {
            hole = (hole + 1) & mask;
        }
        // Close the gap: move up every later word of the run that may stand in the hole.
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let word = segment.slot(at).get();
            if word == EMPTY {
                break;
            }
            if (at.wrapping_sub(home(word, mask)) & mask) >= (at.wrapping_sub(hole) & mask) {
                segment.slot(hole).set(word);
                hole = at;
            }
        }
        segment.slot(hole).set(EMPTY);
        segment.used.set(segment.used.get() - 1);
        self.count.set(self.count.get() - 1);
        if segment.used.get() as usize <= SLOTS / 8 && segment.depth.get() > 0 {
            self.join(heap, hash);
        }
    }

    /// Gives everything back.
    pub fn release(&self, heap: &Heap) {
        let directory = self.directory.replace(ptr::null_mut());
        let Some(whole) = NonNull::new(directory) else { return };
        let entries = self.last_place.replace(0) + 1;
        // From the last entry down: the first of those that share a segment frees it.
        for i in (0..entries).rev() {
            // SAFETY: i is below the directory's size; a segment is looked at before it is freed.
            unsafe {
                let segment = *directory.add(i);
                if i < 1 << (*segment).depth.get() {
                    self.free_segment(heap, segment);
                }
            }
        }
        // SAFETY: ALLOC: our array with its count.
        unsafe { heap.free_array(whole, entries) };
        self.deepest.set(0);
        self.mask.set(0);
        self.count.set(0);
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

    fn depth(&self) -> u32 {
        self.last_place.get().count_ones()
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

    #[cold]
    #[inline(never)]
    fn make_room(
        &self,
        heap: &Heap,
        hash: u64,
        hash_of: &dyn Fn(Gc<Str>) -> u64,
    ) -> Result<(), OutOfMemory> {
        if self.directory.get().is_null() {
            return self.begin(heap);
        }
        if self.mask.get() + 1 < SLOTS {
            return self.widen(heap);
        }
        // All strings of a segment may agree in the next bit; they hardly will in the next few.
        while self.segment_of(hash).used.get() as usize >= self.limit() {
            self.split(heap, hash, hash_of)?;
        }
        Ok(())
    }

    fn begin(&self, heap: &Heap) -> Result<(), OutOfMemory> {
        let directory = heap.alloc_array::<*const Segment>(1)?;
        match self.new_segment(heap, FIRST_SLOTS, 0) {
            // SAFETY: a fresh array of one entry.
            Ok(segment) => unsafe { directory.write(segment) },
            Err(refused) => {
                // SAFETY: ALLOC: just taken, with this count.
                unsafe { heap.free_array(directory, 1) };
                return Err(refused);
            }
        }
        self.directory.set(directory.as_ptr());
        self.mask.set(FIRST_SLOTS - 1);
        self.deepest.set(1);
        Ok(())
    }

    /// Puts the only segment's words into one of twice as many slots.
    fn widen(&self, heap: &Heap) -> Result<(), OutOfMemory> {
        let (old, slots) = (self.segment_at(0), self.mask.get() + 1);
        let new = self.new_segment(heap, slots * 2, 0)?;
        for i in 0..slots {
            let word = old.slot(i).get();
            if word != EMPTY {
                // SAFETY: the new segment is ours, and has the slots.
                unsafe { (*new).put(word, slots * 2 - 1) };
            }
        }
        // SAFETY: the directory has one entry; nobody looks at the old segment again.
        unsafe {
            self.directory.get().write(new);
            self.free_segment(heap, old);
        }
        self.mask.set(slots * 2 - 1);
        Ok(())
    }

    /// Splits the segment of a hash by one more bit. Reserves, then commits.
    fn split(&self, heap: &Heap, hash: u64, hash_of: &dyn Fn(Gc<Str>) -> u64) -> Result<(), OutOfMemory> {
        let depth = self.segment_of(hash).depth.get();
        if depth == MAX_DEPTH {
            return Err(OutOfMemory);
        }
        if depth == self.depth() {
            self.double_directory(heap)?;
        }
        let new = self.new_segment(heap, SLOTS, depth + 1)?;
        let old = self.segment_of(hash);
        let bit = 1 << depth;
        let mut words = [EMPTY; SLOTS];
        for (i, word) in words.iter_mut().enumerate() {
            *word = old.slot(i).replace(EMPTY);
        }
        old.used.set(0);
        old.depth.set(depth + 1);
        for word in words.into_iter().filter(|&word| word != EMPTY) {
            let place = hash_of(string_of(word)) >> PLACE_SHIFT;
            // SAFETY: the new segment is ours, and has the slots.
            let half = if place & bit == 0 { old } else { unsafe { &*new } };
            half.put(word, SLOTS - 1);
        }
        self.replace(self.place(hash) & (bit as usize - 1) | bit as usize, depth + 1, new);
        if depth + 1 == self.depth() {
            self.deepest.set(self.deepest.get() + 2);
        }
        Ok(())
    }

    /// Joins the segment of a hash with the one it was split from, if both are nearly empty.
    #[cold]
    #[inline(never)]
    fn join(&self, heap: &Heap, hash: u64) {
        let one = self.segment_of(hash);
        let depth = one.depth.get() - 1;
        let place = self.place(hash);
        let other = self.segment_at(place ^ 1 << depth);
        if other.depth.get() != one.depth.get() || other.used.get() as usize > SLOTS / 8 {
            return;
        }
        for i in 0..SLOTS {
            let word = one.slot(i).get();
            if word != EMPTY {
                other.put(word, SLOTS - 1);
            }
        }
        other.depth.set(depth);
        self.replace(place & ((1 << depth) - 1), depth, other);
        // SAFETY: no entry of the directory is this segment any more.
        unsafe { self.free_segment(heap, one) };
        if depth + 1 == self.depth() {
            self.deepest.set(self.deepest.get() - 2);
            self.halve_directory(heap);
        }
    }

    /// Makes a segment the one of all strings whose lowest `depth` bits of the place are these.
    fn replace(&self, place: usize, depth: u32, segment: *const Segment) {
        for i in (place..=self.last_place.get()).step_by(1 << depth) {
            // SAFETY: i is below the directory's size.
            unsafe { self.directory.get().add(i).write(segment) };
        }
    }

    fn double_directory(&self, heap: &Heap) -> Result<(), OutOfMemory> {
        let entries = self.last_place.get() + 1;
        // SAFETY: ALLOC: our array with its count; the second half is written with what the first is.
        unsafe {
            let old = NonNull::new_unchecked(self.directory.get());
            let new = heap.resize_array(old, entries, entries * 2)?.as_ptr();
            new.add(entries).copy_from_nonoverlapping(new, entries);
            self.directory.set(new);
        }
        self.last_place.set(entries * 2 - 1);
        self.deepest.set(0);
        Ok(())
    }

    /// Halves the directory while no segment needs its last bit.
    fn halve_directory(&self, heap: &Heap) {
        while self.deepest.get() == 0 && self.last_place.get() > 0 {
            let entries = self.last_place.get() + 1;
            // SAFETY: ALLOC: our array with its count; both its halves are alike.
            match unsafe {
                heap.resize_array(NonNull::new_unchecked(self.directory.get()), entries, entries / 2)
            } {
                Ok(new) => self.directory.set(new.as_ptr()),
                Err(OutOfMemory) => return, // it serves as it is, but is never halved again
            }
            self.last_place.set(entries / 2 - 1);
            let depth = self.depth();
            let deepest = (0..entries / 2).filter(|&i| self.segment_at(i).depth.get() == depth).count();
            self.deepest.set(deepest);
        }
    }

    /// A segment of empty slots.
    fn new_segment(&self, heap: &Heap, slots: usize, depth: u32) -> Result<*mut Segment, OutOfMemory> {
        let p = heap.alloc_array::<u64>(slots + 1)?.as_ptr();
        // SAFETY: a fresh array; its first word is the segment's own fields.
        unsafe {
            for i in 1..=slots {
                p.add(i).write(EMPTY);
            }
            let segment = p.cast::<Segment>();
            segment.write(Segment { used: Cell::new(0), depth: Cell::new(depth) });
            Ok(segment)
        }
    }

    /// # Safety
    /// The segment is ours, with as many slots as all have, and nobody looks at it again.
    unsafe fn free_segment(&self, heap: &Heap, segment: *const Segment) {
        // SAFETY: ALLOC: an array of the slots and one word more.
        unsafe { heap.free_array(NonNull::new_unchecked(segment.cast_mut().cast::<u64>()), self.mask.get() + 2) };
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
        let mut at = home(word, mask);
        while self.slot(at).get() != EMPTY {
            at = (at + 1) & mask;
        }
        self.slot(at).set(word);
        self.used.set(self.used.get() + 1);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::string::StringTable;

    unsafe extern "C" fn allocate(
        _: *mut core::ffi::c_void,
        p: *mut core::ffi::c_void,
        _: usize,
        size: usize,
    ) -> *mut core::ffi::c_void {
        // SAFETY: p is NULL or came from here.
        unsafe {
            if size == 0 {
                libc::free(p);
                return ptr::null_mut();
            }
            libc::realloc(p, size)
        }
    }

    /// Every segment once, with what the invariants say of it; returns the words found.
    fn check(segments: &Segments) -> usize {
        let (mut words, mut deepest) = (0, 0);
        for i in 0..=segments.last_place.get() {
            let segment = segments.segment_at(i);
            let first = i & ((1 << segment.depth.get()) - 1);
            assert!(ptr::eq(segment, segments.segment_at(first)), "entry {i}");
            if i == first {
                let used = (0..=segments.mask.get()).filter(|&at| segment.slot(at).get() != EMPTY).count();
                assert_eq!(used, segment.used.get() as usize);
                assert!(used <= segments.limit());
                words += used;
                deepest += (segment.depth.get() == segments.depth()) as usize;
            }
        }
        assert_eq!(deepest, segments.deepest.get());
        words
    }

    #[test]
    fn strings_are_found_while_the_table_grows_and_shrinks() {
        let heap = Heap::new(allocate, ptr::null_mut(), 0);
        let table = StringTable::new(42);
        let mut all = Vec::new();
        let text = |i: usize| format!("string {i}");
        for i in 0..20_000 {
            let s = table.make(&heap, text(i).as_bytes()).ok().unwrap();
            assert_eq!(s.as_bytes(), text(i).as_bytes());
            all.push(s);
            if i.is_power_of_two() {
                assert_eq!(check(&table.segments), i + 1);
            }
        }
        assert!(table.segments.depth() >= 5);
        for (i, s) in all.iter().enumerate() {
            assert!(table.make(&heap, text(i).as_bytes()).ok() == Some(*s));
        }
        // In an order that has nothing to do with where they are.
        for i in (0..20_000).map(|i| i * 7919 % 20_000) {
            if i >= 100 {
                table.remove(&heap, all[i]);
            }
        }
        assert_eq!(check(&table.segments), 100);
        assert!(table.segments.depth() <= 2, "the segments have been joined");
        for (i, s) in all[..100].iter().enumerate() {
            assert!(table.make(&heap, text(i).as_bytes()).ok() == Some(*s));
        }
        table.release(&heap);
        heap.blocks.release(&heap);
        assert_eq!(heap.cap.held(), 0);
    }
}
