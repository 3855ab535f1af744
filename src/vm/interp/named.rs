//! Tables by keys that are strings and not known beforehand.
//!
//! An instruction that indexes by a register does not know what is in it. One that meets a string becomes a
//! `GetName` or `SetName`, which looks for a string first and not for an index of the array part; and one of
//! those that meets anything else becomes what it was. PERF: what is an index is told by converting the key
//! to a whole number and back, and all that follows would wait for that.
//!
//! PERF: the handlers that run often look at the key's main position alone, so that no registers are saved.
//!
//! Not here: other keys (`tables`), names that are constants (`fields`).

use crate::object::Value;
use crate::vm::code::Op;
use crate::vm::interp::Pc;
use crate::vm::interp::frame::opaque;
use crate::vm::interp::metamethods::get_by_metatable;
use crate::vm::interp::tables::{get_table, get_table_slow, set_table, set_table_far};

/// Makes a word another form of the same instruction.
#[inline(always)]
pub(super) unsafe fn become_op(pc: Pc, op: Op) {
    // SAFETY: pc is a word of live code, which begins with its opcode.
    unsafe { pc.cast_mut().cast::<u8>().write(op as u8) };
}

handler! {
    /// R(A) := R(B)[R(C)], the key a string
    fn get_name(pc, base, k, l, dispatch) {
        let key = *base.add(field_c!(pc));
        if let Some(name) = key.as_string()
            && let Some(hash) = name.short_hash()
            && let Some(table) = (*base.add(field_b!(pc))).as_table()
        {
            let node = opaque(table.main_node(hash));
            if (*node).key.bits() == key.bits() && !(*node).value.is_nil() {
                *base.add(field_a!(pc)) = (*node).value;
                next!(pc, base, k, l, dispatch)
            }
            return get_name_along(pc, base, k, l, dispatch, none!());
        }
        return get_name_far(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// ... which is not in its main position.
    #[inline(never)]
    fn get_name_along(pc, base, k, l, dispatch) {
        let key = *base.add(field_c!(pc));
        if let Some(table) = (*base.add(field_b!(pc))).as_table()
            && let Some(name) = key.as_string()
        {
            let node = table.node_along(key, name.known_hash());
            if !node.is_null() && !(*node).value.is_nil() {
                *base.add(field_a!(pc)) = (*node).value;
                next!(pc, base, k, l, dispatch)
            }
            if !table.is_seeded() {
                if table.metatable.get().is_some() {
                    return get_by_metatable(pc, base, k, l, dispatch, none!());
                }
                *base.add(field_a!(pc)) = Value::NIL;
                next!(pc, base, k, l, dispatch)
            }
        }
        slow!(get_table_slow, pc, base, k, l, dispatch)
    }
}

handler! {
    /// The key is no string, or one that has not been a key; or what is indexed is no table.
    #[inline(never)]
    fn get_name_far(pc, base, k, l, dispatch) {
        if !(*base.add(field_c!(pc))).is_string() {
            become_op(pc, Op::GetTable);
            return get_table(pc, base, k, l, dispatch, none!());
        }
        if (*base.add(field_b!(pc))).is_userdata() {
            return get_by_metatable(pc, base, k, l, dispatch, none!());
        }
        slow!(get_table_slow, pc, base, k, l, dispatch)
    }
}

handler! {
    /// R(A)[R(B)] := RK(C), the key a string
    fn set_name<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = *base.add(field_b!(pc));
        if let Some(name) = key.as_string()
            && let Some(hash) = name.short_hash()
            && let Some(table) = (*base.add(field_a!(pc))).as_table()
        {
            let node = opaque(table.main_node(hash));
            if (*node).key.bits() == key.bits() {
                let value = operand!(VALUE_K, field_c!(pc), base, k);
                if storable!(table, (*node).value, value) {
                    (*node).value = value;
                    table.absent.set(0);
                    next!(pc, base, k, l, dispatch)
                }
            }
        }
        return set_name_far::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// The rest of `set_name`; the key may be no string.
    #[inline(never)]
    fn set_name_far<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        if !(*base.add(field_b!(pc))).is_string() {
            become_op(pc, if VALUE_K { Op::SetTableK } else { Op::SetTableR });
            return set_table::<VALUE_K>(pc, base, k, l, dispatch, none!());
        }
        return set_table_far::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}
