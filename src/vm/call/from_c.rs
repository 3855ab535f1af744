//! `lua_call` and `lua_pcall` where the call begins at once: of a Lua function that has run before or of a C function,
//! with room, no hook and no limit near.
//!
//! PERF: neither holds anything over the call, so neither saves registers: the recovery point does, once for both. What
//! they need afterwards lies in the newest frames or in the word that the recovery point keeps for them.
//!
//! ```text
//!   lua_pcall ──▶ enter_lua ──▶ protected_call_then ──▶ the interpreter
//!                                        └──▶ outcome ──▶ lua_pcall_ended
//! ```
//!
//! Not here: any other call, and what a call is (the module above).

use core::ffi::{c_int, c_void};

use super::*;
use crate::heap::Kind;
use crate::object::{LuaClosure, NativeClosure};
use crate::state::MULTRET;
use crate::vm::boundary::{Then, protected_call_then};

/// Whether a call may begin at once, but for the room it needs.
#[inline(always)]
fn may_begin(l: &State) -> bool {
    let global = l.global();
    global.switchboard.meter.get() > 0
        && global.c_depth.get() < EASY_C_DEPTH
        && core::ptr::eq(l.frame().pc, &raw const HALT)
        && !l.is_traced()
}

/// A call has begun.
#[inline(always)]
fn begun(l: &mut State) {
    let global = l.global();
    global.spend(1);
    global.c_depth.set(global.c_depth.get() + 1);
    l.c_calls += 1;
}

/// Calls the value at `func`; `PROTECTED`: for `lua_pcall`.
#[inline(always)]
fn enter<const PROTECTED: bool>(l: &mut State, func: *mut Value, nresults: c_int, word: u64) -> c_int {
    // SAFETY: STACK: func is below top.
    let Some(function) = unsafe { *func }.as_function() else {
        return enter_any::<PROTECTED>(l, func, nresults, word);
    };
    if function.kind() == Kind::LuaClosure {
        return enter_lua::<PROTECTED>(l, func, nresults, word);
    }
    enter_c::<PROTECTED>(l, func, nresults, word)
}

/// Calls a Lua function.
#[inline(never)]
extern "C" fn enter_lua<const PROTECTED: bool>(
    l: &mut State,
    func: *mut Value,
    nresults: c_int,
    word: u64,
) -> c_int {
    // SAFETY: a Lua closure lies at func.
    let closure: Gc<LuaClosure> = unsafe { Gc::from_ptr((*func).address() as *mut LuaClosure) };
    let flags = FrameFlags::LUA.with(FrameFlags::FRESH);
    // `may_begin` has seen that there is no hook.
    if !frames::begin_lua_untraced(l, func, closure, nresults, flags) {
        return enter_any::<PROTECTED>(l, func, nresults, word);
    }
    begun(l);
    let state: *mut State = l;
    let then: Then = if PROTECTED { lua_pcall_ended } else { lua_call_ended };
    // SAFETY: CFRAMES: nothing here needs dropping; `then` takes the State, the outcome and the word.
    unsafe {
        let entrance = interp::entrance(state, closure.entry.get());
        protected_call_then(&raw const (*(*state).global).recovery, entrance, state.cast(), then, word)
    }
}

/// Calls a C function.
#[inline(never)]
extern "C" fn enter_c<const PROTECTED: bool>(
    l: &mut State,
    func: *mut Value,
    nresults: c_int,
    word: u64,
) -> c_int {
    // SAFETY: a native closure lies at func.
    let closure: Gc<NativeClosure> = unsafe { Gc::from_ptr((*func).address() as *mut NativeClosure) };
    if !frames::is_roomy(l) || l.heap().step_due() {
        return enter_any::<PROTECTED>(l, func, nresults, word);
    }
    if !closure.rust_entry.is_null() {
        return enter_builtin::<PROTECTED>(l, func, nresults, word);
    }
    frames::push_native(l, func, nresults, FrameFlags::FOREIGN.with(FrameFlags::FRESH));
    begun(l);
    l.exposed = true;
    let state: *mut State = l;
    let then: Then = if PROTECTED { c_pcall_ended } else { c_call_ended };
    // SAFETY: c_entry of a NativeClosure is a lua_CFunction; else as in `enter_lua`.
    unsafe {
        let f: boundary::CFunction = core::mem::transmute(closure.c_entry);
        protected_call_then(&raw const (*(*state).global).recovery, f, state.cast(), then, word)
    }
}

