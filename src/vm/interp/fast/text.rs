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
            if index <= 0 {
                return byte_from_end(pc, base, k, l, dispatch, none!());
            }
            let at = index as u32 as usize - 1;
            if at < string.len() {
                let byte = Value::number_unchecked(*string.data().add(at) as f64);
                // PERF: the word read again, so that no register keeps the place meanwhile.
                let func = base.add(pc.cast::<u8>().add(1).read_volatile() as usize);
                return_value!(byte, func, pc, base, k, l, dispatch)
            }
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// `string.byte(s, i)` with an index that counts from the end: here we know that it is one. PERF:
    /// apart, because it needs a register more.
    #[inline(never)]
    fn byte_from_end(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if let Some(string) = (*func.add(1)).as_string()
            && let Some(index) = exact_int(*func.add(2))
        {
            let (data, len) = string.parts();
            let at = len.wrapping_add_signed(index as isize);
            // 0, and what lies before the beginning, are no less than the length.
            if at < len {
                let byte = Value::number_unchecked(*data.add(at) as f64);
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
