//! Where collection may happen, and where finalizers are called.
//!
//! At a safepoint every value that must survive is reachable: on the stack below `top` (in a Lua
//! function: within its frame), or in a reachable object. Only here do objects die, and only here
//! do finalizers run: so a safepoint may run any Lua code, and move the stack.
//!
//! COMPAT: a finalizer's error passes to whoever's allocation led to the step; the finalizers
//! still queued are called by later steps. Hooks are off while one runs.
//!
//! Not here: what is dead (`gc`).

use crate::gc;
use crate::heap::{Gc, NEVER, Phase};
use crate::object::{Userdata, Value};
use crate::state::stack::{MAX_FRAMES, MAX_STACK};
use crate::state::{Event, State, Thrown};
use crate::vm::call;

/// Finalizers that one step calls at most: more than there are userdata made between two steps. If they were fewer, a
/// program that makes userdata all the time would add more to its heap in a cycle than in the one before.
const FINALIZERS_PER_STEP: usize = 160;
/// COMPAT: a step that a host asks for calls so many, and one more for so many bytes.
const FINALIZERS_ASKED_FOR: usize = 20;
const BYTES_PER_FINALIZER: usize = 50;
/// Stacks and frame arrays smaller than this are never shrunk.
const SMALL_STACK: usize = 4096;
/// Stacks up to this size move at every safepoint under the feature `checks`.
const MOVED_BY_CHECKS: usize = 1000;

/// A step is due a megabyte early under the feature `checks`. A finalizer in which it were due would call
/// the next finalizer, and so on until the stack overflows.
const ROOM_UNDER_CHECKS: usize = if cfg!(feature = "checks") { 2 << 20 } else { 0 };

/// A collector step and the finalizers it queued, if one is due. Values that must survive are on
/// the stack. Errors of finalizers propagate as PUC's do.
#[inline(always)]
pub fn check(l: &mut State) -> Result<(), Thrown> {
    if l.heap().step_due() { collect(l) } else { Ok(()) }
}

#[cold]
#[inline(never)]
fn collect(l: &mut State) -> Result<(), Thrown> {
    let global = l.global();
    if global.heap.cap.take_wanted() {
        return collect_for_room(l);
    }
    let before = global.heap.phase.get();
    global.spend_bytes(gc::hurried(global));
    gc::step(global, l.handle());
    let now = global.heap.phase.get();
    if before <= Phase::Propagate && now >= Phase::Sweep {
        shrink_stack(l); // once a cycle
    }
    if cfg!(feature = "checks") && l.stack_size() <= MOVED_BY_CHECKS {
        // To show pointers that were kept too long. A refusal moves nothing.
        let _ = l.move_stack(l.stack_size());
    }
    if now == Phase::Finalize {
        run_some_finalizers(l, FINALIZERS_PER_STEP)?;
    }
    Ok(())
}

/// A full collection, because the cap on the state's memory is near; what was finalized in it is gone
/// only after a second one.
#[cold]
#[inline(never)]
fn collect_for_room(l: &mut State) -> Result<(), Thrown> {
    let global = l.global();
    collect_at_once(l);
    shrink_stack(l);
    if global.gc.to_finalize.get().is_some() {
        run_finalizers(l)?;
        collect_at_once(l);
    }
    Ok(())
}

/// Before so many bytes are asked for at once: collects, if the cap on the state's memory would
/// refuse them. A safepoint but for finalizers, which are only queued: nothing is called, and the
/// stack does not move.
#[inline]
pub fn make_room(l: &mut State, bytes: usize) {
    if !l.heap().cap.allows(bytes) {
        collect_at_once(l);
    }
}

/// The collection that the cap wants, if it does, as `make_room` makes it; and what a deep recursion
/// has left goes back, too. The stack may move.
pub fn collect_if_wanted(l: &mut State) {
    if l.heap().cap.is_wanted() {
        collect_at_once(l);
        shrink_stack(l);
    }
}

#[cold]
#[inline(never)]
fn collect_at_once(l: &mut State) {
    let global = l.global();
    let stopped = global.gc.stopped.get();
    global.spend_bytes(global.heap.in_use());
    gc::full(global, l.handle());
    global.heap.cap.set_mark();
    if stopped {
        gc::stop(global);
    }
}

