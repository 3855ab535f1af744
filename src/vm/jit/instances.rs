//! Functions whose words take the place of what calls them: which these are, and where their registers lie.
//!
//! Not here: whether a function is small enough (`function`), which one an instruction calls by a metatable (`metamethods`), their machine code (`calls`).

use crate::heap::Gc;
use crate::object::{LuaClosure, Value};
use crate::state::native_loops::MAX_CALLEES;
use crate::vm::code::{FrameWord, Op, frame_word};

use super::facts;
use super::function::{Function, NO_ARGUMENTS};
use super::generic::FIRST_AT;
use super::iterators::ARGUMENTS;
use super::metamethods::Operation;
use super::plan::{Iteration, NO_ROW, Plan};

/// The most instances in a region.
pub const MAX_INSTANCES: usize = MAX_CALLEES / 2 + 1;
const MAX_DEPTH: usize = 4;
/// How often a function may be within itself.
pub(super) const MAX_LEVELS: usize = 1;
/// How many functions may take one another's place by tail calls.
const MAX_TAIL_CALLS: usize = 2;

/// A small function that an instruction calls.
#[derive(Clone, Copy)]
pub(super) struct InPlace {
    pub closure: Gc<LuaClosure>,
    /// As a metamethod, that of the second operand.
    pub of_second: bool,
    /// For it is what a called object's metatable has.
    pub of_object: bool,
    /// By `pcall`.
    pub is_protected: bool,
}

impl InPlace {
    pub(super) fn of(closure: Gc<LuaClosure>) -> InPlace {
        InPlace { closure, of_second: false, of_object: false, is_protected: false }
    }
}

/// The words of a function in the region.
#[derive(Clone, Copy)]
pub struct Instance {
    pub number: usize,
    /// The function's first word, and its constants.
    pub code: *const u64,
    pub k: *const Value,
    /// The slot of its first register, and that of the function that was called: right below, or, if that takes varargs, below the arguments.
    pub base: usize,
    pub func: usize,
    /// How large its frame is, and how many arguments it takes of those that are passed.
    pub frame: FrameWord,
    pub given: usize,
    /// How many more there are, which are varargs.
    pub extras: usize,
    /// How many results are wanted; `is_open`: as many as there are, and the State's top is to be behind them.
    pub wanted: usize,
    pub is_open: bool,
    /// The slot that the first of them comes to.
    pub into: usize,
    /// It is a metamethod: that of the second operand, if so; its frame asks for the result of one.
    pub is_metamethod: bool,
    pub of_second: bool,
    /// It is what a called object's metatable has: the object is its first argument.
    pub of_object: bool,
    /// It is called by `pcall`, whose frame is between its own and that of who calls it.
    pub is_protected: bool,
    /// How many tail calls have led to it, each in the place of the function before; and behind the steps of which instance it goes on.
    pub tail_calls: usize,
    pub root: usize,
    /// Which instance calls it, and the step of the CALL, or of what calls the metamethod.
    pub parent: usize,
    pub call: usize,
    /// How many frames it is above the loop's.
    pub depth: usize,
    pub(super) first: usize,
    /// The step behind its last.
    pub end: usize,
}

impl Instance {
    /// That of the region's own function.
    pub(super) fn own(code: *const u64, k: *const Value, frame: FrameWord) -> Instance {
        Instance {
            number: 0,
            code,
            k,
            base: 0,
            func: 0,
            frame,
            given: 0,
            extras: 0,
            wanted: 0,
            is_open: false,
            into: 0,
            is_metamethod: false,
            of_second: false,
            of_object: false,
            is_protected: false,
            tail_calls: 0,
            root: 0,
            parent: 0,
            call: 0,
            depth: 0,
            first: 0,
            end: 0,
        }
    }

    /// Whether it takes varargs: then its arguments lie below its registers, and parameters are moved there.
    pub fn is_vararg(&self) -> bool {
        self.frame.vararg() != 0
    }

    /// Whether its arguments are not where its parameters are when it is called: they are moved there.
    pub fn moves_arguments(&self) -> bool {
        self.tail_calls > 0 || self.is_vararg() || self.of_object
    }

    /// The slot behind its last, those included to which an open row of varargs may reach.
    pub fn end_of_slots(&self) -> usize {
        self.base + self.frame.max_stack() + self.extras
    }

    /// The slot of the first of the varargs.
    pub fn first_extra(&self) -> usize {
        self.func + 1 + self.frame.params()
    }

    /// The same of a function that was called in a slot, with so many arguments.
    fn called_with(self, func: usize, count: usize) -> Instance {
        let given = count.min(self.frame.params());
        let (base, extras) = if self.is_vararg() { (func + 2 + count, count - given) } else { (func + 1, 0) };
        Instance { func, base, given, extras, ..self }
    }

    /// The same with a frame of its own, as the instance of that number.
    fn one_deeper(self, number: usize) -> Instance {
        Instance { depth: self.depth + 1, tail_calls: 0, root: number, is_protected: false, ..self }
    }

    /// The same below whose frame there is one of `pcall`.
    fn behind_pcall(self) -> Instance {
        Instance { depth: self.depth + 1, is_protected: true, ..self }
    }
}

impl Plan {
    /// What a step of the region's own function gives back, if it is a return and that function has no upvalue open.
    pub fn returned_by_function(&self, at: usize) -> Option<(usize, usize)> {
        let insn = self.insn(at);
        if self.is_plain { facts::returned_by_small(insn) } else { facts::returned(insn) }
    }

