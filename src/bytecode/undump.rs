//! A binary chunk back into prototypes.
//!
//! Nothing in a chunk is believed: a count is only used after as many bytes have come, so that a
//! short chunk cannot ask for much memory, and each function's code is verified before the function
//! is handed out, unless the same bytes have been.
//!
//! PERF: an array is given to its function where it has been read. One that is returned is copied in larger pieces than it
//! was written in, and the processor waits for that.
//!
//! Where the source may run any code, and so the collector, it is the source that keeps what has been made.
//!
//! Not here: what makes code safe to run (`verify`), the format (`dump`).

use crate::bytecode::dump::{HEADER, HEADER_SIZE};
use crate::bytecode::verify::is_sound;
use crate::heap::{Buffer, Gc, GcHeader, Heap, OutOfMemory, RawArray};
use crate::object::{LocalVar, Proto, Str, StringTable, Type, Value};

/// Why a chunk was not loaded.
pub enum UndumpError<E> {
    /// What is wrong with the chunk, as the message says it.
    Bad(&'static str),
    Memory,
    /// The error of whoever supplies the bytes.
    Source(E),
}

impl<E> From<OutOfMemory> for UndumpError<E> {
    fn from(_: OutOfMemory) -> UndumpError<E> {
        UndumpError::Memory
    }
}

/// Bytes taken at once from a source that has not many together.
const BATCH: usize = 1024;

/// Where a chunk's bytes come from.
pub trait Source {
    type Error;

    /// The next bytes, as many as lie together.
    fn rest(&self) -> &[u8];

    /// Passes so many of `rest`.
    fn pass(&mut self, count: usize);

    /// Fills `out`; false if the bytes end before.
    fn read(&mut self, out: &mut [u8]) -> Result<bool, Self::Error>;

    /// Keeps an object of the chunk alive until the whole is read, if `read` can run the collector.
    fn hold(&mut self, object: Gc<GcHeader>) -> Result<(), OutOfMemory>;
}

/// Four bytes of a chunk, whatever they are.
trait Word: Copy {
    fn of(bytes: [u8; 4]) -> Self;
}

impl Word for u32 {
    fn of(bytes: [u8; 4]) -> u32 {
        u32::from_ne_bytes(bytes)
    }
}

impl Word for i32 {
    fn of(bytes: [u8; 4]) -> i32 {
        i32::from_ne_bytes(bytes)
    }
}

/// How far a chunk is trusted.
#[derive(Clone, Copy)]
pub struct Trust {
    /// How deep functions may be nested.
    pub levels: u32,
    /// The bytes are those of a chunk that was verified before, or was dumped.
    pub sound: bool,
}

/// Reads a whole chunk.
pub fn undump<S: Source>(
    heap: &Heap,
    strings: &StringTable,
    trust: Trust,
    source: S,
) -> Result<Gc<Proto>, UndumpError<S::Error>> {
    let mut u = Undump { heap, strings, trust, source };
    if u.array::<HEADER_SIZE>()? != HEADER {
        return Err(UndumpError::Bad("bad header"));
    }
    let unknown = u.new_string(b"=?")?;
    u.function(unknown)
}

struct Undump<'h, S: Source> {
    heap: &'h Heap,
    strings: &'h StringTable,
    trust: Trust,
    source: S,
}

impl<'h, S: Source> Undump<'h, S> {
    #[cold]
    #[inline(never)]
    fn read(&mut self, out: &mut [u8]) -> Result<(), UndumpError<S::Error>> {
        match self.source.read(out) {
            Ok(true) => Ok(()),
            Ok(false) => Err(UndumpError::Bad("unexpected end")),
            Err(e) => Err(UndumpError::Source(e)),
        }
    }

