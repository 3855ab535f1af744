//! Miscellaneous functions (manual §3.7).

use core::ffi::c_int;

use crate::capi::check::check;
use crate::capi::index::push;
use crate::capi::types::*;
use crate::capi::{finish, state};
use crate::object::Value;
use crate::state::{State, Status, Thrown};
use crate::vm::{call, meta, safepoint};

/// Raises an error with the topmost value, which may be of any type. Does not return.
/// [-1, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_error(L: *mut lua_State) -> c_int {
    check!(lua_error(L): values(1));
    // SAFETY: HOST.
    call::throw(unsafe { state(L) }, Thrown::new(Status::Runtime))
}

/// Replaces the n topmost values by their concatenation as by `..`; for 0 pushes the empty string,
/// for 1 does nothing.
/// [-n, +1, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_concat(L: *mut lua_State, n: c_int) {
    check!(lua_concat(L): count(n), values(n), room(1 - n));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if n >= 2 {
        let joined = concat(l, n as usize);
        finish(l, joined);
    } else if n == 0 {
        let made = l.new_string(b"");
        let empty = finish(l, made);
        push(l, Value::string(empty));
    }
}

fn concat(l: &mut State, n: usize) -> Result<(), Thrown> {
    safepoint::check(l)?;
    meta::concat(l, n)
}
