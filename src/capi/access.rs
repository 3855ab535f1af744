//! Access functions: from the stack to C (manual §3.7).
//!
//! COMPAT: `lua_tolstring` and `lua_objlen` turn a number into a string in its slot, which hosts
//! that walk a table with `lua_next` have to know.

use core::ffi::{c_char, c_int, c_void};
use core::mem;
use core::ptr;

use crate::base::number::f64_to_integer;
use crate::capi::check::check;
use crate::capi::index::{
    is_from_top, looked_at, near_value, own_value, store_at, upvalue_at, value_at, value_from_top,
};
use crate::capi::types::*;
use crate::capi::{finish, state};
use crate::heap::Gc;
use crate::object::{Str, Type, Value};
use crate::runtime::tostring::{light_pointer, pointer_of};
use crate::state::{State, Thrown};
use crate::vm::{meta, safepoint};

/// The type of the value at idx: LUA_TNIL and its like, LUA_TNONE where there is no value.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_type(L: *mut lua_State, idx: c_int) -> c_int {
    check!(lua_type(L): acceptable(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if idx <= 0 {
        return type_below(l, idx);
    }
    own_value(l, idx).type_of() as c_int
}

#[inline(never)]
fn type_below(l: &State, idx: c_int) -> c_int {
    value_at(l, idx).type_of() as c_int
}

/// The name of a type: "nil", "no value" for LUA_TNONE.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_typename(L: *mut lua_State, tp: c_int) -> *const c_char {
    check!(lua_typename(): type_number(tp));
    let _ = L;
    type_name(tp).as_ptr()
}

pub(super) fn type_name(tp: c_int) -> &'static core::ffi::CStr {
    match tp {
        LUA_TNIL => c"nil",
        LUA_TBOOLEAN => c"boolean",
        LUA_TLIGHTUSERDATA | LUA_TUSERDATA => c"userdata",
        LUA_TNUMBER => c"number",
        LUA_TSTRING => c"string",
        LUA_TTABLE => c"table",
        LUA_TFUNCTION => c"function",
        LUA_TTHREAD => c"thread",
        9 => c"proto",
        10 => c"upval",
        _ => c"no value",
    }
}

/// 1 if the value is a C function.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_iscfunction(L: *mut lua_State, idx: c_int) -> c_int {
    check!(lua_iscfunction(L): acceptable(idx));
    // SAFETY: HOST.
    value_at(unsafe { state(L) }, idx).as_native_closure().is_some() as c_int
}

/// 1 if the value is a number, or a string that reads as one.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_isnumber(L: *mut lua_State, idx: c_int) -> c_int {
    check!(lua_isnumber(L): acceptable(idx));
    // SAFETY: HOST.
    number_at(unsafe { state(L) }, idx).is_some() as c_int
}

/// 1 if the value is a string or a number.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_isstring(L: *mut lua_State, idx: c_int) -> c_int {
    check!(lua_isstring(L): acceptable(idx));
    // SAFETY: HOST.
    let value = value_at(unsafe { state(L) }, idx);
    (value.is_string() || value.is_number()) as c_int
}

/// 1 if the value is a userdata, full or light.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_isuserdata(L: *mut lua_State, idx: c_int) -> c_int {
    check!(lua_isuserdata(L): acceptable(idx));
    // SAFETY: HOST.
    let found = value_at(unsafe { state(L) }, idx).type_of();
    matches!(found, Type::Userdata | Type::LightUserdata) as c_int
}

/// 1 if two values are equal, metamethods not asked; 0 if an index names no value.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_rawequal(L: *mut lua_State, idx1: c_int, idx2: c_int) -> c_int {
    check!(lua_rawequal(L): acceptable(idx1), acceptable(idx2));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match numbers_near(l, idx1, idx2) {
        Some((x, y)) => (x == y) as c_int,
        None => raw_equal(l, idx1, idx2),
    }
}

#[inline(never)]
fn raw_equal(l: &State, idx1: c_int, idx2: c_int) -> c_int {
    both_at(l, idx1, idx2).is_some_and(|(a, b)| a.raw_equals(b)) as c_int
}

