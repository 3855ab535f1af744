//! Calls from Rust: nested runs of the interpreter.

use crate::state::{CFunction, State, Status, Thrown};

/// Calls the function below the topmost `nargs` values; function and arguments are replaced by
/// `nresults` results (`MULTRET`: all). Not yieldable (a nested run of the interpreter).
///
/// # Errors
/// What the function threw: the error value is on top, the frames still stand (the catcher unwinds).
pub fn call(_l: &mut State, _nargs: usize, _nresults: i32) -> Result<(), Thrown> {
    unimplemented!()
}

/// `lua_pcall`: as `call`, but errors end here: on error function and arguments are replaced by the
/// error value alone. `handler`: the absolute stack slot index (from `L.stack`) of a message handler, 0 for none.
pub fn protected_call(_l: &mut State, _nargs: usize, _nresults: i32, _handler: usize) -> Status {
    unimplemented!()
}

/// Runs `body` with errors caught: on error the stack is cut back to its height at entry and the
/// error value pushed. For API functions such as lua_load and lua_cpcall.
pub fn protect(_l: &mut State, _body: &mut dyn FnMut(&mut State) -> Result<(), Thrown>) -> Status {
    unimplemented!()
}

/// Leaves an API function with an error: jumps to the newest recovery point, over foreign C frames
/// only (CFRAMES); without one calls the panic function and exits.
pub fn throw(_l: &mut State, _thrown: Thrown) -> ! {
    unimplemented!()
}

/// Runs a foreign C function that is no lua_CFunction (a reader, a writer) behind a recovery point, so that an
/// error it raises comes back as Err. `f(arg)` returns a word.
pub fn call_foreign(
    _l: &mut State,
    _f: unsafe extern "C" fn(*mut core::ffi::c_void) -> usize,
    _arg: *mut core::ffi::c_void,
) -> Result<usize, Thrown> {
    unimplemented!()
}

/// Runs one of our builtins on behalf of C code that calls its C entry directly: drives whatever
/// the builtin asks for by nested runs. Returns the number of results on top.
pub fn run_native(_l: &mut State, _f: crate::state::NativeFn) -> Result<u32, Thrown> {
    unimplemented!()
}

/// The C entry of a builtin, as every builtin's thunk calls it: `run_native`, errors thrown.
pub fn enter_from_c(l: *mut State, f: crate::state::NativeFn) -> core::ffi::c_int {
    // SAFETY: ONEWORLD: C passes the State it was given, and no Rust reference to it is in use while C runs.
    let l = unsafe { &mut *l };
    match run_native(l, f) {
        Ok(n) => n as core::ffi::c_int,
        Err(thrown) => throw(l, thrown),
    }
}

/// A builtin with both its entries, for tables of library functions.
#[derive(Clone, Copy)]
pub struct Builtin {
    pub name: &'static str,
    pub rust: crate::state::NativeFn,
    pub c: CFunction,
}

/// `builtin!("name", path)`: a `Builtin` whose C entry is made here.
#[macro_export]
macro_rules! builtin {
    ($name:expr, $f:path) => {{
        unsafe extern "C" fn entry(l: *mut $crate::state::State) -> core::ffi::c_int {
            $crate::vm::call::enter_from_c(l, $f)
        }
        $crate::vm::call::Builtin { name: $name, rust: $f, c: entry }
    }};
}
