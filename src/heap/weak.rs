//! What a cycle knows of weak tables.
//!
//! ```text
//!   met, gray ───scan, black───▶ noted ──▶ cleared, note by note
//!    ▲    ╲                        ╱╲
//!    └─────╲────entries move──────╱  ╲
//!           ╲───left to the atomic step──▶ whole ──▶ cleared, entry by entry
//! ```
//!
//! Tables with many notes are *veiled* in the atomic step (`object::table::veil`) and cleared between the next steps;
//! all others are cleared there and then.
//!
//! A weak table stays gray until nothing else is: what the program stores in it and takes from it again
//! is not to be kept alive by marking. What it holds strongly is marked all the same when it is met. At
//! last it is scanned, in slices, and black meanwhile: what is stored in it is marked. What it holds
//! strongly is marked once more, and entries with a member that is still white are *noted* by their places.
//! No other entry can come to have one, so the atomic step looks at these alone.
//!
//! Invariant: in a black table that is marked NOTED each entry with a white member has a note, or lies
//! where the scan has yet to come. A note of any other entry does no harm.
//!
//! Not here: the scan and the clearing (`gc::weak`).

use core::cell::Cell;

use super::{Gc, GcHeader, Heap, MarkStack, Phase, Stack, mark};

/// Scans that are begun anew in one cycle because entries moved.
const MAX_MOVES: u32 = 8;

/// A table that has notes.
#[derive(Clone, Copy)]
pub struct Noted {
    pub table: Gc<GcHeader>,
    /// Where its words of notes begin.
    pub below: usize,
    pub count: usize,
    /// Userdata are among the values that may go: those with finalizers have to before one is called.
    pub at_once: bool,
}

pub struct WeakTables {
    /// Gray: to be scanned when nothing else is.
    pub met: MarkStack,
    /// The one that is scanned, and the entry to go on with.
    pub scanned: Cell<Option<Gc<GcHeader>>>,
    pub scanned_to: Cell<usize>,
    /// The last are those of the one that is scanned.
    pub noted: Stack<Noted>,
    /// A bit for each entry of a table, the array part's first, then the nodes'; a new word for the next table.
    pub notes: Stack<u64>,
    /// To be looked through in the atomic step.
    pub whole: MarkStack,
    /// The atomic step is over, but not all of `noted` have been cleared, and the sweep has not begun.
    pub clearing: Cell<bool>,
    moves: Cell<u32>,
}

impl WeakTables {
    pub const fn new() -> WeakTables {
        WeakTables {
            met: MarkStack::new(),
            scanned: Cell::new(None),
            scanned_to: Cell::new(0),
            noted: Stack::new(),
            notes: Stack::new(),
            whole: MarkStack::new(),
            clearing: Cell::new(false),
            moves: Cell::new(0),
        }
    }

    pub fn clear(&self) {
        debug_assert!(!self.clearing.get());
        self.met.clear();
        self.scanned.set(None);
        self.noted.clear();
        self.notes.clear();
        self.whole.clear();
        self.moves.set(0);
    }

    /// Gives the lists back to the host.
    pub fn release(&self, heap: &Heap) {
        self.met.release(heap);
        self.noted.release(heap);
        self.notes.release(heap);
        self.whole.release(heap);
    }
}

impl Heap {
    /// Before the entries of a weak table change places: it is to be scanned again, and gray until
    /// then, so that putting an entry in its new place does not mark it. When that happens often it is
    /// left to the atomic step, so that marking comes to an end.
    #[cold]
    #[inline(never)]
    pub fn weak_moves(&self, table: Gc<GcHeader>) {
        if self.phase.get() != Phase::Propagate || !table.is_black() {
            return;
        }
        let weak = &self.weak;
        self.forget_notes(table);
        table.clear_bits(mark::BLACK);
        weak.moves.set(weak.moves.get() + 1);
        let list = if weak.moves.get() > MAX_MOVES { &self.gray_again } else { &weak.met };
        list.push(self, table);
    }

    /// The notes of a table say nothing any more.
    pub fn forget_notes(&self, table: Gc<GcHeader>) {
        table.clear_bits(mark::NOTED);
        if self.weak.scanned.get() == Some(table) {
            self.weak.scanned.set(None);
        }
    }
}
