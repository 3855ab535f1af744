//! The interpreter: one handler an opcode, each ending in a jump to the next.
//!
//! All handlers have one signature; its six arguments stay in machine registers from one
//! instruction to the next:
//!
//! ```text
//!   pc        the instruction being executed
//!   base      the frame's first slot
//!   k         the function's constants
//!   l         the State
//!   dispatch  the table of handlers; another table switches on hooks, at no cost when off
//!   acc       the number that the instruction before has computed, in a register for numbers
//! ```
//!
//! Most arithmetic uses what the instruction before computed. That result is stored in its slot, as
//! always; the next instruction takes it from `acc`, so that it need not wait for the store. A numeric loop's
//! variable goes the same way to the first instruction of the body, if that uses it and is reached by no other jump. Whoever
//! goes on elsewhere than by the end of such an instruction (a worker, a hook) loads it (`passed_on`).
//!
//! A handler ends in a call of the next one, which the compiler turns into a jump because the
//! signatures agree. For that it must not hand out the address of a local, hold a value with a
//! destructor, or do anything after the call. So whatever is rare goes to a *worker*: an ordinary
//! Rust function that saves nothing in registers, finds all it needs in the State, and returns the
//! State to go on with (another one after a coroutine switch), null to leave the interpreter. After
//! a worker, pc, base and k are read back from the newest frame. Builds in which the compiler makes no
//! such jumps (not optimised, counting coverage) have the same handlers return to a loop between any
//! two instructions (`trampoline`).
//!
//! Invariants: before a worker is called the frame's `pc` says where to go on; a Lua frame's slots
//! below its `top` are initialised; only workers allocate, call or collect.
//! Not here: what the words mean (`vm::code`), calls and errors (`vm::frames`, `vm::unwind`).

use crate::object::Value;
#[cfg(jit)]
use crate::state::native_loops::Plain;
use crate::state::{FrameFlags, Global, State, Switchboard};
use crate::vm::boundary::{CFunction, CallOutcome, protected_call};
use crate::vm::code::Op;
use crate::vm::foreign;

#[macro_use]
mod macros;
#[macro_use]
mod frame;
#[macro_use]
mod native;
#[macro_use]
mod tables;
#[macro_use]
mod inherited;
mod arith;
mod asking;
mod callable;
mod calls;
mod compare;
mod counted;
pub mod fast;
mod fields;
mod globals;
mod hooked;
mod loads;
mod loops;
mod make;
mod metamethods;
mod modulo;
mod named;
#[macro_use]
mod native_call;
mod native_loop;
mod returns;
mod ticked;
#[cfg(trampoline)]
mod trampoline;

pub type Pc = *const u64;
pub type Base = *mut Value;
pub type Constants = *const Value;

/// The number that the instruction before has just stored in its R(A), for the next one if that is of
/// a form that says so (`Op::takes`); anything for others.
pub type Acc = core::mem::MaybeUninit<f64>;

pub const NO_ACC: Acc = Acc::uninit();

pub type Handler =
    unsafe extern "C" fn(Pc, Base, Constants, *mut State, *const Dispatch, Acc) -> u64;

/// A handler for every value of the opcode byte. The one that runs is a Global's `Switchboard`.
#[repr(C)]
pub struct Dispatch(pub [Handler; 256]);

const _: () = assert!(core::mem::offset_of!(crate::state::Switchboard, handlers) == 0);

/// How a run of the interpreter ended.
pub const EXIT_OK: u64 = 0;
/// A coroutine that C resumed has yielded; the values are on top of its stack.
pub const EXIT_YIELD: u64 = 1;
// Any other: a `Thrown`, see `vm::unwind::encode`.

handler! {
    /// The end of a nested run.
    fn halt(_pc, _base, _k, _l, _dispatch) {
        return EXIT_OK;
    }
}

handler! {
    /// A word that is never reached in a verified function.
    fn unreachable_word(pc, base, k, l, dispatch) {
        worker!(calls::bad_instruction(l, pc), base, k, l, dispatch)
    }
}

