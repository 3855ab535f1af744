//! Tables: an array part and a hash part, with exactly the reference's placement.
//!
//! Which key sits in which node, when a table grows and to what sizes, and what `#` finds in a
//! table with holes: scripts see all of that through `pairs`, `next` and `#`, and rely on it. So
//! this file follows the reference's rules (chained scatter with Brent's variation, free nodes
//! taken from the end, sizes by counting integer keys in slices of powers of two).
//!
//! ```text
//!   array: [v1 v2 … vn]         keys 1..=array_len
//!   nodes: [val key next] × (node_mask + 1), a power of two; an empty part is one shared nil node
//! ```
//!
//! Keys made to collide would make chains as long as the table. So a chain has a limit, beyond what
//! programs meet by chance: there the table is *seeded*, its keys placed anew by a hash that no script
//! can foresee, for good. The order of such a table is nobody's.
//!
//! Invariants: a chain begins at a key's main position and every node of it is reachable from
//! there by `next`; every node at or above `last_free` has, or had, a key.
//! Not here: metamethods (`vm::meta`), the barrier's other half (`gc`).

use core::cell::Cell;
use core::ptr::{self, NonNull};

use crate::heap::{Gc, GcHeader, Heap, HeapObject, Kind, OutOfMemory};
use crate::object::{Str, Value, seeded};

/// The largest array part, and the most nodes, by power of two.
const MAX_BITS: u32 = 26;
const MAX_ARRAY: usize = 1 << MAX_BITS;
/// The most nodes of a chain in a table that is not seeded.
const MAX_CHAIN: u32 = 128;
/// In `last_free`: the table is seeded.
const SEEDED: u32 = 1 << 31;
/// A table with more entries than this is traversed in slices.
pub const BIG_TABLE: usize = 1 << 16;

#[repr(C)]
pub struct Table {
    header: GcHeader,
    /// Bit e: this table, as a metatable, is known to lack event e (`Event` below 16).
    pub absent: Cell<u16>,
    node_mask: Cell<u32>,
    array_len: Cell<u32>,
    /// The bit `SEEDED`, and below it: no node from here on is free.
    last_free: Cell<u32>,
    pub metatable: Cell<Option<Gc<Table>>>,
    array: Cell<*mut Value>,
    nodes: Cell<*mut Node>,
}

// SAFETY: repr(C), begins with its header, allocated as Kind::Table only.
unsafe impl HeapObject for Table {
    const KIND: Kind = Kind::Table;
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Node {
    pub value: Value,
    pub key: Value,
    /// Distance in nodes to the chain's next node; 0 ends the chain.
    next: i32,
}

const EMPTY_NODE: Node = Node { value: Value::NIL, key: Value::NIL, next: 0 };

struct Shared(Node);
// SAFETY: the node is never written (every store checks for it first), so sharing it is sound.
unsafe impl Sync for Shared {}
static NO_NODES: Shared = Shared(EMPTY_NODE);

/// Why a key could not be given a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableError {
    Memory,
    /// More than 2^26 nodes wanted.
    Overflow,
    NilKey,
    NanKey,
}

impl From<OutOfMemory> for TableError {
    fn from(_: OutOfMemory) -> TableError {
        TableError::Memory
    }
}

/// A key is not in the table that `next` was asked about.
#[derive(Clone, Copy, Debug)]
pub struct InvalidKey;

impl Table {
    pub fn new(heap: &Heap) -> Result<Gc<Table>, OutOfMemory> {
        let p = heap.alloc_object(size_of::<Table>(), Kind::Table)?.cast::<Table>().as_ptr();
        // SAFETY: a fresh cell of the right size; the header is kept, all else written.
        unsafe {
            let header = p.cast::<GcHeader>().read();
            p.write(Table {
                header,
                absent: Cell::new(u16::MAX),
                node_mask: Cell::new(0),
                array_len: Cell::new(0),
                last_free: Cell::new(0),
                metatable: Cell::new(None),
                array: Cell::new(NonNull::dangling().as_ptr()),
                nodes: Cell::new(no_nodes()),
            });
            Ok(Gc::from_ptr(p))
        }
    }

