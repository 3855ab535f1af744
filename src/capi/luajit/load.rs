//! Loading with a say in what is taken: "t" text, "b" binary, "bt" either.
//!
//! A host that loads what others wrote passes "t": a chunk of the wrong kind is a syntax error
//! before a byte of it is looked at.

use core::ffi::{c_char, c_int, c_void};

use crate::capi::check::check;
use crate::capi::auxlib::load::{load_memory, load_path};
use crate::capi::bytes_of;
use crate::capi::load::load_kinds;
use crate::capi::types::*;
use crate::runtime::load::Kinds;

/// The kinds that the letters of `mode` name; NULL is every kind.
///
/// # Safety
/// HOST: `mode` is a C string or NULL.
unsafe fn kinds_of(mode: *const c_char) -> Kinds {
    if mode.is_null() {
        return Kinds::ALL;
    }
    // SAFETY: HOST.
    let letters = unsafe { bytes_of(mode) };
    Kinds { text: letters.contains(&b't'), binary: letters.contains(&b'b') }
}

/// As lua_load, but a chunk whose kind is not in mode ("t" text, "b" binary, "bt" or NULL either) is
/// LUA_ERRSYNTAX.
/// [-0, +1, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_loadx(
    L: *mut lua_State,
    reader: lua_Reader,
    data: *mut c_void,
    chunkname: *const c_char,
    mode: *const c_char,
) -> c_int {
    check!(lua_loadx(L): given(reader), room(1));
    // SAFETY: HOST.
    unsafe { load_kinds(L, reader, data, chunkname, kinds_of(mode)) }
}

/// As luaL_loadbuffer, with a mode as lua_loadx.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_loadbufferx(
    L: *mut lua_State,
    buff: *const c_char,
    size: usize,
    name: *const c_char,
    mode: *const c_char,
) -> c_int {
    check!(luaL_loadbufferx(L): bytes(buff, size), room(1));
    // SAFETY: HOST.
    unsafe { load_memory(L, buff, size, name, kinds_of(mode)) }
}

/// As luaL_loadfile, with a mode as lua_loadx.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_loadfilex(
    L: *mut lua_State,
    filename: *const c_char,
    mode: *const c_char,
) -> c_int {
    check!(luaL_loadfilex(L): room(1));
    // SAFETY: HOST.
    unsafe { load_path(L, filename, kinds_of(mode)) }
}
