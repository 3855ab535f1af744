//! Switches between coroutines: `resume`, what `wrap` returns, called or as an iterator, and `yield`, where a coroutine that
//! has yielded goes on, or yields to a builtin that resumed it. The values go straight from one
//! stack to their place in the other.
//!
//! Both sides keep the frames that `vm::coroutine` would give them: the resuming builtin's waits
//! at `CONTINUE`, the yielding builtin's stands while its coroutine is suspended. So either side may
//! be taken up by the ordinary functions.
//!
//! Not here: how a coroutine begins and ends (`ends`).

use crate::heap::{Gc, Kind};
use crate::object::{NativeClosure, Value};
use crate::state::state::{MIN_STACK, NOT_PLAIN, SPARE};
use crate::state::{
    CallInfo, FrameFlags, META_RESULT, MULTRET, NativeResult, Outcome, Resumed,
    State, Status, Switchboard, Thrown,
};
use crate::vm::code::{CONTINUE, Op};
use crate::vm::coroutine::{MAX_NESTING, may_yield};
use crate::vm::interp::calls::call_other;
use crate::vm::interp::{Dispatch, EXIT_YIELD, Pc};
use crate::vm::interp::frame::{foretold, has_room, opaque, opaque_number};
use crate::vm::interp::loops::{tfor_any, tfor_loop};
use crate::vm::interp::named::become_op;
use crate::vm::interp::native::call_builtin;
use crate::vm::interp::native_loop::{hot_generic, warms};
use crate::vm::meta;

use super::Fast;
use super::ends::begin;

/// More values than this are left to the builtins.
pub(super) const MANY: usize = 250;

/// So many values, and a status before them, have room wherever there is one slot.
pub const FEW: usize = SPARE - 1;

/// The coroutine that a value is.
#[inline(always)]
pub(super) unsafe fn coroutine_in(value: Value) -> *mut State {
    // SAFETY: the tag says that the payload is a live thread's address.
    if value.is_thread() { value.address() as *mut State } else { core::ptr::null_mut() }
}

/// Whether `co` has yielded by calling `yield`, and takes `count` values at once when `l` resumes it.
#[inline(always)]
unsafe fn takes(co: *mut State, l: *mut State, count: usize) -> bool {
    // SAFETY: both are live States.
    unsafe {
        !co.is_null()
            && (*co).status == Status::Yield
            && !(*co).is_traced()
            && !(*co).needs_touch()
            && (*l).nesting < MAX_NESTING
            && count <= MANY
            && takes_results((*co).ci, co, count)
    }
}

/// Whether the results of the native function whose frame is `ci` go to plain slots that have room.
#[inline(always)]
pub(super) unsafe fn takes_results(ci: *mut CallInfo, l: *mut State, count: usize) -> bool {
    // SAFETY: the newest frame of a live State.
    unsafe {
        !(*ci).is_lua()
            && (*ci).nresults != META_RESULT
            && (*ci).func.wrapping_add(count + 1) <= (*l).stack_limit
    }
}

/// Puts the results `first..end` of the native function whose frame is `ci`, the newest of `to`, in
/// their place, `lead` before them if there is one, and makes the frame below the newest.
#[inline(always)]
pub(super) unsafe fn deliver(
    to: *mut State,
    ci: *mut CallInfo,
    lead: Option<Value>,
    first: *mut Value,
    end: *mut Value,
) {
    // SAFETY: STACK: `takes_results` saw room for all; what is wanted lies within the frame below.
    // PERF: volatile, so that no calls of memmove and memset are made of it.
    unsafe {
        let wanted = (*ci).nresults;
        let mut slot = (*ci).func;
        if let Some(lead) = lead {
            *slot = lead;
            slot = slot.add(1);
        }
        let mut from = first;
        while from < end {
            slot.write_volatile(*from);
            slot = slot.add(1);
            from = from.add(1);
        }
        if wanted != MULTRET {
            let end = (*ci).func.add(wanted as usize);
            fill_up(slot, end);
            slot = end;
        }
        (*to).top = slot;
        (*to).ci = ci.sub(1);
    }
}

