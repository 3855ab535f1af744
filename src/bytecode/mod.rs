//! Standard Lua 5.1 bytecode: the instruction set, the binary chunk format, its verifier.

pub mod opcode;

pub use opcode::{Instruction, Opcode};
