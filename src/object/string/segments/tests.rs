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

/// A sweep of the table that finds dead whatever is not `kept`; in its middle, cells of strings that
/// `freed` says are swept.
fn sweep(
    heap: &Heap,
    table: &StringTable,
    all: &[Gc<Str>],
    kept: impl Fn(usize) -> bool,
    freed: impl Fn(usize) -> bool,
) {
    heap.current_white.set(heap.other_white());
    for (i, s) in all.iter().enumerate().filter(|(i, _)| kept(*i)) {
        assert!(!freed(i));
        heap.whiten(s.header());
    }
    table.start_sweep(heap);
    let mut steps = 0;
    while table.sweep_next(heap).is_some() {
        steps += 1;
        if steps == 3 {
            (0..all.len()).filter(|&i| freed(i)).for_each(|i| table.forget(all[i]));
        }
    }
    (0..all.len()).filter(|&i| freed(i)).for_each(|i| table.forget(all[i]));
}

#[test]
fn strings_are_found_while_the_table_grows_and_shrinks() {
    let heap = Heap::new(allocate, ptr::null_mut(), 0);
    let table = StringTable::new(42);
    let mut all = Vec::new();
    let text = |i: usize| format!("string {i}");
    for i in 0..20_000 {
        let s = table.make(&heap, text(i).as_bytes()).ok().unwrap();
        assert_eq!(s.as_bytes(), text(i).as_bytes());
        all.push(s);
        if i.is_power_of_two() {
            assert_eq!(check(&table.segments), i + 1);
        }
    }
    assert!(table.segments.depth() >= 5);
    for (i, s) in all.iter().enumerate() {
        assert!(table.make(&heap, text(i).as_bytes()).ok() == Some(*s));
    }
    // All live: nothing changes, but that each string gets the new white.
    sweep(&heap, &table, &all, |_| true, |_| false);
    assert_eq!(check(&table.segments), 20_000);
    // Some die, and the cells of some of these are swept before the table is.
    let lives = |i: usize| i % 3 != 1;
    sweep(&heap, &table, &all, lives, |i| i % 21 == 1);
    assert_eq!(check(&table.segments), (0..20_000).filter(|&i| lives(i)).count());
    for (i, s) in all.iter().enumerate().filter(|(i, _)| lives(*i)) {
        assert!(table.make(&heap, text(i).as_bytes()).ok() == Some(*s));
    }
    // What is dead, but has not been swept, is found and lives on.
    let wanted = 12_345;
    heap.current_white.set(heap.other_white());
    all[..100].iter().for_each(|s| heap.whiten(s.header()));
    table.start_sweep(&heap);
    assert!(table.make(&heap, text(wanted).as_bytes()).ok() == Some(all[wanted]));
    while table.sweep_next(&heap).is_some() {}
    assert!(table.make(&heap, text(wanted).as_bytes()).ok() == Some(all[wanted]));
    let few = (0..100).filter(|&i| lives(i)).count() + 1;
    assert_eq!(check(&table.segments), few);
    assert!(table.segments.depth() >= 5, "a program that makes much garbage will fill them again");
    sweep(&heap, &table, &all, |i| i < 100, |_| false);
    assert_eq!(check(&table.segments), few - 1);
    assert!(table.segments.depth() <= 2, "the segments have been joined");
    for (i, s) in all[..100].iter().enumerate().filter(|(i, _)| lives(*i)) {
        assert!(table.make(&heap, text(i).as_bytes()).ok() == Some(*s));
    }
    table.release(&heap);
    heap.blocks.release(&heap);
    assert_eq!(heap.cap.held(), 0);
}
