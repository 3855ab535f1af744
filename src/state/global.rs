//! What all threads of one Lua state share.
//!
//! ONEWORLD: a Global and everything reached from it belong to one OS thread at a time; handles
//! never go from one Global to another. Fields are cells, so that a shared reference serves.
//!
//! Not here: making and closing a state (`vm::lifecycle`).

use core::cell::Cell;
use core::ffi::c_void;
use core::ptr;

use crate::base::machine_stack::MachineStack;
use crate::heap::{AllocFn, Gc, Heap};
use crate::object::string::placement_hash;
use crate::object::{Str, StringTable, Table, Type, Userdata, Value};
use crate::state::chunks::Chunks;
use crate::state::hooked::HookedStates;
use crate::state::names::Names;
use crate::state::native_loops::NativeLoops;
use crate::state::short_source::ShortSource;
use crate::state::patterns::Patterns;
use crate::state::recovery::Recovery;
use crate::state::{CFunction, Event, Known, Limits, State, Switchboard};

pub struct Global {
    pub heap: Heap,
    pub strings: StringTable,
    /// What the C strings are that hosts pass as names.
    pub names: Names,
    pub short_source: ShortSource,
    /// Binary chunks whose functions are there.
    pub chunks: Chunks,
    /// Patterns that have been matched, decoded.
    pub patterns: Patterns,
    pub gc: GcControl,
    pub main_thread: Cell<Option<Gc<State>>>,
    /// Threads that have open upvalues, or had some since the last cycle, linked through
    /// `State::next_listed`.
    pub open_threads: Cell<Option<Gc<State>>>,
    /// `LUA_REGISTRYINDEX`; a table, once the state is made.
    pub registry: Cell<Value>,
    /// Metatables of the types that have one for all their values, by type number.
    pub type_metatables: [Cell<Option<Gc<Table>>>; Type::COUNT],
    event_names: [Cell<Option<Gc<Str>>>; Event::COUNT],
    known: [Cell<Option<Gc<Str>>>; Known::COUNT],
    memory_message: Cell<Option<Gc<Str>>>,
    handler_message: Cell<Option<Gc<Str>>>,
    /// Called for an error that nothing catches (`lua_atpanic`).
    pub panic: Cell<Option<CFunction>>,
    /// Strings are ordered by their bytes, and no foreign code, which could have changed the locale, has
    /// run since that was asked.
    pub orders_by_bytes: Cell<bool>,
    /// Where errors that C raises return to.
    pub recovery: Recovery,
    /// Frees a prototype's executable form; set by the VM.
    pub free_exec: Cell<Option<unsafe fn(&Global, *mut u64)>>,
    /// The opcode handlers of the interpreter, exchanged in place when hooks and limits come and go;
    /// set and typed by the VM.
    pub switchboard: Switchboard,
    /// Loops that have machine code.
    pub native_loops: NativeLoops,
    /// How long scripts may run.
    pub limits: Limits,
    /// The Rust entries of `next` and of the iterator that `ipairs` returns, which the interpreter's
    /// loops do themselves; set by the base library.
    pub next_entry: Cell<*const ()>,
    pub ipairs_entry: Cell<*const ()>,
    /// Where `lua_next` last found something.
    pub next_place: Cell<u32>,
    /// Why the interpreter's last run ended (`vm::interp`).
    pub exit_code: Cell<u64>,
    #[cfg(trampoline)]
    pub next_word: Cell<NextWord>,
    /// Nested runs of the interpreter, over all threads: bounds the machine stack.
    pub c_depth: Cell<u32>,
    /// Bounds it by its bytes, where the stack is small.
    pub machine_stack: MachineStack,
    /// C modules to unload when the state is gone (`vm::lifecycle`).
    pub unloads: Cell<*mut c_void>,
    /// Behind the instruction whose slow path has just jumped, for the line hook, which is to see that
    /// one as the last; null otherwise.
    pub jumped_from: Cell<*const u64>,
    /// How many States have hooks.
    pub hooked: HookedStates,
    /// Light userdata pointers that do not fit a Value's 48-bit word: (array, count, words), see
    /// `state::light`.
    pub unusual_pointers: Cell<(*mut usize, u32, u32)>,
    /// The second in which `os.date` had the C library look for the time zone, if there was no TZ, and where the names of the
    /// library's zone were afterwards.
    pub zone: Cell<(i64, [usize; 2])>,
}

/// The word that a handler of the interpreter left to go on at, with its arguments
/// (`vm::interp::trampoline`).
#[cfg(trampoline)]
#[derive(Clone, Copy)]
pub struct NextWord {
    pub pc: *const u64,
    pub base: *mut Value,
    pub k: *const Value,
    pub state: *mut State,
}

