//! Cells that classes lend each other: what lives in them stays as it is made, and a heap whose objects change their kind
//! holds little more than one whose objects do not.

#[path = "common/fixture.rs"]
mod fixture;
#[path = "common/host.rs"]
mod host;

use std::collections::HashSet;

use ferrouslua::gc;
use ferrouslua::heap::Kind;
use ferrouslua::object::{Userdata, Value};
use fixture::Fixture;
use host::Random;

const LIVE: usize = if cfg!(feature = "checks") { 2_000 } else { 20_000 };
const KINDS: usize = 5;

/// An object of a kind that tells `n`; None: no memory.
fn make(f: &Fixture, kind: usize, n: usize) -> Option<Value> {
    let heap = &f.global.heap;
    let number = Value::number(n as f64);
    Some(match kind {
        0 => {
            let t = ferrouslua::object::Table::new(heap).ok()?;
            t.set(heap, Value::number(0.0), number).ok()?;
            t.set(heap, Value::number(-1.0), number).ok()?;
            Value::table(t)
        }
        1 => Value::string(f.global.strings.make(heap, format!("{n:070}").as_bytes()).ok()?),
        2 => {
            let u = Userdata::new(heap, 40, f.main.globals, n as u64).ok()?;
            assert!((u.as_ptr() as usize).is_multiple_of(16));
            Value::userdata(u)
        }
        3 => Value::string(f.global.strings.make(heap, n.to_string().as_bytes()).ok()?),
        _ => {
            let t = ferrouslua::object::Table::new(heap).ok()?;
            for i in 1..=n % 20 {
                t.set(heap, Value::number(i as f64), number).ok()?;
            }
            Value::table(t)
        }
    })
}

/// What an object that `make` made says.
fn told(value: Value, kind: usize, n: usize) -> bool {
    let number = |v: Value| v.as_number() == Some(n as f64);
    match kind {
        0 => value.as_table().is_some_and(|t| number(t.get(Value::number(0.0))) && number(t.get(Value::number(-1.0)))),
        1 => value.as_string().is_some_and(|s| s.as_bytes() == format!("{n:070}").as_bytes()),
        2 => value.as_object().is_some_and(|o| o.kind() == Kind::Userdata),
        3 => value.as_string().is_some_and(|s| s.as_bytes() == n.to_string().as_bytes()),
        _ => value.as_table().is_some_and(|t| (1..=n % 20).all(|i| number(t.get(Value::number(i as f64))))),
    }
}

/// Objects that replace others at random, of one kind for a while and then of another. Returns what is held after the first
/// kind, and the most that was.
fn change_kinds(f: &Fixture, kinds: &[usize], refuse_one_in: u64) -> (usize, usize) {
    let heap = &f.global.heap;
    let live = f.table();
    f.push(Value::table(live));
    let mut model = vec![(KINDS, 0); LIVE];
    let mut random = Random(7);
    let (mut alive, mut most) = (0, 0);
    for (phase, &kind) in kinds.iter().enumerate() {
        for n in 0..LIVE * 3 {
            // SAFETY: the host is used by nobody else now.
            unsafe { (*f.host.get()).refuse_one_in = refuse_one_in };
            let at = if phase == 0 { n % LIVE } else { random.below(LIVE) };
            let key = Value::number((at + 1) as f64);
            if let Some(value) = make(f, kind, n)
                && live.set(heap, key, value).is_ok()
            {
                model[at] = (kind, n);
            }
            if heap.step_due() {
                gc::step(&f.global, f.main);
            }
            most = most.max(heap.cap.held());
        }
        // SAFETY: as above.
        unsafe { (*f.host.get()).refuse_one_in = 0 };
        if phase == 0 {
            f.full();
            (alive, most) = (heap.cap.held(), heap.cap.held());
        }
        let mut seen = HashSet::new();
        for (i, &(kind, n)) in model.iter().enumerate() {
            let value = live.get(Value::number((i + 1) as f64));
            assert!(kind == KINDS || told(value, kind, n), "slot {i} of phase {phase}: kind {kind}, {n}");
            assert!(kind == KINDS || kind % 2 == 1 || seen.insert(value.bits()), "one object in two slots");
        }
    }
    gc::validate(&f.global);
    (alive, most)
}

#[test]
fn what_lives_in_lent_cells_stays_as_it_is() {
    for refuse_one_in in [0, 50] {
        let f = Fixture::new();
        change_kinds(&f, &[0, 1, 2, 3, 4, 0, 2, 1, 4, 3], refuse_one_in);
        f.full();
        let before = f.global.heap.in_use();
        f.drop_all();
        f.full();
        f.full();
        assert!(f.global.heap.in_use() < before / 10 + 40_000, "{} of {before}", f.global.heap.in_use());
    }
}

#[test]
fn a_heap_whose_objects_change_their_kind_is_not_much_larger() {
    let f = Fixture::new();
    let (alive, most) = change_kinds(&f, &[0, 1, 2, 0, 1], 0);
    if !cfg!(any(feature = "checks", feature = "isolate")) {
        assert!(most < alive * 35 / 10, "{:.2} of what is alive", most as f64 / alive as f64);
    }
}
