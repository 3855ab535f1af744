//! Metamethod events and the metatables they are looked up in (manual §2.8).
//!
//! A table used as a metatable remembers which of the events 0..16 it is known not to define
//! (`Table::absent`), so that the usual answer, "no metamethod", costs a bit test.

use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::state::{Global, State};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Event {
    Index,
    NewIndex,
    Gc,
    Eq,
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Unm,
    Len,
    Lt,
    Le,
    Concat,
    Call,
    /// Asked for by the collector only, and not remembered as absent.
    Mode,
}

impl Event {
    pub const COUNT: usize = 17;

    pub const NAMES: [&'static str; Event::COUNT] = [
        "__index", "__newindex", "__gc", "__eq", "__add", "__sub", "__mul", "__div", "__mod",
        "__pow", "__unm", "__len", "__lt", "__le", "__concat", "__call", "__mode",
    ];
}

impl Global {
    /// The metamethod for `event` in a metatable; nil if there is none.
    #[inline(always)]
    pub fn metamethod_in(&self, metatable: Option<Gc<Table>>, event: Event) -> Value {
        match metatable {
            None => Value::NIL,
            Some(mt) if (mt.absent.get() as u32) >> (event as u32) & 1 != 0 => Value::NIL,
            Some(mt) => self.look_up(mt, event),
        }
    }

    fn look_up(&self, metatable: Gc<Table>, event: Event) -> Value {
        let found = metatable.get_str(self.event_name(event));
        if found.is_nil() && (event as u32) < 16 {
            metatable.absent.set(metatable.absent.get() | 1 << event as u32);
        }
        found
    }

    /// A value's metatable: its own, or its type's.
    #[inline]
    pub fn metatable_of(&self, value: Value) -> Option<Gc<Table>> {
        if let Some(t) = value.as_table() {
            return t.metatable.get();
        }
        if let Some(u) = value.as_userdata() {
            return u.metatable.get();
        }
        self.type_metatables[value.type_of() as usize].get()
    }

    pub fn metamethod(&self, value: Value, event: Event) -> Value {
        self.metamethod_in(self.metatable_of(value), event)
    }
}

impl State {
    pub fn metamethod(&self, value: Value, event: Event) -> Value {
        self.global().metamethod(value, event)
    }
}
