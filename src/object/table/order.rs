//! What scripts see of a table's layout: the order of `next` and the border of `#`.

use crate::object::Value;

use super::{InvalidKey, Table};

/// How far `border_near` goes from its hint.
const BESIDE: u32 = 8;

impl Table {
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

    /// How many places `next` goes through, empty ones included.
    pub fn places(&self) -> usize {
        self.array_len() + self.node_mask.get() as usize + 1
    }

    /// As `next`; also how many places it looked at.
    pub fn next_counted(&self, key: Value) -> (Result<Option<(Value, Value)>, InvalidKey>, usize) {
        let begin = if key.is_nil() { Ok(0) } else { self.position_of(key).map(|at| at + 1) };
        let Ok(begin) = begin else { return (Err(InvalidKey), 1) };
        let places = self.places();
        match self.next_from(key, (begin as u32).wrapping_sub(1)) {
            Ok(Some((key, value, at))) => (Ok(Some((key, value))), at as usize + 1 - begin),
            Ok(None) => (Ok(None), places - begin.min(places)),
            Err(error) => (Err(error), 1),
        }
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
}
