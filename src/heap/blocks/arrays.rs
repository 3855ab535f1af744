//! Small arrays: cells of a size class that are freed by name and never swept.
//!
//! Invariant: a free cell is on one list of its class: `free`, its block's, or `surplus`.
//! Not here: sorting the surplus (`surplus`).

use core::cell::Cell;
use core::ptr::{self, NonNull};

use super::{Block, Blocks, MAX_RAW, cell_at, poison, push};
use crate::heap::{Heap, OutOfMemory};

/// How many cells of the surplus are taken back at once.
const TAKEN_BACK: usize = 64;

#[repr(C)]
pub(super) struct FreeRaw {
    pub(super) next: *mut FreeRaw,
}

pub(super) struct RawClass {
    pub(super) free: Cell<*mut FreeRaw>,
    /// What was free when the sweep began: the program has not needed it for a cycle.
    pub(super) surplus: Cell<*mut FreeRaw>,
    /// All blocks, and how many they are.
    pub(super) blocks: Cell<*mut Block>,
    pub(super) count: Cell<u32>,
    /// Those with free cells of their own, linked through `next_available`.
    pub(super) available: Cell<*mut Block>,
    /// ... that other classes have been lent cells of in this cycle, or may not be, and the last of these.
    aside: Cell<*mut Block>,
    last_aside: Cell<*mut Block>,
    /// How many sweeps leave the surplus unsorted.
    pub(super) rests: Cell<u8>,
}

impl RawClass {
    pub(super) const fn new() -> RawClass {
        RawClass {
            free: Cell::new(ptr::null_mut()),
            surplus: Cell::new(ptr::null_mut()),
            blocks: Cell::new(ptr::null_mut()),
            count: Cell::new(0),
            available: Cell::new(ptr::null_mut()),
            aside: Cell::new(ptr::null_mut()),
            last_aside: Cell::new(ptr::null_mut()),
            rests: Cell::new(0),
        }
    }

    /// All cells but not the blocks, which the caller releases.
    pub(super) fn forget(&self) {
        self.free.set(ptr::null_mut());
        self.surplus.set(ptr::null_mut());
        self.forget_available();
        self.count.set(0);
        self.rests.set(0);
    }

    /// No block counts as one with free cells of its own.
    pub(super) fn forget_available(&self) {
        self.available.set(ptr::null_mut());
        self.aside.set(ptr::null_mut());
    }

    pub(super) fn pop_available(&self) -> Option<*mut Block> {
        let block = NonNull::new(self.available.get())?.as_ptr();
        // SAFETY: a listed block is alive.
        self.available.set(unsafe { (*block).next_available });
        Some(block)
    }

    /// # Safety
    /// The block is one of the class's with free cells of its own, and on neither list.
    pub(super) unsafe fn put_aside(&self, block: *mut Block) {
        let next = self.aside.replace(block);
        if next.is_null() {
            self.last_aside.set(block);
        }
        // SAFETY: the caller's promise.
        unsafe { (*block).next_available = next };
    }

    /// What was put aside is as available as other blocks.
    pub(super) fn take_from_aside(&self) {
        if !self.aside.get().is_null() {
            // SAFETY: a listed block is alive; this is the list's last.
            unsafe { (*self.last_aside.get()).next_available = self.available.get() };
            self.available.set(self.aside.replace(ptr::null_mut()));
        }
    }

    /// Here we know that `free` is empty: it gets what else is free. Of the surplus only some, or a program that makes
    /// few arrays would take back what it needs no more.
    fn find_free(&self) {
        // SAFETY: a listed block is alive; the cells of a list are free memory of ours with a next link.
        unsafe {
            if self.available.get().is_null() {
                self.take_from_aside();
            }
            if let Some(block) = self.pop_available() {
                self.free.set((*block).free.cast());
                (*block).free = ptr::null_mut();
                (*block).free_count = 0;
                return;
            }
            let first = self.surplus.get();
            let Some(mut last) = NonNull::new(first) else { return };
            for _ in 1..TAKEN_BACK {
                let Some(next) = NonNull::new(last.as_ref().next) else { break };
                last = next;
            }
            self.surplus.set(last.as_ref().next);
            last.as_mut().next = ptr::null_mut();
            self.free.set(first);
        }
    }
}

