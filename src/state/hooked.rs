//! Which events the debug hooks of a Global's States want, as far as the interpreter has to know.
//!
//! Not here: a State's own hook (`State`), setting one and the handlers that call it (`vm::hooks`).

use core::sync::atomic::{AtomicU32, Ordering};

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
}

impl HookedStates {
    pub const fn new() -> Self {
        Self { calls: AtomicU32::new(0), lines: AtomicU32::new(0), counts: AtomicU32::new(0) }
    }

    /// What the hooks of all States together want.
    pub fn events(&self) -> Events {
        let any = |count: &AtomicU32| count.load(Ordering::Relaxed) > 0;
        Events { calls: any(&self.calls), lines: any(&self.lines), counts: any(&self.counts) }
    }

    /// Whether any wants calls or returns.
    #[inline(always)]
    pub fn want_calls(&self) -> bool {
        self.calls.load(Ordering::Relaxed) > 0
    }

    /// A State's mask was exchanged. Async-signal-safe: each exchange counts what it changed itself, so
    /// none is lost where one interrupts another.
    pub fn exchange(&self, before: u8, now: u8) {
        let (before, now) = (Events::of(before), Events::of(now));
        adjust(&self.calls, before.calls, now.calls);
        adjust(&self.lines, before.lines, now.lines);
        adjust(&self.counts, before.counts, now.counts);
    }
}

fn adjust(count: &AtomicU32, before: bool, now: bool) {
    if now && !before {
        count.fetch_add(1, Ordering::Relaxed);
    } else if before && !now {
        count.fetch_sub(1, Ordering::Relaxed);
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
