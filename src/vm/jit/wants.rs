//! Which kinds of values the steps of a region want in the frame's registers, and which of these are to lie in the machine's.
//!
//! A loop's head says what is to be known of the registers there: what the loop reads before it writes it, if that was seen
//! to be of the kind when the region was made. Who jumps there sees to it.

use crate::vm::code::Op;
use crate::vm::interp::LOOP_VARIABLE;

use super::counters::{Counter, MAX_COUNTERS};
use super::emit::{NUMBER_REGISTERS, TABLE_REGISTERS};
use super::facts::{self, Copies, Def, Use, Way};
use super::function::Function;
use super::known::Known;
use super::plan::{Iteration, LuaCall, Plan};

/// What a table's uses weigh that is worth a register which calls have to save.
const WORTH_SAVING: u32 = 16;

impl Plan {
    /// Finds blocks and loops, and decides about registers. What was made before, `tries` times, guesses less.
    pub fn prepare(&mut self, f: Function, tries: usize) {
        let guesses = tries < 4;
        let count = self.count;
        self.leads[..count].fill(false);
        self.is_head[..count].fill(false);
        self.reached[..count].fill(false);
        for at in 0..self.count {
            let [on, jump] = self.successors(at);
            let goes_on_behind = on == Some(at + 1) && !matches!(self.way(at), Way::Either(..));
            for to in [on, jump].into_iter().flatten() {
                self.leads[to] |= !(goes_on_behind && to == at + 1);
                self.is_head[to] |= to <= at;
            }
            // What is not done in place comes to where that ends.
            if self.is_decided(at) {
                let ways = [self.step_from(at, 2), self.step_from(at, self.insn(at).jump())];
                ways.into_iter().flatten().for_each(|to| self.leads[to] = true);
            } else if self.enters[at] != 0 && self.has_detour(at) {
                self.leads[self.end_of_entered(at)] = true;
            }
            // It is entered there.
            if self.of[at] == 0 && self.iterations[at] != Iteration::None {
                let test = self.test_of(at);
                (self.leads[at], self.is_head[at], self.leads[test]) = (true, true, true);
            }
        }
        self.leads[0] = true;
        self.reached[0] = true;
        self.find_wanted(guesses);
        self.choose_registers(f, tries == 0);
        for at in 0..self.count {
            self.known[at] = Known::NOTHING;
            if self.is_head[at] {
                self.known[at] = if tries == 0 || !self.is_function { self.decide(f, at) } else { Known::NOTHING };
                self.reached[at] = true;
            }
            // What is done in place goes on behind the test, and all else comes to it with nothing known.
            if at > 0 && self.iterations[at - 1] != Iteration::None && self.enters[at - 1] == 0 {
                self.reached[at] = true;
            }
        }
    }

