//! Reading and writing tables, methods, constructors, lengths.

use crate::object::Value;
use crate::vm::{access, interp::arith::exact_int};

handler! {
    /// R(A) := R(B)[R(C)]
    fn get_table(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        let key = *base.add(field_c!(pc));
        if let Some(table) = object.as_table() {
            if let Some(index) = exact_int(key) {
                let at = (index as u32).wrapping_sub(1) as usize;
                if at < table.array_len() {
                    let value = *table.array_ptr().add(at);
                    if !value.is_nil() || table.metatable.get().is_none() {
                        *base.add(field_a!(pc)) = value;
                        next!(pc, base, k, l, dispatch)
                    }
                }
            } else if let Some(name) = key.as_string()
                && name.is_short()
                && let Some(slot) = table.find_short(key, name.hash())
                && !slot.get().is_nil()
            {
                *base.add(field_a!(pc)) = slot.get();
                next!(pc, base, k, l, dispatch)
            }
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
    /// R(A) := R(B)[K(C)], the key a short string
    fn get_field(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        let key = *k.add(field_c!(pc));
        if let Some(table) = object.as_table()
            && let Some(slot) = table.probe_short(key, field_d!(pc))
        {
            let value = slot.get();
            if !value.is_nil() {
                *base.add(field_a!(pc)) = value;
                next!(pc, base, k, l, dispatch)
            }
        }
        return get_field_along(pc, base, k, l, dispatch);
    }
}

handler! {
    /// The rest of `get_field` and of `self_field`: the key is not in its main position, or inherited.
    #[inline(never)]
    fn get_field_along(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        let key = *k.add(field_c!(pc));
        if let Some(table) = object.as_table() {
            if let Some(slot) = table.find_short(key, field_d!(pc)) {
                let value = slot.get();
                if !value.is_nil() {
                    *base.add(field_a!(pc)) = value;
                    next!(pc, base, k, l, dispatch)
                }
            }
            if table.metatable.get().is_none() {
                *base.add(field_a!(pc)) = Value::NIL;
                next!(pc, base, k, l, dispatch)
            }
            let found = access::inherited_field(l, table, key, field_d!(pc));
            if !found.is_nil() {
                *base.add(field_a!(pc)) = found;
                next!(pc, base, k, l, dispatch)
            }
        }
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
        slow!(get_const, pc, base, k, l, dispatch)
    }
}

slow_handler! {
    /// R(A) := R(B)[K(C)], any other key
    fn get_const(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        worker!(access::index(l, pc, object, *k.add(field_c!(pc))), base, k, l, dispatch)
    }
}

handler! {
    /// R(A)[R(B)] := RK(C)
    fn set_table<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let key = *base.add(field_b!(pc));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if let Some(table) = object.as_table() {
            if let Some(index) = exact_int(key) {
                let at = (index as u32).wrapping_sub(1) as usize;
                if at < table.array_len() {
                    let slot = table.array_ptr().add(at);
                    if (table.metatable.get().is_none() || !(*slot).is_nil())
                        && !(table.needs_barrier() && value.is_barred())
                    {
                        *slot = value;
                        next!(pc, base, k, l, dispatch)
                    }
                }
            } else if let Some(name) = key.as_string()
                && name.is_short()
                && let Some(slot) = table.find_short(key, name.hash())
                && (!slot.get().is_nil() || table.metatable.get().is_none())
                && !(table.needs_barrier() && value.is_barred())
            {
                slot.set(value);
                table.absent.set(0);
                next!(pc, base, k, l, dispatch)
            }
        }
        slow!(set_table_slow::<VALUE_K>, pc, base, k, l, dispatch)
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
        let key = *k.add(field_b!(pc));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if let Some(table) = object.as_table()
            && let Some(slot) = table.probe_short(key, field_d!(pc))
            && (!slot.get().is_nil() || table.metatable.get().is_none())
            && !(table.needs_barrier() && value.is_barred())
        {
            slot.set(value);
            table.absent.set(0);
            next!(pc, base, k, l, dispatch)
        }
        return set_field_along::<VALUE_K>(pc, base, k, l, dispatch);
    }
}

handler! {
    /// The rest of `set_field`: the key is not in its main position.
    #[inline(never)]
    fn set_field_along<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let key = *k.add(field_b!(pc));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        if let Some(table) = object.as_table()
            && let Some(slot) = table.find_short(key, field_d!(pc))
            && (!slot.get().is_nil() || table.metatable.get().is_none())
            && !(table.needs_barrier() && value.is_barred())
        {
            slot.set(value);
            table.absent.set(0);
            next!(pc, base, k, l, dispatch)
        }
        slow!(set_const::<VALUE_K>, pc, base, k, l, dispatch)
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
                if (table.metatable.get().is_none() || !(*slot).is_nil())
                        && !(table.needs_barrier() && value.is_barred())
                    {
                    *slot = value;
                    next!(pc, base, k, l, dispatch)
                }
            }
        }
        slow!(set_const::<VALUE_K>, pc, base, k, l, dispatch)
    }
}

slow_handler! {
    /// R(A)[K(B)] := RK(C), any other key
    fn set_const<const VALUE_K: bool>(pc, base, k, l, dispatch) {
        let object = *base.add(field_a!(pc));
        let key = *k.add(field_b!(pc));
        let value = operand!(VALUE_K, field_c!(pc), base, k);
        worker!(access::set_index(l, pc, object, key, value), base, k, l, dispatch)
    }
}

handler! {
    fn new_table(pc, base, k, l, dispatch) {
        worker!(access::new_table(l, pc), base, k, l, dispatch)
    }
}

handler! {
    /// R(A+1) := R(B); R(A) := R(B)[K(C)], the key a short string
    fn self_field(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        let key = *k.add(field_c!(pc));
        let a = field_a!(pc);
        *base.add(a + 1) = object;
        if let Some(table) = object.as_table() {
            if let Some(slot) = table.probe_short(key, field_d!(pc))
                && !slot.get().is_nil()
            {
                *base.add(a) = slot.get();
                next!(pc, base, k, l, dispatch)
            }
        }
        return get_field_along(pc, base, k, l, dispatch);
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
        return len_slow(pc, base, k, l, dispatch);
    }
}

handler! {
    #[inline(never)]
    fn len_slow(pc, base, k, l, dispatch) {
        let object = *base.add(field_b!(pc));
        if let Some(table) = object.as_table() {
            *base.add(field_a!(pc)) = Value::number_unchecked(table.length() as f64);
            next!(pc, base, k, l, dispatch)
        }
        worker!(access::length(l, pc, object), base, k, l, dispatch)
    }
}

handler! {
    /// Stores a run of R(A+1)… in the table R(A); `OPEN`: up to the top.
    fn set_list<const OPEN: bool>(pc, base, k, l, dispatch) {
        worker!(access::set_list(l, pc, OPEN), base, k, l, dispatch)
    }
}
