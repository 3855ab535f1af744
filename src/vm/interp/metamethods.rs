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
use crate::state::Event;
use crate::vm::access;
use crate::vm::code::{Insn, Op};
use crate::vm::interp::calls::{call_any, call_open, remember};
use crate::vm::interp::fields::{hash_of, set_field};
use crate::vm::interp::frame::{has_slots, metamethod, node_passed, passed_node};
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

/// Does what the metatable says of a store in `$table`, whose slot for `$key` is `$slot`: it holds nil, or is null. `$found` looks
/// for the key in another table as `slot_of` does. Leaves the block if that takes more.
macro_rules! set_as_told {
    ($table:ident, $key:ident, $value:ident, $slot:ident, $other:ident => $found:expr, $key_k:ident, $value_k:ident,
     $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {
        if let Some(f) = metamethod($l, Value::table($table), Event::NewIndex) {
            if f.is_nil() {
                if $slot.is_null() {
                    return add_to_object::<$key_k, $value_k>($pc, $base, $k, $l, $dispatch, none!());
                }
                if $table.takes_plainly($value) {
                    $table.store(&*$slot.cast(), $value);
                    $table.absent.set(0);
                    next!($pc, $base, $k, $l, $dispatch)
                }
            } else if let Some($other) = f.as_table() {
                let found: Option<*mut Value> = $found;
                if let Some(found) = found
                    && !$slot.is_null()
                    && !found.is_null()
                    && !(*found).is_nil()
                    && $other.takes_again(&(*(*$l).global).heap, $key, *found, $value)
                {
                    $other.store(&*found.cast(), $value);
                    $other.absent.set(0);
                    next!($pc, $base, $k, $l, $dispatch)
                }
            } else if !$slot.is_null() {
                // COMPAT: a key without a place gets one first, which is the worker's.
                call_metamethod!(f, [Value::table($table), $key, $value], $pc, $l, $dispatch)
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
    /// R(A)[RK(B)] := RK(C), where the table has a metatable. (One that has a value for the key comes here as
    /// well, if the store alone is not enough: that is the worker's.)
    #[inline(never)]
    fn set_by_metatable<const KEY_K: bool, const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let key = operand!(KEY_K, field_b!(pc), base, k);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if !(*l).is_traced()
            && let Some(table) = (*base.add(field_a!(pc))).as_table()
            && let Some(slot) = slot_of(&table, key)
            && (slot.is_null() || (*slot).is_nil())
        {
            set_as_told!(table, key, value, slot, other => slot_of(&other, key), KEY_K, VALUE_K, pc, base, k, l, dispatch);
        }
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
            set_as_told!(table, key, value, slot, other => name_slot(&other, key, hash), KEY_K, VALUE_K, pc, base, k, l, dispatch);
        }
        return set_index_worker::<KEY_K, VALUE_K>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// R(A)[K(B)] := RK(C), the key a short string: the table has a place and no value for it, if it is like the one that was
    /// met here last, and its `__newindex` is called. d tells what function that was, as in a call.
    fn set_as_before<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let key = *k.add(field_b!(pc));
        if let Some(table) = object.as_table()
            && let node = table.node_along(key, hash_of(key))
            && !node.is_null()
            && (*node).value.is_nil()
            && let Some(metatable) = table.metatable.get()
            && !(*l).is_traced()
        {
            let name = super::global_of(dispatch).event_name_unchecked(Event::NewIndex);
            let own = metatable.node_along(Value::string(name), name.known_hash());
            if own.is_null() {
                return set_otherwise::<VALUE_K>(pc, base, k, l, dispatch, none!());
            }
            let f = (*own).value;
            call_as_before!(f, [object, key, operand!(VALUE_K, field_c!(pc), base, k)], pc, l, dispatch);
            if let Some(closure) = (*own).value.as_lua_closure() {
                remember(pc, closure.entry.get());
            }
            return set_name_by_metatable::<true, VALUE_K>(pc, base, k, l, dispatch, node_passed(node));
        }
        return set_otherwise::<VALUE_K>(pc, base, k, l, dispatch, none!());
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
        let key = operand!(KEY_K, field_b!(pc), base, k);
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if !(*l).is_traced()
            && object.is_userdata()
            && let Some(f) = metamethod(l, object, Event::NewIndex)
        {
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
                if let Some(found) = slot_of(&other, key)
                    && !found.is_null()
                    && !(*found).is_nil()
                {
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

handler! {
    #[inline(never)]
    fn index_worker(pc, base, k, l, dispatch) {
        let (object, key) = (*base.add(field_b!(pc)), *base.add(field_c!(pc)));
        worker!(access::index(l, pc, object, key), base, k, l, dispatch)
    }
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
            && let Some(g) = if f.is_nil() { Some(f) } else { metamethod(l, b, Event::Eq) }
        {
            // A function equals nothing but itself.
            if g.is_nil() || g.bits() != f.bits() && g.is_function() {
                if jumps_if(Insn(*pc).op(), false) {
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
                && let Some(g) = metamethod(l, b, event)
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

/// Whether a comparison of this opcode jumps if its condition is `holds`.
#[inline(always)]
pub(super) fn jumps_if(op: Op, holds: bool) -> bool {
    // The forms of a comparison alternate: jump if false, jump if true.
    (op as u8 - Op::EqRRF as u8) & 1 == holds as u8
}

handler! {
    /// R(A)… := R(A)(R(A+1)…), the value no function; `OPEN`: with arguments up to the top. What its
    /// `__call` says is called, the value before the other arguments.
    #[inline(never)]
    fn call_value<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let object = *func;
        let nargs = argument_count!(OPEN, pc, func, l);
        let end = func.add(nargs + 2);
        if (object.is_table() || object.is_userdata())
            && has_slots(l, end)
            && let Some(f) = metamethod(l, object, Event::Call)
            && f.is_function()
        {
            let mut to = func.add(nargs + 1);
            while to > func {
                *to = *to.sub(1);
                to = to.sub(1);
            }
            *func = f;
            (*l).top = end;
            return call_open(pc, base, k, l, dispatch, none!());
        }
        return call_any::<OPEN>(pc, base, k, l, dispatch, none!());
    }
}
