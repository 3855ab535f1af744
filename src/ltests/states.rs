//! Other states, other stacks, coroutines driven from C, and hooks that yield or run scripts.

use core::ffi::{c_char, c_int};
use core::ptr;

use crate::capi::access::*;
use crate::capi::auxlib::check::*;
use crate::capi::auxlib::load::luaL_loadbuffer;
use crate::capi::auxlib::register::luaL_register;
use crate::capi::auxlib::types::luaL_Reg;
use crate::capi::calls::lua_pcall;
use crate::capi::coroutines::*;
use crate::capi::debug::{lua_getinfo, lua_sethook};
use crate::capi::get::{lua_createtable, lua_getfield, lua_rawget};
use crate::capi::lib::*;
use crate::capi::push::*;
use crate::capi::set::{lua_rawset, lua_setfield};
use crate::capi::stack::*;
use crate::capi::state::lua_close;
use crate::capi::types::*;

use super::commands::run;
use super::memory::luaB_newteststate;
use super::script::Script;
use super::{END, entry, fail};

/// The state that argument 1 stands for.
unsafe fn remote(L: *mut lua_State) -> *mut lua_State {
    // SAFETY: HOST; TEST: the light userdata is a state's.
    unsafe {
        luaL_checktype(L, 1, LUA_TLIGHTUSERDATA);
        lua_touserdata(L, 1).cast()
    }
}

/// `newstate()`: a state of its own as a light userdata, nil when there is no memory.
pub unsafe extern "C" fn new_state(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        let new = luaB_newteststate();
        if new.is_null() {
            lua_pushnil(L);
        } else {
            lua_pushlightuserdata(L, new.cast());
        }
    }
    1
}

/// `closestate(s)`: closes it.
pub unsafe extern "C" fn close_state(L: *mut lua_State) -> c_int {
    // SAFETY: HOST; TEST: nobody uses the state any more.
    unsafe { lua_close(remote(L)) };
    0
}

/// `loadlib(s)`: gives that state functions which open one library each.
pub unsafe extern "C" fn load_lib(L: *mut lua_State) -> c_int {
    const OPENERS: &[luaL_Reg] = &[
        entry(c"baselibopen", luaopen_base),
        entry(c"packageopen", luaopen_package),
        entry(c"tablibopen", luaopen_table),
        entry(c"iolibopen", luaopen_io),
        entry(c"oslibopen", luaopen_os),
        entry(c"strlibopen", luaopen_string),
        entry(c"mathlibopen", luaopen_math),
        entry(c"dblibopen", luaopen_debug),
        END,
    ];
    // SAFETY: HOST; the list ends with a null name.
    unsafe {
        let other = remote(L);
        lua_pushvalue(other, LUA_GLOBALSINDEX);
        luaL_register(other, ptr::null(), OPENERS.as_ptr());
        lua_settop(other, 0);
    }
    0
}

/// `doremote(s, text)`: runs a chunk there. Its results as strings, or nil, message and status.
pub unsafe extern "C" fn do_remote(L: *mut lua_State) -> c_int {
    // SAFETY: HOST; TEST.
    unsafe {
        let other = remote(L);
        let mut len = 0;
        let text = luaL_checklstring(L, 2, &mut len);
        lua_settop(other, 0);
        let mut status = luaL_loadbuffer(other, text, len, text);
        if status == 0 {
            status = lua_pcall(other, 0, LUA_MULTRET, 0);
        }
        if status != 0 {
            lua_pushnil(L);
            copy_text(L, other, -1);
            lua_pushinteger(L, status as isize);
            return 3;
        }
        let count = lua_gettop(other);
        luaL_checkstack(L, count, c"too many results".as_ptr());
        for i in 1..=count {
            copy_text(L, other, i);
        }
        lua_settop(other, 0);
        count
    }
}

/// Pushes on `L` what `lua_tolstring` makes of a value of another state.
unsafe fn copy_text(L: *mut lua_State, other: *mut lua_State, index: c_int) {
    let mut len = 0;
    // SAFETY: HOST: len bytes, or null.
    unsafe {
        let text = lua_tolstring(other, index, &mut len);
        if text.is_null() {
            lua_pushnil(L);
        } else {
            lua_pushlstring(L, text, len);
        }
    }
}

/// `doonnewstack(text)`: runs a chunk on a thread of its own; the status.
pub unsafe extern "C" fn do_on_new_stack(L: *mut lua_State) -> c_int {
    // SAFETY: HOST: the thread stays on this stack while it is used.
    unsafe {
        let mut len = 0;
        let text = luaL_checklstring(L, 1, &mut len);
        let thread = lua_newthread(L);
        let mut status = luaL_loadbuffer(thread, text, len, text);
        if status == 0 {
            status = lua_pcall(thread, 0, 0, 0);
        }
        lua_pushinteger(L, status as isize);
    }
    1
}

/// `resume(co, …)`: `lua_resume` called by C; true and what was yielded or returned, or false and the
/// message.
pub unsafe extern "C" fn resume(L: *mut lua_State) -> c_int {
    // SAFETY: HOST: the thread stays on this stack while it is used.
    unsafe {
        let thread = lua_tothread(L, 1);
        if thread.is_null() {
            return fail(L, c"a coroutine is expected", c"".as_ptr());
        }
        let nargs = lua_gettop(L) - 1;
        if lua_checkstack(thread, nargs) == 0 {
            return fail(L, c"too many arguments to resume", c"".as_ptr());
        }
        lua_xmove(L, thread, nargs);
        let status = lua_resume(thread, nargs);
        if status != 0 && status != LUA_YIELD {
            lua_pushboolean(L, 0);
            lua_xmove(thread, L, 1);
            return 2;
        }
        lua_pushboolean(L, 1);
        // A hook yields no values: what is on top then is the Lua function's own.
        let count = if (*thread).frame().is_lua() { 0 } else { lua_gettop(thread) };
        luaL_checkstack(L, count, c"too many results".as_ptr());
        lua_xmove(thread, L, count);
        count + 1
    }
}

