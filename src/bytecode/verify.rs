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
//! PERF: each opcode looks at its own fields; a limit is one comparison, of B and an unused C together. What the fields
//! may hold is told by `Opcode::modes` as well, and a test compares the two.
//!
//! Invariant (what the VM may rely on): control never leaves the code, and never reads a register at
//! or beyond `max_stack`, except that an open list may end above it, where its maker made room.
//!
//! Not here: debug information, which is only ever read with checks.

use crate::bytecode::capture;
use crate::bytecode::opcode::RK_CONSTANT;
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
/// Longer functions have their marks in the heap.
const SHORT: usize = 256;

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
    let limits = [registers, constants];
    let mut v = Verifier { proto, code: &proto.code, marks, limits, captured: 0, lowest_call: u32::MAX, is_apart: true };
    if !(v.frame_fits() && v.code().is_some() && marks_agree(v.marks)) {
        return Ok(false);
    }
    if v.is_apart { Ok(true) } else { capture::is_below_calls(heap, proto) }
}

struct Verifier<'a> {
    proto: &'a Proto,
    code: &'a [u32],
    /// As many as words.
    marks: &'a mut [u8],
    /// The limit of a register, and of a constant where either may be.
    limits: [u32; 2],
    /// Of the words passed: all registers that closures capture are below this one,
    captured: u32,
    /// and all frames of callees begin there or above.
    lowest_call: u32,
    /// At no call, and at no call that a jump back leads to, anything can be captured that lies above
    /// the beginning of the callee's frame. What is captured behind a call comes to it by a jump back only,
    /// which is passed later.
    is_apart: bool,
}

/// Whether each word has marks that may be together: none, DATA, TARGET, or OPEN and TAKES, for an open list is taken
/// behind its maker, by an instruction that nothing jumps to. The last word is an instruction.
fn marks_agree(marks: &[u8]) -> bool {
    let Some(last) = marks.last() else { return false };
    // PERF: eight words at a time.
    let (eights, rest) = marks.as_chunks::<8>();
    let mut end = [0; 8];
    end[..rest.len()].copy_from_slice(rest);
    let wrong = eights.iter().fold(disagreeing(end), |wrong, &marks| wrong | disagreeing(marks));
    wrong == 0 && last & DATA == 0
}

/// The lowest bit of each byte whose marks may not be together; what is above it means nothing.
#[inline(always)]
fn disagreeing(marks: [u8; 8]) -> u64 {
    let marks = u64::from_ne_bytes(marks);
    let mark = |mark: u8| marks >> mark.trailing_zeros();
    let open = mark(OPEN);
    let wrong = (open ^ mark(TAKES)) | open & (mark(DATA) | mark(TARGET)) | mark(DATA) & mark(TARGET);
    wrong & u64::from_ne_bytes([1; 8])
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

    #[inline(always)]
    fn word(&self, pc: usize) -> Option<Instruction> {
        self.code.get(pc).map(|&word| Instruction(word))
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
        check(register < self.limits[0])
    }

    /// B is a register, and C is not used.
    #[inline(always)]
    fn register_b_only(&self, i: Instruction) -> Option<()> {
        self.register(i.b_if_c_is_0())
    }

    /// A field of 9 bits is a register or a constant.
    #[inline(always)]
    fn operand(&self, field: u32) -> Option<()> {
        check(field < self.limits[(field / RK_CONSTANT & 1) as usize])
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
        check(self.word(self.code.len().checked_sub(1)?)?.is(Opcode::Return))?;
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
        let a = i.a();
        self.register(a)?;
        match op {
            Move | Unm | Not | Len => self.register_b_only(i)?,
            LoadK => self.constant(i.bx())?,
            LoadBool => {
                if i.c() != 0 {
                    self.mark(pc + 2, TARGET)?;
                }
            }
            LoadNil => {
                self.register_b_only(i)?;
                check(a <= i.b())?;
            }
            GetUpval | SetUpval => self.upvalue(i.b_if_c_is_0())?,
            GetGlobal | SetGlobal => self.global_name(i.bx())?,
            GetTable => {
                self.register(i.b())?;
                self.operand(i.c())?;
            }
            SetTable | Add | Sub | Mul | Div | Mod | Pow => self.operands(i)?,
            NewTable => {}
            SelfOp => {
                self.register(i.b())?;
                self.operand(i.c())?;
                self.register(a + 1)?;
            }
            Concat => {
                check(i.b() < i.c())?;
                self.register(i.c())?;
            }
            Jmp => self.jump(pc, i)?,
            Eq | Lt | Le => {
                self.operands(i)?;
                self.test(pc)?;
            }
            Test | TestSet => {
                self.register(i.b())?;
                self.test(pc)?;
            }
            ForLoop | ForPrep => {
                self.register(a + 3)?;
                self.jump(pc, i)?;
            }
            TForLoop => {
                check(i.b() == 0 && i.c() >= 1)?;
                self.register(a + 2 + i.c())?;
                self.register(a + 5)?; // the iterator is called with two arguments
                self.calls_above(a + 3);
                self.test(pc)?;
                self.mark(pc + 1, DATA)?; // the jump is part of it
                self.jump(pc + 1, self.word(pc + 1)?)?;
                return Some(2);
            }
            Call => self.call(pc, i)?,
            TailCall => {
                check(i.c() == 0 && self.word(pc + 1)?.is(Return))?;
                self.call(pc, i)?;
            }
            Return => {
                check(i.c() == 0)?;
                match i.b() {
                    0 => self.mark(pc, TAKES)?,
                    1 => {}
                    b => self.register(a + b - 2)?,
                }
            }
            Close => check(i.bx() == 0)?,
            Vararg => self.vararg(pc, i)?,
            SetList => {
                self.register(a + i.b())?;
                if i.b() == 0 {
                    self.mark(pc, TAKES)?;
                }
                if i.c() == 0 {
                    self.mark(pc + 1, DATA)?;
                    return Some(2);
                }
            }
            Closure => return self.closure(pc, i),
        }
        Some(1)
    }

    #[inline(always)]
    fn operands(&self, i: Instruction) -> Option<()> {
        self.operand(i.b())?;
        self.operand(i.c())
    }

    /// A test skips the word behind it, which is a jump, or does not.
    #[inline(always)]
    fn test(&mut self, pc: usize) -> Option<()> {
        check(self.word(pc + 1)?.is(Opcode::Jmp))?;
        self.mark(pc + 2, TARGET)
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
        check(i.c() == 0 && flags == VARARG_IS_VARARG)?;
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
