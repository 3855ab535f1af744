//! Weak tables: what their mode is, which of their entries may have to go, and the going: of few in the atomic
//! step, of many in slices after it.
//!
//! COMPAT: a table that is to be cleared loses entries of dead keys and of dead values, whichever are
//! weak; a key keeps a value alive that only the value refers to.
//!
//! Not here: the lists and when notes are void (`heap::weak`), what a weak table holds strongly (`mark`).

use core::ops::Range;

use crate::base::cache;
use crate::heap::{Gc, GcHeader, Kind, Noted, WeakTables, mark};
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

/// A table with no more notes is cleared when the parting ends. In builds that check, none is if it can be helped.
const FEW: usize = if cfg!(feature = "checks") { 0 } else { 128 };
/// After so many entries, only one with no more than these few is.
const MANY: usize = 2048;
const FEW_MORE: usize = if cfg!(feature = "checks") { 0 } else { 2 };
/// Entries to a word of notes, and words that are looked at together after it; how long each takes, and each
/// entry that is noted, in bytes that are swept.
const WORD: usize = u64::BITS as usize;
const WORDS_AT_ONCE: usize = 8;
const BYTES_PER_WORD: usize = 32;
const BYTES_PER_NOTE: usize = 16;
/// An entry's members are fetched so many entries before the scan looks at them.
const FETCH_AHEAD: usize = 12;

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
    if !weak.noted.try_push(heap, Noted { table, below: weak.notes.len(), count: 0, at_once: false }) {
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
    let count_of_places = t.array_len() + t.node_count();
    let end = (begin + SLICE).min(count_of_places);
    weak.scanned_to.set(end);
    marker.entries(&t, table.mark.get(), begin, end);
    let mut found = Found { count: 0, userdata: false };
    for first in (begin..end).step_by(WORD) {
        let word = found.look(marker.global, t, first, end);
        if !weak.notes.try_push(heap, word) {
            give_up_notes(marker.global, table);
            return size_of::<Table>() + (end - begin) * BYTES_PER_ENTRY;
        }
    }
    // The last is this table's.
    if let Some(last) = weak.noted.pop() {
        debug_assert!(last.table == table);
        let (count, at_once) = (last.count + found.count, last.at_once | found.userdata);
        if end == count_of_places && count == 0 {
            weak.notes.truncate(last.below);
            table.clear_bits(mark::NOTED);
        } else {
            weak.noted.push(heap, Noted { count, at_once, ..last });
        }
    }
    if end == count_of_places {
        weak.scanned.set(None);
    }
    size_of::<Table>() + (end - begin) * BYTES_PER_ENTRY
}

/// What a slice of a scan has found.
struct Found {
    count: usize,
    /// Userdata are among the values.
    userdata: bool,
}

impl Found {
    /// The notes of the entries from `first` on, but for those from `end` on.
    #[inline(always)]
    fn look(&mut self, global: &Global, t: Gc<Table>, first: usize, end: usize) -> u64 {
        let mut word = 0;
        for at in first..end.min(first + WORD) {
            if at + FETCH_AHEAD < end {
                fetch_members(t, at + FETCH_AHEAD);
            }
            if may_go(global, t, at, mark::WHITES) {
                word |= 1 << (at - first);
                self.count += 1;
                self.userdata |= value_at(t, at).as_userdata().is_some();
            }
        }
        word
    }
}

/// A black table is to be looked through in the atomic step.
fn give_up_notes(global: &Global, table: Gc<GcHeader>) {
    global.heap.forget_notes(table);
    global.heap.weak.whole.push(&global.heap, table);
}

fn value_at(t: Gc<Table>, at: usize) -> Value {
    match t.array_slots().get(at) {
        Some(slot) => slot.get(),
        // SAFETY: at is below the number of places; nobody else looks at the node now (ALIAS).
        None => unsafe { (*t.node_ptr().add(at - t.array_len())).value },
    }
}

