//! Write barriers: what keeps BARRIER (black never points to white) while the mutator runs.
//!
//! *Forward* (closures, upvalues, userdata, protos, metatables): the child is shaded at once.
//! *Back* (tables): the parent goes back to gray, once, however many stores follow. A table of
//! more than a few entries uses the forward barrier instead: the atomic step would traverse it whole.
//! *None* (threads, open upvalues): they are never black, and the atomic step looks at them again.
//!
//! During the sweep a black parent is only one that the sweep has not reached yet; it turns white
//! there and then, and needs no further barrier.
//!
//! Not here: traversal (`gc`).

use super::{Gc, GcHeader, Heap, Kind, Phase, mark};

/// Restarts of one table's traversal in slices.
const MAX_RESTARTS: u32 = 8;

/// A weak table, of either kind.
const WEAK: u8 = mark::WEAK_KEYS | mark::WEAK_VALUES;

impl Heap {
    /// Shades a white object: strings turn black (they have no children), others gray.
    pub fn shade(&self, object: Gc<GcHeader>) {
        if object.is_white() {
            self.shade_white(object);
        }
    }

    /// The same, of an object that is white.
    #[inline]
    pub fn shade_white(&self, object: Gc<GcHeader>) {
        debug_assert!(object.is_white());
        object.clear_bits(mark::WHITES);
        if object.kind() == Kind::Str {
            object.set_bits(mark::BLACK);
        } else {
            self.gray.push(self, object);
        }
    }

    /// After storing `child` in `parent`, a closure, upvalue, userdata or proto.
    #[inline(always)]
    pub fn barrier_forward(&self, parent: Gc<GcHeader>, child: Gc<GcHeader>) {
        if parent.is_black() && child.is_white() {
            self.forward_slow(parent, child);
        }
    }

    #[cold]
    fn forward_slow(&self, parent: Gc<GcHeader>, child: Gc<GcHeader>) {
        if self.phase.get() == Phase::Propagate {
            self.shade(child);
        } else {
            // Sweeping: the parent may as well be clean already; no more barriers for it.
            self.whiten(parent);
        }
    }

    /// After storing a white child in `table` (or another object that is traversed again whole).
    #[inline(always)]
    pub fn barrier_back(&self, parent: Gc<GcHeader>, child: Gc<GcHeader>) {
        if parent.is_black() && child.is_white() {
            self.back_slow(parent);
        }
    }

    #[cold]
    #[inline(never)]
    pub fn back_slow(&self, parent: Gc<GcHeader>) {
        if self.phase.get() == Phase::Propagate {
            parent.clear_bits(mark::BLACK);
            self.gray_again.push(self, parent);
        } else {
            self.whiten(parent); // sweeping: as in forward_slow
        }
    }

    /// After closing an upvalue, which the collector keeps gray while it is open, because stores
    /// to stack slots have no barrier.
    #[inline]
    pub fn upvalue_closed(&self, upvalue: Gc<GcHeader>, child: Option<Gc<GcHeader>>) {
        if !upvalue.is_gray() {
            return;
        }
        if self.phase.get() == Phase::Propagate {
            upvalue.set_bits(mark::BLACK);
            if let Some(child) = child {
                self.shade(child);
            }
        } else {
            self.whiten(upvalue);
        }
    }

    /// Before the entries of a table change places: a traversal in slices begins anew. When that happens
    /// often the atomic step is left to traverse the table, so that marking comes to an end.
    #[inline]
    pub fn entries_move(&self, table: Gc<GcHeader>) {
        if self.may_move_freely(table) {
            return;
        }
        if table.mark.get() & WEAK != 0 {
            self.weak_moves(table);
        } else {
            self.restart_slices(table);
        }
    }

    /// Whether `entries_move` has nothing to do.
    #[inline(always)]
    pub fn may_move_freely(&self, table: Gc<GcHeader>) -> bool {
        table.mark.get() & WEAK == 0 && self.slice.get() != Some(table)
    }

    #[cold]
    fn restart_slices(&self, table: Gc<GcHeader>) {
        self.slice_at.set(0);
        self.slice_restarts.set(self.slice_restarts.get() + 1);
        if self.slice_restarts.get() > MAX_RESTARTS {
            self.slice.set(None);
            self.back_slow(table);
        }
    }

    /// Gives an object the current white.
    pub fn whiten(&self, object: Gc<GcHeader>) {
        let kept = object.mark.get() & !(mark::WHITES | mark::BLACK);
        object.mark.set(kept | self.current_white.get());
    }

    #[inline(always)]
    pub fn other_white(&self) -> u8 {
        self.current_white.get() ^ mark::WHITES
    }

    /// Whether an object was found unreachable and waits for the sweep.
    #[inline(always)]
    pub fn is_dead(&self, object: Gc<GcHeader>) -> bool {
        object.mark.get() & self.other_white() & mark::WHITES != 0
            && !object.is_fixed()
    }
}