/// The collector's settings and its position in a cycle.
pub struct GcControl {
    /// Percentage of the live size at which the next cycle begins (`LUA_GCSETPAUSE`).
    pub pause: Cell<i32>,
    /// Work per allocation, in percent (`LUA_GCSETSTEPMUL`).
    pub step_multiplier: Cell<i32>,
    /// Live bytes as estimated by the last atomic step.
    pub estimate: Cell<usize>,
    /// Up to how many bytes in use the cycle, which a host's step began before it was due, is unhurried; 0: it was due.
    pub early_until: Cell<usize>,
    /// Bytes of allocation that no step has paid for yet.
    pub owed: Cell<usize>,
    /// By `lua_gc(LUA_GCSTOP)`: the threshold is out of reach.
    pub stopped: Cell<bool>,
    /// How many userdata have been made: their serial numbers.
    pub userdata_made: Cell<u64>,
    /// Userdata that may yet need finalization, for they have or had a metatable.
    pub userdata: UserdataLists,
    /// How far the parting has come.
    pub parting: Cell<Parting>,
    /// Userdata whose `__gc` is to be called, in calling order.
    pub to_finalize: Cell<Option<Gc<Userdata>>>,
    pub to_finalize_last: Cell<Option<Gc<Userdata>>>,
    /// The state is being closed.
    pub closing: Cell<bool>,
    /// Counts of a `checks` build: safepoints met, collecting ones, those passed over since.
    pub safepoints: Cell<usize>,
    pub turns: Cell<usize>,
    pub passed_over: Cell<usize>,
}

/// What is done between marking and sweeping (`gc::parting`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parting {
    /// It is decided which userdata are to be finalized.
    Userdata,
    /// What they lead to is marked.
    Members,
    Over,
}

/// Lists of userdata, linked through `Userdata::next`; each is on one. All but `late` have the newest first.
pub struct UserdataLists {
    /// Those found since the scan began; all, while there is no scan.
    pub fresh: Cell<Option<Gc<Userdata>>>,
    /// In no order: they got their metatables after a newer one had.
    pub late: Cell<Option<Gc<Userdata>>>,
    /// The serial number of the newest that ever was on a list.
    pub newest: Cell<u64>,
    /// Whether the scan before the atomic step has begun.
    pub is_scanned: Cell<bool>,
    /// The serial number of the newest that had been listed when it began.
    pub newest_scanned: Cell<u64>,
    /// What it has yet to look at; after the atomic step, what is yet to be decided on.
    pub ahead: Cell<Option<Gc<Userdata>>>,
    pub ahead_late: Cell<Option<Gc<Userdata>>>,
    /// What it found marked, and white: the first and the last.
    pub kept: Cell<Option<(Gc<Userdata>, Gc<Userdata>)>>,
    pub white: Cell<Option<(Gc<Userdata>, Gc<Userdata>)>>,
    /// What was found alive after the atomic step, listed since the scan began or before.
    pub newer: Cell<Option<(Gc<Userdata>, Gc<Userdata>)>>,
    pub older: Cell<Option<(Gc<Userdata>, Gc<Userdata>)>>,
}

impl UserdataLists {
    fn new() -> UserdataLists {
        UserdataLists {
            fresh: Cell::new(None),
            late: Cell::new(None),
            newest: Cell::new(0),
            is_scanned: Cell::new(false),
            newest_scanned: Cell::new(0),
            ahead: Cell::new(None),
            ahead_late: Cell::new(None),
            kept: Cell::new(None),
            white: Cell::new(None),
            newer: Cell::new(None),
            older: Cell::new(None),
        }
    }
}

impl GcControl {
    fn new() -> GcControl {
        GcControl {
            pause: Cell::new(200),
            step_multiplier: Cell::new(200),
            estimate: Cell::new(0),
            early_until: Cell::new(0),
            owed: Cell::new(0),
            stopped: Cell::new(false),
            userdata_made: Cell::new(0),
            userdata: UserdataLists::new(),
            parting: Cell::new(Parting::Over),
            to_finalize: Cell::new(None),
            to_finalize_last: Cell::new(None),
            closing: Cell::new(false),
            safepoints: Cell::new(0),
            turns: Cell::new(0),
            passed_over: Cell::new(0),
        }
    }
}

