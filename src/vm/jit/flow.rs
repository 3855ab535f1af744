//! Where the steps of a region lead, and what they read and write.
//!
//! Not here: which steps there are (`plan`), what an instruction does by itself (`facts`).

use crate::vm::code::Op;

use super::facts::{self, Copies, Def, Uses, Way};
use super::generic::{CONTROL_AT, STATE_AT};
use super::instances::Instance;
use super::plan::{Iteration, LuaCall, NOWHERE, Plan};

impl Plan {
    /// Finds out where each step leads.
    pub(super) fn find_ways(&mut self) {
        for at in 0..self.count {
            let (on, jump) = self.ways(at);
            self.next[at] = on.map_or(NOWHERE, |to| to as u16);
            self.jump[at] = jump.map_or(NOWHERE, |to| to as u16);
        }
    }

    pub(super) fn ways(&self, at: usize) -> (Option<usize>, Option<usize>) {
        if self.enters[at] != 0 {
            // What is the same is equal.
            let insn = self.insn(at);
            let equal = match insn.op() {
                Op::EqRRF => self.step_from(at, 2),
                Op::EqRRT => self.step_from(at, insn.jump()),
                _ => None,
            };
            return (Some(at + 1), equal);
        }
        if self.of[at] != 0 && self.returned(at).is_some() {
            return match self.decides(at) {
                Some(test) => (self.step_from(test, 2), self.step_from(test, self.insn(test).jump())),
                None => (Some(self.end_of(at)), None),
            };
        }
        let to = |distance: i32| self.step_from(at, distance);
        match self.way(at) {
            Way::On(on) | Way::Jump(on) => (to(on), None),
            Way::Either(on, jump) => (to(on), to(jump)),
            _ if self.is_tail_builtin(at) && self.of[at] != 0 => (Some(self.end_of(at)), None),
            _ if self.is_tail_builtin(at) => (to(1), None),
            _ if self.is_tail_call(at) => ((self.of[at] != 0).then(|| self.end_of(at)), None),
            _ if self.lua_calls[at] != LuaCall::None => (to(1), None),
            _ if self.leaves_by_handler(at) => (Some(self.end_of(at)), None),
            _ if self.left[at] > 0 => (to(self.left[at] as i32), self.jump_of_left(at).and_then(to)),
            Way::Out => (None, None),
        }
    }

    pub fn way(&self, at: usize) -> Way {
        if self.iterations[at] != Iteration::None || self.takes_varargs(at) {
            return Way::On(1);
        }
        if self.orders_strings(at) {
            return Way::Either(2, self.insn(at).jump());
        }
        let instance = self.instance(at);
        // SAFETY: the constants live as long as their function; those that an instruction names are there.
        facts::way(self.insn(at), |index| unsafe { *instance.k.add(index) }, self.calls[at])
    }

    /// The step of the word that is so far from a step's, if it is in the region.
    pub(super) fn step_from(&self, at: usize, distance: i32) -> Option<usize> {
        self.step_at(self.of[at], self.pcs[at] as isize + distance as isize)
    }

    /// The step of a word of an instance, if it is in the region.
    pub fn step_at(&self, instance: u8, pc: isize) -> Option<usize> {
        let Instance { first, end, .. } = self.instances[instance as usize];
        (first..end).find(|&at| self.of[at] == instance && self.pcs[at] as isize == pc)
    }

    pub fn successors(&self, at: usize) -> [Option<usize>; 2] {
        [self.next[at], self.jump[at]].map(|to| (to != NOWHERE).then_some(to as usize))
    }

    /// Whether a step belongs to the test before it.
    pub(super) fn is_second_step(&self, at: usize) -> bool {
        let tests = |at| matches!(self.way(at), Way::Either(2, _)) || self.jump_of_left(at).is_some();
        if at == 0 || self.insn(at).op() != Op::Jmp {
            return false;
        }
        // In between lies what a test has called, if it has.
        let before = if self.of[at - 1] == self.of[at] { Some(at - 1) } else { self.step_from(at, -1) };
        before.is_some_and(tests)
    }

    /// The step that one jumps back to.
    pub(super) fn head_of(&self, at: usize) -> Option<usize> {
        self.successors(at).into_iter().flatten().find(|&to| to <= at)
    }

    /// Whether the loop from `head` to the jump back at `last` can turn without the interpreter.
    pub(super) fn turns(&mut self, head: usize, last: usize) -> bool {
        self.reach(head, last);
        self.reached[last]
    }

    /// Finds out which steps up to `last` are reached from `first` without the interpreter.
    pub(super) fn reach(&mut self, first: usize, last: usize) {
        self.reached[..self.count].fill(false);
        self.reached[first] = true;
        for at in first..=last {
            if self.reached[at] {
                for to in self.successors(at).into_iter().flatten() {
                    self.reached[to] = true;
                }
            }
        }
    }

