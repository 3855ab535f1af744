//! Veiled tables: weak ones with entries of the dead, which the collector has yet to clear and nobody may see.
//!
//! When marking ends, a table that has much to lose is veiled: its parts are put aside, and in their place is a
//! single node, in use, whose key no value equals. So it looks like a full, seeded table without array part. Whoever
//! looks for a key finds none, but must ask further, as in any seeded table; a new key finds no place. So all ways end
//! in a few functions (`find_in_chain`, `insert_after`, `next_from`, `length`, `resize`), which ask for a veil. Those
//! work on the parts themselves, and clear the dead that they meet. No other access to any table takes longer for that.
//! The collector clears the rest between its steps and lifts the veil, before it sweeps: until then what
//! the dead were is still there.
//!
//! Whether an entry has been cleared already cannot be told: it is, as soon as somebody looks.
//!
//! Invariants: VEIL: the first node of a table bears the key `Value::VEIL` exactly if that node is a `Veil`'s, which is
//! the table's own. It is marked NOTED, and the heap is at the beginning of a sweep. No slot of the parts
//! behind it holds a finalized userdata that should be gone.
//! Not here: which tables are veiled, and the clearing in slices (`gc::weak`).

use core::cell::Cell;
use core::ptr::{self, NonNull};

use crate::heap::{Heap, mark};
use crate::object::Value;

use super::place::NoPlace;
use super::{EMPTY_NODE, InvalidKey, Node, SEEDED, Table, TableError};

#[repr(C)]
struct Veil {
    /// The only node that is to be seen.
    node: Node,
    parts: Parts,
    /// The white of the dead.
    dead: u8,
}

#[derive(Clone, Copy)]
struct Parts {
    node_mask: u32,
    array_len: u32,
    border: u32,
    array: *mut Value,
    nodes: *mut Node,
}

const CURTAIN: Node = Node { value: Value::FALSE, key: Value::VEIL, word: SEEDED, ..EMPTY_NODE };

impl Table {
    #[inline(always)]
    pub fn is_veiled(&self) -> bool {
        self.header.mark.get() & mark::NOTED != 0 && self.node(0).key.bits() == Value::VEIL.bits()
    }

    /// Veils a table of which notes are kept; `dead` is the white of what is dead. False: there is no memory.
    pub fn veil(&self, heap: &Heap, dead: u8) -> bool {
        debug_assert!(!self.is_veiled() && self.header.mark.get() & mark::NOTED != 0);
        let Ok(place) = heap.host_alloc(size_of::<Veil>()) else { return false };
        let veil = place.cast::<Veil>().as_ptr();
        // SAFETY: fresh memory of the right size.
        unsafe { veil.write(Veil { node: CURTAIN, parts: self.parts(), dead }) };
        self.lower(veil);
        true
    }

    /// Takes the veil away from a table that has lost what it was to lose, or that is closed.
    pub fn unveil(&self, heap: &Heap) {
        let veil = self.lift();
        self.header.clear_bits(mark::NOTED);
        // SAFETY: ALLOC: what `veil` asked for; VEIL: nobody else refers to it.
        unsafe { heap.host_free(NonNull::new_unchecked(veil.cast()), size_of::<Veil>()) };
    }

    /// If this table is veiled, clears all entries of the dead at once, and takes the veil away.
    #[inline]
    pub fn settle(&self, heap: &Heap) {
        if self.is_veiled() {
            self.clear_and_unveil(heap);
        }
    }

    #[cold]
    fn clear_and_unveil(&self, heap: &Heap) {
        self.behind_veil(|dead| {
            for at in 0..self.array_len() + self.node_count() {
                self.clear_dead(at, dead);
            }
        });
        self.unveil(heap);
    }

    /// Has `f`, which is given the white of the dead, see the parts of a veiled table. It does not collect.
    pub fn behind_veil<R>(&self, f: impl FnOnce(u8) -> R) -> R {
        let veil = self.lift();
        // SAFETY: VEIL.
        let result = f(unsafe { (*veil).dead });
        self.lower(veil);
        result
    }

    fn lift(&self) -> *mut Veil {
        debug_assert!(self.is_veiled());
        let veil: *mut Veil = self.nodes.get().cast();
        // SAFETY: VEIL: a veil begins with its node.
        self.set_parts(unsafe { (*veil).parts });
        veil
    }

    fn lower(&self, veil: *mut Veil) {
        // SAFETY: the caller's veil is alive, and this table's.
        unsafe { (*veil).parts = self.parts() };
        self.set_parts(Parts {
            node_mask: 0,
            array_len: 0,
            border: 0,
            array: ptr::dangling_mut(),
            nodes: veil.cast(),
        });
    }

    fn parts(&self) -> Parts {
        Parts {
            node_mask: self.node_mask.get(),
            array_len: self.array_len.get(),
            border: self.border.get(),
            array: self.array.get(),
            nodes: self.nodes.get(),
        }
    }

    fn set_parts(&self, parts: Parts) {
        self.node_mask.set(parts.node_mask);
        self.array_len.set(parts.array_len);
        self.border.set(parts.border);
        self.array.set(parts.array);
        self.nodes.set(parts.nodes);
    }

