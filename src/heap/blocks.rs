//! Cells for objects and small arrays, cut from blocks of the host.
//!
//! ```text
//!   block:  [next size cell count free | pad to 16 | cell 0 | cell 1 | … ]
//!   free cell of objects:  kind = Free, …, word 1 = next free cell
//!   free cell of arrays:   word 0 = next free cell
//! ```
//!
//! Objects up to [`MAX_SMALL`] bytes live in cells of a size class (steps of 8 bytes); a class
//! owns blocks, and a block belongs to one class. Allocation pops the class's free list. When that
//! is empty the class takes the next block: one that the sweep has left with free cells, else it
//! sweeps some of its blocks here and now, else it asks the host. So the sweep is paid for where
//! its fruit is used, in the order in which the cells will be filled. Larger objects have an
//! allocation of their own, chained through a prefix. Small arrays have classes too, but are freed
//! by name and never swept.
//!
//! A class's first block is small and each further one twice as large, up to the block size: a
//! host with many small states pays for what it uses.
//!
//! Invariants: each block of a class is on exactly one of its lists; `free` of a class belongs to
//! a block on `full`; lists of `unswept` blocks exist only while the heap sweeps; a cell's kind is
//! `Free` exactly while it holds no object. Cells whose size is a multiple of 16 are 16-aligned.
//! Not here: what a dead object owns (the sweeper that `gc` passes in).

use core::cell::Cell;
use core::ptr::{self, NonNull};

use super::{Gc, GcHeader, Heap, Kind, OutOfMemory, mark};

/// The largest object that lives in a cell. In an `isolate` build none does: the host's allocator,
/// or valgrind, sees every object.
pub const MAX_SMALL: usize = if cfg!(feature = "isolate") { 0 } else { 512 };
const OBJECT_CLASSES: usize = MAX_SMALL / 8 + 1;
/// The largest array that lives in a cell.
const MAX_RAW: usize = if cfg!(feature = "isolate") { 0 } else { 256 };
const RAW_CLASSES: usize = MAX_RAW / 8 + 1;

const FIRST_BLOCK: usize = 1 << 10;
const DEFAULT_BLOCK: usize = 16 << 10;
/// Every block holds at least so many cells.
const MIN_CELLS: usize = 4;
/// Blocks that one allocation sweeps at most before it asks the host.
const SWEEPS_PER_REFILL: usize = 4;
/// Marks that outlive a cycle.
const KEPT_MARKS: u8 = mark::FINALIZED | mark::FIXED;

/// Frees what a dead object owns besides its cell; `context` is what `start_sweep` was given.
pub type Sweeper = unsafe fn(context: *const (), object: Gc<GcHeader>);

#[repr(C)]
struct Block {
    next: *mut Block,
    /// What the host was asked for.
    size: u32,
    /// Bytes of one cell.
    cell: u32,
    count: u32,
    first: u32,
    /// Free cells, as the last sweep found them.
    free: *mut FreeCell,
}

#[repr(C)]
struct FreeCell {
    header: GcHeader,
    next: *mut FreeCell,
}

#[repr(C)]
struct FreeRaw {
    next: *mut FreeRaw,
}

/// What lies below an object with its own allocation.
#[repr(C)]
struct Large {
    next: *mut Large,
    /// Bytes of the object, a multiple of 8; bit 0: the host's block begins 8 bytes lower still.
    size: usize,
}

/// Prefix, and room to align the object to 16 when the host aligns to 8 only.
const LARGE_EXTRA: usize = size_of::<Large>() + 8;

struct Class {
    free: Cell<*mut FreeCell>,
    /// Blocks without free cells, but for those on `free`.
    full: Cell<*mut Block>,
    /// Swept blocks with free cells.
    available: Cell<*mut Block>,
    unswept: Cell<*mut Block>,
    /// Blocks on the three lists.
    blocks: Cell<u32>,
}

pub struct Blocks {
    classes: [Class; OBJECT_CLASSES],
    raw: [Cell<*mut FreeRaw>; RAW_CLASSES],
    raw_count: [Cell<u32>; RAW_CLASSES],
    raw_blocks: Cell<*mut Block>,
    large: Cell<*mut Large>,
    unswept_large: Cell<*mut Large>,
    /// Empty blocks of full size, for any class.
    spare: Cell<*mut Block>,
    spare_bytes: Cell<usize>,
    block_size: Cell<usize>,
    sweeper: Cell<Option<(Sweeper, *const ())>>,
    /// The class whose blocks are swept next; past the last when only the sweep's end is left.
    sweep_class: Cell<usize>,
}

