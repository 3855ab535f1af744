//! Names for what a register holds: "global 'print'", "field 'x'", "local 'i'".
//!
//! A register that is no declared local is named by the instruction that last wrote it, found by
//! walking the code from its start and following forward jumps. That is an approximation, and hosts
//! see its results in messages, so it is the reference's own: it jumps over what a forward jump
//! skips even where the jump is conditional, and it knows the five kinds `local`, `global`,
//! `field`, `upvalue` and `method` only.
//!
//! Invariant: nothing here trusts the code to be well-formed; a wrong index gives no name.
//!
//! Not here: wording of messages (`errors`).

use crate::bytecode::opcode::{constant_index, is_constant};
use crate::bytecode::{Instruction, Opcode};
use crate::heap::Gc;
use crate::object::{Proto, Str, Value};
use crate::state::{FrameFlags, State};

/// A name found in debug information.
#[derive(Clone, Copy)]
pub enum Name {
    Known(Gc<Str>),
    /// There is something to be named, but its name is not in the chunk or is no string.
    Unknown,
}

impl Name {
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Name::Known(s) => s.as_bytes(),
            Name::Unknown => b"?",
        }
    }

    fn of_constant(proto: &Proto, index: usize) -> Name {
        proto.constants.get(index).and_then(|k| k.as_string()).map_or(Name::Unknown, Name::Known)
    }

    fn of_rk(proto: &Proto, operand: u32) -> Name {
        if is_constant(operand) {
            Name::of_constant(proto, constant_index(operand) as usize)
        } else {
            Name::Unknown
        }
    }
}

/// The kind and name of what a frame's register holds while the instruction at `pc` runs.
pub fn register_name(proto: &Proto, pc: usize, register: usize) -> Option<(&'static str, Name)> {
    let mut register = register;
    loop {
        if let Some(name) = proto.local_name(register + 1, pc) {
            return Some(("local", Name::Known(name)));
        }
        let i = last_writer(proto, pc, register)?;
        return match i.opcode()? {
            Opcode::GetGlobal => Some(("global", Name::of_constant(proto, i.bx() as usize))),
            // Only a move out of an older register says more: a local is below its temporaries.
            Opcode::Move if i.b() < i.a() => {
                register = i.b() as usize;
                continue;
            }
            Opcode::GetTable => Some(("field", Name::of_rk(proto, i.c()))),
            Opcode::GetUpval => {
                let name = proto.upvalue_names.get(i.b() as usize).copied().flatten();
                Some(("upvalue", name.map_or(Name::Unknown, Name::Known)))
            }
            Opcode::SelfOp => Some(("method", Name::of_rk(proto, i.c()))),
            _ => None,
        };
    }
}

/// The instruction before `pc` that last wrote `register`, as far as a straight walk tells.
fn last_writer(proto: &Proto, pc: usize, register: usize) -> Option<Instruction> {
    let mut last = None;
    let mut at = 0;
    while at < pc {
        let i = Instruction(*proto.code.get(at)?);
        let opcode = i.opcode()?;
        if writes(opcode, i, register) {
            last = Some(i);
        }
        at += 1 + skipped_after(proto, opcode, i, at, pc);
    }
    last
}

fn writes(opcode: Opcode, i: Instruction, register: usize) -> bool {
    let a = i.a() as usize;
    match opcode {
        Opcode::LoadNil => (a..=i.b() as usize).contains(&register) || a == register,
        Opcode::SelfOp => register == a || register == a + 1,
        Opcode::TForLoop => register >= a + 2,
        Opcode::Call | Opcode::TailCall => register >= a,
        _ => opcode.modes().sets_a && a == register,
    }
}

/// How many words behind `i` are no instructions to be looked at: jumped over, or data.
fn skipped_after(proto: &Proto, opcode: Opcode, i: Instruction, at: usize, pc: usize) -> usize {
    match opcode {
        Opcode::Jmp | Opcode::ForLoop | Opcode::ForPrep => {
            let distance = i.sbx();
            let forward = distance > 0 && at + 1 + distance as usize <= pc;
            if forward { distance as usize } else { 0 }
        }
        Opcode::SetList if i.c() == 0 => 1,
        Opcode::Closure => {
            proto.protos.get(i.bx() as usize).map_or(0, |p| p.upvalue_count as usize)
        }
        _ => 0,
    }
}

/// What the code that called the function of frame `index` calls it: `("global", "f")`. None when
/// the caller is no Lua function, is lost by a tail call, or made the call for an operator.
pub fn function_name_for_call(l: &State, index: usize) -> Option<(&'static str, Name)> {
    let frames = l.frames();
    let called = frames.get(index)?;
    if called.is_lua() && called.tail_calls > 0 {
        return None;
    }
    // The VM's own frames stand between a hook or a message handler and what it interrupted.
    let caller = frames[..index].iter().rev().find(|ci| !ci.flags.has(FrameFlags::HIDDEN))?;
    let proto = l.frame_proto(caller)?;
    let pc = l.frame_pc(caller)?;
    let i = Instruction(*proto.code.get(pc)?);
    match i.opcode()? {
        Opcode::Call | Opcode::TailCall | Opcode::TForLoop => {
            register_name(&proto, pc, i.a() as usize)
        }
        _ => None,
    }
}

/// What the running function is called.
pub fn name_of_running(l: &State) -> Option<(&'static str, Name)> {
    function_name_for_call(l, l.frame_index())
}

/// The name of a register of the running Lua function, given as the address of its stack slot.
pub fn name_of_slot(l: &State, slot: *const Value) -> Option<(&'static str, Name)> {
    let frame = l.frame();
    let proto = l.frame_proto(frame)?;
    let offset = (slot as usize).checked_sub(frame.base as usize)?;
    if slot >= frame.top.cast_const() {
        return None;
    }
    register_name(&proto, l.frame_pc(frame)?, offset / size_of::<Value>())
}
