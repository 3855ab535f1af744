//! A table's layout for test builds: what `T.querytab` and `T.hash` show (feature `ltests`).

use crate::object::Value;

use super::{SEEDED, Table};

/// A node as test scripts see it: its pair, and the node that its chain goes on with.
pub struct NodeView {
    pub key: Value,
    pub value: Value,
    pub next: Option<usize>,
}

impl Table {
    /// No node from this index on is free.
    pub fn free_mark(&self) -> usize {
        (self.last_free() & !SEEDED) as usize
    }

    /// The node at an index below `node_count`.
    pub fn node_view(&self, at: usize) -> NodeView {
        let node = self.node(at as u32);
        // SAFETY: a node of this table.
        let next = (!node.is_last()).then(|| self.index_of(unsafe { node.next_in_chain() }));
        NodeView { key: node.key, value: node.value, next }
    }

    /// The node where a key belongs.
    pub fn home_of(&self, key: Value) -> usize {
        self.main_position(key) as usize
    }
}