/// Whether the entry at a place has a member that a weak table would lose if all that is of these `whites` died now.
/// Strings among its members are marked.
#[inline(always)]
fn may_go(global: &Global, t: Gc<Table>, at: usize, whites: u8) -> bool {
    let len = t.array_len();
    if at < len {
        let is_weak = t.header().mark.get() & mark::WEAK_VALUES != 0;
        return is_weak && is_cleared(global, t.array_slots()[at].get(), false, whites);
    }
    // SAFETY: at is below the number of places; nobody else looks at the node now (ALIAS).
    let node = unsafe { &mut *t.node_ptr().add(at - len) };
    if node.value.is_nil() {
        t.forget_key(node);
        return false;
    }
    is_cleared(global, node.key, true, whites) | is_cleared(global, node.value, false, whites)
}

// == When marking has ended ============================================================================

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
    while let Some(Noted { table, .. }) = weak.noted.get(at) {
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

/// Whether weak tables have entries of the dead, now that the whites have changed roles. Those that were left to the
/// atomic step and have none are done with.
pub fn may_show_dead(global: &Global) -> bool {
    let weak = &global.heap.weak;
    let is_noted = |at| weak.noted.get(at).is_some_and(|noted| noted.table.mark.get() & mark::NOTED != 0);
    if weak.whole.is_overflowed() || (0..weak.noted.len()).any(is_noted) {
        return true;
    }
    let has_dead = |at| weak.whole.get(at).is_some_and(|table| shows_dead(global, table));
    if (0..weak.whole.len()).any(has_dead) {
        return true;
    }
    weak.whole.truncate(0);
    false
}

fn shows_dead(global: &Global, table: Gc<GcHeader>) -> bool {
    let t: Gc<Table> = table.cast();
    let dead = global.heap.other_white();
    table.mark.get() & WEAK != 0 && (0..t.array_len() + t.node_count()).any(|at| may_go(global, t, at, dead))
}

/// Weak tables lose the entries of the dead, or are veiled until they have. All that lives on is known.
pub fn clear(global: &Global) {
    let weak = &global.heap.weak;
    let mut end = weak.notes.len();
    let mut cleared = 0;
    for at in (0..weak.noted.len()).rev() {
        let Some(noted) = weak.noted.get(at) else { break };
        // One that was scanned anew is named twice; its notes are those above.
        let t: Gc<Table> = noted.table.cast();
        if noted.table.mark.get() & mark::NOTED != 0 && !t.is_veiled() {
            let few = if cleared < MANY { FEW } else { FEW_MORE };
            cleared += clear_or_veil(global, noted, end, few);
        }
        end = noted.below;
    }
    while let Some(table) = weak.whole.pop() {
        clear_whole(global, table);
    }
    if weak.whole.take_overflow() {
        for_each_weak(global, clear_whole);
    }
    if !weak.clearing.get() {
        weak.noted.truncate(0);
        weak.notes.truncate(0);
    }
}

/// Returns how many entries have been cleared at once.
#[inline(never)]
fn clear_or_veil(global: &Global, noted: Noted, end: usize, few: usize) -> usize {
    let heap = &global.heap;
    let t: Gc<Table> = noted.table.cast();
    if noted.count > few && !noted.at_once && t.veil(heap, heap.other_white()) {
        heap.weak.clearing.set(true);
        return 0;
    }
    noted.table.clear_bits(mark::NOTED);
    for_each_noted(&heap.weak, t, noted.below, noted.below..end, |at| clear_entry(global, t, at));
    noted.count
}

/// So many words of notes ahead places are fetched, and what their entries refer to. PERF: entries and the objects they
/// refer to lie apart, and each would be waited for.
const FETCH_PLACES: usize = 3;
const FETCH_MEMBERS: usize = 1;

/// Shows the places that words of a table's notes name, the last first. Its words begin at `below`.
#[inline(always)]
fn for_each_noted(weak: &WeakTables, t: Gc<Table>, below: usize, words: Range<usize>, mut f: impl FnMut(usize)) {
    for word in words.clone().rev() {
        let ahead = |distance: usize, fetch: fn(Gc<Table>, usize)| {
            if let Some(soon) = word.checked_sub(distance).filter(|soon| words.contains(soon)) {
                for_each_bit(weak.notes.get(soon).unwrap_or(0), |bit| fetch(t, (soon - below) * WORD + bit));
            }
        };
        ahead(FETCH_PLACES, fetch_place);
        ahead(FETCH_MEMBERS, fetch_members);
        for_each_bit(weak.notes.get(word).unwrap_or(0), |bit| f((word - below) * WORD + bit));
    }
}

#[inline(always)]
fn for_each_bit(mut word: u64, mut f: impl FnMut(usize)) {
    while word != 0 {
        f(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}

#[inline(always)]
fn fetch_place(t: Gc<Table>, at: usize) {
    match t.array_slots().get(at) {
        Some(slot) => cache::fetch_early(slot),
        None => cache::fetch_early(t.node_ptr().wrapping_add(at - t.array_len())),
    }
}

/// Has the memory bring what the entry at a place refers to.
#[inline(always)]
fn fetch_members(t: Gc<Table>, at: usize) {
    let fetch = |v: Value| {
        if let Some(object) = v.as_object() {
            cache::fetch_early(object.as_ptr());
        }
    };
    match t.array_slots().get(at) {
        Some(slot) => fetch(slot.get()),
        None => {
            // SAFETY: at is below the number of places; nobody else looks at the node now (ALIAS).
            let node = unsafe { &*t.node_ptr().add(at - t.array_len()) };
            fetch(node.key);
            fetch(node.value);
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

#[inline(never)]
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
    if may_go(global, t, at, global.heap.other_white()) {
        t.drop_entry(at);
    }
}

/// Whether a weak table may no longer show this value. Strings count as values, which nothing
/// removes: they are marked. A userdata that is to be finalized leaves as a value, but stays as a
/// key, so that its finalizer finds what was kept for it.
#[inline]
fn is_cleared(global: &Global, v: Value, is_key: bool, whites: u8) -> bool {
    let Some(object) = v.as_object() else { return false };
    match object.kind() {
        Kind::Str => {
            global.heap.shade(object);
            false
        }
        Kind::Userdata if !is_key && object.mark.get() & mark::FINALIZED != 0 => true,
        _ => object.mark.get() & whites != 0,
    }
}

// == After the atomic step =========================================================================

/// Clears some of what was noted in veiled tables. Returns the work done; None: no table is veiled any more.
#[inline(never)]
pub fn clear_next(global: &Global) -> Option<usize> {
    let heap = &global.heap;
    let weak = &heap.weak;
    let noted = weak.noted.pop()?;
    let t: Gc<Table> = noted.table.cast();
    if !t.is_veiled() {
        // It has been cleared: in the atomic step, or because it had to grow.
        weak.notes.truncate(noted.below);
        return Some(size_of::<Table>());
    }
    let end = weak.notes.len();
    let begin = end.saturating_sub(WORDS_AT_ONCE).max(noted.below);
    let mut count = 0;
    t.behind_veil(|dead| {
        for_each_noted(weak, t, noted.below, begin..end, |at| count += t.clear_dead(at, dead) as usize);
    });
    weak.notes.truncate(begin);
    if begin > noted.below {
        weak.noted.push(heap, noted);
    } else {
        t.unveil(heap);
    }
    Some(size_of::<Table>() + (end - begin) * BYTES_PER_WORD + count * BYTES_PER_NOTE)
}

/// The state is closed: nobody is to be misled any more.
pub fn unveil_all(global: &Global) {
    let weak = &global.heap.weak;
    while weak.clearing.get() {
        let Some(noted) = weak.noted.pop() else { break };
        let t: Gc<Table> = noted.table.cast();
        if t.is_veiled() {
            t.unveil(&global.heap);
        }
    }
    weak.clearing.set(false);
}
