//! A function's code as text: the listing of `luac -l`.
//!
//! ```text
//!   main <file:0,0> (2 instructions, 8 bytes at 0x…)
//!   0+ params, 2 slots, 0 upvalues, 0 locals, 0 constants, 0 functions
//!       1   [1]   VARARG      0 0
//! ```
//!
//! Constants are shown as operands -1, -2, …; their values follow the `;`.
//!
//! Not here: reading the command line (`bin/luac`).

use core::fmt::{self, Write};

use crate::base::number::{NUMBER_BUFFER, format_number};
use crate::bytecode::opcode::{Format, Operand, constant_index, is_constant};
use crate::bytecode::{Instruction, Opcode};
use crate::heap::Gc;
use crate::object::{Proto, Str, Value};

/// Writes the listing of a function and all inside it; `full` adds constants and names.
///
/// # Errors
/// The first one that `write` returns; nothing is written after it.
pub fn list<E>(
    proto: Gc<Proto>,
    full: bool,
    write: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut listing = Listing { write, error: None };
    match listing.function(proto, full) {
        Ok(()) => Ok(()),
        Err(fmt::Error) => listing.error.map_or(Ok(()), Err),
    }
}

struct Listing<'w, E> {
    write: &'w mut dyn FnMut(&[u8]) -> Result<(), E>,
    error: Option<E>,
}

impl<E> Write for Listing<'_, E> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes(text.as_bytes())
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// A string as C's `%s` shows it.
fn until_nul(s: &[u8]) -> &[u8] {
    s.split(|&b| b == 0).next().unwrap_or(b"")
}

