//! Calls of native functions from Lua code.
//!
//! A builtin is called right here: its frame is filled, its Rust entry called, and when it returns,
//! as most do, its results are put in their place. Some builtins have a handler of their own
//! (`fast`), which serves the usual arguments without a frame and leaves the rest to `call_builtin`.
//! Whatever a builtin may want besides is `vm::frames`'. A foreign function is called right here too, behind the
//! recovery point of the run: what it throws never comes back to its handler (`vm::foreign`).
//!
//! Where the function, its arguments and results lie depends on the instruction: `FOR` is that of
//! a generic for, whose iterator was copied behind the loop's variables.

use core::hint::cold_path;

use crate::object::{NativeClosure, Value};
use crate::heap::{Gc, GcHeader};
use crate::state::state::MIN_STACK;
use crate::state::{CallInfo, FrameFlags, META_RESULT, MULTRET, NativeFn, NativeResult, Outcome, State};
use crate::vm::boundary::CallOutcome;
use crate::vm::foreign;
use crate::vm::frames::{self, MANY_RESULTS};

use super::counted;
use super::frame::has_room;
use super::returns::{USES, Use};

/// The function a call instruction calls.
macro_rules! called {
    ($for:expr, $pc:expr, $base:expr) => {
        $base.add(field_a!($pc) + if $for { 3 } else { 0 })
    };
}

/// The results it wants.
macro_rules! wanted {
    ($for:expr, $pc:expr) => {
        field_c!($pc) as i32 - !$for as i32
    };
}

/// Ends a native function's frame with its topmost `$count` values. PERF: what few functions come to is another handler's: the
/// way of the others has no jump that is taken.
macro_rules! leave_with {
    ($count:expr, $l:ident) => {{
        let dispatch = super::dispatch_of($l);
        let ci = (*$l).ci;
        let wanted = (*ci).nresults;
        if wanted != 0 {
            let first = (*$l).top.sub($count as usize);
            if wanted != 1 || $count == 0 {
                cold_path();
                return leave_with_any(core::ptr::null(), first, core::ptr::null(), $l, dispatch, none!());
            }
            *(*ci).func = *first;
        }
        leave_plainly!(ci, $l, dispatch)
    }};
}

/// `leave`, to a caller that has mostly noted no machine code.
macro_rules! leave_plainly {
    ($ci:ident, $l:ident, $dispatch:ident) => {{
        let caller = $ci.sub(1);
        (*$l).ci = caller;
        #[cfg(jit)]
        if (*caller).resume != 0 {
            cold_path();
            return super::native_loop::resume_frame((*caller).pc, (*caller).base, (*caller).k, $l, $dispatch, none!());
        }
        go!((*caller).pc, (*caller).base, (*caller).k, $l, $dispatch)
    }};
}

handler! {
    /// Ends a native function's frame with the values from `first` up to the top, as many as ever.
    #[inline(never)]
    fn leave_with_any(pc, first, _k, l, dispatch) {
        let ci = (*l).ci;
        let (func, wanted) = ((*ci).func, (*ci).nresults);
        // As an unsigned number MULTRET is more than any count.
        let given = (*l).top.offset_from(first).min(wanted as u32 as isize) as usize;
        (*l).top = place(func, first, given, wanted);
        leave!(ci, l, dispatch)
    }
}

handler! {
    /// The call of a builtin whose arguments end at the top.
    #[inline(never)]
    fn call_builtin<const FOR: bool>(pc, base, k, l, dispatch) {
        let func = called!(FOR, pc, base);
        let header: Gc<GcHeader> = Gc::from_ptr((*func).address() as *mut GcHeader);
        let entry = header.cast::<NativeClosure>().rust_entry;
        let top = (*l).top.add(MIN_STACK);
        let ci = (*l).ci.add(1);
        if entry.is_null() {
            return call_foreign::<FOR>(pc, base, k, l, dispatch, none!());
        }
        if !has_room(l, top, ci) || (*(*l).global).heap.step_due() {
            cold_path();
            return call_worker::<FOR>(pc, base, k, l, dispatch, none!());
        }
        (*ci.sub(1)).pc = pc.add(1);
        CallInfo::write_native(ci, func, top, wanted!(FOR, pc), FrameFlags::NONE);
        (*l).ci = ci;
        let result = core::mem::transmute::<*const (), NativeFn>(entry)(&mut *l);
        // Only `l` lives over the call: what else is needed is read back, in either branch.
        if let Ok(Outcome::Return(count)) = result
            && !(*l).is_traced()
            && count as usize <= MANY_RESULTS
        {
            leave_with!(count, l)
        }
        cold_path();
        worker!(after_builtin(l, result), base, k, l, super::dispatch_of(l))
    }
}

