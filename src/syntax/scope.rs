//! Names: local variables, upvalues, globals, and the blocks in which names are visible.
//!
//! A block that declares a variable which a nested function captures ends with a CLOSE.
//!
//! Not here: statements (`statement`).

use crate::bytecode::Opcode;
use crate::heap::Gc;
use crate::object::{LocalVar, Str};
use crate::state::Thrown;
use crate::syntax::expression::{Expr, Kind};
use crate::syntax::function::{Compiler, Function, MAX_UPVALUES, NO_JUMP};

/// The most active local variables of a function (`LUAI_MAXVARS`).
const MAX_ACTIVE: u32 = 200;
/// The most local variables of a function in all its blocks.
const MAX_LOCALS: usize = i16::MAX as usize;
/// Names that are compared in the time of a short call.
const NAMES_PER_UNIT: usize = 16;

#[derive(Clone, Copy)]
pub struct Block {
    /// Jumps out of this loop.
    pub breaks: i32,
    /// How many local variables were active when it began.
    pub active_count: u32,
    pub is_loop: bool,
    /// Some variable of it is captured.
    pub has_captured: bool,
}

/// What a closure's upvalue is taken from when the closure is made.
#[derive(Clone, Copy)]
pub struct Upvalue {
    /// A local variable of the function around it, or one of that function's upvalues.
    pub is_local: bool,
    pub index: u8,
    pub name: Option<Gc<Str>>,
}

const NO_UPVALUE: Upvalue = Upvalue { is_local: false, index: 0, name: None };

impl Compiler<'_, '_> {
    // Local variables ---------------------------------------------------------------------------

    /// Declares the `pending`-th of some variables that become active together.
    pub fn declare(&mut self, name: Gc<Str>, pending: u32) -> Result<(), Thrown> {
        if self.f.active_count + pending + 1 > MAX_ACTIVE {
            return Err(self.limit_error(self.f, MAX_ACTIVE, b"local variables"));
        }
        let index = self.locals.len() - self.f.locals_begin as usize;
        if index >= MAX_LOCALS {
            return Err(self.lexer.l.runtime_error(&[b"too many local variables"]));
        }
        self.locals.push(LocalVar { name: Some(name), start_pc: 0, end_pc: 0 })?;
        self.forget_active(self.f.active_count + pending);
        self.active_names.push(name)?;
        Ok(self.active.push(index as u16)?)
    }

    /// Declares a variable that no program can name, or `self`, or `arg`.
    pub fn declare_hidden(&mut self, name: &[u8], pending: u32) -> Result<(), Thrown> {
        let name = self.lexer.l.new_string(name)?;
        self.lexer.hold(name.header())?;
        self.declare(name, pending)
    }

    pub fn local_mut(&mut self, active: u32) -> &mut LocalVar {
        let index = self.active[self.f.active_begin as usize + active as usize];
        &mut self.locals[self.f.locals_begin as usize + index as usize]
    }

    /// From here on the newest `count` declared variables are visible.
    pub fn activate(&mut self, count: u32) {
        let pc = self.pc();
        for _ in 0..count {
            self.local_mut(self.f.active_count).start_pc = pc;
            self.f.active_count += 1;
        }
    }

    pub fn deactivate_to(&mut self, active_count: u32) {
        let pc = self.pc();
        while self.f.active_count > active_count {
            self.f.active_count -= 1;
            self.local_mut(self.f.active_count).end_pc = pc;
        }
        self.forget_active(active_count);
    }

    /// Takes away all variables of the function above the first `count`.
    fn forget_active(&mut self, count: u32) {
        let len = (self.f.active_begin + count) as usize;
        self.active.truncate(len);
        self.active_names.truncate(len);
    }

    // Finding names -----------------------------------------------------------------------------

    /// The variable that a name means here.
    pub fn variable(&mut self, e: &mut Expr, name: Gc<Str>) -> Result<(), Thrown> {
        if let Some(register) = self.find_local(&self.f, name) {
            *e = Expr::new(Kind::Local(register));
            return Ok(());
        }
        self.lexer.l.global().spend(self.active.len() / NAMES_PER_UNIT); // the names of all functions around this one
        let depth = self.outer.len();
        let kind = match self.find_upvalue(depth, name)? {
            Some(index) => Kind::Upvalue(index),
            None => Kind::Global(self.string_constant(name)?),
        };
        *e = Expr::new(kind);
        Ok(())
    }

