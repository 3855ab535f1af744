//! The collector's controls (manual §3.7, `lua_gc`).

use core::ffi::c_int;

use crate::capi::check::check;
use crate::capi::types::*;
use crate::capi::{finish, state};
use crate::runtime::gc_control::{Command, control};

/// Controls the collector (manual §3.7): LUA_GCSTOP, LUA_GCRESTART, LUA_GCCOLLECT, LUA_GCCOUNT
/// (KBytes in use), LUA_GCCOUNTB (the rest in bytes), LUA_GCSTEP (1 if a cycle ended),
/// LUA_GCSETPAUSE and LUA_GCSETSTEPMUL (give the value before). -1 for an unknown option.
/// [-0, +0, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_gc(L: *mut lua_State, what: c_int, data: c_int) -> c_int {
    check!(lua_gc(L));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match Command::from_number(what) {
        Some(command) => {
            let done = control(l, command, data);
            finish(l, done)
        }
        None => -1,
    }
}
