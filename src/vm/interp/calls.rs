//! Calls of Lua functions, and what a tail call makes of them.
//!
//! The handler of a call looks what it calls: a compiled Lua function is entered here, one with
//! varargs in `call_vararg`, a builtin in `native`; all else is `vm::frames`'.

use crate::heap::Kind;
use crate::object::{LuaClosure, Value};
use crate::object::proto::VARARG_NEEDS_ARG;
use crate::state::State;
use crate::vm::code::frame_word;
use crate::vm::frames;

use super::Pc;
use super::frame::{Callee, clear, fill, has_room, has_slots, kind_of, opaque};
use super::native::call_native;

handler! {
    /// R(A)… := R(A)(R(A+1)…): a Lua function that gets all its parameters here.
    fn call(pc, base, k, l, dispatch) {
        let a = field_a!(pc);
        let Some(function) = (*base.add(a)).as_function() else {
            return call_any::<false>(pc, base, k, l, dispatch, none!());
        };
        if kind_of(function) != Kind::LuaClosure {
            return call_native::<false>(pc, base, k, l, dispatch, none!());
        }
        let code = function.cast::<LuaClosure>().entry.get();
        if code.is_null() {
            return call_any::<false>(pc, base, k, l, dispatch, none!());
        }
        let frame = frame_word(code);
        if field_b!(pc) <= frame.enough() {
            return call_counted::<false>(pc, base, k, l, dispatch, none!());
        }
        // PERF: four registers are all there is to work with, so little is kept: the caller's base
        // is read back where it is needed after all.
        let new_base = opaque(base.add(a).add(1));
        let top = new_base.add(frame.max_stack());
        let from = opaque(new_base.add(frame.params()));
        let ci = opaque((*l).ci.add(1));
        if !has_room(l, top, ci) {
            let base = (*ci.sub(1)).base;
            return call_any::<false>(pc, base, k, l, dispatch, none!());
        }
        clear(from, top);
        (*ci.sub(1)).pc = pc.add(1);
        let k = fill(ci, new_base.sub(1), new_base, top, code, field_c!(pc) as i32 - 1);
        (*l).ci = ci;
        go!(code, new_base, k, l, dispatch)
    }
}

handler! {
    /// A call with arguments up to the top.
    fn call_open(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let Some(function) = (*func).as_function() else {
            return call_any::<true>(pc, base, k, l, dispatch, none!());
        };
        if kind_of(function) != Kind::LuaClosure {
            return call_native::<true>(pc, base, k, l, dispatch, none!());
        }
        return call_counted::<true>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// The call of a Lua function with any number of arguments.
    #[inline(never)]
    fn call_counted<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let Some(callee) = Callee::of(*func) else {
            return call_vararg::<OPEN>(pc, base, k, l, dispatch, none!());
        };
        let nargs = argument_count!(OPEN, pc, func, l);
        let new_base = func.add(1);
        let top = callee.top(new_base);
        let ci = (*l).ci.add(1);
        if !has_room(l, top, ci) {
            return call_any::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        clear(new_base.add(nargs.min(callee.frame.params())), top);
        (*ci.sub(1)).pc = pc.add(1);
        let k = fill(ci, func, new_base, top, callee.code, field_c!(pc) as i32 - 1);
        (*l).ci = ci;
        go!(callee.code, new_base, k, l, dispatch)
    }
}

handler! {
    /// The call of a compiled function with varargs, or of one that is not compiled:
    ///
    /// ```text
    ///   func │ args… │ func again │ parameters, moved here │ registers…
    ///                             ▲ base
    /// ```
    #[inline(never)]
    fn call_vararg<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let nargs = argument_count!(OPEN, pc, func, l);
        let code = (*func).as_lua_closure().map_or(core::ptr::null(), |f| f.entry.get());
        if code.is_null() {
            return call_any::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        let frame = frame_word(code);
        let new_base = func.add(nargs + 2);
        let top = new_base.add(frame.max_stack());
        let ci = (*l).ci.add(1);
        if frame.vararg() & VARARG_NEEDS_ARG != 0 || !has_room(l, top, ci) {
            return call_any::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        *new_base.sub(1) = *func;
        let params = frame.params();
        let mut i = 0;
        while i < params.min(nargs) {
            let from = func.add(1 + i);
            *new_base.add(i) = *from;
            *from = Value::NIL;
            i += 1;
        }
        clear(new_base.add(i), top);
        (*ci.sub(1)).pc = pc.add(1);
        let k = fill(ci, func, new_base, top, code, field_c!(pc) as i32 - 1);
        (*l).ci = ci;
        go!(code, new_base, k, l, dispatch)
    }
}

handler! {
    /// The call of anything else: an object with `__call`, a first call, one without room.
    #[inline(never)]
    fn call_any<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let nargs = argument_count!(OPEN, pc, func, l);
        worker!(frames::call_from_lua(l, pc, func, nargs), base, k, l, dispatch)
    }
}

handler! {
    /// return R(A)(R(A+1)…): the callee takes the place of the calling frame.
    fn tail_call<const OPEN: bool>(pc, base, k, l, dispatch) {
        let from = base.add(field_a!(pc));
        let Some(callee) = Callee::of(*from) else {
            return tail_call_any::<OPEN>(pc, base, k, l, dispatch, none!());
        };
        let ci = (*l).ci;
        let func = (*ci).func;
        let new_base = func.add(1);
        let top = callee.top(new_base);
        if !has_slots(l, top) || (*l).has_open_upvalue(base) {
            return tail_call_any::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        let kept = argument_count!(OPEN, pc, from, l).min(callee.frame.params());
        *func = *from;
        let mut i = 0;
        while i < kept {
            // PERF: volatile, so that no call of memmove is made of it.
            new_base.add(i).write_volatile(*from.add(1 + i));
            i += 1;
        }
        clear(new_base.add(kept), top);
        let k = crate::vm::code::constants(callee.code);
        (*ci).base = new_base;
        (*ci).top = top;
        (*ci).k = k;
        (*ci).tail_calls = (*ci).tail_calls.saturating_add(1);
        go!(callee.code, new_base, k, l, dispatch)
    }
}

handler! {
    #[inline(never)]
    fn tail_call_any<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let nargs = argument_count!(OPEN, pc, func, l);
        worker!(frames::tail_call(l, pc, func, nargs), base, k, l, dispatch)
    }
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