/// Arguments of the functions that set hooks: the thread, and the index of the argument behind it.
unsafe fn hooked(L: *mut lua_State) -> (*mut lua_State, c_int) {
    // SAFETY: HOST.
    unsafe {
        if lua_type(L, 1) == LUA_TTHREAD { (lua_tothread(L, 1), 2) } else { (L, 1) }
    }
}

/// The mask that letters ask for, with the count event if `count` is positive.
unsafe fn mask_of(letters: *const c_char, count: c_int) -> c_int {
    // SAFETY: HOST: a C string.
    let letters = unsafe { core::ffi::CStr::from_ptr(letters) }.to_bytes();
    let bit = |letter: u8, mask: c_int| if letters.contains(&letter) { mask } else { 0 };
    bit(b'c', LUA_MASKCALL)
        | bit(b'r', LUA_MASKRET)
        | bit(b'l', LUA_MASKLINE)
        | if count > 0 { LUA_MASKCOUNT } else { 0 }
}

unsafe extern "C" fn yield_hook(L: *mut lua_State, _ar: *mut lua_Debug) {
    // SAFETY: HOST: a hook of count or line events may yield without values.
    unsafe { lua_yield(L, 0) };
}

/// `setyhook([co,] mask, count)`: a hook that yields at each event; without arguments it is removed.
pub unsafe extern "C" fn set_yield_hook(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        let (thread, at) = hooked(L);
        if lua_type(L, at) <= LUA_TNIL {
            lua_sethook(thread, None, 0, 0);
            return 0;
        }
        let letters = luaL_checklstring(L, at, ptr::null_mut());
        let count = luaL_optinteger(L, at + 1, 0) as c_int;
        lua_sethook(thread, Some(yield_hook), mask_of(letters, count), count);
    }
    0
}

/// Where the registry keeps the scripts of hooks: by thread, as light userdata.
const SCRIPTS: &core::ffi::CStr = c"T.sethook";

unsafe extern "C" fn script_hook(L: *mut lua_State, ar: *mut lua_Debug) {
    // SAFETY: HOST: the activation record is the event's.
    unsafe {
        lua_getfield(L, LUA_REGISTRYINDEX, SCRIPTS.as_ptr());
        lua_pushlightuserdata(L, L.cast());
        lua_rawget(L, -2);
        lua_remove(L, -2);
        if lua_isstring(L, -1) == 0 {
            return; // an heir of a hooked thread
        }
        let mut script = Script::read(L, -1);
        lua_settop(L, 0);
        let name = match (*ar).event {
            LUA_HOOKCALL => c"call",
            LUA_HOOKRET => c"return",
            LUA_HOOKLINE => c"line",
            LUA_HOOKCOUNT => c"count",
            _ => c"tail return",
        };
        lua_pushstring(L, name.as_ptr());
        if (*ar).event != LUA_HOOKTAILRET {
            lua_getinfo(L, c"l".as_ptr(), ar);
            lua_pushinteger(L, (*ar).currentline as isize);
        } else {
            lua_pushinteger(L, -1);
        }
        run(L, &mut script);
    }
}

/// `sethook([co,] script, mask, count)`: a hook that runs a script of testC at each event, on a stack
/// that holds the event's name and the line. Without arguments it is removed.
pub unsafe extern "C" fn set_script_hook(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        let (thread, at) = hooked(L);
        if lua_type(L, at) <= LUA_TNIL {
            lua_sethook(thread, None, 0, 0);
            return 0;
        }
        luaL_checklstring(L, at, ptr::null_mut());
        let letters = luaL_checklstring(L, at + 1, ptr::null_mut());
        let count = luaL_optinteger(L, at + 2, 0) as c_int;
        let mask = mask_of(letters, count);
        lua_getfield(L, LUA_REGISTRYINDEX, SCRIPTS.as_ptr());
        if lua_type(L, -1) != LUA_TTABLE {
            lua_settop(L, -2);
            lua_createtable(L, 0, 1);
            lua_pushvalue(L, -1);
            lua_setfield(L, LUA_REGISTRYINDEX, SCRIPTS.as_ptr());
        }
        lua_pushlightuserdata(L, thread.cast());
        lua_pushvalue(L, at);
        lua_rawset(L, -3);
        lua_sethook(thread, Some(script_hook), mask, count);
    }
    0
}

/// `stacklevel()`: slots in use and in all, frames in use and in all, nested runs of the interpreter.
pub unsafe extern "C" fn stack_level(L: *mut lua_State) -> c_int {
    // SAFETY: HOST; both pointers are into this State's stack.
    unsafe {
        let l = &*L;
        let used = l.top.offset_from(l.stack);
        let (size, frame, frames) = (l.stack_size(), l.frame_index(), l.ci_size());
        let depth = l.global().c_depth.get();
        lua_pushinteger(L, used);
        for n in [size, frame, frames, depth as usize] {
            lua_pushinteger(L, n as isize);
        }
    }
    5
}
