//! `tostring` of a value whose metatable says, by a compiled Lua function, what its text is: the frame that waits for it and the
//! function's own are filled at once, and the result goes to the slot of `tostring`.
//!
//! As in `protect`, whatever else can happen to the waiting frame is as for any builtin that waits: it has a continuation.

use crate::object::Value;
use crate::state::state::MIN_STACK;
use crate::state::{CallInfo, FrameFlags, Known, MULTRET, NativeResult, Outcome, Resumed, State};
use crate::vm::code::CONTINUE;
use crate::vm::frames::MAX_WAITING;
use crate::vm::interp::counted::take;
use crate::vm::interp::frame::{Callee, clear, fill, has_slots};
use crate::vm::interp::dispatch_of;
use crate::vm::interp::native::{self, after_builtin, call_builtin};

handler! {
    /// `tostring(v)` of one argument, which is a table or userdata: others are left to the builtin.
    #[inline(never)]
    fn tostring_spoken(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let speaker = speaker_of(&*l, *func.add(1));
        let Some(callee) = Callee::of(speaker) else {
            if speaker.as_native_closure().is_some() {
                return tostring_by_native(pc, base, k, l, dispatch, none!());
            }
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        };
        let new_base = func.add(3);
        let top = callee.top(new_base);
        let waiting = (*l).ci.add(1);
        if (*l).top != func.add(2)
            || !has_slots(l, top.add(MIN_STACK))
            || waiting.add(1) >= (*l).ci_limit
            || (*l).waiting >= MAX_WAITING
            || !take(dispatch)
        {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        (*waiting.sub(1)).pc = pc.add(1);
        wait(waiting, func, field_c!(pc) as i32 - 1, l);
        *func.add(2) = speaker;
        *new_base = *func.add(1);
        clear(new_base.add(callee.frame.params().min(1)), top);
        let ci = waiting.add(1);
        let k = fill(ci, func.add(2), new_base, top, callee.code, 1);
        (*l).ci = ci;
        go!(callee.code, new_base, k, l, dispatch)
    }
}

handler! {
    /// ... by a native function, which is called here, too.
    #[inline(never)]
    fn tostring_by_native(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let speaker = speaker_of(&*l, *func.add(1));
        let Some(closure) = speaker.as_native_closure() else {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        };
        let waiting = (*l).ci.add(1);
        if (*l).top != func.add(2)
            || !has_slots(l, func.add(4 + MIN_STACK))
            || waiting.add(1) >= (*l).ci_limit
            || (*l).waiting >= MAX_WAITING
            || (*(*l).global).heap.step_due()
            || !take(dispatch)
        {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        (*waiting.sub(1)).pc = pc.add(1);
        wait(waiting, func, field_c!(pc) as i32 - 1, l);
        *func.add(2) = speaker;
        *func.add(3) = *func.add(1);
        (*l).top = func.add(4);
        let ci = waiting.add(1);
        (*l).ci = ci;
        CallInfo::write_native(ci, func.add(2), func.add(4 + MIN_STACK), 1, native::flags_of(&closure));
        // Only `l` lives over the call: what else is needed is read back.
        let result = native::run(l, closure);
        if let Ok(Outcome::Return(count)) = result
            && !(*l).is_traced()
        {
            let ci = (*l).ci;
            let spoken = if count > 0 { *(*l).top.sub(count as usize) } else { Value::NIL };
            *(*ci).func = spoken;
            (*l).top = (*ci).func.add(1);
            (*l).ci = ci.sub(1);
            return end_spoken(core::ptr::null(), core::ptr::null_mut(), core::ptr::null(), l, dispatch_of(l), none!());
        }
        worker!(after_builtin(l, result), core::ptr::null_mut(), core::ptr::null(), l, dispatch_of(l))
    }
}

/// The `__tostring` of a table or userdata; nil where there is none, or it takes more to tell.
#[inline(always)]
fn speaker_of(l: &State, value: Value) -> Value {
    let metatable = if let Some(table) = value.as_table() {
        table.metatable.get()
    } else if let Some(userdata) = value.as_userdata() {
        userdata.metatable.get()
    } else {
        None
    };
    let name = l.global().known(Known::MetaToString);
    let Some((metatable, hash)) = metatable.zip(name.short_hash()) else { return Value::NIL };
    let node = metatable.node_along(Value::string(name), hash);
    // SAFETY: a node of the table.
    if node.is_null() { Value::NIL } else { unsafe { (*node).value } }
}

/// Fills the frame of a `tostring` that waits for its second slot's function, and says that it does.
///
/// # Safety
/// `waiting` is a place in the frame array, the next one.
#[inline(always)]
unsafe fn wait(waiting: *mut CallInfo, func: *mut Value, nresults: i32, l: *mut State) {
    // SAFETY: the caller's promise.
    unsafe {
        (*waiting).func = func;
        (*waiting).base = func.add(1);
        (*waiting).top = (*l).top.add(MIN_STACK);
        (*waiting).pc = &raw const CONTINUE;
        (*waiting).k = core::ptr::null();
        (*waiting).nresults = nresults;
        (*waiting).pending = 1;
        (*waiting).flags = FrameFlags::IN_OWN;
        (*waiting).resume = 0;
        (*waiting).tail_calls = 1;
        (*waiting).then = Some(after_spoken);
        (*l).waiting += 1;
    }
}

/// The continuation. The result is on top.
fn after_spoken(_l: &mut State, _resumed: Resumed) -> NativeResult {
    Ok(Outcome::Return(1))
}

handler! {
    /// Goes on in a `tostring` of the above whose function has returned its one result, which lies on top.
    #[inline(never)]
    fn end_spoken(_pc, _base, _k, l, dispatch) {
        let ci = (*l).ci;
        (*l).waiting -= 1;
        let func = (*ci).func;
        *func = *(*l).top.sub(1);
        let mut slot = func.add(1);
        let wanted = (*ci).nresults;
        if wanted != MULTRET {
            let end = func.add(wanted as usize);
            while slot < end {
                slot.write_volatile(Value::NIL);
                slot = slot.add(1);
            }
            slot = end;
        }
        (*l).top = slot;
        leave!(ci, l, dispatch)
    }
}
