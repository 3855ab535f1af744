//! Whether a function's code is safe to run, for chunks that our compiler did not make.
//!
//! Every register, constant, upvalue and function that an instruction names exists; every jump leads
//! to an instruction; values of unknown number ("open": B or C is 0) are used by the instruction
//! right behind the one that makes them and by no other. What legal compilers emit passes; the types
//! of values are the interpreter's to check, also in loops and SETLIST.
//!
//! Words that are no instructions (the second word of a SETLIST, what follows a CLOSURE, the jump that
//! belongs to a TFORLOOP) are marked, and so is each word that something jumps to; the marks are
//! compared at the end. Which registers closures may share with a callee takes a walk along all ways
//! (`capture`); most functions need none, for all that they capture lies below all that they call.
//!
//! PERF: what an opcode says of its fields is a number, and that a row of limits: a check is one comparison.
//!
//! Invariant (what the VM may rely on): control never leaves the code, and never reads a register at
//! or beyond `max_stack`, except that an open list may end above it, where its maker made room.
//!
//! Not here: debug information, which is only ever read with checks.

use crate::bytecode::capture;
use crate::bytecode::opcode::{Format, Operand, RK_CONSTANT};
use crate::bytecode::{Instruction, Opcode};
use crate::heap::{Buffer, Heap, OutOfMemory};
use crate::object::Proto;
use crate::object::proto::{VARARG_HAS_ARG, VARARG_IS_VARARG, VARARG_NEEDS_ARG};

/// The most registers a function may have (`MAXSTACK`).
const MAX_REGISTERS: u8 = 250;

/// Marks of a word of code.
const DATA: u8 = 1;
const TARGET: u8 = 2;
/// The instruction before it makes an open list.
const OPEN: u8 = 4;
/// It takes one.
const TAKES: u8 = 8;
/// The combinations that may be, by their bits: an open list is taken behind its maker, by an instruction
/// that nothing jumps to.
const AGREE: u16 = 1 << 0 | 1 << DATA | 1 << TARGET | 1 << (OPEN | TAKES);

/// Longer functions have their marks in the heap.
const SHORT: usize = 256;

/// What is asked of the fields B and C, as numbers of rows of limits.
#[derive(Clone, Copy)]
struct Rule {
    b: u8,
    c: u8,
    is_test: bool,
}

const UNUSED: u8 = 0;
const NUMBER: u8 = 1;
const REGISTER: u8 = 2;
const REGISTER_OR_CONSTANT: u8 = 3;

const RULES: [Rule; Opcode::COUNT] = {
    const fn row(operand: Operand) -> u8 {
        match operand {
            Operand::Unused => UNUSED,
            Operand::Number => NUMBER,
            Operand::Register => REGISTER,
            Operand::RegisterOrConstant => REGISTER_OR_CONSTANT,
        }
    }
    let mut rules = [Rule { b: NUMBER, c: NUMBER, is_test: false }; Opcode::COUNT];
    let mut n = 0;
    while n < rules.len() {
        let modes = Opcode::ALL[n].modes();
        rules[n].is_test = modes.is_test;
        if matches!(modes.format, Format::ABC) {
            rules[n].b = row(modes.b);
            rules[n].c = row(modes.c);
        }
        n += 1;
    }
    rules
};

/// Whether the function may run. Its inner functions have been verified before.
pub fn is_sound(heap: &Heap, proto: &Proto) -> Result<bool, OutOfMemory> {
    let len = proto.code.len();
    let mut few = [0; SHORT];
    let mut many;
    let marks = match few.get_mut(..len) {
        Some(marks) => marks,
        None => {
            many = Buffer::with_capacity(heap, len)?;
            many.extend_each(core::iter::repeat_n(0, len))?;
            &mut many[..]
        }
    };
    let registers = proto.max_stack as u32;
    let constants = (proto.constants.len() as u32).min(RK_CONSTANT) + RK_CONSTANT;
    let limits = [[1, 0], [u32::MAX; 2], [registers, 0], [registers, constants]];
    let mut v = Verifier { proto, marks, limits, captured: 0, lowest_call: u32::MAX, is_apart: true };
    if !(v.frame_fits() && v.code().is_some() && v.marks_agree()) {
        return Ok(false);
    }
    if v.is_apart { Ok(true) } else { capture::is_below_calls(heap, proto) }
}

