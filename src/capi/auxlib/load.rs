//! Loading from files and memory (manual §4.1).
//!
//! Files are read by C's stdio, so that a chunk read from the standard input leaves the rest of it to
//! the host and to scripts. A first line that begins with `#` is skipped, but still counted.

use core::ffi::{c_char, c_int, c_void};
use core::ptr;

use crate::base::stdio;
use crate::capi::check::check;
use crate::capi::access::lua_tolstring;
use crate::capi::auxlib::types::*;
use crate::capi::load::load_kinds;
use crate::capi::push::lua_pushlstring;
use crate::capi::stack::{lua_gettop, lua_remove, lua_settop};
use crate::capi::types::*;
use crate::capi::index::push;
use crate::capi::{bytes_of, finish, state};
use crate::object::Value;
use crate::runtime::load::Kinds;
use crate::state::State;
use crate::vm::safepoint;

/// Bytes still to be handed out.
struct Memory {
    bytes: *const c_char,
    size: usize,
}

/// Loads size bytes at buff as a chunk called name. Result and effect as lua_load.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_loadbuffer(
    L: *mut lua_State,
    buff: *const c_char,
    size: usize,
    name: *const c_char,
) -> c_int {
    check!(luaL_loadbuffer(L): bytes(buff, size), room(1));
    // SAFETY: HOST.
    unsafe { load_memory(L, buff, size, name, Kinds::ALL) }
}

/// luaL_loadbuffer of chunks of some kinds.
pub(in crate::capi) unsafe fn load_memory(
    L: *mut lua_State,
    buff: *const c_char,
    size: usize,
    name: *const c_char,
    kinds: Kinds,
) -> c_int {
    let mut memory = Memory { bytes: buff, size };
    // SAFETY: HOST; the reader gets its own data.
    unsafe { load_kinds(L, Some(read_memory), (&raw mut memory).cast(), name, kinds) }
}

/// Loads a C string as a chunk that is also its own name.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_loadstring(L: *mut lua_State, s: *const c_char) -> c_int {
    check!(luaL_loadstring(L): given(s), room(1));
    // SAFETY: HOST.
    unsafe { luaL_loadbuffer(L, s, bytes_of(s).len(), s) }
}

unsafe extern "C" fn read_memory(
    _L: *mut lua_State,
    data: *mut c_void,
    size: *mut usize,
) -> *const c_char {
    let memory = data.cast::<Memory>();
    // SAFETY: luaL_loadbuffer passes its own Memory.
    unsafe {
        if (*memory).size == 0 {
            return ptr::null();
        }
        *size = (*memory).size;
        (*memory).size = 0;
        (*memory).bytes
    }
}

/// What the reader of a file needs.
struct File {
    /// The first line was skipped: hand out its end in its place.
    line_skipped: bool,
    stream: *mut libc::FILE,
    buffer: [u8; LUAL_BUFFERSIZE],
}

unsafe extern "C" fn read_file(
    _L: *mut lua_State,
    data: *mut c_void,
    size: *mut usize,
) -> *const c_char {
    let file = data.cast::<File>();
    // SAFETY: luaL_loadfile passes its own File, whose stream is open.
    unsafe {
        if (*file).line_skipped {
            (*file).line_skipped = false;
            *size = 1;
            return c"\n".as_ptr();
        }
        if libc::feof((*file).stream) != 0 {
            return ptr::null();
        }
        let buffer = &raw mut (*file).buffer;
        *size = libc::fread(buffer.cast(), 1, LUAL_BUFFERSIZE, (*file).stream);
        if *size > 0 { buffer.cast() } else { ptr::null() }
    }
}

const SIGNATURE: c_int = 0x1B;

/// Loads a file as a chunk, the standard input if filename is NULL. Result and effect as lua_load;
/// LUA_ERRFILE if the file cannot be opened or read.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_loadfile(L: *mut lua_State, filename: *const c_char) -> c_int {
    check!(luaL_loadfile(L): room(1));
    // SAFETY: HOST.
    unsafe { load_path(L, filename, Kinds::ALL) }
}

/// luaL_loadfile of chunks of some kinds.
pub(in crate::capi) unsafe fn load_path(
    L: *mut lua_State,
    filename: *const c_char,
    kinds: Kinds,
) -> c_int {
    // SAFETY: HOST; the stream is open from fopen to fclose. An error that jumps over this frame
    // (no memory for the chunk's name) comes before the stream is opened.
    unsafe {
        let name_index = lua_gettop(L) + 1;
        let mut file =
            File { line_skipped: false, stream: stdio::stdin(), buffer: [0; LUAL_BUFFERSIZE] };
        if filename.is_null() {
            lua_pushlstring(L, c"=stdin".as_ptr(), 6);
        } else {
            push_joined(state(L), &[b"@", bytes_of(filename)]);
            file.stream = libc::fopen(filename, c"r".as_ptr());
            if file.stream.is_null() {
                return file_error(L, b"open", name_index);
            }
        }
        if let Err(action) = skip_to_chunk(&mut file, filename) {
            return file_error(L, action, name_index);
        }
        let name = lua_tolstring(L, -1, ptr::null_mut());
        let status = load_kinds(L, Some(read_file), (&raw mut file).cast(), name, kinds);
        let unreadable = libc::ferror(file.stream) != 0;
        if !filename.is_null() {
            libc::fclose(file.stream);
        }
        if unreadable {
            lua_settop(L, name_index); // drops what lua_load left
            return file_error(L, b"read", name_index);
        }
        lua_remove(L, name_index);
        status
    }
}

/// Pushes a string of several pieces.
pub(in crate::capi) fn push_joined(l: &mut State, parts: &[&[u8]]) {
    let made = safepoint::check(l).and_then(|()| l.concat_bytes(parts));
    let text = finish(l, made);
    push(l, Value::string(text));
}

/// Passes a first line that begins with `#`; a file that then begins as a binary chunk is opened
/// again in binary mode and passed up to there. Err: what failed.
unsafe fn skip_to_chunk(file: &mut File, filename: *const c_char) -> Result<(), &'static [u8]> {
    // SAFETY: the stream is open; freopen closes it when it fails.
    unsafe {
        let mut c = libc::fgetc(file.stream);
        if c == c_int::from(b'#') {
            file.line_skipped = true;
            while c != libc::EOF && c != c_int::from(b'\n') {
                c = libc::fgetc(file.stream);
            }
            if c == c_int::from(b'\n') {
                c = libc::fgetc(file.stream);
            }
        }
        if c == SIGNATURE && !filename.is_null() {
            file.stream = libc::freopen(filename, c"rb".as_ptr(), file.stream);
            if file.stream.is_null() {
                return Err(b"reopen");
            }
            c = libc::fgetc(file.stream);
            while c != libc::EOF && c != SIGNATURE {
                c = libc::fgetc(file.stream);
            }
            file.line_skipped = false;
        }
        libc::ungetc(c, file.stream);
        Ok(())
    }
}

/// Replaces the name at the index by "cannot … file: reason".
unsafe fn file_error(L: *mut lua_State, action: &[u8], name_index: c_int) -> c_int {
    // SAFETY: HOST; the name begins with @ or =, and stays on the stack while it is used.
    unsafe {
        let reason = stdio::error_text(stdio::errno());
        let filename = bytes_of(lua_tolstring(L, name_index, ptr::null_mut()).add(1));
        push_joined(state(L), &[b"cannot ", action, b" ", filename, b": ", reason]);
        lua_remove(L, name_index);
    }
    LUA_ERRFILE
}
