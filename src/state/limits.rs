//! How long scripts may run: fuel, a deadline, and the host's word from outside.
//!
//! Work is counted in *units*: a call, or a jump back, is one; library functions that work long by
//! themselves add what their work is worth. The count goes down in the *meter*, a word beside the
//! interpreter's table of handlers, slice by slice:
//!
//! ```text
//!   fuel = reserve + meter        meter < 0 ──▶ look: interrupted? fuel left? deadline passed?
//!                                               and take the next slice from the reserve
//! ```
//!
//! So an armed interpreter decrements one word and tests its sign, the clock is read once a slice,
//! and the count is exact all the same. Handlers count only while the Global is armed
//! (`vm::interp::counted`); library functions always do, which costs them next to nothing.
//!
//! When a limit is found exceeded it is *ending*: an error is thrown that nothing of Lua catches
//! (`vm::unwind`), and every further look throws it again, until the host's outermost call has
//! returned or the host has set a new limit.
//!
//! Invariants: while a limit is ending the meter is below 0. Whoever sets hooks, a signal handler or another
//! thread perhaps, asks whether the Global is armed; what the answer depends on are atomic words, and from the
//! interrupt to the run's end the answer is yes.
//! Not here: where it is looked (`vm`, the libraries), the handlers' table (`vm::hooks`).

use core::cell::Cell;
use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};

use crate::state::native_loops::{HEAT, ReturnPoint};
use crate::base::clock;
use crate::object::Value;
use crate::state::{Global, State, Status, Thrown};

/// As an amount of fuel: no limit. As a deadline: none.
pub const UNLIMITED: u64 = u64::MAX;

/// Units between two looks at the clock.
const SLICE: i64 = 4096;

/// Bytes that are copied, compared or searched in the time of a short call.
const BYTES_PER_UNIT: usize = 64;

/// What the interpreter's handlers reach by one register: their table, and behind it what they count and remember.
/// Handlers are words here; the VM knows their type.
#[repr(C)]
pub struct Switchboard {
    pub handlers: [AtomicUsize; 256],
    pub meter: Cell<i64>,
    /// The word that the last jump back led to: a guess, never looked at before it is known to be right.
    pub last_turn: Cell<*const u64>,
    /// `coroutine.resume` and `coroutine.yield`, as values: which functions they were when one was last looked at, or 0. The collector
    /// forgets them when it has marked.
    pub resume: Cell<u64>,
    pub yields: Cell<u64>,
    /// Likewise the iterators of `pairs` and `ipairs`, for machine code.
    pub next: Cell<u64>,
    pub step: Cell<u64>,
    /// How many jumps back may come before a loop is looked at, and where the entries of those are that have machine code (`vm::jit`).
    pub heat: Cell<i32>,
    /// Whose board it is. (Another than the Global's own may be in use, see `native_loops`.)
    pub global: Cell<*const Global>,
    pub entries: Cell<*const usize>,
    /// The board that handlers go on by: while machine code waits for one, another that leads back there (`vm::jit`).
    pub current: Cell<*const Switchboard>,
    /// In how many runs of the interpreter below the newest machine code waits for a handler.
    pub waiting: Cell<u32>,
    /// Where frames go on in machine code, by `CallInfo::resume`.
    pub points: Cell<*const ReturnPoint>,
}

impl Switchboard {
    pub fn new(handlers: &[usize; 256]) -> Switchboard {
        Switchboard {
            // SAFETY: an atomic word is as any other. PERF: one copy.
            handlers: unsafe { core::ptr::from_ref(handlers).cast::<[AtomicUsize; 256]>().read() },
            meter: Cell::new(0),
            last_turn: Cell::new(core::ptr::null()),
            resume: Cell::new(0),
            yields: Cell::new(0),
            next: Cell::new(0),
            step: Cell::new(0),
            heat: Cell::new(HEAT),
            global: Cell::new(core::ptr::null()),
            entries: Cell::new(core::ptr::null()),
            current: Cell::new(core::ptr::null()),
            waiting: Cell::new(0),
            points: Cell::new(core::ptr::null()),
        }
    }

