//! Functions on plain values, tables and arguments of the base library.

use crate::base::number::parse_number;
use crate::heap::Gc;
use crate::object::{Table, Type, Value};
use crate::state::Known;
use crate::vm::interp::arith::exact_int;
use crate::vm::frames::MANY_RESULTS;
use crate::vm::interp::frame::{passed_value, value_passed};
use crate::vm::interp::native::{call_builtin, place};

use super::spoken::tostring_spoken;

handler! {
    /// `assert(v, …)`: all arguments, if the first is true.
    fn assert(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if (*l).top > func.add(1) && (*func.add(1)).is_truthy() {
            if field_c!(pc) <= 2 && field_c!(pc) != 0 {
                *func = *func.add(1);
                next!(pc, base, k, l, dispatch)
            }
            return pass_on(pc, base, k, l, dispatch, value_passed(Value::from_bits(1)));
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

number_handler! {
    /// The results of a call are what lies so many slots, as passed on, above its function, up to the top: a few of them, or as many as are wanted.
    #[inline(never)]
    fn pass_on<>(pc, base, k, l, dispatch, distance) {
        let func = base.add(field_a!(pc));
        let distance = passed_value(distance).bits() as usize;
        let wanted = field_c!(pc) as i32 - 1;
        let given = (*l).top.offset_from(func) as usize - distance;
        if given > MANY_RESULTS {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        // As an unsigned number MULTRET is more than any count.
        (*l).top = place(func, func.add(distance), given.min(wanted as u32 as usize), wanted);
        next!(pc, base, k, l, dispatch)
    }
}

handler! {
    fn type_name(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if (*l).top > func.add(1) {
            let name = (*l).global().type_name((*func.add(1)).type_of());
            return_value!(Value::string(name), func, pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `tostring(s)` of a string
    fn tostring(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let global = (*l).global;
        if (*l).top > func.add(1)
            && (*func.add(1)).is_string()
            && let Some(metatable) = (*global).type_metatables[Type::String as usize].get()
            && let name = (*global).known(Known::MetaToString)
            && let Some(hash) = name.short_hash()
            && !metatable.may_have(Value::string(name), hash)
        {
            return_value!(*func.add(1), func, pc, base, k, l, dispatch)
        }
        return tostring_spoken(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `tonumber(n)` of a number
    fn tonumber(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if (*l).top == func.add(2) {
            if (*func.add(1)).is_number() {
                return_value!(*func.add(1), func, pc, base, k, l, dispatch)
            }
            return tonumber_other(pc, base, k, l, dispatch, none!());
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `tonumber(v)` of anything else, unless it is a long text.
    #[inline(never)]
    fn tonumber_other(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let number = number_of(*func.add(1));
        if number.is_none() {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        // Only `l` and its like live over the call: where the function lies is read back.
        let func = base.add(field_a!(pc));
        return_value!(number, func, pc, base, k, l, dispatch)
    }
}

/// The number that a value's text is, or nil; none of a long text.
#[inline(never)]
fn number_of(value: Value) -> Value {
    match value.as_string() {
        None => Value::NIL,
        Some(text) if text.is_short() => parse_number(text.as_bytes()).map_or(Value::NIL, Value::number),
        Some(_) => Value::NONE,
    }
}

handler! {
    /// `rawequal(a, b)`, unless it must look into long strings
    fn rawequal(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let (a, b) = (*func.add(1), *func.add(2));
        if (*l).top > func.add(2) && !a.is_string() {
            let equal = if a.is_number() && b.is_number() {
                a.as_f64() == b.as_f64()
            } else {
                a.bits() == b.bits()
            };
            return_value!(Value::boolean(equal), func, pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `rawget(t, k)`: an array's item or a short string's field; others in `rawget_far`
    fn rawget(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let key = *func.add(2);
        if (*l).top > func.add(2)
            && let Some(table) = (*func.add(1)).as_table()
        {
            if let Some(name) = key.as_string()
                && let Some(hash) = name.short_hash()
            {
                let node = table.node_along(key, hash);
                if !node.is_null() || !table.is_seeded() {
                    let value = if node.is_null() { Value::NIL } else { (*node).value };
                    return_value!(value, func, pc, base, k, l, dispatch)
                }
            } else if table.in_array(key) {
                let value = *table.array_ptr().add(key.as_f64() as u32 as usize - 1);
                return_value!(value, func, pc, base, k, l, dispatch)
            }
            return rawget_far(pc, base, k, l, dispatch, none!());
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `rawget` of a table, by a key that is in no array part.
    #[inline(never)]
    fn rawget_far(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let table: Gc<Table> = Gc::from_ptr((*func.add(1)).address() as *mut Table);
        if let Some(node) = table.node_of_other(*func.add(2)) {
            let value = if node.is_null() { Value::NIL } else { (*node).value };
            return_value!(value, func, pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `rawset(t, k, v)` of a field or an item that the table has a place for
    fn rawset(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let (key, value) = (*func.add(2), *func.add(3));
        if (*l).top > func.add(3)
            && let Some(table) = (*func.add(1)).as_table()
        {
            if let Some(name) = key.as_string()
                && let Some(hash) = name.short_hash()
            {
                let main = table.main_node(hash);
                let node = table.node_from(main, key);
                if node.is_null() {
                    if !table.is_seeded()
                        && (table.store_in_vacant(main, key, hash, value) || table.store_first((*l).heap(), key, value))
                    {
                        return_value!(*func.add(1), func, pc, base, k, l, dispatch)
                    }
                } else if table.takes_again(&(*(*l).global).heap, key, (*node).value, value) {
                    (*node).value = value;
                    table.absent.set(0);
                    return_value!(*func.add(1), func, pc, base, k, l, dispatch)
                }
            } else if table.in_array(key) && table.takes_plainly(value) {
                table.put_in_array(key.as_f64() as u32 as usize - 1, value);
                return_value!(*func.add(1), func, pc, base, k, l, dispatch)
            }
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `select(n, …)`: the first of the chosen arguments, or all; `select('#', …)`.
    fn select(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let count = (*l).top.offset_from(func) - 2;
        if count < 0 {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        if let Some(n) = exact_int(*func.add(1))
            && (n > 0 || n < 0 && -(n as isize) <= count)
        {
            // Counted from the function, which is an argument before the first that may be chosen.
            let first = if n > 0 { (n as isize).min(count + 1) + 1 } else { count + 2 + n as isize };
            if field_c!(pc) == 2 {
                let chosen = func.offset(first);
                *func = if chosen < (*l).top { *chosen } else { Value::NIL };
                next!(pc, base, k, l, dispatch)
            }
            return pass_on(pc, base, k, l, dispatch, value_passed(Value::from_bits(first as u64)));
        } else if let Some(name) = (*func.add(1)).as_string()
            && *name.data() == b'#'
        {
            let count = Value::number_unchecked(count as f64);
            return_value!(count, func, pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `getmetatable(t)` of a table without one, or with one that hides nothing
    fn getmetatable(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if (*l).top > func.add(1)
            && let Some(table) = (*func.add(1)).as_table()
        {
            let Some(metatable) = table.metatable.get() else {
                return_value!(Value::NIL, func, pc, base, k, l, dispatch)
            };
            let hidden = (*l).global().known(Known::MetaMetatable);
            if let Some(hash) = hidden.short_hash()
                && !metatable.may_have(Value::string(hidden), hash)
            {
                return_value!(Value::table(metatable), func, pc, base, k, l, dispatch)
            }
        }
        return getmetatable_other(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// ... of any other value, or one that tells what is to be shown.
    #[inline(never)]
    fn getmetatable_other(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let value = *func.add(1);
        if (*l).top > func.add(1) {
            let metatable = if let Some(table) = value.as_table() {
                table.metatable.get()
            } else if let Some(userdata) = value.as_userdata() {
                userdata.metatable.get()
            } else {
                (*l).global().type_metatables.get(value.type_of() as usize).and_then(|metatable| metatable.get())
            };
            let Some(metatable) = metatable else {
                return_value!(Value::NIL, func, pc, base, k, l, dispatch)
            };
            let hidden = (*l).global().known(Known::MetaMetatable);
            let node = metatable.node_along(Value::string(hidden), hidden.known_hash());
            if !node.is_null() || !metatable.is_seeded() {
                let shown = if node.is_null() { Value::NIL } else { (*node).value };
                let shown = if shown.is_nil() { Value::table(metatable) } else { shown };
                return_value!(shown, func, pc, base, k, l, dispatch)
            }
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `setmetatable(t, m)` of a table without a metatable that need not be seen by the collector
    fn setmetatable(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if (*l).top == func.add(3)
            && let Some(table) = (*func.add(1)).as_table()
            && table.metatable.get().is_none()
            && !table.needs_care()
            && let Some(metatable) = (*func.add(2)).as_table()
        {
            table.metatable.set(Some(metatable));
            return_value!(*func.add(1), func, pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `unpack(t)`, `unpack(t, i, j)` of up to some values that lie in the array part
    fn unpack(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let end = (*l).top;
        if let Some(table) = (*func.add(1)).as_table() {
            let len = table.array_len();
            let (first, count) = if end == func.add(2) {
                if len == 0 || (*table.array_ptr().add(len - 1)).is_nil() || table.has_nodes() {
                    return call_builtin::<false>(pc, base, k, l, dispatch, none!());
                }
                (0, len)
            } else if end == func.add(4)
                && let Some(first) = exact_int(*func.add(2))
                && let Some(last) = exact_int(*func.add(3))
                && first >= 1
                && first <= last
                && last as usize <= len
            {
                (first as usize - 1, last as usize + 1 - first as usize)
            } else {
                return call_builtin::<false>(pc, base, k, l, dispatch, none!());
            };
            let wanted = field_c!(pc) as i32 - 1;
            let given = count.min(wanted as u32 as usize);
            if given <= 250 && func.add(given) <= (*l).stack_limit {
                (*l).top = place(func, table.array_ptr().add(first), given, wanted);
                next!(pc, base, k, l, dispatch)
            }
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}
