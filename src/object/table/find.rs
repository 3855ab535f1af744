//! Reading: the slot of a key, found along the chain that begins at the key's main position.
//!
//! Not here: where a new key goes (`insert`).

use core::cell::Cell;

use crate::base::number::f64_to_i32;
use crate::heap::Gc;
use crate::object::{Str, Value, seeded};

use super::{Node, Table, value_cell};

impl Node {
    /// Whether its chain goes on with no other node.
    #[inline(always)]
    pub fn is_last(&self) -> bool {
        self.next == 0
    }

    /// This node, if it has the key; else the next of its chain, and this one, if there is none. PERF: without a
    /// jump: whether a key is in its main position is chance, for one in four or five of them, and a jump that goes
    /// the other way than foretold costs more than all the rest.
    ///
    /// # Safety
    /// A node of a table.
    #[inline(always)]
    pub unsafe fn this_or_next(&self, key: Value) -> *mut Node {
        let distance = core::hint::select_unpredictable(self.key.bits() == key.bits(), 0, self.next as isize);
        // SAFETY: a chain's distances lead to nodes of the same table.
        unsafe { core::ptr::from_ref(self).cast_mut().byte_offset(distance) }
    }

    /// The next node of its chain; this one, if there is none.
    ///
    /// # Safety
    /// A node of a table.
    #[inline(always)]
    pub unsafe fn next_in_chain(&self) -> *mut Node {
        // SAFETY: a chain's distances lead to nodes of the same table.
        unsafe { core::ptr::from_ref(self).cast_mut().byte_offset(self.next as isize) }
    }
}

