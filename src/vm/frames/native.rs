//! The frame of a native function, and the call in it: builtins by their Rust entry, foreign functions
//! through the C boundary.
//!
//! Not here: the same for a builtin that Lua code calls (`interp::native`).

use core::ffi::c_int;
use core::mem::offset_of;

use crate::heap::Gc;
use crate::object::{NativeClosure, Value};
use crate::state::{CallInfo, FrameFlags, MULTRET, NativeFn, NativeResult, State};
use crate::state::state::MIN_STACK;
use crate::vm::{foreign, hooks, safepoint};
use crate::vm::code::HALT;

use super::{Begun, slot_offset};
use super::returns::{MANY_RESULTS, move_down, return_from};

/// Whether a native function can be called without further ado: no hooks, room for its frame.
#[inline(always)]
pub fn is_ready(l: &State) -> bool {
    !l.is_traced() && is_roomy(l)
}

/// Whether there is room for a native function's frame. (The `checks` build says no: its workers move the stack.)
#[inline(always)]
pub fn is_roomy(l: &State) -> bool {
    is_roomy_above(l, l.top)
}

/// ... with its slots above `top`.
#[inline(always)]
pub fn is_roomy_above(l: &State, top: *mut Value) -> bool {
    top.wrapping_add(MIN_STACK) <= l.stack_limit
        && l.ci.wrapping_add(1) != l.ci_limit
        && cfg!(not(feature = "checks"))
}

/// Pushes the frame of a ready native function.
#[inline(always)]
pub fn push_native(l: &mut State, func: *mut Value, wanted: i32, flags: FrameFlags) {
    let ci = l.ci.wrapping_add(1);
    let top = l.top.wrapping_add(MIN_STACK);
    // SAFETY: `is_ready` saw that the frame array has room.
    unsafe { CallInfo::write_native(ci, func, top, wanted, flags) };
    l.ci = ci;
}

/// Pushes the frame of a ready foreign function and calls it, for a handler (`foreign::enter_within_run`). Ok: how many
/// results it returned; Err: whatever else it wants.
#[inline(always)]
pub fn run_foreign(
    l: &mut State,
    func: *mut Value,
    closure: Gc<NativeClosure>,
    wanted: i32,
) -> Result<u32, NativeResult> {
    push_native(l, func, wanted, FrameFlags::FOREIGN);
    if l.heap().step_due()
        && let Err(thrown) = safepoint::check(l)
    {
        return Err(Err(thrown));
    }
    let outcome = foreign::enter_within_run(l, closure.c_entry);
    match outcome.count_up_to(c_int::MAX as usize) {
        Some(count) => Ok(count as u32),
        None => Err(foreign::after(l, outcome)),
    }
}

/// `return_at_once` where nothing is wanted, or one value that there is, or as many as there are and that is one or none;
/// no hook sees it. False: it is something else. PERF: for whoever saves no registers.
#[inline(always)]
pub fn return_few(l: &mut State, count: usize, wanted: i32) -> bool {
    let func = l.frame().func; // the stack may have moved
    let end = if wanted == 0 || count == 0 && wanted == MULTRET {
        func
    } else if count == 1 && (wanted == 1 || wanted == MULTRET) {
        // SAFETY: STACK: the result is on top.
        unsafe { *func = l.from_top(1) };
        func.wrapping_add(1)
    } else {
        return false;
    };
    l.ci = l.ci.wrapping_sub(1);
    l.top = end;
    true
}

/// PERF: `return_from` for a native function's topmost `count` values, in place of its frame, when
/// results are what its caller wants.
#[inline(always)]
pub fn return_at_once(l: &mut State, count: usize, wanted: i32) -> *mut State {
    let first = l.top.wrapping_sub(count);
    // It may have set a hook.
    if l.is_traced() || count > MANY_RESULTS {
        return return_from(l, first, count);
    }
    let func = l.frame().func; // the stack may have moved
    l.ci = l.ci.wrapping_sub(1);
    // SAFETY: STACK: the results lie above func, and the wanted ones below the frame's top.
    unsafe {
        if wanted == 0 {
            l.top = func;
            return l;
        }
        if count == 1 && wanted == 1 {
            *func = *first;
            l.top = func.add(1);
            return l;
        }
        let given = if wanted == MULTRET { count } else { count.min(wanted as usize) };
        move_down(first, func, given);
        l.top = func.add(given);
        for _ in given..wanted.max(0) as usize {
            l.push(Value::NIL);
        }
    }
    l
}

impl CallInfo {
    /// Makes `ci` a native function's frame. What only a request or a yield needs is left as it is.
    ///
    /// # Safety
    /// `ci` is a place in the frame array.
    #[inline(always)]
    pub unsafe fn write_native(
        ci: *mut CallInfo,
        func: *mut Value,
        top: *mut Value,
        nresults: i32,
        flags: FrameFlags,
    ) {
        // SAFETY: the caller's promise; the array is initialised memory of plain words.
        unsafe {
            (*ci).func = func;
            (*ci).base = func.wrapping_add(1);
            (*ci).top = top;
            (*ci).pc = &raw const HALT;
            // PERF: two stores of whole words, where there are five fields. `pending`, `resume` and `tail_calls` become 0.
            const {
                assert!(offset_of!(CallInfo, pending) == offset_of!(CallInfo, nresults) + 4);
                assert!(offset_of!(CallInfo, resume) == offset_of!(CallInfo, flags) + 2);
                assert!(offset_of!(CallInfo, tail_calls) == offset_of!(CallInfo, flags) + 4);
                assert!(cfg!(target_endian = "little"));
            }
            (&raw mut (*ci).nresults).cast::<u64>().write(nresults as u32 as u64);
            (&raw mut (*ci).flags).cast::<u64>().write(flags.0 as u64);
        }
    }
}

#[inline]
pub(super) fn begin_native(
    l: &mut State,
    func: *mut Value,
    closure: Gc<NativeClosure>,
    nresults: i32,
) -> Begun {
    let offset = slot_offset(l, func);
    if let Err(thrown) = l.ensure_stack(MIN_STACK) {
        return Begun::Failed(thrown);
    }
    let ci = match l.next_frame() {
        Ok(ci) => ci,
        Err(thrown) => return Begun::Failed(thrown),
    };
    let func = l.stack.wrapping_byte_add(offset);
    let builtin = !closure.rust_entry.is_null();
    let flags = if builtin { FrameFlags::NONE } else { FrameFlags::FOREIGN };
    let top = l.top.wrapping_add(MIN_STACK);
    // SAFETY: next_frame made room.
    unsafe { CallInfo::write_native(ci, func, top, nresults, flags) };
    l.ci = ci;
    if l.is_traced()
        && let Err(thrown) = hooks::on_call(l)
    {
        return Begun::Native(Err(thrown));
    }
    if let Err(thrown) = safepoint::check(l) {
        return Begun::Native(Err(thrown));
    }
    Begun::Native(if builtin {
        // SAFETY: rust_entry of a builtin's closure is a NativeFn (`runtime::register`).
        let f: NativeFn = unsafe { core::mem::transmute(closure.rust_entry) };
        f(l)
    } else {
        foreign::call(l, closure.c_entry)
    })
}
