//! Sweeping: freeing what the atomic step left white.
//!
//! First the parting comes to its end (`parting`), and weak tables that are veiled lose the dead: until then all that died
//! is still there. Then the table of short strings does, then the heap sweeps block by block, in the collector's steps and
//! wherever an allocation wants a cell. Here is what a dead object owns besides its cell.
//!
//! Not here: blocks and free lists (`heap::blocks`).

use crate::heap::{Gc, GcHeader, Kind, Phase};
use crate::object::{Proto, Str, Table};
use crate::state::{Global, State};

use super::{parting, weak};

/// When marking has ended: what hands out objects without a look at them forgets the dead.
pub fn forget_dead(global: &Global) {
    global.chunks.forget_dead(&global.heap);
    global.strings.forget_dead(&global.heap);
    global.patterns.forget_addresses();
}

/// Nothing but veiled tables leads to the dead any more.
pub fn start(global: &Global) {
    if !global.heap.weak.clearing.get() {
        begin(global);
    }
}

/// Nothing leads to the dead any more.
fn begin(global: &Global) {
    global.heap.swept.set(0);
    global.strings.start_sweep();
    global.heap.blocks.start_sweep(&global.heap, free_parts, (global as *const Global).cast());
}

/// Sweeps a little. Returns the work done; None: the sweep is over.
pub fn next(global: &Global) -> Option<usize> {
    let heap = &global.heap;
    if let Some(work) = parting::next(global) {
        return Some(work);
    }
    if heap.weak.clearing.get() {
        if let Some(work) = weak::clear_next(global) {
            return Some(work);
        }
        heap.weak.clearing.set(false);
        begin(global);
    }
    let work = global.strings.sweep_next(heap).or_else(|| heap.blocks.sweep_next(heap));
    if work.is_none() {
        end(global);
    }
    work
}

pub fn finish(global: &Global) {
    while next(global).is_some() {}
}

fn end(global: &Global) {
    let gc = &global.gc;
    global.strings.end_sweep();
    gc.estimate.set(gc.estimate.get().saturating_sub(global.heap.swept.get()));
    let waiting = global.gc.to_finalize.get().is_some();
    global.heap.phase.set(if waiting { Phase::Finalize } else { Phase::Pause });
}

/// Frees what a dead object owns.
///
/// # Safety
/// `context` is the Global's address; nobody looks at the object again.
unsafe fn free_parts(context: *const (), object: Gc<GcHeader>) {
    // SAFETY: the caller's promise; ONEWORLD: the Global outlives its objects.
    let global = unsafe { &*context.cast::<Global>() };
    match object.kind() {
        Kind::Str => {
            let s: Gc<Str> = object.cast();
            if s.is_short() {
                global.strings.forget(s);
            } else {
                // SAFETY: the string is dead.
                unsafe { s.free_parts(&global.heap) };
            }
        }
        // SAFETY: the object is dead.
        _ => unsafe { free_owned(global, object) },
    }
}

/// # Safety
/// Nobody looks at the object again.
unsafe fn free_owned(global: &Global, object: Gc<GcHeader>) {
    // SAFETY: the caller's promise is that of each kind's `free_parts`.
    unsafe {
        match object.kind() {
            Kind::Str => object.cast::<Str>().free_parts(&global.heap),
            Kind::Table => object.cast::<Table>().free_parts(&global.heap),
            Kind::Thread => State::free_parts(object.cast(), global),
            Kind::Proto => {
                let p: Gc<Proto> = object.cast();
                let exec = p.exec.replace(core::ptr::null_mut());
                if let Some(free) = global.free_exec.get()
                    && !exec.is_null()
                {
                    free(global, exec);
                }
                Proto::free_parts(p, &global.heap);
            }
            _ => {}
        }
    }
}

/// At `lua_close`, after the finalizers: frees every object and every block. The Global itself is
/// the caller's; every array taken from the heap has been freed before.
pub fn free_all(global: &Global) {
    let heap = &global.heap;
    weak::unveil_all(global);
    heap.blocks.show_each(|object| {
        // PERF: most of what a small state has, which owns nothing, is not asked by a call.
        if object.kind() != Kind::Str || !object.cast::<Str>().is_short() {
            // SAFETY: the state is being closed: nobody looks at any object again.
            unsafe { free_owned(global, object) }
        }
    });
    global.main_thread.set(None);
    global.strings.release(heap);
    global.release_unusual_pointers();
    super::mark::release_stacks(global);
    heap.paths.release(heap);
    heap.blocks.release(heap);
}
