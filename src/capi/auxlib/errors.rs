//! Errors about arguments, and positions (manual §4.1: luaL_argerror, luaL_typerror, luaL_where).

use core::ffi::{c_char, c_int};

use crate::capi::check::check;
use crate::capi::index::value_at;
use crate::capi::push::push_string;
use crate::capi::types::*;
use crate::capi::{finish, shown_bytes, state};
use crate::vm::call;

/// Raises "bad argument #numarg to 'f' (extramsg)", f being the running function's name. Does not
/// return.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_argerror(
    L: *mut lua_State,
    numarg: c_int,
    extramsg: *const c_char,
) -> c_int {
    check!(luaL_argerror(L));
    // SAFETY: HOST.
    let (l, message) = unsafe { (state(L), shown_bytes(extramsg)) };
    let thrown = l.arg_error_at(numarg, message);
    call::throw(l, thrown)
}

/// Raises an argument error "tname expected, got …". Does not return.
/// [-0, +0, v]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_typerror(
    L: *mut lua_State,
    narg: c_int,
    tname: *const c_char,
) -> c_int {
    check!(luaL_typerror(L): acceptable(narg));
    // SAFETY: HOST.
    let (l, expected) = unsafe { (state(L), shown_bytes(tname)) };
    let got = value_at(l, narg).type_of();
    let thrown = l.type_error_at(narg, expected, got);
    call::throw(l, thrown)
}

/// Pushes "chunk:line: " of the function at level lvl (0 is the running one, 1 its caller), or the
/// empty string where that is not known.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_where(L: *mut lua_State, lvl: c_int) {
    check!(luaL_where(L): room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let position = match usize::try_from(lvl) {
        Ok(level) => l.position_at_level(level),
        Err(_) => Ok(None),
    };
    let pushed = match finish(l, position) {
        Some(text) => {
            crate::capi::index::push(l, crate::object::Value::string(text));
            Ok(())
        }
        None => push_string(l, b""),
    };
    finish(l, pushed)
}
