//! The step between marking and sweeping, in which the mutator may not run.
//!
//! It looks again at all that has no barrier (threads that are not quiet, open upvalues, weak
//! tables), decides which userdata are to be finalized, and then takes leave of the dead: weak
//! tables lose them, upvalues of dead threads take their values along. When it ends, nothing
//! alive refers to anything dead, and the whites have changed roles.


use crate::heap::{Gc, GcHeader, Kind, MarkStack, Phase, mark};
use crate::object::{Table, UpVal, Value};
use crate::state::{Global, State};

use super::mark::{Marker, forget_key, roots, shade_value};
use super::{finalize, sweep};

/// Ends the marking of the cycle, whatever of it is left, and begins the sweep. Returns the bytes
/// looked through.
pub fn run(global: &Global, running: Gc<State>) -> usize {
    let heap = &global.heap;
    let marker = Marker::new(global, true);
    let mut done = marker.drain();
    remark_open_upvalues(global);
    done += marker.drain();
    done += again(&marker, &heap.weak);
    heap.shade(running.header());
    roots(global);
    done += marker.drain();
    done += again(&marker, &heap.gray_again);
    let doomed = finalize::separate(global, false);
    finalize::mark_queue(global);
    done += Marker { resurrects: true, ..marker }.drain();
    close_and_unlink_upvalues(global);
    clear_weak_tables(global);
    global.names.forget_all();
    heap.current_white.set(heap.other_white());
    heap.phase.set(Phase::Sweep);
    global.gc.estimate.set(heap.in_use().saturating_sub(doomed));
    sweep::start(global);
    done
}

/// Traverses what is on `list` once more; the traversal may put weak tables back on theirs.
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

fn clear_weak_tables(global: &Global) {
    let heap = &global.heap;
    while let Some(object) = heap.weak.pop() {
        clear_weak(global, object);
    }
    if heap.weak.take_overflow() {
        let weak = mark::WEAK_KEYS | mark::WEAK_VALUES;
        heap.blocks.for_each(&mut |object| {
            if object.kind() == Kind::Table && object.mark.get() & weak != 0 && object.is_gray() {
                clear_weak(global, object);
            }
        });
    }
}

/// Removes the entries of dead objects from a weak table.
fn clear_weak(global: &Global, object: Gc<GcHeader>) {
    let t: Gc<Table> = object.cast();
    if object.mark.get() & mark::WEAK_VALUES != 0 {
        for slot in t.array_slots() {
            if is_cleared(global, slot.get(), false) {
                slot.set(Value::NIL);
            }
        }
    }
    for i in 0..t.node_count() {
        // SAFETY: i is below the node count; nobody else looks at the node now (ALIAS).
        let node = unsafe { &mut *t.node_ptr().add(i) };
        if !node.value.is_nil()
            && (is_cleared(global, node.key, true) || is_cleared(global, node.value, false))
        {
            node.value = Value::NIL;
        }
        if node.value.is_nil() {
            forget_key(&mut node.key);
        }
    }
}

/// Whether a weak table may no longer show this value. Strings count as values, which nothing
/// removes: they are marked. A userdata that is to be finalized leaves as a value, but stays as a
/// key, so that its finalizer finds what was kept for it.
fn is_cleared(global: &Global, v: Value, is_key: bool) -> bool {
    let Some(object) = v.as_object() else { return false };
    match object.kind() {
        Kind::Str => {
            global.heap.shade(object);
            false
        }
        Kind::Userdata if !is_key && object.mark.get() & mark::FINALIZED != 0 => true,
        _ => object.is_white(),
    }
}
