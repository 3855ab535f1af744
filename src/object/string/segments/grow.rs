//! Segments split, joined and given back, and the directory that says whose strings are where.
//!
//! Not here: when segments are joined (`sweep`).

use core::cell::Cell;
use core::ptr::{self, NonNull};

use super::{EMPTY, FIRST_SLOTS, MAX_DEPTH, PLACE_SHIFT, SLOTS, Segment, Segments, Sweep, string_of};
use crate::heap::{Gc, Heap, OutOfMemory};
use crate::object::Str;

impl Segments {
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
        self.sweep.set(Sweep::Done);
    }

    #[cold]
    #[inline(never)]
    pub(super) fn make_room(
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
        // SAFETY: the new segment is ours.
        unsafe { (*new).cycle.set(old.cycle.get()) };
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
    #[inline(never)]
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
        // SAFETY: the new segment is ours.
        unsafe { (*new).cycle.set(old.cycle.get()) };
        let bit = 1 << depth;
        let mut words = [EMPTY; SLOTS];
        for (i, word) in words.iter_mut().enumerate() {
            *word = old.slot(i).replace(EMPTY);
        }
        old.used.set(0);
        old.depth.set(depth + 1);
        // By reference: an array that moves is copied, again and again, where nothing is optimised.
        for &word in words.iter().filter(|&&word| word != EMPTY) {
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

    /// Puts the words of one segment into the other, and makes that the segment of both places, which
    /// differ in the last bit of their depth; `place` are the bits below.
    pub(super) fn merge(&self, heap: &Heap, one: &Segment, other: &Segment, place: usize) {
        for i in 0..SLOTS {
            let word = one.slot(i).get();
            if word != EMPTY {
                other.put(word, SLOTS - 1);
            }
        }
        let depth = one.depth.get() - 1;
        other.depth.set(depth);
        self.replace(place, depth, other);
        // SAFETY: no entry of the directory is this segment any more.
        unsafe { self.free_segment(heap, one) };
        if depth + 1 == self.depth() {
            self.deepest.set(self.deepest.get() - 2);
            self.halve_directory(heap);
        }
    }

    /// Makes a segment the one of all strings whose lowest `depth` bits of the place are these.
    fn replace(&self, place: usize, depth: u8, segment: *const Segment) {
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
    fn new_segment(&self, heap: &Heap, slots: usize, depth: u8) -> Result<*mut Segment, OutOfMemory> {
        let p = heap.alloc_array::<u64>(slots + 1)?.as_ptr();
        // SAFETY: a fresh array; its first word is the segment's own fields.
        unsafe {
            for i in 1..=slots {
                p.add(i).write(EMPTY);
            }
            let segment = p.cast::<Segment>();
            segment.write(Segment {
                used: Cell::new(0),
                depth: Cell::new(depth),
                cycle: Cell::new(self.cycle.get()),
            });
            self.segments.set(self.segments.get() + 1);
            Ok(segment)
        }
    }

    /// # Safety
    /// The segment is ours, with as many slots as all have, and nobody looks at it again.
    unsafe fn free_segment(&self, heap: &Heap, segment: *const Segment) {
        self.segments.set(self.segments.get() - 1);
        // SAFETY: ALLOC: an array of the slots and one word more.
        unsafe { heap.free_array(NonNull::new_unchecked(segment.cast_mut().cast::<u64>()), self.mask.get() + 2) };
    }
}
