//! Sorting by a script's function, or by `<` on any values: one comparison at a time.
//!
//! The frame's slots hold everything that lasts from one comparison to the next:
//!
//! ```text
//!   1 table  2 function  3 low  4 high  5 i  6 j  7 pivot  8 x  9 y  10 phase  11… pending ranges
//! ```
//!
//! `x` and `y` are elements as they were read, and are what a swap writes back, even if the
//! function changed the table meanwhile.

use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::state::{NativeResult, Outcome, Resumed, State, Thrown};
use crate::vm::meta;

use super::super::set_at;
use super::{Range, halves};

const FUNCTION: usize = 2;
const LOW: usize = 3;
const HIGH: usize = 4;
const I: usize = 5;
const J: usize = 6;
const PIVOT: usize = 7;
const X: usize = 8;
const Y: usize = 9;
const PHASE: usize = 10;

/// Which comparison is being made.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Phase {
    /// Is the last element less than the first?
    Ends,
    /// Is the middle one less than the first?
    MiddleLow,
    /// Is the last one less than the middle?
    MiddleHigh,
    /// Is the element at i less than the pivot?
    Up,
    /// Is the pivot less than the element at j?
    Down,
}

const PHASES: [Phase; 5] =
    [Phase::Ends, Phase::MiddleLow, Phase::MiddleHigh, Phase::Up, Phase::Down];

/// What the sort wants next.
enum Next {
    /// Is the first less than the second?
    Compare(Value, Value),
    Done,
}

struct Work {
    table: Gc<Table>,
    range: Range,
    i: i32,
    j: i32,
    phase: Phase,
}

/// Sorts `t[1..=n]`; the frame holds table and function (or nil) and nothing else.
pub fn begin(l: &mut State, n: i32) -> NativeResult {
    let table = l.check_table(1)?;
    l.set_arg_count(PHASE);
    let mut work =
        Work { table, range: Range { low: 1, high: n }, i: 0, j: 0, phase: Phase::Ends };
    let next = work.start(l);
    work.drive(l, next)
}

fn after_call(l: &mut State, _: Resumed) -> NativeResult {
    let answer = l.pop().is_truthy();
    let mut work = Work::load(l)?;
    let next = work.answered(l, answer)?;
    work.drive(l, next)
}

impl Work {
    fn load(l: &mut State) -> Result<Work, Thrown> {
        let int = |l: &State, slot| l.arg(slot).as_f64() as i32;
        Ok(Work {
            table: l.check_table(1)?,
            range: Range { low: int(l, LOW), high: int(l, HIGH) },
            i: int(l, I),
            j: int(l, J),
            phase: PHASES[int(l, PHASE) as usize % PHASES.len()],
        })
    }

    fn save(&self, l: &mut State) {
        l.set_arg(LOW, Value::number(self.range.low as f64));
        l.set_arg(HIGH, Value::number(self.range.high as f64));
        l.set_arg(I, Value::number(self.i as f64));
        l.set_arg(J, Value::number(self.j as f64));
        l.set_arg(PHASE, Value::number(self.phase as u8 as f64));
    }

    /// Answers comparisons by `<` at once; for a function, asks the VM to call it.
    fn drive(&mut self, l: &mut State, mut next: Next) -> NativeResult {
        let function = l.arg(FUNCTION);
        while let Next::Compare(a, b) = next {
            if !function.is_nil() {
                self.save(l);
                l.push(function);
                l.push(a);
                l.push(b);
                return Outcome::call(2, 1, after_call);
            }
            let answer = meta::less_than(l, a, b)?;
            next = self.answered(l, answer)?;
        }
        Ok(Outcome::Return(0))
    }

    /// Reads `t[i]` into a slot.
    fn read(&self, l: &mut State, slot: usize, i: i32) -> Value {
        let value = self.table.get_int(i);
        l.set_arg(slot, value);
        value
    }

    /// Writes the elements in `X` and `Y` back to these places.
    fn put(&self, l: &mut State, x_at: i32, y_at: i32) -> Result<(), Thrown> {
        set_at(l, self.table, y_at, l.arg(Y))?;
        set_at(l, self.table, x_at, l.arg(X))
    }

