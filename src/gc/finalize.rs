//! Which userdata are to be finalized, and in which order.
//!
//! All userdata that may yet need it are on lists, the newest first; those without a metatable are
//! on none. A dead one with a `__gc` moves to the end of the queue, so finalizers run in the reverse
//! order of creation; any other dead one just leaves the list. Either is marked FINALIZED, and so
//! is what a finalizer brings back to life (`mark`): no userdata is finalized twice, and none that
//! died without a finalizer ever is.
//!
//! When nothing is known to be gray, a scan in slices sets those apart that are still white: only these, and what was
//! listed meanwhile, are to be decided on when marking has ended, in slices too (`parting`).
//!
//! Not here: the calls (`vm::safepoint`).

use core::cell::Cell;

use crate::base::cache;
use crate::heap::{Gc, GcHeader, mark};
use crate::object::Userdata;
use crate::state::{Event, Global, Parting, UserdataLists};

use super::mark::Marker;
use super::{parting, refs};

/// How many userdata are looked at in one slice.
const SLICE: usize = 512;
/// The same of those that may be dead, and how long each takes, in bytes that are swept.
const SLICE_OF_DEAD: usize = if cfg!(feature = "checks") { 2 } else { 128 };
const WORK_OF_DEAD: usize = 256;
/// How many that are newer are looked at to put one in its place.
const NEAR: usize = 8;

/// Looks at the next userdata. Returns the bytes looked through; None: there are no more.
pub fn scan(global: &Global) -> Option<usize> {
    let lists = &global.gc.userdata;
    if !lists.is_scanned.replace(true) {
        lists.newest_scanned.set(lists.newest.get());
        lists.ahead.set(lists.fresh.take());
        lists.ahead_late.set(lists.late.take().and_then(sort));
    }
    for done in 0..SLICE {
        match take_newest(lists) {
            Some(u) => append(if u.header().is_white() { &lists.white } else { &lists.kept }, u),
            None if done == 0 => return None,
            None => break,
        }
    }
    Some(SLICE * size_of::<Userdata>())
}

/// The newest of those that are ahead.
#[inline]
fn take_newest(lists: &UserdataLists) -> Option<Gc<Userdata>> {
    let list = match (lists.ahead.get(), lists.ahead_late.get()) {
        (Some(a), Some(b)) if b.is_newer(&a) => &lists.ahead_late,
        (Some(_), _) => &lists.ahead,
        (None, _) => &lists.ahead_late,
    };
    let u = list.get()?;
    let next = u.next.take();
    // PERF: each is in another line of memory.
    if let Some(next) = next {
        cache::fetch_early(next.as_ptr());
    }
    list.set(next);
    Some(u)
}

/// What the scan has found does not count: marking is given up.
pub fn forget_scan(global: &Global) {
    let lists = &global.gc.userdata;
    if lists.is_scanned.replace(false) {
        let scanned = merge(join(lists.kept.take(), None), join(lists.white.take(), None));
        let rest = merge(lists.ahead.take(), lists.ahead_late.take());
        lists.fresh.set(merge(lists.fresh.take(), merge(scanned, rest)));
    }
}

/// Marking has ended: all that are listed by now and may be dead are to be decided on, by `separate_next`.
pub fn start_separation(global: &Global) {
    while scan(global).is_some() {}
    let lists = &global.gc.userdata;
    lists.is_scanned.set(false);
    lists.ahead.set(merge(lists.fresh.take(), lists.late.take().and_then(sort)));
    lists.ahead_late.set(join(lists.white.take(), None));
}

/// Decides on some. Those that are dead and have a finalizer move to the queue, where they are alive. Returns the work
/// done; None: all are decided on.
pub fn separate_next(marker: &Marker) -> Option<usize> {
    let global = marker.global;
    let lists = &global.gc.userdata;
    for done in 0..SLICE_OF_DEAD {
        match take_newest(lists) {
            Some(u) if global.heap.is_dead(u.header()) => take_leave(marker, u),
            // Some were marked after the scan.
            Some(u) => append(if u.serial() > lists.newest_scanned.get() { &lists.newer } else { &lists.older }, u),
            None if done == 0 => {
                end_separation(lists);
                return None;
            }
            None => break,
        }
    }
    Some(SLICE_OF_DEAD * WORK_OF_DEAD)
}

fn end_separation(lists: &UserdataLists) {
    // What was listed since separation began is newer than all that were on `fresh` then.
    let rest = join(lists.newer.take(), join(lists.kept.take(), None));
    lists.fresh.set(merge(lists.fresh.take(), rest));
    lists.late.set(join(lists.older.take(), lists.late.take()));
}

