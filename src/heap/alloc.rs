//! The door to the host's allocator, with the accounts the collector is paced by.
//!
//! Invariant (ALLOC): each block goes back with the size it was asked with; `in_use` is the sum of
//! all sizes handed out and not given back (an object's rounded up to its cell).
//! Not here: the cells that small objects live in (`blocks`).

use core::cell::Cell;
use core::ffi::c_void;
use core::mem;
use core::ptr::{self, NonNull};

use crate::base::addresses::Addresses;

use super::blocks::MAX_SMALL;
use super::{Blocks, Cap, Gc, GcHeader, Kind, MarkStack, Paths, WeakTables, mark};

/// `lua_Alloc`: `(ud, ptr, old_size, new_size) -> ptr`; frees when `new_size` is 0 (manual §3.7).
pub type AllocFn = unsafe extern "C" fn(*mut c_void, *mut c_void, usize, usize) -> *mut c_void;

/// The allocator answered NULL. Becomes `LUA_ERRMEM`.
#[derive(Clone, Copy, Debug)]
pub struct OutOfMemory;

/// Where the collector is in its cycle.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Phase {
    Pause,
    /// Gray objects are being traversed; the mutator runs in between.
    Propagate,
    /// Dead cells are being freed.
    Sweep,
    /// Finalizers wait to be called.
    Finalize,
}

/// A threshold that is never reached: the collector is off.
pub const NEVER: isize = isize::MAX / 2;

pub struct Heap {
    alloc: Cell<AllocFn>,
    ud: Cell<*mut c_void>,
    /// Bytes held by objects and their arrays, less `threshold`. Positive: a step is due.
    /// PERF: the only account that an allocation touches.
    debt: Cell<isize>,
    /// How many bytes may be held before the collector's next step.
    threshold: Cell<isize>,
    pub phase: Cell<Phase>,
    pub current_white: Cell<u8>,
    /// Gray objects still to traverse.
    pub gray: MarkStack,
    /// Big tables that wait for the one being traversed in slices; still gray.
    pub gray_big: MarkStack,
    /// Objects that went back from black to gray, to traverse in the atomic step.
    pub gray_again: MarkStack,
    /// Weak tables met in this cycle, to clear of dead entries in the atomic step.
    pub weak: WeakTables,
    /// A big table that is being traversed in slices, and the entry to go on with.
    pub slice: Cell<Option<Gc<GcHeader>>>,
    pub slice_at: Cell<usize>,
    pub slice_restarts: Cell<u32>,
    /// How much had become gray again when it was listed for traversal once more, in this cycle.
    pub looked_again: Cell<usize>,
    /// Bytes that the current sweep has freed.
    pub swept: Cell<usize>,
    /// Under the feature `checks`: how many requests will be granted before one is refused. The
    /// host sees few of them, because cells are cut from its blocks. Negative: all are.
    pub granted: Cell<i64>,
    /// The word that work is counted in (`state::limits`): none before the Global is where it stays.
    meter: Cell<Option<NonNull<Cell<i64>>>>,
    pub blocks: Blocks,
    /// What scripts see of the addresses of what lies here.
    pub addresses: Addresses,
    /// Where lookups by `__index` have led.
    pub paths: Paths,
    /// What is held from the host, and how much that may be.
    pub cap: Cap,
}

/// What an allocation looks at and changes, for machine code (`vm::jit`).
pub mod heap_layout {
    use core::mem::offset_of;

    use super::Heap;
    use crate::heap::blocks::cell_layout;

    pub const DEBT: usize = offset_of!(Heap, debt);
    pub const WHITE: usize = offset_of!(Heap, current_white);

    /// The first free cell for objects of so many bytes, a multiple of 8.
    pub const fn objects(size: usize) -> usize {
        offset_of!(Heap, blocks) + cell_layout::objects(size)
    }

    /// The first free cell for arrays of so many bytes.
    pub const fn arrays(size: usize) -> usize {
        offset_of!(Heap, blocks) + cell_layout::arrays(size)
    }
}

