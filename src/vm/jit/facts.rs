//! What an instruction of the executable form reads, writes and leads to, as far as machine code is made of it.
//!
//! Not here: the code itself (`emit`).


use crate::heap::{Gc, Heap};
use crate::object::proto::VARARG_NEEDS_ARG;
use crate::object::{LuaClosure, NativeClosure, Value};
use crate::state::Event;
use crate::vm::code::{Insn, NEW_BY_WORKER, Op};
use crate::vm::interp::LOOP_VARIABLE;
use crate::vm::interp::fast::Fast;

/// As which kind of value a register is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    Number,
    Table,
}

/// What an instruction writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Def {
    Nothing,
    One(usize),
    /// All registers from the first to the last.
    Row(usize, usize),
    /// Two that are not beside each other.
    Two(usize, usize),
}

impl Def {
    /// The same in a frame that begins at a slot.
    pub fn moved(self, base: usize) -> Def {
        match self {
            Def::Nothing => Def::Nothing,
            Def::One(a) => Def::One(base + a),
            Def::Row(first, last) => Def::Row(base + first, base + last),
            Def::Two(a, b) => Def::Two(base + a, base + b),
        }
    }

    pub fn each(self, mut f: impl FnMut(usize)) {
        match self {
            Def::Nothing => {}
            Def::One(a) => f(a),
            Def::Row(first, last) => (first..=last).for_each(f),
            Def::Two(a, b) => {
                f(a);
                f(b);
            }
        }
    }
}

/// Which registers are read as a table, and as numbers.
#[derive(Clone, Copy)]
pub struct Uses {
    pub table: Option<usize>,
    pub numbers: Def,
}

impl Uses {
    pub const NOTHING: Uses = Uses { table: None, numbers: Def::Nothing };

    /// The same in a frame that begins at a slot.
    pub fn moved(self, base: usize) -> Uses {
        Uses { table: self.table.map(|table| base + table), numbers: self.numbers.moved(base) }
    }
}

/// Registers in a row that are copied, from the first on, and where to.
#[derive(Clone, Copy)]
pub struct Copies {
    pub from: usize,
    pub to: usize,
    pub count: usize,
}

impl Copies {
    pub const NOTHING: Copies = Copies { from: 0, to: 0, count: 0 };
}

/// Where an instruction leads, in words from itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    On(i32),
    Jump(i32),
    /// The next word it goes on at, and where it jumps.
    Either(i32, i32),
    /// To the interpreter.
    Out,
}

/// A call of a builtin that machine code does itself, of which it has seen the arguments' count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BuiltinCall {
    pub fast: Fast,
    /// How many, or `VARARGS`: those before the varargs of the loop's own function, and these.
    pub arguments: u8,
    /// Of `select`, the constant with which it is asked for the count.
    pub count_sign: Option<u8>,
}

/// As many as there are.
pub const VARARGS: u8 = u8::MAX;

impl BuiltinCall {
    /// The first and the last of its arguments that are to be numbers, counted from 1.
    fn numbers(self) -> (usize, usize) {
        let first = match self.fast {
            Fast::Byte | Fast::Sub => 2,
            Fast::Len | Fast::Type | Fast::SetMetatable | Fast::Insert | Fast::Assert
            | Fast::Status => usize::MAX,
            Fast::Select => return if self.count_sign.is_some() { (1, 0) } else { (1, 1) },
            _ => 1,
        };
        (first, self.arguments as usize)
    }
}

/// The builtin, if a CALL or TAILCALL with so many arguments calls one that is done here.
pub fn builtin_call(insn: Insn, callee: Value, arguments: usize) -> Option<BuiltinCall> {
    let is_tail = matches!(insn.form(), Op::TailCallPlain | Op::TailCallOpenPlain);
    // One result, or as many as the builtin has.
    let (is_one, is_none) = (is_tail || insn.c() == 2, insn.c() == 1 && !is_tail);
    let fast = Fast::of(callee.as_native_closure()?.fast.get())?;
    use Fast as F;
    let fits = match fast {
        F::Abs | F::Ceil | F::Floor | F::Sqrt | F::Acos | F::Asin | F::Atan | F::Cos | F::Cosh | F::Exp | F::Log
        | F::Log10 | F::Sin | F::Sinh | F::Tan | F::Tanh => is_one && arguments == 1,
        F::Max | F::Min | F::Atan2 | F::FMod | F::Pow => is_one && arguments == 2,
        F::Byte => is_one && (arguments == 1 || arguments == 2),
        F::Len | F::Type | F::ToNumber | F::Status => is_one && arguments == 1,
        F::Sub => is_one && arguments == 3,
        F::SetMetatable => (is_one || is_none) && arguments == 2,
        F::Insert => is_none && arguments == 2,
        F::Assert => (is_none || is_one && !is_tail) && arguments > 0,
        F::Select => is_one && arguments > 0 && arguments < VARARGS as usize,
        _ => false,
    };
    fits.then_some(BuiltinCall { fast, arguments: arguments as u8, count_sign: None })
}

