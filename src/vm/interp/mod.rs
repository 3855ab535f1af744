//! The interpreter: one handler an opcode, each ending in a jump to the next.
//!
//! All handlers have one signature; its five arguments stay in machine registers from one
//! instruction to the next:
//!
//! ```text
//!   pc        the instruction being executed
//!   base      the frame's first slot
//!   k         the function's constants
//!   l         the State
//!   dispatch  the table of handlers; another table switches on hooks, at no cost when off
//! ```
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
use crate::state::{FrameFlags, State};
use crate::vm::code::Op;

#[macro_use]
mod macros;
#[macro_use]
mod frame;
#[macro_use]
mod native;
mod arith;
mod calls;
mod compare;
pub mod fast;
mod hooked;
mod loads;
mod loops;
mod returns;
mod tables;
#[cfg(trampoline)]
mod trampoline;

pub type Pc = *const u64;
pub type Base = *mut Value;
pub type Constants = *const Value;

pub type Handler = unsafe extern "C" fn(Pc, Base, Constants, *mut State, *const Dispatch) -> u64;

/// A handler for every value of the opcode byte.
#[repr(C)]
pub struct Dispatch(pub [Handler; 256]);

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
    fn continue_builtin(_pc, base, k, l, dispatch) {
        let ci = (*l).ci;
        if (*ci).flags.has(FrameFlags::IN_PLACE) && (*l).hook_mask == 0 && !(*l).has_overflown() {
            fast::protect::end_pcall!(ci, l, dispatch)
        }
        worker!(crate::vm::frames::continue_builtin(l), base, k, l, dispatch)
    }
}

handler! {
    fn coroutine_end(_pc, base, k, l, dispatch) {
        worker!(crate::vm::coroutine::finished(l), base, k, l, dispatch)
    }
}

/// The handlers when no hook is set.
pub static PLAIN: Dispatch = Dispatch(plain_table());

/// The handlers while any thread of the Global has a hook.
pub static HOOKED: Dispatch = Dispatch(hooked_table());

const fn plain_table() -> [Handler; 256] {
    let mut table: [Handler; 256] = [unreachable_word; 256];
    let mut i = 0;
    while i < Op::ALL.len() {
        table[Op::ALL[i] as usize] = handler_of(Op::ALL[i]);
        i += 1;
    }
    table
}

const fn hooked_table() -> [Handler; 256] {
    let mut table = plain_table();
    let mut i = 0;
    while i < Op::ALL.len() {
        let op = Op::ALL[i];
        if !matches!(op, Op::Halt | Op::Continue | Op::CoroutineEnd | Op::TForTest) {
            table[op as usize] = hooked::traced;
        }
        i += 1;
    }
    table
}