impl Heap {
    /// Whether small objects and arrays are made of free cells at hand, if there are any.
    pub const HAS_CELLS: bool = !cfg!(feature = "checks") && MAX_SMALL > 0;

    /// `held`: what the state holds from the host already.
    pub fn new(alloc: AllocFn, ud: *mut c_void, held: usize) -> Heap {
        Heap {
            alloc: Cell::new(alloc),
            ud: Cell::new(ud),
            debt: Cell::new(-NEVER),
            threshold: Cell::new(NEVER),
            phase: Cell::new(Phase::Pause),
            current_white: Cell::new(mark::WHITE0),
            gray: MarkStack::new(),
            gray_big: MarkStack::new(),
            gray_again: MarkStack::new(),
            weak: WeakTables::new(),
            slice: Cell::new(None),
            slice_at: Cell::new(0),
            slice_restarts: Cell::new(0),
            looked_again: Cell::new(usize::MAX),
            swept: Cell::new(0),
            granted: Cell::new(-1),
            meter: Cell::new(None),
            blocks: Blocks::new(),
            addresses: Addresses::default(),
            paths: Paths::new(),
            cap: Cap::new(held),
        }
    }

    pub fn allocator(&self) -> (AllocFn, *mut c_void) {
        (self.alloc.get(), self.ud.get())
    }

    pub fn set_allocator(&self, alloc: AllocFn, ud: *mut c_void) {
        self.blocks.keep_large_cells(self, false);
        self.alloc.set(alloc);
        self.ud.set(ud);
    }

    /// Bytes now held by objects and their arrays.
    pub fn in_use(&self) -> usize {
        (self.threshold.get() + self.debt.get()) as usize
    }

    /// Bytes held above the threshold.
    pub fn debt(&self) -> isize {
        self.debt.get()
    }

    /// How many bytes may be held before the next step is due.
    pub fn threshold(&self) -> usize {
        self.threshold.get() as usize
    }

    pub fn set_threshold(&self, bytes: usize) {
        let held = self.in_use() as isize;
        let threshold = (bytes.min(NEVER as usize)) as isize;
        self.threshold.set(threshold);
        self.debt.set(held - threshold);
    }

    /// Under the feature `checks` a step is always due, unless it would be a very long one.
    #[inline(always)]
    pub fn step_due(&self) -> bool {
        self.debt.get() > if cfg!(feature = "checks") { -(1 << 20) } else { 0 }
    }

    /// Whether this request is the one that a test wants refused.
    #[inline(always)]
    fn refused(&self) -> bool {
        cfg!(feature = "checks") && {
            let left = self.granted.get();
            self.granted.set(if left < 0 { left } else { left - 1 });
            left == 0
        }
    }

    /// Has work counted in a word from now on.
    ///
    /// # Safety
    /// The word lives, where it is, as long as the heap.
    pub unsafe fn count_in(&self, meter: NonNull<Cell<i64>>) {
        self.meter.set(Some(meter));
    }

    /// Counts work on the heap's objects that a script can ask for without end (`Global::spend`).
    pub fn spend(&self, units: usize) {
        if let Some(meter) = self.meter.get() {
            // SAFETY: it lives as long as the heap: `count_in`'s caller promised.
            let meter = unsafe { meter.as_ref() };
            meter.set(meter.get().wrapping_sub(units as i64));
        }
    }

    /// Books `size` bytes as handed out.
    #[inline(always)]
    pub fn account(&self, size: usize) {
        self.debt.set(self.debt.get() + size as isize);
    }

    #[inline(always)]
    pub fn discount(&self, size: usize) {
        debug_assert!(self.in_use() >= size);
        self.debt.set(self.debt.get() - size as isize);
    }

