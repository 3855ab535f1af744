//! The switch of LuaJIT's compiler, which is that of our machine code for loops (`vm::jit`).

use core::ffi::c_int;

use crate::capi::check::check;
use crate::capi::types::lua_State;
use crate::vm::engine;

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

/// Switches machine code on or off for the whole state, which it is by itself where the processor is one that it is made
/// for; or flushes what there is. 1 if things are now as asked for, 0 if not: single functions cannot be switched off, C
/// functions cannot be wrapped, and without memory that can be executed, or on other processors, nothing can be switched on.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaJIT_setmode(L: *mut lua_State, idx: c_int, mode: c_int) -> c_int {
    check!(luaJIT_setmode(L));
    let _ = idx;
    // SAFETY: the caller gives a live state.
    let global = unsafe { (*L).global() };
    let done = match mode & LUAJIT_MODE_MASK {
        LUAJIT_MODE_ENGINE | LUAJIT_MODE_FUNC | LUAJIT_MODE_ALLFUNC | LUAJIT_MODE_ALLSUBFUNC
            if mode & LUAJIT_MODE_FLUSH != 0 =>
        {
            engine::flush(global);
            true
        }
        LUAJIT_MODE_ENGINE => engine::switch(global, mode & LUAJIT_MODE_ON != 0),
        LUAJIT_MODE_FUNC | LUAJIT_MODE_ALLFUNC | LUAJIT_MODE_ALLSUBFUNC => {
            (mode & LUAJIT_MODE_ON != 0) == engine::is_on(global)
        }
        _ => false,
    };
    done as c_int
}
