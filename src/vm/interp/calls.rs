//! Calls of Lua functions, and what a tail call makes of them.
//!
//! The handler of a call looks what it calls: a compiled Lua function is entered here, one with
//! varargs in `call_vararg`, a builtin in `native`; all else is `vm::frames`'.

use crate::heap::{Gc, Kind};
use crate::object::{LuaClosure, NativeClosure, Value};
use crate::object::proto::VARARG_NEEDS_ARG;
use crate::state::State;
use crate::vm::code::{FrameBytes, Op, constants, frame_word, last_closure};
use crate::vm::frames;

use super::{Base, Pc, fast, native_call, native_loop};
use super::callable::call_value;
use super::named::become_op;
use super::frame::{Callee, clear, fill, has_room, foretold, has_slots, kind_of, opaque};

/// The code that a call's word remembers.
///
/// PERF: the callee's code is found by way of the register, the closure and its entry, and all that the callee does
/// would wait for these loads. So the word remembers which code it called last, by its distance from the word itself;
/// the handler compares that with the callee's and goes on with what it remembered. The processor foretells the
/// comparison, and nothing waits for the callee.
#[inline(always)]
pub(super) unsafe fn remembered(pc: Pc) -> *mut u64 {
    // SAFETY: pc is a word of live code. The result is no more than a guess.
    let distance = unsafe { field_d!(pc) } as i32 as isize;
    pc.cast_mut().wrapping_offset(distance)
}

/// Lets a call's word remember a code, if it is near enough.
#[inline(always)]
pub(super) unsafe fn remember(pc: Pc, code: *const u64) {
    let distance = (code as isize).wrapping_sub(pc as isize);
    let words = distance >> 3;
    if words as i32 as isize == words && !code.is_null() {
        // SAFETY: pc is a word of live code.
        unsafe { pc.cast_mut().cast::<i32>().add(1).write(words as i32) };
    }
}

/// Whether a value is a Lua function of this code, which is never null, as that of a native function is: a word that calls holds
/// the distance of a code, or a count or place that a handler of a native function keeps there, which leads beyond the word.
#[inline(always)]
pub(super) unsafe fn has_code(function: Value, code: *const u64) -> bool {
    let Some(function) = function.as_function() else { return false };
    debug_assert!(!code.is_null());
    // SAFETY: a live function of either kind, and a word that both have.
    unsafe { (*function.as_ptr().cast::<LuaClosure>()).entry.get() == code }
}

handler! {
    /// R(A)… := R(A)(R(A+1)…): a Lua function of the code that was called here before.
    fn call(pc, base, k, l, dispatch) {
        if native_loop::warms(&*dispatch.cast()) {
            return native_call::hot_call(pc, base, k, l, dispatch, none!());
        }
        let func = base.add(field_a!(pc));
        let guess = remembered(pc);
        let code = foretold(guess);
        if !has_code(*func, guess) {
            return call_other(pc, base, k, l, dispatch, none!());
        }
        let frame = code.cast::<FrameBytes>().sub(1);
        if field_b!(pc) <= (*frame).enough as usize {
            if (*frame).vararg != 0 {
                return call_vararg::<false>(pc, base, k, l, dispatch, none!());
            }
            return call_counted::<false>(pc, base, k, l, dispatch, none!());
        }
        settle(func, func, code);
        // PERF: four registers are all there is to work with, so little is kept: the caller's base
        // is read back where it is needed after all.
        let new_base = opaque(func.add(1));
        let top = new_base.add((*frame).max_stack as usize);
        let ci = opaque((*l).ci.add(1));
        if !has_room(l, top, ci) {
            let base = (*ci.sub(1)).base;
            return call_any::<false>(pc, base, k, l, dispatch, none!());
        }
        clear(new_base.add((*frame).params as usize), top);
        (*ci.sub(1)).pc = pc.add(1);
        let k = fill(ci, new_base.sub(1), new_base, top, code, field_c!(pc) as i32 - 1);
        (*l).ci = ci;
        go!(code, new_base, k, l, dispatch)
    }
}

