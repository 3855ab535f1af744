//! New sizes for the two parts, and every value back in its place.
//!
//! Not here: what place that is (`insert`).

use core::ptr::NonNull;

use crate::base::cache;
use crate::heap::{Heap, OutOfMemory};
use crate::object::Value;

use super::place::NoPlace;
use super::{COUNT, EMPTY_NODE, HASH, MAX_ARRAY, MAX_BITS, Node, SEEDED, Table, TableError, no_nodes};

/// PERF: a key's place is brought from memory so many nodes before it is needed.
const AHEAD: usize = 6;
/// PERF: so many nodes that the nearest cache does not hold them, nor the next.
const SOME: usize = 1 << 9;
const MANY: usize = 1 << 12;

/// Entries that are counted or placed anew in the time of a short call.
pub(super) const ENTRIES_PER_UNIT: usize = 4;

impl Table {
    /// COMPAT: new sizes for a full table that is to take `extra` too.
    pub(super) fn rehash(&self, heap: &Heap, extra: Value) -> Result<(), TableError> {
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
    fn count_nodes(&self, slices: &mut [u32; MAX_BITS as usize + 1]) -> (u32, u32) {
        let (mut total, mut candidates) = (0, 0);
        // SAFETY: ALIAS: the nodes of this table, which nobody changes meanwhile.
        for node in unsafe { core::slice::from_raw_parts(self.nodes.get(), self.node_mask.get() as usize + 1) } {
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
        self.resize_as(heap, array, hash, self.last_free() & SEEDED)
    }

    /// `resize`; `seeded` is the bit `SEEDED` or 0, as the table shall be.
    pub(super) fn resize_as(
        &self,
        heap: &Heap,
        array: usize,
        hash: usize,
        seeded: u32,
    ) -> Result<(), TableError> {
        if array > i32::MAX as usize || hash > i32::MAX as usize {
            return Err(TableError::Overflow);
        }
        self.settle(heap);
        // Keys that come and go can have a full table rehashed at each step.
        heap.spend((self.array_len() + self.node_count()) / ENTRIES_PER_UNIT);
        let new_nodes = NodePart::allocate(heap, hash)?;
        let new_array = match self.allocate_array(heap, array) {
            Ok(new_array) => new_array,
            Err(OutOfMemory) => {
                new_nodes.free(heap);
                return Err(TableError::Memory);
            }
        };
        self.will_change(heap);
        self.values_move(heap);
        let old_array = ArrayPart { slots: self.array.get(), len: self.array_len() };
        if let Some(new_array) = new_array {
            self.array.set(new_array);
            self.array_len.set(array as u32);
            self.border.set(self.border.get().min(array as u32));
        }
        self.move_to(heap, &new_nodes, seeded, &old_array);
        if self.border() == 0 {
            self.find_border();
        }
        if old_array.len > array {
            // SAFETY: ALLOC: the old part with its count, which is not 0.
            unsafe { heap.free_array(NonNull::new_unchecked(old_array.slots), old_array.len) };
        }
        Ok(())
    }

    /// `resize` of the hash part alone, which has no key that belongs in the array part.
    pub(super) fn resize_nodes(&self, heap: &Heap, hash: usize) -> Result<(), TableError> {
        heap.spend(self.node_count() / ENTRIES_PER_UNIT);
        let new_nodes = NodePart::allocate(heap, hash)?;
        self.will_change(heap);
        self.values_move(heap);
        self.move_to(heap, &new_nodes, 0, &ArrayPart { slots: self.array.get(), len: 0 });
        Ok(())
    }

    /// Makes `new_nodes` the hash part, and puts the values back that are in the old one or were in
    /// `old_array` above the array part's new end.
    #[inline(always)]
    fn move_to(&self, heap: &Heap, new_nodes: &NodePart, seeded: u32, old_array: &ArrayPart) {
        let old_nodes = NodePart { nodes: self.nodes.get(), count: self.node_count() };
        self.replace_nodes(new_nodes, seeded);
        if self.put_all_back(heap, old_array, &old_nodes).is_err() {
            // The keys collide in the new size: once more, seeded, which never is crowded.
            new_nodes.clear();
            self.replace_nodes(new_nodes, SEEDED);
            let placed = self.put_all_back(heap, old_array, &old_nodes);
            debug_assert!(placed.is_ok(), "a resize made room for every value");
        }
        old_nodes.free(heap);
    }

    pub(super) fn replace_nodes(&self, part: &NodePart, seeded: u32) {
        self.nodes.set(part.nodes);
        self.node_mask.set(part.count.max(1) as u32 - 1);
        if part.count > 0 {
            self.set_last_free(part.count as u32 | seeded);
        }
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
        let (first, mask) = (self.nodes.get(), self.node_mask.get());
        let plain = !self.is_seeded() && self.has_nodes();
        let has_list = self.array_len() > 0;
        let soon_enough = if nodes.count >= SOME { AHEAD } else { usize::MAX };
        for at in (0..nodes.count).rev() {
            // SAFETY: at is below the old part's count, which is still allocated; main and place are nodes of this
            // table, which nobody else looks at now.
            unsafe {
                let Node { key, value, word, .. } = *nodes.nodes.add(at);
                if key.is_string() && plain && at > 0 {
                    if at >= soon_enough {
                        let soon = nodes.nodes.add(at - AHEAD);
                        cache::fetch_early(first.add(((*soon).word & mask) as usize));
                    }
                    if value.is_nil() {
                        continue;
                    }
                    let main = first.add((word & mask) as usize);
                    let place = if (*main).value.is_nil() { main } else { self.vacate(heap, main)? };
                    (*place).key = key;
                    (*place).value = value;
                    if place != first {
                        (*place).word = (*place).word & COUNT | word & HASH;
                    }
                    continue;
                }
                if nodes.count >= MANY && at > AHEAD {
                    self.fetch_place(nodes.nodes.add(at - AHEAD));
                }
                if value.is_nil() {
                    continue;
                }
                // PERF: without a call where the place is vacant, as most are.
                if key.is_number() && plain && (!has_list || !self.in_array(key)) {
                    let main = first.add(self.main_position_of(key.as_f64()) as usize);
                    let place = if (*main).value.is_nil() { main } else { self.vacate(heap, main)? };
                    (*place).key = key;
                    (*place).value = value;
                    continue;
                }
                self.put_back(heap, key, value)?;
            }
        }
        Ok(())
    }

    /// Has the memory bring the place of a key that is soon put back and is its own hash.
    ///
    /// # Safety
    /// It is a node.
    #[inline(always)]
    unsafe fn fetch_place(&self, soon: *const Node) {
        // SAFETY: the caller's promise.
        let key = unsafe { (*soon).key };
        if let Some(n) = key.as_number() {
            cache::fetch_early(self.node(self.main_position_of(n)));
        } else if key.is_by_identity() {
            cache::fetch_early(self.node(self.main_position_of_address(key)));
        }
    }

    /// As the constructor's array items ask: the array part grows, the hash part keeps its size.
    pub fn resize_array(&self, heap: &Heap, array: usize) -> Result<(), TableError> {
        if self.is_veiled() {
            self.settle(heap);
            if array <= self.array_len() {
                return Ok(());
            }
        }
        if self.has_nodes() || array < self.array_len() || array > i32::MAX as usize {
            return self.resize(heap, array, self.node_count());
        }
        heap.spend(self.array_len() / ENTRIES_PER_UNIT);
        let grown = self.allocate_array(heap, array).map_err(|OutOfMemory| TableError::Memory)?;
        if let Some(slots) = grown {
            self.array.set(slots);
            self.array_len.set(array as u32);
            self.values_move(heap);
        }
        Ok(())
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
        // Every key was in the table once, so it is not there yet, unless it is an index now.
        match self.array_slot(key) {
            Some(slot) => self.store(slot, value),
            None => self.insert_in_place(heap, key)?.set(value),
        }
        Ok(())
    }
}

/// An array part that is being replaced.
struct ArrayPart {
    slots: *mut Value,
    len: usize,
}

/// A hash part: `count` nodes, 0 or a power of two.
pub(super) struct NodePart {
    pub(super) nodes: *mut Node,
    pub(super) count: usize,
}

impl NodePart {
    #[inline]
    pub(super) fn allocate(heap: &Heap, wanted: usize) -> Result<NodePart, TableError> {
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

    pub(super) fn clear(&self) {
        for i in 0..self.count {
            // SAFETY: i is below the part's count; nobody else looks at it.
            unsafe { self.nodes.add(i).write(EMPTY_NODE) };
        }
    }

    pub(super) fn free(self, heap: &Heap) {
        if self.count > 0 {
            // SAFETY: ALLOC: a part with its count, not the shared node.
            unsafe { heap.free_array(NonNull::new_unchecked(self.nodes), self.count) };
        }
    }
}

/// Counts `key` in its slice if it could be an array index.
#[inline(always)]
fn count_candidate(key: Value, slices: &mut [u32]) -> u32 {
    let Some(slice) = slice_of(key) else { return 0 };
    slices[slice] += 1;
    1
}

/// The b of the slice (2^(b-1), 2^b] in which a key is, if it could be an array index. PERF: told by the number's bits: its
/// exponent is b, or b - 1, and it is whole if the fraction has no bits behind the point. An integer and back took twice as long.
#[inline(always)]
fn slice_of(key: Value) -> Option<usize> {
    const FRACTION: u32 = f64::MANTISSA_DIGITS - 1;
    let above_one = key.bits().wrapping_sub(1f64.to_bits());
    if above_one > (MAX_BITS as u64) << FRACTION {
        return None;
    }
    let exponent = above_one >> FRACTION;
    let behind_point = key.bits() << (u64::BITS as u64 - FRACTION as u64 + exponent);
    if behind_point != 0 { None } else { Some(((above_one + (1 << FRACTION) - 1) >> FRACTION) as usize) }
}

/// Whether a rehash counts a key as an index.
#[inline(always)]
pub(super) fn could_be_index(key: Value) -> bool {
    slice_of(key).is_some()
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
