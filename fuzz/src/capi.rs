//! Legal calls of the C API in a sequence that bytes choose: on our library, and on the reference's if it is
//! there, where each call must leave the same on the stack. The collector runs on both.
//!
//! All of it happens in C functions (`body`), called protected, from Lua, as metamethods and in coroutines; what
//! raises an error ends the innermost of them.
//!
//! Legal means: indices of what is there, room asked for, no wrong types where the manual asks for one. A
//! coroutine's own function is one of Lua, for the reference does not survive another that yields.
//!
//! Not here: calls that differ by design (yields through `pcall` and metamethods end the comparison), hooks and
//! buffers (tests/differential/capi.c).

use std::cell::Cell;
use std::ffi::{CStr, c_int, c_void};
use std::fmt::Write;

use crate::api::{self, Api, Debug, Function, L, ours, reference};
use crate::chunk::run::dump;
use crate::machine::{Machine, Value};
use crate::random::{Bytes, Choose};

/// Calls of `body` inside each other.
const MAX_DEPTH: usize = 8;
/// Values that a body's stack may hold.
const MOST: c_int = 24;

/// A case that runs: what is left of its choices, and what it has told.
struct Case {
    input: Bytes<'static>,
    log: String,
    depth: usize,
    steps: usize,
}

thread_local! {
    static CASE: Cell<*mut Case> = const { Cell::new(std::ptr::null_mut()) };
}

/// The running case. What is made of it must be over before the API is called.
fn case() -> &'static mut Case {
    // SAFETY: set for as long as a case runs; used by one function at a time, between two API calls.
    unsafe { &mut *CASE.get() }
}

pub fn check(bytes: &[u8]) {
    let our = tale(ours(), bytes);
    let Some(api) = reference() else { return };
    let theirs = tale(api, bytes);
    let apart = ["C-call boundary", "overflow", "not enough memory"];
    if our != theirs && !apart.iter().any(|word| our.contains(word) || theirs.contains(word)) {
        let line = our.lines().zip(theirs.lines()).position(|(a, b)| a != b).unwrap_or_default();
        let before: Vec<&str> = our.lines().take(line).collect();
        panic!(
            "{}\nthen, in line {line},\n  ours:      {:?}\n  reference: {:?}",
            before[before.len().saturating_sub(12)..].join("\n"),
            our.lines().nth(line),
            theirs.lines().nth(line)
        );
    }
}

