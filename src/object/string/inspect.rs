//! The table of short strings for test builds: what `T.querystr` shows (feature `ltests`).

use crate::heap::Gc;

use super::{ADDRESS, EMPTY, Str, StringTable};

impl StringTable {
    /// How many slots there are.
    pub fn slot_count(&self) -> usize {
        self.capacity.get()
    }

    /// The string in a slot below `slot_count`, if there is one.
    pub fn string_at(&self, slot: usize) -> Option<Gc<Str>> {
        debug_assert!(slot < self.capacity.get());
        // SAFETY: the slot is below the capacity; what is not empty holds a live string's address.
        unsafe {
            let word = *self.slots.get().add(slot);
            (word != EMPTY).then(|| Gc::from_ptr((word & ADDRESS) as *mut Str))
        }
    }
}
