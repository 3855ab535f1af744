//! The results by which a function of the io and os libraries reports on a file or a command.

use core::ffi::{c_char, c_int};

use crate::base::stdio;
use crate::capi::check::check;
use crate::capi::auxlib::load::push_joined;
use crate::capi::push::{lua_pushboolean, lua_pushinteger, lua_pushnil, lua_pushstring};
use crate::capi::types::*;
use crate::capi::{bytes_of, state};

/// What a function that works on the file fname returns: true if stat is not 0; else nil, the text
/// of errno (after "fname: ", if fname is not NULL) and errno. Gives the number of results.
/// [-0, +(1|3), m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_fileresult(
    L: *mut lua_State,
    stat: c_int,
    fname: *const c_char,
) -> c_int {
    check!(luaL_fileresult(L));
    let errno = stdio::errno(); // before anything changes it
    // SAFETY: HOST: fname is a C string or NULL.
    unsafe {
        if stat != 0 {
            lua_pushboolean(L, 1);
            return 1;
        }
        lua_pushnil(L);
        let reason = stdio::error_text(errno);
        if fname.is_null() {
            push_joined(state(L), &[reason]);
        } else {
            push_joined(state(L), &[bytes_of(fname), b": ", reason]);
        }
        lua_pushinteger(L, errno as lua_Integer);
        3
    }
}

/// What a function that ran a command returns, stat being what system() or pclose() gave: true or
/// nil, "exit" or "signal", and the exit status or the signal's number; if stat is -1, what
/// luaL_fileresult tells of errno. Gives the number of results.
/// [-0, +3, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_execresult(L: *mut lua_State, stat: c_int) -> c_int {
    check!(luaL_execresult(L));
    // SAFETY: HOST.
    unsafe {
        if stat == -1 {
            return luaL_fileresult(L, 0, core::ptr::null());
        }
        let (what, code) = if libc::WIFSIGNALED(stat) {
            (c"signal", libc::WTERMSIG(stat))
        } else if libc::WIFEXITED(stat) {
            (c"exit", libc::WEXITSTATUS(stat))
        } else {
            (c"exit", stat)
        };
        if what == c"exit" && code == 0 {
            lua_pushboolean(L, 1);
        } else {
            lua_pushnil(L);
        }
        lua_pushstring(L, what.as_ptr());
        lua_pushinteger(L, code as lua_Integer);
        3
    }
}
