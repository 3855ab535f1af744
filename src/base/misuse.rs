//! What a `checks` build says to a host that breaks the API's contract, before it ends the program.
//!
//! Not here: what the contract is (`capi::check`, `vm::foreign`).

use core::fmt::Arguments;

/// Says what was misused and how, and ends the program where a debugger sees who called.
#[cold]
#[inline(never)]
pub fn abort(what: Arguments<'_>) -> ! {
    eprintln!("ferrouslua: {what}");
    std::process::abort()
}
