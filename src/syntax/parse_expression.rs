//! Expressions (manual §2.5), by recursive descent and operator priorities.
//!
//! Not here: statements (`statement`), instructions (`expression`, `operator`).

use crate::bytecode::Opcode;
use crate::bytecode::opcode::{FIELDS_PER_FLUSH, MAX_BX, size_to_byte};
use crate::object::proto::{VARARG_HAS_ARG, VARARG_IS_VARARG, VARARG_NEEDS_ARG};
use crate::state::Thrown;
use crate::syntax::expression::{Expr, Kind};
use crate::syntax::function::{Compiler, MAX_UPVALUES};
use crate::syntax::operator::{Binary, UNARY_PRIORITY, Unary};
use crate::syntax::token::Token;

/// A table constructor being read.
struct Constructor {
    table: u32,
    /// The newest list item, not yet in a register.
    item: Expr,
    items: u32,
    /// Items on the stack, not yet stored.
    pending: u32,
    fields: u32,
}

impl Compiler<'_, '_> {
    #[inline]
    pub fn expression(&mut self) -> Result<Expr, Thrown> {
        Ok(self.sub_expression(0)?.0)
    }

    /// An expression whose operators hold more strongly than `limit`, and the operator after it.
    fn sub_expression(&mut self, limit: u8) -> Result<(Expr, Option<Binary>), Thrown> {
        self.enter_level()?;
        let mut left = match Unary::of(self.token()) {
            Some(op) => {
                self.lexer.next()?;
                let (mut operand, _) = self.sub_expression(UNARY_PRIORITY)?;
                self.prefix(op, &mut operand)?;
                operand
            }
            None => self.simple_expression()?,
        };
        let mut next = Binary::of(self.token());
        while let Some(op) = next
            && op.priorities().0 > limit
        {
            self.lexer.next()?;
            self.infix(op, &mut left)?;
            let (mut right, following) = self.sub_expression(op.priorities().1)?;
            self.postfix(op, &mut left, &mut right)?;
            next = following;
        }
        self.leave_level();
        Ok((left, next))
    }

    /// A list of at least one expression: how many, and the last one; the others are in registers.
    pub fn expression_list(&mut self) -> Result<(u32, Expr), Thrown> {
        let mut count = 1;
        let mut e = self.expression()?;
        while self.accept(Token::Comma)? {
            self.put_in_next(&mut e)?;
            e = self.expression()?;
            count += 1;
        }
        Ok((count, e))
    }

    fn simple_expression(&mut self) -> Result<Expr, Thrown> {
        let kind = match self.token() {
            Token::Number => Kind::Number(self.lexer.current.number),
            Token::String => Kind::Constant(self.string_constant(self.lexer.current.string)?),
            Token::Nil => Kind::Nil,
            Token::True => Kind::True,
            Token::False => Kind::False,
            Token::Dots => {
                if self.f.vararg == 0 {
                    let message = b"cannot use '...' outside a vararg function";
                    return Err(self.lexer.syntax_error(message));
                }
                self.f.vararg &= !VARARG_NEEDS_ARG; // then `arg` is not made
                Kind::Vararg(self.emit_abc(Opcode::Vararg, 0, 1, 0)?)
            }
            Token::LeftBrace => return self.constructor(),
            Token::Function => {
                self.lexer.next()?;
                return self.function_body(false, self.lexer.line);
            }
            _ => return self.primary_expression(),
        };
        self.lexer.next()?;
        Ok(Expr::new(kind))
    }

    /// A variable or an expression in parentheses, with the indices and calls that follow it.
    pub fn primary_expression(&mut self) -> Result<Expr, Thrown> {
        let mut e = self.prefix_expression()?;
        loop {
            match self.token() {
                Token::Dot => self.field(&mut e)?,
                Token::LeftBracket => {
                    self.put_in_any(&mut e)?;
                    let mut key = self.bracketed_key()?;
                    self.index(&mut e, &mut key)?;
                }
                Token::Colon => {
                    self.lexer.next()?;
                    let mut name = self.name_constant()?;
                    self.method(&mut e, &mut name)?;
                    self.call(&mut e)?;
                }
                Token::LeftParen | Token::String | Token::LeftBrace => {
                    self.put_in_next(&mut e)?;
                    self.call(&mut e)?;
                }
                _ => return Ok(e),
            }
        }
    }

