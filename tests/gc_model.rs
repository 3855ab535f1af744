//! The collector against a model of the heap.
//!
//! A random program makes objects of every kind, stores references between them through the real
//! setters and barriers, and steps the collector in between, while a model beside it remembers
//! what refers to what. The heap must agree with the model: what the model reaches is alive and
//! unchanged, and after a full cycle nothing else is.

#[path = "common/host.rs"]
mod host;

use std::cell::Cell;
use std::collections::HashSet;

use ferrouslua::gc;
use ferrouslua::heap::{Gc, GcHeader, Kind};
use ferrouslua::object::{LuaClosure, NativeClosure, Proto, Str, Table, UpVal, Userdata, Value};
use ferrouslua::state::{Global, State};
use host::{Host, Random, all_objects, close, new_global, object};

type Id = usize;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Shadow {
    Nil,
    Number(f64),
    Object(Id),
}

#[derive(Clone, Debug)]
struct Model {
    kind: Kind,
    at: usize,
    slots: Vec<Shadow>,
    /// An upvalue that is open: which thread's which slot.
    open: Option<(Id, usize)>,
}

const TABLE_SLOTS: usize = 9; // four by number, four by name, the metatable
const THREAD_SLOTS: usize = 8;
const ROOTS: usize = 20;

struct World {
    // Boxed: both are known to the heap by address.
    host: Box<Cell<*mut Host>>,
    global: Box<Global>,
    main: Gc<State>,
    names: Vec<Gc<Str>>,
    infrastructure: HashSet<usize>,
    models: Vec<Model>,
    roots: Vec<Shadow>,
    random: Random,
}

impl World {
    fn new(seed: u64) -> World {
        let (host, global, main) = new_global(seed);
        let registry = global.registry_table();
        let names: Vec<_> = (0..4)
            .map(|i| global.strings.make(&global.heap, format!("name{i}").as_bytes()).unwrap())
            .collect();
        for name in &names {
            registry.set_str(&global.heap, *name, Value::TRUE).unwrap();
        }
        let infrastructure = all_objects(&global);
        let world = World {
            host,
            global,
            main,
            names,
            infrastructure,
            models: Vec::new(),
            roots: vec![Shadow::Nil; ROOTS],
            random: Random(seed | 1),
        };
        let l = world.main();
        for _ in 0..ROOTS {
            l.push(Value::NIL);
        }
        world
    }

    #[expect(clippy::mut_from_ref, reason = "the State is a heap object, as the VM sees it")]
    fn main(&self) -> &mut State {
        // SAFETY: no other reference to the State is in use.
        unsafe { &mut *self.main.as_ptr() }
    }

