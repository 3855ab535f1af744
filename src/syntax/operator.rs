//! Operators: conditions, arithmetic, comparison, concatenation, and folding of constants.
//!
//! Not here: how operands are brought into registers (`expression`).

use crate::bytecode::Opcode;
use crate::state::Thrown;
use crate::syntax::expression::{Expr, Kind};
use crate::syntax::function::{Compiler, NO_JUMP};
use crate::syntax::token::Token;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unary {
    Minus,
    Not,
    Length,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Concat,
    NotEqual,
    Equal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
}

/// How strongly a unary operator holds its operand.
pub const UNARY_PRIORITY: u8 = 8;

impl Unary {
    pub fn of(token: Token) -> Option<Unary> {
        Some(match token {
            Token::Minus => Unary::Minus,
            Token::Not => Unary::Not,
            Token::Hash => Unary::Length,
            _ => return None,
        })
    }
}

impl Binary {
    pub fn of(token: Token) -> Option<Binary> {
        Some(match token {
            Token::Plus => Binary::Add,
            Token::Minus => Binary::Sub,
            Token::Star => Binary::Mul,
            Token::Slash => Binary::Div,
            Token::Percent => Binary::Mod,
            Token::Caret => Binary::Pow,
            Token::Concat => Binary::Concat,
            Token::NotEqual => Binary::NotEqual,
            Token::EqualTo => Binary::Equal,
            Token::Less => Binary::Less,
            Token::LessEqual => Binary::LessEqual,
            Token::Greater => Binary::Greater,
            Token::GreaterEqual => Binary::GreaterEqual,
            Token::And => Binary::And,
            Token::Or => Binary::Or,
            _ => return None,
        })
    }

    /// How strongly it holds its left and its right operand (manual §2.5.6).
    pub fn priorities(self) -> (u8, u8) {
        match self {
            Binary::Or => (1, 1),
            Binary::And => (2, 2),
            Binary::NotEqual
            | Binary::Equal
            | Binary::Less
            | Binary::LessEqual
            | Binary::Greater
            | Binary::GreaterEqual => (3, 3),
            Binary::Concat => (5, 4),
            Binary::Add | Binary::Sub => (6, 6),
            Binary::Mul | Binary::Div | Binary::Mod => (7, 7),
            Binary::Pow => (10, 9),
        }
    }
}

/// The result that an operation on constants has at run time; None where it is left to the run:
/// divisions by zero, and what would be NaN.
fn fold(op: Opcode, a: f64, b: f64) -> Option<f64> {
    let result = match op {
        Opcode::Add => a + b,
        Opcode::Sub => a - b,
        Opcode::Mul => a * b,
        Opcode::Div if b != 0.0 => a / b,
        Opcode::Mod if b != 0.0 => a - (a / b).floor() * b,
        Opcode::Pow => a.powf(b),
        Opcode::Unm => -a,
        _ => return None,
    };
    (!result.is_nan()).then_some(result)
}

impl Compiler<'_, '_> {
    // Conditions --------------------------------------------------------------------------------

    fn invert(&mut self, jump: i32) {
        let pc = self.control_of(jump);
        let i = self.at(pc);
        self.set_at(pc, i.with_a((i.a() == 0) as u32));
    }

    /// A jump taken when the value is `condition`.
    fn jump_if(&mut self, e: &mut Expr, condition: bool) -> Result<i32, Thrown> {
        if let Kind::Relocatable(pc) = e.kind {
            let i = self.at(pc);
            if i.is(Opcode::Not) {
                self.unemit();
                return self.emit_test(Opcode::Test, i.b(), 0, !condition as u32);
            }
        }
        let register = self.discharge_to_any(e)?;
        self.free_expr(e);
        self.emit_test(Opcode::TestSet, Self::ANY_REGISTER, register, condition as u32)
    }

    /// Goes on if the value is true; jumps away if it is false.
    pub fn go_if_true(&mut self, e: &mut Expr) -> Result<(), Thrown> {
        self.discharge_variable(e)?;
        let away = match e.kind {
            Kind::Constant(_) | Kind::Number(_) | Kind::True => NO_JUMP,
            Kind::Jump(pc) => {
                self.invert(pc);
                pc
            }
            _ => self.jump_if(e, false)?,
        };
        self.join(&mut e.if_false, away)?;
        self.patch_here(e.if_true)?;
        e.if_true = NO_JUMP;
        Ok(())
    }

    /// Goes on if the value is false; jumps away if it is true.
    fn go_if_false(&mut self, e: &mut Expr) -> Result<(), Thrown> {
        self.discharge_variable(e)?;
        let away = match e.kind {
            Kind::Nil | Kind::False => NO_JUMP,
            Kind::Jump(pc) => pc,
            _ => self.jump_if(e, true)?,
        };
        self.join(&mut e.if_true, away)?;
        self.patch_here(e.if_false)?;
        e.if_false = NO_JUMP;
        Ok(())
    }

    fn not(&mut self, e: &mut Expr) -> Result<(), Thrown> {
        self.discharge_variable(e)?;
        match e.kind {
            Kind::Nil | Kind::False => e.kind = Kind::True,
            Kind::Constant(_) | Kind::Number(_) | Kind::True => e.kind = Kind::False,
            Kind::Jump(pc) => self.invert(pc),
            _ => {
                let register = self.discharge_to_any(e)?;
                self.free_expr(e);
                e.kind = Kind::Relocatable(self.emit_abc(Opcode::Not, 0, register, 0)?);
            }
        }
        core::mem::swap(&mut e.if_true, &mut e.if_false);
        self.drop_values(e.if_false);
        self.drop_values(e.if_true);
        Ok(())
    }

