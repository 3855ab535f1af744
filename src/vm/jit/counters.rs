//! Numeric loops that count by 1: their variables lie in machine registers as whole numbers, too, so that no index has to be converted.
//!
//! What is known of such a loop, a *counter*: a machine register holds its inner variable, which is whole, and its step is 1. What is known of other
//! registers: each is that inner variable, as the one that the program sees mostly is, or a few more or less, as what was computed
//! from that one. Like all that is known, it is found out where it is wanted and not known: at a FORPREP, where a loop is entered, and
//! behind whatever may have changed it.

use crate::vm::code::Op;
use crate::vm::interp::LOOP_VARIABLE;

use super::asm::*;
use super::emit::*;
use super::facts::{self, Def};
use super::function::Function;
use super::plan::Plan;

/// The most counters of a region, and the most registers that are told by them.
pub const MAX_COUNTERS: usize = 4;
const MAX_RELATED: usize = 8;

const STEP_AT: usize = 2;
/// How far before an index it is looked for what computes it.
const LOOK_BACK: usize = 4;

/// What is known of the counters of a region, each of which has a number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Counters {
    /// The slot of the inner variable, plus 1; 0: nothing is known.
    slots: [u8; MAX_COUNTERS],
    related: [Related; MAX_RELATED],
}

/// A register is so many more than a counter's inner variable.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Related {
    /// The slot, plus 1; 0: none.
    slot: u8,
    number: u8,
    offset: i8,
}

impl Related {
    const NONE: Related = Related { slot: 0, number: 0, offset: 0 };
}

impl Counters {
    pub const NONE: Counters = Counters { slots: [0; MAX_COUNTERS], related: [Related::NONE; MAX_RELATED] };

    pub fn has(&self, number: usize) -> bool {
        self.slots[number] != 0
    }

    /// The counter that tells what a register is, and how many more that is.
    pub fn relation(&self, slot: usize) -> Option<(usize, i8)> {
        let found = self.related.iter().find(|related| related.slot as usize == slot + 1)?;
        Some((found.number as usize, found.offset))
    }

    /// A loop's inner variable, in a slot, is known, and nothing of other registers.
    pub fn begin(&mut self, number: usize, slot: usize) {
        self.remove(number);
        self.slots[number] = slot as u8 + 1;
    }

    /// A register is so many more than a counter's inner variable; that is not kept of too many.
    pub fn relate(&mut self, slot: usize, number: usize, offset: i8) {
        self.forget(slot);
        let free = self.related.iter_mut().find(|related| related.slot == 0);
        if self.slots[number] != 0
            && let Some(free) = free
        {
            *free = Related { slot: slot as u8 + 1, number: number as u8, offset };
        }
    }

    /// Something else is stored in a slot. Without counters nothing is known by them.
    pub fn forget(&mut self, slot: usize) {
        if self.slots != [0; MAX_COUNTERS] {
            self.forget_known(slot);
        }
    }

    #[inline(never)]
    fn forget_known(&mut self, slot: usize) {
        for number in 0..MAX_COUNTERS {
            let inner = self.slots[number] as usize;
            if inner != 0 && (slot + 1 == inner || slot + 1 == inner + STEP_AT) {
                self.remove(number);
            }
        }
        self.keep_related(&|related| related.slot as usize != slot + 1);
    }

    fn remove(&mut self, number: usize) {
        self.slots[number] = 0;
        self.keep_related(&|related| related.number as usize != number);
    }

    // Once, and not where it is called: unrolled it takes a kilobyte.
    #[inline(never)]
    fn keep_related(&mut self, keeps: &dyn Fn(Related) -> bool) {
        self.related.iter_mut().filter(|related| !keeps(**related)).for_each(|related| *related = Related::NONE);
    }

    /// What is known where two ways meet.
    pub fn meet(&mut self, other: &Counters) {
        for number in 0..MAX_COUNTERS {
            if self.slots[number] != other.slots[number] {
                self.remove(number);
            }
        }
        self.keep_related(&|related| other.related.contains(&related));
    }

