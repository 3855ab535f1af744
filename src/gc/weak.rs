//! Weak tables: what their mode is, which of their entries may have to go, and the going.
//!
//! COMPAT: a table that is to be cleared loses entries of dead keys and of dead values, whichever are
//! weak; a key keeps a value alive that only the value refers to.
//!
//! Not here: the lists and when notes are void (`heap::weak`), what a weak table holds strongly (`mark`).

use crate::base::cache;
use crate::heap::{Gc, GcHeader, Kind, WeakTables, mark};
use crate::object::{Table, Value};
use crate::state::{Event, Global};

use super::mark::Marker;

const WEAK: u8 = mark::WEAK_KEYS | mark::WEAK_VALUES;

/// The weak bits that the metatable's `__mode` asks for.
pub fn mode(global: &Global, t: &Table) -> u8 {
    let mode = global.metamethod_in(t.metatable.get(), Event::Mode);
    let Some(mode) = mode.as_string() else { return 0 };
    let mut bits = 0;
    // COMPAT: the reference looks for the letters as C does, up to a NUL.
    for letter in mode.as_bytes().iter().take_while(|&&b| b != 0) {
        match letter {
            b'k' => bits |= mark::WEAK_KEYS,
            b'v' => bits |= mark::WEAK_VALUES,
            _ => {}
        }
    }
    bits
}

// == Between the steps: notes ======================================================================

/// How long the scan of an entry takes, in bytes that are traversed.
const BYTES_PER_ENTRY: usize = 2;
/// How many entries are scanned at once. Few steps, because what is stored in a table that is being
/// scanned is kept for a cycle.
const SLICE: usize = 16 << 10;

/// A weak table has been met in marking: its turn comes last.
pub fn meet(marker: &Marker, table: Gc<GcHeader>, mode: u8) {
    table.set_bits(mode);
    if marker.atomic {
        table.set_bits(mark::BLACK);
        marker.heap.weak.whole.push(marker.heap, table);
    } else {
        marker.heap.weak.met.push(marker.heap, table);
    }
}

/// Scans the next entries of the weak tables that were met. Returns the bytes looked through; None: all
/// have notes. To be asked when nothing else is known to be gray.
pub fn scan(marker: &Marker) -> Option<usize> {
    let weak = &marker.heap.weak;
    match weak.scanned.get() {
        Some(table) => Some(scan_slice(marker, table)),
        None => Some(begin_scan(marker, weak.met.pop()?)),
    }
}

fn begin_scan(marker: &Marker, table: Gc<GcHeader>) -> usize {
    let heap = marker.heap;
    let weak = &heap.weak;
    if !table.is_gray() {
        return 0; // met twice
    }
    if mode(marker.global, &table.cast::<Table>()) != table.mark.get() & WEAK {
        heap.gray.push(heap, table);
        return 0;
    }
    if !weak.noted.try_push(heap, (table, weak.notes.len())) {
        heap.gray_again.push(heap, table);
        return 0;
    }
    table.set_bits(mark::BLACK | mark::NOTED);
    weak.scanned.set(Some(table));
    weak.scanned_to.set(0);
    scan_slice(marker, table)
}

fn scan_slice(marker: &Marker, table: Gc<GcHeader>) -> usize {
    let heap = marker.heap;
    let weak = &heap.weak;
    let t: Gc<Table> = table.cast();
    let begin = weak.scanned_to.get();
    let count = t.array_len() + t.node_count();
    let end = (begin + SLICE).min(count);
    weak.scanned_to.set(end);
    marker.entries(&t, table.mark.get(), begin, end);
    for at in begin..end {
        if may_go(marker.global, t, at) && !weak.notes.try_push(heap, at as u32) {
            give_up_notes(marker.global, table);
            break;
        }
    }
    if end == count && weak.scanned.get().is_some() {
        end_scan(marker.global, table);
    }
    size_of::<Table>() + (end - begin) * BYTES_PER_ENTRY
}

/// A black table is to be looked through in the atomic step.
fn give_up_notes(global: &Global, table: Gc<GcHeader>) {
    global.heap.forget_notes(table);
    global.heap.weak.whole.push(&global.heap, table);
}

/// A table of which nothing was noted has nothing to lose.
fn end_scan(global: &Global, table: Gc<GcHeader>) {
    let weak = &global.heap.weak;
    weak.scanned.set(None);
    // The last is this table's.
    if let Some(last) = weak.noted.pop() {
        if last == (table, weak.notes.len()) {
            table.clear_bits(mark::NOTED);
        } else {
            weak.noted.push(&global.heap, last);
        }
    }
}

/// Whether the entry at a place has a member that a weak table would lose if marking ended now.
fn may_go(global: &Global, t: Gc<Table>, at: usize) -> bool {
    let len = t.array_len();
    if at < len {
        let is_weak = t.header().mark.get() & mark::WEAK_VALUES != 0;
        return is_weak && is_cleared(global, t.array_slots()[at].get(), false);
    }
    // SAFETY: at is below the number of places; nobody else looks at the node now (ALIAS).
    let node = unsafe { &mut *t.node_ptr().add(at - len) };
    if node.value.is_nil() {
        t.forget_key(node);
        return false;
    }
    is_cleared(global, node.key, true) || is_cleared(global, node.value, false)
}