    /// Whether machine code waits for the handler that runs.
    #[inline(always)]
    pub fn is_below_code(&self) -> bool {
        cfg!(jit) && !core::ptr::eq(self.current.get(), self)
    }

    /// Whether machine code waits for any handler.
    pub fn has_waiting_code(&self) -> bool {
        self.waiting.get() > 0 || self.is_below_code()
    }

    /// A run of the interpreter begins, which goes on by this board.
    #[inline(always)]
    pub fn begin_run(&self) {
        if self.is_below_code() {
            self.waiting.set(self.waiting.get() + 1);
            self.current.set(self);
        }
    }

    /// What `restore` is to be given when runs that may begin now have come to their ends.
    #[inline(always)]
    pub fn outer(&self) -> (*const Switchboard, u32) {
        (self.current.get(), self.waiting.get())
    }

    #[inline(always)]
    pub fn restore(&self, outer: (*const Switchboard, u32)) {
        self.current.set(outer.0);
        self.waiting.set(outer.1);
    }

    /// Forgets which functions were looked at: they may die.
    pub fn forget_functions(&self) {
        self.resume.set(0);
        self.yields.set(0);
        self.next.set(0);
        self.step.set(0);
    }
}

/// Which limit has ended a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    Fuel = 1,
    Deadline,
    Interrupt,
}

impl Limit {
    fn message(self) -> &'static [u8] {
        match self {
            Limit::Fuel => b"script ran out of fuel",
            Limit::Deadline => b"script ran past its deadline",
            Limit::Interrupt => b"script was interrupted",
        }
    }
}

pub struct Limits {
    /// Fuel that is not in the meter, or `UNLIMITED`.
    reserve: AtomicU64,
    /// The time at which scripts have to be done, or `UNLIMITED`.
    deadline: AtomicU64,
    /// Asked for by a signal handler or another thread, and not yet noticed.
    interrupted: AtomicBool,
    /// The limit that is ending the run, 0 for none.
    ending: AtomicU8,
    /// The limit that ended the newest run.
    ended: Cell<Option<Limit>>,
    /// Bit o: some function that was compiled here has an instruction of opcode o that jumps back.
    jumping_back: [AtomicU64; 4],
    /// Binary chunks are not loaded, whoever asks.
    pub text_only: Cell<bool>,
    /// The most units by which the meter was overdrawn when it was looked at, since this was set to 0.
    #[cfg(feature = "ltests")]
    pub overdrawn: Cell<u64>,
}

impl Limits {
    pub fn new() -> Limits {
        Limits {
            reserve: AtomicU64::new(UNLIMITED),
            deadline: AtomicU64::new(UNLIMITED),
            interrupted: AtomicBool::new(false),
            ending: AtomicU8::new(0),
            ended: Cell::new(None),
            jumping_back: [const { AtomicU64::new(0) }; 4],
            text_only: Cell::new(false),
            #[cfg(feature = "ltests")]
            overdrawn: Cell::new(0),
        }
    }

    /// Whether the interpreter has to count. Async-signal-safe, and for any thread.
    pub fn armed(&self) -> bool {
        // In this order: an interrupt that is not there any more has become an ending (`look`).
        self.interrupted.load(Ordering::SeqCst)
            || self.ending()
            || self.reserve() != UNLIMITED
            || self.deadline() != UNLIMITED
    }