    /// Begins on the range, or on the next that is pending if this one is too short.
    fn start(&mut self, l: &mut State) -> Next {
        while self.range.low >= self.range.high {
            if l.arg_count() == PHASE {
                return Next::Done;
            }
            self.range.high = l.pop().as_f64() as i32;
            self.range.low = l.pop().as_f64() as i32;
        }
        let x = self.read(l, X, self.range.low);
        let y = self.read(l, Y, self.range.high);
        self.ask(Phase::Ends, y, x)
    }

    fn ask(&mut self, phase: Phase, a: Value, b: Value) -> Next {
        self.phase = phase;
        Next::Compare(a, b)
    }

    /// Goes on from the comparison of this phase.
    fn answered(&mut self, l: &mut State, is_less: bool) -> Result<Next, Thrown> {
        let Range { low, high } = self.range;
        match self.phase {
            Phase::Ends => {
                if is_less {
                    self.put(l, high, low)?;
                }
                if high - low == 1 {
                    return Ok(self.finish_range(l));
                }
                self.i = low + (high - low) / 2;
                let x = self.read(l, X, self.i);
                let y = self.read(l, Y, low);
                Ok(self.ask(Phase::MiddleLow, x, y))
            }
            Phase::MiddleLow if is_less => {
                self.put(l, low, self.i)?;
                self.split(l)
            }
            Phase::MiddleLow => {
                let y = self.read(l, Y, high);
                Ok(self.ask(Phase::MiddleHigh, y, l.arg(X)))
            }
            Phase::MiddleHigh => {
                if is_less {
                    self.put(l, high, self.i)?;
                }
                self.split(l)
            }
            Phase::Up if is_less => {
                if self.i > high {
                    return Err(invalid_order(l));
                }
                Ok(self.next_up(l))
            }
            Phase::Up => Ok(self.next_down(l)),
            Phase::Down if is_less => {
                if self.j < low {
                    return Err(invalid_order(l));
                }
                Ok(self.next_down(l))
            }
            Phase::Down if self.j < self.i => self.divide(l),
            Phase::Down => {
                self.put(l, self.j, self.i)?;
                Ok(self.next_up(l))
            }
        }
    }

    /// The pivot, which lies at `i`, goes to the last place but one.
    fn split(&mut self, l: &mut State) -> Result<Next, Thrown> {
        let Range { low, high } = self.range;
        if high - low == 2 {
            return Ok(self.finish_range(l));
        }
        let pivot = self.read(l, X, self.i);
        l.set_arg(PIVOT, pivot);
        self.read(l, Y, high - 1);
        self.put(l, high - 1, self.i)?;
        self.i = low;
        self.j = high - 1;
        Ok(self.next_up(l))
    }

    fn next_up(&mut self, l: &mut State) -> Next {
        self.i += 1;
        let x = self.read(l, X, self.i);
        self.ask(Phase::Up, x, l.arg(PIVOT))
    }

    fn next_down(&mut self, l: &mut State) -> Next {
        self.j -= 1;
        let y = self.read(l, Y, self.j);
        self.ask(Phase::Down, l.arg(PIVOT), y)
    }

    /// The pivot goes to its final place; the halves beside it are to be sorted.
    fn divide(&mut self, l: &mut State) -> Result<Next, Thrown> {
        let Range { high, .. } = self.range;
        self.read(l, X, high - 1);
        self.read(l, Y, self.i);
        self.put(l, self.i, high - 1)?;
        let (first, second) = halves(self.range, self.i);
        l.ensure_stack(2 + 3)?; // and the call's three
        l.push(Value::number(second.low as f64));
        l.push(Value::number(second.high as f64));
        self.range = first;
        Ok(self.start(l))
    }

    /// Here we know that the whole range is in order.
    fn finish_range(&mut self, l: &mut State) -> Next {
        self.range.high = self.range.low;
        self.start(l)
    }
}

#[cold]
fn invalid_order(l: &mut State) -> Thrown {
    l.library_error(&[b"invalid order function for sorting"])
}
