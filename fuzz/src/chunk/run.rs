//! What the library does with a chunk: it refuses it with a reason, or it loads, dumps to what loads and
//! dumps the same, and runs within a budget; and the state is whole afterwards.
//!
//! Nothing here expects a result of the chunk's own: that it ends, and harms nothing, is all that a chunk
//! from a stranger promises.

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};

use super::{parse, write};
use crate::api::{self, Api, Debug, L, ours};
use crate::host::{Budget, Sandbox};
use crate::random::{Choose, Random};

const OK: c_int = 0;
const YIELD: c_int = 1;
const RUN: c_int = 2;
const SYNTAX: c_int = 3;
const MEMORY: c_int = 4;
const HANDLER: c_int = 5;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Refused,
    /// Accepted; the run's status.
    Ran(c_int),
}

/// Loads a chunk and runs it in one of several ways, chosen by `r`.
pub fn check(bytes: &[u8], r: &mut Random) -> Outcome {
    if is_refused_at_the_gate(bytes) {
        return Outcome::Refused;
    }
    let api = ours();
    let sandbox = if r.chance(40) { Sandbox::with_insides() } else { Sandbox::new() };
    let fuel = r.of(&[300, 3_000, 3_000, 10_000]);
    sandbox.limit(Budget::MIDDLE);
    let l = sandbox.l;
    // SAFETY: a state of ours; each function finds on the stack what the one before left there.
    unsafe {
        let status = api.load(l, bytes, c"=fuzz");
        if status != OK {
            // RUN: a text that is so long that reading it used up the fuel.
            let expected = [SYNTAX, MEMORY, RUN].contains(&status);
            assert!(expected, "loading ended with status {status}");
            assert!(api.bytes(l, -1).is_some(), "an error of loading without a message");
            return Outcome::Refused;
        }
        if bytes.first() == Some(&0x1B) {
            check_dump(api, l);
        }
        sandbox.limit(Budget::MIDDLE);
        if r.chance(50) {
            sandbox.make_generous();
        }
        if r.chance(30) {
            (api.lua_gc)(l, 6, r.of(&[0, 100])); // the collector's pause ...
            (api.lua_gc)(l, 7, r.of(&[100, 100_000])); // ... and its pace
        }
        let hook = r.of(&[0, 0, 0, api::MASK_LINE, api::MASK_COUNT, 15]);
        if hook != 0 {
            EVENTS.set(0);
            (api.lua_sethook)(l, Some(look_around), hook, r.of(&[1, 1, 100]));
        }
        let tight = r.chance(15);
        let memory = if tight { sandbox.held() + r.below(100_000) } else { sandbox.held() + (2 << 20) };
        let deadline = if r.chance(5) { r.below(100_000) } else { usize::MAX };
        (api.lua_pushcclosure)(l, if r.chance(30) { resume } else { call }, 0);
        (api.lua_insert)(l, -2);
        sandbox.limit(Budget { fuel, memory });
        sandbox.deadline(deadline);
        let status = run(api, l);
        (api.lua_sethook)(l, None, 0, 0);
        sandbox.deadline(usize::MAX);
        check_state(&sandbox);
        Outcome::Ran(status)
    }
}

/// Has the C function below the top run the function on top. The run's status: what the C function returns, or
/// that of its own error, for whatever needs memory may fail.
unsafe fn run(api: &Api, l: L) -> c_int {
    // SAFETY: the caller's: a state of ours with the two functions on top.
    unsafe {
        let status = (api.lua_pcall)(l, 1, 1, 0);
        assert!([OK, RUN, MEMORY, HANDLER].contains(&status), "lua_pcall returned {status}");
        let status = if status == OK { (api.lua_tointeger)(l, -1) as c_int } else { status };
        (api.lua_settop)(l, 0);
        status
    }
}

/// Whether loading fails, in a state that is kept for that: making a new one takes longer than most refusals.
fn is_refused_at_the_gate(bytes: &[u8]) -> bool {
    thread_local! {
        static GATE: RefCell<(Sandbox, u32)> = RefCell::new((Sandbox::new(), 0));
    }
    GATE.with_borrow_mut(|(gate, uses)| {
        *uses += 1;
        if uses.is_multiple_of(256) {
            *gate = Sandbox::new();
        }
        // SAFETY: a state of ours.
        unsafe {
            let status = ours().load(gate.l, bytes, c"=gate");
            (ours().lua_settop)(gate.l, 0);
            status != OK && bytes.first() == Some(&0x1B)
        }
    })
}

/// The function on top of the stack dumps to a chunk that loads, and dumps to the same bytes. It stays.
unsafe fn check_dump(api: &Api, l: L) {
    // SAFETY: the caller's: a state of ours with a Lua function on top.
    unsafe {
        let first = dump(api, l);
        let model = parse(&first).expect("a dump is a chunk");
        assert!(write(&model) == first, "the model of the format is wrong");
        match api.load(l, &first, c"=again") {
            OK => assert!(dump(api, l) == first, "a dump, loaded and dumped, differs"),
            MEMORY => {}
            status => panic!("a dump was refused with status {status}: {:?}", api.bytes(l, -1)),
        }
        api.pop(l, 1);
    }
}

/// The bytes of the Lua function on top of the stack, which stays.
///
/// # Safety
/// `l` is a live state of this library's with a Lua function on top.
pub unsafe fn dump(api: &Api, l: L) -> Vec<u8> {
    unsafe extern "C" fn append(_: L, p: *const c_void, size: usize, out: *mut c_void) -> c_int {
        // SAFETY: the library gives `size` bytes at `p`; `out` is the Vec below.
        unsafe { (*out.cast::<Vec<u8>>()).extend_from_slice(std::slice::from_raw_parts(p.cast(), size)) };
        0
    }
    let mut out = Vec::new();
    // SAFETY: the caller's promise.
    let status = unsafe { (api.lua_dump)(l, append, (&raw mut out).cast()) };
    assert_eq!(status, 0, "lua_dump");
    out
}

