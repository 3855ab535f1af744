//! From the standard bytecode to the executable form, once, at a function's first call.
//!
//! Not here: the form itself (`code`).

use crate::bytecode::opcode::{Instruction, Opcode, RK_CONSTANT};
use crate::heap::Gc;
use crate::object::{LuaClosure, Proto, UpVal, Value};
use crate::state::{State, Thrown};
use crate::vm::code::{self, FrameWord, Insn, Op};
use crate::vm::hooks;
use crate::vm::interp::{LOOP_VARIABLE, is_whole_divisor};

/// What `NewTable` makes by itself: more is left to a worker.
const SMALL_ARRAY: usize = 32;
const SMALL_HASH: usize = 8;

/// A prototype's executable form, made now if there is none.
#[inline]
pub fn executable(l: &mut State, proto: Gc<Proto>) -> Result<*const u64, Thrown> {
    let code = proto.exec.get();
    if code.is_null() { translate(l, proto) } else { Ok(code) }
}

/// What a word is before it is written, if something jumps to it.
const TARGET: u64 = 1;
/// No register.
const NONE: usize = usize::MAX;

#[cold]
#[inline(never)]
fn translate(l: &mut State, proto: Gc<Proto>) -> Result<*const u64, Thrown> {
    let source = &proto.code;
    let frame = FrameWord::new(proto.max_stack, proto.param_count, proto.vararg);
    let code = code::allocate(l.heap(), source.len(), frame, proto.constants.as_ptr())?;
    // SAFETY: one word for each instruction.
    unsafe { code.write_bytes(0, source.len()) };
    let plain_returns = proto.vararg == 0;
    let mut t =
        Translation { l, proto: &proto, source, code, pc: 0, passed_on: NONE, plain_returns, any_plain: false };
    while let Some(&word) = t.source.get(t.pc) {
        t.one(Instruction(word));
    }
    if t.any_plain && !t.plain_returns {
        // SAFETY: one word for each instruction.
        for word in unsafe { core::slice::from_raw_parts_mut(code, source.len()) } {
            *word = Insn(*word).full_return().0;
        }
    }
    proto.exec.set(code);
    Ok(code)
}

/// One pass from the first word to the last.
///
/// PERF: programs that load much call each function once or twice. What decides about a word is known when it is
/// written: a jump ahead leaves a mark where it leads, a jump back mends what it leads to.
struct Translation<'a> {
    l: &'a State,
    proto: &'a Proto,
    source: &'a [u32],
    /// As many words as `source` has, those from `pc` on 0 or TARGET.
    code: *mut u64,
    pc: usize,
    /// The register of which the word before passes on what it stored; behind FORPREP the variable, which FORLOOP passes on.
    passed_on: usize,
    /// No upvalue can be open in the function's frame, as far as is known, and it has no varargs.
    plain_returns: bool,
    /// A return or tail call has been translated that relies on it.
    any_plain: bool,
}

/// The fields A, B and C of an instruction, where they are in an executable one.
#[derive(Clone, Copy)]
struct Fields(u32);

impl Fields {
    #[inline(always)]
    fn of(source: Instruction) -> Fields {
        Fields(source.0 << 2 & 0xFF00 | source.0 >> 7 & 0xFF_0000 | source.0 << 10 & 0xFF00_0000)
    }

    /// An instruction with all of them.
    #[inline(always)]
    fn abc(self, op: Op, d: u32) -> Insn {
        Insn((self.0 | op as u32) as u64 | (d as u64) << 32)
    }

    /// One with A and B.
    #[inline(always)]
    fn ab(self, op: Op, d: u32) -> Insn {
        Fields(self.0 & 0xFF_FF00).abc(op, d)
    }

    /// One with A only.
    #[inline(always)]
    fn a(self, op: Op, d: u32) -> Insn {
        Fields(self.0 & 0xFF00).abc(op, d)
    }
}

