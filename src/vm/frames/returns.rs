//! Returns out of the newest frame, to whoever is below it.

use crate::object::Value;
use crate::state::{META_RESULT, MULTRET, State};
use crate::vm::{complete, hooks, unwind};

use super::slot_offset;

/// Returning more values than these is work to be counted: where each level of a recursion adds one,
/// all together they take much longer than its calls.
pub const MANY_RESULTS: usize = 16;

/// Moves a few values to lower slots. PERF: volatile, so that no call of memmove is made of it.
///
/// # Safety
/// `count` values lie at `from`; `to` is below it in the same stack.
#[inline(always)]
pub(super) unsafe fn move_down(from: *mut Value, to: *mut Value, count: usize) {
    for i in 0..count {
        // SAFETY: the caller's promise; the values go up, so none is overwritten before it is read.
        unsafe { to.add(i).write_volatile(*from.add(i)) };
    }
}

/// Returns `count` values from `first` on out of the newest frame, whose upvalues are closed.
pub fn return_from(l: &mut State, first: *mut Value, count: usize) -> *mut State {
    let mut first = first;
    if l.is_traced() {
        let offset = slot_offset(l, first);
        l.top = first.wrapping_add(count);
        if let Err(thrown) = hooks::on_return(l) {
            return unwind::unwind(l, thrown);
        }
        first = l.stack.wrapping_byte_add(offset);
    }
    if count > MANY_RESULTS
        && let Err(thrown) = l.charge(count / MANY_RESULTS)
    {
        return unwind::unwind(l, thrown);
    }
    let frame = l.frame();
    let (func, wanted) = (frame.func, frame.nresults);
    l.ci = l.ci.wrapping_sub(1);
    if wanted == META_RESULT {
        // SAFETY: STACK: `count` values begin at `first`.
        let result = if count > 0 { unsafe { *first } } else { Value::NIL };
        return complete::complete(l, result);
    }
    let given = if wanted == MULTRET { count } else { count.min(wanted as usize) };
    // SAFETY: STACK: the results lie above func, and the wanted ones below the frame's top.
    unsafe {
        if given > MANY_RESULTS {
            func.copy_from(first, given);
        } else {
            move_down(first, func, given);
        }
        l.top = func.add(given);
        for _ in given..wanted.max(0) as usize {
            l.push(Value::NIL);
        }
    }
    l
}
