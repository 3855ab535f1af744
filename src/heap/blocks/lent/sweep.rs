//! What was lent comes back when the sweep finds it free; and all objects of a block, in cells of its own and lent ones.

use core::ptr;

use super::super::arrays::FreeRaw;
use super::super::sweep::{Fate, Whites};
use super::super::{Block, Blocks, FreeCell, cell_at};
use super::{LEAST_SPARSE, Lent, SPARSE_PART, WORD};
use crate::heap::{GcHeader, Heap, Kind};

impl Blocks {
    /// As `sweep_block`, of one that has lent some of its cells.
    ///
    /// # Safety
    /// As `sweep_block`.
    pub(in super::super) unsafe fn sweep_lender(&self, heap: &Heap, block: *mut Block) -> usize {
        let (before, whites) = (heap.in_use(), Whites::of(heap));
        // SAFETY: the block is alive, and so are its cells: a lent run is one of another size.
        unsafe {
            let (count, own) = ((*block).count as usize, (*block).cell as usize);
            let lent = Lent::of(block);
            let (mut live, mut freed, mut free_count) = (0, 0, 0);
            let mut link: *mut *mut FreeCell = &raw mut (*block).free;
            let mut i = 0;
            while i < count {
                let (run, cell) = lent.run_at(i, own).unwrap_or((1, own));
                let fate = self.sweep_cell(whites, cell_at(block, i).cast(), cell);
                if fate == Fate::Lives {
                    live += 1;
                } else {
                    freed += if fate == Fate::Dies { cell } else { 0 };
                    if core::mem::take(lent.words(i)) > 0 {
                        lent.runs -= 1;
                        self.lenders.bytes.set(self.lenders.bytes.get() - cell);
                    }
                    for j in i..i + run {
                        let p = cell_at(block, j).cast::<FreeCell>();
                        p.cast::<GcHeader>().write(GcHeader::new(Kind::Free, 0));
                        *link = p;
                        link = &raw mut (*p).next;
                    }
                    free_count += run;
                }
                i += run;
            }
            *link = ptr::null_mut();
            (*block).free_count = free_count as u32;
            if lent.runs == 0 {
                self.end_lending(heap, block);
            }
            heap.discount(freed);
            heap.swept_since(before);
            live
        }
    }

    /// When a sweep begins: what blocks of arrays have lent is unswept, and it is seen whether blocks are sparse.
    pub(in super::super) fn start_sweep_of_lenders(&self, heap: &Heap) {
        let lenders = &self.lenders;
        let spare = (heap.cap.held() + lenders.bytes.get()).saturating_sub(heap.in_use());
        lenders.sparse.set(spare > heap.in_use() / SPARSE_PART + LEAST_SPARSE);
        debug_assert!(lenders.unswept.get().is_null(), "the last sweep was finished");
        lenders.unswept.set(lenders.arrays.replace(ptr::null_mut()));
        lenders.sweeps.set(!lenders.sweeps.get());
    }

    /// Sweeps what the next block of arrays has lent; the bytes looked through. None: there is no other.
    pub(in super::super) fn sweep_next_lender(&self, heap: &Heap) -> Option<usize> {
        let block = self.lenders.unswept.get();
        // SAFETY: a listed block is alive, and has lent something; what is lent is objects, or free.
        unsafe {
            let lent = (*block.as_mut()?).lent;
            self.lenders.unswept.set((*lent).next);
            (*lent).swept = self.lenders.sweeps.get();
            (*lent).next = self.lenders.arrays.replace(block);
            self.sweep_lent(heap, block);
            if (*lent).runs == 0 {
                self.end_lending(heap, block);
            }
            Some((*block).size as usize)
        }
    }

    /// What of it is free is again the block's own.
    ///
    /// # Safety
    /// The block is one of arrays that has lent something, which is to be swept.
    unsafe fn sweep_lent(&self, heap: &Heap, block: *mut Block) {
        let (before, whites) = (heap.in_use(), Whites::of(heap));
        // SAFETY: the caller's promise.
        unsafe {
            let (lent, own) = (Lent::of(block), (*block).cell as usize);
            let was_full = (*block).free.is_null();
            let mut freed = 0;
            for i in 0..(*block).count as usize {
                let Some((run, cell)) = lent.run_at(i, own) else { continue };
                let fate = self.sweep_cell(whites, cell_at(block, i).cast(), cell);
                if fate == Fate::Lives {
                    continue;
                }
                freed += if fate == Fate::Dies { cell } else { 0 };
                *lent.words(i) = 0;
                lent.runs -= 1;
                self.lenders.bytes.set(self.lenders.bytes.get() - cell);
                for j in i..i + run {
                    let p = cell_at(block, j).cast::<FreeRaw>();
                    p.write(FreeRaw { next: (*block).free.cast() });
                    (*block).free = p.cast();
                }
                (*block).free_count += run as u32;
            }
            if was_full && !(*block).free.is_null() {
                let class = &self.raw[own / 8];
                (*block).next_available = class.available.replace(block);
            }
            heap.discount(freed);
            heap.swept_since(before);
        }
    }

    /// Shows the objects that blocks of arrays have lent cells for, dead ones that are not yet swept included; and what each
    /// is booked at.
    pub(in super::super) fn for_each_lodger(&self, mut f: impl FnMut(*mut GcHeader, usize)) {
        for list in [&self.lenders.arrays, &self.lenders.unswept] {
            let mut block = list.get();
            while !block.is_null() {
                // SAFETY: a listed block is alive, and has lent something; what is lent is objects, or free.
                unsafe {
                    let lent = Lent::of(block);
                    for i in 0..(*block).count as usize {
                        let p = cell_at(block, i).cast::<GcHeader>();
                        if let Some((_, cell)) = lent.run_at(i, (*block).cell as usize)
                            && (*p).kind() != Kind::Free
                        {
                            f(p, cell);
                        }
                    }
                    block = lent.next;
                }
            }
        }
    }
}

impl Lent {
    /// How many cells, of so many bytes, the run has that begins at one, and how many bytes the cell that it serves as.
    #[inline]
    fn run_at(&mut self, i: usize, own: usize) -> Option<(usize, usize)> {
        match *self.words(i) {
            0 => None,
            words => Some(((words as usize * WORD).div_ceil(own), words as usize * WORD)),
        }
    }
}

/// Shows the objects in a block of objects, in its own cells and lent ones, and what each is booked at.
///
/// # Safety
/// The block is alive.
pub(in super::super) unsafe fn for_each_object(block: *mut Block, mut f: impl FnMut(*mut GcHeader, usize)) {
    // SAFETY: the caller's promise: so are its cells; every cell begins with a header, and so does a lent run.
    unsafe {
        let own = (*block).cell as usize;
        let mut lent = (*block).lent.as_mut();
        let mut i = 0;
        while i < (*block).count as usize {
            let p = cell_at(block, i).cast::<GcHeader>();
            let (run, cell) = lent.as_mut().and_then(|lent| lent.run_at(i, own)).unwrap_or((1, own));
            if (*p).kind() != Kind::Free {
                f(p, cell);
            }
            i += run;
        }
    }
}
