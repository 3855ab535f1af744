//! Where names will lie that a new table is given one after the other.
//!
//! A constructor gives a table the same names in the same order each time, so they get the same nodes, if all have values. Machine code
//! looks whether it comes so, and then stores them where they will lie (`vm::jit`).
//!
//! Not here: giving any key its node (`place`).

use core::cell::Cell;
use core::ptr::NonNull;

use crate::heap::{GcHeader, Heap, Kind};
use crate::object::Value;

use super::{EMPTY_NODE, Node, Table};

/// Tables of more nodes are not foreseen.
pub const MAX_FORESEEN: usize = 8;

/// How a name gets its node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Placement {
    /// In its main position, which never had a key.
    Vacant { node: u8 },
    /// In the last free node below `last_free`, behind the name of the number `owner`, which is in its main position and has no chain yet.
    Beside { main: u8, owner: u8, last_free: u8, node: u8 },
    /// In another way.
    Other,
}

impl Table {
    /// The placements of short strings in a new table of `count` nodes, a power of two.
    pub fn foresee(heap: &Heap, count: usize, names: &[Value]) -> [Placement; MAX_FORESEEN] {
        let mut placements = [Placement::Other; MAX_FORESEEN];
        debug_assert!(count.is_power_of_two() && count <= MAX_FORESEEN);
        let mut nodes = [EMPTY_NODE; MAX_FORESEEN];
        nodes[0].word = count as u32;
        // A table that only this function sees. It never grows: a name that finds no place is the last.
        let table = Table {
            header: GcHeader::new(Kind::Table, heap.current_white.get()),
            absent: Cell::new(0),
            node_mask: Cell::new(count as u32 - 1),
            array_len: Cell::new(0),
            border: Cell::new(0),
            metatable: Cell::new(None),
            array: Cell::new(NonNull::dangling().as_ptr()),
            nodes: Cell::new(nodes.as_mut_ptr()),
        };
        for (i, &name) in names.iter().enumerate().take(MAX_FORESEEN) {
            if table.find(name).is_some() {
                continue; // it is stored again
            }
            let placement = table.placement(name, names);
            let Ok(slot) = table.insert_in_place(heap, name) else { break };
            // What has no value would be vacant.
            slot.set(Value::TRUE);
            debug_assert!(match placement {
                Placement::Vacant { node } | Placement::Beside { node, .. } => table.node(node as u32).key.bits() == name.bits(),
                Placement::Other => true,
            });
            placements[i] = placement;
        }
        placements
    }

    /// How a name will get its node that is not in the table, of which all have values.
    fn placement(&self, name: Value, names: &[Value]) -> Placement {
        let main = self.place_of(name);
        let Node { key: owner, next, .. } = *self.node(main);
        if owner.is_nil() {
            return Placement::Vacant { node: main as u8 };
        }
        let last_free = self.last_free();
        let is_owners = self.place_of(owner) == main && next == 0;
        let owner = names.iter().position(|name| name.bits() == owner.bits());
        match (owner, (0..last_free).rev().find(|&node| self.node(node).key.is_nil())) {
            (Some(owner), Some(node)) if is_owners => {
                Placement::Beside { main: main as u8, owner: owner as u8, last_free: last_free as u8, node: node as u8 }
            }
            _ => Placement::Other,
        }
    }
}
