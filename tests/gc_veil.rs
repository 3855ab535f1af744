//! Weak tables that are cleared after the atomic step, in slices: nobody can tell them from tables that were cleared
//! in it. Two worlds live through the same; in one the table is settled as soon as it is veiled.

#[path = "common/fixture.rs"]
mod fixture;
#[path = "common/host.rs"]
mod host;

use std::cell::Cell;

use ferrouslua::gc;
use ferrouslua::heap::{Gc, Phase};
use ferrouslua::object::{Table, Value};
use fixture::Fixture;
use host::Random;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Keys {
    Numbers,
    /// Numbers that lie far apart.
    Sparse,
    Names,
    Objects,
}

const ALL: [(Keys, &str); 7] = [
    (Keys::Numbers, "v"),
    (Keys::Numbers, "kv"),
    (Keys::Sparse, "v"),
    (Keys::Names, "v"),
    (Keys::Names, "kv"),
    (Keys::Objects, "k"),
    (Keys::Objects, "kv"),
];

struct World {
    f: Fixture,
    weak: Gc<Table>,
    /// Objects by number.
    held: Gc<Table>,
    keys: Keys,
    made: Cell<u32>,
}

impl World {
    fn new(keys: Keys, mode: &str, count: usize) -> World {
        let f = Fixture::new();
        let weak = f.weak(mode);
        let held = f.table();
        f.push(Value::table(held));
        let world = World { f, weak, held, keys, made: Cell::new(0) };
        for i in 1..=count {
            world.fill(i, i % 3 == 0);
        }
        world
    }

    /// An object that knows its number.
    fn object(&self) -> Value {
        let object = self.f.table();
        self.made.set(self.made.get() + 1);
        object.set_int(&self.f.global.heap, 1, Value::number(self.made.get() as f64)).unwrap();
        Value::table(object)
    }

    fn held(&self, i: usize) -> Value {
        self.held.get_int(i as i32)
    }

    fn hold(&self, i: usize, object: Value) {
        self.held.set_int(&self.f.global.heap, i as i32, object).unwrap();
    }

    fn fill(&self, i: usize, is_held: bool) {
        let object = self.object();
        if is_held || self.keys == Keys::Objects {
            self.hold(i, object);
        }
        let value = if self.keys == Keys::Objects { Value::number(i as f64) } else { object };
        self.weak.set(&self.f.global.heap, self.key(i), value).unwrap();
        if !is_held {
            self.hold(i, Value::NIL);
        }
    }

    /// The key of entry `i`; nil for an object that is not held.
    fn key(&self, i: usize) -> Value {
        match self.keys {
            Keys::Numbers => Value::number(i as f64),
            Keys::Sparse => Value::number(i as f64 * 1e6),
            Keys::Names => self.f.string(&format!("name {i}")),
            Keys::Objects => self.held(i),
        }
    }

    fn into_the_clearing(&self) {
        self.f.mark_all();
        gc::set_step_multiplier(&self.f.global, -1);
        while self.f.global.heap.phase.get() == Phase::Propagate {
            gc::step_by(&self.f.global, self.f.main, 0);
        }
        assert!(self.is_clearing() && self.weak.is_veiled());
    }

    fn is_clearing(&self) -> bool {
        self.f.global.heap.weak.clearing.get()
    }

    fn tell(&self, v: Value) -> String {
        match v.as_table() {
            Some(object) => format!("object {:?}", object.get_int(1).as_number()),
            None if v.is_string() => format!("{:?}", v.as_string().unwrap().as_bytes()),
            None => format!("{:x}", v.bits()),
        }
    }

    /// All pairs in the order of `next`, sorted where that depends on addresses.
    fn pairs(&self) -> Vec<String> {
        let (mut pairs, mut key) = (vec![], Value::NIL);
        while let Some((k, v)) = self.weak.next(key).expect("the key is in the table") {
            pairs.push(format!("{} = {}", self.tell(k), self.tell(v)));
            key = k;
        }
        if self.keys == Keys::Objects {
            pairs.sort();
        }
        pairs
    }

