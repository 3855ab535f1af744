//! The dead leave the table when the collector sweeps.
//!
//! A pass along a segment's words costs a few nanoseconds a string; to look for a dead string by its
//! hash, when its cell is swept, costs as much as to make it. So where many strings have been made since
//! the last sweep, the table is swept first, segment by segment. A cell may still be swept before its
//! string's segment is, where an allocation wants it: such a string is looked for (`remove`). Where few
//! have been made, few will be dead, and each is looked for.
//!
//! Segments that have become nearly empty are joined with what they were split from, but only while
//! there are more than the strings before the sweep needed. Else each cycle of a program that makes
//! much garbage would split them again.
//!
//! Invariant: but for `Sweep::Segments`, every segment's `cycle` is the table's; then, the dead have left
//! those segments of which that is true.

use super::{ADDRESS, EMPTY, SLOTS, Segment, Segments, Sweep, home, string_of};
use crate::heap::{Gc, Heap};
use crate::object::Str;

/// A segment of at most so many words is nearly empty.
const FEW: usize = SLOTS / 8;
/// A segment is kept for so many strings that there were before the sweep.
const STRINGS_PER_KEPT: usize = SLOTS / 4;
/// Fewer new ones than one in so many are few.
const STRINGS_PER_NEW: usize = 8;

/// How long a slot takes, in bytes that are swept: its string's header, in a line of memory of its own, is looked at.
const WORK_OF_SLOT: usize = 12;

impl Segments {
    /// Begins a sweep: what is dead stays dead, unless it is found and wanted again.
    pub fn start_sweep(&self) {
        debug_assert!(!self.is_sweeping(), "the last sweep was finished");
        if self.directory.get().is_null() {
            return;
        }
        let count = self.count.get();
        let added = count.wrapping_add(self.removed.get());
        let new = added.wrapping_sub(self.added_before.replace(added));
        self.kept.set(count / STRINGS_PER_KEPT);
        if new < count / STRINGS_PER_NEW && self.segments.get() <= self.kept.get() + 1 {
            self.sweep.set(Sweep::Strings);
        } else {
            self.sweep.set(Sweep::Segments(0));
            self.cycle.set(!self.cycle.get());
        }
    }

    /// Ends it: all cells have been swept.
    pub fn end_sweep(&self) {
        debug_assert!(!matches!(self.sweep.get(), Sweep::Segments(_)), "all segments have been swept");
        self.sweep.set(Sweep::Done);
    }

    /// Whether dead strings may be in the table.
    #[inline]
    pub fn is_sweeping(&self) -> bool {
        self.sweep.get() != Sweep::Done
    }

    /// Lets the dead leave one segment. Returns the bytes looked through; None: there is no more to do
    /// before cells are swept.
    pub fn sweep_next(&self, heap: &Heap) -> Option<usize> {
        let Sweep::Segments(mut at) = self.sweep.get() else { return None };
        while at <= self.last_place.get() {
            let segment = self.segment_at(at);
            at += 1;
            if segment.cycle.get() != self.cycle.get() {
                self.sweep.set(Sweep::Segments(at));
                self.sweep_segment(heap, segment);
                self.join(heap, at - 1);
                return Some((self.mask.get() + 1) * WORK_OF_SLOT);
            }
        }
        self.sweep.set(Sweep::Done);
        None
    }

    /// Removes a string that is about to be freed, if its segment has not been swept.
    #[inline(never)]
    pub fn remove(&self, hash: u64, s: Gc<Str>) {
        let segment = self.segment_of(hash);
        if self.sweep.get() != Sweep::Strings && segment.cycle.get() == self.cycle.get() {
            return;
        }
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
        self.discount(1);
    }

    fn discount(&self, removed: usize) {
        self.count.set(self.count.get() - removed);
        self.removed.set(self.removed.get().wrapping_add(removed));
    }

    fn sweep_segment(&self, heap: &Heap, segment: &Segment) {
        let mask = self.mask.get();
        // PERF: which slots are used is no pattern that a processor could learn, so none is asked with
        // a jump.
        let mut places = [0u16; SLOTS];
        let mut used = 0;
        let mut first_empty = mask;
        for at in 0..=mask {
            let is_used = segment.slot(at).get() != EMPTY;
            places[used] = at as u16;
            used += is_used as usize;
            first_empty = if !is_used && at < first_empty { at } else { first_empty };
        }
        // In the order of the runs, from behind an empty slot on: a word that lives finds the holes
        // that the dead before it have left, if there are any, and no later hole concerns it.
        let (wrapped, rest) = places[..used].split_at(first_empty.min(used));
        let mut dead = 0;
        for &at in rest.iter().chain(wrapped) {
            let slot = segment.slot(at as usize);
            let word = slot.get();
            if heap.is_dead(string_of(word).header()) {
                slot.set(EMPTY);
                dead += 1;
            } else if dead != 0 && home(word, mask) != at as usize {
                slot.set(EMPTY);
                segment.settle(word, mask);
            }
        }
        segment.used.set((used - dead) as u32);
        segment.cycle.set(self.cycle.get());
        self.discount(dead);
    }

    /// Joins a swept segment with the one it was split from, if there are too many for their strings
    /// and both are nearly empty; and what becomes of them likewise.
    fn join(&self, heap: &Heap, place: usize) {
        while self.segments.get() > self.kept.get() {
            let one = self.segment_at(place & self.last_place.get());
            let depth = one.depth.get();
            if depth == 0 || one.used.get() as usize > FEW {
                return;
            }
            let other = self.segment_at((place ^ 1 << (depth - 1)) & self.last_place.get());
            if other.depth.get() != depth
                || other.used.get() as usize > FEW
                || other.cycle.get() != self.cycle.get()
            {
                return;
            }
            self.merge(heap, one, other, place & ((1 << (depth - 1)) - 1));
        }
    }
}
