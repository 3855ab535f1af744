//! Placing: the node for a new key, by Brent's variation.
//!
//! A stranger in the new key's main position moves to a free node; a rightful owner stays, and the new key takes
//! the free node. Free nodes are taken from the end.
//!
//! PERF: nodes are addresses here, and what is known of the table is read once: a store in a node does not
//! change the table, but the compiler does not know that.
//!
//! Not here: whether there is room, and what to do if not (`insert`, `resize`).

use core::cell::Cell;

use crate::heap::{Heap, mark};
use crate::object::Value;

use super::{COUNT, HASH, Node, ONE_MORE, SEEDED, Table, value_cell};

/// The most nodes of a chain in a table that is not seeded.
const MAX_CHAIN: u32 = 128;

/// Nodes that are looked at together for a free one.
const FREE_AT_ONCE: u32 = 4;

/// Why a key finds no node.
#[derive(Debug)]
pub(super) enum NoPlace {
    Full,
    /// The chain is too long: the table must be seeded.
    Crowded,
}

/// `Result<*mut Node, NoPlace>` in one register. PERF: the other would be written to memory and read back.
#[derive(Clone, Copy)]
struct Found(*mut Node);

impl Found {
    /// No node is there, nor any other object.
    const FULL: Found = Found(core::ptr::null_mut());
    const CROWDED: Found = Found(core::ptr::without_provenance_mut(1));

    #[inline(always)]
    fn node(self) -> Result<*mut Node, NoPlace> {
        if self.0.addr() > 1 {
            return Ok(self.0);
        }
        Err(if self.0.is_null() { NoPlace::Full } else { NoPlace::Crowded })
    }
}

impl Table {
    /// The slot of a new key, if there is a node for it.
    #[inline(always)]
    pub(super) fn insert_in_place(&self, heap: &Heap, key: Value) -> Result<&Cell<Value>, NoPlace> {
        let main = self.node_mut(self.place_of(key));
        // SAFETY: nodes of ours; the shared one is not written.
        unsafe {
            let vacant = (*main).value.is_nil() && self.has_nodes();
            let node = if vacant { main } else { self.vacate(heap, main)? };
            if vacant && self.may_be_elsewhere(main) {
                self.leave_chain(main);
            }
            match key.as_string() {
                Some(name) => self.give_name(node, key, name.hash()),
                None => (*node).key = key,
            }
            self.barrier(heap, key);
            Ok(value_cell(&*node))
        }
    }

    /// Stores a pair whose key is known not to be in this table, which has no seed; `main` is the key's main
    /// position, and `hash` its placement hash, if it is a string (`NAME`). False: it takes more than a free node and the
    /// store. Then nothing was changed, unless that a free node was passed by. PERF: what is vacant saves no registers.
    #[inline(never)]
    pub extern "C" fn add_in_node<const NAME: bool>(&self, heap: &Heap, main: *mut Node, key: Value, value: Value, hash: u32) -> bool {
        if !self.has_nodes()
            || self.header.mark.get() & (mark::READ_ONLY | mark::WATCHED) != 0
            || !NAME && key.is_by_address() && heap.addresses.are_hidden()
        {
            return false;
        }
        // SAFETY: nodes of this table.
        unsafe {
            if !(*main).value.is_nil() {
                return self.add_beside::<NAME>(heap, main, key, value, hash);
            }
            if self.may_be_elsewhere(main) {
                return self.add_in_left::<NAME>(heap, main, key, value, hash);
            }
            self.fill_node::<NAME>(heap, main, key, value, hash)
        }
    }

