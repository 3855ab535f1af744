//! Local variables of frames, and upvalues of functions, by number.
//!
//! A slot in use that no declared local explains is a "(*temporary)"; a C function's arguments and
//! values are that too.
//!
//! Not here: names of values in messages (`names`).

use crate::heap::Gc;
use crate::object::{Str, Value};
use crate::state::{CallInfo, FrameFlags, State};
use crate::vm::call::Fast;

/// What a local or upvalue is called.
#[derive(Clone, Copy)]
pub enum Variable {
    Declared(Gc<Str>),
    Temporary,
    /// A C function's upvalue.
    OfC,
}

impl Variable {
    pub fn name(&self) -> &[u8] {
        match self {
            Variable::Declared(s) => s.as_bytes(),
            Variable::Temporary => b"(*temporary)",
            Variable::OfC => b"",
        }
    }
}

/// The `n`-th (1-based) local of the frame with this index: its name and its slot.
pub fn local(l: &State, index: usize, n: i32) -> Option<(Variable, *mut Value)> {
    let n = usize::try_from(n).ok().filter(|&n| n > 0)?;
    let frames = l.frames();
    let frame = frames.get(index)?;
    // The address is compared as a number: a hostile chunk may declare any count of locals.
    let slot = (frame.base as usize).checked_add((n - 1).checked_mul(size_of::<Value>())?)?;
    let slot_pointer = frame.base.wrapping_add(n - 1);
    let declared = l.frame_proto(frame).and_then(|p| p.local_name(n, l.frame_pc(frame)?));
    if let Some(name) = declared {
        return (slot < frame.top as usize).then_some((Variable::Declared(name), slot_pointer));
    }
    if let Some(view) = frame.view() {
        let slot = view(l, frame, n)?;
        return Some((Variable::Temporary, frame.base.wrapping_add(slot - 1)));
    }
    let limit = end_of_values(l, index);
    (slot < limit as usize).then_some((Variable::Temporary, slot_pointer))
}

/// Where the values of a frame end: at the function it called, or at the stack's top.
fn end_of_values(l: &State, index: usize) -> *mut Value {
    let frame = &l.frames()[index];
    if frame.flags.has(FrameFlags::CATCHES) && is_pcall(frame) {
        // COMPAT: the slot that it keeps for its first result is not there in the reference.
        return frame.base;
    }
    let above = &l.frames()[index + 1..];
    let hidden = above.iter().take_while(|ci| ci.flags.has(FrameFlags::HIDDEN)).count();
    let called = above.get(hidden).map_or(l.top, |ci| ci.func);
    // The VM's own frames begin above the values, or above the function that they call. COMPAT: a message
    // handler takes the place of the error value, which in a function of Lua lies above the bare message.
    match above.first() {
        Some(own) if hidden == 0 => own.func,
        Some(own) if own.flags.has(FrameFlags::HANDLER) && !frame.is_lua() => called.min(own.func),
        // COMPAT: what a hook keeps lies behind the values.
        Some(own) if own.flags.has(FrameFlags::FOREIGN) => called,
        Some(own) => called.min(own.base),
        None => called,
    }
}

fn is_pcall(frame: &CallInfo) -> bool {
    frame.function().as_native_closure().is_some_and(|f| f.fast.get() == Fast::PCall as u8)
}

/// The value of a local.
pub fn get_local(l: &State, index: usize, n: i32) -> Option<(Variable, Value)> {
    let (variable, slot) = local(l, index, n)?;
    // SAFETY: STACK: `local` gives slots inside a frame of this stack, all initialised.
    Some((variable, unsafe { *slot }))
}

/// Sets a local; None (and nothing is set) if there is none. What lies where the function is that the frame
/// calls is left alone: a return hook lies over the variables of a function that returns nothing, and a
/// hostile chunk may declare a variable there.
pub fn set_local(l: &mut State, index: usize, n: i32, value: Value) -> Option<Variable> {
    let (variable, slot) = local(l, index, n)?;
    let calls = index + 1 < l.frames().len() && l.frames()[index].view().is_none();
    if !calls || slot < end_of_values(l, index) {
        // SAFETY: STACK: as in get_local. NOBARRIER: whoever may write to another thread's stack touches it first.
        unsafe { *slot = value };
    }
    Some(variable)
}

/// The `n`-th (1-based) upvalue of a function. A stripped Lua function shows none.
pub fn get_upvalue(function: Value, n: i32) -> Option<(Variable, Value)> {
    let index = usize::try_from(n).ok()?.checked_sub(1)?;
    if let Some(f) = function.as_lua_closure() {
        let name = (*f.proto.upvalue_names.get(index)?)?;
        return Some((Variable::Declared(name), f.upvalue(index)?.get()));
    }
    let f = function.as_native_closure()?;
    Some((Variable::OfC, f.upvalues().get(index)?.get()))
}

/// Sets an upvalue, for all closures that share it.
pub fn set_upvalue(l: &State, function: Value, n: i32, value: Value) -> Option<Variable> {
    let index = usize::try_from(n).ok()?.checked_sub(1)?;
    let (variable, _) = get_upvalue(function, n)?;
    let parent = if let Some(f) = function.as_lua_closure() {
        let upvalue = f.upvalue(index)?;
        upvalue.set(value);
        upvalue.header()
    } else {
        let f = function.as_native_closure()?;
        f.upvalues().get(index)?.set(value);
        f.header()
    };
    if let Some(child) = value.as_object() {
        l.heap().barrier_forward(parent, child);
    }
    Some(variable)
}
