//! `string.sub`.

use crate::object::{Str, Value};
use crate::heap::Gc;
use crate::state::State;
use crate::vm::interp::arith::exact_int;
use crate::vm::interp::native::call_builtin;

/// The string that is asked for a part, the index of its first byte (from 0) and of the one behind its last,
/// which are equal, and perhaps beyond the string, if the part is empty. None for arguments that are the
/// builtin's.
#[inline(always)]
unsafe fn asked(l: *mut State, func: *mut Value) -> Option<(Gc<Str>, usize, usize)> {
    // SAFETY: STACK: the function's arguments lie from it to the top, and initialised slots above.
    unsafe {
        let nargs = (*l).top.offset_from(func) - 1;
        let string = (*func.add(1)).as_string()?;
        let len = string.len();
        let from_start = |at: i64| if at < 0 { at + len as i64 + 1 } else { at };
        let first = from_start(exact_int(*func.add(2))? as i64).max(1);
        let last = match nargs {
            2 => len as i64,
            3 => from_start(exact_int(*func.add(3))? as i64).min(len as i64),
            _ => return None,
        };
        Some((string, first as usize - 1, last.max(first - 1) as usize))
    }
}

handler! {
    /// `string.sub(s, i [, j])`: one byte, of which there is a string.
    fn sub(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if let Some((string, from, to)) = asked(l, func)
            && to == from + 1
            && let global = &*(*l).global
            && let Some(single) = global.strings.known_single(&global.heap, *string.data().add(from))
        {
            return_value!(Value::string(single), func, pc, base, k, l, dispatch)
        }
        return sub_made(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// The same for a part of any length.
    #[inline(never)]
    fn sub_made(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if let Some((string, from, to)) = asked(l, func)
            && !(*(*l).global).heap.step_due()
        {
            let part = part(&*l, string, from, to);
            if part.is_string() {
                // Only `l` lives over the call: what else is needed is read back.
                let func = base.add(field_a!(pc));
                return_value!(part, func, pc, base, k, l, dispatch)
            }
        }
        return call_builtin::<false>(pc, base, k, l, dispatch, none!());
    }
}

/// The part of a string as a value; nil if memory is refused, which the builtin will say.
#[inline(never)]
fn part(l: &State, string: Gc<Str>, from: usize, to: usize) -> Value {
    let bytes = string.as_bytes().get(from..to).unwrap_or_default();
    if bytes.len() == string.len() {
        return Value::string(string);
    }
    let global = l.global();
    global.spend_bytes(bytes.len());
    match global.strings.make(&global.heap, bytes) {
        Ok(part) => Value::string(part),
        Err(_) => Value::NIL,
    }
}