handler! {
    /// A waiting builtin's request is done.
    fn continue_builtin(pc, base, k, l, dispatch) {
        let ci = (*l).ci;
        if (*ci).flags.has(FrameFlags::IN_PLACE) && !(*l).is_traced() && !(*l).overflown {
            fast::protect::end_pcall!(ci, l, dispatch)
        }
        if (*ci).flags.has(FrameFlags::IN_NEXT) && !(*l).is_traced() && !(*l).overflown {
            if !(*ci).flags.has(FrameFlags::CATCHES) {
                return fast::spoken::end_spoken(pc, base, k, l, dispatch, none!());
            }
            return fast::protect::end_xpcall(pc, base, k, l, dispatch, none!());
        }
        if (*ci).flags.has(FrameFlags::ASKS_ON) {
            return asking::ask_on(pc, base, k, l, dispatch, none!());
        }
        return continue_by_worker(pc, base, k, l, dispatch, none!());
    }
}

handler! {
    #[inline(never)]
    fn continue_by_worker(pc, base, k, l, dispatch) {
        worker!(crate::vm::frames::continue_builtin(l), base, k, l, dispatch)
    }
}

pub use counted::counts_jumps_only;
pub(in crate::vm) use frame::clear;
pub use hooked::{CALLS_AND_RETURNS, calls_or_returns};
#[cfg(jit)]
pub use loops::MANY_PLACES;
#[cfg(jit)]
pub use modulo::{FRACTIONS_END, MODULO_LIMIT, ROUNDER};
pub use modulo::{is_whole_divisor, ops_with_better_handlers};

/// The handlers when no hook is set, for any processor.
pub static PLAIN: Dispatch = Dispatch(plain_table());

/// The handlers while a limit is set: calls and jumps back are counted.
pub static COUNTED: Dispatch = Dispatch(counted_table());

/// The handler of an opcode when no hook is set, on this processor.
pub fn handler_here(op: u8) -> Handler {
    modulo::better_handler(op).unwrap_or(PLAIN.0[op as usize])
}

/// The handlers for hooks that want the count event.
pub static TICKED: Dispatch = Dispatch(seen_by_hooks(None));

/// The handlers for hooks that want any event.
pub static HOOKED: Dispatch = Dispatch(seen_by_hooks(Some(&hooked::TRACED)));

/// A table of these handlers, or of one, of all words but those that hooks do not see: the marks of the interpreter, and the second half of an
/// instruction.
const fn seen_by_hooks(handlers: Option<&[Handler; 256]>) -> [Handler; 256] {
    let mut table = plain_table();
    let mut op = 0;
    while op < table.len() {
        let is_unseen = op == Op::Halt as usize
            || op == Op::Continue as usize
            || op == Op::CoroutineEnd as usize
            || op == Op::TForTest as usize;
        if !is_unseen {
            table[op] = match handlers {
                Some(handlers) => handlers[op],
                None => ticked::ticked,
            };
        }
        op += 1;
    }
    table
}

const fn plain_table() -> [Handler; 256] {
    let mut table: [Handler; 256] = [unreachable_word; 256];
    let mut i = 0;
    while i < Op::ALL.len() {
        table[Op::ALL[i] as usize] = handler_of(Op::ALL[i]);
        i += 1;
    }
    table
}

const fn counted_table() -> [Handler; 256] {
    let mut table = plain_table();
    let mut i = 0;
    while i < Op::ALL.len() {
        let op = Op::ALL[i];
        if let Some(handler) = counted::handler_of(op) {
            table[op as usize] = handler;
        }
        i += 1;
    }
    table
}

