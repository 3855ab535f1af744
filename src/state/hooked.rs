//! Which events the debug hooks of a Global's States want, as far as the interpreter has to know.
//!
//! Not here: a State's own hook (`State`), setting one and the handlers that call it (`vm::hooks`).

use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::State;

/// The bits of the line and the count event in a hook's mask. All others are events of calls and
/// returns.
pub const LINE: u8 = 1 << 2;
pub const COUNT: u8 = 1 << 3;

/// A choice of events.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Events {
    pub calls: bool,
    pub lines: bool,
    pub counts: bool,
}

impl Events {
    pub const NONE: Events = Events::of(0);

    #[inline(always)]
    const fn of(mask: u8) -> Self {
        Self { calls: mask & !(LINE | COUNT) != 0, lines: mask & LINE != 0, counts: mask & COUNT != 0 }
    }
}

/// How many States have a hook that wants an event of each kind. Atomic, because a signal handler or
/// another thread may set one at any instruction.
pub struct HookedStates {
    calls: AtomicU32,
    lines: AtomicU32,
    counts: AtomicU32,
    /// The table of handlers is known to be the plain one, but for those of calls and returns (`vm::hooks::use_table`).
    is_nearly_plain: AtomicBool,
}

impl HookedStates {
    pub const fn new() -> Self {
        Self { calls: AtomicU32::new(0), lines: AtomicU32::new(0), counts: AtomicU32::new(0), is_nearly_plain: AtomicBool::new(false) }
    }

    /// What the hooks of all States together want.
    pub fn events(&self) -> Events {
        let any = |count: &AtomicU32| count.load(Ordering::Relaxed) > 0;
        Events { calls: any(&self.calls), lines: any(&self.lines), counts: any(&self.counts) }
    }

    /// Tells whether the table of handlers is nearly plain, or that nothing is known of it; and what was told before.
    pub fn tell_nearly_plain(&self, is_so: bool) -> bool {
        self.is_nearly_plain.swap(is_so, Ordering::SeqCst)
    }

    /// Whether any wants calls or returns.
    #[inline(always)]
    pub fn want_calls(&self) -> bool {
        self.calls.load(Ordering::Relaxed) > 0
    }

    /// A State's mask was exchanged; whether something is wanted now that was not, or the other way round. Async-signal-safe: each exchange
    /// counts what it changed itself, so none is lost where one interrupts another.
    pub fn exchange(&self, before: u8, now: u8) -> bool {
        let (before, now) = (Events::of(before), Events::of(now));
        adjust(&self.calls, before.calls, now.calls)
            | adjust(&self.lines, before.lines, now.lines)
            | adjust(&self.counts, before.counts, now.counts)
    }
}

/// Whether the first or the last is counted so.
fn adjust(count: &AtomicU32, before: bool, now: bool) -> bool {
    match (before, now) {
        (false, true) => count.fetch_add(1, Ordering::Relaxed) == 0,
        (true, false) => count.fetch_sub(1, Ordering::Relaxed) == 1,
        _ => false,
    }
}

impl State {
    /// Whether a hook of this State wants calls, returns or lines, so that no short cut may pass by
    /// where it is called. The count event needs no more than a count of instructions.
    #[inline(always)]
    pub fn is_traced(&self) -> bool {
        &self.hook_mask & !COUNT != 0
    }
}
