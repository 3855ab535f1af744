//! Writing: a slot for a key, and a node for a new one, by Brent's variation.
//!
//! Not here: what happens when no node is free (`resize`).

use core::cell::Cell;

use crate::heap::{Gc, Heap, mark};
use crate::object::{Str, Value};

use super::grow::Grown;
use super::{SEEDED, Table, TableError, value_cell};

/// The most nodes of a chain in a table that is not seeded.
const MAX_CHAIN: u32 = 128;

/// Nodes that are looked at together for a free one.
const FREE_AT_ONCE: u32 = 4;

/// A table with more entries is not traversed again in the atomic step for a store in it: what is
/// stored is marked instead.
const RETRAVERSED: usize = 128;

/// Why a key finds no node.
#[derive(Debug)]
pub(super) enum NoPlace {
    Full,
    /// The chain is too long: the table must be seeded.
    Crowded,
}

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
    fn insert_after(&self, heap: &Heap, key: Value, why: NoPlace) -> Result<&Cell<Value>, TableError> {
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

    /// Brent's variation: a stranger in the new key's main position moves to a free node; a rightful
    /// owner stays, and the new key takes the free node.
    #[inline(always)]
    pub(super) fn insert_in_place(&self, heap: &Heap, key: Value) -> Result<&Cell<Value>, NoPlace> {
        let main = self.place_of(key);
        let vacant = self.node(main).value.is_nil() && self.has_nodes();
        let place = if vacant { main } else { self.vacate(heap, main)? };
        // SAFETY: place is a node of ours.
        unsafe { (*self.node_mut(place)).key = key };
        self.barrier(heap, key);
        Ok(value_cell(self.node(place)))
    }

    /// The node for a key whose main position is taken.
    #[inline(never)]
    pub(super) fn vacate(&self, heap: &Heap, main: u32) -> Result<u32, NoPlace> {
        let free = self.take_free().ok_or(NoPlace::Full)?;
        let owner_home = self.place_of(self.node(main).key);
        if owner_home == main && self.is_crowded(main) {
            return Err(NoPlace::Crowded);
        }
        // SAFETY: all indices are within the nodes, which nobody else refers to now (ALIAS).
        unsafe {
            if owner_home != main {
                self.relocate(owner_home, main, free);
                // A slice-wise traversal may have passed the free node, but not the old one.
                self.barrier(heap, self.node(free).key);
                self.barrier(heap, self.node(free).value);
                return Ok(main);
            }
            let rest = (*self.node_mut(main)).next;
            (*self.node_mut(free)).next =
                if rest == 0 { 0 } else { distance(free, main.wrapping_add_signed(rest)) };
            (*self.node_mut(main)).next = distance(main, free);
        }
        Ok(free)
    }

    /// Whether the chain that begins at `main` is too long for chance.
    fn is_crowded(&self, main: u32) -> bool {
        let mut at = main;
        for _ in 0..MAX_CHAIN {
            let next = self.node(at).next;
            if next == 0 {
                return false;
            }
            at = at.wrapping_add_signed(next);
        }
        !self.is_seeded()
    }

    /// Moves the node at `from`, part of the chain that begins at `home`, to the node `to`.
    ///
    /// # Safety
    /// The three are nodes of this table; `from` is in `home`'s chain and not its first node.
    unsafe fn relocate(&self, home: u32, from: u32, to: u32) {
        let mut before = home;
        loop {
            let next = before.wrapping_add_signed(self.node(before).next);
            if next == from {
                break;
            }
            before = next;
        }
        // SAFETY: the caller's indices; `before` was reached by the chain.
        unsafe {
            (*self.node_mut(before)).next = distance(before, to);
            let mut moved = *self.node_mut(from);
            moved.last_free = (*self.node_mut(to)).last_free;
            if moved.next != 0 {
                moved.next = distance(to, from.wrapping_add_signed(moved.next));
            }
            *self.node_mut(to) = moved;
            (*self.node_mut(from)).next = 0;
            (*self.node_mut(from)).value = Value::NIL;
        }
    }

    #[inline(always)]
    fn take_free(&self) -> Option<u32> {
        let seeded = self.last_free() & SEEDED;
        let mut at = self.last_free() & !SEEDED;
        if at == 0 {
            return None;
        }
        // PERF: four nodes at a time, for how far the next free one is cannot be foretold.
        while at >= FREE_AT_ONCE {
            let mut free = 0;
            for i in 1..=FREE_AT_ONCE {
                free |= (self.node(at - i).key.is_nil() as u32) << (i - 1);
            }
            if free != 0 {
                at -= 1 + free.trailing_zeros();
                self.set_last_free(at | seeded);
                return Some(at);
            }
            at -= FREE_AT_ONCE;
        }
        while at > 0 {
            at -= 1;
            if self.node(at).key.is_nil() {
                self.set_last_free(at | seeded);
                return Some(at);
            }
        }
        self.set_last_free(seeded);
        None
    }
}

fn distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from) as i32
}
