//! Functions of a string that make none.

use crate::object::Value;
use crate::vm::interp::arith::exact_int;
use crate::vm::interp::native::call_builtin;

handler! {
    /// `string.byte(s [, i])`: one byte.
    fn byte(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let nargs = (*l).top.offset_from(func) - 1;
        if let Some(string) = (*func.add(1)).as_string()
            && let Some(index) = match nargs {
                1 => Some(1),
                2 => exact_int(*func.add(2)),
                _ => None,
            }
        {
            let at = if index > 0 {
                index as usize - 1
            } else {
                string.len().wrapping_add_signed(index as isize)
            };
            // 0, and what lies before the beginning, are more than any length.
            if index != 0 && at < string.len() {
                let byte = Value::number_unchecked(*string.data().add(at) as f64);
                return_value!(byte, func, pc, base, k, l, dispatch)
            }
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `string.len(s)`
    fn len(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if (*l).top > func.add(1)
            && let Some(string) = (*func.add(1)).as_string()
        {
            let len = Value::number_unchecked(string.len() as f64);
            return_value!(len, func, pc, base, k, l, dispatch)
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}
