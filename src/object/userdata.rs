//! Full userdata: a block of the host's bytes with a metatable and an environment.
//!
//! Those that have a metatable, or had one, are on a list, newest first, because the collector calls
//! finalizers in the reverse order of creation. A serial number tells that order where a metatable
//! comes late.
//!
//! Not here: finalization (`gc::finalize`).

use core::cell::Cell;

use crate::heap::{Gc, GcHeader, Heap, HeapObject, Kind, OutOfMemory};
use crate::object::Table;

#[repr(C, align(16))]
pub struct Userdata {
    header: GcHeader,
    /// It is on the list, or will not be finalized any more.
    pub listed: Cell<bool>,
    /// The upper and the lower part of the serial number.
    epoch: u8,
    serial: u32,
    pub metatable: Cell<Option<Gc<Table>>>,
    pub env: Cell<Gc<Table>>,
    pub len: usize,
    /// The next older userdata on the list (or the next one queued for finalization).
    pub next: Cell<Option<Gc<Userdata>>>,
}

// SAFETY: repr(C), begins with its header, allocated as Kind::Userdata only.
unsafe impl HeapObject for Userdata {
    const KIND: Kind = Kind::Userdata;
}

impl Userdata {
    /// A userdata of `len` uninitialised bytes, not yet on the list. Serial numbers have 40 bits.
    pub fn new(heap: &Heap, len: usize, env: Gc<Table>, serial: u64) -> Result<Gc<Userdata>, OutOfMemory> {
        let size = len.checked_add(size_of::<Userdata>()).ok_or(OutOfMemory)?;
        let p = heap.alloc_object(size, Kind::Userdata)?.cast::<Userdata>().as_ptr();
        // SAFETY: a fresh cell of the right size; the header is kept, all else written.
        unsafe {
            let header = p.cast::<GcHeader>().read();
            p.write(Userdata {
                header,
                listed: Cell::new(false),
                epoch: (serial >> 32) as u8,
                serial: serial as u32,
                metatable: Cell::new(None),
                env: Cell::new(env),
                len,
                next: Cell::new(None),
            });
            Ok(Gc::from_ptr(p))
        }
    }

    /// How many userdata had been made when this one was, and it.
    pub fn serial(&self) -> u64 {
        (self.epoch as u64) << 32 | self.serial as u64
    }

    /// Whether this userdata was made after another.
    pub fn is_newer(&self, other: &Userdata) -> bool {
        self.serial() > other.serial()
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
