//! Sweeping: dead objects become free cells, block by block; empty blocks are given back.
//!
//! Not here: when (`gc::pace`), and what an object owns (the sweeper that `gc::sweep` passes in).

use core::ptr;

use super::{Block, Blocks, FreeCell, Sweeper, cell_at, poison, push};
use crate::heap::{Gc, GcHeader, Heap, Kind, mark};

/// Marks that outlive a cycle.
pub(super) const KEPT_MARKS: u8 = mark::FINALIZED | mark::FIXED | mark::READ_ONLY;

/// What the dead bear, and what the living are to bear.
#[derive(Clone, Copy)]
pub(super) struct Whites {
    dead: u8,
    current: u8,
}

impl Whites {
    pub(super) fn of(heap: &Heap) -> Whites {
        Whites { dead: heap.other_white(), current: heap.current_white.get() }
    }
}

/// What the sweep does with a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Lives,
    Dies,
    IsFree,
}

impl Blocks {
    /// Declares every block unswept. The white that is not current is dead from now on; no object
    /// of it may be reached any more.
    pub fn start_sweep(&self, heap: &Heap, sweeper: Sweeper, context: *const ()) {
        self.sweeper.set(Some((sweeper, context)));
        self.start_sweep_of_lenders(heap);
        self.set_surplus_apart(heap);
        self.release_kept(heap);
        self.sweep_class.set(0);
        for class in &self.classes {
            class.begin_sweep();
        }
        debug_assert!(self.unswept_large.get().is_null());
        self.unswept_large.set(self.large.replace(ptr::null_mut()));
    }

    /// Sweeps one block, or a few large objects, or sorts free cells of arrays. Returns the work done, in bytes looked through;
    /// None: nothing is left to sweep.
    pub fn sweep_next(&self, heap: &Heap) -> Option<usize> {
        while let Some(class) = self.classes.get(self.sweep_class.get()) {
            let Some(block) = class.pop_unswept() else {
                self.sweep_class.set(self.sweep_class.get() + 1);
                continue;
            };
            // SAFETY: an unswept block of a sweeping heap; it is on no list now.
            let (live, size) = unsafe { (self.sweep_block(heap, block), (*block).size as usize) };
            if live == 0 {
                class.blocks.set(class.blocks.get() - 1);
                self.retire(heap, block);
            // SAFETY: the block still is alive.
            } else if unsafe { (*block).free.is_null() } {
                push(&class.full, block);
            } else {
                push(&class.available, block);
            }
            return Some(size);
        }
        if let Some(work) = self.sweep_next_lender(heap) {
            return Some(work);
        }
        if self.unswept_large.get().is_null() {
            return self.sort_surplus(heap);
        }
        let mut work = 0;
        for _ in 0..32 {
            let Some(bytes) = self.sweep_large(heap) else { break };
            work += bytes;
        }
        Some(work)
    }

    /// Rebuilds a block's free list; dead objects join it. Returns how many objects live on.
    ///
    /// # Safety
    /// The heap is sweeping, the block has not been swept in this cycle and is on no list.
    pub(super) unsafe fn sweep_block(&self, heap: &Heap, block: *mut Block) -> usize {
        // SAFETY: the block is alive.
        if unsafe { !(*block).lent.is_null() } {
            // SAFETY: the caller's promise.
            return unsafe { self.sweep_lender(heap, block) };
        }
        let before = heap.in_use();
        let whites = Whites::of(heap);
        // SAFETY: the block is alive.
        let (count, cell) = unsafe { ((*block).count as usize, (*block).cell as usize) };
        let mut free: *mut FreeCell = ptr::null_mut();
        let (mut live, mut freed) = (0, 0);
        for i in (0..count).rev() {
            // SAFETY: i < count, so this is a cell; every cell begins with a header, and no object
            // in it is borrowed while the heap sweeps.
            unsafe {
                let p = cell_at(block, i).cast::<FreeCell>();
                match self.sweep_cell(whites, p, cell) {
                    Fate::Lives => {
                        live += 1;
                        continue;
                    }
                    Fate::Dies => freed += 1,
                    Fate::IsFree => {}
                }
                (*p).next = free;
                free = p;
            }
        }
        // SAFETY: the block is alive.
        unsafe {
            (*block).free = free;
            (*block).free_count = (count - live) as u32;
        }
        heap.discount(freed * cell);
        heap.swept_since(before);
        live
    }

    /// Looks at a cell of so many bytes: one that was free, or whose object is dead, is a free cell now but for its link.
    ///
    /// # Safety
    /// The heap is sweeping; the cell begins with a header, and no object in it is borrowed.
    #[inline(always)]
    pub(super) unsafe fn sweep_cell(&self, whites: Whites, p: *mut FreeCell, cell: usize) -> Fate {
        // SAFETY: the caller's promise.
        unsafe {
            let header = &(*p).header;
            let marks = header.mark.get();
            if header.kind() == Kind::Free {
                return Fate::IsFree;
            }
            if marks & whites.dead == 0 || header.is_fixed() {
                header.mark.set(marks & KEPT_MARKS | whites.current);
                return Fate::Lives;
            }
            self.free_parts(Gc::from_ptr(p.cast()));
            poison(p.cast(), cell);
            p.cast::<GcHeader>().write(GcHeader::new(Kind::Free, 0));
            Fate::Dies
        }
    }

    #[inline(always)]
    pub(super) fn free_parts(&self, object: Gc<GcHeader>) {
        if matches!(object.kind(), Kind::Str | Kind::Table | Kind::Thread | Kind::Proto)
            && let Some((sweeper, context)) = self.sweeper.get()
        {
            // SAFETY: the object is dead, and the context is the one that belongs to the sweeper.
            unsafe { sweeper(context, object) };
        }
    }
}