/// A dead one that is on no list any more. If it is to wait for its finalizer it lives on, marked, with all that it
/// refers to.
#[inline(never)]
fn take_leave(marker: &Marker, u: Gc<Userdata>) {
    let global = marker.global;
    let header = u.header();
    header.set_bits(mark::FINALIZED);
    if global.metamethod_in(u.metatable.get(), Event::Gc).is_nil() {
        return;
    }
    header.clear_bits(mark::WHITES);
    header.set_bits(mark::BLACK);
    shade_members(marker, header);
    enqueue(global, u);
    let estimate = &global.gc.estimate;
    estimate.set(estimate.get().saturating_sub(refs::size(header) + u.len));
}

/// Few programs have finalizers of their own, and all have files: this is long, and apart from what they need.
#[cold]
#[inline(never)]
fn shade_members(marker: &Marker, header: Gc<GcHeader>) {
    refs::for_each(header, &mut |child| marker.shade(child));
}

/// A userdata has got its first metatable.
pub fn list_userdata(global: &Global, u: Gc<Userdata>) {
    u.listed.set(true);
    if u.header().mark.get() & mark::FINALIZED != 0 {
        return;
    }
    let lists = &global.gc.userdata;
    if u.serial() > lists.newest.get() {
        lists.newest.set(u.serial());
        u.next.set(lists.fresh.replace(Some(u)));
    } else if !put_in_order(lists, u) {
        u.next.set(lists.late.replace(Some(u)));
    }
}

/// Puts one that a newer one is listed before in its place on `fresh`, if it is near: an object made before its parts, and
/// given its metatable after them. False: it is not. None comes to be the last, so all are as new as the first one was.
fn put_in_order(lists: &UserdataLists, u: Gc<Userdata>) -> bool {
    let Some(mut above) = lists.fresh.get() else { return false };
    if u.is_newer(&above) {
        return false; // the newest are elsewhere
    }
    for _ in 0..NEAR {
        let Some(below) = above.next.get() else { return false };
        if u.is_newer(&below) {
            u.next.set(Some(below));
            above.next.set(Some(u));
            return true;
        }
        above = below;
    }
    false
}

// == Lists =========================================================================================

/// The first and the last of a list.
type Ends = Option<(Gc<Userdata>, Gc<Userdata>)>;

fn append(list: &Cell<Ends>, u: Gc<Userdata>) {
    match list.get() {
        Some((first, last)) => {
            last.next.set(Some(u));
            list.set(Some((first, u)));
        }
        None => list.set(Some((u, u))),
    }
}

/// One list, and another behind it.
fn join(list: Ends, rest: Option<Gc<Userdata>>) -> Option<Gc<Userdata>> {
    match list {
        Some((first, last)) => {
            last.next.set(rest);
            Some(first)
        }
        None => rest,
    }
}

/// Puts a list in order, the newest first: runs of one, two, four … are merged.
#[inline(never)]
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
#[inline(never)]
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

/// What waits in the queue since an earlier cycle is alive until its finalizer has run.
pub fn mark_queue(marker: &Marker) {
    let mut at = marker.global.gc.to_finalize.get();
    while let Some(u) = at {
        marker.shade(u.header());
        at = u.next.get();
    }
}

/// At `lua_close`: queues every userdata that has a finalizer. Nothing is marked for that.
pub fn separate_all(global: &Global) {
    parting::finish(global);
    start_separation(global);
    let lists = &global.gc.userdata;
    let found = merge(lists.ahead.take(), lists.ahead_late.take());
    let mut at = merge(found, join(lists.kept.take(), None));
    while let Some(u) = at {
        at = u.next.take();
        u.header().set_bits(mark::FINALIZED);
        if !global.metamethod_in(u.metatable.get(), Event::Gc).is_nil() {
            enqueue(global, u);
        }
    }
}

/// The next userdata to finalize, taken from the queue; None: none is ready. The caller puts it on a stack.
pub fn take_finalizable(global: &Global) -> Option<Gc<Userdata>> {
    let gc = &global.gc;
    if gc.parting.get() != Parting::Over {
        return None; // a cycle went on in a finalizer, and what it has queued is not yet marked
    }
    let u = gc.to_finalize.get()?;
    gc.to_finalize.set(u.next.get());
    if u.next.take().is_none() {
        gc.to_finalize_last.set(None);
    }
    Some(u)
}
