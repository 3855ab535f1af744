//! Sorting by a script's function, or by `<` on any values: one comparison at a time.
//!
//! The frame's slots hold everything that lasts from one comparison to the next:
//!
//! ```text
//!   1 table  2 function  3 low  4 high  5 i  6 j  7 pivot  8 x  9 y  10… pending ranges
//! ```
//!
//! `x` and `y` are elements as they were read, and are what a swap writes back, even if the
//! function changed the table meanwhile. Which comparison was made is told by the continuation it
//! comes back to. Places are kept as light userdata, which needs no conversion.
//!
//! COMPAT: the debug library shows, and lets scripts change, what lies on the reference's stack: table, function,
//! and the elements under comparison (`view`). So the first two are checked whenever they are read.
//! Elements are written back as they are found there. How the function answers makes places run out
//! of the range, so they are computed with wrapping.

use core::cell::Cell;

use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::state::{
    CallInfo, Continuation, Event, NativeResult, Outcome, Resumed, State, Thrown,
};
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
/// Slots below the pending ranges.
const FIXED: usize = 9;

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

/// Where the result of each phase's comparison comes back to.
const CONTINUATIONS: [Continuation; 5] = [
    |l, _| after_call(l, Phase::Ends),
    |l, _| after_call(l, Phase::MiddleLow),
    |l, _| after_call(l, Phase::MiddleHigh),
    after_up,
    after_down,
];

const UP: usize = Phase::Up as usize;
const DOWN: usize = Phase::Down as usize;

impl Phase {
    /// The slots of what is compared: is the first less than the second?
    #[inline(always)]
    fn operands(self) -> (usize, usize) {
        match self {
            Phase::Ends | Phase::MiddleHigh => (Y, X),
            Phase::MiddleLow => (X, Y),
            Phase::Up => (X, PIVOT),
            Phase::Down => (PIVOT, Y),
        }
    }
}

/// The comparison that the sort wants next; None when it is done.
///
/// PERF: one byte. With the operands in it, it was written and read back in pieces at each comparison.
type Next = Option<Phase>;

/// Sorts `t[1..=n]`; the frame holds table and function (or nil) and nothing else.
pub fn begin(l: &mut State, n: i32) -> NativeResult {
    l.set_arg_count(FIXED);
    let work = Work::of(l)?;
    work.set_range(Range { low: 1, high: n });
    l.frame_mut().set_view(view);
    l.ask_on();
    let next = work.start(l);
    drive_any(l, next)
}

/// What lies on the reference's stack: table and function; then, as long as three elements are put in order, two
/// of them, and later the pivot and the elements from below and from above that are looked at.
fn view(_: &State, frame: &CallInfo, n: usize) -> Option<usize> {
    if n <= FUNCTION {
        return Some(n);
    }
    let then = frame.then?;
    let phase = CONTINUATIONS.iter().position(|&known| core::ptr::fn_addr_eq(known, then))?;
    let shown: &[usize] = match phase {
        UP => &[PIVOT, X],
        DOWN => &[PIVOT, X, Y],
        _ => &[X, Y],
    };
    shown.get(n - FUNCTION - 1).copied()
}

#[inline(always)]
fn after_call(l: &mut State, phase: Phase) -> NativeResult {
    let is_less = l.pop().is_truthy();
    match Work::of(l)?.answered(l, phase, is_less)? {
        // PERF: told apart, each knows where its operands are.
        Some(Phase::Up) => drive(l, Some(Phase::Up)),
        Some(Phase::Down) => drive(l, Some(Phase::Down)),
        next => drive_any(l, next),
    }
}

#[inline(never)]
fn drive_any(l: &mut State, next: Next) -> NativeResult {
    drive(l, next)
}

// PERF: most comparisons are these two's, each in a function of its own.
fn after_up(l: &mut State, _: Resumed) -> NativeResult {
    after_call(l, Phase::Up)
}

fn after_down(l: &mut State, _: Resumed) -> NativeResult {
    after_call(l, Phase::Down)
}

/// Has a script's function called for a comparison; answers those by `<` on numbers and strings at once.
#[inline(always)]
fn drive(l: &mut State, next: Next) -> NativeResult {
    let function = l.arg(FUNCTION);
    match next {
        None => Ok(Outcome::Return(0)),
        Some(phase) if !function.is_nil() => {
            let (a, b) = operands(l, phase);
            ask(l, function, phase, a, b)
        }
        next => drive_by_order(l, next),
    }
}

