//! Runs of free cells lent to a class of objects that has none.
//!
//! Objects do not move. Where the live data change their kind, a few of the old kind live on in each block of their class,
//! so that no block becomes empty, and those of the new kind would need as many blocks again. So while blocks are *sparse*, that
//! is when much of what is held was not needed as the last sweep began, when there was least to spare, a class without free cells
//! takes them, before it asks the host, from blocks in which other classes, of objects or arrays, have a sixteenth of the cells free:
//!
//! ```text
//!   cells of the block, 40 bytes:   | a |   |   |   | b |   |   | c |   |   |   |   |   |   |
//!   lent for cells of 88 bytes:     | a | x         | b |   |   | c | y         | z         |
//! ```
//!
//! A run of cells serves as one cell of the other class. A byte for each cell says whether a run begins there, and for which class.
//! What is lent is given back when the sweep finds it free, be it that what lived there has died, or that nothing was made there.
//!
//! Blocks of arrays are not swept as others are, for their cells do not tell what they are. Those that have lent something are
//! on a list of their own, and only what they have lent is swept.
//!
//! Invariants: a lent run is on no list of its own class; `swept` of a lender of arrays is `Lenders::sweeps` unless it is on the list
//! of those to sweep. A block that lends is never empty.
//! Not here: what is done with cells that have come back (`sweep`, `arrays`).

mod sweep;

pub(super) use self::sweep::for_each_object;

use core::cell::Cell;
use core::ptr::{self, NonNull};

use super::arrays::FreeRaw;
use super::{Block, Blocks, FreeCell, OBJECT_CLASSES, RAW_CLASSES, cell_at, pop, push};
use crate::heap::{GcHeader, Heap, Kind};

/// How many cells a block that lends may have.
const CELLS: usize = 1024;
/// Smaller cells do not hold what a free cell of objects does.
const LEAST_CELL: usize = size_of::<FreeCell>();
/// The part of a block's cells that must be free.
const FREE_PART: usize = 16;
/// The part of what is in use that is held in vain, or lent, where blocks are sparse; and so many bytes more: beside a small heap,
/// what the state itself takes and blocks that have begun.
const SPARSE_PART: usize = 8;
const LEAST_SPARSE: usize = 512 << 10;
/// A byte for each cell counts words of the run that begins there.
const WORD: usize = 8;
/// Blocks that are looked at before the host is asked.
const TRIES: usize = 8;
/// Classes that may lend: of objects, then of arrays.
const CLASSES: usize = OBJECT_CLASSES + RAW_CLASSES;

/// A set of a block's cells.
#[derive(Clone, Copy)]
struct Bits([u64; CELLS / 64]);

/// What a block has lent. Behind it lie as many bytes as the block has cells: of how many words the cell of the class is that has
/// borrowed the run that begins there; 0: none begins there.
#[repr(C)]
pub(super) struct Lent {
    /// Of arrays: the next block of the list.
    next: *mut Block,
    /// How many runs there are.
    runs: u32,
    /// Of arrays: in which sweep this was looked through last (`Lenders::sweeps`).
    swept: bool,
}

pub(super) struct Lenders {
    /// The class that was asked last.
    class: Cell<usize>,
    /// Blocks of arrays that have lent something, and those of them that are to be swept.
    arrays: Cell<*mut Block>,
    unswept: Cell<*mut Block>,
    /// Which of two kinds of sweep the newest is: they take turns.
    sweeps: Cell<bool>,
    /// Bytes that are lent, or were when the last sweep came by.
    bytes: Cell<usize>,
    /// Whether blocks were sparse when the last sweep began.
    sparse: Cell<bool>,
}

impl Bits {
    const NONE: Bits = Bits([0; CELLS / 64]);

    fn has(&self, i: usize) -> bool {
        self.0[i / 64] >> (i % 64) & 1 != 0
    }

    fn add(&mut self, i: usize) {
        self.0[i / 64] |= 1 << (i % 64);
    }

    fn remove(&mut self, i: usize) {
        self.0[i / 64] &= !(1 << (i % 64));
    }

}

impl Lent {
    /// # Safety
    /// `block` is alive and lends.
    unsafe fn of<'a>(block: *mut Block) -> &'a mut Lent {
        // SAFETY: ALIAS: nobody else looks at it while a function of this module does.
        unsafe { &mut *(*block).lent }
    }