/// Calls a builtin, which throws nothing past its frames and so needs no recovery point.
#[inline(never)]
extern "C" fn enter_builtin<const PROTECTED: bool>(
    l: &mut State,
    func: *mut Value,
    nresults: c_int,
    word: u64,
) -> c_int {
    // SAFETY: a native closure with a Rust entry lies at func (`runtime::register`).
    let f: NativeFn = unsafe {
        let closure: Gc<NativeClosure> = Gc::from_ptr((*func).address() as *mut NativeClosure);
        core::mem::transmute(closure.rust_entry)
    };
    frames::push_native(l, func, nresults, FrameFlags::NONE.with(FrameFlags::FRESH));
    begun(l);
    let result = f(l);
    let ended = match result {
        Ok(Outcome::Return(count)) if !l.is_traced() && count as usize <= frames::MANY_RESULTS => {
            frames::return_at_once(l, count as usize, nresults);
            Ok(())
        }
        result => carry_out_directly(l, result),
    };
    end(l);
    if PROTECTED { conclude_pcall(l, ended, word) } else { conclude_call(l, ended, word) }
}

/// Calls any value.
#[inline(never)]
extern "C" fn enter_any<const PROTECTED: bool>(
    l: &mut State,
    func: *mut Value,
    nresults: c_int,
    word: u64,
) -> c_int {
    let nargs = (l.top as usize - func as usize) / size_of::<Value>() - 1;
    if PROTECTED {
        let handler = core::mem::replace(&mut l.errfunc, Saved(word).errfunc());
        any_pcall(l, nargs as c_int, nresults, handler)
    } else {
        any_call(l, nargs as c_int, nresults)
    }
}

/// A call is over.
#[inline(always)]
fn end(l: &mut State) {
    let global = l.global();
    global.c_depth.set(global.c_depth.get() - 1);
    l.c_calls -= 1;
}

/// However many results came, the frame may hold them.
#[inline(always)]
pub fn claim_results(l: &mut State, nresults: c_int) {
    if nresults == MULTRET && l.top >= l.frame().top {
        l.frame_mut().top = l.top;
    }
}

/// What a call has come to, as `nested` would tell it.
fn ended(l: &mut State, outcome: CallOutcome, of_lua: bool) -> Result<(), Thrown> {
    let ended = if of_lua {
        // SAFETY: the outcome of a recovery point with `interp::ENTER`.
        unwind::decode(unsafe { interp::go_on_after(l.global(), outcome) }).map(|_| ())
    } else {
        end_directly(l, outcome)
    };
    end(l);
    ended
}

/// The frame that called, and the called function's place: the border's frame still stands.
fn border(l: &State) -> (usize, *mut Value) {
    if l.frame().flags.has(FrameFlags::FRESH) {
        return (l.frame_index() - 1, l.frame().func);
    }
    let index = l.frames().iter().rposition(|ci| ci.flags.has(FrameFlags::FRESH));
    let Some(index) = index else { unreachable!("the frame of a call from C has the mark") };
    (index - 1, l.frames()[index].func)
}

// lua_call ------------------------------------------------------------------------------------------

/// `lua_call`.
#[inline(always)]
pub fn call(l: &mut State, nargs: c_int, nresults: c_int) -> c_int {
    if may_begin(l) {
        let func = l.top.wrapping_sub(nargs as usize + 1);
        return enter::<false>(l, func, nresults, nresults as u32 as u64);
    }
    any_call(l, nargs, nresults)
}

/// Any call, of whatever it is and however deep.
#[inline(never)]
extern "C" fn any_call(l: &mut State, nargs: c_int, nresults: c_int) -> c_int {
    if let Err(thrown) = super::call(l, nargs as usize, nresults) {
        throw(l, thrown);
    }
    claim_results(l, nresults);
    0
}

unsafe extern "C" fn lua_call_ended(l: *mut c_void, outcome: CallOutcome, word: u64) -> c_int {
    // SAFETY: the State that `call` has entered, exclusively ours again.
    let l = unsafe { &mut *l.cast::<State>() };
    if outcome != CallOutcome::of(interp::EXIT_OK as c_int) {
        return call_ended_otherwise::<true>(l, outcome, word);
    }
    end(l);
    claim_results(l, word as c_int);
    0
}

