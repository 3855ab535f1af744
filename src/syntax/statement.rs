//! Statements (manual §2.4), by recursive descent, straight to instructions.
//!
//! Not here: expressions (`parse_expression`).

use crate::bytecode::{Instruction, Opcode};
use crate::heap::Gc;
use crate::object::proto::VARARG_IS_VARARG;
use crate::object::{Proto, Str, Value};
use crate::state::Thrown;
use crate::syntax::expression::{Expr, Kind};
use crate::syntax::function::{Compiler, MAX_LEVELS, NO_JUMP};
use crate::syntax::token::Token;

impl Compiler<'_, '_> {
    /// The whole chunk.
    pub fn main_function(&mut self) -> Result<Gc<Proto>, Thrown> {
        self.f.vararg = VARARG_IS_VARARG;
        self.lexer.next()?;
        self.chunk()?;
        self.check(Token::Eos)?;
        self.end_function()
    }

    /// The last return of a function, and the function as a Proto.
    pub fn end_function(&mut self) -> Result<Gc<Proto>, Thrown> {
        self.deactivate_to(0);
        self.emit_return(0, 1)?;
        self.finish_function()
    }

    // Tokens ------------------------------------------------------------------------------------

    #[inline(always)]
    pub fn token(&self) -> Token {
        self.lexer.token()
    }

    #[cold]
    pub fn expected(&mut self, token: Token) -> Thrown {
        self.lexer.error_at_token(&[b"'", token.text().as_bytes(), b"' expected"])
    }

    /// Takes the token if it is this one.
    #[inline]
    pub fn accept(&mut self, token: Token) -> Result<bool, Thrown> {
        if self.token() != token {
            return Ok(false);
        }
        self.lexer.next()?;
        Ok(true)
    }

    pub fn check(&mut self, token: Token) -> Result<(), Thrown> {
        if self.token() == token { Ok(()) } else { Err(self.expected(token)) }
    }

    pub fn expect(&mut self, token: Token) -> Result<(), Thrown> {
        self.check(token)?;
        self.lexer.next()
    }

    /// Takes the token that closes what `opened` began on line `line`.
    pub fn expect_match(&mut self, token: Token, opened: Token, line: i32) -> Result<(), Thrown> {
        if self.accept(token)? {
            return Ok(());
        }
        if line == self.lexer.line {
            return Err(self.expected(token));
        }
        let mut digits = crate::base::chunk_id::Digits::new();
        let (what, who) = (token.text().as_bytes(), opened.text().as_bytes());
        let line = digits.of(line as i64);
        Err(self.lexer.error_at_token(&[
            b"'", what, b"' expected (to close '", who, b"' at line ", line, b")",
        ]))
    }

    pub fn name(&mut self) -> Result<Gc<Str>, Thrown> {
        self.check(Token::Name)?;
        let name = self.lexer.current.string;
        self.lexer.next()?;
        Ok(name)
    }

    // Blocks ------------------------------------------------------------------------------------

    pub fn chunk(&mut self) -> Result<(), Thrown> {
        self.enter_level()?;
        let mut is_last = false;
        while !is_last && !self.token().ends_block() {
            is_last = self.statement()?;
            self.accept(Token::Semicolon)?;
            debug_assert!(self.f.max_stack as u32 >= self.f.free_register);
            self.f.free_register = self.f.active_count;
        }
        self.leave_level();
        Ok(())
    }

    pub fn inner_block(&mut self) -> Result<(), Thrown> {
        self.enter_block(false)?;
        self.chunk()?;
        self.leave_block()
    }

    /// One statement; true if none may follow it.
    fn statement(&mut self) -> Result<bool, Thrown> {
        let line = self.lexer.line;
        match self.token() {
            Token::If => self.if_statement(line)?,
            Token::While => self.while_statement(line)?,
            Token::Do => {
                self.lexer.next()?;
                self.inner_block()?;
                self.expect_match(Token::End, Token::Do, line)?;
            }
            Token::For => self.for_statement(line)?,
            Token::Repeat => self.repeat_statement(line)?,
            Token::Function => self.function_statement(line)?,
            Token::Local => {
                self.lexer.next()?;
                if self.accept(Token::Function)? {
                    self.local_function()?;
                } else {
                    self.local_statement()?;
                }
            }
            Token::Return => {
                self.return_statement()?;
                return Ok(true);
            }
            Token::Break => {
                self.lexer.next()?;
                self.emit_break()?;
                return Ok(true);
            }
            _ => self.expression_statement()?,
        }
        Ok(false)
    }