/// As `deliver`, of not more than `FEW` values to a function that wants a certain number.
///
/// # Safety
/// As for `deliver`.
#[inline(always)]
pub unsafe fn deliver_few(to: *mut State, ci: *mut CallInfo, lead: bool, first: *mut Value, end: *mut Value) {
    // SAFETY: STACK: from a slot on below the limit there is room for `FEW` values and one more.
    unsafe {
        let mut slot = (*ci).func;
        let last = slot.wrapping_offset((*ci).nresults as isize);
        if lead {
            *slot = Value::TRUE;
            slot = slot.add(1);
        }
        // PERF: one index for both, counted up to 0; opaque, so that the compiler leaves it at that.
        let mut left = opaque_number((first as isize).wrapping_sub(end as isize));
        slot = slot.wrapping_byte_offset(left.wrapping_neg());
        while left != 0 {
            slot.wrapping_byte_offset(left).write_volatile(*end.wrapping_byte_offset(left));
            left = opaque_number(left + size_of::<Value>() as isize);
        }
        fill_up(slot, last);
        (*to).top = last;
        (*to).ci = ci.sub(1);
    }
}

/// Puts `given` values, which may be none, from `first` on at `slot`, and tells where they end.
#[inline(always)]
unsafe fn place_few(mut slot: *mut Value, mut first: *mut Value, given: usize) -> *mut Value {
    // SAFETY: STACK: from a slot on below the limit there is room for `FEW` values and one more.
    // PERF: volatile, and opaque, so that the compiler makes no call of it, nor a loop of four at a time.
    unsafe {
        let mut left = opaque_number(given as isize);
        while left != 0 {
            slot.write_volatile(*first);
            slot = slot.add(1);
            first = first.add(1);
            left = opaque_number(left - 1);
        }
        slot
    }
}

/// Fills the slots from `slot` to `last` with nil.
#[inline(always)]
unsafe fn fill_up(mut slot: *mut Value, last: *mut Value) {
    // SAFETY: STACK: the slots of results that are wanted.
    unsafe {
        while slot < last {
            slot.write_volatile(Value::NIL);
            slot = slot.add(1);
        }
    }
}

/// Whether the values from `first` to `end` are few. (The `checks` build says no.)
#[inline(always)]
fn are_few(first: *mut Value, end: *mut Value) -> bool {
    (end as usize).wrapping_sub(first as usize) <= FEW * size_of::<Value>() && cfg!(not(feature = "checks"))
}

/// Whether a call of `function` is still the switch that its form says. PERF: `resume` is compared with the one that was looked at last.
#[inline(always)]
unsafe fn is_switch<const WRAPPED: bool>(function: Value, dispatch: *const Dispatch) -> bool {
    // SAFETY: the interpreter runs from a Switchboard's table; what has a function's tag is a live one.
    unsafe {
        if WRAPPED {
            let native = function.function_untagged();
            return Value::is_untagged(native)
                && (*native).kind() == Kind::NativeClosure
                && (*native.cast::<NativeClosure>()).fast.get() == Fast::Wrapped as u8;
        }
        (*dispatch.cast::<Switchboard>()).resume.get() == function.bits()
    }
}

/// The coroutine that such a call resumes. It is one if `Value::is_untagged`: `debug.setupvalue` may have put anything in its place.
#[inline(always)]
unsafe fn switched_to<const WRAPPED: bool>(func: *mut Value) -> *mut State {
    // SAFETY: a function that `wrap` has made has an upvalue; a `CallResume` passes one argument or more.
    unsafe {
        let value = if WRAPPED {
            let closure = (*func).function_untagged().cast::<NativeClosure>();
            debug_assert!(!(*closure).upvalues().is_empty());
            (*(*closure).first_upvalue()).get()
        } else {
            *func.add(1)
        };
        value.thread_untagged().cast()
    }
}

/// The coroutine, foretold by what `ci`, the frame that will wait for it, held before: where nothing else was called at this depth
/// since, that is the coroutine it waited for last. PERF: all that the coroutine does waits for its address, which is found by a load
/// beside the one for base, not by two or three behind it. The guess is not looked at before it is known to be right.
#[inline(always)]
unsafe fn as_before(co: *mut State, ci: *const CallInfo) -> *mut State {
    // SAFETY: a frame of the array, whose `k` was set when the array was made.
    let guess = unsafe { (*ci).k }.cast_mut().cast::<State>();
    let guessed = foretold(guess);
    if guess != co {
        core::hint::cold_path();
        return foretold(co);
    }
    guessed
}