    /// The byte of a cell.
    fn words(&mut self, i: usize) -> &mut u8 {
        // SAFETY: there is one for each cell; indices are below the block's count.
        unsafe { &mut *(&raw mut *self).add(1).cast::<u8>().add(i) }
    }
}

/// Gives back the notes about what a block has lent: the state is being closed.
///
/// # Safety
/// The block is alive and is not looked at again.
pub(super) unsafe fn release_notes(heap: &Heap, block: *mut Block) {
    // SAFETY: ALLOC: as `begin_lending` took them.
    unsafe {
        if let Some(lent) = NonNull::new((*block).lent) {
            heap.host_free(lent.cast(), notes_size(block));
        }
    }
}

/// # Safety
/// The block is alive.
unsafe fn notes_size(block: *mut Block) -> usize {
    // SAFETY: the caller's promise.
    size_of::<Lent>() + unsafe { (*block).count as usize }
}

impl Lenders {
    pub(super) const fn new() -> Lenders {
        Lenders {
            class: Cell::new(0),
            arrays: Cell::new(ptr::null_mut()),
            unswept: Cell::new(ptr::null_mut()),
            sweeps: Cell::new(false),
            bytes: Cell::new(0),
            sparse: Cell::new(false),
        }
    }

    /// Forgets the lenders of arrays: the state is being closed.
    pub(super) fn forget(&self) {
        self.arrays.set(ptr::null_mut());
        self.unswept.set(ptr::null_mut());
    }
}

impl Blocks {
    /// Whether cells may be lent.
    pub(super) fn are_sparse(&self) -> bool {
        self.lenders.sparse.get()
    }

    /// Cells of so many bytes from blocks of other classes, for a class that has none at all; the first of them.
    pub(super) fn borrow(&self, heap: &Heap, cell: usize) -> Option<NonNull<u8>> {
        for _ in 0..TRIES {
            let (lender, block) = self.lender(cell / 8)?;
            // SAFETY: the block is alive, swept, and on no list.
            let first = unsafe {
                let first = self.lend(heap, block, lender >= OBJECT_CLASSES, cell);
                self.put_aside(lender, block);
                first
            };
            if let Some(first) = NonNull::new(first) {
                // SAFETY: a free cell of the class now.
                self.classes[cell / 8].free.set(unsafe { first.as_ref().next });
                return Some(first.cast());
            }
        }
        None
    }

    /// The next block in which another class has cells to spare, off its list; and which class that is.
    fn lender(&self, borrower: usize) -> Option<(usize, *mut Block)> {
        for _ in 0..=CLASSES {
            let at = self.lenders.class.get();
            let block = match self.classes.get(at) {
                Some(_) if at == borrower => None,
                Some(class) => pop(&class.available),
                None => self.raw[at - OBJECT_CLASSES].pop_available(),
            };
            if let Some(block) = block {
                return Some((at, block));
            }
            self.lenders.class.set((at + 1) % CLASSES);
        }
        None
    }

    /// A block that has lent, or cannot, is its own class's until the next sweep.
    ///
    /// # Safety
    /// The block is one of the class's, and on no list.
    unsafe fn put_aside(&self, lender: usize, block: *mut Block) {
        // SAFETY: the caller's promise: it is alive.
        let is_full = unsafe { (*block).free.is_null() };
        match self.classes.get(lender) {
            Some(class) => push(if is_full { &class.full } else { &class.aside }, block),
            None if is_full => {} // as are all blocks of arrays that are not listed as available
            // SAFETY: as above.
            None => unsafe { self.raw[lender - OBJECT_CLASSES].put_aside(block) },
        }
    }

