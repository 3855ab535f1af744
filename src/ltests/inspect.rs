//! The layout of tables and of the string table, and the limits of this build.

use core::ffi::{CStr, c_int};

use crate::bytecode::Opcode;
use crate::capi::access::lua_type;
use crate::capi::auxlib::check::*;
use crate::capi::get::lua_createtable;
use crate::capi::push::*;
use crate::capi::set::lua_setfield;
use crate::capi::types::*;
use crate::object::Value;
use crate::object::string::placement_hash;
use crate::state::State;

/// Pushes any value that has just been read from an object.
unsafe fn push_value(L: *mut lua_State, value: Value) {
    // SAFETY: HOST; room for one is there: LUA_MINSTACK slots, of which callers use a few.
    unsafe { (*L).push(value) }
}

/// `querytab(t)`: slots of the array part, nodes of the hash part, the free mark; `querytab(t, i)`:
/// key, value and next node of the i-th slot (counted from 0, nodes after the array part), nothing
/// beyond the last.
pub unsafe extern "C" fn query_table(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        luaL_checktype(L, 1, LUA_TTABLE);
        let at = luaL_optinteger(L, 2, -1);
        let Some(t) = (*L).arg(1).as_table() else { return 0 };
        t.settle((*L).heap());
        let (array, nodes) = (t.array_len(), t.node_count());
        let Ok(at) = usize::try_from(at) else {
            lua_pushinteger(L, array as isize);
            lua_pushinteger(L, nodes as isize);
            lua_pushinteger(L, if nodes == 0 { 0 } else { t.free_mark() as isize });
            return 3;
        };
        if at < array {
            lua_pushinteger(L, at as isize + 1);
            push_value(L, t.array_slots()[at].get());
            lua_pushnil(L);
        } else if at - array < nodes {
            let node = t.node_view(at - array);
            if node.value.is_nil() && node.key.is_dead_key() {
                lua_pushstring(L, c"<dead>".as_ptr());
            } else {
                push_value(L, node.key);
            }
            push_value(L, node.value);
            match node.next {
                Some(next) => lua_pushinteger(L, next as isize),
                None => lua_pushnil(L),
            }
        } else {
            return 0;
        }
    }
    3
}

/// `querystr()`: slots and strings of the table of short strings; `querystr(i)`: the string in slot
/// i, counted from 0, or nothing.
pub unsafe extern "C" fn query_strings(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        let strings = &(*L).global().strings;
        if lua_type(L, 1) == LUA_TNONE {
            lua_pushinteger(L, strings.slot_count() as isize);
            lua_pushinteger(L, strings.len() as isize);
            return 2;
        }
        let slot = luaL_checkinteger(L, 1) as usize;
        if slot >= strings.slot_count() {
            return 0;
        }
        let Some(string) = strings.string_at(slot) else { return 0 };
        // A dead string that is not swept yet is given back to life, as interning it would.
        if (*L).heap().is_dead(string.header()) {
            (*L).heap().whiten(string.header());
        }
        push_value(L, Value::string(string));
    }
    1
}

/// `hash(s)`: the hash that places a string in tables; `hash(k, t)`: the node of t where k belongs.
pub unsafe extern "C" fn hash(L: *mut lua_State) -> c_int {
    // SAFETY: HOST: len bytes at the pointer.
    unsafe {
        if lua_type(L, 2) == LUA_TNONE {
            let mut len = 0;
            let bytes = luaL_checklstring(L, 1, &mut len);
            let bytes = core::slice::from_raw_parts(bytes.cast::<u8>(), len);
            lua_pushnumber(L, placement_hash(bytes) as lua_Number);
        } else {
            luaL_checktype(L, 2, LUA_TTABLE);
            luaL_checkany(L, 1);
            let l: &State = &*L;
            let Some(t) = l.arg(2).as_table() else { return 0 };
            let home = t.home_of(l.arg(1));
            lua_pushinteger(L, home as isize);
        }
    }
    1
}

/// `int2fb(n)`: the size that NEWTABLE makes of n: the least m * 2^e >= n with m below 16.
pub unsafe extern "C" fn rounded_size(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        let n = luaL_checkinteger(L, 1) as u32;
        let (mut mantissa, mut exponent) = (n, 0);
        while mantissa >= 16 {
            mantissa = mantissa.div_ceil(2);
            exponent += 1;
        }
        // As the operand codes it: eight values stand for themselves, then eight for each power of two.
        let code = if mantissa < 8 { mantissa } else { (exponent + 1) << 3 | (mantissa - 8) };
        lua_pushinteger(L, code as isize);
        lua_pushinteger(L, (mantissa as isize) << exponent);
    }
    2
}

/// `log2(n)`: the whole part of the binary logarithm.
pub unsafe extern "C" fn log2(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        let n = luaL_checkinteger(L, 1) as u32;
        lua_pushinteger(L, n.checked_ilog2().map_or(-1, |log| log as isize));
    }
    1
}

/// `limits()`: a table of what this build is bound by.
pub unsafe extern "C" fn limits(L: *mut lua_State) -> c_int {
    const LIMITS: [(&CStr, usize); 7] = [
        (c"BITS_INT", c_int::BITS as usize),
        (c"LFPF", 50),
        (c"MAXVARS", 200),
        (c"MAXUPVALS", 60),
        (c"MAXSTACK", 250),
        (c"MAXCCALLS", 200),
        (c"NUM_OPCODES", Opcode::ALL.len()),
    ];
    // SAFETY: HOST.
    unsafe {
        lua_createtable(L, 0, LIMITS.len() as c_int);
        for (name, value) in LIMITS {
            lua_pushinteger(L, value as isize);
            lua_setfield(L, -2, name.as_ptr());
        }
    }
    1
}

/// `stretch()`: the most units of work by which a slice was overdrawn when the limits were looked at, since this was asked
/// before (state/limits.rs). A new slice begins.
pub unsafe extern "C" fn stretch(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        let global = (*L).global();
        let pending = (-global.switchboard.meter.get()).max(0) as u64;
        let most = global.limits.overdrawn.replace(0).max(pending);
        global.switchboard.meter.set(0);
        lua_pushinteger(L, most as isize);
    }
    1
}