struct Verifier<'a> {
    proto: &'a Proto,
    marks: &'a mut [u8],
    /// A row for each sort of field: its limit if it is below 256, and if not.
    limits: [[u32; 2]; 4],
    /// Of the words passed: all registers that closures capture are below this one,
    captured: u32,
    /// and all frames of callees begin there or above.
    lowest_call: u32,
    /// At no call, and at no call that a jump back leads to, anything can be captured that lies above
    /// the beginning of the callee's frame. What is captured behind a call comes to it by a jump back only,
    /// which is passed later.
    is_apart: bool,
}

/// `Some` if the condition holds: for `?`.
#[inline(always)]
fn check(condition: bool) -> Option<()> {
    condition.then_some(())
}

impl Verifier<'_> {
    fn frame_fits(&self) -> bool {
        let p = self.proto;
        let has_arg = p.vararg & VARARG_HAS_ARG;
        const WITH_ARG: u8 = VARARG_IS_VARARG | VARARG_HAS_ARG;
        const MAKES_ARG: u8 = WITH_ARG | VARARG_NEEDS_ARG;
        p.max_stack <= MAX_REGISTERS
            && p.param_count as u32 + has_arg as u32 <= p.max_stack as u32
            && matches!(p.vararg, 0 | VARARG_IS_VARARG | WITH_ARG | MAKES_ARG)
            && p.upvalue_names.len() <= p.upvalue_count as usize
            && (p.lines.is_empty() || p.lines.len() == p.code.len())
    }

    fn marks_agree(&self) -> bool {
        self.marks.iter().all(|mark| AGREE >> mark & 1 != 0)
            && self.marks.last().is_some_and(|mark| mark & DATA == 0)
    }

    #[inline(always)]
    fn word(&self, pc: usize) -> Option<Instruction> {
        self.proto.code.get(pc).map(|&word| Instruction(word))
    }

    #[inline(always)]
    fn mark(&mut self, pc: usize, mark: u8) -> Option<()> {
        *self.marks.get_mut(pc)? |= mark;
        Some(())
    }

    /// Control may come to word `to` other than from the word before it: from `pc`.
    #[inline(always)]
    fn target(&mut self, pc: usize, to: i64) -> Option<()> {
        self.is_apart &= to > pc as i64 || self.captured <= self.lowest_call;
        self.mark(usize::try_from(to).ok()?, TARGET)
    }

    #[inline(always)]
    fn register(&self, register: u32) -> Option<()> {
        check(register < self.proto.max_stack as u32)
    }

    /// Whether a field's value, of 9 bits, is within the row's limits.
    #[inline(always)]
    fn fits(&self, row: u8, field: u32) -> bool {
        field < self.limits[row as usize & 3][field as usize >> 8 & 1]
    }

    #[inline(always)]
    fn constant(&self, index: u32) -> Option<()> {
        check((index as usize) < self.proto.constants.len())
    }

    #[inline(always)]
    fn upvalue(&self, index: u32) -> Option<()> {
        check(index < self.proto.upvalue_count as u32)
    }

    #[inline(always)]
    fn global_name(&self, index: u32) -> Option<()> {
        check(self.proto.constants.get(index as usize)?.is_string())
    }

    fn code(&mut self) -> Option<()> {
        check(self.word(self.proto.code.len().checked_sub(1)?)?.is(Opcode::Return))?;
        let mut pc = 0;
        while let Some(i) = self.word(pc) {
            pc += self.instruction(pc, i)?;
        }
        Some(())
    }

    /// The instruction at `pc`; how many words it takes.
    #[inline(always)]
    fn instruction(&mut self, pc: usize, i: Instruction) -> Option<usize> {
        use Opcode::*;
        let op = i.opcode()?;
        let rule = RULES[op as usize];
        let (a, b, c) = (i.a(), i.b(), i.c());
        self.register(a)?;
        check(self.fits(rule.b, b) & self.fits(rule.c, c))?;
        if rule.is_test {
            check(self.word(pc + 1)?.is(Jmp))?;
            self.target(pc, pc as i64 + 2)?;
        }
        match op {
            LoadK => self.constant(i.bx())?,
            GetGlobal | SetGlobal => self.global_name(i.bx())?,
            LoadBool if c != 0 => self.target(pc, pc as i64 + 2)?,
            LoadNil => check(a <= b)?,
            GetUpval | SetUpval => self.upvalue(b)?,
            SelfOp => self.register(a + 1)?,
            Concat => check(b < c)?,
            Jmp => self.jump(pc, i)?,
            ForLoop | ForPrep => {
                self.register(a + 3)?;
                self.jump(pc, i)?;
            }
            TForLoop => {
                check(c >= 1)?;
                self.register(a + 2 + c)?;
                self.register(a + 5)?; // the iterator is called with two arguments
                self.calls_above(a + 3);
                self.mark(pc + 1, DATA)?; // the jump is part of it
                self.jump(pc + 1, self.word(pc + 1)?)?;
                return Some(2);
            }
            Call => self.call(pc, i)?,
            TailCall => {
                check(c == 0 && self.word(pc + 1)?.is(Return))?;
                self.call(pc, i)?;
            }
            Return => match b {
                0 => self.mark(pc, TAKES)?,
                1 => {}
                b => self.register(a + b - 2)?,
            },
            Vararg => self.vararg(pc, i)?,
            SetList => {
                self.register(a + b)?;
                if b == 0 {
                    self.mark(pc, TAKES)?;
                }
                if c == 0 {
                    self.mark(pc + 1, DATA)?;
                    return Some(2);
                }
            }
            Closure => return self.closure(pc, i),
            _ => {}
        }
        Some(1)
    }

    #[inline(always)]
    fn jump(&mut self, pc: usize, i: Instruction) -> Option<()> {
        self.target(pc, pc as i64 + 1 + i.sbx() as i64)
    }

    /// A callee's frame begins at a register.
    #[inline(always)]
    fn calls_above(&mut self, register: u32) {
        self.lowest_call = self.lowest_call.min(register);
        self.is_apart &= self.captured <= register;
    }

    fn call(&mut self, pc: usize, i: Instruction) -> Option<()> {
        self.calls_above(i.a());
        match i.b() {
            0 => self.mark(pc, TAKES)?,
            b => self.register(i.a() + b - 1)?,
        }
        match i.c() {
            0 => self.open(pc, i.a()),
            1 => Some(()),
            c => self.register(i.a() + c - 2),
        }
    }

    fn vararg(&mut self, pc: usize, i: Instruction) -> Option<()> {
        let flags = self.proto.vararg & (VARARG_IS_VARARG | VARARG_NEEDS_ARG);
        check(flags == VARARG_IS_VARARG)?;
        match i.b() {
            0 => self.open(pc, i.a()),
            1 => Some(()),
            b => self.register(i.a() + b - 2),
        }
    }

    /// The open list that begins in `first` is taken by the next instruction, whose own part of the
    /// list lies below.
    fn open(&mut self, pc: usize, first: u32) -> Option<()> {
        let taker = self.word(pc + 1)?;
        check(takes_open(taker))?;
        let own = if taker.is(Opcode::Return) { taker.a() } else { taker.a() + 1 };
        check(own <= first)?;
        self.mark(pc + 1, OPEN)
    }

    /// The words behind a CLOSURE say where its upvalues come from.
    fn closure(&mut self, pc: usize, i: Instruction) -> Option<usize> {
        let count = self.proto.protos.get(i.bx() as usize)?.upvalue_count as usize;
        for at in pc + 1..=pc + count {
            let source = self.word(at)?;
            match source.opcode()? {
                Opcode::Move => {
                    self.register(source.b())?;
                    self.captured = self.captured.max(source.b() + 1);
                }
                Opcode::GetUpval => self.upvalue(source.b())?,
                _ => return None,
            }
            self.mark(at, DATA)?;
        }
        Some(1 + count)
    }
}

/// Whether an instruction takes as many values as there are.
fn takes_open(i: Instruction) -> bool {
    use Opcode::*;
    matches!(i.opcode(), Some(Call | TailCall | Return | SetList)) && i.b() == 0
}
