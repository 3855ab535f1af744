//! From the standard bytecode to the executable form, once, at a function's first call.
//!
//! Not here: the form itself (`code`).

use crate::bytecode::opcode::{Instruction, Opcode, RK_CONSTANT};
use crate::bytecode::words;
use crate::heap::Gc;
use crate::object::{LuaClosure, Proto, UpVal, Value};
use crate::state::{State, Thrown};
use crate::vm::code::{self, FrameWord, Insn, Op};
use crate::vm::hooks;
use crate::vm::interp::is_whole_divisor;

/// What `NewTable` makes by itself: more is left to a worker.
const SMALL_ARRAY: usize = 32;
const SMALL_HASH: usize = 8;

/// A prototype's executable form, made now if there is none.
#[inline]
pub fn executable(l: &mut State, proto: Gc<Proto>) -> Result<*const u64, Thrown> {
    let code = proto.exec.get();
    if code.is_null() { translate(l, proto) } else { Ok(code) }
}

#[cold]
#[inline(never)]
fn translate(l: &mut State, proto: Gc<Proto>) -> Result<*const u64, Thrown> {
    let source = &proto.code;
    let frame = FrameWord::new(proto.max_stack, proto.param_count, proto.vararg);
    let code = code::allocate(l.heap(), source.len(), frame, proto.constants.as_ptr())?;
    let plain = proto.vararg == 0 && !captures_registers(&proto);
    let mut before = Insn::new(Op::Extra, 0, 0, 0, 0);
    let mut pc = 0;
    while pc < source.len() {
        let (mut insn, extra) = translate_one(&proto, pc);
        if plain {
            insn = insn.plain_return();
        }
        insn = insn.behind(before);
        // SAFETY: one word for each instruction.
        unsafe { code.add(pc).write(insn.0) };
        for i in 1..=extra {
            // SAFETY: the verifier saw that the extra words are there.
            unsafe { code.add(pc + i).write(extra_word(&proto, pc, pc + i).0) };
        }
        before = if extra == 0 { insn } else { Insn::new(Op::Extra, 0, 0, 0, 0) };
        pc += 1 + extra;
    }
    let mut jumps_back = false;
    for pc in 0..source.len() {
        // SAFETY: one word for each instruction; the verifier saw that jumps lead to instructions.
        unsafe {
            let insn = Insn(*code.add(pc));
            let distance = match insn.form() {
                Op::LoadBoolSkip => 2,
                form if form.jumps() => {
                    jumps_back |= insn.jump() <= 0;
                    insn.jump() as isize
                }
                _ => continue,
            };
            let target = code.add(pc).offset(distance);
            *target = Insn(*target).at_target().0;
        }
    }
    for pc in 0..if jumps_back { source.len() } else { 0 } {
        // SAFETY: as above.
        let insn = Insn(unsafe { *code.add(pc) });
        if insn.form().jumps() && insn.jump() <= 0 {
            hooks::note_jump_back(l.global(), insn.form() as u8);
        }
    }
    proto.exec.set(code);
    Ok(code)
}

/// Whether a closure made in this function shares one of its registers, so that an upvalue may be
/// open in its frame.
fn captures_registers(proto: &Proto) -> bool {
    let source = &proto.code;
    let mut pc = 0;
    while pc < source.len() {
        let insn = Instruction(source[pc]);
        let next = pc + words(proto, insn);
        if insn.is(Opcode::Closure)
            && source[pc + 1..next].iter().any(|&word| !Instruction(word).is(Opcode::GetUpval))
        {
            return true;
        }
        pc = next;
    }
    false
}

