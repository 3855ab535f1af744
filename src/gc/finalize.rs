//! Which userdata are to be finalized, and in which order.
//!
//! All userdata that may yet need it are on one list, the newest first; those without a metatable are
//! on none. A dead one with a `__gc` moves to the end of the queue, so finalizers run in the reverse
//! order of creation; any other dead one just leaves the list. Either is marked FINALIZED, and so
//! is what a finalizer brings back to life (`mark`): no userdata is finalized twice, and none that
//! died without a finalizer ever is.
//!
//! Not here: the calls (`vm::safepoint`).

use crate::heap::{Gc, mark};
use crate::object::Userdata;
use crate::state::{Event, Global};

use super::refs;

/// Moves dead userdata (or `all`) with a finalizer to the queue. Returns the bytes they take.
pub fn separate(global: &Global, all: bool) -> usize {
    let gc = &global.gc;
    if let Some(late) = gc.late_userdata.take() {
        gc.userdata.set(merge(gc.userdata.get(), sort(late)));
    }
    let mut bytes = 0;
    let mut before: Option<Gc<Userdata>> = None;
    let mut at = gc.userdata.get();
    while let Some(u) = at {
        at = u.next.get();
        if !all && !u.header().is_white() {
            before = Some(u);
            continue;
        }
        match before {
            Some(before) => before.next.set(at),
            None => gc.userdata.set(at),
        }
        u.header().set_bits(mark::FINALIZED);
        if global.metamethod_in(u.metatable.get(), Event::Gc).is_nil() {
            u.next.set(None);
        } else {
            bytes += refs::size(u.header()) + u.len;
            enqueue(global, u);
        }
    }
    bytes
}

/// A userdata has got its first metatable.
pub fn list_userdata(global: &Global, u: Gc<Userdata>) {
    u.listed.set(true);
    if u.header().mark.get() & mark::FINALIZED != 0 {
        return;
    }
    let newest = &global.gc.userdata;
    let list = match newest.get() {
        Some(first) if !u.is_newer(&first) => &global.gc.late_userdata,
        _ => newest,
    };
    u.next.set(list.replace(Some(u)));
}

/// Puts a list in order, the newest first: runs of one, two, four … are merged.
fn sort(list: Gc<Userdata>) -> Option<Gc<Userdata>> {
    // Slot i holds nothing or a run of 2^i; more than can be.
    let mut runs: [Option<Gc<Userdata>>; 48] = [None; 48];
    let mut at = Some(list);
    while let Some(u) = at {
        at = u.next.replace(None);
        let mut run = Some(u);
        for slot in &mut runs {
            match slot.take() {
                None => {
                    *slot = run;
                    break;
                }
                other => run = merge(other, run),
            }
        }
    }
    runs.into_iter().fold(None, merge)
}

/// Merges two lists, each with its newest first.
fn merge(a: Option<Gc<Userdata>>, b: Option<Gc<Userdata>>) -> Option<Gc<Userdata>> {
    let (mut a, mut b) = (a, b);
    let mut first = None;
    let mut last: Option<Gc<Userdata>> = None;
    loop {
        let next = match (a, b) {
            (Some(x), Some(y)) if y.is_newer(&x) => {
                b = y.next.get();
                y
            }
            (Some(x), Some(_)) => {
                a = x.next.get();
                x
            }
            (rest, None) | (None, rest) => {
                match last {
                    Some(last) => last.next.set(rest),
                    None => first = rest,
                }
                return first;
            }
        };
        match last {
            Some(last) => last.next.set(Some(next)),
            None => first = Some(next),
        }
        last = Some(next);
    }
}

fn enqueue(global: &Global, u: Gc<Userdata>) {
    let gc = &global.gc;
    u.next.set(None);
    match gc.to_finalize_last.replace(Some(u)) {
        Some(last) => last.next.set(Some(u)),
        None => gc.to_finalize.set(Some(u)),
    }
}

/// What waits in the queue is alive until its finalizer has run.
pub fn mark_queue(global: &Global) {
    let mut at = global.gc.to_finalize.get();
    while let Some(u) = at {
        global.heap.shade(u.header());
        at = u.next.get();
    }
}

/// At `lua_close`: queues every userdata that has a finalizer.
pub fn separate_all(global: &Global) {
    separate(global, true);
}

/// The next userdata to finalize, taken from the queue. The caller puts it on a stack.
pub fn take_finalizable(global: &Global) -> Option<Gc<Userdata>> {
    let gc = &global.gc;
    let u = gc.to_finalize.get()?;
    gc.to_finalize.set(u.next.get());
    if u.next.take().is_none() {
        gc.to_finalize_last.set(None);
    }
    Some(u)
}
