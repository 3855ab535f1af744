//! How most tables grow: lists at their end, records by a name more.
//!
//! PERF: `resize` counts every key of a full table by slices, and can put any into the other part. What
//! comes of that is known beforehand for a list without holes (the next power of two) and for names beside
//! such a list or none, if no numbers are among them that could be indices (nodes for all; when the list grows, as many as before, with
//! every key put back). Such tables grow here, by the same sizes.
//!
//! Not here: all others (`resize`).

use core::cell::Cell;
use core::ptr::NonNull;

use crate::heap::{Heap, OutOfMemory};
use crate::object::Value;

use super::resize::{ENTRIES_PER_UNIT, NodePart, could_be_index};
use super::{EMPTY_NODE, MAX_ARRAY, Node, Table, TableError};

/// Nodes that a record doubles without ado.
const FEW: usize = 8;

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
    /// Makes room for a new key in a full table, if that is a list the key is next of, or a record, which may have
    /// a list beside its names.
    #[inline(always)]
    pub(super) fn grow(&self, heap: &Heap, key: Value) -> Result<Grown<'_>, TableError> {
        if !self.has_nodes() && self.is_next(key) {
            return if self.is_full() { self.grow_list(heap) } else { Ok(Grown::Not) };
        }
        if could_be_index(key) || self.is_seeded() || self.border() != self.array_len() {
            return Ok(Grown::Not);
        }
        // With all of its slots in use the array part keeps them, up to a power of two.
        let list = self.array_len();
        let whole = list == 0 || list.is_power_of_two();
        if whole && self.has_few_fields() {
            self.double(heap)?;
            return Ok(Grown::Record);
        }
        let Some(used) = self.named_entries() else { return Ok(Grown::Not) };
        if !whole {
            self.resize(heap, list.next_power_of_two(), used + 1)?;
            return Ok(Grown::Record);
        }
        self.resize_nodes(heap, used + 1)?;
        Ok(Grown::Record)
    }

    /// Stores a pair behind the last one of a full list that has no nodes or a few that are all in use, and needs no barrier.
    /// False: the table is no such list, or the key another; nothing was changed.
    #[inline(always)]
    pub fn append(&self, heap: &Heap, key: Value, value: Value) -> Result<bool, TableError> {
        if self.needs_care() || !self.is_next(key) || self.has_nodes() && !self.has_few_fields() || !self.is_full() {
            return Ok(false);
        }
        let Grown::List(slot) = self.grow_list(heap)? else { return Ok(false) };
        self.store(slot, value);
        if self.array_len() == 1 && !value.is_nil() {
            self.border.set(1);
        }
        if self.has_nodes() {
            self.put_fields_back(heap);
        }
        Ok(true)
    }

    /// `append` of a list without nodes, for machine code. False, too, if there is no memory, or a step of the collector is due: then
    /// nothing was changed. (The handler takes that step. Without it lists that grow would be all that a loop allocates, and nothing freed.)
    pub extern "C" fn append_by_code(&self, heap: &Heap, key: Value, value: Value) -> bool {
        !self.has_nodes() && !heap.step_due() && matches!(self.append(heap, key, value), Ok(true))
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

    /// Whether this is a record, not seeded, of a few fields, which are short names or numbers that could not be indices, every node of
    /// it in use.
    #[inline(always)]
    fn has_few_fields(&self) -> bool {
        self.has_nodes()
            && (self.node_mask.get() as usize) < FEW
            && !self.needs_care()
            && !self.is_seeded()
            && (0..=self.node_mask.get()).all(|at| {
                let Node { key, value, .. } = *self.node(at);
                let is_field = match key.as_string() {
                    Some(name) => name.is_short(),
                    None => key.is_number() && !could_be_index(key),
                };
                is_field && !value.is_nil()
            })
    }

    /// `resize_nodes` to twice the nodes of such a record, which is not black, nor seeded: what most
    /// objects do as their constructors fill them.
    #[inline(always)]
    fn double(&self, heap: &Heap) -> Result<(), TableError> {
        let old = NodePart { nodes: self.nodes.get(), count: self.node_count() };
        let new = NodePart::allocate(heap, 2 * old.count)?;
        self.values_move(heap);
        self.replace_nodes(&new, 0);
        // SAFETY: the old nodes, which nobody changes meanwhile (ALIAS).
        self.put_fields(heap, unsafe { core::slice::from_raw_parts(old.nodes, old.count) });
        old.free(heap);
        Ok(())
    }

    /// Puts every field of such a record back in its place, as a rehash does that leaves the hash part its size.
    fn put_fields_back(&self, heap: &Heap) {
        let part = NodePart { nodes: self.nodes.get(), count: self.node_count() };
        self.values_move(heap);
        if part.count > 1 {
            let mut fields = [EMPTY_NODE; FEW];
            let fields = &mut fields[..part.count];
            // SAFETY: ALIAS: the nodes of this table, which nobody changes meanwhile.
            fields.copy_from_slice(unsafe { core::slice::from_raw_parts(part.nodes, part.count) });
            part.clear();
            self.replace_nodes(&part, 0);
            self.put_fields(heap, fields);
        } else {
            self.replace_nodes(&part, 0);
        }
    }

    /// Fills an empty hash part that has room with such fields, the last first.
    #[inline(always)]
    fn put_fields(&self, heap: &Heap, fields: &[Node]) {
        for &Node { key, value, .. } in fields.iter().rev() {
            let name = key.as_string();
            let hash = name.map_or(0, |name| name.known_hash());
            let main = if name.is_some() { self.main_node(hash) } else { self.node_mut(self.main_position_of(key.as_f64())) };
            // SAFETY: a node of this table.
            unsafe {
                let node = match (*main).value.is_nil() {
                    true => main,
                    // No chain of so few is too long, and a node is free for each.
                    false => self.vacate(heap, main).unwrap_or(main),
                };
                (*node).value = value;
                if name.is_some() {
                    self.give_name(node, key, hash);
                } else {
                    (*node).key = key;
                }
            }
        }
    }

    /// How many nodes have a value; None: numbers are among their keys that could be indices.
    #[inline(always)]
    fn named_entries(&self) -> Option<usize> {
        let mut used = 0;
        for at in 0..=self.node_mask.get() {
            let node = self.node(at);
            if !node.value.is_nil() {
                if could_be_index(node.key) {
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
