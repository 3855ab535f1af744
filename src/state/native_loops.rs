//! Which functions and loops of a state have machine code, and where it is.
//!
//! A *region* is a function's executable form, or a piece of it, that has been compiled as one: a loop, with those inside it. Each
//! jump back of a loop is an *entry*: its word has the entry's number, and leads there by `Switchboard::entries`. A function is
//! entered by the word before its code (`vm::code::native_entry`).
//!
//! A call that machine code makes has a *return point*, which says where it goes on. The callee's frame has its address, and so
//! it lives as long as the function that calls, whatever becomes of the machine code.
//!
//! Not here: making the code and going there (`vm::jit`).

use core::cell::Cell;
use core::mem::size_of;
use core::ptr;
use core::sync::atomic::Ordering;

use crate::base::code_memory::{CodeMemory, Piece, map, unmap};
use crate::state::{CallInfo, Global, State, Switchboard};

/// So many jumps back are one that is worth a look.
pub const HEAT: i32 = if cfg!(feature = "checks") { 3 } else { 1000 };

/// ... after a call was looked at: a number that has no divisor in common with the calls and jumps of most loops.
pub const HEAT_OF_CALLS: i32 = if cfg!(feature = "checks") { 3 } else { 997 };

pub const MAX_REGIONS: usize = 512;
pub const MAX_ENTRIES: usize = 2048;
/// A word has 16 bits for the number of its entry.
const _: () = assert!(MAX_ENTRIES <= 1 << 16);
/// The most places where calls come back to machine code.
const MAX_RETURNS: usize = 4096;
/// No region: its machine code is gone.
const NO_REGION: u16 = u16::MAX;
/// The most functions whose calls a region does by itself.
pub const MAX_CALLEES: usize = 11;

/// A loop that has been compiled.
#[derive(Clone, Copy)]
pub struct Region {
    /// The function's executable form; null: no region.
    pub code: *const u64,
    /// Those of functions that are called in it, whose words took the place of the call; then null.
    pub callees: [*const u64; MAX_CALLEES],
    pub piece: Option<Piece>,
    /// How often its code may yet be left because something was not as guessed. The code counts.
    pub patience: i32,
    /// Since when, in nanoseconds.
    pub since: u64,
    /// How often it had been compiled before.
    pub tries: u8,
    /// It is a whole function.
    pub is_function: bool,
}

/// A jump back in a region.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its word; null: no entry.
    pub word: *mut u64,
    pub region: u16,
}

/// What an instruction that machine code leaves to its handler goes on by: a table of handlers, all of them the one that
/// goes back to the machine code, if the instruction has gone on where it mostly does.
#[repr(C)]
pub struct ResumeBoard {
    pub board: Switchboard,
    /// Where machine code goes on, and the State, the frame and the word for which that holds.
    pub address: Cell<usize>,
    pub state: Cell<*const State>,
    pub ci: Cell<*const CallInfo>,
    pub pc: Cell<*const u64>,
    /// How many instructions are left to the interpreter before that word.
    pub left: Cell<usize>,
    /// The Global's own board.
    pub plain: Cell<*const Switchboard>,
}

/// Where a call that machine code has made goes on.
#[repr(C)]
struct ReturnPoint {
    /// Machine code, or what goes on in the interpreter.
    address: Cell<usize>,
    /// The function of the region, whose frame is the caller's or below it; null: none.
    code: *const u64,
    /// The word of the call, if the function itself calls; else null.
    call: *const u64,
    region: u16,
}

/// All zero: none. What a few regions need lies in two pages: the beginning of `regions`, and where `entries`, which goes
/// backwards, and `addresses` meet.
#[repr(C)]
struct Tables {
    resume: ResumeBoard,
    /// How many regions, entries and return points were ever in use at once.
    region_count: usize,
    entry_count: usize,
    return_count: usize,
    regions: [Region; MAX_REGIONS],
    entries: [Entry; MAX_ENTRIES],
    addresses: [usize; MAX_ENTRIES],
    returns: [ReturnPoint; MAX_RETURNS],
}

impl Tables {
    fn entry(&mut self, at: usize) -> &mut Entry {
        &mut self.entries[MAX_ENTRIES - 1 - at]
    }

    fn regions(&mut self) -> &mut [Region] {
        &mut self.regions[..self.region_count]
    }
}

pub struct NativeLoops {
    pub memory: CodeMemory,
    /// Memory to work in while a loop is looked at, and its size; it is kept until the collector's next cycle.
    workspace: Cell<(*mut u8, usize)>,
    /// None are to be made.
    pub is_off: Cell<bool>,
    tables: Cell<*mut Tables>,
}

