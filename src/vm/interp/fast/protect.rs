//! `pcall` and `xpcall` of a compiled Lua function: the frame that waits for it and the function's own are filled
//! at once. The results come to lie in their place, behind the slot of `pcall` itself, which
//! becomes the first of them; those of `xpcall`, which keeps its handler there, one behind that.
//!
//! Whatever else can happen to the waiting frame is as for any builtin that waits (`vm::frames`): it
//! has a continuation, which an error, or a return under a hook, goes to.

use core::sync::atomic::{Ordering, compiler_fence};

use crate::heap::Kind;
use crate::object::{LuaClosure, Value};
use crate::state::state::MIN_STACK;
use crate::state::{CallInfo, FrameFlags, MULTRET, NativeResult, Outcome, Resumed, State, Status};
use crate::vm::code::{CONTINUE, FrameBytes, frame_word};
use crate::vm::frames::{MANY_RESULTS, MAX_WAITING};
use crate::vm::interp::frame::{clear, fill, has_slots, opaque};
use crate::vm::interp::counted::{count, take};
use crate::vm::interp::dispatch_of;
use crate::vm::interp::native::{self, after_builtin, call_builtin};
use crate::vm::interp::native_call;

/// The code of a function whose registers are to begin at `$new_base`, where they end, and the frame before its own; leaves if it is none of those
/// that are called here, or there is no room.
macro_rules! fitting {
    ($function:expr, $new_base:ident, $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {{
        let Some(code) = plain_code($function) else {
            return call_builtin::<false>($pc, $base, $k, $l, $dispatch, none!());
        };
        let top = $new_base.add((*code.cast::<FrameBytes>().sub(1)).max_stack as usize);
        let waiting = opaque((*$l).ci.add(1));
        if !has_slots($l, top.max((*$l).top).add(MIN_STACK))
            || waiting.add(1) >= (*$l).ci_limit
            || (*$l).waiting >= MAX_WAITING
            || (*$l).overflown
        {
            return call_builtin::<false>($pc, $base, $k, $l, $dispatch, none!());
        }
        (code, top, waiting)
    }};
}

/// Goes on in a `pcall` of the above whose function has returned: the results are in their place.
macro_rules! end_pcall {
    ($ci:ident, $l:ident, $dispatch:ident) => {{
        (*$l).waiting -= 1;
        (*$l).errfunc = (*$ci).saved_errfunc();
        let func = (*$ci).func;
        *func = Value::TRUE;
        let wanted = (*$ci).nresults;
        if wanted != $crate::state::MULTRET {
            let end = func.add(wanted as usize);
            let mut slot = (*$l).top;
            while slot < end {
                slot.write_volatile(Value::NIL);
                slot = slot.add(1);
            }
            (*$l).top = end;
        }
        leave!($ci, $l, $dispatch)
    }};
}
pub(in crate::vm::interp) use end_pcall;

handler! {
    fn pcall(pc, base, k, l, dispatch) {
        // PERF: of pointers that differ by constants one is kept, and what is filled is filled bit by bit: so no register is saved.
        let new_base = opaque(base.add(field_a!(pc) + 2));
        if (*l).top < new_base {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        if (*new_base.sub(1)).as_native_closure().is_some() {
            return pcall_native(pc, base, k, l, dispatch, none!());
        }
        let (code, top, waiting) = fitting!(*new_base.sub(1), new_base, pc, base, k, l, dispatch);
        (*waiting.sub(1)).pc = pc.add(1);
        wait_in_place(waiting, new_base.sub(2), field_c!(pc) as i32 - 1, l);
        (*l).errfunc = 0;
        count(dispatch);
        one_by_one();
        clear((*l).top.min(new_base.add(params(code))), top);
        let ci = opaque(waiting.add(1));
        let k = fill(ci, new_base.sub(1), new_base, top, code, MULTRET);
        (*l).ci = ci;
        if frame_word(code).is_entered() {
            native_call::enter!(code, new_base, k, l)
        }
        go!(code, new_base, k, l, dispatch)
    }
}

handler! {
    /// `pcall` of a native function, which is called here, too.
    #[inline(never)]
    fn pcall_native(pc, base, k, l, dispatch) {
        let new_base = base.add(field_a!(pc) + 2);
        let waiting = (*l).ci.add(1);
        let Some(closure) = (*new_base.sub(1)).as_native_closure() else {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        };
        if !has_slots(l, (*l).top.add(MIN_STACK))
            || waiting.add(1) >= (*l).ci_limit
            || (*l).waiting >= MAX_WAITING
            || (*l).overflown
            || (*(*l).global).heap.step_due()
            || !take(dispatch)
        {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        (*waiting.sub(1)).pc = pc.add(1);
        wait_in_place(waiting, new_base.sub(2), field_c!(pc) as i32 - 1, l);
        (*l).errfunc = 0;
        let ci = waiting.add(1);
        (*l).ci = ci;
        CallInfo::write_native(ci, new_base.sub(1), (*l).top.add(MIN_STACK), MULTRET, native::flags_of(&closure));
        // Only `l` lives over the call: what else is needed is read back.
        let result = native::run(l, closure);
        if let Ok(Outcome::Return(count)) = result
            && count as usize <= MANY_RESULTS
            && !(*l).is_traced()
            && !(*l).overflown
        {
            (*l).top = native::place((*(*l).ci).func, (*l).top.sub(count as usize), count as usize, MULTRET);
            let ci = (*l).ci.sub(1);
            (*l).ci = ci;
            let dispatch = dispatch_of(l);
            end_pcall!(ci, l, dispatch)
        }
        worker!(after_builtin(l, result), core::ptr::null_mut(), core::ptr::null(), l, dispatch_of(l))
    }
}

handler! {
    /// `xpcall(f, handler)`: the two change places, as in the reference.
    fn xpcall(pc, base, k, l, dispatch) {
        let new_base = opaque(base.add(field_a!(pc) + 3));
        if (*l).top < new_base {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        let function = *new_base.sub(2);
        let (code, top, waiting) = fitting!(function, new_base, pc, base, k, l, dispatch);
        *new_base.sub(2) = *new_base.sub(1);
        *new_base.sub(1) = function;
        (*waiting.sub(1)).pc = pc.add(1);
        wait_in_place(waiting, new_base.sub(3), field_c!(pc) as i32 - 1, l);
        (*waiting).flags = (*waiting).flags.without(FrameFlags::IN_PLACE).with(FrameFlags::IN_NEXT);
        (*waiting).then = Some(after_xpcall);
        (*waiting).pending = 1;
        (*l).errfunc = new_base.sub(2).byte_offset_from((*l).stack) as i32;
        count(dispatch);
        one_by_one();
        clear(new_base, top);
        let ci = opaque(waiting.add(1));
        let k = fill(ci, new_base.sub(1), new_base, top, code, MULTRET);
        (*l).ci = ci;
        if frame_word(code).is_entered() {
            native_call::enter!(code, new_base, k, l)
        }
        go!(code, new_base, k, l, dispatch)
    }
}

/// Fills the frame of a `pcall` that waits, and says that it does.
///
/// # Safety
/// `waiting` is a place in the frame array, the next one.
#[inline(always)]
unsafe fn wait_in_place(waiting: *mut CallInfo, func: *mut Value, nresults: i32, l: *mut State) {
    // SAFETY: the caller's promise.
    unsafe {
        (*waiting).nresults = nresults;
        one_by_one();
        (*waiting).func = func;
        (*waiting).base = opaque(func).add(1);
        (*waiting).top = (*l).top.add(MIN_STACK);
        one_by_one();
        (*waiting).pc = &raw const CONTINUE;
        (*waiting).then = Some(after_pcall);
        one_by_one();
        let allowed = FrameFlags((*l).allow_hook as u16 * FrameFlags::HOOKS_ALLOWED.0);
        (*waiting).flags = allowed.with(FrameFlags::CATCHES).with(FrameFlags::IN_PLACE);
        (*waiting).resume = 0;
        (*waiting).pending = 0;
        (*waiting).tail_calls = MULTRET as u32;
        one_by_one();
        (*waiting).save_errfunc((*l).errfunc);
        (*l).waiting += 1;
    }
}

/// What is before is done before what is behind. PERF: the compiler would compute all first, which takes registers that are to be saved.
#[inline(always)]
fn one_by_one() {
    compiler_fence(Ordering::SeqCst);
}

/// How many parameters the function of a code has.
///
/// # Safety
/// Live code.
#[inline(always)]
unsafe fn params(code: *const u64) -> usize {
    // SAFETY: the caller's promise; the frame word lies before it.
    unsafe { (*code.cast::<FrameBytes>().sub(1)).params as usize }
}

/// The code of a Lua function that takes no varargs and has run before.
#[inline(always)]
fn plain_code(value: Value) -> Option<*const u64> {
    let header = value.as_function()?;
    if header.kind() != Kind::LuaClosure {
        return None;
    }
    let code = header.cast::<LuaClosure>().entry.get();
    // SAFETY: a closure's entry is live code, with its frame word before it.
    let is_plain = !code.is_null() && unsafe { (*code.cast::<FrameBytes>().sub(1)).vararg == 0 };
    is_plain.then_some(code)
}

handler! {
    /// Goes on in an `xpcall` of the above whose function has returned: the results are behind the place of the first, and two slots behind
    /// that of `xpcall`, where they go.
    #[inline(never)]
    fn end_xpcall(_pc, _base, _k, l, dispatch) {
        let ci = (*l).ci;
        (*l).waiting -= 1;
        (*l).errfunc = (*ci).saved_errfunc();
        let func = (*ci).func;
        *func = Value::TRUE;
        let wanted = (*ci).nresults;
        // As an unsigned number MULTRET is more than any count.
        let end = (*l).top.sub(1).min(func.wrapping_add(wanted as u32 as usize));
        let mut slot = func.add(1);
        while slot < end {
            slot.write_volatile(*slot.add(1));
            slot = slot.add(1);
        }
        (*l).top = (*l).top.sub(1);
        if wanted != MULTRET {
            let end = func.add(wanted as usize);
            while slot < end {
                slot.write_volatile(Value::NIL);
                slot = slot.add(1);
            }
            (*l).top = end;
        }
        leave!(ci, l, dispatch)
    }
}

/// The continuation of `xpcall`: results, or the error value, lie above the slot of the first result, which has the handler.
fn after_xpcall(l: &mut State, resumed: Resumed) -> NativeResult {
    l.forget_overflow();
    l.set_arg(1, Value::boolean(resumed.status == Status::Ok));
    Ok(Outcome::Return(resumed.count + 1))
}

/// The continuation. Results, or the error value, are all the frame holds.
pub fn after_pcall(l: &mut State, resumed: Resumed) -> NativeResult {
    l.forget_overflow();
    let count = resumed.count as usize;
    l.push(Value::boolean(resumed.status == Status::Ok));
    l.insert_below(count + 1);
    Ok(Outcome::Return(resumed.count + 1))
}
