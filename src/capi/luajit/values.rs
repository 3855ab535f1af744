//! Values: conversions that tell whether they succeeded, copying, the version, yielding.

use core::ffi::c_int;

use crate::base::number::f64_to_integer;
use crate::capi::check::check;
use crate::capi::access::number_at;
use crate::capi::index::value_or_nil;
use crate::capi::stack::put;
use crate::capi::types::*;
use crate::capi::{finish, state};
use crate::vm::coroutine;

/// Where the answer of lua_version lies. 5.1, as LUA_VERSION_NUM.
static VERSION: lua_Number = 501.0;

/// The address of the version of the API that the library implements: LUA_VERSION_NUM. L may be
/// NULL.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_version(L: *mut lua_State) -> *const lua_Number {
    let _ = L;
    &raw const VERSION
}

/// As lua_tonumber; *isnum (isnum may be NULL) becomes 1 if the value is a number or reads as one,
/// else 0.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_tonumberx(
    L: *mut lua_State,
    idx: c_int,
    isnum: *mut c_int,
) -> lua_Number {
    check!(lua_tonumberx(L): acceptable(idx));
    // SAFETY: HOST.
    unsafe {
        let number = number_at(state(L), idx);
        tell(isnum, number.is_some());
        number.unwrap_or(0.0)
    }
}

/// As lua_tointeger; *isnum (isnum may be NULL) becomes 1 if the value is a number, whole or not, or
/// reads as one, else 0.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_tointegerx(
    L: *mut lua_State,
    idx: c_int,
    isnum: *mut c_int,
) -> lua_Integer {
    check!(lua_tointegerx(L): acceptable(idx));
    // SAFETY: HOST.
    unsafe {
        let number = number_at(state(L), idx);
        tell(isnum, number.is_some());
        number.map_or(0, f64_to_integer) as lua_Integer
    }
}

/// # Safety
/// HOST: `isnum` is NULL or writable.
unsafe fn tell(isnum: *mut c_int, answer: bool) {
    if !isnum.is_null() {
        // SAFETY: HOST.
        unsafe { *isnum = answer as c_int };
    }
}

/// Copies the value at fromidx to toidx, overwriting what is there. toidx may be a pseudo-index, as
/// for lua_replace.
/// [-0, +0, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_copy(L: *mut lua_State, fromidx: c_int, toidx: c_int) {
    check!(lua_copy(L): valid(fromidx), valid(toidx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let value = value_or_nil(l, fromidx);
    let stored = put(l, toidx, value);
    finish(l, stored)
}

/// 1 if the running function may yield: it runs in a coroutine with no C call in between.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_isyieldable(L: *mut lua_State) -> c_int {
    check!(lua_isyieldable(L));
    // SAFETY: HOST.
    coroutine::may_yield(unsafe { state(L) }) as c_int
}