impl NativeLoops {
    pub const fn new() -> NativeLoops {
        NativeLoops {
            memory: CodeMemory::new(),
            workspace: Cell::new((ptr::null_mut(), 0)),
            is_off: Cell::new(false),
            tables: Cell::new(ptr::null_mut()),
        }
    }

    fn tables(&self) -> Option<&mut Tables> {
        // SAFETY: mapped by `reserve`, or null. ALIAS: each function here uses it to its own end, and calls nothing else.
        unsafe { self.tables.get().as_mut() }
    }

    /// Room for regions; false if the system gives none.
    fn reserve(&self, board: &Switchboard) -> bool {
        if self.tables.get().is_null() {
            let tables: *mut Tables = map(size_of::<Tables>()).cast();
            if tables.is_null() {
                return false;
            }
            self.tables.set(tables);
            // SAFETY: just mapped; all zero bytes are tables without entries.
            board.entries.set(unsafe { (&raw const (*tables).addresses).cast() });
        }
        true
    }

    /// A region for the code of a function, with nothing in it yet, and its number; None if there are too many.
    pub fn new_region(&self, board: &Switchboard, code: *const u64, tries: u8, is_function: bool) -> Option<usize> {
        if !self.reserve(board) {
            return None;
        }
        let tables = self.tables()?;
        let count = tables.region_count;
        let at = tables.regions().iter().position(|region| region.code.is_null()).unwrap_or(count);
        if at == MAX_REGIONS {
            return None;
        }
        tables.region_count = count.max(at + 1);
        let callees = [ptr::null(); MAX_CALLEES];
        tables.regions[at] = Region { code, callees, piece: None, patience: 0, since: 0, tries, is_function };
        Some(at)
    }

    /// The board that leads back to machine code; null before there is a region. Made of a handler when it is first asked for.
    pub fn resume_board(&self, global: *const Global, handler: usize) -> *const ResumeBoard {
        let Some(tables) = self.tables() else { return ptr::null() };
        let resume = &tables.resume;
        if resume.plain.get().is_null() {
            for entry in &resume.board.handlers {
                entry.store(handler, Ordering::Relaxed);
            }
            resume.board.meter.set(i64::MAX);
            resume.board.global.set(global);
            resume.board.entries.set((&raw const tables.addresses).cast());
            // SAFETY: ONEWORLD: the Global that this is a part of.
            resume.plain.set(unsafe { &raw const (*global).switchboard });
        }
        resume
    }

    /// Memory to work in, zeroed or as it was left; null if there is none.
    pub fn workspace(&self, size: usize) -> *mut u8 {
        if self.workspace.get().0.is_null() {
            self.workspace.set((map(size), size));
        }
        debug_assert_eq!(self.workspace.get().1, size);
        self.workspace.get().0
    }

    /// Gives that back. Nobody works in it.
    pub fn leave_workspace(&self) {
        let (start, size) = self.workspace.replace((ptr::null_mut(), 0));
        // SAFETY: mapped by `workspace`, or null.
        unsafe { unmap(start, size) };
    }

    /// Forgets which functions the board that leads back was looked at with.
    pub fn forget_functions(&self) {
        if let Some(tables) = self.tables() {
            tables.resume.board.forget_functions();
        }
    }

    /// Gives a region its code.
    pub fn give_code(&self, region: usize, piece: Piece, callees: [*const u64; MAX_CALLEES]) {
        if let Some(tables) = self.tables() {
            let region = &mut tables.regions[region];
            region.callees = callees;
            region.piece = Some(piece);
        }
    }

    /// Gives a region patience from now on, and tells how long the former lasted.
    pub fn give_patience(&self, region: usize, patience: i32, now: u64) -> u64 {
        let Some(tables) = self.tables() else { return 0 };
        let region = &mut tables.regions[region];
        region.patience = patience;
        now.wrapping_sub(core::mem::replace(&mut region.since, now))
    }

    /// How often the loop of a region had been compiled before.
    pub fn tries_of(&self, region: usize) -> usize {
        self.tables().map_or(0, |tables| tables.regions[region].tries as usize)
    }

    /// The word of a region that its code counts in.
    pub fn patience_of(&self, region: usize) -> *const i32 {
        self.tables().map_or(ptr::null(), |tables| &raw const tables.regions[region].patience)
    }