    fn prefix_expression(&mut self) -> Result<Expr, Thrown> {
        match self.token() {
            Token::Name => {
                let name = self.name()?;
                self.variable(name)
            }
            Token::LeftParen => {
                let line = self.lexer.line;
                self.lexer.next()?;
                let mut e = self.expression()?;
                self.expect_match(Token::RightParen, Token::LeftParen, line)?;
                self.discharge_variable(&mut e)?;
                Ok(e)
            }
            _ => Err(self.lexer.syntax_error(b"unexpected symbol")),
        }
    }

    fn name_constant(&mut self) -> Result<Expr, Thrown> {
        let name = self.name()?;
        Ok(Expr::new(Kind::Constant(self.string_constant(name)?)))
    }

    /// `.name` or `:name`.
    pub fn field(&mut self, table: &mut Expr) -> Result<(), Thrown> {
        self.put_in_any(table)?;
        self.lexer.next()?;
        let mut key = self.name_constant()?;
        self.index(table, &mut key)
    }

    /// `[key]`.
    fn bracketed_key(&mut self) -> Result<Expr, Thrown> {
        self.lexer.next()?;
        let mut key = self.expression()?;
        self.make_value(&mut key)?;
        self.expect(Token::RightBracket)?;
        Ok(key)
    }

    /// The arguments of a call whose function (and object) is on top of the registers.
    fn call(&mut self, function: &mut Expr) -> Result<(), Thrown> {
        let line = self.lexer.line;
        let mut arguments = match self.token() {
            Token::LeftParen => {
                if line != self.lexer.last_line {
                    let message = b"ambiguous syntax (function call x new statement)";
                    return Err(self.lexer.syntax_error(message));
                }
                self.lexer.next()?;
                let mut last = Expr::new(Kind::Void);
                if self.token() != Token::RightParen {
                    last = self.expression_list()?.1;
                    self.set_open_results(&last)?;
                }
                self.expect_match(Token::RightParen, Token::LeftParen, line)?;
                last
            }
            Token::LeftBrace => self.constructor()?,
            Token::String => {
                let k = self.string_constant(self.lexer.current.string)?;
                self.lexer.next()?;
                Expr::new(Kind::Constant(k))
            }
            _ => return Err(self.lexer.syntax_error(b"function arguments expected")),
        };
        let Kind::Register(base) = function.kind else { return Ok(()) };
        let count = if arguments.is_open() {
            0
        } else {
            if arguments.kind != Kind::Void {
                self.put_in_next(&mut arguments)?;
            }
            self.f.free_register - base
        };
        let pc = self.emit_abc(Opcode::Call, base, count, 2)?;
        *function = Expr::new(Kind::Call(pc));
        self.fix_line(line);
        self.f.free_register = base + 1; // function and arguments give way to one result
        Ok(())
    }

    // Tables ------------------------------------------------------------------------------------

    fn constructor(&mut self) -> Result<Expr, Thrown> {
        let line = self.lexer.line;
        let pc = self.emit_abc(Opcode::NewTable, 0, 0, 0)?;
        let mut table = Expr::new(Kind::Relocatable(pc));
        self.put_in_next(&mut table)?;
        let mut c = Constructor {
            table: self.f.free_register - 1,
            item: Expr::new(Kind::Void),
            items: 0,
            pending: 0,
            fields: 0,
        };
        self.expect(Token::LeftBrace)?;
        while self.token() != Token::RightBrace {
            self.close_item(&mut c)?;
            match self.token() {
                Token::Name if !self.lexer.assign_follows()? => self.item(&mut c)?,
                Token::Name | Token::LeftBracket => self.record_field(&mut c)?,
                _ => self.item(&mut c)?,
            }
            if !self.accept(Token::Comma)? && !self.accept(Token::Semicolon)? {
                break;
            }
        }
        self.expect_match(Token::RightBrace, Token::LeftBrace, line)?;
        self.last_item(&mut c)?;
        let i = self.at(pc).with_b(size_to_byte(c.items)).with_c(size_to_byte(c.fields));
        self.set_at(pc, i);
        Ok(table)
    }

    fn item(&mut self, c: &mut Constructor) -> Result<(), Thrown> {
        c.item = self.expression()?;
        if c.items >= i32::MAX as u32 - 2 {
            return Err(self.limit_error(self.f, i32::MAX as u32 - 2, b"items in a constructor"));
        }
        c.items += 1;
        c.pending += 1;
        Ok(())
    }