    /// What the sweep has freed counts as freed, but does not put off the next step: cells are used
    /// again as fast as they are swept, so a sweep paced by growth alone would never end.
    pub fn swept_since(&self, before: usize) {
        let freed = before as isize - self.in_use() as isize;
        self.swept.set(self.swept.get().wrapping_add_signed(freed));
        if self.threshold.get() != NEVER {
            self.debt.set(self.debt.get() + freed);
            self.threshold.set(self.threshold.get() - freed);
        }
    }

    /// Bytes straight from the host, not booked: for blocks, whose cells are booked one by one.
    pub fn host_alloc(&self, size: usize) -> Result<NonNull<u8>, OutOfMemory> {
        self.allow(size)?;
        // SAFETY: ALLOC: the host's function with lua_Alloc's contract; a fresh block (NULL, 0).
        let p = self.ask(|| unsafe { (self.alloc.get())(self.ud.get(), ptr::null_mut(), 0, size) })?;
        self.grown(size);
        Ok(p)
    }

    /// What the host answers: asked once more if it refuses while there are cells that could go back to it.
    #[inline(always)]
    fn ask(&self, request: impl Fn() -> *mut c_void) -> Result<NonNull<u8>, OutOfMemory> {
        match NonNull::new(request()) {
            Some(p) => Ok(p.cast()),
            None if self.blocks.release_kept(self) => NonNull::new(request().cast()).ok_or(OutOfMemory),
            None => Err(OutOfMemory),
        }
    }

    /// Whether the cap allows so many bytes more.
    #[inline]
    fn allow(&self, bytes: usize) -> Result<(), OutOfMemory> {
        if self.cap.allows(bytes) { Ok(()) } else { self.allow_after_all(bytes) }
    }

    #[cold]
    #[inline(never)]
    fn allow_after_all(&self, bytes: usize) -> Result<(), OutOfMemory> {
        self.blocks.release_spare(self);
        if self.cap.allows(bytes) {
            return Ok(());
        }
        self.cap.refuse();
        self.set_threshold(0);
        Err(OutOfMemory)
    }

    /// Books what the host gave.
    #[inline]
    fn grown(&self, bytes: usize) {
        if self.cap.grow(bytes) {
            self.set_threshold(0); // a step is due: the collection wanted
        }
    }

    /// # Safety
    /// `p` came from `host_alloc(size)` and is not used again.
    pub unsafe fn host_free(&self, p: NonNull<u8>, size: usize) {
        self.cap.shrink(size);
        // SAFETY: ALLOC: the caller gives the block back with its true size.
        unsafe { (self.alloc.get())(self.ud.get(), p.as_ptr().cast(), size, 0) };
    }

    /// An array of `count` uninitialised `T`s; `count` is not 0.
    pub fn alloc_array<T>(&self, count: usize) -> Result<NonNull<T>, OutOfMemory> {
        let size = count.checked_mul(mem::size_of::<T>()).ok_or(OutOfMemory)?;
        if self.refused() {
            return Err(OutOfMemory);
        }
        let p = self.blocks.alloc_raw(self, size)?;
        self.account(size);
        Ok(p.cast())
    }

    /// # Safety
    /// `p` came from `alloc_array::<T>(count)` (or was resized to `count`) and is not used again.
    pub unsafe fn free_array<T>(&self, p: NonNull<T>, count: usize) {
        let size = count * mem::size_of::<T>();
        self.discount(size);
        // SAFETY: ALLOC: same block, same size.
        unsafe { self.blocks.free_raw(self, p.cast(), size) };
    }

    /// Grows or shrinks an array to `new_count` (not 0); the first elements are kept. On failure
    /// the old array stays as it was.
    ///
    /// # Safety
    /// As `free_array`; `T` may be moved bytewise.
    pub unsafe fn resize_array<T>(
        &self,
        p: NonNull<T>,
        old_count: usize,
        new_count: usize,
    ) -> Result<NonNull<T>, OutOfMemory> {
        let new_size = new_count.checked_mul(mem::size_of::<T>()).ok_or(OutOfMemory)?;
        let old_size = old_count * mem::size_of::<T>();
        if new_size > old_size && self.refused() {
            return Err(OutOfMemory);
        }
        // SAFETY: ALLOC: the caller's block with its true size.
        let q = unsafe { self.blocks.resize_raw(self, p.cast(), old_size, new_size)? };
        self.account(new_size);
        self.discount(old_size);
        Ok(q.cast())
    }

