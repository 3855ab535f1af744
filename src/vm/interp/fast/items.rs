//! Functions on a table's items.

use crate::object::Value;
use crate::vm::interp::loops::MANY_PLACES;
use crate::vm::interp::native::call_builtin;

handler! {
    /// `table.insert(t, v)`, its results unused, where the array part has room.
    fn insert(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let value = *func.add(2);
        if (*l).top == func.add(3)
            && field_c!(pc) == 1
            && let Some(table) = (*func.add(1)).as_table()
        {
            let border = table.border();
            if border > 0
                && border < table.array_len()
                && table.takes_plainly(value)
                && table.expects(border, value)
            {
                *table.array_ptr().add(border) = value;
                next!(pc, base, k, l, dispatch)
            }
        }
        return insert_near(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `insert` in a table that does not know its border. The word's d remembers the last length, as that
    /// of a `len` does.
    #[inline(never)]
    fn insert_near(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let value = *func.add(2);
        if (*l).top == func.add(3)
            && field_c!(pc) == 1
            && let Some(table) = (*func.add(1)).as_table()
            && let Some(border) = table.border_near(field_d!(pc) as usize)
            && border < table.array_len()
            && table.takes_plainly(value)
        {
            table.put_in_array(border, value);
            pc.cast_mut().cast::<u32>().add(1).write(border as u32 + 1);
            next!(pc, base, k, l, dispatch)
        }
        return insert_far(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `insert` whose hint did not help: the builtin's, once the length is remembered.
    #[inline(never)]
    fn insert_far(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if (*l).top == func.add(3)
            && let Some(table) = (*func.add(1)).as_table()
            && table.array_len() > field_d!(pc) as usize
        {
            pc.cast_mut().cast::<u32>().add(1).write(table.length((*l).heap()) as u32);
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `table.remove(t)`: the last value of a list that lies in the array part.
    fn remove(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if (*l).top == func.add(2)
            && let Some(table) = (*func.add(1)).as_table()
        {
            let border = table.border();
            if border > 0 && border < table.array_len() && table.takes_plainly(Value::NIL) {
                *func = table.take_last(border);
                return_value!(*func, func, pc, base, k, l, dispatch)
            }
        }
        return remove_near(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `remove` from a table that does not know its border. The word's d remembers the last length.
    #[inline(never)]
    fn remove_near(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if (*l).top == func.add(2)
            && let Some(table) = (*func.add(1)).as_table()
            && let Some(border) = table.border_near(field_d!(pc) as usize)
            && border > 0
            && table.takes_plainly(Value::NIL)
        {
            pc.cast_mut().cast::<u32>().add(1).write(border as u32);
            let value = *table.array_ptr().add(border - 1);
            table.put_in_array(border - 1, Value::NIL);
            return_value!(value, func, pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `next(t [, k])`. The word's d remembers where the last key was in the table's order.
    fn next(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let nargs = (*l).top.offset_from(func) - 1;
        let key = if nargs == 1 { Value::NIL } else { *func.add(2) };
        let wanted = field_c!(pc);
        if (nargs == 1 || nargs == 2)
            && (wanted == 2 || wanted == 3)
            && let Some(table) = (*func.add(1)).as_table()
            && let Ok(found) = table.next_from(key, field_d!(pc))
        {
            let from = if key.is_nil() { 0 } else { field_d!(pc) };
            let (key, value) = match found {
                Some((key, value, at)) => {
                    pc.cast_mut().cast::<u32>().add(1).write(at);
                    if at > from.saturating_add(MANY_PLACES) {
                        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
                    }
                    (key, value)
                }
                None if table.places() > from as usize + MANY_PLACES as usize => {
                    return call_builtin::<false>(pc, base, k, l, dispatch, none!());
                }
                None => (Value::NIL, Value::NIL),
            };
            *func = key;
            *func.add(1) = value; // if it is not wanted, of a register that is free
            next!(pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}
