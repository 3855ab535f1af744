//! Checked arguments (manual §4.1): luaL_check* and luaL_opt*.
//!
//! An argument number is any acceptable index. Messages are those of `runtime::args`.

use core::ffi::{c_char, c_int};
use core::ptr;

use crate::base::number::f64_to_integer;
use crate::capi::check::check;
use crate::capi::access::{hand_out, number_at, text_at, type_name};
use crate::capi::index::{own_value, value_at};
use crate::capi::stack::lua_checkstack;
use crate::capi::types::*;
use crate::capi::{bytes_of, finish, shown_bytes, state};
use crate::object::Type;
use crate::state::{State, Thrown};
use crate::vm::call;

#[cold]
#[inline(never)]
fn wrong_type(l: &mut State, narg: c_int, expected: Type) -> ! {
    let got = value_at(l, narg).type_of();
    let thrown = l.type_error_at(narg, expected.name().as_bytes(), got);
    call::throw(l, thrown)
}

fn is_missing(l: &State, narg: c_int) -> bool {
    matches!(value_at(l, narg).type_of(), Type::None | Type::Nil)
}

/// The argument as a string, its length in *len (which may be NULL); a number becomes a string in
/// its slot. Raises an argument error for other values.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_checklstring(
    L: *mut lua_State,
    numArg: c_int,
    len: *mut usize,
) -> *const c_char {
    check!(luaL_checklstring(L): acceptable(numArg));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match own_value(l, numArg).as_string() {
        // SAFETY: HOST: len is writable or NULL.
        Some(s) => unsafe { hand_out(l, s, len) },
        // SAFETY: as above.
        None => unsafe { other_as_text(l, numArg, len) },
    }
}

/// # Safety
/// HOST: `len` is writable or NULL.
#[inline(never)]
unsafe fn other_as_text(l: &mut State, narg: c_int, len: *mut usize) -> *const c_char {
    let found = text_at(l, narg);
    let Some(s) = finish(l, found) else { wrong_type(l, narg, Type::String) };
    // SAFETY: the caller's promise.
    unsafe { hand_out(l, s, len) }
}

/// As luaL_checklstring; def (which may be NULL) where the argument is nil or missing.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_optlstring(
    L: *mut lua_State,
    numArg: c_int,
    def: *const c_char,
    len: *mut usize,
) -> *const c_char {
    check!(luaL_optlstring(L): acceptable(numArg));
    // SAFETY: HOST.
    if !is_missing(unsafe { state(L) }, numArg) {
        // SAFETY: HOST.
        return unsafe { luaL_checklstring(L, numArg, len) };
    }
    if !len.is_null() {
        // SAFETY: HOST: def is a C string or NULL, len writable.
        unsafe { *len = if def.is_null() { 0 } else { bytes_of(def).len() } };
    }
    def
}

/// The argument as a number. Raises an argument error if it is none.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_checknumber(L: *mut lua_State, numArg: c_int) -> lua_Number {
    check!(luaL_checknumber(L): acceptable(numArg));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match own_value(l, numArg).as_number() {
        Some(n) => n,
        None => text_as_number(l, numArg),
    }
}

#[inline(never)]
fn text_as_number(l: &mut State, narg: c_int) -> f64 {
    match number_at(l, narg) {
        Some(n) => n,
        None => wrong_type(l, narg, Type::Number),
    }
}

/// As luaL_checknumber; def where the argument is nil or missing.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_optnumber(
    L: *mut lua_State,
    nArg: c_int,
    def: lua_Number,
) -> lua_Number {
    check!(luaL_optnumber(L): acceptable(nArg));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let value = value_at(l, nArg);
    match value.as_number() {
        Some(n) => n,
        None if value.is_nil() || value.is_none() => def,
        None => text_as_number(l, nArg),
    }
}

/// The argument as an integer, truncated. Raises an argument error if it is no number.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_checkinteger(L: *mut lua_State, numArg: c_int) -> lua_Integer {
    check!(luaL_checkinteger(L): acceptable(numArg));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match own_value(l, numArg).as_number() {
        Some(n) => f64_to_integer(n) as lua_Integer,
        None => text_as_integer(l, numArg),
    }
}