/// Gives back what a deep recursion has left behind: it would be cleared in every cycle.
fn shrink_stack(l: &mut State) {
    let frames = l.frame_index() + 1;
    if (SMALL_STACK..=MAX_FRAMES).contains(&l.ci_size()) && frames < l.ci_size() / 4 {
        // Refused, both are merely larger than need be.
        let _ = l.resize_frames(frames * 2);
    }
    if !(SMALL_STACK..=MAX_STACK).contains(&l.stack_size()) {
        return;
    }
    let end = l.frames().iter().map(|ci| ci.top).max().unwrap_or(l.top).max(l.top);
    let used = (end as usize).saturating_sub(l.stack as usize) / size_of::<Value>();
    if used < l.stack_size() / 4 {
        let _ = l.move_stack((used * 2).max(SMALL_STACK / 2));
    }
}

/// `lua_gc(LUA_GCCOLLECT)`: a full cycle and all finalizers.
pub fn full_collect(l: &mut State) -> Result<(), Thrown> {
    let global = l.global();
    global.spend_bytes(global.heap.in_use());
    gc::full(global, l.handle());
    shrink_stack(l);
    run_finalizers(l)
}

/// `lua_gc(LUA_GCSTEP, kilobytes)`; true if a cycle ended. It calls as many finalizers as its size asks
/// for, and the cycle ends with the last.
pub fn step(l: &mut State, kilobytes: i32) -> Result<bool, Thrown> {
    let global = l.global();
    // COMPAT: a negative size is a huge one.
    let bytes = usize::try_from(kilobytes).map_or(usize::MAX, |k| k << 10);
    global.spend_bytes(bytes.min(global.heap.in_use()));
    let ended = gc::step_by(global, l.handle(), bytes);
    if global.heap.phase.get() == Phase::Finalize {
        return run_some_finalizers(l, FINALIZERS_ASKED_FOR.saturating_add(bytes / BYTES_PER_FINALIZER));
    }
    Ok(ended)
}

/// True: no more wait.
fn run_some_finalizers(l: &mut State, count: usize) -> Result<bool, Thrown> {
    let global = l.global();
    for _ in 0..count {
        if !finalize_next(l)? {
            break;
        }
    }
    let is_over = global.gc.to_finalize.get().is_none();
    if is_over {
        gc::end_finalize(global);
    }
    Ok(is_over)
}

/// Calls the queued finalizers one after another.
pub fn run_finalizers(l: &mut State) -> Result<(), Thrown> {
    while finalize_next(l)? {}
    gc::end_finalize(l.global());
    Ok(())
}

/// Calls the finalizer of the first userdata in the queue; false: the queue is empty.
fn finalize_next(l: &mut State) -> Result<bool, Thrown> {
    let global = l.global();
    let Some(u) = gc::take_finalizable(global) else { return Ok(false) };
    // The metatable may have changed since the userdata was queued.
    let finalizer = global.metamethod_in(u.metatable.get(), Event::Gc);
    if !finalizer.is_nil() {
        call_finalizer(l, finalizer, u)?;
    }
    Ok(true)
}

fn call_finalizer(l: &mut State, finalizer: Value, u: Gc<Userdata>) -> Result<(), Thrown> {
    let heap = l.heap();
    let threshold = heap.threshold();
    // COMPAT: finalizers get room to work in before the next step.
    heap.set_threshold(heap.in_use().saturating_mul(2).saturating_add(ROOM_UNDER_CHECKS));
    let hooks = std::mem::replace(&mut l.allow_hook, false);
    let top = l.stack_used();
    if l.frame().is_lua() {
        // A Lua function does not keep `top` while it runs.
        l.top = l.top.max(l.frame().top);
    }
    l.push(finalizer); // in the spare slots, if need be
    l.push(Value::userdata(u));
    let result = call::call_uncounted(l, 1, 0);
    l.allow_hook = hooks;
    result?;
    l.top = l.stack.wrapping_add(top);
    heap.set_threshold(threshold);
    l.global().gc.stopped.set(threshold == NEVER as usize);
    Ok(())
}
