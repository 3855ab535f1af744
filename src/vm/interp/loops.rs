//! Loops.

use crate::heap::{Gc, Kind};
use crate::object::{LuaClosure, NativeClosure, Value};
use crate::state::{Event, Switchboard};
use crate::vm::code::Op;
use crate::vm::interp::arith::{exact_int, truncate_slot, widen};
use crate::vm::interp::LOOP_VARIABLE;
use crate::vm::interp::fast::Fast;
use crate::vm::interp::fast::coroutine::resume_any;
use crate::vm::interp::frame::{Callee, clear, fill, has_room, kind_of, metamethod, opaque};
use crate::vm::interp::named::become_op;
use crate::vm::interp::native::{call_builtin, call_foreign};
use crate::vm::interp::native_call;
use crate::vm::interp::native_loop::{hot, hot_generic, warms};
use crate::vm::interp::Pc;
use crate::vm::{access, frames};

handler! {
    /// R(A) += R(A+2); if within R(A+1): R(A+3) := R(A), jump. `COUNTS`: turns are counted, until the loop gets machine code or
    /// is to have none.
    fn for_loop<const COUNTS: bool>(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        let step = *slots.add(2);
        // Whatever is not a number compares false, so only numbers are ever stored.
        if (step.bits() as i64) <= 0 {
            return for_loop_down(pc, base, k, l, dispatch, none!());
        }
        let index = (*slots).as_f64() + step.as_f64();
        if index <= (*slots.add(1)).as_f64() {
            *slots = Value::number_unchecked(index);
            *slots.add(LOOP_VARIABLE) = Value::number_unchecked(index);
            if COUNTS && warms(&*dispatch.cast::<Switchboard>()) {
                return hot(pc, base, k, l, dispatch, none!());
            }
            turn_with!(crate::vm::interp::Acc::new(index), pc, base, k, l, dispatch)
        }
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// The same for a step that is not above 0 (or NaN).
    #[inline(never)]
    fn for_loop_down(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        let index = (*slots).as_f64() + (*slots.add(2)).as_f64();
        if (*slots.add(1)).as_f64() <= index {
            *slots = Value::number_unchecked(index);
            *slots.add(LOOP_VARIABLE) = Value::number_unchecked(index);
            if *pc.cast::<u8>() == Op::ForLoop as u8 && warms(&*dispatch.cast::<Switchboard>()) {
                return hot(pc, base, k, l, dispatch, none!());
            }
            turn_with!(crate::vm::interp::Acc::new(index), pc, base, k, l, dispatch)
        }
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    fn for_prep(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        let start = (*slots).as_f64();
        let step = (*slots.add(2)).as_f64();
        if start.is_nan() || (*slots.add(1)).as_f64().is_nan() || step.is_nan() {
            slow!(for_prep_slow, pc, base, k, l, dispatch)
        }
        *slots = Value::number_unchecked(start - step);
        go!(target!(pc), base, k, l, dispatch)
    }
}

slow_handler! {
    fn for_prep_slow(pc, base, k, l, dispatch) {
        worker!(access::for_prep(l, pc), base, k, l, dispatch)
    }
}

handler! {
    /// R(A+3)… := R(A)(R(A+1), R(A+2)), then `tfor_test`. `COUNTS`: as for `for_loop`.
    fn tfor_loop<const COUNTS: bool>(pc, base, k, l, dispatch) {
        if COUNTS && warms(&*dispatch.cast::<Switchboard>()) {
            return hot_generic(pc, base, k, l, dispatch, none!());
        }
        let slots = base.add(field_a!(pc));
        let iterator = *slots;
        if iterator.is_function()
            && (*slots.add(1)).is_table()
            && !(*l).is_traced()
            && let Some(native) = iterator.as_native_closure()
            && !native.rust_entry.is_null()
        {
            let global = (*l).global();
            if native.rust_entry == global.next_entry.get() {
                return tfor_next(pc, base, k, l, dispatch, none!());
            }
            if native.rust_entry == global.ipairs_entry.get() {
                return tfor_ipairs(pc, base, k, l, dispatch, none!());
            }
        }
        return tfor_any(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// The iterator is called, behind the loop's variables; the next word tests its result.
    #[inline(never)]
    fn tfor_any(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        let iterator = *slots;
        if (*l).is_traced() {
            return tfor_worker(pc, base, k, l, dispatch, none!());
        }
        let Some(function) = iterator.as_function() else {
            return tfor_value(pc, base, k, l, dispatch, none!());
        };
        if kind_of(function) == Kind::LuaClosure {
            return tfor_lua(pc, base, k, l, dispatch, none!());
        }
        let native = function.cast::<NativeClosure>();
        let func = slots.add(3);
        *func = iterator;
        // PERF: volatile, so that the two are not copied in one: that would wait for the stores of both.
        func.add(1).write_volatile(*slots.add(1));
        func.add(2).write_volatile(*slots.add(2));
        (*l).top = func.add(3);
        if native.rust_entry.is_null() {
            return call_foreign::<true>(pc, base, k, l, dispatch, none!());
        }
        if native.fast.get() == Fast::Wrapped as u8 {
            become_wrapped(pc);
            return resume_any::<true, true>(pc, base, k, l, dispatch, none!());
        }
        return call_builtin::<true>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// ... which is a Lua function. PERF: apart, for it takes registers that are to be saved.
    #[inline(never)]
    fn tfor_lua(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        let func = slots.add(3);
        let closure: Gc<LuaClosure> = Gc::from_ptr((*slots).address() as *mut LuaClosure);
        let Some(callee) = Callee::of_closure(closure) else {
            return tfor_value(pc, base, k, l, dispatch, none!());
        };
        let new_base = func.add(1);
        let top = callee.top(new_base);
        let ci = (*l).ci.add(1);
        let is_entered = callee.frame.is_entered();
        if !has_room(l, top, ci) && !(is_entered && native_call::has_room(l, top, ci)) {
            return tfor_worker(pc, base, k, l, dispatch, none!());
        }
        *func = *slots;
        // PERF: volatile, as above.
        new_base.write_volatile(*slots.add(1));
        new_base.add(1).write_volatile(*slots.add(2));
        clear(new_base.add(callee.frame.params().min(2)), top);
        (*ci.sub(1)).pc = pc.add(1);
        let k = fill(ci, func, new_base, top, callee.code, field_c!(pc) as i32);
        (*l).ci = ci;
        if is_entered {
            native_call::enter!(callee.code, new_base, k, l)
        }
        go!(callee.code, new_base, k, l, dispatch)
    }
}

handler! {
    /// ... which is no function that can be entered: what its `__call` says is called, the value before the others.
    #[inline(never)]
    fn tfor_value(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        let object = *slots;
        if (object.is_table() || object.is_userdata())
            && let Some(f) = metamethod(l, object, Event::Call)
            && let Some(callee) = Callee::of(f)
        {
            let func = slots.add(3);
            let new_base = func.add(1);
            let top = callee.top(new_base);
            let ci = (*l).ci.add(1);
            if has_room(l, top.max(new_base.add(3)), ci) {
                *func = f;
                *new_base = object;
                // PERF: volatile, as above.
                new_base.add(1).write_volatile(*slots.add(1));
                new_base.add(2).write_volatile(*slots.add(2));
                clear(new_base.add(callee.frame.params().min(3)), top);
                (*ci.sub(1)).pc = pc.add(1);
                let k = fill(ci, func, new_base, top, callee.code, field_c!(pc) as i32);
                (*l).ci = ci;
                go!(callee.code, new_base, k, l, dispatch)
            }
        }
        return tfor_worker(pc, base, k, l, dispatch, none!());
    }
}

/// The iterator was made by `coroutine.wrap`, for the time being.
///
/// # Safety
/// `pc` is a word of live code, a TFORLOOP's.
unsafe fn become_wrapped(pc: Pc) {
    // SAFETY: the caller's promise.
    unsafe {
        match *pc.cast::<u8>() {
            op if op == Op::TForLoop as u8 => become_op(pc, Op::TForWrapped),
            op if op == Op::TForSettled as u8 => become_op(pc, Op::TForWrappedSettled),
            _ => {}
        }
    }
}

handler! {
    #[inline(never)]
    fn tfor_worker(pc, base, k, l, dispatch) {
        worker!(frames::tfor_call(l, pc), base, k, l, dispatch)
    }
}

/// Goes on in the body of a generic for, whose first two variables are set, or (`C > 2`) nil after.
macro_rules! tfor_body {
    ($pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {{
        let count = field_c!($pc);
        let mut extra = 2;
        while extra < count {
            $base.add(field_a!($pc) + 3 + extra).write_volatile(Value::NIL);
            extra += 1;
        }
        let test = $pc.add(1);
        turn!(test, $base, $k, $l, $dispatch)
    }};
}

/// A whole number as a value.
#[inline(always)]
fn whole(n: i32) -> Value {
    Value::number_unchecked(widen(n))
}

/// When the next key lies further on, `next` itself is called, which counts the work of going there.
pub const MANY_PLACES: u32 = 64;

/// Gives the loop at `$pc` its variables, of which it has one or two, and goes on in its body; the first controls the loop.
macro_rules! tfor_give {
    ($key:expr, $value:expr, $slots:expr, $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {{
        *$slots.add(2) = $key;
        *$slots.add(3) = $key;
        if field_c!($pc) > 1 {
            *$slots.add(4) = $value;
        }
        let test = $pc.add(1);
        turn!(test, $base, $k, $l, $dispatch)
    }};
}

handler! {
    /// The iterator is `next`. The word's d remembers where the loop is in the table's order: the next place in the
    /// same part, if it is not far.
    #[inline(never)]
    fn tfor_next(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        let Some(table) = (*slots.add(1)).as_table() else {
            return tfor_any(pc, base, k, l, dispatch, none!());
        };
        if field_c!(pc) > 2 {
            return tfor_next_far(pc, base, k, l, dispatch, none!());
        }
        let at = field_d!(pc) as usize + 1;
        if at < table.array_len() {
            let value = *table.array_ptr().add(at);
            if whole(at as i32).bits() != (*slots.add(2)).bits() || value.is_nil() {
                return tfor_next_far(pc, base, k, l, dispatch, none!());
            }
            pc.cast_mut().cast::<u32>().add(1).write(at as u32);
            let key = whole(at as i32 + 1);
            tfor_give!(key, value, slots, pc, base, k, l, dispatch)
        }
        let index = at.wrapping_sub(1 + table.array_len());
        if index >= table.node_mask() as usize
            || (*table.node_ptr().add(index)).key.bits() != (*slots.add(2)).bits()
            || (*slots.add(2)).is_nil() // the loop begins, and the node is empty
        {
            return tfor_next_far(pc, base, k, l, dispatch, none!());
        }
        let mut left = (table.node_mask() as usize - index).min(MANY_PLACES as usize);
        let mut node = table.node_ptr().add(index);
        let mut at = at - 1;
        loop {
            if left == 0 {
                return tfor_next_far(pc, base, k, l, dispatch, none!());
            }
            left -= 1;
            at += 1;
            // PERF: opaque, so that it is not computed from the others.
            node = opaque(node.add(1));
            if !(*node).value.is_nil() {
                break;
            }
        }
        pc.cast_mut().cast::<u32>().add(1).write(at as u32);
        tfor_give!((*node).key, (*node).value, slots, pc, base, k, l, dispatch)
    }
}

handler! {
    /// ... anything else that `next` may come to.
    #[inline(never)]
    fn tfor_next_far(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        if let Some(table) = (*slots.add(1)).as_table() {
            match table.next_from(*slots.add(2), field_d!(pc)) {
                Ok(Some((key, value, at))) => {
                    let from = if (*slots.add(2)).is_nil() { 0 } else { field_d!(pc) };
                    pc.cast_mut().cast::<u32>().add(1).write(at);
                    if at > from.saturating_add(MANY_PLACES) {
                        return tfor_any(pc, base, k, l, dispatch, none!());
                    }
                    *slots.add(2) = key;
                    *slots.add(3) = key;
                    if field_c!(pc) > 1 {
                        *slots.add(4) = value;
                    }
                    tfor_body!(pc, base, k, l, dispatch)
                }
                Ok(None) => {
                    let from = if (*slots.add(2)).is_nil() { 0 } else { field_d!(pc) as usize };
                    if table.places() > from + MANY_PLACES as usize {
                        return tfor_any(pc, base, k, l, dispatch, none!());
                    }
                    *slots.add(3) = Value::NIL;
                    go!(pc.add(2), base, k, l, dispatch)
                }
                Err(_) => {}
            }
        }
        return tfor_any(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// The iterator is that of `ipairs`: the next item in the array part.
    #[inline(never)]
    fn tfor_ipairs(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        if let Some(table) = (*slots.add(1)).as_table()
            && let before = truncate_slot(slots, 2)
            && whole(before).bits() == (*slots.add(2)).bits()
            && (before as u32 as usize) < table.array_len()
            && let value = *table.array_ptr().add(before as u32 as usize)
            && !value.is_nil()
            && field_c!(pc) <= 2
        {
            let key = whole(before + 1);
            tfor_give!(key, value, slots, pc, base, k, l, dispatch)
        }
        return tfor_ipairs_far(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// ... any other.
    #[inline(never)]
    fn tfor_ipairs_far(pc, base, k, l, dispatch) {
        let slots = base.add(field_a!(pc));
        if let Some(table) = (*slots.add(1)).as_table()
            && let Some(before) = exact_int(*slots.add(2))
        {
            let index = before.wrapping_add(1);
            let at = (index as u32).wrapping_sub(1) as usize;
            let value = if at < table.array_len() {
                *table.array_ptr().add(at)
            } else {
                table.get_int(index)
            };
            if value.is_nil() {
                *slots.add(3) = Value::NIL;
                go!(pc.add(2), base, k, l, dispatch)
            }
            let index = Value::number_unchecked(index as f64);
            *slots.add(2) = index;
            *slots.add(3) = index;
            if field_c!(pc) > 1 {
                *slots.add(4) = value;
            }
            tfor_body!(pc, base, k, l, dispatch)
        }
        return tfor_any(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// If R(A) is not nil: R(A-1) := R(A), jump
    fn tfor_test(pc, base, k, l, dispatch) {
        let control = base.add(field_a!(pc));
        if !(*control).is_nil() {
            *control.sub(1) = *control;
            turn!(pc, base, k, l, dispatch)
        }
        next!(pc, base, k, l, dispatch)
    }
}
