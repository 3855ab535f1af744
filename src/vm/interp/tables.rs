//! Reading and writing tables, methods, lengths.
//!
//! Not here: constructors (`make`).

use crate::heap::Gc;
use crate::object::{Node, Str, Table, Type, Value};
use crate::state::Event;
use crate::vm::access;
use crate::vm::interp::Pc;
use crate::vm::interp::arith::array_index;
use crate::vm::interp::frame::metamethod;
use crate::vm::interp::metamethods::{get_by_metatable, set_by_function, set_by_metatable};

handler! {
    /// R(A) := R(B)[R(C)]; a whole number in the array part here, any other key in `get_table_key`
    fn get_table(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        let key = *base.add(field_c!(pc));
        if let Some(table) = object.as_table()
            && let Some(at) = array_index(key)
            && at < table.array_len()
        {
            let value = *table.array_ptr().add(at);
            if !value.is_nil() || table.metatable.get().is_none() {
                *base.add(field_a!(pc)) = value;
                next!(pc, base, k, l, dispatch)
            }
        }
        return get_table_key(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn get_table_key(pc, base, k, l, dispatch) {
        let key = *base.add(field_c!(pc));
        if let Some(table) = (*base.add(field_b!(pc))).as_table() {
            if let Some(name) = key.as_string()
                && let Some(hash) = name.short_hash()
            {
                let node = table.node_along(key, hash);
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
            } else if let Some(node) = table.node_of_other(key) {
                let value = if node.is_null() { Value::NIL } else { (*node).value };
                if value.is_nil() && table.metatable.get().is_some() {
                    return get_by_metatable(pc, base, k, l, dispatch, none!());
                }
                *base.add(field_a!(pc)) = value;
                next!(pc, base, k, l, dispatch)
            }
        }
        if (*base.add(field_b!(pc))).is_userdata() {
            return get_by_metatable(pc, base, k, l, dispatch, none!());
        }
        slow!(get_table_slow, pc, base, k, l, dispatch)
    }
}

slow_handler! {
    fn get_table_slow(pc, base, k, l, dispatch) {
        let (object, key) = (*base.add(field_b!(pc)), *base.add(field_c!(pc)));
        worker!(access::index(l, pc, object, key), base, k, l, dispatch)
    }
}

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
    /// R(A) := R(B)[d], the key a small whole number, also K(C)
    fn get_int(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        if let Some(table) = object.as_table() {
            let at = field_d!(pc).wrapping_sub(1) as usize;
            if at < table.array_len() {
                let value = *table.array_ptr().add(at);
                if !value.is_nil() || table.metatable.get().is_none() {
                    *base.add(field_a!(pc)) = value;
                    next!(pc, base, k, l, dispatch)
                }
            }
        }
        return get_const(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A) := R(B)[K(C)], any other key
    #[inline(never)]
    fn get_const(pc, base, k, l, dispatch) {
        let key = *k.add(field_c!(pc));
        if let Some(table) = (*base.add(field_b!(pc))).as_table()
            && let Some(node) = table.node_of_other(key)
            && !table.in_array(key)
        {
            let value = if node.is_null() { Value::NIL } else { (*node).value };
            if !value.is_nil() || table.metatable.get().is_none() {
                *base.add(field_a!(pc)) = value;
                next!(pc, base, k, l, dispatch)
            }
        }
        slow!(get_const_slow, pc, base, k, l, dispatch)
    }
}

slow_handler! {
    fn get_const_slow(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        worker!(access::index(l, pc, object, *k.add(field_c!(pc))), base, k, l, dispatch)
    }
}

/// Whether `$value` can be stored in a slot of `$table` that holds `$old` by the store alone.
macro_rules! storable {
    ($table:expr, $old:expr, $value:expr) => {
        ($table.metatable.get().is_none() || !$old.is_nil()) && $table.takes_plainly($value)
    };
}

handler! {
    /// R(A)[R(B)] := RK(C); a whole number in the array part here, any other key in `set_table_key`
    fn set_table<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let key = *base.add(field_b!(pc));
        if let Some(table) = object.as_table()
            && let Some(at) = array_index(key)
            && at < table.array_len()
        {
            let slot = table.array_ptr().add(at);
            let value = operand!(VALUE_K, field_c!(pc), base, k);
            if storable!(table, *slot, value) {
                *slot = value;
                next!(pc, base, k, l, dispatch)
            }
        }
        return set_table_key::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// PERF: the key's main position alone is looked at here, so no registers are saved.
    #[inline(never)]
    fn set_table_key<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = *base.add(field_b!(pc));
        if let Some(table) = (*base.add(field_a!(pc))).as_table()
            && let Some(name) = key.as_string()
            && let Some(hash) = name.short_hash()
        {
            let node = table.main_node(hash);
            let value = operand!(VALUE_K, field_c!(pc), base, k);
            if (*node).key.bits() == key.bits() && storable!(table, (*node).value, value) {
                (*node).value = value;
                table.absent.set(0);
                next!(pc, base, k, l, dispatch)
            }
        }
        return set_table_far::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// The rest of `set_table`.
    #[inline(never)]
    fn set_table_far<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = *base.add(field_b!(pc));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if let Some(table) = (*base.add(field_a!(pc))).as_table() {
            if let Some(name) = key.as_string()
                && let Some(hash) = name.short_hash()
            {
                let main = table.main_node(hash);
                let node = table.node_from(main, key);
                if !node.is_null() && storable!(table, (*node).value, value) {
                    (*node).value = value;
                    table.absent.set(0);
                    next!(pc, base, k, l, dispatch)
                }
                if node.is_null() && table.metatable.get().is_none() && !table.is_seeded() {
                    if table.store_in_vacant(main, key, value) {
                        next!(pc, base, k, l, dispatch)
                    }
                    return add_key::<VALUE_K>(pc, base, k, l, dispatch, none!());
                }
            } else if let main = table.main_node_of_word(key)
                && !main.is_null()
            {
                let node = table.node_from(main, key);
                if !node.is_null() && storable!(table, (*node).value, value) {
                    (*node).value = value;
                    next!(pc, base, k, l, dispatch)
                }
                if node.is_null() && table.metatable.get().is_none() && !table.in_array(key) {
                    if key.is_number() && table.store_in_vacant(main, key, value) {
                        next!(pc, base, k, l, dispatch)
                    }
                    return add_key::<VALUE_K>(pc, base, k, l, dispatch, none!());
                }
            } else if let Some(node) = table.node_of_other(key)
                && !node.is_null()
                && storable!(table, (*node).value, value)
            {
                (*node).value = value;
                next!(pc, base, k, l, dispatch)
            }
            if table.metatable.get().is_some() {
                return set_by_metatable::<false, VALUE_K>(pc, base, k, l, dispatch, none!());
            }
            slow!(set_table_slow::<VALUE_K>, pc, base, k, l, dispatch)
        }
        return set_by_function::<false, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A)[R(B)] := RK(C) in a table that lacks the key and has no metatable.
    #[inline(never)]
    fn add_key<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        let table = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        worker!(access::add_key(l, pc, table, *base.add(field_b!(pc)), value), base, k, l, dispatch)
    }
}

