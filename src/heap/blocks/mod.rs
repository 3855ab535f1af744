//! Cells for objects and small arrays, cut from blocks of the host.
//!
//! ```text
//!   block:  [next size cell count free … | pad to 16 | cell 0 | cell 1 | … ]
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
//! by name and never swept; cells of theirs that a whole cycle has not needed are sorted by blocks, and empty blocks
//! given back. What is larger is the host's, but for some cells that are kept for a while (`kept`).
//!
//! A class's first block is small and every second one twice as large, up to the block size: a host with many small
//! states pays for what it uses, and no more than a third of what a class holds is room that it has not needed yet.
//!
//! `objects` allocates cells, `arrays` the small arrays, `surplus` sorts free cells of arrays, `lent` has the cells that
//! classes lend each other, `large` what has an allocation of its own, `sweep` frees. Here: the blocks.
//!
//! Invariants: each block of a class is on exactly one of its lists; `free` of a class belongs to
//! a block on `full`; lists of `unswept` blocks exist only while the heap sweeps; a cell's kind is
//! `Free` exactly while it holds no object. Cells whose size is a multiple of 16 are 16-aligned.
//! Not here: what a dead object owns (the sweeper that `gc` passes in).

mod arrays;
mod kept;
mod large;
mod lent;
mod objects;
mod surplus;
mod sweep;

use core::cell::Cell;
use core::ptr::{self, NonNull};

use super::{Gc, GcHeader, Heap, OutOfMemory};

use self::arrays::RawClass;
use self::kept::Kept;
use self::large::{Large, free_large};
use self::lent::{Lenders, Lent, for_each_object, release_notes};
use self::surplus::Surplus;

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

/// Frees what a dead object owns besides its cell; `context` is what `start_sweep` was given.
pub type Sweeper = unsafe fn(context: *const (), object: Gc<GcHeader>);

#[repr(C)]
struct Block {
    next: *mut Block,
    /// What the host was asked for.
    size: u32,
    count: u32,
    /// Bytes of one cell, and where the first one lies.
    cell: u16,
    first: u16,
    /// How many cells are in `free`.
    free_count: u32,
    /// Free cells, as the last sweep found them. Of arrays: those that lie in this block and are on no other list.
    free: *mut FreeCell,
    /// Of arrays: the class's next block that has some.
    next_available: *mut Block,
    /// What other classes have borrowed; null: nothing.
    lent: *mut Lent,
}

#[repr(C)]
struct FreeCell {
    header: GcHeader,
    next: *mut FreeCell,
}

struct Class {
    free: Cell<*mut FreeCell>,
    /// Blocks without free cells, but for those on `free`.
    full: Cell<*mut Block>,
    /// Swept blocks with free cells.
    available: Cell<*mut Block>,
    /// ... that other classes have been lent cells of, or may not be.
    aside: Cell<*mut Block>,
    /// Blocks to sweep: those that were `full` when the sweep began, and those that were `available` or `aside`.
    /// Three lists, because two cannot be made one without a walk along one of them.
    unswept: Cell<*mut Block>,
    unswept_available: Cell<*mut Block>,
    unswept_aside: Cell<*mut Block>,
    /// Blocks on these lists.
    blocks: Cell<u32>,
}