const fn handler_of(op: Op) -> Handler {
    use arith::*;
    use calls::*;
    use compare::*;
    use fields::*;
    use loads::*;
    use loops::*;
    use make::*;
    use modulo::*;
    use named::*;
    use returns::*;
    use tables::*;
    match op {
        Op::Halt => halt,
        Op::Continue => continue_builtin,
        Op::CoroutineEnd => fast::ends::coroutine_end,
        Op::Extra => unreachable_word,
        Op::Move => r#move,
        Op::LoadK => load_k,
        Op::LoadBool => load_bool,
        Op::LoadBoolSkip => load_bool_skip,
        Op::LoadNil => load_nil,
        Op::GetUpval => get_upval,
        Op::SetUpval => set_upval,
        Op::GetUpvalNext => get_upval_next,
        Op::SetUpvalX => set_upval_number,
        Op::GetGlobal => get_global,
        Op::GetGlobalFar => get_global_far,
        Op::SetGlobal => set_global,
        Op::SetGlobalFar => set_global_far,
        Op::GetTable => get_table::<R>,
        Op::GetName => get_name,
        Op::GetField => get_field,
        Op::GetInherited => inherited::get_inherited::<false>,
        Op::GetInt => get_int,
        Op::GetConst => get_const,
        Op::SetTableR => set_table::<R, false>,
        Op::SetTableK => set_table::<R, true>,
        Op::SetNameR => set_name::<false>,
        Op::SetNameK => set_name::<true>,
        Op::SetFieldR => set_field::<false>,
        Op::SetFieldK => set_field::<true>,
        Op::SetToldR => metamethods::set_as_before::<false>,
        Op::SetToldK => metamethods::set_as_before::<true>,
        Op::SetIntR => set_int::<false>,
        Op::SetIntK => set_int::<true>,
        Op::SetConstR => set_const::<false>,
        Op::SetConstK => set_const::<true>,
        Op::NewTable => new_table,
        Op::SelfField => self_field,
        Op::SelfInherited => inherited::get_inherited::<true>,
        Op::SelfReg => self_any::<false>,
        Op::SelfConst => self_any::<true>,
        Op::AddRR => arith::<ADD, R, R>,
        Op::AddRK => arith::<ADD, R, K>,
        Op::AddKR => arith::<ADD, K, R>,
        Op::AddKK => arith::<ADD, K, K>,
        Op::SubRR => arith::<SUB, R, R>,
        Op::SubRK => arith::<SUB, R, K>,
        Op::SubKR => arith::<SUB, K, R>,
        Op::SubKK => arith::<SUB, K, K>,
        Op::MulRR => arith::<MUL, R, R>,
        Op::MulRK => arith::<MUL, R, K>,
        Op::MulKR => arith::<MUL, K, R>,
        Op::MulKK => arith::<MUL, K, K>,
        Op::DivRR => arith::<DIV, R, R>,
        Op::DivRK => arith::<DIV, R, K>,
        Op::DivKR => arith::<DIV, K, R>,
        Op::DivKK => arith::<DIV, K, K>,
        Op::ModRR => modulo::<R, R>,
        Op::ModRK => modulo::<R, K>,
        Op::ModKR => modulo::<K, R>,
        Op::ModKK => modulo::<K, K>,
        Op::ModRW => modulo_whole::<R>,
        Op::ModXR => modulo::<X, R>,
        Op::ModXW => modulo_whole::<X>,
        Op::PowRR => power::<false, false>,
        Op::PowRK => power::<false, true>,
        Op::PowKR => power::<true, false>,
        Op::PowKK => power::<true, true>,
        Op::Unm => unm,
        Op::Not => not,
        Op::Len => len,
        Op::Concat => concat,
        Op::Jmp => jmp,
        Op::JmpBack => jmp_back,
        Op::JmpNative => native_loop::enter_native,
        Op::EqRRF => eq::<false, false, false>,
        Op::EqRRT => eq::<false, false, true>,
        Op::EqRKF => eq::<false, true, false>,
        Op::EqRKT => eq::<false, true, true>,
        Op::EqKRF => eq::<true, false, false>,
        Op::EqKRT => eq::<true, false, true>,
        Op::EqKKF => eq::<true, true, false>,
        Op::EqKKT => eq::<true, true, true>,
        Op::LtRRF => order::<LT, R, R, false>,
        Op::LtRRT => order::<LT, R, R, true>,
        Op::LtRKF => order::<LT, R, K, false>,
        Op::LtRKT => order::<LT, R, K, true>,
        Op::LtKRF => order::<LT, K, R, false>,
        Op::LtKRT => order::<LT, K, R, true>,
        Op::LtKKF => order::<LT, K, K, false>,
        Op::LtKKT => order::<LT, K, K, true>,
        Op::LeRRF => order::<LE, R, R, false>,
        Op::LeRRT => order::<LE, R, R, true>,
        Op::LeRKF => order::<LE, R, K, false>,
        Op::LeRKT => order::<LE, R, K, true>,
        Op::LeKRF => order::<LE, K, R, false>,
        Op::LeKRT => order::<LE, K, R, true>,
        Op::LeKKF => order::<LE, K, K, false>,
        Op::LeKKT => order::<LE, K, K, true>,
        Op::TestF => test::<false>,
        Op::TestT => test::<true>,
        Op::TestSetF => test_set::<false>,
        Op::TestSetT => test_set::<true>,
        Op::Call => call,
        Op::CallNative => call_native,
        Op::CallYield => fast::coroutine::yield_values::<true>,
        Op::CallResume => fast::coroutine::resume::<true, false>,
        Op::CallWrapped => fast::coroutine::resume::<true, true>,
        Op::CallOpen => call_open,
        Op::TailCall => tail_call::<false, false>,
        Op::TailCallPlain => tail_call::<true, false>,
        Op::TailCallOpen => tail_call::<false, true>,
        Op::TailCallOpenPlain => tail_call::<true, true>,
        Op::Return0 => return_0::<false>,
        Op::Return0Plain => return_0::<true>,
        Op::Return1 => return_1::<false>,
        Op::Return1Plain => return_1::<true>,
        Op::Return1X => return_1_number::<>,
        Op::ReturnN => return_n,
        Op::ReturnNPlain => return_n_plain,
        Op::ReturnOpen => return_open,
        Op::ForLoop => for_loop::<true>,
        Op::ForLoopSettled => for_loop::<false>,
        Op::ForLoopNative => native_loop::enter_native,
        Op::ForPrep => for_prep,
        Op::TForLoop => tfor_loop::<true>,
        Op::TForSettled => tfor_loop::<false>,
        Op::TForWrapped => fast::coroutine::tfor_wrapped::<true>,
        Op::TForWrappedSettled => fast::coroutine::tfor_wrapped::<false>,
        Op::TForNative => native_loop::enter_generic,
        Op::TForTest => tfor_test,
        Op::SetList => set_list::<false>,
        Op::SetListOpen => set_list::<true>,
        Op::Close => close,
        Op::Closure => closure,
        Op::Vararg => vararg,
        Op::EqNF => eq_number::<R, false>,
        Op::EqNT => eq_number::<R, true>,
        Op::EqWF => eq_word::<false>,
        Op::EqWT => eq_word::<true>,
        Op::GetTableX => get_table::<X>,
        Op::SetTableXR => set_table::<X, false>,
        Op::SetTableXK => set_table::<X, true>,
        Op::EqXNF => eq_number::<X, false>,
        Op::EqXNT => eq_number::<X, true>,
        Op::AddXR => arith::<ADD, X, R>,
        Op::AddRX => arith::<ADD, R, X>,
        Op::AddXK => arith::<ADD, X, K>,
        Op::AddKX => arith::<ADD, K, X>,
        Op::AddXX => arith::<ADD, X, X>,
        Op::SubXR => arith::<SUB, X, R>,
        Op::SubRX => arith::<SUB, R, X>,
        Op::SubXK => arith::<SUB, X, K>,
        Op::SubKX => arith::<SUB, K, X>,
        Op::SubXX => arith::<SUB, X, X>,
        Op::MulXR => arith::<MUL, X, R>,
        Op::MulRX => arith::<MUL, R, X>,
        Op::MulXK => arith::<MUL, X, K>,
        Op::MulKX => arith::<MUL, K, X>,
        Op::MulXX => arith::<MUL, X, X>,
        Op::DivXR => arith::<DIV, X, R>,
        Op::DivRX => arith::<DIV, R, X>,
        Op::DivXK => arith::<DIV, X, K>,
        Op::DivKX => arith::<DIV, K, X>,
        Op::DivXX => arith::<DIV, X, X>,
        Op::LtXRF => order::<LT, X, R, false>,
        Op::LtXRT => order::<LT, X, R, true>,
        Op::LtRXF => order::<LT, R, X, false>,
        Op::LtRXT => order::<LT, R, X, true>,
        Op::LtXKF => order::<LT, X, K, false>,
        Op::LtXKT => order::<LT, X, K, true>,
        Op::LtKXF => order::<LT, K, X, false>,
        Op::LtKXT => order::<LT, K, X, true>,
        Op::LeXRF => order::<LE, X, R, false>,
        Op::LeXRT => order::<LE, X, R, true>,
        Op::LeRXF => order::<LE, R, X, false>,
        Op::LeRXT => order::<LE, R, X, true>,
        Op::LeXKF => order::<LE, X, K, false>,
        Op::LeXKT => order::<LE, X, K, true>,
        Op::LeKXF => order::<LE, K, X, false>,
        Op::LeKXT => order::<LE, K, X, true>,
    }
}