impl Translation<'_> {
    /// Writes the next word, which passes nothing on.
    #[inline(always)]
    fn put(&mut self, insn: Insn) {
        // SAFETY: one word for each instruction, and for each that belongs to one: the verifier saw that they are there.
        unsafe { *self.code.add(self.pc) = insn.0 };
        self.pc += 1;
        self.passed_on = NONE;
    }

    /// One that may take an operand from the word before.
    #[inline(always)]
    fn put_taking(&mut self, insn: Insn) {
        // SAFETY: as in `put`; the words ahead are initialised.
        let passed_on = self.passed_on != NONE && unsafe { *self.code.add(self.pc) } != TARGET;
        if !passed_on {
            return self.put(insn);
        }
        let taking = insn.behind(self.passed_on);
        if taking.form() as u8 >= Op::FIRST_TAKING as u8 {
            // SAFETY: a word that passes something on has been written.
            unsafe {
                let before = self.code.add(self.pc - 1);
                *before = Insn(*before).before_taking().0;
            }
        }
        self.put(taking);
    }

    /// SETUPVAL or RETURN, which may take the number that the word before has computed.
    #[inline(always)]
    fn put_taking_number(&mut self, insn: Insn) {
        // SAFETY: as above.
        if self.passed_on != NONE && unsafe { Insn(*self.code.add(self.pc - 1)).form() } != Op::GetUpval {
            return self.put_taking(insn);
        }
        self.put(insn);
    }

    /// GETUPVAL, which passes on whatever it stores.
    #[inline(always)]
    fn put_get_upval(&mut self, insn: Insn) {
        self.put(insn);
        self.passed_on = insn.a();
    }

    /// One that may, and passes on what it stores in register `a`.
    #[inline(always)]
    fn put_arithmetic(&mut self, insn: Insn) {
        self.put_taking(insn);
        self.passed_on = insn.a();
    }

    /// The newest word leads to another one too: makes that one where more ways than one meet, now or when it is written.
    #[inline(always)]
    fn mark_target(&mut self, distance: i32) {
        // SAFETY: the verifier saw that jumps lead to instructions; all that is behind the newest word is to be written yet.
        unsafe {
            let place = self.code.add(self.pc - 1);
            let target = place.offset(distance as isize);
            if distance > 0 {
                *target = TARGET;
                return;
            }
            let global = self.l.global();
            hooks::note_jump_back(global, Insn(*place).form() as u8);
            let reached = Insn(*target);
            let now = reached.at_target();
            if now.form() != reached.form() {
                *target = now.0;
                if now.form().jumps() && now.jump() <= 0 {
                    hooks::note_jump_back(global, now.form() as u8);
                }
            }
        }
    }

    /// A jump, whose `d` is the distance.
    #[inline(always)]
    fn put_jump(&mut self, insn: Insn) {
        self.put(insn);
        self.mark_target(insn.jump());
    }

    /// FORLOOP, which passes the loop's variable on to the beginning of the body.
    #[inline(always)]
    fn put_for_loop(&mut self, insn: Insn) {
        let end = self.pc;
        self.put(insn);
        let begin = end as isize + insn.jump() as isize;
        // SAFETY: the verifier saw that jumps lead to instructions; those behind the newest word are 0 or TARGET.
        let before = if begin > 0 { Insn(unsafe { *self.code.offset(begin - 1) }) } else { Insn(0) };
        if insn.jump() <= 0
            && before.form() == Op::ForPrep
            && before.a() == insn.a()
            && begin - 1 + before.jump() as isize == end as isize
        {
            hooks::note_jump_back(self.l.global(), Op::ForLoop as u8);
            return;
        }
        self.mark_target(insn.jump());
    }

    /// A return or tail call, in the form for functions of which nothing can be open, as long as that is known.
    #[inline(always)]
    fn put_leaving(&mut self, insn: Insn) {
        self.any_plain |= self.plain_returns;
        if self.plain_returns {
            self.put_taking_number(insn.plain_return());
        } else {
            self.put(insn);
        }
    }

    /// A comparison together with the jump behind it.
    #[inline(always)]
    fn put_comparison(&mut self, insn: Insn) {
        self.put_taking(insn);
        self.mark_target(insn.jump());
    }

    /// The next instruction, and what belongs to it.
    #[inline(always)]
    fn one(&mut self, source: Instruction) {
        let (proto, pc) = (self.proto, self.pc);
        let Some(opcode) = source.opcode() else { unreachable!("verified code has opcodes") };
        // PERF: each opcode takes its fields out by itself, for many need but one.
        let fields = Fields::of(source);
        let distance = || (source.sbx() + 1) as u32;
        match opcode {
            Opcode::Move => self.put(fields.abc(Op::Move, 0)),
            Opcode::LoadK => self.put(fields.a(Op::LoadK, source.bx())),
            Opcode::LoadBool if source.c() == 0 => self.put(fields.abc(Op::LoadBool, 0)),
            Opcode::LoadBool => {
                self.put(fields.abc(Op::LoadBoolSkip, 0));
                self.mark_target(2);
            }
            Opcode::LoadNil => self.put(fields.abc(Op::LoadNil, 0)),
            Opcode::GetUpval => self.put_get_upval(fields.abc(Op::GetUpval, 0)),
            Opcode::SetUpval => self.put_taking_number(fields.abc(Op::SetUpval, 0)),
            Opcode::GetGlobal => self.put(global(proto, source, Op::GetGlobal, Op::GetGlobalFar)),
            Opcode::SetGlobal => self.put(global(proto, source, Op::SetGlobal, Op::SetGlobalFar)),
            Opcode::GetTable => self.put_taking(get_table(proto, fields, source.c())),
            Opcode::SetTable => self.put_taking(set_table(proto, fields, source)),
            Opcode::NewTable => self.put(new_table(source)),
            Opcode::SelfOp => self.put(method(proto, fields, source.c())),
            Opcode::Add => self.put_arithmetic(operands(Op::AddRR, fields, source)),
            Opcode::Sub => self.put_arithmetic(operands(Op::SubRR, fields, source)),
            Opcode::Mul => self.put_arithmetic(operands(Op::MulRR, fields, source)),
            Opcode::Div => self.put_arithmetic(operands(Op::DivRR, fields, source)),
            Opcode::Mod => self.put_arithmetic(modulo(proto, fields, source)),
            Opcode::Pow => self.put_arithmetic(operands(Op::PowRR, fields, source)),
            Opcode::Unm => self.put_arithmetic(fields.abc(Op::Unm, 0)),
            Opcode::Not => self.put(fields.abc(Op::Not, 0)),
            Opcode::Len => self.put(fields.abc(Op::Len, 0)),
            Opcode::Concat => self.put(fields.abc(Op::Concat, 0)),
            Opcode::Jmp => {
                let op = if source.sbx() < 0 { Op::JmpBack } else { Op::Jmp };
                self.put_jump(Insn::new(op, 0, 0, 0, distance()));
            }
            Opcode::Eq => self.put_comparison(equality(proto, pc, source)),
            Opcode::Lt => self.put_comparison(compare(proto, pc, Op::LtRRF, source)),
            Opcode::Le => self.put_comparison(compare(proto, pc, Op::LeRRF, source)),
            Opcode::Test => {
                let op = if source.c() == 0 { Op::TestF } else { Op::TestT };
                self.put_jump(fields.a(op, jump_behind(proto, pc)));
            }
            Opcode::TestSet => {
                let op = if source.c() == 0 { Op::TestSetF } else { Op::TestSetT };
                self.put_jump(fields.ab(op, jump_behind(proto, pc)));
            }
            Opcode::Call => self.put(fields.abc(if source.b() == 0 { Op::CallOpen } else { Op::Call }, 0)),
            // COMPAT: all results are wanted, whatever C says.
            Opcode::TailCall => {
                let op = if source.b() == 0 { Op::TailCallOpen } else { Op::TailCall };
                self.put_leaving(fields.ab(op, 0));
            }
            Opcode::Return => {
                let insn = fields.abc(
                    match source.b() {
                        0 => Op::ReturnOpen,
                        1 => Op::Return0,
                        2 => Op::Return1,
                        _ => Op::ReturnN,
                    },
                    0,
                );
                self.put_leaving(insn);
            }
            Opcode::ForLoop => self.put_for_loop(fields.a(Op::ForLoop, distance())),
            Opcode::ForPrep => {
                self.put_jump(fields.a(Op::ForPrep, distance()));
                // The body begins behind it, where FORLOOP leads.
                self.passed_on = source.a() as usize + LOOP_VARIABLE;
            }
            Opcode::TForLoop => {
                self.put(fields.abc(Op::TForLoop, 0));
                // The jump behind tests what the call put in the first variable.
                self.put_jump(Insn::new(Op::TForTest, source.a() as u8 + 3, 0, 0, jump_behind(proto, pc).wrapping_sub(1)));
            }
            Opcode::SetList => {
                let insn = set_list(proto, pc, source);
                self.put(insn);
                if insn.c() == 0 {
                    self.put(Insn::new(Op::Extra, 0, 0, 0, 0)); // the number
                }
            }
            Opcode::Close => self.put(fields.abc(Op::Close, 0)),
            Opcode::Closure => {
                let count = proto.protos[source.bx() as usize].upvalue_count as usize;
                self.put(Insn::new(Op::Closure, source.a() as u8, count as u8, 0, source.bx()));
                for &word in &self.source[pc + 1..][..count] {
                    self.put_capture(Instruction(word));
                }
            }
            Opcode::Vararg => {
                self.put(Insn::new(Op::Vararg, source.a() as u8, source.b() as u8, proto.param_count, 0));
            }
        }
    }

    /// What a closure captures: B of the upvalue (A = 1) or of the register, in which an upvalue may be open from then on.
    #[inline(always)]
    fn put_capture(&mut self, source: Instruction) {
        let from_upvalue = source.is(Opcode::GetUpval);
        self.plain_returns &= from_upvalue;
        self.put(Insn::new(Op::Extra, from_upvalue as u8, source.b() as u8, 0, 0));
    }
}

