//! Small arrays: cells of a size class that are freed by name and never swept.

use core::ptr::{self, NonNull};

use super::{Blocks, MAX_RAW, cell_at, poison, push};
use crate::heap::{Heap, OutOfMemory};

#[repr(C)]
pub(super) struct FreeRaw {
    next: *mut FreeRaw,
}

impl Blocks {
    #[inline]
    pub fn alloc_raw(&self, heap: &Heap, size: usize) -> Result<NonNull<u8>, OutOfMemory> {
        if size > MAX_RAW {
            return heap.host_alloc(size);
        }
        let class = &self.raw[size.div_ceil(8)];
        let free = class.get();
        match NonNull::new(free) {
            Some(p) => {
                // SAFETY: a cell of the free list is free memory of ours with a next link.
                class.set(unsafe { (*free).next });
                Ok(p.cast())
            }
            None => self.refill_raw(heap, size),
        }
    }

    /// The first cell of the free list for arrays of so many bytes; null if there is none.
    #[inline(always)]
    pub fn array_cell(&self, size: usize) -> *mut u8 {
        if size > MAX_RAW {
            return ptr::null_mut();
        }
        self.raw[size.div_ceil(8)].get().cast()
    }

    /// Takes it off the list.
    ///
    /// # Safety
    /// `array_cell` shows a cell for this size.
    #[inline(always)]
    pub unsafe fn take_array_cell(&self, size: usize) {
        let class = &self.raw[size.min(MAX_RAW).div_ceil(8)];
        // SAFETY: a cell of the free list is free memory of ours with a next link.
        class.set(unsafe { (*class.get()).next });
    }

    #[cold]
    #[inline(never)]
    fn refill_raw(&self, heap: &Heap, size: usize) -> Result<NonNull<u8>, OutOfMemory> {
        let class = size.div_ceil(8).max(1);
        let block = self.new_block(heap, class * 8, self.raw_count[class].get())?;
        self.raw_count[class].set(self.raw_count[class].get() + 1);
        push(&self.raw_blocks, block);
        // SAFETY: a new block, laid out for this cell size; it has MIN_CELLS cells at least.
        unsafe {
            let mut next = ptr::null_mut();
            for i in (0..(*block).count as usize).rev() {
                let cell = cell_at(block, i).cast::<FreeRaw>();
                cell.write(FreeRaw { next });
                next = cell;
            }
            self.raw[class].set((*next).next);
            Ok(NonNull::new_unchecked(next.cast()))
        }
    }

    /// # Safety
    /// `p` came from `alloc_raw` with this size and is not used again.
    #[inline]
    pub unsafe fn free_raw(&self, heap: &Heap, p: NonNull<u8>, size: usize) {
        if size > MAX_RAW {
            // SAFETY: ALLOC: the caller's promise; large arrays are the host's.
            return unsafe {
                poison(p.as_ptr(), size);
                heap.host_free(p, size)
            };
        }
        let class = size.div_ceil(8);
        // SAFETY: the cell is the caller's to give, and at least a word long.
        unsafe {
            poison(p.as_ptr(), class * 8);
            p.cast::<FreeRaw>().write(FreeRaw { next: self.raw[class].get() });
        }
        self.raw[class].set(p.as_ptr().cast());
    }

    /// # Safety
    /// `p` came from `alloc_raw` with `old_size`, and is not used again if this succeeds.
    pub unsafe fn resize_raw(
        &self,
        heap: &Heap,
        p: NonNull<u8>,
        old_size: usize,
        new_size: usize,
    ) -> Result<NonNull<u8>, OutOfMemory> {
        if old_size > MAX_RAW && new_size > MAX_RAW {
            // SAFETY: ALLOC: large arrays are the host's.
            return unsafe { heap.host_realloc(p, old_size, new_size) };
        }
        if old_size.max(new_size) <= MAX_RAW && old_size.div_ceil(8) == new_size.div_ceil(8) {
            return Ok(p);
        }
        let q = self.alloc_raw(heap, new_size)?;
        // SAFETY: two distinct arrays, both at least as long as the shorter size.
        unsafe {
            q.copy_from_nonoverlapping(p, old_size.min(new_size));
            self.free_raw(heap, p, old_size);
        }
        Ok(q)
    }
}