/// The handler that carries out an instruction of this opcode, and nothing more, as where each is looked at.
#[cfg(jit)]
pub fn handler_without_code(op: Op) -> Handler {
    counted::PLAIN_HANDLERS[op as usize]
}

/// The handler of all words on the board that leads back to machine code, and what it returns.
#[cfg(jit)]
pub fn back_handler() -> (Handler, i32) {
    (native_loop::back_to_code, native_loop::BACK)
}

/// Where the interpreter goes on when a handler that machine code has called does not go on behind its word.
#[cfg(jit)]
pub fn elsewhere_handler() -> Handler {
    native_loop::go_elsewhere
}

/// What the frame of a `pcall` of a Lua function is continued by.
#[cfg(jit)]
pub fn after_pcall() -> crate::state::Continuation {
    fast::protect::after_pcall
}

/// What machine code jumps to in order to enter a function that has none.
#[cfg(jit)]
pub fn plain_entry() -> Handler {
    native_call::ENTER_PLAIN
}

/// Where frames go on whose machine code is there no more.
#[cfg(jit)]
pub fn without_code() -> Plain {
    Plain { returned: native_call::RETURN_PLAIN as usize, resumed: native_call::RESUME_PLAIN as usize }
}

/// What machine code jumps to where it is left for the last time.
#[cfg(jit)]
pub fn give_up_handler(is_head: bool) -> Handler {
    if is_head { native_loop::give_up::<true> } else { native_loop::give_up::<false> }
}