/// The coroutine of a function that `wrap` has returned, null if `debug.setupvalue` took it away.
#[inline(always)]
unsafe fn wrapped_by(closure: Gc<NativeClosure>) -> *mut State {
    // SAFETY: an upvalue's word.
    unsafe {
        match closure.upvalues().first() {
            Some(slot) => coroutine_in(slot.get()),
            None => core::ptr::null_mut(),
        }
    }
}

/// What a call of `resume` (`WRAPPED`: of what `wrap` returned) at `func` resumes, or null, and the first
/// of the values that are passed.
#[inline(always)]
pub(super) unsafe fn resumed<const WRAPPED: bool>(
    l: *const State,
    func: *mut Value,
) -> (*mut State, *mut Value) {
    // SAFETY: a native closure lies at func, its arguments behind it up to the top.
    unsafe {
        if WRAPPED {
            (wrapped_by(Gc::from_ptr((*func).address() as *mut NativeClosure)), func.add(1))
        } else {
            let given = (*l).top > func.add(1);
            let co = if given { coroutine_in(*func.add(1)) } else { core::ptr::null_mut() };
            (co, func.add(2))
        }
    }
}

/// Where the last jump back led. PERF: coroutines have loops of their own, so each takes its own guess up again when it is switched to.
macro_rules! last_turn {
    ($dispatch:expr) => {
        (*$dispatch.cast::<$crate::state::Switchboard>()).last_turn
    };
}
pub(super) use last_turn;

/// Has the builtin at `$func` wait for `$co`, which is given the values from `$first` to the top. `$plain`: it wants a certain number
/// of results.
macro_rules! wait_for {
    ($for:expr, $wrapped:expr, $plain:expr, $func:ident, $co:ident, $first:ident, $ci:ident, $top:ident,
        $pc:ident, $l:ident, $dispatch:ident) => {{
        (*$ci.sub(1)).pc = $pc.add(1);
        let gives = if $wrapped { FrameFlags::GIVES_VALUES } else { FrameFlags::GIVES_STATUS };
        CallInfo::write_native($ci, $func, $top, wanted!($for, $pc), FrameFlags::RESUMES.with(gives));
        (*$ci).pc = &raw const CONTINUE;
        (*$ci).k = $co.cast_const().cast();
        (*$ci).pending = $first.offset_from($func) as u32 - 1;
        (*$ci).keep_turn(last_turn!($dispatch).get());
        (*$l).ci = $ci;
        (*$l).top = $first;
        (*$co).resumer = $l;
        // PERF: a load of both this and what lies beside it would wait for stores of the two.
        (*$co).nesting = (&raw const (*$l).nesting).read_volatile() + 1;
        (*$co).base_c_calls = (*$co).c_calls;
        (*$co).plain_c_calls = if $plain { (*$co).c_calls } else { NOT_PLAIN };
    }};
}
pub(super) use wait_for;

/// The form that suits a call of `native`, which may be that of a switch: of not more than `FEW` values, where a certain
/// number of results is wanted. (The `checks` build has none.)
#[inline(always)]
pub unsafe fn call_form(pc: Pc, native: Gc<NativeClosure>, dispatch: *const Dispatch) -> Op {
    let fast = native.fast.get();
    let function = Value::native_closure(native).bits();
    // SAFETY: pc is a word of live code, a CALL's; the interpreter runs from a Switchboard's table.
    let (given, wanted, board) = unsafe { (field_b!(pc), field_c!(pc), &*dispatch.cast::<Switchboard>()) };
    if cfg!(feature = "checks") || given > FEW || wanted == 0 {
        return Op::CallNative;
    }
    if fast == Fast::Yield as u8 {
        board.yields.set(function);
        return Op::CallYield;
    }
    if fast == Fast::Resume as u8 && given >= 2 {
        board.resume.set(function);
        return Op::CallResume;
    }
    if fast == Fast::Wrapped as u8 { Op::CallWrapped } else { Op::CallNative }
}

handler! {
    /// A call that was a switch when the word last ran, and is none now, or must be looked at.
    #[inline(never)]
    fn call_otherwise(pc, base, _k, l, dispatch) {
        return call_other(pc, base, (*(*l).ci).k, l, dispatch, none!());
    }
}

