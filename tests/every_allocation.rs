//! Every request for memory may be refused, wherever it is made: the error is `LUA_ERRMEM`, the
//! state whole and usable, and nothing is lost.
//!
//! With the feature `checks` (`make test-checks`), because only then the heap counts the requests inside
//! its blocks; there are no tests here without it.

#![cfg(feature = "checks")]

#[path = "common/host.rs"]
mod host;

use std::ffi::{c_int, c_void};

use ferrouslua::capi::{access, auxlib, calls, lib, misc, stack, state};
use ferrouslua::gc;
use ferrouslua::state::State;
use host::{Host, host_alloc};

const OK: c_int = 0;
const ERRRUN: c_int = 2;
const ERRMEM: c_int = 4;

struct Script<'a> {
    source: &'a str,
    /// The request to refuse.
    refuse: i64,
}

/// Opens the libraries and runs the script, all in one protected call.
unsafe extern "C" fn body(l: *mut State) -> c_int {
    // SAFETY: the argument is the light userdata that the test passed; API calls as a host's.
    unsafe {
        let script = &*access::lua_touserdata(l, 1).cast::<Script>();
        stack::lua_settop(l, 0);
        (*l).heap().granted.set(script.refuse);
        lib::luaL_openlibs(l);
        let text = script.source.as_bytes();
        let status =
            auxlib::load::luaL_loadbuffer(l, text.as_ptr().cast(), text.len(), c"=script".as_ptr());
        if status != OK {
            return misc::lua_error(l);
        }
        calls::lua_call(l, 0, 0);
    }
    0
}

/// Runs the script with one request refused. True: it ended before that request.
fn run(source: &str, refuse: i64) -> bool {
    let host = Box::into_raw(Box::new(Host::default()));
    let ended;
    // SAFETY: a host's use of the API.
    unsafe {
        let l = state::lua_newstate(Some(host_alloc), host.cast());
        assert!(!l.is_null());
        let mut script = Script { source, refuse };
        let status = calls::lua_cpcall(l, Some(body), (&raw mut script).cast::<c_void>());
        let heap = (*l).heap();
        ended = heap.granted.replace(-1) >= 0;
        if status != OK {
            let mut len = 0;
            let text = access::lua_tolstring(l, -1, &mut len);
            assert!(!text.is_null(), "request {refuse}: an error without message");
            let text = std::slice::from_raw_parts(text.cast::<u8>(), len);
            let text = String::from_utf8_lossy(text).into_owned();
            assert!(!ended, "the script fails by itself: {text}");
            // A script that catches the error and throws it again makes an ordinary one of it.
            assert!(status == ERRMEM || status == ERRRUN, "request {refuse}: status {status}");
            let memory = text == "not enough memory" || status == ERRRUN && text.ends_with(": not enough memory");
            assert!(memory, "request {refuse}: {text}");
        }
        gc::validate((*l).global());
        // The state is usable: the whole once more.
        stack::lua_settop(l, 0);
        script.refuse = -1;
        let status = calls::lua_cpcall(l, Some(body), (&raw mut script).cast::<c_void>());
        assert_eq!(status, OK, "request {refuse}: the state did not recover");
        gc::validate((*l).global());
        state::lua_close(l);
    }
    // SAFETY: the state is closed: nobody uses the host any more.
    let host = unsafe { Box::from_raw(host) };
    assert_eq!(host.blocks.len(), 0, "request {refuse}: not all went back");
    ended
}

fn every_request(source: &str) {
    let mut refuse = 0;
    while !run(source, refuse) {
        refuse += 1;
        assert!(refuse < 100_000, "the script has an end");
    }
    assert!(refuse > 300, "the libraries alone ask more often");
}

#[test]
fn objects_of_every_kind() {
    every_request(
        r##"
        local kept = {}
        for i = 1, 30 do
            kept[#kept + 1] = { i, tostring(i), name = "n" .. i, ("long"):rep(20) .. i }
            kept["key" .. i] = function() return kept, i end
            kept[kept[i]] = coroutine.create(function(a) local b = { a } coroutine.yield(function() return b end) end)
            local ok, f = coroutine.resume(kept[kept[i]], i)
            if not ok then error(f, 0) end
            assert(f()[1] == i)
        end
        local proxy = newproxy(true)
        getmetatable(proxy).__gc = function() kept = nil end
        proxy = nil
        collectgarbage()
        assert(kept == nil)
        "##,
    );
}

#[test]
fn the_string_and_table_libraries() {
    every_request(
        r##"
        local words = {}
        for w in ("the quick brown fox jumps over the lazy dog"):gmatch("%a+") do words[#words + 1] = w end
        table.sort(words, function(a, b) return a > b end)
        table.insert(words, 1, "first")
        assert(table.concat(words, ", "):len() > 40)
        assert(("x"):rep(3000):gsub("x", { x = "yz" }):len() == 6000)
        assert(("%d %s %q %5.2f"):format(1, "two", "three\n", 4) ~= "")
        assert(("abc"):upper():lower():reverse() == "cba")
        local dumped = string.dump(function(a, ...) local b = { ... } return function() return a, b end end)
        assert(assert(loadstring(dumped))(1, 2)() == 1)
        "##,
    );
}

#[test]
fn errors_metamethods_and_deep_calls() {
    every_request(
        r##"
        local mt = { __index = function(t, k) return k .. "!" end, __add = function(a, b) return { a, b } end,
                     __concat = function(a, b) return "joined" end, __call = function(self, ...) return select("#", ...) end }
        local t = setmetatable({}, mt)
        assert(t.x == "x!" and (t + t)[1] == t and t .. "y" == "joined" and t(1, 2, 3) == 3)
        local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
        assert(deep(300) == 300)
        local function many(...) return select("#", ...) end
        local list = {} for i = 1, 200 do list[i] = i end
        assert(many(unpack(list)) == 200)
        -- An error of our own is caught; want of memory is passed on.
        local function try(f, ...)
            local ok, e = pcall(f, ...)
            if not ok and e == "not enough memory" then error(e, 0) end
            return ok, e
        end
        assert(not try(error, { "value" }))
        assert(select(2, try(function() local x = nil; return x.y end)):find("attempt to index"))
        "##,
    );
}
