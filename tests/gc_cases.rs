//! The collector's promises one by one: weak tables, finalization, upvalues, stacks, big tables,
//! settings, and memory that runs out.

#[path = "common/fixture.rs"]
mod fixture;
#[path = "common/host.rs"]
mod host;

use std::ptr::NonNull;

use ferrouslua::gc;
use ferrouslua::heap::{Anchors, Gc, Heap, Kind, NEVER, Phase, mark};
use ferrouslua::object::{LuaClosure, Proto, Table, Userdata, Value};
use ferrouslua::state::State;
use fixture::Fixture;
use host::{Host, Random, global, host_alloc};

#[test]
fn weak_tables_lose_the_dead_and_keep_strings() {
    for mode in ["k", "v", "kv", "vk", "x", "v\0k"] {
        let f = Fixture::new();
        let heap = &f.global.heap;
        let t = f.weak(mode);
        let kept = f.table();
        f.push(Value::table(kept));
        let kept = Value::table(kept);
        let number = |n: i32| Value::number(n as f64);
        t.set(heap, Value::table(f.table()), number(1)).unwrap(); // dead key
        t.set(heap, number(1), Value::table(f.table())).unwrap(); // dead value
        t.set(heap, number(2), f.string("a string")).unwrap();
        t.set(heap, f.string("another"), number(2)).unwrap();
        t.set(heap, kept, number(3)).unwrap();
        t.set(heap, number(3), kept).unwrap();
        t.set(heap, f.string("x"), Value::table(f.table())).unwrap(); // dead value
        t.set(heap, Value::table(f.table()), kept).unwrap(); // dead key
        f.full();
        let expected = match mode {
            "k" => 6,
            "v" | "v\0k" => 6,
            "x" => 8,
            _ => 4,
        };
        assert_eq!(Fixture::count(t), expected, "mode {mode:?}");
        assert_eq!(t.get(number(3)).bits(), kept.bits());
        assert!(t.get(number(2)).is_string());
        f.full();
        assert_eq!(Fixture::count(t), expected, "mode {mode:?}, again");
    }
}

#[test]
fn cleared_keys_can_still_be_asked_for_by_next() {
    let f = Fixture::new();
    let heap = &f.global.heap;
    let t = f.table();
    f.push(Value::table(t));
    for i in 0..50 {
        t.set(heap, Value::table(f.table()), Value::number(i as f64)).unwrap();
    }
    let (mut key, mut seen) = (Value::NIL, 0);
    while let Some((k, _)) = t.next(key).expect("a dead key is still known") {
        t.set(heap, k, Value::NIL).unwrap();
        if seen % 3 == 0 {
            f.full();
        }
        key = k;
        seen += 1;
    }
    assert_eq!(seen, 50);
}

#[test]
fn finalizers_are_queued_newest_first_and_once() {
    let f = Fixture::new();
    let heap = &f.global.heap;
    let mt = f.table();
    f.push(Value::table(mt));
    mt.set(heap, f.string("__gc"), Value::TRUE).unwrap();
    let (weak_values, weak_keys) = (f.weak("v"), f.weak("k"));
    let all: Vec<_> = (0..10).map(|i| f.userdata((i % 3 != 0).then_some(mt))).collect();
    for (i, u) in all.iter().enumerate() {
        let n = Value::number(i as f64);
        weak_values.set(heap, n, Value::userdata(*u)).unwrap();
        weak_keys.set(heap, Value::userdata(*u), n).unwrap();
    }
    f.push(Value::userdata(all[4]));
    f.full();
    assert_eq!(heap.phase.get(), Phase::Finalize);
    assert_eq!(Fixture::count(weak_values), 1, "those to be finalized leave as values");
    assert_eq!(Fixture::count(weak_keys), 6, "and stay as keys");
    // A queued userdata outlives further cycles.
    f.full();
    let mut queued = Vec::new();
    while let Some(u) = gc::take_finalizable(&f.global) {
        queued.push(u);
    }
    assert_eq!(queued, [8, 7, 5, 2, 1].map(|i| all[i]));
    gc::end_finalize(&f.global);
    assert_eq!(heap.phase.get(), Phase::Pause);
    f.full();
    assert_eq!(Fixture::count(weak_keys), 1);
    // The end of the state finalizes what is left.
    gc::separate_all(&f.global);
    assert_eq!(gc::take_finalizable(&f.global), Some(all[4]));
    assert_eq!(gc::take_finalizable(&f.global), None);
}