handler! {
    /// The call of a foreign function whose arguments end at the top.
    #[inline(never)]
    fn call_foreign<const FOR: bool>(pc, base, k, l, dispatch) {
        let func = called!(FOR, pc, base);
        let header: Gc<GcHeader> = Gc::from_ptr((*func).address() as *mut GcHeader);
        let top = (*l).top.add(MIN_STACK);
        let ci = (*l).ci.add(1);
        if !has_room(l, top, ci) || (*(*l).global).heap.step_due() {
            cold_path();
            return call_worker::<FOR>(pc, base, k, l, dispatch, none!());
        }
        (*ci.sub(1)).pc = pc.add(1);
        CallInfo::write_native(ci, func, top, wanted!(FOR, pc), FrameFlags::FOREIGN);
        (*l).ci = ci;
        let outcome = foreign::enter_within_run(&mut *l, header.cast::<NativeClosure>().c_entry);
        if let Some(count) = outcome.count_up_to(MANY_RESULTS)
            && !(*l).is_traced()
        {
            // As above.
            leave_with!(count, l)
        }
        cold_path();
        worker!(after_foreign(l, outcome), base, k, l, super::dispatch_of(l))
    }
}

/// Gives the first of a metamethod's topmost `$count` values to the instruction that called it. PERF: by another
/// handler, for this one would save registers for it.
macro_rules! end_metamethod {
    ($count:expr, $l:ident) => {{
        let count: usize = $count;
        let func = (*(*$l).ci).func;
        *func = if count > 0 { *(*$l).top.sub(count) } else { Value::NIL };
        let dispatch = super::dispatch_of($l);
        return metamethod_ended(core::ptr::null(), func, core::ptr::null(), $l, dispatch, none!());
    }};
}

handler! {
    /// A native function called as a metamethod, at `func`; its arguments end at the top.
    #[inline(never)]
    fn native_metamethod<const FOREIGN: bool>(pc, func, _k, l, dispatch) {
        let header: Gc<GcHeader> = Gc::from_ptr((*func).address() as *mut GcHeader);
        let closure = header.cast::<NativeClosure>();
        let top = (*l).top.add(MIN_STACK);
        let ci = (*l).ci.add(1);
        if !has_room(l, top, ci) || (*(*l).global).heap.step_due() || !counted::take(dispatch) {
            cold_path();
            return metamethod_worker(pc, func, core::ptr::null(), l, dispatch, none!());
        }
        (*ci.sub(1)).pc = pc.add(1);
        let flags = if FOREIGN { FrameFlags::FOREIGN } else { FrameFlags::NONE };
        CallInfo::write_native(ci, func, top, META_RESULT, flags);
        (*l).ci = ci;
        if FOREIGN {
            let outcome = foreign::enter_within_run(&mut *l, closure.c_entry);
            // PERF: with a small bound, which takes no register.
            if let Some(count) = outcome.count_up_to(MANY_RESULTS)
                && !(*l).is_traced()
            {
                end_metamethod!(count, l)
            }
            cold_path();
            worker!(after_foreign(l, outcome), func, core::ptr::null(), l, super::dispatch_of(l))
        }
        let result = core::mem::transmute::<*const (), NativeFn>(closure.rust_entry)(&mut *l);
        // Only `l` lives over the call: what else is needed is read back.
        if let Ok(Outcome::Return(count)) = result
            && !(*l).is_traced()
        {
            end_metamethod!(count as usize, l)
        }
        cold_path();
        worker!(after_builtin(l, result), func, core::ptr::null(), l, super::dispatch_of(l))
    }
}