pub struct Blocks {
    classes: [Class; OBJECT_CLASSES],
    raw: [RawClass; RAW_CLASSES],
    surplus: Surplus,
    lenders: Lenders,
    kept: Kept,
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
            aside: Cell::new(ptr::null_mut()),
            unswept: Cell::new(ptr::null_mut()),
            unswept_available: Cell::new(ptr::null_mut()),
            unswept_aside: Cell::new(ptr::null_mut()),
            blocks: Cell::new(0),
        }
    }

    fn lists(&self) -> [&Cell<*mut Block>; 6] {
        [&self.full, &self.available, &self.aside, &self.unswept, &self.unswept_available, &self.unswept_aside]
    }

    /// All blocks become unswept.
    fn begin_sweep(&self) {
        debug_assert!(!self.has_unswept(), "the last sweep was finished");
        self.free.set(ptr::null_mut());
        self.unswept.set(self.full.replace(ptr::null_mut()));
        self.unswept_available.set(self.available.replace(ptr::null_mut()));
        self.unswept_aside.set(self.aside.replace(ptr::null_mut()));
    }

    fn has_unswept(&self) -> bool {
        [&self.unswept, &self.unswept_available, &self.unswept_aside].iter().any(|list| !list.get().is_null())
    }

    fn pop_unswept(&self) -> Option<*mut Block> {
        pop(&self.unswept).or_else(|| pop(&self.unswept_available)).or_else(|| pop(&self.unswept_aside))
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
            raw: [const { RawClass::new() }; RAW_CLASSES],
            surplus: Surplus::new(),
            lenders: Lenders::new(),
            kept: Kept::new(),
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

    // Blocks ------------------------------------------------------------------------------------

    /// A block for cells of a size, the `nth` of its class; the cells are not yet threaded.
    fn new_block(&self, heap: &Heap, cell: usize, nth: u32) -> Result<*mut Block, OutOfMemory> {
        let full = self.block_size.get();
        let least = size_of::<Block>() + 8 + MIN_CELLS * cell;
        let size = (FIRST_BLOCK << (nth / 2).min(12)).max(least).next_power_of_two().min(full);
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
                count: ((size - first) / cell) as u32,
                cell: cell as u16,
                first: first as u16,
                free_count: 0,
                free: ptr::null_mut(),
                next_available: ptr::null_mut(),
                lent: ptr::null_mut(),
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

    /// Gives the spare blocks, and what else is kept, back to the host.
    pub fn release_spare(&self, heap: &Heap) {
        self.release_kept(heap);
        self.spare_bytes.set(0);
        release_list(heap, &self.spare);
    }

    // All objects -------------------------------------------------------------------------------

    /// Shows every object, dead ones that are not yet swept included. `f` neither allocates
    /// objects nor frees any.
    #[inline(never)]
    pub fn for_each(&self, f: &mut dyn FnMut(Gc<GcHeader>)) {
        self.show_each(f);
    }

    /// The same, each by `f` in place. PERF: for the end of a state.
    #[inline(always)]
    pub fn show_each(&self, mut f: impl FnMut(Gc<GcHeader>)) {
        for class in self.classes.iter().filter(|class| class.blocks.get() > 0) {
            for list in class.lists() {
                let mut block = list.get();
                while let Some(p) = NonNull::new(block) {
                    // SAFETY: a listed block is alive, and so are the objects in it.
                    unsafe {
                        for_each_object(block, |object, _| f(Gc::from_ptr(object)));
                        block = (*p.as_ptr()).next;
                    }
                }
            }
        }
        // SAFETY: an object that is shown is alive, or at least whole.
        self.for_each_lodger(|object, _| f(unsafe { Gc::from_ptr(object) }));
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
        self.keep_large_cells(heap, false);
        // PERF: what a heap holds that comes to its end is asked by nobody but assertions.
        if cfg!(debug_assertions) {
            heap.discount(self.object_bytes());
        }
        self.lenders.forget();
        for class in self.classes.iter().filter(|class| class.blocks.get() > 0) {
            class.free.set(ptr::null_mut());
            class.blocks.set(0);
            for list in class.lists() {
                release_list(heap, list);
            }
        }
        for list in [&self.large, &self.unswept_large] {
            while let Some(large) = NonNull::new(list.get()) {
                // SAFETY: a listed prefix is alive.
                unsafe {
                    list.set((*large.as_ptr()).next);
                    free_large(heap, large.as_ptr());
                }
            }
        }
        self.surplus.give_up(heap);
        for class in &self.raw {
            class.forget();
            release_list(heap, &class.blocks);
        }
        self.release_spare(heap);
    }

    /// What all objects take.
    fn object_bytes(&self) -> usize {
        let mut bytes = 0;
        self.for_each_lodger(|_, size| bytes += size);
        for class in self.classes.iter().filter(|class| class.blocks.get() > 0) {
            bytes += class.lists().into_iter().map(|list| objects_bytes(list.get())).sum::<usize>();
        }
        for list in [&self.large, &self.unswept_large] {
            let mut large = list.get();
            while !large.is_null() {
                // SAFETY: a listed prefix is alive.
                unsafe {
                    bytes += (*large).size();
                    large = (*large).next;
                }
            }
        }
        bytes
    }
}

/// Where the first free cell of each class lies, in a `Blocks`, and the next one in a free cell, for machine code (`vm::jit`).
pub mod cell_layout {
    use core::mem::{offset_of, size_of};

    use super::arrays::FreeRaw;
    use super::{Blocks, Class, FreeCell, MAX_RAW, MAX_SMALL, RawClass};

    pub const NEXT_OBJECT: usize = offset_of!(FreeCell, next);
    pub const NEXT_ARRAY: usize = offset_of!(FreeRaw, next);

    /// For objects of so many bytes, a multiple of 8.
    pub const fn objects(size: usize) -> usize {
        assert!(size <= MAX_SMALL);
        offset_of!(Blocks, classes) + size / 8 * size_of::<Class>() + offset_of!(Class, free)
    }

    /// For arrays of so many bytes.
    pub const fn arrays(size: usize) -> usize {
        assert!(size <= MAX_RAW);
        offset_of!(Blocks, raw) + size.div_ceil(8) * size_of::<RawClass>() + offset_of!(RawClass, free)
    }
}

/// # Safety
/// `i` is below the block's count.
#[inline(always)]
unsafe fn cell_at(block: *mut Block, i: usize) -> *mut u8 {
    // SAFETY: the cells follow one another from `first` on, within the block.
    unsafe { block.cast::<u8>().add((*block).first as usize + i * (*block).cell as usize) }
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
        unsafe {
            release_notes(heap, block);
            heap.host_free(NonNull::new_unchecked(block.cast()), (*block).size as usize);
        }
    }
}

/// What the objects in these blocks are booked at.
fn objects_bytes(mut block: *mut Block) -> usize {
    let mut bytes = 0;
    while !block.is_null() {
        // SAFETY: a listed block is alive.
        unsafe {
            for_each_object(block, |_, size| bytes += size);
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