/// 1 if two values are equal as by ==, 0 also if an index names no value.
/// [-0, +0, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_equal(L: *mut lua_State, idx1: c_int, idx2: c_int) -> c_int {
    check!(lua_equal(L): acceptable(idx1), acceptable(idx2));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match numbers_near(l, idx1, idx2) {
        Some((x, y)) => (x == y) as c_int,
        None => equal(l, idx1, idx2),
    }
}

#[inline(never)]
fn equal(l: &mut State, idx1: c_int, idx2: c_int) -> c_int {
    match both_at(l, idx1, idx2) {
        Some((a, b)) if a.raw_equals(b) => 1,
        // Two objects that are not the same: `__eq` may say that they are equal.
        Some((a, b)) if (a.is_table() || a.is_userdata()) && !b.is_number() => {
            let equal = meta::equals(l, a, b);
            finish(l, equal) as c_int
        }
        _ => 0,
    }
}

/// 1 if the first value is smaller as by <, 0 also if an index names no value.
/// [-0, +0, e]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_lessthan(L: *mut lua_State, idx1: c_int, idx2: c_int) -> c_int {
    check!(lua_lessthan(L): acceptable(idx1), acceptable(idx2));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    match numbers_near(l, idx1, idx2) {
        Some((x, y)) => (x < y) as c_int,
        None => less_than(l, idx1, idx2),
    }
}

#[inline(never)]
fn less_than(l: &mut State, idx1: c_int, idx2: c_int) -> c_int {
    let Some((a, b)) = both_at(l, idx1, idx2) else { return 0 };
    let less = meta::less_than(l, a, b);
    finish(l, less) as c_int
}

/// The numbers at two indices, if they are numbers on the stack (`near_value`).
#[inline(always)]
fn numbers_near(l: &State, idx1: c_int, idx2: c_int) -> Option<(f64, f64)> {
    let number_at = |idx| near_value(l, idx, Value::NONE).and_then(Value::as_number);
    Some((number_at(idx1)?, number_at(idx2)?))
}

#[inline(always)]
fn both_at(l: &State, idx1: c_int, idx2: c_int) -> Option<(Value, Value)> {
    let (a, b) = (value_at(l, idx1), value_at(l, idx2));
    (!a.is_none() && !b.is_none()).then_some((a, b))
}

