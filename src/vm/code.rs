//! The executable form: what the interpreter runs.
//!
//! ```text
//!   length │ entry │ last │ constants │ frame │ insn 0 │ insn 1 │ …   one 64-bit word each
//!                                             ▲ Proto::exec
//!   insn:   op 8 │ A 8 │ B 8 │ C 8 │ d 32           least significant byte first
//!   frame:  max_stack 8 │ params 8 │ vararg 8 │ enough 8
//! ```
//!
//! There is one word for each instruction of the standard bytecode, at the same index, so a pc of
//! one is a pc of the other: lines, names and hooks need no map. A word says more than the bytecode
//! did: whether an operand is a register or a constant is in the opcode, a comparison holds the
//! target of the jump behind it, a field access holds the node where it found
//! its key last, at first the key's hash.
//!
//! Not here: making it (`translate`), running it (`interp`).

use core::ptr::NonNull;

use crate::heap::{Heap, OutOfMemory};
use crate::object::Value;
use crate::state::Global;
use crate::state::native_loops::LAST_WORD;
use crate::vm::frames::MANY_RESULTS;

macro_rules! ops {
    ($($name:ident),* $(,)?) => {
        /// The opcodes of the executable form.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Op { $($name),* }

        impl Op {
            pub const ALL: &'static [Op] = &[$(Op::$name),*];
        }
    };
}

// Naming: the suffixes R and K tell register from constant for B and C in turn; T and F tell a
// jump taken when the condition is true from one taken when it is false.
ops! {
    // Marks: where frames that are not Lua functions "go on".
    Halt, Continue, CoroutineEnd,
    // Never run: second words of longer instructions.
    Extra,
    Move, LoadK, LoadBool, LoadBoolSkip, LoadNil, GetUpval, SetUpval,
    GetGlobal, GetGlobalFar, SetGlobal, SetGlobalFar,
    // What they were when they last ran: GetName and SetName, a GetTable and a SetTable whose key was a string; GetInherited and
    // SelfInherited, a GetField and a SelfField of a table that lacked the key and had a metatable; SetTold, a SetField that
    // a metatable had a say in.
    GetTable, GetName, GetField, GetInherited, GetInt, GetConst,
    SetTableR, SetTableK, SetNameR, SetNameK, SetFieldR, SetFieldK, SetToldR, SetToldK,
    SetIntR, SetIntK, SetConstR, SetConstK,
    NewTable, SelfField, SelfInherited, SelfReg, SelfConst,
    AddRR, AddRK, AddKR, AddKK, SubRR, SubRK, SubKR, SubKK,
    MulRR, MulRK, MulKR, MulKK, DivRR, DivRK, DivKR, DivKK,
    ModRR, ModRK, ModKR, ModKK, PowRR, PowRK, PowKR, PowKK,
    // JmpBack: Jmp that closes a loop; JmpNative: of one that has machine code (`jit`).
    Unm, Not, Len, Concat, Jmp, JmpBack, JmpNative,
    EqRRF, EqRRT, EqRKF, EqRKT, EqKRF, EqKRT, EqKKF, EqKKT,
    LtRRF, LtRRT, LtRKF, LtRKT, LtKRF, LtKRT, LtKKF, LtKKT,
    LeRRF, LeRRT, LeRKF, LeRKT, LeKRF, LeKRT, LeKKF, LeKKT,
    TestF, TestT, TestSetF, TestSetT,
    // What Call was when it last ran: CallNative, one of a native function; CallYield, CallResume and CallWrapped, one of `yield`, of
    // `resume`, or of what `wrap` returned (`fast::coroutine`).
    Call, CallNative, CallYield, CallResume, CallWrapped, CallOpen, TailCall, TailCallPlain, TailCallOpen, TailCallOpenPlain,
    Return0, Return0Plain, Return1, Return1Plain, ReturnN, ReturnNPlain, ReturnOpen,
    // TForWrapped: TForLoop whose iterator was made by `coroutine.wrap` when it last ran.
    // Settled: of a loop that is to have no machine code; Native: of one that has.
    ForLoop, ForLoopSettled, ForLoopNative, ForPrep,
    TForLoop, TForSettled, TForWrapped, TForWrappedSettled, TForNative, TForTest,
    SetList, SetListOpen, Close, Closure, Vararg,
    // GetUpval whose value the instruction behind it takes.
    GetUpvalNext,
    // Equality of a register and a constant that is a number (N), or equal to nothing but its own
    // word (W): nil, a boolean, a short string.
    EqNF, EqNT, EqWF, EqWT,
    // The remainder by a constant of which `interp::is_whole_divisor` is true.
    ModRW,
    // Forms that take an operand, X, from the instruction before.
    AddXR, AddRX, AddXK, AddKX, AddXX,
    SubXR, SubRX, SubXK, SubKX, SubXX,
    MulXR, MulRX, MulXK, MulKX, MulXX,
    DivXR, DivRX, DivXK, DivKX, DivXX,
    LtXRF, LtXRT, LtRXF, LtRXT, LtXKF, LtXKT, LtKXF, LtKXT,
    LeXRF, LeXRT, LeRXF, LeRXT, LeXKF, LeXKT, LeKXF, LeKXT,
    EqXNF, EqXNT, ModXR, ModXW, SetUpvalX, Return1X,
    GetTableX, SetTableXR, SetTableXK,
}

