//! Weak tables and lists of userdata that are looked through in slices while the program runs: whatever it
//! does meanwhile, nothing alive is lost and nothing dead stays.

#[path = "common/fixture.rs"]
mod fixture;
#[path = "common/host.rs"]
mod host;

use ferrouslua::gc;
use ferrouslua::heap::{Gc, Kind, Phase, mark};
use ferrouslua::object::{Table, Userdata, Value};
use ferrouslua::state::Parting;
use fixture::Fixture;
use host::Random;

/// What the entries of a weak table that is under test are: key and value of number `i`.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Entries {
    /// A number, an object.
    Items,
    /// An object, a number.
    Keys,
    /// A string, an object.
    Names,
}

const ALL: [(Entries, &str); 5] = [
    (Entries::Items, "v"),
    (Entries::Items, "kv"),
    (Entries::Keys, "k"),
    (Entries::Keys, "kv"),
    (Entries::Names, "v"),
];

struct World {
    f: Fixture,
    weak: Gc<Table>,
    /// What keeps objects alive: a table on the stack, by number.
    held: Gc<Table>,
    entries: Entries,
    count: usize,
    random: Random,
}

impl World {
    fn new(entries: Entries, mode: &str, count: usize, seed: u64) -> World {
        let f = Fixture::new();
        let weak = f.weak(mode);
        let held = f.table();
        f.push(Value::table(held));
        let world = World { f, weak, held, entries, count, random: Random(seed) };
        for i in 0..count {
            world.fill(i, i % 2 == 0);
        }
        world
    }

    /// A new object as entry `i`.
    fn fill(&self, i: usize, is_held: bool) {
        let heap = &self.f.global.heap;
        let object = Value::table(self.f.table());
        let number = Value::number((i + 1) as f64);
        let held = if is_held { object } else { Value::NIL };
        self.held.set(heap, number, held).unwrap();
        let (key, value) = match self.entries {
            Entries::Items => (number, object),
            Entries::Keys => (object, number),
            Entries::Names => (self.name(i), object),
        };
        self.weak.set(heap, key, value).unwrap();
    }

    fn name(&self, i: usize) -> Value {
        self.f.string(&format!("name {i}"))
    }

    fn held(&self, i: usize) -> Value {
        self.held.get_int(i as i32 + 1)
    }

    /// What the weak table has for number `i`, where that can be asked.
    fn object(&self, i: usize) -> Value {
        match self.entries {
            Entries::Items => self.weak.get_int(i as i32 + 1),
            Entries::Keys => self.held(i),
            Entries::Names => self.weak.get(self.name(i)),
        }
    }

    /// One of the things that a program may do.
    fn change(&mut self) {
        let heap = &self.f.global.heap;
        let i = self.random.below(self.count);
        let number = Value::number((i + 1) as f64);
        match self.random.below(16) {
            0..=4 => self.fill(i, true),
            5..=8 => self.fill(i, false),
            // Found through the weak table alone, and kept from now on.
            9..=11 => {
                let object = self.object(i);
                self.held.set(heap, number, object).unwrap();
            }
            12 | 13 => self.held.set(heap, number, Value::NIL).unwrap(),
            14 if self.entries == Entries::Items => {
                let len = self.weak.array_len();
                if len > 1 {
                    // As a sort does; here the objects have their numbers no more.
                    let (a, b) = (self.random.below(len.min(self.count)), self.random.below(len.min(self.count)));
                    let slots = self.weak.array_slots();
                    self.weak.values_move(heap);
                    slots[a].swap(&slots[b]);
                    let slots = [a, b].map(|i| (i, slots[i].get()));
                    for (i, object) in slots {
                        let held = if self.random.below(2) == 0 { object } else { Value::NIL };
                        self.held.set(heap, Value::number((i + 1) as f64), held).unwrap();
                    }
                }
            }
            14 => {
                let key = if self.entries == Entries::Names { self.name(i) } else { self.held(i) };
                if !key.is_nil() {
                    self.weak.set(heap, key, Value::NIL).unwrap();
                    self.held.set(heap, number, Value::NIL).unwrap();
                }
            }
            _ if self.random.below(200) == 0 => {
                let nodes = self.weak.node_count();
                let nodes = if nodes < 2 * self.count { nodes * (1 + self.random.below(2)) } else { nodes };
                self.weak.resize(heap, self.weak.array_len(), nodes).unwrap();
            }
            _ => {}
        }
    }

