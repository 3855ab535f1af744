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

use super::{check_writable, size_of};

pub fn sort(l: &mut State) -> NativeResult {
    let table = l.check_table(1)?;
    let n = size_of(l, table);
    l.check_stack(40, b"")?;
    if !l.is_none_or_nil(2) {
        l.check_function(2)?;
    }
    check_writable(l, table)?;
    l.set_arg_count(2);
    if l.arg(2).is_nil() && direct::sort(l, table, n)? {
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
    let below = Range { low: range.low, high: pivot.wrapping_sub(1) };
    let above = Range { low: pivot.wrapping_add(1), high: range.high };
    let below_is_less = pivot.wrapping_sub(range.low) < range.high.wrapping_sub(pivot);
    if below_is_less { (below, above) } else { (above, below) }
}

/// Ranges pending at once in `direct`, at most: each is at least as large as all that is sorted
/// before it, so they double, and a table has less than 2^31 places.
const MAX_PENDING: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::{Table, Value};
    use crate::vm::lifecycle;
    use core::ffi::c_void;

    unsafe extern "C" fn realloc(_: *mut c_void, p: *mut c_void, _: usize, n: usize) -> *mut c_void {
        // SAFETY: lua_Alloc's contract is realloc's and free's.
        unsafe {
            if n == 0 {
                libc::free(p);
                return core::ptr::null_mut();
            }
            libc::realloc(p, n)
        }
    }

    /// Both forms put every element in the same place: signed zeros and NaNs tell ties apart.
    #[test]
    fn direct_and_steps_agree() {
        let l = lifecycle::new_state(realloc, core::ptr::null_mut()).unwrap();
        // SAFETY: the state is this test's own.
        let l = unsafe { &mut *l.as_ptr() };
        let mut seed = 42u64;
        let mut random = move |n: u64| {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (seed >> 33) % n
        };
        for size in (0..40).chain([100, 1000]) {
            for kinds in [3, 8, 1000] {
                let direct = Table::new(l.heap()).unwrap();
                let steps = Table::new(l.heap()).unwrap();
                for i in 1..=size {
                    let n = match random(kinds) {
                        0 => 0.0,
                        1 => -0.0,
                        2 => f64::NAN,
                        3 => -f64::NAN,
                        n => n as f64,
                    };
                    for table in [direct, steps] {
                        table.set_int(l.heap(), i, Value::number(n)).unwrap();
                    }
                }
                let sorted = direct::sort(l, direct, size).is_ok_and(|sorted| sorted);
                assert!(sorted || size > direct.array_len() as i32);
                if size > direct.array_len() as i32 {
                    continue; // some of it lies in the hash part
                }
                l.set_arg_count(0);
                l.push(Value::table(steps));
                l.push(Value::NIL);
                assert!(matches!(steps::begin(l, size), Ok(Outcome::Return(0))));
                for i in 1..=size {
                    let (a, b) = (direct.get_int(i).bits(), steps.get_int(i).bits());
                    assert_eq!(a, b, "place {i} of {size}, {kinds} kinds");
                }
            }
        }
    }
}