    // Control structures ------------------------------------------------------------------------

    /// A condition; the list of jumps taken when it does not hold.
    fn condition(&mut self) -> Result<i32, Thrown> {
        let mut e = Expr::VOID;
        self.expression(&mut e)?;
        if e.kind == Kind::Nil {
            e.kind = Kind::False;
        }
        self.go_if_true(&mut e)?;
        Ok(e.if_false)
    }

    fn if_statement(&mut self, line: i32) -> Result<(), Thrown> {
        let mut to_end = NO_JUMP;
        let mut to_next = self.condition_and_block()?;
        while self.token() == Token::ElseIf {
            let jump = self.emit_jump()?;
            self.join(&mut to_end, jump)?;
            self.patch_here(to_next)?;
            to_next = self.condition_and_block()?;
        }
        if self.token() == Token::Else {
            let jump = self.emit_jump()?;
            self.join(&mut to_end, jump)?;
            self.patch_here(to_next)?;
            self.lexer.next()?;
            self.inner_block()?;
        } else {
            self.join(&mut to_end, to_next)?;
        }
        self.patch_here(to_end)?;
        self.expect_match(Token::End, Token::If, line)
    }

    fn condition_and_block(&mut self) -> Result<i32, Thrown> {
        self.lexer.next()?;
        let otherwise = self.condition()?;
        self.expect(Token::Then)?;
        self.inner_block()?;
        Ok(otherwise)
    }

    fn while_statement(&mut self, line: i32) -> Result<(), Thrown> {
        self.lexer.next()?;
        let begin = self.label();
        let exit = self.condition()?;
        self.enter_block(true)?;
        self.expect(Token::Do)?;
        self.inner_block()?;
        let back = self.emit_jump()?;
        self.patch_to(back, begin)?;
        self.expect_match(Token::End, Token::While, line)?;
        self.leave_block()?;
        self.patch_here(exit)
    }

    fn repeat_statement(&mut self, line: i32) -> Result<(), Thrown> {
        let begin = self.label();
        self.enter_block(true)?;
        self.enter_block(false)?;
        self.lexer.next()?;
        self.chunk()?;
        self.expect_match(Token::Until, Token::Repeat, line)?;
        let again = self.condition()?; // the body's variables are visible in it
        if self.block().is_some_and(|b| b.has_captured) {
            // They must be closed on both ways out.
            self.emit_break()?;
            self.patch_here(again)?;
            self.leave_block()?;
            let back = self.emit_jump()?;
            self.patch_to(back, begin)?;
        } else {
            self.leave_block()?;
            self.patch_to(again, begin)?;
        }
        self.leave_block()
    }

    fn for_statement(&mut self, line: i32) -> Result<(), Thrown> {
        self.enter_block(true)?;
        self.lexer.next()?;
        let name = self.name()?;
        match self.token() {
            Token::Assign => self.numeric_for(name, line)?,
            Token::Comma | Token::In => self.generic_for(name)?,
            _ => return Err(self.lexer.syntax_error(b"'=' or 'in' expected")),
        }
        self.expect_match(Token::End, Token::For, line)?;
        self.leave_block()
    }

    fn expression_in_next(&mut self) -> Result<(), Thrown> {
        let mut e = Expr::VOID;
        self.expression(&mut e)?;
        self.put_in_next(&mut e)
    }

    fn numeric_for(&mut self, name: Gc<Str>, line: i32) -> Result<(), Thrown> {
        let base = self.f.free_register;
        self.declare_hidden(b"(for index)", 0)?;
        self.declare_hidden(b"(for limit)", 1)?;
        self.declare_hidden(b"(for step)", 2)?;
        self.declare(name, 3)?;
        self.expect(Token::Assign)?;
        self.expression_in_next()?;
        self.expect(Token::Comma)?;
        self.expression_in_next()?;
        if self.accept(Token::Comma)? {
            self.expression_in_next()?;
        } else {
            let one = self.constant(Value::number(1.0))?;
            self.emit_abx(Opcode::LoadK, self.f.free_register, one)?;
            self.reserve(1)?;
        }
        self.for_body(base, line, None)
    }