unsafe extern "C" fn c_call_ended(l: *mut c_void, outcome: CallOutcome, word: u64) -> c_int {
    // SAFETY: the State that `call` has entered, exclusively ours again.
    let l = unsafe { &mut *l.cast::<State>() };
    foreign::returned(l, outcome);
    if !return_few_directly(l, outcome, word as c_int) {
        return c_call_returned(l, outcome, word);
    }
    end(l);
    claim_results(l, word as c_int);
    0
}

/// ... with any number of results, if with any.
#[inline(never)]
extern "C" fn c_call_returned(l: &mut State, outcome: CallOutcome, word: u64) -> c_int {
    if !return_directly(l, outcome, word as c_int) {
        return call_ended_otherwise::<false>(l, outcome, word);
    }
    end(l);
    claim_results(l, word as c_int);
    0
}

#[cold]
#[inline(never)]
extern "C" fn call_ended_otherwise<const OF_LUA: bool>(
    l: &mut State,
    outcome: CallOutcome,
    word: u64,
) -> c_int {
    let ended = ended(l, outcome, OF_LUA);
    conclude_call(l, ended, word)
}

#[inline(always)]
fn conclude_call(l: &mut State, ended: Result<(), Thrown>, word: u64) -> c_int {
    if let Err(thrown) = ended {
        let (caller, func) = border(l);
        let offset = slot_offset(l, func);
        failed(l, thrown, caller, offset);
        throw(l, thrown);
    }
    claim_results(l, word as c_int);
    0
}

// lua_pcall -----------------------------------------------------------------------------------------

/// What `lua_pcall` puts back, in one word: the message handler's offset, of whose bits the lower three are free, and
/// the count of waiting builtins.
#[derive(Clone, Copy)]
struct Saved(u64);

impl Saved {
    const HOOKS_ALLOWED: u64 = 1;
    const ALL_RESULTS: u64 = 2;

    #[inline(always)]
    fn new(l: &State, nresults: c_int) -> Saved {
        const { assert!(align_of::<Value>() == 8) };
        let flags = l.allow_hook as u64 | if nresults == MULTRET { Saved::ALL_RESULTS } else { 0 };
        Saved((l.waiting as u64) << 32 | l.errfunc as u32 as u64 | flags)
    }

    #[inline(always)]
    fn errfunc(self) -> i32 {
        self.0 as i32 & !7
    }

    #[inline(always)]
    fn hooks_allowed(self) -> bool {
        self.0 & Saved::HOOKS_ALLOWED != 0
    }