    /// Makes cells of so many bytes of a block's free ones. Returns the first; null: it has none to lend.
    ///
    /// # Safety
    /// The block is swept, and on no list.
    unsafe fn lend(&self, heap: &Heap, block: *mut Block, of_arrays: bool, cell: usize) -> *mut FreeCell {
        // SAFETY: the caller's promise: the block, its cells and what it has lent are ours.
        unsafe {
            let (count, own) = ((*block).count as usize, (*block).cell as usize);
            let (run, free) = (cell.div_ceil(own), (*block).free_count as usize);
            let is_sparse = free * FREE_PART >= count && (*block).size as usize == self.block_size.get();
            if !is_sparse || own < LEAST_CELL || count > CELLS || run > free || !self.may_lend(heap, block, of_arrays) {
                return ptr::null_mut();
            }
            let mut left = Bits::NONE;
            for_each_free(block, of_arrays, |i| left.add(i));
            let lent = Lent::of(block);
            let mut first: *mut FreeCell = ptr::null_mut();
            let mut length = 0;
            for i in (0..count).rev() {
                length = if left.has(i) { length + 1 } else { 0 };
                let p = cell_at(block, i).cast::<FreeCell>();
                if length >= run && fits(p, cell) {
                    (i..i + run).for_each(|taken| left.remove(taken));
                    *lent.words(i) = (cell / WORD) as u8;
                    lent.runs += 1;
                    self.lenders.bytes.set(self.lenders.bytes.get() + cell);
                    p.write(FreeCell { header: GcHeader::new(Kind::Free, 0), next: first });
                    first = p;
                    length = 0;
                }
            }
            if lent.runs == 0 {
                self.end_lending(heap, block);
            }
            if !first.is_null() {
                thread(block, of_arrays, &left);
            }
            first
        }
    }

    /// Whether a block may lend: what it has lent already has been swept, or there is room for notes.
    ///
    /// # Safety
    /// As `lend`.
    unsafe fn may_lend(&self, heap: &Heap, block: *mut Block, of_arrays: bool) -> bool {
        // SAFETY: the caller's promise; the notes are written whole.
        unsafe {
            if let Some(lent) = (*block).lent.as_ref() {
                return !of_arrays || lent.swept == self.lenders.sweeps.get();
            }
            let Ok(p) = heap.host_alloc(notes_size(block)) else { return false };
            let lent = p.cast::<Lent>().as_ptr();
            p.as_ptr().write_bytes(0, notes_size(block));
            lent.write(Lent { next: ptr::null_mut(), runs: 0, swept: self.lenders.sweeps.get() });
            (*block).lent = lent;
            if of_arrays {
                (*lent).next = self.lenders.arrays.replace(block);
            }
            true
        }
    }

    /// A block has nothing lent any more. One of arrays is, or was, the first on the list of lenders.
    ///
    /// # Safety
    /// As it says.
    unsafe fn end_lending(&self, heap: &Heap, block: *mut Block) {
        // SAFETY: the caller's promise; ALLOC: as `may_lend` took it.
        unsafe {
            let lent = NonNull::new_unchecked((*block).lent);
            if self.lenders.arrays.get() == block {
                self.lenders.arrays.set(lent.as_ref().next);
            }
            (*block).lent = ptr::null_mut();
            heap.host_free(lent.cast(), notes_size(block));
        }
    }
}

/// Whether a cell of so many bytes may begin here.
fn fits(p: *mut FreeCell, cell: usize) -> bool {
    !cell.is_multiple_of(16) || (p as usize).is_multiple_of(16)
}

/// Shows the indices of the cells on a block's own list.
///
/// # Safety
/// The block is alive; it is one of arrays, or not.
unsafe fn for_each_free(block: *mut Block, of_arrays: bool, mut f: impl FnMut(usize)) {
    // SAFETY: the caller's promise; the cells of a list are free memory of ours with a next link.
    unsafe {
        let begin = cell_at(block, 0) as usize;
        let mut free = (*block).free;
        while !free.is_null() {
            f(((free as usize - begin) as u32 / u32::from((*block).cell)) as usize); // PERF: shorter numbers are divided sooner
            free = if of_arrays { (*free.cast::<FreeRaw>()).next.cast() } else { (*free).next };
        }
    }
}

/// Makes a block's own list of these cells, which were on it before.
///
/// # Safety
/// As it says, and as `for_each_free`.
unsafe fn thread(block: *mut Block, of_arrays: bool, cells: &Bits) {
    // SAFETY: the caller's promise.
    unsafe {
        let (mut next, mut free_count) = (ptr::null_mut::<FreeCell>(), 0);
        for i in (0..(*block).count as usize).rev().filter(|&i| cells.has(i)) {
            let p = cell_at(block, i).cast::<FreeCell>();
            if of_arrays {
                p.cast::<FreeRaw>().write(FreeRaw { next: next.cast() });
            } else {
                (*p).next = next;
            }
            next = p;
            free_count += 1;
        }
        (*block).free = next;
        (*block).free_count = free_count;
    }
}
