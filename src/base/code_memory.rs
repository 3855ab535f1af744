//! Memory for machine code: written, then made executable, never both at once.
//!
//! One reservation of address space, of which the system gives pages as they are touched. Pieces are whole units; which are
//! taken is a map of bits, apart from them.
//!
//! Where the system refuses executable memory, there is none, and nothing else fails.
//!
//! Not here: what the code is (`vm::jit`).

use core::cell::Cell;
use core::ptr::{self, NonNull};

/// Every system has this for the one kind of processor that there is code for (asking for it takes 64 KB of the C library). Were it
/// larger, the system would refuse.
const PAGE: usize = 4096;
/// Pieces begin at multiples of this.
const UNIT: usize = 256;
const UNITS: usize = 1 << 12;
/// What one state's loops can take: more is left to the interpreter.
const SIZE: usize = UNIT * UNITS;

/// A piece of executable memory.
#[derive(Clone, Copy)]
pub struct Piece {
    pub start: NonNull<u8>,
    units: usize,
}

pub struct CodeMemory {
    /// Null before the first use, and when the system refused.
    memory: Cell<*mut u8>,
    taken: Cell<*mut [u64; UNITS / 64]>,
    refused: Cell<bool>,
}

/// Anonymous memory of this size, zeroed, or null.
pub fn map(size: usize) -> *mut u8 {
    // SAFETY: a new mapping of the system's choice.
    let p = unsafe {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        libc::mmap(ptr::null_mut(), size, access, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0)
    };
    if p == libc::MAP_FAILED { ptr::null_mut() } else { p.cast() }
}

/// Gives back what `map` gave.
///
/// # Safety
/// `p` came from `map` with this size, or is null; nobody uses it again.
pub unsafe fn unmap(p: *mut u8, size: usize) {
    if !p.is_null() {
        // SAFETY: the caller's promise.
        unsafe { libc::munmap(p.cast(), size) };
    }
}

impl CodeMemory {
    pub const fn new() -> CodeMemory {
        CodeMemory {
            memory: Cell::new(ptr::null_mut()),
            taken: Cell::new(ptr::null_mut()),
            refused: Cell::new(false),
        }
    }

    fn reserve(&self) -> bool {
        if self.memory.get().is_null() && !self.refused.get() {
            // SAFETY: no precondition; all zero bytes: nothing is taken.
            let (memory, taken) = (map(SIZE), unsafe { libc::calloc(UNITS / 64, size_of::<u64>()) });
            if memory.is_null() || taken.is_null() {
                // SAFETY: just mapped and allocated.
                unsafe {
                    unmap(memory, SIZE);
                    libc::free(taken);
                }
                self.refused.set(true);
                return false;
            }
            self.memory.set(memory);
            self.taken.set(taken.cast());
        }
        !self.refused.get()
    }

    /// Puts code where it can be executed; None if there is no room, or the system refuses.
    pub fn put(&self, code: &[u8]) -> Option<Piece> {
        let units = code.len().div_ceil(UNIT);
        if units == 0 || !self.reserve() {
            return None;
        }
        let first = self.free_units(units)?;
        // SAFETY: `units` free units from `first` on lie in the reservation.
        unsafe {
            let start = self.memory.get().add(first * UNIT + skew(first, units * UNIT - code.len()));
            if !allow(start, code.len(), libc::PROT_READ | libc::PROT_WRITE) {
                self.refused.set(true);
                return None;
            }
            ptr::copy_nonoverlapping(code.as_ptr(), start, code.len());
            if !allow(start, code.len(), libc::PROT_READ | libc::PROT_EXEC) {
                // What lies in the same pages must not be jumped to either: the caller forgets all code.
                self.refused.set(true);
                return None;
            }
            self.mark(first, units, true);
            Some(Piece { start: NonNull::new_unchecked(start), units })
        }
    }

    /// Whether code that was put here can be executed still: not if the system has changed its mind.
    pub fn is_executable(&self) -> bool {
        !self.refused.get()
    }

    /// Gives a piece back.
    ///
    /// # Safety
    /// It came from `put`, and nobody jumps there again.
    pub unsafe fn free(&self, piece: Piece) {
        // SAFETY: the caller's promise: it lies in the reservation.
        let first = unsafe { piece.start.as_ptr().offset_from(self.memory.get()) } as usize / UNIT;
        self.mark(first, piece.units, false);
    }

    /// The first row of so many free units.
    fn free_units(&self, units: usize) -> Option<usize> {
        // SAFETY: from `reserve`.
        let taken = unsafe { &*self.taken.get() };
        let mut row = 0;
        for unit in 0..UNITS {
            row = if taken[unit / 64] >> (unit % 64) & 1 == 0 { row + 1 } else { 0 };
            if row == units {
                return Some(unit + 1 - units);
            }
        }
        None
    }

    fn mark(&self, first: usize, units: usize, taken: bool) {
        // SAFETY: from `reserve`.
        let map = unsafe { &mut *self.taken.get() };
        for unit in first..first + units {
            let bit = 1 << (unit % 64);
            debug_assert!((map[unit / 64] & bit != 0) != taken);
            map[unit / 64] ^= bit;
        }
    }

    /// Gives all back.
    ///
    /// # Safety
    /// Nobody jumps to what was put here again.
    pub unsafe fn release(&self) {
        // SAFETY: from `reserve`, or null; the caller's promise.
        unsafe {
            unmap(self.memory.replace(ptr::null_mut()), SIZE);
            libc::free(self.taken.replace(ptr::null_mut()).cast());
        }
    }
}

/// How far behind the beginning of its first unit a piece begins, if there is so much room behind its end. PERF: a processor foretells where a jump leads by
/// the low bits of those before. Were they the same of all functions, it would not tell which one had been called last: a
/// loop that calls three in turn took three times as long.
fn skew(first: usize, room: usize) -> usize {
    (first % 8 * 4).min(room)
}

impl Default for CodeMemory {
    fn default() -> CodeMemory {
        CodeMemory::new()
    }
}

/// Changes what may be done with the pages of a piece.
///
/// # Safety
/// The piece lies in a reservation, no code of which runs.
unsafe fn allow(start: *mut u8, size: usize, access: i32) -> bool {
    let begin = start as usize & !(PAGE - 1);
    let end = (start as usize + size).next_multiple_of(PAGE);
    // SAFETY: the caller's promise; whole pages of the reservation.
    unsafe { libc::mprotect(begin as *mut _, end - begin, access) == 0 }
}
