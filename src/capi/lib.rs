//! Opening the standard libraries (`lualib.h`, manual chapter 5).
//!
//! Not here: the libraries (`stdlib`).

use core::ffi::c_int;

use crate::capi::check::check;
use crate::capi::push::push_closure;
use crate::capi::types::*;
use crate::capi::{finish, state};
use crate::state::{CFunction, NativeFn, State, Thrown};
use crate::stdlib;
use crate::vm::call;

/// A library: its name, its entry for C, its entry for the VM.
type Library = (&'static str, CFunction, NativeFn);

/// In the order that scripts can see in `package.loaded`.
const LIBRARIES: [Library; 8] = [
    ("", luaopen_base, stdlib::open_base),
    ("package", luaopen_package, stdlib::open_package),
    ("table", luaopen_table, stdlib::open_table),
    ("io", luaopen_io, stdlib::open_io),
    ("os", luaopen_os, stdlib::open_os),
    ("string", luaopen_string, stdlib::open_string),
    ("math", luaopen_math, stdlib::open_math),
    ("debug", luaopen_debug, stdlib::open_debug),
];

/// Opens the basic functions and the coroutine library. As all luaopen functions, to be called by
/// Lua: pushed as a C function and called with the library's name.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaopen_base(L: *mut lua_State) -> c_int {
    check!(luaopen_base(L));
    call::enter_from_c(L, stdlib::open_base)
}

/// Opens the table library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaopen_table(L: *mut lua_State) -> c_int {
    check!(luaopen_table(L));
    call::enter_from_c(L, stdlib::open_table)
}

/// Opens the io library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaopen_io(L: *mut lua_State) -> c_int {
    check!(luaopen_io(L));
    call::enter_from_c(L, stdlib::open_io)
}

/// Opens the os library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaopen_os(L: *mut lua_State) -> c_int {
    check!(luaopen_os(L));
    call::enter_from_c(L, stdlib::open_os)
}

/// Opens the string library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaopen_string(L: *mut lua_State) -> c_int {
    check!(luaopen_string(L));
    call::enter_from_c(L, stdlib::open_string)
}

/// Opens the math library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaopen_math(L: *mut lua_State) -> c_int {
    check!(luaopen_math(L));
    call::enter_from_c(L, stdlib::open_math)
}

/// Opens the debug library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaopen_debug(L: *mut lua_State) -> c_int {
    check!(luaopen_debug(L));
    call::enter_from_c(L, stdlib::open_debug)
}

/// Opens the package library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaopen_package(L: *mut lua_State) -> c_int {
    check!(luaopen_package(L));
    call::enter_from_c(L, stdlib::open_package)
}

/// Opens all standard libraries.
/// [-0, +0, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_openlibs(L: *mut lua_State) {
    check!(luaL_openlibs(L));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let opened = LIBRARIES.into_iter().try_for_each(|library| open(l, library));
    finish(l, opened)
}

fn open(l: &mut State, (name, c_entry, rust_entry): Library) -> Result<(), Thrown> {
    l.ensure_stack(2)?;
    push_closure(l, c_entry as *const (), rust_entry as *const (), 0)?;
    l.push_bytes(name.as_bytes())?;
    call::call(l, 1, 0)
}
