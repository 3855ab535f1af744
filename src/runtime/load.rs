//! Loading: from a chunk's bytes, text or binary, to a function on the stack; and back by dumping.
//!
//! Not here: files (`luaL_loadfile`), compiling (`syntax`), the binary format (`bytecode`).

use crate::bytecode::dump;
use crate::bytecode::undump::{Source, Trust, UndumpError, undump};
use crate::heap::{Anchors, Gc, GcHeader, OutOfMemory};
use crate::object::{LuaClosure, Proto, Str, UpVal, Value};
use crate::runtime::args::until_nul;
use crate::state::{State, Status, Thrown};
use crate::syntax::{self, Input};

pub use crate::syntax::ChunkReader;

/// What a binary chunk begins with (`LUA_SIGNATURE`).
pub const SIGNATURE: u8 = 0x1B;
/// How deep functions and syntax may be nested, C calls included (`LUAI_MAXCCALLS`).
const MAX_LEVELS: u32 = 200;

/// The kinds of chunk that a load takes.
#[derive(Clone, Copy)]
pub struct Kinds {
    pub text: bool,
    pub binary: bool,
}

impl Kinds {
    pub const ALL: Kinds = Kinds { text: true, binary: true };

    fn include(self, binary: bool) -> bool {
        if binary { self.binary } else { self.text }
    }
}

/// A chunk that lies whole in memory.
pub struct BytesReader<'b> {
    bytes: &'b [u8],
    sound: bool,
}

impl<'b> BytesReader<'b> {
    pub fn new(bytes: &'b [u8]) -> BytesReader<'b> {
        BytesReader { bytes, sound: false }
    }
}

impl ChunkReader for BytesReader<'_> {
    fn runs_code(&self) -> bool {
        false
    }

    fn is_sound(&self) -> bool {
        self.sound
    }

    fn next_piece(&mut self, _: &mut State) -> Result<&[u8], Thrown> {
        Ok(core::mem::take(&mut self.bytes))
    }
}

/// `lua_load`: pushes the chunk as a function. Its name is a C string, which is looked at after the
/// reader's first call only if that runs no code.
///
/// # Errors
/// Syntax and memory errors, and the reader's own.
pub fn load(l: &mut State, reader: &mut dyn ChunkReader, name: &[u8]) -> Result<(), Thrown> {
    load_kinds(l, reader, name, Kinds::ALL)
}

/// As `load`, but a chunk of a kind that was not asked for is a syntax error. So is a binary one, if the
/// state takes text only.
///
/// # Errors
/// As `load`.
pub fn load_kinds(
    l: &mut State,
    reader: &mut dyn ChunkReader,
    name: &[u8],
    kinds: Kinds,
) -> Result<(), Thrown> {
    l.ensure_stack(1)?;
    let mut anchors = reader.runs_code().then(|| Anchors::new(l.heap()));
    let proto = load_proto(l, reader, until_nul(name), kinds, anchors.as_mut())?;
    let closure = LuaClosure::new(l.heap(), proto, l.globals)?;
    for index in 0..closure.upvalue_count() {
        let upvalue = UpVal::new_closed(l.heap(), Value::NIL)?;
        // SAFETY: index < count. NOBARRIER: the closure has just been made, and is not black.
        unsafe { closure.set_upvalue(index, upvalue) };
    }
    l.ensure_stack(1)?;
    l.push(Value::lua_closure(closure));
    Ok(())
}

/// `luaL_loadbuffer`.
pub fn load_buffer(l: &mut State, bytes: &[u8], name: &[u8]) -> Result<(), Thrown> {
    load(l, &mut BytesReader::new(bytes), name)
}

/// Loads a string, which the caller keeps alive. A binary chunk is remembered with its function, and as one
/// that is safe to run.
pub fn load_string(l: &mut State, text: Gc<Str>, name: &[u8]) -> Result<(), Thrown> {
    load(l, &mut BytesReader { bytes: text.as_bytes(), sound: text.is_sound_chunk() }, name)?;
    if text.as_bytes().first() == Some(&SIGNATURE)
        && let Some(function) = l.from_top(1).as_lua_closure()
    {
        note_chunk(l, text, function);
    }
    Ok(())
}

/// Notes that a string is a binary chunk of which this function was made, or which was made of it.
pub fn note_chunk(l: &State, text: Gc<Str>, function: Gc<LuaClosure>) {
    text.note_sound_chunk();
    l.global().chunks.note(text, function.proto);
}

