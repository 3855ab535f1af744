//! The functions of the table `io`. Their environment holds the default files.

use core::ffi::CStr;

use super::handle::{
    Handle, as_handle, check_stream, close_argument, file_result, push_opened,
};
use super::stream::{Source, Stream};
use super::{methods, transfer};
use crate::base::stdio;
use crate::heap::Gc;
use crate::object::{Str, Type, Value};
use crate::runtime::args::until_nul;
use crate::runtime::register::current_env;
use crate::state::{NativeResult, Outcome, State, Thrown};

/// A default file, by its key in the environment.
#[derive(Clone, Copy)]
pub enum Default {
    Input = 1,
    Output = 2,
}

fn default_file(l: &State, which: Default) -> Value {
    current_env(l).get_int(which as i32)
}

fn default_stream(l: &mut State, which: Default) -> Result<Stream, Thrown> {
    let file = default_file(l, which);
    match as_handle(l, file)?.and_then(Handle::stream) {
        Some(stream) => Ok(stream),
        None => {
            let name: &[u8] = match which {
                Default::Input => b"input",
                Default::Output => b"output",
            };
            Err(l.library_error(&[b"standard ", name, b" file is closed"]))
        }
    }
}

pub fn open(l: &mut State) -> NativeResult {
    open_by(l, |name, mode| Source::File(name, mode))
}

pub fn popen(l: &mut State) -> NativeResult {
    open_by(l, |name, mode| Source::Command(name, mode))
}

fn open_by(
    l: &mut State,
    source: impl for<'a> FnOnce(&'a CStr, &'a CStr) -> Source<'a>,
) -> NativeResult {
    let name = l.check_bytes(1)?;
    let mode = l.opt_bytes(2)?;
    let mode = mode.as_ref().map_or(Ok(c"r"), |mode| mode.c_text(l.heap()))?;
    let name_text = name.c_text(l.heap())?;
    match push_opened(l, source(name_text, mode))? {
        true => Ok(Outcome::Return(1)),
        false => file_result(l, false, Some(name.as_bytes())),
    }
}

pub fn tmpfile(l: &mut State) -> NativeResult {
    match push_opened(l, Source::Temporary)? {
        true => Ok(Outcome::Return(1)),
        false => file_result(l, false, None),
    }
}

/// Also the method: without an argument, the default output is meant.
pub fn close(l: &mut State) -> NativeResult {
    if l.arg_count() == 0 {
        let output = default_file(l, Default::Output);
        l.push(output);
    }
    check_stream(l)?;
    close_argument(l, true)
}

pub fn flush(l: &mut State) -> NativeResult {
    let done = default_stream(l, Default::Output)?.flush();
    file_result(l, done, None)
}

pub fn read(l: &mut State) -> NativeResult {
    let stream = default_stream(l, Default::Input)?;
    transfer::read(l, stream, 1)
}

pub fn write(l: &mut State) -> NativeResult {
    let stream = default_stream(l, Default::Output)?;
    transfer::write(l, stream, 1)
}

pub fn lines(l: &mut State) -> NativeResult {
    if l.is_none_or_nil(1) {
        // COMPAT: behind a nil the file is not the first argument, and the method complains.
        let input = default_file(l, Default::Input);
        l.push(input);
        return methods::lines(l);
    }
    let name = l.check_bytes(1)?;
    push_opened_or_throw(l, name, c"r")?;
    let file = l.from_top(1);
    transfer::push_lines(l, file, true)
}

pub fn input(l: &mut State) -> NativeResult {
    exchange_default(l, Default::Input, c"r")
}

pub fn output(l: &mut State) -> NativeResult {
    exchange_default(l, Default::Output, c"w")
}

/// Sets the default file to the one given by name or object, if any; returns it.
fn exchange_default(l: &mut State, which: Default, mode: &CStr) -> NativeResult {
    if !l.is_none_or_nil(1) {
        if matches!(l.arg(1).type_of(), Type::String | Type::Number) {
            let name = l.check_bytes(1)?;
            push_opened_or_throw(l, name, mode)?;
        } else {
            check_stream(l)?;
            l.push(l.arg(1));
        }
        let file = l.from_top(1);
        let stored = current_env(l).set_int(l.heap(), which as i32, file);
        stored.map_err(|e| l.table_error(e))?;
    }
    let file = default_file(l, which);
    l.push(file);
    Ok(Outcome::Return(1))
}

fn push_opened_or_throw(l: &mut State, name: Gc<Str>, mode: &CStr) -> Result<(), Thrown> {
    let name_text = name.c_text(l.heap())?;
    if push_opened(l, Source::File(name_text, mode))? {
        return Ok(());
    }
    let why = stdio::error_text(stdio::errno());
    let message = l.concat_bytes(&[until_nul(name.as_bytes()), b": ", why])?;
    Err(l.arg_error(1, message.as_bytes()))
}

pub fn type_(l: &mut State) -> NativeResult {
    let value = l.check_any(1)?;
    match as_handle(l, value)?.map(Handle::stream) {
        None => l.push(Value::NIL),
        Some(None) => l.push_bytes(b"closed file")?,
        Some(Some(_)) => l.push_bytes(b"file")?,
    }
    Ok(Outcome::Return(1))
}