#[test]
fn a_userdata_that_died_without_finalizer_is_never_finalized() {
    let f = Fixture::new();
    let heap = &f.global.heap;
    let mt = f.table();
    f.push(Value::table(mt));
    mt.set(heap, f.string("__gc"), Value::TRUE).unwrap();
    let other = f.userdata(None);
    let holder = f.userdata(Some(mt));
    let env = f.table();
    env.set(heap, Value::number(1.0), Value::userdata(other)).unwrap();
    holder.env.set(env);
    f.full();
    assert_eq!(gc::take_finalizable(&f.global), Some(holder));
    f.push(Value::userdata(holder)); // resurrected, and `other` with it
    other.metatable.set(Some(mt));
    gc::end_finalize(&f.global);
    f.drop_all();
    f.full();
    assert_eq!(gc::take_finalizable(&f.global), None);
}

impl Fixture {
    /// A closure whose upvalue is the topmost slot of a thread that nobody else refers to.
    fn captured(&self, co: Gc<State>, value: Value) -> Gc<LuaClosure> {
        let heap = &self.global.heap;
        let proto = Proto::new(heap).unwrap();
        // SAFETY: prototype and thread are new and reached by nobody else.
        unsafe {
            (*proto.as_ptr()).upvalue_count = 1;
            let l = &mut *co.as_ptr();
            l.push(value);
            let u = l.find_upvalue(l.top.sub(1)).unwrap();
            let closure = LuaClosure::new(heap, proto, self.main.globals).unwrap();
            closure.set_upvalue(0, u);
            closure
        }
    }
}

#[test]
fn stores_to_a_captured_slot_are_seen_though_they_have_no_barrier() {
    for close_first in [false, true] {
        let f = Fixture::new();
        let co = State::new(&f.global, f.main.globals, Some(&f.main), false, 2).unwrap();
        let closure = f.captured(co, Value::NIL);
        f.push(Value::lua_closure(closure));
        f.mark_all();
        // SAFETY: the thread is dead to the collector only: its slot is whole.
        unsafe {
            let l = &mut *co.as_ptr();
            let slot = l.top.sub(1);
            *slot = f.string("stored late");
            if close_first {
                l.close_upvalues(slot);
                *slot = Value::NIL;
            }
        }
        f.finish_cycle();
        f.full();
        let s = closure.upvalue(0).expect("set when made").get().as_string().expect("a string");
        assert_eq!(s.as_bytes(), b"stored late", "closed first: {close_first}");
        let again = f.string("stored late").as_string().expect("a string");
        assert!(again.same(s), "the string has not left the intern table");
    }
}

#[test]
fn slots_above_the_top_never_hold_freed_objects() {
    let f = Fixture::new();
    // SAFETY: no other reference to the State is in use.
    let l = unsafe { &mut *f.main.as_ptr() };
    for _ in 0..10 {
        f.push(Value::table(f.table()));
    }
    l.drop_values(10);
    f.full();
    for i in 0..10 {
        // SAFETY: a slot of the array.
        assert!(unsafe { *l.top.add(i) }.is_nil(), "slot {i}");
    }
}