/// The executable instruction at `pc`, and how many words behind it are not instructions of their
/// own.
fn translate_one(proto: &Proto, pc: usize) -> (Insn, usize) {
    let source = Instruction(proto.code[pc]);
    let (a, b, c) = (source.a() as u8, source.b(), source.c());
    let Some(opcode) = source.opcode() else { return (Insn::new(Op::Extra, 0, 0, 0, 0), 0) };
    let plain = |op| Insn::new(op, a, b as u8, c as u8, 0);
    let insn = match opcode {
        Opcode::Move => plain(Op::Move),
        Opcode::LoadK => Insn::new(Op::LoadK, a, 0, 0, source.bx()),
        Opcode::LoadBool if c == 0 => plain(Op::LoadBool),
        Opcode::LoadBool => plain(Op::LoadBoolSkip),
        Opcode::LoadNil => plain(Op::LoadNil),
        Opcode::GetUpval => plain(Op::GetUpval),
        Opcode::SetUpval => plain(Op::SetUpval),
        Opcode::GetGlobal => global(proto, source, Op::GetGlobal, Op::GetGlobalFar),
        Opcode::SetGlobal => global(proto, source, Op::SetGlobal, Op::SetGlobalFar),
        Opcode::GetTable => get_table(proto, a, b as u8, c),
        Opcode::SetTable => set_table(proto, a, b, c),
        Opcode::NewTable => new_table(a, b, c),
        Opcode::SelfOp => method(proto, a, b as u8, c),
        Opcode::Add => operands(Op::AddRR, a, b, c, 1, 0),
        Opcode::Sub => operands(Op::SubRR, a, b, c, 1, 0),
        Opcode::Mul => operands(Op::MulRR, a, b, c, 1, 0),
        Opcode::Div => operands(Op::DivRR, a, b, c, 1, 0),
        Opcode::Mod => modulo(proto, a, b, c),
        Opcode::Pow => operands(Op::PowRR, a, b, c, 1, 0),
        Opcode::Unm => plain(Op::Unm),
        Opcode::Not => plain(Op::Not),
        Opcode::Len => plain(Op::Len),
        Opcode::Concat => plain(Op::Concat),
        Opcode::Jmp => Insn::new(Op::Jmp, 0, 0, 0, (source.sbx() + 1) as u32),
        Opcode::Eq => equality(proto, pc, source),
        Opcode::Lt => compare(proto, pc, Op::LtRRF, source),
        Opcode::Le => compare(proto, pc, Op::LeRRF, source),
        Opcode::Test => {
            Insn::new(if c == 0 { Op::TestF } else { Op::TestT }, a, 0, 0, jump_behind(proto, pc))
        }
        Opcode::TestSet => {
            let op = if c == 0 { Op::TestSetF } else { Op::TestSetT };
            Insn::new(op, a, b as u8, 0, jump_behind(proto, pc))
        }
        Opcode::Call => plain(if b == 0 { Op::CallOpen } else { Op::Call }),
        // COMPAT: all results are wanted, whatever C says.
        Opcode::TailCall => {
            Insn::new(if b == 0 { Op::TailCallOpen } else { Op::TailCall }, a, b as u8, 0, 0)
        }
        Opcode::Return => match b {
            0 => plain(Op::ReturnOpen),
            1 => plain(Op::Return0),
            2 => plain(Op::Return1),
            _ => plain(Op::ReturnN),
        },
        Opcode::ForLoop => Insn::new(Op::ForLoop, a, 0, 0, (source.sbx() + 1) as u32),
        Opcode::ForPrep => Insn::new(Op::ForPrep, a, 0, 0, (source.sbx() + 1) as u32),
        Opcode::TForLoop => return (plain(Op::TForLoop), 1),
        Opcode::SetList => return set_list(proto, pc, source),
        Opcode::Close => plain(Op::Close),
        Opcode::Closure => {
            let index = source.bx();
            let child = proto.protos[index as usize];
            return (Insn::new(Op::Closure, a, 0, 0, index), child.upvalue_count as usize);
        }
        Opcode::Vararg => plain(Op::Vararg),
    };
    (insn, 0)
}

/// A word that belongs to the instruction at `owner`.
fn extra_word(proto: &Proto, owner: usize, pc: usize) -> Insn {
    let source = Instruction(proto.code[pc]);
    match Instruction(proto.code[owner]).opcode() {
        // The jump behind a TFORLOOP tests what the call put in the first variable.
        Some(Opcode::TForLoop) => {
            let first = Instruction(proto.code[owner]).a() as u8 + 3;
            Insn::new(Op::TForTest, first, 0, 0, (source.sbx() + 1) as u32)
        }
        // What a closure captures: B of the upvalue (A = 1) or of the register.
        Some(Opcode::Closure) => {
            let from_upvalue = source.is(Opcode::GetUpval) as u8;
            Insn::new(Op::Extra, from_upvalue, source.b() as u8, 0, 0)
        }
        _ => Insn::new(Op::Extra, 0, 0, 0, 0),
    }
}

