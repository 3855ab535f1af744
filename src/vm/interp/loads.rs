//! Moves, constants, upvalues, globals, jumps on truth.
//!
//! Not here: globals that are not there (`globals`).

use crate::heap::Gc;
use crate::object::{LuaClosure, Value};
use crate::state::Switchboard;
use crate::vm::access;
use crate::vm::frames::MANY_RESULTS;
use crate::vm::interp::Base;
use crate::vm::interp::frame::{node_passed, opaque, opaque_number, passed_node};
use crate::vm::interp::fields::{guessed, hash_of, remember};
use crate::vm::interp::globals::{get_global_inherited, set_global_as_told};
use crate::vm::interp::inherited::learn;
use crate::vm::interp::native_loop::{hot, warms};

handler! {
    fn r#move(pc, base, k, l, dispatch) {
        *base.add(field_a!(pc)) = *base.add(field_b!(pc));
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    fn load_k(pc, base, k, l, dispatch) {
        *base.add(field_a!(pc)) = *k.add(field_d!(pc) as usize);
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    fn load_bool(pc, base, k, l, dispatch) {
        *base.add(field_a!(pc)) = Value::boolean(field_b!(pc) != 0);
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    fn load_bool_skip(pc, base, k, l, dispatch) {
        *base.add(field_a!(pc)) = Value::boolean(field_b!(pc) != 0);
        go!(pc.add(2), base, k, l, dispatch)
    }
}

handler! {
    fn load_nil(pc, base, k, l, dispatch) {
        let last = base.add(field_b!(pc));
        let mut slot = base.add(field_a!(pc));
        while slot <= last {
            // PERF: volatile, so that the compiler does not make a call of memset of it.
            slot.write_volatile(Value::NIL);
            slot = slot.add(1);
        }
        next!(pc, base, k, l, dispatch)
    }
}

/// The running closure, which lies below base.
#[inline(always)]
pub(super) unsafe fn running(base: Base) -> Gc<LuaClosure> {
    // SAFETY: base[-1] of a Lua frame is its closure.
    unsafe { Gc::from_ptr((*base.sub(1)).address() as *mut LuaClosure) }
}

handler! {
    fn get_upval(pc, base, k, l, dispatch) {
        let upvalue = *running(base).upvalues_ptr().add(field_b!(pc));
        *base.add(field_a!(pc)) = upvalue.get();
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// The same, whose value the next instruction takes.
    fn get_upval_next(pc, base, k, l, dispatch) {
        let upvalue = *running(base).upvalues_ptr().add(field_b!(pc));
        let value = upvalue.get();
        *base.add(field_a!(pc)) = value;
        next_number!(value.as_f64(), pc, base, k, l, dispatch)
    }
}

handler! {
    fn set_upval(pc, base, k, l, dispatch) {
        let upvalue = *running(base).upvalues_ptr().add(field_b!(pc));
        let value = *base.add(field_a!(pc));
        upvalue.set(value);
        if upvalue.header().is_black() && value.is_barred() {
            slow!(set_upval_barrier, pc, base, k, l, dispatch)
        }
        next!(pc, base, k, l, dispatch)
    }
}

number_handler! {
    /// The same of what the instruction before has computed: a number, unless a metamethod did.
    fn set_upval_number<>(pc, base, k, l, dispatch, acc) {
        if acc.assume_init().is_nan() {
            return set_upval(pc, base, k, l, dispatch, none!());
        }
        let upvalue = *running(base).upvalues_ptr().add(field_b!(pc));
        upvalue.set(Value::number_unchecked(acc.assume_init()));
        next!(pc, base, k, l, dispatch)
    }
}

slow_handler! {
    fn set_upval_barrier(pc, base, k, l, dispatch) {
        access::upvalue_barrier(l, *running(base).upvalues_ptr().add(field_b!(pc)));
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    fn get_global(pc, base, k, l, dispatch) {
        let env = running(base).env.get();
        let node = opaque(guessed(&env, pc));
        if (*node).key.bits() != (*k.add(field_bc!(pc))).bits() || (*node).value.is_nil() {
            return get_global_along(pc, base, k, l, dispatch, none!());
        }
        *base.add(field_a!(pc)) = (*node).value;
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// The rest of `get_global`: the key is not where it was found last.
    #[inline(never)]
    fn get_global_along(pc, base, k, l, dispatch) {
        let env = running(base).env.get();
        let key = *k.add(field_bc!(pc));
        let node = env.node_along(key, hash_of(key));
        if !node.is_null() && !(*node).value.is_nil() {
            remember(&env, pc, node);
            *base.add(field_a!(pc)) = (*node).value;
            next!(pc, base, k, l, dispatch)
        }
        return get_global_inherited(pc, base, k, l, dispatch, none!());
    }
}

slow_handler! {
    fn get_global_slow(pc, base, k, l, dispatch) {
        let env = running(base).env.get();
        if let Some(metatable) = env.metatable.get() {
            learn(l, metatable, *k.add(field_bc!(pc)));
        }
        let env = Value::table(env);
        worker!(access::index(l, pc, env, *k.add(field_bc!(pc))), base, k, l, dispatch)
    }
}

handler! {
    fn get_global_far(pc, base, k, l, dispatch) {
        let env = Value::table(running(base).env.get());
        let key = *k.add(field_d!(pc) as usize);
        worker!(access::index(l, pc, env, key), base, k, l, dispatch)
    }
}

handler! {
    fn set_global(pc, base, k, l, dispatch) {
        let env = running(base).env.get();
        let node = opaque(guessed(&env, pc));
        if (*node).key.bits() != (*k.add(field_bc!(pc))).bits() {
            return set_global_along(pc, base, k, l, dispatch, none!());
        }
        let value = *base.add(field_a!(pc));
        if !storable!(env, (*node).value, value) {
            return set_global_as_told(pc, base, k, l, dispatch, node_passed(node));
        }
        (*node).value = value;
        env.absent.set(0);
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// The rest of `set_global`: the key is not where it was found last.
    #[inline(never)]
    fn set_global_along(pc, base, k, l, dispatch) {
        let env = running(base).env.get();
        let key = *k.add(field_bc!(pc));
        let node = env.node_along(key, hash_of(key));
        if !node.is_null() {
            remember(&env, pc, node);
        }
        return set_global_as_told(pc, base, k, l, dispatch, node_passed(node));
    }
}

number_handler! {
    /// ... in the node that is passed on, and whose metatable has no say; other environments may inherit from this one.
    #[inline(never)]
    fn set_global_found<>(pc, base, k, l, dispatch, node) {
        let env = running(base).env.get();
        let (key, value) = (*k.add(field_bc!(pc)), *base.add(field_a!(pc)));
        let node = passed_node(node);
        if storable_again!(l, env, key, (*node).value, value) {
            (*node).value = value;
            env.absent.set(0);
            next!(pc, base, k, l, dispatch)
        }
        slow!(set_global_slow, pc, base, k, l, dispatch)
    }
}

slow_handler! {
    fn set_global_slow(pc, base, k, l, dispatch) {
        let env = Value::table(running(base).env.get());
        let (key, value) = (*k.add(field_bc!(pc)), *base.add(field_a!(pc)));
        worker!(access::set_index(l, pc, env, key, value), base, k, l, dispatch)
    }
}

handler! {
    fn set_global_far(pc, base, k, l, dispatch) {
        let env = Value::table(running(base).env.get());
        let key = *k.add(field_d!(pc) as usize);
        let value = *base.add(field_a!(pc));
        worker!(access::set_index(l, pc, env, key, value), base, k, l, dispatch)
    }
}

handler! {
    fn jmp(pc, base, k, l, dispatch) {
        if field_d!(pc) as i32 <= 0 {
            turn!(pc, base, k, l, dispatch)
        }
        go!(target!(pc), base, k, l, dispatch)
    }
}

handler! {
    /// A jump that closes a loop, and counts.
    fn jmp_back(pc, base, k, l, dispatch) {
        if warms(&*dispatch.cast::<Switchboard>()) {
            return hot(pc, base, k, l, dispatch, none!());
        }
        turn!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// Jumps if the truth of R(A) is `WANTED`.
    fn test<const WANTED: bool>(pc, base, k, l, dispatch) {
        if (*base.add(field_a!(pc))).is_truthy() == WANTED {
            jump!(pc, base, k, l, dispatch)
        }
        go!(pc.add(2), base, k, l, dispatch)
    }
}

handler! {
    /// Copies R(B) to R(A) and jumps if its truth is `WANTED`.
    fn test_set<const WANTED: bool>(pc, base, k, l, dispatch) {
        let value = *base.add(field_b!(pc));
        if value.is_truthy() == WANTED {
            *base.add(field_a!(pc)) = value;
            jump!(pc, base, k, l, dispatch)
        }
        go!(pc.add(2), base, k, l, dispatch)
    }
}

handler! {
    fn not(pc, base, k, l, dispatch) {
        *base.add(field_a!(pc)) = Value::boolean((*base.add(field_b!(pc))).is_falsy());
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    fn close(pc, base, k, l, dispatch) {
        if (*l).open_upvalues.is_some() {
            slow!(close_slow, pc, base, k, l, dispatch)
        }
        next!(pc, base, k, l, dispatch)
    }
}

slow_handler! {
    fn close_slow(pc, base, k, l, dispatch) {
        (*l).close_upvalues(base.add(field_a!(pc)));
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// R(A)… := the extra arguments, B - 1 of them or (B = 0) all, up to the top. C: the function's parameters.
    fn vararg(pc, base, k, l, dispatch) {
        // func │ parameters │ extra… │ func again │ base
        let from = (*(*l).ci).func.add(1 + field_c!(pc));
        let extra = base.sub(1).byte_offset_from(from);
        if field_b!(pc) != 0 {
            return vararg_some(pc, base, k, l, dispatch, none!());
        }
        // Many are counted as work: a call is one unit, however many arguments go with it.
        let end = base.add(field_a!(pc)).wrapping_byte_offset(extra);
        if end > (*l).stack_limit || extra > (MANY_RESULTS * size_of::<Value>()) as isize || cfg!(feature = "checks") {
            slow!(vararg_slow, pc, base, k, l, dispatch)
        }
        let end = if extra < 0 { base.add(field_a!(pc)) } else { end };
        (*l).top = end;
        // PERF: one index for both, counted up to 0; opaque, so that the compiler leaves it at that.
        let mut left = opaque_number(extra.wrapping_neg());
        while left < 0 {
            end.wrapping_byte_offset(left).write_volatile(*base.sub(1).wrapping_byte_offset(left));
            left = opaque_number(left + size_of::<Value>() as isize);
        }
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// ... a certain number of them.
    #[inline(never)]
    fn vararg_some(pc, base, k, l, dispatch) {
        let mut from = (*(*l).ci).func.add(1 + field_c!(pc));
        let mut to = base.add(field_a!(pc));
        let end = to.add(field_b!(pc) - 1);
        while to < end {
            // PERF: opaque, so that no calls of memmove and memset are made of it.
            *to = if from < base.sub(1) { *from } else { Value::NIL };
            from = from.add(1);
            to = opaque(to.add(1));
        }
        next!(pc, base, k, l, dispatch)
    }
}

slow_handler! {
    fn vararg_slow(pc, base, k, l, dispatch) {
        worker!(access::vararg(l, pc), base, k, l, dispatch)
    }
}
