//! Which functions and loops of a state have machine code, and where it is.
//!
//! A *region* is a function's executable form, or a piece of it, that has been compiled as one: a loop, with those inside it. Each
//! jump back of a loop is an *entry*: its word has the entry's number, and leads there by `Switchboard::entries`. A function is
//! entered by the word before its code (`vm::code::native_entry`).
//!
//! A call that machine code makes has a *return point*, which says where it goes on, and so has what it leaves to a handler that may
//! call. The callee's frame has its address, or the caller's its number (`CallInfo::resume`), and so
//! it lives as long as the function that calls, whatever becomes of the machine code.
//!
//! Not here: making the code and going there (`vm::jit`).

use core::cell::Cell;
use core::mem::size_of;
use core::ptr;
use core::sync::atomic::Ordering;

use crate::base::code_memory::{CodeMemory, Piece, map, unmap};
use crate::state::{CallInfo, Global, Switchboard};

/// So many jumps back are one that is worth a look.
pub const HEAT: i32 = if cfg!(feature = "checks") { 3 } else { 1000 };

/// ... after a call was looked at: the next look is at the 997th call or jump, a prime number, lest it is always the same of a few.
pub const HEAT_OF_CALLS: i32 = if cfg!(feature = "checks") { 2 } else { 996 };

pub const MAX_REGIONS: usize = 512;
pub const MAX_ENTRIES: usize = 2048;
/// A word has 16 bits for the number of its entry.
const _: () = assert!(MAX_ENTRIES <= 1 << 16);
/// The most places where calls come back to machine code. A frame has 16 bits for the number of one.
const MAX_RETURNS: usize = 4096;
const WORDS_OF_POINT: usize = size_of::<ReturnPoint>() / size_of::<u64>();
const _: () = assert!(MAX_RETURNS * WORDS_OF_POINT <= 1 << 16);
/// Where all regions are freed soon, so many more looks are asked for; of fewer regions than a few that is not known yet, and of many the older
/// ones count less. So many looks are soon.
const MORE_LOOKS: u32 = 6;
const FEW_REGIONS: u32 = 8;
const MANY_REGIONS: u32 = 64;
const SOON: u32 = 64;
/// No region: its machine code is gone.
const NO_REGION: u16 = u16::MAX;
/// The most words that are noted as ones at which machine code was left too often.
const MAX_NOTED: usize = 512;
/// The most functions that a region knows as what it calls.
pub const MAX_CALLEES: usize = 22;

/// A loop that has been compiled.
#[derive(Clone, Copy)]
pub struct Region {
    /// The function's executable form; null: no region.
    pub code: *const u64,
    /// Those of functions that are called in it, of which it knows the words, or the frame; then null.
    pub callees: [*const u64; MAX_CALLEES],
    pub piece: Option<Piece>,
    /// How often its code may yet be left because something was not as guessed. The code counts.
    pub patience: i32,
    /// A number that no other region has had, 0 when it is given up. The code looks here when it comes back from a handler.
    pub generation: u32,
    /// Since when, in nanoseconds.
    pub since: u64,
    /// How often it had been compiled before.
    pub tries: u8,
    /// How many looks there had been when it was made.
    look: u32,
    /// It is a whole function.
    pub is_function: bool,
}

/// How many words before the code of a function the closure is noted that a call of it ran last (`vm::code::last_closure`).
pub const LAST_WORD: usize = 3;

impl Region {
    /// Forgets the closures that its functions' calls ran last. Machine code does not look further at what is the same: so that is alive, for here
    /// it is forgotten when the region is made, and in each cycle before anything dies.
    fn forget_last(&self) {
        if self.code.is_null() {
            return;
        }
        for &code in self.callees.iter().chain([&self.code]).filter(|code| !code.is_null()) {
            // SAFETY: the code of a live function: a region is given up before one that it knows is freed.
            unsafe { code.cast_mut().sub(LAST_WORD).write(0) };
        }
    }
}

/// A jump back in a region.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Its word; null: no entry.
    pub word: *mut u64,
    pub region: u16,
}

/// Where a function goes on that calls from machine code, or leaves to its handler what may call.
#[repr(C)]
pub struct ReturnPoint {
    /// Where a return in machine code goes: machine code, or what goes on in the interpreter.
    pub address: Cell<usize>,
    /// Where the interpreter goes, with the registers of a handler, when it comes to the word at `pc`.
    pub resume: Cell<usize>,
    pub pc: Cell<*const u64>,
    /// The function of the region, whose frame is the caller's or below it; null: none.
    code: *const u64,
    /// The word of the call, if the function itself calls; else null.
    call: *const u64,
    region: u16,
    /// Its own number, which is not 0: how many words it lies behind the first.
    pub number: u16,
}