    /// Passes a resize to the host's realloc.
    ///
    /// # Safety
    /// `p` came from the host with `old_size`.
    pub unsafe fn host_realloc(
        &self,
        p: NonNull<u8>,
        old_size: usize,
        new_size: usize,
    ) -> Result<NonNull<u8>, OutOfMemory> {
        if new_size > old_size {
            self.allow(new_size - old_size)?;
        }
        // SAFETY: ALLOC: true old size; new_size is not 0, so NULL means refusal.
        let q = self.ask(|| unsafe { (self.alloc.get())(self.ud.get(), p.as_ptr().cast(), old_size, new_size) })?;
        if new_size > old_size {
            self.grown(new_size - old_size);
        } else {
            self.cap.shrink(old_size - new_size);
        }
        Ok(q)
    }

    /// Room for a new object of `size` bytes; its header says `kind` and is white, the rest is
    /// uninitialised. The caller fills it before the next safepoint.
    #[inline(always)]
    pub fn alloc_object(&self, size: usize, kind: Kind) -> Result<NonNull<u8>, OutOfMemory> {
        if self.refused() {
            return Err(OutOfMemory);
        }
        let (p, booked) = self.blocks.alloc_object(self, size, kind)?;
        self.account(booked);
        // SAFETY: the cell is at least two bytes, ours, and aligned for a header.
        unsafe {
            p.cast::<super::GcHeader>()
                .write(super::GcHeader::new(kind, self.current_white.get()));
        }
        Ok(p)
    }

    // For the interpreter's handlers, which must not call: the free cells at hand.

    /// The cell that the next object of so many bytes, a multiple of 8, would live in; null: only
    /// `alloc_object` finds one. It stays free until it is taken.
    #[inline(always)]
    pub fn object_cell(&self, size: usize) -> *mut u8 {
        if Heap::HAS_CELLS { self.blocks.object_cell(size) } else { ptr::null_mut() }
    }

    /// Makes the cell that `object_cell` shows the cell of a new object, as `alloc_object` does.
    ///
    /// # Safety
    /// `object_cell` shows a cell for this size.
    #[inline(always)]
    pub unsafe fn take_object_cell(&self, size: usize, kind: Kind) {
        // SAFETY: the caller's promise: there is a cell, ours and aligned for a header.
        unsafe {
            let p = self.blocks.take_object_cell(size);
            p.cast::<GcHeader>().write(GcHeader::new(kind, self.current_white.get()));
        }
        self.account(size);
    }

    /// The same, where it is known which cell that is.
    ///
    /// # Safety
    /// `object_cell` shows this cell for this size.
    #[inline(always)]
    pub unsafe fn take_object_cell_shown(&self, cell: *mut u8, size: usize, kind: Kind) {
        // SAFETY: the caller's promise: it is ours and aligned for a header.
        unsafe {
            self.blocks.take_object_cell_shown(cell, size);
            cell.cast::<GcHeader>().write(GcHeader::new(kind, self.current_white.get()));
        }
        self.account(size);
    }

    /// The cell that the next array of so many bytes, not 0, would live in; null: only `alloc_array`
    /// finds one. It stays free until it is taken.
    #[inline(always)]
    pub fn array_cell(&self, size: usize) -> *mut u8 {
        if Heap::HAS_CELLS { self.blocks.array_cell(size) } else { ptr::null_mut() }
    }

    /// # Safety
    /// `array_cell` shows a cell for this size.
    #[inline(always)]
    pub unsafe fn take_array_cell(&self, size: usize) {
        // SAFETY: the caller's promise.
        unsafe { self.blocks.take_array_cell(size) };
        self.account(size);
    }
}