    fn generic_for(&mut self, first: Gc<Str>) -> Result<(), Thrown> {
        let base = self.f.free_register;
        self.declare_hidden(b"(for generator)", 0)?;
        self.declare_hidden(b"(for state)", 1)?;
        self.declare_hidden(b"(for control)", 2)?;
        self.declare(first, 3)?;
        let mut count = 4;
        while self.accept(Token::Comma)? {
            let name = self.name()?;
            self.declare(name, count)?;
            count += 1;
        }
        self.expect(Token::In)?;
        let line = self.lexer.line;
        let mut last = Expr::VOID;
        let given = self.expression_list(&mut last)?;
        self.adjust(3, given, &mut last)?;
        self.check_stack(3)?; // for the call of the iterator
        self.for_body(base, line, Some(count - 3))
    }

    /// The body of a loop over `variables`, or of a numeric one.
    fn for_body(&mut self, base: u32, line: i32, variables: Option<u32>) -> Result<(), Thrown> {
        self.activate(3);
        self.expect(Token::Do)?;
        let enter = match variables {
            None => self.emit(Instruction::asbx(Opcode::ForPrep, base, NO_JUMP))?,
            Some(_) => self.emit_jump()?,
        };
        let declared = variables.unwrap_or(1);
        self.enter_block(false)?;
        self.activate(declared);
        self.reserve(declared)?;
        self.inner_block()?;
        self.leave_block()?;
        self.patch_here(enter)?;
        let again = match variables {
            None => self.emit(Instruction::asbx(Opcode::ForLoop, base, NO_JUMP))?,
            Some(count) => self.emit_abc(Opcode::TForLoop, base, 0, count)?,
        };
        self.fix_line(line);
        let back = if variables.is_some() { self.emit_jump()? } else { again };
        self.patch_to(back, enter + 1)
    }

    // Declarations and assignments --------------------------------------------------------------

    fn local_function(&mut self) -> Result<(), Thrown> {
        let name = self.name()?;
        self.declare(name, 0)?;
        let variable = Expr::new(Kind::Local(self.f.free_register));
        self.reserve(1)?;
        self.activate(1);
        let mut body = Expr::VOID;
        self.function_body(&mut body, false, self.lexer.line)?;
        self.store(&variable, &mut body)?;
        // A debugger sees the variable only from here on.
        let pc = self.pc();
        self.local_mut(self.f.active_count - 1).start_pc = pc;
        Ok(())
    }

    fn local_statement(&mut self) -> Result<(), Thrown> {
        let mut count = 0;
        loop {
            let name = self.name()?;
            self.declare(name, count)?;
            count += 1;
            if !self.accept(Token::Comma)? {
                break;
            }
        }
        let mut last = Expr::VOID;
        let given = if self.accept(Token::Assign)? { self.expression_list(&mut last)? } else { 0 };
        self.adjust(count, given, &mut last)?;
        self.activate(count);
        Ok(())
    }

    /// `function a.b.c:d`.
    fn function_statement(&mut self, line: i32) -> Result<(), Thrown> {
        self.lexer.next()?;
        let name = self.name()?;
        let mut variable = Expr::VOID;
        self.variable(&mut variable, name)?;
        while self.token() == Token::Dot {
            self.field(&mut variable)?;
        }
        let is_method = self.token() == Token::Colon;
        if is_method {
            self.field(&mut variable)?;
        }
        let mut body = Expr::VOID;
        self.function_body(&mut body, is_method, line)?;
        self.store(&variable, &mut body)?;
        self.fix_line(line); // the definition "happens" where it begins
        Ok(())
    }

    fn expression_statement(&mut self) -> Result<(), Thrown> {
        let mut target = Expr::VOID;
        self.primary_expression(&mut target)?;
        if let Kind::Call(pc) = target.kind {
            self.set_at(pc, self.at(pc).with_c(1)); // no results wanted
            return Ok(());
        }
        self.assignment(&target)
    }

    fn check_assignable(&mut self, target: &Expr) -> Result<(), Thrown> {
        match target.kind {
            Kind::Local(_) | Kind::Upvalue(_) | Kind::Global(_) | Kind::Indexed(..) => Ok(()),
            _ => Err(self.lexer.syntax_error(b"syntax error")),
        }
    }