impl Op {
    /// The first of the forms with an X; all behind it are such.
    pub const FIRST_TAKING: Op = Op::AddXR;

    /// The form with registers or constants only.
    pub const fn plain(self) -> Op {
        Op::ALL[PLAIN_FORMS[self as usize] as usize]
    }

    /// The form of this operation, if it has one, that takes B or C or both from the instruction
    /// before.
    fn taking(self, takes_b: bool, takes_c: bool) -> Option<Op> {
        let form = TAKING_FORMS[self as usize][(takes_b as usize) << 1 | takes_c as usize];
        (form != 0).then(|| Op::ALL[form as usize])
    }

    /// Whether B and C are constants in this plain form; None: the operation has no form with an X of its own.
    fn constants(self) -> Option<(bool, bool)> {
        let op = self as u8;
        let place = if (Op::AddRR as u8..=Op::DivKK as u8).contains(&op) {
            op - Op::AddRR as u8
        } else if (Op::LtRRF as u8..=Op::LeKKT as u8).contains(&op) {
            (op - Op::LtRRF as u8) / 2
        } else {
            return None;
        };
        Some((place & 2 != 0, place & 1 != 0))
    }

    /// Which of B and C this form takes from the instruction before.
    pub const fn takes(self) -> (bool, bool) {
        let op = self as u8;
        if op < Op::FIRST_TAKING as u8 {
            return (false, false);
        }
        if op == Op::GetTableX as u8 {
            return (false, true);
        }
        if op >= Op::EqXNF as u8 {
            return (true, false);
        }
        if op < Op::LtXRF as u8 {
            let form = (op - Op::AddXR as u8) % 5;
            return (form % 2 == 0, form == 1 || form >= 3);
        }
        let form = (op - Op::LtXRF as u8) / 2 % 4;
        (form % 2 == 0, form % 2 == 1)
    }

    /// Whether `d` is a distance from the word itself.
    pub fn jumps(self) -> bool {
        JUMPS[self as usize]
    }

    /// Whether a comparison jumps if its condition is `holds`: the forms alternate, jump if false, jump if true.
    #[inline(always)]
    pub fn jumps_if(self, holds: bool) -> bool {
        (self as u8 - Op::EqRRF as u8) & 1 == holds as u8
    }

    const fn plain_jumps(self) -> bool {
        use Op::*;
        let op = self as u8;
        op >= EqRRF as u8 && op <= LeKKT as u8
            || matches!(self, Jmp | TestF | TestT | TestSetF | TestSetT | ForLoop | ForPrep | TForTest)
    }
}