const fn handler_of(op: Op) -> Handler {
    use arith::*;
    use calls::*;
    use compare::*;
    use loads::*;
    use loops::*;
    use returns::*;
    use tables::*;
    match op {
        Op::Halt => halt,
        Op::Continue => continue_builtin,
        Op::CoroutineEnd => coroutine_end,
        Op::Extra => unreachable_word,
        Op::Move => r#move,
        Op::LoadK => load_k,
        Op::LoadBool => load_bool,
        Op::LoadBoolSkip => load_bool_skip,
        Op::LoadNil => load_nil,
        Op::GetUpval => get_upval,
        Op::SetUpval => set_upval,
        Op::GetGlobal => get_global,
        Op::GetGlobalFar => get_global_far,
        Op::SetGlobal => set_global,
        Op::SetGlobalFar => set_global_far,
        Op::GetTable => get_table,
        Op::GetField => get_field,
        Op::GetInt => get_int,
        Op::GetConst => get_const,
        Op::SetTableR => set_table::<false>,
        Op::SetTableK => set_table::<true>,
        Op::SetFieldR => set_field::<false>,
        Op::SetFieldK => set_field::<true>,
        Op::SetIntR => set_int::<false>,
        Op::SetIntK => set_int::<true>,
        Op::SetConstR => set_const::<false>,
        Op::SetConstK => set_const::<true>,
        Op::NewTable => new_table,
        Op::SelfField => self_field,
        Op::SelfReg => self_any::<false>,
        Op::SelfConst => self_any::<true>,
        Op::AddRR => arith::<ADD, false, false>,
        Op::AddRK => arith::<ADD, false, true>,
        Op::AddKR => arith::<ADD, true, false>,
        Op::AddKK => arith::<ADD, true, true>,
        Op::SubRR => arith::<SUB, false, false>,
        Op::SubRK => arith::<SUB, false, true>,
        Op::SubKR => arith::<SUB, true, false>,
        Op::SubKK => arith::<SUB, true, true>,
        Op::MulRR => arith::<MUL, false, false>,
        Op::MulRK => arith::<MUL, false, true>,
        Op::MulKR => arith::<MUL, true, false>,
        Op::MulKK => arith::<MUL, true, true>,
        Op::DivRR => arith::<DIV, false, false>,
        Op::DivRK => arith::<DIV, false, true>,
        Op::DivKR => arith::<DIV, true, false>,
        Op::DivKK => arith::<DIV, true, true>,
        Op::ModRR => modulo::<false, false>,
        Op::ModRK => modulo::<false, true>,
        Op::ModKR => modulo::<true, false>,
        Op::ModKK => modulo::<true, true>,
        Op::PowRR => power::<false, false>,
        Op::PowRK => power::<false, true>,
        Op::PowKR => power::<true, false>,
        Op::PowKK => power::<true, true>,
        Op::Unm => unm,
        Op::Not => not,
        Op::Len => len,
        Op::Concat => concat,
        Op::Jmp => jmp,
        Op::EqRRF => eq::<false, false, false>,
        Op::EqRRT => eq::<false, false, true>,
        Op::EqRKF => eq::<false, true, false>,
        Op::EqRKT => eq::<false, true, true>,
        Op::EqKRF => eq::<true, false, false>,
        Op::EqKRT => eq::<true, false, true>,
        Op::EqKKF => eq::<true, true, false>,
        Op::EqKKT => eq::<true, true, true>,
        Op::LtRRF => order::<LT, false, false, false>,
        Op::LtRRT => order::<LT, false, false, true>,
        Op::LtRKF => order::<LT, false, true, false>,
        Op::LtRKT => order::<LT, false, true, true>,
        Op::LtKRF => order::<LT, true, false, false>,
        Op::LtKRT => order::<LT, true, false, true>,
        Op::LtKKF => order::<LT, true, true, false>,
        Op::LtKKT => order::<LT, true, true, true>,
        Op::LeRRF => order::<LE, false, false, false>,
        Op::LeRRT => order::<LE, false, false, true>,
        Op::LeRKF => order::<LE, false, true, false>,
        Op::LeRKT => order::<LE, false, true, true>,
        Op::LeKRF => order::<LE, true, false, false>,
        Op::LeKRT => order::<LE, true, false, true>,
        Op::LeKKF => order::<LE, true, true, false>,
        Op::LeKKT => order::<LE, true, true, true>,
        Op::TestF => test::<false>,
        Op::TestT => test::<true>,
        Op::TestSetF => test_set::<false>,
        Op::TestSetT => test_set::<true>,
        Op::Call => call,
        Op::CallOpen => call_open,
        Op::TailCall => tail_call::<false>,
        Op::TailCallOpen => tail_call::<true>,
        Op::Return0 => return_0::<false>,
        Op::Return0Plain => return_0::<true>,
        Op::Return1 => return_1::<false>,
        Op::Return1Plain => return_1::<true>,
        Op::ReturnN => return_n,
        Op::ReturnOpen => return_open,
        Op::ForLoop => for_loop,
        Op::ForPrep => for_prep,
        Op::TForLoop => tfor_loop,
        Op::TForTest => tfor_test,
        Op::SetList => set_list::<false>,
        Op::SetListOpen => set_list::<true>,
        Op::Close => close,
        Op::Closure => closure,
        Op::Vararg => vararg,
    }
}

/// The plain handler behind a hooked one.
pub fn plain_handler(op: u8) -> Handler {
    PLAIN.0[op as usize]
}

/// Runs from the newest frame of `l` until that run's border is reached; returns an `EXIT_*` code.
///
/// # Safety
/// `l` is a live State whose newest frame says where to go on.
pub unsafe fn run(l: *mut State) -> u64 {
    // SAFETY: the caller's promise; the frame's pc is a word of live code or one of the marks.
    unsafe {
        let ci = (*l).ci;
        let dispatch = (*(*l).global).dispatch.get().cast::<Dispatch>();
        let pc = (*ci).pc;
        #[cfg(trampoline)]
        {
            trampoline::follow(pc, (*ci).base, (*ci).k, l, dispatch)
        }
        #[cfg(not(trampoline))]
        {
            let handler = (*dispatch).0[*pc.cast::<u8>() as usize];
            handler(pc, (*ci).base, (*ci).k, l, dispatch)
        }
    }
}