#[inline(always)]
fn operands(l: &State, phase: Phase) -> (Value, Value) {
    let (a, b) = phase.operands();
    debug_assert!(l.arg_count() >= FIXED);
    // SAFETY: STACK: the frame has the fixed slots.
    unsafe { (*l.frame().base.add(a - 1), *l.frame().base.add(b - 1)) }
}

/// Has the function, the sort's or an `__lt`, called for a comparison.
#[inline(always)]
fn ask(l: &mut State, function: Value, phase: Phase, a: Value, b: Value) -> NativeResult {
    l.push(function);
    l.push(a);
    l.push(b);
    l.request_call(2, 1, CONTINUATIONS[phase as usize])
}

#[inline(never)]
fn drive_by_order(l: &mut State, mut next: Next) -> NativeResult {
    while let Some(phase) = next {
        let (a, b) = operands(l, phase);
        l.charge(1 + a.as_string().map_or(0, |s| s.len() / 64))?;
        let metamethod = meta::order_metamethod(l, a, b, Event::Lt);
        let is_less = match meta::raw_order(l.heap(), true, a, b)? {
            Some(is_less) => is_less,
            None if !metamethod.is_nil() => return ask(l, metamethod, phase, a, b),
            None => {
                // An error, whose handler is shown the elements.
                l.frame_mut().then = Some(CONTINUATIONS[phase as usize]);
                meta::less_than(l, a, b)?
            }
        };
        next = Work::of(l)?.answered(l, phase, is_less)?;
    }
    Ok(Outcome::Return(0))
}

/// The frame's fixed slots, for the time between two comparisons.
struct Work {
    slots: *const [Cell<Value>; FIXED],
    table: Gc<Table>,
}

impl Work {
    #[inline]
    fn of(l: &mut State) -> Result<Work, Thrown> {
        let table = l.check_table(1)?;
        debug_assert!(l.arg_count() >= FIXED);
        Ok(Work { slots: l.frame().base.cast(), table })
    }

    #[inline(always)]
    fn slot(&self, n: usize) -> &Cell<Value> {
        // SAFETY: STKPTR, STACK: the frame has the fixed slots; whoever calls, or makes the stack
        // grow (`divide`), asks `of` again.
        unsafe { &(*self.slots)[n - 1] }
    }

    #[inline(always)]
    fn place(&self, n: usize) -> i32 {
        self.slot(n).get().bits() as i32
    }

    #[inline(always)]
    fn set_place(&self, n: usize, i: i32) {
        self.slot(n).set(place_value(i));
    }

    fn range(&self) -> Range {
        Range { low: self.place(LOW), high: self.place(HIGH) }
    }

    fn set_range(&self, range: Range) {
        self.set_place(LOW, range.low);
        self.set_place(HIGH, range.high);
    }

    /// Reads `t[i]` into a slot.
    #[inline(always)]
    fn read(&self, slot: usize, i: i32) -> Value {
        let value = self.table.get_int(i);
        self.slot(slot).set(value);
        value
    }

    /// Writes the elements in `X` and `Y` back to these places.
    #[inline(always)]
    fn put(&self, l: &mut State, x_at: i32, y_at: i32) -> Result<(), Thrown> {
        self.put_one(l, y_at, self.slot(Y).get())?;
        self.put_one(l, x_at, self.slot(X).get())
    }

    /// PERF: without a call where a list has a value.
    #[inline(always)]
    fn put_one(&self, l: &mut State, at: i32, value: Value) -> Result<(), Thrown> {
        let index = (at as u32).wrapping_sub(1) as usize;
        if self.table.is_inside(index, value) && !self.table.needs_care() {
            // SAFETY: BORDER: below it are slots of the array part. NOBARRIER: not black.
            unsafe { self.table.array_ptr().add(index).write(value) };
            return Ok(());
        }
        set_at(l, self.table, at, value)
    }

    /// Begins on the range, or on the next that is pending if this one is too short.
    fn start(&self, l: &mut State) -> Next {
        let mut range = self.range();
        while range.low >= range.high {
            if l.arg_count() < FIXED + 2 {
                return None;
            }
            range.high = l.pop().bits() as i32;
            range.low = l.pop().bits() as i32;
        }
        self.set_range(range);
        self.read(X, range.low);
        self.read(Y, range.high);
        Some(Phase::Ends)
    }