/// What `taking` finds, by opcode and what is taken (B 2, C 1); 0, which is no such form: nothing.
static TAKING_FORMS: [[u8; 4]; Op::ALL.len()] = {
    let mut forms = [[0; 4]; Op::ALL.len()];
    let mut i = Op::FIRST_TAKING as usize;
    while i < forms.len() {
        let (b, c) = Op::ALL[i].takes();
        forms[Op::ALL[i].plain() as usize][(b as usize) << 1 | c as usize] = i as u8;
        i += 1;
    }
    forms
};

/// What `jumps` tells, by opcode.
static JUMPS: [bool; Op::ALL.len()] = {
    let mut jumps = [false; Op::ALL.len()];
    let mut i = 0;
    while i < jumps.len() {
        jumps[i] = Op::ALL[i].plain().plain_jumps();
        i += 1;
    }
    jumps
};

/// By opcode, the form without an X.
static PLAIN_FORMS: [u8; Op::ALL.len()] = plain_forms();

const fn plain_forms() -> [u8; Op::ALL.len()] {
    // The plain forms stand in the order RR RK KR KK, those with an X in the order XR RX XK KX (XX).
    const PLACE: [u8; 5] = [0, 0, 1, 2, 0];
    let mut forms = [0; Op::ALL.len()];
    let mut i = 0;
    while i < forms.len() {
        let op = i as u8;
        forms[i] = if op == Op::GetUpvalNext as u8 {
            Op::GetUpval as u8
        } else if op == Op::JmpBack as u8 || op == Op::JmpNative as u8 {
            Op::Jmp as u8
        } else if op == Op::ForLoopSettled as u8 || op == Op::ForLoopNative as u8 {
            Op::ForLoop as u8
        } else if op > Op::TForLoop as u8 && op < Op::TForTest as u8 {
            Op::TForLoop as u8
        } else if op < Op::EqNF as u8 {
            op
        } else if op == Op::SetUpvalX as u8 {
            Op::SetUpval as u8
        } else if op == Op::Return1X as u8 {
            Op::Return1Plain as u8
        } else if op == Op::GetTableX as u8 {
            Op::GetTable as u8
        } else if op >= Op::SetTableXR as u8 {
            Op::SetTableR as u8 + (op - Op::SetTableXR as u8)
        } else if op == Op::ModXR as u8 {
            Op::ModRR as u8
        } else if op == Op::ModRW as u8 || op == Op::ModXW as u8 {
            Op::ModRK as u8
        } else if op >= Op::EqXNF as u8 {
            Op::EqRKF as u8 + (op - Op::EqXNF as u8)
        } else if op < Op::AddXR as u8 {
            Op::EqRKF as u8 + (op - Op::EqNF as u8) % 2
        } else if op < Op::LtXRF as u8 {
            let at = op - Op::AddXR as u8;
            Op::AddRR as u8 + at / 5 * 4 + PLACE[(at % 5) as usize]
        } else {
            let at = op - Op::LtXRF as u8;
            Op::LtRRF as u8 + at / 8 * 8 + PLACE[(at % 8 / 2) as usize] * 2 + at % 2
        };
        i += 1;
    }
    forms
}

/// One instruction, for code that is not on the hot path.
#[derive(Clone, Copy)]
pub struct Insn(pub u64);

impl Insn {
    pub fn new(op: Op, a: u8, b: u8, c: u8, d: u32) -> Insn {
        Insn(op as u64 | (a as u64) << 8 | (b as u64) << 16 | (c as u64) << 24 | (d as u64) << 32)
    }

    /// The operation, in the form without an X.
    pub fn op(self) -> Op {
        self.form().plain()
    }

    pub fn form(self) -> Op {
        // SAFETY: words are made by `new` only, so the low byte is an opcode's.
        unsafe { core::mem::transmute(self.0 as u8) }
    }

    /// In another form, of the same operation.
    #[cfg(jit)]
    pub fn with_form(self, form: Op) -> Insn {
        debug_assert!(form.plain() == self.op());
        self.with_op(form)
    }

