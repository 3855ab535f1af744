//! The step between marking and sweeping, in which the mutator may not run.
//!
//! It looks again at all that has no barrier (threads that are not quiet, open upvalues), decides
//! which userdata are to be finalized, and then takes leave of the dead: weak tables lose them,
//! upvalues of dead threads take their values along. When it ends, nothing alive refers to anything
//! dead, and the whites have changed roles.

use crate::heap::{Gc, MarkStack, Phase, mark};
use crate::object::UpVal;
use crate::state::{Global, State};

use super::mark::{Marker, roots, shade_value};
use super::{finalize, sweep, weak};

/// Ends the marking of the cycle, whatever of it is left, and begins the sweep. Returns the bytes
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
    finalize::mark_queue(global); // first: what `separate` adds to the queue it marks itself
    let doomed = finalize::separate(global, false);
    done += Marker { resurrects: true, ..marker }.drain();
    close_and_unlink_upvalues(global);
    weak::clear(global);
    global.names.forget_all();
    global.short_source.forget();
    heap.paths.forget();
    global.switchboard.forget_functions();
    global.native_loops.forget_functions();
    global.native_loops.leave_workspace();
    heap.current_white.set(heap.other_white());
    heap.phase.set(Phase::Sweep);
    global.gc.estimate.set(heap.in_use().saturating_sub(doomed));
    sweep::start(global);
    done
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
fn retain_open_threads(global: &Global, mut f: impl FnMut(Gc<State>) -> bool) {
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

/// Upvalues of a dead thread that live on take their values along; dead upvalues of a live thread
/// leave its list, for they are about to be swept.
fn close_and_unlink_upvalues(global: &Global) {
    retain_open_threads(global, |l| {
        let dead = l.header().is_white();
        let mut kept: Option<Gc<UpVal>> = None;
        let mut first = None;
        let mut at = l.open_upvalues;
        while let Some(upvalue) = at {
            at = upvalue.next_open();
            if upvalue.header().is_white() {
                continue;
            }
            if dead {
                upvalue.close();
                upvalue.header().set_bits(mark::BLACK);
                continue;
            }
            match kept {
                Some(above) => above.set_next_open(Some(upvalue)),
                None => first = Some(upvalue),
            }
            kept = Some(upvalue);
        }
        if let Some(last) = kept {
            last.set_next_open(None);
        }
        // SAFETY: the field of a live object; no step runs while a reference to it is used.
        unsafe { (*l.as_ptr()).open_upvalues = first };
        first.is_some()
    });
}