impl Global {
    /// Makes a Global at `at`, with these handlers in its table.
    ///
    /// PERF: where it is to be. It is 13 KB, most of them zero, which would be written elsewhere first and then copied.
    ///
    /// # Safety
    /// There is memory for it, which is nobody else's.
    pub unsafe fn make(at: *mut Global, alloc: AllocFn, ud: *mut c_void, seed: u64, handlers: &[usize; 256]) {
        macro_rules! fields {
            ($($(#[$cfg:meta])* $field:ident: $value:expr),* $(,)?) => {
                // All there are, or this does not compile.
                let _ = |global: Global| {
                    let Global { $($(#[$cfg])* $field: _),* } = global;
                };
                // SAFETY: fields of the caller's memory.
                unsafe { $($(#[$cfg])* (&raw mut (*at).$field).write($value);)* }
            };
        }
        fields! {
            heap: Heap::new(alloc, ud, size_of::<Global>()),
            strings: StringTable::new(seed),
            names: Names::new(),
            short_source: ShortSource::new(),
            chunks: Chunks::new(),
            patterns: Patterns::default(),
            gc: GcControl::new(),
            main_thread: Cell::new(None),
            open_threads: Cell::new(None),
            registry: Cell::new(Value::NIL),
            type_metatables: [const { Cell::new(None) }; Type::COUNT],
            event_names: [const { Cell::new(None) }; Event::COUNT],
            known: [const { Cell::new(None) }; Known::COUNT],
            memory_message: Cell::new(None),
            handler_message: Cell::new(None),
            panic: Cell::new(None),
            orders_by_bytes: Cell::new(false),
            recovery: Recovery::new(),
            free_exec: Cell::new(None),
            switchboard: Switchboard::new(handlers),
            native_loops: NativeLoops::new(),
            limits: Limits::new(),
            next_entry: Cell::new(ptr::null()),
            ipairs_entry: Cell::new(ptr::null()),
            next_place: Cell::new(0),
            exit_code: Cell::new(0),
            #[cfg(trampoline)]
            next_word: Cell::new(NextWord {
                pc: ptr::null(),
                base: ptr::null_mut(),
                k: ptr::null(),
                state: ptr::null_mut(),
            }),
            c_depth: Cell::new(0),
            machine_stack: MachineStack::default(),
            unloads: Cell::new(ptr::null_mut()),
            jumped_from: Cell::new(ptr::null()),
            hooked: HookedStates::new(),
            unusual_pointers: Cell::new((ptr::null_mut(), 0, 0)),
            zone: Cell::new((i64::MIN, [0; 2])),
        }
    }

    /// Makes the strings that must exist before anything can fail for want of memory. They are
    /// fixed: never collected.
    pub fn make_fixed_strings(&self) -> Result<(), crate::heap::OutOfMemory> {
        const MESSAGES: [&str; 2] = ["not enough memory", "error in error handling"];
        // With their hashes, which `Str::known_hash` relies on. PERF: computed by the compiler.
        static EVENTS: [u32; Event::COUNT] = placement_hashes(&Event::NAMES);
        static KNOWN: [u32; Known::COUNT] = placement_hashes(&Known::TEXTS);
        static MESSAGE: [u32; 2] = placement_hashes(&MESSAGES);
        let fixed = |text: &str, hash: u32| {
            let s = self.strings.make(&self.heap, text.as_bytes())?;
            s.header().set_bits(crate::heap::mark::FIXED);
            s.set_hash(hash);
            Ok(s)
        };
        for ((cell, name), hash) in self.event_names.iter().zip(Event::NAMES).zip(EVENTS) {
            cell.set(Some(fixed(name, hash)?));
        }
        for ((cell, text), hash) in self.known.iter().zip(Known::TEXTS).zip(KNOWN) {
            cell.set(Some(fixed(text, hash)?));
        }
        self.heap.paths.set_index(Value::string(self.event_name(Event::Index)).bits());
        self.memory_message.set(Some(fixed(MESSAGES[0], MESSAGE[0])?));
        self.handler_message.set(Some(fixed(MESSAGES[1], MESSAGE[1])?));
        Ok(())
    }

    #[inline]
    pub fn event_name(&self, event: Event) -> Gc<Str> {
        made(self.event_names[event as usize].get())
    }

    /// `event_name`, for the interpreter's handlers, which must not call.
    ///
    /// # Safety
    /// `make_fixed_strings` has succeeded.
    #[inline(always)]
    pub unsafe fn event_name_unchecked(&self, event: Event) -> Gc<Str> {
        // SAFETY: the caller's promise.
        unsafe { self.event_names[event as usize].get().unwrap_unchecked() }
    }

    #[inline]
    pub fn known(&self, which: Known) -> Gc<Str> {
        made(self.known[which as usize].get())
    }

    /// Where those lie, by `Known`, for machine code (`vm::jit`).
    pub fn known_strings(&self) -> *const Cell<Option<Gc<Str>>> {
        self.known.as_ptr()
    }

    /// `known`, for the interpreter's handlers.
    ///
    /// # Safety
    /// `make_fixed_strings` has succeeded.
    #[inline(always)]
    pub unsafe fn known_unchecked(&self, which: Known) -> Gc<Str> {
        // SAFETY: the caller's promise.
        unsafe { self.known[which as usize].get().unwrap_unchecked() }
    }

    pub fn memory_message(&self) -> Gc<Str> {
        made(self.memory_message.get())
    }

    pub fn handler_message(&self) -> Gc<Str> {
        made(self.handler_message.get())
    }

    /// The registry table.
    pub fn registry_table(&self) -> Gc<Table> {
        match self.registry.get().as_table() {
            Some(t) => t,
            None => unreachable!("the registry is a table from the state's making on"),
        }
    }
}

const fn placement_hashes<const N: usize>(texts: &[&str; N]) -> [u32; N] {
    let mut hashes = [0; N];
    let mut i = 0;
    while i < N {
        hashes[i] = placement_hash(texts[i].as_bytes());
        i += 1;
    }
    hashes
}

#[inline]
fn made(string: Option<Gc<Str>>) -> Gc<Str> {
    match string {
        Some(s) => s,
        None => unreachable!("fixed strings are made with the state"),
    }
}