    pub fn with_capacity(heap: &Heap, array: usize, hash: usize) -> Result<Gc<Table>, TableError> {
        let t = Table::new(heap)?;
        if array > 0 {
            if array > i32::MAX as usize {
                return Err(TableError::Overflow);
            }
            let slots = heap.alloc_array::<Value>(array)?.as_ptr();
            for i in 0..array {
                // SAFETY: i is below the new array's count.
                unsafe { slots.add(i).write(Value::NIL) };
            }
            t.array.set(slots);
            t.array_len.set(array as u32);
        }
        if hash > 0 {
            let part = NodePart::allocate(heap, hash)?;
            t.replace_nodes(&part);
        }
        Ok(t)
    }

    #[inline(always)]
    pub fn array_len(&self) -> usize {
        self.array_len.get() as usize
    }

    /// The array part's first slot; valid for `array_len` slots until the next resize.
    #[inline(always)]
    pub fn array_ptr(&self) -> *mut Value {
        self.array.get()
    }

    #[inline(always)]
    pub fn node_mask(&self) -> u32 {
        self.node_mask.get()
    }

    /// The hash part's first node; valid for `node_mask + 1` nodes until the next resize. When
    /// `has_nodes` is false it must not be written.
    #[inline(always)]
    pub fn node_ptr(&self) -> *mut Node {
        self.nodes.get()
    }

    #[inline(always)]
    pub fn has_nodes(&self) -> bool {
        !ptr::eq(self.nodes.get(), no_nodes())
    }

    pub fn node_count(&self) -> usize {
        if self.has_nodes() { self.node_mask.get() as usize + 1 } else { 0 }
    }

    pub fn array_slots(&self) -> &[Cell<Value>] {
        // SAFETY: the array part has array_len initialised slots; Cell<Value> is laid out as Value.
        unsafe { core::slice::from_raw_parts(self.array.get().cast(), self.array_len()) }
    }

    /// What the object itself and both its parts take.
    pub fn object_size(&self) -> usize {
        size_of::<Table>()
            + self.array_len() * size_of::<Value>()
            + self.node_count() * size_of::<Node>()
    }

    // Reading -----------------------------------------------------------------------------------

    pub fn get(&self, key: Value) -> Value {
        self.find(key).map_or(Value::NIL, |slot| slot.get())
    }

    #[inline]
    pub fn get_str(&self, key: Gc<Str>) -> Value {
        self.find_str(key).map_or(Value::NIL, |slot| slot.get())
    }

    #[inline]
    pub fn get_int(&self, key: i32) -> Value {
        self.find_int(key).map_or(Value::NIL, |slot| slot.get())
    }

    /// The slot of a key that is (or was) in the table; its value may be nil.
    pub fn find(&self, key: Value) -> Option<&Cell<Value>> {
        if let Some(n) = key.as_number() {
            let k = n as i32;
            return if k as f64 == n { self.find_int(k) } else { self.find_number(n) };
        }
        if let Some(s) = key.as_string() {
            return self.find_str(s);
        }
        if key.is_nil() {
            return None;
        }
        self.find_in_chain(key)
    }

    #[inline(always)]
    pub fn find_int(&self, key: i32) -> Option<&Cell<Value>> {
        let index = (key as u32).wrapping_sub(1);
        if index < self.array_len.get() {
            // SAFETY: index < array_len.
            return Some(unsafe { &*self.array.get().add(index as usize).cast() });
        }
        if self.has_nodes() { self.find_number(key as f64) } else { None }
    }

    #[inline]
    pub fn find_str(&self, key: Gc<Str>) -> Option<&Cell<Value>> {
        if !key.is_short() {
            return self.find_in_chain(Value::string(key));
        }
        let wanted = Value::string(key).bits();
        let mut at = key.hash() & self.node_mask.get();
        loop {
            let node = self.node(at);
            if node.key.bits() == wanted {
                return Some(value_cell(node));
            }
            if node.next == 0 {
                return if self.is_seeded() { self.find_in_chain(Value::string(key)) } else { None };
            }
            at = at.wrapping_add_signed(node.next);
        }
    }

    /// `find_str` for a short string whose hash is at hand: what the interpreter's fast paths use.
    #[inline(always)]
    pub fn find_short(&self, key: Value, hash: u32) -> Option<&Cell<Value>> {
        let mut at = hash & self.node_mask.get();
        loop {
            let node = self.node(at);
            if node.key.bits() == key.bits() {
                return Some(value_cell(node));
            }
            if node.next == 0 {
                return if self.is_seeded() { self.find_in_chain(key) } else { None };
            }
            at = at.wrapping_add_signed(node.next);
        }
    }