/// The value as a number, 0 if it is none and reads as none.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_tonumber(L: *mut lua_State, idx: c_int) -> lua_Number {
    check!(lua_tonumber(L): acceptable(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if idx <= 0 {
        return number_from_top(l, idx);
    }
    match own_value(l, idx).as_number() {
        Some(n) => n,
        None => any_as_number(l, idx),
    }
}

#[inline(never)]
fn number_from_top(l: &State, idx: c_int) -> f64 {
    if !is_from_top(idx) {
        return number_elsewhere(l, idx);
    }
    match value_from_top(l, idx).as_number() {
        Some(n) => n,
        None => any_as_number(l, idx),
    }
}

/// Of a pseudo-index, mostly an upvalue's.
#[inline(never)]
fn number_elsewhere(l: &State, idx: c_int) -> f64 {
    match upvalue_at(l, idx).as_number() {
        Some(n) => n,
        None => any_as_number(l, idx),
    }
}

/// What reads as a number is one; 0 for the rest.
#[inline(never)]
fn any_as_number(l: &State, idx: c_int) -> f64 {
    meta::to_number(value_at(l, idx)).unwrap_or(0.0)
}

/// The value as an integer, truncated; 0 if it is no number and reads as none.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_tointeger(L: *mut lua_State, idx: c_int) -> lua_Integer {
    check!(lua_tointeger(L): acceptable(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if idx <= 0 {
        return integer_from_top(l, idx);
    }
    match own_value(l, idx).as_number() {
        Some(n) => f64_to_integer(n) as lua_Integer,
        None => any_as_integer(l, idx),
    }
}

#[inline(never)]
fn integer_from_top(l: &State, idx: c_int) -> lua_Integer {
    match value_from_top(l, idx).as_number() {
        Some(n) => f64_to_integer(n) as lua_Integer,
        None => any_as_integer(l, idx),
    }
}

/// As `any_as_number`.
#[inline(never)]
fn any_as_integer(l: &State, idx: c_int) -> lua_Integer {
    meta::to_number(value_at(l, idx)).map_or(0, f64_to_integer) as lua_Integer
}

/// A number, or a string that reads as one.
#[inline]
pub(super) fn number_at(l: &State, idx: c_int) -> Option<f64> {
    let value = value_at(l, idx);
    match value.as_number() {
        Some(n) => Some(n),
        None if value.is_string() => meta::to_number(value),
        None => None,
    }
}

/// 0 for nil, false and no value; else 1.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_toboolean(L: *mut lua_State, idx: c_int) -> c_int {
    check!(lua_toboolean(L): acceptable(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if idx <= 0 {
        return truth_below(l, idx);
    }
    let value = own_value(l, idx);
    (value.is_truthy() && !value.is_none()) as c_int
}

#[inline(never)]
fn truth_below(l: &State, idx: c_int) -> c_int {
    let value = value_at(l, idx);
    (value.is_truthy() && !value.is_none()) as c_int
}

/// The value as a string, its length in *len (which may be NULL). A number becomes a string in its
/// slot. NULL (and length 0) for other values. The text stays valid while the value is on the stack.
/// [-0, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_tolstring(
    L: *mut lua_State,
    idx: c_int,
    len: *mut usize,
) -> *const c_char {
    check!(lua_tolstring(L): acceptable(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if idx <= 0 {
        // SAFETY: HOST: len is writable or NULL.
        return unsafe { text_from_top(l, idx, len) };
    }
    match own_value(l, idx).as_string() {
        // SAFETY: as above.
        Some(s) => unsafe { hand_out(l, s, len) },
        // SAFETY: as above.
        None => unsafe { other_as_text(l, idx, len) },
    }
}

/// # Safety
/// HOST: `len` is writable or NULL.
#[inline(never)]
unsafe fn text_from_top(l: &mut State, idx: c_int, len: *mut usize) -> *const c_char {
    match value_from_top(l, idx).as_string() {
        // SAFETY: the caller's promise.
        Some(s) => unsafe { hand_out(l, s, len) },
        // SAFETY: as above.
        None => unsafe { other_as_text(l, idx, len) },
    }
}

/// Shows a string to the host.
///
/// # Safety
/// HOST: `len` is writable or NULL.
#[inline(always)]
pub(super) unsafe fn hand_out(l: &mut State, s: Gc<Str>, len: *mut usize) -> *const c_char {
    if s.is_grown() {
        // SAFETY: the caller's promise.
        return unsafe { hand_out_grown(l, s, len) };
    }
    // PERF: one look at the string, and one way for each kind.
    let (data, size) = s.parts();
    if !len.is_null() {
        // SAFETY: the caller's promise.
        unsafe { *len = size };
    }
    data.cast()
}

/// Shows a string that was made by appending, and may lack its NUL.
///
/// # Safety
/// As `hand_out`.
#[cold]
#[inline(never)]
unsafe fn hand_out_grown(l: &mut State, s: Gc<Str>, len: *mut usize) -> *const c_char {
    let shown = s.shown(l.heap()).map_err(Thrown::from);
    let data = finish(l, shown);
    if !len.is_null() {
        // SAFETY: the caller's promise.
        unsafe { *len = s.len() };
    }
    data.cast()
}

/// `lua_tolstring` of anything but a string on the stack. PERF: outlined whole, as all that follows a look at what is
/// near, so that no register is saved for it.
///
/// # Safety
/// As `hand_out`.
#[inline(never)]
unsafe fn other_as_text(l: &mut State, idx: c_int, len: *mut usize) -> *const c_char {
    let found = text_at(l, idx);
    if let Some(s) = finish(l, found) {
        // SAFETY: the caller's promise.
        return unsafe { hand_out(l, s, len) };
    }
    if !len.is_null() {
        // SAFETY: the caller's promise.
        unsafe { *len = 0 };
    }
    ptr::null()
}

/// The string at an index, a number there having become one.
#[inline]
pub(super) fn text_at(l: &mut State, idx: c_int) -> Result<Option<Gc<Str>>, Thrown> {
    let value = value_at(l, idx);
    match value.as_string() {
        Some(s) => Ok(Some(s)),
        None if value.is_number() => number_to_text(l, idx, value),
        None => Ok(None),
    }
}

fn number_to_text(l: &mut State, idx: c_int, value: Value) -> Result<Option<Gc<Str>>, Thrown> {
    let text = meta::to_string(l, value)?;
    if let Some(s) = text {
        store_at(l, idx, Value::string(s)); // REACH: the slot keeps it over the safepoint
        safepoint::check(l)?;
    }
    Ok(text)
}

/// The "length" of a value: of a string in bytes, of a table as by # without metamethods, of a full
/// userdata its block's size, else 0. A number becomes a string in its slot.
/// [-0, +0, m]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_objlen(L: *mut lua_State, idx: c_int) -> usize {
    check!(lua_objlen(L): acceptable(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    looked_at(l, idx, |l, value, idx| match value.as_table() {
        Some(t) => t.length(l.heap()),
        None => length_of_other(l, idx),
    })
}

#[inline(never)]
fn length_of_other(l: &mut State, idx: c_int) -> usize {
    let value = value_at(l, idx);
    if let Some(t) = value.as_table() {
        t.length(l.heap())
    } else if let Some(u) = value.as_userdata() {
        u.len
    } else {
        let text = text_at(l, idx);
        finish(l, text).map_or(0, |s| s.len())
    }
}

/// The C function at idx, NULL if it is none.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_tocfunction(L: *mut lua_State, idx: c_int) -> lua_CFunction {
    check!(lua_tocfunction(L): acceptable(idx));
    // SAFETY: HOST.
    let f = value_at(unsafe { state(L) }, idx).as_native_closure()?;
    // SAFETY: c_entry is a lua_CFunction's address or null, which is None.
    unsafe { mem::transmute::<*const (), lua_CFunction>(f.c_entry) }
}

/// The address of a full userdata's block, the pointer of a light one, NULL for other values.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_touserdata(L: *mut lua_State, idx: c_int) -> *mut c_void {
    check!(lua_touserdata(L): acceptable(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    if idx <= 0 {
        return pointer_below(l, idx);
    }
    block_or_pointer(l, own_value(l, idx))
}

#[inline(never)]
fn pointer_below(l: &State, idx: c_int) -> *mut c_void {
    if !is_from_top(idx) {
        return pointer_elsewhere(l, idx);
    }
    block_or_pointer(l, value_from_top(l, idx))
}

/// As `number_elsewhere`. The other pseudo-indices are tables'.
#[inline(never)]
fn pointer_elsewhere(l: &State, idx: c_int) -> *mut c_void {
    block_or_pointer(l, upvalue_at(l, idx))
}

#[inline(always)]
fn block_or_pointer(l: &State, value: Value) -> *mut c_void {
    match value.as_userdata() {
        Some(u) => u.data().cast(),
        // PERF: what a program's own addresses look like needs no further question.
        None if value.is_light_below_half() => value.address() as *mut c_void,
        None => other_pointer(l, value),
    }
}

/// `lua_touserdata` of a value that is no full userdata.
#[inline(never)]
fn other_pointer(l: &State, value: Value) -> *mut c_void {
    if value.is_light() { light_pointer(l, value) } else { ptr::null_mut() }
}

/// The thread at idx, NULL if it is none.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_tothread(L: *mut lua_State, idx: c_int) -> *mut lua_State {
    check!(lua_tothread(L): acceptable(idx));
    // SAFETY: HOST.
    let found = value_at(unsafe { state(L) }, idx).as_thread();
    found.map_or(ptr::null_mut(), |t| {
        let thread = t.cast::<State>().as_ptr();
        // SAFETY: a live thread, of which nobody holds a reference.
        unsafe { (*thread).expose() };
        thread
    })
}

/// An address that tells objects apart: of a table, function, thread or userdata; NULL for others.
/// [-0, +0, -]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lua_topointer(L: *mut lua_State, idx: c_int) -> *const c_void {
    check!(lua_topointer(L): acceptable(idx));
    // SAFETY: HOST.
    let l = unsafe { state(L) };
    let value = value_at(l, idx);
    if let Some(thread) = value.as_thread() {
        return known_thread(thread.cast());
    }
    pointer_of(l, value)
}

/// COMPAT: hosts may know that a thread's address is its lua_State.
#[inline(never)]
fn known_thread(thread: Gc<State>) -> *const c_void {
    // SAFETY: a live thread; no reference to a State is used behind this.
    unsafe { (*thread.as_ptr()).expose() };
    thread.as_ptr().cast_const().cast()
}
