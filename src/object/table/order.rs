//! What scripts see of a table's layout: the order of `next`.

use crate::object::Value;

use super::{HASH, InvalidKey, Table};

impl Table {
    /// The pair after `key` in the order of `next`; nil begins. Ok(None): no more.
    pub fn next(&self, key: Value) -> Result<Option<(Value, Value)>, InvalidKey> {
        if self.is_veiled() {
            return Ok(self.next_from(key, 0)?.map(|(key, value, _)| (key, value)));
        }
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
    #[inline(always)]
    pub fn next_from(&self, key: Value, hint: u32) -> Result<Option<(Value, Value, u32)>, InvalidKey> {
        let begin = match self.place_behind(key, hint) {
            Some(place) => place,
            None if self.is_veiled() => return self.next_veiled(key),
            None => self.position_of(key)? + 1,
        };
        Ok(self.pair_from(begin))
    }

    /// The place behind `key`'s, if `hint` is right or `key` is nil. None for the first of a veiled table.
    #[inline(always)]
    pub fn place_behind(&self, key: Value, hint: u32) -> Option<usize> {
        let len = self.array_len();
        let hint = hint as usize;
        if key.is_nil() {
            return (!self.is_veiled()).then_some(0);
        }
        // A hint says nothing of a veiled table, whose node has no key.
        let is_there = if hint < len {
            key.bits() == Value::number_unchecked((hint + 1) as f64).bits()
        } else {
            hint - len <= self.node_mask.get() as usize
                && self.node((hint - len) as u32).key.bits() == key.bits()
        };
        is_there.then_some(hint + 1)
    }

    /// The first pair at a place or behind it, and where it is; not of a veiled table.
    #[inline(always)]
    pub fn pair_from(&self, place: usize) -> Option<(Value, Value, u32)> {
        let len = self.array_len();
        let mut at = place;
        while at < len {
            // SAFETY: at < array_len.
            let value = unsafe { *self.array.get().add(at) };
            if !value.is_nil() {
                return Some((Value::number_unchecked((at + 1) as f64), value, at as u32));
            }
            at += 1;
        }
        while at - len <= self.node_mask.get() as usize {
            let node = self.node((at - len) as u32);
            if !node.value.is_nil() {
                return Some((node.key, node.value, at as u32));
            }
            at += 1;
        }
        None
    }

    /// How many places `next` goes through, empty ones included.
    pub fn places(&self) -> usize {
        if self.is_veiled() {
            return self.places_veiled();
        }
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
    pub(super) fn position_of(&self, key: Value) -> Result<usize, InvalidKey> {
        if self.is_veiled() {
            return self.behind_veil(|_| self.position_of(key));
        }
        if let Some(n) = key.as_number() {
            let k = n as i32;
            if k as f64 == n && k >= 1 && k as usize <= self.array_len() {
                return Ok(k as usize - 1);
            }
        }
        let mut node = self.node(self.main_position(key));
        loop {
            if node.key.raw_equals(key) || node.key.was(key) {
                return Ok(self.array_len() + self.index_of(node));
            }
            if node.is_last() {
                return self.position_of_forgotten(key);
            }
            // SAFETY: a node of this table.
            node = unsafe { &*node.next_in_chain() };
        }
    }

    /// The place of a key that the collector has forgotten, and that is a long string: an equal one may be another object.
    ///
    /// COMPAT: the reference has but one of each text. What is left of the key is its hash, in the node's word.
    #[cold]
    fn position_of_forgotten(&self, key: Value) -> Result<usize, InvalidKey> {
        let Some(text) = key.as_string().filter(|text| !text.is_short()) else { return Err(InvalidKey) };
        let mut node = self.node(self.main_position(key));
        loop {
            let at = self.index_of(node);
            let may_be = at == 0 || (node.word ^ text.hash()) & HASH == 0;
            if node.key.is_dead_key() && may_be {
                return Ok(self.array_len() + at);
            }
            if node.is_last() {
                return Err(InvalidKey);
            }
            // SAFETY: a node of this table.
            node = unsafe { &*node.next_in_chain() };
        }
    }
}
