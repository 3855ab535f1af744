//! The table grows, is swept, shrinks; its invariants are looked at on the way.

use super::*;
use crate::object::string::StringTable;

unsafe extern "C" fn allocate(
    _: *mut core::ffi::c_void,
    p: *mut core::ffi::c_void,
    _: usize,
    size: usize,
) -> *mut core::ffi::c_void {
    // SAFETY: p is NULL or came from here.
    unsafe {
        if size == 0 {
            libc::free(p);
            return ptr::null_mut();
        }
        libc::realloc(p, size)
    }
}

/// Every segment once, with what the invariants say of it; returns the words found.
fn check(segments: &Segments) -> usize {
    let (mut words, mut deepest) = (0, 0);
    for i in 0..=segments.last_place.get() {
        let segment = segments.segment_at(i);
        let first = i & ((1 << segment.depth.get()) - 1);
        assert!(ptr::eq(segment, segments.segment_at(first)), "entry {i}");
        if i == first {
            let used = (0..=segments.mask.get()).filter(|&at| segment.slot(at).get() != EMPTY).count();
            assert_eq!(used, segment.used.get() as usize);
            assert!(used <= segments.limit());
            words += used;
            deepest += (segment.depth.get() == segments.depth()) as usize;
        }
    }
    assert_eq!(deepest, segments.deepest.get());
    assert_eq!(words, segments.len());
    words
}

type Made = Vec<(usize, Gc<Str>)>;

fn text(i: usize) -> String {
    format!("string {i}")
}

fn make(heap: &Heap, table: &StringTable, i: usize) -> Gc<Str> {
    let s = table.make(heap, text(i).as_bytes()).ok().unwrap();
    assert_eq!(s.as_bytes(), text(i).as_bytes());
    s
}

/// A sweep that finds dead all but the `live`, of which one is `wanted` again before the sweep comes to
/// it. The cells of some are swept while the table is. By segments, or else one by one.
fn sweep(
    heap: &Heap,
    table: &StringTable,
    all: &mut Made,
    by_segments: bool,
    live: impl Fn(usize) -> bool,
    wanted: usize,
) {
    heap.current_white.set(heap.other_white());
    all.iter().filter(|(i, _)| live(*i)).for_each(|(_, s)| heap.whiten(s.header()));
    table.forget_dead(heap);
    table.start_sweep();
    assert_eq!(table.segments.sweep.get() == Sweep::Strings, !by_segments);
    assert!(make(heap, table, wanted) == all.iter().find(|(i, _)| *i == wanted).unwrap().1);
    let mut dead = all.iter().filter(|(_, s)| heap.is_dead(s.header()));
    let mut steps = 0;
    while table.sweep_next(heap).is_some() {
        steps += 1;
        if steps < 10 {
            dead.by_ref().take(7).for_each(|(_, s)| table.forget(*s));
        }
    }
    dead.for_each(|(_, s)| table.forget(*s));
    table.end_sweep();
    all.retain(|(_, s)| !heap.is_dead(s.header()));
    assert!(all.iter().any(|(i, _)| *i == wanted));
    assert_eq!(check(&table.segments), all.len());
    all.iter().for_each(|(i, s)| assert!(make(heap, table, *i) == *s));
}

#[test]
fn strings_are_found_while_the_table_grows_and_shrinks() {
    let heap = Heap::new(allocate, ptr::null_mut(), 0);
    let table = StringTable::new(42);
    let mut all = Made::new();
    let grow = |all: &mut Made, range: core::ops::Range<usize>| {
        for i in range {
            all.push((i, make(&heap, &table, i)));
            if i.is_power_of_two() {
                assert_eq!(check(&table.segments), all.len());
            }
        }
    };
    grow(&mut all, 0..20_000);
    assert!(table.segments.depth() >= 5);
    // All live: nothing changes, but that each string gets the new white.
    sweep(&heap, &table, &mut all, true, |_| true, 7);
    assert_eq!(all.len(), 20_000);
    // Nothing was made since, and some die.
    sweep(&heap, &table, &mut all, false, |i| i % 11 != 5, 16);
    // Many were made since, of which most die.
    grow(&mut all, 20_000..28_000);
    sweep(&heap, &table, &mut all, true, |i| i < 20_000 || i % 7 == 0, 27_999);
    // Nearly all die. A program that makes much garbage would fill the segments again.
    sweep(&heap, &table, &mut all, false, |i| i < 100, 12_345);
    let depth = table.segments.depth();
    assert!(depth >= 5 && all.len() < 100);
    // This one does not: they are joined.
    sweep(&heap, &table, &mut all, true, |i| i < 100, 50);
    assert!(table.segments.depth() <= 2);
    table.release(&heap);
    heap.blocks.release(&heap);
    assert_eq!(heap.cap.held(), 0);
}
