//! Instructions, lists of jumps and registers of the current function.
//!
//! Jumps whose target is not known yet form a list through their own distance fields; `NO_JUMP` ends
//! it. A jump that follows a TESTSET may carry a value: when a list is patched, those that lead to
//! where the value is wanted set the register, the others become TESTs.
//!
//! Not here: which instructions an expression needs (`expression`, `operator`).

use crate::bytecode::opcode::{MAX_SBX, NO_REGISTER, is_constant};
use crate::bytecode::{Instruction, Opcode};
use crate::state::Thrown;
use crate::syntax::function::{Compiler, Emitted, NO_JUMP};

/// The most registers of a function (`MAXSTACK`).
const MAX_REGISTERS: u32 = 250;
/// Jumps of a list that are gone through in the time of a short call.
const JUMPS_PER_UNIT: usize = 16;

impl Compiler<'_, '_> {
    // Instructions ------------------------------------------------------------------------------

    /// Where the next instruction will be.
    #[inline(always)]
    pub fn pc(&self) -> i32 {
        (self.code.len() - self.f.code_begin as usize) as i32
    }

    #[inline(always)]
    pub fn at(&self, pc: i32) -> Instruction {
        Instruction(self.code[self.f.code_begin as usize + pc as usize].word)
    }

    #[inline(always)]
    pub fn set_at(&mut self, pc: i32, i: Instruction) {
        self.code[self.f.code_begin as usize + pc as usize].word = i.0;
    }

    /// Appends an instruction on the line of the last token taken.
    #[inline]
    pub fn emit(&mut self, i: Instruction) -> Result<i32, Thrown> {
        if self.f.pending_jumps != NO_JUMP {
            self.land_pending_jumps()?;
        }
        let pc = self.pc();
        if pc >= i32::MAX - 2 {
            return Err(self.lexer.l.runtime_error(&[b"code size overflow"]));
        }
        self.code.push(Emitted { word: i.0, line: self.lexer.last_line })?;
        Ok(pc)
    }

    #[inline]
    pub fn emit_abc(&mut self, op: Opcode, a: u32, b: u32, c: u32) -> Result<i32, Thrown> {
        self.emit(Instruction::abc(op, a, b, c))
    }

    #[inline]
    pub fn emit_abx(&mut self, op: Opcode, a: u32, bx: u32) -> Result<i32, Thrown> {
        self.emit(Instruction::abx(op, a, bx))
    }

    /// Takes back the newest instruction.
    pub fn unemit(&mut self) {
        self.code.truncate(self.code.len() - 1);
    }

    /// Books the newest instruction under another line.
    pub fn fix_line(&mut self, line: i32) {
        if let Some(last) = self.code.last_mut() {
            last.line = line;
        }
    }

    /// Nils in `count` registers.
    pub fn emit_nils(&mut self, from: u32, count: u32) -> Result<(), Thrown> {
        let pc = self.pc();
        if pc > self.f.last_target {
            if pc == 0 {
                // A function's registers are nil when it begins, but for its parameters.
                if from >= self.f.active_count {
                    return Ok(());
                }
            } else {
                let previous = self.at(pc - 1);
                let (first, last) = (previous.a(), previous.b());
                if previous.is(Opcode::LoadNil) && first <= from && from <= last + 1 {
                    if from + count - 1 > last {
                        self.set_at(pc - 1, previous.with_b(from + count - 1));
                    }
                    return Ok(());
                }
            }
        }
        self.emit_abc(Opcode::LoadNil, from, from + count - 1, 0).map(drop)
    }

    pub fn emit_return(&mut self, first: u32, count: u32) -> Result<(), Thrown> {
        self.emit_abc(Opcode::Return, first, count, 0).map(drop)
    }

    // Jumps -------------------------------------------------------------------------------------

    /// Appends a jump to nowhere yet, with those in its list that were to come here.
    pub fn emit_jump(&mut self) -> Result<i32, Thrown> {
        let pending = core::mem::replace(&mut self.f.pending_jumps, NO_JUMP);
        let mut list = self.emit(Instruction::asbx(Opcode::Jmp, 0, NO_JUMP))?;
        self.join(&mut list, pending)?;
        Ok(list)
    }

    pub fn emit_test(&mut self, op: Opcode, a: u32, b: u32, c: u32) -> Result<i32, Thrown> {
        self.emit_abc(op, a, b, c)?;
        self.emit_jump()
    }

    /// The next pc, as a jump's target.
    pub fn label(&mut self) -> i32 {
        self.f.last_target = self.pc();
        self.f.last_target
    }

    fn next_jump(&self, pc: i32) -> i32 {
        match self.at(pc).sbx() {
            NO_JUMP => NO_JUMP,
            distance => pc + 1 + distance,
        }
    }