/// What a case tells on this library.
fn tale(api: &'static Api, bytes: &[u8]) -> String {
    let machine = Machine::new(api);
    // SAFETY: the case does not outlive `bytes`: it is dropped below, and the Cell emptied.
    let input = Bytes(unsafe { std::mem::transmute::<&[u8], &'static [u8]>(bytes) });
    let case = Box::into_raw(Box::new(Case { input, log: String::new(), depth: 0, steps: 0 }));
    CASE.set(case);
    // SAFETY: a live state; the case is set; it is freed when the state, whose finalizers may use it, is closed.
    unsafe {
        (api.lua_gc)(machine.l, 1, 0); // the collector runs
        let status = (api.lua_cpcall)(machine.l, body(api), std::ptr::null_mut());
        (*case).log.push_str(&format!("the end: {status}\n"));
        (api.lua_settop)(machine.l, 0);
        drop(machine);
        CASE.set(std::ptr::null_mut());
        Box::from_raw(case).log
    }
}

fn body(api: &Api) -> Function {
    if api.is_ours() { body_of_ours } else { body_of_reference }
}

unsafe extern "C" fn body_of_ours(l: L) -> c_int {
    // SAFETY: called by our library.
    unsafe { steps(ours(), l) }
}

unsafe extern "C" fn body_of_reference(l: L) -> c_int {
    // SAFETY: called by the reference.
    unsafe { steps(reference().expect("its own function"), l) }
}

fn finalizer(api: &Api) -> Function {
    if api.is_ours() { finalize_ours } else { finalize_reference }
}

unsafe extern "C" fn finalize_ours(l: L) -> c_int {
    // SAFETY: called by our library, with the userdata.
    unsafe { (ours().lua_objlen)(l, 1) as c_int & 1 }
}

unsafe extern "C" fn finalize_reference(l: L) -> c_int {
    // SAFETY: called by the reference, with the userdata.
    unsafe { (reference().expect("its own function").lua_objlen)(l, 1) as c_int & 1 }
}

/// Some steps on this stack; its topmost values are returned, or yielded.
///
/// Nothing that must be dropped is alive where the API is called: errors jump over this function.
unsafe fn steps(api: &'static Api, l: L) -> c_int {
    // SAFETY: the caller's: a live state of this library's; `case` is set.
    unsafe {
        case().depth += 1;
        let depth = case().depth;
        let count = if depth > MAX_DEPTH { 0 } else { 1 + case().input.below(if depth == 1 { 200 } else { 12 }) };
        for _ in 0..count {
            if case().input.is_empty() || case().steps > 2_000 {
                break;
            }
            case().steps += 1;
            let kind = case().input.below(48);
            step(api, l, kind);
            case().depth = depth; // what raised an error did not count back
            tell(api, l, kind);
            if (api.lua_gettop)(l) > MOST {
                (api.lua_settop)(l, MOST / 2);
            }
        }
        case().depth = depth - 1;
        let results = case().input.below((api.lua_gettop)(l) as usize + 1) as c_int;
        // Only a call from Lua can be left by a yield.
        if depth > 1 && case().input.chance(10) && called_from_lua(api, l) {
            return (api.lua_yield)(l, results);
        }
        results
    }
}

unsafe fn called_from_lua(api: &Api, l: L) -> bool {
    let mut ar = Debug::new();
    // SAFETY: the caller's: a live state of this library's; "S" makes `what` a string.
    unsafe {
        (api.lua_getstack)(l, 1, &mut ar) != 0
            && (api.lua_getinfo)(l, c"S".as_ptr(), &mut ar) != 0
            && CStr::from_ptr(ar.what) == c"Lua"
    }
}

/// Tells the stack: how many values, and those on top.
unsafe fn tell(api: &Api, l: L, kind: usize) {
    // SAFETY: the caller's: a live state of this library's.
    unsafe {
        let top = (api.lua_gettop)(l);
        let log = &mut case().log;
        let _ = write!(log, "{kind}: {top}");
        for index in (top - 4).max(1)..=top {
            let _ = match Value::at(api, l, index) {
                Value::Other(api::TYPE_TABLE) => write!(log, " table {}", (api.lua_objlen)(l, index)),
                Value::Other(api::TYPE_THREAD) => {
                    write!(log, " thread {}", (api.lua_status)((api.lua_tothread)(l, index)))
                }
                value => write!(log, " {value:?}"),
            };
        }
        log.push('\n');
    }
}

const WORDS: [&CStr; 10] =
    [c"a", c"n", c"key", c"__index", c"__newindex", c"__call", c"__eq", c"10", c"0x1F", c""];
const NUMBERS: [f64; 14] =
    [0.0, 1.0, 2.0, 3.0, 4.0, 8.0, -1.0, 0.5, 1e15, 1e300, -1e300, 2147483648.0, f64::INFINITY, -0.0];
const SOURCES: [&CStr; 14] = [
    c"local f = ... return function(...) local a, b = f(...) return b, f(a) end",
    c"local f, x = ... return function(...) for i = 1, 3 do x = f(x, i, ...) end return x end",
    c"return ...",
    c"local a, b = ... return a + b",
    c"local a = ... a.key = a return a.a",
    c"return #..., ...",
    c"local f = ... coroutine.yield(f) return f(1, coroutine.yield(2))",
    c"local t = {...} return function() return t, unpack(t) end",
    c"local a, b = ... return a == b, a < b",
    c"return 1 +",
    c"error({...})",
    c"local a, b = ... return a .. b",
    c"for k, v in pairs(...) do return k, v end",
    c"return setmetatable(..., getmetatable((select(2, ...))))",
];
const EVENTS: [&CStr; 14] = [
    c"__index", c"__newindex", c"__call", c"__eq", c"__lt", c"__le", c"__add", c"__concat", c"__unm", c"__len", c"__mode",
    c"__metatable", c"__tostring", c"__sub",
];

fn any<T: Copy>(list: &[T]) -> T {
    case().input.of(list)
}

/// An index of a value that is there; 0 if there is none.
unsafe fn index(api: &Api, l: L) -> c_int {
    // SAFETY: the caller's: a live state of this library's.
    let top = unsafe { (api.lua_gettop)(l) };
    match case().input.below(16) {
        0 => api::GLOBALS,
        1 => api::ENVIRONMENT,
        _ if top == 0 => 0,
        n => {
            let at = case().input.below(top as usize) as c_int;
            if n & 1 == 0 { at + 1 } else { -1 - at }
        }
    }
}

/// An index of a value of the stack of this type; 0 if none is found.
unsafe fn index_of(api: &Api, l: L, kind: c_int) -> c_int {
    // SAFETY: the caller's: a live state of this library's.
    unsafe {
        let top = (api.lua_gettop)(l);
        let start = case().input.below(top.max(1) as usize) as c_int;
        (0..top).map(|i| (start + i) % top + 1).find(|&i| (api.lua_type)(l, i) == kind).unwrap_or(0)
    }
}

/// One step. What needs values that are not there does nothing.
unsafe fn step(api: &'static Api, l: L, kind: usize) {
    // SAFETY: the caller's: a live state of this library's. Each call is given what the manual asks for, which is
    // looked at before; there is room for 20 values above the 24 that a body may hold.
    unsafe {
        if (api.lua_checkstack)(l, 40) == 0 {
            return;
        }
        let top = (api.lua_gettop)(l);
        let at = index(api, l);
        let real = at > api::REGISTRY && at != 0;
        match kind {
            0 => (api.lua_pushnil)(l),
            1 => (api.lua_pushboolean)(l, case().input.below(2) as c_int),
            2 | 3 => (api.lua_pushnumber)(l, any(&NUMBERS)),
            4 => (api.lua_pushstring)(l, any(&WORDS).as_ptr()),
            5 => {
                let length = case().input.below(100);
                let bytes = case().input.take(length);
                api.push_bytes(l, bytes);
            }
            6 | 7 => {
                let upvalues = case().input.below(top.min(3) as usize + 1) as c_int;
                (api.lua_pushcclosure)(l, body(api), upvalues);
            }
            8 => (api.lua_createtable)(l, case().input.below(5) as c_int, case().input.below(5) as c_int),
            9 if at != 0 => (api.lua_pushvalue)(l, at),
            10 => (api.lua_settop)(l, case().input.below(top as usize + 3) as c_int),
            11 if real => (api.lua_remove)(l, at),
            12 if real => (api.lua_insert)(l, at),
            13 if real => (api.lua_replace)(l, at),
            14 if at != 0 && top > 0 => (api.lua_gettable)(l, at),
            15 if at != 0 && top > 1 => (api.lua_settable)(l, at),
            16 if at != 0 => (api.lua_getfield)(l, at, any(&WORDS).as_ptr()),
            17 if at != 0 && top > 0 => (api.lua_setfield)(l, at, any(&WORDS).as_ptr()),
            18..=23 => raw(api, l, kind),
            24 if top > 1 => {
                let arguments = case().input.below(top as usize) as c_int;
                (api.lua_call)(l, arguments, case().input.below(5) as c_int - 1);
            }
            25..=28 if top > 0 => {
                let arguments = case().input.below(top as usize) as c_int;
                let status = (api.lua_pcall)(l, arguments, case().input.below(4) as c_int - 1, 0);
                (api.lua_pushinteger)(l, status as isize);
            }
            29 => {
                let status = (api.lua_cpcall)(l, body(api), std::ptr::null_mut());
                (api.lua_pushinteger)(l, status as isize);
            }
            30 | 31 => {
                let status = (api.luaL_loadstring)(l, any(&SOURCES).as_ptr());
                (api.lua_pushinteger)(l, status as isize);
                if status == 0 {
                    (api.lua_settop)(l, -2);
                    (api.lua_pushcclosure)(l, body(api), 0);
                    let status = (api.lua_pcall)(l, 1, 1, 0); // a function that calls the body, mostly
                    (api.lua_pushinteger)(l, status as isize);
                }
            }
            32..=34 => coroutine(api, l),
            35 => metatable(api, l),
            36 if at != 0 => {
                (api.lua_getmetatable)(l, at);
            }
            37 if at != 0 && real => convert(api, l, at),
            38 if top > 1 => {
                let n = 1 + case().input.below(top.min(4) as usize) as c_int;
                (api.lua_concat)(l, n);
            }
            39 if top > 1 => {
                let other = 1 + case().input.below(top as usize) as c_int;
                let result = match case().input.below(3) {
                    0 => (api.lua_equal)(l, 1, other),
                    1 => (api.lua_lessthan)(l, 1, other),
                    _ => (api.lua_rawequal)(l, 1, other),
                };
                (api.lua_pushboolean)(l, result);
            }
            40 if top > 0 && case().depth > 1 && case().input.chance(60) => {
                (api.lua_error)(l);
            }
            41 => {
                (api.lua_gc)(l, any(&[2, 5]), case().input.below(4) as c_int);
            }
            42 => environment(api, l, at),
            43 => {
                (api.lua_newuserdata)(l, case().input.below(64));
                (api.lua_createtable)(l, 0, 1);
                (api.lua_pushcclosure)(l, finalizer(api), 0);
                (api.lua_setfield)(l, -2, c"__gc".as_ptr());
                (api.lua_setmetatable)(l, -2);
            }
            44 => upvalues(api, l),
            45 => {
                let t = index_of(api, l, api::TYPE_TABLE);
                if t != 0 && top > t {
                    let reference = (api.luaL_ref)(l, t);
                    (api.lua_pushinteger)(l, reference as isize);
                    if case().input.chance(50) {
                        (api.luaL_unref)(l, t, reference);
                    }
                }
            }
            46 => dump_and_load(api, l),
            47 => auxiliary(api, l, at),
            _ => {}
        }
    }
}

/// `lua_rawget` and its like, which want a table.
unsafe fn raw(api: &Api, l: L, kind: usize) {
    // SAFETY: as `step`.
    unsafe {
        let (t, top) = (index_of(api, l, api::TYPE_TABLE), (api.lua_gettop)(l));
        if t == 0 {
            return;
        }
        let n = case().input.below(6) as c_int - 1;
        match kind {
            18 => (api.lua_rawget)(l, t),
            19 if top > t + 1 => (api.lua_rawset)(l, t),
            20 => (api.lua_rawgeti)(l, t, n),
            21 | 22 if top > t => (api.lua_rawseti)(l, t, n),
            23 => {
                let mut count = 0;
                (api.lua_pushnil)(l);
                while (api.lua_next)(l, t) != 0 {
                    api.pop(l, 1);
                    count += 1;
                }
                (api.lua_pushinteger)(l, count);
            }
            _ => {}
        }
    }
}

/// Makes a coroutine of a Lua function, or resumes one.
unsafe fn coroutine(api: &Api, l: L) {
    // SAFETY: as `step`; the thread is on the stack of `l` while it is used.
    unsafe {
        let at = index_of(api, l, api::TYPE_THREAD);
        if at == 0 || case().input.chance(30) {
            let thread = (api.lua_newthread)(l);
            let f = index_of(api, l, api::TYPE_FUNCTION);
            if f != 0 && (api.lua_iscfunction)(l, f) == 0 {
                (api.lua_pushvalue)(l, f);
                (api.lua_xmove)(l, thread, 1);
            }
            return;
        }
        let thread = (api.lua_tothread)(l, at);
        if thread == l || (api.lua_checkstack)(thread, 30) == 0 {
            return;
        }
        let held = (api.lua_gettop)(thread);
        let fresh = (api.lua_status)(thread) == 0;
        let mut ar = Debug::new();
        // A running one, or one that is over, has nothing to begin with.
        if fresh && (held == 0 || (api.lua_getstack)(thread, 0, &mut ar) != 0) || (api.lua_status)(thread) > 1 {
            return;
        }
        if fresh && ((api.lua_type)(thread, 1) != api::TYPE_FUNCTION || (api.lua_iscfunction)(thread, 1) != 0) {
            return;
        }
        if !fresh {
            (api.lua_settop)(thread, 0);
        }
        let arguments = case().input.below((api.lua_gettop)(l).min(4) as usize + 1) as c_int;
        let given = if fresh { held - 1 } else { 0 } + arguments;
        (0..arguments).for_each(|_| (api.lua_pushvalue)(l, -arguments));
        (api.lua_xmove)(l, thread, arguments);
        let status = (api.lua_resume)(thread, given);
        let results = (api.lua_gettop)(thread).min(4);
        if status <= 1 {
            (api.lua_xmove)(thread, l, results);
            (api.lua_settop)(thread, 0);
        }
        (api.lua_pushinteger)(l, status as isize);
    }
}

/// A metatable of a few events for a table.
unsafe fn metatable(api: &Api, l: L) {
    // SAFETY: as `step`.
    unsafe {
        let t = index_of(api, l, api::TYPE_TABLE);
        if t == 0 {
            return;
        }
        (api.lua_createtable)(l, 0, 4);
        for _ in 0..case().input.below(4) {
            let event = any(&EVENTS);
            match case().input.below(3) {
                0 => (api.lua_pushvalue)(l, t),
                1 => (api.lua_pushvalue)(l, -1),
                _ => (api.lua_pushcclosure)(l, body(api), 0),
            }
            (api.lua_setfield)(l, -2, event.as_ptr());
        }
        (api.lua_setmetatable)(l, t);
    }
}

unsafe fn convert(api: &Api, l: L, at: c_int) {
    // SAFETY: as `step`; a string's bytes are copied at once.
    unsafe {
        match case().input.below(6) {
            0 => {
                let length = api.bytes(l, at).map_or(-1, |bytes| bytes.len() as isize);
                (api.lua_pushinteger)(l, length);
            }
            1 => (api.lua_pushnumber)(l, (api.lua_tonumber)(l, at)),
            2 => (api.lua_pushinteger)(l, (api.lua_tointeger)(l, at)),
            3 => (api.lua_pushboolean)(l, (api.lua_toboolean)(l, at)),
            4 => (api.lua_pushinteger)(l, (api.lua_objlen)(l, at) as isize),
            _ => {
                let is = (api.lua_isnumber)(l, at) + 2 * (api.lua_isstring)(l, at) + 4 * (api.lua_iscfunction)(l, at);
                (api.lua_pushinteger)(l, (is + 8 * (api.lua_isuserdata)(l, at)) as isize);
            }
        }
    }
}

unsafe fn environment(api: &Api, l: L, at: c_int) {
    // SAFETY: as `step`.
    unsafe {
        let f = index_of(api, l, api::TYPE_FUNCTION);
        if at != 0 && case().input.chance(50) {
            (api.lua_getfenv)(l, at);
        } else if f != 0 {
            (api.lua_createtable)(l, 0, 0);
            let done = (api.lua_setfenv)(l, f);
            (api.lua_pushinteger)(l, done as isize);
        }
    }
}

unsafe fn upvalues(api: &Api, l: L) {
    // SAFETY: as `step`.
    unsafe {
        let (f, top) = (index_of(api, l, api::TYPE_FUNCTION), (api.lua_gettop)(l));
        let n = 1 + case().input.below(4) as c_int;
        if f == 0 {
            return;
        }
        if case().input.chance(50) {
            (api.lua_getupvalue)(l, f, n);
        } else if top > f {
            (api.lua_setupvalue)(l, f, n);
        }
    }
}

unsafe fn dump_and_load(api: &Api, l: L) {
    // SAFETY: as `step`; the chunk is dropped before anything can raise an error: loading raises none.
    unsafe {
        let f = index_of(api, l, api::TYPE_FUNCTION);
        if f == 0 || (api.lua_iscfunction)(l, f) != 0 {
            return;
        }
        (api.lua_pushvalue)(l, f);
        let chunk = dump(api, l);
        let status = api.load(l, &chunk, c"=again");
        drop(chunk);
        (api.lua_pushinteger)(l, status as isize);
    }
}

unsafe fn auxiliary(api: &Api, l: L, at: c_int) {
    // SAFETY: as `step`.
    unsafe {
        match case().input.below(8) {
            0 => {
                (api.luaL_newmetatable)(l, any(&WORDS).as_ptr());
            }
            1 if at != 0 => {
                (api.luaL_getmetafield)(l, at, any(&EVENTS).as_ptr());
            }
            2 if at != 0 => {
                (api.luaL_callmeta)(l, at, any(&EVENTS).as_ptr());
            }
            3 => (api.luaL_where)(l, case().input.below(4) as c_int),
            4 if case().depth > 1 => {
                (api.luaL_checknumber)(l, 1);
            }
            5 if case().depth > 1 => {
                (api.luaL_checktype)(l, 1, case().input.below(9) as c_int);
            }
            6 if case().depth > 1 => {
                (api.luaL_checklstring)(l, 2, std::ptr::null_mut());
            }
            7 => (api.lua_pushlightuserdata)(l, 16 as *mut c_void),
            _ => {
                (api.luaL_gsub)(l, any(&WORDS).as_ptr(), c"1".as_ptr(), c"<1>".as_ptr());
            }
        }
    }
}