    fn thread(&self, id: Id) -> &'static mut State {
        // SAFETY: the model says that it is a live thread; no other reference is in use.
        unsafe { &mut *(self.models[id].at as *mut State) }
    }

    fn host(&self) -> &mut Host {
        // SAFETY: used between calls to the heap only.
        unsafe { &mut *self.host.get() }
    }

    fn value(&self, shadow: Shadow) -> Value {
        match shadow {
            Shadow::Nil => Value::NIL,
            Shadow::Number(n) => Value::number(n),
            Shadow::Object(id) => {
                let at = self.models[id].at;
                match self.models[id].kind {
                    Kind::Str => Value::string(object(at)),
                    Kind::Table => Value::table(object(at)),
                    Kind::LuaClosure => Value::lua_closure(object(at)),
                    Kind::NativeClosure => Value::native_closure(object(at)),
                    Kind::Userdata => Value::userdata(object(at)),
                    Kind::Thread => Value::thread(object(at)),
                    Kind::Proto => Value::proto(object(at)),
                    Kind::UpVal | Kind::Free => panic!("not a value"),
                }
            }
        }
    }

    /// What an object's slot holds in the model: an open upvalue looks into its thread's stack.
    fn read(&self, id: Id, slot: usize) -> Shadow {
        match self.models[id].open {
            Some((thread, at)) => self.models[thread].slots[at],
            None => self.models[id].slots[slot],
        }
    }

    /// Some object reached from the roots, of a kind that `wanted` likes.
    fn pick(&mut self, wanted: impl Fn(Kind) -> bool) -> Option<Id> {
        for _ in 0..20 {
            let mut at = match self.roots[self.random.below(ROOTS)] {
                Shadow::Object(id) => id,
                _ => continue,
            };
            let mut found = wanted(self.models[at].kind).then_some(at);
            for _ in 0..self.random.below(12) {
                if self.models[at].slots.is_empty() {
                    break;
                }
                let slot = self.random.below(self.models[at].slots.len());
                match self.read(at, slot) {
                    Shadow::Object(id) => at = id,
                    _ => continue,
                }
                if wanted(self.models[at].kind) {
                    found = Some(at);
                }
            }
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn pick_value(&mut self) -> Shadow {
        match self.random.below(8) {
            0 => Shadow::Nil,
            1 => Shadow::Number(self.random.below(100) as f64),
            _ => self.pick(|k| k != Kind::UpVal).map_or(Shadow::Nil, Shadow::Object),
        }
    }

    fn add(&mut self, kind: Kind, at: *mut u8, slots: Vec<Shadow>) -> Id {
        // The address may have been another object's, which is dead then.
        self.models.push(Model { kind, at: at as usize, slots, open: None });
        self.models.len() - 1
    }

    fn pick_table(&mut self) -> (Shadow, Gc<Table>) {
        match self.pick(|k| k == Kind::Table) {
            Some(id) => (Shadow::Object(id), object(self.models[id].at)),
            None => (Shadow::Nil, self.main().globals),
        }
    }

    /// Makes an object; None: no memory, or nothing to make it of.
    fn make(&mut self) -> Option<Id> {
        let heap: &'static ferrouslua::heap::Heap = self.main().heap();
        Some(match self.random.below(16) {
            0..=4 => {
                let sizes = (self.random.below(4), self.random.below(9));
                let t = if self.random.below(2) == 0 {
                    Table::new(heap).ok()?
                } else {
                    Table::with_capacity(heap, sizes.0, sizes.1).ok()?
                };
                self.add(Kind::Table, t.as_ptr().cast(), vec![Shadow::Nil; TABLE_SLOTS])
            }
            5..=7 => {
                let len = match self.random.below(10) {
                    0 => 500 + self.random.below(5000),
                    1..=3 => 41 + self.random.below(300),
                    _ => 8 + self.random.below(30),
                };
                let text = format!("{:0len$}", self.models.len());
                let s = self.global.strings.make(heap, text.as_bytes()).ok()?;
                self.add(Kind::Str, s.as_ptr().cast(), vec![])
            }
            8..=9 => {
                let (env, handle) = self.pick_table();
                let most = if self.random.below(8) == 0 { 3000 } else { 60 };
                let len = self.random.below(most);
                let u = Userdata::new(heap, len, handle, self.models.len() as u64).ok()?;
                assert_eq!(u.data() as usize % 16, 0, "a host may store anything in userdata");
                // SAFETY: len bytes are the userdata's.
                unsafe { u.data().write_bytes(self.models.len() as u8, len) };
                self.add(Kind::Userdata, u.as_ptr().cast(), vec![env, Shadow::Nil])
            }
            10..=11 => {
                let (env, handle) = self.pick_table();
                let upvalues = self.random.below(4);
                let f = NativeClosure::new(heap, 8 as *const (), 16 as *const (), upvalues as u8, handle)
                    .ok()?;
                let mut slots = vec![Shadow::Nil; upvalues + 1];
                slots[upvalues] = env;
                self.add(Kind::NativeClosure, f.as_ptr().cast(), slots)
            }
            12 => {
                let p = Proto::new(heap).ok()?;
                let id = self.add(Kind::Proto, p.as_ptr().cast(), vec![Shadow::Nil; 4]);
                let value = self.pick_value();
                let constants =
                    ferrouslua::heap::RawArray::filled(heap, 3, self.value(value)).ok();
                // SAFETY: the prototype is new: nobody else looks at it.
                unsafe {
                    (*p.as_ptr()).upvalue_count = 2;
                    if let Some(constants) = constants {
                        (*p.as_ptr()).constants = constants;
                        self.models[id].slots[1] = value;
                    }
                }
                id
            }
            13..=14 => {
                let proto = self.pick(|k| k == Kind::Proto)?;
                let (env, handle) = self.pick_table();
                let mut made = Vec::new();
                for _ in 0..2 {
                    made.push(self.make_upvalue()?);
                }
                let f = LuaClosure::new(heap, object(self.models[proto].at), handle).ok()?;
                for (i, id) in made.iter().enumerate() {
                    // SAFETY: the prototype asks for two upvalues.
                    unsafe { f.set_upvalue(i, object(self.models[*id].at)) };
                }
                let mut slots: Vec<_> = made.into_iter().map(Shadow::Object).collect();
                slots.extend([Shadow::Object(proto), env]);
                self.add(Kind::LuaClosure, f.as_ptr().cast(), slots)
            }
            _ => {
                let globals = self.main().globals;
                // One that a host knows may change at any time, another is touched first.
                let exposed = self.random.below(2) == 0;
                let l = State::new(&self.global, globals, Some(self.main()), exposed, 2).ok()?;
                let id = self.add(Kind::Thread, l.as_ptr().cast(), vec![Shadow::Nil; THREAD_SLOTS]);
                for _ in 0..THREAD_SLOTS {
                    self.thread(id).push(Value::NIL);
                }
                id
            }
        })
    }

    /// An upvalue for a new closure: an open one of some thread, or a closed one.
    fn make_upvalue(&mut self) -> Option<Id> {
        if let (Some(thread), true) = (self.pick(|k| k == Kind::Thread), self.random.below(3) > 0) {
            let slot = self.random.below(THREAD_SLOTS);
            let reachable = self.reachable();
            let l = self.thread(thread);
            l.touch();
            let u = l.find_upvalue(l.stack.wrapping_add(1 + slot)).ok()?;
            let known = reachable.iter().find(|id| self.models[**id].open == Some((thread, slot)));
            if let Some(known) = known {
                assert_eq!(self.models[*known].at, u.as_ptr() as usize, "closures share a variable");
                return Some(*known);
            }
            // One that nothing refers to (yet, or any more), but is not freed.
            let idle = self.models.iter().position(|m| {
                m.open == Some((thread, slot)) && m.at == u.as_ptr() as usize
            });
            if idle.is_some() {
                return idle;
            }
            let id = self.add(Kind::UpVal, u.as_ptr().cast(), vec![Shadow::Nil]);
            self.models[id].open = Some((thread, slot));
            return Some(id);
        }
        let value = self.pick_value();
        let u = UpVal::new_closed(self.main().heap(), self.value(value)).ok()?;
        Some(self.add(Kind::UpVal, u.as_ptr().cast(), vec![value]))
    }

    /// Stores a value in some slot of some reachable object.
    fn store(&mut self) {
        let Some(id) = self.pick(|k| k != Kind::Str) else { return };
        let value = self.pick_value();
        let v = self.value(value);
        let heap = self.main().heap();
        let Model { kind, at, ref slots, .. } = self.models[id];
        let mut slot = self.random.below(slots.len());
        let header: Gc<GcHeader> = object(at);
        let forward = |v: Value| {
            if let Some(child) = v.as_object() {
                heap.barrier_forward(header, child);
            }
        };
        match kind {
            Kind::Table => {
                let t: Gc<Table> = object(at);
                match slot {
                    0..4 => {
                        if t.set_int(heap, slot as i32 + 1, v).is_err() {
                            return;
                        }
                    }
                    4..8 => {
                        if t.set_str(heap, self.names[slot - 4], v).is_err() {
                            return;
                        }
                    }
                    _ => {
                        let (mt, handle) = self.pick_table();
                        if mt == Shadow::Nil {
                            return;
                        }
                        t.metatable.set(Some(handle));
                        heap.barrier_forward(header, handle.header());
                        self.models[id].slots[slot] = mt;
                        return;
                    }
                }
            }
            Kind::NativeClosure | Kind::Userdata | Kind::LuaClosure
                if (slot + 1 == slots.len() && kind != Kind::Userdata)
                    || (kind == Kind::Userdata && slot == 0) =>
            {
                let (env, handle) = self.pick_table();
                match kind {
                    Kind::NativeClosure => object::<NativeClosure>(at).env.set(handle),
                    Kind::LuaClosure => object::<LuaClosure>(at).env.set(handle),
                    _ => object::<Userdata>(at).env.set(handle),
                }
                heap.barrier_forward(header, handle.header());
                self.models[id].slots[slot] = env;
                return;
            }
            Kind::NativeClosure => {
                object::<NativeClosure>(at).upvalues()[slot].set(v);
                forward(v);
            }
            Kind::Userdata => {
                let (mt, handle) = self.pick_table();
                if mt == Shadow::Nil {
                    return;
                }
                object::<Userdata>(at).metatable.set(Some(handle));
                heap.barrier_forward(header, handle.header());
                self.models[id].slots[1] = mt;
                return;
            }
            Kind::LuaClosure => return, // upvalues and prototype stay
            Kind::Proto => {
                // The source: the one field of ours that a builder sets late.
                let Some(s) = self.pick(|k| k == Kind::Str) else { return };
                let source = object(self.models[s].at);
                // SAFETY: nobody else looks at the prototype now.
                unsafe { (*object::<Proto>(at).as_ptr()).source = Some(source) };
                heap.barrier_forward(header, source.header());
                slot = 0;
                self.models[id].slots[slot] = Shadow::Object(s);
                return;
            }
            Kind::UpVal => {
                object::<UpVal>(at).set(v);
                forward(v);
                if let Some((thread, at)) = self.models[id].open {
                    self.models[thread].slots[at] = value;
                    return;
                }
            }
            Kind::Thread => {
                let l = self.thread(id);
                if !l.exposed {
                    l.touch();
                }
                // SAFETY: a slot of the thread's stack, below its top.
                unsafe { *l.stack.add(1 + slot) = v };
            }
            Kind::Str | Kind::Free => unreachable!(),
        }
        self.models[id].slots[slot] = value;
    }

    /// Ends the scope of some variables of a thread.
    fn close_upvalues(&mut self) {
        let Some(id) = self.pick(|k| k == Kind::Thread) else { return };
        let level = self.random.below(THREAD_SLOTS);
        let l = self.thread(id);
        l.close_upvalues(l.stack.wrapping_add(1 + level));
        for u in 0..self.models.len() {
            if let Some((thread, slot)) = self.models[u].open
                && thread == id
                && slot >= level
            {
                self.models[u].slots[0] = self.models[id].slots[slot];
                self.models[u].open = None;
            }
        }
    }

    fn set_root(&mut self, value: Shadow) {
        let slot = self.random.below(ROOTS);
        self.roots[slot] = value;
        let v = self.value(value);
        // SAFETY: a slot of the main stack, below its top.
        unsafe { *self.main().stack.add(1 + slot) = v };
    }

    fn reachable(&self) -> HashSet<Id> {
        let mut found = HashSet::new();
        let mut todo: Vec<Shadow> = self.roots.clone();
        while let Some(shadow) = todo.pop() {
            let Shadow::Object(id) = shadow else { continue };
            if found.insert(id) {
                todo.extend((0..self.models[id].slots.len()).map(|slot| self.read(id, slot)));
            }
        }
        found
    }

    /// Everything that the model reaches is alive and as the model says.
    fn verify(&self) -> HashSet<usize> {
        let mut alive = HashSet::new();
        for id in self.reachable() {
            let model = &self.models[id];
            assert!(alive.insert(model.at), "two objects in one place: {model:?}");
            let header: Gc<GcHeader> = object(model.at);
            assert_eq!(header.kind(), model.kind, "{id}: {model:?}");
            for slot in 0..model.slots.len() {
                self.verify_slot(id, slot);
            }
            match model.kind {
                Kind::Str => {
                    let s: Gc<Str> = object(model.at);
                    let text = std::str::from_utf8(s.as_bytes()).expect("digits");
                    assert_eq!(text.parse(), Ok(id));
                }
                Kind::Userdata => {
                    let u: Gc<Userdata> = object(model.at);
                    // SAFETY: len bytes are the userdata's.
                    let bytes = unsafe { std::slice::from_raw_parts(u.data(), u.len) };
                    assert!(bytes.iter().all(|b| *b == id as u8));
                }
                _ => {}
            }
        }
        alive
    }

    fn verify_slot(&self, id: Id, slot: usize) {
        let model = &self.models[id];
        let shadow = self.read(id, slot);
        let at = model.at;
        let is = |v: Value| {
            let wanted = self.value(shadow);
            assert!(v.bits() == wanted.bits(), "{id}.{slot} {model:?}: {v:?}, wanted {wanted:?}");
        };
        let table_or = |t: Option<Gc<Table>>| match shadow {
            Shadow::Nil => {}
            _ => is(t.map_or(Value::NIL, Value::table)),
        };
        match model.kind {
            Kind::Table if slot < 4 => is(object::<Table>(at).get_int(slot as i32 + 1)),
            Kind::Table if slot < 8 => is(object::<Table>(at).get_str(self.names[slot - 4])),
            Kind::Table => table_or(object::<Table>(at).metatable.get()),
            Kind::NativeClosure => {
                let f: Gc<NativeClosure> = object(at);
                match f.upvalues().get(slot) {
                    Some(v) => is(v.get()),
                    None => table_or(Some(f.env.get())),
                }
            }
            Kind::Userdata if slot == 0 => table_or(Some(object::<Userdata>(at).env.get())),
            Kind::Userdata => table_or(object::<Userdata>(at).metatable.get()),
            Kind::UpVal => is(object::<UpVal>(at).get()),
            Kind::Thread => {
                // SAFETY: a slot of the thread's stack.
                is(unsafe { *object::<State>(at).stack.add(1 + slot) })
            }
            Kind::LuaClosure if slot < 2 => {
                let Shadow::Object(u) = shadow else { unreachable!() };
                let upvalue = object::<LuaClosure>(at).upvalue(slot).expect("set when made");
                assert_eq!(upvalue.as_ptr() as usize, self.models[u].at);
            }
            Kind::LuaClosure if slot == 2 => is(Value::proto(object::<LuaClosure>(at).proto)),
            Kind::LuaClosure => table_or(Some(object::<LuaClosure>(at).env.get())),
            Kind::Proto => {
                let p: Gc<Proto> = object(at);
                match slot {
                    0 => is(p.source.map_or(Value::NIL, Value::string)),
                    1 => is(p.constants.first().copied().unwrap_or(Value::NIL)),
                    _ => {}
                }
            }
            Kind::Str | Kind::Free => unreachable!(),
        }
    }

    /// After a full cycle exactly the reachable is left.
    fn verify_exactly(&self) {
        let mut expected = self.verify();
        expected.extend(&self.infrastructure);
        let all = all_objects(&self.global);
        let kind_at = |at: &usize| object::<GcHeader>(*at).kind();
        let lost: Vec<_> = expected.difference(&all).collect();
        let kept: Vec<_> = all.difference(&expected).map(|at| (kind_at(at), at)).collect();
        assert!(lost.is_empty(), "alive, but gone: {lost:?}");
        assert!(kept.is_empty(), "dead, but kept: {kept:?}");
        gc::validate(&self.global);
    }

    fn mutate(&mut self, operations: usize) {
        for _ in 0..operations {
            match self.random.below(20) {
                0..=7 => {
                    if let Some(id) = self.make()
                        && self.models[id].kind != Kind::UpVal
                    {
                        self.set_root(Shadow::Object(id));
                    }
                }
                8..=16 => self.store(),
                17 => {
                    let value = self.pick_value();
                    self.set_root(value);
                }
                18 => self.close_upvalues(),
                _ => self.set_root(Shadow::Nil),
            }
            if self.global.heap.step_due() {
                gc::step(&self.global, self.main);
            }
        }
    }

    /// Forgets models that nobody reaches, so that runs can be long.
    fn compact(&mut self) {
        let reachable = self.reachable();
        for id in 0..self.models.len() {
            // A dead thread's slots stay: an upvalue of it may not have been closed yet.
            if !reachable.contains(&id) && self.models[id].kind != Kind::Thread {
                self.models[id].open = None;
                self.models[id].slots.clear();
            }
        }
    }

    fn finish(mut self, baseline: usize) {
        for slot in 0..ROOTS {
            self.roots[slot] = Shadow::Nil;
            // SAFETY: a slot of the main stack, below its top.
            unsafe { *self.main().stack.add(1 + slot) = Value::NIL };
        }
        gc::full(&self.global, self.main);
        gc::full(&self.global, self.main);
        self.verify_exactly();
        // The string table keeps its size.
        let held = self.global.heap.in_use();
        assert!(held <= baseline + (64 << 10), "{held} bytes are held, {baseline} at first");
        close(&self.host, &self.global);
    }
}

fn run(seed: u64, prepare: impl Fn(&World), gc_step: impl Fn(&mut World)) {
    let mut world = World::new(seed);
    let baseline = world.global.heap.in_use();
    prepare(&world);
    for round in 0..60 {
        world.mutate(120);
        gc_step(&mut world);
        world.verify();
        if !cfg!(feature = "checks") || round % 10 == 0 {
            gc::validate(&world.global);
        }
        if round % 7 == 6 {
            gc::full(&world.global, world.main);
            world.verify_exactly();
            world.compact();
        }
    }
    world.host().refuse_one_in = 0;
    world.host().refuse = false;
    world.finish(baseline);
}

#[test]
fn small_steps_between_mutations() {
    for seed in 1..=25 {
        run(seed, |_| {}, |w| {
            gc::step_by(&w.global, w.main, w.random.below(6000));
        });
    }
}

#[test]
fn single_steps_between_single_mutations() {
    for seed in 101..=110 {
        run(seed, |_| {}, |w| {
            for _ in 0..150 {
                w.mutate(1);
                gc::set_step_multiplier(&w.global, -1);
                gc::step_by(&w.global, w.main, 0);
                gc::set_step_multiplier(&w.global, 200);
            }
        });
    }
}

#[test]
fn the_allocator_refuses_at_times() {
    for seed in 201..=215 {
        run(seed, |w| w.host().refuse_one_in = 2 + seed % 5, |w| {
            gc::step_by(&w.global, w.main, w.random.below(6000));
        });
    }
}

/// The work lists find no memory at all: marking must do without.
#[test]
fn marking_without_memory() {
    for seed in 301..=310 {
        run(seed, |_| {}, |w| {
            w.host().refuse = true;
            if w.random.below(3) == 0 {
                gc::full(&w.global, w.main);
                w.verify_exactly();
            } else {
                for _ in 0..20 {
                    gc::step_by(&w.global, w.main, 2000);
                }
            }
            w.host().refuse = false;
        });
    }
}
