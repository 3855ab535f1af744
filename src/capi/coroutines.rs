//! Coroutines (manual §3.7).

use core::ffi::c_int;

use crate::capi::check::check;
use crate::capi::index::push;
use crate::capi::types::*;
use crate::capi::{finish, state};
use crate::heap::Gc;
use crate::object::Value;
use crate::state::{State, Thrown};
use crate::vm::{call, coroutine, safepoint};

/// Pushes a new thread with its own stack, sharing all globals with L, and returns it. It lives
/// as long as it is reachable, as other objects do.
/// [-0, +1, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_newthread(L: *mut lua_State) -> *mut lua_State {
    check!(lua_newthread(L): room(1));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let made = new_thread(l);
    let thread = finish(l, made);
    push(l, Value::thread(thread.header()));
    thread.as_ptr()
}

fn new_thread(l: &mut State) -> Result<Gc<State>, Thrown> {
    safepoint::check(l)?;
    coroutine::new_thread(l)
}

/// Starts the coroutine L (its function lies below its narg arguments) or goes on with it (the
/// values it was given are its yield's results). Gives LUA_YIELD when it is suspended, 0 when it
/// has ended, else the error's status, with the error value on top and the stack not unwound.
/// [-?, +?, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_resume(L: *mut lua_State, narg: c_int) -> c_int {
    check!(lua_resume(L): count(narg), values(narg));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    call::resume::resume(l, narg)
}

/// Suspends the running coroutine, passing the topmost nresults values out. A C function calls it
/// as its return expression only: `return lua_yield(L, n);`
/// [-?, +?, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_yield(L: *mut lua_State, nresults: c_int) -> c_int {
    check!(lua_yield(L): count(nresults), values(nresults));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let yielded = coroutine::yield_from_c(l, nresults as usize);
    finish(l, yielded)
}

/// The thread's status: 0, LUA_YIELD while suspended, or the status of the error that ended it.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_status(L: *mut lua_State) -> c_int {
    check!(lua_status(L));
    // SAFETY: HOST.
    unsafe { state(L) }.status as c_int
}

/// Carries the count of nested C calls from one thread to another.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_setlevel(from: *mut lua_State, to: *mut lua_State) {
    check!(lua_setlevel(from): sibling(to));
    // SAFETY: HOST: both are live threads, maybe the same; one word is copied.
    unsafe { (*to).c_calls = (*from).c_calls };
}