    fn with_op(self, op: Op) -> Insn {
        Insn(self.0 & !0xFF | op as u64)
    }

    /// This instruction behind one that passes on what it stores in a register: in a form that takes that, if it has one.
    /// (Those of SETUPVAL and RETURN are for results of arithmetic.)
    pub fn behind(self, register: usize) -> Insn {
        match self.form() {
            Op::EqNF if self.b() == register => return self.with_op(Op::EqXNF),
            Op::EqNT if self.b() == register => return self.with_op(Op::EqXNT),
            Op::ModRR if self.b() == register && self.c() != register => return self.with_op(Op::ModXR),
            Op::ModRW if self.b() == register => return self.with_op(Op::ModXW),
            Op::SetUpval if self.a() == register => return self.with_op(Op::SetUpvalX),
            Op::Return1Plain if self.a() == register => return self.with_op(Op::Return1X),
            Op::GetTable if self.c() == register => return self.with_op(Op::GetTableX),
            Op::SetTableR if self.b() == register => return self.with_op(Op::SetTableXR),
            Op::SetTableK if self.b() == register => return self.with_op(Op::SetTableXK),
            _ => {}
        }
        let op = self.op();
        let Some((b_k, c_k)) = op.constants() else { return self };
        let takes_b = !b_k && self.b() == register;
        let takes_c = !c_k && self.c() == register;
        op.taking(takes_b, takes_c)
            .or_else(|| op.taking(takes_b, false))
            .map_or(self, |op| self.with_op(op))
    }

    /// This instruction, which reads an upvalue, where the next one takes what it passes on.
    pub fn before_taking(self) -> Insn {
        if self.form() == Op::GetUpval { self.with_op(Op::GetUpvalNext) } else { self }
    }

    /// This instruction where more than one way leads.
    pub fn at_target(self) -> Insn {
        match self.form() {
            Op::EqXNF => self.with_op(Op::EqNF),
            Op::EqXNT => self.with_op(Op::EqNT),
            Op::ModXW => self.with_op(Op::ModRW),
            form if form as u8 >= Op::FIRST_TAKING as u8 => self.with_op(form.plain()),
            _ => self,
        }
    }

    /// A return or tail call in a function that has no varargs and whose frame no upvalue is open in.
    pub fn plain_return(self) -> Insn {
        let op = match self.form() {
            Op::Return0 => Op::Return0Plain,
            Op::Return1 => Op::Return1Plain,
            Op::TailCall => Op::TailCallPlain,
            Op::TailCallOpen => Op::TailCallOpenPlain,
            Op::ReturnN if self.b() <= MANY_RESULTS + 1 => Op::ReturnNPlain,
            _ => return self,
        };
        self.with_op(op)
    }

    /// What `plain_return` was called on.
    pub fn full_return(self) -> Insn {
        match self.form() {
            Op::Return0Plain => self.with_op(Op::Return0),
            Op::Return1Plain | Op::Return1X => self.with_op(Op::Return1),
            Op::TailCallPlain => self.with_op(Op::TailCall),
            Op::TailCallOpenPlain => self.with_op(Op::TailCallOpen),
            Op::ReturnNPlain => self.with_op(Op::ReturnN),
            _ => self,
        }
    }

    pub fn a(self) -> usize {
        (self.0 >> 8) as u8 as usize
    }

    pub fn b(self) -> usize {
        (self.0 >> 16) as u8 as usize
    }

    pub fn c(self) -> usize {
        (self.0 >> 24) as u8 as usize
    }

    pub fn d(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub fn jump(self) -> i32 {
        self.d() as i32
    }
}

/// The word before the code.
#[derive(Clone, Copy)]
pub struct FrameWord(pub u64);

impl FrameWord {
    pub fn new(max_stack: u8, params: u8, vararg: u8) -> FrameWord {
        let enough = if vararg == 0 { params } else { u8::MAX };
        FrameWord(
            max_stack as u64 | (params as u64) << 8 | (vararg as u64) << 16 | (enough as u64) << 24,
        )
    }

