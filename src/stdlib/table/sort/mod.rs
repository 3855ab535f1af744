//! `table.sort`: the reference's quicksort, comparison for comparison.
//!
//! A script sees the order of comparisons (its function is called with them) and where equal
//! elements end up, so the algorithm is part of the behaviour: median of three, the pivot kept at
//! the last place but one, the smaller half first.
//!
//! Two forms of the one algorithm: `direct` runs at once over an array of numbers or of strings,
//! whose order calls nobody; `steps` stops at each comparison, so that the script's function is
//! called by the VM and may yield, and keeps its state in the frame's slots.

mod direct;
mod steps;

use crate::state::{NativeResult, Outcome, State};

use super::size_of;

pub fn sort(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let n = size_of(table);
    l.check_stack(40, b"")?;
    if !l.is_none_or_nil(2) {
        l.check_function(2)?;
    }
    l.set_arg_count(2);
    if l.arg(2).is_nil() && direct::sort(table, n) {
        return Ok(Outcome::Return(0));
    }
    steps::begin(l, n)
}

/// The places of an inclusive range that is to be sorted.
#[derive(Clone, Copy)]
struct Range {
    low: i32,
    high: i32,
}

/// The halves beside a pivot's final place: the smaller, which comes first, and the larger.
fn halves(range: Range, pivot: i32) -> (Range, Range) {
    let below = Range { low: range.low, high: pivot - 1 };
    let above = Range { low: pivot + 1, high: range.high };
    if pivot - range.low < range.high - pivot { (below, above) } else { (above, below) }
}

/// The larger halves still to be sorted are at most this many: each is at least as large as what
/// is sorted before it, so they double, and a table has less than 2^31 places.
const MAX_PENDING: usize = 32;
