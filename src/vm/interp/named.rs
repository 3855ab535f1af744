//! Tables by keys that are strings and not known beforehand.
//!
//! An instruction that indexes by a register does not know what is in it. One that meets a string becomes a
//! `GetName` or `SetName`, which looks for a string first and not for an index of the array part; and one of
//! those that meets anything else becomes what it was. PERF: what is an index is told by converting the key
//! to a whole number and back, and all that follows would wait for that.
//!
//! PERF: the handlers that run often look along the chain and at nothing else, so that no registers are saved.
//!
//! Not here: other keys (`tables`), names that are constants (`fields`).

use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::vm::code::Op;
use crate::vm::interp::Pc;
use crate::vm::interp::arith::R;
use crate::vm::interp::frame::{adds_freely, node_passed, opaque, passed_node};
use crate::vm::interp::metamethods::{add_key, get_by_metatable, set_name_by_metatable};
use crate::vm::interp::tables::{get_table, get_table_slow, set_table, set_table_far, set_table_slow};

/// Makes a word another form of the same instruction.
#[inline(always)]
pub(super) unsafe fn become_op(pc: Pc, op: Op) {
    // SAFETY: pc is a word of live code, which begins with its opcode.
    unsafe { pc.cast_mut().cast::<u8>().write(op as u8) };
}

/// Makes a word the form of its instruction that remembers a code, as calls do. None yet: what the word remembered of the other form is
/// no distance, and chosen well it might lead to null, which is the code of a function that has none.
#[inline(always)]
pub(super) unsafe fn become_calling(pc: Pc, op: Op) {
    // SAFETY: as above.
    unsafe {
        if *pc.cast::<u8>() != op as u8 {
            become_op(pc, op);
            pc.cast_mut().cast::<u32>().add(1).write(0);
        }
    }
}

handler! {
    /// R(A) := R(B)[R(C)], the key a string
    ///
    /// PERF: whether the key is short, and has been a key, is asked only where the chain has no such word.
    fn get_name(pc, base, k, l, dispatch) {
        let key = *base.add(field_c!(pc));
        let name = key.string_untagged();
        let table = (*base.add(field_b!(pc))).table_untagged();
        if Value::is_untagged(name) && Value::is_untagged(table) {
            let (name, table) = (&*name, &*table);
            let main = opaque(table.main_node(name.hash_or_any()));
            let mut node = opaque((*main).this_or_next(key));
            loop {
                if (*node).key.bits() == key.bits() {
                    let value = (*node).value;
                    if value.is_nil() {
                        return get_name_absent(pc, base, k, l, dispatch, none!());
                    }
                    *base.add(field_a!(pc)) = value;
                    next!(pc, base, k, l, dispatch)
                }
                let next = (*node).next_in_chain();
                if next == node {
                    return get_name_absent(pc, base, k, l, dispatch, none!());
                }
                node = next;
            }
        }
        return get_name_far(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// ... whose chain has no such key, or one without a value.
    #[inline(never)]
    fn get_name_absent(pc, base, k, l, dispatch) {
        if let Some(table) = (*base.add(field_b!(pc))).as_table()
            && let Some(name) = (*base.add(field_c!(pc))).as_string()
            && name.short_hash().is_some()
            && !table.is_seeded()
        {
            if table.metatable.get().is_some() {
                return get_by_metatable(pc, base, k, l, dispatch, none!());
            }
            *base.add(field_a!(pc)) = Value::NIL;
            next!(pc, base, k, l, dispatch)
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
            return get_table::<R>(pc, base, k, l, dispatch, none!());
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
        let name = key.string_untagged();
        let table = (*base.add(field_a!(pc))).table_untagged();
        if Value::is_untagged(name) && Value::is_untagged(table) {
            let (name, table) = (&*name, &*table);
            let main = opaque(table.main_node(name.hash_or_any()));
            let mut node = opaque((*main).this_or_next(key));
            loop {
                if (*node).key.bits() == key.bits() {
                    let value = operand!(VALUE_K, field_c!(pc), base, k);
                    if storable!(table, (*node).value, value) {
                        (*node).value = value;
                        table.absent.set(0);
                        next!(pc, base, k, l, dispatch)
                    }
                    return set_name_found::<VALUE_K>(pc, base, k, l, dispatch, node_passed(node));
                }
                let next = (*node).next_in_chain();
                if next == node {
                    return set_name_absent::<VALUE_K>(pc, base, k, l, dispatch, none!());
                }
                node = next;
            }
        }
        return set_name_far::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

number_handler! {
    /// ... whose chain has the key, in the node that is passed on, where the store alone may not be enough.
    #[inline(never)]
    fn set_name_found<const VALUE_K: bool>(pc, base, k, l, dispatch, node) {
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        let key = *base.add(field_b!(pc));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        let node = passed_node(node);
        if storable_again!(l, table, key, (*node).value, value) {
            (*node).value = value;
            table.absent.set(0);
            next!(pc, base, k, l, dispatch)
        }
        if (*node).value.is_nil() && table.metatable.get().is_some() {
            return set_name_by_metatable::<false, VALUE_K>(pc, base, k, l, dispatch, node_passed(node));
        }
        slow!(set_table_slow::<VALUE_K>, pc, base, k, l, dispatch)
    }
}

handler! {
    /// ... whose chain has no such key.
    #[inline(never)]
    fn set_name_absent<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = *base.add(field_b!(pc));
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        if let Some(name) = key.as_string()
            && let Some(hash) = name.short_hash()
            && !table.is_seeded()
        {
            if !adds_freely(&table) {
                let none = core::ptr::null_mut();
                return set_name_by_metatable::<false, VALUE_K>(pc, base, k, l, dispatch, node_passed(none));
            }
            let value = operand!(VALUE_K, field_c!(pc), base, k);
            if table.add_in_node::<true>(&(*(*l).global).heap, table.main_node(hash), key, value, hash) {
                next!(pc, base, k, l, dispatch)
            }
            return add_key::<false, VALUE_K>(pc, base, k, l, dispatch, none!());
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
            return set_table::<R, VALUE_K>(pc, base, k, l, dispatch, none!());
        }
        return set_table_far::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}