handler! {
    /// `coroutine.resume(co, …)`; `WRAPPED`: what `coroutine.wrap` returned, called. `FORM`: the word says so, how many values
    /// are passed, and that a certain number is wanted. PERF: it saves no registers, for it keeps little: the caller's base is read
    /// back where it is needed after all. Nothing is allocated, so the collector is not asked.
    #[inline(never)]
    fn resume<const FORM: bool, const WRAPPED: bool>(pc, base, _k, l, dispatch) {
        let func = called!(false, pc, base);
        if FORM && !is_switch::<WRAPPED>(*func, dispatch) {
            return call_otherwise(pc, base, core::ptr::null(), l, dispatch, none!());
        }
        let (co, first) = if FORM { (switched_to::<WRAPPED>(func), func) } else { resumed::<WRAPPED>(l, func) };
        if FORM && (!Value::is_untagged(co) || (*l).ci.add(1) == (*l).ci_limit) {
            (*l).top = func.add(field_b!(pc));
            return call_builtin::<false>(pc, (*(*l).ci).base, core::ptr::null(), l, dispatch, none!());
        }
        let co = if FORM { as_before(co, (*l).ci.add(1)) } else { co };
        if !FORM && co.is_null() || (*co).status != Status::Yield {
            if FORM {
                (*l).top = func.add(field_b!(pc));
            }
            return begin::<false, WRAPPED>(pc, (*(*l).ci).base, core::ptr::null(), l, dispatch, none!());
        }
        // While a thread has a hook for calls, calls do not come here (`vm::hooks`).
        if (*co).needs_touch()
            || (*l).nesting >= MAX_NESTING
            || !FORM && !are_few(first, (*l).top)
            || (*(*co).ci).nresults < 0
            || !FORM && field_c!(pc) == 0
            || !FORM && (*l).ci.add(1) == (*l).ci_limit
        {
            if FORM {
                (*l).top = func.add(field_b!(pc));
            }
            return resume_any::<false, WRAPPED>(pc, (*(*l).ci).base, core::ptr::null(), l, dispatch, none!());
        }
        let (func, co) = (opaque(func), opaque(co));
        let first = func.add(if WRAPPED { 1 } else { 2 });
        let ci = opaque((*l).ci.add(1));
        let end = if FORM { first } else { (*l).top };
        // The frame gets no room: what goes on in it makes its own.
        wait_for!(false, WRAPPED, true, func, co, first, ci, end, pc, l, dispatch);
        (*co).status = Status::Ok;
        let ci = (*co).ci;
        last_turn!(dispatch).set((*ci).kept_turn());
        if FORM {
            let slot = (*ci).func;
            let last = slot.wrapping_offset((*ci).nresults as isize);
            let given = field_b!(pc).wrapping_sub(if WRAPPED { 1 } else { 2 });
            let slot = place_few(slot, first, given);
            fill_up(slot, last);
            (*co).top = last;
            (*co).ci = ci.sub(1);
        } else {
            deliver_few(co, ci, false, first, end);
        }
        let ci = ci.sub(1);
        resume!(ci, co, dispatch);
        go!((*ci).pc, (*ci).base, (*ci).k, co, dispatch)
    }
}

handler! {
    /// R(A+3)… := R(A)(R(A+1), R(A+2)), where R(A) was made by `coroutine.wrap` when the word last ran. PERF: as `resume`; state and
    /// control variable go to the coroutine without a way through the call's slots, which nobody sees.
    fn tfor_wrapped<const COUNTS: bool>(pc, base, k, l, dispatch) {
        if COUNTS && warms(&*dispatch.cast::<Switchboard>()) {
            return hot_generic(pc, base, k, l, dispatch, none!());
        }
        let slots = base.add(field_a!(pc));
        if !is_switch::<true>(*slots, dispatch) {
            return tfor_otherwise(pc, base, core::ptr::null(), l, dispatch, none!());
        }
        let co = switched_to::<true>(slots);
        if !Value::is_untagged(co) || (*l).ci.add(1) == (*l).ci_limit || cfg!(feature = "checks") {
            return tfor_any(pc, (*(*l).ci).base, core::ptr::null(), l, dispatch, none!());
        }
        let co = as_before(co, (*l).ci.add(1));
        if (*co).status != Status::Yield
            || (*l).is_traced()
            || (*co).is_traced()
            || (*co).needs_touch()
            || (*l).nesting >= MAX_NESTING
            || (*(*co).ci).nresults < 0
        {
            return tfor_any(pc, (*(*l).ci).base, core::ptr::null(), l, dispatch, none!());
        }
        let (slots, co) = (opaque(slots), opaque(co));
        let func = slots.add(3);
        *func = *slots;
        let ci = opaque((*l).ci.add(1));
        let first = func.add(1);
        wait_for!(true, true, true, func, co, first, ci, first, pc, l, dispatch);
        (*co).status = Status::Ok;
        let ci = (*co).ci;
        last_turn!(dispatch).set((*ci).kept_turn());
        // As `deliver_few`.
        let mut slot = (*ci).func;
        let last = slot.wrapping_offset((*ci).nresults as isize);
        slot.write_volatile(*func.sub(2));
        slot.add(1).write_volatile(*func.sub(1));
        slot = slot.add(2);
        fill_up(slot, last);
        (*co).top = last;
        let ci = ci.sub(1);
        (*co).ci = ci;
        resume!(ci, co, dispatch);
        go!((*ci).pc, (*ci).base, (*ci).k, co, dispatch)
    }
}