    /// Puts the newest item on the stack, and stores those there if they are enough.
    fn close_item(&mut self, c: &mut Constructor) -> Result<(), Thrown> {
        if c.item.kind == Kind::Void {
            return Ok(());
        }
        self.put_in_next(&mut c.item)?;
        c.item.kind = Kind::Void;
        if c.pending == FIELDS_PER_FLUSH {
            self.flush_items(c.table, c.items, Some(c.pending))?;
            c.pending = 0;
        }
        Ok(())
    }

    fn last_item(&mut self, c: &mut Constructor) -> Result<(), Thrown> {
        if c.pending == 0 {
            return Ok(());
        }
        if c.item.is_open() {
            self.set_open_results(&c.item)?;
            self.flush_items(c.table, c.items, None)?;
            c.items -= 1; // how many the open one brings is not known
            return Ok(());
        }
        if c.item.kind != Kind::Void {
            self.put_in_next(&mut c.item)?;
        }
        self.flush_items(c.table, c.items, Some(c.pending))
    }

    /// `name = value` or `[key] = value`.
    fn record_field(&mut self, c: &mut Constructor) -> Result<(), Thrown> {
        let register = self.f.free_register;
        let mut key = match self.token() {
            Token::Name => {
                if c.fields > i32::MAX as u32 - 2 {
                    let most = i32::MAX as u32 - 2;
                    return Err(self.limit_error(self.f, most, b"items in a constructor"));
                }
                self.name_constant()?
            }
            _ => self.bracketed_key()?,
        };
        c.fields += 1;
        self.expect(Token::Assign)?;
        let key = self.make_rk(&mut key)?;
        let mut value = self.expression()?;
        let value = self.make_rk(&mut value)?;
        self.emit_abc(Opcode::SetTable, c.table, key, value)?;
        self.f.free_register = register;
        Ok(())
    }

    // Functions ---------------------------------------------------------------------------------

    /// Parameters and body of a function whose definition began on `line`.
    pub fn function_body(&mut self, is_method: bool, line: i32) -> Result<Expr, Thrown> {
        self.open_function(line)?;
        self.expect(Token::LeftParen)?;
        if is_method {
            self.declare_hidden(b"self", 0)?;
            self.activate(1);
        }
        self.parameters()?;
        self.expect(Token::RightParen)?;
        self.chunk()?;
        self.f.last_line_defined = self.lexer.line;
        self.expect_match(Token::End, Token::Function, line)?;
        let upvalue_count = self.f.upvalue_count as usize;
        let upvalues_begin = self.outer.len() * MAX_UPVALUES;
        let proto = self.end_function()?;

        let index = self.protos.len() as u32 - self.f.protos_begin;
        if index >= MAX_BX {
            return Err(self.lexer.l.runtime_error(&[b"constant table overflow"]));
        }
        self.protos.push(proto)?;
        let closure = Expr::new(Kind::Relocatable(self.emit_abx(Opcode::Closure, 0, index)?));
        for i in 0..upvalue_count {
            let upvalue = self.upvalues[upvalues_begin + i];
            let op = if upvalue.is_local { Opcode::Move } else { Opcode::GetUpval };
            self.emit_abc(op, 0, upvalue.index as u32, 0)?;
        }
        Ok(closure)
    }

    fn parameters(&mut self) -> Result<(), Thrown> {
        let mut count = 0;
        if self.token() != Token::RightParen {
            loop {
                match self.token() {
                    Token::Name => {
                        let name = self.name()?;
                        self.declare(name, count)?;
                        count += 1;
                    }
                    Token::Dots => {
                        self.lexer.next()?;
                        // COMPAT: a table `arg` of the extra arguments, made unless `...` is used.
                        self.declare_hidden(b"arg", count)?;
                        count += 1;
                        self.f.vararg = VARARG_HAS_ARG | VARARG_NEEDS_ARG | VARARG_IS_VARARG;
                    }
                    _ => return Err(self.lexer.syntax_error(b"<name> or '...' expected")),
                }
                if self.f.vararg != 0 || !self.accept(Token::Comma)? {
                    break;
                }
            }
        }
        self.activate(count);
        let has_arg = self.f.vararg & VARARG_HAS_ARG;
        self.f.param_count = self.f.active_count as u8 - has_arg;
        self.reserve(self.f.active_count)
    }
}
