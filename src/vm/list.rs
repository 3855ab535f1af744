//! The executable form as text, for whoever debugs the translation or the interpreter.
//!
//! ```text
//!     12  [3]  GetField     A=1 B=0 C=2 d=0x5c0a11f3
//! ```
//!
//! The number is the pc, which is also the instruction's in the listing of `luac -l`.
//!
//! Not here: the bytecode's listing (`bytecode::list`).

use core::fmt::{self, Write};

use crate::object::Proto;
use crate::vm::code::{Insn, Op};

/// Writes the executable form of one function, if it has been called yet.
pub fn list(out: &mut dyn Write, proto: &Proto) -> fmt::Result {
    let code = proto.exec.get();
    if code.is_null() {
        return writeln!(out, "    never called: no executable form yet");
    }
    for pc in 0..proto.code.len() {
        // SAFETY: the executable form has one word for each instruction of the bytecode.
        instruction(out, proto, pc, Insn(unsafe { *code.add(pc) }))?;
    }
    Ok(())
}

/// Writes one word of a function's executable form.
pub fn instruction(out: &mut dyn Write, proto: &Proto, pc: usize, insn: Insn) -> fmt::Result {
    write!(out, "{:6}  [{}]\t{:<14}", pc + 1, proto.line_of(pc), name(insn))?;
    write!(out, " A={} B={} C={}", insn.a(), insn.b(), insn.c())?;
    match insn.op() {
        op if op.jumps() => writeln!(out, " to {}", pc as i64 + 1 + insn.jump() as i64),
        _ if insn.d() != 0 => writeln!(out, " d={:#x}", insn.d()),
        _ => writeln!(out),
    }
}

fn name(insn: Insn) -> Name {
    Name(insn.form())
}

/// An opcode's name, padded as a text is.
struct Name(Op);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Short { bytes: [0; 24], len: 0 };
        write!(text, "{:?}", self.0)?;
        f.pad(core::str::from_utf8(&text.bytes[..text.len]).unwrap_or("?"))
    }
}

struct Short {
    bytes: [u8; 24],
    len: usize,
}

impl Write for Short {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let end = self.len + s.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(s.as_bytes());
        self.len = end;
        Ok(())
    }
}
