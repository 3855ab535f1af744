//! What values' metatables say, where it takes no more than a look: operators, comparisons and accesses by
//! metamethods that are functions, called from here, or by tables that have the key.
//!
//! A metamethod's frame is that of any call, but for its results: `returns` completes the instruction
//! with the first. Here we know that the ordinary meaning of the instruction does not apply.
//!
//! Not here: fields (`fields`), arithmetic (`arith`), the call of a native function (`native`); all else is
//! `vm::access`'s.

use crate::heap::Gc;
use crate::object::{Node, Str, Table, Value};
use crate::state::{Event, State};
use crate::vm::access;
use crate::vm::code::{Insn, Op};
use crate::vm::interp::calls::remember;
use crate::vm::interp::fields::{hash_of, set_field};
use crate::vm::interp::frame::{
    adds_freely, metamethod, metamethod_of, node_passed, passed_node, passed_value, value_passed,
};
use crate::vm::interp::named::become_op;

/// The slot of a key's value, null if it has none; None: it takes more to find it.
#[inline(always)]
unsafe fn slot_of(table: &Table, key: Value) -> Option<*mut Value> {
    if let Some(name) = key.as_string() {
        return name_slot(table, key, name.short_hash()?);
    }
    if table.in_array(key) {
        // SAFETY: the array part has a slot of this index.
        return Some(unsafe { table.array_ptr().add(key.as_f64() as u32 as usize - 1) });
    }
    // A node begins with its value.
    const { assert!(core::mem::offset_of!(Node, value) == 0) };
    Some(table.node_of_other(key)?.cast())
}

