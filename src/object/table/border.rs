//! Borders: what `#` finds (manual §2.5.5), and how most tables know it.
//!
//! Not here: sizes of the array part (`resize`).

use core::cell::Cell;

use crate::heap::Heap;
use crate::object::Value;

use super::Table;

/// How far `border_near` goes from its hint.
const BESIDE: u32 = 8;
/// Indices that `#` looks at one after another in the time of a short call.
const INDICES_PER_UNIT: usize = 8;

impl Table {
    /// The border of an array part without holes; 0 says nothing.
    #[inline(always)]
    pub fn border(&self) -> usize {
        self.border.get() as usize
    }

    /// Whether a value can be stored in the slot `at` without a look at the border: a slot that has a value
    /// gets another.
    #[inline(always)]
    pub fn is_inside(&self, at: usize, value: Value) -> bool {
        // SAFETY: the table's own word. PERF: volatile, so that handlers keep no register for it until they look again.
        at < unsafe { self.border.as_ptr().read_volatile() } as usize && !value.is_nil()
    }

    /// Keeps the border if the slot `at`, not inside, gets `value`, and says so: the value is the next of a list,
    /// or there is no border to keep.
    #[inline(always)]
    pub fn expects(&self, at: usize, value: Value) -> bool {
        // SAFETY: as above. PERF: likewise; what the next border is could be had from `at`, but that takes a register, too.
        let border = || unsafe { self.border.as_ptr().read_volatile() };
        if border() == 0 {
            return true;
        }
        let is_next = at == border() as usize && !value.is_nil();
        if is_next {
            self.border.set(border() + 1);
        }
        is_next
    }

    /// Keeps the border: `value` has just been stored in the array part's slot `at`.
    #[inline(always)]
    pub fn note(&self, at: usize, value: Value) {
        let border = self.border();
        if border > 0 && (at < border) == value.is_nil() {
            // The last value has gone, or one has come behind it; any other place makes a hole.
            let last = if value.is_nil() { at + 1 == border } else { at == border };
            let next = if value.is_nil() { at } else { at + 1 };
            self.border.set(if last { next as u32 } else { 0 });
        }
    }

    /// Stores a value in the array part's slot `at`; the caller has seen to the barrier.
    ///
    /// # Safety
    /// `at` is below `array_len`.
    #[inline(always)]
    pub unsafe fn put_in_array(&self, at: usize, value: Value) {
        debug_assert!(at < self.array_len());
        // SAFETY: the caller's promise.
        unsafe { *self.array.get().add(at) = value };
        self.note(at, value);
    }

    /// Takes the last value before a border that is known; the caller has seen to the barrier.
    ///
    /// # Safety
    /// `border` is the table's, and not 0.
    #[inline(always)]
    pub unsafe fn take_last(&self, border: usize) -> Value {
        debug_assert!(border > 0 && border == self.border());
        self.border.set(border as u32 - 1);
        // SAFETY: BORDER: the array part has that slot.
        unsafe { self.array.get().add(border - 1).replace(Value::NIL) }
    }

    /// Stores a value in a slot of this table, wherever that is; the caller has seen to the barrier.
    #[inline(always)]
    pub fn store(&self, slot: &Cell<Value>, value: Value) {
        slot.set(value);
        let distance = (slot.as_ptr() as usize).wrapping_sub(self.array.get() as usize);
        let at = distance / size_of::<Value>();
        if at < self.array_len() {
            self.note(at, value);
        }
    }

    /// Stores values in the array part's slots from `begin` on, which it has.
    pub fn put_list(&self, heap: &Heap, begin: usize, values: &[Value]) {
        let end = begin + values.len();
        let slots = self.array_slots();
        let is_next = begin == self.border() && slots[end..].iter().all(|slot| slot.get().is_nil());
        let mut has_holes = false;
        for (slot, &value) in slots[begin..end].iter().zip(values) {
            slot.set(value);
            self.barrier(heap, value);
            has_holes |= value.is_nil();
        }
        self.border.set(if is_next && !has_holes { end as u32 } else { 0 });
    }

    /// Values leave the array part by bare stores.
    pub fn forget_border(&self) {
        self.border.set(0);
    }

