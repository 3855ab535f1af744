//! Full userdata: a block of the host's bytes with a metatable and an environment.
//!
//! All userdata of a state are on one list, newest first, because the collector calls finalizers
//! in the reverse order of creation.
//!
//! Not here: finalization (`gc::finalize`).

use core::cell::Cell;

use crate::heap::{Gc, GcHeader, Heap, HeapObject, Kind, OutOfMemory};
use crate::object::Table;

#[repr(C, align(16))]
pub struct Userdata {
    header: GcHeader,
    pub metatable: Cell<Option<Gc<Table>>>,
    pub env: Cell<Gc<Table>>,
    pub len: usize,
    /// The next older userdata (or the next one queued for finalization).
    pub next: Cell<Option<Gc<Userdata>>>,
}

// SAFETY: repr(C), begins with its header, allocated as Kind::Userdata only.
unsafe impl HeapObject for Userdata {
    const KIND: Kind = Kind::Userdata;
}

impl Userdata {
    /// A userdata of `len` uninitialised bytes, not yet on any list.
    pub fn new(heap: &Heap, len: usize, env: Gc<Table>) -> Result<Gc<Userdata>, OutOfMemory> {
        let size = len.checked_add(size_of::<Userdata>()).ok_or(OutOfMemory)?;
        let p = heap.alloc_object(size, Kind::Userdata)?.cast::<Userdata>().as_ptr();
        // SAFETY: a fresh cell of the right size; the header is kept, all else written.
        unsafe {
            let header = p.cast::<GcHeader>().read();
            p.write(Userdata {
                header,
                metatable: Cell::new(None),
                env: Cell::new(env),
                len,
                next: Cell::new(None),
            });
            Ok(Gc::from_ptr(p))
        }
    }

    pub fn object_size(&self) -> usize {
        size_of::<Userdata>() + self.len
    }

    /// The host's bytes.
    #[inline(always)]
    pub fn data(&self) -> *mut u8 {
        // SAFETY: the bytes follow the fixed part, in the same allocation.
        unsafe { (self as *const Userdata).add(1).cast::<u8>().cast_mut() }
    }
}