    /// All that is held has its entry, and what the weak table shows is no freed memory.
    fn verify(&self) {
        for i in 0..self.count {
            let held = self.held(i);
            match self.entries {
                Entries::Keys if held.is_nil() => {}
                Entries::Keys => {
                    let number = self.weak.get(held).as_number();
                    assert_eq!(number, Some((i + 1) as f64), "{i} has lost its entry");
                }
                _ if held.is_nil() => {}
                _ => assert_eq!(self.object(i).bits(), held.bits(), "{i} has lost its entry"),
            }
        }
        let mut key = Value::NIL;
        while let Some((k, v)) = self.weak.next(key).expect("the key is in the table") {
            for table in [k.as_table(), v.as_table()].into_iter().flatten() {
                assert_eq!(table.header().kind(), Kind::Table, "freed memory");
            }
            key = k;
        }
    }

    /// Full collections leave entries of what is held and no others.
    fn verify_exactly(&self) {
        self.f.full();
        self.verify();
        let held = (0..self.count).filter(|i| !self.held(*i).is_nil()).count();
        assert_eq!(Fixture::count(self.weak), held);
    }
}

#[test]
fn a_program_changes_weak_tables_while_they_are_looked_through() {
    // Some are scanned at once, some in slices.
    for (count, rounds) in [(50, 200), (3000, 40), (60_000, 3)] {
        for (seed, (entries, mode)) in ALL.into_iter().enumerate() {
            let mut world = World::new(entries, mode, count, 99 + seed as u64);
            for round in 0..rounds {
                world.f.mark_all();
                while world.f.global.heap.phase.get() == Phase::Propagate {
                    for _ in 0..world.random.below(10) {
                        world.change();
                    }
                    // Marking is faster than the changes, or it would come to no end.
                    let bytes = world.random.below(count + 3000);
                    gc::step_by(&world.f.global, world.f.main, bytes);
                }
                gc::validate(&world.f.global);
                world.f.finish_cycle();
                world.verify();
                if round % 5 == 4 {
                    world.verify_exactly();
                }
            }
        }
    }
}

/// Goes on until the scan of a table has noted something and is not at its end.
fn into_the_scan(f: &Fixture, t: Gc<Table>) {
    let weak = &f.global.heap.weak;
    gc::set_step_multiplier(&f.global, -1);
    while weak.scanned.get() != Some(t.header()) || weak.notes.len() == 0 {
        gc::step_by(&f.global, f.main, 0);
        assert!(f.global.heap.phase.get() <= Phase::Propagate, "a scan in slices");
    }
    gc::set_step_multiplier(&f.global, 200);
}

#[test]
fn a_table_whose_mode_changes_after_its_scan_has_the_new_one() {
    for (mode, keeps) in [("", true), ("v", false), ("k", true)] {
        let world = World::new(Entries::Items, "kv", 40_000, 7);
        let f = &world.f;
        into_the_scan(f, world.weak);
        let metatable = world.weak.metatable.get().expect("a weak table's");
        metatable.set(&f.global.heap, f.string("__mode"), f.string(mode)).unwrap();
        f.finish_cycle();
        let count = Fixture::count(world.weak);
        assert_eq!(count, if keeps { 40_000 } else { 20_000 }, "mode {mode:?}");
        world.verify();
    }
}

#[test]
fn a_scanned_table_that_is_given_up_loses_nothing() {
    let world = World::new(Entries::Keys, "k", 40_000, 8);
    let f = &world.f;
    into_the_scan(f, world.weak);
    // Resized again and again, until it is left to the atomic step.
    for round in 0..20 {
        world.weak.resize(&f.global.heap, 0, 1 << 17 | round).unwrap();
        gc::step_by(&f.global, f.main, 0);
    }
    f.finish_cycle();
    world.verify();
    assert_eq!(Fixture::count(world.weak), 20_000);
}

#[test]
fn notes_for_which_there_is_no_memory_are_not_needed() {
    for (entries, mode) in ALL {
        let world = World::new(entries, mode, 40_000, 9);
        let f = &world.f;
        f.mark_all();
        let host = f.host.get();
        // SAFETY: the host is used by nobody else now.
        unsafe { (*host).refuse = true };
        while f.global.heap.phase.get() == Phase::Propagate {
            gc::step_by(&f.global, f.main, 0);
        }
        // SAFETY: as above.
        unsafe { (*host).refuse = false };
        f.finish_cycle();
        world.verify();
        assert_eq!(Fixture::count(world.weak), 20_000);
    }
}