    /// Clears the entry at a place, the array part's first, if a member of it is of the white of the dead. Says so.
    pub fn clear_dead(&self, at: usize, dead: u8) -> bool {
        let is_dead = |v: Value| v.as_object().is_some_and(|object| object.mark.get() & dead != 0 && !object.is_fixed());
        let goes = match self.array_slots().get(at) {
            Some(slot) => is_dead(slot.get()),
            None => {
                let (key, value) = self.entry(at);
                !value.is_nil() && (is_dead(key) || is_dead(value))
            }
        };
        if goes {
            self.drop_entry(at);
        }
        goes
    }

    /// What the collector does with an entry of a weak table that goes.
    pub fn drop_entry(&self, at: usize) {
        match self.array_slots().get(at) {
            Some(slot) => {
                slot.set(Value::NIL);
                self.forget_border();
            }
            None => {
                // SAFETY: a node of this table, not the shared one; nobody else looks at it now (ALIAS).
                let node = unsafe { &mut *self.node_mut((at - self.array_len()) as u32) };
                node.value = Value::NIL;
                self.forget_key(node);
            }
        }
    }

    /// The place of a slot of this table.
    fn place_of_slot(&self, slot: &Cell<Value>) -> usize {
        let distance = (slot.as_ptr() as usize).wrapping_sub(self.array.get() as usize);
        let at = distance / size_of::<Value>();
        if at < self.array_len() {
            return at;
        }
        // A node begins with its value.
        self.array_len() + self.index_of(slot.as_ptr().cast())
    }

    /// Clears what is found at `slot`, if it is dead.
    fn clear_dead_slot(&self, slot: &Cell<Value>, dead: u8) -> bool {
        self.clear_dead(self.place_of_slot(slot), dead)
    }

    /// `find` in a veiled table.
    #[cold]
    #[inline(never)]
    pub(super) fn find_veiled(&self, key: Value) -> Option<&Cell<Value>> {
        self.behind_veil(|dead| {
            let slot = self.find(key)?;
            if self.place_of_slot(slot) < self.array_len() {
                self.forget_border(); // a store through the slot will not see to it
            }
            // Without an entry, a key that is an object is not found any more.
            if self.clear_dead_slot(slot, dead) { self.find(key) } else { Some(slot) }
        })
    }

    /// `insert` in a veiled table. If its nodes move it is cleared first, which takes no longer than that.
    #[cold]
    #[inline(never)]
    pub(super) fn insert_veiled(&self, heap: &Heap, key: Value) -> Result<&Cell<Value>, TableError> {
        let slot = self.behind_veil(|dead| {
            if heap.addresses.are_hidden() && key.is_by_address() && !self.is_seeded() {
                return Err(NoPlace::Crowded); // is seeded, as by `insert`: the order would show where the key lies
            }
            if !self.has_nodes() {
                return Err(NoPlace::Full);
            }
            self.clear_dead(self.array_len() + self.place_of(key) as usize, dead);
            self.insert_in_place(heap, key)
        });
        match slot {
            Ok(slot) => Ok(slot),
            Err(why) => {
                self.clear_and_unveil(heap);
                self.insert_after(heap, key, why)
            }
        }
    }

    // `next_from` in a veiled table. PERF: by functions whose results fit in registers, or the interpreter's handlers,
    // which it is a part of, would need stack for them.

    #[inline(always)]
    pub(super) fn next_veiled(&self, key: Value) -> Result<Option<(Value, Value, u32)>, InvalidKey> {
        let at = self.place_veiled(key)?;
        Ok(if at < self.places_veiled() { Some((self.key_veiled(at), self.value_veiled(at), at as u32)) } else { None })
    }

    /// The place of the pair after a key's, `places` if there is none.
    #[cold]
    #[inline(never)]
    fn place_veiled(&self, key: Value) -> Result<usize, InvalidKey> {
        self.behind_veil(|dead| {
            let begin = if key.is_nil() { 0 } else { self.position_of(key)? + 1 };
            let end = self.array_len() + self.node_count();
            let is_entry = |&at: &usize| !self.clear_dead(at, dead) && !self.entry(at).1.is_nil();
            Ok((begin..end).find(is_entry).unwrap_or(self.places()))
        })
    }

    #[cold]
    #[inline(never)]
    fn key_veiled(&self, at: usize) -> Value {
        self.behind_veil(|_| self.entry(at).0)
    }

    #[cold]
    #[inline(never)]
    fn value_veiled(&self, at: usize) -> Value {
        self.behind_veil(|_| self.entry(at).1)
    }

    #[cold]
    #[inline(never)]
    pub(super) fn places_veiled(&self) -> usize {
        self.behind_veil(|_| self.places())
    }

    /// Key and value at a place.
    fn entry(&self, at: usize) -> (Value, Value) {
        match self.array_slots().get(at) {
            Some(slot) => (Value::number((at + 1) as f64), slot.get()),
            None => {
                let Node { key, value, .. } = *self.node((at - self.array_len()) as u32);
                (key, value)
            }
        }
    }

    /// `length` of a veiled table.
    #[cold]
    #[inline(never)]
    pub(super) fn length_veiled(&self, heap: &Heap) -> usize {
        self.behind_veil(|dead| {
            self.search_border(heap, |i| match self.find_int(i as i32) {
                Some(slot) => slot.get().is_nil() || self.clear_dead_slot(slot, dead),
                None => true,
            })
        })
    }
}