#[inline(never)]
fn text_as_integer(l: &mut State, narg: c_int) -> lua_Integer {
    f64_to_integer(text_as_number(l, narg)) as lua_Integer
}

/// As luaL_checkinteger; def where the argument is nil or missing.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_optinteger(
    L: *mut lua_State,
    nArg: c_int,
    def: lua_Integer,
) -> lua_Integer {
    check!(luaL_optinteger(L): acceptable(nArg));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let value = value_at(l, nArg);
    match value.as_number() {
        Some(n) => f64_to_integer(n) as lua_Integer,
        None if value.is_nil() || value.is_none() => def,
        None => text_as_integer(l, nArg),
    }
}

/// Makes room for sz more values. Raises "stack overflow (msg)" if that is too many.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_checkstack(L: *mut lua_State, sz: c_int, msg: *const c_char) {
    check!(luaL_checkstack(L));
    // SAFETY: HOST.
    unsafe {
        if lua_checkstack(L, sz) == 0 {
            let l = state(L);
            let thrown = l.library_error(&[b"stack overflow (", shown_bytes(msg), b")"]);
            call::throw(l, thrown)
        }
    }
}

/// Raises an argument error unless the argument has type t.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_checktype(L: *mut lua_State, narg: c_int, t: c_int) {
    check!(luaL_checktype(L): acceptable(narg), type_number(t));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if narg <= 0 || own_value(l, narg).type_of() as c_int != t {
        check_other_type(l, narg, t);
    }
}

/// `luaL_checktype` of a value that is not on the stack, or not of the type.
#[cold]
#[inline(never)]
fn check_other_type(l: &mut State, narg: c_int, t: c_int) {
    let got = value_at(l, narg).type_of();
    if got as c_int != t {
        let thrown = l.type_error_at(narg, type_name(t).to_bytes(), got);
        call::throw(l, thrown)
    }
}

/// Raises an argument error if there is no such argument; nil is one.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_checkany(L: *mut lua_State, narg: c_int) {
    check!(luaL_checkany(L): acceptable(narg));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if own_value(l, narg).is_none() {
        check_any_elsewhere(l, narg);
    }
}

#[cold]
#[inline(never)]
fn check_any_elsewhere(l: &mut State, narg: c_int) {
    if value_at(l, narg).is_none() {
        let thrown = l.arg_error_at(narg, b"value expected");
        call::throw(l, thrown)
    }
}

/// The place in lst, a list ended by NULL, of a string argument (def where it is nil or missing, if
/// def is not NULL). Raises an argument error for a string that is not there.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_checkoption(
    L: *mut lua_State,
    narg: c_int,
    def: *const c_char,
    lst: *const *const c_char,
) -> c_int {
    check!(luaL_checkoption(L): acceptable(narg), given(lst));
    // SAFETY: HOST.
    let name = unsafe {
        if def.is_null() {
            luaL_checklstring(L, narg, ptr::null_mut())
        } else {
            luaL_optlstring(L, narg, def, ptr::null_mut())
        }
    };
    // SAFETY: HOST: the list is ended by NULL, and its entries are C strings.
    let mut options = (0..).map(|i| unsafe { *lst.add(i) }).take_while(|option| !option.is_null());
    // SAFETY: as above.
    if let Some(at) = options.position(|option| unsafe { are_equal(option, name) }) {
        return at as c_int;
    }
    // SAFETY: HOST.
    let (l, name) = unsafe { (state(L), bytes_of(name)) };
    let thrown = invalid_option(l, narg, name);
    call::throw(l, thrown)
}

/// Whether two C strings are equal. PERF: most differ in their first bytes.
///
/// # Safety
/// HOST: they are C strings.
#[inline(always)]
unsafe fn are_equal(a: *const c_char, b: *const c_char) -> bool {
    // SAFETY: the caller's promise: a byte is read only where none before it ended a string.
    unsafe {
        let mut at = 0;
        while *a.add(at) == *b.add(at) {
            if *a.add(at) == 0 {
                return true;
            }
            at += 1;
        }
    }
    false
}

fn invalid_option(l: &mut State, narg: c_int, name: &[u8]) -> Thrown {
    match l.concat_bytes(&[b"invalid option '", name, b"'"]) {
        Ok(message) => l.arg_error_with(narg, message),
        Err(thrown) => thrown,
    }
}