    /// `add_in_node` where the main position has a value.
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    unsafe fn add_beside<const NAME: bool>(&self, heap: &Heap, main: *mut Node, key: Value, value: Value, hash: u32) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            let Ok(node) = self.make_way(heap, main).node() else { return false };
            self.fill_node::<NAME>(heap, node, key, value, hash)
        }
    }

    /// `add_in_node` where the main position is vacant, but may still be in another place's chain.
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    unsafe fn add_in_left<const NAME: bool>(&self, heap: &Heap, main: *mut Node, key: Value, value: Value, hash: u32) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            self.leave_chain(main);
            self.fill_node::<NAME>(heap, main, key, value, hash)
        }
    }

    /// Gives a pair the node that was found for it. True.
    ///
    /// # Safety
    /// A node of this table without value, which is not the shared one.
    #[inline(always)]
    unsafe fn fill_node<const NAME: bool>(&self, heap: &Heap, node: *mut Node, key: Value, value: Value, hash: u32) -> bool {
        // SAFETY: the caller's promise.
        unsafe {
            if NAME {
                self.give_name(node, key, hash);
            } else {
                (*node).key = key;
            }
            (*node).value = value;
        }
        self.absent.set(0);
        !self.header.is_black() || self.barrier_of_pair(heap, key, value)
    }

    /// The barriers of a new pair. True.
    #[cold]
    #[inline(never)]
    fn barrier_of_pair(&self, heap: &Heap, key: Value, value: Value) -> bool {
        self.barrier(heap, key);
        self.barrier(heap, value);
        true
    }

    /// HASHED, for builds that check.
    pub fn words_hold(&self) -> bool {
        (1..self.node_count() as u32).map(|at| self.node(at)).all(|node| {
            let name = if node.value.is_nil() { None } else { node.key.as_string() };
            name.is_none_or(|name| node.word & HASH == name.hash() & HASH)
        })
    }

    /// CHAINS, for builds that check.
    pub fn chains_hold(&self) -> bool {
        self.is_seeded()
            || (0..self.node_count() as u32).map(|at| self.node_mut(at)).all(|node| {
                // SAFETY: nodes of this table.
                unsafe {
                    let Some(home) = self.home_of_node(node) else { return (*node).is_last() || (*node).key.is_dead_key() };
                    let next = (*node).next_in_chain();
                    let goes_on = next == node || self.home_of_node(next).is_none_or(|other| other == home);
                    let told = home == node || self.may_be_elsewhere(node);
                    goes_on && told && ((*node).value.is_nil() || self.node_from(home, (*node).key) == node)
                }
            })
    }

    /// The key of a node without value keeps its address, for `next`, but refers to nothing: the collector may free
    /// what it was. The node still tells where its chain begins.
    #[inline(always)]
    pub fn forget_key(&self, node: &mut Node) {
        debug_assert!(node.value.is_nil());
        if !node.key.is_collectable() {
            return;
        }
        if !node.key.is_string() && !core::ptr::eq(node, self.nodes.get()) {
            node.word = node.word & COUNT | self.main_position_of_address(node.key);
        }
        node.key = node.key.dead_key();
    }

    /// Where the chain that a node belongs to begins. None: it is in none, or it is the first and its key was forgotten.
    ///
    /// # Safety
    /// A node of this table, which is not seeded.
    unsafe fn home_of_node(&self, node: *mut Node) -> Option<*mut Node> {
        let first = self.nodes.get();
        // SAFETY: the caller's promise; a key that was not forgotten is alive.
        unsafe {
            let Node { key, word, .. } = *node;
            if key.is_nil() || node == first && key.is_dead_key() {
                return None;
            }
            let named = node != first && (key.is_string() || key.is_dead_key());
            let home = if named { word & self.node_mask.get() } else { self.place_of(key) };
            Some(first.add(home as usize))
        }
    }

    /// Whether a node without value may be in the chain of a key that belonged elsewhere. PERF: few keys did, and their words say so;
    /// the only node's chain is its own.
    ///
    /// # Safety
    /// A node of this table.
    #[inline(always)]
    pub(super) unsafe fn may_be_elsewhere(&self, node: *mut Node) -> bool {
        // SAFETY: the caller's promise.
        unsafe { (*node).word >= COUNT || node == self.nodes.get() && !(*node).key.is_nil() && self.node_mask() != 0 }
    }

    /// Takes a node, before a key that belongs there gets it, out of the chain of the key that had it, if that
    /// belonged elsewhere. Nobody could tell, but chains that go on with others' would make one as long as the table, and
    /// none of its parts is too long.
    ///
    /// # Safety
    /// A node of this table that has a key and no value.
    #[inline(never)]
    pub(super) unsafe fn leave_chain(&self, node: *mut Node) {
        if self.is_seeded() {
            return; // no script can choose which chains meet
        }
        // SAFETY: the caller's promise; chains lead to nodes of the same table.
        unsafe {
            let before = match self.home_of_node(node) {
                Some(home) if home == node => return,
                Some(home) => predecessor(home, node),
                // The first node: no more than once for a traversal by the collector.
                None => self.predecessor_of_first(),
            };
            let Some(before) = before else { return };
            let next = (*node).next_in_chain();
            (*before).next = if next == node { 0 } else { distance(before, next) };
            (*node).next = 0;
            if node != self.nodes.get() {
                (*node).word = 0;
            }
        }
    }

    /// The node whose chain goes on with the first node.
    fn predecessor_of_first(&self) -> Option<*mut Node> {
        let first = self.nodes.get();
        // SAFETY: nodes of this table.
        (1..self.node_count() as u32).map(|at| self.node_mut(at)).find(|&node| unsafe { (*node).next_in_chain() } == first)
    }

    /// Gives a node that has no value a string as key.
    ///
    /// # Safety
    /// A node of this table, not the shared one.
    #[inline(always)]
    pub(super) unsafe fn give_name(&self, node: *mut Node, key: Value, hash: u32) {
        // SAFETY: the caller's promise.
        unsafe {
            (*node).key = key;
            if node != self.nodes.get() {
                (*node).word = (*node).word & COUNT | hash & HASH;
            }
        }
    }

    /// The node for a key whose main position is taken.
    ///
    /// # Safety
    /// A node of this table that has a value.
    #[inline(always)]
    pub(super) unsafe fn vacate(&self, heap: &Heap, main: *mut Node) -> Result<*mut Node, NoPlace> {
        // SAFETY: the caller's promise.
        unsafe { self.vacate_by_call(heap, main) }.node()
    }

    #[inline(never)]
    unsafe fn vacate_by_call(&self, heap: &Heap, main: *mut Node) -> Found {
        // SAFETY: the caller's promise.
        unsafe { self.make_way(heap, main) }
    }

    #[inline(always)]
    unsafe fn make_way(&self, heap: &Heap, main: *mut Node) -> Found {
        let first = self.nodes.get();
        // SAFETY: all are nodes of this table, which nobody else refers to now (ALIAS).
        unsafe {
            let Some(free) = take_free(first) else { return Found::FULL };
            let word = (*main).word;
            // PERF: most owners belong where they are, and their words say so (STRANGERS): no need to look where that is.
            if word < COUNT && main != first {
                debug_assert_eq!(first.add(self.place_of((*main).key) as usize), main);
                (*main).word = word + ONE_MORE;
                return link(first, main, free);
            }
            self.make_way_at(heap, main, free)
        }
    }

    /// `make_way` where it is not known whether the owner belongs there, or how long the chain is.
    ///
    /// # Safety
    /// As there; `free` is a free node.
    #[inline(never)]
    unsafe fn make_way_at(&self, heap: &Heap, main: *mut Node, free: *mut Node) -> Found {
        let first = self.nodes.get();
        // SAFETY: the caller's promise.
        unsafe {
            let Node { key: owner, word, .. } = *main;
            let seeded = self.is_seeded();
            let home = if owner.is_string() && main != first && !seeded {
                debug_assert_eq!(word & self.node_mask.get(), self.place_of(owner));
                first.add((word & self.node_mask.get()) as usize)
            } else {
                first.add(self.place_of(owner) as usize)
            };
            if home != main {
                relocate(first, home, main, free);
                // A slice-wise traversal may have passed the free node, but not the old one.
                self.barrier(heap, (*free).key);
                self.barrier(heap, (*free).value);
                return Found(main);
            }
            if !seeded && is_crowded(main) {
                return Found::CROWDED;
            }
            link(first, main, free)
        }
    }
}

