//! A state for tests of the collector, with short words for what they do to it.

#![allow(dead_code, reason = "not every test uses all of it")]

use std::cell::Cell;

use ferrouslua::gc;
use ferrouslua::heap::{Gc, Phase};
use ferrouslua::object::{Table, Userdata, Value};
use ferrouslua::state::{Global, State};

use super::host::{Host, close, new_global};

pub struct Fixture {
    pub host: Box<Cell<*mut Host>>,
    pub global: Box<Global>,
    pub main: Gc<State>,
}

impl Fixture {
    pub fn new() -> Fixture {
        let (host, global, main) = new_global(42);
        Fixture { host, global, main }
    }

    pub fn push(&self, value: Value) {
        // SAFETY: no other reference to the State is in use.
        unsafe { (*self.main.as_ptr()).push(value) };
    }

    pub fn drop_all(&self) {
        // SAFETY: as push; the slot above the bottom function is the stack's first free one.
        unsafe { (*self.main.as_ptr()).top = (*self.main.as_ptr()).stack.add(1) };
    }

    pub fn table(&self) -> Gc<Table> {
        Table::new(&self.global.heap).unwrap()
    }

    pub fn string(&self, text: &str) -> Value {
        Value::string(self.global.strings.make(&self.global.heap, text.as_bytes()).unwrap())
    }

    pub fn weak(&self, mode: &str) -> Gc<Table> {
        let t = self.table();
        self.push(Value::table(t));
        let mt = self.table();
        mt.set(&self.global.heap, self.string("__mode"), self.string(mode)).unwrap();
        t.metatable.set(Some(mt));
        t
    }

    pub fn userdata(&self, metatable: Option<Gc<Table>>) -> Gc<Userdata> {
        let made = &self.global.gc.userdata_made;
        made.set(made.get() + 1);
        let u = Userdata::new(&self.global.heap, 8, self.main.globals, made.get()).unwrap();
        if metatable.is_some() {
            u.metatable.set(metatable);
            gc::list_userdata(&self.global, u);
        }
        u
    }

    pub fn full(&self) {
        gc::full(&self.global, self.main);
        gc::validate(&self.global);
    }

    pub fn count(t: Gc<Table>) -> usize {
        let (mut n, mut key) = (0, Value::NIL);
        while let Some((k, _)) = t.next(key).expect("the key is in the table") {
            key = k;
            n += 1;
        }
        n
    }

    /// Marks until nothing is gray, short of the atomic step.
    pub fn mark_all(&self) {
        gc::set_step_multiplier(&self.global, -1); // single steps
        gc::step_by(&self.global, self.main, 0);
        while !self.global.heap.gray.is_empty() {
            gc::step_by(&self.global, self.main, 0);
        }
        gc::set_step_multiplier(&self.global, 200);
        assert_eq!(self.global.heap.phase.get(), Phase::Propagate);
    }

    pub fn finish_cycle(&self) {
        while !gc::step_by(&self.global, self.main, 100_000) {}
        gc::validate(&self.global);
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        close(&self.host, &self.global);
    }
}
