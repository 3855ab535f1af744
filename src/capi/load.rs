//! Loading and dumping chunks (manual §3.7).
//!
//! Readers and writers are the host's and may raise errors: each is called behind a recovery point,
//! and what it raised comes back as an error of ours, so that the compiler's memory is given back.
//!
//! Not here: compiling (`syntax`), the binary format (`bytecode`).

use core::ffi::{c_char, c_int, c_void};
use core::slice;

use crate::bytecode::dump::dump;
use crate::capi::check::check;
use crate::capi::types::*;
use crate::capi::{bytes_of, finish, state};
use crate::runtime::load::{self, Kinds};
use crate::state::{State, Thrown};
use crate::syntax::ChunkReader;
use crate::vm::{call, safepoint};

/// Loads a chunk, text or binary, whose pieces reader(L, data, …) gives, and pushes it as a function
/// (status 0), or an error message (LUA_ERRSYNTAX, LUA_ERRMEM, or what the reader raised).
/// [-0, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_load(
    L: *mut lua_State,
    reader: lua_Reader,
    data: *mut c_void,
    chunkname: *const c_char,
) -> c_int {
    check!(lua_load(L): given(reader), room(1));
    // SAFETY: HOST.
    unsafe { load_kinds(L, reader, data, chunkname, Kinds::ALL) }
}

/// lua_load of chunks of some kinds.
pub(super) unsafe fn load_kinds(
    L: *mut lua_State,
    reader: lua_Reader,
    data: *mut c_void,
    chunkname: *const c_char,
    kinds: Kinds,
) -> c_int {
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    // SAFETY: HOST: a C string, or NULL.
    let name = if chunkname.is_null() { b"?" } else { unsafe { bytes_of(chunkname) } };
    let mut source = HostReader { reader, data };
    let ended = call::protect(l, &mut |l| load::load_kinds(l, &mut source, name, kinds));
    finish(l, ended).code()
}

/// A host's reader as the compiler sees it.
struct HostReader {
    reader: lua_Reader,
    data: *mut c_void,
}

/// One call of a reader: what it is given, and where its piece's size goes.
struct ReaderCall {
    reader: unsafe extern "C" fn(*mut State, *mut c_void, *mut usize) -> *const c_char,
    data: *mut c_void,
    size: usize,
}

impl ChunkReader for HostReader {
    fn runs_code(&self) -> bool {
        true
    }

    fn next_piece(&mut self, l: &mut State) -> Result<&[u8], Thrown> {
        let Some(reader) = self.reader else { return Ok(&[]) };
        // Before the call: what the reader hands out may be held by nobody.
        safepoint::check(l)?;
        let mut job = ReaderCall { reader, data: self.data, size: 0 };
        let piece = call::call_foreign(l, call_reader, (&raw mut job).cast())? as *const u8;
        if piece.is_null() || job.size == 0 {
            return Ok(&[]);
        }
        // SAFETY: HOST: a reader's piece is valid until its next call.
        Ok(unsafe { slice::from_raw_parts(piece, job.size) })
    }
}

unsafe extern "C" fn call_reader(l: *mut State, job: *mut c_void) -> usize {
    let job = job.cast::<ReaderCall>();
    // SAFETY: `next_piece` passes its own job; HOST for the call. Nothing here has a destructor.
    unsafe { ((*job).reader)(l, (*job).data, &raw mut (*job).size) as usize }
}

/// Gives the topmost value, a Lua function, to writer(L, p, size, data) piece by piece as a binary
/// chunk. Gives what the writer gave when it was not 0; 1 if the value is no Lua function; else 0.
/// [-0, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_dump(
    L: *mut lua_State,
    writer: lua_Writer,
    data: *mut c_void,
) -> c_int {
    check!(lua_dump(L): given(writer), values(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match dump_topmost(l, writer, data) {
        Ok(()) => 0,
        Err(DumpEnd::Refused(status)) => status,
        Err(DumpEnd::Thrown(thrown)) => call::throw(l, thrown),
    }
}

/// Why a dump ended early.
enum DumpEnd {
    Refused(c_int),
    Thrown(Thrown),
}

/// One call of a writer.
struct WriterCall {
    writer: unsafe extern "C" fn(*mut State, *const c_void, usize, *mut c_void) -> c_int,
    piece: *const u8,
    size: usize,
    data: *mut c_void,
}

fn dump_topmost(l: &mut State, writer: lua_Writer, data: *mut c_void) -> Result<(), DumpEnd> {
    let f = if l.arg_count() == 0 { None } else { l.from_top(1).as_lua_closure() };
    let (Some(f), Some(writer)) = (f, writer) else { return Err(DumpEnd::Refused(1)) };
    dump(f.proto, false, &mut |piece| {
        let (piece, size) = (piece.as_ptr(), piece.len());
        let mut job = WriterCall { writer, piece, size, data };
        match call::call_foreign(l, call_writer, (&raw mut job).cast()) {
            Ok(0) => Ok(()),
            Ok(status) => Err(DumpEnd::Refused(status as c_int)),
            Err(thrown) => Err(DumpEnd::Thrown(thrown)),
        }
    })
}

unsafe extern "C" fn call_writer(l: *mut State, job: *mut c_void) -> usize {
    let job = job.cast::<WriterCall>();
    // SAFETY: `dump_topmost` passes its own job; HOST for the call. Nothing here has a destructor.
    unsafe {
        let status = ((*job).writer)(l, (*job).piece.cast(), (*job).size, (*job).data);
        status as usize
    }
}