/// Does what `$f`, the `__newindex` of a table, says of a store there, where `$key` has a place and no value. `$found` looks for the key
/// in another table as `slot_of` does. Leaves the block if that takes more.
macro_rules! set_as_told {
    ($f:ident, $key:ident, $value:ident, $other:ident => $found:expr, $key_k:ident, $value_k:ident,
     $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {
        if let Some($other) = $f.as_table() {
            let found: Option<*mut Value> = $found;
            if let Some(found) = found {
                if found.is_null() {
                    return add_to_other::<$key_k, $value_k>($pc, $base, $k, $l, $dispatch, none!());
                }
                if storable_again!($l, $other, $key, *found, $value) {
                    $other.store(&*found.cast(), $value);
                    $other.absent.set(0);
                    next!($pc, $base, $k, $l, $dispatch)
                }
            }
        } else {
            return call_newindex::<$key_k, $value_k>($pc, $base, $k, $l, $dispatch, value_passed($f));
        }
    };
}

/// The same of what the metatable says, if anything, where the key's slot, `$slot`, holds nil, or is null.
macro_rules! set_where_absent {
    ($table:ident, $key:ident, $value:ident, $slot:ident, $other:ident => $found:expr, $key_k:ident, $value_k:ident,
     $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {
        if let Some(f) = metamethod_of($l, &$table, Event::NewIndex) {
            if f.is_nil() {
                if $slot.is_null() {
                    return add_to_object::<$key_k, $value_k>($pc, $base, $k, $l, $dispatch, none!());
                }
                if $table.takes_plainly($value) {
                    $table.store(&*$slot.cast(), $value);
                    $table.absent.set(0);
                    next!($pc, $base, $k, $l, $dispatch)
                }
            } else {
                // COMPAT: a key without a place gets one first.
                if $slot.is_null() && !place_in_vacant(&$table, $key) {
                    return place_key::<$key_k, $value_k>($pc, $base, $k, $l, $dispatch, none!());
                }
                set_as_told!(f, $key, $value, $other => $found, $key_k, $value_k, $pc, $base, $k, $l, $dispatch);
            }
        }
    };
}

/// `slot_of` for a short string with this hash.
#[inline(always)]
fn name_slot(table: &Table, key: Value, hash: u32) -> Option<*mut Value> {
    let node = table.node_along(key, hash);
    if node.is_null() && table.is_seeded() { None } else { Some(node.cast()) }
}

handler! {
    /// R(A)[RK(B)] := RK(C), where the table may have a metatable.
    #[inline(never)]
    fn set_by_metatable<const KEY_K: bool, const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = operand!(KEY_K, field_b!(pc), base, k);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if !(*l).is_traced()
            && let Some(table) = (*base.add(field_a!(pc))).as_table()
            && let Some(slot) = slot_of(&table, key)
        {
            if slot.is_null() || (*slot).is_nil() {
                set_where_absent!(table, key, value, slot, other => slot_of(&other, key), KEY_K, VALUE_K, pc, base, k, l, dispatch);
            } else if table.takes_plainly(value) {
                table.store(&*slot.cast(), value);
                table.absent.set(0);
                next!(pc, base, k, l, dispatch)
            }
        }
        return set_index_worker::<KEY_K, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

/// Gives a key that `slot_of` finds, and not in this table, its main position, if that is vacant, and the store alone is enough.
#[inline(always)]
fn place_in_vacant(table: &Table, key: Value) -> bool {
    if let Some(name) = key.as_string() {
        let hash = name.known_hash();
        return table.store_in_vacant(table.main_node(hash), key, hash, Value::NIL);
    }
    // Zero, whose word may have either sign, is its own case for whoever looks for it only: it belongs in the first node.
    let main = if key.as_f64() == 0.0 && !table.is_seeded() { table.node_ptr() } else { table.main_node_of_number(key) };
    !main.is_null() && table.store_number_in_vacant(main, key, Value::NIL)
}

handler! {
    /// R(A)[RK(B)] := RK(C), where the table lacks the key, which `slot_of` finds, and its metatable has a `__newindex`: the key gets
    /// a place.
    #[inline(never)]
    fn place_key<const KEY_K: bool, const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = operand!(KEY_K, field_b!(pc), base, k);
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        if place_in_vacant(&table, key) || add_in_node(l, &table, key, Value::NIL) {
            return set_in_place::<KEY_K, VALUE_K>(pc, base, k, l, dispatch, none!());
        }
        return set_index_worker::<KEY_K, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

/// Stores a pair whose key, one that `slot_of` finds, is not in a table, if that takes no more than a free node.
#[inline(always)]
unsafe fn add_in_node(l: *const State, table: &Table, key: Value, value: Value) -> bool {
    // SAFETY: l is the running State.
    let heap = unsafe { &(*(*l).global).heap };
    if let Some(name) = key.as_string() {
        let hash = name.known_hash();
        return table.add_in_node::<true>(heap, table.main_node(hash), key, value, hash);
    }
    let main = table.main_node_of_word(key);
    !main.is_null() && table.add_in_node::<false>(heap, main, key, value, 0)
}

handler! {
    /// ... and has got it.
    #[inline(never)]
    fn set_in_place<const KEY_K: bool, const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = operand!(KEY_K, field_b!(pc), base, k);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        if let Some(f) = metamethod_of(l, &table, Event::NewIndex)
            && !f.is_nil()
        {
            set_as_told!(f, key, value, other => slot_of(&other, key), KEY_K, VALUE_K, pc, base, k, l, dispatch);
        }
        return set_index_worker::<KEY_K, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A)[RK(B)] := RK(C), where the table has a place and no value for the key, and what takes it, its `__newindex`, is a table that
    /// lacks it.
    #[inline(never)]
    fn add_to_other<const KEY_K: bool, const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = operand!(KEY_K, field_b!(pc), base, k);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if let Some(f) = metamethod(l, *base.add(field_a!(pc)), Event::NewIndex)
            && let Some(other) = f.as_table()
            && !other.needs_care()
            && let Some(g) = metamethod_of(l, &other, Event::NewIndex)
            && g.is_nil()
        {
            if add_in_node(l, &other, key, value) {
                next!(pc, base, k, l, dispatch)
            }
            worker!(access::add_key(l, pc, other, key, value), base, k, l, dispatch)
        }
        return set_index_worker::<KEY_K, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

number_handler! {
    /// R(A)[RK(B)] := RK(C) by a metamethod that is no table, and is passed on.
    #[inline(never)]
    fn call_newindex<const KEY_K: bool, const VALUE_K: bool>(pc, base, k, l, dispatch, f) {
        let object = *base.add(field_a!(pc));
        let key = operand!(KEY_K, field_b!(pc), base, k);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        let f = passed_value(f);
        call_metamethod!(f, [object, key, value], pc, l, dispatch);
        return set_index_worker::<KEY_K, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

number_handler! {
    /// R(A)[RK(B)] := RK(C), where the table has a metatable, and the key is a string; the key's node, which has no value, or null
    /// is passed on.
    #[inline(never)]
    fn set_name_by_metatable<const KEY_K: bool, const VALUE_K: bool>(pc, base, k, l, dispatch, node) {
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        let key = operand!(KEY_K, field_b!(pc), base, k);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        let slot = passed_node(node).cast::<Value>();
        let name: Gc<Str> = Gc::from_ptr(key.address() as *mut Str);
        if !(*l).is_traced()
            && let Some(hash) = name.short_hash()
        {
            let found = |other: &Table| name_slot(other, key, hash);
            set_where_absent!(table, key, value, slot, other => found(&other), KEY_K, VALUE_K, pc, base, k, l, dispatch);
        }
        return set_index_worker::<KEY_K, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

/// Does what the `__newindex` of a table with this metatable says, where the key has the node, which has no value.
macro_rules! set_as_told_before {
    ($object:ident, $key:ident, $node:ident, $metatable:ident, $value_k:ident, $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {
        let name = super::global_of($dispatch).event_name_unchecked(Event::NewIndex);
        let own = $metatable.node_along(Value::string(name), name.known_hash());
        if own.is_null() {
            return set_otherwise::<$value_k>($pc, $base, $k, $l, $dispatch, none!());
        }
        let f = (*own).value;
        if f.is_table() {
            return set_in_told::<$value_k>($pc, $base, $k, $l, $dispatch, value_passed(f));
        }
        call_as_before!(f, [$object, $key, operand!($value_k, field_c!($pc), $base, $k)], $pc, $l, $dispatch);
        if let Some(closure) = (*own).value.as_lua_closure() {
            remember($pc, closure.entry.get());
        }
        return set_name_by_metatable::<true, $value_k>($pc, $base, $k, $l, $dispatch, node_passed($node));
    };
}

handler! {
    /// R(A)[K(B)] := RK(C), the key a short string: the table has a place and no value for it, if it is like the one that was
    /// met here last, and its `__newindex` is called. d tells what function that was, as in a call.
    fn set_as_before<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let key = *k.add(field_b!(pc));
        if let Some(table) = object.as_table()
            && let node = table.node_along(key, hash_of(key))
            && let Some(metatable) = table.metatable.get()
            && !(*l).is_traced()
            && (node.is_null() || (*node).value.is_nil())
        {
            if node.is_null() {
                return set_unplaced::<VALUE_K>(pc, base, k, l, dispatch, none!());
            }
            set_as_told_before!(object, key, node, metatable, VALUE_K, pc, base, k, l, dispatch);
        }
        return set_otherwise::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

number_handler! {
    /// ... by its `__newindex`, a table that is passed on.
    #[inline(never)]
    fn set_in_told<const VALUE_K: bool>(pc, base, k, l, dispatch, other) {
        let other = passed_value(other);
        let key = *k.add(field_b!(pc));
        if let Some(other) = other.as_table()
            && let node = other.node_along(key, hash_of(key))
            && !node.is_null()
        {
            let value = operand!(VALUE_K, field_c!(pc), base, k);
            if storable_again!(l, other, key, (*node).value, value) {
                (*node).value = value;
                other.absent.set(0);
                next!(pc, base, k, l, dispatch)
            }
        }
        // Its node is not asked for again: the key is in place.
        return set_in_place::<true, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// ... and has no place for it.
    #[inline(never)]
    fn set_unplaced<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        if adds_freely(&table) || table.is_seeded() {
            return set_otherwise::<VALUE_K>(pc, base, k, l, dispatch, none!());
        }
        // COMPAT: it gets one first. PERF: of two that take turns in one node, as in a table that stays empty, each does.
        let (object, key) = (*base.add(field_a!(pc)), *k.add(field_b!(pc)));
        let (hash, node) = (hash_of(key), table.main_node(hash_of(key)));
        if let Some(metatable) = table.metatable.get()
            && table.store_in_vacant(node, key, hash, Value::NIL)
        {
            set_as_told_before!(object, key, node, metatable, VALUE_K, pc, base, k, l, dispatch);
        }
        return set_name_by_metatable::<true, VALUE_K>(pc, base, k, l, dispatch, node_passed(core::ptr::null_mut()));
    }
}

handler! {
    /// ... and is anything else now.
    #[inline(never)]
    fn set_otherwise<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        become_op(pc, if VALUE_K { Op::SetFieldK } else { Op::SetFieldR });
        return set_field::<VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A)[RK(B)] := RK(C) of what is no table.
    #[inline(never)]
    fn set_by_function<const KEY_K: bool, const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        if !(*l).is_traced()
            && object.is_userdata()
            && let Some(f) = metamethod(l, object, Event::NewIndex)
        {
            let key = operand!(KEY_K, field_b!(pc), base, k);
            let value = operand!(VALUE_K, field_c!(pc), base, k);
            call_metamethod!(f, [object, key, value], pc, l, dispatch)
        }
        return set_index_worker::<KEY_K, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A)[RK(B)] := RK(C), where the table lacks the key and its metatable a `__newindex`.
    #[inline(never)]
    fn add_to_object<const KEY_K: bool, const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = operand!(KEY_K, field_b!(pc), base, k);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        if let Some(name) = key.as_string() {
            let hash = name.known_hash();
            if table.store_in_vacant(table.main_node(hash), key, hash, value) {
                next!(pc, base, k, l, dispatch)
            }
        } else if let main = table.main_node_of_number(key)
            && !main.is_null()
            && table.store_number_in_vacant(main, key, value)
        {
            next!(pc, base, k, l, dispatch)
        }
        return add_key::<KEY_K, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A)[RK(B)] := RK(C) in a table that lacks the key, where its metatable has no say.
    #[inline(never)]
    fn add_key<const KEY_K: bool, const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = operand!(KEY_K, field_b!(pc), base, k);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        let table: Gc<Table> = Gc::from_ptr((*base.add(field_a!(pc))).address() as *mut Table);
        if let Some(name) = key.as_string() {
            if name.is_short() && table.store_first((*l).heap(), key, value) {
                next!(pc, base, k, l, dispatch)
            }
        } else if KEY_K && table.append_at_hand((*l).heap(), key, value) {
            next!(pc, base, k, l, dispatch)
        }
        worker!(access::add_key(l, pc, table, key, value), base, k, l, dispatch)
    }
}

handler! {
    #[inline(never)]
    fn set_index_worker<const KEY_K: bool, const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let key = operand!(KEY_K, field_b!(pc), base, k);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        worker!(access::set_index(l, pc, object, key, value), base, k, l, dispatch)
    }
}

handler! {
    /// R(A) := R(B)[R(C)], of a userdata, or where the table has a metatable and no value for the key.
    #[inline(never)]
    fn get_by_metatable(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        let key = *base.add(field_c!(pc));
        if !(*l).is_traced()
            && (object.is_table() || object.is_userdata())
            && let Some(f) = metamethod(l, object, Event::Index)
        {
            if f.is_nil() && object.is_table() {
                *base.add(field_a!(pc)) = Value::NIL;
                next!(pc, base, k, l, dispatch)
            }
            if let Some(other) = f.as_table() {
                if let Some(found) = slot_of(&other, key) {
                    if found.is_null() || (*found).is_nil() {
                        return get_by_second(pc, base, k, l, dispatch, value_passed(f));
                    }
                    *base.add(field_a!(pc)) = *found;
                    next!(pc, base, k, l, dispatch)
                }
            } else {
                call_metamethod!(f, [object, key], pc, l, dispatch)
            }
        }
        return index_worker(pc, base, k, l, dispatch, none!());
    }
}

number_handler! {
    /// ... which its `__index`, a table that is passed on, lacks as well: an item behind the end of a list with a class.
    #[inline(never)]
    fn get_by_second<>(pc, base, k, l, dispatch, acc) {
        let other = passed_value(acc);
        if let Some(f) = metamethod(l, other, Event::Index) {
            if f.is_nil() {
                *base.add(field_a!(pc)) = Value::NIL;
                next!(pc, base, k, l, dispatch)
            }
            if !f.is_table() {
                let key = *base.add(field_c!(pc));
                call_metamethod!(f, [other, key], pc, l, dispatch)
            }
        }
        return index_worker(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn index_worker(pc, base, k, l, dispatch) {
        let (object, key) = (*base.add(field_b!(pc)), *base.add(field_c!(pc)));
        worker!(access::index(l, pc, object, key), base, k, l, dispatch)
    }
}

/// Whether these are two tables of one metatable.
#[inline(always)]
fn are_alike(a: Value, b: Value) -> bool {
    let metatable = |value: Value| value.as_table().and_then(|table| table.metatable.get());
    matches!((metatable(a), metatable(b)), (Some(of_a), Some(of_b)) if of_a == of_b)
}

handler! {
    /// Compares two values of the same type that are not the same word.
    #[inline(never)]
    fn eq_by_metatable<const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        if (a.is_table() || a.is_userdata())
            && !(*l).is_traced()
            && let Some(f) = metamethod(l, a, Event::Eq)
            && let Some(g) = if f.is_nil() || are_alike(a, b) { Some(f) } else { metamethod(l, b, Event::Eq) }
        {
            // A function equals nothing but itself.
            if g.is_nil() || g.bits() != f.bits() && g.is_function() {
                if Insn(*pc).op().jumps_if(false) {
                    go!(target!(pc), base, k, l, dispatch)
                }
                go!(pc.add(2), base, k, l, dispatch)
            }
            if g.bits() == f.bits() {
                call_metamethod!(f, [a, b], pc, l, dispatch)
            }
        }
        return eq_worker::<B_K, C_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn eq_worker<const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        worker!(access::equal(l, pc, a, b), base, k, l, dispatch)
    }
}

handler! {
    /// `B < C` (`LESS`) or `B <= C` of what is not two numbers.
    #[inline(never)]
    fn order_by_metatable<const LESS: bool, const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        let event = if LESS { Event::Lt } else { Event::Le };
        if (a.is_table() && b.is_table() || a.is_userdata() && b.is_userdata())
            && !(*l).is_traced()
            && let Some(f) = metamethod(l, a, event)
        {
            if !f.is_nil()
                && let Some(g) = if are_alike(a, b) { Some(f) } else { metamethod(l, b, event) }
                && g.bits() == f.bits()
            {
                (*(*l).ci).pending = 0;
                call_metamethod!(f, [a, b], pc, l, dispatch)
            }
            if !LESS && f.is_nil() {
                return order_by_reverse::<B_K, C_K>(pc, base, k, l, dispatch, none!());
            }
        }
        return order_worker::<LESS, B_K, C_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `B <= C` of two objects of which the first has no `__le`: `not (C < B)`.
    #[inline(never)]
    fn order_by_reverse<const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        if let Some(f) = metamethod(l, b, Event::Lt)
            && !f.is_nil()
            && let Some(g) = metamethod(l, a, Event::Lt)
            && g.bits() == f.bits()
        {
            (*(*l).ci).pending = 1;
            call_metamethod!(f, [b, a], pc, l, dispatch)
        }
        return order_worker::<false, B_K, C_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn order_worker<const LESS: bool, const B_K: bool, const C_K: bool>(pc, base, k, l, dispatch) {
        let a = operand!(B_K, field_b!(pc), base, k);
        let b = operand!(C_K, field_c!(pc), base, k);
        worker!(access::order(l, pc, LESS, a, b), base, k, l, dispatch)
    }
}