    /// Does what a program may do, and returns all that it can learn from it.
    fn act(&self, random: &mut Random, count: usize, rarely: usize) -> String {
        let heap = &self.f.global.heap;
        let i = 1 + random.below(count);
        let key = self.key(i);
        match random.below(20) {
            0..=5 => self.tell(self.weak.get(key)),
            6 if self.keys == Keys::Numbers => self.tell(self.weak.get_int(i as i32)),
            7 if self.keys == Keys::Names => self.tell(self.weak.get_str(key.as_string().unwrap())),
            8 => {
                self.hold(i, if self.keys == Keys::Objects { key } else { self.weak.get(key) });
                String::new()
            }
            9 => {
                self.fill(i, random.below(2) == 0);
                String::new()
            }
            10 if !key.is_nil() => {
                self.weak.set(heap, key, Value::NIL).unwrap();
                String::new()
            }
            // A key that was not there before: many make the table grow.
            11 | 17..=19 if random.below(rarely) == 0 => {
                let new = count + random.below(count);
                self.fill(new, true);
                self.tell(self.weak.get(self.key(new)))
            }
            12 => self.weak.length(heap).to_string(),
            13 if self.keys != Keys::Objects => {
                // Some steps of a traversal that begins with a key that may have gone, and remembers its places.
                let (mut key, mut hint, mut seen) = (key, 0, String::new());
                for _ in 0..random.below(20) {
                    match self.weak.next_from(key, hint) {
                        Ok(Some((k, v, at))) => {
                            seen += &format!("{} {} {at},", self.tell(k), self.tell(v));
                            (key, hint) = (k, at);
                        }
                        Ok(None) => return seen + "end",
                        Err(_) => return seen + "no such key",
                    }
                }
                seen
            }
            14 if self.keys != Keys::Objects => {
                let (next, places) = self.weak.next_counted(key);
                let pair = next.ok().flatten().map(|(k, v)| self.tell(k) + &self.tell(v));
                format!("{pair:?} {places} {}", self.weak.places())
            }
            15 if random.below(300) == 0 => self.pairs().concat(),
            16 if random.below(300) == 0 => {
                let len = self.weak.length(heap) + 1;
                if self.weak.array_len() < len {
                    self.weak.resize_array(heap, len).unwrap();
                }
                String::new()
            }
            _ => String::new(),
        }
    }
}

fn same(a: &World, b: &World, what: &str) {
    let (a, b) = (a.pairs(), b.pairs());
    assert_eq!(a.len(), b.len(), "{what}");
    for (a, b) in a.iter().zip(&b) {
        assert_eq!(a, b, "{what}");
    }
}

/// A step of the collector comes after so many actions; of four new keys one in so many is really stored.
fn twins(keys: Keys, mode: &str, count: usize, seed: u64, step: usize, rarely: usize) {
    let worlds = [World::new(keys, mode, count), World::new(keys, mode, count)];
    let [veiled, settled] = &worlds;
    let mut random = Random(seed);
    for round in 0..3 {
        worlds.iter().for_each(World::into_the_clearing);
        settled.weak.settle(&settled.f.global.heap);
        let mut turn = 0;
        while veiled.is_clearing() || turn < 100 {
            let at = random.0;
            let told = worlds.each_ref().map(|world| {
                random.0 = at;
                world.act(&mut random, count, rarely)
            });
            assert_eq!(told[0], told[1], "{keys:?} {mode} {count} {seed}: round {round}, turn {turn}");
            turn += 1;
            if turn % step == 0 {
                for world in &worlds {
                    gc::step_by(&world.f.global, world.f.main, 0);
                }
                if turn % (step * 4) == 0 || step > 100 {
                    gc::validate(&veiled.f.global);
                }
            }
        }
        let what = format!("{keys:?} {mode} {count} {seed}: round {round}");
        same(veiled, settled, &what);
        for world in &worlds {
            gc::set_step_multiplier(&world.f.global, 200);
            world.f.full();
        }
        same(veiled, settled, &what);
        for i in 1..=count {
            worlds.iter().for_each(|world| world.fill(i, i % 3 == round % 3));
        }
    }
}

