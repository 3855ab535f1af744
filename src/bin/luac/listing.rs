//! The listing of `-l`: every instruction with its line and what its operands mean; of `-l -l` also
//! constants, locals and upvalues.

use core::fmt::{self, Write};

use ferrouslua::base::number::{NUMBER_BUFFER, format_number};
use ferrouslua::bytecode::opcode::{
    Format, Instruction, Opcode, Operand, constant_index, is_constant,
};
use ferrouslua::heap::Gc;
use ferrouslua::object::{Proto, Str, Value};

use crate::stdout;

/// Lists a function and those inside it. Nothing is said where writing fails, as by printf.
pub fn print(proto: &Proto, full: bool) {
    let mut out = Out;
    let _ = list(&mut out, proto, full);
}

/// C's standard output, so that this and other output keep their order.
struct Out;

impl Out {
    fn bytes(&mut self, bytes: &[u8]) {
        // SAFETY: the pointer and the length are the slice's; C's own stream.
        unsafe { libc::fwrite(bytes.as_ptr().cast(), 1, bytes.len(), stdout) };
    }

    /// A C string's bytes: those before the first NUL.
    fn text(&mut self, s: Option<&Gc<Str>>) {
        let bytes = s.map_or(&b"-"[..], |s| s.as_bytes());
        self.bytes(bytes.split(|&b| b == 0).next().unwrap_or_default());
    }
}

impl Write for Out {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        self.bytes(s.as_bytes());
        Ok(())
    }
}

fn list(out: &mut Out, proto: &Proto, full: bool) -> fmt::Result {
    header(out, proto)?;
    code(out, proto)?;
    if full {
        constants(out, proto)?;
        variables(out, proto)?;
    }
    for inner in proto.protos.iter() {
        list(out, inner, full)?;
    }
    Ok(())
}