    #[inline(always)]
    pub fn max_stack(self) -> usize {
        self.0 as u8 as usize
    }

    #[inline(always)]
    pub fn params(self) -> usize {
        (self.0 >> 8) as u8 as usize
    }

    /// As many arguments as this let a call be made without a further look: the parameters, or more
    /// than an instruction can pass for a function with varargs.
    #[inline(always)]
    pub fn enough(self) -> usize {
        (self.0 >> 24) as u8 as usize
    }

    #[inline(always)]
    pub fn vararg(self) -> u8 {
        (self.0 >> 16) as u8
    }
}

/// The word before the code as its bytes. PERF: for who needs no register for the word.
#[repr(C, align(8))]
pub struct FrameBytes {
    pub max_stack: u8,
    pub params: u8,
    pub vararg: u8,
    pub enough: u8,
}

/// In C of a NEWTABLE: a worker makes the table.
pub const NEW_BY_WORKER: usize = 255;

const HEADER: usize = 5;

/// How many bytes before the first instruction its words lie: the frame word, the constants, the closure that ran last, and where
/// machine code enters.
#[cfg(jit)]
pub const FRAME_WORD_AT: i32 = -8;
#[cfg(jit)]
pub const CONSTANTS_AT: i32 = -16;
#[cfg(jit)]
pub const LAST_AT: i32 = -((LAST_WORD * size_of::<u64>()) as i32);
#[cfg(jit)]
pub const NATIVE_ENTRY_AT: i32 = -32;

/// Room for `count` instructions behind their frame word; returns the first instruction's place.
pub fn allocate(
    heap: &Heap,
    count: usize,
    frame: FrameWord,
    constants: *const Value,
) -> Result<*mut u64, OutOfMemory> {
    let words = heap.alloc_array::<u64>(count + HEADER)?.as_ptr();
    // SAFETY: the array has HEADER more words than instructions.
    unsafe {
        words.write((count + HEADER) as u64);
        words.add(1).write(plain_entry());
        words.add(2).write(0);
        words.add(3).write(constants as u64);
        words.add(4).write(frame.0);
        Ok(words.add(HEADER))
    }
}

/// Gives an executable form back (`Global::free_exec`).
///
/// # Safety
/// `code` came from `allocate` on this heap and is not run again.
pub unsafe fn free(global: &Global, code: *mut u64) {
    // SAFETY: ALLOC: the array begins HEADER words before, its length in the first.
    unsafe {
        #[cfg(jit)]
        if *code.sub(1) & NATIVE != 0 {
            crate::vm::jit::forget_code(global, code, *code.sub(HEADER) as usize - HEADER);
        }
        let heap = &global.heap;
        let words = code.sub(HEADER);
        heap.free_array(NonNull::new_unchecked(words), words.read() as usize);
    }
}

/// The frame word of a code.
///
/// # Safety
/// `code` is a live executable form's first instruction.
#[inline(always)]
pub unsafe fn frame_word(code: *const u64) -> FrameWord {
    // SAFETY: the caller's promise; the word lies before the code.
    FrameWord(unsafe { *code.sub(1) })
}

/// In the frame word: the function or loops of it have machine code, or had.
#[cfg(jit)]
const NATIVE: u64 = 1 << 32;
/// The function has machine code of its own. No count of arguments is enough then: calls take their long way, which asks for this.
const ENTERED: u64 = 1 << 33;
/// How often the function was looked at as one that is called often; no more than 3.
#[cfg(jit)]
const LOOKS: u32 = 34;
/// How often it was compiled in vain, or was compiled and given up.
#[cfg(jit)]
const TRIES: u32 = 36;
#[cfg(jit)]
const MAX_TRIES: u64 = 15;

impl FrameWord {
    /// Whether the function has machine code.
    #[inline(always)]
    pub fn is_entered(self) -> bool {
        cfg!(jit) && self.0 & ENTERED != 0
    }