/// Puts a free node behind the first of a chain.
///
/// # Safety
/// Nodes of the table whose first is `first`.
#[inline(always)]
unsafe fn link(first: *mut Node, main: *mut Node, free: *mut Node) -> Found {
    // SAFETY: the caller's promise.
    unsafe {
        let rest = (*main).next;
        (*free).next = if rest == 0 { 0 } else { distance(free, main) + rest };
        (*main).next = distance(main, free);
        if free != first {
            (*free).word = COUNT;
        }
        Found(free)
    }
}

/// Whether the chain that begins at a node is too long for chance.
///
/// # Safety
/// A node.
#[cold]
#[inline(never)]
unsafe fn is_crowded(main: *mut Node) -> bool {
    let mut node = main;
    for _ in 0..MAX_CHAIN {
        // SAFETY: a chain's nodes are nodes of one table.
        let next = unsafe { (*node).next_in_chain() };
        if next == node {
            return false;
        }
        node = next;
    }
    true
}

/// The node of a chain, from `node` on, that goes on with `wanted`.
///
/// # Safety
/// Nodes of one table.
unsafe fn predecessor(mut node: *mut Node, wanted: *mut Node) -> Option<*mut Node> {
    loop {
        // SAFETY: chains lead to nodes of the same table.
        let next = unsafe { (*node).next_in_chain() };
        if next == wanted {
            return Some(node);
        }
        if next == node {
            return None;
        }
        node = next;
    }
}