    /// The border of an array part that has just been filled, if it has no holes.
    pub fn find_border(&self) {
        let slots = self.array_slots();
        let used = slots.iter().position(|slot| slot.get().is_nil()).unwrap_or(slots.len());
        let has_holes = slots[used..].iter().any(|slot| !slot.get().is_nil());
        self.border.set(if has_holes { 0 } else { used as u32 });
    }

    /// BORDER, for builds that check.
    pub fn border_holds(&self) -> bool {
        let (border, slots) = (self.border(), self.array_slots());
        border <= slots.len()
            && (border == 0
                || slots.iter().enumerate().all(|(at, slot)| slot.get().is_nil() == (at >= border)))
    }

    /// The border that `length` would find, if it is at `hint` or not far from it in the array part; None
    /// says nothing.
    ///
    /// COMPAT: a table with holes has many borders, and the reference's binary search finds one of
    /// them. So each place that the search would look at on its way to this border is looked at
    /// here. PERF: where those lie is known beforehand, so that no load waits for another and no
    /// jump is mispredicted: a third of the search's time.
    #[inline(always)]
    pub fn border_near(&self, hint: usize) -> Option<usize> {
        let (len, slots) = (self.array_len(), self.array.get());
        // SAFETY: all indices are below len.
        let is_nil = |i: usize| unsafe { (*slots.add(i)).is_nil() };
        if len == 0 || !is_nil(len - 1) {
            return if self.has_nodes() { None } else { Some(len) };
        }
        let mut border = hint.min(len - 1);
        let mut steps = BESIDE;
        if is_nil(border) {
            while border > 0 && is_nil(border - 1) && steps > 0 {
                border -= 1;
                steps -= 1;
            }
        } else {
            // Ends below len, whose slot is nil.
            while !is_nil(border) && steps > 0 {
                border += 1;
                steps -= 1;
            }
        }
        if len & (len - 1) == 0 {
            // PERF: the search in a part of 2^n slots tries the bits of its result from above: each
            // place follows from the border alone.
            let mut bit = 1;
            while bit < len {
                let middle = (border | bit) & bit.wrapping_neg();
                if is_nil(middle - 1) != (border & bit == 0) {
                    return None;
                }
                bit <<= 1;
            }
            return Some(border);
        }
        let (mut low, mut high) = (0, len);
        while high - low > 1 {
            let middle = (low + high) / 2;
            let above = middle > border;
            if is_nil(middle - 1) != above {
                return None;
            }
            low = if above { low } else { middle };
            high = if above { middle } else { high };
        }
        Some(border)
    }

    /// A border (manual §2.5.5), found as the reference finds it.
    pub fn length(&self, heap: &Heap) -> usize {
        debug_assert!(self.border_holds());
        let len = self.array_len();
        if self.border() > 0 && self.border() < len {
            return self.border();
        }
        if len > 0 && self.array_slots()[len - 1].get().is_nil() {
            let slots = self.array_slots();
            return border_between(0, len, |i| slots[i - 1].get().is_nil());
        }
        if self.is_veiled() {
            return self.length_veiled(heap);
        }
        if !self.has_nodes() { len } else { self.border_in_nodes(heap, |i| self.get_int(i as i32).is_nil()) }
    }

    /// `length` where `is_nil` looks at an index, and the border is not believed.
    pub(super) fn search_border(&self, heap: &Heap, is_nil: impl Fn(usize) -> bool) -> usize {
        let len = self.array_len();
        if len > 0 && is_nil(len) {
            return border_between(0, len, is_nil);
        }
        if !self.has_nodes() { len } else { self.border_in_nodes(heap, is_nil) }
    }

    fn border_in_nodes(&self, heap: &Heap, is_nil: impl Fn(usize) -> bool) -> usize {
        let len = self.array_len();
        let (mut low, mut high) = (len, len + 1);
        while !is_nil(high) {
            low = high;
            high *= 2;
            if high > i32::MAX as usize {
                // COMPAT: a table made to defeat doubling is searched one by one.
                let border = (0..).find(|&i| is_nil(i + 1)).unwrap_or(0);
                heap.spend(border / INDICES_PER_UNIT);
                return border;
            }
        }
        border_between(low, high, is_nil)
    }
}

/// The border that halving finds between an index that has a value, or 0, and one that has none.
#[inline(always)]
fn border_between(mut low: usize, mut high: usize, is_nil: impl Fn(usize) -> bool) -> usize {
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
