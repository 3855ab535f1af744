//! Large objects: each has an allocation of its own, chained through a prefix.

use core::ptr::NonNull;

use super::sweep::KEPT_MARKS;
use super::{Blocks, poison};
use crate::heap::{Gc, GcHeader, Heap, OutOfMemory};

/// What lies below an object with its own allocation.
#[repr(C)]
pub(super) struct Large {
    pub(super) next: *mut Large,
    /// Bytes of the object, a multiple of 8; bit 0: the host's block begins 8 bytes lower still.
    pub(super) size: usize,
}

/// Prefix, and room to align the object to 16 when the host aligns to 8 only.
const LARGE_EXTRA: usize = size_of::<Large>() + 8;

impl Blocks {
    #[cold]
    #[inline(never)]
    pub(super) fn alloc_large(&self, heap: &Heap, size: usize) -> Result<(NonNull<u8>, usize), OutOfMemory> {
        let size = size.checked_next_multiple_of(8).ok_or(OutOfMemory)?;
        let whole = size.checked_add(LARGE_EXTRA).ok_or(OutOfMemory)?;
        let p = heap.host_alloc(whole)?.as_ptr();
        let shift = p as usize & 8; // the host aligns to 8 at least
        // SAFETY: prefix, shift and object fit in the allocation.
        unsafe {
            let large = p.add(shift).cast::<Large>();
            large.write(Large { next: self.large.get(), size: size | (shift >> 3) });
            self.large.set(large);
            Ok((NonNull::new_unchecked(large.add(1).cast()), size))
        }
    }

    /// The next large object: freed, or put back on the list. Returns its size.
    pub(super) fn sweep_large(&self, heap: &Heap) -> Option<usize> {
        let large = NonNull::new(self.unswept_large.get())?.as_ptr();
        // SAFETY: a large object's prefix; the object behind it is whole until it is freed here.
        unsafe {
            self.unswept_large.set((*large).next);
            let object: Gc<GcHeader> = Gc::from_ptr(large.add(1).cast());
            let size = (*large).size & !7;
            if heap.is_dead(object) {
                let before = heap.in_use();
                self.free_parts(object);
                free_large(heap, large);
                heap.discount(size);
                heap.swept_since(before);
            } else {
                object.mark.set(object.mark.get() & KEPT_MARKS | heap.current_white.get());
                (*large).next = self.large.get();
                self.large.set(large);
            }
            // The bytes of a string are not looked through.
            Some(size.min(1024))
        }
    }
}

/// # Safety
/// The object is dead and owns nothing any more.
pub(super) unsafe fn free_large(heap: &Heap, large: *mut Large) {
    // SAFETY: ALLOC: the size and the shift tell what the host was asked for.
    unsafe {
        let (size, shift) = ((*large).size & !7, ((*large).size & 1) << 3);
        poison(large.add(1).cast(), size);
        let begin = large.cast::<u8>().sub(shift);
        heap.host_free(NonNull::new_unchecked(begin), size + LARGE_EXTRA);
    }
}
