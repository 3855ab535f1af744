//! The four loaders of `package.loaders`: each is given a module's name and answers with a function
//! that makes the module, or with a text for `require`'s message.

use super::native::{self, Failure};
use super::search::{Found, find_file, replace};
use crate::heap::{Buffer, Gc};
use crate::object::{Str, Value};
use crate::runtime::args::until_nul;
use crate::runtime::load_file::load_file;
use crate::runtime::register::current_env;
use crate::state::{NativeResult, Outcome, State, Thrown};
use crate::vm::meta;

/// A function that was put into `package.preload` beforehand.
pub fn preload(l: &mut State) -> NativeResult {
    let name = l.check_bytes(1)?;
    let name = until_nul(name.as_bytes());
    let key = Value::string(l.new_string(b"preload")?);
    let package = Value::table(current_env(l));
    let preload = meta::index(l, package, key)?;
    if !preload.is_table() {
        return Err(l.library_error(&[b"'package.preload' must be a table"]));
    }
    l.push(preload);
    let key = Value::string(l.new_string(name)?);
    l.push(key);
    let mut found = meta::index(l, preload, key)?;
    if found.is_nil() {
        let message = l.concat_bytes(&[b"\n\tno field package.preload['", name, b"']"])?;
        found = Value::string(message);
    }
    l.push(found);
    Ok(Outcome::Return(1))
}

/// A file with Lua code.
pub fn lua_file(l: &mut State) -> NativeResult {
    let name = l.check_bytes(1)?;
    let file = match find_file(l, until_nul(name.as_bytes()), b"path")? {
        Found::File(file) => file,
        Found::Nothing(tried) => return tried_in_vain(l, tried),
    };
    match load_file(l, Some(file.as_bytes())) {
        Ok(()) => Ok(Outcome::Return(1)),
        Err(thrown) => Err(load_error(l, thrown, file)),
    }
}

/// A shared library named for the module.
pub fn c_library(l: &mut State) -> NativeResult {
    let name = l.check_bytes(1)?;
    let name = until_nul(name.as_bytes());
    let file = match find_file(l, name, b"cpath")? {
        Found::File(file) => file,
        Found::Nothing(tried) => return tried_in_vain(l, tried),
    };
    let function = opener_name(l, name)?;
    match native::load_function(l, file.as_bytes(), &function)? {
        Ok(()) => Ok(Outcome::Return(1)),
        Err(_) => Err(library_load_error(l, file)),
    }
}

/// A shared library named for the module's first part, which holds the opener of the whole name.
pub fn c_root(l: &mut State) -> NativeResult {
    let name = l.check_bytes(1)?;
    let name = until_nul(name.as_bytes());
    let Some(dot) = name.iter().position(|&b| b == b'.') else {
        return Ok(Outcome::Return(0)); // is its own root: the loader before has tried
    };
    let file = match find_file(l, &name[..dot], b"cpath")? {
        Found::File(file) => file,
        Found::Nothing(tried) => return tried_in_vain(l, tried),
    };
    let function = opener_name(l, name)?;
    match native::load_function(l, file.as_bytes(), &function)? {
        Ok(()) => {}
        Err(Failure::Open) => return Err(library_load_error(l, file)),
        Err(Failure::Init) => {
            let parts = [b"\n\tno module '", name, b"' in file '", file.as_bytes(), b"'"];
            let message = l.concat_bytes(&parts)?;
            l.push(Value::string(message));
        }
    }
    Ok(Outcome::Return(1))
}

fn tried_in_vain(l: &mut State, tried: Gc<Str>) -> NativeResult {
    l.push(Value::string(tried));
    Ok(Outcome::Return(1))
}

/// The C function that opens a module: `luaopen_a_b` for `a.b`; what is before a hyphen only tells
/// versions of one library apart.
fn opener_name<'h>(l: &State, name: &[u8]) -> Result<Buffer<'h, u8>, Thrown> {
    let marked = name.iter().position(|&b| b == b'-').map_or(name, |at| &name[at + 1..]);
    let mut function = Buffer::new(l.heap());
    function.extend(b"luaopen_")?;
    replace(&mut function, marked, b".", b"_")?;
    Ok(function)
}

/// The file was found but not loaded; the message is on top.
#[cold]
fn library_load_error(l: &mut State, file: Gc<Str>) -> Thrown {
    let message = l.from_top(1);
    error_loading(l, file, message)
}

#[cold]
fn load_error(l: &mut State, thrown: Thrown, file: Gc<Str>) -> Thrown {
    let message = l.take_error_value(thrown);
    l.push(message); // stays reachable
    error_loading(l, file, message)
}

fn error_loading(l: &mut State, file: Gc<Str>, message: Value) -> Thrown {
    let name = l.arg(1).as_string();
    let name = name.as_ref().map_or(&b""[..], |s| until_nul(s.as_bytes()));
    let message = message.as_string();
    let message = message.as_ref().map_or(&b""[..], |s| until_nul(s.as_bytes()));
    l.library_error(&[
        b"error loading module '",
        name,
        b"' from file '",
        file.as_bytes(),
        b"':\n\t",
        message,
    ])
}