/// Where the variable of a numeric loop is, behind its R(A).
pub const LOOP_VARIABLE: usize = 3;

/// What `passing_register` tells, read back from its slot.
///
/// # Safety
/// `pc` is where the newest frame goes on, `base` its base.
#[inline(always)]
unsafe fn passed_on(pc: Pc, base: Base) -> Acc {
    // SAFETY: the caller's promise; what is passed on is a register of the frame.
    unsafe { passing_register(pc).map_or(NO_ACC, |register| Acc::new((*base.add(register)).as_f64())) }
}

/// The register that the instruction at `pc` may take from the one before it, or, at the beginning of a loop's body, from FORLOOP.
///
/// # Safety
/// `pc` is a word of live code, or one of the marks.
#[inline(always)]
pub unsafe fn passing_register(pc: Pc) -> Option<usize> {
    // SAFETY: an instruction of such a form has one before it.
    unsafe {
        if *pc.cast::<u8>() < Op::FIRST_TAKING as u8 {
            return None;
        }
        let before = pc.sub(1);
        let distance = if *before.cast::<u8>() == Op::ForPrep as u8 { LOOP_VARIABLE } else { 0 };
        Some(field_a!(before) + distance)
    }
}

/// The table that a State's Global runs from.
///
/// # Safety
/// `l` is a live State.
#[inline(always)]
unsafe fn dispatch_of(l: *const State) -> *const Dispatch {
    // SAFETY: the caller's promise; a Switchboard begins with a table of handlers.
    unsafe { (*(*l).global).switchboard.current.get().cast() }
}

