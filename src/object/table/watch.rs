//! Tables that lookups from other tables go by: what in them may change without a word.
//!
//! A value may become another one, nil too: whoever follows a path looks at it. What may not are keys that
//! come, or come to have a value again (a path may rely on their absence), nodes that move, the metatable,
//! and what `__index` is. Before such a change all paths are forgotten; then the table is not watched any
//! more. Keys that are no strings are on no path, but a new one of them moves nodes.
//!
//! Not here: paths (`heap::paths`).

use crate::heap::{Gc, Heap, mark};
use crate::object::Value;

use super::Table;

impl Table {
    #[inline(always)]
    pub fn is_watched(&self) -> bool {
        self.header.mark.get() & mark::WATCHED != 0
    }

    /// From now on a path may go by this table.
    pub fn watch(&self) {
        self.header.set_bits(mark::WATCHED);
    }

    /// Before a key, a node or the metatable of this table changes.
    #[inline(always)]
    pub fn will_change(&self, heap: &Heap) {
        if self.is_watched() {
            self.stop_watching(heap);
        }
    }

    #[cold]
    #[inline(never)]
    fn stop_watching(&self, heap: &Heap) {
        heap.paths.forget();
        self.header.clear_bits(mark::WATCHED);
    }

    /// Before a store in a slot that holds `old`.
    #[cold]
    #[inline(never)]
    pub(super) fn will_store(&self, heap: &Heap, key: Value, old: Value) {
        if key.is_string() && (old.is_nil() || key.bits() == heap.paths.index()) {
            self.will_change(heap);
        }
    }

    /// `takes_plainly` for a slot of this key, which holds `old`: of a watched table, too.
    #[inline(always)]
    pub fn takes_again(&self, heap: &Heap, key: Value, old: Value, value: Value) -> bool {
        let marks = self.header.mark.get();
        marks & mark::READ_ONLY == 0
            && (marks & mark::BLACK == 0 || !value.is_barred())
            && (marks & mark::WATCHED == 0 || !old.is_nil() && key.bits() != heap.paths.index())
    }

    /// Gives this table another metatable; the barrier is the caller's.
    pub fn set_metatable(&self, heap: &Heap, metatable: Option<Gc<Table>>) {
        self.will_change(heap);
        self.metatable.set(metatable);
    }
}
