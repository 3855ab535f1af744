//! How much memory a state may hold.
//!
//! Not here: the counting (`heap::cap`), the collections that come of it (`vm::safepoint`).

use crate::capi::check::check;
use crate::capi::state;
use crate::capi::types::lua_State;

/// Caps the memory that L's state holds from its allocator, in bytes, all its own included;
/// FERROUS_UNLIMITED takes the cap away. What would exceed it fails as if the allocator had refused
/// it: LUA_ERRMEM, "not enough memory", which scripts can catch as well. The collector works the
/// harder the nearer the cap is; a single request for a large part of it may be refused though
/// garbage would have made room.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_setmemorylimit(L: *mut lua_State, bytes: usize) {
    check!(ferrous_setmemorylimit(L));
    // SAFETY: HOST.
    unsafe { state(L) }.heap().cap.set_limit(bytes);
}

/// The cap, or FERROUS_UNLIMITED.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_getmemorylimit(L: *mut lua_State) -> usize {
    check!(ferrous_getmemorylimit(L));
    // SAFETY: HOST.
    unsafe { state(L) }.heap().cap.limit()
}

/// The bytes that L's state holds from its allocator. (lua_gc counts what objects take of them.)
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ferrous_getmemory(L: *mut lua_State) -> usize {
    check!(ferrous_getmemory(L));
    // SAFETY: HOST.
    unsafe { state(L) }.heap().cap.held()
}
