//! Where an expression's value is, and the instructions that bring it where it is wanted.
//!
//! Not here: operators (`operator`), what expressions look like (`parse_expression`).

use crate::bytecode::opcode::{FIELDS_PER_FLUSH, MAX_C, MAX_RK_INDEX, NO_REGISTER, RK_CONSTANT};
use crate::bytecode::{Instruction, Opcode};
use crate::object::Value;
use crate::state::Thrown;
use crate::syntax::function::{Compiler, NO_JUMP};

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    /// No value: an empty list.
    Void,
    Nil,
    True,
    False,
    /// A numeral, not yet a constant.
    Number(f64),
    Constant(u32),
    /// A local variable's register.
    Local(u32),
    Upvalue(u32),
    /// The constant that names it.
    Global(u32),
    /// The table's register, and the key as register or constant.
    Indexed(u32, u32),
    /// A comparison's jump.
    Jump(i32),
    /// An instruction that can put its result into any register.
    Relocatable(i32),
    /// The value is in this register.
    Register(u32),
    Call(i32),
    Vararg(i32),
}

#[derive(Clone, Copy)]
pub struct Expr {
    pub kind: Kind,
    /// Jumps out of it when it is true, and when it is false.
    pub if_true: i32,
    pub if_false: i32,
}

impl Expr {
    pub const VOID: Expr = Expr { kind: Kind::Void, if_true: NO_JUMP, if_false: NO_JUMP };

    #[inline(always)]
    pub fn new(kind: Kind) -> Expr {
        Expr { kind, if_true: NO_JUMP, if_false: NO_JUMP }
    }

    pub fn has_jumps(&self) -> bool {
        self.if_true != self.if_false
    }

    /// A call or `...`: as many values as are wanted.
    pub fn is_open(&self) -> bool {
        matches!(self.kind, Kind::Call(_) | Kind::Vararg(_))
    }

    pub fn numeral(&self) -> Option<f64> {
        match self.kind {
            Kind::Number(n) if self.if_true == NO_JUMP && self.if_false == NO_JUMP => Some(n),
            _ => None,
        }
    }
}

impl Compiler<'_, '_> {
    /// Asks an open expression for `count` values.
    pub fn set_results(&mut self, e: &Expr, count: u32) -> Result<(), Thrown> {
        self.set_result_field(e, count + 1)
    }

    /// Asks an open expression for all its values.
    pub fn set_open_results(&mut self, e: &Expr) -> Result<(), Thrown> {
        self.set_result_field(e, 0)
    }

