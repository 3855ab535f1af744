//! How much the collector does, and when.
//!
//! The heap counts its bytes against a threshold; above it a step is due at the next safepoint.
//! In a cycle a step is due for every [`STEP`] bytes allocated, and works through `step_multiplier`
//! percent of them. Between cycles the threshold is `pause` percent of what was alive.
//!
//! Work that cannot be divided (the atomic step, a large object) may exceed what a step was to do;
//! the next step then comes later, so that the whole keeps the proportion asked for.
//!
//! An allocation much larger than a step leaves a debt, `owed`, which later safepoints pay in
//! pieces: no step is longer than [`LONGEST`], and there is a little room between two.
//!
//! Work is counted in bytes, four traversed or eight swept ones to the unit: so a cycle is short, and
//! little is allocated while it runs.
//!
//! A host's steps come on top of that. A cycle that one of them begins is early: a program that asks for one in each turn of
//! its loop has the next cycle begun as soon as the last one ends, and should not pay for all at the pace of a collector that is
//! late. So these steps do as much as the reference's of the same size, and no other is due, until the heap has grown by a
//! quarter. (That must have an end: what is stored in black tables is marked at once, which can take most of such a step.)

use crate::heap::{Gc, NEVER, Phase};
use crate::state::{Global, State};

use super::mark::Marker;
use super::{atomic, finalize, mark, sweep, weak};

/// Bytes allocated between two steps of a cycle.
const STEP: usize = 4 << 10;
/// The step multiplier above which steps count as work of the script's.
const HURRIED: i32 = 1000;
/// Bytes of allocation that one step pays for at most.
const LONGEST: usize = 16 << 10;
/// Bytes allocated between two steps that pay for one large allocation: it is a pause if all are in one turn of a loop.
const BETWEEN_PIECES: usize = 256;
/// ... beside a heap so many times as large as what is owed: a small one would be all garbage meanwhile, and is soon looked through.
const LARGE_TO_OWED: usize = 16;
/// A smaller heap counts as one of this size when the next cycle is planned: a cycle of its own
/// for every few kilobytes would cost more than it gains.
const SMALL_HEAP: usize = 96 << 10;
/// How many bytes are traversed, and how many swept, for one unit of work.
const TRAVERSED: usize = 6;
const SWEPT: usize = 8;
/// The part by which a heap grows while a cycle is early.
const GROWN_EARLY: usize = 4;

/// How bytes that are traversed are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// A cycle that is to be short.
    Due,
    /// As in the reference, whose objects are half as large again.
    Early,
}

impl Pace {
    fn units(self, traversed: usize) -> usize {
        match self {
            Pace::Due => traversed.div_ceil(TRAVERSED),
            Pace::Early => traversed + traversed / 2,
        }
    }
}

/// One step of collection, of a size that follows from the debt. Calls nobody. `running` is the
/// thread at whose safepoint it happens.
pub fn step(global: &Global, running: Gc<State>) {
    let heap = &global.heap;
    let gc = &global.gc;
    let overdue = heap.debt().max(0) as usize;
    let owed = gc.owed.get().saturating_add(overdue).saturating_add(STEP);
    let paid = owed.min(LONGEST);
    if heap.phase.get() == Phase::Pause {
        gc.early_until.set(0);
    }
    gc.owed.set(owed - paid);
    let multiplier = gc.step_multiplier.get();
    let excess = work(global, running, scaled(paid, multiplier), Pace::Due);
    let advance = excess / multiplier.max(100) as usize * 100;
    if heap.phase.get() == Phase::Pause {
        end_cycle(global);
        heap.set_threshold(heap.threshold().max(heap.in_use() + advance));
    } else if advance > STEP {
        gc.owed.set(0);
        heap.set_threshold(heap.in_use() + advance);
    } else if gc.owed.get() > 0 {
        let is_small = gc.owed.get() > heap.in_use() / LARGE_TO_OWED;
        heap.set_threshold(if is_small { heap.in_use().saturating_sub(1) } else { heap.in_use() + BETWEEN_PIECES });
    } else {
        heap.set_threshold(heap.in_use() + STEP);
    }
}

/// The bytes that one step of a hurried collector works through: of one whose step multiplier is so large that
/// steps are no longer small beside what is allocated between them. 0 for any other.
pub fn hurried(global: &Global) -> usize {
    let multiplier = global.gc.step_multiplier.get();
    if (1..=HURRIED).contains(&multiplier) || multiplier < 0 { 0 } else { scaled(STEP * TRAVERSED, multiplier).min(global.heap.in_use()) }
}

