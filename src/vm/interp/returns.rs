//! Returns: the results go to where the function was, and the frame below goes on: a Lua frame
//! behind its call, others at one of the marks.
//!
//! `PLAIN` says that the function can have no open upvalue and no varargs (`translate` knows), so
//! that nothing is to be closed and the function lies below its base.

use crate::object::Value;
use crate::state::{META_RESULT, MULTRET, State};
use crate::vm::code::Op;
use crate::vm::frames::{self, MANY_RESULTS};

use super::frame::{opaque, opaque_number};
use super::{Base, Pc};

handler! {
    fn return_0<const PLAIN: bool>(pc, base, k, l, dispatch) {
        let ci = (*l).ci;
        if (*ci).nresults != 0 || (!PLAIN && (*l).has_open_upvalue(base)) {
            return return_0_otherwise(pc, base, core::ptr::null(), l, dispatch, none!());
        }
        (*l).top = if PLAIN { base.sub(1) } else { (*ci).func };
        leave!(ci, l, dispatch)
    }
}

handler! {
    fn return_1<const PLAIN: bool>(pc, base, k, l, dispatch) {
        let ci = (*l).ci;
        if (*ci).nresults != 1 {
            return return_1_otherwise(pc, base, k, l, dispatch, none!());
        }
        if !PLAIN && (*l).has_open_upvalue(base) {
            return return_1_closing(pc, base, k, l, dispatch, none!());
        }
        let func = if PLAIN { base.sub(1) } else { (*ci).func };
        *func = *base.add(field_a!(pc));
        (*l).top = func.add(1);
        leave!(ci, l, dispatch)
    }
}

handler! {
    /// No value where some are wanted: the result of a metamethod, mostly.
    #[inline(never)]
    fn return_0_otherwise(pc, base, _k, l, dispatch) {
        let ci = (*l).ci;
        if (*ci).nresults == META_RESULT && !(*l).has_open_upvalue(base) {
            let caller = ci.sub(1);
            complete!(Value::NIL, caller, l, dispatch);
        }
        return return_n(pc, base, core::ptr::null(), l, dispatch, none!());
    }
}

number_handler! {
    /// `return_1::<true>` of the number that the instruction before has computed.
    fn return_1_number<>(pc, base, k, l, dispatch, acc) {
        let ci = (*l).ci;
        if (*ci).nresults != 1 {
            return return_1_otherwise(pc, base, k, l, dispatch, none!());
        }
        // Its word, for it is what a metamethod has returned, perhaps.
        *base.sub(1) = Value::from_bits(acc.assume_init().to_bits());
        (*l).top = base;
        leave!(ci, l, dispatch)
    }
}

handler! {
    /// One value, which is wanted, of a function that has an open upvalue.
    #[inline(never)]
    fn return_1_closing(pc, base, _k, l, dispatch) {
        let result = *base.add(field_a!(pc));
        (*l).close_open_upvalues(base);
        let ci = (*l).ci;
        let func = (*ci).func;
        *func = result;
        (*l).top = func.add(1);
        leave!(ci, l, dispatch)
    }
}

handler! {
    /// One value where not just that is wanted: as many as there are (arguments of a call, mostly).
    #[inline(never)]
    fn return_1_otherwise(pc, base, _k, l, dispatch) {
        let ci = (*l).ci;
        if (*ci).nresults != MULTRET || (*l).has_open_upvalue(base) {
            return return_1_rest(pc, base, core::ptr::null(), l, dispatch, none!());
        }
        let func = (*ci).func;
        *func = *base.add(field_a!(pc));
        (*l).top = func.add(1);
        leave!(ci, l, dispatch)
    }
}

handler! {
    /// ... the result of a metamethod, or any other number.
    #[inline(never)]
    fn return_1_rest(pc, base, _k, l, dispatch) {
        let ci = (*l).ci;
        if (*ci).nresults == META_RESULT && !(*l).has_open_upvalue(base) {
            let caller = ci.sub(1);
            let result = *base.add(field_a!(pc));
            complete!(result, caller, l, dispatch);
        }
        return return_n(pc, base, core::ptr::null(), l, dispatch, none!());
    }
}

/// Returns `$count` values from `$first` on.
macro_rules! return_values {
    ($first:expr, $count:expr, $pc:ident, $base:ident, $k:ident, $l:ident, $dispatch:ident) => {{
        let ci = (*$l).ci;
        let wanted = (*ci).nresults;
        if wanted < MULTRET || $count > MANY_RESULTS || (*$l).has_open_upvalue($base) {
            return return_rest($pc, $base, $k, $l, $dispatch, none!());
        }
        let func = (*ci).func;
        let mut end = func;
        let mut first = $first;
        // As an unsigned number MULTRET is more than any count.
        let given = $count.min(wanted as u32 as usize);
        let last = func.add(given);
        while end < last {
            // PERF: volatile, so that no call of memmove is made of it.
            end.write_volatile(*first);
            first = first.add(1);
            end = end.add(1);
        }
        if wanted != MULTRET {
            let last = func.add(wanted as usize);
            while end < last {
                end.write_volatile(Value::NIL);
                end = end.add(1);
            }
        }
        (*$l).top = end;
        leave!(ci, $l, $dispatch)
    }};
}

