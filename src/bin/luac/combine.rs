//! Several chunks made into one: a function that calls them one after another.

use ferrouslua::bytecode::{Instruction, Opcode};
use ferrouslua::heap::{Gc, RawArray};
use ferrouslua::object::Proto;
use ferrouslua::state::{State, Thrown};

/// The prototype of the topmost `count` (at least one) functions of the stack, all of Lua.
///
/// Nothing is collected here, so the new prototype needs no place on the stack.
pub fn combine(l: &mut State, count: usize) -> Result<Gc<Proto>, Thrown> {
    let loaded = |i: usize| match l.from_top(count - i).as_lua_closure() {
        Some(f) => f.proto,
        None => unreachable!("luaL_loadfile pushes Lua functions"),
    };
    if count == 1 {
        return Ok(loaded(0));
    }
    let heap = l.heap();
    let mut protos = RawArray::filled(heap, count, loaded(0))?;
    for (i, slot) in protos.as_mut_slice().iter_mut().enumerate() {
        *slot = loaded(i);
    }
    let last = Instruction::abc(Opcode::Return, 0, 1, 0);
    let mut code = RawArray::filled(heap, 2 * count + 1, last.0)?;
    for (i, pair) in code.as_mut_slice().chunks_exact_mut(2).enumerate() {
        pair[0] = Instruction::abx(Opcode::Closure, 0, i as u32).0;
        pair[1] = Instruction::abc(Opcode::Call, 0, 1, 1).0;
    }
    let source = l.new_string(b"=(luac)")?;
    let proto = Proto::new(heap)?;
    // SAFETY: a new prototype that only we know.
    unsafe {
        let p = &mut *proto.as_ptr();
        p.source = Some(source);
        p.max_stack = 1;
        p.code = code;
        p.protos = protos;
    }
    Ok(proto)
}