#[test]
fn a_big_table_that_grows_between_slices_is_traversed_anew() {
    let f = Fixture::new();
    let heap = &f.global.heap;
    let t = f.table();
    f.push(Value::table(t));
    let n = 100_000;
    let key = |i: usize| Value::number(i as f64 + 0.5);
    for i in 0..n {
        t.set(heap, key(i), Value::table(f.table())).unwrap();
    }
    f.full();
    gc::set_step_multiplier(&f.global, -1);
    while heap.slice_at.get() < 60_000 {
        gc::step_by(&f.global, f.main, 0);
    }
    gc::set_step_multiplier(&f.global, 200);
    assert_eq!(heap.slice.get(), Some(t.header()), "in the middle of it");
    t.resize(heap, 0, 4 * n).unwrap();
    while heap.phase.get() == Phase::Propagate {
        gc::step_by(&f.global, f.main, 10_000);
    }
    gc::validate(&f.global);
    f.finish_cycle();
    for i in 0..n {
        let value = t.get(key(i)).as_table().expect("a table");
        assert_eq!(value.header().kind(), Kind::Table, "entry {i}");
    }
}

/// New keys push others to free nodes, which a traversal in slices may have passed already.
#[test]
fn entries_that_move_between_slices_are_not_missed() {
    let f = Fixture::new();
    let heap = &f.global.heap;
    let t = Table::with_capacity(heap, 0, 1 << 18).unwrap();
    f.push(Value::table(t));
    let set = |i: usize| {
        t.set(heap, f.string(&format!("key {i}")), Value::table(f.table())).unwrap();
    };
    for i in 0..130_000 {
        set(i);
    }
    f.full();
    gc::set_step_multiplier(&f.global, -1);
    while heap.slice_at.get() < 100_000 {
        gc::step_by(&f.global, f.main, 0);
    }
    assert_eq!(heap.slice.get(), Some(t.header()), "in the middle of it");
    for i in 130_000..250_000 {
        set(i);
        if i % 10_000 == 0 {
            gc::step_by(&f.global, f.main, 0);
        }
    }
    gc::set_step_multiplier(&f.global, 200);
    f.finish_cycle();
    for i in 0..250_000 {
        let value = t.get(f.string(&format!("key {i}"))).as_table();
        assert_eq!(value.map(|v| v.header().kind()), Some(Kind::Table), "entry {i}");
    }
}

/// As `table.remove` and `table.sort` do; told once, and so often that the atomic step takes over.
#[test]
fn values_that_change_places_between_slices_are_not_missed() {
    for times in [1, 30] {
        let f = Fixture::new();
        let heap = &f.global.heap;
        let n = 150_000;
        let t = Table::with_capacity(heap, n, 0).unwrap();
        f.push(Value::table(t));
        f.full(); // the values are new when marking begins
        for i in 1..=n {
            t.set_int(heap, i as i32, Value::table(f.table())).unwrap();
        }
        gc::set_step_multiplier(&f.global, -1);
        while heap.slice.get().is_none() {
            gc::step_by(&f.global, f.main, 0);
        }
        for _ in 0..times {
            while heap.slice.get().is_some() && heap.slice_at.get() < 80_000 {
                gc::step_by(&f.global, f.main, 0);
            }
            t.values_move(heap);
            for i in 0..n / 2 {
                t.array_slots()[i].swap(&t.array_slots()[n - 1 - i]);
            }
        }
        assert_eq!(heap.slice.get().is_some(), times == 1, "in the middle of it, or given up");
        gc::set_step_multiplier(&f.global, 200);
        f.finish_cycle();
        for i in 0..n {
            let value = t.array_slots()[i].get().as_table().map(|v| v.header().kind());
            assert_eq!(value, Some(Kind::Table), "entry {i}");
        }
    }
}

