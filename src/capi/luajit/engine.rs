//! The switch of LuaJIT's compiler, answered truthfully: there is none here.

use core::ffi::c_int;

use crate::capi::check::check;
use crate::capi::types::lua_State;

pub const LUAJIT_MODE_ENGINE: c_int = 0;
pub const LUAJIT_MODE_DEBUG: c_int = 1;
pub const LUAJIT_MODE_FUNC: c_int = 2;
pub const LUAJIT_MODE_ALLFUNC: c_int = 3;
pub const LUAJIT_MODE_ALLSUBFUNC: c_int = 4;
pub const LUAJIT_MODE_TRACE: c_int = 5;
pub const LUAJIT_MODE_WRAPCFUNC: c_int = 0x10;
pub const LUAJIT_MODE_MASK: c_int = 0xFF;

pub const LUAJIT_MODE_OFF: c_int = 0;
pub const LUAJIT_MODE_ON: c_int = 0x100;
pub const LUAJIT_MODE_FLUSH: c_int = 0x200;

/// Switches compilation to machine code. 1 if things are now as asked for: compiled code is off
/// everywhere and there is none to flush. 0 if not: it cannot be switched on, and C functions
/// cannot be wrapped.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaJIT_setmode(L: *mut lua_State, idx: c_int, mode: c_int) -> c_int {
    check!(luaJIT_setmode(L));
    let _ = (L, idx);
    let compilation = matches!(
        mode & LUAJIT_MODE_MASK,
        LUAJIT_MODE_ENGINE
            | LUAJIT_MODE_FUNC
            | LUAJIT_MODE_ALLFUNC
            | LUAJIT_MODE_ALLSUBFUNC
    );
    (compilation && mode & LUAJIT_MODE_ON == 0) as c_int
}
