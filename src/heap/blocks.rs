//! Cells for objects and small arrays, cut from blocks of the host.
//!
//! Not here: which objects are dead (`gc`).

use core::ptr::NonNull;

use super::{Heap, OutOfMemory};

pub struct Blocks {}

impl Blocks {
    pub const fn new() -> Blocks {
        Blocks {}
    }

    #[inline]
    pub fn alloc_object(&self, heap: &Heap, size: usize) -> Result<NonNull<u8>, OutOfMemory> {
        heap.host_alloc(size)
    }

    #[inline]
    pub fn alloc_raw(&self, heap: &Heap, size: usize) -> Result<NonNull<u8>, OutOfMemory> {
        heap.host_alloc(size)
    }

    /// # Safety
    /// `p` came from `alloc_raw` with this size and is not used again.
    pub unsafe fn free_raw(&self, heap: &Heap, p: NonNull<u8>, size: usize) {
        // SAFETY: ALLOC: the caller's promise.
        unsafe { heap.host_free(p, size) };
    }

    /// # Safety
    /// `p` came from `alloc_raw` with `old_size`.
    pub unsafe fn resize_raw(
        &self,
        heap: &Heap,
        p: NonNull<u8>,
        old_size: usize,
        new_size: usize,
    ) -> Result<NonNull<u8>, OutOfMemory> {
        // SAFETY: ALLOC: the caller's promise.
        unsafe { heap.host_realloc(p, old_size, new_size) }
    }
}
