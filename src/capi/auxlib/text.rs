//! `luaL_gsub` (manual §4.1).

use core::ffi::c_char;

use crate::capi::check::check;
use crate::capi::types::*;
use crate::capi::{bytes_of, finish, state};
use crate::capi::push::push_string;
use crate::heap::Buffer;
use crate::state::{State, Thrown};

/// Pushes a copy of s in which each p is replaced by r, and returns it.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_gsub(
    L: *mut lua_State,
    s: *const c_char,
    p: *const c_char,
    r: *const c_char,
) -> *const c_char {
    check!(luaL_gsub(L): given(s), given(p), given(r), room(1));
    // SAFETY: HOST: three C strings.
    let (l, s, p, r) = unsafe { (state(L), bytes_of(s), bytes_of(p), bytes_of(r)) };
    let done = push_replaced(l, s, p, r);
    finish(l, done);
    l.from_top(1).as_string().map_or(core::ptr::null(), |s| s.data().cast())
}

/// A pattern of so many bytes is looked for by its first one.
const SHORT: usize = 8;

/// An empty pattern is found nowhere (the reference never ends on one).
fn push_replaced(l: &mut State, s: &[u8], p: &[u8], r: &[u8]) -> Result<(), Thrown> {
    match p {
        [] => push_string(l, s),
        // PERF: what searches for any text takes longer to make than most texts take to be searched.
        [first, ..] if p.len() <= SHORT => {
            let places = memchr::memchr_iter(*first, s).filter(|&at| s[at..].starts_with(p));
            push_with_each(l, s, places, p.len(), r)
        }
        _ => push_with_each(l, s, memchr::memmem::find_iter(s, p), p.len(), r),
    }
}

/// Pushes `s` with `r` instead of `len` bytes at each of the places, but where one lies in what has been replaced.
fn push_with_each(
    l: &mut State,
    s: &[u8],
    places: impl Iterator<Item = usize>,
    len: usize,
    r: &[u8],
) -> Result<(), Thrown> {
    let mut text = Buffer::new(l.heap());
    let mut begin = 0;
    for at in places {
        if at >= begin {
            text.extend(&s[begin..at])?;
            text.extend(r)?;
            begin = at + len;
        }
    }
    text.extend(&s[begin..])?;
    push_string(l, &text)
}
