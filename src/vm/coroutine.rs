//! Coroutines.

use crate::heap::Gc;
use crate::state::{State, Status, Thrown};

/// `lua_newthread`: a thread sharing `l`'s globals and hooks; not pushed.
pub fn new_thread(_l: &mut State) -> Result<Gc<State>, Thrown> {
    unimplemented!()
}

/// `lua_resume`, from C: a nested run. The coroutine's stack holds (function and) `nargs` arguments.
pub fn resume(_co: &mut State, _nargs: usize) -> Status {
    unimplemented!()
}

/// `lua_yield`, from a C function: what it must return to the VM, or the error of yielding where that is not
/// possible.
pub fn yield_from_c(_l: &mut State, _nresults: usize) -> Result<core::ffi::c_int, Thrown> {
    unimplemented!()
}

/// Whether `Outcome::Resume` can run `co` (`coroutine.resume`'s checks); the reason if not, as
/// PUC words it ("cannot resume dead coroutine", "cannot resume non-suspended coroutine").
pub fn resumable(_l: &State, _co: Gc<State>) -> Result<(), &'static [u8]> {
    unimplemented!()
}