impl Table {
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
        // What is left equals no other word.
        let is_boolean = key.is_boolean();
        self.find_word(key, if is_boolean { self.main_position_of_boolean(key) } else { self.main_position_of_address(key) })
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
        self.find_short(Value::string(key), key.hash())
    }

    /// `find_str` for a short string whose hash is at hand: what the interpreter's fast paths use.
    #[inline(always)]
    pub fn find_short(&self, key: Value, hash: u32) -> Option<&Cell<Value>> {
        self.find_word(key, hash & self.node_mask.get())
    }

    /// The slot of a key that equals no other word, in the chain that begins at the node `at`: where the
    /// visible hash puts it. A seeded table has its own place for it.
    #[inline(always)]
    fn find_word(&self, key: Value, at: u32) -> Option<&Cell<Value>> {
        let node = self.node_from(self.node_mut(at), key);
        if node.is_null() {
            return if self.is_seeded() { self.find_in_chain(key) } else { None };
        }
        // SAFETY: a node of this table.
        Some(value_cell(unsafe { &*node }))
    }

    /// `find_short` that looks in the key's main position only, where most keys are.
    #[inline(always)]
    pub fn probe_short(&self, key: Value, hash: u32) -> Option<&Cell<Value>> {
        let node = self.node(hash & self.node_mask.get());
        if node.key.bits() == key.bits() { Some(value_cell(node)) } else { None }
    }

    // For the interpreter's handlers, which must not call: plain addresses, and null for none.

    /// The node in which the chain of a short string with this hash begins.
    #[inline(always)]
    pub fn main_node(&self, hash: u32) -> *mut Node {
        self.nodes.get().wrapping_add((hash & self.node_mask.get()) as usize)
    }

    /// The node of a short string, or null: then the key is absent, or the table is seeded.
    #[inline(always)]
    pub fn node_along(&self, key: Value, hash: u32) -> *mut Node {
        self.node_from(self.main_node(hash), key)
    }

    /// The node of a key that equals no other word, in the chain from `node` on, or null.
    #[inline(always)]
    pub fn node_from(&self, node: *mut Node, key: Value) -> *mut Node {
        let mut node = node;
        loop {
            // SAFETY: a chain's nodes, from its first on, are nodes of this table.
            unsafe {
                if (*node).key.bits() == key.bits() {
                    return node;
                }
                if (*node).is_last() {
                    return core::ptr::null_mut();
                }
                node = (*node).next_in_chain();
            }
        }
    }

    /// `node_from` for a key that one word finds once and then others: see `this_or_next`.
    #[inline(always)]
    pub fn node_of_any(&self, node: *mut Node, key: Value) -> *mut Node {
        // SAFETY: a node of this table.
        self.node_from(unsafe { (*node).this_or_next(key) }, key)
    }

    /// Where the chain begins in which a number is, if it is not in the array part; null: `key` is no
    /// number that this can find (a zero, a NaN), or the table is seeded.
    #[inline(always)]
    pub fn main_node_of_number(&self, key: Value) -> *mut Node {
        let n = key.as_f64();
        if n.is_nan() || n == 0.0 || self.is_seeded() {
            return core::ptr::null_mut();
        }
        self.nodes.get().wrapping_add(self.main_position_of(n) as usize)
    }

    /// The node of a key that is not in the array part, or null: a number, a boolean, or an object that is
    /// equal to itself alone. None: the key is none of these, or the table is seeded.
    #[inline(always)]
    pub fn node_of_other(&self, key: Value) -> Option<*mut Node> {
        if self.is_seeded() {
            return None;
        }
        let n = key.as_f64();
        let at = if n == 0.0 {
            return Some(self.node_of_zero());
        } else if !n.is_nan() {
            self.main_position_of(n)
        } else if key.is_by_identity() {
            self.main_position_of_address(key)
        } else if key.is_boolean() {
            self.main_position_of_boolean(key)
        } else {
            return None;
        };
        Some(self.node_of_any(self.nodes.get().wrapping_add(at as usize), key))
    }

    /// The node of the key zero, whose word may have either sign.
    #[inline(always)]
    fn node_of_zero(&self) -> *mut Node {
        let nodes = self.nodes.get();
        let minus = self.node_from(nodes, Value::number_unchecked(-0.0));
        if minus.is_null() { self.node_from(nodes, Value::number_unchecked(0.0)) } else { minus }
    }

    #[inline(always)]
    fn main_position_of_boolean(&self, key: Value) -> u32 {
        key.is_truthy() as u32 & self.node_mask.get()
    }

    #[inline(always)]
    pub(super) fn main_position_of_address(&self, key: Value) -> u32 {
        key.address() as u32 % (self.node_mask.get() | 1)
    }

    /// Where the chain begins in which a number or an object is that is equal to itself alone, as
    /// `main_node_of_number` says of numbers.
    #[inline(always)]
    pub fn main_node_of_word(&self, key: Value) -> *mut Node {
        if !key.is_by_identity() {
            return self.main_node_of_number(key);
        }
        if self.is_seeded() {
            return core::ptr::null_mut();
        }
        self.nodes.get().wrapping_add(self.main_position_of_address(key) as usize)
    }

    /// The array part's slot of a key.
    #[inline(always)]
    pub fn array_slot(&self, key: Value) -> Option<&Cell<Value>> {
        let n = key.as_f64();
        let whole = f64_to_i32(n);
        let index = (whole as u32).wrapping_sub(1);
        // A NaN, so every value that is not a number, equals nothing.
        if whole as f64 != n || index >= self.array_len.get() {
            return None;
        }
        // SAFETY: index < array_len.
        Some(unsafe { &*self.array.get().add(index as usize).cast() })
    }

    /// Whether a number is the index of a slot of the array part.
    #[inline(always)]
    pub fn in_array(&self, key: Value) -> bool {
        let n = key.as_f64();
        n >= 1.0 && n <= self.array_len.get() as f64 && n as u32 as f64 == n
    }

    /// Whether a short string may be a key with a value here: a seeded table always says so.
    #[inline(always)]
    pub fn may_have(&self, key: Value, hash: u32) -> bool {
        let node = self.node_along(key, hash);
        // SAFETY: a node of this table.
        if node.is_null() { self.is_seeded() } else { unsafe { !(*node).value.is_nil() } }
    }

    /// The slot of a number that is not in the array part. PERF: but for the two zeros, numbers are
    /// equal when their words are.
    #[inline]
    fn find_number(&self, n: f64) -> Option<&Cell<Value>> {
        if n == 0.0 {
            return self.find_in_chain(Value::number(n));
        }
        self.find_word(Value::number(n), self.main_position_of(n))
    }

    fn find_in_chain(&self, key: Value) -> Option<&Cell<Value>> {
        if self.is_veiled() {
            return self.find_veiled(key);
        }
        let mut node = self.node(self.main_position(key));
        loop {
            if node.key.raw_equals(key) {
                return Some(value_cell(node));
            }
            if node.is_last() {
                return None;
            }
            // SAFETY: a node of this table.
            node = unsafe { &*node.next_in_chain() };
        }
    }

    #[inline(always)]
    pub(super) fn main_position_of(&self, n: f64) -> u32 {
        if n == 0.0 {
            return 0;
        }
        let mask = self.node_mask.get();
        if mask == 0 {
            return 0; // PERF: lists are asked for the number behind their last, and a division takes its time
        }
        let bits = n.to_bits();
        let sum = (bits as u32).wrapping_add((bits >> 32) as u32);
        sum % (mask | 1)
    }

    /// `main_position`, without a call for most strings and all numbers.
    #[inline(always)]
    pub(super) fn place_of(&self, key: Value) -> u32 {
        if !self.is_seeded() {
            if let Some(s) = key.as_string()
                && let Some(hash) = s.short_hash()
            {
                return hash & self.node_mask.get();
            }
            if let Some(n) = key.as_number() {
                return self.main_position_of(n);
            }
        }
        self.main_position(key)
    }

    /// COMPAT: where a key belongs. Strings and booleans by the low bits of their hash; numbers and
    /// addresses by remainder with an odd divisor, because their low bits say little.
    #[inline(never)]
    pub(super) fn main_position(&self, key: Value) -> u32 {
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
            return self.main_position_of_boolean(key);
        }
        self.main_position_of_address(key)
    }
}