/// The table of the Global's own Switchboard; another one leads back to machine code that waits for a handler.
///
/// # Safety
/// As `dispatch_of`.
#[inline(always)]
unsafe fn plain_of(l: *const State) -> *const Dispatch {
    // SAFETY: as above.
    unsafe { (&raw const (*(*l).global).switchboard).cast() }
}

/// The Global whose table handlers run from.
///
/// # Safety
/// `dispatch` is what a handler was given; the Global outlives the handler.
#[inline(always)]
unsafe fn global_of<'a>(dispatch: *const Dispatch) -> &'a Global {
    // SAFETY: the caller's promise: handlers run from a Switchboard, which knows its Global.
    unsafe { &*(*dispatch.cast::<Switchboard>()).global.get() }
}

/// Runs from the newest frame of `l` until that run's border is reached; returns an `EXIT_*` code.
///
/// # Safety
/// `l` is a live State whose newest frame says where to go on.
pub unsafe fn run(l: *mut State) -> u64 {
    // SAFETY: the caller's promise; CFRAMES: the interpreter holds nothing to drop.
    unsafe {
        let global = &*(*l).global;
        let outer = global.switchboard.outer();
        let code = go_on_after(global, protected_call(&global.recovery, ENTER, l.cast()));
        global.switchboard.restore(outer);
        code
    }
}

/// What a run comes to that is, for now, at this outcome of its recovery point: C functions that throw leave it, and it
/// goes on behind another one.
///
/// # Safety
/// As for `run`, which has come to this outcome in the Global.
#[inline(always)]
pub unsafe fn go_on_after(global: &Global, outcome: CallOutcome) -> u64 {
    let mut outcome = outcome;
    while !outcome.returned() {
        // SAFETY: the caller's promise; as in `run`.
        unsafe {
            let next = foreign::landed(global, outcome.code());
            if next.is_null() {
                return global.exit_code.get();
            }
            outcome = protected_call(&global.recovery, ENTER, next.cast());
        }
    }
    outcome.value() as u32 as u64
}

/// `enter` as a recovery point calls it. Exit codes fit in an `int`.
// SAFETY: it is called by assembly only, which takes the low half of the result.
pub const ENTER: CFunction = unsafe { core::mem::transmute(enter as unsafe extern "C" fn(*mut State) -> u64) };

/// What a recovery point is to call for a Lua function that C calls, whose frame has been made: the interpreter, or the function's machine code,
/// which it may get now.
///
/// # Safety
/// As for `run`; `code` is the first word of the newest frame's function, which has not begun.
#[inline(always)]
pub unsafe fn entrance(l: *mut State, code: Pc) -> CFunction {
    #[cfg(jit)]
    // SAFETY: the caller's promise.
    unsafe {
        if native_loop::warms(&(*(*l).global).switchboard) {
            return native_call::hot_entrance(l, code);
        }
        if crate::vm::code::frame_word(code).is_entered() {
            return native_call::ENTER_CODE;
        }
    }
    let _ = (l, code);
    ENTER
}

/// Enters the interpreter, from a recovery point.
///
/// # Safety
/// As for `run`.
unsafe extern "C" fn enter(l: *mut State) -> u64 {
    // SAFETY: the caller's promise; the frame's pc is a word of live code or one of the marks.
    unsafe {
        (*(*l).global).orders_by_bytes.set(false);
        let ci = (*l).ci;
        let dispatch = plain_of(l);
        (*(*l).global).switchboard.begin_run();
        let pc = (*ci).pc;
        #[cfg(trampoline)]
        {
            trampoline::follow(pc, (*ci).base, (*ci).k, l, dispatch)
        }
        #[cfg(not(trampoline))]
        {
            let handler = (*dispatch).0[*pc.cast::<u8>() as usize];
            handler(pc, (*ci).base, (*ci).k, l, dispatch, passed_on(pc, (*ci).base))
        }
    }
}