/// A count and its noun.
struct Counted(usize, &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

fn header(out: &mut Out, proto: &Proto) -> fmt::Result {
    let kind = if proto.line_defined == 0 { "main" } else { "function" };
    write!(out, "\n{kind} <")?;
    let source = proto.source.as_ref().map_or(&b"=?"[..], |s| s.as_bytes());
    match source.split_first() {
        Some((b'@' | b'=', name)) => {
            out.bytes(name.split(|&b| b == 0).next().unwrap_or_default());
        }
        Some((0x1B, _)) => out.bytes(b"(bstring)"),
        _ => out.bytes(b"(string)"),
    }
    let size = proto.code.len();
    write!(out, ":{},{}> (", proto.line_defined, proto.last_line_defined)?;
    let address: *const Proto = proto;
    writeln!(out, "{}, {} bytes at {address:p})", Counted(size, "instruction"), size * 4)?;
    let params = proto.param_count as usize;
    let plus = if proto.is_vararg() { "+" } else { "" };
    let plural = if params == 1 { "" } else { "s" };
    write!(out, "{params}{plus} param{plural}, {}, ", Counted(proto.max_stack as usize, "slot"))?;
    write!(out, "{}, ", Counted(proto.upvalue_count as usize, "upvalue"))?;
    write!(out, "{}, ", Counted(proto.locals.len(), "local"))?;
    write!(out, "{}, ", Counted(proto.constants.len(), "constant"))?;
    writeln!(out, "{}", Counted(proto.protos.len(), "function"))
}

fn code(out: &mut Out, proto: &Proto) -> fmt::Result {
    let mut pc = 0;
    while let Some(&word) = proto.code.get(pc) {
        let i = Instruction(word);
        let Some(opcode) = i.opcode() else { return Err(fmt::Error) };
        write!(out, "\t{}\t", pc + 1)?;
        match proto.line_of(pc) {
            line if line > 0 => write!(out, "[{line}]\t")?,
            _ => out.write_str("[-]\t")?,
        }
        write!(out, "{:<9}\t", opcode.name())?;
        operands(out, opcode, i)?;
        comment(out, proto, opcode, i, pc)?;
        out.write_str("\n")?;
        pc += if opcode == Opcode::SetList && i.c() == 0 { 2 } else { 1 };
    }
    Ok(())
}

fn operands(out: &mut Out, opcode: Opcode, i: Instruction) -> fmt::Result {
    let modes = opcode.modes();
    match modes.format {
        Format::ABC => {
            write!(out, "{}", i.a())?;
            for (mode, operand) in [(modes.b, i.b()), (modes.c, i.c())] {
                if mode != Operand::Unused {
                    write!(out, " {}", shown(operand))?;
                }
            }
            Ok(())
        }
        Format::ABx if modes.b == Operand::RegisterOrConstant => {
            write!(out, "{} {}", i.a(), -1 - i.bx() as i32)
        }
        Format::ABx => write!(out, "{} {}", i.a(), i.bx()),
        Format::AsBx if opcode == Opcode::Jmp => write!(out, "{}", i.sbx()),
        Format::AsBx => write!(out, "{} {}", i.a(), i.sbx()),
    }
}

/// Constants are counted down from -1.
fn shown(operand: u32) -> i32 {
    if is_constant(operand) { -1 - constant_index(operand) as i32 } else { operand as i32 }
}

fn comment(out: &mut Out, proto: &Proto, op: Opcode, i: Instruction, pc: usize) -> fmt::Result {
    match op {
        Opcode::LoadK => {
            out.write_str("\t; ")?;
            constant(out, proto, i.bx())
        }
        Opcode::GetUpval | Opcode::SetUpval => {
            out.write_str("\t; ")?;
            let name = proto.upvalue_names.get(i.b() as usize);
            out.text(name.and_then(|name| name.as_ref()));
            Ok(())
        }
        Opcode::GetGlobal | Opcode::SetGlobal => {
            out.write_str("\t; ")?;
            let name = proto.constants.get(i.bx() as usize).and_then(|k| k.as_string());
            out.text(name.as_ref());
            Ok(())
        }
        Opcode::GetTable | Opcode::SelfOp if is_constant(i.c()) => {
            out.write_str("\t; ")?;
            constant(out, proto, constant_index(i.c()))
        }
        Opcode::SetTable
        | Opcode::Add
        | Opcode::Sub
        | Opcode::Mul
        | Opcode::Div
        | Opcode::Pow
        | Opcode::Eq
        | Opcode::Lt
        | Opcode::Le
            if is_constant(i.b()) || is_constant(i.c()) =>
        {
            out.write_str("\t; ")?;
            constant_or_dash(out, proto, i.b())?;
            out.write_str(" ")?;
            constant_or_dash(out, proto, i.c())
        }
        Opcode::Jmp | Opcode::ForLoop | Opcode::ForPrep => {
            write!(out, "\t; to {}", i.sbx() as i64 + pc as i64 + 2)
        }
        Opcode::Closure => match proto.protos.get(i.bx() as usize) {
            Some(inner) => write!(out, "\t; {:p}", inner.as_ptr()),
            None => Ok(()),
        },
        Opcode::SetList => match i.c() {
            0 => write!(out, "\t; {}", proto.code.get(pc + 1).map_or(0, |&word| word as i32)),
            c => write!(out, "\t; {c}"),
        },
        _ => Ok(()),
    }
}

fn constant_or_dash(out: &mut Out, proto: &Proto, operand: u32) -> fmt::Result {
    if is_constant(operand) {
        constant(out, proto, constant_index(operand))
    } else {
        out.write_str("-")
    }
}

fn constant(out: &mut Out, proto: &Proto, index: u32) -> fmt::Result {
    let value = proto.constants.get(index as usize).copied().unwrap_or(Value::NIL);
    if let Some(n) = value.as_number() {
        let mut text = [0; NUMBER_BUFFER];
        let len = format_number(n, &mut text);
        out.bytes(&text[..len]);
        Ok(())
    } else if let Some(s) = value.as_string() {
        quoted(out, s.as_bytes())
    } else if value.is_nil() {
        out.write_str("nil")
    } else {
        write!(out, "{}", value.is_truthy())
    }
}

fn quoted(out: &mut Out, bytes: &[u8]) -> fmt::Result {
    out.write_str("\"")?;
    for &b in bytes {
        match b {
            b'"' => out.bytes(b"\\\""),
            b'\\' => out.bytes(b"\\\\"),
            0x07 => out.bytes(b"\\a"),
            0x08 => out.bytes(b"\\b"),
            0x0C => out.bytes(b"\\f"),
            b'\n' => out.bytes(b"\\n"),
            b'\r' => out.bytes(b"\\r"),
            b'\t' => out.bytes(b"\\t"),
            0x0B => out.bytes(b"\\v"),
            0x20..0x7F => out.bytes(&[b]),
            _ => write!(out, "\\{b:03}")?,
        }
    }
    out.write_str("\"")
}

fn constants(out: &mut Out, proto: &Proto) -> fmt::Result {
    let address: *const Proto = proto;
    writeln!(out, "constants ({}) for {address:p}:", proto.constants.len())?;
    for i in 0..proto.constants.len() {
        write!(out, "\t{}\t", i + 1)?;
        constant(out, proto, i as u32)?;
        out.write_str("\n")?;
    }
    Ok(())
}

fn variables(out: &mut Out, proto: &Proto) -> fmt::Result {
    let address: *const Proto = proto;
    writeln!(out, "locals ({}) for {address:p}:", proto.locals.len())?;
    for (i, local) in proto.locals.iter().enumerate() {
        write!(out, "\t{i}\t")?;
        out.text(local.name.as_ref());
        writeln!(out, "\t{}\t{}", local.start_pc + 1, local.end_pc + 1)?;
    }
    writeln!(out, "upvalues ({}) for {address:p}:", proto.upvalue_names.len())?;
    for (i, name) in proto.upvalue_names.iter().enumerate() {
        write!(out, "\t{i}\t")?;
        out.text(name.as_ref());
        out.write_str("\n")?;
    }
    Ok(())
}