#[test]
fn a_dead_string_that_is_wanted_again_lives_on() {
    let f = Fixture::new();
    let heap = &f.global.heap;
    f.full();
    let s = f.string("found dead");
    gc::set_step_multiplier(&f.global, -1); // single steps
    while heap.phase.get() != Phase::Sweep {
        gc::step_by(&f.global, f.main, 0);
    }
    gc::set_step_multiplier(&f.global, 200);
    assert!(heap.is_dead(s.as_object().expect("a string")), "found, but not yet swept");
    let again = f.string("found dead");
    assert_eq!(s.bits(), again.bits());
    f.push(again);
    f.finish_cycle();
    assert_eq!(again.as_string().expect("a string").as_bytes(), b"found dead");
    f.full();
    assert_eq!(f.string("found dead").bits(), s.bits());
}

#[test]
fn upvalues_outlive_their_thread() {
    let f = Fixture::new();
    let heap = &f.global.heap;
    let co = State::new(&f.global, f.main.globals, Some(&f.main), false, 2).unwrap();
    let closure = f.captured(co, f.string("a value that only the variable holds"));
    f.push(Value::lua_closure(closure));
    f.full();
    f.full();
    let u = closure.upvalue(0).expect("set above");
    assert!(!u.is_open(), "the thread is dead");
    let s = u.get().as_string().expect("a string");
    assert_eq!(s.as_bytes(), b"a value that only the variable holds");
    let mut threads = 0;
    heap.blocks.for_each(&mut |o| threads += (o.kind() == Kind::Thread) as usize);
    assert_eq!(threads, 1);
}

#[test]
fn a_big_table_is_traversed_in_slices_and_misses_nothing() {
    let f = Fixture::new();
    let heap = &f.global.heap;
    let t = f.table();
    f.push(Value::table(t));
    let number = |n: usize| Value::number(n as f64);
    let n = 300_000;
    gc::stop(&f.global);
    for i in 1..=n {
        let key = if i % 2 == 0 { number(i) } else { Value::number(i as f64 + 0.5) };
        t.set(heap, key, Value::table(f.table())).unwrap();
    }
    gc::restart(&f.global);
    let mut random = Random(5);
    let mut added = n;
    for round in 0..4000 {
        gc::step_by(&f.global, f.main, 20_000);
        for _ in 0..20 {
            // Moves values from one end of the table to the other, and replaces some.
            let (a, b) = (1 + random.below(n), 1 + random.below(n));
            let key = |i: usize| if i % 2 == 0 { number(i) } else { Value::number(i as f64 + 0.5) };
            let (va, vb) = (t.get(key(a)), t.get(key(b)));
            t.set(heap, key(a), vb).unwrap();
            t.set(heap, key(b), va).unwrap();
            t.set(heap, key(1 + random.below(n)), Value::table(f.table())).unwrap();
        }
        if round % 100 == 0 {
            for _ in 0..3000 {
                added += 2;
                t.set(heap, number(added), Value::table(f.table())).unwrap();
            }
        }
        if round % 500 == 0 {
            gc::validate(&f.global);
        }
    }
    f.full();
    let mut tables = 0;
    heap.blocks.for_each(&mut |o| tables += (o.kind() == Kind::Table) as usize);
    assert_eq!(tables, Fixture::count(t) + 3, "the big table, registry, globals and the values");
}

#[test]
fn stop_restart_and_settings_mean_what_the_manual_says() {
    let f = Fixture::new();
    let heap = &f.global.heap;
    assert_eq!(gc::set_pause(&f.global, 150), 200);
    assert_eq!(gc::set_pause(&f.global, 200), 150);
    assert_eq!(gc::set_step_multiplier(&f.global, 300), 200);
    gc::stop(&f.global);
    let before = gc::count_bytes(&f.global);
    for _ in 0..10_000 {
        f.table();
        assert!(heap.threshold() == NEVER as usize && heap.debt() < 0);
    }
    assert!(gc::count_bytes(&f.global) >= before + 10_000 * size_of::<Table>());
    gc::restart(&f.global);
    f.table();
    let mut steps = 0;
    while gc::count_bytes(&f.global) > before + 100_000 {
        f.table();
        if heap.step_due() {
            gc::step(&f.global, f.main);
        }
        steps += 1;
        assert!(steps < 100_000);
    }
    assert!(f.main.header().mark.get() & mark::FIXED == 0);
}

