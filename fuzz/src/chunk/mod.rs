//! Binary chunks as data that can be changed: a model of the format of 5.1, read and written here by code
//! that shares nothing with the library's, so that neither's errors hide the other's.
//!
//! Not here: changing one (`mutate`), making one up (`invent`), what the library does with it (`run`).

pub mod invent;
pub mod mutate;
pub mod run;

/// What chunks of this machine begin with: little endian; 4, 8, 4 and 8 bytes for an int, a size, an
/// instruction and a number.
pub const HEADER: [u8; 12] = *b"\x1bLua\x51\x00\x01\x04\x08\x04\x08\x00";

#[derive(Clone, PartialEq, Debug)]
pub enum Constant {
    Nil,
    Boolean(u8),
    /// The number's bits.
    Number(u64),
    /// With its closing NUL; empty: no string at all.
    String(Vec<u8>),
    /// A kind that no constant has.
    Other(u8),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Local {
    pub name: Vec<u8>,
    pub start: i32,
    pub end: i32,
}

/// A function of a chunk. Strings hold their closing NUL, and are empty where there is none.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Function {
    pub source: Vec<u8>,
    pub line: i32,
    pub last_line: i32,
    pub upvalues: u8,
    pub params: u8,
    pub vararg: u8,
    pub max_stack: u8,
    pub code: Vec<u32>,
    pub constants: Vec<Constant>,
    pub functions: Vec<Function>,
    pub lines: Vec<i32>,
    pub locals: Vec<Local>,
    pub upvalue_names: Vec<Vec<u8>>,
}

/// The function of a whole chunk; None if it is none, or goes on behind its end.
pub fn parse(bytes: &[u8]) -> Option<Function> {
    let mut reader = Reader(bytes.strip_prefix(&HEADER)?);
    let function = reader.function(0)?;
    reader.0.is_empty().then_some(function)
}

pub fn write(function: &Function) -> Vec<u8> {
    let mut out = HEADER.to_vec();
    write_function(function, &mut out);
    out
}

/// Functions inside each other that are read; more is the parser's business, not the model's.
const MAX_DEPTH: usize = 250;

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    fn int(&mut self) -> Option<i32> {
        Some(i32::from_le_bytes(self.array()?))
    }

    fn string(&mut self) -> Option<Vec<u8>> {
        let size = usize::try_from(u64::from_le_bytes(self.array()?)).ok()?;
        if size > self.0.len() {
            return None;
        }
        let (head, rest) = self.0.split_at(size);
        self.0 = rest;
        Some(head.to_vec())
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.int()?;
        (0..count).map(|_| item(self)).collect()
    }

    fn constant(&mut self) -> Option<Constant> {
        let [kind] = self.array()?;
        Some(match kind {
            0 => Constant::Nil,
            1 => Constant::Boolean(self.array::<1>()?[0]),
            3 => Constant::Number(u64::from_le_bytes(self.array()?)),
            4 => Constant::String(self.string()?),
            _ => return None,
        })
    }

    fn function(&mut self, depth: usize) -> Option<Function> {
        if depth > MAX_DEPTH {
            return None;
        }
        let source = self.string()?;
        let (line, last_line) = (self.int()?, self.int()?);
        let [upvalues, params, vararg, max_stack] = self.array()?;
        Some(Function {
            source,
            line,
            last_line,
            upvalues,
            params,
            vararg,
            max_stack,
            code: self.list(|r| Some(r.int()? as u32))?,
            constants: self.list(Reader::constant)?,
            functions: self.list(|r| r.function(depth + 1))?,
            lines: self.list(Reader::int)?,
            locals: self.list(|r| Some(Local { name: r.string()?, start: r.int()?, end: r.int()? }))?,
            upvalue_names: self.list(Reader::string)?,
        })
    }
}

fn write_string(string: &[u8], out: &mut Vec<u8>) {
    out.extend((string.len() as u64).to_le_bytes());
    out.extend(string);
}

fn write_function(f: &Function, out: &mut Vec<u8>) {
    fn count(n: usize, out: &mut Vec<u8>) {
        out.extend((n as i32).to_le_bytes());
    }
    write_string(&f.source, out);
    out.extend(f.line.to_le_bytes());
    out.extend(f.last_line.to_le_bytes());
    out.extend([f.upvalues, f.params, f.vararg, f.max_stack]);
    count(f.code.len(), out);
    f.code.iter().for_each(|word| out.extend(word.to_le_bytes()));
    count(f.constants.len(), out);
    for constant in &f.constants {
        match constant {
            Constant::Nil => out.push(0),
            Constant::Boolean(b) => out.extend([1, *b]),
            Constant::Number(bits) => {
                out.push(3);
                out.extend(bits.to_le_bytes());
            }
            Constant::String(bytes) => {
                out.push(4);
                write_string(bytes, out);
            }
            Constant::Other(kind) => out.push(*kind),
        }
    }
    count(f.functions.len(), out);
    f.functions.iter().for_each(|inner| write_function(inner, out));
    count(f.lines.len(), out);
    f.lines.iter().for_each(|line| out.extend(line.to_le_bytes()));
    count(f.locals.len(), out);
    for local in &f.locals {
        write_string(&local.name, out);
        out.extend(local.start.to_le_bytes());
        out.extend(local.end.to_le_bytes());
    }
    count(f.upvalue_names.len(), out);
    f.upvalue_names.iter().for_each(|name| write_string(name, out));
}

impl Function {
    /// This function and all inside it.
    pub fn count(&self) -> usize {
        1 + self.functions.iter().map(Function::count).sum::<usize>()
    }

    /// The `n`-th of them, from the outside in.
    pub fn nth(&mut self, n: usize) -> Option<&mut Function> {
        if n == 0 {
            return Some(self);
        }
        let mut left = n - 1;
        for inner in &mut self.functions {
            let count = inner.count();
            if left < count {
                return inner.nth(left);
            }
            left -= count;
        }
        None
    }
}
