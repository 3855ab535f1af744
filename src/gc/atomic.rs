//! The step between marking and sweeping, in which the mutator may not run.
//!
//! It looks again at all that has no barrier (threads that are not quiet, open upvalues). Then it is known what the
//! program can reach; the whites change roles, and what is of the other white now is dead, but for what finalizers are
//! to see. When the step ends nothing that the program can reach refers to anything dead, but for weak tables.
//!
//! Not here: the taking leave of the dead (`parting`), all of it a part of this step unless it can be done in slices.

use crate::heap::{Gc, MarkStack, Phase};
use crate::state::{Global, State};

use super::mark::{Marker, roots, shade_value};
use super::{parting, sweep, weak};

/// Ends the marking of the cycle, whatever of it is left, and begins the parting. Returns the bytes
/// looked through.
pub fn run(global: &Global, running: Gc<State>) -> usize {
    let heap = &global.heap;
    let marker = Marker::new(global, true);
    let mut done = marker.drain();
    remark_open_upvalues(global);
    done += marker.drain();
    heap.shade(running.header());
    roots(global);
    weak::leave_to_atomic(global);
    done += marker.drain();
    done += again(&marker, &heap.gray_again);
    forget(global);
    heap.current_white.set(heap.other_white());
    heap.phase.set(Phase::Sweep);
    global.gc.estimate.set(heap.in_use());
    sweep::forget_dead(global);
    done + parting::start(global)
}

/// What leads to objects without keeping them alive, and is looked for anew.
fn forget(global: &Global) {
    global.names.forget_all();
    global.short_source.forget();
    global.heap.paths.forget();
    global.switchboard.forget_functions();
    global.native_loops.forget_functions();
    global.native_loops.leave_workspace();
}

/// Traverses what is on `list` once more.
fn again(marker: &Marker, list: &MarkStack) -> usize {
    let lost = list.take_overflow();
    while let Some(object) = list.pop() {
        marker.heap.gray.push(marker.heap, object);
    }
    if lost {
        marker.rescan();
    }
    marker.drain()
}

/// All threads that may have open upvalues, the dead ones too. They are listed anew by `f`'s answers.
pub fn retain_open_threads(global: &Global, mut f: impl FnMut(Gc<State>) -> bool) {
    let mut at = global.open_threads.take();
    while let Some(l) = at {
        at = l.next_listed;
        let kept = f(l);
        // SAFETY: ALIAS: the fields of a thread; no reference to it is used while a step runs.
        unsafe {
            (*l.as_ptr()).listed = kept;
            (*l.as_ptr()).next_listed = if kept { global.open_threads.replace(Some(l)) } else { None };
        }
    }
}

/// Stores to stack slots have no barrier: what an open upvalue holds may have changed.
fn remark_open_upvalues(global: &Global) {
    retain_open_threads(global, |l| {
        let mut at = l.open_upvalues;
        while let Some(upvalue) = at {
            if !upvalue.header().is_white() {
                shade_value(&global.heap, upvalue.get());
            }
            at = upvalue.next_open();
        }
        l.open_upvalues.is_some()
    });
}