    fn find_local(&self, f: &Function, name: Gc<Str>) -> Option<u32> {
        let names = &self.active_names[f.active_begin as usize..][..f.active_count as usize];
        // Short names are the same string or different.
        let found = match name.is_short() {
            true => names.iter().rposition(|&local| local == name),
            false => names.iter().rposition(|local| local.as_bytes() == name.as_bytes()),
        };
        found.map(|register| register as u32)
    }

    fn function_at(&mut self, depth: usize) -> &mut Function {
        if depth == self.outer.len() { &mut self.f } else { &mut self.outer[depth] }
    }

    /// The upvalue by which the function at `depth` reaches a variable of a function around it.
    ///
    /// Finds the variable first, on the way out; then the functions on the way in capture it.
    fn find_upvalue(&mut self, depth: usize, name: Gc<Str>) -> Result<Option<u32>, Thrown> {
        for holder in (0..depth).rev() {
            let f = self.outer[holder];
            let (mut is_local, mut index) = match self.find_local(&f, name) {
                Some(register) => {
                    self.mark_captured(holder, register);
                    (true, register)
                }
                None => continue,
            };
            for taker in holder + 1..=depth {
                index = self.capture(taker, is_local, index, name)?;
                is_local = false;
            }
            return Ok(Some(index));
        }
        Ok(None)
    }

    /// The function's upvalue for what is local variable or upvalue `index` of the one around it.
    fn capture(
        &mut self,
        depth: usize,
        is_local: bool,
        index: u32,
        name: Gc<Str>,
    ) -> Result<u32, Thrown> {
        let begin = depth * MAX_UPVALUES;
        while self.upvalues.len() < begin + MAX_UPVALUES {
            self.upvalues.push(NO_UPVALUE)?;
        }
        let count = self.function_at(depth).upvalue_count as usize;
        let mine = &mut self.upvalues[begin..begin + MAX_UPVALUES];
        let known = |u: &Upvalue| u.is_local == is_local && u.index as u32 == index;
        if let Some(at) = mine[..count].iter().position(known) {
            return Ok(at as u32);
        }
        if count == MAX_UPVALUES {
            let f = *self.function_at(depth);
            return Err(self.limit_error(f, MAX_UPVALUES as u32, b"upvalues"));
        }
        mine[count] = Upvalue { is_local, index: index as u8, name: Some(name) };
        self.function_at(depth).upvalue_count += 1;
        Ok(count as u32)
    }

    fn mark_captured(&mut self, depth: usize, register: u32) {
        let begin = self.outer[depth].blocks_begin as usize;
        let end = match self.outer.get(depth + 1) {
            Some(inner) => inner.blocks_begin,
            None => self.f.blocks_begin,
        };
        let blocks = &mut self.blocks[begin..end as usize];
        if let Some(block) = blocks.iter_mut().rev().find(|b| b.active_count <= register) {
            block.has_captured = true;
        }
    }

    // Blocks ------------------------------------------------------------------------------------

    pub fn enter_block(&mut self, is_loop: bool) -> Result<(), Thrown> {
        let active_count = self.f.active_count;
        let block = Block { breaks: NO_JUMP, active_count, is_loop, has_captured: false };
        Ok(self.blocks.push(block)?)
    }

    pub fn block(&self) -> Option<Block> {
        self.blocks[self.f.blocks_begin as usize..].last().copied()
    }

    pub fn leave_block(&mut self) -> Result<(), Thrown> {
        let Some(block) = self.block() else { return Ok(()) };
        self.blocks.pop();
        self.deactivate_to(block.active_count);
        if block.has_captured {
            self.emit_abc(Opcode::Close, block.active_count, 0, 0)?;
        }
        self.f.free_register = self.f.active_count;
        self.patch_here(block.breaks)
    }

    /// A jump out of the innermost loop.
    pub fn emit_break(&mut self) -> Result<(), Thrown> {
        let begin = self.f.blocks_begin as usize;
        let mut captured = false;
        let mut found = None;
        for at in (begin..self.blocks.len()).rev() {
            if self.blocks[at].is_loop {
                found = Some(at);
                break;
            }
            captured |= self.blocks[at].has_captured;
        }
        let Some(at) = found else {
            return Err(self.lexer.syntax_error(b"no loop to break"));
        };
        if captured {
            self.emit_abc(Opcode::Close, self.blocks[at].active_count, 0, 0)?;
        }
        let jump = self.emit_jump()?;
        let mut breaks = self.blocks[at].breaks;
        self.join(&mut breaks, jump)?;
        self.blocks[at].breaks = breaks;
        Ok(())
    }
}
