//! From source text to a prototype, in one pass: each construct is compiled as soon as it is read.
//!
//! ```text
//!   ChunkReader → input → lexer (+ class, literal) → statement, parse_expression
//!       → scope (names), expression, operator → emit, constant → finish → Proto
//! ```
//!
//! What comes out is the bytecode of `luac5.1`, byte for byte: the same registers, constants, lines
//! and names. Therefore optimisation has no place here; the VM's translation is where it is done.
//!
//! Not here: binary chunks (`bytecode::undump`).

mod class;
mod constant;
mod emit;
mod expression;
mod finish;
mod function;
mod input;
mod lexer;
mod literal;
mod operator;
mod parse_expression;
mod scope;
mod statement;
mod token;

use crate::heap::{Anchors, Gc};
use crate::object::{Proto, Str};
use crate::state::{State, Thrown};

pub use input::{ChunkReader, Input};

/// Compiles a text chunk. `anchors`, which hold the name already, are to hold all that is made for it; None:
/// the reader runs no code.
pub fn parse(
    l: &mut State,
    input: Input<'_>,
    name: Gc<Str>,
    anchors: Option<&mut Anchors<'static>>,
) -> Result<Gc<Proto>, Thrown> {
    let lexer = lexer::Lexer::new(l, input, name, anchors)?;
    function::Compiler::new(lexer).main_function()
}