impl<E> Listing<'_, E> {
    fn bytes(&mut self, bytes: &[u8]) -> fmt::Result {
        (self.write)(bytes).map_err(|e| {
            self.error = Some(e);
            fmt::Error
        })
    }

    fn name(&mut self, name: Option<Gc<Str>>) -> fmt::Result {
        match name {
            Some(name) => self.bytes(until_nul(name.as_bytes())),
            None => self.bytes(b"-"),
        }
    }

    fn function(&mut self, f: Gc<Proto>, full: bool) -> fmt::Result {
        self.header(f)?;
        self.code(f)?;
        if full {
            self.debug_information(f)?;
        }
        for &inner in f.protos.iter() {
            self.function(inner, full)?;
        }
        Ok(())
    }

    fn header(&mut self, f: Gc<Proto>) -> fmt::Result {
        let source = f.source.as_ref().map_or(&b"=?"[..], |s| s.as_bytes());
        let shown = match source.split_first() {
            Some((b'@' | b'=', name)) => name,
            Some((0x1B, _)) => b"(bstring)",
            _ => b"(string)",
        };
        let kind = if f.line_defined == 0 { "main" } else { "function" };
        write!(self, "\n{kind} <")?;
        self.bytes(until_nul(shown))?;
        let (instructions, address) = (f.code.len(), f.as_ptr());
        writeln!(
            self,
            ":{},{}> ({instructions} instruction{}, {} bytes at {address:p})",
            f.line_defined,
            f.last_line_defined,
            plural(instructions),
            instructions * size_of::<u32>(),
        )?;
        let mut counted = |count: usize, what: &str, end: &str| {
            write!(self, "{count}{what}{}{end}", plural(count))
        };
        let params = if f.is_vararg() { "+ param" } else { " param" };
        counted(f.param_count as usize, params, ", ")?;
        counted(f.max_stack as usize, " slot", ", ")?;
        counted(f.upvalue_count as usize, " upvalue", ", ")?;
        counted(f.locals.len(), " local", ", ")?;
        counted(f.constants.len(), " constant", ", ")?;
        counted(f.protos.len(), " function", "\n")
    }

    fn code(&mut self, f: Gc<Proto>) -> fmt::Result {
        let mut pc = 0;
        while let Some(&word) = f.code.get(pc) {
            let i = Instruction(word);
            write!(self, "\t{}\t", pc + 1)?;
            match f.line_of(pc) {
                line @ 1.. => write!(self, "[{line}]\t")?,
                _ => self.write_str("[-]\t")?,
            }
            let Some(op) = i.opcode() else {
                writeln!(self, "?")?;
                pc += 1;
                continue;
            };
            write!(self, "{:<9}\t", op.name())?;
            self.operands(op, i)?;
            if op == Opcode::SetList && i.c() == 0 {
                pc += 1;
                write!(self, "\t; {}", f.code.get(pc).copied().unwrap_or(0) as i32)?;
            } else {
                self.comment(f, pc, op, i)?;
            }
            self.write_str("\n")?;
            pc += 1;
        }
        Ok(())
    }

    fn operands(&mut self, op: Opcode, i: Instruction) -> fmt::Result {
        let modes = op.modes();
        let shown = |rk: u32| if is_constant(rk) { -1 - constant_index(rk) as i32 } else { rk as i32 };
        match modes.format {
            Format::ABC => {
                write!(self, "{}", i.a())?;
                if modes.b != Operand::Unused {
                    write!(self, " {}", shown(i.b()))?;
                }
                if modes.c != Operand::Unused {
                    write!(self, " {}", shown(i.c()))?;
                }
                Ok(())
            }
            Format::ABx if modes.b == Operand::RegisterOrConstant => {
                write!(self, "{} {}", i.a(), -1 - i.bx() as i32)
            }
            Format::ABx => write!(self, "{} {}", i.a(), i.bx()),
            Format::AsBx if op == Opcode::Jmp => write!(self, "{}", i.sbx()),
            Format::AsBx => write!(self, "{} {}", i.a(), i.sbx()),
        }
    }

    /// What the operands stand for.
    fn comment(&mut self, f: Gc<Proto>, pc: usize, op: Opcode, i: Instruction) -> fmt::Result {
        use Opcode::*;
        match op {
            LoadK => {
                self.write_str("\t; ")?;
                self.constant(f, i.bx())
            }
            GetUpval | SetUpval => {
                self.write_str("\t; ")?;
                self.name(f.upvalue_names.get(i.b() as usize).copied().flatten())
            }
            GetGlobal | SetGlobal => {
                self.write_str("\t; ")?;
                self.name(f.constants.get(i.bx() as usize).and_then(|k| k.as_string()))
            }
            GetTable | SelfOp if is_constant(i.c()) => {
                self.write_str("\t; ")?;
                self.constant(f, constant_index(i.c()))
            }
            SetTable | Add | Sub | Mul | Div | Pow | Eq | Lt | Le
                if is_constant(i.b()) || is_constant(i.c()) =>
            {
                self.write_str("\t; ")?;
                self.constant_operand(f, i.b())?;
                self.write_str(" ")?;
                self.constant_operand(f, i.c())
            }
            Jmp | ForLoop | ForPrep => write!(self, "\t; to {}", pc as i64 + 2 + i.sbx() as i64),
            Closure => match f.protos.get(i.bx() as usize) {
                Some(inner) => write!(self, "\t; {:p}", inner.as_ptr()),
                None => Ok(()),
            },
            SetList => write!(self, "\t; {}", i.c()),
            _ => Ok(()),
        }
    }

    fn constant_operand(&mut self, f: Gc<Proto>, rk: u32) -> fmt::Result {
        if is_constant(rk) { self.constant(f, constant_index(rk)) } else { self.write_str("-") }
    }

    fn constant(&mut self, f: Gc<Proto>, index: u32) -> fmt::Result {
        match f.constants.get(index as usize) {
            Some(&value) => self.value(value),
            None => self.write_str("?"),
        }
    }

    fn value(&mut self, value: Value) -> fmt::Result {
        if let Some(s) = value.as_string() {
            return self.quoted(s.as_bytes());
        }
        if let Some(n) = value.as_number() {
            let mut text = [0; NUMBER_BUFFER];
            let len = format_number(n, &mut text);
            return self.bytes(&text[..len]);
        }
        self.write_str(match value {
            v if v.is_nil() => "nil",
            v if v.is_truthy() => "true",
            _ => "false",
        })
    }

    fn quoted(&mut self, s: &[u8]) -> fmt::Result {
        self.write_str("\"")?;
        for &byte in s {
            let letter = match byte {
                b'"' | b'\\' => byte,
                0x07 => b'a',
                0x08 => b'b',
                0x0C => b'f',
                b'\n' => b'n',
                b'\r' => b'r',
                b'\t' => b't',
                0x0B => b'v',
                b' '..=b'~' => {
                    self.bytes(&[byte])?;
                    continue;
                }
                _ => {
                    write!(self, "\\{byte:03}")?;
                    continue;
                }
            };
            self.bytes(&[b'\\', letter])?;
        }
        self.write_str("\"")
    }

    fn debug_information(&mut self, f: Gc<Proto>) -> fmt::Result {
        let address = f.as_ptr();
        writeln!(self, "constants ({}) for {address:p}:", f.constants.len())?;
        for (index, &value) in f.constants.iter().enumerate() {
            write!(self, "\t{}\t", index + 1)?;
            self.value(value)?;
            self.write_str("\n")?;
        }
        writeln!(self, "locals ({}) for {address:p}:", f.locals.len())?;
        for (index, local) in f.locals.iter().enumerate() {
            write!(self, "\t{index}\t")?;
            self.name(local.name)?;
            writeln!(self, "\t{}\t{}", local.start_pc + 1, local.end_pc + 1)?;
        }
        writeln!(self, "upvalues ({}) for {address:p}:", f.upvalue_names.len())?;
        for (index, &name) in f.upvalue_names.iter().enumerate() {
            write!(self, "\t{index}\t")?;
            self.name(name)?;
            self.write_str("\n")?;
        }
        Ok(())
    }
}