slow_handler! {
    fn set_table_slow<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let (object, key) = (*base.add(field_a!(pc)), *base.add(field_b!(pc)));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        worker!(access::set_index(l, pc, object, key, value), base, k, l, dispatch)
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
        return add_field_worker::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn add_field_worker<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        let table = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        worker!(access::add_key(l, pc, table, *k.add(field_b!(pc)), value), base, k, l, dispatch)
    }
}

handler! {
    /// R(A)[d] := RK(C), the key a small whole number, also K(B)
    fn set_int<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if let Some(table) = object.as_table() {
            let at = field_d!(pc).wrapping_sub(1) as usize;
            if at < table.array_len() {
                let slot = table.array_ptr().add(at);
                if storable!(table, *slot, value) {
                    *slot = value;
                    next!(pc, base, k, l, dispatch)
                }
            }
        }
        return set_const::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A)[K(B)] := RK(C), any other key
    #[inline(never)]
    fn set_const<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = *k.add(field_b!(pc));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if let Some(table) = (*base.add(field_a!(pc))).as_table()
            && let Some(node) = table.node_of_other(key)
            && !node.is_null()
            && storable!(table, (*node).value, value)
        {
            (*node).value = value;
            next!(pc, base, k, l, dispatch)
        }
        slow!(set_const_slow::<VALUE_K>, pc, base, k, l, dispatch)
    }
}

slow_handler! {
    fn set_const_slow<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let key = *k.add(field_b!(pc));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        worker!(access::set_index(l, pc, object, key, value), base, k, l, dispatch)
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

handler! {
    fn len(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        if let Some(table) = object.as_table()
            && !table.has_nodes()
            && let count = table.array_len()
            && (count == 0 || !(*table.array_ptr().add(count - 1)).is_nil())
        {
            *base.add(field_a!(pc)) = Value::number_unchecked(count as f64);
            next!(pc, base, k, l, dispatch)
        }
        if let Some(string) = object.as_string() {
            *base.add(field_a!(pc)) = Value::number_unchecked(string.len() as f64);
            next!(pc, base, k, l, dispatch)
        }
        return len_near(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// The length of a table whose array part is not full. The word's d remembers the last one.
    #[inline(never)]
    fn len_near(pc, base, k, l, dispatch) {
        if let Some(table) = (*base.add(field_b!(pc))).as_table()
            && let Some(border) = table.border_near(field_d!(pc) as usize)
        {
            pc.cast_mut().cast::<u32>().add(1).write(border as u32);
            *base.add(field_a!(pc)) = Value::number_unchecked(border as i32 as f64);
            next!(pc, base, k, l, dispatch)
        }
        slow!(len_slow, pc, base, k, l, dispatch)
    }
}

slow_handler! {
    fn len_slow(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        if let Some(table) = object.as_table() {
            let border = table.length();
            pc.cast_mut().cast::<u32>().add(1).write(border as u32);
            *base.add(field_a!(pc)) = Value::number_unchecked(border as f64);
            next!(pc, base, k, l, dispatch)
        }
        if object.is_userdata()
            && !(*l).is_traced()
            && let Some(f) = metamethod(l, object, Event::Len)
        {
            call_metamethod!(f, [object, Value::NIL], pc, l, dispatch)
        }
        worker!(access::length(l, pc, object), base, k, l, dispatch)
    }
}
