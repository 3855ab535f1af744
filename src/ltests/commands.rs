//! `T.testC`: a program of C API calls, one word each with its operands behind it.
//!
//! Not here: reading words (`script`); the list of commands for readers is in `docs/ltests.md`.

use core::ffi::{CStr, c_char, c_int};
use core::ptr;

use crate::capi::access::*;
use crate::capi::auxlib::check::{luaL_checklstring, luaL_checkstack};
use crate::capi::auxlib::load::{luaL_loadbuffer, luaL_loadfile};
use crate::capi::calls::{lua_call, lua_pcall};
use crate::capi::coroutines::*;
use crate::capi::gc::lua_gc;
use crate::capi::get::*;
use crate::capi::misc::{lua_concat, lua_error};
use crate::capi::push::*;
use crate::capi::set::*;
use crate::capi::stack::*;
use crate::capi::types::*;

use super::fail;
use super::script::Script;

/// `testC([thread | state,] script, …)`: runs the script on this stack, which holds the arguments
/// (the script first), or on that of another thread or state. Results as the script says.
pub unsafe extern "C" fn test_c(L: *mut lua_State) -> c_int {
    // SAFETY: HOST; TEST.
    unsafe {
        let other = match lua_type(L, 1) {
            LUA_TTHREAD => lua_tothread(L, 1),
            LUA_TLIGHTUSERDATA => lua_touserdata(L, 1).cast(),
            _ => L,
        };
        let at = if ptr::eq(other, L) { 1 } else { 2 };
        luaL_checklstring(L, at, ptr::null_mut());
        let mut script = Script::read(L, at);
        run(other, &mut script)
    }
}

/// The string (or number) at an index and its length.
unsafe fn text(L: *mut lua_State, index: c_int, len: &mut usize) -> *const c_char {
    // SAFETY: HOST.
    unsafe {
        let text = lua_tolstring(L, index, len);
        if text.is_null() {
            fail(L, c"a string is expected", c"".as_ptr());
        }
        text
    }
}

/// The thread at an index; 0 is this one.
unsafe fn thread(L: *mut lua_State, index: c_int) -> *mut lua_State {
    // SAFETY: HOST.
    unsafe {
        let thread = if index == 0 { L } else { lua_tothread(L, index) };
        if thread.is_null() {
            fail(L, c"a coroutine is expected", c"".as_ptr());
        }
        thread
    }
}

/// The results that a script's end leaves for Lua: a number of values on the top of `L`.
pub unsafe fn run(L: *mut lua_State, script: &mut Script) -> c_int {
    // SAFETY: HOST; TEST.
    unsafe {
        while !script.ended() {
            let word = script.word(L);
            if let Some(results) = command(L, script, word.bytes()) {
                return results;
            }
        }
    }
    0
}

