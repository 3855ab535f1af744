//! Calls of what is no function: tables and userdata with `__call`.
//!
//! What that says is called as the function of the same call, with the value before the other arguments, by the handler of
//! calls whose arguments end at the top.
//!
//! Not here: values that cannot be called, and what has no room (`calls::call_any`).

use crate::object::Value;
use crate::state::{Event, State};

use super::calls::{call_any, call_open};
use super::fast;
use super::frame::{has_slots, metamethod};

/// The `__call` of a table or userdata whose metatable has it in its main position.
#[inline(always)]
unsafe fn call_at_hand(l: *const State, object: Value) -> Option<Value> {
    let metatable = match object.as_table() {
        Some(table) => table.metatable.get(),
        None => object.as_userdata()?.metatable.get(),
    };
    // SAFETY: l is the running State, so fixed strings are made.
    let name = unsafe { (*(*l).global).event_name_unchecked(Event::Call) };
    let found = metatable?.probe_short(Value::string(name), name.known_hash())?.get();
    found.is_function().then_some(found)
}

/// Calls `$f` for the value at `$func`, which goes before the other arguments, behind which is `$end`.
macro_rules! call_for_value {
    ($f:expr, $func:ident, $end:ident, $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {{
        let mut to = $end.sub(1);
        while to > $func {
            *to = *to.sub(1);
            to = to.sub(1);
        }
        *$func = $f;
        (*$l).top = $end;
        if let Some(native) = ($f).as_native_closure() {
            let handler = fast::HANDLERS[native.fast.get() as usize];
            return handler($pc, $base, $k, $l, $dispatch, none!());
        }
        return call_open($pc, $base, $k, $l, $dispatch, none!());
    }};
}

handler! {
    /// R(A)… := R(A)(R(A+1)…), the value no function; `OPEN`: with arguments up to the top. What its
    /// `__call` says is called, the value before the other arguments.
    #[inline(never)]
    fn call_value<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let end = func.add(argument_count!(OPEN, pc, func, l) + 2);
        if has_slots(l, end)
            && let Some(f) = call_at_hand(l, *func)
        {
            call_for_value!(f, func, end, pc, base, k, l, dispatch)
        }
        return call_value_far::<OPEN>(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    /// ... wherever in the metatable that is.
    #[inline(never)]
    fn call_value_far<const OPEN: bool>(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let object = *func;
        let end = func.add(argument_count!(OPEN, pc, func, l) + 2);
        if (object.is_table() || object.is_userdata())
            && has_slots(l, end)
            && let Some(f) = metamethod(l, object, Event::Call)
            && f.is_function()
        {
            call_for_value!(f, func, end, pc, base, k, l, dispatch)
        }
        return call_any::<OPEN>(pc, base, k, l, dispatch, none!());
    }
}
