//! Fields: the keys that are short string constants, as the names of methods are; and methods of any name.
//!
//! Not here: other keys (`tables`), globals (`loads`).

use crate::heap::Gc;
use crate::object::{Node, Str, Table, Type, Value};
use crate::state::Event;
use crate::vm::access;
use crate::vm::interp::Pc;
use crate::vm::interp::metamethods::{add_key, set_by_function, set_by_metatable};
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
        let node = guessed(&table, pc);
        if (*node).key.bits() != (*k.add(field_c!(pc))).bits() || (*node).value.is_nil() {
            return get_field_along(pc, base, k, l, dispatch, none!());
        }
        *base.add(field_a!(pc)) = (*node).value;
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// The rest of `get_field` and of `self_field`: the key is not where it was found last, or inherited.
    #[inline(never)]
    fn get_field_along(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        let Some(table) = object.as_table() else {
            slow!(get_const_slow, pc, base, k, l, dispatch)
        };
        let key = *k.add(field_c!(pc));
        let node = table.node_along(key, hash_of(key));
        if node.is_null() || (*node).value.is_nil() {
            let steps = core::ptr::without_provenance(access::MAX_META_CHAIN - 1);
            return get_field_inherited(pc, base, table.as_ptr().cast(), l, steps, none!());
        }
        remember(&table, pc, node);
        *base.add(field_a!(pc)) = (*node).value;
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// The table lacks the key: looked up in what its metatable's `__index` says, step by step.
    /// PERF: for want of registers the constants' argument is the table, that of the dispatch table
    /// the steps left; both are read back at the end.
    #[inline(never)]
    fn get_field_inherited(pc, base, table, l, steps) {
        let table = &*table.cast::<Table>();
        let metatable = table.metatable.get();
        if table.is_seeded() || steps.is_null() {
            return get_field_far(pc, base, core::ptr::null(), l, steps, none!());
        }
        let Some(metatable) = metatable else {
            return get_field_nil(pc, base, core::ptr::null(), l, steps, none!());
        };
        if metatable.absent.get() >> Event::Index as u32 & 1 != 0 {
            return get_field_nil(pc, base, core::ptr::null(), l, steps, none!());
        }
        let name = (*(*l).global).event_name_unchecked(Event::Index);
        let node = metatable.node_along(Value::string(name), name.known_hash());
        if node.is_null() {
            return get_field_far(pc, base, core::ptr::null(), l, steps, none!());
        }
        let Some(next) = (*node).value.as_table() else {
            let table = (table as *const Table).cast();
            return get_field_by_function(pc, base, table, l, node.cast_const().cast(), none!());
        };
        let key = *(*(*l).ci).k.add(field_c!(pc));
        let mut node = guessed(&next, pc);
        if (*node).key.bits() != key.bits() {
            node = next.node_along(key, hash_of(key));
            if node.is_null() {
                let steps = steps.cast::<u8>().wrapping_sub(1).cast();
                return get_field_inherited(pc, base, next.as_ptr().cast(), l, steps, none!());
            }
            remember(&next, pc, node);
        }
        if (*node).value.is_nil() {
            let steps = steps.cast::<u8>().wrapping_sub(1).cast();
            return get_field_inherited(pc, base, next.as_ptr().cast(), l, steps, none!());
        }
        *base.add(field_a!(pc)) = (*node).value;
        let k = (*(*l).ci).k;
        next!(pc, base, k, l, super::dispatch_of(l))
    }
}

handler! {
    /// Nobody has the key.
    #[inline(never)]
    fn get_field_nil(pc, base, _table, l, _steps) {
        *base.add(field_a!(pc)) = Value::NIL;
        let k = (*(*l).ci).k;
        next!(pc, base, k, l, super::dispatch_of(l))
    }
}

handler! {
    /// The `__index` of the table is no table: the value of the node in the place of the steps.
    #[inline(never)]
    fn get_field_by_function(pc, base, table, l, node) {
        let (k, dispatch) = ((*(*l).ci).k, super::dispatch_of(l));
        if !(*l).is_traced() {
            let f = (*node.cast::<Node>()).value;
            let table = Value::table(Gc::from_ptr(table.cast_mut().cast::<Table>()));
            call_metamethod!(f, [table, *k.add(field_c!(pc))], pc, l, dispatch)
        }
        return get_const_slow(pc, base, k, l, dispatch, none!());
    }
}

