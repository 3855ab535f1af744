//! The frame of a Lua function: its parameters, its varargs, its registers filled with nil.
//!
//! Not here: the same for a function that runs again and has room (`interp::frame`).

use crate::heap::Gc;
use crate::object::{LuaClosure, Table, Value};
use crate::object::proto::VARARG_NEEDS_ARG;
use crate::state::{CallInfo, FrameFlags, State, Thrown};
use crate::vm::{hooks, translate};
use crate::vm::code::{constants, frame_word};
use crate::vm::interp::clear;

use super::slot_offset;

/// PERF: `begin_lua` for a function without varargs that has run before, when there is room and no
/// hook that would be called, as inside of a hook. False: nothing was done.
#[inline(always)]
pub fn begin_lua_at_once(
    l: &mut State,
    func: *mut Value,
    closure: Gc<LuaClosure>,
    nresults: i32,
    flags: FrameFlags,
) -> bool {
    (!l.is_traced() || !l.allow_hook) && begin_lua_untraced(l, func, closure, nresults, flags)
}

/// The same where it is known that there is no hook.
#[inline(always)]
pub fn begin_lua_untraced(
    l: &mut State,
    func: *mut Value,
    closure: Gc<LuaClosure>,
    nresults: i32,
    flags: FrameFlags,
) -> bool {
    let code = closure.entry.get();
    if code.is_null() || cfg!(feature = "checks") {
        return false;
    }
    // SAFETY: a closure's entry is live code.
    let frame = unsafe { frame_word(code) };
    let base = func.wrapping_add(1);
    let top = base.wrapping_add(frame.max_stack());
    let ci = l.ci.wrapping_add(1);
    if frame.vararg() != 0 || top > l.stack_limit || ci == l.ci_limit {
        return false;
    }
    let end = l.top.min(base.wrapping_add(frame.params()));
    // SAFETY: STACK: the frame lies below the limit; there is room in the frame array.
    unsafe {
        clear(end, top);
        (*ci).func = func;
        (*ci).base = base;
        (*ci).top = top;
        (*ci).pc = code;
        (*ci).k = constants(code);
        (*ci).nresults = nresults;
        (*ci).flags = flags;
        (*ci).resume = 0;
        (*ci).tail_calls = 0;
    }
    l.top = top;
    l.ci = ci;
    true
}

pub(super) fn begin_lua(
    l: &mut State,
    func: *mut Value,
    closure: Gc<LuaClosure>,
    nresults: i32,
) -> Result<(), Thrown> {
    if begin_lua_at_once(l, func, closure, nresults, FrameFlags::LUA) {
        return Ok(());
    }
    let proto = closure.proto;
    let code = translate::executable(l, proto)?;
    closure.entry.set(code);
    // SAFETY: `executable` returns live code.
    let frame = unsafe { frame_word(code) };
    let offset = slot_offset(l, func);
    // Vararg functions need room for a copy of their parameters, and of themselves.
    l.ensure_stack(frame.max_stack() + frame.params() + 2)?;
    l.next_frame()?;
    let func = l.stack.wrapping_byte_add(offset);
    let base = if frame.vararg() == 0 {
        let base = func.wrapping_add(1);
        let limit = base.wrapping_add(frame.params());
        l.top = l.top.min(limit);
        base
    } else {
        adjust_varargs(l, func, frame.params(), frame.vararg())?
    };
    let func = l.stack.wrapping_byte_add(offset);
    let top = base.wrapping_add(frame.max_stack());
    while l.top < top {
        l.push(Value::NIL);
    }
    l.top = top;
    let ci = l.ci.wrapping_add(1);
    // SAFETY: next_frame made room.
    unsafe {
        ci.write(CallInfo {
            func,
            base,
            top,
            pc: code,
            k: proto.constants.as_ptr(),
            nresults,
            flags: FrameFlags::LUA,
            resume: 0,
            tail_calls: 0,
            pending: 0,
            then: None,
        });
    }
    l.ci = ci;
    if l.is_traced() {
        hooks::on_call(l)?;
    }
    Ok(())
}

/// Moves the parameters of a vararg function above its arguments, with the function below them
/// and, COMPAT, the table `arg` behind them if the function asks for it. Returns the base.
fn adjust_varargs(
    l: &mut State,
    func: *mut Value,
    params: usize,
    vararg: u8,
) -> Result<*mut Value, Thrown> {
    let offset = slot_offset(l, func);
    let actual = (l.top as usize - func as usize) / size_of::<Value>() - 1;
    let extra = actual.saturating_sub(params);
    let arg = if vararg & VARARG_NEEDS_ARG != 0 {
        let first = func.wrapping_add(1 + actual - extra);
        Some(make_arg_table(l, first, extra)?)
    } else {
        None
    };
    let func = l.stack.wrapping_byte_add(offset);
    let fixed = func.wrapping_add(1);
    // SAFETY: STACK: begin_lua made room for params + 2 further values.
    unsafe {
        l.push(*func);
        for i in 0..params {
            if i < actual {
                l.push(*fixed.add(i));
                *fixed.add(i) = Value::NIL;
            } else {
                l.push(Value::NIL);
            }
        }
    }
    let base = l.top.wrapping_sub(params);
    if let Some(arg) = arg {
        l.push(Value::table(arg));
    }
    Ok(base)
}

fn make_arg_table(l: &mut State, first: *mut Value, count: usize) -> Result<Gc<Table>, Thrown> {
    let heap = l.heap();
    let table = Table::with_capacity(heap, count, 1).map_err(|e| l.table_error(e))?;
    for i in 0..count {
        // SAFETY: STACK: `count` arguments begin at `first`.
        let value = unsafe { *first.add(i) };
        table.set_int(heap, i as i32 + 1, value).map_err(|e| l.table_error(e))?;
    }
    let n = l.new_string(b"n")?;
    table.set_str(heap, n, Value::number(count as f64)).map_err(|e| l.table_error(e))?;
    Ok(table)
}