impl Class {
    const fn new() -> Class {
        Class {
            free: Cell::new(ptr::null_mut()),
            full: Cell::new(ptr::null_mut()),
            available: Cell::new(ptr::null_mut()),
            unswept: Cell::new(ptr::null_mut()),
            blocks: Cell::new(0),
        }
    }
}

impl Default for Blocks {
    fn default() -> Blocks {
        Blocks::new()
    }
}

impl Blocks {
    pub const fn new() -> Blocks {
        Blocks {
            classes: [const { Class::new() }; OBJECT_CLASSES],
            raw: [const { Cell::new(ptr::null_mut()) }; RAW_CLASSES],
            raw_count: [const { Cell::new(0) }; RAW_CLASSES],
            raw_blocks: Cell::new(ptr::null_mut()),
            large: Cell::new(ptr::null_mut()),
            unswept_large: Cell::new(ptr::null_mut()),
            spare: Cell::new(ptr::null_mut()),
            spare_bytes: Cell::new(0),
            block_size: Cell::new(DEFAULT_BLOCK),
            sweeper: Cell::new(None),
            sweep_class: Cell::new(OBJECT_CLASSES),
        }
    }

    /// The size of full-grown blocks, to be set before the first allocation: larger ones suit an
    /// allocator that is known to be good at them.
    pub fn set_block_size(&self, bytes: usize) {
        self.block_size.set(bytes.clamp(4 << 10, 1 << 20));
    }

    // Objects -----------------------------------------------------------------------------------

    /// A cell, and what it is to be booked at.
    #[inline(always)]
    pub fn alloc_object(
        &self,
        heap: &Heap,
        size: usize,
        kind: Kind,
    ) -> Result<(NonNull<u8>, usize), OutOfMemory> {
        if size > MAX_SMALL {
            return self.alloc_large(heap, size);
        }
        let step = if matches!(kind, Kind::Userdata) { 16 } else { 8 };
        let cell = (size + step - 1) & !(step - 1);
        let class = &self.classes[cell / 8];
        let free = class.free.get();
        match NonNull::new(free) {
            Some(p) => {
                // SAFETY: a cell of the free list is free memory of ours with a next link.
                class.free.set(unsafe { (*free).next });
                Ok((p.cast(), cell))
            }
            None => Ok((self.refill(heap, cell)?, cell)),
        }
    }

    /// Here we know that the class's free list is empty.
    #[cold]
    #[inline(never)]
    fn refill(&self, heap: &Heap, cell: usize) -> Result<NonNull<u8>, OutOfMemory> {
        let class = &self.classes[cell / 8];
        if let Some(block) = pop(&class.available) {
            return Ok(class.take(block));
        }
        for _ in 0..SWEEPS_PER_REFILL {
            match self.sweep_for(heap, class) {
                Some(p) => return Ok(p),
                None if class.unswept.get().is_null() => break,
                None => {}
            }
        }
        match self.new_block(heap, cell, class.blocks.get()) {
            Ok(block) => {
                class.blocks.set(class.blocks.get() + 1);
                // SAFETY: a new block, laid out for this cell size.
                unsafe { thread_objects(block) };
                Ok(class.take(block))
            }
            Err(OutOfMemory) => loop {
                // The host refuses: garbage that is still unswept may do.
                match self.sweep_for(heap, class) {
                    Some(p) => return Ok(p),
                    None if class.unswept.get().is_null() => return Err(OutOfMemory),
                    None => {}
                }
            },
        }
    }

    /// Sweeps the class's next block; a cell, if that freed one.
    fn sweep_for(&self, heap: &Heap, class: &Class) -> Option<NonNull<u8>> {
        let block = pop(&class.unswept)?;
        // SAFETY: an unswept block of a sweeping heap.
        unsafe { self.sweep_block(heap, block) };
        // SAFETY: the block is alive: it is on no list now.
        if unsafe { (*block).free.is_null() } {
            push(&class.full, block);
            None
        } else {
            Some(class.take(block))
        }
    }