    /// Which slots a step writes.
    pub fn writes(&self, at: usize) -> Def {
        if self.enters[at] != 0 {
            let callee = &self.instances[self.enters[at] as usize];
            let is_in_place = facts::calls(self.insn(at)) && !callee.moves_arguments();
            let (first, end) = (callee.base + callee.given, callee.base + callee.frame.max_stack());
            let first = match self.insn(at).op() {
                Op::SelfField | Op::SelfInherited => self.base(at) + self.insn(at).a() + 1,
                _ if is_in_place => first,
                _ => callee.base - 1,
            };
            return if first < end { Def::Row(first, end - 1) } else { Def::Nothing };
        }
        let instance = self.instance(at);
        if self.takes_counted_varargs(at) {
            let insn = self.insn(at);
            let (first, count) = (instance.base + insn.a(), if insn.b() == 0 { instance.extras } else { insn.b() - 1 });
            return if count > 0 { Def::Row(first, first + count - 1) } else { Def::Nothing };
        }
        if self.takes_all_varargs(at) {
            let (first, end) = (self.insn(at).a(), instance.frame.max_stack());
            return if self.is_for_select(at) || first == end { Def::Nothing } else { Def::Row(first, end - 1) };
        }
        if self.of[at] != 0 && self.returned(at).is_some() {
            let first = instance.into;
            if instance.is_protected && self.insn(instance.call).c() != 1 {
                return Def::Row(first - 1, first + instance.wanted - 1);
            }
            return match instance.wanted {
                0 => Def::Nothing,
                1 => Def::One(first),
                count => Def::Row(first, first + count - 1),
            };
        }
        if self.is_tail_builtin(at) {
            let a = instance.base + self.insn(at).a();
            return match instance.wanted {
                wanted if self.of[at] == 0 || wanted == 0 => Def::One(a),
                _ if instance.is_metamethod => Def::Two(instance.into, a),
                wanted => Def::Row(instance.func, a.max(instance.func + wanted - 1)),
            };
        }
        if self.is_tail_call(at) {
            return match instance.wanted {
                _ if self.of[at] == 0 => Def::Nothing,
                0 => Def::Nothing,
                _ if instance.is_metamethod => Def::Two(instance.into, instance.func),
                wanted => Def::Row(instance.func, instance.func + wanted - 1),
            };
        }
        if self.lua_calls[at] != LuaCall::None && self.iterations[at] == Iteration::None {
            let insn = self.insn(at);
            let first = instance.base + insn.a();
            return if insn.c() < 2 { Def::Nothing } else { Def::Row(first, first + insn.c() - 2) };
        }
        if self.shared[at] != 0 {
            return Def::One(self.shared[at] as usize - 1);
        }
        facts::writes(self.insn(at)).moved(instance.base)
    }

    /// The slots that are copied, and where to.
    pub(super) fn copies(&self, at: usize) -> Copies {
        let (instance, insn) = (self.instance(at), self.insn(at));
        let base = instance.base;
        if self.enters[at] != 0 {
            let callee = &self.instances[self.enters[at] as usize];
            let is_iterator = self.iterations[at] != Iteration::None;
            let is_moved = is_iterator || facts::calls(insn) && callee.moves_arguments();
            let behind = if is_iterator { STATE_AT } else { !callee.of_object as usize };
            let count = if is_moved { callee.given } else { 0 };
            return Copies { from: base + insn.a() + behind, to: callee.base, count };
        }
        if self.takes_counted_varargs(at) {
            return Copies { from: instance.first_extra(), to: base + insn.a(), count: self.varargs_copied(at) };
        }
        if self.of[at] != 0
            && let Some((first, count)) = self.returned(at)
        {
            return Copies { from: base + first, to: instance.into, count: count.min(instance.wanted) };
        }
        facts::copies(insn).map_or(Copies::NOTHING, |(from, to)| Copies { from: base + from, to: base + to, count: 1 })
    }

    /// As what a step reads registers; what is left to handlers may be anything, and strings are asked for where they are read.
    pub(super) fn uses(&self, at: usize) -> Uses {
        if self.left[at] > 0 || self.is_of_string[at] {
            return Uses::NOTHING;
        }
        if self.enters[at] != 0 {
            return Uses { table: self.object_of_entered(at), numbers: Def::Nothing };
        }
        let a = self.base(at) + self.insn(at).a();
        match self.iterations[at] {
            Iteration::Next { .. } => Uses { table: Some(a + STATE_AT), numbers: Def::Nothing },
            Iteration::Index => Uses { table: Some(a + STATE_AT), numbers: Def::One(a + CONTROL_AT) },
            _ => facts::uses(self.insn(at), self.calls[at]).moved(self.base(at)),
        }
    }
}
