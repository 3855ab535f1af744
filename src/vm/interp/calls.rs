//! Calls and returns.
//!
//! The fast path of a call covers a Lua function without varargs for whose frame the stack and the
//! frame array have room; all else is `vm::frames`'. A return copies results to where the function
//! was and goes on where the frame below says: for a Lua frame behind its call, for others at one
//! of the marks.

use crate::heap::{Gc, GcHeader, Kind};
use crate::object::{LuaClosure, Value};
use crate::state::{CallInfo, FrameFlags, MULTRET, State};
use crate::vm::code::{constants, frame_word};
use crate::vm::frames;

use super::{Base, Pc};

handler! {
    /// R(A)… := R(A)(R(A+1)…); `OPEN`: arguments up to the top
    fn call<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let nargs = if OPEN {
            (*l).top.offset_from(func) as usize - 1
        } else {
            field_b!(pc) - 1
        };
        let callee = *func;
        if callee.is_function() {
            let header: Gc<GcHeader> = Gc::from_ptr(callee.address() as *mut GcHeader);
            if header.kind() == Kind::LuaClosure {
                let code = header.cast::<LuaClosure>().entry.get();
                if !code.is_null() {
                    let frame = frame_word(code);
                    let new_base = func.add(1);
                    let top = new_base.add(frame.max_stack());
                    let ci = (*l).ci.add(1);
                    if frame.vararg() == 0
                        && cfg!(not(feature = "checks"))
                        && top <= (*l).stack_limit
                        && ci != (*l).ci_limit
                    {
                        let mut slot = new_base.add(nargs.min(frame.params()));
                        while slot < top {
                            // PERF: volatile, so that no call of memset is made of the loop.
                            slot.write_volatile(Value::NIL);
                            slot = slot.add(1);
                        }
                        (*(*l).ci).pc = pc.add(1);
                        let k = constants(code);
                        enter(ci, func, new_base, top, k, field_c!(pc) as i32 - 1);
                        (*l).ci = ci;
                        go!(code, new_base, k, l, dispatch)
                    }
                }
            }
        }
        return call_any::<OPEN>(pc, base, k, l, dispatch);
    }
}

handler! {
    /// The call of anything else: a builtin, a foreign function, a first call.
    #[inline(never)]
    fn call_any<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let nargs = if OPEN {
            (*l).top.offset_from(func) as usize - 1
        } else {
            field_b!(pc) - 1
        };
        worker!(frames::call_from_lua(l, pc, func, nargs), base, k, l, dispatch)
    }
}

/// Fills a Lua function's frame, but for its pc, which is set before anything can look at it.
#[inline(always)]
unsafe fn enter(
    ci: *mut CallInfo,
    func: Base,
    base: Base,
    top: Base,
    k: *const Value,
    nresults: i32,
) {
    // SAFETY: the caller checked that the frame array has room.
    unsafe {
        (*ci).func = func;
        (*ci).base = base;
        (*ci).top = top;
        (*ci).k = k;
        (*ci).nresults = nresults;
        (*ci).flags = FrameFlags::LUA;
        (*ci).tail_calls = 0;
    }
}

handler! {
    fn tail_call<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let nargs = if OPEN {
            (*l).top.offset_from(func) as usize - 1
        } else {
            field_b!(pc) - 1
        };
        worker!(frames::tail_call(l, pc, func, nargs), base, k, l, dispatch)
    }
}

handler! {
    fn return_0(pc, base, k, l, dispatch) {
        let ci = (*l).ci;
        if (*l).has_open_upvalue(base) || (*ci).nresults > 1 || (*ci).nresults < MULTRET {
            return return_n(pc, base, k, l, dispatch);
        }
        let func = (*ci).func;
        if (*ci).nresults == 1 {
            *func = Value::NIL;
            (*l).top = func.add(1);
        } else {
            (*l).top = func;
        }
        let caller = ci.sub(1);
        (*l).ci = caller;
        go!((*caller).pc, (*caller).base, (*caller).k, l, dispatch)
    }
}

handler! {
    fn return_1(pc, base, k, l, dispatch) {
        let ci = (*l).ci;
        let wanted = (*ci).nresults;
        if (*l).has_open_upvalue(base) || wanted > 1 || wanted < MULTRET {
            return return_n(pc, base, k, l, dispatch);
        }
        let func = (*ci).func;
        *func = *base.add(field_a!(pc));
        // One result is there whether wanted or not; the top tells.
        (*l).top = func.add((wanted != 0) as usize);
        let caller = ci.sub(1);
        (*l).ci = caller;
        go!((*caller).pc, (*caller).base, (*caller).k, l, dispatch)
    }
}

handler! {
    #[inline(never)]
    fn return_n(pc, base, k, l, dispatch) {
        let first = base.add(field_a!(pc));
        worker!(return_slow(l, pc, first, field_b!(pc) - 1), base, k, l, dispatch)
    }
}

handler! {
    fn return_open(pc, base, k, l, dispatch) {
        let first = base.add(field_a!(pc));
        let count = (*l).top.offset_from(first) as usize;
        worker!(return_slow(l, pc, first, count), base, k, l, dispatch)
    }
}

/// Any return: `count` results from `first` on.
#[inline(never)]
unsafe extern "C" fn return_slow(
    l: *mut State,
    pc: Pc,
    first: Base,
    count: usize,
) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    l.frame_mut().pc = pc.wrapping_add(1);
    let base = l.frame().base;
    l.close_upvalues(base);
    frames::return_from(l, first, count)
}

/// A word that no verified code reaches.
#[cold]
pub(super) fn bad_instruction(l: *mut State, pc: Pc) -> *mut State {
    // SAFETY: l is the running State.
    let l = unsafe { &mut *l };
    l.frame_mut().pc = pc.wrapping_add(1);
    let thrown = l.runtime_error(&[b"bad instruction"]);
    crate::vm::unwind::unwind(l, thrown)
}
