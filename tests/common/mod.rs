//! A bare state for tests of the compiler and the binary format, and the reference's compiler.

#![allow(dead_code, reason = "not every test uses all of it")]

mod global;

use std::cell::Cell;
use std::ffi::c_void;
use std::process::Command;

use ferrouslua::heap::AllocFn;
use ferrouslua::object::{Table, Value};
use ferrouslua::runtime::load;
use ferrouslua::state::{Global, State, Status};

thread_local! {
    /// How many more requests this thread's states are granted; None: all.
    static GRANTED: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Runs `f` with an allocator that grants `count` requests and refuses all others.
pub fn with_memory_for<T>(count: usize, f: impl FnOnce() -> T) -> T {
    GRANTED.set(Some(count));
    let result = f();
    GRANTED.set(None);
    result
}

unsafe extern "C" fn alloc(_: *mut c_void, p: *mut c_void, old: usize, new: usize) -> *mut c_void {
    if new > old
        && let Some(left) = GRANTED.get()
    {
        if left == 0 {
            return std::ptr::null_mut();
        }
        GRANTED.set(Some(left - 1));
    }
    if new == 0 {
        // SAFETY: the heap gives back what it got here.
        unsafe { libc::free(p) };
        return std::ptr::null_mut();
    }
    // SAFETY: as above, or NULL.
    unsafe { libc::realloc(p, new) }
}

/// A state that lives as long as the process: it can load and dump, and runs nothing.
pub fn new_state() -> &'static mut State {
    let alloc: AllocFn = alloc;
    let global: &'static Global = Box::leak(global::boxed(alloc, std::ptr::null_mut(), 1));
    global.make_fixed_strings().expect("memory");
    let globals = Table::new(&global.heap).expect("memory");
    let thread = State::new(global, globals, None, true, 2).expect("memory");
    global.main_thread.set(Some(thread));
    // SAFETY: the thread is never freed, and the caller is the only one who knows it.
    unsafe { &mut *thread.as_ptr() }
}

/// The message of an error, taken off the stack.
pub fn message(l: &mut State, thrown: ferrouslua::state::Thrown) -> (Status, Vec<u8>) {
    let value: Value = l.take_error_value(thrown);
    let text = value.as_string().map(|s| s.as_bytes().to_vec()).unwrap_or_default();
    (thrown.status, text)
}

/// Compiles and dumps; or the status and message of the error.
pub fn compile(
    l: &mut State,
    text: &[u8],
    name: &[u8],
    strip: bool,
) -> Result<Vec<u8>, (Status, Vec<u8>)> {
    l.c_calls = 1; // as in luac, which loads in a protected call
    if let Err(thrown) = load::load_buffer(l, text, name) {
        return Err(message(l, thrown));
    }
    let function = l.pop().as_lua_closure().expect("a function");
    let mut bytes = Vec::new();
    let Ok(()) = load::dump(function, strip, &mut |piece: &[u8]| {
        bytes.extend_from_slice(piece);
        Ok::<(), std::convert::Infallible>(())
    });
    Ok(bytes)
}

/// Runs `luac5.1`; None where it is not installed.
pub fn luac(arguments: &[&str]) -> Option<std::process::Output> {
    Command::new("luac5.1").args(arguments).output().ok()
}
