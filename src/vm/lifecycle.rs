//! Making and closing a state.

use core::ffi::c_void;

use crate::heap::{AllocFn, Gc};
use crate::state::State;

/// `lua_newstate`: None when the allocator refuses anything on the way; nothing is leaked then.
pub fn new_state(_alloc: AllocFn, _ud: *mut c_void) -> Option<Gc<State>> {
    unimplemented!()
}

/// `lua_close`: finalizers of all userdata, then every byte goes back to the host.
///
/// # Safety
/// `l` is a thread of a live state; nothing of that state is used afterwards.
pub unsafe fn close(_l: *mut State) {
    unimplemented!()
}
