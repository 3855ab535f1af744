//! Making and closing states; the library's identity (manual §3.7).

use core::ffi::{c_char, c_void};
use core::mem;

use crate::capi::check::check;
use crate::capi::state;
use crate::capi::types::*;
use crate::vm::lifecycle;

/// What `strings` and `ident` find in a binary.
#[repr(transparent)]
pub struct Ident<const N: usize>([u8; N]);

const IDENT: &[u8] = concat!(
    "$Lua: Lua 5.1.5 (FerrousLua ",
    env!("CARGO_PKG_VERSION"),
    ") $\n$Authors: R. Ierusalimschy, L. H. de Figueiredo & W. Celes (the language and its API) $\n\0"
)
.as_bytes();

/// The library's version, as C text.
#[unsafe(no_mangle)]
pub static lua_ident: Ident<{ IDENT.len() }> = Ident(*as_array(IDENT));

const fn as_array<const N: usize>(bytes: &[u8]) -> &[u8; N] {
    match bytes.first_chunk() {
        Some(array) => array,
        None => panic!("the length is the text's own"),
    }
}

/// A new state whose every byte comes from f(ud, …); NULL if that refuses. The result is the
/// state's main thread.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_newstate(f: lua_Alloc, ud: *mut c_void) -> *mut lua_State {
    check!(lua_newstate(): given(f));
    let Some(alloc) = f else { return core::ptr::null_mut() };
    lifecycle::new_state(alloc, ud).map_or(core::ptr::null_mut(), |l| l.as_ptr())
}

/// Ends a state: calls the finalizers of all its userdata and gives all its memory back. L may be
/// any of its threads.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_close(L: *mut lua_State) {
    check!(lua_close(L));
    // SAFETY: HOST: a live state, not used any more.
    unsafe { lifecycle::close(L) }
}

/// Exchanges the function that is called for an error which nothing catches, before the program is
/// ended; returns the one before.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_atpanic(L: *mut lua_State, panicf: lua_CFunction) -> lua_CFunction {
    check!(lua_atpanic(L));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    l.global().panic.replace(panicf)
}

/// The state's allocator; its ud in *ud, if ud is not NULL.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_getallocf(L: *mut lua_State, ud: *mut *mut c_void) -> lua_Alloc {
    check!(lua_getallocf(L));
    // SAFETY: HOST.
    let (alloc, data) = unsafe { state(L) }.heap().allocator();
    if !ud.is_null() {
        // SAFETY: HOST: writable.
        unsafe { *ud = data };
    }
    Some(alloc)
}

/// Exchanges the state's allocator. The new one must be able to resize and free what the old one
/// gave.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_setallocf(L: *mut lua_State, f: lua_Alloc, ud: *mut c_void) {
    check!(lua_setallocf(L): given(f));
    if let Some(alloc) = f {
        // SAFETY: HOST.
        unsafe { state(L) }.heap().set_allocator(alloc, ud);
    }
}

const _: () = assert!(mem::size_of::<Ident<{ IDENT.len() }>>() == IDENT.len());
const _: fn() -> *const c_char = || (&raw const lua_ident).cast();
