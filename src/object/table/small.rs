//! What the interpreter's handlers do by themselves, because they must not call: tables as most
//! constructors ask for, made of cells that are at hand, short lists that become longer, and new keys whose place is vacant.
//!
//! Each answers null or false where it takes more than that: then nothing was changed.
//!
//! Not here: all other ways (`insert`, `resize`).

use core::ptr::NonNull;

use crate::heap::{Heap, Kind};
use crate::object::Value;

use super::resize::ENTRIES_PER_UNIT;
use super::{EMPTY_NODE, Node, Table};

/// A list of more values grows by a worker.
const FEW_VALUES: usize = 8;

impl Table {
    /// An empty table without parts.
    #[inline(always)]
    pub fn empty_at_hand(heap: &Heap) -> *mut Table {
        let p = heap.object_cell(size_of::<Table>()).cast::<Table>();
        if !p.is_null() {
            // SAFETY: the cell that was shown, for a Table.
            unsafe {
                heap.take_object_cell(size_of::<Table>(), Kind::Table);
                Table::fill(p);
            }
        }
        p
    }

    /// A table with an array part of `len` nils, not 0.
    #[inline(always)]
    pub fn list_at_hand(heap: &Heap, len: usize) -> *mut Table {
        let slots = heap.array_cell(len * size_of::<Value>()).cast::<Value>();
        if slots.is_null() {
            return core::ptr::null_mut();
        }
        let p = Table::empty_at_hand(heap);
        if !p.is_null() {
            // SAFETY: the cell that was shown, for `len` values. PERF: volatile, so that no call of
            // memset is made of it.
            unsafe {
                heap.take_array_cell(len * size_of::<Value>());
                let mut i = 0;
                while i < len {
                    slots.add(i).write_volatile(Value::NIL);
                    i += 1;
                }
                (*p).array.set(slots);
                (*p).array_len.set(len as u32);
            }
        }
        p
    }

    /// A table with `count` empty nodes, a power of two.
    #[inline(always)]
    pub fn record_at_hand(heap: &Heap, count: usize) -> *mut Table {
        let nodes = heap.array_cell(count * size_of::<Node>()).cast::<Node>();
        if nodes.is_null() {
            return core::ptr::null_mut();
        }
        let p = Table::empty_at_hand(heap);
        if !p.is_null() {
            // SAFETY: the cell that was shown, for `count` nodes.
            unsafe {
                heap.take_array_cell(count * size_of::<Node>());
                let mut i = 0;
                while i < count {
                    nodes.add(i).write(EMPTY_NODE);
                    i += 1;
                }
                (*p).nodes.set(nodes);
                (*p).node_mask.set(count as u32 - 1);
                (*nodes).word = count as u32;
            }
        }
        p
    }

    /// Stores a pair whose key, a short string with this hash, is known not to be in this table, which has no
    /// seed, if `main`, the key's main position, is vacant, and the store alone is enough.
    #[inline(always)]
    pub fn store_in_vacant(&self, main: *mut Node, key: Value, hash: u32, value: Value) -> bool {
        // SAFETY: a node of this table; the shared one is never written.
        unsafe {
            if !(*main).value.is_nil() || self.may_be_elsewhere(main) || !self.has_nodes() || self.needs_care() {
                return false;
            }
            self.give_name(main, key, hash);
            (*main).value = value;
        }
        self.absent.set(0);
        true
    }

    /// `store_in_vacant` of a number.
    #[inline(always)]
    pub fn store_number_in_vacant(&self, main: *mut Node, key: Value, value: Value) -> bool {
        // SAFETY: as there.
        unsafe {
            if !(*main).value.is_nil() || self.may_be_elsewhere(main) || !self.has_nodes() || self.needs_care() {
                return false;
            }
            (*main).key = key;
            (*main).value = value;
        }
        self.absent.set(0);
        true
    }

    /// Stores a pair behind the last one of a list of a few values, or of none, that is full, in a longer array part.
    #[inline(always)]
    pub fn append_at_hand(&self, heap: &Heap, key: Value, value: Value) -> bool {
        let old = self.array_len();
        if self.has_nodes()
            || old > FEW_VALUES
            || self.border() != old
            || key.as_f64() != (old + 1) as f64
            || value.is_nil()
            || self.needs_care()
            || !heap.may_move_freely(self.handle().header())
        {
            return false;
        }
        let new = (old + 1).next_power_of_two();
        let slots = heap.array_cell(new * size_of::<Value>()).cast::<Value>();
        if slots.is_null() {
            return false;
        }
        // SAFETY: the cell that was shown, for `new` values, more than `old`, and another than the old array part, which is given
        // back with its count (ALLOC). PERF: volatile, so that no calls are made of the loops.
        unsafe {
            heap.take_array_cell(new * size_of::<Value>());
            for i in 0..old {
                slots.add(i).write_volatile(*self.array.get().add(i));
            }
            slots.add(old).write(value);
            for i in old + 1..new {
                slots.add(i).write_volatile(Value::NIL);
            }
            if old > 0 {
                heap.free_array(NonNull::new_unchecked(self.array.get()), old);
            }
        }
        if old >= ENTRIES_PER_UNIT {
            heap.spend(old / ENTRIES_PER_UNIT);
        }
        self.array.set(slots);
        self.array_len.set(new as u32);
        self.border.set(old as u32 + 1);
        true
    }

    /// Stores the first pair of a table without parts, whose key is a short string, in a node of its own.
    #[inline(always)]
    pub fn store_first(&self, heap: &Heap, key: Value, value: Value) -> bool {
        if self.has_nodes() || self.array_len() > 0 || self.needs_care() {
            return false;
        }
        let node = heap.array_cell(size_of::<Node>()).cast::<Node>();
        if node.is_null() {
            return false;
        }
        // SAFETY: the cell that was shown, for one node.
        unsafe {
            heap.take_array_cell(size_of::<Node>());
            node.write(Node { value, key, next: 0, word: 1 });
        }
        self.nodes.set(node);
        self.absent.set(0);
        true
    }
}