    #[inline(always)]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], UndumpError<S::Error>> {
        if let Some(&bytes) = self.source.rest().first_chunk::<N>() {
            self.source.pass(N);
            return Ok(bytes);
        }
        let mut bytes = [0; N];
        self.read(&mut bytes)?;
        Ok(bytes)
    }

    /// A number that is not negative.
    #[inline(always)]
    fn int(&mut self) -> Result<i32, UndumpError<S::Error>> {
        let n = i32::from_ne_bytes(self.array()?);
        if n < 0 { Err(UndumpError::Bad("bad integer")) } else { Ok(n) }
    }

    #[inline]
    fn string(&mut self) -> Result<Option<Gc<Str>>, UndumpError<S::Error>> {
        let size = usize::from_ne_bytes(self.array()?);
        if size == 0 {
            return Ok(None);
        }
        if let Some(bytes) = self.source.rest().get(..size) {
            let s = self.strings.make(self.heap, &bytes[..size - 1])?;
            self.source.hold(s.header())?;
            self.source.pass(size);
            return Ok(Some(s));
        }
        self.scattered_string(size).map(Some)
    }

    /// A string whose bytes do not lie together.
    #[cold]
    #[inline(never)]
    fn scattered_string(&mut self, size: usize) -> Result<Gc<Str>, UndumpError<S::Error>> {
        let mut batch = [0; BATCH];
        let mut bytes = Buffer::new(self.heap);
        let mut left = size;
        while left > 0 {
            let count = left.min(BATCH);
            self.read(&mut batch[..count])?;
            bytes.extend(&batch[..count])?;
            left -= count;
        }
        Ok(self.new_string(&bytes[..size - 1])?)
    }

    fn new_string(&mut self, bytes: &[u8]) -> Result<Gc<Str>, OutOfMemory> {
        let s = self.strings.make(self.heap, bytes)?;
        self.source.hold(s.header())?;
        Ok(s)
    }

    /// Room for `count` elements of which each has at least `bytes` bytes in the chunk: for all that can still
    /// come, as far as it is to be seen.
    fn room<T: Copy>(&self, count: i32, bytes: usize) -> Result<Buffer<'h, T>, OutOfMemory> {
        Buffer::with_capacity(self.heap, (count as usize).min(self.source.rest().len() / bytes))
    }

    /// A count and as many words.
    fn words<W: Word>(&mut self, give: impl FnOnce(RawArray<W>)) -> Result<(), UndumpError<S::Error>> {
        let count = self.int()?;
        let mut left = count as usize * 4;
        if let Some(bytes) = self.source.rest().get(..left) {
            // SAFETY: any four bytes make a word.
            give(unsafe { RawArray::of_bytes(self.heap, bytes)? });
            self.source.pass(left);
            return Ok(());
        }
        let mut words = self.room(count, 4)?;
        let mut batch = [0; BATCH];
        while left > 0 {
            let count = left.min(BATCH);
            self.read(&mut batch[..count])?;
            words.extend_each(batch[..count].as_chunks::<4>().0.iter().map(|&bytes| W::of(bytes)))?;
            left -= count;
        }
        give(words.into_array()?);
        Ok(())
    }

    fn constants(&mut self, give: impl FnOnce(RawArray<Value>)) -> Result<(), UndumpError<S::Error>> {
        const NIL: u8 = Type::Nil as u8;
        const BOOLEAN: u8 = Type::Boolean as u8;
        const NUMBER: u8 = Type::Number as u8;
        const STRING: u8 = Type::String as u8;
        let count = self.int()?;
        let mut constants = self.room(count, 1)?;
        for _ in 0..count {
            let [kind] = self.array()?;
            constants.push(match kind {
                NIL => Value::NIL,
                BOOLEAN => Value::boolean(self.array()? != [0]),
                NUMBER => Value::number(f64::from_ne_bytes(self.array()?)),
                STRING => match self.string()? {
                    Some(s) => Value::string(s),
                    None => return Err(UndumpError::Bad("bad constant")),
                },
                _ => return Err(UndumpError::Bad("bad constant")),
            })?;
        }
        give(constants.into_array()?);
        Ok(())
    }

    fn protos(
        &mut self,
        source: Gc<Str>,
        give: impl FnOnce(RawArray<Gc<Proto>>),
    ) -> Result<(), UndumpError<S::Error>> {
        let count = self.int()?;
        let mut protos = self.room(count, 32)?;
        for _ in 0..count {
            protos.push(self.function(source)?)?;
        }
        give(protos.into_array()?);
        Ok(())
    }

    fn locals(&mut self, give: impl FnOnce(RawArray<LocalVar>)) -> Result<(), UndumpError<S::Error>> {
        let count = self.int()?;
        let mut locals = self.room(count, 16)?;
        for _ in 0..count {
            let name = self.string()?;
            let (start_pc, end_pc) = (self.int()?, self.int()?);
            locals.push(LocalVar { name, start_pc, end_pc })?;
        }
        give(locals.into_array()?);
        Ok(())
    }

    fn upvalue_names(
        &mut self,
        give: impl FnOnce(RawArray<Option<Gc<Str>>>),
    ) -> Result<(), UndumpError<S::Error>> {
        let count = self.int()?;
        let mut names = self.room(count, 8)?;
        for _ in 0..count {
            names.push(self.string()?)?;
        }
        give(names.into_array()?);
        Ok(())
    }

    /// A function inside one whose source is `outer`.
    fn function(&mut self, outer: Gc<Str>) -> Result<Gc<Proto>, UndumpError<S::Error>> {
        self.trust.levels = match self.trust.levels.checked_sub(1) {
            Some(levels) => levels,
            None => return Err(UndumpError::Bad("code too deep")),
        };
        let proto = Proto::new(self.heap)?;
        self.source.hold(proto.header())?;
        let p = proto.as_ptr();
        let source = self.string()?.unwrap_or(outer);
        let (line_defined, last_line_defined) = (self.int()?, self.int()?);
        let [upvalue_count, param_count, vararg, max_stack] = self.array()?;
        // SAFETY: ALIAS: nobody else knows the new Proto yet, and a collection meanwhile only keeps it.
        // NOBARRIER: it is not black, for nothing that is marked refers to it. Each array becomes the
        // Proto's as it is made, so a failure on the way leaks none.
        unsafe {
            (*p).source = Some(source);
            (*p).line_defined = line_defined;
            (*p).last_line_defined = last_line_defined;
            (*p).upvalue_count = upvalue_count;
            (*p).param_count = param_count;
            (*p).vararg = vararg;
            (*p).max_stack = max_stack;
            self.words(|array| (*p).code = array)?;
            self.constants(|array| (*p).constants = array)?;
            self.protos(source, |array| (*p).protos = array)?;
            self.words(|array| (*p).lines = array)?;
            self.locals(|array| (*p).locals = array)?;
            self.upvalue_names(|array| (*p).upvalue_names = array)?;
        }
        if self.trust.sound {
            debug_assert!(is_sound(self.heap, &proto).unwrap_or(true), "what was sound stays so");
        } else if !is_sound(self.heap, &proto)? {
            return Err(UndumpError::Bad("bad code"));
        }
        self.trust.levels += 1;
        Ok(proto)
    }
}
