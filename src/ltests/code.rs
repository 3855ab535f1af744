//! The bytecode, constants and locals of a Lua function.

use core::ffi::c_int;
use core::fmt::Write;

use crate::bytecode::opcode::Format;
use crate::bytecode::Instruction;
use crate::capi::auxlib::check::luaL_checkinteger;
use crate::capi::auxlib::errors::luaL_argerror;
use crate::capi::get::lua_createtable;
use crate::capi::push::{lua_pushinteger, lua_pushlstring};
use crate::capi::set::{lua_rawseti, lua_setfield};
use crate::capi::types::*;
use crate::heap::Gc;
use crate::object::{Proto, Value};

/// The prototype of the Lua function at argument 1.
unsafe fn proto(L: *mut lua_State) -> Gc<Proto> {
    // SAFETY: HOST; the argument stays on the stack.
    unsafe {
        if let Some(closure) = (*L).arg(1).as_lua_closure() {
            return closure.proto;
        }
        luaL_argerror(L, 1, c"Lua function expected".as_ptr());
    }
    unreachable!("luaL_argerror does not return")
}

/// A line of text without the heap.
struct Line {
    text: [u8; 96],
    len: usize,
}

impl Write for Line {
    fn write_str(&mut self, s: &str) -> core::fmt::Result {
        let end = self.len + s.len();
        self.text.get_mut(self.len..end).ok_or(core::fmt::Error)?.copy_from_slice(s.as_bytes());
        self.len = end;
        Ok(())
    }
}

fn instruction(f: &Proto, pc: usize) -> Line {
    let mut line = Line { text: [0; 96], len: 0 };
    let i = Instruction(f.code[pc]);
    let number = pc + 1;
    let _ = write!(line, "({:4}) {number:4} - ", f.line_of(pc));
    let written = match i.opcode() {
        // The word behind a SETLIST may be a number.
        None => write!(line, "{:<12}{:4}", "?", f.code[pc]),
        Some(op) => match op.modes().format {
            Format::ABC => write!(line, "{:<12}{:4} {:4} {:4}", op.name(), i.a(), i.b(), i.c()),
            Format::ABx => write!(line, "{:<12}{:4} {:4}", op.name(), i.a(), i.bx()),
            Format::AsBx => write!(line, "{:<12}{:4} {:4}", op.name(), i.a(), i.sbx()),
        },
    };
    debug_assert!(written.is_ok(), "a line has room for any instruction");
    line
}

/// `listcode(f)`: a table of its instructions as lines of text, with maxstack and numparams.
pub unsafe extern "C" fn list_code(L: *mut lua_State) -> c_int {
    // SAFETY: HOST.
    unsafe {
        let f = proto(L);
        lua_createtable(L, f.code.len() as c_int, 2);
        lua_pushinteger(L, f.max_stack as isize);
        lua_setfield(L, -2, c"maxstack".as_ptr());
        lua_pushinteger(L, f.param_count as isize);
        lua_setfield(L, -2, c"numparams".as_ptr());
        for pc in 0..f.code.len() {
            let line = instruction(&f, pc);
            lua_pushlstring(L, line.text.as_ptr().cast(), line.len);
            lua_rawseti(L, -2, pc as c_int + 1);
        }
    }
    1
}

/// `listk(f)`: a table of its constants; a nil constant leaves a hole.
pub unsafe extern "C" fn list_constants(L: *mut lua_State) -> c_int {
    // SAFETY: HOST; room for one value: LUA_MINSTACK.
    unsafe {
        let f = proto(L);
        lua_createtable(L, f.constants.len() as c_int, 0);
        for (i, &constant) in f.constants.iter().enumerate() {
            (*L).push(constant);
            lua_rawseti(L, -2, i as c_int + 1);
        }
    }
    1
}

/// `listlocals(f, pc)`: the names of the locals in scope at an instruction, counted from 1.
pub unsafe extern "C" fn list_locals(L: *mut lua_State) -> c_int {
    let mut count = 0;
    // SAFETY: HOST.
    unsafe {
        let f = proto(L);
        let pc = luaL_checkinteger(L, 2).max(1) as usize - 1;
        crate::capi::auxlib::check::luaL_checkstack(L, f.locals.len() as c_int, c"too many locals".as_ptr());
        while let Some(name) = f.local_name(count + 1, pc) {
            (*L).push(Value::string(name));
            count += 1;
        }
    }
    count as c_int
}