/// Carries out one command. Some: it ends the script with so many results.
unsafe fn command(L: *mut lua_State, script: &mut Script, name: &[u8]) -> Option<c_int> {
    /// The next operand, a number or an index.
    macro_rules! n {
        () => {
            script.number(L)
        };
    }
    macro_rules! push_number {
        ($n:expr) => {{
            let n = $n as lua_Number;
            lua_pushnumber(L, n)
        }};
    }
    macro_rules! push_bool {
        ($n:expr) => {{
            let n = $n;
            lua_pushboolean(L, n)
        }};
    }
    // SAFETY: HOST; TEST.
    unsafe {
        match name {
            b"return" => return Some(n!()),
            b"yield" => return Some(lua_yield(L, n!())),
            b"error" => return Some(lua_error(L)),
            b"throw" => return Some(fail(L, c"C++", c"".as_ptr())),

            // the stack
            b"gettop" => push_number!(lua_gettop(L)),
            b"settop" => lua_settop(L, n!()),
            b"pop" => lua_settop(L, -n!() - 1),
            b"pushvalue" => lua_pushvalue(L, n!()),
            b"remove" => lua_remove(L, n!()),
            b"insert" => lua_insert(L, n!()),
            b"replace" => lua_replace(L, n!()),
            b"checkstack" => {
                let wanted = n!();
                let word = script.quoted(L);
                luaL_checkstack(L, wanted, word.as_ptr());
            }
            b"xmove" => {
                let (from, to, count) = (n!(), n!(), n!());
                let (from, to) = (thread(L, from), thread(L, to));
                lua_xmove(from, to, count);
            }

            // pushing
            b"pushnum" => push_number!(n!()),
            b"pushnil" => lua_pushnil(L),
            b"pushbool" => push_bool!(n!()),
            b"pushstring" => lua_pushstring(L, script.word(L).as_ptr()),
            b"pushcclosure" => lua_pushcclosure(L, Some(test_c), n!()),
            b"pushupvalueindex" => push_number!(LUA_GLOBALSINDEX - n!()),
            b"pushthread" => {
                lua_pushthread(L);
            }
            b"newtable" => lua_createtable(L, 0, 0),
            b"newuserdata" => {
                lua_newuserdata(L, n!() as usize);
            }
            b"newthread" => {
                lua_newthread(L);
            }

            // what a value is
            b"type" => {
                let kind = lua_type(L, n!());
                lua_pushstring(L, lua_typename(L, kind));
            }
            b"isnumber" => push_number!(lua_isnumber(L, n!())),
            b"isstring" => push_number!(lua_isstring(L, n!())),
            b"istable" => push_number!((lua_type(L, n!()) == LUA_TTABLE) as c_int),
            b"isfunction" => push_number!((lua_type(L, n!()) == LUA_TFUNCTION) as c_int),
            b"iscfunction" => push_number!(lua_iscfunction(L, n!())),
            b"isuserdata" => push_number!(lua_isuserdata(L, n!())),
            b"isudataval" => push_number!((lua_type(L, n!()) == LUA_TLIGHTUSERDATA) as c_int),
            b"isnil" => push_number!((lua_type(L, n!()) == LUA_TNIL) as c_int),
            b"isnull" => push_number!((lua_type(L, n!()) == LUA_TNONE) as c_int),
            b"equal" => push_bool!({
                let (a, b) = (n!(), n!());
                lua_equal(L, a, b)
            }),
            b"rawequal" => push_bool!({
                let (a, b) = (n!(), n!());
                lua_rawequal(L, a, b)
            }),
            b"lessthan" => push_bool!({
                let (a, b) = (n!(), n!());
                lua_lessthan(L, a, b)
            }),

            // conversions
            b"tonumber" => push_number!(lua_tonumber(L, n!())),
            b"tobool" => push_number!(lua_toboolean(L, n!())),
            b"tostring" => {
                let mut len = 0;
                let text = lua_tolstring(L, n!(), &mut len);
                if text.is_null() {
                    lua_pushnil(L);
                } else {
                    lua_pushlstring(L, text, len);
                }
            }
            b"objsize" | b"objlen" | b"strlen" => push_number!(lua_objlen(L, n!())),
            b"tocfunction" => {
                let f = lua_tocfunction(L, n!());
                match f {
                    Some(_) => lua_pushcclosure(L, f, 0),
                    None => lua_pushnil(L),
                }
            }
            b"topointer" => push_number!(lua_topointer(L, n!()) as usize),

            // tables
            b"gettable" => lua_gettable(L, n!()),
            b"settable" => lua_settable(L, n!()),
            b"getfield" => lua_getfield(L, n!(), script.word(L).as_ptr()),
            b"setfield" => lua_setfield(L, n!(), script.word(L).as_ptr()),
            b"getglobal" => lua_getfield(L, LUA_GLOBALSINDEX, script.word(L).as_ptr()),
            b"setglobal" => lua_setfield(L, LUA_GLOBALSINDEX, script.word(L).as_ptr()),
            b"rawget" => lua_rawget(L, n!()),
            b"rawset" => lua_rawset(L, n!()),
            b"rawgeti" => {
                let (index, key) = (n!(), n!());
                lua_rawgeti(L, index, key);
            }
            b"rawseti" => {
                let (index, key) = (n!(), n!());
                lua_rawseti(L, index, key);
            }
            b"next" => {
                lua_next(L, -2);
            }
            b"getmetatable" => {
                if lua_getmetatable(L, n!()) == 0 {
                    lua_pushnil(L);
                }
            }
            b"setmetatable" => {
                lua_setmetatable(L, n!());
            }
            b"getfenv" => lua_getfenv(L, n!()),
            b"setfenv" => push_bool!(lua_setfenv(L, n!())),
            b"concat" => lua_concat(L, n!()),

            // calls
            b"rawcall" => {
                let (nargs, nresults) = (n!(), n!());
                lua_call(L, nargs, nresults);
            }
            // A failed call leaves its message where the results would be.
            b"call" => {
                let (nargs, nresults) = (n!(), n!());
                lua_pcall(L, nargs, nresults, 0);
            }
            b"pcall" => {
                let (nargs, nresults, handler) = (n!(), n!(), n!());
                let status = lua_pcall(L, nargs, nresults, handler);
                push_number!(status);
            }
            b"loadstring" => {
                let mut len = 0;
                let text = text(L, n!(), &mut len);
                luaL_loadbuffer(L, text, len, text);
            }
            b"loadfile" => {
                luaL_loadfile(L, text(L, n!(), &mut 0));
            }

            // coroutines
            b"resume" => {
                let (index, nargs) = (n!(), n!());
                push_number!(lua_resume(thread(L, index), nargs));
            }
            b"status" => {
                let index = n!();
                push_number!(lua_status(thread(L, index)));
            }

            b"gc" => {
                let (what, data) = (n!(), n!());
                push_number!(lua_gc(L, what, data));
            }
            b"print" => {
                let index = n!();
                let kind = lua_typename(L, lua_type(L, index));
                let text = lua_tolstring(L, index, ptr::null_mut());
                let text = if text.is_null() { c"".as_ptr() } else { text };
                libc::printf(c"%s\t%s\n".as_ptr(), kind, text);
            }
            _ => {
                let name = name.as_ptr();
                // The word is a slice of a C string: its NUL is behind it.
                debug_assert!(CStr::from_ptr(name.cast()).count_bytes() < 256);
                return Some(fail(L, c"unknown command ", name.cast()));
            }
        }
    }
    None
}
