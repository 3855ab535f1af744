//! Calls (manual §3.7).

use core::ffi::{c_int, c_void};
use core::ptr;

use crate::capi::check::check;
use crate::capi::index::stack_slot;
use crate::capi::push::push_closure;
use crate::capi::types::*;
use crate::capi::{finish, state};
use crate::object::Value;
use crate::state::{State, Thrown};
use crate::vm::call;

/// Calls the function below the topmost nargs values; function and arguments are replaced by
/// nresults results, by all of them for LUA_MULTRET. Errors pass through.
/// [-(nargs+1), +nresults, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_call(L: *mut lua_State, nargs: c_int, nresults: c_int) {
    check!(lua_call(L): callee(nargs), results(nresults, nargs));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    call::from_c::call(l, nargs, nresults);
}

/// As lua_call, but errors end here: they replace function and arguments by the error value and
/// give LUA_ERRRUN, LUA_ERRMEM or LUA_ERRERR instead of 0. errfunc is 0 or the index of a message
/// handler, whose result then becomes the error value.
/// [-(nargs+1), +(nresults|1), -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_pcall(
    L: *mut lua_State,
    nargs: c_int,
    nresults: c_int,
    errfunc: c_int,
) -> c_int {
    check!(lua_pcall(L):
        callee(nargs), results(nresults, nargs), handler(errfunc));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let handler = if errfunc == 0 { 0 } else { handler_at(l, errfunc) };
    call::from_c::pcall(l, nargs, nresults, handler)
}

/// The place of a message handler, in bytes from the stack's bottom; 0 if the index names none.
#[inline(always)]
fn handler_at(l: &State, errfunc: c_int) -> i32 {
    stack_slot(l, errfunc).map_or(0, |slot| (slot as usize - l.stack as usize) as i32)
}

/// Calls func in protected mode with ud as a light userdata, its only argument. On error the error
/// value is pushed, on success nothing is. Statuses as lua_pcall.
/// [-0, +(0|1), -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_cpcall(
    L: *mut lua_State,
    func: lua_CFunction,
    ud: *mut c_void,
) -> c_int {
    check!(lua_cpcall(L): given(func));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let entry = func.map_or(ptr::null(), |f| f as *const ());
    let ended = call::protect_unhandled(l, &mut |l| call_with_pointer(l, entry, ud));
    finish(l, ended).code()
}

fn call_with_pointer(l: &mut State, entry: *const (), ud: *mut c_void) -> Result<(), Thrown> {
    l.ensure_stack(2)?;
    push_closure(l, entry, ptr::null(), 0)?;
    let ud: Value = l.global().light_value(ud as usize)?;
    l.push(ud);
    call::call(l, 1, 0)
}