/// What goes on in the interpreter: from a return in machine code, and at the word of a handler.
#[derive(Clone, Copy)]
pub struct Plain {
    pub returned: usize,
    pub resumed: usize,
}

impl ReturnPoint {
    /// That of a number.
    ///
    /// # Safety
    /// `first` is the state's first, the number one of its points'.
    #[inline(always)]
    pub unsafe fn numbered<'a>(first: *const ReturnPoint, number: u16) -> &'a ReturnPoint {
        // SAFETY: the caller's promise.
        unsafe { &*first.cast::<u64>().add(number as usize).cast() }
    }

    fn lead_to(&self, plain: Plain) {
        self.address.set(plain.returned);
        self.resume.set(plain.resumed);
    }

    /// That of a call by machine code, by the callee's frame.
    #[inline(always)]
    pub fn of_call(ci: &CallInfo) -> *const ReturnPoint {
        // SAFETY: machine code puts it there.
        unsafe { (&raw const ci.then).cast::<*const ReturnPoint>().read() }
    }
}

/// All zero: none. What a few regions need lies in two pages: the beginning of `regions`, and where `entries`, which goes
/// backwards, and `addresses` meet.
#[repr(C)]
struct Tables {
    /// What handlers that machine code calls go on by: a table of handlers, all of which return to it.
    back: Switchboard,
    /// That of the newest region.
    generation: u32,
    /// How many regions, entries and return points were ever in use at once.
    region_count: usize,
    entry_count: usize,
    return_count: usize,
    noted_count: usize,
    regions: [Region; MAX_REGIONS],
    entries: [Entry; MAX_ENTRIES],
    addresses: [usize; MAX_ENTRIES],
    returns: [ReturnPoint; MAX_RETURNS],
    noted: [*const u64; MAX_NOTED],
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
    /// How often a loop was looked at.
    looks: Cell<u32>,
    /// How many regions were made lately, and how many of these were freed soon, with their functions.
    made: Cell<u32>,
    lost: Cell<u32>,
    drawn: Cell<u64>,
}

impl NativeLoops {
    pub const fn new() -> NativeLoops {
        NativeLoops {
            memory: CodeMemory::new(),
            workspace: Cell::new((ptr::null_mut(), 0)),
            is_off: Cell::new(false),
            tables: Cell::new(ptr::null_mut()),
            looks: Cell::new(0),
            made: Cell::new(0),
            lost: Cell::new(0),
            drawn: Cell::new(0),
        }
    }

    /// A loop is looked at. Tells how often one is to be looked at before machine code is made of it: code that is loaded, runs once and is
    /// dropped is not worth it, and where much of it was so, more will be.
    pub fn look(&self) -> usize {
        self.looks.set(self.looks.get().wrapping_add(1));
        2 + (self.lost.get() * MORE_LOOKS / self.made.get().max(FEW_REGIONS)) as usize
    }