    /// `find_short` that looks in the key's main position only, where most keys are.
    #[inline(always)]
    pub fn probe_short(&self, key: Value, hash: u32) -> Option<&Cell<Value>> {
        let node = self.node(hash & self.node_mask.get());
        if node.key.bits() == key.bits() { Some(value_cell(node)) } else { None }
    }

    /// The slot of a number that is not in the array part. PERF: but for the two zeros, numbers are
    /// equal when their words are.
    #[inline]
    fn find_number(&self, n: f64) -> Option<&Cell<Value>> {
        if n == 0.0 {
            return self.find_in_chain(Value::number(n));
        }
        let bits = n.to_bits();
        let mut at = self.main_position_of(n);
        loop {
            let node = self.node(at);
            if node.key.bits() == bits {
                return Some(value_cell(node));
            }
            if node.next == 0 {
                return None;
            }
            at = at.wrapping_add_signed(node.next);
        }
    }

    fn find_in_chain(&self, key: Value) -> Option<&Cell<Value>> {
        let mut at = self.main_position(key);
        loop {
            let node = self.node(at);
            if node.key.raw_equals(key) {
                return Some(value_cell(node));
            }
            if node.next == 0 {
                return None;
            }
            at = at.wrapping_add_signed(node.next);
        }
    }

    /// The index of the node that holds a short string key: what an instruction's cache remembers.
    #[inline]
    pub fn node_index_of(&self, key: Gc<Str>) -> Option<u32> {
        let cell: *const Cell<Value> = self.find_str(key)?;
        // SAFETY: the cell is the `value` of one of our nodes, which is the node's first field.
        Some(unsafe { cell.cast::<Node>().offset_from(self.nodes.get()) } as u32)
    }

    #[inline(always)]
    fn node(&self, at: u32) -> &Node {
        debug_assert!(at <= self.node_mask.get());
        // SAFETY: at <= node_mask: masked, or reached by a chain's distances.
        unsafe { &*self.nodes.get().add(at as usize) }
    }

    fn node_mut(&self, at: u32) -> *mut Node {
        debug_assert!(self.has_nodes() && at <= self.node_mask.get());
        // SAFETY: at <= node_mask.
        unsafe { self.nodes.get().add(at as usize) }
    }

    #[inline(always)]
    fn main_position_of(&self, n: f64) -> u32 {
        if n == 0.0 {
            return 0;
        }
        let bits = n.to_bits();
        let sum = (bits as u32).wrapping_add((bits >> 32) as u32);
        sum % (self.node_mask.get() | 1)
    }

    /// COMPAT: where a key belongs. Strings and booleans by the low bits of their hash; numbers and
    /// addresses by remainder with an odd divisor, because their low bits say little.
    fn main_position(&self, key: Value) -> u32 {
        let mask = self.node_mask.get();
        if self.is_seeded() {
            return seeded::hash(key) & mask;
        }
        if let Some(n) = key.as_number() {
            return self.main_position_of(n);
        }
        if let Some(s) = key.as_string() {
            return s.hash() & mask;
        }
        if key.is_boolean() {
            return key.is_truthy() as u32 & mask;
        }
        key.address() as u32 % (mask | 1)
    }

    #[inline(always)]
    fn is_seeded(&self) -> bool {
        self.last_free.get() & SEEDED != 0
    }

    // Writing -----------------------------------------------------------------------------------

    /// The slot for a key, made if it is not there. The caller stores the value and then does the
    /// barrier for it; the key's barrier is done here.
    pub fn slot_for(&self, heap: &Heap, key: Value) -> Result<&Cell<Value>, TableError> {
        self.absent.set(0);
        match self.find(key) {
            Some(slot) => Ok(slot),
            None if key.is_nil() => Err(TableError::NilKey),
            None if key.as_number().is_some_and(f64::is_nan) => Err(TableError::NanKey),
            None => self.insert(heap, key),
        }
    }

    /// `slot_for`, then the store and its barrier.
    pub fn set(&self, heap: &Heap, key: Value, value: Value) -> Result<(), TableError> {
        self.slot_for(heap, key)?.set(value);
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
        slot.set(value);
        self.barrier(heap, value);
        Ok(())
    }

