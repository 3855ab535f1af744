//! Exceptions of C++ (and of any language that unwinds) that leave a foreign C function.
//!
//! They must not fly through the VM: its frames have things to drop and counts to put back. So each
//! protected call catches every exception: its *personality*, the function by which the unwinder
//! asks a frame what it wants, says yes to all of them and has the unwinder go on at the landing pad
//! in the assembly. From there it is an error like others, of the status `Exception`, until it comes
//!
//! - to an API function that fails with it: there it flies on, through the host's frames;
//! - to a protected call. In the C flavour that lets it pass, as the reference's does. In the C++
//!   flavour it ends there, with status -1.
//!
//! The C++ flavour also raises Lua's own errors as C++ exceptions, so that destructors run. What it
//! needs of C++ is in `flavour.cpp`, which only that library is linked with; its table of functions
//! takes the place of the empty one below.
//!
//! Invariants:
//! - Nothing here runs in a landing pad of Rust's, for there are none: in a release build (`panic =
//!   "abort"`) an exception passes the frames of API functions and of the interpreter's handlers by
//!   their unwind tables alone. They hold nothing to drop, as for any throw (CFRAMES).
//! - One exception at a time is on its way in a Global: no foreign code runs meanwhile.
//!
//! Not here: what status and value a catcher sees (`vm::foreign`).

use core::arch::global_asm;
use core::ffi::{c_int, c_void};
use core::ptr;

use super::RecoveryPoint;
use crate::state::recovery::Recovery;

/// What the C++ flavour adds; empty in the C flavour.
#[repr(C)]
struct Flavour {
    /// Raises the exception that stands for an error of Lua's.
    raise: Option<unsafe extern "C" fn() -> !>,
    /// Takes a landed exception: null for one of our own, which is gone then; else what `rethrow` or
    /// `release` wants.
    keep: Option<unsafe extern "C" fn(exception: *mut c_void) -> *mut c_void>,
    rethrow: Option<unsafe extern "C" fn(kept: *mut c_void) -> !>,
    release: Option<unsafe extern "C" fn(kept: *mut c_void)>,
}

global_asm!(
    ".pushsection .data.rel.ro.ferrouslua_flavour, \"aw\"",
    ".weak ferrouslua_flavour",
    ".hidden ferrouslua_flavour",
    ".balign 8",
    "ferrouslua_flavour:",
    ".quad 0, 0, 0, 0",
    ".popsection",
);

#[allow(improper_ctypes, reason = "the table is made by C++, the types are pointers")]
unsafe extern "C" {
    safe static ferrouslua_flavour: Flavour;

    fn _Unwind_GetCFA(context: *mut c_void) -> usize;
    fn _Unwind_GetLanguageSpecificData(context: *mut c_void) -> usize;
    fn _Unwind_SetGR(context: *mut c_void, register: c_int, value: usize);
    fn _Unwind_SetIP(context: *mut c_void, address: usize);
    fn _Unwind_RaiseException(exception: *mut c_void) -> c_int;
    fn _Unwind_DeleteException(exception: *mut c_void);
}

// Of the unwinder's ABI.
const VERSION: c_int = 1;
const SEARCH_PHASE: c_int = 1;
const HANDLER_FRAME: c_int = 4;
const ERROR: c_int = 3;
const HANDLER_FOUND: c_int = 6;
const INSTALL_CONTEXT: c_int = 7;
const CONTINUE_UNWIND: c_int = 8;
/// rax or x0: where a landing pad finds the exception.
const EXCEPTION_REGISTER: c_int = 0;

/// Catches whatever reaches a protected call. Only the end of a thread (a forced unwinding) cannot be
/// caught; it leaves no recovery point behind.
pub unsafe extern "C" fn personality(
    version: c_int,
    actions: c_int,
    _class: u64,
    exception: *mut c_void,
    context: *mut c_void,
) -> c_int {
    if version != VERSION {
        return ERROR;
    }
    if actions & SEARCH_PHASE != 0 {
        return HANDLER_FOUND;
    }
    // SAFETY: the unwinder's own context. The frame is a protected call's: its stack pointer at the
    // call is its recovery point, its language specific data the landing pad.
    unsafe {
        if actions & HANDLER_FRAME == 0 {
            let point = _Unwind_GetCFA(context) as *mut RecoveryPoint;
            (*(*point).slot).newest.set((*point).outer.cast());
            return CONTINUE_UNWIND;
        }
        let point = _Unwind_GetCFA(context) as *mut RecoveryPoint;
        (*(*point).slot).catcher.set((*point).state);
        _Unwind_SetGR(context, EXCEPTION_REGISTER, exception as usize);
        _Unwind_SetIP(context, _Unwind_GetLanguageSpecificData(context));
    }
    INSTALL_CONTEXT
}

/// Whether protected calls end exceptions: the C++ flavour.
pub fn are_caught() -> bool {
    ferrouslua_flavour.raise.is_some()
}

/// After an exception has landed: the code of an error of ours that it stood for; None if it is
/// someone else's, which then is on its way.
pub fn landed(recovery: &Recovery) -> Option<u32> {
    let keep = ferrouslua_flavour.keep?;
    // SAFETY: the exception that has just been caught, which nobody else refers to.
    let kept = unsafe { keep(recovery.exception.get()) };
    recovery.exception.set(kept);
    kept.is_null().then(|| recovery.code.get())
}

/// Raises the exception that stands for an error with this code, if this is the C++ flavour.
///
/// # Safety
/// CFRAMES, as for a throw, up to the newest recovery point, of which there is one.
pub unsafe fn raise(recovery: &Recovery, code: u32) {
    if let Some(raise) = ferrouslua_flavour.raise {
        recovery.code.set(code);
        // SAFETY: the caller's promise.
        unsafe { raise() }
    }
}

/// Lets the exception that is on its way fly on, into the frames of the host.
///
/// # Safety
/// CFRAMES, as for a throw.
pub unsafe fn fly_on(recovery: &Recovery) -> ! {
    let exception = recovery.exception.replace(ptr::null_mut());
    // SAFETY: the exception is ours to raise: nobody else holds it.
    unsafe {
        if let Some(rethrow) = ferrouslua_flavour.rethrow {
            rethrow(exception);
        }
        _Unwind_RaiseException(exception);
        libc::abort() // nobody catches it: what C++ does then
    }
}

/// Ends the exception that is on its way.
pub fn release(recovery: &Recovery) {
    let exception = recovery.exception.replace(ptr::null_mut());
    if exception.is_null() {
        return;
    }
    // SAFETY: as in `fly_on`.
    unsafe {
        match ferrouslua_flavour.release {
            Some(release) => release(exception),
            None => _Unwind_DeleteException(exception),
        }
    }
}