    /// One of two, as by chance, but the same in each run of a program.
    pub fn draw(&self) -> bool {
        self.drawn.set(self.drawn.get().wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F));
        self.drawn.get() >> 63 != 0
    }

    fn count_made(&self) {
        self.made.set(self.made.get() + 1);
        if self.made.get() > MANY_REGIONS {
            self.made.set(self.made.get() / 2);
            self.lost.set(self.lost.get() / 2);
        }
    }

    /// A region is given up, for its function is freed.
    pub fn note_lost(&self, region: usize) {
        let Some(tables) = self.tables() else { return };
        if self.looks.get().wrapping_sub(tables.regions[region].look) < SOON {
            self.lost.set(self.lost.get() + 1);
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
            // SAFETY: as above.
            board.points.set(unsafe { (&raw const (*tables).returns).cast() });
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
        if !board.has_waiting_code() {
            self.free_left(tables);
        }
        let is_free = |region: &Region| region.code.is_null() && region.piece.is_none();
        let at = tables.regions().iter().position(is_free).unwrap_or(count);
        if at == MAX_REGIONS {
            return None;
        }
        tables.region_count = count.max(at + 1);
        let callees = [ptr::null(); MAX_CALLEES];
        tables.generation = tables.generation.wrapping_add(1).max(1);
        let generation = tables.generation;
        let look = self.looks.get();
        tables.regions[at] = Region { code, callees, piece: None, patience: 0, generation, since: 0, tries, look, is_function };
        self.count_made();
        Some(at)
    }

    /// Frees the code of regions that were given up while it waited for a handler. None waits now.
    fn free_left(&self, tables: &mut Tables) {
        for region in tables.regions() {
            if region.code.is_null()
                && let Some(piece) = region.piece.take()
            {
                // SAFETY: it came from `put`; whatever led there does not since the region was given up.
                unsafe { self.memory.free(piece) };
            }
        }
    }

    /// The generation of a region, and where that stands.
    pub fn generation_of(&self, region: usize) -> (u32, *const u32) {
        self.tables().map_or((0, ptr::null()), |tables| {
            let generation = &tables.regions[region].generation;
            (*generation, ptr::from_ref(generation))
        })
    }

    /// The board that leads back to machine code; null before there is a region. Made of a handler when it is first asked for.
    pub fn return_board(&self, global: *const Global, handler: usize) -> *const Switchboard {
        let Some(tables) = self.tables() else { return ptr::null() };
        let back = &tables.back;
        if back.global.get().is_null() {
            for entry in &back.handlers {
                entry.store(handler, Ordering::Relaxed);
            }
            back.meter.set(i64::MAX);
            back.heat.set(i32::MAX);
            back.global.set(global);
            back.entries.set((&raw const tables.addresses).cast());
        }
        back
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

    /// Forgets which functions the board that leads back was looked at with, and which closures regions have called last: they may die.
    pub fn forget_functions(&self) {
        if let Some(tables) = self.tables() {
            tables.back.forget_functions();
            tables.regions().iter().for_each(Region::forget_last);
        }
    }

    /// Gives a region its code.
    pub fn give_code(&self, region: usize, piece: Piece, callees: [*const u64; MAX_CALLEES]) {
        if let Some(tables) = self.tables() {
            let region = &mut tables.regions[region];
            region.callees = callees;
            region.piece = Some(piece);
            region.forget_last();
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

    /// A return point for a region, where the word at `pc` is gone on at; None if there are too many. It leads to the interpreter, by
    /// `plain`, until it is told its place in the region's code. `call`: the word of the call, if the region's function itself calls:
    /// whatever is compiled of that word, all that is there when it comes back is the frame, so there is one point for it.
    pub fn new_return(&self, region: usize, call: *const u64, pc: *const u64, plain: Plain) -> Option<*const ReturnPoint> {
        let tables = self.tables()?;
        let count = tables.return_count.max(1);
        let in_use = &tables.returns[1..count];
        let same = in_use.iter().position(|point| !call.is_null() && !point.code.is_null() && point.call == call);
        let free = || in_use.iter().position(|point| point.code.is_null());
        let at = same.or_else(free).map_or(count, |at| at + 1);
        if at == MAX_RETURNS {
            return None;
        }
        tables.return_count = count.max(at + 1);
        let code = tables.regions[region].code;
        let point = &mut tables.returns[at];
        (point.code, point.call, point.region, point.number) = (code, call, region as u16, (at * WORDS_OF_POINT) as u16);
        point.pc.set(pc);
        point.lead_to(plain);
        Some(&raw const *point)
    }

    /// Notes that a region was given up because it was left too often at a word.
    pub fn note_word(&self, word: *const u64) {
        let Some(tables) = self.tables() else { return };
        if let Some(free) = tables.noted.get_mut(tables.noted_count) {
            *free = word;
            tables.noted_count += 1;
        }
    }

    /// How often that was.
    pub fn times_noted(&self, word: *const u64) -> usize {
        self.tables().map_or(0, |tables| tables.noted[..tables.noted_count].iter().filter(|&&noted| noted == word).count())
    }

    /// Forgets the words of a function that is freed.
    fn forget_noted(tables: &mut Tables, code: *const u64, len: usize) {
        let end = code.wrapping_add(len);
        let mut kept = 0;
        for at in 0..tables.noted_count {
            let word = tables.noted[at];
            if !(code..end).contains(&word) {
                tables.noted[kept] = word;
                kept += 1;
            }
        }
        tables.noted_count = kept;
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

    /// A function's executable form of so many words is freed, which has no region any more.
    pub fn forget_function(&self, code: *const u64, len: usize) {
        if let Some(tables) = self.tables() {
            Self::forget_noted(tables, code, len);
            Self::forget_returns(tables, code);
        }
    }

    /// Forgets a region, after `change` was told the word of each of its entries. Where it was to be gone on, the interpreter does,
    /// by `plain`.
    ///
    /// `waits`: machine code waits for a handler, perhaps this.
    ///
    /// # Safety
    /// Its code does not run but for that, and is not jumped to after `change`, but by return points.
    pub unsafe fn drop_region(&self, region: usize, plain: Plain, waits: bool, change: impl Fn(*mut u64, u8)) {
        let Some(tables) = self.tables() else { return };
        let tries = tables.regions[region].tries;
        for at in 0..tables.entry_count {
            let entry = tables.entry(at);
            if !entry.word.is_null() && entry.region as usize == region {
                change(entry.word, tries);
                entry.word = ptr::null_mut();
            }
        }
        for point in &mut tables.returns[..tables.return_count] {
            if point.region as usize == region {
                point.lead_to(plain);
                point.region = NO_REGION;
            }
        }
        (tables.regions[region].code, tables.regions[region].generation) = (ptr::null(), 0);
        if !waits {
            self.free_left(tables);
        }
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