#[test]
fn a_table_that_is_being_cleared_looks_as_if_it_had_been() {
    for (keys, mode) in ALL {
        let small = [(450, 10, 8), (450, 80, 8), (450, 800, 1)];
        let large = [(3000, 5, 8), (3000, 40, 8), (3000, 500, 1), (20_000, 30, 4)];
        for (seed, (count, step, rarely)) in small.into_iter().chain(large).enumerate() {
            twins(keys, mode, count, 1 + seed as u64, step, rarely);
        }
    }
}

/// What ends a clearing, or the state, in the middle.
#[test]
fn a_clearing_may_be_cut_short() {
    for (keys, mode) in ALL {
        for cut in 0..4 {
            let world = World::new(keys, mode, 3000);
            world.into_the_clearing();
            gc::step_by(&world.f.global, world.f.main, 0);
            assert!(world.weak.is_veiled());
            gc::validate(&world.f.global);
            match cut {
                0 => world.f.full(),
                1 => {
                    gc::set_step_multiplier(&world.f.global, 0);
                    gc::step_by(&world.f.global, world.f.main, 0);
                    gc::validate(&world.f.global);
                }
                2 => gc::stop(&world.f.global),
                _ => continue, // the state is closed
            }
            assert_eq!(world.weak.is_veiled(), cut == 2);
            assert_eq!(Fixture::count(world.weak), 1000);
        }
    }
}

/// Strong or otherwise weak by now, or without a metatable: what died is not to be seen.
#[test]
fn a_veiled_table_may_get_another_metatable() {
    for (keys, mode) in ALL {
        let world = World::new(keys, mode, 3000);
        world.into_the_clearing();
        world.weak.set_metatable(&world.f.global.heap, None);
        assert_eq!(Fixture::count(world.weak), 1000);
        gc::set_step_multiplier(&world.f.global, 200);
        world.f.finish_cycle();
        world.f.full();
        assert_eq!(Fixture::count(world.weak), 1000);
    }
}

#[test]
fn without_memory_for_a_veil_the_atomic_step_clears() {
    for (keys, mode) in ALL {
        let world = World::new(keys, mode, 3000);
        let f = &world.f;
        gc::set_step_multiplier(&f.global, -1);
        while f.global.heap.weak.noted.is_empty() || f.global.heap.weak.scanned.get().is_some() {
            gc::step_by(&f.global, f.main, 0);
        }
        let host = f.host.get();
        // SAFETY: the host is used by nobody else now.
        unsafe { (*host).refuse = true };
        while f.global.heap.phase.get() == Phase::Propagate {
            gc::step_by(&f.global, f.main, 0);
        }
        // SAFETY: as above.
        unsafe { (*host).refuse = false };
        assert!(!world.is_clearing() && !world.weak.is_veiled());
        assert_eq!(Fixture::count(world.weak), 1000);
        gc::set_step_multiplier(&f.global, 200);
        f.finish_cycle();
    }
}

/// Values that a finalizer is to be called for are gone before it is.
#[test]
fn a_table_of_userdata_is_cleared_in_the_atomic_step() {
    let f = Fixture::new();
    let heap = &f.global.heap;
    let metatable = f.table();
    f.push(Value::table(metatable));
    metatable.set(heap, f.string("__gc"), Value::number(1.0)).unwrap();
    let weak = f.weak("v");
    for i in 1..=3000 {
        let value = if i % 2 == 0 { Value::userdata(f.userdata(Some(metatable))) } else { Value::table(f.table()) };
        weak.set_int(heap, i, value).unwrap();
    }
    f.mark_all();
    gc::set_step_multiplier(&f.global, -1);
    while heap.phase.get() == Phase::Propagate {
        gc::step_by(&f.global, f.main, 0);
    }
    assert!(!weak.is_veiled());
    assert_eq!(Fixture::count(weak), 0);
    let mut queued = 0;
    while gc::take_finalizable(&f.global).is_some() {
        queued += 1;
    }
    assert_eq!(queued, 1500);
    gc::set_step_multiplier(&f.global, 200);
    f.finish_cycle();
}
