//! Large cells that are free, kept for a while: who asks for one of that size next gets it, and the host is not asked.
//!
//! PERF: the C library's allocator gives memory back to the system as soon as 128 KB are free above the last block in use. A
//! program whose heap is small and whose arrays or strings are some kilobytes had that done several times in each sweep, and the
//! memory taken anew after it: up to six times the time of the program itself.
//!
//! What the program has not needed when the next sweep begins goes back to the host, and so does all when there is no memory
//! left, or a cap on it. Only on an allocator that is known to be of that kind anything is kept: a host with one of its own
//! sees each request.
//!
//! Invariant: a cell is on the list of its size, and holds its size; `bytes` is the sum of all.
//! Not here: who asks (`arrays`, `large`).

use core::cell::Cell;
use core::ptr::{self, NonNull};

use super::{Blocks, MAX_RAW};
use crate::heap::{Heap, Phase, UNCAPPED};

/// So many bytes are kept at most.
const KEPT: usize = 256 << 10;
/// Larger cells go back at once: they are the system's own business.
const LARGEST: usize = 120 << 10;
/// How many lists there are from one power of two to the next, and in all.
const LISTS_OF_OCTAVE: usize = 4;
const LISTS: usize = list_of(LARGEST) + 1;
/// How many cells of a list are looked at.
const LOOKED_AT: usize = 4;
/// The part of what was asked for that a cell may be larger.
const SLACK: usize = 8;

#[repr(C)]
struct KeptCell {
    next: *mut KeptCell,
    size: usize,
}

pub(super) struct Kept {
    lists: [Cell<*mut KeptCell>; LISTS],
    bytes: Cell<usize>,
    is_on: Cell<bool>,
}

/// The list for cells of so many bytes, more than `MAX_RAW`.
const fn list_of(size: usize) -> usize {
    let octave = size.ilog2() as usize;
    (octave - 8) * LISTS_OF_OCTAVE + (size >> (octave - 2)) % LISTS_OF_OCTAVE
}

impl Kept {
    pub(super) const fn new() -> Kept {
        Kept { lists: [const { Cell::new(ptr::null_mut()) }; LISTS], bytes: Cell::new(0), is_on: Cell::new(false) }
    }

    /// A cell of just so many bytes, if there is one at hand.
    pub(super) fn take_exact(&self, size: usize) -> Option<NonNull<u8>> {
        if self.bytes.get() < size {
            return None;
        }
        self.take_from(list_of(size), |kept| kept == size).map(|(p, _)| p)
    }

    /// A cell of so many bytes, or a little more by a multiple of 8; and how many it has.
    pub(super) fn take(&self, size: usize) -> Option<(NonNull<u8>, usize)> {
        if self.bytes.get() < size {
            return None;
        }
        let fits = |kept: usize| kept >= size && kept - size <= size / SLACK && (kept - size).is_multiple_of(8);
        let list = list_of(size);
        self.take_from(list, fits).or_else(|| self.take_from(list + 1, fits))
    }

    fn take_from(&self, list: usize, fits: impl Fn(usize) -> bool) -> Option<(NonNull<u8>, usize)> {
        let mut link = self.lists.get(list)?.as_ptr();
        for _ in 0..LOOKED_AT {
            // SAFETY: the link is a list's head, or in a kept cell; kept cells are free memory of ours.
            unsafe {
                let cell = NonNull::new(*link)?;
                let size = cell.as_ref().size;
                if fits(size) {
                    *link = cell.as_ref().next;
                    self.bytes.set(self.bytes.get() - size);
                    return Some((cell.cast(), size));
                }
                link = &raw mut (*cell.as_ptr()).next;
            }
        }
        None
    }

    /// Keeps a cell that the sweep has freed, or the program meanwhile; false: it goes back to the host. What growth leaves
    /// behind at other times is seldom asked for again.
    ///
    /// # Safety
    /// `p` came from the host with this size, more than `MAX_RAW`, and is not used again if this is true.
    pub(super) unsafe fn keep(&self, heap: &Heap, p: NonNull<u8>, size: usize) -> bool {
        debug_assert!(size > MAX_RAW);
        let bytes = self.bytes.get() + size;
        if heap.phase.get() != Phase::Sweep || !self.is_on.get() || size > LARGEST || bytes > KEPT || heap.cap.limit() != UNCAPPED {
            return false;
        }
        let list = &self.lists[list_of(size)];
        // SAFETY: the caller's promise: free memory of more than two words, aligned as the host aligns.
        unsafe { p.cast::<KeptCell>().write(KeptCell { next: list.get(), size }) };
        list.set(p.as_ptr().cast());
        self.bytes.set(bytes);
        true
    }
}

impl Blocks {
    /// Whether large cells are kept from now on. Those that are go back.
    pub fn keep_large_cells(&self, heap: &Heap, on: bool) {
        self.kept.is_on.set(on && MAX_RAW > 0);
        self.release_kept(heap);
    }

    /// Gives the kept cells back; whether there were any.
    pub fn release_kept(&self, heap: &Heap) -> bool {
        if self.kept.bytes.replace(0) == 0 {
            return false;
        }
        for list in &self.kept.lists {
            while let Some(cell) = NonNull::new(list.get()) {
                // SAFETY: ALLOC: a kept cell with the size it was asked with; nobody uses it again.
                unsafe {
                    list.set(cell.as_ref().next);
                    heap.host_free(cell.cast(), cell.as_ref().size);
                }
            }
        }
        true
    }
}
