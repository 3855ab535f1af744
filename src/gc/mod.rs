//! The collector: incremental tri-colour mark and sweep.
//!
//! ```text
//!   Pause ──roots──▶ Propagate ──atomic──▶ Sweep ──▶ Finalize ──▶ Pause
//!                    gray objects,         the parting, the queue, by `vm::safepoint`
//!                    in slices             then blocks,
//!                                          in slices
//!                                          and where cells are wanted
//! ```
//!
//! *White* objects have not been reached; *gray* ones have, but not what they refer to; *black*
//! ones are done. Two whites take turns, so that what is born during a sweep is not taken for
//! dead. Open upvalues and threads, but for quiet ones (`State::is_quiet`), are never black: the
//! atomic step looks at them again, and stores to them have no barrier.
//!
//! When nothing else is gray, weak tables and userdata are looked through in slices too, for what is
//! still white (`weak`, `finalize`): only that has to be looked at when marking has ended. Then, in slices before the sweep
//! begins, it is decided which userdata are finalized (`parting`), and weak tables that have much to lose lose it; until
//! then nobody sees the dead in them (`object::table::veil`).
//!
//! A step calls nobody and never fails. It runs at safepoints only, so what Rust code holds
//! between two safepoints needs no anchor (REACH).
//!
//! Not here: calling finalizers and deciding when a step runs (`vm::safepoint`), the barriers
//! (`heap::barrier`).

mod atomic;
mod finalize;
mod mark;
mod pace;
mod parting;
mod refs;
mod stress;
mod sweep;
mod validate;
mod weak;

pub use finalize::{list_userdata, separate_all, take_finalizable};
pub use pace::{
    count_bytes, end_finalize, hurried, restart, set_pause, set_step_multiplier, start_pacing, step_by, stop,
};
pub use sweep::free_all;
pub use validate::validate;

use crate::heap::{Gc, Phase};
use crate::state::{Global, State};

/// One step of collection, at a safepoint of `running`. Calls nobody.
pub fn step(global: &Global, running: Gc<State>) {
    if cfg!(feature = "checks") {
        stress::step(global, running);
    } else {
        pace::step(global, running);
    }
}

/// A whole cycle, begun anew. Calls nobody; finalizers are queued in `GcControl::to_finalize`.
pub fn full(global: &Global, running: Gc<State>) {
    match global.heap.phase.get() {
        Phase::Propagate => mark::abandon(global),
        Phase::Sweep => sweep::finish(global),
        Phase::Pause | Phase::Finalize => {}
    }
    mark::start(global);
    // First as between steps: in slices a big table does not make the work list as long as itself.
    mark::Marker::new(global, false).drain();
    atomic::run(global, running);
    sweep::finish(global);
    global.heap.blocks.give_back_arrays(&global.heap);
    global.heap.blocks.release_spare(&global.heap);
    mark::trim_stacks(global);
    if cfg!(feature = "checks") {
        validate(global);
    }
    pace::end_cycle(global);
}