unsafe extern "C" fn nothing(_: L) -> c_int {
    0
}

/// Some arguments: how many.
unsafe fn push_arguments(api: &Api, l: L) -> c_int {
    // SAFETY: the caller's: a live state with room.
    unsafe {
        (api.lua_createtable)(l, 0, 0);
        (api.lua_pushnumber)(l, 3.0);
        api.push_bytes(l, b"abc");
        (api.lua_pushcclosure)(l, nothing, 0);
        (api.lua_pushvalue)(l, api::GLOBALS);
    }
    5
}

/// Calls its argument. Returns the status.
unsafe extern "C" fn call(l: L) -> c_int {
    let api = ours();
    // SAFETY: called by the library with a live state; nothing here is left to drop by an error.
    unsafe {
        let arguments = push_arguments(api, l);
        let status = (api.lua_pcall)(l, arguments, api::MULTIPLE, 0);
        // A function among the results is called once more: it has upvalues of a frame that is gone.
        if status == OK && (api.lua_gettop)(l) > 0 && (api.lua_type)(l, -1) == api::TYPE_FUNCTION {
            (api.lua_pcall)(l, 0, 0, 0);
        }
        (api.lua_settop)(l, 0);
        (api.lua_pushinteger)(l, status as isize);
        1
    }
}

/// Runs its argument as a coroutine, resumed a few times. Returns the last status.
unsafe extern "C" fn resume(l: L) -> c_int {
    let api = ours();
    // SAFETY: called by the library with a live state; the coroutine stays on its stack; nothing here is left
    // to drop by an error.
    unsafe {
        let thread = (api.lua_newthread)(l);
        (api.lua_insert)(l, -2);
        (api.lua_xmove)(l, thread, 1);
        let mut arguments = push_arguments(api, thread);
        let mut status = YIELD;
        for _ in 0..6 {
            status = (api.lua_resume)(thread, arguments);
            if status != YIELD {
                break;
            }
            (api.lua_settop)(thread, 0);
            arguments = push_arguments(api, thread);
        }
        (api.lua_settop)(l, 0);
        (api.lua_pushinteger)(l, status as isize);
        1
    }
}

thread_local! {
    /// How many events there were: what the hook does depends on it.
    static EVENTS: Cell<u64> = const { Cell::new(0) };
}

/// A hook that asks for everything, of every frame near, and now and then changes a local variable.
unsafe extern "C" fn look_around(l: L, event: *mut Debug) {
    let api = ours();
    let count = EVENTS.get();
    EVENTS.set(count + 1);
    // SAFETY: the library calls hooks with a live state that has 20 free slots, and a record of its own.
    unsafe {
        (api.lua_getinfo)(l, c"nSlu".as_ptr(), event);
        if count > 400 {
            return; // enough seen: names are found by a walk through the code
        }
        let mut ar = Debug::new();
        for level in 0..3 {
            if (api.lua_getstack)(l, level, &mut ar) == 0 {
                break;
            }
            (api.lua_getinfo)(l, c"nSlufL".as_ptr(), &mut ar); // pushes the lines, above the function
            api.pop(l, 1);
            for n in 1..4 {
                if !(api.lua_getupvalue)(l, -1, n).is_null() {
                    api.pop(l, 1);
                }
            }
            api.pop(l, 1);
            for n in 1..300 {
                if (api.lua_getlocal)(l, &ar, n).is_null() {
                    break;
                }
                api.pop(l, 1);
            }
            if count % 11 == 10 {
                api.push_bytes(l, b"changed");
                (api.lua_setlocal)(l, &ar, (count % 5) as c_int + 1);
            }
        }
    }
}

unsafe extern "C" fn collect(l: L) -> c_int {
    // SAFETY: called by the library with a live state.
    unsafe { (ours().lua_gc)(l, 2, 0) }
}

/// The state collects, computes and forgets as before. What its finalizers raise is theirs; the last of them may leave
/// more behind, so nothing is collected after them.
fn check_state(sandbox: &Sandbox) {
    const SUM: &[u8] = b"local t = {} for i = 1, 20 do t[i] = i * i end local f = function(...) return t[20], ... end \
        return f(1, 2)";
    let (api, l) = (ours(), sandbox.l);
    sandbox.limit(Budget::MIDDLE);
    // SAFETY: a live state of ours.
    unsafe {
        for _ in 0..100 {
            if (api.lua_cpcall)(l, collect, std::ptr::null_mut()) == OK {
                break;
            }
            (api.lua_settop)(l, 0);
        }
        (api.lua_gc)(l, 0, 0); // LUA_GCSTOP
        sandbox.limit(Budget::MIDDLE);
        let status = api.load(l, SUM, c"=sum");
        assert_eq!(status, OK, "loading afterwards: {}", message(api, l));
        let status = (api.lua_pcall)(l, 0, 3, 0);
        assert_eq!(status, OK, "running afterwards: {}", message(api, l));
        assert_eq!((api.lua_tonumber)(l, 1), 400.0);
        assert_eq!((api.lua_tonumber)(l, 3), 2.0);
        (api.lua_settop)(l, 0);
    }
}

unsafe fn message(api: &Api, l: L) -> String {
    // SAFETY: the caller's: a live state of this library's.
    unsafe { String::from_utf8_lossy(api.bytes(l, -1).unwrap_or(b"(no message)")).into_owned() }
}
