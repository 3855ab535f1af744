//! Fields: the keys that are short string constants, as the names of methods are; and methods of any name.
//!
//! Not here: other keys (`tables`), globals (`loads`), what other tables have (`inherited`).

use crate::heap::Gc;
use crate::object::{Node, Str, Table, Value};
use crate::vm::access;
use crate::vm::code::Op;
use crate::vm::interp::Pc;
use crate::vm::interp::frame::{adds_freely, node_passed, opaque};
use crate::vm::interp::inherited::{get_field_inherited, get_field_of, turn_inherited, turn_own};
use crate::vm::interp::metamethods::{add_key, set_by_function, set_name_by_metatable};
use crate::vm::interp::named::become_calling;
use crate::vm::interp::tables::{get_const_slow, set_const_slow};

/// The hash of a key that is a short string constant.
#[inline(always)]
pub(super) unsafe fn hash_of(key: Value) -> u32 {
    // SAFETY: a constant of the function, and a string.
    let name: Gc<Str> = unsafe { Gc::from_ptr(key.address() as *mut Str) };
    name.known_hash()
}

/// The node in which an instruction has found its field last, if the table is like the one it was found in; at
/// first, where the key belongs. PERF: keys that are not in their main position, and those of a class that
/// objects inherit from, are found by one comparison.
#[inline(always)]
pub(super) unsafe fn guessed(table: &Table, pc: Pc) -> *mut Node {
    // SAFETY: pc is a word of live code. The result is a node of the table, no more than a guess.
    table.main_node(unsafe { field_d!(pc) })
}

/// Lets an instruction remember where it has found its field.
#[inline(always)]
pub(super) unsafe fn remember(table: &Table, pc: Pc, node: *mut Node) {
    // SAFETY: a node of the table; pc is a word of live code.
    unsafe {
        let at = node.offset_from(table.node_ptr()) as u32;
        pc.cast_mut().cast::<u32>().add(1).write(at);
    }
}

handler! {
    /// R(A) := R(B)[K(C)], the key a short string
    fn get_field(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        let Some(table) = object.as_table() else {
            return get_field_of(pc, base, k, l, dispatch, none!());
        };
        let node = opaque(guessed(&table, pc));
        if (*node).key.bits() != (*k.add(field_c!(pc))).bits() || (*node).value.is_nil() {
            return get_field_along(pc, base, k, l, dispatch, none!());
        }
        *base.add(field_a!(pc)) = (*node).value;
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// The rest of `get_field` and of `self_field`: the key is not where it was found last, or inherited.
    /// PERF: its main position alone is looked at here, so no registers are saved.
    #[inline(never)]
    fn get_field_along(pc, base, k, l, dispatch) {
        let Some(table) = (*base.add(field_b!(pc))).as_table() else {
            slow!(get_const_slow, pc, base, k, l, dispatch)
        };
        let key = *k.add(field_c!(pc));
        let node = table.main_node(hash_of(key));
        if (*node).key.bits() == key.bits() {
            let value = (*node).value;
            if value.is_nil() {
                return turn_inherited(pc, base, k, l, dispatch, none!());
            }
            *base.add(field_a!(pc)) = value;
            remember(&table, pc, node);
            next!(pc, base, k, l, dispatch)
        }
        if (*node).is_last() {
            if table.metatable.get().is_some() || table.is_seeded() {
                return turn_inherited(pc, base, k, l, dispatch, none!());
            }
            *base.add(field_a!(pc)) = Value::NIL;
            next!(pc, base, k, l, dispatch)
        }
        return get_field_in_chain(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// ... looked for in the chain that begins at its main position.
    #[inline(never)]
    fn get_field_in_chain(pc, base, k, l, dispatch) {
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_b!(pc))).address() as *mut Table);
        let key = *k.add(field_c!(pc));
        let node = table.node_along(key, hash_of(key));
        if node.is_null() || (*node).value.is_nil() {
            return get_field_inherited(pc, base, k, l, dispatch, none!());
        }
        turn_own(pc);
        remember(&table, pc, node);
        *base.add(field_a!(pc)) = (*node).value;
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// R(A)[K(B)] := RK(C), the key a short string
    fn set_field<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let Some(table) = object.as_table() else {
            return set_by_function::<true, VALUE_K>(pc, base, k, l, dispatch, none!());
        };
        // PERF: opaque, so that it takes one register, and none is saved.
        let node = opaque(guessed(&table, pc));
        let key = opaque((*k.add(field_b!(pc))).bits() as *mut u64);
        if (*node).key.bits() != key as u64 {
            return set_field_along::<VALUE_K>(pc, base, k, l, dispatch, none!());
        }
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if !storable!(table, (*node).value, value) {
            return set_field_along::<VALUE_K>(pc, base, k, l, dispatch, none!());
        }
        (*node).value = value;
        table.absent.set(0);
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// The rest of `set_field`: the key is not where it was found last.
    #[inline(never)]
    fn set_field_along<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if let Some(table) = (*base.add(field_a!(pc))).as_table() {
            let key = *k.add(field_b!(pc));
            let node = table.node_along(key, hash_of(key));
            if !node.is_null() && storable_again!(l, table, key, (*node).value, value) {
                remember(&table, pc, node);
                (*node).value = value;
                table.absent.set(0);
                next!(pc, base, k, l, dispatch)
            }
            if node.is_null() && !table.is_seeded() && adds_freely(&table) {
                return add_field::<VALUE_K>(pc, base, k, l, dispatch, none!());
            }
            let lacks = if node.is_null() { !table.is_seeded() } else { (*node).value.is_nil() };
            if lacks && table.metatable.get().is_some() {
                if !adds_freely(&table) {
                    become_calling(pc, if VALUE_K { Op::SetToldK } else { Op::SetToldR });
                }
                return set_name_by_metatable::<true, VALUE_K>(pc, base, k, l, dispatch, node_passed(node));
            }
        }
        slow!(set_const_slow::<VALUE_K>, pc, base, k, l, dispatch)
    }
}

handler! {
    /// R(A)[K(B)] := RK(C) in a table that lacks the key, and whose metatable has no say.
    #[inline(never)]
    fn add_field<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        let key = *k.add(field_b!(pc));
        let hash = hash_of(key);
        if table.store_in_vacant(table.main_node(hash), key, hash, value) {
            next!(pc, base, k, l, dispatch)
        }
        return add_key::<true, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A+1) := R(B); R(A) := R(B)[K(C)], the key a short string
    fn self_field(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        *base.add(field_a!(pc) + 1) = object;
        let Some(table) = object.as_table() else {
            return get_field_of(pc, base, k, l, dispatch, none!());
        };
        let node = opaque(guessed(&table, pc));
        if (*node).key.bits() != (*k.add(field_c!(pc))).bits() || (*node).value.is_nil() {
            return get_field_along(pc, base, k, l, dispatch, none!());
        }
        *base.add(field_a!(pc)) = (*node).value;
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// R(A+1) := R(B); R(A) := R(B)[RK(C)], any key
    fn self_any<const KEY_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        let key = operand!(KEY_K, field_c!(pc), base, k);
        *base.add(field_a!(pc) + 1) = object;
        worker!(access::index(l, pc, object, key), base, k, l, dispatch)
    }
}
