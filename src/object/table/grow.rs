//! How most tables grow: lists at their end, records by a name more.
//!
//! PERF: `resize` counts every key of a full table by slices, and can put any into the other part. What
//! comes of that is known beforehand for a list without holes (the next power of two) and for a table that
//! has no numbers among its keys (nodes for all, no array part). Such tables grow here, by the same sizes.
//!
//! Not here: all others (`resize`).

use core::cell::Cell;
use core::ptr::NonNull;

use crate::heap::{Heap, OutOfMemory};
use crate::object::Value;

use super::resize::ENTRIES_PER_UNIT;
use super::{MAX_ARRAY, Table, TableError};

/// What a table was that has grown.
pub(super) enum Grown<'a> {
    /// A list; the slot behind what was its last.
    List(&'a Cell<Value>),
    /// A record, which has a free node now.
    Record,
    /// Neither: nothing was changed.
    Not,
}

impl Table {
    /// Makes room for a new key in a full table, if that is a list the key is next of, or a record.
    #[inline(always)]
    pub(super) fn grow(&self, heap: &Heap, key: Value) -> Result<Grown<'_>, TableError> {
        if !self.has_nodes() && self.is_next(key) {
            return if self.is_full() { self.grow_list(heap) } else { Ok(Grown::Not) };
        }
        if self.array_len() > 0 || key.is_number() || self.is_seeded() {
            return Ok(Grown::Not);
        }
        let Some(used) = self.named_entries() else { return Ok(Grown::Not) };
        self.resize_nodes(heap, used + 1)?;
        Ok(Grown::Record)
    }

    /// Whether `key` is the index of the slot behind the last one, and a longer array part is no
    /// question of limits.
    #[inline(always)]
    fn is_next(&self, key: Value) -> bool {
        key.as_number() == Some((self.array_len() + 1) as f64) && self.array_len() < MAX_ARRAY / 2
    }

    #[inline(always)]
    fn is_full(&self) -> bool {
        self.border() == self.array_len() || self.array_slots().iter().all(|slot| !slot.get().is_nil())
    }

    /// How many nodes have a value; None: numbers are among their keys.
    #[inline(always)]
    fn named_entries(&self) -> Option<usize> {
        let mut used = 0;
        for at in 0..=self.node_mask.get() {
            let node = self.node(at);
            if !node.value.is_nil() {
                if node.key.is_number() {
                    return None;
                }
                used += 1;
            }
        }
        Some(used)
    }

    /// Makes the array part the next power of two.
    #[inline(always)]
    fn grow_list(&self, heap: &Heap) -> Result<Grown<'_>, TableError> {
        let old = self.array_len();
        let new = (old + 1).next_power_of_two();
        heap.spend(old / ENTRIES_PER_UNIT);
        let grown = if old == 0 {
            heap.alloc_array::<Value>(new)
        } else {
            // SAFETY: ALLOC: the array part with its count; it may move, so it is put back below.
            unsafe { heap.resize_array(NonNull::new_unchecked(self.array.get()), old, new) }
        };
        let slots = grown.map_err(|OutOfMemory| TableError::Memory)?.as_ptr();
        for i in old..new {
            // SAFETY: i is below the new count.
            unsafe { slots.add(i).write(Value::NIL) };
        }
        self.array.set(slots);
        self.array_len.set(new as u32);
        self.border.set(old as u32);
        self.values_move(heap);
        Ok(Grown::List(&self.array_slots()[old]))
    }
}