/// Everything may fail at any allocation while a state is made and used, and nothing leaks.
#[test]
fn every_allocation_may_fail() {
    let work = |host: *mut Host| -> Option<()> {
        let global = global::boxed(host_alloc, host.cast(), 3);
        let body = || -> Option<()> {
            global.make_fixed_strings().ok()?;
            let registry = Table::new(&global.heap).ok()?;
            global.registry.set(Value::table(registry));
            let main = State::new(&global, registry, None, true, 2).ok()?;
            global.main_thread.set(Some(main));
            gc::start_pacing(&global);
            for i in 0..800 {
                let text = format!("{i:0width$}", width = i % 90 * (i % 5));
                let s = global.strings.make(&global.heap, text.as_bytes()).ok()?;
                let t = Table::with_capacity(&global.heap, i % 40, i % 7).ok()?;
                registry.set(&global.heap, Value::string(s), Value::table(t)).ok()?;
                Userdata::new(&global.heap, i * 3, registry, i as u64).ok()?;
                State::new(&global, registry, Some(&main), false, 2).ok()?;
                if i % 50 == 49 {
                    gc::full(&global, main);
                    gc::validate(&global);
                }
            }
            Some(())
        };
        let done = body();
        gc::free_all(&global);
        assert_eq!(global.heap.in_use(), 0);
        done
    };
    for fail_at in 0.. {
        let host = Box::into_raw(Box::new(Host { refuse_at: Some(fail_at), ..Host::default() }));
        let done = work(host);
        // SAFETY: the heap does not use the host any more.
        let host = unsafe { Box::from_raw(host) };
        assert_eq!(host.blocks.len(), 0, "request {fail_at} refused: not all went back");
        if done.is_some() {
            assert!(fail_at > 60, "the work asks often enough: {fail_at}");
            break;
        }
    }
}

#[test]
fn a_quiet_thread_is_looked_at_again_when_it_is_touched() {
    let f = Fixture::new();
    let co = State::new(&f.global, f.main.globals, Some(&f.main), false, 2).unwrap();
    f.push(Value::thread(co.header()));
    // SAFETY: no other reference to the State is in use.
    let l = unsafe { &mut *co.as_ptr() };
    l.push(f.string("there when it is marked"));
    assert!(co.is_quiet());
    f.mark_all();
    assert!(co.header().is_black(), "done, though a thread");
    l.touch();
    assert!(!co.header().is_black());
    l.push(f.string("pushed after it was marked"));
    f.finish_cycle();
    f.full();
    assert_eq!(l.from_top(1).as_string().expect("a string").as_bytes(), b"pushed after it was marked");
    assert_eq!(l.from_top(2).as_string().expect("a string").as_bytes(), b"there when it is marked");
    let again = f.string("pushed after it was marked");
    assert_eq!(again.bits(), l.from_top(1).bits(), "the string has not left the intern table");
    // A host that has seen it may change it at any time.
    l.expose();
    f.mark_all();
    assert!(!co.is_quiet() && !co.header().is_black());
    l.push(f.string("pushed by a host"));
    f.finish_cycle();
    f.full();
    assert_eq!(l.from_top(1).as_string().expect("a string").as_bytes(), b"pushed by a host");
}

