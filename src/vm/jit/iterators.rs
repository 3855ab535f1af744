//! Generic `for` whose iterators are Lua functions: small ones take the place of the call, others are called with a frame of their own.
//!
//! The function, its state and the control variable are copied behind these three, where its results come to, as the interpreter does; from there
//! on it is a call of two arguments, with as many results as the loop has variables.
//!
//! Not here: other iterators, and the loop's test (`generic`); calls (`calls`, `frames`).

use crate::object::Value;

use super::asm::Label;
use super::emit::{Emitter, INDEX, X0, slot};
use super::function::{Function, MAX_ARGUMENTS, NO_ARGUMENTS};
use super::generic::{FIRST_AT, STATE_AT};
use super::instances::{InPlace, Instance};
use super::plan::{Iteration, LuaCall, Plan};

/// What an iterator is given: the state and the control variable.
pub(super) const ARGUMENTS: usize = 2;

impl Function<'_> {
    /// The small Lua function that the generic `for` at `pc` calls.
    pub(super) fn iterator(&self, pc: usize) -> Option<InPlace> {
        if self.iteration(pc) != Iteration::Lua {
            return None;
        }
        let f = self.small(self.iterated_by(pc, self.insn(pc).a())?)?;
        (!f.is_vararg()).then_some(InPlace::of(f.closure))
    }

    /// What it may be given.
    pub(super) fn given_to_iterator(&self, pc: usize) -> [Value; MAX_ARGUMENTS] {
        let mut arguments = NO_ARGUMENTS;
        for (i, argument) in arguments.iter_mut().enumerate().take(ARGUMENTS) {
            *argument = self.seen(self.insn(pc).a() + STATE_AT + i).unwrap_or(Value::NIL);
        }
        arguments
    }
}

impl Plan {
    /// A generic `for` at a step calls a Lua function, most likely, that is not done in place: notes how machine code calls it, if it does.
    pub(super) fn note_iterator(&mut self, f: Function, pc: usize, at: usize) {
        if self.iterations[at] != Iteration::Lua || self.noted[at] > 1 {
            return;
        }
        let iterator = f.iterated_by(pc, f.insn(pc).a()).and_then(|iterator| iterator.as_lua_closure());
        if iterator.is_some_and(|iterator| iterator.proto.is_vararg()) {
            return;
        }
        let code = iterator.map(|iterator| iterator.entry.get()).filter(|code| !code.is_null() && self.noted[at] == 0);
        let known = code.and_then(|code| self.note_called(code));
        self.lua_calls[at] = known.map_or(LuaCall::Any, LuaCall::Known);
        (self.left[at], self.has_calls) = (0, true);
    }

    /// The step of the test that belongs to a TFORLOOP.
    pub(super) fn test_of(&self, at: usize) -> usize {
        if self.enters[at] != 0 { self.end_of_entered(at) } else { at + 1 }
    }
}

impl Emitter {
    /// The iterator of the TFORLOOP at hand, in a slot, is an instance: it and what it is given come to where it is called.
    pub(super) fn enter_iterator(&mut self, callee: &Instance, a: usize, out: Label) {
        self.check_room(callee, out);
        self.asm.load(INDEX, slot(a));
        self.check_code(callee, out);
        // From here on things change.
        self.copy_slot(a, callee.func);
        (0..callee.given).for_each(|i| self.pass_operand(false, a + STATE_AT + i, callee.base + i));
    }

    /// The same where it is called with a frame of its own, but for the function. Clobbers X0.
    pub(super) fn copy_to_iterator(&mut self, a: usize) {
        for i in STATE_AT..FIRST_AT {
            self.asm.load_double(X0, slot(a + i));
            self.asm.store_double(slot(a + FIRST_AT + i), X0);
        }
    }
}