/// As what an instruction reads registers; where any value is good, and copies of a register, are not told here.
pub fn uses(insn: Insn, call: Option<BuiltinCall>) -> Uses {
    use Op::*;
    let (a, b, c) = (insn.a(), insn.b(), insn.c());
    let of = |table, numbers| Uses { table: Some(table), numbers };
    let numbers = |numbers| Uses { table: None, numbers };
    match insn.op() {
        GetTable => of(b, Def::One(c)),
        GetName | GetField | GetInt | GetConst | GetInherited | SelfField | SelfInherited | Len => of(b, Def::Nothing),
        SetTableR | SetTableK => of(a, Def::One(b)),
        SetNameR | SetNameK | SetFieldR | SetFieldK | SetIntR | SetIntK | SetConstR | SetConstK | SetList => of(a, Def::Nothing),
        Unm => numbers(Def::One(b)),
        ForPrep | ForLoop => numbers(Def::Row(a, a + LOOP_VARIABLE - 1)),
        Call | CallNative | CallOpen | TailCall | TailCallPlain | TailCallOpen | TailCallOpenPlain => {
            let (first, last) = call.map_or((1, 0), BuiltinCall::numbers);
            if first <= last { numbers(Def::Row(a + first, a + last)) } else { Uses::NOTHING }
        }
        op => match number_operands(op) {
            Some((false, false)) => numbers(Def::Two(b, c)),
            Some((false, true)) => numbers(Def::One(b)),
            Some((true, false)) => numbers(Def::One(c)),
            _ => Uses::NOTHING,
        },
    }
}

/// The register that an instruction uses as an index or key.
pub fn index(insn: Insn) -> Option<usize> {
    match insn.op() {
        Op::GetTable => Some(insn.c()),
        Op::SetTableR | Op::SetTableK => Some(insn.b()),
        _ => None,
    }
}

/// Which of B and C are constants, of an operation of two numbers.
pub fn number_operands(op: Op) -> Option<(bool, bool)> {
    let op = op as u8;
    if (Op::AddRR as u8..=Op::PowKK as u8).contains(&op) {
        let form = (op - Op::AddRR as u8) % 4;
        return Some((form & 2 != 0, form & 1 != 0));
    }
    if (Op::LtRRF as u8..=Op::LeKKT as u8).contains(&op) {
        let form = (op - Op::LtRRF as u8) % 8 / 2;
        return Some((form & 2 != 0, form & 1 != 0));
    }
    None
}

/// The most values of a list that are stored one by one.
const MAX_LIST: usize = 16;

/// How often an instruction may have been left to its handler before it always is.
const OFTEN: u32 = 50;

/// The instructions of which `d` counts how often they were left to their handlers.
pub fn counts_itself(insn: Insn) -> bool {
    matches!(insn.op(), Op::GetTable | Op::SetTableR | Op::SetTableK)
}

/// Whether an instruction that reads a field or length may be done of a string.
pub fn may_read_string(insn: Insn) -> bool {
    matches!(insn.op(), Op::SelfField | Op::SelfInherited | Op::Len)
}

/// Whether it tells which of two values is the lesser.
pub fn orders(op: Op) -> bool {
    (Op::LtRRF as u8..=Op::LeKKT as u8).contains(&(op as u8))
}

/// Whether an instruction is to be left to its handler at once.
pub fn is_often_left(insn: Insn) -> bool {
    counts_itself(insn) && insn.d() > OFTEN
}

pub fn is_tail_call(insn: Insn) -> bool {
    matches!(insn.op(), Op::TailCall | Op::TailCallPlain | Op::TailCallOpen | Op::TailCallOpenPlain)
}

pub fn calls(insn: Insn) -> bool {
    matches!(insn.op(), Op::Call | Op::CallNative | Op::CallOpen) || switches(insn) || is_tail_call(insn)
}

/// Whether a CALL is one that switched to another coroutine when it last ran.
pub fn switches(insn: Insn) -> bool {
    matches!(insn.op(), Op::CallYield | Op::CallResume | Op::CallWrapped)
}