    // Operators ---------------------------------------------------------------------------------

    pub fn prefix(&mut self, op: Unary, e: &mut Expr) -> Result<(), Thrown> {
        match op {
            Unary::Not => self.not(e),
            Unary::Minus => {
                if e.numeral().is_none() {
                    self.put_in_any(e)?;
                }
                self.unary(Opcode::Unm, e)
            }
            Unary::Length => {
                self.put_in_any(e)?;
                self.unary(Opcode::Len, e)
            }
        }
    }

    fn unary(&mut self, op: Opcode, e: &mut Expr) -> Result<(), Thrown> {
        if let Some(result) = e.numeral().and_then(|n| fold(op, n, 0.0)) {
            e.kind = Kind::Number(result);
            return Ok(());
        }
        let operand = self.make_rk(e)?;
        self.free_expr(e);
        e.kind = Kind::Relocatable(self.emit_abc(op, 0, operand, 0)?);
        Ok(())
    }

    /// What is done with the left operand before the right one is read.
    pub fn infix(&mut self, op: Binary, left: &mut Expr) -> Result<(), Thrown> {
        match op {
            Binary::And => self.go_if_true(left),
            Binary::Or => self.go_if_false(left),
            Binary::Concat => self.put_in_next(left),
            Binary::Add | Binary::Sub | Binary::Mul | Binary::Div | Binary::Mod | Binary::Pow => {
                if left.numeral().is_none() {
                    self.make_rk(left)?;
                }
                Ok(())
            }
            _ => self.make_rk(left).map(drop),
        }
    }

    /// The operation; its result is in `left`.
    pub fn postfix(&mut self, op: Binary, left: &mut Expr, right: &mut Expr) -> Result<(), Thrown> {
        match op {
            Binary::And => {
                debug_assert!(left.if_true == NO_JUMP);
                self.discharge_variable(right)?;
                self.join(&mut right.if_false, left.if_false)?;
                *left = *right;
                Ok(())
            }
            Binary::Or => {
                debug_assert!(left.if_false == NO_JUMP);
                self.discharge_variable(right)?;
                self.join(&mut right.if_true, left.if_true)?;
                *left = *right;
                Ok(())
            }
            Binary::Concat => self.concat(left, right),
            Binary::Add => self.arithmetic(Opcode::Add, left, right),
            Binary::Sub => self.arithmetic(Opcode::Sub, left, right),
            Binary::Mul => self.arithmetic(Opcode::Mul, left, right),
            Binary::Div => self.arithmetic(Opcode::Div, left, right),
            Binary::Mod => self.arithmetic(Opcode::Mod, left, right),
            Binary::Pow => self.arithmetic(Opcode::Pow, left, right),
            Binary::Equal => self.comparison(Opcode::Eq, true, left, right),
            Binary::NotEqual => self.comparison(Opcode::Eq, false, left, right),
            Binary::Less => self.comparison(Opcode::Lt, true, left, right),
            Binary::LessEqual => self.comparison(Opcode::Le, true, left, right),
            Binary::Greater => self.comparison(Opcode::Lt, false, left, right),
            Binary::GreaterEqual => self.comparison(Opcode::Le, false, left, right),
        }
    }

    /// Joins chains: `a .. (b .. c)` is one instruction over consecutive registers.
    fn concat(&mut self, left: &mut Expr, right: &mut Expr) -> Result<(), Thrown> {
        self.make_value(right)?;
        if let (Kind::Relocatable(pc), Kind::Register(first)) = (right.kind, left.kind)
            && self.at(pc).is(Opcode::Concat)
        {
            debug_assert!(first == self.at(pc).b() - 1);
            self.free_expr(left);
            self.set_at(pc, self.at(pc).with_b(first));
            left.kind = Kind::Relocatable(pc);
            return Ok(());
        }
        self.put_in_next(right)?;
        self.arithmetic(Opcode::Concat, left, right)
    }

    fn arithmetic(&mut self, op: Opcode, left: &mut Expr, right: &mut Expr) -> Result<(), Thrown> {
        if let (Some(a), Some(b)) = (left.numeral(), right.numeral())
            && let Some(result) = fold(op, a, b)
        {
            left.kind = Kind::Number(result);
            return Ok(());
        }
        let b = self.make_rk(right)?;
        let a = self.make_rk(left)?;
        if a > b {
            self.free_expr(left);
            self.free_expr(right);
        } else {
            self.free_expr(right);
            self.free_expr(left);
        }
        left.kind = Kind::Relocatable(self.emit_abc(op, 0, a, b)?);
        Ok(())
    }

    fn comparison(
        &mut self,
        op: Opcode,
        mut condition: bool,
        left: &mut Expr,
        right: &mut Expr,
    ) -> Result<(), Thrown> {
        let mut a = self.make_rk(left)?;
        let mut b = self.make_rk(right)?;
        self.free_expr(right);
        self.free_expr(left);
        if !condition && op != Opcode::Eq {
            // `a > b` is `b < a`.
            core::mem::swap(&mut a, &mut b);
            condition = true;
        }
        left.kind = Kind::Jump(self.emit_test(op, condition as u32, a, b)?);
        Ok(())
    }
}