/// Metatables that come in any order: finalizers run in the reverse order of creation.
#[test]
fn userdata_are_finalized_by_their_age_whenever_they_got_their_metatables() {
    let f = Fixture::new();
    let mt = f.table();
    f.push(Value::table(mt));
    mt.set(&f.global.heap, f.string("__gc"), Value::TRUE).unwrap();
    let all: Vec<_> = (0..200).map(|_| f.userdata(None)).collect();
    let kept = f.weak("v");
    let give = |i: usize| {
        let u = all[i];
        u.metatable.set(Some(mt));
        if !u.listed.get() {
            gc::list_userdata(&f.global, u);
        }
    };
    for i in (0..200).filter(|i| i % 7 != 0) {
        give(i * 77 % 200); // 77 and 200 have no common factor: each index once
    }
    let without: Vec<_> = (0..200).filter(|i| i % 7 == 0).map(|i| i * 77 % 200).collect();
    // One lives on, and gets a metatable between two newer ones' deaths.
    f.push(Value::userdata(all[without[3]]));
    kept.set(&f.global.heap, Value::number(1.0), Value::userdata(all[without[3]])).unwrap();
    f.full();
    for i in (0..200).rev().filter(|i| !without.contains(i)) {
        assert_eq!(gc::take_finalizable(&f.global), Some(all[i]));
    }
    assert_eq!(gc::take_finalizable(&f.global), None);
    gc::end_finalize(&f.global);
    let newer = [f.userdata(Some(mt)), f.userdata(Some(mt))];
    give(without[3]);
    f.drop_all();
    f.push(Value::table(mt));
    f.full();
    let order = [newer[1], newer[0], all[without[3]]].map(Some);
    assert_eq!([(); 3].map(|()| gc::take_finalizable(&f.global)), order);
}

/// As in the reference: what a finalizer brings back to life leaves weak values, and is never finalized.
#[test]
fn what_a_finalizer_brings_back_is_not_finalized() {
    let f = Fixture::new();
    let mt = f.table();
    f.push(Value::table(mt));
    mt.set(&f.global.heap, f.string("__gc"), Value::TRUE).unwrap();
    let values = f.weak("v");
    let inner = f.userdata(None);
    let outer = f.userdata(Some(mt));
    let holder = f.table();
    holder.set(&f.global.heap, Value::number(1.0), Value::userdata(inner)).unwrap();
    outer.env.set(holder);
    values.set(&f.global.heap, Value::number(1.0), Value::userdata(inner)).unwrap();
    f.full();
    assert_eq!(gc::take_finalizable(&f.global), Some(outer));
    assert_eq!(Fixture::count(values), 0, "it was dead");
    gc::end_finalize(&f.global);
    inner.metatable.set(Some(mt));
    gc::list_userdata(&f.global, inner);
    f.full();
    assert_eq!(gc::take_finalizable(&f.global), None);
}

/// Moves the collector on, without finishing a cycle, until it is in this phase.
fn go_to(f: &Fixture, phase: Phase) {
    gc::set_step_multiplier(&f.global, -1); // single steps
    while f.global.heap.phase.get() != phase {
        gc::step_by(&f.global, f.main, 0);
    }
}

#[test]
fn anchored_objects_live_as_long_as_the_anchors() {
    use Phase::{Pause, Propagate, Sweep};
    for begin in [Pause, Propagate, Sweep] {
        for end in [Pause, Propagate, Sweep] {
            for cycles in 0..3 {
                let f = Fixture::new();
                let heap = &f.global.heap;
                let make = |text: &str| f.global.strings.make(heap, text.as_bytes()).unwrap();
                let long = "a text that is longer than what is interned, and so an object of its own";
                let old = make("an old string");
                go_to(&f, begin);
                let mut outer = Anchors::new(heap);
                let mut inner = Anchors::new(heap);
                let proto = Proto::new(heap).unwrap();
                let held = [make("held"), make(long), make("an old string"), make("h")];
                for s in held {
                    outer.hold(s.header()).unwrap();
                    inner.hold(s.header()).unwrap(); // the outer one's already
                }
                // SAFETY: ALIAS: nobody else looks at the prototype.
                unsafe { (*proto.as_ptr()).source = Some(held[1]) };
                outer.hold(proto.header()).unwrap();
                assert!(old.same(held[2]));
                for _ in 0..cycles {
                    f.full();
                }
                drop(inner);
                go_to(&f, end);
                gc::validate(&f.global);
                drop(outer);
                // Now they are like any others: what a sweep has not come to yet is as if just made, and gone
                // after the next marking.
                gc::validate(&f.global);
                assert!(held.iter().all(|s| !heap.is_dead(s.header())) && !heap.is_dead(proto.header()));
                f.push(Value::string(held[0]));
                while heap.phase.get() != Pause {
                    gc::step_by(&f.global, f.main, 0);
                }
                if end != Propagate {
                    assert_eq!(held.map(|s| s.header().kind()), [Kind::Str; 4], "{begin:?} {end:?} {cycles}");
                    assert_eq!(held[1].as_bytes(), long.as_bytes());
                    assert_eq!(proto.header().kind(), Kind::Proto);
                }
                f.full();
                assert_eq!(held[0].header().kind(), Kind::Str);
                assert!(make("held").same(held[0]));
                for freed in [held[1].header(), held[2].header(), held[3].header(), proto.header()] {
                    assert_eq!(freed.kind(), Kind::Free, "{begin:?} {end:?} {cycles}");
                }
            }
        }
    }
}