/// Stores the callee at `from`, of this code, at `to`. PERF: if the one that ran last is the same, that one: the callee finds
/// its upvalues by way of it, and nothing waits for where the callee came from.
#[inline(always)]
pub(super) unsafe fn settle(from: Base, to: Base, code: *mut u64) {
    // SAFETY: slots of the frame; live code.
    unsafe {
        let last = last_closure(code);
        let guess = *last;
        let guessed = foretold(guess as *mut u64) as u64;
        let callee = (*from).bits();
        if callee != guess {
            core::hint::cold_path();
            *last = callee;
            if from != to {
                *to = Value::from_bits(callee);
            }
        } else {
            *to = Value::from_bits(guessed);
        }
    }
}

/// Calls a native function, whose arguments end at the top, by its handler.
macro_rules! call_native {
    ($function:expr, $pc:expr, $base:expr, $k:expr, $l:expr, $dispatch:expr) => {{
        let native = $function.cast::<NativeClosure>();
        let handler = fast::HANDLERS[native.fast.get() as usize];
        return handler($pc, $base, $k, $l, $dispatch, none!());
    }};
}

handler! {
    /// ... a native function, as when the word last ran.
    fn call_native(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if let Some(function) = (*func).as_function()
            && kind_of(function) != Kind::LuaClosure
        {
            (*l).top = func.add(field_b!(pc));
            call_native!(function, pc, base, k, l, dispatch)
        }
        return call_other(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// The call of another Lua function than before, or of anything else. The word takes the form that suits it.
    #[inline(never)]
    fn call_other(pc, base, k, l, dispatch) {
        let Some(function) = (*base.add(field_a!(pc))).as_function() else {
            return call_value::<false>(pc, base, k, l, dispatch, none!());
        };
        if kind_of(function) != Kind::LuaClosure {
            become_op(pc, fast::coroutine::call_form(pc, function.cast(), dispatch));
            return call_native(pc, base, k, l, dispatch, none!());
        }
        become_op(pc, Op::Call);
        remember(pc, function.cast::<LuaClosure>().entry.get());
        return call_counted::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// A call with arguments up to the top: as `call`, but that a native function is looked for first.
    fn call_open(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let guess = remembered(pc);
        let code = foretold(guess);
        let Some(function) = (*func).as_function() else {
            return call_value::<true>(pc, base, k, l, dispatch, none!());
        };
        if kind_of(function) != Kind::LuaClosure {
            call_native!(function, pc, base, k, l, dispatch)
        }
        if function.cast::<LuaClosure>().entry.get() != guess {
            return call_open_other(pc, base, k, l, dispatch, none!());
        }
        let frame = code.cast::<FrameBytes>().sub(1);
        let new_base = opaque(func.add(1));
        let from = opaque(new_base.add((*frame).params as usize));
        if (*frame).vararg != 0 {
            return call_vararg::<true>(pc, base, k, l, dispatch, none!());
        }
        if from > (*l).top {
            return call_counted::<true>(pc, base, k, l, dispatch, none!());
        }
        settle(func, func, code);
        let top = new_base.add((*frame).max_stack as usize);
        let ci = opaque((*l).ci.add(1));
        if !has_room(l, top, ci) {
            let base = (*ci.sub(1)).base;
            return call_any::<true>(pc, base, k, l, dispatch, none!());
        }
        clear(from, top);
        (*ci.sub(1)).pc = pc.add(1);
        let k = fill(ci, new_base.sub(1), new_base, top, code, field_c!(pc) as i32 - 1);
        (*l).ci = ci;
        go!(code, new_base, k, l, dispatch)
    }
}

handler! {
    /// ... of another Lua function than before.
    #[inline(never)]
    fn call_open_other(pc, base, k, l, dispatch) {
        let function = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut LuaClosure);
        remember(pc, function.entry.get());
        return call_counted::<true>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// The call of a Lua function with any number of arguments, or of one that has machine code.
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
        let is_entered = callee.frame.is_entered();
        if !has_room(l, top, ci) && !(is_entered && native_call::has_room(l, top, ci)) {
            return call_any::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        clear(new_base.add(nargs.min(callee.frame.params())), top);
        (*ci.sub(1)).pc = pc.add(1);
        let k = fill(ci, func, new_base, top, callee.code, field_c!(pc) as i32 - 1);
        (*l).ci = ci;
        if is_entered {
            native_call::enter!(callee.code, new_base, k, l)
        }
        go!(callee.code, new_base, k, l, dispatch)
    }
}

/// Moves the first arguments of a function with varargs to where its registers begin.
#[inline(always)]
unsafe fn move_parameters(func: *mut Value, base: Base, count: usize) {
    let mut i = 0;
    while i < count {
        // SAFETY: STACK: the arguments lie behind the function, the registers behind them.
        unsafe {
            let from = func.add(1 + i);
            *base.add(i) = *from;
            *from = Value::NIL;
        }
        i += 1;
    }
}

handler! {
    /// The call of a compiled function with varargs:
    ///
    /// ```text
    ///   func │ args… │ func again │ parameters, moved here │ registers…
    ///                             ▲ base
    /// ```
    ///
    /// Of the code that was called here before, with all its parameters; all else is `call_vararg_other`'s.
    #[inline(never)]
    fn call_vararg<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let guess = remembered(pc);
        let code = foretold(guess);
        if !has_code(*func, guess) {
            return call_vararg_other::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        let frame = code.cast::<FrameBytes>().sub(1);
        let end = opaque(if OPEN { (*l).top } else { func.add(field_b!(pc)) });
        let top = end.add(1 + (*frame).max_stack as usize);
        let ci = opaque((*l).ci.add(1));
        if (*frame).vararg & VARARG_NEEDS_ARG != 0
            || func.add((*frame).params as usize) >= end
            || !has_room(l, top, ci)
        {
            let base = (*ci.sub(1)).base;
            return call_vararg_other::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        (*ci.sub(1)).pc = pc.add(1);
        let nresults = field_c!(pc) as i32 - 1;
        let k = fill(ci, func, end.add(1), top, code, nresults);
        settle(func, end, code);
        let mut from = func;
        let mut to = end;
        let last = end.add((*frame).params as usize);
        while to != last {
            from = from.add(1);
            to = opaque(to.add(1));
            *to = *from;
            *from = Value::NIL;
        }
        clear(to.add(1), top);
        (*l).ci = ci;
        if frame_word(code).is_entered() {
            native_call::enter!(code, end.add(1), k, l)
        }
        go!(code, end.add(1), k, l, dispatch)
    }
}

handler! {
    /// ... of another one, with fewer arguments, or of one that is not compiled.
    #[inline(never)]
    fn call_vararg_other<const OPEN: bool>(pc, base, k, l, dispatch) {
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
        let fits = has_room(l, top, ci) || frame.is_entered() && native_call::has_room(l, top, ci);
        if frame.vararg() & VARARG_NEEDS_ARG != 0 || !fits {
            return call_any::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        *new_base.sub(1) = *func;
        let moved = frame.params().min(nargs);
        move_parameters(func, new_base, moved);
        clear(new_base.add(moved), top);
        (*ci.sub(1)).pc = pc.add(1);
        let k = fill(ci, func, new_base, top, code, field_c!(pc) as i32 - 1);
        (*l).ci = ci;
        if frame.is_entered() {
            native_call::enter!(code, new_base, k, l)
        }
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
    /// return R(A)(R(A+1)…): the callee, a Lua function of the code that was called here before, takes the place of the
    /// calling frame. `PLAIN` is what it is for returns; `OPEN`: with arguments up to the top.
    fn tail_call<const PLAIN: bool, const OPEN: bool>(pc, base, k, l, dispatch) {
        if !OPEN && native_loop::warms(&*dispatch.cast()) {
            return native_call::hot_tail_call(pc, base, k, l, dispatch, none!());
        }
        let from = base.add(field_a!(pc));
        let guess = remembered(pc);
        let code = foretold(guess);
        if !has_code(*from, guess) {
            return tail_call_other::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        let frame = code.cast::<FrameBytes>().sub(1);
        let suffices = if OPEN {
            from.add((*frame).params as usize) < (*l).top && (*frame).vararg == 0
        } else {
            field_b!(pc) > (*frame).enough as usize
        };
        if !suffices || (!PLAIN && (*l).has_open_upvalue(base)) {
            return tail_call_other::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        let ci = (*l).ci;
        let new_base = if PLAIN { base } else { (*ci).func.add(1) };
        let top = new_base.add((*frame).max_stack as usize);
        if !has_slots(l, top) {
            return tail_call_other::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        settle(from, new_base.sub(1), code);
        let end = new_base.add((*frame).params as usize);
        let mut to = new_base;
        let mut from = from;
        while to != end {
            from = from.add(1);
            *to = *from;
            // PERF: opaque, so that no call of memmove is made of it, nor a loop of four at a time.
            to = opaque(to.add(1));
        }
        clear(to, top);
        let k = constants(code);
        (*ci).base = new_base;
        (*ci).top = top;
        (*ci).k = k;
        (*ci).tail_calls = (*ci).tail_calls.saturating_add(1);
        go!(code, new_base, k, l, dispatch)
    }
}

handler! {
    /// The tail call of another function than before, or with fewer arguments than it has parameters.
    #[inline(never)]
    fn tail_call_other<const OPEN: bool>(pc, base, k, l, dispatch) {
        let from = base.add(field_a!(pc));
        let Some(callee) = Callee::of(*from) else {
            return tail_call_any::<OPEN>(pc, base, k, l, dispatch, none!());
        };
        let ci = (*l).ci;
        let func = (*ci).func;
        let new_base = func.add(1);
        let top = callee.top(new_base);
        if !has_slots(l, top) {
            return tail_call_any::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        remember(pc, callee.code);
        if (*l).has_open_upvalue(base) {
            return tail_call_closing::<OPEN>(pc, base, k, l, dispatch, none!());
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
        let k = constants(callee.code);
        (*ci).base = new_base;
        (*ci).top = top;
        (*ci).k = k;
        (*ci).tail_calls = (*ci).tail_calls.saturating_add(1);
        if callee.frame.is_entered() {
            native_call::enter!(callee.code, new_base, k, l)
        }
        go!(callee.code, new_base, k, l, dispatch)
    }
}

handler! {
    /// ... out of a function that has an open upvalue: there is none after. Here we know that the callee can be entered.
    #[inline(never)]
    fn tail_call_closing<const OPEN: bool>(pc, base, k, l, dispatch) {
        (*l).close_open_upvalues(base);
        return tail_call_other::<OPEN>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// The tail call of what is no compiled Lua function. A native one's is an ordinary call with all results
    /// wanted (C is 0), which the RETURN that always follows passes on. COMPAT: so an error in it still has
    /// this function's position.
    #[inline(never)]
    fn tail_call_any<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if let Some(function) = (*func).as_function()
            && kind_of(function) != Kind::LuaClosure
        {
            if !OPEN {
                (*l).top = base.add(field_a!(pc) + field_b!(pc));
            }
            call_native!(function, pc, base, k, l, dispatch)
        }
        return tail_call_vararg::<OPEN>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// The tail call of a compiled function with varargs, whose frame is that of `call_vararg`, or of anything that
    /// takes more.
    #[inline(never)]
    fn tail_call_vararg<const OPEN: bool>(pc, base, k, l, dispatch) {
        let from = base.add(field_a!(pc));
        let nargs = argument_count!(OPEN, pc, from, l);
        let code = (*from).as_lua_closure().map_or(core::ptr::null(), |f| f.entry.get());
        if code.is_null() {
            return tail_call_worker::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        let frame = frame_word(code);
        let ci = (*l).ci;
        let func = (*ci).func;
        let new_base = func.add(nargs + 2);
        let top = new_base.add(frame.max_stack());
        if frame.vararg() == 0 || frame.vararg() & VARARG_NEEDS_ARG != 0 || !has_slots(l, top) {
            return tail_call_worker::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        if (*l).has_open_upvalue(base) {
            return tail_call_closing::<OPEN>(pc, base, k, l, dispatch, none!());
        }
        let function = *from;
        let mut i = 0;
        while i <= nargs {
            // PERF: volatile, so that no call of memmove is made of it.
            func.add(i).write_volatile(*from.add(i));
            i += 1;
        }
        *new_base.sub(1) = function;
        let moved = frame.params().min(nargs);
        move_parameters(func, new_base, moved);
        clear(new_base.add(moved), top);
        let k = constants(code);
        (*ci).base = new_base;
        (*ci).top = top;
        (*ci).k = k;
        (*ci).tail_calls = (*ci).tail_calls.saturating_add(1);
        go!(code, new_base, k, l, dispatch)
    }
}

handler! {
    #[inline(never)]
    fn tail_call_worker<const OPEN: bool>(pc, base, k, l, dispatch) {
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
