//! Expressions (manual §2.5), by recursive descent and operator priorities.
//!
//! PERF: functions fill an `Expr` they are given. One returned is copied in larger pieces than it was written in, and the
//! processor waits for that.
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
    pub fn expression(&mut self, e: &mut Expr) -> Result<(), Thrown> {
        self.sub_expression(e, 0).map(drop)
    }

    /// An expression whose operators hold more strongly than `limit`; the operator after it.
    ///
    /// PERF: literals, which most are, without a call.
    fn sub_expression(&mut self, e: &mut Expr, limit: u8) -> Result<Option<Binary>, Thrown> {
        self.enter_level()?;
        let kind = match self.token() {
            Token::Number => Kind::Number(self.lexer.current.number),
            Token::String => Kind::Constant(self.string_constant(self.lexer.current.string)?),
            Token::Nil => Kind::Nil,
            Token::True => Kind::True,
            Token::False => Kind::False,
            _ => return self.long_expression(e, limit),
        };
        *e = Expr::new(kind);
        self.lexer.next()?;
        self.operators(e, limit)
    }

    #[inline(never)]
    fn long_expression(&mut self, e: &mut Expr, limit: u8) -> Result<Option<Binary>, Thrown> {
        match self.token() {
            Token::Name => self.primary_expression(e)?,
            Token::Dots => self.dots(e)?,
            Token::LeftBrace => self.constructor(e)?,
            Token::Function => {
                self.lexer.next()?;
                self.function_body(e, false, self.lexer.line)?;
            }
            token => match Unary::of(token) {
                None => self.primary_expression(e)?,
                Some(op) => {
                    self.lexer.next()?;
                    self.sub_expression(e, UNARY_PRIORITY)?;
                    self.prefix(op, e)?;
                }
            },
        }
        self.operators(e, limit)
    }

    /// The operators that follow, if they hold more strongly than `limit`, and their right operands.
    #[inline(always)]
    fn operators(&mut self, e: &mut Expr, limit: u8) -> Result<Option<Binary>, Thrown> {
        let mut next = Binary::of(self.token());
        while let Some(op) = next
            && op.priorities().0 > limit
        {
            next = self.right_operand(op, e)?;
        }
        self.leave_level();
        Ok(next)
    }

    /// The operator and its right operand; the operator after that.
    #[inline(never)]
    fn right_operand(&mut self, op: Binary, left: &mut Expr) -> Result<Option<Binary>, Thrown> {
        self.lexer.next()?;
        self.infix(op, left)?;
        let mut right = Expr::VOID;
        let next = self.sub_expression(&mut right, op.priorities().1)?;
        self.postfix(op, left, &mut right)?;
        Ok(next)
    }

    /// A list of at least one expression: how many. `e` is the last one; the others are in registers.
    pub fn expression_list(&mut self, e: &mut Expr) -> Result<u32, Thrown> {
        let mut count = 1;
        self.expression(e)?;
        while self.accept(Token::Comma)? {
            self.put_in_next(e)?;
            self.expression(e)?;
            count += 1;
        }
        Ok(count)
    }

    fn dots(&mut self, e: &mut Expr) -> Result<(), Thrown> {
        if self.f.vararg == 0 {
            let message = b"cannot use '...' outside a vararg function";
            return Err(self.lexer.syntax_error(message));
        }
        self.f.vararg &= !VARARG_NEEDS_ARG; // then `arg` is not made
        *e = Expr::new(Kind::Vararg(self.emit_abc(Opcode::Vararg, 0, 1, 0)?));
        self.lexer.next()
    }

    /// A variable or an expression in parentheses, with the indices and calls that follow it.
    pub fn primary_expression(&mut self, e: &mut Expr) -> Result<(), Thrown> {
        self.prefix_expression(e)?;
        loop {
            match self.token() {
                Token::Dot => self.field(e)?,
                Token::LeftBracket => {
                    self.put_in_any(e)?;
                    let mut key = Expr::VOID;
                    self.bracketed_key(&mut key)?;
                    self.index(e, &mut key)?;
                }
                Token::Colon => {
                    self.lexer.next()?;
                    let mut name = self.name_constant()?;
                    self.method(e, &mut name)?;
                    self.call(e)?;
                }
                Token::LeftParen | Token::String | Token::LeftBrace => {
                    self.put_in_next(e)?;
                    self.call(e)?;
                }
                _ => return Ok(()),
            }
        }
    }

    #[inline(always)]
    fn prefix_expression(&mut self, e: &mut Expr) -> Result<(), Thrown> {
        match self.token() {
            Token::Name => {
                let name = self.name()?;
                self.variable(e, name)
            }
            Token::LeftParen => {
                let line = self.lexer.line;
                self.lexer.next()?;
                self.expression(e)?;
                self.expect_match(Token::RightParen, Token::LeftParen, line)?;
                self.discharge_variable(e)
            }
            _ => Err(self.lexer.syntax_error(b"unexpected symbol")),
        }
    }

    #[inline(always)]
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
    fn bracketed_key(&mut self, key: &mut Expr) -> Result<(), Thrown> {
        self.lexer.next()?;
        self.expression(key)?;
        self.make_value(key)?;
        self.expect(Token::RightBracket)
    }

    /// The arguments of a call whose function (and object) is on top of the registers.
    fn call(&mut self, function: &mut Expr) -> Result<(), Thrown> {
        let line = self.lexer.line;
        let mut arguments = Expr::VOID;
        match self.token() {
            Token::LeftParen => {
                if line != self.lexer.last_line {
                    let message = b"ambiguous syntax (function call x new statement)";
                    return Err(self.lexer.syntax_error(message));
                }
                self.lexer.next()?;
                if self.token() != Token::RightParen {
                    self.expression_list(&mut arguments)?;
                    self.set_open_results(&arguments)?;
                }
                self.expect_match(Token::RightParen, Token::LeftParen, line)?;
            }
            Token::LeftBrace => self.constructor(&mut arguments)?,
            Token::String => {
                arguments.kind = Kind::Constant(self.string_constant(self.lexer.current.string)?);
                self.lexer.next()?;
            }
            _ => return Err(self.lexer.syntax_error(b"function arguments expected")),
        }
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

    fn constructor(&mut self, table: &mut Expr) -> Result<(), Thrown> {
        let line = self.lexer.line;
        let pc = self.emit_abc(Opcode::NewTable, 0, 0, 0)?;
        *table = Expr::new(Kind::Relocatable(pc));
        self.put_in_next(table)?;
        let mut c = Constructor {
            table: self.f.free_register - 1,
            item: Expr::VOID,
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
        Ok(())
    }

    fn item(&mut self, c: &mut Constructor) -> Result<(), Thrown> {
        self.expression(&mut c.item)?;
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
        let mut key = Expr::VOID;
        match self.token() {
            Token::Name => {
                if c.fields > i32::MAX as u32 - 2 {
                    let most = i32::MAX as u32 - 2;
                    return Err(self.limit_error(self.f, most, b"items in a constructor"));
                }
                key = self.name_constant()?;
            }
            _ => self.bracketed_key(&mut key)?,
        }
        c.fields += 1;
        self.expect(Token::Assign)?;
        let key = self.make_rk(&mut key)?;
        let mut value = Expr::VOID;
        self.expression(&mut value)?;
        let value = self.make_rk(&mut value)?;
        self.emit_abc(Opcode::SetTable, c.table, key, value)?;
        self.f.free_register = register;
        Ok(())
    }

    // Functions ---------------------------------------------------------------------------------

    /// Parameters and body of a function whose definition began on `line`.
    pub fn function_body(&mut self, e: &mut Expr, is_method: bool, line: i32) -> Result<(), Thrown> {
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
        *e = Expr::new(Kind::Relocatable(self.emit_abx(Opcode::Closure, 0, index)?));
        for i in 0..upvalue_count {
            let upvalue = self.upvalues[upvalues_begin + i];
            let op = if upvalue.is_local { Opcode::Move } else { Opcode::GetUpval };
            self.emit_abc(op, 0, upvalue.index as u32, 0)?;
        }
        Ok(())
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