slow_handler! {
    fn get_field_far(pc, base, _table, l, _steps) {
        let (k, dispatch) = ((*(*l).ci).k, super::dispatch_of(l));
        return get_const_slow(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `get_field` of a value that is no table: a string's method, a userdata's, or a metamethod.
    #[inline(never)]
    fn get_field_of(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        let metatable = if let Some(userdata) = object.as_userdata() {
            userdata.metatable.get()
        } else if object.is_string() {
            (*(*l).global).type_metatables[Type::String as usize].get()
        } else {
            None
        };
        let Some(metatable) = metatable else {
            slow!(get_const_slow, pc, base, k, l, dispatch)
        };
        let name = (*(*l).global).event_name_unchecked(Event::Index);
        let node = metatable.node_along(Value::string(name), name.known_hash());
        if node.is_null() {
            slow!(get_const_slow, pc, base, k, l, dispatch)
        }
        let Some(methods) = (*node).value.as_table() else {
            return get_field_of_by_function(pc, base, k, l, node.cast_const().cast(), none!());
        };
        let key = *k.add(field_c!(pc));
        let mut node = guessed(&methods, pc);
        if (*node).key.bits() != key.bits() {
            node = methods.node_along(key, hash_of(key));
            if !node.is_null() {
                remember(&methods, pc, node);
            }
        }
        if node.is_null() || (*node).value.is_nil() {
            let steps = core::ptr::without_provenance(access::MAX_META_CHAIN - 2);
            return get_field_inherited(pc, base, methods.as_ptr().cast(), l, steps, none!());
        }
        *base.add(field_a!(pc)) = (*node).value;
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    /// The `__index` of what is no table is no table: the value of the node in the place of the
    /// dispatch table.
    #[inline(never)]
    fn get_field_of_by_function(pc, base, k, l, node) {
        let dispatch = super::dispatch_of(l);
        if !(*l).is_traced() {
            let (f, object) = ((*node.cast::<Node>()).value, *base.add(field_b!(pc)));
            call_metamethod!(f, [object, *k.add(field_c!(pc))], pc, l, dispatch)
        }
        return get_const_slow(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A)[K(B)] := RK(C), the key a short string
    fn set_field<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let Some(table) = object.as_table() else {
            return set_by_function::<true, VALUE_K>(pc, base, k, l, dispatch, none!());
        };
        let node = guessed(&table, pc);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if (*node).key.bits() != (*k.add(field_b!(pc))).bits()
            || !storable!(table, (*node).value, value)
        {
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
            if !node.is_null() && storable!(table, (*node).value, value) {
                remember(&table, pc, node);
                (*node).value = value;
                table.absent.set(0);
                next!(pc, base, k, l, dispatch)
            }
            if node.is_null() && table.metatable.get().is_none() && !table.is_seeded() {
                return add_field::<VALUE_K>(pc, base, k, l, dispatch, none!());
            }
            if (node.is_null() || (*node).value.is_nil()) && table.metatable.get().is_some() {
                return set_by_metatable::<true, VALUE_K>(pc, base, k, l, dispatch, none!());
            }
        }
        slow!(set_const_slow::<VALUE_K>, pc, base, k, l, dispatch)
    }
}

handler! {
    /// R(A)[K(B)] := RK(C) in a table that lacks the key and has no metatable.
    #[inline(never)]
    fn add_field<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        let key = *k.add(field_b!(pc));
        let main = table.main_node(hash_of(key));
        if table.store_in_vacant(main, key, value) {
            next!(pc, base, k, l, dispatch)
        }
        return add_key::<true, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A+1) := R(B); R(A) := R(B)[K(C)], the key a short string
    fn self_field(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        let slot = base.add(field_a!(pc));
        let Some(table) = object.as_table() else {
            return self_field_of(pc, base, k, l, dispatch, none!());
        };
        let node = guessed(&table, pc);
        if (*node).key.bits() != (*k.add(field_c!(pc))).bits() || (*node).value.is_nil() {
            return self_field_along(pc, base, k, l, dispatch, none!());
        }
        *slot.add(1) = object;
        *slot = (*node).value;
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    #[inline(never)]
    fn self_field_along(pc, base, k, l, dispatch) {
        *base.add(field_a!(pc) + 1) = *base.add(field_b!(pc));
        return get_field_along(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn self_field_of(pc, base, k, l, dispatch) {
        *base.add(field_a!(pc) + 1) = *base.add(field_b!(pc));
        return get_field_of(pc, base, k, l, dispatch, none!());
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