    #[inline(always)]
    fn waiting(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[inline(always)]
    fn all_results(self) -> bool {
        self.0 & Saved::ALL_RESULTS != 0
    }
}

/// `lua_pcall`; `handler`: the offset in bytes of a message handler's slot, 0 for none.
#[inline(always)]
pub fn pcall(l: &mut State, nargs: c_int, nresults: c_int, handler: i32) -> c_int {
    let global = l.global();
    if may_begin(l) && (global.c_depth.get() != 0 || global.begins_plainly()) {
        let func = l.top.wrapping_sub(nargs as usize + 1);
        let saved = Saved::new(l, nresults);
        l.errfunc = handler;
        return enter::<true>(l, func, nresults, saved.0);
    }
    any_pcall(l, nargs, nresults, handler)
}

/// Any protected call.
#[inline(never)]
extern "C" fn any_pcall(l: &mut State, nargs: c_int, nresults: c_int, handler: i32) -> c_int {
    let handler = handler as usize / size_of::<Value>();
    match protected_call(l, nargs as usize, nresults, handler) {
        Ok(status) => {
            claim_results(l, nresults);
            status.code()
        }
        Err(thrown) => throw(l, thrown),
    }
}

/// What both have to do when the call has ended well.
#[inline(always)]
fn pcall_ended_well(l: &mut State, saved: Saved) -> c_int {
    l.errfunc = saved.errfunc();
    end(l);
    if saved.all_results() {
        claim_results(l, MULTRET);
    }
    0
}

unsafe extern "C" fn lua_pcall_ended(l: *mut c_void, outcome: CallOutcome, word: u64) -> c_int {
    // SAFETY: the State that `pcall` has entered, exclusively ours again.
    let l = unsafe { &mut *l.cast::<State>() };
    if outcome != CallOutcome::of(interp::EXIT_OK as c_int) {
        return pcall_ended_otherwise::<true>(l, outcome, word);
    }
    pcall_ended_well(l, Saved(word))
}

unsafe extern "C" fn c_pcall_ended(l: *mut c_void, outcome: CallOutcome, word: u64) -> c_int {
    // SAFETY: the State that `pcall` has entered, exclusively ours again.
    let l = unsafe { &mut *l.cast::<State>() };
    foreign::returned(l, outcome);
    // The frame says how many results are wanted, as it still stands.
    let nresults = l.frame().nresults;
    if !return_few_directly(l, outcome, nresults) {
        return c_pcall_returned(l, outcome, word);
    }
    pcall_ended_well(l, Saved(word))
}

/// ... with any number of results, or an error. PERF: not cold, for errors come here.
#[inline(never)]
extern "C" fn c_pcall_returned(l: &mut State, outcome: CallOutcome, word: u64) -> c_int {
    if is_plain_failure(l, outcome) {
        return catch_at_once(l, word);
    }
    c_pcall_returned_otherwise(l, outcome, word)
}

#[inline(never)]
extern "C" fn c_pcall_returned_otherwise(l: &mut State, outcome: CallOutcome, word: u64) -> c_int {
    let nresults = l.frame().nresults;
    if !return_directly(l, outcome, nresults) {
        return pcall_ended_otherwise::<false>(l, outcome, word);
    }
    pcall_ended_well(l, Saved(word))
}

/// Whether a C function has thrown an error itself, by its own frame, and there is no more to it than to catch it.
#[inline(always)]
fn is_plain_failure(l: &State, outcome: CallOutcome) -> bool {
    outcome.code() as u64 == unwind::RUNTIME_ERROR
        && l.errfunc == 0
        && l.frame().flags.has(FrameFlags::FRESH)
        && !l.overflown
        && !l.global().limits.ending()
        && !l.heap().cap.is_wanted()
}

/// What `conclude_pcall` does with such an error.
#[inline(always)]
fn catch_at_once(l: &mut State, word: u64) -> c_int {
    let saved = Saved(word);
    let (value, func) = (l.from_top(1), l.frame().func);
    l.close_upvalues(func);
    // SAFETY: STACK: the called function's slot.
    unsafe { *func = value };
    l.top = func.wrapping_add(1);
    l.ci = l.ci.wrapping_sub(1);
    l.allow_hook = saved.hooks_allowed();
    l.errfunc = saved.errfunc();
    l.waiting = saved.waiting();
    end(l);
    if saved.all_results() {
        claim_results(l, MULTRET);
    }
    Status::Runtime.code()
}

/// PERF: not cold: errors come here.
#[inline(never)]
extern "C" fn pcall_ended_otherwise<const OF_LUA: bool>(
    l: &mut State,
    outcome: CallOutcome,
    word: u64,
) -> c_int {
    let ended = ended(l, outcome, OF_LUA);
    conclude_pcall(l, ended, word)
}

#[inline(always)]
fn conclude_pcall(l: &mut State, ended: Result<(), Thrown>, word: u64) -> c_int {
    let saved = Saved(word);
    l.errfunc = saved.errfunc();
    let caught = match ended {
        Ok(()) => Ok(Status::Ok),
        Err(thrown) => {
            let (frame, func) = border(l);
            let checkpoint = Checkpoint {
                frame,
                top: slot_offset(l, func),
                errfunc: l.errfunc,
                allow_hook: saved.hooks_allowed(),
                c_calls: l.c_calls,
                waiting: saved.waiting(),
                c_depth: l.global().c_depth.get(),
            };
            failed(l, thrown, frame, checkpoint.top);
            checkpoint.restore(l, thrown)
        }
    };
    match caught {
        Ok(status) => {
            if saved.all_results() {
                claim_results(l, MULTRET);
            }
            status.code()
        }
        Err(thrown) => throw(l, thrown),
    }
}