    fn set_result_field(&mut self, e: &Expr, field: u32) -> Result<(), Thrown> {
        match e.kind {
            Kind::Call(pc) => self.set_at(pc, self.at(pc).with_c(field)),
            Kind::Vararg(pc) => {
                let register = self.f.free_register;
                self.set_at(pc, self.at(pc).with_b(field).with_a(register));
                self.reserve(1)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Makes an open expression one value.
    pub fn set_one_result(&mut self, e: &mut Expr) {
        match e.kind {
            Kind::Call(pc) => e.kind = Kind::Register(self.at(pc).a()),
            Kind::Vararg(pc) => {
                self.set_at(pc, self.at(pc).with_b(2));
                e.kind = Kind::Relocatable(pc);
            }
            _ => {}
        }
    }

    pub fn free_expr(&mut self, e: &Expr) {
        if let Kind::Register(register) = e.kind {
            self.free_rk(register);
        }
    }

    /// Makes a variable a value.
    ///
    /// PERF: most are one already.
    #[inline(always)]
    pub fn discharge_variable(&mut self, e: &mut Expr) -> Result<(), Thrown> {
        match e.kind {
            Kind::Local(register) => e.kind = Kind::Register(register),
            Kind::Upvalue(_) | Kind::Global(_) | Kind::Indexed(..) | Kind::Call(_) | Kind::Vararg(_) => {
                return self.fetch(e);
            }
            _ => {}
        }
        Ok(())
    }

    /// Makes what is neither in a register nor a constant a value.
    fn fetch(&mut self, e: &mut Expr) -> Result<(), Thrown> {
        e.kind = match e.kind {
            Kind::Upvalue(index) => {
                Kind::Relocatable(self.emit_abc(Opcode::GetUpval, 0, index, 0)?)
            }
            Kind::Global(name) => Kind::Relocatable(self.emit_abx(Opcode::GetGlobal, 0, name)?),
            Kind::Indexed(table, key) => {
                self.free_rk(key);
                self.free_rk(table);
                Kind::Relocatable(self.emit_abc(Opcode::GetTable, 0, table, key)?)
            }
            Kind::Call(_) | Kind::Vararg(_) => {
                self.set_one_result(e);
                return Ok(());
            }
            _ => return Ok(()),
        };
        Ok(())
    }

    /// Brings the value, without its jumps, into `register`.
    fn discharge_to(&mut self, e: &mut Expr, register: u32) -> Result<(), Thrown> {
        self.discharge_variable(e)?;
        match e.kind {
            Kind::Nil => self.emit_nils(register, 1)?,
            Kind::False | Kind::True => {
                let truth = (e.kind == Kind::True) as u32;
                self.emit_abc(Opcode::LoadBool, register, truth, 0)?;
            }
            Kind::Constant(k) => {
                self.emit_abx(Opcode::LoadK, register, k)?;
            }
            Kind::Number(n) => {
                let k = self.constant(Value::number(n))?;
                self.emit_abx(Opcode::LoadK, register, k)?;
            }
            Kind::Relocatable(pc) => self.set_at(pc, self.at(pc).with_a(register)),
            Kind::Register(from) if from == register => {}
            Kind::Register(from) => {
                self.emit_abc(Opcode::Move, register, from, 0)?;
            }
            _ => return Ok(()), // void and jumps: nothing to bring
        }
        e.kind = Kind::Register(register);
        Ok(())
    }

    pub fn discharge_to_any(&mut self, e: &mut Expr) -> Result<u32, Thrown> {
        if let Kind::Register(register) = e.kind {
            return Ok(register);
        }
        self.reserve(1)?;
        let register = self.f.free_register - 1;
        self.discharge_to(e, register)?;
        Ok(register)
    }

    fn emit_bool_label(&mut self, register: u32, truth: bool, skip: bool) -> Result<i32, Thrown> {
        self.label();
        self.emit_abc(Opcode::LoadBool, register, truth as u32, skip as u32)
    }

    /// Brings the whole value, jumps and all, into `register`.
    pub fn put_in(&mut self, e: &mut Expr, register: u32) -> Result<(), Thrown> {
        self.discharge_to(e, register)?;
        if let Kind::Jump(pc) = e.kind {
            self.join(&mut e.if_true, pc)?;
        }
        if e.has_jumps() {
            let (mut load_false, mut load_true) = (NO_JUMP, NO_JUMP);
            if self.needs_value(e.if_true) || self.needs_value(e.if_false) {
                let over = match e.kind {
                    Kind::Jump(_) => NO_JUMP,
                    _ => self.emit_jump()?,
                };
                load_false = self.emit_bool_label(register, false, true)?;
                load_true = self.emit_bool_label(register, true, false)?;
                self.patch_here(over)?;
            }
            let end = self.label();
            self.send_jumps(e.if_false, end, register, load_false)?;
            self.send_jumps(e.if_true, end, register, load_true)?;
        }
        *e = Expr::new(Kind::Register(register));
        Ok(())
    }

    pub fn put_in_next(&mut self, e: &mut Expr) -> Result<(), Thrown> {
        self.discharge_variable(e)?;
        self.free_expr(e);
        self.reserve(1)?;
        self.put_in(e, self.f.free_register - 1)
    }

    pub fn put_in_any(&mut self, e: &mut Expr) -> Result<u32, Thrown> {
        self.discharge_variable(e)?;
        if let Kind::Register(register) = e.kind {
            if !e.has_jumps() {
                return Ok(register);
            }
            if register >= self.f.active_count {
                self.put_in(e, register)?;
                return Ok(register);
            }
        }
        self.put_in_next(e)?;
        Ok(self.f.free_register - 1)
    }

    #[inline]
    pub fn make_value(&mut self, e: &mut Expr) -> Result<(), Thrown> {
        if e.has_jumps() { self.put_in_any(e).map(drop) } else { self.discharge_variable(e) }
    }

    /// The value as an RK operand: a constant if there is room for its index, else a register.
    #[inline(always)]
    pub fn make_rk(&mut self, e: &mut Expr) -> Result<u32, Thrown> {
        match e.kind {
            Kind::Constant(k) if k <= MAX_RK_INDEX && !e.has_jumps() => Ok(k | RK_CONSTANT),
            _ => self.find_rk(e),
        }
    }

    fn find_rk(&mut self, e: &mut Expr) -> Result<u32, Thrown> {
        self.make_value(e)?;
        let few = self.constant_count() <= MAX_RK_INDEX;
        let constant = match e.kind {
            Kind::Nil if few => Some(Value::NIL),
            Kind::True if few => Some(Value::TRUE),
            Kind::False if few => Some(Value::FALSE),
            Kind::Number(n) if few => Some(Value::number(n)),
            Kind::Constant(k) if k <= MAX_RK_INDEX => return Ok(k | RK_CONSTANT),
            _ => None,
        };
        if let Some(value) = constant {
            let k = self.constant(value)?;
            e.kind = Kind::Constant(k);
            return Ok(k | RK_CONSTANT);
        }
        self.put_in_any(e)
    }

    /// Assigns a value to a variable.
    pub fn store(&mut self, variable: &Expr, value: &mut Expr) -> Result<(), Thrown> {
        match variable.kind {
            Kind::Local(register) => {
                self.free_expr(value);
                return self.put_in(value, register);
            }
            Kind::Upvalue(index) => {
                let from = self.put_in_any(value)?;
                self.emit_abc(Opcode::SetUpval, from, index, 0)?;
            }
            Kind::Global(name) => {
                let from = self.put_in_any(value)?;
                self.emit_abx(Opcode::SetGlobal, from, name)?;
            }
            Kind::Indexed(table, key) => {
                let from = self.make_rk(value)?;
                self.emit_abc(Opcode::SetTable, table, key, from)?;
            }
            _ => debug_assert!(false, "not a variable"),
        }
        self.free_expr(value);
        Ok(())
    }

    /// `table[key]`, with the table in a register.
    pub fn index(&mut self, table: &mut Expr, key: &mut Expr) -> Result<(), Thrown> {
        let key = self.make_rk(key)?;
        if let Kind::Register(register) | Kind::Local(register) = table.kind {
            table.kind = Kind::Indexed(register, key);
        }
        Ok(())
    }

    /// `object:name`: the method and the object in two new registers.
    pub fn method(&mut self, object: &mut Expr, name: &mut Expr) -> Result<(), Thrown> {
        let from = self.put_in_any(object)?;
        self.free_expr(object);
        let register = self.f.free_register;
        self.reserve(2)?;
        let name_rk = self.make_rk(name)?;
        self.emit_abc(Opcode::SelfOp, register, from, name_rk)?;
        self.free_expr(name);
        object.kind = Kind::Register(register);
        Ok(())
    }

    /// Stores the newest `pending` of `total` list items; None: all that are on the stack.
    pub fn flush_items(&mut self, base: u32, total: u32, pending: Option<u32>) -> Result<(), Thrown> {
        let batch = (total - 1) / FIELDS_PER_FLUSH + 1;
        let count = pending.unwrap_or(0);
        if batch <= MAX_C {
            self.emit_abc(Opcode::SetList, base, count, batch)?;
        } else {
            self.emit_abc(Opcode::SetList, base, count, 0)?;
            self.emit(Instruction(batch))?;
        }
        self.f.free_register = base + 1; // the items are gone, the table stays
        Ok(())
    }

    /// A of TESTSET before anyone knows where the value goes.
    pub(super) const ANY_REGISTER: u32 = NO_REGISTER;
}
