//! What a compilation has made, kept alive while a chunk's reader runs.
//!
//! A reader may run any code, and so the collector. The names, constants and functions made so far are
//! then held by nobody but Rust code. Each is listed here as it is made, and is FIXED until the list is
//! dropped: the sweep keeps it whether it is marked or not. So the list costs the collector nothing, no
//! step has to look through it, and there is no barrier: what is listed is reached from nothing that is
//! marked before the whole is handed out.
//!
//! Invariants: what a listed object refers to is listed as well, or fixed for another reason. Lists are
//! dropped in the reverse order of their making, so an object that is fixed already outlives this list.
//!
//! Where a chunk lies whole in memory, or comes from a file, there is no safepoint and no list.
//!
//! Not here: who lists objects (`syntax`, `bytecode::undump`).

use super::{Buffer, Gc, GcHeader, Heap, OutOfMemory, mark};

pub struct Anchors<'h> {
    heap: &'h Heap,
    held: Buffer<'h, Gc<GcHeader>>,
}

impl<'h> Anchors<'h> {
    pub fn new(heap: &'h Heap) -> Anchors<'h> {
        Anchors { heap, held: Buffer::new(heap) }
    }

    /// Keeps the object alive from here on.
    #[cold]
    #[inline(never)]
    pub fn hold(&mut self, object: Gc<GcHeader>) -> Result<(), OutOfMemory> {
        if object.mark.get() & mark::FIXED == 0 {
            self.held.push(object)?;
            object.set_bits(mark::FIXED);
        }
        Ok(())
    }
}

impl Drop for Anchors<'_> {
    fn drop(&mut self) {
        for object in self.held.iter() {
            object.clear_bits(mark::FIXED);
            // Not marked in the cycle whose sweep has yet to come here: as if it had been made just now.
            if self.heap.is_dead(*object) {
                self.heap.whiten(*object);
            }
        }
    }
}
