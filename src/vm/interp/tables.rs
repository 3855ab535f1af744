//! Reading and writing tables by any key, lengths.
//!
//! Not here: fields (`fields`), keys that are strings (`named`), constructors (`make`).

use crate::heap::Gc;
use crate::object::{Table, Value};
use crate::state::Event;
use crate::vm::access;
use crate::vm::code::Op;
use crate::vm::interp::arith::{X, array_index, array_index_in};
use crate::vm::interp::frame::{adds_freely, metamethod, node_passed, passed_node};
use crate::vm::interp::metamethods::{add_key, get_by_metatable, set_by_function, set_by_metatable};
use crate::vm::interp::named::{become_op, get_name, set_name};

/// The slot of the array part, counted from 0, that a key in a register (`R`) or of the instruction before (`X`) says.
macro_rules! index_operand {
    ($kind:expr, $slot:expr, $base:expr, $acc:expr) => {
        if $kind == X {
            debug_assert_eq!($acc.assume_init().to_bits(), (*$base.add($slot)).bits());
            array_index($acc.assume_init())
        } else {
            array_index_in($base, $slot)
        }
    };
}

number_handler! {
    /// R(A) := R(B)[R(C)]; a whole number in the array part here, any other key in `get_table_key`
    fn get_table<const KEY: u8>(pc, base, k, l, dispatch, acc) {
        let object = *base.add(field_b!(pc));
        if let Some(table) = object.as_table()
            && let Some(at) = index_operand!(KEY, field_c!(pc), base, acc)
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
        if key.is_string() {
            become_op(pc, Op::GetName);
            return get_name(pc, base, k, l, dispatch, none!());
        }
        if let Some(table) = (*base.add(field_b!(pc))).as_table()
            && let main = table.main_node_of_word(key)
            && !main.is_null()
        {
            let node = table.node_of_any(main, key);
            if !node.is_null() && !(*node).value.is_nil() {
                *base.add(field_a!(pc)) = (*node).value;
                next!(pc, base, k, l, dispatch)
            }
            if table.metatable.get().is_none() {
                *base.add(field_a!(pc)) = Value::NIL;
                next!(pc, base, k, l, dispatch)
            }
            return get_by_metatable(pc, base, k, l, dispatch, none!());
        }
        return get_table_other(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// ... any other key.
    #[inline(never)]
    fn get_table_other(pc, base, k, l, dispatch) {
        let key = *base.add(field_c!(pc));
        if let Some(table) = (*base.add(field_b!(pc))).as_table()
            && let Some(node) = table.node_of_other(key)
        {
            let value = if node.is_null() { Value::NIL } else { (*node).value };
            if value.is_nil() && table.metatable.get().is_some() {
                return get_by_metatable(pc, base, k, l, dispatch, none!());
            }
            *base.add(field_a!(pc)) = value;
            next!(pc, base, k, l, dispatch)
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

/// `storable` for a slot of this key, in a watched table too, or one whose metatable has no `__newindex`.
macro_rules! storable_again {
    ($l:expr, $table:expr, $key:expr, $old:expr, $value:expr) => {
        (!$old.is_nil() || $crate::vm::interp::frame::adds_freely(&$table))
            && $table.takes_again(&(*(*$l).global).heap, $key, $old, $value)
    };
}

number_handler! {
    /// R(A)[R(B)] := RK(C); a whole number in the array part here, any other key in `set_table_key`
    fn set_table<const KEY: u8, const VALUE_K: bool>(pc, base, k, l, dispatch, acc) {
        let object = *base.add(field_a!(pc));
        if let Some(table) = object.as_table()
            && let Some(at) = index_operand!(KEY, field_b!(pc), base, acc)
        {
            let value = operand!(VALUE_K, field_c!(pc), base, k);
            if table.is_inside(at, value) && !table.needs_care() {
                *table.array_ptr().add(at) = value;
                next!(pc, base, k, l, dispatch)
            }
            if at < table.array_len() {
                if table.metatable.get().is_none() && !table.needs_care() && table.expects(at, value) {
                    *table.array_ptr().add(at) = value;
                    next!(pc, base, k, l, dispatch)
                }
                return set_slot::<VALUE_K>(pc, base, k, l, dispatch, none!());
            }
        }
        return set_table_key::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `set_table` in the array part where the border may change, or the metatable has a say.
    #[inline(never)]
    fn set_slot<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if let Some(table) = (*base.add(field_a!(pc))).as_table()
            && let Some(at) = array_index_in(base, field_b!(pc))
            && at < table.array_len()
            && table.takes_plainly(value)
            && (!(*table.array_ptr().add(at)).is_nil() || adds_freely(&table))
        {
            table.put_in_array(at, value);
            next!(pc, base, k, l, dispatch)
        }
        return set_by_metatable::<false, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn set_table_key<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        if (*base.add(field_b!(pc))).is_string() {
            become_op(pc, if VALUE_K { Op::SetNameK } else { Op::SetNameR });
            return set_name::<VALUE_K>(pc, base, k, l, dispatch, none!());
        }
        if let Some(table) = (*base.add(field_a!(pc))).as_table() {
            if !adds_freely(&table) {
                return set_by_metatable::<false, VALUE_K>(pc, base, k, l, dispatch, none!());
            }
            if !table.has_nodes() {
                return append::<VALUE_K>(pc, base, k, l, dispatch, none!());
            }
        }
        return set_word::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `set_table` of a table without nodes, whose metatable has no say: mostly the next value of a list that is full.
    #[inline(never)]
    fn append<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if table.append_at_hand(&(*(*l).global).heap, *base.add(field_b!(pc)), value) {
            next!(pc, base, k, l, dispatch)
        }
        return set_table_far::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `set_table` where the key is a number or an object, and in a node; anything else is left to `set_table_far`.
    #[inline(never)]
    fn set_word<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = *base.add(field_b!(pc));
        if let Some(table) = (*base.add(field_a!(pc))).as_table()
            && table.metatable.get().is_none()
            && let main = table.main_node_of_word(key)
            && !main.is_null()
        {
            let node = table.node_of_any(main, key);
            let value = operand!(VALUE_K, field_c!(pc), base, k);
            if !node.is_null() && table.takes_plainly(value) {
                (*node).value = value;
                next!(pc, base, k, l, dispatch)
            }
            if node.is_null() && table.has_nodes() && !table.in_array(key) {
                return add_word::<VALUE_K>(pc, base, k, l, dispatch, node_passed(main));
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
                let node = table.node_of_any(main, key);
                if !node.is_null() && storable_again!(l, table, key, (*node).value, value) {
                    (*node).value = value;
                    table.absent.set(0);
                    next!(pc, base, k, l, dispatch)
                }
                if node.is_null() && adds_freely(&table) && !table.is_seeded() {
                    if table.store_in_vacant(main, key, hash, value) {
                        next!(pc, base, k, l, dispatch)
                    }
                    return add_key::<false, VALUE_K>(pc, base, k, l, dispatch, none!());
                }
            } else if !table.has_nodes()
                && key.as_f64() > 0.0 // of a number, and no NaN
                && adds_freely(&table)
                && !table.in_array(key)
            {
                return add_key::<false, VALUE_K>(pc, base, k, l, dispatch, none!());
            } else if let main = table.main_node_of_word(key)
                && !main.is_null()
            {
                let node = table.node_of_any(main, key);
                if !node.is_null() && storable!(table, (*node).value, value) {
                    (*node).value = value;
                    next!(pc, base, k, l, dispatch)
                }
                if node.is_null() && adds_freely(&table) && !table.in_array(key) {
                    return add_word::<VALUE_K>(pc, base, k, l, dispatch, node_passed(main));
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

number_handler! {
    /// R(A)[R(B)] := RK(C), where a table lacks the key, a number or an object, and its metatable has no say; the key's main position is
    /// passed on.
    #[inline(never)]
    fn add_word<const VALUE_K: bool>(pc, base, k, l, dispatch, main) {
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        let key = *base.add(field_b!(pc));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        let main = passed_node(main);
        if table.add_in_node::<false>(&(*(*l).global).heap, main, key, value, 0) {
            next!(pc, base, k, l, dispatch)
        }
        return add_key::<false, VALUE_K>(pc, base, k, l, dispatch, none!());
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
    /// R(A)[d] := RK(C), the key a small whole number, also K(B)
    fn set_int<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if let Some(table) = object.as_table() {
            let at = field_d!(pc).wrapping_sub(1) as usize;
            if at < table.array_len() {
                if storable!(table, *table.array_ptr().add(at), value) {
                    table.put_in_array(at, value);
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
        {
            if !node.is_null() && storable!(table, (*node).value, value) {
                (*node).value = value;
                next!(pc, base, k, l, dispatch)
            }
            if table.metatable.get().is_some() {
                return set_by_metatable::<true, VALUE_K>(pc, base, k, l, dispatch, none!());
            }
            if node.is_null() && !table.in_array(key) {
                return add_key::<true, VALUE_K>(pc, base, k, l, dispatch, none!());
            }
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
    fn len(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        if let Some(table) = object.as_table()
            && let border = table.border()
            && border != 0
            && (border < table.array_len() || !table.has_nodes())
        {
            *base.add(field_a!(pc)) = Value::number_unchecked(border as i64 as f64);
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
    /// The length of a table that does not know its border. The word's d remembers the last one.
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
            let border = table.length((*l).heap());
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