    /// How often the function was looked at as one that is called often; and compiled in vain.
    #[cfg(jit)]
    pub fn looks_and_tries(self) -> (usize, usize) {
        ((self.0 >> LOOKS) as usize & 3, (self.0 >> TRIES & MAX_TRIES) as usize)
    }

    #[cfg(jit)]
    #[must_use]
    pub fn with_look(self) -> FrameWord {
        if self.looks_and_tries().0 == 3 { self } else { FrameWord(self.0 + (1 << LOOKS)) }
    }

    #[cfg(jit)]
    #[must_use]
    pub fn with_tries(self, tries: usize) -> FrameWord {
        FrameWord(self.0 & !(MAX_TRIES << TRIES) | (tries as u64).min(MAX_TRIES) << TRIES)
    }
}

/// Where a call enters a function that has no machine code, as machine code sees it.
fn plain_entry() -> u64 {
    #[cfg(jit)]
    return crate::vm::interp::plain_entry() as usize as u64;
    #[cfg(not(jit))]
    return 0;
}

/// Where machine code enters a function: its own, or what goes on at its first word. With the registers of a handler.
///
/// # Safety
/// As `frame_word`.
#[cfg(jit)]
#[inline(always)]
pub unsafe fn native_entry(code: *const u64) -> *mut u64 {
    // SAFETY: the caller's promise; the word lies before the code.
    unsafe { code.byte_offset(NATIVE_ENTRY_AT as isize).cast_mut() }
}

/// Gives a function machine code that begins at an address.
///
/// # Safety
/// As `frame_word`; the machine code is there until `leave_entry`.
#[cfg(jit)]
pub unsafe fn set_entry(code: *mut u64, address: usize) {
    // SAFETY: the caller's promise; the words lie before the code.
    unsafe {
        native_entry(code).write(address as u64);
        let frame = frame_word(code);
        set_frame_word(code, FrameWord(frame.0 | ENTERED | NATIVE | (u8::MAX as u64) << 24));
    }
}

/// Takes its machine code from a function.
///
/// # Safety
/// As `frame_word`.
#[cfg(jit)]
pub unsafe fn leave_entry(code: *mut u64) {
    // SAFETY: the caller's promise; the words lie before the code.
    unsafe {
        native_entry(code).write(plain_entry());
        let frame = frame_word(code);
        let enough = FrameWord::new(frame.max_stack() as u8, frame.params() as u8, frame.vararg()).0;
        set_frame_word(code, FrameWord(frame.0 & !ENTERED & !(u32::MAX as u64) | enough));
    }
}

/// # Safety
/// As `frame_word`.
#[cfg(jit)]
pub unsafe fn set_frame_word(code: *mut u64, frame: FrameWord) {
    // SAFETY: the caller's promise; the word lies before the code.
    unsafe { code.sub(1).write(frame.0) }
}

/// Notes that a loop of the code has machine code.
///
/// # Safety
/// As `frame_word`.
#[cfg(jit)]
pub unsafe fn note_native(code: *mut u64) {
    // SAFETY: the caller's promise; the word lies before the code.
    unsafe { *code.sub(1) |= NATIVE };
}

/// The constants of a code's function.
///
/// # Safety
/// As `frame_word`.
#[inline(always)]
pub unsafe fn constants(code: *const u64) -> *const Value {
    // SAFETY: the caller's promise; the word lies before the code.
    unsafe { *code.sub(2) as *const Value }
}

/// The closure, as a value, that a call of this code ran last: a guess.
///
/// # Safety
/// As `frame_word`.
#[inline(always)]
pub unsafe fn last_closure(code: *mut u64) -> *mut u64 {
    // SAFETY: the caller's promise; the word lies before the code.
    unsafe { code.sub(LAST_WORD) }
}

/// Where a nested run ends.
pub static HALT: u64 = Op::Halt as u64;
/// Where a builtin that waits goes on.
pub static CONTINUE: u64 = Op::Continue as u64;
/// Where a coroutine's main function returns to.
pub static COROUTINE_END: u64 = Op::CoroutineEnd as u64;
