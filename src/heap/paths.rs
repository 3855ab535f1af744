//! Where lookups by `__index` have led: for a metatable and a key, the slot in which the value was found,
//! however many tables lie between.
//!
//! A path holds as long as nobody changes what it went by: that a table lacks the key, which metatable a
//! table has, which `__index` a metatable, where a table's nodes lie. All tables on a path, metatables
//! too, are `WATCHED`, and whoever changes such a thing in a watched table has all paths forgotten first
//! (`object::table::watch`). Values change freely: a path leads to the slot, and whoever follows it looks
//! whether a value is there. That the object itself lacks the key is for him to see, too.
//!
//! Forgetting is counting: a path is valid if it bears the number of the current epoch.
//!
//! Invariant: PATHS: no valid path leads anywhere else than a walk from table to table would. Paths are
//! forgotten in the atomic step, before anything is freed. The memory is the heap's, and may be refused:
//! then nothing is remembered.
//! Not here: walking and following (`vm::interp::inherited`).

use core::cell::Cell;
use core::ptr::NonNull;

use super::{Heap, OutOfMemory};

#[repr(C)]
pub struct Path {
    /// The metatable that the path begins at, and the epoch.
    pub tag: Cell<u64>,
    /// The key's word; that and `CALLS` or `ENDS` where the path does not lead to a value.
    pub key: Cell<u64>,
    pub slot: Cell<*mut ()>,
    /// If it is to be called: the table whose `__index` it is, null for the object itself.
    pub owner: Cell<*mut ()>,
}

/// In `Path::key`, whose address has these bits free: the slot's value is a function to be called.
pub const CALLS: u64 = 1;
/// Nobody has the key.
pub const ENDS: u64 = 2;

/// How many paths there is room for at first, and at most. Powers of two.
const FEW: usize = 64;
const MANY: usize = 1024;
/// Paths that took the place of valid ones, to a place: then there is to be more room.
const CROWD: usize = 4;

/// In a tag, an address leaves these bits to the epoch, which is not 0.
const EPOCH: u64 = 1 << 48;

struct Shared(Path);
// SAFETY: it is never written: no request for a place is answered with it.
unsafe impl Sync for Shared {}
/// No path, for no metatable lies at 0.
static NO_PATH: Shared = Shared(NONE);
const NONE: Path = Path {
    tag: Cell::new(0),
    key: Cell::new(0),
    slot: Cell::new(core::ptr::null_mut()),
    owner: Cell::new(core::ptr::null_mut()),
};

pub struct Paths {
    places: Cell<*mut Path>,
    /// How far the last place is behind the first, in bytes.
    reach: Cell<usize>,
    epoch: Cell<u64>,
    /// The word of the key `__index`.
    index: Cell<u64>,
    displaced: Cell<usize>,
}

/// Where the parts of paths lie, for machine code (`vm::jit`).
pub mod path_layout {
    use core::mem::offset_of;

    use super::{Path, Paths};

    pub const PLACES: usize = offset_of!(Paths, places);
    pub const REACH: usize = offset_of!(Paths, reach);
    pub const EPOCH: usize = offset_of!(Paths, epoch);
    pub const TAG: usize = offset_of!(Path, tag);
    pub const KEY: usize = offset_of!(Path, key);
    pub const SLOT: usize = offset_of!(Path, slot);
}

impl Paths {
    pub fn new() -> Paths {
        Paths {
            places: Cell::new((&raw const NO_PATH.0).cast_mut()),
            reach: Cell::new(0),
            epoch: Cell::new(EPOCH),
            index: Cell::new(0),
            displaced: Cell::new(0),
        }
    }

    pub fn set_index(&self, key: u64) {
        self.index.set(key);
    }

    #[inline(always)]
    pub fn index(&self) -> u64 {
        self.index.get()
    }

    /// The only place where a path may be that begins at a metatable's address, for a key's word.
    #[inline(always)]
    pub fn place(&self, metatable: usize, key: u64) -> *const Path {
        // Objects lie 8 bytes apart at least, and a path takes 32. PERF: the key's address, not its hash,
        // which would have to be loaded.
        let mixed = (key as usize).wrapping_mul(9).wrapping_add(metatable);
        self.places.get().cast_const().wrapping_byte_add((mixed << 2) & self.reach.get())
    }

    /// The tag of a valid path that begins there.
    #[inline(always)]
    pub fn tag(&self, metatable: usize) -> u64 {
        self.epoch.get().wrapping_add(metatable as u64)
    }

    /// No path is valid from now on.
    pub fn forget(&self) {
        let next = self.epoch.get().wrapping_add(EPOCH);
        if next == 0 {
            self.clear();
        }
        self.epoch.set(next.max(EPOCH));
    }

    /// Remembers a path, whose tag is of now. Returns whether it could.
    pub fn remember(&self, heap: &Heap, metatable: usize, key: u64, path: Path) -> bool {
        if self.reach.get() == 0 && self.make(heap, FEW).is_err() {
            return false;
        }
        // SAFETY: `reach` is not 0, so this is one of the places that `make` made.
        let place = unsafe { &*self.place(metatable, key) };
        let is_taken = place.tag.get() & !(EPOCH - 1) == self.epoch.get();
        let count = self.count();
        if is_taken && (place.tag.get(), place.key.get()) != (path.tag.get(), path.key.get()) {
            self.displaced.set(self.displaced.get() + 1);
            if self.displaced.get() > count / CROWD && count < MANY && self.make(heap, count * 4).is_ok() {
                return self.remember(heap, metatable, key, path);
            }
        }
        place.tag.set(path.tag.get());
        place.key.set(path.key.get());
        place.slot.set(path.slot.get());
        place.owner.set(path.owner.get());
        true
    }

    fn count(&self) -> usize {
        if self.reach.get() == 0 { 0 } else { self.reach.get() / size_of::<Path>() + 1 }
    }

    /// Room for `count` paths, and none remembered.
    fn make(&self, heap: &Heap, count: usize) -> Result<(), OutOfMemory> {
        let places = heap.alloc_array::<Path>(count)?;
        self.release(heap);
        self.places.set(places.as_ptr());
        self.reach.set((count - 1) * size_of::<Path>());
        self.clear();
        Ok(())
    }

    fn clear(&self) {
        for at in 0..self.count() {
            // SAFETY: at is below the number of places; a path has nothing to drop.
            unsafe { self.places.get().add(at).write(NONE) };
        }
        self.displaced.set(0);
    }

    /// Gives the memory back.
    pub fn release(&self, heap: &Heap) {
        let count = self.count();
        if count > 0 {
            // SAFETY: ALLOC: the places as `make` took them.
            unsafe { heap.free_array(NonNull::new_unchecked(self.places.get()), count) };
            self.places.set((&raw const NO_PATH.0).cast_mut());
            self.reach.set(0);
        }
    }
}

const _: () = assert!(size_of::<Path>() == 32);