// == In the atomic step ============================================================================

/// Before marking ends: weak tables that were not scanned to the end are gray, and those as well that have
/// become strong since, or weak otherwise.
pub fn leave_to_atomic(global: &Global) {
    let heap = &global.heap;
    let weak = &heap.weak;
    if let Some(table) = weak.scanned.get() {
        give_up_notes(global, table);
    }
    while let Some(table) = weak.met.pop() {
        if table.is_gray() {
            heap.gray.push(heap, table);
        }
    }
    if weak.met.take_overflow() {
        heap.gray.set_overflowed();
    }
    let mut at = 0;
    while let Some((table, _)) = weak.noted.get(at) {
        if table.mark.get() & mark::NOTED != 0 {
            look_at_mode(global, table);
        }
        at += 1;
    }
    at = 0;
    while let Some(table) = weak.whole.get(at) {
        look_at_mode(global, table);
        at += 1;
    }
    if weak.whole.is_overflowed() {
        for_each_weak(global, look_at_mode);
    }
}

fn look_at_mode(global: &Global, table: Gc<GcHeader>) {
    if table.is_black() && mode(global, &table.cast::<Table>()) != table.mark.get() & WEAK {
        table.clear_bits(mark::NOTED | mark::BLACK);
        global.heap.gray.push(&global.heap, table);
    }
}

/// Weak tables lose the entries of the dead. All that lives is marked.
pub fn clear(global: &Global) {
    let weak = &global.heap.weak;
    while let Some((table, below)) = weak.noted.pop() {
        let is_noted = table.mark.get() & mark::NOTED != 0;
        table.clear_bits(mark::NOTED);
        if !is_noted {
            weak.notes.truncate(below);
        }
        while weak.notes.len() > below {
            fetch_ahead(weak, table.cast(), below);
            if let Some(at) = weak.notes.pop() {
                clear_entry(global, table.cast(), at as usize);
            }
        }
    }
    while let Some(table) = weak.whole.pop() {
        clear_whole(global, table);
    }
    if weak.whole.take_overflow() {
        for_each_weak(global, clear_whole);
    }
}

/// How many entries ahead a place is fetched, and what it refers to.
const FETCH_PLACE: usize = 24;
const FETCH_OBJECT: usize = 12;

/// PERF: entries and the objects they refer to lie apart, and each would be waited for.
#[inline(always)]
fn fetch_ahead(weak: &WeakTables, t: Gc<Table>, below: usize) {
    let next = weak.notes.len() - 1;
    let noted = |ahead: usize| weak.notes.get(next.checked_sub(ahead).filter(|&at| at >= below)?);
    let len = t.array_len();
    if let Some(at) = noted(FETCH_PLACE) {
        match t.array_slots().get(at as usize) {
            Some(slot) => cache::fetch_early(slot),
            None => cache::fetch_early(t.node_ptr().wrapping_add(at as usize - len)),
        }
    }
    let Some(at) = noted(FETCH_OBJECT).map(|at| at as usize) else { return };
    let fetch_value = |v: Value| {
        if let Some(object) = v.as_object() {
            cache::fetch_early(object.as_ptr());
        }
    };
    match t.array_slots().get(at) {
        Some(slot) => fetch_value(slot.get()),
        None => {
            // SAFETY: a note names a place of the table; nobody else looks at the node now (ALIAS).
            let node = unsafe { &*t.node_ptr().add(at - len) };
            fetch_value(node.key);
            fetch_value(node.value);
        }
    }
}

/// All weak tables that are alive, listed or not.
fn for_each_weak(global: &Global, f: fn(&Global, Gc<GcHeader>)) {
    global.heap.blocks.for_each(&mut |object| {
        if object.kind() == Kind::Table && object.mark.get() & WEAK != 0 && !object.is_white() {
            f(global, object);
        }
    });
}

fn clear_whole(global: &Global, table: Gc<GcHeader>) {
    let t: Gc<Table> = table.cast();
    // One that is strong by now was traversed as such.
    if table.mark.get() & WEAK != 0 {
        for at in 0..t.array_len() + t.node_count() {
            clear_entry(global, t, at);
        }
    }
}

fn clear_entry(global: &Global, t: Gc<Table>, at: usize) {
    if !may_go(global, t, at) {
        return;
    }
    match t.array_slots().get(at) {
        Some(slot) => {
            slot.set(Value::NIL);
            t.forget_border();
        }
        None => {
            // SAFETY: at is below the number of places; nobody else looks at the node now (ALIAS).
            let node = unsafe { &mut *t.node_ptr().add(at - t.array_len()) };
            node.value = Value::NIL;
            t.forget_key(node);
        }
    }
}

/// Whether a weak table may no longer show this value. Strings count as values, which nothing
/// removes: they are marked. A userdata that is to be finalized leaves as a value, but stays as a
/// key, so that its finalizer finds what was kept for it.
#[inline]
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