/// The chunk's main function, which nobody but the anchors holds.
fn load_proto(
    l: &mut State,
    reader: &mut dyn ChunkReader,
    name: &[u8],
    kinds: Kinds,
    mut anchors: Option<&mut Anchors<'static>>,
) -> Result<Gc<Proto>, Thrown> {
    let mut kept = None;
    if let Some(anchors) = &mut anchors {
        // Whatever holds the name now, the reader may make it let go.
        let s = l.new_string(name)?;
        anchors.hold(s.header())?;
        kept = Some(s);
    }
    let name = kept.as_ref().map_or(name, |s| s.as_bytes());
    let mut input = Input::new(reader);
    input.refill(l)?;
    let binary = input.current() == Some(SIGNATURE);
    if !kinds.include(binary) || binary && l.global().limits.text_only.get() {
        return Err(l.throw_bytes(Status::Syntax, &[b"attempt to load chunk with wrong mode"]));
    }
    if binary {
        if let Some(proto) = l.global().chunks.find(input.rest(), levels_left(l)) {
            return Ok(proto);
        }
        return load_binary(l, input, name, anchors);
    }
    let name = match kept {
        Some(name) => name,
        None => l.new_string(name)?,
    };
    syntax::parse(l, input, name, anchors)
}

/// A binary chunk's bytes, whose reader runs no code.
struct ChunkSource<'a, 'r> {
    l: &'a mut State,
    input: Input<'r>,
}

impl Source for ChunkSource<'_, '_> {
    type Error = Thrown;

    #[inline(always)]
    fn rest(&self) -> &[u8] {
        self.input.rest()
    }

    #[inline(always)]
    fn pass(&mut self, count: usize) {
        self.input.pass(count);
    }

    fn read(&mut self, out: &mut [u8]) -> Result<bool, Thrown> {
        self.input.read_exactly(self.l, out)
    }

    #[inline(always)]
    fn hold(&mut self, _: Gc<GcHeader>) -> Result<(), OutOfMemory> {
        Ok(())
    }
}

/// The bytes of a binary chunk whose reader may run the collector.
struct HeldSource<'a, 'r> {
    chunk: ChunkSource<'a, 'r>,
    anchors: &'a mut Anchors<'static>,
}

impl Source for HeldSource<'_, '_> {
    type Error = Thrown;

    fn rest(&self) -> &[u8] {
        self.chunk.rest()
    }

    fn pass(&mut self, count: usize) {
        self.chunk.pass(count);
    }

    fn read(&mut self, out: &mut [u8]) -> Result<bool, Thrown> {
        self.chunk.read(out)
    }

    fn hold(&mut self, object: Gc<GcHeader>) -> Result<(), OutOfMemory> {
        self.anchors.hold(object)
    }
}

/// How deep the functions of a binary chunk may be nested here.
fn levels_left(l: &State) -> u32 {
    MAX_LEVELS.saturating_sub(l.c_calls as u32)
}

fn load_binary(
    l: &mut State,
    input: Input<'_>,
    name: &[u8],
    anchors: Option<&mut Anchors<'static>>,
) -> Result<Gc<Proto>, Thrown> {
    let global = l.global();
    let trust = Trust { levels: levels_left(l), sound: input.is_sound() };
    let chunk = ChunkSource { l, input };
    let undumped = match anchors {
        None => undump(&global.heap, &global.strings, trust, chunk),
        Some(anchors) => undump(&global.heap, &global.strings, trust, HeldSource { chunk, anchors }),
    };
    match undumped {
        Ok(proto) => Ok(proto),
        Err(UndumpError::Memory) => Err(Thrown::new(Status::Memory)),
        Err(UndumpError::Source(thrown)) => Err(thrown),
        Err(UndumpError::Bad(what)) => {
            let shown = match name.split_first() {
                Some((b'@' | b'=', rest)) => rest,
                Some((&SIGNATURE, _)) => b"binary string",
                _ => name,
            };
            let parts: &[&[u8]] = &[shown, b": ", what.as_bytes(), b" in precompiled chunk"];
            Err(l.throw_bytes(Status::Syntax, parts))
        }
    }
}

/// `lua_dump`: writes a Lua function as a binary chunk.
///
/// # Errors
/// What `write` returns.
pub fn dump<E>(
    closure: Gc<LuaClosure>,
    strip: bool,
    write: &mut dyn FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    dump::dump(closure.proto, strip, write)
}