    /// Makes a word an entry of a region that begins at an address; None if there are too many. Its number.
    pub fn add_entry(&self, region: usize, word: *mut u64, address: usize) -> Option<usize> {
        let tables = self.tables()?;
        let count = tables.entry_count;
        let at = (0..count).find(|&at| tables.entry(at).word.is_null()).unwrap_or(count);
        if at == MAX_ENTRIES {
            return None;
        }
        tables.entry_count = count.max(at + 1);
        *tables.entry(at) = Entry { word, region: region as u16 };
        tables.addresses[at] = address;
        Some(at)
    }

    /// A return point for a region; None if there are too many. It leads to the interpreter, by `plain`, until it is told its place
    /// in the region's code. `call`: the word of the call, if the region's function itself calls: whatever is compiled of that
    /// word, all that is there when it comes back is the frame, so there is one point for it.
    pub fn new_return(&self, region: usize, call: *const u64, plain: usize) -> Option<*const Cell<usize>> {
        let tables = self.tables()?;
        let count = tables.return_count;
        let in_use = &tables.returns[..count];
        let same = in_use.iter().position(|point| !call.is_null() && !point.code.is_null() && point.call == call);
        let free = || in_use.iter().position(|point| point.code.is_null());
        let at = same.or_else(free).unwrap_or(count);
        if at == MAX_RETURNS {
            return None;
        }
        tables.return_count = count.max(at + 1);
        let code = tables.regions[region].code;
        tables.returns[at] = ReturnPoint { address: Cell::new(plain), code, call, region: region as u16 };
        Some(&raw const tables.returns[at].address)
    }

    /// Forgets the return points of a function that is freed.
    fn forget_returns(tables: &mut Tables, code: *const u64) {
        let in_use = &mut tables.returns[..tables.return_count];
        in_use.iter_mut().filter(|point| point.code == code).for_each(|point| point.code = ptr::null());
    }

    /// The first region whose patience has come to an end.
    pub fn exhausted(&self) -> Option<usize> {
        let tables = self.tables()?;
        tables.regions().iter().position(|region| !region.code.is_null() && region.patience < 0)
    }

    /// The code of a region that is a whole function.
    pub fn function_of(&self, region: usize) -> Option<*mut u64> {
        let region = &self.tables()?.regions[region];
        (region.is_function && region.piece.is_some()).then(|| region.code.cast_mut())
    }

    /// Any region.
    pub fn any_region(&self) -> Option<usize> {
        self.tables()?.regions().iter().position(|region| !region.code.is_null())
    }

    /// Any region of the function with this code, or one that calls it; and whether it is of the function.
    pub fn region_of(&self, code: *const u64) -> Option<(usize, bool)> {
        let regions = self.tables()?.regions();
        let at = regions
            .iter()
            .position(|region| !region.code.is_null() && (region.code == code || region.callees.contains(&code)))?;
        Some((at, regions[at].code == code))
    }

    /// The region of an entry.
    pub fn region_of_entry(&self, entry: usize) -> Option<usize> {
        self.tables().map(|tables| tables.entry(entry).region as usize)
    }

    /// A function's executable form is freed, which has no region any more.
    pub fn forget_function(&self, code: *const u64) {
        if let Some(tables) = self.tables() {
            Self::forget_returns(tables, code);
        }
    }

    /// Forgets a region, after `change` was told the word of each of its entries. Calls that it has made come back to
    /// what `plain` leads to.
    ///
    /// # Safety
    /// Its code does not run, and is not jumped to after `change`, but by return points.
    pub unsafe fn drop_region(&self, region: usize, plain: usize, change: impl Fn(*mut u64, u8)) {
        let Some(tables) = self.tables() else { return };
        let tries = tables.regions[region].tries;
        for at in 0..tables.entry_count {
            let entry = tables.entry(at);
            if !entry.word.is_null() && entry.region as usize == region {
                change(entry.word, tries);
                entry.word = ptr::null_mut();
            }
        }
        tables.resume.pc.set(ptr::null()); // may lead to the region
        for point in &mut tables.returns[..tables.return_count] {
            if point.region as usize == region {
                point.address.set(plain);
                point.region = NO_REGION;
            }
        }
        if let Some(piece) = tables.regions[region].piece.take() {
            // SAFETY: the caller's promise.
            unsafe { self.memory.free(piece) };
        }
        tables.regions[region].code = ptr::null();
    }

    /// Gives all memory back.
    ///
    /// # Safety
    /// Nothing of the state runs any more.
    pub unsafe fn release(&self) {
        self.leave_workspace();
        // SAFETY: the caller's promise; mapped by `reserve`, or null.
        unsafe {
            self.memory.release();
            unmap(self.tables.replace(ptr::null_mut()).cast(), size_of::<Tables>());
        }
    }
}

impl Default for NativeLoops {
    fn default() -> NativeLoops {
        NativeLoops::new()
    }
}