/// The word a test's jump goes to, relative to the test.
fn jump_behind(proto: &Proto, pc: usize) -> u32 {
    (Instruction(proto.code[pc + 1]).sbx() + 2) as u32
}

fn op_after(op: Op, distance: u8) -> Op {
    Op::ALL[op as usize + distance as usize]
}

/// An operation whose forms RR, RK, KR, KK stand `stride` opcodes apart from `op` on.
fn operands(op: Op, a: u8, b: u32, c: u32, stride: u8, d: u32) -> Insn {
    let form = ((b >= RK_CONSTANT) as u8) << 1 | (c >= RK_CONSTANT) as u8;
    Insn::new(op_after(op, form * stride), a, b as u8, c as u8, d)
}

fn modulo(proto: &Proto, a: u8, b: u32, c: u32) -> Insn {
    if b < RK_CONSTANT && c >= RK_CONSTANT {
        let divisor = proto.constants[(c - RK_CONSTANT) as usize].as_f64();
        if is_whole_divisor(divisor) {
            return Insn::new(Op::ModRW, a, b as u8, c as u8, 0);
        }
    }
    operands(Op::ModRR, a, b, c, 1, 0)
}

fn compare(proto: &Proto, pc: usize, op: Op, source: Instruction) -> Insn {
    let jump_if = (source.a() != 0) as u8;
    operands(op_after(op, jump_if), 0, source.b(), source.c(), 2, jump_behind(proto, pc))
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
fn new_table(a: u8, b: u32, c: u32) -> Insn {
    let (array, nodes) = (decode_size(b), decode_size(c).next_power_of_two());
    let (b_field, c_field) = match (array, if c == 0 { 0 } else { nodes }) {
        (0..=SMALL_ARRAY, 0) => (array as u8, 0),
        (0, 1..=SMALL_HASH) => (0, nodes as u8),
        _ => (0, 255),
    };
    Insn::new(Op::NewTable, a, b_field, c_field, b | c << 16)
}

/// COMPAT: table sizes are encoded as "floating point bytes": eeeeexxx = 1xxx * 2^(eeeee-1).
pub fn decode_size(byte: u32) -> usize {
    let exponent = byte >> 3 & 31;
    if exponent == 0 { byte as usize } else { ((byte & 7) as usize + 8) << (exponent - 1) }
}

fn get_table(proto: &Proto, a: u8, b: u8, c: u32) -> Insn {
    if c < RK_CONSTANT {
        return Insn::new(Op::GetTable, a, b, c as u8, 0);
    }
    let key = proto.constants[(c - RK_CONSTANT) as usize];
    if let Some(hash) = short_hash(key) {
        return Insn::new(Op::GetField, a, b, c as u8, hash);
    }
    match small_int(key) {
        Some(index) => Insn::new(Op::GetInt, a, b, c as u8, index),
        None => Insn::new(Op::GetConst, a, b, c as u8, 0),
    }
}

fn set_table(proto: &Proto, a: u8, b: u32, c: u32) -> Insn {
    let value_form = (c >= RK_CONSTANT) as u8;
    let make = |op, d| Insn::new(op_after(op, value_form), a, b as u8, c as u8, d);
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

fn method(proto: &Proto, a: u8, b: u8, c: u32) -> Insn {
    if c < RK_CONSTANT {
        return Insn::new(Op::SelfReg, a, b, c as u8, 0);
    }
    match short_hash(proto.constants[(c - RK_CONSTANT) as usize]) {
        Some(hash) => Insn::new(Op::SelfField, a, b, c as u8, hash),
        None => Insn::new(Op::SelfConst, a, b, c as u8, 0),
    }
}

/// B values of block number d; C = 0: the number took the word behind.
fn set_list(proto: &Proto, pc: usize, source: Instruction) -> (Insn, usize) {
    let op = if source.b() == 0 { Op::SetListOpen } else { Op::SetList };
    let in_word = source.c() != 0;
    let block = if in_word { source.c() } else { proto.code[pc + 1] };
    // The largest count fits in eight bits: B is at most the frame's size.
    let insn = Insn::new(op, source.a() as u8, source.b() as u8, in_word as u8, block.max(1));
    (insn, !in_word as usize)
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
