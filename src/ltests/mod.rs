//! The table `T` of test builds (feature `ltests`): what suites written for such builds of Lua 5.1
//! look inside the interpreter with. `docs/ltests.md` describes every function.
//!
//! ```text
//!   lua (bin) ──▶ luaB_newteststate   a state on an allocator that keeps accounts (`memory`)
//!             ──▶ luaB_opentests      the global T
//!                   ├─ testC and its language            script, commands
//!                   ├─ other states, stacks and hooks    states
//!                   ├─ values, references, upvalues      values
//!                   └─ memory, colours, tables, code     memory, inspect, code
//! ```
//!
//! The functions are foreign C functions as a host's would be: they use the public C API, and reach
//! into the layers below only for what it does not show. No release build has any of this.
//!
//! Invariants: CFRAMES: no function here keeps a value with a destructor over an API call that can
//! fail. TEST: scripts of test builds are trusted: a stack index, a size or a light userdata that a
//! script passes is what it says; T is a tool and no sandbox.
//! Not here: validating the heap (`gc::validate`), the accessors of the layers (`inspect` files).

#![allow(non_snake_case, reason = "the names are those of the C API")]

mod code;
mod commands;
mod inspect;
mod memory;
mod script;
mod states;
mod values;

use core::ffi::{CStr, c_char, c_int};
use core::ptr;

use crate::capi::auxlib::errors::luaL_where;
use crate::capi::auxlib::register::luaL_register;
use crate::capi::auxlib::types::luaL_Reg;
use crate::capi::misc::{lua_concat, lua_error};
use crate::capi::push::lua_pushstring;
use crate::capi::stack::lua_settop;
use crate::capi::types::*;

pub use memory::luaB_newteststate;

const fn entry(name: &'static CStr, func: unsafe extern "C" fn(*mut lua_State) -> c_int) -> luaL_Reg {
    luaL_Reg { name: name.as_ptr(), func: Some(func) }
}

const END: luaL_Reg = luaL_Reg { name: ptr::null(), func: None };

/// The functions of T, by file.
const FUNCTIONS: &[luaL_Reg] = &[
    entry(c"testC", commands::test_c),
    entry(c"newstate", states::new_state),
    entry(c"closestate", states::close_state),
    entry(c"loadlib", states::load_lib),
    entry(c"doremote", states::do_remote),
    entry(c"doonnewstack", states::do_on_new_stack),
    entry(c"resume", states::resume),
    entry(c"setyhook", states::set_yield_hook),
    entry(c"sethook", states::set_script_hook),
    entry(c"stacklevel", states::stack_level),
    entry(c"upvalue", values::upvalue),
    entry(c"ref", values::reference),
    entry(c"getref", values::get_reference),
    entry(c"unref", values::free_reference),
    entry(c"newuserdata", values::new_userdata),
    entry(c"pushuserdata", values::push_userdata),
    entry(c"udataval", values::userdata_value),
    entry(c"d2s", values::double_to_string),
    entry(c"s2d", values::string_to_double),
    entry(c"trick", values::trick),
    entry(c"totalmem", memory::total_memory),
    entry(c"checkmemory", memory::check_memory),
    entry(c"gccolor", memory::colour),
    entry(c"gcstate", memory::state_of_collector),
    entry(c"querytab", inspect::query_table),
    entry(c"querystr", inspect::query_strings),
    entry(c"hash", inspect::hash),
    entry(c"int2fb", inspect::rounded_size),
    entry(c"log2", inspect::log2),
    entry(c"limits", inspect::limits),
    entry(c"stretch", inspect::stretch),
    entry(c"listcode", code::list_code),
    entry(c"listk", code::list_constants),
    entry(c"listlocals", code::list_locals),
    END,
];

/// Sets the global `T`. A `lua_CFunction`; returns nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn luaB_opentests(L: *mut lua_State) -> c_int {
    // SAFETY: HOST; the list ends with a null name.
    unsafe {
        luaL_register(L, c"T".as_ptr(), FUNCTIONS.as_ptr());
        lua_settop(L, -2);
    }
    0
}

/// Raises an error with a position: `text`, and `detail` behind it.
unsafe fn fail(L: *mut lua_State, text: &CStr, detail: *const c_char) -> c_int {
    // SAFETY: HOST: both are C strings.
    unsafe {
        luaL_where(L, 1);
        lua_pushstring(L, text.as_ptr());
        lua_pushstring(L, detail);
        lua_concat(L, 3);
        lua_error(L)
    }
}
