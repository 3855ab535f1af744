//! The table of short strings for test builds: what `T.querystr` shows (feature `ltests`).

use crate::heap::Gc;

use super::segments::string_of;
use super::{Str, StringTable};

impl StringTable {
    /// How many slots there are.
    pub fn slot_count(&self) -> usize {
        self.segments.segment_slots().map(|slots| slots.len()).sum()
    }

    /// The string in a slot below `slot_count`, if there is one.
    pub fn string_at(&self, slot: usize) -> Option<Gc<Str>> {
        let word = self.segments.segment_slots().flatten().nth(slot)?.get();
        (word != 0).then(|| string_of(word))
    }
}