/// Whether a CALL or TAILCALL is one of a Lua function, most likely: as it last was, and as its callee is now. A TAILCALL only of
/// a function that has no open upvalues: of one that is small none are.
pub fn calls_lua(insn: Insn, callee: Option<Value>, is_small: bool) -> bool {
    let is_call = matches!(insn.form(), Op::Call | Op::CallOpen | Op::TailCallPlain | Op::TailCallOpenPlain);
    let fits = |closure: Gc<LuaClosure>| !closure.proto.is_vararg() || insn.op() == Op::Call && closure.proto.vararg & VARARG_NEEDS_ARG == 0;
    (is_call || is_small && is_tail_call(insn)) && callee.is_none_or(|callee| callee.as_lua_closure().is_some_and(fits))
}

/// How many words on an instruction goes that is left to its handler, if it mostly goes on so; 0: it does not.
pub fn left_to_handler(insn: Insn, callee: Option<Value>) -> usize {
    use Op::*;
    match insn.op() {
        GetConst | GetGlobalFar | SetGlobalFar | SetToldR | SetToldK | SetConstR | SetConstK
        | NewTable | SelfReg | SelfConst | Concat | Close | Vararg => 1,
        SetList | SetListOpen if insn.c() != 0 => 1,
        Closure => 1 + insn.b(),
        op if computes(op) => 1,
        op if compares(op) => 2,
        _ if is_tail_call(insn) => callee.is_some_and(|callee| callee.as_native_closure().is_some()) as usize,
        _ if calls(insn) => 1,
        _ => 0,
    }
}

/// How many words on an instruction goes that machine code does for most values, if it is left to its handler, as `left_to_handler`.
pub fn left_if_noted(insn: Insn) -> usize {
    use Op::*;
    match insn.op() {
        GetTable | GetName | GetField | GetInt | GetInherited | SelfField | SelfInherited | GetGlobal | Len | SetTableR | SetTableK
        | SetNameR | SetNameK | SetFieldR | SetFieldK | SetIntR | SetIntK | GetConst | SetConstR | SetConstK | SetGlobal | SetUpval
        | NewTable | SetList | Vararg => 1,
        op if computes(op) || op == Call || op == CallNative || op == CallOpen => 1,
        op if compares(op) => 2,
        _ => 0,
    }
}

/// How often a region may have been given up at an instruction before that is left to its handler. Less is guessed of it before: of
/// what it reads, or which function it calls.
pub fn notes_to_leave(insn: Insn) -> usize {
    if computes(insn.op()) || compares(insn.op()) || insn.op() == Op::Vararg { 0 } else { 1 }
}

/// Whether a function is a builtin that comes back at once: that neither switches to another coroutine nor calls what it is given.
pub fn comes_back(function: Value) -> bool {
    let goes_on = |native: Gc<NativeClosure>| {
        matches!(Fast::of(native.fast.get()), Some(Fast::Yield | Fast::Resume | Fast::Wrapped | Fast::PCall | Fast::XPCall))
    };
    function.as_native_closure().is_some_and(|native| !native.rust_entry.is_null() && !goes_on(native))
}

/// Whether a SETLIST stores the first few values of a list, which are counted.
fn fills_list(insn: Insn) -> bool {
    insn.c() == 1 && (1..=MAX_LIST).contains(&insn.b()) && insn.d() == 1
}

/// Whether it is arithmetic.
pub fn computes(op: Op) -> bool {
    (Op::AddRR as u8..=Op::PowKK as u8).contains(&(op as u8)) || op == Op::Unm
}

/// The event of arithmetic.
pub fn event(op: Op) -> Option<Event> {
    const EVENTS: [Event; 6] = [Event::Add, Event::Sub, Event::Mul, Event::Div, Event::Mod, Event::Pow];
    if op == Op::Unm {
        return Some(Event::Unm);
    }
    computes(op).then(|| EVENTS[(op as usize - Op::AddRR as usize) / 4])
}

/// Whether it compares two values, and jumps.
pub fn compares(op: Op) -> bool {
    (Op::EqRRF as u8..=Op::LeKKT as u8).contains(&(op as u8))
}

/// Whether a Lua function can be called before an instruction is done.
pub fn may_call(insn: Insn) -> bool {
    use Op::*;
    !matches!(insn.op(), NewTable | SetList | SetListOpen | Closure | Close | Vararg)
}

/// Whether an instruction ends its function.
pub fn ends(op: Op) -> bool {
    use Op::*;
    matches!(op, Return0 | Return1 | ReturnN | ReturnOpen | TailCall | TailCallOpen)
}