impl Blocks {
    #[inline]
    pub fn alloc_raw(&self, heap: &Heap, size: usize) -> Result<NonNull<u8>, OutOfMemory> {
        if size > MAX_RAW {
            return self.alloc_long(heap, size);
        }
        let class = &self.raw[size.div_ceil(8)].free;
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

    #[inline(never)]
    fn alloc_long(&self, heap: &Heap, size: usize) -> Result<NonNull<u8>, OutOfMemory> {
        self.kept.take_exact(size).map_or_else(|| heap.host_alloc(size), Ok)
    }

    /// # Safety
    /// `p` came from the host, or `alloc_long`, with this size and is not used again.
    #[inline(never)]
    unsafe fn free_long(&self, heap: &Heap, p: NonNull<u8>, size: usize) {
        // SAFETY: ALLOC: the caller's promise.
        unsafe {
            poison(p.as_ptr(), size);
            if !self.kept.keep(heap, p, size) {
                heap.host_free(p, size);
            }
        }
    }

    /// The first cell of the free list for arrays of so many bytes; null if there is none.
    #[inline(always)]
    pub fn array_cell(&self, size: usize) -> *mut u8 {
        if size > MAX_RAW {
            return ptr::null_mut();
        }
        self.raw[size.div_ceil(8)].free.get().cast()
    }

    /// Takes it off the list.
    ///
    /// # Safety
    /// `array_cell` shows a cell for this size.
    #[inline(always)]
    pub unsafe fn take_array_cell(&self, size: usize) {
        let class = &self.raw[size.min(MAX_RAW).div_ceil(8)].free;
        // SAFETY: a cell of the free list is free memory of ours with a next link.
        class.set(unsafe { (*class.get()).next });
    }

    #[cold]
    #[inline(never)]
    fn refill_raw(&self, heap: &Heap, size: usize) -> Result<NonNull<u8>, OutOfMemory> {
        let words = size.div_ceil(8).max(1);
        let class = &self.raw[words];
        class.find_free();
        if let Some(p) = NonNull::new(class.free.get()) {
            // SAFETY: a cell of the free list is free memory of ours with a next link.
            class.free.set(unsafe { (*p.as_ptr()).next });
            return Ok(p.cast());
        }
        let block = self.new_block(heap, words * 8, class.count.get())?;
        class.count.set(class.count.get() + 1);
        push(&class.blocks, block);
        // SAFETY: a new block, laid out for this cell size; it has MIN_CELLS cells at least.
        unsafe {
            let mut next = ptr::null_mut();
            for i in (0..(*block).count as usize).rev() {
                let cell = cell_at(block, i).cast::<FreeRaw>();
                cell.write(FreeRaw { next });
                next = cell;
            }
            class.free.set((*next).next);
            Ok(NonNull::new_unchecked(next.cast()))
        }
    }

    /// # Safety
    /// `p` came from `alloc_raw` with this size and is not used again.
    #[inline]
    pub unsafe fn free_raw(&self, heap: &Heap, p: NonNull<u8>, size: usize) {
        if size > MAX_RAW {
            // SAFETY: ALLOC: the caller's promise; large arrays are the host's.
            return unsafe { self.free_long(heap, p, size) };
        }
        let class = size.div_ceil(8);
        // SAFETY: the cell is the caller's to give, and at least a word long.
        unsafe {
            poison(p.as_ptr(), class * 8);
            p.cast::<FreeRaw>().write(FreeRaw { next: self.raw[class].free.get() });
        }
        self.raw[class].free.set(p.as_ptr().cast());
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
            // SAFETY: ALLOC: large arrays are the host's; a kept cell is another one, and long enough if it is longer.
            unsafe {
                let kept = if new_size > old_size { self.kept.take_exact(new_size) } else { None };
                let Some(q) = kept else { return heap.host_realloc(p, old_size, new_size) };
                q.copy_from_nonoverlapping(p, old_size);
                self.free_long(heap, p, old_size);
                return Ok(q);
            }
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