    /// Whether a run is being ended: no error is caught then.
    #[inline(always)]
    pub fn ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed) != 0
    }

    /// Which limit ended the newest run of the host's outermost call.
    pub fn ended(&self) -> Option<Limit> {
        self.ended.get()
    }

    /// Async-signal-safe, and for any thread. The interpreter's table may have to be exchanged then.
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::SeqCst);
    }

    pub fn withdraw_interrupt(&self) {
        self.interrupted.store(false, Ordering::SeqCst);
    }

    /// Whether instructions of this opcode may jump back. Async-signal-safe.
    pub fn jumps_back(&self, op: u8) -> bool {
        self.jumping_back[op as usize / 64].load(Ordering::SeqCst) >> (op % 64) & 1 != 0
    }

    /// Notes that they may. True if that is new; the interpreter's table may have to be exchanged then.
    pub fn note_jump_back(&self, op: u8) -> bool {
        let bit = 1 << (op % 64);
        // PERF: as a rule it is noted.
        !self.jumps_back(op) && self.jumping_back[op as usize / 64].fetch_or(bit, Ordering::SeqCst) & bit == 0
    }

    /// When scripts have to be done, by `base::clock`; `UNLIMITED` if ever.
    pub fn deadline(&self) -> u64 {
        self.deadline.load(Ordering::Relaxed)
    }

    pub fn set_deadline(&self, at: u64) {
        self.deadline.store(at, Ordering::Relaxed);
    }

    fn reserve(&self) -> u64 {
        self.reserve.load(Ordering::Relaxed)
    }

    fn set_reserve(&self, units: u64) {
        self.reserve.store(units, Ordering::Relaxed);
    }

    fn ending_limit(&self) -> Option<Limit> {
        let ending = self.ending.load(Ordering::Relaxed);
        [Limit::Fuel, Limit::Deadline, Limit::Interrupt].into_iter().find(|&limit| limit as u8 == ending)
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::new()
    }
}

impl Global {
    /// Counts work that is done anyhow; a later look finds out what it came to.
    #[inline(always)]
    pub fn spend(&self, units: usize) {
        let meter = &self.switchboard.meter;
        meter.set(meter.get().wrapping_sub(units as i64));
    }

    /// Counts work on so many bytes.
    #[inline(always)]
    pub fn spend_bytes(&self, bytes: usize) {
        self.spend(bytes / BYTES_PER_UNIT);
    }

    /// The units that are left, or `UNLIMITED`.
    pub fn fuel(&self) -> u64 {
        let reserve = self.limits.reserve();
        if reserve == UNLIMITED || self.limits.ending() {
            return reserve;
        }
        reserve.saturating_add_signed(self.switchboard.meter.get())
    }

    pub fn set_fuel(&self, units: u64) {
        self.limits.set_reserve(units);
        self.switchboard.meter.set(0);
    }

    /// Has the next look at the clock come soon: the fuel in the meter goes back.
    pub fn restart_slice(&self) {
        let meter = self.switchboard.meter.replace(0);
        let reserve = self.limits.reserve();
        if reserve != UNLIMITED {
            self.limits.set_reserve(reserve.saturating_add_signed(meter));
        }
    }

    /// The host's outermost call begins. False: it takes `begin_limits`.
    #[inline(always)]
    pub fn begins_plainly(&self) -> bool {
        self.limits.ended.set(None);
        !self.limits.interrupted.load(Ordering::Relaxed) && !self.limits.ending()
    }

    /// The host's outermost call begins. True if the one before was left by a jump while it was
    /// being ended; the interpreter's table may have to be exchanged then.
    pub fn begin_limits(&self) -> bool {
        self.limits.ended.set(None);
        if self.limits.interrupted.load(Ordering::Relaxed) {
            self.restart_slice();
        }
        self.limits.ending() && self.stop_ending()
    }

    /// Scripts may run again, as far as the limits allow. True if they could not: the interpreter's
    /// table may have to be exchanged then.
    pub fn stop_ending(&self) -> bool {
        let was_ending = self.limits.ending();
        self.limits.ending.store(0, Ordering::Relaxed);
        if was_ending {
            self.switchboard.meter.set(0);
        }
        was_ending
    }