/// The first register that a return gives back, and how many; None of a return that may have more to do.
pub fn returned(insn: Insn) -> Option<(usize, usize)> {
    match insn.form() {
        Op::Return0Plain => Some((0, 0)),
        Op::Return1Plain | Op::Return1X => Some((insn.a(), 1)),
        Op::ReturnNPlain => Some((insn.a(), insn.b() - 1)),
        _ => None,
    }
}

/// The same of a return in a small function, which has no more to do.
pub fn returned_by_small(insn: Insn) -> Option<(usize, usize)> {
    returned(insn.plain_return())
}

/// The register that is copied, and where to.
pub fn copies(insn: Insn) -> Option<(usize, usize)> {
    matches!(insn.op(), Op::Move).then(|| (insn.b(), insn.a()))
}

pub fn writes(insn: Insn) -> Def {
    use Op::*;
    let (a, b) = (insn.a(), insn.b());
    let op = insn.op();
    match op {
        Move | LoadK | LoadBool | LoadBoolSkip | GetUpval | GetGlobal | GetTable | GetField | GetInt | GetInherited
        | GetName | GetConst | GetGlobalFar | NewTable | Closure | Concat | Unm | Not | Len | TestSetF | TestSetT | ForPrep => Def::One(a),
        Call | CallNative | CallOpen | CallYield | CallResume | CallWrapped if insn.c() > 2 => Def::Row(a, a + insn.c() - 2),
        Call | CallNative | CallOpen | CallYield | CallResume | CallWrapped => Def::One(a),
        SelfField | SelfInherited | SelfReg | SelfConst => Def::Row(a, a + 1),
        LoadNil => Def::Row(a, b),
        ForLoop => Def::Two(a, a + LOOP_VARIABLE),
        TForLoop => Def::Row(a + 2, a + 2 + insn.c().max(1)),
        TForTest => Def::One(a - 1),
        Vararg if b > 1 => Def::Row(a, a + b - 2),
        _ if (AddRR as u8..=PowKK as u8).contains(&(op as u8)) => Def::One(a),
        _ => Def::Nothing,
    }
}

/// Where the instruction leads; `Out` if no machine code is made of it.
pub fn way(insn: Insn, k: impl Fn(usize) -> Value, call: Option<BuiltinCall>) -> Way {
    use Op::*;
    let op = insn.op();
    let (b, c) = (insn.b(), insn.c());
    match op {
        Move | LoadK | LoadBool | LoadNil | GetUpval | SetUpval | GetGlobal | SetGlobal | GetTable | GetField | GetInt
        | GetName | SetNameR | SetNameK | GetInherited | SelfField | SelfInherited | SetTableR | SetTableK | SetFieldR
        | SetFieldK | SetIntR | SetIntK | Unm | Not | Len => Way::On(1),
        NewTable if Heap::HAS_CELLS && c != NEW_BY_WORKER => Way::On(1),
        SetList if fills_list(insn) => Way::On(1),
        GetConst if is_in_node(k(c)) => Way::On(1),
        SetConstR | SetConstK if is_in_node(k(b)) => Way::On(1),
        LoadBoolSkip => Way::On(2),
        Jmp | ForPrep => Way::Jump(insn.jump()),
        ForLoop | TForTest => Way::Either(1, insn.jump()),
        TestF | TestT | TestSetF | TestSetT | EqRRF | EqRRT => Way::Either(2, insn.jump()),
        EqRKF | EqRKT if is_plain_word(k(c)) => Way::Either(2, insn.jump()),
        EqKRF | EqKRT if is_plain_word(k(b)) => Way::Either(2, insn.jump()),
        Call | CallNative | CallOpen if call.is_some() => Way::On(1),
        _ => match number_operands(op) {
            Some((b_k, c_k)) if is_number(b_k, &k, b) && is_number(c_k, &k, c) => {
                if op as u8 >= LtRRF as u8 { Way::Either(2, insn.jump()) } else { Way::On(1) }
            }
            _ => Way::Out,
        },
    }
}

fn is_number(is_k: bool, k: &impl Fn(usize) -> Value, at: usize) -> bool {
    !is_k || k(at).as_number().is_some_and(|n| !n.is_nan())
}

/// A constant that is a number, and no index of an array part.
fn is_in_node(key: Value) -> bool {
    key.as_number().is_some_and(|n| !n.is_nan() && (n < 1.0 || n.fract() != 0.0))
}

/// A constant that is a number, or that nothing but its own word equals.
fn is_plain_word(value: Value) -> bool {
    match value.as_string() {
        Some(s) => s.is_short(),
        None => !value.as_f64().is_nan() || value.is_nil() || value.is_boolean(),
    }
}
