//! Sorting numbers, or strings, that all lie in a table's array part, by `<`.
//!
//! Nothing is called and nothing allocated, so the slots can be worked on in place, and may be left
//! so at any time (a limit was exceeded): they hold the same values. Long strings, whose comparison
//! may take its time, are left to `steps`. The bounds hold by the order alone: no number is less than itself, nor two less than each other,
//! NaN included, and strings are in `strcoll`'s order.

use core::cell::Cell;
use core::cmp::Ordering;

use crate::base::collate::Collation;
use crate::heap::Gc;
use crate::object::string::LEAST_GROWN;
use crate::object::{Table, Value};
use crate::state::{State, Thrown};

use super::{MAX_PENDING, Range, halves};

/// The longest strings that are compared here.
const MAX_STRING: usize = 256;
const _: () = assert!(MAX_STRING <= LEAST_GROWN); // so a NUL lies behind each

/// Sorts `t[1..=n]` and says so; false, with nothing done, if it is not such an array.
///
/// # Errors
/// A limit was exceeded.
pub fn sort(l: &mut State, table: Gc<Table>, n: i32) -> Result<bool, Thrown> {
    let Some(slots) = table.array_slots().get(..n.max(0) as usize) else {
        return Ok(false);
    };
    // NOBARRIER: values only change places within their table, and its traversal is told.
    table.values_move(l.heap());
    if slots.iter().all(|slot| slot.get().is_number()) {
        sort_slots(l, slots, |a, b| a.as_f64() < b.as_f64())?;
        Ok(true)
    } else if slots.iter().all(|slot| is_short_string(slot.get())) {
        let collation = Collation::current(); // nobody can change it meanwhile
        sort_slots(l, slots, |a, b| string_less(collation, a, b))?;
        Ok(true)
    } else {
        Ok(false)
    }
}

fn is_short_string(value: Value) -> bool {
    value.as_string().is_some_and(|s| s.len() <= MAX_STRING)
}

#[inline]
fn string_less(collation: Collation, a: Value, b: Value) -> bool {
    match (a.as_string(), b.as_string()) {
        (Some(a), Some(b)) => {
            collation.compare(a.as_bytes_with_nul(), b.as_bytes_with_nul()) == Ordering::Less
        }
        _ => false,
    }
}

fn sort_slots(
    l: &mut State,
    slots: &[Cell<Value>],
    less: impl Fn(Value, Value) -> bool,
) -> Result<(), Thrown> {
    let mut pending = [Range { low: 1, high: 0 }; MAX_PENDING];
    let mut count = 0;
    let mut range = Range { low: 1, high: slots.len() as i32 };
    loop {
        l.charge((range.high.max(range.low) - range.low) as usize / 4)?;
        match partition(slots, range, &less) {
            Some(pivot) => {
                let (first, second) = halves(range, pivot);
                range = first;
                if second.low < second.high {
                    pending[count] = second;
                    count += 1;
                }
            }
            None if count == 0 => return Ok(()),
            None => {
                count -= 1;
                range = pending[count];
            }
        }
    }
}

/// Puts a pivot in its final place, lesser before it and greater behind; None: nothing is left to
/// be done in this range.
#[inline]
fn partition(
    slots: &[Cell<Value>],
    Range { low, high }: Range,
    less: &impl Fn(Value, Value) -> bool,
) -> Option<i32> {
    let at = |i: i32| &slots[(i - 1) as usize];
    let swap_if_less = |i: i32, j: i32| {
        let is_less = less(at(i).get(), at(j).get());
        if is_less {
            at(i).swap(at(j));
        }
        is_less
    };
    if low >= high {
        return None;
    }
    swap_if_less(high, low);
    if high - low == 1 {
        return None;
    }
    let middle = low + (high - low) / 2;
    if !swap_if_less(middle, low) {
        swap_if_less(high, middle);
    }
    if high - low == 2 {
        return None;
    }
    at(middle).swap(at(high - 1));
    let pivot = at(high - 1).get();
    let (mut i, mut j) = (low, high - 1);
    loop {
        i += 1;
        while less(at(i).get(), pivot) {
            i += 1;
        }
        j -= 1;
        while less(pivot, at(j).get()) {
            j -= 1;
        }
        if j < i {
            break;
        }
        at(i).swap(at(j));
    }
    at(high - 1).swap(at(i));
    Some(i)
}