/// The word a test's jump goes to, relative to the test.
fn jump_behind(proto: &Proto, pc: usize) -> u32 {
    (Instruction(proto.code[pc + 1]).sbx() + 2) as u32
}

#[inline(always)]
fn op_after(op: Op, distance: u8) -> Op {
    Op::ALL[op as usize + distance as usize]
}

/// An arithmetic operation in its form RR, RK, KR or KK; `op` is the first.
#[inline(always)]
fn operands(op: Op, fields: Fields, source: Instruction) -> Insn {
    fields.abc(op_after(op, form(source)), 0)
}

/// Which of RR, RK, KR, KK.
#[inline(always)]
fn form(source: Instruction) -> u8 {
    ((source.b() >= RK_CONSTANT) as u8) << 1 | (source.c() >= RK_CONSTANT) as u8
}

fn modulo(proto: &Proto, fields: Fields, source: Instruction) -> Insn {
    let (b, c) = (source.b(), source.c());
    if b < RK_CONSTANT && c >= RK_CONSTANT {
        let divisor = proto.constants[(c - RK_CONSTANT) as usize].as_f64();
        if is_whole_divisor(divisor) {
            return fields.abc(Op::ModRW, 0);
        }
    }
    operands(Op::ModRR, fields, source)
}

fn compare(proto: &Proto, pc: usize, op: Op, source: Instruction) -> Insn {
    let jump_if = (source.a() != 0) as u8;
    let op = op_after(op, jump_if + form(source) * 2);
    Insn::new(op, 0, source.b() as u8, source.c() as u8, jump_behind(proto, pc))
}