    /// Goes on from the comparison of this phase.
    #[inline(always)]
    fn answered(&self, l: &mut State, phase: Phase, is_less: bool) -> Result<Next, Thrown> {
        match phase {
            Phase::Up if is_less => {
                if self.place(I) > self.place(HIGH) {
                    return Err(invalid_order(l, phase));
                }
                Ok(self.next_up())
            }
            Phase::Up => Ok(self.next_down()),
            Phase::Down if is_less => {
                if self.place(J) < self.place(LOW) {
                    return Err(invalid_order(l, phase));
                }
                Ok(self.next_down())
            }
            Phase::Down if self.place(J) < self.place(I) => Work::divide(l),
            Phase::Down => {
                self.put(l, self.place(J), self.place(I))?;
                Ok(self.next_up())
            }
            _ => self.choose_pivot(l, phase, is_less),
        }
    }

    /// The first comparisons on a range: three elements in order, the middle one the pivot.
    fn choose_pivot(&self, l: &mut State, phase: Phase, is_less: bool) -> Result<Next, Thrown> {
        let Range { low, high } = self.range();
        match phase {
            Phase::Ends => {
                if is_less {
                    self.put(l, high, low)?;
                }
                if high.wrapping_sub(low) == 1 {
                    return Ok(self.finish_range(l));
                }
                let middle = low.wrapping_add(high.wrapping_sub(low) / 2);
                self.set_place(I, middle);
                self.read(X, middle);
                self.read(Y, low);
                Ok(Some(Phase::MiddleLow))
            }
            Phase::MiddleLow if !is_less => {
                self.read(Y, high);
                Ok(Some(Phase::MiddleHigh))
            }
            _ => {
                if is_less {
                    let other = if phase == Phase::MiddleLow { low } else { high };
                    self.put(l, other, self.place(I))?;
                }
                self.split(l)
            }
        }
    }

    /// The pivot, which lies at `i`, goes to the last place but one.
    fn split(&self, l: &mut State) -> Result<Next, Thrown> {
        let Range { low, high } = self.range();
        if high.wrapping_sub(low) == 2 {
            return Ok(self.finish_range(l));
        }
        let middle = self.place(I);
        let before_last = high.wrapping_sub(1);
        let pivot = self.read(X, middle);
        self.slot(PIVOT).set(pivot);
        self.read(Y, before_last);
        self.put(l, before_last, middle)?;
        self.set_place(I, low);
        self.set_place(J, before_last);
        Ok(self.next_up())
    }

    #[inline(always)]
    fn next_up(&self) -> Next {
        let i = self.place(I).wrapping_add(1);
        self.set_place(I, i);
        self.read(X, i);
        Some(Phase::Up)
    }

    #[inline(always)]
    fn next_down(&self) -> Next {
        let j = self.place(J).wrapping_sub(1);
        self.set_place(J, j);
        self.read(Y, j);
        Some(Phase::Down)
    }

    /// The pivot goes to its final place; the halves beside it are to be sorted.
    fn divide(l: &mut State) -> Result<Next, Thrown> {
        l.ensure_stack(2 + 3)?; // a pending range and the next call
        let work = Work::of(l)?;
        let range = work.range();
        let (i, before_last) = (work.place(I), range.high.wrapping_sub(1));
        work.read(X, before_last);
        work.read(Y, i);
        work.put(l, i, before_last)?;
        let (first, second) = halves(range, i);
        work.set_range(first);
        if second.low < second.high {
            l.push(place_value(second.low));
            l.push(place_value(second.high));
        }
        Ok(work.start(l))
    }

    /// Here we know that the whole range is in order.
    fn finish_range(&self, l: &mut State) -> Next {
        self.set_place(HIGH, self.place(LOW));
        self.start(l)
    }
}

fn place_value(i: i32) -> Value {
    Value::light(i as u32 as u64)
}

#[cold]
fn invalid_order(l: &mut State, phase: Phase) -> Thrown {
    l.frame_mut().then = Some(CONTINUATIONS[phase as usize]); // for `view`
    l.library_error(&[b"invalid order function for sorting"])
}