/// The least work there is: one object, or one block.
pub fn least_step(global: &Global, running: Gc<State>) {
    work(global, running, 1, Pace::Due);
    if global.heap.phase.get() == Phase::Pause {
        end_cycle(global);
    }
}

/// `lua_gc(LUA_GCSTEP)`: as if `bytes` had been allocated, at once. True if a cycle ended, but for
/// its finalizers.
///
/// COMPAT: this starts a stopped collector again.
pub fn step_by(global: &Global, running: Gc<State>, bytes: usize) -> bool {
    let heap = &global.heap;
    global.gc.stopped.set(false);
    global.gc.owed.set(0);
    if heap.phase.get() == Phase::Pause {
        global.gc.early_until.set(if heap.debt() < 0 { heap.in_use() + heap.in_use() / GROWN_EARLY } else { 0 });
    }
    let early_until = global.gc.early_until.get();
    let pace = if heap.in_use() < early_until { Pace::Early } else { Pace::Due };
    work(global, running, scaled(bytes.saturating_add(1024), global.gc.step_multiplier.get()), pace);
    match heap.phase.get() {
        Phase::Pause => {
            end_cycle(global);
            true
        }
        phase => {
            heap.set_threshold(early_until.max(heap.in_use() + STEP));
            phase == Phase::Finalize
        }
    }
}

/// COMPAT: a multiplier of 0 means no limit; a negative one, the least step.
fn scaled(bytes: usize, multiplier: i32) -> usize {
    match multiplier {
        0 => usize::MAX,
        m if m < 0 => 1,
        m => (bytes / 100).saturating_mul(m as usize).max(1),
    }
}

/// Works up to `budget` bytes, but not beyond the cycle's end. Returns by how much it exceeded
/// the budget.
fn work(global: &Global, running: Gc<State>, budget: usize, pace: Pace) -> usize {
    let mut left = budget;
    loop {
        let done = match global.heap.phase.get() {
            Phase::Pause => {
                mark::start(global);
                0
            }
            Phase::Propagate => match mark_next(global) {
                Some(done) => pace.units(done),
                None => pace.units(atomic::run(global, running)),
            },
            Phase::Sweep => match sweep::next(global) {
                Some(done) => done.div_ceil(SWEPT),
                None => return 0,
            },
            Phase::Finalize => return 0,
        };
        if done >= left {
            return done - left;
        }
        left -= done;
    }
}

/// Marks the next, of what there is, in this order. Returns the bytes looked through; None: only the
/// atomic step is left.
fn mark_next(global: &Global) -> Option<usize> {
    let marker = Marker::new(global, false);
    let done = marker.propagate();
    if done.is_none() && marker.look_again() {
        return Some(0);
    }
    done.or_else(|| weak::scan(&marker)).or_else(|| finalize::scan(global))
}

/// Sets the threshold at which the next cycle begins.
pub fn end_cycle(global: &Global) {
    let gc = &global.gc;
    gc.owed.set(0);
    gc.stopped.set(false);
    // COMPAT: a negative pause is a huge one.
    let threshold = (gc.estimate.get().max(SMALL_HEAP) / 100).wrapping_mul(gc.pause.get() as usize);
    global.heap.set_threshold(threshold);
}

/// The queue of finalizers is empty: the cycle is over.
pub fn end_finalize(global: &Global) {
    if global.heap.phase.get() == Phase::Finalize {
        global.heap.phase.set(Phase::Pause);
        if !global.gc.stopped.get() {
            end_cycle(global);
        }
    }
}

/// Turns the collector on for a state that has just been made.
pub fn start_pacing(global: &Global) {
    global.gc.stopped.set(false);
    global.heap.set_threshold(4 * global.heap.in_use());
}

/// `lua_gc(LUA_GCSTOP)`.
pub fn stop(global: &Global) {
    global.gc.stopped.set(true);
    global.heap.set_threshold(NEVER as usize);
}

/// `lua_gc(LUA_GCRESTART)`.
pub fn restart(global: &Global) {
    global.gc.stopped.set(false);
    global.heap.set_threshold(global.heap.in_use());
}

/// Sets the pause; returns the old one.
pub fn set_pause(global: &Global, percent: i32) -> i32 {
    global.gc.pause.replace(percent)
}

/// Sets the step multiplier; returns the old one.
pub fn set_step_multiplier(global: &Global, percent: i32) -> i32 {
    global.gc.step_multiplier.replace(percent)
}

/// Bytes in use: what `lua_gc` shows as `LUA_GCCOUNT` (divided by 1024) and `LUA_GCCOUNTB` (the
/// remainder).
pub fn count_bytes(global: &Global) -> usize {
    global.heap.in_use()
}
