//! Where an error that C raises returns to.
//!
//! The layout is known to the assembly of the C boundary (`vm::boundary`), which keeps `newest` and sets
//! `exception`.
//!
//! Not here: what a recovery point is (`vm::boundary`), whose exception this is (`boundary::exceptions`).

use core::cell::Cell;
use core::ffi::c_void;
use core::ptr;

#[repr(C)]
pub struct Recovery {
    /// The newest recovery point, null outside runs of the interpreter and foreign C functions.
    pub newest: Cell<*mut c_void>,
    /// The C++ exception that ended the last protected call, on its way to whoever catches it.
    pub exception: Cell<*mut c_void>,
    /// The State in which the function was called that a throw or exception has just ended.
    pub catcher: Cell<*mut c_void>,
    /// The C++ flavour: the code of the error that is on its way as an exception of our own.
    pub code: Cell<u32>,
}

impl Recovery {
    pub const fn new() -> Recovery {
        Recovery {
            newest: Cell::new(ptr::null_mut()),
            exception: Cell::new(ptr::null_mut()),
            catcher: Cell::new(ptr::null_mut()),
            code: Cell::new(0),
        }
    }
}