    /// Whether a store in this table must be followed by its barrier now.
    #[inline(always)]
    pub fn needs_barrier(&self) -> bool {
        self.header.is_black()
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
            if self.is_big() {
                heap.barrier_forward(self.handle().header(), child);
            } else {
                heap.back_slow(self.handle().header());
            }
        }
    }

    /// After values changed places within this table by bare stores.
    #[inline]
    pub fn values_moved(&self, heap: &Heap) {
        heap.entries_moved(self.handle().header());
    }

    /// Too big for the collector to traverse at once.
    #[inline]
    pub fn is_big(&self) -> bool {
        self.array_len() + self.node_mask.get() as usize > BIG_TABLE
    }

    fn handle(&self) -> Gc<Table> {
        // SAFETY: every Table lives in the heap, and we hold a reference to it.
        unsafe { Gc::from_ptr((self as *const Table).cast_mut()) }
    }

    /// Gives a new key its node, growing the table when no node is free.
    #[cold]
    #[inline(never)]
    fn insert(&self, heap: &Heap, key: Value) -> Result<&Cell<Value>, TableError> {
        match self.insert_in_place(heap, key) {
            Ok(slot) => return Ok(slot),
            Err(NoPlace::Full) => self.rehash(heap, key)?,
            Err(NoPlace::Crowded) => {
                self.last_free.set(self.last_free.get() | SEEDED);
                let placed = self.resize(heap, self.array_len(), self.node_count());
                if placed.is_err() {
                    // Every key still is where it was.
                    self.last_free.set(self.last_free.get() & !SEEDED);
                }
                placed?;
            }
        }
        match self.find(key) {
            Some(slot) => Ok(slot),
            None => match self.insert_in_place(heap, key) {
                Ok(slot) => Ok(slot),
                // Without a free node: the seeded table is as large as the old one was.
                Err(_) => {
                    self.rehash(heap, key)?;
                    match self.find(key) {
                        Some(slot) => Ok(slot),
                        None => self.insert_in_place(heap, key).map_err(|_| TableError::Overflow),
                    }
                }
            },
        }
    }

    /// Brent's variation: a stranger in the new key's main position moves to a free node; a rightful
    /// owner stays, and the new key takes the free node.
    fn insert_in_place(&self, heap: &Heap, key: Value) -> Result<&Cell<Value>, NoPlace> {
        let main = self.main_position(key);
        let mut place = main;
        if !self.node(main).value.is_nil() || !self.has_nodes() {
            let free = self.take_free().ok_or(NoPlace::Full)?;
            let owner_home = self.main_position(self.node(main).key);
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
                } else {
                    let rest = (*self.node_mut(main)).next;
                    (*self.node_mut(free)).next =
                        if rest == 0 { 0 } else { distance(free, main.wrapping_add_signed(rest)) };
                    (*self.node_mut(main)).next = distance(main, free);
                    place = free;
                }
            }
        }
        // SAFETY: place is a node of ours.
        unsafe { (*self.node_mut(place)).key = key };
        self.barrier(heap, key);
        Ok(value_cell(self.node(place)))
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
            if moved.next != 0 {
                moved.next = distance(to, from.wrapping_add_signed(moved.next));
            }
            *self.node_mut(to) = moved;
            (*self.node_mut(from)).next = 0;
            (*self.node_mut(from)).value = Value::NIL;
        }
    }

    fn take_free(&self) -> Option<u32> {
        let seeded = self.last_free.get() & SEEDED;
        let mut at = self.last_free.get() & !SEEDED;
        while at > 0 {
            at -= 1;
            if self.node(at).key.is_nil() {
                self.last_free.set(at | seeded);
                return Some(at);
            }
        }
        self.last_free.set(seeded);
        None
    }

    // Growing -----------------------------------------------------------------------------------

    /// COMPAT: new sizes for a full table that is to take `extra` too.
    fn rehash(&self, heap: &Heap, extra: Value) -> Result<(), TableError> {
        let mut slices = [0u32; MAX_BITS as usize + 1];
        let in_array = self.count_array(&mut slices);
        let (total, mut candidates) = self.count_nodes(&mut slices);
        candidates += in_array + count_candidate(extra, &mut slices);
        let (array_size, in_new_array) = best_array_size(&slices, candidates);
        let hash_size = in_array + total + 1 - in_new_array;
        self.resize(heap, array_size as usize, hash_size as usize)
    }

    /// Counts the array part's values by slices (2^(b-1), 2^b].
    fn count_array(&self, slices: &mut [u32]) -> u32 {
        let slots = self.array_slots();
        let mut total = 0;
        let mut begin = 0;
        for (bit, slice) in slices.iter_mut().enumerate() {
            let end = (1usize << bit).min(slots.len());
            if begin >= slots.len() {
                break;
            }
            let used = slots[begin..end].iter().filter(|v| !v.get().is_nil()).count() as u32;
            *slice += used;
            total += used;
            begin = end;
        }
        total
    }

    /// Values in the hash part, and how many of their keys could be array indices.
    fn count_nodes(&self, slices: &mut [u32]) -> (u32, u32) {
        let (mut total, mut candidates) = (0, 0);
        for at in 0..=self.node_mask.get() {
            let node = self.node(at);
            if !node.value.is_nil() {
                total += 1;
                candidates += count_candidate(node.key, slices);
            }
        }
        (total, candidates)
    }

    /// Gives the parts new sizes (`hash` is rounded up to a power of two) and puts every value back
    /// in its place. Everything that can fail is done first.
    pub fn resize(&self, heap: &Heap, array: usize, hash: usize) -> Result<(), TableError> {
        if array > i32::MAX as usize || hash > i32::MAX as usize {
            return Err(TableError::Overflow);
        }
        let new_nodes = NodePart::allocate(heap, hash)?;
        let new_array = match self.allocate_array(heap, array) {
            Ok(new_array) => new_array,
            Err(OutOfMemory) => {
                new_nodes.free(heap);
                return Err(TableError::Memory);
            }
        };
        self.values_moved(heap);
        let old_nodes = NodePart { nodes: self.nodes.get(), count: self.node_count() };
        let old_array = ArrayPart { slots: self.array.get(), len: self.array_len() };
        if let Some(new_array) = new_array {
            self.array.set(new_array);
            self.array_len.set(array as u32);
        }
        self.replace_nodes(&new_nodes);
        if self.put_all_back(heap, &old_array, &old_nodes).is_err() {
            // The keys collide in the new size: once more, seeded, which never is crowded.
            self.last_free.set(SEEDED);
            new_nodes.clear();
            self.replace_nodes(&new_nodes);
            let placed = self.put_all_back(heap, &old_array, &old_nodes);
            debug_assert!(placed.is_ok(), "a resize made room for every value");
        }
        old_nodes.free(heap);
        if old_array.len > array {
            // SAFETY: ALLOC: the old part with its count, which is not 0.
            unsafe { heap.free_array(NonNull::new_unchecked(old_array.slots), old_array.len) };
        }
        Ok(())
    }

    fn replace_nodes(&self, part: &NodePart) {
        self.nodes.set(part.nodes);
        self.node_mask.set(part.count.max(1) as u32 - 1);
        self.last_free.set(part.count as u32 | self.last_free.get() & SEEDED);
    }

    /// Puts the values of the old parts in the new ones: those above a shorter array part's end, then
    /// the nodes'.
    fn put_all_back(&self, heap: &Heap, array: &ArrayPart, nodes: &NodePart) -> Result<(), NoPlace> {
        for i in self.array_len()..array.len {
            // SAFETY: i is below the old count, and an array that is shortened is still allocated.
            let value = unsafe { *array.slots.add(i) };
            if !value.is_nil() {
                self.put_back(heap, Value::number((i + 1) as f64), value)?;
            }
        }
        for at in (0..nodes.count).rev() {
            // SAFETY: at is below the old part's count, which is still allocated.
            let node = unsafe { *nodes.nodes.add(at) };
            if !node.value.is_nil() {
                self.put_back(heap, node.key, node.value)?;
            }
        }
        Ok(())
    }

    /// As the constructor's array items ask: the array part grows, the hash part keeps its size.
    pub fn resize_array(&self, heap: &Heap, array: usize) -> Result<(), TableError> {
        self.resize(heap, array, self.node_count())
    }

    /// A new array part of `len` slots, holding the old one's values and nil behind them; None if
    /// the length stays.
    fn allocate_array(&self, heap: &Heap, len: usize) -> Result<Option<*mut Value>, OutOfMemory> {
        let old = self.array_len();
        if len == old {
            return Ok(None);
        }
        if len == 0 {
            return Ok(Some(NonNull::dangling().as_ptr()));
        }
        let p = if len > old && old > 0 {
            // SAFETY: ALLOC: the array part with its count. It may move, so it is put back at once.
            let p = unsafe {
                heap.resize_array(NonNull::new_unchecked(self.array.get()), old, len)?
            };
            self.array.set(p.as_ptr());
            p
        } else {
            let p = heap.alloc_array::<Value>(len)?;
            // SAFETY: both arrays have at least min(old, len) slots and are distinct.
            unsafe { p.as_ptr().copy_from_nonoverlapping(self.array.get(), old.min(len)) };
            p
        };
        for i in old..len {
            // SAFETY: i is below the new count.
            unsafe { p.as_ptr().add(i).write(Value::NIL) };
        }
        Ok(Some(p.as_ptr()))
    }

    /// Stores a pair in a table that is known to have room.
    fn put_back(&self, heap: &Heap, key: Value, value: Value) -> Result<(), NoPlace> {
        let slot = match self.find(key) {
            Some(slot) => slot,
            None => self.insert_in_place(heap, key)?,
        };
        slot.set(value);
        Ok(())
    }

    // Order and length --------------------------------------------------------------------------

    /// The pair after `key` in the order of `next`; nil begins. Ok(None): no more.
    pub fn next(&self, key: Value) -> Result<Option<(Value, Value)>, InvalidKey> {
        let mut at = if key.is_nil() { 0 } else { self.position_of(key)? + 1 };
        while at < self.array_len() {
            let value = self.array_slots()[at].get();
            if !value.is_nil() {
                return Ok(Some((Value::number((at + 1) as f64), value)));
            }
            at += 1;
        }
        at -= self.array_len();
        while at <= self.node_mask.get() as usize {
            let node = self.node(at as u32);
            if !node.value.is_nil() {
                return Ok(Some((node.key, node.value)));
            }
            at += 1;
        }
        Ok(None)
    }

    /// `next` for a loop that remembers where `key` was: `hint` is its place in the order of `next`,
    /// checked before it is believed. Returns the pair and its place.
    #[inline]
    pub fn next_from(&self, key: Value, hint: u32) -> Result<Option<(Value, Value, u32)>, InvalidKey> {
        let len = self.array_len();
        let hint = hint as usize;
        let mut at = if key.is_nil() {
            0
        } else if hint < len && key.bits() == Value::number_unchecked((hint + 1) as f64).bits() {
            hint + 1
        } else if hint >= len
            && hint - len <= self.node_mask.get() as usize
            && self.node((hint - len) as u32).key.bits() == key.bits()
        {
            hint + 1
        } else {
            self.position_of(key)? + 1
        };
        while at < len {
            // SAFETY: at < array_len.
            let value = unsafe { *self.array.get().add(at) };
            if !value.is_nil() {
                return Ok(Some((Value::number_unchecked((at + 1) as f64), value, at as u32)));
            }
            at += 1;
        }
        while at - len <= self.node_mask.get() as usize {
            let node = self.node((at - len) as u32);
            if !node.value.is_nil() {
                return Ok(Some((node.key, node.value, at as u32)));
            }
            at += 1;
        }
        Ok(None)
    }

    /// A key's place in the order of `next`, dead keys included.
    fn position_of(&self, key: Value) -> Result<usize, InvalidKey> {
        if let Some(n) = key.as_number() {
            let k = n as i32;
            if k as f64 == n && k >= 1 && k as usize <= self.array_len() {
                return Ok(k as usize - 1);
            }
        }
        let mut at = self.main_position(key);
        loop {
            let node = self.node(at);
            if node.key.raw_equals(key) || node.key.was(key) {
                return Ok(self.array_len() + at as usize);
            }
            if node.next == 0 {
                return Err(InvalidKey);
            }
            at = at.wrapping_add_signed(node.next);
        }
    }

    /// A border (manual §2.5.5), found as the reference finds it.
    pub fn length(&self) -> usize {
        let len = self.array_len();
        if len > 0 && self.array_slots()[len - 1].get().is_nil() {
            return self.border_in_array(len);
        }
        if !self.has_nodes() { len } else { self.border_in_nodes(len) }
    }

    fn border_in_array(&self, len: usize) -> usize {
        let slots = self.array_slots();
        let (mut low, mut high) = (0, len);
        while high - low > 1 {
            let middle = (low + high) / 2;
            if slots[middle - 1].get().is_nil() {
                high = middle;
            } else {
                low = middle;
            }
        }
        low
    }

    fn border_in_nodes(&self, len: usize) -> usize {
        let is_nil = |i: usize| self.get_int(i as i32).is_nil();
        let (mut low, mut high) = (len, len + 1);
        while !is_nil(high) {
            low = high;
            high *= 2;
            if high > i32::MAX as usize {
                // COMPAT: a table made to defeat doubling is searched one by one.
                return (1..).find(|&i| is_nil(i)).map_or(0, |i| i - 1);
            }
        }
        while high - low > 1 {
            let middle = (low + high) / 2;
            if is_nil(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        low
    }

    /// Frees both parts; the object's cell is the sweep's.
    ///
    /// # Safety
    /// The table is dead: nobody reads it again.
    pub unsafe fn free_parts(&self, heap: &Heap) {
        let count = self.node_count();
        NodePart { nodes: self.nodes.replace(no_nodes()), count }.free(heap);
        self.node_mask.set(0);
        let len = self.array_len.replace(0) as usize;
        if len > 0 {
            // SAFETY: ALLOC: the array part with its count.
            unsafe { heap.free_array(NonNull::new_unchecked(self.array.get()), len) };
        }
    }
}

/// Why a key finds no node.
#[derive(Debug)]
enum NoPlace {
    Full,
    /// The chain is too long: the table must be seeded.
    Crowded,
}

/// An array part that is being replaced.
struct ArrayPart {
    slots: *mut Value,
    len: usize,
}

/// A hash part: `count` nodes, 0 or a power of two.
struct NodePart {
    nodes: *mut Node,
    count: usize,
}

impl NodePart {
    fn allocate(heap: &Heap, wanted: usize) -> Result<NodePart, TableError> {
        if wanted == 0 {
            return Ok(NodePart { nodes: no_nodes(), count: 0 });
        }
        let count = wanted.next_power_of_two();
        if count > MAX_ARRAY {
            return Err(TableError::Overflow);
        }
        let nodes = heap.alloc_array::<Node>(count)?.as_ptr();
        let part = NodePart { nodes, count };
        part.clear();
        Ok(part)
    }

    fn clear(&self) {
        for i in 0..self.count {
            // SAFETY: i is below the part's count; nobody else looks at it.
            unsafe { self.nodes.add(i).write(EMPTY_NODE) };
        }
    }

    fn free(self, heap: &Heap) {
        if self.count > 0 {
            // SAFETY: ALLOC: a part with its count, not the shared node.
            unsafe { heap.free_array(NonNull::new_unchecked(self.nodes), self.count) };
        }
    }
}

#[inline(always)]
fn no_nodes() -> *mut Node {
    (&raw const NO_NODES.0).cast_mut()
}

#[inline(always)]
fn value_cell(node: &Node) -> &Cell<Value> {
    // SAFETY: nodes are only seen as shared cells outside this file (ALIAS); the shared empty
    // node's value is never written because no key is ever found in it.
    unsafe { &*(&raw const node.value).cast() }
}

fn distance(from: u32, to: u32) -> i32 {
    to.wrapping_sub(from) as i32
}

/// Counts `key` in its slice if it could be an array index.
fn count_candidate(key: Value, slices: &mut [u32]) -> u32 {
    let Some(n) = key.as_number() else { return 0 };
    let k = n as i32;
    if k as f64 != n || k < 1 || k as usize > MAX_ARRAY {
        return 0;
    }
    let slice = (k as u32).next_power_of_two().trailing_zeros();
    slices[slice as usize] += 1;
    1
}

/// COMPAT: the largest power of two such that more than half of its indices are in use, and how
/// many are.
fn best_array_size(slices: &[u32], candidates: u32) -> (u32, u32) {
    let (mut seen, mut size, mut in_array) = (0, 0, 0);
    let mut power = 1u32;
    for &count in slices {
        if power / 2 >= candidates {
            break;
        }
        if count > 0 {
            seen += count;
            if seen > power / 2 {
                size = power;
                in_array = seen;
            }
        }
        if seen == candidates {
            break;
        }
        power = power.wrapping_mul(2);
    }
    (size, in_array)
}
