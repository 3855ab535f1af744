//! A Global without a host's program around it.

use std::ffi::c_void;

use ferrouslua::heap::AllocFn;
use ferrouslua::state::Global;
use ferrouslua::vm::hooks;

/// Made where it stays, as `lua_newstate` makes it.
pub fn boxed(alloc: AllocFn, ud: *mut c_void, seed: u64) -> Box<Global> {
    let mut global = Box::<Global>::new_uninit();
    // SAFETY: the box's own memory, all of which is made.
    unsafe {
        Global::make(global.as_mut_ptr(), alloc, ud, seed, hooks::plain_words());
        global.assume_init()
    }
}
