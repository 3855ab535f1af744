//! `table.insert` at an array's end.

use crate::vm::interp::native::call_builtin;

handler! {
    /// `table.insert(t, v)`, its results unused, where the array part has room. The word's d
    /// remembers the last length, as that of a `len` does.
    fn insert(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let value = *func.add(2);
        if (*l).top == func.add(3)
            && field_c!(pc) == 1
            && let Some(table) = (*func.add(1)).as_table()
            && let Some(border) = table.border_near(field_d!(pc) as usize)
            && border < table.array_len()
            && !(table.needs_barrier() && value.is_barred())
        {
            *table.array_ptr().add(border) = value;
            pc.cast_mut().cast::<u32>().add(1).write(border as u32 + 1);
            next!(pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch);
    }
}
