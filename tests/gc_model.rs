//! The collector against a model of the heap.
//!
//! A random program makes objects of every kind, stores references between them through the real
//! setters and barriers, and steps the collector in between, while a model beside it remembers
//! what refers to what. The heap must agree with the model: what the model reaches is alive and
//! unchanged, and after a full cycle nothing else is.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::ffi::c_void;

use ferrouslua::gc;
use ferrouslua::heap::{Gc, GcHeader, Kind, NEVER, Phase, mark};
use ferrouslua::object::{
    LuaClosure, NativeClosure, Proto, Str, Table, UpVal, Userdata, Value,
};
use ferrouslua::state::{Global, State};

/// What the host's allocator knows: the blocks it gave out, and when to refuse.
#[derive(Default)]
struct Host {
    blocks: HashMap<usize, usize>,
    /// Refuse everything.
    refuse: bool,
    /// Refuse one request in so many; 0 for none.
    refuse_one_in: u64,
    /// Refuse the request that comes after so many others.
    refuse_at: Option<u64>,
    random: u64,
}

unsafe extern "C" fn host_alloc(ud: *mut c_void, p: *mut c_void, old: usize, new: usize) -> *mut c_void {
    // SAFETY: ud is the test's Host, used by nobody else during the call.
    let host = unsafe { &mut *ud.cast::<Host>() };
    let known = if p.is_null() { 0 } else { *host.blocks.get(&(p as usize)).expect("a block of ours") };
    assert_eq!(old, known, "a block's size as it was asked for");
    if new == 0 {
        host.blocks.remove(&(p as usize));
        // SAFETY: p came from malloc.
        unsafe { libc::free(p) };
        return std::ptr::null_mut();
    }
    host.random = host.random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    let unlucky = host.refuse_one_in != 0 && (host.random >> 33).is_multiple_of(host.refuse_one_in);
    let mut now = host.refuse || unlucky;
    if let Some(left) = host.refuse_at {
        now |= left == 0;
        host.refuse_at = left.checked_sub(1);
    }
    if new > old && now {
        return std::ptr::null_mut();
    }
    // SAFETY: p is null or came from malloc.
    let q = unsafe { libc::realloc(p, new) };
    assert!(!q.is_null());
    host.blocks.remove(&(p as usize));
    host.blocks.insert(q as usize, new);
    q
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % n as u64) as usize
    }
}

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

fn new_global(seed: u64) -> (Box<Cell<*mut Host>>, Box<Global>, Gc<State>) {
    let host = Box::into_raw(Box::new(Host { random: seed, ..Host::default() }));
    let global = Box::new(Global::new(host_alloc, host.cast(), seed));
    global.make_fixed_strings().unwrap();
    let registry = Table::new(&global.heap).unwrap();
    global.registry.set(Value::table(registry));
    let globals = Table::new(&global.heap).unwrap();
    let main = State::new(&global, globals, None).unwrap();
    global.main_thread.set(Some(main));
    gc::start_pacing(&global);
    (Box::new(Cell::new(host)), global, main)
}

/// Closes the state: every byte must go back.
fn close(host: &Cell<*mut Host>, global: &Global) {
    gc::free_all(global);
    assert_eq!(global.heap.in_use(), 0);
    // SAFETY: the host is ours, and the heap does not use it any more.
    let host = unsafe { Box::from_raw(host.get()) };
    assert_eq!(host.blocks.len(), 0, "blocks the host did not get back: {:?}", host.blocks);
}

fn all_objects(global: &Global) -> HashSet<usize> {
    let mut all = HashSet::new();
    global.heap.blocks.for_each(&mut |object| {
        assert!(all.insert(object.as_ptr() as usize), "an object met twice");
    });
    all
}

