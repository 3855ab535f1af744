//! The C API: what `lua.h`, `lauxlib.h` and `lualib.h` declare, one file for each part of the
//! manual's chapter 3 and of the auxiliary library.
//!
//! ```text
//!   host ──▶ lua_* / luaL_* (extern "C", here) ──▶ state, object, vm, runtime: Rust, Result
//!                       │ Err(thrown)
//!                       └──▶ vm::call::throw: jumps to the newest recovery point
//! ```
//!
//! The headers in `include/` are generated from these files: a function's doc comment becomes the
//! comment above its prototype, so it says what a host's author needs: effect, stack effect, errors.
//! `[-o, +p, e]` reads as in later manuals: pops `o`, pushes `p`; `-` never fails, `m` may run out of
//! memory, `e` may raise any error, `v` raises on purpose.
//!
//! Invariants:
//! - HOST: the pointers a host passes are what the manual says they must be: `L` a State that lives,
//!   strings ended by NUL, out-pointers writable or NULL where NULL is allowed. Every `SAFETY: HOST`
//!   rests on this and on nothing else. Builds with the feature `checks` ask for it (`check`).
//! - CFRAMES: when `throw` is called, no value with a destructor is alive in any Rust frame between
//!   it and the host's frame. So work that owns a buffer is an inner function returning `Result`.
//! - An index that names nothing is answered as "no value"; it never reads outside the stack.
//! - A push never writes outside the stack, even when the host forgot `lua_checkstack`.
//!
//! Not here: what the operations mean (the layers below), the macros (the headers' own text).

#![allow(non_snake_case, non_camel_case_types, reason = "the names are those of the C headers")]

pub mod access;
pub mod auxlib;
pub mod calls;
mod check;
pub mod coroutines;
pub mod debug;
pub mod ferrous;
pub mod format;
pub mod gc;
pub mod get;
mod index;
pub mod lib;
pub mod load;
pub mod luajit;
pub mod misc;
pub mod push;
pub mod set;
pub mod stack;
pub mod state;
pub mod types;

use core::ffi::{CStr, c_char};

use crate::heap::Gc;
use crate::object::Str;
use crate::state::{State, Thrown};
use crate::vm::call;

/// The State behind a host's pointer.
///
/// # Safety
/// HOST; and the reference is not used any more when foreign code runs again.
#[inline(always)]
unsafe fn state<'a>(l: *mut State) -> &'a mut State {
    // SAFETY: HOST: the pointer is a live State's.
    unsafe { &mut *l }
}

/// The result, or the jump out of the API function.
#[inline(always)]
fn finish<T: Copy>(l: &mut State, result: Result<T, Thrown>) -> T {
    match result {
        Ok(value) => value,
        Err(thrown) => call::throw(l, thrown),
    }
}

/// The string of a C text that names something.
///
/// # Safety
/// HOST: `text` is a C string.
#[inline(always)]
unsafe fn name_of(l: &mut State, text: *const c_char) -> Gc<Str> {
    // SAFETY: the caller's promise.
    match unsafe { l.global().names.find(text) } {
        Some(name) => name,
        // SAFETY: as above.
        None => unsafe { new_name(l, text) },
    }
}

#[inline(never)]
unsafe fn new_name(l: &mut State, text: *const c_char) -> Gc<Str> {
    // SAFETY: the caller's promise.
    let made = l.new_string(unsafe { bytes_of(text) });
    let name = finish(l, made);
    l.global().names.remember(text, name);
    name
}

/// A C string's bytes for a message, where the reference takes NULL as well.
///
/// # Safety
/// HOST: `s` is NULL or a C string that outlives the use of the slice.
unsafe fn shown_bytes<'a>(s: *const c_char) -> &'a [u8] {
    // SAFETY: the caller's promise.
    if s.is_null() { b"(null)" } else { unsafe { bytes_of(s) } }
}

/// A C string's bytes without the NUL.
///
/// # Safety
/// HOST: `s` is a C string that outlives the use of the slice.
#[inline(always)]
unsafe fn bytes_of<'a>(s: *const c_char) -> &'a [u8] {
    // SAFETY: HOST: a string ended by NUL.
    unsafe { CStr::from_ptr(s) }.to_bytes()
}