/// Moves a node of the chain that begins at `home` to the node `to`, and leaves it without value or chain.
///
/// # Safety
/// All are nodes of the table whose first is `first`; `from` is in `home`'s chain and not its first node.
#[inline(always)]
unsafe fn relocate(first: *mut Node, home: *mut Node, from: *mut Node, to: *mut Node) {
    // SAFETY: the caller's nodes; `before` was reached by the chain.
    unsafe {
        let mut before = home;
        loop {
            let next = (*before).next_in_chain();
            if next == from {
                break;
            }
            before = next;
        }
        let Node { value, key, next, word } = *from;
        (*before).next = distance(before, to);
        (*to).value = value;
        (*to).key = key;
        (*to).next = if next == 0 { 0 } else { distance(to, from) + next };
        if to != first {
            (*to).word = if from != first { word } else { COUNT | key.as_string().map_or(0, |name| name.hash() & HASH) };
        }
        if from != first {
            (*from).word = 0;
        }
        (*from).next = 0;
        (*from).value = Value::NIL;
    }
}

/// The last node that never had a key; None: all have, or had.
///
/// # Safety
/// The first node of a table, not the shared one.
#[inline(always)]
unsafe fn take_free(first: *mut Node) -> Option<*mut Node> {
    // SAFETY: `at` is at most the count of the nodes.
    unsafe {
        let seeded = (*first).word & SEEDED;
        let mut at = (*first).word & !SEEDED;
        let is_free = |at: u32| (*first.add(at as usize)).key.is_nil();
        // PERF: four nodes at a time, for how far the next free one is cannot be foretold.
        while at >= FREE_AT_ONCE {
            let mut free = 0;
            for i in 1..=FREE_AT_ONCE {
                free |= (is_free(at - i) as u32) << (i - 1);
            }
            if free != 0 {
                at -= 1 + free.trailing_zeros();
                (*first).word = at | seeded;
                return Some(first.add(at as usize));
            }
            at -= FREE_AT_ONCE;
        }
        while at > 0 {
            at -= 1;
            if is_free(at) {
                (*first).word = at | seeded;
                return Some(first.add(at as usize));
            }
        }
        (*first).word = seeded;
        None
    }
}

/// `Node::next` of a node that `to` follows.
#[inline(always)]
fn distance(from: *mut Node, to: *mut Node) -> i32 {
    const { assert!(super::MAX_ARRAY * size_of::<Node>() <= i32::MAX as usize) };
    to.addr().wrapping_sub(from.addr()) as i32
}