/// EQ, in one of the forms for a constant if one operand is such: which of the two does not matter
/// where no metamethod can be called.
fn equality(proto: &Proto, pc: usize, source: Instruction) -> Insn {
    let (register, constant) = match (source.b(), source.c()) {
        (b, c) if b < RK_CONSTANT && c >= RK_CONSTANT => (b, c - RK_CONSTANT),
        (b, c) if c < RK_CONSTANT && b >= RK_CONSTANT => (c, b - RK_CONSTANT),
        _ => return compare(proto, pc, Op::EqRRF, source),
    };
    let value = proto.constants[constant as usize];
    let op = if value.is_number() {
        Op::EqNF
    } else if value.as_string().is_none_or(|s| s.is_short()) {
        Op::EqWF
    } else {
        return compare(proto, pc, Op::EqRRF, source);
    };
    let op = op_after(op, (source.a() != 0) as u8);
    Insn::new(op, 0, register as u8, constant as u8, jump_behind(proto, pc))
}

/// The hash of a key that is a short string.
fn short_hash(key: Value) -> Option<u32> {
    key.as_string().filter(|s| s.is_short()).map(|s| s.hash())
}

/// A key that is a whole number from 1 to 2^30.
fn small_int(key: Value) -> Option<u32> {
    let n = key.as_number()?;
    let k = n as u32;
    (k as f64 == n && (1..=1 << 30).contains(&k)).then_some(k)
}

fn global(proto: &Proto, source: Instruction, near: Op, far: Op) -> Insn {
    let (a, index) = (source.a() as u8, source.bx());
    match short_hash(proto.constants[index as usize]) {
        Some(hash) if index <= u16::MAX as u32 => {
            Insn::new(near, a, index as u8, (index >> 8) as u8, hash)
        }
        _ => Insn::new(far, a, 0, 0, index),
    }
}