    /// Here we know that the meter is below 0.
    fn look(&self) -> Option<Limit> {
        let limits = &self.limits;
        if let Some(limit) = limits.ending_limit() {
            return self.end(limit);
        }
        let overdrawn = self.switchboard.meter.get().unsigned_abs();
        #[cfg(feature = "ltests")]
        limits.overdrawn.set(limits.overdrawn.get().max(overdrawn));
        let reserve = limits.reserve();
        let fuel = reserve.checked_sub(overdrawn);
        if limits.interrupted.load(Ordering::SeqCst) {
            self.keep(fuel);
            let limit = self.end(Limit::Interrupt);
            limits.interrupted.store(false, Ordering::SeqCst); // only now: see `armed`
            return limit;
        }
        let Some(fuel) = fuel else {
            self.keep(fuel);
            return self.end(Limit::Fuel);
        };
        let deadline = limits.deadline();
        if deadline != UNLIMITED && deadline <= clock::nanoseconds() {
            self.keep(Some(fuel));
            return self.end(Limit::Deadline);
        }
        let slice = fuel.min(SLICE as u64);
        self.switchboard.meter.set(slice as i64);
        if reserve != UNLIMITED {
            limits.set_reserve(fuel - slice);
        }
        None
    }

    /// What is left when a run is ended.
    fn keep(&self, fuel: Option<u64>) {
        if self.limits.reserve() != UNLIMITED {
            self.limits.set_reserve(fuel.unwrap_or(0));
        }
    }

    fn end(&self, limit: Limit) -> Option<Limit> {
        self.limits.ending.store(limit as u8, Ordering::Relaxed);
        self.limits.ended.set(Some(limit));
        self.switchboard.meter.set(-1);
        Some(limit)
    }
}

impl State {
    /// Counts the work on what may be a string all of whose bytes are looked at.
    #[inline(always)]
    pub fn spend_text(&self, value: Value) {
        if let Some(s) = value.as_string() {
            self.global().spend_bytes(s.len());
        }
    }

    /// Counts work, and throws if a limit is exceeded: for whatever may go on for long without
    /// coming back to the interpreter.
    #[inline(always)]
    pub fn charge(&mut self, units: usize) -> Result<(), Thrown> {
        let global = self.global();
        global.spend(units);
        if global.switchboard.meter.get() < 0 { self.look_at_limits() } else { Ok(()) }
    }

    /// Here we know that the meter is below 0: a limit is exceeded, or a new slice begins.
    #[cold]
    #[inline(never)]
    pub fn look_at_limits(&mut self) -> Result<(), Thrown> {
        match self.global().look() {
            None => Ok(()),
            Some(limit) => Err(self.limit_error(limit)),
        }
    }

    /// The error that ends a run: the message, with the position of the newest Lua function; memory
    /// failing, LUA_ERRMEM's message.
    fn limit_error(&mut self, limit: Limit) -> Thrown {
        let newest = self.frames().iter().rev().find(|ci| ci.is_lua()).copied();
        let place = newest.and_then(|ci| Some((self.frame_proto(&ci)?, self.frame_line(&ci)?)));
        let thrown = match place {
            Some((proto, line)) => match self.position(proto, line) {
                Ok(position) => {
                    self.throw_bytes(Status::Runtime, &[position.as_bytes(), limit.message()])
                }
                Err(thrown) => thrown,
            },
            None => self.throw_bytes(Status::Runtime, &[limit.message()]),
        };
        Thrown { handled: true, ..thrown }
    }

    /// Passes an error on that was caught, if it is one that ends the run: the error value, on top,
    /// stays there. For Rust code that made a protected call for a script.
    pub fn pass_on_ending(&mut self, status: Status) -> Result<(), Thrown> {
        if status != Status::Ok && self.global().limits.ending() {
            return Err(Thrown { status, handled: true });
        }
        Ok(())
    }
}