    fn assignment(&mut self, first: &Expr) -> Result<(), Thrown> {
        self.check_assignable(first)?;
        let mut last = Expr::VOID;
        if self.token() != Token::Comma {
            self.expect(Token::Assign)?;
            let given = self.expression_list(&mut last)?;
            return self.assign_last(first, 1, given, &mut last).map(drop);
        }
        let mut targets = crate::heap::Buffer::new(self.lexer.l.heap());
        targets.push(*first)?;
        while self.accept(Token::Comma)? {
            let mut target = Expr::VOID;
            self.primary_expression(&mut target)?;
            if let Kind::Local(register) = target.kind {
                self.save_conflicting(&mut targets, register)?;
            }
            let most = MAX_LEVELS - self.levels;
            if targets.len() as u32 > most {
                return Err(self.limit_error(self.f, most, b"variables in assignment"));
            }
            self.check_assignable(&target)?;
            targets.push(target)?;
        }
        self.expect(Token::Assign)?;
        let given = self.expression_list(&mut last)?;
        let mut count = targets.len();
        if self.assign_last(&targets[count - 1], count as u32, given, &mut last)? {
            count -= 1;
        }
        while count > 0 {
            count -= 1;
            let mut value = Expr::new(Kind::Register(self.f.free_register - 1));
            self.store(&targets[count], &mut value)?;
        }
        Ok(())
    }

    /// Brings the values of an assignment where its targets can take them. If there are as many as
    /// targets, the last one is assigned at once, without a detour (true).
    fn assign_last(
        &mut self,
        target: &Expr,
        targets: u32,
        given: u32,
        last: &mut Expr,
    ) -> Result<bool, Thrown> {
        if given == targets {
            self.set_one_result(last);
            self.store(target, last)?;
            return Ok(true);
        }
        self.adjust(targets, given, last)?;
        if given > targets {
            self.f.free_register -= given - targets;
        }
        if targets == 1 {
            let mut value = Expr::new(Kind::Register(self.f.free_register - 1));
            self.store(target, &mut value)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// A local variable that is about to be assigned is also the table or key of an earlier target:
    /// these then use a copy.
    fn save_conflicting(&mut self, targets: &mut [Expr], register: u32) -> Result<(), Thrown> {
        let copy = self.f.free_register;
        let mut conflict = false;
        for target in targets {
            if let Kind::Indexed(table, key) = &mut target.kind {
                for operand in [table, key] {
                    if *operand == register {
                        conflict = true;
                        *operand = copy;
                    }
                }
            }
        }
        if conflict {
            self.emit_abc(Opcode::Move, copy, register, 0)?;
            self.reserve(1)?;
        }
        Ok(())
    }

    /// Makes `wanted` values of `given` expressions, of which `last` is the last one.
    pub fn adjust(&mut self, wanted: u32, given: u32, last: &mut Expr) -> Result<(), Thrown> {
        if last.is_open() {
            let extra = (wanted + 1).saturating_sub(given);
            self.set_results(last, extra)?;
            if extra > 1 {
                self.reserve(extra - 1)?;
            }
            return Ok(());
        }
        if last.kind != Kind::Void {
            self.put_in_next(last)?;
        }
        if wanted > given {
            let from = self.f.free_register;
            self.reserve(wanted - given)?;
            self.emit_nils(from, wanted - given)?;
        }
        Ok(())
    }

    fn return_statement(&mut self) -> Result<(), Thrown> {
        self.lexer.next()?;
        if self.token().ends_block() || self.token() == Token::Semicolon {
            return self.emit_return(0, 1);
        }
        let mut last = Expr::VOID;
        let count = self.expression_list(&mut last)?;
        let active = self.f.active_count;
        if last.is_open() {
            self.set_open_results(&last)?;
            if let (Kind::Call(pc), 1) = (last.kind, count) {
                self.set_at(pc, self.at(pc).with_opcode(Opcode::TailCall));
            }
            return self.emit_return(active, 0);
        }
        if count == 1 {
            let register = self.put_in_any(&mut last)?;
            return self.emit_return(register, 2);
        }
        self.put_in_next(&mut last)?;
        self.emit_return(active, count + 1)
    }
}