handler! {
    /// Any number of results, to be made any other number.
    #[inline(never)]
    fn return_n(pc, base, k, l, dispatch) {
        let first = base.add(field_a!(pc));
        let count = field_b!(pc) - 1;
        return_values!(first, count, pc, base, k, l, dispatch)
    }
}

handler! {
    /// A few results of a function in which nothing can be open, of which no more are wanted, but perhaps fewer.
    fn return_n_plain(pc, base, k, l, dispatch) {
        let ci = (*l).ci;
        let count = field_b!(pc) as u32;
        let wanted = ((*ci).nresults - MULTRET) as u32;
        // As an unsigned number META_RESULT is more than any count.
        if wanted > count {
            return return_n(pc, base, k, l, dispatch, none!());
        }
        debug_assert!(count as usize > 2 && count as usize - 1 <= MANY_RESULTS);
        // PERF: all are moved, for what is above those that are wanted was this function's and is nobody's now.
        let func = opaque(base.sub(1));
        let down = opaque_number((field_a!(pc) as isize + 1) * size_of::<Value>() as isize);
        let end = opaque(func.add(count as usize - 1));
        *func = *func.byte_offset(down);
        let mut to = opaque(func.add(1));
        while to != end {
            *to = *to.byte_offset(down);
            // PERF: opaque, so that no call of memmove is made of it.
            to = opaque(to.add(1));
        }
        (*l).top = if wanted == 0 { end } else { func.add(wanted as usize - 1) };
        leave!(ci, l, dispatch)
    }
}

handler! {
    fn return_open(pc, base, k, l, dispatch) {
        let first = base.add(field_a!(pc));
        let count = (*l).top.offset_from(first) as usize;
        return_values!(first, count, pc, base, k, l, dispatch)
    }
}

handler! {
    /// Any return of a function that has an open upvalue: there is none after. PERF: no return looks at
    /// its constants, so none is made to keep them for this one.
    #[inline(never)]
    fn return_closing(pc, base, _k, l, dispatch) {
        (*l).close_upvalues(base);
        if field_b!(pc) == 0 {
            return return_open(pc, base, core::ptr::null(), l, dispatch, none!());
        }
        return return_n(pc, base, core::ptr::null(), l, dispatch, none!());
    }
}

/// What an instruction does with the result of its metamethod.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Stores it in R(A).
    Store,
    /// Nothing: it stores in a table or a global.
    Drop,
    /// Jumps, if it is what the condition wants.
    Compare,
    /// Joins it with what is to the left of it, or, if there is no more, stores it in R(A).
    Join,
    /// It has no metamethod.
    None,
}

/// By the form of the instruction. PERF: one look, where there are three ranges of plain opcodes.
pub(super) static USES: [Use; 256] = {
    let mut uses = [Use::None; 256];
    let mut i = 0;
    while i < Op::ALL.len() {
        uses[i] = use_of(Op::ALL[i].plain());
        i += 1;
    }
    uses
};

const fn use_of(op: Op) -> Use {
    let (op, is_not) = (op as u8, matches!(op, Op::Not));
    if op >= Op::GetGlobal as u8 && op <= Op::GetGlobalFar as u8
        || op >= Op::GetTable as u8 && op <= Op::GetConst as u8
        || op >= Op::SelfField as u8 && op <= Op::Len as u8 && !is_not
    {
        Use::Store
    } else if op >= Op::SetGlobal as u8 && op <= Op::SetGlobalFar as u8
        || op >= Op::SetTableR as u8 && op <= Op::SetConstK as u8
    {
        Use::Drop
    } else if op >= Op::EqRRF as u8 && op <= Op::LeKKT as u8 {
        Use::Compare
    } else if op == Op::Concat as u8 {
        Use::Join
    } else {
        Use::None
    }
}

handler! {
    /// What is left: an open upvalue, the result of a metamethod, many results, which count.
    #[inline(never)]
    fn return_rest(pc, base, k, l, dispatch) {
        if (*l).has_open_upvalue(base) {
            return return_closing(pc, base, core::ptr::null(), l, dispatch, none!());
        }
        let first = base.add(field_a!(pc));
        let open = field_b!(pc) == 0;
        let count =
            if open { (*l).top.offset_from(first) as usize } else { field_b!(pc) - 1 };
        let ci = (*l).ci;
        if (*ci).nresults == META_RESULT {
            let caller = ci.sub(1);
            let result = if count > 0 { *first } else { Value::NIL };
            complete!(result, caller, l, dispatch);
        }
        worker!(return_slow(l, pc, first, count), base, k, l, dispatch)
    }
}

/// Any return: `count` results from `first` on.
#[inline(never)]
unsafe extern "C" fn return_slow(
    l: *mut State,
    pc: Pc,
    first: Base,
    count: usize,
) -> *mut State {
    // SAFETY: l is the running State, exclusively ours while the handler waits.
    let l = unsafe { &mut *l };
    l.frame_mut().pc = pc.wrapping_add(1);
    frames::return_from(l, first, count)
}