handler! {
    /// ... and is anything else now.
    #[inline(never)]
    fn tfor_otherwise(pc, base, _k, l, dispatch) {
        if *pc.cast::<u8>() == Op::TForWrapped as u8 {
            become_op(pc, Op::TForLoop);
        } else {
            become_op(pc, Op::TForSettled);
        }
        return tfor_loop::<false>(pc, base, (*(*l).ci).k, l, dispatch, none!());
    }
}

handler! {
    /// ... of any coroutine that has yielded, with up to `MANY` values.
    #[inline(never)]
    fn resume_any<const FOR: bool, const WRAPPED: bool>(pc, base, k, l, dispatch) {
        let func = called!(FOR, pc, base);
        let (co, first) = resumed::<WRAPPED>(l, func);
        let end = (*l).top;
        let ci = (*l).ci.add(1);
        let top = end.add(MIN_STACK);
        if !has_room(l, top, ci)
            || (*(*l).global).heap.step_due()
            || !takes(co, l, end.offset_from(first) as usize)
        {
            return begin::<FOR, WRAPPED>(pc, base, k, l, dispatch, none!());
        }
        wait_for!(FOR, WRAPPED, FOR || field_c!(pc) != 0, func, co, first, ci, top, pc, l, dispatch);
        (*co).status = Status::Ok;
        last_turn!(dispatch).set((*(*co).ci).kept_turn());
        deliver(co, (*co).ci, None, first, end);
        let ci = (*co).ci;
        resume!(ci, co, dispatch);
        go!((*ci).pc, (*ci).base, (*ci).k, co, dispatch)
    }
}

handler! {
    /// `coroutine.yield(…)`. `FORM` and PERF: as `resume`.
    fn yield_values<const FORM: bool>(pc, base, _k, l, dispatch) {
        let func = base.add(field_a!(pc));
        if FORM && (*dispatch.cast::<Switchboard>()).yields.get() != (*func).bits() {
            return call_otherwise(pc, base, core::ptr::null(), l, dispatch, none!());
        }
        if (*l).c_calls != (*l).plain_c_calls
            || (*l).ci.add(1) == (*l).ci_limit
            || !FORM && !are_few(func.add(1), (*l).top)
        {
            if FORM {
                (*l).top = func.add(field_b!(pc));
            }
            return yield_any(pc, (*(*l).ci).base, core::ptr::null(), l, dispatch, none!());
        }
        let func = opaque(func);
        let ci = opaque((*l).ci.add(1));
        (*ci.sub(1)).pc = pc.add(1);
        let first = func.add(1);
        let end = if FORM { first } else { (*l).top };
        // The frame gets no room: nothing is called in it.
        CallInfo::write_native(ci, func, end, field_c!(pc) as i32 - 1, FrameFlags::NONE);
        (*ci).keep_turn(last_turn!(dispatch).get());
        (*l).ci = ci;
        (*l).top = first;
        (*l).status = Status::Yield;
        let to = (*l).resumer;
        (*l).resumer = core::ptr::null_mut();
        let waiting = (*to).ci;
        last_turn!(dispatch).set((*waiting).kept_turn());
        let lead = (*waiting).flags.has(FrameFlags::GIVES_STATUS);
        if FORM {
            let mut slot = (*waiting).func;
            let last = slot.wrapping_offset((*waiting).nresults as isize);
            if lead {
                *slot = Value::TRUE;
                slot = slot.add(1);
            }
            let given = field_b!(pc);
            if given == 2 {
                slot.write_volatile(*first);
                slot = slot.add(1);
            } else {
                slot = place_few(slot, first, given - 1);
            }
            fill_up(slot, last);
            (*to).top = last;
            (*to).ci = waiting.sub(1);
        } else {
            deliver_few(to, waiting, lead, first, end);
        }
        let ci = waiting.sub(1);
        resume!(ci, to, dispatch);
        go!((*ci).pc, (*ci).base, (*ci).k, to, dispatch)
    }
}

