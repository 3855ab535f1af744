//! `luaL_newstate` (manual §4.1): a state on the C library's allocator.

use core::ffi::{c_int, c_void};
use core::ptr;

use crate::capi::access::lua_tolstring;
use crate::capi::state;
use crate::capi::state::{lua_atpanic, lua_newstate};
use crate::capi::types::*;

/// A new state on the C library's realloc and free, whose panic function tells of the error on the
/// standard error stream; NULL when there is no memory.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaL_newstate() -> *mut lua_State {
    // SAFETY: the allocator keeps lua_Alloc's contract and needs no data.
    unsafe {
        let L = lua_newstate(Some(allocate), ptr::null_mut());
        if !L.is_null() {
            lua_atpanic(L, Some(report_panic));
            let heap = state(L).heap();
            heap.blocks.keep_large_cells(heap, true);
        }
        L
    }
}

/// Hosts fetch this by `lua_getallocf` and call it: it must do by itself all that lua_Alloc says.
unsafe extern "C" fn allocate(
    _ud: *mut c_void,
    p: *mut c_void,
    _osize: usize,
    nsize: usize,
) -> *mut c_void {
    // SAFETY: ALLOC: p is NULL or came from here.
    unsafe {
        if nsize == 0 {
            libc::free(p);
            return ptr::null_mut();
        }
        libc::realloc(p, nsize)
    }
}

unsafe extern "C" fn report_panic(L: *mut lua_State) -> c_int {
    // SAFETY: HOST: called with the error value on top; fprintf reads the C string it is given.
    unsafe {
        let message = lua_tolstring(L, -1, ptr::null_mut());
        let message = if message.is_null() { c"(null)".as_ptr() } else { message };
        let format = c"PANIC: unprotected error in call to Lua API (%s)\n";
        libc::fprintf(stderr, format.as_ptr(), message);
    }
    0
}

unsafe extern "C" {
    /// The C library's stream, so that its order with the host's own output holds.
    static stderr: *mut libc::FILE;
}
