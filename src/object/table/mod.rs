//! Tables: an array part and a hash part, with exactly the reference's placement.
//!
//! Which key sits in which node, when a table grows and to what sizes, and what `#` finds in a
//! table with holes: scripts see all of that through `pairs`, `next` and `#`, and rely on it. So
//! these files follow the reference's rules (chained scatter with Brent's variation, free nodes
//! taken from the end, sizes by counting integer keys in slices of powers of two).
//!
//! ```text
//!   array: [v1 v2 … vn]         keys 1..=array_len
//!   nodes: [val key next] × (node_mask + 1), a power of two; an empty part is one shared nil node
//! ```
//!
//! Keys made to collide would make chains as long as the table. So a chain has a limit, beyond what
//! programs meet by chance: there the table is *seeded*, its keys placed anew by a hash that no script
//! can foresee, for good. The order of such a table is nobody's. Where addresses are hidden from scripts, a
//! table is seeded as well when its first key comes that is placed by its address.
//!
//! A table can be made *read-only*, by a bit beside its colour. Whatever stores a value in a slot that it
//! found asks `takes_plainly` or `needs_care` first: one test for that bit and for the barrier. The makers
//! of slots, `slot_for` and its like, refuse such a table. Bare stores in what `find` returns are for the
//! collector.
//!
//! A table can be *watched*, by another such bit: lookups from other tables rely on what it lacks and where its
//! nodes lie (`heap::paths`). It is neither `takes_plainly` nor free of care; `watch` says what may change.
//!
//! A weak table can be *veiled* for a while: its parts are not seen, because dead entries are to leave them (`veil`).
//!
//! `border` keeps the border, `find` reads, `insert` gives new keys their slots and `place` their nodes, `resize` changes the parts' sizes, `grow` most often, `order` is what
//! `next` and `#` show; `small` is what the interpreter's handlers do by themselves, `foreseen` is how a constructor's names get their nodes. Here: the layout.
//!
//! The *border* is what `#` is for a table whose array part has no holes: it is kept as values are stored, so
//! that neither `#` nor a store behind the last value has to search. Where a hole is made it is given up (0)
//! until the array part is made anew, and `#` searches as the reference does. Whatever stores in a slot of the
//! array part says so by `note`, or uses `put_in_array`.
//!
//! Invariants: CHAINS: a chain begins at a key's main position, every node of it is reachable from
//! there by `next`, and in a table that is not seeded no key of it belongs elsewhere; every node at or above
//! `last_free` has, or had, a key. STRANGERS: the word of a node whose key belongs elsewhere has all bits of `COUNT`.
//! HASHED: the word of a node that has a string as key holds that string's placement hash, and still does once the
//! collector has forgotten the key. (The first node's word tells of neither.) BORDER: if `border` is not 0, the
//! slots below it hold values and those from it on are nil.
//! Not here: metamethods (`vm::meta`), the barrier's other half (`gc`).

mod border;
mod find;
mod foreseen;
mod grow;
mod insert;
#[cfg(feature = "ltests")]
mod inspect;
mod order;
mod place;
mod resize;
mod small;
mod veil;
mod watch;

use core::cell::Cell;
use core::ptr::{self, NonNull};

use crate::heap::{Gc, GcHeader, Heap, HeapObject, Kind, OutOfMemory, mark};
use crate::object::Value;

pub use self::foreseen::{MAX_FORESEEN, Placement};

use self::resize::NodePart;

/// The largest array part, and the most nodes, by power of two.
const MAX_BITS: u32 = 26;
const MAX_ARRAY: usize = 1 << MAX_BITS;
/// In the first node's word: the table is seeded.
const SEEDED: u32 = 1 << 31;
/// A table with more entries than this is traversed in slices.
const BIG_TABLE: usize = 1 << 13;

#[repr(C)]
pub struct Table {
    header: GcHeader,
    /// Bit e: this table, as a metatable, is known to lack event e (`Event` below 16).
    pub absent: Cell<u16>,
    node_mask: Cell<u32>,
    array_len: Cell<u32>,
    border: Cell<u32>,
    pub metatable: Cell<Option<Gc<Table>>>,
    array: Cell<*mut Value>,
    nodes: Cell<*mut Node>,
}

/// Where the parts of a table lie, for machine code (`vm::jit`).
pub mod table_layout {
    use core::mem::offset_of;

    use super::{GcHeader, Node, Table};

