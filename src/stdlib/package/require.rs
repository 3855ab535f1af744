//! `require`.
//!
//! The frame while loaders and the module's function are called:
//!
//! ```text
//!   1 name   2 package.loaded   3 what it has for the name   4 package.loaders   5 messages so far
//! ```
//!
//! It keeps the number of the loader.

use crate::object::Value;
use crate::runtime::args::until_nul;
use crate::runtime::register::current_env;
use crate::runtime::tostring::text_of;
use crate::state::{NativeResult, Outcome, Resumed, State, Thrown};
use crate::vm::meta;

/// What stands in `package.loaded` for a module while it is being loaded: an address nobody has.
static LOADING: u8 = 0;

fn loading_mark() -> Value {
    match Value::light_word(&raw const LOADING as usize) {
        Some(word) => Value::light(word),
        None => unreachable!("a program's own data lies where every pointer fits"),
    }
}

/// The registry's `_LOADED`, which `package.loaded` is at first.
pub fn loaded_table(l: &mut State) -> Result<Value, Thrown> {
    let registry = Value::table(l.global().registry_table());
    let key = Value::string(l.new_string(b"_LOADED")?);
    meta::index(l, registry, key)
}

pub fn require(l: &mut State) -> NativeResult {
    let given = l.check_bytes(1)?;
    let name = l.new_string(until_nul(given.as_bytes()))?;
    l.set_arg(1, Value::string(name));
    l.set_arg_count(1);
    let loaded = loaded_table(l)?;
    l.push(loaded);
    let module = meta::index(l, loaded, Value::string(name))?;
    if module.raw_equals(loading_mark()) {
        return Err(l.library_error(&[
            b"loop or previous error loading module '",
            name.as_bytes(),
            b"'",
        ]));
    }
    if module.is_truthy() {
        l.push(module);
        return Ok(Outcome::Return(1));
    }
    l.push(module);
    let package = Value::table(current_env(l));
    let key = Value::string(l.new_string(b"loaders")?);
    let loaders = meta::index(l, package, key)?;
    if !loaders.is_table() {
        return Err(l.library_error(&[b"'package.loaders' must be a table"]));
    }
    l.push(loaders);
    l.push_bytes(b"")?;
    l.frame_mut().keep(0);
    ask_next_loader(l)
}

fn ask_next_loader(l: &mut State) -> NativeResult {
    let number = l.frame().kept() + 1;
    l.frame_mut().keep(number);
    let name = l.arg(1);
    let loader = l.arg(4).as_table().map_or(Value::NIL, |t| t.get_int(number as i32));
    if loader.is_nil() {
        let tried = l.arg(5).as_string();
        let tried = tried.as_ref().map_or(&b""[..], |s| until_nul(s.as_bytes()));
        let name = name.as_string();
        let name = name.as_ref().map_or(&b""[..], |s| s.as_bytes());
        return Err(l.library_error(&[b"module '", name, b"' not found:", tried]));
    }
    l.push(loader);
    l.push(name);
    l.request_call(1, 1, loader_answered)
}

fn loader_answered(l: &mut State, _: Resumed) -> NativeResult {
    let answer = l.from_top(1);
    if answer.is_function() {
        let (name, loaded) = (l.arg(1), l.arg(2));
        meta::set_index(l, loaded, name, loading_mark())?;
        l.push(name);
        return l.request_call(1, 1, module_ran);
    }
    if answer.is_string() || answer.is_number() {
        let more = text_of(l, answer)?;
        let before = l.arg(5).as_string();
        let before = before.as_ref().map_or(&b""[..], |s| s.as_bytes());
        let messages = l.concat_bytes(&[before, more.as_bytes()])?;
        l.set_arg(5, Value::string(messages));
    }
    l.pop();
    ask_next_loader(l)
}

fn module_ran(l: &mut State, _: Resumed) -> NativeResult {
    let (name, loaded, result) = (l.arg(1), l.arg(2), l.from_top(1));
    if !result.is_nil() {
        meta::set_index(l, loaded, name, result)?;
    }
    let mut module = meta::index(l, loaded, name)?;
    if module.raw_equals(loading_mark()) {
        module = Value::TRUE; // neither returned nor stored: that it ran is all there is to say
        meta::set_index(l, loaded, name, module)?;
    }
    l.push(module);
    Ok(Outcome::Return(1))
}
