//! The C library's standard streams, which `print` and the io library write to and read from, so
//! that a host's own `printf` and a script's output come in order.
//!
//! Not here: files (`stdlib::io`).

use core::ffi::c_int;

pub use libc::FILE;

mod c {
    use super::FILE;
    unsafe extern "C" {
        pub static stdin: *mut FILE;
        pub static stdout: *mut FILE;
        pub static stderr: *mut FILE;
    }
}

pub fn stdin() -> *mut FILE {
    // SAFETY: the C library sets the variable before main and a host does not unset it.
    unsafe { c::stdin }
}

pub fn stdout() -> *mut FILE {
    // SAFETY: as stdin.
    unsafe { c::stdout }
}

pub fn stderr() -> *mut FILE {
    // SAFETY: as stdin.
    unsafe { c::stderr }
}

/// Writes bytes to the standard output, errors ignored as `print` does.
pub fn print(bytes: &[u8]) {
    // SAFETY: the slice is as long as said; stdout is an open stream.
    unsafe { libc::fwrite(bytes.as_ptr().cast(), 1, bytes.len(), stdout()) };
}

/// The C library's error number of this thread.
pub fn errno() -> c_int {
    // SAFETY: glibc returns the address of the thread's errno.
    unsafe { *libc::__errno_location() }
}

/// The text of an error number, valid until the next call in this thread.
pub fn error_text(errno: c_int) -> &'static [u8] {
    // SAFETY: strerror returns a C string that the thread's next strerror may overwrite; callers
    // copy it into a message at once.
    unsafe { core::ffi::CStr::from_ptr(libc::strerror(errno)).to_bytes() }
}