    fn set_target(&mut self, pc: i32, target: i32) -> Result<(), Thrown> {
        let distance = target - (pc + 1);
        if distance.abs() > MAX_SBX {
            return Err(self.lexer.syntax_error(b"control structure too long"));
        }
        self.set_at(pc, self.at(pc).with_sbx(distance));
        Ok(())
    }

    /// Appends `other` to `list`, both of this function.
    pub fn join(&mut self, list: &mut i32, other: i32) -> Result<(), Thrown> {
        if other == NO_JUMP {
            return Ok(());
        }
        if *list == NO_JUMP {
            *list = other;
            return Ok(());
        }
        // Where the search for a list's end has come to, it goes on: long chains of conditions append to one list again
        // and again. A jump that is in a list stays there as long as the list is one.
        let (known_list, known) = self.f.list_end;
        let mut last = if known_list == *list { known } else { *list };
        let mut steps = 0;
        loop {
            match self.next_jump(last) {
                NO_JUMP => break,
                next => last = next,
            }
            steps += 1;
        }
        self.f.list_end = (*list, last);
        self.set_target(last, other)?;
        self.lexer.l.charge(steps / JUMPS_PER_UNIT)
    }

    /// The instruction that decides about a jump: the test before it, or the jump itself.
    pub fn control_of(&self, jump: i32) -> i32 {
        let is_test = |pc| self.at(pc).opcode().is_some_and(|op| op.modes().is_test);
        if jump >= 1 && is_test(jump - 1) { jump - 1 } else { jump }
    }

    /// Whether some jump of the list does not carry a value.
    pub fn needs_value(&self, mut list: i32) -> bool {
        while list != NO_JUMP {
            if !self.at(self.control_of(list)).is(Opcode::TestSet) {
                return true;
            }
            list = self.next_jump(list);
        }
        false
    }

    /// Makes a jump that carries a value put it into `register`, or drop it. False: carries none.
    fn direct_value(&mut self, jump: i32, register: u32) -> bool {
        let pc = self.control_of(jump);
        let i = self.at(pc);
        if !i.is(Opcode::TestSet) {
            return false;
        }
        let new = if register != NO_REGISTER && register != i.b() {
            i.with_a(register)
        } else {
            Instruction::abc(Opcode::Test, i.b(), 0, i.c())
        };
        self.set_at(pc, new);
        true
    }

    pub fn drop_values(&mut self, mut list: i32) {
        while list != NO_JUMP {
            self.direct_value(list, NO_REGISTER);
            list = self.next_jump(list);
        }
    }

    /// Sends the jumps that carry a value to `with_value`, with it in `register`; the others to
    /// `without`.
    pub fn send_jumps(
        &mut self,
        mut list: i32,
        with_value: i32,
        register: u32,
        without: i32,
    ) -> Result<(), Thrown> {
        while list != NO_JUMP {
            let next = self.next_jump(list);
            let carries = self.direct_value(list, register);
            self.set_target(list, if carries { with_value } else { without })?;
            list = next;
        }
        Ok(())
    }

    fn land_pending_jumps(&mut self) -> Result<(), Thrown> {
        let pc = self.pc();
        self.send_jumps(self.f.pending_jumps, pc, NO_REGISTER, pc)?;
        self.f.pending_jumps = NO_JUMP;
        Ok(())
    }

    pub fn patch_to(&mut self, list: i32, target: i32) -> Result<(), Thrown> {
        if target == self.pc() {
            return self.patch_here(list);
        }
        self.send_jumps(list, target, NO_REGISTER, target)
    }

    /// Sends the jumps to the next instruction, once there is one.
    pub fn patch_here(&mut self, list: i32) -> Result<(), Thrown> {
        self.label();
        let mut pending = self.f.pending_jumps;
        self.join(&mut pending, list)?;
        self.f.pending_jumps = pending;
        Ok(())
    }

    // Registers ---------------------------------------------------------------------------------

    /// Makes sure that `count` registers above those in use exist.
    #[inline]
    pub fn check_stack(&mut self, count: u32) -> Result<(), Thrown> {
        let size = self.f.free_register + count;
        if size > self.f.max_stack as u32 {
            if size >= MAX_REGISTERS {
                let message = b"function or expression too complex";
                return Err(self.lexer.syntax_error(message));
            }
            self.f.max_stack = size as u8;
        }
        Ok(())
    }

    #[inline]
    pub fn reserve(&mut self, count: u32) -> Result<(), Thrown> {
        self.check_stack(count)?;
        self.f.free_register += count;
        Ok(())
    }

    /// Gives up a register that held a temporary value.
    #[inline]
    pub fn free_rk(&mut self, rk: u32) {
        if !is_constant(rk) && rk >= self.f.active_count {
            self.f.free_register -= 1;
            debug_assert!(rk == self.f.free_register);
        }
    }
}
