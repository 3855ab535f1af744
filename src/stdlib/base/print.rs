//! `tostring`, and `print`, which calls whatever function the global `tostring` holds.

use crate::base::stdio;
use crate::heap::Gc;
use crate::object::{Str, Value};
use crate::runtime::args::until_nul;
use crate::runtime::tostring::text_of;
use crate::runtime::userdata::metafield;
use crate::state::{Known, NativeFn, NativeResult, Outcome, Resumed, State, Thrown};
use crate::vm::meta;

pub fn tostring(l: &mut State) -> NativeResult {
    let value = l.check_any(1)?;
    let speaker = metafield(l, value, Known::MetaToString);
    if speaker.is_nil() {
        let text = text_of(l, value)?;
        l.push(Value::string(text));
        return Ok(Outcome::Return(1));
    }
    l.push(speaker);
    l.push(value);
    l.ask_on();
    l.request_call(1, 1, |_, _| Ok(Outcome::Return(1)))
}

/// Slots: the arguments, then the function. The frame keeps how many arguments have been written.
pub fn print(l: &mut State) -> NativeResult {
    let name = l.global().known(Known::ToString);
    let globals = l.globals;
    let mut function = globals.get_str(name);
    if function.is_nil() && globals.metatable.get().is_some() {
        function = meta::index(l, Value::table(globals), Value::string(name))?;
    }
    l.push(function);
    l.frame_mut().keep(0);
    go_on(l)
}

/// Writes the arguments that need no call, and asks for the next that does.
fn go_on(l: &mut State) -> NativeResult {
    let n = l.arg_count() - 1;
    let function = l.arg(n + 1);
    // A hook is to see the calls.
    let ours = !l.is_traced() && is_our_tostring(function);
    let mut written = l.frame().kept() as usize;
    while written < n {
        let value = l.arg(written + 1);
        if !ours || !metafield(l, value, Known::MetaToString).is_nil() {
            l.frame_mut().keep(written as u64);
            l.push(function);
            l.push(value);
            return l.request_call(1, 1, after_tostring);
        }
        let text = text_of(l, value)?;
        write(written, text);
        written += 1;
    }
    stdio::print(b"\n");
    Ok(Outcome::Return(0))
}

fn after_tostring(l: &mut State, _: Resumed) -> NativeResult {
    let result = l.pop();
    let text = printable(l, result)?;
    let written = l.frame().kept();
    write(written as usize, text);
    l.frame_mut().keep(written + 1);
    go_on(l)
}

fn printable(l: &mut State, result: Value) -> Result<Gc<Str>, Thrown> {
    match meta::to_string(l, result)? {
        Some(text) => Ok(text),
        None => Err(l.library_error(&[b"'tostring' must return a string to 'print'"])),
    }
}

/// COMPAT: the text is written as a C string, so it ends at a NUL.
fn write(already_written: usize, text: Gc<Str>) {
    if already_written > 0 {
        stdio::print(b"\t");
    }
    stdio::print(until_nul(text.as_bytes()));
}

fn is_our_tostring(function: Value) -> bool {
    match function.as_native_closure() {
        Some(f) => core::ptr::eq(f.rust_entry, tostring as NativeFn as *const ()),
        None => false,
    }
}