    #[cold]
    #[inline(never)]
    fn alloc_large(&self, heap: &Heap, size: usize) -> Result<(NonNull<u8>, usize), OutOfMemory> {
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

    // Arrays ------------------------------------------------------------------------------------

    #[inline]
    pub fn alloc_raw(&self, heap: &Heap, size: usize) -> Result<NonNull<u8>, OutOfMemory> {
        if size > MAX_RAW {
            return heap.host_alloc(size);
        }
        let class = &self.raw[size.div_ceil(8)];
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

    #[cold]
    #[inline(never)]
    fn refill_raw(&self, heap: &Heap, size: usize) -> Result<NonNull<u8>, OutOfMemory> {
        let class = size.div_ceil(8).max(1);
        let block = self.new_block(heap, class * 8, self.raw_count[class].get())?;
        self.raw_count[class].set(self.raw_count[class].get() + 1);
        push(&self.raw_blocks, block);
        // SAFETY: a new block, laid out for this cell size; it has MIN_CELLS cells at least.
        unsafe {
            let mut next = ptr::null_mut();
            for i in (0..(*block).count as usize).rev() {
                let cell = cell_at(block, i).cast::<FreeRaw>();
                cell.write(FreeRaw { next });
                next = cell;
            }
            self.raw[class].set((*next).next);
            Ok(NonNull::new_unchecked(next.cast()))
        }
    }

    /// # Safety
    /// `p` came from `alloc_raw` with this size and is not used again.
    #[inline]
    pub unsafe fn free_raw(&self, heap: &Heap, p: NonNull<u8>, size: usize) {
        if size > MAX_RAW {
            // SAFETY: ALLOC: the caller's promise; large arrays are the host's.
            return unsafe {
                poison(p.as_ptr(), size);
                heap.host_free(p, size)
            };
        }
        let class = size.div_ceil(8);
        // SAFETY: the cell is the caller's to give, and at least a word long.
        unsafe {
            poison(p.as_ptr(), class * 8);
            p.cast::<FreeRaw>().write(FreeRaw { next: self.raw[class].get() });
        }
        self.raw[class].set(p.as_ptr().cast());
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
            // SAFETY: ALLOC: large arrays are the host's.
            return unsafe { heap.host_realloc(p, old_size, new_size) };
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

    // Blocks ------------------------------------------------------------------------------------

    /// A block for cells of a size, the `nth` of its class; the cells are not yet threaded.
    fn new_block(&self, heap: &Heap, cell: usize, nth: u32) -> Result<*mut Block, OutOfMemory> {
        let full = self.block_size.get();
        let least = size_of::<Block>() + 8 + MIN_CELLS * cell;
        let size = (FIRST_BLOCK << nth.min(12)).max(least).next_power_of_two().min(full);
        let block = match pop(&self.spare) {
            Some(spare) if size == full => {
                self.spare_bytes.set(self.spare_bytes.get() - full);
                spare
            }
            other => {
                if let Some(spare) = other {
                    push(&self.spare, spare);
                }
                heap.host_alloc(size)?.as_ptr().cast::<Block>()
            }
        };
        let first = (block as usize + size_of::<Block>()).next_multiple_of(16) - block as usize;
        // SAFETY: the block is ours, `size` bytes long, and 8-aligned as the host promises.
        unsafe {
            block.write(Block {
                next: ptr::null_mut(),
                size: size as u32,
                cell: cell as u32,
                count: ((size - first) / cell) as u32,
                first: first as u32,
                free: ptr::null_mut(),
            });
        }
        Ok(block)
    }

    /// Gives an empty block back, or keeps it for a while: about as much as the heap will grow
    /// before it is swept again.
    fn retire(&self, heap: &Heap, block: *mut Block) {
        // SAFETY: the block is on no list, and empty.
        let size = unsafe { (*block).size as usize };
        let kept = self.spare_bytes.get() + size;
        if size == self.block_size.get() && kept <= heap.in_use() / 2 {
            self.spare_bytes.set(kept);
            push(&self.spare, block);
        } else {
            // SAFETY: ALLOC: the block with the size it was asked with.
            unsafe { heap.host_free(NonNull::new_unchecked(block.cast()), size) };
        }
    }

    /// Gives the spare blocks back to the host.
    pub fn release_spare(&self, heap: &Heap) {
        self.spare_bytes.set(0);
        release_list(heap, &self.spare);
    }

    // Sweeping ----------------------------------------------------------------------------------

    /// Declares every block unswept. The white that is not current is dead from now on; no object
    /// of it may be reached any more.
    pub fn start_sweep(&self, sweeper: Sweeper, context: *const ()) {
        self.sweeper.set(Some((sweeper, context)));
        self.sweep_class.set(0);
        for class in &self.classes {
            debug_assert!(class.unswept.get().is_null(), "the last sweep was finished");
            class.free.set(ptr::null_mut());
            for list in [&class.available, &class.full] {
                while let Some(block) = pop(list) {
                    push(&class.unswept, block);
                }
            }
        }
        debug_assert!(self.unswept_large.get().is_null());
        self.unswept_large.set(self.large.replace(ptr::null_mut()));
    }

    /// Sweeps one block, or a few large objects. Returns the work done, in bytes looked through;
    /// None: nothing is left to sweep.
    pub fn sweep_next(&self, heap: &Heap) -> Option<usize> {
        while let Some(class) = self.classes.get(self.sweep_class.get()) {
            let Some(block) = pop(&class.unswept) else {
                self.sweep_class.set(self.sweep_class.get() + 1);
                continue;
            };
            // SAFETY: an unswept block of a sweeping heap; it is on no list now.
            let (live, size) = unsafe { (self.sweep_block(heap, block), (*block).size as usize) };
            if live == 0 {
                class.blocks.set(class.blocks.get() - 1);
                self.retire(heap, block);
            // SAFETY: the block still is alive.
            } else if unsafe { (*block).free.is_null() } {
                push(&class.full, block);
            } else {
                push(&class.available, block);
            }
            return Some(size);
        }
        if self.unswept_large.get().is_null() {
            return None;
        }
        let mut work = 0;
        for _ in 0..32 {
            let Some(bytes) = self.sweep_large(heap) else { break };
            work += bytes;
        }
        Some(work)
    }

    /// Rebuilds a block's free list; dead objects join it. Returns how many objects live on.
    ///
    /// # Safety
    /// The heap is sweeping, the block has not been swept in this cycle and is on no list.
    unsafe fn sweep_block(&self, heap: &Heap, block: *mut Block) -> usize {
        let dead = heap.other_white();
        let white = heap.current_white.get();
        let before = heap.in_use();
        // SAFETY: the block is alive.
        let (count, cell) = unsafe { ((*block).count as usize, (*block).cell as usize) };
        let mut free: *mut FreeCell = ptr::null_mut();
        let (mut live, mut freed) = (0, 0);
        for i in (0..count).rev() {
            // SAFETY: i < count, so this is a cell; every cell begins with a header, and no object
            // in it is borrowed while the heap sweeps.
            unsafe {
                let p = cell_at(block, i).cast::<FreeCell>();
                let header = &(*p).header;
                let marks = header.mark.get();
                if header.kind() != Kind::Free {
                    if marks & dead == 0 || marks & mark::FIXED != 0 {
                        header.mark.set(marks & KEPT_MARKS | white);
                        live += 1;
                        continue;
                    }
                    self.free_parts(Gc::from_ptr(p.cast()));
                    poison(p.cast(), cell);
                    p.cast::<GcHeader>().write(GcHeader::new(Kind::Free, 0));
                    freed += 1;
                }
                (*p).next = free;
                free = p;
            }
        }
        // SAFETY: the block is alive.
        unsafe { (*block).free = free };
        heap.discount(freed * cell);
        heap.swept_since(before);
        live
    }

    /// The next large object: freed, or put back on the list. Returns its size.
    fn sweep_large(&self, heap: &Heap) -> Option<usize> {
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

    #[inline(always)]
    fn free_parts(&self, object: Gc<GcHeader>) {
        if matches!(object.kind(), Kind::Str | Kind::Table | Kind::Thread | Kind::Proto)
            && let Some((sweeper, context)) = self.sweeper.get()
        {
            // SAFETY: the object is dead, and the context is the one that belongs to the sweeper.
            unsafe { sweeper(context, object) };
        }
    }

    // All objects -------------------------------------------------------------------------------

    /// Shows every object, dead ones that are not yet swept included. `f` neither allocates
    /// objects nor frees any.
    pub fn for_each(&self, f: &mut dyn FnMut(Gc<GcHeader>)) {
        for class in &self.classes {
            for list in [&class.full, &class.available, &class.unswept] {
                let mut block = list.get();
                while let Some(p) = NonNull::new(block) {
                    // SAFETY: a listed block is alive, and so are its cells.
                    unsafe {
                        for i in 0..(*p.as_ptr()).count as usize {
                            let object: Gc<GcHeader> = Gc::from_ptr(cell_at(block, i).cast());
                            if object.kind() != Kind::Free {
                                f(object);
                            }
                        }
                        block = (*p.as_ptr()).next;
                    }
                }
            }
        }
        for list in [&self.large, &self.unswept_large] {
            let mut large = list.get();
            while !large.is_null() {
                // SAFETY: a listed prefix is alive, and so is the object behind it.
                unsafe {
                    f(Gc::from_ptr(large.add(1).cast()));
                    large = (*large).next;
                }
            }
        }
    }

    /// Gives every block and every large object back. What objects owned has been freed.
    pub fn release(&self, heap: &Heap) {
        let mut booked = 0;
        for class in &self.classes {
            class.free.set(ptr::null_mut());
            class.blocks.set(0);
            for list in [&class.full, &class.available, &class.unswept] {
                booked += objects_bytes(list.get());
                release_list(heap, list);
            }
        }
        for list in [&self.large, &self.unswept_large] {
            while let Some(large) = NonNull::new(list.get()) {
                // SAFETY: a listed prefix is alive.
                unsafe {
                    booked += (*large.as_ptr()).size & !7;
                    list.set((*large.as_ptr()).next);
                    free_large(heap, large.as_ptr());
                }
            }
        }
        heap.discount(booked);
        for (list, count) in self.raw.iter().zip(&self.raw_count) {
            list.set(ptr::null_mut());
            count.set(0);
        }
        release_list(heap, &self.raw_blocks);
        self.release_spare(heap);
    }
}

impl Class {
    /// Makes a block's free cells the class's own, and takes the first.
    fn take(&self, block: *mut Block) -> NonNull<u8> {
        push(&self.full, block);
        // SAFETY: the caller's block has a free cell.
        unsafe {
            let cell = (*block).free;
            debug_assert!(!cell.is_null());
            self.free.set((*cell).next);
            NonNull::new_unchecked(cell.cast())
        }
    }
}

/// # Safety
/// `i` is below the block's count.
#[inline(always)]
unsafe fn cell_at(block: *mut Block, i: usize) -> *mut u8 {
    // SAFETY: the cells follow one another from `first` on, within the block.
    unsafe { block.cast::<u8>().add((*block).first as usize + i * (*block).cell as usize) }
}

/// Makes all cells of a new block free, in address order.
///
/// # Safety
/// The block holds nothing.
unsafe fn thread_objects(block: *mut Block) {
    let mut next = ptr::null_mut();
    // SAFETY: the cells are ours, and two words long at least: every object is.
    unsafe {
        for i in (0..(*block).count as usize).rev() {
            let cell = cell_at(block, i).cast::<FreeCell>();
            cell.write(FreeCell { header: GcHeader::new(Kind::Free, 0), next });
            next = cell;
        }
        (*block).free = next;
    }
}

fn push(list: &Cell<*mut Block>, block: *mut Block) {
    // SAFETY: the caller's block is alive and on no list.
    unsafe { (*block).next = list.get() };
    list.set(block);
}

fn pop(list: &Cell<*mut Block>) -> Option<*mut Block> {
    let block = NonNull::new(list.get())?.as_ptr();
    // SAFETY: a listed block is alive.
    list.set(unsafe { (*block).next });
    Some(block)
}

fn release_list(heap: &Heap, list: &Cell<*mut Block>) {
    while let Some(block) = pop(list) {
        // SAFETY: ALLOC: the block with the size it was asked with; nobody uses it again.
        unsafe { heap.host_free(NonNull::new_unchecked(block.cast()), (*block).size as usize) };
    }
}

/// # Safety
/// The object is dead and owns nothing any more.
unsafe fn free_large(heap: &Heap, large: *mut Large) {
    // SAFETY: ALLOC: the size and the shift tell what the host was asked for.
    unsafe {
        let (size, shift) = ((*large).size & !7, ((*large).size & 1) << 3);
        poison(large.add(1).cast(), size);
        let begin = large.cast::<u8>().sub(shift);
        heap.host_free(NonNull::new_unchecked(begin), size + LARGE_EXTRA);
    }
}

/// What the objects in these blocks are booked at.
fn objects_bytes(mut block: *mut Block) -> usize {
    let mut bytes = 0;
    while !block.is_null() {
        // SAFETY: a listed block is alive, and so are its cells.
        unsafe {
            for i in 0..(*block).count as usize {
                if (*cell_at(block, i).cast::<GcHeader>()).kind() != Kind::Free {
                    bytes += (*block).cell as usize;
                }
            }
            block = (*block).next;
        }
    }
    bytes
}

/// Makes a use after free show.
///
/// # Safety
/// The bytes are free memory of ours.
#[inline(always)]
unsafe fn poison(p: *mut u8, size: usize) {
    if cfg!(feature = "checks") {
        // SAFETY: the caller's promise.
        unsafe { p.write_bytes(0xDB, size) };
    }
}