handler! {
    /// The native function in the newest frame, a metamethod, has returned: its result lies in the function's slot.
    #[inline(never)]
    fn metamethod_ended(pc, func, _k, l, dispatch) {
        // PERF: what most want is not found by a table of jumps.
        let caller = (*l).ci.sub(1);
        let interrupted = (*caller).pc.sub(1);
        let wanted = USES[*interrupted.cast::<u8>() as usize];
        if wanted == Use::Store || wanted == Use::Drop {
            if wanted == Use::Store {
                *(*caller).base.add(field_a!(interrupted)) = *func;
            }
            (*l).ci = caller;
            go_on!(l, dispatch)
        }
        return metamethod_ended_otherwise(pc, func, core::ptr::null(), l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn metamethod_ended_otherwise(pc, func, _k, l, dispatch) {
        let caller = (*l).ci.sub(1);
        complete!(*func, caller, l, dispatch);
        return metamethod_rest(pc, func, core::ptr::null(), l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn metamethod_rest(pc, func, k, l, dispatch) {
        (*l).top = func.add(1);
        worker!(after_builtin(l, Ok(Outcome::Return(1))), func, k, l, dispatch)
    }
}

handler! {
    #[inline(never)]
    fn metamethod_worker(pc, func, k, l, dispatch) {
        worker!(frames::call_pushed_metamethod(l, pc), func, k, l, dispatch)
    }
}

/// Moves `given` results to where the function was, and makes them as many as are wanted; returns
/// their end.
///
/// # Safety
/// `func` is a slot of the newest frame, with room for as many as are given and as are wanted; the results lie above it, or elsewhere.
#[inline(always)]
pub(super) unsafe fn place(func: *mut Value, first: *const Value, given: usize, wanted: i32) -> *mut Value {
    // SAFETY: STACK: the caller's promise. PERF: volatile, so that no call of memmove is made of it.
    unsafe {
        let mut end = func;
        while end < func.add(given) {
            end.write_volatile(*first.offset(end.offset_from(func)));
            end = end.add(1);
        }
        if wanted != MULTRET {
            while end < func.add(wanted as usize) {
                end.write_volatile(Value::NIL);
                end = end.add(1);
            }
        }
        end
    }
}

/// Calls a native function whose frame is the newest.
///
/// # Safety
/// `l` is the running State.
#[inline(always)]
pub(super) unsafe fn run(l: *mut State, closure: Gc<NativeClosure>) -> NativeResult {
    // SAFETY: the caller's promise; a Rust entry is a NativeFn.
    unsafe {
        if closure.rust_entry.is_null() {
            let outcome = foreign::enter_within_run(&mut *l, closure.c_entry);
            return foreign::result_of(&mut *l, outcome);
        }
        core::mem::transmute::<*const (), NativeFn>(closure.rust_entry)(&mut *l)
    }
}

/// The flags of its frame.
#[inline(always)]
pub(super) fn flags_of(closure: &NativeClosure) -> FrameFlags {
    if closure.rust_entry.is_null() { FrameFlags::FOREIGN } else { FrameFlags::NONE }
}

/// Carries out what a builtin in the newest frame wants.
#[inline(never)]
pub(super) fn after_builtin(l: *mut State, result: NativeResult) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    frames::carry_out(unsafe { &mut *l }, result)
}

/// Carries out what a foreign function in the newest frame wants.
#[inline(never)]
fn after_foreign(l: *mut State, outcome: CallOutcome) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    let result = foreign::result_of(l, outcome);
    frames::carry_out(l, result)
}

handler! {
    /// The call of any native function, foreign ones too.
    #[inline(never)]
    fn call_worker<const FOR: bool>(pc, base, k, l, dispatch) {
        let func = called!(FOR, pc, base);
        worker!(frames::call_value(l, pc, func, wanted!(FOR, pc)), base, k, l, dispatch)
    }
}

/// Ends a call with `$value` as its only result.
macro_rules! return_value {
    ($value:expr, $func:ident, $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {{
        *$func = $value;
        if field_c!($pc) != 2 {
            return $crate::vm::interp::native::one_result($pc, $base, $k, $l, $dispatch, none!());
        }
        next!($pc, $base, $k, $l, $dispatch)
    }};
}

handler! {
    /// The rest of a call that has one result, in its place, but wants another number.
    #[inline(never)]
    fn one_result(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let mut end = func.add(1);
        while end < func.add(field_c!(pc)).sub(1) {
            end.write_volatile(Value::NIL);
            end = end.add(1);
        }
        (*l).top = end;
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// The rest of a call that has two results, in their places, but may want another number.
    #[inline(never)]
    fn two_results(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let mut end = func.add(2);
        while end < func.add(field_c!(pc)).sub(1) {
            end.write_volatile(Value::NIL);
            end = end.add(1);
        }
        (*l).top = end;
        next!(pc, base, k, l, dispatch)
    }
}
