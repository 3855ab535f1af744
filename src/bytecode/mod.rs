//! Standard Lua 5.1 bytecode: the instruction set, the binary chunk format, its verifier.

mod capture;
pub mod dump;
pub mod list;
pub mod opcode;
pub mod undump;
pub mod verify;

pub use opcode::{Instruction, Opcode};

use crate::object::Proto;

/// How many words an instruction takes: itself, and what is no instruction of its own behind it.
pub fn words(proto: &Proto, i: Instruction) -> usize {
    match i.opcode() {
        Some(Opcode::TForLoop) => 2,
        Some(Opcode::SetList) if i.c() == 0 => 2,
        Some(Opcode::Closure) => {
            1 + proto.protos.get(i.bx() as usize).map_or(0, |inner| inner.upvalue_count as usize)
        }
        _ => 1,
    }
}