/// An array of six words, all of which say which array it is.
fn numbered(heap: &Heap, number: u64) -> NonNull<u64> {
    let p = heap.alloc_array::<u64>(6).unwrap();
    // SAFETY: a fresh array of six.
    unsafe { p.cast::<[u64; 6]>().write([number; 6]) };
    p
}

fn free_numbered(heap: &Heap, p: NonNull<u64>, number: u64) {
    // SAFETY: the array is the test's, and not used again.
    unsafe {
        assert_eq!(p.cast::<[u64; 6]>().read(), [number; 6]);
        heap.free_array(p, 6);
    }
}

/// Small arrays die in any order; blocks in which none is left are given back by steps and by full collections,
/// while others come and go, and refusals do no harm.
#[test]
fn blocks_without_arrays_go_back() {
    const COUNT: u64 = 40_000;
    for (full, refuse) in [(false, false), (true, false), (false, true)] {
        let f = Fixture::new();
        let heap = &f.global.heap;
        let mut random = Random(7);
        // SAFETY: the host is alive, and no allocation runs meanwhile.
        let host = || unsafe { &mut *f.host.get() };
        let held = || host().blocks.values().sum::<usize>();
        let before = held();
        let mut arrays: Vec<_> = (0..COUNT).map(|i| (numbered(heap, i), i)).collect();
        let most = held();
        assert!(most - before >= COUNT as usize * 48);
        // The younger half dies, and half of the others.
        for i in (1..arrays.len()).rev() {
            arrays.swap(i, random.below(i + 1));
        }
        let (kept, dying): (Vec<_>, Vec<_>) =
            arrays.into_iter().partition(|&(_, number)| number < COUNT / 2 && number % 2 == 0);
        for (p, number) in dying {
            free_numbered(heap, p, number);
        }
        assert!(held() == most || cfg!(feature = "isolate"));
        let (mut others, mut made) = (Vec::new(), COUNT);
        for cycle in 0..3 {
            host().refuse_one_in = if refuse && cycle == 0 { 2 } else { 0 };
            let mut ended = false;
            while !ended {
                ended = if full { f.full(); true } else { gc::step_by(&f.global, f.main, 0) };
                if host().refuse_one_in == 0 {
                    made += 1;
                    others.push((numbered(heap, made), made));
                }
                if others.len() > 50 {
                    let (p, number) = others.swap_remove(random.below(50));
                    free_numbered(heap, p, number);
                }
            }
        }
        // Half of the blocks, and what is kept for a while.
        assert!(held() - before < (most - before) * 7 / 10, "{full} {refuse}: {} of {} bytes", held() - before, most - before);
        // What is free in blocks that are in use is used again.
        let now = held();
        others.extend((0..COUNT / 10).map(|i| (numbered(heap, i), i)));
        assert!(held() <= now || cfg!(feature = "isolate"));
        for (p, number) in kept.into_iter().chain(others) {
            free_numbered(heap, p, number);
        }
    }
}