    /// What each block wants of the registers when it begins, and what is made of what a step stores.
    fn find_wanted(&mut self, guesses: bool) {
        self.wanted[..self.count].fill(Known::NOTHING);
        loop {
            let mut changed = false;
            let mut wanted = Known::NOTHING;
            for at in (0..self.count).rev() {
                let [on, jump] = self.successors(at);
                if on != Some(at + 1) {
                    wanted = Known::NOTHING;
                }
                for to in [on, jump].into_iter().flatten() {
                    if self.leads[to] {
                        wanted.numbers.join(&self.wanted[to].numbers);
                        wanted.tables.join(&self.wanted[to].tables);
                    }
                }
                self.want_before(at, &mut wanted, guesses);
                if self.leads[at] && self.wanted[at] != wanted {
                    self.wanted[at] = wanted;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// From what is wanted behind a step to what is wanted before it.
    fn want_before(&mut self, at: usize, wanted: &mut Known, guesses: bool) {
        let mut after = None;
        let behind = *wanted;
        if let Def::One(a) = self.writes(at) {
            after = match (wanted.numbers.has(a), wanted.tables.has(a)) {
                (true, false) => Some(Use::Number),
                (false, true) => Some(Use::Table),
                _ => None,
            };
        }
        self.wanted_after[at] = if guesses && self.noted[at] == 0 { after } else { None };
        self.writes(at).each(|a| {
            wanted.numbers.remove(a);
            wanted.tables.remove(a);
        });
        let Copies { from, to, count } = self.copies(at);
        for i in 0..count {
            if behind.numbers.has(to + i) {
                wanted.numbers.add(from + i);
            }
            if behind.tables.has(to + i) {
                wanted.tables.add(from + i);
            }
        }
        self.want_used(at, wanted);
    }

    /// Adds what a step reads registers as.
    fn want_used(&self, at: usize, wanted: &mut Known) {
        let uses = self.uses(at);
        uses.numbers.each(|slot| wanted.numbers.add(slot));
        uses.table.into_iter().for_each(|slot| wanted.tables.add(slot));
    }

    /// What is to be known at a loop's head: what the loop wants, and was seen to be so.
    fn decide(&self, f: Function, at: usize) -> Known {
        let wanted = &self.wanted_in_loop(at);
        let mut known = Known::NOTHING;
        if self.noted[at] > 0 {
            return known;
        }
        for slot in wanted.numbers.iter() {
            let is_number = f.may_be(slot, |value| !value.as_f64().is_nan());
            if (is_number || self.is_control(at, slot)) && !wanted.tables.has(slot) {
                known.numbers.add(slot);
            }
        }
        for slot in wanted.tables.iter() {
            let is_table = f.may_be(slot, |value| value.is_table());
            if is_table && self.gpr[slot] != 0 && !wanted.numbers.has(slot) {
                known.tables.add(slot);
            }
        }
        let (first, last) = self.turn_of(at);
        if first == at {
            known.counters = self.counters_at(at, last);
        }
        known
    }

    /// The first and the last step of the loop with that head.
    fn turn_of(&self, head: usize) -> (usize, usize) {
        match (head..self.count).rev().find(|&at| self.successors(at).contains(&Some(head))) {
            Some(last) => (head, last),
            // A generic loop, at which it is entered.
            None => {
                let test = self.test_of(head);
                (self.successors(test)[1].unwrap_or(head), test)
            }
        }
    }

    /// Whether nothing is known behind a step, whatever comes.
    pub(super) fn forgets(&self, at: usize) -> bool {
        self.left[at] > 0 || self.lua_calls[at] != LuaCall::None || self.iterations[at] == Iteration::Wrapped
    }

    /// What a loop wants at its head. PERF: where each turn forgets what is known, for it leaves an instruction to a handler or calls, that is what
    /// the loop itself uses, and not what is wanted after it.
    fn wanted_in_loop(&self, head: usize) -> Known {
        let mut wanted = self.wanted[head];
        let (first, last) = self.turn_of(head);
        if !(first..=last).any(|at| self.forgets(at)) {
            return wanted;
        }
        let mut used = Known::NOTHING;
        for at in first..=last {
            self.want_used(at, &mut used);
        }
        wanted.meet(&used);
        wanted
    }

    /// Whether a register belongs to the numeric loop that begins at a head.
    fn is_control(&self, head: usize, slot: usize) -> bool {
        (head..self.count).any(|at| {
            let a = self.base(at) + self.insn(at).a();
            self.insn(at).op() == Op::ForLoop
                && self.head_of(at) == Some(head)
                && (a..=a + LOOP_VARIABLE).contains(&slot)
        })
    }

    /// Gives the machine's registers to those of the frame that the innermost loops use most.
    fn choose_registers(&mut self, f: Function, guesses: bool) {
        let (mut numbers, mut tables) = ([0u32; 256], [0u32; 256]);
        for at in 0..self.count {
            let weight = self.weight(at);
            let uses = self.uses(at);
            uses.numbers.each(|slot| numbers[slot] += weight);
            uses.table.into_iter().for_each(|slot| tables[slot] += weight);
            if let Some(slot) = self.result_compared(at) {
                numbers[slot] += weight;
            }
            if self.wanted_after[at] == Some(Use::Number) {
                let Copies { from, to, count } = self.copies(at);
                for i in 0..count {
                    numbers[from + i] += weight;
                    numbers[to + i] += weight;
                }
            }
        }
        self.xmm = [0; 256];
        self.gpr = [0; 256];
        assign(&mut numbers, &mut self.xmm, NUMBER_REGISTERS);
        self.has_frames = self.is_function || self.lua_calls[..self.count].iter().any(|&call| call != LuaCall::None);
        let mut counters = [0u32; 256];
        if guesses {
            self.weigh_counters(f, &mut counters);
        }
        let (mut registers, mut least) = (TABLE_REGISTERS, 1);
        if self.has_frames {
            registers = &registers[..registers.len() - 1];
            // They are saved and loaded again at each call: only what loops use is worth that.
            least = WORTH_SAVING;
        }
        self.assign_addresses(tables, counters, registers, least);
    }

    /// The register that a step computes, and the next compares with a constant, which may be any value's: `x % 2 == 0`.
    fn result_compared(&self, at: usize) -> Option<usize> {
        let Def::One(slot) = self.writes(at) else { return None };
        if !facts::computes(self.insn(at).op()) || at + 1 >= self.count || self.of[at] != self.of[at + 1] {
            return None;
        }
        let insn = self.insn(at + 1);
        let compared = match insn.op() {
            Op::EqRKF | Op::EqRKT => insn.b(),
            Op::EqKRF | Op::EqKRT => insn.c(),
            _ => return None,
        };
        (self.base(at + 1) + compared == slot).then_some(slot)
    }

    /// Gives the heaviest tables and counters registers, as long as there are some.
    fn assign_addresses(&mut self, mut tables: [u32; 256], mut counters: [u32; 256], registers: &[u8], least: u32) {
        self.counters = [Counter::NONE; MAX_COUNTERS];
        for &register in registers {
            let (table, counter) = (heaviest(&tables), heaviest(&counters));
            if counters[counter] > tables[table] && counters[counter] >= least && self.add_counter(counter, register) {
                counters[counter] = 0;
            } else if tables[table] >= least {
                tables[table] = 0;
                self.gpr[table] = register;
            } else {
                return;
            }
        }
    }
}

/// The heaviest get registers, as long as there are some.
fn assign(weights: &mut [u32; 256], to: &mut [u8; 256], registers: &[u8]) {
    for &register in registers {
        let best = heaviest(weights);
        if weights[best] == 0 {
            return;
        }
        weights[best] = 0;
        to[best] = register;
    }
}

#[inline(never)]
fn heaviest(weights: &[u32; 256]) -> usize {
    (1..weights.len()).fold(0, |best, slot| if weights[slot] > weights[best] { slot } else { best })
}
