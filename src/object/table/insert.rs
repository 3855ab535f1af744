//! Writing: a slot for a key, made if there is none, stores and their barriers.
//!
//! Not here: a new key's node (`place`), and what happens when none is free (`grow`, `resize`).

use core::cell::Cell;

use crate::heap::{Gc, Heap, mark};
use crate::object::{Str, Value};

use super::grow::Grown;
use super::place::NoPlace;
use super::{SEEDED, Table, TableError};

/// A table with more entries is not traversed again in the atomic step for a store in it: what is
/// stored is marked instead.
const RETRAVERSED: usize = 128;

impl Table {
    /// The slot for a key, made if it is not there. The caller stores the value (`store`) and then does the
    /// barrier for it; the key's barrier is done here.
    pub fn slot_for(&self, heap: &Heap, key: Value) -> Result<&Cell<Value>, TableError> {
        self.absent.set(0);
        match self.find(key) {
            Some(_) if self.is_read_only() => Err(TableError::ReadOnly),
            Some(slot) => {
                if self.is_watched() {
                    self.will_store(heap, key, slot.get());
                }
                Ok(slot)
            }
            None if key.is_nil() => Err(TableError::NilKey),
            None if key.as_number().is_some_and(f64::is_nan) => Err(TableError::NanKey),
            None => self.insert(heap, key),
        }
    }

    /// `slot_for` for a key, neither nil nor NaN, that is known not to be in the table.
    #[inline]
    pub fn slot_for_new(&self, heap: &Heap, key: Value) -> Result<&Cell<Value>, TableError> {
        self.absent.set(0);
        self.insert(heap, key)
    }

    /// Stores a pair whose key, neither nil nor NaN, is known not to be in the table.
    #[inline]
    pub fn set_new(&self, heap: &Heap, key: Value, value: Value) -> Result<(), TableError> {
        // PERF: most tables that grow by a number are lists.
        if key.is_number() && self.append(heap, key, value)? {
            return Ok(());
        }
        self.store(self.slot_for_new(heap, key)?, value);
        self.barrier(heap, value);
        Ok(())
    }

    /// `slot_for`, then the store and its barrier.
    pub fn set(&self, heap: &Heap, key: Value, value: Value) -> Result<(), TableError> {
        self.store(self.slot_for(heap, key)?, value);
        self.barrier(heap, value);
        Ok(())
    }

    pub fn set_str(&self, heap: &Heap, key: Gc<Str>, value: Value) -> Result<(), TableError> {
        self.set(heap, Value::string(key), value)
    }

    pub fn set_int(&self, heap: &Heap, key: i32, value: Value) -> Result<(), TableError> {
        let slot = match self.find_int(key) {
            Some(slot) => slot,
            None => self.insert(heap, Value::number(key as f64))?,
        };
        if self.needs_care() {
            return self.store_with_care(heap, slot, value);
        }
        self.store(slot, value);
        Ok(())
    }

    /// Whether the store alone is not enough: a barrier may be due, or the table is read-only or watched.
    #[inline(always)]
    pub fn needs_care(&self) -> bool {
        self.header.mark.get() & (mark::BLACK | mark::READ_ONLY | mark::WATCHED) != 0
    }

    /// Whether `value` can be put in a slot of this table by the store alone.
    #[inline(always)]
    pub fn takes_plainly(&self, value: Value) -> bool {
        // SAFETY: a byte of the header. PERF: volatile, so that handlers keep no register for it until it is looked at again.
        let mark = || unsafe { self.header.mark.as_ptr().read_volatile() };
        !self.needs_care() || !value.is_barred() && mark() & (mark::READ_ONLY | mark::WATCHED) == 0
    }

    #[inline(never)]
    fn store_with_care(
        &self,
        heap: &Heap,
        slot: &Cell<Value>,
        value: Value,
    ) -> Result<(), TableError> {
        if self.is_read_only() {
            return Err(TableError::ReadOnly);
        }
        self.store(slot, value);
        self.barrier(heap, value);
        Ok(())
    }

    /// After storing `value` in a slot of this table.
    #[inline(always)]
    pub fn barrier(&self, heap: &Heap, value: Value) {
        if self.header.is_black() {
            self.barrier_slow(heap, value);
        }
    }

    #[cold]
    fn barrier_slow(&self, heap: &Heap, value: Value) {
        if let Some(child) = value.as_object()
            && child.is_white()
        {
            if self.array_len() + self.node_mask() as usize > RETRAVERSED {
                heap.barrier_forward(self.handle().header(), child);
            } else {
                heap.back_slow(self.handle().header());
            }
        }
    }

    /// Before values change places within this table by bare stores.
    #[inline]
    pub fn values_move(&self, heap: &Heap) {
        heap.entries_move(self.handle().header());
    }

    /// Gives a new key its node, growing the table when no node is free.
    #[inline]
    fn insert(&self, heap: &Heap, key: Value) -> Result<&Cell<Value>, TableError> {
        if self.header.mark.get() & (mark::READ_ONLY | mark::WATCHED) != 0 {
            if self.is_read_only() {
                return Err(TableError::ReadOnly);
            }
            self.will_change(heap);
        }
        if heap.addresses.are_hidden() && key.is_by_address() && !self.is_seeded() {
            self.seed(heap)?; // the order would show where the key lies
        }
        if !self.has_nodes() {
            return self.insert_after(heap, key, NoPlace::Full);
        }
        match self.insert_in_place(heap, key) {
            Ok(slot) => Ok(slot),
            Err(why) => self.insert_after(heap, key, why),
        }
    }

    /// `insert`, once the key has found no node.
    #[cold]
    #[inline(never)]
    pub(super) fn insert_after(&self, heap: &Heap, key: Value, why: NoPlace) -> Result<&Cell<Value>, TableError> {
        if self.is_veiled() {
            return self.insert_veiled(heap, key);
        }
        let in_array = match why {
            NoPlace::Full => match self.grow(heap, key)? {
                Grown::List(slot) => Some(slot),
                Grown::Record => None,
                Grown::Not => self.rehash_for(heap, key)?,
            },
            NoPlace::Crowded => {
                self.seed(heap)?;
                None
            }
        };
        if let Some(slot) = in_array {
            return Ok(slot);
        }
        match self.insert_in_place(heap, key) {
            Ok(slot) => Ok(slot),
            // Without a free node: the seeded table is as large as the old one was.
            Err(_) => match self.rehash_for(heap, key)? {
                Some(slot) => Ok(slot),
                None => self.insert_in_place(heap, key).map_err(|_| TableError::Overflow),
            },
        }
    }

    /// Gives a full table new sizes. Returns the slot of `key` if it belongs in the array part now.
    fn rehash_for(&self, heap: &Heap, key: Value) -> Result<Option<&Cell<Value>>, TableError> {
        self.rehash(heap, key)?;
        Ok(self.array_slot(key))
    }

    /// Places all keys anew by the secret hash.
    fn seed(&self, heap: &Heap) -> Result<(), TableError> {
        self.resize_as(heap, self.array_len(), self.node_count().max(1), SEEDED)
    }
}