    /// What a step of an instance gives back, if it is a return: the first register, and how many.
    pub fn returned(&self, at: usize) -> Option<(usize, usize)> {
        let insn = self.insn(at);
        match (insn.op(), self.rows[at]) {
            (Op::ReturnOpen, NO_ROW) => None,
            (Op::ReturnOpen, top) => Some((insn.a(), top as usize - insn.a())),
            _ => facts::returned_by_small(insn),
        }
    }

    /// The function that a word of an instance calls, if its words can take its place.
    pub(super) fn callee_in_place(&self, f: Function, pc: usize, open: Option<usize>, number: usize) -> Option<InPlace> {
        let instance = &self.instances[number];
        let has_room = self.instance_count < MAX_INSTANCES && self.count < self.steps_to_calls;
        if facts::is_tail_call(f.insn(pc)) {
            let is_in_place = number > 0 && !instance.is_open && instance.tail_calls < MAX_TAIL_CALLS;
            return if is_in_place && has_room { f.inlined(pc, open) } else { None };
        }
        if instance.depth == MAX_DEPTH || !has_room {
            return None;
        }
        let callee = f.inlined(pc, open).or_else(|| f.metamethod(pc)).or_else(|| f.iterator(pc)).or_else(|| f.protected(pc))?;
        if callee.is_protected && instance.depth + 1 == MAX_DEPTH {
            return None;
        }
        (self.times_within(number, callee.closure.entry.get()) <= self.levels).then_some(callee)
    }

    /// How many of an instance and those that it is called by are of this code.
    fn times_within(&self, instance: usize, code: *const u64) -> usize {
        let Instance { code: own, parent, depth, .. } = self.instances[instance];
        (own == code) as usize + if depth > 0 { self.times_within(parent, code) } else { 0 }
    }

    /// Adds the words of a function behind the step `call`, which calls it. Tells the register behind its results, if the call asks for as
    /// many as there are.
    pub(super) fn enter(
        &mut self,
        caller: Function,
        pc: usize,
        top: Option<usize>,
        call: usize,
        callee: InPlace,
    ) -> Option<usize> {
        let (parent, number) = (self.of[call] as usize, self.instance_count);
        let (insn, around) = (caller.insn(pc), self.instances[parent]);
        let InPlace { closure, of_second, of_object, is_protected } = callee;
        // SAFETY: `Function::inlined` and `metamethod` saw that it has code.
        let (frame, mut f) = unsafe { (frame_word(closure.entry.get()), Function::of(closure, caller.global, NO_ARGUMENTS)) };
        let called = Instance { code: f.code.as_ptr(), k: f.k.as_ptr(), frame, parent, call, first: 0, end: 0, ..around };
        let instance = if facts::is_tail_call(insn) {
            let called = called.called_with(around.func, caller.argument_count(pc, top)? + of_object as usize);
            Instance { tail_calls: around.tail_calls + 1, parent: around.parent, call: around.call, of_object, ..called }
        } else if is_protected {
            let func = around.base + insn.a() + 1;
            let called = called.called_with(func, insn.b() - 2).one_deeper(number).behind_pcall();
            let is_open = insn.c() == 0;
            let wanted = if is_open { f.result_count(0)? } else { insn.c().saturating_sub(2) };
            Instance { wanted, is_open, into: func, is_metamethod: false, of_object, ..called }
        } else if facts::calls(insn) {
            let func = around.base + insn.a();
            let count = caller.argument_count(pc, top)? + of_object as usize;
            let called = called.called_with(func, count).one_deeper(number);
            let is_open = insn.c() == 0;
            let wanted = if is_open { f.result_count(called.extras)? } else { insn.c() - 1 };
            Instance { wanted, is_open, into: func, is_metamethod: false, of_object, ..called }
        } else if self.iterations[call] == Iteration::Lua {
            let func = around.base + insn.a() + FIRST_AT;
            let called = called.called_with(func, ARGUMENTS).one_deeper(number);
            Instance { wanted: insn.c(), is_open: false, into: func, is_metamethod: false, of_object, ..called }
        } else {
            // Behind all registers of the caller's.
            let (func, into) = (around.base + around.frame.max_stack(), around.base + insn.a());
            let operation = Operation::of(insn)?;
            let (is_open, is_metamethod) = (false, true);
            let wanted = operation.has_result() as usize;
            let called = called.called_with(func, operation.count).one_deeper(number);
            Instance { wanted, is_open, into, is_metamethod, of_second, of_object, ..called }
        };
        if facts::calls(insn) {
            // An object that is called is its own first argument.
            let first = !of_object as usize + is_protected as usize;
            f.arguments = caller.arguments(pc, first, instance.given);
            f.varargs = caller.arguments(pc, first + instance.given, instance.extras);
        } else if self.iterations[call] == Iteration::Lua {
            f.arguments = caller.given_to_iterator(pc);
        } else {
            f.arguments = caller.given_to_metamethod(pc);
        }
        (self.enters[call], self.left[call], self.is_of_string[call]) = (number as u8, 0, false);
        self.has_calls = true;
        self.add_instance(f, instance, 0, f.code.len());
        (facts::calls(insn) && instance.is_open).then_some(insn.a() + is_protected as usize + instance.wanted)
    }

    /// The step behind the function that a step enters.
    pub fn end_of_entered(&self, at: usize) -> usize {
        self.instances[self.enters[at] as usize].end
    }

    /// The step at which it is gone on when a function that is an instance has returned.
    pub fn end_of(&self, at: usize) -> usize {
        self.instances[self.instance(at).root].end
    }
}
