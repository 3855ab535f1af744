//! The collector's controls (manual §3.7, `lua_gc`).

use core::ffi::c_int;

use crate::capi::types::*;
use crate::capi::{finish, state};
use crate::vm::safepoint;

/// Controls the collector (manual §3.7): LUA_GCSTOP, LUA_GCRESTART, LUA_GCCOLLECT, LUA_GCCOUNT
/// (KBytes in use), LUA_GCCOUNTB (the rest in bytes), LUA_GCSTEP (1 if a cycle ended),
/// LUA_GCSETPAUSE and LUA_GCSETSTEPMUL (give the value before). -1 for an unknown option.
/// [-0, +0, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_gc(L: *mut lua_State, what: c_int, data: c_int) -> c_int {
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let gc = &l.global().gc;
    match what {
        LUA_GCSTOP => {
            gc.stopped.set(true);
            l.heap().debt.set(isize::MIN / 2);
            0
        }
        LUA_GCRESTART => {
            gc.stopped.set(false);
            l.heap().debt.set(0);
            0
        }
        LUA_GCCOLLECT => {
            let done = safepoint::full_collect(l);
            finish(l, done);
            0
        }
        LUA_GCCOUNT => (l.heap().in_use() >> 10) as c_int,
        LUA_GCCOUNTB => (l.heap().in_use() & 0x3ff) as c_int,
        LUA_GCSTEP => {
            let done = safepoint::step(l, data);
            finish(l, done) as c_int
        }
        LUA_GCSETPAUSE => gc.pause.replace(data),
        LUA_GCSETSTEPMUL => gc.step_multiplier.replace(data),
        _ => -1,
    }
}
