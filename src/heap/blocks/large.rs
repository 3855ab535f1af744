//! Large objects: each has an allocation of its own, chained through a prefix.

use core::ptr::NonNull;

use super::sweep::KEPT_MARKS;
use super::{Blocks, poison};
use crate::heap::{Gc, GcHeader, Heap, OutOfMemory};

/// What lies below an object with its own allocation.
#[repr(C)]
pub(super) struct Large {
    pub(super) next: *mut Large,
    /// Bytes of the object, a multiple of 8; bit 0: the host's block begins 8 bytes lower still; from bit `SLACK` on: how
    /// many words more there are in it than were asked for.
    shape: usize,
}

const SLACK: u32 = 48;

impl Large {
    /// Bytes of the object.
    pub(super) fn size(&self) -> usize {
        self.shape & ((1 << SLACK) - 8)
    }

    /// Bytes of the host's block.
    fn whole(&self) -> usize {
        self.size() + LARGE_EXTRA + (self.shape >> SLACK) * 8
    }
}

/// Prefix, and room to align the object to 16 when the host aligns to 8 only.
const LARGE_EXTRA: usize = size_of::<Large>() + 8;

impl Blocks {
    #[cold]
    #[inline(never)]
    pub(super) fn alloc_large(&self, heap: &Heap, size: usize) -> Result<(NonNull<u8>, usize), OutOfMemory> {
        let size = size.checked_next_multiple_of(8).ok_or(OutOfMemory)?;
        let whole = size.checked_add(LARGE_EXTRA).ok_or(OutOfMemory)?;
        let (p, has) = match self.kept.take(whole) {
            Some(kept) => kept,
            None => (heap.host_alloc(whole)?, whole),
        };
        let p = p.as_ptr();
        let slack = (has - whole) / 8;
        let shift = p as usize & 8; // the host aligns to 8 at least
        // SAFETY: prefix, shift and object fit in the allocation.
        unsafe {
            let large = p.add(shift).cast::<Large>();
            large.write(Large { next: self.large.get(), shape: size | (shift >> 3) | slack << SLACK });
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
            let size = (*large).size();
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
        let (whole, shift) = ((*large).whole(), ((*large).shape & 1) << 3);
        poison(large.add(1).cast(), (*large).size());
        let begin = NonNull::new_unchecked(large.cast::<u8>().sub(shift));
        if !heap.blocks.kept.keep(heap, begin, whole) {
            heap.host_free(begin, whole);
        }
    }
}
