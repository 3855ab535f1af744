//! `pcall` of a compiled Lua function: the frame that waits for it and the function's own are filled
//! at once. The results come to lie in their place, behind the slot of `pcall` itself, which
//! becomes the first of them.
//!
//! Whatever else can happen to the waiting frame is as for any builtin that waits (`vm::frames`): it
//! has a continuation, which an error, or a return under a hook, goes to.

use crate::object::Value;
use crate::state::state::MIN_STACK;
use crate::state::{CallInfo, FrameFlags, MULTRET, NativeResult, Outcome, Resumed, State, Status};
use crate::vm::code::CONTINUE;
use crate::vm::frames::MAX_WAITING;
use crate::vm::interp::frame::{Callee, clear, fill, has_room};
use crate::vm::interp::counted::count;
use crate::vm::interp::native::call_builtin;

handler! {
    fn pcall(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let called = func.add(1);
        if (*l).top == called {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        let Some(callee) = Callee::of(*called) else {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        };
        let new_base = called.add(1);
        let top = callee.top(new_base);
        let waiting = (*l).ci.add(1);
        let ci = waiting.add(1);
        if !has_room(l, top.max((*l).top).add(MIN_STACK), ci)
            || waiting == (*l).ci_limit
            || (*l).waiting >= MAX_WAITING
            || (*l).has_overflown()
            || (*(*l).global).heap.step_due()
        {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        let nargs = (*l).top.offset_from(new_base) as usize;
        (*waiting.sub(1)).pc = pc.add(1);
        let allowed =
            if (*l).allow_hook { FrameFlags::HOOKS_ALLOWED } else { FrameFlags::NONE };
        let flags = allowed.with(FrameFlags::CATCHES).with(FrameFlags::IN_PLACE);
        CallInfo::write_native(waiting, func, (*l).top.add(MIN_STACK), field_c!(pc) as i32 - 1, flags);
        (*waiting).pc = &raw const CONTINUE;
        (*waiting).tail_calls = MULTRET as u32;
        (*waiting).then = Some(after_pcall);
        (*waiting).save_errfunc((*l).errfunc);
        (*l).errfunc = 0;
        (*l).waiting += 1;
        count(dispatch);
        clear(new_base.add(nargs.min(callee.frame.params())), top);
        let k = fill(ci, called, new_base, top, callee.code, MULTRET);
        (*l).ci = ci;
        go!(callee.code, new_base, k, l, dispatch)
    }
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

/// The continuation. Results, or the error value, are all the frame holds.
fn after_pcall(l: &mut State, resumed: Resumed) -> NativeResult {
    l.forget_overflow();
    let count = resumed.count as usize;
    l.push(Value::boolean(resumed.status == Status::Ok));
    l.insert_below(count + 1);
    Ok(Outcome::Return(resumed.count + 1))
}
