//! A function as a binary chunk: the bytes of `string.dump` and of `luac5.1`'s files.
//!
//! ```text
//!   header   1B 'Lua' 51 00, then endianness and the sizes of int, size_t, instruction, number,
//!            and whether numbers are integers
//!   function source, lines, four counts, code, constants, functions, debug information
//! ```
//!
//! Integers have the machine's order and sizes. A string is its length with the NUL, or 0 for none,
//! then the bytes and the NUL.
//!
//! Not here: reading it back (`undump`).

use core::slice;

use crate::heap::Gc;
use crate::object::string::MAX_SHORT;
use crate::object::{Proto, Str, Type, Value};

pub const HEADER_SIZE: usize = 12;

/// What a binary chunk of this machine begins with.
pub const HEADER: [u8; HEADER_SIZE] = [
    0x1B,
    b'L',
    b'u',
    b'a',
    0x51,
    0,
    cfg!(target_endian = "little") as u8,
    size_of::<i32>() as u8,
    size_of::<usize>() as u8,
    size_of::<u32>() as u8,
    size_of::<f64>() as u8,
    0,
];

/// Four bytes in the machine's order, as they stand in a chunk.
trait Word {}
impl Word for u32 {}
impl Word for i32 {}

/// Bytes gathered for one call of the writer.
const BATCH: usize = 512;

/// A string's length, and the longest short string with it.
const SIZE: usize = size_of::<usize>();
const SHORT: usize = SIZE + MAX_SHORT / 8 * 8 + 8;

/// Writes a function and all inside it, without debug information if `strip`.
///
/// # Errors
/// The first one that `write` returns; nothing is written after it.
pub fn dump<E>(
    proto: Gc<Proto>,
    strip: bool,
    write: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let mut d = Dump { strip, write, batch: [0; BATCH], filled: 0 };
    d.bytes(&HEADER)?;
    d.function(proto, None)?;
    d.flush()
}

struct Dump<'w, E> {
    strip: bool,
    write: &'w mut dyn FnMut(&[u8]) -> Result<(), E>,
    batch: [u8; BATCH],
    filled: usize,
}

impl<E> Dump<'_, E> {
    #[inline(always)]
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), E> {
        match self.batch[self.filled..].get_mut(..bytes.len()) {
            Some(room) => {
                room.copy_from_slice(bytes);
                self.filled += bytes.len();
                Ok(())
            }
            None => self.pass_on(bytes),
        }
    }

    /// Writes what has been gathered, and begins anew with these.
    #[cold]
    #[inline(never)]
    fn pass_on(&mut self, bytes: &[u8]) -> Result<(), E> {
        self.flush()?;
        if bytes.len() >= BATCH {
            return (self.write)(bytes);
        }
        self.bytes(bytes)
    }

    fn flush(&mut self) -> Result<(), E> {
        match core::mem::take(&mut self.filled) {
            0 => Ok(()),
            filled => (self.write)(&self.batch[..filled]),
        }
    }

    fn byte(&mut self, byte: u8) -> Result<(), E> {
        self.bytes(&[byte])
    }

    fn int(&mut self, n: i32) -> Result<(), E> {
        self.bytes(&n.to_ne_bytes())
    }

    #[inline(always)]
    fn ints<const N: usize>(&mut self, ints: [i32; N]) -> Result<(), E> {
        self.bytes(ints.map(i32::to_ne_bytes).as_flattened())
    }

    /// A count and as many words.
    fn words<W: Word>(&mut self, words: &[W]) -> Result<(), E> {
        self.int(words.len() as i32)?;
        // SAFETY: a word is four bytes without padding, so as many bytes are initialised.
        self.bytes(unsafe { slice::from_raw_parts(words.as_ptr().cast(), 4 * words.len()) })
    }

    fn string(&mut self, s: Option<Gc<Str>>) -> Result<(), E> {
        let Some(s) = s else { return self.bytes(&0usize.to_ne_bytes()) };
        let size = s.len() + 1;
        // PERF: a short one by whole words; what is behind its NUL is written over.
        if let Some(words) = s.short_words()
            && let Some(room) = self.batch.get_mut(self.filled..).and_then(|rest| rest.first_chunk_mut::<SHORT>())
        {
            let (head, text) = room.split_at_mut(SIZE);
            head.copy_from_slice(&size.to_ne_bytes());
            for (to, word) in text.as_chunks_mut().0.iter_mut().zip(words) {
                *to = word.to_ne_bytes();
            }
            self.filled += SIZE + size;
            return Ok(());
        }
        self.bytes(&size.to_ne_bytes())?;
        self.bytes(s.as_bytes_with_nul())
    }

    /// A function inside one whose source is `outer`.
    fn function(&mut self, f: Gc<Proto>, outer: Option<Gc<Str>>) -> Result<(), E> {
        let inherited = match (f.source, outer) {
            (Some(own), Some(outer)) => own == outer || own.as_bytes() == outer.as_bytes(),
            (own, outer) => own.is_none() && outer.is_none(),
        };
        self.string(if inherited || self.strip { None } else { f.source })?;
        let counts = [f.upvalue_count, f.param_count, f.vararg, f.max_stack];
        self.ints([f.line_defined, f.last_line_defined, i32::from_ne_bytes(counts)])?;
        self.words(&f.code)?;
        self.constants(&f.constants)?;
        self.int(f.protos.len() as i32)?;
        for &inner in f.protos.iter() {
            self.function(inner, f.source)?;
        }
        self.debug_information(f)
    }

    fn constants(&mut self, constants: &[Value]) -> Result<(), E> {
        self.int(constants.len() as i32)?;
        for constant in constants {
            match constant.type_of() {
                kind @ Type::Boolean => self.bytes(&[kind as u8, constant.is_truthy() as u8])?,
                kind @ Type::Number => {
                    let mut item = [kind as u8; 9];
                    item[1..].copy_from_slice(&constant.as_f64().to_ne_bytes());
                    self.bytes(&item)?;
                }
                kind @ Type::String => {
                    self.byte(kind as u8)?;
                    self.string(constant.as_string())?;
                }
                kind => self.byte(kind as u8)?, // nil is its type
            }
        }
        Ok(())
    }

    fn debug_information(&mut self, f: Gc<Proto>) -> Result<(), E> {
        if self.strip {
            return self.bytes(&[0; 12]); // no lines, no local variables, no upvalue names
        }
        self.words(&f.lines)?;
        self.int(f.locals.len() as i32)?;
        for local in f.locals.iter() {
            self.string(local.name)?;
            self.ints([local.start_pc, local.end_pc])?;
        }
        self.int(f.upvalue_names.len() as i32)?;
        for &name in f.upvalue_names.iter() {
            self.string(name)?;
        }
        Ok(())
    }
}
