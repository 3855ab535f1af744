//! A cell for an object: from its class's free list, from a swept block, by sweeping, from another class, from the host.
//!
//! Not here: freeing (`sweep`).

use core::ptr::{self, NonNull};

use super::{Block, Blocks, Class, FreeCell, MAX_SMALL, cell_at, pop, push};
use crate::heap::{GcHeader, Heap, Kind, OutOfMemory};

/// Blocks that one allocation sweeps at most before it asks the host.
const SWEEPS_PER_REFILL: usize = 4;

impl Blocks {
    /// A cell, and what it is to be booked at.
    #[inline(always)]
    pub fn alloc_object(
        &self,
        heap: &Heap,
        size: usize,
        kind: Kind,
    ) -> Result<(NonNull<u8>, usize), OutOfMemory> {
        if size > MAX_SMALL {
            return self.alloc_large(heap, size);
        }
        let step = if matches!(kind, Kind::Userdata) { 16 } else { 8 };
        let cell = (size + step - 1) & !(step - 1);
        let class = &self.classes[cell / 8];
        let free = class.free.get();
        match NonNull::new(free) {
            Some(p) => {
                // SAFETY: a cell of the free list is free memory of ours with a next link.
                class.free.set(unsafe { (*free).next });
                Ok((p.cast(), cell))
            }
            None => Ok((self.refill(heap, cell)?, cell)),
        }
    }

    /// The first cell of the free list for objects of so many bytes, a multiple of 8; null if there is
    /// none.
    #[inline(always)]
    pub fn object_cell(&self, size: usize) -> *mut u8 {
        if size > MAX_SMALL {
            return ptr::null_mut();
        }
        self.classes[size / 8].free.get().cast()
    }

    /// Takes it off the list.
    ///
    /// # Safety
    /// `object_cell` shows a cell for this size.
    #[inline(always)]
    pub unsafe fn take_object_cell(&self, size: usize) -> *mut u8 {
        let class = &self.classes[size.min(MAX_SMALL) / 8];
        let free = class.free.get();
        // SAFETY: a cell of the free list is free memory of ours with a next link.
        class.free.set(unsafe { (*free).next });
        free.cast()
    }

    /// Takes it off the list, where it is known which cell that is.
    ///
    /// # Safety
    /// `object_cell` shows this cell for this size.
    #[inline(always)]
    pub unsafe fn take_object_cell_shown(&self, cell: *mut u8, size: usize) {
        // SAFETY: as above.
        self.classes[size.min(MAX_SMALL) / 8].free.set(unsafe { (*cell.cast::<FreeCell>()).next });
    }

    /// Here we know that the class's free list is empty.
    #[cold]
    #[inline(never)]
    fn refill(&self, heap: &Heap, cell: usize) -> Result<NonNull<u8>, OutOfMemory> {
        let class = &self.classes[cell / 8];
        if let Some(block) = pop(&class.available).or_else(|| pop(&class.aside)) {
            return Ok(class.take(block));
        }
        for _ in 0..SWEEPS_PER_REFILL {
            match self.sweep_for(heap, class) {
                Some(p) => return Ok(p),
                None if !class.has_unswept() => break,
                None => {}
            }
        }
        if (self.are_sparse() || cfg!(feature = "checks"))
            && let Some(p) = self.borrow(heap, cell)
        {
            return Ok(p);
        }
        match self.new_block(heap, cell, class.blocks.get()) {
            Ok(block) => {
                class.blocks.set(class.blocks.get() + 1);
                // SAFETY: a new block, laid out for this cell size.
                unsafe { thread_objects(block) };
                Ok(class.take(block))
            }
            Err(OutOfMemory) => loop {
                // The host refuses: garbage that is still unswept may do.
                match self.sweep_for(heap, class) {
                    Some(p) => return Ok(p),
                    None if !class.has_unswept() => return Err(OutOfMemory),
                    None => {}
                }
            },
        }
    }

    /// Sweeps the class's next block; a cell, if that freed one.
    fn sweep_for(&self, heap: &Heap, class: &Class) -> Option<NonNull<u8>> {
        let block = class.pop_unswept()?;
        // SAFETY: an unswept block of a sweeping heap.
        unsafe { self.sweep_block(heap, block) };
        // SAFETY: the block is alive: it is on no list now.
        if unsafe { (*block).free.is_null() } {
            push(&class.full, block);
            None
        } else {
            Some(class.take(block))
        }
    }
}

impl Class {
    /// Makes a block's free cells the class's own, and takes the first.
    pub(super) fn take(&self, block: *mut Block) -> NonNull<u8> {
        push(&self.full, block);
        // SAFETY: the caller's block has a free cell.
        unsafe {
            let cell = (*block).free;
            debug_assert!(!cell.is_null());
            self.free.set((*cell).next);
            NonNull::new_unchecked(cell.cast())
        }
    }
}

/// Makes all cells of a new block free, in address order.
///
/// # Safety
/// The block holds nothing.
unsafe fn thread_objects(block: *mut Block) {
    let mut next = ptr::null_mut();
    // SAFETY: the cells are ours, and two words long at least: every object is.
    unsafe {
        for i in (0..(*block).count as usize).rev() {
            let cell = cell_at(block, i).cast::<FreeCell>();
            cell.write(FreeCell { header: GcHeader::new(Kind::Free, 0), next });
            next = cell;
        }
        (*block).free = next;
    }
}