/// A handle to an object whose kind is known.
fn object<T>(at: usize) -> Gc<T> {
    // SAFETY: the model says that an object of this type lives there.
    unsafe { Gc::from_ptr(at as *mut T) }
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
                let u = Userdata::new(heap, len, handle).ok()?;
                assert_eq!(u.data() as usize % 16, 0, "a host may store anything in userdata");
                // SAFETY: len bytes are the userdata's.
                unsafe { u.data().write_bytes(self.models.len() as u8, len) };
                u.next.set(self.global.gc.userdata.get());
                self.global.gc.userdata.set(Some(u));
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
                let l = State::new(&self.global, globals, Some(self.main())).ok()?;
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

struct Fixture {
    host: Box<Cell<*mut Host>>,
    global: Box<Global>,
    main: Gc<State>,
}

impl Fixture {
    fn new() -> Fixture {
        let (host, global, main) = new_global(42);
        Fixture { host, global, main }
    }

    fn push(&self, value: Value) {
        // SAFETY: no other reference to the State is in use.
        unsafe { (*self.main.as_ptr()).push(value) };
    }

    fn drop_all(&self) {
        // SAFETY: as push; the slot above the bottom function is the stack's first free one.
        unsafe { (*self.main.as_ptr()).top = (*self.main.as_ptr()).stack.add(1) };
    }

    fn table(&self) -> Gc<Table> {
        Table::new(&self.global.heap).unwrap()
    }

    fn string(&self, text: &str) -> Value {
        Value::string(self.global.strings.make(&self.global.heap, text.as_bytes()).unwrap())
    }

    fn weak(&self, mode: &str) -> Gc<Table> {
        let t = self.table();
        self.push(Value::table(t));
        let mt = self.table();
        mt.set(&self.global.heap, self.string("__mode"), self.string(mode)).unwrap();
        t.metatable.set(Some(mt));
        t
    }

    fn userdata(&self, metatable: Option<Gc<Table>>) -> Gc<Userdata> {
        let u = Userdata::new(&self.global.heap, 8, self.main.globals).unwrap();
        u.metatable.set(metatable);
        u.next.set(self.global.gc.userdata.get());
        self.global.gc.userdata.set(Some(u));
        u
    }

    fn full(&self) {
        gc::full(&self.global, self.main);
        gc::validate(&self.global);
    }

    fn count(t: Gc<Table>) -> usize {
        let (mut n, mut key) = (0, Value::NIL);
        while let Some((k, _)) = t.next(key).expect("the key is in the table") {
            key = k;
            n += 1;
        }
        n
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        close(&self.host, &self.global);
    }
}

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

    /// Marks until nothing is gray, short of the atomic step.
    fn mark_all(&self) {
        gc::set_step_multiplier(&self.global, -1); // single steps
        gc::step_by(&self.global, self.main, 0);
        while !self.global.heap.gray.is_empty() {
            gc::step_by(&self.global, self.main, 0);
        }
        gc::set_step_multiplier(&self.global, 200);
        assert_eq!(self.global.heap.phase.get(), Phase::Propagate);
    }

    fn finish_cycle(&self) {
        while !gc::step_by(&self.global, self.main, 100_000) {}
        gc::validate(&self.global);
    }
}

#[test]
fn stores_to_a_captured_slot_are_seen_though_they_have_no_barrier() {
    for close_first in [false, true] {
        let f = Fixture::new();
        let co = State::new(&f.global, f.main.globals, Some(&f.main)).unwrap();
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
            t.values_moved(heap);
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
    let co = State::new(&f.global, f.main.globals, Some(&f.main)).unwrap();
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
        let global = Global::new(host_alloc, host.cast(), 3);
        let body = || -> Option<()> {
            global.make_fixed_strings().ok()?;
            let registry = Table::new(&global.heap).ok()?;
            global.registry.set(Value::table(registry));
            let main = State::new(&global, registry, None).ok()?;
            global.main_thread.set(Some(main));
            gc::start_pacing(&global);
            for i in 0..300 {
                let text = format!("{i:0width$}", width = i % 90 * (i % 5));
                let s = global.strings.make(&global.heap, text.as_bytes()).ok()?;
                let t = Table::with_capacity(&global.heap, i % 40, i % 7).ok()?;
                registry.set(&global.heap, Value::string(s), Value::table(t)).ok()?;
                Userdata::new(&global.heap, i * 3, registry).ok()?;
                State::new(&global, registry, Some(&main)).ok()?;
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
            assert!(fail_at > 100, "the work asks often enough");
            break;
        }
    }
}
