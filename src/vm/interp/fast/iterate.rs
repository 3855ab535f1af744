//! What loops over tables begin with: `pairs` and `ipairs`.
//!
//! Not here: the steps of such loops (`vm::interp::loops`).

use crate::object::{NativeClosure, Value};
use crate::vm::interp::native::call_builtin;

/// The fixed number of results, as a call's C has it, that a loop asks for.
const THREE: usize = 4;

/// `$start` and the table, behind the iterator that is the function's first upvalue.
macro_rules! begin_loop {
    ($start:expr, $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {{
        let func = $base.add(field_a!($pc));
        // What brought us here is a native closure's number.
        let closure = (*func).address() as *const NativeClosure;
        if field_c!($pc) == THREE
            && (*$l).top > func.add(1)
            && (*func.add(1)).is_table()
            && let Some(iterator) = (*closure).upvalues().first()
        {
            *func = iterator.get();
            *func.add(2) = $start;
            next!($pc, $base, $k, $l, $dispatch)
        }
        return call_builtin::<false>($pc, $base, $k, $l, $dispatch, none!());
    }};
}

handler! {
    fn pairs(pc, base, k, l, dispatch) {
        begin_loop!(Value::NIL, pc, base, k, l, dispatch)
    }
}

handler! {
    fn ipairs(pc, base, k, l, dispatch) {
        begin_loop!(Value::number_unchecked(0.0), pc, base, k, l, dispatch)
    }
}