    pub const MARK: usize = offset_of!(GcHeader, mark);
    pub const ABSENT: usize = offset_of!(Table, absent);
    pub const NODE_MASK: usize = offset_of!(Table, node_mask);
    pub const ARRAY_LEN: usize = offset_of!(Table, array_len);
    pub const BORDER: usize = offset_of!(Table, border);
    pub const METATABLE: usize = offset_of!(Table, metatable);
    pub const ARRAY: usize = offset_of!(Table, array);
    pub const NODES: usize = offset_of!(Table, nodes);
    pub const NODE_NEXT: usize = offset_of!(Node, next);
    pub const NODE_WORD: usize = offset_of!(Node, word);
    pub use super::{COUNT, HASH, ONE_MORE};

    /// The nodes of a table that has none.
    pub fn no_nodes() -> usize {
        super::no_nodes() as usize
    }
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
    /// Distance in bytes to the chain's next node; 0 ends the chain.
    next: i32,
    /// In the first node: the bit `SEEDED`, and below it: no node from here on is free. In every other: `HASH`
    /// and `COUNT`.
    word: u32,
}

/// In `Node::word`: the placement hash of a key that is a string, as far as any mask asks for it. PERF: keys change
/// places, and whether they are in their own is asked, without a look at the strings, which are anywhere.
pub const HASH: u32 = (1 << MAX_BITS) - 1;
/// In `Node::word`: how many keys have come to the chain that begins here; all bits: no chain begins here, or nobody has counted.
pub const COUNT: u32 = !HASH;
pub const ONE_MORE: u32 = HASH + 1;

const EMPTY_NODE: Node = Node { value: Value::NIL, key: Value::NIL, next: 0, word: 0 };

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
    ReadOnly,
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
        // SAFETY: a fresh cell of the right size.
        unsafe {
            Table::fill(p);
            Ok(Gc::from_ptr(p))
        }
    }

    /// Makes an empty table of a cell.
    ///
    /// # Safety
    /// `p` is a fresh cell of the right size, whose header is written.
    #[inline(always)]
    unsafe fn fill(p: *mut Table) {
        // SAFETY: the caller's promise; the header is kept, all else written.
        unsafe {
            let header = p.cast::<GcHeader>().read();
            p.write(Table {
                header,
                absent: Cell::new(u16::MAX),
                node_mask: Cell::new(0),
                array_len: Cell::new(0),
                border: Cell::new(0),
                metatable: Cell::new(None),
                array: Cell::new(NonNull::dangling().as_ptr()),
                nodes: Cell::new(no_nodes()),
            });
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
            t.replace_nodes(&part, 0);
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

    /// Too big for the collector to traverse at once.
    #[inline]
    pub fn is_big(&self) -> bool {
        self.array_len() + self.node_mask.get() as usize > BIG_TABLE
    }

    #[inline(always)]
    fn node(&self, at: u32) -> &Node {
        debug_assert!(at <= self.node_mask.get());
        // SAFETY: at <= node_mask: masked, or reached by a chain's distances.
        unsafe { &*self.nodes.get().add(at as usize) }
    }

    #[inline(always)]
    fn node_mut(&self, at: u32) -> *mut Node {
        debug_assert!(at <= self.node_mask.get());
        // SAFETY: at <= node_mask.
        unsafe { self.nodes.get().add(at as usize) }
    }

    /// The index of a node of this table.
    fn index_of(&self, node: *const Node) -> usize {
        // SAFETY: both are of one allocation.
        unsafe { node.offset_from(self.nodes.get()) as usize }
    }

    #[inline(always)]
    fn last_free(&self) -> u32 {
        self.node(0).word
    }

    fn set_last_free(&self, at: u32) {
        // SAFETY: the first node of ours.
        unsafe { (*self.node_mut(0)).word = at };
    }

    #[inline(always)]
    pub fn is_seeded(&self) -> bool {
        self.last_free() & SEEDED != 0
    }

    /// Whether nothing may be stored in this table, nor its metatable be changed.
    #[inline(always)]
    pub fn is_read_only(&self) -> bool {
        self.header.mark.get() & mark::READ_ONLY != 0
    }

    pub fn set_read_only(&self, on: bool) {
        if on {
            self.header.set_bits(mark::READ_ONLY);
        } else {
            self.header.clear_bits(mark::READ_ONLY);
        }
    }

    fn handle(&self) -> Gc<Table> {
        // SAFETY: every Table lives in the heap, and we hold a reference to it.
        unsafe { Gc::from_ptr((self as *const Table).cast_mut()) }
    }

    /// Frees both parts; the object's cell is the sweep's.
    ///
    /// # Safety
    /// The table is dead: nobody reads it again.
    pub unsafe fn free_parts(&self, heap: &Heap) {
        debug_assert!(!self.is_veiled());
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
