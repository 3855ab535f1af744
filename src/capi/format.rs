//! `lua_pushfstring` and its like: text from a format and C's variable arguments.
//!
//! `%s` a C string (NULL gives "(null)"), `%d` an int, `%f` a lua_Number as Lua shows it, `%p` a
//! pointer as C shows it, `%c` a character, `%%` a percent sign; any other letter is kept with its
//! percent sign. No widths, no flags.
//!
//! Not here: `string.format` (stdlib).

use core::ffi::{c_char, c_int};

use crate::base::chunk_id::Digits;
use crate::base::number::{NUMBER_BUFFER, format_number};
use crate::capi::check::check;
use crate::capi::types::*;
use crate::capi::{bytes_of, finish, shown_bytes, state};
use crate::heap::{Buffer, Gc};
use crate::object::{Str, Value};
use crate::runtime::tostring::{POINTER_BUFFER, show_pointer};
use crate::state::{State, Status, Thrown};
use crate::variadic_entry;
use crate::vm::boundary::VaList;
use crate::vm::{call, safepoint};

/// Pushes a string made from a format and arguments: %s C string, %d int, %f lua_Number, %p
/// pointer, %c character, %%. Returns the string.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pushvfstring(
    L: *mut lua_State,
    fmt: *const c_char,
    argp: *mut VaList,
) -> *const c_char {
    check!(lua_pushvfstring(L): given(fmt), given(argp), room(1));
    // SAFETY: HOST: the format names the arguments that were passed.
    let (l, fmt, args) = unsafe { (state(L), bytes_of(fmt), &mut *argp) };
    let made = push_formatted(l, fmt, args);
    finish(l, made).data().cast()
}

/// So that it is `lua_pushfstring` whose arguments are found wrong.
#[cfg(feature = "checks")]
unsafe extern "C" fn push_format(
    L: *mut lua_State,
    fmt: *const c_char,
    argp: *mut VaList,
) -> *const c_char {
    check!(lua_pushfstring(L): given(fmt), room(1));
    // SAFETY: HOST.
    unsafe { lua_pushvfstring(L, fmt, argp) }
}
#[cfg(not(feature = "checks"))]
use lua_pushvfstring as push_format;

variadic_entry! {
    /// `lua_pushvfstring` with the arguments themselves.
    pub fn lua_pushfstring(*mut lua_State) -> *const c_char => push_format
}

variadic_entry! {
    /// Raises an error: a message made as by `lua_pushfstring`, preceded by the position of the
    /// function that called this one (`luaL_where(L, 1)`). Does not return.
    pub fn luaL_error(*mut lua_State) -> c_int => error_with_format
}

unsafe extern "C" fn error_with_format(
    L: *mut lua_State,
    fmt: *const c_char,
    argp: *mut VaList,
) -> c_int {
    check!(luaL_error(L): given(fmt));
    // SAFETY: HOST: the format names the arguments that were passed.
    let (l, fmt, args) = unsafe { (state(L), bytes_of(fmt), &mut *argp) };
    let thrown = match formatted_error(l, fmt, args) {
        Ok(()) => Thrown::new(Status::Runtime),
        Err(thrown) => thrown,
    };
    call::throw(l, thrown)
}

fn push_formatted(l: &mut State, fmt: &[u8], args: &mut VaList) -> Result<Gc<Str>, Thrown> {
    safepoint::check(l)?;
    let mut text = Buffer::new(l.heap());
    expand(l, &mut text, fmt, args)?;
    push_text(l, &text)
}

fn formatted_error(l: &mut State, fmt: &[u8], args: &mut VaList) -> Result<(), Thrown> {
    safepoint::check(l)?;
    let position = l.position_at_level(1)?;
    let mut text = Buffer::new(l.heap());
    // No safepoint comes before `push_text`: `position` stays alive.
    text.extend(position.as_ref().map_or(&[][..], |s| s.as_bytes()))?;
    expand(l, &mut text, fmt, args)?;
    push_text(l, &text)?;
    Ok(())
}

fn push_text(l: &mut State, text: &[u8]) -> Result<Gc<Str>, Thrown> {
    let s = l.new_string(text)?;
    if l.top >= l.stack_limit {
        l.grow_stack(1)?;
    }
    l.push(Value::string(s));
    Ok(s)
}

/// Writes the format with its directives replaced.
fn expand(
    l: &State,
    text: &mut Buffer<'_, u8>,
    fmt: &[u8],
    args: &mut VaList,
) -> Result<(), Thrown> {
    let mut rest = fmt;
    while let Some(at) = memchr::memchr(b'%', rest) {
        text.extend(&rest[..at])?;
        let Some(&directive) = rest.get(at + 1) else {
            text.push(b'%')?;
            return Ok(());
        };
        write_argument(l, text, directive, args)?;
        rest = &rest[at + 2..];
    }
    text.extend(rest)?;
    Ok(())
}

fn write_argument(
    l: &State,
    text: &mut Buffer<'_, u8>,
    directive: u8,
    args: &mut VaList,
) -> Result<(), Thrown> {
    match directive {
        b's' => {
            // SAFETY: HOST: the argument is a C string or NULL.
            let s = unsafe { args.next_ptr() }.cast::<c_char>().cast_const();
            // SAFETY: HOST: as above.
            text.extend(unsafe { shown_bytes(s) })?;
        }
        b'd' => {
            // SAFETY: HOST: the argument is an int.
            let n = unsafe { args.next_int() };
            text.extend(Digits::new().of(n as i64))?;
        }
        b'f' => {
            // SAFETY: HOST: the argument is a lua_Number.
            let n = unsafe { args.next_double() };
            let mut digits = [0; NUMBER_BUFFER];
            let len = format_number(n, &mut digits);
            text.extend(&digits[..len])?;
        }
        b'c' => {
            // SAFETY: HOST: the argument is an int.
            let c = unsafe { args.next_int() } as u8;
            if c != 0 {
                text.push(c)?; // COMPAT: a NUL ends the reference's piece, so it vanishes
            }
        }
        b'p' => {
            // SAFETY: HOST: the argument is a pointer.
            let p = unsafe { args.next_ptr() };
            let mut digits = [0; POINTER_BUFFER];
            let len = show_pointer(l, p, &mut digits);
            text.extend(&digits[..len])?;
        }
        b'%' => text.push(b'%')?,
        other => text.extend(&[b'%', other])?,
    }
    Ok(())
}
