//! Whether a function's code is safe to run, for chunks that our compiler did not make.
//!
//! Every register, constant, upvalue and function that an instruction names exists; every jump leads
//! to an instruction; values of unknown number ("open": B or C is 0) are used by the instruction
//! right behind the one that makes them and by no other. What legal compilers emit passes; the types
//! of values are the interpreter's to check, also in loops and SETLIST.
//!
//! Words that are no instructions (the second word of a SETLIST, what follows a CLOSURE, the jump that
//! belongs to a TFORLOOP) are marked, and so is each word that something jumps to; the marks are
//! compared at the end.
//!
//! Invariant (what the VM may rely on): control never leaves the code, and never reads a register at
//! or beyond `max_stack`, except that an open list may end above it, where its maker made room.
//!
//! Not here: which registers closures may share with a callee (`capture`); debug information, which
//! is only ever read with checks.

use crate::bytecode::capture;
use crate::bytecode::opcode::{Operand, constant_index, is_constant};
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

/// Whether the function may run. Its inner functions have been verified before.
pub fn is_sound(heap: &Heap, proto: &Proto) -> Result<bool, OutOfMemory> {
    let mut marks = Buffer::with_capacity(heap, proto.code.len())?;
    for _ in 0..proto.code.len() {
        marks.push(0)?;
    }
    let mut v = Verifier { proto, marks: &mut marks };
    if !(v.frame_fits() && v.code().is_some() && v.marks_agree()) {
        return Ok(false);
    }
    capture::is_below_calls(heap, proto)
}

struct Verifier<'a> {
    proto: &'a Proto,
    marks: &'a mut [u8],
}

/// `Some` if the condition holds: for `?`.
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
        let agrees = |(&mark, &word): (&u8, &u32)| {
            let is_data = mark & DATA != 0;
            let takes_open = !is_data && takes_open(Instruction(word));
            !(is_data && mark & (TARGET | OPEN) != 0)
                && takes_open == (mark & OPEN != 0)
                && !(takes_open && mark & TARGET != 0)
        };
        self.marks.iter().zip(self.proto.code.iter()).all(agrees)
            && self.marks.last().is_some_and(|mark| mark & DATA == 0)
    }

    fn word(&self, pc: usize) -> Option<Instruction> {
        self.proto.code.get(pc).map(|&word| Instruction(word))
    }

    /// Control may come to `pc` other than from the instruction before it.
    fn target(&mut self, pc: i64) -> Option<()> {
        let mark = self.marks.get_mut(usize::try_from(pc).ok()?)?;
        *mark |= TARGET;
        Some(())
    }

    fn data(&mut self, pc: usize) -> Option<()> {
        *self.marks.get_mut(pc)? |= DATA;
        Some(())
    }

    fn register(&self, register: u32) -> Option<()> {
        check(register < self.proto.max_stack as u32)
    }

    fn operand(&self, mode: Operand, operand: u32) -> Option<()> {
        match mode {
            Operand::Unused => check(operand == 0),
            Operand::Number => Some(()),
            Operand::Register => self.register(operand),
            Operand::RegisterOrConstant if is_constant(operand) => {
                self.constant(constant_index(operand))
            }
            Operand::RegisterOrConstant => self.register(operand),
        }
    }

    fn constant(&self, index: u32) -> Option<()> {
        check((index as usize) < self.proto.constants.len())
    }

    fn upvalue(&self, index: u32) -> Option<()> {
        check(index < self.proto.upvalue_count as u32)
    }

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
    fn instruction(&mut self, pc: usize, i: Instruction) -> Option<usize> {
        use Opcode::*;
        let op = i.opcode()?;
        let modes = op.modes();
        let (a, b, c) = (i.a(), i.b(), i.c());
        self.register(a)?;
        if modes.format == crate::bytecode::opcode::Format::ABC {
            self.operand(modes.b, b)?;
            self.operand(modes.c, c)?;
        }
        if modes.is_test {
            check(self.word(pc + 1)?.is(Jmp))?;
            self.target(pc as i64 + 2)?;
        }
        match op {
            LoadK => self.constant(i.bx())?,
            GetGlobal | SetGlobal => self.global_name(i.bx())?,
            LoadBool if c != 0 => self.target(pc as i64 + 2)?,
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
                self.data(pc + 1)?; // the jump is part of it
                self.jump(pc + 1, self.word(pc + 1)?)?;
                return Some(2);
            }
            Call => self.call(pc, i)?,
            TailCall => {
                check(c == 0 && self.word(pc + 1)?.is(Return))?;
                self.call(pc, i)?;
            }
            Return if b >= 2 => self.register(a + b - 2)?,
            Vararg => self.vararg(pc, i)?,
            SetList => {
                self.register(a + b)?;
                if c == 0 {
                    self.data(pc + 1)?;
                    return Some(2);
                }
            }
            Closure => return self.closure(pc, i),
            _ => {}
        }
        Some(1)
    }

    fn jump(&mut self, pc: usize, i: Instruction) -> Option<()> {
        self.target(pc as i64 + 1 + i.sbx() as i64)
    }

    fn call(&mut self, pc: usize, i: Instruction) -> Option<()> {
        if i.b() >= 2 {
            self.register(i.a() + i.b() - 1)?;
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
        *self.marks.get_mut(pc + 1)? |= OPEN;
        Some(())
    }

    /// The words behind a CLOSURE say where its upvalues come from.
    fn closure(&mut self, pc: usize, i: Instruction) -> Option<usize> {
        let count = self.proto.protos.get(i.bx() as usize)?.upvalue_count as usize;
        for at in pc + 1..=pc + count {
            let source = self.word(at)?;
            match source.opcode()? {
                Opcode::Move => self.register(source.b())?,
                Opcode::GetUpval => self.upvalue(source.b())?,
                _ => return None,
            }
            self.data(at)?;
        }
        Some(1 + count)
    }
}

/// Whether an instruction takes as many values as there are.
fn takes_open(i: Instruction) -> bool {
    use Opcode::*;
    matches!(i.opcode(), Some(Call | TailCall | Return | SetList)) && i.b() == 0
}
