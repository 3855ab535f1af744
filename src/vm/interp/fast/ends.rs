//! How a coroutine begins and ends, and what `coroutine.status` says of it.
//!
//! A coroutine begins here when its function is compiled and takes no varargs, and it was made with the room
//! that this needs; when its function returns, the values go straight to their place in the resumer's frame.
//!
//! Not here: resuming a coroutine that has yielded (`coroutine`).

use crate::heap::Gc;
use crate::object::Value;
use crate::state::state::{MIN_STACK, NOT_PLAIN};
use crate::state::{CallInfo, FrameFlags, MULTRET, State, Status};
use crate::vm::code::{CONTINUE, COROUTINE_END, HALT};
use crate::vm::coroutine::{MAX_NESTING, Standing};
use crate::vm::frames::MANY_RESULTS;
use crate::vm::interp::frame::{Callee, clear, fill, has_room};
use crate::vm::interp::native::call_builtin;
use crate::vm::interp::native_call;

use super::coroutine::{
    MANY, coroutine_in, deliver, last_turn, resumed, takes_results, wait_for,
};

/// Whether `co` has not begun, holds its function alone, and takes `count` values when `l` resumes it.
#[inline(always)]
unsafe fn begins(co: *mut State, l: *mut State, count: usize) -> bool {
    // SAFETY: both are live States.
    unsafe {
        !co.is_null()
            && (*co).status == Status::Ok
            && (*co).ci == (*co).ci_base
            && (*co).resumer.is_null()
            && (*co).top == (*co).stack.add(2)
            && !(*co).is_traced()
            && !(*l).is_traced()
            && !(*co).needs_touch()
            && (*l).nesting < MAX_NESTING
            && count <= MANY
    }
}

handler! {
    /// The rest of `resume`: the coroutine may be one that has not begun.
    #[inline(never)]
    fn begin<const FOR: bool, const WRAPPED: bool>(pc, base, k, l, dispatch) {
        let func = called!(FOR, pc, base);
        let (co, first) = resumed::<WRAPPED>(l, func);
        let end = (*l).top;
        let ci = (*l).ci.add(1);
        let top = end.add(MIN_STACK);
        if !has_room(l, top, ci)
            || (*(*l).global).heap.step_due()
            || !begins(co, l, end.offset_from(first) as usize)
        {
            return call_builtin::<FOR>(pc, base, k, l, dispatch, none!());
        }
        let main = (*co).stack.add(1);
        let Some(callee) = Callee::of(*main) else {
            return call_builtin::<FOR>(pc, base, k, l, dispatch, none!());
        };
        let new_base = main.add(1);
        let new_top = callee.top(new_base);
        let frame = (*co).ci.add(1);
        if !has_room(co, new_top, frame) {
            return call_builtin::<FOR>(pc, base, k, l, dispatch, none!());
        }
        wait_for!(FOR, WRAPPED, FOR || field_c!(pc) != 0, func, co, first, ci, top, pc, l, dispatch);
        let mut slot = new_base;
        let mut from = first;
        let params = new_base.add(callee.frame.params());
        while from < end && slot < params {
            // PERF: volatile, so that no call of memmove is made of it.
            slot.write_volatile(*from);
            slot = slot.add(1);
            from = from.add(1);
        }
        clear(slot, new_top);
        (*frame.sub(1)).pc = &raw const COROUTINE_END;
        let k = fill(frame, main, new_base, new_top, callee.code, MULTRET);
        (*co).ci = frame;
        (*co).top = new_top;
        if callee.frame.is_entered() {
            native_call::enter!(callee.code, new_base, k, co)
        }
        go!(callee.code, new_base, k, co, dispatch)
    }
}

handler! {
    /// The function of a coroutine has returned: its results are all that the stack holds.
    fn coroutine_end(pc, base, k, l, dispatch) {
        let to = (*l).resumer;
        if to.is_null() || (*l).is_traced() {
            return end_by_worker(pc, base, k, l, dispatch, none!());
        }
        let waiting = (*to).ci;
        let flags = (*waiting).flags;
        let first = (*(*l).ci).base;
        let end = (*l).top;
        let count = end.offset_from(first) as usize;
        if flags.0 & (FrameFlags::GIVES_STATUS.0 | FrameFlags::GIVES_VALUES.0) == 0
            || (*to).is_traced()
            || count > MANY_RESULTS
            || !takes_results(waiting, to, count)
        {
            return end_by_worker(pc, base, k, l, dispatch, none!());
        }
        (*(*l).ci).pc = &raw const HALT;
        (*l).top = first;
        (*l).resumer = core::ptr::null_mut();
        last_turn!(dispatch).set((*waiting).kept_turn());
        let lead = if flags.has(FrameFlags::GIVES_STATUS) { Some(Value::TRUE) } else { None };
        deliver(to, waiting, lead, first, end);
        let ci = (*to).ci;
        resume!(ci, to, dispatch);
        go!((*ci).pc, (*ci).base, (*ci).k, to, dispatch)
    }
}

slow_handler! {
    fn end_by_worker(pc, base, k, l, dispatch) {
        worker!(crate::vm::coroutine::finished(l), base, k, l, dispatch)
    }
}

handler! {
    /// `coroutine.status(co)`
    fn status(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if (*l).top > func.add(1)
            && let co = coroutine_in(*func.add(1))
            && !co.is_null()
        {
            let standing = Standing::of(&*l, Gc::from_ptr(co));
            let name = (*(*l).global).known_unchecked(standing.name());
            return_value!(Value::string(name), func, pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}
