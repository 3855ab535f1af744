//! What scripts of strangers can reach and see: libraries without a way out, text chunks only, no addresses.
//!
//! Not here: which functions those are (`stdlib::sandbox`).

use core::ffi::c_int;

use crate::capi::check::check;
use crate::capi::types::lua_State;
use crate::capi::{finish, state};
use crate::stdlib::sandbox;

/// With 1, no binary chunk is loaded in L's state any more, whoever asks: lua_load and all that is made
/// of it, load, loadstring, loadfile, dofile, require. Such a chunk is LUA_ERRSYNTAX, "attempt to load
/// chunk with wrong mode". With 0, binary chunks are loaded again. Gives the setting before.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_settextonly(L: *mut lua_State, on: c_int) -> c_int {
    check!(ferrous_settextonly(L));
    // SAFETY: HOST.
    unsafe { state(L) }.global().limits.text_only.replace(on != 0) as c_int
}

/// With 1, scripts of L's state are not shown where anything lies: tostring, lua_pushfstring's %p and the
/// texts of files write, in the form of an address, a word that is the object's own as long as it lives
/// and tells nothing else. Tables with keys that are neither strings, numbers nor booleans get an order
/// that does not follow from addresses, so this is best set before there are any. With 0, addresses are
/// shown again. Gives the setting before. lua_topointer is not affected.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_hideaddresses(L: *mut lua_State, on: c_int) -> c_int {
    check!(ferrous_hideaddresses(L));
    // SAFETY: HOST.
    unsafe { state(L) }.heap().addresses.hide(on != 0) as c_int
}

/// Gives L new globals, with libraries for scripts of strangers, in place of luaL_openlibs: the base
/// functions but for print, dofile, loadfile, getfenv, setfenv, newproxy and most of collectgarbage;
/// coroutine, table, math; string without dump; clock, date, difftime and time of os. Strings get a
/// metatable that scripts cannot see, the libraries' tables are read-only (the globals' is not), and the
/// state takes text chunks only and hides addresses. Threads made of L from now on share its globals; what
/// the host adds to them is the host's affair.
/// [-0, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_opensandbox(L: *mut lua_State) {
    check!(ferrous_opensandbox(L));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let opened = l.ensure_stack(8).and_then(|()| sandbox::open(l));
    finish(l, opened)
}