    /// What is known here and not there.
    pub fn beyond(&self, other: &Counters) -> Counters {
        let mut rest = *self;
        rest.keep_related(&|related| !other.related.contains(&related));
        for number in 0..MAX_COUNTERS {
            let is_told_by = |related: &Related| related.slot != 0 && related.number as usize == number;
            if self.slots[number] == other.slots[number] && !rest.related.iter().any(is_told_by) {
                rest.slots[number] = 0;
            }
        }
        rest
    }

    pub fn is_nothing(&self) -> bool {
        *self == Counters::NONE
    }
}

/// A loop that is to be a counter. All zero bytes are none.
#[derive(Clone, Copy)]
pub struct Counter {
    /// The slot of its inner variable, plus 1, and the machine register.
    slot: u8,
    register: u8,
}

impl Counter {
    pub const NONE: Counter = Counter { slot: 0, register: 0 };
}

impl Plan {
    /// How much the variables of loops that count by 1 are used as indices, by their inner variables' slots. What would have to be found out at
    /// each turn is not worth it.
    pub(super) fn weigh_counters(&self, f: Function, weights: &mut [u32; 256]) {
        for at in 0..self.count {
            let a = self.insn(at).a();
            if let Some(head) = self.counting_head(at)
                && f.counts_by_one(self.pcs[at] as usize)
                && !(head..at).any(|at| self.forgets(at))
            {
                weights[a] += self.index_weight(a + LOOP_VARIABLE, head, at);
            }
        }
    }

    /// Makes a loop, told by its inner variable's slot, a counter with a machine register; false: there are too many.
    pub(super) fn add_counter(&mut self, slot: usize, register: u8) -> bool {
        let free = self.counters.iter_mut().find(|counter| counter.slot == 0);
        free.map(|counter| *counter = Counter { slot: slot as u8 + 1, register }).is_some()
    }

    /// Whether a machine register is a counter's.
    pub(super) fn is_counter(&self, register: u8) -> bool {
        self.counters.iter().any(|counter| counter.register == register)
    }

    /// The head of the numeric loop of the region's own function that a step closes.
    fn counting_head(&self, at: usize) -> Option<usize> {
        (self.of[at] == 0 && self.insn(at).op() == Op::ForLoop).then(|| self.head_of(at)).flatten()
    }

    /// How much a slot is used as an index between two steps.
    fn index_weight(&self, slot: usize, first: usize, last: usize) -> u32 {
        (first..=last).filter(|&at| self.index_of(at) == Some(slot)).map(|at| self.weight(at)).sum()
    }

    /// The slot that a register is computed from by an instruction, and how many more it is then.
    pub(super) fn offset_from(&self, at: usize) -> Option<(usize, i8)> {
        let (insn, base) = (self.insn(at), self.base(at));
        let offset = match insn.op() {
            Op::Move => Some(0.0),
            Op::AddRK => self.constant(at, insn.c()).as_number(),
            Op::SubRK => self.constant(at, insn.c()).as_number().map(|number| -number),
            _ => None,
        };
        let small = offset.filter(|&offset| offset as i8 as f64 == offset)?;
        Some((base + insn.b(), small as i8))
    }

    /// The slot that a step uses as an index, or that this is computed from right before.
    fn index_of(&self, at: usize) -> Option<usize> {
        if self.left[at] > 0 {
            return None;
        }
        let index = self.base(at) + facts::index(self.insn(at))?;
        let writes = |&before: &usize| self.writes(before) == Def::One(index);
        let writer = (at.saturating_sub(LOOK_BACK)..at).rev().find(writes);
        Some(writer.and_then(|before| self.offset_from(before)).map_or(index, |(slot, _)| slot))
    }

    /// What is to be known of counters at the head of a loop whose last step is `last`: its own, and those around it that it uses.
    pub(super) fn counters_at(&self, head: usize, last: usize) -> Counters {
        let mut counters = Counters::NONE;
        for (number, counter) in self.counters.iter().enumerate().filter(|(_, counter)| counter.slot != 0) {
            let slot = counter.slot as usize - 1;
            let is_around = |at: usize| {
                let own = self.counting_head(at).filter(|_| self.insn(at).a() == slot);
                own.is_some_and(|own| own == head || own < head && self.index_weight(slot + LOOP_VARIABLE, head, last) > 0)
            };
            if (last..self.count).any(is_around) {
                counters.begin(number, slot);
                counters.relate(slot + LOOP_VARIABLE, number, 0);
            }
        }
        counters
    }
}

