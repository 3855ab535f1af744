//! Blocks of small arrays that nothing lives in any more go back to the host, or to other classes.
//!
//! Cells of arrays are freed one by one, in any order, and nothing says which block a cell lies in. So when a sweep
//! begins, each class sets apart what is free then, its *surplus*: cells that were not needed though the heap was at
//! its largest. At the end of the sweep these are sorted, class by class, in slices:
//!
//! ```text
//!   known    a table of the class's blocks is filled
//!   sorted   each cell of the surplus goes to the list of the block it lies in
//!   decided  blocks all of whose cells are on that list are given back, the others are available
//! ```
//!
//! A class that wants cells meanwhile takes some of the surplus back. One that had much, but no empty block, is left
//! alone for some sweeps. While blocks are sparse (`Blocks::are_sparse`) all that is free when the sweep ends is surplus, and no class
//! is left alone: what it does not need others can borrow (`lent`).
//!
//! Blocks are found by the granules of memory they begin in, each as large as a full-grown block, so no two begin in one.
//! Smaller blocks are never given back.
//!
//! Not here: the lists that cells are taken from (`arrays`).

use core::cell::Cell;
use core::ptr::{self, NonNull};

use super::arrays::{FreeRaw, RawClass};
use super::{Block, Blocks, FreeCell, RAW_CLASSES};
use crate::heap::Heap;

/// How many blocks, or cells, are looked at in one slice.
const SLICE: usize = 256;
/// What looking at one is worth, in swept bytes.
const WORK: usize = 64;
/// Sweeps that a class rests for when sorting has given nothing back, though a part of its cells was sorted that is not
/// small: a quarter.
const RESTS: u8 = 7;
const SMALL_PART: usize = 4;
/// A class with fewer blocks has nothing to give back: its first ones are small.
const FEW_BLOCKS: u32 = 6;

/// Where the sorting is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Begun,
    Known,
    Sorted,
}

pub(super) struct Surplus {
    /// The class that is sorted; past the last, none.
    class: Cell<usize>,
    stage: Cell<Stage>,
    /// An open hash of block addresses, of a power of two places.
    table: Cell<*mut *mut Block>,
    places: Cell<usize>,
    /// The block to go on with; once all are sorted, the link to it.
    block: Cell<*mut Block>,
    link: Cell<*mut *mut Block>,
    given_back: Cell<bool>,
    /// How many cells have been sorted.
    cells: Cell<usize>,
}

impl Surplus {
    pub(super) const fn new() -> Surplus {
        Surplus {
            class: Cell::new(RAW_CLASSES),
            stage: Cell::new(Stage::Begun),
            table: Cell::new(ptr::null_mut()),
            places: Cell::new(0),
            block: Cell::new(ptr::null_mut()),
            link: Cell::new(ptr::null_mut()),
            given_back: Cell::new(false),
            cells: Cell::new(0),
        }
    }

    /// Frees the table, and ends the sorting.
    pub(super) fn give_up(&self, heap: &Heap) {
        if let Some(table) = NonNull::new(self.table.replace(ptr::null_mut())) {
            // SAFETY: ALLOC: as `begin` took it.
            unsafe { heap.host_free(table.cast(), self.places.get() * size_of::<*mut Block>()) };
        }
        self.class.set(RAW_CLASSES);
    }

    /// The place of the block that begins in a granule, or the vacant one where it would be.
    ///
    /// # Safety
    /// There is a table, not full.
    unsafe fn place(&self, granule: usize, size: usize) -> *mut *mut Block {
        let mask = self.places.get() - 1;
        let mut at = granule.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        loop {
            // SAFETY: masked, so a place of the table.
            unsafe {
                let place = self.table.get().add(at & mask);
                if (*place).is_null() || *place as usize / size == granule {
                    return place;
                }
            }
            at += 1;
        }
    }

    /// The block of the table that a cell lies in; null: none.
    ///
    /// # Safety
    /// There is a table, not full, of live blocks of so many bytes.
    unsafe fn block_of(&self, cell: *mut FreeRaw, size: usize) -> *mut Block {
        let granule = cell as usize / size;
        for granule in [granule, granule - 1] {
            // SAFETY: the caller's promise.
            let block = unsafe { *self.place(granule, size) };
            if (cell as usize).wrapping_sub(block as usize) < size && !block.is_null() {
                return block;
            }
        }
        ptr::null_mut()
    }
}

impl Blocks {
    /// When a sweep begins: what is free now is the surplus.
    pub(super) fn set_surplus_apart(&self, heap: &Heap) {
        self.surplus.give_up(heap);
        for class in &self.raw {
            class.take_from_aside();
            if class.rests.get() > 0 {
                class.rests.set(class.rests.get() - 1);
            } else if !self.are_sparse() && class.count.get() >= FEW_BLOCKS && class.surplus.get().is_null() {
                class.surplus.set(class.free.replace(ptr::null_mut()));
            }
        }
        self.surplus.class.set(0);
        self.surplus.stage.set(Stage::Begun);
    }

