//! The heap validator: every object is whole, and BARRIER holds.
//!
//! Run by the feature `checks` after each full cycle, and by tests. A violation is a bug of ours,
//! never of a script, so it panics.

use crate::heap::{Gc, GcHeader, Heap, Kind, Phase, mark};
use crate::object::Table;
use crate::state::{Global, Parting};

use super::refs;

/// # Panics
/// If an object refers to freed memory, a live object to a dead one, or a black object to a white
/// one.
pub fn validate(global: &Global) {
    let heap = &global.heap;
    let marking = heap.phase.get() == Phase::Propagate;
    let parting = global.gc.parting.get() != Parting::Over;
    heap.blocks.for_each(&mut |object| {
        if heap.is_dead(object) {
            return; // what a dead object refers to may be gone
        }
        let colours = object.mark.get() & (mark::WHITES | mark::BLACK);
        assert!(colours.count_ones() <= 1, "an object of two colours: {:?}", describe(object));
        // A table being traversed in slices is black already, and a weak one whatever it refers to.
        let is_weak = object.mark.get() & (mark::WEAK_KEYS | mark::WEAK_VALUES) != 0;
        let in_slices = heap.slice.get() == Some(object);
        let black = marking && object.is_black() && !in_slices && !is_weak;
        // What a finalizer is to see is alive before all that it leads to is.
        let is_done = !parting || !(object.is_gray() || in_slices || is_weak);
        refs::for_each(object, &mut |child| {
            assert!(child.kind() != Kind::Free, "freed memory is reached from {:?}", describe(object));
            if heap.is_dead(child) && is_done {
                panic!("{:?} is dead but reached from {:?}", describe(child), describe(object));
            }
            if black && child.is_white() {
                panic!("white {:?} is reached from black {:?}", describe(child), describe(object));
            }
        });
        if object.kind() == Kind::Table {
            check_table(&object.cast());
            check_veiled(heap, object.cast());
        }
    });
}

/// A veiled table's parts may have entries of the dead, as long as they are to be cleared.
fn check_veiled(heap: &Heap, t: Gc<Table>) {
    assert!(!t.is_veiled() || heap.weak.clearing.get(), "a veil is left");
    if t.is_veiled() {
        t.behind_veil(|_| {
            refs::for_each(t.header(), &mut |child| assert!(child.kind() != Kind::Free, "freed memory behind a veil"));
            check_table(&t);
        });
    }
}

fn describe(object: Gc<GcHeader>) -> impl core::fmt::Debug {
    (object.kind(), object.mark.get(), object)
}

fn check_table(t: &Table) {
    assert!(t.border_holds(), "the border of an array part");
    assert!(t.words_hold(), "a node's word is another key's");
    assert!(t.chains_hold(), "a chain of keys that belong elsewhere");
    for node in refs::nodes(t) {
        assert!(!node.value.is_dead_key(), "a dead key as a value");
    }
}