/// A userdata with a metatable that has a `__gc`.
fn finalizable(f: &Fixture, metatable: Gc<Table>) -> Gc<Userdata> {
    f.userdata(Some(metatable))
}

fn queued(f: &Fixture) -> Vec<u64> {
    let mut serials = vec![];
    while let Some(u) = gc::take_finalizable(&f.global) {
        assert_eq!(u.header().kind(), Kind::Userdata);
        assert!(u.header().mark.get() & mark::FINALIZED != 0);
        serials.push(u.serial());
    }
    serials
}

/// Some die before marking, some while their list is looked through; some are made, listed late, or held
/// again meanwhile, and while it is decided which of the dead are finalized; some cycles are given up for a full one.
#[test]
fn userdata_that_come_and_go_while_their_lists_are_looked_through() {
    let f = Fixture::new();
    let heap = &f.global.heap;
    let mut random = Random(5);
    let metatable = f.table();
    f.push(Value::table(metatable));
    metatable.set(heap, f.string("__gc"), Value::number(1.0)).unwrap();
    let held = f.table();
    f.push(Value::table(held));
    let without = f.table();
    f.push(Value::table(without));
    let number = |n: u64| Value::number(n as f64);
    let mut finalized = 0;
    for round in 0..60 {
        for _ in 0..random.below(3000) {
            let u = finalizable(&f, metatable);
            if random.below(3) > 0 {
                held.set(heap, number(u.serial()), Value::userdata(u)).unwrap();
            }
        }
        f.mark_all();
        while heap.phase.get() == Phase::Propagate || f.global.gc.parting.get() != Parting::Over {
            let made = f.global.gc.userdata_made.get() as usize;
            for _ in 0..random.below(20) {
                let serial = random.below(made) as u64 + 1;
                match random.below(5) {
                    0 => held.set(heap, number(serial), Value::NIL).unwrap(),
                    1 => {
                        let u = finalizable(&f, metatable);
                        held.set(heap, number(u.serial()), Value::userdata(u)).unwrap();
                    }
                    2 => drop(finalizable(&f, metatable)),
                    3 => {
                        let u = f.userdata(None);
                        without.set(heap, number(u.serial()), Value::userdata(u)).unwrap();
                    }
                    _ => {
                        let Some((_, late)) = without.next(Value::NIL).unwrap() else { continue };
                        let u = late.as_userdata().expect("a userdata");
                        without.set(heap, number(u.serial()), Value::NIL).unwrap();
                        u.metatable.set(Some(metatable));
                        gc::list_userdata(&f.global, u);
                        if random.below(2) == 0 {
                            held.set(heap, number(u.serial()), Value::userdata(u)).unwrap();
                        }
                    }
                }
            }
            if random.below(100) == 0 && heap.phase.get() == Phase::Propagate {
                gc::full(&f.global, f.main); // gives the cycle up
            }
            gc::step_by(&f.global, f.main, random.below(10_000));
        }
        let order = queued(&f);
        assert!(order.windows(2).all(|pair| pair[0] > pair[1]), "round {round}: {order:?}");
        finalized += order.len();
        if heap.phase.get() != Phase::Pause {
            gc::step_by(&f.global, f.main, usize::MAX / 4);
        }
        gc::end_finalize(&f.global);
        let mut key = Value::NIL;
        while let Some((k, u)) = held.next(key).expect("the key is in the table") {
            let u = u.as_userdata().expect("a userdata");
            assert_eq!((u.header().kind(), u.serial() as f64), (Kind::Userdata, k.as_number().unwrap()));
            assert!(u.header().mark.get() & mark::FINALIZED == 0, "held, but finalized");
            key = k;
        }
    }
    let alive = Fixture::count(held);
    let unlisted = Fixture::count(without);
    f.drop_all();
    f.full();
    let rest = queued(&f).len();
    assert!(rest >= alive, "{rest} of {alive}");
    assert_eq!(finalized + rest + unlisted, f.global.gc.userdata_made.get() as usize, "each is finalized, and once");
}