    /// After a whole collection: all that is free is surplus, and sorted at once.
    pub fn give_back_arrays(&self, heap: &Heap) {
        for class in &self.raw {
            class.rests.set(0);
        }
        self.set_surplus_apart(heap);
        while self.sort_surplus(heap).is_some() {}
        for class in &self.raw {
            class.rests.set(0);
        }
    }

    /// Sorts a slice. Returns the work done; None: there is nothing left to sort.
    pub(super) fn sort_surplus(&self, heap: &Heap) -> Option<usize> {
        let sorting = &self.surplus;
        loop {
            let class = self.raw.get(sorting.class.get())?;
            match sorting.stage.get() {
                Stage::Begun if sorting.table.get().is_null() => {
                    if self.are_sparse() && class.count.get() >= FEW_BLOCKS && class.surplus.get().is_null() {
                        class.surplus.set(class.free.replace(ptr::null_mut()));
                    }
                    if class.surplus.get().is_null() || !self.begin(heap, class) {
                        sorting.class.set(sorting.class.get() + 1);
                        continue;
                    }
                }
                Stage::Begun => self.know(),
                Stage::Known => self.sort(class),
                Stage::Sorted => self.decide(heap, class),
            }
            return Some(SLICE * WORK);
        }
    }

    /// Takes the table; false: there is no memory for it.
    fn begin(&self, heap: &Heap, class: &RawClass) -> bool {
        let places = (class.count.get() as usize * 2).next_power_of_two();
        let Ok(table) = heap.host_alloc(places * size_of::<*mut Block>()) else { return false };
        let table = table.as_ptr().cast::<*mut Block>();
        // SAFETY: fresh memory for so many.
        unsafe { table.write_bytes(0, places) };
        self.surplus.table.set(table);
        self.surplus.places.set(places);
        self.surplus.block.set(class.blocks.get());
        self.surplus.cells.set(0);
        true
    }

    /// Enters the next blocks. There may be more than were counted by now, but those come before the first.
    fn know(&self) {
        let sorting = &self.surplus;
        let size = self.block_size.get();
        let mut block = sorting.block.get();
        for _ in 0..SLICE {
            if block.is_null() {
                sorting.stage.set(Stage::Known);
                return;
            }
            // SAFETY: a listed block is alive; the table has twice as many places as blocks.
            unsafe {
                if (*block).size as usize == size {
                    *sorting.place(block as usize / size, size) = block;
                }
                block = (*block).next;
            }
        }
        sorting.block.set(block);
    }

    fn sort(&self, class: &RawClass) {
        let size = self.block_size.get();
        self.surplus.cells.set(self.surplus.cells.get() + SLICE);
        for _ in 0..SLICE {
            let Some(cell) = NonNull::new(class.surplus.get()) else {
                class.forget_available();
                self.surplus.link.set(class.blocks.as_ptr());
                self.surplus.given_back.set(false);
                self.surplus.stage.set(Stage::Sorted);
                return;
            };
            let cell = cell.as_ptr();
            // SAFETY: a free cell of the class; the block it lies in is alive. Its first two words are free.
            unsafe {
                class.surplus.set((*cell).next);
                let block = self.surplus.block_of(cell, size);
                if block.is_null() {
                    (*cell).next = class.free.replace(cell);
                } else {
                    (*cell).next = (*block).free.cast();
                    (*block).free = cell.cast::<FreeCell>();
                    (*block).free_count += 1;
                }
            }
        }
    }

    /// Gives empty blocks back, and makes the others available that have free cells. Blocks that are made meanwhile come
    /// before all others.
    fn decide(&self, heap: &Heap, class: &RawClass) {
        let sorting = &self.surplus;
        let mut link = sorting.link.get();
        for _ in 0..SLICE {
            // SAFETY: the link is the list's head or in a live block; listed blocks are alive.
            unsafe {
                let block = *link;
                if block.is_null() {
                    let all = class.count.get() as usize * (self.block_size.get() / (sorting.class.get() * 8));
                    let in_vain = !sorting.given_back.get() && !self.are_sparse() && sorting.cells.get() > all / SMALL_PART;
                    class.rests.set(if in_vain { RESTS } else { 0 });
                    let next = sorting.class.get() + 1;
                    sorting.give_up(heap);
                    sorting.class.set(next);
                    sorting.stage.set(Stage::Begun);
                    return;
                }
                if (*block).free_count == (*block).count && (*block).size as usize == self.block_size.get() {
                    *link = (*block).next;
                    class.count.set(class.count.get() - 1);
                    sorting.given_back.set(true);
                    self.retire(heap, block);
                    continue;
                }
                if !(*block).free.is_null() {
                    (*block).next_available = class.available.replace(block);
                }
                link = &raw mut (*block).next;
            }
        }
        sorting.link.set(link);
    }
}
