//! The parting: after marking, before the sweep, it is found which of the dead live on for finalizers to see, and what
//! lives lets go of all others.
//!
//! ```text
//!   userdata ────────────▶ what they lead to ────▶ the end
//!   those that are to be   is marked               upvalues of dead threads take their values along,
//!   finalized are queued                           weak tables are cleared or veiled
//! ```
//!
//! The dead are of the other white, and the program can reach none of them. So the first two go on in slices while it
//! runs, and need no barrier; what is born meanwhile is of the current white and not looked at. None of these finalizers is
//! called before the end. Two things that are dead can be met all the same, and are alive from then on: short strings, and open
//! upvalues of a thread that lives (`State::find_upvalue`), which stay on its list to the end for a closure that a
//! finalizer sees may share them.
//!
//! All is done at once where the program could meet more: while weak tables have entries of the dead, or userdata of an
//! earlier cycle wait for their finalizers.
//!
//! Not here: which userdata are finalized (`finalize`), weak tables (`weak`).

use crate::heap::Gc;
use crate::object::UpVal;
use crate::state::{Global, Parting};

use super::atomic::retain_open_threads;
use super::mark::Marker;
use super::{finalize, sweep, weak};

/// Begins the parting; does it at once if need be. Returns the bytes looked through.
pub fn start(global: &Global) -> usize {
    let gc = &global.gc;
    let at_once = gc.to_finalize.get().is_some() || weak::may_show_dead(global);
    finalize::mark_queue(&Marker::resurrecting(global)); // first: what is separated is marked when it is queued
    finalize::start_separation(global);
    gc.parting.set(Parting::Userdata);
    if at_once { finish(global) } else { 0 }
}

/// Ends the parting, if it has not ended. Returns the work done.
pub fn finish(global: &Global) -> usize {
    let mut done = 0;
    while let Some(work) = next(global) {
        done += work;
    }
    done
}

/// Does some of it. Returns the work, in bytes that are swept; None: there is nothing left to do.
pub fn next(global: &Global) -> Option<usize> {
    let gc = &global.gc;
    if gc.parting.get() == Parting::Over {
        return None;
    }
    let marker = Marker::resurrecting(global);
    if gc.parting.get() == Parting::Userdata {
        if let Some(work) = finalize::separate_next(&marker) {
            return Some(work);
        }
        gc.parting.set(Parting::Members);
    }
    if let Some(bytes) = marker.propagate() {
        return Some(bytes + bytes / 3); // as `pace` counts
    }
    marker.drain(); // if something was dropped for want of memory
    end(global);
    Some(1)
}

fn end(global: &Global) {
    close_and_unlink_upvalues(global);
    weak::clear(global);
    global.gc.parting.set(Parting::Over);
    sweep::start(global);
}

/// Upvalues of a dead thread that live on take their values along; dead upvalues of a live thread
/// leave its list, for they are about to be swept.
fn close_and_unlink_upvalues(global: &Global) {
    let heap = &global.heap;
    retain_open_threads(global, |l| {
        let dead = heap.is_dead(l.header());
        let mut kept: Option<Gc<UpVal>> = None;
        let mut first = None;
        let mut at = l.open_upvalues;
        while let Some(upvalue) = at {
            at = upvalue.next_open();
            if heap.is_dead(upvalue.header()) {
                continue;
            }
            if dead {
                upvalue.close();
                heap.whiten(upvalue.header()); // as if it had been swept; its value is alive
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