/// d: both sizes, encoded; B and C: the array's slots and the nodes, of one part at most and few.
fn new_table(source: Instruction) -> Insn {
    let (a, b, c) = (source.a() as u8, source.b(), source.c());
    let (array, nodes) = (decode_size(b), decode_size(c).next_power_of_two());
    let (b_field, c_field) = match (array, if c == 0 { 0 } else { nodes }) {
        (0..=SMALL_ARRAY, 0) => (array as u8, 0),
        (0, 1..=SMALL_HASH) => (0, nodes as u8),
        _ => (0, code::NEW_BY_WORKER as u8),
    };
    Insn::new(Op::NewTable, a, b_field, c_field, b | c << 16)
}

/// COMPAT: table sizes are encoded as "floating point bytes": eeeeexxx = 1xxx * 2^(eeeee-1).
pub fn decode_size(byte: u32) -> usize {
    let exponent = byte >> 3 & 31;
    if exponent == 0 { byte as usize } else { ((byte & 7) as usize + 8) << (exponent - 1) }
}

fn get_table(proto: &Proto, fields: Fields, c: u32) -> Insn {
    if c < RK_CONSTANT {
        return fields.abc(Op::GetTable, 0);
    }
    let key = proto.constants[(c - RK_CONSTANT) as usize];
    if let Some(hash) = short_hash(key) {
        return fields.abc(Op::GetField, hash);
    }
    match small_int(key) {
        Some(index) => fields.abc(Op::GetInt, index),
        None => fields.abc(Op::GetConst, 0),
    }
}

fn set_table(proto: &Proto, fields: Fields, source: Instruction) -> Insn {
    let (b, c) = (source.b(), source.c());
    let value_form = (c >= RK_CONSTANT) as u8;
    let make = |op, d| fields.abc(op_after(op, value_form), d);
    if b < RK_CONSTANT {
        return make(Op::SetTableR, 0);
    }
    let key = proto.constants[(b - RK_CONSTANT) as usize];
    if let Some(hash) = short_hash(key) {
        return make(Op::SetFieldR, hash);
    }
    match small_int(key) {
        Some(index) => make(Op::SetIntR, index),
        None => make(Op::SetConstR, 0),
    }
}

fn method(proto: &Proto, fields: Fields, c: u32) -> Insn {
    if c < RK_CONSTANT {
        return fields.abc(Op::SelfReg, 0);
    }
    match short_hash(proto.constants[(c - RK_CONSTANT) as usize]) {
        Some(hash) => fields.abc(Op::SelfField, hash),
        None => fields.abc(Op::SelfConst, 0),
    }
}

/// B values of block number d; C = 0: the number took the word behind.
fn set_list(proto: &Proto, pc: usize, source: Instruction) -> Insn {
    let op = if source.b() == 0 { Op::SetListOpen } else { Op::SetList };
    let in_word = source.c() != 0;
    let block = if in_word { source.c() } else { proto.code[pc + 1] };
    // The largest count fits in eight bits: B is at most the frame's size.
    Insn::new(op, source.a() as u8, source.b() as u8, in_word as u8, block.max(1))
}

/// CLOSURE at `pc`: a closure of the function's d-th prototype to R(A), its upvalues captured as the
/// words behind say.
pub fn make_closure(l: &mut State, pc: *const u64) -> Result<(), Thrown> {
    // SAFETY: the word being executed.
    let insn = Insn(unsafe { *pc });
    let frame = *l.frame();
    let Some(parent) = frame.function().as_lua_closure() else {
        unreachable!("CLOSURE runs in a Lua function")
    };
    let proto = parent.proto.protos[insn.d() as usize];
    let closure = LuaClosure::new(l.heap(), proto, parent.env.get())?;
    let count = closure.upvalue_count();
    for i in 0..count {
        // SAFETY: the capture words follow, one for each upvalue.
        let capture = Insn(unsafe { *pc.add(1 + i) });
        let upvalue = if capture.a() == 1 {
            parent.upvalue(capture.b())
        } else {
            Some(l.find_upvalue(frame.base.wrapping_add(capture.b()))?)
        };
        let upvalue = match upvalue {
            Some(upvalue) => upvalue,
            None => UpVal::new_closed(l.heap(), Value::NIL)?,
        };
        // SAFETY: i < count. NOBARRIER: the closure is new, so it is white.
        unsafe { closure.set_upvalue(i, upvalue) };
    }
    // SAFETY: STACK: A is a register of the frame.
    unsafe { *frame.base.add(insn.a()) = Value::lua_closure(closure) };
    l.frame_mut().pc = pc.wrapping_add(1 + count);
    Ok(())
}