impl Emitter {
    fn counter_register(&self, number: usize) -> Gpr {
        Gpr(self.plan.counters[number].register)
    }

    /// What a slot is as a whole number, if that is known: a machine register, and how many more.
    pub(super) fn whole(&self, slot: usize) -> Option<(Gpr, i8)> {
        self.known.counters.relation(slot).map(|(number, offset)| (self.counter_register(number), offset))
    }

    /// A register was computed at the step at hand from another, which was told by a counter, perhaps: if by adding a little, it is, too.
    pub(super) fn relate(&mut self, to: usize, relation: Option<(usize, i8)>) {
        if let Some((number, offset)) = relation
            && let Some((_, more)) = self.plan.offset_from(self.at)
            && let Some(offset) = offset.checked_add(more)
        {
            self.known.counters.relate(to, number, offset);
        }
    }

    /// The counter, known now, whose inner variable is in a slot.
    pub(super) fn counter(&self, slot: usize) -> Option<usize> {
        let number = self.plan.counters.iter().position(|counter| counter.slot as usize == slot + 1)?;
        self.known.counters.has(number).then_some(number)
    }

    /// The counter whose inner variable is in a slot, if the head of its loop, which a step closes, wants that.
    pub(super) fn counter_to_be(&self, slot: usize, last: usize) -> Option<usize> {
        let number = self.plan.counters.iter().position(|counter| counter.slot as usize == slot + 1)?;
        let head = self.plan.counting_head(last)?;
        self.plan.known[head].counters.has(number).then_some(number)
    }

    /// Counts on, or leaves where 32 bits come to an end.
    pub(super) fn count_on(&mut self, number: usize, out: Label) {
        let register = self.counter_register(number);
        self.asm.add_small_32(register, 1);
        self.asm.jump_if(Cond::Overflow, out);
    }

    /// Makes known what is missing of counters, or leaves. Clobbers SCRATCH, X0 and X2.
    pub(super) fn convert_counters(&mut self, missing: Counters, out: Label) {
        for number in 0..MAX_COUNTERS {
            let Some(inner) = (missing.slots[number] as usize).checked_sub(1) else { continue };
            if !self.known.counters.has(number) {
                self.asm.load_double(X0, slot(inner));
                self.check_counter(number, inner, out);
                self.asm.jump_if(Cond::Unordered, out);
                self.known.counters.begin(number, inner);
            }
        }
        for related in missing.related.into_iter().filter(|related| related.slot != 0) {
            let (of, number) = (related.slot as usize - 1, related.number as usize);
            self.asm.lea_32(SCRATCH, Mem { base: self.counter_register(number), index: None, disp: related.offset as i32 });
            self.asm.widen_32(X2, SCRATCH);
            self.asm.compare_double_mem(X2, slot(of));
            self.asm.jump_if(Cond::NotEqual, out);
            self.asm.jump_if(Cond::Unordered, out);
            self.known.counters.relate(of, number, related.offset);
        }
    }

    /// Leaves unless a loop's step is 1, and X0, its inner variable, whole, or a NaN: then it is `Unordered`. Clobbers SCRATCH and X2.
    pub(super) fn check_counter(&mut self, number: usize, slot_of: usize, out: Label) {
        let register = self.counter_register(number);
        self.asm.constant(SCRATCH, 1.0f64.to_bits());
        self.asm.op_mem(GprOp::Cmp, SCRATCH, slot(slot_of + STEP_AT));
        self.asm.jump_if(Cond::NotEqual, out);
        self.asm.truncate_32(register, X0);
        self.asm.widen_32(X2, register);
        self.asm.compare_doubles(X2, X0);
        self.asm.jump_if(Cond::NotEqual, out);
    }
}