handler! {
    /// ... to a host that has called `lua_resume`.
    #[inline(never)]
    fn yield_to_c(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let top = (*l).top.add(MIN_STACK);
        let ci = (*l).ci.add(1);
        if !has_room(l, top, ci) || !may_yield(&*l) {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        (*ci.sub(1)).pc = pc.add(1);
        // All that the host sees of the stack are the values.
        CallInfo::write_native(ci, func, top, field_c!(pc) as i32 - 1, FrameFlags::NONE);
        (*ci).keep_turn(core::ptr::null());
        (*l).ci = ci;
        (*l).status = Status::Yield;
        return EXIT_YIELD;
    }
}

handler! {
    /// ... to any builtin that waits, up to `MANY` values.
    #[inline(never)]
    fn yield_any(pc, base, k, l, dispatch) {
        let func = base.add(field_a!(pc));
        let (first, end) = (func.add(1), (*l).top);
        let count = end.offset_from(first) as usize;
        let ci = (*l).ci.add(1);
        let to = (*l).resumer;
        if to.is_null() {
            return yield_to_c(pc, base, k, l, dispatch, none!());
        }
        // The frame gets no room: nothing is called in it.
        if !has_room(l, end, ci)
            || (*l).c_calls != (*l).base_c_calls
            || count > MANY
            || (*(*l).global).heap.step_due()
        {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        let waiting = (*to).ci;
        let flags = (*waiting).flags;
        if flags.0 & (FrameFlags::GIVES_STATUS.0 | FrameFlags::GIVES_VALUES.0) == 0
            || (*to).is_traced()
            || !takes_results(waiting, to, count)
        {
            return call_builtin::<false>(pc, base, k, l, dispatch, none!());
        }
        (*ci.sub(1)).pc = pc.add(1);
        CallInfo::write_native(ci, func, end, field_c!(pc) as i32 - 1, FrameFlags::NONE);
        (*ci).keep_turn(last_turn!(dispatch).get());
        (*l).ci = ci;
        (*l).top = first;
        (*l).status = Status::Yield;
        (*l).resumer = core::ptr::null_mut();
        last_turn!(dispatch).set((*waiting).kept_turn());
        let lead = if flags.has(FrameFlags::GIVES_STATUS) { Some(Value::TRUE) } else { None };
        deliver(to, waiting, lead, first, end);
        let ci = (*to).ci;
        resume!(ci, to, dispatch);
        go!((*ci).pc, (*ci).base, (*ci).k, to, dispatch)
    }
}

/// The continuation of `resume`: what came out lies above the coroutine, in whose slot the first
/// result is to be.
pub fn after_resume(l: &mut State, resumed: Resumed) -> NativeResult {
    let well = matches!(resumed.status, Status::Ok | Status::Yield);
    l.set_arg(1, Value::boolean(well));
    Ok(Outcome::Return(resumed.count + 1))
}

/// The continuation of what `wrap` returned.
pub fn after_wrapped(l: &mut State, resumed: Resumed) -> NativeResult {
    if matches!(resumed.status, Status::Ok | Status::Yield) {
        return Ok(Outcome::Return(resumed.count));
    }
    let value = l.pop();
    Err(rethrow(l, value))
}

/// COMPAT: a message gets the position of the call in front, though it may have one already.
pub fn rethrow(l: &mut State, value: Value) -> Thrown {
    match meta::to_string(l, value) {
        Ok(Some(text)) => l.library_error(&[text.as_bytes()]),
        Ok(None) => l.throw_value(value),
        Err(thrown) => thrown,
    }
}
