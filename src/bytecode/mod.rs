//! Standard Lua 5.1 bytecode: the instruction set, the binary chunk format, its verifier.

pub mod dump;
pub mod list;
pub mod opcode;
pub mod undump;
pub mod verify;

pub use opcode::{Instruction, Opcode};
